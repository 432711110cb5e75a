//! Random conditions in tree form, and random customers to ask them of: few values, so that they meet.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use guanxi_core::{Event, FactKind, FactMap, FactValue, Level, Money, parse_decimal};
use serde_json::{Value as Json, json};

use crate::clock::{Clock, Span};
use crate::random::Random;
use crate::vocabulary::{ATTRIBUTES, FACTS};

const ZONES: &[&str] = &[
    "UTC",
    "+08:00",
    "-05:30",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Pacific/Apia",
    "Australia/Lord_Howe",
];

/// Leap days, ends of months and years, and changes of the zones' clocks.
const INSTANTS: &[&str] = &[
    "2026-06-30T13:20:00Z",
    "2024-02-29T12:00:00Z",
    "2025-02-28T12:00:00Z",
    "2026-03-01T04:59:59Z",
    "2025-12-31T16:00:00Z",
    "2026-01-01T00:00:00Z",
    "2026-03-29T00:59:59Z",
    "2026-03-29T01:00:00Z",
    "2026-10-25T00:30:00Z",
    "2026-10-25T01:30:00Z",
    "2026-11-01T05:30:00Z",
    "2018-11-04T03:00:00Z",
    "2018-02-18T02:30:00Z",
    "2006-10-29T02:30:30Z",
    "2006-10-29T03:45:00Z",
    "2011-12-30T10:00:00Z",
    "2026-04-04T15:15:00Z",
    "2026-07-01T00:00:00Z",
    "2026-08-31T20:00:00Z",
];

const WEEKDAYS: &[Weekday] = &[Weekday::Mon, Weekday::Sat, Weekday::Sun, Weekday::Thu];
const DECIMALS: &[&str] =
    &["0", "0.1", "0.2", "0.3", "0.30", "1", "1.0", "2.5", "3", "80", "80.00", "79.99", "8e1", "-1"];
const DECIMALS_OFF: &[&str] = &["100.01", "101", "0.0000000000000000000000000001"];
const WHOLE: &[i64] = &[0, 1, 2, 3, 5, -1];
pub(crate) const TEXTS: &[&str] = &[
    "East China",
    "ＥＡＳＴ  China",
    " east\u{3000}china ",
    "east",
    "china",
    "Straße",
    "STRASSE",
    "ﬁn",
    "FIN",
    "İst",
    "ΟΔΟΣ",
    "οδος",
    "e\u{301}t",
    "É",
    "科技",
    "科",
    "say \"a\\b\"",
    "100%_",
    "100 each",
    "`",
    "",
];
const CURRENCIES: &[&str] = &["CNY", "CNY", "USD"];
const KINDS: &[&str] = &[
    "order.placed",
    "order.placed",
    "contract.signed",
    "contact.made",
    "complaint.opened",
    "complaint.resolved",
    "webinar.joined",
    "拜访.完成",
];
const CATEGORIES: &[&str] = &["@base", "@transaction", "@behaviour", "@interaction", "@feedback", "@all"];

/// An instant of a question, and where and in which words it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    pub(crate) as_of: DateTime<Utc>,
    pub(crate) zone: &'static str,
    pub(crate) clock: Clock,
    pub(crate) week_start: Weekday,
}

pub(crate) struct Customer {
    pub(crate) facts: FactMap,
    pub(crate) events: Option<Vec<Event>>,
}

pub(crate) fn when(random: &mut Random) -> When {
    let zone = random.pick(ZONES);
    When {
        as_of: random.pick(INSTANTS).parse().unwrap(),
        zone,
        clock: Clock::named(zone),
        week_start: random.pick(WEEKDAYS),
    }
}

fn span(random: &mut Random, hours: bool) -> Span {
    let kinds = if hours { 5 } else { 4 };
    match random.below(kinds) {
        0 => Span::Days(random.pick(&[0, 1, 2, 7, 30, 90, 36_525])),
        1 => Span::Weeks(random.pick(&[1, 2])),
        2 => Span::Months(random.pick(&[1, 3, 12])),
        3 => Span::Years(random.pick(&[1, 4, 100])),
        _ => Span::Hours(random.pick(&[0, 1, 23, 24, 48])),
    }
}

fn span_json(span: Span) -> Json {
    match span {
        Span::Hours(hours) => json!({"hours": hours}),
        Span::Days(days) => json!({"days": days}),
        Span::Weeks(weeks) => json!({"weeks": weeks}),
        Span::Months(months) => json!({"months": months}),
        Span::Years(years) => json!({"years": years}),
    }
}

/// Near the instant of the question, or a span before or after it, or about to be.
pub(crate) fn instant(random: &mut Random, when: &When) -> DateTime<Utc> {
    let span = span(random, true);
    let near = match random.below(7) {
        0 => when.as_of,
        5 => when.clock.day_start(day(random, when)),
        1..=3 => when.clock.before(when.as_of, span),
        4 => when.clock.after(when.as_of, span),
        _ => random.pick(INSTANTS).parse().unwrap(),
    };
    let nanoseconds = TimeDelta::nanoseconds(1);
    let seconds = TimeDelta::seconds(1);
    let off =
        [TimeDelta::zero(), TimeDelta::zero(), nanoseconds, -nanoseconds, seconds, TimeDelta::hours(-1)];
    near + random.pick(&off)
}

pub(crate) fn day(random: &mut Random, when: &When) -> NaiveDate {
    let today = when.clock.day(when.as_of);
    let span = span(random, false);
    let near = match random.below(8) {
        0 => today,
        1..=3 => span.before(today),
        4 | 5 => span.after(today),
        6 => NaiveDate::from_ymd_opt(2024, 2, 29).unwrap(),
        _ => NaiveDate::from_ymd_opt(2023, 12, 31).unwrap(),
    };
    near + TimeDelta::days(random.pick(&[0, 0, 0, 1, -1]))
}

/// A value of a kind, for a fact or an attribute; sometimes off its range.
fn value(random: &mut Random, when: &When, kind: FactKind) -> FactValue {
    let decimal = |random: &mut Random| {
        let off = random.percent(10);
        parse_decimal(random.pick(if off { DECIMALS_OFF } else { DECIMALS })).unwrap()
    };
    match kind {
        FactKind::Decimal => FactValue::Decimal(decimal(random)),
        FactKind::Int => FactValue::Int(random.pick(&[0, 1, 2, 3, 5, 80, -1])),
        FactKind::Bool => FactValue::Bool(random.percent(50)),
        FactKind::Text => FactValue::Text(random.pick(TEXTS).to_owned()),
        FactKind::Date if random.percent(3) => {
            FactValue::Date(random.pick(&[NaiveDate::MIN, NaiveDate::MAX]))
        }
        FactKind::Date => FactValue::Date(day(random, when)),
        FactKind::Instant if random.percent(3) => {
            FactValue::Instant(random.pick(&[DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC]))
        }
        FactKind::Instant => FactValue::Instant(instant(random, when)),
        FactKind::Level { of } => {
            let of = if random.percent(10) { 9 } else { of };
            let rank = i64::try_from(random.below(of.into())).unwrap();
            FactValue::Level(Level::new(1 + rank, of).unwrap())
        }
        FactKind::Set => {
            FactValue::Set(random.times(0, 3, |random| random.pick(TEXTS).to_owned()).into_iter().collect())
        }
        FactKind::Money => {
            FactValue::Money(Money::new(decimal(random), random.pick(CURRENCIES).parse().unwrap()))
        }
    }
}

fn any_kind(random: &mut Random) -> FactKind {
    random.pick(FACTS).1
}

pub(crate) fn customer(random: &mut Random, when: &When) -> Customer {
    let mut facts = FactMap::new();
    for (name, kind, ..) in FACTS {
        let id = name.parse().unwrap();
        let of = if random.percent(4) { any_kind(random) } else { *kind };
        let observed = match random.below(8) {
            0 => Some(instant(random, when)),
            1 => Some(when.as_of),
            _ => None,
        };
        match random.below(10) {
            0 => {}
            1 => facts = facts.not_applicable(id),
            _ => facts = facts.with(id, value(random, when, of), observed),
        }
    }
    let events = random.percent(92).then(|| events(random, when));
    Customer { facts, events }
}

fn events(random: &mut Random, when: &When) -> Vec<Event> {
    let kinds = random.times(1, 4, |random| random.pick(KINDS));
    // Of some customers all is a few whole days ago, so that their rhythms have ends to fall on.
    let daily = random.percent(40);
    let occurred = |random: &mut Random| {
        let days = i64::try_from(random.below(13)).unwrap();
        if daily { when.clock.before(when.as_of, Span::Days(days)) } else { instant(random, when) }
    };
    let mut events = random.times(0, 9, |random| Event {
        // Ids that are in no order of time, and one that may come again.
        id: format!("e{}", random.below(1000)).parse().unwrap(),
        subject: "C1".parse().unwrap(),
        kind: random.pick(&kinds).parse().unwrap(),
        occurred_at: occurred(random),
        recorded_at: random.percent(30).then(|| instant(random, when)),
        source: None,
        channel: None,
        attributes: ATTRIBUTES
            .iter()
            .filter_map(|(name, kind, ..)| {
                let of = if random.percent(4) { any_kind(random) } else { *kind };
                random.percent(60).then(|| (name.parse().unwrap(), value(random, when, of)))
            })
            .collect(),
    });
    // Each id is one event; some come twice.
    events.sort_by(|one, other| one.id.cmp(&other.id));
    events.dedup_by(|one, other| one.id == other.id);
    let again = events.first().filter(|_| random.percent(20)).cloned();
    events.extend(again);
    for _ in 0..events.len() {
        let (one, other) = (random.below(events.len()), random.below(events.len()));
        events.swap(one, other);
    }
    events
}

/// A condition with its leaves, at most so deep.
pub(crate) fn condition(random: &mut Random, when: &When, depth: usize) -> Json {
    if depth == 0 || random.percent(35) {
        return leaf(random, when);
    }
    let parts = |random: &mut Random| {
        // None or at least two.
        let least = if random.percent(4) { 0 } else { 2 };
        Json::Array(if least == 0 {
            Vec::new()
        } else {
            random.times(2, 3, |random| condition(random, when, depth - 1))
        })
    };
    match random.below(5) {
        0 | 1 => json!({"all": parts(random)}),
        2 | 3 => json!({"any": parts(random)}),
        _ => json!({"not": condition(random, when, depth - 1)}),
    }
}

pub(crate) fn leaf(random: &mut Random, when: &When) -> Json {
    if random.percent(8) {
        return pending(random);
    }
    let (term, kind) = term(random, when);
    let (word, given) = test(random, when, kind);
    with(term, word, given)
}

fn with(mut term: Json, word: &str, given: Json) -> Json {
    term.as_object_mut().unwrap().insert(word.to_owned(), given);
    term
}

fn pending(random: &mut Random) -> Json {
    let mut pending = json!({"opened": kinds(random), "closed": kinds(random)});
    if random.percent(50) {
        pending = with(
            pending,
            "by",
            json!(random.pick(&["case", "case", "state", "grade", "ok", "paid", "net", "on", "at"])),
        );
    }
    if random.percent(60) {
        pending = with(pending, "for", window(random));
    }
    json!({ "pending": pending })
}

fn kinds(random: &mut Random) -> Json {
    let one = |random: &mut Random| {
        if random.percent(20) { random.pick(CATEGORIES) } else { random.pick(KINDS) }
    };
    let mut kinds = random.times(1, 3, one);
    kinds.sort_unstable();
    kinds.dedup();
    json!(kinds)
}

fn window(random: &mut Random) -> Json {
    if random.percent(75) {
        return span_json(span(random, true));
    }
    let mut window = json!({
        "gaps": random.pick(&["1", "2", "3", "1.5", "0.5"]),
        "of": kinds(random),
        "else_days": random.pick(&[1, 4, 365]),
    });
    if random.percent(60) {
        window = with(window, "at_least_days", json!(random.pick(&[1, 3, 60])));
    }
    window
}

fn events_json(random: &mut Random, when: &When) -> Json {
    let mut events = json!({ "events": kinds(random) });
    if random.percent(35) {
        let tests = random.times(1, 2, |random| {
            // Sets are compared with nothing here.
            let (name, kind, ..) = ATTRIBUTES[random.below(ATTRIBUTES.len() - 1)];
            let word = relation(random, kind);
            with(json!({ "attribute": name }), word, literal(random, when, kind))
        });
        events = with(events, "where", json!(tests));
    }
    if random.percent(45) {
        events = with(events, "within", window(random));
    }
    events
}

fn term(random: &mut Random, when: &When) -> (Json, FactKind) {
    let (word, kind) = match random.below(16) {
        0 | 1 => ("count", FactKind::Int),
        2 => ("last", FactKind::Instant),
        3 => ("gap", FactKind::Decimal),
        4 | 5 => {
            let (name, kind, ..) = random.pick(ATTRIBUTES);
            let events = with(events_json(random, when), "attribute", json!(name));
            return (json!({ "last": events }), kind);
        }
        _ => {
            let (name, kind, ..) = random.pick(FACTS);
            return (json!({ "fact": name }), kind);
        }
    };
    let events = events_json(random, when);
    (with(json!({}), word, events), kind)
}

fn is_number(kind: FactKind) -> bool {
    matches!(kind, FactKind::Decimal | FactKind::Int | FactKind::Level { .. })
}

fn relation(random: &mut Random, kind: FactKind) -> &'static str {
    let ordered = is_number(kind) || matches!(kind, FactKind::Money | FactKind::Date | FactKind::Instant);
    let words = ["equals", "differs", "below", "at_most", "above", "at_least"];
    words[random.below(if ordered { 6 } else { 2 })]
}

/// A value as a tree writes it.
fn literal(random: &mut Random, when: &When, kind: FactKind) -> Json {
    match kind {
        FactKind::Decimal => json!(random.pick(DECIMALS)),
        FactKind::Int => json!(random.pick(WHOLE)),
        FactKind::Level { of } => json!(1 + random.below(of.into())),
        FactKind::Bool => json!(random.percent(50)),
        FactKind::Text | FactKind::Set => json!(random.pick(TEXTS)),
        FactKind::Date => json!(day(random, when).to_string()),
        FactKind::Instant => json!(instant(random, when).to_rfc3339()),
        FactKind::Money => {
            json!({"amount": random.pick(DECIMALS), "currency": random.pick(CURRENCIES)})
        }
    }
}

/// A part of a text that is more than blanks.
fn part(random: &mut Random) -> Json {
    let parts: Vec<&str> = TEXTS.iter().copied().filter(|text| !text.is_empty()).collect();
    json!(random.pick(&parts))
}

fn test(random: &mut Random, when: &When, kind: FactKind) -> (&'static str, Json) {
    if random.percent(8) {
        return ("is", json!(random.pick(&["known", "missing", "not_applicable"])));
    }
    let parts = |random: &mut Random| Json::Array(random.times(1, 3, part));
    if kind == FactKind::Set {
        return match random.below(3) {
            0 => ("contains", part(random)),
            1 => ("contains_any", parts(random)),
            _ => ("contains_all", parts(random)),
        };
    }
    if kind == FactKind::Text && random.percent(45) {
        return (random.pick(&["contains", "starts_with", "ends_with"]), part(random));
    }
    if matches!(kind, FactKind::Date | FactKind::Instant) && random.percent(65) {
        return time_test(random, kind);
    }
    let compared = relation(random, kind);
    match random.below(10) {
        0 | 1 => ("in", Json::Array(random.times(1, 3, |random| literal(random, when, kind)))),
        2 | 3 if !matches!(kind, FactKind::Text | FactKind::Bool) => {
            let (least, mut greatest) = (literal(random, when, kind), literal(random, when, kind));
            if kind == FactKind::Money {
                greatest["currency"] = least["currency"].clone();
            }
            ("between", json!([least, greatest]))
        }
        4 | 5 => (compared, other_term(random, when, kind)),
        _ => (compared, literal(random, when, kind)),
    }
}

/// A term that can be compared with one of a kind.
fn other_term(random: &mut Random, when: &When, kind: FactKind) -> Json {
    loop {
        let (other, of) = term(random, when);
        if of == kind && kind != FactKind::Set || is_number(of) && is_number(kind) {
            return other;
        }
    }
}

fn time_test(random: &mut Random, kind: FactKind) -> (&'static str, Json) {
    let hours = kind == FactKind::Instant;
    match random.below(6) {
        0 => ("within_last", span_json(span(random, hours))),
        1 => ("within_next", span_json(span(random, hours))),
        2 => ("is", json!(random.pick(&["past", "future"]))),
        3 | 4 => {
            let which = random.pick(&["last", "this", "next"]);
            let unit = random.pick(&["week", "month", "quarter", "half", "year"]);
            ("during", json!(format!("{which}_{unit}")))
        }
        _ => ("anniversary_within_days", json!(random.pick(&[0, 1, 7, 30, 365]))),
    }
}
