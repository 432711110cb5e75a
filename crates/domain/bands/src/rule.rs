//! A settling rule, checked.
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Score, UtcOffset};
use guanxi_policy::{Body, Document, Fields, Node, Warning};

use crate::review::{Review, ReviewDay, find};
use crate::spec::{DownSpec, ReviewsSpec, SettleSpec, UpSpec, When};

/// The most days of dwell or grace: a hundred years.
pub const MAX_DAYS: u16 = 36_500;

/// A settling rule with its id, version, validity and fingerprint.
pub type SettleDocument = Document<SettleRule>;

/// What a settling rule says, checked: when and how far a class may rise and fall.
///
/// ```
/// use guanxi_bands::SettleDocument;
/// let rule = SettleDocument::from_json(r#"{
///   "schema": "guanxi.settle/1", "id": "ours", "version": "1",
///   "body": {
///     "up": {"when": "now", "margin": "2"},
///     "down": {"when": "at_review", "steps": 1, "grace_days": 90},
///     "reviews": {"days": ["01-01", "07-01"], "offset": "+08:00"}
///   }
/// }"#)?;
/// let review = rule.body().review_after(guanxi_core::parse_instant("2026-06-30T12:00:00Z")?);
/// assert_eq!(review.map(|review| review.at.to_rfc3339()), Some("2026-06-30T16:00:00+00:00".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleRule(SettleSpec); // INVARIANT: review days ascend, and are there if something waits for them

impl SettleRule {
    /// How a class rises.
    #[must_use]
    pub const fn up(&self) -> &UpSpec {
        &self.0.up
    }

    /// How a class falls.
    #[must_use]
    pub const fn down(&self) -> &DownSpec {
        &self.0.down
    }

    /// The first review after an instant; `None` without a calendar, and at the end of time.
    #[must_use]
    pub fn review_after(&self, at: DateTime<Utc>) -> Option<Review> {
        let reviews = self.0.reviews.as_ref()?;
        find(&reviews.days, reviews.offset, at, true)
    }

    /// The last review up to an instant, itself included; `None` without a calendar, and at the
    /// beginning of time.
    #[must_use]
    pub fn review_until(&self, at: DateTime<Utc>) -> Option<Review> {
        let reviews = self.0.reviews.as_ref()?;
        find(&reviews.days, reviews.offset, at, false)
    }

    /// The score from which a class with this floor is risen into.
    pub(crate) fn rises_from(&self, floor: Score) -> Score {
        let bound = floor.hundredths().saturating_add(self.0.up.margin.hundredths());
        Score::from_hundredths(bound).unwrap_or(Score::MAX)
    }

    /// The score below which a class with this floor is fallen from; 0 for the lowest.
    pub(crate) fn falls_below(&self, floor: Score) -> Score {
        let least = floor.hundredths().min(1);
        let bound = floor.hundredths().saturating_sub(self.0.down.margin.hundredths());
        Score::from_hundredths(bound.max(least)).unwrap_or(floor)
    }
}

impl Body for SettleRule {
    type Spec = SettleSpec;
    const SCHEMA: &'static str = "guanxi.settle/1";

    fn spec(&self) -> SettleSpec {
        self.0.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["up", "down", "reviews"]);
        let up = fields.required("up").and_then(|node| {
            let fields = node.fields(&["when", "steps", "margin", "dwell_days"]);
            let side = Side::read(&fields);
            side.check_limit(&fields, 0);
            let Side { when, steps, margin, dwell_days } = side;
            Some(UpSpec { when: when?, steps: steps?, margin: margin?, dwell_days: dwell_days? })
        });
        let down = fields.required("down").and_then(|node| {
            let fields = node.fields(&["when", "steps", "margin", "dwell_days", "grace_days"]);
            let (side, grace_days) = (Side::read(&fields), read_days(&fields, "grace_days"));
            side.check_limit(&fields, grace_days.unwrap_or(MAX_DAYS));
            let Side { when, steps, margin, dwell_days } = side;
            let (when, steps, margin) = (when?, steps?, margin?);
            Some(DownSpec { when, steps, margin, dwell_days: dwell_days?, grace_days: grace_days? })
        });
        let reviews = fields.optional("reviews").map(|node| read_reviews(&node));
        let waits = |name: &str, when: Option<When>| {
            if when == Some(When::AtReview) && reviews.is_none() {
                fields.node().report(
                    "missing_field",
                    format!("`{name}` that happens at a review"),
                    "`reviews` with at least one day",
                );
            }
        };
        waits("up", up.map(|up| up.when));
        waits("down", down.map(|down| down.when));
        let reviews = match reviews {
            None => None,
            Some(read) => Some(read?),
        };
        Some(Self(SettleSpec { up: up?, down: down?, reviews }))
    }
}

/// One direction, as far as it could be read.
struct Side {
    when: Option<When>,
    steps: Option<Option<u8>>,
    margin: Option<Score>,
    dwell_days: Option<u16>,
}

impl Side {
    fn read(fields: &Fields<'_>) -> Self {
        let when = [("now", When::Now), ("at_review", When::AtReview), ("never", When::Never)];
        let steps = fields.optional("steps").map(|node| {
            let steps =
                node.value().as_u64().and_then(|steps| u8::try_from(steps).ok()).filter(|steps| *steps > 0);
            if steps.is_none() {
                node.refuse(
                    "not_allowed",
                    "1 to 255 steps; nothing for any number, `when = \"never\"` for none",
                );
            }
            steps
        });
        Self {
            when: fields.required("when").and_then(|node| node.choice(&when)),
            steps: steps.map_or(Some(None), |steps| steps.map(Some)),
            margin: fields.optional("margin").map_or(Some(Score::MIN), |node| node.get()),
            dwell_days: read_days(fields, "dwell_days"),
        }
    }

    /// Without a wait the next step would follow at once, so a limit would hold nothing back and the
    /// class would depend on how often it is settled.
    fn check_limit(&self, fields: &Fields<'_>, grace_days: u16) {
        let at_once = self.when == Some(When::Now) && self.dwell_days == Some(0) && grace_days == 0;
        if at_once && let (Some(Some(_)), Some(node)) = (self.steps, fields.optional("steps")) {
            node.refuse("not_allowed", "no limit without a wait: `at_review`, or at least one day of dwell");
        }
    }
}

fn read_days(fields: &Fields<'_>, name: &str) -> Option<u16> {
    let Some(node) = fields.optional(name) else { return Some(0) };
    let days =
        node.value().as_u64().and_then(|days| u16::try_from(days).ok()).filter(|days| *days <= MAX_DAYS);
    if days.is_none() {
        node.refuse("not_allowed", format!("0 to {MAX_DAYS} days"));
    }
    days
}

fn read_reviews(node: &Node<'_>) -> Option<ReviewsSpec> {
    let fields = node.fields(&["days", "offset"]);
    let days = fields.required("days").and_then(|node| {
        let items = node.items()?;
        if items.is_empty() {
            node.refuse("not_allowed", "at least one day");
        }
        let mut days: Vec<ReviewDay> = Vec::new();
        let mut complete = true;
        for item in items {
            match item.get::<ReviewDay>() {
                Some(day) if days.contains(&day) => item.refuse("duplicate", "each day once"),
                Some(day) => days.push(day),
                None => complete = false,
            }
        }
        days.sort_unstable();
        complete.then_some(days)
    });
    let offset = fields.optional("offset").map_or(Some(UtcOffset::default()), |node| node.get());
    Some(ReviewsSpec { days: days?, offset: offset? })
}

/// What is legal in a settling rule but suspicious, in the order of its fields.
#[must_use]
pub fn lint(rule: &SettleDocument) -> Vec<Warning> {
    let SettleSpec { up, down, reviews } = &rule.body().0;
    let mut warnings = Vec::new();
    let mut warn = |path: &str, code, found: &str, advice: &str| {
        warnings.push(Warning {
            path: path.to_owned(),
            code,
            found: found.to_owned(),
            advice: advice.to_owned(),
        });
    };
    let idle = "this has no effect; leave it out";
    let up_parts = up.steps.is_some() || up.margin > Score::MIN || up.dwell_days > 0;
    if up.when == When::Never && up_parts {
        warn("body.up", "never_happens", "no class ever rises", idle);
    }
    let down_parts =
        down.steps.is_some() || down.margin > Score::MIN || down.dwell_days > 0 || down.grace_days > 0;
    if down.when == When::Never && down_parts {
        warn("body.down", "never_happens", "no class ever falls", idle);
    }
    if reviews.is_some() && up.when != When::AtReview && down.when != When::AtReview {
        warn("body.reviews", "unused_reviews", "nothing happens at a review", idle);
    }
    warnings
}
