//! When time alone gives another answer.
//!
//! Every leaf names the instants at which it can change: when a coming event occurs or a fact has been
//! observed, when an event leaves its window or what is pending is old enough, when a day or a period begins.
//! Between two of them nothing changes, so the answers at these instants are all the answers there are.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use guanxi_core::{Event, Fact};

use crate::calendar::anniversary;
use crate::condition::Condition;
use crate::eval::{Scene, passes};
use crate::given::{EventLog, Given, Moment};
use crate::span::Span;
use crate::tree::{Events, Kinds, Leaf, Pending, Term, Test, Window};
use crate::truth::Truth;
use crate::value::Value;
use crate::watch::{Pace, Watch};

/// So many years after the last instant at which anything else changes, anniversaries have shown all that they do.
///
/// Whether one is near depends on the day of the year, on whether the year is a leap year, and on whether the
/// next one is, since no more than 365 days ahead are asked for. Leap years are at most 8 years apart (1896 and
/// 1904), so any 9 whole years hold every such case: 10 with the year that has begun. Twice as many, because a zone
/// may leap over a day once, as Samoa did over 30 December 2011.
const YEARS: i32 = 20;

impl Condition {
    /// The first instant after that of the question at which the same facts and events give another answer;
    /// `None` if there is none. Just before it, the answer is still the same.
    ///
    /// The cost grows with the number of instants at which a leaf may change, which are few for each event and for
    /// each fact: n log n for n events, whatever the years between. Where a window follows a rhythm, it does so again
    /// for each of the lengths that the window will have.
    #[must_use]
    pub fn next_change(&self, given: &Given<'_>, at: &Moment) -> Option<DateTime<Utc>> {
        let now = self.holds(given, at);
        self.next_time(given, at, |truth| truth != now)
    }

    /// The first instant after that of the question at which the same facts and events give an answer that is
    /// wanted; `None` if there is none. For those to whom two of the three answers are the same, while the present
    /// one is not wanted.
    ///
    /// ```
    /// use guanxi_condition::{Condition, Given, Moment, Truth, Vocabulary};
    /// use guanxi_core::{FactKind, FactMap, FactSchema, FactValue, fact_id, parse_instant};
    ///
    /// let instant = FactSchema::of(FactKind::Instant);
    /// let vocabulary =
    ///     Vocabulary::new().with_fact(fact_id!("born"), instant.clone()).with_fact(fact_id!("met"), instant);
    /// let condition = Condition::parse("anniversary of born within 7 days and met is past", &vocabulary)?;
    /// let born = FactValue::Instant(parse_instant("1990-05-08")?);
    /// let facts = FactMap::new().with(fact_id!("born"), born, None);
    /// let (given, at) = (Given { facts: &facts, events: None }, Moment::utc(parse_instant("2026-06-30")?));
    /// // Every year the answer goes from false to unknown and back, and is never true.
    /// assert_eq!(condition.next_change(&given, &at), Some(parse_instant("2027-05-01")?));
    /// assert_eq!(condition.next_time(&given, &at, Truth::is_true), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn next_time(
        &self,
        given: &Given<'_>,
        at: &Moment,
        wanted: impl Fn(Truth) -> bool,
    ) -> Option<DateTime<Utc>> {
        self.time(given, at, |_| true, wanted)
    }

    /// The same, if it lies before another instant; the cheaper, the nearer that is.
    #[must_use]
    pub fn next_time_before(
        &self,
        given: &Given<'_>,
        at: &Moment,
        end: DateTime<Utc>,
        wanted: impl Fn(Truth) -> bool,
    ) -> Option<DateTime<Utc>> {
        self.time(given, at, |then| then < end, wanted)
    }

    fn time(
        &self,
        given: &Given<'_>,
        at: &Moment,
        counts: impl Fn(DateTime<Utc>) -> bool,
        wanted: impl Fn(Truth) -> bool,
    ) -> Option<DateTime<Utc>> {
        let scene = Scene::new(given, at);
        let mut leaves = Vec::new();
        self.node().leaves(&mut |leaf| leaves.push(leaf));
        let mut answers: Vec<Truth> = leaves.iter().map(|leaf| scene.leaf(leaf)).collect();
        let mut watches: Vec<Option<Watch<'_, '_>>> = leaves.iter().map(|_| None).collect();
        // At an instant only those leaves are asked again that named it.
        for (then, changing) in Instants::of(&leaves, given, at, &scene) {
            if !counts(then) {
                return None;
            }
            let scene = Scene::new(given, &at.at(then));
            for place in changing {
                let Some(((answer, watch), leaf)) =
                    answers.get_mut(place).zip(watches.get_mut(place)).zip(leaves.get(place))
                else {
                    continue;
                };
                *answer = match given.events.filter(|_| leaf.reads_events()) {
                    Some(log) => {
                        watch.get_or_insert_with(|| Watch::new(leaf, log, at.zone)).ask(&scene, &at.at(then))
                    }
                    None => scene.leaf(leaf),
                };
            }
            if wanted(self.node().of_leaves(&mut answers.iter().copied())) {
                return Some(then);
            }
        }
        None
    }
}

/// The instants after that of the question at which something may change.
struct Instants<'i, 'a> {
    given: &'i Given<'a>,
    at: &'i Moment,
    scene: &'i Scene<'a>,
    /// The leaf that is asked when it may change.
    leaf: usize,
    /// The leaves that may change at an instant.
    found: BTreeMap<DateTime<Utc>, Vec<usize>>,
    /// The days whose anniversaries matter, each with its leaf and how many days ahead.
    anniversaries: Vec<(usize, NaiveDate, u16)>,
}

impl<'i, 'a> Instants<'i, 'a> {
    fn of(
        leaves: &[&Leaf],
        given: &'i Given<'a>,
        at: &'i Moment,
        scene: &'i Scene<'a>,
    ) -> BTreeMap<DateTime<Utc>, Vec<usize>> {
        let mut instants =
            Self { given, at, scene, leaf: 0, found: BTreeMap::new(), anniversaries: Vec::new() };
        for (place, leaf) in leaves.iter().enumerate() {
            instants.leaf = place;
            instants.leaf(leaf);
        }
        instants.anniversaries();
        instants.found
    }

    /// An instant, unless it is past, or beyond the years that can be counted and so never comes.
    fn add(&mut self, instant: Option<DateTime<Utc>>) {
        let Some(instant) = instant.filter(|instant| *instant > self.at.as_of) else { return };
        let leaves = self.found.entry(instant).or_default();
        if leaves.last() != Some(&self.leaf) {
            leaves.push(self.leaf);
        }
    }

    /// The begin of a day.
    fn day(&mut self, day: Option<NaiveDate>) {
        self.add(day.and_then(|day| self.at.zone.day_start(day)));
    }

    fn leaf(&mut self, leaf: &Leaf) {
        for term in leaf.terms() {
            self.term(term);
        }
        match leaf {
            Leaf::Pending(pending) => self.pending(pending),
            Leaf::Test(term, test) if test.is_dated() => {
                for value in self.values(term) {
                    self.test(&value, test);
                }
            }
            Leaf::Test(..) => {}
        }
    }

    /// When a term gets another value.
    fn term(&mut self, term: &Term) {
        match term {
            Term::Fact(id, _) => {
                if let Fact::Known { observed_at, .. } = self.given.facts.fact(id) {
                    self.add(observed_at);
                }
            }
            Term::Count(events)
            | Term::Last(events)
            | Term::LastAttribute(events, ..)
            | Term::Gap(events) => {
                self.events(events);
            }
        }
    }

    fn events(&mut self, events: &Events) {
        self.occurrences(&events.kinds);
        if let Some(window) = &events.within {
            self.expiries(window, &events.kinds);
        }
    }

    /// When coming events occur.
    fn occurrences(&mut self, kinds: &[Kinds]) {
        for event in self.scene.future().filter(|event| kinds.iter().any(|kinds| kinds.has(&event.kind))) {
            self.add(Some(event.occurred_at));
        }
    }

    /// When events leave a window, or have got as old as it is long.
    fn expiries(&mut self, window: &Window, kinds: &[Kinds]) {
        let spans = self.spans(window);
        for event in self.log().filter(|event| kinds.iter().any(|kinds| kinds.has(&event.kind))) {
            for span in &spans {
                self.add(span.after(event.occurred_at, self.at.zone));
            }
        }
        if let Window::Rhythm(rhythm) = window {
            self.occurrences(&rhythm.of);
        }
    }

    /// Every span that a window will be: a rhythm has another one whenever an event joins it.
    fn spans(&self, window: &Window) -> BTreeSet<Span> {
        let rhythm = match window {
            Window::Span(span) => return BTreeSet::from([*span]),
            Window::Rhythm(rhythm) => rhythm,
        };
        let Some(log) = self.given.events else { return BTreeSet::new() };
        let joins = self.scene.future().filter(|event| rhythm.of.iter().any(|kinds| kinds.has(&event.kind)));
        let instants = [self.at.as_of].into_iter().chain(joins.map(|event| event.occurred_at));
        let mut pace = Pace::new(window, log, self.at.zone);
        instants.map(|then| pace.at(then)).collect()
    }

    fn log(&self) -> impl Iterator<Item = &'a Event> + use<'a> {
        self.given.events.into_iter().flat_map(EventLog::iter)
    }

    fn pending(&mut self, pending: &Pending) {
        self.occurrences(&pending.opened);
        self.occurrences(&pending.closed);
        if let Some(age) = &pending.age {
            self.expiries(age, &pending.opened);
        }
    }

    /// Every value that a term with days or instants will have.
    fn values(&self, term: &Term) -> Vec<Value<'a>> {
        match term {
            Term::Fact(id, fit) => match self.given.facts.fact(id) {
                Fact::Known { value, .. } => Value::fitting(fit, value).into_iter().collect(),
                Fact::Missing | Fact::NotApplicable => Vec::new(),
            },
            Term::Last(events) => {
                self.latest(events).into_iter().map(|event| Value::Instant(event.occurred_at)).collect()
            }
            Term::LastAttribute(events, id, fit) => {
                let attribute = |event: &'a Event| Value::fitting(fit, event.attributes.get(id)?);
                self.latest(events).into_iter().filter_map(attribute).collect()
            }
            Term::Count(_) | Term::Gap(_) => Vec::new(),
        }
    }

    /// The events that are the latest one now or may be it later.
    fn latest(&self, events: &Events) -> Vec<&'a Event> {
        let matches = |event: &&Event| {
            events.kinds.iter().any(|kinds| kinds.has(&event.kind))
                && events.tests.iter().all(|test| passes(event, test))
        };
        let is_past = |event: &&Event| event.occurred_at <= self.at.as_of;
        let mut found: Vec<&Event> = self.log().filter(matches).collect();
        match &events.within {
            None => {
                // Of the past ones, the latest stays so until another occurs.
                let past = found.iter().filter(|event| is_past(event)).count();
                found.drain(..past.saturating_sub(1));
            }
            Some(window) => {
                // Months are not equally long: the one that is the latest may leave the window before another.
                let spans = self.spans(window);
                let ends = |event: &Event, span: &Span| span.after(event.occurred_at, self.at.zone);
                let stays = |event: &&Event| {
                    spans.iter().any(|span| ends(event, span).is_none_or(|end| end > self.at.as_of))
                };
                found.retain(|event| !is_past(event) || stays(event));
            }
        }
        found
    }

    /// When a test of a value gives another answer.
    fn test(&mut self, value: &Value<'_>, test: &Test) {
        match (value, test) {
            (Value::Instant(at), Test::Past | Test::Future) => self.add(Some(*at)),
            (Value::Instant(at), Test::WithinLast(span)) => {
                self.add(Some(*at));
                self.add(span.after(*at, self.at.zone));
            }
            (Value::Instant(at), Test::WithinNext(span)) => {
                self.add(span.before(*at, self.at.zone));
                self.add(Some(*at));
            }
            (Value::Instant(at), test) => self.day_test(self.at.zone.day(*at), test),
            (Value::Day(day), test) => self.day_test(*day, test),
            _ => {}
        }
    }

    fn day_test(&mut self, day: NaiveDate, test: &Test) {
        match test {
            Test::Past => self.day(day.succ_opt()),
            Test::Future => self.day(Some(day)),
            Test::WithinLast(span) => {
                self.day(Some(day));
                self.day(span.after_day(day));
            }
            Test::WithinNext(span) => {
                self.day(span.before_day(day));
                self.day(day.succ_opt());
            }
            Test::During(side, period) => {
                // The answer is yes while today lies in the period that has this one on that side.
                let number = period.number(day, self.at.week_start) - side.ahead();
                self.day(period.start(number, self.at.week_start));
                self.day(period.start(number + 1, self.at.week_start));
            }
            Test::Anniversary(days) => self.anniversaries.push((self.leaf, day, *days)),
            _ => {}
        }
    }

    /// When anniversaries come near and are over, in the years after each other change.
    fn anniversaries(&mut self) {
        let year = |at: DateTime<Utc>| self.at.zone.day(at).year();
        let (now, changes) = (year(self.at.as_of), self.found.keys().copied().map(year));
        // An anniversary is at least one year after the day.
        let firsts = self.anniversaries.iter().map(|(_, day, _)| day.year().max(now));
        let begins: BTreeSet<i32> = changes.chain(firsts).chain([now]).collect();
        let years: BTreeSet<i32> =
            begins.into_iter().flat_map(|year| year..=year.saturating_add(YEARS)).collect();
        for (leaf, day, days) in core::mem::take(&mut self.anniversaries) {
            self.leaf = leaf;
            for year in years.iter().filter(|year| **year > day.year()) {
                let anniversary = anniversary(day, *year);
                let near = |anniversary: NaiveDate| anniversary.checked_sub_days(Days::new(days.into()));
                self.day(anniversary.and_then(near));
                self.day(anniversary.and_then(|anniversary| anniversary.succ_opt()));
            }
        }
    }
}

impl Test {
    /// Whether it asks where a day or an instant lies from now.
    const fn is_dated(&self) -> bool {
        matches!(
            self,
            Self::Past
                | Self::Future
                | Self::WithinLast(_)
                | Self::WithinNext(_)
                | Self::During(..)
                | Self::Anniversary(_)
        )
    }
}
