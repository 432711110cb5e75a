use alloc::vec::Vec;

use guanxi_core::{Score, Share};
use serde::Serialize;

use crate::bands::{Bands, BandsError};
use crate::histogram::Histogram;
use crate::quotient::Quotient;
use crate::targets::Targets;

/// A proposal of floors at which every class holds its share of a population, as nearly as whole
/// scores allow. It changes nothing by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calibration<K> {
    /// What came of it.
    pub finding: Finding,
    /// How many customers were counted.
    pub count: u64,
    /// The classes, the highest first.
    pub classes: Vec<CalibratedClass<K>>,
    /// How many customers go from which class to which, those that stay included: by the class of
    /// now, then by that proposed, the highest first. Pairs without a customer are left out.
    pub flows: Vec<Flow<K>>,
}

/// What came of a calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Nobody has a score: there is nothing to calibrate by, and every floor stays.
    Nobody,
    /// No floors come nearer to the targets than those of now.
    Unchanged,
    /// Other floors come nearer.
    Changed,
}

/// One class of a calibration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CalibratedClass<K> {
    /// The class.
    pub class: K,
    /// The share of all customers that it should hold, exactly.
    pub target_share: Quotient,
    /// How many customers that is, exactly.
    pub target: Quotient,
    /// What it holds now.
    pub current: Held,
    /// What it holds with the floor proposed.
    pub proposed: Held,
    /// What keeps its lower bound from coming nearer to the target, if anything does.
    pub tie: Option<Tie>,
}

/// The customers that a class holds by its floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The floor.
    pub floor: Score,
    /// The number of customers.
    pub count: u64,
    /// Their share of all, rounded to four places; `None` if there is nobody at all.
    pub share: Option<Share>,
    /// How many customers the class holds above its target, exactly; below 0 if it holds fewer.
    pub deviation: Quotient,
}

/// A score whose customers stay together, so that a floor cannot divide them.
///
/// It is of a single customer only where floors run out: who has 100.00 is in the highest class, who
/// has 0.00 in the lowest, and no two classes have one floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tie {
    /// The score.
    pub score: Score,
    /// How many customers have it.
    pub count: u64,
}

/// Customers that go from one class to another, or stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flow<K> {
    /// The class of now.
    pub from: K,
    /// The class proposed.
    pub to: K,
    /// How many they are, above 0.
    pub count: u64,
}

/// Why bands cannot be calibrated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrateError {
    /// The targets name other classes than the bands, or in another order.
    #[error("targets must name the classes of the bands from the highest down; they differ at place {place}")]
    OtherClasses {
        /// The first place from the top at which they differ, from 1.
        place: usize,
    },
}

/// Proposes a floor for every class, so that each holds its target share of the scores.
///
/// Equal scores stay in one class. For each class but the lowest, from the highest down, the floor is
/// the score at which the number of customers at or above comes nearest to the shares of this class
/// and those above it, times the number of customers:
///
/// - compared as exact fractions, never rounded;
/// - of two equally near numbers the smaller, so fewer customers above;
/// - among the scores below the floor above, from 0.01 up, leaving one score for each class to come;
/// - of all floors that give this number the floor of now, if it is one of them, else the highest: the
///   lowest score that occurs in the class. Classes that share a number keep their floors of now
///   together or not at all.
///
/// The lowest class begins at 0.00. So the floors are bands always; where the scores have too few
/// values, some classes hold nobody. Who has 0.00 is in the lowest class, who has 100.00 in the
/// highest. The counts depend on scores and targets alone, and calibrating again by the floors
/// proposed proposes them again.
///
/// Takes as many steps as there are classes times 10 001 scores, however many customers there are.
///
/// # Errors
/// [`CalibrateError`].
///
/// # Examples
/// Of eight customers the top class should hold a quarter. Two are at 80 and one above, so it can
/// hold one or three; both miss two by one, and the smaller number counts.
///
/// ```
/// use guanxi_bands::{Bands, Histogram, Targets, calibrate};
/// use guanxi_core::{Share, parse_decimal};
/// let scores = ["85", "80", "80", "70", "60", "50", "40", "30"];
/// let scores = scores.iter().map(|text| text.parse()).collect::<Result<Histogram, _>>()?;
/// let bands = Bands::new(vec![("top", "90".parse()?), ("rest", "0".parse()?)])?;
/// let quarter = Share::try_from(parse_decimal("0.25")?)?;
/// let others = Share::try_from(parse_decimal("0.75")?)?;
///
/// let proposal = calibrate(&scores, &bands, &Targets::new(vec![("top", quarter), ("rest", others)])?)?;
/// let top = &proposal.classes[0];
/// assert_eq!((top.proposed.floor.to_string(), top.proposed.count), ("85.00".to_owned(), 1));
/// assert_eq!(top.proposed.deviation.to_string(), "-1");
/// assert_eq!(top.tie.map(|tie| (tie.score.to_string(), tie.count)), Some(("80.00".to_owned(), 2)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn calibrate<K: Clone + PartialEq>(
    scores: &Histogram,
    bands: &Bands<K>,
    targets: &Targets<K>,
) -> Result<Calibration<K>, CalibrateError> {
    let (mut asked, mut place) = (targets.parts(), 1);
    for (class, _) in bands.iter() {
        if asked.next().map(|(asked, _)| asked) != Some(class) {
            return Err(CalibrateError::OtherClasses { place });
        }
        place += 1;
    }
    if asked.next().is_some() {
        return Err(CalibrateError::OtherClasses { place });
    }

    let tail = Tail { at_or_above: scores.tail(), count: scores.count() };
    let now: Vec<Score> = bands.iter().map(|(_, floor)| floor).collect();
    let proposed = tail.keep(&now, &tail.nearest(targets));
    let (before, after) = (tail.held(&now, targets), tail.held(&proposed, targets));
    let goals = targets.parts().zip(tail.goals(targets));
    let classes =
        goals.zip(before.into_iter().zip(after)).map(|(((class, part), goal), (current, proposed))| {
            let target = i128::from(part) * i128::from(tail.count);
            CalibratedClass {
                class: class.clone(),
                target_share: Quotient::new(part.into(), targets.whole()),
                target: Quotient::new(target, targets.whole()),
                current,
                proposed,
                tie: tail.tie(scores, proposed.floor, goal),
            }
        });
    let finding = match scores.count() {
        0 => Finding::Nobody,
        _ if now == proposed => Finding::Unchanged,
        _ => Finding::Changed,
    };
    let classes = classes.collect();
    Ok(Calibration { finding, count: scores.count(), classes, flows: tail.flows(bands, &now, &proposed) })
}

impl<K: Clone + PartialEq> Calibration<K> {
    /// The bands proposed.
    ///
    /// # Errors
    /// None for a proposal of [`calibrate`]; a changed one is checked like any bands.
    pub fn bands(&self) -> Result<Bands<K>, BandsError> {
        Bands::new(self.classes.iter().map(|class| (class.class.clone(), class.proposed.floor)).collect())
    }

    /// How many customers would go to a higher class.
    #[must_use]
    pub fn up(&self) -> u64 {
        self.moved(|from, to| to < from)
    }

    /// How many customers would go to a lower class.
    #[must_use]
    pub fn down(&self) -> u64 {
        self.moved(|from, to| to > from)
    }

    fn moved(&self, way: impl Fn(Option<usize>, Option<usize>) -> bool) -> u64 {
        let place = |class: &K| self.classes.iter().position(|listed| listed.class == *class);
        self.flows.iter().filter(|flow| way(place(&flow.from), place(&flow.to))).map(|flow| flow.count).sum()
    }
}

/// A number of customers times the whole of the targets, and what it should be: a distance from a
/// target without dividing.
#[derive(Clone, Copy)]
struct Goal {
    wanted: u128,
    whole: u64,
}

impl Goal {
    fn missed_by(self, customers: u64) -> u128 {
        (u128::from(customers) * u128::from(self.whole)).abs_diff(self.wanted)
    }
}

/// How many customers lie at or above each score.
struct Tail {
    at_or_above: Vec<u64>,
    count: u64,
}

impl Tail {
    fn at(&self, score: Score) -> u64 {
        self.at_or_above.get(usize::from(score.hundredths())).copied().unwrap_or_default()
    }

    /// The number of customers that each class but the lowest and those above it should hold together.
    fn goals<K: PartialEq>(&self, targets: &Targets<K>) -> Vec<Option<Goal>> {
        let whole = targets.whole();
        let mut wanted = 0_u128;
        let goal = |(_, part): (_, u64)| {
            wanted += u128::from(part) * u128::from(self.count);
            Some(Goal { wanted, whole })
        };
        let mut goals: Vec<Option<Goal>> = targets.parts().map(goal).collect();
        if let Some(lowest) = goals.last_mut() {
            *lowest = None;
        }
        goals
    }

    /// The highest floors of the numbers nearest to the goals.
    fn nearest<K: PartialEq>(&self, targets: &Targets<K>) -> Vec<Score> {
        let goals: Vec<Goal> = self.goals(targets).into_iter().flatten().collect();
        let mut below = Score::MAX.hundredths().saturating_add(1);
        let mut floors = Vec::new();
        for (place, goal) in (1..).zip(&goals) {
            let room = u16::try_from(goals.len().saturating_sub(place)).unwrap_or(u16::MAX);
            let free = (room.saturating_add(1)..below).rev().filter_map(|h| Score::from_hundredths(h).ok());
            // The first of the least is the highest, and has the fewest customers above.
            let floor = free.min_by_key(|score| goal.missed_by(self.at(*score))).unwrap_or(Score::MIN);
            below = floor.hundredths();
            floors.push(floor);
        }
        floors.push(Score::MIN);
        floors
    }

    /// The floors of now, for all classes that share a number of customers at or above, if all their
    /// floors of now give that number.
    fn keep(&self, now: &[Score], nearest: &[Score]) -> Vec<Score> {
        let pairs: Vec<(Score, Score)> = now.iter().copied().zip(nearest.iter().copied()).collect();
        let sharing = pairs.chunk_by(|(_, floor), (_, next)| self.at(*floor) == self.at(*next));
        // Floors of other numbers lie all above or all below, so order is kept.
        let kept = sharing.flat_map(|group| {
            let same = group.iter().all(|(now, floor)| self.at(*now) == self.at(*floor));
            group.iter().map(move |(now, floor)| if same { *now } else { *floor })
        });
        kept.collect()
    }

    /// How many customers lie from a floor up to the next one above it.
    fn between(&self, floor: Score, end: Option<Score>) -> u64 {
        self.at(floor).saturating_sub(end.map_or(0, |end| self.at(end)))
    }

    fn held<K: PartialEq>(&self, floors: &[Score], targets: &Targets<K>) -> Vec<Held> {
        let held = |(&(floor, end), (_, part)): (&(Score, Option<Score>), (_, u64))| {
            let count = self.between(floor, end);
            let exact = i128::from(count) * i128::from(targets.whole());
            let deviation = exact - i128::from(part) * i128::from(self.count);
            let share = Share::of(count, self.count);
            Held { floor, count, share, deviation: Quotient::new(deviation, targets.whole()) }
        };
        ranges(floors).iter().zip(targets.parts()).map(held).collect()
    }

    /// The score that a floor would have to divide to come nearer to its goal: a tie, if it misses it
    /// by more than half a customer.
    fn tie(&self, scores: &Histogram, floor: Score, goal: Option<Goal>) -> Option<Tie> {
        let goal = goal?;
        let above = self.at(floor);
        if goal.missed_by(above) * 2 <= u128::from(goal.whole) {
            return None;
        }
        let too_many = u128::from(above) * u128::from(goal.whole) > goal.wanted;
        let (score, count) = if too_many {
            scores.iter().find(|(score, _)| *score >= floor)
        } else {
            scores.iter().rev().find(|(score, _)| *score < floor)
        }?;
        Some(Tie { score, count })
    }

    fn flows<K: Clone + PartialEq>(
        &self,
        bands: &Bands<K>,
        now: &[Score],
        proposed: &[Score],
    ) -> Vec<Flow<K>> {
        let (before, after) = (ranges(now), ranges(proposed));
        let mut flows = Vec::new();
        for ((from, _), (floor, end)) in bands.iter().zip(&before) {
            for ((to, _), (other_floor, other_end)) in bands.iter().zip(&after) {
                let end = match (*end, *other_end) {
                    (Some(end), Some(other)) => Some(end.min(other)),
                    (end, other) => end.or(other),
                };
                let count = self.between(*floor.max(other_floor), end);
                if count > 0 {
                    flows.push(Flow { from: from.clone(), to: to.clone(), count });
                }
            }
        }
        flows
    }
}

/// Each floor with the one above it.
fn ranges(floors: &[Score]) -> Vec<(Score, Option<Score>)> {
    let ends = core::iter::once(None).chain(floors.iter().copied().map(Some));
    floors.iter().copied().zip(ends).collect()
}
