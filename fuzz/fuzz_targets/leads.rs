//! Lead policies, and the ledgers that they score.
#![no_main]

use std::sync::LazyLock;

use guanxi_core::{FactMap, FactValue, fact_id, is_inert, parse_instant};
use guanxi_leads::{LeadGiven, LeadLedger, LeadOverride, LeadPolicy, Line, Points, lint, preset, preset_ids, score};
use serde_json::{Value, json};

static SOUND: LazyLock<[Value; 3]> = LazyLock::new(|| {
    let event = |id: &str, kind: &str, at: &str, message: &str| {
        json!({"id": id, "subject": "L1", "kind": kind, "occurred_at": at, "source": "app", "attributes": {"message": {"text": message}}})
    };
    let ledger = json!({"events": [
        event("E1", "contact.replied", "2026-06-24T08:00:00.25Z", "m1"),
        event("E2", "contact.replied", "2026-06-29T08:00:00Z", "m1"),
        event("E3", "campaign.responded", "2026-06-29T09:00:00Z", "m2"),
        event("E4", "meeting.held", "2026-06-30T09:00:00Z", "m2"),
        event("E5", "contact.made", "2026-07-02T09:00:00Z", "m3"),
    ]});
    let overridden = json!({"score": "85", "grade": "a", "by": "U1", "why": "known", "until": "2026-07-01T00:00:00Z"});
    let ours = json!({"schema": "guanxi.leads/1", "id": "ours", "version": "1", "body": {
        "vocabulary": {"facts": {"a": {"kind": "int"}}, "attributes": {"message": {"kind": "text"}}, "events": ["mail.opened"]},
        "zone": "-03:30", "week_start": "sunday", "weights": {"fit": 1, "engagement": 2},
        "fit": {"full": 20, "conditions": [{"id": "a", "when": {"fact": "a", "at_least": 3}, "points": 30}]},
        "engagement": {"full": 80, "rules": [
            {"id": "r", "events": ["@all"], "points": "12.5", "once_by": "message", "group": "g", "cap": 30,
             "decay": {"window": {"months": 1}, "steps": [{"after": {"days": 1}, "share": "0.5"}], "linear": {"weeks": 3}, "half_life": {"hours": 7}}},
            {"id": "c", "events": ["meeting.held"], "where": [{"attribute": "message", "equals": "m2"}], "when": "a < 9", "points": -9, "decay": {"half_life": {"days": 2}}}
        ], "caps": {"groups": {"g": {"max": 25}}, "day": {"max": 20, "min": -5}, "source": {"max": 40}}},
        "bands": [{"id": "top", "from": 40}, {"id": "rest", "from": 0}]
    }});
    let [standard, software] = preset_ids().map(|id| preset(id).expect("a preset").to_value());
    [standard, software, ours].map(|policy| json!({"policy": policy, "ledger": ledger, "override": overridden}))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let policy = tree.get("policy").and_then(guanxi_fuzz::document::<LeadPolicy>);
    let ledger = match serde_json::from_value::<LeadLedger>(tree["ledger"].clone()) {
        Ok(ledger) => ledger,
        Err(error) => return assert!(is_inert(&error.to_string())),
    };
    let overridden = match serde_json::from_value::<Option<LeadOverride>>(tree["override"].clone()) {
        Ok(overridden) => overridden,
        Err(error) => return assert!(is_inert(&error.to_string())),
    };
    let Some(policy) = policy else { return };
    let _ = lint(&policy);
    let facts = FactMap::new().with(fact_id!("a"), FactValue::Int(5), None);
    let facts = facts.with(fact_id!("need_identified"), FactValue::Bool(true), None);
    let given = LeadGiven { facts: &facts, ledger: &ledger, overridden: overridden.as_ref() };
    for as_of in ["0000-01-01", "2026-06-30T09:00:00.25Z", "9999-12-31T23:59:59.999999999Z"] {
        let as_of = parse_instant(as_of).expect("an instant");
        let decision = score(&policy, &given, as_of);
        for part in [&decision.outcome.fit, &decision.outcome.engagement] {
            assert_eq!(part.lines.iter().map(Line::amount).sum::<Points>(), part.total);
        }
        assert!(decision.next_change.is_none_or(|change| change > as_of));
    }
});
