//! Worked cases: what recipes make of events.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

use chrono::{DateTime, FixedOffset, Utc};
use guanxi_core::{
    Event, Fact, FactId, FactMap, FactValue, Facts, Rate, Rates, ReasonCode, SubjectId, parse_decimal,
};
use guanxi_customer::{Attribute, FactBook, OrganisationName, Parties, Party, Recipes, labels};
use guanxi_policy::{Body, check};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    guanxi_core::parse_instant(text).unwrap()
}

fn recipes(tree: &Value) -> Recipes {
    check(tree, Recipes::read).unwrap()
}

/// An event from `id subject kind instant name=value...`; a value is a decimal, `12 CNY` as
/// `12CNY`, or a text.
fn event(line: &str) -> Event {
    let mut words = line.split_whitespace();
    let mut word = || words.next().unwrap();
    let (id, subject, kind, day) = (word(), word(), word(), word());
    let value = |text: &str| match (parse_decimal(text), text.get(text.len().saturating_sub(3)..)) {
        (Ok(number), _) => FactValue::Decimal(number),
        (_, Some(code)) if code.parse::<guanxi_core::Currency>().is_ok() => {
            FactValue::Money(guanxi_core::Money::new(
                parse_decimal(text.strip_suffix(code).unwrap()).unwrap(),
                code.parse().unwrap(),
            ))
        }
        _ => FactValue::Text(text.into()),
    };
    Event {
        id: id.parse().unwrap(),
        subject: subject.parse().unwrap(),
        kind: kind.parse().unwrap(),
        occurred_at: at(day),
        recorded_at: None,
        source: None,
        channel: None,
        attributes: words
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, text)| (name.parse().unwrap(), value(text)))
            .collect(),
    }
}

fn parties(lines: &[&str]) -> Parties {
    let mut parties = Parties::new();
    for line in lines {
        let (id, business) = line.split_once(' ').unwrap();
        let name = OrganisationName::new(id).unwrap();
        let business = Attribute::of(FactValue::Text(business.into()));
        let party = Party::organisation(id.parse().unwrap(), name);
        parties.insert(party.with_attribute("business_type".parse().unwrap(), business)).unwrap();
    }
    parties
}

fn shown(facts: &FactMap, fact: &str) -> String {
    match facts.fact(&FactId::new(fact).unwrap()) {
        Fact::Known { value, observed_at } => {
            let observed = observed_at.map_or("-".into(), |at| at.format("%Y-%m-%d").to_string());
            format!("{} {value} ({observed})", value.kind_name())
        }
        Fact::Missing => "missing".into(),
        Fact::NotApplicable => "not applicable".into(),
    }
}

/// One fact of subject `C1` from one recipe, as text, or the code of the finding that refused it.
fn measured(mut recipe: Value, as_of: &str, lines: &[&str]) -> String {
    recipe["fact"] = "x".into();
    if recipe["measure"].get("constant").is_none() && recipe.get("events").is_none() {
        recipe["events"] = json!(["order.placed"]);
    }
    let recipes = recipes(&json!({"recipes": [recipe]}));
    let parties = parties(&["C1 Shop", "C2 Shop", "C3 Dealer"]);
    let rates = Rates::new(vec![Rate {
        from: "USD".parse().unwrap(),
        to: "CNY".parse().unwrap(),
        since: "2026-01-01".parse().unwrap(),
        rate: parse_decimal("7.1").unwrap().into(),
    }])
    .unwrap();
    let mut book = FactBook::new(&recipes, &parties, &rates, at(as_of));
    lines.iter().for_each(|line| drop(book.add(event(line))));
    let read = book.facts(&"C1".parse::<SubjectId>().unwrap());
    match read.findings.iter().find(|finding| finding.fact().is_some()) {
        Some(finding) => finding.code().into(),
        None => shown(&read.facts, "x"),
    }
}

#[test]
fn the_facts_of_a_shop_follow_from_its_orders() {
    let recipes = recipes(&json!({"recipes": [
        {"fact": "cumulative_profit", "measure": {"sum": {"add": ["net"], "subtract": ["cost"]}},
         "events": ["order.placed"], "when_empty": "not_applicable"},
        {"fact": "cooperation_days", "measure": {"days_since": "first"},
         "events": ["order.placed"], "when_empty": "not_applicable"},
        {"fact": "industry_growth", "measure": {"growth": {"of": {"sum": {"add": ["net"]}}, "over": {"months": 12}}},
         "events": ["order.placed"], "peers": "business_type"},
        {"fact": "undeveloped_needs", "measure": {"distinct_not_yet": "subcategory"}, "events": ["order.line"]},
        {"fact": "total_needs", "measure": {"distinct_in_population": "subcategory"}, "events": ["order.line"]},
        {"fact": "price_sensitivity",
         "measure": {"share": {"of": "count", "where": [{"attribute": "discount_rate", "is": {"above": 0}}]}},
         "events": ["order.line"], "levels": {"cuts": ["0", "0.01", "0.02", "0.05"], "at_cut": "lower"}},
        {"fact": "revenue", "measure": {"sum": {"add": ["net"]}}, "events": ["order.placed"]},
        {"fact": "revenue_recent", "measure": {"sum": {"add": ["net"]}}, "events": ["order.placed"],
         "window": {"months": 12}, "when_empty": {"value": 0}},
        {"fact": "days_since_order", "measure": {"days_since": "last"}, "events": ["order.placed"]},
        {"fact": "median_gap_days", "measure": "median_gap", "events": ["order.placed"]},
        {"fact": "orders", "measure": "count", "events": ["order.placed"], "when_empty": {"value": 0}},
        {"fact": "business", "measure": {"attribute": "business_type"}},
        {"fact": "markets", "measure": {"constant": {"int": 3}}}
    ]}));
    let parties = parties(&["C1 Shop", "C2 Shop", "C3 Dealer"]);
    let rates = Rates::default();
    let mut book = FactBook::new(&recipes, &parties, &rates, at("2013-12-01"));
    for line in [
        "O1 C1 order.placed 2012-06-30 net=100.5000 cost=110.25",
        "O2 C1 order.placed 2013-06-30 net=150 cost=120",
        "O3 C2 order.placed 2012-11-30 net=49.5 cost=0",
        "O4 C2 order.placed 2012-12-01T00:00:01Z net=25 cost=0",
        "L1 C1 order.line 2012-06-30 subcategory=Helmets discount_rate=0 net=100.5",
        "L2 C1 order.line 2013-06-30 subcategory=Helmets discount_rate=0.02 net=150",
        "L3 C2 order.line 2012-11-30 subcategory=Gloves discount_rate=0 net=49.5",
        "O9 C1 order.placed 2013-12-02 net=1000 cost=1",
    ] {
        let _ = book.add(event(line));
    }
    let text = |subject: &str, book: &mut FactBook<'_>| {
        let read = book.facts(&subject.parse().unwrap());
        let facts = recipes.iter().map(|r| format!("{}: {}", r.fact, shown(&read.facts, r.fact.as_str())));
        let findings = read.findings.iter().map(|finding| finding.code().to_owned());
        facts.chain(findings).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(text("C1", &mut book), @"
    cumulative_profit: decimal 20.25 (2013-06-30)
    cooperation_days: int 519 (2013-06-30)
    industry_growth: decimal 0.1667 (2013-06-30)
    undeveloped_needs: int 1 (2013-06-30)
    total_needs: int 2 (2013-06-30)
    price_sensitivity: level 5 (2013-06-30)
    revenue: decimal 250.5 (2013-06-30)
    revenue_recent: decimal 150 (2013-06-30)
    days_since_order: int 154 (2013-06-30)
    median_gap_days: decimal 365 (2013-06-30)
    orders: int 2 (2013-06-30)
    business: text Shop (-)
    markets: int 3 (-)
    future_event
    ");
    insta::assert_snapshot!(text("C3", &mut book), @"
    cumulative_profit: not applicable
    cooperation_days: not applicable
    industry_growth: missing
    undeveloped_needs: int 2 (2013-06-30)
    total_needs: int 2 (2013-06-30)
    price_sensitivity: missing
    revenue: missing
    revenue_recent: decimal 0 (-)
    days_since_order: missing
    median_gap_days: missing
    orders: int 0 (-)
    business: text Dealer (-)
    markets: int 3 (-)
    ");

    // A new order of a peer changes the industry's growth, and a new need is everyone's.
    let before = text("C3", &mut book);
    let _ = book.add(event("O5 C2 order.placed 2013-11-30 net=50 cost=0"));
    let _ = book.add(event("L5 C2 order.line 2013-11-30 subcategory=Bells discount_rate=0 net=50"));
    let growth = book.facts(&"C1".parse().unwrap());
    assert_eq!(shown(&growth.facts, "industry_growth"), "decimal 0.5 (2013-11-30)");
    assert_eq!(shown(&growth.facts, "undeveloped_needs"), "int 2 (2013-11-30)");
    assert_ne!(text("C3", &mut book), before);
}

#[test]
fn months_and_days_are_counted_back_from_as_of() {
    let orders = [
        "A C1 order.placed 2024-02-28 net=1",
        "B C1 order.placed 2024-02-29 net=2",
        "C C1 order.placed 2024-03-31 net=4",
    ];
    let sum = |window: Value, as_of: &str| {
        measured(json!({"measure": {"sum": {"add": ["net"]}}, "window": window}), as_of, &orders)
    };
    // The month to 31 March 2024 begins after the last day of February, and 31 March is in it.
    assert_eq!(sum(json!({"months": 1}), "2024-03-31"), "decimal 4 (2024-03-31)");
    assert_eq!(sum(json!({"months": 1}), "2024-03-30T23:59:59Z"), "missing");
    assert_eq!(sum(json!({"months": 1}), "2024-03-28T23:59:59Z"), "decimal 2 (2024-02-29)");
    assert_eq!(sum(json!({"months": 12}), "2025-02-27T23:59:59Z"), "decimal 7 (2024-03-31)");
    assert_eq!(sum(json!({"months": 12}), "2025-02-28"), "decimal 6 (2024-03-31)");
    assert_eq!(sum(json!({"days": 366}), "2025-02-28"), "decimal 6 (2024-03-31)");
    assert_eq!(sum(json!({"days": 365}), "2025-02-28"), "decimal 4 (2024-03-31)");
    assert_eq!(sum(json!({"days": 1}), "2024-02-28"), "decimal 1 (2024-02-28)");
    // What happens at the instant of the review counts everywhere, and once.
    let all = json!({"measure": {"sum": {"add": ["net"]}}});
    assert_eq!(measured(all, "2024-02-28", &orders), "decimal 1 (2024-02-28)");
    let growth = |over: Value, as_of: &str| {
        let growth = json!({"growth": {"of": {"sum": {"add": ["net"]}}, "over": over}});
        measured(json!({"measure": growth}), as_of, &orders)
    };
    // (4 - 2 - 1) / 3: the month before reaches from 31 January to 29 February.
    assert_eq!(growth(json!({"months": 1}), "2024-03-31"), "decimal 0.3333 (2024-03-31)");
    assert_eq!(growth(json!({"days": 1}), "2024-02-29"), "decimal 1 (2024-02-29)");
    let since = |as_of| measured(json!({"measure": {"days_since": "first"}}), as_of, &orders);
    assert_eq!(since("2024-02-28"), "int 0 (2024-02-28)");
    assert_eq!(since("2025-02-28T23:59:59Z"), "int 366 (2024-03-31)");
}

#[test]
fn days_are_those_of_the_calendar_of_the_offset() {
    let recipes = recipes(&json!({"recipes": [
        {"fact": "since", "measure": {"days_since": "last"}, "events": ["order.placed"]},
        {"fact": "gap", "measure": "median_gap", "events": ["order.placed"]},
        {"fact": "month", "measure": "count", "events": ["order.placed"], "window": {"months": 1}},
        {"fact": "yuan", "measure": {"sum": {"add": ["net"]}}, "events": ["order.placed"], "convert": "CNY"}
    ]}));
    let rates = ["2023-10-19 7", "2023-10-20 8"].map(|line| Rate {
        from: "USD".parse().unwrap(),
        to: "CNY".parse().unwrap(),
        since: line.split_once(' ').unwrap().0.parse().unwrap(),
        rate: parse_decimal(line.split_once(' ').unwrap().1).unwrap().into(),
    });
    let (parties, rates) = (parties(&["C1 Shop"]), Rates::new(rates.into()).unwrap());
    let mut book = FactBook::new(&recipes, &parties, &rates, at("2023-12-01T00:00:00+08:00"));
    for line in [
        "A C1 order.placed 2023-10-20T07:00:00+08:00 net=1USD",
        "B C1 order.placed 2023-10-20T20:00:00+08:00 net=1USD",
        "C C1 order.placed 2023-10-31T12:00:00+08:00 net=1USD",
        "D C1 order.placed 2023-11-01T20:00:00+08:00 net=1USD",
    ] {
        let _ = book.add(event(line));
    }
    let facts = |book: &mut FactBook<'_>| {
        let facts = book.facts(&"C1".parse().unwrap()).facts;
        ["since", "gap", "month", "yuan"].map(|fact| shown(&facts, fact)).join(", ")
    };
    let in_utc = "int 29 (2023-11-01), decimal 1 (2023-11-01), int 2 (2023-11-01), decimal 31 (2023-11-01)";
    assert_eq!(facts(&mut book), in_utc);
    // From 1 November to 1 December, where the shop is; October ends eight hours earlier there.
    let in_china = "int 30 (2023-11-01), decimal 6 (2023-11-01), int 1 (2023-11-01), decimal 32 (2023-11-01)";
    let mut book = book.in_offset(FixedOffset::east_opt(8 * 3600).unwrap());
    assert_eq!(facts(&mut book), in_china);
    assert_eq!(facts(&mut book.at(at("2023-12-01")).at(at("2023-12-01T00:00:00+08:00"))), in_china);
}

#[test]
fn each_measure_by_hand() {
    let orders = [
        "A C1 order.placed 2026-01-01 net=10 grade=b size=L",
        "B C1 order.placed 2026-01-05T08:00:00Z net=-4 grade=a",
        "C C1 order.placed 2026-01-05T20:00:00Z net=1 grade=b",
        "D C1 order.placed 2026-01-06 net=3",
        "E C2 order.placed 2026-01-07 net=100 grade=z",
        "F C1 order.returned 2026-01-07 net=1000",
    ];
    for (recipe, expected) in [
        (json!({"measure": {"sum": {"add": ["net"]}}}), "decimal 10 (2026-01-06)"),
        (json!({"measure": "count"}), "int 4 (2026-01-06)"),
        (json!({"measure": "count", "events": ["order.placed", "order.returned"]}), "int 5 (2026-01-07)"),
        (json!({"measure": {"first": "grade"}}), "text b (2026-01-06)"),
        (json!({"measure": {"last": "size"}}), "text L (2026-01-06)"),
        (json!({"measure": {"mean": {"of": {"add": ["net"]}}}}), "decimal 2.5 (2026-01-06)"),
        (json!({"measure": {"mean": {"of": {"add": ["net"]}, "places": 0}}}), "decimal 3 (2026-01-06)"),
        (json!({"measure": {"distinct": "grade"}}), "int 2 (2026-01-06)"),
        (json!({"measure": {"distinct_not_yet": "grade"}}), "int 1 (2026-01-07)"),
        (json!({"measure": {"distinct_in_population": "grade"}}), "int 3 (2026-01-07)"),
        (json!({"measure": {"distinct": "colour"}}), "missing"),
        // The gaps between three days are 4 and 1 days.
        (json!({"measure": "median_gap"}), "decimal 2.5 (2026-01-06)"),
        (json!({"measure": {"days_since": "last"}}), "int 26 (2026-01-06)"),
        (
            json!({"measure": {"share": {"of": "count", "where": [{"attribute": "grade", "is": {"equals": "b"}}]}}}),
            "decimal 0.5 (2026-01-06)",
        ),
        (
            json!({"measure": {"share": {"of": {"sum": {"add": ["net"]}},
            "where": [{"attribute": "net", "is": {"at_least": "3"}}]}}}),
            "decimal 1.3 (2026-01-06)",
        ),
        (
            json!({"measure": "count", "where": [{"attribute": "grade", "is": "present"}]}),
            "int 3 (2026-01-05)",
        ),
        (
            json!({"measure": "count", "where": [{"attribute": "net", "is": {"below": 3}}]}),
            "int 2 (2026-01-05)",
        ),
        (
            json!({"measure": "count", "where": [{"attribute": "net", "is": {"at_most": 3}}]}),
            "int 3 (2026-01-06)",
        ),
        (
            json!({"measure": "count", "where": [{"attribute": "net", "is": {"equals": "3.0"}}]}),
            "int 1 (2026-01-06)",
        ),
        (json!({"measure": "count", "peers": "business_type"}), "int 5 (2026-01-07)"),
        (json!({"measure": {"growth": {"of": "count", "over": {"days": 27}}}}), "decimal 2 (2026-01-06)"),
        (json!({"measure": {"growth": {"of": "count", "over": {"days": 32}}}}), "missing"),
        (
            json!({"measure": {"growth": {"of": "count", "over": {"days": 32}}}, "when_empty": "not_applicable"}),
            "not applicable",
        ),
        (json!({"measure": "count", "window": {"days": 1}, "when_empty": {"value": 0}}), "int 0 (-)"),
        (
            json!({"measure": {"sum": {"add": ["net"]}}, "levels": {"cuts": [5, 10], "at_cut": "lower"}}),
            "level 2 (2026-01-06)",
        ),
        (
            json!({"measure": {"sum": {"add": ["net"]}}, "levels": {"cuts": [5, 10], "at_cut": "higher"}}),
            "level 3 (2026-01-06)",
        ),
        // Levels are cut from the exact quotient: a quarter is not 0, and 14/3 is above many sixes.
        (
            json!({"measure": {"share": {"of": "count", "where": [{"attribute": "grade", "is": {"equals": "b"}},
            {"attribute": "net", "is": {"above": 1}}], "places": 0}},
            "levels": {"cuts": [0, "0.25", "0.3"], "at_cut": "lower"}}),
            "level 2 (2026-01-06)",
        ),
        (
            json!({"measure": {"mean": {"of": {"add": ["net"]}, "places": 0}}, "where": [{"attribute": "net", "is": {"above": 0}}],
            "levels": {"cuts": ["4.6666", "4.66666666666666666666666666"], "at_cut": "lower"}}),
            "level 3 (2026-01-06)",
        ),
        (
            json!({"measure": {"growth": {"of": "count", "over": {"days": 27}, "places": 0}},
            "levels": {"cuts": [2, 3], "at_cut": "lower"}}),
            "level 1 (2026-01-06)",
        ),
        (json!({"measure": {"constant": {"decimal": "0.07"}}}), "decimal 0.07 (-)"),
        // Missing is not zero, and text is no number.
        (json!({"measure": {"sum": {"add": ["net"], "subtract": ["cost"]}}}), "attribute_missing"),
        (json!({"measure": {"sum": {"add": ["grade"]}}}), "not_a_number"),
        (json!({"measure": "count", "where": [{"attribute": "grade", "is": {"above": 1}}]}), "not_a_number"),
        (json!({"measure": {"first": "grade"}, "levels": {"cuts": [5], "at_cut": "lower"}}), "no_level"),
        (json!({"measure": {"sum": {"add": ["net"]}}, "convert": "CNY"}), "no_currency"),
    ] {
        assert_eq!(measured(recipe.clone(), "2026-02-01", &orders), expected, "{recipe}");
    }
}

#[test]
fn a_party_whose_value_refuses_everyones_fact_is_named() {
    let filter = json!([{"attribute": "discount_rate", "is": {"above": 0}}]);
    let recipes = recipes(&json!({"recipes": [
        {"fact": "needs", "measure": {"distinct_in_population": "subcategory"}, "events": ["order.line"], "where": filter},
        {"fact": "open", "measure": {"distinct_not_yet": "subcategory"}, "events": ["order.line"], "where": filter}
    ]}));
    let (parties, rates) = (parties(&["C1 Shop", "C2 Shop", "C3 Dealer"]), Rates::default());
    let mut book = FactBook::new(&recipes, &parties, &rates, at("2026-02-01"));
    for line in [
        "L1 C1 order.line 2026-01-01 subcategory=Helmets discount_rate=0.1",
        "L2 C2 order.line 2026-01-02 subcategory=Gloves discount_rate=none",
        "L3 C3 order.line 2026-01-03 subcategory=Gloves discount_rate=some",
    ] {
        let _ = book.add(event(line));
    }
    let pack = labels("en").unwrap();
    let mut told = |subject: &str| {
        let findings = book.facts(&subject.parse().unwrap()).findings;
        let texts = findings.iter().map(|finding| pack.fill("finding", finding.code(), &finding.args()));
        texts.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told("C1"), @"
    needs cannot be computed: it compares with C2, whose own value is refused
    open cannot be computed: it compares with C2, whose own value is refused
    ");
    insta::assert_snapshot!(told("C3"), @"
    needs cannot be computed: discount_rate of event L3 is not a number
    open cannot be computed: discount_rate of event L3 is not a number
    ");
}

#[test]
fn currencies_meet_only_where_a_recipe_converts_them() {
    let sum = |convert: bool, lines: &[&str]| {
        let mut recipe = json!({"measure": {"sum": {"add": ["net"]}}});
        if convert {
            recipe["convert"] = "CNY".into();
        }
        measured(recipe, "2026-02-01", lines)
    };
    let (yuan, dollar) =
        ("A C1 order.placed 2026-01-01 net=10.25CNY", "B C1 order.placed 2026-01-02 net=2USD");
    assert_eq!(sum(false, &[yuan, "C C1 order.placed 2026-01-02 net=-1CNY"]), "money 9.25 CNY (2026-01-02)");
    let mean = json!({"measure": {"mean": {"of": {"add": ["net"]}, "places": 1}}});
    let two = [yuan, "C C1 order.placed 2026-01-02 net=-1CNY"];
    assert_eq!(measured(mean.clone(), "2026-02-01", &two), "money 4.6 CNY (2026-01-02)");
    assert_eq!(measured(mean, "2026-02-01", &[yuan, dollar]), "mixed_currencies");
    assert_eq!(sum(false, &[yuan, dollar]), "mixed_currencies");
    assert_eq!(sum(false, &[yuan, "C C1 order.placed 2026-01-02 net=1"]), "mixed_currencies");
    assert_eq!(sum(true, &[yuan, dollar]), "decimal 24.45 (2026-01-02)");
    assert_eq!(sum(true, &[yuan, "C C1 order.placed 2025-12-31 net=2USD"]), "no_rate");
    let growth = json!({"measure": {"growth": {"of": {"sum": {"add": ["net"]}}, "over": {"days": 30}}}});
    let (old, new) = ("A C1 order.placed 2025-12-15 net=1CNY", "B C1 order.placed 2026-01-15 net=2CNY");
    assert_eq!(measured(growth.clone(), "2026-02-01", &[old, new]), "decimal 1 (2026-01-15)");
    assert_eq!(
        measured(growth, "2026-02-01", &[old, "B C1 order.placed 2026-01-15 net=2USD"]),
        "mixed_currencies"
    );
}

#[test]
fn sums_are_exact_or_refused() {
    let sum = |lines: &[&str]| measured(json!({"measure": {"sum": {"add": ["net"]}}}), "2026-02-01", lines);
    let most = "A C1 order.placed 2026-01-01 net=79228162514264337593543950335";
    let least = "B C1 order.placed 2026-01-02 net=0.0000000000000000000000000001";
    assert_eq!(sum(&[most, least]), "too_many_digits");
    let back = "C C1 order.placed 2026-01-03 net=-79228162514264337593543950335";
    assert_eq!(sum(&[most, least, back]), "decimal 0.0000000000000000000000000001 (2026-01-03)");
}
