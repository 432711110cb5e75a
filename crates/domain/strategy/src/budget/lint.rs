//! What is legal in a budget policy, but suspicious.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_policy::Warning;

use super::reason::BudgetReason;
use super::shares::choose;
use super::spec::{BudgetDocument, WhenEmpty};

/// What is suspicious about a budget policy, in the order of its fields.
///
/// Codes: `no_allocation` (the bands can never make a whole), `needs_customers` (without customers of this band
/// there is no allocation), `no_room` (the bands make a whole in one way alone).
#[must_use]
pub fn lint_budget(document: &BudgetDocument) -> Vec<Warning> {
    let body = document.body();
    let full: Vec<bool> = body.bands().iter().map(|_| false).collect();
    let conflict = |empty: &[bool]| choose(body, &BTreeMap::new(), empty).err();
    let warn = |path: String, code, found: String, advice: &str| Warning {
        path,
        code,
        found,
        advice: advice.to_string(),
    };
    if let Some(conflicts) = conflict(&full) {
        let found: Vec<String> = conflicts.iter().map(said).collect();
        let advice = "no total can be allocated; lower the least shares or raise the greatest ones";
        return [warn("body.bands".to_string(), "no_allocation", found.join("; "), advice)].into();
    }
    let mut warnings = Vec::new();
    if body.when_empty() == WhenEmpty::Release {
        for (place, band) in body.bands().iter().enumerate() {
            let empty: Vec<bool> = (0..body.bands().len()).map(|other| other == place).collect();
            if let Some(conflicts) = conflict(&empty) {
                let found: Vec<String> = conflicts.iter().map(said).collect();
                warnings.push(warn(
                    format!("body.bands[{place}]"),
                    "needs_customers",
                    format!("without a customer of {}: {}", band.id, found.join("; ")),
                    "keep the shares of empty bands, or raise the greatest shares of the others",
                ));
            }
        }
    }
    let (least, most) = body.bounds.iter().fold((0, 0), |(least, most), b| (least + b.from, most + b.to));
    if least != most && (least == super::spec::UNITS || most == super::spec::UNITS) {
        let which = if least == super::spec::UNITS { "least" } else { "greatest" };
        let found = format!("the {which} shares make exactly the whole");
        let advice = "the other bounds have no effect";
        warnings.push(warn("body.bands".to_string(), "no_room", found, advice));
    }
    warnings
}

fn said(conflict: &BudgetReason) -> String {
    match conflict {
        BudgetReason::TooMuch { sum, .. } => format!("the least shares make {}", sum.0),
        BudgetReason::TooLittle { sum, .. } => format!("the greatest shares make {}", sum.0),
        other => guanxi_core::ReasonCode::code(other).to_string(),
    }
}
