//! Reading a definition so that every problem is named.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_condition::{Condition, Span, Vocabulary};
use guanxi_core::{EventKind, EventPattern, FactId};
use guanxi_policy::{Fields, Node};
use serde_json::Value;

use crate::definition::{Edge, Flag, Guard, Lifecycle};
use crate::id::StageId;
use crate::spec::{
    EdgeSpec, FlagSpec, LifecycleSpec, MAX_EDGES, MAX_FLAGS, MAX_STAGES, Origin, ReentrySpec, StageKind,
    StageSpec, Unknown, kinds,
};

/// The most entries of a list within an edge or a flag.
const MAX_LIST: usize = 64;
/// The most times that an edge may be limited to.
const MAX_TIMES: u16 = 1_000;
/// The greatest span, in hours, days, weeks, months and years.
const MAX_SPAN: [u32; 5] = [876_600, 36_525, 5_217, 1_200, 100];

const UNKNOWN: [(&str, Unknown); 2] = [("fails", Unknown::Fails), ("holds", Unknown::Holds)];

/// A list of so many items: every item is read, and none is kept if one is wrong.
fn list<'a, T>(
    node: &Node<'a>,
    what: &str,
    allowed: core::ops::RangeInclusive<usize>,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = node.items()?;
    if !allowed.contains(&items.len()) {
        let range = format!("{} to {} {what}", allowed.start(), allowed.end());
        node.report("not_allowed", format!("{} {what}", items.len()), range);
        return None;
    }
    let items: Vec<Option<T>> = items.iter().map(read).collect();
    items.into_iter().collect()
}

/// A list within an edge or a flag, each item once.
fn each_once<'a, T: Ord + Clone>(
    fields: &Fields<'a>,
    name: &str,
    mut read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
    let mut seen = BTreeSet::new();
    list(&node, "entries", 0..=MAX_LIST, |node| {
        let item = read(node)?;
        if !seen.insert(item.clone()) {
            node.refuse("duplicate", "each entry once");
            return None;
        }
        Some(item)
    })
}

/// What edges and flags are read with.
struct Context {
    /// `None` if the vocabulary itself is broken: then what names it cannot be judged.
    vocabulary: Option<Vocabulary>,
    stages: Vec<StageSpec>,
}

impl Context {
    fn kind(&self, stage: &StageId) -> Option<StageKind> {
        self.stages.iter().find(|own| own.id == *stage).map(|own| own.kind)
    }

    fn rank(&self, stage: &StageId) -> Option<usize> {
        self.stages.iter().filter(|own| own.kind == StageKind::Open).position(|own| own.id == *stage)
    }

    /// The stages that are not terminal.
    fn living(&self) -> impl Iterator<Item = &StageId> {
        let living = self.stages.iter().filter(|stage| stage.kind != StageKind::Terminal);
        living.map(|stage| &stage.id)
    }

    fn stage(&self, node: &Node<'_>) -> Option<StageId> {
        let stage: StageId = node.get()?;
        if self.kind(&stage).is_none() {
            let names: Vec<&str> = self.stages.iter().map(|own| own.id.as_str()).collect();
            node.refuse("unknown_name", names.join(", "));
            return None;
        }
        Some(stage)
    }

    fn fact(&self, node: &Node<'_>) -> Option<FactId> {
        let fact: FactId = node.get()?;
        let vocabulary = self.vocabulary.as_ref()?;
        if vocabulary.fact(fact.as_str()).is_none() {
            let names: Vec<&str> = vocabulary.facts().map(|(id, _)| id.as_str()).collect();
            node.refuse("unknown_name", format!("a fact of the vocabulary: {}", shown(&names)));
            return None;
        }
        Some(fact)
    }

    fn trigger(&self, node: &Node<'_>) -> Option<EventPattern> {
        let trigger: EventPattern = node.get()?;
        if let (EventPattern::Kind(kind), Some(vocabulary)) = (&trigger, &self.vocabulary) {
            if kind.as_str() == kinds::STAY {
                node.refuse("not_allowed", "a kind of events that are given; this one is made for guards");
                return None;
            }
            if !vocabulary.knows(kind) {
                let own = vocabulary.kinds().map(EventKind::as_str).filter(|kind| *kind != kinds::STAY);
                let own: Vec<&str> = own.collect();
                let allowed = format!("a standard kind, or one of the vocabulary: {}", shown(&own));
                node.refuse("unknown_name", allowed);
                return None;
            }
        }
        Some(trigger)
    }

    fn guard(&self, when: &Node<'_>, unknown: Option<Unknown>) -> Option<Guard> {
        let vocabulary = self.vocabulary.as_ref()?;
        let when = Condition::read(when, vocabulary)?;
        Some(Guard::new(when, unknown?, vocabulary))
    }

    /// The condition that a fact is known.
    fn known(&self, fact: FactId) -> Option<(FactId, Condition)> {
        let tree = serde_json::json!({"fact": fact.as_str(), "is": "known"});
        let read = |node: &Node<'_>| Condition::read(node, self.vocabulary.as_ref()?);
        let condition = guanxi_policy::check(&tree, read).ok()?;
        Some((fact, condition))
    }
}

fn shown(names: &[&str]) -> String {
    if names.is_empty() { "it has none".to_string() } else { names.join(", ") }
}

pub(crate) fn definition(node: &Node<'_>) -> Option<Lifecycle> {
    let fields = node.fields(&["vocabulary", "zone", "week_start", "stages", "edges", "flags"]);
    let vocabulary = match fields.optional("vocabulary") {
        None => Some(Vocabulary::new()),
        Some(node) => Vocabulary::read(&node),
    };
    let own = vocabulary.as_ref().map(Vocabulary::spec).unwrap_or_default();
    let vocabulary =
        vocabulary.map(|vocabulary| kinds::all().into_iter().fold(vocabulary, Vocabulary::with_kind));
    let zone = fields.optional("zone").map_or(Some(Default::default()), |node| node.get());
    let week_start = fields.optional("week_start").map_or(Some(Default::default()), |node| node.get());
    let stages = fields.required("stages").and_then(|node| stages(&node));
    let sound = stages.is_some();
    let context = Context { vocabulary, stages: stages.unwrap_or_default() };
    let edges = fields.required("edges").filter(|_| sound).and_then(|node| edges(&node, &context));
    let flags = match fields.optional("flags").filter(|_| sound) {
        None => Some(Vec::new()),
        Some(node) => flags(&node, &context),
    };
    let (mut edges, mut flags, zone, week_start) = (edges?, flags?, zone?, week_start?);
    let places =
        edges.iter_mut().map(|edge| &mut edge.place).chain(flags.iter_mut().map(|flag| &mut flag.place));
    places.enumerate().for_each(|(place, own)| *own = place);
    let spec = LifecycleSpec {
        vocabulary: own,
        zone,
        week_start,
        stages: context.stages,
        edges: edges.iter().map(|edge| edge.spec.clone()).collect(),
        flags: flags.iter().map(|flag| flag.spec.clone()).collect(),
    };
    let guards = edges.iter().filter_map(|edge| edge.guard.as_ref());
    let guards = guards.chain(flags.iter().map(|flag| &flag.guard));
    let read = guards.flat_map(|guard| guard.when.fact_ids().iter().cloned());
    let required = edges.iter().flat_map(|edge| edge.spec.requires.iter().cloned());
    let facts = read.chain(required).collect();
    Some(Lifecycle { spec, vocabulary: context.vocabulary?, edges, flags, facts })
}

fn stages(node: &Node<'_>) -> Option<Vec<StageSpec>> {
    let mut seen = BTreeSet::new();
    list(node, "stages", 1..=MAX_STAGES, |node| {
        let fields = node.fields(&["id", "kind"]);
        let kind = fields.optional("kind").map_or(Some(StageKind::Open), |node| {
            node.choice(&[
                ("open", StageKind::Open),
                ("parked", StageKind::Parked),
                ("terminal", StageKind::Terminal),
            ])
        });
        let place = fields.required("id")?;
        let id: StageId = place.get()?;
        if matches!(id.as_str(), "none" | "any") {
            place.refuse("not_allowed", "another name: `none` and `any` are words of `from`");
            return None;
        }
        if !seen.insert(id.clone()) {
            place.refuse("duplicate", "each stage has an id of its own");
            return None;
        }
        Some(StageSpec { id, kind: kind? })
    })
}

fn edges(node: &Node<'_>, context: &Context) -> Option<Vec<Edge>> {
    let mut seen = BTreeSet::new();
    list(node, "edges", 1..=MAX_EDGES, |node| {
        let edge = edge(node, context)?;
        if !seen.insert(edge.spec.id.clone()) {
            node.report("duplicate", format!("id `{}`", edge.spec.id), "each edge has an id of its own");
            return None;
        }
        Some(edge)
    })
}

fn edge(node: &Node<'_>, context: &Context) -> Option<Edge> {
    let fields = node.fields(&[
        "id",
        "from",
        "to",
        "on",
        "when",
        "unknown",
        "requires",
        "approval",
        "after",
        "regress",
        "new_cycle",
        "reentry",
    ]);
    let id = fields.required("id").and_then(|node| node.get());
    let from = fields.required("from").and_then(|node| origin(&node, context));
    let to = fields.required("to").and_then(|node| context.stage(&node));
    let on = each_once(&fields, "on", |node| context.trigger(node));
    let guard = maybe(&fields, "when", |when| context.guard(when, unknown(&fields)));
    if fields.optional("when").is_none()
        && let Some(node) = fields.optional("unknown")
    {
        node.refuse("not_allowed", "nothing: there is no `when` to be unknown");
    }
    let requires = each_once(&fields, "requires", |node| context.fact(node));
    let approval = maybe(&fields, "approval", Node::get);
    let after = maybe(&fields, "after", span);
    let regress = maybe(&fields, "regress", Node::get);
    let new_cycle = maybe(&fields, "new_cycle", Node::get);
    let reentry = maybe(&fields, "reentry", reentry);
    let (from, to, on, new_cycle) = (from?, to?, on?, new_cycle?.unwrap_or(false));
    let stages = match &from {
        Origin::Nowhere => Vec::new(),
        Origin::Any => context.living().filter(|stage| **stage != to).cloned().collect(),
        Origin::Stages(stages) => stages.clone(),
    };
    if from == Origin::Nowhere {
        enters(&fields, &on);
    }
    direction(&fields, context, &stages, &to, new_cycle);
    let (guard, requires) = (guard?, requires?);
    let known: Option<Vec<_>> = requires.iter().map(|fact| context.known(fact.clone())).collect();
    let spec = EdgeSpec {
        id: id?,
        from,
        to,
        on,
        when: guard.as_ref().map(|guard| (&guard.when).into()),
        unknown: guard.as_ref().map(|guard| guard.unknown),
        requires,
        approval: approval?,
        after: after?,
        regress: regress?,
        new_cycle,
        reentry: reentry?,
    };
    Some(Edge { place: 0, spec, stages, guard, known: known? })
}

/// A field that may be absent: `None` if it is there and broken.
fn maybe<'a, T>(
    fields: &Fields<'a>,
    name: &str,
    read: impl FnOnce(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    fields.optional(name).map_or(Some(None), |node| read(&node).map(Some))
}

/// What an unknown answer counts as, where there can be one.
fn unknown(fields: &Fields<'_>) -> Option<Unknown> {
    fields.required("unknown").and_then(|node| node.choice(&UNKNOWN))
}

fn origin(node: &Node<'_>, context: &Context) -> Option<Origin> {
    let Value::Array(_) = node.value() else { return node.get() };
    let mut seen = BTreeSet::new();
    let stages = list(node, "stages", 1..=MAX_STAGES, |node| {
        let stage = context.stage(node)?;
        if !seen.insert(stage.clone()) {
            node.refuse("duplicate", "each stage once");
            return None;
        }
        if context.kind(&stage) == Some(StageKind::Terminal) {
            node.refuse("not_allowed", "a stage that is not terminal: no edge leads out of one that is");
            return None;
        }
        Some(stage)
    });
    stages.map(Origin::Stages)
}

/// Checks an edge into the life cycle.
fn enters(fields: &Fields<'_>, on: &[EventPattern]) {
    if on.is_empty() {
        let allowed = "`on`: an edge from none is taken by an event";
        fields.node().report("missing_field", "", allowed);
    }
    for name in ["after", "regress", "new_cycle"] {
        if let Some(node) = fields.optional(name).filter(|node| *node.value() != Value::Bool(false)) {
            node.refuse("not_allowed", "nothing: an edge from none leaves no stage");
        }
    }
}

/// Checks that an edge that leads back says why, and no other does; and that none leads nowhere.
fn direction(fields: &Fields<'_>, context: &Context, stages: &[StageId], to: &StageId, new_cycle: bool) {
    if !new_cycle && stages.contains(to) {
        let allowed = "other stages: only an edge that begins a new cycle leads to where it comes from";
        fields.node().report("not_allowed", format!("from `{to}` to itself"), allowed);
    }
    let regress = fields.optional("regress");
    let Some(rank) = context.rank(to) else {
        if let Some(node) = regress {
            node.refuse("not_allowed", format!("nothing: `{to}` is not open, so nothing leads back to it"));
        }
        return;
    };
    let place = |stage: &&StageId| context.rank(stage);
    let back = stages.iter().find(|stage| place(stage).is_some_and(|own| own > rank));
    let on = stages.iter().find(|stage| place(stage).is_some_and(|own| own < rank));
    match (regress, back, on) {
        (None, Some(back), _) if !new_cycle => {
            let allowed = format!("`regress` with a reason, since it leads back from `{back}` to `{to}`");
            fields.node().report("missing_field", "", allowed);
        }
        (Some(node), _, Some(on)) => {
            node.refuse(
                "not_allowed",
                format!("an edge of its own from `{on}`, from where `{to}` is no way back"),
            );
        }
        _ => {}
    }
}

fn span(node: &Node<'_>) -> Option<Span> {
    let span: Span = node.get()?;
    let [hours, days, weeks, months, years] = MAX_SPAN;
    let (count, most) = match span {
        Span::Hours(count) => (count, hours),
        Span::Days(count) => (count, days),
        Span::Weeks(count) => (count, weeks),
        Span::Months(count) => (count, months),
        Span::Years(count) => (count, years),
    };
    if count == 0 || count > most {
        node.refuse("not_allowed", "a span above 0, of at most 100 years");
        return None;
    }
    Some(span)
}

fn reentry(node: &Node<'_>) -> Option<ReentrySpec> {
    let fields = node.fields(&["cool_down", "at_most"]);
    let cool_down = maybe(&fields, "cool_down", span);
    let at_most = maybe(&fields, "at_most", |node| {
        let times: u16 = node.get()?;
        if times == 0 || times > MAX_TIMES {
            node.refuse("not_allowed", format!("1 to {MAX_TIMES} times"));
            return None;
        }
        Some(times)
    });
    let (cool_down, at_most) = (cool_down?, at_most?);
    if cool_down.is_none() && at_most.is_none() {
        node.refuse("not_allowed", "cool_down, at_most, or both");
        return None;
    }
    Some(ReentrySpec { cool_down, at_most })
}

fn flags(node: &Node<'_>, context: &Context) -> Option<Vec<Flag>> {
    let mut seen = BTreeSet::new();
    list(node, "flags", 0..=MAX_FLAGS, |node| {
        let fields = node.fields(&["id", "stages", "when", "unknown"]);
        let id = fields.required("id").and_then(|node| node.get());
        let stages = each_once(&fields, "stages", |node| context.stage(node));
        let unknown = unknown(&fields);
        let guard = fields.required("when").and_then(|node| context.guard(&node, unknown));
        let (id, own, guard) = (id?, stages?, guard?);
        let when = (&guard.when).into();
        let stages = if own.is_empty() { context.living().cloned().collect() } else { own.clone() };
        let spec = FlagSpec { id, stages: own, when, unknown: guard.unknown };
        if !seen.insert(spec.id.clone()) {
            node.report("duplicate", format!("id `{}`", spec.id), "each flag has an id of its own");
            return None;
        }
        Some(Flag { place: 0, spec, stages, guard })
    })
}
