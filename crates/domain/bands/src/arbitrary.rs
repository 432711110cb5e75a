//! Generators for property tests.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::{Score, TierId, Weights};
use proptest::prelude::*;

use crate::{Bands, Histogram, Targets};

/// Any bands of one to eight tiers.
pub fn bands() -> impl Strategy<Value = Bands<TierId>> {
    let floors = prop::collection::btree_map(guanxi_core::arbitrary::score(), any::<()>(), 0..8);
    floors.prop_filter_map("valid", |floors: BTreeMap<Score, ()>| {
        let floors = floors.into_keys().filter(|floor| *floor > Score::MIN).chain([Score::MIN]);
        let named = floors
            .zip('a'..)
            .filter_map(|(floor, name)| Some((TierId::new(name.encode_utf8(&mut [0; 4])).ok()?, floor)));
        Bands::new(named.collect()).ok()
    })
}

/// The scores of any population: nobody, few with many ties, or many.
pub fn scores() -> impl Strategy<Value = Vec<Score>> {
    let few = prop::sample::select(alloc::vec![0_u16, 1, 2, 4_999, 5_000, 9_999, 10_000]);
    let few = few.prop_filter_map("in range", |hundredths| Score::from_hundredths(hundredths).ok());
    prop_oneof![
        2 => prop::collection::vec(few, 0..12),
        2 => prop::collection::vec(guanxi_core::arbitrary::score(), 0..40),
        1 => (guanxi_core::arbitrary::score(), 0_usize..8).prop_map(|(score, count)| alloc::vec![score; count]),
    ]
}

/// The histogram of any population.
pub fn histogram() -> impl Strategy<Value = Histogram> {
    scores().prop_map(|scores| scores.into_iter().collect())
}

/// Bands with targets for each of their classes; some should hold nobody.
pub fn bands_with_targets() -> impl Strategy<Value = (Bands<TierId>, Targets<TierId>)> {
    (bands(), prop::collection::vec(0_u32..6, 8)).prop_filter_map("valid", |(bands, parts)| {
        let classes = bands.iter().map(|(class, _)| class.clone());
        let weights = classes.zip(parts.into_iter().map(Into::into)).collect();
        let targets = Targets::from_weights(Weights::new(weights).ok()?).ok()?;
        Some((bands, targets))
    })
}
