//! Tier floors at which the population has the shares expected, and who would change tier.
use alloc::vec::Vec;
use core::cmp::Reverse;

use guanxi_bands::{CalibrateError, Calibration, Targets, calibrate};
use guanxi_core::{Score, SubjectId, TierId};
use guanxi_scoring::{Standing, TargetSharesError, target_shares};
use serde::Serialize;

use crate::population::Population;

/// A proposal of tier floors, and whose computed tier it would change. It changes nothing by itself:
/// `guanxi_scoring::with_bands` makes a policy of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierCalibration {
    /// Floors, counts, deviations and flows, of all customers who have a composite.
    pub proposal: Calibration<TierId>,
    /// How many were not counted because they never bought and so have no composite.
    pub prospects: u64,
    /// How many were not counted because too little is known of them for a composite.
    pub incomplete: u64,
    /// Who would rise: the highest composite first, of equal ones the lower id.
    pub up: Vec<TierChange>,
    /// Who would fall, in the same order.
    pub down: Vec<TierChange>,
}

/// A customer whose computed tier would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierChange {
    /// The customer.
    pub subject: SubjectId,
    /// Its composite.
    pub composite: Score,
    /// Its computed tier now.
    pub from: TierId,
    /// Its computed tier by the floors proposed.
    pub to: TierId,
    /// The tier that counts for it whatever its composite, if review rules or an assessor have set one:
    /// other floors alone do not change that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<TierId>,
}

/// Why a population's tiers cannot be calibrated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TierCalibrationError {
    /// The policy does not say which shares it expects.
    #[error(transparent)]
    Targets(#[from] TargetSharesError),
    /// The targets given are not of the policy's tiers.
    #[error(transparent)]
    Tiers(#[from] CalibrateError),
}

impl Population<'_> {
    /// Proposes floors at which the tiers hold the midpoints of the shares that the policy expects.
    ///
    /// # Errors
    /// [`TierCalibrationError::Targets`] if the policy does not expect a share for every tier, 1 in all.
    pub fn calibrate(&self) -> Result<TierCalibration, TierCalibrationError> {
        self.calibrate_to(&target_shares(self.policy().body())?)
    }

    /// Proposes floors at which the tiers hold these shares of all customers who have a composite.
    ///
    /// The tier compared is the computed one: a tier set by review rules or an assessor does not follow
    /// from the composite, so no floor could give it.
    ///
    /// # Errors
    /// [`TierCalibrationError::Tiers`] if the targets are not of the policy's tiers from the highest down.
    pub fn calibrate_to(&self, targets: &Targets<TierId>) -> Result<TierCalibration, TierCalibrationError> {
        let bands = self.policy().body().bands();
        let outcomes = || self.members().iter().map(|member| &member.decision.outcome);
        let scores = outcomes().filter_map(|outcome| outcome.composite).collect();
        let proposal = calibrate(&scores, bands, targets)?;

        let proposed = proposal.bands().unwrap_or_else(|_| bands.clone());
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for member in self.members() {
            let outcome = &member.decision.outcome;
            let Some(composite) = outcome.composite else { continue };
            let (from, to) = (bands.of(composite), proposed.of(composite));
            let list = match bands.floor(from).cmp(&bands.floor(to)) {
                core::cmp::Ordering::Less => &mut up,
                core::cmp::Ordering::Equal => continue,
                core::cmp::Ordering::Greater => &mut down,
            };
            let set = outcome.tiers.settled.is_some() || outcome.tiers.r#override.is_some();
            list.push(TierChange {
                subject: member.subject.clone(),
                composite,
                from: from.clone(),
                to: to.clone(),
                set: outcome.tier.clone().filter(|_| set),
            });
        }
        // Members are in the order of their ids, which a stable sort keeps.
        up.sort_by_key(|change| Reverse(change.composite));
        down.sort_by_key(|change| Reverse(change.composite));
        let count = |standing| outcomes().filter(|outcome| outcome.standing == standing).count() as u64;
        let (prospects, incomplete) = (count(Standing::Prospect), count(Standing::Incomplete));
        Ok(TierCalibration { proposal, prospects, incomplete, up, down })
    }
}
