//! A script with its slots filled.
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use chrono::{DateTime, Utc};
use guanxi_core::Decision;
use serde::{Deserialize, Serialize};

use super::choose::{decided, not_in_force};
use super::error::ScriptError;
use super::id::ScriptId;
use super::pattern::{Pattern, Piece};
use super::reason::ScriptReason;
use super::slot::SlotValues;
use super::spec::ScriptsDocument;
use super::words::said;
use crate::action::StepId;
use crate::template::LanguageId;

/// A script ready to be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedScript {
    /// The script.
    pub script: ScriptId,
    /// The language.
    pub language: LanguageId,
    /// What the script is called.
    pub title: String,
    /// What is said, step by step.
    pub steps: Vec<RenderedStep>,
}

/// A step ready to be said. Its text may hold personal data, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedStep {
    /// The step.
    pub step: StepId,
    /// What it is for.
    pub aim: String,
    /// What is said.
    pub text: String,
}

/// The step, never its text.
impl fmt::Debug for RenderedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderedStep").field("step", &self.step).finish_non_exhaustive()
    }
}

/// Fills the slots of a script in a language. Amounts and days are written as the language writes them: 12000.5 yuan are
/// `12,000.50 CNY` in `en` and `12,000.50 元` in `zh-CN`, 30 June 2026 is `30 June 2026` and `2026年6月30日`; in any other
/// language `12000.50 CNY` and `2026-06-30`. Braces in a value are braces, never slots.
///
/// # Errors
/// [`ScriptError`]: no such script, another language, or every slot that has no value, a value of another kind, or a
/// text that is blank, too long or not one line, and every value that belongs to no slot.
///
/// ```
/// use guanxi_core::parse_instant;
/// use guanxi_strategy::{SlotValues, ScriptError, render_script, scripts_preset};
/// let scripts = scripts_preset("standard").ok_or("no such preset")?;
/// let as_of = parse_instant("2026-06-30")?;
/// let refused = render_script(&scripts, &"complaint".parse()?, &"en".parse()?, &SlotValues::new(), as_of);
/// assert!(matches!(refused, Err(ScriptError::Slots { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render_script(
    scripts: &ScriptsDocument,
    script: &ScriptId,
    language: &LanguageId,
    values: &SlotValues,
    as_of: DateTime<Utc>,
) -> Result<Decision<RenderedScript, ScriptReason>, ScriptError> {
    let body = scripts.body();
    let found = body.script(script).ok_or_else(|| ScriptError::NoScript { script: script.clone() })?;
    if !body.languages().contains(language) {
        let available = body.languages().to_vec();
        return Err(ScriptError::NoLanguage { language: language.clone(), available });
    }
    if let Some(error) = ScriptError::of(values.faults(found)) {
        return Err(error);
    }
    let with_patterns = found.spec.steps.iter().zip(&found.patterns);
    let steps = with_patterns.map(|(step, patterns)| RenderedStep {
        step: step.id.clone(),
        aim: step.aim.get(language.as_str()).unwrap_or_default().into(),
        text: patterns.get(language).map(|pattern| fill(pattern, values, language)).unwrap_or_default(),
    });
    let outcome = RenderedScript {
        script: script.clone(),
        language: language.clone(),
        title: found.spec.title.get(language.as_str()).unwrap_or_default().into(),
        steps: steps.collect(),
    };
    let mut reasons = not_in_force(scripts, as_of);
    let filled =
        found.slots().iter().map(|(slot, kind)| ScriptReason::Filled { slot: slot.clone(), kind: *kind });
    reasons.extend(filled);
    Ok(decided(scripts, outcome, reasons, as_of))
}

fn fill(pattern: &Pattern, values: &SlotValues, language: &LanguageId) -> String {
    let mut text = String::new();
    for piece in &pattern.0 {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            // Every slot of a pattern is declared, and every declared one has a value here.
            Piece::Slot(slot) => {
                if let Some(value) = values.get(slot) {
                    text.push_str(&said(value, language.as_str()));
                }
            }
        }
    }
    text
}
