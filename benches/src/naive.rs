//! The yardstick: the method's page written down with `rust_decimal`, once and plainly, as one would
//! in an afternoon.
//!
//! It is **frozen**. What the fast kernel promises is a multiple of this program's speed, so making
//! this one faster or slower would change what that promise means. It already does without what
//! slows such programs most: there is no text in it, and no map.
//!
//! It is not exact: a quotient stops at 28 digits, and what lies exactly between two hundredths may
//! come out just below.
use std::hint::black_box;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::columns::{Columns, Maxima, NO_COMPOSITE, Scores};

/// What is known of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Cumulative profit, in whole units of the currency.
    pub profit: Decimal,
    /// Days of cooperation.
    pub days: Decimal,
    /// Growth of the industry, 1 being 100 %.
    pub growth: Decimal,
    /// Needs not yet developed.
    pub undeveloped: Decimal,
    /// All needs.
    pub total: Decimal,
    /// Sensitivity to service, 1..=5.
    pub service: Decimal,
    /// Sensitivity to price, 1..=5.
    pub price: Decimal,
}

/// The greatest values of all customers.
#[derive(Clone, Copy, Debug)]
pub struct Greatest {
    /// Cumulative profit.
    pub profit: Decimal,
    /// Days of cooperation.
    pub days: Decimal,
    /// Growth of the industry.
    pub growth: Decimal,
}

/// The weights and floors of a policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The weight of value in the composite.
    pub value: Decimal,
    /// The weight of potential in the composite.
    pub potential: Decimal,
    /// The weight of need in the composite.
    pub need: Decimal,
    /// The weight of profit in value.
    pub profit: Decimal,
    /// The weight of cooperation in value.
    pub cooperation: Decimal,
    /// The weight of the industry's growth in potential.
    pub growth: Decimal,
    /// The weight of undeveloped needs in potential.
    pub needs: Decimal,
    /// The weight of the sensitivity to service in need.
    pub service: Decimal,
    /// The weight of the sensitivity to price in need.
    pub price: Decimal,
    /// The number of levels of a sensitivity.
    pub levels: Decimal,
    /// Each tier with its floor, from the highest down.
    pub tiers: Vec<(Tier, Decimal)>,
}

/// The tiers, from the highest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the policy")]
pub enum Tier {
    Strategic,
    Key,
    Normal,
    Potential,
    ToOptimise,
}

/// The indicators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the policy")]
pub enum Indicator {
    Profit,
    Cooperation,
    IndustryGrowth,
    UndevelopedNeeds,
    ServiceSensitivity,
    PriceSensitivity,
}

/// What one indicator brings to the composite.
#[derive(Clone, Copy, Debug)]
pub struct Contribution {
    /// The indicator.
    pub indicator: Indicator,
    /// Its value, 0..=1.
    pub value: Decimal,
    /// Its weight in the composite.
    pub weight: Decimal,
    /// Its points of the composite, to two places.
    pub points: Decimal,
}

/// A score with everything it is made of.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The score of value, to two places.
    pub value: Decimal,
    /// The score of potential, to two places.
    pub potential: Decimal,
    /// The score of need, to two places.
    pub need: Decimal,
    /// The composite, to two places.
    pub composite: Decimal,
    /// The tier of the composite.
    pub tier: Tier,
    /// The contributions, in the order of the policy.
    pub contributions: Vec<Contribution>,
}

/// The policy `standard`.
#[must_use]
pub fn standard() -> Policy {
    Policy {
        value: Decimal::new(5, 1),
        potential: Decimal::new(3, 1),
        need: Decimal::new(2, 1),
        profit: Decimal::new(5, 1),
        cooperation: Decimal::new(5, 1),
        growth: Decimal::new(3, 1),
        needs: Decimal::new(7, 1),
        service: Decimal::new(3, 1),
        price: Decimal::new(7, 1),
        levels: Decimal::from(5),
        tiers: vec![
            (Tier::Strategic, Decimal::from(90)),
            (Tier::Key, Decimal::from(70)),
            (Tier::Normal, Decimal::from(50)),
            (Tier::Potential, Decimal::from(30)),
            (Tier::ToOptimise, Decimal::ZERO),
        ],
    }
}

fn round(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn part(value: Decimal, whole: Decimal) -> Decimal {
    (value / whole).clamp(Decimal::ZERO, Decimal::ONE)
}

/// Scores one customer.
#[must_use]
pub fn score(policy: &Policy, greatest: &Greatest, facts: &Facts) -> Explanation {
    let profit = part(facts.profit, greatest.profit);
    let cooperation = part(facts.days, greatest.days);
    let growth = part(facts.growth, greatest.growth);
    let needs = part(facts.undeveloped, facts.total);
    let service = part(facts.service, policy.levels);
    let price = part(policy.levels + Decimal::ONE - facts.price, policy.levels);

    let value = policy.profit * profit + policy.cooperation * cooperation;
    let potential = policy.growth * growth + policy.needs * needs;
    let need = policy.service * service + policy.price * price;
    let composite = policy.value * value + policy.potential * potential + policy.need * need;

    let points = |value: Decimal| round(value * Decimal::ONE_HUNDRED);
    let contribution = |indicator, value: Decimal, weight: Decimal| Contribution {
        indicator,
        value,
        weight,
        points: points(weight * value),
    };
    let composite = points(composite);
    let reached = policy.tiers.iter().find(|(_, floor)| composite >= *floor);
    Explanation {
        value: points(value),
        potential: points(potential),
        need: points(need),
        composite,
        tier: reached.map_or(Tier::ToOptimise, |(tier, _)| *tier),
        contributions: vec![
            contribution(Indicator::Profit, profit, policy.value * policy.profit),
            contribution(Indicator::Cooperation, cooperation, policy.value * policy.cooperation),
            contribution(Indicator::IndustryGrowth, growth, policy.potential * policy.growth),
            contribution(Indicator::UndevelopedNeeds, needs, policy.potential * policy.needs),
            contribution(Indicator::ServiceSensitivity, service, policy.need * policy.service),
            contribution(Indicator::PriceSensitivity, price, policy.need * policy.price),
        ],
    }
}

/// Scores columns whose inputs are all there; each explanation is built and dropped.
pub fn score_all(columns: &Columns, maxima: Maxima, scores: &mut Scores) {
    let policy = standard();
    let greatest = Greatest {
        profit: Decimal::new(maxima.profit, 2),
        days: Decimal::from(maxima.days),
        growth: Decimal::new(maxima.growth.into(), 4),
    };
    scores.fill(columns.rows().map(|row| {
        let facts = Facts {
            profit: Decimal::new(row.profit, 2),
            days: Decimal::from(row.days),
            growth: Decimal::new(row.growth.into(), 4),
            undeveloped: Decimal::from(row.undeveloped),
            total: Decimal::from(row.total),
            service: Decimal::from(row.service),
            price: Decimal::from(row.price),
        };
        let mut explanation = black_box(score(&policy, &greatest, &facts));
        explanation.composite.rescale(2);
        let composite = u16::try_from(explanation.composite.mantissa()).unwrap_or(NO_COMPOSITE);
        (composite, explanation.tier as u8)
    }));
}
