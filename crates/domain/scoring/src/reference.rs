//! The population that a customer is compared with.
use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DecimalText, DocumentId, FactId, Facts, Version, parse_instant};
use guanxi_policy::{Body, Document, Head, Node};
use num_bigint::{BigInt, Sign};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::input::known_number;
use crate::policy::{ScoringPolicy, chain};

/// A reference with an id, a version and a fingerprint, against which customers are scored.
pub type PinnedReference = Document<Reference>;

/// What a policy needs to know of a population: for each fact, its greatest value, its total, or each
/// value with its count. References of parts of a population merge to that of the whole, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    as_of: DateTime<Utc>,
    population: u64,
    facts: BTreeMap<FactId, Statistics>,
}

/// What is known of one fact over a population.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    count: u64,
    max: Option<Decimal>,
    total: Option<Total>,
    values: Option<BTreeMap<Decimal, u64>>,
}

/// An exact sum of decimals of any length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// The sum in units of 10^-28, the finest step of a decimal.
    steps: BigInt,
}

const FINEST: u32 = 28;

impl Total {
    fn steps_of(value: Decimal) -> BigInt {
        let scale = FINEST.saturating_sub(value.scale());
        BigInt::from(value.mantissa()) * BigInt::from(10_u8).pow(scale)
    }

    fn add(&mut self, value: Decimal) {
        self.steps += Self::steps_of(value);
    }

    /// The sum in steps of 10^-28, if it is above 0.
    pub(crate) fn positive_steps(&self) -> Option<&num_bigint::BigUint> {
        if self.steps.sign() == Sign::Plus { Some(self.steps.magnitude()) } else { None }
    }

    fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || !numeric(whole)
            || !numeric(fraction)
            || fraction.len() > 28
            || text.len() > 200
        {
            return None;
        }
        let steps: BigInt = format!("{whole}{fraction:0<28}").parse().ok()?;
        Some(Self { steps: if negative { -steps } else { steps } })
    }

    pub(crate) fn text(&self) -> String {
        let digits = format!("{:0>29}", self.steps.magnitude().to_string());
        let (whole, fraction) =
            digits.split_at_checked(digits.len().saturating_sub(28)).unwrap_or((&digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let sign = if self.steps.sign() == Sign::Minus { "-" } else { "" };
        let dot = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{dot}{fraction}")
    }
}

/// A reference as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReferenceSpec {
    /// The instant at which the population was observed.
    pub as_of: String,
    /// The number of customers observed.
    pub population: u64,
    /// What is known of each fact.
    pub facts: BTreeMap<FactId, StatisticsSpec>,
}

/// What is known of one fact over a population, as it is written. A statistic that is absent was not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatisticsSpec {
    /// The number of customers of whom the fact is known.
    pub count: u64,
    /// The greatest value, if any is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<DecimalText>,
    /// The exact sum of all values, of any length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// Each value with its count, ascending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<(DecimalText, u64)>>,
}

/// A statistic that a normaliser needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The greatest value.
    Max,
    /// The sum of all values.
    Total,
    /// Each value with its count.
    Values,
}

/// Why two references do not merge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// They were taken at different instants.
    #[error("references of {left} and {right} do not merge")]
    AsOf {
        /// The instant of one.
        left: DateTime<Utc>,
        /// The instant of the other.
        right: DateTime<Utc>,
    },
    /// They keep different statistics.
    #[error("the references keep different statistics of fact `{fact}`")]
    Statistics {
        /// The first fact, by name, of which they do.
        fact: FactId,
    },
    /// Together they have more customers than can be counted.
    #[error("the references together have more than 2^64 - 1 customers")]
    TooMany,
}

impl Reference {
    /// The reference of no customers, keeping what a policy needs.
    #[must_use]
    pub fn new(policy: &Document<ScoringPolicy>, as_of: DateTime<Utc>) -> Self {
        let mut facts: BTreeMap<FactId, Statistics> = BTreeMap::new();
        for indicator in policy.body().indicators() {
            let Some(statistic) = indicator.normaliser.statistic() else { continue };
            let statistics = facts.entry(indicator.fact.clone()).or_default();
            match statistic {
                Statistic::Max => {}
                Statistic::Total => statistics.total = Some(Total::default()),
                Statistic::Values => statistics.values = Some(BTreeMap::new()),
            }
        }
        Self { as_of, population: 0, facts }
    }

    /// Counts one customer: the facts that are known, fit their schema and were not observed after the
    /// reference's instant.
    pub fn observe(&mut self, policy: &Document<ScoringPolicy>, facts: &dyn Facts) {
        self.population = self.population.saturating_add(1);
        for (id, statistics) in &mut self.facts {
            if let Some(number) = known_number(&chain(policy.body().facts(), id), facts, self.as_of).value() {
                statistics.observe(number);
            }
        }
    }

    /// Adds the customers of another part of the population.
    ///
    /// # Errors
    /// [`MergeError`] if the two were taken at different instants or for policies with different needs.
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        if self.as_of != other.as_of {
            return Err(MergeError::AsOf { left: self.as_of, right: other.as_of });
        }
        let kept = |reference: &Self, id| {
            reference.facts.get(id).map(|statistics| {
                (statistics.total.is_some(), statistics.values.is_some(), statistics.keeps(Statistic::Max))
            })
        };
        let all: BTreeSet<&FactId> = self.facts.keys().chain(other.facts.keys()).collect();
        if let Some(fact) = all.into_iter().find(|id| kept(self, *id) != kept(other, *id)) {
            return Err(MergeError::Statistics { fact: fact.clone() });
        }
        if self.population.checked_add(other.population).is_none() {
            return Err(MergeError::TooMany);
        }
        for (statistics, others) in self.facts.values_mut().zip(other.facts.values()) {
            statistics.merge(others);
        }
        self.population = self.population.saturating_add(other.population);
        Ok(())
    }

    /// Pins the reference under an id and a version.
    #[must_use]
    pub fn pin(self, id: DocumentId, version: Version) -> PinnedReference {
        Document::seal(Head { id, version, effective_from: None, effective_to: None }, self)
    }

    /// The instant at which the population was observed.
    #[must_use]
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// The number of customers observed.
    #[must_use]
    pub const fn population(&self) -> u64 {
        self.population
    }

    /// The greatest known value of a fact that the reference keeps.
    #[must_use]
    pub fn max(&self, fact: &FactId) -> Option<Decimal> {
        self.facts.get(fact)?.max
    }

    pub(crate) fn statistics(&self, fact: &FactId) -> Option<&Statistics> {
        self.facts.get(fact)
    }

    /// The facts with what is kept of them, by name.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (&FactId, &Statistics)> {
        self.facts.iter()
    }

    /// The same, for a population that changes.
    pub(crate) fn kept_mut(&mut self) -> impl Iterator<Item = (&FactId, &mut Statistics)> {
        self.facts.iter_mut()
    }

    /// Of so many customers as of an instant, for a population that changes.
    pub(crate) const fn present(&mut self, as_of: DateTime<Utc>, population: u64) {
        self.as_of = as_of;
        self.population = population;
    }
}

impl Statistics {
    fn observe(&mut self, value: Decimal) {
        self.count = self.count.saturating_add(1);
        if self.max.is_none_or(|max| max < value) {
            self.max = Some(value.normalize());
        }
        if let Some(total) = &mut self.total {
            total.add(value);
        }
        if let Some(values) = &mut self.values {
            let count = values.entry(value.normalize()).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Observes a value that can be forgotten: it is kept in the multiset given, unless all values are kept here.
    pub(crate) fn note(&mut self, value: Decimal, others: &mut BTreeMap<Decimal, u64>) {
        self.observe(value);
        if self.values.is_none() {
            let times = others.entry(value.normalize()).or_default();
            *times = times.saturating_add(1);
        }
    }

    /// Forgets a value that was noted with the same multiset.
    pub(crate) fn forget(&mut self, value: Decimal, others: &mut BTreeMap<Decimal, u64>) {
        self.count = self.count.saturating_sub(1);
        if let Some(total) = &mut self.total {
            total.steps -= Total::steps_of(value);
        }
        let values = self.values.as_mut().unwrap_or(others);
        if let Entry::Occupied(mut times) = values.entry(value.normalize()) {
            if *times.get() > 1 {
                *times.get_mut() -= 1;
            } else {
                let _ = times.remove();
            }
        }
        if self.max == Some(value) {
            self.max = values.keys().next_back().copied();
        }
    }

    /// How many customers have a value; 0 where values are not kept.
    pub(crate) fn times(&self, value: Decimal) -> u64 {
        self.values.as_ref().and_then(|values| values.get(&value).copied()).unwrap_or_default()
    }

    /// How many values another reference counts otherwise.
    pub(crate) fn differing(&self, other: &Self) -> u64 {
        let values = |of: &Self| of.values.iter().flat_map(BTreeMap::keys).copied().collect::<BTreeSet<_>>();
        let all = values(self).union(&values(other)).copied().collect::<Vec<_>>();
        all.into_iter().fold(0, |sum, value| sum + u64::from(self.times(value) != other.times(value)))
    }

    fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.max = self.max.max(other.max);
        if let (Some(total), Some(theirs)) = (&mut self.total, &other.total) {
            total.steps += &theirs.steps;
        }
        if let (Some(values), Some(theirs)) = (&mut self.values, &other.values) {
            for (value, count) in theirs {
                let own = values.entry(*value).or_default();
                *own = own.saturating_add(*count);
            }
        }
    }

    /// How many customers have the fact.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// The greatest value; `None` if nobody has one.
    pub(crate) const fn max(&self) -> Option<Decimal> {
        self.max
    }

    pub(crate) const fn total(&self) -> Option<&Total> {
        self.total.as_ref()
    }

    /// Each value with its count, ascending.
    pub(crate) const fn values(&self) -> Option<&BTreeMap<Decimal, u64>> {
        self.values.as_ref()
    }

    /// Whether what a normaliser needs was kept.
    pub(crate) const fn keeps(&self, statistic: Statistic) -> bool {
        match statistic {
            Statistic::Max => self.max.is_some() || self.count == 0,
            Statistic::Total => self.total.is_some(),
            Statistic::Values => self.values.is_some(),
        }
    }

    fn spec(&self) -> StatisticsSpec {
        let pairs =
            |values: &BTreeMap<Decimal, u64>| values.iter().map(|(v, n)| (DecimalText(*v), *n)).collect();
        StatisticsSpec {
            count: self.count,
            max: self.max.map(DecimalText),
            total: self.total.as_ref().map(Total::text),
            values: self.values.as_ref().map(pairs),
        }
    }
}

impl Body for Reference {
    type Spec = ReferenceSpec;
    const SCHEMA: &'static str = "guanxi.reference/1";

    fn spec(&self) -> ReferenceSpec {
        ReferenceSpec {
            as_of: self.as_of.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
            population: self.population,
            facts: self.facts.iter().map(|(id, statistics)| (id.clone(), statistics.spec())).collect(),
        }
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["as_of", "population", "facts"]);
        let as_of = fields.required("as_of").and_then(|node| {
            let text: String = node.get()?;
            parse_instant(&text).map_err(|error| node.refuse("not_allowed", error.to_string())).ok()
        });
        let population: Option<u64> = fields.required("population").and_then(|node| node.get());
        let mut facts = BTreeMap::new();
        for (name, node) in fields.required("facts").and_then(|node| node.entries())? {
            match FactId::new(name) {
                Err(error) => node.report("not_allowed", format!("`{name}`"), error.to_string()),
                Ok(id) => {
                    if let Some(statistics) = read_statistics(&node) {
                        if population.is_some_and(|population| statistics.count > population) {
                            let given = format!("count {}", statistics.count);
                            node.report("not_allowed", given, "at most the population");
                        }
                        facts.insert(id, statistics);
                    }
                }
            }
        }
        Some(Self { as_of: as_of?, population: population?, facts })
    }
}

fn read_statistics(node: &Node<'_>) -> Option<Statistics> {
    let fields = node.fields(&["count", "max", "total", "values"]);
    let count: u64 = fields.required("count")?.get()?;
    let max =
        fields.optional("max").and_then(|node| node.get::<DecimalText>()).map(|text| text.0.normalize());
    let total = fields.optional("total").map(|node| {
        let total = node.value().as_str().and_then(Total::parse);
        if total.is_none() {
            node.refuse("not_allowed", "a decimal of at most 28 places as a string");
        }
        total.unwrap_or_default()
    });
    let values = fields.optional("values").map(|node| read_values(&node, count).unwrap_or_default());
    if count == 0 && (max.is_some() || total.as_ref().is_some_and(|total| *total != Total::default())) {
        node.report(
            "not_allowed",
            "statistics of a fact that nobody has",
            "no max and a total of 0 where the count is 0",
        );
    }
    if let (Some(max), Some(values)) = (max, &values)
        && values.keys().next_back() != Some(&max)
    {
        node.report("not_allowed", format!("max {max}"), "the greatest of the values");
    }
    let max = max.or_else(|| values.as_ref()?.keys().next_back().copied());
    Some(Statistics { count, max, total, values })
}

fn read_values(node: &Node<'_>, count: u64) -> Option<BTreeMap<Decimal, u64>> {
    let mut values = BTreeMap::new();
    let mut sum = 0_u128;
    for item in node.items()? {
        let (value, times): (DecimalText, u64) = item.get()?;
        sum = sum.saturating_add(times.into());
        if times == 0 || values.insert(value.0.normalize(), times).is_some() {
            item.refuse("not_allowed", "each value once, with a count above 0");
        }
    }
    if sum != u128::from(count) {
        node.report(
            "not_allowed",
            format!("counts that add up to {sum}"),
            format!("the count of the fact, {count}"),
        );
    }
    Some(values)
}
