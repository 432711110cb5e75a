//! Records counted: how many are done, in time, and to what effect.
use alloc::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{ActorId, DecimalText, TierId, Zone};
use serde::{Deserialize, Serialize};

use super::figure::Sum;
use super::rate::CountedRate;
use super::record::{Effect, ExecutionRecord};
use super::records::ExecutionRecords;
use crate::run::Progress;
use crate::template::{MetricId, TemplateId};

/// Records of a period counted, in all and by strategy, tier and owner. Counts of parts that share no record add up
/// to those of the whole.
///
/// ```
/// use chrono::NaiveDate;
/// use guanxi_core::{Zone, parse_instant};
/// use guanxi_strategy::{ExecutionRecords, Executions};
///
/// let records: ExecutionRecords = serde_json::from_str(r#"[
///   {"id": "R1", "subject": "C1", "strategy": "standard_operation", "from": "2026-04-01", "to": "2026-06-30",
///    "action": "self_service", "progress": "partly_done", "tracked_by": "U7", "tracked_at": "2026-06-15T08:00:00Z",
///    "effects": [{"metric": "self_service_use", "direction": "up", "actual": "0.3", "goal": "0.5"}]}
/// ]"#)?;
/// let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).ok_or("no such day");
/// let quarter = (day(4, 1)?, day(6, 30)?);
/// let counted = Executions::count(&records, quarter, Zone::UTC, parse_instant("2026-07-01")?);
/// assert_eq!((counted.total.overdue, counted.total.completion().of), (1, 1));
/// let effect = &counted.total.effects["self_service_use"];
/// assert_eq!(effect.attainment().map(|it| it.to_string()), Some("0.6".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Executions {
    /// All records.
    pub total: Execution,
    /// By the template that they carry out.
    pub by_strategy: BTreeMap<TemplateId, Execution>,
    /// By the customer's tier.
    pub by_tier: Breakdown<TierId>,
    /// By who answers for them.
    pub by_owner: Breakdown<ActorId>,
}

/// Counts by something that a record need not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "K: Deserialize<'de> + Ord"))]
pub struct Breakdown<K> {
    /// Those that say it.
    pub known: BTreeMap<K, Execution>,
    /// Those that do not.
    pub unknown: Execution,
}

/// Counts of some records. Every record is in one of the six, by how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Execution {
    /// Nobody has begun.
    pub planned: u64,
    /// Somebody has begun.
    pub in_progress: u64,
    /// Part of it is done.
    pub partly_done: u64,
    /// Done.
    pub done: u64,
    /// Not done any more.
    pub cancelled: u64,
    /// Should be done by now, and is not.
    pub overdue: u64,
    /// Of those done: in time.
    pub on_time: u64,
    /// What came of those that were not cancelled, by metric.
    pub effects: BTreeMap<MetricId, MetricEffects>,
}

/// What came of some records, in the figures of one metric.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricEffects {
    /// Records that measured it.
    pub measured: u64,
    /// Of those: that reached their goal.
    pub reached: u64,
    /// Of those measured: whose goal lay ahead of where they began, so that the way to it can be measured.
    pub compared: u64,
    /// The sum of the ways that those went.
    achieved: Sum,
    /// The sum of the ways that they should have gone.
    wanted: Sum,
}

impl Executions {
    /// Counts the records as they stood at an instant whose last day lies in a period, both its days included.
    /// Days are those of a zone.
    #[must_use]
    pub fn count(
        records: &ExecutionRecords,
        period: (NaiveDate, NaiveDate),
        zone: Zone,
        as_of: DateTime<Utc>,
    ) -> Self {
        let (from, to) = period;
        let today = zone.day(as_of);
        let mut all = Self::default();
        records.at(as_of).filter(|record| (from..=to).contains(&record.spec().to)).for_each(|record| {
            all.add(record, today);
        });
        all
    }

    fn add(&mut self, record: &ExecutionRecord, today: NaiveDate) {
        let spec = record.spec();
        let by_strategy = self.by_strategy.entry(spec.strategy.clone()).or_default();
        let by_tier = self.by_tier.of(spec.tier.as_ref());
        let by_owner = self.by_owner.of(spec.owner.as_ref());
        for counts in [&mut self.total, by_strategy, by_tier, by_owner] {
            counts.add(record, today);
        }
    }

    /// Counts the records of another part as well.
    pub fn merge(&mut self, other: &Self) {
        self.total.merge(&other.total);
        for (strategy, counts) in &other.by_strategy {
            self.by_strategy.entry(strategy.clone()).or_default().merge(counts);
        }
        self.by_tier.merge(&other.by_tier);
        self.by_owner.merge(&other.by_owner);
    }
}

impl<K> Default for Breakdown<K> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), unknown: Execution::default() }
    }
}

impl<K: Ord + Clone> Breakdown<K> {
    fn of(&mut self, key: Option<&K>) -> &mut Execution {
        match key {
            Some(key) => self.known.entry(key.clone()).or_default(),
            None => &mut self.unknown,
        }
    }

    fn merge(&mut self, other: &Self) {
        self.unknown.merge(&other.unknown);
        for (key, counts) in &other.known {
            self.of(Some(key)).merge(counts);
        }
    }
}

fn more(count: &mut u64, by: u64) {
    *count = count.saturating_add(by);
}

impl Execution {
    /// The records that were not cancelled.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        [self.planned, self.in_progress, self.partly_done, self.done, self.overdue]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    /// The completion rate: those done of those that were not cancelled.
    #[must_use]
    pub fn completion(&self) -> CountedRate {
        CountedRate::new(self.done, self.wanted())
    }

    /// The on-time rate: those done in time of those done or overdue. What is open and in time is not judged yet.
    #[must_use]
    pub fn punctuality(&self) -> CountedRate {
        CountedRate::new(self.on_time, self.done.saturating_add(self.overdue))
    }

    fn add(&mut self, record: &ExecutionRecord, today: NaiveDate) {
        let progress = record.progress(today);
        let count = match progress {
            Progress::Planned => &mut self.planned,
            Progress::InProgress => &mut self.in_progress,
            Progress::PartlyDone => &mut self.partly_done,
            Progress::Done => &mut self.done,
            Progress::Cancelled => &mut self.cancelled,
            Progress::Overdue => &mut self.overdue,
        };
        more(count, 1);
        more(&mut self.on_time, u64::from(record.is_on_time(today) == Some(true)));
        if progress != Progress::Cancelled {
            for effect in &record.spec().effects {
                self.effects.entry(effect.metric.clone()).or_default().add(effect);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        for (count, by) in [
            (&mut self.planned, other.planned),
            (&mut self.in_progress, other.in_progress),
            (&mut self.partly_done, other.partly_done),
            (&mut self.done, other.done),
            (&mut self.cancelled, other.cancelled),
            (&mut self.overdue, other.overdue),
            (&mut self.on_time, other.on_time),
        ] {
            more(count, by);
        }
        for (metric, effects) in &other.effects {
            self.effects.entry(metric.clone()).or_default().merge(effects);
        }
    }
}

impl MetricEffects {
    /// How many reached their goal, of those measured.
    #[must_use]
    pub fn goals(&self) -> CountedRate {
        CountedRate::new(self.reached, self.measured)
    }

    /// The effect against target: the sum of the ways gone by the sum of the ways wanted, rounded once to four
    /// places, halves away from zero. 0.6 is six tenths of the way; above 1 the goals were passed, below 0 things
    /// went the other way. `None` if nothing could be compared.
    #[must_use]
    pub fn attainment(&self) -> Option<DecimalText> {
        self.achieved.ratio(self.wanted).map(DecimalText)
    }

    fn add(&mut self, effect: &Effect) {
        more(&mut self.measured, 1);
        more(&mut self.reached, u64::from(effect.is_reached()));
        if let Some((achieved, wanted)) = effect.change() {
            more(&mut self.compared, 1);
            self.achieved = self.achieved.plus(Sum::of(achieved));
            self.wanted = self.wanted.plus(Sum::of(wanted));
        }
    }

    fn merge(&mut self, other: &Self) {
        more(&mut self.measured, other.measured);
        more(&mut self.reached, other.reached);
        more(&mut self.compared, other.compared);
        self.achieved = self.achieved.plus(other.achieved);
        self.wanted = self.wanted.plus(other.wanted);
    }
}
