//! The tree form, read as the page of the language shows it. What is not as it should be panics.
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{FactKind, FactSchema};
use serde_json::Value as Json;

use crate::clock::Span;
use crate::number::Number;
use crate::text::normal;

#[derive(Debug)]
pub(crate) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Leaf(Box<Leaf>),
}

#[derive(Debug)]
pub(crate) enum Leaf {
    Test(Term, Test),
    Pending { opened: Vec<String>, closed: Vec<String>, by: Option<String>, lasting: Option<Window> },
}

#[derive(Debug)]
pub(crate) enum Term {
    Fact(String),
    Count(Events),
    Last(Events),
    LastAttribute(Events, String),
    Gap(Events),
}

#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) kinds: Vec<String>,
    pub(crate) tests: Vec<(String, Relation, Value)>,
    pub(crate) window: Option<Window>,
}

#[derive(Debug)]
pub(crate) enum Window {
    Plain(Span),
    Gaps { gaps: Number, of: Vec<String>, at_least_days: Option<i64>, else_days: i64 },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Relation {
    Equals,
    Differs,
    Below,
    AtMost,
    Above,
    AtLeast,
}

#[derive(Debug)]
pub(crate) enum Test {
    Value(Relation, Value),
    Term(Relation, Term),
    Between(Value, Value),
    In(Vec<Value>),
    /// A part of a text, or a member of a set; in normal form.
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    ContainsAny(Vec<String>),
    ContainsAll(Vec<String>),
    Known,
    Missing,
    NotApplicable,
    Past,
    Future,
    WithinLast(Span),
    WithinNext(Span),
    /// In the period so many after this one.
    During(i64, String),
    Anniversary(i64),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(Number),
    Flag(bool),
    /// In normal form.
    Text(String),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    Money(Number, String),
    /// Of members in normal form.
    Set(Vec<String>),
}

/// What a condition may name.
pub(crate) struct Names {
    pub(crate) facts: BTreeMap<String, FactSchema>,
    pub(crate) attributes: BTreeMap<String, FactSchema>,
}

fn relation(word: &str) -> Option<Relation> {
    Some(match word {
        "equals" => Relation::Equals,
        "differs" => Relation::Differs,
        "below" => Relation::Below,
        "at_most" => Relation::AtMost,
        "above" => Relation::Above,
        "at_least" => Relation::AtLeast,
        _ => return None,
    })
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_else(|| panic!("a text: {json}")).to_owned()
}

fn texts(json: &Json) -> Vec<String> {
    json.as_array().unwrap_or_else(|| panic!("a list: {json}")).iter().map(text).collect()
}

fn whole(json: &Json) -> i64 {
    json.as_i64().unwrap_or_else(|| panic!("a whole number: {json}"))
}

fn number(json: &Json) -> Number {
    json.as_str().map_or_else(|| Number::whole(whole(json)), Number::read)
}

pub(crate) fn span(json: &Json) -> Span {
    let fields = json.as_object().unwrap();
    assert_eq!(fields.len(), 1, "one unit: {json}");
    let (unit, amount) = fields.iter().next().unwrap();
    let amount = whole(amount);
    match unit.as_str() {
        "hours" => Span::Hours(amount),
        "days" => Span::Days(amount),
        "weeks" => Span::Weeks(amount),
        "months" => Span::Months(amount),
        "years" => Span::Years(amount),
        _ => panic!("no unit: {unit}"),
    }
}

fn window(json: &Json) -> Window {
    if json.get("gaps").is_none() {
        return Window::Plain(span(json));
    }
    Window::Gaps {
        gaps: number(&json["gaps"]),
        of: texts(&json["of"]),
        at_least_days: json.get("at_least_days").map(whole),
        else_days: whole(&json["else_days"]),
    }
}

fn value(json: &Json, kind: FactKind) -> Value {
    match kind {
        FactKind::Decimal | FactKind::Int | FactKind::Level { .. } => Value::Number(number(json)),
        FactKind::Bool => Value::Flag(json.as_bool().unwrap()),
        FactKind::Text => Value::Text(normal(json.as_str().unwrap())),
        FactKind::Date => Value::Day(text(json).parse().unwrap()),
        FactKind::Instant => Value::Instant(DateTime::parse_from_rfc3339(&text(json)).unwrap().to_utc()),
        FactKind::Money => match json.as_str() {
            Some(written) => {
                let (currency, amount) = written.split_once(' ').unwrap();
                Value::Money(Number::read(amount), currency.to_owned())
            }
            None => Value::Money(number(&json["amount"]), text(&json["currency"])),
        },
        FactKind::Set => panic!("no set is written"),
    }
}

impl Names {
    pub(crate) fn condition(&self, json: &Json) -> Condition {
        let parts = |json: &Json| json.as_array().unwrap().iter().map(|part| self.condition(part)).collect();
        let fields = json.as_object().unwrap_or_else(|| panic!("a table: {json}"));
        if let Some(all) = fields.get("all") {
            Condition::All(parts(all))
        } else if let Some(any) = fields.get("any") {
            Condition::Any(parts(any))
        } else if let Some(part) = fields.get("not") {
            Condition::Not(Box::new(self.condition(part)))
        } else if let Some(pending) = fields.get("pending") {
            Condition::Leaf(Box::new(Leaf::Pending {
                opened: texts(&pending["opened"]),
                closed: texts(&pending["closed"]),
                by: pending.get("by").map(text),
                lasting: pending.get("for").map(window),
            }))
        } else {
            let (term, kind) = self.term(json);
            let mut tests =
                fields.iter().filter(|(word, _)| !["fact", "count", "last", "gap"].contains(&word.as_str()));
            let (word, given) = tests.next().unwrap_or_else(|| panic!("a test: {json}"));
            assert_eq!(tests.next(), None, "one test: {json}");
            Condition::Leaf(Box::new(Leaf::Test(term, self.test(word, given, kind))))
        }
    }

    fn term(&self, json: &Json) -> (Term, FactKind) {
        if let Some(fact) = json.get("fact") {
            let fact = text(fact);
            let kind = self.facts[&fact].kind;
            (Term::Fact(fact), kind)
        } else if let Some(events) = json.get("count") {
            (Term::Count(self.events(events)), FactKind::Int)
        } else if let Some(events) = json.get("gap") {
            (Term::Gap(self.events(events)), FactKind::Decimal)
        } else if let Some(events) = json.get("last") {
            match events.get("attribute") {
                None => (Term::Last(self.events(events)), FactKind::Instant),
                Some(attribute) => {
                    let attribute = text(attribute);
                    let kind = self.attributes[&attribute].kind;
                    (Term::LastAttribute(self.events(events), attribute), kind)
                }
            }
        } else {
            panic!("a term: {json}")
        }
    }

    fn events(&self, json: &Json) -> Events {
        let none = Vec::new();
        let tests = json.get("where").map_or(&none, |tests| tests.as_array().unwrap());
        let test = |json: &Json| {
            let attribute = text(&json["attribute"]);
            let mut others = json.as_object().unwrap().iter().filter(|(word, _)| *word != "attribute");
            let (word, given) = others.next().unwrap();
            assert_eq!(others.next(), None, "one test: {json}");
            let kind = self.attributes[&attribute].kind;
            (attribute, relation(word).unwrap(), value(given, kind))
        };
        Events {
            kinds: texts(&json["events"]),
            tests: tests.iter().map(test).collect(),
            window: json.get("within").map(window),
        }
    }

    fn test(&self, word: &str, given: &Json, kind: FactKind) -> Test {
        if let Some(relation) = relation(word) {
            let terms = ["fact", "count", "last", "gap"];
            let other =
                given.as_object().is_some_and(|fields| terms.iter().any(|term| fields.contains_key(*term)));
            return if other {
                Test::Term(relation, self.term(given).0)
            } else {
                Test::Value(relation, value(given, kind))
            };
        }
        let normals = |json: &Json| texts(json).iter().map(|text| normal(text)).collect();
        match (word, given.as_str().unwrap_or_default()) {
            ("between", _) => Test::Between(value(&given[0], kind), value(&given[1], kind)),
            ("in", _) => Test::In(given.as_array().unwrap().iter().map(|json| value(json, kind)).collect()),
            ("contains", part) => Test::Contains(normal(part)),
            ("starts_with", part) => Test::StartsWith(normal(part)),
            ("ends_with", part) => Test::EndsWith(normal(part)),
            ("contains_any", _) => Test::ContainsAny(normals(given)),
            ("contains_all", _) => Test::ContainsAll(normals(given)),
            ("is", "known") => Test::Known,
            ("is", "missing") => Test::Missing,
            ("is", "not_applicable") => Test::NotApplicable,
            ("is", "past") => Test::Past,
            ("is", "future") => Test::Future,
            ("within_last", _) => Test::WithinLast(span(given)),
            ("within_next", _) => Test::WithinNext(span(given)),
            ("during", period) => {
                let (which, unit) = period.split_once('_').unwrap();
                let after = match which {
                    "last" => -1,
                    "this" => 0,
                    "next" => 1,
                    _ => panic!("no period: {period}"),
                };
                Test::During(after, unit.to_owned())
            }
            ("anniversary_within_days", _) => Test::Anniversary(whole(given)),
            _ => panic!("no test: {word} {given}"),
        }
    }
}
