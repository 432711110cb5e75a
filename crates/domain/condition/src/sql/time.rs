//! Tests against `as_of` turned round: of which days and instants are they true?
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use guanxi_core::Zone;

use super::question::Range;
use crate::given::Moment;
use crate::span::Span;
use crate::tree::{Period, Side};

/// From a time on up to another one that is no longer in it; without an end where there is none.
type Stretch<T> = (Option<T>, Option<T>);

const NANOSECOND: TimeDelta = TimeDelta::nanoseconds(1);
/// No clock is further from another one, or from itself before it was set.
const FAR: TimeDelta = TimeDelta::hours(48);

fn today(at: &Moment) -> NaiveDate {
    at.zone.day(at.as_of)
}

pub(super) fn past(at: &Moment) -> Vec<Range<DateTime<Utc>>> {
    [(None, Some(at.as_of))].into()
}

pub(super) fn future(at: &Moment) -> Vec<Range<DateTime<Utc>>> {
    at.as_of.checked_add_signed(NANOSECOND).map(|next| (Some(next), None)).into_iter().collect()
}

pub(super) fn past_days(at: &Moment) -> Vec<Range<NaiveDate>> {
    today(at).pred_opt().map(|day| (None, Some(day))).into_iter().collect()
}

pub(super) fn future_days(at: &Moment) -> Vec<Range<NaiveDate>> {
    today(at).succ_opt().map(|day| (Some(day), None)).into_iter().collect()
}

/// The days up to today that plus a span are after it.
pub(super) fn within_last_days(span: Span, at: &Moment) -> Vec<Range<NaiveDate>> {
    let today = today(at);
    let first = first_day(|day| span.after_day(day).is_none_or(|end| end > today));
    first.filter(|first| *first <= today).map(|first| (Some(first), Some(today))).into_iter().collect()
}

/// The days from today on that minus a span are not after it.
pub(super) fn within_next_days(span: Span, at: &Moment) -> Vec<Range<NaiveDate>> {
    let today = today(at);
    let beyond = first_day(|day| span.before_day(day).is_some_and(|begin| begin > today));
    [(Some(today), beyond.and_then(|day| day.pred_opt()))].into()
}

/// The days of a period.
pub(super) fn during(side: Side, period: Period, at: &Moment) -> Range<NaiveDate> {
    let number = period.number(today(at), at.week_start).saturating_add(side.ahead());
    let first = |number: i64| period.start(number, at.week_start);
    (first(number), first(number.saturating_add(1)).and_then(|next| next.pred_opt()))
}

/// The instants of days that follow each other.
pub(super) fn instants_of((from, to): Range<NaiveDate>, at: &Moment) -> Vec<Range<DateTime<Utc>>> {
    let start = |day: NaiveDate| at.zone.day_start(day);
    let next = to.and_then(|day| start(day.succ_opt()?));
    [(from.and_then(start), next.and_then(|next| next.checked_sub_signed(NANOSECOND)))].into()
}

/// The instants up to now that plus a span are after it.
pub(super) fn within_last(span: Span, at: &Moment) -> Vec<Range<DateTime<Utc>>> {
    let end = at.as_of.checked_add_signed(NANOSECOND);
    if let Span::Hours(_) = span {
        let from = span.before(at.as_of, at.zone).and_then(|from| from.checked_add_signed(NANOSECOND));
        return ranges(cut([(from, None)].into(), (None, end)));
    }
    if span.parts().0 == 0 {
        return Vec::new();
    }
    // Plus a span, a time of day on a day is after now if the day so moved is after the day that is shown
    // now, or is that day and the time is after the one shown. Months move several days to one.
    let shown = latest_shown(at);
    let first = first_day(|day| span.after_day(day).is_none_or(|end| end >= shown.date()));
    let beyond = first_day(|day| span.after_day(day).is_none_or(|end| end > shown.date()));
    let after = |day: NaiveDate| day.and_time(shown.time()).checked_add_signed(NANOSECOND);
    let mut stretches: Vec<Stretch<NaiveDateTime>> =
        days(first, beyond).map(|day| (after(day), day.succ_opt().map(midnight))).collect();
    stretches.extend(beyond.map(|day| (Some(midnight(day)), None)));
    ranges(cut(when_shown(at.zone, &stretches), (None, end)))
}

/// The instants after now that minus a span are not after it.
pub(super) fn within_next(span: Span, at: &Moment) -> Vec<Range<DateTime<Utc>>> {
    let Some(from) = at.as_of.checked_add_signed(NANOSECOND) else { return Vec::new() };
    if let Span::Hours(_) = span {
        let end = span.after(at.as_of, at.zone).and_then(|to| to.checked_add_signed(NANOSECOND));
        return ranges(cut([(None, end)].into(), (Some(from), None)));
    }
    if span.parts().0 == 0 {
        return Vec::new();
    }
    let shown = latest_shown(at);
    let first = first_day(|day| span.before_day(day).is_some_and(|begin| begin >= shown.date()));
    let beyond = first_day(|day| span.before_day(day).is_some_and(|begin| begin > shown.date()));
    let after = |day: NaiveDate| day.and_time(shown.time()).checked_add_signed(NANOSECOND);
    let mut stretches: Vec<Stretch<NaiveDateTime>> = [(None, first.map(midnight))].into();
    stretches.extend(days(first, beyond).map(|day| (Some(midnight(day)), after(day))));
    ranges(cut(when_shown(at.zone, &stretches), (Some(from), None)))
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}

/// The days from one on up to another one.
fn days(from: Option<NaiveDate>, to: Option<NaiveDate>) -> impl Iterator<Item = NaiveDate> {
    from.into_iter().flat_map(|from| from.iter_days()).take_while(move |day| to.is_none_or(|to| *day < to))
}

/// The first day of which something is true that stays true from then on.
fn first_day(holds: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
    use chrono::Datelike;
    let day = NaiveDate::from_num_days_from_ce_opt;
    let (mut below, mut found) = (NaiveDate::MIN.num_days_from_ce() - 1, NaiveDate::MAX.num_days_from_ce());
    if !day(found).is_some_and(&holds) {
        return None;
    }
    while found - below > 1 {
        let middle = below + (found - below) / 2;
        *(if day(middle).is_some_and(&holds) { &mut found } else { &mut below }) = middle;
    }
    day(found)
}

/// The latest time that the clock has shown by now: before it was last set back, it may have been later
/// than it is.
fn latest_shown(at: &Moment) -> NaiveDateTime {
    let before =
        |change: DateTime<Utc>| change.checked_sub_signed(NANOSECOND).map(|last| at.zone.local(last));
    let from = at.as_of.checked_sub_signed(FAR).unwrap_or(at.as_of);
    let earlier = changes(at.zone, from, at.as_of).into_iter().filter_map(before);
    earlier.chain([at.zone.local(at.as_of)]).max().unwrap_or_default()
}

/// The instants after one and up to another from which on the clock goes otherwise.
fn changes(zone: Zone, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    const HOUR: i64 = 3_600;
    let offset = |seconds: i64| DateTime::from_timestamp(seconds, 0).map(|at| zone.offset(at));
    let mut found = Vec::new();
    let (mut before, end) = (from.timestamp(), to.timestamp());
    while before < end {
        let next = (before + HOUR).min(end);
        if offset(before) != offset(next) {
            // Clocks change on a whole second, and not twice in an hour.
            let (mut old, mut new) = (before, next);
            while new - old > 1 {
                let middle = old + (new - old) / 2;
                *(if offset(middle) == offset(before) { &mut old } else { &mut new }) = middle;
            }
            found.extend(DateTime::from_timestamp(new, 0));
        }
        before = next;
    }
    found
}

/// When a clock shows a time within one of some stretches.
fn when_shown(zone: Zone, stretches: &[Stretch<NaiveDateTime>]) -> Vec<Stretch<DateTime<Utc>>> {
    let ends = || stretches.iter().flat_map(|(from, to)| [*from, *to]).flatten().map(|end| end.and_utc());
    let (Some(first), Some(last)) = (ends().min(), ends().max()) else {
        return if stretches.is_empty() { Vec::new() } else { [(None, None)].into() };
    };
    let from = first.checked_sub_signed(FAR).unwrap_or(first);
    let to = last.checked_add_signed(FAR).unwrap_or(last);
    let changes = changes(zone, from, to);
    // Between two changes the clock goes evenly; before the first and after the last it shows nothing near.
    let begins = [None].into_iter().chain(changes.iter().copied().map(Some));
    let ends = changes.iter().copied().map(Some).chain([None]);
    let mut when: Vec<Stretch<DateTime<Utc>>> = Vec::new();
    for even in begins.zip(ends) {
        let offset = zone.offset(even.0.unwrap_or(from));
        let instant = |shown: NaiveDateTime| shown.checked_sub_offset(offset).map(|at| at.and_utc());
        let shown = |(from, to): &Stretch<NaiveDateTime>| (from.and_then(instant), to.and_then(instant));
        when.extend(cut(stretches.iter().map(shown).collect(), even));
    }
    joined(when)
}

/// What of some stretches lies within another one.
fn cut(
    stretches: Vec<Stretch<DateTime<Utc>>>,
    (from, to): Stretch<DateTime<Utc>>,
) -> Vec<Stretch<DateTime<Utc>>> {
    let earlier = |one: Option<_>, other: Option<_>| one.into_iter().chain(other).min();
    // Without a beginning is before every beginning.
    let within = stretches.into_iter().map(|(begin, end)| (begin.max(from), earlier(end, to)));
    within.filter(|(begin, end)| begin.is_none_or(|begin| end.is_none_or(|end| begin < end))).collect()
}

/// The same stretches, of which no two overlap, with one where two touch.
fn joined(mut stretches: Vec<Stretch<DateTime<Utc>>>) -> Vec<Stretch<DateTime<Utc>>> {
    stretches.sort_unstable();
    let mut joined: Vec<Stretch<DateTime<Utc>>> = Vec::new();
    for (begin, end) in stretches {
        match joined.last_mut() {
            Some((_, last)) if *last == begin => *last = end,
            _ => joined.push((begin, end)),
        }
    }
    joined
}

/// The stretches with their last instants.
fn ranges(stretches: Vec<Stretch<DateTime<Utc>>>) -> Vec<Range<DateTime<Utc>>> {
    let last = |end: DateTime<Utc>| end.checked_sub_signed(NANOSECOND);
    stretches.into_iter().map(|(begin, end)| (begin, end.and_then(last))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_instant;

    fn at(text: &str) -> DateTime<Utc> {
        parse_instant(text).unwrap()
    }

    /// Instants around a range's ends, and every half hour for days.
    fn instants(as_of: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        let half_hours = (-48 * 36..48 * 36).map(move |step| as_of + TimeDelta::minutes(30 * step));
        half_hours.flat_map(|at| [at - NANOSECOND, at, at + NANOSECOND])
    }

    #[test]
    fn what_is_turned_round_is_the_same() {
        let spans =
            [Span::Hours(24), Span::Days(1), Span::Days(30), Span::Weeks(1), Span::Months(1), Span::Days(0)];
        let cases = [
            ("2026-02-28T12:00:00Z", "UTC"),
            ("2026-03-29T01:00:00Z", "Europe/Berlin"),
            ("2026-10-25T00:30:00Z", "Europe/Berlin"),
            ("2026-10-25T01:30:00Z", "Europe/Berlin"),
            ("2026-10-26T01:30:00Z", "Europe/Berlin"),
            ("2026-11-24T01:30:00Z", "Europe/Berlin"),
            ("2018-11-04T03:00:00Z", "America/Sao_Paulo"),
            ("2006-10-29T02:30:30Z", "America/St_Johns"),
            ("2011-12-30T10:00:00Z", "Pacific/Apia"),
        ];
        for (as_of, zone) in cases {
            let zone: Zone = zone.parse().unwrap();
            let moment = Moment { zone, ..Moment::utc(at(as_of)) };
            let within = |ranges: &[Range<DateTime<Utc>>], at| {
                ranges
                    .iter()
                    .any(|(from, to)| from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to))
            };
            for span in spans {
                let (last, next) = (within_last(span, &moment), within_next(span, &moment));
                for at in instants(moment.as_of) {
                    let is_last = at <= moment.as_of && span.after(at, zone).unwrap() > moment.as_of;
                    let is_next = at > moment.as_of && span.before(at, zone).unwrap() <= moment.as_of;
                    assert_eq!(within(&last, at), is_last, "{as_of} {zone} {span:?} last {at}");
                    assert_eq!(within(&next, at), is_next, "{as_of} {zone} {span:?} next {at}");
                }
            }
        }
    }
}
