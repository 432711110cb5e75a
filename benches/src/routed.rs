//! Fictitious leads and the condition that routes them; orders and a condition on them.
use std::error::Error;

use chrono::TimeDelta;
use guanxi::condition::{Condition, Vocabulary};
use guanxi::core::{Event, FactInput, FactMap, FactSchema, FactValue, Level, Money, parse_instant};
use guanxi::core::{FactKind, fact_id};
use rust_decimal::Decimal;
use serde_json::json;

use crate::Numbers;

type Failed = Box<dyn Error>;

/// The leads that go to one salesperson.
pub const ROUTED: &str = r#"region = "East China" and industry = "technology" and score >= 80"#;

/// What the condition reads of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// Where it is.
    pub region: &'static str,
    /// What it does.
    pub industry: &'static str,
    /// Its score in tenths, 0 to 1 000.
    pub tenths: u16,
}

impl Lead {
    /// A lead of which the whole condition is true.
    pub const ROUTED: Self = Self { region: "East China", industry: "technology", tenths: 875 };
}

/// So many leads; the same count gives the same ones. One in twenty is routed.
#[must_use]
pub fn leads(count: usize) -> Vec<Lead> {
    const REGIONS: [&str; 4] = ["East China", "North China", "South China", "East China"];
    const INDUSTRIES: [&str; 3] = ["technology", "manufacturing", "retail"];
    let mut numbers = Numbers(20_260_630);
    let mut pick = |names: &[&'static str]| {
        let place = usize::try_from(numbers.next()).unwrap_or(0) % names.len();
        names.get(place).copied().unwrap_or_default()
    };
    let named: Vec<_> = (0..count).map(|_| (pick(&REGIONS), pick(&INDUSTRIES))).collect();
    let tenths = |numbers: &mut Numbers| u16::try_from(600 + numbers.below(401)).unwrap_or(0);
    named
        .into_iter()
        .map(|(region, industry)| Lead { region, industry, tenths: tenths(&mut numbers) })
        .collect()
}

/// What the condition may name.
#[must_use]
pub fn vocabulary() -> Vocabulary {
    let score = FactSchema {
        min: Some(Decimal::ZERO),
        max: Some(Decimal::ONE_HUNDRED),
        ..FactSchema::of(FactKind::Decimal)
    };
    Vocabulary::new()
        .with_fact(fact_id!("region"), FactSchema::of(FactKind::Text))
        .with_fact(fact_id!("industry"), FactSchema::of(FactKind::Text))
        .with_fact(fact_id!("score"), score)
}

/// The condition.
///
/// # Errors
/// None: the text is a constant.
pub fn routed() -> Result<Condition, Failed> {
    Ok(Condition::parse(ROUTED, &vocabulary())?)
}

/// A lead with ten facts, three of which the condition reads.
///
/// # Errors
/// None: what is not read is constant.
pub fn facts(lead: &Lead) -> Result<FactMap, Failed> {
    let text = |text: &str| FactValue::Text(text.into());
    let day = FactSchema::of(FactKind::Date).read(&FactInput::Text("2026-05-04".into()))?;
    Ok(FactMap::new()
        .with(
            fact_id!("budget"),
            FactValue::Money(Money::new(Decimal::new(4_500_000, 2), "CNY".parse()?)),
            None,
        )
        .with(fact_id!("city"), text("Hangzhou"), None)
        .with(fact_id!("employees"), FactValue::Int(820), None)
        .with(fact_id!("industry"), text(lead.industry), None)
        .with(fact_id!("opened"), day, None)
        .with(fact_id!("region"), text(lead.region), None)
        .with(
            fact_id!("score"),
            FactValue::Decimal(Decimal::new(lead.tenths.into(), 1)),
            Some(parse_instant("2026-06-29")?),
        )
        .with(fact_id!("sensitivity"), FactValue::Level(Level::new(4, 5)?), None)
        .with(fact_id!("source"), text("trade fair"), None)
        .with(fact_id!("vip"), FactValue::Bool(false), None))
}

/// What is asked of events: a window, a rhythm, the latest one, and what is pending. None of it ever holds, so
/// that the next change is looked for to the end.
pub const EVENTFUL: &str = r#"count(order.placed within 12 months) >= 1000000 or gap(order.placed) > 1000
    or last(order.placed).state = "lost" or pending(order.placed until order.returned for 20 years)"#;

/// The condition on events.
///
/// # Errors
/// None: the text is a constant.
pub fn eventful() -> Result<Condition, Failed> {
    let vocabulary = Vocabulary::new()
        .with_attribute("state".parse()?, FactSchema::of(FactKind::Text))
        .with_kind("order.placed".parse()?)
        .with_kind("order.returned".parse()?);
    Ok(Condition::parse(EVENTFUL, &vocabulary)?)
}

/// So many orders, one every seven hours; each fifth event is a return.
///
/// # Errors
/// None: what is not counted is constant.
pub fn orders(count: usize) -> Result<Vec<Event>, Failed> {
    let begin = parse_instant("2026-01-01")?;
    let order = |place: usize| {
        let kind = if place % 5 == 4 { "order.returned" } else { "order.placed" };
        let at = begin + TimeDelta::hours(7 * i64::try_from(place)?);
        Ok(serde_json::from_value(json!({
            "id": format!("E{place:06}"), "subject": "C1", "kind": kind, "occurred_at": at.to_rfc3339(),
            "attributes": {"state": {"text": "paid"}}
        }))?)
    };
    (0..count).map(order).collect()
}
