//! The tree and its proofs against RFC 6962 told naively, at every small size and around the edges of
//! tiles; and every proof that is not right.

use crate::support::dumb_tree::{self, Map, entries, head};
use minutebook_log::{
    ConsistencyProof, Frontier, InclusionProof, Position, ProofError, ProveError, Tile, TileHashes, TreeHash,
    TreeHead, TreeSize, check_consistency, check_inclusion, encode_hash_tile, prove_consistency,
    prove_inclusion, read_head,
};
use minutebook_log::{HashReader as _, TileRow};

/// Every size up to here is tried with every other.
const EXHAUSTIVE: usize = 70;

fn position(at: usize) -> Position {
    Position(at as u64)
}

fn size(count: usize) -> TreeSize {
    TreeSize(count as u64)
}

#[test]
fn roots_are_those_of_the_naive_tree() {
    let entries = entries(EXHAUSTIVE);
    let (map, _edge) = Map::of(&entries);
    let mut frontier = Frontier::EMPTY;
    for count in 0..=EXHAUSTIVE {
        let needed = head(&entries, count);
        assert_eq!(frontier.head(), needed);
        assert_eq!(read_head(size(count), &map).unwrap(), needed);
        assert_eq!(Frontier::read(size(count), &map).unwrap(), frontier, "the edge again");
        if count < EXHAUSTIVE {
            frontier.append(TreeHash::leaf(&entries[count]));
        }
    }
}

#[test]
fn every_entry_is_proved_in_every_tree() {
    let entries = entries(EXHAUSTIVE);
    let (map, _edge) = Map::of(&entries);
    for count in 1..=EXHAUSTIVE {
        let head = head(&entries, count);
        for at in 0..count {
            let proof = prove_inclusion(position(at), size(count), &map).unwrap();
            assert_eq!(proof.0, dumb_tree::path(at, &entries[..count]), "{at} in {count}");
            let included = check_inclusion(&entries[at], position(at), head, &proof).unwrap();
            assert_eq!((included.position(), included.head()), (position(at), head));
            assert_eq!(included.leaf(), TreeHash::leaf(&entries[at]));
        }
    }
}

#[test]
fn every_tree_is_proved_to_extend_those_before_it() {
    let entries = entries(EXHAUSTIVE);
    let (map, _edge) = Map::of(&entries);
    let heads: Vec<TreeHead> = (0..=EXHAUSTIVE).map(|count| head(&entries, count)).collect();
    for new in 1..=EXHAUSTIVE {
        for old in 1..=new {
            let proof = prove_consistency(size(old), size(new), &map).unwrap();
            assert_eq!(proof.0, dumb_tree::consistency(old, &entries[..new]), "{old} to {new}");
            let extended = check_consistency(heads[old], heads[new], &proof).unwrap();
            assert_eq!((extended.earlier(), extended.later()), (heads[old], heads[new]));
        }
    }
}

/// All that somebody could do to a list of hashes by one step: flip a bit of each, drop each, double each,
/// put another at either end, reverse it.
fn spoilt(hashes: &[TreeHash]) -> Vec<Vec<TreeHash>> {
    let mut all = Vec::new();
    let mut change = |change: &dyn Fn(&mut Vec<TreeHash>)| {
        let mut spoilt = hashes.to_vec();
        change(&mut spoilt);
        if spoilt != hashes {
            all.push(spoilt);
        }
    };
    for at in 0..hashes.len() {
        for byte in [0, 13, 31] {
            change(&|spoilt| {
                let mut bytes = *spoilt[at].as_bytes();
                bytes[byte] ^= 0x10;
                spoilt[at] = TreeHash::from_bytes(bytes);
            });
        }
        change(&|spoilt| {
            spoilt.remove(at);
        });
        change(&|spoilt| spoilt.insert(at, hashes[at]));
    }
    change(&|spoilt| spoilt.push(TreeHash::EMPTY));
    change(&|spoilt| spoilt.insert(0, TreeHash::EMPTY));
    change(&|spoilt| spoilt.reverse());
    change(&|spoilt| spoilt.clear());
    all
}

#[test]
fn a_spoilt_inclusion_proof_proves_nothing() {
    let entries = entries(EXHAUSTIVE);
    let mut tried = 0;
    for count in 1..=EXHAUSTIVE {
        let head = head(&entries, count);
        for at in 0..count {
            for proof in spoilt(&dumb_tree::path(at, &entries[..count])) {
                let checked = check_inclusion(&entries[at], position(at), head, &InclusionProof(proof));
                assert!(checked.is_err(), "{at} in {count}");
                tried += 1;
            }
        }
    }
    assert!(tried > 50_000, "{tried}");
}

#[test]
fn a_spoilt_consistency_proof_proves_nothing() {
    let entries = entries(EXHAUSTIVE);
    let heads: Vec<TreeHead> = (0..=EXHAUSTIVE).map(|count| head(&entries, count)).collect();
    let mut tried = 0;
    for new in 1..=EXHAUSTIVE {
        for old in 1..=new {
            for proof in spoilt(&dumb_tree::consistency(old, &entries[..new])) {
                let checked = check_consistency(heads[old], heads[new], &ConsistencyProof(proof));
                assert!(checked.is_err(), "{old} to {new}");
                tried += 1;
            }
        }
    }
    assert!(tried > 50_000, "{tried}");
}

#[test]
fn a_proof_is_for_one_entry_one_position_and_one_tree() {
    const COUNT: usize = 20;
    let entries = entries(COUNT);
    for count in 1..=COUNT {
        for at in 0..count {
            let proof = InclusionProof(dumb_tree::path(at, &entries[..count]));
            for other in 0..COUNT {
                let other_head = head(&entries, other + 1);
                let is_same = other + 1 == count;
                let as_other_tree = check_inclusion(&entries[at], position(at), other_head, &proof);
                assert_eq!(as_other_tree.is_ok(), is_same, "{at} in {count}, as in {}", other + 1);
                let head = head(&entries, count);
                let as_other_entry = check_inclusion(&entries[other], position(at), head, &proof);
                assert_eq!(as_other_entry.is_ok(), other == at, "{at} in {count}, for entry {other}");
                let as_elsewhere = check_inclusion(&entries[at], position(other), head, &proof);
                assert_eq!(as_elsewhere.is_ok(), other == at, "{at} in {count}, at position {other}");
            }
        }
    }
}

#[test]
fn a_consistency_proof_is_for_one_pair_of_trees() {
    const COUNT: usize = 20;
    let entries = entries(COUNT);
    for new in 1..=COUNT {
        for old in 1..=new {
            let proof = ConsistencyProof(dumb_tree::consistency(old, &entries[..new]));
            for other in 1..=COUNT {
                let (old_head, new_head) = (head(&entries, old), head(&entries, new));
                let other_head = head(&entries, other);
                let from_other = check_consistency(other_head, new_head, &proof);
                let same_proof = |old: usize, new: usize| {
                    old <= new && dumb_tree::consistency(old, &entries[..new]) == proof.0
                };
                assert_eq!(from_other.is_ok(), same_proof(other, new), "{old} to {new}, from {other}");
                let to_other = check_consistency(old_head, other_head, &proof);
                assert_eq!(to_other.is_ok(), same_proof(old, other), "{old} to {new}, to {other}");
            }
        }
    }
}

#[test]
fn an_empty_tree_proves_nothing() {
    let (map, _edge) = Map::of(&entries(3));
    let head = head(&entries(3), 3);
    let nothing = (InclusionProof::default(), ConsistencyProof::default());
    let included = check_inclusion(b"", Position(0), TreeHead::EMPTY, &nothing.0);
    assert_eq!(included, Err(ProofError::EmptyTree));
    assert_eq!(check_consistency(TreeHead::EMPTY, head, &nothing.1), Err(ProofError::EmptyTree));
    assert_eq!(check_consistency(TreeHead::EMPTY, TreeHead::EMPTY, &nothing.1), Err(ProofError::EmptyTree));
    let shrunk = ProofError::Shrunk { old: TreeSize(3), new: TreeSize(0) };
    assert_eq!(check_consistency(head, TreeHead::EMPTY, &nothing.1), Err(shrunk));
    let asked = prove_consistency(TreeSize(0), TreeSize(3), &map);
    assert!(matches!(asked, Err(ProveError::Claim(ProofError::EmptyTree))));
    let asked = prove_inclusion(Position(3), TreeSize(3), &map);
    assert!(matches!(asked, Err(ProveError::Claim(ProofError::Outside { .. }))));
}

#[test]
fn errors_say_what_is_wrong_with_a_proof() {
    let entries = entries(6);
    let (head, path) = (head(&entries, 6), dumb_tree::path(2, &entries));
    let check = |proof: &[TreeHash]| {
        check_inclusion(&entries[2], Position(2), head, &InclusionProof(proof.to_vec())).unwrap_err()
    };
    assert_eq!(check(&path[..2]), ProofError::Short { found: 2 });
    assert_eq!(check(&[]), ProofError::Short { found: 0 });
    assert_eq!(check(&[path.as_slice(), &path[..1]].concat()), ProofError::Long { found: 4 });
    let outside = check_inclusion(&entries[2], Position(6), head, &InclusionProof(path.clone()));
    assert_eq!(outside, Err(ProofError::Outside { position: Position(6), size: TreeSize(6) }));
    let other = check_inclusion(&entries[3], Position(2), head, &InclusionProof(path)).unwrap_err();
    assert!(matches!(other, ProofError::Root { claimed, .. } if claimed == head.root), "{other}");
}

#[test]
fn the_largest_sizes_neither_overflow_nor_loop() {
    let head = TreeHead { size: TreeSize(u64::MAX), root: TreeHash::EMPTY };
    for at in [0, 1, u64::MAX / 2, u64::MAX - 1] {
        for hashes in 0..70 {
            let proof = vec![TreeHash::EMPTY; hashes];
            assert!(check_inclusion(b"", Position(at), head, &InclusionProof(proof.clone())).is_err());
            let old = TreeHead { size: TreeSize(at + 1), ..head };
            // Two heads of one size with one root are the same without any proof.
            let is_same = at == u64::MAX - 1 && hashes == 0;
            assert_eq!(check_consistency(old, head, &ConsistencyProof(proof)).is_ok(), is_same);
        }
        let question = minutebook_log::inclusion_question(Position(at), head.size).unwrap();
        assert!(question.needs().len() <= 128);
    }
}

/// The stored hashes of a tree as its tiles, written and read again.
fn tiles(map: &Map, count: usize) -> TileHashes {
    let mut tiles = TileHashes::new(size(count));
    for tile in Tile::grown(TreeSize::EMPTY, size(count)) {
        if tile.row != TileRow::Entries {
            tiles.add(tile, &encode_hash_tile(&map.read_hashes(&tile.hashes()).unwrap())).unwrap();
        }
    }
    tiles
}

/// Around the edges of a tile and of a tile of tiles: the root from edge, map and tiles alike, and proofs
/// made from tiles alone.
#[test]
fn the_edges_of_tiles() {
    let entries = entries(65_537);
    let mut frontier = Frontier::EMPTY;
    let mut map = Map::default();
    let sizes = [1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537];
    let mut heads: Vec<TreeHead> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        map.0.extend(frontier.append(TreeHash::leaf(entry)));
        if !sizes.contains(&(at + 1)) {
            continue;
        }
        let (count, new) = (at + 1, frontier.head());
        assert_eq!(new.root, dumb_tree::root(&entries[..count]));
        let tiles = tiles(&map, count);
        assert_eq!(read_head(size(count), &tiles).unwrap(), new, "{count} from tiles");
        for at in [0, 1, 254, 255, 256, 257, count / 2, count.saturating_sub(2), count - 1] {
            if at < count {
                let proof = prove_inclusion(position(at), size(count), &tiles).unwrap();
                assert_eq!(proof, prove_inclusion(position(at), size(count), &map).unwrap());
                check_inclusion(&entries[at], position(at), new, &proof).unwrap();
            }
        }
        for old in &heads {
            let proof = prove_consistency(old.size, size(count), &tiles).unwrap();
            check_consistency(*old, new, &proof).unwrap();
        }
        heads.push(new);
    }
    assert_eq!(heads.len(), sizes.len());
}

#[test]
fn an_entry_is_stored_with_two_hashes_on_average() {
    let (map, edge) = Map::of(&entries(1_000));
    assert_eq!(map.0.len(), 1_994, "2 n - the ones in n, of which 1000 has six");
    assert!(map.0.keys().all(|index| index.is_in(edge.size())));
}
