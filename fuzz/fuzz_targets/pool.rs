//! Pool policies, and the claims and records that they decide on.
#![no_main]

use std::sync::LazyLock;

use guanxi_condition::Given;
use guanxi_core::{FactMap, FactValue, fact_id, parse_instant};
use guanxi_routing::{Claim, Held, PoolPolicy, lint_pool, may_claim, pool_preset, recycle};
use serde_json::{Value, json};

static SOUND: LazyLock<[Value; 2]> = LazyLock::new(|| {
    let ours = json!({"schema": "guanxi.pool/1", "id": "ours", "version": "1", "effective_from": "2026-01-01", "body": {
        "vocabulary": {"facts": {"tier": {"kind": "text"}, "contract_ends": {"kind": "date"}, "since": {"kind": "instant"}}},
        "zone": "-03:30", "week_start": "sunday",
        "claims": {"per_day": 2, "holding": 9, "again_after": {"months": 1}, "new_after": {"hours": 36}},
        "protect": [{"id": "p", "when": "contract_ends in this week", "unknown": "holds"}],
        "recycle": [
            {"id": "a", "when": {"fact": "tier", "equals": "key"}, "since": {"fact": "contract_ends"}, "after": {"months": 1}, "warn": {"weeks": 1}},
            {"id": "b", "when": "since within last 5 days", "since": {"fact": "since"}, "after": {"hours": 100}, "warn": {"years": 1}},
            {"id": "c", "since": "assignment", "after": {"days": 7}}
        ]
    }});
    [pool_preset("standard").expect("a preset").to_value(), ours]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let Some(pool) = guanxi_fuzz::document::<PoolPolicy>(&tree) else { return };
    let _ = lint_pool(&pool);
    let at = |text: &str| parse_instant(text).expect("an instant");
    let day = |text: &str| FactValue::Date(text.parse().expect("a day"));
    let facts = FactMap::new()
        .with(fact_id!("tier"), FactValue::Text("key".into()), None)
        .with(fact_id!("contract_ends"), day("2026-01-31"), Some(at("2026-01-01")))
        .with(fact_id!("since"), FactValue::Instant(at("2026-06-29T12:00:00.25Z")), None);
    let head = pool.head();
    let limits = [head.effective_from, head.effective_to];
    let person = "P1".parse().expect("an id");
    let claimed = ["2026-06-29T12:00:00Z", "2026-06-30T01:00:00Z", "2026-06-30T23:00:00Z"].map(at);
    for as_of in ["0000-01-01", "2026-02-28", "2026-06-30T08:00:00.25Z", "9999-12-31T23:59:59.999999999Z"].map(at) {
        let held = Held { given: Given { facts: &facts, events: None }, assigned_at: at("2026-01-15"), followed_up_at: Some(at("2026-06-28")) };
        let decision = recycle(&pool, &held, as_of);
        if let Some(change) = decision.next_change {
            assert!(change > as_of);
            assert!(recycle(&pool, &held, change).outcome != decision.outcome || limits.contains(&Some(change)));
        }
        for previous in [None, Some((&person, at("2026-06-29")))] {
            let claim = Claim { person: &person, holding: 3, claimed: &claimed, entered_at: at("2026-06-29"), previous };
            let decision = may_claim(&pool, &claim, as_of);
            if let Some(change) = decision.next_change {
                assert!(change > as_of);
                assert!(may_claim(&pool, &claim, change).outcome != decision.outcome || limits.contains(&Some(change)));
            }
        }
    }
});
