//! A routing policy, checked.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_condition::{Condition, Moment, Truth, Vocabulary, WeekStart};
use guanxi_core::{ActorId, FactId, FactKind, Zone};
use guanxi_policy::{Body, Document, Fields, Node};

use crate::id::{QueueId, RuleId};
use crate::spec::{
    MatchSpec, Missing, NeedSpec, OwnerRule, ResponseSpec, RoutingSpec, RuleSpec, Target, Unknown,
};
use crate::term::ResponseTerm;

/// A routing policy with its id, version, validity and fingerprint.
pub type RoutingDocument = Document<RoutingPolicy>;

/// What a routing policy says, checked: which item goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingPolicy {
    vocabulary: Vocabulary,
    zone: Zone,
    week_start: WeekStart,
    owner: OwnerRule,
    matching: MatchSpec,
    priority: Option<FactId>,
    queues: Vec<QueueId>, // INVARIANT: each once, and every queue that is named is here
    rules: Vec<Rule>,
    fallback: Vec<QueueId>,
    response: Vec<Response>,
}

/// One rule, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code of the rule.
    pub id: RuleId,
    /// When it holds.
    pub when: Condition,
    /// What it means if nobody knows whether it holds.
    pub unknown: Unknown,
    /// Whether the present owner comes first, if by this rule otherwise than by the policy.
    pub owner: Option<OwnerRule>,
    /// Who gets it, in order.
    pub to: Vec<Target>,
}

/// Within what time to respond, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The code of the rule.
    pub id: RuleId,
    /// When it holds.
    pub when: Condition,
    /// What it means if nobody knows whether it holds.
    pub unknown: Unknown,
    /// Within what time.
    pub within: ResponseTerm,
}

impl Unknown {
    /// Whether a condition with this answer counts as holding.
    #[must_use]
    pub const fn holds(self, truth: Truth) -> bool {
        match truth {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => matches!(self, Self::Holds),
        }
    }
}

impl RoutingPolicy {
    /// The most rules, and the most terms of response.
    pub const MAX_RULES: usize = 1_000;
    /// The most queues.
    pub const MAX_QUEUES: usize = 1_000;

    /// What conditions may name.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Where days begin.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The moment at which conditions are asked.
    #[must_use]
    pub const fn moment(&self, as_of: chrono::DateTime<chrono::Utc>) -> Moment {
        Moment { as_of, zone: self.zone, week_start: self.week_start }
    }

    /// Whether the present owner comes first.
    #[must_use]
    pub const fn owner(&self) -> OwnerRule {
        self.owner
    }

    /// Which facts of an item ask for people who fit.
    #[must_use]
    pub const fn matching(&self) -> &MatchSpec {
        &self.matching
    }

    /// The fact by which a batch is ordered.
    #[must_use]
    pub const fn priority(&self) -> Option<&FactId> {
        self.priority.as_ref()
    }

    /// The queues.
    #[must_use]
    pub fn queues(&self) -> &[QueueId] {
        &self.queues
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The queues that are tried last, in order.
    #[must_use]
    pub fn fallback(&self) -> &[QueueId] {
        &self.fallback
    }

    /// Within what time to respond, in order.
    #[must_use]
    pub fn response(&self) -> &[Response] {
        &self.response
    }
}

impl Body for RoutingPolicy {
    type Spec = RoutingSpec;
    const SCHEMA: &'static str = "guanxi.routing/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&[
            "vocabulary",
            "zone",
            "week_start",
            "owner",
            "match",
            "priority",
            "queues",
            "rules",
            "fallback",
            "response",
        ]);
        let vocabulary = fields
            .optional("vocabulary")
            .map_or_else(|| Some(Vocabulary::new()), |node| Vocabulary::read(&node));
        let zone = fields.optional("zone").map_or(Some(Zone::UTC), |node| node.get());
        let week_start = fields.optional("week_start").map_or(Some(WeekStart::Monday), |node| node.get());
        let owner = read_owner(&fields).map(Option::unwrap_or_default);
        let queues = fields.required("queues").and_then(|node| read_queues(&node));
        // What names something is checked as far as what it may name is known.
        let known = vocabulary.clone().unwrap_or_default();
        let reader = Reader { vocabulary: &known, queues: queues.as_deref(), seen: BTreeSet::new() };
        let matching =
            fields.optional("match").map_or(Some(MatchSpec::default()), |node| reader.matching(&node));
        let priority = fields.optional("priority").map_or(Some(None), |node| {
            reader.fact(&node, &[FactKind::Decimal, FactKind::Int], "a decimal or whole number").map(Some)
        });
        let rules = reader.clone().list(&fields, "rules", Reader::rule);
        let fallback =
            fields.optional("fallback").map_or(Some(Vec::new()), |node| reader.named_queues(&node));
        let response = reader.clone().list(&fields, "response", Reader::response);
        vocabulary.as_ref()?;
        Some(Self {
            vocabulary: known,
            zone: zone?,
            week_start: week_start?,
            owner: owner?,
            matching: matching?,
            priority: priority?,
            queues: queues?,
            rules: rules?,
            fallback: fallback?,
            response: response?,
        })
    }

    fn spec(&self) -> RoutingSpec {
        let rule = |rule: &Rule| RuleSpec {
            id: rule.id.clone(),
            when: (&rule.when).into(),
            unknown: rule.unknown,
            owner: rule.owner,
            to: rule.to.clone(),
        };
        let response = |response: &Response| ResponseSpec {
            id: response.id.clone(),
            when: (&response.when).into(),
            unknown: response.unknown,
            within: response.within,
        };
        RoutingSpec {
            vocabulary: self.vocabulary.spec(),
            zone: self.zone,
            week_start: self.week_start,
            owner: self.owner,
            matching: self.matching.clone(),
            priority: self.priority.clone(),
            queues: self.queues.clone(),
            rules: self.rules.iter().map(rule).collect(),
            fallback: self.fallback.clone(),
            response: self.response.iter().map(response).collect(),
        }
    }
}

/// What the parts of a policy are checked against.
#[derive(Clone)]
struct Reader<'a> {
    vocabulary: &'a Vocabulary,
    /// `None` while the queues themselves could not be read.
    queues: Option<&'a [QueueId]>,
    seen: BTreeSet<RuleId>,
}

impl Reader<'_> {
    fn list<T>(
        mut self,
        fields: &Fields<'_>,
        name: &str,
        read: fn(&mut Self, &Node<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
        let items = node.items()?;
        if items.len() > RoutingPolicy::MAX_RULES {
            let allowed = format!("at most {}", RoutingPolicy::MAX_RULES);
            node.report("not_allowed", format!("{} of them", items.len()), allowed);
        }
        let read: Vec<Option<T>> = items.iter().map(|item| read(&mut self, item)).collect();
        read.into_iter().collect()
    }

    fn rule(&mut self, node: &Node<'_>) -> Option<Rule> {
        let fields = node.fields(&["id", "when", "unknown", "owner", "to"]);
        let id = self.id(&fields);
        let when = fields.required("when").and_then(|node| Condition::read(&node, self.vocabulary));
        let (unknown, owner) = (read_unknown(&fields), read_owner(&fields));
        let to = fields.required("to").and_then(|node| self.targets(&node));
        Some(Rule { id: id?, when: when?, unknown: unknown?, owner: owner?, to: to? })
    }

    fn response(&mut self, node: &Node<'_>) -> Option<Response> {
        let fields = node.fields(&["id", "when", "unknown", "within"]);
        let id = self.id(&fields);
        let when = fields
            .optional("when")
            .map_or_else(|| Some(Condition::always()), |node| Condition::read(&node, self.vocabulary));
        let unknown = read_unknown(&fields);
        let within = fields.required("within").and_then(|node| ResponseTerm::read(&node));
        Some(Response { id: id?, when: when?, unknown: unknown?, within: within? })
    }

    fn id(&mut self, fields: &Fields<'_>) -> Option<RuleId> {
        let node = fields.required("id")?;
        let id: RuleId = node.get()?;
        if !self.seen.insert(id.clone()) {
            node.refuse("duplicate", "each rule has an id of its own");
        }
        Some(id)
    }

    fn targets(&self, node: &Node<'_>) -> Option<Vec<Target>> {
        let items = node.items()?;
        if items.is_empty() {
            node.refuse("not_allowed", "at least one target, such as {\"queue\": \"seniors\"}");
        }
        let (mut targets, mut complete) = (Vec::new(), true);
        for item in items {
            let fields = item.fields(&["queue", "person"]);
            let queue = fields.optional("queue").map(|node| self.queue(&node));
            let person = fields.optional("person").map(|node| node.get::<ActorId>());
            let target = match (queue, person) {
                (Some(queue), None) => queue.map(Target::Queue),
                (None, Some(person)) => person.map(Target::Person),
                _ if item.value().is_object() => {
                    item.refuse("not_allowed", "either a queue or a person");
                    None
                }
                _ => None,
            };
            match target {
                Some(target) if targets.contains(&target) => {
                    item.refuse("duplicate", "each target once");
                }
                Some(target) => targets.push(target),
                None => complete = false,
            }
        }
        complete.then_some(targets)
    }

    fn named_queues(&self, node: &Node<'_>) -> Option<Vec<QueueId>> {
        let (mut queues, mut complete) = (Vec::new(), true);
        for item in node.items()? {
            match self.queue(&item) {
                Some(queue) if queues.contains(&queue) => item.refuse("duplicate", "each queue once"),
                Some(queue) => queues.push(queue),
                None => complete = false,
            }
        }
        complete.then_some(queues)
    }

    fn queue(&self, node: &Node<'_>) -> Option<QueueId> {
        let queue: QueueId = node.get()?;
        if let Some(queues) = self.queues
            && !queues.contains(&queue)
        {
            node.refuse("unknown_name", format!("a queue that is listed: {}", join(queues)));
            return None;
        }
        Some(queue)
    }

    fn matching(&self, node: &Node<'_>) -> Option<MatchSpec> {
        let fields = node.fields(&["skills", "territories", "languages"]);
        let need = |name| match fields.optional(name) {
            None => Some(None),
            Some(node) => {
                let fields = node.fields(&["fact", "missing"]);
                let words = [("anyone", Missing::Anyone), ("unlimited", Missing::Unlimited)];
                let missing =
                    fields.optional("missing").map_or(Some(Missing::Anyone), |node| node.choice(&words));
                let kinds = [FactKind::Text, FactKind::Set];
                let fact =
                    fields.required("fact").and_then(|node| self.fact(&node, &kinds, "a text or a set"));
                Some(Some(NeedSpec { fact: fact?, missing: missing? }))
            }
        };
        let (skills, territories, languages) = (need("skills"), need("territories"), need("languages"));
        Some(MatchSpec { skills: skills?, territories: territories?, languages: languages? })
    }

    /// A fact of the vocabulary that is of one of some kinds.
    fn fact(&self, node: &Node<'_>, kinds: &[FactKind], allowed: &str) -> Option<FactId> {
        let fact: FactId = node.get()?;
        match self.vocabulary.fact(fact.as_str()) {
            None => node.refuse("unknown_name", "a fact of the vocabulary"),
            Some(schema) if !kinds.contains(&schema.kind) => {
                node.refuse("not_allowed", format!("a fact that is {allowed}"));
            }
            Some(_) => return Some(fact),
        }
        None
    }
}

fn read_queues(node: &Node<'_>) -> Option<Vec<QueueId>> {
    let items = node.items()?;
    if items.is_empty() || items.len() > RoutingPolicy::MAX_QUEUES {
        let allowed = format!("1 to {} queues", RoutingPolicy::MAX_QUEUES);
        node.report("not_allowed", format!("{} queues", items.len()), allowed);
    }
    let (mut queues, mut complete) = (Vec::new(), true);
    for item in items {
        match item.get::<QueueId>() {
            Some(queue) if queues.contains(&queue) => item.refuse("duplicate", "each queue once"),
            Some(queue) => queues.push(queue),
            None => complete = false,
        }
    }
    complete.then_some(queues)
}

fn read_owner(fields: &Fields<'_>) -> Option<Option<OwnerRule>> {
    let words = [
        ("first", OwnerRule::First),
        ("within_capacity", OwnerRule::WithinCapacity),
        ("ignored", OwnerRule::Ignored),
    ];
    fields.optional("owner").map_or(Some(None), |node| node.choice(&words).map(Some))
}

pub(crate) fn read_unknown(fields: &Fields<'_>) -> Option<Unknown> {
    let words = [("fails", Unknown::Fails), ("holds", Unknown::Holds)];
    fields.optional("unknown").map_or(Some(Unknown::Fails), |node| node.choice(&words))
}

fn join(queues: &[QueueId]) -> String {
    queues.iter().map(QueueId::as_str).collect::<Vec<_>>().join(", ")
}
