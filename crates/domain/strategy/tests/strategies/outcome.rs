//! Execution records: what is a record, and what they add up to.
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{Zone, parse_decimal};
use guanxi_strategy::arbitrary::strategies::{instant, record};
use guanxi_strategy::{
    CountedRate, Direction, ExecutionRecord, ExecutionRecordSpec, ExecutionRecords, Executions, Progress,
    Remark, Target,
};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{at, standard};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A record of the second quarter of 2026, with more or other fields.
fn spec(id: &str, more: Value) -> Value {
    let mut record = json!({
        "id": id, "subject": "C1", "strategy": "standard_operation", "tier": "normal", "owner": "U7",
        "from": "2026-04-01", "to": "2026-06-30", "action": "self_service", "progress": "in_progress",
        "tracked_by": "U9", "tracked_at": "2026-06-15T08:00:00Z"
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

fn records(all: &[Value]) -> ExecutionRecords {
    serde_json::from_value(Value::Array(all.to_vec())).unwrap()
}

fn counted(records: &ExecutionRecords, as_of: &str) -> Executions {
    Executions::count(records, (day("2026-04-01"), day("2026-06-30")), Zone::UTC, at(as_of))
}

fn shown(rate: CountedRate) -> String {
    let share = rate.share.map_or("none".to_owned(), |share| share.to_string());
    format!("{} of {}: {share}", rate.count, rate.of)
}

/// Self-service is used by 30 %, the goal is 50 %: partly done, with its problem and what to improve.
#[test]
fn the_record_of_the_method() {
    let record = spec(
        "R1",
        json!({
            "progress": "partly_done",
            "effects": [{"metric": "self_service_use", "direction": "up", "actual": "0.3", "goal": "0.5"}],
            "problem": "older customers do not find the entry",
            "improvement": "a video on the first page"
        }),
    );
    let all = records(&[record]);
    let counted = counted(&all, "2026-06-30");
    assert_eq!(shown(counted.total.completion()), "0 of 1: 0");
    assert_eq!(shown(counted.total.punctuality()), "0 of 0: none");
    let effects = &counted.total.effects["self_service_use"];
    assert_eq!(shown(effects.goals()), "0 of 1: 0");
    assert_eq!(effects.attainment().unwrap().to_string(), "0.6");
    insta::assert_snapshot!(serde_json::to_string(&counted.by_tier).unwrap(), @r#"{"known":{"normal":{"planned":0,"in_progress":0,"partly_done":1,"done":0,"cancelled":0,"overdue":0,"on_time":0,"effects":{"self_service_use":{"measured":1,"reached":0,"compared":1,"achieved":"300000000000","wanted":"500000000000"}}}},"unknown":{"planned":0,"in_progress":0,"partly_done":0,"done":0,"cancelled":0,"overdue":0,"on_time":0,"effects":{}}}"#);
}

#[test]
fn rates_stand_beside_their_counts() {
    let done = |id: &str, on: &str, to: &str, owner: &str| {
        spec(id, json!({"progress": "done", "finished_on": on, "to": to, "owner": owner}))
    };
    let all = records(&[
        done("R1", "2026-06-15", "2026-06-15", "U1"),
        done("R2", "2026-06-15", "2026-06-14", "U1"),
        done("R3", "2026-04-01", "2026-06-30", "U2"),
        spec("R4", json!({"owner": "U2"})),
        spec("R5", json!({"progress": "cancelled", "owner": "U2"})),
        spec("R6", json!({"progress": "planned", "owner": null, "tier": null, "strategy": "deep_bond"})),
        // Of another quarter.
        spec("R7", json!({"to": "2026-07-01"})),
    ]);
    let seen = |as_of: &str| {
        let counted = counted(&all, as_of);
        let row = |name: &str, of: &guanxi_strategy::Execution| {
            format!("{name}: completion {}, in time {}", shown(of.completion()), shown(of.punctuality()))
        };
        let owners = counted.by_owner.known.iter().map(|(owner, of)| row(owner.as_str(), of));
        let strategies = counted.by_strategy.iter().map(|(strategy, of)| row(strategy.as_str(), of));
        let all = [row("all", &counted.total), row("nobody", &counted.by_owner.unknown)];
        all.into_iter().chain(owners).chain(strategies).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(seen("2026-06-30T23:59:59Z"), @"
    all: completion 3 of 5: 0.6, in time 2 of 3: 0.6667
    nobody: completion 0 of 1: 0, in time 0 of 0: none
    U1: completion 2 of 2: 1, in time 1 of 2: 0.5
    U2: completion 1 of 2: 0.5, in time 1 of 1: 1
    deep_bond: completion 0 of 1: 0, in time 0 of 0: none
    standard_operation: completion 3 of 4: 0.75, in time 2 of 3: 0.6667
    ");
    // A day later what is open is overdue.
    insta::assert_snapshot!(seen("2026-07-01T00:00:00Z"), @"
    all: completion 3 of 5: 0.6, in time 2 of 5: 0.4
    nobody: completion 0 of 1: 0, in time 0 of 1: 0
    U1: completion 2 of 2: 1, in time 1 of 2: 0.5
    U2: completion 1 of 2: 0.5, in time 1 of 2: 0.5
    deep_bond: completion 0 of 1: 0, in time 0 of 1: 0
    standard_operation: completion 3 of 4: 0.75, in time 2 of 4: 0.5
    ");
    assert_eq!(
        seen("2026-06-15T07:59:59Z"),
        "all: completion 0 of 0: none, in time 0 of 0: none\nnobody: completion 0 of 0: none, in time 0 of 0: none"
    );
}

#[test]
fn days_are_those_of_the_zone() {
    let all = records(&[spec("R1", json!({}))]);
    let overdue = |zone: &str, as_of: &str| {
        let quarter = (day("2026-04-01"), day("2026-06-30"));
        Executions::count(&all, quarter, zone.parse().unwrap(), at(as_of)).total.overdue
    };
    assert_eq!((overdue("UTC", "2026-06-30T16:00:00Z"), overdue("+08:00", "2026-06-30T16:00:00Z")), (0, 1));
}

#[test]
fn an_effect_is_measured_along_the_way_to_its_goal() {
    let effect = |direction: &str, before: Option<&str>, actual: &str, goal: &str, strictly: bool| {
        let all = records(&[spec(
            "R1",
            json!({"effects": [{
                "metric": "m", "direction": direction, "before": before, "actual": actual, "goal": goal, "strictly": strictly
            }]}),
        )]);
        let counted = counted(&all, "2026-06-30").total.effects.remove("m").unwrap();
        let way = counted.attainment().map_or("none".to_owned(), |way| way.to_string());
        format!("reached {}, way {way}", counted.reached)
    };
    assert_eq!(effect("up", Some("0.6"), "0.75", "0.75", false), "reached 1, way 1");
    assert_eq!(effect("up", Some("0.6"), "0.75", "0.75", true), "reached 0, way 1");
    assert_eq!(effect("up", Some("0.6"), "0.55", "0.75", false), "reached 0, way -0.3333");
    assert_eq!(effect("up", Some("0.6"), "0.7", "0.5", false), "reached 1, way none");
    assert_eq!(effect("down", Some("100"), "85", "80", false), "reached 0, way 0.75");
    assert_eq!(effect("down", None, "0.02", "0.03", true), "reached 1, way none");
    assert_eq!(effect("down", None, "0.03", "0.03", true), "reached 0, way none");
}

/// A target of the preset gives the goal of a record.
#[test]
fn goals_come_from_targets() {
    let document = standard();
    let goal = |template: &str, metric: &str, before: &str| {
        let template = document.body().find(&template.parse().unwrap()).unwrap();
        let target: &Target = template.target(&metric.parse().unwrap()).unwrap();
        target.goal(Some(parse_decimal(before).unwrap())).unwrap().to_string()
    };
    assert_eq!(goal("raise_stickiness", "repurchase_rate", "0.60"), "0.75");
    assert_eq!(goal("deep_bond", "yearly_volume", "1200000"), "1440000");
    assert_eq!(goal("raise_stickiness", "revenue_per_order", "500"), "550");
    assert_eq!(goal("standard_operation", "service_cost", "80"), "64");
    assert_eq!(goal("deep_bond", "satisfaction", "70"), "95");
}

#[test]
fn what_is_no_record_is_refused() {
    let error =
        |more: Value| serde_json::from_value::<ExecutionRecord>(spec("R1", more)).unwrap_err().to_string();
    insta::assert_snapshot!(error(json!({"to": "2026-03-31"})), @"a record must end on 2026-04-01 or later, got `2026-03-31`");
    insta::assert_snapshot!(error(json!({"progress": "done"})), @"`finished_on` belongs to a record that is done, and to no other");
    insta::assert_snapshot!(error(json!({"finished_on": "2026-04-02"})), @"`finished_on` belongs to a record that is done, and to no other");
    let effect = |actual: &str| json!({"metric": "m", "direction": "up", "actual": actual, "goal": "1"});
    insta::assert_snapshot!(error(json!({"effects": [effect("1"), effect("2")]})), @"each metric once, got `m` twice");
    insta::assert_snapshot!(error(json!({"effects": vec![effect("1"); 21]})), @"at most 20 effects, got 21");
    insta::assert_snapshot!(error(json!({"effects": [effect("1e15")]})), @"a figure has at most 15 digits before the point and 12 after it, got `1000000000000000`");
    insta::assert_snapshot!(error(json!({"problem": "called Mr Secret\u{7}"})), @"a remark has 1 to 2000 characters, none of them a control or invisible, and no blank at either end");
    insta::assert_snapshot!(error(json!({"colour": "red"})), @"unknown field `colour`, expected one of `id`, `subject`, `strategy`, `tier`, `owner`, `from`, `to`, `action`, `progress`, `finished_on`, `effects`, `problem`, `improvement`, `tracked_by`, `tracked_at`");
}

/// In the zone given, or in whatever zone.
fn dated(more: Value, zone: Option<&str>) -> String {
    let spec: ExecutionRecordSpec = serde_json::from_value(spec("R1", more)).unwrap();
    let record = match zone {
        Some(zone) => ExecutionRecord::in_zone(spec, zone.parse().unwrap()),
        None => ExecutionRecord::try_from(spec),
    };
    record.map_or_else(|error| error.to_string(), |_| "ok".into())
}

#[test]
fn it_is_done_from_its_first_day_to_the_day_of_tracking() {
    let done = |on: &str, tracked_at: &str, zone: Option<&str>| {
        dated(json!({"progress": "done", "finished_on": on, "tracked_at": tracked_at}), zone)
    };
    let morning = "2026-06-15T08:00:00Z";
    insta::assert_snapshot!(done("2026-03-31", morning, Some("UTC")), @"`finished_on` must be 2026-04-01 or later, the first day, got `2026-03-31`");
    assert_eq!(done("2026-04-01", morning, Some("UTC")), "ok");
    assert_eq!(done("2026-06-15", morning, Some("UTC")), "ok");
    insta::assert_snapshot!(done("2026-06-16", morning, Some("UTC")), @"`finished_on` must be 2026-06-15 or before, the day of `tracked_at` (UTC), got `2026-06-16`");
    // The last day is no bound: what is done after it is late.
    assert_eq!(done("2026-07-01", "2026-07-01T00:00:00Z", Some("UTC")), "ok");
    // A day begins earlier in the east.
    assert_eq!(done("2026-06-16", "2026-06-15T16:00:00Z", Some("+08:00")), "ok");
    insta::assert_snapshot!(done("2026-06-16", "2026-06-15T15:59:59Z", Some("+08:00")), @"`finished_on` must be 2026-06-15 or before, the day of `tracked_at` (+08:00), got `2026-06-16`");
    // Without a zone, what is true in none is refused.
    insta::assert_snapshot!(done("2026-03-31", morning, None), @"`finished_on` must be 2026-04-01 or later, the first day, got `2026-03-31`");
    assert_eq!(done("2026-06-16", "2026-06-15T10:00:00Z", None), "ok");
    insta::assert_snapshot!(done("2026-06-16", "2026-06-15T09:59:59Z", None), @"`finished_on` must be 2026-06-15 or before, the day of `tracked_at` (+14:00), got `2026-06-16`");
    // Tracked before its first day, it cannot be done at all.
    insta::assert_snapshot!(done("2026-04-01", "2026-03-30T08:00:00Z", None), @"`finished_on` must be 2026-03-30 or before, the day of `tracked_at` (+14:00), got `2026-04-01`");
}

#[test]
fn it_is_overdue_after_its_last_day() {
    let overdue = |tracked_at: &str, zone: Option<&str>| {
        dated(json!({"progress": "overdue", "tracked_at": tracked_at}), zone)
    };
    insta::assert_snapshot!(overdue("2026-06-30T23:59:59Z", Some("UTC")), @"`progress` may be `overdue` if it was tracked after 2026-06-30, the last day, and `tracked_at` is on `2026-06-30` (UTC)");
    assert_eq!(overdue("2026-07-01T00:00:00Z", Some("UTC")), "ok");
    insta::assert_snapshot!(overdue("2026-06-30T09:59:59Z", None), @"`progress` may be `overdue` if it was tracked after 2026-06-30, the last day, and `tracked_at` is on `2026-06-30` (+14:00)");
    assert_eq!(overdue("2026-06-30T10:00:00Z", None), "ok");
}

#[test]
fn remarks_are_not_shown() {
    let remark = Remark::new("spoke with somebody by name").unwrap();
    assert_eq!(format!("{remark:?}"), "Remark(27 characters)");
    assert!(Remark::new(&"字".repeat(2_001)).is_err() && Remark::new("").is_err());
    let record: ExecutionRecord = serde_json::from_value(spec("R1", json!({"problem": remark}))).unwrap();
    assert!(!format!("{record:?}").contains("somebody"));
}

type Way = (BigInt, BigInt);

/// The counts once more, slow and plain: progress to count, metric to (measured, reached, ways).
#[derive(Default)]
struct Slow {
    progress: BTreeMap<Progress, u64>,
    on_time: u64,
    effects: BTreeMap<String, (u64, u64, Vec<Way>)>,
}

fn trillionths(value: Decimal) -> BigInt {
    BigInt::from(value.mantissa()) * BigInt::from(10).pow(12 - value.scale())
}

fn slowly(all: &[ExecutionRecord], period: (NaiveDate, NaiveDate), as_of: DateTime<Utc>) -> Slow {
    let mut last: BTreeMap<String, &ExecutionRecord> = BTreeMap::new();
    for record in all.iter().filter(|record| record.spec().tracked_at <= as_of) {
        let kept = last.entry(record.spec().id.to_string()).or_insert(record);
        if (record.spec().tracked_at, record) > (kept.spec().tracked_at, *kept) {
            *kept = record;
        }
    }
    let (mut slow, today) = (Slow::default(), as_of.date_naive());
    for spec in last.values().map(|record| record.spec()) {
        if spec.to < period.0 || spec.to > period.1 {
            continue;
        }
        let open = !matches!(spec.progress, Progress::Done | Progress::Cancelled);
        let progress = if open && today > spec.to { Progress::Overdue } else { spec.progress };
        *slow.progress.entry(progress).or_default() += 1;
        slow.on_time += u64::from(progress == Progress::Done && spec.finished_on.unwrap() <= spec.to);
        for effect in spec.effects.iter().filter(|_| progress != Progress::Cancelled) {
            let (measured, reached, ways) = slow.effects.entry(effect.metric.to_string()).or_default();
            *measured += 1;
            let (actual, goal) = (effect.actual.get(), effect.goal.get());
            let better = if effect.direction == Direction::Up { actual > goal } else { actual < goal };
            *reached += u64::from(better || actual == goal && !effect.strictly);
            let before = effect.before.map(guanxi_strategy::Figure::get);
            let before = before.or((effect.direction == Direction::Up).then_some(Decimal::ZERO));
            if let Some(before) = before.map(trillionths) {
                let way = |figure| {
                    let way = trillionths(figure) - &before;
                    if effect.direction == Direction::Up { way } else { -way }
                };
                if way(goal) > BigInt::ZERO {
                    ways.push((way(actual), way(goal)));
                }
            }
        }
    }
    slow
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn counts_are_those_of_the_page(
        all in prop::collection::vec(record(), 0..12), from in instant(), days in 0_i64..200, as_of in instant(),
        place in any::<prop::sample::Index>(),
    ) {
        let from = from.date_naive();
        let period = (from, from + chrono::TimeDelta::days(days));
        let records: ExecutionRecords = all.iter().cloned().collect();
        let counted = Executions::count(&records, period, Zone::UTC, as_of);
        let slow = slowly(&all, period, as_of);
        let of = |progress| slow.progress.get(&progress).copied().unwrap_or_default();
        let total = &counted.total;
        prop_assert_eq!(
            [total.planned, total.in_progress, total.partly_done, total.done, total.cancelled, total.overdue],
            Progress::ALL.map(of)
        );
        prop_assert_eq!(total.on_time, slow.on_time);
        prop_assert_eq!(total.effects.len(), slow.effects.len());
        for (metric, effects) in &total.effects {
            let (measured, reached, ways) = &slow.effects[metric.as_str()];
            prop_assert_eq!((effects.measured, effects.reached, effects.compared), (*measured, *reached, ways.len() as u64));
            let sum = |of: fn(&Way) -> &BigInt| ways.iter().map(of).sum::<BigInt>();
            let (achieved, wanted) = (sum(|way| &way.0), sum(|way| &way.1));
            match effects.attainment() {
                None => prop_assert!(ways.is_empty() || achieved.magnitude() > &(wanted.magnitude() * 1_000_000_000_u64)),
                Some(attainment) => {
                    // |attainment - achieved / wanted| is at most half of a ten-thousandth.
                    let steps = BigInt::from((attainment.0 * Decimal::new(10_000, 0)).trunc().mantissa());
                    let off: BigInt = (steps * &wanted - &achieved * 10_000) * 2;
                    prop_assert!(off.magnitude() <= wanted.magnitude(), "{} {} {:?}", achieved, wanted, attainment);
                }
            }
        }
        // Neither order nor repetition matters, and what is written is read again.
        let mut again = all.clone();
        again.extend(all.clone());
        again.reverse();
        let (left, right) = again.split_at(place.index(again.len().max(1)));
        let mut parts: ExecutionRecords = left.iter().cloned().collect();
        parts.merge(right.iter().cloned().collect());
        prop_assert_eq!(&parts, &records);
        prop_assert_eq!(&serde_json::from_str::<ExecutionRecords>(&serde_json::to_string(&records).unwrap()).unwrap(), &records);
        prop_assert_eq!(&serde_json::from_str::<Executions>(&serde_json::to_string(&counted).unwrap()).unwrap(), &counted);
    }

    #[test]
    fn counts_of_parts_are_those_of_the_whole(all in prop::collection::vec(record(), 0..12), as_of in instant()) {
        let period = (day("2025-01-01"), day("2027-12-31"));
        let whole: ExecutionRecords = all.iter().cloned().collect();
        let mut counted = Executions::default();
        for half in [0, 1] {
            let of = |record: &&ExecutionRecord| record.spec().id.as_str().ends_with(['0', '2', '4']) == (half == 0);
            let part: ExecutionRecords = all.iter().filter(of).cloned().collect();
            counted.merge(&Executions::count(&part, period, Zone::UTC, as_of));
        }
        prop_assert_eq!(&counted, &Executions::count(&whole, period, Zone::UTC, as_of));
        let mut sum = guanxi_strategy::Execution::default().wanted() + counted.by_tier.unknown.wanted();
        sum += counted.by_tier.known.values().map(guanxi_strategy::Execution::wanted).sum::<u64>();
        prop_assert_eq!(sum, counted.total.wanted());
    }
}
