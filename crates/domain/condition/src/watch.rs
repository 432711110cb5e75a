//! What is asked of events, as time goes by.
//!
//! To look through all events at every instant takes the square of their number. Instead each event is
//! counted when it joins what a leaf asks of, and again when it leaves.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{Event, Zone};

use crate::eval::{Found, Scene, gap, key_of, last, last_attribute, passes};
use crate::given::{EventLog, Moment};
use crate::span::Span;
use crate::tree::{Events, Kinds, Leaf, Pending, Rhythm, Term, Window};
use crate::truth::Truth;
use crate::value::Value;

/// A leaf that asks of events, at instants each of which is no earlier than the one before.
pub(crate) struct Watch<'l, 'a> {
    leaf: &'l Leaf,
    /// For each term that asks of events, and for what is pending, what counts.
    counted: Vec<(Option<&'l Term>, Counted<'l, 'a>)>,
}

impl<'l, 'a> Watch<'l, 'a> {
    pub(crate) fn new(leaf: &'l Leaf, log: &EventLog<'a>, zone: Zone) -> Self {
        let counted = match leaf {
            Leaf::Pending(pending) => [(None, Counted::pending(pending, log, zone))].into(),
            Leaf::Test(..) => leaf
                .terms()
                .filter_map(|term| Some((Some(term), Counted::of(term, term.events()?, log, zone))))
                .collect(),
        };
        Self { leaf, counted }
    }

    /// The answer of the leaf at an instant.
    pub(crate) fn ask(&mut self, scene: &Scene<'a>, at: &Moment) -> Truth {
        self.counted.iter_mut().for_each(|(_, counted)| counted.go(at.as_of));
        if let Leaf::Pending(_) = self.leaf {
            return self.counted.iter().any(|(_, pending)| !pending.present.is_empty()).into();
        }
        scene.leaf_by(self.leaf, &|term| {
            let counted =
                self.counted.iter().find(|(own, _)| own.is_some_and(|own| core::ptr::eq(own, term)));
            counted.map_or_else(|| scene.term(term), |(_, counted)| counted.found(term))
        })
    }
}

/// Events that count while they lie between two instants.
struct Counted<'l, 'a> {
    zone: Zone,
    /// By occurrence, then by id; with when each is closed, if that is asked.
    events: Vec<(&'a Event, Option<DateTime<Utc>>)>,
    /// What makes them leave, or of what is pending, join.
    window: Option<Pace<'l, 'a>>,
    pending: bool,
    /// The length of the window now.
    span: Option<Span>,
    /// When which event joins or leaves, in that order.
    moves: Vec<(DateTime<Utc>, Move, usize)>,
    done: usize,
    present: BTreeSet<usize>,
    /// Where the gaps between days are asked.
    gaps: Option<Gaps>,
}

/// What an event does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Move {
    Join,
    Leave,
}

impl<'l, 'a> Counted<'l, 'a> {
    fn of(term: &Term, events: &'l Events, log: &EventLog<'a>, zone: Zone) -> Self {
        let matches = |event: &&Event| {
            is_of(event, &events.kinds) && events.tests.iter().all(|test| passes(event, test))
        };
        let found = log.iter().filter(matches).map(|event| (event, None)).collect();
        let window = events.within.as_ref().map(|window| Pace::new(window, log, zone));
        let gaps = matches!(term, Term::Gap(_)).then(Gaps::default);
        Self { gaps, ..Self::new(found, window, false, zone) }
    }

    fn pending(pending: &'l Pending, log: &EventLog<'a>, zone: Zone) -> Self {
        let key = |event: &Event| pending.by.as_ref().and_then(|(id, fit)| key_of(event, id, fit));
        // What closes lies after what it closes.
        let mut closed = BTreeMap::new();
        let mut found = Vec::new();
        for event in log.iter().rev() {
            if is_of(event, &pending.opened) {
                found.push((event, closed.get(&key(event)).copied()));
            }
            if is_of(event, &pending.closed) {
                closed.insert(key(event), event.occurred_at);
            }
        }
        found.reverse();
        Self::new(found, pending.age.as_ref().map(|age| Pace::new(age, log, zone)), true, zone)
    }

    fn new(
        events: Vec<(&'a Event, Option<DateTime<Utc>>)>,
        window: Option<Pace<'l, 'a>>,
        pending: bool,
        zone: Zone,
    ) -> Self {
        let mut new = Self {
            zone,
            events,
            window,
            pending,
            span: None,
            moves: Vec::new(),
            done: 0,
            present: BTreeSet::new(),
            gaps: None,
        };
        new.begin();
        new
    }

    /// Begins anew, with the span as it is now.
    fn begin(&mut self) {
        (self.done, self.present) = (0, BTreeSet::new());
        self.gaps = self.gaps.take().map(|_| Gaps::default());
        self.moves.clear();
        for (place, (event, closed)) in self.events.iter().enumerate() {
            let end = self.span.and_then(|span| span.after(event.occurred_at, self.zone));
            let (join, leave) = match (self.pending, self.span) {
                (false, _) | (true, None) => {
                    (Some(event.occurred_at), if self.pending { *closed } else { end })
                }
                (true, Some(_)) => (end, *closed),
            };
            let Some(join) = join.filter(|join| leave.is_none_or(|leave| *join < leave)) else { continue };
            self.moves.push((join, Move::Join, place));
            self.moves.extend(leave.map(|leave| (leave, Move::Leave, place)));
        }
        self.moves.sort_unstable();
    }

    /// Goes on to an instant.
    fn go(&mut self, then: DateTime<Utc>) {
        if let Some(window) = &mut self.window {
            let span = Some(window.at(then));
            if span != self.span {
                self.span = span;
                self.begin();
            }
        }
        while let Some((_, step, place)) = self.moves.get(self.done).filter(|(at, ..)| *at <= then) {
            self.done += 1;
            let day = |events: &[(&Event, _)]| {
                events.get(*place).map(|(event, _)| self.zone.day(event.occurred_at))
            };
            match step {
                Move::Join => self.present.insert(*place),
                Move::Leave => self.present.remove(place),
            };
            if let (Some(gaps), Some(day)) = (&mut self.gaps, day(&self.events)) {
                match step {
                    Move::Join => gaps.add(day),
                    Move::Leave => gaps.remove(day),
                }
            }
        }
    }

    /// What a term is worth now.
    fn found(&self, term: &Term) -> Found<'a> {
        let latest =
            || self.present.last().and_then(|place| self.events.get(*place)).map(|(event, _)| *event);
        match term {
            Term::Fact(..) | Term::Count(_) => Found::Value(Value::Number(self.present.len().into())),
            Term::Last(_) => last(latest()),
            Term::LastAttribute(_, id, fit) => last_attribute(latest(), id, fit),
            Term::Gap(_) => gap(self.gaps.as_ref().and_then(Gaps::median)),
        }
    }
}

/// The length of a window, which a rhythm changes.
pub(crate) struct Pace<'l, 'a> {
    window: &'l Window,
    zone: Zone,
    /// The events that make the rhythm, by occurrence, the latest first.
    coming: Vec<&'a Event>,
    gaps: Gaps,
}

impl<'l, 'a> Pace<'l, 'a> {
    pub(crate) fn new(window: &'l Window, log: &EventLog<'a>, zone: Zone) -> Self {
        let coming = match window {
            Window::Span(_) => Vec::new(),
            Window::Rhythm(rhythm) => log.iter().rev().filter(|event| is_of(event, &rhythm.of)).collect(),
        };
        Self { window, zone, coming, gaps: Gaps::default() }
    }

    /// The length at an instant, which is no earlier than the one before.
    pub(crate) fn at(&mut self, then: DateTime<Utc>) -> Span {
        let rhythm: &Rhythm = match self.window {
            Window::Span(span) => return *span,
            Window::Rhythm(rhythm) => rhythm,
        };
        while let Some(event) = self.coming.pop_if(|event| event.occurred_at <= then) {
            self.gaps.add(self.zone.day(event.occurred_at));
        }
        rhythm.span(self.gaps.median())
    }
}

fn is_of(event: &Event, kinds: &[Kinds]) -> bool {
    kinds.iter().any(|kinds| kinds.has(&event.kind))
}

/// The gaps between days, of which the median is asked.
#[derive(Default)]
struct Gaps {
    /// How often each day is there.
    days: BTreeMap<NaiveDate, usize>,
    /// The lesser half of the gaps in days, and the greater one, which has one more if they are odd.
    lesser: Counts,
    greater: Counts,
}

impl Gaps {
    fn add(&mut self, day: NaiveDate) {
        let count = self.days.entry(day).or_default();
        *count += 1;
        if *count == 1 {
            let (before, after) = self.around(day);
            self.gap(before, after, Self::forget);
            self.gap(before, Some(day), Self::note);
            self.gap(Some(day), after, Self::note);
        }
    }

    fn remove(&mut self, day: NaiveDate) {
        let Some(count) = self.days.get_mut(&day) else { return };
        *count -= 1;
        if *count == 0 {
            self.days.remove(&day);
            let (before, after) = self.around(day);
            self.gap(before, Some(day), Self::forget);
            self.gap(Some(day), after, Self::forget);
            self.gap(before, after, Self::note);
        }
    }

    /// The days next to one.
    fn around(&self, day: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let before = self.days.range(..day).next_back();
        let after = self.days.range(day..).find(|(other, _)| **other != day);
        (before.map(|(day, _)| *day), after.map(|(day, _)| *day))
    }

    fn gap(&mut self, from: Option<NaiveDate>, to: Option<NaiveDate>, what: impl Fn(&mut Self, i64)) {
        if let (Some(from), Some(to)) = (from, to) {
            what(self, to.signed_duration_since(from).num_days());
            // The lesser half has as many, or one less.
            if self.lesser.len > self.greater.len {
                self.lesser
                    .greatest()
                    .into_iter()
                    .for_each(|gap| Counts::pass(gap, &mut self.lesser, &mut self.greater));
            } else if self.greater.len > self.lesser.len + 1 {
                self.greater
                    .least()
                    .into_iter()
                    .for_each(|gap| Counts::pass(gap, &mut self.greater, &mut self.lesser));
            }
        }
    }

    fn note(&mut self, gap: i64) {
        let is_lesser = self.greater.least().is_some_and(|least| gap < least);
        if is_lesser { self.lesser.add(gap) } else { self.greater.add(gap) }
    }

    fn forget(&mut self, gap: i64) {
        if !self.greater.remove(gap) {
            self.lesser.remove(gap);
        }
    }

    /// The median in half days.
    fn median(&self) -> Option<i64> {
        let upper = self.greater.least()?;
        let lower = if self.lesser.len == self.greater.len { self.lesser.greatest()? } else { upper };
        Some(lower + upper)
    }
}

/// Numbers, each as often as it is there.
#[derive(Default)]
struct Counts {
    of: BTreeMap<i64, usize>,
    len: usize,
}

impl Counts {
    fn add(&mut self, number: i64) {
        *self.of.entry(number).or_default() += 1;
        self.len += 1;
    }

    /// Takes a number away; whether it was there.
    fn remove(&mut self, number: i64) -> bool {
        let Some(count) = self.of.get_mut(&number) else { return false };
        *count -= 1;
        if *count == 0 {
            self.of.remove(&number);
        }
        self.len -= 1;
        true
    }

    fn pass(number: i64, from: &mut Self, to: &mut Self) {
        if from.remove(number) {
            to.add(number);
        }
    }

    fn least(&self) -> Option<i64> {
        self.of.first_key_value().map(|(number, _)| *number)
    }

    fn greatest(&self) -> Option<i64> {
        self.of.last_key_value().map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, Given, Vocabulary};
    use alloc::format;
    use chrono::TimeDelta;
    use guanxi_core::{FactKind, FactMap, FactSchema, parse_instant};

    const ASKED: [&str; 10] = [
        "count(order.placed within 9 days) >= 4",
        "count(order.placed where state = \"new\" within 1 month) = 2",
        "last(order.placed within 2 months).state = \"new\"",
        "last(order.placed) within last 3 days",
        "gap(order.placed) > 2",
        "gap(order.placed within 20 days) > 2.5",
        "any order.returned within 2 * gap(order.placed) else 3 days",
        "pending(order.placed until order.returned)",
        "pending(order.placed until order.returned by state for 2 weeks)",
        "pending(order.placed until order.returned by state for 1.5 * gap(order.returned) else 1 day)",
    ];

    /// A number below a bound, each time another.
    fn random(seed: &mut u64, below: u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) % below
    }

    #[test]
    fn watching_is_looking_again_at_every_instant() {
        let vocabulary = Vocabulary::new()
            .with_attribute("state".parse().unwrap(), FactSchema::of(FactKind::Text))
            .with_kind("order.placed".parse().unwrap())
            .with_kind("order.returned".parse().unwrap());
        let conditions = ASKED.map(|text| Condition::parse(text, &vocabulary).unwrap());
        let begin = parse_instant("2026-01-20T00:00:00Z").unwrap();
        let facts = FactMap::new();
        let mut seed = 7;
        for round in 0..4 {
            let zone: Zone = if round % 2 == 0 { Zone::UTC } else { "Europe/Berlin".parse().unwrap() };
            let count = 5 + random(&mut seed, 40);
            let events: Vec<Event> = (0..count)
                .map(|place| {
                    let hours = TimeDelta::hours(i64::try_from(random(&mut seed, 24 * 90)).unwrap());
                    let kind = ["order.placed", "order.returned"][usize::from(random(&mut seed, 3) == 0)];
                    let state = ["new", "old"][usize::from(random(&mut seed, 2) == 0)];
                    serde_json::from_value(serde_json::json!({
                        "id": format!("e{place}"), "subject": "c", "kind": kind,
                        "occurred_at": (begin + hours).to_rfc3339(), "attributes": {"state": {"text": state}},
                    }))
                    .unwrap()
                })
                .collect();
            let log = EventLog::new(&events);
            let given = Given { facts: &facts, events: Some(&log) };
            for condition in &conditions {
                let mut leaves = Vec::new();
                condition.node().leaves(&mut |leaf| leaves.push(leaf));
                let mut watches: Vec<_> = leaves.iter().map(|leaf| Watch::new(leaf, &log, zone)).collect();
                for hour in (-30..24 * 130).step_by(7) {
                    let at = Moment { zone, ..Moment::utc(begin + TimeDelta::hours(hour)) };
                    let scene = Scene::new(&given, &at);
                    for (leaf, watch) in leaves.iter().zip(&mut watches) {
                        let (seen, looked) = (watch.ask(&scene, &at), scene.leaf(leaf));
                        assert_eq!(seen, looked, "{condition} at {}", at.as_of);
                    }
                }
            }
        }
    }
}
