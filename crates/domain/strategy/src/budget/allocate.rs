//! From a total to the amount of every customer.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Basis, DecimalText, Decision, Facts, Money, Share, SubjectId, TierId};
use num_bigint::BigUint;
use rust_decimal::Decimal;

use super::allocation::{Allocation, BandBudget, Budget, TierBudget, Undivided};
use super::claims::Claims;
use super::divide::Rounded;
use super::error::BudgetError;
use super::id::BudgetBandId;
use super::reason::BudgetReason;
use super::share::ExactShare;
use super::shares::{Chosen, choose};
use super::spec::{BudgetBandSpec, BudgetDocument, units};

/// Divides a total over the bands of a policy, their tiers and the tiers' customers, to the last minor unit; or
/// says why no allocation exists.
///
/// `wanted` holds the shares that somebody decided, by band; the others are chosen so that all make a whole.
/// The order of the customers does not matter: of equal remainders the smaller id gets the unit.
///
/// # Errors
/// [`BudgetError`], the first that applies: of the total, of a wanted share, of the customers.
///
/// ```
/// use std::collections::BTreeMap;
/// use guanxi_core::{FactMap, FactValue, Facts, Money, SubjectId, fact_id, parse_decimal, parse_instant};
/// use guanxi_strategy::{allocate, budget_preset};
///
/// let policy = budget_preset("standard").ok_or("no such preset")?;
/// let facts = FactMap::new()
///     .with(fact_id!("tier"), FactValue::Text("strategic".into()), None)
///     .with(fact_id!("composite"), FactValue::Decimal(parse_decimal("92.5")?), None);
/// let customer: SubjectId = "C1".parse()?;
/// let total = Money::new(parse_decimal("1000000")?, "CNY".parse()?);
///
/// let decision = allocate(&policy, total, &BTreeMap::new(), &[(&customer, &facts)], parse_instant("2026-06-30")?)?;
/// let allocation = decision.outcome.allocation().ok_or("infeasible")?;
/// let amounts: Vec<String> = allocation.bands.iter().map(|band| format!("{} {}", band.band, band.amount)).collect();
/// assert_eq!(amounts, ["strategic 380000", "key 290000", "potential 190000", "ordinary 140000"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn allocate(
    policy: &BudgetDocument,
    total: Money,
    wanted: &BTreeMap<BudgetBandId, Share>,
    customers: &[(&SubjectId, &dyn Facts)],
    as_of: DateTime<Utc>,
) -> Result<Decision<Budget, BudgetReason>, BudgetError> {
    let minor = Minor::of(total)?;
    check_wanted(policy, wanted)?;
    let mut claims = Claims::new(policy.body(), customers, as_of)?;

    let (head, mut reasons) = (policy.head(), Vec::new());
    if !head.in_force(as_of) {
        reasons.push(BudgetReason::PolicyNotInForce { from: head.effective_from, to: head.effective_to });
    }
    let bands = policy.body().bands();
    let is_empty = |band: &BudgetBandSpec| band.tiers.iter().all(|tier| claims.tier(tier).is_none());
    let empty: Vec<bool> = bands.iter().map(is_empty).collect();
    let outcome = match choose(policy.body(), wanted, &empty) {
        Err(conflicts) => {
            reasons.extend(conflicts);
            Budget::Infeasible { total }
        }
        Ok(chosen) => {
            let bands = divide(bands, &chosen, minor, &mut claims, &mut reasons);
            let customers = claims.budgets(|units| minor.amount(units));
            Budget::Allocated(Allocation { total, bands, customers })
        }
    };
    reasons.extend(claims.reasons(policy.body()));
    let changes = [head.effective_from, head.effective_to, claims.next_fact()];
    Ok(Decision {
        outcome,
        reasons,
        basis: Basis { policy: policy.stamp(), reference: None },
        as_of,
        next_change: changes.into_iter().flatten().filter(|at| *at > as_of).min(),
    })
}

fn check_wanted(policy: &BudgetDocument, wanted: &BTreeMap<BudgetBandId, Share>) -> Result<(), BudgetError> {
    for (band, share) in wanted {
        if !policy.body().bands().iter().any(|known| known.id == *band) {
            return Err(BudgetError::UnknownBand { band: band.clone() });
        }
        if units(*share).is_none() {
            return Err(BudgetError::ShareTooFine { band: band.clone(), given: (*share).into() });
        }
    }
    Ok(())
}

/// A total in minor units.
#[derive(Clone, Copy)]
struct Minor {
    units: u64,
    places: u32,
}

impl Minor {
    fn of(total: Money) -> Result<Self, BudgetError> {
        let (amount, currency) = (total.amount(), total.currency());
        let given = DecimalText(amount);
        if amount <= Decimal::ZERO {
            return Err(BudgetError::NotPositive { given });
        }
        let places = currency.minor_digits().ok_or(BudgetError::NoMinorUnit { currency })?;
        let wider = places.checked_sub(amount.scale());
        let wider = wider.ok_or(BudgetError::TooFine { given, currency, places })?;
        let units = 10_i128.checked_pow(wider).and_then(|wider| amount.mantissa().checked_mul(wider));
        let units = units.and_then(|units| u64::try_from(units).ok());
        Ok(Self { units: units.ok_or(BudgetError::TooLarge { given, currency })?, places })
    }

    /// Minor units as an amount.
    fn amount(self, units: u64) -> DecimalText {
        // 64 bits always fit.
        let amount = Decimal::try_from_i128_with_scale(units.into(), self.places).unwrap_or_default();
        DecimalText(amount.normalize())
    }
}

/// The amounts of the bands and of their tiers; those of the customers are noted with them.
fn divide(
    bands: &[BudgetBandSpec],
    chosen: &[Chosen],
    minor: Minor,
    claims: &mut Claims<'_>,
    reasons: &mut Vec<BudgetReason>,
) -> Vec<BandBudget> {
    // All shares over one denominator.
    let product: BigUint = chosen.iter().map(|chosen| BigUint::from(chosen.share.denominator())).product();
    let over = |share: ExactShare| &product / share.denominator() * share.numerator();
    let shares: Vec<BigUint> = chosen.iter().map(|chosen| over(chosen.share)).collect();
    let amounts = Rounded::whole(minor.units).divide(&shares).unwrap_or_default();
    let with_amounts = bands.iter().zip(chosen).zip(amounts);
    with_amounts
        .map(|((band, chosen), amount)| {
            reasons.push(BudgetReason::BandShare {
                band: band.id.clone(),
                rule: chosen.rule,
                start: chosen.start,
                share: chosen.share,
                from: band.from,
                to: band.to,
                amount: minor.amount(amount.units),
            });
            divide_band(band, chosen, &amount, minor, claims, reasons)
        })
        .collect()
}

/// The amounts of the tiers of a band.
fn divide_band(
    band: &BudgetBandSpec,
    chosen: &Chosen,
    amount: &Rounded,
    minor: Minor,
    claims: &mut Claims<'_>,
    reasons: &mut Vec<BudgetReason>,
) -> BandBudget {
    let parts: Vec<BigUint> = band.tiers.iter().map(|tier| claims.part(band, tier)).collect();
    let divided = amount.divide(&parts);
    let undivided = |units: u64, customers: u64| match (units, customers) {
        (0, _) => None,
        (_, 0) => Some(Undivided::NoCustomer),
        _ => Some(Undivided::NoWeight),
    };
    let not_divided = |tier: Option<&TierId>, units: u64, why: Option<Undivided>| {
        why.map(|why| BudgetReason::NotDivided {
            band: band.id.clone(),
            tier: tier.cloned(),
            amount: minor.amount(units),
            why,
        })
    };
    let customers = |tier: &TierId| claims.tier(tier).map_or(0, |group| group.customers);
    let counts: Vec<u64> = band.tiers.iter().map(customers).collect();
    let whole = if divided.is_none() { undivided(amount.units, counts.iter().sum()) } else { None };
    reasons.extend(not_divided(None, amount.units, whole));

    let total: BigUint = parts.iter().sum();
    let amounts = divided.unwrap_or_else(|| band.tiers.iter().map(|_| Rounded::whole(0)).collect());
    let mut tiers = Vec::with_capacity(band.tiers.len());
    for (((tier, part), customers), amount) in band.tiers.iter().zip(&parts).zip(counts).zip(amounts) {
        if band.tiers.len() > 1 && total > BigUint::ZERO {
            reasons.push(BudgetReason::TierPart {
                tier: tier.clone(),
                band: band.id.clone(),
                by: band.divide_by,
                part: rounded(part, &total),
                amount: minor.amount(amount.units),
            });
        }
        let given = claims.give(tier, &amount);
        let why = if given { None } else { undivided(amount.units, customers) };
        reasons.extend(not_divided(Some(tier), amount.units, why));
        let amount = minor.amount(amount.units);
        tiers.push(TierBudget { tier: tier.clone(), customers, amount, undivided: why });
    }
    BandBudget {
        band: band.id.clone(),
        from: band.from,
        to: band.to,
        share: chosen.share,
        amount: minor.amount(amount.units),
        tiers,
        undivided: whole,
    }
}

/// `part / total` rounded half-up to four places.
fn rounded(part: &BigUint, total: &BigUint) -> Share {
    let steps: BigUint = (part * 20_000_u32 + total) / (total * 2_u32);
    u64::try_from(&steps).ok().and_then(|steps| Share::of(steps, 10_000)).unwrap_or(Share::NONE)
}
