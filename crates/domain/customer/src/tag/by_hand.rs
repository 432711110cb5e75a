//! When a tag that is set counts: the stretches of time that its assignments cover.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::Span;
use guanxi_core::Zone;

use super::assignment::Assignment;
use super::id::TagId;
use super::set::{TagOrigin, Tagged};

/// The time in which one assignment counts.
#[derive(Clone, Copy, Debug)]
struct Interval<'a> {
    assignment: &'a Assignment,
    /// The first instant at which it counts.
    start: DateTime<Utc>,
    /// The first instant at which it no longer does; `None` for never.
    end: Option<DateTime<Utc>>,
}

impl<'a> Interval<'a> {
    /// `None` where there is no such time.
    fn of(assignment: &'a Assignment, expires: Option<Span>, zone: Zone) -> Option<Self> {
        let start = assignment.from.map_or(assignment.set_at, |from| from.max(assignment.set_at));
        let expiry = expires.and_then(|span| span.after(start, zone));
        let end = [assignment.until, assignment.removed_at, expiry].into_iter().flatten().min();
        end.is_none_or(|end| start < end).then_some(Self { assignment, start, end })
    }

    fn counts(&self, at: DateTime<Utc>) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }

    /// From when it is true of the subject.
    fn valid_from(&self) -> DateTime<Utc> {
        self.assignment.from.unwrap_or(self.assignment.set_at)
    }

    /// The order in which assignments begin to count; total, since no two assignments are the same.
    fn rank(&self) -> impl Ord + use<'a> {
        (self.start, self.assignment.set_at, &self.assignment.set_by, &self.assignment.tag)
    }
}

/// Why a tag that was set at some time does not count at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lapse {
    Expired { at: DateTime<Utc> },
    Removed { at: DateTime<Utc> },
    NotYet { from: DateTime<Utc> },
}

/// All assignments of one tag to one subject.
pub(super) struct ByHand<'a> {
    tag: &'a TagId,
    /// By their start.
    intervals: Vec<Interval<'a>>,
    /// The unbroken stretches of time in which some assignment counts, in order.
    stretches: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

impl<'a> ByHand<'a> {
    pub(super) fn new(
        tag: &'a TagId,
        assignments: &[&'a Assignment],
        expires: Option<Span>,
        zone: Zone,
    ) -> Self {
        let mut intervals: Vec<Interval<'a>> =
            assignments.iter().filter_map(|assignment| Interval::of(assignment, expires, zone)).collect();
        intervals.sort_by(|a, b| a.rank().cmp(&b.rank()));
        let mut stretches: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> = Vec::new();
        for interval in &intervals {
            match stretches.last_mut() {
                // What begins where the other ends leaves no break.
                Some((_, end)) if end.is_none_or(|end| interval.start <= end) => {
                    *end = end.and_then(|end| interval.end.map(|other| end.max(other)));
                }
                _ => stretches.push((interval.start, interval.end)),
            }
        }
        Self { tag, intervals, stretches }
    }

    /// The tag at an instant, if it counts then.
    pub(super) fn at(&self, at: DateTime<Utc>) -> Option<Tagged> {
        let (begin, until) =
            *self.stretches.iter().find(|(begin, end)| *begin <= at && end.is_none_or(|end| at < end))?;
        // In the order of their start, so the last one that counts began to count last.
        let Assignment { set_by, set_at, .. } =
            self.intervals.iter().rev().find(|interval| interval.counts(at))?.assignment;
        let known = self.intervals.iter().filter(|interval| begin <= interval.start && interval.start <= at);
        let since = known.map(Interval::valid_from).min()?;
        let origin = TagOrigin::Set { by: set_by.clone(), at: *set_at };
        Some(Tagged { tag: self.tag.clone(), since, until, origin })
    }

    /// The first later instant at which [`ByHand::at`] answers differently.
    pub(super) fn next_change(&self, as_of: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = self.at(as_of);
        let bounds = self.intervals.iter().flat_map(|interval| [Some(interval.start), interval.end]);
        let mut bounds: Vec<DateTime<Utc>> = bounds.flatten().filter(|at| *at > as_of).collect();
        bounds.sort_unstable();
        bounds.into_iter().find(|at| self.at(*at) != now)
    }

    /// The instant from which the assignment that gave the tag counts: the measure of which tag is the latest.
    pub(super) fn latest(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.intervals.iter().rev().find(|interval| interval.counts(at)).map(|interval| interval.start)
    }

    /// Whether any assignment has begun to count at an instant.
    pub(super) fn has_begun(&self, at: DateTime<Utc>) -> bool {
        self.intervals.first().is_some_and(|interval| interval.start <= at)
    }

    /// The names other than the present one under which assignments count.
    pub(super) fn other_names(&self, at: DateTime<Utc>) -> impl Iterator<Item = &'a TagId> {
        let counting = self.intervals.iter().filter(move |interval| interval.counts(at));
        counting.map(|interval| &interval.assignment.tag).filter(|tag| *tag != self.tag)
    }

    /// Why the tag does not count at an instant at which it does not: what ended last, or else what
    /// begins first; `None` if it was never set for any time.
    pub(super) fn lapse(&self, at: DateTime<Utc>) -> Option<Lapse> {
        let ended = self.intervals.iter().filter_map(|interval| Some((interval.end?, interval)));
        let ended = ended.filter(|(end, _)| *end <= at).max_by_key(|(end, _)| *end);
        if let Some((at, interval)) = ended {
            let removed = interval.assignment.removed_at == Some(at);
            return Some(if removed { Lapse::Removed { at } } else { Lapse::Expired { at } });
        }
        self.intervals.first().map(|interval| Lapse::NotYet { from: interval.start })
    }
}
