//! `guanxi stage`: life cycles, a customer a line in, its stage and new state a line out.
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use guanxi::core::{Basis, Decision, SubjectId};
use guanxi::lifecycle::{Advanced, Given, LifecycleDocument, Reason, State, advance, kinds, labels};
use guanxi::policy::LabelPack;
use serde::Serialize;

use crate::args::{Diagram, Lang, StageArgs};
use crate::document;
use crate::filter::{filter, write};
use crate::given::{Known, LineReader, OwnText, as_of};
use crate::output::{Failure, Outcome};
use crate::path::explain_at;

pub(crate) fn run(args: &StageArgs, quiet: bool) -> Result<Outcome, Failure> {
    let definition: LifecycleDocument = document::named(&args.definition, "definition")?;
    if let Some(diagram) = args.diagram {
        return draw(&definition, diagram, args.lang.unwrap_or(Lang::En));
    }
    let body = definition.body();
    let as_of = as_of(args.as_of.as_deref(), body.zone())?;
    let labels = args.lang.map(pack).transpose()?;
    let mut reader = reader(&definition);
    let filtered = filter("customers moved", quiet, |line, out| {
        let Known { subject, facts, events, state, .. } = reader.read(line)?;
        let state = state.map(|token| read_state(token.get())).transpose()?;
        let events = events.unwrap_or_default();
        let given = Given::new(&subject).with_state(state.as_ref()).with_events(&events).with_facts(&facts);
        write(&Line::new(&subject, &advance(&definition, &given, as_of), labels.as_ref()), out)
    })?;
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread(quiet);
    Ok(ended)
}

/// Lines as a definition reads them.
pub(crate) fn reader(definition: &LifecycleDocument) -> LineReader<'_> {
    let (vocabulary, zone) = (definition.body().vocabulary(), definition.body().zone());
    LineReader::new(vocabulary, zone).with_own(&OWN).with_state()
}

/// The attributes of events that every definition reads.
pub(crate) const OWN: [OwnText; 5] = [
    OwnText { name: "to", kind: Some(kinds::MOVED) },
    OwnText { name: "edge", kind: Some(kinds::APPROVED) },
    OwnText { name: "role", kind: Some(kinds::APPROVED) },
    OwnText { name: "by", kind: None },
    OwnText { name: "why", kind: None },
];

/// A state as a decision left it.
pub(crate) fn read_state(token: &str) -> Result<State, String> {
    serde_json::from_str(token).map_err(|error| explain_at("state", token, &error))
}

pub(crate) fn pack(lang: Lang) -> Result<LabelPack, Failure> {
    labels(lang.code()).ok_or_else(|| Failure::told(format!("there are no labels for {}", lang.code())))
}

fn draw(definition: &LifecycleDocument, diagram: Diagram, lang: Lang) -> Result<Outcome, Failure> {
    let (body, pack) = (definition.body(), pack(lang)?);
    let text = match diagram {
        Diagram::Mermaid => body.mermaid(&pack),
        Diagram::Dot => body.dot(&pack),
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.trim_end())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Outcome::Well)
}

/// One decision as it is written.
#[derive(Serialize)]
struct Line<'a> {
    subject: &'a SubjectId,
    outcome: &'a Advanced,
    reasons: &'a [Reason],
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
    basis: &'a Basis,
    as_of: DateTime<Utc>,
    next_change: Option<DateTime<Utc>>,
}

impl<'a> Line<'a> {
    fn new(
        subject: &'a SubjectId,
        decision: &'a Decision<Advanced, Reason>,
        labels: Option<&LabelPack>,
    ) -> Self {
        let Decision { outcome, reasons, basis, as_of, next_change } = decision;
        let texts = labels.map(|pack| reasons.iter().map(|reason| reason.text(pack)).collect());
        Self { subject, outcome, reasons, texts, basis, as_of: *as_of, next_change: *next_change }
    }
}
