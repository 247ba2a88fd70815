//! The tree over the entries: every stored hash, in memory, beside the book (64 bytes for each entry).
//!
//! It is derived from the entries' bytes alone and built in the pass that reads them, so there is nothing on
//! disk that could differ from them. A value, as the book is: a clone shares what the two have in common.

use imbl::Vector;
use minutebook_log::{Frontier, HashIndex, HashReader, ReadError, TreeHash, TreeHead, TreeSize, read_head};

/// A tree that answers for its present size and every earlier one.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    frontier: Frontier,
    /// The stored hashes of each level, the leaves' first.
    levels: Vec<Vector<TreeHash>>,
}

/// A hash that the tree does not have yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tree has no hash {} of level {}", .0.number, .0.level)]
pub struct HashMissing(pub HashIndex);

impl Tree {
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
    /// For a size that it has not reached.
    pub fn head_at(&self, size: TreeSize) -> Result<TreeHead, ReadError<HashMissing>> {
        read_head(size, self)
    }

    /// Appends the entry whose [`TreeHash::leaf`] this is.
    pub fn append(&mut self, leaf: TreeHash) {
        // A leaf completes one subtree of each level at most, and those in order: each is its level's next.
        for (index, hash) in self.frontier.append(leaf) {
            let level = usize::from(index.level);
            if self.levels.len() <= level {
                self.levels.resize_with(level + 1, Vector::new);
            }
            if let Some(hashes) = self.levels.get_mut(level) {
                hashes.push_back(hash);
            }
        }
    }

    fn hash(&self, index: HashIndex) -> Option<TreeHash> {
        self.levels.get(usize::from(index.level))?.get(usize::try_from(index.number).ok()?).copied()
    }
}

impl HashReader for Tree {
    type Error = HashMissing;

    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, HashMissing> {
        at.iter().map(|index| self.hash(*index).ok_or(HashMissing(*index))).collect()
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
}
