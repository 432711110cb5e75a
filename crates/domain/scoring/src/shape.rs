//! What all customers of a policy have in common, whatever the width of the numbers.
use alloc::vec::Vec;

use guanxi_core::Share;

use crate::assessment::Ratio;
use crate::dimension::{ByDimension, Dimension};
use crate::evaluate::share;
use crate::number::Fraction;
use crate::policy::ScoringPolicy;
use crate::spec::{MissingRule, ScoreRange, TierSpec};

/// The weights of a policy.
pub(crate) struct Shape {
    /// In the order of the policy.
    pub(crate) indicators: Vec<Weighed>,
    pub(crate) dimensions: ByDimension<Whole>,
    /// The weights of the indicators in the composite where all count; of those that are only shown, none.
    pub(crate) usual: Vec<Option<Weight>>,
    /// The weight of all dimensions together.
    pub(crate) all: u64,
    /// The completeness of a customer of whom nothing is missing.
    pub(crate) complete: Share,
    /// The profile of each tier, in the order of the policy.
    pub(crate) profiles: Vec<Vec<(Dimension, ScoreRange)>>,
}

/// The weight of an indicator.
pub(crate) struct Weighed {
    pub(crate) dimension: Dimension,
    /// In its dimension.
    pub(crate) part: u64,
    pub(crate) missing: MissingRule,
}

/// The weight of a dimension.
pub(crate) struct Whole {
    pub(crate) weight: u64,
    /// The sum of the parts of its indicators.
    pub(crate) declared: u64,
}

/// The share that an indicator has in the composite, or in the rank of a prospect.
#[derive(Clone)]
pub(crate) struct Weight {
    pub(crate) ratio: Ratio,
    /// The hundredths of a point that it earns at most, reduced.
    pub(crate) hundredths: Fraction<u128>,
}

impl Weight {
    /// The part of an indicator in its dimension, the parts that count there, and the dimension's
    /// weight of all dimensions that count. No product exceeds 2^81: a sum of weights stays below 2^34.
    pub(crate) fn new(part: u64, counted: u64, weight: u64, all: u64) -> Self {
        let num = u128::from(part) * u128::from(weight);
        let den = u128::from(counted) * u128::from(all);
        Self {
            ratio: Ratio::new(&Fraction { num, den: den.max(1) }),
            hundredths: Fraction { num: num.saturating_mul(10_000), den: den.max(1) }.reduced(),
        }
    }
}

impl Shape {
    pub(crate) fn of(policy: &ScoringPolicy) -> Self {
        let dimensions = ByDimension::from_fn(|dimension| {
            let listed = policy.weighed().filter(|(indicator, ..)| indicator.dimension == dimension);
            let declared = listed.map(|(_, part, _)| part).sum();
            Whole { weight: policy.dimension_part(dimension).0, declared }
        });
        let all = policy.dimension_part(Dimension::Value).1;
        let weighed = |(indicator, part, _): (&crate::spec::IndicatorSpec, u64, u64)| Weighed {
            dimension: indicator.dimension,
            part,
            missing: indicator.missing,
        };
        let indicators: Vec<Weighed> = policy.weighed().map(weighed).collect();
        let usual = |weighed: &Weighed| {
            let Whole { weight, declared } = *dimensions.get(weighed.dimension);
            (weighed.part > 0).then(|| Weight::new(weighed.part, declared, weight, all))
        };
        let usual = indicators.iter().map(usual).collect();
        let known = Dimension::ALL.into_iter().map(|dimension| dimensions.get(dimension));
        let known: u64 = known.filter(|whole| whole.declared > 0).map(|whole| whole.weight).sum();
        let complete = share(&Fraction::<u128>::of(known, all));
        let profile = |tier: &TierSpec| tier.profile.iter().map(|(d, range)| (*d, *range)).collect();
        let profiles = policy.tiers().iter().map(profile).collect();
        Self { indicators, dimensions, usual, all, complete, profiles }
    }
}
