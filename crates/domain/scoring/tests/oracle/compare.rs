//! The crate and the oracle on the same documents; a difference is shown with the case as JSON.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, FactMap, Score};
use guanxi_scoring::{
    Assessment, Explained, Given, InputState, PinnedReference, PolicyDocument, Reason, Reference, Scorer,
};
use serde_json::{Value, json};

use crate::method::{DIMENSIONS, Expected, Input, Standing, State, assess, hundredths};
use crate::population;
use crate::random::Random;
use crate::ratio::Ratio;

/// What both sides say, in one shape.
#[derive(Debug, PartialEq)]
struct Seen {
    /// In hundredths.
    dimensions: [Option<u64>; 3],
    /// Why a dimension that weighs something has no score.
    without: BTreeMap<String, &'static str>,
    standing: Standing,
    completeness: u64,
    parts: Vec<SeenPart>,
}

#[derive(Debug, PartialEq)]
struct SeenPart {
    indicator: String,
    dimension: String,
    state: InputState,
    /// Where the input is used.
    x: Option<Ratio>,
    value: Option<Ratio>,
    weight: Ratio,
    points: u64,
}

fn foreseen(policy: &Value, expected: &Expected) -> Seen {
    let weighs = |dimension: &str| match &policy["body"]["dimensions"][dimension] {
        Value::Null => false,
        weight => Ratio::read(weight).is_positive(),
    };
    let without = |(dimension, state): (&String, &State)| {
        let why = match state {
            State::Scored(_) => return None,
            State::NotApplicable => "not applicable",
            State::Unknown => "unknown",
            State::Refused => "refused",
        };
        weighs(dimension).then(|| (dimension.clone(), why))
    };
    let score = |dimension: &str| match &expected.dimensions[dimension] {
        State::Scored(score) => Some(hundredths(score)),
        State::NotApplicable | State::Unknown | State::Refused => None,
    };
    let part = |part: &crate::method::Part| {
        let (state, x) = match &part.input {
            Input::Known { x, stale: false, .. } => (InputState::Known, Some(x.clone())),
            Input::Known { x, stale: true, .. } => (InputState::Stale, Some(x.clone())),
            Input::Missing => (InputState::Missing, None),
            Input::NotApplicable => (InputState::NotApplicable, None),
        };
        SeenPart {
            indicator: part.indicator.clone(),
            dimension: part.dimension.clone(),
            state,
            x,
            value: part.value.clone(),
            weight: part.effective_weight.clone(),
            points: part.points,
        }
    };
    Seen {
        dimensions: DIMENSIONS.map(score),
        without: expected.dimensions.iter().filter_map(without).collect(),
        standing: expected.standing.clone(),
        completeness: expected.completeness,
        parts: expected.parts.iter().map(part).collect(),
    }
}

/// The first lines in which two sides differ.
fn differences(foreseen: &Seen, found: &Seen) -> String {
    let lines = |seen: &Seen| {
        let head =
            format!("{:?} {:?} {:?} {:?}", seen.dimensions, seen.without, seen.standing, seen.completeness);
        std::iter::once(head).chain(seen.parts.iter().map(|part| format!("{part:?}"))).collect::<Vec<_>>()
    };
    let pairs = lines(foreseen).into_iter().zip(lines(found)).filter(|(a, b)| a != b);
    pairs.map(|(a, b)| format!("oracle {a}\ncrate  {b}\n")).collect()
}

fn points(score: Score) -> u64 {
    score.hundredths().into()
}

/// A fraction that is shown: reduced, and with its decimal rounded half-up to six places.
fn shown(ratio: &guanxi_scoring::Ratio) -> Ratio {
    let written = serde_json::to_value(ratio).expect("JSON");
    let exact = Ratio::read(&written["fraction"]);
    let reduced = exact.reduced();
    assert_eq!(written["fraction"], format!("{}/{}", reduced.numerator(), reduced.denominator()));
    let millions = Ratio::whole(1_000_000);
    let decimal = &Ratio::read(&written["decimal"]) * &millions;
    assert_eq!(decimal, Ratio::whole((&exact * &millions).round_half_up()), "{written}");
    exact
}

fn found(decision: &Decision<Assessment, Reason>, contributions: &[Explained<'_>]) -> Seen {
    let outcome = &decision.outcome;
    let standing = match outcome.standing {
        guanxi_scoring::Standing::Tiered => Standing::Tiered {
            composite: outcome.composite.map(points).expect("a composite"),
            tier: outcome.tiers.computed.as_ref().expect("a tier").to_string(),
        },
        guanxi_scoring::Standing::Prospect => {
            assert_eq!((outcome.composite, &outcome.tiers.computed), (None, &None));
            let candidate = decision.reasons.iter().find_map(|reason| match reason {
                Reason::Prospect { candidate_for, rank } => Some((candidate_for, rank)),
                _ => None,
            });
            let (candidate_for, rank) = candidate.expect("a reason");
            assert_eq!(rank, &outcome.rank);
            Standing::Prospect {
                rank: outcome.rank.map(points),
                candidate_for: candidate_for.as_ref().map(ToString::to_string),
            }
        }
        guanxi_scoring::Standing::Incomplete => {
            assert_eq!((outcome.composite, outcome.rank, &outcome.tiers.computed), (None, None, &None));
            Standing::Incomplete
        }
    };
    assert_eq!(outcome.tier, outcome.tiers.computed);
    if let Some(whole) = outcome.composite.or(outcome.rank) {
        let sum = contributions.iter().filter_map(|c| c.points).map(points).sum::<u64>();
        assert_eq!(sum, points(whole), "the parts add up to the whole");
    }
    let without = |reason: &Reason| match reason {
        Reason::DimensionNotApplicable { dimension } => Some((dimension.code().into(), "not applicable")),
        Reason::DimensionUnknown { dimension } => Some((dimension.code().into(), "unknown")),
        Reason::DimensionRefused { dimension } => Some((dimension.code().into(), "refused")),
        _ => None,
    };
    let used = |state| matches!(state, InputState::Known | InputState::Stale);
    let part = |contribution: &Explained<'_>| SeenPart {
        indicator: contribution.indicator.to_string(),
        dimension: contribution.dimension.code().into(),
        state: contribution.state,
        x: contribution.input.filter(|_| used(contribution.state)).map(|x| Ratio::parse(&x.to_string())),
        value: contribution.normalised.as_ref().map(shown),
        weight: contribution.weight.as_ref().map_or(Ratio::whole(0), shown),
        points: contribution.points.map_or(0, points),
    };
    let dimensions = &outcome.dimensions;
    let completeness = &Ratio::parse(&outcome.completeness.to_string()) * &Ratio::whole(10_000);
    assert_eq!(Ratio::whole(completeness.floor()), completeness, "four places");
    Seen {
        dimensions: [dimensions.value, dimensions.potential, dimensions.need].map(|score| score.map(points)),
        without: decision.reasons.iter().filter_map(without).collect(),
        standing,
        completeness: u64::try_from(completeness.floor()).expect("not negative"),
        parts: contributions.iter().map(part).collect(),
    }
}

pub(crate) fn facts(customer: &Value) -> FactMap {
    serde_json::from_value(customer.clone()).expect("facts")
}

/// A policy and a reference that the crate has read.
pub(crate) struct Pair<'a> {
    policy: &'a Value,
    reference: &'a Value,
    scorer: Scorer,
    as_of: DateTime<Utc>,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(policy: &'a Value, reference: &'a Value, as_of: DateTime<Utc>) -> Self {
        let checked = PolicyDocument::from_value(policy).unwrap_or_else(|error| panic!("{error}\n{policy}"));
        let pinned =
            PinnedReference::from_value(reference).unwrap_or_else(|error| panic!("{error}\n{reference}"));
        let scorer = Scorer::new(&checked, &pinned)
            .unwrap_or_else(|error| panic!("{error}\n{}", json!({"policy": policy, "reference": reference})));
        Self { policy, reference, scorer, as_of }
    }

    /// Compares both sides on one customer, and returns what the oracle says.
    pub(crate) fn check(&self, customer: &Value) -> Expected {
        let expected = assess(self.policy, self.reference, customer, self.as_of);
        let facts = facts(customer);
        let decision = self.scorer.assess(&facts, &Given::default(), self.as_of);
        let contributions = self.scorer.explain(&facts, self.as_of);
        let (foreseen, found) = (foreseen(self.policy, &expected), found(&decision, &contributions));
        if foreseen != found {
            let case = json!({
                "policy": self.policy, "reference": self.reference, "customer": customer, "as_of": self.as_of,
            });
            panic!("{}\nin {case}", differences(&foreseen, &found));
        }
        expected
    }
}

/// Takes the reference of a population with the crate, whole and in shards that merge in any order,
/// compares it with the oracle's count, and returns it as a document.
pub(crate) fn observe(
    random: &mut Random,
    policy: &Value,
    customers: &[Value],
    as_of: DateTime<Utc>,
) -> Value {
    let checked = PolicyDocument::from_value(policy).unwrap_or_else(|error| panic!("{error}\n{policy}"));
    let mut whole = Reference::new(&checked, as_of);
    let mut shards: Vec<Reference> = (0..=random.below(4)).map(|_| Reference::new(&checked, as_of)).collect();
    for customer in customers {
        let facts = facts(customer);
        whole.observe(&checked, &facts);
        let shard = random.index(shards.len());
        shards[shard].observe(&checked, &facts);
    }
    random.shuffle(&mut shards);
    let mut merged = Reference::new(&checked, as_of);
    for shard in &shards {
        merged.merge(shard).expect("the same needs");
    }
    let pin = |reference: Reference| {
        reference.pin("observed".parse().expect("an id"), "1".parse().expect("a version"))
    };
    let (whole, merged) = (pin(whole), pin(merged));
    assert_eq!(whole.stamp(), merged.stamp(), "shards merge to the whole");
    let document = whole.to_value();
    assert_eq!(document["body"]["population"], customers.len());
    let counted = population::observe(policy, customers, as_of);
    assert_eq!(population::read(&document), counted, "{policy}\n{}", Value::from(customers.to_vec()));
    document
}
