//! A policy and a roster, made ready for routing.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use chrono::{DateTime, Utc};
use guanxi_condition::{Compiled, Condition, Given, Moment, Truth};
use guanxi_core::{ActorId, Basis, Decision, Fact, FactValue, SubjectId};
use guanxi_policy::Head;
use rust_decimal::Decimal;

use crate::bits::Bits;
use crate::desk::Desk;
use crate::fit::Fit;
use crate::id::{QueueId, RuleId};
use crate::item::Item;
use crate::policy::{RoutingDocument, RoutingPolicy};
use crate::reason::RoutingReason;
use crate::roster::{Person, RosterDocument};
use crate::routed::Routed;
use crate::spec::{NeedSpec, OwnerRule, Target, Unknown};
use crate::state::RoutingState;

/// A policy and a roster, made ready for routing; it is made anew when either changes.
#[derive(Clone, Debug)]
pub struct Router {
    pub(crate) policy: RoutingPolicy,
    pub(crate) head: Head,
    pub(crate) basis: Basis,
    /// By id; every set of people is of places in this list.
    pub(crate) people: Vec<Person>,
    pub(crate) everybody: Bits,
    pub(crate) skills: Option<Fit>,
    pub(crate) territories: Option<Fit>,
    pub(crate) languages: Option<Fit>,
    pub(crate) conflicts: BTreeMap<SubjectId, Bits>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) rules: Vec<Way>,
    pub(crate) responses: Vec<When>,
    pub(crate) fallback: Vec<usize>,
}

/// A queue with its people. Its members are counted by id, from 0.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) id: QueueId,
    pub(crate) members: Bits,
    /// Members with a weight above 0.
    pub(crate) turns: Bits,
    /// The place of each member among all people.
    pub(crate) places: Vec<usize>,
    /// The members with a weight, the heavier first.
    pub(crate) ranked: Vec<Ranked>,
}

/// A member of a queue who takes turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranked {
    pub(crate) member: usize,
    /// Among all people.
    pub(crate) place: usize,
    pub(crate) weight: i64,
}

impl Queue {
    fn new(id: &QueueId, people: &[Person]) -> Self {
        let (mut members, mut turns) = (Bits::none(people.len()), Bits::none(people.len()));
        let (mut places, mut ranked) = (Vec::new(), Vec::new());
        for (place, person) in people.iter().enumerate() {
            if let Some(weight) = person.queues.get(id).map(|weight| weight.steps()) {
                members.insert(place);
                if weight > 0 {
                    turns.insert(place);
                    ranked.push(Ranked { member: places.len(), place, weight });
                }
                places.push(place);
            }
        }
        ranked.sort_by_key(|seat| Reverse(seat.weight));
        Self { id: id.clone(), members, turns, places, ranked }
    }
}

/// A rule with its targets found.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) id: RuleId,
    pub(crate) when: When,
    pub(crate) owner: OwnerRule,
    pub(crate) to: Vec<Goal>,
}

/// When something holds.
#[derive(Clone, Debug)]
pub(crate) struct When {
    /// `None` is always.
    condition: Option<(Condition, Compiled)>,
    unknown: Unknown,
}

impl When {
    fn new(condition: &Condition, unknown: Unknown) -> Self {
        let always = *condition == Condition::always();
        Self { condition: (!always).then(|| (condition.clone(), Compiled::new(condition))), unknown }
    }

    /// Whether it holds, and whether nobody knows.
    pub(crate) fn holds(&self, given: &Given<'_>, moment: &Moment) -> (bool, bool) {
        let Some((_, compiled)) = &self.condition else { return (true, false) };
        let truth = compiled.holds(given, moment);
        (self.unknown.holds(truth), truth == Truth::Unknown)
    }

    /// When another answer is given next.
    pub(crate) fn next_change(&self, given: &Given<'_>, moment: &Moment) -> Option<DateTime<Utc>> {
        let (condition, _) = self.condition.as_ref()?;
        condition.next_change(given, moment)
    }
}

/// A target, found.
#[derive(Clone, Debug)]
pub(crate) enum Goal {
    Queue(usize),
    Person(ActorId, Option<usize>),
}

impl Router {
    /// Makes a policy and a roster ready.
    ///
    /// What one names and the other does not know makes no error, since rosters change without notice: it
    /// takes no items, decisions say so, and [`lint_roster`](crate::lint_roster) finds it beforehand.
    #[must_use]
    pub fn new(policy: &RoutingDocument, roster: &RosterDocument) -> Self {
        let people = roster.body().listed().to_vec();
        let count = people.len();
        let body = policy.body();
        let listed = |id: &QueueId| body.queues().iter().position(|queue| queue == id);
        let goal = |target: &Target| {
            Some(match target {
                Target::Queue(id) => Goal::Queue(listed(id)?),
                Target::Person(id) => Goal::Person(id.clone(), roster.body().place(id)),
            })
        };
        let way = |rule: &crate::policy::Rule| Way {
            id: rule.id.clone(),
            when: When::new(&rule.when, rule.unknown),
            owner: rule.owner.unwrap_or_else(|| body.owner()),
            to: rule.to.iter().filter_map(goal).collect(),
        };
        let mut conflicts: BTreeMap<SubjectId, Bits> = BTreeMap::new();
        for (place, person) in people.iter().enumerate() {
            for subject in &person.conflicts {
                conflicts.entry(subject.clone()).or_insert_with(|| Bits::none(count)).insert(place);
            }
        }
        let fit = |need: &Option<NeedSpec>, words: fn(&Person) -> Option<&_>| {
            need.as_ref().map(|need| Fit::new(need, people.iter().map(words)))
        };
        let matching = body.matching();
        Self {
            basis: Basis { policy: policy.stamp(), reference: Some(roster.stamp()) },
            head: policy.head().clone(),
            everybody: Bits::all(count),
            skills: fit(&matching.skills, |person| person.skills.as_ref()),
            territories: fit(&matching.territories, |person| person.territories.as_ref()),
            languages: fit(&matching.languages, |person| person.languages.as_ref()),
            conflicts,
            queues: body.queues().iter().map(|id| Queue::new(id, &people)).collect(),
            rules: body.rules().iter().map(way).collect(),
            responses: body.response().iter().map(|listed| When::new(&listed.when, listed.unknown)).collect(),
            fallback: body.fallback().iter().filter_map(listed).collect(),
            policy: body.clone(),
            people,
        }
    }

    /// Lays a state out, for many items one after the other.
    #[must_use]
    pub fn open(&self, state: RoutingState) -> Desk<'_> {
        Desk::new(self, state)
    }

    /// Routes one item: the decision, and the state for the next one.
    pub fn route(
        &self,
        item: &Item<'_>,
        state: RoutingState,
        as_of: DateTime<Utc>,
    ) -> (Decision<Routed, RoutingReason>, RoutingState) {
        let mut desk = self.open(state);
        let decision = desk.route(item, as_of);
        (decision, desk.close())
    }

    /// Routes many items: by the policy's fact of priority, the greatest known number first and those
    /// without one last, and otherwise, or where it is equal, in the order in which they are given. It is
    /// the same as routing them one by one in that order. Decisions come in the order of the items.
    #[must_use]
    pub fn route_all(
        &self,
        items: &[Item<'_>],
        state: RoutingState,
        as_of: DateTime<Utc>,
    ) -> (Vec<Decision<Routed, RoutingReason>>, RoutingState) {
        let mut order: Vec<(Option<Decimal>, usize)> = items
            .iter()
            .enumerate()
            .map(|(place, item)| (self.priority(&item.given, as_of), place))
            .collect();
        // None is less than any number.
        order.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut desk = self.open(state);
        let mut decisions: Vec<Option<Decision<Routed, RoutingReason>>> =
            items.iter().map(|_| None).collect();
        for (_, place) in order {
            if let (Some(item), Some(decision)) = (items.get(place), decisions.get_mut(place)) {
                *decision = Some(desk.route(item, as_of));
            }
        }
        (decisions.into_iter().flatten().collect(), desk.close())
    }

    /// The place of a person.
    pub(crate) fn place(&self, id: &ActorId) -> Option<usize> {
        self.people.binary_search_by(|person| person.id.cmp(id)).ok()
    }

    /// By what an item of a batch comes before others.
    fn priority(&self, given: &Given<'_>, as_of: DateTime<Utc>) -> Option<Decimal> {
        match given.facts.fact(self.policy.priority()?) {
            Fact::Known { observed_at: Some(at), .. } if at > as_of => None,
            Fact::Known { value: FactValue::Decimal(value), .. } => Some(*value),
            Fact::Known { value: FactValue::Int(value), .. } => Some((*value).into()),
            _ => None,
        }
    }
}
