//! The facts of many customers, fact by fact, as slices that a host lends.
use alloc::vec::Vec;

use guanxi_core::{FactId, FactKind, FactMap, FactSchema, FactValue, Level};
use rust_decimal::Decimal;

use crate::policy::ScoringPolicy;

/// The numbers of one fact for many customers, one a row.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Numbers<'a> {
    /// Whole numbers of 8 bits.
    U8(&'a [u8]),
    /// Whole numbers of 16 bits.
    U16(&'a [u16]),
    /// Whole numbers of 32 bits.
    U32(&'a [u32]),
    /// Whole numbers of 16 bits with a sign.
    I16(&'a [i16]),
    /// Whole numbers of 32 bits with a sign.
    I32(&'a [i32]),
    /// Whole numbers of 64 bits with a sign.
    I64(&'a [i64]),
}

macro_rules! numbers {
    ($($variant:ident($kind:ty);)*) => {
        $(impl<'a> From<&'a [$kind]> for Numbers<'a> {
            fn from(numbers: &'a [$kind]) -> Self {
                Self::$variant(numbers)
            }
        })*

        impl Numbers<'_> {
            /// The number of rows.
            #[must_use]
            pub const fn rows(&self) -> usize {
                match self {
                    $(Self::$variant(numbers) => numbers.len(),)*
                }
            }

            /// The least and the greatest number that can stand in the column.
            pub(crate) fn range(&self) -> (i64, i64) {
                match self {
                    $(Self::$variant(_) => (i64::from(<$kind>::MIN), i64::from(<$kind>::MAX)),)*
                }
            }

            /// The number of a row.
            pub(crate) fn get(&self, row: usize) -> Option<i64> {
                match self {
                    $(Self::$variant(numbers) => numbers.get(row).map(|number| i64::from(*number)),)*
                }
            }
        }
    };
}

numbers! {
    U8(u8);
    U16(u16);
    U32(u32);
    I16(i16);
    I32(i32);
    I64(i64);
}

/// One fact of many customers: numbers, what they count, and of whom they are known.
///
/// ```
/// use guanxi_scoring::Column;
/// // 1 234.56 and 99.00; of the third customer nothing is known, and the fourth never bought.
/// let cents: [i64; 4] = [123_456, 9_900, 0, 0];
/// let profit = Column::of(&cents[..]).with_places(2).with_known(&[0b0011]).with_applicable(&[0b0111]);
/// # let _ = profit;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    pub(crate) numbers: Numbers<'a>,
    pub(crate) places: u8,
    pub(crate) known: Option<&'a [u64]>,
    pub(crate) applicable: Option<&'a [u64]>,
}

impl<'a> Column<'a> {
    /// Whole numbers, known of every customer. `true` is 1 and `false` is 0; a level is its rank.
    pub fn of(numbers: impl Into<Numbers<'a>>) -> Self {
        Self { numbers: numbers.into(), places: 0, known: None, applicable: None }
    }

    /// The numbers count units of 10^-places, 28 places at most: 2 for cents.
    #[must_use]
    pub const fn with_places(self, places: u8) -> Self {
        Self { places, ..self }
    }

    /// Of whom the fact is known: row r is bit r % 64 of word r / 64. What stands in the other rows
    /// does not matter.
    #[must_use]
    pub const fn with_known(self, bits: &'a [u64]) -> Self {
        Self { known: Some(bits), ..self }
    }

    /// To whom the fact applies, in the same form; where it does not, it counts as not applicable,
    /// known or not.
    #[must_use]
    pub const fn with_applicable(self, bits: &'a [u64]) -> Self {
        Self { applicable: Some(bits), ..self }
    }

    /// Whether the fact applies to a row, and is known of it.
    pub(crate) fn state(&self, row: usize) -> (bool, bool) {
        let bit = |bits: Option<&[u64]>| {
            bits.is_none_or(|bits| bits.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1))
        };
        (bit(self.applicable), bit(self.known))
    }

    /// The number of a row as a decimal, whether it is known or not.
    pub(crate) fn decimal(&self, row: usize) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.numbers.get(row)?.into(), self.places.into()).ok()
    }
}

/// Columns of the same customers. A fact without a column is missing for everybody; a column that the
/// policy does not read is ignored, so one table serves many policies.
#[derive(Clone, Debug)]
pub struct Columns<'a> {
    rows: usize,
    columns: Vec<(FactId, Column<'a>)>, // INVARIANT: each fact once, each with `rows` rows and bits
}

/// Why columns and results do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// A column of another length.
    #[error("the column of fact `{fact}` has {given} rows, the others have {rows}")]
    Rows {
        /// The fact.
        fact: FactId,
        /// The rows of its column.
        given: usize,
        /// The rows that it should have.
        rows: usize,
    },
    /// Too few words of bits for the rows.
    #[error("the bits of fact `{fact}` have {given} words of 64 rows, {allowed} are needed")]
    Bits {
        /// The fact.
        fact: FactId,
        /// The words given.
        given: usize,
        /// The words needed.
        allowed: usize,
    },
    /// A fact with two columns.
    #[error("fact `{fact}` has two columns")]
    Twice {
        /// The fact.
        fact: FactId,
    },
    /// More places than the fact can have.
    #[error("the column of fact `{fact}`, {kind}, has {given} decimal places, at most {allowed} are allowed")]
    Places {
        /// The fact.
        fact: FactId,
        /// The kind of fact.
        kind: FactKind,
        /// The places given.
        given: u8,
        /// The most places allowed.
        allowed: u8,
    },
    /// A slice for results of another length.
    #[error("there are {rows} rows, but room for {given} results")]
    Results {
        /// The room given.
        given: usize,
        /// The rows.
        rows: usize,
    },
    /// A policy that reads more facts than rows of columns can have: it is assessed customer by customer.
    #[error("the policy reads {given} facts, columns can have {allowed}")]
    TooManyFacts {
        /// The facts that the policy reads.
        given: usize,
        /// The most that columns can have.
        allowed: usize,
    },
}

/// The finest scale of a decimal.
const FINEST: u8 = 28;

impl<'a> Columns<'a> {
    /// No column yet, of so many customers.
    #[must_use]
    pub const fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// With the column of a fact.
    ///
    /// # Errors
    /// [`ColumnsError::Rows`], [`ColumnsError::Bits`], [`ColumnsError::Twice`], and
    /// [`ColumnsError::Places`] above 28.
    pub fn with(mut self, fact: FactId, column: Column<'a>) -> Result<Self, ColumnsError> {
        let (given, rows) = (column.numbers.rows(), self.rows);
        if given != rows {
            return Err(ColumnsError::Rows { fact, given, rows });
        }
        let allowed = rows.div_ceil(64);
        let short = [column.known, column.applicable].into_iter().flatten().find(|bits| bits.len() < allowed);
        if let Some(bits) = short {
            return Err(ColumnsError::Bits { fact, given: bits.len(), allowed });
        }
        if column.places > FINEST {
            let (kind, given) = (FactKind::Decimal, column.places);
            return Err(ColumnsError::Places { fact, kind, given, allowed: FINEST });
        }
        if self.get(&fact).is_some() {
            return Err(ColumnsError::Twice { fact });
        }
        self.columns.push((fact, column));
        Ok(self)
    }

    /// The number of customers.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn get(&self, fact: &FactId) -> Option<&Column<'a>> {
        self.columns.iter().find(|(listed, _)| listed == fact).map(|(_, column)| column)
    }

    /// The facts of one customer as a policy reads them, for [`crate::Scorer::assess`] and
    /// [`crate::Scorer::explain`]; nothing for a row beyond the last.
    #[must_use]
    pub fn facts(&self, policy: &ScoringPolicy, row: usize) -> FactMap {
        let mut facts = FactMap::new();
        for (id, schema) in policy.facts() {
            let Some(column) = self.get(id).filter(|_| row < self.rows) else { continue };
            facts = match (column.state(row), column.decimal(row)) {
                ((false, _), _) => facts.not_applicable(id.clone()),
                ((true, true), Some(number)) => {
                    facts.with(id.clone(), value(schema, column, row, number), None)
                }
                _ => facts,
            };
        }
        facts
    }
}

/// A number as a value of a fact; one that the schema does not allow stays one that it does not allow.
fn value(schema: &FactSchema, column: &Column<'_>, row: usize, number: Decimal) -> FactValue {
    let whole = column.numbers.get(row).filter(|_| column.places == 0);
    let fitting = whole.and_then(|whole| match schema.kind {
        FactKind::Int => Some(FactValue::Int(whole)),
        FactKind::Level { of } => Level::new(whole, of).ok().map(FactValue::Level),
        FactKind::Bool => match whole {
            0 => Some(FactValue::Bool(false)),
            1 => Some(FactValue::Bool(true)),
            _ => None,
        },
        _ => None,
    });
    fitting.unwrap_or(FactValue::Decimal(number))
}
