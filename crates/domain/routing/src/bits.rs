//! Sets of people, by their place in a roster.
use alloc::vec::Vec;

/// Places below a length that is the same for all sets that meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// No place, of so many.
    pub(crate) fn none(len: usize) -> Self {
        Self(alloc::vec![0; len.div_ceil(64)])
    }

    /// All places, of so many.
    pub(crate) fn all(len: usize) -> Self {
        let mut bits = Self::none(len);
        (0..len).for_each(|place| bits.insert(place));
        bits
    }

    pub(crate) fn insert(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    pub(crate) fn remove(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word &= !(1 << (place % 64));
        }
    }

    pub(crate) fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Becomes the same as another set, in the memory of its own.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }

    /// Keeps what another set has as well.
    pub(crate) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
    }

    /// Drops what another set has.
    pub(crate) fn drop(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= !other);
    }

    /// Adds what another set has.
    pub(crate) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own |= other);
    }

    /// The places, ascending.
    pub(crate) fn iter(&self) -> Ones<'_> {
        Ones { words: self.0.iter(), begin: 0, next: 0, rest: 0 }
    }
}

/// The places of a set, ascending.
#[derive(Clone)]
pub(crate) struct Ones<'a> {
    words: core::slice::Iter<'a, u64>,
    /// Of the word that is looked through, and of the one after it.
    begin: usize,
    next: usize,
    rest: u64,
}

impl Iterator for Ones<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.rest == 0 {
            self.rest = *self.words.next()?;
            (self.begin, self.next) = (self.next, self.next + 64);
        }
        let bit = usize::try_from(self.rest.trailing_zeros()).unwrap_or_default();
        self.rest &= self.rest - 1;
        Some(self.begin + bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_places() {
        let mut bits = Bits::none(130);
        [0, 63, 64, 129].into_iter().for_each(|place| bits.insert(place));
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!((bits.len(), bits.has(129), bits.has(1), bits.has(9_999)), (4, true, false, false));
        let mut rest = Bits::all(130);
        rest.drop(&bits);
        assert_eq!((rest.len(), rest.has(63)), (126, false));
        rest.add(&bits);
        assert_eq!(rest, Bits::all(130));
        rest.keep(&bits);
        assert_eq!(rest, bits);
        rest.remove(64);
        assert_eq!(rest.iter().collect::<Vec<_>>(), [0, 63, 129]);
        assert!(Bits::none(130).is_empty() && !rest.is_empty());
    }
}
