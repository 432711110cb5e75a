//! From orders, or from facts of them, to scores and segments.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Days, NaiveDate, Utc};
use guanxi_core::{DecimalText, Decision, Facts, SubjectId};
use num_bigint::BigInt;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::concentration::{Amounts, Concentration};
use crate::id::SegmentId;
use crate::input::{Input, decided, earlier};
use crate::merge::{MergeError, same};
use crate::number::{decimal, parts, share};
use crate::purchases::{Order, Purchases};
use crate::reason::Reason;
use crate::rfm_score::{Ranks, Scored};
use crate::rfm_spec::{Axis, RfmDocument, RfmPolicy};

/// What was observed of a population: mergeable in any order, and then scored once with
/// [`RfmPopulation::finish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RfmPopulation {
    policy: RfmDocument,
    as_of: DateTime<Utc>,
    customers: BTreeMap<SubjectId, Seen>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Orders(Purchases),
    /// Recency, frequency, monetary.
    Facts([Input; 3]),
}

impl RfmPopulation {
    /// Nobody yet.
    #[must_use]
    pub fn new(policy: &RfmDocument, as_of: DateTime<Utc>) -> Self {
        Self { policy: policy.clone(), as_of, customers: BTreeMap::new() }
    }

    /// Adds orders of one customer; none at all makes a customer without any.
    ///
    /// An order after the instant is ignored. Orders of one calendar day (by the policy's offset) count
    /// as one. An amount below 0 is a refund: it lowers the monetary value and is no order.
    ///
    /// # Errors
    /// [`MergeError::Twice`] if the customer was given by facts before.
    pub fn observe_orders(
        &mut self,
        subject: &SubjectId,
        orders: impl IntoIterator<Item = Order>,
    ) -> Result<(), MergeError> {
        let seen =
            self.customers.entry(subject.clone()).or_insert_with(|| Seen::Orders(Purchases::default()));
        let Seen::Orders(purchases) = seen else {
            return Err(MergeError::Twice { subject: subject.clone() });
        };
        for order in orders {
            purchases.add(self.policy.body(), self.as_of, order);
        }
        Ok(())
    }

    /// Adds one customer by the facts that the policy names: days since the last order as of the instant,
    /// number of orders, sum of amounts. They are taken as given: whether orders of one day were merged is up to
    /// whoever made the facts.
    ///
    /// # Errors
    /// [`MergeError::Twice`] if the customer is there already.
    pub fn observe(&mut self, subject: &SubjectId, facts: &dyn Facts) -> Result<(), MergeError> {
        if self.customers.contains_key(subject) {
            return Err(MergeError::Twice { subject: subject.clone() });
        }
        let inputs = Axis::ALL.map(|axis| Input::of(facts, &self.policy.body().axis(axis).fact, self.as_of));
        self.customers.insert(subject.clone(), Seen::Facts(inputs));
        Ok(())
    }

    /// Adds another part of the same population; the orders of one customer may be in both.
    ///
    /// # Errors
    /// [`MergeError`]; nothing is added then.
    pub fn merge(&mut self, other: Self) -> Result<(), MergeError> {
        same((&self.policy, self.as_of), (&other.policy, other.as_of))?;
        let clash = |(subject, seen): &(&SubjectId, &Seen)| match (self.customers.get(*subject), seen) {
            (None, _) | (Some(Seen::Orders(_)), Seen::Orders(_)) => false,
            (Some(_), _) => true,
        };
        if let Some((subject, _)) = other.customers.iter().find(clash) {
            return Err(MergeError::Twice { subject: subject.clone() });
        }
        for (subject, seen) in other.customers {
            match (self.customers.get_mut(&subject), seen) {
                (Some(Seen::Orders(own)), Seen::Orders(more)) => own.merge(more),
                (_, seen) => {
                    self.customers.insert(subject, seen);
                }
            }
        }
        Ok(())
    }

    /// Sorts the population once; every customer then has its scores.
    #[must_use]
    pub fn finish(self) -> Rfm {
        let policy = self.policy.body();
        let customers: BTreeMap<SubjectId, Customer> = self
            .customers
            .into_iter()
            .map(|(id, seen)| (id, Customer::new(policy, self.as_of, &seen)))
            .collect();
        let ranks = Axis::ALL.map(|axis| {
            let values = customers.iter().filter_map(|(id, customer)| Some((customer.value(axis)?, id)));
            Ranks::new(axis, policy.axis(axis), values)
        });
        let next = customers.values().fold(None, |next, customer| earlier(next, customer.next_future));
        Rfm { policy: self.policy, as_of: self.as_of, customers, ranks, next }
    }
}

/// One customer's recency, frequency and monetary value, or why it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Customer {
    values: Option<[Decimal; 3]>,
    /// What there is to say whether it has them or not.
    reasons: Vec<Reason>,
    /// The day of the last order, if it is known.
    last: Option<NaiveDate>,
    next_future: Option<DateTime<Utc>>,
}

impl Customer {
    fn new(policy: &RfmPolicy, as_of: DateTime<Utc>, seen: &Seen) -> Self {
        let today = policy.day(as_of);
        match seen {
            Seen::Orders(purchases) => Self::by_orders(purchases, today),
            Seen::Facts(inputs) => Self::by_facts(policy, *inputs, today),
        }
    }

    fn by_orders(purchases: &Purchases, today: NaiveDate) -> Self {
        let mut reasons = Vec::new();
        let (last, days, net) = (purchases.last(), purchases.frequency(), decimal(purchases.net()));
        let values = match (last, net) {
            (None, _) => {
                reasons.push(Reason::NoOrder);
                None
            }
            (Some(_), None) => {
                reasons.push(Reason::TooManyDigits { axis: Axis::Monetary });
                None
            }
            (Some(last), Some(net)) => {
                let recency = Decimal::from(today.signed_duration_since(last).num_days());
                Some([recency, Decimal::from(days), net.0])
            }
        };
        let orders = purchases.orders();
        if orders > days {
            reasons.push(Reason::SameDay { orders, days });
        }
        if purchases.refunds > 0 {
            reasons.push(Reason::Refunds { refunds: purchases.refunds });
        }
        if let Some(first) = purchases.first_future {
            reasons.push(Reason::FutureOrders { orders: purchases.future, first });
        }
        Self { values, reasons, last, next_future: purchases.first_future }
    }

    fn by_facts(policy: &RfmPolicy, inputs: [Input; 3], today: NaiveDate) -> Self {
        let mut reasons = Vec::new();
        for (axis, input) in Axis::ALL.into_iter().zip(inputs) {
            let fact = &policy.axis(axis).fact;
            reasons.extend(input.lacks(fact));
            if let Some(value) = input.known()
                && axis != Axis::Monetary
                && value < Decimal::ZERO
            {
                reasons.push(Reason::FactBelowZero { fact: fact.clone(), value: DecimalText(value) });
            }
        }
        let [recency, frequency, monetary] = inputs.map(Input::known);
        if frequency == Some(Decimal::ZERO) {
            reasons.push(Reason::NoOrder);
        }
        let values = match (recency, frequency, monetary) {
            (Some(recency), Some(frequency), Some(monetary)) if reasons.is_empty() => {
                Some([recency, frequency, monetary])
            }
            _ => None,
        };
        let whole = recency.filter(|days| values.is_some() && days.is_integer());
        let last = whole.and_then(|days| today.checked_sub_days(Days::new(days.to_u64()?)));
        let next_future = inputs.into_iter().fold(None, |next, input| earlier(next, input.future()));
        Self { values, reasons, last, next_future }
    }

    fn value(&self, axis: Axis) -> Option<Decimal> {
        let [recency, frequency, monetary] = self.values?;
        Some(match axis {
            Axis::Recency => recency,
            Axis::Frequency => frequency,
            Axis::Monetary => monetary,
        })
    }
}

/// A population with its scores and segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rfm {
    policy: RfmDocument,
    as_of: DateTime<Utc>,
    customers: BTreeMap<SubjectId, Customer>,
    ranks: [Ranks; 3],
    next: Option<DateTime<Utc>>,
}

/// A customer's scores and segment; none at all for a customer without any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RfmOutcome {
    /// The segment.
    pub segment: Option<SegmentId>,
    /// The score of recency; the greatest is the best, as of the other two.
    pub recency: Option<u8>,
    /// The score of frequency.
    pub frequency: Option<u8>,
    /// The score of monetary value.
    pub monetary: Option<u8>,
}

impl Rfm {
    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &RfmDocument {
        &self.policy
    }

    /// The decision about one customer of the population.
    #[must_use]
    pub fn decide(&self, subject: &SubjectId) -> Option<Decision<RfmOutcome, Reason>> {
        let (subject, customer) = self.customers.get_key_value(subject)?;
        Some(self.decision(subject, customer))
    }

    /// The decisions about all customers, by id.
    pub fn decisions(&self) -> impl Iterator<Item = (&SubjectId, Decision<RfmOutcome, Reason>)> {
        self.customers.iter().map(|(subject, customer)| (subject, self.decision(subject, customer)))
    }

    fn decision(&self, subject: &SubjectId, customer: &Customer) -> Decision<RfmOutcome, Reason> {
        let policy = self.policy.body();
        // By quantiles, an order of anybody can move everybody.
        let quantiles = Axis::ALL.iter().any(|axis| policy.axis(*axis).cuts.is_none());
        let mut change = if quantiles { self.next } else { customer.next_future };
        let Some(scored) = self.scores(subject, customer) else {
            let reasons = customer.reasons.clone();
            return decided(&self.policy, self.as_of, RfmOutcome::default(), reasons, change);
        };
        change = earlier(change, self.recency_drops(customer));
        let [r, f, m] = scored.each_ref().map(|scored| scored.score);
        let segment = policy.segment(r, f, m).cloned();
        let cell = segment.clone().map(|segment| Reason::InSegment { segment, r, f, m });
        let mut reasons: Vec<Reason> = cell.into_iter().collect();
        reasons.extend(scored.map(|scored| scored.reason));
        reasons.extend(customer.reasons.iter().cloned());
        let outcome = RfmOutcome { segment, recency: Some(r), frequency: Some(f), monetary: Some(m) };
        decided(&self.policy, self.as_of, outcome, reasons, change)
    }

    fn scores(&self, subject: &SubjectId, customer: &Customer) -> Option<[Scored; 3]> {
        let [r, f, m] = &self.ranks;
        let of = |ranks: &Ranks, axis| {
            Some(ranks.score(axis, self.policy.body().axis(axis), customer.value(axis)?, subject))
        };
        Some([of(r, Axis::Recency)?, of(f, Axis::Frequency)?, of(m, Axis::Monetary)?])
    }

    /// The first instant at which recency falls below its score: the day after the last one within the cut point.
    fn recency_drops(&self, customer: &Customer) -> Option<DateTime<Utc>> {
        let policy = self.policy.body();
        let (last, days) = (customer.last?, customer.value(Axis::Recency)?);
        let cut = policy.axis(Axis::Recency).cuts.as_ref()?.iter().find(|cut| cut.0 >= days)?;
        let within = cut.0.floor().to_u64()?;
        policy.start_of(last.checked_add_days(Days::new(within.checked_add(1)?))?)
    }

    /// The segments with their customers and what those brought.
    #[must_use]
    pub fn report(&self) -> RfmReport {
        let mut found: BTreeMap<SegmentId, (u64, BigInt)> = BTreeMap::new();
        let mut amounts = Amounts::default();
        let (mut customers, mut without) = (0_u64, 0_u64);
        for (subject, customer) in &self.customers {
            let cell = self.scores(subject, customer).map(|scored| scored.map(|scored| scored.score));
            let segment = cell.and_then(|[r, f, m]| self.policy.body().segment(r, f, m));
            let (Some(segment), Some(monetary)) = (segment, customer.value(Axis::Monetary)) else {
                without = without.saturating_add(1);
                continue;
            };
            let (count, sum) = found.entry(segment.clone()).or_default();
            (*count, customers) = (count.saturating_add(1), customers.saturating_add(1));
            *sum += parts(monetary);
            amounts.observe(monetary);
        }
        let row = |segment: &crate::SegmentSpec| {
            let (count, sum) = found.get(&segment.id).cloned().unwrap_or_default();
            let customers = share(&count.into(), &customers.into());
            SegmentRow { segment: segment.id.clone(), count, customers, monetary: decimal(&sum) }
        };
        let segments = self.policy.body().segments().iter().map(row).collect();
        RfmReport { customers, segments, without, concentration: amounts.concentration() }
    }
}

/// A population in its RFM segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RfmReport {
    /// The customers with a segment: the whole of the shares.
    pub customers: u64,
    /// The segments, in the order of the policy.
    pub segments: Vec<SegmentRow>,
    /// Customers without any order, or of whom too little is known.
    pub without: u64,
    /// How concentrated the monetary value is among the customers with a segment.
    pub concentration: Concentration,
}

/// One segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// The segment.
    pub segment: SegmentId,
    /// The number of customers in it.
    pub count: u64,
    /// Their share of all with a segment, rounded to four places.
    pub customers: Option<guanxi_core::Share>,
    /// What they brought together; `None` if that has more digits than a decimal keeps.
    pub monetary: Option<DecimalText>,
}
