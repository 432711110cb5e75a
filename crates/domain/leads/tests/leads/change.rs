//! The next change is the first one, and none comes before it.
use chrono::{DateTime, Duration, Utc};
use guanxi_core::{Event, FactMap, parse_instant};
use guanxi_leads::{LeadOverride, LeadPolicyDocument};
use proptest::prelude::*;
use serde_json::json;

use crate::laws::{Case, case};
use crate::oracle::{self, Standing};

fn oracle_standing(case: &Case, at: DateTime<Utc>) -> Standing {
    oracle::score(case.policy.body(), &case.facts, &case.ledger, at).standing
}

/// The same by the crate, which is quicker and is itself held to the oracle.
fn standing(case: &Case, at: DateTime<Utc>) -> Standing {
    let outcome = case.score_at(at).outcome;
    Standing {
        band: outcome.computed.band.to_string(),
        grade: outcome.computed.grade.map(|grade| grade.to_string()),
        disqualified: outcome.disqualified.iter().map(ToString::to_string).collect(),
        flags: outcome.flags.iter().map(ToString::to_string).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn before_it_the_same_and_at_it_another(case in case(12), looks in prop::collection::vec(0_u64..=1_000_000, 12)) {
        let case = Case { overridden: None, ..case };
        let now = oracle_standing(&case, case.as_of);
        let change = case.score().next_change;
        let until = change.unwrap_or(case.as_of + Duration::days(400));
        if let Some(change) = change {
            prop_assert!(change > case.as_of);
            prop_assert_ne!(&oracle_standing(&case, change), &now, "at {}", change);
            // The very instant before, and a second before.
            for before in [change - Duration::nanoseconds(1), change - Duration::seconds(1)] {
                if before > case.as_of {
                    prop_assert_eq!(&oracle_standing(&case, before), &now, "at {}", before);
                }
            }
        }
        let gap = u64::try_from((until - case.as_of).num_seconds()).unwrap();
        for look in looks {
            let at = case.as_of + Duration::seconds(i64::try_from(gap * look / 1_000_001).unwrap());
            prop_assert_eq!(&standing(&case, at), &now, "at {}", at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Second by second, as far as that goes.
    #[test]
    fn nothing_changes_in_any_second_before(case in case(5)) {
        let case = Case { overridden: None, ..case };
        let now = standing(&case, case.as_of);
        let change = case.score().next_change;
        for second in 1..=500 {
            let at = case.as_of + Duration::seconds(second);
            if change.is_some_and(|change| change <= at) {
                break;
            }
            prop_assert_eq!(&standing(&case, at), &now, "at {}", at);
        }
    }

    #[test]
    fn overrides_and_policies_end(case in case(4)) {
        let decision = case.score();
        if let Some(until) = case.overridden.as_ref().map(LeadOverride::until).filter(|until| *until > case.as_of) {
            prop_assert!(decision.next_change.is_some_and(|change| change <= until));
        }
        let mut value = case.policy.to_value();
        let end = case.as_of + Duration::seconds(1);
        value["effective_to"] = end.to_rfc3339().into();
        let policy = LeadPolicyDocument::from_value(&value).unwrap();
        let change = Case { policy, ..case }.score().next_change;
        prop_assert!(change.is_some_and(|change| change <= end));
    }
}

/// A month after 30 January at 18:00 is 28 February at 18:00, and a month after 31 January at 06:00 is 28
/// February at 06:00: the newer event leaves the window first, and makes room under the cap of the rule for
/// the older one.
#[test]
fn an_older_event_may_stay_longer_and_count_again() {
    let mut body = crate::problems::body();
    body["weights"] = json!({"fit": 0, "engagement": 1});
    body["engagement"] = json!({
        "rules": [
            {"id": "opened", "events": ["mail.opened"], "points": 10, "cap": 10, "decay": {"window": {"months": 1}}},
            {"id": "visited", "events": ["visit.made"], "points": 10},
        ],
        "caps": {"source": {"max": 10}},
    });
    body["bands"] = json!([{"id": "low", "from": 0}, {"id": "high", "from": 20}]);
    let document = json!({"schema": "guanxi.leads/1", "id": "ours", "version": "1", "body": body});
    let event = |id: &str, kind: &str, at: &str, source: &str| -> Event {
        let event = json!({"id": id, "subject": "L1", "kind": kind, "occurred_at": at, "source": source});
        serde_json::from_value(event).unwrap()
    };
    let at = |text: &str| parse_instant(text).unwrap();
    let case = Case {
        policy: LeadPolicyDocument::from_value(&document).unwrap(),
        facts: FactMap::new(),
        ledger: [
            event("E1", "mail.opened", "2026-01-30T18:00:00Z", "app"),
            event("E2", "mail.opened", "2026-01-31T06:00:00Z", "web"),
            event("E3", "visit.made", "2026-01-31T07:00:00Z", "web"),
        ]
        .into_iter()
        .collect(),
        overridden: None,
        as_of: at("2026-02-01"),
    };
    let changes = [case.score().next_change, case.score_at(at("2026-02-28T06:00:00Z")).next_change];
    assert_eq!(changes, [Some(at("2026-02-28T06:00:00Z")), Some(at("2026-02-28T18:00:00Z"))]);
}

/// What is gained and lost by the same events cancels out at every instant, right above a floor: that nothing
/// ever changes shows only where stretches of time are so short that neither part moves by much.
#[test]
fn where_finding_it_takes_too_many_looks_one_asks_again() {
    let mut body = crate::problems::body();
    body["weights"] = json!({"fit": 1, "engagement": 1});
    body["fit"] = json!({"full": 100, "conditions": [{"id": "any", "when": "always", "points": 30}]});
    let decay = json!({"half_life": {"days": 7}});
    body["engagement"]["rules"] = json!([
        {"id": "gained", "events": ["mail.opened"], "points": 90, "decay": decay},
        {"id": "lost", "events": ["mail.opened"], "points": -90, "decay": decay},
        {"id": "kept", "events": ["mail.opened"], "points": 50},
    ]);
    body["bands"] = json!([{"id": "low", "from": 0}, {"id": "high", "from": 40}]);
    let document = json!({"schema": "guanxi.leads/1", "id": "ours", "version": "1", "body": body});
    let event =
        json!({"id": "E1", "subject": "L1", "kind": "mail.opened", "occurred_at": "2026-06-30T00:00:00Z"});
    let case = Case {
        policy: LeadPolicyDocument::from_value(&document).unwrap(),
        facts: FactMap::new(),
        ledger: [serde_json::from_value(event).unwrap()].into_iter().collect(),
        overridden: None,
        as_of: parse_instant("2026-06-30").unwrap(),
    };
    let (now, mut at, mut asked) = (standing(&case, case.as_of), case.as_of, 0);
    while let Some(change) = case.score_at(at).next_change {
        assert!(change > at && asked < 20);
        (at, asked) = (change, asked + 1);
        assert_eq!(standing(&case, at), now);
    }
    assert!((1..20).contains(&asked), "{asked}");
}
