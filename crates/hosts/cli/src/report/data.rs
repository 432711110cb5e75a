//! What the report shows, in the order of the page.
//!
//! Decimals are texts with a dot (`"1234.50"`), shares are decimals of one (`"0.125"` is 12.5 %), and
//! sentences are already in the report's language. Nothing has to be escaped: the page does that.
use serde::Serialize;

use super::segment_data::{Assigned, BudgetTable, Calibration, PlanTable, Segments, StageTable, TagTable};

/// The languages a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

/// Everything a report shows.
#[derive(Clone, Debug)]
pub(crate) struct ReportData {
    /// The language of the page and of every sentence below.
    pub(crate) language: Language,
    /// The company or the folder that was reviewed.
    pub(crate) title: String,
    /// The instant that everything was assessed at.
    pub(crate) as_of: String,
    /// The currency or unit of every amount: `USD`.
    pub(crate) currency: String,
    /// The policy that was applied.
    pub(crate) policy: Document,
    /// The reference statistics that inputs were normalised by.
    pub(crate) reference: Document,
    /// The figures on top of the page.
    pub(crate) headline: Headline,
    /// One row a tier, best tier first.
    pub(crate) tiers: Vec<Tier>,
    /// The customers that never bought.
    pub(crate) prospects: Group,
    /// The customers of whom too little is known.
    pub(crate) not_assessable: Group,
    /// What stands out, as sentences: why a tier is empty, what a missing input means.
    pub(crate) notes: Vec<String>,
    /// The best customers, best first.
    pub(crate) top: Vec<Mention>,
    /// The customers most in danger, most endangered first.
    pub(crate) endangered: Vec<Mention>,
    /// The prospects worth most, best first.
    pub(crate) prospect_ranking: Vec<Mention>,
    /// The records proposed for clean-up, in the order to look at them.
    pub(crate) clean_up: Vec<Mention>,
    /// How far the data can be trusted.
    pub(crate) quality: Quality,
    /// The classes and segments.
    pub(crate) segments: Segments,
    /// The stages, and who moved lately.
    pub(crate) stages: StageTable,
    /// The plan of the week, if there is one.
    pub(crate) plan: Option<PlanTable>,
    /// The budget, if there is one.
    pub(crate) budget: Option<BudgetTable>,
    /// The tags, if there are any.
    pub(crate) tags: Option<TagTable>,
    /// The floors proposed.
    pub(crate) calibration: Calibration,
    /// The indicators of the policy, in its order.
    pub(crate) indicators: Vec<Indicator>,
    /// Further columns of the customer table: country, owner.
    pub(crate) attributes: Vec<Column>,
    /// The names of the facts, in the order of [`Customer::facts`].
    pub(crate) facts: Vec<String>,
    /// Every customer, in any order.
    pub(crate) customers: Vec<Customer>,
}

/// Names a document exactly.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its id: `standard`.
    pub(crate) id: String,
    /// Its version: `1.0.0`.
    pub(crate) version: String,
    /// Its fingerprint; the page shows the first twelve digits and keeps the rest as a tool tip.
    pub(crate) fingerprint: String,
}

/// The figures on top of the page.
#[derive(Clone, Debug)]
pub(crate) struct Headline {
    /// Customers with a composite.
    pub(crate) assessed: u64,
    /// Customers that never bought.
    pub(crate) prospects: u64,
    /// Revenue of all customers.
    pub(crate) revenue: String,
    /// Mean composite of the assessed, 0 to 100; none where nobody was assessed.
    pub(crate) mean_composite: Option<String>,
    /// Mean completeness of the assessed, as a share.
    pub(crate) completeness: Option<String>,
}

/// A tier of the board.
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    /// Its code: `strategic`.
    pub(crate) code: String,
    /// Its name.
    pub(crate) label: String,
    /// The least composite that belongs to it.
    pub(crate) floor: String,
    /// The share of customers that the policy expects in it, if it says so.
    pub(crate) expected: Option<Expected>,
    /// Its customers.
    pub(crate) group: Group,
}

/// The share of customers expected in a tier.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// The least share expected.
    pub(crate) low: String,
    /// The greatest share expected.
    pub(crate) high: String,
    /// Where the actual share lies.
    pub(crate) verdict: Verdict,
}

/// Where an actual share lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Below the expected range.
    Below,
    /// Within the expected range.
    Within,
    /// Above the expected range.
    Above,
}

/// The sums and means of one row of the board.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// How many customers.
    pub(crate) count: u64,
    /// Their share of the customers that the board counts; none where it would mean nothing.
    pub(crate) share: Option<String>,
    /// Their revenue.
    pub(crate) revenue: String,
    /// Their share of all revenue.
    pub(crate) revenue_share: Option<String>,
    /// Mean value score.
    pub(crate) value: Option<String>,
    /// Mean potential score.
    pub(crate) potential: Option<String>,
    /// Mean need score.
    pub(crate) need: Option<String>,
    /// Mean composite.
    pub(crate) composite: Option<String>,
}

/// A customer named in a list; name, tier and figures come from [`ReportData::customers`].
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// The customer's id.
    pub(crate) id: String,
    /// Why it is in the list, main reason first.
    pub(crate) reasons: Vec<String>,
}

/// How far the data can be trusted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quality {
    /// One score a dimension of quality: completeness, validity, timeliness.
    pub(crate) scores: Vec<QualityScore>,
    /// What is wrong, most frequent first.
    pub(crate) defects: Vec<Defect>,
    /// The indicators' inputs that are missing, and what that costs.
    pub(crate) missing: Vec<MissingInput>,
}

/// The score of one dimension of data quality.
#[derive(Clone, Debug)]
pub(crate) struct QualityScore {
    /// The dimension's name.
    pub(crate) label: String,
    /// The score as a share; none where it could not be measured.
    pub(crate) score: Option<String>,
    /// What it was measured on, or why it was not.
    pub(crate) note: String,
}

/// A kind of defect in the data.
#[derive(Clone, Debug)]
pub(crate) struct Defect {
    /// What is wrong.
    pub(crate) what: String,
    /// In which field or file.
    pub(crate) place: String,
    /// How many records have it.
    pub(crate) count: u64,
    /// Whom to ask.
    pub(crate) ask: String,
    /// Some ids of records that have it.
    pub(crate) examples: Vec<String>,
}

/// An input that is not known of some customers.
#[derive(Clone, Debug)]
pub(crate) struct MissingInput {
    /// The indicator or fact.
    pub(crate) label: String,
    /// Of how many customers it is missing.
    pub(crate) count: u64,
    /// What that costs, as a sentence.
    pub(crate) cost: String,
}

/// An indicator of the policy.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Indicator {
    /// Its name.
    pub(crate) label: String,
    /// The dimension that it counts towards.
    pub(crate) dimension: Dimension,
}

/// The three dimensions of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dimension {
    /// What the customer is worth today.
    Value,
    /// What it may be worth.
    Potential,
    /// How much it needs us.
    Need,
}

/// A further column of the customer table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) label: String,
    /// Whether its values are numbers and sort as such.
    pub(crate) numeric: bool,
}

/// A customer and the full explanation of its assessment.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Customer {
    /// Its id, unique in the report.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether it was assessed.
    pub(crate) standing: Standing,
    /// The code of its effective tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tier: Option<String>,
    /// The code of the tier that its composite falls in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) computed: Option<String>,
    /// The code of the tier after hysteresis and review rules, where these were applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) settled: Option<String>,
    /// An assessor's override, valid or not.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub(crate) overridden: Option<Override>,
    /// Its composite, 0 to 100 with two places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) composite: Option<String>,
    /// The rank of a prospect by the other dimensions, 0 to 100 with two places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rank: Option<String>,
    /// Its value score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// Its potential score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) potential: Option<String>,
    /// Its need score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) need: Option<String>,
    /// The completeness of its assessment, as a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completeness: Option<String>,
    /// Its revenue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revenue: Option<String>,
    /// One value for each of [`ReportData::attributes`].
    pub(crate) attributes: Vec<Option<String>>,
    /// One value for each of [`ReportData::facts`], as a person would write it.
    pub(crate) facts: Vec<Option<String>>,
    /// One part for each of [`ReportData::indicators`]; without points where there is neither composite nor rank.
    pub(crate) contributions: Vec<Contribution>,
    /// Why, in the decision's order.
    pub(crate) reasons: Vec<String>,
    /// What would bring it one tier up: the answer, then what each fact can do; empty without a tier.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lift: Vec<String>,
    /// Its class by contribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) abc: Option<Assigned>,
    /// Its segment by behaviour, with the scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rfm: Option<Assigned>,
    /// Its segment by rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_segment: Option<Assigned>,
}

/// Whether a customer was assessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// It has a composite and a tier.
    Assessed,
    /// It never bought.
    Prospect,
    /// Too little is known of it.
    #[default]
    NotAssessable,
}

/// An assessor's tier in place of the computed one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Override {
    /// The code of the tier.
    pub(crate) tier: String,
    /// Who said so.
    pub(crate) by: String,
    /// Why.
    pub(crate) why: String,
    /// Until when; none for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// Whether it is in force.
    pub(crate) valid: bool,
}

/// What one indicator adds to a composite.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Contribution {
    /// The input, as a person would write it; none where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    /// The normalised input as an exact fraction: `8/9`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fraction: Option<String>,
    /// The normalised input as a decimal: `0.8889`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decimal: Option<String>,
    /// The effective weight in the composite, as a share.
    pub(crate) weight: String,
    /// Points of the composite, with two places; the parts add up to it.
    pub(crate) points: String,
    /// What is particular about it: missing, stale, beyond the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}
