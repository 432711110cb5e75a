//! The clocks of cases against somebody who watches them: whatever happens in whatever order, no time is
//! lost and none is counted twice.
#![cfg(test)]
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    missing_docs
)]

#[path = "oracle/ledgers.rs"]
mod ledgers;
mod oracle;
#[path = "oracle/sla.rs"]
mod sla;

use chrono::TimeDelta;
use guanxi_calendar::{MilestoneOutcome, SlaClock, SlaEntry};
use ledgers::{agrees, calendars, document, ledger, replay};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn minute_by_minute(ledger in ledger()) {
        agrees(ledger)?;
    }

    /// To look in between, or to enter what changes nothing, changes nothing.
    #[test]
    fn time_is_neither_lost_nor_counted_twice(ledger in ledger(), cuts in prop::collection::vec(0_i64..7_200, 0..6)) {
        let (policy, calendars) = (document(&ledger.policy), calendars(&ledger));
        let clock = SlaClock::new(&policy, &calendars);
        let replayed = replay(&clock, &ledger);
        prop_assume!(replayed.is_some());
        let (state, made) = replayed.unwrap();
        let judged = clock.judge(&state, ledger.as_of);
        prop_assume!(judged.is_ok());
        let judged = judged.unwrap();
        let nothing = |minute: &i64| SlaEntry::Resumed {
            at: ledger.opening.at + TimeDelta::minutes(*minute),
            reason: Some("never".parse().unwrap()),
        };
        let mut more: Vec<SlaEntry> = made.into_iter().chain(cuts.iter().map(nothing).filter(|entry| entry.at() <= ledger.as_of)).collect();
        more.sort_by_key(SlaEntry::at);
        let again = clock.replay(&ledger.opening, &more).unwrap();
        prop_assert_eq!(clock.judge(&again, ledger.as_of).unwrap(), judged);
    }

    /// What was said to come comes, and nothing before.
    #[test]
    fn next_change_is_the_first_instant_at_which_a_milestone_stands_otherwise(ledger in ledger()) {
        let (policy, calendars) = (document(&ledger.policy), calendars(&ledger));
        let clock = SlaClock::new(&policy, &calendars);
        let replayed = replay(&clock, &ledger);
        prop_assume!(replayed.is_some());
        let (state, _) = replayed.unwrap();
        let judged = clock.judge(&state, ledger.as_of);
        prop_assume!(judged.is_ok());
        let judged = judged.unwrap();
        let outcomes = |at| clock.judge(&state, at).map(|judged| judged.outcome.milestones);
        let standings = |outcomes: &[MilestoneOutcome]| outcomes.iter().map(|one| one.standing).collect::<Vec<_>>();
        let promises = |outcomes: &[MilestoneOutcome]| {
            outcomes.iter().map(|one| (one.standing, one.due, one.warn_at)).collect::<Vec<_>>()
        };
        let now = judged.outcome.milestones;
        if let Some(change) = judged.next_change {
            if let Ok(then) = outcomes(change) {
                prop_assert_ne!(standings(&then), standings(&now));
            }
            if let Ok(before) = outcomes(change - TimeDelta::seconds(1)) {
                prop_assert_eq!(promises(&before), promises(&now));
            }
        } else if let Ok(later) = outcomes(ledger.as_of + TimeDelta::days(1)) {
            prop_assert_eq!(promises(&later), promises(&now));
        }
    }
}
