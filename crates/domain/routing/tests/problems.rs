//! What is wrong with a document is named whole; what is suspicious is found; the presets are sound and have
//! words for everything.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use guanxi_core::{DecimalText, ReasonCode, parse_decimal, parse_instant};
use guanxi_policy::{Body, Document, LabelPack, Warning};
use guanxi_routing::{
    Allowance, PoolDocument, PoolPolicy, PoolReason, Roster, RosterDocument, RoutingDocument, RoutingPolicy,
    RoutingReason, RoutingState, labels, lint_pool, lint_roster, lint_routing, pool_preset, pool_preset_ids,
    routing_preset, routing_preset_ids,
};
use serde_json::{Value, json};

fn refused<B: Body>(body: &Value) -> String {
    let tree = json!({"schema": B::SCHEMA, "id": "ours", "version": "1", "body": body});
    Document::<B>::from_value(&tree).err().unwrap().to_string()
}

#[test]
fn every_problem_of_a_roster_is_named() {
    insta::assert_snapshot!(refused::<Roster>(&json!({
        "zone": "CST", "peopel": [],
        "people": [
            {"id": "A", "queues": {"1st": "1", "b": "-1", "c": "0.00001"}, "weight": 1},
            {"id": "A"},
            {"id": "A"},
            {"id": "", "active": "no", "skills": ["", 7], "conflicts": "C-1"},
            {"id": "B", "leave": [{"from": "2026-02-30"}, {"from": "2026-07-02", "to": "2026-07-01"}, {"to": "2026-07-01"}]},
            {"id": "C", "capacity": {"open": "-1", "per_day": "0.0000001", "window": {"effort": "5", "hours": 0}, "per_week": 1}}
        ]
    })), @r#"
    body.peopel: unknown field, given `peopel`, allowed: zone, people (did you mean `people`?)
    body.zone: not allowed here, given "CST", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `CST`
    body.people[0].weight: unknown field, given `weight`, allowed: id, active, queues, leave, skills, territories, languages, conflicts, capacity
    body.people[0].queues.1st: not allowed here, given `1st`, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `1st`
    body.people[0].queues.b: not allowed here, given "-1", allowed: a weight is from 0 to 10000 with at most four decimal places, got `-1`
    body.people[0].queues.c: not allowed here, given "0.00001", allowed: a weight is from 0 to 10000 with at most four decimal places, got `0.00001`
    body.people[2]: duplicate, given id `A`, allowed: each person once
    body.people[3].id: not allowed here, given "", allowed: an id must not be empty
    body.people[3].active: not allowed here, given "no", allowed: invalid type: string "no", expected a boolean
    body.people[3].skills[0]: not allowed here, given "", allowed: an id must not be empty
    body.people[3].skills[1]: not allowed here, given 7, allowed: invalid type: integer `7`, expected an id as text
    body.people[3].conflicts: not allowed here, given "C-1", allowed: invalid type: string "C-1", expected a sequence
    body.people[4].leave[0].from: not allowed here, given "2026-02-30", allowed: an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`
    body.people[4].leave[1]: not allowed here, given {"from":"2026-07-02","to":"2026-07-01"}, allowed: an end after the beginning
    body.people[4].leave[2].from: missing field, allowed: `from` is required
    body.people[5].capacity.per_week: unknown field, given `per_week`, allowed: open, per_day, window
    body.people[5].capacity.open: not allowed here, given "-1", allowed: an allowance is from 0 to 1000000 with at most six decimal places, got `-1`
    body.people[5].capacity.per_day: not allowed here, given "0.0000001", allowed: an allowance is from 0 to 1000000 with at most six decimal places, got `0.0000001`
    body.people[5].capacity.window.hours: not allowed here, given 0, allowed: 1 to 8784 hours
    "#);
    insta::assert_snapshot!(refused::<Roster>(&json!({"people": []})), @"body.people: not allowed here, given 0 people, allowed: 1 to 10000 people");
}

#[test]
fn a_roster_has_one_normal_form() {
    let tree = json!({"schema": "guanxi.roster/1", "id": "ours", "version": "1", "body": {"zone": "+08:00", "people": [
        {"id": "B", "queues": {"x": 1}, "leave": [
            {"from": "2026-07-10", "to": "2026-07-12"}, {"from": "2026-07-01", "to": "2026-07-02"},
            {"from": "2026-07-03T00:00:00+08:00", "to": "2026-07-04"}, {"from": "2026-12-01"}, {"from": "2026-12-24", "to": "2026-12-26"}
        ]},
        {"id": "A", "queues": {"x": "1.50"}, "skills": ["crm", "erp", "crm"]}
    ]}});
    let roster = RosterDocument::from_value(&tree).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&roster.to_value()["body"]).unwrap(), @r#"{"people":[{"id":"A","queues":{"x":"1.5"},"skills":["crm","erp"]},{"id":"B","leave":[{"from":"2026-06-30T16:00:00Z","to":"2026-07-04T16:00:00Z"},{"from":"2026-07-09T16:00:00Z","to":"2026-07-12T16:00:00Z"},{"from":"2026-11-30T16:00:00Z"}],"queues":{"x":"1"}}],"zone":"+08:00"}"#);
    assert_eq!(RosterDocument::from_value(&roster.to_value()).unwrap(), roster);
}

#[test]
fn every_problem_of_a_routing_policy_is_named() {
    insta::assert_snapshot!(refused::<RoutingPolicy>(&json!({
        "vocabulary": {"facts": {"score": {"kind": "int"}, "region": {"kind": "text"}}},
        "zone": "CST", "owner": "last", "week_start": "noon", "priority": "region",
        "match": {"skills": {"fact": "score"}, "territories": {"fact": "teritory", "missing": "nobody"}, "language": {}},
        "queues": ["a", "a", "1st"],
        "rules": [
            {"id": "first", "when": "score >= \"high\" and regoin = 1", "to": []},
            {"id": "first", "when": {"fact": "score", "at_least": 80}, "unknown": "maybe", "to": [{"queue": "b"}, {"person": "A"}, {"person": "A"}]},
            {"id": "third", "to": [{"queue": "a", "person": "A"}, {}, 7]}
        ],
        "fallback": ["a", "a", "c"],
        "response": [{"id": "r", "within": {"hours": 0}}, {"id": "first", "within": {"weeks": 1}}, {"within": {"hours": 1, "days": 1}}]
    })), @r#"
    body.zone: not allowed here, given "CST", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `CST`
    body.week_start: not allowed here, given "noon", allowed: unknown variant `noon`, expected one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`
    body.owner: not allowed here, given "last", allowed: first, within_capacity, ignored
    body.queues[1]: duplicate, given "a", allowed: each queue once
    body.queues[2]: not allowed here, given "1st", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `1st`
    body.match.language: unknown field, given `language`, allowed: skills, territories, languages (did you mean `languages`?)
    body.match.skills.fact: not allowed here, given "score", allowed: a fact that is a text or a set
    body.match.territories.missing: not allowed here, given "nobody", allowed: anyone, unlimited
    body.match.territories.fact: unknown name, given "teritory", allowed: a fact of the vocabulary
    body.priority: not allowed here, given "region", allowed: a fact that is a decimal or whole number
    body.rules[0].when: wrong type, given `"high"` (column 10), allowed: a number
    body.rules[0].when: unknown name, given `regoin` (column 21), allowed: region, score (did you mean `region`?)
    body.rules[0].to: not allowed here, given [], allowed: at least one target, such as {"queue": "seniors"}
    body.rules[1].id: duplicate, given "first", allowed: each rule has an id of its own
    body.rules[1].unknown: not allowed here, given "maybe", allowed: fails, holds
    body.rules[1].to[2]: duplicate, given {"person":"A"}, allowed: each target once
    body.rules[2].when: missing field, allowed: `when` is required
    body.rules[2].to[0]: not allowed here, given {"person":"A","queue":"a"}, allowed: either a queue or a person
    body.rules[2].to[1]: not allowed here, given {}, allowed: either a queue or a person
    body.rules[2].to[2]: wrong type, given 7, allowed: a table with queue, person
    body.fallback[1]: duplicate, given "a", allowed: each queue once
    body.response[0].within: not allowed here, given {"hours":0}, allowed: 1 to 100000 of one unit
    body.response[1].within: not allowed here, given {"weeks":1}, allowed: unknown variant `weeks`, expected one of `minutes`, `hours`, `days`, `working_minutes`, `working_hours`, `working_days`
    body.response[2].id: missing field, allowed: `id` is required
    body.response[2].within: not allowed here, given {"days":1,"hours":1}, allowed: invalid value: map, expected map with a single key
    "#);
    insta::assert_snapshot!(refused::<RoutingPolicy>(&json!({"queues": []})), @"body.queues: not allowed here, given 0 queues, allowed: 1 to 1000 queues");
}

#[test]
fn queues_are_only_checked_against_queues_that_could_be_read() {
    insta::assert_snapshot!(refused::<RoutingPolicy>(&json!({
        "queues": "a", "rules": [{"id": "first", "when": "always", "to": [{"queue": "b"}]}]
    })), @r#"body.queues: wrong type, given "a", allowed: a list"#);
}

#[test]
fn every_problem_of_a_pool_policy_is_named() {
    insta::assert_snapshot!(refused::<PoolPolicy>(&json!({
        "vocabulary": {"facts": {"tier": {"kind": "text"}}},
        "claims": {"per_day": -1, "holding": 1.5, "again_after": {"days": 0}, "new_after": {"fortnights": 1}},
        "protect": [{"id": "p", "when": "teir = 1"}, {"id": "p"}],
        "recycle": [
            {"id": "p", "after": {"years": 101}},
            {"id": "r", "since": "birth", "after": {"days": 1}, "warn": 3},
            {"id": "s", "since": {"fact": "tier"}, "after": {"days": 1}},
            {"id": "t", "since": {"fact": "contract"}}
        ]
    })), @r#"
    body.claims.per_day: not allowed here, given -1, allowed: invalid value: integer `-1`, expected u32
    body.claims.holding: not allowed here, given 1.5, allowed: invalid type: floating point `1.5`, expected u32
    body.claims.again_after: not allowed here, given {"days":0}, allowed: a span above 0 and of at most 100 years
    body.claims.new_after: not allowed here, given {"fortnights":1}, allowed: unknown variant `fortnights`, expected one of `hours`, `days`, `weeks`, `months`, `years`
    body.protect[0].when: unknown name, given `teir` (column 1), allowed: tier (did you mean `tier`?)
    body.protect[1].id: duplicate, given "p", allowed: each rule has an id of its own
    body.protect[1].when: missing field, allowed: `when` is required
    body.recycle[0].id: duplicate, given "p", allowed: each rule has an id of its own
    body.recycle[0].after: not allowed here, given {"years":101}, allowed: a span above 0 and of at most 100 years
    body.recycle[1].since: not allowed here, given "birth", allowed: follow_up, assignment
    body.recycle[1].warn: not allowed here, given 3, allowed: invalid type: integer `3`, expected string or map
    body.recycle[2].since.fact: not allowed here, given "tier", allowed: a fact that is a date or an instant
    body.recycle[3].since.fact: unknown name, given "contract", allowed: a fact of the vocabulary
    body.recycle[3].after: missing field, allowed: `after` is required
    "#);
}

#[test]
fn what_is_remembered_is_checked() {
    let refused = |text: &str| serde_json::from_str::<RoutingState>(text).unwrap_err().to_string();
    let rotation = |able: &str, shares: &str| {
        refused(&format!(
            r#"{{"queues":{{"a":{{"rotations":[{{"able":{able},"since":"2026-06-30T00:00:00Z","shares":{shares}}}]}}}}}}"#
        ))
    };
    insta::assert_snapshot!(rotation(r#"["A","B"]"#, r#"[{"person":"A","weight":"1","taken":3},{"person":"B","weight":"1","taken":1}]"#), @"the counts of a rotation are within one of their share, that of `A` is not at line 1 column 166");
    insta::assert_snapshot!(rotation(r#"["A"]"#, r#"[{"person":"A","weight":"1","taken":0},{"person":"A","weight":"1","taken":0}]"#), @"the shares of a rotation are of people who are able, each once, got `A` at line 1 column 162");
    insta::assert_snapshot!(rotation(r#"["A"]"#, r#"[{"person":"B","weight":"1","taken":0}]"#), @"the shares of a rotation are of people who are able, each once, got `B` at line 1 column 124");
    insta::assert_snapshot!(rotation(r#"["A"]"#, r#"[{"person":"A","weight":"0","taken":0}]"#), @"the shares of a rotation are of people who are able, each once, got `A` at line 1 column 124");
    insta::assert_snapshot!(refused(r#"{"queues":{"a":{"people":{"A":{"taken":1,"behind":"1000000.1"}}}}}"#), @"`behind` has at most ten decimal places and lies within 1000000, got `1000000.1` at line 1 column 63");
    insta::assert_snapshot!(refused(r#"{"queues":{"a":{"people":{"A":{"taken":1,"behind":"0.00000000001"}}}}}"#), @"`behind` has at most ten decimal places and lies within 1000000, got `0.00000000001` at line 1 column 67");
    insta::assert_snapshot!(refused(r#"{"peopel": {}}"#), @"unknown field `peopel`, expected one of `as_of`, `people`, `queues` at line 1 column 9");
}

fn shown(warnings: &[Warning]) -> String {
    let line = |warning: &Warning| {
        format!("{}: {}: {} [{}]", warning.path, warning.found, warning.advice, warning.code)
    };
    warnings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn document<B: Body>(body: &Value) -> Document<B> {
    Document::from_value(&json!({"schema": B::SCHEMA, "id": "ours", "version": "1", "body": body})).unwrap()
}

#[test]
fn what_is_suspicious_is_found() {
    let policy: RoutingDocument = document(&json!({
        "vocabulary": {"facts": {"score": {"kind": "int", "min": "0"}}},
        "queues": ["a", "b", "c"],
        "rules": [
            {"id": "first", "when": "score >= 0 and score >= 0", "to": [{"queue": "a"}, {"person": "Z"}]},
            {"id": "second", "when": "always", "to": [{"person": "Y"}, {"queue": "b"}]},
            {"id": "third", "when": "score >= 90", "to": [{"queue": "a"}]}
        ],
        "response": [{"id": "all", "within": {"hours": 1}}, {"id": "never", "within": {"hours": 2}}]
    }));
    insta::assert_snapshot!(shown(&lint_routing(&policy)), @"
    body.queues[2]: c: no item ever gets there; name it or leave it out [unused_queue]
    body.rules[0].when.all[0]: score >= 0: every value passes: ask whether it is known, if that is meant [always_true]
    body.rules[0].when.all[1]: score >= 0: write it once [repeated]
    body.rules[0].when.all[1]: score >= 0: every value passes: ask whether it is known, if that is meant [always_true]
    body.rules[2]: `third` after `second`, which always holds: it never decides; put it before, or leave it out [unreachable_rule]
    body.fallback: no queue: items wait where no rule holds or nobody can take them; name a queue to fall back on [no_fallback]
    body.response[1]: `never` after `all`, which always holds: it never decides; put it before, or leave it out [unreachable_rule]
    ");
    let roster: RosterDocument = document(&json!({"people": [
        {"id": "A", "queues": {"a": "0", "b": "1", "d": "1"}}, {"id": "Y", "active": false, "queues": {"a": "1"}}
    ]}));
    insta::assert_snapshot!(shown(&lint_roster(&policy, &roster)), @"
    body.queues[0]: a: nobody who is active takes turns in it [empty_queue]
    body.queues[2]: c: nobody who is active takes turns in it [empty_queue]
    body.rules[0].to[1]: Z: the roster has nobody of this name who is active [unknown_person]
    body.rules[1].to[0]: Y: the roster has nobody of this name who is active [unknown_person]
    roster: d: the policy has no such queue [unknown_queue]
    ");
    let pool: PoolDocument = document(&json!({
        "protect": [{"id": "p", "when": "not not always"}],
        "recycle": [
            {"id": "first", "after": {"days": 7}, "warn": {"weeks": 1}}, {"id": "second", "after": {"months": 1}, "warn": {"days": 29}}
        ]
    }));
    insta::assert_snapshot!(shown(&lint_pool(&pool)), @"
    body.protect[0].when: not not always: leave both out [double_negation]
    body.protect[0].when.not: not always: write the other one of always and never [constant]
    body.recycle[1]: `second` after `first`, which always holds: it never decides; put it before, or leave it out [unreachable_rule]
    body.recycle[0].warn: first: the owner is warned from the beginning; warn later, or recycle later [warns_at_once]
    ");
}

#[test]
fn presets_are_sound_and_never_change_in_silence() {
    let mut stamps = Vec::new();
    for id in routing_preset_ids() {
        let preset = routing_preset(id).unwrap();
        assert_eq!(shown(&lint_routing(&preset)), "");
        stamps.push(preset.stamp());
    }
    for id in pool_preset_ids() {
        let preset = pool_preset(id).unwrap();
        assert_eq!(shown(&lint_pool(&preset)), "");
        stamps.push(preset.stamp());
    }
    assert!(routing_preset("other").is_none() && pool_preset("other").is_none());
    // A changed preset changes decisions: a new version is due, and a note in the changelog.
    let lines = stamps.iter().map(|stamp| format!("{} {} {}", stamp.id, stamp.version, stamp.fingerprint));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    standard 1.0.0 e8756662e5a0b704252affd2405ed8e8a9cfc36fe1dee65b3e7b39a14b3934a1
    software-case 1.0.0 511764dc8b1f3045aa41e2ef9d324cb6f92ffaebc79a63f8b645c69939173465
    standard 1.0.0 f3e4064db401388320c02a41f69ea15fad383375e40b1ec473e2a7986d1c5a6b
    ");
}

fn at() -> DateTime<Utc> {
    parse_instant("2026-06-30T16:00:00Z").unwrap()
}

fn every_routing_reason() -> Vec<RoutingReason> {
    let person = || "U7".parse().unwrap();
    let (queue, rule) = (|| "seniors".parse().unwrap(), || "high".parse().unwrap());
    let effort = |text: &str| DecimalText(parse_decimal(text).unwrap());
    let limit = |text: &str| Allowance::try_from(effort(text)).unwrap();
    let word = |text: &str| Some(text.parse().unwrap());
    vec![
        RoutingReason::StateFromFuture { at: at() },
        RoutingReason::RuleUnknown { rule: rule() },
        RoutingReason::RuleHolds { rule: rule() },
        RoutingReason::NoRuleHolds,
        RoutingReason::OwnerAsked { person: person() },
        RoutingReason::OwnerKeeps { person: person() },
        RoutingReason::QueueAsked { queue: queue() },
        RoutingReason::FallbackAsked { queue: queue() },
        RoutingReason::PersonAsked { person: person() },
        RoutingReason::NotOnRoster { person: person() },
        RoutingReason::Inactive { person: person() },
        RoutingReason::Away { person: person(), until: Some(at()) },
        RoutingReason::LacksSkill { person: person(), skill: word("crm") },
        RoutingReason::OutsideTerritory { person: person(), territory: word("East China") },
        RoutingReason::LacksLanguage { person: person(), language: None },
        RoutingReason::InConflict { person: person(), subject: "C-17".parse().unwrap() },
        RoutingReason::WeightZero { person: person() },
        RoutingReason::OpenFull { person: person(), open: effort("12.5"), limit: limit("12") },
        RoutingReason::DayFull { person: person(), left: effort("-0.5"), limit: limit("0.5") },
        RoutingReason::WindowFull { person: person(), used: effort("3"), limit: limit("3"), hours: 4 },
        RoutingReason::QueueEmpty { queue: queue() },
        RoutingReason::NobodyFree { queue: queue() },
        RoutingReason::Turn { person: person(), of: 3, behind: effort("0.6667") },
        RoutingReason::Named { person: person() },
        RoutingReason::Waits,
        RoutingReason::PolicyNotInForce { from: None, to: Some(at()) },
    ]
}

fn every_pool_reason() -> Vec<PoolReason> {
    let (rule, fact) = (|| "key".parse().unwrap(), || "contract_ends".parse().unwrap());
    vec![
        PoolReason::NotInPool { from: at() },
        PoolReason::NewProtected { until: at() },
        PoolReason::CoolingDown { until: at() },
        PoolReason::ClaimsUsed { claimed: 10, limit: 10 },
        PoolReason::HoldingFull { holding: 200, limit: 200 },
        PoolReason::MayClaim,
        PoolReason::NotAssigned { from: at() },
        PoolReason::ConditionUnknown { rule: rule() },
        PoolReason::Protected { rule: rule() },
        PoolReason::RecycleRule { rule: rule() },
        PoolReason::NoRecycleRule,
        PoolReason::SinceUnknown { fact: fact() },
        PoolReason::SinceFollowUp { at: at() },
        PoolReason::NeverFollowedUp { at: at() },
        PoolReason::SinceAssignment { at: at() },
        PoolReason::SinceFact { fact: fact(), at: at() },
        PoolReason::NotDue { at: at() },
        PoolReason::Warned { at: at() },
        PoolReason::Recycled { at: at() },
        PoolReason::PoolNotInForce { from: Some(at()), to: None },
    ]
}

fn checked<R: ReasonCode + serde::Serialize>(reasons: &[R], codes: &mut BTreeSet<String>) -> Vec<String> {
    let pack = |lang: &str| labels(lang).unwrap();
    for reason in reasons {
        let json = serde_json::to_value(reason).unwrap();
        assert_eq!(json["code"].as_str(), Some(reason.code()));
        assert!(codes.insert(format!("reason.{}", reason.code())), "{} twice", reason.code());
        let names: BTreeSet<&str> = reason.args().iter().map(|(name, _)| *name).collect();
        let fields: BTreeSet<&str> =
            json.as_object().unwrap().keys().map(String::as_str).filter(|name| *name != "code").collect();
        assert_eq!(names, fields, "{}", reason.code());
    }
    ["en", "zh-CN"]
        .iter()
        .flat_map(|lang| {
            let names =
                LabelPack::parse(r#"{"person.U7": "Wang", "queue.seniors": "Seniors", "rule.high": "high"}"#)
                    .unwrap();
            let pack = pack(lang).with(names);
            reasons.iter().map(move |reason| pack.reason(reason)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_reason_reads_well_in_both_languages() {
    let (english, chinese) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert_eq!((english.gaps(&chinese), chinese.gaps(&english)), (vec![], vec![]));
    assert!(labels("fr").is_none());
    let mut codes = BTreeSet::new();
    insta::assert_snapshot!(checked(&every_routing_reason(), &mut codes).join("\n"), @"
    An item of 2026-06-30, which is later than this, has been routed already
    Nobody knows whether the rule high holds
    The rule high holds
    No rule holds
    Wang has it at present and is asked first
    Wang keeps it
    The queue Seniors is asked
    The queue Seniors is asked as a fallback
    Wang is asked
    Wang is not on the roster
    Wang does not work here at present
    Wang is away until 2026-06-30
    Wang lacks the skill crm
    Wang does not work in East China
    Wang does not speak –
    Wang must not get C-17
    Wang takes no turns (weight 0)
    Wang has 12.5 of at most 12 open
    Wang has -0.5 left of 0.5 a day
    Wang has taken 3 of at most 3 in 4 hours
    The queue Seniors has nobody
    Nobody in the queue Seniors can take it
    It is the turn of Wang among 3 (behind by 0.6667)
    Wang gets it by name
    Nobody can take it: it waits
    The routing policy is in force from – to 2026-06-30 only
    此前已分配过更晚（2026-06-30）的事项
    规则“high”是否成立尚不清楚
    规则“high”成立
    没有规则成立
    Wang 是现负责人，优先考虑
    Wang 继续负责
    在队列“Seniors”中分配
    转到后备队列“Seniors”
    指定给 Wang
    Wang 不在名册上
    Wang 目前不在岗
    Wang 请假至 2026-06-30
    Wang 不具备技能“crm”
    Wang 不负责区域“East China”
    Wang 不会语言“–”
    Wang 须回避 C-17
    Wang 不参与轮转（权重为 0）
    Wang 在手 12.5，上限 12
    Wang 当日余量 -0.5，每日额度 0.5
    Wang 在 4 小时内已接 3，上限 3
    队列“Seniors”没有成员
    队列“Seniors”中无人可接
    3 人中轮到 Wang（落后 0.6667）
    按指定分配给 Wang
    无人可接，等待分配
    分配方案仅在 – 至 2026-06-30 期间有效
    ");
    insta::assert_snapshot!(checked(&every_pool_reason(), &mut codes).join("\n"), @"
    Comes into the pool on 2026-06-30 only
    New in the pool: nobody may claim it before 2026-06-30
    Was released by the same person: may be claimed again on 2026-06-30
    10 of at most 10 records claimed today
    Holds 200 of at most 200 records
    May be claimed
    Not assigned before 2026-06-30
    Nobody knows whether key holds
    Protected by key
    The rule key holds
    No rule is about it: it stays
    contract_ends is not known: nothing is recycled
    Last followed up on 2026-06-30
    Never followed up since it was assigned on 2026-06-30
    Assigned on 2026-06-30
    contract_ends is 2026-06-30
    Recycled on 2026-06-30 at the earliest
    Will be recycled on 2026-06-30
    To be recycled since 2026-06-30
    The pool policy is in force from 2026-06-30 to – only
    2026-06-30 才进入公海
    新入公海的数据，2026-06-30 前不可领取
    前负责人冷却期内，2026-06-30 起方可再次领取
    当日已领取 10 条，上限 10 条
    已持有 200 条，上限 200 条
    可以领取
    2026-06-30 才分配
    “key”是否成立尚不清楚
    受“key”保护，不回收
    规则“key”成立
    没有适用的回收规则，保留
    “contract_ends”未知，不回收
    最近一次跟进在 2026-06-30
    自 2026-06-30 分配以来从未跟进
    分配于 2026-06-30
    “contract_ends”为 2026-06-30
    最早于 2026-06-30 回收
    将于 2026-06-30 回收
    自 2026-06-30 起应回收
    公海方案仅在 2026-06-30 至 – 期间有效
    ");
    // No label without a reason.
    assert_eq!(english.iter().map(|(code, _)| code.to_owned()).collect::<BTreeSet<_>>(), codes);
}
