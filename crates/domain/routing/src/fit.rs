//! Who fits an item by skills, territories and languages.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Given, normalise};
use guanxi_core::{Fact, FactId, FactValue};

use crate::bits::Bits;
use crate::id::Word;
use crate::spec::{Missing, NeedSpec};

/// Who has which words of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    fact: FactId,
    missing: Missing,
    /// Those who are not limited.
    unlimited: Bits,
    /// Those who have a word, and those who are not limited; by the word as somebody wrote it, and as
    /// conditions compare it.
    by_word: BTreeMap<String, Bits>,
}

/// What an item asks for.
#[derive(Clone)]
pub(crate) enum Need<'a> {
    Nothing,
    Missing,
    /// The word, if it is one, and those who have it.
    One(Option<Word>, &'a Bits),
    Many(&'a BTreeSet<String>),
}

impl Fit {
    /// Who has which of the words; `None` has all of them.
    pub(crate) fn new<'a>(need: &NeedSpec, people: impl Iterator<Item = Option<&'a BTreeSet<Word>>>) -> Self {
        let people: Vec<Option<&BTreeSet<Word>>> = people.collect();
        let mut unlimited = Bits::none(people.len());
        let none = |people: &[_]| Bits::none(people.len());
        let mut by_word: BTreeMap<String, Bits> = BTreeMap::new();
        let mut spellings: BTreeSet<&Word> = BTreeSet::new();
        for (place, words) in people.iter().enumerate() {
            match words {
                None => unlimited.insert(place),
                Some(words) => words.iter().for_each(|word| {
                    by_word.entry(normalise(word.as_str())).or_insert_with(|| none(&people)).insert(place);
                    spellings.insert(word);
                }),
            }
        }
        by_word.values_mut().for_each(|bits| bits.add(&unlimited));
        for word in spellings {
            if let Some(bits) = by_word.get(&normalise(word.as_str())).cloned() {
                by_word.insert(word.to_string(), bits);
            }
        }
        Self { fact: need.fact.clone(), missing: need.missing, unlimited, by_word }
    }

    /// What an item asks for at an instant.
    pub(crate) fn need<'a>(&'a self, given: &Given<'a>, as_of: DateTime<Utc>) -> Need<'a> {
        match given.facts.fact(&self.fact) {
            Fact::Known { observed_at: Some(at), .. } if at > as_of => Need::Missing,
            Fact::Known { value: FactValue::Text(text), .. } => {
                Need::One(Word::new(text).ok(), self.having(text))
            }
            Fact::Known { value: FactValue::Set(texts), .. } if texts.is_empty() => Need::Nothing,
            Fact::Known { value: FactValue::Set(texts), .. } => Need::Many(texts),
            Fact::NotApplicable => Need::Nothing,
            Fact::Known { .. } | Fact::Missing => Need::Missing,
        }
    }

    /// Those who have a word.
    pub(crate) fn having(&self, word: &str) -> &Bits {
        let found = self.by_word.get(word).or_else(|| self.by_word.get(&normalise(word)));
        found.unwrap_or(&self.unlimited)
    }

    /// Keeps those who have all words that are asked for.
    pub(crate) fn keep_all(&self, need: &Need<'_>, able: &mut Bits) {
        match need {
            Need::Many(words) => words.iter().for_each(|word| able.keep(self.having(word))),
            need => self.keep_simple(need, able),
        }
    }

    /// Keeps those who have one of the words that are asked for.
    pub(crate) fn keep_any(&self, need: &Need<'_>, able: &mut Bits) {
        match need {
            Need::Many(words) => {
                let mut any = self.unlimited.clone();
                words.iter().for_each(|word| any.add(self.having(word)));
                able.keep(&any);
            }
            need => self.keep_simple(need, able),
        }
    }

    fn keep_simple(&self, need: &Need<'_>, able: &mut Bits) {
        match need {
            Need::One(_, having) => able.keep(having),
            Need::Missing if self.missing == Missing::Unlimited => able.keep(&self.unlimited),
            Need::Missing | Need::Nothing | Need::Many(_) => {}
        }
    }

    /// What of all that is asked for somebody lacks first, if anything; nothing of it is known where nobody
    /// knows what is asked for.
    pub(crate) fn lacking_all(&self, need: &Need<'_>, place: usize) -> Option<Option<Word>> {
        match need {
            Need::Many(words) => {
                let first = words.iter().find(|word| !self.having(word).has(place))?;
                Some(Word::new(first).ok())
            }
            need => self.lacking_simple(need, place),
        }
    }

    /// The first of what is asked for, if somebody has none of it.
    pub(crate) fn lacking_any(&self, need: &Need<'_>, place: usize) -> Option<Option<Word>> {
        match need {
            Need::Many(words) if words.iter().any(|word| self.having(word).has(place)) => None,
            Need::Many(words) => Some(words.first().and_then(|word| Word::new(word).ok())),
            need => self.lacking_simple(need, place),
        }
    }

    fn lacking_simple(&self, need: &Need<'_>, place: usize) -> Option<Option<Word>> {
        match need {
            Need::One(word, having) if !having.has(place) => Some(word.clone()),
            Need::Missing if self.missing == Missing::Unlimited && !self.unlimited.has(place) => Some(None),
            _ => None,
        }
    }
}
