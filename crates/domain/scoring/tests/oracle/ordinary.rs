//! Customers of an ordinary company for the shipped policies: finely spread ones, and tie-rich ones
//! whose composite lies exactly on a half hundredth or on the floor of a tier.
use chrono::{DateTime, TimeDelta, Utc};
use num_bigint::BigInt;
use serde_json::{Map, Value, json};

use crate::method::assess;
use crate::population::needs;
use crate::random::{Random, text};
use crate::ratio::Ratio;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Style {
    /// Cents, days, growth in hundredths of a percent.
    Spread,
    /// Profits in thousands, days in months, whole percents, few needs.
    TieRich,
}

/// The greatest value of a fact in the company, and the sum of all.
pub(crate) fn greatest(fact: &str) -> (&'static str, &'static str) {
    match fact {
        "cumulative_profit" => ("1000000", "3000000"),
        "cooperation_days" => ("5400", "5400000"),
        "industry_growth" => ("0.25", "25"),
        _ => ("100", "50000"),
    }
}

/// A reference of that company with everything that a policy needs.
pub(crate) fn pinned(policy: &Value, as_of: DateTime<Utc>) -> Value {
    let mut facts = Map::new();
    for (fact, needs) in needs(policy) {
        let (max, total) = greatest(&fact);
        let mut known = json!({"count": 635});
        for (name, value) in [("max", json!(max)), ("total", json!(total)), ("values", json!([[max, 635]]))] {
            if needs.contains(name) {
                known[name] = value;
            }
        }
        facts.insert(fact, known);
    }
    json!({"schema": "guanxi.reference/1", "id": "company", "version": "2026H1", "body": {
        "as_of": text(as_of), "population": 701, "facts": facts,
    }})
}

fn hundredths(n: i64) -> String {
    Ratio::new(n, 100).to_decimal_text(2).expect("hundredths")
}

/// A number for a fact by its name; over the company's greatest only where that is allowed.
fn number(random: &mut Random, style: Style, fact: &str, over: bool) -> String {
    let fine = style == Style::Spread;
    let (thousands, months, percents) = if over { (1_050, 190, 30) } else { (1_000, 180, 25) };
    match fact {
        "cumulative_profit" if fine => hundredths(random.between(-5_000_000, 100_000 * thousands)),
        "cumulative_profit" => (1_000 * random.between(-20, thousands)).to_string(),
        "cooperation_days" if fine => random.between(0, 30 * months).to_string(),
        "cooperation_days" => (54 * random.between(0, months * 5 / 9)).to_string(),
        "industry_growth" if fine => {
            Ratio::new(random.between(-500, 100 * percents), 10_000).to_decimal_text(4).expect("short")
        }
        "industry_growth" => hundredths(random.between(-5, percents)),
        "undeveloped_needs" => random.between(0, 9).to_string(),
        "total_needs" => random.pick(&[9, 9, 8, 10, 5, 4, 1, 0, 7]).to_string(),
        _ if fine => hundredths(random.between(0, 10_000)),
        _ => Ratio::new(random.between(0, 200), 2).to_decimal_text(1).expect("halves"),
    }
}

/// A number as the kind of value that a schema wants.
fn typed(random: &mut Random, schema: &Value, number: &str) -> Value {
    match schema["kind"].as_str().expect("a kind") {
        "decimal" => json!({"decimal": number}),
        "int" => json!({"int": number.parse::<i64>().unwrap_or(1)}),
        "bool" => json!({"bool": random.percent(50)}),
        _ => {
            let of = schema["of"].as_u64().expect("levels");
            json!({"level": {"level": 1 + random.below(of), "of": of}})
        }
    }
}

/// What befalls a fact: nothing, or it is missing, not applicable, old, of the future, or out of its range.
fn spoil(
    random: &mut Random,
    customer: &mut Map<String, Value>,
    fact: &str,
    over: bool,
    as_of: DateTime<Utc>,
) {
    let Some(entry) = customer.get_mut(fact).filter(|entry| entry.is_object()) else { return };
    match random.below(8) {
        0 | 1 => {
            customer.remove(fact);
        }
        2 => *entry = "not_applicable".into(),
        3 => entry["known"]["observed_at"] = text(as_of + TimeDelta::seconds(random.between(0, 1))).into(),
        4 => {
            let days = *random.pick(&[30, 90, 180, 182, 183, 365, 366, 730, 1_095]);
            let nudge = TimeDelta::seconds(random.between(-1, 1));
            entry["known"]["observed_at"] = text(as_of - TimeDelta::days(days) + nudge).into();
        }
        5 => entry["known"]["value"] = json!({"level": {"level": 7, "of": 7}}),
        6 if entry["known"]["value"].get("int").is_some() => entry["known"]["value"] = json!({"int": -1}),
        _ => {
            if entry["known"]["value"].get("decimal").is_some() {
                let bounds = ["-1000000", "0", "0.0", "0.00000000000001", "100", "100.01"];
                let bound = *random.pick(if over { &bounds } else { &bounds[..4] });
                entry["known"]["value"] = json!({"decimal": bound});
            }
        }
    }
}

/// A customer of the company.
pub(crate) fn customer(
    random: &mut Random,
    policy: &Value,
    reference: &Value,
    style: Style,
    over: bool,
    as_of: DateTime<Utc>,
) -> Value {
    let mut customer = Map::new();
    for (fact, schema) in policy["body"]["facts"].as_object().expect("facts") {
        let number = number(random, style, fact, over);
        customer.insert(fact.clone(), json!({"known": {"value": typed(random, schema, &number)}}));
    }
    let facts: Vec<String> = customer.keys().cloned().collect();
    if random.percent(40) {
        for _ in 0..=random.below(3) {
            let fact = random.pick(&facts).clone();
            spoil(random, &mut customer, &fact, over, as_of);
        }
    } else if random.percent(3) {
        // A firm that never bought.
        for fact in ["cumulative_profit", "cooperation_days", "value_score"] {
            if let Some(entry) = customer.get_mut(fact) {
                *entry = "not_applicable".into();
            }
        }
    }
    let customer = Value::Object(customer);
    if style == Style::TieRich && random.percent(70) {
        let fact = if policy["body"]["facts"]["value_score"].is_null() {
            "cumulative_profit"
        } else {
            "value_score"
        };
        if let Some(solved) = land(random, policy, reference, &customer, fact, as_of) {
            return solved;
        }
    }
    customer
}

/// The customer with one fact moved so that the exact composite is a half hundredth or the floor of a
/// tier, if a value exists that does this.
fn land(
    random: &mut Random,
    policy: &Value,
    reference: &Value,
    customer: &Value,
    fact: &str,
    as_of: DateTime<Utc>,
) -> Option<Value> {
    customer[fact]["known"]["value"].get("decimal")?;
    let with = |text: &str| {
        let mut customer = customer.clone();
        customer[fact]["known"]["value"] = json!({"decimal": text});
        customer
    };
    let exact = |customer: &Value| assess(policy, reference, customer, as_of).exact;
    let known = &reference["body"]["facts"][fact];
    let most = [&known["max"], &known["total"]].into_iter().find_map(Value::as_str).unwrap_or("100");
    let (low, high) = (exact(&with("0"))?, exact(&with(most))?);
    if low == high {
        return None;
    }
    let half = Ratio::half();
    let target = if random.percent(60) {
        // A half hundredth somewhere between the two, or one below the floor of a tier.
        let near = &low + &(&(&high - &low) * &Ratio::new(random.below(1_000), 1_000));
        let floors: Vec<i64> = [5_000, 3_000, 7_000, 9_000].into();
        let floor = Ratio::new(*random.pick(&floors), 1);
        let whole = if random.percent(50) { Ratio::whole(near.floor()) } else { &floor - &Ratio::whole(1) };
        &whole + &half
    } else {
        let tier = random.pick(policy["body"]["tiers"].as_array().expect("tiers"));
        &Ratio::read(&tier["floor"]) * &Ratio::whole(100)
    };
    let x = &(&(&target - &low) / &(&high - &low)) * &Ratio::parse(most);
    if x < Ratio::whole(0) || x > Ratio::parse(most) {
        return None;
    }
    let x = x.reduced().to_decimal_text(20)?;
    if x.len() > 28 {
        return None;
    }
    let solved = with(&x);
    // The fact may be bounded; then the composite does not move with it.
    (exact(&solved)? == target).then_some(solved)
}

/// The customer that holds every greatest value, so that an observed company has the planned reference.
pub(crate) fn holder(policy: &Value) -> Value {
    let mut random = Random(0);
    let mut customer = Map::new();
    for (fact, schema) in policy["body"]["facts"].as_object().expect("facts") {
        let value = typed(&mut random, schema, greatest(fact).0);
        customer.insert(fact.clone(), json!({"known": {"value": value}}));
    }
    customer.into()
}

/// The customer that makes the sum over all customers what was planned.
pub(crate) fn balance(fact: &str, sum: &Ratio) -> Value {
    let rest = &Ratio::parse(greatest(fact).1) - sum;
    let number = rest.to_decimal_text(28).expect("a sum of decimals");
    json!({fact: {"known": {"value": {"decimal": number}}}})
}

/// How many of some composites lie exactly between two hundredths.
pub(crate) fn halves(composites: &[Ratio]) -> usize {
    let half = |exact: &&Ratio| *exact - &Ratio::whole(exact.floor()) == Ratio::half();
    composites.iter().filter(half).count()
}

#[test]
fn tie_rich_customers_are() {
    let floor = Ratio::whole(BigInt::from(4_999));
    assert_eq!(halves(&[&floor + &Ratio::half(), floor]), 1);
}
