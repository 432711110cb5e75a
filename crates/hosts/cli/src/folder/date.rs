//! Days and instants as people write them.
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, Utc};
use guanxi::core::parse_instant;

use super::problem::Fault;
use super::text::folded;

/// How days and instants are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DateForm {
    /// The forms declared; without any, the year comes first: `2023-10-20`, `2023/10/20`,
    /// `2023.10.20`, `2023年10月20日`.
    pub(super) patterns: Vec<Pattern>,
    /// The offset of days and of clock times that name none; without it a day is one in UTC, and no
    /// clock time is read.
    pub(super) offset: Option<FixedOffset>,
}

/// A form such as `DD.MM.YYYY` or `YYYY-MM-DD hh:mm`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    written: String,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A part of the date: what it is, and the fewest and the most digits that it has.
    Number(Part, usize, usize),
    Literal(char),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

const TOKENS: &[(&str, Part)] = &[
    ("YYYY", Part::Year),
    ("MM", Part::Month),
    ("DD", Part::Day),
    ("hh", Part::Hour),
    ("mm", Part::Minute),
    ("ss", Part::Second),
];

const YEAR_FIRST: &[&str] = &["YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYY年MM月DD日"];

impl Pattern {
    /// The form of a text with year, month and day once each, and hour, minute, second at most once.
    pub(super) fn new(written: &str) -> Option<Self> {
        let (mut rest, mut steps) = (written, Vec::new());
        while let Some(c) = rest.chars().next() {
            let token = TOKENS.iter().find_map(|(token, part)| Some((rest.strip_prefix(token)?, *part)));
            let (after, step) = match token {
                Some((after, Part::Year)) => (after, Step::Number(Part::Year, 4, 4)),
                Some((after, part)) => (after, Step::Number(part, 1, 2)),
                None if c.is_ascii_digit() => return None,
                None => (rest.strip_prefix(c)?, Step::Literal(c)),
            };
            // Where digits touch digits, only their number tells them apart.
            steps.push(match (steps.last(), step) {
                (Some(Step::Number(..)), Step::Number(part, _, most)) => Step::Number(part, most, most),
                (_, step) => step,
            });
            rest = after;
        }
        let times = |wanted: Part| {
            steps.iter().filter(|step| matches!(step, Step::Number(part, ..) if *part == wanted)).count()
        };
        let days = [Part::Year, Part::Month, Part::Day].into_iter().all(|part| times(part) == 1);
        let (hours, minutes, seconds) = (times(Part::Hour), times(Part::Minute), times(Part::Second));
        let clock = hours <= 1 && minutes == hours && seconds <= minutes;
        (days && clock).then(|| Self { written: written.to_owned(), steps })
    }

    /// Whether it tells the time of the day.
    pub(super) fn has_clock(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Number(Part::Hour, ..)))
    }

    /// Reads a text of this form; the day is `None` if there is no such day.
    fn read(&self, text: &str) -> Option<(Option<NaiveDate>, Option<NaiveTime>)> {
        let mut rest = text;
        let (mut year, mut month, mut day) = (0, 0, 0);
        let (mut hour, mut minute, mut second) = (None, 0, 0);
        for step in &self.steps {
            match step {
                Step::Literal(c) => rest = rest.strip_prefix(*c)?,
                Step::Number(part, fewest, most) => {
                    let length = rest.bytes().take(*most).take_while(u8::is_ascii_digit).count();
                    if length < *fewest {
                        return None;
                    }
                    let (digits, after) = rest.split_at_checked(length)?;
                    let number: u32 = digits.parse().ok()?;
                    rest = after;
                    match part {
                        Part::Year => year = i32::try_from(number).ok()?,
                        Part::Month => month = number,
                        Part::Day => day = number,
                        Part::Hour => hour = Some(number),
                        Part::Minute => minute = number,
                        Part::Second => second = number,
                    }
                }
            }
        }
        if !rest.is_empty() {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(year, month, day);
        match hour {
            Some(hour) => Some((date, Some(NaiveTime::from_hms_opt(hour, minute, second)?))),
            None => Some((date, None)),
        }
    }
}

impl DateForm {
    fn allowed(&self, instants: bool) -> String {
        let written: Vec<String> = if self.patterns.is_empty() {
            let more = ["YYYY-MM-DDThh:mm:ssZ"];
            let more = more.iter().take(usize::from(instants));
            YEAR_FIRST.iter().chain(more).map(|form| format!("`{form}`")).collect()
        } else {
            self.patterns.iter().map(|pattern| format!("`{}`", pattern.written)).collect()
        };
        written.join(", ")
    }

    /// The day and the time of a text in one of the forms; nothing if it is in none of them.
    fn find(&self, text: &str) -> Result<Option<(NaiveDate, Option<NaiveTime>)>, Fault> {
        let found = if self.patterns.is_empty() {
            year_first(text).map(|day| (day, None))
        } else {
            self.patterns.iter().find_map(|pattern| pattern.read(text))
        };
        match found {
            Some((Some(day), time)) => Ok(Some((day, time))),
            Some((None, _)) => Err(Fault::NoSuchDay { given: shorten(text) }),
            None => Ok(None),
        }
    }

    /// Reads a day; a clock time in a declared form is dropped.
    pub(super) fn day(&self, text: &str) -> Result<NaiveDate, Fault> {
        let text = &*folded(text);
        self.find(text)?
            .map(|(day, _)| day)
            .ok_or_else(|| Fault::Date { given: shorten(text), allowed: self.allowed(false) })
    }

    /// Reads an instant; a day is its first instant at the offset, or in UTC.
    pub(super) fn instant(&self, text: &str) -> Result<DateTime<Utc>, Fault> {
        let text = &*folded(text);
        let refused = || Fault::Instant { given: shorten(text), allowed: self.allowed(true) };
        match self.find(text)? {
            Some((day, None)) => {
                let offset = self.offset.unwrap_or_else(|| Utc.fix());
                local(day, NaiveTime::MIN, offset).ok_or_else(refused)
            }
            Some((day, Some(time))) => {
                let offset = self.offset.ok_or_else(refused)?;
                local(day, time, offset).ok_or_else(refused)
            }
            None if self.patterns.is_empty() => parse_instant(text).map_err(|_| refused()),
            None => Err(refused()),
        }
    }
}

/// The instant of a clock time at an offset.
fn local(day: NaiveDate, time: NaiveTime, offset: FixedOffset) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::new(day, time).and_local_timezone(offset);
    local.single().map(|instant| instant.with_timezone(&Utc))
}

/// The first instant of a day written `YYYY-MM-DD`, at an offset; `None` for any other text.
pub(super) fn first_instant(text: &str, offset: FixedOffset) -> Option<DateTime<Utc>> {
    let day = (text.len() == 10).then(|| year_first(text)).flatten()??;
    local(day, NaiveTime::MIN, offset).filter(|_| text.contains('-'))
}

/// The day of a text whose year comes first, the one order that is never ambiguous; the day is
/// `None` if there is no such day.
fn year_first(text: &str) -> Option<Option<NaiveDate>> {
    let (year, rest) = text.split_at_checked(4)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.' | '年'))?;
    let rest = rest.strip_prefix(separator)?;
    let (month, day) = if separator == '年' {
        let (month, day) = rest.split_once('月')?;
        (month, day.strip_suffix('日')?)
    } else {
        rest.split_once(separator)?
    };
    let number = |digits: &str, most: usize| {
        let plain = (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse::<u32>().ok() } else { None }
    };
    let year = i32::try_from(number(year, 4)?).ok()?;
    Some(NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?))
}

fn shorten(text: &str) -> String {
    text.chars().take(41).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(patterns: &[&str]) -> DateForm {
        DateForm { patterns: patterns.iter().map(|text| Pattern::new(text).unwrap()).collect(), offset: None }
    }

    fn day(form: &DateForm, text: &str) -> String {
        form.day(text).map_or_else(|fault| fault.to_string(), |day| day.to_string())
    }

    #[test]
    fn days_with_the_year_first_need_no_declaration() {
        let plain = form(&[]);
        for text in [
            "2023-10-20",
            "2023/10/20",
            "2023.10.20",
            "2023年10月20日",
            "２０２３年１０月２０日",
            " 2023-10-20 ",
        ] {
            assert_eq!(day(&plain, text), "2023-10-20", "{text}");
        }
        assert_eq!(day(&plain, "2023/1/5"), "2023-01-05");
        assert_eq!(day(&plain, "2024-02-29"), "2024-02-29");
        insta::assert_snapshot!(day(&plain, "2023-02-29"), @"there is no day `2023-02-29`");
        insta::assert_snapshot!(day(&plain, "20.10.2023"), @"expected a day in the form `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD`, `YYYY年MM月DD日`, got `20.10.2023`");
        for text in [
            "",
            "2023",
            "2023-10",
            "2023-10-20x",
            "2023-10/20",
            "20231020",
            "2023-010-20",
            "2023年10月20",
            "-023-10-20",
            "+023-1-1",
            "2023- 1-1",
        ] {
            assert!(plain.day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn other_forms_are_declared() {
        assert_eq!(day(&form(&["DD.MM.YYYY"]), "20.10.2023"), "2023-10-20");
        assert_eq!(day(&form(&["MM/DD/YYYY"]), "1/5/2023"), "2023-01-05");
        assert_eq!(day(&form(&["YYYYMMDD"]), "20231020"), "2023-10-20");
        assert_eq!(day(&form(&["DD.MM.YYYY", "YYYY-MM-DD"]), "2023-10-20"), "2023-10-20");
        insta::assert_snapshot!(day(&form(&["DD.MM.YYYY"]), "2023-10-20"), @"expected a day in the form `DD.MM.YYYY`, got `2023-10-20`");
        assert!(form(&["YYYYMMDD"]).day("2023102").is_err());
        for pattern in
            ["", "MM.DD", "DD.MM.YY", "YYYY-MM-DD hh", "YYYY-MM-DD ss", "YYYY-MM-DD-DD", "YYYY-MM-DD 00:00"]
        {
            assert_eq!(Pattern::new(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn an_instant_has_an_offset_or_is_a_day() {
        let at = |form: &DateForm, text: &str| {
            form.instant(text).map_or_else(|fault| fault.to_string(), |instant| instant.to_rfc3339())
        };
        assert_eq!(at(&form(&[]), "2023/10/20"), "2023-10-20T00:00:00+00:00");
        assert_eq!(at(&form(&[]), "2023-10-20T08:00:00+08:00"), "2023-10-20T00:00:00+00:00");
        let mut local = form(&["YYYY-MM-DD hh:mm"]);
        local.offset = FixedOffset::east_opt(8 * 3600);
        assert_eq!(at(&local, "2023-10-20 08:00"), "2023-10-20T00:00:00+00:00");
        let mut days = form(&["YYYY-MM-DD hh:mm", "YYYY-MM-DD"]);
        days.offset = FixedOffset::east_opt(8 * 3600);
        assert_eq!(at(&days, "2023-10-20"), "2023-10-19T16:00:00+00:00");
        assert_eq!(at(&days, "2023-10-20 07:00"), "2023-10-19T23:00:00+00:00");
        insta::assert_snapshot!(at(&form(&[]), "2023-10-20 08:00"), @"expected an instant in the form `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD`, `YYYY年MM月DD日`, `YYYY-MM-DDThh:mm:ssZ`, got `2023-10-20 08:00`");
        insta::assert_snapshot!(at(&local, "2023-10-20 24:00"), @"expected an instant in the form `YYYY-MM-DD hh:mm`, got `2023-10-20 24:00`");
    }
}
