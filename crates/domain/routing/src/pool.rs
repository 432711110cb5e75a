//! A pool policy, checked.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, Moment, Span, Vocabulary, WeekStart};
use guanxi_core::{FactId, FactKind, Zone};
use guanxi_policy::{Body, Document, Fields, Node};

use crate::id::RuleId;
use crate::policy::read_unknown;
use crate::pool_spec::{ClaimRules, PoolSpec, ProtectSpec, RecycleSpec, Since};
use crate::spec::Unknown;

/// A pool policy with its id, version, validity and fingerprint.
pub type PoolDocument = Document<PoolPolicy>;

/// What a pool policy says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolPolicy {
    vocabulary: Vocabulary,
    zone: Zone,
    week_start: WeekStart,
    claims: ClaimRules,
    protect: Vec<Protection>,
    recycle: Vec<RecycleRule>,
}

/// What is never recycled, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The code of the protection.
    pub id: RuleId,
    /// When it holds.
    pub when: Condition,
    /// What it means if nobody knows whether it holds.
    pub unknown: Unknown,
}

/// When some records are recycled, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecycleRule {
    /// The code of the rule.
    pub id: RuleId,
    /// Which records it is about.
    pub when: Condition,
    /// What it means if nobody knows whether it holds.
    pub unknown: Unknown,
    /// From when on time is counted.
    pub since: Since,
    /// How long afterwards a record is recycled.
    pub after: Span,
    /// How long before that its owner is warned.
    pub warn: Option<Span>,
}

impl PoolPolicy {
    /// The most rules, and the most protections.
    pub const MAX_RULES: usize = 1_000;

    /// What conditions may name.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The zone whose days and clock count.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The moment at which conditions are asked.
    #[must_use]
    pub const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.zone, week_start: self.week_start }
    }

    /// Who may claim.
    #[must_use]
    pub const fn claims(&self) -> &ClaimRules {
        &self.claims
    }

    /// What is never recycled.
    #[must_use]
    pub fn protect(&self) -> &[Protection] {
        &self.protect
    }

    /// When a record is recycled, in order.
    #[must_use]
    pub fn recycle(&self) -> &[RecycleRule] {
        &self.recycle
    }
}

impl Body for PoolPolicy {
    type Spec = PoolSpec;
    const SCHEMA: &'static str = "guanxi.pool/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["vocabulary", "zone", "week_start", "claims", "protect", "recycle"]);
        let vocabulary = fields
            .optional("vocabulary")
            .map_or_else(|| Some(Vocabulary::new()), |node| Vocabulary::read(&node));
        let zone = fields.optional("zone").map_or(Some(Zone::UTC), |node| node.get());
        let week_start = fields.optional("week_start").map_or(Some(WeekStart::Monday), |node| node.get());
        let claims = fields.optional("claims").map_or(Some(ClaimRules::default()), |node| read_claims(&node));
        let known = vocabulary.clone().unwrap_or_default();
        let mut seen = BTreeSet::new();
        let protect = read_list(&fields, "protect", |node| read_protection(node, &known, &mut seen));
        let recycle = read_list(&fields, "recycle", |node| read_recycle(node, &known, &mut seen));
        vocabulary.as_ref()?;
        Some(Self {
            vocabulary: known,
            zone: zone?,
            week_start: week_start?,
            claims: claims?,
            protect: protect?,
            recycle: recycle?,
        })
    }

    fn spec(&self) -> PoolSpec {
        let protect = |protection: &Protection| ProtectSpec {
            id: protection.id.clone(),
            when: (&protection.when).into(),
            unknown: protection.unknown,
        };
        let recycle = |rule: &RecycleRule| RecycleSpec {
            id: rule.id.clone(),
            when: (&rule.when).into(),
            unknown: rule.unknown,
            since: rule.since.clone(),
            after: rule.after,
            warn: rule.warn,
        };
        PoolSpec {
            vocabulary: self.vocabulary.spec(),
            zone: self.zone,
            week_start: self.week_start,
            claims: self.claims,
            protect: self.protect.iter().map(protect).collect(),
            recycle: self.recycle.iter().map(recycle).collect(),
        }
    }
}

fn read_list<T>(
    fields: &Fields<'_>,
    name: &str,
    mut read: impl FnMut(&Node<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
    let items = node.items()?;
    if items.len() > PoolPolicy::MAX_RULES {
        let allowed = format!("at most {}", PoolPolicy::MAX_RULES);
        node.report("not_allowed", format!("{} of them", items.len()), allowed);
    }
    let read: Vec<Option<T>> = items.iter().map(&mut read).collect();
    read.into_iter().collect()
}

fn read_id(fields: &Fields<'_>, seen: &mut BTreeSet<RuleId>) -> Option<RuleId> {
    let node = fields.required("id")?;
    let id: RuleId = node.get()?;
    if !seen.insert(id.clone()) {
        node.refuse("duplicate", "each rule has an id of its own");
    }
    Some(id)
}

fn read_claims(node: &Node<'_>) -> Option<ClaimRules> {
    let fields = node.fields(&["per_day", "holding", "again_after", "new_after"]);
    let count = |name| fields.optional(name).map_or(Some(None), |node| node.get().map(Some));
    let (per_day, holding) = (count("per_day"), count("holding"));
    let span = |name| fields.optional(name).map_or(Some(None), |node| read_span(&node).map(Some));
    let (again_after, new_after) = (span("again_after"), span("new_after"));
    Some(ClaimRules {
        per_day: per_day?,
        holding: holding?,
        again_after: again_after?,
        new_after: new_after?,
    })
}

fn read_protection(
    node: &Node<'_>,
    vocabulary: &Vocabulary,
    seen: &mut BTreeSet<RuleId>,
) -> Option<Protection> {
    let fields = node.fields(&["id", "when", "unknown"]);
    let id = read_id(&fields, seen);
    let when = fields.required("when").and_then(|node| Condition::read(&node, vocabulary));
    let unknown = read_unknown(&fields);
    Some(Protection { id: id?, when: when?, unknown: unknown? })
}

fn read_recycle(
    node: &Node<'_>,
    vocabulary: &Vocabulary,
    seen: &mut BTreeSet<RuleId>,
) -> Option<RecycleRule> {
    let fields = node.fields(&["id", "when", "unknown", "since", "after", "warn"]);
    let id = read_id(&fields, seen);
    let when = fields
        .optional("when")
        .map_or_else(|| Some(Condition::always()), |node| Condition::read(&node, vocabulary));
    let unknown = read_unknown(&fields);
    let since = fields.optional("since").map_or(Some(Since::FollowUp), |node| read_since(&node, vocabulary));
    let after = fields.required("after").and_then(|node| read_span(&node));
    let warn = fields.optional("warn").map_or(Some(None), |node| read_span(&node).map(Some));
    Some(RecycleRule { id: id?, when: when?, unknown: unknown?, since: since?, after: after?, warn: warn? })
}

fn read_since(node: &Node<'_>, vocabulary: &Vocabulary) -> Option<Since> {
    if node.value().is_string() {
        return node.choice(&[("follow_up", ()), ("assignment", ())]).and_then(|()| node.get());
    }
    let fields = node.fields(&["fact"]);
    let node = fields.required("fact")?;
    let fact: FactId = node.get()?;
    match vocabulary.fact(fact.as_str()) {
        Some(schema) if matches!(schema.kind, FactKind::Date | FactKind::Instant) => Some(Since::Fact(fact)),
        Some(_) => {
            node.refuse("not_allowed", "a fact that is a date or an instant");
            None
        }
        None => {
            node.refuse("unknown_name", "a fact of the vocabulary");
            None
        }
    }
}

/// A span above nothing, of at most a hundred years.
fn read_span(node: &Node<'_>) -> Option<Span> {
    let span = node.get::<Span>()?;
    let (count, most) = match span {
        Span::Hours(count) => (count, Span::MAX_DAYS * 24),
        Span::Days(count) => (count, Span::MAX_DAYS),
        Span::Weeks(count) => (count, Span::MAX_DAYS / 7),
        Span::Months(count) => (count, Span::MAX_YEARS * 12),
        Span::Years(count) => (count, Span::MAX_YEARS),
    };
    if (1..=most).contains(&count) {
        return Some(span);
    }
    node.refuse("not_allowed", format!("a span above 0 and of at most {} years", Span::MAX_YEARS));
    None
}
