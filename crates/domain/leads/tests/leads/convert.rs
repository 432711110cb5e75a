//! Conversions against a plain model: sets of parties, links, events and leads.
use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use guanxi_core::{EventId, ReasonCode, SubjectId};
use guanxi_leads::{
    Applied, ConversionPlan, ConversionState, Converting, CustomerKind, Directory, ExactKey, Lead,
    LeadLedger, LeadPolicyDocument, NewParty, Resolution, Step, Verdict, arbitrary, labels, plan_conversion,
};
use proptest::prelude::*;

/// What a host would keep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Model {
    parties: BTreeMap<SubjectId, (CustomerKind, BTreeSet<ExactKey>)>,
    contacts: BTreeSet<(SubjectId, SubjectId)>,
    events: BTreeMap<EventId, SubjectId>,
    leads: BTreeMap<SubjectId, SubjectId>,
}

impl Model {
    /// Does a step as its words say; it must change something.
    fn step(&mut self, step: &Step) {
        let changed = match step.clone() {
            Step::CreateParty(NewParty { party, kind, keys, .. }) => {
                self.parties.insert(party, (kind, keys)).is_none()
            }
            Step::RemoveParty(NewParty { party, .. }) => self.parties.remove(&party).is_some(),
            Step::LinkContact { contact, of } => self.contacts.insert((contact, of)),
            Step::UnlinkContact { contact, of } => self.contacts.remove(&(contact, of)),
            Step::CarryEvents { to, events, .. } => {
                events.into_iter().all(|event| self.events.insert(event, to.clone()).is_none())
            }
            Step::ReturnEvents { to, events, .. } => {
                events.iter().all(|event| self.events.remove(event).as_ref() == Some(&to))
            }
            Step::MarkConverted { lead, customer } => self.leads.insert(lead, customer).is_none(),
            Step::UnmarkConverted { lead, customer } => self.leads.remove(&lead) == Some(customer),
        };
        assert!(changed, "{step:?}");
    }

    fn apply(&mut self, plan: &ConversionPlan) {
        plan.steps.iter().for_each(|step| self.step(step));
    }

    /// Whether a directory says the same.
    fn is_that_of(&self, directory: &Directory) -> bool {
        let kinds = self.parties.iter().all(|(party, (kind, keys))| {
            directory.kind(party) == Some(*kind)
                && keys.iter().all(|key| directory.having(*kind, key).any(|own| own == party))
        });
        kinds
            && directory.len() == self.parties.len()
            && self.contacts.iter().all(|(contact, of)| directory.is_contact(contact, of))
            && self.events.iter().all(|(event, to)| directory.carried(event) == Some(to))
            && self.leads.iter().all(|(lead, customer)| directory.converted(lead) == Some(customer))
    }
}

#[derive(Clone, Debug)]
struct Case {
    policy: LeadPolicyDocument,
    directory: Directory,
    leads: Vec<(Lead, LeadLedger)>,
    resolved: BTreeMap<SubjectId, Resolution>,
}

fn case() -> impl Strategy<Value = Case> {
    let lead = (arbitrary::lead(), arbitrary::ledger(DateTime::UNIX_EPOCH, 4));
    let given = (
        arbitrary::policy(),
        arbitrary::directory(),
        prop::collection::vec(lead, 1..4),
        arbitrary::resolutions(),
    );
    given.prop_map(|(policy, directory, leads, resolved)| Case { policy, directory, leads, resolved })
}

/// The parties of a directory, as a model.
fn model(directory: &Directory) -> Model {
    let mut model = Model::default();
    let ids = (0..8).map(|number| format!("P{number}").parse::<SubjectId>().unwrap());
    for party in ids.clone() {
        let Some(kind) = directory.kind(&party) else { continue };
        let kinds = ["number", "name", "email", "phone"];
        let all = kinds.iter().flat_map(|kind| (0..4).map(move |value| (kind, format!("{kind}-{value}"))));
        let keys = all.map(|(kind, value)| ExactKey {
            kind: kind.parse().unwrap(),
            value: serde_json::from_value(value.into()).unwrap(),
        });
        let own = keys.filter(|key| directory.having(kind, key).any(|having| *having == party));
        let own = own.collect();
        model.parties.insert(party.clone(), (kind, own));
    }
    for (contact, of) in ids.clone().flat_map(|contact| ids.clone().map(move |of| (contact.clone(), of))) {
        if directory.is_contact(&contact, &of) {
            model.contacts.insert((contact, of));
        }
    }
    model
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// One lead after the other is converted, then everything is undone, the last one first.
    #[test]
    fn what_is_applied_and_undone_was_never_there(case in case()) {
        let Case { policy, mut directory, leads, resolved } = case;
        let (start, mut model) = (directory.clone(), model(&directory));
        let mut undo = Vec::new();
        for (number, (lead, ledger)) in leads.iter().enumerate() {
            let customer = format!("C{number}").parse().unwrap();
            let converting = Converting { lead, ledger, customer: &customer, resolved: &resolved };
            let at = DateTime::UNIX_EPOCH;
            let decision = plan_conversion(&policy, &converting, &directory, at);
            prop_assert_eq!(&plan_conversion(&policy, &converting, &directory, at), &decision);
            let outcome = decision.outcome;
            prop_assert_eq!(outcome.plan.is_some(), outcome.state == ConversionState::Ready);
            let Some(plan) = outcome.plan else { continue };

            // What is the same is never created beside the one that is known, unless somebody has said so.
            for new in plan.steps.iter().filter_map(|step| match step { Step::CreateParty(new) => Some(new), _ => None }) {
                let duplicate = outcome.duplicates.iter().any(|known| known.of == new.record_of);
                prop_assert!(!duplicate || resolved.get(&new.record_of) == Some(&Resolution::Create));
            }
            let text = serde_json::to_string(&plan).unwrap();
            prop_assert_eq!(&serde_json::from_str::<ConversionPlan>(&text).unwrap(), &plan);
            prop_assert_eq!(plan.clone().undo().undo(), plan.clone());

            let before = (directory.clone(), model.clone());
            // Events may be carried by an earlier lead already; then nothing at all is done.
            if directory.apply(&plan).is_err() {
                prop_assert_eq!(&directory, &before.0);
                continue;
            }
            model.apply(&plan);
            prop_assert!(model.is_that_of(&directory));
            prop_assert_eq!(directory.apply(&plan), Ok(Applied::Before));
            let again = plan_conversion(&policy, &converting, &directory, at).outcome;
            prop_assert_eq!((again.state, again.plan), (ConversionState::Converted, None));

            let (mut undone, mut undone_model) = (directory.clone(), model.clone());
            prop_assert_eq!(undone.apply(&plan.clone().undo()), Ok(Applied::Done));
            undone_model.apply(&plan.clone().undo());
            prop_assert_eq!((undone, undone_model), before);
            undo.push(plan.undo());
        }
        for plan in undo.iter().rev() {
            prop_assert_eq!(directory.apply(plan), Ok(Applied::Done));
            prop_assert_eq!(directory.apply(plan), Ok(Applied::Before));
        }
        prop_assert_eq!(directory, start);
    }

    #[test]
    fn verdicts_are_those_of_a_plain_search(case in case()) {
        let Case { policy, directory, leads, resolved } = case;
        let (lead, ledger) = &leads[0];
        let customer = "C0".parse().unwrap();
        let converting = Converting { lead, ledger, customer: &customer, resolved: &resolved };
        let outcome = plan_conversion(&policy, &converting, &directory, DateTime::UNIX_EPOCH).outcome;
        let mut expected = Vec::new();
        for (party, (kind, keys)) in &model(&directory).parties {
            let equal: Vec<&str> = keys.intersection(&lead.keys).map(|key| key.kind.as_str()).collect();
            if *kind == lead.customer && !equal.is_empty() {
                let same = equal.contains(&"number") || equal.contains(&"email");
                expected.push((party.clone(), if same { Verdict::Same } else { Verdict::Review }));
            }
        }
        let found: Vec<_> = (outcome.duplicates.into_iter().filter(|known| known.of == lead.id))
            .map(|known| (known.party, known.verdict)).collect();
        prop_assert_eq!(found, expected);
    }
}

/// A worked conversion: the firm is known by its registration number, one contact by e-mail, one is new and
/// twice on the list, one may be known.
#[test]
fn reasons_of_a_conversion() {
    let at = guanxi_core::parse_instant("2026-06-30").unwrap();
    let policy = guanxi_leads::preset("standard").unwrap();
    let lead: Lead = serde_json::from_value(serde_json::json!({
        "id": "L1", "customer": "organisation", "created_at": "2026-06-01T00:00:00Z", "channel": "trade_fair", "owner": "A7",
        "keys": [{"kind": "name", "value": "east china software"}, {"kind": "registration_number", "value": "R-1"}],
        "contacts": [
            {"id": "P1", "keys": [{"kind": "email", "value": "digest-1"}]},
            {"id": "P2", "keys": [{"kind": "phone", "value": "digest-2"}]},
            {"id": "P3", "keys": [{"kind": "phone", "value": "digest-2"}, {"kind": "email", "value": "digest-3"}]}
        ]
    })).unwrap();
    let keys = |keys: &[(&str, &str)]| -> Vec<ExactKey> {
        keys.iter()
            .map(|(kind, value)| {
                serde_json::from_value(serde_json::json!({"kind": kind, "value": value})).unwrap()
            })
            .collect()
    };
    let id = |text: &str| text.parse::<SubjectId>().unwrap();
    let directory = Directory::new()
        .with_party(id("C7"), CustomerKind::Organisation, keys(&[("registration_number", "R-1")]))
        .with_party(id("C8"), CustomerKind::Organisation, keys(&[("name", "east china software")]))
        .with_party(id("P8"), CustomerKind::Person, keys(&[("email", "digest-1")]));
    let event = serde_json::json!({"id": "E1", "subject": "L1", "kind": "contact.replied", "occurred_at": "2026-06-02T00:00:00Z"});
    let ledger: LeadLedger = [serde_json::from_value(event).unwrap()].into_iter().collect();
    let (customer, none) = (id("C9"), BTreeMap::new());
    let converting = Converting { lead: &lead, ledger: &ledger, customer: &customer, resolved: &none };
    let decision = plan_conversion(&policy, &converting, &directory, at);
    let pack = labels("en").unwrap();
    let why: Vec<String> =
        decision.reasons.iter().map(|reason| format!("{}: {}", reason.code(), reason.text(&pack))).collect();
    insta::assert_snapshot!(why.join("\n"), @"
    known_by: L1 has the same registration number as C7: the same
    known_by: L1 has the same name as C8: to be reviewed
    links: L1 is C7
    known_by: P1 has the same e-mail address as P8: the same
    links: P1 is P8
    creates: P2 becomes P2, created
    known_by: P3 has the same phone number as P2: the same
    links: P3 is P2
    carries_events: 1 events count for the customer
    ");
    insta::assert_snapshot!(serde_json::to_string_pretty(&decision.outcome.plan).unwrap(), @r#"
    {
      "lead": "L1",
      "customer": "C7",
      "steps": [
        {
          "step": "create_party",
          "party": "P2",
          "kind": "person",
          "record_of": "P2",
          "keys": [
            {
              "kind": "phone",
              "value": "digest-2"
            }
          ]
        },
        {
          "step": "link_contact",
          "contact": "P2",
          "of": "C7"
        },
        {
          "step": "link_contact",
          "contact": "P8",
          "of": "C7"
        },
        {
          "step": "carry_events",
          "from": "L1",
          "to": "C7",
          "events": [
            "E1"
          ]
        },
        {
          "step": "mark_converted",
          "lead": "L1",
          "customer": "C7"
        }
      ]
    }
    "#);
}
