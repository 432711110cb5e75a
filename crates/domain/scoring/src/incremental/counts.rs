//! How many customers each tier holds.
use alloc::vec;
use alloc::vec::Vec;

use crate::assessment::Standing;
use crate::batch::RowTier;

/// Customers by tier, highest first, and those without.
pub(super) struct Counts {
    tiers: Vec<u64>,
    prospects: u64,
    incomplete: u64,
}

impl Counts {
    pub(super) fn new(tiers: usize) -> Self {
        Self { tiers: vec![0; tiers], prospects: 0, incomplete: 0 }
    }

    /// One customer less in a tier, one more in another.
    pub(super) fn replace(&mut self, old: Option<RowTier>, new: Option<RowTier>) {
        if let Some(count) = old.and_then(|tier| self.at(tier)) {
            *count = count.saturating_sub(1);
        }
        if let Some(count) = new.and_then(|tier| self.at(tier)) {
            *count = count.saturating_add(1);
        }
    }

    pub(super) fn tiers(&self) -> impl Iterator<Item = u64> {
        self.tiers.iter().copied()
    }

    pub(super) fn standing(&self, standing: Standing) -> u64 {
        match standing {
            Standing::Tiered => self.tiers().sum(),
            Standing::Prospect => self.prospects,
            Standing::Incomplete => self.incomplete,
        }
    }

    fn at(&mut self, tier: RowTier) -> Option<&mut u64> {
        match tier.standing() {
            Standing::Tiered => self.tiers.get_mut(tier.place()?),
            Standing::Prospect => Some(&mut self.prospects),
            Standing::Incomplete => Some(&mut self.incomplete),
        }
    }
}
