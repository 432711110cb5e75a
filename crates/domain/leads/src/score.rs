//! How good a lead is, with the ledger of points that says why.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Truth};
use guanxi_core::{Basis, Decision, Facts, Score};
use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Asked};
use crate::change::{Standing, next_change};
use crate::combine::{Combined, combined};
use crate::explain::{Explained, explain};
use crate::fold::Fold;
use crate::id::{BandId, FlagId, GradeId, LevelId, RuleId};
use crate::ledger::LeadLedger;
use crate::line::Line;
use crate::overridden::LeadOverride;
use crate::points::Points;
use crate::policy::{LeadPolicy, LeadPolicyDocument};
use crate::reason::LeadReason;

/// What is known when a lead is scored.
#[derive(Clone, Copy)]
pub struct LeadGiven<'a> {
    /// The facts of the lead, such as [`Lead::facts`](crate::Lead::facts).
    pub facts: &'a dyn Facts,
    /// What happened.
    pub ledger: &'a LeadLedger,
    /// A score or grade that somebody has set by hand.
    pub overridden: Option<&'a LeadOverride>,
}

/// How good a lead is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadScore {
    /// The score that counts: the one set by hand while that is in force, else the computed one.
    pub score: Score,
    /// Its band.
    pub band: BandId,
    /// The grade that counts; `None` if the policy has no grades.
    pub grade: Option<GradeId>,
    /// What was computed, whatever is set by hand.
    pub computed: Computed,
    /// What is known of the lead: the need match.
    pub fit: Part,
    /// What the lead does: its interactions.
    pub engagement: Part,
    /// The disqualifying rules that hold; if there are any, both totals are 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disqualified: Vec<RuleId>,
    /// The flags that are raised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagId>,
}

/// What was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computed {
    /// The score, rounded half-up once to two places.
    pub score: Score,
    /// Its band.
    pub band: BandId,
    /// The grade of fit and engagement.
    pub grade: Option<GradeId>,
}

/// One of the two parts of a score, with its ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The total in hundredths of full, 0.00 to 100.00, rounded half-up once.
    pub score: Score,
    /// Its level in the matrix; `None` if the policy has no grades.
    pub level: Option<LevelId>,
    /// What the part brings to the computed score: both parts together are the score.
    pub brings: Score,
    /// The total: the sum of all lines.
    pub total: Points,
    /// The points of 100.00.
    pub full: Points,
    /// The ledger.
    pub lines: Vec<Line>,
}

/// Scores a lead: a fold over what is known of it and what happened, the same in whatever order and however
/// often the events were added.
///
/// 1. **Fit** is the sum of the points of the conditions that hold, from 0 to full.
/// 2. **Engagement** is the sum of the points of events: of a rule only so many of the latest as its limits
///    let through; lessened by age, each line rounded once to millionths; then within the limits of groups,
///    of days and of sources, in that order; from 0 to full.
/// 3. The **score** weighs both, as exact fractions, and is rounded half-up once. Its band follows from it;
///    the grade follows from the levels of fit and engagement.
///
/// Every line, cap and clamp is a line of the ledger, and each total is the sum of its lines. Events after
/// `as_of` are ignored with a reason.
///
/// `next_change` is the first instant, exact to the second, at which time alone gives another
/// band, grade, flag or disqualification, or at which an override or the policy begins or ends; that the
/// score decays inside its band is no change. It is looked for a hundred years ahead. Where points that are
/// gained and lost keep each other in balance so long that finding it would take more than
/// [`MAX_LOOKS`](crate::MAX_LOOKS) looks, it is the first instant that was not looked at: ask again then.
///
/// ```
/// use guanxi_core::{Event, FactMap, FactValue, fact_id, parse_instant};
/// use guanxi_leads::{LeadGiven, LeadLedger, labels, preset, score};
///
/// let policy = preset("software-case").ok_or("no such preset")?;
/// let facts = FactMap::new()
///     .with(fact_id!("region"), FactValue::Text("East China".into()), None)
///     .with(fact_id!("industry"), FactValue::Text("technology".into()), None)
///     .with(fact_id!("need_identified"), FactValue::Bool(true), None);
/// let ledger = (0..5).map(|day| serde_json::from_value::<Event>(serde_json::json!({
///     "id": format!("E{day}"), "subject": "L1", "kind": "contact.replied",
///     "occurred_at": format!("2026-06-2{day}T09:00:00Z")
/// }))).collect::<Result<LeadLedger, _>>()?;
///
/// let given = LeadGiven { facts: &facts, ledger: &ledger, overridden: None };
/// let decision = score(&policy, &given, parse_instant("2026-06-25")?);
/// let outcome = &decision.outcome;
/// assert_eq!((outcome.score.to_string(), outcome.band.as_str()), ("80.00".to_owned(), "potential"));
/// assert_eq!(outcome.engagement.lines.iter().map(|line| line.amount()).sum::<guanxi_leads::Points>(), outcome.engagement.total);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn score(
    policy: &LeadPolicyDocument,
    given: &LeadGiven<'_>,
    as_of: DateTime<Utc>,
) -> Decision<LeadScore, LeadReason> {
    let body = policy.body();
    let events = EventLog::new(given.ledger.iter());
    let asked = Asked::new(body, given.facts, &events);
    let answers = asked.answers(as_of);
    let fold = Fold::new(body, given.ledger);
    let present = fold.present(as_of, active(&answers));
    let (engagement_lines, engagement_sum) = fold.lines(&present, as_of.timestamp());
    let (fit_lines, fit_sum) = fit_lines(body, &answers);
    let disqualified = holding(&answers.disqualify, body.disqualify.iter().map(|(id, _)| id));
    let first = disqualified.first();
    let (fit_lines, fit_total) = closed(fit_lines, fit_sum, body.fit_full, first);
    let (engagement_lines, engagement_total) =
        closed(engagement_lines, engagement_sum, body.engagement_full, first);
    let scores = combined(body, fit_total, engagement_total);
    let standing = Standing::of(body, &scores);
    let computed =
        Computed { score: scores.score, band: standing.band.clone(), grade: standing.grade.cloned() };
    let part = |score, brings, total, full, level: Option<&LevelId>, lines| Part {
        score,
        level: level.cloned(),
        brings,
        total: Points::from_millionths(total),
        full: Points::from_millionths(full),
        lines,
    };
    let level = |fit: bool| {
        let grades = body.grades()?;
        Some(if fit { grades.fit().of(scores.fit) } else { grades.engagement().of(scores.engagement) })
    };
    let Combined { fit, engagement, from_fit, from_engagement, .. } = scores;
    let set = given.overridden.filter(|set| as_of < set.until());
    let set_score = set.and_then(LeadOverride::score);
    let set_grade = set.and_then(LeadOverride::grade).filter(|grade| is_grade(body, grade));
    let outcome = LeadScore {
        score: set_score.unwrap_or(computed.score),
        band: set_score.map_or_else(|| computed.band.clone(), |score| body.bands.of(score).clone()),
        grade: set_grade.or(computed.grade.as_ref()).cloned(),
        computed,
        fit: part(fit, from_fit, fit_total, body.fit_full, level(true), fit_lines),
        engagement: part(
            engagement,
            from_engagement,
            engagement_total,
            body.engagement_full,
            level(false),
            engagement_lines,
        ),
        disqualified,
        flags: holding(&answers.flags, body.flags.iter().map(|(id, _)| id)),
    };
    let reasons = explain(&Explained { policy, given, outcome: &outcome, asked, answers: &answers, as_of });
    let change = next_change(body, &asked, &fold, as_of);
    let head = policy.head();
    let others = [given.overridden.map(LeadOverride::until), head.effective_from, head.effective_to];
    let next_change = others.into_iter().flatten().chain(change).filter(|at| *at > as_of).min();
    let basis = Basis { policy: policy.stamp(), reference: None };
    Decision { outcome, reasons, basis, as_of, next_change }
}

/// Whether the policy has a grade.
pub(crate) fn is_grade(policy: &LeadPolicy, grade: &GradeId) -> bool {
    policy.grades().is_some_and(|grades| grades.has(grade))
}

/// Which engagement rules apply.
pub(crate) fn active(answers: &Answers) -> Vec<bool> {
    answers.rules.iter().map(|truth| truth.is_true()).collect()
}

fn holding<'a, I: Clone + 'a>(answers: &[Truth], names: impl Iterator<Item = &'a I>) -> Vec<I> {
    let holding = answers.iter().zip(names).filter(|(truth, _)| truth.is_true());
    holding.map(|(_, name)| name.clone()).collect()
}

/// The fit conditions that hold, and the sum of their points.
fn fit_lines(policy: &LeadPolicy, answers: &Answers) -> (Vec<Line>, i128) {
    let holding = policy.fit.iter().zip(&answers.fit).filter(|(_, truth)| truth.is_true());
    let lines: Vec<Line> = holding
        .map(|(condition, _)| Line::Condition {
            rule: condition.id.clone(),
            amount: Points::from_millionths(condition.points),
        })
        .collect();
    let sum = lines.iter().map(|line| line.amount().millionths()).sum();
    (lines, sum)
}

/// The sum of the points of the fit conditions that hold, as it counts.
pub(crate) fn fit_total(policy: &LeadPolicy, answers: &Answers) -> i128 {
    let holding = policy.fit.iter().zip(&answers.fit).filter(|(_, truth)| truth.is_true());
    let sum: i128 = holding.map(|(condition, _)| condition.points).sum();
    sum.clamp(0, policy.fit_full)
}

/// With the lines that keep a sum from 0 to full and that take it from whom a rule disqualifies.
fn closed(mut lines: Vec<Line>, sum: i128, full: i128, disqualified: Option<&RuleId>) -> (Vec<Line>, i128) {
    let total = sum.clamp(0, full);
    let amount = Points::from_millionths(total.saturating_sub(sum));
    if total > sum {
        lines.push(Line::Floor { amount });
    } else if total < sum {
        lines.push(Line::Ceiling { amount });
    }
    match disqualified {
        None => (lines, total),
        Some(rule) => {
            let amount = Points::from_millionths(-total);
            lines.push(Line::Disqualified { rule: rule.clone(), amount });
            (lines, 0)
        }
    }
}
