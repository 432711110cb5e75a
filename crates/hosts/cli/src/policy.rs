//! `guanxi policy`: show, check, schema.
use std::io::{self, Write};
use std::path::Path;

use guanxi::bands::{self, SettleRule, SettleSpec};
use guanxi::core::Stamp;
use guanxi::policy::{DocumentSpec, Warning, diff};
use guanxi::scoring::{
    PinnedReference, Reference, ReferenceSpec, ScoringPolicy, ScoringSpec, lint, preset, preset_ids,
};
use serde_json::Value;

use crate::args::{Format, Kind, Policies, PolicyCommand};
use crate::document::{self, Tree};
use crate::output::{Failure, Outcome, tell};

pub(crate) fn run(command: &PolicyCommand) -> Result<Outcome, Failure> {
    match command {
        PolicyCommand::Show { policy: None, kind: Policies::Scoring, .. } => print(&preset_ids().join("\n")),
        PolicyCommand::Show { policy: None, kind: Policies::Settle, .. } => {
            print(&bands::preset_ids().join("\n"))
        }
        PolicyCommand::Show { policy: Some(name), kind, format } => show(name, *kind, *format),
        PolicyCommand::Check { file, reference } => check(file, reference.as_deref()),
        PolicyCommand::Diff { from, to, kind } => differences(from, to, *kind),
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

fn show(name: &str, kind: Policies, format: Format) -> Result<Outcome, Failure> {
    let value = document::normal_form(name, kind)?;
    match format {
        Format::Json => print(&serde_json::to_string_pretty(&value).map_err(Failure::told)?),
        Format::Toml => print(&toml_edit::ser::to_string_pretty(&value).map_err(Failure::told)?),
    }
}

fn differences(from: &str, to: &str, kind: Policies) -> Result<Outcome, Failure> {
    let (from, to) = (document::normal_form(from, kind)?, document::normal_form(to, kind)?);
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
    let of_scoring = |stamp: &Stamp| preset(stamp.id.as_str()).map(|preset| preset.stamp());
    if tree.is::<Reference>() {
        return match tree.document::<Reference>(&name) {
            Err(problems) => bad(&problems),
            Ok(checked) => well(&name, &checked.stamp(), of_scoring, &[], &tree),
        };
    }
    if tree.is::<SettleRule>() {
        let of_settling = |stamp: &Stamp| bands::preset(stamp.id.as_str()).map(|preset| preset.stamp());
        return match tree.document::<SettleRule>(&name) {
            Err(problems) => bad(&problems),
            Ok(rule) => well(&name, &rule.stamp(), of_settling, &bands::lint(&rule), &tree),
        };
    }
    let reference: Option<PinnedReference> = reference.map(document::read).transpose()?;
    match tree.document::<ScoringPolicy>(&name) {
        Err(problems) => bad(&problems),
        Ok(policy) => well(&name, &policy.stamp(), of_scoring, &lint(&policy, reference.as_ref()), &tree),
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
    preset: impl Fn(&Stamp) -> Option<Stamp>,
    warnings: &[Warning],
    tree: &Tree,
) -> Result<Outcome, Failure> {
    if preset(stamp)
        .is_some_and(|preset| preset.version == stamp.version && preset.fingerprint != stamp.fingerprint)
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
    };
    print(&serde_json::to_string_pretty(&schema).map_err(Failure::told)?)
}
