//! An SLA policy, checked.
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use guanxi_core::Share;
use guanxi_policy::{Body, Document, Node, Warning};
use serde::de::DeserializeOwned;

use crate::sla_id::{CaseKindId, MilestoneId, PriorityId};
use crate::sla_spec::{MilestoneSpec, Reopen, SlaSpec, TargetSpec, Warn, ZoneOf};
use crate::term::{Term, read_term};

/// An SLA policy with its id, version, validity and fingerprint.
pub type SlaDocument = Document<SlaPolicy>;

/// What has to be done by when, at which priority, and what stops the clock; checked.
///
/// ```
/// use guanxi_calendar::SlaDocument;
/// let policy = SlaDocument::from_json(r#"{
///   "schema": "guanxi.sla/1", "id": "ours", "version": "1",
///   "body": {"milestones": [
///     {"id": "first_response", "reopen": "keep",
///      "targets": {"urgent": {"due": {"working_hours": 1}, "warn": "0.5"}},
///      "otherwise": {"due": {"working_days": 1}, "warn": {"working_hours": 2}}},
///     {"id": "resolution", "reopen": "resume", "paused_by": ["waiting_for_customer"],
///      "otherwise": {"due": {"working_days": 5}}}
///   ]}
/// }"#)?;
/// assert_eq!(policy.body().milestones().len(), 2);
/// # Ok::<(), guanxi_policy::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaPolicy(SlaSpec); // INVARIANT: at least one milestone, ids differ, each after an earlier one

impl SlaPolicy {
    /// On whose clock the hours of a calendar are.
    #[must_use]
    pub const fn zone(&self) -> ZoneOf {
        self.0.zone
    }

    /// What has to be done, in the order of every list.
    #[must_use]
    pub fn milestones(&self) -> &[MilestoneSpec] {
        &self.0.milestones
    }

    /// A milestone by its code.
    #[must_use]
    pub fn milestone(&self, id: &MilestoneId) -> Option<&MilestoneSpec> {
        self.0.milestones.iter().find(|milestone| milestone.id == *id)
    }

    /// Whether any milestone has a target at a priority.
    #[must_use]
    pub fn knows(&self, priority: &PriorityId) -> bool {
        self.0.milestones.iter().any(|milestone| milestone.target(priority).is_some())
    }
}

impl MilestoneSpec {
    /// How long it may take at a priority; `None` for as long as it takes.
    #[must_use]
    pub fn target(&self, priority: &PriorityId) -> Option<&TargetSpec> {
        self.targets.get(priority).or(self.otherwise.as_ref())
    }

    /// Whether it is for a kind of case.
    #[must_use]
    pub fn is_for(&self, kind: Option<&CaseKindId>) -> bool {
        self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(kind))
    }
}

impl Term {
    /// Whether the term is spent in working time, and not in any time.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Working(_) | Self::WorkingDays(_) | Self::EndOfWorkingDay(_))
    }
}

impl Body for SlaPolicy {
    type Spec = SlaSpec;
    const SCHEMA: &'static str = "guanxi.sla/1";

    fn spec(&self) -> SlaSpec {
        self.0.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["zone", "milestones"]);
        let zones = [("calendar", ZoneOf::Calendar), ("customer", ZoneOf::Customer)];
        let zone = fields.optional("zone").map_or(Some(ZoneOf::Calendar), |node| node.choice(&zones));
        let milestones = fields.required("milestones").and_then(|node| read_milestones(&node));
        Some(Self(SlaSpec { zone: zone?, milestones: milestones? }))
    }
}

fn read_milestones(node: &Node<'_>) -> Option<Vec<MilestoneSpec>> {
    let items = node.items()?;
    if items.is_empty() {
        node.refuse("not_allowed", "at least one milestone");
    }
    let mut milestones: Vec<MilestoneSpec> = Vec::with_capacity(items.len());
    let mut named = Vec::new();
    let mut complete = true;
    for item in &items {
        match read_milestone(item, &mut named) {
            Some(milestone) => milestones.push(milestone),
            None => complete = false,
        }
    }
    complete.then_some(milestones)
}

/// A milestone, after those that are named.
fn read_milestone(item: &Node<'_>, named: &mut Vec<MilestoneId>) -> Option<MilestoneSpec> {
    let fields = item.fields(&["id", "kinds", "after", "targets", "otherwise", "paused_by", "reopen"]);
    let after = fields.optional("after").map_or(Some(None), |node| {
        let after: MilestoneId = node.get()?;
        let known = named.contains(&after);
        if !known {
            node.refuse("unknown_name", "a milestone that stands before this one");
        }
        known.then_some(Some(after))
    });
    let id = fields.required("id").and_then(|node| {
        let id: MilestoneId = node.get()?;
        let again = named.contains(&id);
        if again {
            node.refuse("duplicate", "each milestone once");
        }
        named.push(id.clone());
        (!again).then_some(id)
    });
    let kinds = fields.optional("kinds").map_or(Some(Vec::new()), |node| read_names(&node));
    let paused_by = fields.optional("paused_by").map_or(Some(Vec::new()), |node| read_names(&node));
    let targets = fields.optional("targets").map_or(Some(BTreeMap::new()), |node| {
        let mut targets = BTreeMap::new();
        let entries = node.entries()?;
        let given = entries.len();
        for (name, node) in entries {
            let priority = PriorityId::new(name);
            if let Err(error) = &priority {
                node.report("unknown_name", name, error.to_string());
            }
            if let (Ok(priority), Some(target)) = (priority, read_target(&node)) {
                targets.insert(priority, target);
            }
        }
        (targets.len() == given).then_some(targets)
    });
    let otherwise = fields.optional("otherwise").map_or(Some(None), |node| read_target(&node).map(Some));
    let rules = [
        ("keep", Reopen::Keep),
        ("resume", Reopen::Resume),
        ("restart", Reopen::Restart),
        ("new", Reopen::New),
    ];
    let reopen = fields.required("reopen").and_then(|node| node.choice(&rules));
    if targets.as_ref().is_some_and(BTreeMap::is_empty) && otherwise == Some(None) {
        item.report("missing_field", "a milestone without a target", "`targets`, `otherwise`, or both");
        return None;
    }
    Some(MilestoneSpec {
        id: id?,
        kinds: kinds?,
        after: after?,
        targets: targets?,
        otherwise: otherwise?,
        paused_by: paused_by?,
        reopen: reopen?,
    })
}

/// Names in their order, each once.
fn read_names<T: DeserializeOwned + Ord>(node: &Node<'_>) -> Option<Vec<T>> {
    let mut names = Vec::new();
    let mut complete = true;
    for item in node.items()? {
        match item.get::<T>() {
            Some(name) if names.contains(&name) => {
                item.refuse("duplicate", "each name once");
                complete = false;
            }
            Some(name) => names.push(name),
            None => complete = false,
        }
    }
    names.sort_unstable();
    complete.then_some(names)
}

fn read_target(node: &Node<'_>) -> Option<TargetSpec> {
    let fields = node.fields(&["due", "warn"]);
    let due = fields.required("due").and_then(|node| read_term(&node));
    let warn = fields.optional("warn").map_or(Some(None), |node| read_warn(&node, due).map(Some));
    Some(TargetSpec { due: due?, warn: warn? })
}

fn read_warn(node: &Node<'_>, due: Option<Term>) -> Option<Warn> {
    if !node.value().is_object() {
        let share: Share = node.get()?;
        let inside = share > Share::NONE && share < Share::WHOLE;
        if !inside {
            node.refuse("not_allowed", "a share above 0 and below 1, or a term such as `{\"hours\": 1}`");
        }
        return inside.then_some(Warn::Share(share));
    }
    let left = read_term(node)?;
    let fits = match (left, due) {
        (Term::Working(_), Some(due)) => due.is_working(),
        (Term::Elapsed(_), Some(due)) => !due.is_working(),
        (Term::Working(_) | Term::Elapsed(_), None) => true,
        _ => false,
    };
    if !fits {
        let unit = if due.is_none_or(Term::is_working) { "working_hours" } else { "hours" };
        node.refuse("not_allowed", format!("`{unit}`, or the minutes or seconds of it, as the target is in"));
    }
    fits.then_some(Warn::Left(left))
}

/// What is legal in an SLA policy but suspicious: a priority that some milestones know and others do
/// not, and a warning that comes at once.
#[must_use]
pub fn lint_sla(document: &SlaDocument) -> Vec<Warning> {
    let policy = document.body();
    let mut warnings = Vec::new();
    let mut named: Vec<&PriorityId> = policy.milestones().iter().flat_map(|one| one.targets.keys()).collect();
    named.sort_unstable();
    named.dedup();
    for (place, milestone) in policy.milestones().iter().enumerate() {
        for priority in named.iter().filter(|priority| milestone.target(priority).is_none()) {
            warnings.push(Warning {
                path: format!("body.milestones[{place}].targets"),
                code: "no_target",
                found: format!("{} has no target at {priority}", milestone.id),
                advice: "it may take as long as it takes; write a target, or `otherwise`".to_owned(),
            });
        }
        for (priority, target) in &milestone.targets {
            let idle = matches!(target.warn, Some(Warn::Left(left)) if at_least(left, target.due));
            if idle {
                warnings.push(Warning {
                    path: format!("body.milestones[{place}].targets.{priority}.warn"),
                    code: "warns_at_once",
                    found: format!("{} warns from its start at {priority}", milestone.id),
                    advice: "warn with less time left than there is".to_owned(),
                });
            }
        }
    }
    warnings
}

/// Whether one time is no less than another in the same measure.
fn at_least(left: Term, due: Term) -> bool {
    match (left, due) {
        (Term::Working(left), Term::Working(due)) => left >= due,
        (Term::Elapsed(left), Term::Elapsed(due)) => left >= due,
        _ => false,
    }
}
