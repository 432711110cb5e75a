//! The formula in floating point, as a textbook prints it, rounded to two places. Fast, and not exact.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "this is the kernel that does so"
)]
use crate::columns::{Columns, Maxima, Scores, tier_of};

/// Scores columns whose inputs are all there.
pub fn score(columns: &Columns, maxima: Maxima, scores: &mut Scores) {
    let (profit, days, growth) = (maxima.profit as f64, f64::from(maxima.days), f64::from(maxima.growth));
    scores.fill(columns.rows().map(|row| {
        let value = 0.5 * (row.profit as f64 / profit) + 0.5 * (f64::from(row.days) / days);
        let needs = f64::from(row.undeveloped) / f64::from(row.total);
        let potential = 0.3 * (f64::from(row.growth) / growth) + 0.7 * needs;
        let price = (6.0 - f64::from(row.price)) / 5.0;
        let need = 0.3 * (f64::from(row.service) / 5.0) + 0.7 * price;
        let composite = (0.5 * value + 0.3 * potential + 0.2 * need) * 100.0;
        let hundredths = (composite * 100.0).round() as u16;
        (hundredths, tier_of(hundredths))
    }));
}
