//! Who fits an item by skills, territories and languages.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::OnceCell;

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
    /// Whether that is everybody.
    all: bool,
    /// Those who have a word, and those who are not limited; by the word as somebody wrote it, and as
    /// conditions compare it.
    by_word: BTreeMap<String, Bits>,
}

/// What an item asks for.
#[derive(Clone)]
pub(crate) enum Need<'a> {
    Missing,
    One(One<'a>),
    Many(&'a BTreeSet<String>),
}

/// One word that an item asks for.
#[derive(Clone)]
pub(crate) struct One<'a> {
    text: &'a str,
    /// The same as a word, if it is one, once somebody lacks it.
    word: OnceCell<Option<Word>>,
    /// Those who have it.
    having: &'a Bits,
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
        let all = unlimited == Bits::all(people.len());
        Self { fact: need.fact.clone(), missing: need.missing, unlimited, all, by_word }
    }

    /// What an item asks for at an instant; `None` if nothing that anybody lacks.
    pub(crate) fn need<'a>(&'a self, given: &Given<'a>, as_of: DateTime<Utc>) -> Option<Need<'a>> {
        if self.all {
            return None;
        }
        Some(match given.facts.fact(&self.fact) {
            Fact::Known { observed_at: Some(at), .. } if at > as_of => Need::Missing,
            Fact::Known { value: FactValue::Text(text), .. } => {
                Need::One(One { text, word: OnceCell::new(), having: self.having(text) })
            }
            Fact::Known { value: FactValue::Set(texts), .. } if texts.is_empty() => return None,
            Fact::Known { value: FactValue::Set(texts), .. } => Need::Many(texts),
            Fact::NotApplicable => return None,
            Fact::Known { .. } | Fact::Missing => Need::Missing,
        })
    }

    /// When it will be known what an item asks for, if that is not known yet.
    pub(crate) fn known_from(&self, given: &Given<'_>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match given.facts.fact(&self.fact) {
            Fact::Known { observed_at, .. } if !self.all => observed_at.filter(|known| *known > at),
            _ => None,
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
            Need::One(one) => able.keep(one.having),
            Need::Missing if self.missing == Missing::Unlimited => able.keep(&self.unlimited),
            Need::Missing | Need::Many(_) => {}
        }
    }

    /// Whether somebody lacks one of the words that are asked for.
    pub(crate) fn lacks_one(&self, need: &Need<'_>, place: usize) -> bool {
        match need {
            Need::Many(words) => words.iter().any(|word| !self.having(word).has(place)),
            need => self.lacks(need, place),
        }
    }

    /// Whether somebody lacks all of the words that are asked for.
    pub(crate) fn lacks_all(&self, need: &Need<'_>, place: usize) -> bool {
        match need {
            Need::Many(words) => words.iter().all(|word| !self.having(word).has(place)),
            need => self.lacks(need, place),
        }
    }

    fn lacks(&self, need: &Need<'_>, place: usize) -> bool {
        match need {
            Need::One(one) => !one.having.has(place),
            Need::Missing => self.missing == Missing::Unlimited && !self.unlimited.has(place),
            Need::Many(_) => false,
        }
    }

    /// The first word that is asked for and that somebody lacks.
    pub(crate) fn lacking(&self, need: &Need<'_>, place: usize) -> Option<Word> {
        match need {
            Need::One(one) => one.word.get_or_init(|| Word::new(one.text).ok()).clone(),
            Need::Many(words) => {
                let lacking = words.iter().find(|word| !self.having(word).has(place))?;
                Word::new(lacking).ok()
            }
            Need::Missing => None,
        }
    }
}
