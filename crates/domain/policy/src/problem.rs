use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use guanxi_core::Inert;
use serde::Serialize;

/// One thing wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where: `body.tiers[2].floor`; empty for the document as a whole.
    pub path: String,
    /// What kind of problem, a stable code: `unknown_field`, `missing_field`, `wrong_type`,
    /// `not_allowed`, `duplicate`, `unknown_name`, or one of the document's own.
    pub code: &'static str,
    /// What was given, cut short.
    pub given: String,
    /// What is allowed.
    pub allowed: String,
}

/// In characters that can be shown anywhere, whatever the document holds.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "document" } else { &self.path };
        write!(f, "{}: ", Inert(path))?;
        for (i, word) in self.code.split('_').enumerate() {
            write!(f, "{}{word}", if i > 0 { " " } else { "" })?;
        }
        if self.code == "not_allowed" {
            f.write_str(" here")?;
        }
        if !self.given.is_empty() {
            write!(f, ", given {}", Inert(&self.given))?;
        }
        write!(f, ", allowed: {}", Inert(&self.allowed))
    }
}

/// Everything wrong with a document, in the order of reading; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    /// The problems, in the order of reading.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(i, problem)| write!(f, "{}{problem}", if i > 0 { "\n" } else { "" }))
    }
}
