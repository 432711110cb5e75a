use alloc::vec::Vec;

use guanxi_core::{Score, apportion};
use serde::Serialize;

use crate::targets::Targets;

/// What becomes of equal scores at the end of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TieRule {
    /// They stay together, in the class of the first of them.
    Whole,
    /// They are divided: the lower id comes first, and of equal ids the earlier one in the input.
    ById,
}

/// A population assigned to classes by rank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ranked<K> {
    /// The class of each customer, in the order of the input.
    pub customers: Vec<K>,
    /// The classes with their numbers of customers, the highest first.
    pub classes: Vec<RankedClass<K>>,
    /// The scores whose customers lie across the end of a class, the highest first.
    pub ties: Vec<RankedTie<K>>,
}

/// One class of a ranked population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RankedClass<K> {
    /// The class.
    pub class: K,
    /// How many customers its share comes to, by largest remainder.
    pub quota: u64,
    /// How many it holds; the same, unless ties are kept whole.
    pub count: u64,
}

/// Customers of one score that lie across the end of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RankedTie<K> {
    /// The score.
    pub score: Score,
    /// How many customers have it.
    pub count: u64,
    /// The class of the first of them by rank; of all, if ties are kept whole.
    pub highest: K,
    /// The class that the last of them has by rank, if ties are divided.
    pub lowest: K,
}

/// Assigns customers to classes by their rank: the highest scores fill the highest class up to its
/// share, and so on down.
///
/// The shares come to whole numbers of customers by largest remainder (of equal remainders the higher
/// class is rounded up). Customers are ranked by score, the highest first, equal ones by id and then
/// by their place in the input; [`TieRule`] says what becomes of equal scores across the end of a
/// class. Classes follow from who else is there: a customer's class changes when others come or go,
/// which it does not with floors (see [`crate::calibrate`]).
///
/// ```
/// use guanxi_bands::{Targets, TieRule, by_rank};
/// use guanxi_core::{Score, Share, parse_decimal};
/// let half = Share::try_from(parse_decimal("0.5")?)?;
/// let targets = Targets::new(vec![("top", half), ("rest", half)])?;
/// let customers = [("C3", "70".parse::<Score>()?), ("C1", "70".parse()?), ("C2", "20".parse()?), ("C4", "90".parse()?)];
/// assert_eq!(by_rank(&customers, &targets, TieRule::ById).customers, ["rest", "top", "rest", "top"]);
/// assert_eq!(by_rank(&customers, &targets, TieRule::Whole).customers, ["top", "top", "rest", "top"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn by_rank<I: Ord, K: Clone + PartialEq>(
    customers: &[(I, Score)],
    targets: &Targets<K>,
    ties: TieRule,
) -> Ranked<K> {
    let mut order: Vec<(usize, &(I, Score))> = customers.iter().enumerate().collect();
    order.sort_by(|(_, (a, left)), (_, (b, right))| right.cmp(left).then_with(|| a.cmp(b)));

    let parts: Vec<u64> = targets.parts().map(|(_, part)| part).collect();
    // Targets weigh something, so they divide any whole.
    let quotas = apportion(customers.len() as u64, &parts).unwrap_or_default();
    let classes: Vec<(&K, u64)> =
        targets.parts().zip(&quotas).map(|((class, _), quota)| (class, *quota)).collect();
    // The class of each rank.
    let mut ranks = classes.iter().flat_map(|(class, quota)| (0..*quota).map(move |_| *class));

    let (mut assigned, mut across) = (Vec::new(), Vec::new());
    for tied in order.chunk_by(|(_, (_, left)), (_, (_, right))| left == right) {
        let ranked: Vec<&K> = ranks.by_ref().take(tied.len()).collect();
        let (Some((_, (_, score))), Some(highest), Some(lowest)) =
            (tied.first(), ranked.first(), ranked.last())
        else {
            continue;
        };
        if highest != lowest {
            let (highest, lowest) = ((*highest).clone(), (*lowest).clone());
            across.push(RankedTie { score: *score, count: tied.len() as u64, highest, lowest });
        }
        for ((place, _), class) in tied.iter().zip(&ranked) {
            assigned.push((*place, if ties == TieRule::Whole { *highest } else { *class }));
        }
    }
    let count = |class: &K| assigned.iter().filter(|(_, given)| *given == class).count() as u64;
    let classes = classes
        .into_iter()
        .map(|(class, quota)| RankedClass { class: class.clone(), quota, count: count(class) })
        .collect();
    assigned.sort_by_key(|(place, _)| *place);
    let customers = assigned.into_iter().map(|(_, class)| class.clone()).collect();
    Ranked { customers, classes, ties: across }
}
