//! Targets: what must come of a strategy, in figures.
use guanxi_condition::Span;
use guanxi_core::DecimalText;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::id::MetricId;

/// What a target says, as people write it.
///
/// | `meant` | `amount` | `direction: up` | `direction: down` |
/// |---|---|---|---|
/// | `relative` | share of the figure before: `0.2` is 20 % | at least `before × 1.2` | at most `before × 0.8` |
/// | `points` | percentage points of a rate: `0.15` is 15 points | at least `before + 0.15` | at most `before − 0.15` |
/// | `absolute` | a figure of its own, on a scale from 0 to `scale` | at least the amount | at most the amount |
///
/// A repurchase rate of 60 % that shall rise by 15 *points* must reach 75 %; by 15 % *relative*, 69 %.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// What is measured.
    pub metric: MetricId,
    /// Whether more or less of it is wanted.
    pub direction: Direction,
    /// How much: above 0 to 1 000 if relative (falling: to 1), above 0 to 1 in points, 0 to the scale if absolute.
    pub amount: DecimalText,
    /// How the amount is meant.
    pub meant: Meant,
    /// The greatest figure of the scale, above 0: 100 for points, 1 for a rate. With `absolute`, and then
    /// always; never else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<DecimalText>,
    /// Whether reaching the goal exactly is not enough: *below 3 %* rather than *at most 3 %*. No, if left out.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub strictly: bool,
    /// How long it may take, up to 100 years; not limited, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// Which way a figure shall go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is wanted.
    Up,
    /// Less is wanted.
    Down,
}

/// How the amount of a target is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Meant {
    /// Percentage points of a rate: from 60 % to 75 % is 15 of them.
    Points,
    /// A share of the figure before: from 60 % to 75 % is a quarter more.
    Relative,
    /// A figure of its own.
    Absolute,
}

/// Why a target is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The amount lies outside what its meaning allows.
    #[error("the amount must be {}0 to {most}, got `{given}`", if *zero { "" } else { "above " })]
    Amount {
        /// The amount given.
        given: Decimal,
        /// The greatest allowed.
        most: Decimal,
        /// Whether 0 is allowed.
        zero: bool,
    },
    /// An absolute target without a scale, or another with one.
    #[error("a scale above 0 belongs to an absolute target, and to no other")]
    Scale,
}

/// A target, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TargetSpec", into = "TargetSpec")]
pub struct Target(TargetSpec); // INVARIANT: the amount fits its meaning, decimals are normalised

impl Target {
    /// What is measured.
    #[must_use]
    pub const fn metric(&self) -> &MetricId {
        &self.0.metric
    }

    /// Whether more or less of it is wanted.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        self.0.direction
    }

    /// How much.
    #[must_use]
    pub const fn amount(&self) -> Decimal {
        self.0.amount.0
    }

    /// How the amount is meant.
    #[must_use]
    pub const fn meant(&self) -> Meant {
        self.0.meant
    }

    /// The greatest figure of an absolute target's scale.
    #[must_use]
    pub fn scale(&self) -> Option<Decimal> {
        self.0.scale.map(Decimal::from)
    }

    /// Whether reaching the goal exactly is not enough.
    #[must_use]
    pub const fn strictly(&self) -> bool {
        self.0.strictly
    }

    /// How long it may take.
    #[must_use]
    pub const fn within(&self) -> Option<Span> {
        self.0.within
    }

    /// The figure to reach from the one before, exactly. `None` if a target of change has no figure before, if
    /// that is not above 0 where the change is relative, or if the goal has more than 28 digits.
    ///
    /// ```
    /// use guanxi_core::parse_decimal;
    /// use guanxi_strategy::Target;
    /// let points: Target = serde_json::from_str(
    ///     r#"{"metric": "repurchase_rate", "direction": "up", "amount": "0.15", "meant": "points"}"#,
    /// )?;
    /// assert_eq!(points.goal(Some(parse_decimal("0.60")?)), Some(parse_decimal("0.75")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn goal(&self, before: Option<Decimal>) -> Option<Decimal> {
        let amount = self.amount();
        match self.meant() {
            Meant::Absolute => Some(amount),
            Meant::Points => self.changed(before?, amount),
            Meant::Relative => {
                let before = before.filter(|before| *before > Decimal::ZERO)?;
                self.changed(before, exact_product(before, amount)?)
            }
        }
    }

    fn changed(&self, before: Decimal, by: Decimal) -> Option<Decimal> {
        let by = if self.direction() == Direction::Up { by } else { -by };
        guanxi_core::ExactSum::default().plus(before)?.plus(by)?.get().map(|goal| goal.normalize())
    }
}

/// The product of two decimals, if a decimal keeps all its digits.
fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mantissa = a.mantissa().checked_mul(b.mantissa())?;
    Decimal::try_from_i128_with_scale(mantissa, a.scale().checked_add(b.scale())?).ok()
}

impl TryFrom<TargetSpec> for Target {
    type Error = TargetError;

    fn try_from(spec: TargetSpec) -> Result<Self, TargetError> {
        let given = spec.amount.0.normalize();
        let scale = spec.scale.map(|scale| scale.0.normalize());
        let most = match (spec.meant, scale, spec.direction) {
            (Meant::Absolute, Some(scale), _) if scale > Decimal::ZERO => scale,
            (Meant::Absolute, ..) | (_, Some(_), _) => return Err(TargetError::Scale),
            (Meant::Relative, None, Direction::Up) => Decimal::ONE_THOUSAND,
            (Meant::Relative | Meant::Points, None, _) => Decimal::ONE,
        };
        let zero = spec.meant == Meant::Absolute;
        let least = if zero { given >= Decimal::ZERO } else { given > Decimal::ZERO };
        if !least || given > most {
            return Err(TargetError::Amount { given, most, zero });
        }
        let (amount, scale) = (DecimalText(given), scale.map(DecimalText));
        Ok(Self(TargetSpec { amount, scale, ..spec }))
    }
}

impl From<Target> for TargetSpec {
    fn from(target: Target) -> Self {
        target.0
    }
}
