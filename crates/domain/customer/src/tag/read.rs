//! Reading a document of tags, all problems at once.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

use guanxi_condition::{Condition, Span, Vocabulary};
use guanxi_policy::{Fields, Node};

use super::id::{TagGroupId, TagId};
use super::policy::{MAX_GROUPS, MAX_TAGS, Named, Tag, TagKind, TagPolicy};
use super::spec::{MergeSpec, TagGroupSpec, WhenUnknown, Wins};
use super::touched::Index;
use crate::read::optional;

/// A tag as far as it could be read.
struct Draft<'a> {
    node: Node<'a>,
    id: Option<TagId>,
    aliases: Vec<(TagId, Node<'a>)>,
    /// Whether it follows a rule, even one that is wrong.
    rule: bool,
    tag: Option<Tag>,
}

pub(super) fn read_policy(node: &Node<'_>) -> Option<TagPolicy> {
    let fields = node.fields(&["vocabulary", "zone", "week_start", "groups", "tags", "merges"]);
    let vocabulary = match fields.optional("vocabulary") {
        None => Some(Vocabulary::new()),
        Some(node) => Vocabulary::read(&node),
    };
    let zone = optional(&fields, "zone").map(Option::unwrap_or_default);
    let week_start = optional(&fields, "week_start").map(Option::unwrap_or_default);
    let (groups, group_ids) = read_groups(&fields);
    let drafts = fields.required("tags").and_then(|node| {
        let items = limited(&node, "tags", MAX_TAGS)?;
        if items.is_empty() {
            node.refuse("not_allowed", "at least one tag");
        }
        Some(items.iter().map(|node| read_tag(node, vocabulary.as_ref(), &group_ids)).collect::<Vec<_>>())
    });
    let (merges, merge_nodes) = read_merges(&fields);
    let drafts = drafts?;
    let names = name(&drafts, &merges, &merge_nodes);
    let complete = groups.len() == fields.optional("groups").map_or(0, |node| count(&node))
        && merges.len() == fields.optional("merges").map_or(0, |node| count(&node));
    let tags: Option<Vec<Tag>> = drafts.into_iter().map(|draft| draft.tag).collect();
    let (vocabulary, zone, week_start, tags) = (vocabulary?, zone?, week_start?, tags?);
    let index = Index::of(tags.iter().filter_map(Tag::rule));
    complete.then_some(TagPolicy { vocabulary, zone, week_start, groups, tags, merges, names, index })
}

fn count(node: &Node<'_>) -> usize {
    node.value().as_array().map_or(usize::MAX, Vec::len)
}

/// The items of a list of so many at most.
fn limited<'a>(node: &Node<'a>, what: &str, most: usize) -> Option<Vec<Node<'a>>> {
    let items = node.items()?;
    if items.len() > most {
        node.report("not_allowed", format!("{} {what}", items.len()), format!("at most {most} {what}"));
        return None;
    }
    Some(items)
}

/// The groups, as far as they are sound, and the names of all.
fn read_groups(fields: &Fields<'_>) -> (Vec<TagGroupSpec>, BTreeSet<TagGroupId>) {
    let (mut groups, mut ids) = (Vec::new(), BTreeSet::new());
    let node = fields.optional("groups");
    for node in node.and_then(|node| limited(&node, "groups", MAX_GROUPS)).unwrap_or_default() {
        let fields = node.fields(&["id", "wins"]);
        let id: Option<TagGroupId> = fields.required("id").and_then(|node| node.get());
        let wins = match fields.optional("wins") {
            None => Some(Wins::default()),
            Some(node) => node.choice(&[("first", Wins::First), ("latest", Wins::Latest)]),
        };
        let Some(id) = id else { continue };
        if !ids.insert(id.clone()) {
            node.report("duplicate", format!("`{id}`"), "each group once");
        }
        groups.extend(wins.map(|wins| TagGroupSpec { id, wins }));
    }
    (groups, ids)
}

fn read_tag<'a>(
    node: &Node<'a>,
    vocabulary: Option<&Vocabulary>,
    groups: &BTreeSet<TagGroupId>,
) -> Draft<'a> {
    let fields = node.fields(&["id", "when", "unknown", "expires", "group", "aliases"]);
    let id: Option<TagId> = fields.required("id").and_then(|node| node.get());
    let rule = fields.optional("when");
    let when = rule.as_ref().map(|node| Condition::read(node, vocabulary?));
    let unknown: Option<Option<WhenUnknown>> = optional(&fields, "unknown");
    let expires = optional(&fields, "expires");
    if let (Some(Some(span)), Some(node)) = (&expires, fields.optional("expires")) {
        check_span(&node, *span);
    }
    for (name, refused, allowed) in [
        ("unknown", rule.is_none(), "nothing: a tag that is set has no rule whose answer could be unknown"),
        ("expires", rule.is_some(), "nothing: a tag that follows a rule goes with it"),
    ] {
        if let Some(node) = fields.optional(name).filter(|_| refused) {
            node.refuse("not_allowed", allowed);
        }
    }
    let group: Option<Option<TagGroupId>> = optional(&fields, "group");
    if let (Some(Some(id)), Some(node)) = (&group, fields.optional("group"))
        && !groups.contains(id)
    {
        node.refuse("unknown_name", "a group of `groups`");
    }
    let listed = fields.optional("aliases");
    let listed = listed.map(|node| limited(&node, "aliases", MAX_GROUPS).unwrap_or_default());
    let listed = listed.unwrap_or_default();
    let aliases: Vec<(TagId, Node<'a>)> =
        listed.into_iter().filter_map(|node| Some((node.get()?, node))).collect();
    let tag = || {
        let kind = match when {
            None => TagKind::Set { expires: expires? },
            Some(when) => TagKind::Rule { when: when?, unknown: unknown?.unwrap_or_default() },
        };
        let aliases = aliases.iter().map(|(alias, _)| alias.clone()).collect();
        Some(Tag { id: id.clone()?, kind, group: group?, aliases })
    };
    let tag = tag();
    Draft { node: node.clone(), id, aliases, rule: rule.is_some(), tag }
}

fn check_span(node: &Node<'_>, span: Span) {
    let (length, most) = match span {
        Span::Hours(length) => (length, Span::MAX_DAYS * 24),
        Span::Days(length) => (length, Span::MAX_DAYS),
        Span::Weeks(length) => (length, Span::MAX_DAYS / 7),
        Span::Months(length) => (length, Span::MAX_YEARS * 12),
        Span::Years(length) => (length, Span::MAX_YEARS),
    };
    if !(1..=most).contains(&length) {
        node.refuse("not_allowed", format!("1 to {most} (a hundred years)"));
    }
}

/// The merges that are sound by themselves.
fn read_merges<'a>(fields: &Fields<'a>) -> (Vec<MergeSpec>, Vec<Node<'a>>) {
    let Some(node) = fields.optional("merges") else { return (Vec::new(), Vec::new()) };
    let nodes = limited(&node, "merges", MAX_TAGS).unwrap_or_default();
    let read = |node: Node<'a>| {
        let fields = node.fields(&["from", "into"]);
        let (from, into) = (fields.required("from"), fields.required("into"));
        let (from, into) = (from.and_then(|node| node.get()), into.and_then(|node| node.get()));
        Some((MergeSpec { from: from?, into: into? }, node))
    };
    nodes.into_iter().filter_map(read).unzip()
}

/// What every name stands for: those of tags, their aliases, and those of tags that were merged.
fn name(drafts: &[Draft<'_>], merges: &[MergeSpec], nodes: &[Node<'_>]) -> BTreeMap<TagId, Named> {
    let mut names: BTreeMap<TagId, Named> = BTreeMap::new();
    for (place, draft) in drafts.iter().enumerate() {
        let Some(id) = &draft.id else { continue };
        if names.insert(id.clone(), Named { place, merged: false }).is_some() {
            draft.node.report("duplicate", format!("`{id}`"), "each tag once");
        }
    }
    for (place, draft) in drafts.iter().enumerate() {
        for (alias, node) in &draft.aliases {
            if names.contains_key(alias) {
                node.refuse("duplicate", "a name that is neither a tag's nor another alias");
            } else {
                names.insert(alias.clone(), Named { place, merged: false });
            }
        }
    }
    let mut merged: BTreeMap<&TagId, &TagId> = BTreeMap::new();
    for (merge, node) in merges.iter().zip(nodes) {
        let from = &merge.from;
        if names.contains_key(from) {
            node.report("not_allowed", format!("`{from}`"), "a tag that is no more: take it out of `tags`");
        } else if merged.insert(from, &merge.into).is_some() {
            node.report("duplicate", format!("`{from}`"), "each tag merged once");
        }
    }
    let mut found = Vec::new();
    for (merge, node) in merges.iter().zip(nodes) {
        match resolve(&merge.into, &merged, &names) {
            Err(Lost::Circle) => {
                node.report("circle", format!("`{}`", merge.from), "merges that end in a tag");
            }
            Err(Lost::Unknown(name)) => {
                node.report("unknown_name", format!("`{name}`"), "a tag, an alias of one, or a merged tag");
            }
            Ok(Named { place, .. }) if drafts.get(place).is_some_and(|draft| draft.rule) => {
                let given = format!("`{}`, which follows a rule", merge.into);
                node.report(
                    "not_allowed",
                    given,
                    "a tag that is set; without the merge, what was set no longer counts",
                );
            }
            Ok(named) => found.push((merge.from.clone(), Named { merged: true, ..named })),
        }
    }
    for (from, named) in found {
        names.entry(from).or_insert(named);
    }
    names
}

/// Why a merge does not end in a tag.
enum Lost<'a> {
    Circle,
    Unknown(&'a TagId),
}

fn resolve<'a>(
    into: &'a TagId,
    merged: &BTreeMap<&'a TagId, &'a TagId>,
    names: &BTreeMap<TagId, Named>,
) -> Result<Named, Lost<'a>> {
    let (mut name, mut seen) = (into, BTreeSet::new());
    loop {
        if let Some(named) = names.get(name) {
            return Ok(*named);
        }
        if !seen.insert(name) {
            return Err(Lost::Circle);
        }
        name = merged.get(name).ok_or(Lost::Unknown(name))?;
    }
}
