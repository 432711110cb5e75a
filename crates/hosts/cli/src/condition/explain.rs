//! `guanxi condition explain`: a customer a line in, the answer and why a line out.
use chrono::{DateTime, Utc};
use guanxi::condition::{
    Condition, EventLog, Explained, Finding, Given, LeafAnswer, Moment, NearMiss, Truth, labels,
};
use guanxi::core::SubjectId;
use guanxi::policy::LabelPack;
use serde::Serialize;

use super::{Source, moment};
use crate::args::ConditionExplainArgs;
use crate::filter::{filter, write};
use crate::given::{Known, LineReader};
use crate::output::{Failure, Outcome};

pub(crate) fn run(args: &ConditionExplainArgs, quiet: bool) -> Result<Outcome, Failure> {
    let source = Source::read(&args.source, false)?;
    let condition = source.condition().map_err(Failure::told)?;
    let moment = moment(&args.moment)?;
    let labels = args.lang.map(|lang| {
        labels(lang.code()).ok_or_else(|| Failure::told(format!("there are no labels for {}", lang.code())))
    });
    let asking = Asking { condition: &condition, moment, labels: labels.transpose()? };
    let vocabulary = &source.vocabulary;
    let mut reader = LineReader::new(vocabulary, moment.zone);
    let filtered = filter("customers asked", quiet, |line, out| {
        let known = reader.read(line)?;
        write(&asking.answer(&known), out)
    })?;
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread(quiet);
    Ok(ended)
}

/// One condition, asked of many.
struct Asking<'c> {
    condition: &'c Condition,
    moment: Moment,
    /// The texts of a language, if they are wanted.
    labels: Option<LabelPack>,
}

impl Asking<'_> {
    fn answer<'k>(&self, known: &'k Known<'_>) -> Answer<'k> {
        let log = known.events.as_ref().map(EventLog::new);
        let given = Given { facts: &known.facts, events: log.as_ref() };
        let Explained { truth, deciding, near_misses, findings, .. } =
            self.condition.explain(&given, &self.moment);
        let texts = self.labels.as_ref().map(|pack| {
            let leaves = deciding.iter().map(|leaf| leaf.text(pack));
            leaves.chain(findings.iter().map(|finding| finding.text(pack))).collect()
        });
        let next_change = self.condition.next_change(&given, &self.moment);
        let (subject, as_of) = (&known.subject, self.moment.as_of);
        Answer { subject, answer: truth, deciding, near_misses, findings, texts, as_of, next_change }
    }
}

/// One answer as it is written.
#[derive(Serialize)]
struct Answer<'a> {
    subject: &'a SubjectId,
    answer: Truth,
    deciding: Vec<LeafAnswer>,
    near_misses: Vec<NearMiss>,
    findings: Vec<Finding>,
    /// The deciding leaves in words, then the findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
    as_of: DateTime<Utc>,
    next_change: Option<DateTime<Utc>>,
}
