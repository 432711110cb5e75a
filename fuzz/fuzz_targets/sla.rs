//! SLA policies, and the states of cases.
#![no_main]

use std::sync::LazyLock;

use guanxi_calendar::{
    Calendars, SlaClock, SlaEntry, SlaOpening, SlaPolicy, SlaState, lint_sla, preset, sla_preset, sla_preset_ids,
};
use guanxi_core::parse_instant;
use serde_json::Value;

static SOUND: LazyLock<Vec<Value>> = LazyLock::new(|| {
    sla_preset_ids().iter().map(|id| sla_preset(id).expect("a preset").to_value()).collect()
});

static CALENDARS: LazyLock<Calendars> =
    LazyLock::new(|| Calendars::new().with(&preset("five-day").expect("a preset")));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (at, later) = (parse_instant("2026-06-26T16:00:00Z"), parse_instant("2026-07-01T10:00:00Z"));
    let (at, later) = (at.expect("an instant"), later.expect("an instant"));
    let opening = SlaOpening {
        at,
        priority: "key".parse().expect("a code"),
        calendar: "five-day".parse().expect("a code"),
        zone: None,
        kind: Some("complaint".parse().expect("a code")),
    };
    // A state with faults: what is accepted is judged or refused.
    let standard = sla_preset("standard").expect("a preset");
    let clock = SlaClock::new(&standard, &CALENDARS);
    let state = clock.open(&opening).expect("a case");
    let states = [serde_json::to_value(&state).expect("a tree")];
    if let Some(state) = guanxi_fuzz::tree(bytes, &states).and_then(|tree| serde_json::from_value::<SlaState>(tree).ok()) {
        let _ = clock.judge(&state, later);
        let _ = clock.enter(&state, &SlaEntry::Reopened { at: later });
    }
    let Some(policy) = guanxi_fuzz::tree(bytes, &SOUND).and_then(|tree| guanxi_fuzz::document::<SlaPolicy>(&tree)) else {
        return;
    };
    let _ = lint_sla(&policy);
    let clock = SlaClock::new(&policy, &CALENDARS);
    let Ok(state) = clock.open(&opening) else { return };
    let Ok(judged) = clock.judge(&state, at) else { return };
    if let Some(change) = judged.next_change {
        assert!(change > at);
        let _ = clock.judge(&state, change);
    }
});
