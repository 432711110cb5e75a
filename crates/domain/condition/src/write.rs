//! A condition as a tree.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::SecondsFormat;
use guanxi_core::DecimalText;
use serde_json::{Map, Value};

use crate::read::during;
use crate::span::Span;
use crate::tree::{
    AttributeTest, Events, Kinds, Leaf, Literal, Node, Operand, Pending, Presence, Rhythm, Term, Test,
    Window, Wording,
};

/// The tree form of a condition.
pub(crate) fn tree(node: &Node) -> Value {
    match node {
        Node::All(parts) => table([("all", parts.iter().map(tree).collect())]),
        Node::Any(parts) => table([("any", parts.iter().map(tree).collect())]),
        Node::Not(part) => table([("not", tree(part))]),
        Node::Leaf(leaf) => match &**leaf {
            Leaf::Pending(pending) => table([("pending", pending_tree(pending))]),
            Leaf::Test(term, test) => {
                let (name, test) = test_field(test);
                table([term_field(term), (name, test)])
            }
        },
    }
}

fn table<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let present = fields.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(present.map(|(name, value)| (String::from(name), value)).collect::<Map<_, _>>())
}

fn number(number: rust_decimal::Decimal) -> Value {
    DecimalText(number).to_string().into()
}

fn term_field(term: &Term) -> (&'static str, Value) {
    match term {
        Term::Fact(id, _) => ("fact", id.as_str().into()),
        Term::Count(events) => ("count", events_tree(events, None)),
        Term::Last(events) => ("last", events_tree(events, None)),
        Term::LastAttribute(events, id, _) => ("last", events_tree(events, Some(id.as_str()))),
        Term::Gap(events) => ("gap", events_tree(events, None)),
    }
}

fn events_tree(events: &Events, attribute: Option<&str>) -> Value {
    let tests: Vec<Value> = events.tests.iter().map(attribute_test).collect();
    table([
        ("events", kinds(&events.kinds)),
        ("where", if tests.is_empty() { Value::Null } else { tests.into() }),
        ("within", events.within.as_ref().map_or(Value::Null, window)),
        ("attribute", attribute.into()),
    ])
}

fn kinds(kinds: &[Kinds]) -> Value {
    let name = |kinds: &Kinds| match kinds {
        Kinds::One(kind) => kind.to_string(),
        group => group.to_string(),
    };
    kinds.iter().map(name).collect()
}

fn attribute_test(test: &AttributeTest) -> Value {
    table([("attribute", test.id.as_str().into()), (test.comparison.name(), literal(&test.value))])
}

fn window(window: &Window) -> Value {
    match window {
        Window::Span(span) => span_tree(*span),
        Window::Rhythm(Rhythm { factor, of, at_least, otherwise }) => table([
            ("gaps", number(*factor)),
            ("of", kinds(of)),
            ("at_least_days", (*at_least).into()),
            ("else_days", (*otherwise).into()),
        ]),
    }
}

fn span_tree(span: Span) -> Value {
    let (count, unit) = span.parts();
    // A table names its units as for many.
    table([(unit.name(2), count.into())])
}

fn pending_tree(pending: &Pending) -> Value {
    table([
        ("opened", kinds(&pending.opened)),
        ("closed", kinds(&pending.closed)),
        ("by", pending.by.as_ref().map_or(Value::Null, |(id, _)| id.as_str().into())),
        ("for", pending.age.as_ref().map_or(Value::Null, window)),
    ])
}

fn test_field(test: &Test) -> (&'static str, Value) {
    let text = |text: &Wording| Value::from(text.given.as_str());
    match test {
        Test::Compare(comparison, Operand::Value(value)) => (comparison.name(), literal(value)),
        Test::Compare(comparison, Operand::Term(term)) => (comparison.name(), table([term_field(term)])),
        Test::Between(from, to) => ("between", [from, to].into_iter().map(literal).collect()),
        Test::In(values) => ("in", values.iter().map(literal).collect()),
        Test::Contains(wording) | Test::Member(wording) => ("contains", text(wording)),
        Test::StartsWith(wording) => ("starts_with", text(wording)),
        Test::EndsWith(wording) => ("ends_with", text(wording)),
        Test::MemberAny(wordings) => ("contains_any", wordings.iter().map(text).collect()),
        Test::MemberAll(wordings) => ("contains_all", wordings.iter().map(text).collect()),
        Test::Is(Presence::Known) => ("is", "known".into()),
        Test::Is(Presence::Missing) => ("is", "missing".into()),
        Test::Is(Presence::NotApplicable) => ("is", "not_applicable".into()),
        Test::Past => ("is", "past".into()),
        Test::Future => ("is", "future".into()),
        Test::WithinLast(span) => ("within_last", span_tree(*span)),
        Test::WithinNext(span) => ("within_next", span_tree(*span)),
        Test::During(side, period) => ("during", during(*side, *period).into()),
        Test::Anniversary(days) => ("anniversary_within_days", (*days).into()),
    }
}

fn literal(value: &Literal) -> Value {
    match value {
        Literal::Number(value) => number(*value),
        Literal::Bool(yes) => (*yes).into(),
        Literal::Text(text) => text.given.as_str().into(),
        Literal::Day(day) => day.to_string().into(),
        Literal::Instant(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into(),
        Literal::Money(money) => {
            table([("amount", number(money.amount())), ("currency", money.currency().code().into())])
        }
    }
}
