//! What is on record of a lead.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, AttributeId, FactId, FactMap, FactValue, SubjectId, fact_id};
use serde::{Deserialize, Serialize};

use crate::key::{CustomerKind, ExactKey};

/// The usual channels of leads; hosts add their own. Each has a label, `channel.CODE`.
pub const CHANNELS: [&str; 5] = ["web", "community", "trade_fair", "referral", "ads"];

/// Somebody who may become a customer.
///
/// Names, addresses and notes stay with the host: the record holds what decisions read and what conversion
/// compares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// The host's own key.
    pub id: SubjectId,
    /// Whether an organisation or a person would become the customer.
    pub customer: CustomerKind,
    /// When the lead came.
    pub created_at: DateTime<Utc>,
    /// The system or campaign that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<AttributeId>,
    /// The channel that it came through, such as one of [`CHANNELS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<AttributeId>,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ActorId>,
    /// The exact keys of the customer that it would become.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub keys: BTreeSet<ExactKey>,
    /// The persons that one talks to; none, if the lead is that person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<LeadContact>,
    /// What is known of it.
    #[serde(default)]
    pub attributes: FactMap,
}

/// A person that one talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadContact {
    /// The host's own key; it stays that of the person if the lead is converted.
    pub id: SubjectId,
    /// The exact keys of the person.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub keys: BTreeSet<ExactKey>,
}

impl Lead {
    /// A lead of which nothing else is known.
    #[must_use]
    pub const fn new(id: SubjectId, customer: CustomerKind, created_at: DateTime<Utc>) -> Self {
        Self {
            id,
            customer,
            created_at,
            source: None,
            channel: None,
            owner: None,
            keys: BTreeSet::new(),
            contacts: Vec::new(),
            attributes: FactMap::new(),
        }
    }

    /// What conditions read: the attributes, and the fields of the record as the facts `created` (an
    /// instant), `source`, `channel` and `owner` (texts), which take the place of attributes of these names.
    #[must_use]
    pub fn facts(&self) -> FactMap {
        let text = |id: FactId, value: Option<&str>, facts: FactMap| match value {
            Some(value) => facts.with(id, FactValue::Text(value.into()), Some(self.created_at)),
            None => facts,
        };
        let created = FactValue::Instant(self.created_at);
        let facts = self.attributes.clone().with(fact_id!("created"), created, Some(self.created_at));
        let facts = text(fact_id!("source"), self.source.as_ref().map(AttributeId::as_str), facts);
        let facts = text(fact_id!("channel"), self.channel.as_ref().map(AttributeId::as_str), facts);
        match &self.owner {
            // Since when somebody looks after it is not on record.
            Some(owner) => facts.with(fact_id!("owner"), FactValue::Text(owner.as_str().into()), None),
            None => facts,
        }
    }
}
