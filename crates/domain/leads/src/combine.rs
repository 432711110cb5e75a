//! From the points of both parts to scores.
use guanxi_core::Score;

use crate::policy::LeadPolicy;

/// The scores of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Combined {
    pub(crate) score: Score,
    pub(crate) fit: Score,
    pub(crate) engagement: Score,
    /// What fit and engagement bring; together the score.
    pub(crate) from_fit: Score,
    pub(crate) from_engagement: Score,
}

/// The hundredths of a point of a score of 100.
const HUNDREDTHS: u128 = 10_000;

/// Weighs points of 0 to full, exactly, and rounds each score once, half-up.
///
/// With weights a, b and totals F of f and E of e, the score is 10 000 (a F e + b E f) / ((a + b) f e)
/// hundredths. Weights are at most 10^9, f at most 64 * 10^11 millionths, e at most 10^11: numerator and
/// denominator have at most 126 bits.
pub(crate) fn combined(policy: &LeadPolicy, fit: i128, engagement: i128) -> Combined {
    let part = |points: i128, full: i128| {
        let full = full.unsigned_abs().max(1);
        (points.max(0).unsigned_abs().min(full), full)
    };
    let (fit, fit_full) = part(fit, policy.fit_full);
    let (engagement, engagement_full) = part(engagement, policy.engagement_full);
    let (a, b) = (u128::from(policy.weights.fit), u128::from(policy.weights.engagement));
    let whole = (a + b).max(1) * fit_full * engagement_full;
    let (by_fit, by_engagement) =
        (HUNDREDTHS * a * fit * engagement_full, HUNDREDTHS * b * engagement * fit_full);
    let score = half_up(by_fit + by_engagement, whole);
    // Largest remainder: what both lack of the score after rounding down goes to the one that lacks more of
    // itself.
    let (floor_fit, floor_engagement) = (by_fit / whole, by_engagement / whole);
    let left = score - (floor_fit + floor_engagement).min(score);
    let (rest_fit, rest_engagement) = (by_fit % whole, by_engagement % whole);
    let more_fit = match left {
        0 => 0,
        1 => u128::from(rest_fit >= rest_engagement),
        _ => 1,
    };
    Combined {
        score: hundredths(score),
        fit: hundredths(half_up(HUNDREDTHS * fit, fit_full)),
        engagement: hundredths(half_up(HUNDREDTHS * engagement, engagement_full)),
        from_fit: hundredths(floor_fit + more_fit),
        from_engagement: hundredths(score - (floor_fit + more_fit).min(score)),
    }
}

/// A fraction rounded half-up, without doubling what may be wide.
const fn half_up(numerator: u128, denominator: u128) -> u128 {
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    if rest >= denominator - rest { quotient + 1 } else { quotient }
}

fn hundredths(value: u128) -> Score {
    let value = u16::try_from(value).unwrap_or(u16::MAX);
    Score::from_hundredths(value).unwrap_or(Score::MAX)
}
