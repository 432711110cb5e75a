//! `guanxi funnel`: customers counted by stage.
pub(crate) mod table;

use std::io::{self, Write};

use guanxi::calendar::{CalendarDocument, Schedule, WorkingTime};
use guanxi::core::{FactId, FactKind, FactSchema};
use guanxi::lifecycle::{Funnel, FunnelSpec, Given, LifecycleDocument, View, advance};
use serde_json::to_writer;

use crate::args::FunnelArgs;
use crate::document;
use crate::filter::filter;
use crate::given::{Known, LineReader, as_of, instant_in};
use crate::output::{Failure, Outcome};
use crate::stage::{OWN, pack, read_state};

pub(crate) fn run(args: &FunnelArgs, quiet: bool) -> Result<Outcome, Failure> {
    let definition: LifecycleDocument = document::named(&args.definition, "definition")?;
    let spec = spec(args, &definition)?;
    let end = match spec.view {
        View::Cohort { until, .. } => until,
        View::Period { to, .. } => to,
    };
    let mut funnel = Funnel::new(&definition, spec).map_err(Failure::told)?;
    let calendar: Option<CalendarDocument> =
        args.calendar.as_deref().map(|name| document::named(name, "calendar")).transpose()?;
    let schedule: Option<Schedule> = calendar.map(|calendar| calendar.body().compile());
    let working = schedule
        .as_ref()
        .map(|schedule| move |from, to| schedule.between(from, to).ok().map(WorkingTime::seconds));

    let vocabulary = definition.body().vocabulary();
    let grouping = grouping(args, &definition);
    let facts = vocabulary.facts().chain(grouping.iter().map(|(id, schema)| (*id, schema)));
    let reader = LineReader::with_facts(facts, vocabulary, definition.body().zone());
    let mut reader = reader.with_own(&OWN).with_state();
    let filtered = filter("customers counted", quiet, |line, _| {
        let Known { subject, facts, events, state, .. } = reader.read(line)?;
        let state = state.map(|token| read_state(token.get())).transpose()?;
        let events = events.unwrap_or_default();
        let given = Given::new(&subject).with_state(state.as_ref()).with_events(&events).with_facts(&facts);
        // A state that is settled beyond the end is counted as it is: what lies after the end is not seen.
        let ahead = state.as_ref().filter(|state| state.settled_at() > end && events.is_empty());
        let moved = ahead.is_none().then(|| advance(&definition, &given, end).outcome.state);
        if let Some(state) = ahead.or(moved.as_ref()) {
            let working = working.as_ref().map(|working| working as _);
            funnel.observe(state, &facts, working);
        }
        Ok(())
    })?;
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread(quiet);

    let report = funnel.report();
    let mut out = io::stdout().lock();
    if args.table {
        let text = table::text(&report, pack(args.lang)?, args.lang)?;
        out.write_all(text.as_bytes())
    } else {
        to_writer(&mut out, &report).map_err(Into::into).and_then(|()| out.write_all(b"\n"))
    }
    .and_then(|()| out.flush())
    .map_err(|error| Failure::output(&error))?;
    Ok(ended)
}

/// What is counted, as the command line says it.
fn spec(args: &FunnelArgs, definition: &LifecycleDocument) -> Result<FunnelSpec, Failure> {
    let zone = definition.body().zone();
    let given = |name: &str, text: &str| {
        instant_in(text, zone).map_err(|error| Failure::told(format!("{name}: {error}")))
    };
    let from = given("--from", &args.from)?;
    let to = match &args.to {
        Some(text) => given("--to", text)?,
        None => as_of(None, zone)?,
    };
    let until = args.until.as_deref().map_or(Ok(to), |text| given("--until", text))?;
    let view = if args.cohort { View::Cohort { from, to, until } } else { View::Period { from, to } };
    Ok(FunnelSpec { view, path: args.path.clone(), group_by: args.by.clone() })
}

/// The facts that make groups and that the definition does not read: texts.
fn grouping<'a>(args: &'a FunnelArgs, definition: &LifecycleDocument) -> Vec<(&'a FactId, FactSchema)> {
    let vocabulary = definition.body().vocabulary();
    let declared = |id: &FactId| vocabulary.facts().any(|(own, _)| own == id);
    args.by.iter().filter(|id| !declared(id)).map(|id| (id, FactSchema::of(FactKind::Text))).collect()
}
