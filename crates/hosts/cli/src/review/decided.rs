//! What the review decided of a customer, as facts for further decisions.
use guanxi::core::{Fact, FactId, FactMap, FactValue, Facts, TierId, fact_id};
use guanxi::lifecycle::StageId;
use guanxi::portfolio::Member;

use super::segments::Segments;
use super::stages::Stages;

/// A customer's facts, and what the review decided of it as further ones: `tier`, `composite`, `abc_class`,
/// `rfm_segment`, `value_segment` and `stage`. A fact of such a name that the folder makes counts first.
pub(super) struct Decided<'m> {
    facts: &'m FactMap,
    decided: FactMap,
}

impl<'m> Decided<'m> {
    /// The facts of the member at a place of the population.
    pub(super) fn of(member: &'m Member, segments: &Segments, stages: &Stages, place: usize) -> Self {
        let outcome = &member.decision.outcome;
        let [abc, rfm, value] = segments.codes(place);
        let texts = [
            (fact_id!("tier"), outcome.tier.as_ref().map(TierId::as_str)),
            (fact_id!("abc_class"), abc),
            (fact_id!("rfm_segment"), rfm),
            (fact_id!("value_segment"), value),
            (fact_id!("stage"), stages.stage(place).map(StageId::as_str)),
        ];
        let texts = texts.into_iter().filter_map(|(id, text)| Some((id, FactValue::Text(text?.to_owned()))));
        let composite = outcome.composite.map(|score| FactValue::Decimal(score.to_decimal()));
        let composite = composite.map(|value| (fact_id!("composite"), value));
        let decided =
            texts.chain(composite).fold(FactMap::new(), |facts, (id, value)| facts.with(id, value, None));
        Self { facts: &member.facts, decided }
    }
}

impl Facts for Decided<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        match self.facts.fact(id) {
            Fact::Missing => self.decided.fact(id),
            given => given,
        }
    }
}
