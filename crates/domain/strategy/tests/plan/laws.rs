//! Laws of plans, whatever the document, the facts and the events.
use std::collections::BTreeSet;

use chrono::TimeDelta;
use guanxi_core::{Event, Observation, ReasonCode};
use guanxi_strategy::arbitrary::plan::{actions_document, begin, instant, plan_events, plan_observations};
use guanxi_strategy::{ActionsDocument, CancelCause, Plan, PlanGiven, PlanState, labels, plan, plan_ahead};
use proptest::prelude::*;
use serde_json::json;

use crate::common::{Customer, at, calendars, event, one_action};

/// An entry that becomes known.
#[derive(Clone, Debug)]
enum Entry {
    Event(Event),
    Fact(Observation),
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    (plan_events(), plan_observations()).prop_map(|(events, observed)| {
        events.into_iter().map(Entry::Event).chain(observed.into_iter().map(Entry::Fact)).collect()
    })
}

fn planned(
    actions: &ActionsDocument,
    state: Option<&PlanState>,
    entries: &[Entry],
    now: chrono::DateTime<chrono::Utc>,
) -> guanxi_core::Decision<Plan, guanxi_strategy::PlanReason> {
    let (mut events, mut observed) = (Vec::new(), Vec::new());
    for entry in entries.iter().cloned() {
        match entry {
            Entry::Event(event) => events.push(event),
            Entry::Fact(fact) => observed.push(fact),
        }
    }
    let (subject, calendars) = ("C1".parse().unwrap(), calendars());
    let given = PlanGiven::new(&subject)
        .with_state(state)
        .with_events(&events)
        .with_observed(&observed)
        .with_calendars(&calendars)
        .with_since(begin());
    plan(actions, &given, now)
}

/// What is called for and ended at one instant is never open, yet somebody must hear of it.
#[test]
fn a_wake_up_does_not_miss_what_ends_at_once() {
    let action = json!({
        "id": "mail", "purpose": "sales", "owner": "sales", "due": {"days": 1}, "stop": "no order.placed",
        "trigger": {"while": "no contact.made within 3 days", "unknown": "fails"}
    });
    let mut customer = Customer::new(one_action(&action, &json!({})), "2026-01-02");
    let made = event("1", "contact.made", "2026-01-02T09:00:00Z", json!({}));
    let first = customer.plan(&[made], &[], "2026-01-03");
    assert_eq!(first.next_change, Some(at("2026-01-05T09:00:00Z")));
    let silent = customer.plan(&[], &[], "2026-01-05T09:00:00Z");
    assert!(silent.outcome.due.is_empty());
    assert_eq!(silent.outcome.cancelled[0].why, CancelCause::Stopped);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn documents_survive_their_normal_form(actions in actions_document()) {
        prop_assert_eq!(&ActionsDocument::from_value(&actions.to_value()).unwrap(), &actions);
    }

    /// In whatever order, however often and in however many calls: the same state, to the last byte.
    #[test]
    fn a_plan_is_made_of_a_set(
        actions in actions_document(),
        entries in entries().prop_shuffle(),
        calls in prop::collection::vec((instant(), 0_usize..24), 0..5),
        end in instant(),
    ) {
        let whole = planned(&actions, None, &entries, end).outcome.state;
        let mut state: Option<PlanState> = None;
        for (now, count) in calls {
            let known = &entries[..count.min(entries.len())];
            let text = serde_json::to_string(&planned(&actions, state.as_ref(), known, now).outcome.state).unwrap();
            state = Some(serde_json::from_str(&text).unwrap());
        }
        let last = planned(&actions, state.as_ref(), &entries, end).outcome.state;
        prop_assert_eq!(serde_json::to_value(&last).unwrap(), serde_json::to_value(&whole).unwrap());
    }

    /// Before the next wake-up nothing is other, and with it something is.
    #[test]
    fn the_next_wake_up_is_the_first_instant_of_another_plan(
        actions in actions_document(),
        entries in entries(),
        now in instant(),
    ) {
        let decision = planned(&actions, None, &entries, now);
        let (calendars, state) = (calendars(), &decision.outcome.state);
        let open = |plan: &Plan| (plan.due.clone(), plan.upcoming.clone(), plan.suppressed.clone());
        let is = open(&decision.outcome);
        let horizon = now + TimeDelta::days(200);
        let Some(next) = decision.next_change.filter(|next| *next < horizon) else {
            let ahead = plan_ahead(&actions, state, &calendars, horizon).outcome;
            prop_assert_eq!(open(&ahead), is);
            return Ok(());
        };
        prop_assert!(next > now);
        let before = plan_ahead(&actions, state, &calendars, next - TimeDelta::nanoseconds(1)).outcome;
        prop_assert_eq!(open(&before), is.clone());
        let then = plan_ahead(&actions, state, &calendars, next).outcome;
        prop_assert_ne!((open(&then), then.cancelled.len() + then.done.len()), (is, 0));
    }

    /// Each step has one key, is in one place, and every reason has its words in both languages.
    #[test]
    fn each_step_is_in_one_place(actions in actions_document(), entries in entries(), now in instant()) {
        let decision = planned(&actions, None, &entries, now);
        let plan = &decision.outcome;
        let items = plan.due.iter().chain(&plan.upcoming).chain(plan.suppressed.iter().map(|held| &held.item));
        let keys: Vec<String> = items.map(|item| item.key.to_string()).collect();
        prop_assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        let records = plan.state.records();
        let open: BTreeSet<String> =
            records.iter().filter(|own| !own.progress.is_ended()).map(|own| own.key.to_string()).collect();
        prop_assert_eq!(open, keys.into_iter().collect());
        for pack in ["en", "zh-CN"].map(|lang| labels(lang).unwrap()) {
            for reason in &decision.reasons {
                let known = pack.get(&format!("plan.{}", reason.code())).is_some();
                prop_assert!(known, "{}", reason.code());
                let text = reason.text(&pack);
                let whole = !text.is_empty() && !text.contains(['{', '}']);
                prop_assert!(whole, "{}", text);
            }
        }
    }
}
