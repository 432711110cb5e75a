//! From the shares that a policy expects to targets, and from floors to a policy that has them.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_bands::{Bands, Targets, TargetsError};
use guanxi_core::{Share, TierId, Version};
use guanxi_policy::{DocumentSpec, Problems};
use rust_decimal::Decimal;

use crate::policy::{PolicyDocument, ScoringPolicy};
use crate::spec::{ExpectedShare, ScoringSpec};

/// Why a policy's expected shares are no targets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetSharesError {
    /// Tiers without an expected share.
    #[error("every tier must have an `expected_share`, missing for: {}", listed(tiers))]
    Missing {
        /// Those tiers, the highest first.
        tiers: Vec<TierId>,
    },
    /// An expected share whose midpoint has more than nine decimal places.
    #[error("the midpoint of the expected share of `{tier}` must have at most 9 decimal places, got `{}` to `{}`", given.from, given.to)]
    TooFine {
        /// The tier.
        tier: TierId,
        /// Its expected share.
        given: ExpectedShare,
    },
    /// Midpoints that are no targets together: they add up to less or more than 1.
    #[error("the midpoints of the expected shares: {0}")]
    Midpoints(#[from] TargetsError),
}

fn listed(tiers: &[TierId]) -> String {
    tiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The shares of customers to calibrate a policy's tiers by: the midpoints of the expected shares, from
/// the highest tier down. Those of the standard policy are 12.5, 22.5, 55, 7.5 and 2.5 %.
///
/// # Errors
/// [`TargetSharesError`], the first that applies in the order of its variants.
///
/// # Examples
/// ```
/// use guanxi_scoring::{preset, target_shares};
/// let targets = target_shares(preset("standard").ok_or("no such preset")?.body())?;
/// let parts: Vec<(&str, u64)> = targets.parts().map(|(tier, part)| (tier.as_str(), part)).collect();
/// assert_eq!(parts, [("strategic", 5), ("key", 9), ("normal", 22), ("potential", 3), ("to_optimise", 1)]);
/// assert_eq!(targets.whole(), 40);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn target_shares(policy: &ScoringPolicy) -> Result<Targets<TierId>, TargetSharesError> {
    let expected = policy.bands().iter().map(|(tier, _)| {
        let expected = policy.tier(tier).and_then(|tier| tier.expected_share);
        (tier.clone(), expected)
    });
    let (known, missing): (Vec<_>, Vec<_>) = expected.partition(|(_, expected)| expected.is_some());
    if !missing.is_empty() {
        return Err(TargetSharesError::Missing {
            tiers: missing.into_iter().map(|(tier, _)| tier).collect(),
        });
    }
    let shares = known.into_iter().filter_map(|(tier, expected)| Some((tier, expected?)));
    let shares = shares.map(|(tier, given)| match midpoint(given) {
        Some(share) => Ok((tier, share)),
        None => Err(TargetSharesError::TooFine { tier, given }),
    });
    Ok(Targets::new(shares.collect::<Result<_, _>>()?)?)
}

/// Half-way between two shares, unless it has more than nine decimal places.
fn midpoint(expected: ExpectedShare) -> Option<Share> {
    const FINEST: u32 = 9;
    let sum = expected.from.get().checked_add(expected.to.get())?.normalize();
    // Half of a sum of nine places is exact.
    let half = (sum.scale() <= FINEST).then(|| sum.checked_mul(Decimal::new(5, 1)))??.normalize();
    Share::try_from(half).ok().filter(|share| share.get().scale() <= FINEST)
}

/// Why floors do not make a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WithBandsError {
    /// The version of the policy that is changed.
    #[error(
        "a policy with other floors needs a version of its own, got `{given}`, which the present one has"
    )]
    SameVersion {
        /// That version.
        given: Version,
    },
    /// The bands have other tiers than the policy.
    #[error("the bands must be of the policy's tiers: {}", listed(allowed))]
    OtherTiers {
        /// The tiers of the policy.
        allowed: Vec<TierId>,
    },
    /// The policy does not allow the floors.
    #[error(transparent)]
    Problems(#[from] Problems),
}

/// A policy with other floors, as a new version of the document; the document given stays as it is.
///
/// The new one goes through the same check as any document. Nothing but the floors and the version
/// differs, the days on which it is in force included: where both are kept in one history, give each
/// its own.
///
/// # Errors
/// [`WithBandsError`].
///
/// # Examples
/// ```
/// use guanxi_bands::Bands;
/// use guanxi_policy::diff;
/// use guanxi_scoring::{preset, with_bands};
/// let ours = preset("standard").ok_or("no such preset")?;
/// let floors = [("strategic", "62.5"), ("key", "55"), ("normal", "40"), ("potential", "30"), ("to_optimise", "0")];
/// let floors = floors.iter().map(|(tier, floor)| Ok((tier.parse()?, floor.parse()?)));
/// let bands = Bands::new(floors.collect::<Result<_, Box<dyn std::error::Error>>>()?)?;
///
/// let proposed = with_bands(&ours, &bands, "2.0.0".parse()?)?;
/// let changes: Vec<String> = diff(&ours.to_value(), &proposed.to_value()).into_iter().map(|change| change.path).collect();
/// assert_eq!(changes, ["body.tiers[key].floor", "body.tiers[normal].floor", "body.tiers[strategic].floor", "version"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn with_bands(
    document: &PolicyDocument,
    bands: &Bands<TierId>,
    version: Version,
) -> Result<PolicyDocument, WithBandsError> {
    if document.head().version == version {
        return Err(WithBandsError::SameVersion { given: version });
    }
    let value = document.to_value();
    let tiers = document.body().tiers();
    let other = || WithBandsError::OtherTiers { allowed: tiers.iter().map(|tier| tier.id.clone()).collect() };
    if bands.iter().count() != tiers.len() {
        return Err(other());
    }
    // The normal form of a checked document is a document.
    let mut spec: DocumentSpec<ScoringSpec> = serde_json::from_value(value).map_err(|_| other())?;
    spec.version = version;
    for tier in &mut spec.body.tiers {
        tier.floor = bands.floor(&tier.id).ok_or_else(other)?;
    }
    Ok(PolicyDocument::from_spec(&spec)?)
}
