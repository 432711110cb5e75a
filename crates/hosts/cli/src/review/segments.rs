//! Classes and segments of everybody: by contribution, by behaviour, by rules.
use std::collections::BTreeMap;
use std::path::Path;

use guanxi::core::{
    Arg, Basis, DecimalText, ExactSum, Fact, FactId, FactMap, FactValue, Facts, Score, Share, Stamp,
    SubjectId,
};
use guanxi::policy::{Body, Document};
use guanxi::portfolio::{Member, Population, TierCalibration};
use guanxi::scoring::Dimension;
use guanxi::segmentation::{
    AbcDocument, AbcOutcome, AbcReport, Axis, ClassId, Concentration, Reason, RfmDocument, RfmOutcome,
    RfmReport, SegmentId, Segmented, ValueDocument, ValueOutcome, ValueReport, abc_preset, rfm_preset,
    segment_abc, segment_rfm, segment_value, value_preset,
};
use serde::Serialize;

use super::Words;
use super::prepare::Review;
use super::summary::Summary;
use crate::document;
use crate::folder::{PolicyChoice, SegmentChoices};
use crate::output::{Failure, counted};

/// The policies that the customers are segmented by.
pub(crate) struct SegmentPolicies {
    pub(super) abc: AbcDocument,
    pub(super) rfm: RfmDocument,
    pub(super) value: ValueDocument,
}

impl SegmentPolicies {
    /// Reads what the folder states, and takes the presets `standard` for the rest; the problems of all
    /// documents are told at once.
    pub(super) fn read(choices: &SegmentChoices, dir: &Path) -> Result<Self, Failure> {
        let (abc, rfm, value) = (
            read(choices.abc.as_ref(), dir, abc_preset),
            read(choices.rfm.as_ref(), dir, rfm_preset),
            read(choices.value.as_ref(), dir, value_preset),
        );
        match (abc, rfm, value) {
            (Ok(abc), Ok(rfm), Ok(value)) => Ok(Self { abc, rfm, value }),
            (abc, rfm, value) => {
                let told: Vec<String> = [abc.err(), rfm.err(), value.err()].into_iter().flatten().collect();
                let told = told.join("\n");
                let count = counted(told.lines().count() as u64, "problem");
                Err(Failure::told(format!("{told}\n{count}: nothing was reviewed")))
            }
        }
    }
}

fn read<B: Body>(
    choice: Option<&PolicyChoice>,
    dir: &Path,
    preset: impl Fn(&str) -> Option<Document<B>>,
) -> Result<Document<B>, String> {
    let id = match choice {
        Some(PolicyChoice::File(path)) => {
            return document::read(&dir.join(path)).map_err(|failure| match failure {
                Failure::Told(text) => text,
                Failure::Closed => String::new(),
            });
        }
        Some(PolicyChoice::Preset(id)) => id,
        None => "standard",
    };
    preset(id).ok_or_else(|| format!("no policy `{id}`"))
}

/// A customer's facts, and the scores of its dimensions as further ones.
struct Scored<'m> {
    facts: &'m FactMap,
    scores: [(&'m FactId, Option<FactValue>); 3],
}

impl Facts for Scored<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        match self.facts.fact(id) {
            Fact::Missing => {
                let score = self.scores.iter().find(|(score, _)| *score == id);
                score
                    .and_then(|(_, value)| value.as_ref())
                    .map_or(Fact::Missing, |value| Fact::Known { value, observed_at: None })
            }
            given => given,
        }
    }
}

/// One way to segment: the decisions in the order of the population's members.
pub(super) struct Scheme<T, R> {
    pub(super) made: Segmented<T, R>,
    /// Why it says nothing of anybody, if so.
    pub(super) nothing: Option<Nothing>,
}

/// Why a way to segment says nothing of anybody.
pub(super) enum Nothing {
    /// Facts that it reads and that are known of nobody.
    Unknown(Vec<FactId>),
    /// Facts that it reads and of which nobody has all.
    NeverTogether(Vec<FactId>),
    /// No amount is above 0.
    NoAmount,
}

impl<T, R> Scheme<T, R> {
    fn new(
        made: Segmented<T, R>,
        anybody: bool,
        facts: Vec<&FactId>,
        known: impl Fn(&FactId) -> bool,
    ) -> Self {
        let nothing = (!anybody).then(|| {
            let unknown: Vec<FactId> =
                facts.iter().filter(|fact| !known(fact)).map(|fact| (*fact).clone()).collect();
            if unknown.is_empty() {
                Nothing::NeverTogether(facts.into_iter().cloned().collect())
            } else {
                Nothing::Unknown(unknown)
            }
        });
        Self { made, nothing }
    }

    /// The report, where there is somebody in it.
    pub(super) fn report(&self) -> Option<&R> {
        self.nothing.is_none().then_some(&self.made.report)
    }

    /// The outcome of a member with its reasons.
    pub(super) fn decision(&self, place: usize) -> Option<(&T, &[Reason])> {
        let decision = self.made.decisions.get(place).filter(|_| self.nothing.is_none())?;
        Some((&decision.outcome, &decision.reasons))
    }
}

/// All ways to segment.
pub(super) struct Segments {
    pub(super) abc: Scheme<AbcOutcome, AbcReport>,
    pub(super) rfm: Scheme<RfmOutcome, RfmReport>,
    pub(super) value: Scheme<ValueOutcome, ValueReport>,
    /// The revenue of each value segment, where all of it can be added up.
    pub(super) revenue: BTreeMap<SegmentId, Option<DecimalText>>,
}

impl Segments {
    /// Segments everybody, prospects too. The value segments and the blend may read the scores of the three
    /// dimensions as the facts `value_score`, `potential_score` and `need_score`; a fact of that name counts first.
    pub(super) fn of(review: &Review, population: &Population<'_>) -> Result<Self, Failure> {
        use guanxi::core::fact_id;
        let ids = [fact_id!("value_score"), fact_id!("potential_score"), fact_id!("need_score")];
        let scored: Vec<Scored<'_>> =
            population.members().iter().map(|member| scored(member, &ids)).collect();
        let everybody: Vec<(&SubjectId, &dyn Facts)> = population
            .members()
            .iter()
            .zip(&scored)
            .map(|(member, facts)| (&member.subject, facts as &dyn Facts))
            .collect();
        let known = |fact: &FactId| {
            let number = |facts: &Scored<'_>| match facts.fact(fact) {
                Fact::Known { value, .. } => value.number().is_some(),
                Fact::Missing | Fact::NotApplicable => false,
            };
            scored.iter().any(number)
        };
        let (policies, as_of) = (&review.segment_policies, review.as_of);

        let made = segment_abc(&policies.abc, &everybody, as_of);
        let AbcReport { customers, not_positive, .. } = made.report;
        let mut abc = Scheme::new(made, customers > 0, policies.abc.body().decisive(), known);
        if customers > 0 && customers == not_positive {
            abc.nothing = Some(Nothing::NoAmount);
        }
        let made = segment_rfm(&policies.rfm, &everybody, as_of).map_err(Failure::told)?;
        let anybody = made.report.customers > 0;
        let facts = Axis::ALL.map(|axis| &policies.rfm.body().axis(axis).fact).to_vec();
        let rfm = Scheme::new(made, anybody, facts, known);
        let made = segment_value(&policies.value, &everybody, as_of);
        let anybody = made.report.customers > 0;
        let facts = policies.value.body().facts().into_iter().collect();
        let value = Scheme::new(made, anybody, facts, known);
        let revenue = revenue(review, population, &value.made);
        Ok(Self { abc, rfm, value, revenue })
    }

    /// The codes of a member's class and segments.
    pub(super) fn codes(&self, place: usize) -> [Option<&str>; 3] {
        let class = self.abc.decision(place).and_then(|(outcome, _)| outcome.class.as_ref());
        let rfm = self.rfm.decision(place).and_then(|(outcome, _)| outcome.segment.as_ref());
        let value = self.value.decision(place).and_then(|(outcome, _)| outcome.segment.as_ref());
        [class.map(ClassId::as_str), rfm.map(SegmentId::as_str), value.map(SegmentId::as_str)]
    }

    /// Why there are no segments of one kind or another, in one line; nothing if there are all.
    pub(super) fn lacking(&self, words: &Words) -> Option<String> {
        let schemes =
            [("abc", &self.abc.nothing), ("rfm", &self.rfm.nothing), ("value_rules", &self.value.nothing)];
        let why = |(scheme, nothing): (&str, &Option<Nothing>)| {
            let (code, facts) = match nothing.as_ref()? {
                Nothing::Unknown(facts) => ("not_by_unknown", facts.as_slice()),
                Nothing::NeverTogether(facts) => ("not_by_never_together", facts.as_slice()),
                Nothing::NoAmount => ("not_by_no_amount", &[][..]),
            };
            // By the names that recipes must make.
            let facts: Vec<&str> = facts.iter().map(FactId::as_str).collect();
            let args = [("scheme", Arg::Text(words.word(scheme))), ("facts", Arg::Text(facts.join(", ")))];
            Some(words.say(code, &args))
        };
        let schemes: Vec<String> = schemes.into_iter().filter_map(why).collect();
        let args = [("schemes", Arg::Text(schemes.join("; ")))];
        (!schemes.is_empty()).then(|| words.say("not_segmented", &args))
    }

    /// The segments by behaviour.
    pub(super) fn rfm_rows(&self, words: &Words) -> Option<Rows> {
        let report = self.rfm.report()?;
        let row = |row: &guanxi::segmentation::SegmentRow| Row {
            label: words.labels.label("segment", row.segment.as_str()).to_owned(),
            count: row.count,
            share: row.customers,
            revenue: row.monetary,
        };
        Some(Rows { rows: report.segments.iter().map(row).collect(), without: report.without })
    }

    /// The segments by rules.
    pub(super) fn value_rows(&self, words: &Words) -> Option<Rows> {
        let report = self.value.report()?;
        let row = |row: &guanxi::segmentation::ValueRow| Row {
            label: words.labels.label("segment", row.segment.as_str()).to_owned(),
            count: row.count,
            share: row.customers,
            revenue: self.revenue.get(&row.segment).copied().flatten(),
        };
        Some(Rows { rows: report.segments.iter().map(row).collect(), without: report.unknown })
    }
}

/// The segments of one kind as they are shown.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Customers without a segment.
    pub(super) without: u64,
}

/// A segment as it is shown.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) count: u64,
    pub(super) share: Option<Share>,
    pub(super) revenue: Option<DecimalText>,
}

fn scored<'m>(member: &'m Member, ids: &'m [FactId; 3]) -> Scored<'m> {
    let scores = &member.decision.outcome.dimensions;
    let [value, potential, need] = ids;
    let score = |id: &'m FactId, dimension: Dimension| {
        let score: Option<Score> = *scores.get(dimension);
        (id, score.map(|score| FactValue::Decimal(score.to_decimal())))
    };
    Scored {
        facts: &member.facts,
        scores: [
            score(value, Dimension::Value),
            score(potential, Dimension::Potential),
            score(need, Dimension::Need),
        ],
    }
}

fn revenue(
    review: &Review,
    population: &Population<'_>,
    made: &Segmented<ValueOutcome, ValueReport>,
) -> BTreeMap<SegmentId, Option<DecimalText>> {
    let mut sums: BTreeMap<SegmentId, Option<ExactSum>> = BTreeMap::new();
    let mut known = false;
    for (member, decision) in population.members().iter().zip(&made.decisions) {
        let Some(segment) = &decision.outcome.segment else { continue };
        let sum = sums.entry(segment.clone()).or_insert_with(|| Some(ExactSum::default()));
        if let Some(revenue) = member.number(&review.questions.revenue) {
            known = true;
            *sum = sum.take().and_then(|sum| sum.plus(revenue));
        }
    }
    // Revenue that is known of nobody is unknown, not 0; a segment of nobody has none.
    let sum = |sum: Option<ExactSum>| sum.and_then(ExactSum::get).filter(|_| known).map(DecimalText);
    let nobody = made.report.segments.iter().map(|row| (row.segment.clone(), Some(ExactSum::default())));
    nobody.chain(sums).map(|(segment, total)| (segment, sum(total))).collect()
}

/// How concentrated an amount is, in one line.
pub(super) fn concentration(of: &Concentration, amount: &str, words: &Words) -> Option<String> {
    let (gini, hhi) = (of.gini?, of.hhi?);
    let top = of.top.iter().map(|top| {
        let share = crate::number::percent(&top.share.to_string());
        words.say(
            "concentration_top",
            &[("count", super::summary::count(top.customers)), ("share", Arg::Text(share))],
        )
    });
    let args = [
        ("amount", Arg::Text(amount.to_owned())),
        ("gini", Arg::Text(gini.to_string())),
        ("hhi", Arg::Text(hhi.to_string())),
        ("top", Arg::Text(top.collect::<Vec<_>>().join(&words.word("and_so_on")))),
    ];
    Some(words.say("concentration", &args))
}

/// What the amount of the classes is called, and its currency if it is the revenue.
pub(super) fn amount_title(review: &Review, words: &Words) -> (String, String) {
    let fact = review.segment_policies.abc.body().amount();
    if *fact != review.questions.revenue {
        return (words.labels.label("fact", fact.as_str()).to_owned(), String::new());
    }
    let currency = review.folder.currency.map_or_else(String::new, |currency| currency.to_string());
    (words.word("revenue"), currency)
}

/// `segments.json`.
#[derive(Serialize)]
struct File<'a> {
    basis: &'a Basis,
    as_of: String,
    abc: Part<'a, AbcReport>,
    rfm: Part<'a, RfmReport>,
    value: Part<'a, ValueReport>,
    calibration: Option<&'a TierCalibration>,
    stages: &'a super::stages::Stages,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<&'a guanxi::core::Decision<guanxi::strategy::Budget, guanxi::strategy::BudgetReason>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<super::tags::Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a, R> {
    policy: Stamp,
    report: &'a R,
}

/// The reports of all segments and the calibration proposed, as data.
pub(super) fn file(review: &Review, summary: &Summary<'_>) -> Result<Vec<u8>, Failure> {
    let (policies, segments) = (&review.segment_policies, &summary.segments);
    let file = File {
        basis: review.scorer.basis(),
        as_of: review.as_of.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        abc: Part { policy: policies.abc.stamp(), report: &segments.abc.made.report },
        rfm: Part { policy: policies.rfm.stamp(), report: &segments.rfm.made.report },
        value: Part { policy: policies.value.stamp(), report: &segments.value.made.report },
        calibration: summary.calibration.as_ref(),
        stages: &summary.stages,
        budget: summary.budget.as_ref().map(|budget| &budget.0),
        tags: summary.tags.as_ref().and_then(|tags| tags.part(review)),
    };
    let text = serde_json::to_string_pretty(&file).map_err(Failure::told)?;
    Ok((shown(&text) + "\n").into_bytes())
}

/// JSON in which characters that would change how it is shown are escaped; it says the same.
fn shown(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || guanxi::core::is_inert(c.encode_utf8(&mut [0; 4])) {
            shown.push(c);
        } else {
            // Outside of strings there are no such characters.
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_shown_as_it_is_and_says_the_same() {
        let given = "a\u{202e}b\u{e0001}\u{2028} \n\t\u{1b} 客户 \" \\ =cmd()";
        let json = serde_json::to_string_pretty(&[given]).unwrap();
        let shown = shown(&json);
        assert!(shown.contains("a\\u202eb\\udb40\\udc01\\u2028") && shown.contains("客户"), "{shown}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [given]);
    }
}
