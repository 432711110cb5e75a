//! What is legal in a document of scripts, but suspicious.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::borrow::Borrow;

use guanxi_condition::normalise;
use guanxi_policy::Warning;

use super::id::SlotId;
use super::spec::{Script, ScriptsDocument, SituationsSpec};

/// What is suspicious about a document of scripts, in the order of its fields.
///
/// Codes: `slot_unused` (no text names the slot, yet it must be given), `slots_differ` (a step names other slots in
/// one language than in another), `never_chosen` (an earlier script is for the same situations).
#[must_use]
pub fn lint_scripts(document: &ScriptsDocument) -> Vec<Warning> {
    let scripts = document.body().scripts();
    let mut warnings = Vec::new();
    for (place, script) in scripts.iter().enumerate() {
        slots(place, script, &mut warnings);
        let same = |other: &&Script| sides(&other.spec.situations) == sides(&script.spec.situations);
        if let Some(earlier) = scripts.iter().take(place).find(same) {
            warnings.push(warning(
                format!("body.scripts[{place}].for"),
                "never_chosen",
                format!(
                    "{} is for the same situations as {}, which stands before it",
                    script.id(),
                    earlier.id()
                ),
                "it is said only where it is asked for by name; say what sets it apart",
            ));
        }
    }
    warnings
}

/// The codes of each side as situations meet them.
fn sides(asked: &SituationsSpec) -> [BTreeSet<String>; 4] {
    fn of<T: Borrow<str>>(codes: &[T]) -> BTreeSet<String> {
        codes.iter().map(|code| normalise(code.borrow())).collect()
    }
    [of(&asked.persona), of(&asked.stage), of(&asked.channel), of(&asked.scenario)]
}

fn warning(path: String, code: &'static str, found: String, advice: &str) -> Warning {
    Warning { path, code, found, advice: advice.to_string() }
}

fn slots(place: usize, script: &Script, warnings: &mut Vec<Warning>) {
    let mut used: BTreeSet<&SlotId> = BTreeSet::new();
    for (step, patterns) in script.patterns.iter().enumerate() {
        let named: Vec<(_, BTreeSet<&SlotId>)> =
            patterns.iter().map(|(language, pattern)| (language, pattern.slots().collect())).collect();
        used.extend(named.iter().flat_map(|(_, slots)| slots));
        let all: BTreeSet<&SlotId> = named.iter().flat_map(|(_, slots)| slots).copied().collect();
        for (language, slots) in &named {
            let lacking: Vec<&str> = all.difference(slots).map(|slot| slot.as_str()).collect();
            if !lacking.is_empty() {
                warnings.push(warning(
                    format!("body.scripts[{place}].steps[{step}].text"),
                    "slots_differ",
                    format!("the text for {language} does not say {}, another one does", lacking.join(", ")),
                    "all languages should tell the same",
                ));
            }
        }
    }
    let unused: Vec<&str> =
        script.slots().keys().filter(|slot| !used.contains(slot)).map(SlotId::as_str).collect();
    if !unused.is_empty() {
        warnings.push(warning(
            format!("body.scripts[{place}].slots"),
            "slot_unused",
            format!("no text names {}", unused.join(", ")),
            "a value must be given and is not said; leave it out",
        ));
    }
}
