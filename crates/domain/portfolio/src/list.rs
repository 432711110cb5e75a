//! Who deserves a look, each list by one plain rule.
use alloc::vec::Vec;
use core::cmp::Reverse;

use guanxi_core::{DecimalText, Score, SubjectId, TierId, ratio};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::population::{Member, Population, Questions};

/// A customer in danger: silent for more than twice its own median gap, and its revenue is falling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endangered {
    /// The customer.
    pub subject: SubjectId,
    /// Days since its last order.
    pub silent_days: DecimalText,
    /// Its own median gap between orders, in days.
    pub median_gap_days: DecimalText,
    /// How many of its gaps the silence lasts, rounded to one place.
    pub gaps: DecimalText,
    /// The growth of its revenue, below 0.
    pub growth: DecimalText,
    /// All its revenue, if known: what is at stake.
    pub revenue: Option<DecimalText>,
}

/// A customer who never bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prospect {
    /// The customer.
    pub subject: SubjectId,
    /// The composite of potential and need alone; none if one of them has no score.
    pub rank: Option<Score>,
    /// Its potential score.
    pub potential: Option<Score>,
    /// Its need score.
    pub need: Option<Score>,
    /// The tier that it is a candidate for.
    pub candidate_for: Option<TierId>,
}

/// A record proposed for clean-up: the customer bought once, and has been silent for long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CleanUp {
    /// The customer.
    pub subject: SubjectId,
    /// Days since its only order.
    pub silent_days: DecimalText,
    /// The days of silence from which on it is proposed.
    pub long_silence_days: u32,
    /// All its revenue, if known.
    pub revenue: Option<DecimalText>,
}

impl Population<'_> {
    /// The customers with the highest composites, at most so many; of equal ones the lower id first.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<&Member> {
        let mut members: Vec<&Member> =
            self.members().iter().filter(|member| member.decision.outcome.composite.is_some()).collect();
        members.sort_by_key(|member| Reverse(member.decision.outcome.composite));
        members.truncate(most);
        members
    }

    /// Customers in danger: silent for more than twice their own median gap, with revenue falling.
    ///
    /// A plain rule, not a prediction. A customer without a gap to measure, or without revenue in the
    /// earlier period, is not in this list. Most revenue first, then the lower id.
    #[must_use]
    pub fn endangered(&self, questions: &Questions) -> Vec<Endangered> {
        let rule = |member: &Member| {
            let silent = member.number(&questions.silence)?;
            let gap = member.number(&questions.rhythm).filter(|gap| *gap > Decimal::ZERO)?;
            let growth = member.number(&questions.trend).filter(|growth| *growth < Decimal::ZERO)?;
            if silent <= gap.checked_mul(Decimal::TWO)? {
                return None;
            }
            Some(Endangered {
                subject: member.subject.clone(),
                silent_days: DecimalText(silent),
                median_gap_days: DecimalText(gap),
                gaps: DecimalText(ratio(silent, gap, 1)?),
                growth: DecimalText(growth),
                revenue: member.number(&questions.revenue).map(DecimalText),
            })
        };
        let mut endangered: Vec<Endangered> = self.members().iter().filter_map(rule).collect();
        endangered.sort_by_key(|customer| Reverse(customer.revenue));
        endangered
    }

    /// Those who never bought and are in no tier, highest rank first; those without a rank last, by what is known of them:
    /// potential, then need. Of equal ones the lower id first.
    #[must_use]
    pub fn prospects(&self) -> Vec<Prospect> {
        let prospect = |member: &Member| Prospect {
            subject: member.subject.clone(),
            rank: member.decision.outcome.rank,
            potential: member.decision.outcome.dimensions.potential,
            need: member.decision.outcome.dimensions.need,
            candidate_for: self.policy().body().prospect_tier().cloned(),
        };
        let mut prospects: Vec<Prospect> =
            self.members().iter().filter(|member| member.is_prospect()).map(prospect).collect();
        prospects.sort_by_key(|prospect| Reverse((prospect.rank, prospect.potential, prospect.need)));
        prospects
    }

    /// Records proposed for clean-up: one order, and a long silence since. Longest silence first, then
    /// the lower id. Who never bought is a prospect, and not in this list.
    #[must_use]
    pub fn clean_up(&self, questions: &Questions) -> Vec<CleanUp> {
        let rule = |member: &Member| {
            let silent = member.number(&questions.silence)?;
            let once = member.number(&questions.orders)? == Decimal::ONE;
            if !once || silent < Decimal::from(questions.long_silence_days) {
                return None;
            }
            Some(CleanUp {
                subject: member.subject.clone(),
                silent_days: DecimalText(silent),
                long_silence_days: questions.long_silence_days,
                revenue: member.number(&questions.revenue).map(DecimalText),
            })
        };
        let mut records: Vec<CleanUp> = self.members().iter().filter_map(rule).collect();
        records.sort_by_key(|record| Reverse(record.silent_days));
        records
    }
}
