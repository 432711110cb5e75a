//! Failures that users of other systems report, each by its name, and the promises that stand against them.
use guanxi_strategy::{
    CancelCause, Change, NotPlanned, PlanReason, Progress, QueueId, WorkRefusal, Workload, actions_preset,
    plan_ahead,
};
use serde_json::json;

use crate::common::{Customer, at, event, fact, line, one_action, text, word};

fn due(decision: &guanxi_core::Decision<guanxi_strategy::Plan, PlanReason>) -> Vec<String> {
    decision.outcome.due.iter().map(line).collect()
}

fn changes(decision: &guanxi_core::Decision<guanxi_strategy::Plan, PlanReason>) -> Vec<Change> {
    decision.outcome.moved.iter().flat_map(|moved| moved.changes.clone()).collect()
}

/// An action calls for itself by what it does, and again, and again.
#[test]
fn endless_re_trigger() {
    let action = json!({
        "id": "mail", "purpose": "sales", "owner": "sales", "due": {"days": 1},
        "trigger": {"on": ["contact.made"]}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let first = customer.plan(
        &[event("1", "contact.made", "2026-01-05T09:00:00Z", json!({}))],
        &[],
        "2026-01-05T10:00:00Z",
    );
    assert_eq!(first.outcome.due.len(), 1);
    let key = first.outcome.due[0].key.to_string();
    // It is done by a contact, which says what brought it about.
    let done = word("2", "action.done", "2026-01-05T11:00:00Z", &key);
    let made = event("3", "contact.made", "2026-01-05T11:00:00Z", json!({"cause": text(&key)}));
    let second = customer.plan(&[done, made], &[], "2026-01-06");
    assert!(second.outcome.due.is_empty());
    let refused = second.reasons.iter().find_map(|reason| match reason {
        PlanReason::NotPlanned { why: NotPlanned::Loop { chain }, .. } => Some(chain.len()),
        _ => None,
    });
    assert_eq!(refused, Some(1));
}

/// The same by way of silence: an own mail would end it, so that another one is due days later, for ever.
#[test]
fn endless_re_trigger_by_silence() {
    let action = json!({
        "id": "mail", "purpose": "sales", "owner": "sales", "due": {"days": 1},
        "trigger": {"while": "no @interaction within 3 days", "unknown": "fails"}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let visit = event("1", "visit.made", "2026-01-02T09:00:00Z", json!({}));
    let silent = customer.plan(&[visit], &[], "2026-01-05T09:00:00Z");
    let key = silent.outcome.due[0].key.to_string();
    let done = word("2", "action.done", "2026-01-05T10:00:00Z", &key);
    let made = event("3", "contact.made", "2026-01-05T10:00:00Z", json!({"cause": text(&key)}));
    let year = customer.plan(&[done, made], &[], "2026-12-31");
    assert_eq!((year.outcome.due.len(), year.next_change), (0, None));
    // What the customer does counts.
    let reply = event("4", "contact.replied", "2026-12-31T10:00:00Z", json!({}));
    assert_eq!(customer.plan(&[reply], &[], "2027-01-04").outcome.due.len(), 1);
}

/// Actions that cause each other in a row stop somewhere.
#[test]
fn a_chain_of_causes_ends() {
    let action = |id: &str, on: &str| json!({"id": id, "purpose": "sales", "owner": "sales", "due": {"days": 1}, "trigger": {"on": [on]}});
    let more = json!({"max_depth": 1, "actions": [action("a", "ticket.closed"), action("b", "visit.made"), action("c", "order.placed")]});
    let mut customer = Customer::new(one_action(&json!({}), &more), "2026-01-01");
    let mut cause = json!({});
    let mut reasons = Vec::new();
    for (id, kind, hour) in [("1", "ticket.closed", 9), ("2", "visit.made", 10), ("3", "order.placed", 11)] {
        let when = format!("2026-01-05T{hour:02}:00:00Z");
        let planned = customer.plan(&[event(id, kind, &when, cause)], &[], &when);
        let newest = planned.outcome.due.iter().max_by_key(|item| item.called_at).unwrap();
        cause = json!({"cause": text(&newest.key.to_string())});
        reasons.extend(planned.reasons);
    }
    let deep = reasons.iter().any(|reason| {
        matches!(reason, PlanReason::NotPlanned { why: NotPlanned::TooDeep { allowed: 1, chain }, .. } if chain.len() == 2)
    });
    assert!(deep, "{reasons:?}");
}

/// A task of a date is due at midnight, and wakes people up.
#[test]
fn midnight_reminder() {
    let action = json!({
        "id": "greet", "purpose": "service", "owner": "sales", "due": {"hours": 4},
        "trigger": {"dates": ["2026-03-02"]},
        "escalation": [{"after": {"hours": 10}, "to": "manager"}]
    });
    let more = json!({"zone": "+08:00", "quiet_hours": "18:00-08:00"});
    let mut customer = Customer::new(one_action(&action, &more), "2026-01-01");
    let midnight = customer.plan(&[], &[], "2026-03-02T00:00:00+08:00");
    assert!(midnight.outcome.due.is_empty());
    let (from, to) = (at("2026-03-02T00:00:00+08:00"), at("2026-03-02T08:00:00+08:00"));
    assert_eq!(changes(&midnight), [Change::QuietHours { from, to }]);
    assert_eq!(midnight.next_change, Some(to));
    let morning = customer.plan(&[], &[], "2026-03-02T08:00:00+08:00");
    assert_eq!(morning.outcome.due[0].due_at, Some(at("2026-03-02T12:00:00+08:00")));
    // Ten hours later it is evening: the manager hears of it in the morning.
    assert_eq!(customer.plan(&[], &[], "2026-03-02T20:00:00+08:00").outcome.due[0].rung, 0);
    assert_eq!(customer.plan(&[], &[], "2026-03-03T08:00:00+08:00").outcome.due[0].rung, 1);
}

/// Ten days are taken for 240 hours of work, or working days for days.
#[test]
fn days_misread() {
    let due = |term: serde_json::Value| {
        let action = json!({"id": "a", "purpose": "sales", "owner": "sales", "due": term, "trigger": {"on": ["ticket.closed"]}});
        let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
        let closed = event("1", "ticket.closed", "2026-01-09T15:00:00Z", json!({})); // a Friday
        customer.plan(&[closed], &[], "2026-01-09T15:00:00Z").outcome.due[0].due_at.unwrap()
    };
    assert_eq!(due(json!({"days": 10})), at("2026-01-19T15:00:00Z"));
    assert_eq!(due(json!({"working_days": 10})), at("2026-01-23T15:00:00Z"));
    assert_eq!(due(json!({"hours": 240})), at("2026-01-19T15:00:00Z"));
    assert_eq!(due(json!({"working_hours": 240})), at("2026-02-20T15:00:00Z"));
    assert_eq!(due(json!({"end_of_working_day": 1})), at("2026-01-12T17:00:00Z"));
}

/// The tier changes, and the target stays the one of before.
#[test]
fn target_not_recomputed() {
    let action = json!({
        "id": "respond", "purpose": "service", "owner": "service",
        "due": [{"when": "tier = \"strategic\"", "then": {"working_hours": 2}}, {"then": {"working_hours": 8}}],
        "trigger": {"on": ["ticket.opened"]}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let opened = event("1", "ticket.opened", "2026-01-05T16:00:00Z", json!({}));
    let normal = customer.plan(&[opened], &[], "2026-01-05T16:00:00Z");
    assert_eq!(normal.outcome.due[0].due_at, Some(at("2026-01-06T16:00:00Z")));
    // One hour of work is used, so one is left.
    let raised = customer.fact("tier", &json!("strategic"), "2026-01-05T20:00:00Z");
    let strategic = customer.plan(&[], &[raised], "2026-01-06T08:00:00Z");
    let (from, to) = (at("2026-01-06T16:00:00Z"), at("2026-01-06T10:00:00Z"));
    assert_eq!(changes(&strategic), [Change::Due { from, to }]);
    assert_eq!(strategic.next_change, Some(to));
    // It is late, and lowered again it no longer is.
    assert_eq!(customer.plan(&[], &[], "2026-01-06T10:00:00Z").outcome.due[0].progress, Progress::Overdue);
    let lowered = customer.fact("tier", &json!("normal"), "2026-01-06T11:00:00Z");
    let normal = customer.plan(&[], &[lowered], "2026-01-06T11:00:00Z");
    assert_eq!(due(&normal), ["ours/respond/main/#1 service 2026-01-05 16:00 .. 2026-01-06 16:00"]);
}

/// Another calendar counts from now on; the time of before stays used.
#[test]
fn used_time_is_kept_when_the_calendar_changes() {
    let action = json!({
        "id": "a", "purpose": "sales", "owner": "sales", "due": {"working_hours": 8}, "trigger": {"on": ["ticket.closed"]}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let closed = event("1", "ticket.closed", "2026-01-09T16:00:00Z", json!({})); // a Friday
    assert_eq!(
        customer.plan(&[closed], &[], "2026-01-09T16:00:00Z").outcome.due[0].due_at,
        Some(at("2026-01-12T16:00:00Z"))
    );
    let always = customer.fact("calendar", &json!("always"), "2026-01-10");
    let moved = customer.plan(&[], &[always], "2026-01-10");
    assert_eq!(moved.outcome.due[0].due_at, Some(at("2026-01-10T07:00:00Z")));
}

/// Somebody else takes over, and the open work goes with the customer.
#[test]
fn a_new_owner_takes_over_what_is_open() {
    let action = json!({"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 2}, "trigger": {"on": ["ticket.closed"]}});
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let wang = customer.fact("owner", &json!("wang"), "2026-01-01");
    customer.plan(&[event("1", "ticket.closed", "2026-01-05", json!({}))], &[wang], "2026-01-05").outcome.due
        [0]
    .person
    .clone()
    .unwrap();
    let li = customer.fact("owner", &json!("li"), "2026-01-06");
    let moved = customer.plan(&[], &[li], "2026-01-06");
    assert_eq!(changes(&moved), [Change::Person { from: "wang".parse().ok(), to: "li".parse().ok() }]);
}

/// A visit that becomes known late ends a silence that has been acted upon; what was done stays done.
#[test]
fn what_comes_late_cancels_what_was_never_called_for() {
    let action = json!({
        "id": "silent", "purpose": "sales", "owner": "sales", "due": {"days": 2},
        "steps": [{"id": "call"}, {"id": "report"}],
        "trigger": {"while": "no @interaction within 3 days", "unknown": "fails"}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let visit = event("1", "visit.made", "2026-01-02T09:00:00Z", json!({}));
    let silent = customer.plan(&[visit], &[], "2026-01-06");
    let key = silent.outcome.due[0].key.to_string();
    assert_eq!(key, "ours/silent/call/@2026-01-05T09:00:00Z/C1");
    customer
        .plan(&[word("2", "action.done", "2026-01-06T10:00:00Z", &key)], &[], "2026-01-06T12:00:00Z")
        .outcome
        .done[0]
        .at
        .to_string();
    let late = event("3", "visit.made", "2026-01-04T09:00:00Z", json!({}));
    let after = customer.plan(&[late], &[], "2026-01-06T13:00:00Z");
    let cancelled: Vec<_> =
        after.outcome.cancelled.iter().map(|own| (own.key.step.as_str(), own.why.clone())).collect();
    assert_eq!(cancelled, [("report", CancelCause::NeverCalledFor)]);
    let records = after.outcome.state.records();
    assert!(records.iter().any(|own| own.key.to_string() == key && own.progress == Progress::Done));
    assert_eq!(after.next_change, Some(at("2026-01-07T09:00:00Z")));
}

/// A trigger that becomes known late is planned once, by its id, however often it is told.
#[test]
fn what_comes_late_is_planned_once() {
    let action = json!({"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 2}, "trigger": {"on": ["ticket.closed"]}});
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    customer.plan(&[], &[], "2026-01-06").outcome.due.is_empty().then_some(()).unwrap();
    let late = event("1", "ticket.closed", "2026-01-05T09:00:00Z", json!({}));
    let first = customer.plan(&[late.clone(), late.clone()], &[], "2026-01-06T12:00:00Z");
    assert_eq!(due(&first), ["ours/a/main/#1 sales 2026-01-05 09:00 .. 2026-01-07 09:00"]);
    // A crash before the state was kept: the same again.
    let before = customer.state.clone();
    let second = customer.plan(&[late], &[], "2026-01-06T12:00:00Z");
    assert_eq!(due(&second), due(&first));
    assert_eq!(customer.state, before);
    assert!(!second.reasons.iter().any(|reason| matches!(reason, PlanReason::Planned { .. })));
}

/// What holds a contact back, and what the document must say itself.
#[test]
fn suppressors_fail_towards_suppression() {
    let held = |purpose: &str, basis: bool, suppressors: serde_json::Value, consent: Option<bool>| {
        let mut action = json!({"id": "a", "purpose": purpose, "owner": "sales", "channels": ["email", "phone"], "due": {"days": 2}, "trigger": {"on": ["ticket.closed"]}});
        if basis {
            action["legal_basis"] = "contract".into();
        }
        let mut customer =
            Customer::new(one_action(&action, &json!({"suppressors": suppressors})), "2026-01-01");
        let consent: Vec<_> = consent
            .map(|consent| customer.fact("consent", &json!(consent), "2026-01-01"))
            .into_iter()
            .collect();
        let planned =
            customer.plan(&[event("1", "ticket.closed", "2026-01-05", json!({}))], &consent, "2026-01-05");
        let by: Vec<String> = planned
            .outcome
            .suppressed
            .iter()
            .flat_map(|held| &held.by)
            .map(|by| by.suppressor.to_string())
            .collect();
        (
            by.join(" "),
            planned
                .outcome
                .due
                .first()
                .and_then(|item| item.channel.clone())
                .map(|channel| channel.to_string()),
        )
    };
    let consent = json!([{"id": "no_consent", "purposes": ["marketing"], "contact": true, "when": "not (consent = true)"}]);
    let free = |channel: &str| (String::new(), Some(channel.to_owned()));
    let by = |by: &str| (by.to_owned(), None);
    assert_eq!(held("marketing", false, consent.clone(), None), by("no_consent"));
    assert_eq!(held("marketing", false, consent.clone(), Some(false)), by("no_consent"));
    assert_eq!(held("marketing", false, consent.clone(), Some(true)), free("email"));
    assert_eq!(held("marketing", false, json!([]), Some(true)), by("no_consent_rule"));
    assert_eq!(held("service", false, json!([]), Some(true)), by("no_legal_basis"));
    assert_eq!(held("contract", false, consent.clone(), Some(true)), by("no_legal_basis"));
    assert_eq!(held("service", true, consent, None), free("email"));
    let no_mail = json!([{"id": "no_mail", "channels": ["email"], "when": "not (consent = true)"}]);
    assert_eq!(held("service", true, no_mail.clone(), None), free("phone"));
    let neither = json!([no_mail[0], {"id": "no_call", "channels": ["phone"], "when": "always"}]);
    assert_eq!(held("service", true, neither, None), by("no_mail no_call"));
}

/// Too many contacts in a week: the greater priority first, the others when there is room again.
#[test]
fn contacts_are_capped_by_priority() {
    let action = |id: &str, priority: u8| json!({"id": id, "purpose": "sales", "owner": "sales", "channels": ["phone"], "due": {"days": 2}, "priority": priority, "trigger": {"on": ["ticket.closed"]}});
    let more = json!({
        "actions": [action("low", 10), action("high", 90)],
        "suppressors": [{"id": "enough", "at_most": {"count": 1, "within": {"weeks": 1}}}]
    });
    let mut customer = Customer::new(one_action(&json!({}), &more), "2026-01-01");
    let planned = customer.plan(&[event("1", "ticket.closed", "2026-01-05", json!({}))], &[], "2026-01-05");
    assert_eq!(planned.outcome.due[0].key.action.as_str(), "high");
    assert_eq!(planned.outcome.suppressed[0].by[0].until, Some(at("2026-01-12")));
    let later = customer.plan(&[], &[], "2026-01-12");
    assert_eq!(due(&later)[1], "ours/low/main/#1 sales 2026-01-12 00:00 .. 2026-01-14 00:00 by phone");
}

/// Word of a step that cannot be.
#[test]
fn impossible_word_is_refused() {
    let action = json!({"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 2}, "trigger": {"on": ["ticket.closed"]}});
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let closed = event("1", "ticket.closed", "2026-01-05", json!({}));
    let refused = |customer: &mut Customer, event| {
        customer.plan(&[event], &[], "2026-01-06").reasons.iter().find_map(|reason| match reason {
            PlanReason::WorkRefused { why, .. } => Some(*why),
            _ => None,
        })
    };
    customer.plan(&[closed], &[], "2026-01-05").outcome.due[0].key.to_string();
    for (id, kind, when, key, why) in [
        ("2", "action.started", "2026-01-05T01:00:00Z", "ours/a/main/#1/C1", None),
        ("3", "action.started", "2026-01-05T02:00:00Z", "ours/a/main/#1/C1", Some(WorkRefusal::HasBegun)),
        ("4", "action.done", "2026-01-05T03:00:00Z", "ours/a/main/#1/C1", None),
        ("5", "action.cancelled", "2026-01-05T04:00:00Z", "ours/a/main/#1/C1", Some(WorkRefusal::IsDone)),
        ("6", "action.started", "2026-01-05T05:00:00Z", "ours/a/main/#9/C1", Some(WorkRefusal::NotPlanned)),
        ("7", "action.done", "2026-01-05T05:00:00Z", "ours/a/other/#1/C1", Some(WorkRefusal::NoSuchStep)),
        ("8", "action.done", "2026-01-05T05:00:00Z", "ours/a/main/#1/C2", Some(WorkRefusal::NoSuchKey)),
        ("9", "action.done", "2026-01-05T05:00:00Z", "nonsense", Some(WorkRefusal::NoSuchKey)),
    ] {
        assert_eq!(refused(&mut customer, word(id, kind, when, key)), why, "{id}");
    }
}

/// Another version of the document takes over what is open, and calls for nothing of the past.
#[test]
fn another_version_goes_on_from_where_the_other_ended() {
    let action = |days: u8| json!({"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": days}, "trigger": {"on": ["ticket.closed"]}});
    let mut customer = Customer::new(one_action(&action(2), &json!({})), "2026-01-01");
    let closed = event("1", "ticket.closed", "2026-01-05", json!({}));
    customer
        .plan(&[closed, event("2", "visit.made", "2026-01-05", json!({}))], &[], "2026-01-05")
        .outcome
        .due[0]
        .key
        .to_string();
    let other = json!({"id": "b", "purpose": "sales", "owner": "sales", "due": {"days": 1}, "trigger": {"on": ["ticket.closed", "visit.made"]}});
    customer.actions = one_action(&json!({}), &json!({"actions": [action(5), other]}));
    let after = customer.plan(&[], &[], "2026-01-06");
    assert_eq!(due(&after), ["ours/a/main/#1 sales 2026-01-05 00:00 .. 2026-01-10 00:00"]);
    assert!(matches!(after.reasons[0], PlanReason::ActionsChanged { .. }));
    customer.actions = one_action(
        &json!({}),
        &json!({"actions": [json!({"id": "c", "purpose": "sales", "owner": "sales", "due": {"days": 1}, "trigger": {"on": ["visit.made"]}})]}),
    );
    let gone = customer.plan(&[], &[], "2026-01-07");
    assert_eq!(gone.outcome.cancelled[0].why, CancelCause::NotInDocument);
}

/// The work of a population, counted apart and together, before anything is created.
#[test]
fn workload_is_counted_by_role_and_week() {
    let action = json!({"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 2}, "trigger": {"dates": ["2026-01-07", "2026-01-14"]}});
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let now = customer.plan(&[], &[], "2026-01-05");
    assert!(now.outcome.due.is_empty());
    let ahead = plan_ahead(&customer.actions, &now.outcome.state, &customer.calendars, at("2026-01-18"));
    let mut one = Workload::new(&customer.actions);
    one.add(&ahead.outcome);
    let both = one.clone().merge(one);
    let rows: Vec<String> = both
        .rows()
        .iter()
        .map(|row| format!("{} {:?} {} {}", row.role, row.week, row.steps, row.held))
        .collect();
    assert_eq!(rows, ["sales Some(2026-01-05) 2 0", "sales Some(2026-01-12) 2 0"]);
}

/// Something that happens at the very instant of a plan, and becomes known after it.
#[test]
fn what_happens_while_somebody_plans_is_not_lost() {
    let action = json!({"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 2}, "trigger": {"on": ["ticket.closed"]}});
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    assert!(due(&customer.plan(&[], &[], "2026-01-05T09:00:00Z")).is_empty());
    let closed = event("1", "ticket.closed", "2026-01-05T09:00:00Z", json!({}));
    assert_eq!(due(&customer.plan(&[closed], &[], "2026-01-05T10:00:00Z")).len(), 1);
}

/// What was called for in a period and stays though its condition no longer holds ends with the period.
#[test]
fn what_stays_ends_with_its_period() {
    let action = json!({
        "id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 300},
        "trigger": {"while": "tier = \"strategic\"", "every": "quarter", "keep": true, "unknown": "fails"}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let (high, low) = (
        customer.fact("tier", &json!("strategic"), "2026-01-01"),
        customer.fact("tier", &json!("normal"), "2026-02-01"),
    );
    let kept = customer.plan(&[], &[high, low], "2026-02-02");
    assert_eq!((kept.outcome.due.len(), kept.next_change), (1, Some(at("2026-04-01"))));
    assert_eq!(customer.plan(&[], &[], "2026-04-02").outcome.cancelled[0].why, CancelCause::PeriodOver);
}

/// Another calendar moves nothing that is due by the clock, and quiet hours that are over are not told again.
#[test]
fn what_has_begun_is_not_moved_by_quiet_hours_again() {
    let action = json!({"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 9}, "trigger": {"on": ["ticket.closed"]}});
    let mut customer =
        Customer::new(one_action(&action, &json!({"quiet_hours": "20:00-08:00"})), "2026-01-01");
    let closed = event("1", "ticket.closed", "2026-01-05T22:00:00Z", json!({}));
    assert_eq!(changes(&customer.plan(&[closed], &[], "2026-01-06T09:00:00Z")).len(), 1);
    let always = customer.fact("calendar", &json!("always"), "2026-01-07");
    assert_eq!(changes(&customer.plan(&[], &[always], "2026-01-07")), []);
}

/// The same by way of another: what it does is answered by another action, whose work would end the silence.
#[test]
fn endless_re_trigger_through_another_action() {
    let actions = json!([
        {"id": "mail", "purpose": "sales", "owner": "sales", "due": {"days": 1},
            "trigger": {"while": "no @interaction within 3 days", "unknown": "fails"}},
        {"id": "call", "purpose": "sales", "owner": "sales", "due": {"days": 1}, "trigger": {"on": ["contact.made"]}}
    ]);
    let mut customer = Customer::new(one_action(&json!({}), &json!({"actions": actions})), "2026-01-02");
    let visit = event("0", "visit.made", "2026-01-02T09:00:00Z", json!({}));
    let silent = customer.plan(&[visit], &[], "2026-01-05T09:00:00Z");
    let mail = silent.outcome.due[0].key.to_string();
    let mailed = event("1", "contact.made", "2026-01-05T10:00:00Z", json!({"cause": text(&mail)}));
    let done = word("2", "action.done", "2026-01-05T10:00:00Z", &mail);
    let called = customer.plan(&[mailed, done], &[], "2026-01-05T11:00:00Z");
    let call = called.outcome.due[0].key.to_string();
    assert_eq!(call, "ours/call/main/#1/C1");
    // The call was brought about by the mail, so it is none of the customer's either.
    let made = event("3", "visit.made", "2026-01-05T12:00:00Z", json!({"cause": text(&call)}));
    let done = word("4", "action.done", "2026-01-05T12:00:00Z", &call);
    let year = customer.plan(&[made, done], &[], "2026-12-31");
    assert_eq!((due(&year), year.next_change), (Vec::new(), None));
}

/// Nobody reassigns a customer whom a system has written to, since that looks like contact.
#[test]
fn a_mail_of_the_system_does_not_end_a_silence() {
    let mut customer = Customer::new(actions_preset("standard").unwrap(), "2026-01-05T09:00:00Z");
    let facts = [
        fact(&customer.actions, "open_opportunities", &json!(1), "2026-01-05T09:00:00Z"),
        fact(&customer.actions, "marketing_consent", &json!(true), "2026-01-05T09:00:00Z"),
    ];
    let visit = event("1", "visit.made", "2026-01-05T10:00:00Z", json!({}));
    let silent = customer.plan(&[visit], &facts, "2026-01-08T10:00:00Z");
    let keys: Vec<String> = silent.outcome.due.iter().map(|item| item.key.to_string()).collect();
    let of = |action: &str| keys.iter().find(|key| key.contains(action)).cloned().unwrap();
    let mail = of("silence_care/mail");
    let mailed = event("2", "contact.made", "2026-01-08T11:00:00Z", json!({"cause": text(&mail)}));
    let done = word("3", "action.done", "2026-01-08T11:00:00Z", &mail);
    let week = customer.plan(&[mailed, done], &[], "2026-01-12T10:00:00Z");
    let ladder = week.outcome.due.iter().find(|item| item.key.to_string() == of("/silence/")).unwrap();
    assert_eq!((ladder.rung, ladder.queue.as_ref().map(QueueId::as_str)), (2, Some("everyone")));
    // A person's call ends it.
    let call = event("4", "contact.made", "2026-01-12T11:00:00Z", json!({}));
    let ended = customer.plan(&[call], &[], "2026-01-12T12:00:00Z");
    assert!(!ended.outcome.due.iter().any(|item| item.key.action.as_str() == "silence"));
}

/// One complaint is asked after because another one was.
#[test]
fn each_complaint_is_checked_back() {
    let mut customer = Customer::new(actions_preset("standard").unwrap(), "2026-01-05");
    let case = |id: &str, kind: &str, at: &str, case: &str| event(id, kind, at, json!({"case": text(case)}));
    let events = [
        case("1", "complaint.verified", "2026-01-07T09:00:00Z", "a"),
        case("2", "complaint.resolved", "2026-01-07T22:00:00Z", "b"),
    ];
    let night = customer.plan(&events, &[], "2026-01-07T22:00:00Z");
    let open = |plan: &guanxi_core::Decision<guanxi_strategy::Plan, PlanReason>| -> Vec<(String, _)> {
        plan.outcome.due.iter().map(|item| (item.key.action.to_string(), item.due_at)).collect()
    };
    let expected = [("verify_complaint".to_owned(), Some(at("2026-01-08T22:00:00Z")))];
    assert_eq!(open(&night), expected);
    let other = case("3", "complaint.verified", "2026-01-08T09:00:00Z", "a");
    assert_eq!(open(&customer.plan(&[other], &[], "2026-01-08T10:00:00Z")), expected);
    let own = case("4", "complaint.verified", "2026-01-08T11:00:00Z", "b");
    let verified = customer.plan(&[own], &[], "2026-01-08T11:00:00Z");
    assert!(verified.outcome.due.is_empty());
    assert_eq!(verified.outcome.cancelled[0].why, CancelCause::Stopped);
}

/// Somebody falls out of a tier, and nobody asks why.
#[test]
fn a_tier_that_was_left_calls() {
    let action = json!({
        "id": "ask_why", "purpose": "sales", "owner": "sales", "due": {"days": 1},
        "trigger": {"after": "tier = \"strategic\"", "unknown": "fails"}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let tier = |tier: &str, at: &str, of: &Customer| fact(&of.actions, "tier", &json!(tier), at);
    let facts = [tier("key", "2026-01-02", &customer), tier("strategic", "2026-02-01", &customer)];
    assert!(customer.plan(&[], &facts, "2026-02-28").outcome.due.is_empty());
    let left = [tier("key", "2026-03-01T08:00:00Z", &customer)];
    let asked = customer.plan(&[], &left, "2026-03-01T09:00:00Z");
    assert_eq!(asked.outcome.due[0].key.to_string(), "ours/ask_why/main/@2026-03-01T08:00:00Z/C1");
    // Once, until it has been entered and left again.
    assert_eq!(customer.plan(&[], &[], "2026-12-01").outcome.due.len(), 1);
}

/// A call that was taken back before anybody did anything keeps the next one from coming.
#[test]
fn what_was_taken_back_does_not_cool_down() {
    let action = json!({
        "id": "care", "purpose": "sales", "owner": "sales", "due": {"days": 1}, "cool_down": {"days": 14},
        "trigger": {"while": "no @interaction within 3 days", "unknown": "fails"}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-01");
    let visit = event("1", "visit.made", "2026-01-02T09:00:00Z", json!({}));
    let calls = customer.plan(&[visit], &[], "2026-01-05T09:00:00Z");
    assert_eq!(calls.outcome.cancelled[0].why, CancelCause::HoldsNoLonger);
    assert_eq!(calls.outcome.due[0].called_at, at("2026-01-05T09:00:00Z"));
    // Somebody begins; then it counts.
    let begun = word("2", "action.started", "2026-01-05T10:00:00Z", &calls.outcome.due[0].key.to_string());
    let visit = event("3", "visit.made", "2026-01-06T09:00:00Z", json!({}));
    let later = customer.plan(&[begun, visit], &[], "2026-01-12");
    assert_eq!(later.outcome.due.len(), 1);
    let refused = later
        .reasons
        .iter()
        .any(|reason| matches!(reason, PlanReason::NotPlanned { why: NotPlanned::CoolDown { .. }, .. }));
    assert!(refused);
}
