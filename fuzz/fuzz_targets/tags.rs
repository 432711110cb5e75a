//! Documents of tags, and tags decided by them.
#![no_main]

use guanxi_condition::{EventLog, Given};
use guanxi_core::{FactMap, FactValue, fact_id, parse_instant};
use guanxi_customer::{Assignment, Assignments, TagInput, TagPolicy, TagSet, diff_tags, lint_tags, tag_preset, tags};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Two sound documents, made once.
static SOUND: LazyLock<[Value; 2]> = LazyLock::new(|| {
    let own = json!({
        "schema": "guanxi.tags/1", "id": "ours", "version": "1", "effective_to": "2027-01-01",
        "body": {
            "vocabulary": {"facts": {"score": {"kind": "int"}, "region": {"kind": "text"}, "seen": {"kind": "instant"}}},
            "zone": "+08:00", "week_start": "sunday",
            "groups": [{"id": "g", "wins": "latest"}, {"id": "h"}],
            "tags": [
                {"id": "t0", "when": "score >= 2 and region = \"East\"", "unknown": "keep", "group": "g"},
                {"id": "t1", "when": {"fact": "seen", "within_last": {"days": 7}}, "group": "g"},
                {"id": "t2", "expires": {"months": 12}, "group": "h", "aliases": ["old", "older"]},
                {"id": "t3", "group": "h"},
                {"id": "t4", "when": "no @interaction within 90 days"}
            ],
            "merges": [{"from": "m", "into": "n"}, {"from": "n", "into": "t2"}]
        }
    });
    [own, tag_preset("standard").expect("a preset").to_value()]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let Some(document) = guanxi_fuzz::document::<TagPolicy>(&tree) else { return };
    let _ = lint_tags(&document);

    let at = |day: &str| parse_instant(day).expect("a day");
    let set = |tag: &str, day: &str, until: Option<&str>| -> Assignment {
        serde_json::from_value(json!({
            "tag": tag, "subject": "C1", "set_by": {"actor": "U7"}, "set_at": at(day), "until": until.map(at)
        }))
        .expect("an assignment")
    };
    let assignments: Assignments = [
        set("t2", "2026-01-01", None),
        set("old", "2026-02-01", Some("2026-06-30")),
        set("m", "2026-03-01", None),
        set("t3", "2026-04-01", Some("2026-05-01")),
        set("budget_ample", "2025-06-30", None),
    ]
    .into_iter()
    .collect();
    let facts = FactMap::new()
        .with(fact_id!("score"), FactValue::Int(3), None)
        .with(fact_id!("region"), FactValue::Text("East China".into()), Some(at("2026-01-01")))
        .with(fact_id!("seen"), FactValue::Instant(at("2026-06-25")), None);
    let log = EventLog::default();
    let (subject, given) = ("C1".parse().expect("an id"), Given { facts: &facts, events: Some(&log) });
    let mut previous = TagSet::default();
    let mut as_of = at("2025-12-31");
    for _ in 0..8 {
        let input = TagInput { subject: &subject, assignments: &assignments, given, previous: Some(&previous) };
        let decision = tags(&document, &input, as_of);
        let again = TagInput { previous: Some(&decision.outcome), ..input };
        assert_eq!(tags(&document, &again, as_of).outcome, decision.outcome, "deciding twice is deciding once");
        let diff = diff_tags(&document, &previous, &decision);
        assert_eq!(diff.entered.len() + diff.unchanged.len(), decision.outcome.tags.len());
        let Some(next) = decision.next_change else { return };
        assert!(next > as_of);
        previous = decision.outcome;
        as_of = next;
    }
});
