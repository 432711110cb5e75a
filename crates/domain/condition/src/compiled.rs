//! Conditions prepared for many customers.
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::OnceCell;

use guanxi_core::{Fact, FactId, FactIds, FactValue, Facts};
use rust_decimal::Decimal;

use crate::condition::Condition;
use crate::eval::Scene;
use crate::given::{Given, Moment};
use crate::normal::is_normally;
use crate::pattern::Pattern;
use crate::tree::{Comparison, Leaf, Literal, Node, Operand, Presence, Term, Test, Wording};
use crate::truth::Truth;
use crate::value::{Fit, Value, order};

/// A condition prepared for many customers: the same answers as [`Condition::holds`], sooner.
///
/// What needs no events comes first; whatever can no longer change the answer is not asked, nor is a fact
/// before it is needed; and no text is copied to be compared.
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
    /// Whether a fact is read more than once.
    asks_again: bool,
}

/// A condition or a part of one. Its kind stands by itself, as it is asked for at every step.
#[derive(Clone, Debug)]
#[repr(u8)]
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
        let asks_again = step.facts_read() > facts.len();
        Self { facts, step, asks_again }
    }

    /// The facts that it reads.
    #[must_use]
    pub const fn fact_ids(&self) -> &FactIds {
        &self.facts
    }

    /// Whether the condition holds.
    #[must_use]
    pub fn holds(&self, given: &Given<'_>, at: &Moment) -> Truth {
        // Most conditions read no fact twice, and few read many.
        match self.facts.len() {
            _ if !self.asks_again => self.holds_of(&mut [], given, at),
            0..=16 => self.holds_of(&mut [None; 16], given, at),
            many => self.holds_of(&mut alloc::vec![None; many], given, at),
        }
    }

    #[inline]
    fn holds_of<'a>(&self, slots: &mut [Option<Seen<'a>>], given: &Given<'a>, at: &Moment) -> Truth {
        Asked { facts: &self.facts, slots, given, at, scene: OnceCell::new() }.step(&self.step)
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

    /// How often a fact is read.
    fn facts_read(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::facts_read).sum(),
            Self::Not(part) => part.facts_read(),
            Self::Facts { .. } => 2,
            Self::Text { .. } | Self::Number { .. } | Self::Part { .. } | Self::Fact { .. } => 1,
            Self::Events(_) => 0,
        }
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

/// The value of a fact, if it is known.
type Seen<'a> = Option<&'a FactValue>;

/// A condition while it is asked of one customer.
struct Asked<'s, 'a> {
    facts: &'s FactIds,
    /// The facts that have been asked for, if one is asked for more than once.
    slots: &'s mut [Option<Seen<'a>>],
    given: &'s Given<'a>,
    at: &'s Moment,
    /// Made where a leaf needs more than the value of a fact.
    scene: OnceCell<Scene<'a>>,
}

impl<'a> Asked<'_, 'a> {
    fn step(&mut self, step: &Step) -> Truth {
        match step {
            Step::All(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    match self.part(part) {
                        Truth::True => {}
                        Truth::Unknown => truth = Truth::Unknown,
                        Truth::False => return Truth::False,
                    }
                }
                truth
            }
            Step::Any(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    match self.part(part) {
                        Truth::False => {}
                        Truth::Unknown => truth = Truth::Unknown,
                        Truth::True => return Truth::True,
                    }
                }
                truth
            }
            Step::Not(part) => self.step(part).not(),
            Step::Text { slot, wording, is } => self.text(*slot, wording, *is),
            Step::Number { slot, fit, comparison, number } => {
                let value = self.value(*slot).and_then(|value| fit.number(value));
                value.map(|value| comparison.orders(order(&value, number))).into()
            }
            other => self.seldom(other),
        }
    }

    /// A part of several: mostly a text, which needs no further step.
    #[inline]
    fn part(&mut self, part: &Step) -> Truth {
        match part {
            Step::Text { slot, wording, is } => self.text(*slot, wording, *is),
            other => self.step(other),
        }
    }

    /// Whether a text is one, or is not.
    #[inline]
    fn text(&mut self, slot: usize, wording: &Wording, is: bool) -> Truth {
        match self.value(slot) {
            Some(FactValue::Text(text)) => {
                let same = *text == wording.given || is_normally(text, &wording.normal);
                (same == is).into()
            }
            _ => Truth::Unknown,
        }
    }

    /// What is asked less often; by itself, so that the short way stays short.
    #[inline(never)]
    fn seldom(&mut self, step: &Step) -> Truth {
        match step {
            Step::Part { slot, pattern } => match self.value(*slot) {
                Some(FactValue::Text(text)) => pattern.is_in(text).into(),
                _ => Truth::Unknown,
            },
            Step::Facts { slots: [one, other], fits: [fit, other_fit], comparison } => {
                let one = self.fitting(*one, fit);
                let values = one.zip(self.fitting(*other, other_fit));
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
            Step::All(_) | Step::Any(_) | Step::Not(_) | Step::Text { .. } | Step::Number { .. } => {
                self.step(step)
            }
        }
    }

    fn scene(&self) -> &Scene<'a> {
        self.scene.get_or_init(|| Scene::new(self.given, self.at))
    }

    /// The value of a fact as it is known at the instant of the question.
    #[inline]
    fn value(&mut self, slot: usize) -> Option<&'a FactValue> {
        let given: &'a dyn Facts = self.given.facts;
        let Some(kept) = self.slots.get_mut(slot) else {
            return given.value(self.facts, slot, self.at.as_of);
        };
        *kept.get_or_insert_with(|| given.value(self.facts, slot, self.at.as_of))
    }

    fn fitting(&mut self, slot: usize, fit: &Fit) -> Option<Value<'a>> {
        Value::fitting(fit, self.value(slot)?)
    }

    fn is_off(&self, slot: usize) -> bool {
        self.given.facts.nth(self.facts, slot) == Fact::NotApplicable
    }
}
