//! The tree form, read.
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::cell::Cell;

use guanxi_core::{DecimalText, Money};
use guanxi_policy::{Fields, Node};
use serde_json::Value;

use crate::limits;
use crate::span::Unit;
use crate::spec::{
    Asked, AttributeTestSpec, Count, EventsSpec, KindsSpec, ListSpec, Name, OperandSpec, Part, PendingSpec,
    Raw, SpanSpec, Spec, TermSpec, TestSpec, ValueSpec, WindowSpec,
};
use crate::tree::{Comparison, Period, Presence, Side};

const TERMS: [&str; 4] = ["fact", "count", "last", "gap"];
const TESTS: [&str; 17] = [
    "equals",
    "differs",
    "below",
    "at_most",
    "above",
    "at_least",
    "between",
    "in",
    "contains",
    "contains_any",
    "contains_all",
    "starts_with",
    "ends_with",
    "is",
    "within_last",
    "within_next",
    "during",
];
const ANNIVERSARY: &str = "anniversary_within_days";

/// The names of the periods around today, as a tree writes them.
const DURING: [(&str, Side, Period); 15] = [
    ("last_week", Side::Last, Period::Week),
    ("this_week", Side::This, Period::Week),
    ("next_week", Side::Next, Period::Week),
    ("last_month", Side::Last, Period::Month),
    ("this_month", Side::This, Period::Month),
    ("next_month", Side::Next, Period::Month),
    ("last_quarter", Side::Last, Period::Quarter),
    ("this_quarter", Side::This, Period::Quarter),
    ("next_quarter", Side::Next, Period::Quarter),
    ("last_half", Side::Last, Period::Half),
    ("this_half", Side::This, Period::Half),
    ("next_half", Side::Next, Period::Half),
    ("last_year", Side::Last, Period::Year),
    ("this_year", Side::This, Period::Year),
    ("next_year", Side::Next, Period::Year),
];

/// What `is` can be followed by.
#[derive(Clone, Copy)]
enum State {
    Presence(Presence),
    Past,
    Future,
}

const STATES: [(&str, State); 5] = [
    ("known", State::Presence(Presence::Known)),
    ("missing", State::Presence(Presence::Missing)),
    ("not_applicable", State::Presence(Presence::NotApplicable)),
    ("past", State::Past),
    ("future", State::Future),
];

/// Reads a tree; what is wrong is reported to its nodes.
pub(crate) fn read<'a>(node: &Node<'a>) -> Spec<Node<'a>> {
    Reader { nodes: Cell::new(0) }.spec(node, 1).unwrap_or(Spec::Broken)
}

struct Reader {
    nodes: Cell<usize>,
}

type Read<T> = Option<T>;

impl Reader {
    fn spec<'a>(&self, node: &Node<'a>, level: usize) -> Read<Spec<Node<'a>>> {
        if level > limits::LEVELS {
            node.report("limit", "deeper nesting", format!("at most {} levels of nesting", limits::LEVELS));
            return None;
        }
        self.nodes.set(self.nodes.get() + 1);
        if self.nodes.get() > limits::NODES {
            if self.nodes.get() == limits::NODES + 1 {
                node.report(
                    "limit",
                    format!("more than {} nodes", limits::NODES),
                    format!("at most {} nodes", limits::NODES),
                );
            }
            return None;
        }
        let has = |name: &str| node.value().get(name).is_some_and(|value| !value.is_null());
        if has("all") {
            let parts = node.fields(&["all"]).required("all")?;
            return Some(Spec::All(parts.clone(), self.parts(&parts, level)?));
        }
        if has("any") {
            let parts = node.fields(&["any"]).required("any")?;
            return Some(Spec::Any(parts.clone(), self.parts(&parts, level)?));
        }
        if has("not") {
            let part = node.fields(&["not"]).required("not")?;
            let spec = self.spec(&part, level + 1).unwrap_or(Spec::Broken);
            return Some(Spec::Not(part, Box::new(spec)));
        }
        if has("pending") {
            let node = node.fields(&["pending"]).required("pending")?;
            return pending(&node).map(Spec::Pending);
        }
        if !TERMS.iter().any(|term| has(term)) {
            let text = if level == 1 { "a text, or " } else { "" };
            let table = "a table with all, any, not, pending, or a test of fact, count, last or gap";
            node.refuse("wrong_type", format!("{text}{table}"));
            return None;
        }
        leaf(node)
    }

    fn parts<'a>(&self, node: &Node<'a>, level: usize) -> Read<Vec<Spec<Node<'a>>>> {
        let items = node.items()?;
        Some(items.iter().map(|item| self.spec(item, level + 1).unwrap_or(Spec::Broken)).collect())
    }
}

/// The one field of some that a table has.
fn only<'a>(fields: &Fields<'a>, names: &[&'static str], what: &str) -> Read<(&'static str, Node<'a>)> {
    let mut found = names.iter().filter_map(|name| Some((*name, fields.optional(name)?)));
    let first = found.next();
    let more = found.count();
    if more > 0 {
        fields.node().report("not_allowed", format!("{} {what}s", more + 1), format!("one {what}"));
        return None;
    }
    if first.is_none() && fields.node().value().is_object() {
        fields.node().report("missing_field", "", format!("one {what} of: {}", names.join(", ")));
    }
    first
}

fn leaf<'a>(node: &Node<'a>) -> Read<Spec<Node<'a>>> {
    let tests: Vec<&'static str> = TESTS.into_iter().chain([ANNIVERSARY]).collect();
    let fields = node.fields(&TERMS.into_iter().chain(tests.iter().copied()).collect::<Vec<_>>());
    let (term, test) = (only(&fields, &TERMS, "term"), only(&fields, &tests, "test"));
    let term = term.and_then(|(name, node)| term_of(name, &node));
    let test = test.and_then(|(name, node)| {
        let asked = asked(name, &node)?;
        Some(TestSpec { place: node, asked })
    });
    Some(Spec::Test(term, test))
}

fn term_of<'a>(name: &str, node: &Node<'a>) -> Read<TermSpec<Node<'a>>> {
    Some(match name {
        "fact" => TermSpec::Fact(name_of(node)?),
        "count" => TermSpec::Count(events(node, false)?.0),
        "gap" => TermSpec::Gap(events(node, false)?.0),
        _ => {
            let (events, attribute) = events(node, true)?;
            TermSpec::Last(events, attribute)
        }
    })
}

fn name_of<'a>(node: &Node<'a>) -> Read<Name<Node<'a>>> {
    let Some(text) = node.value().as_str() else {
        node.refuse("wrong_type", "a name");
        return None;
    };
    Some(Name { text: text.into(), place: node.clone() })
}

fn count<'a>(node: &Node<'a>) -> Read<Count<Node<'a>>> {
    let number: DecimalText = node.get()?;
    Some(Count { number: number.0, place: node.clone() })
}

type Last<'a> = (EventsSpec<Node<'a>>, Option<Part<Name<Node<'a>>>>);

fn events<'a>(node: &Node<'a>, last: bool) -> Read<Last<'a>> {
    let known: &[&'static str] =
        if last { &["events", "where", "within", "attribute"] } else { &["events", "where", "within"] };
    let fields = node.fields(known);
    let kinds = fields.required("events").and_then(|node| kinds(&node));
    let tests = fields.optional("where").map(|node| {
        let items = node.items()?;
        Some(items.iter().map(attribute_test).collect())
    });
    let within = fields.optional("within").map(|node| window(&node));
    let attribute = if last { fields.optional("attribute") } else { None }.map(|node| name_of(&node));
    // What is no list at all is one test that cannot be read.
    let tests = tests.unwrap_or_else(|| Some(Vec::new())).unwrap_or_else(|| Vec::from([None]));
    node.value().is_object().then_some((EventsSpec { kinds, tests, within }, attribute))
}

fn kinds<'a>(node: &Node<'a>) -> Read<KindsSpec<Node<'a>>> {
    let names = node.items()?.iter().map(name_of).collect();
    Some(KindsSpec { place: node.clone(), names })
}

fn attribute_test<'a>(node: &Node<'a>) -> Read<AttributeTestSpec<Node<'a>>> {
    let names = Comparison::NAMES.map(|(.., name)| name);
    let fields = node.fields(&["attribute"].into_iter().chain(names).collect::<Vec<_>>());
    let attribute = fields.required("attribute").and_then(|node| name_of(&node));
    let (name, place) = only(&fields, &names, "comparison")?;
    let comparison = comparison(name)?;
    let value = value(&place);
    Some(AttributeTestSpec { attribute, comparison, place, value })
}

fn comparison(name: &str) -> Option<Comparison> {
    Comparison::NAMES.iter().find(|(.., own)| *own == name).map(|(comparison, ..)| *comparison)
}

fn window<'a>(node: &Node<'a>) -> Read<WindowSpec<Node<'a>>> {
    if node.value().get("gaps").is_none() {
        return span(node).map(WindowSpec::Span);
    }
    let fields = node.fields(&["gaps", "of", "at_least_days", "else_days"]);
    let factor = fields.required("gaps").and_then(|node| count(&node));
    let of = fields.required("of").and_then(|node| kinds(&node));
    let at_least = fields.optional("at_least_days").map(|node| count(&node));
    let otherwise = fields.required("else_days").and_then(|node| count(&node));
    Some(WindowSpec::Rhythm { factor, of, at_least, otherwise })
}

fn span<'a>(node: &Node<'a>) -> Read<SpanSpec<Node<'a>>> {
    let units = Unit::NAMES.map(|(name, ..)| name);
    let (name, node) = only(&node.fields(&units), &units, "unit")?;
    Some(SpanSpec { count: count(&node)?, unit: Unit::named(name)? })
}

fn pending<'a>(node: &Node<'a>) -> Read<PendingSpec<Node<'a>>> {
    let fields = node.fields(&["opened", "closed", "by", "for"]);
    let opened = fields.required("opened").and_then(|node| kinds(&node));
    let closed = fields.required("closed").and_then(|node| kinds(&node));
    let by = fields.optional("by").map(|node| name_of(&node));
    let age = fields.optional("for").map(|node| window(&node));
    node.value().is_object().then_some(PendingSpec { opened, closed, by, age })
}

fn asked<'a>(name: &str, node: &Node<'a>) -> Read<Asked<Node<'a>>> {
    if let Some(comparison) = comparison(name) {
        let is_term = TERMS.iter().any(|term| node.value().get(term).is_some());
        let operand = if is_term {
            let (name, inner) = only(&node.fields(&TERMS), &TERMS, "term")?;
            OperandSpec::Term(node.clone(), term_of(name, &inner)?)
        } else {
            OperandSpec::Value(value(node)?)
        };
        return Some(Asked::Compare(comparison, operand));
    }
    Some(match name {
        "between" => {
            let items = node.items()?;
            let [from, to] = items.as_slice() else {
                node.refuse("not_allowed", "[from, to]");
                return None;
            };
            Asked::Between(value(from), value(to))
        }
        "in" => Asked::In(list(node)?),
        "contains" => Asked::Contains(value(node)?),
        "contains_any" => Asked::ContainsAny(list(node)?),
        "contains_all" => Asked::ContainsAll(list(node)?),
        "starts_with" => Asked::StartsWith(value(node)?),
        "ends_with" => Asked::EndsWith(value(node)?),
        "is" => match node.choice(&STATES)? {
            State::Presence(presence) => Asked::Is(presence),
            State::Past => Asked::Past,
            State::Future => Asked::Future,
        },
        "within_last" => Asked::WithinLast(span(node)?),
        "within_next" => Asked::WithinNext(span(node)?),
        "during" => {
            let (side, period) = node.choice(&DURING.map(|(name, side, period)| (name, (side, period))))?;
            Asked::During(side, period)
        }
        _ => Asked::Anniversary(count(node)?),
    })
}

fn list<'a>(node: &Node<'a>) -> Read<ListSpec<Node<'a>>> {
    let values = node.items()?.iter().map(value).collect();
    Some(ListSpec { place: node.clone(), values })
}

fn value<'a>(node: &Node<'a>) -> Read<ValueSpec<Node<'a>>> {
    let raw = match node.value() {
        Value::String(text) => Raw::Loose(text.clone()),
        Value::Bool(yes) => Raw::Bool(*yes),
        Value::Number(_) => Raw::Number(node.get::<DecimalText>()?.0),
        Value::Object(table) if table.contains_key("amount") || table.contains_key("currency") => {
            Raw::Money(node.get::<Money>()?)
        }
        _ => Raw::Other,
    };
    Some(ValueSpec { place: node.clone(), raw })
}

/// The name of a period around today, as a tree writes it.
pub(crate) fn during(side: Side, period: Period) -> &'static str {
    DURING.iter().find(|(_, own, same)| (*own, *same) == (side, period)).map_or("", |(name, ..)| name)
}
