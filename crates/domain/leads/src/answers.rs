//! What the conditions of a policy say at an instant.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, EventLog, Given, Moment, Truth};
use guanxi_core::{FactId, Facts};

use crate::policy::LeadPolicy;

/// The facts and events of a lead, and the policy that asks.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    policy: &'a LeadPolicy,
    facts: &'a dyn Facts,
    events: &'a EventLog<'a>,
}

/// The answers to all conditions, in the order of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) fit: Vec<Truth>,
    pub(crate) rules: Vec<Truth>,
    pub(crate) disqualify: Vec<Truth>,
    pub(crate) flags: Vec<Truth>,
}

impl<'a> Asked<'a> {
    pub(crate) const fn new(policy: &'a LeadPolicy, facts: &'a dyn Facts, events: &'a EventLog<'a>) -> Self {
        Self { policy, facts, events }
    }

    const fn given(&self) -> Given<'a> {
        Given { facts: self.facts, events: Some(self.events) }
    }

    const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.policy.zone, week_start: self.policy.week_start }
    }

    pub(crate) fn answers(&self, as_of: DateTime<Utc>) -> Answers {
        let (given, moment) = (self.given(), self.moment(as_of));
        let holds = |condition: &Condition| condition.holds(&given, &moment);
        Answers {
            fit: self.policy.fit.iter().map(|condition| holds(&condition.when)).collect(),
            rules: self
                .policy
                .rules
                .iter()
                .map(|rule| rule.when.as_ref().map_or(Truth::True, holds))
                .collect(),
            disqualify: self.policy.disqualify.iter().map(|(_, when)| holds(when)).collect(),
            flags: self.policy.flags.iter().map(|(_, when)| holds(when)).collect(),
        }
    }

    /// The first instant after another at which an answer changes.
    pub(crate) fn next_change(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (given, moment) = (self.given(), self.moment(after));
        let policy = self.policy;
        let fit = policy.fit.iter().map(|condition| &condition.when);
        let rules = policy.rules.iter().filter_map(|rule| rule.when.as_ref());
        let disqualify = policy.disqualify.iter().map(|(_, when)| when);
        let flags = policy.flags.iter().map(|(_, when)| when);
        let all = fit.chain(rules).chain(disqualify).chain(flags);
        all.filter_map(|condition| condition.next_change(&given, &moment)).min()
    }

    /// The facts that conditions ask for which are unknown, by name.
    pub(crate) fn open_facts(&self, answers: &Answers) -> BTreeSet<FactId> {
        let policy = self.policy;
        let fit = policy.fit.iter().map(|condition| Some(&condition.when)).zip(&answers.fit);
        let rules = policy.rules.iter().map(|rule| rule.when.as_ref()).zip(&answers.rules);
        let disqualify = policy.disqualify.iter().map(|(_, when)| Some(when)).zip(&answers.disqualify);
        let flags = policy.flags.iter().map(|(_, when)| Some(when)).zip(&answers.flags);
        let all = fit.chain(rules).chain(disqualify).chain(flags);
        let unknown =
            all.filter(|(_, truth)| **truth == Truth::Unknown).filter_map(|(condition, _)| condition);
        unknown.flat_map(|condition| condition.fact_ids().iter()).cloned().collect()
    }
}
