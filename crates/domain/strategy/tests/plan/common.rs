//! Short ways to write customers, and to show plans.
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use guanxi_calendar::{CalendarDocument, Calendars, preset};
use guanxi_core::{Decision, Event, FactInput, Observation};
use guanxi_strategy::{ActionsDocument, Plan, PlanGiven, PlanItem, PlanReason, PlanState, labels, plan};
use serde_json::{Value, json};

pub fn at(text: &str) -> DateTime<Utc> {
    guanxi_core::parse_instant(text).unwrap()
}

pub fn actions(body: &Value) -> ActionsDocument {
    let document = json!({"schema": "guanxi.actions/1", "id": "ours", "version": "1", "body": body});
    ActionsDocument::from_value(&document).unwrap_or_else(|problems| panic!("{problems}"))
}

/// One action with a vocabulary for it.
pub fn one_action(action: &Value, more: &Value) -> ActionsDocument {
    let mut body = json!({
        "vocabulary": {
            "facts": {
                "tier": {"kind": "text"},
                "calendar": {"kind": "text"},
                "owner": {"kind": "text"},
                "consent": {"kind": "bool"},
                "open": {"kind": "bool"}
            },
            "attributes": {"case": {"kind": "text"}, "severity": {"kind": "text"}}
        },
        "calendar": "five-day",
        "calendar_fact": "calendar",
        "roles": {"sales": "owner"},
        "actions": [action]
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    actions(&body)
}

pub fn event(id: &str, kind: &str, occurred_at: &str, attributes: Value) -> Event {
    let event = json!({"id": id, "subject": "C1", "kind": kind, "occurred_at": at(occurred_at), "attributes": attributes});
    serde_json::from_value(event).unwrap()
}

pub fn text(value: &str) -> Value {
    json!({"text": value})
}

/// Word of a step.
pub fn word(id: &str, kind: &str, occurred_at: &str, key: &str) -> Event {
    event(id, kind, occurred_at, json!({"key": text(key)}))
}

pub fn fact(actions: &ActionsDocument, name: &str, value: &Value, observed_at: &str) -> Observation {
    let schema = actions.body().vocabulary().fact(name).unwrap_or_else(|| panic!("no fact {name}"));
    let written = value.to_string();
    let input: FactInput<'_> = serde_json::from_str(&written).unwrap();
    let value = schema.read(&input).unwrap();
    Observation { fact: name.parse().unwrap(), value, observed_at: at(observed_at) }
}

/// Office hours with a week off and the Saturday before it made a working day.
pub fn make_up() -> CalendarDocument {
    let document = json!({"schema": "guanxi.calendar/1", "id": "china", "version": "1", "body": {
        "zone": "+08:00", "from": "2026-01-01", "to": "2027-12-31", "week": {"mon-fri": ["09:00-17:00"]},
        "dates": [
            {"date": "2026-02-14", "kind": "make_up", "as": "fri"},
            {"date": "2026-02-16", "to": "2026-02-20", "kind": "holiday"}
        ]
    }});
    CalendarDocument::from_value(&document).unwrap_or_else(|problems| panic!("{problems}"))
}

pub fn calendars() -> Calendars {
    let always = json!({"schema": "guanxi.calendar/1", "id": "always", "version": "1", "body": {
        "zone": "UTC", "from": "2026-01-01", "to": "2030-12-31", "week": {"mon-sun": ["00:00-24:00"]}
    }});
    let always = CalendarDocument::from_value(&always).unwrap_or_else(|problems| panic!("{problems}"));
    Calendars::new().with(&preset("five-day").unwrap()).with(&make_up()).with(&always)
}

/// A customer whose host plans again and again.
pub struct Customer {
    pub actions: ActionsDocument,
    pub calendars: Calendars,
    pub since: DateTime<Utc>,
    pub state: Option<PlanState>,
}

impl Customer {
    pub fn new(actions: ActionsDocument, since: &str) -> Self {
        Self { actions, calendars: calendars(), since: at(since), state: None }
    }

    pub fn look(
        &self,
        events: &[Event],
        observed: &[Observation],
        now: DateTime<Utc>,
    ) -> Decision<Plan, PlanReason> {
        let subject = "C1".parse().unwrap();
        let given = PlanGiven::new(&subject)
            .with_state(self.state.as_ref())
            .with_events(events)
            .with_observed(observed)
            .with_calendars(&self.calendars)
            .with_since(self.since);
        plan(&self.actions, &given, now)
    }

    pub fn plan(
        &mut self,
        events: &[Event],
        observed: &[Observation],
        now: &str,
    ) -> Decision<Plan, PlanReason> {
        let decision = self.look(events, observed, at(now));
        self.state = Some(decision.outcome.state.clone());
        decision
    }

    pub fn fact(&self, name: &str, value: &Value, observed_at: &str) -> Observation {
        fact(&self.actions, name, value, observed_at)
    }
}

fn minute(at: Option<DateTime<Utc>>) -> String {
    at.map_or("-".into(), |at| at.format("%Y-%m-%d %H:%M").to_string())
}

/// One step on one line: key, who, from when to when, by which channel.
pub fn line(item: &PlanItem) -> String {
    let mut line = format!("{} {}", item.key.to_string().trim_end_matches("/C1"), item.role);
    if let Some(person) = &item.person {
        let _ = write!(line, " ({person})");
    }
    let _ = write!(line, " {} .. {}", minute(item.begins_at), minute(item.due_at));
    if item.progress != guanxi_strategy::Progress::Planned {
        let _ = write!(line, " {}", item.progress.code());
    }
    for (name, value) in [
        (" by", item.channel.as_ref().map(ToString::to_string)),
        (" queue", item.queue.as_ref().map(ToString::to_string)),
    ] {
        if let Some(value) = value {
            let _ = write!(line, "{name} {value}");
        }
    }
    line
}

/// A plan as a reader sees it.
pub fn shown(decision: &Decision<Plan, PlanReason>) -> String {
    let (pack, plan) = (labels("en").unwrap(), &decision.outcome);
    let mut told = format!("{} -> next {}\n", minute(Some(decision.as_of)), minute(decision.next_change));
    for (name, items) in [("due", &plan.due), ("upcoming", &plan.upcoming)] {
        for item in items {
            let _ = writeln!(told, "  {name}: {}", line(item));
        }
    }
    for held in &plan.suppressed {
        let _ = writeln!(told, "  suppressed: {}", line(&held.item));
    }
    for reason in &decision.reasons {
        let _ = writeln!(told, "    {}", reason.text(&pack));
    }
    told
}
