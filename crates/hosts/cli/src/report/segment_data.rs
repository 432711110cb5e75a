//! What the report shows of classes, segments and the floors proposed.
use serde::Serialize;

use super::data::Expected;

/// The classes and segments of the customers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segments {
    /// The classes by contribution.
    pub(crate) abc: Option<Abc>,
    /// The segments by behaviour.
    pub(crate) rfm: Option<SegmentTable>,
    /// The segments by rules.
    pub(crate) value: Option<SegmentTable>,
    /// Why some of these are not there, as a sentence.
    pub(crate) lacking: Option<String>,
}

/// The classes by contribution.
#[derive(Clone, Debug)]
pub(crate) struct Abc {
    /// The policy: `standard 1.0.0`.
    pub(crate) policy: String,
    /// What the amount is called.
    pub(crate) amount: String,
    /// The currency or unit of the amount, if it has one.
    pub(crate) unit: String,
    /// The classes, the best first.
    pub(crate) classes: Vec<AbcClass>,
    /// Customers without a class.
    pub(crate) without: u64,
    /// How concentrated the amount is.
    pub(crate) concentration: Option<Concentration>,
}

/// A class by contribution.
#[derive(Clone, Debug)]
pub(crate) struct AbcClass {
    /// Its name.
    pub(crate) label: String,
    /// How many customers.
    pub(crate) count: u64,
    /// Their share of all with a class.
    pub(crate) customers: Compared,
    /// Their amount.
    pub(crate) amount: Option<String>,
    /// Their share of all amounts.
    pub(crate) of_amount: Compared,
}

/// A share, and what was expected of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compared {
    /// The share.
    pub(crate) share: Option<String>,
    /// The share expected, if the policy says so.
    pub(crate) expected: Option<Expected>,
}

/// How much of an amount lies with how few.
#[derive(Clone, Debug)]
pub(crate) struct Concentration {
    /// The Gini coefficient.
    pub(crate) gini: String,
    /// The Herfindahl-Hirschman index.
    pub(crate) hhi: String,
    /// How many of the greatest have which share.
    pub(crate) top: Vec<(u64, String)>,
}

/// The segments of one kind.
#[derive(Clone, Debug)]
pub(crate) struct SegmentTable {
    /// The policy: `standard 1.0.0`.
    pub(crate) policy: String,
    /// The segments, in the policy's order.
    pub(crate) rows: Vec<SegmentRow>,
    /// Customers without a segment.
    pub(crate) without: u64,
}

/// A segment.
#[derive(Clone, Debug)]
pub(crate) struct SegmentRow {
    /// Its name.
    pub(crate) label: String,
    /// How many customers.
    pub(crate) count: u64,
    /// Their share of all with a segment.
    pub(crate) share: Option<String>,
    /// Their revenue.
    pub(crate) revenue: Option<String>,
}

/// How many customers have which tag.
#[derive(Clone, Debug)]
pub(crate) struct TagTable {
    /// The document: `standard 1.0.0`.
    pub(crate) document: String,
    /// The tags, in the document's order.
    pub(crate) rows: Vec<TagRow>,
    /// Whether some of them exclude each other.
    pub(crate) groups: bool,
    /// Customers without a tag.
    pub(crate) without: u64,
    /// Names that were set and that no tag has, as a sentence.
    pub(crate) unknown: Option<String>,
}

/// A tag.
#[derive(Clone, Debug)]
pub(crate) struct TagRow {
    /// Its name.
    pub(crate) label: String,
    /// Whether it follows a rule.
    pub(crate) rule: bool,
    /// How many customers.
    pub(crate) count: u64,
    /// Their share of all.
    pub(crate) share: Option<String>,
    /// How many would have it, had no other tag of its group won.
    pub(crate) outranked: u64,
}

/// The floors proposed; tiers are in the order of [`ReportData::tiers`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Calibration {
    /// One row a tier; none if nothing can be proposed.
    pub(crate) tiers: Vec<CalibratedTier>,
    /// For each tier of now how many go to each tier proposed; empty if nobody goes anywhere.
    pub(crate) flows: Vec<Vec<u64>>,
    /// What came of it, what keeps the floors from their targets, and how to apply it, as sentences.
    pub(crate) remarks: Vec<String>,
}

/// A tier with its floor of now and the one proposed.
#[derive(Clone, Debug)]
pub(crate) struct CalibratedTier {
    /// The share of customers that it should hold.
    pub(crate) target: String,
    /// What it holds now.
    pub(crate) current: Held,
    /// What it holds by the floor proposed.
    pub(crate) proposed: Held,
    /// How many customers that is above the target, with a sign.
    pub(crate) off: String,
}

/// The customers that a tier holds by its floor.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The floor.
    pub(crate) floor: String,
    /// How many customers.
    pub(crate) count: u64,
    /// Their share of all with a composite.
    pub(crate) share: Option<String>,
}

/// A customer's class or segment of one kind.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Assigned {
    /// Its name; none where too little is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Its scores: `5-4-3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cell: Option<String>,
    /// Why.
    pub(crate) reasons: Vec<String>,
}

/// How many customers are in which stage, and who moved lately.
#[derive(Clone, Debug, Default)]
pub(crate) struct StageTable {
    /// The definition: `five-stage 1.0.0`.
    pub(crate) definition: String,
    /// The flags that may stand beside a stage.
    pub(crate) flags: Vec<String>,
    /// The stages, in the definition's order.
    pub(crate) rows: Vec<StageRow>,
    /// Who moved from where to where, as a sentence.
    pub(crate) moves: String,
    /// The leads by stage: all, then each group; none if there are no leads.
    pub(crate) funnels: Vec<FunnelTable>,
}

/// A stage, or those who have not begun.
#[derive(Clone, Debug)]
pub(crate) struct StageRow {
    /// Its name.
    pub(crate) label: String,
    /// How many customers.
    pub(crate) count: u64,
    /// Their share of all.
    pub(crate) share: Option<String>,
    /// How many of them have which flag.
    pub(crate) flags: Vec<u64>,
    /// How many came lately.
    pub(crate) came: u64,
    /// How many left lately.
    pub(crate) left: u64,
}

/// Some leads by stage.
#[derive(Clone, Debug)]
pub(crate) struct FunnelTable {
    /// The id of the table.
    pub(crate) id: String,
    /// Whose funnel it is.
    pub(crate) title: String,
    /// The stages of the path, in its order.
    pub(crate) rows: Vec<FunnelRow>,
}

/// A stage of a funnel, its numbers as they are shown.
#[derive(Clone, Debug)]
pub(crate) struct FunnelRow {
    /// Its name.
    pub(crate) label: String,
    /// How many came here.
    pub(crate) reached: Option<String>,
    /// How many of them went on.
    pub(crate) onward: Option<String>,
    /// Their share.
    pub(crate) conversion: Option<String>,
    /// How long the stays that ended lasted.
    pub(crate) median_days: Option<String>,
}

/// The plan of a week, as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct PlanTable {
    /// Which days it is of, and for how many customers.
    pub(crate) title: String,
    /// The days.
    pub(crate) days: Vec<String>,
    /// The work by role.
    pub(crate) roles: Vec<PlanRole>,
    /// The work by action.
    pub(crate) actions: Vec<PlanAction>,
    /// What else is to be said, as sentences.
    pub(crate) notes: Vec<String>,
}

/// What a role has to do.
#[derive(Clone, Debug)]
pub(crate) struct PlanRole {
    /// Its name.
    pub(crate) label: String,
    /// Steps by the day on which they begin.
    pub(crate) days: Vec<u64>,
    /// Steps that are held back.
    pub(crate) held: u64,
}

/// What there is to do of an action.
#[derive(Clone, Debug)]
pub(crate) struct PlanAction {
    /// Its name.
    pub(crate) label: String,
    /// What it is for.
    pub(crate) purpose: String,
    /// For how many customers.
    pub(crate) customers: u64,
    /// Steps that may be done.
    pub(crate) to_do: u64,
    /// Steps that are held back.
    pub(crate) held: u64,
}

/// A budget, as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct BudgetTable {
    /// The policy: `standard 1.0.0`.
    pub(crate) policy: String,
    /// What is divided, or that it cannot be.
    pub(crate) title: String,
    /// The bands, each before its tiers; none where there is no allocation.
    pub(crate) rows: Vec<BudgetRow>,
    /// What else is to be said, as sentences.
    pub(crate) notes: Vec<String>,
}

/// A band, or a tier of one.
#[derive(Clone, Debug)]
pub(crate) struct BudgetRow {
    /// Its name.
    pub(crate) label: String,
    /// Whether it is a tier of the band above.
    pub(crate) inner: bool,
    /// Bounds, share, amount, customers.
    pub(crate) cells: [String; 4],
}
