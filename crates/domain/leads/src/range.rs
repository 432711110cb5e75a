//! Values that are known exactly, or only between two bounds.

/// A number of millionths from `low` to `high`, both included; where both are equal, that number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) low: i128,
    pub(crate) high: i128,
}

impl Range {
    pub(crate) const ZERO: Self = Self { low: 0, high: 0 };

    pub(crate) const fn exactly(value: i128) -> Self {
        Self { low: value, high: value }
    }

    /// From two magnitudes, the lesser first: below 0 the greater one is the low end.
    pub(crate) fn signed(negative: bool, least: u128, most: u128) -> Self {
        let [least, most] = [least, most].map(|magnitude| i128::try_from(magnitude).unwrap_or(i128::MAX));
        if negative { Self { low: -most, high: -least } } else { Self { low: least, high: most } }
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self { low: self.low.saturating_add(other.low), high: self.high.saturating_add(other.high) }
    }

    pub(crate) const fn minus(self, other: Self) -> Self {
        Self { low: self.low.saturating_sub(other.high), high: self.high.saturating_sub(other.low) }
    }

    pub(crate) fn clamp(self, least: i128, most: i128) -> Self {
        Self { low: self.low.max(least).min(most), high: self.high.max(least).min(most) }
    }

    pub(crate) const fn negated(self) -> Self {
        Self { low: self.high.saturating_neg(), high: self.low.saturating_neg() }
    }
}
