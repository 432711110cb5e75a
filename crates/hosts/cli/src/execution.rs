//! `guanxi execution`: an execution record a line in, their rates out.
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi::core::{DecimalText, Quoted, Zone};
use guanxi::strategy::{
    Breakdown, CountedRate, Execution, ExecutionRecord, ExecutionRecordSpec, ExecutionRecords, Executions,
    MetricEffects, MetricId, RecordError,
};
use serde::{Deserialize, Serialize};

use crate::args::ExecutionArgs;
use crate::filter::filter;
use crate::given::as_of;
use crate::output::{Failure, Outcome};
use crate::path::explain_at;
use crate::policy::print;

pub(crate) fn run(args: &ExecutionArgs, quiet: bool) -> Result<Outcome, Failure> {
    let as_of = as_of(args.as_of.as_deref(), args.zone)?;
    if args.to < args.from {
        return Err(Failure::told("--to must not be before --from"));
    }
    let mut records = ExecutionRecords::new();
    let filtered = filter("records counted", quiet, |line, _| {
        records.add(read(line, args.zone)?);
        Ok(())
    })?;
    let counted = Executions::count(&records, (args.from, args.to), args.zone, as_of);
    let report = Report {
        from: args.from,
        to: args.to,
        as_of,
        total: Rates::of(&counted.total),
        by_strategy: rates(&counted.by_strategy),
        by_tier: Broken::of(&counted.by_tier),
        by_owner: Broken::of(&counted.by_owner),
    };
    print(&serde_json::to_string(&report).map_err(Failure::told)?)?;
    Ok(filtered.end(args.skip_bad))
}

/// The days and the instant of a record, as they were written.
#[derive(Default, Deserialize)]
struct Times<'a> {
    #[serde(borrow)]
    from: Option<Cow<'a, str>>,
    #[serde(borrow)]
    to: Option<Cow<'a, str>>,
    #[serde(borrow)]
    finished_on: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tracked_at: Option<Cow<'a, str>>,
}

/// A record; what is wrong with it is told with its field.
fn read(line: &str, zone: Zone) -> Result<ExecutionRecord, String> {
    // Where one of them is no text at all, the record's own reader says so.
    let times: Times<'_> = serde_json::from_str(line).unwrap_or_default();
    for (name, day) in [("from", times.from), ("to", times.to), ("finished_on", times.finished_on)] {
        if let Some(given) = day.filter(|day| day.parse::<NaiveDate>().is_err()) {
            let given = Quoted(&given);
            return Err(format!("`{name}`: expected a day such as `2026-06-30`, got {given}"));
        }
    }
    if let Some(given) = times.tracked_at.filter(|at| at.parse::<DateTime<Utc>>().is_err()) {
        let given = Quoted(&given);
        return Err(format!("`tracked_at`: expected an instant such as `2026-06-30T08:00:00Z`, got {given}"));
    }
    let spec: ExecutionRecordSpec =
        serde_json::from_str(line).map_err(|error| explain_at("", line, &error))?;
    let is_dated = spec.finished_on.is_some();
    ExecutionRecord::in_zone(spec, zone).map_err(|error| match error {
        RecordError::Finished if !is_dated => {
            "missing field `finished_on`: the record is done, say on which day".to_owned()
        }
        error => error.to_string(),
    })
}

/// Rates in all, and by what records say.
#[derive(Serialize)]
struct Report<'a> {
    from: NaiveDate,
    to: NaiveDate,
    as_of: DateTime<Utc>,
    total: Rates<'a>,
    by_strategy: BTreeMap<String, Rates<'a>>,
    by_tier: Broken<'a>,
    by_owner: Broken<'a>,
}

/// Rates by something that a record need not say.
#[derive(Serialize)]
struct Broken<'a> {
    known: BTreeMap<String, Rates<'a>>,
    unknown: Rates<'a>,
}

/// The rates of some records, each beside its counts.
#[derive(Serialize)]
struct Rates<'a> {
    planned: u64,
    in_progress: u64,
    partly_done: u64,
    done: u64,
    cancelled: u64,
    overdue: u64,
    completion: CountedRate,
    on_time: CountedRate,
    effects: BTreeMap<&'a MetricId, Effects>,
}

/// What came of some records, in the figures of one metric.
#[derive(Serialize)]
struct Effects {
    goals: CountedRate,
    compared: u64,
    attainment: Option<DecimalText>,
}

fn rates<K: Display>(counts: &BTreeMap<K, Execution>) -> BTreeMap<String, Rates<'_>> {
    counts.iter().map(|(key, counts)| (key.to_string(), Rates::of(counts))).collect()
}

impl<'a> Broken<'a> {
    fn of<K: Display>(counts: &'a Breakdown<K>) -> Self {
        Self { known: rates(&counts.known), unknown: Rates::of(&counts.unknown) }
    }
}

impl<'a> Rates<'a> {
    fn of(counts: &'a Execution) -> Self {
        let effects = |effects: &MetricEffects| Effects {
            goals: effects.goals(),
            compared: effects.compared,
            attainment: effects.attainment(),
        };
        Self {
            planned: counts.planned,
            in_progress: counts.in_progress,
            partly_done: counts.partly_done,
            done: counts.done,
            cancelled: counts.cancelled,
            overdue: counts.overdue,
            completion: counts.completion(),
            on_time: counts.punctuality(),
            effects: counts.effects.iter().map(|(metric, all)| (metric, effects(all))).collect(),
        }
    }
}
