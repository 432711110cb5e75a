//! Why a total is divided as it is, or not at all.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, DecimalText, FactId, ReasonCode, Share, TierId};
use guanxi_policy::LabelPack;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::allocation::{Undivided, WithoutAmount};
use super::id::BudgetBandId;
use super::share::ExactShare;
use super::spec::DivideBy;
use super::spend::BudgetVerdict;

/// How the share of a band came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareRule {
    /// It was asked for.
    Wanted,
    /// It is the one that the policy aims at.
    Aimed,
    /// It was moved from there towards the upper bound, so that all make a whole.
    Raised,
    /// It was moved from there towards the lower bound, so that all make a whole.
    Lowered,
    /// The band has no customer and gets nothing.
    Released,
}

/// One reason of an allocation. They come in the order of the variants: the policy; the conflicts, if there is
/// no allocation; the bands and, after each, its tiers, in the order of the policy; the customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum BudgetReason {
    /// The policy is not in force at the instant of the decision; it decides all the same.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
    /// No allocation: the share wanted for a band lies outside of its bounds.
    WantedOutside {
        /// The band.
        band: BudgetBandId,
        /// The share wanted.
        wanted: Share,
        /// The least share allowed.
        from: Share,
        /// The greatest share allowed.
        to: Share,
        /// How far it lies outside, as a part of the total: `0.05` is five percentage points.
        by: DecimalText,
    },
    /// No allocation: the least shares of these bands, or those wanted, make more than the whole.
    TooMuch {
        /// The bands whose least share is above 0, in the order of the policy.
        bands: Vec<BudgetBandId>,
        /// The sum of the shares, above 1.
        sum: DecimalText,
        /// How much too much, as a part of the total.
        by: DecimalText,
    },
    /// No allocation: the greatest shares of all bands, or those wanted, make less than the whole.
    TooLittle {
        /// All bands, in the order of the policy.
        bands: Vec<BudgetBandId>,
        /// The sum of the shares, below 1.
        sum: DecimalText,
        /// How much is missing, as a part of the total.
        by: DecimalText,
    },
    /// The share of a band.
    BandShare {
        /// The band.
        band: BudgetBandId,
        /// How it came about.
        rule: ShareRule,
        /// Where it started.
        start: ExactShare,
        /// What it is.
        share: ExactShare,
        /// The least share allowed.
        from: Share,
        /// The greatest share allowed.
        to: Share,
        /// What that is of the total, rounded to minor units.
        amount: DecimalText,
    },
    /// The part that a tier has of a band of several.
    TierPart {
        /// The tier.
        tier: TierId,
        /// Its band.
        band: BudgetBandId,
        /// By what the band is divided.
        by: DivideBy,
        /// Its part of the band, rounded half-up to four places.
        part: Share,
        /// Its amount.
        amount: DecimalText,
    },
    /// The amount of a band, or of one of its tiers, is not divided further.
    NotDivided {
        /// The band.
        band: BudgetBandId,
        /// The tier; `None` if it is the band that is not divided.
        tier: Option<TierId>,
        /// The amount.
        amount: DecimalText,
        /// Why.
        why: Undivided,
    },
    /// Customers who take no part.
    Without {
        /// Why.
        why: WithoutAmount,
        /// How many.
        customers: u64,
    },
    /// Customers whose weight is 0 or less: they take part and get 0.
    WeightNotPositive {
        /// The fact.
        fact: FactId,
        /// How many customers.
        customers: u64,
    },
    /// Facts that were observed after the instant of the decision; until then they count as missing.
    FactFromFuture {
        /// The fact.
        fact: FactId,
        /// Of how many customers.
        customers: u64,
        /// When the first of them was observed.
        first: DateTime<Utc>,
    },
}

impl BudgetReason {
    /// The reason in words; its templates are `budget.CODE`.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let mut args = self.args();
        // A list of bands is a list of their labels.
        if let Self::TooMuch { bands, .. } | Self::TooLittle { bands, .. } = self {
            let names: Vec<&str> =
                bands.iter().map(|band| pack.label("budget_band", band.as_str())).collect();
            let joint = pack.label("budget_word", "and");
            args.push(("names", Arg::Text(names.join(joint))));
        }
        pack.fill("budget", self.code(), &args)
    }
}

impl ReasonCode for BudgetReason {
    fn code(&self) -> &'static str {
        match self {
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
            Self::WantedOutside { .. } => "wanted_outside",
            Self::TooMuch { .. } => "too_much",
            Self::TooLittle { .. } => "too_little",
            Self::BandShare { .. } => "band_share",
            Self::TierPart { .. } => "tier_part",
            Self::NotDivided { .. } => "not_divided",
            Self::Without { .. } => "without",
            Self::WeightNotPositive { .. } => "weight_not_positive",
            Self::FactFromFuture { .. } => "fact_from_future",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let band = |id: &BudgetBandId| ("band", Arg::Label("budget_band", id.to_string()));
        let tier = |id: &TierId| ("tier", Arg::Label("tier", id.to_string()));
        let fact = |id: &FactId| ("fact", Arg::Label("fact", id.to_string()));
        let exact = |share: &ExactShare| Arg::Share(share.rounded());
        let instant = |at: &Option<DateTime<Utc>>| at.map_or_else(none, Arg::Instant);
        match self {
            Self::PolicyNotInForce { from, to } => [("from", instant(from)), ("to", instant(to))].into(),
            Self::WantedOutside { band: id, wanted, from, to, by } => [
                band(id),
                ("wanted", Arg::Share(*wanted)),
                ("from", Arg::Share(*from)),
                ("to", Arg::Share(*to)),
                ("by", points(*by)),
            ]
            .into(),
            Self::TooMuch { sum, by, .. } | Self::TooLittle { sum, by, .. } => {
                [("sum", points(*sum)), ("by", points(*by))].into()
            }
            Self::BandShare { band: id, rule, start, share, from, to, amount } => [
                band(id),
                ("rule", Arg::Label("budget_rule", rule.code().to_string())),
                ("start", exact(start)),
                ("share", exact(share)),
                ("from", Arg::Share(*from)),
                ("to", Arg::Share(*to)),
                ("amount", Arg::Decimal(amount.0)),
            ]
            .into(),
            Self::TierPart { tier: id, band: of, by, part, amount } => [
                tier(id),
                band(of),
                ("by", Arg::Label("budget_divide", by.code().to_string())),
                ("part", Arg::Share(*part)),
                ("amount", Arg::Decimal(amount.0)),
            ]
            .into(),
            Self::NotDivided { band: id, tier: of, amount, why } => [
                of.as_ref().map_or_else(
                    || ("place", Arg::Label("budget_band", id.to_string())),
                    |of| ("place", Arg::Label("tier", of.to_string())),
                ),
                ("amount", Arg::Decimal(amount.0)),
                ("why", Arg::Label("budget_undivided", why.code().to_string())),
            ]
            .into(),
            Self::Without { why, customers } => [
                ("why", Arg::Label("budget_without", why.code().to_string())),
                ("customers", Arg::Count(*customers)),
            ]
            .into(),
            Self::WeightNotPositive { fact: id, customers } => {
                [fact(id), ("customers", Arg::Count(*customers))].into()
            }
            Self::FactFromFuture { fact: id, customers, first } => {
                [fact(id), ("customers", Arg::Count(*customers)), ("first", Arg::Instant(*first))].into()
            }
        }
    }
}

fn none() -> Arg {
    Arg::Text("–".to_string())
}

/// A part of one in percentage points.
fn points(part: DecimalText) -> Arg {
    // A sum of at most 64 shares of nine places.
    Arg::Decimal(part.0.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(part.0).normalize())
}

macro_rules! codes {
    ($($name:ident: $($variant:ident $code:literal),*;)*) => {$(
        impl $name {
            /// The code, as it is written.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
        }
    )*};
}

codes! {
    ShareRule: Wanted "wanted", Aimed "aimed", Raised "raised", Lowered "lowered", Released "released";
    DivideBy: Weight "weight", Customers "customers";
    Undivided: NoCustomer "no_customer", NoWeight "no_weight";
    BudgetVerdict: Below "below", Within "within", Above "above", Open "open";
    WithoutAmount: TierUnknown "tier_unknown", TierInNoBand "tier_in_no_band", WeightUnknown "weight_unknown";
}
