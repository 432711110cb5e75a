//! What good data is, as data.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_core::{AttributeId, EventKind, FactId, FactSchema};
use guanxi_policy::{Body, FactSchemaSpec, Fields, Node, Problems, check, read_fact_schema};
use serde::{Deserialize, Serialize};

use crate::party::PartyKind;
use crate::read::list;

/// Something that is kept of a party and can be good or bad.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The name.
    Name,
    /// The e-mail addresses; one is enough.
    Email,
    /// The phone numbers; one is enough.
    Phone,
    /// An attribute of the record.
    Attribute(AttributeId),
    /// A fact.
    Fact(FactId),
}

/// Rules of data quality, as people write them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QualitySpec {
    /// What each field by itself must be: known, valid, fresh.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldSpec>,
    /// What fields must be to each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ordered: Vec<OrderSpec>,
    /// What no two parties of one kind may share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<UniqueSpec>,
    /// How soon an interaction must be written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingSpec>,
}

/// The rule of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// The field.
    pub field: Field,
    /// Only of parties of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<PartyKind>,
    /// Whether it must be known. A fact that does not apply and data erased on request lack nothing.
    #[serde(default)]
    pub required: bool,
    /// What values it may have; of attributes and facts only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<FactSchemaSpec>,
    /// After how many days since it was observed it is stale, 1 to 36 525; of attributes and facts only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest_age_days: Option<u32>,
    /// The role to ask for it; the schema's supplier, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
}

/// Two fields of which one is never smaller than the other: numbers, amounts of one currency, days
/// or instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderSpec {
    /// The field that is at least the other.
    pub field: Field,
    /// The other.
    pub at_least: Field,
    /// The role to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
}

/// A field by which parties are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UniqueSpec {
    /// The field; no fact. Names and e-mail addresses are compared without case, blanks and full-width
    /// forms; phone numbers by their digits without zeros in front and the country code 86;
    /// attributes as they stand.
    pub field: Field,
    /// The role to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
}

/// How soon an event must be written down after it occurred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordingSpec {
    /// The kinds of events; the standard interactions, if none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventKind>,
    /// The hours allowed, 1 to 8 760; 24 if not given.
    #[serde(default = "one_day")]
    pub within_hours: u32,
    /// The role to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
}

const fn one_day() -> u32 {
    24
}

/// Checked rules of data quality.
///
/// ```
/// use guanxi_customer::QualityPolicy;
/// use guanxi_policy::{Body, check};
///
/// let tree = serde_json::json!({
///     "fields": [{"field": {"attribute": "industry"}, "required": true, "ask": "sales"}],
///     "unique": [{"field": "phone"}],
///     "recording": {"within_hours": 24}
/// });
/// assert!(check(&tree, QualityPolicy::read).is_ok());
/// # Ok::<(), guanxi_policy::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualityPolicy {
    pub(crate) fields: Vec<FieldRule>,
    pub(crate) ordered: Vec<OrderSpec>,
    pub(crate) unique: Vec<UniqueSpec>,
    pub(crate) recording: Option<RecordingSpec>,
}

/// The checked rule of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldRule {
    pub(crate) field: Field,
    pub(crate) only: Option<PartyKind>,
    pub(crate) required: bool,
    pub(crate) schema: Option<FactSchema>,
    pub(crate) greatest_age_days: Option<u32>,
    pub(crate) ask: Option<String>,
}

impl FieldRule {
    /// The role to ask for the field.
    pub(crate) fn role(&self) -> Option<&String> {
        self.ask.as_ref().or_else(|| self.schema.as_ref()?.supplier.as_ref())
    }
}

const MAX_AGE_DAYS: u32 = 36_525;
const MAX_HOURS: u32 = 8_760;

impl TryFrom<&QualitySpec> for QualityPolicy {
    type Error = Problems;

    fn try_from(spec: &QualitySpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for QualityPolicy {
    type Spec = QualitySpec;
    const SCHEMA: &'static str = "guanxi.quality/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["fields", "ordered", "unique", "recording"]);
        let (mut ruled, mut keys) = (BTreeSet::new(), BTreeSet::new());
        let rules = list(&fields, "fields", |node| {
            let rule = read_field(node)?;
            refuse_twice(node, ruled.insert((rule.field.clone(), rule.only)));
            Some(rule)
        });
        let ordered = list(&fields, "ordered", read_order);
        let unique = list(&fields, "unique", |node| {
            let rule = read_unique(node)?;
            refuse_twice(node, keys.insert(rule.field.clone()));
            Some(rule)
        });
        let recording = match fields.optional("recording") {
            None => Some(None),
            Some(node) => read_recording(&node).map(Some),
        };
        Some(Self { fields: rules?, ordered: ordered?, unique: unique?, recording: recording? })
    }

    fn spec(&self) -> QualitySpec {
        let fields = self.fields.iter().map(|rule| FieldSpec {
            field: rule.field.clone(),
            only: rule.only,
            required: rule.required,
            schema: rule.schema.as_ref().map(FactSchemaSpec::from),
            greatest_age_days: rule.greatest_age_days,
            ask: rule.ask.clone(),
        });
        QualitySpec {
            fields: fields.collect(),
            ordered: self.ordered.clone(),
            unique: self.unique.clone(),
            recording: self.recording.clone(),
        }
    }
}

fn refuse_twice(node: &Node<'_>, new: bool) {
    if !new {
        node.refuse("duplicate", "one rule a field");
    }
}

fn read_role(fields: &Fields<'_>) -> Option<String> {
    let node = fields.optional("ask")?;
    let role: String = node.get()?;
    if role.trim().is_empty() || !guanxi_core::is_inert(&role) {
        node.refuse("not_allowed", "the name of a role, without control characters");
    }
    Some(role)
}

/// A number from 1 to `most`, or nothing if the field is absent or wrong.
fn read_limit(fields: &Fields<'_>, name: &str, most: u32) -> Option<u32> {
    let node = fields.optional(name)?;
    let limit: u32 = node.get()?;
    if !(1..=most).contains(&limit) {
        node.refuse("not_allowed", format!("1 to {most}"));
    }
    Some(limit)
}

fn read_field(node: &Node<'_>) -> Option<FieldRule> {
    let fields = node.fields(&["field", "only", "required", "schema", "greatest_age_days", "ask"]);
    let field: Option<Field> = fields.required("field").and_then(|node| node.get());
    let only = fields.optional("only").and_then(|node| node.get());
    let required = fields.optional("required").is_some_and(|node| node.get().unwrap_or_default());
    let schema = fields.optional("schema").and_then(|node| read_fact_schema(&node));
    let greatest_age_days = read_limit(&fields, "greatest_age_days", MAX_AGE_DAYS);
    let ask = read_role(&fields);
    let rule = FieldRule { field: field?, only, required, schema, greatest_age_days, ask };
    if matches!(rule.field, Field::Name | Field::Email | Field::Phone) {
        for name in ["schema", "greatest_age_days"] {
            if let Some(node) = fields.optional(name) {
                node.refuse("not_allowed", "nothing: only attributes and facts have a schema and an age");
            }
        }
    }
    let asks = ["required", "schema", "greatest_age_days"].iter().any(|name| fields.optional(name).is_some());
    if !asks {
        node.report("missing_field", "", "at least one of `required`, `schema`, `greatest_age_days`");
    }
    Some(rule)
}

fn read_order(node: &Node<'_>) -> Option<OrderSpec> {
    let fields = node.fields(&["field", "at_least", "ask"]);
    let read = |name| {
        let node = fields.required(name)?;
        let field: Field = node.get()?;
        if matches!(field, Field::Name | Field::Email | Field::Phone) {
            node.refuse("not_allowed", "an attribute or a fact");
        }
        Some(field)
    };
    let (field, at_least) = (read("field"), read("at_least"));
    let ask = read_role(&fields);
    let rule = OrderSpec { field: field?, at_least: at_least?, ask };
    if rule.field == rule.at_least {
        node.refuse("not_allowed", "two different fields");
    }
    Some(rule)
}

fn read_unique(node: &Node<'_>) -> Option<UniqueSpec> {
    let fields = node.fields(&["field", "ask"]);
    let field: Option<Field> = fields.required("field").and_then(|node| {
        let field = node.get()?;
        if matches!(field, Field::Fact(_)) {
            node.refuse("not_allowed", "name, email, phone or an attribute");
        }
        Some(field)
    });
    let ask = read_role(&fields);
    Some(UniqueSpec { field: field?, ask })
}

fn read_recording(node: &Node<'_>) -> Option<RecordingSpec> {
    let fields = node.fields(&["events", "within_hours", "ask"]);
    let events = list(&fields, "events", Node::get);
    let within_hours = read_limit(&fields, "within_hours", MAX_HOURS).unwrap_or(one_day());
    let ask = read_role(&fields);
    Some(RecordingSpec { events: events?, within_hours, ask })
}
