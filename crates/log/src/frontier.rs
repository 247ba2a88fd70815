use crate::{
    AnswerError, HashIndex, HashReader, Position, Question, ReadError, TreeHash, TreeHead, TreeSize, stored,
};

/// The right edge of a tree: all that is needed to append to it and to name its root. At most 64 hashes,
/// one for each full subtree that the size is made of, the largest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    size: TreeSize,
    edge: Vec<TreeHash>,
}

impl Frontier {
    /// The edge of a tree without entries.
    pub const EMPTY: Frontier = Frontier { size: TreeSize::EMPTY, edge: Vec::new() };

    /// The stored hashes that the edge of a tree of this size consists of.
    pub fn needs(size: TreeSize) -> Vec<HashIndex> {
        Question::root(size).needs()
    }

    /// The edge again, from what [`Frontier::needs`] asks for. Compare [`Frontier::head`] with a checkpoint
    /// before anything is appended: other hashes are not noticed here.
    ///
    /// # Errors
    /// [`AnswerError`] for more or fewer hashes.
    pub fn restore(size: TreeSize, hashes: Vec<TreeHash>) -> Result<Self, AnswerError> {
        let asked = Self::needs(size).len();
        if hashes.len() != asked {
            return Err(AnswerError { asked, given: hashes.len() });
        }
        Ok(Self { size, edge: hashes })
    }

    /// As [`Frontier::restore`], from a reader.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read<R: HashReader>(size: TreeSize, reader: &R) -> Result<Self, ReadError<R::Error>> {
        let hashes = reader.read_hashes(&Self::needs(size)).map_err(ReadError::Storage)?;
        Ok(Self::restore(size, hashes)?)
    }

    /// How many entries the tree has.
    pub fn size(&self) -> TreeSize {
        self.size
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: stored::fold(self.edge.iter().copied()) }
    }

    /// Appends the entry whose [`TreeHash::leaf`] this is. Returns the hashes to store: the leaf's, and
    /// that of every subtree which it completes, in all two per entry on average.
    pub fn append(&mut self, leaf: TreeHash) -> Vec<(HashIndex, TreeHash)> {
        let number = self.size.0;
        let mut new = vec![(HashIndex::leaf(Position(number)), leaf)];
        let mut right = leaf;
        // Every trailing one of the old size is a subtree on the edge that finds its right half now.
        for level in 1..=number.trailing_ones() {
            let Some(left) = self.edge.pop() else { break };
            right = TreeHash::node(left, right);
            let level = u8::try_from(level).unwrap_or(u8::MAX);
            new.push((HashIndex { level, number: number.checked_shr(level.into()).unwrap_or(0) }, right));
        }
        self.edge.push(right);
        self.size = TreeSize(number.saturating_add(1));
        new
    }
}

impl Default for Frontier {
    fn default() -> Self {
        Self::EMPTY
    }
}
