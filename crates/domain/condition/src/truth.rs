use serde::{Deserialize, Serialize};

/// The answer to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It does not hold. The least of the three, so that `and` is the lesser and `or` the greater.
    False,
    /// What is known does not decide it.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// Whether it is [`Truth::True`]; unknown is not.
    #[must_use]
    pub const fn is_true(self) -> bool {
        matches!(self, Self::True)
    }

    /// False if either is false; else unknown if either is unknown; else true.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// True if either is true; else unknown if either is unknown; else false.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite; of unknown, unknown.
    #[must_use]
    pub const fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
            Self::False => Self::True,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// None is unknown.
impl From<Option<bool>> for Truth {
    fn from(holds: Option<bool>) -> Self {
        holds.map_or(Self::Unknown, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};

    #[test]
    fn the_tables_of_three_values() {
        let all = [False, Unknown, True];
        let and = all.map(|a| all.map(|b| a.and(b)));
        assert_eq!(and, [[False, False, False], [False, Unknown, Unknown], [False, Unknown, True]]);
        let or = all.map(|a| all.map(|b| a.or(b)));
        assert_eq!(or, [[False, Unknown, True], [Unknown, Unknown, True], [True, True, True]]);
        assert_eq!(all.map(super::Truth::not), [True, Unknown, False]);
    }
}
