//! `guanxi policy lint`: what is legal but suspicious in documents that belong together.
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use guanxi::calendar::{CalendarDocument, WorkCalendar};
use guanxi::condition::{EventLog, Given};
use guanxi::policy::{Body, Document, Warning};
use guanxi::scoring::PinnedReference;
use guanxi::strategy::{
    Actions, ActionsDocument, LintContext, SelectionCounts, StrategiesDocument, StrategyPolicy, select,
};

use super::print;
use crate::args::LintArgs;
use crate::document::{self, Tree};
use crate::given::{Known, as_of};
use crate::kind::{self, Beside};
use crate::lines::{blank, without_mark};
use crate::output::{Failure, Outcome, counted, inert, tell};
use crate::strategy::reader;

/// What was read of the command's files, and whether all of it is sound.
struct Read {
    trees: Vec<(String, Tree)>,
    strategies: Vec<(String, StrategiesDocument)>,
    actions: Vec<ActionsDocument>,
    calendars: Vec<CalendarDocument>,
    sound: bool,
}

pub(super) fn run(args: &LintArgs) -> Result<Outcome, Failure> {
    let mut read = read(&args.files)?;
    let reference: Option<PinnedReference> = args.reference.as_deref().map(document::read).transpose()?;
    let counts = match &args.sample {
        None => Vec::new(),
        Some(path) => {
            let (counts, sound) = sample(path, args.as_of.as_deref(), &read.strategies)?;
            read.sound &= sound;
            counts
        }
    };
    let (mut lines, mut warnings) = (String::new(), 0);
    for (name, tree, found) in read.lint(reference.as_ref(), &counts) {
        warnings += found.len() as u64;
        for Warning { path, code, found, advice } in found {
            lines += &inert(&format!("{name}:{}: {path}: {found}: {advice} [{code}]", tree.place(&path)));
        }
    }
    let count = if warnings == 0 { "no warnings".into() } else { counted(warnings, "warning") };
    print(&format!("{lines}{count}"))?;
    Ok(if read.sound && !(args.strict && warnings > 0) { Outcome::Well } else { Outcome::SomeBad })
}

/// Reads all files, tells what is wrong with them, and keeps those that are sound.
fn read(files: &[String]) -> Result<Read, Failure> {
    let mut read = Read {
        trees: Vec::new(),
        strategies: Vec::new(),
        actions: Vec::new(),
        calendars: Vec::new(),
        sound: true,
    };
    for name in files {
        let text = document::text_of(name)?;
        let sound = Tree::parse(&text).map_err(|error| format!("{name}:{error}")).and_then(|tree| {
            (kind::of(&tree, name)?.check)(&tree, name, &Beside::default())?;
            read.strategies
                .extend(part::<StrategyPolicy>(&tree, name)?.map(|document| (name.clone(), document)));
            read.actions.extend(part::<Actions>(&tree, name)?);
            read.calendars.extend(part::<WorkCalendar>(&tree, name)?);
            read.trees.push((name.clone(), tree));
            Ok(())
        });
        if let Err(problems) = sound {
            tell(&problems);
            read.sound = false;
        }
    }
    Ok(read)
}

/// The document of a tree, if it is of that kind.
fn part<B: Body>(tree: &Tree, name: &str) -> Result<Option<Document<B>>, String> {
    if tree.kind() == Some(B::SCHEMA) { tree.document(name).map(Some) } else { Ok(None) }
}

impl Read {
    /// What is suspicious in each document, in their order; `counts` are those of the strategies, in theirs.
    fn lint(
        &self,
        reference: Option<&PinnedReference>,
        counts: &[SelectionCounts],
    ) -> Vec<(&str, &Tree, Vec<Warning>)> {
        let strategies: Vec<&StrategiesDocument> =
            self.strategies.iter().map(|(_, document)| document).collect();
        let actions: Vec<&ActionsDocument> = self.actions.iter().collect();
        let calendars: Vec<&CalendarDocument> = self.calendars.iter().collect();
        let mut counts = self.strategies.iter().map(|(name, _)| name).zip(counts).peekable();
        let lint = |(name, tree): &'_ (String, Tree)| {
            let selections = counts.next_if(|(of, _)| *of == name).map(|(_, counts)| counts);
            let lint =
                LintContext { strategies: &strategies, actions: &actions, calendars: &calendars, selections };
            let beside = Beside { reference, lint };
            let checked = kind::of(tree, name).and_then(|kind| (kind.check)(tree, name, &beside));
            checked.map(|sound| sound.warnings).unwrap_or_default()
        };
        let found: Vec<Vec<Warning>> = self.trees.iter().map(lint).collect();
        self.trees.iter().zip(found).map(|((name, tree), found)| (name.as_str(), tree, found)).collect()
    }
}

/// Selects the strategies of a sample of customers: how many have which template, document by document, and
/// whether every line could be read.
fn sample(
    path: &Path,
    given: Option<&str>,
    strategies: &[(String, StrategiesDocument)],
) -> Result<(Vec<SelectionCounts>, bool), Failure> {
    if strategies.is_empty() {
        return Err(Failure::told("--sample needs a document of strategies among the files"));
    }
    let file = File::open(path).map_err(|error| Failure::file(path, "read", &error))?;
    let mut counted = Vec::new();
    for (_, document) in strategies {
        let as_of = as_of(given, document.body().zone())?;
        counted.push((document, reader(document), as_of, SelectionCounts::default()));
    }
    let mut sound = true;
    for (number, line) in (1..).zip(BufReader::new(file).split(b'\n')) {
        let line = line.map_err(|error| Failure::file(path, "read", &error))?;
        let line = if number == 1 { without_mark(&line) } else { &line };
        if blank(line) {
            continue;
        }
        let read = std::str::from_utf8(line).map_err(|error| error.to_string()).and_then(|line| {
            for (document, reader, as_of, counts) in &mut counted {
                let Known { facts, events, .. } = reader.read(line)?;
                let log = events.as_ref().map(EventLog::new);
                let given = Given { facts: &facts, events: log.as_ref() };
                counts.add(&select(document, &given, *as_of).outcome);
            }
            Ok(())
        });
        if let Err(problem) = read {
            tell(&format!("{}: line {number}: {problem}", path.display()));
            sound = false;
        }
    }
    Ok((counted.into_iter().map(|(.., counts)| counts).collect(), sound))
}
