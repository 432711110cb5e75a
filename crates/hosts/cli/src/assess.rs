//! `guanxi assess`: one customer a line in, one decision a line out.
use std::io::{self, BufRead, Write};
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use guanxi::core::{Decision, Score, TierId, parse_instant};
use guanxi::policy::LabelPack;
use guanxi::scoring::{
    Assessment, Explained, Given, Lift, LiftOption, LiftVerdict, PinnedReference, PolicyDocument, Reason,
    Reference, Scorer, labels,
};
use serde::{Serialize, Serializer};

use crate::args::{AssessArgs, Lang};
use crate::document;
use crate::json::{self, Verbatim};
use crate::line::Slots;
use crate::lines::{Lines, Numbered, Rooms, blank, without_mark};
use crate::output::{Failure, Outcome, now, progress, tell, write_file};
use crate::settle::{self, Settler};

pub(crate) fn run(args: &AssessArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy = document::named(&args.policy, "policy")?;
    let as_of = as_of(args.as_of.as_deref())?;
    let settler = args.settle.as_ref().map(|rule| Settler::new(rule, args.lang)).transpose()?;
    let mut run = Run::new(&policy, as_of, quiet);
    run.lift = args.lift;
    run.rooms.settles = settler.is_some();
    run.settler = settler;
    let stdin = io::stdin().lock();
    let reference = match &args.reference {
        Some(path) => {
            let reference: PinnedReference = document::read(path)?;
            let scorer = Scorer::new(&policy, &reference).map_err(Failure::told)?;
            run.stream(stdin, &Writer::new(&scorer, as_of, args.explain)?.in_language(args.lang)?)?;
            reference
        }
        None => {
            let mut input = Vec::new();
            let mut stdin = stdin;
            io::Read::read_to_end(&mut stdin, &mut input)
                .map_err(|error| Failure::told(format!("cannot read: {error}")))?;
            let reference = run.reference(&input)?;
            let scorer = Scorer::new(&policy, &reference).map_err(Failure::told)?;
            run.stream(
                input.as_slice(),
                &Writer::new(&scorer, as_of, args.explain)?.in_language(args.lang)?,
            )?;
            reference
        }
    };
    if let Some(path) = &args.reference_out {
        write_reference(path, &reference)?;
    }
    run.close();
    Ok(if run.bad > 0 && !args.skip_bad { Outcome::SomeBad } else { Outcome::Well })
}

/// The instant that `--as-of` gives, or now.
pub(crate) fn as_of(given: Option<&str>) -> Result<DateTime<Utc>, Failure> {
    match given {
        Some(text) => parse_instant(text).map_err(|error| Failure::told(format!("--as-of: {error}"))),
        None => Ok(now()),
    }
}

/// Writes a reference to a file, to measure later populations by.
pub(crate) fn write_reference(path: &Path, reference: &PinnedReference) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&reference.to_value()).map_err(Failure::told)?;
    write_file(path, format!("{text}\n").as_bytes())
}

/// The reference of a population that was observed now, named for what it is.
pub(crate) fn pin(reference: Reference) -> Result<PinnedReference, Failure> {
    let version = reference.as_of().to_rfc3339_opts(SecondsFormat::Secs, true);
    Ok(reference.pin("population".parse().map_err(Failure::told)?, version.parse().map_err(Failure::told)?))
}

/// One run over lines of customers.
pub(crate) struct Run<'p> {
    pub(crate) policy: &'p PolicyDocument,
    pub(crate) as_of: DateTime<Utc>,
    pub(crate) rooms: Rooms<'p>,
    settler: Option<Settler>,
    lift: bool,
    pub(crate) bad: u64,
    pub(crate) quiet: bool,
}

/// What a line says besides the decision.
#[derive(Default)]
pub(crate) struct More<'m> {
    lift: Option<&'m Lift>,
    settle: Option<settle::Part<'m>>,
}

impl<'p> Run<'p> {
    pub(crate) fn new(policy: &'p PolicyDocument, as_of: DateTime<Utc>, quiet: bool) -> Self {
        Self { policy, as_of, rooms: Rooms::new(policy), settler: None, lift: false, bad: 0, quiet }
    }

    /// Counts all good lines into a reference; bad ones are reported when they are assessed.
    pub(crate) fn reference(&mut self, input: &[u8]) -> Result<PinnedReference, Failure> {
        let bar = progress("customers compared", self.quiet);
        let mut reference = Reference::new(self.policy, self.as_of);
        let mut slots = Slots::new(self.policy);
        slots.settles = self.rooms.settles;
        for line in without_mark(input).split(|byte| *byte == b'\n').filter(|line| !blank(line)) {
            if slots.read(self.policy, line).is_ok() {
                reference.observe(self.policy, &slots);
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        pin(reference)
    }

    fn stream(&mut self, input: impl BufRead, writer: &Writer<'_>) -> Result<(), Failure> {
        let bar = progress("customers assessed", self.quiet);
        let mut out = Output::new(io::stdout().lock());
        let mut lines = Lines::new(input);
        while lines.advance()? {
            let mut block = self.rooms.read(&lines);
            let mut settled = match &self.settler {
                Some(settler) => settled(settler, writer.scorer, &mut block, self.as_of),
                None => Vec::new(),
            }
            .into_iter();
            let good = || block.iter().filter_map(|(_, line)| line.as_ref().ok());
            let mut decisions = if writer.explain {
                Vec::new()
            } else {
                let customers: Vec<_> = good().map(|(line, facts)| (*facts, &line.given)).collect();
                writer.scorer.assess_many(customers, self.as_of)
            }
            .into_iter();
            for (number, line) in &block {
                match line {
                    Ok((line, facts)) => {
                        let lift = self.lift.then(|| writer.scorer.lift(*facts, self.as_of));
                        let more = More { lift: lift.as_ref(), settle: settled.next() };
                        if let Some(decision) = decisions.next() {
                            writer.write(&mut out, &line.subject, &decision, None, more)?;
                        } else {
                            let (decision, parts) =
                                writer.scorer.assess_explained(*facts, &line.given, self.as_of);
                            writer.write(&mut out, &line.subject, &decision, Some(&parts), more)?;
                        }
                    }
                    Err(problem) => {
                        self.bad += 1;
                        bar.suspend(|| tell(&format!("line {number}: {problem}")));
                    }
                }
            }
            bar.set_position(lines.number());
        }
        bar.finish_and_clear();
        out.flush()
    }

    /// Tells what was left out, and what the policy does not read.
    pub(crate) fn close(&self) {
        if self.bad > 0 {
            let lines = if self.bad == 1 { "line was" } else { "lines were" };
            tell(&format!("{} bad {lines} left out", self.bad));
        }
        if !self.rooms.unread.is_empty() && !self.quiet {
            let names = self.rooms.unread.join(", ");
            tell(&format!("note: facts that the policy does not read: {names}"));
        }
    }
}

/// Settles the tiers of good lines, each by its composite, which no given tier changes.
fn settled<'s>(
    settler: &'s Settler,
    scorer: &Scorer,
    block: &mut [Numbered<'_, '_>],
    as_of: DateTime<Utc>,
) -> Vec<settle::Part<'s>> {
    let given = Given::default();
    let good = block.iter().filter_map(|(_, line)| line.as_ref().ok());
    let decisions = scorer.assess_many(good.map(|(_, facts)| (*facts, &given)), as_of);
    let bands = scorer.policy().body().bands();
    let good = block.iter_mut().filter_map(|(_, line)| line.as_mut().ok());
    let parts = good.zip(decisions).map(|((line, _), decision)| {
        let composite = decision.outcome.composite;
        let (tier, part) = settler.settle(bands, line.state.as_ref(), composite, as_of);
        line.given.settled = tier;
        part
    });
    parts.collect()
}

/// Writes decisions; what is the same on every line is made once.
pub(crate) struct Writer<'s> {
    scorer: &'s Scorer,
    basis: Verbatim,
    as_of: String,
    explain: bool,
    /// The texts of a language, if reasons are wanted as text.
    labels: Option<LabelPack>,
}

#[derive(Serialize)]
struct Line<'a, B> {
    subject: &'a str,
    outcome: &'a Assessment,
    reasons: &'a [Reason],
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
    basis: &'a B,
    as_of: &'a str,
    next_change: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contributions: Option<Parts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settle: Option<settle::Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lift: Option<Lifted<'a>>,
}

/// A lift, in words too if they are wanted: the verdict, then the options.
#[derive(Serialize)]
struct Lifted<'a> {
    from: Option<&'a TierId>,
    composite: Option<Score>,
    verdict: &'a LiftVerdict,
    options: &'a [LiftOption],
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
}

impl<'a> Lifted<'a> {
    fn new(lift: &'a Lift, labels: Option<&LabelPack>) -> Self {
        let Lift { from, composite, verdict, options } = lift;
        let text = |labels: &LabelPack| {
            let options = options.iter().map(|option| labels.reason(option));
            std::iter::once(labels.reason(verdict)).chain(options).collect()
        };
        Self { from: from.as_ref(), composite: *composite, verdict, options, texts: labels.map(text) }
    }
}

/// The contributions that say something: an indicator that weighs nothing and is not known is left out.
struct Parts<'a>(&'a [Explained<'a>]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter(|part| part.normalised.is_some() || !part.shown_only))
    }
}

impl<'s> Writer<'s> {
    pub(crate) fn new(scorer: &'s Scorer, as_of: DateTime<Utc>, explain: bool) -> Result<Self, Failure> {
        let basis = Verbatim(serde_json::to_string(scorer.basis()).map_err(Failure::told)?);
        Ok(Self {
            scorer,
            basis,
            as_of: as_of.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            explain,
            labels: None,
        })
    }

    /// With the reasons as text in a language, too.
    fn in_language(mut self, lang: Option<Lang>) -> Result<Self, Failure> {
        let missing = |lang: Lang| Failure::told(format!("there are no labels for {}", lang.code()));
        self.labels = lang.map(|lang| labels(lang.code()).ok_or_else(|| missing(lang))).transpose()?;
        Ok(self)
    }

    pub(crate) fn write<W: Write>(
        &self,
        out: &mut Output<W>,
        subject: &str,
        decision: &Decision<Assessment, Reason>,
        contributions: Option<&[Explained<'_>]>,
        more: More<'_>,
    ) -> Result<(), Failure> {
        // The decision stands until the earlier of both changes.
        let settled_until = more.settle.as_ref().and_then(|part| part.next_change);
        let line = Line {
            subject,
            outcome: &decision.outcome,
            reasons: &decision.reasons,
            texts: self
                .labels
                .as_ref()
                .map(|labels| decision.reasons.iter().map(|reason| labels.reason(reason)).collect()),
            basis: &self.basis,
            as_of: &self.as_of,
            next_change: decision.next_change.into_iter().chain(settled_until).min(),
            contributions: contributions.map(Parts),
            settle: more.settle,
            lift: more.lift.map(|lift| Lifted::new(lift, self.labels.as_ref())),
        };
        json::append(&mut out.lines, &line).map_err(Failure::told)?;
        out.lines.push(b'\n');
        if out.lines.len() >= Output::<W>::FULL { out.flush() } else { Ok(()) }
    }
}

/// Lines on their way out. JSON is written in many small pieces: into memory first, and out in large ones.
pub(crate) struct Output<W> {
    lines: Vec<u8>,
    to: W,
}

impl<W: Write> Output<W> {
    const FULL: usize = 1 << 16;

    pub(crate) fn new(to: W) -> Self {
        Self { lines: Vec::with_capacity(2 * Self::FULL), to }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        let written = self.to.write_all(&self.lines).and_then(|()| self.to.flush());
        self.lines.clear();
        written.map_err(|error| Failure::output(&error))
    }
}

#[cfg(test)]
mod tests {
    use guanxi::core::arbitrary::instant;
    use guanxi::core::{ActorId, Fact, FactId, FactIds, Facts, Score, TierId};
    use guanxi::scoring::arbitrary::{facts, policy};
    use guanxi::scoring::{Bound, Given, Override};
    use proptest::prelude::*;

    use super::*;

    fn as_of() -> DateTime<Utc> {
        parse_instant("2026-06-30T08:00:00.25Z").unwrap()
    }

    /// What the writer writes, and what `serde_json` makes of the same line.
    fn both(
        scorer: &Scorer,
        subject: &str,
        decision: &Decision<Assessment, Reason>,
        parts: Option<&[Explained<'_>]>,
        lift: Option<&Lift>,
    ) -> (String, String) {
        let (mut written, mut out) = (Vec::new(), Output::new(Vec::new()));
        let writer = Writer::new(scorer, as_of(), parts.is_some()).unwrap();
        writer.write(&mut out, subject, decision, parts, More { lift, settle: None }).unwrap();
        written.append(&mut out.lines);
        let line = Line {
            subject,
            outcome: &decision.outcome,
            reasons: &decision.reasons,
            texts: None,
            basis: &decision.basis,
            as_of: &writer.as_of,
            next_change: decision.next_change,
            contributions: parts.map(Parts),
            settle: None,
            lift: lift.map(|lift| Lifted::new(lift, None)),
        };
        (String::from_utf8(written).unwrap(), format!("{}\n", serde_json::to_string(&line).unwrap()))
    }

    fn assessed(policy: &PolicyDocument, others: &[impl Facts]) -> PinnedReference {
        let mut reference = Reference::new(policy, as_of());
        for facts in others {
            reference.observe(policy, facts);
        }
        pin(reference).unwrap()
    }

    fn given() -> impl Strategy<Value = Given> {
        let tier = || prop::sample::select(vec!["t0", "t1", "客户"]).prop_map(|id| TierId::new(id).unwrap());
        let set = (tier(), any::<String>(), instant()).prop_map(|(tier, why, until)| {
            let why = format!("\"{why}\\\u{1}\n");
            Override { tier, by: ActorId::new("U\"7").unwrap(), why, until }
        });
        (prop::option::of(tier()), prop::option::of(set))
            .prop_map(|(settled, set)| Given { settled, r#override: set })
    }

    proptest! {
        #[test]
        fn any_decision_is_written_as_serde_json_writes_it(
            policy in policy(), others in prop::collection::vec(facts(), 0..4), facts in facts(), given in given(), subject in any::<String>(),
        ) {
            let reference = assessed(&policy, &others);
            let scorer = Scorer::new(&policy, &reference).unwrap();
            let (decision, parts) = scorer.assess_explained(&facts, &given, as_of());
            let (written, expected) = both(&scorer, &subject, &decision, Some(&parts), Some(&scorer.lift(&facts, as_of())));
            prop_assert_eq!(written, expected);
            let (written, expected) = both(&scorer, &subject, &scorer.assess(&facts, &given, as_of()), None, None);
            prop_assert_eq!(written, expected);
        }
    }

    #[test]
    fn a_line_answers_for_all_facts_at_once_as_for_each() {
        let policy = guanxi::scoring::preset("standard").unwrap();
        let mut slots = Slots::new(&policy);
        let line = br#"{"subject": "1", "facts": {"total_needs": 9, "undeveloped_needs": {"not_applicable": true}, "cooperation_days": 7}}"#;
        slots.read(&policy, line).unwrap_or_else(|error| panic!("{error}"));
        let others = ["a", "m", "z"].map(|name| FactId::new(name).unwrap());
        let ids: FactIds = policy.body().facts().keys().cloned().chain(others).collect();
        let mut answers = vec![Fact::NotApplicable; ids.len()];
        slots.each(&ids, &mut answers);
        let known = |answer: &&Fact<'_>| matches!(answer, Fact::Known { .. });
        assert_eq!(answers.iter().filter(known).count(), 2);
        for (id, answer) in ids.iter().zip(answers) {
            assert_eq!(answer, slots.fact(id), "{id}");
        }
    }

    #[test]
    fn every_kind_of_field_in_a_reason_is_written_as_serde_json_writes_it() {
        let policy = guanxi::scoring::preset("standard").unwrap();
        let reference = assessed(&policy, &[Slots::new(&policy)]);
        let scorer =
            Scorer::new(&policy, &reference).unwrap_or_else(|_| panic!("a reference of nobody suffices"));
        let mut decision = scorer.assess(&Slots::new(&policy), &Given::default(), as_of());
        let tier = || TierId::new("重点").unwrap();
        decision.reasons.extend([
            Reason::UnknownTier { tier: tier() },
            Reason::OverrideExpired { tier: tier(), until: as_of() },
            Reason::Prospect { candidate_for: None, rank: Some(Score::MAX) },
            Reason::Prospect { candidate_for: Some(tier()), rank: None },
            Reason::OutOfRange {
                indicator: "i".parse().unwrap(),
                fact: "f".parse().unwrap(),
                bound: Bound::Highest,
            },
            Reason::PolicyNotInForce { from: None, to: Some(as_of()) },
        ]);
        decision.next_change = Some(as_of());
        let (written, expected) = both(&scorer, "\u{2028}\"\\\u{7f}", &decision, None, None);
        assert_eq!(written, expected);
    }
}
