//! How long stays last: a multiset of times, from which mean and median are exact.
use alloc::collections::BTreeMap;

use guanxi_core::DecimalText;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Times in whole seconds, each with how often it occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent(BTreeMap<u64, u64>);

/// What is told of the times of some stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// How many stays there are.
    pub count: u64,
    /// The sum of their times, in seconds.
    pub sum_seconds: DecimalText,
    /// The mean in seconds, rounded half-up once to one place; `None` without a stay. Exactly, it is the
    /// sum divided by the count.
    pub mean_seconds: Option<DecimalText>,
    /// The median in seconds, exactly: the time in the middle, or the mean of the middle two.
    pub median_seconds: Option<DecimalText>,
}

impl Spent {
    pub(crate) fn add(&mut self, seconds: u64) {
        self.add_many(seconds, 1);
    }

    fn add_many(&mut self, seconds: u64, more: u64) {
        let count = self.0.entry(seconds).or_default();
        *count = count.saturating_add(more);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (seconds, count) in other.0 {
            self.add_many(seconds, count);
        }
    }

    /// The time at a place, from 0 in ascending order.
    fn at(&self, place: u64) -> Option<u64> {
        let mut passed = 0_u64;
        let found = self.0.iter().find(|(_, count)| {
            passed = passed.saturating_add(**count);
            passed > place
        });
        found.map(|(seconds, _)| *seconds)
    }

    pub(crate) fn times(&self) -> Times {
        let count = self.0.values().fold(0_u64, |sum, count| sum.saturating_add(*count));
        let sum = self.0.iter().fold(0_u128, |sum, (seconds, count)| {
            sum.saturating_add(u128::from(*seconds).saturating_mul(u128::from(*count)))
        });
        let whole = u128::from(count);
        let tenths = sum.saturating_mul(20).saturating_add(whole).checked_div(whole.saturating_mul(2));
        let last = count.checked_sub(1);
        let middle = last.and_then(|last| Some((self.at(last / 2)?, self.at(last.div_ceil(2))?)));
        let halves =
            middle.map(|(low, high)| u128::from(low).saturating_add(u128::from(high)).saturating_mul(5));
        Times {
            count,
            sum_seconds: decimal(sum, 0).unwrap_or(DecimalText(Decimal::MAX)),
            mean_seconds: tenths.and_then(|tenths| decimal(tenths, 1)),
            median_seconds: halves.and_then(|tenths| decimal(tenths, 1)),
        }
    }
}

fn decimal(mantissa: u128, scale: u32) -> Option<DecimalText> {
    let mantissa = i128::try_from(mantissa).ok()?;
    Decimal::try_from_i128_with_scale(mantissa, scale).ok().map(|value| DecimalText(value.normalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    fn told(seconds: &[u64]) -> (Option<std::string::String>, Option<std::string::String>) {
        let mut spent = Spent::default();
        seconds.iter().for_each(|seconds| spent.add(*seconds));
        let times = spent.times();
        let text = |value: Option<DecimalText>| value.map(|value| value.to_string());
        (text(times.mean_seconds), text(times.median_seconds))
    }

    #[test]
    fn means_are_rounded_once_and_medians_exact() {
        let is = |mean: &str, median: &str| (Some(mean.into()), Some(median.into()));
        assert_eq!(told(&[]), (None, None));
        assert_eq!(told(&[7]), is("7", "7"));
        assert_eq!(told(&[3, 1]), is("2", "2"));
        assert_eq!(told(&[2, 1]), is("1.5", "1.5"));
        assert_eq!(told(&[1, 1, 2]), is("1.3", "1"));
        assert_eq!(told(&[9, 1, 1, 2]), is("3.3", "1.5"));
        assert_eq!(told(&[u64::MAX; 2]), is("18446744073709551615", "18446744073709551615"));
    }

    #[test]
    fn parts_merge_in_any_order() {
        let of = |seconds: &[u64]| {
            let mut spent = Spent::default();
            seconds.iter().for_each(|seconds| spent.add(*seconds));
            spent
        };
        let parts = [of(&[5, 5, 9]), of(&[]), of(&[1, 5])];
        let mut orders = Vec::new();
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let mut all = Spent::default();
            order.iter().for_each(|place: &usize| all.merge(parts.get(*place).cloned().unwrap_or_default()));
            orders.push(all);
        }
        assert!(orders.iter().all(|order| *order == of(&[5, 5, 9, 1, 5])));
    }
}
