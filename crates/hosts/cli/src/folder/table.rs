//! A CSV file: its header, its rows, and the rows that others look up.
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::config::FileSpec;
use super::problem::{Effect, Fault, Place, Problem, nearest};
use super::template::Column;
use super::text::{Text, decode};

/// What is known of a file once its header is read.
pub(super) struct Header {
    pub(super) names: Vec<String>,
    pub(super) delimiter: u8,
    pub(super) encoding: &'static str,
}

/// A path inside the folder: no root, no `..`, and no link that leads out of it.
pub(super) fn stays_inside(dir: &Path, path: &str) -> bool {
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let plain = !path.starts_with(['/', '\\']) && !path.contains("..\\");
    // A file that is not there leads nowhere; that it is missing is told as it is read.
    let leads_out = || match (dir.canonicalize(), dir.join(path).canonicalize()) {
        (Ok(dir), Ok(file)) => !file.starts_with(dir),
        _ => false,
    };
    plain && Path::new(path).components().all(inside) && !leads_out()
}

/// Reads and decodes a file of the folder.
pub(super) fn load(dir: &Path, spec: &FileSpec) -> Result<Text, Box<Problem>> {
    let stop = |line, fault| {
        Box::new(Problem {
            place: Place { file: spec.path.clone(), line, column: None, field: None },
            fault,
            effect: Effect::Stop,
        })
    };
    let bytes = fs::read(dir.join(&spec.path)).map_err(|error| stop(None, unreadable(&error)))?;
    decode(bytes, spec.encoding).map_err(|error| stop(Some(error.line), error.fault))
}

pub(super) fn unreadable(error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound => Fault::FileMissing,
        kind => Fault::Unreadable { reason: kind.to_string() },
    }
}

/// The header of a file; whatever is wrong with it and with the length of any row is reported.
pub(super) fn check(spec: &FileSpec, text: &Text, report: &mut dyn FnMut(Problem)) -> Option<Header> {
    let mut at = |line, field, fault, effect| {
        report(Problem {
            place: Place { file: spec.path.clone(), line, column: None, field },
            fault,
            effect,
        });
    };
    if text.text.trim().is_empty() {
        at(None, None, Fault::EmptyFile, Effect::Stop);
        return None;
    }
    let delimiter = spec.delimiter.unwrap_or_else(|| likely_delimiter(&text.text));
    let mut reader = reader(&text.text, delimiter);
    let names: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => {
            at(Some(1), None, Fault::Unreadable { reason: error.to_string() }, Effect::Stop);
            return None;
        }
    };
    let mut seen = BTreeMap::new();
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if let Some(first) = seen.insert(name, index) {
            let fault = Fault::DuplicateHeader { given: name.clone(), first: first + 1, second: index + 1 };
            at(Some(1), None, fault, Effect::Stop);
        }
    }
    let odd = text.text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    let mut record = ByteRecord::new();
    let mut rows = false;
    // The text is valid and lies in memory, so reading it cannot fail.
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        rows = true;
        let line = record.position().map(|position| line_of(&text.text, position));
        let breaks = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
        let to = line.unwrap_or_default() + breaks as u64;
        let length = record.len() == names.len();
        let at_end = usize::try_from(reader.position().byte()).is_ok_and(|byte| byte >= text.text.len());
        if breaks > 0 && odd && at_end {
            // It swallows all rows to the end of the file.
            at(line, None, Fault::OpenQuote, Effect::Stop);
        } else if breaks > 0 && !length {
            at(line, None, Fault::LateQuote { line: to }, Effect::Stop);
        } else if !length && !record.iter().all(|field| field.trim_ascii().is_empty()) {
            let fault = Fault::RowLength { given: record.len(), allowed: names.len() };
            at(line, None, fault, Effect::Row);
        } else if breaks > 0 {
            for (name, _) in
                names.iter().zip(&record).filter(|(_, field)| holds_rows(field, delimiter, names.len()))
            {
                at(line, Some(name.clone()), Fault::RowsInField { line: to }, Effect::Nothing);
            }
        }
    }
    if !rows {
        at(None, None, Fault::NoRow, Effect::Nothing);
    }
    Some(Header { names, delimiter, encoding: text.encoding })
}

/// Whether a line of a field, after the first, has as many fields as a row.
fn holds_rows(field: &[u8], delimiter: u8, fields: usize) -> bool {
    let lines = field.split(|byte| *byte == b'\n').skip(1);
    let separators = |line: &[u8]| line.iter().filter(|byte| **byte == delimiter).count();
    fields > 1 && lines.into_iter().any(|line| separators(line) + 1 == fields)
}

/// The line on which a row stands; the position before it may lie before empty lines.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte()).ok().and_then(|byte| text.as_bytes().get(byte..));
    let ends = rest.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + ends.filter(|byte| **byte == b'\n').count() as u64
}

fn reader(text: &str, delimiter: u8) -> Reader<&[u8]> {
    ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// The separator that the header has most of, outside quotes; a comma where it has none.
fn likely_delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let (mut quoted, mut counts) = (false, [(b',', 0), (b';', 0), (b'\t', 0)]);
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        counts.iter_mut().filter(|(mark, _)| !quoted && *mark == byte).for_each(|(_, count)| *count += 1);
    }
    let [comma, semicolon, tab] = counts;
    [semicolon, tab].into_iter().fold(comma, |best, next| if next.1 > best.1 { next } else { best }).0
}

impl Header {
    /// The position of a column.
    ///
    /// # Errors
    /// [`Fault::NoColumn`] with the name most like it.
    pub(super) fn find(&self, name: &str, file: &str) -> Result<usize, Fault> {
        self.names.iter().position(|own| own == name && !own.is_empty()).ok_or_else(|| Fault::NoColumn {
            given: name.to_owned(),
            file: file.to_owned(),
            nearest: nearest(name, self.names.iter().map(String::as_str)),
            allowed: self.names.clone(),
        })
    }

    /// Calls back for every row of the right length, with its line; rows of another length were
    /// reported with the header, and only count. Rows without any value are no rows.
    pub(super) fn each_row(&self, text: &str, mut row: impl FnMut(u64, Option<&StringRecord>)) {
        let mut reader = reader(text, self.delimiter);
        let mut record = StringRecord::new();
        while matches!(reader.read_record(&mut record), Ok(true)) {
            let line = record.position().map_or(0, |position| line_of(text, position));
            if record.len() == self.names.len() {
                if record.iter().any(|field| !field.trim().is_empty()) {
                    row(line, Some(&record));
                }
            } else if !record.iter().all(|field| field.trim().is_empty()) {
                row(line, None);
            }
        }
    }
}

/// The columns asked for of one row.
type Cells = Box<[Box<str>]>;

/// A row that can be looked up: its line, and the columns asked for.
struct Looked {
    line: u64,
    /// Nothing where another row has the key and says something else.
    cells: Option<Cells>,
}

/// The rows of a file by their key, with the columns that others ask for.
pub(super) struct Lookup {
    /// The columns asked for, by name.
    pub(super) columns: Vec<String>,
    rows: BTreeMap<Box<str>, Looked>,
}

impl Lookup {
    pub(super) const fn new() -> Self {
        Self { columns: Vec::new(), rows: BTreeMap::new() }
    }

    /// The position of a column among those asked for.
    pub(super) fn ask(&mut self, name: &str) -> usize {
        self.columns.iter().position(|own| own == name).unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    /// Keeps a row; if its key has another row that differs, neither is kept.
    ///
    /// # Errors
    /// The line of the first row of the key, and whether that row was kept until now.
    pub(super) fn insert(&mut self, key: &str, line: u64, cells: Cells) -> Result<(), (u64, bool)> {
        match self.rows.get_mut(key) {
            Some(first) if first.cells.as_ref() == Some(&cells) => Ok(()),
            Some(first) => Err((first.line, first.cells.take().is_some())),
            None => {
                self.rows.insert(key.into(), Looked { line, cells: Some(cells) });
                Ok(())
            }
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&[Box<str>]> {
        self.rows.get(key)?.cells.as_deref()
    }

    /// The line of the first row of a key.
    pub(super) fn line(&self, key: &str) -> Option<u64> {
        self.rows.get(key).map(|row| row.line)
    }
}

/// A row with what was looked up for it.
pub(super) struct Row<'a> {
    pub(super) own: &'a StringRecord,
    /// By lookup; nothing where the key is blank or was not found.
    pub(super) joined: Vec<Option<&'a [Box<str>]>>,
}

impl<'a> Row<'a> {
    /// The text of a column, blank where there is none.
    pub(super) fn get(&self, column: &Column) -> &'a str {
        let found = match column.join {
            None => self.own.get(column.index),
            Some(join) => self
                .joined
                .get(join)
                .copied()
                .flatten()
                .and_then(|cells| cells.get(column.index))
                .map(|cell| &**cell),
        };
        found.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_seen_in_the_header() {
        for (header, delimiter) in [
            ("a,b;c,d", b','),
            ("a;b", b';'),
            ("a\tb\tc,d", b'\t'),
            ("\"a,b,c\";d", b';'),
            ("a", b','),
            ("", b','),
        ] {
            assert_eq!(likely_delimiter(header), delimiter, "{header}");
        }
    }

    #[test]
    fn a_path_stays_inside() {
        for path in ["a.csv", "sub/a.csv", "./a.csv"] {
            assert!(stays_inside(Path::new("nowhere"), path), "{path}");
        }
        for path in ["../a.csv", "sub/../../a.csv", "/a.csv", "..", "..\\a.csv", "\\a.csv"] {
            assert!(!stays_inside(Path::new("nowhere"), path), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_inside() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, dir.path().join(name)).unwrap();
        fs::write(dir.path().join("a.csv"), "a").unwrap();
        fs::write(other.path().join("b.csv"), "b").unwrap();
        link(&dir.path().join("a.csv"), "inside.csv");
        link(&other.path().join("b.csv"), "outside.csv");
        link(other.path(), "sub");
        assert!(stays_inside(dir.path(), "inside.csv"));
        assert!(!stays_inside(dir.path(), "outside.csv"));
        assert!(!stays_inside(dir.path(), "sub/b.csv"));
    }
}
