//! The bodies of calendars and overlays as people write them.
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::NaiveDate;
use guanxi_core::Zone;
use serde::{Deserialize, Serialize};

use crate::shift::Shift;
use crate::weekday::Weekday;

guanxi_core::define_id! {
    /// What a day or a season is called, in any language: `Spring Festival 春节`.
    pub struct DayLabel(text, 128);
}

/// The shifts of each day of the week: `mon` to `sun`, or several at once such as `mon-fri`; a day
/// that is not named has none.
pub type WeekSpec = BTreeMap<String, Vec<Shift>>;

/// What a calendar says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkCalendarSpec {
    /// Where its clock hangs.
    pub zone: Zone,
    /// The first day that it covers, `YYYY-MM-DD`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub from: NaiveDate,
    /// The last day that it covers; at most 36 600 days in all.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub to: NaiveDate,
    /// The shifts of an ordinary week.
    pub week: WeekSpec,
    /// Times of the year with another week; none overlaps another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seasons: Vec<SeasonSpec>,
    /// Days that differ from their week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DateSpec>,
}

/// What an overlay says: how a team or a person differs from a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OverlaySpec {
    /// The first day that it covers; as the calendar, if absent.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// The last day that it covers; as the calendar, if absent.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Own shifts in place of the calendar's week and seasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<WeekSpec>,
    /// Times of the year with another week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seasons: Vec<SeasonSpec>,
    /// Days that differ: leave, own hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DateSpec>,
}

/// A time of the year with another week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SeasonSpec {
    /// Its first day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub from: NaiveDate,
    /// Its last day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub to: NaiveDate,
    /// The shifts of its weeks, in place of the ordinary ones.
    pub week: WeekSpec,
    /// What it is called.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<DayLabel>,
}

/// One day, or several in a row, that differ from their week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DateSpec {
    /// The day, or the first of them.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub date: NaiveDate,
    /// The last of them, if they are several.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// How they differ.
    pub kind: DateKind,
    /// The hours: of a half-day, of an opening, of a make-up day, or of a closure for a time only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Shift>,
    /// The day of the week whose shifts a make-up day has.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub works_as: Option<Weekday>,
    /// What it is called.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<DayLabel>,
}

/// How a day differs from its week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DateKind {
    /// Closed all day, as every year or by law.
    Holiday,
    /// Closed all day, or in the hours given: a move, a leave.
    Closure,
    /// Open in the hours given, in place of the day's shifts.
    HalfDay,
    /// Open in place of another day (调休): with the shifts of a named day of the week, or in the hours
    /// given.
    MakeUp,
    /// Open in the hours given as well.
    Opening,
}

impl DateKind {
    /// All kinds, by the words that are written.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("holiday", Self::Holiday),
        ("closure", Self::Closure),
        ("half_day", Self::HalfDay),
        ("make_up", Self::MakeUp),
        ("opening", Self::Opening),
    ];

    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::Closure => "closure",
            Self::HalfDay => "half_day",
            Self::MakeUp => "make_up",
            Self::Opening => "opening",
        }
    }
}
