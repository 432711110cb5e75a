//! One line of input: a subject, its facts, and the tiers that were set before.
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use chrono::{DateTime, Utc};
use guanxi::bands::SettleState;
use guanxi::core::{
    Fact, FactId, FactIds, FactInput, FactSchema, FactValue, Facts, TierId, end_of_given_day, parse_decimal,
    parse_instant,
};
use guanxi::scoring::{Given, Normaliser, Override, PolicyDocument};
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The facts of one line, in a place of their own for each fact that the policy declares; used again
/// line after line.
pub(crate) struct Slots<'p> {
    facts: Vec<Slot<'p>>,
    /// Their positions in the order of their names.
    by_name: Vec<usize>,
    /// Names of facts that the policy does not declare, each once, as far as there is room.
    pub(crate) unread: Vec<String>,
    /// Whether tiers are settled, so that a line may hold the state of its own.
    pub(crate) settles: bool,
    /// Where the last answer was found.
    last: Cell<usize>,
}

struct Slot<'p> {
    name: &'p str,
    schema: &'p FactSchema,
    answer: Option<Answer>,
}

pub(crate) enum Answer {
    Known { value: FactValue, observed_at: Option<DateTime<Utc>> },
    Missing,
    NotApplicable,
}

impl<'p> Slots<'p> {
    pub(crate) fn new(policy: &'p PolicyDocument) -> Self {
        // In the order in which the policy asks, so that the next answer is mostly the next slot.
        let asked = policy.body().indicators().iter().flat_map(|indicator| {
            let whole =
                if let Normaliser::ShareOf { whole } = &indicator.normaliser { Some(whole) } else { None };
            std::iter::once(&indicator.fact).chain(whole)
        });
        let mut facts: Vec<Slot<'_>> = Vec::new();
        for id in asked.chain(policy.body().facts().keys()) {
            if let Some((id, schema)) = policy.body().facts().get_key_value(id)
                && facts.iter().all(|slot| slot.name != id.as_str())
            {
                facts.push(Slot { name: id.as_str(), schema, answer: None });
            }
        }
        let mut by_name: Vec<usize> = (0..facts.len()).collect();
        by_name.sort_unstable_by_key(|position| facts.get(*position).map(|slot| slot.name));
        Self { facts, by_name, unread: Vec::new(), settles: false, last: Cell::new(0) }
    }

    /// Reads a line; what is wrong with it is said in one text.
    pub(crate) fn read<'a>(&mut self, policy: &PolicyDocument, line: &'a [u8]) -> Result<Read<'a>, String> {
        for slot in &mut self.facts {
            slot.answer = None;
        }
        // Checked once as a whole, the line is not checked again text by text.
        let line = std::str::from_utf8(line).map_err(|error| {
            format!("not UTF-8 at byte {}: write the line in UTF-8", error.valid_up_to() + 1)
        })?;
        let mut json = serde_json::Deserializer::from_str(line);
        let read = LineSeed(self).deserialize(&mut json).and_then(|read| json.end().map(|()| read));
        let read = read.map_err(|error| explain(&error))?;
        let parts = |slot: &Slot<'_>| {
            let Some(Answer::Known { value, .. }) = &slot.answer else { return None };
            let problem = slot.schema.check_part(value.number()?, self).err()?;
            Some(format!("fact `{}`: {problem}", slot.name))
        };
        if let Some(problem) = self.facts.iter().filter(|slot| slot.schema.part_of.is_some()).find_map(parts)
        {
            return Err(problem);
        }
        let set = read.given.r#override.as_ref().map(|set| ("override.tier", &set.tier));
        for (field, tier) in read.given.settled.as_ref().map(|tier| ("settled", tier)).into_iter().chain(set)
        {
            if policy.body().tier(tier).is_none() {
                let tiers: Vec<&str> = policy.body().tiers().iter().map(|tier| tier.id.as_str()).collect();
                return Err(format!(
                    "`{field}`: the policy has no tier `{tier}`, allowed: {}",
                    tiers.join(", ")
                ));
            }
        }
        Ok(read)
    }

    /// The slot of a fact, looked for from the last one found on.
    fn find(&self, name: &str) -> Option<usize> {
        let last = self.last.get();
        let named = |position: &usize| self.facts.get(*position).is_some_and(|slot| slot.name == name);
        let found = (last..self.facts.len()).find(named).or_else(|| (0..last).find(named))?;
        self.last.set(found);
        Some(found)
    }

    fn note_unread(&mut self, name: &str) {
        const ROOM: usize = 20;
        if self.unread.len() < ROOM && !self.unread.iter().any(|known| known == name) {
            self.unread.push(name.chars().take(64).collect());
        }
    }
}

impl Slot<'_> {
    const fn fact(&self) -> Fact<'_> {
        match &self.answer {
            Some(Answer::Known { value, observed_at }) => Fact::Known { value, observed_at: *observed_at },
            Some(Answer::NotApplicable) => Fact::NotApplicable,
            Some(Answer::Missing) | None => Fact::Missing,
        }
    }
}

impl Facts for Slots<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        let slot = self.find(id.as_str()).and_then(|position| self.facts.get(position));
        slot.map_or(Fact::Missing, Slot::fact)
    }

    fn each<'f>(&'f self, ids: &FactIds, answers: &mut [Fact<'f>]) {
        // Both lists ascend, so that the next answer is mostly in the next slot.
        let mut rest = self.by_name.iter().filter_map(|position| self.facts.get(*position));
        for (answer, id) in answers.iter_mut().zip(ids.iter()) {
            let all = rest.clone();
            *answer = match rest.find(|slot| slot.name == id.as_str()) {
                Some(slot) => slot.fact(),
                None => {
                    rest = all;
                    Fact::Missing
                }
            };
        }
    }
}

/// What a line says besides its facts.
pub(crate) struct Read<'a> {
    pub(crate) subject: Cow<'a, str>,
    pub(crate) given: Given,
    /// What the last settling of the tier left.
    pub(crate) state: Option<SettleState<TierId>>,
}

/// The parser's words, with a hint where people often go wrong; every line is a text of its own, so
/// only the column tells where.
pub(crate) fn explain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let bare = text.rsplit_once(" at line ").map_or(text.as_str(), |(bare, _)| bare);
    let hint = if error.is_syntax() && bare == "expected value" {
        " (NaN and Infinity are not JSON: leave the fact out or write null)"
    } else {
        ""
    };
    if error.is_data() {
        bare.to_owned()
    } else {
        format!("not JSON at column {}: {bare}{hint}", error.column())
    }
}

struct LineSeed<'s, 'p>(&'s mut Slots<'p>);

impl<'de> DeserializeSeed<'de> for LineSeed<'_, '_> {
    type Value = Read<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LineSeed<'_, '_> {
    type Value = Read<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `subject` and `facts`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read<'de>, A::Error> {
        const FIELDS: &[&str] = &["subject", "facts", "settled", "override"];
        const SETTLING: &[&str] = &["subject", "facts", "state", "override"];
        let (mut subject, mut facts, mut settled, mut set, mut state) = (None, None, None, None, None);
        while let Some(Text(name)) = map.next_key()? {
            let twice = match name.as_ref() {
                "subject" => subject.replace(named("subject", map.next_value()?, read_subject)?).is_some(),
                "facts" => facts.replace(map.next_value_seed(FactsSeed(self.0))?).is_some(),
                "settled" if self.0.settles => {
                    return Err(de::Error::custom(
                        "`settled`: leave it out, the rule settles the tier from `state`",
                    ));
                }
                "settled" => settled.replace(named("settled", map.next_value()?, read_json)?).is_some(),
                "override" => {
                    set.replace(read_override(map.next_value()?).map_err(de::Error::custom)?).is_some()
                }
                "state" if self.0.settles => {
                    state.replace(named("state", map.next_value()?, read_json)?).is_some()
                }
                other if self.0.settles => return Err(de::Error::unknown_field(other, SETTLING)),
                other => return Err(de::Error::unknown_field(other, FIELDS)),
            };
            if twice {
                return Err(de::Error::custom(format_args!("`{name}` is given twice")));
            }
        }
        let subject = subject.ok_or_else(|| de::Error::missing_field("subject"))?;
        facts.ok_or_else(|| de::Error::missing_field("facts"))?;
        let given = Given { settled: settled.flatten(), r#override: set.flatten() };
        Ok(Read { subject, given, state: state.flatten() })
    }
}

/// A text that is borrowed unless it holds an escape.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Reads the token of a field; what is wrong with it is said with the field's name.
fn named<'a, T, E: de::Error>(
    name: &str,
    token: &'a RawValue,
    read: impl FnOnce(&'a str) -> Result<T, String>,
) -> Result<T, E> {
    read(token.get()).map_err(|error| E::custom(format_args!("`{name}`: {error}")))
}

pub(crate) fn read_json<'a, T: Deserialize<'a>>(token: &'a str) -> Result<T, String> {
    serde_json::from_str(token).map_err(|error| explain(&error))
}

/// A subject: any text that a host's key can be, checked as such, or a whole number as it is written.
pub(crate) fn read_subject(token: &str) -> Result<Cow<'_, str>, String> {
    let is_number = token.strip_prefix('-').unwrap_or(token).bytes().all(|byte| byte.is_ascii_digit());
    let text = if is_number { Cow::Borrowed(token) } else { read_json::<Text<'_>>(token)?.0 };
    guanxi::core::check_text(&text, guanxi::core::SubjectId::MAX_CHARS).map_err(|error| error.to_string())?;
    Ok(text)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideLine<'a> {
    #[serde(borrow)]
    tier: Option<&'a RawValue>,
    #[serde(borrow)]
    by: Option<&'a RawValue>,
    #[serde(borrow)]
    why: Option<&'a RawValue>,
    #[serde(borrow)]
    until: Option<&'a RawValue>,
}

fn read_override(token: &RawValue) -> Result<Option<Override>, String> {
    fn part<'a, T: Deserialize<'a>>(name: &str, token: Option<&'a RawValue>) -> Result<T, String> {
        let token = token.ok_or_else(|| format!("missing field `override.{name}`"))?;
        read_json(token.get()).map_err(|error| format!("`override.{name}`: {error}"))
    }
    let line: Option<OverrideLine<'_>> =
        read_json(token.get()).map_err(|error| format!("`override`: {error}"))?;
    let Some(line) = line else { return Ok(None) };
    let (tier, by, why) = (part("tier", line.tier)?, part("by", line.by)?, part("why", line.why)?);
    let Text(until) = part("until", line.until)?;
    let until = end_of_given_day(&until).map_err(|error| format!("`override.until`: {error}"))?;
    Ok(Some(Override { tier, by, why, until }))
}

struct FactsSeed<'s, 'p>(&'s mut Slots<'p>);

impl<'de> DeserializeSeed<'de> for FactsSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FactsSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of facts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(name)) = map.next_key()? {
            // The token itself, so that a number is read as it is written and never through a float.
            let raw: &'de RawValue = map.next_value()?;
            let found = self.0.find(&name).and_then(|position| self.0.facts.get_mut(position));
            let Some(slot) = found else {
                self.0.note_unread(&name);
                continue;
            };
            let answer = read_fact(slot.schema, raw.get());
            let answer = answer.map_err(|error| de::Error::custom(format_args!("fact `{name}`: {error}")))?;
            if slot.answer.replace(answer).is_some() {
                return Err(de::Error::custom(format_args!("fact `{name}` is given twice")));
            }
        }
        Ok(())
    }
}

/// A fact with its date, or one that does not apply.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dated<'a> {
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(borrow, default)]
    observed_at: Option<Cow<'a, str>>,
    #[serde(default)]
    not_applicable: bool,
    #[serde(borrow, default)]
    amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    currency: Option<&'a RawValue>,
}

pub(crate) fn read_fact(schema: &FactSchema, token: &str) -> Result<Answer, String> {
    if token == "null" {
        return Ok(Answer::Missing);
    }
    if !token.starts_with('{') {
        let value = schema.read(&input(token)?).map_err(|problem| problem.to_string())?;
        return Ok(Answer::Known { value, observed_at: None });
    }
    let dated: Dated<'_> = serde_json::from_str(token).map_err(|error| explain(&error))?;
    if dated.amount.is_some() || dated.currency.is_some() {
        let money = serde_json::from_str(token).map_err(|error| explain(&error))?;
        let value = schema.read(&money).map_err(|problem| problem.to_string())?;
        return Ok(Answer::Known { value, observed_at: None });
    }
    match (dated.not_applicable, dated.value.map(RawValue::get)) {
        (true, None) => Ok(Answer::NotApplicable),
        (true, Some(_)) => Err("either `value` or `not_applicable`, not both".into()),
        (false, None | Some("null")) => Ok(Answer::Missing),
        (false, Some(token)) => {
            let value = schema.read(&input(token)?).map_err(|problem| problem.to_string())?;
            let observed_at = dated.observed_at.map(|text| parse_instant(&text)).transpose();
            let observed_at = observed_at.map_err(|error| format!("`observed_at`: {error}"))?;
            Ok(Answer::Known { value, observed_at })
        }
    }
}

/// A JSON token as the input of a fact.
fn input(token: &str) -> Result<FactInput<'_>, String> {
    match token.as_bytes().first() {
        // A text without an escape is what stands between its quotes.
        Some(b'"') if !token.contains('\\') => Ok(FactInput::Text(Cow::Borrowed(token.trim_matches('"')))),
        Some(b'-' | b'0'..=b'9') => {
            parse_decimal(token).map(FactInput::Number).map_err(|error| error.to_string())
        }
        _ => serde_json::from_str(token).map_err(|error| explain(&error)),
    }
}
