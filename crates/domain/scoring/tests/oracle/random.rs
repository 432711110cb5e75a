//! Random policies, references and customers from a seed, as plain JSON.
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use num_bigint::BigInt;
use serde_json::{Map, Value, json};

use crate::population::needs;
use crate::ratio::Ratio;

pub(crate) const GREATEST: &str = "79228162514264337593543950335";
pub(crate) const LEAST: &str = "0.0000000000000000000000000001";

/// `SplitMix64`: the same numbers everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of 0..n.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(u64::try_from(n).expect("a length"))).expect("an index")
    }

    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(high.abs_diff(low) + 1)).expect("a small range")
    }

    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.index(of.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.index(i + 1));
        }
    }
}

/// The text of `digits / 10^scale`, with its trailing zeros.
fn decimal_text(digits: &BigInt, scale: usize) -> String {
    let text = digits.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Any decimal: small ones with many ties, odd scales, long ones, the limits.
pub(crate) fn decimal(random: &mut Random) -> String {
    let sign = if random.percent(30) { -1 } else { 1 };
    let (digits, scale) = match random.below(10) {
        0..=2 => (BigInt::from(random.below(21)), 0),
        3 | 4 => (BigInt::from(random.below(2_001)), random.index(5)),
        5 => (BigInt::from(10).pow(u32::try_from(random.below(29)).expect("small")), 28 * random.index(2)),
        6 | 7 => {
            let shift = random.below(64);
            (BigInt::from(random.next() >> shift), random.index(29))
        }
        8 => {
            let long = (u128::from(random.next()) << 32) | u128::from(random.next() >> 32);
            (BigInt::from(long), random.index(29))
        }
        _ => {
            return (*random.pick(&["0", "-0.0", "1", GREATEST, "-79228162514264337593543950335", LEAST]))
                .into();
        }
    };
    decimal_text(&(digits * sign), scale)
}

fn positive_decimal(random: &mut Random) -> String {
    loop {
        let text = decimal(random);
        let text = text.trim_start_matches('-');
        if Ratio::parse(text).is_positive() {
            return text.into();
        }
    }
}

/// Two decimals, the first one less than the second.
fn range(random: &mut Random) -> (String, String) {
    loop {
        let (a, b) = (decimal(random), decimal(random));
        match Ratio::parse(&a).cmp(&Ratio::parse(&b)) {
            std::cmp::Ordering::Less => return (a, b),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => return (b, a),
        }
    }
}

/// A decimal in 0..=1.
pub(crate) fn share(random: &mut Random) -> String {
    match random.below(4) {
        0 => (*random.pick(&["0", "1", "0.5", LEAST, "0.3333333333333333333333333333"])).into(),
        1 => decimal_text(&BigInt::from(random.below(101)), 2),
        2 => decimal_text(&BigInt::from(random.below(10_001)), 4),
        _ => decimal_text(&BigInt::from(random.next() % 10_000_000_000_000_000_000), 19),
    }
}

/// Weights of a group, at least one of them above 0: integer parts, or shares that sum to 1.
fn weights(random: &mut Random, n: usize) -> Vec<String> {
    let lucky = random.index(n);
    if random.percent(50) {
        let greatest = *random.pick(&[1, 3, 100, 1_000_000_000]);
        let equal = random.percent(30);
        return (0..n)
            .map(|i| match (equal, i == lucky) {
                (true, _) => 1.to_string(),
                (_, true) => (1 + random.below(greatest)).to_string(),
                (_, false) => random.below(greatest + 1).to_string(),
            })
            .collect();
    }
    let places = *random.pick(&[1, 2, 9]);
    let whole = 10_u64.pow(u32::try_from(places).expect("small"));
    let mut cuts: Vec<u64> = (1..n).map(|_| random.below(whole + 1)).collect();
    cuts.push(0);
    cuts.push(whole);
    cuts.sort_unstable();
    cuts.windows(2).map(|cut| decimal_text(&BigInt::from(cut[1] - cut[0]), places)).collect()
}

const NORMALISERS: [&str; 10] = [
    "relative_to_max",
    "relative_to_total",
    "relative_to_fixed",
    "linear",
    "level",
    "share_of",
    "steps",
    "percentile",
    "capped",
    "logarithmic",
];

/// What the random policies must keep to, for laws that hold for some policies only.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Any,
    /// Steps that never fall, so that more is never less.
    Monotone,
}

fn normaliser(random: &mut Random, kind: &str, i: usize, shape: Shape) -> Value {
    match kind {
        "relative_to_fixed" => json!({"kind": kind, "of": positive_decimal(random)}),
        "linear" => {
            let (from, to) = range(random);
            json!({"kind": kind, "from": from, "to": to})
        }
        "share_of" => json!({"kind": kind, "whole": format!("w{i}")}),
        "steps" => {
            let mut from: Vec<String> = (0..=random.below(5)).map(|_| decimal(random)).collect();
            from.sort_by_key(|text| Ratio::parse(text));
            from.dedup_by_key(|text| Ratio::parse(text));
            let mut values: Vec<String> = from.iter().map(|_| share(random)).collect();
            if shape == Shape::Monotone {
                values.sort_by_key(|text| Ratio::parse(text));
            }
            let step = |(from, value)| json!({"from": from, "value": value});
            json!({"kind": kind, "steps": from.iter().zip(&values).map(step).collect::<Vec<_>>()})
        }
        "capped" => {
            let quantile = match random.below(3) {
                0 => "1".into(),
                1 => decimal_text(&BigInt::from(1 + random.below(100)), 2),
                _ => decimal_text(&BigInt::from(1 + random.next() % 1_000_000_000_000), 12),
            };
            json!({"kind": kind, "quantile": quantile})
        }
        "logarithmic" if random.percent(50) => {
            json!({"kind": kind, "unit": positive_decimal(random), "full": positive_decimal(random)})
        }
        "logarithmic" => json!({"kind": kind, "unit": positive_decimal(random)}),
        _ => json!({"kind": kind}),
    }
}

/// A schema for a fact that is read as a number.
fn number_schema(random: &mut Random) -> Value {
    match random.below(10) {
        0..=5 => {
            let mut schema = json!({"kind": "decimal"});
            if random.percent(20) {
                let (min, max) = range(random);
                schema["min"] = min.into();
                if random.percent(50) {
                    schema["max"] = max.into();
                }
            }
            schema
        }
        6 | 7 => json!({"kind": "int"}),
        8 => json!({"kind": "bool"}),
        _ => level_schema(random),
    }
}

fn level_schema(random: &mut Random) -> Value {
    let of = *random.pick(&[1, 2, 3, 5, 5, 7, 10, 255]);
    json!({"kind": "level", "of": of})
}

/// A valid policy of 1 to 12 indicators.
pub(crate) fn policy(random: &mut Random, shape: Shape) -> Value {
    let n = 1 + random.index(12);
    let mut dimensions = ["value", "potential", "need"];
    random.shuffle(&mut dimensions);
    let dimensions = &dimensions[..n.min(1 + random.index(3))];
    let dimension_weights: Map<String, Value> = dimensions
        .iter()
        .zip(weights(random, dimensions.len()))
        .map(|(dimension, weight)| ((*dimension).into(), weight.into()))
        .collect();

    let mut places: Vec<&str> = dimensions.to_vec();
    places.extend((dimensions.len()..n).map(|_| *random.pick(dimensions)));
    random.shuffle(&mut places);
    let mut indicator_weights = vec![String::new(); n];
    for dimension in dimensions {
        let members: Vec<usize> = (0..n).filter(|i| places[*i] == *dimension).collect();
        for (i, weight) in members.iter().zip(weights(random, members.len())) {
            indicator_weights[*i] = weight;
        }
    }

    let mut facts = Map::new();
    let mut indicators: Vec<Value> = Vec::new();
    for i in 0..n {
        let kind = *random.pick(&NORMALISERS);
        // Some facts are read by several indicators.
        let again =
            indicators.iter().rev().find(|other| kind != "level" && other["normaliser"]["kind"] == kind);
        let again =
            again.map(|other| other["fact"].clone()).filter(|_| kind != "share_of" && random.percent(40));
        let fact = again.unwrap_or_else(|| {
            let fact = format!("f{i}");
            let mut schema = if kind == "level" { level_schema(random) } else { number_schema(random) };
            if kind == "share_of" {
                facts
                    .insert(format!("w{i}"), json!({"kind": if random.percent(50) {"decimal"} else {"int"}}));
                if random.percent(50) {
                    schema["part_of"] = format!("w{i}").into();
                }
            } else if kind != "level" && random.percent(15) {
                facts.insert(format!("p{i}"), json!({"kind": "decimal"}));
                schema["part_of"] = format!("p{i}").into();
            }
            facts.insert(fact.clone(), schema);
            fact.into()
        });
        let mut indicator = json!({
            "id": format!("i{i}"),
            "dimension": places[i],
            "weight": indicator_weights[i],
            "fact": fact,
            "normaliser": normaliser(random, kind, i, shape),
        });
        if random.percent(70) {
            indicator["direction"] = (*random.pick(&["higher_is_better", "lower_is_better"])).into();
        }
        if random.percent(80) {
            indicator["missing"] = if random.percent(10) {
                "refuse".into()
            } else {
                (*random.pick(&["lowest", "neutral", "renormalise"])).into()
            };
        }
        if random.percent(40) {
            let days = *random.pick(&[1, 30, 365, 36_500]);
            indicator["greatest_age"] = json!({"days": days, "then": *random.pick(&["use", "missing"])});
        }
        indicators.push(indicator);
    }

    let mut floors: Vec<u64> = (0..random.below(5)).map(|_| 1 + random.below(10_000)).collect();
    floors.push(0);
    floors.sort_unstable();
    floors.dedup();
    let tiers: Vec<Value> = floors
        .iter()
        .enumerate()
        .rev()
        .map(|(i, floor)| json!({"id": format!("t{i}"), "floor": decimal_text(&BigInt::from(*floor), 2)}))
        .collect();
    let candidate_for = random.pick(&tiers)["id"].clone();
    let mut body =
        json!({"dimensions": dimension_weights, "facts": facts, "indicators": indicators, "tiers": tiers});
    if random.percent(90) {
        body["prospects"] = json!({"candidate_for": candidate_for});
    }
    json!({"schema": "guanxi.scoring/1", "id": "random", "version": "1", "body": body})
}

/// A value of a fact, in the serialised form of `guanxi_core::FactValue`; mostly one that fits.
fn value(random: &mut Random, schema: &Value, ties: &[String]) -> Value {
    match schema["kind"].as_str().expect("a kind") {
        "decimal" => {
            let near = random.percent(50).then(|| random.index(ties.len().max(1))).and_then(|i| ties.get(i));
            json!({"decimal": near.cloned().unwrap_or_else(|| decimal(random))})
        }
        "int" => {
            let limits = [i64::MIN, -1, 0, 1, i64::MAX];
            let whole = ties.iter().filter_map(|tie| tie.parse().ok()).collect::<Vec<i64>>();
            let (small, shift) = (random.between(-20, 2_000), random.below(63) + 1);
            let n = match random.below(4) {
                0 => *random.pick(&limits),
                1 if !whole.is_empty() => *random.pick(&whole),
                2 => i64::try_from(random.next() >> shift).expect("63 bits"),
                _ => small,
            };
            json!({"int": n})
        }
        "bool" => json!({"bool": random.percent(50)}),
        _ => {
            let of = schema["of"].as_u64().expect("levels");
            // A level of another scale breaks the schema.
            let of = if random.percent(3) { of % 255 + 1 } else { of };
            json!({"level": {"level": 1 + random.below(of), "of": of}})
        }
    }
}

pub(crate) fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// When a fact was observed: nobody knows, long ago, to the second stale, just now, in the future.
fn observed_at(random: &mut Random, policy: &Value, fact: &str, as_of: DateTime<Utc>) -> Value {
    let indicators = policy["body"]["indicators"].as_array().expect("indicators");
    let ages: Vec<i64> = indicators
        .iter()
        .filter(|indicator| indicator["fact"] == fact || indicator["normaliser"]["whole"] == fact)
        .filter_map(|indicator| indicator["greatest_age"]["days"].as_i64())
        .collect();
    let days = match ages.len() {
        0 => random.between(0, 400),
        n => ages[random.index(n)],
    };
    let nudge = TimeDelta::seconds(random.between(-1, 1));
    match random.below(10) {
        0..=3 => Value::Null,
        4 => text(as_of + nudge).into(),
        5 => text(as_of + TimeDelta::nanoseconds(random.between(-1, 1))).into(),
        6 => text(as_of - TimeDelta::seconds(random.between(0, 40_000_000))).into(),
        _ => text(as_of - TimeDelta::days(days) + nudge).into(),
    }
}

/// A customer: facts known, missing, not applicable, stale, of the future, out of range, of the wrong kind.
pub(crate) fn customer(
    random: &mut Random,
    policy: &Value,
    ties: &dyn Fn(&str) -> Vec<String>,
    as_of: DateTime<Utc>,
) -> Value {
    let (absent, out) = *random.pick(&[(0, 0), (0, 0), (0, 0), (10, 0), (10, 10), (0, 60), (50, 10)]);
    let mut customer = Map::new();
    for (fact, schema) in policy["body"]["facts"].as_object().expect("facts") {
        if random.percent(absent) {
            continue;
        }
        if random.percent(out) {
            customer.insert(fact.clone(), "not_applicable".into());
            continue;
        }
        let value = if random.percent(1) { json!({"text": "x"}) } else { value(random, schema, &ties(fact)) };
        let mut known = json!({"value": value});
        if let at @ Value::String(_) = observed_at(random, policy, fact, as_of) {
            known["observed_at"] = at;
        }
        customer.insert(fact.clone(), json!({"known": known}));
    }
    // Shares are dull when part and whole have nothing to do with each other.
    for (fact, whole) in shares(policy) {
        if random.percent(50) && customer.contains_key(&whole) {
            let (part, all) = part_and_whole(random, policy, &fact, &whole);
            for (name, value) in [(fact, part), (whole, all)] {
                if let Some(known) = customer.get_mut(&name).and_then(|entry| entry.get_mut("known")) {
                    known["value"] = value;
                }
            }
        }
    }
    customer.into()
}

fn shares(policy: &Value) -> Vec<(String, String)> {
    let indicators = policy["body"]["indicators"].as_array().expect("indicators").iter();
    let pair = |indicator: &Value| {
        let whole = indicator["normaliser"]["whole"].as_str()?;
        Some((indicator["fact"].as_str()?.to_owned(), whole.to_owned()))
    };
    indicators.filter_map(pair).collect()
}

fn part_and_whole(random: &mut Random, policy: &Value, part: &str, whole: &str) -> (Value, Value) {
    let all = random.between(0, 12);
    let some = random.between(-1, all + 1);
    let typed = |fact: &str, n: i64| match policy["body"]["facts"][fact]["kind"].as_str() {
        Some("int") => json!({"int": n}),
        Some("bool") => json!({"bool": n % 2 == 0}),
        Some("level") => {
            let of = policy["body"]["facts"][fact]["of"].as_i64().expect("levels");
            json!({"level": {"level": n.clamp(1, of), "of": of}})
        }
        _ => json!({"decimal": n.to_string()}),
    };
    (typed(part, some), typed(whole, all))
}

/// A pinned reference with everything that the policy needs, near the limits of numbers and counts.
pub(crate) fn reference(random: &mut Random, policy: &Value, as_of: DateTime<Utc>) -> Value {
    let mut facts = Map::new();
    let mut population = random.below(1_000);
    for (fact, needs) in needs(policy) {
        let schema = &policy["body"]["facts"][&fact];
        let mut multiset: Vec<(Ratio, String, u64)> = Vec::new();
        let many = *random.pick(&[1, 3, 1_000, 1_000_000_000_000]);
        for _ in 0..*random.pick(&[0, 1, 1, 2, 3, 6, 10]) {
            let text = valid_number(random, schema);
            let Some(text) = text else { continue };
            multiset.push((Ratio::parse(&text), text, 1 + random.below(many)));
        }
        multiset.sort();
        multiset.dedup_by(|a, b| a.0 == b.0);
        let count: u64 = multiset.iter().map(|(_, _, n)| n).sum();
        population = population.max(count);
        let mut known = json!({"count": count});
        if needs.contains("max")
            && let Some((_, text, _)) = multiset.last()
        {
            known["max"] = text.as_str().into();
        }
        if needs.contains("total") {
            let terms = multiset.iter().map(|(x, _, n)| x * &Ratio::whole(*n));
            let total = terms.fold(Ratio::whole(0), |sum, term| &sum + &term);
            known["total"] = total.to_decimal_text(28).expect("a sum of decimals").into();
        }
        if needs.contains("values") {
            known["values"] = multiset.iter().map(|(_, text, n)| json!([text, n])).collect();
        }
        facts.insert(fact, known);
    }
    json!({"schema": "guanxi.reference/1", "id": "r", "version": "1", "body": {
        "as_of": text(as_of), "population": population, "facts": facts,
    }})
}

/// A number that fits a schema, if one is found soon.
fn valid_number(random: &mut Random, schema: &Value) -> Option<String> {
    (0..20).find_map(|_| {
        let value = value(random, schema, &[]);
        let text = match schema["kind"].as_str()? {
            "decimal" => value["decimal"].as_str()?.to_owned(),
            "int" => value["int"].to_string(),
            "bool" => u8::from(value["bool"].as_bool()?).to_string(),
            _ if value["level"]["of"] == schema["of"] => value["level"]["level"].to_string(),
            _ => return None,
        };
        let x = Ratio::parse(&text);
        let above = schema["min"].is_null() || x >= Ratio::read(&schema["min"]);
        let below = schema["max"].is_null() || x <= Ratio::read(&schema["max"]);
        (above && below).then_some(text)
    })
}

/// The values of a fact that a reference names, and their neighbours: where ties and bounds are.
pub(crate) fn ties(reference: &Value, policy: &Value, fact: &str) -> Vec<String> {
    let known = &reference["body"]["facts"][fact];
    let mut ties: Vec<String> = known["values"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|pair| pair[0].as_str().map(Into::into))
        .collect();
    ties.extend(known["max"].as_str().map(Into::into));
    for indicator in policy["body"]["indicators"].as_array().expect("indicators") {
        if indicator["fact"] != fact {
            continue;
        }
        let normaliser = &indicator["normaliser"];
        for bound in [
            &normaliser["of"],
            &normaliser["from"],
            &normaliser["to"],
            &normaliser["unit"],
            &normaliser["full"],
        ] {
            ties.extend(bound.as_str().map(Into::into));
        }
        for step in normaliser["steps"].as_array().into_iter().flatten() {
            ties.extend(step["from"].as_str().map(Into::into));
        }
    }
    ties
}
