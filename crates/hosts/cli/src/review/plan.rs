//! What is to be done in the coming week, if the folder says by which actions.
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use guanxi::calendar::{Calendars, preset};
use guanxi::core::{Arg, Basis, Event, Fact, FactId, Facts, SubjectId};
use guanxi::customer::Party;
use guanxi::portfolio::{Member, Population};
use guanxi::strategy::{
    ActionId, ActionsDocument, Plan, PlanGiven, PlanItem, PlanReason, Purpose, RoleId, Suppressed,
    SuppressorId, actions_preset, plan, plan_ahead,
};
use serde::Serialize;

use super::Words;
use super::decided::Decided;
use super::prepare::Review;
use super::segments::Segments;
use super::stages::Stages;
use crate::document;
use crate::folder::{PlanChoice, PolicyChoice};
use crate::output::Failure;
use crate::report;

/// How many days are planned.
const DAYS: u64 = 7;

/// What customers are planned by.
pub(crate) struct Planning {
    actions: ActionsDocument,
    calendars: Calendars,
    since: Option<DateTime<Utc>>,
}

/// The actions and calendars that a folder names, or the presets.
pub(super) fn read(choice: Option<&PlanChoice>, dir: &Path) -> Result<Option<Planning>, Failure> {
    let Some(choice) = choice else { return Ok(None) };
    let actions = match &choice.actions {
        Some(PolicyChoice::File(path)) => document::read(&dir.join(path))?,
        other => {
            let id = if let Some(PolicyChoice::Preset(id)) = other { id } else { "standard" };
            actions_preset(id).ok_or_else(|| Failure::told(format!("no actions `{id}`")))?
        }
    };
    let standard = [PolicyChoice::Preset("five-day".to_owned())];
    let named = if choice.calendars.is_empty() { &standard[..] } else { &choice.calendars };
    let mut calendars = Calendars::new();
    for choice in named {
        let calendar = match choice {
            PolicyChoice::File(path) => document::read(&dir.join(path))?,
            PolicyChoice::Preset(id) => {
                preset(id).ok_or_else(|| Failure::told(format!("no calendar `{id}`")))?
            }
        };
        calendars = calendars.with(&calendar);
    }
    Ok(Some(Planning { actions, calendars, since: choice.since }))
}

/// What the review knows of a customer: its facts, what was decided of it, then its attributes.
struct Known<'m> {
    decided: Decided<'m>,
    party: Option<&'m Party>,
}

impl Facts for Known<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        match self.decided.fact(id) {
            Fact::Missing => {
                let attribute = self.party.and_then(|party| party.attributes.get(id.as_str()));
                attribute.map_or(Fact::Missing, |attribute| Fact::Known {
                    value: &attribute.value,
                    observed_at: attribute.observed_at,
                })
            }
            given => given,
        }
    }
}

/// The plan of a week.
pub(super) struct Planned {
    basis: Basis,
    as_of: DateTime<Utc>,
    /// The days, in the zone of the actions.
    pub(super) days: Vec<NaiveDate>,
    /// What there is to do and to hold back, by customer; customers without anything are left out.
    weeks: Vec<Week>,
    /// By role.
    pub(super) roles: BTreeMap<RoleId, RoleWeek>,
    /// By action.
    pub(super) actions: BTreeMap<ActionId, ActionWeek>,
    /// Steps held back, by what holds them back; a step that several hold back counts with each.
    pub(super) held: BTreeMap<SuppressorId, u64>,
    /// Steps to do of which nobody knows when they are due: a calendar is missing, or does not reach so far.
    undue: u64,
}

/// A line of `plan.jsonl`.
#[derive(Serialize)]
struct Week {
    subject: SubjectId,
    /// What may be done in the week: by begin, then priority, then key.
    to_do: Vec<PlanItem>,
    held_back: Vec<Suppressed>,
    /// How many of what may be done have no due time for want of a calendar.
    #[serde(skip)]
    undue: u64,
}

/// A role's week.
#[derive(Default)]
pub(super) struct RoleWeek {
    /// Steps that begin on each of the days; what may begin already counts on the first.
    pub(super) days: Vec<u64>,
    pub(super) held: u64,
}

/// An action's week.
pub(super) struct ActionWeek {
    pub(super) purpose: Purpose,
    pub(super) to_do: u64,
    pub(super) held: u64,
    pub(super) customers: u64,
}

impl Planned {
    /// Plans everybody from the instant of the review on, for seven days in which nothing happens.
    pub(super) fn of(
        review: &Review,
        population: &Population<'_>,
        segments: &Segments,
        stages: &Stages,
    ) -> Option<Self> {
        let planning = review.planning.as_ref()?;
        let (actions, as_of) = (&planning.actions, review.as_of);
        let zone = actions.body().zone();
        let today = zone.day(as_of);
        let days: Vec<NaiveDate> =
            (0..DAYS).filter_map(|day| today.checked_add_days(Days::new(day))).collect();
        let ends: Vec<DateTime<Utc>> =
            days.iter().filter_map(|day| zone.day_start(day.checked_add_days(Days::new(1))?)).collect();
        let mut planned = Self {
            basis: Basis { policy: actions.stamp(), reference: None },
            as_of,
            days,
            weeks: Vec::new(),
            roles: BTreeMap::new(),
            actions: BTreeMap::new(),
            held: BTreeMap::new(),
            undue: 0,
        };
        for (place, member) in population.members().iter().enumerate() {
            let week = week(review, planning, member, Decided::of(member, segments, stages, place), &ends);
            planned.add(week, |at| zone.day(at));
        }
        Some(planned)
    }

    fn add(&mut self, week: Week, day: impl Fn(DateTime<Utc>) -> NaiveDate) {
        if week.to_do.is_empty() && week.held_back.is_empty() {
            return;
        }
        let count = self.days.len();
        let role = |roles: &mut BTreeMap<RoleId, RoleWeek>, id: &RoleId, change: &dyn Fn(&mut RoleWeek)| {
            let empty = || RoleWeek { days: vec![0; count], held: 0 };
            change(roles.entry(id.clone()).or_insert_with(empty));
        };
        let mut seen = BTreeSet::new();
        for item in &week.to_do {
            let at = item.begins_at.map_or(self.as_of, |at| at.max(self.as_of));
            let place = self.days.iter().position(|own| *own == day(at)).unwrap_or(0);
            role(&mut self.roles, &item.role, &|week| {
                if let Some(count) = week.days.get_mut(place) {
                    *count += 1;
                }
            });
            self.action(item, &mut seen).to_do += 1;
        }
        for Suppressed { item, by } in &week.held_back {
            role(&mut self.roles, &item.role, &|week| week.held += 1);
            self.action(item, &mut seen).held += 1;
            for by in by {
                *self.held.entry(by.suppressor.clone()).or_default() += 1;
            }
        }
        self.undue += week.undue;
        self.weeks.push(week);
    }

    /// The week of an item's action, which counts each customer once.
    fn action(&mut self, item: &PlanItem, seen: &mut BTreeSet<ActionId>) -> &mut ActionWeek {
        let id = &item.key.action;
        let empty = ActionWeek { purpose: item.purpose, to_do: 0, held: 0, customers: 0 };
        let week = self.actions.entry(id.clone()).or_insert(empty);
        week.customers += u64::from(seen.insert(id.clone()));
        week
    }

    /// The actions of a customer that may be done, and those that are held back.
    pub(super) fn cells(&self, subject: &SubjectId) -> [String; 2] {
        // The customers are in the order of their ids.
        let place = self.weeks.binary_search_by(|week| week.subject.cmp(subject)).ok();
        let Some(week) = place.and_then(|place| self.weeks.get(place)) else { return Default::default() };
        let codes = |items: Vec<&PlanItem>| {
            let codes: BTreeSet<&str> = items.iter().map(|item| item.key.action.as_str()).collect();
            codes.into_iter().collect::<Vec<_>>().join("; ")
        };
        [codes(week.to_do.iter().collect()), codes(week.held_back.iter().map(|held| &held.item).collect())]
    }

    /// `plan.jsonl`: a line a customer for whom there is anything.
    pub(super) fn write(&self, to: &mut impl Write) -> std::io::Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(flatten)]
            week: &'a Week,
            basis: &'a Basis,
            as_of: DateTime<Utc>,
        }
        for week in &self.weeks {
            serde_json::to_writer(&mut *to, &Line { week, basis: &self.basis, as_of: self.as_of })?;
            to.write_all(b"\n")?;
        }
        Ok(())
    }

    /// What the plan is of, in one line.
    pub(super) fn title(&self, words: &Words) -> String {
        let day = |day: Option<&NaiveDate>| Arg::Text(day.map_or_else(String::new, ToString::to_string));
        let args = [
            ("from", day(self.days.first())),
            ("to", day(self.days.last())),
            ("customers", super::summary::count(self.weeks.len() as u64)),
            ("actions", Arg::Text(self.basis.policy.id.to_string())),
            ("version", Arg::Text(self.basis.policy.version.to_string())),
        ];
        words.say("plan_of", &args)
    }

    /// What the tables do not show: what holds steps back, and that due times are not known.
    pub(super) fn notes(&self, words: &Words) -> Vec<String> {
        let one = |(suppressor, steps): (&SuppressorId, &u64)| {
            let args = [
                ("suppressor", Arg::Label("suppressor", suppressor.to_string())),
                ("count", super::summary::count(*steps)),
            ];
            words.say("plan_held_by", &args)
        };
        let held: Vec<String> = self.held.iter().map(one).collect();
        let held = (!held.is_empty()).then(|| {
            words.say("plan_held_back", &[("held", Arg::Text(held.join(&words.word("and_so_on"))))])
        });
        let undue = (self.undue > 0)
            .then(|| words.say("plan_undue", &[("count", super::summary::count(self.undue))]));
        let nothing = self.roles.is_empty().then(|| words.word("plan_nothing"));
        nothing.into_iter().chain(held).chain(undue).collect()
    }

    /// The tables of the report.
    pub(super) fn report(&self, words: &Words) -> report::PlanTable {
        let label = |space: &str, code: &str| words.plans.label(space, code).to_owned();
        report::PlanTable {
            title: self.title(words),
            days: self.days.iter().map(ToString::to_string).collect(),
            roles: self
                .roles
                .iter()
                .map(|(role, week)| report::PlanRole {
                    label: label("role", role.as_str()),
                    days: week.days.clone(),
                    held: week.held,
                })
                .collect(),
            actions: self
                .actions
                .iter()
                .map(|(action, week)| report::PlanAction {
                    label: label("action", action.as_str()),
                    purpose: label("purpose", week.purpose.code()),
                    customers: week.customers,
                    to_do: week.to_do,
                    held: week.held,
                })
                .collect(),
            notes: self.notes(words),
        }
    }
}

/// What there is to do for a customer on each of the days, which end at these instants: a step as it stands at the end
/// of the day on which it may begin. What is held back at the end of the last day is held back.
fn week(
    review: &Review,
    planning: &Planning,
    member: &Member,
    decided: Decided<'_>,
    ends: &[DateTime<Utc>],
) -> Week {
    let Planning { actions, calendars, since } = planning;
    let subject = &member.subject;
    let facts = Known { decided, party: review.parties.get(subject) };
    let events: Vec<Event> = review.ledger.of(subject).cloned().collect();
    let given = PlanGiven::new(subject).with_events(&events).with_facts(&facts).with_calendars(calendars);
    let given = since.map_or(given, |since| given.with_since(since));
    let mut plan = plan(actions, &given, review.as_of).outcome;
    let (mut to_do, mut unknown) = (BTreeMap::new(), BTreeSet::new());
    let mut note = |plan: &Plan, end: DateTime<Utc>| {
        let begins = |item: &&PlanItem| item.begins_at.is_some_and(|at| at < end);
        for item in plan.due.iter().chain(plan.upcoming.iter().filter(begins)) {
            to_do.entry(item.key.clone()).or_insert_with(|| item.clone());
        }
    };
    // What may be done at once may be done, even if something holds it back by the end of the day.
    note(&plan, review.as_of);
    for end in ends {
        let last = end.checked_sub_signed(TimeDelta::nanoseconds(1)).unwrap_or(*end);
        let ahead = plan_ahead(actions, &plan.state, calendars, last);
        unknown.extend(ahead.reasons.into_iter().filter_map(|reason| match reason {
            PlanReason::DueUnknown { key, .. } => Some(key),
            _ => None,
        }));
        plan = ahead.outcome;
        note(&plan, *end);
    }
    let held_back = plan.suppressed.into_iter().filter(|held| !to_do.contains_key(&held.item.key)).collect();
    let undue = to_do.keys().filter(|key| unknown.contains(*key)).count() as u64;
    let mut to_do: Vec<PlanItem> = to_do.into_values().collect();
    to_do.sort_by(|a, b| {
        let rank = |item: &PlanItem| (item.begins_at, std::cmp::Reverse(item.priority));
        rank(a).cmp(&rank(b)).then_with(|| a.key.cmp(&b.key))
    });
    Week { subject: subject.clone(), to_do, held_back, undue }
}
