//! The tags once more, slow and plain, from the page that describes them.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, EventLog, Given, Moment, Truth};
use guanxi_core::Zone;
use guanxi_customer::{Assignment, SetBy, TagOrigin, TagSet, TagsSpec, WhenUnknown, Wins};
use guanxi_policy::Body;
use proptest::prelude::*;

use crate::c1;
use crate::laws::{Question, question};

type Instant = DateTime<Utc>;

/// The present name of a tag, by following aliases and merges as a reader would.
fn present(spec: &TagsSpec, name: &str) -> Option<String> {
    let mut name = name.to_owned();
    for _ in 0..=spec.merges.len() {
        if let Some(tag) = spec
            .tags
            .iter()
            .find(|tag| tag.id.as_str() == name || tag.aliases.iter().any(|alias| alias.as_str() == name))
        {
            return Some(tag.id.to_string());
        }
        name = spec.merges.iter().find(|merge| merge.from.as_str() == name)?.into.to_string();
    }
    None
}

/// Of several versions of one assignment, the more limited one.
fn versions(all: &[Assignment]) -> Vec<Assignment> {
    let mut kept: Vec<Assignment> = Vec::new();
    for one in all.iter().filter(|one| one.subject == c1()) {
        let same = |other: &&mut Assignment| {
            (&other.tag, &other.set_by, other.set_at) == (&one.tag, &one.set_by, one.set_at)
        };
        match kept.iter_mut().find(|other| same(other)) {
            None => kept.push(one.clone()),
            Some(other) => {
                let end = |at: Option<Instant>| at.unwrap_or(Instant::MAX_UTC);
                let order = end(one.removed_at)
                    .cmp(&end(other.removed_at))
                    .then(end(one.until).cmp(&end(other.until)))
                    .then(other.from.cmp(&one.from));
                if order.is_lt() {
                    *other = one.clone();
                }
            }
        }
    }
    kept
}

fn begins(one: &Assignment) -> Instant {
    one.from.map_or(one.set_at, |from| if from > one.set_at { from } else { one.set_at })
}

struct Slow<'q> {
    spec: TagsSpec,
    zone: Zone,
    question: &'q Question,
    set: Vec<Assignment>,
}

/// Tag, since, until (of tags that are set), who set it.
type Row = (String, Instant, Option<Option<Instant>>, Option<SetBy>);

impl Slow<'_> {
    fn counts(&self, one: &Assignment, tag: &str, at: Instant) -> bool {
        if present(&self.spec, one.tag.as_str()).as_deref() != Some(tag) {
            return false;
        }
        let expires =
            self.spec.tags.iter().find(|known| known.id.as_str() == tag).and_then(|known| known.expires);
        let over = expires.and_then(|span| span.after(begins(one), self.zone));
        let ended = [one.until, one.removed_at, over].into_iter().flatten().any(|end| end <= at);
        begins(one) <= at && !ended
    }

    fn is_set(&self, tag: &str, at: Instant) -> bool {
        self.set.iter().any(|one| self.counts(one, tag, at))
    }

    /// Every instant at which anything of an assignment happens.
    fn bounds(&self) -> Vec<Instant> {
        let expiries = self.set.iter().flat_map(|one| {
            self.spec.tags.iter().filter_map(|tag| tag.expires?.after(begins(one), self.zone))
        });
        let own = self.set.iter().flat_map(|one| [Some(begins(one)), one.until, one.removed_at]);
        let mut bounds: Vec<Instant> = own.flatten().chain(expiries).collect();
        bounds.sort();
        bounds
    }

    fn set_row(&self, tag: &str) -> Option<(Row, Instant)> {
        let now = self.question.as_of;
        if !self.is_set(tag, now) {
            return None;
        }
        let bounds = self.bounds();
        // Back from one bound to the one before, as long as the tag is there at each.
        let back: Vec<Instant> = bounds.iter().rev().copied().filter(|at| *at <= now).collect();
        let stretch: Vec<Instant> = back.into_iter().take_while(|at| self.is_set(tag, *at)).collect();
        let first = *stretch.last().unwrap();
        let of_tag = |one: &&Assignment| {
            // One that never counts has no part in it.
            self.counts(one, tag, begins(one)) && first <= begins(one) && begins(one) <= now
        };
        let since = self.set.iter().filter(of_tag).map(|one| one.from.unwrap_or(one.set_at)).min().unwrap();
        let until = bounds.iter().copied().filter(|at| *at > now).find(|at| !self.is_set(tag, *at));
        let counting = self.set.iter().filter(|one| self.counts(one, tag, now));
        let last = counting
            .max_by_key(|one| (begins(one), one.set_at, one.set_by.clone(), one.tag.clone()))
            .unwrap();
        Some(((tag.into(), since, Some(until), Some(last.set_by.clone())), begins(last)))
    }

    fn rule_row(&self, tag: &str, rule: &Condition, keep: bool) -> Option<(Row, Instant)> {
        let now = self.question.as_of;
        let log = self.question.events.as_ref().map(EventLog::new);
        let given = Given { facts: &self.question.facts, events: log.as_ref() };
        let moment = Moment { as_of: now, zone: self.zone, ..Moment::utc(now) };
        let previous = self.question.previous.iter().flat_map(|set| set.tags.iter().chain(&set.outranked));
        let before = previous
            .filter(|tagged| tagged.since <= now)
            .find(|tagged| present(&self.spec, tagged.tag.as_str()).as_deref() == Some(tag))
            .map(|tagged| tagged.since);
        let on = match rule.holds(&given, &moment) {
            Truth::True => true,
            Truth::Unknown => keep && before.is_some(),
            Truth::False => false,
        };
        let since = before.unwrap_or(now);
        on.then(|| ((tag.to_owned(), since, None, None), since))
    }

    fn answer(&self) -> (Vec<Row>, Vec<Row>) {
        let vocabulary = self.question.document.body().vocabulary();
        let mut rows: Vec<(Row, Instant, Option<String>)> = Vec::new();
        for tag in &self.spec.tags {
            let row = match &tag.when {
                None => self.set_row(tag.id.as_str()),
                Some(rule) => {
                    let rule = Condition::parse(rule.0.as_str().unwrap(), vocabulary).unwrap();
                    self.rule_row(tag.id.as_str(), &rule, tag.unknown == Some(WhenUnknown::Keep))
                }
            };
            rows.extend(row.map(|(row, latest)| (row, latest, tag.group.as_ref().map(ToString::to_string))));
        }
        let mut winners: BTreeMap<String, String> = BTreeMap::new();
        for group in &self.spec.groups {
            let mut members: Vec<_> =
                rows.iter().filter(|(.., of)| of.as_deref() == Some(group.id.as_str())).collect();
            if group.wins == Wins::Latest {
                // A stable sort: of several at one instant, the first stays first.
                members.sort_by(|(_, a, _), (_, b, _)| b.cmp(a));
            }
            if let Some((row, ..)) = members.first() {
                winners.insert(group.id.to_string(), row.0.clone());
            }
        }
        let wins = |(row, _, group): &(Row, Instant, Option<String>)| {
            group.as_ref().is_none_or(|group| winners.get(group) == Some(&row.0))
        };
        let (tags, outranked): (Vec<_>, Vec<_>) = rows.into_iter().partition(wins);
        let rows =
            |rows: Vec<(Row, Instant, Option<String>)>| rows.into_iter().map(|(row, ..)| row).collect();
        (rows(tags), rows(outranked))
    }
}

fn rows(tags: &[guanxi_customer::Tagged]) -> Vec<Row> {
    tags.iter()
        .map(|tagged| match &tagged.origin {
            TagOrigin::Rule => (tagged.tag.to_string(), tagged.since, None, None),
            TagOrigin::Set { by, .. } => {
                (tagged.tag.to_string(), tagged.since, Some(tagged.until), Some(by.clone()))
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_plain_reading_gives_the_same_tags(question in question()) {
        let spec = question.document.body().spec();
        let all: Vec<Assignment> = question.assignments.iter().cloned().collect();
        let slow = Slow { zone: spec.zone, spec, question: &question, set: versions(&all) };
        let TagSet { tags, outranked } = question.at(question.previous.as_ref(), question.as_of).outcome;
        prop_assert_eq!((rows(&tags), rows(&outranked)), slow.answer());
    }

    #[test]
    fn the_plain_reading_keeps_the_same_versions(all in prop::collection::vec(guanxi_customer::arbitrary::tags::assignment(), 0..8)) {
        // Versions of few assignments: everything but the limits is the same.
        let all: Vec<Assignment> = all.iter().enumerate().map(|(n, one)| Assignment {
            tag: "t0".parse().unwrap(), subject: c1(), set_by: all[n % 2].set_by.clone(), set_at: all[0].set_at, ..one.clone()
        }).collect();
        let kept: guanxi_customer::Assignments = all.iter().cloned().collect();
        let mut slow = versions(&all);
        slow.sort_by(|a, b| a.set_by.cmp(&b.set_by));
        prop_assert_eq!(kept.iter().cloned().collect::<Vec<_>>(), slow);
    }
}
