//! Why a conversion comes to what it does.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, ReasonCode, SubjectId};
use guanxi_policy::LabelPack;
use serde::{Deserialize, Serialize};

use crate::id::KeyKind;
use crate::spec::Verdict;

/// One reason of a conversion: first all of the customer, then those of each contact, then what is carried.
/// Keys are named by their kind; what they say is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConversionReason {
    /// The lead has been converted before.
    AlreadyConverted {
        /// What it has become.
        customer: SubjectId,
    },
    /// Somebody is known by an equal key.
    KnownBy {
        /// The lead or its contact.
        of: SubjectId,
        /// Who is known.
        party: SubjectId,
        /// The kind of key.
        key: KeyKind,
        /// What all equal keys together mean.
        verdict: Verdict,
    },
    /// The party is one that is known, and is not created.
    Links {
        /// The lead or its contact.
        of: SubjectId,
        /// Who it is.
        party: SubjectId,
    },
    /// The party is created.
    Creates {
        /// The lead or its contact.
        of: SubjectId,
        /// Its key.
        party: SubjectId,
    },
    /// Several parties that are known claim to be the same one: somebody has to look.
    Ambiguous {
        /// The lead or its contact.
        of: SubjectId,
        /// How many parties have an equal key.
        parties: u64,
    },
    /// Parties that are known may be the same one: somebody has to look.
    NeedsReview {
        /// The lead or its contact.
        of: SubjectId,
        /// How many.
        parties: u64,
    },
    /// The party that it is said to be is not known, or is of the other kind.
    NotKnown {
        /// The lead or its contact.
        of: SubjectId,
        /// Who it is said to be.
        party: SubjectId,
    },
    /// The key that it would get is that of another party.
    IdTaken {
        /// The lead or its contact.
        of: SubjectId,
        /// The key.
        party: SubjectId,
    },
    /// Events of the lead count for the customer from now on.
    CarriesEvents {
        /// How many.
        events: u64,
    },
    /// The policy is not in force at the instant.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl ReasonCode for ConversionReason {
    fn code(&self) -> &'static str {
        match self {
            Self::AlreadyConverted { .. } => "already_converted",
            Self::KnownBy { .. } => "known_by",
            Self::Links { .. } => "links",
            Self::Creates { .. } => "creates",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NeedsReview { .. } => "needs_review",
            Self::NotKnown { .. } => "not_known",
            Self::IdTaken { .. } => "id_taken",
            Self::CarriesEvents { .. } => "carries_events",
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let subject = |name, id: &SubjectId| (name, Arg::Label("subject", id.to_string()));
        let none = || Arg::Text("–".to_string());
        let instant = |at: &Option<DateTime<Utc>>| at.map_or_else(none, Arg::Instant);
        match self {
            Self::AlreadyConverted { customer } => [subject("customer", customer)].into(),
            Self::KnownBy { of, party, key, verdict } => [
                subject("of", of),
                subject("party", party),
                ("key", Arg::Label("key", key.to_string())),
                ("verdict", Arg::Label("verdict", verdict.code().to_string())),
            ]
            .into(),
            Self::Links { of, party }
            | Self::Creates { of, party }
            | Self::NotKnown { of, party }
            | Self::IdTaken { of, party } => [subject("of", of), subject("party", party)].into(),
            Self::Ambiguous { of, parties } | Self::NeedsReview { of, parties } => {
                [subject("of", of), ("parties", Arg::Count(*parties))].into()
            }
            Self::CarriesEvents { events } => [("events", Arg::Count(*events))].into(),
            Self::PolicyNotInForce { from, to } => [("from", instant(from)), ("to", instant(to))].into(),
        }
    }
}

impl ConversionReason {
    /// The reason in words; its templates are `conversion.CODE`, so that the pack can be put together with
    /// those of other crates.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        pack.fill("conversion", self.code(), &self.args())
    }
}
