//! What is wrong with the data, where, and whom to ask.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{
    Arg, DecimalText, EventId, FactId, FactKind, FactProblem, FactSchema, FactValue, ReasonCode, SubjectId,
};
use guanxi_policy::FactSchemaSpec;
use serde::Serialize;

use crate::quality::Field;

/// One thing wrong with the data of one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Defect {
    /// Whose data.
    pub subject: SubjectId,
    /// Which field; none for an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// What is wrong with it.
    pub flaw: Flaw,
    /// The role to ask, if the policy names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
}

/// What can be wrong. Personal data is never among the arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Flaw {
    /// A required field is not known.
    Missing,
    /// The value is not of the kind that the schema declares.
    WrongKind {
        /// The kind found, such as `text`.
        given: &'static str,
        /// The kind declared, such as `int`.
        allowed: String,
    },
    /// The level is on another scale than the schema declares.
    WrongScale {
        /// The greatest level of the scale found.
        given: u8,
        /// The greatest level of the scale declared.
        of: u8,
    },
    /// The number is below the least allowed.
    BelowMin {
        /// The number found.
        given: DecimalText,
        /// The least number allowed.
        min: DecimalText,
    },
    /// The number is above the greatest allowed.
    AboveMax {
        /// The number found.
        given: DecimalText,
        /// The greatest number allowed.
        max: DecimalText,
    },
    /// A part is greater than its whole.
    ExceedsWhole {
        /// The number found.
        given: DecimalText,
        /// The fact that it is a part of.
        whole: FactId,
        /// That fact's number.
        of: DecimalText,
    },
    /// The value was observed too long ago.
    Stale {
        /// When it was observed.
        observed_at: DateTime<Utc>,
        /// After how many days it is stale.
        greatest_age_days: u32,
    },
    /// The value is smaller than that of a field that it is at least.
    Smaller {
        /// The other field.
        than: Field,
    },
    /// The value cannot be compared with that of a field that it is at least.
    Incomparable {
        /// The other field.
        with: Field,
    },
    /// An earlier party, by id, has the same value.
    Duplicate {
        /// The earlier party.
        of: SubjectId,
    },
    /// An event was written down before it occurred: one of the two dates is wrong.
    RecordedBefore {
        /// The event.
        event: EventId,
    },
    /// An event was written down too late.
    RecordedLate {
        /// The event.
        event: EventId,
        /// Hours from its occurrence to its record, a begun one counted in full.
        hours: u64,
        /// The hours allowed.
        within_hours: u32,
    },
}

impl Flaw {
    /// What is wrong with a value that broke its schema.
    pub(crate) fn of(problem: FactProblem, value: &FactValue, schema: &FactSchema) -> Self {
        match (problem, schema.kind, value) {
            (FactProblem::BelowMin { given, min }, ..) => {
                Self::BelowMin { given: given.into(), min: min.into() }
            }
            (FactProblem::AboveMax { given, max }, ..) => {
                Self::AboveMax { given: given.into(), max: max.into() }
            }
            (FactProblem::ExceedsWhole { given, whole, of }, ..) => {
                Self::ExceedsWhole { given: given.into(), whole, of: of.into() }
            }
            (_, FactKind::Level { of }, FactValue::Level(level)) => {
                Self::WrongScale { given: level.of(), of }
            }
            _ => Self::WrongKind { given: value.kind_name(), allowed: FactSchemaSpec::from(schema).kind },
        }
    }
}

impl Field {
    /// The field's label, as an argument of a reason.
    #[must_use]
    pub fn arg(&self) -> Arg {
        match self {
            Self::Name => Arg::Label("field", "name".into()),
            Self::Email => Arg::Label("field", "email".into()),
            Self::Phone => Arg::Label("field", "phone".into()),
            Self::Attribute(id) => Arg::Label("attribute", id.to_string()),
            Self::Fact(id) => Arg::Label("fact", id.to_string()),
        }
    }
}

impl ReasonCode for Flaw {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::WrongKind { .. } => "wrong_kind",
            Self::WrongScale { .. } => "wrong_scale",
            Self::BelowMin { .. } => "below_min",
            Self::AboveMax { .. } => "above_max",
            Self::ExceedsWhole { .. } => "exceeds_whole",
            Self::Stale { .. } => "stale",
            Self::Smaller { .. } => "smaller",
            Self::Incomparable { .. } => "incomparable",
            Self::Duplicate { .. } => "duplicate",
            Self::RecordedBefore { .. } => "recorded_before",
            Self::RecordedLate { .. } => "recorded_late",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let number = |text: &DecimalText| Arg::Decimal(text.0);
        match self {
            Self::Missing => Vec::new(),
            Self::WrongKind { given, allowed } => {
                let kind = |code: &str| Arg::Label("kind", code.into());
                [("given", kind(given)), ("allowed", kind(allowed))].into()
            }
            Self::WrongScale { given, of } => {
                [("given", Arg::Count((*given).into())), ("of", Arg::Count((*of).into()))].into()
            }
            Self::BelowMin { given, min } => [("given", number(given)), ("min", number(min))].into(),
            Self::AboveMax { given, max } => [("given", number(given)), ("max", number(max))].into(),
            Self::ExceedsWhole { given, whole, of } => {
                let whole = Arg::Label("fact", whole.to_string());
                [("given", number(given)), ("whole", whole), ("of", number(of))].into()
            }
            Self::Stale { observed_at, greatest_age_days } => {
                let days = Arg::Count((*greatest_age_days).into());
                [("observed_at", Arg::Instant(*observed_at)), ("greatest_age_days", days)].into()
            }
            Self::Smaller { than: other } | Self::Incomparable { with: other } => {
                [("other", other.arg())].into()
            }
            Self::Duplicate { of } => [("of", Arg::Text(of.to_string()))].into(),
            Self::RecordedBefore { event } => [("event", Arg::Text(event.to_string()))].into(),
            Self::RecordedLate { event, hours, within_hours } => [
                ("event", Arg::Text(event.to_string())),
                ("hours", Arg::Count(*hours)),
                ("within_hours", Arg::Count((*within_hours).into())),
            ]
            .into(),
        }
    }
}

/// With the field as first argument, where there is one.
impl ReasonCode for Defect {
    fn code(&self) -> &'static str {
        self.flaw.code()
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let field = self.field.iter().map(|field| ("field", field.arg()));
        field.chain(self.flaw.args()).collect()
    }
}
