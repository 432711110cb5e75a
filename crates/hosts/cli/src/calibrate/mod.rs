//! `guanxi calibrate`: customers in, a proposal of tier floors out.
pub(crate) mod table;

use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};

use guanxi::bands::{Calibration, Finding, Histogram, Ranked, TieRule, by_rank, calibrate};
use guanxi::core::{Basis, Decision, Score, TierId, Version};
use guanxi::scoring::{PolicyDocument, Scorer, Standing, target_shares, with_bands};
use serde::Serialize;

use crate::args::{CalibrateArgs, Ties};
use crate::assess::{Run, as_of};
use crate::document;
use crate::lines::Lines;
use crate::output::{Failure, Outcome, progress, spare, tell, write_file};

pub(crate) fn run(args: &CalibrateArgs, quiet: bool) -> Result<Outcome, Failure> {
    let read = [PathBuf::from(&args.policy), STDIN.into()].into_iter().chain(args.reference.clone());
    spare("this run", read, args.policy_out.clone().into_iter())?;
    let policy = document::named(&args.policy, "policy")?;
    let targets = target_shares(policy.body());
    let targets = targets.map_err(|error| Failure::told(format!("policy `{}`: {error}", args.policy)))?;
    let to = Target::new(args, &policy)?;
    let as_of = as_of(args.as_of.as_deref())?;

    let mut run = Run::new(&policy, as_of, quiet);
    let (mut counted, mut ranked) = (Counted::default(), Vec::new());
    let mut score = |subject: &str, composite| {
        if args.by_rank {
            ranked.push((subject.to_owned(), composite));
        }
    };
    let mut stdin = io::stdin().lock();
    let scorer = if let Some(path) = &args.reference {
        let scorer = Scorer::new(&policy, &document::read(path)?).map_err(Failure::told)?;
        counted.read(&mut run, stdin, &scorer, &mut score)?;
        scorer
    } else {
        let mut input = Vec::new();
        stdin.read_to_end(&mut input).map_err(|error| unread(&error))?;
        let scorer = Scorer::new(&policy, &run.reference(&input)?).map_err(Failure::told)?;
        counted.read(&mut run, input.as_slice(), &scorer, &mut score)?;
        scorer
    };

    let head = Head {
        basis: scorer.basis(),
        as_of: as_of.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        prospects: counted.prospects,
        incomplete: counted.incomplete,
    };
    let text = if args.by_rank {
        let ties = match args.ties {
            Ties::Whole => TieRule::Whole,
            Ties::ById => TieRule::ById,
        };
        let by_rank = by_rank(&ranked, &targets, ties);
        if args.table {
            table::ranked(&by_rank, &head, args.lang)?
        } else {
            json(&RankedLine::new(head, ties, &ranked, &by_rank))?
        }
    } else {
        let proposal = calibrate(&counted.scores, policy.body().bands(), &targets).map_err(Failure::told)?;
        if let Some(to) = &to {
            to.write(&policy, &proposal)?;
        }
        if args.table {
            table::proposal(&proposal, &head, args.lang)?
        } else {
            let (up, down) = (proposal.up(), proposal.down());
            json(&ProposalLine { head, up, down, proposal: &proposal })?
        }
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::output(&error))?;
    run.close();
    Ok(if run.bad > 0 && !args.skip_bad { Outcome::SomeBad } else { Outcome::Well })
}

/// Where a system names the file that standard input comes from, so that it is not written over.
const STDIN: &str = "/dev/stdin";

fn unread(error: &io::Error) -> Failure {
    Failure::told(format!("cannot read: {error}"))
}

fn json(line: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(line).map(|text| text + "\n").map_err(Failure::told)
}

/// Where the policy with the floors proposed goes.
struct Target<'a> {
    path: &'a Path,
    version: Version,
}

impl<'a> Target<'a> {
    /// What the command line asks for; a version that cannot be is told before any line is read.
    fn new(args: &'a CalibrateArgs, policy: &PolicyDocument) -> Result<Option<Self>, Failure> {
        let (Some(path), Some(version)) = (&args.policy_out, &args.new_version) else { return Ok(None) };
        let told = |error: &dyn std::fmt::Display| Failure::told(format!("--new-version: {error}"));
        let version: Version = version.parse().map_err(|error| told(&error))?;
        with_bands(policy, policy.body().bands(), version.clone()).map_err(|error| told(&error))?;
        Ok(Some(Self { path, version }))
    }

    fn write(&self, policy: &PolicyDocument, proposal: &Calibration<TierId>) -> Result<(), Failure> {
        if proposal.finding == Finding::Nobody {
            return Err(Failure::told(
                "nothing to calibrate by: nobody has a composite; no policy was written",
            ));
        }
        let bands = proposal.bands().map_err(Failure::told)?;
        let value = with_bands(policy, &bands, self.version.clone()).map_err(Failure::told)?.to_value();
        let text = if self.path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml")) {
            toml_edit::ser::to_string_pretty(&value).map_err(Failure::told)?
        } else {
            serde_json::to_string_pretty(&value).map_err(Failure::told)? + "\n"
        };
        write_file(self.path, text.as_bytes())
    }
}

/// The customers of the input, counted.
#[derive(Default)]
struct Counted {
    scores: Histogram,
    prospects: u64,
    incomplete: u64,
}

impl Counted {
    fn read(
        &mut self,
        run: &mut Run<'_>,
        input: impl BufRead,
        scorer: &Scorer,
        score: &mut impl FnMut(&str, Score),
    ) -> Result<(), Failure> {
        let bar = progress("customers assessed", run.quiet);
        let mut lines = Lines::new(input);
        while lines.advance()? {
            let block = run.rooms.read(&lines);
            let good = block.iter().filter_map(|(_, line)| line.as_ref().ok());
            let decisions = scorer.assess_many(good.map(|(line, facts)| (*facts, &line.given)), run.as_of);
            let mut decisions = decisions.into_iter();
            for (number, line) in block {
                match line {
                    Ok((line, _)) => {
                        let Some(Decision { outcome, .. }) = decisions.next() else { break };
                        match (outcome.composite, outcome.standing) {
                            (Some(composite), _) => {
                                self.scores.observe(composite);
                                score(&line.subject, composite);
                            }
                            (None, Standing::Prospect) => self.prospects += 1,
                            (None, _) => self.incomplete += 1,
                        }
                    }
                    Err(problem) => {
                        run.bad += 1;
                        bar.suspend(|| tell(&format!("line {number}: {problem}")));
                    }
                }
            }
            bar.set_position(lines.number());
        }
        bar.finish_and_clear();
        Ok(())
    }
}

/// What every outcome says first.
#[derive(Serialize)]
struct Head<'a> {
    basis: &'a Basis,
    as_of: String,
    /// Those who never bought and so have no composite.
    prospects: u64,
    /// Those of whom too little is known for a composite.
    incomplete: u64,
}

#[derive(Serialize)]
struct ProposalLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    up: u64,
    down: u64,
    proposal: &'a Calibration<TierId>,
}

#[derive(Serialize)]
struct RankedLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    tie_rule: TieRule,
    classes: &'a [guanxi::bands::RankedClass<TierId>],
    ties: &'a [guanxi::bands::RankedTie<TierId>],
    customers: Vec<RankedCustomer<'a>>,
}

#[derive(Serialize)]
struct RankedCustomer<'a> {
    subject: &'a str,
    composite: Score,
    class: &'a TierId,
}

impl<'a> RankedLine<'a> {
    fn new(
        head: Head<'a>,
        tie_rule: TieRule,
        given: &'a [(String, Score)],
        ranked: &'a Ranked<TierId>,
    ) -> Self {
        let customer = |((subject, composite), class): (&'a (String, Score), &'a TierId)| RankedCustomer {
            subject,
            composite: *composite,
            class,
        };
        let customers = given.iter().zip(&ranked.customers).map(customer).collect();
        Self { head, tie_rule, classes: &ranked.classes, ties: &ranked.ties, customers }
    }
}
