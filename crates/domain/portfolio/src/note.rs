//! What stands out of a population, as findings with their arguments.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::{Arg, DecimalText, FactId, ReasonCode, Score, Share, SubjectId, TierId};
use guanxi_scoring::{Dimension, IndicatorId, MissingRule, Verdict, dominant_shares};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::board::Board;
use crate::population::{Member, Population};

/// One thing that stands out, in the order of the tiers and then of the policy's indicators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Note {
    /// A tier without a customer, and how near the nearest one below comes.
    EmptyTier {
        /// The tier.
        tier: TierId,
        /// Its floor.
        floor: Score,
        /// The customer with the highest composite below it.
        nearest: SubjectId,
        /// That composite.
        composite: Score,
        /// The points lacking.
        short_by: Score,
    },
    /// Where the customer nearest to an empty tier loses most, in points of the composite.
    LosesMost {
        /// The customer.
        subject: SubjectId,
        /// The dimension.
        dimension: Dimension,
        /// Its score.
        score: Score,
        /// The points of the composite that are lost there.
        points: DecimalText,
        /// The highest score of anybody in this dimension.
        highest: Score,
    },
    /// A tier that customers reach by their composite, but in which review rules or assessors left none.
    EmptyBySetting {
        /// The tier.
        tier: TierId,
        /// How many reach it.
        reach: u64,
    },
    /// A tier that no composite below it comes near, since there is none.
    EmptyBelow {
        /// The tier.
        tier: TierId,
    },
    /// A tier with fewer or more customers than the policy expects.
    ShareOff {
        /// The tier.
        tier: TierId,
        /// The share of customers in it.
        share: Share,
        /// The least share expected.
        from: Share,
        /// The greatest share expected.
        to: Share,
    },
    /// A tier that only a customer with a large part of a total of all customers can reach.
    NeedsDominant {
        /// The tier.
        tier: TierId,
        /// The fact whose total it is.
        fact: FactId,
        /// The part of the total that one customer must have.
        share: Share,
    },
}

/// An input that customers lack, and what that costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingInput {
    /// The indicator that lacks it.
    pub indicator: IndicatorId,
    /// The fact.
    pub fact: FactId,
    /// Of how many customers it is missing.
    pub count: u64,
    /// The part of the composite that rests on it.
    pub weight: Share,
    /// What a missing input counts as.
    pub rule: MissingRule,
    /// Who supplies the fact.
    pub supplier: Option<String>,
}

impl ReasonCode for Note {
    fn code(&self) -> &'static str {
        match self {
            Self::EmptyTier { .. } => "empty_tier",
            Self::LosesMost { .. } => "loses_most",
            Self::EmptyBySetting { .. } => "empty_by_setting",
            Self::EmptyBelow { .. } => "empty_below",
            Self::ShareOff { .. } => "share_off",
            Self::NeedsDominant { .. } => "needs_dominant",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let tier = |tier: &TierId| ("tier", Arg::Label("tier", tier.to_string()));
        let subject = |name, subject: &SubjectId| (name, Arg::Label("subject", subject.to_string()));
        match self {
            Self::EmptyTier { tier: id, floor, nearest, composite, short_by } => alloc::vec![
                tier(id),
                ("floor", Arg::Score(*floor)),
                subject("nearest", nearest),
                ("composite", Arg::Score(*composite)),
                ("short_by", Arg::Score(*short_by)),
            ],
            Self::LosesMost { subject: id, dimension, score, points, highest } => alloc::vec![
                subject("subject", id),
                ("dimension", Arg::Label("dimension", dimension.to_string())),
                ("score", Arg::Score(*score)),
                ("points", Arg::Decimal(points.0)),
                ("highest", Arg::Score(*highest)),
            ],
            Self::EmptyBySetting { tier: id, reach } => alloc::vec![tier(id), ("reach", Arg::Count(*reach))],
            Self::EmptyBelow { tier: id } => alloc::vec![tier(id)],
            Self::ShareOff { tier: id, share, from, to } => alloc::vec![
                tier(id),
                ("share", Arg::Share(*share)),
                ("from", Arg::Share(*from)),
                ("to", Arg::Share(*to)),
            ],
            Self::NeedsDominant { tier: id, fact, share } => alloc::vec![
                tier(id),
                ("fact", Arg::Label("fact", fact.to_string())),
                ("share", Arg::Share(*share)),
            ],
        }
    }
}

impl Population<'_> {
    /// What stands out of the board: tiers that are empty and why, and shares that are not as expected.
    #[must_use]
    pub fn notes(&self, board: &Board) -> Vec<Note> {
        let mut notes = Vec::new();
        let dominant = dominant_shares(self.policy().body());
        for row in &board.tiers {
            if row.share.count == 0 && row.computed > 0 {
                notes.push(Note::EmptyBySetting { tier: row.tier.clone(), reach: row.computed });
            } else if row.share.count == 0 && board.tiered.count > 0 {
                self.explain_empty(&row.tier, row.floor, &mut notes);
                for (tier, fact, share) in dominant.iter().filter(|(tier, ..)| *tier == row.tier) {
                    notes.push(Note::NeedsDominant { tier: tier.clone(), fact: fact.clone(), share: *share });
                }
            } else if let (Verdict::Below | Verdict::Above, Some(share), Some(expected)) =
                (row.share.verdict, row.share.share, row.share.expected)
            {
                let tier = row.tier.clone();
                notes.push(Note::ShareOff { tier, share, from: expected.from, to: expected.to });
            }
        }
        notes
    }

    /// How near the nearest customer below comes, and where that customer loses most.
    fn explain_empty(&self, tier: &TierId, floor: Score, notes: &mut Vec<Note>) {
        let below =
            |member: &&Member| member.decision.outcome.composite.is_some_and(|composite| composite < floor);
        // Of equal composites the lower id: the greatest by reversed order of the ids.
        let nearest = self.members().iter().rev().filter(below).max_by_key(|m| m.decision.outcome.composite);
        let Some((nearest, composite)) =
            nearest.and_then(|member| Some((member, member.decision.outcome.composite?)))
        else {
            notes.push(Note::EmptyBelow { tier: tier.clone() });
            return;
        };
        notes.push(Note::EmptyTier {
            tier: tier.clone(),
            floor,
            nearest: nearest.subject.clone(),
            composite,
            short_by: composite.short_of(floor),
        });
        let policy = self.policy().body();
        let loss = |dimension: Dimension| {
            let score = (*nearest.decision.outcome.dimensions.get(dimension))?;
            let (part, whole) = policy.dimension_part(dimension);
            let lacking = score.short_of(Score::MAX).to_decimal().checked_mul(Decimal::from(part))?;
            Some((guanxi_core::ratio(lacking, Decimal::from(whole), 2)?, dimension, score))
        };
        let worst = Dimension::ALL.into_iter().rev().filter_map(loss).max_by_key(|(points, ..)| *points);
        if let Some((points, dimension, score)) = worst {
            let scores = self.members().iter().filter_map(|m| *m.decision.outcome.dimensions.get(dimension));
            let highest = scores.max().unwrap_or(score);
            let (subject, points) = (nearest.subject.clone(), DecimalText(points));
            notes.push(Note::LosesMost { subject, dimension, score, points, highest });
        }
    }

    /// The inputs that customers lack, whatever the cause, in the order of the policy: unknown, too old,
    /// not yet observed, not allowed, or without anything to compare with.
    #[must_use]
    pub fn missing_inputs(&self) -> Vec<MissingInput> {
        let policy = self.policy().body();
        let count = |indicator: &IndicatorId| {
            let lacks = |member: &&Member| {
                member.decision.reasons.iter().any(|reason| reason.lacks() == Some(indicator))
            };
            self.members().iter().filter(lacks).count() as u64
        };
        let input = |indicator: &guanxi_scoring::IndicatorSpec| MissingInput {
            indicator: indicator.id.clone(),
            fact: indicator.fact.clone(),
            count: count(&indicator.id),
            weight: policy.composite_share(indicator),
            rule: indicator.missing,
            supplier: policy.facts().get(&indicator.fact).and_then(|schema| schema.supplier.clone()),
        };
        policy.indicators().iter().map(input).filter(|input| input.count > 0).collect()
    }
}
