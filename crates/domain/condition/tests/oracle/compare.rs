//! The crate beside this evaluator, on the same random conditions and customers.
use guanxi_condition::{Compiled, Condition, EventLog, Given, Moment, Truth, Vocabulary, WeekStart};
use guanxi_policy::check;
use serde_json::{Value as Json, json};

use crate::condition::Names;
use crate::evaluate::World;
use crate::generate::{self, Customer, When};
use crate::random::Random;
use crate::vocabulary::{self, ATTRIBUTES, FACTS, OWN_KINDS};

pub(crate) fn vocabulary() -> Vocabulary {
    let facts = vocabulary::schemas(FACTS).into_iter();
    let attributes = vocabulary::schemas(ATTRIBUTES).into_iter();
    let vocabulary = facts.fold(Vocabulary::new(), |vocabulary, (name, schema)| {
        vocabulary.with_fact(name.parse().unwrap(), schema)
    });
    let vocabulary = attributes.fold(vocabulary, |vocabulary, (name, schema)| {
        vocabulary.with_attribute(name.parse().unwrap(), schema)
    });
    OWN_KINDS.iter().fold(vocabulary, |vocabulary, kind| vocabulary.with_kind(kind.parse().unwrap()))
}

pub(crate) fn read(tree: &Json, vocabulary: &Vocabulary) -> Condition {
    check(tree, |node| Condition::read(node, vocabulary))
        .unwrap_or_else(|problems| panic!("{tree}\n{problems}"))
}

pub(crate) fn moment(when: &When) -> Moment {
    let week_start = json!(when.week_start.to_string());
    let day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .into_iter()
        .find(|day| day.starts_with(&week_start.as_str().unwrap().to_lowercase()));
    let week_start: WeekStart = serde_json::from_value(json!(day)).unwrap();
    Moment { as_of: when.as_of, zone: when.zone.parse().unwrap(), week_start }
}

fn truth(answer: Option<bool>) -> Truth {
    answer.into()
}

/// Where the marks are.
fn places(marks: &[bool]) -> Vec<usize> {
    (0..marks.len()).filter(|place| marks[*place]).collect()
}

/// A customer at an instant.
pub(crate) struct Case {
    pub(crate) when: When,
    pub(crate) customer: Customer,
}

impl Case {
    pub(crate) fn new(random: &mut Random) -> Self {
        let when = generate::when(random);
        let customer = generate::customer(random, &when);
        Self { when, customer }
    }

    pub(crate) fn world<'a>(&'a self, names: &'a Names) -> World<'a> {
        World {
            names,
            facts: &self.customer.facts,
            events: self.customer.events.as_deref(),
            as_of: self.when.as_of,
            clock: self.when.clock,
            week_start: self.when.week_start,
        }
    }
}

const CUSTOMERS: u64 = 5_000;
const CONDITIONS: u64 = 4;

#[test]
fn answers_and_reasons_are_those_of_the_page_and_both_forms_say_the_same() {
    let (names, vocabulary) = (vocabulary::names(), vocabulary());
    let mut counts = [0; 3];
    for seed in 0..CUSTOMERS {
        let mut random = Random::new(seed);
        let case = Case::new(&mut random);
        let log = case.customer.events.as_deref().map(EventLog::new);
        let given = Given { facts: &case.customer.facts, events: log.as_ref() };
        for _ in 0..CONDITIONS {
            let tree = generate::condition(&mut random, &case.when, 3);
            let condition = read(&tree, &vocabulary);
            let answer = condition.holds(&given, &moment(&case.when));
            assert_eq!(
                Compiled::new(&condition).holds(&given, &moment(&case.when)),
                answer,
                "seed {seed}: {condition}"
            );
            let own = names.condition(&tree);
            let leaves = case.world(&names).leaves(&own);
            let shown = || {
                let (facts, events) = (&case.customer.facts, &case.customer.events);
                format!("seed {seed}: {condition}\n{:?}\n{facts:#?}\n{events:#?}", case.when)
            };
            assert_eq!(answer, truth(own.answer(&leaves)), "{}", shown());

            let explained = condition.explain(&given, &moment(&case.when));
            assert_eq!(explained.truth, answer, "{}", shown());
            let deciding: Vec<usize> = explained.deciding.iter().map(|leaf| leaf.leaf).collect();
            assert_eq!(deciding, places(&own.deciding(&leaves)), "{}", shown());
            let near: Vec<usize> = explained.near_misses.iter().map(|near| near.leaf.leaf).collect();
            assert_eq!(near, places(&own.near_misses(&leaves)), "{}", shown());
            for leaf in explained.deciding.iter().chain(explained.near_misses.iter().map(|near| &near.leaf)) {
                assert_eq!(leaf.truth, truth(leaves[leaf.leaf]), "{}\n{}", leaf.text, shown());
            }
            counts[usize::from(answer != Truth::True) + usize::from(answer == Truth::Unknown)] += 1;

            let text = condition.to_string();
            assert_eq!(Condition::parse(&text, &vocabulary).as_ref(), Ok(&condition), "seed {seed}: {text}");
            assert_eq!(read(&condition.tree(), &vocabulary), condition, "seed {seed}: {text}");
        }
    }
    let common = CUSTOMERS * CONDITIONS / 10;
    assert!(counts.iter().all(|count| *count > common), "true, false, unknown: {counts:?}");
}
