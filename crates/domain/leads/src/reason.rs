//! Why a lead is as good as it is.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, FactId, ReasonCode, Score, Share};
use guanxi_policy::LabelPack;
use serde::{Deserialize, Serialize};

use crate::id::{BandId, FlagId, GradeId, LevelId, RuleId};
use crate::points::Points;

/// One of the two parts of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartOfScore {
    /// What is known of the lead.
    Fit,
    /// What the lead does.
    Engagement,
}

impl PartOfScore {
    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Engagement => "engagement",
        }
    }
}

/// One reason of a lead's score. They come in the order of the variants, those of one variant in the order of
/// the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeadReason {
    /// A score is set by hand and counts.
    ScoreOverridden {
        /// The score.
        score: Score,
        /// The computed one.
        computed: Score,
        /// The first instant at which it no longer holds.
        until: DateTime<Utc>,
    },
    /// A grade is set by hand and counts.
    GradeOverridden {
        /// The grade.
        grade: GradeId,
        /// The first instant at which it no longer holds.
        until: DateTime<Utc>,
    },
    /// What was set by hand no longer holds.
    OverrideExpired {
        /// Since when.
        until: DateTime<Utc>,
    },
    /// The policy does not have the grade that is set by hand.
    OverrideUnknown {
        /// The grade.
        grade: GradeId,
    },
    /// A disqualifying rule holds and takes all points.
    Disqualified {
        /// The rule.
        rule: RuleId,
    },
    /// How the computed score comes about.
    Scored {
        /// The score.
        score: Score,
        /// The fit, and what it weighs.
        fit: Score,
        /// The weight of fit.
        fit_weight: Share,
        /// The engagement.
        engagement: Score,
        /// The weight of engagement.
        engagement_weight: Share,
    },
    /// The band of the computed score.
    InBand {
        /// The band.
        band: BandId,
        /// Where it begins.
        from: Score,
    },
    /// What is missing to the next band.
    BelowBand {
        /// The next band.
        band: BandId,
        /// Where it begins.
        from: Score,
        /// What is missing.
        short_by: Score,
    },
    /// The computed grade.
    Graded {
        /// The grade.
        grade: GradeId,
        /// The level of fit.
        fit: LevelId,
        /// The level of engagement.
        engagement: LevelId,
    },
    /// A fit condition holds.
    FitHolds {
        /// The condition.
        rule: RuleId,
        /// Its points.
        points: Points,
    },
    /// A fit condition does not hold.
    FitFails {
        /// The condition.
        rule: RuleId,
        /// Its points, which do not count.
        points: Points,
    },
    /// What is known does not decide a fit condition.
    FitUnknown {
        /// The condition.
        rule: RuleId,
        /// Its points, which do not count.
        points: Points,
    },
    /// What the events of a rule bring after decay, before all limits.
    RuleBrings {
        /// The rule.
        rule: RuleId,
        /// How many events.
        events: u64,
        /// Their points.
        points: Points,
    },
    /// What is known does not decide whether an engagement rule applies: it gives nothing.
    RuleUnknown {
        /// The rule.
        rule: RuleId,
    },
    /// What all limits together take away.
    CapsTake {
        /// The points, below 0 if they lower the total.
        points: Points,
    },
    /// A total is kept from 0 to full.
    Clamped {
        /// The part.
        part: PartOfScore,
        /// What is added to the total, below 0 if it is lowered.
        points: Points,
    },
    /// What is known does not decide a disqualifying rule: it takes nothing.
    DisqualifyUnknown {
        /// The rule.
        rule: RuleId,
    },
    /// A flag is raised.
    FlagRaised {
        /// The flag.
        flag: FlagId,
    },
    /// What is known does not decide a flag: it is not raised.
    FlagUnknown {
        /// The flag.
        flag: FlagId,
    },
    /// A fact is missing that an undecided condition asks for.
    FactMissing {
        /// The fact.
        fact: FactId,
    },
    /// A fact that an undecided condition asks for was observed after the instant: nobody knew it yet.
    FactFromFuture {
        /// The fact.
        fact: FactId,
        /// When it was observed.
        observed_at: DateTime<Utc>,
    },
    /// Events after the instant are ignored.
    FutureEvents {
        /// How many.
        events: u64,
        /// When the first of them occurs.
        first: DateTime<Utc>,
    },
    /// The policy is not in force at the instant.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl ReasonCode for LeadReason {
    fn code(&self) -> &'static str {
        match self {
            Self::ScoreOverridden { .. } => "score_overridden",
            Self::GradeOverridden { .. } => "grade_overridden",
            Self::OverrideExpired { .. } => "override_expired",
            Self::OverrideUnknown { .. } => "override_unknown",
            Self::Disqualified { .. } => "disqualified",
            Self::Scored { .. } => "scored",
            Self::InBand { .. } => "in_band",
            Self::BelowBand { .. } => "below_band",
            Self::Graded { .. } => "graded",
            Self::FitHolds { .. } => "fit_holds",
            Self::FitFails { .. } => "fit_fails",
            Self::FitUnknown { .. } => "fit_unknown",
            Self::RuleBrings { .. } => "rule_brings",
            Self::RuleUnknown { .. } => "rule_unknown",
            Self::CapsTake { .. } => "caps_take",
            Self::Clamped { .. } => "clamped",
            Self::DisqualifyUnknown { .. } => "disqualify_unknown",
            Self::FlagRaised { .. } => "flag_raised",
            Self::FlagUnknown { .. } => "flag_unknown",
            Self::FactMissing { .. } => "fact_missing",
            Self::FactFromFuture { .. } => "fact_from_future",
            Self::FutureEvents { .. } => "future_events",
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let rule = |id: &RuleId| ("rule", Arg::Label("rule", id.to_string()));
        let grade = |id: &GradeId| ("grade", Arg::Label("grade", id.to_string()));
        let flag = |id: &FlagId| ("flag", Arg::Label("flag", id.to_string()));
        let band = |id: &BandId| ("band", Arg::Label("band", id.to_string()));
        let points = |points: &Points| ("points", Arg::Decimal(points.to_decimal()));
        let none = || Arg::Text("–".to_string());
        let instant = |at: &Option<DateTime<Utc>>| at.map_or_else(none, Arg::Instant);
        match self {
            Self::ScoreOverridden { score, computed, until } => [
                ("score", Arg::Score(*score)),
                ("computed", Arg::Score(*computed)),
                ("until", Arg::Instant(*until)),
            ]
            .into(),
            Self::GradeOverridden { grade: id, until } => [grade(id), ("until", Arg::Instant(*until))].into(),
            Self::OverrideExpired { until } => [("until", Arg::Instant(*until))].into(),
            Self::OverrideUnknown { grade: id } => [grade(id)].into(),
            Self::Disqualified { rule: id }
            | Self::RuleUnknown { rule: id }
            | Self::DisqualifyUnknown { rule: id } => [rule(id)].into(),
            Self::Scored { score, fit, fit_weight, engagement, engagement_weight } => [
                ("score", Arg::Score(*score)),
                ("fit", Arg::Score(*fit)),
                ("fit_weight", Arg::Share(*fit_weight)),
                ("engagement", Arg::Score(*engagement)),
                ("engagement_weight", Arg::Share(*engagement_weight)),
            ]
            .into(),
            Self::InBand { band: id, from } => [band(id), ("from", Arg::Score(*from))].into(),
            Self::BelowBand { band: id, from, short_by } => {
                [band(id), ("from", Arg::Score(*from)), ("short_by", Arg::Score(*short_by))].into()
            }
            Self::Graded { grade: id, fit, engagement } => [
                grade(id),
                ("fit", Arg::Label("level", fit.to_string())),
                ("engagement", Arg::Label("level", engagement.to_string())),
            ]
            .into(),
            Self::FitHolds { rule: id, points: of }
            | Self::FitFails { rule: id, points: of }
            | Self::FitUnknown { rule: id, points: of } => [rule(id), points(of)].into(),
            Self::RuleBrings { rule: id, events, points: of } => {
                [rule(id), ("events", Arg::Count(*events)), points(of)].into()
            }
            Self::CapsTake { points: of } => [points(of)].into(),
            Self::Clamped { part, points: of } => {
                [("part", Arg::Label("part", part.code().to_string())), points(of)].into()
            }
            Self::FlagRaised { flag: id } | Self::FlagUnknown { flag: id } => [flag(id)].into(),
            Self::FactMissing { fact } => [("fact", Arg::Label("fact", fact.to_string()))].into(),
            Self::FactFromFuture { fact, observed_at } => {
                [("fact", Arg::Label("fact", fact.to_string())), ("observed_at", Arg::Instant(*observed_at))]
                    .into()
            }
            Self::FutureEvents { events, first } => {
                [("events", Arg::Count(*events)), ("first", Arg::Instant(*first))].into()
            }
            Self::PolicyNotInForce { from, to } => [("from", instant(from)), ("to", instant(to))].into(),
        }
    }
}

impl LeadReason {
    /// The reason in words; its templates are `leads.CODE`, so that the pack can be put together with those
    /// of other crates.
    ///
    /// ```
    /// use guanxi_leads::{LeadReason, labels};
    /// let english = labels("en").ok_or("no such language")?;
    /// let reason = LeadReason::FlagRaised { flag: "silent".parse()? };
    /// assert_eq!(reason.text(&english), "No interaction for 3 days");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        pack.fill("leads", self.code(), &self.args())
    }
}
