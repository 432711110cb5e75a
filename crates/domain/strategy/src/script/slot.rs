//! What goes into a slot.
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use chrono::NaiveDate;
use guanxi_core::{DecimalText, Money, Share, is_inert};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{ScriptError, SlotFault, SlotProblem};
use super::id::SlotId;
use super::spec::Script;

/// The kind of value that a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// One line of text, 1 to 300 characters.
    Text,
    /// An exact decimal.
    Number,
    /// A whole number.
    Integer,
    /// An amount of one currency.
    Money,
    /// A share, shown in percent.
    Share,
    /// A calendar day.
    Date,
}

impl SlotKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::Number, Self::Integer, Self::Money, Self::Share, Self::Date];

    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Money => "money",
            Self::Share => "share",
            Self::Date => "date",
        }
    }

    /// How a value of the kind is written.
    pub(super) const fn form(self) -> &'static str {
        match self {
            Self::Text => "a line of text",
            Self::Number => "a decimal such as \"12.5\"",
            Self::Integer => "a whole number such as 3",
            Self::Money => "an amount such as {\"amount\": \"100\", \"currency\": \"CNY\"}",
            Self::Share => "a share from 0 to 1 such as \"0.25\"",
            Self::Date => "a day such as \"2026-06-30\"",
        }
    }
}

/// What goes into a slot. It may be personal data, so `Debug` tells its kind alone, and it is never serialised.
#[derive(Clone, PartialEq, Eq)]
pub enum SlotValue {
    /// One line of text.
    Text(String),
    /// An exact decimal.
    Number(Decimal),
    /// A whole number.
    Integer(i64),
    /// An amount of one currency.
    Money(Money),
    /// A share.
    Share(Share),
    /// A calendar day.
    Date(NaiveDate),
}

/// The kind, never the value.
impl fmt::Debug for SlotValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotValue({})", self.kind().code())
    }
}

impl SlotValue {
    /// The most characters of a text.
    pub const MAX_CHARS: usize = 300;

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> SlotKind {
        match self {
            Self::Text(_) => SlotKind::Text,
            Self::Number(_) => SlotKind::Number,
            Self::Integer(_) => SlotKind::Integer,
            Self::Money(_) => SlotKind::Money,
            Self::Share(_) => SlotKind::Share,
            Self::Date(_) => SlotKind::Date,
        }
    }

    /// What keeps the value out of a slot of a kind, if anything does.
    pub(super) fn problem(&self, kind: SlotKind) -> Option<SlotProblem> {
        match self {
            value if value.kind() != kind => Some(SlotProblem::WrongKind { kind }),
            Self::Text(text) if text.trim().is_empty() => Some(SlotProblem::Blank),
            Self::Text(text) if text.chars().count() > Self::MAX_CHARS => Some(SlotProblem::TooLong),
            Self::Text(text) if !is_inert(text) => Some(SlotProblem::NotInert),
            _ => None,
        }
    }

    fn read(kind: SlotKind, value: &Value) -> Option<Self> {
        match kind {
            SlotKind::Text => value.as_str().map(|text| Self::Text(text.into())),
            SlotKind::Number => DecimalText::deserialize(value).ok().map(|text| Self::Number(text.0)),
            SlotKind::Integer => value.as_i64().map(Self::Integer),
            SlotKind::Money => Money::deserialize(value).ok().map(Self::Money),
            SlotKind::Share => Share::deserialize(value).ok().map(Self::Share),
            SlotKind::Date => NaiveDate::deserialize(value).ok().map(Self::Date),
        }
    }
}

/// The values of a script's slots, by their names. `Debug` shows no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotValues(BTreeMap<SlotId, SlotValue>);

impl SlotValues {
    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// With the value of a slot, in place of one given before.
    #[must_use]
    pub fn with(mut self, slot: SlotId, value: SlotValue) -> Self {
        self.0.insert(slot, value);
        self
    }

    /// The value of a slot.
    #[must_use]
    pub fn get(&self, slot: &SlotId) -> Option<&SlotValue> {
        self.0.get(slot)
    }

    /// The slots that have a value, by name.
    pub fn slots(&self) -> impl Iterator<Item = &SlotId> {
        self.0.keys()
    }

    /// Reads the values of a script's slots from a table, each by the kind of its slot; null is no value.
    ///
    /// # Errors
    /// [`ScriptError::Slots`] with every slot that is missing, unknown or of another kind. No value is ever in it.
    pub fn read(script: &Script, table: &serde_json::Map<String, Value>) -> Result<Self, ScriptError> {
        let (mut values, mut faults) = (Self::new(), alloc::vec::Vec::new());
        for (name, value) in table.iter().filter(|(_, value)| !value.is_null()) {
            let slot = SlotId::new(name).ok();
            let Some((slot, kind)) = slot.and_then(|slot| script.slots().get_key_value(&slot)) else {
                faults.push(SlotFault::unknown(name));
                continue;
            };
            match SlotValue::read(*kind, value) {
                Some(value) => values = values.with(slot.clone(), value),
                None => faults.push(SlotFault::new(slot, SlotProblem::WrongKind { kind: *kind })),
            }
        }
        let wrong: alloc::vec::Vec<String> = faults.iter().map(|fault| fault.slot.clone()).collect();
        let rest = values.faults(script).into_iter();
        faults.extend(rest.filter(|fault| !wrong.contains(&fault.slot)));
        ScriptError::of(faults).map_or(Ok(values), Err)
    }

    /// What keeps these values from filling a script: by slot, then what belongs to no slot.
    pub(super) fn faults(&self, script: &Script) -> alloc::vec::Vec<SlotFault> {
        let of_slots = script.slots().iter().filter_map(|(slot, kind)| {
            let problem = match self.get(slot) {
                None => Some(SlotProblem::Missing { kind: *kind }),
                Some(value) => value.problem(*kind),
            };
            problem.map(|problem| SlotFault::new(slot, problem))
        });
        let unknown = self.slots().filter(|slot| !script.slots().contains_key(*slot));
        of_slots.chain(unknown.map(|slot| SlotFault::unknown(slot.as_str()))).collect()
    }
}
