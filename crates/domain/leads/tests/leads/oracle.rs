//! The score once more, from the document alone, slow and plain: what the crate says has to be the same.
//!
//! Powers of two come from the series of the exponential with 320 binary digits, sums from lists that are
//! walked again and again, fractions from big integers.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Months, Utc};
use guanxi_condition::{Condition, EventLog, Given, Moment, Span, Truth};
use guanxi_core::{Event, EventKind, FactMap, FactValue, Score, Zone, parse_decimal};
use guanxi_leads::{
    CapSpec, DecaySpec, EngagementRuleSpec, LeadLedger, LeadPolicy, LeadSpec, LevelId, LevelSpec,
};
use guanxi_policy::Body;
use num_bigint::{BigInt, BigUint};
use rust_decimal::Decimal;

/// What the oracle finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) fit: i128,
    pub(crate) engagement: i128,
    pub(crate) score: u16,
    pub(crate) standing: Standing,
}

/// What is told of as a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) band: String,
    pub(crate) grade: Option<String>,
    pub(crate) disqualified: Vec<String>,
    pub(crate) flags: Vec<String>,
}

fn millionths(value: Decimal) -> i128 {
    let value = value.normalize();
    value.mantissa() * 10_i128.pow(6 - value.scale())
}

fn after(span: Span, at: DateTime<Utc>, zone: Zone) -> DateTime<Utc> {
    let offset = zone.offset(at);
    match span {
        Span::Hours(hours) => at + Duration::hours(hours.into()),
        Span::Days(days) => at + Duration::days(days.into()),
        Span::Weeks(weeks) => at + Duration::weeks(weeks.into()),
        Span::Months(months) => (at.with_timezone(&offset) + Months::new(months)).to_utc(),
        Span::Years(years) => (at.with_timezone(&offset) + Months::new(12 * years)).to_utc(),
    }
}

const DIGITS: u32 = 320;

/// 2^(-part / whole) in units of 2^-320, by the series of the exponential function; off by some last digits.
pub(crate) fn power_of_two(part: u64, whole: u64) -> BigUint {
    let one = BigInt::from(1) << DIGITS;
    let ln_2: BigInt = (1..=DIGITS).map(|k| (&one >> k) / k).sum();
    let x = ln_2 * part / whole;
    let (mut term, mut sum) = (one.clone(), one.clone());
    for k in 1..200 {
        term = -((term * &x) >> DIGITS) / k;
        sum += &term;
    }
    BigUint::try_from(sum).unwrap()
}

/// What is left of some millionths.
pub(crate) fn left(
    points: u128,
    decay: &DecaySpec,
    occurred_at: DateTime<Utc>,
    at: DateTime<Utc>,
    zone: Zone,
) -> u128 {
    let occurred_at = DateTime::from_timestamp(occurred_at.timestamp(), 0).unwrap();
    let age = u64::try_from((at - occurred_at).num_seconds()).unwrap();
    let seconds =
        |end: DateTime<Utc>| BigUint::from(u64::try_from((end - occurred_at).num_seconds()).unwrap());
    if decay.window.is_some_and(|window| after(window, occurred_at, zone) <= at) {
        return 0;
    }
    let (mut above, mut below) = (BigUint::from(points), BigUint::from(1_u8));
    if let Some(linear) = decay.linear {
        let whole = seconds(after(linear, occurred_at, zone));
        if whole <= BigUint::from(age) {
            return 0;
        }
        above *= &whole - age;
        below *= whole;
    }
    for step in decay.steps.iter().rev() {
        if after(step.after, occurred_at, zone) <= at {
            above *= u64::try_from(millionths(step.share.get())).unwrap();
            below *= 1_000_000_u32;
            break;
        }
    }
    if let Some(half_life) = decay.half_life {
        let half_life = match half_life {
            Span::Hours(hours) => u64::from(hours) * 3_600,
            Span::Days(days) => u64::from(days) * 86_400,
            Span::Weeks(weeks) => u64::from(weeks) * 604_800,
            _ => panic!("no exact time"),
        };
        below <<= age / half_life;
        if age % half_life > 0 {
            above *= power_of_two(age % half_life, half_life);
            below <<= DIGITS;
        }
    }
    u128::try_from((above * 2_u8 + &below) / (below * 2_u8)).unwrap()
}

fn is_about(rule: &EngagementRuleSpec, event: &Event) -> bool {
    let category = event.kind.category().map(|category| format!("@{category:?}").to_lowercase());
    let named = |name: &String| {
        name == "@all"
            || EventKind::new(name).is_ok_and(|kind| kind == event.kind)
            || category.as_ref() == Some(name)
    };
    let passes = |test: &serde_json::Value| {
        let least = parse_decimal(test["at_least"].as_str().unwrap()).unwrap();
        let value = event.attributes.get(test["attribute"].as_str().unwrap());
        value.is_some_and(|value| matches!(value, FactValue::Int(size) if Decimal::from(*size) >= least))
    };
    rule.events.iter().any(named) && rule.tests.iter().all(passes)
}

fn cap(values: &mut [(i128, String)], caps: &BTreeMap<String, CapSpec>) {
    for (key, cap) in caps {
        let sum = |values: &[(i128, String)]| {
            values.iter().filter(|(_, own)| own == key).map(|(value, _)| value).sum::<i128>()
        };
        let (max, min) = (cap.max.map(|max| millionths(max.0)), cap.min.map(|min| millionths(min.0)));
        // From the oldest on.
        for place in 0..values.len() {
            let whole = sum(values);
            let (value, own) = &mut values[place];
            if own == key && max.is_some_and(|max| whole > max) && *value > 0 {
                *value -= (whole - max.unwrap()).min(*value);
            }
            if own == key && min.is_some_and(|min| whole < min) && *value < 0 {
                *value += (min.unwrap() - whole).min(-*value);
            }
        }
    }
}

/// The total of the engagement ledger before it is kept from 0 to full.
fn engagement(spec: &LeadSpec, events: &[&Event], applies: &[bool], as_of: DateTime<Utc>) -> i128 {
    // Values with their event and rule, by rule and then from the latest event on.
    let mut values: Vec<(usize, usize, i128)> = Vec::new();
    for (number, rule) in spec.engagement.rules.iter().enumerate().filter(|(number, _)| applies[*number]) {
        let points = millionths(rule.points.0);
        let decay = rule.decay.clone().unwrap_or_default();
        let mut room = rule.cap.map(|cap| millionths(cap.0).unsigned_abs());
        let mut seen: Vec<FactValue> = Vec::new();
        for (place, event) in events.iter().enumerate().rev() {
            let zone = spec.zone;
            let from = DateTime::from_timestamp(event.occurred_at.timestamp(), 0).unwrap();
            let gone = decay.window.is_some_and(|window| after(window, from, zone) <= as_of);
            if !is_about(rule, event) || gone {
                continue;
            }
            if let Some(value) = rule.once_by.as_ref().and_then(|by| event.attributes.get(by)) {
                if seen.contains(value) {
                    continue;
                }
                seen.push(value.clone());
            }
            let counted = room.map_or(points.unsigned_abs(), |room| room.min(points.unsigned_abs()));
            room = room.map(|room| room - counted);
            let left = i128::try_from(left(counted, &decay, event.occurred_at, as_of, zone)).unwrap();
            values.push((place, number, left * points.signum()));
        }
    }
    values.sort_by_key(|(place, number, _)| (*place, *number));
    let caps = &spec.engagement.caps;
    let none = || "none".to_owned();
    let mut keyed: Vec<(i128, String)> = (values.iter())
        .map(|(_, number, value)| {
            (
                *value,
                spec.engagement.rules[*number].group.as_ref().map_or(none(), |group| format!("of {group}")),
            )
        })
        .collect();
    cap(&mut keyed, &caps.groups.iter().map(|(group, cap)| (format!("of {group}"), *cap)).collect());
    let by = |keyed: &mut Vec<(i128, String)>, given: Option<CapSpec>, name: &dyn Fn(&Event) -> String| {
        for ((place, ..), (_, key)) in values.iter().zip(keyed.iter_mut()) {
            *key = name(events[*place]);
        }
        let keys: Vec<String> = keyed.iter().map(|(_, key)| key.clone()).collect();
        cap(
            keyed,
            &given.map_or_else(BTreeMap::new, |given| keys.into_iter().map(|key| (key, given)).collect()),
        );
    };
    by(&mut keyed, caps.day, &|event| spec.zone.day(event.occurred_at).to_string());
    by(&mut keyed, caps.source, &|event| event.source.as_ref().map_or(none(), ToString::to_string));
    keyed.iter().map(|(value, _)| value).sum()
}

/// A fraction of 100 points in hundredths, half-up.
fn hundredths(above: BigInt, below: BigInt) -> u16 {
    u16::try_from((above * 20_000 + &below) / (below * 2)).unwrap()
}

fn floor_of<'a>(floors: impl Iterator<Item = (&'a str, Score)>, score: u16) -> String {
    let reached = floors.filter(|(_, from)| from.hundredths() <= score);
    reached.max_by_key(|(_, from)| *from).unwrap().0.to_owned()
}

/// Scores a lead.
pub(crate) fn score(
    policy: &LeadPolicy,
    facts: &FactMap,
    ledger: &LeadLedger,
    as_of: DateTime<Utc>,
) -> Found {
    let spec = policy.spec();
    let events: Vec<&Event> = ledger.iter().collect();
    let log = EventLog::new(events.iter().copied());
    let given = Given { facts, events: Some(&log) };
    let moment = Moment { as_of, zone: spec.zone, week_start: spec.week_start };
    let holds = |when: &guanxi_condition::ConditionSpec| {
        let text = when.0.as_str().unwrap();
        Condition::parse(text, policy.vocabulary()).unwrap().holds(&given, &moment) == Truth::True
    };

    let fit_points = |points: Decimal, when| if holds(when) { millionths(points) } else { 0 };
    let fit: i128 = spec.fit.conditions.iter().map(|one| fit_points(one.points.0, &one.when)).sum();
    let fit_full = spec.fit.full.map_or_else(
        || spec.fit.conditions.iter().map(|one| millionths(one.points.0).max(0)).sum(),
        |full| millionths(full.0),
    );
    let applies: Vec<bool> =
        spec.engagement.rules.iter().map(|rule| rule.when.as_ref().is_none_or(holds)).collect();
    let whole = DateTime::from_timestamp(as_of.timestamp(), 0).unwrap();
    let occurred: Vec<&Event> = events.iter().copied().filter(|event| event.occurred_at <= as_of).collect();
    let engagement = engagement(&spec, &occurred, &applies, whole);
    let engagement_full = millionths(spec.engagement.full.0);

    let disqualified: Vec<String> =
        spec.disqualify.iter().filter(|rule| holds(&rule.when)).map(|rule| rule.id.to_string()).collect();
    let flags = spec.flags.iter().filter(|flag| holds(&flag.when)).map(|flag| flag.id.to_string()).collect();
    let total = |sum: i128, full: i128| if disqualified.is_empty() { sum.clamp(0, full) } else { 0 };
    let (fit, engagement) = (total(fit, fit_full), total(engagement, engagement_full));

    let weight = |weight: Decimal| {
        BigInt::from(
            weight.checked_mul(Decimal::from(1_000_000)).unwrap().mantissa()
                / 10_i128.pow(weight.checked_mul(Decimal::from(1_000_000)).unwrap().scale()),
        )
    };
    let (a, b) = (weight(spec.weights.fit.0), weight(spec.weights.engagement.0));
    let [f, e, f_full, e_full] = [fit, engagement, fit_full, engagement_full].map(BigInt::from);
    let score = hundredths(&a * &f * &e_full + &b * &e * &f_full, (a + b) * &f_full * &e_full);
    let level = |levels: &[LevelSpec], score: u16| -> LevelId {
        floor_of(levels.iter().map(|level| (level.id.as_str(), level.from)), score).parse().unwrap()
    };
    let grade = spec.grades.as_ref().map(|grades| {
        let row = level(&grades.fit, hundredths(f, f_full));
        let column = level(&grades.engagement, hundredths(e, e_full));
        let is_in = |levels: &Option<Vec<LevelId>>, level: &LevelId| {
            levels.as_ref().is_none_or(|levels| levels.contains(level))
        };
        let cell =
            grades.cells.iter().find(|cell| is_in(&cell.fit, &row) && is_in(&cell.engagement, &column));
        cell.unwrap().grade.to_string()
    });
    let band = floor_of(spec.bands.iter().map(|band| (band.id.as_str(), band.from)), score);
    Found { fit, engagement, score, standing: Standing { band, grade, disqualified, flags } }
}
