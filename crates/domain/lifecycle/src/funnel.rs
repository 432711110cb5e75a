//! Stages over a whole population: how many, how far, how long.
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Fact, FactId, Facts, Share, Stamp};
use serde::{Deserialize, Serialize};

use crate::definition::LifecycleDocument;
use crate::id::StageId;
use crate::spent::{Spent, Times};
use crate::state::{Move, State};

/// Working time between two instants in seconds; `None` where it is not known, such as beyond the
/// horizon of a calendar.
pub type WorkingTime<'a> = &'a dyn Fn(DateTime<Utc>, DateTime<Utc>) -> Option<u64>;

/// Which customers and stays are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum View {
    /// The customers whose first move was made from one instant to before another, followed up to before a
    /// third, whatever happened in between.
    Cohort {
        /// The first instant of the beginning.
        from: DateTime<Utc>,
        /// The first instant after it.
        to: DateTime<Utc>,
        /// The first instant that is no longer seen.
        until: DateTime<Utc>,
    },
    /// All stays that some instant of a period lies in, whenever they began.
    Period {
        /// The first instant of the period.
        from: DateTime<Utc>,
        /// The first instant after it.
        to: DateTime<Utc>,
    },
}

impl View {
    /// The first instant that is no longer seen.
    const fn end(&self) -> DateTime<Utc> {
        match self {
            Self::Cohort { until, .. } => *until,
            Self::Period { to, .. } => *to,
        }
    }
}

/// What is counted, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelSpec {
    /// Which customers and stays.
    pub view: View,
    /// The stages that conversion leads along, in their order; the ladder of the definition, if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<StageId>,
    /// Facts whose values make groups: source, owner, region.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<FactId>,
}

/// Why something cannot be counted, or two counts cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FunnelError {
    /// A stage of the path that the definition does not have.
    #[error("the path must lead along stages of the definition, got `{stage}`")]
    UnknownStage {
        /// The stage.
        stage: StageId,
    },
    /// A stage that the path holds twice.
    #[error("the path must hold each stage once, got `{stage}` twice")]
    Twice {
        /// The stage.
        stage: StageId,
    },
    /// Instants out of order.
    #[error("expected from < to, and to at most until")]
    Bounds,
    /// The counts are of different definitions, views, paths or groups.
    #[error("both parts must be counted by one definition, view, path and grouping")]
    Another,
}

/// Stages counted over a population; parts merge in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    definition: Stamp,
    stages: Vec<StageId>,
    /// The place of each stage on the path.
    places: BTreeMap<StageId, usize>,
    spec: FunnelSpec,
    foreign: u64,
    all: Tally,
    groups: Vec<BTreeMap<Option<String>, Tally>>, // INVARIANT: one for each fact of the spec
}

/// Counts of some customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tally {
    customers: u64,
    behind: u64,
    stages: BTreeMap<StageId, StageTally>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct StageTally {
    reached: u64,
    onward: u64,
    at_start: u64,
    entered: u64,
    at_end: u64,
    left: BTreeMap<StageId, u64>,
    time: Spent,
    working: Spent,
    unmeasured: u64,
}

/// Adds one.
fn bump(count: &mut u64) {
    *count = count.saturating_add(1);
}

/// A stay of a customer in a stage.
struct Stay<'a> {
    stage: &'a StageId,
    from: DateTime<Utc>,
    /// When and where to it ended, if that is seen.
    end: Option<(DateTime<Utc>, &'a StageId)>,
}

impl Funnel {
    /// Nobody yet.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStage`], [`FunnelError::Twice`], [`FunnelError::Bounds`].
    pub fn new(definition: &LifecycleDocument, spec: FunnelSpec) -> Result<Self, FunnelError> {
        let body = definition.body();
        let ordered = match spec.view {
            View::Cohort { from, to, until } => from < to && to <= until,
            View::Period { from, to } => from < to,
        };
        if !ordered {
            return Err(FunnelError::Bounds);
        }
        let path: Vec<StageId> =
            if spec.path.is_empty() { body.ladder().cloned().collect() } else { spec.path.clone() };
        let mut places = BTreeMap::new();
        for (place, stage) in path.iter().enumerate() {
            if body.kind(stage).is_none() {
                return Err(FunnelError::UnknownStage { stage: stage.clone() });
            }
            if places.insert(stage.clone(), place).is_some() {
                return Err(FunnelError::Twice { stage: stage.clone() });
            }
        }
        Ok(Self {
            definition: definition.stamp(),
            stages: body.stages().iter().map(|stage| stage.id.clone()).collect(),
            places,
            groups: spec.group_by.iter().map(|_| BTreeMap::new()).collect(),
            spec: FunnelSpec { path, ..spec },
            foreign: 0,
            all: Tally::default(),
        })
    }

    /// Counts a customer by its state, in the groups that its facts say; with working time beside
    /// calendar time, if there is a calendar.
    ///
    /// A state that was settled before the end of the view is counted as it is, and as *behind*. One that
    /// another definition made, or another version, is counted as *foreign* alone.
    pub fn observe(&mut self, state: &State, facts: &dyn Facts, working: Option<WorkingTime<'_>>) {
        if *state.definition() != self.definition {
            bump(&mut self.foreign);
            return;
        }
        let mut own = Tally::default();
        self.count(state, working, &mut own);
        if own == Tally::default() {
            return;
        }
        for (fact, groups) in self.spec.group_by.iter().zip(&mut self.groups) {
            let group = match facts.fact(fact) {
                Fact::Known { value, .. } => Some(value.to_string()),
                Fact::Missing | Fact::NotApplicable => None,
            };
            groups.entry(group).or_default().merge(own.clone());
        }
        self.all.merge(own);
    }

    fn count(&self, state: &State, working: Option<WorkingTime<'_>>, own: &mut Tally) {
        let end = self.spec.view.end();
        let moves = state.moves();
        let seen = moves.iter().take_while(|own| own.at < end).count();
        let from = match self.spec.view {
            View::Cohort { from, to, .. } => {
                if !moves.first().is_some_and(|first| from <= first.at && first.at < to) {
                    return;
                }
                from
            }
            View::Period { from, .. } => from,
        };
        let next = moves.iter().take(seen).skip(1).map(Some).chain([None]);
        let stays = moves.iter().take(seen).zip(next).map(|(own, next): (&Move, Option<&Move>)| Stay {
            stage: &own.to,
            from: own.at,
            end: next.map(|next| (next.at, &next.to)),
        });
        let stays: Vec<Stay<'_>> = stays.filter(|stay| stay.end.is_none_or(|(at, _)| at >= from)).collect();
        if stays.is_empty() {
            return;
        }
        own.customers = 1;
        own.behind = u64::from(state.settled_at() < end);
        for stay in &stays {
            let tally = own.stages.entry(stay.stage.clone()).or_default();
            bump(if stay.from < from { &mut tally.at_start } else { &mut tally.entered });
            let Some((at, to)) = stay.end else {
                bump(&mut tally.at_end);
                continue;
            };
            bump(tally.left.entry(to.clone()).or_default());
            tally.time.add(u64::try_from((at - stay.from).num_seconds()).unwrap_or_default());
            if let Some(working) = working {
                match working(stay.from, at) {
                    Some(seconds) => tally.working.add(seconds),
                    None => bump(&mut tally.unmeasured),
                }
            }
        }
        match self.spec.view {
            View::Period { .. } => self.stays_onward(&stays, own),
            View::Cohort { .. } => self.customer_onward(&stays, own),
        }
    }

    /// Of a period each stay counts: whether it ended further along the path.
    fn stays_onward(&self, stays: &[Stay<'_>], own: &mut Tally) {
        for stay in stays {
            let Some(place) = self.places.get(stay.stage) else { continue };
            let tally = own.stages.entry(stay.stage.clone()).or_default();
            bump(&mut tally.reached);
            if stay.end.and_then(|(_, to)| self.places.get(to)).is_some_and(|to| to > place) {
                bump(&mut tally.onward);
            }
        }
    }

    /// Of a cohort each customer counts once: whether it came to a stage or beyond it.
    fn customer_onward(&self, stays: &[Stay<'_>], own: &mut Tally) {
        let furthest = stays.iter().filter_map(|stay| self.places.get(stay.stage)).max();
        let Some(furthest) = furthest else { return };
        for (stage, place) in self.places.iter().filter(|(_, place)| *place <= furthest) {
            let tally = own.stages.entry(stage.clone()).or_default();
            bump(&mut tally.reached);
            if place < furthest {
                bump(&mut tally.onward);
            }
        }
    }

    /// Adds what was counted elsewhere.
    ///
    /// # Errors
    /// [`FunnelError::Another`]; nothing is added then.
    pub fn merge(&mut self, other: Self) -> Result<(), FunnelError> {
        if self.definition != other.definition || self.spec != other.spec {
            return Err(FunnelError::Another);
        }
        self.foreign = self.foreign.saturating_add(other.foreign);
        self.all.merge(other.all);
        for (own, other) in self.groups.iter_mut().zip(other.groups) {
            for (value, tally) in other {
                own.entry(value).or_default().merge(tally);
            }
        }
        Ok(())
    }

    /// The counts as a report.
    #[must_use]
    pub fn report(&self) -> FunnelReport {
        let group = |(fact, groups): (&FactId, &BTreeMap<Option<String>, Tally>)| FunnelGroup {
            fact: fact.clone(),
            rows: (groups.iter().filter(|(value, _)| value.is_some()))
                .chain(groups.get_key_value(&None))
                .map(|(value, tally)| FunnelGroupRow { value: value.clone(), counts: self.counts(tally) })
                .collect(),
        };
        FunnelReport {
            definition: self.definition.clone(),
            spec: self.spec.clone(),
            foreign: self.foreign,
            counts: self.counts(&self.all),
            groups: self.spec.group_by.iter().zip(&self.groups).map(group).collect(),
        }
    }

    fn counts(&self, tally: &Tally) -> FunnelCounts {
        let none = StageTally::default();
        let last = self.spec.path.last();
        let row = |stage: &StageId| {
            let own = tally.stages.get(stage).unwrap_or(&none);
            let left =
                self.stages.iter().filter_map(|to| Some(Left { to: to.clone(), count: *own.left.get(to)? }));
            let conversion = self.places.contains_key(stage).then(|| {
                let onward = (last != Some(stage)).then_some(own.onward);
                Conversion {
                    reached: own.reached,
                    onward,
                    rate: onward.and_then(|onward| Share::of(onward, own.reached)),
                }
            });
            StageRow {
                stage: stage.clone(),
                at_start: own.at_start,
                entered: own.entered,
                left: left.collect(),
                at_end: own.at_end,
                conversion,
                time: own.time.times(),
                working_time: own.working.times(),
                unmeasured: own.unmeasured,
            }
        };
        FunnelCounts {
            customers: tally.customers,
            behind: tally.behind,
            stages: self.stages.iter().map(row).collect(),
        }
    }
}

impl Tally {
    fn merge(&mut self, other: Self) {
        self.customers = self.customers.saturating_add(other.customers);
        self.behind = self.behind.saturating_add(other.behind);
        for (stage, tally) in other.stages {
            self.stages.entry(stage).or_default().merge(tally);
        }
    }
}

impl StageTally {
    fn merge(&mut self, other: Self) {
        let counts = [
            (&mut self.reached, other.reached),
            (&mut self.onward, other.onward),
            (&mut self.at_start, other.at_start),
            (&mut self.entered, other.entered),
            (&mut self.at_end, other.at_end),
            (&mut self.unmeasured, other.unmeasured),
        ];
        for (count, more) in counts {
            *count = count.saturating_add(more);
        }
        for (to, more) in other.left {
            let count = self.left.entry(to).or_default();
            *count = count.saturating_add(more);
        }
        self.time.merge(other.time);
        self.working.merge(other.working);
    }
}

/// The stages of a population, and of each group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelReport {
    /// The definition.
    pub definition: Stamp,
    /// What was counted: cohort or period, path and groups.
    pub spec: FunnelSpec,
    /// States that another definition made, which are not counted.
    pub foreign: u64,
    /// All customers together.
    pub counts: FunnelCounts,
    /// The same within the groups of each fact.
    pub groups: Vec<FunnelGroup>,
}

/// The groups that one fact makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelGroup {
    /// The fact.
    pub fact: FactId,
    /// Its values in the order of their text, those that are not known last.
    pub rows: Vec<FunnelGroupRow>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelGroupRow {
    /// The value of the fact; `None` if it is not known.
    pub value: Option<String>,
    /// The customers of the group.
    pub counts: FunnelCounts,
}

/// The stages of some customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelCounts {
    /// The customers of the cohort, or those who had a stage in the period.
    pub customers: u64,
    /// Those of them whose state was settled before the end, so that the last of their moves may be missing.
    pub behind: u64,
    /// One row for each stage, in the order of the definition.
    pub stages: Vec<StageRow>,
}

/// One stage of some customers. `at_start + entered` is all that `left` counts together, and `at_end`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRow {
    /// The stage.
    pub stage: StageId,
    /// Stays that had begun before the period; 0 for a cohort.
    pub at_start: u64,
    /// Stays that began in it.
    pub entered: u64,
    /// Stays that ended in it, by where they led to, in the order of the definition.
    pub left: Vec<Left>,
    /// Stays that had not ended at its end.
    pub at_end: u64,
    /// How many go on along the path; `None` for a stage beside it.
    pub conversion: Option<Conversion>,
    /// How long the stays lasted that ended, in calendar time, fractions of a second cut off.
    pub time: Times,
    /// The same in working time, for those of which it is known.
    pub working_time: Times,
    /// Stays that ended whose working time was asked for and is not known.
    pub unmeasured: u64,
}

/// How many stays ended with a move to a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// The stage.
    pub to: StageId,
    /// The number of stays.
    pub count: u64,
}

/// How many go on along a path.
///
/// Of a cohort it counts customers, each once: who came to the stage or beyond it, and who came beyond it.
/// Of a period it counts stays: all in the stage, and those that ended with a move further along the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// How many came here.
    pub reached: u64,
    /// How many of them went on; `None` for the last stage of the path.
    pub onward: Option<u64>,
    /// `onward / reached`, rounded half-up once to four places; `None` if nobody came here.
    pub rate: Option<Share>,
}
