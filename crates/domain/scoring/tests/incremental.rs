//! Customers who come, change and leave one at a time, compared with everything computed anew.
#![cfg(test)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{
    DecimalText, Fact, FactId, FactMap, FactValue, Facts, Level, SubjectId, TierId, parse_decimal,
};
use guanxi_policy::Body;
use guanxi_scoring::arbitrary::{facts, policy};
use guanxi_scoring::{
    Change, Drift, Given, Incremental, PinnedReference, PolicyDocument, Reference, ReferenceState, Scored,
    Scorer, Standing, Statistic,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

fn start() -> DateTime<Utc> {
    "2024-02-29T12:00:00Z".parse().unwrap()
}

fn subject(number: u8) -> SubjectId {
    format!("C{number}").parse().unwrap()
}

fn pin(reference: Reference) -> PinnedReference {
    reference.pin("ours".parse().unwrap(), "1".parse().unwrap())
}

/// The same things, from the list of those who are present, every time from the beginning.
struct Slow {
    policy: PolicyDocument,
    pinned: PinnedReference,
    as_of: DateTime<Utc>,
    present: BTreeMap<SubjectId, FactMap>,
}

impl Slow {
    fn reference(&self) -> Reference {
        let mut reference = Reference::new(&self.policy, self.as_of);
        self.present.values().for_each(|facts| reference.observe(&self.policy, facts));
        reference
    }

    fn scored(&self, reference: &PinnedReference) -> BTreeMap<SubjectId, Scored> {
        let scorer = Scorer::new(&self.policy, reference).unwrap();
        let scored = |facts: &FactMap| {
            let outcome = scorer.assess(facts, &Given::default(), self.as_of).outcome;
            Scored {
                standing: outcome.standing,
                tier: outcome.tiers.computed,
                composite: outcome.composite,
                dimensions: outcome.dimensions,
                rank: outcome.rank,
                completeness: outcome.completeness,
            }
        };
        self.present.iter().map(|(subject, facts)| (subject.clone(), scored(facts))).collect()
    }

    /// From the two references as they are written.
    fn drift(&self) -> Vec<Drift> {
        let (pinned, live) = (self.pinned.body().spec(), self.reference().spec());
        let mut drift = Vec::new();
        for (fact, ours) in live.facts {
            for wanted in [Statistic::Max, Statistic::Total, Statistic::Values] {
                let used = self.policy.body().weighed().any(|(indicator, part, _)| {
                    part > 0 && indicator.fact == fact && indicator.normaliser.statistic() == Some(wanted)
                });
                if !used {
                    continue;
                }
                let (theirs, fact) = (&pinned.facts[&fact], fact.clone());
                match wanted {
                    Statistic::Max if theirs.max != ours.max => {
                        drift.push(Drift::Max { fact, pinned: theirs.max, live: ours.max });
                    }
                    Statistic::Total if theirs.total != ours.total => {
                        let (pinned, live) = (theirs.total.clone().unwrap(), ours.total.clone().unwrap());
                        drift.push(Drift::Total { fact, pinned, live });
                    }
                    Statistic::Values => {
                        let counts = |values: &Option<Vec<(DecimalText, u64)>>| -> BTreeMap<_, u64> {
                            values.as_ref().unwrap().iter().map(|(value, times)| (value.0, *times)).collect()
                        };
                        let (theirs, ours) = (counts(&theirs.values), counts(&ours.values));
                        let all =
                            theirs.keys().chain(ours.keys().filter(|value| !theirs.contains_key(value)));
                        let differing = all.filter(|value| theirs.get(value) != ours.get(value)).count();
                        if differing > 0 {
                            drift.push(Drift::Values { fact, differing: differing as u64 });
                        }
                    }
                    _ => {}
                }
            }
        }
        drift
    }
}

/// Both ways side by side.
struct Pair {
    slow: Slow,
    fast: Incremental,
}

#[derive(Clone, Debug)]
enum Op {
    Upsert(u8, FactMap),
    /// The facts that are already known.
    Again(u8),
    Remove(u8),
    Rescore,
    /// To another instant, so many hours after the first.
    Move(i64),
}

impl Pair {
    fn new(policy: &PolicyDocument) -> Self {
        let pinned = pin(Reference::new(policy, start()));
        Self {
            fast: Incremental::new(policy, pinned.clone(), start()).unwrap(),
            slow: Slow { policy: policy.clone(), pinned, as_of: start(), present: BTreeMap::new() },
        }
    }

    fn apply(&mut self, op: &Op) {
        let before = self.slow.scored(&self.slow.pinned);
        match op {
            Op::Upsert(number, facts) => self.upsert(&subject(*number), facts.clone(), &before),
            Op::Again(number) => {
                if let Some(facts) = self.slow.present.get(&subject(*number)).cloned() {
                    let (reference, drift) = (self.fast.reference().clone(), self.fast.drift());
                    self.upsert(&subject(*number), facts, &before);
                    assert_eq!((self.fast.reference(), self.fast.drift()), (&reference, drift));
                    assert_eq!(self.slow.scored(&self.slow.pinned), before);
                }
            }
            Op::Remove(number) => {
                let subject = subject(*number);
                let known = self.slow.present.remove(&subject).is_some();
                let update = self.fast.remove(&subject);
                assert_eq!(update.is_some(), known);
                if let Some(update) = update {
                    let expected = Change { before: before.get(&subject).cloned(), after: None, subject };
                    assert_eq!(update.change, expected);
                    assert_eq!(update.reference, self.fast.reference_state());
                }
            }
            Op::Rescore => {
                self.slow.pinned = pin(self.slow.reference());
                let changes = self.fast.rescore("ours".parse().unwrap(), "1".parse().unwrap()).unwrap();
                assert_eq!(changes, self.moved(&before));
                assert_eq!(self.fast.pinned().stamp(), self.slow.pinned.stamp());
                assert_eq!(self.fast.reference_state(), ReferenceState::Current);
            }
            Op::Move(hours) => {
                self.slow.as_of = start() + TimeDelta::hours(*hours);
                let moved = self.fast.move_to(self.slow.as_of);
                assert_eq!(moved.changes, self.moved(&before));
                assert_eq!(moved.reference, self.fast.reference_state());
            }
        }
    }

    fn upsert(&mut self, subject: &SubjectId, facts: FactMap, before: &BTreeMap<SubjectId, Scored>) {
        let update = self.fast.upsert(subject.clone(), &facts);
        self.slow.present.insert(subject.clone(), facts);
        let after = self.slow.scored(&self.slow.pinned).remove(subject);
        let expected = Change { subject: subject.clone(), before: before.get(subject).cloned(), after };
        assert_eq!(update.change, expected);
        assert_eq!(update.reference, self.fast.reference_state());
    }

    /// Who has another tier or standing than before.
    fn moved(&self, before: &BTreeMap<SubjectId, Scored>) -> Vec<Change> {
        let mut changes = Vec::new();
        for (subject, after) in self.slow.scored(&self.slow.pinned) {
            let was = &before[&subject];
            if (was.standing, &was.tier) != (after.standing, &after.tier) {
                changes.push(Change { subject, before: Some(was.clone()), after: Some(after) });
            }
        }
        changes
    }

    fn check(&self) {
        let Self { slow, fast } = self;
        let scored = slow.scored(&slow.pinned);
        assert_eq!(all(fast), scored);
        assert_eq!(*fast.reference(), slow.reference());
        let text = |reference: &Reference| serde_json::to_string(&reference.spec()).unwrap();
        assert_eq!(text(fast.reference()), text(&slow.reference()));
        assert_eq!((fast.len(), fast.is_empty()), (scored.len(), scored.is_empty()));
        for (tier, count) in fast.tiers() {
            assert_eq!(count, scored.values().filter(|of| of.tier.as_ref() == Some(tier)).count() as u64);
        }
        for standing in [Standing::Tiered, Standing::Prospect, Standing::Incomplete] {
            let count = scored.values().filter(|of| of.standing == standing).count();
            assert_eq!(fast.count(standing), count as u64);
        }
        let drift = slow.drift();
        assert_eq!(fast.drift(), drift);
        assert_eq!(fast.reference_state() == ReferenceState::Current, drift.is_empty());
        if drift.is_empty() {
            assert_eq!(scored, slow.scored(&pin(slow.reference())), "a fresh review");
        }
        for (subject, facts) in &slow.present {
            let kept = fast.facts(subject).unwrap();
            let given = Given::default();
            assert_eq!(
                fast.scorer().assess_explained(&kept, &given, fast.as_of()),
                fast.scorer().assess_explained(facts, &given, slow.as_of)
            );
            assert_eq!(fast.get(subject), scored.get(subject).cloned());
        }
    }
}

fn all(fast: &Incremental) -> BTreeMap<SubjectId, Scored> {
    fast.iter().map(|(subject, scored)| (subject.clone(), scored)).collect()
}

/// Facts with few values, so that many are tied, and with dates about the time of the test; some of another kind.
fn tied() -> impl Strategy<Value = FactMap> {
    let fact = |name: &'static str| {
        let decimal = prop::sample::select(vec!["-1", "0", "2", "2.00", "5", "40"]);
        let decimal = decimal.prop_map(|text| FactValue::Decimal(parse_decimal(text).unwrap()));
        let level = (1_i64..=5).prop_map(|value| FactValue::Level(Level::new(value, 5).unwrap()));
        let value = match name {
            "e" | "f" => level.boxed(),
            "g" => any::<bool>().prop_map(FactValue::Bool).boxed(),
            _ => decimal.boxed(),
        };
        let value = prop_oneof![12 => value, 1 => Just(FactValue::Text("none of ours".to_owned()))];
        let date = prop::option::of((-400_i64..40).prop_map(|days| start() + TimeDelta::days(days)));
        prop_oneof![
            8 => (value, date).prop_map(|(value, date)| Some(Some((value, date)))),
            1 => Just(Some(None)),
            1 => Just(None)
        ]
        .prop_map(move |fact| (name.parse::<FactId>().unwrap(), fact))
    };
    ["a", "b", "c", "d", "e", "f", "g"].map(fact).prop_map(|facts| {
        facts.into_iter().fold(FactMap::new(), |map, (id, fact)| match fact {
            Some(Some((value, date))) => map.with(id, value, date),
            Some(None) => map.not_applicable(id),
            None => map,
        })
    })
}

fn customer() -> impl Strategy<Value = FactMap> {
    prop_oneof![3 => tied(), 1 => facts()]
}

/// Any policy, and some in which a fact is part of another, which is part of a third.
fn policies() -> impl Strategy<Value = PolicyDocument> {
    (policy(), any::<bool>()).prop_map(|(policy, chained)| {
        let mut value = policy.to_value();
        if chained {
            value["body"]["facts"]["a"]["part_of"] = json!("b");
            value["body"]["facts"]["b"]["part_of"] = json!("c");
        }
        PolicyDocument::from_value(&value).unwrap()
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (0_u8..6, customer()).prop_map(|(number, facts)| Op::Upsert(number, facts)),
        1 => (0_u8..6).prop_map(Op::Again),
        3 => (0_u8..6).prop_map(Op::Remove),
        2 => Just(Op::Rescore),
        2 => prop_oneof![3 => 0_i64..2_000, 1 => -1_000_i64..30_000].prop_map(Op::Move),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, rng_seed: RngSeed::Fixed(11), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happened_it_is_what_a_rebuild_gives(policy in policies(), ops in prop::collection::vec(op(), 1..16)) {
        let mut pair = Pair::new(&policy);
        pair.check();
        for op in &ops {
            pair.apply(op);
            pair.check();
        }
        for number in 0..6 {
            pair.apply(&Op::Remove(number));
        }
        pair.check();
        prop_assert_eq!(pair.fast.reference(), &Reference::new(&policy, pair.slow.as_of));
    }

    #[test]
    fn the_order_of_customers_is_of_no_consequence(
        policy in policies(),
        (one, two) in prop::collection::vec(customer(), 1..8).prop_flat_map(|facts| {
            let numbered: Vec<_> = (0..).zip(facts).collect();
            (Just(numbered.clone()), Just(numbered).prop_shuffle())
        }),
    ) {
        let end = |customers: &[(u8, FactMap)]| {
            let mut fast = Pair::new(&policy).fast;
            for (number, facts) in customers {
                let _ = fast.upsert(subject(*number), facts);
            }
            let before = (all(&fast), fast.drift());
            let changes = fast.rescore("ours".parse().unwrap(), "1".parse().unwrap()).unwrap();
            (before, changes, fast.pinned().stamp(), fast.tiers().map(|(_, count)| count).collect::<Vec<_>>())
        };
        prop_assert_eq!(end(&one), end(&two));
    }

    #[test]
    fn parts_of_a_population_are_scored_like_the_whole(policy in policies(), customers in prop::collection::vec(customer(), 2..8)) {
        let mut parts = [Pair::new(&policy).fast, Pair::new(&policy).fast];
        let mut whole = Pair::new(&policy).fast;
        for (number, facts) in (0..).zip(&customers) {
            let _ = parts[usize::from(number % 2)].upsert(subject(number), facts);
            let _ = whole.upsert(subject(number), facts);
        }
        let mut merged = parts[0].reference().clone();
        prop_assume!(merged.merge(parts[1].reference()).is_ok());
        let mut changes = whole.rescore_against(pin(merged.clone())).unwrap();
        prop_assert_eq!(whole.reference_state(), ReferenceState::Current);
        for part in &mut parts {
            for change in part.rescore_against(pin(merged.clone())).unwrap() {
                let place = changes.iter().position(|other| *other == change).expect("the same change");
                changes.remove(place);
            }
        }
        prop_assert!(changes.is_empty());
    }
}

/// One indicator, profit, and tiers from 50 and from 0.
fn profit_policy(normaliser: &Value) -> PolicyDocument {
    let indicator = json!({"id": "profit", "dimension": "value", "weight": 1, "fact": "profit", "normaliser": normaliser,
        "missing": "lowest", "greatest_age": {"days": 10, "then": "missing"}});
    let body = json!({"dimensions": {"value": 1}, "facts": {"profit": {"kind": "decimal"}}, "indicators": [indicator],
        "tiers": [{"id": "high", "floor": "50"}, {"id": "low", "floor": "0"}]});
    PolicyDocument::from_value(
        &json!({"schema": "guanxi.scoring/1", "id": "one", "version": "1", "body": body}),
    )
    .unwrap()
}

fn profit(amount: &str, observed_at: Option<DateTime<Utc>>) -> FactMap {
    let amount = FactValue::Decimal(parse_decimal(amount).unwrap());
    FactMap::new().with("profit".parse().unwrap(), amount, observed_at)
}

/// The customers C0, C1, … with such a profit, scored against themselves.
fn reviewed(normaliser: &Value, amounts: &[&str]) -> Incremental {
    let mut fast = Pair::new(&profit_policy(normaliser)).fast;
    for (number, amount) in (0..).zip(amounts) {
        let _ = fast.upsert(subject(number), &profit(amount, None));
    }
    fast.rescore("ours".parse().unwrap(), "1".parse().unwrap()).unwrap();
    fast
}

fn tier(scored: Option<&Scored>) -> Option<String> {
    scored.and_then(|scored| scored.tier.as_ref()).map(TierId::to_string)
}

fn drift(fast: &Incremental) -> String {
    serde_json::to_string(&fast.drift()).unwrap()
}

#[test]
fn of_two_with_the_greatest_value_one_may_leave() {
    let mut fast = reviewed(&json!({"kind": "relative_to_max"}), &["100", "100.00", "60"]);
    assert_eq!(fast.remove(&subject(0)).unwrap().reference, ReferenceState::Current);
    let left = fast.remove(&subject(1)).unwrap();
    assert_eq!(
        (left.reference, tier(left.change.before.as_ref())),
        (ReferenceState::Drifted, Some("high".into()))
    );
    insta::assert_snapshot!(drift(&fast), @r#"[{"statistic":"max","fact":"profit","pinned":"100","live":"60"}]"#);
    // It comes back, and all is as it was.
    assert_eq!(fast.upsert(subject(1), &profit("1e2", None)).reference, ReferenceState::Current);
    assert!(fast.remove(&subject(7)).is_none());
}

#[test]
fn a_total_is_exact_to_the_last_digit() {
    let mut fast = reviewed(&json!({"kind": "relative_to_total"}), &["0.0000000000000000000000000001", "9"]);
    assert!(fast.upsert(subject(2), &profit("-79228162514264337593543950335", None)).change.changes_tier());
    insta::assert_snapshot!(drift(&fast), @r#"[{"statistic":"total","fact":"profit","pinned":"9.0000000000000000000000000001","live":"-79228162514264337593543950325.9999999999999999999999999999"}]"#);
    assert_eq!(fast.remove(&subject(2)).unwrap().reference, ReferenceState::Current);
}

#[test]
fn values_differ_by_how_often_they_occur() {
    let mut fast = reviewed(&json!({"kind": "percentile"}), &["1", "2", "3"]);
    let _ = fast.upsert(subject(0), &profit("2", None));
    insta::assert_snapshot!(drift(&fast), @r#"[{"statistic":"values","fact":"profit","differing":2}]"#);
    assert_eq!(fast.upsert(subject(1), &profit("1.0", None)).reference, ReferenceState::Current);
}

#[test]
fn time_alone_changes_a_tier_and_the_reference() {
    let mut fast = reviewed(&json!({"kind": "relative_to_max"}), &["1"]);
    let (old, new) = (start() - TimeDelta::days(9), start() + TimeDelta::days(2));
    let _ = fast.upsert(subject(1), &profit("0.9", Some(old)));
    let tomorrow = fast.move_to(start() + TimeDelta::hours(23));
    assert_eq!((tomorrow.changes, tomorrow.reference), (vec![], ReferenceState::Current));
    let stale = fast.move_to(start() + TimeDelta::days(1));
    let [change] = &stale.changes[..] else { panic!("one became stale") };
    assert_eq!((tier(change.before.as_ref()), tier(change.after.as_ref())), (Some("high".into()), None));

    // Observed the day after tomorrow: until then nobody knows.
    assert_eq!(fast.upsert(subject(2), &profit("7", Some(new))).reference, ReferenceState::Current);
    let known = fast.move_to(new);
    assert_eq!((known.changes.len(), known.reference), (1, ReferenceState::Drifted));
    // Back in time, all is as it was.
    assert_eq!(fast.move_to(start()).reference, ReferenceState::Current);
    assert_eq!(tier(fast.get(&subject(1)).as_ref()), Some("high".into()));
}

/// Facts that say how often each was asked for.
struct Asked<'f>(&'f FactMap, RefCell<BTreeMap<FactId, u32>>);

impl Facts for Asked<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        *self.1.borrow_mut().entry(id.clone()).or_default() += 1;
        self.0.fact(id)
    }
}

/// Numbers this long are evaluated on the heap, so evaluations can be counted by what they allocate.
const LONG: &str = "0.1234567890123456789012345679";

#[test]
fn an_upsert_scores_nobody_else() {
    let allocations = |others: u32| {
        let mut fast = reviewed(
            &json!({"kind": "logarithmic", "unit": "0.0034567890123456789012345677"}),
            &["0.2234567890123456789012345679"],
        );
        for number in 0..others {
            let _ = fast.upsert(format!("other {number}").parse().unwrap(), &profit(LONG, None));
        }
        fast.rescore("ours".parse().unwrap(), "1".parse().unwrap()).unwrap();
        let (less, mut update) = (profit("0.1034567890123456789012345679", None), None);
        let facts = Asked(&less, RefCell::default());
        let upsert = || update = Some(fast.upsert(subject(0), &facts));
        let counted = allocation_counter::measure(upsert).count_total;
        assert_eq!(update.unwrap().reference, ReferenceState::Drifted);
        assert_eq!(facts.1.into_inner(), [("profit".parse().unwrap(), 1)].into());
        let rescored = || drop(fast.rescore("ours".parse().unwrap(), "2".parse().unwrap()));
        (counted, allocation_counter::measure(rescored).count_total)
    };
    let ((alone, _), (among, everybody)) = (allocations(0), allocations(300));
    assert!(alone > 10, "one evaluation is seen: {alone}");
    assert!(among < 2 * alone, "{among} among others, {alone} alone");
    assert!(everybody > 100 * alone, "{everybody} for everybody, {alone} for one");
}

#[test]
fn what_the_schema_does_not_allow_is_not_kept() {
    let mut fast = reviewed(&json!({"kind": "relative_to_max"}), &["1"]);
    let text = FactMap::new().with("profit".parse().unwrap(), FactValue::Text("a name".into()), None);
    let update = fast.upsert(subject(1), &text.with("other".parse().unwrap(), FactValue::Int(1), None));
    assert_eq!(update.change.after.unwrap().standing, Standing::Incomplete);
    let kept = fast.facts(&subject(1)).unwrap();
    let empty = FactValue::Text(String::new());
    assert_eq!(kept.fact(&"profit".parse().unwrap()), Fact::Known { value: &empty, observed_at: None });
    assert_eq!(kept.fact(&"other".parse().unwrap()), Fact::Missing);
}

#[test]
fn what_a_call_says_is_plain_json() {
    let mut fast = reviewed(&json!({"kind": "relative_to_max"}), &["1"]);
    let update = fast.upsert(subject(1), &profit("0.333", None));
    insta::assert_snapshot!(serde_json::to_string(&update).unwrap(), @r#"{"change":{"subject":"C1","before":null,"after":{"standing":"tiered","tier":"low","composite":"33.30","dimensions":{"value":"33.30","potential":null,"need":null},"completeness":"1"}},"reference":"current"}"#);
    let text = serde_json::to_string(&update).unwrap();
    assert_eq!(serde_json::from_str::<guanxi_scoring::Update>(&text).unwrap(), update);
}

#[test]
fn a_reference_that_does_not_serve_changes_nothing() {
    let mut fast = reviewed(&json!({"kind": "percentile"}), &["1", "2"]);
    let other = pin(Reference::new(&profit_policy(&json!({"kind": "relative_to_max"})), start()));
    let (before, stamp) = (all(&fast), fast.pinned().stamp());
    insta::assert_snapshot!(fast.rescore_against(other).unwrap_err().to_string(), @"the reference does not keep the values of fact `profit`, which the policy needs");
    assert_eq!(
        (all(&fast), fast.pinned().stamp(), fast.reference_state()),
        (before, stamp, ReferenceState::Current)
    );
}
