//! Trees, tiles and notes against crates that others wrote: ct-merkle, tlog_tiles and signed_note.

use crate::support::dumb_tree::Map;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use minutebook_log::{
    Checkpoint, ConsistencyProof, HashIndex, HashReader as _, InclusionProof, LogKey, Note, NoteSignature,
    Position, SecretKey, SignedCheckpoint, Tile, TileRow, TreeHash, TreeHead, TreeSize, VerifierKey,
    check_consistency, check_inclusion, prove_consistency, prove_inclusion, read_head,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use sha2::Sha256;
use signed_note::{StandardVerifier, Verifier, VerifierList};
use tlog_tiles::{Hash, tlog};

type Theirs = MemoryBackedTree<Sha256, Vec<u8>>;

fn theirs(entries: &[Vec<u8>]) -> Theirs {
    let mut tree = Theirs::new();
    entries.iter().for_each(|entry| tree.push(entry.clone()));
    tree
}

fn root(tree: &Theirs) -> TreeHash {
    TreeHash::from_bytes((*tree.root().as_bytes()).into())
}

fn hashes(bytes: &[u8]) -> Vec<TreeHash> {
    bytes.as_chunks::<32>().0.iter().map(|hash| TreeHash::from_bytes(*hash)).collect()
}

/// Our stored hashes under the index that Go's tlog, and so tlog_tiles, gives them.
struct Dense<'m>(&'m Map);

impl tlog::HashReader for Dense<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog::Error> {
        let ours = |index: &u64| {
            let (level, number) = tlog::split_stored_hash_index(*index);
            HashIndex { level, number }
        };
        let read = self.0.read_hashes(&indexes.iter().map(ours).collect::<Vec<_>>()).unwrap();
        Ok(read.iter().map(|hash| Hash(*hash.as_bytes())).collect())
    }
}

fn their_hash(hash: TreeHash) -> Hash {
    Hash(*hash.as_bytes())
}

fn entries() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(any::<u8>(), 0..40), 1..300)
}

/// The path that C2SP gives a tile. Go's, which tlog_tiles writes, has the height in front, and calls
/// bundles data.
fn c2sp(tile: &tlog_tiles::tile::Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1).replacen("tile/data/", "tile/entries/", 1)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn trees_and_proofs_are_those_of_ct_merkle(entries in entries(), at in any::<Index>(), old in any::<Index>()) {
        let (tree, (map, edge)) = (theirs(&entries), Map::of(&entries));
        let head = TreeHead { size: TreeSize(entries.len() as u64), root: root(&tree) };
        prop_assert_eq!(edge.head(), head);

        let at = at.index(entries.len());
        let position = Position(at as u64);
        let proof = tree.prove_inclusion(at);
        let ours = prove_inclusion(position, head.size, &map).unwrap();
        prop_assert_eq!(&hashes(proof.as_bytes()), &ours.0);
        let checked = check_inclusion(&entries[at], position, head, &InclusionProof(hashes(proof.as_bytes())));
        prop_assert!(checked.is_ok());

        let old = 1 + old.index(entries.len());
        if old < entries.len() {
            let proof = tree.prove_consistency(entries.len() - old);
            let ours = prove_consistency(TreeSize(old as u64), head.size, &map).unwrap();
            prop_assert_eq!(&hashes(proof.as_bytes()), &ours.0);
            let before = TreeHead { size: TreeSize(old as u64), root: root(&theirs(&entries[..old])) };
            let proof = ConsistencyProof(hashes(proof.as_bytes()));
            prop_assert!(check_consistency(before, head, &proof).is_ok());
        }
    }

    #[test]
    fn proofs_are_judged_as_tlog_tiles_judges_them(
        entries in entries(), at in any::<Index>(), claim in any::<Index>(), old in any::<Index>(), flip in any::<Option<(Index, u8)>>()
    ) {
        let map = Map::of(&entries).0;
        let size = entries.len() as u64;
        let head = read_head(TreeSize(size), &map).unwrap();
        prop_assert_eq!(tlog::tree_hash(size, &Dense(&map)).unwrap(), their_hash(head.root));

        let (at, claim) = (at.index(entries.len()), claim.index(entries.len()) as u64);
        let mut proof = prove_inclusion(Position(at as u64), TreeSize(size), &map).unwrap().0;
        spoil(&mut proof, flip);
        let theirs: tlog::RecordProof = proof.iter().copied().map(their_hash).collect();
        let leaf = tlog::record_hash(&entries[at]);
        let judged = tlog::check_record(&theirs, size, their_hash(head.root), claim, leaf).is_ok();
        let ours = check_inclusion(&entries[at], Position(claim), head, &InclusionProof(proof)).is_ok();
        prop_assert_eq!(ours, judged);

        let old = 1 + old.index(entries.len()) as u64;
        let before = read_head(TreeSize(old), &map).unwrap();
        let mut proof = prove_consistency(TreeSize(old), TreeSize(size), &map).unwrap().0;
        spoil(&mut proof, flip);
        let theirs: tlog::TreeProof = proof.iter().copied().map(their_hash).collect();
        let judged =
            tlog::check_tree(&theirs, size, their_hash(head.root), old, their_hash(before.root)).is_ok();
        prop_assert_eq!(check_consistency(before, head, &ConsistencyProof(proof)).is_ok(), judged);
    }

    #[test]
    fn tiles_are_those_of_tlog_tiles(old in 0..200_000_u64, more in 0..200_000_u64) {
        let new = old + more;
        let theirs: Vec<String> = tlog_tiles::tile::Tile::new_tiles(8, old, new).iter().map(c2sp).collect();
        let (bundles, tiles): (Vec<Tile>, Vec<Tile>) = Tile::grown(TreeSize(old), TreeSize(new))
            .into_iter()
            .partition(|tile| tile.row == TileRow::Entries);
        prop_assert_eq!(tiles.iter().map(Tile::to_string).collect::<Vec<_>>(), theirs.clone());
        let level_0 = theirs.iter().filter(|path| path.starts_with("tile/0/"));
        let bundled: Vec<String> = level_0.map(|path| path.replacen("tile/0/", "tile/entries/", 1)).collect();
        prop_assert_eq!(bundles.iter().map(Tile::to_string).collect::<Vec<_>>(), bundled);
        prop_assert!(tiles.iter().chain(&bundles).all(|tile| tile.is_of(TreeSize(new))));
    }

    #[test]
    fn tile_paths_are_those_of_tlog_tiles(number in any::<u64>(), level in 0..64_u8, width in 1..=256_u16) {
        let theirs = tlog_tiles::tile::Tile::new(8, level, number, width.into(), false);
        let ours: Tile = c2sp(&theirs).parse().unwrap();
        prop_assert_eq!(ours.to_string(), c2sp(&theirs));
        prop_assert_eq!((ours.index.0, ours.width.count()), (number, usize::from(width)));
        ours.hashes();
        ours.is_of(TreeSize(number));
    }

    #[test]
    fn checkpoints_are_opened_by_signed_note(
        seed in any::<[u8; 32]>(), other in any::<[u8; 32]>(), size in any::<u64>(), root in any::<[u8; 32]>(), at in any::<Index>(), bit in 0..8_u8
    ) {
        let origin = "minutebook.example/oracle".parse().unwrap();
        let key = LogKey::new(origin, SecretKey::from_seed(&seed));
        let head = TreeHead { size: TreeSize(size), root: TreeHash::from_bytes(root) };
        let signed = key.sign(head);
        let theirs = signed_note::Note::from_bytes(signed.encode().as_bytes()).unwrap();
        prop_assert_eq!(theirs.text(), signed.note().text().as_bytes());
        let verifiers = known(&key.verifier());
        prop_assert_eq!(theirs.verify(&verifiers).unwrap().0.len(), 1);

        let mut changed = signed.encode().into_bytes();
        let at = at.index(changed.len());
        changed[at] ^= 1_u8 << bit;
        let ours = SignedCheckpoint::parse(&changed).is_ok_and(|note| note.verify(&[key.verifier()]).is_ok());
        prop_assert!(!ours, "a bit differs");

        let stranger = LogKey::new("minutebook.example/oracle".parse().unwrap(), SecretKey::from_seed(&other));
        let by_both = signed.with_signatures([stranger.sign(head).note().signatures()[0].clone()]).unwrap();
        let theirs = signed_note::Note::from_bytes(by_both.encode().as_bytes()).unwrap();
        let (verified, unverified) = theirs.verify(&verifiers).unwrap();
        prop_assert_eq!((verified.len(), unverified.len()), if seed == other { (1, 0) } else { (1, 1) });
    }

    #[test]
    fn notes_and_keys_are_read_as_signed_note_reads_them(
        text in "[ -~\n\u{e9}\u{2014}]{0,60}", name in "[!-~\u{e9}]{1,12}", bytes in vec(any::<u8>(), 1..80), id in any::<[u8; 4]>(), seed in any::<[u8; 32]>()
    ) {
        let is_name = signed_note::is_key_name_valid(&name);
        prop_assert_eq!(name.parse::<minutebook_log::KeyName>().is_ok(), is_name);
        if !is_name {
            return Ok(());
        }
        let line = NoteSignature { name: name.parse().unwrap(), id: minutebook_log::KeyId(id), bytes };
        let note = format!("{text}\n\n{line}\n");
        let theirs = signed_note::Note::from_bytes(note.as_bytes());
        let ours = Note::parse(note.as_bytes());
        prop_assert_eq!(ours.is_ok(), theirs.is_ok());
        let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
        prop_assert_eq!(ours.text().as_bytes(), theirs.text());
        prop_assert_eq!(ours.encode().into_bytes(), theirs.to_bytes());

        let secret = SecretKey::from_seed(&seed);
        let key = VerifierKey::of(name.parse().unwrap(), minutebook_log::Algorithm::Ed25519, &secret);
        let theirs = StandardVerifier::new(&key.to_string()).unwrap();
        prop_assert_eq!(theirs.name(), name);
        prop_assert_eq!(theirs.key_id().to_be_bytes(), key.id().0);
    }

    #[test]
    fn checkpoints_are_read_as_tlog_tiles_reads_them(size in any::<u64>(), root in any::<[u8; 32]>(), tail in "[ -~\n]{0,8}") {
        let head = TreeHead { size: TreeSize(size), root: TreeHash::from_bytes(root) };
        let text = Checkpoint { origin: "minutebook.example/oracle".parse().unwrap(), head }.encode();
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!((theirs.size(), theirs.hash()), (size, &their_hash(head.root)));
        // They allow extension lines, and we nothing that they do not.
        let longer = format!("{text}{tail}");
        let ours = Checkpoint::parse(&longer).is_ok();
        prop_assert_eq!(ours, tail.is_empty());
    }
}

fn spoil(proof: &mut Vec<TreeHash>, flip: Option<(Index, u8)>) {
    match flip {
        Some((at, byte)) if !proof.is_empty() => {
            let at = at.index(proof.len());
            match byte {
                0..64 => drop(proof.drain(at..)),
                64..128 => proof.insert(at, proof[at]),
                _ => proof[at] = TreeHash::leaf(&[byte]),
            }
        }
        Some((_at, 0..128)) => proof.push(TreeHash::EMPTY),
        _ => {}
    }
}

fn known(key: &VerifierKey) -> VerifierList {
    VerifierList::new(vec![Box::new(StandardVerifier::new(&key.to_string()).unwrap())])
}
