//! The loop of every filter: a line in, a line out, and every bad line told.
use std::io::{self, BufRead, Write};

use serde::Serialize;

use crate::lines::{blank, without_mark};
use crate::output::{Failure, Outcome, progress, tell};

/// What became of the lines of a filter.
#[must_use]
pub(crate) struct Filtered {
    bad: u64,
}

/// Gives the text of every line that says something to `answer`, in constant memory, and writes what it
/// leaves. What is wrong with a line is told with its number, and the line is left out.
pub(crate) fn filter(
    what: &'static str,
    quiet: bool,
    mut answer: impl FnMut(&str, &mut Vec<u8>) -> Result<(), String>,
) -> Result<Filtered, Failure> {
    let (mut input, mut out) = (io::stdin().lock(), io::BufWriter::new(io::stdout().lock()));
    let failed = |error: io::Error| Failure::output(&error);
    let bar = progress(what, quiet);
    let (mut line, mut answered, mut number, mut bad) = (Vec::new(), Vec::new(), 0_u64, 0);
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::told(format!("cannot read: {error}")))? == 0 {
            break;
        }
        number += 1;
        if blank(&line) || (number == 1 && blank(without_mark(&line))) {
            continue;
        }
        answered.clear();
        match text(&line, number == 1).and_then(|text| answer(text, &mut answered)) {
            Ok(()) => out.write_all(&answered).map_err(failed)?,
            Err(problem) => {
                bad += 1;
                bar.suspend(|| tell(&format!("line {number}: {problem}")));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.flush().map_err(failed)?;
    Ok(Filtered { bad })
}

fn text(line: &[u8], is_first: bool) -> Result<&str, String> {
    let line = if is_first { without_mark(line) } else { line };
    std::str::from_utf8(line)
        .map_err(|error| format!("not UTF-8 at byte {}: write the line in UTF-8", error.valid_up_to() + 1))
}

/// Writes one answer as a line of JSON.
pub(crate) fn write(answer: &impl Serialize, out: &mut Vec<u8>) -> Result<(), String> {
    serde_json::to_writer(&mut *out, answer).map_err(|error| error.to_string())?;
    out.push(b'\n');
    Ok(())
}

impl Filtered {
    /// How the command ends: well, or with some bad lines, which may be skipped on purpose.
    pub(crate) fn end(&self, skip_bad: bool) -> Outcome {
        if self.bad > 0 {
            let lines = if self.bad == 1 { "line was" } else { "lines were" };
            tell(&format!("{} bad {lines} left out", self.bad));
        }
        if self.bad > 0 && !skip_bad { Outcome::SomeBad } else { Outcome::Well }
    }
}
