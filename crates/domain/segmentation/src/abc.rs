//! From a population to its classes.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DecimalText, Decision, FactId, Facts, Score, Share, canonical, largest_remainder};
use num_bigint::BigInt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::abc_report::{AbcReport, report};
use crate::abc_spec::{AbcDocument, By, ClassSpec};
use crate::concentration::Amounts;
use crate::id::ClassId;
use crate::input::{Input, decided, earlier};
use crate::merge::{MergeError, same};
use crate::number::{decimal, is_below, one, parts, share};
use crate::reason::Reason;

/// What was observed of a population: mergeable in any order, and then classed once with
/// [`AbcPopulation::finish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbcPopulation {
    pub(crate) policy: AbcDocument,
    as_of: DateTime<Utc>,
    rows: BTreeMap<Row, u64>,
    unclassified: Unclassified,
    next: Option<DateTime<Utc>>,
}

/// What decides of a customer, and its amount where that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    decisive: Vec<Decimal>,
    amount: Option<Decimal>,
}

/// Customers without a class, by the first fact that they lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unclassified {
    /// A fact is missing.
    pub missing: u64,
    /// A fact does not apply: who never bought has no revenue.
    pub not_applicable: u64,
    /// A fact is no number, or was observed after the instant.
    pub unusable: u64,
}

impl Unclassified {
    fn add(&mut self, other: Self) {
        for (count, more) in [
            (&mut self.missing, other.missing),
            (&mut self.not_applicable, other.not_applicable),
            (&mut self.unusable, other.unusable),
        ] {
            *count = count.saturating_add(more);
        }
    }
}

impl AbcPopulation {
    /// Nobody yet.
    #[must_use]
    pub fn new(policy: &AbcDocument, as_of: DateTime<Utc>) -> Self {
        let (rows, unclassified) = (BTreeMap::new(), Unclassified::default());
        Self { policy: policy.clone(), as_of, rows, unclassified, next: None }
    }

    /// Counts one customer.
    pub fn observe(&mut self, facts: &dyn Facts) {
        for fact in self.policy.body().facts() {
            self.next = earlier(self.next, Input::of(facts, fact, self.as_of).future());
        }
        match read(&self.policy, facts, self.as_of) {
            Ok(row) => {
                let count = self.rows.entry(row).or_default();
                *count = count.saturating_add(1);
            }
            Err(lacks) => {
                let one = |flag: bool| u64::from(flag);
                let first = lacks.first().map(|(_, input)| *input);
                self.unclassified.add(Unclassified {
                    missing: one(first == Some(Input::Missing)),
                    not_applicable: one(first == Some(Input::NotApplicable)),
                    unusable: one(matches!(first, Some(Input::NotANumber | Input::Future(_)))),
                });
            }
        }
    }

    /// Adds another part of the same population.
    ///
    /// # Errors
    /// [`MergeError::AnotherPolicy`], [`MergeError::AnotherInstant`]; nothing is added then.
    pub fn merge(&mut self, other: Self) -> Result<(), MergeError> {
        same((&self.policy, self.as_of), (&other.policy, other.as_of))?;
        for (row, more) in other.rows {
            let count = self.rows.entry(row).or_default();
            *count = count.saturating_add(more);
        }
        self.unclassified.add(other.unclassified);
        self.next = earlier(self.next, other.next);
        Ok(())
    }

    /// Sorts the population once; every customer can then be classed.
    #[must_use]
    pub fn finish(self) -> Abc {
        let scale = Scale::new(&self.policy, self.rows.keys());
        let mut sums: BTreeMap<BigInt, (u64, BigInt)> = BTreeMap::new();
        let mut amounts = Amounts::default();
        for (row, count) in &self.rows {
            let own =
                if self.policy.body().blend().is_some() { row.amount } else { row.decisive.first().copied() };
            let (customers, amount) = sums.entry(scale.key(&row.decisive)).or_default();
            *customers = customers.saturating_add(*count);
            if let Some(own) = own {
                amounts.observe_many(own, *count);
                *amount += parts(own.max(Decimal::ZERO)) * *count;
            }
        }
        let above = |key: &BigInt| *key > BigInt::ZERO;
        let total: BigInt =
            sums.iter().filter(|(key, _)| above(key)).map(|(key, (count, _))| key * *count).sum();
        let customers = sums.values().fold(0_u64, |sum, (count, _)| sum.saturating_add(*count));
        let mut abc = Abc {
            policy: self.policy,
            as_of: self.as_of,
            scale,
            groups: Vec::new(),
            total,
            customers,
            unclassified: self.unclassified,
            amounts,
            next: self.next,
        };
        let (mut ahead, mut before) = (0_u64, BigInt::ZERO);
        for (key, (count, amount)) in sums.into_iter().rev() {
            let class = abc.class(&key, ahead, &before);
            let next = if above(&key) { &before + &key * count } else { before.clone() };
            abc.groups.push(Group { key, count, amount, ahead, before, class });
            (ahead, before) = (ahead.saturating_add(count), next);
        }
        abc
    }
}

/// What decides of a customer, or the facts that it lacks.
fn read<'p>(
    policy: &'p AbcDocument,
    facts: &dyn Facts,
    as_of: DateTime<Utc>,
) -> Result<Row, Vec<(&'p FactId, Input)>> {
    let inputs: Vec<(&FactId, Input)> =
        policy.body().decisive().into_iter().map(|fact| (fact, Input::of(facts, fact, as_of))).collect();
    let known: Option<Vec<Decimal>> = inputs.iter().map(|(_, input)| input.known()).collect();
    let blended = policy.body().blend().is_some();
    let amount = blended.then(|| Input::of(facts, policy.body().amount(), as_of).known()).flatten();
    known
        .map(|decisive| Row { decisive, amount })
        .ok_or_else(|| inputs.into_iter().filter(|(_, input)| input.known().is_none()).collect())
}

/// How facts become the one number that is sorted by: the amount in parts of one, or the blend in parts of `full`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Scale {
    /// For each fact of the blend what one part of it weighs, 0 if nobody has any of it; none if nothing is blended.
    weights: Vec<BigInt>,
    greatest: Vec<Decimal>,
    full: BigInt,
}

impl Scale {
    fn new<'r>(policy: &AbcDocument, rows: impl Iterator<Item = &'r Row>) -> Self {
        let Some(blend) = policy.body().blend() else {
            return Self { weights: Vec::new(), greatest: Vec::new(), full: one() };
        };
        let mut greatest: Vec<Decimal> = blend.parts().map(|_| Decimal::ZERO).collect();
        for row in rows {
            for (greatest, value) in greatest.iter_mut().zip(&row.decisive) {
                *greatest = canonical((*greatest).max(*value));
            }
        }
        // x / greatest over one common denominator: the product of all that are above 0.
        let product = |skipped: Option<usize>| {
            let kept =
                greatest.iter().enumerate().filter(|(i, value)| !value.is_zero() && Some(*i) != skipped);
            kept.map(|(_, value)| parts(*value)).fold(BigInt::from(1_u8), |product, factor| product * factor)
        };
        let weigh = |(i, (_, part)): (usize, (&FactId, u64))| {
            if greatest.get(i).is_none_or(Decimal::is_zero) { BigInt::ZERO } else { product(Some(i)) * part }
        };
        let weights = blend.parts().enumerate().map(weigh).collect();
        let full = product(None) * blend.whole();
        Self { weights, greatest, full }
    }

    fn terms<'s>(&'s self, decisive: &'s [Decimal]) -> impl Iterator<Item = BigInt> + 's {
        // What is not in the population may exceed its greatest, and counts as that.
        let bounded =
            |(value, greatest): (&Decimal, &Decimal)| parts((*value).min(*greatest).max(Decimal::ZERO));
        decisive
            .iter()
            .zip(&self.greatest)
            .map(bounded)
            .zip(&self.weights)
            .map(|(value, weight)| value * weight)
    }

    fn key(&self, decisive: &[Decimal]) -> BigInt {
        if self.weights.is_empty() {
            decisive.first().map_or(BigInt::ZERO, |amount| parts(*amount))
        } else {
            self.terms(decisive).sum()
        }
    }

    /// The blend as a score: hundredths of a point, rounded half-up once.
    fn hundredths(&self, key: &BigInt) -> u64 {
        let steps: BigInt = (key * 20_000_u32 + &self.full) / (&self.full * 2_u8);
        u64::try_from(&steps).unwrap_or_default()
    }

    /// The points of each part, in hundredths; they add up to those of the whole.
    fn points(&self, decisive: &[Decimal], whole: u64) -> Vec<u64> {
        let split = |term: BigInt| {
            let exact = term * 10_000_u32;
            (u64::try_from(&(&exact / &self.full)).unwrap_or_default(), exact % &self.full)
        };
        largest_remainder(whole, self.terms(decisive).map(split).collect())
    }

    /// A key as it is shown: the amount, or the points of the blend.
    fn shown(&self, key: &BigInt) -> Option<DecimalText> {
        if self.weights.is_empty() {
            decimal(key)
        } else {
            Some(DecimalText(hundredths(self.hundredths(key))))
        }
    }
}

/// So many hundredths of a point as a decimal.
fn hundredths(count: u64) -> Decimal {
    Decimal::try_from_i128_with_scale(count.into(), 2).map(canonical).unwrap_or_default()
}

fn score(hundredths: u64) -> Score {
    let hundredths = u16::try_from(hundredths).ok();
    hundredths.and_then(|hundredths| Score::from_hundredths(hundredths).ok()).unwrap_or(Score::MAX)
}

/// The customers with one and the same number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) key: BigInt,
    pub(crate) count: u64,
    /// Their amounts above 0.
    pub(crate) amount: BigInt,
    /// How many have more.
    ahead: u64,
    /// What those have together.
    before: BigInt,
    pub(crate) class: usize,
}

/// A population in its classes.
///
/// Sorted by amount, the greatest first, a customer is in class A while the share of the total that lies *before* it is
/// below A's limit: the one that crosses the limit is still in A. Customers with equal amounts are in the
/// class of the first of them. An amount of 0 or less adds nothing to the total and is in the last class.
///
/// ```
/// use guanxi_core::{FactMap, FactValue, parse_instant};
/// use guanxi_segmentation::{AbcPopulation, abc_preset};
///
/// let policy = abc_preset("standard").ok_or("no such preset")?;
/// let customer = |revenue: i64| FactMap::new().with(guanxi_core::fact_id!("revenue"), FactValue::Int(revenue), None);
/// let mut population = AbcPopulation::new(&policy, parse_instant("2026-06-30")?);
/// for revenue in [600, 250, 100, 50] {
///     population.observe(&customer(revenue));
/// }
/// let abc = population.finish();
/// let class = |revenue| abc.classify(&customer(revenue)).outcome.class.map(|class| class.to_string());
/// // 250 begins at 60 %, below the 70 % of A; 100 begins at 85 %, 50 at 95 %.
/// assert_eq!([600, 250, 100, 50].map(class), ["a", "a", "b", "c"].map(|class| Some(class.to_owned())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abc {
    pub(crate) policy: AbcDocument,
    as_of: DateTime<Utc>,
    scale: Scale,
    pub(crate) groups: Vec<Group>, // INVARIANT: by key, descending, each once
    total: BigInt,
    customers: u64,
    pub(crate) unclassified: Unclassified,
    pub(crate) amounts: Amounts,
    next: Option<DateTime<Utc>>,
}

/// Where a customer stands among all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbcOutcome {
    /// The class; `None` if a fact that decides is not known.
    pub class: Option<ClassId>,
    /// How many have more, plus 1.
    pub rank: Option<u64>,
    /// The share of the total that lies before it, rounded to four places; `None` if there is no total.
    pub before: Option<Share>,
    /// The same with it and all that have as much.
    pub after: Option<Share>,
}

impl Abc {
    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &AbcDocument {
        &self.policy
    }

    fn classes(&self) -> &[ClassSpec] {
        self.policy.body().classes()
    }

    fn class(&self, key: &BigInt, ahead: u64, before: &BigInt) -> usize {
        let last = self.classes().len().saturating_sub(1);
        if *key <= BigInt::ZERO {
            return last;
        }
        let reached = |class: &ClassSpec| match (class.limit, self.policy.body().by()) {
            (None, _) => true,
            // Nobody lies before the first.
            _ if ahead == 0 => true,
            (Some(limit), By::Cumulative) => is_below(before, &self.total, limit),
            (Some(limit), By::Rank) => is_below(&ahead.into(), &self.customers.into(), limit),
        };
        self.classes().iter().position(reached).unwrap_or(last)
    }

    /// The class of a customer and why; also of one that was not observed, as if it changed no total.
    pub fn classify(&self, facts: &dyn Facts) -> Decision<AbcOutcome, Reason> {
        let own = self.policy.body().facts().into_iter();
        let own = own.fold(None, |next, fact| earlier(next, Input::of(facts, fact, self.as_of).future()));
        let change = earlier(self.next, own);
        let row = match read(&self.policy, facts, self.as_of) {
            Ok(row) => row,
            Err(lacks) => {
                let outcome = AbcOutcome { class: None, rank: None, before: None, after: None };
                let reasons = lacks.into_iter().filter_map(|(fact, input)| input.lacks(fact)).collect();
                return decided(&self.policy, self.as_of, outcome, reasons, change);
            }
        };
        let (outcome, reasons) = self.place(&row);
        decided(&self.policy, self.as_of, outcome, reasons, change)
    }

    fn place(&self, row: &Row) -> (AbcOutcome, Vec<Reason>) {
        let key = self.scale.key(&row.decisive);
        let at = self.groups.binary_search_by(|group| key.cmp(&group.key));
        let found = at.ok().and_then(|at| self.groups.get(at));
        let (ahead, before) = match (found, at) {
            (Some(group), _) => (group.ahead, group.before.clone()),
            (None, Ok(at) | Err(at)) => {
                let last = at.checked_sub(1).and_then(|at| self.groups.get(at));
                last.map_or((0, BigInt::ZERO), |group| {
                    (group.ahead.saturating_add(group.count), after(group))
                })
            }
        };
        let class = self.class(&key, ahead, &before);
        let after = found.map_or_else(|| before.clone(), after);
        let rank = ahead.saturating_add(1);
        let (before, after) = (share(&before, &self.total), share(&after, &self.total));
        let id = self.classes().get(class).map(|class| class.id.clone());
        let outcome = AbcOutcome { class: id.clone(), rank: Some(rank), before, after };

        let mut reasons = Vec::new();
        let amount = self.scale.shown(&key);
        if let Some(class_id) = id {
            let from = class.checked_sub(1).and_then(|above| self.classes().get(above)?.limit);
            let from = from.unwrap_or(Share::NONE);
            let to = self.classes().get(class).and_then(|class| class.limit).unwrap_or(Share::WHOLE);
            let (class_id, customers) = (class_id, self.customers);
            reasons.push(if key <= BigInt::ZERO {
                Reason::NotPositive { class: class_id, amount }
            } else if self.policy.body().by() == By::Rank {
                let ahead = share(&ahead.into(), &customers.into());
                Reason::ClassByRank { class: class_id, amount, rank, customers, ahead, from, to }
            } else {
                Reason::ClassByShare { class: class_id, amount, rank, before, after, from, to }
            });
        }
        if let Some(others) = found.map(|group| group.count.saturating_sub(1)).filter(|others| *others > 0) {
            reasons.push(Reason::Tied { others });
        }
        reasons.extend(self.lacking(&key, class));
        reasons.extend(self.blended(row, &key));
        (outcome, reasons)
    }

    /// What is missing to the customer with the least of the next class that has anybody.
    fn lacking(&self, key: &BigInt, class: usize) -> Option<Reason> {
        // Classes never get better down the row, so the last of the better ones is found by halving.
        let better = self.groups.partition_point(|group| group.class < class).checked_sub(1)?;
        let better = self.groups.get(better).filter(|group| group.key > *key)?;
        let (least, own) = (self.scale.shown(&better.key)?, self.scale.shown(key)?);
        let short_by = if self.scale.weights.is_empty() {
            decimal(&(&better.key - key))
        } else {
            least.0.checked_sub(own.0).map(|points| DecimalText(canonical(points)))
        };
        let class = self.classes().get(better.class)?.id.clone();
        Some(Reason::BelowClass { class, least, short_by })
    }

    /// What each fact of a blend brings.
    fn blended(&self, row: &Row, key: &BigInt) -> Vec<Reason> {
        let Some(blend) = self.policy.body().blend() else { return Vec::new() };
        let points = self.scale.points(&row.decisive, self.scale.hundredths(key));
        let facts = blend.parts().zip(&row.decisive).zip(&self.scale.greatest).zip(points);
        facts
            .map(|((((fact, part), value), greatest), points)| Reason::Blended {
                fact: fact.clone(),
                value: DecimalText(*value),
                greatest: DecimalText(*greatest),
                weight: Share::of(part, blend.whole()).unwrap_or(Share::NONE),
                points: score(points),
            })
            .collect()
    }

    /// The classes against what is expected of them, and how concentrated the amount is.
    #[must_use]
    pub fn report(&self) -> AbcReport {
        report(self)
    }
}

/// What lies before the group and with it.
fn after(group: &Group) -> BigInt {
    if group.key > BigInt::ZERO { &group.before + &group.key * group.count } else { group.before.clone() }
}
