//! Texts and labels that are missing in a language.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::iter;

use guanxi_policy::LabelPack;

use super::Warnings;
use crate::action::{Action, Actions, ChannelId, Suppressor};
use crate::labels;
use crate::template::{LanguageId, StrategiesDocument, StrategyPolicy, Template, Texts};

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
        let languages = languages(&texts);
        for (path, texts) in &texts {
            let missing: Vec<&LanguageId> =
                languages.iter().copied().filter(|language| texts.get(language.as_str()).is_none()).collect();
            if !missing.is_empty() {
                let found = format!("there is no text for {}, which others have", listed(&missing));
                self.warn(path.clone(), "untranslated", found, "translate it");
            }
        }
        let packs = packs(&[policy], languages);
        let codes = policy.templates().enumerate().flat_map(|(place, template)| codes(place, template));
        self.unlabelled(codes, &packs);
    }

    /// What of a document of actions has no label in a language that the strategies speak.
    pub(super) fn unlabelled_actions(&mut self, actions: &Actions, strategies: &[&StrategiesDocument]) {
        let policies: Vec<&StrategyPolicy> = strategies.iter().map(|document| document.body()).collect();
        let all: Vec<(String, &Texts)> = policies.iter().flat_map(|policy| texts(policy)).collect();
        let packs = packs(&policies, languages(&all));
        let suppressors = actions.suppressors().iter().enumerate();
        let suppressors = suppressors.flat_map(|(place, suppressor)| suppressor_codes(place, suppressor));
        let own =
            actions.actions().iter().enumerate().flat_map(|(place, action)| action_codes(place, action));
        self.unlabelled(suppressors.chain(own), &packs);
    }

    fn unlabelled(
        &mut self,
        codes: impl Iterator<Item = (String, String)>,
        packs: &BTreeMap<&LanguageId, LabelPack>,
    ) {
        let mut told = BTreeSet::new();
        for (code, path) in codes {
            let lacking = packs.iter().filter(|(_, pack)| pack.get(&code).is_none());
            let missing: Vec<&LanguageId> = lacking.map(|(language, _)| *language).collect();
            if !missing.is_empty() && told.insert(code.clone()) {
                let found = format!("`{code}` has no label for {}", listed(&missing));
                self.warn(path, "unlabelled", found, "add it to the `labels` of the strategies");
            }
        }
    }
}

/// The languages of some texts.
fn languages<'a>(texts: &[(String, &'a Texts)]) -> BTreeSet<&'a LanguageId> {
    texts.iter().flat_map(|(_, texts)| texts.iter().map(|(language, _)| language)).collect()
}

/// What codes are called in each language: by the program, and by documents.
fn packs<'a>(
    policies: &[&StrategyPolicy],
    languages: BTreeSet<&'a LanguageId>,
) -> BTreeMap<&'a LanguageId, LabelPack> {
    let pack = |language: &'a LanguageId| {
        let own = policies.iter().map(|policy| policy.label_pack(language.as_str()));
        (language, own.fold(labels(language.as_str()).unwrap_or_default(), LabelPack::with))
    };
    languages.into_iter().map(pack).collect()
}

/// The codes of a suppressor that want a label, each with its path.
fn suppressor_codes(place: usize, suppressor: &Suppressor) -> Vec<(String, String)> {
    let path = format!("body.suppressors[{place}]");
    let own = (format!("suppressor.{}", suppressor.id()), format!("{path}.id"));
    iter::once(own).chain(channels(&path, &suppressor.spec().channels)).collect()
}

/// The codes of an action that want a label, each with its path.
fn action_codes(place: usize, action: &Action) -> Vec<(String, String)> {
    let path = format!("body.actions[{place}]");
    let spec = action.spec();
    let mut all = Vec::from([(format!("action.{}", action.id()), format!("{path}.id"))]);
    let owners = action.steps().iter().flat_map(|step| step.owner().cases());
    all.extend(owners.map(|case| (format!("role.{}", case.then()), format!("{path}.owner"))));
    all.extend(channels(&path, &spec.channels));
    let basis = action.legal_basis().into_iter();
    all.extend(basis.map(|basis| (format!("legal_basis.{basis}"), format!("{path}.legal_basis"))));
    for (n, step) in spec.steps.iter().enumerate() {
        let path = format!("{path}.steps[{n}]");
        // A step of this name is called what its action is called.
        if step.id.as_str() != "main" {
            all.push((format!("step.{}", step.id), format!("{path}.id")));
        }
        all.extend(step.channels.iter().flat_map(|own| channels(&path, own)));
    }
    for (n, escalation) in action.escalation().iter().enumerate() {
        let path = format!("{path}.escalation[{n}]");
        all.push((format!("role.{}", escalation.to), format!("{path}.to")));
        all.extend(escalation.queue.iter().map(|queue| (format!("queue.{queue}"), format!("{path}.queue"))));
    }
    all
}

/// The channels below a path.
fn channels(path: &str, all: &[ChannelId]) -> Vec<(String, String)> {
    let channel = |(n, channel)| (format!("channel.{channel}"), format!("{path}.channels[{n}]"));
    all.iter().enumerate().map(channel).collect()
}
