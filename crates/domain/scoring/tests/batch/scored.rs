//! What a batch and a decision say of a row, in one shape.
use chrono::{DateTime, Utc};
use guanxi_core::{FactMap, Score};
use guanxi_scoring::{
    Assessment, ByDimension, Columns, Given, PinnedReference, PolicyDocument, Results, RowScore, RowTier,
    Scorer, Standing,
};
use serde_json::Value;

use crate::method::{self, DIMENSIONS, Expected, State, hundredths};

pub(crate) fn as_of() -> DateTime<Utc> {
    "2024-02-29T12:00:00Z".parse().expect("an instant")
}

pub(crate) fn scorer(policy: &Value, reference: &Value) -> Scorer {
    let document = PolicyDocument::from_value(policy).unwrap_or_else(|error| panic!("{error}\n{policy}"));
    let pinned =
        PinnedReference::from_value(reference).unwrap_or_else(|error| panic!("{error}\n{reference}"));
    Scorer::new(&document, &pinned).unwrap_or_else(|error| panic!("{error}\n{policy}\n{reference}"))
}

/// Room for results.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Room {
    pub(crate) composite: Vec<RowScore>,
    pub(crate) tier: Vec<RowTier>,
    pub(crate) dimensions: [Vec<RowScore>; 3],
    pub(crate) rank: Vec<RowScore>,
}

impl Room {
    pub(crate) fn new(rows: usize) -> Self {
        Self::filled(rows, RowScore::NONE, RowTier::INCOMPLETE)
    }

    pub(crate) fn filled(rows: usize, score: RowScore, tier: RowTier) -> Self {
        let scores = || vec![score; rows];
        Self {
            composite: scores(),
            tier: vec![tier; rows],
            dimensions: [scores(), scores(), scores()],
            rank: scores(),
        }
    }

    /// Room for everything.
    pub(crate) fn all(&mut self) -> Results<'_> {
        let [value, potential, need] = &mut self.dimensions;
        Results {
            composite: &mut self.composite,
            tier: &mut self.tier,
            dimensions: Some(ByDimension { value, potential, need }),
            rank: Some(&mut self.rank),
        }
    }

    /// Room for composites and tiers.
    pub(crate) fn least(&mut self) -> Results<'_> {
        Results { composite: &mut self.composite, tier: &mut self.tier, dimensions: None, rank: None }
    }

    /// Room for composites, tiers and ranks.
    pub(crate) fn ranks(&mut self) -> Results<'_> {
        let Self { composite, tier, rank, .. } = self;
        Results { composite, tier, dimensions: None, rank: Some(rank) }
    }

    pub(crate) fn seen(&self, scorer: &Scorer, row: usize) -> Seen {
        let points = |score: RowScore| score.get().map(|score| score.hundredths().into());
        Seen {
            composite: points(self.composite[row]),
            tier: scorer.tier(self.tier[row]).map(ToString::to_string),
            standing: self.tier[row].standing(),
            dimensions: [0, 1, 2].map(|place| points(self.dimensions[place][row])),
            rank: points(self.rank[row]),
        }
    }
}

/// Scores columns; every kind of room must come to the same.
pub(crate) fn scored(scorer: &Scorer, columns: &Columns<'_>) -> Room {
    let mut room = Room::new(columns.rows());
    scorer.score_into(columns, &mut room.all()).expect("room that fits");
    room
}

/// A row, scores in hundredths.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) composite: Option<u64>,
    pub(crate) tier: Option<String>,
    pub(crate) standing: Standing,
    pub(crate) dimensions: [Option<u64>; 3],
    pub(crate) rank: Option<u64>,
}

impl Seen {
    /// What the decision says.
    pub(crate) fn decided(scorer: &Scorer, facts: &FactMap) -> Self {
        Self::of(&scorer.assess(facts, &Given::default(), as_of()).outcome)
    }

    /// What an assessment says.
    pub(crate) fn of(outcome: &Assessment) -> Self {
        let points = |score: Option<Score>| score.map(|score| score.hundredths().into());
        let ByDimension { value, potential, need } = outcome.dimensions;
        Self {
            composite: points(outcome.composite),
            tier: outcome.tiers.computed.as_ref().map(ToString::to_string),
            standing: outcome.standing,
            dimensions: [value, potential, need].map(points),
            rank: points(outcome.rank),
        }
    }

    /// What the method's page says.
    pub(crate) fn foreseen(policy: &Value, reference: &Value, customer: &Value) -> (Self, Expected) {
        let expected = method::assess(policy, reference, customer, as_of());
        let (composite, tier, standing, rank) = match expected.standing.clone() {
            method::Standing::Tiered { composite, tier } => {
                (Some(composite), Some(tier), Standing::Tiered, None)
            }
            method::Standing::Prospect { rank, .. } => (None, None, Standing::Prospect, rank),
            method::Standing::Incomplete => (None, None, Standing::Incomplete, None),
        };
        let score = |dimension: &str| match &expected.dimensions[dimension] {
            State::Scored(score) => Some(hundredths(score)),
            State::NotApplicable | State::Unknown | State::Refused => None,
        };
        (Self { composite, tier, standing, dimensions: DIMENSIONS.map(score), rank }, expected)
    }
}
