//! What the board and the report both show.
use std::collections::{BTreeMap, BTreeSet};

use guanxi::core::{Arg, DecimalText, Fact, FactId, Facts, ReasonCode, Score, SubjectId};
use guanxi::customer::{QualityDimension, Tally};
use guanxi::portfolio::{
    Board, CleanUp, Endangered, Member, MissingInput, Note, Population, Prospect, Questions, TierCalibration,
};
use guanxi::scoring::{Dimension, Explained, Reason, Standing};

use super::Words;
use super::budget::Budgeted;
use super::plan::Planned;
use super::prepare::Review;
use super::segments::Segments;
use super::stages::Stages;
use super::tags::Tags;
use crate::number::{grouped, percent};
use crate::output::Failure;

/// The tables and lists of a review.
pub(super) struct Summary<'r> {
    pub(super) population: &'r Population<'r>,
    pub(super) board: Board,
    pub(super) notes: Vec<Note>,
    pub(super) top: Vec<&'r Member>,
    pub(super) endangered: Vec<Endangered>,
    pub(super) prospects: Vec<Prospect>,
    pub(super) clean_up: Vec<CleanUp>,
    pub(super) missing: Vec<MissingInput>,
    pub(super) segments: Segments,
    pub(super) stages: Stages,
    /// None if the folder says nothing of a plan.
    pub(super) plan: Option<Planned>,
    /// None if the folder says nothing of a budget.
    pub(super) budget: Option<Budgeted>,
    /// None if the folder says nothing of tags.
    pub(super) tags: Option<Tags>,
    /// Floors at which the shares expected hold; none if the policy does not expect a share for every tier.
    pub(super) calibration: Option<TierCalibration>,
}

/// A kind of defect, how often it occurs, and with whom.
pub(super) struct DefectKind {
    pub(super) what: String,
    pub(super) place: String,
    pub(super) ask: String,
    pub(super) count: u64,
    /// Some of those that have it, a duplicate with its partner.
    pub(super) examples: Vec<String>,
}

/// One defect of one customer.
pub(super) struct Single {
    /// What is wrong, in full.
    pub(super) what: String,
    /// What is wrong, without what is different from one customer to the next.
    kind: String,
    pub(super) place: String,
    pub(super) ask: String,
    pub(super) subject: SubjectId,
    /// The customer that has the same.
    partner: Option<String>,
}

impl<'r> Summary<'r> {
    pub(super) fn of(review: &Review, population: &'r Population<'r>) -> Result<Self, Failure> {
        let board = population.board(&review.questions);
        let segments = Segments::of(review, population)?;
        let stages = Stages::of(review, population)?;
        Ok(Self {
            population,
            notes: population.notes(&board),
            board,
            top: population.top(usize::MAX),
            endangered: population.endangered(&review.questions),
            prospects: population.prospects(),
            clean_up: population.clean_up(&review.questions),
            missing: population.missing_inputs(),
            plan: Planned::of(review, population, &segments, &stages),
            budget: Budgeted::of(review, population, &segments, &stages)?,
            tags: Tags::of(review, population, &segments, &stages),
            stages,
            segments,
            calibration: population.calibrate().ok(),
        })
    }
}

/// The main parts of a composite, largest first: `Profit 25.00, ...`.
pub(super) fn main_parts(parts: &[Explained<'_>], words: &Words) -> String {
    const SHOWN: usize = 3;
    let mut parts: Vec<&Explained<'_>> =
        parts.iter().filter(|part| part.points.is_some() && !part.shown_only).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.points));
    let part = |part: &&Explained<'_>| {
        let indicator = ("indicator", Arg::Label("indicator", part.indicator.to_string()));
        let points = ("points", part.points.map_or_else(|| Arg::Text("–".into()), Arg::Score));
        words.say("points", &[indicator, points])
    };
    let shown: Vec<String> = parts.iter().take(SHOWN).map(part).collect();
    words.say("reads_mostly", &[("parts", Arg::Text(shown.join(", ")))])
}

pub(super) fn why_endangered(customer: &Endangered, words: &Words) -> String {
    words.labels.fill(
        "list",
        "endangered",
        &[
            ("silent_days", Arg::Decimal(customer.silent_days.0)),
            ("gaps", Arg::Decimal(customer.gaps.0)),
            ("median_gap_days", Arg::Decimal(customer.median_gap_days.0)),
            ("growth", Arg::Text(percent(&customer.growth.0.to_string()))),
        ],
    )
}

pub(super) fn why_clean_up(record: &CleanUp, words: &Words) -> String {
    words.labels.fill(
        "list",
        "clean_up",
        &[
            ("silent_days", Arg::Decimal(record.silent_days.0)),
            ("long_silence_days", Arg::Count(record.long_silence_days.into())),
        ],
    )
}

pub(super) fn why_prospect(prospect: &Prospect, words: &Words) -> String {
    let tier = prospect.candidate_for.as_ref();
    let tier = tier.map_or_else(|| Arg::Text("–".into()), |tier| Arg::Label("tier", tier.to_string()));
    let score = |score: Option<Score>| score.map_or_else(|| Arg::Text(words.word("unknown")), Arg::Score);
    let scores = [("potential", score(prospect.potential)), ("need", score(prospect.need))];
    words.labels.fill("list", "prospect", &[[("tier", tier)].as_slice(), &scores].concat())
}

/// What an input that customers lack costs.
pub(super) fn cost(input: &MissingInput, words: &Words) -> String {
    let rule = Arg::Label("missing", input.rule.code().to_owned());
    words.labels.fill("note", "missing_input", &[("weight", Arg::Share(input.weight)), ("rule", rule)])
}

/// Whom to ask for an input that customers lack.
pub(super) fn supplier(input: &MissingInput, words: &Words) -> String {
    input.supplier.as_deref().map_or_else(String::new, |role| words.labels.label("role", role).to_owned())
}

/// The end of a sentence that says whom to ask, if there is anybody.
pub(super) fn ask(role: String, words: &Words) -> String {
    if role.is_empty() { role } else { words.say("ask", &[("role", Arg::Text(role))]) }
}

/// What a dimension of data quality was measured on.
pub(super) fn measured(tally: Tally, words: &Words) -> String {
    let counts =
        [("checked", count(tally.checked)), ("sound", count(tally.sound)), ("unknown", count(tally.unknown))];
    let code = match tally {
        Tally { checked: 1.., .. } => "checked",
        Tally { unknown: 1.., .. } => "unchecked",
        _ => "nothing_checked",
    };
    words.say(code, &counts)
}

pub(super) const fn quality_code(dimension: QualityDimension) -> &'static str {
    match dimension {
        QualityDimension::Validity => "validity",
        QualityDimension::Completeness => "completeness",
        QualityDimension::Timeliness => "timeliness",
        QualityDimension::Consistency => "consistency",
        QualityDimension::Uniqueness => "uniqueness",
    }
}

/// What stands out, as sentences; first of all why nobody could be assessed.
pub(super) fn notes(summary: &Summary<'_>, questions: &Questions, words: &Words) -> Vec<String> {
    let nobody = if summary.board.tiered.count == 0 { nobody(summary, words) } else { Vec::new() };
    let note = |note: &Note| words.labels.fill("note", note.code(), &note.args());
    nobody
        .into_iter()
        .chain(unasked(summary, questions, words))
        .chain(summary.notes.iter().map(note))
        .collect()
}

/// The facts that the board asks for and no customer has: what they would say cannot be told.
fn unasked(summary: &Summary<'_>, questions: &Questions, words: &Words) -> Vec<String> {
    let members = summary.population.members();
    let unknown = |fact: &&FactId| {
        // Of a prospect such facts do not apply: that is an answer, too.
        let answered = |member: &Member| member.facts.fact(fact) != Fact::Missing;
        !members.is_empty() && !members.iter().any(answered)
    };
    let sections = [
        ("revenue", vec![&questions.revenue]),
        ("endangered_short", vec![&questions.silence, &questions.rhythm, &questions.trend]),
        ("clean_up", vec![&questions.silence, &questions.orders]),
    ];
    let told = |(section, facts): (&str, Vec<&FactId>)| {
        let lacking: Vec<&str> = facts.into_iter().filter(unknown).map(FactId::as_str).collect();
        let args = [("section", Arg::Text(words.word(section))), ("facts", Arg::Text(lacking.join(", ")))];
        (!lacking.is_empty()).then(|| words.say("cannot_tell", &args))
    };
    sections.into_iter().filter_map(told).collect()
}

/// The dimensions of which nothing is known, and the facts that they lack.
fn nobody(summary: &Summary<'_>, words: &Words) -> Vec<String> {
    let indicators = summary.population.policy().body().indicators();
    let mut unknown: BTreeMap<Dimension, (u64, BTreeSet<&FactId>)> = BTreeMap::new();
    for member in summary.population.members() {
        if member.decision.outcome.standing != Standing::Incomplete {
            continue;
        }
        let reasons = &member.decision.reasons;
        for reason in reasons {
            let (Reason::DimensionUnknown { dimension } | Reason::DimensionRefused { dimension }) = reason
            else {
                continue;
            };
            let (count, facts) = unknown.entry(*dimension).or_default();
            *count += 1;
            facts.extend(reasons.iter().filter_map(|reason| match reason {
                Reason::FactMissing { indicator, fact, .. } => {
                    let mut own = indicators.iter().filter(|it| it.dimension == *dimension);
                    own.any(|it| it.id == *indicator).then_some(fact)
                }
                _ => None,
            }));
        }
    }
    let line = |(dimension, (customers, facts)): (Dimension, (u64, BTreeSet<&FactId>))| {
        let facts: Vec<&str> =
            facts.into_iter().map(|fact| words.labels.label("fact", fact.as_str())).collect();
        let dimension = Arg::Label("dimension", dimension.code().to_owned());
        let facts = Arg::Text(facts.join(", "));
        words.say("nobody", &[("count", count(customers)), ("dimension", dimension), ("facts", facts)])
    };
    unknown.into_iter().map(line).collect()
}

/// Everything wrong with the data, kind by kind, most frequent first.
pub(super) fn defects(review: &Review, words: &Words) -> Vec<DefectKind> {
    const EXAMPLES: usize = 10;
    type Of = (BTreeSet<SubjectId>, Vec<String>);
    let mut kinds: BTreeMap<(String, String, String), Of> = BTreeMap::new();
    for single in singles(review, words) {
        let (subjects, examples) = kinds.entry((single.kind, single.place, single.ask)).or_default();
        let example = match single.partner {
            Some(partner) => format!("{} = {partner}", single.subject),
            None => single.subject.to_string(),
        };
        if subjects.insert(single.subject) && examples.len() < EXAMPLES {
            examples.push(example);
        }
    }
    let kind = |((what, place, ask), (subjects, examples)): (_, Of)| DefectKind {
        what,
        place,
        ask,
        count: subjects.len() as u64,
        examples,
    };
    let mut kinds: Vec<DefectKind> = kinds.into_iter().map(kind).collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    kinds
}

/// Every defect by the quality policy, every fact that could not be made, and every fact that the
/// scoring policy does not allow.
pub(super) fn singles(review: &Review, words: &Words) -> Vec<Single> {
    let role =
        |ask: Option<&str>| ask.map_or_else(String::new, |role| words.labels.label("role", role).to_owned());
    let kind = |space: &str, reason: &dyn ReasonCode| {
        let own = words.labels.get(&format!("group.{}", reason.code())).is_some();
        words.labels.fill(if own { "group" } else { space }, reason.code(), &reason.args())
    };
    let mut singles = Vec::new();
    for defect in review.quality.iter().flat_map(|quality| &quality.defects) {
        let partner = match (defect.code(), defect.args().pop()) {
            ("duplicate", Some((_, of))) => Some(words.labels.arg(&of)),
            _ => None,
        };
        singles.push(Single {
            what: words.labels.fill("defect", defect.code(), &defect.args()),
            kind: kind("defect", defect),
            place: defect.field.as_ref().map_or_else(String::new, |field| words.labels.arg(&field.arg())),
            ask: role(defect.ask.as_deref()),
            subject: defect.subject.clone(),
            partner,
        });
    }
    for (subject, finding) in &review.findings {
        let fact = finding.fact().map(|fact| words.labels.label("fact", fact.as_str()).to_owned());
        singles.push(Single {
            what: words.labels.fill("finding", finding.code(), &finding.args()),
            kind: kind("finding", finding),
            place: fact.unwrap_or_default(),
            ask: String::new(),
            subject: subject.clone(),
            partner: None,
        });
    }
    for (subject, error) in &review.invalid {
        let schema = review.scorer.policy().body().facts().get(&error.fact);
        let what = words.say("input_error", &[("fact", Arg::Label("fact", error.fact.to_string()))]);
        singles.push(Single {
            kind: what.clone(),
            what,
            place: words.labels.label("fact", error.fact.as_str()).to_owned(),
            ask: role(schema.and_then(|schema| schema.supplier.as_deref())),
            subject: subject.clone(),
            partner: None,
        });
    }
    singles
}

/// A count as all numbers are shown.
pub(super) fn count(count: u64) -> Arg {
    Arg::Text(grouped(&count.to_string(), 0))
}

/// An amount in full; where it is shown, it is rounded.
pub(super) fn amount(amount: Option<DecimalText>) -> Option<String> {
    amount.map(|amount| amount.0.normalize().to_string())
}
