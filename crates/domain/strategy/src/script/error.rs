use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use guanxi_core::Quoted;

use super::id::{ScriptId, SlotId};
use super::slot::{SlotKind, SlotValue};
use crate::template::LanguageId;

/// Why a script cannot be said. No value of a slot is ever in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The document has no such script.
    #[error("there is no script `{script}`")]
    NoScript {
        /// The script asked for.
        script: ScriptId,
    },
    /// The document is not written in the language.
    #[error("the scripts are not written in `{language}`, but in {}", Listed(.available))]
    NoLanguage {
        /// The language asked for.
        language: LanguageId,
        /// The languages of the document.
        available: Vec<LanguageId>,
    },
    /// Slots that cannot be filled, all of them; never empty.
    #[error("{}", Listed(.faults))]
    Slots {
        /// What is wrong, first by the names of the script's slots, then what belongs to none.
        faults: Vec<SlotFault>,
    },
}

impl ScriptError {
    pub(super) fn of(mut faults: Vec<SlotFault>) -> Option<Self> {
        faults.sort_by(|a, b| {
            let key = |fault: &SlotFault| fault.problem == SlotProblem::Unknown;
            (key(a), &a.slot).cmp(&(key(b), &b.slot))
        });
        if faults.is_empty() { None } else { Some(Self::Slots { faults }) }
    }
}

/// What is wrong with one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotFault {
    /// The slot, as it was named.
    pub slot: String,
    /// What is wrong.
    pub problem: SlotProblem,
}

/// What is wrong with a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotProblem {
    /// It has no value.
    Missing {
        /// The kind that it takes.
        kind: SlotKind,
    },
    /// The script has no such slot.
    Unknown,
    /// Its value is of another kind.
    WrongKind {
        /// The kind that it takes.
        kind: SlotKind,
    },
    /// Its text is blank.
    Blank,
    /// Its text has more than 300 characters.
    TooLong,
    /// Its text has a line break, a control or an invisible character.
    NotInert,
}

impl SlotFault {
    pub(super) fn new(slot: &SlotId, problem: SlotProblem) -> Self {
        Self { slot: slot.as_str().into(), problem }
    }

    pub(super) fn unknown(name: &str) -> Self {
        Self { slot: name.chars().take(41).collect(), problem: SlotProblem::Unknown }
    }
}

impl fmt::Display for SlotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slot = Quoted(&self.slot);
        match self.problem {
            SlotProblem::Missing { kind } => write!(f, "slot {slot} has no value: give {}", kind.form()),
            SlotProblem::Unknown => write!(f, "the script has no slot {slot}"),
            SlotProblem::WrongKind { kind } => write!(f, "slot {slot} takes {}", kind.form()),
            SlotProblem::Blank => write!(f, "slot {slot} is blank"),
            SlotProblem::TooLong => {
                write!(f, "slot {slot} takes at most {} characters", SlotValue::MAX_CHARS)
            }
            SlotProblem::NotInert => {
                write!(f, "slot {slot} takes one line without control or invisible characters")
            }
        }
    }
}

/// A list in words.
struct Listed<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(place, item)| write!(f, "{}{item}", if place > 0 { "; " } else { "" }))
    }
}
