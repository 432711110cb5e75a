//! Sets of minutes on the clock, as spans that ascend, do not touch and are not empty.
use alloc::vec::Vec;

use crate::shift::{DAY, Shift};

/// A span of minutes counted from the midnight at which some day begins.
pub(crate) type Minutes = (i32, i32);

/// The minutes of a shift that begins so many days after the day that is counted from.
pub(crate) fn of_shift(shift: Shift, days: i32) -> Minutes {
    let midnight = days * i32::from(DAY);
    (midnight + i32::from(shift.start()), midnight + i32::from(shift.end()))
}

/// The minutes of a whole day that begins so many days after the day that is counted from.
pub(crate) fn of_day(days: i32) -> Minutes {
    (days * i32::from(DAY), (days + 1) * i32::from(DAY))
}

/// All spans as one set.
pub(crate) fn union(mut spans: Vec<Minutes>) -> Vec<Minutes> {
    spans.sort_unstable();
    let mut set: Vec<Minutes> = Vec::with_capacity(spans.len());
    for (start, end) in spans.into_iter().filter(|(start, end)| start < end) {
        match set.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => set.push((start, end)),
        }
    }
    set
}

/// What is in a set but in none of some spans.
pub(crate) fn without(set: Vec<Minutes>, cuts: &[Minutes]) -> Vec<Minutes> {
    cuts.iter().fold(set, |set, (from, to)| {
        let halves =
            set.into_iter().flat_map(|(start, end)| [(start, end.min(*from)), (start.max(*to), end)]);
        halves.filter(|(start, end)| start < end).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_what_their_minutes_are() {
        let spans = [(0, 10), (10, 20), (5, 8), (30, 30), (40, 50)];
        assert_eq!(union(spans.to_vec()), [(0, 20), (40, 50)]);
        assert_eq!(
            without(union(spans.to_vec()), &[(15, 45), (3, 4), (60, 70)]),
            [(0, 3), (4, 15), (45, 50)]
        );
        assert_eq!(without(Vec::from([(0, 10)]), &[(-5, 20)]), []);
    }
}
