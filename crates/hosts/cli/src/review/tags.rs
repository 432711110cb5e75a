//! The tags of everybody, if the folder says which there are.
use std::collections::BTreeSet;
use std::path::Path;

use chrono::FixedOffset;
use guanxi::condition::{EventLog, Given};
use guanxi::core::{Arg, Decision, Share, Stamp, UtcOffset, Version};
use guanxi::customer::{
    Assignments, TagCounts, TagInput, TagKind, TagPolicy, TagReason, TagSet, TagsDocument, tag_preset, tags,
};
use guanxi::policy::{Body, Document, Head, check};
use guanxi::portfolio::{Member, Population};
use serde::Serialize;
use serde_json::Value;

use super::Words;
use super::decided::Decided;
use super::prepare::{Review, located};
use super::segments::Segments;
use super::stages::Stages;
use crate::document;
use crate::folder::{Folder, PolicyChoice, TagsChoice};
use crate::output::Failure;

/// What the tags are decided by, besides the facts.
pub(crate) struct Tagging {
    pub(super) document: TagsDocument,
    pub(super) assignments: Assignments,
}

/// The document of tags that a folder names or holds.
pub(super) fn read(folder: &Folder, dir: &Path) -> Result<Option<TagsDocument>, Failure> {
    let document = match &folder.tags {
        None => return Ok(None),
        Some(TagsChoice::Document(PolicyChoice::File(path))) => document::read(&dir.join(path))?,
        Some(TagsChoice::Document(PolicyChoice::Preset(id))) => {
            tag_preset(id).ok_or_else(|| Failure::told(format!("no tags `{id}`")))?
        }
        Some(TagsChoice::Own(body)) => own(folder, body)?,
    };
    Ok(Some(document))
}

/// Tags that stand in `guanxi.toml` itself: their days are those of the folder, unless they say otherwise.
fn own(folder: &Folder, body: &Value) -> Result<TagsDocument, Failure> {
    let mut body = body.clone();
    if let Value::Object(fields) = &mut body {
        let offset = offset(folder.utc_offset).map_err(Failure::told)?;
        fields.entry("zone").or_insert_with(|| Value::from(offset.to_string()));
    }
    let policy = check(&body, TagPolicy::read).map_err(|problems| located(folder, "tags.", &problems))?;
    let id = crate::folder::CONFIG.parse().map_err(Failure::told)?;
    let version = Version::new("1").map_err(Failure::told)?;
    Ok(Document::seal(Head { id, version, effective_from: None, effective_to: None }, policy))
}

fn offset(offset: FixedOffset) -> Result<UtcOffset, guanxi::core::UtcOffsetError> {
    UtcOffset::try_from(offset.to_string())
}

/// The tags of everybody, in the order of the population's members.
pub(super) struct Tags {
    pub(super) decisions: Vec<Decision<TagSet, TagReason>>,
    pub(super) counts: TagCounts,
}

/// A tag on the board.
pub(super) struct TagRow {
    pub(super) label: String,
    /// Whether it follows a rule.
    pub(super) rule: bool,
    pub(super) count: u64,
    pub(super) share: Option<Share>,
    /// Those for whom another tag of its group won.
    pub(super) outranked: u64,
}

impl Tags {
    /// Tags everybody, prospects too. Rules may read what the review decided, as [`Decided`] names it.
    pub(super) fn of(
        review: &Review,
        population: &Population<'_>,
        segments: &Segments,
        stages: &Stages,
    ) -> Option<Self> {
        let Tagging { document, assignments } = review.tagging.as_ref()?;
        let mut counts = TagCounts::default();
        let decide = |(place, member): (usize, &Member)| {
            let facts = Decided::of(member, segments, stages, place);
            let log = EventLog::new(review.ledger.of(&member.subject));
            let given = Given { facts: &facts, events: Some(&log) };
            let input = TagInput { subject: &member.subject, assignments, given, previous: None };
            let decision = tags(document, &input, review.as_of);
            counts.add(&decision.outcome);
            decision
        };
        let decisions = population.members().iter().enumerate().map(decide).collect();
        Some(Self { decisions, counts })
    }

    /// Every tag of the document, whether anybody has it or not.
    pub(super) fn rows(&self, document: &TagsDocument, words: &Words) -> Vec<TagRow> {
        let row = |tag: &guanxi::customer::Tag| {
            let count = self.counts.tags.get(tag.id()).copied().unwrap_or_default();
            TagRow {
                label: words.labels.label("tag", tag.id().as_str()).to_owned(),
                rule: matches!(tag.kind(), TagKind::Rule { .. }),
                count: count.count,
                share: Share::of(count.count, self.counts.subjects),
                outranked: count.outranked,
            }
        };
        document.body().tags().map(row).collect()
    }

    /// The names that were set and that no tag has, in one line; nothing if there are none.
    pub(super) fn unknown(&self, words: &Words) -> Option<String> {
        let reasons = self.decisions.iter().flat_map(|decision| &decision.reasons);
        let names: BTreeSet<&str> = reasons
            .filter_map(|reason| match reason {
                TagReason::UnknownTag { tag } => Some(tag.as_str()),
                _ => None,
            })
            .collect();
        let names = names.into_iter().collect::<Vec<_>>().join(&words.word("and_so_on"));
        (!names.is_empty()).then(|| words.say("tags_unknown", &[("tags", Arg::Text(names))]))
    }

    /// The codes of a member's tags.
    pub(super) fn codes(&self, place: usize) -> String {
        let ids = self.decisions.get(place).into_iter().flat_map(|decision| decision.outcome.ids());
        ids.map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// The tags as data, for `segments.json`.
#[derive(Serialize)]
pub(super) struct Part<'a> {
    policy: Stamp,
    counts: &'a TagCounts,
}

impl Tags {
    pub(super) fn part(&self, review: &Review) -> Option<Part<'_>> {
        let policy = review.tagging.as_ref()?.document.stamp();
        Some(Part { policy, counts: &self.counts })
    }
}
