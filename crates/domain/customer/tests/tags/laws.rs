//! What holds for all documents, assignments, facts and events.
use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::arbitrary::instant as any_instant;
use guanxi_core::{Decision, Event, FactMap, SubjectId};
use guanxi_customer::arbitrary::instant;
use guanxi_customer::arbitrary::tags::{assignment, assignments, document, events, facts};
use guanxi_customer::{
    Assignment, Assignments, TagCounts, TagDiff, TagInput, TagKind, TagMoves, TagReason, TagSet,
    TagsDocument, diff_tags, labels, tags,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::c1;

/// One question for the tags of `C1`.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) document: TagsDocument,
    pub(crate) assignments: Assignments,
    pub(crate) facts: FactMap,
    pub(crate) events: Option<Vec<Event>>,
    pub(crate) previous: Option<TagSet>,
    pub(crate) as_of: DateTime<Utc>,
}

impl Question {
    pub(crate) fn at(&self, previous: Option<&TagSet>, as_of: DateTime<Utc>) -> Decision<TagSet, TagReason> {
        let log = self.events.as_ref().map(EventLog::new);
        let given = Given { facts: &self.facts, events: log.as_ref() };
        let (subject, assignments) = (&c1(), &self.assignments);
        tags(&self.document, &TagInput { subject, assignments, given, previous }, as_of)
    }

    fn now(&self) -> Decision<TagSet, TagReason> {
        self.at(self.previous.as_ref(), self.as_of)
    }
}

/// A question whose previous set is that of some other instant, or none.
pub(crate) fn question() -> impl Strategy<Value = Question> {
    let previous = prop::option::weighted(0.7, (facts(), instant()));
    (document(), assignments(), facts(), prop::option::weighted(0.9, events()), previous, instant()).prop_map(
        |(document, assignments, facts, events, previous, as_of)| {
            let question = Question { document, assignments, facts, events, previous: None, as_of };
            let previous =
                previous.map(|(facts, at)| Question { facts, ..question.clone() }.at(None, at).outcome);
            Question { previous, ..question }
        },
    )
}

fn survives<T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
}

/// Instants between two others: close to both, and some at every time of the day.
fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let some = (1..80).map(|step| from + TimeDelta::hours(37 * step));
    let close = [from + TimeDelta::nanoseconds(1), to - TimeDelta::nanoseconds(1)];
    some.chain(close).filter(|at| from < *at && *at < to).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_changes_before_the_next_change_and_something_does_at_it(question in question()) {
        let now = question.now();
        let last = now.next_change.unwrap_or(question.as_of + TimeDelta::days(900));
        for at in between(question.as_of, last) {
            let later = question.at(Some(&now.outcome), at);
            prop_assert_eq!(&later.outcome, &now.outcome, "at {}", at);
            prop_assert_eq!(later.next_change, now.next_change, "at {}", at);
        }
        if let Some(change) = now.next_change {
            prop_assert!(change > question.as_of);
            let then = question.at(Some(&now.outcome), change);
            let limit = question.document.head().effective_to == Some(change);
            prop_assert!(limit || then.outcome != now.outcome, "{} changes nothing", change);
        }
    }

    #[test]
    fn a_tag_goes_when_it_says_and_not_before(question in question()) {
        let set = question.now().outcome;
        let held = |at| {
            let then = question.at(Some(&set), at).outcome;
            then.tags.into_iter().chain(then.outranked).map(|tagged| tagged.tag).collect::<Vec<_>>()
        };
        for tagged in set.tags.iter().chain(&set.outranked) {
            prop_assert!(tagged.since <= question.as_of);
            if let Some(until) = tagged.until {
                prop_assert!(held(until - TimeDelta::nanoseconds(1)).contains(&tagged.tag));
                prop_assert!(!held(until).contains(&tagged.tag));
            }
        }
    }

    #[test]
    fn neither_order_nor_repetition_matters(
        mut question in question(), more in prop::collection::vec(assignment(), 0..12), places in any::<prop::sample::Index>(),
    ) {
        let mut all: Vec<Assignment> = question.assignments.iter().cloned().chain(more).collect();
        question.assignments = all.iter().cloned().collect();
        let first = question.now();
        all.extend(all.clone());
        let place = places.index(all.len().max(1));
        all.rotate_left(place);
        all.reverse();
        let (left, right) = all.split_at(place);
        let mut parts: Assignments = left.iter().cloned().collect();
        parts.merge(right.iter().cloned().collect());
        question.assignments = parts;
        prop_assert_eq!(first, question.now());
    }

    #[test]
    fn every_tag_has_its_reason(question in question()) {
        let decision = question.now();
        let about = |tag| decision.reasons.iter().filter(|reason| reason.tag() == Some(tag)).collect::<Vec<_>>();
        for tagged in &decision.outcome.tags {
            let held = |reason: &&TagReason| matches!(reason, TagReason::Set { .. } | TagReason::Holds { .. } | TagReason::Kept { .. });
            prop_assert!(about(&tagged.tag).iter().any(held), "{}", tagged.tag);
        }
        let mut groups = Vec::new();
        for tagged in &decision.outcome.tags {
            let group = question.document.body().find(&tagged.tag).and_then(|tag| tag.group());
            prop_assert!(group.is_none() || !groups.contains(&group), "two of {:?}", group);
            groups.push(group);
        }
        for tagged in &decision.outcome.outranked {
            let won = about(&tagged.tag).into_iter().find_map(|reason| match reason {
                TagReason::Outranked { by, .. } => Some(by.clone()),
                _ => None,
            });
            prop_assert!(won.is_some_and(|by| decision.outcome.get(&by).is_some()));
        }
        for (lang, open) in [("en", '{'), ("zh-CN", '{')] {
            let pack = labels(lang).unwrap();
            for reason in &decision.reasons {
                let text = reason.text(&pack);
                prop_assert!(!text.contains(open) && !text.starts_with(guanxi_core::ReasonCode::code(reason)), "{}", text);
            }
        }
    }

    #[test]
    fn a_difference_adds_up(question in question()) {
        let now = question.now();
        let before = question.previous.clone().unwrap_or_default();
        let diff = diff_tags(&question.document, &before, &now);
        let entered = diff.entered.iter().map(|moved| &moved.tag);
        let mut all: Vec<_> = entered.chain(&diff.unchanged).cloned().collect();
        all.sort();
        let mut ids: Vec<_> = now.outcome.ids().cloned().collect();
        ids.sort();
        prop_assert_eq!(&all, &ids);
        let mut old: Vec<_> = diff.left.iter().map(|moved| &moved.tag).chain(&diff.unchanged).cloned().collect();
        old.sort();
        let mut ids: Vec<_> = before.ids().cloned().collect();
        ids.sort();
        prop_assert_eq!(&old, &ids);
        for moved in diff.entered.iter().chain(&diff.left) {
            // A tag may be there before that was never set: the set of before was made of other assignments.
            let rule = question.document.body().find(&moved.tag).is_some_and(|tag| matches!(tag.kind(), TagKind::Rule { .. }));
            prop_assert!(!rule || !moved.why.is_empty(), "{:?}", moved);
        }
        prop_assert_eq!(diff_tags(&question.document, &now.outcome, &now).is_empty(), true);
        survives(&diff);
    }

    #[test]
    fn what_is_written_is_read_again(question in question(), other in any_instant()) {
        survives(&question.now());
        survives(&question.at(None, other).outcome);
        question.assignments.iter().for_each(survives);
        let document = TagsDocument::from_value(&question.document.to_value()).unwrap();
        prop_assert_eq!(document.stamp().fingerprint, question.document.stamp().fingerprint);
        prop_assert_eq!(document, question.document);
    }

    #[test]
    fn counts_of_parts_are_those_of_the_whole(questions in prop::collection::vec(question(), 0..6), cut in any::<prop::sample::Index>()) {
        let of = |questions: &[Question]| {
            let (mut counts, mut moves) = (TagCounts::default(), TagMoves::default());
            for question in questions {
                let now = question.now();
                counts.add(&now.outcome);
                moves.add(&diff_tags(&question.document, &question.previous.clone().unwrap_or_default(), &now));
            }
            (counts, moves)
        };
        let (left, right) = questions.split_at(cut.index(questions.len().max(1)));
        let ((mut counts, mut moves), other) = (of(right), of(left));
        counts.merge(&other.0);
        moves.merge(&other.1);
        prop_assert_eq!((counts.clone(), moves), of(&questions));
        survives(&counts);
        for question in &questions {
            counts.take(&question.now().outcome);
        }
        prop_assert_eq!(counts, TagCounts::default());
    }
}

#[test]
fn what_begins_where_the_other_ends_leaves_no_break() {
    let document = crate::document(serde_json::json!({"tags": [{"id": "vip", "expires": {"days": 30}}]}));
    let set = |day: &str, until: Option<&str>| -> Assignment {
        serde_json::from_value(serde_json::json!({
            "tag": "vip", "subject": "C1", "set_by": {"actor": "U7"}, "set_at": crate::at(day), "until": until.map(crate::at)
        }))
        .unwrap()
    };
    let of = |assignments: Vec<Assignment>, as_of: &str| {
        let known =
            crate::Known { assignments: assignments.into_iter().collect(), ..crate::Known::default() };
        let set = known.tags(&document, None, crate::at(as_of)).outcome;
        set.tags.into_iter().map(|tagged| (tagged.since, tagged.until)).next()
    };
    let (first, last) = (crate::at("2026-01-01"), Some(crate::at("2026-03-02")));
    // 31 January is the thirtieth day after 1 January; it is set again then, or a second too late.
    let renewed = vec![set("2026-01-01", None), set("2026-01-31", None)];
    assert_eq!(of(renewed.clone(), "2026-01-15"), Some((first, last)));
    assert_eq!(of(renewed, "2026-02-15"), Some((first, last)));
    let late = vec![set("2026-01-01", Some("2026-01-30T23:59:59Z")), set("2026-01-31", None)];
    assert_eq!(of(late.clone(), "2026-01-15"), Some((first, Some(crate::at("2026-01-30T23:59:59Z")))));
    assert_eq!(of(late, "2026-02-15"), Some((crate::at("2026-01-31"), last)));
}

#[test]
fn a_renamed_tag_has_not_moved() {
    let named = |id: &str, alias: &[&str]| {
        crate::document(serde_json::json!({
            "vocabulary": {"facts": {"score": {"kind": "int"}}},
            "tags": [{"id": id, "when": "score >= 1", "aliases": alias}]
        }))
    };
    let score =
        |score| FactMap::new().with("score".parse().unwrap(), guanxi_core::FactValue::Int(score), None);
    let known = crate::Known { facts: score(1), ..crate::Known::default() };
    let old = known.tags(&named("hot", &[]), None, crate::at("2026-01-01")).outcome;
    let document = named("high_score", &["hot"]);
    let now = known.tags(&document, Some(&old), crate::at("2026-02-01"));
    assert_eq!(now.outcome.tags[0].since, crate::at("2026-01-01"));
    assert_eq!(
        diff_tags(&document, &old, &now),
        TagDiff { unchanged: vec!["high_score".parse().unwrap()], ..TagDiff::default() }
    );
    let _: SubjectId = c1();
}
