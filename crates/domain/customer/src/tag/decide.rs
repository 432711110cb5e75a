//! Which tags a subject has at an instant, and why.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, Given, Moment, Truth};
use guanxi_core::{Basis, Decision, SubjectId};
use guanxi_policy::Head;

use super::assignment::{Assignment, Assignments};
use super::by_hand::{ByHand, Lapse};
use super::id::{TagGroupId, TagId};
use super::policy::{Rule, Tag, TagKind, TagPolicy, TagsDocument};
use super::reason::TagReason;
use super::set::{TagOrigin, TagSet, Tagged};
use super::spec::{WhenUnknown, Wins};

/// What the tags of a subject are decided by.
#[derive(Clone, Copy)]
pub struct TagInput<'a> {
    /// Whose tags.
    pub subject: &'a SubjectId,
    /// The tags that were set, for anybody.
    pub assignments: &'a Assignments,
    /// The subject's facts and events, which rules read.
    pub given: Given<'a>,
    /// The tags of the subject when they were last decided; `None` the first time.
    pub previous: Option<&'a TagSet>,
}

/// How far the tag of a rule is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether it is on.
    pub(super) on: bool,
    /// The first later instant at which time alone turns it.
    pub(super) turns_at: Option<DateTime<Utc>>,
}

/// Decides which tags a subject has.
///
/// A tag that is set counts while one of its assignments does. A tag that follows a rule is on while the
/// rule holds; while the rule's answer is unknown it is off, or stays as it was in the previous set. Of an
/// exclusive group the winner counts, and the others are outranked.
///
/// Reasons come by tag, in the order of the document; then what names no tag of it; then the document's
/// validity. `next_change` is the first instant at which the same call, with the set returned as its
/// previous one, has another outcome, or at which the document comes into force or ends.
pub fn tags(
    document: &TagsDocument,
    input: &TagInput<'_>,
    as_of: DateTime<Utc>,
) -> Decision<TagSet, TagReason> {
    let asked = Asked::new(document.body(), input, as_of);
    let standings: Vec<Standing> = asked.policy.rules().map(|rule| asked.standing(&rule)).collect();
    let settled = asked.settle(&standings);
    let mut reasons: Vec<TagReason> = asked
        .policy
        .tags()
        .enumerate()
        .flat_map(|(place, tag)| asked.why(place, tag, &settled.set))
        .collect();
    reasons.extend(asked.strays.iter().map(|tag| TagReason::UnknownTag { tag: (*tag).clone() }));
    let Head { effective_from: from, effective_to: to, .. } = *document.head();
    if !document.head().in_force(as_of) {
        reasons.push(TagReason::PolicyNotInForce { from, to });
    }
    let next_change = [from, to, settled.next_change].into_iter().flatten().filter(|at| *at > as_of).min();
    let basis = Basis { policy: document.stamp(), reference: None };
    Decision { outcome: settled.set, reasons, basis, as_of, next_change }
}

/// The tags of a subject, and until when they stand.
pub(super) struct Settled {
    pub(super) set: TagSet,
    pub(super) next_change: Option<DateTime<Utc>>,
}

/// A tag that the subject would have, had its group no other one.
struct Candidate<'a> {
    group: Option<&'a TagGroupId>,
    tagged: Tagged,
    /// Since when it is what it is: the greatest is the latest of a group.
    latest: DateTime<Utc>,
}

/// One question for the tags of a subject, as far as it needs no rule.
pub(super) struct Asked<'a> {
    pub(super) policy: &'a TagPolicy,
    moment: Moment,
    given: Given<'a>,
    /// The tags of before by their present names.
    previous: BTreeMap<&'a TagId, &'a Tagged>,
    /// The tags that were ever set, by their place in the document.
    by_hand: BTreeMap<usize, ByHand<'a>>,
    /// Names that were set, or were there before, and that the document does not know.
    strays: BTreeSet<&'a TagId>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(policy: &'a TagPolicy, input: &TagInput<'a>, as_of: DateTime<Utc>) -> Self {
        let mut strays = BTreeSet::new();
        let mut assigned: BTreeMap<usize, Vec<&'a Assignment>> = BTreeMap::new();
        for assignment in input.assignments.of(input.subject) {
            match policy.names.get(&assignment.tag) {
                Some(named) => assigned.entry(named.place).or_default().push(assignment),
                // Before it was set, nobody knew of it.
                None if assignment.set_at <= as_of => {
                    strays.insert(&assignment.tag);
                }
                None => {}
            }
        }
        let mut previous = BTreeMap::new();
        for tagged in input.previous.iter().flat_map(|set| set.tags.iter().chain(&set.outranked)) {
            match policy.find(&tagged.tag) {
                Some(tag) => {
                    previous.entry(tag.id()).or_insert(tagged);
                }
                None => {
                    strays.insert(&tagged.tag);
                }
            }
        }
        let by_hand = |(place, assignments): (usize, Vec<&'a Assignment>)| {
            let tag = policy.tags.get(place)?;
            let expires = if let TagKind::Set { expires } = tag.kind { expires } else { None };
            Some((place, ByHand::new(&tag.id, &assignments, expires, policy.zone)))
        };
        Self {
            policy,
            moment: policy.moment(as_of),
            given: input.given,
            previous,
            by_hand: assigned.into_iter().filter_map(by_hand).collect(),
            strays,
        }
    }

    /// The tag as it was before, unless that was later than now.
    fn before(&self, tag: &TagId) -> Option<&'a Tagged> {
        self.previous.get(tag).copied().filter(|tagged| tagged.since <= self.moment.as_of)
    }

    /// Asks a rule whether its tag is on, and when that turns.
    pub(super) fn standing(&self, rule: &Rule<'a>) -> Standing {
        let turned = |truth: Truth, was: bool| match truth {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => was && rule.unknown == WhenUnknown::Keep,
        };
        let on = turned(rule.when.holds(&self.given, &self.moment), self.before(rule.tag).is_some());
        // Between false and unknown the answer may go to and fro and turn nothing.
        let turns_at = rule.when.next_time(&self.given, &self.moment, |truth| turned(truth, on) != on);
        Standing { on, turns_at }
    }

    /// The tags, given how far those of the rules are decided, in the order of the rules.
    pub(super) fn settle(&self, standings: &[Standing]) -> Settled {
        let as_of = self.moment.as_of;
        let mut rules = standings.iter();
        let mut change: Option<DateTime<Utc>> = None;
        let mut candidates = Vec::new();
        for (place, tag) in self.policy.tags().enumerate() {
            let group = tag.group();
            let (candidate, next) = match &tag.kind {
                TagKind::Rule { .. } => {
                    let Some(standing) = rules.next() else { continue };
                    let since = self.before(&tag.id).map_or(as_of, |before| before.since);
                    let tagged = Tagged {
                        tag: tag.id.clone(),
                        since,
                        until: standing.turns_at,
                        origin: TagOrigin::Rule,
                    };
                    let candidate = Candidate { group, tagged, latest: since };
                    (standing.on.then_some(candidate), standing.turns_at)
                }
                TagKind::Set { .. } => {
                    let Some(by_hand) = self.by_hand.get(&place) else { continue };
                    let candidate = by_hand.at(as_of).zip(by_hand.latest(as_of));
                    let candidate = candidate.map(|(tagged, latest)| Candidate { group, tagged, latest });
                    (candidate, by_hand.next_change(as_of))
                }
            };
            change = change.into_iter().chain(next).min();
            candidates.extend(candidate);
        }
        Settled { set: self.rank(candidates), next_change: change }
    }

    /// Lets one tag of every exclusive group win.
    fn rank(&self, candidates: Vec<Candidate<'a>>) -> TagSet {
        let mut winners: BTreeMap<&TagGroupId, (usize, DateTime<Utc>)> = BTreeMap::new();
        for (place, candidate) in candidates.iter().enumerate() {
            let Some(group) = candidate.group else { continue };
            let later =
                |best: DateTime<Utc>| self.policy.wins(group) == Wins::Latest && candidate.latest > best;
            if winners.get(group).is_none_or(|(_, best)| later(*best)) {
                winners.insert(group, (place, candidate.latest));
            }
        }
        let mut set = TagSet::default();
        for (place, candidate) in candidates.into_iter().enumerate() {
            let winner = candidate.group.and_then(|group| winners.get(group));
            let wins = winner.is_none_or(|(winner, _)| *winner == place);
            if wins { &mut set.tags } else { &mut set.outranked }.push(candidate.tagged);
        }
        set
    }

    /// Why the subject has a tag, or has it no longer, or might have it.
    pub(super) fn why(&self, place: usize, tag: &Tag, set: &TagSet) -> Vec<TagReason> {
        let mut reasons = match &tag.kind {
            TagKind::Set { .. } => self.why_set(place, tag),
            TagKind::Rule { when, .. } => self.why_rule(place, tag, when, set),
        };
        let outranked = set.outranked.iter().any(|tagged| tagged.tag == tag.id);
        if let Some(group) = tag.group().filter(|_| outranked) {
            let in_group =
                |by: &&TagId| self.policy.find(by).is_some_and(|other| other.group() == Some(group));
            if let Some(by) = set.ids().find(in_group) {
                let (tag, by, group) = (tag.id.clone(), by.clone(), group.clone());
                reasons.push(TagReason::Outranked { tag, by, group });
            }
        }
        reasons
    }

    fn why_set(&self, place: usize, tag: &Tag) -> Vec<TagReason> {
        let as_of = self.moment.as_of;
        let id = || tag.id.clone();
        let Some(by_hand) = self.by_hand.get(&place) else { return Vec::new() };
        if let Some(Tagged { origin: TagOrigin::Set { by, at }, .. }) = by_hand.at(as_of) {
            let merged: BTreeSet<&TagId> =
                by_hand.other_names(as_of).filter(|name| self.policy.is_merged(name)).collect();
            let merged = merged.into_iter().map(|from| TagReason::Merged { tag: id(), from: from.clone() });
            return core::iter::once(TagReason::Set { tag: id(), by, at }).chain(merged).collect();
        }
        let lapse = by_hand.lapse(as_of).map(|lapse| match lapse {
            Lapse::Expired { at } => TagReason::Expired { tag: id(), at },
            Lapse::Removed { at } => TagReason::Removed { tag: id(), at },
            Lapse::NotYet { from } => TagReason::NotYet { tag: id(), from },
        });
        lapse.into_iter().collect()
    }

    fn why_rule(&self, place: usize, tag: &Tag, when: &Condition, set: &TagSet) -> Vec<TagReason> {
        let id = || tag.id.clone();
        let mut reasons = Vec::new();
        if self.by_hand.get(&place).is_some_and(|by_hand| by_hand.has_begun(self.moment.as_of)) {
            reasons.push(TagReason::FollowsRule { tag: id() });
        }
        let previous = self.previous.get(&tag.id);
        if let Some(Tagged { since, .. }) = previous.filter(|tagged| tagged.since > self.moment.as_of) {
            reasons.push(TagReason::PreviousFromFuture { tag: id(), since: *since });
        }
        let held = set.held(&tag.id);
        // Most rules do not hold, and that needs no reason: an answer is cheaper than an explanation.
        if held.is_none() && previous.is_none() && when.holds(&self.given, &self.moment) == Truth::False {
            return reasons;
        }
        let explained = when.explain(&self.given, &self.moment);
        if let Some(Tagged { since, .. }) = held.filter(|_| explained.truth == Truth::Unknown) {
            reasons.push(TagReason::Kept { tag: id(), since: *since });
        }
        reasons.extend(explained.deciding.into_iter().map(|leaf| match explained.truth {
            Truth::True => TagReason::Holds { tag: id(), leaf },
            Truth::Unknown => TagReason::Unclear { tag: id(), leaf },
            Truth::False => TagReason::Fails { tag: id(), leaf },
        }));
        reasons
    }

    /// Why, of a name in a set of before or of now.
    pub(super) fn why_name(&self, name: &TagId, set: &TagSet) -> Vec<TagReason> {
        let named = self.policy.names.get(name);
        match named.and_then(|named| Some((named.place, self.policy.tags.get(named.place)?))) {
            Some((place, tag)) => self.why(place, tag, set),
            None => Vec::from([TagReason::UnknownTag { tag: name.clone() }]),
        }
    }
}
