//! `guanxi policy`: show, check, lint, diff, schema.
mod lint;

use std::io::{self, Write};
use std::path::Path;

use guanxi::core::Stamp;
use guanxi::policy::{Warning, diff};
use guanxi::scoring::PinnedReference;
use serde_json::Value;

use crate::args::{Format, PolicyCommand};
use crate::document::{self, Tree};
use crate::kind::{self, Beside, Sound};
use crate::output::{Failure, Outcome, tell};

pub(crate) fn run(command: &PolicyCommand) -> Result<Outcome, Failure> {
    match command {
        PolicyCommand::Show { policy: None, .. } => print(&document::all_presets().join("\n")),
        PolicyCommand::Show { policy: Some(name), format } => show(name, *format),
        PolicyCommand::Check { file, reference } => check(file, reference.as_deref()),
        PolicyCommand::Lint(args) => lint::run(args),
        PolicyCommand::Diff { from, to } => differences(from, to),
        PolicyCommand::Schema { kind } => schema(kind),
    }
}

pub(crate) fn print(text: &str) -> Result<Outcome, Failure> {
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

pub(crate) fn check(file: &Path, reference: Option<&Path>) -> Result<Outcome, Failure> {
    let name = file.display().to_string();
    if !file.exists() && document::any_preset(&name).is_some() {
        return Err(Failure::told(format!(
            "{name} is a preset, which is sound: give a file; `show`, `diff` and `lint` take presets"
        )));
    }
    let tree = match Tree::parse(&document::read_text(file)?) {
        Ok(tree) => tree,
        Err(error) => return bad(&format!("{name}:{error}")),
    };
    let reference: Option<PinnedReference> = reference.map(document::read).transpose()?;
    let beside = Beside { reference: reference.as_ref(), ..Beside::default() };
    match kind::of(&tree, &name).and_then(|kind| (kind.check)(&tree, &name, &beside)) {
        Err(problems) => bad(&problems),
        Ok(sound) => well(&name, &sound, &tree),
    }
}

pub(crate) fn bad(problems: &str) -> Result<Outcome, Failure> {
    tell(problems);
    let count = problems.lines().count();
    tell(&format!("{count} {}", if count == 1 { "problem" } else { "problems" }));
    Ok(Outcome::SomeBad)
}

fn well(name: &str, Sound { stamp, preset, warnings }: &Sound, tree: &Tree) -> Result<Outcome, Failure> {
    let taken = |preset: &Stamp| preset.version == stamp.version && preset.fingerprint != stamp.fingerprint;
    if preset.as_ref().is_some_and(taken) {
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

fn schema(name: &str) -> Result<Outcome, Failure> {
    let kind = kind::named(name).ok_or_else(|| Failure::told(format!("no kind of document `{name}`")))?;
    print(&serde_json::to_string_pretty(&(kind.json_schema)()).map_err(Failure::told)?)
}
