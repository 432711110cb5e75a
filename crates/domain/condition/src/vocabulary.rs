//! What a condition may name.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;

use guanxi_core::{AttributeId, EventKind, FactId, FactSchema};
use guanxi_policy::{Body, Document, FactSchemaSpec, Node, Problems, check, read_fact_schema};
use serde::{Deserialize, Serialize};

/// A vocabulary as people write it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VocabularySpec {
    /// The facts with their schemas.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<FactId, FactSchemaSpec>,
    /// The attributes of events with theirs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttributeId, FactSchemaSpec>,
    /// The host's own kinds of events, beside the standard ones.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub events: BTreeSet<EventKind>,
}

/// What a condition may name: facts and attributes with their schemas, and kinds of events.
///
/// ```
/// use guanxi_condition::Vocabulary;
/// use guanxi_core::{FactKind, FactSchema, fact_id};
/// let vocabulary = Vocabulary::new().with_fact(fact_id!("score"), FactSchema::of(FactKind::Decimal));
/// assert!(vocabulary.fact("score").is_some());
/// assert!(vocabulary.knows(&"order.placed".parse()?));
/// # Ok::<(), guanxi_core::IdError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    facts: BTreeMap<FactId, FactSchema>,
    attributes: BTreeMap<AttributeId, FactSchema>,
    kinds: BTreeSet<EventKind>,
}

impl Vocabulary {
    /// No facts, no attributes, the standard kinds of events.
    #[must_use]
    pub const fn new() -> Self {
        Self { facts: BTreeMap::new(), attributes: BTreeMap::new(), kinds: BTreeSet::new() }
    }

    /// With a fact.
    #[must_use]
    pub fn with_fact(mut self, id: FactId, schema: FactSchema) -> Self {
        self.facts.insert(id, schema);
        self
    }

    /// With an attribute of events.
    #[must_use]
    pub fn with_attribute(mut self, id: AttributeId, schema: FactSchema) -> Self {
        self.attributes.insert(id, schema);
        self
    }

    /// With a kind of events of the host's own.
    #[must_use]
    pub fn with_kind(mut self, kind: EventKind) -> Self {
        self.kinds.insert(kind);
        self
    }

    /// The facts with their schemas, by name.
    pub fn facts(&self) -> impl Iterator<Item = (&FactId, &FactSchema)> {
        self.facts.iter()
    }

    /// The attributes of events with their schemas, by name.
    pub fn attributes(&self) -> impl Iterator<Item = (&AttributeId, &FactSchema)> {
        self.attributes.iter()
    }

    /// The host's own kinds of events, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &EventKind> {
        self.kinds.iter()
    }

    /// The schema of a fact.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&FactSchema> {
        self.facts.get(name)
    }

    /// The schema of an attribute of events.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&FactSchema> {
        self.attributes.get(name)
    }

    /// Whether a kind of events is a standard one or one of the host's own.
    #[must_use]
    pub fn knows(&self, kind: &EventKind) -> bool {
        kind.category().is_some() || self.kinds.contains(kind)
    }

    /// Reads a vocabulary, reporting every problem to the node.
    #[must_use]
    pub fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["facts", "attributes", "events"]);
        let facts = fields.optional("facts").map(|node| read_schemas(&node, FactId::new));
        let attributes = fields.optional("attributes").map(|node| read_schemas(&node, AttributeId::new));
        let kinds = fields.optional("events").map(|node| read_kinds(&node));
        Some(Self {
            facts: facts.unwrap_or_else(|| Some(BTreeMap::new()))?,
            attributes: attributes.unwrap_or_else(|| Some(BTreeMap::new()))?,
            kinds: kinds.unwrap_or_else(|| Some(BTreeSet::new()))?,
        })
    }

    /// The vocabulary as people write it, in its one normal form.
    #[must_use]
    pub fn spec(&self) -> VocabularySpec {
        let facts = self.facts.iter().map(|(id, schema)| (id.clone(), schema.into()));
        let attributes = self.attributes.iter().map(|(id, schema)| (id.clone(), schema.into()));
        VocabularySpec {
            facts: facts.collect(),
            attributes: attributes.collect(),
            events: self.kinds.clone(),
        }
    }
}

/// A vocabulary with its id, version, validity and fingerprint.
pub type VocabularyDocument = Document<Vocabulary>;

impl Body for Vocabulary {
    type Spec = VocabularySpec;
    const SCHEMA: &'static str = "guanxi.vocabulary/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        Self::read(node)
    }

    fn spec(&self) -> VocabularySpec {
        self.spec()
    }
}

impl TryFrom<&VocabularySpec> for Vocabulary {
    type Error = Problems;

    fn try_from(spec: &VocabularySpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

fn read_schemas<I: Ord>(
    node: &Node<'_>,
    id: impl Fn(&str) -> Result<I, guanxi_core::IdError>,
) -> Option<BTreeMap<I, FactSchema>> {
    let (mut schemas, mut complete) = (BTreeMap::new(), true);
    for (name, node) in node.entries()? {
        let id = id(name).map_err(|error| {
            node.report("not_allowed", guanxi_core::Quoted(name).to_string(), error.to_string());
        });
        match (id, read_fact_schema(&node)) {
            (Ok(id), Some(schema)) => {
                schemas.insert(id, schema);
            }
            _ => complete = false,
        }
    }
    complete.then_some(schemas)
}

fn read_kinds(node: &Node<'_>) -> Option<BTreeSet<EventKind>> {
    let (mut kinds, mut complete) = (BTreeSet::new(), true);
    for item in node.items()? {
        let kind: Option<EventKind> = item.get();
        complete &= kind.is_some();
        if kind.is_some_and(|kind| !kinds.insert(kind)) {
            item.refuse("duplicate", "each kind once");
        }
    }
    complete.then_some(kinds)
}
