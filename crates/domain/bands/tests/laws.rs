//! What holds for all bands and scores.
#![cfg(test)]

use core::error::Error;
use core::fmt::Debug;

use guanxi_bands::arbitrary::bands;
use guanxi_bands::{Bands, BandsError};
use guanxi_core::arbitrary::score;
use guanxi_core::{Score, TierId};
use proptest::prelude::*;

#[test]
fn bands_are_plain_values() {
    fn value<T: Clone + Eq + Debug + Send + Sync + 'static>() {}
    fn error<T: Error>() {}
    value::<Bands<TierId>>();
    value::<BandsError>();
    error::<BandsError>();
}

proptest! {
    #[test]
    fn a_score_is_in_the_highest_band_whose_floor_it_reaches(bands in bands(), scores in prop::collection::vec(score(), 1..20)) {
        let floors: Vec<(TierId, Score)> = bands.iter().map(|(class, floor)| (class.clone(), floor)).collect();
        let edges = floors.iter().flat_map(|(_, floor)| {
            let below = floor.hundredths().checked_sub(1).and_then(|below| Score::from_hundredths(below).ok());
            [Some(*floor), below]
        });
        for score in scores.into_iter().chain(edges.flatten()) {
            let reached = floors.iter().filter(|(_, floor)| *floor <= score).max_by_key(|(_, floor)| *floor);
            prop_assert_eq!(Some(bands.of(score)), reached.map(|(class, _)| class));
            let next = floors.iter().filter(|(_, floor)| *floor > score).min_by_key(|(_, floor)| *floor);
            prop_assert_eq!(bands.above(score), next.map(|(class, floor)| (class, *floor)));
        }
    }

    #[test]
    fn a_higher_score_is_never_in_a_lower_band(bands in bands(), a in score(), b in score()) {
        let floor = |score: Score| bands.floor(bands.of(score)).unwrap();
        prop_assert!(floor(a.min(b)) <= floor(a.max(b)));
        prop_assert!(floor(a) <= a);
    }

    #[test]
    fn the_order_of_writing_means_nothing(
        (bands, shuffled) in bands().prop_flat_map(|bands| {
            let floors: Vec<(TierId, Score)> = bands.iter().map(|(class, floor)| (class.clone(), floor)).collect();
            (Just(bands), Just(floors).prop_shuffle())
        })
    ) {
        prop_assert_eq!(Bands::new(shuffled), Ok(bands));
    }

    #[test]
    fn floors_make_bands_exactly_where_nothing_is_twice_and_the_lowest_is_0(
        floors in prop::collection::vec(("[a-e]", prop::sample::select(vec![0_u16, 3_000, 5_000, 10_000])), 0..5)
    ) {
        let unique = |keys: Vec<String>| keys.iter().enumerate().all(|(i, key)| !keys[..i].contains(key));
        let sound = unique(floors.iter().map(|(class, _)| class.clone()).collect())
            && unique(floors.iter().map(|(_, floor)| floor.to_string()).collect())
            && floors.iter().any(|(_, floor)| *floor == 0);
        let given = floors.into_iter().map(|(class, floor)| (class, Score::from_hundredths(floor).unwrap()));
        prop_assert_eq!(Bands::new(given.collect()).is_ok(), sound);
    }
}
