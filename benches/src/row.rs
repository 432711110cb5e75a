//! The exact kernel one row at a time: integers of 128 bits and one division. It is the plain way to be
//! exact, and what all others are compared with; it is itself checked against [`crate::oracle`].
//!
//! In hundredths of a point the composite is 2500 p/P + 2500 d/D + 900 g/G + 2100 u/T + 120 s + 280 r,
//! where r = 6 − price and P, D, G are the greatest. With L a common multiple of what remains of P, D and
//! G after cancelling, that is N / (L·T) with N whole, and half-up it is ⌊(2N + L·T) / (2·L·T)⌋.
use crate::columns::{Columns, Maxima, NO_COMPOSITE, NO_TIER, Present, Row, Scores, tier_of};

/// The greatest values, turned into whole coefficients.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    maxima: Maxima,
    whole: i128,
    /// 2500 L / P
    profit: i128,
    /// 2500 L / D
    days: i128,
    /// 300 L / G
    growth: i128,
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Plan {
    /// Compiles greatest values of 1 or more. L has at most 63 + 16 + 16 bits and 2N + L·T at most 23
    /// more, so that 128 always suffice.
    #[must_use]
    pub fn new(maxima: Maxima) -> Self {
        let greatest = [
            (2_500, i128::from(maxima.profit.max(1))),
            (2_500, i128::from(maxima.days.max(1))),
            (300, i128::from(maxima.growth.max(1))),
        ];
        let whole = greatest.iter().fold(1_i128, |whole, (weight, greatest)| {
            let rest = greatest / gcd(*greatest, *weight);
            whole / gcd(whole, rest) * rest
        });
        let [profit, days, growth] = greatest.map(|(weight, greatest)| weight * whole / greatest);
        Self { maxima, whole, profit, days, growth }
    }

    /// 2N + L·T and 2·L·T of a row whose inputs are all there.
    #[inline]
    fn fraction(&self, row: Row) -> (i128, i128) {
        let (total, whole) = (i128::from(row.total), self.whole);
        let levels = 120 * i128::from(row.service) + 280 * i128::from(6 - row.price.min(6));
        let over = total
            * (self.profit * i128::from(row.profit.clamp(0, self.maxima.profit))
                + self.days * i128::from(row.days.min(self.maxima.days))
                + 3 * self.growth * i128::from(row.growth.min(self.maxima.growth))
                + levels * whole)
            + 2_100 * i128::from(row.undeveloped) * whole;
        (2 * over + whole * total, 2 * whole * total)
    }

    /// Whether the composite of a row whose inputs are all there lies exactly between two hundredths.
    #[must_use]
    pub fn ties(&self, row: Row) -> bool {
        let (over, under) = self.fraction(row);
        over % under == 0
    }

    /// Scores a row whose inputs are all there.
    #[inline]
    #[must_use]
    pub fn score(&self, row: Row) -> (u16, u8) {
        let (over, under) = self.fraction(row);
        settle(over / under)
    }

    /// Scores a row of which some inputs are there: what is missing is left out of its dimension, and
    /// without a dimension there is no composite.
    #[must_use]
    pub fn score_known(&self, row: Row, present: Present) -> (u16, u8) {
        let [profit, days, growth, undeveloped, total, service, price] = present;
        let whole = self.whole;
        // How many times the coefficient of an input counts, by which of the dimension are there.
        let value = match (profit, days) {
            (true, true) => (1, 1),
            (true, false) => (2, 0),
            (false, true) => (0, 2),
            (false, false) => return (NO_COMPOSITE, NO_TIER),
        };
        let potential = match (growth, undeveloped && total) {
            (true, true) => (3, 7),
            (true, false) => (10, 0),
            (false, true) => (0, 10),
            (false, false) => return (NO_COMPOSITE, NO_TIER),
        };
        let need = match (service, price) {
            (true, true) => (3, 7),
            (true, false) => (10, 0),
            (false, true) => (0, 10),
            (false, false) => return (NO_COMPOSITE, NO_TIER),
        };
        let total = if potential.1 == 0 { 1 } else { i128::from(row.total) };
        let levels = need.0 * i128::from(row.service) + need.1 * i128::from(6 - row.price.min(6));
        let over = total
            * (value.0 * self.profit * i128::from(row.profit.clamp(0, self.maxima.profit))
                + value.1 * self.days * i128::from(row.days.min(self.maxima.days))
                + potential.0 * self.growth * i128::from(row.growth.min(self.maxima.growth))
                + 40 * levels * whole)
            + 300 * potential.1 * i128::from(row.undeveloped) * whole;
        settle((2 * over + whole * total) / (2 * whole * total))
    }

    /// Scores columns.
    pub fn score_all(&self, columns: &Columns, scores: &mut Scores) {
        if columns.present.is_none() {
            scores.fill(columns.rows().map(|row| self.score(row)));
        } else {
            let known = columns.rows().zip(columns.presence());
            scores.fill(known.map(|(row, present)| self.score_known(row, present)));
        }
    }
}

#[inline]
fn settle(hundredths: i128) -> (u16, u8) {
    u16::try_from(hundredths).map_or((NO_COMPOSITE, NO_TIER), |composite| (composite, tier_of(composite)))
}
