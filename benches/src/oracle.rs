//! The method's page in fractions of any size: slow, obvious, and what the exact kernel is checked with.
use num_bigint::BigUint;

use crate::columns::{Maxima, NO_COMPOSITE, NO_TIER, Present, Row, tier_of};

/// A fraction, never reduced.
#[derive(Clone, Debug)]
struct Fraction(BigUint, BigUint);

impl Fraction {
    fn of(over: u64, under: u64) -> Self {
        Self(over.into(), under.into())
    }

    fn plus(self, other: Self) -> Self {
        Self(self.0 * &other.1 + other.0 * &self.1, self.1 * other.1)
    }

    fn times(self, other: Self) -> Self {
        Self(self.0 * other.0, self.1 * other.1)
    }
}

/// Σ wᵢvᵢ / Σ wᵢ over the inputs that are known; `None` if none is.
fn mean(inputs: [(u64, Option<Fraction>); 2]) -> Option<Fraction> {
    let known: Vec<_> = inputs.into_iter().filter_map(|(weight, value)| Some((weight, value?))).collect();
    let whole: u64 = known.iter().map(|(weight, _)| weight).sum();
    known.into_iter().map(|(weight, value)| Fraction::of(weight, whole).times(value)).reduce(Fraction::plus)
}

/// The composite in hundredths, rounded half-up once, and the place of its tier.
#[must_use]
pub fn score(
    row: Row,
    [profit, days, growth, undeveloped, total, service, price]: Present,
    maxima: Maxima,
) -> (u16, u8) {
    let part = |known: bool, over: u64, under: u64| known.then(|| Fraction::of(over.min(under), under));
    let amount = |cents: i64| u64::try_from(cents).unwrap_or(0);
    let dimensions = [
        (
            5,
            mean([
                (5, part(profit, amount(row.profit), amount(maxima.profit))),
                (5, part(days, row.days.into(), maxima.days.into())),
            ]),
        ),
        (
            3,
            mean([
                (3, part(growth, row.growth.into(), maxima.growth.into())),
                (7, part(undeveloped && total, row.undeveloped.into(), row.total.into())),
            ]),
        ),
        (2, mean([(3, part(service, row.service.into(), 5)), (7, part(price, 6 - u64::from(row.price), 5))])),
    ];
    let composite = dimensions.into_iter().try_fold(Fraction::of(0, 1), |sum, (weight, score)| {
        Some(sum.plus(Fraction::of(weight, 10).times(score?)))
    });
    let Some(Fraction(over, under)) = composite else { return (NO_COMPOSITE, NO_TIER) };
    let hundredths: BigUint = (over * 20_000_u32 + &under) / (under * 2_u32);
    u16::try_from(hundredths).map_or((NO_COMPOSITE, NO_TIER), |composite| (composite, tier_of(composite)))
}
