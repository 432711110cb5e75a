//! `guanxi sla`: a case with its clocks a line in, how its milestones stand a line out.
use std::collections::BTreeSet;
use std::mem;

use chrono::{DateTime, Utc};
use guanxi::calendar::{
    CalendarDocument, Calendars, CaseKindId, PauseId, PriorityId, SlaClock, SlaDocument, SlaEntry, SlaError,
    SlaOpening, SlaState, ZoneOf, labels,
};
use guanxi::core::{DocumentId, SubjectId, Zone, parse_instant};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::args::SlaArgs;
use crate::decided::{Decided, pack, texts};
use crate::document;
use crate::filter::{filter, write};
use crate::given::as_of;
use crate::line::{explain, read_json, read_subject};
use crate::output::{Failure, Outcome};

pub(crate) fn run(args: &SlaArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: SlaDocument = document::named(&args.policy, "policy")?;
    let documents: Vec<CalendarDocument> =
        args.calendar.iter().map(|name| document::named(name, "calendar")).collect::<Result<_, _>>()?;
    let first = documents.first().ok_or_else(|| Failure::told("give at least one --calendar"))?;
    let as_of = as_of(args.as_of.as_deref(), first.body().zone())?;
    let labels = pack(args.lang, |lang| Some(labels(lang)?.with(guanxi::scoring::labels(lang)?)))?;
    let before: Vec<SlaDocument> =
        args.before.iter().map(|name| document::named(name, "policy")).collect::<Result<_, _>>()?;
    let mut clocks =
        Clocks { calendars: documents.iter().fold(Calendars::new(), Calendars::with), documents };
    let all = || before.iter().chain([&policy]);
    let with_customers = all().any(|policy| policy.body().zone() == ZoneOf::Customer);
    let filtered = filter("cases timed", quiet, |line, out| {
        let case = Case::read(line)?;
        if with_customers {
            case.zones().for_each(|zone| clocks.know(zone));
        }
        let clock = SlaClock::new(&policy, &clocks.calendars);
        let other = before.iter().find(|other| case.ran_by(other) && !case.ran_by(&policy));
        let state = match other {
            None => clocks.state(&policy, &case)?,
            Some(other) => {
                let state = clocks.state(other, &case)?;
                let other = SlaClock::new(other, &clocks.calendars);
                clock.take_over(&other, &state, as_of).map_err(|error| error.to_string())?
            }
        };
        let decision = clock.judge(&state, as_of).map_err(|error| told(&error, None))?;
        let texts = texts(&decision.reasons, labels.as_ref(), |reason, pack| pack.reason(reason));
        write(&Decided::new(&case.subject, &decision.outcome, Some(&state), &decision, texts), out)
    })?;
    Ok(filtered.end(args.skip_bad))
}

/// What is wrong, and what helps.
fn told(error: &SlaError, state: Option<&SlaState>) -> String {
    match (error, state) {
        (SlaError::OtherPolicy { .. }, _) => format!("{error}: give the other one by `--before`"),
        (SlaError::UnknownMilestone { .. }, Some(state)) => {
            let own: Vec<&str> = state.milestones().iter().map(|own| own.milestone.as_str()).collect();
            format!("{error}, it has {}", own.join(", "))
        }
        _ => error.to_string(),
    }
}

/// Whether the reason of a pause is one that stops a clock of the policy, if any does, or that holds.
fn stops_something(policy: &SlaDocument, state: &SlaState, entry: &SlaEntry) -> Result<(), String> {
    let (SlaEntry::Paused { reason, .. } | SlaEntry::Resumed { reason: Some(reason), .. }) = entry else {
        return Ok(());
    };
    let milestones = policy.body().milestones();
    let known: BTreeSet<&PauseId> = milestones.iter().flat_map(|milestone| &milestone.paused_by).collect();
    if known.is_empty() || known.contains(reason) || state.paused_by().any(|held| held == reason) {
        return Ok(());
    }
    let known: Vec<&str> = known.into_iter().map(PauseId::as_str).collect();
    Err(format!(
        "`reason`: no milestone of the policy is paused by `{reason}`, allowed: {}",
        known.join(", ")
    ))
}

/// The calendars of all cases so far.
struct Clocks {
    documents: Vec<CalendarDocument>,
    calendars: Calendars,
}

impl Clocks {
    /// Makes the calendars ready for customers in a zone.
    fn know(&mut self, zone: Zone) {
        for document in &self.documents {
            if self.calendars.get(&document.head().id, Some(zone)).is_none() {
                self.calendars = mem::take(&mut self.calendars).with_zone(document, zone);
            }
        }
    }

    /// The state of a case after its last entry.
    fn state(&self, policy: &SlaDocument, case: &Case) -> Result<SlaState, String> {
        let clock = SlaClock::new(policy, &self.calendars);
        let mut state = match &case.begins {
            Begins::Kept(state) => state.clone(),
            Begins::Opened(opening) => {
                let calendar = opening.calendar.clone();
                let calendar = calendar.or_else(|| Some(self.documents.first()?.head().id.clone()));
                let opening = SlaOpening {
                    at: opening.at,
                    priority: opening.priority.clone(),
                    calendar: calendar.ok_or("no calendar")?,
                    zone: opening.zone,
                    kind: opening.kind.clone(),
                };
                clock.open(&opening).map_err(|error| format!("`opening`: {error}"))?
            }
        };
        for (place, entry) in case.entries.iter().enumerate() {
            let entered = stops_something(policy, &state, entry)
                .and_then(|()| clock.enter(&state, entry).map_err(|error| told(&error, Some(&state))));
            state = entered.map_err(|problem| format!("`entries[{place}]`: {problem}"))?;
        }
        Ok(state)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    opening: Option<&'a RawValue>,
    #[serde(borrow)]
    state: Option<&'a RawValue>,
    #[serde(borrow)]
    entries: Option<&'a RawValue>,
}

/// An opening as a line has it: where it names no calendar, the first is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    #[serde(deserialize_with = "instant")]
    at: DateTime<Utc>,
    priority: PriorityId,
    calendar: Option<DocumentId>,
    zone: Option<Zone>,
    kind: Option<CaseKindId>,
}

/// The instant of an entry, as it was written.
#[derive(Default, Deserialize)]
struct At {
    at: Option<String>,
}

/// An instant, refused with an example of one.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    parse_instant(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// One case as a line has it.
struct Case {
    subject: SubjectId,
    begins: Begins,
    /// The customer's zone that the state holds.
    kept_zone: Option<Zone>,
    entries: Vec<SlaEntry>,
}

enum Begins {
    Opened(Opening),
    Kept(SlaState),
}

/// What a state says of the customer's clock.
#[derive(Deserialize)]
struct Kept {
    zone: Option<Zone>,
}

impl Case {
    fn read(line: &str) -> Result<Self, String> {
        if line.trim_start().starts_with('[') {
            return Err(
                "expected an object with `subject`, `opening` or `state`, and `entries`, got a list".into()
            );
        }
        let line: Line<'_> = serde_json::from_str(line).map_err(|error| explain(&error))?;
        let given = |token: &&RawValue| token.get() != "null";
        let named = |name: &str, error: String| format!("`{name}`: {error}");
        let subject = line.subject.ok_or("missing field `subject`")?;
        let subject = read_subject(subject.get()).map_err(|error| named("subject", error))?;
        let subject = SubjectId::new(&subject).map_err(|error| format!("`subject`: {error}"))?;
        let (begins, kept_zone) = match (line.opening.filter(given), line.state.filter(given)) {
            (Some(token), None) => {
                let opening = read_json(token.get()).map_err(|error| named("opening", error))?;
                (Begins::Opened(opening), None)
            }
            (None, Some(token)) => {
                let state = read_json(token.get()).map_err(|error| named("state", error))?;
                let Kept { zone } = read_json(token.get()).map_err(|error| named("state", error))?;
                (Begins::Kept(state), zone)
            }
            (None, None) => return Err("missing field `opening`, or `state` of the last run".into()),
            (Some(_), Some(_)) => {
                return Err("`opening` and `state`: a case is opened once; give one of them".into());
            }
        };
        let entries: Vec<&RawValue> = match line.entries.filter(given) {
            Some(token) => read_json(token.get()).map_err(|error| named("entries", error))?,
            None => Vec::new(),
        };
        let entries = entries.into_iter().enumerate().map(|(place, token)| {
            let At { at } = read_json(token.get()).unwrap_or_default();
            // An instant that is none is told with an example of one.
            let at = at
                .map_or(Ok(()), |at| parse_instant(&at).map(drop).map_err(|error| format!("`at`: {error}")));
            at.and_then(|()| read_json(token.get())).map_err(|error| format!("`entries[{place}]`: {error}"))
        });
        Ok(Self { subject, begins, kept_zone, entries: entries.collect::<Result<_, _>>()? })
    }

    /// Whether the clocks of a kept state ran by a policy.
    fn ran_by(&self, policy: &SlaDocument) -> bool {
        matches!(&self.begins, Begins::Kept(state) if *state.policy() == policy.stamp())
    }

    /// The zones that the clock of its customer hangs in, one after the other.
    fn zones(&self) -> impl Iterator<Item = Zone> {
        let opened = match &self.begins {
            Begins::Opened(opening) => opening.zone,
            Begins::Kept(_) => self.kept_zone,
        };
        let moved = self.entries.iter().filter_map(|entry| match entry {
            SlaEntry::Zone { zone, .. } => Some(*zone),
            _ => None,
        });
        opened.into_iter().chain(moved)
    }
}
