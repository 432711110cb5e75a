//! Conditions prepared for many customers.
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::OnceCell;

use chrono::{DateTime, Utc};
use guanxi_core::{Fact, FactId, FactIds, FactValue};
use rust_decimal::Decimal;

use crate::condition::Condition;
use crate::eval::Scene;
use crate::given::{Given, Moment};
use crate::normal::is_normally;
use crate::pattern::Pattern;
use crate::tree::{Comparison, Leaf, Literal, Node, Operand, Presence, Term, Test, Wording};
use crate::truth::Truth;
use crate::value::{Fit, Value};

/// A condition prepared for many customers: the same answers as [`Condition::holds`], sooner.
///
/// Every fact is asked for once, all together; what needs no events comes first; whatever can no longer
/// change the answer is not asked; and no text is copied to be compared.
///
/// ```
/// use guanxi_condition::{Compiled, Condition, Given, Moment, Truth, Vocabulary};
/// use guanxi_core::{FactKind, FactMap, FactSchema, FactValue, fact_id, parse_instant};
///
/// let vocabulary = Vocabulary::new().with_fact(fact_id!("score"), FactSchema::of(FactKind::Int));
/// let compiled = Compiled::new(&Condition::parse("score >= 80", &vocabulary)?);
/// let at = Moment::utc(parse_instant("2026-06-30")?);
/// let answers = [79, 80].map(|score| {
///     let facts = FactMap::new().with(fact_id!("score"), FactValue::Int(score), None);
///     compiled.holds(&Given { facts: &facts, events: None }, &at)
/// });
/// assert_eq!(answers, [Truth::False, Truth::True]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Compiled {
    facts: FactIds,
    step: Step,
}

/// A condition or a part of one.
#[derive(Clone, Debug)]
enum Step {
    All(Box<[Self]>),
    Any(Box<[Self]>),
    Not(Box<Self>),
    /// Whether a text is one, or is not.
    Text {
        slot: usize,
        wording: Wording,
        is: bool,
    },
    /// A number against one that is written.
    Number {
        slot: usize,
        fit: Fit,
        comparison: Comparison,
        number: Decimal,
    },
    /// Whether a text has a part.
    Part {
        slot: usize,
        pattern: Pattern,
    },
    /// Two facts.
    Facts {
        slots: [usize; 2],
        fits: [Fit; 2],
        comparison: Comparison,
    },
    /// Any other test of a fact.
    Fact {
        slot: usize,
        fit: Fit,
        test: Test,
    },
    /// What is asked of events.
    Events(Box<Leaf>),
}

impl Compiled {
    /// Prepares a condition.
    #[must_use]
    pub fn new(condition: &Condition) -> Self {
        let facts = condition.fact_ids().clone();
        let step = Step::new(condition.node(), &facts);
        Self { facts, step }
    }

    /// The facts that it reads.
    #[must_use]
    pub const fn fact_ids(&self) -> &FactIds {
        &self.facts
    }

    /// Whether the condition holds.
    #[must_use]
    pub fn holds(&self, given: &Given<'_>, at: &Moment) -> Truth {
        // Few conditions read many facts.
        match self.facts.len() {
            0..=4 => self.holds_of(&mut [Fact::Missing; 4], given, at),
            5..=16 => self.holds_of(&mut [Fact::Missing; 16], given, at),
            many => self.holds_of(&mut alloc::vec![Fact::Missing; many], given, at),
        }
    }

    #[inline]
    fn holds_of<'a>(&self, slots: &mut [Fact<'a>], given: &Given<'a>, at: &Moment) -> Truth {
        given.facts.each(&self.facts, slots);
        Asked { slots, given, at, scene: OnceCell::new() }.step(&self.step)
    }
}

impl Step {
    fn new(node: &Node, facts: &FactIds) -> Self {
        let parts = |parts: &[Node]| {
            let mut steps: Vec<Self> = parts.iter().map(|part| Self::new(part, facts)).collect();
            // The answer is the same in any order, and looking through events takes longest.
            steps.sort_by_key(Self::reads_events);
            steps.into_boxed_slice()
        };
        match node {
            Node::All(all) => Self::All(parts(all)),
            Node::Any(any) => Self::Any(parts(any)),
            Node::Not(part) => Self::Not(Box::new(Self::new(part, facts))),
            Node::Leaf(leaf) => Self::of(leaf, facts).unwrap_or_else(|| Self::Events(leaf.clone())),
        }
    }

    /// What a leaf asks of facts alone.
    fn of(leaf: &Leaf, facts: &FactIds) -> Option<Self> {
        let slot = |fact: &FactId| facts.iter().position(|other| other == fact);
        let Leaf::Test(Term::Fact(fact, fit), test) = leaf else { return None };
        let (slot_of, fit) = (slot, *fit);
        let slot = slot_of(fact)?;
        Some(match test {
            Test::Compare(Comparison::Equal, Operand::Value(Literal::Text(wording))) => {
                Self::Text { slot, wording: wording.clone(), is: true }
            }
            Test::Compare(Comparison::Differs, Operand::Value(Literal::Text(wording))) => {
                Self::Text { slot, wording: wording.clone(), is: false }
            }
            Test::Compare(comparison, Operand::Value(Literal::Number(number))) => {
                Self::Number { slot, fit, comparison: *comparison, number: *number }
            }
            Test::Compare(comparison, Operand::Term(other)) => {
                let Term::Fact(other, other_fit) = &**other else { return None };
                Self::Facts {
                    slots: [slot, slot_of(other)?],
                    fits: [fit, *other_fit],
                    comparison: *comparison,
                }
            }
            Test::Contains(wording) => Self::Part { slot, pattern: Pattern::anywhere(&wording.normal) },
            Test::StartsWith(wording) => Self::Part { slot, pattern: Pattern::at_the_start(&wording.normal) },
            Test::EndsWith(wording) => Self::Part { slot, pattern: Pattern::at_the_end(&wording.normal) },
            test => Self::Fact { slot, fit, test: test.clone() },
        })
    }

    fn reads_events(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::reads_events),
            Self::Not(part) => part.reads_events(),
            Self::Events(_) => true,
            _ => false,
        }
    }
}

/// A condition while it is asked of one customer.
struct Asked<'s, 'a> {
    slots: &'s [Fact<'a>],
    given: &'s Given<'a>,
    at: &'s Moment,
    /// Made where a leaf needs more than the value of a fact.
    scene: OnceCell<Scene<'a>>,
}

impl<'a> Asked<'_, 'a> {
    fn step(&self, step: &Step) -> Truth {
        match step {
            Step::All(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.step(part));
                    if truth == Truth::False {
                        break;
                    }
                }
                truth
            }
            Step::Any(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.step(part));
                    if truth == Truth::True {
                        break;
                    }
                }
                truth
            }
            Step::Not(part) => self.step(part).not(),
            Step::Text { slot, wording, is } => match self.value(*slot) {
                Some(FactValue::Text(text)) => {
                    let same = *text == wording.given || is_normally(text, &wording.normal);
                    (same == *is).into()
                }
                _ => Truth::Unknown,
            },
            Step::Number { slot, fit, comparison, number } => {
                let value = self.value(*slot).and_then(|value| fit.number(value));
                value.map(|value| comparison.orders(value.cmp(number))).into()
            }
            Step::Part { slot, pattern } => match self.value(*slot) {
                Some(FactValue::Text(text)) => pattern.is_in(text).into(),
                _ => Truth::Unknown,
            },
            Step::Facts { slots: [one, other], fits: [fit, other_fit], comparison } => {
                let values = self.fitting(*one, fit).zip(self.fitting(*other, other_fit));
                values.map_or(Truth::Unknown, |(one, other)| comparison.holds(&one.relation(&other)))
            }
            Step::Fact { slot, fit, test: Test::Is(presence) } => Truth::from(match presence {
                Presence::Known => self.fitting(*slot, fit).is_some(),
                Presence::Missing => !self.is_off(*slot) && self.fitting(*slot, fit).is_none(),
                Presence::NotApplicable => self.is_off(*slot),
            }),
            Step::Fact { slot, fit, test } => match self.fitting(*slot, fit) {
                Some(value) => self.scene().test(&value, test),
                None => Truth::Unknown,
            },
            Step::Events(leaf) => self.scene().leaf(leaf),
        }
    }

    fn scene(&self) -> &Scene<'a> {
        self.scene.get_or_init(|| Scene::new(self.given, self.at))
    }

    /// The value of a fact as it is known at the instant of the question.
    #[inline]
    fn value(&self, slot: usize) -> Option<&'a FactValue> {
        let is_future = |observed: Option<DateTime<Utc>>| observed.is_some_and(|at| at > self.at.as_of);
        match self.slots.get(slot) {
            Some(Fact::Known { value, observed_at }) if !is_future(*observed_at) => Some(value),
            _ => None,
        }
    }

    fn fitting(&self, slot: usize, fit: &Fit) -> Option<Value<'a>> {
        Value::fitting(fit, self.value(slot)?)
    }

    fn is_off(&self, slot: usize) -> bool {
        self.slots.get(slot) == Some(&Fact::NotApplicable)
    }
}
