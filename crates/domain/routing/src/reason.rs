//! Why an item goes where it goes.
use alloc::string::ToString;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, Arg, DecimalText, ReasonCode, SubjectId};
use serde::{Deserialize, Serialize};

use crate::id::{QueueId, RuleId, Word};
use crate::number::Allowance;

/// One reason of a routing. They come in the order of work: the rules, the owner, then target by target
/// those who cannot take it, by id, and who gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RoutingReason {
    /// The state knows of a later item; days and windows are those of its time where it was later.
    StateFromFuture {
        /// The instant of that item.
        at: DateTime<Utc>,
    },
    /// Nobody knows whether a rule holds; its policy says that it then fails, or holds.
    RuleUnknown {
        /// The rule.
        rule: RuleId,
    },
    /// The first rule that holds; it decides.
    RuleHolds {
        /// The rule.
        rule: RuleId,
    },
    /// No rule holds; the fallback decides.
    NoRuleHolds,
    /// The present owner is asked first.
    OwnerAsked {
        /// The owner.
        person: ActorId,
    },
    /// The present owner keeps it.
    OwnerKeeps {
        /// The owner.
        person: ActorId,
    },
    /// A queue is asked that a rule names.
    QueueAsked {
        /// The queue.
        queue: QueueId,
    },
    /// A queue of the fallback is asked.
    FallbackAsked {
        /// The queue.
        queue: QueueId,
    },
    /// A person is asked whom a rule names.
    PersonAsked {
        /// The person.
        person: ActorId,
    },
    /// The roster does not have this person.
    NotOnRoster {
        /// The person.
        person: ActorId,
    },
    /// This person does not work here at present.
    Inactive {
        /// The person.
        person: ActorId,
    },
    /// This person is away.
    Away {
        /// The person.
        person: ActorId,
        /// The first instant of being back; `None` until further notice.
        until: Option<DateTime<Utc>>,
    },
    /// This person lacks a skill.
    LacksSkill {
        /// The person.
        person: ActorId,
        /// The first skill that is lacking; `None` if nobody knows which are needed, or it is no [`Word`].
        skill: Option<Word>,
    },
    /// This person does not work there.
    OutsideTerritory {
        /// The person.
        person: ActorId,
        /// The first territory of the item; `None` if nobody knows it, or it is no [`Word`].
        territory: Option<Word>,
    },
    /// This person does not speak the language.
    LacksLanguage {
        /// The person.
        person: ActorId,
        /// The first language of the item; `None` if nobody knows it, or it is no [`Word`].
        language: Option<Word>,
    },
    /// This person must not get the item or an account that it belongs to.
    InConflict {
        /// The person.
        person: ActorId,
        /// The item or account.
        subject: SubjectId,
    },
    /// This person takes no turns in the queue: weight 0.
    WeightZero {
        /// The person.
        person: ActorId,
    },
    /// This person has as much open as allowed.
    OpenFull {
        /// The person.
        person: ActorId,
        /// The effort that is open.
        open: DecimalText,
        /// The most allowed.
        limit: Allowance,
    },
    /// This person's allowance of the day is used.
    DayFull {
        /// The person.
        person: ActorId,
        /// The effort that is left of it, below 0 after an item that was larger than it.
        left: DecimalText,
        /// The allowance of a day.
        limit: Allowance,
    },
    /// This person has taken as much of late as allowed.
    WindowFull {
        /// The person.
        person: ActorId,
        /// The effort taken within the hours.
        used: DecimalText,
        /// The most allowed.
        limit: Allowance,
        /// The hours.
        hours: u16,
    },
    /// The queue has nobody.
    QueueEmpty {
        /// The queue.
        queue: QueueId,
    },
    /// Nobody of the queue can take it.
    NobodyFree {
        /// The queue.
        queue: QueueId,
    },
    /// It is this person's turn in the queue that was asked last.
    Turn {
        /// The person.
        person: ActorId,
        /// How many take turns at present.
        of: u64,
        /// How many items this person is behind the share, this one's share included; rounded to four
        /// places, halves away from zero.
        behind: DecimalText,
    },
    /// The person whom the rule names can take it.
    Named {
        /// The person.
        person: ActorId,
    },
    /// Nobody can take it; it waits.
    Waits,
    /// The policy is not in force at the instant of the routing.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl ReasonCode for RoutingReason {
    fn code(&self) -> &'static str {
        match self {
            Self::StateFromFuture { .. } => "state_from_future",
            Self::RuleUnknown { .. } => "rule_unknown",
            Self::RuleHolds { .. } => "rule_holds",
            Self::NoRuleHolds => "no_rule_holds",
            Self::OwnerAsked { .. } => "owner_asked",
            Self::OwnerKeeps { .. } => "owner_keeps",
            Self::QueueAsked { .. } => "queue_asked",
            Self::FallbackAsked { .. } => "fallback_asked",
            Self::PersonAsked { .. } => "person_asked",
            Self::NotOnRoster { .. } => "not_on_roster",
            Self::Inactive { .. } => "inactive",
            Self::Away { .. } => "away",
            Self::LacksSkill { .. } => "lacks_skill",
            Self::OutsideTerritory { .. } => "outside_territory",
            Self::LacksLanguage { .. } => "lacks_language",
            Self::InConflict { .. } => "in_conflict",
            Self::WeightZero { .. } => "weight_zero",
            Self::OpenFull { .. } => "open_full",
            Self::DayFull { .. } => "day_full",
            Self::WindowFull { .. } => "window_full",
            Self::QueueEmpty { .. } => "queue_empty",
            Self::NobodyFree { .. } => "nobody_free",
            Self::Turn { .. } => "turn",
            Self::Named { .. } => "named",
            Self::Waits => "waits",
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let who = |person: &ActorId| ("person", Arg::Label("person", person.to_string()));
        let queue = |queue: &QueueId| ("queue", Arg::Label("queue", queue.to_string()));
        let rule = |rule: &RuleId| ("rule", Arg::Label("rule", rule.to_string()));
        let limit = |at: &Option<DateTime<Utc>>| at.map_or_else(|| Arg::Text("–".to_string()), Arg::Instant);
        let word = |word: &Option<Word>| Arg::Text(word.as_ref().map_or("–", Word::as_str).to_string());
        match self {
            Self::StateFromFuture { at } => [("at", Arg::Instant(*at))].into(),
            Self::RuleUnknown { rule: id } | Self::RuleHolds { rule: id } => [rule(id)].into(),
            Self::NoRuleHolds | Self::Waits => Vec::new(),
            Self::OwnerAsked { person }
            | Self::OwnerKeeps { person }
            | Self::PersonAsked { person }
            | Self::NotOnRoster { person }
            | Self::Inactive { person }
            | Self::WeightZero { person }
            | Self::Named { person } => [who(person)].into(),
            Self::QueueAsked { queue: id }
            | Self::FallbackAsked { queue: id }
            | Self::QueueEmpty { queue: id }
            | Self::NobodyFree { queue: id } => [queue(id)].into(),
            Self::Away { person, until } => [who(person), ("until", limit(until))].into(),
            Self::LacksSkill { person, skill } => [who(person), ("skill", word(skill))].into(),
            Self::OutsideTerritory { person, territory } => {
                [who(person), ("territory", word(territory))].into()
            }
            Self::LacksLanguage { person, language } => [who(person), ("language", word(language))].into(),
            Self::InConflict { person, subject } => {
                [who(person), ("subject", Arg::Text(subject.to_string()))].into()
            }
            Self::OpenFull { person, open, limit } => {
                [who(person), ("open", Arg::Decimal(open.0)), ("limit", Arg::Decimal(limit.get()))].into()
            }
            Self::DayFull { person, left, limit } => {
                [who(person), ("left", Arg::Decimal(left.0)), ("limit", Arg::Decimal(limit.get()))].into()
            }
            Self::WindowFull { person, used, limit, hours } => [
                who(person),
                ("used", Arg::Decimal(used.0)),
                ("limit", Arg::Decimal(limit.get())),
                ("hours", Arg::Count((*hours).into())),
            ]
            .into(),
            Self::Turn { person, of, behind } => {
                [who(person), ("of", Arg::Count(*of)), ("behind", Arg::Decimal(behind.0))].into()
            }
            Self::PolicyNotInForce { from, to } => [("from", limit(from)), ("to", limit(to))].into(),
        }
    }
}
