//! `guanxi assess --settle`: tiers that follow their score only as far and as soon as a rule lets them.
use chrono::{DateTime, Utc};
use guanxi::bands::{Bands, SettleDocument, SettleReason, SettleState, Settled, Settling, labels, settle};
use guanxi::core::{Decision, Score, TierId};
use guanxi::policy::LabelPack;
use serde::Serialize;

use crate::args::Lang;
use crate::document;
use crate::json::Verbatim;
use crate::output::Failure;

/// A settling rule at work; what is the same on every line is made once.
pub(crate) struct Settler {
    rule: SettleDocument,
    stamp: Verbatim,
    /// The texts of a language, with the names of the tiers, if reasons are wanted as text.
    labels: Option<LabelPack>,
}

/// What settling adds to a line.
#[derive(Serialize)]
pub(crate) struct Part<'a> {
    rule: &'a Verbatim,
    state: Option<SettleState<TierId>>,
    reasons: Vec<SettleReason<TierId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
    pub(crate) next_change: Option<DateTime<Utc>>,
}

impl Settler {
    pub(crate) fn new(name: &str, lang: Option<Lang>) -> Result<Self, Failure> {
        let rule = rule(name)?;
        let stamp = Verbatim(serde_json::to_string(&rule.stamp()).map_err(Failure::told)?);
        let labels = lang.and_then(|lang| {
            Some(labels(lang.code())?.with(guanxi::scoring::labels(lang.code()).unwrap_or_default()))
        });
        Ok(Self { rule, stamp, labels })
    }

    /// The tier that counts before an override, and what the line says of it.
    pub(crate) fn settle(
        &self,
        bands: &Bands<TierId>,
        state: Option<&SettleState<TierId>>,
        score: Option<Score>,
        as_of: DateTime<Utc>,
    ) -> (Option<TierId>, Part<'_>) {
        // The assessor's override is the pin of an assessment: it counts there, above the settled tier.
        let given = Settling { state, score, pin: None };
        let Decision { outcome: Settled { class, state, .. }, reasons, next_change, .. } =
            settle(&self.rule, bands, &given, as_of);
        let texts =
            self.labels.as_ref().map(|labels| reasons.iter().map(|reason| labels.reason(reason)).collect());
        (class, Part { rule: &self.stamp, state, reasons, texts, next_change })
    }
}

/// The settling rule of a preset's id or of a file.
pub(crate) fn rule(name: &str) -> Result<SettleDocument, Failure> {
    document::named(name, "settling rule")
}
