//! What is asked of events, as time goes by.
//!
//! To look through all events at every instant takes the square of their number. Instead each event is
//! counted when it joins what a leaf asks of, and again when it leaves.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{Event, Zone};

use crate::eval::{Found, Scene, gap, key_of, last, last_attribute, passes};
use crate::given::EventLog;
use crate::span::Span;
use crate::tree::{Events, Kinds, Leaf, Pending, Rhythm, Term, Window};
use crate::truth::Truth;
use crate::value::Value;

/// A leaf that asks of events, at one instant after another. To go back is allowed, and begins anew.
#[derive(Clone)]
pub(crate) struct Watch<'a> {
    leaf: &'a Leaf,
    /// For each term that asks of events, and for what is pending, what counts.
    counted: Vec<(Option<&'a Term>, Counted<'a>)>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(leaf: &'a Leaf, log: &EventLog<'a>, zone: Zone) -> Self {
        let counted = match leaf {
            Leaf::Pending(pending) => [(None, Counted::pending(pending, log, zone))].into(),
            Leaf::Test(..) => leaf
                .terms()
                .filter_map(|term| Some((Some(term), Counted::of(term, term.events()?, log, zone))))
                .collect(),
        };
        Self { leaf, counted }
    }

    /// Goes to an instant.
    pub(crate) fn go(&mut self, then: DateTime<Utc>) {
        self.counted.iter_mut().for_each(|(_, counted)| counted.go(then));
    }

    /// The first instant after that at which anything joins or leaves.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.counted.iter().filter_map(|(_, counted)| counted.next()).min()
    }

    /// The answer of the leaf.
    pub(crate) fn answer<'s>(&self, scene: &Scene<'s>) -> Truth
    where
        'a: 's,
    {
        match self.leaf {
            Leaf::Pending(_) => self.counted.iter().any(|(_, pending)| !pending.present.is_empty()).into(),
            Leaf::Test(..) => scene.leaf_by(self.leaf, &|term| self.found(term, scene)),
        }
    }

    /// When the first event occurred that is pending.
    pub(crate) fn pending_since(&self) -> Option<DateTime<Utc>> {
        let (_, pending) = self.counted.first()?;
        pending.events.get(*pending.present.first()?).map(|(event, _)| event.occurred_at)
    }

    /// What a term of the leaf is worth.
    pub(crate) fn found<'s>(&self, term: &Term, scene: &Scene<'s>) -> Found<'s>
    where
        'a: 's,
    {
        let own = self.counted.iter().find(|(own, _)| own.is_some_and(|own| core::ptr::eq(own, term)));
        own.map_or_else(|| scene.term(term), |(_, counted)| counted.found(term))
    }
}

/// An event, with when it is closed, if that is asked and it is.
type Dated<'a> = (&'a Event, Option<DateTime<Utc>>);

/// Events that count while they lie between two instants.
#[derive(Clone)]
struct Counted<'a> {
    zone: Zone,
    /// By occurrence, then by id.
    events: Arc<[Dated<'a>]>,
    /// How many of them have occurred.
    occurred: usize,
    /// What makes them leave, or of what is pending, join.
    window: Option<Pace<'a>>,
    pending: bool,
    now: Option<DateTime<Utc>>,
    /// The length of the window now.
    span: Option<Span>,
    /// When which event that has occurred joins or leaves, in that order, from now on.
    moves: BTreeSet<(DateTime<Utc>, Move, usize)>,
    /// Those that count, if they are not simply those that have occurred.
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

impl<'a> Counted<'a> {
    fn of(term: &Term, events: &'a Events, log: &EventLog<'a>, zone: Zone) -> Self {
        let matches = |event: &&Event| {
            is_of(event, &events.kinds) && events.tests.iter().all(|test| passes(event, test))
        };
        let found = log.iter().filter(matches).map(|event| (event, None)).collect();
        let window = events.within.as_ref().map(|window| Pace::new(window, log, zone));
        let gaps = matches!(term, Term::Gap(_)).then(Gaps::default);
        Self { gaps, ..Self::new(found, window, false, zone) }
    }

    fn pending(pending: &'a Pending, log: &EventLog<'a>, zone: Zone) -> Self {
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

    fn new(events: Vec<Dated<'a>>, window: Option<Pace<'a>>, pending: bool, zone: Zone) -> Self {
        Self {
            zone,
            events: events.into(),
            occurred: 0,
            window,
            pending,
            now: None,
            span: None,
            moves: BTreeSet::new(),
            present: BTreeSet::new(),
            gaps: None,
        }
    }

    /// Whether all that has occurred counts, for good.
    const fn keeps_all(&self) -> bool {
        !self.pending && self.window.is_none()
    }

    /// Begins anew at an instant, with the span as it is then.
    fn begin(&mut self, then: DateTime<Utc>) {
        (self.moves, self.present) = (BTreeSet::new(), BTreeSet::new());
        self.gaps = self.gaps.take().map(|_| Gaps::default());
        self.occurred = self.events.partition_point(|(event, _)| event.occurred_at <= then);
        if self.keeps_all() && self.gaps.is_none() {
            return;
        }
        let events = Arc::clone(&self.events);
        for (place, (event, closed)) in events.iter().enumerate().take(self.occurred).rev() {
            let gone = |span: Span| span.has_long_passed(event.occurred_at, then, self.zone);
            if !self.pending && self.span.is_some_and(gone) {
                break;
            }
            if closed.is_none_or(|closed| closed > then) {
                self.occur(place);
            }
        }
    }

    /// Lets an event take its part.
    fn occur(&mut self, place: usize) {
        let Some((event, closed)) = self.events.get(place).copied() else { return };
        let end = self.span.and_then(|span| span.after(event.occurred_at, self.zone));
        let (join, leave) = match (self.pending, self.span) {
            (false, _) => (Some(event.occurred_at), end),
            (true, None) => (Some(event.occurred_at), closed),
            (true, Some(_)) => (end, closed),
        };
        let Some(join) = join.filter(|join| leave.is_none_or(|leave| *join < leave)) else { return };
        if self.keeps_all() {
            self.gaps.as_mut().into_iter().for_each(|gaps| gaps.add(self.zone.day(join)));
            return;
        }
        self.moves.insert((join, Move::Join, place));
        self.moves.extend(leave.map(|leave| (leave, Move::Leave, place)));
    }

    /// Goes to an instant.
    fn go(&mut self, then: DateTime<Utc>) {
        let span = self.window.as_mut().map(|window| window.at(then));
        let anew = span != self.span || self.now.is_none_or(|now| then < now);
        (self.now, self.span) = (Some(then), span);
        if anew {
            self.begin(then);
        }
        while self.events.get(self.occurred).is_some_and(|(event, _)| event.occurred_at <= then) {
            self.occur(self.occurred);
            self.occurred += 1;
        }
        while self.moves.first().is_some_and(|(at, ..)| *at <= then)
            && let Some((_, step, place)) = self.moves.pop_first()
        {
            match step {
                Move::Join => self.present.insert(place),
                Move::Leave => self.present.remove(&place),
            };
            if let (Some(gaps), Some((event, _))) = (&mut self.gaps, self.events.get(place)) {
                let day = self.zone.day(event.occurred_at);
                match step {
                    Move::Join => gaps.add(day),
                    Move::Leave => gaps.remove(day),
                }
            }
        }
    }

    /// The first instant after now at which it is other than it is.
    fn next(&self) -> Option<DateTime<Utc>> {
        let occurs = self.events.get(self.occurred).map(|(event, _)| event.occurred_at);
        let moves = self.moves.first().map(|(at, ..)| *at);
        occurs.into_iter().chain(moves).chain(self.window.as_ref().and_then(Pace::next)).min()
    }

    /// What a term is worth now.
    fn found(&self, term: &Term) -> Found<'a> {
        let count = if self.keeps_all() { self.occurred } else { self.present.len() };
        let last_place =
            || if self.keeps_all() { self.occurred.checked_sub(1) } else { self.present.last().copied() };
        let latest = || self.events.get(last_place()?).map(|(event, _)| *event);
        match term {
            Term::Fact(..) | Term::Count(_) => Found::Value(Value::Number(count.into())),
            Term::Last(_) => last(latest()),
            Term::LastAttribute(_, id, fit) => last_attribute(latest(), id, fit),
            Term::Gap(_) => gap(self.gaps.as_ref().and_then(Gaps::median)),
        }
    }
}

/// The length of a window, which a rhythm changes.
#[derive(Clone)]
struct Pace<'a> {
    window: &'a Window,
    zone: Zone,
    /// The events that make the rhythm, by occurrence.
    beats: Arc<[&'a Event]>,
    occurred: usize,
    gaps: Gaps,
}

impl<'a> Pace<'a> {
    fn new(window: &'a Window, log: &EventLog<'a>, zone: Zone) -> Self {
        let beats = match window {
            Window::Span(_) => Arc::default(),
            Window::Rhythm(rhythm) => log.iter().filter(|event| is_of(event, &rhythm.of)).collect(),
        };
        Self { window, zone, beats, occurred: 0, gaps: Gaps::default() }
    }

    /// The length at an instant.
    fn at(&mut self, then: DateTime<Utc>) -> Span {
        let rhythm: &Rhythm = match self.window {
            Window::Span(span) => return *span,
            Window::Rhythm(rhythm) => rhythm,
        };
        while let Some(beat) = self.beats.get(self.occurred).filter(|beat| beat.occurred_at <= then) {
            self.gaps.add(self.zone.day(beat.occurred_at));
            self.occurred += 1;
        }
        while let Some(beat) = self.occurred.checked_sub(1).and_then(|last| self.beats.get(last))
            && beat.occurred_at > then
        {
            self.gaps.remove(self.zone.day(beat.occurred_at));
            self.occurred -= 1;
        }
        rhythm.span(self.gaps.median())
    }

    /// The first instant after that at which it may be another.
    fn next(&self) -> Option<DateTime<Utc>> {
        self.beats.get(self.occurred).map(|beat| beat.occurred_at)
    }
}

fn is_of(event: &Event, kinds: &[Kinds]) -> bool {
    kinds.iter().any(|kinds| kinds.has(&event.kind))
}

/// The gaps between days, of which the median is asked.
#[derive(Clone, Default)]
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
#[derive(Clone, Default)]
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
    use crate::{Condition, Given, Moment, Vocabulary};
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
                // On and on, but now and then a while back.
                for hour in (-30..24 * 130).step_by(7).flat_map(|hour| [hour, hour - 50 * (hour % 9 / 8)]) {
                    let at = Moment { zone, ..Moment::utc(begin + TimeDelta::hours(hour)) };
                    let scene = Scene::new(&given, &at);
                    for (leaf, watch) in leaves.iter().zip(&mut watches) {
                        watch.go(at.as_of);
                        let (seen, looked) = (watch.answer(&scene), scene.leaf(leaf));
                        assert_eq!(seen, looked, "{condition} at {}", at.as_of);
                    }
                }
            }
        }
    }
}
