//! What depends on the customer: the first case that holds.
use alloc::vec::Vec;

use guanxi_condition::{Condition, ConditionSpec};
use serde::{Deserialize, Serialize};

use super::policy::Guard;

/// A value as people write it: one for everybody, or cases of which the first that is true counts.
///
/// `{"working_hours": 2}`, or `[{"when": "tier = \"strategic\"", "then": {"working_hours": 2}}, {"then": {"hours": 24}}]`.
/// The last case has no `when`: it is for all others, also where a condition is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum CasesSpec<T> {
    /// The same for everybody.
    One(T),
    /// By cases.
    Many(Vec<CaseSpec<T>>),
}

/// One case as people write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseSpec<T> {
    /// What must be true; the last case has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionSpec>,
    /// What counts then.
    pub then: T,
}

/// A value by cases, checked: the first case that is true counts, and the last one has no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cases<T> {
    pub(crate) cases: Vec<Case<T>>, // INVARIANT: not empty, the last one and no other without a guard
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<T> {
    pub(crate) guard: Option<Guard>,
    pub(crate) then: T,
}

impl<T> Case<T> {
    /// What must be true; none for the last case.
    #[must_use]
    pub fn when(&self) -> Option<&Condition> {
        self.guard.as_ref().map(|guard| &guard.when)
    }

    /// What counts then.
    #[must_use]
    pub const fn then(&self) -> &T {
        &self.then
    }
}

impl<T> Cases<T> {
    pub(crate) fn one(then: T) -> Self {
        Self { cases: [Case { guard: None, then }].into() }
    }

    /// The cases, in the order in which they are tried.
    #[must_use]
    pub fn cases(&self) -> &[Case<T>] {
        &self.cases
    }

    pub(crate) fn guards(&self) -> impl Iterator<Item = &Guard> {
        self.cases.iter().filter_map(|case| case.guard.as_ref())
    }

    /// The value of the first case whose guard is passed.
    pub(crate) fn pick<'a>(&'a self, passes: impl FnMut(&'a Guard) -> bool) -> Option<&'a T> {
        let mut passes = passes;
        let found = self.cases.iter().find(|case| case.guard.as_ref().is_none_or(&mut passes));
        found.or(self.cases.last()).map(|case| &case.then)
    }
}

impl<T: Clone> Cases<T> {
    pub(crate) fn spec(&self) -> CasesSpec<T> {
        match self.cases.as_slice() {
            [Case { guard: None, then }] => CasesSpec::One(then.clone()),
            cases => CasesSpec::Many(
                cases
                    .iter()
                    .map(|case| CaseSpec { when: case.when().map(Into::into), then: case.then.clone() })
                    .collect(),
            ),
        }
    }
}
