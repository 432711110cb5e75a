//! `guanxi review`: a folder of CSV files in; a board, lists and a report out.
mod page;
mod prepare;
mod sheet;
mod summary;
mod terminal;

use std::io::{self, Write};

use guanxi::core::{Arg, Inert};
use guanxi::policy::LabelPack;
use guanxi::portfolio::Population;

use crate::args::{Lang, ReviewArgs};
use crate::assess::{Output, Writer, write_reference};
use crate::output::{Failure, Outcome, tell, write_file};
use crate::report;
use prepare::Review;
use summary::Summary;

pub(crate) fn run(args: &ReviewArgs, quiet: bool) -> Result<Outcome, Failure> {
    let (review, members) = prepare::prepare(args, quiet)?;
    let words = Words::new(&review)?;
    let population = Population::new(review.scorer.policy(), members);
    let summary = Summary::of(&review, &population);

    let mut out = io::stdout().lock();
    let mut print = |text: &str| out.write_all(text.as_bytes()).map_err(|error| Failure::output(&error));
    print(&terminal::render(&review, &summary, &words, args.top))?;
    if let Some(dir) = &args.out {
        std::fs::create_dir_all(dir).map_err(|error| Failure::file(dir, "make", &error))?;
        let files = [dir.join("customers.csv"), dir.join("assessments.jsonl"), dir.join("report.html")];
        let [sheet, lines, page] = &files;
        write_file(sheet, &sheet::customers(&review, &population)?)?;
        write_file(lines, &assessments(&review, &population)?)?;
        write_file(page, report::render(&page::report(&review, &summary, &words)).as_bytes())?;
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        print(&format!("\n{}\n", words.say("written", &[("files", Arg::Text(files.join(", ")))])))?;
    }
    if let Some(path) = &args.reference_out {
        write_reference(path, &review.reference)?;
    }
    tell_problems(&review, quiet);
    Ok(Outcome::Well)
}

/// One decision a line, as `guanxi assess --explain` prints it, in the order of the ids.
fn assessments(review: &Review, population: &Population<'_>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut lines = Output::new(&mut bytes);
    let writer = Writer::new(&review.scorer, review.as_of, true)?;
    for member in population.members() {
        let parts = review.scorer.explain(&member.facts, review.as_of);
        writer.write(&mut lines, member.subject.as_str(), &member.decision, Some(&parts))?;
    }
    lines.flush()?;
    Ok(bytes)
}

/// The rows that could not be used, on stderr; the review stands without them.
fn tell_problems(review: &Review, quiet: bool) {
    const SHOWN: usize = 20;
    let problems = &review.folder.problems;
    if quiet || problems.total() == 0 {
        return;
    }
    for problem in problems.listed().iter().take(SHOWN) {
        tell(&problem.to_string());
    }
    let rest = problems.total().saturating_sub(SHOWN as u64);
    let more = if rest > 0 { format!(", {rest} of them not shown here") } else { String::new() };
    tell(&format!("{} problems in the files{more}; everything else was reviewed", problems.total()));
}

/// The texts of a review: those of the crates, of this program, and the names of the customers.
pub(crate) struct Words {
    pub(crate) labels: LabelPack,
    pub(crate) lang: Lang,
}

impl Words {
    fn new(review: &Review) -> Result<Self, Failure> {
        let own = match review.lang {
            Lang::En => include_str!("../../labels/en.json"),
            Lang::ZhCn => include_str!("../../labels/zh-CN.json"),
        };
        let missing = || Failure::told("the labels of this language are not in the program");
        let code = review.lang.code();
        let mut labels = guanxi::scoring::labels(code)
            .ok_or_else(missing)?
            .with(guanxi::customer::labels(code).ok_or_else(missing)?)
            .with(guanxi::portfolio::labels(code).ok_or_else(missing)?)
            .with(LabelPack::parse(own).map_err(Failure::told)?);
        labels.extend(review.names.iter().map(|(id, name)| (format!("subject.{id}"), name.clone())));
        Ok(Self { labels, lang: review.lang })
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

/// A text from the data, fit for a terminal.
pub(crate) fn inert(text: &str) -> String {
    Inert(text).to_string()
}
