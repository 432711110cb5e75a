//! The facts that an assessment reads, each asked for once.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Fact, FactId, FactIds, FactSchema, Facts};

use crate::input::{Cause, Input, Inputs, Number, Reads, Role, plain_number, stale_from, unasked};
use crate::policy::ScoringPolicy;
use crate::spec::{GreatestAge, StaleRule};

/// For which indicators the facts are asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Those that weigh: all that a decision needs.
    Weighing,
    /// Those that are only shown, too.
    All,
}

/// What is asked of every customer.
pub(crate) struct Asking {
    ids: FactIds,
    /// In the order of the ids, as are all lists of facts here.
    facts: Vec<Listed>,
    /// In the order of the policy; `None` for an indicator that is not asked about.
    questions: Vec<Option<Question>>,
}

/// A fact that is asked for.
struct Listed {
    schema: FactSchema,
    /// The place of the fact that it is a part of.
    whole: Option<usize>,
}

/// What an indicator asks.
struct Question {
    /// The place of its fact.
    fact: usize,
    /// For a share, the place of the fact that it is a share of.
    whole: Option<usize>,
    greatest_age: Option<GreatestAge>,
    /// The places of the facts that the input depends on; none if the indicator is only shown.
    reads: Vec<usize>,
}

/// What was heard of a customer: too much to be handed about by value.
pub(crate) struct Heard<'f> {
    /// What each fact is.
    pub(crate) answers: List<Fact<'f>>,
    /// What each indicator found in them.
    pub(crate) inputs: Inputs,
}

/// One thing for each fact: on the heap only where a policy reads very many.
pub(crate) struct List<T> {
    few: [T; 16],
    many: Vec<T>,
    len: usize,
}

impl<T: Copy> List<T> {
    #[inline]
    fn new(len: usize, blank: T) -> Self {
        Self { few: [blank; 16], many: if len > 16 { alloc::vec![blank; len] } else { Vec::new() }, len }
    }

    #[inline]
    fn all(&self) -> &[T] {
        self.few.get(..self.len).unwrap_or(&self.many)
    }

    fn all_mut(&mut self) -> &mut [T] {
        self.few.get_mut(..self.len).unwrap_or(&mut self.many)
    }
}

impl Asking {
    pub(crate) fn new(policy: &ScoringPolicy, asked: Asked) -> Self {
        let heard = |part: u64| part > 0 || asked == Asked::All;
        let reading = || policy.reading().filter(|(_, part, _)| heard(*part)).map(|(.., reads)| reads);
        let chains = || reading().flat_map(Reads::chains);
        let facts: BTreeMap<&FactId, &FactSchema> =
            chains().flatten().map(|(id, schema)| (id, schema)).collect();
        // Every fact read is listed.
        let place = |id: &FactId| facts.keys().position(|listed| *listed == id).unwrap_or_default();
        let listed = |schema: &&FactSchema| Listed {
            // Kind and range; the texts are for people.
            schema: FactSchema { min: schema.min, max: schema.max, ..FactSchema::of(schema.kind) },
            whole: schema.part_of.as_ref().filter(|whole| facts.contains_key(whole)).map(place),
        };
        let question = |(indicator, part, reads): (&crate::spec::IndicatorSpec, u64, &Reads)| {
            heard(part).then(|| Question {
                fact: place(&indicator.fact),
                whole: reads.whole.iter().flatten().next().map(|(id, _)| place(id)),
                greatest_age: indicator.greatest_age,
                reads: if part > 0 {
                    reads.chains().flatten().map(|(id, _)| place(id)).collect()
                } else {
                    Vec::new()
                },
            })
        };
        Self {
            questions: policy.reading().map(question).collect(),
            facts: facts.values().map(listed).collect(),
            ids: facts.into_keys().cloned().collect(),
        }
    }

    /// Nothing heard yet.
    #[inline]
    pub(crate) fn silence<'f>(&self) -> Heard<'f> {
        Heard { answers: List::new(self.ids.len(), Fact::Missing), inputs: unasked() }
    }

    /// Puts down what a customer answers, and what the indicators find in it at an instant, over silence.
    pub(crate) fn hear<'f>(&self, facts: &'f dyn Facts, as_of: DateTime<Utc>, heard: &mut Heard<'f>) {
        facts.each(&self.ids, heard.answers.all_mut());
        self.find(&heard.answers, as_of, &mut heard.inputs);
    }

    /// Puts down what the indicators find in the answers at an instant, over what is unasked.
    pub(crate) fn find(&self, answers: &List<Fact<'_>>, as_of: DateTime<Utc>, inputs: &mut Inputs) {
        for (input, question) in inputs.iter_mut().zip(&self.questions) {
            if let Some(Question { fact, whole, greatest_age, .. }) = question {
                let first = self.number(*fact, answers.all(), as_of);
                let second = whole.map(|whole| self.number(whole, answers.all(), as_of));
                match (first, second, greatest_age) {
                    // Numbers of any age: the common case, and the short way.
                    (Number::Known { value: x, .. }, None, None) => {
                        *input = Input::Known { x, whole: None, stale: None };
                    }
                    (Number::Missing, None, _) => {
                        *input = Input::Missing { fact: Role::Own, cause: Cause::Absent };
                    }
                    (first, second, age) => *input = found(&first, second.as_ref(), *age, as_of),
                }
            }
        }
    }

    /// The number that a fact is at an instant. The whole of a part bounds it only if the whole itself is
    /// a known number at that instant.
    #[inline(always)]
    fn number(&self, place: usize, answers: &[Fact<'_>], as_of: DateTime<Utc>) -> Number {
        let (Some(listed), Some(answer)) = (self.facts.get(place), answers.get(place)) else {
            return Number::Missing;
        };
        match listed.whole {
            Some(whole) => {
                let part = plain_number(*answer, &listed.schema, as_of);
                self.bounded(part, whole, answers, as_of)
            }
            None => plain_number(*answer, &listed.schema, as_of),
        }
    }

    #[inline(never)]
    fn bounded(&self, part: Number, whole: usize, answers: &[Fact<'_>], as_of: DateTime<Utc>) -> Number {
        let bound = || self.number(whole, answers, as_of).value();
        match part.value() {
            Some(value) if bound().is_some_and(|of| value > of) => Number::Invalid,
            _ => part,
        }
    }

    /// Every instant from which on an answer counts, or counts as too old.
    pub(crate) fn instants(&self, answers: &List<Fact<'_>>) -> Vec<DateTime<Utc>> {
        let dated = |answer: &Fact<'_>| matches!(answer, Fact::Known { observed_at: Some(_), .. });
        let mut instants = Vec::new();
        // Facts without dates never age.
        if !answers.all().iter().any(dated) {
            return instants;
        }
        for question in self.questions.iter().flatten() {
            for answer in question.reads.iter().filter_map(|place| answers.all().get(*place)) {
                if let Fact::Known { observed_at: Some(observed_at), .. } = *answer {
                    instants.push(observed_at);
                    instants.extend(stale_from(question.greatest_age, Some(observed_at)));
                }
            }
        }
        instants
    }
}

/// The input that the number of an indicator's fact makes, and for a share that of the whole.
#[inline(never)]
fn found(
    first: &Number,
    second: Option<&Number>,
    greatest_age: Option<GreatestAge>,
    as_of: DateTime<Utc>,
) -> Input {
    if let (Number::Known { value: x, .. }, Some(Number::Known { value: whole, .. }), None) =
        (first, second, greatest_age)
    {
        return Input::Known { x: *x, whole: Some(*whole), stale: None };
    }
    let found = [(Role::Own, Some(first)), (Role::Whole, second)];
    let found = || found.iter().filter_map(|(role, number)| Some((*role, (*number)?)));
    for (fact, number) in found() {
        if matches!(number, Number::NotApplicable) {
            return Input::NotApplicable { fact };
        }
    }
    let mut stale: Option<(Role, DateTime<Utc>)> = None;
    for (fact, number) in found() {
        let cause = match number {
            Number::Known { observed_at, .. } => {
                let since = stale_from(greatest_age, *observed_at);
                let Some(since) = since.filter(|since| *since <= as_of) else { continue };
                if stale.is_none_or(|(_, earlier)| since < earlier) {
                    stale = Some((fact, since));
                }
                match greatest_age.map(|age| age.then) {
                    Some(StaleRule::Missing) => Cause::Stale { since },
                    _ => continue,
                }
            }
            Number::Future { observed_at } => Cause::Future { observed_at: *observed_at },
            Number::Invalid => Cause::Invalid,
            Number::Missing | Number::NotApplicable => Cause::Absent,
        };
        return Input::Missing { fact, cause };
    }
    match first.value() {
        Some(x) => Input::Known { x, whole: second.and_then(Number::value), stale },
        None => Input::Missing { fact: Role::Own, cause: Cause::Absent },
    }
}

#[cfg(test)]
mod tests {
    use crate::{Given, PolicyDocument, Reference, Scorer};
    use guanxi_core::{FactId, FactMap, FactValue, Score, parse_instant};
    use serde_json::{Map, Value, json};
    use std::format;
    use std::vec::Vec;

    /// Twelve shares of a fact of their own each: more facts than there is room for off the heap.
    #[test]
    fn a_policy_may_read_very_many_facts() {
        let names = || (0..12_i64).map(|i| (i, format!("part{i}"), format!("whole{i}")));
        let fact = |name| (name, json!({"kind": "int", "min": "0"}));
        let facts: Map<_, Value> = names().flat_map(|(_, part, whole)| [fact(part), fact(whole)]).collect();
        let indicator = |(i, part, whole)| {
            let normaliser = json!({"kind": "share_of", "whole": whole});
            json!({"id": format!("i{i}"), "dimension": "value", "weight": "1", "fact": part, "normaliser": normaliser})
        };
        let indicators: Vec<Value> = names().map(indicator).collect();
        let body = json!({"dimensions": {"value": "1"}, "facts": facts, "indicators": indicators, "tiers": [{"id": "a", "floor": "0"}]});
        let policy = json!({"schema": "guanxi.scoring/1", "id": "many", "version": "1", "body": body});
        let policy = PolicyDocument::from_value(&policy).unwrap_or_else(|problems| panic!("{problems}"));
        let as_of = parse_instant("2026-06-30").unwrap();
        let nobody = Reference::new(&policy, as_of).pin("none".parse().unwrap(), "1".parse().unwrap());
        let scorer = Scorer::new(&policy, &nobody).unwrap();
        let int =
            |facts: FactMap, name: &str, n| facts.with(FactId::new(name).unwrap(), FactValue::Int(n), None);
        let customer =
            names().fold(FactMap::new(), |facts, (i, part, whole)| int(int(facts, &part, i), &whole, 11));
        // 0 to 11 elevenths, half on average.
        let composite = scorer.assess(&customer, &Given::default(), as_of).outcome.composite;
        assert_eq!(composite, Score::from_hundredths(5_000).ok());
    }
}
