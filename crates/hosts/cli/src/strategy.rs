//! `guanxi strategy`: a customer a line in, its strategy templates and why a line out.
use std::collections::BTreeMap;

use guanxi::calendar::Term;
use guanxi::condition::{EventLog, Given};
use guanxi::policy::LabelPack;
use guanxi::strategy::{
    ActionId, Measure, MeasureId, RoleId, Selected, SelectionCounts, StrategiesDocument, StrategyReason,
    Target, Template, TemplateId, TemplateKind, labels, select,
};
use serde::Serialize;

use crate::args::{Lang, StrategyArgs};
use crate::decided::{Decided, pack, texts};
use crate::document;
use crate::filter::{filter, write};
use crate::given::{Known, LineReader, as_of};
use crate::output::{Failure, Outcome};
use crate::policy::print;

pub(crate) fn run(args: &StrategyArgs, quiet: bool) -> Result<Outcome, Failure> {
    let document: StrategiesDocument = document::named(&args.policy, "document of strategies")?;
    let as_of = as_of(args.as_of.as_deref(), document.body().zone())?;
    let labels = pack(args.lang, |lang| words(&document, lang))?;
    let language = args.lang.unwrap_or(Lang::En).code();
    let mut reader = reader(&document);
    let mut counts = SelectionCounts::default();
    let filtered = filter("strategies selected", quiet, |line, out| {
        let Known { subject, facts, events, .. } = reader.read(line)?;
        let log = events.as_ref().map(EventLog::new);
        let decision = select(&document, &Given { facts: &facts, events: log.as_ref() }, as_of);
        if args.summary {
            counts.add(&decision.outcome);
            return Ok(());
        }
        let shown = Shown::new(&document, &decision.outcome, args.explain.then_some(language));
        let texts = texts(&decision.reasons, labels.as_ref(), StrategyReason::text);
        write(&Decided::new(&subject, &shown, None::<&()>, &decision, texts), out)
    })?;
    if args.summary {
        print(&serde_json::to_string(&counts).map_err(Failure::told)?)?;
    }
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread(quiet);
    Ok(ended)
}

/// Lines as a document of strategies reads them.
pub(crate) fn reader(document: &StrategiesDocument) -> LineReader<'_> {
    let (vocabulary, zone) = (document.body().vocabulary(), document.body().zone());
    LineReader::new(vocabulary, zone)
}

/// The texts of the program with the document's own over them.
fn words(document: &StrategiesDocument, lang: &str) -> Option<LabelPack> {
    Some(labels(lang)?.with(document.body().label_pack(lang)))
}

/// A selection as it is written, with what the templates say if that is asked for.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    selected: BTreeMap<TemplateKind, &'a TemplateId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    templates: Option<BTreeMap<TemplateKind, Said<'a>>>,
}

/// What a template says, in one language.
#[derive(Serialize)]
struct Said<'a> {
    core: &'a str,
    measures: Vec<Done<'a>>,
    responsible: &'a [RoleId],
    resources: Vec<&'a str>,
    response: Option<Term>,
    targets: &'a [Target],
}

#[derive(Serialize)]
struct Done<'a> {
    id: &'a MeasureId,
    text: &'a str,
    /// Those responsible, where a measure names nobody of its own.
    roles: &'a [RoleId],
    actions: &'a [ActionId],
}

impl<'a> Shown<'a> {
    fn new(document: &'a StrategiesDocument, selected: &'a Selected, language: Option<&str>) -> Self {
        let said = |(kind, id)| Some((kind, Said::new(document.body().find(id)?, language?)));
        Self {
            selected: selected.iter().collect(),
            templates: language.map(|_| selected.iter().filter_map(said).collect()),
        }
    }
}

impl<'a> Said<'a> {
    fn new(template: &'a Template, language: &str) -> Self {
        let measure = |measure: &'a Measure| Done {
            id: measure.id(),
            text: measure.text().nearest(language),
            roles: if measure.roles().is_empty() { template.responsible() } else { measure.roles() },
            actions: measure.actions(),
        };
        Self {
            core: template.core().nearest(language),
            measures: template.measures().iter().map(measure).collect(),
            responsible: template.responsible(),
            resources: template.resources().iter().map(|texts| texts.nearest(language)).collect(),
            response: template.response(),
            targets: template.targets(),
        }
    }
}
