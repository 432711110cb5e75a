//! `guanxi segment`: a population in, one JSON object a line; one decision a line out, in the same order.
mod line;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Read, Write};

use chrono::{DateTime, Utc};
use guanxi::core::{Basis, Decision, Facts, Stamp, SubjectId, parse_instant};
use guanxi::policy::LabelPack;
use guanxi::segmentation::{
    AbcDocument, Axis, Reason, RfmDocument, RfmPopulation, ValueDocument, labels, segment_abc, segment_value,
};
use serde::Serialize;

use crate::args::{SegmentArgs, SegmentCommand};
use crate::document;
use crate::lines::without_mark;
use crate::output::{Failure, Outcome, now, progress, tell};
use crate::segment::line::{Known, Reader, Row};

pub(crate) fn run(command: &SegmentCommand, quiet: bool) -> Result<Outcome, Failure> {
    match command {
        SegmentCommand::Abc(args) => abc(args, quiet),
        SegmentCommand::Rfm(args) => rfm(args, quiet),
        SegmentCommand::Value(args) => value(args, quiet),
    }
}

fn abc(args: &SegmentArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: AbcDocument = document::named(&args.policy, "policy")?;
    let as_of = as_of(args)?;
    let reader = Reader::new(policy.body().facts(), []);
    let input = Input::read(reader, quiet)?;
    let segmented = segment_abc(&policy, &input.population(), as_of);
    input.write(args, as_of, &policy.stamp(), &segmented.decisions, &segmented.report)
}

fn value(args: &SegmentArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: ValueDocument = document::named(&args.policy, "policy")?;
    let as_of = as_of(args)?;
    let reader = Reader::new(policy.body().facts(), policy.body().group_by());
    let input = Input::read(reader, quiet)?;
    let segmented = segment_value(&policy, &input.population(), as_of);
    input.write(args, as_of, &policy.stamp(), &segmented.decisions, &segmented.report)
}

fn rfm(args: &SegmentArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: RfmDocument = document::named(&args.policy, "policy")?;
    let as_of = as_of(args)?;
    let reader = Reader::new(Axis::ALL.iter().map(|axis| &policy.body().axis(*axis).fact), []);
    let input = Input::read(reader.with_orders(policy.body()), quiet)?;
    let mut population = RfmPopulation::new(&policy, as_of);
    for row in &input.rows {
        match &row.known {
            Known::Facts(facts) => population.observe(&row.subject, facts),
            Known::Orders(orders) => population.observe_orders(&row.subject, orders.iter().copied()),
        }
        .map_err(Failure::told)?;
    }
    let rfm = population.finish();
    let decisions: Vec<_> = input.rows.iter().filter_map(|row| rfm.decide(&row.subject)).collect();
    input.write(args, as_of, &policy.stamp(), &decisions, &rfm.report())
}

fn as_of(args: &SegmentArgs) -> Result<DateTime<Utc>, Failure> {
    match &args.as_of {
        Some(text) => parse_instant(text).map_err(|error| Failure::told(format!("--as-of: {error}"))),
        None => Ok(now()),
    }
}

/// The good lines of the input, all of them in memory: nobody has a class before everybody is known.
struct Input {
    rows: Vec<Row>,
    bad: u64,
}

impl Input {
    fn read(mut reader: Reader<'_>, quiet: bool) -> Result<Self, Failure> {
        let mut input = Vec::new();
        io::stdin()
            .lock()
            .read_to_end(&mut input)
            .map_err(|error| Failure::told(format!("cannot read: {error}")))?;
        let bar = progress("customers read", quiet);
        let (mut rows, mut bad): (Vec<Row>, u64) = (Vec::new(), 0);
        let mut lines: BTreeMap<SubjectId, u64> = BTreeMap::new();
        for (number, line) in (1_u64..).zip(without_mark(&input).split(|byte| *byte == b'\n')) {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let row = reader.read(line).and_then(|row| match lines.insert(row.subject.clone(), number) {
                None => Ok(row),
                Some(first) => {
                    lines.insert(row.subject.clone(), first);
                    Err(format!("`subject`: the customer is there already, on line {first}"))
                }
            });
            match row {
                Ok(row) => rows.push(row),
                Err(problem) => {
                    bad += 1;
                    bar.suspend(|| tell(&format!("line {number}: {problem}")));
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        if bad > 0 {
            let lines = if bad == 1 { "line was" } else { "lines were" };
            tell(&format!("{bad} bad {lines} left out"));
        }
        if let Some(names) = reader.unread.names().filter(|_| !quiet) {
            tell(&format!("note: facts that the policy does not read: {names}"));
        }
        Ok(Self { rows, bad })
    }

    fn population(&self) -> Vec<(&SubjectId, &dyn Facts)> {
        self.rows
            .iter()
            .filter_map(|row| match &row.known {
                Known::Facts(facts) => Some((&row.subject, facts as &dyn Facts)),
                Known::Orders(_) => None,
            })
            .collect()
    }

    fn write<T: Serialize, R: Serialize>(
        &self,
        args: &SegmentArgs,
        as_of: DateTime<Utc>,
        policy: &Stamp,
        decisions: &[Decision<T, Reason>],
        report: &R,
    ) -> Result<Outcome, Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        let failed = |error: io::Error| Failure::output(&error);
        let labels = texts(args)?;
        if args.summary {
            line(&mut out, &Summary { report, policy, as_of }).map_err(failed)?;
        } else {
            for (row, decision) in self.rows.iter().zip(decisions) {
                let texts = labels
                    .as_ref()
                    .map(|pack| decision.reasons.iter().map(|reason| reason.text(pack)).collect());
                let Decision { outcome, reasons, basis, as_of, next_change } = decision;
                let (as_of, next_change) = (*as_of, *next_change);
                let written =
                    Line { subject: &row.subject, outcome, reasons, texts, basis, as_of, next_change };
                line(&mut out, &written).map_err(failed)?;
            }
        }
        out.flush().map_err(failed)?;
        Ok(if self.bad > 0 && !args.skip_bad { Outcome::SomeBad } else { Outcome::Well })
    }
}

/// The texts of the language asked for; English if only an explanation is.
fn texts(args: &SegmentArgs) -> Result<Option<LabelPack>, Failure> {
    let code = match args.lang {
        Some(lang) => lang.code(),
        None if args.explain => "en",
        None => return Ok(None),
    };
    let pack = labels(code).ok_or_else(|| Failure::told(format!("there are no labels for {code}")))?;
    Ok(Some(pack))
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// One decision as it is written.
#[derive(Serialize)]
struct Line<'a, T> {
    subject: &'a SubjectId,
    outcome: &'a T,
    reasons: &'a [Reason],
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
    basis: &'a Basis,
    as_of: DateTime<Utc>,
    next_change: Option<DateTime<Utc>>,
}

/// The population as a whole, in place of its decisions.
#[derive(Serialize)]
struct Summary<'a, R> {
    report: &'a R,
    policy: &'a Stamp,
    as_of: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use guanxi::core::FactId;

    use super::*;

    #[test]
    fn a_fact_is_read_for_what_the_policy_does_with_it() {
        let (revenue, region): (FactId, FactId) = ("revenue".parse().unwrap(), "region".parse().unwrap());
        let mut reader = Reader::new([&revenue], [&region]);
        let row = reader.read(br#"{"subject": 7, "facts": {"revenue": "1.50", "region": 3, "x": []}}"#);
        let row = row.unwrap_or_else(|problem| panic!("{problem}"));
        let Known::Facts(facts) = &row.known else { panic!("facts were given") };
        let shown: Vec<String> = facts.iter().map(|(id, fact)| format!("{id} {fact:?}")).collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        region Known { value: Text("3"), observed_at: None }
        revenue Known { value: Decimal(1.5), observed_at: None }
        "#);
        assert_eq!((row.subject.as_str(), reader.unread.names().as_deref()), ("7", Some("x")));
    }
}
