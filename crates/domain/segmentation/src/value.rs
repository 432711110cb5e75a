//! From facts to a value segment.
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DecimalText, Decision, Fact, FactId, Facts, Share};
use num_bigint::BigInt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::SegmentId;
use crate::input::{Input, decided, earlier};
use crate::merge::{MergeError, same};
use crate::number::{decimal, one, parts, share};
use crate::reason::{Against, Reason};
use crate::value_spec::{Bound, Condition, ValueDocument};

/// What was observed of a population: the values that quantiles are taken of. Mergeable in any order, and then sorted once
/// with [`ValuePopulation::finish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuePopulation {
    policy: ValueDocument,
    as_of: DateTime<Utc>,
    values: BTreeMap<FactId, BTreeMap<Decimal, u64>>,
    next: Option<DateTime<Utc>>,
}

impl ValuePopulation {
    /// Nobody yet.
    #[must_use]
    pub fn new(policy: &ValueDocument, as_of: DateTime<Utc>) -> Self {
        let asked = policy.body().rules().iter().flat_map(|rule| &rule.all);
        let asked = asked.filter(|condition| matches!(condition.bound, Bound::Quantile(_)));
        let values = asked.map(|condition| (condition.fact.clone(), BTreeMap::new())).collect();
        Self { policy: policy.clone(), as_of, values, next: None }
    }

    /// Counts one customer.
    pub fn observe(&mut self, facts: &dyn Facts) {
        for (fact, values) in &mut self.values {
            let input = Input::of(facts, fact, self.as_of);
            self.next = earlier(self.next, input.future());
            if let Some(value) = input.known() {
                let count = values.entry(value).or_default();
                *count = count.saturating_add(1);
            }
        }
    }

    /// Adds another part of the same population.
    ///
    /// # Errors
    /// [`MergeError::AnotherPolicy`], [`MergeError::AnotherInstant`]; nothing is added then.
    pub fn merge(&mut self, other: Self) -> Result<(), MergeError> {
        same((&self.policy, self.as_of), (&other.policy, other.as_of))?;
        for (fact, values) in other.values {
            let own = self.values.entry(fact).or_default();
            for (value, more) in values {
                let count = own.entry(value).or_default();
                *count = count.saturating_add(more);
            }
        }
        self.next = earlier(self.next, other.next);
        Ok(())
    }

    /// Takes the quantiles; every customer then has its segment.
    #[must_use]
    pub fn finish(self) -> ValueSegments {
        let rules = self.policy.body().rules().iter().flat_map(|rule| &rule.all);
        let quantiles = rules.filter_map(|condition| {
            let Bound::Quantile(quantile) = condition.bound else { return None };
            let value = nearest_rank(self.values.get(&condition.fact)?, quantile)?;
            Some(((condition.fact.clone(), quantile), value))
        });
        let quantiles = quantiles.collect();
        ValueSegments { policy: self.policy, as_of: self.as_of, quantiles, next: self.next }
    }
}

/// The value at place `ceil(quantile * n)`, from 1.
fn nearest_rank(values: &BTreeMap<Decimal, u64>, quantile: Share) -> Option<Decimal> {
    let n: BigInt = values.values().map(|count| BigInt::from(*count)).sum();
    let target = parts(quantile.get()) * n;
    let mut passed = BigInt::ZERO;
    for (value, count) in values {
        passed += *count;
        // passed >= ceil(q * n) is passed >= q * n, since passed is whole.
        if &passed * one() >= target {
            return Some(*value);
        }
    }
    None
}

/// Ordered rules, ready to be asked about any customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSegments {
    policy: ValueDocument,
    as_of: DateTime<Utc>,
    quantiles: BTreeMap<(FactId, Share), Decimal>,
    next: Option<DateTime<Utc>>,
}

/// A customer's value segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueOutcome {
    /// The segment; `None` if not one fact of the rules is known.
    pub segment: Option<SegmentId>,
    /// The rule that decided, from 1; `None` for the default.
    pub rule: Option<u64>,
}

/// How a condition came out.
enum Tried {
    Holds(Reason),
    Fails(Reason),
    Unknown(Reason),
}

impl ValueSegments {
    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &ValueDocument {
        &self.policy
    }

    /// The segment of a customer and why: for each rule tried, the conditions that held, or the first that did not.
    pub fn classify(&self, facts: &dyn Facts) -> Decision<ValueOutcome, Reason> {
        let (mut known, mut change) = (false, self.next);
        for fact in self.policy.body().facts() {
            let input = Input::of(facts, fact, self.as_of);
            known |= input.known().is_some();
            change = earlier(change, input.future());
        }
        let (outcome, reasons) = if known {
            self.decide(facts)
        } else {
            (ValueOutcome { segment: None, rule: None }, [Reason::NothingKnown].into())
        };
        decided(&self.policy, self.as_of, outcome, reasons, change)
    }

    fn decide(&self, facts: &dyn Facts) -> (ValueOutcome, Vec<Reason>) {
        let mut before = Vec::new();
        for (number, rule) in (1_u64..).zip(self.policy.body().rules()) {
            let mut held = Vec::new();
            let mut stopped = None;
            for condition in &rule.all {
                match self.tried(number, &rule.segment, condition, facts) {
                    Tried::Holds(reason) => held.push(reason),
                    Tried::Fails(reason) | Tried::Unknown(reason) => {
                        stopped = Some(reason);
                        break;
                    }
                }
            }
            match stopped {
                Some(reason) => before.push(reason),
                None => {
                    let segment = rule.segment.clone();
                    let mut reasons: Vec<Reason> =
                        [Reason::RuleHolds { segment: segment.clone(), rule: number }].into();
                    reasons.extend(held);
                    reasons.extend(before);
                    return (ValueOutcome { segment: Some(segment), rule: Some(number) }, reasons);
                }
            }
        }
        let segment = self.policy.body().default_segment().clone();
        let mut reasons: Vec<Reason> = [Reason::NoRuleHolds { segment: segment.clone() }].into();
        reasons.extend(before);
        (ValueOutcome { segment: Some(segment), rule: None }, reasons)
    }

    fn tried(&self, rule: u64, segment: &SegmentId, condition: &Condition, facts: &dyn Facts) -> Tried {
        let lacking =
            |fact: &FactId| Reason::RuleLacksFact { segment: segment.clone(), rule, fact: fact.clone() };
        let fact = &condition.fact;
        let Some(value) = Input::of(facts, fact, self.as_of).known() else {
            return Tried::Unknown(lacking(fact));
        };
        let (bound, against) = match &condition.bound {
            Bound::Number(number) => (parts(number.0) * one(), Against::Number),
            Bound::Quantile(quantile) => match self.quantiles.get(&(fact.clone(), *quantile)) {
                Some(number) => (parts(*number) * one(), Against::Quantile),
                None => return Tried::Unknown(lacking(fact)),
            },
            Bound::Times { fact: other, by } => match Input::of(facts, other, self.as_of).known() {
                Some(number) => (parts(number) * parts(by.0), Against::Fact),
                None => return Tried::Unknown(lacking(other)),
            },
        };
        let holds = condition.comparison.holds(&(parts(value) * one()), &bound);
        let (segment, fact, value) = (segment.clone(), fact.clone(), DecimalText(value));
        let whole = &bound % one() == BigInt::ZERO;
        let bound = whole.then(|| decimal(&(bound / one()))).flatten();
        let comparison = condition.comparison;
        if holds {
            Tried::Holds(Reason::ConditionHolds { segment, rule, fact, value, comparison, bound, against })
        } else {
            Tried::Fails(Reason::ConditionFails { segment, rule, fact, value, comparison, bound, against })
        }
    }
}

/// Counts of customers by segment, and by segment within each group; mergeable in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueTally {
    segments: Vec<SegmentId>,
    counts: BTreeMap<Option<SegmentId>, u64>,
    groups: Vec<(FactId, Groups)>,
}

/// Counts by segment for each value of a fact; `None` is what is not known.
type Groups = BTreeMap<Option<String>, BTreeMap<Option<SegmentId>, u64>>;

impl ValueTally {
    /// Nobody yet.
    #[must_use]
    pub fn new(policy: &ValueDocument) -> Self {
        let segments = policy.body().segments().into_iter().cloned().collect();
        let groups = policy.body().group_by().iter().map(|fact| (fact.clone(), Groups::new())).collect();
        Self { segments, counts: BTreeMap::new(), groups }
    }

    /// Counts a customer with its segment.
    pub fn count(&mut self, outcome: &ValueOutcome, facts: &dyn Facts) {
        bump(&mut self.counts, outcome.segment.clone(), 1);
        for (fact, groups) in &mut self.groups {
            let group = match facts.fact(fact) {
                Fact::Known { value, .. } => Some(value.to_string()),
                Fact::Missing | Fact::NotApplicable => None,
            };
            bump(groups.entry(group).or_default(), outcome.segment.clone(), 1);
        }
    }

    /// Adds what was counted elsewhere for the same policy.
    pub fn merge(&mut self, other: Self) {
        for (segment, count) in other.counts {
            bump(&mut self.counts, segment, count);
        }
        for ((_, groups), (_, more)) in self.groups.iter_mut().zip(other.groups) {
            for (group, counts) in more {
                let own = groups.entry(group).or_default();
                for (segment, count) in counts {
                    bump(own, segment, count);
                }
            }
        }
    }

    /// The counts as a report.
    #[must_use]
    pub fn report(&self) -> ValueReport {
        let row = |(value, counts): (&Option<String>, &BTreeMap<_, _>)| GroupRow {
            value: value.clone(),
            segments: self.rows(counts),
            unknown: count(counts, None),
        };
        let group = |(fact, groups): &(FactId, Groups)| Group {
            fact: fact.clone(),
            rows: groups
                .iter()
                .filter(|(value, _)| value.is_some())
                .chain(groups.get_key_value(&None))
                .map(row)
                .collect(),
        };
        ValueReport {
            customers: self
                .segments
                .iter()
                .fold(0, |sum, id| count(&self.counts, Some(id)).saturating_add(sum)),
            segments: self.rows(&self.counts),
            unknown: count(&self.counts, None),
            groups: self.groups.iter().map(group).collect(),
        }
    }

    fn rows(&self, counts: &BTreeMap<Option<SegmentId>, u64>) -> Vec<ValueRow> {
        let whole = self.segments.iter().fold(0_u64, |sum, id| count(counts, Some(id)).saturating_add(sum));
        let row = |id: &SegmentId| {
            let count = count(counts, Some(id));
            ValueRow { segment: id.clone(), count, customers: share(&count.into(), &whole.into()) }
        };
        self.segments.iter().map(row).collect()
    }
}

fn bump(counts: &mut BTreeMap<Option<SegmentId>, u64>, segment: Option<SegmentId>, more: u64) {
    let count = counts.entry(segment).or_default();
    *count = count.saturating_add(more);
}

fn count(counts: &BTreeMap<Option<SegmentId>, u64>, segment: Option<&SegmentId>) -> u64 {
    counts.get(&segment.cloned()).copied().unwrap_or_default()
}

/// A population in its value segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueReport {
    /// The customers with a segment: the whole of the shares.
    pub customers: u64,
    /// The segments, in the order of the rules.
    pub segments: Vec<ValueRow>,
    /// Customers of whom no fact is known that a rule reads.
    pub unknown: u64,
    /// The same within each group.
    pub groups: Vec<Group>,
}

/// One value segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueRow {
    /// The segment.
    pub segment: SegmentId,
    /// The number of customers in it.
    pub count: u64,
    /// Their share of all with a segment, rounded to four places.
    pub customers: Option<Share>,
}

/// The value segments within the groups that one fact makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The fact.
    pub fact: FactId,
    /// Its values in the order of their text, those that are not known last.
    pub rows: Vec<GroupRow>,
}

/// The value segments within one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// The value of the fact; `None` if it is not known.
    pub value: Option<String>,
    /// The segments, in the order of the rules.
    pub segments: Vec<ValueRow>,
    /// Customers of whom no fact is known that a rule reads.
    pub unknown: u64,
}
