//! Columns of fictitious customers for the policy `standard`: the arrays that every kernel and every
//! peer scores. The same set and count give the same columns.
use std::f64::consts::TAU;

use crate::Numbers;
use crate::product::Rows;

/// What of a customer the policy weighs, in the narrowest unit that is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Cumulative profit in cents, 0 or more.
    pub profit: i64,
    /// Days of cooperation.
    pub days: u16,
    /// Growth of the industry in 1/10 000.
    pub growth: u16,
    /// Needs not yet developed, at most `total`.
    pub undeveloped: u8,
    /// All needs, 1 or more.
    pub total: u8,
    /// Sensitivity to service, 1..=5.
    pub service: u8,
    /// Sensitivity to price, 1..=5, of which less is better.
    pub price: u8,
}

/// Which inputs of a row are there, in the order of the fields of [`Row`].
pub type Present = [bool; 7];

/// Every input is there.
pub const ALL: Present = [true; 7];

/// Customers by column, all of one length.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// See [`Row::profit`].
    pub profit: Vec<i64>,
    /// See [`Row::days`].
    pub days: Vec<u16>,
    /// See [`Row::growth`].
    pub growth: Vec<u16>,
    /// See [`Row::undeveloped`].
    pub undeveloped: Vec<u8>,
    /// See [`Row::total`].
    pub total: Vec<u8>,
    /// See [`Row::service`].
    pub service: Vec<u8>,
    /// See [`Row::price`].
    pub price: Vec<u8>,
    /// For each column, in the order above, the bit `i % 64` of word `i / 64`: whether row `i` has it.
    /// `None`: every input is there. What an absent cell holds means nothing.
    pub present: Option<[Vec<u64>; 7]>,
}

/// The greatest values of the columns that the policy compares with the greatest, each 1 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maxima {
    /// In cents.
    pub profit: i64,
    /// In days.
    pub days: u16,
    /// In 1/10 000.
    pub growth: u16,
}

/// What every kernel writes, one entry a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// The composite in hundredths of a point, [`NO_COMPOSITE`] where there is none.
    pub composite: Vec<u16>,
    /// The tier by its place in the policy, 0 the highest; [`NO_TIER`] where there is none.
    pub tier: Vec<u8>,
    /// What the product's batch writes instead: see [`Scores::settle`].
    pub rows: Rows,
}

/// A dimension has no known input, so there is no composite.
pub const NO_COMPOSITE: u16 = u16::MAX;
/// There is no composite, so there is no tier.
pub const NO_TIER: u8 = u8::MAX;

/// The floors of the tiers above the lowest, in hundredths of a point.
const FLOORS: [u16; 4] = [9_000, 7_000, 5_000, 3_000];

/// The place of the tier of a composite in hundredths.
#[must_use]
pub fn tier_of(composite: u16) -> u8 {
    FLOORS.iter().map(|floor| u8::from(composite < *floor)).sum()
}

/// How the customers of a set are made.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Profits log-normal (mu 9.5, sigma 1.6), days skewed to the recent, 30 industries.
    Realistic,
    /// The same, with 5 % of each column absent.
    Missing,
    /// Profits in thousands, days in months of 30 days, growth in whole percent, each up to its
    /// greatest: many composites lie exactly between two hundredths.
    Round {
        /// The greatest profit, in thousands.
        thousands: u64,
        /// The longest cooperation, in months.
        months: u64,
        /// The greatest growth, in percent.
        percent: u64,
    },
}

/// The sets, by name.
pub const SETS: [(&str, Kind); 6] = [
    ("realistic", Kind::Realistic),
    ("round 1000/180/25", Kind::Round { thousands: 1_000, months: 180, percent: 25 }),
    ("round 7/7/7", Kind::Round { thousands: 7, months: 7, percent: 7 }),
    ("round 96/48/24", Kind::Round { thousands: 96, months: 48, percent: 24 }),
    ("round 600/120/12", Kind::Round { thousands: 600, months: 120, percent: 12 }),
    ("5 % missing", Kind::Missing),
];

const LONGEST: u64 = 5_475;
const FASTEST: u64 = 2_500;
const INDUSTRIES: u64 = 30;

impl Numbers {
    /// An even number between 0, excluded, and 1, included.
    #[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "53 bits fit; made-up data")]
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Cents whose logarithm, in whole units of the currency, is normal (Box and Muller).
    #[expect(clippy::cast_possible_truncation, clippy::float_arithmetic, reason = "made-up data")]
    fn log_normal_cents(&mut self, mu: f64, sigma: f64) -> i64 {
        let normal = (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos();
        (sigma.mul_add(normal, mu).exp() * 100.0).round() as i64
    }
}

/// A number that was made to fit; the greatest where it does not.
fn fit<T: TryFrom<u64>>(number: u64, greatest: T) -> T {
    T::try_from(number).unwrap_or(greatest)
}

impl Columns {
    /// Makes so many customers of a kind.
    #[must_use]
    pub fn new(kind: Kind, count: usize) -> Self {
        let mut numbers = Numbers(20_260_630);
        let industries: Vec<u64> = (0..INDUSTRIES).map(|_| numbers.below(FASTEST + 1)).collect();
        let mut made = Self::default();
        for i in 0..count {
            let (profit, days, growth) = match kind {
                Kind::Realistic | Kind::Missing => {
                    let industry = fit(numbers.below(INDUSTRIES), usize::MAX);
                    (
                        numbers.log_normal_cents(9.5, 1.6),
                        numbers.below(LONGEST + 1) * numbers.below(LONGEST + 1) / LONGEST,
                        industries.get(industry).copied().unwrap_or(FASTEST),
                    )
                }
                // The first customer has the greatest of all, so that few rows tie as often as many.
                Kind::Round { thousands, months, percent } if i == 0 => {
                    (fit(thousands * 100_000, i64::MAX), months * 30, percent * 100)
                }
                Kind::Round { thousands, months, percent } => (
                    fit(numbers.below(thousands + 1) * 100_000, i64::MAX),
                    numbers.below(months + 1) * 30,
                    numbers.below(percent + 1) * 100,
                ),
            };
            let total = 1 + numbers.below(20);
            made.push(Row {
                profit,
                days: fit(days, u16::MAX),
                growth: fit(growth, u16::MAX),
                undeveloped: fit(numbers.below(total + 1), u8::MAX),
                total: fit(total, u8::MAX),
                service: fit(1 + numbers.below(5), u8::MAX),
                price: fit(1 + numbers.below(5), u8::MAX),
            });
        }
        if matches!(kind, Kind::Missing) {
            made.present = Some(std::array::from_fn(|_| {
                let word = |first: usize| {
                    let rows = first..count.min(first + 64);
                    rows.zip(0..).fold(0, |word, (_, bit)| word | u64::from(numbers.below(20) > 0) << bit)
                };
                (0..count).step_by(64).map(word).collect()
            }));
        }
        made
    }

    fn push(&mut self, row: Row) {
        self.profit.push(row.profit);
        self.days.push(row.days);
        self.growth.push(row.growth);
        self.undeveloped.push(row.undeveloped);
        self.total.push(row.total);
        self.service.push(row.service);
        self.price.push(row.price);
    }

    /// The number of customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.profit.len()
    }

    /// Whether there are no customers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.profit.is_empty()
    }

    /// The customers, one after the other.
    #[inline]
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let amounts = self.profit.iter().zip(&self.days).zip(&self.growth);
        let needs = self.undeveloped.iter().zip(&self.total);
        let levels = self.service.iter().zip(&self.price);
        amounts.zip(needs).zip(levels).map(
            |((((&profit, &days), &growth), (&undeveloped, &total)), (&service, &price))| Row {
                profit,
                days,
                growth,
                undeveloped,
                total,
                service,
                price,
            },
        )
    }

    /// Which inputs each customer has, one after the other.
    #[inline]
    pub fn presence(&self) -> impl Iterator<Item = Present> {
        (0..self.len()).map(|i| {
            let Some(words) = &self.present else { return ALL };
            words.each_ref().map(|words| words.get(i / 64).is_some_and(|word| word >> (i % 64) & 1 == 1))
        })
    }

    /// The greatest of what is there, in one pass; 1 of columns that hold nothing greater.
    #[must_use]
    pub fn maxima(&self) -> Maxima {
        fn greatest<T: Copy + Ord>(column: &[T], least: T) -> T {
            column.iter().fold(least, |greatest, value| greatest.max(*value))
        }
        /// Where no instruction compares several long numbers, only to see that none is greater is faster.
        fn greatest_long(column: &[i64]) -> i64 {
            column.chunks(512).fold(1, |found, block| {
                let any = block.iter().fold(0, |any, value| any | found.wrapping_sub(*value));
                if any < 0 { greatest(block, found) } else { found }
            })
        }
        if self.present.is_none() {
            let (days, growth) = (greatest(&self.days, 1), greatest(&self.growth, 1));
            return Maxima { profit: greatest_long(&self.profit), days, growth };
        }
        let least = Maxima { profit: 1, days: 1, growth: 1 };
        self.rows().zip(self.presence()).fold(least, |greatest, (row, [profit, days, growth, ..])| Maxima {
            profit: greatest.profit.max(if profit { row.profit } else { 1 }),
            days: greatest.days.max(if days { row.days } else { 1 }),
            growth: greatest.growth.max(if growth { row.growth } else { 1 }),
        })
    }
}

impl Scores {
    /// Room for the scores of so many customers.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self { composite: vec![NO_COMPOSITE; count], tier: vec![NO_TIER; count], rows: Rows::new(count) }
    }

    /// Writes what a kernel that takes one row at a time makes of each, in turn.
    #[inline]
    pub fn fill(&mut self, scores: impl Iterator<Item = (u16, u8)>) {
        let places = self.composite.iter_mut().zip(&mut self.tier);
        for ((composite, tier), scored) in places.zip(scores) {
            (*composite, *tier) = scored;
        }
    }

    /// In how many rows the composite differs from another's, and in how many the tier.
    #[must_use]
    pub fn differences(&self, other: &Self) -> (usize, usize) {
        fn differing<T: PartialEq>(a: &[T], b: &[T]) -> usize {
            a.iter().zip(b).filter(|(a, b)| a != b).count() + a.len().abs_diff(b.len())
        }
        (differing(&self.composite, &other.composite), differing(&self.tier, &other.tier))
    }
}
