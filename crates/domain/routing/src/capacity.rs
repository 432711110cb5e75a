//! How much somebody takes on, and how much of that is in use.
use alloc::vec::Vec;

use chrono::{DateTime, Days, NaiveDate, Utc};
use guanxi_core::{DecimalText, Zone};
use guanxi_policy::{Fields, Node};
use serde::{Deserialize, Serialize};

use crate::number::{Allowance, Effort, decimal, steps};

/// How much somebody takes on. What is left out is not limited; an allowance of 0 takes on nothing.
///
/// An item fits an allowance if its effort is not above what is free of it. One that is larger than the
/// whole allowance fits as long as nothing of it is in use, so that no item is too large for everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// The most effort at once, of items that are not closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Allowance>,
    /// The effort of a day, in the zone of the policy; it need not be whole: with 0.5, an item of effort
    /// 1 comes every second day.
    ///
    /// At the start of each day this much is added to what is left, up to the allowance rounded up to a
    /// whole number; it starts full. So d consecutive days never take on more than d times the allowance
    /// and less than 1 (or the effort of one item that is larger than that), and nothing that was not
    /// used for long is made up for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Allowance>,
    /// The most effort within any so many hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// The most effort within any so many hours: an item at an instant counts until exactly so many hours later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The effort.
    pub effort: Allowance,
    /// The hours, 1 to 8 784.
    pub hours: u16,
}

impl Window {
    /// The most hours of a window: a leap year.
    pub const MAX_HOURS: u16 = 8_784;

    /// The instant so much before another; what was taken up to then no longer counts.
    fn begin(self, now: Stamp) -> Stamp {
        (now.0 - i64::from(self.hours) * 3_600, now.1)
    }

    /// When what was taken at an instant no longer counts.
    fn end(self, at: Stamp) -> Stamp {
        (at.0 + i64::from(self.hours) * 3_600, at.1)
    }
}

impl Capacity {
    /// Reads a capacity, reporting every problem to the node.
    pub(crate) fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["open", "per_day", "window"]);
        let (open, per_day) = (allowance(&fields, "open"), allowance(&fields, "per_day"));
        let window = match fields.optional("window") {
            None => Some(None),
            Some(node) => {
                let fields = node.fields(&["effort", "hours"]);
                let effort = fields.required("effort").and_then(|node| node.get());
                let hours = fields.required("hours").and_then(|node| {
                    let hours = node.value().as_u64().and_then(|hours| u16::try_from(hours).ok());
                    let hours = hours.filter(|hours| (1..=Window::MAX_HOURS).contains(hours));
                    if hours.is_none() {
                        node.refuse("not_allowed", alloc::format!("1 to {} hours", Window::MAX_HOURS));
                    }
                    hours
                });
                effort.zip(hours).map(|(effort, hours)| Some(Window { effort, hours }))
            }
        };
        Some(Self { open: open?, per_day: per_day?, window: window? })
    }
}

fn allowance(fields: &Fields<'_>, name: &str) -> Option<Option<Allowance>> {
    fields.optional(name).map_or(Some(None), |node| node.get().map(Some))
}

/// An instant as seconds since 1970 and nanoseconds, which are quickly compared.
pub(crate) type Stamp = (i64, u32);

pub(crate) fn stamp(at: DateTime<Utc>) -> Stamp {
    (at.timestamp(), at.timestamp_subsec_nanos())
}

/// The instant of a stamp; the last one that can be counted, where there is none.
fn instant((seconds, nanos): Stamp) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, nanos).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// What of somebody's capacity is in use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LoadText", into = "LoadText")]
pub struct Load {
    /// The effort of what is not closed, in millionths, never below 0.
    open: i64,
    /// What is left of a day's allowance, in millionths; below 0 after an item that is larger than it.
    day: Option<(NaiveDate, i64)>,
    /// What was taken of late, in millionths, while there is a window.
    recent: Vec<(Stamp, i64)>, // INVARIANT: ascending
    /// The sum of what was taken of late.
    sum: i64,
}

/// What keeps an item from somebody whose capacity is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    Open { open: i64, limit: Allowance },
    Day { left: i64, limit: Allowance },
    Window { used: i64, limit: Window },
}

/// What any effort is below.
pub(crate) const ANY: i64 = i64::MAX;

/// The greatest effort that fits an allowance of which this much is free, out of so much.
const fn fitting(free: i64, whole: i64) -> i64 {
    if whole > 0 && free >= whole { ANY } else { free }
}

/// A day's allowance rounded up to a whole number.
fn full(per_day: Allowance) -> i64 {
    let one = Effort::ONE.steps();
    (per_day.steps() + one - 1) / one * one
}

impl Load {
    /// The effort of what is not closed.
    #[must_use]
    pub fn open(&self) -> DecimalText {
        DecimalText(decimal(self.open, Effort::PLACES))
    }

    /// Sets the effort of what is not closed, for a host that counts it itself.
    pub fn set_open(&mut self, open: Allowance) {
        self.open = open.steps();
    }

    /// Takes an item that is closed off what is open, as far as there is so much.
    pub fn close(&mut self, effort: Effort) {
        self.open = self.open.saturating_sub(effort.steps()).max(0);
    }

    /// What is left of a day's allowance on a day.
    pub(crate) fn left(&self, per_day: Allowance, today: NaiveDate) -> i64 {
        let full = full(per_day);
        let Some((on, left)) = self.day else { return full };
        if on == today {
            return left.min(full);
        }
        let days = today.signed_duration_since(on).num_days().max(0);
        let added = i128::from(per_day.steps()) * i128::from(days);
        i64::try_from((i128::from(left) + added).min(full.into())).unwrap_or(left)
    }

    /// What a window holds at an instant.
    pub(crate) fn used(&self, window: Window, now: Stamp) -> i64 {
        let begin = window.begin(now);
        let over = self.recent.iter().take_while(|(at, _)| *at <= begin);
        over.fold(self.sum, |sum, (_, effort)| sum.saturating_sub(*effort))
    }

    /// The greatest effort that fits what may be open.
    pub(crate) fn fits_open(&self, capacity: &Capacity) -> i64 {
        capacity.open.map_or(ANY, |limit| fitting(limit.steps() - self.open, limit.steps()))
    }

    /// The greatest effort that fits the day and the window at an instant, and the second since 1970 in which the
    /// window grows next.
    pub(crate) fn fits_time(&self, capacity: &Capacity, now: Stamp, today: NaiveDate) -> (i64, i64) {
        let day = capacity.per_day.map_or(ANY, |limit| fitting(self.left(limit, today), full(limit)));
        let Some(window) = capacity.window else { return (day, i64::MAX) };
        let (begin, whole) = (window.begin(now), window.effort.steps());
        let mut used = self.sum;
        for (at, effort) in &self.recent {
            if *at > begin {
                let free = fitting(whole.saturating_sub(used), whole);
                return (day.min(free), window.end(*at).0);
            }
            used = used.saturating_sub(*effort);
        }
        (day.min(fitting(whole, whole)), i64::MAX)
    }

    /// The greatest effort that fits at an instant.
    #[cfg(test)]
    pub(crate) fn fits(&self, capacity: &Capacity, now: DateTime<Utc>, today: NaiveDate) -> i64 {
        self.fits_open(capacity).min(self.fits_time(capacity, stamp(now), today).0)
    }

    /// The first limit that an effort does not fit, in the order open, day, window.
    pub(crate) fn full(
        &self,
        capacity: &Capacity,
        effort: i64,
        now: Stamp,
        today: NaiveDate,
    ) -> Option<Full> {
        if let Some(limit) = capacity.open
            && effort > fitting(limit.steps() - self.open, limit.steps())
        {
            return Some(Full::Open { open: self.open, limit });
        }
        if let Some(limit) = capacity.per_day {
            let left = self.left(limit, today);
            if effort > fitting(left, full(limit)) {
                return Some(Full::Day { left, limit });
            }
        }
        let limit = capacity.window?;
        let (used, whole) = (self.used(limit, now), limit.effort.steps());
        (effort > fitting(whole.saturating_sub(used), whole)).then_some(Full::Window { used, limit })
    }

    /// The first instant, from one on, at which an effort fits by time alone; `None` if it never does.
    pub(crate) fn free_from(
        &self,
        capacity: &Capacity,
        effort: i64,
        from: DateTime<Utc>,
        zone: Zone,
    ) -> Option<DateTime<Utc>> {
        if let Some(limit) = capacity.open
            && effort > fitting(limit.steps() - self.open, limit.steps())
        {
            return None;
        }
        let mut free = from;
        if let Some(limit) = capacity.per_day {
            let today = zone.day(from);
            let lacking = effort.min(full(limit)).saturating_sub(self.left(limit, today));
            if limit.steps() == 0 {
                return None;
            }
            if lacking > 0 {
                let days = u64::try_from(lacking.saturating_add(limit.steps() - 1) / limit.steps()).ok()?;
                // Days before the one of the load add nothing.
                let base = self.day.map_or(today, |(on, _)| today.max(on));
                free = free.max(zone.day_start(base.checked_add_days(Days::new(days))?)?);
            }
        }
        if let Some(limit) = capacity.window {
            let whole = limit.effort.steps();
            let fits = |at: Stamp| effort <= fitting(whole.saturating_sub(self.used(limit, at)), whole);
            let from = stamp(free);
            if !fits(from) {
                let mut ends = self.recent.iter().map(|(at, _)| limit.end(*at));
                free = instant(ends.find(|at| *at > from && fits(*at))?);
            }
        }
        Some(free)
    }

    /// Takes on an item.
    pub(crate) fn take(&mut self, capacity: &Capacity, effort: i64, now: Stamp, today: NaiveDate) {
        self.open = self.open.saturating_add(effort);
        self.day = capacity.per_day.map(|limit| {
            let on = self.day.map_or(today, |(on, _)| on.max(today));
            (on, self.left(limit, today).saturating_sub(effort))
        });
        let Some(window) = capacity.window else {
            self.recent.clear();
            self.sum = 0;
            return;
        };
        let begin = window.begin(now);
        let over = self.recent.iter().take_while(|(at, _)| *at <= begin).count();
        for (_, over) in self.recent.drain(..over) {
            self.sum = self.sum.saturating_sub(over);
        }
        self.sum = self.sum.saturating_add(effort);
        let place = self.recent.partition_point(|(at, _)| *at <= now);
        self.recent.insert(place, (now, effort));
    }

    /// Whether nothing is remembered.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoadText {
    #[serde(default = "nothing")]
    open: DecimalText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<DayText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recent: Vec<RecentText>,
}

const fn nothing() -> DecimalText {
    DecimalText(rust_decimal::Decimal::ZERO)
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DayText {
    on: NaiveDate,
    left: DecimalText,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecentText {
    at: DateTime<Utc>,
    effort: Effort,
}

/// Why what is written is not a [`Load`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is not an amount of effort with at most six decimal places, got `{given}`")]
pub struct LoadError {
    /// The field: `open` or `left`.
    pub field: &'static str,
    /// The number given.
    pub given: rust_decimal::Decimal,
}

impl From<Load> for LoadText {
    fn from(load: Load) -> Self {
        let text = |steps| DecimalText(decimal(steps, Effort::PLACES));
        let day = load.day.map(|(on, left)| DayText { on, left: text(left) });
        let recent = load.recent.iter().filter_map(|(at, effort)| {
            Some(RecentText { at: instant(*at), effort: Effort::of_steps(*effort)? })
        });
        Self { open: text(load.open), day, recent: recent.collect() }
    }
}

impl TryFrom<LoadText> for Load {
    type Error = LoadError;

    fn try_from(text: LoadText) -> Result<Self, LoadError> {
        let amount = |field, given: DecimalText| {
            steps(given.0, Effort::PLACES).ok_or(LoadError { field, given: given.0 })
        };
        let open = amount("open", text.open)?;
        if open < 0 {
            return Err(LoadError { field: "open", given: text.open.0 });
        }
        let day = match text.day {
            None => None,
            Some(DayText { on, left }) => Some((on, amount("left", left)?)),
        };
        let mut recent: Vec<(Stamp, i64)> =
            text.recent.iter().map(|taken| (stamp(taken.at), taken.effort.steps())).collect();
        recent.sort_unstable();
        let sum = recent.iter().fold(0, |sum: i64, (_, effort)| sum.saturating_add(*effort));
        Ok(Self { open, day, recent, sum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::{parse_decimal, parse_instant};
    use std::string::ToString;

    const ONE: i64 = 1_000_000;

    fn allowance(text: &str) -> Allowance {
        Allowance::try_from(parse_decimal(text).unwrap()).unwrap()
    }

    fn per_day(text: &str) -> Capacity {
        Capacity { per_day: Some(allowance(text)), ..Capacity::default() }
    }

    fn at(text: &str) -> DateTime<Utc> {
        parse_instant(text).unwrap()
    }

    /// How many items of effort 1 fit on each day, offered as many as there is room for.
    fn daily(quota: &str, offered: &[usize]) -> Vec<usize> {
        let (capacity, mut load) = (per_day(quota), Load::default());
        let day = |(days, offered): (u64, &usize)| {
            let now = at("2026-02-27T09:00:00Z").checked_add_days(Days::new(days)).unwrap();
            let today = Zone::UTC.day(now);
            let mut taken = 0;
            while taken < *offered && ONE <= load.fits(&capacity, now, today) {
                load.take(&capacity, ONE, stamp(now), today);
                taken += 1;
            }
            taken
        };
        (0_u64..).zip(offered).map(day).collect()
    }

    #[test]
    fn a_quota_below_one_a_day_is_not_rounded_to_nothing() {
        assert_eq!(daily("0.5", &[5; 6]), [1, 0, 1, 0, 1, 0]);
        assert_eq!(daily("0.25", &[5; 9]), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        assert_eq!(daily("2.5", &[9; 6]), [3, 2, 3, 2, 3, 2]);
        assert_eq!(daily("10", &[99; 3]), [10, 10, 10]);
        assert_eq!(daily("0", &[5; 3]), [0, 0, 0]);
    }

    #[test]
    fn days_without_work_are_not_made_up_for() {
        assert_eq!(daily("2", &[0, 0, 0, 0, 9, 9]), [0, 0, 0, 0, 2, 2]);
        assert_eq!(daily("2.5", &[0, 0, 0, 0, 9, 9, 9]), [0, 0, 0, 0, 3, 2, 3]);
        assert_eq!(daily("0.5", &[0, 0, 0, 9, 9, 9]), [0, 0, 0, 1, 0, 1]);
    }

    #[test]
    fn an_item_larger_than_the_allowance_waits_until_nothing_of_it_is_in_use() {
        let (capacity, mut load) = (per_day("2"), Load::default());
        let (now, today) = (at("2026-06-30"), Zone::UTC.day(at("2026-06-30")));
        load.take(&capacity, 5 * ONE, stamp(now), today);
        assert_eq!(load.left(allowance("2"), today), -3 * ONE);
        // -3, -1, 1, 2: full on the third day.
        assert_eq!(load.free_from(&capacity, ONE, now, Zone::UTC), Some(at("2026-07-02")));
        assert_eq!(load.free_from(&capacity, 5 * ONE, now, Zone::UTC), Some(at("2026-07-03")));

        let open = Capacity { open: Some(allowance("3")), ..Capacity::default() };
        let mut load = Load::default();
        assert_eq!(load.fits(&open, now, today), ANY);
        load.take(&open, ONE, stamp(now), today);
        assert_eq!(load.fits(&open, now, today), 2 * ONE);
        assert_eq!(load.free_from(&open, 5 * ONE, now, Zone::UTC), None);
        load.close(Effort::ONE);
        load.close(Effort::ONE);
        assert_eq!((load.fits(&open, now, today), load.open().to_string()), (ANY, "0".into()));
        load.set_open(allowance("3"));
        assert_eq!(
            load.full(&open, 1, stamp(now), today),
            Some(Full::Open { open: 3 * ONE, limit: allowance("3") })
        );
    }

    #[test]
    fn a_window_frees_what_has_been_in_it_for_its_hours() {
        let window = Window { effort: allowance("2"), hours: 4 };
        let capacity = Capacity { window: Some(window), ..Capacity::default() };
        let mut load = Load::default();
        for time in ["2026-06-30T09:00:00Z", "2026-06-30T11:00:00Z"] {
            load.take(&capacity, ONE, stamp(at(time)), Zone::UTC.day(at(time)));
        }
        let fits = |time: &str| load.fits(&capacity, at(time), Zone::UTC.day(at(time)));
        assert_eq!(fits("2026-06-30T12:59:59Z"), 0);
        assert_eq!(fits("2026-06-30T13:00:00Z"), ONE);
        assert_eq!(fits("2026-06-30T15:00:00Z"), ANY);
        let from = at("2026-06-30T12:00:00Z");
        let free = |effort| load.free_from(&capacity, effort, from, Zone::UTC);
        assert_eq!(free(ONE), Some(at("2026-06-30T13:00:00Z")));
        assert_eq!(free(9 * ONE), Some(at("2026-06-30T15:00:00Z")));
        let frees = |now| load.fits_time(&capacity, stamp(now), Zone::UTC.day(now)).1;
        assert_eq!(frees(from), at("2026-06-30T13:00:00Z").timestamp());
        assert_eq!(frees(at("2026-06-30T15:00:00Z")), i64::MAX);
    }

    #[test]
    fn days_begin_in_the_zone() {
        let zone: Zone = "+08:00".parse().unwrap();
        let (capacity, mut load) = (per_day("1"), Load::default());
        let late = at("2026-06-30T15:59:59Z");
        load.take(&capacity, ONE, stamp(late), zone.day(late));
        assert_eq!(load.free_from(&capacity, ONE, late, zone), Some(at("2026-06-30T16:00:00Z")));
        assert_eq!(
            load.fits(&capacity, at("2026-06-30T16:00:00Z"), zone.day(at("2026-06-30T16:00:00Z"))),
            ANY
        );
        // An earlier day adds nothing.
        assert_eq!(load.fits(&capacity, at("2026-06-01"), zone.day(at("2026-06-01"))), 0);
    }

    #[test]
    fn a_load_survives_its_text() {
        let mut load = Load::default();
        let window = Some(Window { effort: allowance("9"), hours: 24 });
        let capacity = Capacity { open: None, per_day: Some(allowance("0.5")), window };
        let now = at("2026-06-30T09:00:00Z");
        load.take(&capacity, 1_500_000, stamp(now), Zone::UTC.day(now));
        let text = serde_json::to_string(&load).unwrap();
        assert_eq!(
            text,
            r#"{"open":"1.5","day":{"on":"2026-06-30","left":"-0.5"},"recent":[{"at":"2026-06-30T09:00:00Z","effort":"1.5"}]}"#
        );
        assert_eq!(serde_json::from_str::<Load>(&text).unwrap(), load);
        assert_eq!(serde_json::from_str::<Load>("{}").unwrap(), Load::default());
        let error = |text: &str| serde_json::from_str::<Load>(text).unwrap_err().to_string();
        insta::assert_snapshot!(error(r#"{"open": "-1"}"#), @"`open` is not an amount of effort with at most six decimal places, got `-1`");
        insta::assert_snapshot!(error(r#"{"day": {"on": "2026-06-30", "left": "0.0000001"}}"#), @"`left` is not an amount of effort with at most six decimal places, got `0.0000001`");
    }
}
