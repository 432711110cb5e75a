//! What holds for all rules, bands, states and scores.
use chrono::{DateTime, TimeDelta, Utc};
use guanxi_bands::arbitrary::{bands, rule, state};
use guanxi_bands::{Bands, Pin, SettleDocument, SettleReason, SettleState, Settled, Settling, When, settle};
use guanxi_core::arbitrary::{instant, score};
use guanxi_core::{Score, TierId};
use proptest::prelude::*;
use serde_json::json;

type Case = (Bands<TierId>, Option<SettleState<TierId>>, DateTime<Utc>);

/// Bands, mostly a state, and an instant, seldom one before the state's.
fn case() -> impl Strategy<Value = Case> {
    (bands(), instant(), prop_oneof![9 => Just(0_i64), 1 => 0_i64..90_000]).prop_flat_map(
        |(bands, as_of, late)| {
            let state = prop::option::weighted(0.9, state(&bands, as_of + TimeDelta::minutes(late)));
            (Just(bands), state, Just(as_of))
        },
    )
}

fn pin(bands: &Bands<TierId>, place: usize, until: DateTime<Utc>) -> Pin<TierId> {
    let class =
        bands.iter().nth(place).map_or_else(|| TierId::new("gone").unwrap(), |(class, _)| class.clone());
    Pin { class, by: "U7".parse().unwrap(), why: "asked for".to_owned(), until }
}

fn unpinned<'a>(state: Option<&'a SettleState<TierId>>, score: Option<Score>) -> Settling<'a, TierId> {
    Settling { state, score, pin: None }
}

fn place(bands: &Bands<TierId>, class: &TierId) -> Option<usize> {
    bands.iter().position(|(listed, _)| listed == class)
}

fn moves(reasons: &[SettleReason<TierId>]) -> bool {
    reasons.iter().any(|reason| matches!(reason, SettleReason::Rises { .. } | SettleReason::Falls { .. }))
}

proptest! {
    #[test]
    fn settled_twice_at_once_is_settled_once((bands, state, as_of) in case(), rule in rule(), score in prop::option::of(score())) {
        let once = settle(&rule, &bands, &unpinned(state.as_ref(), score), as_of);
        let twice = settle(&rule, &bands, &unpinned(once.outcome.state.as_ref(), score), as_of);
        prop_assert_eq!(&twice.outcome, &once.outcome);
        prop_assert_eq!(twice.next_change, once.next_change);
    }

    #[test]
    fn no_more_steps_than_allowed((bands, state, as_of) in case(), rule in rule(), score in score()) {
        let after = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), as_of).outcome.state.unwrap();
        let before = state.as_ref().and_then(|state| place(&bands, state.class()));
        if let (Some(before), Some(now)) = (before, place(&bands, after.class())) {
            let up = usize::from(rule.body().up().steps.unwrap_or(u8::MAX));
            let down = usize::from(rule.body().down().steps.unwrap_or(u8::MAX));
            prop_assert!(before.saturating_sub(now) <= up && now.saturating_sub(before) <= down);
            let never = |when| when == When::Never;
            prop_assert!(!(never(rule.body().up().when) && now < before || never(rule.body().down().when) && now > before));
        }
    }

    #[test]
    fn what_happens_at_reviews_happens_once_in_each(
        (bands, state, as_of) in case(), rule in rule(), scores in prop::collection::vec((score(), 0_i64..400_000), 2..20),
    ) {
        let (mut state, mut at) = (state, as_of);
        for (score, minutes) in scores {
            at += TimeDelta::minutes(minutes);
            let decision = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), at);
            let fell = decision.reasons.iter().any(|reason| matches!(reason, SettleReason::Falls { .. }));
            let rose = decision.reasons.iter().any(|reason| matches!(reason, SettleReason::Rises { .. }));
            let due = state.as_ref().is_some_and(|state| {
                rule.body().review_after(state.settled_at()).is_some_and(|review| review.at <= at)
            });
            prop_assert!(due || !(fell && rule.body().down().when == When::AtReview));
            prop_assert!(due || !(rose && rule.body().up().when == When::AtReview));
            state = decision.outcome.state;
        }
    }

    #[test]
    fn a_score_within_the_margins_moves_a_class_at_most_once(
        bands in bands(), rule in rule(), from in instant(), which in 0_usize..8,
        wobbles in prop::collection::vec((prop_oneof![Just(0_u16), Just(u16::MAX), any::<u16>()], 0_i64..400_000), 2..30),
    ) {
        // Around one floor, from where its class is still kept to where it is just reached.
        let floors: Vec<Score> = bands.iter().map(|(_, floor)| floor).filter(|floor| *floor > Score::MIN).collect();
        let floor = floors.get(which % floors.len().max(1)).copied().unwrap_or(Score::MAX);
        let (up, down) = (rule.body().up().margin.hundredths(), rule.body().down().margin.hundredths());
        let next = bands.iter().rfind(|(_, higher)| *higher > floor).map_or(10_001, |(_, higher)| higher.hundredths());
        let below = bands.iter().find(|(_, lower)| *lower < floor).map_or(0, |(_, lower)| lower.hundredths());
        let lowest = floor.hundredths().saturating_sub(down).max(below).max(1);
        let highest = (floor.hundredths() + up).min(next - 1);
        prop_assume!(lowest <= highest);
        let (mut state, mut at, mut moved) = (None, from, 0);
        for (wobble, minutes) in wobbles {
            let within = if wobble == u16::MAX { highest } else { lowest + wobble % (highest - lowest + 1) };
            let score = Score::from_hundredths(within).unwrap();
            let decision = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), at);
            moved += u8::from(moves(&decision.reasons));
            state = decision.outcome.state;
            at += TimeDelta::minutes(minutes);
        }
        prop_assert!(moved <= 1, "moved {moved} times between {lowest} and {highest}");
    }

    #[test]
    fn the_next_change_is_the_first_instant_with_another_class(
        (bands, state, as_of) in case(), rule in rule(), score in prop::option::weighted(0.9, score()),
        pinned in prop::option::of((0_usize..9, -1_000_i64..600_000)), between in prop::collection::vec(0_u32..=1_000, 0..12),
    ) {
        let pin = pinned.map(|(place, minutes)| pin(&bands, place, as_of + TimeDelta::minutes(minutes)));
        let decision = settle(&rule, &bands, &Settling { state: state.as_ref(), score, pin: pin.as_ref() }, as_of);
        let Settled { class, pinned, state } = decision.outcome;
        let given = Settling { state: state.as_ref(), score, pin: pin.as_ref() };
        let class_at = |at| {
            let Settled { class, pinned, .. } = settle(&rule, &bands, &given, at).outcome;
            (class, pinned)
        };
        let class = (class, pinned);
        match decision.next_change {
            Some(change) => {
                prop_assert!(change > as_of);
                let limits = [rule.head().effective_from, rule.head().effective_to];
                prop_assert!(limits.contains(&Some(change)) || class_at(change) != class);
                prop_assert_eq!(class_at(change - TimeDelta::nanoseconds(1)), class.clone());
                for part in between {
                    let at = as_of + (change - as_of) / 1_001 * i32::try_from(part).unwrap();
                    prop_assert_eq!(class_at(at), class.clone());
                }
            }
            None => {
                for part in between {
                    prop_assert_eq!(class_at(as_of + TimeDelta::days(i64::from(part) * 40)), class.clone());
                }
            }
        }
    }

    #[test]
    fn looking_in_between_changes_nothing(
        (bands, state, as_of) in case(), rule in rule(), score in score(), looks in prop::collection::btree_set(0_i32..1_000, 1..10),
    ) {
        prop_assume!(state.as_ref().is_none_or(|state| state.settled_at() <= as_of) && rule.head().effective_to.is_none());
        let first = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), as_of);
        let change = first.next_change.unwrap_or(as_of + TimeDelta::days(9_000));
        let mut state = first.outcome.state.clone();
        for part in looks {
            let look = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), as_of + (change - as_of) / 1_001 * part);
            prop_assert_eq!((&look.outcome.class, look.next_change), (&first.outcome.class, first.next_change));
            state = look.outcome.state;
        }
        if first.next_change.is_some() {
            let end = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), change);
            prop_assert_ne!(end.outcome.class, first.outcome.class);
        }
    }

    #[test]
    fn a_pin_covers_the_class_and_leaves_the_state_alone(
        (bands, state, as_of) in case(), rule in rule(), score in prop::option::of(score()), place in 0_usize..8, minutes in -1_000_i64..1_000,
    ) {
        let pin = pin(&bands, place, as_of + TimeDelta::minutes(minutes));
        let bare = settle(&rule, &bands, &unpinned(state.as_ref(), score), as_of);
        let pinned = settle(&rule, &bands, &Settling { state: state.as_ref(), score, pin: Some(&pin) }, as_of);
        prop_assert_eq!(&pinned.outcome.state, &bare.outcome.state);
        let counts = minutes > 0 && bands.floor(&pin.class).is_some();
        prop_assert_eq!(pinned.outcome.class, if counts { Some(pin.class) } else { bare.outcome.class });
        prop_assert_eq!(&pinned.reasons[1..], bare.reasons.as_slice());
    }

    #[test]
    fn a_rule_that_holds_nothing_back_gives_the_class_of_the_score(
        (bands, state, as_of) in case(), score in score(),
    ) {
        let rule = free();
        let after = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), as_of);
        if state.is_none_or(|state| state.settled_at() <= as_of) {
            prop_assert_eq!(after.outcome.class.as_ref(), Some(bands.of(score)));
            prop_assert_eq!(after.next_change, None);
        }
    }

    #[test]
    fn a_class_rises_at_once_where_it_may(
        (bands, state, as_of) in case(), rule in rule(), score in score(),
    ) {
        let up = rule.body().up();
        if let Some(state) = state.filter(|state| up.when == When::Now && state.settled_at() <= as_of && bands.floor(state.class()).is_some()) {
            let held_for = as_of - state.since();
            let floor = bands.floor(state.class()).unwrap();
            let enough = bands.iter().any(|(_, higher)| {
                higher > floor && score.hundredths() >= (higher.hundredths() + up.margin.hundredths()).min(10_000)
            });
            let decision = settle(&rule, &bands, &unpinned(Some(&state), Some(score)), as_of);
            let rises = bands.floor(decision.outcome.class.as_ref().unwrap()).unwrap() > floor;
            prop_assert_eq!(rises, enough && held_for >= TimeDelta::days(up.dwell_days.into()));
        }
    }

    #[test]
    fn without_a_score_or_before_its_time_a_state_is_kept(
        (bands, state, as_of) in case(), rule in rule(), score in prop::option::of(score()),
    ) {
        let after = settle(&rule, &bands, &unpinned(state.as_ref(), score), as_of).outcome;
        if score.is_none() || state.as_ref().is_some_and(|state| as_of < state.settled_at()) {
            prop_assert_eq!(&after.state, &state);
            let known = state.as_ref().map(SettleState::class).filter(|class| bands.floor(class).is_some());
            prop_assert_eq!(after.class.as_ref(), known);
        } else {
            prop_assert!(after.class.is_some() && after.state.is_some_and(|state| state.settled_at() == as_of));
        }
    }

    #[test]
    fn states_rules_and_decisions_survive_their_text((bands, state, as_of) in case(), rule in rule(), score in score()) {
        let decision = settle(&rule, &bands, &unpinned(state.as_ref(), Some(score)), as_of);
        let json = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(&serde_json::from_str::<guanxi_core::Decision<_, _>>(&json).unwrap(), &decision);
        prop_assert_eq!(&SettleDocument::from_value(&rule.to_value()).unwrap(), &rule);
    }

    #[test]
    fn the_order_of_floors_and_review_days_means_nothing(
        (bands, state, as_of) in case(), rule in rule(), score in score(),
    ) {
        let mut value = rule.to_value();
        value["body"]["reviews"]["days"].as_array_mut().unwrap().reverse();
        let same = SettleDocument::from_value(&value).unwrap();
        let floors = Bands::new(bands.iter().rev().map(|(class, floor)| (class.clone(), floor)).collect()).unwrap();
        let given = unpinned(state.as_ref(), Some(score));
        prop_assert_eq!(settle(&same, &floors, &given, as_of), settle(&rule, &bands, &given, as_of));
    }

    #[test]
    fn at_the_ends_of_time_nothing_breaks((bands, state, _) in case(), rule in rule(), score in prop::option::of(score()), place in 0_usize..9) {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let pin = pin(&bands, place, DateTime::<Utc>::MAX_UTC);
            let once = settle(&rule, &bands, &Settling { state: state.as_ref(), score, pin: Some(&pin) }, at);
            let given = unpinned(once.outcome.state.as_ref(), score);
            let _ = settle(&rule, &bands, &given, DateTime::<Utc>::MAX_UTC);
        }
    }
}

fn free() -> SettleDocument {
    let body = json!({"up": {"when": "now"}, "down": {"when": "now"}});
    let rule = json!({"schema": "guanxi.settle/1", "id": "free", "version": "1", "body": body});
    SettleDocument::from_value(&rule).unwrap()
}
