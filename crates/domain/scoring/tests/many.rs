//! Many customers at once get the decisions that each would get alone.
#![cfg(test)]

use guanxi_core::{FactMap, parse_instant};
use guanxi_scoring::arbitrary::{facts, policy};
use guanxi_scoring::{Given, Reference, Scorer};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn together_and_alone_are_one(policy in policy(), some in prop::collection::vec(facts(), 1..40), times in 1_usize..30) {
        let as_of = parse_instant("2026-06-30").unwrap();
        let mut reference = Reference::new(&policy, as_of);
        some.iter().for_each(|facts| reference.observe(&policy, facts));
        let scorer = Scorer::new(&policy, &reference.pin("r".parse().unwrap(), "1".parse().unwrap())).unwrap();
        let given = Given::default();
        let many: Vec<&FactMap> = some.iter().cycle().take(some.len() * times).collect();
        let together = scorer.assess_many(many.iter().map(|facts| (*facts, &given)), as_of);
        prop_assert_eq!(together.len(), many.len());
        for (decision, facts) in together.into_iter().zip(&many).take(600) {
            prop_assert_eq!(decision, scorer.assess(*facts, &given, as_of));
        }
    }
}
