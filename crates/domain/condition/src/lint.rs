//! What is legal in a condition, and probably not meant.
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::{EventKind, FactKind};
use guanxi_policy::Warning;
use rust_decimal::Decimal;

use crate::condition::Condition;
use crate::span::Span;
use crate::tree::{
    AttributeTest, Comparison, Events, Kinds, Leaf, Literal, Node, Operand, Pending, Presence, Term, Test,
    Window,
};
use crate::value::{Fit, Relation, Value};

impl Condition {
    /// What is legal but suspicious, in the order of writing; paths are those of the tree form.
    ///
    /// - `constant`: `always` or `never` as a part of more.
    /// - `double_negation`: `not not`.
    /// - `repeated`: a part twice in one `and` or `or`.
    /// - `contradiction`: an `and` of parts that exclude each other, an `or` of parts one of which always holds.
    /// - `never_true`, `always_true`: a leaf whose answer does not depend on the value, if there is one; of tests
    ///   after `where`, the former.
    /// - `same_term`: a comparison of a term with itself.
    /// - `repeated_entry`: an entry of a list that says what another says.
    /// - `redundant_kind`: a kind of events that another entry includes.
    /// - `closes_itself`: something pending that is closed by what opens it.
    #[must_use]
    pub fn lint(&self) -> Vec<Warning> {
        let mut linter = Linter { warnings: Vec::new() };
        linter.node(self.node(), "");
        linter.warnings
    }
}

struct Linter {
    warnings: Vec<Warning>,
}

impl Linter {
    fn warn(&mut self, path: &str, code: &'static str, found: impl ToString, advice: &str) {
        self.warnings.push(Warning {
            path: path.into(),
            code,
            found: found.to_string(),
            advice: advice.into(),
        });
    }

    fn node(&mut self, node: &Node, path: &str) {
        let within = |step: &str| if path.is_empty() { String::from(step) } else { format!("{path}.{step}") };
        match node {
            Node::All(parts) => self.parts(node, parts, &within("all"), Comparison::Equal),
            Node::Any(parts) => self.parts(node, parts, &within("any"), Comparison::Differs),
            Node::Not(part) => {
                if matches!(**part, Node::Not(_)) {
                    self.warn(path, "double_negation", node, "leave both out");
                }
                if part.is_constant() {
                    self.warn(path, "constant", node, "write the other one of always and never");
                }
                self.node(part, &within("not"));
            }
            Node::Leaf(leaf) => self.leaf(leaf, path),
        }
    }

    /// The parts of an `and` or an `or`; two comparisons of one term of this kind, with different values, make the
    /// whole constant.
    fn parts(&mut self, node: &Node, parts: &[Node], list: &str, excluding: Comparison) {
        for (place, part) in parts.iter().enumerate() {
            let path_of = |place: usize| format!("{list}[{place}]");
            if part.is_constant() {
                self.warn(&path_of(place), "constant", part, "leave it out, or the others");
            }
            let earlier = parts.iter().take(place);
            if earlier.clone().any(|other| other == part) {
                self.warn(&path_of(place), "repeated", part, "write it once");
            } else if earlier.clone().any(|other| other.is_opposite(part) || other.excludes(part, excluding))
            {
                let advice = match node {
                    Node::All(_) => "it excludes another part, so the whole is never true",
                    _ => "with another part, the whole is never false",
                };
                self.warn(&path_of(place), "contradiction", part, advice);
            }
            self.node(part, &path_of(place));
        }
    }

    fn leaf(&mut self, leaf: &Leaf, path: &str) {
        match leaf {
            Leaf::Pending(pending) => self.pending(leaf, pending, path),
            Leaf::Test(term, test) => {
                for term in leaf.terms() {
                    if let Some(events) = term.events() {
                        self.events(leaf, events, path);
                    }
                }
                if matches!(test, Test::Compare(_, Operand::Term(other)) if **other == *term) {
                    self.warn(
                        path,
                        "same_term",
                        leaf,
                        "compare it with something else, or ask whether it is known",
                    );
                } else {
                    self.constant(leaf, test.constant(term), path);
                }
                self.entries(leaf, test, path);
            }
        }
    }

    fn constant(&mut self, leaf: &Leaf, answer: Option<bool>, path: &str) {
        match answer {
            Some(true) => self.warn(
                path,
                "always_true",
                leaf,
                "every value passes: ask whether it is known, if that is meant",
            ),
            Some(false) => self.warn(path, "never_true", leaf, "no value can pass"),
            None => {}
        }
    }

    fn entries(&mut self, leaf: &Leaf, test: &Test, path: &str) {
        let repeated = match test {
            Test::In(literals) => literals.iter().enumerate().any(|(place, literal)| {
                literals.iter().take(place).any(|other| match (other, literal) {
                    (Literal::Text(other), Literal::Text(text)) => other.normal == text.normal,
                    (other, literal) => other == literal,
                })
            }),
            Test::MemberAny(texts) | Test::MemberAll(texts) => texts
                .iter()
                .enumerate()
                .any(|(place, text)| texts.iter().take(place).any(|other| other.normal == text.normal)),
            _ => false,
        };
        if repeated {
            self.warn(path, "repeated_entry", leaf, "write each entry once");
        }
    }

    fn events(&mut self, leaf: &Leaf, events: &Events, path: &str) {
        self.kinds(leaf, &events.kinds, path);
        for test in &events.tests {
            // What every value passes asks for events that have the attribute: there is no other way to ask.
            if test.constant() == Some(false) {
                self.constant(leaf, Some(false), path);
            }
        }
        if let Some(Window::Rhythm(rhythm)) = &events.within {
            self.kinds(leaf, &rhythm.of, path);
        }
        if events.within.as_ref().is_some_and(Window::is_empty) {
            self.warn(path, "never_true", leaf, "a window of 0 holds no event");
        }
    }

    fn kinds(&mut self, leaf: &Leaf, kinds: &[Kinds], path: &str) {
        let is_redundant = |(place, one): (usize, &Kinds)| {
            let mut others = kinds.iter().enumerate().filter(|(other, _)| *other != place);
            others.any(|(other, more)| if more == one { other < place } else { more.includes(one) })
        };
        if kinds.iter().enumerate().any(is_redundant) {
            self.warn(path, "redundant_kind", leaf, "leave out kinds that another entry includes");
        }
    }

    fn pending(&mut self, leaf: &Leaf, pending: &Pending, path: &str) {
        self.kinds(leaf, &pending.opened, path);
        self.kinds(leaf, &pending.closed, path);
        let closes =
            |opened: &Kinds| pending.closed.iter().any(|closed| closed == opened || closed.includes(opened));
        if pending.opened.iter().all(closes) {
            self.warn(
                path,
                "closes_itself",
                leaf,
                "only the latest opening can be pending: name other kinds that close",
            );
        }
        if let Some(Window::Rhythm(rhythm)) = &pending.age {
            self.kinds(leaf, &rhythm.of, path);
        }
    }
}

impl Node {
    fn is_constant(&self) -> bool {
        matches!(self, Self::All(parts) | Self::Any(parts) if parts.is_empty())
    }

    fn is_opposite(&self, other: &Self) -> bool {
        matches!(self, Self::Not(part) if **part == *other)
            || matches!(other, Self::Not(part) if **part == *self)
    }

    /// Whether both compare one term in this way with different values.
    fn excludes(&self, other: &Self, comparison: Comparison) -> bool {
        let (Self::Leaf(one), Self::Leaf(other)) = (self, other) else { return false };
        let (
            Leaf::Test(term, Test::Compare(one, Operand::Value(value))),
            Leaf::Test(same, Test::Compare(other, Operand::Value(different))),
        ) = (&**one, &**other)
        else {
            return false;
        };
        let differs = match (value, different) {
            (Literal::Text(value), Literal::Text(different)) => value.normal != different.normal,
            _ => value != different,
        };
        term == same && *one == comparison && *other == comparison && differs
    }
}

impl Kinds {
    /// Whether it holds all of the other's kinds and more.
    fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, other) => *other != Self::All,
            (Self::Category(category), Self::One(kind)) => EventKind::category(kind) == Some(*category),
            _ => false,
        }
    }
}

impl Window {
    const fn is_empty(&self) -> bool {
        matches!(self, Self::Span(span) if span.parts().0 == 0)
    }
}

impl AttributeTest {
    fn constant(&self) -> Option<bool> {
        range(&self.schema).compared(self.comparison, Value::of(&self.value)?)
    }
}

impl Test {
    /// The answer, if every value that a term may have gets the same one.
    fn constant(&self, term: &Term) -> Option<bool> {
        let range = match term {
            Term::Fact(_, fit) | Term::LastAttribute(_, _, fit) => range(fit),
            Term::Count(_) | Term::Gap(_) => {
                Range { least: Some(Decimal::ZERO), greatest: None, whole: matches!(term, Term::Count(_)) }
            }
            Term::Last(_) => Range { least: None, greatest: None, whole: false },
        };
        match self {
            Self::Compare(comparison, Operand::Value(literal)) => {
                range.compared(*comparison, Value::of(literal)?)
            }
            Self::Between(from, to) => {
                let (from, to) = (Value::of(from)?, Value::of(to)?);
                if matches!(from.relation(&to), Relation::Ordered(core::cmp::Ordering::Greater)) {
                    return Some(false);
                }
                let ends =
                    (range.compared(Comparison::AtLeast, from), range.compared(Comparison::AtMost, to));
                match ends {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                }
            }
            Self::In(literals) => {
                let is_out =
                    |literal| Some(range.compared(Comparison::Equal, Value::of(literal)?) == Some(false));
                literals.iter().all(|literal| is_out(literal) == Some(true)).then_some(false)
            }
            Self::Contains(text) | Self::StartsWith(text) | Self::EndsWith(text) => {
                text.normal.is_empty().then_some(true)
            }
            Self::WithinLast(span) if is_zero(*span) => Some(false),
            // A day may be today, an instant can never be now and still to come.
            Self::WithinNext(span) if is_zero(*span) && term.kind() == FactKind::Instant => Some(false),
            Self::Is(Presence::NotApplicable) if !matches!(term, Term::Fact(..)) => Some(false),
            _ => None,
        }
    }
}

const fn is_zero(span: Span) -> bool {
    span.parts().0 == 0
}

/// The numbers that a term may have.
struct Range {
    least: Option<Decimal>,
    greatest: Option<Decimal>,
    whole: bool,
}

fn range(fit: &Fit) -> Range {
    let Fit { kind, min, max, .. } = *fit;
    let (least, greatest) = match kind {
        FactKind::Level { of } => (Some(min.unwrap_or(Decimal::ONE)), Some(max.unwrap_or(of.into()))),
        FactKind::Decimal | FactKind::Int => (min, max),
        _ => (None, None),
    };
    Range { least, greatest, whole: matches!(kind, FactKind::Int | FactKind::Level { .. }) }
}

impl Range {
    /// The answer of a comparison, if it is the same for the whole range.
    fn compared(&self, comparison: Comparison, value: Value<'_>) -> Option<bool> {
        let Value::Number(number) = value else { return None };
        let above = self.least.is_some_and(|least| least > number);
        let at_least = self.least.is_some_and(|least| least >= number);
        let below = self.greatest.is_some_and(|greatest| greatest < number);
        let at_most = self.greatest.is_some_and(|greatest| greatest <= number);
        let apart = above || below || (self.whole && !number.is_integer());
        match comparison {
            Comparison::Equal => apart.then_some(false),
            Comparison::Differs => apart.then_some(true),
            Comparison::Below => either(below, at_least),
            Comparison::AtMost => either(at_most, above),
            Comparison::Above => either(above, at_most),
            Comparison::AtLeast => either(at_least, below),
        }
    }
}

/// True where the one holds, false where the other does.
const fn either(always: bool, never: bool) -> Option<bool> {
    match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}
