//! The method, read off its page line by line: documents in, every figure of an assessment out.
//!
//! Nothing is compiled, cached or reduced. Policies, references and customers are plain JSON; a
//! customer has the serialised form of `guanxi_core::FactMap`.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::log2::log2_of_one_plus;
use crate::ratio::Ratio;

pub(crate) const DIMENSIONS: [&str; 3] = ["value", "potential", "need"];

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    Scored(Ratio),
    NotApplicable,
    Unknown,
    Refused,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Standing {
    /// The composite in hundredths, and its tier.
    Tiered {
        composite: u64,
        tier: String,
    },
    /// The rank in hundredths, if there is one.
    Prospect {
        rank: Option<u64>,
        candidate_for: Option<String>,
    },
    Incomplete,
}

/// What became of an indicator's input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    Known { x: Ratio, value: Ratio, stale: bool },
    Missing,
    NotApplicable,
}

#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) indicator: String,
    pub(crate) dimension: String,
    pub(crate) input: Input,
    /// The value that counts: the normalised one, or the one that the rule for missing input gives.
    pub(crate) value: Option<Ratio>,
    pub(crate) effective_weight: Ratio,
    /// Hundredths of a point of the composite or of a prospect's rank.
    pub(crate) points: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) dimensions: BTreeMap<String, State>,
    pub(crate) standing: Standing,
    /// The exact composite or rank in hundredths, before it is rounded.
    pub(crate) exact: Option<Ratio>,
    /// In steps of 0.0001.
    pub(crate) completeness: u64,
    pub(crate) parts: Vec<Part>,
}

/// The answer to a question for one fact.
#[derive(Clone)]
pub(crate) enum Answer {
    Known { x: Ratio, observed_at: Option<DateTime<Utc>> },
    Missing,
    NotApplicable,
}

/// A score, 0..=1, in hundredths of a point.
pub(crate) fn hundredths(score: &Ratio) -> u64 {
    (score * &Ratio::whole(10_000)).round_half_up()
}

fn sum<'a>(terms: impl Iterator<Item = &'a Ratio>) -> Ratio {
    terms.fold(Ratio::whole(0), |sum, term| &sum + term)
}

pub(crate) fn instant(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().map(|text| text.parse().expect("an instant"))
}

/// The number that a known value stands for, if it fits kind and range of its schema.
fn number(schema: &Value, value: &Value) -> Option<Ratio> {
    let x = match schema["kind"].as_str().expect("a kind") {
        "decimal" => Ratio::read(value.get("decimal")?),
        "int" => Ratio::read(value.get("int")?),
        "bool" => Ratio::whole(u8::from(value.get("bool")?.as_bool()?)),
        "level" => {
            let level = value.get("level")?;
            if level["of"] != schema["of"] {
                return None;
            }
            Ratio::read(&level["level"])
        }
        other => panic!("no number is read from a fact of kind {other}"),
    };
    let above = schema["min"].is_null() || x >= Ratio::read(&schema["min"]);
    let below = schema["max"].is_null() || x <= Ratio::read(&schema["max"]);
    (above && below).then_some(x)
}

/// What is known of a fact: ignored if observed after `as_of`, missing if it breaks its schema.
pub(crate) fn answer(policy: &Value, customer: &Value, fact: &str, as_of: DateTime<Utc>) -> Answer {
    let schema = &policy["body"]["facts"][fact];
    let Some(entry) = customer.get(fact) else { return Answer::Missing };
    let Some(known) = entry.get("known") else { return Answer::NotApplicable };
    let observed_at = instant(&known["observed_at"]);
    if observed_at.is_some_and(|at| at > as_of) {
        return Answer::Missing;
    }
    let Some(x) = number(schema, &known["value"]) else { return Answer::Missing };
    if let Some(whole) = schema["part_of"].as_str()
        && let Answer::Known { x: whole, .. } = answer(policy, customer, whole, as_of)
        && x > whole
    {
        return Answer::Missing;
    }
    Answer::Known { x, observed_at }
}

/// The value in 0..=1 of a known input; nothing where the divisor or the reference does not allow one.
fn normalise(
    indicator: &Value,
    schema: &Value,
    reference: &Value,
    x: &Ratio,
    y: Option<&Ratio>,
) -> Option<Ratio> {
    let normaliser = &indicator["normaliser"];
    let known = &reference["body"]["facts"][indicator["fact"].as_str().expect("a fact")];
    let empty = known["count"].as_u64().unwrap_or(0) == 0;
    let greatest = || (!empty).then(|| Ratio::read(&known["max"]));
    let over = |a: &Ratio, b: &Ratio| b.is_positive().then(|| a / b);
    let lower = indicator["direction"] == "lower_is_better";
    let values = || {
        let pairs = known["values"].as_array().expect("values");
        let mut pairs: Vec<(Ratio, u64)> =
            pairs.iter().map(|pair| (Ratio::read(&pair[0]), pair[1].as_u64().expect("a count"))).collect();
        pairs.sort();
        pairs
    };
    let kind = normaliser["kind"].as_str().expect("a kind");
    let raw = match kind {
        "relative_to_max" => over(x, &greatest()?)?,
        "relative_to_total" if empty => return None,
        "relative_to_total" => over(x, &Ratio::read(&known["total"]))?,
        "relative_to_fixed" => over(x, &Ratio::read(&normaliser["of"]))?,
        "linear" => {
            let (from, to) = (Ratio::read(&normaliser["from"]), Ratio::read(&normaliser["to"]));
            &(x - &from) / &(&to - &from)
        }
        "level" => {
            let n = Ratio::read(&schema["of"]);
            if lower { &(&(&n + &Ratio::whole(1)) - x) / &n } else { x / &n }
        }
        "share_of" => over(x, y.expect("a whole"))?,
        "steps" => {
            let mut steps: Vec<(Ratio, Ratio)> = normaliser["steps"]
                .as_array()
                .expect("steps")
                .iter()
                .map(|step| (Ratio::read(&step["from"]), Ratio::read(&step["value"])))
                .collect();
            steps.sort();
            let reached = steps.iter().rev().find(|(from, _)| from <= x);
            reached.or(steps.first()).expect("a step").1.clone()
        }
        "percentile" if empty => return None,
        "percentile" => {
            let values = values();
            let count = |fits: &dyn Fn(&Ratio) -> bool| -> Ratio {
                Ratio::whole(
                    values.iter().filter(|(v, _)| fits(v)).map(|(_, n)| u128::from(*n)).sum::<u128>(),
                )
            };
            let (below, equal, all) = (count(&|v| v < x), count(&|v| v == x), count(&|_| true));
            &(&below + &(&equal * &Ratio::half())) / &all
        }
        "capped" if empty => return None,
        "capped" => {
            let values = values();
            let all: u128 = values.iter().map(|(_, n)| u128::from(*n)).sum();
            let q = Ratio::read(&normaliser["quantile"]);
            let place = &q * &Ratio::whole(all);
            // The first value whose place in the sorted list is at least q·n is the ⌈q·n⌉-th smallest.
            let mut seen = 0_u128;
            let cap = values.iter().find(|(_, n)| {
                seen += u128::from(*n);
                Ratio::whole(seen) >= place
            });
            over(x, &cap.expect("q is at most 1").0)?
        }
        "logarithmic" => {
            let unit = Ratio::read(&normaliser["unit"]);
            let full =
                if normaliser["full"].is_null() { greatest()? } else { Ratio::read(&normaliser["full"]) };
            over(&log2_of_one_plus(x, &unit), &log2_of_one_plus(&full, &unit))?
        }
        other => panic!("no such normaliser: {other}"),
    };
    let turned = if lower && kind != "level" { &Ratio::whole(1) - &raw } else { raw };
    Some(turned.clamped())
}

/// Known, missing or not applicable, for one indicator: staleness and divisors are its own matter.
fn input(
    policy: &Value,
    reference: &Value,
    customer: &Value,
    as_of: DateTime<Utc>,
    indicator: &Value,
) -> Input {
    let fact = indicator["fact"].as_str().expect("a fact");
    let first = answer(policy, customer, fact, as_of);
    let whole = indicator["normaliser"]["whole"].as_str().map(|whole| answer(policy, customer, whole, as_of));
    let answers = [Some(&first), whole.as_ref()];
    if answers.iter().flatten().any(|answer| matches!(answer, Answer::NotApplicable)) {
        return Input::NotApplicable;
    }
    let greatest_age = &indicator["greatest_age"];
    let aged = |observed_at: &Option<DateTime<Utc>>| {
        let days = greatest_age["days"].as_i64();
        let until =
            observed_at.zip(days).and_then(|(at, days)| at.checked_add_signed(TimeDelta::try_days(days)?));
        until.is_some_and(|until| as_of >= until)
    };
    let mut stale = false;
    for answer in answers.iter().flatten() {
        match answer {
            Answer::Known { observed_at, .. } => stale |= aged(observed_at),
            _ => return Input::Missing,
        }
    }
    if stale && greatest_age["then"] == "missing" {
        return Input::Missing;
    }
    let Answer::Known { x, .. } = &first else { return Input::Missing };
    let y = match &whole {
        Some(Answer::Known { x, .. }) => Some(x),
        _ => None,
    };
    let schema = &policy["body"]["facts"][fact];
    match normalise(indicator, schema, reference, x, y) {
        Some(value) => Input::Known { x: x.clone(), value, stale },
        None => Input::Missing,
    }
}

/// Assesses one customer.
pub(crate) fn assess(policy: &Value, reference: &Value, customer: &Value, as_of: DateTime<Utc>) -> Expected {
    let body = &policy["body"];
    let indicators = body["indicators"].as_array().expect("indicators");
    let zero = || Ratio::whole(0);
    let dimension_weight = |dimension: &str| match &body["dimensions"][dimension] {
        Value::Null => Ratio::whole(0),
        weight => Ratio::read(weight),
    };
    let mut parts: Vec<Part> = indicators
        .iter()
        .map(|indicator| {
            let input = input(policy, reference, customer, as_of, indicator);
            let value = match (&input, indicator["missing"].as_str()) {
                (Input::Known { value, .. }, _) => Some(value.clone()),
                (Input::Missing, Some("lowest")) => Some(zero()),
                (Input::Missing, Some("neutral")) => Some(Ratio::half()),
                _ => None,
            };
            Part {
                indicator: indicator["id"].as_str().expect("an id").into(),
                dimension: indicator["dimension"].as_str().expect("a dimension").into(),
                input,
                value,
                effective_weight: zero(),
                points: 0,
            }
        })
        .collect();

    // The state of each dimension, from the indicators that weigh something.
    let weights: Vec<Ratio> = indicators.iter().map(|indicator| Ratio::read(&indicator["weight"])).collect();
    let of = |dimension: &str| -> Vec<usize> {
        (0..parts.len()).filter(|i| parts[*i].dimension == dimension && !weights[*i].is_zero()).collect()
    };
    let members: BTreeMap<&str, Vec<usize>> = DIMENSIONS.into_iter().map(|d| (d, of(d))).collect();
    let state = |dimension: &str| {
        let members = &members[dimension];
        if members.iter().all(|i| parts[*i].input == Input::NotApplicable) {
            return State::NotApplicable;
        }
        if !members.iter().any(|i| matches!(parts[*i].input, Input::Known { .. })) {
            return State::Unknown;
        }
        if members.iter().any(|i| parts[*i].input == Input::Missing && indicators[*i]["missing"] == "refuse")
        {
            return State::Refused;
        }
        let counted: Vec<usize> = members.iter().copied().filter(|i| parts[*i].value.is_some()).collect();
        let terms: Vec<Ratio> =
            counted.iter().map(|i| &weights[*i] * parts[*i].value.as_ref().expect("a value")).collect();
        State::Scored(&sum(terms.iter()) / &sum(counted.iter().map(|i| &weights[*i])))
    };
    let dimensions: BTreeMap<String, State> = DIMENSIONS.iter().map(|d| ((*d).into(), state(d))).collect();

    // The composite, or a prospect's rank, of the dimensions that weigh something.
    let weighing: Vec<&str> = DIMENSIONS.into_iter().filter(|d| !dimension_weight(d).is_zero()).collect();
    let mean = |of: &[&str]| -> Option<Ratio> {
        let mut total = zero();
        let mut whole = zero();
        for dimension in of {
            let State::Scored(score) = &dimensions[*dimension] else { return None };
            total = &total + &(&dimension_weight(dimension) * score);
            whole = &whole + &dimension_weight(dimension);
        }
        whole.is_positive().then(|| &total / &whole)
    };
    let composite = mean(&weighing);
    let without_value: Vec<&str> = weighing.iter().copied().filter(|d| *d != "value").collect();
    let prospect = weighing.contains(&"value") && dimensions["value"] == State::NotApplicable;
    let counting = if prospect { without_value } else { weighing.clone() };
    let exact = if prospect { mean(&counting) } else { composite };
    let shown = exact.as_ref().map(hundredths);
    let standing = match (prospect, shown) {
        (true, rank) => {
            let candidate_for = body["prospects"]["candidate_for"].as_str().map(Into::into);
            Standing::Prospect { rank, candidate_for }
        }
        (false, Some(composite)) => Standing::Tiered { composite, tier: tier(body, composite) },
        (false, None) => Standing::Incomplete,
    };

    // Completeness goes by the declared weights.
    let whole = sum(weighing.iter().map(|d| dimension_weight(d)).collect::<Vec<_>>().iter());
    let mut completeness = zero();
    for dimension in &weighing {
        let in_dimension = sum(members[dimension].iter().map(|i| &weights[*i]));
        for i in &members[dimension] {
            if matches!(parts[*i].input, Input::Known { stale: false, .. }) {
                let share = &dimension_weight(dimension) / &whole;
                completeness = &completeness + &(&share * &(&weights[*i] / &in_dimension));
            }
        }
    }
    let completeness = (&completeness * &Ratio::whole(10_000)).round_half_up();

    // Contributions go by the weights of what counts; there are none to a whole that does not exist.
    if let Some(shown) = shown {
        let whole = sum(counting.iter().map(|d| dimension_weight(d)).collect::<Vec<_>>().iter());
        for dimension in &counting {
            let counted: Vec<usize> =
                members[dimension].iter().copied().filter(|i| parts[*i].value.is_some()).collect();
            let in_dimension = sum(counted.iter().map(|i| &weights[*i]));
            for i in counted {
                let share = &dimension_weight(dimension) / &whole;
                parts[i].effective_weight = &share * &(&weights[i] / &in_dimension);
            }
        }
        let exact: Vec<Ratio> = parts
            .iter()
            .map(|part| match &part.value {
                Some(value) => &(&part.effective_weight * value) * &Ratio::whole(10_000),
                None => zero(),
            })
            .collect();
        for (part, points) in parts.iter_mut().zip(largest_remainder(shown, &exact)) {
            part.points = points;
        }
    }
    let exact = exact.map(|exact| &exact * &Ratio::whole(10_000));
    Expected { dimensions, standing, exact, completeness, parts }
}

/// Rounds all parts down, then gives one unit each to the greatest remainders, the earlier first.
fn largest_remainder(whole: u64, exact: &[Ratio]) -> Vec<u64> {
    let mut shares: Vec<u64> =
        exact.iter().map(|part| u64::try_from(part.floor()).expect("not negative")).collect();
    let mut remainders: Vec<(usize, Ratio)> =
        exact.iter().map(|part| part - &Ratio::whole(part.floor())).enumerate().collect();
    remainders.sort_by(|(i, a), (j, b)| b.cmp(a).then(i.cmp(j)));
    let left = whole - shares.iter().sum::<u64>();
    for (i, _) in remainders.into_iter().take(usize::try_from(left).expect("a few")) {
        shares[i] += 1;
    }
    shares
}

/// The tier with the greatest floor that a composite in hundredths reaches.
pub(crate) fn tier(body: &Value, composite: u64) -> String {
    let floor = |tier: &Value| (&Ratio::read(&tier["floor"]) * &Ratio::whole(100)).round_half_up();
    let reached = body["tiers"].as_array().expect("tiers").iter().filter(|tier| floor(tier) <= composite);
    let best = reached.max_by_key(|tier| floor(tier)).expect("a floor of 0");
    best["id"].as_str().expect("an id").into()
}
