//! `guanxi review`: a folder of CSV files in; a board, lists and a report out.
mod budget;
mod calibration;
mod decided;
mod page;
mod plan;
mod prepare;
mod segments;
mod sheet;
mod stages;
mod summary;
mod tags;
mod terminal;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use guanxi::core::Arg;
use guanxi::policy::LabelPack;
use guanxi::portfolio::Population;

use crate::args::{Lang, ReviewArgs};
use crate::assess::{More, Output, Writer, write_reference};
use crate::folder::Effect;
use crate::output::{Failure, Outcome, counted, inert, stream_file, tell, working, write_file};
use crate::report;
use prepare::Review;
use summary::Summary;

pub(crate) fn run(args: &ReviewArgs, quiet: bool) -> Result<Outcome, Failure> {
    let (review, members) = prepare::prepare(args, quiet)?;
    let words = Words::new(&review)?;
    let population = Population::new(review.scorer.policy(), members).map_err(Failure::told)?;
    let summary = Summary::of(&review, &population)?;

    // The files first: whoever closes our output has read enough, but still wants them.
    let bar = working("writing", quiet);
    let written = match &args.out {
        Some(dir) => write_files(dir, &review, &summary, &words)?,
        None => Vec::new(),
    };
    if let Some(path) = &args.reference_out {
        write_reference(path, &review.reference)?;
    }
    bar.finish_and_clear();
    let mut board = terminal::render(&review, &summary, &words, args.top);
    if !written.is_empty() {
        let files: Vec<String> = written.iter().map(|file| file.display().to_string()).collect();
        let files = words.say("written", &[("files", Arg::Text(files.join(", ")))]);
        board.push_str(&format!("\n{}", inert(&files)));
    }
    let printed = io::stdout().lock().write_all(board.as_bytes());
    tell_problems(&review, quiet);
    printed.map_err(|error| Failure::output(&error))?;
    // An empty file may be right; a row or a value that was left out is not.
    let bad = review.folder.problems.listed().iter().any(|problem| problem.effect != Effect::Nothing);
    Ok(if bad && !args.skip_bad { Outcome::SomeBad } else { Outcome::Well })
}

/// Writes the files of `--out`, and says which.
fn write_files(
    dir: &Path,
    review: &Review,
    summary: &Summary<'_>,
    words: &Words,
) -> Result<Vec<PathBuf>, Failure> {
    let [sheet, lines, segments, page, planned, problems] = prepare::files(dir);
    write_file(&sheet, &sheet::customers(review, summary)?)?;
    stream_file(&lines, |file| assessments(file, review, summary.population))?;
    write_file(&segments, &segments::file(review, summary)?)?;
    write_file(&page, report::render(&page::report(review, summary, words)).as_bytes())?;
    let mut written = vec![sheet, lines, segments, page];
    match &summary.plan {
        Some(plan) => {
            stream_file(&planned, |file| {
                let mut file = io::BufWriter::new(file);
                plan.write(&mut file)
                    .and_then(|()| file.flush())
                    .map_err(|error| Failure::file(&planned, "write", &error))
            })?;
            written.push(planned);
        }
        None => clear(&planned)?,
    }
    match sheet::problems(review, words)? {
        Some(content) => {
            write_file(&problems, &content)?;
            written.push(problems);
        }
        None => clear(&problems)?,
    }
    Ok(written)
}

/// Removes a file of an earlier review, which would be taken for one of this.
fn clear(path: &Path) -> Result<(), Failure> {
    if path.is_file() {
        std::fs::remove_file(path).map_err(|error| Failure::file(path, "remove", &error))?;
    }
    Ok(())
}

/// One decision a line, as `guanxi assess --explain` prints it, in the order of the ids.
fn assessments(to: impl Write, review: &Review, population: &Population<'_>) -> Result<(), Failure> {
    let mut lines = Output::new(to);
    let writer = Writer::new(&review.scorer, review.as_of, true)?;
    for member in population.members() {
        let parts = review.scorer.explain(&member.facts, review.as_of);
        writer.write(&mut lines, member.subject.as_str(), &member.decision, Some(&parts), More::default())?;
    }
    lines.flush()
}

/// The rows that could not be used, on stderr; the review stands without them.
fn tell_problems(review: &Review, quiet: bool) {
    const SHOWN: usize = 20;
    let problems = &review.folder.problems;
    if problems.total() == 0 {
        return;
    }
    let shown = if quiet { 0 } else { SHOWN };
    for problem in problems.listed().iter().take(shown) {
        tell(&problem.to_string());
    }
    let rest = problems.total().saturating_sub(shown as u64);
    let more = if rest > 0 && !quiet { format!(", {rest} of them not shown here") } else { String::new() };
    let count = counted(problems.total(), "problem");
    tell(&format!("{count} in the files{more}; everything else was reviewed"));
}

/// The texts of a review: those of the crates, of this program, and the names of the customers.
pub(crate) struct Words {
    pub(crate) labels: LabelPack,
    /// Those of plans alone: they name roles at the begin of a line, others in the midst of a sentence.
    plans: LabelPack,
    pub(crate) lang: Lang,
}

impl Words {
    fn new(review: &Review) -> Result<Self, Failure> {
        let missing = || Failure::told("the labels of this language are not in the program");
        let code = review.lang.code();
        // What several crates name is named as the scores name it.
        let plans = guanxi::strategy::labels(code).ok_or_else(missing)?;
        let mut labels = plans
            .clone()
            .with(guanxi::lifecycle::labels(code).ok_or_else(missing)?)
            .with(guanxi::segmentation::labels(code).ok_or_else(missing)?)
            .with(guanxi::scoring::labels(code).ok_or_else(missing)?)
            .with(guanxi::customer::labels(code).ok_or_else(missing)?)
            .with(guanxi::portfolio::labels(code).ok_or_else(missing)?)
            .with(LabelPack::parse(review.lang.texts()).map_err(Failure::told)?);
        labels.extend(review.names.iter().map(|(id, name)| (format!("subject.{id}"), name.clone())));
        Ok(Self { labels, plans, lang: review.lang })
    }

    /// A text of this program with its slots filled.
    pub(crate) fn say(&self, code: &str, args: &[(&str, Arg)]) -> String {
        self.labels.fill("ui", code, args)
    }

    /// A text of this program without slots.
    pub(crate) fn word(&self, code: &str) -> String {
        self.say(code, &[])
    }
}
