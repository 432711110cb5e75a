//! Who is known by which exact keys, and what has become of leads.
use alloc::collections::{BTreeMap, BTreeSet};

use guanxi_core::{EventId, SubjectId};

use crate::key::{CustomerKind, ExactKey};
use crate::plan::{ConversionPlan, NewParty, Step};

/// What a conversion needs to know, and what it changes.
///
/// A host that keeps this in a database fills a directory with what concerns one lead: the parties that have
/// one of its keys or ids, their links, and whether it is converted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    parties: BTreeMap<SubjectId, Known>,
    /// INVARIANT: the keys of the parties, and no other
    keys: BTreeMap<(CustomerKind, ExactKey), BTreeSet<SubjectId>>,
    contacts: BTreeSet<(SubjectId, SubjectId)>,
    carried: BTreeMap<EventId, SubjectId>,
    converted: BTreeMap<SubjectId, SubjectId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    kind: CustomerKind,
    keys: BTreeSet<ExactKey>,
}

/// What became of a plan that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// All steps were done.
    Done,
    /// All of them had been done before; nothing changed.
    Before,
}

/// Why a plan cannot be applied; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// A party to be created is there already.
    #[error("party `{party}` is there already")]
    PartyThere {
        /// The party.
        party: SubjectId,
    },
    /// Since the plan was made, somebody else has got a key of a party to be created.
    #[error("party `{other}` has a key of `{party}`, and the plan does not know of it: plan again")]
    KeyTaken {
        /// The party to be created.
        party: SubjectId,
        /// Who has the key.
        other: SubjectId,
    },
    /// A party that is linked or removed is not there, or is not what the plan says.
    #[error("party `{party}` is not as the plan says")]
    PartyOther {
        /// The party.
        party: SubjectId,
    },
    /// A party to be removed is needed by another conversion or contact.
    #[error("party `{party}` is in use and cannot be removed")]
    PartyInUse {
        /// The party.
        party: SubjectId,
    },
    /// A contact is linked already, or not linked when the link is to end.
    #[error("contact `{contact}` of `{of}` is not as the plan says")]
    ContactOther {
        /// The person.
        contact: SubjectId,
        /// The customer.
        of: SubjectId,
    },
    /// An event is counted for another customer than the plan says.
    #[error("event `{event}` is not counted as the plan says")]
    EventOther {
        /// The event.
        event: EventId,
    },
    /// The lead has become another customer than the plan says, or none.
    #[error("lead `{lead}` is not converted as the plan says")]
    LeadOther {
        /// The lead.
        lead: SubjectId,
    },
}

impl Directory {
    /// Nobody.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            parties: BTreeMap::new(),
            keys: BTreeMap::new(),
            contacts: BTreeSet::new(),
            carried: BTreeMap::new(),
            converted: BTreeMap::new(),
        }
    }

    /// With a party and its keys, in place of what was known of it.
    #[must_use]
    pub fn with_party(
        mut self,
        party: SubjectId,
        kind: CustomerKind,
        keys: impl IntoIterator<Item = ExactKey>,
    ) -> Self {
        self.remove(&party);
        self.insert(party, Known { kind, keys: keys.into_iter().collect() });
        self
    }

    /// With a person who is a contact of a customer.
    #[must_use]
    pub fn with_contact(mut self, contact: SubjectId, of: SubjectId) -> Self {
        self.contacts.insert((contact, of));
        self
    }

    /// With a lead that has become a customer.
    #[must_use]
    pub fn with_converted(mut self, lead: SubjectId, customer: SubjectId) -> Self {
        self.converted.insert(lead, customer);
        self
    }

    /// Whether a party is an organisation or a person; `None` if it is not known.
    #[must_use]
    pub fn kind(&self, party: &SubjectId) -> Option<CustomerKind> {
        self.parties.get(party).map(|known| known.kind)
    }

    /// The parties of a kind that have a key, by id.
    pub fn having(&self, kind: CustomerKind, key: &ExactKey) -> impl Iterator<Item = &SubjectId> {
        self.keys.get(&(kind, key.clone())).into_iter().flatten()
    }

    /// Whether a person is a contact of a customer.
    #[must_use]
    pub fn is_contact(&self, contact: &SubjectId, of: &SubjectId) -> bool {
        self.contacts.contains(&(contact.clone(), of.clone()))
    }

    /// The customer that a lead has become.
    #[must_use]
    pub fn converted(&self, lead: &SubjectId) -> Option<&SubjectId> {
        self.converted.get(lead)
    }

    /// The customer for which an event of a converted lead counts.
    #[must_use]
    pub fn carried(&self, event: &EventId) -> Option<&SubjectId> {
        self.carried.get(event)
    }

    /// How many parties are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parties.len()
    }

    /// Whether nobody is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parties.is_empty()
    }

    /// Does all steps of a plan, or none: a plan that has been applied changes nothing a second time, and one
    /// that was made before something else changed is refused.
    ///
    /// # Errors
    /// [`ApplyError`] of the first step that cannot be done.
    pub fn apply(&mut self, plan: &ConversionPlan) -> Result<Applied, ApplyError> {
        if plan.steps.iter().all(|step| self.is_done(step)) {
            return Ok(Applied::Before);
        }
        for (place, step) in plan.steps.iter().enumerate() {
            if let Err(error) = self.step(step) {
                for done in plan.steps.iter().take(place).rev() {
                    // What was just done can be undone.
                    let _ = self.step(&done.clone().undo());
                }
                return Err(error);
            }
        }
        Ok(Applied::Done)
    }

    fn is_done(&self, step: &Step) -> bool {
        match step {
            Step::CreateParty(new) => self.is_there(new),
            Step::RemoveParty(new) => !self.parties.contains_key(&new.party),
            Step::LinkContact { contact, of } => self.is_contact(contact, of),
            Step::UnlinkContact { contact, of } => !self.is_contact(contact, of),
            Step::CarryEvents { to, events, .. } => {
                events.iter().all(|event| self.carried(event) == Some(to))
            }
            Step::ReturnEvents { to, events, .. } => {
                events.iter().all(|event| self.carried(event) != Some(to))
            }
            Step::MarkConverted { lead, customer } => self.converted(lead) == Some(customer),
            Step::UnmarkConverted { lead, customer } => self.converted(lead) != Some(customer),
        }
    }

    fn is_there(&self, new: &NewParty) -> bool {
        self.parties.get(&new.party).is_some_and(|known| known.kind == new.kind && known.keys == new.keys)
    }

    fn step(&mut self, step: &Step) -> Result<(), ApplyError> {
        match step {
            Step::CreateParty(new) => self.create(new),
            Step::RemoveParty(new) => self.withdraw(new),
            Step::LinkContact { contact, of } => {
                for party in [contact, of] {
                    if !self.parties.contains_key(party) {
                        return Err(ApplyError::PartyOther { party: party.clone() });
                    }
                }
                let new = self.contacts.insert((contact.clone(), of.clone()));
                new.then_some(()).ok_or_else(|| contact_other(contact, of))
            }
            Step::UnlinkContact { contact, of } => {
                let there = self.contacts.remove(&(contact.clone(), of.clone()));
                there.then_some(()).ok_or_else(|| contact_other(contact, of))
            }
            Step::CarryEvents { to, events, .. } => {
                if let Some(event) = events.iter().find(|event| self.carried.contains_key(*event)) {
                    return Err(ApplyError::EventOther { event: event.clone() });
                }
                self.carried.extend(events.iter().map(|event| (event.clone(), to.clone())));
                Ok(())
            }
            Step::ReturnEvents { to, events, .. } => {
                if let Some(event) = events.iter().find(|event| self.carried(event) != Some(to)) {
                    return Err(ApplyError::EventOther { event: event.clone() });
                }
                for event in events {
                    self.carried.remove(event);
                }
                Ok(())
            }
            Step::MarkConverted { lead, customer } => {
                if self.converted.contains_key(lead) {
                    return Err(ApplyError::LeadOther { lead: lead.clone() });
                }
                if !self.parties.contains_key(customer) {
                    return Err(ApplyError::PartyOther { party: customer.clone() });
                }
                self.converted.insert(lead.clone(), customer.clone());
                Ok(())
            }
            Step::UnmarkConverted { lead, customer } => {
                if self.converted(lead) != Some(customer) {
                    return Err(ApplyError::LeadOther { lead: lead.clone() });
                }
                self.converted.remove(lead);
                Ok(())
            }
        }
    }

    fn create(&mut self, new: &NewParty) -> Result<(), ApplyError> {
        if self.parties.contains_key(&new.party) {
            return Err(ApplyError::PartyThere { party: new.party.clone() });
        }
        let others = new.keys.iter().flat_map(|key| self.having(new.kind, key));
        if let Some(other) = others.into_iter().find(|other| !new.despite.contains(*other)) {
            return Err(ApplyError::KeyTaken { party: new.party.clone(), other: other.clone() });
        }
        self.insert(new.party.clone(), Known { kind: new.kind, keys: new.keys.clone() });
        Ok(())
    }

    fn withdraw(&mut self, new: &NewParty) -> Result<(), ApplyError> {
        let party = &new.party;
        if !self.is_there(new) {
            return Err(ApplyError::PartyOther { party: party.clone() });
        }
        let linked = self.contacts.iter().any(|(contact, of)| contact == party || of == party);
        let counted = || self.carried.values().any(|to| to == party);
        let became = || self.converted.values().any(|customer| customer == party);
        if linked || counted() || became() {
            return Err(ApplyError::PartyInUse { party: party.clone() });
        }
        self.remove(party);
        Ok(())
    }

    fn insert(&mut self, party: SubjectId, known: Known) {
        for key in &known.keys {
            self.keys.entry((known.kind, key.clone())).or_default().insert(party.clone());
        }
        self.parties.insert(party, known);
    }

    fn remove(&mut self, party: &SubjectId) {
        let Some(Known { kind, keys }) = self.parties.remove(party) else { return };
        for key in keys {
            let place = (kind, key);
            if let Some(having) = self.keys.get_mut(&place) {
                having.remove(party);
                if having.is_empty() {
                    self.keys.remove(&place);
                }
            }
        }
    }
}

fn contact_other(contact: &SubjectId, of: &SubjectId) -> ApplyError {
    ApplyError::ContactOther { contact: contact.clone(), of: of.clone() }
}
