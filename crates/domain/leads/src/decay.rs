//! How points lessen with age.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::Span;
use guanxi_core::Zone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::half_life::{halved, rounded};
use crate::spec::DecaySpec;

/// A checked decay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decay {
    spec: DecaySpec,
    /// In seconds.
    half_life: Option<u64>,
    /// Shares in ten-thousandths, as the steps come.
    shares: Vec<u32>,
}

/// Shares are whole numbers of these parts of one.
const SHARE_PARTS: u32 = 10_000;

impl Decay {
    /// A decay whose half-life is exact time, and whose shares have at most four places.
    pub(crate) fn new(spec: DecaySpec) -> Option<Self> {
        let half_life = match spec.half_life {
            None => None,
            Some(span) => Some(exact_seconds(span)?),
        };
        let shares = spec.steps.iter().map(|step| share_parts(step.share.get())).collect::<Option<_>>()?;
        Some(Self { spec, half_life, shares })
    }

    /// The decay as people write it.
    pub(crate) const fn spec(&self) -> &DecaySpec {
        &self.spec
    }

    /// The decay of an event: when what ends.
    pub(crate) fn of(&self, occurred_at: DateTime<Utc>, zone: Zone) -> Aging {
        let whole = DateTime::from_timestamp(occurred_at.timestamp(), 0).unwrap_or(occurred_at);
        let end = |span: Span| span.after(whole, zone).map_or(i64::MAX, |end| end.timestamp());
        let steps = self.spec.steps.iter().zip(&self.shares);
        Aging {
            from: whole.timestamp(),
            window_end: self.spec.window.map_or(i64::MAX, end),
            linear_end: self.spec.linear.map(end),
            steps: steps.map(|(step, share)| (end(step.after), *share)).collect(),
            half_life: self.half_life,
        }
    }
}

/// The seconds of a span that is as long at any time.
pub(crate) fn exact_seconds(span: Span) -> Option<u64> {
    let hours = match span {
        Span::Hours(hours) => u64::from(hours),
        Span::Days(days) => u64::from(days) * 24,
        Span::Weeks(weeks) => u64::from(weeks) * 7 * 24,
        Span::Months(_) | Span::Years(_) => return None,
    };
    Some(hours * 3_600)
}

/// A share in ten-thousandths, if it is a whole number of them.
pub(crate) fn share_parts(share: Decimal) -> Option<u32> {
    let parts = share.checked_mul(Decimal::from(SHARE_PARTS))?;
    if parts.is_integer() { parts.to_u32() } else { None }
}

/// What becomes of the points of one event, in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aging {
    from: i64,
    window_end: i64,
    linear_end: Option<i64>,
    steps: Vec<(i64, u32)>,
    half_life: Option<u64>,
}

impl Aging {
    /// Whether the event still counts.
    pub(crate) const fn is_within(&self, at: i64) -> bool {
        at < self.window_end
    }

    /// What is left of some millionths, rounded once, halves away from zero. Never more than before.
    pub(crate) fn left(&self, points: u128, at: i64) -> u128 {
        if points == 0 || !self.is_within(at) {
            return 0;
        }
        let age = u64::try_from(at.saturating_sub(self.from)).unwrap_or(0);
        let (mut numerator, mut denominator) = (points, 1_u128);
        if let Some(end) = self.linear_end {
            let whole = end.abs_diff(self.from);
            numerator *= u128::from(whole.saturating_sub(age));
            denominator = u128::from(whole.max(1));
        }
        // Shares descend: the last step that is over has the least.
        if let Some((_, share)) = self.steps.iter().rev().find(|(end, _)| *end <= at) {
            numerator *= u128::from(*share);
            denominator *= u128::from(SHARE_PARTS);
        }
        match self.half_life {
            Some(half_life) if age > 0 => halved(numerator, denominator, age, half_life),
            _ => rounded(numerator, denominator),
        }
    }
}
