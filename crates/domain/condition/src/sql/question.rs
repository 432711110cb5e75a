//! What is asked of one column.
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use guanxi_core::FactKind;
use rust_decimal::Decimal;

use super::column::Column;
use super::{NotInSql, Parameter, time};
use crate::given::Moment;
use crate::tree::{Comparison, Literal, Operand, Test, Wording};
use crate::value::Fit;

/// What is asked of one column. Of a column without a value each is unknown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// False for every value.
    Never,
    /// True for every value.
    Always,
    /// Unknown for every value.
    Unknown,
    Compare(Comparison, Parameter),
    /// Within one of these, ends included.
    Ranges(Vec<Range<Parameter>>),
    /// One of these; any other value is none of them or, if that is not known, unknown.
    In {
        listed: Vec<Parameter>,
        known: bool,
    },
    /// Like a pattern in which `!` takes the meaning of the next character.
    Like(String),
}

/// From one value to another, both included; without an end where there is none.
pub(super) type Range<T> = (Option<T>, Option<T>);

/// A value among those that a column can hold.
struct Placed {
    /// The greatest that is not above it.
    floor: Option<Parameter>,
    /// The least that is not below it.
    ceiling: Option<Parameter>,
}

impl Placed {
    fn exactly(parameter: Parameter) -> Self {
        Self { floor: Some(parameter.clone()), ceiling: Some(parameter) }
    }

    fn exact(&self) -> Option<&Parameter> {
        self.floor.as_ref().filter(|_| self.floor == self.ceiling)
    }
}

impl Question {
    /// What a test asks of a column; not of two columns, and not whether there is a value.
    pub(super) fn of(test: &Test, kind: FactKind, column: &Column, at: &Moment) -> Result<Self, NotInSql> {
        let dated = |ranges: Vec<Range<DateTime<Utc>>>, days: Vec<Range<NaiveDate>>| {
            if kind == FactKind::Date { Self::days(days) } else { Self::instants(ranges, column) }
        };
        Ok(match test {
            Test::Compare(comparison, Operand::Value(literal)) => match place(literal, column) {
                Some(placed) => Self::compared(*comparison, placed),
                None => Self::Unknown,
            },
            Test::Between(from, to) => match (place(from, column), place(to, column)) {
                (Some(from), Some(to)) => match (from.ceiling, to.floor) {
                    (Some(from), Some(to)) => Self::Ranges([(Some(from), Some(to))].into()),
                    _ => Self::Never,
                },
                _ => Self::Unknown,
            },
            Test::In(literals) => Self::one_of(literals, column),
            Test::Contains(wording) => Self::Like(format!("%{}%", escaped(wording))),
            Test::StartsWith(wording) => Self::Like(format!("{}%", escaped(wording))),
            Test::EndsWith(wording) => Self::Like(format!("%{}", escaped(wording))),
            Test::Past => dated(time::past(at), time::past_days(at)),
            Test::Future => dated(time::future(at), time::future_days(at)),
            Test::WithinLast(span) => dated(time::within_last(*span, at), time::within_last_days(*span, at)),
            Test::WithinNext(span) => dated(time::within_next(*span, at), time::within_next_days(*span, at)),
            Test::During(side, period) => {
                let days = time::during(*side, *period, at);
                dated(time::instants_of(days, at), [days].into())
            }
            Test::Anniversary(_) => return Err(NotInSql::Anniversary),
            Test::Member(_) | Test::MemberAny(_) | Test::MemberAll(_) => return Err(NotInSql::Set),
            // The writer asks these itself.
            Test::Compare(_, Operand::Term(_)) | Test::Is(_) => Self::Always,
        })
    }

    /// Whether a value lies in the range of its fact; `None` if every value does.
    pub(super) fn range(fit: &Fit, column: &Column) -> Option<Self> {
        let (min, max) = match fit.kind {
            FactKind::Level { of } => (Some(Decimal::ONE), Some(of.into())),
            _ => (fit.min, fit.max),
        };
        if column.is_in_range() || (min.is_none() && max.is_none()) {
            return None;
        }
        if fit.kind == FactKind::Bool {
            return match (fit.allows(Decimal::ZERO), fit.allows(Decimal::ONE)) {
                (true, true) => None,
                (false, false) => Some(Self::Never),
                (_, yes) => Some(Self::Compare(Comparison::Equal, Parameter::Bool(yes))),
            };
        }
        let bound = |bound: Option<Decimal>, of: fn(Placed) -> Option<Parameter>| {
            bound.map(|bound| of(place_number(bound, column.scale())))
        };
        match (bound(min, |min| min.ceiling), bound(max, |max| max.floor)) {
            (Some(None), _) | (_, Some(None)) => Some(Self::Never),
            (min, max) => Some(Self::Ranges([(min.flatten(), max.flatten())].into())),
        }
    }

    fn compared(comparison: Comparison, placed: Placed) -> Self {
        if let Some(exact) = placed.exact() {
            return Self::Compare(comparison, exact.clone());
        }
        // Between two values that the column can hold, the lesser is below and the greater above.
        let bound = match comparison {
            Comparison::Equal => None,
            Comparison::Differs => return Self::Always,
            Comparison::Below | Comparison::AtMost => placed.floor.map(|floor| (Comparison::AtMost, floor)),
            Comparison::Above | Comparison::AtLeast => {
                placed.ceiling.map(|ceiling| (Comparison::AtLeast, ceiling))
            }
        };
        bound.map_or(Self::Never, |(comparison, bound)| Self::Compare(comparison, bound))
    }

    fn one_of(literals: &[Literal], column: &Column) -> Self {
        let placed: Vec<Option<Placed>> = literals.iter().map(|literal| place(literal, column)).collect();
        // An entry of another currency is neither equal nor different.
        let known = placed.iter().all(Option::is_some);
        let listed = placed.into_iter().flatten().filter_map(|placed| placed.exact().cloned()).collect();
        Self::In { listed, known }
    }

    fn days(days: Vec<Range<NaiveDate>>) -> Self {
        let day = |day: Option<NaiveDate>| day.map(Parameter::Day);
        Self::Ranges(days.into_iter().map(|(from, to)| (day(from), day(to))).collect())
    }

    fn instants(ranges: Vec<Range<DateTime<Utc>>>, column: &Column) -> Self {
        let places = column.scale();
        let held = |(from, to): Range<DateTime<Utc>>| {
            let from = from.map(|from| place_instant(from, places).ceiling);
            let to = to.map(|to| place_instant(to, places).floor);
            match (from, to) {
                // Between two instants that the column can hold, there is none.
                (Some(None), _) | (_, Some(None)) => None,
                (Some(Some(Parameter::Instant(from))), Some(Some(Parameter::Instant(to)))) if from > to => {
                    None
                }
                (from, to) => Some((from.flatten(), to.flatten())),
            }
        };
        Self::Ranges(ranges.into_iter().filter_map(held).collect())
    }
}

/// A text as a part of a pattern: `%` and `_` stand for themselves.
fn escaped(wording: &Wording) -> String {
    let mut pattern = String::new();
    for c in wording.normal.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern
}

/// A literal among the values of a column; `None` if it is of another currency.
fn place(literal: &Literal, column: &Column) -> Option<Placed> {
    Some(match literal {
        Literal::Number(number) => place_number(*number, column.scale()),
        Literal::Money(money) if column.in_currency() == Some(money.currency()) => {
            place_number(money.amount(), column.scale())
        }
        Literal::Money(_) => return None,
        Literal::Bool(yes) => Placed::exactly(Parameter::Bool(*yes)),
        Literal::Text(wording) => Placed::exactly(Parameter::Text(wording.normal.clone())),
        Literal::Day(day) => Placed::exactly(Parameter::Day(*day)),
        Literal::Instant(at) => place_instant(*at, column.scale()),
    })
}

/// A number times ten to a number of places, among the whole numbers of 64 bits.
fn place_number(number: Decimal, places: u32) -> Placed {
    let up = 10_i128.checked_pow(places.saturating_sub(number.scale()));
    let down = 10_i128.checked_pow(number.scale().saturating_sub(places));
    let scaled = up.and_then(|up| number.mantissa().checked_mul(up));
    let (floor, ceiling) = match (scaled, down) {
        (Some(scaled), Some(down)) => {
            let floor = scaled.div_euclid(down);
            (floor, if scaled.rem_euclid(down) == 0 { floor } else { floor.saturating_add(1) })
        }
        // More than 127 bits are beyond every whole number of 64.
        _ if number.is_sign_negative() => (i128::MIN, i128::MIN),
        _ => (i128::MAX, i128::MAX),
    };
    let held = |number: i128, least: i128, greatest: i128| {
        let held = (least..=greatest).contains(&number).then(|| number.clamp(MIN, MAX));
        held.and_then(|held| i64::try_from(held).ok()).map(Parameter::Integer)
    };
    const MIN: i128 = i64::MIN as i128;
    const MAX: i128 = i64::MAX as i128;
    Placed { floor: held(floor, MIN, i128::MAX), ceiling: held(ceiling, i128::MIN, MAX) }
}

/// An instant among those with so many places of a second.
fn place_instant(at: DateTime<Utc>, places: u32) -> Placed {
    let unit = 10_i64.pow(9_u32.saturating_sub(places));
    let over = i64::from(at.nanosecond()) % unit;
    let floor = at.checked_sub_signed(TimeDelta::nanoseconds(over));
    let ceiling =
        if over == 0 { Some(at) } else { at.checked_add_signed(TimeDelta::nanoseconds(unit - over)) };
    Placed { floor: floor.map(Parameter::Instant), ceiling: ceiling.map(Parameter::Instant) }
}
