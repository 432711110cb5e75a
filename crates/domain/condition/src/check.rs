//! What was read, held against a vocabulary: names, kinds, limits.
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::{AttributeId, Category, EventKind, FactId, FactKind, Quoted, parse_decimal};
use guanxi_policy::nearest;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::limits;
use crate::literal::{read_day, read_instant};
use crate::span::{Span, Unit};
use crate::spec::{
    Asked, AttributeTestSpec, Count, EventsSpec, KindsSpec, ListSpec, Name, OperandSpec, Part, PendingSpec,
    Place, Raw, SpanSpec, Spec, TermSpec, TestSpec, ValueSpec, WindowSpec,
};
use crate::tree::{
    AttributeTest, Comparison, Events, Kinds, Leaf, Literal, Node, Operand, Pending, Rhythm, Term, Test,
    Window, Wording,
};
use crate::value::Fit;
use crate::vocabulary::Vocabulary;

/// Holds what was read against a vocabulary and reports all that does not fit.
pub(crate) fn checked<P: Place>(spec: &Spec<P>, vocabulary: &Vocabulary) -> Option<Node> {
    Checker { vocabulary }.node(spec)
}

struct Checker<'v> {
    vocabulary: &'v Vocabulary,
}

/// The categories as they are written.
pub(crate) const CATEGORIES: [(&str, Kinds); 6] = [
    ("@all", Kinds::All),
    ("@base", Kinds::Category(Category::Base)),
    ("@transaction", Kinds::Category(Category::Transaction)),
    ("@behaviour", Kinds::Category(Category::Behaviour)),
    ("@interaction", Kinds::Category(Category::Interaction)),
    ("@feedback", Kinds::Category(Category::Feedback)),
];

/// Whether values of a kind have an order.
const fn is_ordered(kind: FactKind) -> bool {
    !matches!(kind, FactKind::Bool | FactKind::Text | FactKind::Set)
}

const fn is_number(kind: FactKind) -> bool {
    matches!(kind, FactKind::Decimal | FactKind::Int | FactKind::Level { .. })
}

const fn is_dated(kind: FactKind) -> bool {
    matches!(kind, FactKind::Date | FactKind::Instant)
}

fn is_comparable(one: FactKind, other: FactKind) -> bool {
    (is_number(one) && is_number(other)) || core::mem::discriminant(&one) == core::mem::discriminant(&other)
}

/// What can be asked of a kind, as text.
const fn tests_of(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Decimal | FactKind::Int | FactKind::Level { .. } | FactKind::Money => {
            "=, !=, <, <=, >, >=, between, in, is known, is missing, is not applicable"
        }
        FactKind::Bool => "=, !=, in, is known, is missing, is not applicable",
        FactKind::Text => {
            "=, !=, in, contains, starts with, ends with, is known, is missing, is not applicable"
        }
        FactKind::Set => "contains, contains any, contains all, is known, is missing, is not applicable",
        FactKind::Date | FactKind::Instant => {
            "=, !=, <, <=, >, >=, between, in, within last, within next, is past, is future, in this month and the like, \
             anniversary, is known, is missing, is not applicable"
        }
    }
}

/// All of what could be made, once each has had its say.
fn whole<T>(parts: impl IntoIterator<Item = Option<T>>) -> Option<Vec<T>> {
    let parts: Vec<Option<T>> = parts.into_iter().collect();
    parts.into_iter().collect()
}

/// What may be left out; `None` if it is there and unsound.
fn optional<T, U>(part: Option<&Part<T>>, check: impl FnOnce(&T) -> Option<U>) -> Option<Option<U>> {
    match part {
        None => Some(None),
        Some(part) => part.as_ref().and_then(check).map(Some),
    }
}

/// The first names, and how many more there are.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let (mut text, mut count) = (String::new(), 0);
    for name in names {
        if count < SHOWN {
            text = if count == 0 { name.into() } else { format!("{text}, {name}") };
        }
        count += 1;
    }
    match count {
        0 => "none is declared".into(),
        _ if count > SHOWN => format!("{text} and {} more", count - SHOWN),
        _ => text,
    }
}

fn unknown<'a, P: Place>(name: &Name<P>, names: impl Iterator<Item = &'a str> + Clone) {
    let near = nearest(&name.text, names.clone());
    let hint = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
    let given = Quoted(&name.text).to_string();
    name.place.report("unknown_name", given, format!("{}{hint}", listed(names)));
}

impl Checker<'_> {
    fn node<P: Place>(&self, spec: &Spec<P>) -> Option<Node> {
        match spec {
            Spec::All(place, parts) => self.parts(place, parts).map(Node::All),
            Spec::Any(place, parts) => self.parts(place, parts).map(Node::Any),
            Spec::Not(_, part) => self.node(part).map(|part| Node::Not(Box::new(part))),
            Spec::Test(term, test) => {
                let (term, kind) = self.term(term.as_ref()?)?;
                Some(Node::Leaf(Box::new(Leaf::Test(term, self.test(kind, test.as_ref()?)?))))
            }
            Spec::Pending(pending) => {
                self.pending(pending).map(|pending| Node::Leaf(Box::new(Leaf::Pending(pending))))
            }
            Spec::Broken => None,
        }
    }

    fn parts<P: Place>(&self, place: &P, parts: &[Spec<P>]) -> Option<Vec<Node>> {
        let parts = whole(parts.iter().map(|part| self.node(part)))?;
        if parts.len() == 1 {
            place.report(
                "not_allowed",
                "one part".into(),
                "two parts or more, or the one part by itself".into(),
            );
            return None;
        }
        Some(parts)
    }

    fn term<P: Place>(&self, term: &TermSpec<P>) -> Option<(Term, FactKind)> {
        Some(match term {
            TermSpec::Fact(name) => {
                let Some((id, schema)) = self.fact(&name.text) else {
                    unknown(
                        name,
                        self.vocabulary.facts().map(|(id, _)| id.as_str()).collect::<Vec<_>>().into_iter(),
                    );
                    return None;
                };
                let kind = schema.kind;
                (Term::Fact(id, schema), kind)
            }
            TermSpec::Count(events) => (Term::Count(self.events(events)?), FactKind::Int),
            TermSpec::Gap(events) => (Term::Gap(self.events(events)?), FactKind::Decimal),
            TermSpec::Last(events, None) => (Term::Last(self.events(events)?), FactKind::Instant),
            TermSpec::Last(events, Some(name)) => {
                let (events, attribute) = (self.events(events), self.attribute(name.as_ref()));
                let (id, schema) = attribute?;
                let kind = schema.kind;
                (Term::LastAttribute(events?, id, schema), kind)
            }
        })
    }

    fn fact(&self, name: &str) -> Option<(FactId, Fit)> {
        Some((FactId::new(name).ok()?, self.vocabulary.fact(name)?.into()))
    }

    fn attribute<P: Place>(&self, name: Option<&Name<P>>) -> Option<(AttributeId, Fit)> {
        let name = name?;
        let found = self.vocabulary.attribute(&name.text);
        let Some((id, schema)) = AttributeId::new(&name.text).ok().zip(found) else {
            let names: Vec<&str> = self.vocabulary.attributes().map(|(id, _)| id.as_str()).collect();
            unknown(name, names.into_iter());
            return None;
        };
        Some((id, schema.into()))
    }

    fn events<P: Place>(&self, events: &EventsSpec<P>) -> Option<Events> {
        let kinds = self.kinds(events.kinds.as_ref());
        let tests = self.attribute_tests(events);
        let within = optional(events.within.as_ref(), |within| self.window(within));
        Some(Events { kinds: kinds?, tests: tests?, within: within? })
    }

    fn kinds<P: Place>(&self, kinds: Option<&KindsSpec<P>>) -> Option<Vec<Kinds>> {
        let KindsSpec { place, names } = kinds?;
        if !(1..=limits::ENTRIES).contains(&names.len()) {
            entries(place, names.len());
            return None;
        }
        whole(names.iter().map(|name| self.kind(name.as_ref()?)))
    }

    fn attribute_tests<P: Place>(&self, events: &EventsSpec<P>) -> Option<Vec<AttributeTest>> {
        let given = events.tests.len();
        if given > limits::ENTRIES {
            if let Some(kinds) = &events.kinds {
                entries(&kinds.place, given);
            }
            return None;
        }
        whole(events.tests.iter().map(|test| self.attribute_test(test.as_ref()?)))
    }

    fn kind<P: Place>(&self, name: &Name<P>) -> Option<Kinds> {
        if name.text.starts_with('@') {
            let found = CATEGORIES.iter().find(|(category, _)| *category == name.text);
            if found.is_none() {
                unknown(name, CATEGORIES.iter().map(|(category, _)| *category));
            }
            return found.map(|(_, kinds)| kinds.clone());
        }
        let kind = EventKind::new(&name.text).ok().filter(|kind| self.vocabulary.knows(kind));
        if kind.is_none() {
            let standard = EventKind::standard().map(|(_, kind)| kind);
            let own: Vec<&str> = self.vocabulary.kinds().map(EventKind::as_str).chain(standard).collect();
            unknown(name, own.into_iter());
        }
        kind.map(Kinds::One)
    }

    fn attribute_test<P: Place>(&self, test: &AttributeTestSpec<P>) -> Option<AttributeTest> {
        let (id, schema) = self.comparable_attribute(test.attribute.as_ref())?;
        let comparison = test.comparison;
        if !comparison.is_equality() && !is_ordered(schema.kind) {
            let allowed = format!("= and != for {}", schema.kind);
            test.place.report("wrong_type", format!("`{}`", comparison.sign()), allowed);
            return None;
        }
        let value = literal(test.value.as_ref()?, schema.kind)?;
        Some(AttributeTest { id, schema, comparison, value })
    }

    /// An attribute of which two values can be equal.
    fn comparable_attribute<P: Place>(&self, name: Option<&Name<P>>) -> Option<(AttributeId, Fit)> {
        let (id, schema) = self.attribute(name)?;
        if schema.kind == FactKind::Set {
            name?.place.refuse("wrong_type", "an attribute of any kind but sets".into());
            return None;
        }
        Some((id, schema))
    }

    fn window<P: Place>(&self, window: &WindowSpec<P>) -> Option<Window> {
        match window {
            WindowSpec::Span(span) => spanned(span).map(Window::Span),
            WindowSpec::Rhythm { factor, of, at_least, otherwise } => {
                let factor = factor.as_ref().and_then(gaps);
                let of = self.kinds(of.as_ref());
                let days = |count: &Count<P>| counted(count, Span::MAX_DAYS, "days");
                let at_least = optional(at_least.as_ref(), days);
                let otherwise = otherwise.as_ref().and_then(days);
                let rhythm = Rhythm { factor: factor?, of: of?, at_least: at_least?, otherwise: otherwise? };
                Some(Window::Rhythm(rhythm))
            }
        }
    }

    fn pending<P: Place>(&self, pending: &PendingSpec<P>) -> Option<Pending> {
        let (opened, closed) = (self.kinds(pending.opened.as_ref()), self.kinds(pending.closed.as_ref()));
        let by = optional(pending.by.as_ref(), |name| self.comparable_attribute(Some(name)));
        let age = optional(pending.age.as_ref(), |age| self.window(age));
        Some(Pending { opened: opened?, closed: closed?, by: by?, age: age? })
    }

    fn test<P: Place>(&self, kind: FactKind, test: &TestSpec<P>) -> Option<Test> {
        if !allows(kind, &test.asked) {
            test.place.refuse("wrong_type", format!("for {kind}: {}", tests_of(kind)));
            return None;
        }
        Some(match &test.asked {
            Asked::Compare(comparison, OperandSpec::Value(value)) => {
                Test::Compare(*comparison, Operand::Value(literal(value, kind)?))
            }
            Asked::Compare(comparison, OperandSpec::Term(place, term)) => {
                let (term, other) = self.term(term)?;
                if !is_comparable(kind, other) {
                    place.refuse("wrong_type", format!("a value or a term that is {kind}; this is {other}"));
                    return None;
                }
                Test::Compare(*comparison, Operand::Term(Box::new(term)))
            }
            Asked::Between(from, to) => {
                let value = |value: &Part<ValueSpec<P>>| literal(value.as_ref()?, kind);
                let (place, from, to) = (to, value(from), value(to));
                let (from, to) = (from?, to?);
                if let (Literal::Money(one), Literal::Money(other)) = (&from, &to)
                    && one.currency() != other.currency()
                {
                    let allowed = format!("an amount in {}, as the other end", one.currency());
                    place.as_ref()?.place.refuse("not_allowed", allowed);
                    return None;
                }
                Test::Between(from, to)
            }
            Asked::In(list) => Test::In(listing(list, |value| literal(value, kind))?),
            Asked::Contains(value) if kind == FactKind::Set => Test::Member(wording(value)?),
            Asked::Contains(value) => Test::Contains(wording(value)?),
            Asked::ContainsAny(list) => Test::MemberAny(listing(list, wording)?),
            Asked::ContainsAll(list) => Test::MemberAll(listing(list, wording)?),
            Asked::StartsWith(value) => Test::StartsWith(wording(value)?),
            Asked::EndsWith(value) => Test::EndsWith(wording(value)?),
            Asked::Is(presence) => Test::Is(*presence),
            Asked::Past => Test::Past,
            Asked::Future => Test::Future,
            Asked::WithinLast(span) => Test::WithinLast(days_of(kind, span)?),
            Asked::WithinNext(span) => Test::WithinNext(days_of(kind, span)?),
            Asked::During(side, period) => Test::During(*side, *period),
            Asked::Anniversary(count) => {
                let days = counted(count, limits::ANNIVERSARY_DAYS, "days")?;
                Test::Anniversary(u16::try_from(days).ok()?)
            }
        })
    }
}

/// Whether something can be asked of values of a kind.
const fn allows<P>(kind: FactKind, asked: &Asked<P>) -> bool {
    match asked {
        Asked::Compare(Comparison::Equal | Comparison::Differs, _) | Asked::In(_) => {
            !matches!(kind, FactKind::Set)
        }
        Asked::Compare(..) | Asked::Between(..) => is_ordered(kind),
        Asked::Contains(_) => matches!(kind, FactKind::Text | FactKind::Set),
        Asked::ContainsAny(_) | Asked::ContainsAll(_) => matches!(kind, FactKind::Set),
        Asked::StartsWith(_) | Asked::EndsWith(_) => matches!(kind, FactKind::Text),
        Asked::Is(_) => true,
        Asked::Past
        | Asked::Future
        | Asked::WithinLast(_)
        | Asked::WithinNext(_)
        | Asked::During(..)
        | Asked::Anniversary(_) => is_dated(kind),
    }
}

fn entries<P: Place>(place: &P, given: usize) {
    place.report("limit", format!("{given} entries"), format!("1 to {} entries", limits::ENTRIES));
}

fn listing<P: Place, T>(list: &ListSpec<P>, read: impl Fn(&ValueSpec<P>) -> Option<T>) -> Option<Vec<T>> {
    if !(1..=limits::ENTRIES).contains(&list.values.len()) {
        entries(&list.place, list.values.len());
        return None;
    }
    whole(list.values.iter().map(|value| read(value.as_ref()?)))
}

/// The number of gaps of a rhythm.
fn gaps<P: Place>(factor: &Count<P>) -> Option<Decimal> {
    let number = factor.number.normalize();
    let allowed = number > Decimal::ZERO && number <= limits::GAPS.into();
    if !allowed {
        factor.place.refuse("limit", format!("a number of gaps above 0 and at most {}", limits::GAPS));
    }
    allowed.then_some(number)
}

fn counted<P: Place>(count: &Count<P>, most: u32, what: &str) -> Option<u32> {
    let whole = if count.number.is_integer() { count.number.to_u32() } else { None };
    let number = whole.filter(|number| *number <= most);
    if number.is_none() {
        count.place.refuse("limit", format!("a whole number of {what} from 0 to {most}"));
    }
    number
}

fn spanned<P: Place>(span: &SpanSpec<P>) -> Option<Span> {
    let most = span.unit.most();
    counted(&span.count, most, span.unit.name(2)).map(|count| span.unit.of(count))
}

/// A span to hold against values of a kind: days know no hours.
fn days_of<P: Place>(kind: FactKind, span: &SpanSpec<P>) -> Option<Span> {
    if kind == FactKind::Date && span.unit == Unit::Hours {
        span.count.place.report(
            "wrong_type",
            "hours".into(),
            "days, weeks, months or years for a day".into(),
        );
        return None;
    }
    spanned(span)
}

fn wording<P: Place>(value: &ValueSpec<P>) -> Option<Wording> {
    match literal(value, FactKind::Text)? {
        Literal::Text(text) => Some(text),
        _ => None,
    }
}

/// A value as one of a kind.
fn literal<P: Place>(value: &ValueSpec<P>, kind: FactKind) -> Option<Literal> {
    let found = match (kind, &value.raw) {
        (_, Raw::Number(number)) if is_number(kind) => Some(Literal::Number(number.normalize())),
        (_, Raw::Loose(text)) if is_number(kind) => match parse_decimal(text) {
            Ok(number) => Some(Literal::Number(number.normalize())),
            Err(error) => {
                value.place.refuse("not_allowed", error.to_string());
                return None;
            }
        },
        (FactKind::Bool, Raw::Bool(yes)) => Some(Literal::Bool(*yes)),
        (FactKind::Text, Raw::Text(text) | Raw::Loose(text)) => {
            let chars = text.chars().count();
            if chars > limits::CHARS {
                let allowed = format!("at most {} characters", limits::CHARS);
                value.place.report("limit", format!("a text of {chars} characters"), allowed);
                return None;
            }
            Some(Literal::Text(Wording::new(text.clone())))
        }
        (FactKind::Date, Raw::Day(day)) => Some(Literal::Day(*day)),
        (FactKind::Date, Raw::Loose(text)) => read_day(text).map(Literal::Day),
        (FactKind::Instant, Raw::Instant(instant)) => Some(Literal::Instant(*instant)),
        (FactKind::Instant, Raw::Loose(text)) => read_instant(text).map(Literal::Instant),
        (FactKind::Money, Raw::Money(money)) => Some(Literal::Money(*money)),
        _ => None,
    };
    if found.is_none() {
        value.place.refuse("wrong_type", allowed(kind).into());
    }
    found
}

/// How a value of a kind is written.
const fn allowed(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Decimal | FactKind::Int | FactKind::Level { .. } => "a number",
        FactKind::Bool => "true or false",
        FactKind::Text | FactKind::Set => "a text in quotation marks",
        FactKind::Date => "a day such as 2026-06-30; an instant is none",
        FactKind::Instant => "an instant with its offset, such as 2026-06-30T08:00:00+08:00; a day is none",
        FactKind::Money => "an amount of money, such as CNY 120.50",
    }
}
