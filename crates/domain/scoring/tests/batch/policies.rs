//! Random policies and references that a batch finds hard, as plain JSON.
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::method::DIMENSIONS;
use crate::population::needs;
use crate::random::{self, GREATEST, LEAST, Random, Shape};
use crate::ratio::Ratio;

/// What is hard about a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flavour {
    /// Small numbers in few steps: many rows lie exactly between two hundredths.
    Ties,
    /// Whatever is valid.
    Wild,
    /// Constants of 28 digits, and some near 2^63: 128 bits do not hold a row, or not even the policy.
    Limits,
    /// Everything that can be is a share: each row has its own denominators.
    Shares,
    /// Short spans far from their origin, of which floating point can prove nothing.
    Far,
}

pub(crate) const FLAVOURS: [Flavour; 5] =
    [Flavour::Ties, Flavour::Wild, Flavour::Limits, Flavour::Shares, Flavour::Far];

/// Long numbers, most of them without a common factor.
const LONG: [&str; 9] = [
    GREATEST,
    LEAST,
    "9999999999999999999999999961",
    "0.9999999999999999999999999961",
    "123456789012.3456789012345679",
    "9223372036854775807",
    "9223372036854775808",
    "9223372036854775783",
    "92233720368547758.07",
];

/// Whole numbers of small factors, mostly 2 and 5.
const FEW: [i64; 10] = [1, 2, 7, 8, 16, 20, 32, 64, 96, 160];

fn few(random: &mut Random) -> String {
    random.pick(&FEW).to_string()
}

fn long(random: &mut Random) -> String {
    (*random.pick(&LONG)).to_owned()
}

/// A valid policy of 1 to 12 indicators and 1 to 64 tiers.
pub(crate) fn policy(random: &mut Random, flavour: Flavour) -> Value {
    let mut policy = random::policy(random, Shape::Any);
    let indicators = policy["body"]["indicators"].as_array().expect("indicators").len();
    if flavour == Flavour::Shares || random.percent(5) {
        (0..indicators).for_each(|place| share(random, &mut policy["body"], place));
    }
    wholes_of_wholes(random, &mut policy["body"]);
    if random.percent(40) {
        (0..indicators).for_each(|place| plain(&mut policy["body"]["indicators"][place]));
    }
    if flavour != Flavour::Wild {
        plain_weights(random, &mut policy["body"]);
        for schema in policy["body"]["facts"].as_object_mut().expect("facts").values_mut() {
            bounds(random, schema, flavour);
        }
        for place in 0..indicators {
            constants(random, &mut policy["body"]["indicators"][place]["normaliser"], flavour);
        }
    }
    if random.percent(50) {
        tiers(random, &mut policy["body"]);
    }
    policy
}

/// An indicator becomes a share, if its fact allows.
fn share(random: &mut Random, body: &mut Value, place: usize) {
    let kind = body["indicators"][place]["normaliser"]["kind"].as_str().expect("a kind").to_owned();
    if kind != "level" && kind != "share_of" && random.percent(80) {
        let whole = format!("w{place}");
        body["facts"][&whole] = json!({"kind": *random.pick(&["decimal", "int"])});
        body["indicators"][place]["normaliser"] = json!({"kind": "share_of", "whole": whole});
    }
}

/// An indicator that needs more than a line becomes one that needs a line.
fn plain(indicator: &mut Value) {
    let kind = indicator["normaliser"]["kind"].as_str().expect("a kind");
    if ["steps", "percentile", "logarithmic"].contains(&kind) {
        indicator["normaliser"] = json!({"kind": "relative_to_fixed", "of": "16"});
    }
}

/// Some wholes are parts themselves.
fn wholes_of_wholes(random: &mut Random, body: &mut Value) {
    let names: Vec<String> = body["facts"].as_object().expect("facts").keys().cloned().collect();
    for name in names.iter().filter(|name| name.starts_with(['w', 'p'])) {
        if random.percent(20) {
            let whole = format!("v{name}");
            body["facts"][&whole] = json!({"kind": "decimal"});
            body["facts"][name]["part_of"] = whole.into();
        }
    }
}

/// Whole weights where there was one, the sum of a group 16, 20 or 40.
fn plain_weights(random: &mut Random, body: &mut Value) {
    let mut plain = |mut weights: Vec<&mut Value>| {
        weights.retain(|weight| !Ratio::read(weight).is_zero());
        let mut rest = *random.pick(&[16, 20, 40]);
        let mut left = u64::try_from(weights.len()).expect("a few");
        for weight in weights {
            left -= 1;
            let part = if left == 0 { rest } else { 1 + random.below((rest - left).min(12)) };
            rest -= part;
            *weight = part.to_string().into();
        }
    };
    plain(body["dimensions"].as_object_mut().expect("dimensions").values_mut().collect());
    for dimension in DIMENSIONS {
        let indicators = body["indicators"].as_array_mut().expect("indicators").iter_mut();
        let of = indicators.filter(|indicator| indicator["dimension"] == dimension);
        plain(of.map(|indicator| &mut indicator["weight"]).collect());
    }
}

/// The least and the greatest value of a fact.
fn bounds(random: &mut Random, schema: &mut Value, flavour: Flavour) {
    if schema["kind"] != "decimal" && schema["kind"] != "int" {
        return;
    }
    let schema = schema.as_object_mut().expect("a schema");
    schema.remove("min");
    schema.remove("max");
    if !random.percent(30) {
        return;
    }
    let far = flavour == Flavour::Limits && random.percent(50);
    let far_bounds =
        [("min", "9223372036854775808"), ("max", "-9223372036854775809"), ("min", "-9223372036854775807")];
    if far {
        let (name, bound) = *random.pick(&far_bounds);
        schema.insert(name.into(), bound.into());
        return;
    }
    if random.percent(70) {
        schema.insert("min".into(), (*random.pick(&["-0.5", "0", "0", "0.005", "1"])).into());
    }
    if random.percent(50) {
        schema.insert("max".into(), (*random.pick(&["1", "19.5", "64", "100.001"])).into());
    }
}

/// Other constants for a normaliser.
fn constants(random: &mut Random, normaliser: &mut Value, flavour: Flavour) {
    let positive = |random: &mut Random| match flavour {
        Flavour::Limits if random.percent(80) => long(random),
        _ => few(random),
    };
    match normaliser["kind"].as_str().expect("a kind") {
        "relative_to_fixed" => normaliser["of"] = positive(random).into(),
        "linear" => {
            let (from, to) = match flavour {
                Flavour::Far => {
                    let from = *random.pick(&[1_000_000_007, 131_072, -131_073, i64::MAX - 7, i64::MIN]);
                    (from.to_string(), (from + 1 + random.between(0, 6)).to_string())
                }
                Flavour::Limits if random.percent(50) => (format!("-{}", long(random)), long(random)),
                _ => {
                    let from = random.between(-20, 20);
                    (from.to_string(), (from + random.pick(&FEW)).to_string())
                }
            };
            (normaliser["from"], normaliser["to"]) = (from.into(), to.into());
        }
        "steps" => {
            for (step, from) in normaliser["steps"].as_array_mut().expect("steps").iter_mut().zip(0..) {
                step["from"] = (3 * from + random.between(-1, 1)).to_string().into();
                step["value"] = (*random.pick(&["0", "0.5", "0.25", "0.3125", "1"])).into();
            }
        }
        "logarithmic" => {
            normaliser["unit"] = positive(random).into();
            if !normaliser["full"].is_null() {
                normaliser["full"] = positive(random).into();
            }
        }
        _ => {}
    }
}

/// Up to 64 tiers, some a hundredth apart.
fn tiers(random: &mut Random, body: &mut Value) {
    let mut floors: Vec<u64> =
        (1..*random.pick(&[2, 4, 5, 9, 64])).map(|_| 1 + random.below(10_000)).collect();
    if random.percent(30) {
        let first = floors[0];
        floors.iter_mut().zip(first..).for_each(|(floor, next)| *floor = next.min(10_000));
    }
    floors.push(0);
    floors.sort_unstable();
    floors.dedup();
    let named = floors.iter().enumerate().rev();
    let tier = |(i, floor): (usize, &u64)| json!({"id": format!("t{i}"), "floor": format!("{}.{:02}", floor / 100, floor % 100)});
    body["tiers"] = named.map(tier).collect();
    if !body["prospects"].is_null() {
        body["prospects"] = json!({"candidate_for": "t0"});
    }
}

/// A pinned reference with everything that the policy needs.
pub(crate) fn reference(
    random: &mut Random,
    policy: &Value,
    flavour: Flavour,
    as_of: DateTime<Utc>,
) -> Value {
    if flavour == Flavour::Wild {
        return random::reference(random, policy, as_of);
    }
    let mut facts = json!({});
    for (fact, needs) in needs(policy) {
        let long = flavour == Flavour::Limits && random.percent(70);
        let mut values: Vec<(String, u64)> = Vec::new();
        if !random.percent(5) {
            let mut small: Vec<i64> = (0..1 + random.below(5)).map(|_| random.between(0, 9)).collect();
            small.push(*random.pick(&FEW[3..]));
            small.sort_unstable();
            small.dedup();
            values.extend(small.iter().map(|value| (value.to_string(), 1 + random.below(3))));
            if long {
                values = vec![(LONG[random.index(LONG.len())].to_owned(), 1 + random.below(3))];
            }
        }
        let count: u64 = values.iter().map(|(_, times)| times).sum();
        let mut known = json!({"count": count});
        if needs.contains("max")
            && let Some((greatest, _)) = values.last()
        {
            known["max"] = greatest.as_str().into();
        }
        if needs.contains("total") {
            let terms = values.iter().map(|(value, times)| &Ratio::parse(value) * &Ratio::whole(*times));
            let total = terms.fold(Ratio::whole(0), |sum, term| &sum + &term);
            known["total"] = total.to_decimal_text(28).expect("a sum of decimals").into();
        }
        if needs.contains("values") {
            known["values"] = values.iter().map(|(value, times)| json!([value, times])).collect();
        }
        facts[&fact] = known;
    }
    json!({"schema": "guanxi.reference/1", "id": "r", "version": "1", "body": {
        "as_of": random::text(as_of), "population": 1_000_000, "facts": facts,
    }})
}
