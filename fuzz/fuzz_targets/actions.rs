//! Documents of actions, the states that they are fed with, and ledgers of any order.
#![no_main]

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_calendar::{Calendars, preset};
use guanxi_core::{Event, FactMap, FactValue, fact_id, parse_instant};
use guanxi_strategy::{Actions, ActionsDocument, PlanGiven, PlanState, actions_preset, actions_preset_ids, plan, plan_ahead};
use serde_json::{Value, json};

static SOUND: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let ours = json!({"schema": "guanxi.actions/1", "id": "ours", "version": "1", "body": {
        "vocabulary": {"facts": {"tier": {"kind": "text"}}, "attributes": {"case": {"kind": "text"}}},
        "zone": "-03:30", "calendar": "five-day", "quiet_hours": "22:00-07:00", "max_depth": 2,
        "suppressors": [
            {"id": "complaint", "purposes": ["sales"], "when": "pending(complaint.opened until complaint.resolved by case)"},
            {"id": "enough", "at_most": {"count": 1, "within": {"days": 3}}}
        ],
        "actions": [
            {"id": "a", "purpose": "sales", "trigger": {"on": ["@all"], "where": "last(@all).case = \"a\"", "unknown": "holds"}, "owner": "sales",
             "due": [{"when": "tier = \"strategic\"", "then": {"working_hours": 2}}, {"then": {"days": 1}}], "channels": ["phone"],
             "steps": [{"id": "one"}, {"id": "two", "after": ["one"], "wait": {"hours": 3}}],
             "escalation": [{"after": {"working_days": 1}, "to": "manager", "queue": "q"}]},
            {"id": "b", "purpose": "care", "trigger": {"while": "no order.placed within 5 days", "every": "week", "unknown": "fails"}, "owner": "sales",
             "due": {"end_of_working_day": 0}, "stop": "any order.placed within 1 days", "max_runs": {"count": 9}},
            {"id": "c", "purpose": "service", "trigger": {"dates": ["2026-02-10"], "before": 2}, "owner": "sales", "due": {"hours": 1}}
        ]
    }});
    let presets = actions_preset_ids().into_iter().map(|id| actions_preset(id).expect("a preset").to_value());
    let subject = "C1".parse().expect("a subject");
    presets
        .chain([ours])
        .map(|actions| {
            let state = ActionsDocument::from_value(&actions).ok().map(|document| {
                let events = [event("1", "order.placed", 0), event("2", "ticket.closed", 4)];
                let given = PlanGiven::new(&subject).with_events(&events);
                serde_json::to_value(plan(&document, &given, instant(9)).outcome.state).expect("a state")
            });
            json!({"actions": actions, "state": state})
        })
        .collect()
});

static CALENDARS: LazyLock<Calendars> =
    LazyLock::new(|| Calendars::new().with(&preset("five-day").expect("a calendar")));

fn instant(days: i64) -> DateTime<Utc> {
    parse_instant("2026-01-31").expect("a day") + TimeDelta::days(days)
}

fn event(id: &str, kind: &str, days: i64) -> Event {
    serde_json::from_value(json!({"id": id, "subject": "C1", "kind": kind, "occurred_at": instant(days)})).expect("an event")
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &SOUND) else { return };
    let Some(actions) = guanxi_fuzz::document::<Actions>(&tree["actions"]) else { return };
    let state: Option<PlanState> = serde_json::from_value(tree["state"].clone()).ok();
    let kinds = ["order.placed", "ticket.closed", "complaint.opened", "complaint.resolved", "visit.made", "action.done"];
    let sizes = bytes.iter().zip(0_i64..).take(8);
    let events: Vec<Event> = sizes
        .map(|(byte, place)| event(&place.to_string(), kinds[usize::from(*byte) % kinds.len()], i64::from(*byte % 32) - place))
        .collect();
    let subject = "C1".parse().expect("a subject");
    let facts = FactMap::new().with(fact_id!("tier"), FactValue::Text("strategic".into()), None);
    let given = PlanGiven::new(&subject)
        .with_state(state.as_ref())
        .with_events(&events)
        .with_facts(&facts)
        .with_calendars(&CALENDARS)
        .with_since(instant(0));
    let now = plan(&actions, &given, instant(40)).outcome;
    // One event at a time, from the last to the first, it is the same.
    if state.is_none() {
        let mut one_by_one: Option<PlanState> = None;
        for event in events.iter().rev() {
            let given = given.with_state(one_by_one.as_ref()).with_events(core::slice::from_ref(event));
            let next = plan(&actions, &given, instant(30)).outcome.state;
            one_by_one = Some(next);
        }
        if let Some(state) = one_by_one {
            assert_eq!(plan_ahead(&actions, &state, &CALENDARS, instant(40)).outcome.state, now.state);
        }
    }
    // What is kept is read back as it is.
    let text = serde_json::to_string(&now.state).expect("JSON");
    assert_eq!(serde_json::from_str::<PlanState>(&text).expect("its own text"), now.state);
});
