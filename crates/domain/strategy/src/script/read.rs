//! Reading a document of scripts.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_policy::{Body, Fields, Node, nearest};
use serde::de::DeserializeOwned;

use super::id::{ScriptId, SlotId};
use super::pattern::{Pattern, PatternFault};
use super::slot::SlotKind;
use super::spec::{
    MAX_SCRIPTS, MAX_SLOTS, MAX_TALK_STEPS, Script, ScriptSpec, Scripts, ScriptsSpec, SituationsSpec,
    TalkStepSpec,
};
use crate::action::StepId;
use crate::template::{LanguageId, Texts};

const MAX_CODES: usize = 50;

type Slots = BTreeMap<SlotId, SlotKind>;
type Patterns = BTreeMap<LanguageId, Pattern>;

impl Body for Scripts {
    type Spec = ScriptsSpec;
    const SCHEMA: &'static str = "guanxi.scripts/1";

    fn spec(&self) -> ScriptsSpec {
        self.spec.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["languages", "scripts"]);
        let languages: Option<Vec<LanguageId>> =
            fields.required("languages").and_then(|node| read_codes(&node, "language"));
        let known = languages.clone().unwrap_or_default();
        let scripts = fields.required("scripts").and_then(|node| read_scripts(&node, &known))?;
        let spec = ScriptsSpec {
            languages: languages?,
            scripts: scripts.iter().map(|script| script.spec.clone()).collect(),
        };
        Some(Self { spec, scripts })
    }
}

/// 1 to 50 codes, each once.
fn read_codes<T: DeserializeOwned + Ord + Clone>(node: &Node<'_>, what: &str) -> Option<Vec<T>> {
    let items = node.items()?;
    if items.is_empty() || items.len() > MAX_CODES {
        node.report("not_allowed", format!("{} codes", items.len()), format!("1 to {MAX_CODES} codes"));
        return None;
    }
    let mut seen = BTreeSet::new();
    let read: Vec<Option<T>> = items
        .iter()
        .map(|item| {
            let code: T = item.get()?;
            if !seen.insert(code.clone()) {
                item.refuse("duplicate", format!("each {what} once"));
                return None;
            }
            Some(code)
        })
        .collect();
    read.into_iter().collect()
}

fn read_scripts(node: &Node<'_>, languages: &[LanguageId]) -> Option<Vec<Script>> {
    let items = node.items()?;
    if items.is_empty() || items.len() > MAX_SCRIPTS {
        node.report("not_allowed", format!("{} scripts", items.len()), format!("1 to {MAX_SCRIPTS} scripts"));
        return None;
    }
    let mut ids = BTreeSet::new();
    let read: Vec<Option<Script>> = items
        .iter()
        .map(|item| {
            let script = read_script(item, languages)?;
            if !ids.insert(script.spec.id.clone()) {
                item.report(
                    "duplicate",
                    format!("id `{}`", script.spec.id),
                    "each script has an id of its own",
                );
                return None;
            }
            Some(script)
        })
        .collect();
    read.into_iter().collect()
}

fn read_script(item: &Node<'_>, languages: &[LanguageId]) -> Option<Script> {
    let fields = item.fields(&["id", "title", "for", "slots", "steps"]);
    let id: Option<ScriptId> = fields.required("id").and_then(|node| node.get());
    let title = read_texts(&fields, "title", languages);
    let situations = match fields.optional("for") {
        Some(node) => read_situations(&node),
        None => Some(SituationsSpec::default()),
    };
    let slots = match fields.optional("slots") {
        Some(node) => read_slots(&node),
        None => Some(Slots::new()),
    };
    // Texts are checked against the slots that could be read; without any, nothing can be said of them.
    let steps = fields.required("steps").and_then(|node| read_steps(&node, languages, slots.as_ref()));
    let (steps, patterns) = steps?.into_iter().unzip();
    let spec = ScriptSpec { id: id?, title: title?, situations: situations?, slots: slots?, steps };
    Some(Script { spec, patterns })
}

fn read_situations(node: &Node<'_>) -> Option<SituationsSpec> {
    fn side<T: DeserializeOwned + Ord + Clone>(fields: &Fields<'_>, name: &str) -> Option<Vec<T>> {
        fields.optional(name).map_or(Some(Vec::new()), |node| read_codes(&node, "code"))
    }
    let fields = node.fields(&["persona", "stage", "channel", "scenario"]);
    let (persona, stage) = (side(&fields, "persona"), side(&fields, "stage"));
    let (channel, scenario) = (side(&fields, "channel"), side(&fields, "scenario"));
    Some(SituationsSpec { persona: persona?, stage: stage?, channel: channel?, scenario: scenario? })
}

fn read_slots(node: &Node<'_>) -> Option<Slots> {
    let entries = node.entries()?;
    if entries.len() > MAX_SLOTS {
        node.report("not_allowed", format!("{} slots", entries.len()), format!("at most {MAX_SLOTS} slots"));
        return None;
    }
    let kinds = SlotKind::ALL.map(|kind| (kind.code(), kind));
    let read: Vec<Option<(SlotId, SlotKind)>> = entries
        .iter()
        .map(|(name, node)| {
            let slot = SlotId::new(name);
            if let Err(error) = &slot {
                let given = format!("slot {}", guanxi_core::Quoted(name));
                node.report("not_allowed", given, format!("{error}"));
            }
            let kind = node.choice(&kinds);
            Some((slot.ok()?, kind?))
        })
        .collect();
    read.into_iter().collect()
}

fn read_steps(
    node: &Node<'_>,
    languages: &[LanguageId],
    slots: Option<&Slots>,
) -> Option<Vec<(TalkStepSpec, Patterns)>> {
    let items = node.items()?;
    if items.is_empty() || items.len() > MAX_TALK_STEPS {
        node.report("not_allowed", format!("{} steps", items.len()), format!("1 to {MAX_TALK_STEPS} steps"));
        return None;
    }
    let mut ids = BTreeSet::new();
    let read: Vec<Option<(TalkStepSpec, Patterns)>> = items
        .iter()
        .map(|item| {
            let fields = item.fields(&["id", "aim", "text"]);
            let id: Option<StepId> = fields.required("id").and_then(|node| node.get());
            let aim = read_texts(&fields, "aim", languages);
            let text = read_texts(&fields, "text", languages);
            let patterns = text.as_ref().and_then(|text| read_patterns(&fields, text, slots));
            let id = id?;
            if !ids.insert(id.clone()) {
                item.report("duplicate", format!("id `{id}`"), "each step has an id of its own");
                return None;
            }
            Some((TalkStepSpec { id, aim: aim?, text: text? }, patterns?))
        })
        .collect();
    read.into_iter().collect()
}

/// Texts in all languages of the document and in no other.
fn read_texts(fields: &Fields<'_>, name: &'static str, languages: &[LanguageId]) -> Option<Texts> {
    let node = fields.required(name)?;
    let texts = Texts::read(&node)?;
    let lacking: Vec<&str> = languages
        .iter()
        .filter(|language| texts.get(language.as_str()).is_none())
        .map(LanguageId::as_str)
        .collect();
    let more: Vec<&str> = texts
        .iter()
        .filter(|(language, _)| !languages.is_empty() && !languages.contains(language))
        .map(|(language, _)| language.as_str())
        .collect();
    if !lacking.is_empty() {
        node.report("missing_language", "", format!("a text in {} as well", lacking.join(", ")));
    }
    if !more.is_empty() {
        node.report("not_allowed", more.join(", "), "the languages of the document");
    }
    (lacking.is_empty() && more.is_empty()).then_some(texts)
}

/// The texts taken apart, each slot of which is declared.
fn read_patterns(fields: &Fields<'_>, texts: &Texts, slots: Option<&Slots>) -> Option<Patterns> {
    let node = fields.optional("text")?;
    let (mut patterns, mut sound) = (Patterns::new(), true);
    for (language, text) in texts.iter() {
        match Pattern::parse(text) {
            Err(fault) => {
                let allowed = match fault {
                    PatternFault::Brace => "every `{` with its `}`; a brace itself is written `{{` or `}}`",
                    PatternFault::Name => "the name of a slot between `{` and `}`",
                };
                node.report("not_allowed", format!("the text for {language}"), allowed);
                sound = false;
            }
            Ok(pattern) => {
                let unknown: BTreeSet<&SlotId> = pattern
                    .slots()
                    .filter(|slot| slots.is_some_and(|slots| !slots.contains_key(*slot)))
                    .collect();
                for slot in unknown {
                    let declared = slots.into_iter().flat_map(BTreeMap::keys).map(SlotId::as_str);
                    let near = nearest(slot.as_str(), declared.clone());
                    let hint = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                    let names: Vec<&str> = declared.collect();
                    let names = if names.is_empty() {
                        "no slot, since none is declared".into()
                    } else {
                        names.join(", ")
                    };
                    node.report(
                        "unknown_name",
                        format!("slot `{slot}` in {language}"),
                        format!("{names}{hint}"),
                    );
                    sound = false;
                }
                patterns.insert(language.clone(), pattern);
            }
        }
    }
    sound.then_some(patterns)
}
