//! What the HTML report shows.
mod segments;
mod stages;

use std::collections::{BTreeMap, BTreeSet};

use guanxi::core::{
    Arg, AttributeId, Fact, FactId, FactValue, Facts, ReasonCode, Score, Share, Stamp, SubjectId,
};
use guanxi::portfolio::{Group, Member};
use guanxi::scoring::{self, Dimension, InputState, Reason};

use super::Words;
use super::prepare::Review;
use super::summary::{
    Summary, amount, ask, cost, count, defects, main_parts, measured, notes, quality_code, supplier,
    why_clean_up, why_endangered, why_prospect,
};
use crate::args::Lang;
use crate::report::{
    Column, Contribution, Customer, Defect, Document, Expected, Headline, Indicator, LISTED, Language,
    Mention, MissingInput, Quality, QualityScore, ReportData, Standing, Tier, Verdict,
};

pub(super) fn report(review: &Review, summary: &Summary<'_>, words: &Words) -> ReportData {
    let board = &summary.board;
    let facts: BTreeSet<&FactId> = summary
        .population
        .members()
        .iter()
        .flat_map(|member| member.facts.iter().map(|(id, _)| id))
        .collect();
    let basis = review.scorer.basis();
    let unused = || Document { id: "–".into(), version: "–".into(), fingerprint: "–".into() };
    let policy = review.scorer.policy().body();
    ReportData {
        language: match words.lang {
            Lang::En => Language::En,
            Lang::ZhCn => Language::ZhCn,
        },
        title: review.title.clone(),
        as_of: review.as_of.with_timezone(&review.folder.utc_offset).format("%Y-%m-%d").to_string(),
        currency: review.folder.currency.map_or_else(String::new, |currency| currency.to_string()),
        policy: document(&basis.policy),
        reference: basis.reference.as_ref().map_or_else(unused, document),
        headline: Headline {
            assessed: board.tiered.count,
            prospects: board.prospects.count,
            revenue: amount(board.all.revenue).unwrap_or_else(|| "–".into()),
            mean_composite: score(board.tiered.composite),
            completeness: board.tiered.completeness.map(|share| share.to_string()),
        },
        tiers: board.tiers.iter().map(|row| tier(row, words)).collect(),
        prospects: group(&board.prospects, None),
        not_assessable: group(&board.incomplete, None),
        notes: notes(summary, &review.questions, words),
        top: mentions(summary.top.iter().enumerate().map(|(place, member)| {
            // Those beyond are only counted.
            let why = (place < LISTED)
                .then(|| main_parts(&review.scorer.explain(&member.facts, review.as_of), words));
            (&member.subject, why.unwrap_or_default())
        })),
        endangered: mentions(summary.endangered.iter().map(|it| (&it.subject, why_endangered(it, words)))),
        prospect_ranking: mentions(summary.prospects.iter().map(|it| (&it.subject, why_prospect(it, words)))),
        clean_up: mentions(summary.clean_up.iter().map(|it| (&it.subject, why_clean_up(it, words)))),
        quality: quality(review, summary, words),
        segments: segments::segments(review, summary, words),
        stages: stages::stages(summary, words),
        plan: summary.plan.as_ref().map(|plan| plan.report(words)),
        budget: summary.budget.as_ref().map(|budget| budget.report(words)),
        tags: segments::tags(review, summary, words),
        calibration: segments::calibration(review, summary, words),
        indicators: policy
            .indicators()
            .iter()
            .map(|indicator| Indicator {
                label: words.labels.label("indicator", indicator.id.as_str()).to_owned(),
                dimension: match indicator.dimension {
                    Dimension::Value => crate::report::Dimension::Value,
                    Dimension::Potential => crate::report::Dimension::Potential,
                    Dimension::Need => crate::report::Dimension::Need,
                },
            })
            .collect(),
        attributes: review.folder.columns.iter().map(|name| column(review, name, words)).collect(),
        facts: facts.iter().map(|fact| words.labels.label("fact", fact.as_str()).to_owned()).collect(),
        customers: summary
            .population
            .members()
            .iter()
            .enumerate()
            .map(|(place, member)| {
                let [abc, rfm, value_segment] = segments::assigned(summary, place, words);
                let lift = segments::lift(review, member, words);
                Customer { lift, abc, rfm, value_segment, ..customer(review, member, &facts, words) }
            })
            .collect(),
    }
}

fn document(stamp: &Stamp) -> Document {
    Document {
        id: stamp.id.to_string(),
        version: stamp.version.to_string(),
        fingerprint: stamp.fingerprint.to_string(),
    }
}

fn score(score: Option<Score>) -> Option<String> {
    score.map(|score| score.to_string())
}

fn group(group: &Group, share: Option<Share>) -> crate::report::Group {
    crate::report::Group {
        count: group.count,
        share: share.map(|share| share.to_string()),
        revenue: amount(group.revenue).unwrap_or_else(|| "–".into()),
        revenue_share: group.revenue_share.map(|share| share.to_string()),
        value: score(group.dimensions.value),
        potential: score(group.dimensions.potential),
        need: score(group.dimensions.need),
        composite: score(group.composite),
    }
}

fn tier(row: &guanxi::portfolio::TierRow, words: &Words) -> Tier {
    let verdict = match row.share.verdict {
        scoring::Verdict::Below => Some(Verdict::Below),
        scoring::Verdict::Within => Some(Verdict::Within),
        scoring::Verdict::Above => Some(Verdict::Above),
        scoring::Verdict::Open => None,
    };
    let expected = row.share.expected.zip(verdict).map(|(expected, verdict)| Expected {
        low: expected.from.to_string(),
        high: expected.to.to_string(),
        verdict,
    });
    Tier {
        code: row.tier.to_string(),
        label: words.labels.label("tier", row.tier.as_str()).to_owned(),
        floor: row.floor.to_string(),
        expected,
        group: group(&row.group, row.share.share),
    }
}

fn mentions<'a>(named: impl Iterator<Item = (&'a SubjectId, String)>) -> Vec<Mention> {
    named.map(|(id, why)| Mention { id: id.to_string(), reasons: vec![why] }).collect()
}

fn quality(review: &Review, summary: &Summary<'_>, words: &Words) -> Quality {
    let scores = review.quality.iter().flat_map(|quality| &quality.dimensions).map(|(dimension, tally)| {
        QualityScore {
            label: words.labels.label("dimension", quality_code(*dimension)).to_owned(),
            score: tally.score().map(|score| score.to_string()),
            note: measured(*tally, words),
        }
    });
    let defects = defects(review, words).into_iter().map(|kind| Defect {
        count: kind.count,
        examples: kind.examples,
        what: kind.what,
        place: kind.place,
        ask: kind.ask,
    });
    let files =
        review.folder.problems.by_file().map(|(file, problems)| of_file(review, file, problems, words));
    let missing = summary.missing.iter().map(|input| {
        let ask = ask(supplier(input, words), words);
        MissingInput {
            label: words.labels.label("fact", input.fact.as_str()).to_owned(),
            count: input.count,
            cost: format!("{}{ask}", cost(input, words)),
        }
    });
    Quality { scores: scores.collect(), defects: files.chain(defects).collect(), missing: missing.collect() }
}

/// What became of the rows of a file that has problems. Every problem of a file that is only looked
/// up costs a row.
fn of_file(review: &Review, file: &str, problems: u64, words: &Words) -> Defect {
    let mut mappings = review.folder.mappings.iter().filter(|mapping| mapping.file == file).peekable();
    let code = if mappings.peek().is_some() { "of_file" } else { "of_lookup" };
    let (rows, left_out) = mappings.fold((0, 0), |(rows, left), it| (rows + it.rows, left + it.left_out));
    let args = [("rows", count(rows)), ("left_out", count(left_out)), ("problems", count(problems))];
    Defect {
        what: words.say(code, &args),
        place: file.to_owned(),
        count: if code == "of_lookup" { problems } else { left_out },
        ask: String::new(),
        examples: Vec::new(),
    }
}

fn column(review: &Review, name: &AttributeId, words: &Words) -> Column {
    let values = || review.parties.iter().filter_map(|party| party.attributes.get(name));
    let is_number = |value: &FactValue| value.number().is_some() || matches!(value, FactValue::Money(_));
    Column {
        label: words.labels.label("attribute", name.as_str()).to_owned(),
        numeric: values().next().is_some() && values().all(|attribute| is_number(&attribute.value)),
    }
}

fn shown(value: &FactValue) -> String {
    match value {
        FactValue::Money(money) => money.amount().to_string(),
        other => other.to_string(),
    }
}

fn customer(review: &Review, member: &Member, facts: &BTreeSet<&FactId>, words: &Words) -> Customer {
    let outcome = &member.decision.outcome;
    let party = review.parties.get(&member.subject);
    let notes = remarks(&member.decision.reasons, words);
    // Without a composite and a rank there is nothing that could be added up.
    let nothing = if outcome.composite.or(outcome.rank).is_some() { "0.00" } else { "–" };
    let part = |part: scoring::Explained<'_>| Contribution {
        input: part.input.map(|input| input.to_string()),
        fraction: part.normalised.as_ref().map(|ratio| ratio.fraction().to_owned()),
        decimal: part.normalised.as_ref().map(|ratio| ratio.decimal().to_string()),
        weight: part.weight.as_ref().map_or_else(|| "0".to_owned(), |ratio| ratio.decimal().to_string()),
        points: part.points.map_or_else(|| nothing.to_owned(), |points| points.to_string()),
        note: notes.get(part.indicator.as_str()).cloned().or_else(|| {
            let unknown = part.state != InputState::Known && part.shown_only;
            unknown.then(|| words.labels.label("input", "missing").to_owned())
        }),
    };
    let contributions = review.scorer.explain(&member.facts, review.as_of).into_iter().map(part).collect();
    let value = |fact: &&FactId| match member.facts.fact(fact) {
        Fact::Known { value, .. } => Some(shown(value)),
        Fact::Missing => None,
        Fact::NotApplicable => Some(words.labels.label("input", "not_applicable").to_owned()),
    };
    Customer {
        id: member.subject.to_string(),
        name: review.name(&member.subject).to_owned(),
        standing: match outcome.standing {
            scoring::Standing::Tiered => Standing::Assessed,
            scoring::Standing::Prospect => Standing::Prospect,
            scoring::Standing::Incomplete => Standing::NotAssessable,
        },
        tier: outcome.tier.as_ref().map(ToString::to_string),
        computed: outcome.tiers.computed.as_ref().map(ToString::to_string),
        settled: outcome.tiers.settled.as_ref().map(ToString::to_string),
        overridden: None,
        composite: score(outcome.composite),
        rank: score(outcome.rank),
        value: score(outcome.dimensions.value),
        potential: score(outcome.dimensions.potential),
        need: score(outcome.dimensions.need),
        completeness: Some(outcome.completeness.to_string()),
        revenue: amount(member.number(&review.questions.revenue).map(Into::into)),
        attributes: review
            .folder
            .columns
            .iter()
            .map(|name| Some(shown(&party?.attributes.get(name)?.value)))
            .collect(),
        facts: facts.iter().map(value).collect(),
        contributions,
        reasons: member.decision.reasons.iter().map(|reason| words.labels.reason(reason)).collect(),
        ..Customer::default()
    }
}

/// What is particular about an indicator's input, by the indicator.
fn remarks(reasons: &[Reason], words: &Words) -> BTreeMap<String, String> {
    let indicator = |reason: &Reason| {
        let args = reason.args();
        args.into_iter().find_map(|(name, arg)| match arg {
            Arg::Label("indicator", id) if name == "indicator" => Some(id),
            _ => None,
        })
    };
    let mut notes: BTreeMap<String, String> = BTreeMap::new();
    for reason in reasons {
        let Some(indicator) = indicator(reason) else { continue };
        let note = notes.entry(indicator).or_default();
        note.push_str(if note.is_empty() { "" } else { "; " });
        note.push_str(&words.labels.reason(reason));
    }
    notes
}
