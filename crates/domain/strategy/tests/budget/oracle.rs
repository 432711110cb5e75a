//! The method as its page tells it, in plain fractions: slow, and with nothing shared with the product.
use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi_core::{Fact, FactMap, Facts, Money, Share, SubjectId};
use guanxi_policy::Body;
use guanxi_strategy::{BudgetBandId, BudgetDocument, BudgetSpec, DivideBy, WhenEmpty};
use num_bigint::BigInt;
use rust_decimal::Decimal;

/// A fraction that is never reduced.
#[derive(Clone, Debug)]
pub(crate) struct Q(pub(crate) BigInt, pub(crate) BigInt);

impl Q {
    pub(crate) fn int(n: u64) -> Self {
        Self(n.into(), 1.into())
    }
    pub(crate) fn decimal(value: Decimal) -> Self {
        Self(value.mantissa().into(), BigInt::from(10).pow(value.scale()))
    }
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self(&self.0 * &other.1 + &other.0 * &self.1, &self.1 * &other.1)
    }
    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&Self(-&other.0, other.1.clone()))
    }
    pub(crate) fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0, &self.1 * &other.1)
    }
    fn over(&self, other: &Self) -> Self {
        let (a, b) = (&self.0 * &other.1, &self.1 * &other.0);
        if b < BigInt::ZERO { Self(-a, -b) } else { Self(a, b) }
    }
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        (&self.0 * &other.1).cmp(&(&other.0 * &self.1))
    }
    pub(crate) fn is_zero(&self) -> bool {
        self.0 == BigInt::ZERO
    }
    fn floor(&self) -> BigInt {
        // Never below 0 here.
        &self.0 / &self.1
    }
    fn rest(&self) -> Self {
        self.minus(&Self(self.floor(), 1.into()))
    }
}

pub(crate) fn sum<'a>(all: impl IntoIterator<Item = &'a Q>) -> Q {
    all.into_iter().fold(Q::int(0), |sum, one| sum.plus(one))
}

/// An exact amount of minor units and the whole number that it is rounded to.
#[derive(Clone, Debug)]
pub(crate) struct Amount {
    pub(crate) exact: Q,
    pub(crate) units: BigInt,
}

/// Rounds exact amounts so that they make `whole`: all down, then one unit each to the largest rest that has
/// none yet, the first of equals.
fn round(whole: &BigInt, exact: Vec<Q>) -> Vec<Amount> {
    let mut amounts: Vec<Amount> =
        exact.into_iter().map(|exact| Amount { units: exact.floor(), exact }).collect();
    let mut given = vec![false; amounts.len()];
    while amounts.iter().map(|amount| &amount.units).sum::<BigInt>() < *whole {
        let mut best: Option<usize> = None;
        for place in 0..amounts.len() {
            let larger = |best: usize| {
                amounts[place].exact.rest().compare(&amounts[best].exact.rest()) == Ordering::Greater
            };
            if !given[place] && best.is_none_or(larger) {
                best = Some(place);
            }
        }
        let best = best.unwrap();
        given[best] = true;
        amounts[best].units += 1;
    }
    amounts
}

/// What the method gives.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) shares: Vec<Q>,
    pub(crate) bands: Vec<Amount>,
    /// By band, then tier; nothing where the band is not divided.
    pub(crate) tiers: Vec<Option<Vec<Amount>>>,
    /// Those who take part.
    pub(crate) customers: BTreeMap<SubjectId, Amount>,
}

struct Customer {
    tier: Option<String>,
    weight: Option<Q>,
}

fn read(spec: &BudgetSpec, facts: &FactMap, as_of: DateTime<Utc>) -> Customer {
    let known = |id| match facts.fact(id) {
        Fact::Known { value, observed_at } if observed_at.is_none_or(|at| at <= as_of) => Some(value),
        _ => None,
    };
    let weight = match &spec.weight {
        None => Some(Q::int(1)),
        Some(id) => known(id).map(|value| {
            let value = value.number().unwrap();
            if value > Decimal::ZERO { Q::decimal(value) } else { Q::int(0) }
        }),
    };
    Customer { tier: known(&spec.tier).map(ToString::to_string), weight }
}

/// The allocation; `None` if there is none.
pub(crate) fn expect(
    policy: &BudgetDocument,
    total: Money,
    wanted: &BTreeMap<BudgetBandId, Share>,
    customers: &[(SubjectId, FactMap)],
    as_of: DateTime<Utc>,
) -> Option<Expected> {
    let spec = policy.body().spec();
    let people: BTreeMap<&SubjectId, Customer> =
        customers.iter().map(|(subject, facts)| (subject, read(&spec, facts, as_of))).collect();
    let of_tier = |tier: &str| -> Vec<(&SubjectId, &Customer)> {
        let in_tier = people.iter().filter(|(_, customer)| customer.tier.as_deref() == Some(tier));
        in_tier.map(|(subject, customer)| (*subject, customer)).collect()
    };

    let bounds: Vec<(Q, Q, Q)> = spec
        .bands
        .iter()
        .map(|band| {
            let empty = band.tiers.iter().all(|tier| of_tier(tier.as_str()).is_empty());
            let (from, to) = (Q::decimal(band.from.get()), Q::decimal(band.to.get()));
            if let Some(share) = wanted.get(&band.id) {
                let share = Q::decimal(share.get());
                let inside = share.compare(&from).is_ge() && share.compare(&to).is_le();
                return inside.then(|| (share.clone(), share.clone(), share));
            }
            if empty && spec.when_empty == WhenEmpty::Release {
                return Some((Q::int(0), Q::int(0), Q::int(0)));
            }
            let middle = from.plus(&to).times(&Q(1.into(), 2.into()));
            let start = band.aim.map_or(middle, |aim| Q::decimal(aim.get()));
            Some((from, start, to))
        })
        .collect::<Option<_>>()?;
    let one = Q::int(1);
    let gap = one.minus(&sum(bounds.iter().map(|(_, start, _)| start)));
    let up = gap.compare(&Q::int(0)).is_ge();
    let rooms: Vec<Q> =
        bounds.iter().map(|(from, start, to)| if up { to.minus(start) } else { from.minus(start) }).collect();
    let room = sum(&rooms);
    let shares: Vec<Q> = if gap.is_zero() {
        bounds.iter().map(|(_, start, _)| start.clone()).collect()
    } else {
        if room.is_zero() {
            return None;
        }
        let part = gap.over(&room);
        if part.compare(&one).is_gt() {
            return None;
        }
        bounds.iter().zip(&rooms).map(|((_, start, _), room)| start.plus(&room.times(&part))).collect()
    };

    let places = total.currency().minor_digits().unwrap();
    let units = (Q::decimal(total.amount()).times(&Q(BigInt::from(10).pow(places), 1.into()))).floor();
    let bands = round(&units, shares.iter().map(|share| share.times(&Q(units.clone(), 1.into()))).collect());
    let (mut tiers, mut amounts) = (Vec::new(), BTreeMap::new());
    for (band, amount) in spec.bands.iter().zip(&bands) {
        let weigh = |tier: &str| {
            let weights: Vec<Q> =
                of_tier(tier).iter().filter_map(|(_, customer)| customer.weight.clone()).collect();
            match (band.tiers.len(), band.divide_by) {
                (1, _) => Q::int(1),
                (_, DivideBy::Customers) => Q::int(of_tier(tier).len() as u64),
                (_, DivideBy::Weight) => sum(&weights),
            }
        };
        let parts: Vec<Q> = band.tiers.iter().map(|tier| weigh(tier.as_str())).collect();
        let all = sum(&parts);
        let divided = (!all.is_zero()).then(|| {
            round(&amount.units, parts.iter().map(|part| amount.exact.times(&part.over(&all))).collect())
        });
        for (place, tier) in band.tiers.iter().enumerate() {
            let members: Vec<(&SubjectId, Q)> = of_tier(tier.as_str())
                .into_iter()
                .filter_map(|(subject, customer)| Some((subject, customer.weight.clone()?)))
                .collect();
            let whole = sum(members.iter().map(|(_, weight)| weight));
            let nothing = Amount { exact: Q::int(0), units: 0.into() };
            let shared = match &divided {
                Some(divided) if !whole.is_zero() => {
                    let of = &divided[place];
                    let exact =
                        members.iter().map(|(_, weight)| of.exact.times(&weight.over(&whole))).collect();
                    round(&of.units, exact)
                }
                _ => vec![nothing; members.len()],
            };
            let subjects = members.iter().map(|(subject, _)| (*subject).clone());
            amounts.extend(subjects.zip(shared));
        }
        tiers.push(divided);
    }
    Some(Expected { shares, bands, tiers, customers: amounts })
}
