//! What was noticed while facts were made.
use alloc::string::ToString;
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{Arg, AttributeId, Currency, EventId, FactId, ReasonCode, SubjectId};
use serde::Serialize;

/// Something that was ignored or refused while a subject's facts were made.
///
/// Events come first, by id; then refused facts, in the order of the recipes, each with the first
/// event (by occurrence, then id) that stands in the way. A refused fact is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FactFinding {
    /// Events name a subject of whom there is no record.
    UnknownParty {
        /// How many events.
        events: u64,
    },
    /// An event occurs after `as_of` and was ignored.
    FutureEvent {
        /// The event.
        event: EventId,
        /// When it occurs.
        occurred_at: DateTime<Utc>,
    },
    /// Two versions of an event differ; the one recorded later counts.
    EventConflict {
        /// The event.
        event: EventId,
    },
    /// An event lacks an attribute that the fact adds up.
    AttributeMissing {
        /// The fact refused.
        fact: FactId,
        /// The attribute.
        attribute: AttributeId,
        /// The first event without it.
        event: EventId,
    },
    /// An attribute that the fact counts with is not a number.
    NotANumber {
        /// The fact refused.
        fact: FactId,
        /// The attribute.
        attribute: AttributeId,
        /// The first event of that kind.
        event: EventId,
    },
    /// An attribute of the party was observed after `as_of` and ignored.
    FutureAttribute {
        /// The fact refused.
        fact: FactId,
        /// The attribute.
        attribute: AttributeId,
        /// When it was observed.
        observed_at: DateTime<Utc>,
    },
    /// A value that levels were to be made of is not a number.
    NoLevel {
        /// The fact refused.
        fact: FactId,
    },
    /// Amounts of several currencies, or with and without one, meet without a conversion.
    MixedCurrencies {
        /// The fact refused.
        fact: FactId,
        /// The currencies, ascending.
        currencies: Vec<Currency>,
    },
    /// An amount to be converted has no currency.
    NoCurrency {
        /// The fact refused.
        fact: FactId,
        /// The attribute.
        attribute: AttributeId,
        /// The first event of that kind.
        event: EventId,
    },
    /// No exchange rate is declared for an amount.
    NoRate {
        /// The fact refused.
        fact: FactId,
        /// The currency of the amount.
        from: Currency,
        /// The currency wanted.
        to: Currency,
        /// The day of the event.
        day: NaiveDate,
    },
    /// The exact value has more digits than a decimal keeps.
    TooManyDigits {
        /// The fact refused.
        fact: FactId,
    },
    /// The fact compares with everyone, and one party's own value is refused; that party has the
    /// finding that says why.
    PartyRefused {
        /// The fact refused.
        fact: FactId,
        /// The first such party, by id.
        party: SubjectId,
    },
}

impl FactFinding {
    /// The fact refused; `None` if the finding is about an event.
    #[must_use]
    pub const fn fact(&self) -> Option<&FactId> {
        match self {
            Self::UnknownParty { .. } | Self::FutureEvent { .. } | Self::EventConflict { .. } => None,
            Self::AttributeMissing { fact, .. }
            | Self::NotANumber { fact, .. }
            | Self::FutureAttribute { fact, .. }
            | Self::NoLevel { fact }
            | Self::MixedCurrencies { fact, .. }
            | Self::NoCurrency { fact, .. }
            | Self::NoRate { fact, .. }
            | Self::TooManyDigits { fact }
            | Self::PartyRefused { fact, .. } => Some(fact),
        }
    }
}

fn fact_arg(fact: &FactId) -> (&'static str, Arg) {
    ("fact", Arg::Label("fact", fact.to_string()))
}

fn attribute_arg(attribute: &AttributeId) -> (&'static str, Arg) {
    ("attribute", Arg::Label("attribute", attribute.to_string()))
}

fn text(name: &'static str, value: &dyn ToString) -> (&'static str, Arg) {
    (name, Arg::Text(value.to_string()))
}

impl ReasonCode for FactFinding {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownParty { .. } => "unknown_party",
            Self::FutureEvent { .. } => "future_event",
            Self::EventConflict { .. } => "event_conflict",
            Self::AttributeMissing { .. } => "attribute_missing",
            Self::NotANumber { .. } => "not_a_number",
            Self::FutureAttribute { .. } => "future_attribute",
            Self::NoLevel { .. } => "no_level",
            Self::MixedCurrencies { .. } => "mixed_currencies",
            Self::NoCurrency { .. } => "no_currency",
            Self::NoRate { .. } => "no_rate",
            Self::TooManyDigits { .. } => "too_many_digits",
            Self::PartyRefused { .. } => "party_refused",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::UnknownParty { events } => [("events", Arg::Count(*events))].into(),
            Self::FutureEvent { event, occurred_at } => {
                [text("event", event), ("occurred_at", Arg::Instant(*occurred_at))].into()
            }
            Self::EventConflict { event } => [text("event", event)].into(),
            Self::AttributeMissing { fact, attribute, event }
            | Self::NotANumber { fact, attribute, event }
            | Self::NoCurrency { fact, attribute, event } => {
                [fact_arg(fact), attribute_arg(attribute), text("event", event)].into()
            }
            Self::FutureAttribute { fact, attribute, observed_at } => {
                let observed_at = ("observed_at", Arg::Instant(*observed_at));
                [fact_arg(fact), attribute_arg(attribute), observed_at].into()
            }
            Self::NoLevel { fact } | Self::TooManyDigits { fact } => [fact_arg(fact)].into(),
            Self::PartyRefused { fact, party } => [fact_arg(fact), text("party", party)].into(),
            Self::MixedCurrencies { fact, currencies } => {
                let codes: Vec<&str> = currencies.iter().map(|currency| currency.code()).collect();
                [fact_arg(fact), ("currencies", Arg::Text(codes.join(", ")))].into()
            }
            Self::NoRate { fact, from, to, day } => {
                [fact_arg(fact), text("from", from), text("to", to), text("day", day)].into()
            }
        }
    }
}
