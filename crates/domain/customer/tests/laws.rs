//! Laws: order, repetition and portions of events never matter, and facts are what their definition
//! says, computed by a slow and obvious oracle.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use guanxi_core::{AttributeId, Event, EventId, Fact, FactValue, Facts, Rates, SubjectId};
use guanxi_customer::{
    Amount, End, FactBook, Filter, Ledger, Levels, Measure, Parties, Party, Quantity, RecipeSpec, Recipes,
    RecipesSpec, Side, SubjectFacts, Test, WhenEmpty, Window, arbitrary,
};
use guanxi_policy::{Document, DocumentSpec};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn parties(given: Vec<Party>) -> Parties {
    let mut parties = Parties::new();
    given.into_iter().for_each(|party| parties.insert(party).unwrap());
    parties
}

fn subjects() -> Vec<SubjectId> {
    ["C1", "C2", "C3", "C4", "C5"].iter().map(|id| id.parse().unwrap()).collect()
}

fn everything(book: &mut FactBook<'_>) -> Vec<SubjectFacts> {
    subjects().iter().map(|subject| book.facts(subject)).collect()
}

/// Hundredths: every number of the generated events is a whole number of them.
fn hundredths(value: &FactValue) -> i128 {
    let scaled = value.number().unwrap() * Decimal::ONE_HUNDRED;
    assert!(scaled.is_integer());
    i128::try_from(scaled).unwrap()
}

/// Answers one fact from its definition, reading every event again each time.
struct Oracle<'a> {
    events: Vec<&'a Event>,
    parties: &'a Parties,
    as_of: DateTime<Utc>,
    offset: FixedOffset,
}

/// A fraction of two whole numbers, or another value, or nothing, or refused.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Ratio(i128, i128),
    Value(FactValue),
    Empty,
    Refused,
}

impl<'a> Oracle<'a> {
    fn new(all: &'a [Event], parties: &'a Parties, as_of: DateTime<Utc>, offset: FixedOffset) -> Self {
        let mut ids: BTreeMap<&EventId, Vec<&Event>> = BTreeMap::new();
        all.iter().for_each(|event| ids.entry(&event.id).or_default().push(event));
        let rank = |e: &Event| {
            (e.recorded_at, e.occurred_at, e.subject.clone(), e.kind.clone(), e.attributes.clone())
        };
        let winner = |versions: Vec<&'a Event>| versions.into_iter().max_by_key(|event| rank(event)).unwrap();
        let mut events: Vec<&Event> =
            ids.into_values().map(winner).filter(|e| e.occurred_at <= as_of).collect();
        events.sort_by_key(|event| (event.occurred_at, event.id.clone()));
        Self { events, parties, as_of, offset }
    }

    fn industry(&self, subject: &SubjectId) -> Option<&FactValue> {
        let attributes = &self.parties.get(subject)?.attributes;
        Some(&attributes.get("industry")?.value)
    }

    fn ahead(&self) -> TimeDelta {
        TimeDelta::seconds(self.offset.local_minus_utc().into())
    }

    /// What a clock at the offset shows.
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.naive_utc() + self.ahead()
    }

    fn start(&self, window: Window, times: u32) -> DateTime<Utc> {
        match window {
            Window::Days(days) => self.as_of - Days::new((days * times).into()),
            Window::Months(months) => {
                // The same day of an earlier month, or the last one that exists, on the clock of the offset.
                let local = self.local(self.as_of);
                let total = local.year() * 12 + i32::try_from(local.month0()).unwrap()
                    - i32::try_from(months * times).unwrap();
                let (year, month) = (total.div_euclid(12), u32::try_from(total.rem_euclid(12)).unwrap() + 1);
                let day = (1..=local.day()).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day));
                day.unwrap().and_time(local.time()).and_utc() - self.ahead()
            }
        }
    }

    fn chosen(&self, recipe: &RecipeSpec, of: impl Fn(&SubjectId) -> bool) -> Vec<&'a Event> {
        let within = |event: &&&Event| {
            recipe.window.is_none_or(|window| {
                self.start(window, 1) < event.occurred_at && event.occurred_at <= self.as_of
            })
        };
        self.events
            .iter()
            .filter(|event| of(&event.subject) && recipe.events.contains(&event.kind))
            .filter(|event| pass(&recipe.filters, event))
            .filter(within)
            .copied()
            .collect()
    }

    fn answer(&self, recipe: &RecipeSpec, subject: &SubjectId) -> Answer {
        let events = match &recipe.peers {
            None => self.chosen(recipe, |id| id == subject),
            Some(_) => match self.industry(subject) {
                None => return Answer::Empty,
                industry => self.chosen(recipe, |id| self.industry(id) == industry),
            },
        };
        let everyone = self.chosen(recipe, |_| true);
        match &recipe.measure {
            Measure::DistinctInPopulation(attribute) => whole(values(attribute, &everyone).len()),
            Measure::DistinctNotYet(attribute) => match values(attribute, &everyone) {
                all if all.is_empty() => Answer::Empty,
                all => Answer::Ratio(all.difference(&values(attribute, &events)).count() as i128, 1),
            },
            _ if events.is_empty() => Answer::Empty,
            Measure::Sum(amount) => {
                sum(amount, &events).map_or(Answer::Refused, |sum| Answer::Ratio(sum, 100))
            }
            Measure::Count => whole(events.len()),
            Measure::First(attribute) => events
                .iter()
                .find_map(|e| e.attributes.get(attribute))
                .map_or(Answer::Empty, |v| Answer::Value(v.clone())),
            Measure::Last(attribute) => events
                .iter()
                .rev()
                .find_map(|e| e.attributes.get(attribute))
                .map_or(Answer::Empty, |v| Answer::Value(v.clone())),
            Measure::Mean { of, .. } => {
                sum(of, &events).map_or(Answer::Refused, |sum| Answer::Ratio(sum, 100 * events.len() as i128))
            }
            Measure::Growth { of, over, .. } => {
                let between = |from: DateTime<Utc>, to: DateTime<Utc>| {
                    let events = events.iter().filter(|e| from < e.occurred_at && e.occurred_at <= to);
                    quantity(of, &events.copied().collect::<Vec<_>>())
                };
                let middle = self.start(*over, 1);
                match (between(middle, self.as_of), between(self.start(*over, 2), middle)) {
                    (Some(_), Some(before)) if before <= 0 => Answer::Empty,
                    (Some(recent), Some(before)) => Answer::Ratio(recent - before, before),
                    _ => Answer::Refused,
                }
            }
            Measure::Share { of, filters, .. } => {
                let part: Vec<&Event> = events.iter().filter(|e| pass(filters, e)).copied().collect();
                match (quantity(of, &part), quantity(of, &events)) {
                    (Some(_), Some(whole)) if whole <= 0 => Answer::Empty,
                    (Some(part), Some(whole)) => Answer::Ratio(part, whole),
                    _ => Answer::Refused,
                }
            }
            Measure::Distinct(attribute) => whole(values(attribute, &events).len()),
            Measure::MedianGap => {
                let days: BTreeSet<NaiveDate> =
                    events.iter().map(|e| self.local(e.occurred_at).date()).collect();
                let days: Vec<NaiveDate> = days.into_iter().collect();
                let mut gaps: Vec<i128> = days.windows(2).map(|w| (w[1] - w[0]).num_days().into()).collect();
                gaps.sort();
                match gaps.len() {
                    0 => Answer::Empty,
                    n if n % 2 == 1 => Answer::Ratio(gaps[n / 2], 1),
                    n => Answer::Ratio(gaps[n / 2 - 1] + gaps[n / 2], 2),
                }
            }
            Measure::DaysSince(end) => {
                let event = if *end == End::First { events[0] } else { events[events.len() - 1] };
                let days = self.local(self.as_of).date() - self.local(event.occurred_at).date();
                Answer::Ratio(days.num_days().into(), 1)
            }
            Measure::Attribute(_) | Measure::Constant(_) => panic!("not generated"),
        }
    }

    /// The fact in words: `refused`, `missing`, `not applicable` or its value.
    fn fact(&self, recipe: &RecipeSpec, subject: &SubjectId) -> String {
        let places = match recipe.measure {
            Measure::Mean { places, .. } | Measure::Growth { places, .. } | Measure::Share { places, .. } => {
                places
            }
            _ => 10,
        };
        let answer = match (self.answer(recipe, subject), &recipe.when_empty) {
            (Answer::Empty, WhenEmpty::Missing) => return "missing".into(),
            (Answer::Empty, WhenEmpty::NotApplicable) => return "not applicable".into(),
            (Answer::Empty, WhenEmpty::Value(number)) => {
                Answer::Ratio(hundredths(&FactValue::Decimal(number.0)), 100)
            }
            (answer, _) => answer,
        };
        match (&recipe.levels, answer) {
            (_, Answer::Refused) => "refused".into(),
            (Some(levels), Answer::Ratio(a, b)) => level(levels, a, b),
            (Some(levels), Answer::Value(value)) if value.number().is_some() => {
                level(levels, hundredths(&value), 100)
            }
            (Some(_), _) => "refused".into(),
            (None, Answer::Ratio(a, b)) => rounded(a, b, places).normalize().to_string(),
            (None, Answer::Value(value)) => {
                value.number().map_or_else(|| value.to_string(), |number| number.normalize().to_string())
            }
            (None, Answer::Empty) => panic!("answered above"),
        }
    }
}

/// One more than the cuts below `a / b`, which is never rounded.
fn level(levels: &Levels, a: i128, b: i128) -> String {
    let passed = levels.cuts.iter().filter(|cut| {
        let (left, right) = (a * 100, hundredths(&FactValue::Decimal(cut.0)) * b);
        left > right || (left == right && levels.at_cut == Side::Higher)
    });
    (passed.count() + 1).to_string()
}

fn rounded(a: i128, b: i128, places: u32) -> Decimal {
    let scaled = a * 10_i128.pow(places);
    let magnitude = (2 * scaled.abs() + b.abs()) / (2 * b.abs());
    Decimal::from_i128_with_scale(magnitude * a.signum() * b.signum(), places)
}

fn whole(count: usize) -> Answer {
    if count == 0 { Answer::Empty } else { Answer::Ratio(count as i128, 1) }
}

fn pass(filters: &[Filter], event: &Event) -> bool {
    filters.iter().all(|filter| {
        let Some(value) = event.attributes.get(&filter.attribute) else { return false };
        match &filter.is {
            Test::Present => true,
            Test::Equals(literal) => literal.equals(value),
            Test::Above(bound) => value.number().unwrap() > bound.0,
            Test::AtLeast(bound) => value.number().unwrap() >= bound.0,
            Test::Below(bound) => value.number().unwrap() < bound.0,
            Test::AtMost(bound) => value.number().unwrap() <= bound.0,
        }
    })
}

fn values<'e>(attribute: &AttributeId, events: &[&'e Event]) -> BTreeSet<&'e FactValue> {
    events.iter().filter_map(|event| event.attributes.get(attribute)).collect()
}

/// In hundredths; nothing if any event lacks an attribute.
fn sum(amount: &Amount, events: &[&Event]) -> Option<i128> {
    let one = |event: &Event, ids: &[AttributeId]| -> Option<i128> {
        ids.iter().map(|id| event.attributes.get(id).map(hundredths)).sum()
    };
    events.iter().map(|event| Some(one(event, &amount.add)? - one(event, &amount.subtract)?)).sum()
}

fn quantity(of: &Quantity, events: &[&Event]) -> Option<i128> {
    match of {
        Quantity::Count => Some(events.len() as i128),
        Quantity::Sum(amount) => sum(amount, events),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn facts_are_what_their_definition_says(
        events in prop::collection::vec(arbitrary::event(), 0..80),
        given in arbitrary::parties(),
        spec in arbitrary::recipes(),
        as_of in arbitrary::instant(),
        offset in arbitrary::offset(),
    ) {
        let (recipes, parties, rates) = (Recipes::try_from(&spec).unwrap(), parties(given), Rates::default());
        let mut book = FactBook::new(&recipes, &parties, &rates, as_of).in_offset(offset);
        book.merge(events.iter().cloned().collect());
        let oracle = Oracle::new(&events, &parties, as_of, offset);
        for subject in subjects() {
            let read = book.facts(&subject);
            for recipe in recipes.iter() {
                let refused = read.findings.iter().any(|finding| finding.fact() == Some(&recipe.fact));
                let shown = match read.facts.fact(&recipe.fact) {
                    Fact::Known { value, observed_at } => {
                        prop_assert!(observed_at.is_none_or(|at| at <= as_of));
                        value.to_string()
                    }
                    Fact::NotApplicable => "not applicable".into(),
                    Fact::Missing if refused => "refused".into(),
                    Fact::Missing => "missing".into(),
                };
                prop_assert_eq!(shown, oracle.fact(recipe, &subject), "{} of {:?}", subject, recipe);
            }
        }
    }

    #[test]
    fn order_repetition_and_portions_never_matter(
        (events, shuffled) in prop::collection::vec(arbitrary::event(), 0..60)
            .prop_flat_map(|events| (Just(events.clone()), Just([events.clone(), events].concat()).prop_shuffle())),
        given in arbitrary::parties(),
        spec in arbitrary::recipes(),
        as_of in arbitrary::instant(),
        offset in arbitrary::offset(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (recipes, parties, rates) = (Recipes::try_from(&spec).unwrap(), parties(given), Rates::default());
        let mut once = FactBook::new(&recipes, &parties, &rates, as_of).in_offset(offset);
        events.iter().for_each(|event| drop(once.add(event.clone())));

        // Half of the shuffled events one by one with a look at the facts after each, half merged.
        let (left, right) = shuffled.split_at(cut.index(shuffled.len() + 1));
        let mut again = FactBook::new(&recipes, &parties, &rates, as_of).in_offset(offset);
        for event in left {
            let _ = again.add(event.clone());
            let _ = again.facts(&event.subject);
        }
        again.merge(right.iter().cloned().collect::<Ledger>());
        prop_assert_eq!(once.ledger(), again.ledger());
        prop_assert_eq!(everything(&mut once), everything(&mut again));
        let mut elsewhen = FactBook::new(&recipes, &parties, &rates, DateTime::UNIX_EPOCH);
        elsewhen.merge(again.ledger().clone());
        let _ = everything(&mut elsewhen);
        let mut elsewhen = elsewhen.in_offset(offset);
        let _ = everything(&mut elsewhen);
        prop_assert_eq!(everything(&mut once), everything(&mut elsewhen.at(as_of)));
        let all: Vec<(SubjectId, SubjectFacts)> = once.all().map(|(id, facts)| (id.clone(), facts)).collect();
        prop_assert!(all.is_sorted_by_key(|(id, _)| id) && all.len() >= parties.iter().len());
        for (subject, facts) in all {
            prop_assert_eq!(once.facts(&subject), facts);
        }
    }

    #[test]
    fn recipes_survive_being_written_down(spec in arbitrary::recipes()) {
        let text = serde_json::to_string(&spec).unwrap();
        let read: RecipesSpec = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read, &spec);
        prop_assert_eq!(guanxi_policy::Body::spec(&Recipes::try_from(&read).unwrap()), spec.clone());
        let envelope = DocumentSpec {
            schema: "guanxi.facts/1".into(),
            id: "facts".parse().unwrap(),
            version: "1".parse().unwrap(),
            effective_from: None,
            effective_to: None,
            body: spec,
        };
        let document = Document::<Recipes>::from_spec(&envelope).unwrap();
        prop_assert_eq!(Document::<Recipes>::from_value(&document.to_value()).unwrap(), document);
    }

    #[test]
    fn a_window_starts_before_it_ends(
        window in arbitrary::window(), as_of in arbitrary::instant(), offset in arbitrary::offset(),
    ) {
        let start = window.start(as_of.with_timezone(&offset));
        prop_assert!(start < as_of);
        if let Window::Months(months) = window {
            // Months are added in the calendar that they were taken off in.
            prop_assert!(start.with_timezone(&offset) + Months::new(months) <= as_of);
        }
    }
}
