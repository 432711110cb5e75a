//! What a batch writes, one small number a row.
use guanxi_core::Score;

use super::block::ROWS;
use crate::assessment::Standing;
use crate::dimension::ByDimension;
use crate::evaluate::Scored;
use crate::policy::MAX_TIERS;

/// The score of a row, or that it has none. Kept in two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct RowScore(u16); // INVARIANT: 0..=10 000, or u16::MAX for none

impl RowScore {
    /// No score.
    pub const NONE: Self = Self(u16::MAX);

    /// So many hundredths of a point, 0 to 10 000.
    pub(crate) const fn raw(hundredths: u16) -> Self {
        Self(hundredths)
    }

    /// The score of a row.
    pub(crate) fn of(score: Option<Score>) -> Self {
        score.map_or(Self::NONE, |score| Self(score.hundredths()))
    }

    /// The hundredths of a point, whatever they mean; as a signed number, since vectors of those compare faster.
    pub(crate) const fn raw_bits(self) -> i16 {
        self.0.cast_signed()
    }

    /// The score, if there is one.
    #[must_use]
    pub fn get(self) -> Option<Score> {
        Score::from_hundredths(self.0).ok()
    }
}

impl Default for RowScore {
    fn default() -> Self {
        Self::NONE
    }
}

/// The computed tier of a row, or why it has none. Kept in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct RowTier(u8); // INVARIANT: below MAX_TIERS, PROSPECT or INCOMPLETE

const _: () = assert!(MAX_TIERS < 254, "tiers and the two others fit a byte");

impl RowTier {
    pub(crate) const HIGHEST: Self = Self(0);
    /// No tier: value does not apply.
    pub const PROSPECT: Self = Self(254);
    /// No tier: a dimension has no score.
    pub const INCOMPLETE: Self = Self(255);

    /// The tier below so many others.
    pub(crate) fn of(above: usize) -> Self {
        u8::try_from(above).map_or(Self::INCOMPLETE, Self)
    }

    /// The tier so many places below.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "tiers are few")]
    pub(crate) const fn lower(&mut self, places: i16) {
        self.0 = self.0.wrapping_add(places as u8);
    }

    /// The place of the tier from the highest down, from 0: see [`crate::Scorer::tier`].
    #[must_use]
    pub fn place(self) -> Option<usize> {
        Some(usize::from(self.0)).filter(|place| *place < MAX_TIERS)
    }

    /// How far the assessment came.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::PROSPECT => Standing::Prospect,
            Self::INCOMPLETE => Standing::Incomplete,
            _ => Standing::Tiered,
        }
    }
}

impl Default for RowTier {
    fn default() -> Self {
        Self::INCOMPLETE
    }
}

/// Room for the results of a batch, one a row, lent by a host.
#[derive(Debug)]
pub struct Results<'a> {
    /// The composites.
    pub composite: &'a mut [RowScore],
    /// The computed tiers.
    pub tier: &'a mut [RowTier],
    /// The dimension scores, where they are wanted.
    pub dimensions: Option<ByDimension<&'a mut [RowScore]>>,
    /// The ranks of prospects, where they are wanted: the composites of the other dimensions.
    pub rank: Option<&'a mut [RowScore]>,
}

/// Room for the results of one block.
pub(super) struct Room {
    composite: [RowScore; ROWS],
    tier: [RowTier; ROWS],
    dimensions: ByDimension<[RowScore; ROWS]>,
    rank: [RowScore; ROWS],
}

impl Room {
    pub(super) const fn new() -> Self {
        let none = [RowScore::NONE; ROWS];
        Self {
            composite: none,
            tier: [RowTier::INCOMPLETE; ROWS],
            dimensions: ByDimension { value: none, potential: none, need: none },
            rank: none,
        }
    }

    /// Room for so many rows, a block at most.
    pub(super) fn results(&mut self, rows: usize) -> Results<'_> {
        fn of<T>(all: &mut [T; ROWS], rows: usize) -> &mut [T] {
            all.get_mut(..rows).unwrap_or_default()
        }
        let ByDimension { value, potential, need } = &mut self.dimensions;
        Results {
            composite: of(&mut self.composite, rows),
            tier: of(&mut self.tier, rows),
            dimensions: Some(ByDimension {
                value: of(value, rows),
                potential: of(potential, rows),
                need: of(need, rows),
            }),
            rank: Some(of(&mut self.rank, rows)),
        }
    }

    /// What was written of a row.
    pub(super) fn get(&self, row: usize) -> Option<(RowTier, Scored)> {
        let score = |scores: &[RowScore; ROWS]| scores.get(row)?.get();
        let ByDimension { value, potential, need } = &self.dimensions;
        let dimensions = ByDimension { value: score(value), potential: score(potential), need: score(need) };
        let scored = Scored { dimensions, composite: score(&self.composite), rank: score(&self.rank) };
        Some((*self.tier.get(row)?, scored))
    }
}
