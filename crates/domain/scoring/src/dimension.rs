use core::fmt;

use serde::{Deserialize, Serialize};

/// One of the three dimensions of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// What the customer brings today 价值.
    Value,
    /// What the customer could bring 潜力.
    Potential,
    /// How much the customer needs what we offer 需求.
    Need,
}

impl Dimension {
    /// All dimensions, in the order of every list.
    pub const ALL: [Self; 3] = [Self::Value, Self::Potential, Self::Need];

    /// Those that rank a prospect.
    pub(crate) const OTHERS: [Self; 2] = [Self::Potential, Self::Need];

    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Potential => "potential",
            Self::Need => "need",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One thing for each dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByDimension<T> {
    /// For value.
    pub value: T,
    /// For potential.
    pub potential: T,
    /// For need.
    pub need: T,
}

impl<T> ByDimension<T> {
    /// Made by asking once for each dimension, in order.
    pub fn from_fn(mut make: impl FnMut(Dimension) -> T) -> Self {
        Self {
            value: make(Dimension::Value),
            potential: make(Dimension::Potential),
            need: make(Dimension::Need),
        }
    }

    /// The one for a dimension.
    pub const fn get(&self, dimension: Dimension) -> &T {
        match dimension {
            Dimension::Value => &self.value,
            Dimension::Potential => &self.potential,
            Dimension::Need => &self.need,
        }
    }

    pub(crate) const fn get_mut(&mut self, dimension: Dimension) -> &mut T {
        match dimension {
            Dimension::Value => &mut self.value,
            Dimension::Potential => &mut self.potential,
            Dimension::Need => &mut self.need,
        }
    }
}
