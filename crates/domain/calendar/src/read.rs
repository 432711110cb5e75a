//! Reading calendars and overlays, so that every problem is found at once.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{Datelike, NaiveDate};
use guanxi_policy::{Body, Node};

use crate::calendar::{
    DateRule, Dates, MAX_ENTRY_DAYS, MAX_HORIZON_DAYS, Season, Week, WorkCalendar, date_specs,
};
use crate::overlay::Overlay;
use crate::shift::Shift;
use crate::spec::{DateKind, OverlaySpec, SeasonSpec, WorkCalendarSpec};
use crate::weekday::Weekday;

/// The first and the last day of something, as far as they could be read.
type Range = (NaiveDate, NaiveDate);

impl Body for WorkCalendar {
    type Spec = WorkCalendarSpec;
    const SCHEMA: &'static str = "guanxi.calendar/1";

    fn spec(&self) -> WorkCalendarSpec {
        WorkCalendarSpec {
            zone: self.zone,
            from: self.from,
            to: self.to,
            week: self.week.spec(),
            seasons: season_specs(&self.seasons),
            dates: date_specs(&self.dates),
        }
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        calendar(node)
    }
}

pub(crate) fn calendar(node: &Node<'_>) -> Option<WorkCalendar> {
    let fields = node.fields(&["zone", "from", "to", "week", "seasons", "dates"]);
    let zone = fields.required("zone").and_then(|node| node.get());
    let from = fields.required("from").and_then(|node| day(&node));
    let to = fields.required("to").and_then(|node| day(&node));
    let horizon = from.zip(to).filter(|(from, to)| {
        fields.optional("to").is_some_and(|node| check_range(&node, *from, *to).is_some())
    });
    let week = fields.required("week").and_then(|node| read_week(&node));
    let seasons = fields.optional("seasons").map_or(Some(Vec::new()), |node| read_seasons(&node, horizon));
    let dates = fields.optional("dates").map_or(Some(Dates::new()), |node| read_dates(&node, horizon));
    let (from, to) = horizon?;
    Some(WorkCalendar { zone: zone?, from, to, week: week?, seasons: seasons?, dates: dates? })
}

impl Body for Overlay {
    type Spec = OverlaySpec;
    const SCHEMA: &'static str = "guanxi.overlay/1";

    fn spec(&self) -> OverlaySpec {
        OverlaySpec {
            from: self.from,
            to: self.to,
            week: self.week.as_ref().map(Week::spec),
            seasons: season_specs(&self.seasons),
            dates: date_specs(&self.dates),
        }
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["from", "to", "week", "seasons", "dates"]);
        let bound = |name| match fields.optional(name) {
            None => Some(None),
            Some(node) => day(&node).map(Some),
        };
        let (from, to) = (bound("from"), bound("to"));
        let bounds = (from.flatten(), to.flatten());
        let mut horizon = Some((bounds.0.unwrap_or(NaiveDate::MIN), bounds.1.unwrap_or(NaiveDate::MAX)));
        if let ((Some(from), Some(to)), Some(node)) = (bounds, fields.optional("to")) {
            horizon = horizon.filter(|_| check_range(&node, from, to).is_some());
        }
        let week = match fields.optional("week") {
            None => Some(None),
            Some(node) => read_week(&node).map(Some),
        };
        let seasons =
            fields.optional("seasons").map_or(Some(Vec::new()), |node| read_seasons(&node, horizon));
        let dates = fields.optional("dates").map_or(Some(Dates::new()), |node| read_dates(&node, horizon));
        Some(Self { from: from?, to: to?, week: week?, seasons: seasons?, dates: dates? })
    }
}

fn season_specs(seasons: &[Season]) -> Vec<SeasonSpec> {
    let spec = |season: &Season| SeasonSpec {
        from: season.from,
        to: season.to,
        week: season.week.spec(),
        label: season.label.clone(),
    };
    seasons.iter().map(spec).collect()
}

/// A day as `YYYY-MM-DD` and in no other way, of the years 1 to 9999.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    let shape = |(place, byte): (usize, u8)| {
        if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    let shaped = text.len() == 10 && text.bytes().enumerate().all(shape);
    let day: Option<NaiveDate> = if shaped { text.parse().ok() } else { None };
    day.filter(|day| day.year() > 0)
}

fn day(node: &Node<'_>) -> Option<NaiveDate> {
    let day = node.value().as_str().and_then(parse_day);
    if day.is_none() {
        node.refuse("not_allowed", "a day such as `2026-06-30`");
    }
    day
}

/// How many days there are from one to another, both included; nothing if they are in the wrong order.
fn days_of(from: NaiveDate, to: NaiveDate) -> Option<u32> {
    let days = to.signed_duration_since(from).num_days().checked_add(1)?;
    u32::try_from(days).ok().filter(|days| *days > 0)
}

fn check_range(node: &Node<'_>, from: NaiveDate, to: NaiveDate) -> Option<u32> {
    let days = days_of(from, to).filter(|days| *days <= MAX_HORIZON_DAYS);
    if days.is_none() {
        node.refuse("not_allowed", format!("a day from {from} on, at most {MAX_HORIZON_DAYS} days in all"));
    }
    days
}

/// Reports a day out of the horizon.
fn check_within(node: &Node<'_>, day: NaiveDate, horizon: Option<Range>) -> bool {
    let Some((from, to)) = horizon else { return true };
    let within = from <= day && day <= to;
    // An overlay may be open at either end.
    let shown =
        |day: NaiveDate, open: NaiveDate| if day == open { "…".to_string() } else { day.to_string() };
    if !within {
        let (from, to) = (shown(from, NaiveDate::MIN), shown(to, NaiveDate::MAX));
        node.refuse("not_allowed", format!("a day that is covered, {from} to {to}"));
    }
    within
}

/// The days that a key of a week names: `sat`, or `mon-fri`.
fn days_named(key: &str) -> Option<&'static [Weekday]> {
    let place = |text| Weekday::ALL.iter().position(|day| Some(*day) == Weekday::read(text));
    let (first, last) = match key.split_once('-') {
        Some((first, last)) => (place(first)?, place(last)?),
        None => (place(key)?, place(key)?),
    };
    Weekday::ALL.get(first..=last).filter(|days| !days.is_empty())
}

fn read_week(node: &Node<'_>) -> Option<Week> {
    let mut week: BTreeMap<Weekday, Vec<Shift>> = BTreeMap::new();
    let mut complete = true;
    for (key, node) in node.entries()? {
        let shifts = read_hours(&node);
        complete &= shifts.is_some();
        let Some(days) = days_named(key) else {
            node.report("unknown_name", key, "mon, tue, wed, thu, fri, sat, sun, or several such as mon-fri");
            complete = false;
            continue;
        };
        for day in days {
            if week.insert(*day, shifts.clone().unwrap_or_default()).is_some() {
                node.report("duplicate", day.code(), "each day once");
                complete = false;
            }
        }
    }
    complete.then(|| Week(Weekday::ALL.map(|day| week.remove(&day).unwrap_or_default())))
}

/// Hours of one day, in their order, none overlapping another.
fn read_hours(node: &Node<'_>) -> Option<Vec<Shift>> {
    let items = node.items()?;
    let mut hours: Vec<Shift> = Vec::with_capacity(items.len());
    let mut complete = true;
    for item in items {
        match item.get::<Shift>() {
            Some(shift) => match hours.iter().find(|other| overlap(**other, shift)) {
                None => hours.push(shift),
                Some(other) => {
                    item.refuse("duplicate", format!("hours that do not overlap `{other}`"));
                    complete = false;
                }
            },
            None => complete = false,
        }
    }
    hours.sort_unstable();
    complete.then_some(hours)
}

pub(crate) fn overlap(a: Shift, b: Shift) -> bool {
    a.start() < b.end() && b.start() < a.end()
}

fn read_seasons(node: &Node<'_>, horizon: Option<Range>) -> Option<Vec<Season>> {
    let mut seasons: Vec<Season> = Vec::new();
    let mut complete = true;
    for item in node.items()? {
        let fields = item.fields(&["from", "to", "week", "label"]);
        let bound = |name| {
            let node = fields.required(name)?;
            day(&node).filter(|day| check_within(&node, *day, horizon))
        };
        let (from, to) = (bound("from"), bound("to"));
        let week = fields.required("week").and_then(|node| read_week(&node));
        let label = match fields.optional("label") {
            None => Some(None),
            Some(node) => node.get().map(Some),
        };
        let read = || {
            let (from, to) = (from?, to?);
            check_range(&fields.optional("to")?, from, to)?;
            let clash = seasons.iter().find(|other| from <= other.to && other.from <= to);
            if let Some(other) = clash {
                let given = format!("{from} to {to}");
                item.report("duplicate", given, format!("days out of {} to {}", other.from, other.to));
                return None;
            }
            Some((from, to))
        };
        match (read(), week, label) {
            (Some((from, to)), Some(week), Some(label)) => seasons.push(Season { from, to, week, label }),
            _ => complete = false,
        }
    }
    seasons.sort_unstable_by_key(|season| season.from);
    complete.then_some(seasons)
}

fn read_dates(node: &Node<'_>, horizon: Option<Range>) -> Option<Dates> {
    let mut dates = Dates::new();
    let mut complete = true;
    let mut left = MAX_ENTRY_DAYS;
    for item in node.items()? {
        let Some((from, to, rule)) = read_date(&item, horizon) else {
            complete = false;
            continue;
        };
        let days = days_of(from, to).unwrap_or_default();
        let Some(rest) = left.checked_sub(days) else {
            item.refuse("not_allowed", format!("at most {MAX_ENTRY_DAYS} days in all entries"));
            return None;
        };
        left = rest;
        if let Some(problem) = clash(&dates, from, to, &rule) {
            item.report("duplicate", problem.0, problem.1);
            complete = false;
            continue;
        }
        insert(&mut dates, from, to, &rule);
    }
    complete.then_some(dates)
}

pub(crate) fn insert(dates: &mut Dates, from: NaiveDate, to: NaiveDate, rule: &DateRule) {
    for day in from.iter_days().take_while(|day| *day <= to) {
        let rules = dates.entry(day).or_default();
        let place = rules.partition_point(|other| other < rule);
        rules.insert(place, rule.clone());
    }
}

/// What a rule repeats or contradicts: the day, and what is allowed.
pub(crate) fn clash(
    dates: &Dates,
    from: NaiveDate,
    to: NaiveDate,
    rule: &DateRule,
) -> Option<(String, String)> {
    dates.range(from..=to).find_map(|(day, rules)| {
        if rule.is_whole_day()
            && let Some(other) = rules.iter().find(|other| other.is_whole_day())
        {
            let allowed = format!("one word on the whole day; it is a {} already", other.kind.code());
            return Some((day.to_string(), allowed));
        }
        let same = rules.iter().any(|other| other.kind == rule.kind && other.hours == rule.hours);
        same.then(|| (day.to_string(), "each entry once".to_string()))
    })
}

fn read_date(item: &Node<'_>, horizon: Option<Range>) -> Option<(NaiveDate, NaiveDate, DateRule)> {
    let fields = item.fields(&["date", "to", "kind", "hours", "as", "label"]);
    let bound = |node: &Node<'_>| day(node).filter(|day| check_within(node, *day, horizon));
    let from = fields.required("date").and_then(|node| bound(&node));
    let to = match fields.optional("to") {
        None => from,
        Some(node) => {
            bound(&node).filter(|to| from.is_none_or(|from| check_range(&node, from, *to).is_some()))
        }
    };
    let kind = fields.required("kind").and_then(|node| node.choice(&DateKind::WORDS));
    let hours = fields.optional("hours").map_or(Some(Vec::new()), |node| {
        let hours = read_hours(&node)?;
        if hours.is_empty() {
            node.refuse("not_allowed", "at least one pair of hours");
        }
        (!hours.is_empty()).then_some(hours)
    });
    let words = Weekday::ALL.map(|day| (day.code(), day));
    let works_as = fields.optional("as").map_or(Some(None), |node| node.choice(&words).map(Some));
    let label = fields.optional("label").map_or(Some(None), |node| node.get().map(Some));
    let has_as = fields.optional("as").is_some();
    let given = if fields.optional("hours").is_none() { Some(&[] as &[Shift]) } else { hours.as_deref() };
    if let (Some(kind), Some(given)) = (kind, given)
        && let Some((given, allowed)) = misfit(kind, given, has_as)
    {
        item.report("not_allowed", given, allowed);
        return None;
    }
    Some((from?, to?, DateRule { kind: kind?, hours: hours?, works_as: works_as?, label: label? }))
}

/// What a kind of entry lacks or must not have: what was given, and what is allowed.
pub(crate) fn misfit(kind: DateKind, hours: &[Shift], works_as: bool) -> Option<(String, &'static str)> {
    let (given, allowed) = match (kind, hours, works_as) {
        (DateKind::Holiday, [_, ..], _) => ("a holiday with hours", "no hours; a half_day has hours"),
        (DateKind::HalfDay, [], _) => ("a half-day without hours", "hours in which it is open"),
        (DateKind::Opening, [], _) => ("an opening without hours", "hours in which it is open"),
        (DateKind::MakeUp, [_, ..], true) => {
            ("a make-up day with hours and a day of the week", "one of them")
        }
        (DateKind::MakeUp, [], false) => ("a make-up day without hours", "a day of the week, or hours"),
        (DateKind::MakeUp | DateKind::HalfDay, _, false) | (DateKind::MakeUp, _, true) => return None,
        (_, _, true) => ("a day of the week", "a day of the week for a make-up day only"),
        (DateKind::Holiday | DateKind::Closure | DateKind::Opening, ..) => {
            let over = hours.iter().find(|hours| hours.is_overnight())?;
            return Some((over.to_string(), "hours within one day; write those after 24:00 at the next day"));
        }
    };
    Some((given.to_string(), allowed))
}
