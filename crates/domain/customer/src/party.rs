//! Who a customer is.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{AttributeId, Email, Erasable, FactValue, PersonName, Phone, Share, SubjectId};
use serde::{Deserialize, Serialize};

guanxi_core::define_id! {
    /// The name of an organisation: inert text, not personal data.
    pub struct OrganisationName(text, 200);
}

/// An organisation or a person that one does business with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The host's own key.
    pub id: SubjectId,
    /// What the party is called, and with it whether it is an organisation or a person.
    pub name: PartyName,
    /// Its e-mail addresses, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Erasable<Email>>,
    /// Its phone numbers, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Erasable<Phone>>,
    /// What else is known of it: industry, employees, region; never personal data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttributeId, Attribute>,
}

/// The name of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyName {
    /// The name of an organisation, shown as it is.
    Organisation(OrganisationName),
    /// The name of a person, shown masked and erased on request.
    Person(Erasable<PersonName>),
}

/// Whether a party is an organisation or a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A firm, an authority, a club.
    Organisation,
    /// A natural person.
    Person,
}

/// A value that someone stated of a party, with its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// The value.
    pub value: FactValue,
    /// The system or register that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<AttributeId>,
    /// When it was observed, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_at: Option<DateTime<Utc>>,
    /// How sure the source is of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Share>,
}

impl Attribute {
    /// A value of which nothing else is known.
    #[must_use]
    pub const fn of(value: FactValue) -> Self {
        Self { value, source: None, observed_at: None, confidence: None }
    }
}

impl Party {
    /// An organisation of which nothing but the name is known.
    #[must_use]
    pub const fn organisation(id: SubjectId, name: OrganisationName) -> Self {
        Self::named(id, PartyName::Organisation(name))
    }

    /// A person of whom nothing but the name is known.
    #[must_use]
    pub const fn person(id: SubjectId, name: PersonName) -> Self {
        Self::named(id, PartyName::Person(Erasable::Given(name)))
    }

    const fn named(id: SubjectId, name: PartyName) -> Self {
        Self { id, name, emails: Vec::new(), phones: Vec::new(), attributes: BTreeMap::new() }
    }

    /// With one more e-mail address.
    #[must_use]
    pub fn with_email(mut self, email: Email) -> Self {
        self.emails.push(Erasable::Given(email));
        self
    }

    /// With one more phone number.
    #[must_use]
    pub fn with_phone(mut self, phone: Phone) -> Self {
        self.phones.push(Erasable::Given(phone));
        self
    }

    /// With an attribute, which replaces the one known by that name.
    #[must_use]
    pub fn with_attribute(mut self, id: AttributeId, attribute: Attribute) -> Self {
        self.attributes.insert(id, attribute);
        self
    }

    /// Whether it is an organisation or a person.
    #[must_use]
    pub const fn kind(&self) -> PartyKind {
        match self.name {
            PartyName::Organisation(_) => PartyKind::Organisation,
            PartyName::Person(_) => PartyKind::Person,
        }
    }

    /// Erases the personal data: the name of a person, and every e-mail address and phone number.
    ///
    /// Tombstones with their dates stay, so that the record tells "erased" from "never known". The
    /// key stays too: events name the party by it, so nothing that was computed changes.
    #[must_use]
    pub fn erase(mut self, at: DateTime<Utc>) -> Self {
        if let PartyName::Person(name) = self.name {
            self.name = PartyName::Person(name.erase(at));
        }
        self.emails = self.emails.into_iter().map(|email| email.erase(at)).collect();
        self.phones = self.phones.into_iter().map(|phone| phone.erase(at)).collect();
        self
    }
}

/// An attribute that was known at `as_of`, or of which nobody says since when.
pub(crate) fn known<'p>(
    party: &'p Party,
    attribute: &AttributeId,
    as_of: DateTime<Utc>,
) -> Option<&'p Attribute> {
    party.attributes.get(attribute).filter(|known| known.observed_at.is_none_or(|at| at <= as_of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn erasing_leaves_tombstones_and_no_personal_data() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let person = Party::person(SubjectId::new("P1").unwrap(), PersonName::new("王小明").unwrap())
            .with_email(Email::new("wang@example.com").unwrap())
            .with_phone(Phone::new("010 5550173").unwrap());
        assert_eq!(person.kind(), PartyKind::Person);
        let shown = format!("{person:?}");
        assert!(!shown.contains("小明") && !shown.contains("wang") && !shown.contains("555"), "{shown}");

        let first = at("2026-06-30T08:00:00Z");
        let erased = person.clone().erase(first);
        assert_eq!(erased.name, PartyName::Person(Erasable::Erased { at: first }));
        assert_eq!(erased.clone().erase(at("2026-07-01T08:00:00Z")), erased);
        let json = serde_json::to_string(&erased).unwrap();
        assert_eq!(
            json,
            r#"{"id":"P1","name":{"person":{"erased":{"at":"2026-06-30T08:00:00Z"}}},"emails":[{"erased":{"at":"2026-06-30T08:00:00Z"}}],"phones":[{"erased":{"at":"2026-06-30T08:00:00Z"}}]}"#
        );
        for party in [person, erased] {
            let json = serde_json::to_string(&party).unwrap();
            assert_eq!(serde_json::from_str::<Party>(&json).unwrap(), party);
        }
    }

    #[test]
    fn the_name_of_an_organisation_is_inert() {
        assert!(OrganisationName::new("东方机械（上海）有限公司").is_ok());
        assert!(OrganisationName::new("A\u{202e}B").is_err());
        let json = r#"{"id":"C1","name":{"organisation":"A"},"phone":"1"}"#;
        assert!(serde_json::from_str::<Party>(json).is_err());
    }
}
