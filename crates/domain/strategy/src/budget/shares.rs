//! The share of each band: exact, inside its bounds, the whole in all; or what stands in the way.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::{DecimalText, Share};
use rust_decimal::Decimal;

use super::id::BudgetBandId;
use super::reason::{BudgetReason, ShareRule};
use super::share::ExactShare;
use super::spec::{Bounds, BudgetPolicy, UNITS, WhenEmpty, units};

/// The share of a band, and how it came about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) rule: ShareRule,
    pub(super) start: ExactShare,
    pub(super) share: ExactShare,
}

/// Chooses the shares. A wanted share is taken as it is; an empty band may be released; the others start where
/// they aim at and move, all by the same part of their room, up or down until the whole is reached:
/// `share = start + (bound - start) * gap / sum of (bound - start)`.
///
/// With 30-40, 25-30, 15-20 and 10-15 % the middles make 92.5 %; 7.5 of the 12.5 points of room are needed, so
/// each moves by 60 % of its own: 38, 29, 19 and 14 %.
pub(super) fn choose(
    policy: &BudgetPolicy,
    wanted: &BTreeMap<BudgetBandId, Share>,
    empty: &[bool],
) -> Result<Vec<Chosen>, Vec<BudgetReason>> {
    let mut conflicts = Vec::new();
    let bounded: Vec<(Bounds, Option<ShareRule>)> = policy
        .bands()
        .iter()
        .zip(&policy.bounds)
        .zip(empty)
        .map(|((band, bounds), empty)| {
            match wanted.get(&band.id).and_then(|share| Some((*share, units(*share)?))) {
                Some((share, at)) => {
                    let by = bounds.from.saturating_sub(at).max(at.saturating_sub(bounds.to));
                    if by > 0 {
                        conflicts.push(BudgetReason::WantedOutside {
                            band: band.id.clone(),
                            wanted: share,
                            from: band.from,
                            to: band.to,
                            by: decimal(by),
                        });
                    }
                    (Bounds { from: at, start: at, to: at }, Some(ShareRule::Wanted))
                }
                None if *empty && policy.when_empty() == WhenEmpty::Release => {
                    (Bounds { from: 0, start: 0, to: 0 }, Some(ShareRule::Released))
                }
                None => (*bounds, None),
            }
        })
        .collect();

    let sum = |of: fn(&Bounds) -> u64| bounded.iter().map(|(bounds, _)| of(bounds)).sum::<u64>();
    let named = |of: fn(&Bounds) -> u64| {
        let with = policy.bands().iter().zip(&bounded).filter(|(_, (bounds, _))| of(bounds) > 0);
        with.map(|(band, _)| band.id.clone()).collect()
    };
    let (least, start, most) = (sum(|b| b.from), sum(|b| b.start), sum(|b| b.to));
    if least > UNITS {
        let bands = named(|b| b.from);
        conflicts.push(BudgetReason::TooMuch { bands, sum: decimal(least), by: decimal(least - UNITS) });
    }
    if most < UNITS {
        let bands = policy.bands().iter().map(|band| band.id.clone()).collect();
        conflicts.push(BudgetReason::TooLittle { bands, sum: decimal(most), by: decimal(UNITS - most) });
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }

    let (gap, room) =
        if start <= UNITS { (UNITS - start, most - start) } else { (start - UNITS, start - least) };
    // Without a gap nothing moves, and there may be no room to divide by.
    let whole = if gap == 0 { 1 } else { u128::from(room) };
    let chosen = |(bounds, fixed): &(Bounds, Option<ShareRule>)| {
        let (own, up) = if start <= UNITS {
            (bounds.to - bounds.start, true)
        } else {
            (bounds.start - bounds.from, false)
        };
        let (at, moved) = (u128::from(bounds.start) * whole, u128::from(own) * u128::from(gap));
        let share = if up { at + moved } else { at.saturating_sub(moved) };
        let rule = fixed.unwrap_or(match (moved, up) {
            (0, _) => ShareRule::Aimed,
            (_, true) => ShareRule::Raised,
            (_, false) => ShareRule::Lowered,
        });
        let exact =
            |numerator, denominator| ExactShare::new(numerator, denominator).unwrap_or(ExactShare::NONE);
        Chosen {
            rule,
            start: exact(bounds.start.into(), UNITS.into()),
            share: exact(share, u128::from(UNITS) * whole),
        }
    };
    Ok(bounded.iter().map(chosen).collect())
}

/// Parts of one as a decimal.
fn decimal(parts: u64) -> DecimalText {
    // At most 64 bands of parts of one each: a number of 12 digits.
    DecimalText((Decimal::from(parts) * Decimal::new(5, 10)).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::budget_preset;
    use std::string::{String, ToString};

    fn shares(wanted: &[(&str, &str)]) -> Result<Vec<String>, Vec<BudgetReason>> {
        let policy = budget_preset("standard").unwrap();
        let wanted = wanted
            .iter()
            .map(|(band, share)| {
                let share: Share = serde_json::from_value(serde_json::json!(share)).unwrap();
                (band.parse().unwrap(), share)
            })
            .collect();
        let chosen = choose(policy.body(), &wanted, &[false; 4])?;
        Ok(chosen.iter().map(|chosen| chosen.share.to_string()).collect())
    }

    #[test]
    fn all_move_by_the_same_part_of_their_room() {
        assert_eq!(shares(&[]).unwrap(), ["19/50", "29/100", "19/100", "7/50"]);
        // 60 % are left for three bands whose middles make 57.5 % of at most 65: a third of the room.
        assert_eq!(shares(&[("strategic", "0.4")]).unwrap(), ["2/5", "17/60", "11/60", "2/15"]);
        assert_eq!(
            shares(&[("strategic", "0.35"), ("key", "0.3"), ("potential", "0.2"), ("ordinary", "0.15")])
                .unwrap(),
            ["7/20", "3/10", "1/5", "3/20"]
        );
    }

    #[test]
    fn what_stands_in_the_way_is_named_with_its_size() {
        let refused = |wanted: &[(&str, &str)]| serde_json::to_string(&shares(wanted).unwrap_err()).unwrap();
        insta::assert_snapshot!(refused(&[("strategic", "0.45")]), @r#"[{"code":"wanted_outside","band":"strategic","wanted":"0.45","from":"0.3","to":"0.4","by":"0.05"}]"#);
        insta::assert_snapshot!(refused(&[("strategic", "0.3"), ("key", "0.25"), ("potential", "0.29")]), @r#"[{"code":"wanted_outside","band":"potential","wanted":"0.29","from":"0.15","to":"0.2","by":"0.09"},{"code":"too_little","bands":["strategic","key","potential","ordinary"],"sum":"0.99","by":"0.01"}]"#);
    }
}
