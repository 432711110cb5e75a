//! Why a condition gives its answer, and which single leaf would turn it.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::{DecimalText, FactValue};
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::eval::{Found, Scene};
use crate::finding::{Finding, findings};
use crate::given::{Given, Moment};
use crate::tree::{Comparison, Leaf, Node, Operand, Term, Test};
use crate::truth::Truth;
use crate::value::Value;

/// An answer and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The answer, the same as that of [`Condition::holds`].
    pub truth: Truth,
    /// The leaves that force it, in the order of writing.
    pub deciding: Vec<LeafAnswer>,
    /// Every single leaf that, if it alone had answered otherwise, would turn true into not true, or not
    /// true into true; in the order of writing.
    pub near_misses: Vec<NearMiss>,
    /// What was missing, did not fit, or lay in the future, in the order of writing, each once.
    pub findings: Vec<Finding>,
}

/// A leaf and what it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafAnswer {
    /// Which leaf, in the order of writing, from 0.
    pub leaf: usize,
    /// The leaf as text.
    pub text: String,
    /// The value that it found; of what is pending, the instant of the first opening that is. `None` if
    /// there is none, or it is personal data.
    pub found: Option<FactValue>,
    /// The value of the other term, where it compares two.
    pub other: Option<FactValue>,
    /// Its own answer.
    pub truth: Truth,
}

/// A leaf that could turn the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// The leaf with its own answer.
    pub leaf: LeafAnswer,
    /// The answer with which it would turn the whole: true or false.
    pub needed: Truth,
    /// What the whole would be then.
    pub gives: Truth,
    /// How far the number that it found is from the one that it is compared with, where numbers or amounts
    /// of one currency are compared by their order.
    pub distance: Option<DecimalText>,
}

impl Condition {
    /// Whether it holds, and why: see [`Explained`]. One pass up and one down over the leaves.
    #[must_use]
    pub fn explain(&self, given: &Given<'_>, at: &Moment) -> Explained {
        let scene = Scene::new(given, at);
        let mut leaves = Vec::new();
        self.node().leaves(&mut |leaf| leaves.push(leaf));
        let answers: Vec<Truth> = leaves.iter().map(|leaf| scene.leaf(leaf)).collect();
        let marked = Marked::new(self.node(), &answers);
        let truth = marked.truth;

        let (deciding, mut turning) = (marked.deciding(), Vec::new());
        marked.turn(Outcome::SAME, truth, &mut turning);
        let answer = |place: usize| {
            let (leaf, truth) = leaves.get(place).zip(answers.get(place))?;
            let (found, other) = scene.shown(leaf);
            Some(LeafAnswer { leaf: place, text: leaf.to_string(), found, other, truth: *truth })
        };
        let near_miss = |(place, needed, gives): (usize, Truth, Truth)| {
            let distance = leaves.get(place).and_then(|leaf| scene.distance(leaf));
            Some(NearMiss { leaf: answer(place)?, needed, gives, distance: distance.map(DecimalText) })
        };
        Explained {
            truth,
            deciding: deciding.into_iter().filter_map(answer).collect(),
            near_misses: turning.into_iter().filter_map(near_miss).collect(),
            findings: findings(&leaves, &scene),
        }
    }
}

/// A part of a condition with its answer.
pub(crate) struct Marked {
    truth: Truth,
    parts: Parts,
}

enum Parts {
    All(Vec<Marked>),
    Any(Vec<Marked>),
    Not(Vec<Marked>),
    Leaf(usize),
}

/// What the whole is for each answer of a part: false, unknown, true.
#[derive(Clone, Copy)]
struct Outcome([Truth; 3]);

impl Outcome {
    /// For the whole itself.
    const SAME: Self = Self([Truth::False, Truth::Unknown, Truth::True]);

    const fn of(self, part: Truth) -> Truth {
        let Self([falsely, unknown, truly]) = self;
        match part {
            Truth::False => falsely,
            Truth::Unknown => unknown,
            Truth::True => truly,
        }
    }

    /// The same for a part of that part.
    fn through(self, inner: impl Fn(Truth) -> Truth) -> Self {
        Self(Self::SAME.0.map(|part| self.of(inner(part))))
    }
}

impl Marked {
    /// A condition with the answers of its leaves, in the order of writing.
    pub(crate) fn new(node: &Node, answers: &[Truth]) -> Self {
        Self::of(node, &mut answers.iter().copied().enumerate())
    }

    /// The leaves that force the answer.
    pub(crate) fn deciding(&self) -> Vec<usize> {
        let mut deciding = Vec::new();
        self.decide(&mut deciding);
        deciding
    }

    fn of(node: &Node, answers: &mut impl Iterator<Item = (usize, Truth)>) -> Self {
        match node {
            Node::All(parts) => {
                let parts: Vec<Self> = parts.iter().map(|part| Self::of(part, answers)).collect();
                let truth = parts.iter().fold(Truth::True, |truth, part| truth.and(part.truth));
                Self { truth, parts: Parts::All(parts) }
            }
            Node::Any(parts) => {
                let parts: Vec<Self> = parts.iter().map(|part| Self::of(part, answers)).collect();
                let truth = parts.iter().fold(Truth::False, |truth, part| truth.or(part.truth));
                Self { truth, parts: Parts::Any(parts) }
            }
            Node::Not(part) => {
                let part = Self::of(part, answers);
                Self { truth: part.truth.not(), parts: Parts::Not(Vec::from([part])) }
            }
            Node::Leaf(_) => {
                // There is an answer for every leaf.
                let (place, truth) = answers.next().unwrap_or((0, Truth::Unknown));
                Self { truth, parts: Parts::Leaf(place) }
            }
        }
    }

    fn decide(&self, deciding: &mut Vec<usize>) {
        let (parts, every) = match &self.parts {
            Parts::Leaf(place) => return deciding.push(*place),
            Parts::All(parts) => (parts, Truth::True),
            Parts::Any(parts) => (parts, Truth::False),
            Parts::Not(parts) => return parts.iter().for_each(|part| part.decide(deciding)),
        };
        let forces = |part: &&Self| self.truth == every || part.truth == self.truth;
        parts.iter().filter(forces).for_each(|part| part.decide(deciding));
    }

    /// The leaves that would turn the whole: each with the answer that does and what the whole is then.
    fn turn(&self, outcome: Outcome, whole: Truth, turning: &mut Vec<(usize, Truth, Truth)>) {
        match &self.parts {
            Parts::Leaf(place) => {
                // Answers are ordered, so whatever unknown turns, true or false turns as well.
                let turns = [Truth::True, Truth::False].map(|needed| (needed, outcome.of(needed)));
                let found = turns.into_iter().find(|(_, gives)| gives.is_true() != whole.is_true());
                turning.extend(found.map(|(needed, gives)| (*place, needed, gives)));
            }
            Parts::Not(parts) => {
                parts.iter().for_each(|part| part.turn(outcome.through(Truth::not), whole, turning));
            }
            Parts::All(parts) => {
                let least = TwoLeast::of(parts.iter().map(|part| part.truth));
                for part in parts {
                    let others = least.without(part.truth);
                    part.turn(outcome.through(|truth| truth.and(others)), whole, turning);
                }
            }
            Parts::Any(parts) => {
                let least = TwoLeast::of(parts.iter().map(|part| part.truth.not()));
                for part in parts {
                    let others = least.without(part.truth.not()).not();
                    part.turn(outcome.through(|truth| truth.or(others)), whole, turning);
                }
            }
        }
    }
}

/// The two least of some answers: what they are together without any one of them.
struct TwoLeast(Truth, Truth);

impl TwoLeast {
    fn of(answers: impl Iterator<Item = Truth>) -> Self {
        answers.fold(Self(Truth::True, Truth::True), |Self(least, next), answer| {
            if answer < least { Self(answer, least) } else { Self(least, next.min(answer)) }
        })
    }

    fn without(&self, answer: Truth) -> Truth {
        if answer == self.0 { self.1 } else { self.0 }
    }
}

impl Scene<'_> {
    /// What a leaf found, and the other value where it compares two.
    fn shown(&self, leaf: &Leaf) -> (Option<FactValue>, Option<FactValue>) {
        match leaf {
            Leaf::Pending(pending) => (self.pending_since(pending).map(FactValue::Instant), None),
            Leaf::Test(term, test) => shown(term, test, &|term| self.term(term)),
        }
    }

    /// How far a number is from the one that it is compared with.
    fn distance(&self, leaf: &Leaf) -> Option<rust_decimal::Decimal> {
        let Leaf::Test(term, test) = leaf else { return None };
        if leaf.terms().any(Term::is_personal) {
            return None;
        }
        let Found::Value(value) = self.term(term) else { return None };
        let literal = |literal| Value::of(literal)?.distance(&value);
        match test {
            Test::Compare(Comparison::Equal | Comparison::Differs, _) => None,
            Test::Compare(_, Operand::Value(other)) => literal(other),
            Test::Compare(_, Operand::Term(other)) => match self.term(other) {
                Found::Value(other) => other.distance(&value),
                Found::NotApplicable | Found::Absent(_) => None,
            },
            Test::Between(from, to) => [from, to].into_iter().filter_map(literal).min(),
            _ => None,
        }
    }
}

/// The value of the term of a test, and the other one where it compares two.
pub(crate) fn shown<'a>(
    term: &Term,
    test: &Test,
    find: &dyn Fn(&Term) -> Found<'a>,
) -> (Option<FactValue>, Option<FactValue>) {
    let value = |term: &Term| match find(term) {
        Found::Value(value) if !term.is_personal() => Some(value.shown(term.kind())),
        Found::Value(_) | Found::NotApplicable | Found::Absent(_) => None,
    };
    match test {
        Test::Compare(_, Operand::Term(other)) => (value(term), value(other)),
        _ => (value(term), None),
    }
}
