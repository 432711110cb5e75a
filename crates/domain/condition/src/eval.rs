//! Whether a condition holds.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cell::OnceCell;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{AttributeId, Event, Fact, FactId, FactValue};
use rust_decimal::Decimal;

use crate::calendar::has_anniversary;
use crate::given::{Given, Moment};
use crate::normal::{is_normally, normalised};
use crate::span::Span;
use crate::tree::{
    AttributeTest, Comparison, Events, Kinds, Leaf, Node, Operand, Pending, Presence, Rhythm, Term, Test,
    Window, Wording,
};
use crate::truth::Truth;
use crate::value::{Fit, Value};

/// What a term is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Found<'a> {
    Value(Value<'a>),
    NotApplicable,
    Absent(Absence),
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// Nobody said which.
    Missing,
    /// It was observed after the instant of the question.
    Future(DateTime<Utc>),
    /// It breaks its schema.
    Unfit,
    /// Nobody knows what happened.
    NoLog,
    /// There is no such event.
    NoEvent,
    /// The latest event lacks the attribute.
    NoAttribute,
    /// Fewer than two days with such events.
    FewDays,
}

/// Facts and events as they are at an instant.
pub(crate) struct Scene<'a> {
    given: Given<'a>,
    /// The events up to the instant.
    past: Option<&'a [&'a Event]>,
    at: Moment,
    /// Asked for by few, and slow to find in a zone with rules.
    today: OnceCell<NaiveDate>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(given: &Given<'a>, at: &Moment) -> Self {
        let past = given.events.map(|log| log.split(at.as_of).0);
        Self { given: *given, past, at: *at, today: OnceCell::new() }
    }

    fn today(&self) -> NaiveDate {
        *self.today.get_or_init(|| self.at.zone.day(self.at.as_of))
    }

    pub(crate) fn node(&self, node: &Node) -> Truth {
        match node {
            Node::All(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.node(part));
                    if truth == Truth::False {
                        break;
                    }
                }
                truth
            }
            Node::Any(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.node(part));
                    if truth == Truth::True {
                        break;
                    }
                }
                truth
            }
            Node::Not(part) => self.node(part).not(),
            Node::Leaf(leaf) => self.leaf(leaf),
        }
    }

    pub(crate) fn leaf(&self, leaf: &Leaf) -> Truth {
        self.leaf_by(leaf, &|term| self.term(term))
    }

    /// The answer of a leaf, for somebody who finds what its terms are worth.
    pub(crate) fn leaf_by(&self, leaf: &Leaf, find: &dyn Fn(&Term) -> Found<'a>) -> Truth {
        match leaf {
            Leaf::Pending(pending) => {
                self.past.map(|past| self.pending(pending, past).next().is_some()).into()
            }
            Leaf::Test(term, Test::Is(presence)) => Truth::from(match find(term) {
                Found::Value(_) => *presence == Presence::Known,
                Found::Absent(_) => *presence == Presence::Missing,
                Found::NotApplicable => *presence == Presence::NotApplicable,
            }),
            Leaf::Test(term, test) => match find(term) {
                Found::Value(value) => self.test_by(&value, test, find),
                Found::Absent(_) | Found::NotApplicable => Truth::Unknown,
            },
        }
    }

    pub(crate) fn term(&self, term: &Term) -> Found<'a> {
        match (term, self.past) {
            (Term::Fact(id, schema), _) => match self.fact(id) {
                Fact::Missing => Found::Absent(Absence::Missing),
                Fact::NotApplicable => Found::NotApplicable,
                Fact::Known { observed_at: Some(at), .. } if at > self.at.as_of => {
                    Found::Absent(Absence::Future(at))
                }
                Fact::Known { value, .. } => {
                    Value::fitting(schema, value).map_or(Found::Absent(Absence::Unfit), Found::Value)
                }
            },
            (_, None) => Found::Absent(Absence::NoLog),
            (Term::Count(events), Some(past)) => {
                let count = self.matching(events, past).count();
                Found::Value(Value::Number(count.into()))
            }
            (Term::Last(events), Some(past)) => last(self.matching(events, past).next_back()),
            (Term::LastAttribute(events, id, fit), Some(past)) => {
                last_attribute(self.matching(events, past).next_back(), id, fit)
            }
            (Term::Gap(events), Some(past)) => gap(self.median_gap(self.matching(events, past))),
        }
    }

    /// The events that match, by occurrence, then by id.
    fn matching<'e>(
        &'e self,
        events: &'e Events,
        past: &'a [&'a Event],
    ) -> impl DoubleEndedIterator<Item = &'a Event> + 'e {
        let within = events.within.as_ref().map(|window| self.span(window, past));
        past.iter().copied().filter(move |event| {
            events.kinds.iter().any(|kinds| kinds.has(&event.kind))
                && within.is_none_or(|span| self.counts(event, span))
                && events.tests.iter().all(|test| passes(event, test))
        })
    }

    /// Whether an event still counts within a span.
    fn counts(&self, event: &Event, span: Span) -> bool {
        !span.has_passed(event.occurred_at, self.at.as_of, self.at.zone)
    }

    /// The span that a window is at this instant.
    fn span(&self, window: &Window, past: &[&Event]) -> Span {
        match window {
            Window::Span(span) => *span,
            Window::Rhythm(rhythm) => {
                let events =
                    past.iter().copied().filter(|event| rhythm.of.iter().any(|kinds| kinds.has(&event.kind)));
                rhythm.span(self.median_gap(events))
            }
        }
    }

    /// The median number of half days between consecutive days with events.
    fn median_gap<'e>(&self, events: impl Iterator<Item = &'e Event>) -> Option<i64> {
        let mut days: Vec<NaiveDate> = events.map(|event| self.at.zone.day(event.occurred_at)).collect();
        days.sort_unstable();
        days.dedup();
        let later = days.iter().skip(1);
        let mut gaps: Vec<i64> =
            days.iter().zip(later).map(|(day, next)| next.signed_duration_since(*day).num_days()).collect();
        gaps.sort_unstable();
        let middle = gaps.len() / 2;
        let upper = gaps.get(middle)?;
        let lower = if gaps.len().is_multiple_of(2) { gaps.get(middle.checked_sub(1)?)? } else { upper };
        Some(lower + upper)
    }

    /// What is known of a fact.
    pub(crate) fn fact(&self, id: &FactId) -> Fact<'a> {
        self.given.facts.fact(id)
    }

    /// Whether anybody knows what happened.
    pub(crate) const fn knows_events(&self) -> bool {
        self.past.is_some()
    }

    /// The events after the instant.
    pub(crate) fn future(&self) -> impl Iterator<Item = &'a Event> {
        let future = self.given.events.map_or(&[] as &[_], |log| log.split(self.at.as_of).1);
        future.iter().copied()
    }

    /// When the first event occurred that is pending.
    pub(crate) fn pending_since(&self, pending: &Pending) -> Option<DateTime<Utc>> {
        let past = self.past?;
        self.pending(pending, past).last()
    }

    /// When the events occurred that are pending, the latest first.
    fn pending<'p>(
        &'p self,
        pending: &'p Pending,
        past: &'p [&Event],
    ) -> impl Iterator<Item = DateTime<Utc>> + 'p {
        let span = pending.age.as_ref().map(|age| self.span(age, past));
        let is_old = move |event: &Event| span.is_none_or(|span| !self.counts(event, span));
        let key = move |event: &Event| match &pending.by {
            None => None,
            Some((id, schema)) => key_of(event, id, schema),
        };
        let is = move |event: &Event, kinds: &[Kinds]| kinds.iter().any(|kinds| kinds.has(&event.kind));
        // What closes lies after what it closes.
        let mut closed = BTreeSet::new();
        past.iter().rev().filter_map(move |event| {
            let opens = is(event, &pending.opened) && is_old(event) && !closed.contains(&key(event));
            if is(event, &pending.closed) {
                closed.insert(key(event));
            }
            opens.then_some(event.occurred_at)
        })
    }

    pub(crate) fn test(&self, value: &Value<'a>, test: &Test) -> Truth {
        self.test_by(value, test, &|term| self.term(term))
    }

    fn test_by(&self, value: &Value<'a>, test: &Test, find: &dyn Fn(&Term) -> Found<'a>) -> Truth {
        match test {
            Test::Compare(comparison, Operand::Value(literal)) => comparison.holds(&value.to(literal)),
            Test::Compare(comparison, Operand::Term(term)) => match find(term) {
                Found::Value(other) => comparison.holds(&value.relation(&other)),
                Found::Absent(_) | Found::NotApplicable => Truth::Unknown,
            },
            Test::Between(from, to) => {
                let (from, to) = (value.to(from), value.to(to));
                Comparison::AtLeast.holds(&from).and(Comparison::AtMost.holds(&to))
            }
            Test::In(literals) => literals
                .iter()
                .fold(Truth::False, |found, literal| found.or(Comparison::Equal.holds(&value.to(literal)))),
            Test::Is(presence) => Truth::from(*presence == Presence::Known),
            Test::Contains(wording) => text_test(value, |text| text.contains(&wording.normal)),
            Test::StartsWith(wording) => text_test(value, |text| text.starts_with(&wording.normal)),
            Test::EndsWith(wording) => text_test(value, |text| text.ends_with(&wording.normal)),
            Test::Member(wording) => set_test(value, |has| has(wording)),
            Test::MemberAny(wordings) => set_test(value, |has| wordings.iter().any(has)),
            Test::MemberAll(wordings) => set_test(value, |has| wordings.iter().all(has)),
            Test::Past => self.dated(value, |at| at <= self.at.as_of, |day| day < self.today()),
            Test::Future => self.dated(value, |at| at > self.at.as_of, |day| day > self.today()),
            Test::WithinLast(span) => self.dated(
                value,
                |at| {
                    let end = || span.after(at, self.at.zone);
                    at <= self.at.as_of && end().is_none_or(|end| self.at.as_of < end)
                },
                |day| day <= self.today() && span.after_day(day).is_none_or(|end| self.today() < end),
            ),
            Test::WithinNext(span) => self.dated(
                value,
                |at| {
                    let begin = || span.before(at, self.at.zone);
                    self.at.as_of < at && begin().is_none_or(|begin| begin <= self.at.as_of)
                },
                |day| self.today() <= day && span.before_day(day).is_none_or(|begin| begin <= self.today()),
            ),
            Test::During(side, period) => self.on_day(value, |day| {
                let number = |day| period.number(day, self.at.week_start);
                number(day) == number(self.today()) + side.ahead()
            }),
            Test::Anniversary(days) => self.on_day(value, |day| has_anniversary(day, self.today(), *days)),
        }
    }

    fn dated(
        &self,
        value: &Value<'_>,
        instant: impl Fn(DateTime<Utc>) -> bool,
        day: impl Fn(NaiveDate) -> bool,
    ) -> Truth {
        match value {
            Value::Instant(at) => instant(*at).into(),
            Value::Day(date) => day(*date).into(),
            _ => Truth::Unknown,
        }
    }

    fn on_day(&self, value: &Value<'_>, holds: impl Fn(NaiveDate) -> bool) -> Truth {
        self.dated(value, |at| holds(self.at.zone.day(at)), &holds)
    }
}

impl Rhythm {
    /// The span for a median gap in half days.
    pub(crate) fn span(&self, halves: Option<i64>) -> Span {
        let Some(halves) = halves else { return Span::Days(self.otherwise) };
        // A factor has at most 96 bits, half days have at most 29.
        let unit = 10_i128.pow(self.factor.scale()) * 2;
        let product = self.factor.mantissa() * i128::from(halves);
        let days = (product + unit - 1).div_euclid(unit);
        Span::Days(u32::try_from(days).unwrap_or(u32::MAX).max(self.at_least.unwrap_or(0)))
    }
}

pub(crate) fn passes(event: &Event, test: &AttributeTest) -> bool {
    let value = event.attributes.get(&test.id).and_then(|value| Value::fitting(&test.schema, value));
    value.is_some_and(|value| test.comparison.holds(&value.to(&test.value)).is_true())
}

/// What the latest event is worth.
pub(crate) fn last<'a>(event: Option<&Event>) -> Found<'a> {
    event.map_or(Found::Absent(Absence::NoEvent), |event| Found::Value(Value::Instant(event.occurred_at)))
}

/// What an attribute of the latest event is worth.
pub(crate) fn last_attribute<'a>(event: Option<&'a Event>, id: &AttributeId, fit: &Fit) -> Found<'a> {
    match event.map(|event| event.attributes.get(id)) {
        None => Found::Absent(Absence::NoEvent),
        Some(None) => Found::Absent(Absence::NoAttribute),
        Some(Some(value)) => Value::fitting(fit, value).map_or(Found::Absent(Absence::Unfit), Found::Value),
    }
}

/// What a median gap in half days is worth.
pub(crate) fn gap<'a>(halves: Option<i64>) -> Found<'a> {
    // Half a day is 5 tenths.
    let days = halves.map(|halves| Decimal::new(halves.saturating_mul(5), 1));
    days.map_or(Found::Absent(Absence::FewDays), |days| Found::Value(Value::Number(days)))
}

pub(crate) fn key_of(event: &Event, id: &AttributeId, schema: &Fit) -> Option<FactValue> {
    Value::fitting(schema, event.attributes.get(id)?).map(|value| value.key())
}

fn text_test(value: &Value<'_>, holds: impl Fn(&str) -> bool) -> Truth {
    match value {
        Value::Text(text) => holds(&normalised(text)).into(),
        _ => Truth::Unknown,
    }
}

fn set_test(value: &Value<'_>, holds: impl Fn(&dyn Fn(&Wording) -> bool) -> bool) -> Truth {
    match value {
        Value::Set(texts) => {
            holds(&|wording: &Wording| texts.iter().any(|text| is_normally(text, &wording.normal))).into()
        }
        _ => Truth::Unknown,
    }
}
