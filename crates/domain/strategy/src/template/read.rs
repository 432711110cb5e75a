//! Reading a document of strategies, all problems at once.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use guanxi_calendar::{Term, read_term};
use guanxi_condition::{Condition, Span, Vocabulary};
use guanxi_core::{DecimalText, FactKind, FactSchema, Quoted, fact_id};
use guanxi_policy::{Fields, Node, check, nearest};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::id::{MetricId, SelectorCode, TemplateId};
use super::policy::{MAX_TEMPLATES, Measure, StrategyPolicy, Template};
use super::spec::{MeasureSpec, SelectorsSpec, TemplateKind};
use super::target::{Direction, Meant, Target, TargetError, TargetSpec};
use super::texts::Texts;

const MAX_CODES: usize = 200;
const MAX_MEASURES: usize = 50;
const MAX_LABELS: usize = 1_000;
/// Roles, resources, targets, actions.
const MAX_FEW: usize = 20;

pub(super) fn read_policy(node: &Node<'_>) -> Option<StrategyPolicy> {
    let fields = node.fields(&["vocabulary", "zone", "week_start", "codes", "labels", "templates"]);
    let vocabulary = read_vocabulary(&fields);
    let zone = optional(&fields, "zone").map(Option::unwrap_or_default);
    let week_start = optional(&fields, "week_start").map(Option::unwrap_or_default);
    let codes = match fields.optional("codes") {
        None => Some(SelectorsSpec::default()),
        Some(node) => read_selectors(&node, None),
    };
    let labels = read_labels(&fields);
    let templates = fields.required("templates").and_then(|node| {
        let items = limited(&node, "templates", 1, MAX_TEMPLATES)?;
        let mut ids: BTreeSet<TemplateId> = BTreeSet::new();
        let read: Vec<Option<Template>> = items
            .iter()
            .map(|node| read_template(node, vocabulary.as_ref(), codes.as_ref(), &mut ids))
            .collect();
        read.into_iter().collect::<Option<Vec<Template>>>()
    });
    let (vocabulary, zone, week_start, codes, labels, templates) =
        (vocabulary?, zone?, week_start?, codes?, labels?, templates?);
    let mut ranking: Vec<usize> = (0..templates.len()).collect();
    // A stable sort: those that ask for as much stay in the order of the document.
    ranking.sort_by_key(|place| {
        templates.get(*place).map(|template: &Template| (template.kind, usize::MAX - template.asks()))
    });
    Some(StrategyPolicy { vocabulary, zone, week_start, codes, labels, templates, ranking })
}

/// A field that may be absent: nothing at all if it is there and wrong.
fn optional<T: DeserializeOwned>(fields: &Fields<'_>, name: &str) -> Option<Option<T>> {
    match fields.optional(name) {
        None => Some(None),
        Some(node) => node.get().map(Some),
    }
}

/// The items of a list of so many.
fn limited<'a>(node: &Node<'a>, what: &str, least: usize, most: usize) -> Option<Vec<Node<'a>>> {
    let items = node.items()?;
    if (least..=most).contains(&items.len()) {
        return Some(items);
    }
    node.report("not_allowed", format!("{} {what}", items.len()), format!("{least} to {most} {what}"));
    None
}

/// Codes that stand in a list once each; the list may be absent.
fn unique<T: DeserializeOwned + Ord + Clone + Display>(
    fields: &Fields<'_>,
    name: &str,
    least: usize,
    most: usize,
) -> Option<Vec<T>> {
    let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
    read_unique(&node, name, least, most, |_: &Node<'_>, _: &T| true)
}

fn read_unique<T: DeserializeOwned + Ord + Clone + Display>(
    node: &Node<'_>,
    what: &str,
    least: usize,
    most: usize,
    allowed: impl Fn(&Node<'_>, &T) -> bool,
) -> Option<Vec<T>> {
    let (mut seen, mut found, mut sound) = (BTreeSet::new(), Vec::new(), true);
    for node in limited(node, what, least, most)? {
        let item: Option<T> = node.get();
        sound &= item.as_ref().is_some_and(|item| allowed(&node, item));
        let Some(item) = item else { continue };
        if seen.insert(item.clone()) {
            found.push(item);
        } else {
            node.refuse("duplicate", "each once");
        }
    }
    sound.then_some(found)
}

/// What conditions may name; the facts by which templates are selected are always there.
fn read_vocabulary(fields: &Fields<'_>) -> Option<Vocabulary> {
    let mut vocabulary = match fields.optional("vocabulary") {
        None => Vocabulary::new(),
        Some(node) => Vocabulary::read(&node)?,
    };
    let selecting = [
        fact_id!("tier"),
        fact_id!("abc_class"),
        fact_id!("stage"),
        fact_id!("persona"),
        fact_id!("scenario"),
    ];
    let mut sound = true;
    for fact in selecting {
        match vocabulary.fact(fact.as_str()).map(|schema| schema.kind) {
            None => vocabulary = vocabulary.with_fact(fact, FactSchema::of(FactKind::Text)),
            Some(FactKind::Text | FactKind::Set) => {}
            Some(_) => {
                sound = false;
                if let Some(node) = fields.optional("vocabulary") {
                    let given = format!("another kind of `{fact}`");
                    node.report("wrong_type", given, "text or set: templates are selected by it");
                }
            }
        }
    }
    sound.then_some(vocabulary)
}

/// Codes by fact; if it is said which there are, no others.
fn read_selectors(node: &Node<'_>, known: Option<&SelectorsSpec>) -> Option<SelectorsSpec> {
    let fields = node.fields(&SelectorsSpec::FACTS);
    let mut sound = node.value().is_object();
    let mut read = |fact: &'static str| -> Option<Vec<SelectorCode>> {
        let node = fields.optional(fact)?;
        let known = known.and_then(|known| known.get(fact));
        let allowed = |node: &Node<'_>, code: &SelectorCode| {
            let Some(known) = known.filter(|known| !known.contains(code)) else { return true };
            let near = nearest(code.as_str(), known.iter().map(SelectorCode::as_str));
            let hint = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            node.refuse("unknown_name", format!("a code of `codes.{fact}`{hint}"));
            false
        };
        let codes = read_unique(&node, "codes", 1, MAX_CODES, allowed);
        sound &= codes.is_some();
        codes
    };
    let (tier, abc_class, stage) = (read("tier"), read("abc_class"), read("stage"));
    let (persona, scenario) = (read("persona"), read("scenario"));
    sound.then_some(SelectorsSpec { tier, abc_class, stage, persona, scenario })
}

fn read_labels(fields: &Fields<'_>) -> Option<BTreeMap<String, Texts>> {
    let Some(node) = fields.optional("labels") else { return Some(BTreeMap::new()) };
    let entries = node.entries()?;
    if entries.len() > MAX_LABELS {
        let given = format!("{} labels", entries.len());
        node.report("not_allowed", given, format!("at most {MAX_LABELS} labels"));
        return None;
    }
    let (mut labels, mut sound) = (BTreeMap::new(), true);
    for (code, node) in entries {
        let named = code
            .split_once('.')
            .is_some_and(|(space, code)| SelectorCode::new(space).is_ok() && SelectorCode::new(code).is_ok());
        if !named {
            let allowed = "a name space and a code, such as `role.sales`";
            node.report("not_allowed", Quoted(code).to_string(), allowed);
        }
        match Texts::read(&node).filter(|_| named) {
            Some(texts) => {
                labels.insert(code.into(), texts);
            }
            None => sound = false,
        }
    }
    sound.then_some(labels)
}

fn read_template(
    node: &Node<'_>,
    vocabulary: Option<&Vocabulary>,
    codes: Option<&SelectorsSpec>,
    ids: &mut BTreeSet<TemplateId>,
) -> Option<Template> {
    let fields = node.fields(&[
        "id",
        "kind",
        "for",
        "when",
        "core",
        "measures",
        "responsible",
        "resources",
        "response",
        "targets",
    ]);
    let id: Option<TemplateId> = fields.required("id").and_then(|node| node.get());
    if let (Some(id), Some(node)) = (&id, fields.optional("id"))
        && !ids.insert(id.clone())
    {
        node.refuse("duplicate", "each template once");
    }
    let kind = fields
        .required("kind")
        .and_then(|node| node.choice(&TemplateKind::ALL.map(|kind| (kind.code(), kind))));
    let whom = match fields.optional("for") {
        None => Some(SelectorsSpec::default()),
        Some(node) => read_selectors(&node, codes),
    };
    let when = match fields.optional("when") {
        None => Some(None),
        Some(node) => vocabulary.and_then(|vocabulary| Condition::read(&node, vocabulary)).map(Some),
    };
    let core = fields.required("core").and_then(|node| Texts::read(&node));
    let responsible = unique(&fields, "responsible", 0, MAX_FEW);
    let resources = read_each(&fields, "resources", Texts::read);
    let response = match fields.optional("response") {
        None => Some(None),
        Some(node) => read_response(&node).map(Some),
    };
    let targets = read_each(&fields, "targets", read_target);
    if let (Some(targets), Some(node)) = (&targets, fields.optional("targets")) {
        let mut metrics = BTreeSet::new();
        for (place, target) in targets.iter().enumerate() {
            if !metrics.insert(target.metric())
                && let Some(node) = node.items().and_then(|items| items.into_iter().nth(place))
            {
                node.report("duplicate", format!("`{}`", target.metric()), "each metric once");
            }
        }
    }
    let measures = fields
        .required("measures")
        .and_then(|node| read_measures(&node, fields.optional("targets").is_some(), targets.as_deref()));
    let (whom, when, vocabulary) = (whom?, when?, vocabulary?);
    let whole = whole(node, &whom, when.as_ref(), vocabulary)?;
    Some(Template {
        id: id?,
        kind: kind?,
        whom,
        when,
        whole,
        core: core?,
        measures: measures?,
        responsible: responsible?,
        resources: resources?,
        response: response?,
        targets: targets?,
    })
}

/// A list of a few that may be absent.
fn read_each<'a, T>(
    fields: &Fields<'a>,
    name: &str,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
    let items: Vec<Option<T>> = limited(&node, name, 0, MAX_FEW)?.iter().map(read).collect();
    items.into_iter().collect()
}

/// Time in which an answer is given: no time at all would be a slip.
fn read_response(node: &Node<'_>) -> Option<Term> {
    let term = read_term(node)?;
    let none = match term {
        Term::Working(time) => time.seconds() == 0,
        Term::Elapsed(time) => time.seconds() == 0,
        Term::WorkingDays(days) => days.0 == 0,
        Term::Days(days) => days.0 == 0,
        Term::EndOfWorkingDay(_) => false,
    };
    if none {
        node.refuse("not_allowed", "more than no time at all");
    }
    (!none).then_some(term)
}

fn read_measures(node: &Node<'_>, aims: bool, targets: Option<&[Target]>) -> Option<Vec<Measure>> {
    let mut ids = BTreeSet::new();
    let items = limited(node, "measures", 1, MAX_MEASURES)?;
    let read = |node: &Node<'_>| {
        let fields = node.fields(&["id", "text", "roles", "serves", "actions"]);
        let id = fields.required("id").and_then(|node| node.get());
        if let (Some(id), Some(node)) = (&id, fields.optional("id"))
            && !ids.insert(Clone::clone(id))
        {
            node.refuse("duplicate", "each measure of a template once");
        }
        let text = fields.required("text").and_then(|node| Texts::read(&node));
        let roles = unique(&fields, "roles", 0, MAX_FEW);
        // Targets that are wrong have been reported; which of them a measure serves cannot be said then.
        let known = |node: &Node<'_>, metric: &MetricId| {
            let Some(targets) = targets else { return !aims };
            let found = targets.iter().any(|target| target.metric() == metric);
            if !found {
                let near = nearest(metric.as_str(), targets.iter().map(|target| target.metric().as_str()));
                let hint = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                node.refuse("unknown_name", format!("a metric of the template's `targets`{hint}"));
            }
            found
        };
        let serves = match fields.optional("serves") {
            None => Some(Vec::new()),
            Some(node) => read_unique(&node, "metrics", 0, MAX_FEW, known),
        };
        let actions = unique(&fields, "actions", 0, MAX_FEW);
        let (text, roles, serves, actions) = (text?, roles?, serves?, actions?);
        Some(Measure(MeasureSpec { id: id?, text, roles, serves, actions }))
    };
    let measures: Vec<Option<Measure>> = items.iter().map(read).collect();
    measures.into_iter().collect()
}

fn read_target(node: &Node<'_>) -> Option<Target> {
    let fields = node.fields(&["metric", "direction", "amount", "meant", "scale", "strictly", "within"]);
    let metric: Option<MetricId> = fields.required("metric").and_then(|node| node.get());
    let direction = fields
        .required("direction")
        .and_then(|node| node.choice(&[("up", Direction::Up), ("down", Direction::Down)]));
    let amount: Option<DecimalText> = fields.required("amount").and_then(|node| node.get());
    let meant = fields.required("meant").and_then(|node| {
        node.choice(&[
            ("points", Meant::Points),
            ("relative", Meant::Relative),
            ("absolute", Meant::Absolute),
        ])
    });
    let scale: Option<Option<DecimalText>> = optional(&fields, "scale");
    let strictly: Option<Option<bool>> = optional(&fields, "strictly");
    let within = match fields.optional("within") {
        None => Some(None),
        Some(node) => read_span(&node).map(Some),
    };
    let spec = TargetSpec {
        metric: metric?,
        direction: direction?,
        amount: amount?,
        meant: meant?,
        scale: scale?,
        strictly: strictly?.unwrap_or_default(),
        within: within?,
    };
    let refuse = |error: TargetError| {
        let place = match error {
            TargetError::Amount { .. } => fields.optional("amount"),
            // What is not there is missed where it should be.
            TargetError::Scale => fields.required("scale"),
        };
        if let Some(node) = place {
            node.refuse("not_allowed", error.to_string());
        }
    };
    Target::try_from(spec).map_err(refuse).ok()
}

fn read_span(node: &Node<'_>) -> Option<Span> {
    let span: Span = node.get()?;
    let (length, most) = match span {
        Span::Hours(length) => (length, Span::MAX_DAYS * 24),
        Span::Days(length) => (length, Span::MAX_DAYS),
        Span::Weeks(length) => (length, Span::MAX_DAYS / 7),
        Span::Months(length) => (length, Span::MAX_YEARS * 12),
        Span::Years(length) => (length, Span::MAX_YEARS),
    };
    let sound = (1..=most).contains(&length);
    if !sound {
        node.refuse("not_allowed", format!("1 to {most} (a hundred years)"));
    }
    sound.then_some(span)
}

/// All that a template asks, as one condition.
fn whole(
    node: &Node<'_>,
    whom: &SelectorsSpec,
    when: Option<&Condition>,
    vocabulary: &Vocabulary,
) -> Option<Condition> {
    let mut parts: Vec<Value> = whom
        .iter()
        .map(|(fact, codes)| {
            let set = vocabulary.fact(fact).is_some_and(|schema| schema.kind == FactKind::Set);
            match codes {
                _ if set => json!({"fact": fact, "contains_any": codes}),
                [code] => json!({"fact": fact, "equals": code}),
                _ => json!({"fact": fact, "in": codes}),
            }
        })
        .collect();
    parts.extend(when.map(Condition::tree));
    let tree = match parts.len() {
        0 => return Some(Condition::always()),
        1 => parts.swap_remove(0),
        _ => json!({"all": parts}),
    };
    let whole = check(&tree, |node| Condition::read(node, vocabulary));
    if whole.is_err() {
        // Each part is sound by itself, so together they are too much.
        node.report("limit", "`for` and `when` together", "a shorter condition or fewer codes");
    }
    whole.ok()
}
