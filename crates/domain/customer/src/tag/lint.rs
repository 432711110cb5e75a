//! What is legal in a document of tags but suspicious.
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_condition::Condition;
use guanxi_policy::Warning;

use super::policy::{TagKind, TagsDocument};

/// What is legal in a document of tags but suspicious: facts that no rule reads, groups without rivals, rules
/// that always or never hold or that two tags share, and what is suspicious in a rule itself; in the order of
/// the document.
#[must_use]
pub fn lint_tags(document: &TagsDocument) -> Vec<Warning> {
    let policy = document.body();
    let mut warnings = Vec::new();
    let mut warn = |path: String, code, found: String, advice: &str| {
        warnings.push(Warning { path, code, found, advice: advice.to_owned() });
    };
    let reads = |fact: &guanxi_core::FactId| {
        policy.rules().any(|rule| rule.when.fact_ids().iter().any(|read| read == fact))
    };
    for (fact, _) in policy.vocabulary().facts().filter(|(fact, _)| !reads(fact)) {
        let path = format!("body.vocabulary.facts.{fact}");
        warn(path, "unused_fact", format!("no rule reads `{fact}`"), "leave it out, or ask for it in a rule");
    }
    for (place, group) in policy.groups().enumerate() {
        let path = format!("body.groups[{place}]");
        match policy.tags().filter(|tag| tag.group() == Some(&group.id)).count() {
            0 => warn(path, "unused_group", format!("no tag belongs to `{}`", group.id), "leave it out"),
            1 => {
                let found = format!("only one tag belongs to `{}`", group.id);
                warn(path, "lonely_group", found, "a group excludes nothing below two tags");
            }
            _ => {}
        }
    }
    let mut known: BTreeMap<String, &super::id::TagId> = BTreeMap::new();
    for (place, tag) in policy.tags().enumerate() {
        let TagKind::Rule { when, .. } = tag.kind() else { continue };
        let path = format!("body.tags[{place}].when");
        let text = format!("{when}");
        if let Some(other) = known.get(&text) {
            let found = format!("`{}` follows the rule of `{other}`", tag.id());
            warn(path.clone(), "same_rule", found, "one of the two says nothing new: make it an alias");
        } else {
            known.insert(text, tag.id());
        }
        for (whole, code, found) in [
            (Condition::never(), "never_true", "this rule never holds"),
            (Condition::always(), "always_true", "this rule always holds"),
        ] {
            if *when == whole {
                warn(path.clone(), code, found.to_owned(), "the tag says nothing; leave it out");
            }
        }
        for warning in when.lint() {
            let inner =
                if warning.path.is_empty() { path.clone() } else { format!("{path}.{}", warning.path) };
            warn(inner, warning.code, warning.found, &warning.advice);
        }
    }
    warnings
}
