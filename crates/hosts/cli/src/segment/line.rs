//! One line of input: a customer with its facts, or with its orders.
use std::collections::BTreeMap;

use guanxi::core::{FactId, FactKind, FactMap, FactSchema, FactValue, SubjectId, parse_instant};
use guanxi::segmentation::{Order, RfmPolicy};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::given::{Entries, Unread};
use crate::line::{Answer, Text, explain, read_fact, read_json, read_subject};

/// A customer and what is known of it.
pub(crate) struct Row {
    pub(crate) subject: SubjectId,
    pub(crate) known: Known,
}

pub(crate) enum Known {
    Facts(FactMap),
    Orders(Vec<Order>),
}

/// What the policy does with a fact.
#[derive(Clone, Copy)]
enum Use {
    Number,
    /// It only groups: any value is taken as text.
    Group,
}

/// Reads lines for one policy.
pub(crate) struct Reader<'p> {
    facts: BTreeMap<&'p str, (&'p FactId, Use)>,
    /// The policy by whose offset days are read, if a customer may come with orders.
    orders: Option<&'p RfmPolicy>,
    /// Names of facts that the policy does not read.
    pub(crate) unread: Unread,
}

impl<'p> Reader<'p> {
    pub(crate) fn new(
        numbers: impl IntoIterator<Item = &'p FactId>,
        groups: impl IntoIterator<Item = &'p FactId>,
    ) -> Self {
        let groups = groups.into_iter().map(|fact| (fact.as_str(), (fact, Use::Group)));
        // What a rule reads is a number, even if it groups as well.
        let numbers = numbers.into_iter().map(|fact| (fact.as_str(), (fact, Use::Number)));
        Self { facts: groups.chain(numbers).collect(), orders: None, unread: Unread::default() }
    }

    pub(crate) fn with_orders(self, policy: &'p RfmPolicy) -> Self {
        Self { orders: Some(policy), ..self }
    }

    /// Reads a line; what is wrong with it is said in one text.
    pub(crate) fn read(&mut self, line: &[u8]) -> Result<Row, String> {
        let line = std::str::from_utf8(line).map_err(|error| {
            format!("not UTF-8 at byte {}: write the line in UTF-8", error.valid_up_to() + 1)
        })?;
        let line: Line<'_> = serde_json::from_str(line).map_err(|error| explain(&error))?;
        let subject = line.subject.ok_or("missing field `subject`")?;
        let subject = read_subject(subject.get()).map_err(|error| format!("`subject`: {error}"))?;
        let subject = SubjectId::new(&subject).map_err(|error| format!("`subject`: {error}"))?;
        let known = match (line.facts, line.orders, self.orders) {
            (Some(facts), None, _) => Known::Facts(self.facts(facts)?),
            (None, Some(orders), Some(policy)) => Known::Orders(read_orders(orders.get(), policy)?),
            (None, None, None) => return Err("missing field `facts`".into()),
            (None, None, Some(_)) => return Err("missing field `orders` or `facts`".into()),
            (Some(_), Some(_), Some(_)) => return Err("either `orders` or `facts`, not both".into()),
            (_, Some(_), None) => return Err("unknown field `orders`, expected `subject` or `facts`".into()),
        };
        Ok(Row { subject, known })
    }

    fn facts(&mut self, Entries(entries): Entries<'_>) -> Result<FactMap, String> {
        let (mut facts, mut seen) = (FactMap::new(), Vec::new());
        for (Text(name), token) in entries {
            let Some((id, of)) = self.facts.get(name.as_ref()).copied() else {
                self.unread.note(&name);
                continue;
            };
            if seen.contains(&id) {
                return Err(format!("fact `{name}` is given twice"));
            }
            seen.push(id);
            let answer = match of {
                Use::Number => read_fact(&FactSchema::of(FactKind::Decimal), token.get()),
                Use::Group => read_group(token.get()),
            };
            facts = match answer.map_err(|error| format!("fact `{name}`: {error}"))? {
                Answer::Known { value, observed_at } => facts.with(id.clone(), value, observed_at),
                Answer::NotApplicable => facts.not_applicable(id.clone()),
                Answer::Missing => facts,
            };
        }
        Ok(facts)
    }
}

/// A fact that only groups: a text, or a number or a yes or no as it is written.
fn read_group(token: &str) -> Result<Answer, String> {
    if token.starts_with(['{', '"']) || token == "null" {
        return read_fact(&FactSchema::of(FactKind::Text), token);
    }
    if token.starts_with('[') {
        return Err("expected a text, got a list".into());
    }
    Ok(Answer::Known { value: FactValue::Text(token.into()), observed_at: None })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    facts: Option<Entries<'a>>,
    #[serde(borrow)]
    orders: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderLine<'a> {
    #[serde(borrow)]
    at: Option<&'a RawValue>,
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
}

fn read_orders(token: &str, policy: &RfmPolicy) -> Result<Vec<Order>, String> {
    let items: Vec<&RawValue> = read_json(token).map_err(|error| format!("`orders`: {error}"))?;
    let read = |(place, token): (usize, &RawValue)| {
        let order: OrderLine<'_> =
            read_json(token.get()).map_err(|error| format!("`orders[{place}]`: {error}"))?;
        let part = |name: &str, token: Option<&'_ RawValue>| {
            token
                .map(|token| token.get().to_owned())
                .ok_or_else(|| format!("missing field `orders[{place}].{name}`"))
        };
        let (at, amount) = (part("at", order.at)?, part("amount", order.amount)?);
        let at = read_at(&at, policy).map_err(|error| format!("`orders[{place}].at`: {error}"))?;
        let amount = read_amount(&amount).map_err(|error| format!("`orders[{place}].amount`: {error}"))?;
        Ok(Order { at, amount })
    };
    items.into_iter().enumerate().map(read).collect()
}

/// An instant, or a day, which begins where the policy says.
fn read_at(token: &str, policy: &RfmPolicy) -> Result<chrono::DateTime<chrono::Utc>, String> {
    let Text(text) = read_json(token)?;
    let instant = parse_instant(&text).map_err(|error| error.to_string())?;
    if text.contains(['T', 't', ' ']) {
        return Ok(instant);
    }
    policy.start_of(instant.date_naive()).ok_or_else(|| "a day that no instant can say".into())
}

fn read_amount(token: &str) -> Result<Decimal, String> {
    match read_fact(&FactSchema::of(FactKind::Decimal), token)? {
        Answer::Known { value: FactValue::Decimal(amount), .. } => Ok(amount),
        _ => Err("expected an amount".into()),
    }
}
