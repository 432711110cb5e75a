//! `guanxi condition`: conditions checked, asked and explained.
mod explain;
mod sql;

use std::io::{self, Read, Write};
use std::path::Path;

use guanxi::condition::{Condition, Moment, TextProblems, Vocabulary};

use crate::args::{ConditionCheckArgs, ConditionCommand, ConditionMoment, ConditionSource};
use crate::document::{self, Tree};
use crate::given::as_of;
use crate::output::{Failure, Outcome, counted, tell};

pub(crate) fn run(command: &ConditionCommand, quiet: bool) -> Result<Outcome, Failure> {
    match command {
        ConditionCommand::Check(args) => check(args),
        ConditionCommand::Explain(args) => explain::run(args, quiet),
        ConditionCommand::Sql(args) => sql::run(args),
    }
}

/// A condition as it was given, and what it may name.
struct Source {
    /// What problems call it: the file, or the option.
    name: String,
    text: String,
    vocabulary: Vocabulary,
}

impl Source {
    /// Reads the condition's text and the vocabulary; `-` is stdin where the command has no other use for it.
    fn read(source: &ConditionSource, stdin: bool) -> Result<Self, Failure> {
        let vocabulary = match &source.vocabulary {
            Some(path) => document::part(path, Vocabulary::read)?,
            None => Vocabulary::new(),
        };
        let (name, text) = match (&source.text, &source.file) {
            (Some(text), _) => ("--text".to_owned(), text.clone()),
            (None, Some(path)) if path == Path::new("-") && stdin => ("-".to_owned(), read_stdin()?),
            (None, Some(path)) if path == Path::new("-") => {
                return Err(Failure::told(
                    "stdin holds the lines: give the condition as --text or as a file",
                ));
            }
            (None, Some(path)) => (path.display().to_string(), document::read_text(path)?),
            (None, None) => return Err(Failure::told("give the condition as --text or as a file")),
        };
        Ok(Self { name, text, vocabulary })
    }

    /// The condition, or every problem with its place.
    fn condition(&self) -> Result<Condition, String> {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        if !text.trim_start().starts_with('{') {
            let shown = |problems: TextProblems| {
                let problems = problems.iter().map(|problem| {
                    let text = problem.to_string();
                    let (_, said) = text.split_once(": ").unwrap_or(("", &text));
                    format!("{}:{}:{}: {said}", self.name, problem.line, problem.column)
                });
                problems.collect::<Vec<_>>().join("\n")
            };
            // The end of a file's last line is no part of it.
            return Condition::parse(text.trim_end(), &self.vocabulary).map_err(shown);
        }
        let tree = Tree::parse(text).map_err(|error| format!("{}:{error}", self.name))?;
        tree.part(&self.name, |node| Condition::read(node, &self.vocabulary))
    }
}

/// The moment that the options say, or now.
fn moment(args: &ConditionMoment) -> Result<Moment, Failure> {
    let as_of = as_of(args.as_of.as_deref(), args.zone)?;
    Ok(Moment { as_of, zone: args.zone, week_start: args.week_start })
}

fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::told(format!("cannot read: {error}")))?;
    String::from_utf8(bytes).map_err(|_| Failure::told("-: not UTF-8: write the condition in UTF-8"))
}

/// Prints the condition in both forms, text first, or tells every problem.
fn check(args: &ConditionCheckArgs) -> Result<Outcome, Failure> {
    let source = Source::read(&args.source, true)?;
    let condition = match source.condition() {
        Ok(condition) => condition,
        Err(problems) => {
            tell(&problems);
            // A problem begins with the name; what follows shows the place.
            let start = format!("{}:", source.name);
            let count = problems.lines().filter(|line| line.starts_with(&start)).count();
            tell(&counted(u64::try_from(count).unwrap_or(u64::MAX), "problem"));
            return Ok(Outcome::SomeBad);
        }
    };
    for warning in condition.lint() {
        let place = if warning.path.is_empty() { String::new() } else { format!("{}: ", warning.path) };
        let (found, advice, code) = (&warning.found, &warning.advice, warning.code);
        tell(&format!("{}: warning: {place}{found}: {advice} [{code}]", source.name));
    }
    let tree = serde_json::to_string_pretty(&condition.tree()).map_err(Failure::told)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{condition}\n{tree}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Outcome::Well)
}
