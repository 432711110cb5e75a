//! Worked cases: instants, facts, rates, events.
#![allow(clippy::unwrap_used, missing_docs)]

use chrono::NaiveDate;
use guanxi_core::{
    Category, Conversion, Event, EventKind, Fact, FactError, FactInput, FactKind, FactMap, FactProblem,
    FactSchema, FactValue, Facts, Level, Money, MoneyError, Rate, Rates, end_of_given_day, parse_decimal,
    parse_instant,
};

#[test]
fn instants_and_days() {
    let read = |text: &str| parse_instant(text).map(|at| at.to_rfc3339()).map_err(|error| error.to_string());
    for (text, instant) in [
        ("2024-02-29", "2024-02-29T00:00:00+00:00"),
        ("2000-02-29", "2000-02-29T00:00:00+00:00"),
        ("0000-01-01", "0000-01-01T00:00:00+00:00"),
        ("9999-12-31", "9999-12-31T00:00:00+00:00"),
        ("2026-06-30T08:00:00+08:00", "2026-06-30T00:00:00+00:00"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00+00:00"),
        ("2024-02-28T23:00:00-02:00", "2024-02-29T01:00:00+00:00"),
        ("2026-06-30t08:00:00.123456789z", "2026-06-30T08:00:00.123456789+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60+00:00"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999+00:00"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(instant));
    }
    for text in [
        "",
        "today",
        "2023-02-29",
        "1900-02-29",
        "2026-06-31",
        "2026-13-01",
        "2026-00-10",
        "2026-6-30",
        "2026/06/30",
        "20260630",
        "-2026-6-30",
        "-0001-01-1",
        " 2026-06-30",
        "2026-06-30 ",
        "２026-06-30",
        "2026-06-30T08:00:00",
        "2026-06-30T24:00:00Z",
        "2026-06-30T08:00Z",
        "2026-06-30T08:00:00+25:00",
        "10000-01-01",
        "9999-12-31T23:59:59-00:01",
        "0000-01-01T00:00:00+00:01",
        "+10000-01-01T00:00:00Z",
    ] {
        assert!(parse_instant(text).is_err() && end_of_given_day(text).is_err(), "{text}");
    }
    insta::assert_snapshot!(read("2023-02-29").unwrap_err(), @"expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2023-02-29`");
    insta::assert_snapshot!(end_of_given_day("2026-06-30T08:00:00\u{202e}").unwrap_err().to_string(), @r"expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-06-30T08:00:00\u{202e}`");

    let end = |text: &str| end_of_given_day(text).unwrap().to_rfc3339();
    assert_eq!(end("2024-02-28"), "2024-02-29T00:00:00+00:00");
    assert_eq!(end("2023-02-28"), "2023-03-01T00:00:00+00:00");
    assert_eq!(end("2026-12-31"), "2027-01-01T00:00:00+00:00");
    assert_eq!(end("2026-12-31T12:00:00+08:00"), "2026-12-31T04:00:00+00:00");
    // "For ever", as people write it.
    assert_eq!(end("9999-12-31"), "+10000-01-01T00:00:00+00:00");
}

const KINDS: [FactKind; 9] = [
    FactKind::Decimal,
    FactKind::Int,
    FactKind::Bool,
    FactKind::Text,
    FactKind::Date,
    FactKind::Instant,
    FactKind::Level { of: 5 },
    FactKind::Set,
    FactKind::Money,
];

#[test]
fn every_kind_of_fact_reads_its_own_inputs_and_refuses_the_others() {
    let inputs = [
        "3",
        "7",
        "2.50",
        "-0.0",
        r#""2.50""#,
        r#""3""#,
        r#""1e400""#,
        "true",
        r#""true""#,
        r#""2024-02-29""#,
        r#""2023-02-29""#,
        r#""2026-6-30""#,
        r#""2026-06-30T08:00:00+08:00""#,
        r#"["b", "a", "b"]"#,
        "[]",
        r#"{"amount": "0.10", "currency": "CNY"}"#,
    ];
    let mut table = String::new();
    for input in inputs {
        table.push_str(&format!("{input}\n"));
        let input: FactInput<'_> = serde_json::from_str(input).unwrap();
        for kind in KINDS {
            let read = match FactSchema::of(kind).read(&input) {
                Ok(value) => format!("{} {value}", value.kind_name()),
                Err(problem) => format!("    {problem}"),
            };
            table.push_str(&format!("    {}\n", read.trim_end()));
        }
    }
    insta::assert_snapshot!(table, @r#"
    3
        decimal 3
        int 3
            expected true or false, got `3`
            expected a text, got `3`
            expected a day, got `3`
            expected an instant, got `3`
        level 3
            expected a list of texts, got `3`
            expected an amount with its currency, got `3`
    7
        decimal 7
        int 7
            expected true or false, got `7`
            expected a text, got `7`
            expected a day, got `7`
            expected an instant, got `7`
            a level is from 1 to 5, got `7`
            expected a list of texts, got `7`
            expected an amount with its currency, got `7`
    2.50
        decimal 2.5
            expected a whole number, got `2.5`
            expected true or false, got `2.5`
            expected a text, got `2.5`
            expected a day, got `2.5`
            expected an instant, got `2.5`
            expected a level from 1 to 5, got `2.5`
            expected a list of texts, got `2.5`
            expected an amount with its currency, got `2.5`
    -0.0
        decimal 0
        int 0
            expected true or false, got `0`
            expected a text, got `0`
            expected a day, got `0`
            expected an instant, got `0`
            a level is from 1 to 5, got `0`
            expected a list of texts, got `0`
            expected an amount with its currency, got `0`
    "2.50"
        decimal 2.5
            expected a whole number, got `2.50`
            expected true or false, got `2.50`
        text 2.50
            expected a day, got `2.50`
            expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2.50`
            expected a level from 1 to 5, got `2.50`
            expected a list of texts, got `2.50`
            expected an amount with its currency, got `2.50`
    "3"
        decimal 3
        int 3
            expected true or false, got `3`
        text 3
            expected a day, got `3`
            expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `3`
        level 3
            expected a list of texts, got `3`
            expected an amount with its currency, got `3`
    "1e400"
            a decimal keeps 28 digits, got `1e400`
            a decimal keeps 28 digits, got `1e400`
            expected true or false, got `1e400`
        text 1e400
            expected a day, got `1e400`
            expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `1e400`
            a decimal keeps 28 digits, got `1e400`
            expected a list of texts, got `1e400`
            expected an amount with its currency, got `1e400`
    true
            expected a decimal, got `true`
            expected a whole number, got `true`
        bool true
            expected a text, got `true`
            expected a day, got `true`
            expected an instant, got `true`
            expected a level from 1 to 5, got `true`
            expected a list of texts, got `true`
            expected an amount with its currency, got `true`
    "true"
            expected a decimal such as `-12.34`, got `true`
            expected a decimal such as `-12.34`, got `true`
            expected true or false, got `true`
        text true
            expected a day, got `true`
            expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `true`
            expected a decimal such as `-12.34`, got `true`
            expected a list of texts, got `true`
            expected an amount with its currency, got `true`
    "2024-02-29"
            expected a decimal such as `-12.34`, got `2024-02-29`
            expected a decimal such as `-12.34`, got `2024-02-29`
            expected true or false, got `2024-02-29`
        text 2024-02-29
        date 2024-02-29
        instant 2024-02-29T00:00:00Z
            expected a decimal such as `-12.34`, got `2024-02-29`
            expected a list of texts, got `2024-02-29`
            expected an amount with its currency, got `2024-02-29`
    "2023-02-29"
            expected a decimal such as `-12.34`, got `2023-02-29`
            expected a decimal such as `-12.34`, got `2023-02-29`
            expected true or false, got `2023-02-29`
        text 2023-02-29
            expected a day, got `2023-02-29`
            expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2023-02-29`
            expected a decimal such as `-12.34`, got `2023-02-29`
            expected a list of texts, got `2023-02-29`
            expected an amount with its currency, got `2023-02-29`
    "2026-6-30"
            expected a decimal such as `-12.34`, got `2026-6-30`
            expected a decimal such as `-12.34`, got `2026-6-30`
            expected true or false, got `2026-6-30`
        text 2026-6-30
            expected a day, got `2026-6-30`
            expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-6-30`
            expected a decimal such as `-12.34`, got `2026-6-30`
            expected a list of texts, got `2026-6-30`
            expected an amount with its currency, got `2026-6-30`
    "2026-06-30T08:00:00+08:00"
            expected a decimal such as `-12.34`, got `2026-06-30T08:00:00+08:00`
            expected a decimal such as `-12.34`, got `2026-06-30T08:00:00+08:00`
            expected true or false, got `2026-06-30T08:00:00+08:00`
        text 2026-06-30T08:00:00+08:00
            expected a day, got `2026-06-30T08:00:00+08:00`
        instant 2026-06-30T00:00:00Z
            expected a decimal such as `-12.34`, got `2026-06-30T08:00:00+08:00`
            expected a list of texts, got `2026-06-30T08:00:00+08:00`
            expected an amount with its currency, got `2026-06-30T08:00:00+08:00`
    ["b", "a", "b"]
            expected a decimal, got a list of 3 texts
            expected a whole number, got a list of 3 texts
            expected true or false, got a list of 3 texts
            expected a text, got a list of 3 texts
            expected a day, got a list of 3 texts
            expected an instant, got a list of 3 texts
            expected a level from 1 to 5, got a list of 3 texts
        set a, b
            expected an amount with its currency, got a list of 3 texts
    []
            expected a decimal, got a list of 0 texts
            expected a whole number, got a list of 0 texts
            expected true or false, got a list of 0 texts
            expected a text, got a list of 0 texts
            expected a day, got a list of 0 texts
            expected an instant, got a list of 0 texts
            expected a level from 1 to 5, got a list of 0 texts
        set
            expected an amount with its currency, got a list of 0 texts
    {"amount": "0.10", "currency": "CNY"}
            expected a decimal, got `0.1 CNY`
            expected a whole number, got `0.1 CNY`
            expected true or false, got `0.1 CNY`
            expected a text, got `0.1 CNY`
            expected a day, got `0.1 CNY`
            expected an instant, got `0.1 CNY`
            expected a level from 1 to 5, got `0.1 CNY`
            expected a list of texts, got `0.1 CNY`
        money 0.1 CNY
    "#);
}

#[test]
fn inputs_that_are_no_value_of_any_kind() {
    let error = |json: &str| serde_json::from_str::<FactInput<'_>>(json).unwrap_err().to_string();
    insta::assert_snapshot!(error("null"), @r#"invalid type: null, expected a number, a text, true, false, a list of texts, or {"amount", "currency"} at line 1 column 4"#);
    insta::assert_snapshot!(error("1e400"), @"number out of range at line 1 column 5");
    insta::assert_snapshot!(error("0.1234567890123456789"), @"got the number 0.12345678901234568, which binary floating point may have changed: quote it as a string at line 1 column 21");
    // A number that every parser of binary numbers rounds alike: serde_json has two, by a feature that any crate may turn on.
    insta::assert_snapshot!(error("1000000000000000000000000000000000000000"), @"got the number 1000000000000000000000000000000000000000, which binary floating point may have changed: quote it as a string at line 1 column 40");
    insta::assert_snapshot!(error("[1]"), @"invalid type: integer `1`, expected a string at line 1 column 2");
    insta::assert_snapshot!(error(r#"{"amount": "1"}"#), @"missing field `currency` at line 1 column 15");
    insta::assert_snapshot!(error(r#"{"currency": "CNY"}"#), @"missing field `amount` at line 1 column 19");
    insta::assert_snapshot!(error(r#"{"amount": "1", "currency": "RMB"}"#), @"expected an ISO 4217 currency code such as `CNY`, got `RMB` at line 1 column 34");
    insta::assert_snapshot!(error(r#"{"amount": "1", "curency": "CNY"}"#), @"unknown field `curency`, expected `amount` or `currency` at line 1 column 25");
}

#[test]
fn a_value_out_of_range_is_an_error_with_its_bound() {
    let schema = FactSchema {
        min: parse_decimal("0.5").ok(),
        max: parse_decimal("10").ok(),
        part_of: Some("whole".parse().unwrap()),
        ..FactSchema::of(FactKind::Decimal)
    };
    let read =
        |input: &str| schema.read(&serde_json::from_str(input).unwrap()).map_err(|error| error.to_string());
    for bound in ["0.5", "10"] {
        assert_eq!(
            read(bound),
            parse_decimal(bound).map(FactValue::Decimal).map_err(|error| error.to_string())
        );
    }
    insta::assert_snapshot!(read("0.4").unwrap_err(), @"must be at least 0.5, got `0.4`");
    insta::assert_snapshot!(read("\"10.010\"").unwrap_err(), @"must be at most 10, got `10.01`");
    let check = |value: FactValue| schema.check(&value).unwrap_err().to_string();
    insta::assert_snapshot!(check(FactValue::Int(3)), @"expected a decimal, got a value of kind int");
    let five = FactSchema::of(FactKind::Level { of: 5 });
    let level = five.check(&FactValue::Level(Level::new(3, 4).unwrap())).unwrap_err().to_string();
    insta::assert_snapshot!(level, @"expected a level from 1 to 5, got the level 3 of 4");

    let whole = |value: FactValue| FactMap::new().with("whole".parse().unwrap(), value, None);
    let part = |given: &str, facts: FactMap| schema.check_part(parse_decimal(given).unwrap(), &facts);
    assert_eq!(part("9", whole(FactValue::Int(9))), Ok(()));
    assert_eq!(part("9", FactMap::new()), Ok(()));
    assert_eq!(part("9", FactMap::new().not_applicable("whole".parse().unwrap())), Ok(()));
    assert_eq!(part("9", whole(FactValue::Text("8".into()))), Ok(()));
    let problem = part("10.0", whole(FactValue::Int(9))).unwrap_err();
    assert!(matches!(problem, FactProblem::ExceedsWhole { .. }));
    let error = FactError { fact: "needs".parse().unwrap(), problem };
    insta::assert_snapshot!(error.to_string(), @"fact `needs`: must be at most `whole` (9), got `10`");
}

#[test]
fn a_fact_is_known_missing_or_not_applicable() {
    let (a, b, c) = ("a".parse().unwrap(), "b".parse().unwrap(), "c".parse().unwrap());
    let at = parse_instant("2026-06-30").ok();
    let facts =
        FactMap::new().with("a".parse().unwrap(), FactValue::Int(1), at).not_applicable("b".parse().unwrap());
    assert_eq!(facts.fact(&a), Fact::Known { value: &FactValue::Int(1), observed_at: at });
    assert_eq!((facts.fact(&b), facts.fact(&c)), (Fact::NotApplicable, Fact::Missing));
    // What is said last counts.
    let later = facts
        .clone()
        .with("b".parse().unwrap(), FactValue::Bool(false), None)
        .not_applicable("a".parse().unwrap());
    assert_eq!(later.fact(&a), Fact::NotApplicable);
    let listed: Vec<&str> = later.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(listed, ["a", "b"]);
    insta::assert_snapshot!(serde_json::to_string(&facts).unwrap(), @r#"{"a":{"known":{"value":{"int":1},"observed_at":"2026-06-30T00:00:00Z"}},"b":"not_applicable"}"#);
}

#[test]
fn values_count_as_numbers_where_they_are() {
    let number = |value: FactValue| value.number().map(|number| number.to_string());
    assert_eq!(number(FactValue::Decimal(parse_decimal("2.5").unwrap())).as_deref(), Some("2.5"));
    assert_eq!(number(FactValue::Int(-3)).as_deref(), Some("-3"));
    assert_eq!(number(FactValue::Bool(true)).as_deref(), Some("1"));
    assert_eq!(number(FactValue::Level(Level::new(4, 5).unwrap())).as_deref(), Some("4"));
    assert_eq!(number(FactValue::Text("4".into())), None);
    for kind in KINDS {
        let counted =
            matches!(kind, FactKind::Decimal | FactKind::Int | FactKind::Bool | FactKind::Level { .. });
        assert_eq!(kind.is_number(), counted, "{kind}");
    }
}

#[test]
fn the_latest_rate_up_to_the_day_counts() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let rate = |from: &str, to: &str, since: &str, rate: &str| Rate {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        since: day(since),
        rate: parse_decimal(rate).unwrap().into(),
    };
    let listed = [
        rate("USD", "CNY", "2024-02-29", "7.2"),
        rate("USD", "CNY", "2023-01-01", "7.1"),
        rate("CNY", "USD", "2023-01-01", "0.14"),
        rate("USD", "EUR", "2024-03-01", "0.9"),
    ];
    let rates = Rates::new(listed.to_vec()).unwrap();
    let mut reversed = listed.to_vec();
    reversed.reverse();
    assert_eq!(Rates::new(reversed), Ok(rates.clone()));

    let convert = |amount: &str, from: &str, to: &str, on: &str| {
        let money = Money::new(parse_decimal(amount).unwrap(), from.parse().unwrap());
        match rates.convert(money, to.parse().unwrap(), day(on)) {
            Ok(Conversion { money, rate }) => {
                format!("{money} at {:?}", rate.map(|rate| rate.rate.to_string()))
            }
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(convert("10", "USD", "CNY", "2024-02-28"), r#"71 CNY at Some("7.1")"#);
    assert_eq!(convert("10", "USD", "CNY", "2024-02-29"), r#"72 CNY at Some("7.2")"#);
    assert_eq!(convert("-0.05", "USD", "CNY", "2099-12-31"), r#"-0.36 CNY at Some("7.2")"#);
    // Nothing is inverted or chained, and nothing is rounded.
    insta::assert_snapshot!(convert("10", "EUR", "CNY", "2024-03-01"), @"no rate from EUR to CNY on 2024-03-01");
    insta::assert_snapshot!(convert("79228162514264337593543950335", "USD", "CNY", "2024-03-01"), @"the exact amount in CNY has more than 28 digits");
    insta::assert_snapshot!(convert("0.0000000000000000000000000001", "USD", "CNY", "2024-03-01"), @"the exact amount in CNY has more than 28 digits");
    let negative = Rates::new(vec![rate("USD", "CNY", "2024-01-01", "-7")]).unwrap_err();
    insta::assert_snapshot!(negative.to_string(), @"a rate is above 0, got `-7` from USD to CNY");
    insta::assert_snapshot!(MoneyError::TooManyDigits { currency: "CNY".parse().unwrap() }.to_string(), @"the sum of two amounts of CNY has more than 28 digits");
}

#[test]
fn an_event_is_a_line_of_a_ledger() {
    let line = r#"{"id":"O1","subject":"C1","kind":"order.placed","occurred_at":"2024-02-29T16:00:00+08:00","attributes":{"net":{"decimal":"100.50"}}}"#;
    let event: Event = serde_json::from_str(line).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&event).unwrap(), @r#"{"id":"O1","subject":"C1","kind":"order.placed","occurred_at":"2024-02-29T08:00:00Z","attributes":{"net":{"decimal":"100.5"}}}"#);
    assert_eq!(serde_json::from_str::<Event>(&serde_json::to_string(&event).unwrap()).unwrap(), event);
    let error = |from: &str, to: &str| {
        serde_json::from_str::<Event>(&line.replace(from, to)).unwrap_err().to_string()
    };
    insta::assert_snapshot!(error("attributes", "atributes"), @"unknown field `atributes`, expected one of `id`, `subject`, `kind`, `occurred_at`, `recorded_at`, `source`, `channel`, `attributes` at line 1 column 101");
    insta::assert_snapshot!(error(r#""subject":"C1","#, ""), @"missing field `subject` at line 1 column 117");
    insta::assert_snapshot!(error("order.placed", "order placed"), @"expected letters, digits, `_`, `-` and `.`, the first a letter, got `order placed` at line 1 column 47");
    insta::assert_snapshot!(error("2024-02-29T", "2023-02-29T"), @"input is out of range at line 1 column 89");
    insta::assert_snapshot!(error("decimal", "decimall"), @"unknown variant `decimall`, expected one of `decimal`, `int`, `bool`, `text`, `date`, `instant`, `level`, `set`, `money` at line 1 column 121");
    insta::assert_snapshot!(error("\"100.50\"", "\"100,50\""), @"expected a decimal such as `-12.34`, got `100,50` at line 1 column 129");
}

#[test]
fn the_standard_kinds_are_those_of_the_domain() {
    let list = |category: Category| {
        let kinds = EventKind::standard().filter(|(listed, _)| *listed == category);
        kinds.map(|(_, kind)| kind).collect::<Vec<_>>().join(", ")
    };
    insta::assert_snapshot!(list(Category::Base), @"profile.changed, owner.changed, consent.given, consent.withdrawn, note.added");
    insta::assert_snapshot!(list(Category::Transaction), @"order.placed, order.returned, payment.received, payment.overdue, quote.sent, contract.signed, contract.renewed, contract.ended");
    insta::assert_snapshot!(list(Category::Behaviour), @"trial.started, trial.ended, usage.reported, activity.attended, campaign.responded");
    insta::assert_snapshot!(list(Category::Interaction), @"contact.made, contact.replied, meeting.held, demo.given, visit.made");
    insta::assert_snapshot!(list(Category::Feedback), @"ticket.opened, ticket.closed, complaint.opened, complaint.resolved, complaint.verified, survey.answered");
    for (category, kind) in EventKind::standard() {
        assert_eq!(EventKind::new(kind).unwrap().category(), Some(category));
        assert_eq!(EventKind::standard().filter(|(_, other)| *other == kind).count(), 1, "{kind}");
    }
    assert_eq!(EventKind::new("order.line").unwrap().category(), None);
    assert_eq!(EventKind::new("Order.Placed").unwrap().category(), None);
}
