//! The tree over the entries, beside the book. A value, as the book is: a clone shares what the two have in common.
//!
//! In memory are the hashes of the subtrees of 16 entries and of those above, four bytes for each entry, and
//! all hashes over the newest leaves, which most proofs are asked for. Every hash below is made again from the entries
//! themselves, so that there is nothing else on disk that could differ from them.

use imbl::Vector;
use minutebook_log::{
    AnswerError, Frontier, HashIndex, HashReader, Position, ReadError, TreeHash, TreeHead, TreeSize,
    read_head,
};
use std::fmt;
use std::sync::Arc;

/// The height of the lowest subtrees whose hashes are in memory. A proof of an old entry reads as many entries again as such
/// a subtree has: with those of a tile, 256, it took five times as long once the ledger was longer than what is in memory.
const BLOCK_LEVEL: u8 = 4;

/// How many entries such a subtree has.
pub(super) const BLOCK_ENTRIES: u64 = 1 << BLOCK_LEVEL;

/// How many of the newest leaves are in memory at least, where older ones can be made again.
const NEWEST_LEAVES: usize = 1 << 16;

/// Whoever has the entries, and so the leaves.
pub(super) trait Leaves: fmt::Debug + Send + Sync {
    /// The leaves of the `block`th [`BLOCK_ENTRIES`], as many as there are of them.
    ///
    /// # Errors
    /// Why they can't be read.
    fn leaves(&self, block: u64) -> Result<Arc<Vec<TreeHash>>, String>;
}

/// A tree that answers for its present size and every earlier one.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    frontier: Frontier,
    /// The hashes of each level from [`BLOCK_LEVEL`] on.
    levels: Vec<Vector<TreeHash>>,
    /// The number of the block with which `newest` begins.
    newest_from: u64,
    /// The newest leaves, and the hashes of each level over them below [`BLOCK_LEVEL`].
    newest: [Vector<TreeHash>; BLOCK_LEVEL as usize],
    older: Option<Arc<dyn Leaves>>,
}

/// A hash that the tree does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashMissing {
    /// It does not have it yet.
    #[error("the tree has no hash {} of level {}", .0.number, .0.level)]
    Beyond(HashIndex),
    /// The entries that it is made from could not be read.
    #[error("the hash {} of level {} can't be made: {what}", at.number, at.level)]
    Unread {
        /// Which.
        at: HashIndex,
        /// What went wrong.
        what: String,
    },
}

impl Tree {
    /// A tree without entries, whose older leaves are made again as they are asked for.
    pub(super) fn of(older: Arc<dyn Leaves>) -> Self {
        Self { older: Some(older), ..Self::default() }
    }

    /// The tree of this size over `older`, whose complete blocks have these hashes. Nothing of it is believed before its
    /// head was held against a checkpoint.
    ///
    /// # Errors
    /// What could not be read, or is not there.
    pub(super) fn restore(
        size: TreeSize,
        blocks: Vec<TreeHash>,
        older: Arc<dyn Leaves>,
    ) -> Result<Self, ReadError<HashMissing>> {
        let complete = size.0 / BLOCK_ENTRIES;
        if blocks.len() as u64 != complete {
            return Err(AnswerError { asked: complete as usize, given: blocks.len() }.into());
        }
        let mut tree = Self::of(older);
        let mut above = Frontier::default();
        for block in blocks {
            let new = above.append(block).into_iter();
            new.for_each(|(index, hash)| tree.keep(index.level.saturating_add(BLOCK_LEVEL), hash));
        }
        let rest = size.0 % BLOCK_ENTRIES;
        tree.newest_from = complete;
        if rest > 0 {
            let at = HashIndex::leaf(Position(complete * BLOCK_ENTRIES));
            let leaves = tree.block(at, complete).map_err(ReadError::Storage)?;
            let mut below = Frontier::default();
            for leaf in leaves.iter().take(rest as usize) {
                below.append(*leaf).into_iter().for_each(|(index, hash)| tree.keep(index.level, hash));
            }
        }
        tree.frontier = Frontier::read(size, &tree)?;
        Ok(tree)
    }

    /// The hashes of its complete blocks from the `first`th on, up to the size `end`.
    pub(super) fn blocks(&self, first: u64, end: TreeSize) -> Vec<TreeHash> {
        self.levels.first().map_or_else(Vec::new, |blocks| part(blocks, first, end.0 / BLOCK_ENTRIES))
    }

    /// How many entries it has.
    pub fn size(&self) -> TreeSize {
        self.frontier.size()
    }

    /// Its size and root.
    pub fn head(&self) -> TreeHead {
        self.frontier.head()
    }

    /// Size and root of the tree when it had this size.
    ///
    /// # Errors
    /// For a size that it has not reached, and where entries can't be read.
    pub fn head_at(&self, size: TreeSize) -> Result<TreeHead, ReadError<HashMissing>> {
        read_head(size, self)
    }

    /// Whether the leaf of the entry at `position` is in memory, with all that its inclusion is proved by.
    pub fn has_leaf(&self, position: Position) -> bool {
        position.0 / BLOCK_ENTRIES >= self.newest_from
    }

    /// Appends the entry whose [`TreeHash::leaf`] this is.
    pub fn append(&mut self, leaf: TreeHash) {
        // A leaf completes one subtree of each level at most, and those in order: each is its level's next.
        for (index, hash) in self.frontier.append(leaf) {
            self.keep(index.level, hash);
        }
        // Whole blocks, so that the first leaf in memory always begins one.
        let is_long =
            self.newest.first().is_some_and(|leaves| leaves.len() >= NEWEST_LEAVES + BLOCK_ENTRIES as usize);
        if is_long && self.older.is_some() {
            for (level, hashes) in self.newest.iter_mut().enumerate() {
                *hashes = hashes.skip(BLOCK_ENTRIES as usize >> level);
            }
            self.newest_from += 1;
        }
    }

    /// Keeps the next hash of a level.
    fn keep(&mut self, level: u8, hash: TreeHash) {
        let Some(above) = level.checked_sub(BLOCK_LEVEL) else {
            return self.newest.get_mut(usize::from(level)).into_iter().for_each(|low| low.push_back(hash));
        };
        let above = usize::from(above);
        if self.levels.len() <= above {
            self.levels.resize_with(above + 1, Vector::new);
        }
        if let Some(hashes) = self.levels.get_mut(above) {
            hashes.push_back(hash);
        }
    }

    fn hash(&self, at: HashIndex) -> Result<TreeHash, HashMissing> {
        let missing = HashMissing::Beyond(at);
        if !at.is_in(self.frontier_size(at)) {
            return Err(missing);
        }
        let nth = |hashes: &Vector<TreeHash>, number: u64| hashes.get(usize::try_from(number).ok()?).copied();
        if let Some(above) = at.level.checked_sub(BLOCK_LEVEL) {
            let hashes = self.levels.get(usize::from(above));
            return hashes.and_then(|hashes| nth(hashes, at.number)).ok_or(missing);
        }
        let first = at.number << at.level;
        if first / BLOCK_ENTRIES >= self.newest_from && self.has_newest() {
            let before = (self.newest_from * BLOCK_ENTRIES) >> at.level;
            let hashes = self.newest.get(usize::from(at.level));
            return hashes.and_then(|hashes| nth(hashes, at.number - before)).ok_or(missing);
        }
        let leaves = self.block(at, first / BLOCK_ENTRIES)?;
        let from = (first % BLOCK_ENTRIES) as usize;
        leaves.get(from..from + (1 << at.level)).and_then(root_of).ok_or(missing)
    }

    /// While it is restored, it has none, and they are read.
    fn has_newest(&self) -> bool {
        self.newest.first().is_some_and(|leaves| !leaves.is_empty())
    }

    /// While it is restored, the tree knows no size of its own yet: what is there is there.
    fn frontier_size(&self, at: HashIndex) -> TreeSize {
        if self.size() == TreeSize::EMPTY {
            TreeSize((at.number + 1).checked_shl(u32::from(at.level)).unwrap_or(u64::MAX))
        } else {
            self.size()
        }
    }

    /// The leaves of a block that are not in memory.
    fn block(&self, at: HashIndex, block: u64) -> Result<Arc<Vec<TreeHash>>, HashMissing> {
        let older = self.older.as_ref().ok_or(HashMissing::Beyond(at))?;
        older.leaves(block).map_err(|what| HashMissing::Unread { at, what })
    }
}

/// Those from the `first` to before the `end`th, as far as they are there: in a time that `first` plays no part in, as it
/// does where an iterator skips.
fn part(hashes: &Vector<TreeHash>, first: u64, end: u64) -> Vec<TreeHash> {
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).min(hashes.len());
    let (first, end) = (place(first), place(end));
    hashes.focus().narrow(first..end.max(first)).into_iter().copied().collect()
}

/// The root of a full subtree; nothing of one that has no leaves.
fn root_of(leaves: &[TreeHash]) -> Option<TreeHash> {
    match leaves {
        [leaf] => Some(*leaf),
        [] => None,
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            Some(TreeHash::node(root_of(left)?, root_of(right)?))
        }
    }
}

impl HashReader for Tree {
    type Error = HashMissing;

    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, HashMissing> {
        at.iter().map(|index| self.hash(*index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::{Position, check_inclusion, prove_inclusion};

    #[test]
    fn it_answers_for_every_size_that_it_had() {
        let (mut tree, mut heads) = (Tree::default(), vec![TreeHead::EMPTY]);
        let entries: Vec<_> = (0..70_u8).map(|entry| [entry; 3]).collect();
        for entry in &entries {
            let (before, mut ahead) = (tree.head(), tree.clone());
            ahead.append(TreeHash::leaf(entry));
            assert_eq!(tree.head(), before, "looking ahead changes nothing");
            tree.append(TreeHash::leaf(entry));
            assert_eq!(tree.head(), ahead.head());
            heads.push(tree.head());
        }
        for head in &heads {
            assert_eq!(tree.head_at(head.size).unwrap(), *head);
            for (position, entry) in (0..head.size.0).zip(&entries) {
                let position = Position(position);
                let proof = prove_inclusion(position, head.size, &tree).unwrap();
                assert_eq!(check_inclusion(entry, position, *head, &proof).unwrap().position(), position);
            }
        }
        assert!(tree.head_at(TreeSize(71)).is_err());
    }

    /// Leaves that are counted as they are asked for.
    #[derive(Debug)]
    struct Counted(Vec<TreeHash>);

    impl Leaves for Counted {
        fn leaves(&self, block: u64) -> Result<Arc<Vec<TreeHash>>, String> {
            let from = (block * BLOCK_ENTRIES) as usize;
            let leaves = self.0.get(from..).ok_or("no such block")?;
            Ok(Arc::new(leaves[..leaves.len().min(BLOCK_ENTRIES as usize)].to_vec()))
        }
    }

    #[test]
    fn it_is_the_same_with_few_hashes_in_memory_and_restored_from_those() {
        let leaves: Vec<_> = (0..70_000_u32).map(|entry| TreeHash::leaf(&entry.to_be_bytes())).collect();
        let older: Arc<dyn Leaves> = Arc::new(Counted(leaves.clone()));
        let (mut plain, mut tree) = (Tree::default(), Tree::of(Arc::clone(&older)));
        for leaf in &leaves {
            plain.append(*leaf);
            tree.append(*leaf);
        }
        assert!(
            tree.newest[0].len() < plain.newest[0].len() && tree.newest_from > 0,
            "older ones are not in memory"
        );
        let ends = [70_000, 69_888, 69_889, 300, 256, 255, 1];
        for size in ends.map(TreeSize) {
            assert_eq!(tree.head_at(size).unwrap(), plain.head_at(size).unwrap(), "{size}");
            let restored = Tree::restore(size, plain.blocks(0, size), Arc::clone(&older)).unwrap();
            assert_eq!(restored.head(), plain.head_at(size).unwrap(), "{size}");
            let mut longer = restored.clone();
            longer.append(leaves[0]);
            for at in [0, size.0 / 2, size.0 - 1].map(Position) {
                let proof = prove_inclusion(at, size, &longer).unwrap();
                assert_eq!(proof.0, prove_inclusion(at, size, &plain).unwrap().0, "{at} in {size}");
            }
        }
        assert!(
            Tree::restore(TreeSize(600), plain.blocks(0, TreeSize(300)), older).is_err(),
            "a block is missing"
        );
    }
}
