//! `guanxi route`: leads in the order of arrival in, who gets them out, and the state kept between runs.
mod line;
mod store;

use std::io::{self, Write};

use guanxi::core::{ActorId, DecimalText, Decision};
use guanxi::routing::{RosterDocument, Routed, Router, RoutingDocument, RoutingReason, labels, lint_roster};

use self::line::{Asked, Line, Lines};
use self::store::Store;
use crate::args::RouteArgs;
use crate::decided::{Decided, pack, texts};
use crate::document;
use crate::filter::{filter, write};
use crate::given::as_of;
use crate::output::{Failure, Outcome, tell};

pub(crate) fn run(args: &RouteArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: RoutingDocument = document::named(&args.policy, "policy")?;
    let roster: RosterDocument = document::read(&args.roster)?;
    let as_of = as_of(args.as_of.as_deref(), policy.body().zone())?;
    let labels = pack(args.lang, labels)?;
    // A dry run changes nothing, so it may read while another run holds the state.
    let store = if args.dry_run { None } else { Some(Store::hold(&args.state)?) };
    let state = store::read(&args.state)?;
    if !quiet {
        for warning in lint_roster(&policy, &roster) {
            let (path, found) = (&warning.path, &warning.found);
            tell(&format!("warning: {path}: {found}: {} [{}]", warning.advice, warning.code));
        }
    }
    let router = Router::new(&policy, &roster);
    let print = |item: &Asked, decision: &Decision<Routed, RoutingReason>, out: &mut Vec<u8>| {
        let texts = texts(&decision.reasons, labels.as_ref(), |reason, pack| pack.reason(reason));
        write(&Decided::new(&item.subject, &decision.outcome, None::<&()>, decision, texts), out)
    };
    let (mut desk, mut batch) = (router.open(state), Vec::new());
    let mut lines = Lines::new(policy.body());
    let filtered = filter("items routed", quiet, |line, out| {
        match lines.read(line)? {
            Line::Finished { person, effort } => {
                can_finish(&person, desk.open_of(&person))?;
                desk.finish(&person, effort);
            }
            Line::Asked(asked) if args.batch => batch.push(asked),
            Line::Asked(asked) => {
                let log = asked.log();
                print(&asked, &desk.route(&asked.item(log.as_ref()), as_of), out)?;
            }
        }
        Ok(())
    });
    let logs: Vec<_> = batch.iter().map(Asked::log).collect();
    let items: Vec<_> = batch.iter().zip(&logs).map(|(asked, log)| asked.item(log.as_ref())).collect();
    let (decisions, state) = router.route_all(&items, desk.close(), as_of);
    let filtered = filtered.and_then(|filtered| {
        let mut out = Vec::new();
        for (asked, decision) in batch.iter().zip(&decisions) {
            print(asked, decision, &mut out).map_err(Failure::told)?;
        }
        io::stdout().write_all(&out).map_err(|error| Failure::output(&error))?;
        Ok(filtered)
    });
    let filtered = filtered.map_err(|failure| match failure {
        // What was not read by anybody was not given to anybody.
        Failure::Closed => Failure::told("the reader of the output went away: the state is left as it was"),
        told @ Failure::Told(_) => told,
    })?;
    if let Some(store) = store {
        store.write(&state)?;
    }
    let ended = filtered.end(args.skip_bad);
    lines.reader.tell_unread(quiet);
    Ok(ended)
}

/// Whoever has nothing open has finished nothing that was given here. The state knows how much everybody
/// has, not what.
fn can_finish(person: &ActorId, open: Option<DecimalText>) -> Result<(), String> {
    match open {
        None => Err(format!("`finished_by`: nobody on the roster is `{person}`")),
        Some(open) if open.0.is_zero() => Err(format!("`finished_by`: `{person}` has nothing open")),
        Some(_) => Ok(()),
    }
}
