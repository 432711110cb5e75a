//! What the board and the report both show.
use std::collections::BTreeMap;

use guanxi::core::{Arg, DecimalText, ReasonCode, Score, SubjectId};
use guanxi::customer::{QualityDimension, Tally};
use guanxi::portfolio::{Board, CleanUp, Endangered, Member, MissingInput, Note, Population, Prospect};
use guanxi::scoring::Contribution;

use super::Words;
use super::prepare::Review;

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
}

/// A kind of defect, how often it occurs, and with whom.
pub(super) struct DefectKind {
    pub(super) what: String,
    pub(super) place: String,
    pub(super) ask: String,
    pub(super) subjects: Vec<SubjectId>,
}

impl<'r> Summary<'r> {
    pub(super) fn of(review: &Review, population: &'r Population<'r>) -> Self {
        let board = population.board(&review.questions);
        Self {
            population,
            notes: population.notes(&board),
            board,
            top: population.top(usize::MAX),
            endangered: population.endangered(&review.questions),
            prospects: population.prospects(),
            clean_up: population.clean_up(&review.questions),
            missing: population.missing_inputs(),
        }
    }
}

/// The main parts of a composite, largest first: `Profit 25.00, ...`.
pub(super) fn main_parts(parts: &[Contribution], words: &Words) -> String {
    const SHOWN: usize = 3;
    let mut parts: Vec<&Contribution> =
        parts.iter().filter(|part| part.points.is_some() && !part.shown_only).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.points));
    let part = |part: &&Contribution| {
        let indicator = ("indicator", Arg::Label("indicator", part.indicator.to_string()));
        let points = ("points", part.points.map_or_else(|| Arg::Text("–".into()), Arg::Score));
        words.say("points", &[indicator, points])
    };
    let shown: Vec<String> = parts.iter().take(SHOWN).map(part).collect();
    words.say("reads_mostly", &[("parts", Arg::Text(shown.join(", ")))])
}

pub(super) fn why_endangered(customer: &Endangered, words: &Words) -> String {
    let growth = customer.growth.0.checked_mul(100.into()).unwrap_or_default().round_dp(1).normalize();
    words.labels.fill(
        "list",
        "endangered",
        &[
            ("silent_days", Arg::Decimal(customer.silent_days.0)),
            ("gaps", Arg::Decimal(customer.gaps.0)),
            ("median_gap_days", Arg::Decimal(customer.median_gap_days.0)),
            ("growth", Arg::Text(format!("{growth} %"))),
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

/// What a dimension of data quality was measured on.
pub(super) fn measured(tally: Tally, words: &Words) -> String {
    let counts = [
        ("checked", Arg::Count(tally.checked)),
        ("sound", Arg::Count(tally.sound)),
        ("unknown", Arg::Count(tally.unknown)),
    ];
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

/// Everything wrong with the data, kind by kind, most frequent first: defects by the quality policy,
/// facts that could not be made, facts that the scoring policy does not allow.
pub(super) fn defects(review: &Review, words: &Words) -> Vec<DefectKind> {
    let mut kinds: BTreeMap<(String, String, String), Vec<SubjectId>> = BTreeMap::new();
    let mut add = |what: String, place: &str, ask: Option<&str>, subject: &SubjectId| {
        let ask = ask.map_or_else(String::new, |role| words.labels.label("role", role).to_owned());
        let subjects = kinds.entry((what, place.to_owned(), ask)).or_default();
        if subjects.last() != Some(subject) {
            subjects.push(subject.clone());
        }
    };
    for defect in review.quality.iter().flat_map(|quality| &quality.defects) {
        let field = defect.field.as_ref().map_or_else(String::new, |field| words.labels.arg(&field.arg()));
        add(
            words.labels.fill("defect", defect.code(), &general(&defect.args())),
            &field,
            defect.ask.as_deref(),
            &defect.subject,
        );
    }
    for (subject, finding) in &review.findings {
        let fact = finding
            .fact()
            .map_or_else(String::new, |fact| words.labels.label("fact", fact.as_str()).to_owned());
        add(words.labels.fill("finding", finding.code(), &general(&finding.args())), &fact, None, subject);
    }
    for (subject, error) in &review.invalid {
        let fact = Arg::Label("fact", error.fact.to_string());
        let supplier = review
            .scorer
            .policy()
            .body()
            .facts()
            .get(&error.fact)
            .and_then(|schema| schema.supplier.as_deref());
        add(words.say("input_error", &[("fact", fact)]), error.fact.as_str(), supplier, subject);
    }
    let mut kinds: Vec<DefectKind> = kinds
        .into_iter()
        .map(|((what, place, ask), subjects)| DefectKind { what, place, ask, subjects })
        .collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.subjects.len()));
    kinds
}

/// The arguments of a defect without what is different from one customer to the next, so that
/// defects of one kind are counted together.
fn general(args: &[(&'static str, Arg)]) -> Vec<(&'static str, Arg)> {
    let single = ["event", "of", "given", "occurred_at", "observed_at", "hours", "events"];
    let general = |(name, arg): &(&'static str, Arg)| {
        let arg = if single.contains(name) && !matches!(arg, Arg::Label(..)) {
            Arg::Text("…".into())
        } else {
            arg.clone()
        };
        (*name, arg)
    };
    args.iter().map(general).collect()
}

/// An amount as a person reads it, without needless places.
pub(super) fn amount(amount: Option<DecimalText>) -> Option<String> {
    amount.map(|amount| amount.0.round_dp(2).normalize().to_string())
}
