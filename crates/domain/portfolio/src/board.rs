//! The tier board.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::{DecimalText, ExactSum, Score, Share, TierId, ratio};
use guanxi_scoring::{ByDimension, Dimension, TierShare, expected_shares};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::population::{Member, Population, Questions};

/// Counts, revenue and mean scores, by tier and beside the tiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Board {
    /// One row a tier, in the order of the policy.
    pub tiers: Vec<TierRow>,
    /// All customers in a tier together.
    pub tiered: Group,
    /// Those who never bought.
    pub prospects: Group,
    /// Those of whom too little is known for a tier.
    pub incomplete: Group,
    /// Everybody.
    pub all: Group,
}

/// One tier of the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierRow {
    /// The tier.
    pub tier: TierId,
    /// Its floor.
    pub floor: Score,
    /// Customers whose effective tier it is, against the share expected.
    pub share: TierShare,
    /// Customers whose computed tier it is; differs where tiers are settled or set by hand.
    pub computed: u64,
    /// Those whose effective tier it is.
    pub group: Group,
}

/// What is known of a group of customers together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// How many they are.
    pub count: u64,
    /// Their revenue, exact; `None` if it is known of none of them, or has more digits than a decimal keeps.
    pub revenue: Option<DecimalText>,
    /// How many of them have a known revenue.
    pub revenue_known: u64,
    /// Their part of the revenue of everybody, to four places; `None` where either is not above 0.
    pub revenue_share: Option<Share>,
    /// The means of their shown dimension scores, each over those who have one, rounded half-up.
    pub dimensions: ByDimension<Option<Score>>,
    /// The mean of their shown composites, rounded half-up.
    pub composite: Option<Score>,
    /// The mean completeness of their assessments, to four places.
    pub completeness: Option<Share>,
}

impl Population<'_> {
    /// The board: who is in which tier, against expectation, with revenue and mean scores.
    ///
    /// The tier that counts is the effective one. Tiers that the policy does not have cannot occur.
    #[must_use]
    pub fn board(&self, questions: &Questions) -> Board {
        let revenues: Vec<Decimal> =
            self.members().iter().filter_map(|member| member.number(&questions.revenue)).collect();
        let total = if revenues.is_empty() { None } else { sum(&revenues) };
        let all = self.group(questions, total, |_| true);
        let in_tier =
            |tier: &TierId| self.group(questions, total, |m| m.decision.outcome.tier.as_ref() == Some(tier));
        let computed = |tier: &TierId| {
            let same = |m: &&Member| m.decision.outcome.tiers.computed.as_ref() == Some(tier);
            self.members().iter().filter(same).count() as u64
        };
        let policy = self.policy().body();
        let groups: Vec<(&TierId, Score, Group)> =
            policy.tiers().iter().map(|tier| (&tier.id, tier.floor, in_tier(&tier.id))).collect();
        let counts: BTreeMap<TierId, u64> =
            groups.iter().map(|(tier, _, group)| ((*tier).clone(), group.count)).collect();
        let row = |((tier, floor, group), share): ((&TierId, Score, Group), TierShare)| TierRow {
            tier: tier.clone(),
            floor,
            share,
            computed: computed(tier),
            group,
        };
        let shares = expected_shares(policy, &counts);
        let no_tier = |member: &Member| member.decision.outcome.tier.is_none();
        Board {
            tiers: groups.into_iter().zip(shares).map(row).collect(),
            tiered: self.group(questions, total, |m| m.decision.outcome.tier.is_some()),
            prospects: self.group(questions, total, Member::is_prospect),
            incomplete: self.group(questions, total, |member| no_tier(member) && !member.is_prospect()),
            all,
        }
    }

    fn group(
        &self,
        questions: &Questions,
        total: Option<Decimal>,
        belongs: impl Fn(&Member) -> bool,
    ) -> Group {
        let members: Vec<&Member> = self.members().iter().filter(|member| belongs(member)).collect();
        let revenues: Vec<Decimal> =
            members.iter().filter_map(|member| member.number(&questions.revenue)).collect();
        // Revenue that is known of nobody is unknown, not 0; a group of nobody has none.
        let unknown = revenues.is_empty() && (!members.is_empty() || total.is_none());
        let revenue = if unknown { None } else { sum(&revenues) };
        let part = |part: Decimal, whole: Decimal| {
            if part < Decimal::ZERO || whole <= Decimal::ZERO || part > whole {
                return None;
            }
            ratio(part, whole, 4).and_then(|share| Share::try_from(share).ok())
        };
        let completeness: Vec<Decimal> =
            members.iter().map(|m| m.decision.outcome.completeness.get()).collect();
        let mean_completeness = || {
            let count = Decimal::from(members.len());
            ratio(sum(&completeness)?, count, 4).and_then(|mean| Share::try_from(mean).ok())
        };
        Group {
            count: members.len() as u64,
            revenue: revenue.map(DecimalText),
            revenue_known: revenues.len() as u64,
            revenue_share: revenue.zip(total).and_then(|(revenue, whole)| part(revenue, whole)),
            dimensions: ByDimension::from_fn(|dimension: Dimension| {
                mean(members.iter().filter_map(|member| *member.decision.outcome.dimensions.get(dimension)))
            }),
            composite: mean(members.iter().filter_map(|member| member.decision.outcome.composite)),
            completeness: mean_completeness(),
        }
    }
}

/// The exact sum, unless it has more digits than a decimal keeps.
fn sum(values: &[Decimal]) -> Option<Decimal> {
    values.iter().try_fold(ExactSum::default(), |sum, value| sum.plus(*value))?.get()
}

/// The mean of scores, rounded half-up; `None` for none.
fn mean(scores: impl Iterator<Item = Score>) -> Option<Score> {
    let (sum, count) =
        scores.fold((0_u64, 0_u64), |(sum, count), score| (sum + u64::from(score.hundredths()), count + 1));
    let mean = (2 * sum + count).checked_div(2 * count)?;
    Score::from_hundredths(u16::try_from(mean).ok()?).ok()
}
