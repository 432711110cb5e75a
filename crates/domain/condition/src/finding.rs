//! What was missing, did not fit, or lay in the future.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, AttributeId, Currency, FactId, ReasonCode};
use guanxi_policy::LabelPack;
use serde::{Deserialize, Serialize};

use crate::eval::{Absence, Found, Scene};
use crate::explain::LeafAnswer;
use crate::tree::{Leaf, Literal, Operand, Term, Test};
use crate::truth::Truth;
use crate::value::Value;

/// Something that was missing, did not fit, or lay in the future. Events are named as the condition
/// names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// A fact is missing.
    FactMissing {
        /// The fact.
        fact: FactId,
    },
    /// A fact does not apply.
    FactNotApplicable {
        /// The fact.
        fact: FactId,
    },
    /// A fact breaks its schema, and has no value.
    FactUnfit {
        /// The fact.
        fact: FactId,
    },
    /// A fact was observed after the instant, and has no value yet.
    FactFromFuture {
        /// The fact.
        fact: FactId,
        /// When it was observed.
        observed_at: DateTime<Utc>,
    },
    /// Events are asked for, and nobody knows what happened.
    EventsUnknown,
    /// There is no such event.
    NoEvent {
        /// The events.
        events: String,
    },
    /// The latest of the events lacks an attribute.
    AttributeMissing {
        /// The attribute.
        attribute: AttributeId,
        /// The events.
        events: String,
    },
    /// An attribute of the latest of the events breaks its schema, and has no value.
    AttributeUnfit {
        /// The attribute.
        attribute: AttributeId,
        /// The events.
        events: String,
    },
    /// There are fewer than two days with such events, so there is no gap.
    TooFewDays {
        /// The events.
        events: String,
    },
    /// An amount of money is compared with one of another currency.
    CurrencyDiffers {
        /// The term as it is written.
        term: String,
        /// The currency of its amount.
        currency: Currency,
    },
    /// Events that the condition reads occur after the instant, and are ignored.
    EventsFromFuture {
        /// How many.
        events: usize,
        /// When the first of them occurs.
        first: DateTime<Utc>,
    },
}

impl ReasonCode for Finding {
    fn code(&self) -> &'static str {
        match self {
            Self::FactMissing { .. } => "fact_missing",
            Self::FactNotApplicable { .. } => "fact_not_applicable",
            Self::FactUnfit { .. } => "fact_unfit",
            Self::FactFromFuture { .. } => "fact_from_future",
            Self::EventsUnknown => "events_unknown",
            Self::NoEvent { .. } => "no_event",
            Self::AttributeMissing { .. } => "attribute_missing",
            Self::AttributeUnfit { .. } => "attribute_unfit",
            Self::TooFewDays { .. } => "too_few_days",
            Self::CurrencyDiffers { .. } => "currency_differs",
            Self::EventsFromFuture { .. } => "events_from_future",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let label = |fact: &FactId| ("fact", Arg::Label("fact", fact.to_string()));
        let text = |events: &String| ("events", Arg::Text(events.clone()));
        match self {
            Self::FactMissing { fact } | Self::FactNotApplicable { fact } | Self::FactUnfit { fact } => {
                Vec::from([label(fact)])
            }
            Self::FactFromFuture { fact, observed_at } => {
                Vec::from([label(fact), ("observed_at", Arg::Instant(*observed_at))])
            }
            Self::EventsUnknown => Vec::new(),
            Self::NoEvent { events } | Self::TooFewDays { events } => Vec::from([text(events)]),
            Self::AttributeMissing { attribute, events } | Self::AttributeUnfit { attribute, events } => {
                Vec::from([("attribute", Arg::Label("attribute", attribute.to_string())), text(events)])
            }
            Self::CurrencyDiffers { term, currency } => {
                Vec::from([("term", Arg::Text(term.clone())), ("currency", Arg::Text(currency.to_string()))])
            }
            Self::EventsFromFuture { events, first } => Vec::from([
                ("events", Arg::Count(u64::try_from(*events).unwrap_or(u64::MAX))),
                ("first", Arg::Instant(*first)),
            ]),
        }
    }
}

impl Finding {
    /// The finding in words; its templates are `condition.CODE`, so that the pack can be put together with
    /// those of other crates.
    ///
    /// ```
    /// use guanxi_condition::{Finding, labels};
    /// let english = labels("en").unwrap_or_default();
    /// assert_eq!(Finding::EventsUnknown.text(&english), "It is not known what happened");
    /// ```
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        pack.fill("condition", self.code(), &self.args())
    }
}

/// A leaf as a reason of the whole.
impl ReasonCode for LeafAnswer {
    fn code(&self) -> &'static str {
        match (self.truth, &self.found) {
            (Truth::Unknown, _) => "leaf_unknown",
            (Truth::True, Some(_)) => "leaf_true",
            (Truth::True, None) => "leaf_true_without_value",
            (Truth::False, Some(_)) => "leaf_false",
            (Truth::False, None) => "leaf_false_without_value",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let leaf = ("leaf", Arg::Text(self.text.clone()));
        let found = match (&self.found, &self.other) {
            (Some(found), Some(other)) => alloc::format!("{found}; {other}"),
            (Some(value), None) | (None, Some(value)) => value.to_string(),
            (None, None) => return Vec::from([leaf]),
        };
        Vec::from([leaf, ("found", Arg::Text(found))])
    }
}

impl LeafAnswer {
    /// The answer in words; its templates are `condition.leaf_true` and its siblings.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        pack.fill("condition", self.code(), &self.args())
    }
}

/// What the leaves lacked, in the order of writing, each once.
pub(crate) fn findings(leaves: &[&Leaf], scene: &Scene<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut add = |finding: Finding| {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    };
    for leaf in leaves {
        if matches!(leaf, Leaf::Pending(_)) && !scene.knows_events() {
            add(Finding::EventsUnknown);
        }
        for term in leaf.terms() {
            if let Some(finding) = of_term(term, scene.term(term)) {
                add(finding);
            }
        }
        if let Some(finding) = of_money(leaf, scene) {
            add(finding);
        }
    }
    let future: Vec<_> =
        scene.future().filter(|event| leaves.iter().any(|leaf| leaf.reads(&event.kind))).collect();
    if let Some(first) = future.first() {
        add(Finding::EventsFromFuture { events: future.len(), first: first.occurred_at });
    }
    findings
}

fn of_term(term: &Term, found: Found<'_>) -> Option<Finding> {
    let events = || term.events().map(ToString::to_string).unwrap_or_default();
    let absence = match found {
        Found::Value(_) => return None,
        Found::NotApplicable => None,
        Found::Absent(absence) => Some(absence),
    };
    Some(match (term, absence) {
        (_, Some(Absence::NoLog)) => Finding::EventsUnknown,
        (_, Some(Absence::NoEvent)) => Finding::NoEvent { events: events() },
        (_, Some(Absence::FewDays)) => Finding::TooFewDays { events: events() },
        (Term::Fact(fact, _), None) => Finding::FactNotApplicable { fact: fact.clone() },
        (Term::Fact(fact, _), Some(Absence::Future(observed_at))) => {
            Finding::FactFromFuture { fact: fact.clone(), observed_at }
        }
        (Term::Fact(fact, _), Some(Absence::Unfit)) => Finding::FactUnfit { fact: fact.clone() },
        (Term::Fact(fact, _), _) => Finding::FactMissing { fact: fact.clone() },
        (Term::LastAttribute(_, id, _), Some(Absence::Unfit)) => {
            Finding::AttributeUnfit { attribute: id.clone(), events: events() }
        }
        (Term::LastAttribute(_, id, _), _) => {
            Finding::AttributeMissing { attribute: id.clone(), events: events() }
        }
        _ => return None,
    })
}

/// Whether a leaf compares amounts of different currencies.
fn of_money(leaf: &Leaf, scene: &Scene<'_>) -> Option<Finding> {
    let Leaf::Test(term, test) = leaf else { return None };
    let Found::Value(Value::Money(money)) = scene.term(term) else { return None };
    let differs =
        |literal: &Literal| matches!(literal, Literal::Money(other) if other.currency() != money.currency());
    let found = match test {
        Test::Compare(_, Operand::Value(literal)) => differs(literal),
        Test::Compare(_, Operand::Term(other)) => {
            matches!(scene.term(other), Found::Value(Value::Money(other)) if other.currency() != money.currency())
        }
        Test::Between(from, to) => differs(from) || differs(to),
        Test::In(literals) => literals.iter().any(differs),
        _ => false,
    };
    found.then(|| Finding::CurrencyDiffers { term: term.to_string(), currency: money.currency() })
}
