//! Which script fits a situation.
use alloc::vec::Vec;
use core::borrow::Borrow;

use chrono::{DateTime, Utc};
use guanxi_condition::normalise;
use guanxi_core::{Basis, Decision};
use serde::{Deserialize, Serialize};

use super::id::ScriptId;
use super::reason::{ScriptReason, Side};
use super::spec::{Script, ScriptsDocument};
use crate::action::ChannelId;
use crate::template::SelectorCode;

/// What is known of a talk before it begins; what is left out is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// The customer's communication persona.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<SelectorCode>,
    /// The customer's stage of the life cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<SelectorCode>,
    /// The channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// What the talk is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<SelectorCode>,
}

/// How a script meets a side of a situation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meets {
    /// It asks for nothing.
    Any,
    /// It asks for what there is.
    Asked,
    /// It asks for something else, or nothing is known.
    Not { unknown: bool },
}

/// Whether a code is among others, compared as conditions compare texts.
fn has<T: Borrow<str>>(codes: &[T], code: &T) -> bool {
    let wanted = normalise(code.borrow());
    codes.iter().any(|other| normalise(other.borrow()) == wanted)
}

impl Situation {
    fn meets(&self, script: &Script, side: Side) -> Meets {
        fn of<T: Borrow<str>>(asked: &[T], given: Option<&T>) -> Meets {
            match given {
                _ if asked.is_empty() => Meets::Any,
                Some(given) if has(asked, given) => Meets::Asked,
                given => Meets::Not { unknown: given.is_none() },
            }
        }
        let asked = &script.spec.situations;
        match side {
            Side::Persona => of(&asked.persona, self.persona.as_ref()),
            Side::Stage => of(&asked.stage, self.stage.as_ref()),
            Side::Channel => of(&asked.channel, self.channel.as_ref()),
            Side::Scenario => of(&asked.scenario, self.scenario.as_ref()),
        }
    }
}

/// Chooses the script for a situation: of those that fit, the one that asks for most sides; of equals, the first
/// of the document. A script fits if of every side it asks for nothing, or for what the situation says, whatever the
/// case and width of its letters. A script that fits but for one side, and asks for another that is met, is named as
/// near.
///
/// ```
/// use guanxi_core::parse_instant;
/// use guanxi_strategy::{Situation, choose_script, scripts_preset};
/// let scripts = scripts_preset("standard").ok_or("no such preset")?;
/// let talk = Situation { scenario: Some("complaint".parse()?), ..Situation::default() };
/// let decision = choose_script(&scripts, &talk, parse_instant("2026-06-30")?);
/// assert_eq!(decision.outcome, Some("complaint".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn choose_script(
    scripts: &ScriptsDocument,
    situation: &Situation,
    as_of: DateTime<Utc>,
) -> Decision<Option<ScriptId>, ScriptReason> {
    let mut reasons = not_in_force(scripts, as_of);
    let (mut fitting, mut near): (Vec<(&Script, Vec<Side>)>, Vec<ScriptReason>) = (Vec::new(), Vec::new());
    for script in scripts.body().scripts() {
        let met = Side::ALL.map(|side| (side, situation.meets(script, side)));
        let asks: Vec<Side> =
            met.iter().filter(|(_, meets)| *meets == Meets::Asked).map(|(side, _)| *side).collect();
        let missed: Vec<(Side, bool)> = met
            .iter()
            .filter_map(|(side, meets)| match meets {
                Meets::Not { unknown } => Some((*side, *unknown)),
                _ => None,
            })
            .collect();
        match missed.as_slice() {
            [] => fitting.push((script, asks)),
            [(side, unknown)] if !asks.is_empty() => {
                near.push(ScriptReason::Near { script: script.id().clone(), side: *side, unknown: *unknown });
            }
            _ => {}
        }
    }
    let most = fitting.iter().map(|(_, asks)| asks.len()).max();
    let chosen = fitting.iter().position(|(_, asks)| Some(asks.len()) == most);
    let chosen = chosen.map(|place| fitting.remove(place));
    let outcome = chosen.as_ref().map(|(script, _)| script.id().clone());
    reasons.push(match &chosen {
        Some((script, asks)) => ScriptReason::Chosen { script: script.id().clone(), asks: asks.clone() },
        None => ScriptReason::NoneFits,
    });
    let (as_good, less): (Vec<_>, Vec<_>) =
        fitting.into_iter().partition(|(_, asks)| Some(asks.len()) == most);
    reasons.extend(as_good.iter().map(|(script, _)| ScriptReason::AsGood { script: script.id().clone() }));
    reasons.extend(less.iter().map(|(script, _)| ScriptReason::LessSpecific { script: script.id().clone() }));
    reasons.extend(near);
    decided(scripts, outcome, reasons, as_of)
}

pub(super) fn not_in_force(scripts: &ScriptsDocument, as_of: DateTime<Utc>) -> Vec<ScriptReason> {
    let head = scripts.head();
    let reason = ScriptReason::ScriptsNotInForce { from: head.effective_from, to: head.effective_to };
    if head.in_force(as_of) { Vec::new() } else { [reason].into() }
}

/// A decision that changes with the validity of the document alone.
pub(super) fn decided<T>(
    scripts: &ScriptsDocument,
    outcome: T,
    reasons: Vec<ScriptReason>,
    as_of: DateTime<Utc>,
) -> Decision<T, ScriptReason> {
    let bounds = [scripts.head().effective_from, scripts.head().effective_to];
    Decision {
        outcome,
        reasons,
        basis: Basis { policy: scripts.stamp(), reference: None },
        as_of,
        next_change: bounds.into_iter().flatten().filter(|at| *at > as_of).min(),
    }
}
