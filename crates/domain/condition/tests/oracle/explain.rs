//! What decides an answer, found by trying.
use crate::condition::Condition;

impl Condition {
    /// Whether each leaf decides, in the order of reading.
    pub(crate) fn deciding(&self, leaves: &[Option<bool>]) -> Vec<bool> {
        let count = self.leaves().len();
        let (own, answer) = (&leaves[..count], self.answer(&leaves[..count]));
        match self {
            Self::Leaf(_) => vec![true],
            Self::Not(part) => part.deciding(own),
            Self::All(parts) | Self::Any(parts) => {
                let mut rest = own;
                let mut marks = Vec::new();
                for part in parts {
                    let (its, after) = rest.split_at(part.leaves().len());
                    let decides = part.answer(its) == answer;
                    marks.extend(part.deciding(its).into_iter().map(|mark| mark && decides));
                    rest = after;
                }
                marks
            }
        }
    }

    /// Whether each leaf alone could turn the answer to true or away from it.
    pub(crate) fn near_misses(&self, leaves: &[Option<bool>]) -> Vec<bool> {
        let holds = self.answer(leaves) == Some(true);
        let turns = |leaf: usize| {
            [Some(true), Some(false), None].into_iter().any(|otherwise| {
                let mut other = leaves.to_vec();
                other[leaf] = otherwise;
                (self.answer(&other) == Some(true)) != holds
            })
        };
        (0..leaves.len()).map(turns).collect()
    }
}
