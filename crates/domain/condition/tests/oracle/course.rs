//! A course along what happens, held against the same condition asked afresh at every instant.
use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{Course, EventLog, Given, Truth};

use crate::compare::{Case, moment, read, vocabulary};
use crate::generate;
use crate::random::Random;

/// Instants around what happens: on and on, with a way back now and then, and at times the same again.
fn instants(case: &Case, random: &mut Random) -> Vec<DateTime<Utc>> {
    let as_of = case.when.as_of;
    let mut instants: Vec<DateTime<Utc>> =
        case.customer.events.iter().flatten().map(|event| event.occurred_at).collect();
    instants.extend(
        (0..20).map(|_| as_of + TimeDelta::hours(i64::try_from(random.below(24 * 200)).unwrap() - 24 * 100)),
    );
    instants.sort_unstable();
    let back: Vec<DateTime<Utc>> = (0..4).map(|_| instants[random.below(instants.len())]).collect();
    instants.extend(back);
    instants
}

#[test]
fn a_course_is_the_condition_asked_afresh() {
    let vocabulary = vocabulary();
    let (mut turned, mut forced) = (0, 0);
    for seed in 10_000..11_200 {
        let mut random = Random::new(seed);
        let case = Case::new(&mut random);
        let log = case.customer.events.as_deref().map(EventLog::new);
        let given = Given { facts: &case.customer.facts, events: log.as_ref() };
        let tree = generate::condition(&mut random, &case.when, 1);
        let condition = read(&tree, &vocabulary);
        let begin = moment(&case.when);
        let mut course = Course::new(&condition, log.as_ref(), begin.zone, begin.week_start);
        for then in instants(&case, &mut random) {
            let at = begin.at(then);
            let shown = || format!("seed {seed} at {then}: {condition}");
            let explained = condition.explain(&given, &at);
            assert_eq!(course.holds(given.facts, then), explained.truth, "{}", shown());
            if random.below(3) == 0 {
                let wanted = |truth: Truth| truth != explained.truth;
                let end = (random.below(2) == 0).then(|| then + TimeDelta::days(20));
                let next =
                    condition.next_time(&given, &at, wanted).filter(|next| end.is_none_or(|end| *next < end));
                assert_eq!(course.next_time(given.facts, then, end, wanted), next, "{}", shown());
                turned += usize::from(next.is_some());
            }
            if random.below(2) == 0 {
                assert_eq!(course.deciding(given.facts, then), explained.deciding, "{}", shown());
                forced += explained.deciding.len();
            }
        }
    }
    assert!(turned > 500 && forced > 10_000, "{turned} {forced}");
}
