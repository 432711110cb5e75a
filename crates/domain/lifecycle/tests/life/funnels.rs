//! Stages over a population.
use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{FactMap, FactValue};
use guanxi_lifecycle::{
    Funnel, FunnelError, FunnelReport, FunnelSpec, LifecycleDocument, StageRow, State, View, replay,
};
use proptest::prelude::*;

use crate::story::{at, bytes, five, phases, state, subject};

fn facts(source: &str) -> FactMap {
    match source {
        "" => FactMap::new(),
        source => FactMap::new().with("source".parse().unwrap(), FactValue::Text(source.into()), None),
    }
}

/// Ten weeks of five customers, from a trade fair and from the web site.
fn population() -> Vec<(State, FactMap)> {
    let stories: [(&str, &[&str]); 5] = [
        (
            "fair",
            &[
                "2026-01-05 contact.made",
                "2026-01-10 meeting.held",
                "2026-01-20 order.placed",
                "2026-02-01 contract.renewed",
            ],
        ),
        ("fair", &["2026-01-06 contact.made", "2026-01-26 demo.given"]),
        ("web", &["2026-01-07 order.placed", "2026-03-01 customer.lost"]),
        ("web", &["2026-01-08 contact.made"]),
        ("", &["2025-12-01 contact.made", "2026-01-15 order.placed", "2026-02-15 relationship.ended"]),
    ];
    stories.iter().map(|(source, story)| (state(&five(), story, "2026-03-15"), facts(source))).collect()
}

/// Monday to Friday, nine to five, in UTC.
fn office_hours(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<u64> {
    use chrono::{Datelike, Timelike};
    if to >= at("2026-03-01T12:00") {
        return None;
    }
    let mut seconds = 0;
    let mut now = from;
    while now < to {
        if now.weekday().number_from_monday() <= 5 && (9..17).contains(&now.hour()) {
            seconds += 3_600;
        }
        now += TimeDelta::try_hours(1).unwrap();
    }
    Some(seconds)
}

fn count(view: View) -> FunnelReport {
    let spec = FunnelSpec { view, path: Vec::new(), group_by: vec!["source".parse().unwrap()] };
    let mut funnel = Funnel::new(&five(), spec).unwrap();
    for (state, facts) in population() {
        funnel.observe(&state, &facts, Some(&office_hours));
    }
    funnel.report()
}

fn row(row: &StageRow) -> String {
    let left: Vec<String> = row.left.iter().map(|left| format!("{} to {}", left.count, left.to)).collect();
    let days = |times: &guanxi_lifecycle::Times| {
        let days = |seconds: &guanxi_core::DecimalText| {
            seconds.0.checked_div(86_400.into()).unwrap().round_dp(2).normalize()
        };
        times.median_seconds.as_ref().map_or("-".to_owned(), |median| {
            format!(
                "{} stays, mean {} median {} days",
                times.count,
                days(times.mean_seconds.as_ref().unwrap()),
                days(median)
            )
        })
    };
    let conversion =
        row.conversion.map_or("beside the path".to_owned(), |own| match (own.onward, own.rate) {
            (Some(onward), Some(rate)) => format!("{onward} of {} = {rate}", own.reached),
            (onward, rate) => format!("{:?} of {} = {rate:?}", onward, own.reached),
        });
    format!(
        "{}: {} + {} = {} left ({}) + {}; {conversion}; {}; working {}, unmeasured {}",
        row.stage,
        row.at_start,
        row.entered,
        row.left.iter().map(|left| left.count).sum::<u64>(),
        left.join(", "),
        row.at_end,
        days(&row.time),
        days(&row.working_time),
        row.unmeasured,
    )
}

fn told(report: &FunnelReport) -> String {
    let rows = |counts: &guanxi_lifecycle::FunnelCounts, pad: &str| {
        counts
            .stages
            .iter()
            .filter(|row| row.at_start + row.entered > 0 || row.conversion.is_some_and(|own| own.reached > 0))
            .map(|own| format!("\n{pad}{}", row(own)))
            .collect::<String>()
    };
    let mut text = format!(
        "{} customers, {} behind{}",
        report.counts.customers,
        report.counts.behind,
        rows(&report.counts, "  ")
    );
    for group in &report.groups {
        for row in &group.rows {
            let value = row.value.as_deref().unwrap_or("not known");
            text += &format!(
                "\n{} {value}: {} customers{}",
                group.fact,
                row.counts.customers,
                rows(&row.counts, "    ")
            );
        }
    }
    text
}

#[test]
fn a_cohort_is_followed_to_the_end() {
    let report =
        count(View::Cohort { from: at("2026-01-01"), to: at("2026-02-01"), until: at("2026-03-15") });
    insta::assert_snapshot!(told(&report), @"
    4 customers, 0 behind
      prospect: 0 + 3 = 2 left (2 to awareness) + 1; 3 of 4 = 0.75; 2 stays, mean 12.5 median 12.5 days; working 2 stays, mean 3.17 median 3.17 days, unmeasured 0
      awareness: 0 + 2 = 1 left (1 to purchase) + 1; 2 of 3 = 0.6667; 1 stays, mean 10 median 10 days; working 1 stays, mean 2 median 2 days, unmeasured 0
      purchase: 0 + 2 = 2 left (1 to loyalty, 1 to churn) + 0; 1 of 2 = 0.5; 2 stays, mean 32.5 median 32.5 days; working 2 stays, mean 7.83 median 7.83 days, unmeasured 0
      loyalty: 0 + 1 = 0 left () + 1; None of 1 = None; -; working -, unmeasured 0
      churn: 0 + 1 = 0 left () + 1; beside the path; -; working -, unmeasured 0
    source fair: 2 customers
        prospect: 0 + 2 = 2 left (2 to awareness) + 0; 2 of 2 = 1; 2 stays, mean 12.5 median 12.5 days; working 2 stays, mean 3.17 median 3.17 days, unmeasured 0
        awareness: 0 + 2 = 1 left (1 to purchase) + 1; 1 of 2 = 0.5; 1 stays, mean 10 median 10 days; working 1 stays, mean 2 median 2 days, unmeasured 0
        purchase: 0 + 1 = 1 left (1 to loyalty) + 0; 1 of 1 = 1; 1 stays, mean 12 median 12 days; working 1 stays, mean 3 median 3 days, unmeasured 0
        loyalty: 0 + 1 = 0 left () + 1; None of 1 = None; -; working -, unmeasured 0
    source web: 2 customers
        prospect: 0 + 1 = 0 left () + 1; 1 of 2 = 0.5; -; working -, unmeasured 0
        awareness: 0 + 0 = 0 left () + 0; 1 of 1 = 1; -; working -, unmeasured 0
        purchase: 0 + 1 = 1 left (1 to churn) + 0; 0 of 1 = 0; 1 stays, mean 53 median 53 days; working 1 stays, mean 12.67 median 12.67 days, unmeasured 0
        churn: 0 + 1 = 0 left () + 1; beside the path; -; working -, unmeasured 0
    ");
    assert_eq!(
        bytes(&report.spec.view),
        r#"{"cohort":{"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z","until":"2026-03-15T00:00:00Z"}}"#
    );
}

#[test]
fn a_period_counts_all_stays_in_it() {
    let report = count(View::Period { from: at("2026-01-10"), to: at("2026-03-01") });
    insta::assert_snapshot!(told(&report), @"
    5 customers, 0 behind
      prospect: 4 + 0 = 3 left (2 to awareness, 1 to purchase) + 1; 3 of 4 = 0.75; 3 stays, mean 23.33 median 20 days; working 3 stays, mean 5.78 median 4.67 days, unmeasured 0
      awareness: 0 + 2 = 1 left (1 to purchase) + 1; 1 of 2 = 0.5; 1 stays, mean 10 median 10 days; working 1 stays, mean 2 median 2 days, unmeasured 0
      purchase: 1 + 2 = 2 left (1 to loyalty, 1 to ended) + 1; 1 of 3 = 0.3333; 2 stays, mean 21.5 median 21.5 days; working 2 stays, mean 5.17 median 5.17 days, unmeasured 0
      loyalty: 0 + 1 = 0 left () + 1; None of 1 = None; -; working -, unmeasured 0
      ended: 0 + 1 = 0 left () + 1; beside the path; -; working -, unmeasured 0
    source fair: 2 customers
        prospect: 2 + 0 = 2 left (2 to awareness) + 0; 2 of 2 = 1; 2 stays, mean 12.5 median 12.5 days; working 2 stays, mean 3.17 median 3.17 days, unmeasured 0
        awareness: 0 + 2 = 1 left (1 to purchase) + 1; 1 of 2 = 0.5; 1 stays, mean 10 median 10 days; working 1 stays, mean 2 median 2 days, unmeasured 0
        purchase: 0 + 1 = 1 left (1 to loyalty) + 0; 1 of 1 = 1; 1 stays, mean 12 median 12 days; working 1 stays, mean 3 median 3 days, unmeasured 0
        loyalty: 0 + 1 = 0 left () + 1; None of 1 = None; -; working -, unmeasured 0
    source web: 2 customers
        prospect: 1 + 0 = 0 left () + 1; 0 of 1 = 0; -; working -, unmeasured 0
        purchase: 1 + 0 = 0 left () + 1; 0 of 1 = 0; -; working -, unmeasured 0
    source not known: 1 customers
        prospect: 1 + 0 = 1 left (1 to purchase) + 0; 1 of 1 = 1; 1 stays, mean 45 median 45 days; working 1 stays, mean 11 median 11 days, unmeasured 0
        purchase: 0 + 1 = 1 left (1 to ended) + 0; 0 of 1 = 0; 1 stays, mean 31 median 31 days; working 1 stays, mean 7.33 median 7.33 days, unmeasured 0
        ended: 0 + 1 = 0 left () + 1; beside the path; -; working -, unmeasured 0
    ");
    // A state that was settled before the end is counted, and said to be behind.
    let report = count(View::Period { from: at("2026-01-10"), to: at("2026-04-01") });
    assert_eq!((report.counts.customers, report.counts.behind), (5, 5));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let new = |view, path: &[&str]| {
        let path = path.iter().map(|stage| stage.parse().unwrap()).collect();
        Funnel::new(&five(), FunnelSpec { view, path, group_by: Vec::new() })
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let period = View::Period { from: at("2026-01-01"), to: at("2026-02-01") };
    insta::assert_snapshot!(new(period, &["prospect", "vip"]), @"the path must lead along stages of the definition, got `vip`");
    insta::assert_snapshot!(new(period, &["prospect", "prospect"]), @"the path must hold each stage once, got `prospect` twice");
    insta::assert_snapshot!(new(View::Period { from: at("2026-01-01"), to: at("2026-01-01") }, &[]), @"expected from < to, and to at most until");
    assert_eq!(
        new(View::Cohort { from: at("2026-01-01"), to: at("2026-02-01"), until: at("2026-01-31") }, &[]),
        FunnelError::Bounds.to_string()
    );
    let of = |definition: &LifecycleDocument, to| {
        let view = View::Period { from: at("2026-01-01"), to: at(to) };
        Funnel::new(definition, FunnelSpec { view, path: Vec::new(), group_by: Vec::new() }).unwrap()
    };
    for other in [of(&phases(), "2026-02-01"), of(&five(), "2026-02-02")] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(of(&five(), "2026-02-01").merge(other).unwrap_err().to_string(), @"both parts must be counted by one definition, view, path and grouping");
        }
    }
    // A state of another definition has other stages, and is not counted.
    let mut funnel = of(&phases(), "2026-02-01");
    funnel.observe(&population()[0].0, &FactMap::new(), None);
    assert_eq!((funnel.report().counts.customers, funnel.report().foreign), (0, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// What a report says of a period, said again by asking each customer at its two ends.
    #[test]
    fn a_period_is_what_lies_between_its_ends(
        (definition, ledgers) in guanxi_lifecycle::arbitrary::definition(vec!["UTC"]).prop_flat_map(|definition| {
            let ledger = (guanxi_lifecycle::arbitrary::events(at("2026-01-01"), 20), guanxi_lifecycle::arbitrary::observations(at("2026-01-01"), 20), 0_u8..3);
            (Just(definition), prop::collection::vec(ledger, 0..6))
        }),
        (from, days) in (0_i64..80, 1_i64..60), cohort in any::<bool>(),
    ) {
        let from = at("2026-01-01") + TimeDelta::try_hours(6 * from).unwrap();
        let to = from + TimeDelta::try_hours(6 * days).unwrap();
        let until = to + TimeDelta::try_days(7).unwrap();
        let view = if cohort { View::Cohort { from, to, until } } else { View::Period { from, to } };
        let end = if cohort { until } else { to };
        let spec = FunnelSpec { view, path: Vec::new(), group_by: vec!["source".parse().unwrap()] };
        let empty = Funnel::new(&definition, spec).unwrap();
        let before = |instant: DateTime<Utc>| instant - TimeDelta::nanoseconds(1);
        let settled = |(events, observed, _): &(Vec<_>, Vec<_>, u8), as_of| replay(&definition, &subject(), events, observed, as_of).outcome.state;
        let later = end + TimeDelta::try_days(30).unwrap();
        let states: Vec<(State, FactMap)> = ledgers.iter().map(|ledger| (settled(ledger, later), facts(["", "a", "b"][usize::from(ledger.2)]))).collect();

        let mut whole = empty.clone();
        states.iter().for_each(|(state, facts)| whole.observe(state, facts, None));
        // In parts, put together from the last to the first.
        let parts = states.chunks(2).map(|part| {
            let mut funnel = empty.clone();
            part.iter().for_each(|(state, facts)| funnel.observe(state, facts, None));
            funnel
        });
        let mut merged = empty.clone();
        parts.collect::<Vec<_>>().into_iter().rev().for_each(|part| merged.merge(part).unwrap());
        prop_assert_eq!(&merged, &whole);

        let report = whole.report();
        let member = |state: &State| !cohort || state.moves().first().is_some_and(|first| from <= first.at && first.at < to);
        let of: Vec<(&State, State, State)> = ledgers.iter().zip(&states).map(|(ledger, (state, _))| (state, settled(ledger, before(from)), settled(ledger, before(end)))).filter(|(state, ..)| member(state)).collect();
        for row in &report.counts.stages {
            let within = |instant: DateTime<Utc>| from <= instant && instant < end;
            let at_start = of.iter().filter(|(_, then, _)| then.stage() == Some(&row.stage)).count() as u64;
            let at_end = of.iter().filter(|(_, _, then)| then.stage() == Some(&row.stage)).count() as u64;
            let moves = || of.iter().flat_map(|(state, ..)| state.moves()).filter(|own| within(own.at));
            let entered = moves().filter(|own| own.to == row.stage).count() as u64;
            let left = moves().filter(|own| own.from.as_ref() == Some(&row.stage)).count() as u64;
            prop_assert_eq!((row.at_start, row.entered, row.at_end), (at_start, entered, at_end));
            prop_assert_eq!(row.left.iter().map(|left| left.count).sum::<u64>(), left);
            prop_assert_eq!(row.time.count, left);
            prop_assert_eq!(at_start + entered, left + at_end);
        }
        // Groups add up to the whole.
        let customers: u64 = report.groups[0].rows.iter().map(|row| row.counts.customers).sum();
        prop_assert_eq!(customers, report.counts.customers);
    }
}
