//! What is suspicious in conditions, and in what they may name.
use alloc::format;

use guanxi_condition::{Condition, Vocabulary};
use guanxi_core::FactId;

use super::Warnings;

impl Warnings {
    /// What is suspicious in a condition by itself.
    pub(super) fn condition(&mut self, path: &str, condition: &Condition) {
        for (whole, code, found) in [
            (Condition::never(), "never_true", "this condition never holds"),
            (Condition::always(), "always_true", "this condition always holds"),
        ] {
            if *condition == whole {
                self.warn(path, code, found, "it says nothing; leave it out");
            }
        }
        for warning in condition.lint() {
            let inner =
                if warning.path.is_empty() { path.into() } else { format!("{path}.{}", warning.path) };
            self.warn(inner, warning.code, warning.found, &warning.advice);
        }
    }

    /// Facts that nobody reads.
    pub(super) fn unused_facts(&mut self, vocabulary: &Vocabulary, reads: impl Fn(&FactId) -> bool) {
        for (fact, _) in vocabulary.facts().filter(|(fact, _)| !reads(fact)) {
            let path = format!("body.vocabulary.facts.{fact}");
            self.warn(path, "unused_fact", format!("nothing reads `{fact}`"), "leave it out, or ask for it");
        }
    }
}
