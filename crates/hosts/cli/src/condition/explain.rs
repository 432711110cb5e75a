//! `guanxi condition explain`: a customer a line in, the answer and why a line out.
use std::io::{self, BufRead, Write};

use chrono::{DateTime, Utc};
use guanxi::condition::{
    Condition, EventLog, Explained, Finding, Given, LeafAnswer, Moment, NearMiss, Truth, labels,
};
use guanxi::core::{Event, FactMap, SubjectId};
use guanxi::policy::LabelPack;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Source, moment};
use crate::args::ConditionExplainArgs;
use crate::given::{Entries, EventReader, FactReader};
use crate::line::{explain as explain_json, read_json, read_subject};
use crate::lines::blank;
use crate::output::{Failure, Outcome, progress, tell};

pub(crate) fn run(args: &ConditionExplainArgs, quiet: bool) -> Result<Outcome, Failure> {
    let source = Source::read(&args.source, false)?;
    let condition = source.condition().map_err(Failure::told)?;
    let moment = moment(&args.moment)?;
    let labels = args.lang.map(|lang| {
        labels(lang.code()).ok_or_else(|| Failure::told(format!("there are no labels for {}", lang.code())))
    });
    let asking = Asking { condition: &condition, moment, labels: labels.transpose()? };
    let mut reader = Reader {
        facts: FactReader::new(source.vocabulary.facts()),
        events: EventReader::new(source.vocabulary.attributes(), moment.zone),
    };
    let bad = asking.stream(&mut reader, quiet)?;
    if bad > 0 {
        let lines = if bad == 1 { "line was" } else { "lines were" };
        tell(&format!("{bad} bad {lines} left out"));
    }
    let unread = [("facts", reader.facts.unread.names()), ("attributes", reader.events.unread.names())];
    for (what, names) in unread {
        if let Some(names) = names.filter(|_| !quiet) {
            tell(&format!("note: {what} that the vocabulary does not declare: {names}"));
        }
    }
    Ok(if bad > 0 && !args.skip_bad { Outcome::SomeBad } else { Outcome::Well })
}

/// Reads lines by a vocabulary.
struct Reader<'v> {
    facts: FactReader<'v>,
    events: EventReader<'v>,
}

/// A customer and what is known of it.
struct Known {
    subject: SubjectId,
    facts: FactMap,
    events: Option<Vec<Event>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    facts: Option<&'a RawValue>,
    #[serde(borrow)]
    events: Option<&'a RawValue>,
}

impl Reader<'_> {
    fn read(&mut self, line: &[u8]) -> Result<Known, String> {
        let line = std::str::from_utf8(line).map_err(|error| {
            format!("not UTF-8 at byte {}: write the line in UTF-8", error.valid_up_to() + 1)
        })?;
        if line.trim_start().starts_with('[') {
            return Err("expected an object with `subject`, `facts` and `events`, got a list".into());
        }
        let line: Line<'_> = serde_json::from_str(line).map_err(|error| explain_json(&error))?;
        let subject = line.subject.ok_or("missing field `subject`")?;
        let subject = read_subject(subject.get()).map_err(|error| format!("`subject`: {error}"))?;
        let subject = SubjectId::new(&subject).map_err(|error| format!("`subject`: {error}"))?;
        let facts = match line.facts {
            Some(token) => read_json(token.get()).map_err(|error| format!("`facts`: {error}"))?,
            None => Entries::default(),
        };
        let facts = self.facts.read(facts)?;
        let events = line.events.filter(|token| token.get() != "null");
        let events = events.map(|token| self.events.read(token.get(), &subject)).transpose()?;
        Ok(Known { subject, facts, events })
    }
}

/// One condition, asked of many.
struct Asking<'c> {
    condition: &'c Condition,
    moment: Moment,
    /// The texts of a language, if they are wanted.
    labels: Option<LabelPack>,
}

impl Asking<'_> {
    /// Answers every good line; the number of bad ones.
    fn stream(&self, reader: &mut Reader<'_>, quiet: bool) -> Result<u64, Failure> {
        let (mut input, mut out) = (io::stdin().lock(), io::BufWriter::new(io::stdout().lock()));
        let failed = |error: io::Error| Failure::output(&error);
        let bar = progress("customers asked", quiet);
        let (mut line, mut number, mut bad) = (Vec::new(), 0_u64, 0);
        loop {
            line.clear();
            let read = input.read_until(b'\n', &mut line);
            if read.map_err(|error| Failure::told(format!("cannot read: {error}")))? == 0 {
                break;
            }
            number += 1;
            if blank(&line) {
                continue;
            }
            match reader.read(&line) {
                Ok(known) => {
                    let answer = self.answer(&known);
                    serde_json::to_writer(&mut out, &answer).map_err(|error| failed(error.into()))?;
                    out.write_all(b"\n").map_err(failed)?;
                }
                Err(problem) => {
                    bad += 1;
                    bar.suspend(|| tell(&format!("line {number}: {problem}")));
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        out.flush().map_err(failed)?;
        Ok(bad)
    }

    fn answer<'k>(&self, known: &'k Known) -> Answer<'k> {
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
