//! A checked condition as it is evaluated.
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{AttributeId, Category, EventKind, FactId, FactKind, Money};
use rust_decimal::Decimal;

use crate::normal::normalised;
use crate::span::Span;
use crate::truth::Truth;
use crate::value::Fit;

/// A condition, or a part of one.
///
/// INVARIANT: `All` and `Any` have no part or at least two; the whole keeps the limits of [`crate::limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// True if all are; nothing is always true.
    All(Vec<Self>),
    /// True if any is; nothing is never true.
    Any(Vec<Self>),
    /// The opposite.
    Not(Box<Self>),
    /// A single question.
    Leaf(Box<Leaf>),
}

/// A single question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// A test of a value.
    Test(Term, Test),
    /// Opened and not closed.
    Pending(Pending),
}

/// Something with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// A fact with its schema, of which only kind, least and greatest are kept.
    Fact(FactId, Fit),
    /// How many events.
    Count(Events),
    /// When the latest of them occurred.
    Last(Events),
    /// An attribute of the latest of them, with its schema.
    LastAttribute(Events, AttributeId, Fit),
    /// The median number of days between days with such events.
    Gap(Events),
}

impl Term {
    /// The kind of its values.
    pub(crate) const fn kind(&self) -> FactKind {
        match self {
            Self::Fact(_, fit) | Self::LastAttribute(_, _, fit) => fit.kind,
            Self::Count(_) => FactKind::Int,
            Self::Last(_) => FactKind::Instant,
            Self::Gap(_) => FactKind::Decimal,
        }
    }

    /// Whether its values are personal data, which no reason shows.
    pub(crate) const fn is_personal(&self) -> bool {
        match self {
            Self::Fact(_, fit) | Self::LastAttribute(_, _, fit) => fit.personal,
            Self::Count(_) | Self::Last(_) | Self::Gap(_) => false,
        }
    }

    /// The events that it reads.
    pub(crate) const fn events(&self) -> Option<&Events> {
        match self {
            Self::Fact(..) => None,
            Self::Count(events)
            | Self::Last(events)
            | Self::LastAttribute(events, ..)
            | Self::Gap(events) => Some(events),
        }
    }
}

/// Which events: those of any of these kinds for which all tests are true, within a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Events {
    pub(crate) kinds: Vec<Kinds>, // INVARIANT: not empty
    pub(crate) tests: Vec<AttributeTest>,
    pub(crate) within: Option<Window>,
}

impl Events {
    pub(crate) fn reads(&self, kind: &EventKind) -> bool {
        self.kinds.iter().any(|kinds| kinds.has(kind))
            || self.within.as_ref().is_some_and(|within| within.reads(kind))
    }
}

/// Kinds of events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kinds {
    /// All, those of the host included.
    All,
    /// The standard ones of a category.
    Category(Category),
    /// One.
    One(EventKind),
}

impl Kinds {
    pub(crate) fn has(&self, kind: &EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => kind.category() == Some(*category),
            Self::One(one) => one == kind,
        }
    }
}

/// A test of an attribute of an event. One that is missing or unfit passes none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttributeTest {
    pub(crate) id: AttributeId,
    pub(crate) schema: Fit,
    pub(crate) comparison: Comparison,
    pub(crate) value: Literal,
}

/// How far back events count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// A span that is stated.
    Span(Span),
    /// A multiple of the customer's own gap.
    Rhythm(Rhythm),
}

impl Window {
    pub(crate) fn reads(&self, kind: &EventKind) -> bool {
        matches!(self, Self::Rhythm(rhythm) if rhythm.of.iter().any(|kinds| kinds.has(kind)))
    }
}

/// A multiple of the median gap in days, rounded up to whole days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rhythm {
    pub(crate) factor: Decimal, // INVARIANT: above 0, at most 100, normalised
    pub(crate) of: Vec<Kinds>,  // INVARIANT: not empty
    pub(crate) at_least: Option<u32>,
    pub(crate) otherwise: u32,
}

/// Opened and not closed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) opened: Vec<Kinds>, // INVARIANT: not empty
    pub(crate) closed: Vec<Kinds>, // INVARIANT: not empty
    pub(crate) by: Option<(AttributeId, Fit)>,
    pub(crate) age: Option<Window>,
}

impl Pending {
    pub(crate) fn reads(&self, kind: &EventKind) -> bool {
        self.opened.iter().chain(&self.closed).any(|kinds| kinds.has(kind))
            || self.age.as_ref().is_some_and(|age| age.reads(kind))
    }
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// Against a value or another term.
    Compare(Comparison, Operand),
    /// Between two values, both included.
    Between(Literal, Literal),
    /// One of some values.
    In(Vec<Literal>), // INVARIANT: not empty
    /// A text occurs in the text.
    Contains(Wording),
    /// The text starts so.
    StartsWith(Wording),
    /// The text ends so.
    EndsWith(Wording),
    /// A text is a member of the set.
    Member(Wording),
    /// At least one of some texts is a member.
    MemberAny(Vec<Wording>), // INVARIANT: not empty
    /// All of some texts are members.
    MemberAll(Vec<Wording>), // INVARIANT: not empty
    /// Whether there is a value.
    Is(Presence),
    /// Up to now.
    Past,
    /// After now.
    Future,
    /// At most a span ago.
    WithinLast(Span),
    /// At most a span ahead.
    WithinNext(Span),
    /// In a period before, around or after today.
    During(Side, Period),
    /// An anniversary from today to so many days later.
    Anniversary(u16),
}

/// A comparison in the order of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Differs,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Comparison {
    /// Each with its sign and its name in a tree.
    pub(crate) const NAMES: [(Self, &'static str, &'static str); 6] = [
        (Self::Equal, "=", "equals"),
        (Self::Differs, "!=", "differs"),
        (Self::Below, "<", "below"),
        (Self::AtMost, "<=", "at_most"),
        (Self::Above, ">", "above"),
        (Self::AtLeast, ">=", "at_least"),
    ];

    pub(crate) const fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::Differs)
    }

    pub(crate) fn sign(self) -> &'static str {
        Self::NAMES.iter().find(|(own, ..)| *own == self).map_or("", |(_, sign, _)| sign)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(own, ..)| *own == self).map_or("", |(.., name)| name)
    }
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    Value(Literal),
    Term(Box<Term>),
}

/// A value as it is written in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// For decimals, whole numbers and levels; normalised.
    Number(Decimal),
    Bool(bool),
    Text(Wording),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    Money(Money),
}

/// A text of a condition, as it was written and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wording {
    pub(crate) given: String,
    pub(crate) normal: String,
}

impl Wording {
    pub(crate) fn new(given: String) -> Self {
        let normal = normalised(&given);
        Self { given, normal }
    }
}

/// Whether there is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Known,
    Missing,
    NotApplicable,
}

/// Which of the periods around today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Last,
    This,
    Next,
}

impl Side {
    pub(crate) const NAMES: [(&'static str, Self); 3] =
        [("last", Self::Last), ("this", Self::This), ("next", Self::Next)];

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, own)| *own == self).map_or("", |(name, _)| name)
    }
}

/// A stretch of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Week,
    Month,
    Quarter,
    Half,
    Year,
}

impl Period {
    pub(crate) const NAMES: [(&'static str, Self); 5] = [
        ("week", Self::Week),
        ("month", Self::Month),
        ("quarter", Self::Quarter),
        ("half", Self::Half),
        ("year", Self::Year),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, own)| *own == self).map_or("", |(name, _)| name)
    }
}

impl Node {
    /// Visits every leaf in the order of writing.
    pub(crate) fn leaves<'a>(&'a self, visit: &mut impl FnMut(&'a Leaf)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.leaves(visit)),
            Self::Not(part) => part.leaves(visit),
            Self::Leaf(leaf) => visit(leaf),
        }
    }
}

impl Node {
    /// The answer that follows from those of the leaves, in the order of writing.
    pub(crate) fn of_leaves(&self, answers: &mut impl Iterator<Item = Truth>) -> Truth {
        match self {
            Self::All(parts) => {
                parts.iter().fold(Truth::True, |truth, part| truth.and(part.of_leaves(answers)))
            }
            Self::Any(parts) => {
                parts.iter().fold(Truth::False, |truth, part| truth.or(part.of_leaves(answers)))
            }
            Self::Not(part) => part.of_leaves(answers).not(),
            // There is an answer for every leaf.
            Self::Leaf(_) => answers.next().unwrap_or(Truth::Unknown),
        }
    }
}

impl Leaf {
    /// The terms that it reads: none, one, or two that are compared.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        let (first, second) = match self {
            Self::Pending(_) => (None, None),
            Self::Test(term, Test::Compare(_, Operand::Term(other))) => (Some(term), Some(&**other)),
            Self::Test(term, _) => (Some(term), None),
        };
        first.into_iter().chain(second)
    }

    pub(crate) fn reads(&self, kind: &EventKind) -> bool {
        match self {
            Self::Pending(pending) => pending.reads(kind),
            Self::Test(..) => self.terms().filter_map(Term::events).any(|events| events.reads(kind)),
        }
    }

    pub(crate) fn reads_events(&self) -> bool {
        matches!(self, Self::Pending(_)) || self.terms().any(|term| term.events().is_some())
    }
}
