//! `guanxi execution`.
use serde_json::{Value, json};

use crate::run::{Ran, fed};

fn record(id: &str, more: Value) -> String {
    let mut record = json!({
        "id": id, "subject": "C1", "strategy": "standard_operation", "tier": "normal", "owner": "U7",
        "from": "2026-04-01", "to": "2026-06-30", "action": "self_service", "progress": "in_progress",
        "tracked_by": "U9", "tracked_at": "2026-06-15T08:00:00Z"
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    format!("{record}\n")
}

fn counted(args: &[&str], input: &str) -> Ran {
    fed(&[&["execution", "--from", "2026-04-01", "--to", "2026-06-30"], args].concat(), input)
}

#[test]
fn records_are_counted_by_strategy_tier_and_owner() {
    let input = [
        record("R1", json!({
            "progress": "partly_done", "problem": "nobody finds the entry",
            "effects": [{"metric": "self_service_use", "direction": "up", "actual": "0.3", "goal": "0.5"}]
        })),
        record("R2", json!({
            "progress": "done", "finished_on": "2026-06-30", "tracked_at": "2026-06-30T00:00:00Z",
            "tier": "key", "strategy": "raise_stickiness"
        })),
        record("R3", json!({"progress": "planned", "owner": null, "tier": null})),
        // The version tracked last counts, in whatever order they come.
        record("R3", json!({"progress": "cancelled", "owner": null, "tier": null, "tracked_at": "2026-06-20T08:00:00Z"})),
        record("R3", json!({"progress": "planned", "owner": null, "tier": null})),
        record("R4", json!({"to": "2026-07-01"})),
    ]
    .concat();
    let shown = |as_of: &str| {
        let text = counted(&["--as-of", as_of], &input).well();
        let report: Value = serde_json::from_str(&text).unwrap();
        ["total", "by_strategy", "by_tier", "by_owner"]
            .map(|part| format!("{part}: {}", report[part]))
            .join("\n")
    };
    insta::assert_snapshot!(shown("2026-06-30"), @r#"
    total: {"cancelled":1,"completion":{"count":1,"of":2,"share":"0.5"},"done":1,"effects":{"self_service_use":{"attainment":"0.6","compared":1,"goals":{"count":0,"of":1,"share":"0"}}},"in_progress":0,"on_time":{"count":1,"of":1,"share":"1"},"overdue":0,"partly_done":1,"planned":0}
    by_strategy: {"raise_stickiness":{"cancelled":0,"completion":{"count":1,"of":1,"share":"1"},"done":1,"effects":{},"in_progress":0,"on_time":{"count":1,"of":1,"share":"1"},"overdue":0,"partly_done":0,"planned":0},"standard_operation":{"cancelled":1,"completion":{"count":0,"of":1,"share":"0"},"done":0,"effects":{"self_service_use":{"attainment":"0.6","compared":1,"goals":{"count":0,"of":1,"share":"0"}}},"in_progress":0,"on_time":{"count":0,"of":0,"share":null},"overdue":0,"partly_done":1,"planned":0}}
    by_tier: {"known":{"key":{"cancelled":0,"completion":{"count":1,"of":1,"share":"1"},"done":1,"effects":{},"in_progress":0,"on_time":{"count":1,"of":1,"share":"1"},"overdue":0,"partly_done":0,"planned":0},"normal":{"cancelled":0,"completion":{"count":0,"of":1,"share":"0"},"done":0,"effects":{"self_service_use":{"attainment":"0.6","compared":1,"goals":{"count":0,"of":1,"share":"0"}}},"in_progress":0,"on_time":{"count":0,"of":0,"share":null},"overdue":0,"partly_done":1,"planned":0}},"unknown":{"cancelled":1,"completion":{"count":0,"of":0,"share":null},"done":0,"effects":{},"in_progress":0,"on_time":{"count":0,"of":0,"share":null},"overdue":0,"partly_done":0,"planned":0}}
    by_owner: {"known":{"U7":{"cancelled":0,"completion":{"count":1,"of":2,"share":"0.5"},"done":1,"effects":{"self_service_use":{"attainment":"0.6","compared":1,"goals":{"count":0,"of":1,"share":"0"}}},"in_progress":0,"on_time":{"count":1,"of":1,"share":"1"},"overdue":0,"partly_done":1,"planned":0}},"unknown":{"cancelled":1,"completion":{"count":0,"of":0,"share":null},"done":0,"effects":{},"in_progress":0,"on_time":{"count":0,"of":0,"share":null},"overdue":0,"partly_done":0,"planned":0}}
    "#);
    // A day later what is open is overdue, and in another zone it is a day later.
    let late = counted(&["--as-of", "2026-07-01"], &input).well();
    assert_eq!(serde_json::from_str::<Value>(&late).unwrap()["total"]["overdue"], 1);
    let zone = counted(&["--as-of", "2026-06-30T18:00:00Z", "--zone", "+08:00"], &input).well();
    assert_eq!(serde_json::from_str::<Value>(&zone).unwrap()["total"]["overdue"], 1);
}

#[test]
fn bad_records_are_told_without_their_remarks() {
    let input = [
        record("R1", json!({"progress": "done", "problem": "Mr Secret complained"})),
        record("R2", json!({"problem": "Mr Secret\u{7}"})),
        record("R3", json!({"colour": "red"})),
        "{\n".into(),
        record("R4", json!({})),
    ]
    .concat();
    let ran = counted(&["--as-of", "2026-06-30"], &input);
    assert_eq!(ran.lines()[0]["total"]["in_progress"], 1);
    insta::assert_snapshot!(Ran { out: String::new(), ..ran }.seen(None), @"
    -- stderr
    line 1: missing field `finished_on`: the record is done, say on which day
    line 2: `problem`: a remark has 1 to 2000 characters, none of them a control or invisible, and no blank at either end
    line 3: unknown field `colour`, expected one of `id`, `subject`, `strategy`, `tier`, `owner`, `from`, `to`, `action`, `progress`, `finished_on`, `effects`, `problem`, `improvement`, `tracked_by`, `tracked_at`
    line 4: not JSON at column 0: EOF while parsing an object
    4 bad lines were left out
    -- exit code 1
    ");
    let input = [
        record("R1", json!({"to": "2026-06-31"})),
        record("R2", json!({"progress": "done"})),
        record("R3", json!({"progress": "don"})),
        record("R4", json!({"tier": 5})),
        record("R5", json!({"tracked_at": "2026-06-15"})),
        record("R6", json!({"finished_on": 5})),
        record("R7", json!({"finished_on": "2026-06-15"})),
        record(
            "R8",
            json!({"effects": [{"metric": "x", "direction": "up", "actual": "a lot", "goal": "1"}]}),
        ),
    ];
    let ran = counted(&["--as-of", "2026-06-30"], &input.concat());
    insta::assert_snapshot!(ran.err, @"
    line 1: `to`: expected a day such as `2026-06-30`, got `2026-06-31`
    line 2: missing field `finished_on`: the record is done, say on which day
    line 3: `progress`: unknown variant `don`, expected one of `planned`, `in_progress`, `partly_done`, `done`, `cancelled`, `overdue`
    line 4: `tier`: invalid type: integer `5`, expected an id as text
    line 5: `tracked_at`: expected an instant such as `2026-06-30T08:00:00Z`, got `2026-06-15`
    line 6: `finished_on`: invalid type: integer `5`, expected a formatted date string
    line 7: `finished_on` belongs to a record that is done, and to no other
    line 8: `effects[0].actual`: expected a decimal such as `-12.34`, got `a lot`
    8 bad lines were left out
    ");
    // Days are those of the zone.
    let done = |on: &str| {
        record("R1", json!({"progress": "done", "finished_on": on, "tracked_at": "2026-06-15T16:00:00Z"}))
    };
    let input =
        [done("2026-03-31"), done("2026-06-16"), record("R2", json!({"progress": "overdue"}))].concat();
    let told = |zone: &str| {
        let ran = counted(&["--as-of", "2026-06-30", "--zone", zone], &input);
        Ran { out: String::new(), ..ran }.seen(None)
    };
    insta::assert_snapshot!(told("UTC"), @"
    -- stderr
    line 1: `finished_on` must be 2026-04-01 or later, the first day, got `2026-03-31`
    line 2: `finished_on` must be 2026-06-15 or before, the day of `tracked_at` (UTC), got `2026-06-16`
    line 3: `progress` may be `overdue` if it was tracked after 2026-06-30, the last day, and `tracked_at` is on `2026-06-15` (UTC)
    3 bad lines were left out
    -- exit code 1
    ");
    insta::assert_snapshot!(told("+08:00"), @"
    -- stderr
    line 1: `finished_on` must be 2026-04-01 or later, the first day, got `2026-03-31`
    line 3: `progress` may be `overdue` if it was tracked after 2026-06-30, the last day, and `tracked_at` is on `2026-06-15` (+08:00)
    2 bad lines were left out
    -- exit code 1
    ");
    insta::assert_snapshot!(fed(&["execution", "--from", "2026-04-01", "--to", "2026-03-31"], "").seen(None), @"
    -- stderr
    --to must not be before --from
    -- exit code 2
    ");
}
