//! Until when an item waits.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};

use crate::bits::Bits;
use crate::desk::Desk;
use crate::item::Item;
use crate::route::Choice;
use crate::router::Goal;
use crate::spec::OwnerRule;

/// How often other conditions may change without consequence before the search ends; it then says that
/// something may change where it has got to, which is never too late.
const LOOKS: usize = 1_000;

impl Desk<'_> {
    /// The first instant after another at which time alone brings an item that waits another outcome.
    pub(crate) fn next_change(
        &self,
        item: &Item<'_>,
        choice: &Choice<'_>,
        respond: Option<usize>,
        as_of: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut able = self.able.clone();
        // Nobody comes free before this as long as the same rule holds and nothing more is known.
        let mut free = self.free_from(item, choice, &able, as_of);
        let mut at = as_of;
        for _ in 0..LOOKS {
            let known = self.router.known_from(item, at);
            let flip = self.flip(item, choice.rule, respond, at).into_iter().chain(known).min();
            let Some(flip) = flip.filter(|flip| free.is_none_or(|free| *flip <= free)) else { return free };
            let then = self.router.choose(item, flip, &mut Vec::new());
            if then.rule != choice.rule || self.router.respond(item, flip) != respond {
                return Some(flip);
            }
            if known == Some(flip) {
                self.router.find_able(item, &self.router.needs(item, flip), &mut able);
                free = self.free_from(item, choice, &able, flip);
            }
            if free == Some(flip) {
                return free;
            }
            at = flip;
        }
        Some(at)
    }

    /// When a condition that has been asked changes next.
    fn flip(
        &self,
        item: &Item<'_>,
        rule: Option<usize>,
        respond: Option<usize>,
        at: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let moment = self.router.policy.moment(at);
        let asked = |place: Option<usize>| place.map_or(usize::MAX, |place| place.saturating_add(1));
        let rules = self.router.rules.iter().take(asked(rule)).map(|way| &way.when);
        let responses = self.router.responses.iter().take(asked(respond));
        rules.chain(responses).filter_map(|condition| condition.next_change(&item.given, &moment)).min()
    }

    /// When somebody of those who are able can take an item as long as the same rule holds.
    fn free_from(
        &self,
        item: &Item<'_>,
        choice: &Choice<'_>,
        able: &Bits,
        from: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let router = self.router;
        let owner = item.owner.filter(|_| choice.owner != OwnerRule::Ignored);
        let owner = owner.and_then(|owner| router.place(owner));
        let free = |place: usize, limited: bool| {
            able.has(place).then(|| self.person_free(place, limited, item, from)).flatten()
        };
        let owner_free = owner.and_then(|place| free(place, choice.owner == OwnerRule::WithinCapacity));
        let of_queue = |queue: usize| {
            let members = router.queues.get(queue)?.turns.iter();
            members.filter_map(|place| free(place, true)).min()
        };
        let goals = choice.goals.iter().filter_map(|goal| match goal {
            Goal::Queue(queue) => of_queue(*queue),
            Goal::Person(_, place) => free((*place)?, true),
        });
        let fallback = router.fallback.iter().filter_map(|queue| of_queue(*queue));
        goals.chain(fallback).chain(owner_free).min()
    }

    /// The first instant, from one on, at which somebody is there and has the capacity.
    fn person_free(
        &self,
        place: usize,
        limited: bool,
        item: &Item<'_>,
        from: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let (person, load) = self.router.people.get(place).zip(self.loads.get(place))?;
        if !person.active {
            return None;
        }
        let (zone, effort) = (self.router.policy.zone(), item.effort.steps());
        let mut at = from;
        loop {
            // Every round ends a time away, so there are no more rounds than times away.
            while let Some(leave) = person.away(at) {
                at = leave.to?;
            }
            let free = if limited { load.free_from(&person.capacity, effort, at, zone)? } else { at };
            if free == at {
                return Some(at);
            }
            at = free;
        }
    }
}
