//! A book that decides again only what can have changed gives what deciding everything gives.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::{Event, FactId, FactMap, FactValue, SubjectId};
use guanxi_customer::arbitrary::tags::{assignment, assignments, document, events, facts};
use guanxi_customer::arbitrary::{instant, subject};
use guanxi_customer::{
    Assignment, Assignments, TagBook, TagInput, TagKind, TagSet, TagsDocument, Touched, diff_tags, tags,
};
use proptest::prelude::*;
use serde_json::json;

use crate::{at, c1, names};

/// Something that happens, to one subject or to the clock.
#[derive(Clone, Debug)]
enum Change {
    Facts(SubjectId, FactMap),
    Event(SubjectId, Event),
    Assigned(Assignment),
    Hours(i64),
}

fn change() -> impl Strategy<Value = Change> {
    let event = events().prop_filter_map("an event", |events| events.into_iter().next());
    prop_oneof![
        3 => (subject(), facts()).prop_map(|(subject, facts)| Change::Facts(subject, facts)),
        3 => (subject(), event).prop_map(|(subject, event)| Change::Event(subject, event)),
        2 => assignment().prop_map(Change::Assigned),
        3 => (0_i64..2_000).prop_map(Change::Hours),
        // Now and then a host looks back.
        1 => (-500_i64..0).prop_map(Change::Hours),
    ]
}

/// A host: all that it knows, and its clock.
struct Host<'d> {
    document: &'d TagsDocument,
    assignments: Assignments,
    known: BTreeMap<SubjectId, (FactMap, Vec<Event>)>,
    now: DateTime<Utc>,
    book: TagBook<'d>,
}

impl Host<'_> {
    /// The tags of a subject with everything decided anew, after those of before.
    fn anew(
        &self,
        subject: &SubjectId,
        previous: &TagSet,
    ) -> guanxi_core::Decision<TagSet, guanxi_customer::TagReason> {
        let (facts, events) = &self.known[subject];
        let log = EventLog::new(events);
        let given = Given { facts, events: Some(&log) };
        let input = TagInput { subject, assignments: &self.assignments, given, previous: Some(previous) };
        tags(self.document, &input, self.now)
    }

    fn update(&mut self, subject: &SubjectId, touched: &Touched) -> Result<(), TestCaseError> {
        let before = self.book.get(subject).cloned().unwrap_or_default();
        let anew = self.anew(subject, &before);
        let (facts, events) = &self.known[subject];
        let log = EventLog::new(events);
        let given = Given { facts, events: Some(&log) };
        let asked = self.book.rules_asked();
        let diff = self.book.update(subject, &self.assignments, given, touched, self.now);
        prop_assert_eq!(self.book.get(subject), Some(&anew.outcome));
        prop_assert_eq!(self.book.next_change(subject), anew.next_change);
        prop_assert_eq!(diff, diff_tags(self.document, &before, &anew));
        let asked = self.book.rules_asked() - asked;
        let rules =
            self.document.body().tags().filter(|tag| matches!(tag.kind(), TagKind::Rule { .. })).count();
        prop_assert!(asked <= u64::try_from(rules).unwrap());
        Ok(())
    }

    /// Wakes those who are due; everybody else is as a full decision says.
    fn wake(&mut self) -> Result<(), TestCaseError> {
        let due: Vec<SubjectId> = self.book.due(self.now).cloned().collect();
        for subject in &due {
            self.update(subject, &Touched::nothing())?;
        }
        prop_assert_eq!(self.book.due(self.now).count(), 0);
        for subject in self.known.keys() {
            let set = self.book.get(subject).unwrap();
            prop_assert_eq!(&self.anew(subject, set).outcome, set, "{}", subject);
        }
        let mut counts = guanxi_customer::TagCounts::default();
        self.known.keys().for_each(|subject| counts.add(self.book.get(subject).unwrap()));
        prop_assert_eq!(self.book.counts(), &counts);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn deciding_again_what_was_touched_is_deciding_everything(
        document in document(), assignments in assignments(), start in instant(),
        changes in prop::collection::vec(change(), 1..24),
    ) {
        let ids: Vec<SubjectId> = ["C1", "C2", "C3", "C4", "C5"].iter().map(|id| id.parse().unwrap()).collect();
        let known = ids.iter().map(|id| (id.clone(), Default::default())).collect();
        let mut host = Host { document: &document, assignments, known, now: start, book: TagBook::new(&document) };
        for id in &ids {
            host.update(id, &Touched::nothing())?;
        }
        for change in changes {
            match change {
                Change::Facts(subject, facts) => {
                    let before = std::mem::replace(&mut host.known.get_mut(&subject).unwrap().0, facts.clone());
                    host.update(&subject, &Touched::nothing().with_facts_between(&before, &facts))?;
                }
                Change::Event(subject, event) => {
                    let events = &mut host.known.get_mut(&subject).unwrap().1;
                    let mut touched = Touched::nothing().with_event(&event);
                    if let Some(place) = events.iter().position(|other| other.id == event.id) {
                        touched = touched.with_event(&events.remove(place));
                    }
                    events.push(event);
                    host.update(&subject, &touched)?;
                }
                Change::Assigned(one) => {
                    let subject = one.subject.clone();
                    host.assignments.add(one);
                    host.update(&subject, &Touched::nothing())?;
                }
                Change::Hours(hours) => {
                    host.now += TimeDelta::hours(hours);
                    if hours < 0 {
                        for id in &ids {
                            host.update(id, &Touched::nothing())?;
                        }
                    }
                }
            }
            host.wake()?;
        }
        let last = host.book.remove(&c1());
        prop_assert!(last.is_some() && host.book.get(&c1()).is_none() && host.book.next_change(&c1()).is_none());
        prop_assert_eq!(host.book.counts().subjects, 4);
    }
}

fn three_rules() -> TagsDocument {
    crate::document(json!({
        "vocabulary": {"facts": {"score": {"kind": "int"}, "region": {"kind": "text"}}},
        "tags": [
            {"id": "high", "when": "score >= 80"},
            {"id": "east", "when": "region = \"East\""},
            {"id": "silent", "when": "no @interaction within 90 days"},
            {"id": "vip"}
        ]
    }))
}

#[test]
fn untouched_rules_are_not_asked() {
    let document = three_rules();
    let event = |id: &str, kind: &str, day: &str| -> Event {
        serde_json::from_value(
            json!({"id": id, "subject": "C1", "kind": kind, "occurred_at": format!("{day}T00:00:00Z")}),
        )
        .unwrap()
    };
    let score = |score| FactMap::new().with("score".parse::<FactId>().unwrap(), FactValue::Int(score), None);
    let mut book = TagBook::new(&document);
    let mut set = Assignments::new();
    let mut events = vec![event("E1", "contact.made", "2026-06-01")];
    let mut asked = 0;
    let mut tell = |book: &mut TagBook<'_>,
                    set: &Assignments,
                    facts: &FactMap,
                    events: &[Event],
                    touched: Touched,
                    now: &str| {
        let log = EventLog::new(events);
        let given = Given { facts, events: Some(&log) };
        let _ = book.update(&c1(), set, given, &touched, at(now));
        let more = book.rules_asked() - asked;
        asked = book.rules_asked();
        (more, names(book.get(&c1()).unwrap()))
    };
    let nothing = Touched::nothing;
    // The first time, all three.
    assert_eq!(tell(&mut book, &set, &score(80), &events, nothing(), "2026-06-02"), (3, "high".into()));
    // Nothing but the time, and none of them by it.
    assert_eq!(tell(&mut book, &set, &score(80), &events, nothing(), "2026-06-03"), (0, "high".into()));
    // One fact.
    let touched = nothing().with_facts_between(&score(80), &score(79));
    assert_eq!(tell(&mut book, &set, &score(79), &events, touched, "2026-06-03"), (1, "".into()));
    // An order, which no rule reads, and a contact, which one does.
    events.push(event("E2", "order.placed", "2026-06-04"));
    let touched = nothing().with_event(&events[1]);
    assert_eq!(tell(&mut book, &set, &score(79), &events, touched, "2026-06-05"), (0, "".into()));
    events.push(event("E3", "contact.made", "2026-06-05"));
    let touched = nothing().with_event(&events[2]);
    assert_eq!(tell(&mut book, &set, &score(79), &events, touched, "2026-06-05"), (1, "".into()));
    // A tag that is set asks no rule.
    set.add(serde_json::from_value(json!({"tag": "vip", "subject": "C1", "set_by": {"actor": "U7"}, "set_at": "2026-06-06T00:00:00Z"})).unwrap());
    assert_eq!(tell(&mut book, &set, &score(79), &events, nothing(), "2026-06-06"), (0, "vip".into()));
    // The time of one rule comes, 90 days after the last contact, and nobody needs to look before.
    assert_eq!(book.next_due(), Some(at("2026-09-03")));
    assert_eq!(book.due(at("2026-09-02T23:59:59Z")).count(), 0);
    assert_eq!(book.due(at("2026-09-03")).count(), 1);
    assert_eq!(tell(&mut book, &set, &score(79), &events, nothing(), "2026-09-03"), (1, "silent vip".into()));
    assert_eq!(
        tell(&mut book, &set, &score(79), &events, Touched::everything(), "2026-09-03"),
        (3, "silent vip".into())
    );
}

#[test]
fn the_index_says_which_tags_a_change_concerns() {
    let document = three_rules();
    let event: Event = serde_json::from_value(
        json!({"id": "E", "subject": "C1", "kind": "visit.made", "occurred_at": "2026-06-01T00:00:00Z"}),
    )
    .unwrap();
    let again = |touched: Touched| {
        document.body().touched(&touched).map(|tag| tag.id().to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(again(Touched::nothing()), "");
    assert_eq!(again(Touched::nothing().with_event(&event)), "silent");
    let both = Touched::nothing().with_event(&event).with_fact("region".parse().unwrap());
    assert_eq!(again(both.with_fact("unknown".parse().unwrap())), "east silent");
    assert_eq!(again(Touched::everything()), "high east silent");
}
