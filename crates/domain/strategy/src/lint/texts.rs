//! Texts and labels that are missing in a language.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_policy::LabelPack;

use super::Warnings;
use crate::labels;
use crate::template::{LanguageId, StrategyPolicy, Template, Texts};

/// All texts of a document with their paths, in its order.
fn texts(policy: &StrategyPolicy) -> Vec<(String, &Texts)> {
    let mut all: Vec<(String, &Texts)> =
        policy.labels().map(|(code, texts)| (format!("body.labels.{code}"), texts)).collect();
    for (place, template) in policy.templates().enumerate() {
        let path = format!("body.templates[{place}]");
        all.push((format!("{path}.core"), template.core()));
        let measures = template.measures().iter().enumerate();
        all.extend(measures.map(|(n, measure)| (format!("{path}.measures[{n}].text"), measure.text())));
        let resources = template.resources().iter().enumerate();
        all.extend(resources.map(|(n, resource)| (format!("{path}.resources[{n}]"), resource)));
    }
    all
}

/// The codes of a template that want a label, each with its path.
fn codes(place: usize, template: &Template) -> Vec<(String, String)> {
    let path = format!("body.templates[{place}]");
    let mut all = Vec::new();
    for (n, role) in template.responsible().iter().enumerate() {
        all.push((format!("role.{role}"), format!("{path}.responsible[{n}]")));
    }
    for (n, measure) in template.measures().iter().enumerate() {
        for (m, role) in measure.roles().iter().enumerate() {
            all.push((format!("role.{role}"), format!("{path}.measures[{n}].roles[{m}]")));
        }
    }
    for (n, target) in template.targets().iter().enumerate() {
        all.push((format!("metric.{}", target.metric()), format!("{path}.targets[{n}].metric")));
    }
    all
}

fn listed(languages: &[&LanguageId]) -> String {
    languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Warnings {
    /// Texts that lack a language which another text has, and codes without a label in one.
    pub(super) fn untranslated(&mut self, policy: &StrategyPolicy) {
        let texts = texts(policy);
        let languages: BTreeSet<&LanguageId> =
            texts.iter().flat_map(|(_, texts)| texts.iter().map(|(language, _)| language)).collect();
        for (path, texts) in &texts {
            let missing: Vec<&LanguageId> =
                languages.iter().copied().filter(|language| texts.get(language.as_str()).is_none()).collect();
            if !missing.is_empty() {
                let found = format!("there is no text for {}, which others have", listed(&missing));
                self.warn(path.clone(), "untranslated", found, "translate it");
            }
        }
        let packs: BTreeMap<&LanguageId, LabelPack> = languages
            .into_iter()
            .map(|language| {
                let own = policy.label_pack(language.as_str());
                (language, labels(language.as_str()).unwrap_or_default().with(own))
            })
            .collect();
        let mut told = BTreeSet::new();
        for (place, template) in policy.templates().enumerate() {
            for (code, path) in codes(place, template) {
                let missing: Vec<&LanguageId> = packs
                    .iter()
                    .filter(|(_, pack)| pack.get(&code).is_none())
                    .map(|(language, _)| *language)
                    .collect();
                if !missing.is_empty() && told.insert(code.clone()) {
                    let found = format!("`{code}` has no label for {}", listed(&missing));
                    self.warn(path, "unlabelled", found, "add it to `labels`");
                }
            }
        }
    }
}
