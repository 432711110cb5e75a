//! What holds for all documents and customers; and the selection once more, slow and plain.
use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{Condition, EventLog, Given, Moment, Truth, normalise};
use guanxi_core::{Decision, Event, Fact, FactId, FactMap, FactValue, Facts, ReasonCode};
use guanxi_policy::{Body, Document, Head};
use guanxi_strategy::arbitrary::strategies::{document, events, facts, instant};
use guanxi_strategy::{
    Selected, SelectionCounts, StrategiesDocument, StrategyPolicy, StrategyReason, TemplateKind, labels,
    select,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[derive(Clone, Debug)]
struct Question {
    document: StrategiesDocument,
    facts: FactMap,
    events: Option<Vec<Event>>,
    as_of: DateTime<Utc>,
}

impl Question {
    fn at(&self, as_of: DateTime<Utc>) -> Decision<Selected, StrategyReason> {
        let log = self.events.as_ref().map(EventLog::new);
        select(&self.document, &Given { facts: &self.facts, events: log.as_ref() }, as_of)
    }

    /// The selection as the page describes it: every part of what a template asks looked at by itself.
    fn slowly(&self, as_of: DateTime<Utc>) -> Selected {
        let spec = self.document.body().spec();
        let log = self.events.as_ref().map(EventLog::new);
        let given = Given { facts: &self.facts, events: log.as_ref() };
        let moment = Moment { as_of, zone: spec.zone, week_start: spec.week_start };
        let has = |fact: &str, codes: &[guanxi_strategy::SelectorCode]| {
            let Fact::Known { value, observed_at } = self.facts.fact(&FactId::new(fact).unwrap()) else {
                return false;
            };
            let is_one =
                |given: &String| codes.iter().any(|code| normalise(given) == normalise(code.as_str()));
            observed_at.is_none_or(|at| at <= as_of)
                && match value {
                    FactValue::Text(text) => is_one(text),
                    FactValue::Set(all) => all.iter().any(is_one),
                    _ => false,
                }
        };
        let mut best: Vec<(TemplateKind, usize, guanxi_strategy::TemplateId)> = Vec::new();
        for template in spec.templates {
            let when = template.when.map(|when| {
                Condition::parse(when.0.as_str().unwrap(), self.document.body().vocabulary()).unwrap()
            });
            let holds = when.as_ref().is_none_or(|when| when.holds(&given, &moment) == Truth::True);
            if !holds || !template.whom.iter().all(|(fact, codes)| has(fact, codes)) {
                continue;
            }
            let asks = template.whom.iter().count() + usize::from(when.is_some());
            match best.iter_mut().find(|(kind, ..)| *kind == template.kind) {
                None => best.push((template.kind, asks, template.id)),
                Some((_, most, id)) if asks > *most => (*most, *id) = (asks, template.id),
                Some(_) => {}
            }
        }
        let of = |wanted| best.iter().find(|(kind, ..)| *kind == wanted).map(|(_, _, id)| id.clone());
        Selected {
            base: of(TemplateKind::Base),
            strategy: of(TemplateKind::Strategy),
            abc_operation: of(TemplateKind::AbcOperation),
            persona: of(TemplateKind::Persona),
            scenario: of(TemplateKind::Scenario),
        }
    }
}

fn question() -> impl Strategy<Value = Question> {
    (document(), facts(), prop::option::weighted(0.9, events()), instant())
        .prop_map(|(document, facts, events, as_of)| Question { document, facts, events, as_of })
}

fn survives<T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_selection_is_that_of_the_page(question in question()) {
        prop_assert_eq!(question.at(question.as_of).outcome, question.slowly(question.as_of));
    }

    #[test]
    fn nothing_changes_before_the_next_change_and_something_does_at_it(question in question()) {
        let now = question.at(question.as_of);
        let last = now.next_change.unwrap_or(question.as_of + TimeDelta::days(800));
        let some = (1..60).map(|step| question.as_of + TimeDelta::hours(41 * step));
        for at in some.chain([last - TimeDelta::nanoseconds(1)]).filter(|at| *at < last) {
            let later = question.at(at);
            prop_assert_eq!(&later.outcome, &now.outcome, "at {}", at);
            prop_assert_eq!(later.next_change, now.next_change, "at {}", at);
        }
        if let Some(change) = now.next_change {
            prop_assert!(change > question.as_of);
            let limit = question.document.head().effective_to == Some(change);
            prop_assert!(limit || question.at(change).outcome != now.outcome, "{} changes nothing", change);
        }
    }

    #[test]
    fn every_template_selected_has_its_reasons_and_the_near_ones_are_near(question in question()) {
        let decision = question.at(question.as_of);
        let policy = question.document.body();
        for (kind, id) in decision.outcome.iter() {
            let selected = StrategyReason::Selected { kind, template: id.clone() };
            prop_assert!(decision.reasons.contains(&selected));
        }
        let log = question.events.as_ref().map(EventLog::new);
        let given = Given { facts: &question.facts, events: log.as_ref() };
        for reason in &decision.reasons {
            if let StrategyReason::Near { template, .. } = reason {
                let template = policy.find(template).unwrap();
                let spec = policy.spec();
                let moment = Moment { as_of: question.as_of, zone: spec.zone, week_start: spec.week_start };
                prop_assert!(!template.whole().holds(&given, &moment).is_true());
                prop_assert!(decision.outcome.get(template.kind()) != Some(template.id()));
            }
            for lang in ["en", "zh-CN"] {
                let text = reason.text(&labels(lang).unwrap());
                prop_assert!(!text.contains('{') && !text.starts_with(reason.code()), "{}", text);
            }
        }
    }

    #[test]
    fn templates_of_other_kinds_change_nothing(question in question()) {
        let all = question.at(question.as_of).outcome;
        let body = question.document.body().spec();
        for kind in TemplateKind::ALL {
            let mut body = body.clone();
            body.templates.retain(|template| template.kind == kind);
            if body.templates.is_empty() {
                prop_assert_eq!(all.get(kind), None);
                continue;
            }
            let head = question.document.head().clone();
            let alone = Document::seal(head, StrategyPolicy::try_from(&body).unwrap());
            let alone = Question { document: alone, ..question.clone() }.at(question.as_of).outcome;
            prop_assert_eq!(alone.get(kind), all.get(kind));
        }
    }

    #[test]
    fn what_is_written_is_read_again(question in question()) {
        survives(&question.at(question.as_of));
        let read = StrategiesDocument::from_value(&question.document.to_value()).unwrap();
        prop_assert_eq!(read.stamp(), question.document.stamp());
        prop_assert_eq!(read, question.document);
    }

    #[test]
    fn counts_of_parts_are_those_of_the_whole(questions in prop::collection::vec(question(), 0..6), cut in any::<prop::sample::Index>()) {
        let of = |questions: &[Question]| {
            questions.iter().fold(SelectionCounts::default(), |mut counts, question| {
                counts.add(&question.at(question.as_of).outcome);
                counts
            })
        };
        let (left, right) = questions.split_at(cut.index(questions.len().max(1)));
        let mut counts = of(right);
        counts.merge(&of(left));
        prop_assert_eq!(&counts, &of(&questions));
        survives(&counts);
    }
}

#[test]
fn a_document_that_is_not_in_force_says_so() {
    let question = Question {
        document: {
            let standard = crate::standard();
            let head = Head { effective_to: Some(crate::at("2026-07-01")), ..standard.head().clone() };
            Document::seal(head, standard.body().clone())
        },
        facts: FactMap::new(),
        events: None,
        as_of: crate::at("2026-06-30"),
    };
    let now = question.at(question.as_of);
    assert_eq!(now.next_change, Some(crate::at("2026-07-01")));
    let then = question.at(crate::at("2026-07-01"));
    assert_eq!(then.outcome, now.outcome);
    assert_eq!(then.reasons.last().map(ReasonCode::code), Some("policy_not_in_force"));
}
