//! A condition along what happens.
//!
//! Every leaf names the instants at which it may change: when a coming event occurs or a fact has been observed, when an
//! event leaves its window or what is pending is old enough, when a day or a period begins. Between two of them
//! nothing changes, so the answers at these instants are all the answers there are.
use alloc::string::ToString;
use alloc::vec::Vec;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use guanxi_core::{Fact, FactValue, Facts, Zone};

use crate::calendar::anniversary;
use crate::condition::Condition;
use crate::eval::{Found, Scene};
use crate::explain::{LeafAnswer, Marked, shown};
use crate::given::{EventLog, Given, Moment, WeekStart};
use crate::tree::{Leaf, Term, Test};
use crate::truth::Truth;
use crate::value::Value;
use crate::watch::Watch;

/// So many years after the last instant at which anything else changes, anniversaries have shown all that they do.
///
/// Whether one is near depends on the day of the year, on whether the year is a leap year, and on whether the
/// next one is, since no more than 365 days ahead are asked for. Leap years are at most 8 years apart (1896 and
/// 1904), so any 9 whole years hold every such case: 10 with the year that has begun. Twice as many, because a zone
/// may leap over a day once, as Samoa did over 30 December 2011.
const YEARS: i32 = 20;

/// A condition along the events of a customer, asked at one instant after another.
///
/// Each answer is what [`Condition::holds`] gives, but every event is looked at when it begins to count and when it counts
/// no more, not at every instant: n log n for n events and as many questions. To ask at an instant before the last one is
/// allowed, and begins anew.
///
/// ```
/// use guanxi_condition::{Condition, Course, EventLog, Truth, Vocabulary, WeekStart};
/// use guanxi_core::{Event, FactMap, Zone, parse_instant};
///
/// let silent = Condition::parse("no contact.made within 7 days", &Vocabulary::new())?;
/// let event = |id: &str, at: &str| serde_json::from_value::<Event>(serde_json::json!({
///     "id": id, "subject": "C1", "kind": "contact.made", "occurred_at": at
/// }));
/// let events = [event("1", "2026-06-01T09:00:00Z")?, event("2", "2026-06-05T09:00:00Z")?];
/// let mut course = Course::new(&silent, Some(&EventLog::new(&events)), Zone::UTC, WeekStart::Monday);
///
/// let facts = FactMap::new();
/// let june = parse_instant("2026-06-01T10:00:00Z")?;
/// assert_eq!(course.holds(&facts, june), Truth::False);
/// let silence = course.next_time(&facts, june, None, Truth::is_true);
/// assert_eq!(silence, Some(parse_instant("2026-06-12T09:00:00Z")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Course<'a> {
    condition: &'a Condition,
    zone: Zone,
    week_start: WeekStart,
    leaves: Vec<Followed<'a>>,
}

/// A leaf along what happens.
#[derive(Clone)]
struct Followed<'a> {
    leaf: &'a Leaf,
    watch: Option<Watch<'a>>, // if it asks of events, and anybody knows what happened
    truth: Truth,
    turns: Turns,
}

/// When something may change next.
#[derive(Clone, Copy, Default)]
struct Turns {
    once: Option<DateTime<Utc>>,
    /// The same, where it is so again every year.
    yearly: Option<DateTime<Utc>>,
}

impl<'a> Course<'a> {
    /// The course of a condition along events; `None` if nobody knows what happened.
    #[must_use]
    pub fn new(
        condition: &'a Condition,
        events: Option<&EventLog<'a>>,
        zone: Zone,
        week_start: WeekStart,
    ) -> Self {
        let mut leaves = Vec::new();
        condition.node().leaves(&mut |leaf| {
            let events = events.filter(|_| leaf.reads_events());
            let watch = events.map(|log| Watch::new(leaf, log, zone));
            leaves.push(Followed { leaf, watch, truth: Truth::Unknown, turns: Turns::default() });
        });
        Self { condition, zone, week_start, leaves }
    }

    /// Whether the condition holds at an instant, with the facts as they are then.
    pub fn holds(&mut self, facts: &dyn Facts, at: DateTime<Utc>) -> Truth {
        let moment = self.moment(at);
        let scene = Scene::new(&Given { facts, events: None }, &moment);
        self.leaves.iter_mut().for_each(|leaf| leaf.go(&scene, &moment));
        self.truth()
    }

    /// The first instant after another, and before an end, at which the condition gives an answer that is wanted if the
    /// facts stay as they are; `None` if there is none. See [`Condition::next_time`].
    #[must_use]
    pub fn next_time(
        &mut self,
        facts: &dyn Facts,
        after: DateTime<Utc>,
        end: Option<DateTime<Utc>>,
        wanted: impl Fn(Truth) -> bool,
    ) -> Option<DateTime<Utc>> {
        self.holds(facts, after);
        let year = |at: DateTime<Utc>| self.zone.day(at).year();
        let mut changed = year(after);
        loop {
            let turns = self.leaves.iter().map(|leaf| leaf.turns).fold(Turns::default(), Turns::or);
            let yearly = turns.yearly.filter(|at| year(*at) <= changed.saturating_add(YEARS));
            let then = Turns { yearly, ..turns }.first().filter(|at| end.is_none_or(|end| *at < end))?;
            if turns.once == Some(then) {
                changed = year(then);
            }
            let moment = self.moment(then);
            let scene = Scene::new(&Given { facts, events: None }, &moment);
            for leaf in self.leaves.iter_mut().filter(|leaf| leaf.turns.first().is_some_and(|at| at <= then))
            {
                leaf.go(&scene, &moment);
            }
            if wanted(self.truth()) {
                return Some(then);
            }
        }
    }

    /// The leaves that force the answer at an instant, in the order of writing: those of [`Condition::explain`].
    #[must_use]
    pub fn deciding(&mut self, facts: &dyn Facts, at: DateTime<Utc>) -> Vec<LeafAnswer> {
        self.holds(facts, at);
        let moment = self.moment(at);
        let scene = Scene::new(&Given { facts, events: None }, &moment);
        let answers: Vec<Truth> = self.leaves.iter().map(|leaf| leaf.truth).collect();
        let deciding = Marked::new(self.condition.node(), &answers).deciding();
        deciding.into_iter().filter_map(|place| Some(self.leaves.get(place)?.answer(place, &scene))).collect()
    }

    /// The answer that follows from those of the leaves.
    fn truth(&self) -> Truth {
        self.condition.node().of_leaves(&mut self.leaves.iter().map(|leaf| leaf.truth))
    }

    const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.zone, week_start: self.week_start }
    }
}

impl<'a> Followed<'a> {
    /// What it found and answers.
    fn answer(&self, place: usize, scene: &Scene<'_>) -> LeafAnswer {
        let watch = self.watch.as_ref();
        let (found, other) = match self.leaf {
            Leaf::Pending(_) => (watch.and_then(Watch::pending_since).map(FactValue::Instant), None),
            Leaf::Test(term, test) => shown(term, test, &|term| self.found(term, scene)),
        };
        LeafAnswer { leaf: place, text: self.leaf.to_string(), found, other, truth: self.truth }
    }

    /// What a term is worth.
    fn found<'s>(&self, term: &Term, scene: &Scene<'s>) -> Found<'s>
    where
        'a: 's,
    {
        self.watch.as_ref().map_or_else(|| scene.term(term), |watch| watch.found(term, scene))
    }

    /// Goes to an instant.
    fn go(&mut self, scene: &Scene<'_>, at: &Moment) {
        if let Some(watch) = &mut self.watch {
            watch.go(at.as_of);
        }
        let watch = self.watch.as_ref();
        self.truth = watch.map_or_else(|| scene.leaf(self.leaf), |watch| watch.answer(scene));
        self.turns = self.turns(scene, at);
    }

    /// When it may change next.
    fn turns(&self, scene: &Scene<'_>, at: &Moment) -> Turns {
        let watch = self.watch.as_ref();
        let observed = self.leaf.terms().filter_map(|term| match term {
            Term::Fact(id, _) => match scene.fact(id) {
                Fact::Known { observed_at, .. } => observed_at.filter(|then| *then > at.as_of),
                Fact::Missing | Fact::NotApplicable => None,
            },
            _ => None,
        });
        let once = observed.chain(watch.and_then(Watch::next)).min();
        let turns = Turns { once, yearly: None };
        let Leaf::Test(term, test) = self.leaf else { return turns };
        if !test.is_dated() {
            return turns;
        }
        match self.found(term, scene) {
            Found::Value(value) => turns.or(test.turns(&value, at)),
            Found::NotApplicable | Found::Absent(_) => turns,
        }
    }
}

impl Turns {
    /// The first of some instants after now.
    fn once(at: &Moment, instants: impl IntoIterator<Item = Option<DateTime<Utc>>>) -> Self {
        Self { once: instants.into_iter().flatten().filter(|then| *then > at.as_of).min(), yearly: None }
    }

    fn or(self, other: Self) -> Self {
        Self {
            once: self.once.into_iter().chain(other.once).min(),
            yearly: self.yearly.into_iter().chain(other.yearly).min(),
        }
    }

    fn first(self) -> Option<DateTime<Utc>> {
        self.once.into_iter().chain(self.yearly).min()
    }
}

impl Test {
    /// Whether it asks where a day or an instant lies from now.
    const fn is_dated(&self) -> bool {
        matches!(
            self,
            Self::Past
                | Self::Future
                | Self::WithinLast(_)
                | Self::WithinNext(_)
                | Self::During(..)
                | Self::Anniversary(_)
        )
    }

    /// When it may give another answer for a value that stays as it is.
    fn turns(&self, value: &Value<'_>, at: &Moment) -> Turns {
        match (value, self) {
            (Value::Instant(then), Self::Past | Self::Future) => Turns::once(at, [Some(*then)]),
            (Value::Instant(then), Self::WithinLast(span)) => {
                Turns::once(at, [Some(*then), span.after(*then, at.zone)])
            }
            (Value::Instant(then), Self::WithinNext(span)) => {
                Turns::once(at, [span.before(*then, at.zone), Some(*then)])
            }
            (Value::Instant(then), test) => test.turns_on(at.zone.day(*then), at),
            (Value::Day(day), test) => test.turns_on(*day, at),
            _ => Turns::default(),
        }
    }

    /// The same for a day.
    fn turns_on(&self, day: NaiveDate, at: &Moment) -> Turns {
        let start = |day: Option<NaiveDate>| day.and_then(|day| at.zone.day_start(day));
        match self {
            Self::Past => Turns::once(at, [start(day.succ_opt())]),
            Self::Future => Turns::once(at, [start(Some(day))]),
            Self::WithinLast(span) => Turns::once(at, [start(Some(day)), start(span.after_day(day))]),
            Self::WithinNext(span) => Turns::once(at, [start(span.before_day(day)), start(day.succ_opt())]),
            Self::During(side, period) => {
                // The answer is yes while today lies in the period that has this one on that side.
                let number = period.number(day, at.week_start) - side.ahead();
                Turns::once(at, [number, number + 1].map(|number| start(period.start(number, at.week_start))))
            }
            Self::Anniversary(days) => {
                // An anniversary is at least one year after the day. Those of two years hold the next turn, unless the
                // clocks of a zone leap over it.
                let (first, now) = (day.year().saturating_add(1), at.zone.day(at.as_of).year());
                let years = first.max(now)..first.max(now).saturating_add(4);
                let turns = years.filter_map(|year| anniversary(day, year));
                let turns =
                    turns.flat_map(|on| [on.checked_sub_days(Days::new((*days).into())), on.succ_opt()]);
                let next = Turns::once(at, turns.map(start));
                // Once it has come for the first time, it comes every year.
                if first > now { next } else { Turns { once: None, yearly: next.once } }
            }
            _ => Turns::default(),
        }
    }
}
