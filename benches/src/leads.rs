//! Leads with ledgers of any length, for counts of instructions.
use std::error::Error;
use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi::core::{Event, FactMap, parse_instant};
use guanxi::leads::{LeadGiven, LeadLedger, LeadPolicyDocument, score};
use serde_json::json;

type Failed = Box<dyn Error>;

/// What can be counted: a whole decision with 1 000 and 10 000 events, and one more event for such a ledger.
pub const WHAT: [&str; 4] = ["lead_1k", "lead_10k", "event_1k", "event_10k"];

/// The events that can be added at most.
const MORE: usize = 1_100;

/// Two rules with half-lives, a window and steps, and caps of all kinds.
fn policy() -> Result<LeadPolicyDocument, Failed> {
    let document = json!({"schema": "guanxi.leads/1", "id": "bench", "version": "1", "body": {
        "vocabulary": {"events": ["mail.opened"]},
        "weights": {"fit": 0, "engagement": 1},
        "fit": {"conditions": [{"id": "any", "when": "always", "points": 1}]},
        "engagement": {
            "full": 100_000,
            "rules": [
                {"id": "opened", "events": ["mail.opened"], "points": 3, "group": "mail",
                    "decay": {"window": {"days": 365}, "half_life": {"days": 30}}},
                {"id": "talked", "events": ["@interaction"], "points": 10,
                    "decay": {"half_life": {"days": 90}, "steps": [{"after": {"days": 30}, "share": "0.5"}]}},
            ],
            "caps": {"groups": {"mail": {"max": 50_000}}, "day": {"max": 200}, "source": {"max": 90_000}},
        },
        "bands": [{"id": "high", "from": 10}, {"id": "low", "from": 0}],
    }});
    Ok(LeadPolicyDocument::from_value(&document)?)
}

/// The event of a number, an hour after that of the number before.
fn event(number: usize, begin: DateTime<Utc>) -> Result<Event, Failed> {
    let hours = TimeDelta::try_hours(i64::try_from(number)?).ok_or("too many")?;
    let kind = if number.is_multiple_of(3) { "contact.replied" } else { "mail.opened" };
    let event = json!({
        "id": format!("E{number}"), "subject": "L1", "kind": kind, "source": format!("s{}", number % 5),
        "occurred_at": (begin + hours).to_rfc3339(),
    });
    Ok(serde_json::from_value(event)?)
}

/// Does one of [`WHAT`] so many times.
///
/// # Errors
/// What is made up is sound, so there is none.
pub fn run(what: &str, times: usize) -> Result<(), Failed> {
    let length = if what.ends_with("10k") { 10_000 } else { 1_000 };
    let as_of = parse_instant("2026-06-30")?;
    let begin = as_of - TimeDelta::try_hours(i64::try_from(length)?).ok_or("too many")?;
    let mut ledger = (0..length).map(|number| event(number, begin)).collect::<Result<LeadLedger, _>>()?;
    if what.starts_with("event") {
        let further = (0..MORE).map(|number| event(length + number, begin)).collect::<Result<Vec<_>, _>>()?;
        ledger.extend(black_box(further).into_iter().take(times));
        return Ok(());
    }
    let (policy, facts) = (policy()?, FactMap::new());
    let given = LeadGiven { facts: &facts, ledger: &ledger, overridden: None };
    for _ in 0..times {
        let _ = black_box(score(black_box(&policy), &given, as_of));
    }
    Ok(())
}
