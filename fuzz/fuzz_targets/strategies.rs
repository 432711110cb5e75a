//! Documents of strategies, what they select, and records of their execution.
#![no_main]

use guanxi_calendar::preset;
use guanxi_condition::{EventLog, Given};
use guanxi_core::{FactMap, FactValue, Zone, fact_id, parse_instant};
use guanxi_strategy::{
    ExecutionRecords, Executions, LintContext, SelectionCounts, StrategyPolicy, TemplateKind, actions_preset,
    lint_strategies, select, strategy_preset,
};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Two sound documents, made once.
static SOUND: LazyLock<[Value; 2]> = LazyLock::new(|| {
    let own = json!({
        "schema": "guanxi.strategies/1", "id": "ours", "version": "1", "effective_to": "2027-01-01",
        "body": {
            "vocabulary": {"facts": {"scenario": {"kind": "set"}, "score": {"kind": "int"}, "seen": {"kind": "instant"}}},
            "zone": "+08:00", "week_start": "sunday",
            "codes": {"tier": ["gold", "key"], "scenario": ["crisis"]},
            "labels": {"role.helper": {"en": "Helper", "zh-CN": "助手"}},
            "templates": [
                {"id": "floor", "kind": "base", "core": {"en": "For all"}, "measures": [{"id": "a", "text": {"en": "a"}}]},
                {"id": "gold", "kind": "strategy", "for": {"tier": ["gold", "key"]}, "when": "seen within last 7 days",
                 "core": {"en": "Bind", "zh-CN": "绑定"}, "responsible": ["helper"], "resources": [{"en": "A car"}],
                 "measures": [{"id": "a", "text": {"en": "a"}, "roles": ["sales"], "serves": ["m"], "actions": ["respond"]}],
                 "response": {"working_hours": 2},
                 "targets": [{"metric": "m", "direction": "down", "amount": "0.1", "meant": "relative", "within": {"months": 6}},
                             {"metric": "n", "direction": "up", "amount": "9", "meant": "absolute", "scale": "10", "strictly": true}]},
                {"id": "any", "kind": "strategy", "when": "score >= 2 or no @interaction within 90 days", "core": {"en": "Call"},
                 "measures": [{"id": "a", "text": {"en": "a"}}]},
                {"id": "calm", "kind": "scenario", "for": {"scenario": ["crisis"], "stage": ["loyalty"]}, "core": {"en": "Calm"},
                 "measures": [{"id": "a", "text": {"en": "a"}}], "response": {"days": 1}}
            ]
        }
    });
    [own, strategy_preset("standard").expect("a preset").to_value()]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(records) = serde_json::from_slice::<ExecutionRecords>(bytes) {
        let text = serde_json::to_string(&records).expect("records have a text");
        assert_eq!(serde_json::from_str::<ExecutionRecords>(&text).expect("which is read again"), records);
        let day = |text: &str| text.parse().expect("a day");
        let at = parse_instant("2026-06-30").expect("an instant");
        let counted = Executions::count(&records, (day("0001-01-01"), day("9999-12-31")), Zone::UTC, at);
        assert!(counted.total.on_time <= counted.total.done);
    }
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let Some(document) = guanxi_fuzz::document::<StrategyPolicy>(&tree) else { return };

    let at = |day: &str| parse_instant(day).expect("a day");
    let text = |text: &str| FactValue::Text(text.into());
    let facts = FactMap::new()
        .with(fact_id!("tier"), text("KEY"), Some(at("2026-02-01")))
        .with(fact_id!("abc_class"), text("a"), None)
        .with(fact_id!("scenario"), FactValue::Set(["crisis".into()].into()), None)
        .with(fact_id!("score"), FactValue::Int(3), None)
        .with(fact_id!("seen"), FactValue::Instant(at("2026-06-25")), None);
    let log = EventLog::default();
    let given = Given { facts: &facts, events: Some(&log) };
    let mut counts = SelectionCounts::default();
    let mut as_of = at("2025-12-31");
    for _ in 0..8 {
        let decision = select(&document, &given, as_of);
        counts.add(&decision.outcome);
        for (kind, id) in decision.outcome.iter() {
            assert_eq!(document.body().find(id).map(|template| template.kind()), Some(kind));
        }
        let Some(next) = decision.next_change else { break };
        assert!(next > as_of);
        as_of = next;
    }
    assert!(TemplateKind::ALL.iter().all(|kind| counts.without.get(kind).copied().unwrap_or_default() <= counts.customers));
    let (actions, calendar) = (actions_preset("standard").expect("a preset"), preset("five-day").expect("a preset"));
    let context = LintContext {
        actions: &[&actions],
        calendars: &[&calendar],
        selections: Some(&counts),
        ..LintContext::default()
    };
    let _ = lint_strategies(&document, &context);
});
