//! Which hashes of the tree are kept, and the one question that the arithmetic asks of whoever keeps them.

use crate::{Position, TreeHash, TreeHead, TreeSize};

/// Names a stored hash: that of the `number`th full subtree of 2^`level` entries, which are those from
/// `number` · 2^`level` on. Once the entries are there the hash never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashIndex {
    /// The height of the subtree, 0 for a leaf, at most 63.
    pub level: u8,
    /// The number of the subtree among those of its height, from 0.
    pub number: u64,
}

impl HashIndex {
    /// The hash of the entry at `position`.
    pub const fn leaf(position: Position) -> Self {
        Self { level: 0, number: position.0 }
    }

    /// Whether all entries under it are in a tree of this size.
    pub fn is_in(self, size: TreeSize) -> bool {
        self.number < size.0.checked_shr(u32::from(self.level)).unwrap_or(0)
    }
}

/// Whoever keeps the hashes: a database, a folder of tiles, a map in a test.
pub trait HashReader {
    /// Why it could not answer.
    type Error;

    /// The hashes with these indexes, in the order asked for.
    ///
    /// # Errors
    /// The reader's own, also where a hash is not there.
    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, Self::Error>;
}

/// An answer with another number of hashes than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("asked for {asked} hashes, given {given}")]
pub struct AnswerError {
    /// How many were asked for.
    pub asked: usize,
    /// How many came.
    pub given: usize,
}

/// Why a hash over stored hashes was not made.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The reader's own error.
    #[error("{0}")]
    Storage(E),
    /// The reader did not keep its word.
    #[error(transparent)]
    Answer(#[from] AnswerError),
}

/// Hashes over ranges of entries, before the stored hashes that they are made of have been read. Whoever
/// reads asynchronously asks for [`Question::needs`] and brings the answer to [`Question::answer`]; others
/// use a [`HashReader`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// For each hash wanted, the full subtrees side by side that it covers, largest first.
    parts: Vec<Vec<HashIndex>>,
}

impl Question {
    /// The root of the tree of this size. An empty tree needs nothing; its root is [`TreeHash::EMPTY`].
    pub fn root(size: TreeSize) -> Self {
        Self::over([(0, size.0)])
    }

    /// The hashes over these ranges of entries, each from the first to before the second, such as RFC 6962
    /// splits a tree into.
    pub(crate) fn over(ranges: impl IntoIterator<Item = (u64, u64)>) -> Self {
        Self { parts: ranges.into_iter().map(|(from, to)| full_subtrees(from, to)).collect() }
    }

    /// The stored hashes to read, in this order.
    pub fn needs(&self) -> Vec<HashIndex> {
        self.parts.iter().flatten().copied().collect()
    }

    /// The hashes wanted, from those read.
    ///
    /// # Errors
    /// [`AnswerError`] for more or fewer than [`Question::needs`] says.
    pub fn answer(&self, hashes: &[TreeHash]) -> Result<Vec<TreeHash>, AnswerError> {
        let asked = self.parts.iter().map(Vec::len).sum();
        if hashes.len() != asked {
            return Err(AnswerError { asked, given: hashes.len() });
        }
        let mut hashes = hashes.iter().copied();
        Ok(self.parts.iter().map(|part| fold(hashes.by_ref().take(part.len()))).collect())
    }

    /// Asks `reader`, once, and answers.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn ask<R: HashReader>(&self, reader: &R) -> Result<Vec<TreeHash>, ReadError<R::Error>> {
        let hashes = reader.read_hashes(&self.needs()).map_err(ReadError::Storage)?;
        Ok(self.answer(&hashes)?)
    }
}

/// The head of the tree of this size, from its stored hashes.
///
/// # Errors
/// [`ReadError`].
pub fn read_head<R: HashReader>(size: TreeSize, reader: &R) -> Result<TreeHead, ReadError<R::Error>> {
    let root = Question::root(size).ask(reader)?.first().copied().unwrap_or(TreeHash::EMPTY);
    Ok(TreeHead { size, root })
}

/// Subtrees side by side, the largest first, as one hash: the last two are joined first.
pub(crate) fn fold(hashes: impl Iterator<Item = TreeHash>) -> TreeHash {
    let hashes: Vec<TreeHash> = hashes.collect();
    hashes.into_iter().rev().reduce(|right, left| TreeHash::node(left, right)).unwrap_or(TreeHash::EMPTY)
}

/// The full subtrees that cover `from..to`, largest first; `from` is a multiple of the largest.
fn full_subtrees(mut from: u64, to: u64) -> Vec<HashIndex> {
    let mut subtrees = Vec::new();
    while let Some(height) = (to.saturating_sub(from)).checked_ilog2() {
        let level = u8::try_from(height).unwrap_or(u8::MAX);
        subtrees.push(HashIndex { level, number: from >> height });
        from += 1 << height;
    }
    subtrees
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_the_full_subtrees_of_its_size_in_binary() {
        let index = |level, number| HashIndex { level, number };
        assert_eq!(Question::root(TreeSize(7)).needs(), [index(2, 0), index(1, 2), index(0, 6)]);
        assert_eq!(Question::root(TreeSize(8)).needs(), [index(3, 0)]);
        assert_eq!(Question::root(TreeSize::EMPTY).needs(), []);
        assert_eq!(Question::root(TreeSize(u64::MAX)).needs().len(), 64);
    }

    #[test]
    fn an_answer_has_as_many_hashes_as_were_asked_for() {
        let question = Question::root(TreeSize(3));
        for given in [0, 1, 3] {
            let answered = question.answer(&vec![TreeHash::EMPTY; given]);
            assert_eq!(answered, Err(AnswerError { asked: 2, given }));
        }
    }

    #[test]
    fn a_subtree_is_in_a_tree_when_all_its_entries_are() {
        let index = HashIndex { level: 2, number: 1 };
        assert!(!index.is_in(TreeSize(7)) && index.is_in(TreeSize(8)));
        assert!(!HashIndex { level: 200, number: 0 }.is_in(TreeSize(u64::MAX)));
    }
}
