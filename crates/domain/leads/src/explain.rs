//! The reasons of a score, in their order.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::Truth;
use guanxi_core::{Fact, Share};

use crate::answers::{Answers, Asked};
use crate::id::RuleId;
use crate::line::Line;
use crate::points::Points;
use crate::policy::LeadPolicyDocument;
use crate::reason::{LeadReason, PartOfScore};
use crate::score::{LeadGiven, LeadScore, is_grade};

/// What there is to explain.
pub(crate) struct Explained<'a> {
    pub(crate) policy: &'a LeadPolicyDocument,
    pub(crate) given: &'a LeadGiven<'a>,
    pub(crate) outcome: &'a LeadScore,
    pub(crate) asked: Asked<'a>,
    pub(crate) answers: &'a Answers,
    pub(crate) as_of: DateTime<Utc>,
}

pub(crate) fn explain(explained: &Explained<'_>) -> Vec<LeadReason> {
    let Explained { policy, given, outcome, asked, answers, as_of } = explained;
    let mut reasons = Vec::new();
    overridden(explained, &mut reasons);
    reasons.extend(outcome.disqualified.iter().map(|rule| LeadReason::Disqualified { rule: rule.clone() }));
    standing(explained, &mut reasons);
    fit(explained, &mut reasons);
    engagement(explained, &mut reasons);

    let body = policy.body();
    let unknown = |(truth, _): &(&Truth, _)| **truth == Truth::Unknown;
    let disqualify = answers.disqualify.iter().zip(body.disqualify.iter().map(|(id, _)| id)).filter(unknown);
    reasons.extend(disqualify.map(|(_, rule)| LeadReason::DisqualifyUnknown { rule: rule.clone() }));
    reasons.extend(outcome.flags.iter().map(|flag| LeadReason::FlagRaised { flag: flag.clone() }));
    let flags = answers.flags.iter().zip(&body.flags).filter(|(truth, _)| **truth == Truth::Unknown);
    reasons.extend(flags.map(|(_, (flag, _))| LeadReason::FlagUnknown { flag: flag.clone() }));
    reasons.extend(asked.open_facts(answers).into_iter().filter_map(|fact| match given.facts.fact(&fact) {
        Fact::Missing => Some(LeadReason::FactMissing { fact }),
        Fact::Known { observed_at: Some(observed_at), .. } if observed_at > *as_of => {
            Some(LeadReason::FactFromFuture { fact, observed_at })
        }
        Fact::Known { .. } | Fact::NotApplicable => None,
    }));
    let mut future = given.ledger.iter().rev().take_while(|event| event.occurred_at > *as_of).peekable();
    if future.peek().is_some() {
        let (events, first) =
            future.fold((0, *as_of), |(events, _), event| (events + 1_u64, event.occurred_at));
        reasons.push(LeadReason::FutureEvents { events, first });
    }
    let head = policy.head();
    if !head.in_force(*as_of) {
        reasons.push(LeadReason::PolicyNotInForce { from: head.effective_from, to: head.effective_to });
    }
    reasons
}

/// What is set by hand, and whether it counts.
fn overridden(explained: &Explained<'_>, reasons: &mut Vec<LeadReason>) {
    let Some(set) = explained.given.overridden else { return };
    let until = set.until();
    if until <= explained.as_of {
        reasons.push(LeadReason::OverrideExpired { until });
        return;
    }
    let computed = explained.outcome.computed.score;
    reasons.extend(set.score().map(|score| LeadReason::ScoreOverridden { score, computed, until }));
    reasons.extend(set.grade().map(|grade| {
        let grade = grade.clone();
        if is_grade(explained.policy.body(), &grade) {
            LeadReason::GradeOverridden { grade, until }
        } else {
            LeadReason::OverrideUnknown { grade }
        }
    }));
}

/// The computed score, its band and its grade.
fn standing(explained: &Explained<'_>, reasons: &mut Vec<LeadReason>) {
    let (body, outcome) = (explained.policy.body(), explained.outcome);
    let (weights, score) = (body.weights, outcome.computed.score);
    let share =
        |part: u64| Share::of(part, weights.fit.saturating_add(weights.engagement)).unwrap_or(Share::NONE);
    reasons.push(LeadReason::Scored {
        score,
        fit: outcome.fit.score,
        fit_weight: share(weights.fit),
        engagement: outcome.engagement.score,
        engagement_weight: share(weights.engagement),
    });
    reasons
        .push(LeadReason::InBand { band: outcome.computed.band.clone(), from: body.bands.floor_at(score) });
    reasons.extend(body.bands.above(score).map(|(band, from)| LeadReason::BelowBand {
        band: band.clone(),
        from,
        short_by: score.short_of(from),
    }));
    if let (Some(grade), Some(fit), Some(engagement)) =
        (&outcome.computed.grade, &outcome.fit.level, &outcome.engagement.level)
    {
        let (grade, fit, engagement) = (grade.clone(), fit.clone(), engagement.clone());
        reasons.push(LeadReason::Graded { grade, fit, engagement });
    }
}

/// Every fit condition: first those that hold, then those that do not, then those that nobody knows.
fn fit(explained: &Explained<'_>, reasons: &mut Vec<LeadReason>) {
    for wanted in [Truth::True, Truth::False, Truth::Unknown] {
        let all = explained.policy.body().fit.iter().zip(&explained.answers.fit);
        reasons.extend(all.filter(|(_, truth)| **truth == wanted).map(|(condition, _)| {
            let (rule, points) = (condition.id.clone(), Points::from_millionths(condition.points));
            match wanted {
                Truth::True => LeadReason::FitHolds { rule, points },
                Truth::False => LeadReason::FitFails { rule, points },
                Truth::Unknown => LeadReason::FitUnknown { rule, points },
            }
        }));
    }
}

/// What rules bring and limits take.
fn engagement(explained: &Explained<'_>, reasons: &mut Vec<LeadReason>) {
    let (body, outcome) = (explained.policy.body(), explained.outcome);
    let mut brought: Vec<(u64, i128)> = body.rules.iter().map(|_| (0, 0)).collect();
    let place = |rule: &RuleId| body.rules.iter().position(|own| own.id == *rule);
    let (mut caps, mut limited) = (0_i128, false);
    for line in &outcome.engagement.lines {
        let millionths = line.amount().millionths();
        match line {
            Line::Event { rule, .. } => {
                if let Some((events, sum)) = place(rule).and_then(|place| brought.get_mut(place)) {
                    *events += 1;
                    *sum = sum.saturating_add(millionths);
                }
            }
            Line::Once { .. }
            | Line::RuleCap { .. }
            | Line::GroupCap { .. }
            | Line::DayCap { .. }
            | Line::SourceCap { .. } => {
                caps = caps.saturating_add(millionths);
                limited = true;
            }
            Line::Condition { .. }
            | Line::Floor { .. }
            | Line::Ceiling { .. }
            | Line::Disqualified { .. } => {}
        }
    }
    let brought = body.rules.iter().zip(brought).filter(|(_, (events, _))| *events > 0);
    reasons.extend(brought.map(|(rule, (events, sum))| LeadReason::RuleBrings {
        rule: rule.id.clone(),
        events,
        points: Points::from_millionths(sum),
    }));
    let rules =
        body.rules.iter().zip(&explained.answers.rules).filter(|(_, truth)| **truth == Truth::Unknown);
    reasons.extend(rules.map(|(rule, _)| LeadReason::RuleUnknown { rule: rule.id.clone() }));
    if limited {
        reasons.push(LeadReason::CapsTake { points: Points::from_millionths(caps) });
    }
    for (part, lines) in
        [(PartOfScore::Fit, &outcome.fit.lines), (PartOfScore::Engagement, &outcome.engagement.lines)]
    {
        let clamps = lines.iter().filter(|line| matches!(line, Line::Floor { .. } | Line::Ceiling { .. }));
        reasons.extend(clamps.map(|line| LeadReason::Clamped { part, points: line.amount() }));
    }
}
