//! What recency, frequency and monetary value are worth, as data.
use alloc::format;
use alloc::vec::Vec;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use guanxi_core::{DecimalText, FactId};
use guanxi_policy::{Body, Document, Node, Problems, check};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::SegmentId;
use crate::rfm_map::{SegmentMap, read_map};

/// An RFM policy with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_segmentation::{RfmDocument, rfm_preset};
/// let standard: RfmDocument = rfm_preset("standard").ok_or("no such preset")?;
/// let segment = standard.body().segment(5, 5, 1).map(|segment| segment.to_string());
/// assert_eq!(segment, Some("champions".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type RfmDocument = Document<RfmPolicy>;

/// What an RFM policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RfmSpec {
    /// Minutes east of UTC of the days that are counted, -1 080 to 1 080: 480 is UTC+8. 0 if absent.
    #[serde(default)]
    pub utc_offset_minutes: i32,
    /// Days since the last order; fewer are better.
    pub recency: AxisSpec,
    /// The number of days with an order; more are better.
    pub frequency: AxisSpec,
    /// The sum of the amounts; more is better.
    pub monetary: AxisSpec,
    /// The segments: together they cover every cell exactly once.
    pub segments: Vec<SegmentSpec>,
}

/// How one of the three becomes a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AxisSpec {
    /// The fact to read where a customer is given by facts and not by its orders.
    pub fact: FactId,
    /// The number of scores, 2 to 9; the greatest is the best. 5 if absent.
    #[serde(default = "five")]
    pub scores: u8,
    /// Own cut points, ascending, one fewer than scores; quantiles of the population if absent. A value at a
    /// cut point has the better score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cuts: Option<Vec<DecimalText>>,
    /// What equal values score among quantiles; not with cut points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ties: Option<Ties>,
}

const fn five() -> u8 {
    5
}

/// What customers with equal values score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// The same, by the middle of their ranks.
    #[default]
    EqualValuesEqualScore,
    /// Each by a rank of its own, so that the scores are equally frequent: of equal values the customer with
    /// the smaller id is the better one.
    Rank,
}

/// A segment and its cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SegmentSpec {
    /// Its name.
    pub id: SegmentId,
    /// Blocks of cells.
    pub cells: Vec<CellsSpec>,
}

/// A block of cells: a range of scores on each axis, both ends included; all scores if absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CellsSpec {
    /// Scores of recency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r: Option<[u8; 2]>,
    /// Scores of frequency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f: Option<[u8; 2]>,
    /// Scores of monetary value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m: Option<[u8; 2]>,
}

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Days since the last order.
    Recency,
    /// Days with an order.
    Frequency,
    /// The sum of the amounts.
    Monetary,
}

impl Axis {
    /// All three, in the order of every list.
    pub const ALL: [Self; 3] = [Self::Recency, Self::Frequency, Self::Monetary];

    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recency => "recency",
            Self::Frequency => "frequency",
            Self::Monetary => "monetary",
        }
    }
}

/// What an RFM policy says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RfmPolicy {
    offset: FixedOffset,
    recency: AxisSpec,
    frequency: AxisSpec,
    monetary: AxisSpec,
    segments: Vec<SegmentSpec>,
    map: SegmentMap,
}

impl RfmPolicy {
    /// How one of the three becomes a score.
    #[must_use]
    pub const fn axis(&self, axis: Axis) -> &AxisSpec {
        match axis {
            Axis::Recency => &self.recency,
            Axis::Frequency => &self.frequency,
            Axis::Monetary => &self.monetary,
        }
    }

    /// The segments, in the order of the policy.
    #[must_use]
    pub fn segments(&self) -> &[SegmentSpec] {
        &self.segments
    }

    /// The segment of a cell; nothing for scores that the policy does not have.
    #[must_use]
    pub fn segment(&self, r: u8, f: u8, m: u8) -> Option<&SegmentId> {
        Some(&self.segments.get(self.map.segment([r, f, m])?)?.id)
    }

    /// The calendar day of an instant, by the policy's offset.
    #[must_use]
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.offset).date_naive()
    }

    /// The first instant of a calendar day, by the policy's offset; nothing beyond what instants can say.
    #[must_use]
    pub fn start_of(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let midnight = self.offset.from_local_datetime(&day.and_time(NaiveTime::MIN)).single()?;
        Some(midnight.with_timezone(&Utc))
    }
}

impl TryFrom<&RfmSpec> for RfmPolicy {
    type Error = Problems;

    fn try_from(spec: &RfmSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for RfmPolicy {
    type Spec = RfmSpec;
    const SCHEMA: &'static str = "guanxi.rfm/1";

    fn spec(&self) -> RfmSpec {
        RfmSpec {
            utc_offset_minutes: self.offset.local_minus_utc() / 60,
            recency: self.recency.clone(),
            frequency: self.frequency.clone(),
            monetary: self.monetary.clone(),
            segments: self.segments.clone(),
        }
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        const LIMIT: i32 = 18 * 60;
        let fields = node.fields(&["utc_offset_minutes", "recency", "frequency", "monetary", "segments"]);
        let offset = match fields.optional("utc_offset_minutes") {
            None => FixedOffset::east_opt(0),
            Some(node) => node.get::<i32>().and_then(|minutes| {
                let allowed = (-LIMIT..=LIMIT).contains(&minutes);
                if !allowed {
                    node.refuse("not_allowed", "-1080 to 1080 minutes");
                }
                FixedOffset::east_opt(minutes.checked_mul(60)?).filter(|_| allowed)
            }),
        };
        let axis = |name| fields.required(name).and_then(|node| read_axis(&node));
        let axes = [axis("recency"), axis("frequency"), axis("monetary")];
        let scores = axes.clone().map(|axis| axis.map(|axis| axis.scores));
        let segments = fields.required("segments").and_then(|node| read_map(&node, scores));
        let [recency, frequency, monetary] = axes;
        let (segments, map) = segments?;
        Some(Self {
            offset: offset?,
            recency: recency?,
            frequency: frequency?,
            monetary: monetary?,
            segments,
            map,
        })
    }
}

fn read_axis(node: &Node<'_>) -> Option<AxisSpec> {
    let fields = node.fields(&["fact", "scores", "cuts", "ties"]);
    let fact = fields.required("fact").and_then(|node| node.get());
    let scores = match fields.optional("scores") {
        None => Some(five()),
        Some(node) => node.get::<u8>().and_then(|scores| {
            let allowed = (2..=9).contains(&scores);
            if !allowed {
                node.refuse("not_allowed", "2 to 9 scores");
            }
            allowed.then_some(scores)
        }),
    };
    let cuts = fields.optional("cuts").map(|node| read_cuts(&node, scores));
    let ties = fields.optional("ties").map(|node| {
        if cuts.is_some() {
            node.refuse("not_allowed", "nothing: with cut points equal values have equal scores");
            return None;
        }
        node.choice(&[("equal_values_equal_score", Ties::EqualValuesEqualScore), ("rank", Ties::Rank)])
    });
    let (cuts, ties) =
        (cuts.map_or(Some(None), |cuts| cuts.map(Some))?, ties.map_or(Some(None), |ties| ties.map(Some))?);
    // One normal form for what is not said.
    let ties = ties.or(cuts.is_none().then_some(Ties::EqualValuesEqualScore));
    Some(AxisSpec { fact: fact?, scores: scores?, cuts, ties })
}

fn read_cuts(node: &Node<'_>, scores: Option<u8>) -> Option<Vec<DecimalText>> {
    let items = node.items()?;
    let given = items.len();
    let cuts: Option<Vec<DecimalText>> = items.iter().map(Node::get).collect();
    if let Some(scores) = scores
        && given + 1 != usize::from(scores)
    {
        let allowed = format!("{} cut points for {scores} scores", scores.saturating_sub(1));
        node.report("not_allowed", format!("{given} cut points"), allowed);
        return None;
    }
    let cuts = cuts?;
    let mut ascending = true;
    let mut last: Option<Decimal> = None;
    for (item, cut) in items.iter().zip(&cuts) {
        if let Some(last) = last.filter(|last| *last >= cut.0) {
            item.refuse("not_allowed", format!("more than {}, the cut point before it", last.normalize()));
            ascending = false;
        }
        last = Some(cut.0);
    }
    ascending.then_some(cuts)
}
