//! Settling rules and the states that they are fed with.
#![no_main]

use std::sync::LazyLock;

use guanxi_bands::{Bands, SettleRule, SettleState, Settling, lint, preset, preset_ids, settle};
use guanxi_core::{TierId, is_inert, parse_instant};
use serde_json::{Value, json};

static SOUND: LazyLock<[Value; 3]> = LazyLock::new(|| {
    let state = |class: &str, since: &str, below_since: Option<&str>| json!({"class": class, "since": since, "below_since": below_since, "settled_at": "2026-06-30T08:00:00.25Z"});
    let ours = json!({"schema": "guanxi.settle/1", "id": "ours", "version": "1", "effective_to": "2027-12-31", "body": {
        "up": {"when": "at_review", "steps": 2, "margin": "2", "dwell_days": 30},
        "down": {"when": "now", "steps": 1, "margin": "1.50", "dwell_days": 1, "grace_days": 90},
        "reviews": {"days": ["02-28", "03-01", "12-31"], "offset": "-03:30"}
    }});
    let [standard, steady] = preset_ids().map(|id| preset(id).expect("a preset").to_value());
    [
        json!({"rule": standard, "state": state("key", "2020-02-29", Some("2026-01-01"))}),
        json!({"rule": steady, "state": state("gold", "2026-06-30T08:00:00.25Z", None)}),
        json!({"rule": ours, "state": state("rest", "0000-01-01", Some("2026-06-30"))}),
    ]
});

static BANDS: LazyLock<Bands<TierId>> = LazyLock::new(|| {
    let floors = [("top", "90"), ("key", "70.01"), ("normal", "0.01"), ("rest", "0")];
    let floors = floors.map(|(class, floor)| (class.parse().expect("a tier"), floor.parse().expect("a score")));
    Bands::new(floors.into()).expect("bands")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let rule = tree.get("rule").and_then(guanxi_fuzz::document::<SettleRule>);
    let state = match serde_json::from_value::<Option<SettleState<TierId>>>(tree["state"].clone()) {
        Ok(state) => {
            let text = serde_json::to_string(&state).expect("a state has a text");
            assert_eq!(serde_json::from_str::<Option<SettleState<TierId>>>(&text).expect("its own text is read"), state);
            state
        }
        Err(error) => return assert!(is_inert(&error.to_string())),
    };
    let Some(rule) = rule else { return };
    let _ = lint(&rule);
    for as_of in ["0000-01-01", "2026-06-30T08:00:00.25Z", "2027-01-01", "9999-12-31T23:59:59.999999999Z"] {
        let as_of = parse_instant(as_of).expect("an instant");
        for score in [None, Some("0"), Some("70"), Some("100")] {
            let score = score.map(|score| score.parse().expect("a score"));
            let once = settle(&rule, &BANDS, &Settling { state: state.as_ref(), score, pin: None }, as_of);
            let again = Settling { state: once.outcome.state.as_ref(), score, pin: None };
            assert_eq!(settle(&rule, &BANDS, &again, as_of).outcome, once.outcome);
            if let Some(change) = once.next_change {
                let then = settle(&rule, &BANDS, &again, change).outcome.class;
                assert!(change > as_of);
                assert!(then != once.outcome.class || rule.head().effective_from == Some(change) || rule.head().effective_to == Some(change));
            }
        }
    }
});
