//! Generators for property tests.
use alloc::collections::BTreeMap;

use guanxi_core::{Score, TierId};
use proptest::prelude::*;

use crate::Bands;

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
