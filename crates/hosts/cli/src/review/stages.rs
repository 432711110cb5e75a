//! The stages of everybody, who moved lately, and the funnel of the leads.
use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use guanxi::core::{Arg, Decision, Event, FactId, FactMap, FactValue, Share, Stamp};
use guanxi::lifecycle::{
    Advanced, FlagId, Funnel, FunnelReport, FunnelSpec, Given, LifecycleDocument, Reason, StageId, View,
    advance, preset,
};
use guanxi::portfolio::{Member, Population};
use serde::Serialize;

use super::Words;
use super::prepare::Review;
use crate::document;
use crate::folder::{PolicyChoice, StageChoices};
use crate::output::Failure;

/// Over how many months moves are counted: those from one half-yearly review to the next.
const MONTHS: u32 = 6;

/// The definition that a folder names, or the preset of five stages.
pub(super) fn read(choices: &StageChoices, dir: &Path) -> Result<LifecycleDocument, Failure> {
    let id = match &choices.definition {
        Some(PolicyChoice::File(path)) => return document::read(&dir.join(path)),
        Some(PolicyChoice::Preset(id)) => id,
        None => "five-stage",
    };
    preset(id).ok_or_else(|| Failure::told(format!("no definition `{id}`")))
}

/// The stages of everybody, in the order of the population's members.
#[derive(Serialize)]
pub(super) struct Stages {
    pub(super) definition: Stamp,
    /// The instant after which moves are counted.
    pub(super) since: DateTime<Utc>,
    pub(super) stages: Vec<StageCount>,
    /// Customers to whom nothing ever happened.
    pub(super) without: u64,
    /// The moves since, the most frequent first.
    pub(super) moves: Vec<MoveCount>,
    /// The leads by stage, if there are any.
    pub(super) funnel: Option<FunnelReport>,
    #[serde(skip)]
    pub(super) decisions: Vec<Decision<Advanced, Reason>>,
}

/// A stage and those in it.
#[derive(Serialize)]
pub(super) struct StageCount {
    pub(super) stage: StageId,
    pub(super) count: u64,
    pub(super) share: Option<Share>,
    /// How many of them have which flag, in the order of the definition.
    pub(super) flags: Vec<(FlagId, u64)>,
    pub(super) came: u64,
    pub(super) left: u64,
}

/// The ends of a move.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Ends<'a> {
    from: Option<&'a StageId>,
    to: &'a StageId,
}

/// How many moved from where to where.
#[derive(Serialize)]
pub(super) struct MoveCount {
    pub(super) from: Option<StageId>,
    pub(super) to: StageId,
    pub(super) count: u64,
}

impl Stages {
    /// Moves everybody along the definition, up to the instant of the review.
    pub(super) fn of(review: &Review, population: &Population<'_>) -> Result<Self, Failure> {
        let (definition, as_of) = (&review.stages, review.as_of);
        let body = definition.body();
        let since = body.zone().sub_months(as_of, MONTHS).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let decide = |member: &Member| {
            let events: Vec<Event> = review.ledger.of(&member.subject).cloned().collect();
            let given = Given::new(&member.subject).with_events(&events).with_facts(&member.facts);
            advance(definition, &given, as_of)
        };
        let decisions: Vec<_> = population.members().iter().map(decide).collect();
        let outcomes = || decisions.iter().map(|decision| &decision.outcome);
        let mut moves: BTreeMap<Ends<'_>, u64> = BTreeMap::new();
        for own in outcomes().flat_map(|outcome| &outcome.moves).filter(|own| own.at > since) {
            *moves.entry(Ends { from: own.from.as_ref(), to: &own.to }).or_default() += 1;
        }
        let all = decisions.len() as u64;
        let count = |stage: &StageId| {
            let here = || outcomes().filter(|outcome| outcome.stage.as_ref() == Some(stage));
            let flagged =
                |flag: &FlagId| here().filter(|outcome| outcome.flags.contains(flag)).count() as u64;
            let flags = body.flags().iter().map(|flag| (flag.id().clone(), flagged(flag.id())));
            let count = here().count() as u64;
            let sum = |end: for<'e> fn(&Ends<'e>) -> Option<&'e StageId>| {
                moves.iter().filter(|(ends, _)| end(ends) == Some(stage)).map(|(_, count)| *count).sum()
            };
            StageCount {
                stage: stage.clone(),
                count,
                share: Share::of(count, all),
                flags: flags.collect(),
                came: sum(|ends| Some(ends.to)),
                left: sum(|ends| ends.from),
            }
        };
        let mut moved: Vec<MoveCount> = moves
            .iter()
            .map(|(ends, count)| MoveCount { from: ends.from.cloned(), to: ends.to.clone(), count: *count })
            .collect();
        moved.sort_by_key(|own| std::cmp::Reverse(own.count));
        Ok(Self {
            definition: definition.stamp(),
            since,
            stages: body.stages().iter().map(|stage| count(&stage.id)).collect(),
            without: outcomes().filter(|outcome| outcome.stage.is_none()).count() as u64,
            moves: moved,
            funnel: funnel(review, population, &decisions)?,
            decisions,
        })
    }

    /// The stage of a member, since when, and its flags.
    pub(super) fn cells(&self, place: usize) -> [String; 3] {
        let Some(Advanced { state, flags, .. }) = self.decisions.get(place).map(|own| &own.outcome) else {
            return Default::default();
        };
        let stage = state.stage().map(ToString::to_string);
        let since = state.since().map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        [stage.unwrap_or_default(), since.unwrap_or_default(), flags.join("; ")]
    }

    /// The stage of a member.
    pub(super) fn stage(&self, place: usize) -> Option<&StageId> {
        self.decisions.get(place)?.outcome.stage.as_ref()
    }

    /// The moves in one line; nothing if nobody moved.
    pub(super) fn moves(&self, words: &Words) -> Option<String> {
        let label = |stage: Option<&StageId>| match stage {
            Some(stage) => words.labels.label("stage", stage.as_str()).to_owned(),
            None => words.word("stage_none"),
        };
        let told = self.moves.iter().map(|own| {
            let ends =
                [("from", Arg::Text(label(own.from.as_ref()))), ("to", Arg::Text(label(Some(&own.to))))];
            words.say("stage_move", &[&ends[..], &[("count", Arg::Count(own.count))]].concat())
        });
        let told = told.collect::<Vec<_>>().join(&words.word("and_so_on"));
        (!told.is_empty()).then_some(told)
    }
}

/// The leads by stage: all of them who began, followed to the instant of the review; nothing if no party
/// has an attribute that only leads have.
fn funnel(
    review: &Review,
    population: &Population<'_>,
    decisions: &[Decision<Advanced, Reason>],
) -> Result<Option<FunnelReport>, Failure> {
    let by: Vec<FactId> = (review.folder.stages.leads.iter())
        .map(|attribute| FactId::new(attribute.as_str()).map_err(Failure::told))
        .collect::<Result<_, _>>()?;
    let from = decisions.iter().filter_map(|own| Some(own.outcome.state.moves().first()?.at)).min();
    let Some(from) = from.filter(|from| !by.is_empty() && *from < review.as_of) else { return Ok(None) };
    let view = View::Cohort { from, to: review.as_of, until: review.as_of };
    let spec = FunnelSpec { view, path: Vec::new(), group_by: by };
    let mut funnel = Funnel::new(&review.stages, spec).map_err(Failure::told)?;
    let mut leads = false;
    for (member, decision) in population.members().iter().zip(decisions) {
        let Some(party) = review.parties.get(&member.subject) else { continue };
        let known = |attribute| Some((attribute, party.attributes.get(attribute)?));
        let mut facts = FactMap::new();
        for (attribute, given) in review.folder.stages.leads.iter().filter_map(known) {
            let id = FactId::new(attribute.as_str()).map_err(Failure::told)?;
            facts = facts.with(id, FactValue::Text(given.value.to_string()), None);
        }
        if facts.iter().next().is_some() {
            leads = true;
            funnel.observe(&decision.outcome.state, &facts, None);
        }
    }
    Ok(leads.then(|| funnel.report()))
}
