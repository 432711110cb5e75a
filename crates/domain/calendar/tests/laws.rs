//! What holds of every calendar, term and document.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_calendar::arbitrary::{calendar, calendar_spec, instant_near, overlay, shift, sla_spec, term};
use guanxi_calendar::{Overlay, Shift, SlaEntry, SlaPolicy, Term, WorkCalendar, WorkingTime};
use guanxi_core::Zone;
use guanxi_policy::{Body, check, fingerprint};
use proptest::prelude::*;

/// A calendar of up to four weeks, with instants to the second.
fn asked() -> impl Strategy<Value = (WorkCalendar, Vec<DateTime<Utc>>)> {
    calendar(28).prop_flat_map(|calendar| {
        let second =
            (instant_near(&calendar), 0_i64..60).prop_map(|(at, seconds)| at + TimeDelta::seconds(seconds));
        let instants = prop::collection::vec(second, 3);
        (
            Just(calendar),
            instants.prop_map(|mut instants| {
                instants.sort_unstable();
                instants
            }),
        )
    })
}

proptest! {
    #[test]
    fn working_time_adds_up((calendar, at) in asked()) {
        let schedule = calendar.compile();
        let (from, to) = schedule.horizon();
        prop_assert_eq!(schedule.between(from, to), Ok(schedule.total()));
        if let (Ok(first), Ok(second)) = (schedule.between(at[0], at[1]), schedule.between(at[1], at[2])) {
            prop_assert_eq!(schedule.between(at[0], at[2]), Ok(first.saturating_add(second)));
        }
    }

    /// A due time is the first second by which the work is done.
    #[test]
    fn what_is_due_has_taken_its_time((calendar, at) in asked(), seconds in 1_u64..400_000) {
        let (schedule, time) = (calendar.compile(), WorkingTime::from_seconds(seconds));
        if let Ok(due) = schedule.due(at[0], Term::Working(time)) {
            prop_assert_eq!(schedule.between(at[0], due), Ok(time));
            prop_assert!(schedule.between(at[0], due - TimeDelta::seconds(1)).unwrap() < time);
        }
    }

    /// Days are another matter: who begins when the clock shows an hour for the second time begins
    /// earlier on the clock.
    #[test]
    fn who_begins_later_is_not_due_earlier((calendar, at) in asked(), term in term()) {
        let schedule = calendar.compile();
        if let (Ok(first), Ok(second)) = (schedule.due(at[0], term), schedule.due(at[1], term)) {
            prop_assert!(at[0] <= first, "{term:?} from {at:?}: {first}");
            let in_seconds = matches!(term, Term::Working(_) | Term::Elapsed(_));
            prop_assert!(!in_seconds || first <= second, "{term:?} from {at:?}: {first} and {second}");
        }
    }

    #[test]
    fn open_and_closed_follow_each_other((calendar, at) in asked()) {
        let schedule = calendar.compile();
        if let Ok(open) = schedule.next_open(at[0]) {
            prop_assert_eq!(schedule.is_open(open), Ok(true));
            prop_assert_eq!(schedule.between(at[0], open), Ok(WorkingTime::ZERO));
        }
        if let Ok(close) = schedule.next_close(at[0]) {
            prop_assert_eq!(schedule.is_open(close), Ok(false));
            let passed = u64::try_from(close.timestamp() - at[0].timestamp()).unwrap();
            prop_assert_eq!(schedule.between(at[0], close), Ok(WorkingTime::from_seconds(passed)));
        }
    }

    /// Days and hours are those of the clock: an hour further west everything comes an hour later.
    #[test]
    fn a_zone_moves_everything_alike(spec in calendar_spec(28), minutes in 0_i64..40_000, term in term()) {
        let zone = |text: &str| text.parse::<Zone>().unwrap();
        let calendar = WorkCalendar::try_from(&spec).unwrap();
        let (east, west) = (calendar.in_zone(zone("+01:00")).compile(), calendar.in_zone(zone("UTC")).compile());
        let (start, hour) = (east.horizon().0 + TimeDelta::minutes(minutes), TimeDelta::hours(1));
        let due = |schedule: &guanxi_calendar::Schedule, at| schedule.due(at, term).ok();
        prop_assert_eq!(due(&east, start).map(|at| at + hour), due(&west, start + hour));
    }

    #[test]
    fn a_calendar_reads_the_same_from_its_normal_form(spec in calendar_spec(28)) {
        let calendar = WorkCalendar::try_from(&spec).unwrap();
        let normal = calendar.spec();
        let again = WorkCalendar::try_from(&normal).unwrap();
        prop_assert_eq!(&again, &calendar);
        prop_assert_eq!(fingerprint(&again.spec()), fingerprint(&normal));
        // Entries in another order say the same.
        let mut turned = spec;
        turned.dates.reverse();
        turned.seasons.reverse();
        prop_assert_eq!(WorkCalendar::try_from(&turned).unwrap(), calendar);
    }

    #[test]
    fn an_overlay_reads_the_same_and_makes_a_calendar(
        (calendar, over) in calendar(28).prop_flat_map(|calendar| {
            let over = overlay(&calendar);
            (Just(calendar), over)
        })
    ) {
        prop_assert_eq!(&Overlay::try_from(&over.spec()).unwrap(), &over);
        let both = calendar.overlay(&over).unwrap();
        prop_assert_eq!(&WorkCalendar::try_from(&both.spec()).unwrap(), &both);
        // Nothing over it is the calendar itself; the same over it again changes nothing more.
        prop_assert_eq!(calendar.overlay(&Overlay::default()).unwrap(), calendar);
        prop_assert_eq!(both.overlay(&over).unwrap().compile(), both.compile());
    }

    #[test]
    fn a_policy_reads_the_same_from_its_normal_form(spec in sla_spec()) {
        let tree = serde_json::to_value(&spec).unwrap();
        let policy = check(&tree, SlaPolicy::read).unwrap();
        prop_assert_eq!(policy.spec(), spec);
    }

    #[test]
    fn words_survive_their_text(shift in shift(), term in term()) {
        prop_assert_eq!(Shift::try_from(shift.to_string()).unwrap(), shift);
        let json = serde_json::to_string(&term).unwrap();
        prop_assert_eq!(serde_json::from_str::<Term>(&json).unwrap(), term);
    }
}

#[test]
fn an_entry_with_more_than_it_says_is_refused() {
    let entry = |json: &str| serde_json::from_str::<SlaEntry>(json);
    assert!(entry(r#"{"entry": "reopened", "at": "2026-06-29T09:00:00Z"}"#).is_ok());
    assert!(entry(r#"{"entry": "reopened", "at": "2026-06-29T09:00:00Z", "why": "no"}"#).is_err());
    assert!(entry(r#"{"entry": "deleted", "at": "2026-06-29T09:00:00Z"}"#).is_err());
}
