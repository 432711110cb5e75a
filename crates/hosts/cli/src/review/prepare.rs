//! From a folder to assessed customers.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi::core::{FactMap, SubjectId};
use guanxi::customer::{
    Assignments, FactBook, FactFinding, Ledger, Parties, PartyName, Quality, QualityPolicy, Recipes, inspect,
};
use guanxi::lifecycle::LifecycleDocument;
use guanxi::policy::{Body, Problems, check};
use guanxi::portfolio::{Member, Questions};
use guanxi::scoring::{Given, PinnedReference, Reference, Scorer};

use crate::args::{Lang, ReviewArgs};
use crate::assess::pin;
use crate::document;
use crate::folder::{self, Folder, PlanChoice, PolicyChoice, TagsChoice};
use crate::output::{Failure, counted, now, progress, spare, working};
use crate::review::budget::{self, Budgeting};
use crate::review::plan::{self, Planning};
use crate::review::segments::SegmentPolicies;
use crate::review::stages;
use crate::review::tags::{self, Tagging};

/// Everything that a review knows.
pub(crate) struct Review {
    pub(crate) folder: Folder,
    pub(crate) lang: Lang,
    pub(crate) title: String,
    pub(crate) as_of: DateTime<Utc>,
    pub(crate) scorer: Scorer,
    pub(crate) reference: PinnedReference,
    pub(crate) parties: Parties,
    /// The customers' names as they may be shown: those of persons are masked.
    pub(crate) names: BTreeMap<SubjectId, String>,
    pub(crate) findings: Vec<(SubjectId, FactFinding)>,
    /// Facts that the policy's schema does not allow, each with the customer's id.
    pub(crate) invalid: Vec<(SubjectId, guanxi::core::FactError)>,
    pub(crate) quality: Option<Quality>,
    pub(crate) questions: Questions,
    /// The policy as the command line or the folder names it.
    pub(crate) policy_name: String,
    pub(crate) segment_policies: SegmentPolicies,
    /// What happened to everybody.
    pub(crate) ledger: Ledger,
    /// Along which life cycle customers move.
    pub(crate) stages: LifecycleDocument,
    /// By which actions customers are planned, if the folder says so.
    pub(crate) planning: Option<Planning>,
    /// What may be spent on the customers, if the folder says so.
    pub(crate) budgeting: Option<Budgeting>,
    /// By what customers are tagged, if the folder says which tags there are.
    pub(crate) tagging: Option<Tagging>,
}

impl Review {
    /// The name of a customer, or its id.
    pub(crate) fn name<'a>(&'a self, id: &'a SubjectId) -> &'a str {
        self.names.get(id).map_or(id.as_str(), String::as_str)
    }
}

/// Reads a folder and assesses its customers.
pub(crate) fn prepare(args: &ReviewArgs, quiet: bool) -> Result<(Review, Vec<Member>), Failure> {
    if !args.dir.is_dir() {
        return Err(Failure::told(format!("{}: no such folder", args.dir.display())));
    }
    if let Some(out) = &args.out {
        // Before the work, so that a place that cannot be written to is told at once.
        std::fs::create_dir_all(out).map_err(|error| Failure::file(out, "make", &error))?;
    }
    let bar = working("reading files", quiet);
    let mut folder = folder::read(&args.dir).map_err(|problems| {
        let lines: Vec<String> = problems.listed().iter().map(ToString::to_string).collect();
        let count = counted(problems.total(), "problem");
        Failure::told(format!("{}\n{count}: nothing was reviewed", lines.join("\n")))
    })?;
    bar.finish_and_clear();
    spare_input(args, &folder)?;
    let policy_name = match (&args.policy, &folder.policy) {
        (Some(name), _) | (None, Some(PolicyChoice::Preset(name))) => name.clone(),
        (None, Some(PolicyChoice::File(path))) => args.dir.join(path).display().to_string(),
        (None, None) => "standard".to_owned(),
    };
    let policy = match (&args.policy, &folder.policy) {
        (None, Some(PolicyChoice::File(path))) => document::read(&args.dir.join(path))?,
        _ => document::named(&policy_name, "policy")?,
    };
    let segment_policies = SegmentPolicies::read(&folder.segments, &args.dir)?;
    let stages = stages::read(&folder.stages, &args.dir)?;
    let planning = plan::read(folder.plan.as_ref(), &args.dir)?;
    let budgeting = budget::read(folder.budget.as_ref(), &args.dir)?;
    let tags = tags::read(&folder, &args.dir)?;
    let as_of = match &args.as_of {
        Some(text) => folder::instant_at(text, folder.utc_offset)
            .map_err(|error| Failure::told(format!("--as-of: {error}")))?,
        None => folder.as_of.unwrap_or_else(now),
    };
    let recipes: Recipes =
        check(&folder.recipes, Recipes::read).map_err(|problems| located(&folder, "", &problems))?;
    let quality_policy: Option<QualityPolicy> = if folder.quality.is_null() {
        None
    } else {
        let read = check(&folder.quality, QualityPolicy::read);
        Some(read.map_err(|problems| located(&folder, "quality.", &problems))?)
    };

    let mut parties = Parties::new();
    let mut names = BTreeMap::new();
    for party in folder.parties.drain(..) {
        let name = match &party.name {
            PartyName::Organisation(name) => name.as_str().to_owned(),
            PartyName::Person(name) => name.given().map_or_else(|| "–".to_owned(), ToString::to_string),
        };
        names.insert(party.id.clone(), name);
        parties.insert(party).map_err(Failure::told)?;
    }

    let bar = progress("events folded", quiet);
    let mut book = FactBook::new(&recipes, &parties, &folder.rates, as_of).in_offset(folder.utc_offset);
    for event in folder.events.drain(..) {
        let _ = book.add(event);
        bar.inc(1);
    }
    let mut facts: BTreeMap<SubjectId, FactMap> = BTreeMap::new();
    let mut findings = Vec::new();
    for (id, made) in book.all() {
        findings.extend(made.findings.into_iter().map(|finding| (id.clone(), finding)));
        facts.insert(id.clone(), made.facts);
    }
    let quality = quality_policy.map(|policy| inspect(&policy, &parties, &facts, book.ledger(), as_of));
    let ledger = book.into_ledger();
    let assignments: Assignments = folder.assignments.drain(..).collect();
    let tagging = tags.map(|document| Tagging { document, assignments });
    bar.finish_and_clear();

    let reference = match &args.reference {
        Some(path) => document::read(path)?,
        None => {
            let mut reference = Reference::new(&policy, as_of);
            facts.values().for_each(|facts| reference.observe(&policy, facts));
            pin(reference)?
        }
    };
    let scorer = Scorer::new(&policy, &reference).map_err(Failure::told)?;
    let bar = working("assessing customers", quiet);
    facts.retain(|subject, _| parties.get(subject).is_some());
    let given = Given::default();
    let decisions = scorer.assess_many(facts.values().map(|facts| (facts, &given)), as_of);
    let (mut members, mut invalid) = (Vec::new(), Vec::new());
    for ((subject, facts), decision) in facts.into_iter().zip(decisions) {
        invalid.extend(scorer.check(&facts, as_of).into_iter().map(|error| (subject.clone(), error)));
        members.push(Member { subject, decision, facts });
    }
    bar.finish_and_clear();
    let lang = match (args.lang, folder.language.as_deref()) {
        (Some(lang), _) => lang,
        (None, Some("zh-CN")) => Lang::ZhCn,
        (None, _) => Lang::En,
    };
    let title = folder.title.clone().unwrap_or_else(|| base_name(&args.dir));
    let questions = Questions::standard();
    let review = Review {
        folder,
        lang,
        title,
        as_of,
        scorer,
        reference,
        parties,
        names,
        findings,
        invalid,
        quality,
        questions,
        policy_name,
        segment_policies,
        ledger,
        stages,
        planning,
        budgeting,
        tagging,
    };
    Ok((review, members))
}

/// The files of `--out`, in the order of [`FILES`].
pub(super) fn files(out: &Path) -> [PathBuf; 6] {
    FILES.map(|name| out.join(name))
}

const FILES: [&str; 6] =
    ["customers.csv", "assessments.jsonl", "segments.json", "report.html", "plan.jsonl", "problems.csv"];

/// Refuses to write over a file that the review reads.
fn spare_input(args: &ReviewArgs, folder: &Folder) -> Result<(), Failure> {
    let inside = folder.encodings.keys().map(|file| args.dir.join(file));
    let policies = folder.policy.iter().chain(folder.segments.all().map(|(_, choice)| choice));
    let tags = folder.tags.iter().filter_map(|tags| match tags {
        TagsChoice::Document(choice) => Some(choice),
        TagsChoice::Own(_) => None,
    });
    let own = policies
        .chain(tags)
        .chain(&folder.stages.definition)
        .chain(folder.plan.iter().flat_map(PlanChoice::all).map(|(_, choice)| choice))
        .chain(folder.budget.iter().filter_map(|budget| budget.policy.as_ref()))
        .filter_map(PolicyChoice::file)
        .map(|path| args.dir.join(path));
    let given = args.policy.as_ref().map(PathBuf::from).into_iter().chain(args.reference.clone());
    let read = inside.chain([args.dir.join(folder::CONFIG)]).chain(own).chain(given);
    let written = args.out.iter().flat_map(|out| files(out)).chain(args.reference_out.clone());
    spare("the review", read, written)
}

/// The name of a folder, of `.` too.
fn base_name(dir: &Path) -> String {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    whole.file_name().map_or_else(|| dir.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Problems of a document inside `guanxi.toml`, with line and column.
pub(super) fn located(folder: &Folder, prefix: &str, problems: &Problems) -> Failure {
    let line = |problem: &guanxi::policy::Problem| {
        let place = folder.places.find(&format!("{prefix}{}", problem.path));
        let place = place.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        format!("{}{place}: {prefix}{problem}", folder::CONFIG)
    };
    let lines: Vec<String> = problems.iter().map(line).collect();
    let count = counted(lines.len() as u64, "problem");
    Failure::told(format!("{}\n{count}: nothing was reviewed", lines.join("\n")))
}
