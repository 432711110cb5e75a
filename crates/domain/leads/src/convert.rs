//! What becomes of a lead: a customer and its contacts, planned as data.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Basis, Decision, EventId, SubjectId};
use serde::{Deserialize, Serialize};

use crate::convert_reason::ConversionReason;
use crate::directory::Directory;
use crate::id::KeyKind;
use crate::key::{CustomerKind, ExactKey};
use crate::lead::Lead;
use crate::ledger::LeadLedger;
use crate::plan::{ConversionPlan, NewParty, Step};
use crate::policy::LeadPolicyDocument;
use crate::spec::Verdict;

/// What is known when a lead is converted.
#[derive(Clone, Copy)]
pub struct Converting<'a> {
    /// The lead.
    pub lead: &'a Lead,
    /// What happened to it; these events are carried to the customer.
    pub ledger: &'a LeadLedger,
    /// The key of the customer, if one has to be created.
    pub customer: &'a SubjectId,
    /// What somebody has decided of the lead's customer (by the id of the lead) and of its contacts (by
    /// theirs), after looking at duplicates.
    pub resolved: &'a BTreeMap<SubjectId, Resolution>,
}

/// What somebody decides of a party that may be known already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It is none of those that are known: create it.
    Create,
    /// It is this one.
    Link(SubjectId),
}

/// What a conversion comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// What is to be done next.
    pub state: ConversionState,
    /// The customer, where it is clear who that is.
    pub customer: Option<SubjectId>,
    /// The plan; none unless the conversion is ready.
    pub plan: Option<ConversionPlan>,
    /// Who is known by an equal exact key, by lead and contacts in their order, then by party. Nothing is
    /// merged.
    pub duplicates: Vec<Duplicate>,
}

/// What is to be done next about a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversionState {
    /// There is a plan to apply.
    Ready,
    /// Somebody has to look at the duplicates, or to give another key: see the reasons.
    Held,
    /// The lead has been converted; there is nothing to do.
    Converted,
}

/// A party that has an equal exact key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duplicate {
    /// The lead, or the contact of it.
    pub of: SubjectId,
    /// Who is known.
    pub party: SubjectId,
    /// The kinds of the keys that are equal.
    pub keys: BTreeSet<KeyKind>,
    /// What that means: the same party, if one of the keys says so.
    pub verdict: Verdict,
}

/// Plans what becomes of a lead.
///
/// - A party with an equal key of the verdict *same* is that party, if there is only one: it is linked, not
///   created a second time. Equal keys of the verdict *review*, and several parties that all are the same,
///   hold the conversion until somebody resolves it. Nothing is ever merged.
/// - Two contacts of the lead with an equal key are treated alike.
/// - Every contact becomes a contact of the customer; the events of the lead count for the customer; the lead
///   is noted as converted, and planning once more says so and plans nothing.
///
/// ```
/// use std::collections::BTreeMap;
/// use guanxi_core::parse_instant;
/// use guanxi_leads::{Applied, Converting, ConversionState, CustomerKind, Directory, Lead, LeadLedger, plan_conversion, preset};
///
/// let policy = preset("standard").ok_or("no such preset")?;
/// let at = parse_instant("2026-06-30")?;
/// let lead = Lead::new("L1".parse()?, CustomerKind::Organisation, at);
/// let (ledger, customer, resolved) = (LeadLedger::new(), "C1".parse()?, BTreeMap::new());
/// let converting = Converting { lead: &lead, ledger: &ledger, customer: &customer, resolved: &resolved };
///
/// let mut directory = Directory::new();
/// let plan = plan_conversion(&policy, &converting, &directory, at).outcome.plan.ok_or("held")?;
/// assert_eq!(directory.apply(&plan)?, Applied::Done);
/// assert_eq!(directory.apply(&plan)?, Applied::Before);
/// assert_eq!(plan_conversion(&policy, &converting, &directory, at).outcome.state, ConversionState::Converted);
///
/// assert_eq!(directory.apply(&plan.undo())?, Applied::Done);
/// assert_eq!(directory, Directory::new());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan_conversion(
    policy: &LeadPolicyDocument,
    converting: &Converting<'_>,
    directory: &Directory,
    as_of: DateTime<Utc>,
) -> Decision<Conversion, ConversionReason> {
    let mut planner = Planner {
        policy,
        directory,
        converting,
        planned: Vec::new(),
        duplicates: Vec::new(),
        reasons: Vec::new(),
    };
    let (state, plan) = planner.plan();
    let customer = match &plan {
        Some(plan) => Some(plan.customer.clone()),
        None => directory.converted(&converting.lead.id).cloned(),
    };
    let Planner { duplicates, mut reasons, .. } = planner;
    let head = policy.head();
    if !head.in_force(as_of) {
        reasons.push(ConversionReason::PolicyNotInForce { from: head.effective_from, to: head.effective_to });
    }
    let limits = [head.effective_from, head.effective_to].into_iter().flatten();
    Decision {
        outcome: Conversion { state, customer, plan, duplicates },
        reasons,
        basis: Basis { policy: policy.stamp(), reference: None },
        as_of,
        next_change: limits.filter(|at| *at > as_of).min(),
    }
}

struct Planner<'a> {
    policy: &'a LeadPolicyDocument,
    directory: &'a Directory,
    converting: &'a Converting<'a>,
    /// The parties that this plan creates.
    planned: Vec<NewParty>,
    duplicates: Vec<Duplicate>,
    reasons: Vec<ConversionReason>,
}

/// A party of the lead.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    /// The lead or its contact.
    of: &'a SubjectId,
    kind: CustomerKind,
    keys: &'a BTreeSet<ExactKey>,
    /// The key that it gets if it is created.
    party: &'a SubjectId,
}

impl Planner<'_> {
    fn plan(&mut self) -> (ConversionState, Option<ConversionPlan>) {
        let Converting { lead, ledger, customer, .. } = *self.converting;
        if let Some(customer) = self.directory.converted(&lead.id) {
            self.reasons.push(ConversionReason::AlreadyConverted { customer: customer.clone() });
            return (ConversionState::Converted, None);
        }
        let wanted = Wanted { of: &lead.id, kind: lead.customer, keys: &lead.keys, party: customer };
        let customer = self.party(wanted);
        let contacts = lead.contacts.iter().map(|contact| Wanted {
            of: &contact.id,
            kind: CustomerKind::Person,
            keys: &contact.keys,
            party: &contact.id,
        });
        let persons: Vec<Option<SubjectId>> = contacts.map(|wanted| self.party(wanted)).collect();
        let persons: Option<BTreeSet<SubjectId>> = persons.into_iter().collect();
        let Some((customer, persons)) = customer.zip(persons) else { return (ConversionState::Held, None) };

        let mut steps: Vec<Step> = self.planned.drain(..).map(Step::CreateParty).collect();
        let links = persons.into_iter().filter(|person| *person != customer);
        let links = links.filter(|person| !self.directory.is_contact(person, &customer));
        steps.extend(links.map(|contact| Step::LinkContact { contact, of: customer.clone() }));
        let events: BTreeSet<EventId> = ledger.iter().map(|event| event.id.clone()).collect();
        let events: BTreeSet<EventId> =
            events.into_iter().filter(|event| self.directory.carried(event) != Some(&customer)).collect();
        if !events.is_empty() {
            let count = u64::try_from(events.len()).unwrap_or(u64::MAX);
            self.reasons.push(ConversionReason::CarriesEvents { events: count });
            steps.push(Step::CarryEvents { from: lead.id.clone(), to: customer.clone(), events });
        }
        steps.push(Step::MarkConverted { lead: lead.id.clone(), customer: customer.clone() });
        (ConversionState::Ready, Some(ConversionPlan { lead: lead.id.clone(), customer, steps }))
    }

    /// Who a party of the lead is, created if need be; `None` if that is not clear.
    fn party(&mut self, wanted: Wanted<'_>) -> Option<SubjectId> {
        let of = || wanted.of.clone();
        let found = self.duplicates_of(wanted);
        for Duplicate { party, keys, verdict, .. } in &found {
            let (party, verdict) = (party.clone(), *verdict);
            let known = keys.iter().map(|key| ConversionReason::KnownBy {
                of: of(),
                party: party.clone(),
                key: key.clone(),
                verdict,
            });
            self.reasons.extend(known);
        }
        let same: Vec<SubjectId> = found
            .iter()
            .filter(|known| known.verdict == Verdict::Same)
            .map(|known| known.party.clone())
            .collect();
        let open = u64::try_from(found.len()).unwrap_or(u64::MAX);
        self.duplicates.extend(found);
        match (self.converting.resolved.get(wanted.of), same.as_slice()) {
            (Some(Resolution::Link(party)), _) => {
                if self.kind_of(party) != Some(wanted.kind) {
                    self.reasons.push(ConversionReason::NotKnown { of: of(), party: party.clone() });
                    return None;
                }
                self.reasons.push(ConversionReason::Links { of: of(), party: party.clone() });
                Some(party.clone())
            }
            (None, [party]) => {
                self.reasons.push(ConversionReason::Links { of: of(), party: party.clone() });
                Some(party.clone())
            }
            (None, [_, _, ..]) => {
                self.reasons.push(ConversionReason::Ambiguous { of: of(), parties: open });
                None
            }
            (None, []) if open > 0 => {
                self.reasons.push(ConversionReason::NeedsReview { of: of(), parties: open });
                None
            }
            (Some(Resolution::Create), _) | (None, []) => self.create(wanted),
        }
    }

    fn create(&mut self, wanted: Wanted<'_>) -> Option<SubjectId> {
        let party = wanted.party.clone();
        if self.kind_of(&party).is_some() {
            self.reasons.push(ConversionReason::IdTaken { of: wanted.of.clone(), party });
            return None;
        }
        let known = wanted.keys.iter().flat_map(|key| self.having(wanted.kind, key));
        let despite = known.collect();
        self.reasons.push(ConversionReason::Creates { of: wanted.of.clone(), party: party.clone() });
        self.planned.push(NewParty {
            party: party.clone(),
            kind: wanted.kind,
            record_of: wanted.of.clone(),
            keys: wanted.keys.clone(),
            despite,
        });
        Some(party)
    }

    /// Whoever is known, or will be by this plan, by an equal key that the policy compares; by party.
    fn duplicates_of(&self, wanted: Wanted<'_>) -> Vec<Duplicate> {
        let body = self.policy.body();
        let compared = match wanted.kind {
            CustomerKind::Organisation => &body.organisation_keys,
            CustomerKind::Person => &body.person_keys,
        };
        let mut found: BTreeMap<SubjectId, (Verdict, BTreeSet<KeyKind>)> = BTreeMap::new();
        for key in wanted.keys {
            let Some((_, verdict)) = compared.iter().find(|(kind, _)| *kind == key.kind) else { continue };
            for party in self.having(wanted.kind, key) {
                let (strongest, kinds) = found.entry(party).or_insert_with(|| (*verdict, BTreeSet::new()));
                *strongest = (*strongest).min(*verdict);
                kinds.insert(key.kind.clone());
            }
        }
        let of = wanted.of;
        let duplicate = |(party, (verdict, keys))| Duplicate { of: of.clone(), party, keys, verdict };
        found.into_iter().map(duplicate).collect()
    }

    /// The parties of a kind that have a key, those of this plan included.
    fn having(&self, kind: CustomerKind, key: &ExactKey) -> Vec<SubjectId> {
        let planned = self.planned.iter().filter(|new| new.kind == kind && new.keys.contains(key));
        self.directory.having(kind, key).chain(planned.map(|new| &new.party)).cloned().collect()
    }

    fn kind_of(&self, party: &SubjectId) -> Option<CustomerKind> {
        let planned = self.planned.iter().find(|new| new.party == *party).map(|new| new.kind);
        self.directory.kind(party).or(planned)
    }
}
