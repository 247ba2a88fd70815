//! Proofs: whatever is claimed, a check takes exactly what the tree itself would prove.

use minutebook_log::{
    ConsistencyProof, Frontier, HashIndex, HashReader, InclusionProof, Position, TreeHash, TreeHead,
    TreeSize, check_consistency, check_inclusion, prove_consistency, prove_inclusion, read_head,
};
use std::collections::HashMap;
use std::sync::LazyLock;

/// How many entries the tree has.
const SIZE: u64 = 300;

struct Tree(HashMap<HashIndex, TreeHash>);

impl HashReader for Tree {
    type Error = String;

    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, String> {
        at.iter().map(|index| self.0.get(index).copied().ok_or(format!("{index:?}"))).collect()
    }
}

static TREE: LazyLock<Tree> = LazyLock::new(|| {
    let (mut hashes, mut frontier) = (HashMap::new(), Frontier::EMPTY);
    for position in 0..SIZE {
        hashes.extend(frontier.append(TreeHash::leaf(&entry(position))));
    }
    Tree(hashes)
});

fn entry(position: u64) -> Vec<u8> {
    format!("entry {position}").into_bytes()
}

fn head(size: u64) -> TreeHead {
    read_head(TreeSize(size), &*TREE).unwrap()
}

/// Two numbers up to the tree's size, and what is done to a good proof: (where, which byte, with what), hashes dropped,
/// hashes added.
pub fn seeds() -> Vec<Vec<u8>> {
    let of = |one: u16, two: u16, rest: &[u8]| [&one.to_le_bytes()[..], &two.to_le_bytes(), rest].concat();
    vec![
        of(0, 1, &[]),
        of(5, 300, &[]),
        of(255, 256, &[]),
        of(256, 257, &[0, 3, 1]),
        of(7, 100, &[1]),
        of(128, 299, &[2, 9]),
        of(299, 300, &[0, 31, 128]),
        of(1, 2, &[3, 0, 1]),
    ]
}

struct Claim {
    one: u64,
    two: u64,
    changes: Vec<u8>,
}

fn claim(bytes: &[u8]) -> Option<Claim> {
    let (one, rest) = bytes.split_first_chunk::<2>()?;
    let (two, changes) = rest.split_first_chunk::<2>()?;
    let number = |bytes: &[u8; 2]| u64::from(u16::from_le_bytes(*bytes)) % (SIZE + 2);
    Some(Claim { one: number(one), two: number(two), changes: changes.to_vec() })
}

/// Changes a proof as the rest of the bytes say.
fn changed(mut hashes: Vec<TreeHash>, changes: &[u8]) -> Vec<TreeHash> {
    for change in changes.chunks(4).take(8) {
        let number = |at: usize| usize::from(change.get(at).copied().unwrap_or_default());
        let place = number(1) % (hashes.len() + 1);
        match number(0) % 5 {
            0 if place < hashes.len() => {
                let mut bytes = *hashes[place].as_bytes();
                bytes[number(2) % 32] ^= change.get(3).copied().unwrap_or(1);
                hashes[place] = TreeHash::from_bytes(bytes);
            }
            1 if place < hashes.len() => drop(hashes.remove(place)),
            2 => hashes.insert(place, TreeHash::leaf(&entry(number(2) as u64))),
            3 if place < hashes.len() => {
                let other = number(2) % hashes.len();
                hashes.swap(place, other);
            }
            4 => hashes.truncate(place),
            _ => {}
        }
    }
    hashes
}

/// An entry is in a tree by one proof, and no other, under no other root.
pub fn inclusion(bytes: &[u8]) {
    let Some(Claim { one, two, changes }) = claim(bytes) else { return };
    let (position, size) = (Position(one), TreeSize(two.min(SIZE)));
    let proved = prove_inclusion(position, size, &*TREE);
    assert_eq!(proved.is_ok(), position.0 < size.0, "what is there is proved, and nothing else");
    let good = proved.map_or_else(|_| Vec::new(), |proof| proof.0);
    let claimed = changed(good.clone(), &changes);
    let taken = check_inclusion(&entry(one), position, head(size.0), &InclusionProof(claimed.clone()));
    assert_eq!(taken.is_ok(), position.0 < size.0 && claimed == good, "{position} in {size}: {claimed:?}");
    let other = check_inclusion(b"another entry", position, head(size.0), &InclusionProof(good.clone()));
    assert!(other.is_err());
    if size.0 > 1 {
        let other = TreeHead { size, ..head(size.0 - 1) };
        assert!(check_inclusion(&entry(one), position, other, &InclusionProof(good)).is_err());
    }
}

/// A tree extends another by one proof, and no other, from no other root.
pub fn consistency(bytes: &[u8]) {
    let Some(Claim { one, two, changes }) = claim(bytes) else { return };
    let (old, new) = (one.min(SIZE), two.min(SIZE));
    let proved = prove_consistency(TreeSize(old), TreeSize(new), &*TREE);
    let Ok(good) = proved else {
        assert!(old > new || old == 0, "{old} to {new}");
        return;
    };
    let claimed = changed(good.0.clone(), &changes);
    let taken = check_consistency(head(old), head(new), &ConsistencyProof(claimed.clone()));
    assert_eq!(taken.is_ok(), claimed == good.0, "{old} to {new}: {claimed:?}");
    if old > 1 {
        let other = TreeHead { size: TreeSize(old), ..head(old - 1) };
        assert!(check_consistency(other, head(new), &good).is_err(), "another root of {old}");
    }
}
