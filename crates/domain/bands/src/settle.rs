//! From the class of before and the score of now to the class that counts.
use alloc::vec::Vec;

use chrono::{DateTime, Days, Utc};
use guanxi_core::{Basis, Decision, Score};
use serde::{Deserialize, Serialize};

use crate::bands::Bands;
use crate::reason::SettleReason;
use crate::review::Review;
use crate::rule::{SettleDocument, SettleRule};
use crate::spec::When;
use crate::state::{Pin, SettleState};

/// What is known when a class is settled.
#[derive(Debug, PartialEq, Eq)]
pub struct Settling<'a, K> {
    /// What the last settling left; `None` the first time.
    pub state: Option<&'a SettleState<K>>,
    /// The score of now, if there is one.
    pub score: Option<Score>,
    /// A class that is set by hand.
    pub pin: Option<&'a Pin<K>>,
}

// By hand: references are copied whether or not a class can be.
impl<K> Clone for Settling<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Settling<'_, K> {}

/// The class that is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled<K> {
    /// The class that counts: a pin in force, else the one of the state; `None` if there never was a
    /// score, or the class of the state is gone and there is no score to find another.
    pub class: Option<K>,
    /// Whether it is a pin that counts.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub pinned: bool,
    /// What to give to the next settling.
    pub state: Option<SettleState<K>>,
}

/// Settles a class: it follows the score only as far and as soon as the rule lets it.
///
/// - Of classes in descending order, the score *supports* the first whose floor it reaches: with the
///   margin up added for classes above the held one, with the margin down taken off for the held one
///   and those below. The class moves towards it, at most the steps of its direction.
/// - It moves *now*, or at a *review*: one that has begun since the state was settled last. A review may
///   be held late: it judges dwell and grace as of its own instant, and the score of the call. However
///   many were missed, they are held as one, the last, since the scores of then are not known.
/// - It moves only when the class has been held for the dwell, and to fall, when the score has been
///   too low for the grace. Both begin anew with every change.
/// - Without a score nothing is settled: the state stays as it is, and a review that is due waits. Nor
///   is anything settled for an instant before that of the state.
/// - A class that the bands no longer have is found anew from the score, as the first time.
///
/// `next_change` is the first instant at which the same call, with the state returned, the same score
/// and the same pin, gives another class; or at which the pin ends, or the rule begins or ends.
///
/// ```
/// use guanxi_bands::{Bands, Settling, labels, preset, settle};
/// use guanxi_core::parse_instant;
///
/// let rule = preset("standard").ok_or("no such preset")?;
/// let bands = Bands::new(vec![("low", "0".parse()?), ("high", "70".parse()?), ("top", "90".parse()?)])?;
///
/// let first = Settling { state: None, score: Some("91".parse()?), pin: None };
/// let entered = settle(&rule, &bands, &first, parse_instant("2026-03-01")?).outcome;
/// assert_eq!(entered.class, Some("top"));
///
/// let later = Settling { state: entered.state.as_ref(), score: Some("50".parse()?), pin: None };
/// let held = settle(&rule, &bands, &later, parse_instant("2026-06-30")?);
/// assert_eq!((held.outcome.class, held.next_change), (Some("top"), Some(parse_instant("2026-07-01")?)));
///
/// let at_review = Settling { state: held.outcome.state.as_ref(), ..later };
/// let fallen = settle(&rule, &bands, &at_review, parse_instant("2026-07-01")?);
/// assert_eq!(fallen.outcome.class, Some("high"));
/// let english = labels("en").ok_or("no such language")?;
/// let why: Vec<String> = fallen.reasons.iter().map(|reason| english.reason(reason)).collect();
/// assert_eq!(why, [
///     "Review of 2026-07-01",
///     "Falls from top to high with 50.00 points (top is kept from 90.00)",
///     "Points of low only, but the rule allows no more than 1 down at once",
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn settle<K: Clone + PartialEq>(
    rule: &SettleDocument,
    bands: &Bands<K>,
    given: &Settling<'_, K>,
    as_of: DateTime<Utc>,
) -> Decision<Settled<K>, SettleReason<K>> {
    let mut reasons = Vec::new();
    let pin = given.pin.filter(|pin| in_force(pin, bands, as_of, &mut reasons));
    let ladder = Ladder { rule: rule.body(), bands };
    let state = ladder.settle(given, as_of, &mut reasons);
    let head = rule.head();
    if !head.in_force(as_of) {
        reasons.push(SettleReason::RuleNotInForce { from: head.effective_from, to: head.effective_to });
    }
    let change = match (pin, given.score.zip(state.as_ref())) {
        // What moves beneath a pin shows when it ends.
        (Some(pin), _) => Some(pin.until),
        (None, Some((score, state))) => ladder.next_move(state, score),
        (None, None) => None,
    };
    let limits = [head.effective_from, head.effective_to].into_iter().flatten();
    let next_change = change.into_iter().chain(limits).filter(|at| *at > as_of).min();
    let held = state.as_ref().map(SettleState::class).filter(|class| bands.floor(class).is_some());
    let class = pin.map(|pin| &pin.class).or(held).cloned();
    let basis = Basis { policy: rule.stamp(), reference: None };
    Decision { outcome: Settled { class, pinned: pin.is_some(), state }, reasons, basis, as_of, next_change }
}

/// Whether a pin counts; the reason says why or why not.
fn in_force<K: Clone + PartialEq>(
    pin: &Pin<K>,
    bands: &Bands<K>,
    as_of: DateTime<Utc>,
    reasons: &mut Vec<SettleReason<K>>,
) -> bool {
    let (class, until) = (pin.class.clone(), pin.until);
    let (holds, reason) = match (bands.floor(&pin.class).is_some(), as_of < until) {
        (false, _) => (false, SettleReason::PinUnknown { class }),
        (true, false) => (false, SettleReason::PinExpired { class, until }),
        (true, true) => (true, SettleReason::Pinned { class, until }),
    };
    reasons.push(reason);
    holds
}

/// The classes with the rule by which they are climbed.
struct Ladder<'a, K> {
    rule: &'a SettleRule,
    bands: &'a Bands<K>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// A change that the score asks for.
struct Pull<'a, K> {
    direction: Direction,
    /// The class that the score supports.
    wanted: &'a K,
    /// The class as far towards it as the steps allow.
    to: &'a K,
}

/// What a change waits for besides a review.
struct Waits {
    dwell: DateTime<Utc>,
    /// Since when the score is too low, and when it has been for long enough.
    grace: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Waits {
    fn over(&self) -> DateTime<Utc> {
        self.grace.map_or(self.dwell, |(_, end)| self.dwell.max(end))
    }
}

impl<'a, K: Clone + PartialEq> Ladder<'a, K> {
    fn settle(
        &self,
        given: &Settling<'_, K>,
        as_of: DateTime<Utc>,
        reasons: &mut Vec<SettleReason<K>>,
    ) -> Option<SettleState<K>> {
        let future = given.state.filter(|state| as_of < state.settled_at());
        reasons.extend(future.map(|state| SettleReason::StateFromFuture { settled_at: state.settled_at() }));
        let gone = given.state.filter(|state| self.bands.floor(state.class()).is_none());
        reasons.extend(gone.map(|state| SettleReason::ClassUnknown { class: state.class().clone() }));
        let Some(score) = given.score else {
            reasons.push(SettleReason::NoScore);
            return given.state.cloned();
        };
        match given.state {
            Some(state) if future.is_some() => Some(state.clone()),
            Some(state) if gone.is_none() => Some(self.climb(state, score, as_of, reasons)),
            Some(_) | None => {
                let class = self.bands.of(score).clone();
                let floor = self.bands.floor(&class).unwrap_or(Score::MIN);
                reasons.push(SettleReason::Enters { class: class.clone(), score, floor });
                Some(SettleState::begin(class, false, as_of))
            }
        }
    }

    /// Settles a class that the bands have, at its own instant or later.
    fn climb(
        &self,
        state: &SettleState<K>,
        score: Score,
        as_of: DateTime<Utc>,
        reasons: &mut Vec<SettleReason<K>>,
    ) -> SettleState<K> {
        let due = self.rule.review_until(as_of).filter(|review| review.at > state.settled_at());
        reasons.extend(due.map(|Review { on, at }| SettleReason::ReviewHeld { on, at }));
        let kept = state.clone().keep(self.is_low(state.class(), score), as_of);
        let Some(pull) = self.pull(state.class(), score) else {
            reasons.push(SettleReason::Stays { class: state.class().clone(), score });
            self.margins(state.class(), score, reasons);
            return kept;
        };
        let judged = match self.when(pull.direction) {
            When::Now => Some(as_of),
            When::AtReview => due.map(|review| review.at),
            When::Never => None,
        };
        // What is too low only since now is so for no time at all: enough if no grace is asked for.
        let waits = self.waits(&kept, pull.direction);
        if judged.is_none_or(|at| waits.over() > at) {
            reasons.push(SettleReason::Stays { class: state.class().clone(), score });
            self.held_back(&kept, &pull, judged.unwrap_or(as_of), reasons);
            return kept;
        }
        let (from, to) = (state.class().clone(), pull.to.clone());
        let floor = |class: &K| self.bands.floor(class).unwrap_or(Score::MIN);
        let (up, down) = (self.rule.up(), self.rule.down());
        let (moved, steps) = match pull.direction {
            Direction::Up => {
                let needed = self.rule.rises_from(floor(&to));
                (SettleReason::Rises { from, to, score, needed }, up.steps)
            }
            Direction::Down => {
                let below = self.rule.falls_below(floor(&from));
                (SettleReason::Falls { from, to, score, below }, down.steps)
            }
        };
        reasons.push(moved);
        match steps.filter(|_| pull.wanted != pull.to) {
            None => self.margins(pull.to, score, reasons),
            Some(steps) => {
                let to = pull.wanted.clone();
                reasons.push(match pull.direction {
                    Direction::Up => SettleReason::RiseLimited { to, steps },
                    Direction::Down => SettleReason::FallLimited { to, steps },
                });
            }
        }
        SettleState::begin(pull.to.clone(), self.is_low(pull.to, score), as_of)
    }

    const fn when(&self, direction: Direction) -> When {
        match direction {
            Direction::Up => self.rule.up().when,
            Direction::Down => self.rule.down().when,
        }
    }

    /// Whether a score is so low that a class should fall.
    fn is_low(&self, class: &K, score: Score) -> bool {
        self.bands.floor(class).is_some_and(|floor| score < self.rule.falls_below(floor))
    }

    /// The change that a score asks for.
    fn pull(&self, class: &K, score: Score) -> Option<Pull<'a, K>> {
        let place = |class: &K| self.bands.iter().position(|(listed, _)| listed == class);
        let own = place(class)?;
        let higher = self.bands.iter().take(own);
        let reached = |(_, floor): &(&K, Score)| self.rule.rises_from(*floor) <= score;
        let kept = |(_, floor): &(&K, Score)| self.rule.falls_below(*floor) <= score;
        let (direction, wanted, steps) = match higher.into_iter().find(reached) {
            Some((wanted, _)) => (Direction::Up, wanted, self.rule.up().steps),
            None => {
                let (wanted, _) = self.bands.iter().skip(own).find(kept)?;
                (Direction::Down, wanted, self.rule.down().steps)
            }
        };
        let (target, steps) = (place(wanted)?, steps.map_or(usize::MAX, usize::from));
        let limited = match direction {
            Direction::Up => target.max(own.saturating_sub(steps)),
            Direction::Down => target.min(own.saturating_add(steps)),
        };
        let (to, _) = self.bands.iter().nth(limited).filter(|_| limited != own)?;
        Some(Pull { direction, wanted, to })
    }

    /// What a change waits for, from a state that knows whether its score is too low.
    fn waits(&self, state: &SettleState<K>, direction: Direction) -> Waits {
        let (dwell_days, grace_days) = match direction {
            Direction::Up => (self.rule.up().dwell_days, 0),
            Direction::Down => (self.rule.down().dwell_days, self.rule.down().grace_days),
        };
        let grace = state.below_since().filter(|_| grace_days > 0);
        let grace = grace.map(|since| (since, after(since, grace_days)));
        Waits { dwell: after(state.since(), dwell_days), grace }
    }

    /// Says what holds a change back at the instant for which it was judged.
    fn held_back(
        &self,
        state: &SettleState<K>,
        pull: &Pull<'_, K>,
        judged: DateTime<Utc>,
        reasons: &mut Vec<SettleReason<K>>,
    ) {
        let to = || pull.to.clone();
        let up = pull.direction == Direction::Up;
        let when = self.when(pull.direction);
        if when == When::Never {
            reasons.push(if up {
                SettleReason::RiseBarred { to: to() }
            } else {
                SettleReason::FallBarred { to: to() }
            });
            return;
        }
        let Waits { dwell: until, grace } = self.waits(state, pull.direction);
        if until > judged {
            reasons.push(if up {
                SettleReason::RiseTooSoon { to: to(), until }
            } else {
                SettleReason::FallTooSoon { to: to(), until }
            });
        }
        if let Some((since, until)) = grace.filter(|(_, end)| *end > judged) {
            reasons.push(SettleReason::FallInGrace { to: to(), since, until });
        }
        if when == When::AtReview
            && let Some(Review { on, at }) = self.next_review(state, pull.direction)
        {
            reasons.push(if up {
                SettleReason::RiseAwaitsReview { to: to(), on, at }
            } else {
                SettleReason::FallAwaitsReview { to: to(), on, at }
            });
        }
    }

    /// Names the margins that keep a class from being the one whose floor the score reaches.
    fn margins(&self, class: &K, score: Score, reasons: &mut Vec<SettleReason<K>>) {
        let floor = self.bands.floor(class).unwrap_or(Score::MIN);
        let reached = self.bands.of(score);
        let reached_floor = self.bands.floor(reached).unwrap_or(Score::MIN);
        if reached_floor > floor {
            let needed = self.rule.rises_from(reached_floor);
            let (to, short_by) = (reached.clone(), score.short_of(needed));
            reasons.push(SettleReason::RiseShort { to, needed, short_by });
        } else if score < floor {
            let below = self.rule.falls_below(floor);
            reasons.push(SettleReason::FallSpared { class: class.clone(), floor, below });
        }
    }

    /// The first review at which nothing but the review itself is waited for.
    fn next_review(&self, state: &SettleState<K>, direction: Direction) -> Option<Review> {
        let ready = self.waits(state, direction).over();
        if ready <= state.settled_at() {
            return self.rule.review_after(state.settled_at());
        }
        let on_time = self.rule.review_until(ready).filter(|review| review.at == ready);
        on_time.or_else(|| self.rule.review_after(ready))
    }

    /// The first instant after a settling at which the class moves by itself.
    fn next_move(&self, state: &SettleState<K>, score: Score) -> Option<DateTime<Utc>> {
        if self.bands.floor(state.class()).is_none() {
            return Some(state.settled_at());
        }
        let Pull { direction, .. } = self.pull(state.class(), score)?;
        let waits = self.waits(state, direction);
        // Of a state from the future the grace has not even begun.
        let endless =
            direction == Direction::Down && self.rule.down().grace_days > 0 && waits.grace.is_none();
        match self.when(direction) {
            When::Now if !endless => Some(waits.over().max(state.settled_at())),
            When::AtReview if !endless => self.next_review(state, direction).map(|review| review.at),
            _ => None,
        }
    }
}

/// So many days later, or the end of time.
fn after(at: DateTime<Utc>, days: u16) -> DateTime<Utc> {
    at.checked_add_days(Days::new(days.into())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
