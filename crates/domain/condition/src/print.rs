//! A condition as text.
use core::fmt::{self, Write};

use chrono::SecondsFormat;
use guanxi_core::{DecimalText, Inert};

use crate::check::CATEGORIES;
use crate::lexer::is_word;
use crate::tree::{
    Comparison, Events, Kinds, Leaf, Literal, Node, Operand, Pending, Presence, Rhythm, Term, Test, Window,
    Wording,
};

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) if parts.is_empty() => f.write_str("always"),
            Self::Any(parts) if parts.is_empty() => f.write_str("never"),
            Self::All(parts) => joined(f, parts, " and ", Self::is_joined),
            Self::Any(parts) => {
                joined(f, parts, " or ", |part| matches!(part, Self::Any(parts) if !parts.is_empty()))
            }
            Self::Not(part) => {
                f.write_str("not ")?;
                grouped(f, part, part.is_joined())
            }
            Self::Leaf(leaf) => leaf.fmt(f),
        }
    }
}

impl Node {
    fn is_joined(&self) -> bool {
        matches!(self, Self::All(parts) | Self::Any(parts) if !parts.is_empty())
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Node],
    word: &str,
    needs_group: impl Fn(&Node) -> bool,
) -> fmt::Result {
    parts.iter().enumerate().try_for_each(|(place, part)| {
        f.write_str(if place > 0 { word } else { "" })?;
        grouped(f, part, needs_group(part))
    })
}

fn grouped(f: &mut fmt::Formatter<'_>, part: &Node, group: bool) -> fmt::Result {
    if group { write!(f, "({part})") } else { write!(f, "{part}") }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(
                Term::Count(events),
                Test::Compare(comparison, Operand::Value(Literal::Number(number))),
            ) if !events.runs_on() => {
                // What reads better as a sentence is written as one.
                match comparison {
                    Comparison::Equal if number.is_zero() => write!(f, "no {events}"),
                    Comparison::AtLeast if *number == rust_decimal::Decimal::ONE => write!(f, "any {events}"),
                    _ => write!(f, "count({events}) {} {}", comparison.sign(), DecimalText(*number)),
                }
            }
            Self::Test(term, Test::Anniversary(days)) => {
                write!(f, "anniversary of {term} within {days} {}", if *days == 1 { "day" } else { "days" })
            }
            Self::Test(term, test) => write!(f, "{term} {test}"),
            Self::Pending(pending) => pending.fmt(f),
        }
    }
}

impl Events {
    /// Whether an `and` that follows would be read as a further test.
    fn runs_on(&self) -> bool {
        !self.tests.is_empty() && self.within.is_none()
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(id, _) => Name(id.as_str()).fmt(f),
            Self::Count(events) => write!(f, "count({events})"),
            Self::Last(events) => write!(f, "last({events})"),
            Self::LastAttribute(events, id, _) => write!(f, "last({events}).{}", Name(id.as_str())),
            Self::Gap(events) => write!(f, "gap({events})"),
        }
    }
}

/// A name, between backticks where it is a word of the language.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_word(self.0) { write!(f, "`{}`", self.0) } else { f.write_str(self.0) }
    }
}

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        List(&self.kinds).fmt(f)?;
        for (place, test) in self.tests.iter().enumerate() {
            f.write_str(if place > 0 { " and " } else { " where " })?;
            write!(f, "{} {} {}", Name(test.id.as_str()), test.comparison.sign(), test.value)?;
        }
        match &self.within {
            None => Ok(()),
            Some(window) => write!(f, " within {window}"),
        }
    }
}

/// Entries with commas between them.
struct List<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(place, entry)| write!(f, "{}{entry}", if place > 0 { ", " } else { "" }))
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(kind) => Name(kind.as_str()).fmt(f),
            group => {
                CATEGORIES.iter().find(|(_, own)| own == group).map_or(Ok(()), |(name, _)| f.write_str(name))
            }
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(span) => span.fmt(f),
            Self::Rhythm(rhythm) => rhythm.fmt(f),
        }
    }
}

/// As the language writes it: `3 days`, `1 month`.
impl fmt::Display for crate::span::Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = self.parts();
        write!(f, "{count} {}", unit.name(count))
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = crate::span::Span::Days;
        write!(f, "{} * gap({})", DecimalText(self.factor), List(&self.of))?;
        if let Some(least) = self.at_least {
            write!(f, " at least {}", days(least))?;
        }
        write!(f, " else {}", days(self.otherwise))
    }
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pending({} until {}", List(&self.opened), List(&self.closed))?;
        if let Some((id, _)) = &self.by {
            write!(f, " by {}", Name(id.as_str()))?;
        }
        if let Some(age) = &self.age {
            write!(f, " for {age}")?;
        }
        f.write_char(')')
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(comparison, Operand::Value(value)) => write!(f, "{} {value}", comparison.sign()),
            Self::Compare(comparison, Operand::Term(term)) => write!(f, "{} {term}", comparison.sign()),
            Self::Between(from, to) => write!(f, "between {from} and {to}"),
            Self::In(values) => write!(f, "in [{}]", List(values)),
            Self::Contains(text) | Self::Member(text) => write!(f, "contains {text}"),
            Self::StartsWith(text) => write!(f, "starts with {text}"),
            Self::EndsWith(text) => write!(f, "ends with {text}"),
            Self::MemberAny(texts) => write!(f, "contains any [{}]", List(texts)),
            Self::MemberAll(texts) => write!(f, "contains all [{}]", List(texts)),
            Self::Is(Presence::Known) => f.write_str("is known"),
            Self::Is(Presence::Missing) => f.write_str("is missing"),
            Self::Is(Presence::NotApplicable) => f.write_str("is not applicable"),
            Self::Past => f.write_str("is past"),
            Self::Future => f.write_str("is future"),
            Self::WithinLast(span) => write!(f, "within last {span}"),
            Self::WithinNext(span) => write!(f, "within next {span}"),
            Self::During(side, period) => write!(f, "in {} {}", side.name(), period.name()),
            // A leaf writes the term into the middle of it.
            Self::Anniversary(days) => write!(f, "anniversary within {days} days"),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => DecimalText(*number).fmt(f),
            Self::Bool(yes) => yes.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Day(day) => day.fmt(f),
            Self::Instant(instant) => f.write_str(&instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Self::Money(money) => write!(f, "{} {}", money.currency(), DecimalText(money.amount())),
        }
    }
}

/// Between quotation marks, on one line, in characters that can be shown anywhere.
impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.given.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                c => Inert(c.encode_utf8(&mut [0; 4])).fmt(f)?,
            }
        }
        f.write_char('"')
    }
}
