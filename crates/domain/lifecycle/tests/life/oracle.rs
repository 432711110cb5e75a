//! A second life cycle, slow and obvious: it looks at every half hour, and reads nothing but the document.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{Condition, EventLog, Given, Moment, Truth, Vocabulary};
use guanxi_core::Observation;
use guanxi_core::{Event, FactMap, FactValue, Zone};
use guanxi_lifecycle::{Cause, LifecycleDocument, replay};
use proptest::prelude::*;
use serde_json::Value;

use crate::story::{at, subject};

/// When, from where, to where, by which edge, by which event.
type Moved = (DateTime<Utc>, Option<String>, String, String, Option<String>);

struct Slow<'a> {
    body: &'a Value,
    zone: Zone,
    conditions: BTreeMap<String, Condition>,
    events: Vec<Event>,
    observed: &'a [Observation],
    moves: Vec<Moved>,
    cycles: Vec<u32>,
    used: Vec<String>,
    stopped: bool,
    timed_since_entry: usize,
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field).and_then(Value::as_str)
}

fn list<'v>(value: &'v Value, field: &str) -> Vec<&'v str> {
    value.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn attribute<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    match event.attributes.get(name)? {
        FactValue::Text(text) => Some(text),
        _ => None,
    }
}

impl<'a> Slow<'a> {
    fn new(body: &'a Value, events: &[Event], observed: &'a [Observation]) -> Self {
        let vocabulary = guanxi_policy::check(&body["vocabulary"], Vocabulary::read).unwrap();
        let own = ["stage.moved", "approval.given", "stay.began"];
        let vocabulary = own.iter().fold(vocabulary, |words, kind| words.with_kind(kind.parse().unwrap()));
        let rules =
            body["edges"].as_array().unwrap().iter().chain(body["flags"].as_array().into_iter().flatten());
        let conditions = rules.filter_map(|rule| text(rule, "when"));
        let parsed = conditions.map(|when| (when.to_owned(), Condition::parse(when, &vocabulary).unwrap()));
        let mut events = events.to_vec();
        events.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            body,
            zone: body["zone"].as_str().unwrap().parse().unwrap(),
            conditions: parsed.collect(),
            events,
            observed,
            moves: Vec::new(),
            cycles: Vec::new(),
            used: Vec::new(),
            stopped: false,
            timed_since_entry: 0,
        }
    }

    fn stage(&self) -> Option<&str> {
        self.moves.last().map(|(_, _, to, ..)| to.as_str())
    }

    fn kind(&self, stage: &str) -> &str {
        let own = self.body["stages"].as_array().unwrap().iter().find(|own| own["id"] == stage).unwrap();
        own["kind"].as_str().unwrap()
    }

    fn stages_of(&self, edge: &Value) -> Vec<String> {
        match edge["from"].as_str() {
            Some("none") => Vec::new(),
            Some(_) => {
                let stages =
                    self.body["stages"].as_array().unwrap().iter().map(|own| own["id"].as_str().unwrap());
                let living = stages.filter(|own| self.kind(own) != "terminal" && edge["to"] != **own);
                living.map(str::to_owned).collect()
            }
            None => list(edge, "from").into_iter().map(str::to_owned).collect(),
        }
    }

    fn leaves(&self, edge: &Value) -> bool {
        match self.stage() {
            None => edge["from"] == "none",
            Some(stage) => self.stages_of(edge).iter().any(|own| own == stage),
        }
    }

    fn plus(&self, at: DateTime<Utc>, span: &Value) -> DateTime<Utc> {
        let (unit, count) = span.as_object().unwrap().iter().next().unwrap();
        let count = u32::try_from(count.as_u64().unwrap()).unwrap();
        match unit.as_str() {
            "hours" => at + TimeDelta::try_hours(count.into()).unwrap(),
            "days" => self.zone.add_days(at, count).unwrap(),
            "weeks" => self.zone.add_days(at, count * 7).unwrap(),
            "months" => self.zone.add_months(at, count).unwrap(),
            other => panic!("{other}"),
        }
    }

    fn facts(&self, now: DateTime<Utc>) -> FactMap {
        let mut seen: Vec<&Observation> = self.observed.iter().filter(|own| own.observed_at <= now).collect();
        seen.sort_by(|a, b| (a.observed_at, &a.value).cmp(&(b.observed_at, &b.value)));
        seen.into_iter().fold(FactMap::new(), |facts, own| {
            facts.with(own.fact.clone(), own.value.clone(), Some(own.observed_at))
        })
    }

    /// Since when the customer has been in some stages, by walking forward over all moves.
    fn stay(&self, stages: &[String]) -> Option<DateTime<Utc>> {
        let (mut began, mut cycle) = (None, 0);
        for ((at, _, to, ..), own) in self.moves.iter().zip(&self.cycles) {
            if !stages.contains(to) {
                began = None;
            } else if began.is_none() || *own != cycle {
                began = Some(*at);
            }
            cycle = *own;
        }
        began
    }

    fn holds(&self, rule: &Value, stages: &[String], now: DateTime<Utc>) -> bool {
        let Some(when) = text(rule, "when") else { return true };
        let past: Vec<Event> = self.events.iter().filter(|event| event.occurred_at <= now).cloned().collect();
        let marker = self.stay(stages).filter(|_| when.contains("stay.began")).map(|began| Event {
            id: "!".parse().unwrap(),
            subject: subject(),
            kind: "stay.began".parse().unwrap(),
            occurred_at: began,
            recorded_at: None,
            source: None,
            channel: None,
            attributes: BTreeMap::new(),
        });
        let log = EventLog::new(past.iter().chain(&marker));
        let facts = self.facts(now);
        let moment = Moment { as_of: now, zone: self.zone, week_start: Default::default() };
        match self.conditions[when].holds(&Given { facts: &facts, events: Some(&log) }, &moment) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => rule["unknown"] == "holds",
        }
    }

    fn approval(&self, edge: &Value, now: DateTime<Utc>) -> Option<String> {
        let since = self.moves.last().map(|(at, ..)| *at);
        let mut given: Vec<&Event> = (self.events.iter())
            .filter(|event| event.kind.as_str() == "approval.given" && event.occurred_at <= now)
            .filter(|event| since.is_none_or(|since| event.occurred_at >= since))
            .filter(|event| attribute(event, "edge") == text(edge, "id"))
            .filter(|event| attribute(event, "role") == text(edge, "approval"))
            .filter(|event| !self.used.iter().any(|used| used == event.id.as_str()))
            .collect();
        given.sort_by(|a, b| (a.occurred_at, &a.id).cmp(&(b.occurred_at, &b.id)));
        given.first().map(|event| event.id.to_string())
    }

    fn may(&self, edge: &Value, now: DateTime<Utc>) -> bool {
        let since = self.moves.last().map(|(at, ..)| *at);
        if let (Some(after), Some(since)) = (edge.get("after"), since)
            && self.plus(since, after) > now
        {
            return false;
        }
        let facts = self.facts(now);
        let known = |fact: &&str| facts.iter().any(|(id, _)| id.as_str() == *fact);
        if !list(edge, "requires").iter().all(known) {
            return false;
        }
        if edge.get("approval").is_some() && self.approval(edge, now).is_none() {
            return false;
        }
        let reentry = &edge["reentry"];
        if let Some(most) = reentry["at_most"].as_u64()
            && self.moves.iter().filter(|(.., id, _)| *id == edge["id"]).count() as u64 >= most
        {
            return false;
        }
        let left = self.moves.iter().rfind(|(_, from, ..)| from.as_deref() == text(edge, "to"));
        if let (Some(span), Some((at, ..))) = (reentry.get("cool_down").filter(|span| !span.is_null()), left)
            && self.plus(*at, span) > now
        {
            return false;
        }
        self.holds(edge, &self.stages_of(edge), now)
    }

    fn go(&mut self, edge: &Value, now: DateTime<Utc>, event: Option<&Event>) {
        let used = if edge.get("approval").is_some() { self.approval(edge, now) } else { None };
        self.used.extend(used);
        let cycle = self.cycles.last().copied().unwrap_or(1) + u32::from(edge["new_cycle"] == true);
        let from = self.stage().map(str::to_owned);
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        self.moves.push((
            now,
            from,
            id(&edge["to"]),
            id(&edge["id"]),
            event.map(|event| event.id.to_string()),
        ));
        self.cycles.push(cycle);
    }

    fn names(edge: &Value, event: &Event) -> bool {
        let kind = event.kind.as_str();
        let category = |name: &str| match name {
            "@interaction" => ["contact.made", "contact.replied", "meeting.held", "demo.given", "visit.made"]
                .contains(&kind),
            "@all" => true,
            _ => false,
        };
        list(edge, "on").iter().any(|on| *on == kind || category(on))
    }

    fn takes(edge: &Value, event: &Event) -> bool {
        Self::names(edge, event)
            && (event.kind.as_str() != "stage.moved"
                || attribute(event, "to") == text(edge, "to")
                || (edge["from"] == "none" && list(edge, "on").contains(&"@all")))
    }

    /// Whether something that matters is known of an instant: an event that is read, or the first of the others,
    /// or an observation that is.
    fn is_entry(&self, now: DateTime<Utc>) -> bool {
        let edges = self.body["edges"].as_array().unwrap();
        let read = |event: &Event| {
            let approves = event.kind.as_str() == "approval.given"
                && edges.iter().any(|edge| edge.get("approval").is_some());
            let taken = |edge: &&Value| edge["from"] != "none" && Self::names(edge, event);
            approves
                || edges.iter().any(|edge| taken(&edge))
                || self.conditions.values().any(|when| when.reads(&event.kind))
        };
        let others = self
            .events
            .iter()
            .filter(|event| !read(event) && edges.iter().any(|edge| Self::names(edge, event)));
        let first = others.min_by_key(|event| (event.occurred_at, event.id.clone()));
        let required =
            |own: &Observation| edges.iter().any(|edge| list(edge, "requires").contains(&own.fact.as_str()));
        let asked = |own: &Observation| {
            self.conditions.values().any(|when| when.fact_ids().iter().any(|id| *id == own.fact))
        };
        self.events.iter().any(|event| event.occurred_at == now && read(event))
            || first.is_some_and(|first| first.occurred_at == now)
            || self.observed.iter().any(|own| own.observed_at == now && (required(own) || asked(own)))
    }

    fn look(&mut self, now: DateTime<Utc>) {
        let edges: Vec<Value> = self.body["edges"].as_array().unwrap().clone();
        let here: Vec<Event> = self.events.iter().filter(|event| event.occurred_at == now).cloned().collect();
        let entry = self.is_entry(now);
        if entry {
            self.stopped = false;
            self.timed_since_entry = 0;
        }
        for event in &here {
            let edge = edges
                .iter()
                .find(|edge| self.leaves(edge) && Self::takes(edge, event) && self.may(edge, now));
            if let Some(edge) = edge {
                self.go(edge, now, Some(event));
            }
        }
        let stages = self.body["stages"].as_array().unwrap().len();
        let mut moved = 0;
        while !self.stopped {
            let timed = |edge: &&Value| list(edge, "on").is_empty();
            let Some(edge) = edges.iter().filter(timed).find(|edge| self.leaves(edge) && self.may(edge, now))
            else {
                return;
            };
            if moved == stages || self.timed_since_entry == 1_000 {
                self.stopped = true;
                return;
            }
            self.go(edge, now, None);
            moved += 1;
            if !entry {
                self.timed_since_entry += 1;
            }
        }
    }

    fn flags(&self, now: DateTime<Utc>) -> Vec<String> {
        let Some(stage) = self.stage() else { return Vec::new() };
        let living: Vec<String> = (self.body["stages"].as_array().unwrap().iter())
            .map(|own| own["id"].as_str().unwrap().to_owned())
            .filter(|own| self.kind(own) != "terminal")
            .collect();
        let flags = self.body["flags"].as_array().into_iter().flatten();
        let stand =
            flags.filter(|flag| living.iter().any(|own| own == stage) && self.holds(flag, &living, now));
        stand.map(|flag| flag["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn fast(
    definition: &LifecycleDocument,
    events: &[Event],
    observed: &[Observation],
    as_of: DateTime<Utc>,
) -> (Vec<Moved>, Vec<String>) {
    let outcome = replay(definition, &subject(), events, observed, as_of).outcome;
    let moves = outcome.state.moves().iter().map(|own| {
        let event = match &own.cause {
            Cause::Event { id, .. } => Some(id.to_string()),
            Cause::Time => None,
        };
        (own.at, own.from.as_ref().map(ToString::to_string), own.to.to_string(), own.edge.to_string(), event)
    });
    (moves.collect(), outcome.flags.iter().map(ToString::to_string).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn looking_at_every_half_hour_finds_the_same_moves(
        (definition, events, observed, begin) in prop::sample::select(
            ["2024-01-29", "2024-02-20", "2026-03-20", "2026-10-18", "2011-12-20"].map(at).to_vec(),
        ).prop_flat_map(|begin| (
            guanxi_lifecycle::arbitrary::definition(["UTC", "+08:00", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"].to_vec()),
            guanxi_lifecycle::arbitrary::events(begin, 16),
            guanxi_lifecycle::arbitrary::observations(begin, 16),
            Just(begin),
        )),
    ) {
        let tree = definition.to_value();
        let mut slow = Slow::new(&tree["body"], &events, &observed);
        let half_hours = 2 * 24 * 34;
        for half_hour in 0..=half_hours {
            let now = begin + TimeDelta::try_minutes(30 * half_hour).unwrap();
            slow.look(now);
            if half_hour % 97 == 0 || half_hour == half_hours {
                let (moves, flags) = fast(&definition, &events, &observed, now);
                prop_assert_eq!(&moves, &slow.moves, "as of {}", now);
                prop_assert_eq!(flags, slow.flags(now), "as of {}", now);
            }
        }
    }
}
