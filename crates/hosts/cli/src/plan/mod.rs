//! `guanxi plan`: a customer a line in, what is to be done and its new state a line out.
use guanxi::calendar::{CalendarDocument, Calendars};
use guanxi::strategy::{ActionsDocument, PlanGiven, PlanReason, PlanState, labels, plan};

use crate::args::PlanArgs;
use crate::decided::{Decided, pack, texts};
use crate::document;
use crate::filter::{filter, write};
use crate::given::{Known, LineReader, as_of, instant_in};
use crate::output::{Failure, Outcome};
use crate::path::explain_at;

pub(crate) fn run(args: &PlanArgs, quiet: bool) -> Result<Outcome, Failure> {
    let actions: ActionsDocument = document::named(&args.policy, "policy")?;
    let calendars = calendars(&args.calendar)?;
    let body = actions.body();
    let as_of = as_of(args.as_of.as_deref(), body.zone())?;
    let since = args.since.as_deref().map(|since| instant_in(since, body.zone())).transpose();
    let since = since.map_err(|error| Failure::told(format!("--since: {error}")))?;
    let labels = pack(args.lang, labels)?;
    let vocabulary = body.vocabulary();
    let mut reader = LineReader::new(vocabulary, body.zone()).with_state();
    let filtered = filter("customers planned", quiet, |line, out| {
        let Known { subject, facts, events, state, .. } = reader.read(line)?;
        let state = state.map(|token| read_state(token.get())).transpose()?;
        let events = events.unwrap_or_default();
        let given = PlanGiven::new(&subject)
            .with_state(state.as_ref())
            .with_events(&events)
            .with_facts(&facts)
            .with_calendars(&calendars);
        let given = since.map_or(given, |since| given.with_since(since));
        let decision = plan(&actions, &given, as_of);
        let texts = texts(&decision.reasons, labels.as_ref(), PlanReason::text);
        write(&Decided::new(&subject, &decision.outcome, None::<&()>, &decision, texts), out)
    })?;
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread(quiet);
    Ok(ended)
}

/// Calendars by their names, each in its own zone.
pub(crate) fn calendars(names: &[String]) -> Result<Calendars, Failure> {
    names.iter().try_fold(Calendars::new(), |calendars, name| {
        let document: CalendarDocument = document::named(name, "calendar")?;
        Ok(calendars.with(&document))
    })
}

/// A state as a plan left it.
pub(crate) fn read_state(token: &str) -> Result<PlanState, String> {
    serde_json::from_str(token).map_err(|error| explain_at("state", token, &error))
}
