//! From the events of a ledger to points at an instant, or between two bounds over a stretch of time.
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{AttributeId, Event, EventId, FactValue};

use crate::cap::{Cut, Limits, cut};
use crate::decay::Aging;
use crate::id::RuleId;
use crate::ledger::LeadLedger;
use crate::line::Line;
use crate::points::Points;
use crate::policy::LeadPolicy;
use crate::range::Range;

/// Every pair of an event and a rule that is about it, by occurrence, event id and the order of the rules.
pub(crate) struct Fold<'a> {
    policy: &'a LeadPolicy,
    matches: Vec<Match<'a>>,
    days: Keys<NaiveDate>,
    sources: Keys<Option<&'a AttributeId>>,
    groups: Vec<usize>,
    /// How many different values of attributes there are by which events count once.
    once: usize,
}

struct Match<'a> {
    event: &'a Event,
    rule: usize,
    /// Its value of the attribute by which the rule counts events once.
    once: Option<usize>,
    aging: Aging,
}

/// The key of each match, and what the keys stand for.
struct Keys<T> {
    of: Vec<usize>,
    names: Vec<T>,
}

impl<T: PartialEq> Keys<T> {
    const fn new() -> Self {
        Self { of: Vec::new(), names: Vec::new() }
    }

    fn push(&mut self, name: T, place: Option<usize>) {
        let place = place.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        self.of.push(place);
    }
}

/// Which of the matches there are at an instant: those of events that have occurred, and of rules that apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Present {
    occurred: usize,
    active: Vec<bool>,
}

/// How many points of a match count, before decay.
#[derive(Clone, Copy)]
struct Counted {
    points: u128,
    /// None of them, since a later event has the same value of the attribute.
    repeated: bool,
}

/// What counts at an instant, in seconds since 1970.
pub(crate) struct Point {
    at: i64,
    counted: Vec<u128>,
    left: Vec<u128>,
}

impl Point {
    pub(crate) const fn at(&self) -> i64 {
        self.at
    }
}

impl<'a> Fold<'a> {
    pub(crate) fn new(policy: &'a LeadPolicy, ledger: &'a LeadLedger) -> Self {
        let mut fold = Self {
            policy,
            matches: Vec::new(),
            days: Keys::new(),
            sources: Keys::new(),
            groups: Vec::new(),
            once: 0,
        };
        let mut seen_values: BTreeMap<(usize, &FactValue), usize> = BTreeMap::new();
        let mut seen_sources: BTreeMap<Option<&AttributeId>, usize> = BTreeMap::new();
        for event in ledger.iter() {
            for (place, rule) in policy.rules.iter().enumerate().filter(|(_, rule)| rule.events.has(event)) {
                let value = rule.once_by.as_ref().and_then(|attribute| event.attributes.get(attribute));
                let once = value.map(|value| {
                    let next = seen_values.len();
                    *seen_values.entry((place, value)).or_insert(next)
                });
                let aging = rule.decay.of(event.occurred_at, policy.zone);
                fold.matches.push(Match { event, rule: place, once, aging });
                fold.groups.push(rule.group.unwrap_or(usize::MAX));
                if policy.day.is_some() {
                    // Events come by occurrence, so those of one day come together.
                    let day = policy.zone.day(event.occurred_at);
                    let last = fold.days.names.len().checked_sub(1);
                    let known = last.filter(|last| fold.days.names.get(*last) == Some(&day));
                    fold.days.push(day, known);
                }
                if policy.source.is_some() {
                    let source = event.source.as_ref();
                    let next = fold.sources.names.len();
                    let known = *seen_sources.entry(source).or_insert(next);
                    fold.sources.push(source, Some(known).filter(|known| *known < next));
                }
            }
        }
        fold.once = seen_values.len();
        fold
    }

    /// The matches at an instant, with the rules that apply.
    pub(crate) fn present(&self, as_of: DateTime<Utc>, active: Vec<bool>) -> Present {
        Present {
            occurred: self.matches.partition_point(|matched| matched.event.occurred_at <= as_of),
            active,
        }
    }

    /// The first occurrence after an instant.
    pub(crate) fn next_occurrence(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let place = self.matches.partition_point(|matched| matched.event.occurred_at <= after);
        self.matches.get(place).map(|matched| matched.event.occurred_at)
    }

    fn at_hand<'f>(&'f self, present: &'f Present) -> impl DoubleEndedIterator<Item = (&'f Match<'a>, bool)> {
        let active = |matched: &Match<'_>| present.active.get(matched.rule).copied().unwrap_or(false);
        self.matches.iter().take(present.occurred).map(move |matched| (matched, active(matched)))
    }

    fn points(&self, matched: &Match<'_>) -> i128 {
        self.policy.rules.get(matched.rule).map_or(0, |rule| rule.points)
    }

    /// What counts of each match before decay, the latest first to be counted: of what is out of its window,
    /// as much as would count if it were not.
    fn counted(&self, present: &Present, at: i64) -> Vec<Counted> {
        let mut rooms: Vec<u128> =
            self.policy.rules.iter().map(|rule| rule.cap.unwrap_or(u128::MAX)).collect();
        let mut seen = vec![false; self.once];
        let mut counted: Vec<Counted> = (self.at_hand(present).rev())
            .map(|(matched, active)| {
                let nothing = Counted { points: 0, repeated: false };
                let Some(room) = rooms.get_mut(matched.rule).filter(|_| active) else { return nothing };
                let within = matched.aging.is_within(at);
                if let Some(seen) = matched.once.and_then(|once| seen.get_mut(once)) {
                    if *seen {
                        return Counted { repeated: true, ..nothing };
                    }
                    *seen = within;
                }
                let points = self.points(matched).unsigned_abs().min(*room);
                if within {
                    *room -= points;
                }
                Counted { points, repeated: false }
            })
            .collect();
        counted.reverse();
        counted
    }

    /// What counts at an instant.
    pub(crate) fn point(&self, present: &Present, at: i64) -> Point {
        let counted: Vec<u128> = self.counted(present, at).iter().map(|counted| counted.points).collect();
        let left =
            self.at_hand(present).zip(&counted).map(|((matched, _), points)| matched.aging.left(*points, at));
        let left = left.collect();
        Point { at, counted, left }
    }

    /// Bounds of the total at any instant from one to another, both included; of one with itself, the total.
    pub(crate) fn total(&self, present: &Present, from: &Point, to: &Point) -> Range {
        let ends = from.counted.iter().zip(&from.left).zip(to.counted.iter().zip(&to.left));
        // What counts before decay never lessens while an event is there, since newer ones can only go; what
        // is left of it never grows.
        let bounds =
            self.at_hand(present).zip(ends).map(|((matched, _), ((before, most), (after, least)))| {
                let same = before == after;
                let most = if same { *most } else { matched.aging.left(*after, from.at) };
                let least = if same { *least } else { matched.aging.left(*before, to.at) };
                Range::signed(self.points(matched) < 0, least.min(most), most)
            });
        let mut values: Vec<Range> = bounds.collect();
        let mut total = values.iter().copied().fold(Range::ZERO, Range::plus);
        for (_, _, cut) in self.cuts(&mut values) {
            // Both are bounds: the one is tight where a limit is reached, the other where none is.
            let changed = cut.changes.into_iter().fold(total, Range::plus);
            total = Range { low: changed.low.max(cut.total.low), high: changed.high.min(cut.total.high) };
        }
        total.clamp(0, self.policy.engagement_full)
    }

    /// Cuts values by group, then by day, then by source.
    fn cuts(&self, values: &mut [Range]) -> Vec<(Kind, Vec<Limits>, Cut)> {
        let groups: Vec<Limits> = self.policy.groups.iter().map(|(_, limits)| *limits).collect();
        let days = self.policy.day.map_or(Vec::new(), |limits| vec![limits; self.days.names.len()]);
        let sources = self.policy.source.map_or(Vec::new(), |limits| vec![limits; self.sources.names.len()]);
        let stages = [
            (Kind::Group, &self.groups, groups),
            (Kind::Day, &self.days.of, days),
            (Kind::Source, &self.sources.of, sources),
        ];
        let stages = stages.into_iter().filter(|(_, _, limits)| !limits.is_empty());
        stages
            .map(|(kind, keys, limits)| {
                let cut = cut(values, keys, &limits);
                (kind, limits, cut)
            })
            .collect()
    }

    /// The ledger at an instant: a line for every match, every cap and clamp, and their sum.
    pub(crate) fn lines(&self, present: &Present, at: i64) -> (Vec<Line>, i128) {
        let counted = self.counted(present, at);
        let mut lines = Vec::with_capacity(counted.len());
        let mut values = Vec::with_capacity(counted.len());
        let mut taken: Vec<Taken> = self.policy.rules.iter().map(|_| Taken::default()).collect();
        for ((matched, active), counted) in self.at_hand(present).zip(&counted) {
            let points = self.points(matched);
            let signed = |magnitude| Range::signed(points < 0, magnitude, magnitude).low;
            let value = signed(matched.aging.left(counted.points, at));
            values.push(Range::exactly(value));
            let Some(rule) = self.policy.rules.get(matched.rule) else { continue };
            if !active || !matched.aging.is_within(at) {
                continue;
            }
            let whole = if counted.points == points.unsigned_abs() {
                value
            } else {
                signed(matched.aging.left(points.unsigned_abs(), at))
            };
            lines.push(Line::Event {
                rule: rule.id.clone(),
                event: EventId::clone(&matched.event.id),
                occurred_at: matched.event.occurred_at,
                points: Points::from_millionths(points),
                amount: Points::from_millionths(whole),
            });
            if let Some(taken) =
                taken.get_mut(matched.rule).filter(|_| counted.points < points.unsigned_abs())
            {
                taken.add(counted.repeated, value - whole);
            }
        }
        for (rule, taken) in self.policy.rules.iter().zip(taken) {
            let amount = Points::from_millionths;
            if taken.repeats > 0 {
                let amount = amount(taken.by_repeats);
                lines.push(Line::Once { rule: RuleId::clone(&rule.id), events: taken.repeats, amount });
            }
            if let Some(cap) = rule.cap.filter(|_| taken.capped > 0) {
                let cap = amount(i128::try_from(cap).unwrap_or(i128::MAX));
                let (events, amount) = (taken.capped, amount(taken.by_cap));
                lines.push(Line::RuleCap { rule: RuleId::clone(&rule.id), cap, events, amount });
            }
        }
        let mut total = values.iter().map(|value| value.low).sum();
        for (kind, limits, cut) in self.cuts(&mut values) {
            total = cut.total.low;
            for (key, (change, limits)) in cut.changes.iter().zip(&limits).enumerate() {
                if change.low != 0 {
                    let limit = if change.low < 0 { limits.max } else { limits.min };
                    lines.extend(self.cap_line(
                        kind,
                        key,
                        Points::from_millionths(limit),
                        Points::from_millionths(change.low),
                    ));
                }
            }
        }
        (lines, total)
    }

    fn cap_line(&self, kind: Kind, key: usize, limit: Points, amount: Points) -> Option<Line> {
        Some(match kind {
            Kind::Group => Line::GroupCap { group: self.policy.groups.get(key)?.0.clone(), limit, amount },
            Kind::Day => Line::DayCap { day: *self.days.names.get(key)?, limit, amount },
            Kind::Source => Line::SourceCap { source: self.sources.names.get(key)?.cloned(), limit, amount },
        })
    }
}

/// What is limited together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Group,
    Day,
    Source,
}

/// What a rule's own limits take, in events and in what they would have brought.
#[derive(Default)]
struct Taken {
    repeats: u64,
    by_repeats: i128,
    capped: u64,
    by_cap: i128,
}

impl Taken {
    const fn add(&mut self, repeated: bool, amount: i128) {
        if repeated {
            self.repeats += 1;
            self.by_repeats += amount;
        } else {
            self.capped += 1;
            self.by_cap += amount;
        }
    }
}
