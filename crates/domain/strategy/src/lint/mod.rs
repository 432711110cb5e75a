//! What is legal in strategies and actions, but probably not meant.
mod actions;
mod conditions;
mod loops;
mod strategies;
mod terms;
mod texts;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_calendar::CalendarDocument;
use guanxi_policy::Warning;

use crate::action::ActionsDocument;
use crate::template::{SelectionCounts, StrategiesDocument};

pub use actions::lint_actions;
pub use strategies::lint_strategies;

/// What a document is looked at together with; all of it may be missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct LintContext<'a> {
    /// The strategies that actions carry out.
    pub strategies: &'a [&'a StrategiesDocument],
    /// The actions that carry strategies out.
    pub actions: &'a [&'a ActionsDocument],
    /// The calendars by which terms are counted.
    pub calendars: &'a [&'a CalendarDocument],
    /// How often each template of the document was selected for a sample of customers.
    pub selections: Option<&'a SelectionCounts>,
}

/// Warnings in the order in which they are found.
#[derive(Default)]
struct Warnings(Vec<Warning>);

impl Warnings {
    fn warn(&mut self, path: impl Into<String>, code: &'static str, found: impl Into<String>, advice: &str) {
        self.0.push(Warning { path: path.into(), code, found: found.into(), advice: advice.to_owned() });
    }
}
