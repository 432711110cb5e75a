//! What others got wrong, by name: points twice for one click, a total that is not that of the log, updates
//! that are lost; and a customer that is created a second time.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi_core::{Event, FactMap, SubjectId, parse_instant};
use guanxi_leads::{
    Applied, Conversion, ConversionState, Converting, CustomerKind, Directory, ExactKey, KeyValue, Lead,
    LeadGiven, LeadLedger, LeadPolicyDocument, LeadScore, Line, Points, Resolution, Verdict, plan_conversion,
    preset, score,
};
use serde_json::json;

use crate::problems;

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

fn event(id: &str, kind: &str, occurred_at: &str, message: Option<&str>) -> Event {
    let attributes = message.map_or(json!({}), |message| json!({"message": {"text": message}}));
    let event = json!({"id": id, "subject": "L1", "kind": kind, "occurred_at": occurred_at, "attributes": attributes});
    serde_json::from_value(event).unwrap()
}

/// Opening a message brings 7 points, a click 3.
fn mails() -> LeadPolicyDocument {
    let mut body = problems::body();
    body["vocabulary"]["events"] = json!(["mail.opened", "mail.clicked"]);
    body["engagement"]["rules"] = json!([
        {"id": "opened", "events": ["mail.opened"], "points": 7, "once_by": "message", "decay": {"window": {"days": 90}}},
        {"id": "clicked", "events": ["mail.clicked"], "points": 3, "cap": 6, "decay": {"half_life": {"days": 30}}},
    ]);
    body["engagement"]["caps"] = json!({"day": {"max": 12}});
    let document = json!({"schema": "guanxi.leads/1", "id": "mails", "version": "1", "body": body});
    LeadPolicyDocument::from_value(&document).unwrap()
}

fn scored(ledger: &LeadLedger, as_of: &str) -> LeadScore {
    let given = LeadGiven { facts: &FactMap::new(), ledger, overridden: None };
    score(&mails(), &given, at(as_of)).outcome
}

/// mautic/mautic#5155: a click without the picture of the message counted as two openings, 17 points instead
/// of 10.
#[test]
fn one_click_brings_its_points_once() {
    let opened = event("E1", "mail.opened", "2026-06-30T08:00:00Z", Some("m1"));
    let clicked = event("E2", "mail.clicked", "2026-06-30T08:00:00Z", Some("m1"));
    let plain: LeadLedger = [opened.clone(), clicked.clone()].into_iter().collect();
    let total = |ledger: &LeadLedger| scored(ledger, "2026-06-30T08:00:00Z").engagement.total.to_string();
    assert_eq!(total(&plain), "10");
    // The click arrives twice; and the tracker makes a second opening of it, with an id of its own.
    let mut noisy = plain.clone();
    noisy.extend([clicked, event("E3", "mail.opened", "2026-06-30T08:00:00Z", Some("m1"))]);
    assert_eq!(total(&noisy), "10");
    let lines = scored(&noisy, "2026-06-30T08:00:00Z").engagement.lines;
    let once = lines.iter().find(|line| matches!(line, Line::Once { .. })).unwrap();
    assert_eq!(once.amount().to_string(), "-7");
    // Another message is another opening: 20 points of one day, of which 12 count.
    noisy.extend([event("E4", "mail.opened", "2026-06-30T07:00:00Z", Some("m2"))]);
    assert_eq!(total(&noisy), "12");
}

/// mautic/mautic#5369: a score of 127 with a log of 47.
#[test]
fn the_total_is_that_of_the_log() {
    let mut ledger = LeadLedger::new();
    for day in 1..=28 {
        let message = format!("m{}", day % 5);
        ledger.extend([
            event(&format!("O{day}"), "mail.opened", &format!("2026-06-{day:02}T08:00:00Z"), Some(&message)),
            event(&format!("C{day}"), "mail.clicked", &format!("2026-06-{day:02}T08:00:01Z"), None),
        ]);
        for as_of in [format!("2026-06-{day:02}T09:00:00Z"), format!("2026-07-{day:02}T00:00:01Z")] {
            let engagement = scored(&ledger, &as_of).engagement;
            assert_eq!(engagement.lines.iter().map(Line::amount).sum::<Points>(), engagement.total);
        }
    }
    assert_eq!(scored(&ledger, "2026-06-30").engagement.total.to_string(), "40.707413");
}

/// mautic/mautic PR 4752: two workers each add points to the total that they have read, and one addition is
/// lost.
#[test]
fn no_update_is_lost() {
    let base: LeadLedger =
        [event("E1", "mail.opened", "2026-06-29T08:00:00Z", Some("m1"))].into_iter().collect();
    let (mut here, mut there) = (base.clone(), base);
    here.extend([event("E2", "mail.clicked", "2026-06-30T08:00:00Z", None)]);
    there.extend([event("E3", "mail.opened", "2026-06-30T08:00:00Z", Some("m2"))]);
    let mut merged = here.clone();
    merged.merge(there.clone());
    there.merge(here);
    assert_eq!(merged, there);
    assert_eq!(merged.len(), 3);
    assert_eq!(scored(&merged, "2026-06-30T08:00:00Z").engagement.total.to_string(), "17");
}

fn key(kind: &str, value: &str) -> ExactKey {
    ExactKey { kind: kind.parse().unwrap(), value: KeyValue::new(value).unwrap() }
}

fn converted(lead: &Lead, directory: &Directory, resolved: &BTreeMap<SubjectId, Resolution>) -> Conversion {
    let (ledger, customer) = (LeadLedger::new(), format!("C-{}", lead.id).parse().unwrap());
    let converting = Converting { lead, ledger: &ledger, customer: &customer, resolved };
    plan_conversion(&preset("standard").unwrap(), &converting, directory, at("2026-06-30")).outcome
}

/// 1Panel-dev/CordysCRM#2865: a lead with the name of a customer became a second customer of that name.
#[test]
fn no_second_customer_of_the_same_name() {
    let customer: SubjectId = "C7".parse().unwrap();
    let mut directory = Directory::new().with_party(
        customer.clone(),
        CustomerKind::Organisation,
        [key("name", "east china software"), key("registration_number", "R-1")],
    );
    let before = directory.clone();
    let mut lead = Lead::new("L1".parse().unwrap(), CustomerKind::Organisation, at("2026-06-01"));
    lead.keys = [key("name", "east china software")].into();

    // A name alone does not decide: somebody has to look, and nothing is created meanwhile.
    let none = BTreeMap::new();
    let held = converted(&lead, &directory, &none);
    assert_eq!((held.state, held.plan), (ConversionState::Held, None));
    assert_eq!(
        (held.duplicates[0].party.clone(), held.duplicates[0].verdict),
        (customer.clone(), Verdict::Review)
    );
    let resolved = [(lead.id.clone(), Resolution::Link(customer.clone()))].into();
    let linked = converted(&lead, &directory, &resolved);
    assert_eq!(linked.customer, Some(customer.clone()));

    // A registration number does.
    lead.keys.insert(key("registration_number", "R-1"));
    let plan = converted(&lead, &directory, &none).plan.unwrap();
    assert_eq!(plan.customer, customer);
    assert_eq!(directory.apply(&plan), Ok(Applied::Done));
    assert_eq!(directory.len(), 1);
    // Twice pressed, once done.
    assert_eq!(directory.apply(&plan), Ok(Applied::Before));
    assert_eq!(converted(&lead, &directory, &none).state, ConversionState::Converted);
    assert_eq!(directory.apply(&plan.undo()), Ok(Applied::Done));
    assert_eq!(directory, before);
}

/// Two sessions convert two leads of one new firm at the same time: the second plan knows nothing of the
/// first one's customer, and is refused instead of creating it again.
#[test]
fn no_second_customer_by_a_plan_that_is_out_of_date() {
    let none = BTreeMap::new();
    let leads = ["L1", "L2"].map(|id| {
        let mut lead = Lead::new(id.parse().unwrap(), CustomerKind::Organisation, at("2026-06-01"));
        lead.keys = [key("registration_number", "R-1")].into();
        lead
    });
    let mut directory = Directory::new();
    let plans = leads.each_ref().map(|lead| converted(lead, &directory, &none).plan.unwrap());
    assert_eq!(directory.apply(&plans[0]), Ok(Applied::Done));
    let after = directory.clone();
    insta::assert_snapshot!(directory.apply(&plans[1]).unwrap_err(), @"party `C-L1` has a key of `C-L2`, and the plan does not know of it: plan again");
    assert_eq!(directory, after);
    let again = converted(&leads[1], &directory, &none).plan.unwrap();
    assert_eq!(again.customer.as_str(), "C-L1");
    assert_eq!(directory.apply(&again), Ok(Applied::Done));
    // What the second lead has become stands on the first one's customer, which therefore stays.
    insta::assert_snapshot!(directory.apply(&plans[0].clone().undo()).unwrap_err(), @"party `C-L1` is in use and cannot be removed");
}
