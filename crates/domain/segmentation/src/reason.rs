//! Why a customer is in its class or segment.
use alloc::string::ToString;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, DecimalText, FactId, ReasonCode, Score, Share};
use serde::{Deserialize, Serialize};

use crate::id::{ClassId, SegmentId};
use crate::rfm_spec::Axis;
use crate::value_spec::Comparison;

/// Where the bound of a condition comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The policy states it.
    Number,
    /// It is a quantile of the population.
    Quantile,
    /// It is a multiple of another fact of the customer.
    Fact,
}

/// One reason of a decision of this crate. They come in the order of the variants within ABC, RFM and value segments;
/// what is wrong with facts and the policy's validity come last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// ABC: the share of the total that lies before the customer is within the class.
    ClassByShare {
        /// The class.
        class: ClassId,
        /// The amount, or the points of the blend; `None` if it has more digits than a decimal keeps.
        amount: Option<DecimalText>,
        /// How many have more, plus 1.
        rank: u64,
        /// The share of the total before it.
        before: Option<Share>,
        /// The same with it and all that have as much.
        after: Option<Share>,
        /// Where the class begins.
        from: Share,
        /// Where it ends.
        to: Share,
    },
    /// ABC: the share of the customers that have more is within the class.
    ClassByRank {
        /// The class.
        class: ClassId,
        /// The amount, or the points of the blend.
        amount: Option<DecimalText>,
        /// How many have more, plus 1.
        rank: u64,
        /// How many customers there are.
        customers: u64,
        /// The share of those that have more.
        ahead: Option<Share>,
        /// Where the class begins.
        from: Share,
        /// Where it ends.
        to: Share,
    },
    /// ABC: an amount of 0 or less is in the last class, whatever the shares.
    NotPositive {
        /// The last class.
        class: ClassId,
        /// The amount, or the points of the blend.
        amount: Option<DecimalText>,
    },
    /// ABC: others have as much and are in the same class.
    Tied {
        /// How many others.
        others: u64,
    },
    /// ABC: what is missing to a better class; so much more would equal the one with the least of it.
    BelowClass {
        /// The next better class that has anybody.
        class: ClassId,
        /// The least amount, or points, in it.
        least: DecimalText,
        /// What is missing to that; of a blend, the difference of the points as shown. `None` if it has more
        /// digits than a decimal keeps.
        short_by: Option<DecimalText>,
    },
    /// ABC: what a fact brings to the blend.
    Blended {
        /// The fact.
        fact: FactId,
        /// Its value; below 0 it counts as 0.
        value: DecimalText,
        /// The greatest of the population.
        greatest: DecimalText,
        /// Its weight.
        weight: Share,
        /// Its points; all of them add up to those of the blend.
        points: Score,
    },
    /// RFM: the segment of the cell.
    InSegment {
        /// The segment.
        segment: SegmentId,
        /// The score of recency.
        r: u8,
        /// The score of frequency.
        f: u8,
        /// The score of monetary value.
        m: u8,
    },
    /// RFM: a score by cut points.
    ScoreByCuts {
        /// Which of the three.
        axis: Axis,
        /// The value.
        value: DecimalText,
        /// The score.
        score: u8,
        /// The greatest score.
        of: u8,
        /// The cut point below, or at the value.
        below: Option<DecimalText>,
        /// The cut point above, or at the value.
        above: Option<DecimalText>,
    },
    /// RFM: a score by quantiles.
    ScoreByRank {
        /// Which of the three.
        axis: Axis,
        /// The value.
        value: DecimalText,
        /// The score.
        score: u8,
        /// The greatest score.
        of: u8,
        /// How many customers are worse.
        worse: u64,
        /// How many others are equal; 0 where every customer has a rank of its own.
        equal: u64,
        /// How many customers there are.
        customers: u64,
    },
    /// RFM: there is no order, so there is nothing to score.
    NoOrder,
    /// RFM: a sum has more digits than a decimal keeps.
    TooManyDigits {
        /// Which of the three.
        axis: Axis,
    },
    /// RFM: several orders of one day are one.
    SameDay {
        /// The orders.
        orders: u64,
        /// The days.
        days: u64,
    },
    /// RFM: refunds lower the monetary value and are no orders.
    Refunds {
        /// How many.
        refunds: u64,
    },
    /// RFM: orders after the instant are ignored.
    FutureOrders {
        /// How many.
        orders: u64,
        /// When the first of them is.
        first: DateTime<Utc>,
    },
    /// Value: the first rule that holds.
    RuleHolds {
        /// The segment.
        segment: SegmentId,
        /// The rule, from 1.
        rule: u64,
    },
    /// Value: no rule holds, so the default segment does.
    NoRuleHolds {
        /// The default segment.
        segment: SegmentId,
    },
    /// Value: not one fact of the rules is known, so there is no segment.
    NothingKnown,
    /// Value: a condition of the rule that holds.
    ConditionHolds {
        /// The segment of the rule.
        segment: SegmentId,
        /// The rule, from 1.
        rule: u64,
        /// The fact.
        fact: FactId,
        /// Its value.
        value: DecimalText,
        /// How it is compared.
        comparison: Comparison,
        /// What it is compared with; `None` if that has more digits than a decimal keeps.
        bound: Option<DecimalText>,
        /// Where that comes from.
        against: Against,
    },
    /// Value: the first condition that keeps an earlier rule from holding.
    ConditionFails {
        /// The segment of the rule.
        segment: SegmentId,
        /// The rule, from 1.
        rule: u64,
        /// The fact.
        fact: FactId,
        /// Its value.
        value: DecimalText,
        /// How it is compared.
        comparison: Comparison,
        /// What it is compared with; `None` if that has more digits than a decimal keeps.
        bound: Option<DecimalText>,
        /// Where that comes from.
        against: Against,
    },
    /// Value: an earlier rule does not hold, since a fact is not known.
    RuleLacksFact {
        /// The segment of the rule.
        segment: SegmentId,
        /// The rule, from 1.
        rule: u64,
        /// The fact.
        fact: FactId,
    },
    /// A fact is missing.
    FactMissing {
        /// The fact.
        fact: FactId,
    },
    /// A fact does not apply.
    FactNotApplicable {
        /// The fact.
        fact: FactId,
    },
    /// A fact was observed after the instant, and is ignored.
    FactFromFuture {
        /// The fact.
        fact: FactId,
        /// When it was observed.
        observed_at: DateTime<Utc>,
    },
    /// A fact is no number, and is ignored; amounts of money must be converted to one currency first.
    FactNotANumber {
        /// The fact.
        fact: FactId,
    },
    /// A fact is below 0 where that means nothing, and is ignored.
    FactBelowZero {
        /// The fact.
        fact: FactId,
        /// Its value.
        value: DecimalText,
    },
    /// The policy is not in force at the instant.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl ReasonCode for Reason {
    fn code(&self) -> &'static str {
        match self {
            Self::ClassByShare { .. } => "class_by_share",
            Self::ClassByRank { .. } => "class_by_rank",
            Self::NotPositive { .. } => "not_positive",
            Self::Tied { .. } => "tied",
            Self::BelowClass { .. } => "below_class",
            Self::Blended { .. } => "blended",
            Self::InSegment { .. } => "in_segment",
            Self::ScoreByCuts { .. } => "score_by_cuts",
            Self::ScoreByRank { .. } => "score_by_rank",
            Self::NoOrder => "no_order",
            Self::TooManyDigits { .. } => "too_many_digits",
            Self::SameDay { .. } => "same_day",
            Self::Refunds { .. } => "refunds",
            Self::FutureOrders { .. } => "future_orders",
            Self::RuleHolds { .. } => "rule_holds",
            Self::NoRuleHolds { .. } => "no_rule_holds",
            Self::NothingKnown => "nothing_known",
            Self::ConditionHolds { .. } => "condition_holds",
            Self::ConditionFails { .. } => "condition_fails",
            Self::RuleLacksFact { .. } => "rule_lacks_fact",
            Self::FactMissing { .. } => "fact_missing",
            Self::FactNotApplicable { .. } => "fact_not_applicable",
            Self::FactFromFuture { .. } => "fact_from_future",
            Self::FactNotANumber { .. } => "fact_not_a_number",
            Self::FactBelowZero { .. } => "fact_below_zero",
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let class = |id: &ClassId| ("class", Arg::Label("class", id.to_string()));
        let segment = |id: &SegmentId| ("segment", Arg::Label("segment", id.to_string()));
        let fact = |id: &FactId| ("fact", Arg::Label("fact", id.to_string()));
        let axis = |axis: &Axis| ("axis", Arg::Label("axis", axis.code().to_string()));
        let number = |value: &Option<DecimalText>| value.map_or_else(none, |value| Arg::Decimal(value.0));
        let part = |value: &Option<Share>| value.map_or_else(none, Arg::Share);
        let instant = |at: &Option<DateTime<Utc>>| at.map_or_else(none, Arg::Instant);
        let count = |value: u8| Arg::Count(value.into());
        match self {
            Self::ClassByShare { class: id, amount, rank, before, after, from, to } => [
                class(id),
                ("amount", number(amount)),
                ("rank", Arg::Count(*rank)),
                ("before", part(before)),
                ("after", part(after)),
                ("from", Arg::Share(*from)),
                ("to", Arg::Share(*to)),
            ]
            .into(),
            Self::ClassByRank { class: id, amount, rank, customers, ahead, from, to } => [
                class(id),
                ("amount", number(amount)),
                ("rank", Arg::Count(*rank)),
                ("customers", Arg::Count(*customers)),
                ("ahead", part(ahead)),
                ("from", Arg::Share(*from)),
                ("to", Arg::Share(*to)),
            ]
            .into(),
            Self::NotPositive { class: id, amount } => [class(id), ("amount", number(amount))].into(),
            Self::Tied { others } => [("others", Arg::Count(*others))].into(),
            Self::BelowClass { class: id, least, short_by } => {
                [class(id), ("least", Arg::Decimal(least.0)), ("short_by", number(short_by))].into()
            }
            Self::Blended { fact: id, value, greatest, weight, points } => [
                fact(id),
                ("value", Arg::Decimal(value.0)),
                ("greatest", Arg::Decimal(greatest.0)),
                ("weight", Arg::Share(*weight)),
                ("points", Arg::Score(*points)),
            ]
            .into(),
            Self::InSegment { segment: id, r, f, m } => {
                [segment(id), ("r", count(*r)), ("f", count(*f)), ("m", count(*m))].into()
            }
            Self::ScoreByCuts { axis: of_axis, value, score, of, below, above } => [
                axis(of_axis),
                ("value", Arg::Decimal(value.0)),
                ("score", count(*score)),
                ("of", count(*of)),
                ("below", number(below)),
                ("above", number(above)),
            ]
            .into(),
            Self::ScoreByRank { axis: of_axis, value, score, of, worse, equal, customers } => [
                axis(of_axis),
                ("value", Arg::Decimal(value.0)),
                ("score", count(*score)),
                ("of", count(*of)),
                ("worse", Arg::Count(*worse)),
                ("equal", Arg::Count(*equal)),
                ("customers", Arg::Count(*customers)),
            ]
            .into(),
            Self::NoOrder | Self::NothingKnown => Vec::new(),
            Self::TooManyDigits { axis: id } => [axis(id)].into(),
            Self::SameDay { orders, days } => {
                [("orders", Arg::Count(*orders)), ("days", Arg::Count(*days))].into()
            }
            Self::Refunds { refunds } => [("refunds", Arg::Count(*refunds))].into(),
            Self::FutureOrders { orders, first } => {
                [("orders", Arg::Count(*orders)), ("first", Arg::Instant(*first))].into()
            }
            Self::RuleHolds { segment: id, rule } => [segment(id), ("rule", Arg::Count(*rule))].into(),
            Self::NoRuleHolds { segment: id } => [segment(id)].into(),
            Self::ConditionHolds { segment: id, rule, fact: of, value, comparison, bound, against }
            | Self::ConditionFails { segment: id, rule, fact: of, value, comparison, bound, against } => [
                segment(id),
                ("rule", Arg::Count(*rule)),
                fact(of),
                ("value", Arg::Decimal(value.0)),
                ("comparison", Arg::Label("comparison", comparison.code().to_string())),
                ("bound", number(bound)),
                ("against", Arg::Label("against", against.code().to_string())),
            ]
            .into(),
            Self::RuleLacksFact { segment: id, rule, fact: of } => {
                [segment(id), ("rule", Arg::Count(*rule)), fact(of)].into()
            }
            Self::FactMissing { fact: id }
            | Self::FactNotApplicable { fact: id }
            | Self::FactNotANumber { fact: id } => [fact(id)].into(),
            Self::FactFromFuture { fact: id, observed_at } => {
                [fact(id), ("observed_at", Arg::Instant(*observed_at))].into()
            }
            Self::FactBelowZero { fact: id, value } => [fact(id), ("value", Arg::Decimal(value.0))].into(),
            Self::PolicyNotInForce { from, to } => [("from", instant(from)), ("to", instant(to))].into(),
        }
    }
}

fn none() -> Arg {
    Arg::Text("–".to_string())
}

impl Against {
    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Quantile => "quantile",
            Self::Fact => "fact",
        }
    }
}
