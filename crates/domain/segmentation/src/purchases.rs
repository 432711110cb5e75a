use alloc::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use num_bigint::BigInt;
use rust_decimal::Decimal;

use crate::input::earlier;
use crate::number::parts;
use crate::rfm_spec::RfmPolicy;

/// One order, or a refund if its amount is below 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// When it was placed.
    pub at: DateTime<Utc>,
    /// Its amount; a refund's is below 0.
    pub amount: Decimal,
}

/// The orders of one customer, added up in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Purchases {
    /// Calendar days with their numbers of orders; orders of one day are one purchase.
    days: BTreeMap<NaiveDate, u64>,
    pub(crate) refunds: u64,
    net: BigInt,
    /// Orders and refunds after the instant, which are ignored.
    pub(crate) future: u64,
    pub(crate) first_future: Option<DateTime<Utc>>,
}

impl Purchases {
    pub(crate) fn add(&mut self, policy: &RfmPolicy, as_of: DateTime<Utc>, order: Order) {
        if order.at > as_of {
            self.future = self.future.saturating_add(1);
            self.first_future = earlier(self.first_future, Some(order.at));
            return;
        }
        self.net += parts(order.amount);
        if order.amount < Decimal::ZERO {
            self.refunds = self.refunds.saturating_add(1);
        } else {
            let orders = self.days.entry(policy.day(order.at)).or_default();
            *orders = orders.saturating_add(1);
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (day, more) in other.days {
            let orders = self.days.entry(day).or_default();
            *orders = orders.saturating_add(more);
        }
        self.refunds = self.refunds.saturating_add(other.refunds);
        self.net += other.net;
        self.future = self.future.saturating_add(other.future);
        self.first_future = earlier(self.first_future, other.first_future);
    }

    /// The day of the last order.
    pub(crate) fn last(&self) -> Option<NaiveDate> {
        self.days.last_key_value().map(|(day, _)| *day)
    }

    /// The number of days with an order.
    pub(crate) fn frequency(&self) -> u64 {
        u64::try_from(self.days.len()).unwrap_or(u64::MAX)
    }

    /// The number of orders.
    pub(crate) fn orders(&self) -> u64 {
        self.days.values().fold(0, |sum, orders| sum.saturating_add(*orders))
    }

    pub(crate) const fn net(&self) -> &BigInt {
        &self.net
    }
}
