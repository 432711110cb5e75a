//! Worked cases of data quality, with the texts that people read.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi_core::{Email, Event, FactMap, FactValue, PersonName, Phone, ReasonCode, SubjectId};
use guanxi_customer::{
    Attribute, Ledger, OrganisationName, Parties, Party, Quality, QualityDimension, QualityPolicy,
    QualitySpec, inspect, labels,
};
use guanxi_policy::{Body, check};
use serde_json::json;

fn at(text: &str) -> DateTime<Utc> {
    guanxi_core::parse_instant(text).unwrap()
}

fn id(text: &str) -> SubjectId {
    text.parse().unwrap()
}

fn firm(key: &str, name: &str) -> Party {
    Party::organisation(id(key), OrganisationName::new(name).unwrap())
}

fn stated(value: FactValue, observed: Option<&str>) -> Attribute {
    Attribute { observed_at: observed.map(at), ..Attribute::of(value) }
}

fn policy() -> QualityPolicy {
    let tree = json!({
        "fields": [
            {"field": {"attribute": "industry"}, "required": true, "only": "organisation", "ask": "sales",
             "greatest_age_days": 365},
            {"field": {"attribute": "employees"}, "schema": {"kind": "int", "min": 1, "supplier": "marketing"}},
            {"field": "phone", "required": true},
            {"field": {"fact": "profit"}, "required": true, "ask": "finance"},
            {"field": {"fact": "needs"}, "schema": {"kind": "int", "part_of": "all_needs"}}
        ],
        "ordered": [{"field": {"attribute": "last_order"}, "at_least": {"attribute": "first_order"}, "ask": "finance"}],
        "unique": [{"field": "name"}, {"field": "phone"}, {"field": {"attribute": "registration"}}],
        "recording": {"ask": "sales"}
    });
    check(&tree, QualityPolicy::read).unwrap()
}

fn event(key: &str, kind: &str, occurred: &str, recorded: Option<&str>) -> Event {
    Event {
        id: key.parse().unwrap(),
        subject: id("C1"),
        kind: kind.parse().unwrap(),
        occurred_at: at(occurred),
        recorded_at: recorded.map(at),
        source: None,
        channel: None,
        attributes: BTreeMap::new(),
    }
}

fn inspected() -> Quality {
    let text = |text: &str| FactValue::Text(text.into());
    let day = |text: &str| FactValue::Date(text.parse().unwrap());
    let phone = |text: &str| Phone::new(text).unwrap();
    let mut parties = Parties::new();
    for party in [
        firm("C1", "Acme Ltd")
            .with_attribute("industry".parse().unwrap(), stated(text("steel"), Some("2025-06-30")))
            .with_attribute("employees".parse().unwrap(), stated(FactValue::Int(0), None))
            .with_attribute("first_order".parse().unwrap(), stated(day("2026-03-01"), None))
            .with_attribute("last_order".parse().unwrap(), stated(day("2026-02-28"), None))
            .with_phone(phone("+86 10 5550 1730")),
        firm("C2", "ACME  ltd")
            .with_attribute("industry".parse().unwrap(), stated(text("steel"), None))
            .with_attribute("employees".parse().unwrap(), stated(text("many"), None))
            .with_attribute("first_order".parse().unwrap(), stated(day("2026-03-01"), None))
            .with_attribute("last_order".parse().unwrap(), stated(text("May"), None))
            .with_phone(phone("(86) 10-5550-1730")),
        firm("C3", "Bolts")
            .with_attribute("industry".parse().unwrap(), stated(text("steel"), Some("2027-01-01")))
            .with_attribute("registration".parse().unwrap(), stated(text("R1"), None)),
        // A person's telephone is not compared with a firm's, and what was erased lacks nothing.
        Party::person(id("P1"), PersonName::new("Wang Xiaoming").unwrap())
            .with_phone(phone("861055501730"))
            .with_email(Email::new("wang@example.com").unwrap()),
        Party::person(id("P2"), PersonName::new("Wang Xiaoming").unwrap())
            .with_phone(phone("861055501730"))
            .erase(at("2026-01-01")),
    ] {
        parties.insert(party).unwrap();
    }
    let int = |map: FactMap, fact: &str, value| map.with(fact.parse().unwrap(), FactValue::Int(value), None);
    let none = || FactMap::new().not_applicable("profit".parse().unwrap());
    let facts = BTreeMap::from([
        (id("C1"), int(int(int(FactMap::new(), "profit", 5), "needs", 10), "all_needs", 9)),
        (id("C2"), none()),
        (id("P1"), none()),
        (id("P2"), none()),
    ]);
    let ledger: Ledger = [
        event("E1", "meeting.held", "2026-02-01", Some("2026-02-02")),
        event("E2", "meeting.held", "2026-02-01", Some("2026-02-02T00:00:01Z")),
        event("E3", "contact.made", "2026-02-01", None),
        event("E4", "order.placed", "2026-02-01", Some("2026-03-02")),
        event("E6", "meeting.held", "2026-02-01", Some("2026-01-31T23:59:59Z")),
        event("E5", "visit.made", "2026-12-01", Some("2027-03-02")),
    ]
    .into_iter()
    .collect();
    inspect(&policy(), &parties, &facts, &ledger, at("2026-06-30T00:00:01Z"))
}

#[test]
fn defects_name_subject_field_and_whom_to_ask() {
    let quality = inspected();
    let shown = |lang| {
        let pack = labels(lang).unwrap();
        let lines = quality.defects.iter().map(|defect| {
            let ask = defect.ask.as_deref().unwrap_or("-");
            format!("{} [{ask}] {}", defect.subject, pack.fill("defect", defect.code(), &defect.args()))
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(shown("en"), @"
    C1 [sales] industry was last observed on 2025-06-30, more than 365 days ago
    C1 [marketing] employees is 0, at least 1 is expected
    C1 [-] needs is 10, more than all_needs of 9
    C1 [finance] last_order is smaller than first_order
    C1 [sales] Event E2 was recorded after 25 hours, 24 are allowed
    C1 [sales] Event E6 was recorded before it occurred
    C2 [marketing] employees is a text, a whole number is expected
    C2 [finance] last_order and first_order cannot be compared
    C2 [-] name is the same as that of C1
    C2 [-] phone number is the same as that of C1
    C3 [sales] industry is missing
    C3 [-] phone number is missing
    C3 [finance] profit is missing
    ");
    insta::assert_snapshot!(shown("zh-CN"), @"
    C1 [sales] industry最近一次观察是 2025-06-30，已超过 365 天
    C1 [marketing] employees为 0，应不小于 1
    C1 [-] needs为 10，超过all_needs（9）
    C1 [finance] last_order小于first_order
    C1 [sales] 事件 E2 在 25 小时后才记录，允许 24 小时
    C1 [sales] 事件 E6 的记录时间早于发生时间
    C2 [marketing] employees为文本，应为整数
    C2 [finance] last_order与first_order无法比较
    C2 [-] 名称与 C1 相同
    C2 [-] 电话与 C1 相同
    C3 [sales] 缺少industry
    C3 [-] 缺少电话
    C3 [finance] 缺少profit
    ");
}

#[test]
fn no_personal_data_leaves_the_record() {
    let shown = format!("{:?}{}", inspected(), serde_json::to_string(&inspected()).unwrap());
    for secret in ["Xiaoming", "Wang", "5550", "wang@"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn each_dimension_has_counts_and_a_score() {
    let quality = inspected();
    let shown = |dimension| {
        let tally = quality.dimensions[&dimension];
        let score = tally.score().map_or("-".into(), |score| score.to_string());
        format!("{} of {}, {} unknown: {score}", tally.sound, tally.checked, tally.unknown)
    };
    // Employees of two firms and the needs of one break their schemas.
    assert_eq!(shown(QualityDimension::Validity), "0 of 3, 0 unknown: 0");
    // Industry 2 of 3, phone 3 of 4 (one is erased), profit 1 of 2 (three do not apply).
    assert_eq!(shown(QualityDimension::Completeness), "6 of 9, 0 unknown: 0.6667");
    // One industry is stale and one undated; one of two dated meetings was late, one contact is undated
    // and one meeting was recorded before it was held, which says nothing of the time that it took.
    assert_eq!(shown(QualityDimension::Timeliness), "1 of 3, 3 unknown: 0.3333");
    // No order of days of two firms holds, and two of three meetings were recorded after they were held.
    assert_eq!(shown(QualityDimension::Consistency), "2 of 5, 0 unknown: 0.4");
    // Names 3 of 4 (one erased), phones 2 of 3, registrations 1 of 1.
    assert_eq!(shown(QualityDimension::Uniqueness), "6 of 8, 0 unknown: 0.75");
    assert_eq!((quality.recording.sound, quality.recording.checked, quality.recording.unknown), (1, 2, 2));
    assert_eq!(quality.fields.len(), 5);
}

#[test]
fn one_way_of_writing_is_not_another_party() {
    let policy = check(
        &json!({"unique": [{"field": "name"}, {"field": "email"}, {"field": "phone"}]}),
        QualityPolicy::read,
    )
    .unwrap();
    let defects = |left: Party, right: Party| {
        let mut parties = Parties::new();
        parties.insert(left).unwrap();
        parties.insert(right).unwrap();
        let quality =
            inspect(&policy, &parties, &BTreeMap::new(), &Ledger::new(), at("2026-06-30T00:00:01Z"));
        quality.defects.len()
    };
    for (left, right, same) in [
        ("东方机械（上海）有限公司", "东方机械(上海)有限公司", true),
        ("ＡＣＭＥ　Ｌｔｄ．", "acme ltd.", true),
        ("东方机械（上海）有限公司", "东方机械（北京）有限公司", false),
    ] {
        assert_eq!(defects(firm("C1", left), firm("C2", right)), usize::from(same), "{left} {right}");
    }
    let mail = |key: &str, text: &str| firm(key, key).with_email(Email::new(text).unwrap());
    assert_eq!(defects(mail("C1", "Wang@Example.com"), mail("C2", "ｗang@example.com")), 1);
    let phone = |key: &str, text: &str| firm(key, key).with_phone(Phone::new(text).unwrap());
    for (left, right, same) in [
        ("13800138000", "+86 138-0013-8000", true),
        ("13800138000", "0086 138 0013 8000", true),
        ("010 5550 1730", "+86 (10) 5550-1730", true),
        ("(86) 10-5550-1730", "+86 (010) 5550 1730", true),
        ("+49 30 123456", "0049 30 123456", true),
        // Eight digits after 86 are no Chinese number with its country: 860 is an area elsewhere.
        ("860 555 1234", "0555 1234", false),
        ("13800138000", "13800138001", false),
        ("000", "0000", false),
    ] {
        assert_eq!(defects(phone("C1", left), phone("C2", right)), usize::from(same), "{left} {right}");
    }
}

#[test]
fn rules_survive_being_written_down() {
    let policy = policy();
    let text = serde_json::to_string(&policy.spec()).unwrap();
    let spec: QualitySpec = serde_json::from_str(&text).unwrap();
    assert_eq!(QualityPolicy::try_from(&spec).unwrap(), policy);
}

#[test]
fn both_languages_label_every_code_with_the_same_slots() {
    let (english, chinese) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert_eq!((english.gaps(&chinese), chinese.gaps(&english)), (vec![], vec![]));
    assert_eq!(labels("de"), None);
    for defect in inspected().defects {
        let code = format!("defect.{}", defect.code());
        assert!(english.get(&code).is_some(), "{code}");
        let text = english.fill("defect", defect.code(), &defect.args());
        assert!(!text.contains('{'), "{text}");
    }
}
