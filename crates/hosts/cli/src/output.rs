//! How the program ends, and what it says on the way.
use std::fmt::Display;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use guanxi::core::Inert;
use indicatif::{ProgressBar, ProgressStyle};

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Well,
    /// Results were written, but some of the input was bad.
    SomeBad,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What to tell the user.
    Told(String),
    /// The reader of our output went away.
    Closed,
}

impl Failure {
    pub(crate) fn told(text: impl Display) -> Self {
        Self::Told(text.to_string())
    }

    /// A failure of reading or writing a file.
    pub(crate) fn file(path: &Path, doing: &str, error: &io::Error) -> Self {
        Self::Told(format!("{}: cannot {doing}: {error}", path.display()))
    }

    /// A failure of writing to standard output.
    pub(crate) fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Told(format!("cannot write: {error}"))
        }
    }
}

/// Prints to stderr, inert: a message may quote what the input holds. If even that fails, there is
/// nobody left to tell.
pub(crate) fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(inert(text).as_bytes());
}

/// A text with every line ended and inert: fit for a terminal, whatever the data or a policy holds.
pub(crate) fn inert(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", Inert(line))).collect()
}

/// A number of things by name: `1 problem`, `2 problems`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// A count of work done, shown on stderr if that is a terminal.
pub(crate) fn progress(what: &'static str, quiet: bool) -> ProgressBar {
    spinner(what, "{spinner} {msg} {human_pos} ({elapsed})", quiet)
}

/// A sign of work of which nothing is counted, shown on stderr if that is a terminal.
pub(crate) fn working(what: &'static str, quiet: bool) -> ProgressBar {
    spinner(what, "{spinner} {msg} ({elapsed})", quiet)
}

fn spinner(what: &'static str, template: &str, quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style).with_message(what);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Writes a file beside its place and then moves it there, so that no half file is ever seen.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> Result<(), Failure> {
    stream_file(path, |file| file.write_all(content).map_err(|error| Failure::file(path, "write", &error)))
}

/// Writes a file piece by piece, as [`write_file`] does at once.
pub(crate) fn stream_file(
    path: &Path,
    content: impl FnOnce(&mut File) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let beside = beside(path);
    let failed = |error: io::Error| Failure::file(path, "write", &error);
    content(&mut File::create(&beside).map_err(failed)?)?;
    std::fs::rename(&beside, path).map_err(failed)
}

/// Where a file is written before it is moved to its place.
fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    beside.into()
}

/// Refuses to write over a file that is read.
pub(crate) fn spare(
    reader: &str,
    read: impl Iterator<Item = PathBuf>,
    written: impl Iterator<Item = PathBuf>,
) -> Result<(), Failure> {
    // Two names of one file are one; a file that is not there cannot be written over.
    let read: Vec<PathBuf> = read.filter_map(|path| path.canonicalize().ok()).collect();
    for path in written {
        let taken = [beside(&path), path.clone()].into_iter().filter_map(|path| path.canonicalize().ok());
        if taken.into_iter().any(|place| read.contains(&place)) {
            return Err(Failure::told(format!(
                "{}: is a file that {reader} reads: choose another place to write to",
                path.display()
            )));
        }
    }
    Ok(())
}

/// Now: the one place where the program reads the clock.
#[expect(clippy::disallowed_methods, reason = "what the kernel is given, the host must take from somewhere")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}
