//! `guanxi policy`: show, check, schema.
use std::io::{self, Write};
use std::path::Path;

use guanxi::bands::{self, SettleRule, SettleSpec};
use guanxi::core::Stamp;
use guanxi::customer::{TagPolicy, TagsSpec, lint_tags, tag_preset};
use guanxi::policy::{Body, Document, DocumentSpec, Warning, diff};
use guanxi::scoring::{PinnedReference, Reference, ReferenceSpec, ScoringPolicy, ScoringSpec, lint, preset};
use guanxi::segmentation::{
    AbcPolicy, AbcSpec, RfmPolicy, RfmSpec, ValuePolicy, ValueSpec, abc_preset, rfm_preset, value_preset,
};
use serde_json::Value;

use crate::args::{Format, Kind, PolicyCommand};
use crate::document::{self, Tree};
use crate::output::{Failure, Outcome, tell};

pub(crate) fn run(command: &PolicyCommand) -> Result<Outcome, Failure> {
    match command {
        PolicyCommand::Show { policy: None, .. } => print(&document::all_presets().join("\n")),
        PolicyCommand::Show { policy: Some(name), format } => show(name, *format),
        PolicyCommand::Check { file, reference } => check(file, reference.as_deref()),
        PolicyCommand::Diff { from, to } => differences(from, to),
        PolicyCommand::Schema { kind } => schema(*kind),
    }
}

fn print(text: &str) -> Result<Outcome, Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.trim_end())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Outcome::Well)
}

fn show(name: &str, format: Format) -> Result<Outcome, Failure> {
    let value = document::any_policy(name)?;
    match format {
        Format::Json => print(&serde_json::to_string_pretty(&value).map_err(Failure::told)?),
        Format::Toml => print(&toml_edit::ser::to_string_pretty(&value).map_err(Failure::told)?),
    }
}

fn differences(from: &str, to: &str) -> Result<Outcome, Failure> {
    let (from, to) = (document::any_policy(from)?, document::any_policy(to)?);
    let side = |value: Option<Value>| value.map_or_else(|| "(none)".to_owned(), |value| value.to_string());
    let lines: Vec<String> = diff(&from, &to)
        .into_iter()
        .map(|change| format!("{}: {} -> {}", change.path, side(change.from), side(change.to)))
        .collect();
    if lines.is_empty() { print("no difference") } else { print(&lines.join("\n")) }
}

fn check(file: &Path, reference: Option<&Path>) -> Result<Outcome, Failure> {
    let name = file.display().to_string();
    let tree = match Tree::parse(&document::read_text(file)?) {
        Ok(tree) => tree,
        Err(error) => return bad(&format!("{name}:{error}")),
    };
    match tree.kind() {
        Some(Reference::SCHEMA) => return checked::<Reference>(&name, &tree, |_| None, |_| Vec::new()),
        Some(SettleRule::SCHEMA) => return checked(&name, &tree, bands::preset, bands::lint),
        Some(AbcPolicy::SCHEMA) => return checked(&name, &tree, abc_preset, |_| Vec::new()),
        Some(RfmPolicy::SCHEMA) => return checked(&name, &tree, rfm_preset, |_| Vec::new()),
        Some(ValuePolicy::SCHEMA) => return checked(&name, &tree, value_preset, |_| Vec::new()),
        Some(TagPolicy::SCHEMA) => return checked(&name, &tree, tag_preset, lint_tags),
        _ => {}
    }
    let reference: Option<PinnedReference> = reference.map(document::read).transpose()?;
    match tree.document::<ScoringPolicy>(&name) {
        Err(problems) => bad(&problems),
        Ok(policy) => {
            let named = preset(policy.head().id.as_str()).map(|preset| preset.stamp());
            well(&name, &policy.stamp(), named.as_ref(), &lint(&policy, reference.as_ref()), &tree)
        }
    }
}

/// Checks a document of one kind.
fn checked<B: Body>(
    name: &str,
    tree: &Tree,
    preset: impl FnOnce(&str) -> Option<Document<B>>,
    lint: impl FnOnce(&Document<B>) -> Vec<Warning>,
) -> Result<Outcome, Failure> {
    match tree.document::<B>(name) {
        Err(problems) => bad(&problems),
        Ok(document) => {
            let named = preset(document.head().id.as_str()).map(|preset| preset.stamp());
            well(name, &document.stamp(), named.as_ref(), &lint(&document), tree)
        }
    }
}

fn bad(problems: &str) -> Result<Outcome, Failure> {
    tell(problems);
    let count = problems.lines().count();
    tell(&format!("{count} {}", if count == 1 { "problem" } else { "problems" }));
    Ok(Outcome::SomeBad)
}

fn well(
    name: &str,
    stamp: &Stamp,
    named: Option<&Stamp>,
    warnings: &[Warning],
    tree: &Tree,
) -> Result<Outcome, Failure> {
    if named.is_some_and(|preset| preset.version == stamp.version && preset.fingerprint != stamp.fingerprint)
    {
        let advice =
            "decisions would name it as if it were the preset: give it an id or a version of its own";
        tell(&format!(
            "{name}:{}: warning: id: `{}` is a preset that says something else: {advice} [preset_changed]",
            tree.place("id"),
            stamp.id
        ));
    }
    for warning in warnings {
        let Warning { path, code, found, advice } = warning;
        tell(&format!("{name}:{}: warning: {path}: {found}: {advice} [{code}]", tree.place(path)));
    }
    print(&format!("{name}: sound: {} {} {}", stamp.id, stamp.version, stamp.fingerprint))
}

fn schema(kind: Kind) -> Result<Outcome, Failure> {
    let schema = match kind {
        Kind::Scoring => schemars::schema_for!(DocumentSpec<ScoringSpec>),
        Kind::Reference => schemars::schema_for!(DocumentSpec<ReferenceSpec>),
        Kind::Settle => schemars::schema_for!(DocumentSpec<SettleSpec>),
        Kind::Abc => schemars::schema_for!(DocumentSpec<AbcSpec>),
        Kind::Rfm => schemars::schema_for!(DocumentSpec<RfmSpec>),
        Kind::Value => schemars::schema_for!(DocumentSpec<ValueSpec>),
        Kind::Tags => schemars::schema_for!(DocumentSpec<TagsSpec>),
    };
    print(&serde_json::to_string_pretty(&schema).map_err(Failure::told)?)
}
