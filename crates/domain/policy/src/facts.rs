//! Fact schemas as documents write them.
use alloc::format;
use alloc::string::{String, ToString};

use guanxi_core::{DecimalText, FactId, FactKind, FactSchema};
use serde::{Deserialize, Serialize};

use crate::tree::Node;

/// The schema of a fact as people write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FactSchemaSpec {
    /// The kind of value: `decimal`, `int`, `bool`, `text`, `date`, `instant`, `level`, `set`, `money`.
    pub kind: String,
    /// The greatest level, for the kind `level` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u8>,
    /// The least number allowed, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<DecimalText>,
    /// The greatest number allowed, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<DecimalText>,
    /// The fact that this one is a part of, and so never exceeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<FactId>,
    /// What one unit is: `days`, `CNY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The least step by which the fact can change, above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantum: Option<DecimalText>,
    /// The role that supplies the fact: `sales`, `marketing`, `finance`, `service`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// Whether it is personal data: then no reason shows its value.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub personal: bool,
}

const KINDS: [(&str, FactKind); 9] = [
    ("decimal", FactKind::Decimal),
    ("int", FactKind::Int),
    ("bool", FactKind::Bool),
    ("text", FactKind::Text),
    ("date", FactKind::Date),
    ("instant", FactKind::Instant),
    ("level", FactKind::Level { of: 0 }),
    ("set", FactKind::Set),
    ("money", FactKind::Money),
];

impl From<&FactSchema> for FactSchemaSpec {
    fn from(schema: &FactSchema) -> Self {
        let of = if let FactKind::Level { of } = schema.kind { Some(of) } else { None };
        let same = |kind: FactKind| core::mem::discriminant(&kind) == core::mem::discriminant(&schema.kind);
        let kind = KINDS.iter().find(|(_, kind)| same(*kind)).map_or("", |(name, _)| name).to_string();
        Self {
            kind,
            of,
            min: schema.min.map(DecimalText),
            max: schema.max.map(DecimalText),
            part_of: schema.part_of.clone(),
            unit: schema.unit.clone(),
            quantum: schema.quantum.map(DecimalText),
            supplier: schema.supplier.clone(),
            personal: schema.personal,
        }
    }
}

/// Reads the schema of a fact, reporting every problem to the node.
#[must_use]
pub fn read_fact_schema(node: &Node<'_>) -> Option<FactSchema> {
    let fields =
        node.fields(&["kind", "of", "min", "max", "part_of", "unit", "quantum", "supplier", "personal"]);
    let kind = fields.required("kind").and_then(|node| node.choice(&KINDS));
    let of: Option<u8> = fields.optional("of").and_then(|node| {
        let of = node.get()?;
        if of == 0 {
            node.refuse("not_allowed", "1 to 255");
            return None;
        }
        Some(of)
    });
    let decimal = |name| fields.optional(name).and_then(|node| node.get::<DecimalText>()).map(|text| text.0);
    let (min, max, quantum) = (decimal("min"), decimal("max"), decimal("quantum"));
    let part_of = fields.optional("part_of").and_then(|node| node.get());
    let unit = fields.optional("unit").and_then(|node| node.get());
    let supplier = fields.optional("supplier").and_then(|node| node.get());
    let personal = fields.optional("personal").and_then(|node| node.get()).unwrap_or(false);
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        node.report("not_allowed", format!("min {min} above max {max}"), "min at most max");
    }
    if let (Some(quantum), Some(node)) = (quantum, fields.optional("quantum"))
        && quantum <= rust_decimal::Decimal::ZERO
    {
        node.refuse("not_allowed", "a step above 0");
    }
    let kind = match (kind?, of) {
        (FactKind::Level { .. }, Some(of)) => FactKind::Level { of },
        (FactKind::Level { .. }, None) => {
            if fields.optional("of").is_none() {
                node.report("missing_field", "", "`of`, the greatest level, is required for the kind level");
            }
            return None;
        }
        (kind, None) => kind,
        (kind, Some(_)) => {
            fields
                .optional("of")?
                .refuse("not_allowed", format!("nothing: only levels have `of`, this is {kind}"));
            kind
        }
    };
    if !kind.is_number() && (min.is_some() || max.is_some() || part_of.is_some() || quantum.is_some()) {
        node.report("not_allowed", kind.to_string(), "min, max, part_of and quantum are for numbers only");
    }
    Some(FactSchema { kind, min, max, part_of, unit, quantum, supplier, personal })
}
