//! An office as plain as can be: who could take an item, counted second by second and day by day in whole
//! numbers, and how far counts are from their shares.
use std::collections::BTreeMap;

pub(crate) const MILLION: i128 = 1_000_000;
const DAY: i64 = 86_400;

/// One person, with all numbers whole: seconds since 1970, millionths of effort, ten-thousandths of weight.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worker {
    pub(crate) id: String,
    pub(crate) active: bool,
    pub(crate) weight: i128,
    /// From, and the first second after.
    pub(crate) leave: Vec<(i64, i64)>,
    /// `None` is any.
    pub(crate) languages: Option<Vec<String>>,
    pub(crate) open: Option<i128>,
    pub(crate) per_day: Option<i128>,
    /// Effort and hours.
    pub(crate) window: Option<(i128, i64)>,
    pub(crate) has_open: i128,
    pub(crate) day: Option<i64>,
    pub(crate) left: i128,
    pub(crate) taken: Vec<(i64, i128)>,
}

impl Worker {
    /// What is left of the day's allowance, day by day.
    fn rest(&self, per_day: i128, today: i64) -> i128 {
        let full = (per_day + MILLION - 1) / MILLION * MILLION;
        let Some(mut day) = self.day else { return full };
        let mut left = self.left;
        while day < today {
            day += 1;
            left = (left + per_day).min(full);
        }
        left
    }

    /// Whether an effort fits what is free of an allowance: all of a larger one at once.
    fn fits(effort: i128, free: i128, whole: i128) -> bool {
        whole > 0 && (effort <= free || free >= whole)
    }

    pub(crate) fn speaks(&self, language: Option<&str>) -> bool {
        match (&self.languages, language) {
            (Some(own), Some(asked)) => own.iter().any(|own| own == asked),
            _ => true,
        }
    }

    pub(crate) fn can(&self, language: Option<&str>, effort: i128, at: i64, offset: i64) -> bool {
        let speaks = self.speaks(language);
        let here = self.leave.iter().all(|(from, to)| at < *from || *to <= at);
        let open = self.open.is_none_or(|most| Self::fits(effort, most - self.has_open, most));
        let day = self.per_day.is_none_or(|per_day| {
            let full = (per_day + MILLION - 1) / MILLION * MILLION;
            Self::fits(effort, self.rest(per_day, (at + offset).div_euclid(DAY)), full)
        });
        let window = self.window.is_none_or(|(most, hours)| {
            let recent = self.taken.iter().filter(|(then, _)| at < then + hours * 3_600);
            Self::fits(effort, most - recent.map(|(_, effort)| effort).sum::<i128>(), most)
        });
        self.active && self.weight > 0 && here && speaks && open && day && window
    }

    pub(crate) fn take(&mut self, effort: i128, at: i64, offset: i64) {
        self.has_open += effort;
        if let Some(per_day) = self.per_day {
            let today = (at + offset).div_euclid(DAY);
            self.left = self.rest(per_day, today) - effort;
            self.day = Some(today);
        }
        if let Some((_, hours)) = self.window {
            self.taken.retain(|(then, _)| at < then + hours * 3_600);
            self.taken.push((at, effort));
        }
    }
}

/// The run of items of one kind between two changes of who could take them.
#[derive(Clone, Debug, Default)]
struct Run {
    who: Vec<usize>,
    given: i128,
    counts: Vec<i128>,
}

/// How far counts are from their shares.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    runs: BTreeMap<String, Run>,
    pub(crate) segments: u64,
    /// The furthest of any count from its share at any time between two changes, as a fraction.
    pub(crate) furthest: (i128, i128),
    /// What everybody should have got in all, as a fraction that is summed in parts of 10^-15, and did get.
    pub(crate) expected: Vec<i128>,
    pub(crate) actual: Vec<i128>,
    /// The furthest that anybody was behind and ahead in all.
    pub(crate) behind: i128,
    pub(crate) ahead: i128,
}

pub(crate) const PART: i128 = 1_000_000_000_000_000;

impl Ledger {
    /// Writes down that an item of a kind, which these could take by these weights, went to one of them.
    pub(crate) fn write(&mut self, kind: &str, who: &[usize], weights: &[i128], to: usize) {
        assert!(who.contains(&to), "{to} could not take it");
        self.expected.resize(weights.len(), 0);
        self.actual.resize(weights.len(), 0);
        let run = self.runs.entry(kind.to_owned()).or_default();
        if run.who != who {
            *run = Run { who: who.to_vec(), given: 0, counts: vec![0; weights.len()] };
            self.segments += 1;
        }
        run.given += 1;
        run.counts[to] += 1;
        self.actual[to] += 1;
        let total: i128 = who.iter().map(|place| weights[*place]).sum();
        for place in who {
            let apart = (run.given * weights[*place] - run.counts[*place] * total).abs();
            if apart * self.furthest.1.max(1) > self.furthest.0 * total {
                self.furthest = (apart, total);
            }
            self.expected[*place] += weights[*place] * PART / total;
            let behind = self.expected[*place] - self.actual[*place] * PART;
            self.behind = self.behind.max(behind);
            self.ahead = self.ahead.max(-behind);
        }
    }
}
