//! The next change is the first one, and none comes before it.
use chrono::{DateTime, Duration, Utc};
use guanxi_leads::LeadOverride;
use proptest::prelude::*;

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
        let policy = guanxi_leads::LeadPolicyDocument::from_value(&value).unwrap();
        let change = Case { policy, ..case }.score().next_change;
        prop_assert!(change.is_some_and(|change| change <= end));
    }
}
