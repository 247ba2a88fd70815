//! Proofs over the tree, in pairs: what proves and what checks share the hash alone. Who proves splits the
//! tree from the root down, as RFC 6962 tells it (section 2.1.1, 2.1.2); who checks climbs from the leaf
//! by the bits of position and size, as RFC 9162 does (section 2.1.3.2, 2.1.4.2).

use crate::{HashReader, Position, Question, ReadError, TreeHash, TreeHead, TreeSize};

/// The most hashes that a proof has: the height of the largest tree, and one more.
pub const PROOF_HASHES_MAX: usize = 64;

/// The hashes beside the path from a leaf to the root, the leaf's neighbour first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InclusionProof(pub Vec<TreeHash>);

/// The hashes that lead from an earlier tree to a later one, in RFC 6962's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConsistencyProof(pub Vec<TreeHash>);

/// What an inclusion proof has proved; only [`check_inclusion`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Included {
    leaf: TreeHash,
    position: Position,
    head: TreeHead,
}

/// What a consistency proof has proved; only [`check_consistency`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extended {
    old: TreeHead,
    new: TreeHead,
}

/// Why a proof does not hold, or can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree is empty: there is nothing in it, and nothing that it binds its successors to.
    #[error("a tree of size 0 proves nothing")]
    EmptyTree,
    /// There is no such entry.
    #[error("position {position} is not in a tree of size {size}")]
    Outside {
        /// The position asked for.
        position: Position,
        /// The size of the tree.
        size: TreeSize,
    },
    /// The later tree is the smaller one.
    #[error("a tree of size {new} does not extend one of size {old}")]
    Shrunk {
        /// The size said to be the earlier.
        old: TreeSize,
        /// The size said to be the later.
        new: TreeSize,
    },
    /// There are hashes too few for position and size.
    #[error("the proof ends before the root: it has {found} hashes")]
    Short {
        /// How many it has.
        found: usize,
    },
    /// There are hashes too many for position and size.
    #[error("the proof goes on beyond the root: it has {found} hashes")]
    Long {
        /// How many it has.
        found: usize,
    },
    /// The proof leads to another root than the claim's.
    #[error("the proof leads to the root {computed}; the claim is {claimed} at size {size}")]
    Root {
        /// Where it leads.
        computed: TreeHash,
        /// Where it should.
        claimed: TreeHash,
        /// The size of the tree that is not this one.
        size: TreeSize,
    },
}

/// Why a proof was not made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError<E> {
    /// There is nothing to prove.
    #[error(transparent)]
    Claim(#[from] ProofError),
    /// The hashes could not be read.
    #[error("{0}")]
    Read(ReadError<E>),
}

impl Included {
    /// The hash of the entry's bytes as a leaf.
    pub fn leaf(&self) -> TreeHash {
        self.leaf
    }

    /// Where the entry stands.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The tree that it stands in.
    pub fn head(&self) -> TreeHead {
        self.head
    }
}

impl Extended {
    /// The tree that all entries were taken from.
    pub fn earlier(&self) -> TreeHead {
        self.old
    }

    /// The tree that begins with them.
    pub fn later(&self) -> TreeHead {
        self.new
    }
}

/// Which hashes prove that `position` is in a tree of this size: one hash of the proof each, in its order.
///
/// # Errors
/// [`ProofError::Outside`], also for an empty tree.
pub fn inclusion_question(position: Position, size: TreeSize) -> Result<Question, ProofError> {
    if !size.holds(position) {
        return Err(ProofError::Outside { position, size });
    }
    let (mut beside, mut from, mut to) = (Vec::new(), 0, size.0);
    while to - from > 1 {
        let middle = split(from, to);
        if position.0 < middle {
            beside.push((middle, to));
            to = middle;
        } else {
            beside.push((from, middle));
            from = middle;
        }
    }
    Ok(Question::over(beside.into_iter().rev()))
}

/// Proves that the entry at `position` is in the tree of this size.
///
/// # Errors
/// [`ProveError`].
pub fn prove_inclusion<R: HashReader>(
    position: Position,
    size: TreeSize,
    reader: &R,
) -> Result<InclusionProof, ProveError<R::Error>> {
    inclusion_question(position, size)?.ask(reader).map(InclusionProof).map_err(ProveError::Read)
}

/// Checks that these very bytes are the entry at `position` in the tree with this size and root.
///
/// # Errors
/// [`ProofError`] unless they are, and the proof has exactly the hashes that position and size ask for.
pub fn check_inclusion(
    entry: &[u8],
    position: Position,
    head: TreeHead,
    proof: &InclusionProof,
) -> Result<Included, ProofError> {
    let last = head.size.last().ok_or(ProofError::EmptyTree)?;
    if !head.size.holds(position) {
        return Err(ProofError::Outside { position, size: head.size });
    }
    let leaf = TreeHash::leaf(entry);
    let mut climb = Climb { node: position.0, last: last.0 };
    let mut root = leaf;
    for beside in &proof.0 {
        root = match climb.step().ok_or(ProofError::Long { found: proof.0.len() })? {
            Side::Left => TreeHash::node(*beside, root),
            Side::Right => TreeHash::node(root, *beside),
        };
    }
    climb.check_arrived(proof.0.len())?;
    check_root(root, head)?;
    Ok(Included { leaf, position, head })
}

/// Which hashes prove that a tree of size `new` begins with one of size `old`.
///
/// # Errors
/// [`ProofError::EmptyTree`] where `old` is 0, [`ProofError::Shrunk`] where `new` is smaller.
pub fn consistency_question(old: TreeSize, new: TreeSize) -> Result<Question, ProofError> {
    check_sizes(old, new)?;
    let (mut beside, mut from, mut to) = (Vec::new(), 0, new.0);
    while old.0 != to {
        let middle = split(from, to);
        if old.0 <= middle {
            beside.push((middle, to));
            to = middle;
        } else {
            beside.push((from, middle));
            from = middle;
        }
    }
    // What is left is the old tree's last subtree. Where that is the whole old tree, its root is known.
    if from != 0 {
        beside.push((from, to));
    }
    Ok(Question::over(beside.into_iter().rev()))
}

/// Proves that the tree of size `new` begins with that of size `old`.
///
/// # Errors
/// [`ProveError`].
pub fn prove_consistency<R: HashReader>(
    old: TreeSize,
    new: TreeSize,
    reader: &R,
) -> Result<ConsistencyProof, ProveError<R::Error>> {
    consistency_question(old, new)?.ask(reader).map(ConsistencyProof).map_err(ProveError::Read)
}

/// Checks that the tree `new` begins with all entries of the tree `old`, in their order.
///
/// # Errors
/// [`ProofError`] unless it does, and the proof has exactly the hashes that both sizes ask for. An `old` of
/// size 0 is refused: every tree extends it, so nothing would have been proved.
pub fn check_consistency(
    old: TreeHead,
    new: TreeHead,
    proof: &ConsistencyProof,
) -> Result<Extended, ProofError> {
    check_sizes(old.size, new.size)?;
    let found = proof.0.len();
    if old.size == new.size {
        return check_same(old, new, found);
    }
    let mut climb = Climb { node: old.size.0.saturating_sub(1), last: new.size.0.saturating_sub(1) };
    climb.rise_while_right();
    let mut beside = proof.0.iter().copied();
    // A whole old tree is a subtree of the new one, and its root is in no need of proof.
    let start = if climb.node == 0 { old.root } else { beside.next().ok_or(ProofError::Short { found })? };
    let (mut old_root, mut new_root) = (start, start);
    for beside in beside {
        match climb.step().ok_or(ProofError::Long { found })? {
            Side::Left => {
                old_root = TreeHash::node(beside, old_root);
                new_root = TreeHash::node(beside, new_root);
            }
            Side::Right => new_root = TreeHash::node(new_root, beside),
        }
    }
    climb.check_arrived(found)?;
    check_root(old_root, old)?;
    check_root(new_root, new)?;
    Ok(Extended { old, new })
}

/// Two heads of one size: nothing is to be proved, and they are the same or one of them is false.
fn check_same(old: TreeHead, new: TreeHead, found: usize) -> Result<Extended, ProofError> {
    if found != 0 {
        return Err(ProofError::Long { found });
    }
    check_root(old.root, new)?;
    Ok(Extended { old, new })
}

/// A path from a node to the root. `node` is its number at its level, `last` that of the last node there.
struct Climb {
    node: u64,
    last: u64,
}

/// On which side of the path the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

impl Climb {
    /// One level up, or several where the node has no neighbour; nothing at the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 {
            Side::Left
        } else if self.node == self.last {
            self.rise_while_alone();
            Side::Left
        } else {
            Side::Right
        };
        self.rise();
        Some(side)
    }

    /// A last node without a neighbour stands for its parent too.
    fn rise_while_alone(&mut self) {
        while self.node & 1 == 0 && self.node != 0 {
            self.rise();
        }
    }

    fn rise_while_right(&mut self) {
        while self.node & 1 == 1 {
            self.rise();
        }
    }

    fn rise(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    fn check_arrived(&self, found: usize) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::Short { found }) }
    }
}

fn check_root(computed: TreeHash, claim: TreeHead) -> Result<(), ProofError> {
    if computed == claim.root {
        Ok(())
    } else {
        Err(ProofError::Root { computed, claimed: claim.root, size: claim.size })
    }
}

fn check_sizes(old: TreeSize, new: TreeSize) -> Result<(), ProofError> {
    if old == TreeSize::EMPTY {
        return Err(ProofError::EmptyTree);
    }
    if new < old { Err(ProofError::Shrunk { old, new }) } else { Ok(()) }
}

/// Where RFC 6962 splits the entries `from..to`, of which there are two or more: after the largest power
/// of two that is smaller than their number.
fn split(from: u64, to: u64) -> u64 {
    from + (1 << (to - from - 1).ilog2())
}
