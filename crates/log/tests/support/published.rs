//! What a log makes of a book: its tree, checkpoints, receipts and published folder, and what witnesses
//! answer it.

use super::dumb_tree::Map;
use super::roles::{CHECKPOINTS, NEXT_CHECKPOINTS, Role, WITNESS_ONE, WITNESS_THREE, WITNESS_TWO, WITNESSES};
use super::small_book::{self, Book};
use minutebook_log::{
    AddCheckpoint, ConsistencyProof, HashReader as _, InclusionProof, KeyName, KnownLog, LogKey, LogKeys,
    NoteSignature, Origin, Policy, Position, PublishedPath, Receipt, SignedCheckpoint, Tile, Timestamp,
    TreeHead, TreeSize, VerifierKey, WitnessKey, encode_bundle, encode_hash_tile, prove_consistency,
    prove_inclusion, read_head,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A book's entries with the hashes of their tree.
pub(crate) struct Log {
    pub(crate) origin: Origin,
    pub(crate) entries: Vec<Vec<u8>>,
    hashes: Map,
    /// Which entry brings the next key.
    rotation: Option<Position>,
}

impl Log {
    pub(crate) fn of(book: &Book) -> Self {
        Self::over(book.entries[0].event().source.clone(), book.bytes())
    }

    /// A tree over whatever bytes.
    pub(crate) fn over(origin: Origin, entries: Vec<Vec<u8>>) -> Self {
        let (hashes, _edge) = Map::of(&entries);
        Self { origin, entries, hashes, rotation: None }
    }

    /// The small book with a rotation: its first key, and with entry 7 the next.
    pub(crate) fn rotated() -> Self {
        Self { rotation: Some(ROTATION), ..Self::of(&small_book::rotated()) }
    }

    pub(crate) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn head(&self, size: u64) -> TreeHead {
        read_head(TreeSize(size), &self.hashes).unwrap()
    }

    pub(crate) fn inclusion(&self, position: u64, size: u64) -> InclusionProof {
        prove_inclusion(Position(position), TreeSize(size), &self.hashes).unwrap()
    }

    pub(crate) fn consistency(&self, old: u64, new: u64) -> ConsistencyProof {
        prove_consistency(TreeSize(old), TreeSize(new), &self.hashes).unwrap()
    }

    pub(crate) fn key(&self) -> LogKey {
        log_key(&self.origin, CHECKPOINTS)
    }

    pub(crate) fn next_key(&self) -> LogKey {
        log_key(&self.origin, NEXT_CHECKPOINTS)
    }

    /// Signed by the log alone: by the key that holds at this size, and by both where one hands over.
    pub(crate) fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        match self.rotation {
            Some(rotation) if rotation.0 + 1 == size => {
                self.key().hand_over(&self.next_key(), self.head(size))
            }
            Some(rotation) if rotation.0 + 1 < size => self.next_key().sign(self.head(size)),
            _ => self.key().sign(self.head(size)),
        }
    }

    /// Signed by the log and the first two witnesses, one after the other.
    pub(crate) fn cosigned(&self, size: u64) -> SignedCheckpoint {
        let checkpoint = self.checkpoint(size);
        let lines = [cosignature(&checkpoint, WITNESS_ONE, 2), cosignature(&checkpoint, WITNESS_TWO, 3)];
        checkpoint.with_signatures(lines).unwrap()
    }

    pub(crate) fn receipt(&self, position: u64, checkpoint: SignedCheckpoint) -> Receipt {
        let size = checkpoint.unverified().head.size.0;
        let entry = self.entries[usize::try_from(position).unwrap()].clone();
        Receipt { entry, position: Position(position), proof: self.inclusion(position, size), checkpoint }
    }

    pub(crate) fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        let proof = if old == 0 { ConsistencyProof::default() } else { self.consistency(old, new) };
        AddCheckpoint { old: TreeSize(old), proof, checkpoint: self.checkpoint(new).into() }
    }

    /// The log as a witness knows it, by these keys.
    pub(crate) fn known_by(&self, keys: &[VerifierKey]) -> Vec<KnownLog> {
        let known = keys.iter().map(|key| KnownLog::new(self.origin.as_str(), key.clone()).unwrap());
        known.reduce(|one, other| one.with_keys_of(&other)).into_iter().collect()
    }

    pub(crate) fn keys(&self) -> LogKeys {
        let first = LogKeys::new(vec![(Position::FIRST, self.key().verifier())]).unwrap();
        self.rotation
            .map_or(first.clone(), |rotation| first.with(rotation, self.next_key().verifier()).unwrap())
    }

    /// The published folder at its full size.
    pub(crate) fn folder(&self) -> BTreeMap<PublishedPath, Vec<u8>> {
        let size = TreeSize(self.size());
        let cosigned = self.cosigned(self.size()).encode().into_bytes();
        let mut files = BTreeMap::from([
            (PublishedPath::Checkpoint, cosigned.clone()),
            (PublishedPath::Witnessed(size), cosigned),
            (PublishedPath::Keys, self.keys().encode().into_bytes()),
        ]);
        for size in self.keys().hand_overs() {
            files.insert(PublishedPath::Rotated(size), self.checkpoint(size.0).encode().into_bytes());
        }
        for tile in Tile::grown(TreeSize::EMPTY, size) {
            files.insert(PublishedPath::Tile(tile), self.tile(tile));
        }
        files
    }

    fn tile(&self, tile: Tile) -> Vec<u8> {
        let hashes = tile.hashes();
        if hashes.is_empty() {
            let at = |position| usize::try_from(position).unwrap();
            let positions = tile.positions();
            return encode_bundle(&self.entries[at(positions.start)..at(positions.end)]).unwrap();
        }
        encode_hash_tile(&self.hashes.read_hashes(&hashes).unwrap())
    }

    /// Every root and every proof of the book.
    pub(crate) fn tree(&self) -> Value {
        let sizes = 1..=self.size();
        let inclusion = sizes.clone().flat_map(|size| (0..size).map(move |position| (position, size)));
        let consistency = sizes.flat_map(|new| (1..=new).map(move |old| (old, new)));
        self.proofs(inclusion, consistency)
    }

    /// Every root, and the proofs that these positions are in trees of these sizes, and that trees of these
    /// sizes are extended by those.
    pub(crate) fn proofs(
        &self,
        inclusion: impl Iterator<Item = (u64, u64)>,
        consistency: impl Iterator<Item = (u64, u64)>,
    ) -> Value {
        let text = |hashes: &[minutebook_log::TreeHash]| -> Vec<String> {
            hashes.iter().map(ToString::to_string).collect()
        };
        let leaf = |entry: &Vec<u8>| minutebook_log::TreeHash::leaf(entry).to_string();
        json!({
            "origin": self.origin,
            "leaves": self.entries.iter().map(leaf).collect::<Vec<_>>(),
            "roots": (0..=self.size()).map(|size| self.head(size).root.to_string()).collect::<Vec<_>>(),
            "inclusion": inclusion.map(|(position, size)| json!({
                "position": position, "size": size, "proof": text(&self.inclusion(position, size).0),
            })).collect::<Vec<_>>(),
            "consistency": consistency.map(|(old, new)| json!({
                "old": old, "new": new, "proof": text(&self.consistency(old, new).0),
            })).collect::<Vec<_>>(),
        })
    }

    /// Every size with the root of the tree of that size.
    fn roots(&self) -> String {
        (0..=self.size()).map(|size| format!("{size} {}\n", self.head(size).root)).collect()
    }

    /// The vectors of the small book, by their names under `spec/vectors`.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let size = self.size();
        let request = self.request(3, size);
        let answer = format!("{}\n", cosignature(&self.checkpoint(size), WITNESS_ONE, 2));
        let mut tree = serde_json::to_vec_pretty(&self.tree()).unwrap();
        tree.push(b'\n');
        let mut files = BTreeMap::from([
            ("tree.json".into(), tree),
            ("roots.txt".into(), self.roots().into_bytes()),
            ("checkpoint-3.txt".into(), self.checkpoint(3).encode().into_bytes()),
            ("checkpoint-7.txt".into(), self.checkpoint(size).encode().into_bytes()),
            ("checkpoint-7-cosigned.txt".into(), self.cosigned(size).encode().into_bytes()),
            ("receipt-6.tlog-proof".into(), self.receipt(6, self.cosigned(size)).encode().into_bytes()),
            ("receipt-1-of-3.tlog-proof".into(), self.receipt(1, self.checkpoint(3)).encode().into_bytes()),
            ("policy.txt".into(), policy_text(self).into_bytes()),
            ("add-checkpoint.txt".into(), request.encode().into_bytes()),
            ("add-checkpoint-answer.txt".into(), answer.into_bytes()),
        ]);
        for (folder, of) in [("published", self), ("published-rotated", &Self::rotated())] {
            let published = of.folder().into_iter();
            files.extend(published.map(|(path, bytes)| (Path::new(folder).join(path.to_string()), bytes)));
        }
        files
    }
}

pub(crate) fn log_key(origin: &Origin, role: Role) -> LogKey {
    LogKey::new(origin.clone(), role.secret())
}

/// Which entry of the rotated book brings the next key.
pub(crate) const ROTATION: Position = Position(7);

pub(crate) fn witness_key(role: Role) -> WitnessKey {
    let name: KeyName = format!("witness.example/{}", role.name.replace(' ', "-")).parse().unwrap();
    WitnessKey::new(name, role.secret())
}

/// The role's cosignature so many seconds after the last entry was recorded.
pub(crate) fn cosignature(checkpoint: &SignedCheckpoint, role: Role, seconds: i64) -> NoteSignature {
    let last = Timestamp::parse_recorded("2020-04-01T13:05:01.000000Z").unwrap();
    let time = Timestamp::from_micros(last.as_micros() + seconds * 1_000_000).unwrap();
    witness_key(role).cosign(checkpoint, time)
}

/// One log, and two of three witnesses.
fn policy_text(log: &Log) -> String {
    let key = |role| witness_key(role).verifier();
    format!(
        "# Whom a secretary of 52R believes.\n\
         log {}\n\
         \n\
         witness derby {}\n\
         witness leicester {}\n\
         witness nottingham {}\n\
         group neighbours 2 derby leicester nottingham\n\
         quorum neighbours\n",
        log.key().verifier(),
        key(WITNESS_ONE),
        key(WITNESS_TWO),
        key(WITNESS_THREE)
    )
}

pub(crate) fn policy(log: &Log) -> Policy {
    Policy::parse(policy_text(log).as_bytes()).unwrap()
}

/// The keys of all witnesses.
pub(crate) fn witness_keys() -> Vec<VerifierKey> {
    WITNESSES.map(|role| witness_key(role).verifier()).to_vec()
}

/// Writes a published folder below `folder`, which is emptied before.
pub(crate) fn write(files: &BTreeMap<PublishedPath, Vec<u8>>, folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    for (path, bytes) in files {
        let file = folder.join(path.to_string());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}
