//! Worked cases, with their reasons.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use guanxi_core::{FactMap, FactValue, Level, ReasonCode, parse_decimal, parse_instant};
use guanxi_scoring::{
    Given, Override, PinnedReference, PolicyDocument, Reference, Scorer, ScorerError, labels, lint, preset,
    preset_ids,
};
use serde_json::{Value, json};

fn decimal(text: &str) -> FactValue {
    FactValue::Decimal(parse_decimal(text).unwrap())
}

fn level(value: i64) -> FactValue {
    FactValue::Level(Level::new(value, 5).unwrap())
}

/// The reference of a company: greatest profit 1 000 000, longest cooperation 5 400 days, highest growth 25 %.
fn company(policy: &str) -> Scorer {
    let reference = json!({
        "schema": "guanxi.reference/1", "id": "company", "version": "2026H1",
        "body": {"as_of": "2026-06-30T00:00:00Z", "population": 3, "facts": {
            "cumulative_profit": {"count": 3, "max": "1000000", "total": "2500000"},
            "cooperation_days": {"count": 3, "max": "5400"},
            "industry_growth": {"count": 3, "max": "0.25"}
        }}
    });
    Scorer::new(&preset(policy).unwrap(), &PinnedReference::from_value(&reference).unwrap()).unwrap()
}

fn customer() -> FactMap {
    FactMap::new()
        .with("cumulative_profit".parse().unwrap(), decimal("285000.00"), None)
        .with("cooperation_days".parse().unwrap(), FactValue::Int(2610), None)
        .with("industry_growth".parse().unwrap(), decimal("0.07"), None)
        .with("undeveloped_needs".parse().unwrap(), FactValue::Int(8), None)
        .with("total_needs".parse().unwrap(), FactValue::Int(9), None)
        .with("service_sensitivity".parse().unwrap(), level(1), None)
        .with("price_sensitivity".parse().unwrap(), level(3), None)
}

/// The decision as a reader sees it: outcome and reasons in English.
fn shown(scorer: &Scorer, facts: &FactMap, given: &Given) -> String {
    let decision = scorer.assess(facts, given, parse_instant("2026-06-30").unwrap());
    let labels = labels("en").unwrap();
    let reasons: Vec<String> = decision.reasons.iter().map(|reason| labels.reason(reason)).collect();
    let outcome = &decision.outcome;
    let text = |score: Option<guanxi_core::Score>| score.map_or("-".to_owned(), |score| score.to_string());
    let dimensions =
        [outcome.dimensions.value, outcome.dimensions.potential, outcome.dimensions.need].map(text);
    let tier = outcome.tier.as_ref().map_or("-".to_owned(), ToString::to_string);
    format!(
        "{} {tier} [{}] {}\n{}",
        text(outcome.composite),
        dimensions.join(" "),
        outcome.completeness,
        reasons.join("\n")
    )
}

#[test]
fn an_exact_half_is_rounded_up() {
    insta::assert_snapshot!(shown(&company("standard"), &customer(), &Given::default()), @"
    50.00 normal [38.42 70.62 48.00] 1
    50.00 points reach Normal (from 50.00)
    20.00 points below Key (from 70.00)
    ");
}

#[test]
fn contributions_add_up_to_the_composite() {
    let scorer = company("standard");
    let parts = scorer.explain(&customer(), parse_instant("2026-06-30").unwrap());
    let shown: Vec<String> = parts
        .iter()
        .map(|part| {
            let text = |ratio: &Option<guanxi_scoring::Ratio>| {
                ratio.as_ref().map_or("-".to_owned(), |r| r.fraction().to_owned())
            };
            let points = part.points.map_or("-".to_owned(), |points| points.to_string());
            format!("{}: {} x {} = {points}", part.indicator, text(&part.normalised), text(&part.weight))
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    profit: 57/200 x 1/4 = 7.13
    cooperation: 29/60 x 1/4 = 12.08
    order_growth: - x 0/1 = 0.00
    industry_growth: 7/25 x 9/100 = 2.52
    undeveloped_needs: 8/9 x 21/100 = 18.67
    expansion_plan: - x 0/1 = 0.00
    service_sensitivity: 1/5 x 3/50 = 1.20
    price_sensitivity: 3/5 x 7/50 = 8.40
    decision_chain: - x 0/1 = 0.00
    ");
}

#[test]
fn the_rows_of_the_source_come_out_exact() {
    let scorer = company("assessed");
    let facts = |value: &str, potential: &str, need: &str| {
        FactMap::new()
            .with("value_score".parse().unwrap(), decimal(value), None)
            .with("potential_score".parse().unwrap(), decimal(potential), None)
            .with("need_score".parse().unwrap(), decimal(need), None)
    };
    insta::assert_snapshot!(shown(&scorer, &facts("92", "88", "85"), &Given::default()), @"
    89.40 key [92.00 88.00 85.00] 1
    89.40 points reach Key (from 70.00)
    0.60 points below Strategic (from 90.00)
    ");
    insta::assert_snapshot!(shown(&scorer, &facts("55", "45", "70"), &Given::default()), @"
    55.00 normal [55.00 45.00 70.00] 1
    55.00 points reach Normal (from 50.00)
    15.00 points below Key (from 70.00)
    ");
    // Why an assessor's override exists.
    let given = Given {
        settled: Some("normal".parse().unwrap()),
        r#override: Some(Override {
            tier: "strategic".parse().unwrap(),
            by: "U7".parse().unwrap(),
            why: "leader of its industry".into(),
            until: parse_instant("2026-12-31").unwrap(),
        }),
    };
    insta::assert_snapshot!(shown(&scorer, &facts("72", "88", "85"), &given), @"
    79.40 strategic [72.00 88.00 85.00] 1
    79.40 points reach Key (from 70.00)
    10.60 points below Strategic (from 90.00)
    Review rules hold the tier Normal
    An assessor has set Strategic until 2026-12-31
    Unusual for Strategic: Value 72.00 (usual: from 80.00, below –)
    ");
}

#[test]
fn missing_is_not_zero_and_not_applicable_is_not_missing() {
    let scorer = company("standard");
    let known = customer();
    let only = |names: &[&str]| {
        known.iter().filter(|(id, _)| names.contains(&id.as_str())).fold(
            FactMap::new(),
            |facts, (id, fact)| match fact {
                guanxi_core::Fact::Known { value, .. } => facts.with(id.clone(), value.clone(), None),
                _ => facts,
            },
        )
    };
    let all_but_service = [
        "cumulative_profit",
        "cooperation_days",
        "industry_growth",
        "undeveloped_needs",
        "total_needs",
        "price_sensitivity",
    ];
    insta::assert_snapshot!(shown(&scorer, &only(&all_but_service), &Given::default()), @"
    52.40 normal [38.42 70.62 60.00] 0.94
    52.40 points reach Normal (from 50.00)
    17.60 points below Key (from 70.00)
    Unknown: service sensitivity (6 % of the score; left out, the rest of its dimension weighs more)
    ");
    insta::assert_snapshot!(shown(&scorer, &only(&["cumulative_profit"]), &Given::default()), @"
    - - [28.50 - -] 0.25
    Nothing is known for Potential
    Nothing is known for Need
    Unknown: days of cooperation (25 % of the score; left out, the rest of its dimension weighs more)
    Unknown: growth of the industry (9 % of the score; left out, the rest of its dimension weighs more)
    Unknown: undeveloped needs (21 % of the score; left out, the rest of its dimension weighs more)
    Unknown: service sensitivity (6 % of the score; left out, the rest of its dimension weighs more)
    Unknown: price sensitivity (14 % of the score; left out, the rest of its dimension weighs more)
    ");
    let prospect = only(&[
        "industry_growth",
        "undeveloped_needs",
        "total_needs",
        "service_sensitivity",
        "price_sensitivity",
    ])
    .not_applicable("cumulative_profit".parse().unwrap())
    .not_applicable("cooperation_days".parse().unwrap());
    insta::assert_snapshot!(shown(&scorer, &prospect, &Given::default()), @"
    - - [- 70.62 48.00] 0.5
    Never bought: a prospect and candidate for Potential, rank 61.57
    Value does not apply
    Does not apply: cumulative profit
    Does not apply: days of cooperation
    ");
}

#[test]
fn what_is_out_of_range_counts_as_the_nearest_bound_and_is_named() {
    let facts = customer()
        .with("cumulative_profit".parse().unwrap(), decimal("-73315.55"), None)
        .with("cooperation_days".parse().unwrap(), FactValue::Int(9000), None)
        .with("undeveloped_needs".parse().unwrap(), FactValue::Int(10), None);
    insta::assert_snapshot!(shown(&company("standard"), &facts, &Given::default()), @"
    43.00 potential [50.00 28.00 48.00] 0.79
    43.00 points reach Potential (from 30.00)
    7.00 points below Normal (from 50.00)
    Out of range, counts as the lowest: cumulative profit
    Out of range, counts as the highest: days of cooperation
    Not a possible value, ignored: undeveloped needs
    Unusual for Potential: Value 50.00 (usual: from –, below 50.00)
    Unusual for Potential: Potential 28.00 (usual: from 50.00, below –)
    ");
    let errors: Vec<String> = company("standard")
        .check(&facts, parse_instant("2026-06-30").unwrap())
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(errors.join("\n"), @"fact `undeveloped_needs`: must be at most `total_needs` (9), got `10`");
}

#[test]
fn the_literal_reading_leaves_the_top_tier_empty() {
    insta::assert_snapshot!(shown(&company("literal"), &customer(), &Given::default()), @"
    45.72 potential [29.87 70.62 48.00] 1
    45.72 points reach Potential (from 30.00)
    4.28 points below Normal (from 50.00)
    ");
    let warnings: Vec<String> = lint(&preset("literal").unwrap(), None)
        .into_iter()
        .filter(|warning| warning.code == "needs_dominant_customer")
        .map(|warning| format!("{}: {}", warning.path, warning.found))
        .collect();
    insta::assert_snapshot!(warnings.join("\n"), @"body.tiers[0].floor: `strategic` needs 60 % of the total of `cumulative_profit` in one customer");
}

#[test]
fn time_alone_changes_an_outcome() {
    let mut policy = preset("standard").unwrap().to_value();
    policy["effective_to"] = json!("2026-12-31");
    policy["body"]["indicators"][0]["greatest_age"] = json!({"days": 90, "then": "missing"});
    let policy = PolicyDocument::from_value(&policy).unwrap();
    let as_of = parse_instant("2026-06-30").unwrap();
    let mut reference = Reference::new(&policy, as_of);
    reference.observe(&policy, &customer());
    let scorer = Scorer::new(&policy, &reference.pin("r".parse().unwrap(), "1".parse().unwrap())).unwrap();
    let facts = customer().with(
        "cumulative_profit".parse().unwrap(),
        decimal("1"),
        Some(parse_instant("2026-06-01").unwrap()),
    );
    let next = |as_of: &str| {
        let decision = scorer.assess(&facts, &Given::default(), parse_instant(as_of).unwrap());
        (
            decision.next_change.map(|at| at.to_rfc3339()),
            decision.reasons.into_iter().map(|r| r.code()).collect::<Vec<_>>(),
        )
    };
    // Not yet observed, fresh, stale, and past the policy's last day.
    assert_eq!(next("2026-05-01").0.as_deref(), Some("2026-06-01T00:00:00+00:00"));
    assert_eq!(next("2026-06-30").0.as_deref(), Some("2026-08-30T00:00:00+00:00"));
    assert_eq!(next("2026-08-30").0.as_deref(), Some("2027-01-01T00:00:00+00:00"));
    assert!(next("2026-08-30").1.contains(&"fact_stale"));
    assert_eq!(next("2027-01-01").0, None);
    assert!(next("2027-01-01").1.contains(&"policy_not_in_force"));
}

#[test]
fn five_faults_are_reported_at_once() {
    let mut policy = preset("standard").unwrap().to_value();
    let body = &mut policy["body"];
    body["colour"] = json!("red");
    body["dimensions"]["value"] = json!("0.7");
    body["tiers"][1]["floor"] = json!("50");
    body["indicators"][0]["weight"] = json!("-0.5");
    body["indicators"][3]["fact"] = json!("industry_growht");
    insta::assert_snapshot!(PolicyDocument::from_value(&policy).unwrap_err().to_string(), @r#"
    body.colour: unknown field, given `colour`, allowed: dimensions, facts, indicators, tiers, prospects
    body.dimensions: weights sum, given weights of the dimensions that sum to 1.2, allowed: weights that sum to 1, or integers of any sum
    body.indicators[0].weight: not allowed here, given "-0.5", allowed: a weight from 0 to 1000000000 with at most 9 decimal places
    body.indicators[3].fact: unknown name, given "industry_growht", allowed: a fact declared under `facts`
    body.indicators: weights sum, given weights of the indicators of value that sum to 0, allowed: weights that sum to 1, or integers of any sum
    body.tiers[2].floor: duplicate, given "50.00", allowed: a floor of its own; `key` has 50.00 already
    "#);
}

#[test]
fn every_other_fault_has_its_place_too() {
    let faults = |edits: &[(&str, Value)]| {
        let mut policy = preset("standard").unwrap().to_value();
        for (pointer, value) in edits {
            *policy.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        }
        PolicyDocument::from_value(&policy).unwrap_err().to_string()
    };
    insta::assert_snapshot!(faults(&[
        ("/schema", json!("guanxi.scoring/2")),
        ("/id", json!("9")),
        ("/body/dimensions/need", json!(0.1)),
        ("/body/facts/cooperation_days/kind", json!("integer")),
        ("/body/facts/service_sensitivity/of", json!(0)),
        ("/body/facts/undeveloped_needs/part_of", json!("needs")),
        ("/body/indicators/1/normaliser", json!({"kind": "linear", "from": 5, "to": 5})),
        ("/body/indicators/3/normaliser", json!({"kind": "log"})),
        ("/body/indicators/4/normaliser", json!({"kind": "capped", "quantile": "0", "cap": 1})),
        ("/body/indicators/6/id", json!("profit")),
        ("/body/indicators/7/direction", json!("down")),
        ("/body/tiers/0/expected_share", json!({"from": "0.5", "to": "0.4"})),
        ("/body/tiers/4/floor", json!("1")),
        ("/body/prospects/candidate_for", json!("gold")),
    ]));
    insta::assert_snapshot!(faults(&[("/body/indicators", json!([])), ("/body/tiers", json!({}))]));
    insta::assert_snapshot!(PolicyDocument::from_json("{").unwrap_err().to_string(), @"document: not json, given EOF while parsing an object at line 1 column 1, allowed: a JSON document");
    insta::assert_snapshot!(PolicyDocument::from_json("[]").unwrap_err().to_string(), @"document: wrong type, given [], allowed: a table with schema, id, version, effective_from, effective_to, body");
}

#[test]
fn a_reference_must_serve_the_policy() {
    let policy = preset("literal").unwrap();
    let reference = Reference::new(&preset("assessed").unwrap(), parse_instant("2026-06-30").unwrap());
    let error =
        Scorer::new(&policy, &reference.pin("r".parse().unwrap(), "1".parse().unwrap())).err().unwrap();
    assert!(matches!(error, ScorerError::NotKept { .. }));
    insta::assert_snapshot!(error.to_string(), @"the reference does not keep the total of fact `cumulative_profit`, which the policy needs");
}

#[test]
fn references_that_contradict_themselves_are_refused() {
    let read = |facts: Value| {
        let body = json!({"as_of": "2026-06-30", "population": 18_446_744_073_709_551_615_u64, "facts": {"a": facts}});
        let document = json!({"schema": "guanxi.reference/1", "id": "r", "version": "1", "body": body});
        PinnedReference::from_value(&document).map(|_| ()).map_err(|problems| problems.to_string())
    };
    let most = 18_446_744_073_709_551_615_u64;
    insta::assert_snapshot!(read(json!({"count": most, "values": [["1", most], ["2", 1]]})).unwrap_err(), @"body.facts.a.values: not allowed here, given counts that add up to 18446744073709551616, allowed: the count of the fact, 18446744073709551615");
    insta::assert_snapshot!(read(json!({"count": 0, "total": "5"})).unwrap_err(), @"body.facts.a: not allowed here, given statistics of a fact that nobody has, allowed: no max and a total of 0 where the count is 0");
    insta::assert_snapshot!(read(json!({"count": 1, "max": "2", "values": [["1", 1]]})).unwrap_err(), @"body.facts.a: not allowed here, given max 2, allowed: the greatest of the values");
    insta::assert_snapshot!(read(json!({"count": 1, "values": [["1", 0]], "total": 5})).unwrap_err(), @r#"
    body.facts.a.total: not allowed here, given 5, allowed: a decimal of at most 28 places as a string
    body.facts.a.values[0]: not allowed here, given ["1",0], allowed: each value once, with a count above 0
    body.facts.a.values: not allowed here, given counts that add up to 0, allowed: the count of the fact, 1
    "#);
    assert_eq!(read(json!({"count": most, "values": [["1", most]]})), Ok(()));
}

#[test]
fn references_that_keep_different_things_do_not_merge() {
    let read = |max: Value, as_of: &str| {
        let facts = json!({"a": {"count": 1, "max": max}});
        let body = json!({"as_of": as_of, "population": 1, "facts": facts});
        let document = json!({"schema": "guanxi.reference/1", "id": "r", "version": "1", "body": body});
        PinnedReference::from_value(&document).unwrap().body().clone()
    };
    let (mut known, unknown) = (read(json!("7"), "2026-06-30"), read(Value::Null, "2026-06-30"));
    insta::assert_snapshot!(known.merge(&unknown).unwrap_err().to_string(), @"the references keep different statistics of fact `a`");
    insta::assert_snapshot!(known.merge(&read(json!("7"), "2026-07-01")).unwrap_err().to_string(), @"references of 2026-06-30 00:00:00 UTC and 2026-07-01 00:00:00 UTC do not merge");
    assert_eq!(known.merge(&read(json!("9"), "2026-06-30")), Ok(()));
    assert_eq!(known.max(&"a".parse().unwrap()), parse_decimal("9").ok());
}

#[test]
fn suspicious_policies_are_linted() {
    let mut policy = preset("standard").unwrap().to_value();
    policy["body"]["facts"]["shoe_size"] = json!({"kind": "int"});
    policy["body"]["indicators"][3]["weight"] = json!("0");
    policy["body"]["indicators"][4]["weight"] = json!("1");
    let steps =
        json!({"kind": "steps", "steps": [{"from": "0", "value": "0.5"}, {"from": "1", "value": "0.2"}]});
    policy["body"]["indicators"][4]["normaliser"] = steps;
    policy["body"]["tiers"][0]["expected_share"] = json!({"from": "0.9", "to": "0.95"});
    let policy = PolicyDocument::from_value(&policy).unwrap();
    let as_of = parse_instant("2026-06-30").unwrap();
    let mut reference = Reference::new(&policy, as_of);
    reference.observe(&policy, &customer().with("cumulative_profit".parse().unwrap(), decimal("0.03"), None));
    let reference = reference.pin("r".parse().unwrap(), "1".parse().unwrap());
    let found: Vec<String> = lint(&policy, Some(&reference))
        .iter()
        .map(|w| format!("{} {}: {}", w.path, w.code, w.found))
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn presets_are_sound_and_labelled_in_both_languages() {
    let (en, zh) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert_eq!((en.gaps(&zh), zh.gaps(&en)), (vec![], vec![]));
    assert!(zh.iter().all(|(_, text)| !text.trim().is_empty()));
    for id in preset_ids() {
        let policy = preset(id).unwrap();
        assert_eq!(policy.stamp().id.as_str(), id);
        let again = PolicyDocument::from_value(&policy.to_value()).unwrap();
        assert_eq!(again, policy);
        for indicator in policy.body().indicators() {
            assert!(en.get(&format!("indicator.{}", indicator.id)).is_some(), "{}", indicator.id);
        }
        for fact in policy.body().facts().keys() {
            assert!(en.get(&format!("fact.{fact}")).is_some(), "{fact}");
        }
        for tier in policy.body().tiers() {
            assert!(en.get(&format!("tier.{}", tier.id)).is_some(), "{}", tier.id);
        }
        // A changed preset changes decisions: a new version is due, and a note in the changelog.
        insta::assert_snapshot!(format!("fingerprint_{id}"), policy.stamp().fingerprint.to_string());
    }
}

/// A policy of one share `a` of `b`, and a level `c`, all in one dimension.
fn small(edit: impl FnOnce(&mut Value)) -> Result<PolicyDocument, String> {
    let mut policy = json!({
        "schema": "guanxi.scoring/1", "id": "small", "version": "1",
        "body": {
            "dimensions": {"value": 1},
            "facts": {
                "a": {"kind": "int", "part_of": "b"}, "b": {"kind": "int", "part_of": "d"}, "d": {"kind": "int"},
                "c": {"kind": "level", "of": 5}
            },
            "indicators": [
                {"id": "share", "dimension": "value", "weight": 1, "fact": "a", "normaliser": {"kind": "share_of", "whole": "b"}},
                {"id": "level", "dimension": "value", "weight": 1, "fact": "c", "normaliser": {"kind": "level"}}
            ],
            "tiers": [{"id": "high", "floor": "50"}, {"id": "low", "floor": "0"}]
        }
    });
    edit(&mut policy);
    PolicyDocument::from_value(&policy).map_err(|problems| problems.to_string())
}

fn scorer(policy: &PolicyDocument) -> Scorer {
    let reference = Reference::new(policy, parse_instant("2026-06-30").unwrap());
    Scorer::new(policy, &reference.pin("r".parse().unwrap(), "1".parse().unwrap())).unwrap()
}

fn ints(values: &[(&str, i64, Option<&str>)]) -> FactMap {
    values.iter().fold(FactMap::new(), |facts, (name, value, day)| {
        let at = day.map(|day| parse_instant(day).unwrap());
        facts.with(name.parse().unwrap(), FactValue::Int(*value), at)
    })
}

#[test]
fn a_whole_bounds_its_part_only_while_it_is_known_itself() {
    let scorer = scorer(&small(|_| ()).unwrap());
    let errors = |facts: &FactMap| {
        let errors = scorer.check(facts, parse_instant("2026-06-30").unwrap());
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        errors(&ints(&[("a", 5, None), ("b", 4, None)])),
        "fact `a`: must be at most `b` (4), got `5`"
    );
    // b is more than d and so not a value: it bounds nothing, and d is not a's whole.
    assert_eq!(
        errors(&ints(&[("a", 5, None), ("b", 4, None), ("d", 3, None)])),
        "fact `b`: must be at most `d` (3), got `4`"
    );
    // b is observed only tomorrow.
    assert_eq!(errors(&ints(&[("a", 5, None), ("b", 4, Some("2026-07-01"))])), "");
    insta::assert_snapshot!(small(|policy| policy["body"]["facts"]["d"]["part_of"] = json!("a")).unwrap_err(), @"
    body.facts.a: not allowed here, given part_of `b`, allowed: a fact that is not a part of this one in turn
    body.facts.b: not allowed here, given part_of `d`, allowed: a fact that is not a part of this one in turn
    body.facts.d: not allowed here, given part_of `a`, allowed: a fact that is not a part of this one in turn
    ");
}

#[test]
fn a_share_names_the_fact_that_is_at_fault() {
    let policy = small(|policy| {
        policy["body"]["indicators"][0]["greatest_age"] = json!({"days": 30, "then": "use"});
    });
    let scorer = scorer(&policy.unwrap());
    let codes = |facts: &FactMap| {
        let decision = scorer.assess(facts, &Given::default(), parse_instant("2026-06-30").unwrap());
        let labels = labels("en").unwrap();
        decision.reasons.iter().skip(2).map(|reason| labels.reason(reason)).collect::<Vec<_>>().join("; ")
    };
    let facts = ints(&[("a", 1, Some("2026-06-29")), ("b", 2, Some("2026-01-01"))]).with(
        "c".parse().unwrap(),
        level(1),
        None,
    );
    assert_eq!(codes(&facts), "Too old since 2026-01-31: b (used all the same)");
    let facts = ints(&[("a", 0, None), ("b", 0, None)]).with("c".parse().unwrap(), level(1), None);
    assert_eq!(codes(&facts), "Nothing to compare with: b");
}

#[test]
fn the_lint_knows_missing_rules_directions_and_the_bounds_of_facts() {
    let codes = |edit: fn(&mut Value)| {
        let warnings = lint(&small(edit).unwrap(), None);
        warnings.iter().map(|w| format!("{} {}", w.code, w.found)).collect::<Vec<_>>().join("; ")
    };
    // Levels of 5 earn at least 0.2, so below 20 there is nobody ...
    let only_level = |policy: &mut Value| {
        policy["body"]["indicators"][0] = policy["body"]["indicators"][1].clone();
        policy["body"]["indicators"][0]["id"] = json!("other");
        policy["body"]["facts"] = json!({"c": {"kind": "level", "of": 5}});
        policy["body"]["tiers"][0]["floor"] = json!("15");
    };
    assert_eq!(codes(only_level), "tier_unreachable `low` while composites lie between 20.00 and 100.00");
    // ... unless a missing one counts as the lowest.
    assert_eq!(
        codes(|policy| {
            policy["body"]["indicators"][0] = json!({"id": "x", "dimension": "value", "weight": 1, "fact": "c", "normaliser": {"kind": "level"}, "missing": "lowest"});
            policy["body"]["facts"] = json!({"c": {"kind": "level", "of": 5}});
            policy["body"]["tiers"][0]["floor"] = json!("15");
        }),
        ""
    );
    // At most 50 of 100, and neither indicator alone reaches 90.
    assert_eq!(
        codes(|policy| {
            policy["body"]["facts"]["d"]["max"] = json!("50");
            policy["body"]["indicators"] = json!([{"id": "x", "dimension": "value", "weight": 1, "fact": "d", "normaliser": {"kind": "relative_to_fixed", "of": "100"}}]);
            policy["body"]["facts"] = json!({"d": {"kind": "int", "max": "50"}});
            policy["body"]["tiers"][0]["floor"] = json!("90");
        }),
        "single_indicator `x` alone makes up value; tier_unreachable `high` while composites lie between 0.00 and 50.00"
    );
    // Of what is better when it is less, nobody needs much.
    assert_eq!(
        codes(|policy| {
            policy["body"]["indicators"][0] = json!({"id": "x", "dimension": "value", "weight": 1, "fact": "d", "normaliser": {"kind": "relative_to_total"}, "direction": "lower_is_better"});
            policy["body"]["facts"] = json!({"c": {"kind": "level", "of": 5}, "d": {"kind": "int"}});
            policy["body"]["tiers"][0]["floor"] = json!("90");
        }),
        ""
    );
}
