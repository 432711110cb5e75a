//! A decision as the filters write it.
use chrono::{DateTime, Utc};
use guanxi::core::{Basis, Decision, SubjectId};
use guanxi::policy::LabelPack;
use serde::Serialize;

use crate::args::Lang;
use crate::output::Failure;

/// One decision as a line.
#[derive(Serialize)]
pub(crate) struct Decided<'a, O, R, S = ()> {
    subject: &'a SubjectId,
    outcome: &'a O,
    /// What to give to the next line about the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a S>,
    reasons: &'a [R],
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
    basis: &'a Basis,
    as_of: DateTime<Utc>,
    next_change: Option<DateTime<Utc>>,
}

impl<'a, O, R, S> Decided<'a, O, R, S> {
    pub(crate) fn new<D>(
        subject: &'a SubjectId,
        outcome: &'a O,
        state: Option<&'a S>,
        decision: &'a Decision<D, R>,
        texts: Option<Vec<String>>,
    ) -> Self {
        let Decision { reasons, basis, as_of, next_change, .. } = decision;
        Self { subject, outcome, state, reasons, texts, basis, as_of: *as_of, next_change: *next_change }
    }
}

/// The labels of a language, if one is asked for.
pub(crate) fn pack(
    lang: Option<Lang>,
    labels: impl Fn(&str) -> Option<LabelPack>,
) -> Result<Option<LabelPack>, Failure> {
    let found = |lang: Lang| {
        labels(lang.code()).ok_or_else(|| Failure::told(format!("there are no labels for {}", lang.code())))
    };
    lang.map(found).transpose()
}

/// The reasons in words, if a language is asked for.
pub(crate) fn texts<R>(
    reasons: &[R],
    labels: Option<&LabelPack>,
    text: impl Fn(&R, &LabelPack) -> String,
) -> Option<Vec<String>> {
    labels.map(|pack| reasons.iter().map(|reason| text(reason, pack)).collect())
}
