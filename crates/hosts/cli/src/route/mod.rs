//! `guanxi route`: leads in the order of arrival in, who gets them out, and the state kept between runs.
mod store;

use guanxi::condition::{EventLog, Given};
use guanxi::core::{ActorId, SubjectId};
use guanxi::routing::{Effort, Item, RosterDocument, Router, RoutingDocument, labels, lint_roster};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::store::Store;
use crate::args::RouteArgs;
use crate::decided::{Decided, pack, texts};
use crate::document;
use crate::filter::{filter, write};
use crate::given::{Known, LineReader, as_of};
use crate::line::read_json;
use crate::output::{Failure, Outcome, tell};

pub(crate) fn run(args: &RouteArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: RoutingDocument = document::named(&args.policy, "policy")?;
    let roster: RosterDocument = document::read(&args.roster)?;
    let body = policy.body();
    let as_of = as_of(args.as_of.as_deref(), body.zone())?;
    let labels = pack(args.lang, labels)?;
    let store = Store::hold(&args.state)?;
    let state = store.read()?;
    if !quiet {
        for warning in lint_roster(&policy, &roster) {
            let (path, found) = (&warning.path, &warning.found);
            tell(&format!("warning: {path}: {found}: {} [{}]", warning.advice, warning.code));
        }
    }
    let router = Router::new(&policy, &roster);
    let mut desk = router.open(state);
    let vocabulary = body.vocabulary();
    let mut reader = LineReader::new(vocabulary.facts(), vocabulary.attributes(), body.zone()).with(&[
        "owner",
        "accounts",
        "effort",
        "finished_by",
    ]);
    let filtered = filter("items routed", quiet, |line, out| {
        let known = reader.read(line)?;
        let effort = read("effort", known.effort)?.unwrap_or(Effort::ONE);
        if let Some(person) = read::<ActorId>("finished_by", known.finished_by)? {
            desk.finish(&person, effort);
            return Ok(());
        }
        let owner: Option<ActorId> = read("owner", known.owner)?;
        let accounts: Vec<SubjectId> = read("accounts", known.accounts)?.unwrap_or_default();
        let Known { subject, facts, events, .. } = known;
        let log = events.as_ref().map(EventLog::new);
        let given = Given { facts: &facts, events: log.as_ref() };
        let item = Item { owner: owner.as_ref(), accounts: &accounts, effort, ..Item::new(&subject, given) };
        let decision = desk.route(&item, as_of);
        let texts = texts(&decision.reasons, labels.as_ref(), |reason, pack| pack.reason(reason));
        write(&Decided::new(&subject, &decision.outcome, None::<&()>, &decision, texts), out)
    });
    let filtered = filtered.map_err(|failure| match failure {
        // What was not read by anybody was not given to anybody.
        Failure::Closed => Failure::told("the reader of the output went away: the state is left as it was"),
        told @ Failure::Told(_) => told,
    })?;
    if !args.dry_run {
        store.write(&desk.close())?;
    }
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread(quiet);
    Ok(ended)
}

/// A field of a line, if it is there.
fn read<'a, T: Deserialize<'a>>(name: &str, token: Option<&'a RawValue>) -> Result<Option<T>, String> {
    token.map(|token| read_json(token.get()).map_err(|error| format!("`{name}`: {error}"))).transpose()
}
