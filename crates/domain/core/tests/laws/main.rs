//! What holds for all values.
#![cfg(test)]

mod slow;

use core::fmt::Debug;
use std::collections::BTreeMap;

use guanxi_core::arbitrary::{decimal, instant, score, share, subject_id};
use guanxi_core::{
    Currency, DecimalError, DecimalText, Email, Erasable, Fact, FactId, FactKind, FactMap, FactSchema,
    FactValue, Facts, Fingerprint, Level, Money, PersonName, Phone, Share, SubjectId, Weights, apportion,
    canonical, end_of_given_day, is_inert, largest_remainder, parse_decimal, parse_instant,
};
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The value is read from what it is written as, and is then written the same again.
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let text = serde_json::to_string(value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap();
    prop_assert_eq!(&again, value);
    prop_assert_eq!(serde_json::to_string(&again).unwrap(), text);
    Ok(())
}

/// Beside the slow reading: the same digits and scale, or refused for the same reason.
fn read_alike(text: &str) -> Result<(), TestCaseError> {
    match (slow::read(text), parse_decimal(text)) {
        (slow::Reading::Malformed, Err(DecimalError::Malformed { .. }))
        | (slow::Reading::TooManyDigits, Err(DecimalError::TooManyDigits { .. })) => {}
        (slow::Reading::Exact(exact), Ok(read)) => {
            prop_assert_eq!(canonical(read).unpack(), exact.normalize().unpack(), "{}", text);
        }
        (slow, fast) => prop_assert!(false, "{text:?}: {slow:?} but {fast:?}"),
    }
    Ok(())
}

/// Numbers of all lengths, with runs of zeros on either side and exponents that make up for them.
fn number_text() -> impl Strategy<Value = String> {
    let zeros = || prop_oneof![4 => Just(0), 2 => 1_usize..5, 1 => 20_usize..45];
    let digits = prop_oneof![
        "[0-9]{1,3}",
        "[0-9]{1,20}",
        "[0-9]{26,32}",
        Just("79228162514264337593543950335".into())
    ];
    let exponent = prop_oneof![3 => Just(String::new()), 3 => "[eE][-+]?[0-9]{1,2}", 1 => "e-?[0-9]{9,25}"];
    (any::<bool>(), zeros(), digits, zeros(), any::<prop::sample::Index>(), any::<bool>(), exponent).prop_map(
        |(negative, before, digits, after, point, pointed, exponent)| {
            let mut text = format!("{}{digits}{}", "0".repeat(before), "0".repeat(after));
            if pointed && text.len() > 1 {
                text.insert(1 + point.index(text.len() - 1), '.');
            }
            format!("{}{text}{exponent}", if negative { "-" } else { "" })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn decimals_are_read_exactly_where_they_fit(text in number_text()) {
        read_alike(&text)?;
    }

    #[test]
    fn what_is_no_number_is_malformed(text in "[-+.0-9eE １_, ]{0,8}") {
        read_alike(&text)?;
    }
}

#[test]
fn decimals_at_the_limits_are_read_as_the_slow_way_reads_them() {
    for text in [
        "79228162514264337593543950335",
        "79228162514264337593543950336",
        "7922816251426433759354395033.6",
        "7.9228162514264337593543950336",
        "1e28",
        "1e29",
        "8e28",
        "1e-28",
        "1e-29",
        "10e-29",
        "0e400",
        "-0e-400",
        "1e9223372036854775807",
        "1e-9223372036854775808",
        "0.1e9223372036854775807",
        "1e99999999999999999999",
    ] {
        read_alike(text).unwrap();
    }
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["CNY", "USD", "JPY", "KWD", "XAU"]).prop_map(|code| code.parse().unwrap())
}

fn level() -> impl Strategy<Value = Level> {
    (1_u8..=255).prop_flat_map(|of| (1..=of).prop_map(move |value| Level::new(value.into(), of).unwrap()))
}

fn fact_value() -> impl Strategy<Value = FactValue> {
    prop_oneof![
        decimal().prop_map(|value| FactValue::Decimal(canonical(value))),
        any::<i64>().prop_map(FactValue::Int),
        any::<bool>().prop_map(FactValue::Bool),
        ".{0,8}".prop_map(FactValue::Text),
        instant().prop_map(|at| FactValue::Date(at.date_naive())),
        instant().prop_map(FactValue::Instant),
        level().prop_map(FactValue::Level),
        prop::collection::btree_set(".{0,4}", 0..4).prop_map(FactValue::Set),
        (decimal(), currency()).prop_map(|(amount, currency)| FactValue::Money(Money::new(amount, currency))),
    ]
}

proptest! {
    #[test]
    fn values_survive_their_text(
        (value, money) in (decimal(), currency()).prop_map(|(value, currency)| (DecimalText(value), Money::new(value, currency))),
        (score, share, level) in (score(), share(), level()),
        bytes in any::<[u8; 32]>(),
        subject in subject_id(),
        fact in fact_value(),
        at in prop::option::of(instant()),
    ) {
        survives(&value)?;
        survives(&money)?;
        survives(&money.currency())?;
        survives(&score)?;
        survives(&share)?;
        survives(&level)?;
        survives(&Fingerprint::from_bytes(bytes))?;
        survives(&subject)?;
        survives(&fact)?;
        survives(&FactMap::new().with("a".parse().unwrap(), fact, at).not_applicable("b".parse().unwrap()))?;
    }

    #[test]
    fn a_fact_is_found_by_its_name_among_few_and_many(
        names in proptest::collection::vec("[ab]{6,8}", 0..90), asked in "[ab]{6,8}",
    ) {
        let (mut facts, mut plain) = (FactMap::new(), BTreeMap::new());
        for (number, name) in (0_i64..).zip(names) {
            let (id, value): (FactId, _) = (name.parse().unwrap(), FactValue::Int(number));
            facts = facts.with(id.clone(), value.clone(), None);
            plain.insert(id, value);
        }
        let listed = |(id, fact): (&FactId, Fact<'_>)| match fact {
            Fact::Known { value, .. } => Some((id.clone(), value.clone())),
            _ => None,
        };
        prop_assert_eq!(facts.iter().filter_map(listed).collect::<Vec<_>>(), plain.clone().into_iter().collect::<Vec<_>>());
        for id in plain.keys().chain([&asked.parse().unwrap()]) {
            let expected = plain.get(id).map_or(Fact::Missing, |value| Fact::Known { value, observed_at: None });
            prop_assert_eq!(facts.fact(id), expected);
        }
    }

    #[test]
    fn a_schema_gives_the_number_that_it_has_nothing_to_say_against(
        kind in prop_oneof![Just(FactKind::Decimal), Just(FactKind::Int), Just(FactKind::Level { of: 5 }), Just(FactKind::Bool)],
        value in prop_oneof![fact_value(), (0..4_i64).prop_map(FactValue::Int), (0..4_i64).prop_map(|n| FactValue::Decimal(n.into())), Just(FactValue::Decimal(-Decimal::ZERO))],
        min in prop::option::of(0..4_i64), max in prop::option::of((0..40_i64, 0..2_u32)),
    ) {
        let schema = FactSchema { min: min.map(Decimal::from), max: max.map(|(digits, scale)| Decimal::new(digits, scale)), ..FactSchema::of(kind) };
        let expected = value.number().filter(|_| schema.check(&value).is_ok());
        prop_assert_eq!(schema.number(&value).map(|number| number.unpack()), expected.map(|number| number.unpack()));
    }

    #[test]
    fn one_number_has_one_text(value in decimal()) {
        let written = DecimalText(value).to_string();
        prop_assert_eq!(parse_decimal(&written), Ok(value));
        for zeros in 0..=28_u32.saturating_sub(value.scale()) {
            let padded = value.mantissa().checked_mul(10_i128.pow(zeros))
                .and_then(|mantissa| Decimal::try_from_i128_with_scale(mantissa, value.scale() + zeros).ok());
            if let Some(padded) = padded {
                prop_assert_eq!(DecimalText(padded).to_string(), written.as_str());
                prop_assert_eq!(serde_json::to_value(DecimalText(padded)).unwrap(), written.as_str());
            }
        }
    }

    #[test]
    fn sums_of_money_are_exact_or_refused(a in decimal(), b in decimal(), currency in currency()) {
        let steps = |value: Decimal| BigInt::from(value.mantissa()) * BigInt::from(10).pow(28 - value.scale());
        let mut sum = steps(a) + steps(b);
        let mut scale = 28;
        while scale > 0 && &sum % 10 == BigInt::ZERO {
            sum /= 10;
            scale -= 1;
        }
        let exact = i128::try_from(sum).ok().and_then(|m| Decimal::try_from_i128_with_scale(m, scale).ok());
        let added = Money::new(a, currency).checked_add(Money::new(b, currency)).ok();
        prop_assert_eq!(added.map(Money::amount), exact);
    }

    #[test]
    fn parts_are_proportional_to_the_weights(given in prop::collection::vec((0_u64..=1_000_000_000, 0_u64..4), 1..8)) {
        // The same numbers as integers of any sum, and as shares of it where those are exact.
        let given: Vec<u64> = given.into_iter().map(|(large, small)| if small == 0 { large } else { small }).collect();
        let sum: u64 = given.iter().sum();
        prop_assume!(sum > 0);
        let weights = |scale: Decimal| {
            Weights::new(given.iter().enumerate().map(|(i, w)| (i, Decimal::from(*w) / scale)).collect())
        };
        let parts = weights(Decimal::ONE).unwrap();
        prop_assert_eq!(parts.parts().map(|(_, part)| part).sum::<u64>(), parts.whole());
        for ((_, part), weight) in parts.parts().zip(&given) {
            prop_assert_eq!(u128::from(part) * u128::from(sum), u128::from(*weight) * u128::from(parts.whole()));
        }
        prop_assert!((2..=*given.iter().max().unwrap()).take(100).all(|d| parts.parts().any(|(_, part)| part % d != 0)));
    }

    #[test]
    fn shares_and_parts_weigh_the_same(cuts in prop::collection::btree_set(0_u32..=1_000, 0..6)) {
        let cuts: Vec<u32> = [0].into_iter().chain(cuts).chain([1_000]).collect();
        let parts: Vec<u32> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let read = |scale: u32| {
            Weights::new(parts.iter().enumerate().map(|(i, part)| (i, Decimal::new((*part).into(), scale))).collect())
        };
        prop_assert_eq!(read(3), read(0));
    }

    #[test]
    fn what_is_left_goes_to_the_largest_remainders(whole in 0_u64..1_000, weights in prop::collection::vec(1_u64..50, 1..8)) {
        // One unit at a time, to whoever is furthest below the quota; of equals the first.
        let total: u64 = weights.iter().sum();
        let mut slow: Vec<u64> = weights.iter().map(|weight| whole * weight / total).collect();
        while slow.iter().sum::<u64>() < whole {
            let lacks = |i: usize| i128::from(whole * weights[i]) - i128::from(slow[i] * total);
            let most = (0..slow.len()).map(lacks).max().unwrap();
            let first = (0..slow.len()).find(|i| lacks(*i) == most).unwrap();
            slow[first] += 1;
        }
        prop_assert_eq!(apportion(whole, &weights), Ok(slow.clone()));
        let quotas = weights.iter().map(|weight| (whole * weight / total, whole * weight % total)).collect();
        prop_assert_eq!(largest_remainder(whole, quotas), slow);
    }

    #[test]
    fn a_share_of_counts_is_rounded_once(part in 0..=u64::MAX, whole in 1..=u64::MAX) {
        let (part, whole) = (part.min(whole), part.max(whole));
        let share = Share::of(part, whole).unwrap().get();
        // Twice the distance from the exact quotient is at most one step of 0.0001.
        let steps = BigInt::from((share * Decimal::from(10_000)).mantissa()) / BigInt::from(10).pow((share * Decimal::from(10_000)).scale());
        let off: BigInt = (steps * whole - BigInt::from(part) * 10_000) * 2;
        prop_assert!(-BigInt::from(whole) < off && off <= BigInt::from(whole));
    }

    #[test]
    fn instants_survive_their_text(at in instant(), offset in -86_399_i32..86_400) {
        prop_assert_eq!(parse_instant(&at.to_rfc3339()), Ok(at));
        let there = chrono::FixedOffset::east_opt(offset - offset % 60).unwrap();
        prop_assert_eq!(parse_instant(&at.with_timezone(&there).to_rfc3339()), Ok(at));
    }

    #[test]
    fn a_day_ends_where_the_next_begins(at in instant()) {
        let day = at.date_naive();
        let next = day.succ_opt().unwrap();
        prop_assert_eq!(end_of_given_day(&day.to_string()), parse_instant(&next.to_string()));
        prop_assert_eq!(end_of_given_day(&at.to_rfc3339()), Ok(at));
    }

    #[test]
    fn any_text_is_an_instant_that_can_be_written_or_none(text in "[-+0-9TZ:. ]{0,26}|-?[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}") {
        if let Ok(at) = parse_instant(&text) {
            prop_assert_eq!(parse_instant(&at.to_rfc3339()), Ok(at));
            prop_assert!(end_of_given_day(&text).unwrap() >= at);
        }
    }

    #[test]
    fn a_checked_value_is_what_the_schema_reads(value in fact_value(), other in fact_value()) {
        for (value, kind) in [(&value, kind(&value)), (&value, kind(&other))] {
            let schema = FactSchema::of(kind);
            let json = match value {
                FactValue::Decimal(value) => serde_json::to_string(&DecimalText(*value)),
                FactValue::Int(value) => serde_json::to_string(value),
                FactValue::Bool(value) => serde_json::to_string(value),
                FactValue::Text(value) => serde_json::to_string(value),
                FactValue::Date(value) => serde_json::to_string(value),
                FactValue::Instant(value) => serde_json::to_string(value),
                FactValue::Level(value) => serde_json::to_string(&value.value()),
                FactValue::Set(value) => serde_json::to_string(value),
                FactValue::Money(value) => serde_json::to_string(value),
            }.unwrap();
            let read = schema.read(&serde_json::from_str(&json).unwrap());
            if schema.check(value).is_ok() {
                prop_assert_eq!(read, Ok(value.clone()));
            } else if let Ok(read) = read {
                prop_assert_eq!(schema.check(&read), Ok(()));
            }
        }
    }

    #[test]
    fn personal_data_is_in_no_debug_text_and_no_error(
        // In letters that no type's name is made of.
        text in "[一-龥]{1,12}|[一-龥]{1,8}@[一-龥]{1,8}|[0-9+ ()-]{1,16}[0-9]",
        tail in "[\\x00-\\x1f]{0,1}",
    ) {
        let hidden = |shown: String, text: &str| !shown.contains(text);
        let given = format!("{text}{tail}");
        macro_rules! masked { ($($name:ident)*) => {$(
            match $name::new(&given) {
                Ok(value) => {
                    prop_assert!(hidden(format!("{value:?}"), value.reveal()), "{:?}", value);
                    prop_assert!(hidden(value.to_string(), value.reveal()), "{}", value);
                    let kept = format!("{:?}", Erasable::Given(value.clone()));
                    prop_assert!(hidden(kept, value.reveal()), "{}", value);
                    prop_assert!(is_inert(value.reveal()));
                    survives(&value)?;
                }
                Err(error) => {
                    // An error is the same whatever was given.
                    prop_assert_eq!(error, $name::new("").unwrap_err());
                }
            }
        )*}; }
        masked!(Email PersonName Phone);
    }

    #[test]
    fn ids_keep_their_text_or_say_why_not_in_inert_text(text in ".{0,20}|\\PC{0,140}|[a-z\u{202e} ]{0,4}") {
        match SubjectId::new(&text) {
            Ok(id) => {
                prop_assert!(id.as_str() == text && is_inert(&text) && text.trim() == text && text.chars().count() <= 128);
            }
            Err(error) => prop_assert!(is_inert(&error.to_string())),
        }
    }
}

fn kind(value: &FactValue) -> FactKind {
    match value {
        FactValue::Decimal(_) => FactKind::Decimal,
        FactValue::Int(_) => FactKind::Int,
        FactValue::Bool(_) => FactKind::Bool,
        FactValue::Text(_) => FactKind::Text,
        FactValue::Date(_) => FactKind::Date,
        FactValue::Instant(_) => FactKind::Instant,
        FactValue::Level(level) => FactKind::Level { of: level.of() },
        FactValue::Set(_) => FactKind::Set,
        FactValue::Money(_) => FactKind::Money,
    }
}
