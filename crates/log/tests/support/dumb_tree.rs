//! RFC 6962, section 2.1, as it stands there: recursive, over all the entries, every time. What the tree of
//! this crate is held against.

use minutebook_log::{Frontier, HashIndex, HashReader, TreeHash, TreeHead, TreeSize};
use std::collections::HashMap;

/// Entries that differ: `entry 0`, `entry 1` ...
pub(crate) fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|at| format!("entry {at}").into_bytes()).collect()
}

/// MTH(D).
pub(crate) fn root(entries: &[Vec<u8>]) -> TreeHash {
    match entries {
        [] => TreeHash::EMPTY,
        [entry] => TreeHash::leaf(entry),
        _ => {
            let (left, right) = entries.split_at(split(entries.len()));
            TreeHash::node(root(left), root(right))
        }
    }
}

/// PATH(m, D).
pub(crate) fn path(position: usize, entries: &[Vec<u8>]) -> Vec<TreeHash> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let middle = split(entries.len());
    let (left, right) = entries.split_at(middle);
    let (mut path, beside) = if position < middle {
        (path(position, left), root(right))
    } else {
        (path(position - middle, right), root(left))
    };
    path.push(beside);
    path
}

/// PROOF(m, D).
pub(crate) fn consistency(old: usize, entries: &[Vec<u8>]) -> Vec<TreeHash> {
    subproof(old, entries, true)
}

fn subproof(old: usize, entries: &[Vec<u8>], is_known: bool) -> Vec<TreeHash> {
    if old == entries.len() {
        return if is_known { Vec::new() } else { vec![root(entries)] };
    }
    let middle = split(entries.len());
    let (left, right) = entries.split_at(middle);
    let (mut proof, beside) = if old <= middle {
        (subproof(old, left, is_known), root(right))
    } else {
        (subproof(old - middle, right, false), root(left))
    };
    proof.push(beside);
    proof
}

/// The largest power of two smaller than `count`.
fn split(count: usize) -> usize {
    let mut middle = 1;
    while middle * 2 < count {
        middle *= 2;
    }
    middle
}

/// The head of the first `size` entries.
pub(crate) fn head(entries: &[Vec<u8>], size: usize) -> TreeHead {
    TreeHead { size: TreeSize(size as u64), root: root(&entries[..size]) }
}

/// Stored hashes in a map, and what was asked of it.
#[derive(Default)]
pub(crate) struct Map(pub(crate) HashMap<HashIndex, TreeHash>);

impl Map {
    /// What appending these entries one by one stores, and the edge after the last.
    pub(crate) fn of(entries: &[Vec<u8>]) -> (Self, Frontier) {
        let (mut map, mut frontier) = (Self::default(), Frontier::EMPTY);
        for entry in entries {
            map.0.extend(frontier.append(TreeHash::leaf(entry)));
        }
        (map, frontier)
    }
}

impl HashReader for Map {
    type Error = String;

    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, String> {
        at.iter().map(|index| self.0.get(index).copied().ok_or(format!("{index:?}"))).collect()
    }
}
