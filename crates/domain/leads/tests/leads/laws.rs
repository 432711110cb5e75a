//! What holds for every policy and every lead.
use core::fmt::{Debug, Formatter};

use chrono::{DateTime, Utc};
use guanxi_core::arbitrary::instant;
use guanxi_core::{Decision, FactMap, Score};
use guanxi_leads::{
    LeadGiven, LeadLedger, LeadOverride, LeadPolicy, LeadPolicyDocument, LeadReason, LeadScore, Line, Part,
    Points, arbitrary, lint, score,
};
use guanxi_policy::Body;
use proptest::prelude::*;

use crate::oracle;

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) policy: LeadPolicyDocument,
    pub(crate) facts: FactMap,
    pub(crate) ledger: LeadLedger,
    pub(crate) overridden: Option<LeadOverride>,
    pub(crate) as_of: DateTime<Utc>,
}

/// As documents, which can be read.
impl Debug for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        let text = |value: serde_json::Value| value.to_string();
        writeln!(f, "{}", text(self.policy.to_value()["body"].clone()))?;
        for event in self.ledger.iter() {
            writeln!(f, "{}", text(serde_json::to_value(event).unwrap_or_default()))?;
        }
        writeln!(f, "{}", text(serde_json::to_value(&self.facts).unwrap_or_default()))?;
        write!(f, "{:?} as of {:?}", self.overridden, self.as_of)
    }
}

impl Case {
    pub(crate) fn score(&self) -> Decision<LeadScore, LeadReason> {
        self.score_at(self.as_of)
    }

    pub(crate) fn score_at(&self, as_of: DateTime<Utc>) -> Decision<LeadScore, LeadReason> {
        let given =
            LeadGiven { facts: &self.facts, ledger: &self.ledger, overridden: self.overridden.as_ref() };
        score(&self.policy, &given, as_of)
    }
}

/// Any lead under any policy.
pub(crate) fn case(events: usize) -> impl Strategy<Value = Case> {
    (arbitrary::policy(), instant()).prop_flat_map(move |(policy, as_of)| {
        let given = (arbitrary::facts(as_of), arbitrary::ledger(as_of, events));
        let overridden = prop::option::weighted(0.2, arbitrary::overridden(as_of));
        (given, overridden).prop_map(move |((facts, ledger), overridden)| Case {
            policy: policy.clone(),
            facts,
            ledger,
            overridden,
            as_of,
        })
    })
}

fn sum(part: &Part) -> Points {
    part.lines.iter().map(Line::amount).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_oracle_finds_the_same(case in case(25)) {
        let found = oracle::score(case.policy.body(), &case.facts, &case.ledger, case.as_of);
        let LeadScore { computed, fit, engagement, disqualified, flags, .. } = case.score().outcome;
        let names = |names: Vec<String>| names;
        let ours = oracle::Found {
            fit: fit.total.millionths(),
            engagement: engagement.total.millionths(),
            score: computed.score.hundredths(),
            standing: oracle::Standing {
                band: computed.band.to_string(),
                grade: computed.grade.map(|grade| grade.to_string()),
                disqualified: names(disqualified.iter().map(ToString::to_string).collect()),
                flags: names(flags.iter().map(ToString::to_string).collect()),
            },
        };
        prop_assert_eq!(ours, found);
    }

    #[test]
    fn totals_are_the_sums_of_their_lines(case in case(40)) {
        let outcome = case.score().outcome;
        for part in [&outcome.fit, &outcome.engagement] {
            prop_assert_eq!(sum(part), part.total);
            prop_assert!(Points::ZERO <= part.total && part.total <= part.full);
            prop_assert!(part.level.is_some() == outcome.grade.is_some());
        }
        let brought = outcome.fit.brings.hundredths() + outcome.engagement.brings.hundredths();
        prop_assert_eq!(brought, outcome.computed.score.hundredths());
        if !outcome.disqualified.is_empty() {
            prop_assert_eq!(outcome.computed.score, Score::MIN);
        }
    }

    #[test]
    fn order_and_repetition_of_events_do_not_matter(
        (case, events) in case(20).prop_flat_map(|case| {
            let events: Vec<_> = case.ledger.iter().cloned().collect();
            let twice: Vec<_> = events.iter().chain(&events).cloned().collect();
            (Just(case), Just(twice).prop_shuffle())
        }),
        split in 0_usize..40,
    ) {
        let (some, others) = events.split_at(split.min(events.len()));
        let mut merged: LeadLedger = others.iter().cloned().collect();
        merged.merge(some.iter().cloned().collect());
        prop_assert!(merged.iter().eq(case.ledger.iter()));
        let other = Case { ledger: merged, ..case.clone() };
        prop_assert_eq!(other.score(), case.score());
    }

    #[test]
    fn ledgers_merge_alike_whoever_merges_and_survive_their_text(
        as_of in instant(),
        parts in Just(()).prop_flat_map(|()| prop::collection::vec(arbitrary::event(DateTime::UNIX_EPOCH), 0..40)),
        split in 0_usize..40,
        again in any::<bool>(),
    ) {
        let _ = as_of;
        // Ids repeat with other contents, so there are conflicts.
        let (some, others) = parts.split_at(split.min(parts.len()));
        let [a, b]: [LeadLedger; 2] = [some, others].map(|events| events.iter().cloned().collect());
        let (mut ab, mut ba) = (a.clone(), b.clone());
        ab.merge(b.clone());
        ba.merge(a.clone());
        if again {
            ab.merge(a);
        }
        prop_assert_eq!(&ab, &ba);
        let whole: LeadLedger = parts.into_iter().collect();
        prop_assert_eq!(&ab, &whole);
        let text = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(serde_json::from_str::<LeadLedger>(&text).unwrap(), whole);
    }

    #[test]
    fn policies_and_decisions_survive_their_text(case in case(12)) {
        let policy = LeadPolicyDocument::from_value(&case.policy.to_value()).unwrap();
        prop_assert_eq!(&policy, &case.policy);
        prop_assert_eq!(policy.stamp(), case.policy.stamp());
        prop_assert_eq!(&LeadPolicy::try_from(&case.policy.body().spec()).unwrap(), case.policy.body());
        let decision = case.score();
        let text = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Decision<LeadScore, LeadReason>>(&text).unwrap(), &decision);
        if let Some(overridden) = &case.overridden {
            let text = serde_json::to_string(overridden).unwrap();
            prop_assert_eq!(&serde_json::from_str::<LeadOverride>(&text).unwrap(), overridden);
        }
        let _ = lint(&case.policy);
    }

    #[test]
    fn what_is_set_by_hand_counts_beside_what_was_computed(case in case(12)) {
        let decision = case.score();
        let plain = Case { overridden: None, ..case.clone() }.score();
        prop_assert_eq!(&decision.outcome.computed, &plain.outcome.computed);
        let outcome = decision.outcome;
        let set = case.overridden.as_ref().filter(|set| set.until() > case.as_of);
        prop_assert_eq!(outcome.score, set.and_then(LeadOverride::score).unwrap_or(plain.outcome.score));
        prop_assert_eq!(&outcome.band, case.policy.body().bands().of(outcome.score));
        let grade = set.and_then(LeadOverride::grade).filter(|grade| case.policy.body().grades().is_some_and(|grades| grades.has(grade)));
        prop_assert_eq!(outcome.grade.as_ref(), grade.or(plain.outcome.grade.as_ref()));
        if let Some(set) = set {
            prop_assert!(decision.next_change.unwrap() <= set.until());
        }
    }

    #[test]
    fn a_further_event_that_brings_points_never_lowers_engagement_without_caps(
        case in case(12), more in arbitrary::event(DateTime::UNIX_EPOCH), hours in 0_i64..200,
    ) {
        // Conditions may hold because of silence, and caps take from older events: neither is asked for here.
        let mut spec = case.policy.to_value();
        let body = spec["body"].as_object_mut().unwrap();
        body.remove("disqualify");
        let engagement = body["engagement"].as_object_mut().unwrap();
        engagement.remove("caps");
        for rule in engagement["rules"].as_array_mut().unwrap() {
            let rule = rule.as_object_mut().unwrap();
            for name in ["when", "cap", "once_by"] {
                rule.remove(name);
            }
            let points = rule["points"].as_str().unwrap().trim_start_matches('-').to_owned();
            rule.insert("points".into(), points.into());
        }
        let case = Case { policy: LeadPolicyDocument::from_value(&spec).unwrap(), ..case };
        let before = case.score().outcome.engagement.total;
        let mut later = case.clone();
        let occurred_at = case.as_of - chrono::Duration::hours(hours);
        later.ledger.extend([guanxi_core::Event { id: "another".parse().unwrap(), occurred_at, ..more }]);
        prop_assert!(later.score().outcome.engagement.total >= before);
    }
}
