//! When time alone changes what a lead is.
use chrono::{DateTime, TimeDelta, Utc};

use crate::answers::{Answers, Asked};
use crate::combine::{Combined, combined};
use crate::fold::{Fold, Point, Present};
use crate::id::{BandId, GradeId};
use crate::policy::LeadPolicy;
use crate::score::{active, fit_total};

/// How many instants are looked at to find the next change, at most.
pub const MAX_LOOKS: u32 = 4_096;
/// How far ahead the next change is looked for.
const HORIZON_DAYS: i64 = 36_525;

/// What a lead is, as far as it is told of as a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing<'a> {
    pub(crate) band: &'a BandId,
    pub(crate) grade: Option<&'a GradeId>,
}

impl<'a> Standing<'a> {
    pub(crate) fn of(policy: &'a LeadPolicy, scores: &Combined) -> Self {
        let grade = policy.grades().map(|grades| grades.of(scores.fit, scores.engagement));
        Self { band: policy.bands.of(scores.score), grade }
    }
}

/// A stretch of time in which no condition changes its answer and no event occurs.
struct Stretch<'s, 'a> {
    policy: &'a LeadPolicy,
    fold: &'s Fold<'a>,
    present: Present,
    /// The points of fit; `None` if the lead is disqualified, and nothing else matters.
    fit: Option<i128>,
}

impl<'a> Stretch<'_, 'a> {
    /// What the lead is, if it is one thing for every total from one to another.
    fn standing(&self, low: i128, high: i128) -> Option<Standing<'a>> {
        let (fit, low, high) = self.fit.map_or((0, 0, 0), |fit| (fit, low, high));
        let (first, last) = (combined(self.policy, fit, low), combined(self.policy, fit, high));
        let standing = Standing::of(self.policy, &first);
        // Both scores grow with the total, so nothing lies between equal bands.
        let one_band = self.policy.bands.of(last.score) == standing.band;
        let grades = self.policy.grades();
        let one_grade =
            grades.is_none_or(|grades| grades.is_one(first.fit, first.engagement, last.engagement));
        (one_band && one_grade).then_some(standing)
    }

    fn point(&self, at: i64, looks: &mut u32) -> Point {
        *looks = looks.saturating_sub(1);
        self.fold.point(&self.present, at)
    }

    /// What the lead is at an instant.
    fn at(&self, point: &Point) -> Option<Standing<'a>> {
        let total = self.fold.total(&self.present, point, point);
        self.standing(total.low, total.high)
    }

    /// The first second after one and up to another at which the lead is something else, or cannot be told
    /// for want of looks.
    fn first_other(&self, from: &Point, to: &Point, now: &Standing<'_>, looks: &mut u32) -> Option<i64> {
        let total = self.fold.total(&self.present, from, to);
        if self.standing(total.low, total.high).is_some_and(|standing| standing == *now) {
            return None;
        }
        let gap = to.at().saturating_sub(from.at());
        if gap <= 1 {
            return self.at(to).is_none_or(|standing| standing != *now).then_some(to.at());
        }
        if *looks == 0 {
            return from.at().checked_add(1);
        }
        let middle = self.point(from.at().saturating_add(gap / 2), looks);
        self.first_other(from, &middle, now, looks).or_else(|| self.first_other(&middle, to, now, looks))
    }
}

/// The first instant after `as_of` at which band, grade, flags or disqualification change by themselves.
pub(crate) fn next_change(
    policy: &LeadPolicy,
    asked: &Asked<'_>,
    fold: &Fold<'_>,
    as_of: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let horizon =
        as_of.checked_add_signed(TimeDelta::try_days(HORIZON_DAYS)?).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let told = |answers: &Answers| {
        let truths = |truths: &[guanxi_condition::Truth]| -> alloc::vec::Vec<bool> {
            truths.iter().map(|truth| truth.is_true()).collect()
        };
        (truths(&answers.disqualify), truths(&answers.flags))
    };
    let mut looks = MAX_LOOKS;
    let mut begin = as_of;
    let mut now = None;
    loop {
        let answers = asked.answers(begin);
        let disqualified = answers.disqualify.iter().any(|truth| truth.is_true());
        let stretch = Stretch {
            policy,
            fold,
            present: fold.present(begin, active(&answers)),
            fit: (!disqualified).then(|| fit_total(policy, &answers)),
        };
        let first = stretch.point(begin.timestamp(), &mut looks);
        let here = (stretch.at(&first), told(&answers));
        let (standing, _) = match &now {
            None => now.insert(here),
            Some(before) if *before != here || looks == 0 => return Some(begin),
            Some(before) => before,
        };
        let ends = [asked.next_change(begin), fold.next_occurrence(begin), Some(horizon)];
        let end = ends.into_iter().flatten().min().unwrap_or(horizon);
        // The last whole second before the end; what ages does so by whole seconds.
        let last = if end.timestamp_subsec_nanos() == 0 { end.timestamp() - 1 } else { end.timestamp() };
        if let Some(standing) = standing.as_ref().filter(|_| last > first.at()) {
            let to = stretch.point(last, &mut looks);
            if let Some(second) = stretch.first_other(&first, &to, standing, &mut looks) {
                return DateTime::from_timestamp(second, 0);
            }
        }
        if end >= horizon {
            return None;
        }
        begin = end;
    }
}
