//! `guanxi script`: what to say, from values for the slots of scripts.
mod line;

use std::io::{self, Write};

use guanxi::core::{Decision, SubjectId, Zone};
use guanxi::strategy::{
    RenderedScript, Script, ScriptReason, Scripts, ScriptsDocument, SituationsSpec, SlotValues,
    choose_script, render_script,
};
use serde::Serialize;

use self::line::Line;
use crate::args::{Lang, ScriptArgs, ScriptCommand};
use crate::document;
use crate::filter::{filter, write};
use crate::given::as_of;
use crate::output::{Failure, Outcome, inert};

pub(crate) fn run(command: &ScriptCommand, quiet: bool) -> Result<Outcome, Failure> {
    match command {
        ScriptCommand::Render(args) => render(args, quiet),
        ScriptCommand::List { scripts, lang } => list(scripts, *lang),
    }
}

/// What is said, as it is written.
#[derive(Serialize)]
struct Written<'a> {
    subject: &'a SubjectId,
    #[serde(flatten)]
    decision: &'a Decision<RenderedScript, ScriptReason>,
}

fn render(args: &ScriptArgs, quiet: bool) -> Result<Outcome, Failure> {
    let scripts: ScriptsDocument = document::named(&args.scripts, "document of scripts")?;
    let as_of = as_of(args.as_of.as_deref(), Zone::UTC)?;
    let filtered = filter("scripts filled", quiet, |line, out| {
        let line = Line::read(line)?;
        let (id, mut reasons) = match line.script.as_ref().or(args.script.as_ref()) {
            Some(script) => (script.clone(), Vec::new()),
            None => {
                let chosen = choose_script(&scripts, &line.situation, as_of);
                let script = chosen.outcome.ok_or("no script fits: give `script`, or more of `situation`")?;
                (script, chosen.reasons)
            }
        };
        let script = found(scripts.body(), &id)?;
        let values =
            SlotValues::read(script, &line.slots).map_err(|error| format!("script {id}: {error}"))?;
        let language = line.language.as_ref().unwrap_or(&args.lang);
        let decision =
            render_script(&scripts, &id, language, &values, as_of).map_err(|error| error.to_string())?;
        let Decision { outcome, reasons: filled, basis, as_of, next_change } = decision;
        // That the document is not in force is said once.
        let news: Vec<ScriptReason> = filled.into_iter().filter(|reason| !reasons.contains(reason)).collect();
        reasons.extend(news);
        if args.text {
            out.extend(spoken(&outcome).as_bytes());
            return Ok(());
        }
        let decision = Decision { outcome, reasons, basis, as_of, next_change };
        write(&Written { subject: &line.subject, decision: &decision }, out)
    })?;
    Ok(filtered.end(args.skip_bad))
}

fn found<'s>(scripts: &'s Scripts, id: &guanxi::strategy::ScriptId) -> Result<&'s Script, String> {
    scripts.script(id).ok_or_else(|| {
        let known: Vec<&str> = scripts.scripts().iter().map(|script| script.id().as_str()).collect();
        format!("there is no script `{id}`, but {}", known.join(", "))
    })
}

/// A script as a text to read.
fn spoken(script: &RenderedScript) -> String {
    let steps = script
        .steps
        .iter()
        .enumerate()
        .map(|(place, step)| format!("{}. {}\n   {}\n", place + 1, step.aim, step.text));
    inert(&format!("{}\n{}", script.title, steps.collect::<String>())) + "\n"
}

fn list(name: &str, lang: Lang) -> Result<Outcome, Failure> {
    let scripts: ScriptsDocument = document::named(name, "document of scripts")?;
    let mut text = String::new();
    for script in scripts.body().scripts() {
        let spec = script.spec();
        let title = spec.title.nearest(lang.code());
        let slots: Vec<String> =
            script.slots().iter().map(|(slot, kind)| format!("{slot} ({})", kind.code())).collect();
        let asks = asks(&spec.situations);
        text.push_str(&format!("{}: {title}\n  for {asks}\n  slots: {}\n", spec.id, slots.join(", ")));
    }
    let mut out = io::stdout().lock();
    out.write_all(inert(&text).as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Outcome::Well)
}

fn asks(situations: &SituationsSpec) -> String {
    fn one<T: ToString>(side: &str, codes: &[T]) -> Option<String> {
        let codes: Vec<String> = codes.iter().map(T::to_string).collect();
        (!codes.is_empty()).then(|| format!("{side} {}", codes.join(" or ")))
    }
    let sides = [
        one("persona", &situations.persona),
        one("stage", &situations.stage),
        one("channel", &situations.channel),
        one("scenario", &situations.scenario),
    ];
    let sides: Vec<String> = sides.into_iter().flatten().collect();
    if sides.is_empty() { "any situation".to_owned() } else { sides.join(", ") }
}
