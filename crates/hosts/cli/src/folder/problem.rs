use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use guanxi::core::{CurrencyError, DecimalError, IdError, LevelError, PersonalError, Quoted, is_inert};

/// Where in the folder something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file, as `guanxi.toml` names it.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: Option<u64>,
    /// The column of the text, from 1: only for `guanxi.toml`.
    pub(crate) column: Option<u64>,
    /// The field: the header of a CSV column, or the path of a key in `guanxi.toml`.
    pub(crate) field: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))?;
        self.field.as_ref().map_or(Ok(()), |field| write!(f, ", {}", Quoted(field)))
    }
}

/// One thing that is wrong, where it is and what mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where it is.
    pub(crate) place: Place,
    /// What is wrong: what was given, what is allowed.
    pub(crate) fault: Fault,
    /// What becomes of it.
    pub(crate) effect: Effect,
}

/// What becomes of input that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing is read: the folder as a whole must be mended first.
    Stop,
    /// The row is left out.
    Row,
    /// The value is left out, the rest of the row is kept.
    Value,
    /// The party is kept under its id.
    NamedById,
    /// Nothing is left out.
    Nothing,
}

impl Effect {
    const fn text(self) -> &'static str {
        match self {
            Self::Stop | Self::Nothing => "",
            Self::Row => "; the row is left out",
            Self::Value => "; the value is left out",
            Self::NamedById => "; the id stands for the name",
        }
    }
}

impl Problem {
    /// What mends it.
    pub(crate) fn remedy(&self) -> Cow<'static, str> {
        self.fault.remedy()
    }
}

/// The place, what is wrong, and on a second line what mends it.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}{}\n    {}", self.place, self.fault, self.effect.text(), self.remedy())
    }
}

/// What can be wrong with a folder, its `guanxi.toml`, a file or a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("no such file")]
    FileMissing,
    #[error("cannot be read: {reason}")]
    Unreadable { reason: String },
    #[error("a file stays inside the folder, got {}", Quoted(.given))]
    OutsideFolder { given: String },
    #[error("expected text in {encoding}, got the byte 0x{byte:02X} at offset {offset}, which is none")]
    Undecodable { encoding: String, byte: u8, offset: usize },
    #[error("the file is empty, expected a line of column names")]
    EmptyFile,
    #[error("the file has column names but no row")]
    NoRow,
    #[error("a quote that opens in this row is never closed")]
    OpenQuote,
    #[error("a quote that opens in this row closes only in line {line}")]
    LateQuote { line: u64 },
    #[error("one field goes to line {line}, and its lines look like rows")]
    RowsInField { line: u64 },
    #[error("the column name {} stands in columns {first} and {second}", Quoted(.given))]
    DuplicateHeader { given: String, first: usize, second: usize },
    #[error("no column {} in {file}", Quoted(.given))]
    NoColumn { given: String, file: String, nearest: Option<String>, allowed: Vec<String> },

    #[error("not TOML: {message}")]
    NotToml { message: String },
    #[error("{0}")]
    Setting(guanxi::policy::Problem),
    #[error("{what} {}", Quoted(.given))]
    Undeclared { what: &'static str, given: String, nearest: Option<String>, allowed: Vec<String> },
    #[error("the file {} has no key to be looked up by", Quoted(.file))]
    NoKey { file: String },

    #[error("expected {allowed} field{}, got {given}", if *.allowed == 1 { "" } else { "s" })]
    RowLength { given: usize, allowed: usize },
    #[error("expected a value, got a blank")]
    Blank,
    #[error("{error}")]
    Number { error: DecimalError, allowed: String },
    #[error("expected groups of three digits such as {allowed}, got {}", Quoted(.given))]
    Thousands { given: String, allowed: String },
    #[error("a number is written in full, got {} in the short form of a spreadsheet", Quoted(.given))]
    Exponent { given: String },
    #[error("expected a whole number from -9223372036854775808 to 9223372036854775807, got {}", Quoted(.given))]
    NotWhole { given: String },
    #[error("the exact product of {given} has more than 28 digits")]
    Product { given: String },
    #[error("there is no day {}", Quoted(.given))]
    NoSuchDay { given: String },
    #[error("expected a day in the form {allowed}, got {}", Quoted(.given))]
    Date { given: String, allowed: String },
    #[error("expected an instant in the form {allowed}, got {}", Quoted(.given))]
    Instant { given: String, allowed: String },
    #[error("expected {allowed}, got {}", Quoted(.given))]
    Bool { given: String, allowed: String },
    #[error("{0}")]
    Level(LevelError),
    #[error("expected a text without control and invisible characters, got {}", Quoted(.given))]
    NotInert { given: String },
    #[error("{0}")]
    Id(IdError),
    #[error("{0}")]
    Personal(PersonalError),
    #[error("{0}")]
    Currency(CurrencyError),
    #[error("the amount has no currency")]
    NoCurrency,
    #[error("the party {} stands in {file}:{line}, too, and differs", Quoted(.given))]
    DuplicateParty { given: String, file: String, line: u64 },
    #[error("a row with the key {} stands in line {line}, too, and differs", Quoted(.given))]
    DuplicateKey { given: String, line: u64 },
    #[error("no party has the id {}", Quoted(.given))]
    UnknownParty { given: String },
    #[error("the party {} was left out: see {file}:{line}", Quoted(.given))]
    PartyLeftOut { given: String, file: String, line: u64 },
    #[error("the rows of {file} with the key {} were left out: see line {line}", Quoted(.given))]
    LookupLeftOut { given: String, file: String, line: u64 },
    #[error("no row of {file} has the key {}", Quoted(.given))]
    NoMatch { given: String, file: String },
}

impl Fault {
    /// A text that an id or a name refused.
    pub(super) fn of_id(text: &str, error: IdError) -> Self {
        if is_inert(text) {
            Self::Id(error)
        } else {
            Self::NotInert { given: text.chars().take(41).collect() }
        }
    }

    /// What mends it.
    fn remedy(&self) -> Cow<'static, str> {
        match self {
            Self::FileMissing => "put the file into the folder, or correct its path".into(),
            Self::Unreadable { .. } => "check that it is a file and that you may read it".into(),
            Self::OutsideFolder { .. } => "copy the file itself, no link to it, into the folder and name it without `..` or a root".into(),
            Self::Undecodable { .. } => {
                "save the file as UTF-8, or declare its `encoding` (such as \"gb18030\") under [files]".into()
            }
            Self::EmptyFile => "write the column names in the first line, separated by commas".into(),
            Self::OpenQuote | Self::LateQuote { .. } | Self::RowsInField { .. } => "close the quote, or double a quote that is part of the text: \"5\"\" pipe\"".into(),
            Self::NoRow => "nothing was read from it: export it again if it should have rows".into(),
            Self::DuplicateHeader { .. } => "give every column a name of its own".into(),
            Self::NoColumn { nearest, allowed, .. } => choice(nearest.as_deref(), "its columns", allowed),
            Self::Undeclared { nearest, allowed, .. } => choice(nearest.as_deref(), "declared are", allowed),
            Self::NotToml { .. } => "correct the line; a text stands in quotes, and so does a name in other letters than a to z".into(),
            Self::Setting(problem) => match problem.code {
                "unknown_field" => "correct the name of the key, or remove it".into(),
                "missing_field" => "add the key".into(),
                _ => "correct the value".into(),
            },
            Self::NoKey { .. } => "add `key`, the column whose values are unique, to the file under [files]".into(),
            Self::RowLength { given, allowed } if given > allowed => {
                "put a field that holds the separator or a line break into quotes".into()
            }
            Self::RowLength { .. } => "complete the row; a field that is not given is left blank".into(),
            Self::Blank => "fill in the field".into(),
            Self::Number { error: DecimalError::TooManyDigits { .. }, .. } => {
                "check the digits: no real quantity has so many".into()
            }
            Self::Number { allowed, .. } => format!(
                "write {allowed}; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`"
            )
            .into(),
            Self::Thousands { .. } => "correct the number, or the `thousands` declared for it".into(),
            Self::Exponent { .. } => "export the column as a plain number, since digits may have been lost".into(),
            Self::NotWhole { .. } => "correct the number, or declare the type \"decimal\"".into(),
            Self::Product { .. } => "round the factors in the source".into(),
            Self::Date { .. } | Self::Instant { .. } => {
                "correct the field, or declare how days are written: `dates = \"DD.MM.YYYY\"`".into()
            }
            Self::NoSuchDay { .. } => "correct the day: its month is shorter, or its year is no leap year".into(),
            Self::Bool { .. } => "correct the field, or declare the words: `yes = [...]`, `no = [...]`".into(),
            Self::Level(_) => "correct the field, or the `of` declared for it".into(),
            Self::NotInert { .. } => "type it anew: it holds characters that are not seen".into(),
            Self::Id(IdError::NotACode { .. }) => "write a code such as `order.placed`".into(),
            Self::Id(_) => "correct the field, or the template that makes the text".into(),
            Self::Personal(_) => "correct the field, or leave it blank".into(),
            Self::Currency(_) => "write the three letters of ISO 4217".into(),
            Self::NoCurrency => "declare `currency` or `currency_column`".into(),
            Self::DuplicateParty { .. } => "keep one row for a party, make them equal, or give the other an id of its own".into(),
            Self::DuplicateKey { .. } => "keep one row for a key, make them equal, or declare the `key` that is unique".into(),
            Self::UnknownParty { .. } => "add the party to the file of parties, or correct the id".into(),
            Self::PartyLeftOut { .. } => "correct the row of the party".into(),
            Self::LookupLeftOut { .. } => "keep one of the rows".into(),
            Self::NoMatch { .. } => "add the row that is looked up, or correct the key".into(),
        }
    }
}

/// "did you mean `x`? its columns are `x`, `y`", with at most a dozen names.
fn choice<S: AsRef<str>>(nearest: Option<&str>, what: &str, names: &[S]) -> Cow<'static, str> {
    const SHOWN: usize = 12;
    let mut text = nearest.map_or(String::new(), |name| format!("did you mean {}? ", Quoted(name)));
    text.push_str(what);
    text.push_str(": ");
    for (index, name) in names.iter().take(SHOWN).enumerate() {
        text.push_str(if index > 0 { ", " } else { "" });
        text.push_str(&Quoted(name.as_ref()).to_string());
    }
    match names.len() {
        0 => text.push_str("none"),
        all if all > SHOWN => text.push_str(&format!(" and {} more", all - SHOWN)),
        _ => {}
    }
    text.into()
}

/// The name most like the one given, if any is like it at all.
pub(crate) fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let plain = |text: &str| -> Vec<char> {
        let letters = text.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.'));
        letters.flat_map(char::to_lowercase).take(64).collect()
    };
    let given = plain(given);
    names
        .into_iter()
        .map(|name| (name, plain(name)))
        .map(|(name, letters)| (likeness(&given, &letters), name, letters.len()))
        .filter(|(distance, _, length)| *distance <= (given.len().max(*length) / 3).max(1))
        .filter(|(distance, _, length)| *distance < given.len().max(*length))
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, name, _)| name.to_owned())
}

/// Levenshtein distance, where a name that holds the whole of the other is one step away.
fn likeness(a: &[char], b: &[char]) -> usize {
    if a == b {
        return 0;
    }
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short.len() >= 2 && long.windows(short.len()).any(|window| window == short) {
        return 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let change = diagonal + usize::from(x != y);
            diagonal = *cell;
            left = change.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// The problems of a run: the first ones of every file are kept, all are counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems {
    listed: Vec<Problem>,
    counts: BTreeMap<String, u64>,
}

impl Problems {
    /// How many problems of one file are kept.
    pub(crate) const LISTED: u64 = 1_000;

    /// Counts a problem, and keeps it unless its file has too many already.
    pub(crate) fn push(&mut self, problem: Problem) {
        let count = match self.counts.get_mut(&problem.place.file) {
            Some(count) => count,
            None => self.counts.entry(problem.place.file.clone()).or_default(),
        };
        *count += 1;
        if *count <= Self::LISTED {
            self.listed.push(problem);
        }
    }

    /// By file, one before all others, these in the order in which each had its first problem; in a
    /// file by line and column, and there in the order of reading.
    pub(super) fn in_order(mut self, first: &str) -> Self {
        let mut files: Vec<String> = vec![first.to_owned()];
        for Problem { place, .. } in &self.listed {
            if !files.contains(&place.file) {
                files.push(place.file.clone());
            }
        }
        self.listed.sort_by_key(|Problem { place, .. }| {
            (files.iter().position(|file| *file == place.file), place.line, place.column)
        });
        self
    }

    /// The problems kept, in their order.
    pub(crate) fn listed(&self) -> &[Problem] {
        &self.listed
    }

    /// How many problems there are, kept or not.
    pub(crate) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many problems each file has.
    pub(crate) fn by_file(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts.iter().map(|(file, count)| (file.as_str(), *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let columns = ["order_id", "order_date", "net", "客户编号", "客户名称"];
        let near = |given: &str| nearest(given, columns);
        assert_eq!(near("Order ID").as_deref(), Some("order_id"));
        assert_eq!(near("ordr_date").as_deref(), Some("order_date"));
        assert_eq!(near("net_amount").as_deref(), Some("net"));
        assert_eq!(near("客户编码").as_deref(), Some("客户编号"));
        assert_eq!(near("x"), None);
        assert_eq!(near("freight"), None);
        assert_eq!(nearest("", [""]), None);
    }

    #[test]
    fn problems_stand_by_file_and_line() {
        let mut problems = Problems::default();
        for (file, line) in
            [("b", None), ("b", Some(7)), ("a", Some(3)), ("b", Some(2)), ("c", Some(1)), ("a", Some(1))]
        {
            let place = Place { file: file.into(), line, column: None, field: None };
            problems.push(Problem { place, fault: Fault::Blank, effect: Effect::Row });
        }
        let places: Vec<String> =
            problems.in_order("c").listed().iter().map(|problem| problem.place.to_string()).collect();
        assert_eq!(places, ["c:1", "b", "b:2", "b:7", "a:1", "a:3"]);
    }

    #[test]
    fn all_problems_are_counted_and_the_first_are_kept() {
        let mut problems = Problems::default();
        for file in ["a.csv", "b.csv"] {
            for line in 0..1_500 {
                let place = Place { file: file.into(), line: Some(line), column: None, field: None };
                problems.push(Problem { place, fault: Fault::Blank, effect: Effect::Row });
            }
        }
        assert_eq!((problems.total(), problems.listed().len()), (3_000, 2_000));
        assert_eq!(problems.by_file().collect::<Vec<_>>(), [("a.csv", 1_500), ("b.csv", 1_500)]);
    }
}
