//! Laws of histograms, of proposed floors and of ranks, beside oracles that try everything.
#![cfg(test)]

use core::cmp::Reverse;
use core::error::Error;
use core::fmt::Debug;
use std::collections::{BTreeMap, BTreeSet};

use guanxi_bands::arbitrary::{bands_with_targets, histogram, scores};
use guanxi_bands::{
    Bands, CalibrateError, Calibration, Finding, Histogram, HistogramError, Quotient, Ranked, Targets,
    TargetsError, Tie, TieRule, by_rank, calibrate,
};
use guanxi_core::{Score, Share, TierId, Weights, parse_decimal};
use proptest::prelude::*;

#[test]
fn proposals_are_plain_values() {
    fn value<T: Clone + Eq + Debug + Send + Sync + 'static>() {}
    fn error<T: Error + Clone + Eq + Send + Sync + 'static>() {}
    macro_rules! all { ($kind:ident $($name:ty)*) => {$( $kind::<$name>(); )*}; }
    all! { value Histogram Targets<TierId> Calibration<TierId> Quotient Ranked<TierId> TieRule Finding Tie }
    all! { error HistogramError TargetsError CalibrateError }
}

fn merged(parts: &[Histogram]) -> Histogram {
    let mut all = Histogram::new();
    parts.iter().for_each(|part| all.merge(part).unwrap());
    all
}

/// Floors by trying every strictly descending combination that can matter, the best class by class:
/// nearest to the target, then the fewest customers above, then the highest floor.
fn tried(scores: &[Score], parts: &[u64]) -> Vec<u16> {
    let classes = u16::try_from(parts.len()).unwrap();
    let whole: u64 = parts.iter().sum();
    let at_or_above = |floor: u16| scores.iter().filter(|score| score.hundredths() >= floor).count() as u64;
    let edges = scores.iter().map(|score| score.hundredths()).chain([10_000]);
    let near = edges.flat_map(|edge| (0..classes).map(move |below| edge.saturating_sub(below)));
    let universe: BTreeSet<u16> = near.chain(1..=classes).filter(|floor| *floor > 0).collect();
    let mut combinations: Vec<Vec<u16>> = vec![vec![]];
    for _ in 1..classes {
        let longer = combinations.iter().flat_map(|floors| {
            let free = universe.iter().filter(|floor| floors.last().is_none_or(|last| *floor < last));
            free.map(|floor| [floors.as_slice(), &[*floor]].concat())
        });
        combinations = longer.collect();
    }
    let merit = |floors: &Vec<u16>| -> Vec<(u64, u64, Reverse<u16>)> {
        let class = |(place, floor): (usize, &u16)| {
            let wanted = parts[..=place].iter().sum::<u64>() * scores.len() as u64;
            let above = at_or_above(*floor);
            ((above * whole).abs_diff(wanted), above, Reverse(*floor))
        };
        floors.iter().enumerate().map(class).collect()
    };
    let mut best = combinations.into_iter().min_by_key(merit).unwrap();
    best.push(0);
    best
}

fn small_bands() -> impl Strategy<Value = (Bands<char>, Vec<u64>)> {
    let floor = prop_oneof![prop::sample::select(vec![1_u16, 5_000, 5_001, 9_999, 10_000]), 1_u16..=10_000];
    let parts = prop::collection::vec(0_u64..6, 4);
    (prop::collection::btree_set(floor, 0..=3), parts).prop_filter_map(
        "weighs something",
        |(floors, parts)| {
            let floors: Vec<u16> = floors.into_iter().rev().chain([0]).collect();
            let parts: Vec<u64> = parts.into_iter().take(floors.len()).collect();
            let named =
                ('a'..).zip(&floors).map(|(class, floor)| (class, Score::from_hundredths(*floor).unwrap()));
            (parts.iter().sum::<u64>() > 0).then(|| (Bands::new(named.collect()).unwrap(), parts))
        },
    )
}

fn targets(parts: &[u64]) -> Targets<char> {
    let weights = ('a'..).zip(parts).map(|(class, part)| (class, (*part).into()));
    Targets::from_weights(Weights::new(weights.collect()).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_floors_are_those_of_an_oracle_that_tries_them_all((bands, parts) in small_bands(), scores in scores()) {
        let scores: Vec<Score> = scores.into_iter().take(6).collect();
        let at_or_above = |floor: u16| scores.iter().filter(|score| score.hundredths() >= floor).count();
        let proposal = calibrate(&scores.iter().copied().collect(), &bands, &targets(&parts)).unwrap();
        let best = tried(&scores, &parts);
        let floors: Vec<u16> = proposal.classes.iter().map(|class| class.proposed.floor.hundredths()).collect();
        let now: Vec<u16> = bands.iter().map(|(_, floor)| floor.hundredths()).collect();
        for place in 0..now.len() {
            prop_assert_eq!(at_or_above(floors[place]), at_or_above(best[place]), "{:?} {:?}", floors, best);
            let mut sharing = (0..now.len()).filter(|other| at_or_above(best[*other]) == at_or_above(best[place]));
            let stays = sharing.all(|other| at_or_above(now[other]) == at_or_above(best[other]));
            prop_assert_eq!(floors[place], if stays { now[place] } else { best[place] }, "{:?} {:?} {:?}", floors, best, now);
        }
    }

    #[test]
    fn what_is_reported_is_what_the_proposed_bands_then_give((bands, targets) in bands_with_targets(), scores in scores()) {
        let proposal = calibrate(&scores.iter().copied().collect(), &bands, &targets).unwrap();
        let proposed = proposal.bands().unwrap();
        prop_assert_eq!(proposal.count, scores.len() as u64);
        for (class, (name, part)) in proposal.classes.iter().zip(targets.parts()) {
            prop_assert_eq!(&class.class, name);
            let share = class.target_share;
            prop_assert_eq!(share.num() * i128::from(targets.whole()), i128::from(part) * i128::from(share.den()));
            for (held, bands) in [(class.current, &bands), (class.proposed, &proposed)] {
                let count = scores.iter().filter(|score| bands.of(**score) == name).count() as u64;
                prop_assert_eq!((held.count, Some(held.floor), held.share), (count, bands.floor(name), Share::of(count, proposal.count)));
                // count - target, by whole numbers.
                let (num, den) = (held.deviation.num(), i128::from(held.deviation.den()));
                let whole = i128::from(targets.whole());
                prop_assert_eq!(num * whole, (i128::from(count) * whole - i128::from(part) * scores.len() as i128) * den);
                prop_assert_eq!(i128::from(count) * i128::from(class.target.den()) * den, (class.target.num() * den) + num * i128::from(class.target.den()));
            }
        }
        let mut flows: BTreeMap<(&TierId, &TierId), u64> = BTreeMap::new();
        scores.iter().for_each(|score| *flows.entry((bands.of(*score), proposed.of(*score))).or_default() += 1);
        prop_assert_eq!(flows.len(), proposal.flows.len());
        for flow in &proposal.flows {
            prop_assert_eq!(flows.get(&(&flow.from, &flow.to)), Some(&flow.count));
        }
        let higher = |a: &TierId, b: &TierId| bands.floor(a) > bands.floor(b);
        let up: u64 = flows.iter().filter(|((from, to), _)| higher(to, from)).map(|(_, count)| count).sum();
        let down: u64 = flows.iter().filter(|((from, to), _)| higher(from, to)).map(|(_, count)| count).sum();
        prop_assert_eq!((proposal.up(), proposal.down()), (up, down));
    }

    #[test]
    fn calibrating_again_proposes_the_same((bands, targets) in bands_with_targets(), scores in histogram()) {
        let first = calibrate(&scores, &bands, &targets).unwrap();
        let again = calibrate(&scores, &first.bands().unwrap(), &targets).unwrap();
        prop_assert_eq!(again.bands(), first.bands());
        prop_assert_eq!(again.finding, if scores.count() == 0 { Finding::Nobody } else { Finding::Unchanged });
        prop_assert_eq!(first.finding == Finding::Changed, first.bands().unwrap() != bands);
    }

    #[test]
    fn only_a_tie_keeps_a_floor_more_than_half_a_customer_from_its_target((bands, targets) in bands_with_targets(), scores in scores()) {
        let proposal = calibrate(&scores.iter().copied().collect(), &bands, &targets).unwrap();
        let (mut above, mut wanted) = (0_i128, 0_i128);
        let last = proposal.classes.len() - 1;
        for (class, (_, part)) in proposal.classes[..last].iter().zip(targets.parts()) {
            above += i128::from(class.proposed.count) * i128::from(targets.whole());
            wanted += i128::from(part) * scores.len() as i128;
            let missed = (above - wanted).abs();
            prop_assert_eq!(class.tie.is_some(), 2 * missed > i128::from(targets.whole()));
            let Some(Tie { score, count }) = class.tie else { continue };
            prop_assert_eq!(count, scores.iter().filter(|other| **other == score).count() as u64);
            // Where floors run out: fewer scores than classes up to the next customer, or down to 0.00.
            let higher = scores.iter().filter(|other| **other > score).map(|other| other.hundredths()).min();
            let free = (higher.unwrap_or(10_000) - score.hundredths()).min(score.hundredths());
            if usize::from(free) <= proposal.classes.len() {
                continue;
            }
            prop_assert!(count > 1);
            // With the tie, or without it, the floor would lie on the other side of its target, as far away or farther.
            let step = i128::from(count) * i128::from(targets.whole());
            let other = if above > wanted { above - step } else { above + step };
            prop_assert!((other - wanted).signum() != (above - wanted).signum());
            prop_assert!((other - wanted).abs() >= missed);
        }
        prop_assert_eq!(proposal.classes[last].tie, None);
    }

    #[test]
    fn histograms_merge_in_any_order_and_grouping(parts in prop::collection::vec(scores(), 3), all in scores().prop_shuffle()) {
        let counted: Vec<Histogram> = parts.iter().map(|part| part.iter().copied().collect()).collect();
        let whole: Histogram = parts.iter().flatten().copied().collect();
        prop_assert_eq!(&merged(&counted), &whole);
        let reversed: Histogram = parts.iter().flatten().rev().copied().collect();
        prop_assert_eq!(&reversed, &whole);
        let grouped = merged(&[merged(&counted[1..]), counted[0].clone()]);
        prop_assert_eq!(&grouped, &whole);
        prop_assert_eq!(merged(&[whole.clone(), Histogram::new()]), whole);
        let mut sorted = all.clone();
        sorted.sort();
        prop_assert_eq!(sorted.into_iter().collect::<Histogram>(), all.into_iter().collect::<Histogram>());
    }

    #[test]
    fn a_histogram_answers_as_the_sorted_scores_do(scores in scores(), probe in guanxi_core::arbitrary::score(), q in 0_u16..=100) {
        let histogram: Histogram = scores.iter().copied().collect();
        prop_assert_eq!(histogram.count(), scores.len() as u64);
        prop_assert_eq!(histogram.at(probe), scores.iter().filter(|score| **score == probe).count() as u64);
        prop_assert_eq!(histogram.at_or_above(probe), scores.iter().filter(|score| **score >= probe).count() as u64);
        let mut sorted = scores;
        sorted.sort();
        let place = (usize::from(q) * sorted.len()).div_ceil(100).max(1);
        let quantile = Share::try_from(parse_decimal(&format!("{q}e-2")).unwrap()).unwrap();
        prop_assert_eq!(histogram.quantile(quantile), sorted.get(place - 1).copied());
        let listed: Vec<Score> = histogram.iter().flat_map(|(score, count)| vec![score; usize::try_from(count).unwrap()]).collect();
        prop_assert_eq!(listed, sorted);
    }

    #[test]
    fn a_histogram_survives_its_text(histogram in histogram()) {
        let text = serde_json::to_string(&histogram).unwrap();
        prop_assert_eq!(serde_json::from_str::<Histogram>(&text).unwrap(), histogram);
    }

    #[test]
    fn ranks_fill_the_classes_from_above((_, targets) in bands_with_targets(), customers in ranked()) {
        let quota = guanxi_core::apportion(customers.len() as u64, &targets.parts().map(|(_, part)| part).collect::<Vec<_>>()).unwrap();
        let place = |class: &TierId| targets.parts().position(|(listed, _)| listed == class).unwrap();
        let by_id = by_rank(&customers, &targets, TieRule::ById);
        let whole = by_rank(&customers, &targets, TieRule::Whole);
        prop_assert_eq!(&by_id.ties, &whole.ties);
        // Who stands before whom, counted plainly.
        let before = |a: &(u8, Score), b: &(u8, Score)| a.1 > b.1 || a.1 == b.1 && a.0 < b.0;
        let of_rank = |rank: usize| (0..quota.len()).find(|class| quota[..=*class].iter().sum::<u64>() > rank as u64).unwrap();
        for (index, customer) in customers.iter().enumerate() {
            let rank = customers.iter().enumerate().filter(|(other, c)| before(c, customer) || **c == *customer && *other < index).count();
            prop_assert_eq!(place(&by_id.customers[index]), of_rank(rank));
            let first = customers.iter().filter(|other| other.1 > customer.1).count();
            prop_assert_eq!(place(&whole.customers[index]), of_rank(first));
            let last = customers.iter().filter(|other| other.1 >= customer.1).count() - 1;
            let tie = by_id.ties.iter().find(|tie| tie.score == customer.1);
            prop_assert_eq!(tie.map(|tie| (place(&tie.highest), place(&tie.lowest), tie.count)), (of_rank(first) != of_rank(last)).then(|| (of_rank(first), of_rank(last), (last - first + 1) as u64)));
        }
        for (class, (name, quota)) in by_id.classes.iter().zip(targets.parts().map(|(name, _)| name).zip(&quota)) {
            prop_assert_eq!((&class.class, class.quota, class.count), (name, *quota, *quota));
        }
        for class in &whole.classes {
            prop_assert_eq!(class.count, whole.customers.iter().filter(|given| **given == class.class).count() as u64);
        }
        prop_assert_eq!(by_id.customers.len(), customers.len());
        prop_assert!(by_id.ties.windows(2).all(|pair| pair[0].score > pair[1].score));
    }
}

/// Customers with few ids and few scores, so that both meet their like.
fn ranked() -> impl Strategy<Value = Vec<(u8, Score)>> {
    let score = prop::sample::select(vec![0_u16, 5_000, 5_001, 10_000]);
    let score = score.prop_map(|hundredths| Score::from_hundredths(hundredths).unwrap());
    prop::collection::vec((0_u8..9, score), 0..20)
}

/// A proposal for these scores by the floors 90, 70, 50, 30, 0 and the shares of the standard policy.
fn standard(scores: &[&str]) -> Calibration<char> {
    let floors = ["90", "70", "50", "30", "0"].map(|floor| floor.parse().unwrap());
    let bands = Bands::new("sknpo".chars().zip(floors).collect()).unwrap();
    let shares = ["0.125", "0.225", "0.55", "0.075", "0.025"];
    let share = |text: &str| Share::try_from(parse_decimal(text).unwrap()).unwrap();
    let targets = Targets::new("sknpo".chars().zip(shares.map(share)).collect()).unwrap();
    calibrate(&scores.iter().map(|text| text.parse::<Score>().unwrap()).collect(), &bands, &targets).unwrap()
}

/// The finding, then for each class: its floor and count now, those proposed, the deviation, the tie.
fn shown(scores: &[&str]) -> String {
    let proposal = standard(scores);
    let class = |class: &guanxi_bands::CalibratedClass<char>| {
        let tie = class.tie.map_or(String::new(), |tie| format!(" tie {} of {}", tie.count, tie.score));
        let (now, then) = (class.current, class.proposed);
        let (from, to) = (format!("{}:{}", now.floor, now.count), format!("{}:{}", then.floor, then.count));
        format!("{} {from} -> {to} of {} ({}){tie}", class.class, class.target, then.deviation)
    };
    let classes: Vec<String> = proposal.classes.iter().map(class).collect();
    format!("{:?}\n{}", proposal.finding, classes.join("\n"))
}

#[test]
fn nobody_leaves_every_floor() {
    insta::assert_snapshot!(shown(&[]), @r"
    Nobody
    s 90.00:0 -> 90.00:0 of 0 (0)
    k 70.00:0 -> 70.00:0 of 0 (0)
    n 50.00:0 -> 50.00:0 of 0 (0)
    p 30.00:0 -> 30.00:0 of 0 (0)
    o 0.00:0 -> 0.00:0 of 0 (0)
    ");
}

#[test]
fn one_customer_or_fewer_than_classes() {
    insta::assert_snapshot!(shown(&["64.20"]), @r"
    Unchanged
    s 90.00:0 -> 90.00:0 of 0.125 (-0.125)
    k 70.00:0 -> 70.00:0 of 0.225 (-0.225)
    n 50.00:1 -> 50.00:1 of 0.55 (0.45)
    p 30.00:0 -> 30.00:0 of 0.075 (-0.075)
    o 0.00:0 -> 0.00:0 of 0.025 (-0.025)
    ");
    insta::assert_snapshot!(shown(&["64.20", "12", "13"]), @r"
    Changed
    s 90.00:0 -> 90.00:0 of 0.375 (-0.375)
    k 70.00:0 -> 64.20:1 of 0.675 (0.325)
    n 50.00:1 -> 12.00:2 of 1.65 (0.35)
    p 30.00:0 -> 11.99:0 of 0.225 (-0.225)
    o 0.00:2 -> 0.00:0 of 0.075 (-0.075)
    ");
}

#[test]
fn equal_scores_stay_together() {
    insta::assert_snapshot!(shown(&["95"; 8]), @r"
    Changed
    s 90.00:8 -> 100.00:0 of 1 (-1) tie 8 of 95.00
    k 70.00:0 -> 99.99:0 of 1.8 (-1.8) tie 8 of 95.00
    n 50.00:0 -> 50.00:8 of 4.4 (3.6) tie 8 of 95.00
    p 30.00:0 -> 30.00:0 of 0.6 (-0.6)
    o 0.00:0 -> 0.00:0 of 0.2 (-0.2)
    ");
    insta::assert_snapshot!(shown(&["0"; 8]), @r"
    Unchanged
    s 90.00:0 -> 90.00:0 of 1 (-1) tie 8 of 0.00
    k 70.00:0 -> 70.00:0 of 1.8 (-1.8) tie 8 of 0.00
    n 50.00:0 -> 50.00:0 of 4.4 (-4.4) tie 8 of 0.00
    p 30.00:0 -> 30.00:0 of 0.6 (-0.6) tie 8 of 0.00
    o 0.00:8 -> 0.00:8 of 0.2 (7.8)
    ");
    insta::assert_snapshot!(shown(&["100", "100", "100", "0", "0", "0"]), @r"
    Unchanged
    s 90.00:3 -> 90.00:3 of 0.75 (2.25) tie 3 of 100.00
    k 70.00:0 -> 70.00:0 of 1.35 (-1.35) tie 3 of 100.00
    n 50.00:0 -> 50.00:0 of 3.3 (-3.3) tie 3 of 0.00
    p 30.00:0 -> 30.00:0 of 0.45 (-0.45) tie 3 of 0.00
    o 0.00:3 -> 0.00:3 of 0.15 (2.85)
    ");
}

#[test]
fn forty_customers_who_all_score_low_get_floors_of_their_own() {
    // 40.00, 39.50 and so on down to 20.50.
    let scores: Vec<String> = (41..=80).map(|halves| format!("{}.{}", halves / 2, halves % 2 * 5)).collect();
    let scores: Vec<&str> = scores.iter().map(String::as_str).collect();
    insta::assert_snapshot!(shown(&scores), @r"
    Changed
    s 90.00:0 -> 38.00:5 of 5 (0)
    k 70.00:0 -> 33.50:9 of 9 (0)
    n 50.00:0 -> 22.50:22 of 22 (0)
    p 30.00:21 -> 21.00:3 of 3 (0)
    o 0.00:19 -> 0.00:1 of 1 (0)
    ");
}

#[test]
fn other_classes_are_refused() {
    let bands = Bands::new(vec![('a', "50".parse().unwrap()), ('b', Score::MIN)]).unwrap();
    let error = |classes: &[char]| {
        let weights = Weights::new(classes.iter().map(|class| (*class, 1.into())).collect()).unwrap();
        let targets = Targets::from_weights(weights).unwrap();
        calibrate(&Histogram::new(), &bands, &targets).unwrap_err().to_string()
    };
    insta::assert_snapshot!(error(&['b', 'a']), @"targets must name the classes of the bands from the highest down; they differ at place 1");
    insta::assert_snapshot!(error(&['a']), @"targets must name the classes of the bands from the highest down; they differ at place 2");
    insta::assert_snapshot!(error(&['a', 'b', 'c']), @"targets must name the classes of the bands from the highest down; they differ at place 3");
}
