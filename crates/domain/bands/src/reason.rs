//! Why a class is settled as it is.
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{Arg, ReasonCode, Score, TierId};
use serde::{Deserialize, Serialize};

/// A class whose name has labels.
pub trait Labelled: Display {
    /// The name space of its labels: `tier` for labels such as `tier.key`.
    const SPACE: &'static str;
}

impl Labelled for TierId {
    const SPACE: &'static str = "tier";
}

impl Labelled for &str {
    const SPACE: &'static str = "class";
}

impl Labelled for String {
    const SPACE: &'static str = "class";
}

/// One reason of a settling. They come in the order of the variants: the pin, the state, what happened,
/// what was held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SettleReason<K> {
    /// A pin counts in place of the settled class.
    Pinned {
        /// The class that is pinned.
        class: K,
        /// The first instant at which it no longer holds.
        until: DateTime<Utc>,
    },
    /// A pin was given that no longer holds.
    PinExpired {
        /// The class that it pinned.
        class: K,
        /// The first instant at which it no longer held.
        until: DateTime<Utc>,
    },
    /// A pin was given of a class that the bands do not have; it is ignored.
    PinUnknown {
        /// The class given.
        class: K,
    },
    /// The state was settled at a later instant than this; it is kept.
    StateFromFuture {
        /// When it was settled.
        settled_at: DateTime<Utc>,
    },
    /// The state holds a class that the bands do not have; with a score the class is found anew.
    ClassUnknown {
        /// The class held.
        class: K,
    },
    /// There is no score; the state is kept, and a review that is due waits for one.
    NoScore,
    /// A review was held, on its day or late.
    ReviewHeld {
        /// The day of the review.
        on: NaiveDate,
        /// The instant at which that day begins.
        at: DateTime<Utc>,
    },
    /// The first class, by the score alone.
    Enters {
        /// The class.
        class: K,
        /// The score.
        score: Score,
        /// The floor of the class.
        floor: Score,
    },
    /// The class rises.
    Rises {
        /// The class before.
        from: K,
        /// The class now.
        to: K,
        /// The score.
        score: Score,
        /// The score that is needed: the floor of the class and the margin.
        needed: Score,
    },
    /// The class falls.
    Falls {
        /// The class before.
        from: K,
        /// The class now.
        to: K,
        /// The score.
        score: Score,
        /// The score below which the class before is lost: its floor less the margin.
        below: Score,
    },
    /// The class is the same as before.
    Stays {
        /// The class.
        class: K,
        /// The score.
        score: Score,
    },
    /// The score reaches a higher class, but not its margin.
    RiseShort {
        /// The class that the score reaches.
        to: K,
        /// The score that is needed: its floor and the margin.
        needed: Score,
        /// The points lacking.
        short_by: Score,
    },
    /// The class would rise, but has not been held long enough.
    RiseTooSoon {
        /// The class that it would rise to.
        to: K,
        /// The first instant at which it has been.
        until: DateTime<Utc>,
    },
    /// The class would rise, and waits for a review.
    RiseAwaitsReview {
        /// The class that it would rise to.
        to: K,
        /// The day of the first review at which it can.
        on: NaiveDate,
        /// The instant at which that day begins.
        at: DateTime<Utc>,
    },
    /// The class would rise, but by this rule none ever does.
    RiseBarred {
        /// The class that it would rise to.
        to: K,
    },
    /// The score is enough for a higher class still, but that is too far for one time.
    RiseLimited {
        /// The class that the score is enough for.
        to: K,
        /// The most classes at once.
        steps: u8,
    },
    /// The score is below the floor of the class, but within the margin.
    FallSpared {
        /// The class.
        class: K,
        /// The floor of the class.
        floor: Score,
        /// The score below which the class is lost: its floor less the margin.
        below: Score,
    },
    /// The class would fall, but has not been held long enough.
    FallTooSoon {
        /// The class that it would fall to.
        to: K,
        /// The first instant at which it has been.
        until: DateTime<Utc>,
    },
    /// The class would fall, but the score has not been too low for long enough.
    FallInGrace {
        /// The class that it would fall to.
        to: K,
        /// Since when the score is too low.
        since: DateTime<Utc>,
        /// The first instant at which that is long enough.
        until: DateTime<Utc>,
    },
    /// The class would fall, and waits for a review.
    FallAwaitsReview {
        /// The class that it would fall to.
        to: K,
        /// The day of the first review at which it can.
        on: NaiveDate,
        /// The instant at which that day begins.
        at: DateTime<Utc>,
    },
    /// The class would fall, but by this rule none ever does.
    FallBarred {
        /// The class that it would fall to.
        to: K,
    },
    /// The score is that of a lower class still, but that is too far for one time.
    FallLimited {
        /// The class that the score would fall to.
        to: K,
        /// The most classes at once.
        steps: u8,
    },
    /// The rule is not in force at the instant of the settling.
    RuleNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl<K: Labelled> ReasonCode for SettleReason<K> {
    fn code(&self) -> &'static str {
        match self {
            Self::Pinned { .. } => "pinned",
            Self::PinExpired { .. } => "pin_expired",
            Self::PinUnknown { .. } => "pin_unknown",
            Self::StateFromFuture { .. } => "state_from_future",
            Self::ClassUnknown { .. } => "class_unknown",
            Self::NoScore => "no_score",
            Self::ReviewHeld { .. } => "review_held",
            Self::Enters { .. } => "enters",
            Self::Rises { .. } => "rises",
            Self::Falls { .. } => "falls",
            Self::Stays { .. } => "stays",
            Self::RiseShort { .. } => "rise_short",
            Self::RiseTooSoon { .. } => "rise_too_soon",
            Self::RiseAwaitsReview { .. } => "rise_awaits_review",
            Self::RiseBarred { .. } => "rise_barred",
            Self::RiseLimited { .. } => "rise_limited",
            Self::FallSpared { .. } => "fall_spared",
            Self::FallTooSoon { .. } => "fall_too_soon",
            Self::FallInGrace { .. } => "fall_in_grace",
            Self::FallAwaitsReview { .. } => "fall_awaits_review",
            Self::FallBarred { .. } => "fall_barred",
            Self::FallLimited { .. } => "fall_limited",
            Self::RuleNotInForce { .. } => "rule_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let label = |class: &K| Arg::Label(K::SPACE, class.to_string());
        // The day in the calendar of the rule, which may be another one than in UTC.
        let day = |on: &NaiveDate| Arg::Text(on.to_string());
        let limit = |at: &Option<DateTime<Utc>>| at.map_or_else(|| Arg::Text("–".to_string()), Arg::Instant);
        match self {
            Self::Pinned { class, until } | Self::PinExpired { class, until } => {
                [("class", label(class)), ("until", Arg::Instant(*until))].into()
            }
            Self::PinUnknown { class } | Self::ClassUnknown { class } => [("class", label(class))].into(),
            Self::StateFromFuture { settled_at } => [("settled_at", Arg::Instant(*settled_at))].into(),
            Self::NoScore => Vec::new(),
            Self::ReviewHeld { on, at } => [("on", day(on)), ("at", Arg::Instant(*at))].into(),
            Self::Enters { class, score, floor } => {
                [("class", label(class)), ("score", Arg::Score(*score)), ("floor", Arg::Score(*floor))].into()
            }
            Self::Rises { from, to, score, needed: bound }
            | Self::Falls { from, to, score, below: bound } => {
                let name = if matches!(self, Self::Rises { .. }) { "needed" } else { "below" };
                let (from, to) = (("from", label(from)), ("to", label(to)));
                [from, to, ("score", Arg::Score(*score)), (name, Arg::Score(*bound))].into()
            }
            Self::Stays { class, score } => [("class", label(class)), ("score", Arg::Score(*score))].into(),
            Self::RiseShort { to, needed, short_by } => {
                [("to", label(to)), ("needed", Arg::Score(*needed)), ("short_by", Arg::Score(*short_by))]
                    .into()
            }
            Self::RiseTooSoon { to, until } | Self::FallTooSoon { to, until } => {
                [("to", label(to)), ("until", Arg::Instant(*until))].into()
            }
            Self::RiseAwaitsReview { to, on, at } | Self::FallAwaitsReview { to, on, at } => {
                [("to", label(to)), ("on", day(on)), ("at", Arg::Instant(*at))].into()
            }
            Self::RiseBarred { to } | Self::FallBarred { to } => [("to", label(to))].into(),
            Self::RiseLimited { to, steps } | Self::FallLimited { to, steps } => {
                [("to", label(to)), ("steps", Arg::Count((*steps).into()))].into()
            }
            Self::FallSpared { class, floor, below } => {
                [("class", label(class)), ("floor", Arg::Score(*floor)), ("below", Arg::Score(*below))].into()
            }
            Self::FallInGrace { to, since, until } => {
                [("to", label(to)), ("since", Arg::Instant(*since)), ("until", Arg::Instant(*until))].into()
            }
            Self::RuleNotInForce { from, to } => [("from", limit(from)), ("to", limit(to))].into(),
        }
    }
}
