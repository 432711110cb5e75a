//! What happened to a customer.
use alloc::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fact::FactValue;
use crate::id::{AttributeId, EventId, SubjectId};

crate::define_id! {
    /// The kind of an event, such as `order.placed`; hosts add their own kinds.
    pub struct EventKind(code, 64);
}

/// The five kinds of customer data that events belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Who the customer is 基本.
    Base,
    /// What was bought, paid, signed 交易.
    Transaction,
    /// What the customer uses and tries 行为.
    Behaviour,
    /// Contacts in either direction 互动.
    Interaction,
    /// Tickets, complaints, surveys 反馈.
    Feedback,
}

/// The standard kinds by category; a kind of the host's own has none.
const STANDARD: &[(Category, &[&str])] = &[
    (
        Category::Base,
        &["profile.changed", "owner.changed", "consent.given", "consent.withdrawn", "note.added"],
    ),
    (
        Category::Transaction,
        &[
            "order.placed",
            "order.returned",
            "payment.received",
            "payment.overdue",
            "quote.sent",
            "contract.signed",
            "contract.renewed",
            "contract.ended",
        ],
    ),
    (
        Category::Behaviour,
        &["trial.started", "trial.ended", "usage.reported", "activity.attended", "campaign.responded"],
    ),
    (Category::Interaction, &["contact.made", "contact.replied", "meeting.held", "demo.given", "visit.made"]),
    (
        Category::Feedback,
        &[
            "ticket.opened",
            "ticket.closed",
            "complaint.opened",
            "complaint.resolved",
            "complaint.verified",
            "survey.answered",
        ],
    ),
];

impl EventKind {
    /// The category of a standard kind; `None` for a kind of the host's own.
    #[must_use]
    pub fn category(&self) -> Option<Category> {
        STANDARD.iter().find(|(_, kinds)| kinds.contains(&self.as_str())).map(|(category, _)| *category)
    }

    /// The standard kinds, by category.
    pub fn standard() -> impl Iterator<Item = (Category, &'static str)> {
        STANDARD.iter().flat_map(|(category, kinds)| kinds.iter().map(|kind| (*category, *kind)))
    }
}

/// One thing that happened, as a line of a ledger.
///
/// A ledger is idempotent by `id`, read in the order of `occurred_at` and then `id`, and whatever
/// occurs after `as_of` is ignored with a reason. People are named by id only, so that erasing a
/// person's data never breaks a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The same id is the same event.
    pub id: EventId,
    /// To whom it happened.
    pub subject: SubjectId,
    /// What happened.
    pub kind: EventKind,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was written down, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<DateTime<Utc>>,
    /// The system that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<AttributeId>,
    /// The channel that it came through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<AttributeId>,
    /// What else is known of it: amounts, products, directions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttributeId, FactValue>,
}

impl Event {
    /// The event with some of its attributes alone, and without source and channel.
    #[must_use]
    pub fn reduced(&self, keeps: impl Fn(&AttributeId, &FactValue) -> bool) -> Self {
        let kept = self.attributes.iter().filter(|(id, value)| keeps(id, value));
        Self {
            id: self.id.clone(),
            subject: self.subject.clone(),
            kind: self.kind.clone(),
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            source: None,
            channel: None,
            attributes: kept.map(|(id, value)| (id.clone(), value.clone())).collect(),
        }
    }

    /// The rank of this version among all versions of the event: of two that differ the greater one counts,
    /// in every ledger.
    ///
    /// The one recorded later is greater (never recorded is earliest); of two recorded at once, the one that
    /// is greater by occurrence, subject, kind, source, channel and attributes, in that order. Versions of
    /// one rank are equal.
    ///
    /// ```
    /// use guanxi_core::Event;
    /// let version = |recorded_at: &str| serde_json::from_value::<Event>(serde_json::json!({
    ///     "id": "E1", "subject": "C1", "kind": "order.placed",
    ///     "occurred_at": "2026-06-01T09:00:00Z", "recorded_at": recorded_at
    /// }));
    /// let (early, late) = (version("2026-06-02T00:00:00Z")?, version("2026-06-03T00:00:00Z")?);
    /// assert!(late.version() > early.version());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn version(&self) -> impl Ord + '_ {
        let Self { id: _, subject, kind, occurred_at, recorded_at, source, channel, attributes } = self;
        (recorded_at, occurred_at, subject, kind, source, channel, attributes)
    }
}
