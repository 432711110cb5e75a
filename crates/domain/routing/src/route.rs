//! From an item to somebody who gets it.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, DecimalText, Decision};
use rust_decimal::Decimal;

use crate::bits::Bits;
use crate::capacity::{Full, Load};
use crate::desk::{Desk, Now};
use crate::fit::{Fit, Need};
use crate::item::Item;
use crate::number::{Effort, decimal};
use crate::reason::RoutingReason;
use crate::routed::{Assignment, By, Respond, Routed};
use crate::router::{Goal, Router};
use crate::spec::OwnerRule;
use crate::state::PART_PLACES;

/// What an item asks for, of each kind that the policy matches.
pub(crate) struct Needs<'a> {
    skills: Option<(&'a Fit, Need<'a>)>,
    territories: Option<(&'a Fit, Need<'a>)>,
    languages: Option<(&'a Fit, Need<'a>)>,
}

/// Which rule holds, and what follows.
pub(crate) struct Choice<'a> {
    /// The place of the rule.
    pub(crate) rule: Option<usize>,
    pub(crate) owner: OwnerRule,
    pub(crate) goals: &'a [Goal],
}

impl Router {
    /// The first rule that holds.
    pub(crate) fn choose(
        &self,
        item: &Item<'_>,
        as_of: DateTime<Utc>,
        reasons: &mut Vec<RoutingReason>,
    ) -> Choice<'_> {
        let moment = self.policy.moment(as_of);
        for (place, way) in self.rules.iter().enumerate() {
            let (holds, unknown) = way.when.holds(&item.given, &moment);
            if unknown {
                reasons.push(RoutingReason::RuleUnknown { rule: way.id.clone() });
            }
            if holds {
                reasons.push(RoutingReason::RuleHolds { rule: way.id.clone() });
                return Choice { rule: Some(place), owner: way.owner, goals: &way.to };
            }
        }
        reasons.push(RoutingReason::NoRuleHolds);
        Choice { rule: None, owner: self.policy.owner(), goals: &[] }
    }

    /// Within what time to respond.
    pub(crate) fn respond(&self, item: &Item<'_>, as_of: DateTime<Utc>) -> Option<usize> {
        let moment = self.policy.moment(as_of);
        self.responses.iter().position(|when| when.holds(&item.given, &moment).0)
    }

    /// What an item asks for.
    pub(crate) fn needs<'a>(&'a self, item: &Item<'a>, as_of: DateTime<Utc>) -> Needs<'a> {
        let need = |fit: &'a Option<Fit>| {
            let fit = fit.as_ref()?;
            Some((fit, fit.need(&item.given, as_of)?))
        };
        Needs {
            skills: need(&self.skills),
            territories: need(&self.territories),
            languages: need(&self.languages),
        }
    }

    /// Fills in who is able to take an item, whenever that is asked.
    pub(crate) fn find_able(&self, item: &Item<'_>, needs: &Needs<'_>, able: &mut Bits) {
        able.copy(&self.everybody);
        if let Some((fit, need)) = &needs.skills {
            fit.keep_all(need, able);
        }
        for (fit, need) in [&needs.territories, &needs.languages].into_iter().flatten() {
            fit.keep_any(need, able);
        }
        if !self.conflicts.is_empty() {
            for subject in core::iter::once(item.subject).chain(item.accounts) {
                if let Some(people) = self.conflicts.get(subject) {
                    able.drop(people);
                }
            }
        }
    }

    /// When something that an item asks for, and that is not known yet, will be.
    pub(crate) fn known_from(&self, item: &Item<'_>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let fits = [&self.skills, &self.territories, &self.languages].into_iter().flatten();
        fits.filter_map(|fit| fit.known_from(&item.given, at)).min()
    }

    /// Why somebody is not able to take an item, whenever that is asked, if that is so.
    fn unable(&self, place: usize, item: &Item<'_>, needs: &Needs<'_>) -> Option<RoutingReason> {
        let person = self.name(place)?;
        if let Some((fit, need)) = &needs.skills
            && fit.lacks_one(need, place)
        {
            return Some(RoutingReason::LacksSkill { person, skill: fit.lacking(need, place) });
        }
        if let Some((fit, need)) = &needs.territories
            && fit.lacks_all(need, place)
        {
            return Some(RoutingReason::OutsideTerritory { person, territory: fit.lacking(need, place) });
        }
        if let Some((fit, need)) = &needs.languages
            && fit.lacks_all(need, place)
        {
            return Some(RoutingReason::LacksLanguage { person, language: fit.lacking(need, place) });
        }
        let mut subjects = core::iter::once(item.subject).chain(item.accounts);
        let conflict = |subject: &&guanxi_core::SubjectId| {
            self.conflicts.get(*subject).is_some_and(|people| people.has(place))
        };
        let subject = subjects.find(conflict)?.clone();
        Some(RoutingReason::InConflict { person, subject })
    }

    pub(crate) fn name(&self, place: usize) -> Option<ActorId> {
        self.people.get(place).map(|person| person.id.clone())
    }
}

impl Desk<'_> {
    /// Routes one item, the next one in the order of arrival.
    ///
    /// 1. The first rule that holds names the targets; the fallback's queues follow.
    /// 2. The present owner keeps the item, if the policy or the rule does not say otherwise.
    /// 3. Of each target in turn, those remain who are active, not away, have the skills, work in the
    ///    territory, speak the language, are not in conflict, and have the capacity.
    /// 4. Of those who remain of a queue, it goes to the one whose turn it is. If nobody remains of any
    ///    target, it waits.
    ///
    /// `next_change` of an item that waits is the first instant at which time alone brings another outcome:
    /// somebody is back or has capacity again, another rule or response holds; or at which the policy
    /// comes into force or ends. What is given to somebody is given: there is no next change.
    pub fn route(&mut self, item: &Item<'_>, as_of: DateTime<Utc>) -> Decision<Routed, RoutingReason> {
        let router = self.router;
        // As many as allocators quickly have room for.
        let mut reasons = Vec::with_capacity(18);
        if let Some(at) = self.latest().filter(|latest| *latest > as_of) {
            reasons.push(RoutingReason::StateFromFuture { at });
        }
        self.arrive(as_of);
        let choice = router.choose(item, as_of, &mut reasons);
        let needs = router.needs(item, as_of);
        router.find_able(item, &needs, &mut self.able);
        let to = self.assign(item, &needs, &choice, as_of, &mut reasons);
        if let Some((place, _)) = &to {
            self.take(*place, item.effort);
        } else {
            reasons.push(RoutingReason::Waits);
        }
        let head = &router.head;
        if !head.in_force(as_of) {
            let (from, to) = (head.effective_from, head.effective_to);
            reasons.push(RoutingReason::PolicyNotInForce { from, to });
        }
        let respond = router.respond(item, as_of);
        let next_change = match to {
            Some(_) => None,
            None => {
                let limits = [head.effective_from, head.effective_to].into_iter().flatten();
                let limit = limits.filter(|at| *at > as_of).min();
                let change = self.next_change(item, &choice, respond, as_of);
                change.into_iter().chain(limit).min()
            }
        };
        let response = respond.and_then(|place| router.policy.response().get(place));
        let outcome = Routed {
            to: to.map(|(_, assignment)| assignment),
            rule: choice.rule.and_then(|place| router.rules.get(place)).map(|way| way.id.clone()),
            response: response.map(|response| Respond { rule: response.id.clone(), within: response.within }),
        };
        Decision { outcome, reasons, basis: router.basis.clone(), as_of, next_change }
    }

    /// Who gets an item, by place and as it is said.
    fn assign(
        &mut self,
        item: &Item<'_>,
        needs: &Needs<'_>,
        choice: &Choice<'_>,
        as_of: DateTime<Utc>,
        reasons: &mut Vec<RoutingReason>,
    ) -> Option<(usize, Assignment)> {
        let router = self.router;
        if let Some(owner) = item.owner.filter(|_| choice.owner != OwnerRule::Ignored) {
            reasons.push(RoutingReason::OwnerAsked { person: owner.clone() });
            let place = router.place(owner);
            let limited = choice.owner == OwnerRule::WithinCapacity;
            match self.refusal(owner, place, limited, item, needs) {
                None => {
                    reasons.push(RoutingReason::OwnerKeeps { person: owner.clone() });
                    let assignment = Assignment { person: owner.clone(), by: By::Owner, queue: None };
                    return place.map(|place| (place, assignment));
                }
                Some(refusal) => reasons.push(refusal),
            }
        }
        for goal in choice.goals {
            match goal {
                Goal::Queue(queue) => {
                    if let Some(given) = self.ask(*queue, false, item, needs, as_of, reasons) {
                        return Some(given);
                    }
                }
                Goal::Person(person, place) => {
                    reasons.push(RoutingReason::PersonAsked { person: person.clone() });
                    match self.refusal(person, *place, true, item, needs) {
                        None => {
                            reasons.push(RoutingReason::Named { person: person.clone() });
                            let assignment = Assignment { person: person.clone(), by: By::Name, queue: None };
                            return place.map(|place| (place, assignment));
                        }
                        Some(refusal) => reasons.push(refusal),
                    }
                }
            }
        }
        for queue in &router.fallback {
            let asked = choice.goals.iter().any(|goal| matches!(goal, Goal::Queue(asked) if asked == queue));
            if !asked && let Some(given) = self.ask(*queue, true, item, needs, as_of, reasons) {
                return Some(given);
            }
        }
        None
    }

    /// Asks a queue.
    fn ask(
        &mut self,
        place: usize,
        fallback: bool,
        item: &Item<'_>,
        needs: &Needs<'_>,
        as_of: DateTime<Utc>,
        reasons: &mut Vec<RoutingReason>,
    ) -> Option<(usize, Assignment)> {
        let queue = self.router.queues.get(place)?;
        let id = || queue.id.clone();
        reasons.push(if fallback {
            RoutingReason::FallbackAsked { queue: id() }
        } else {
            RoutingReason::QueueAsked { queue: id() }
        });
        if queue.members.is_empty() {
            reasons.push(RoutingReason::QueueEmpty { queue: id() });
            return None;
        }
        // The rotation is that of those who are able, whether or not they can at present.
        self.key.copy(&self.able);
        self.key.keep(&queue.members);
        self.free.copy(&self.key);
        self.free.keep(&queue.turns);
        self.free.keep(&self.now.present);
        let effort = item.effort.steps();
        if item.effort == Effort::ONE {
            self.free.drop(&self.now.full);
        } else {
            let mut others = core::mem::take(&mut self.others);
            others.copy(&self.free);
            for place in others.iter().filter(|place| !self.fits(*place, effort)).collect::<Vec<_>>() {
                self.measure(place);
                if !self.fits(place, effort) {
                    self.free.remove(place);
                }
            }
            self.others = others;
        }
        self.others.copy(&queue.members);
        self.others.drop(&self.free);
        for member in self.others.iter() {
            let unable = self.now.present.has(member) && !self.able.has(member);
            if unable {
                reasons.extend(self.router.unable(member, item, needs));
            } else if let Some(held_up) = self.now.held_up(self.router, &self.loads, member, effort) {
                reasons.push(held_up.clone());
            } else {
                let person = self.router.name(member);
                reasons.extend(person.map(|person| RoutingReason::WeightZero { person }));
            }
        }
        let of = self.free.len();
        let turn = if of > 0 { self.turn(place, as_of) } else { None };
        let Some(turn) = turn else {
            reasons.push(RoutingReason::NobodyFree { queue: id() });
            return None;
        };
        let person = self.router.name(turn.place)?;
        reasons.push(RoutingReason::Turn {
            person: person.clone(),
            of: of.into(),
            behind: DecimalText(rounded(turn.behind)),
        });
        Some((turn.place, Assignment { person, by: By::Turn, queue: Some(id()) }))
    }

    /// Whether an effort fits somebody's capacity, as measured last.
    fn fits(&self, place: usize, effort: i64) -> bool {
        self.now.rooms.get(place).is_some_and(|room| effort <= room.fits)
    }

    /// Why somebody who is named does not get an item, if that is so.
    fn refusal(
        &mut self,
        person: &ActorId,
        place: Option<usize>,
        limited: bool,
        item: &Item<'_>,
        needs: &Needs<'_>,
    ) -> Option<RoutingReason> {
        let Some(place) = place else {
            return Some(RoutingReason::NotOnRoster { person: person.clone() });
        };
        if self.now.present.has(place) && !self.able.has(place) {
            return self.router.unable(place, item, needs);
        }
        self.measure(place);
        // Without a limit only what is not a matter of capacity holds somebody up.
        let effort = if limited { item.effort.steps() } else { i64::MIN };
        self.now.held_up(self.router, &self.loads, place, effort).cloned()
    }
}

impl Now {
    /// Why somebody cannot take an item of an effort now, whatever it is, if that is so.
    ///
    /// It is the same for item after item until something of this person changes, so it is kept.
    #[inline]
    fn held_up(
        &mut self,
        router: &Router,
        loads: &[Load],
        place: usize,
        effort: i64,
    ) -> Option<&RoutingReason> {
        if !matches!(self.refused.get(place), Some(Some((kept, _))) if *kept == effort) {
            let reason = self.find_out(router, loads, place, effort)?;
            *self.refused.get_mut(place)? = Some((effort, reason));
        }
        self.refused.get(place)?.as_ref().map(|(_, reason)| reason)
    }

    #[inline(never)]
    fn find_out(&self, router: &Router, loads: &[Load], place: usize, effort: i64) -> Option<RoutingReason> {
        let (listed, load) = router.people.get(place).zip(loads.get(place))?;
        let person = listed.id.clone();
        let text = |steps: i64| DecimalText(decimal(steps, Effort::PLACES));
        if !listed.active {
            return Some(RoutingReason::Inactive { person });
        }
        if !self.present.has(place) {
            let until = listed.away(self.from).and_then(|leave| leave.to);
            return Some(RoutingReason::Away { person, until });
        }
        Some(match load.full(&listed.capacity, effort, self.stamp, self.today)? {
            Full::Open { open, limit } => RoutingReason::OpenFull { person, open: text(open), limit },
            Full::Day { left, limit } => RoutingReason::DayFull { person, left: text(left), limit },
            Full::Window { used, limit } => {
                let (limit, hours) = (limit.effort, limit.hours);
                RoutingReason::WindowFull { person, used: text(used), limit, hours }
            }
        })
    }
}

/// Parts of an item as a decimal of four places, halves away from zero.
pub(crate) fn rounded(parts: i64) -> Decimal {
    const STEP: i64 = 10_i64.pow(PART_PLACES - 4);
    let half = if parts < 0 { -STEP / 2 } else { STEP / 2 };
    decimal(parts.saturating_add(half) / STEP, 4)
}
