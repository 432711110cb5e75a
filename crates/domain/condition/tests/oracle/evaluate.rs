//! The answers, as the page of the language says them.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use guanxi_core::{Category, Event, Fact, FactKind, FactMap, FactSchema, FactValue, Facts};

use crate::clock::{Clock, Span, anniversary, period};
use crate::condition::{Condition, Events, Leaf, Names, Relation, Term, Test, Value, Window};
use crate::number::Number;
use crate::text::normal;

/// Everything that an answer depends on but the condition.
pub(crate) struct World<'a> {
    pub(crate) names: &'a Names,
    pub(crate) facts: &'a FactMap,
    /// In any order; none at all is not an empty list.
    pub(crate) events: Option<&'a [Event]>,
    pub(crate) as_of: DateTime<Utc>,
    pub(crate) clock: Clock,
    pub(crate) week_start: Weekday,
}

/// What stands at a term.
enum Found {
    Value(Value),
    Missing,
    NotApplicable,
}

impl From<Option<Value>> for Found {
    fn from(value: Option<Value>) -> Self {
        value.map_or(Self::Missing, Self::Value)
    }
}

pub(crate) fn not(answer: Option<bool>) -> Option<bool> {
    answer.map(|answer| !answer)
}

fn all(answers: &[Option<bool>]) -> Option<bool> {
    if answers.contains(&Some(false)) {
        Some(false)
    } else if answers.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn any(answers: &[Option<bool>]) -> Option<bool> {
    if answers.contains(&Some(true)) {
        Some(true)
    } else if answers.contains(&None) {
        None
    } else {
        Some(false)
    }
}

impl Condition {
    /// The leaves in the order of reading.
    pub(crate) fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::leaves).collect(),
            Self::Not(part) => part.leaves(),
            Self::Leaf(leaf) => vec![leaf],
        }
    }

    /// The answer, given those of the leaves in the order of reading.
    pub(crate) fn answer(&self, leaves: &[Option<bool>]) -> Option<bool> {
        let mut rest = leaves.iter().copied();
        let answer = self.answer_in_turn(&mut rest);
        assert_eq!(rest.next(), None);
        answer
    }

    fn answer_in_turn(&self, leaves: &mut impl Iterator<Item = Option<bool>>) -> Option<bool> {
        match self {
            Self::All(parts) => {
                all(&parts.iter().map(|part| part.answer_in_turn(leaves)).collect::<Vec<_>>())
            }
            Self::Any(parts) => {
                any(&parts.iter().map(|part| part.answer_in_turn(leaves)).collect::<Vec<_>>())
            }
            Self::Not(part) => not(part.answer_in_turn(leaves)),
            Self::Leaf(_) => leaves.next().unwrap(),
        }
    }
}

impl World<'_> {
    pub(crate) fn answer(&self, condition: &Condition) -> Option<bool> {
        condition.answer(&self.leaves(condition))
    }

    pub(crate) fn leaves(&self, condition: &Condition) -> Vec<Option<bool>> {
        condition.leaves().into_iter().map(|leaf| self.leaf(leaf)).collect()
    }

    fn leaf(&self, leaf: &Leaf) -> Option<bool> {
        match leaf {
            Leaf::Test(term, test) => self.test(self.found(term), test),
            Leaf::Pending { opened, closed, by, lasting } => {
                let past = self.past()?;
                let case = |event: &Event| by.as_ref().and_then(|by| self.attribute(event, by));
                let closes = |open: &Event, close: &Event| {
                    named(close, closed)
                        && (close.occurred_at, &close.id) > (open.occurred_at, &open.id)
                        && case(open) == case(close)
                };
                let long_enough = |open: &Event| {
                    let Some(lasting) = lasting else { return true };
                    self.clock.after(open.occurred_at, self.span(lasting)) <= self.as_of
                };
                Some(past.iter().any(|open| {
                    named(open, opened) && long_enough(open) && !past.iter().any(|close| closes(open, close))
                }))
            }
        }
    }

    /// The events up to the instant of the question, in the order of reading.
    fn past(&self) -> Option<Vec<&Event>> {
        let mut past: Vec<&Event> =
            self.events?.iter().filter(|event| event.occurred_at <= self.as_of).collect();
        past.sort_by_key(|event| (event.occurred_at, event.id.clone()));
        past.dedup_by_key(|event| event.id.clone());
        Some(past)
    }

    fn found(&self, term: &Term) -> Found {
        match term {
            Term::Fact(name) => match self.facts.fact(&name.parse().unwrap()) {
                Fact::NotApplicable => Found::NotApplicable,
                Fact::Missing => Found::Missing,
                Fact::Known { observed_at, .. } if observed_at > Some(self.as_of) => Found::Missing,
                Fact::Known { value, .. } => checked(value, &self.names.facts[name]).into(),
            },
            Term::Count(events) => {
                let count = |events: Vec<&Event>| Number::whole(i64::try_from(events.len()).unwrap());
                self.matching(events).map(|events| Value::Number(count(events))).into()
            }
            Term::Last(events) => self.last(events).map(|last| Value::Instant(last.occurred_at)).into(),
            Term::LastAttribute(events, name) => {
                self.last(events).and_then(|last| self.attribute(last, name)).into()
            }
            Term::Gap(events) => {
                self.matching(events).and_then(|events| self.median_gap(&events)).map(Value::Number).into()
            }
        }
    }

    fn last(&self, events: &Events) -> Option<&Event> {
        self.matching(events)?.last().copied()
    }

    fn attribute(&self, event: &Event, name: &str) -> Option<Value> {
        checked(event.attributes.get(name)?, &self.names.attributes[name])
    }

    fn matching(&self, events: &Events) -> Option<Vec<&Event>> {
        let window = events.window.as_ref().map(|window| self.span(window));
        let passes = |event: &Event, (name, relation, value): &(String, Relation, Value)| {
            self.attribute(event, name).and_then(|found| compare(&found, *relation, value)) == Some(true)
        };
        let mut matching = self.past()?;
        matching.retain(|event| {
            named(event, &events.kinds)
                && events.tests.iter().all(|test| passes(event, test))
                && window.is_none_or(|span| self.as_of < self.clock.after(event.occurred_at, span))
        });
        Some(matching)
    }

    fn median_gap(&self, events: &[&Event]) -> Option<Number> {
        let days: BTreeSet<NaiveDate> =
            events.iter().map(|event| self.clock.day(event.occurred_at)).collect();
        let days: Vec<NaiveDate> = days.into_iter().collect();
        let mut gaps: Vec<i64> = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).collect();
        gaps.sort_unstable();
        let middle = gaps.len() / 2;
        match gaps.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(Number::whole(gaps[middle])),
            _ => Some(Number::half_of(gaps[middle - 1] + gaps[middle])),
        }
    }

    fn span(&self, window: &Window) -> Span {
        match window {
            Window::Plain(span) => *span,
            Window::Gaps { gaps, of, at_least_days, else_days } => {
                let events = Events { kinds: of.clone(), tests: Vec::new(), window: None };
                let gap = self.matching(&events).and_then(|events| self.median_gap(&events));
                Span::Days(gap.map_or(*else_days, |gap| {
                    let days = gaps.times(&gap).rounded_up();
                    at_least_days.map_or(days, |least| days.max(least))
                }))
            }
        }
    }

    fn test(&self, found: Found, test: &Test) -> Option<bool> {
        match (test, &found) {
            (Test::Known, _) => return Some(matches!(found, Found::Value(_))),
            (Test::Missing, _) => return Some(matches!(found, Found::Missing)),
            (Test::NotApplicable, _) => return Some(matches!(found, Found::NotApplicable)),
            _ => {}
        }
        let Found::Value(found) = found else { return None };
        match (test, &found) {
            (Test::Value(relation, value), _) => compare(&found, *relation, value),
            (Test::Term(relation, other), _) => match self.found(other) {
                Found::Value(other) => compare(&found, *relation, &other),
                Found::Missing | Found::NotApplicable => None,
            },
            (Test::Between(least, greatest), _) => {
                all(&[compare(&found, Relation::AtLeast, least), compare(&found, Relation::AtMost, greatest)])
            }
            (Test::In(values), _) => {
                let equal = |value: &Value| compare(&found, Relation::Equals, value);
                any(&values.iter().map(equal).collect::<Vec<_>>())
            }
            (Test::Contains(part), Value::Text(text)) => Some(text.contains(part.as_str())),
            (Test::StartsWith(part), Value::Text(text)) => Some(text.starts_with(part.as_str())),
            (Test::EndsWith(part), Value::Text(text)) => Some(text.ends_with(part.as_str())),
            (Test::Contains(member), Value::Set(members)) => Some(members.contains(member)),
            (Test::ContainsAny(asked), Value::Set(members)) => {
                Some(asked.iter().any(|member| members.contains(member)))
            }
            (Test::ContainsAll(asked), Value::Set(members)) => {
                Some(asked.iter().all(|member| members.contains(member)))
            }
            (_, Value::Instant(instant)) => Some(self.instant_test(*instant, test)),
            (_, Value::Day(day)) => Some(self.day_test(*day, test)),
            _ => panic!("{test:?} of {found:?}"),
        }
    }

    fn instant_test(&self, instant: DateTime<Utc>, test: &Test) -> bool {
        let as_of = self.as_of;
        match test {
            Test::Past => instant <= as_of,
            Test::Future => as_of < instant,
            Test::WithinLast(span) => instant <= as_of && as_of < self.clock.after(instant, *span),
            Test::WithinNext(span) => self.clock.before(instant, *span) <= as_of && as_of < instant,
            other => self.calendar_test(self.clock.day(instant), other),
        }
    }

    fn day_test(&self, day: NaiveDate, test: &Test) -> bool {
        let today = self.clock.day(self.as_of);
        match test {
            Test::Past => day < today,
            Test::Future => today < day,
            Test::WithinLast(span) => day <= today && today < span.after(day),
            Test::WithinNext(span) => span.before(day) <= today && today <= day,
            other => self.calendar_test(day, other),
        }
    }

    fn calendar_test(&self, day: NaiveDate, test: &Test) -> bool {
        let today = self.clock.day(self.as_of);
        match test {
            Test::During(after, unit) => {
                period(unit, day, self.week_start) == period(unit, today, self.week_start) + after
            }
            Test::Anniversary(days) => (0..=*days).any(|later| {
                let later = today + TimeDelta::days(later);
                later.year() > day.year() && anniversary(day, later.year().into()) == later
            }),
            other => panic!("{other:?} of a day"),
        }
    }
}

fn named(event: &Event, kinds: &[String]) -> bool {
    let categories = BTreeMap::from([
        ("@base", Category::Base),
        ("@transaction", Category::Transaction),
        ("@behaviour", Category::Behaviour),
        ("@interaction", Category::Interaction),
        ("@feedback", Category::Feedback),
    ]);
    kinds.iter().any(|kind| match kind.as_str() {
        "@all" => true,
        name if name.starts_with('@') => event.kind.category() == Some(categories[name]),
        name => event.kind.as_str() == name,
    })
}

fn compare(left: &Value, relation: Relation, right: &Value) -> Option<bool> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.cmp(right),
        (Value::Money(left, in_left), Value::Money(right, in_right)) => {
            if in_left != in_right {
                return None;
            }
            left.cmp(right)
        }
        (Value::Day(left), Value::Day(right)) => left.cmp(right),
        (Value::Instant(left), Value::Instant(right)) => left.cmp(right),
        (Value::Text(_), Value::Text(_)) | (Value::Flag(_), Value::Flag(_)) => {
            return Some(match relation {
                Relation::Equals => left == right,
                Relation::Differs => left != right,
                other => panic!("{other:?} of {left:?}"),
            });
        }
        _ => panic!("{left:?} and {right:?}"),
    };
    Some(match relation {
        Relation::Equals => order == Equal,
        Relation::Differs => order != Equal,
        Relation::Below => order == Less,
        Relation::AtMost => order != Greater,
        Relation::Above => order == Greater,
        Relation::AtLeast => order != Less,
    })
}

/// The value, if it is of the kind and in the range declared.
fn checked(value: &FactValue, schema: &FactSchema) -> Option<Value> {
    let number = |number: Number| {
        let fits = schema.min.is_none_or(|min| Number::of(min) <= number)
            && schema.max.is_none_or(|max| number <= Number::of(max));
        fits.then_some(Value::Number(number))
    };
    match (schema.kind, value) {
        (FactKind::Decimal, FactValue::Decimal(decimal)) => number(Number::of(*decimal)),
        (FactKind::Int, FactValue::Int(whole)) => number(Number::whole(*whole)),
        (FactKind::Level { of }, FactValue::Level(level)) if level.of() == of => {
            number(Number::whole(level.value().into()))
        }
        (FactKind::Bool, FactValue::Bool(flag)) => Some(Value::Flag(*flag)),
        (FactKind::Text, FactValue::Text(text)) => Some(Value::Text(normal(text))),
        (FactKind::Date, FactValue::Date(day)) => Some(Value::Day(*day)),
        (FactKind::Instant, FactValue::Instant(instant)) => Some(Value::Instant(*instant)),
        (FactKind::Money, FactValue::Money(money)) => {
            Some(Value::Money(Number::of(money.amount()), money.currency().code().to_owned()))
        }
        (FactKind::Set, FactValue::Set(members)) => {
            Some(Value::Set(members.iter().map(|member| normal(member)).collect()))
        }
        _ => None,
    }
}
