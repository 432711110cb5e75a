//! Random ledgers of cases, and whether the clocks show what somebody sees who watches them.
use chrono::{DateTime, TimeDelta, Utc};
use guanxi_calendar::arbitrary::{calendar_spec_of, first_day, sla_entry, sla_spec, zone};
use guanxi_calendar::{
    Calendars, SlaClock, SlaDocument, SlaEntry, SlaError, SlaOpening, SlaPolicy, SlaReason, SlaSpec,
    SlaState, Term, WorkCalendar, WorkCalendarSpec,
};
use guanxi_core::Zone;
use guanxi_policy::{Body, Document, DocumentSpec, Head};
use proptest::prelude::*;

use crate::sla::{Case, Clocks};

const DAYS: u64 = 8;

#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub(crate) policy: SlaSpec,
    pub(crate) calendars: [WorkCalendarSpec; 2],
    pub(crate) zones: Vec<Zone>,
    pub(crate) opening: SlaOpening,
    pub(crate) entries: Vec<SlaEntry>,
    pub(crate) as_of: DateTime<Utc>,
}

pub(crate) fn document(spec: &SlaSpec) -> SlaDocument {
    let spec = DocumentSpec {
        schema: SlaPolicy::SCHEMA.into(),
        id: "any".parse().unwrap(),
        version: "1".parse().unwrap(),
        effective_from: None,
        effective_to: None,
        body: spec.clone(),
    };
    SlaDocument::from_spec(&spec).unwrap_or_else(|problems| panic!("{problems}"))
}

pub(crate) fn calendars(ledger: &Ledger) -> Calendars {
    let named = ["one", "two"].into_iter().zip(&ledger.calendars);
    named.fold(Calendars::new(), |calendars, (name, spec)| {
        let head = Head {
            id: name.parse().unwrap(),
            version: "1".parse().unwrap(),
            effective_from: None,
            effective_to: None,
        };
        let document = Document::seal(head, WorkCalendar::try_from(spec).unwrap());
        let calendars = calendars.with(&document);
        ledger.zones.iter().fold(calendars, |calendars, zone| calendars.with_zone(&document, *zone))
    })
}

/// The ledger of a case, in the middle of its calendars' days so that every zone covers it.
pub(crate) fn ledger() -> impl Strategy<Value = Ledger> {
    (first_day(), zone(), zone(), prop::collection::vec(zone(), 2))
        .prop_flat_map(|(from, one, two, zones)| {
            let start = from.and_hms_opt(18, 0, 0).unwrap().and_utc();
            let minutes = (DAYS as i64 - 3) * 1_440;
            let instants = prop::collection::vec(
                prop_oneof![3 => 0..minutes, 1 => (0..minutes / 240).prop_map(|n| n * 240)],
                2..=12,
            );
            let zones_of = zones.clone();
            let entries = instants.prop_flat_map(move |mut minutes| {
                minutes.sort_unstable();
                let instants: Vec<_> =
                    minutes.into_iter().map(|minute| start + TimeDelta::minutes(minute)).collect();
                let (first, rest) = instants.split_first().unwrap();
                let (last, rest) = rest.split_last().unwrap();
                let zones_of = zones_of.clone();
                let entries: Vec<_> = rest.iter().map(|at| sla_entry(*at, zones_of.clone())).collect();
                (Just(*first), entries, Just(*last))
            });
            let calendars = [calendar_spec_of(one, from, DAYS), calendar_spec_of(two, from, DAYS)];
            (
                sla_spec(),
                calendars,
                Just(zones),
                entries,
                prop::sample::select(vec!["p", "q", "r"]),
                prop::bool::weighted(0.2),
            )
        })
        .prop_map(|(policy, calendars, zones, (at, entries, as_of), priority, complaint)| {
            let opening = SlaOpening {
                at,
                priority: priority.parse().unwrap(),
                calendar: "one".parse().unwrap(),
                zone: Some(zones[0]),
                kind: complaint.then(|| "complaint".parse().unwrap()),
            };
            Ledger { policy, calendars, zones, opening, entries, as_of }
        })
}

/// Makes the entries that can be made: one of a priority or milestone that there is not is refused and
/// changes nothing.
pub(crate) fn replay(clock: &SlaClock<'_>, ledger: &Ledger) -> Option<(SlaState, Vec<SlaEntry>)> {
    let mut state = match clock.open(&ledger.opening) {
        Ok(state) => state,
        Err(SlaError::UnknownPriority { .. } | SlaError::Calendar(_)) => return None,
        Err(error) => panic!("{error}"),
    };
    let mut made = Vec::new();
    for entry in &ledger.entries {
        match clock.enter(&state, entry) {
            Ok(next) => {
                // What is written is read again.
                let json = serde_json::to_string(&next).unwrap();
                assert_eq!(serde_json::from_str::<SlaState>(&json).unwrap(), next);
                state = next;
                made.push(entry.clone());
            }
            Err(SlaError::UnknownPriority { .. } | SlaError::UnknownMilestone { .. }) => {}
            // A calendar without working time cannot say when working time is over.
            Err(SlaError::Calendar(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    Some((state, made))
}

/// Whether the clocks of a ledger agree with who watches them.
pub(crate) fn agrees(ledger: Ledger) -> Result<(), TestCaseError> {
    let (policy, calendars) = (document(&ledger.policy), calendars(&ledger));
    let clock = SlaClock::new(&policy, &calendars);
    let replayed = replay(&clock, &ledger);
    prop_assume!(replayed.is_some());
    let (state, made) = replayed.unwrap();
    let judged = clock.judge(&state, ledger.as_of);
    prop_assume!(judged.is_ok());
    let judged = judged.unwrap();

    let [one, two] = ledger.calendars.clone();
    let clocks = Clocks::new(&[("one", one), ("two", two)], &ledger.zones);
    let mut case = Case::open(&ledger.policy, &clocks, &ledger.opening);
    for entry in &made {
        case.enter(entry);
    }
    case.wait_until(ledger.as_of);
    let (mut outcomes, change) = case.judge();
    // Who watches can only see what the calendar still covers, and looks at whole minutes.
    let end = |at: Option<DateTime<Utc>>, seen: Option<DateTime<Utc>>| {
        let minutes =
            seen.and(at).map(|at| at.timestamp().div_euclid(60) + i64::from(at.timestamp() % 60 > 0));
        minutes.and_then(|minutes| DateTime::from_timestamp(minutes * 60, 0))
    };
    let mut told = judged.outcome.milestones.clone();
    for (told, seen) in told.iter_mut().zip(&mut outcomes) {
        (told.due, told.warn_at) = (end(told.due, seen.due), end(told.warn_at, seen.warn_at));
    }
    prop_assert_eq!(told, outcomes);
    prop_assert_eq!(end(judged.next_change, change), change);
    // Parts add up to the whole.
    for one in &judged.outcome.milestones {
        let seconds = |term: Option<Term>| match term {
            Some(Term::Working(time)) => time.seconds(),
            Some(Term::Elapsed(time)) => time.seconds(),
            _ => 0,
        };
        let used = judged.reasons.iter().find_map(|reason| match reason {
            SlaReason::Used { milestone, used, of } if *milestone == one.milestone => Some((*used, *of)),
            _ => None,
        });
        if let Some((used, of)) = used {
            prop_assert_eq!(Some(used), one.used);
            prop_assert_eq!(
                seconds(Some(of)),
                (seconds(one.used) + seconds(one.left)).min(seconds(Some(of)))
            );
        }
    }
    Ok(())
}
