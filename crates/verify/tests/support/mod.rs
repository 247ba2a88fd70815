//! A ledger that is written in memory, and the folder that it publishes: what the tests attack.

#![allow(dead_code, reason = "every test program uses a part of this")]

pub(crate) mod large;

use minutebook_log::{
    Chain, Entry, EventDraft, EventId, Frontier, LogKey, LogKeys, Policy, Position, PublicKey, PublishedPath,
    SecretKey, Seen, Signed, SignedCheckpoint, Tile, Timestamp, TreeHash, TreeHead, TreeSize, VerifierKey,
    WitnessKey, encode_bundle, encode_hash_tile,
};
use minutebook_verify::{Audit, Published, Trust, audit};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) const REGISTRAR_ONE: u8 = 1;
pub(crate) const REGISTRAR_TWO: u8 = 2;
pub(crate) const NHS_ENGLAND: u8 = 3;
pub(crate) const SECRETARY: u8 = 4;
pub(crate) const CHECKPOINTS: u8 = 9;
pub(crate) const REGISTRARS: [(u8, &str); 2] = [(REGISTRAR_ONE, "registrar"), (REGISTRAR_TWO, "registrar")];

pub(crate) fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub(crate) fn public(seed: u8) -> PublicKey {
    secret(seed).public()
}

pub(crate) fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors")
}

/// The entries of a small book of spec/vectors.
pub(crate) fn small_book(name: &str) -> Vec<Vec<u8>> {
    let entry = |position| fs::read(vectors().join(name).join(format!("entry-{position}.txt")));
    (0..).map_while(|position: usize| entry(position).ok()).collect()
}

/// A ledger that goes on from a small book. It takes whatever is written, as a server would that was
/// taken over.
pub(crate) struct Ledger {
    pub(crate) entries: Vec<Vec<u8>>,
    chain: Chain,
}

impl Ledger {
    pub(crate) fn small() -> Self {
        let (entries, mut chain) = (small_book("book"), Chain::new());
        for entry in &entries {
            chain.extend(entry).unwrap();
        }
        Self { entries, chain }
    }

    pub(crate) fn chain(&self) -> &Chain {
        &self.chain
    }

    pub(crate) fn entry(&self, position: usize) -> Entry {
        Entry::parse(&self.entries[position]).unwrap()
    }

    /// Writes an event of `signers`, each a seed and a capacity, at `time`.
    pub(crate) fn write(
        &mut self,
        name: &str,
        subject: &str,
        time: &str,
        signers: &[(u8, &str)],
        facts: Value,
    ) {
        self.write_as("own_act", name, subject, time, signers, facts);
    }

    pub(crate) fn write_as(
        &mut self,
        standing: &str,
        name: &str,
        subject: &str,
        time: &str,
        signers: &[(u8, &str)],
        facts: Value,
    ) {
        let signatory = |(seed, capacity): &(u8, &str)| match *capacity {
            "secretary" => json!({"key": public(*seed), "capacity": capacity, "body": "body/52R"}),
            _ => json!({"key": public(*seed), "capacity": capacity}),
        };
        let signatories: Vec<_> = signers.iter().map(signatory).collect();
        let data = json!({"standing": standing, "signatories": signatories, "facts": facts});
        self.write_data(
            name,
            subject,
            time,
            &signers.iter().map(|(seed, _)| *seed).collect::<Vec<_>>(),
            data,
        );
    }

    /// Writes an event with this `data`, whatever it says.
    pub(crate) fn write_data(&mut self, name: &str, subject: &str, time: &str, signers: &[u8], data: Value) {
        let chain = &self.chain;
        let time = Timestamp::parse_event_time(time).unwrap();
        let random = u8::try_from(self.entries.len() % 256).unwrap();
        let draft = EventDraft {
            id: EventId::from_parts(time.as_micros().unsigned_abs() / 1000, &[random; 10]),
            source: chain.opening().unwrap().origin.clone(),
            event_type: format!("uk.nhs.governance.{name}.v1").parse().unwrap(),
            subject: subject.parse().unwrap(),
            time,
            ledger: chain.hash_at(Position::FIRST),
            seen: Some(Seen { position: Position(chain.head().size - 1), hash: chain.head().hash }),
            correlation_id: None,
            causation_id: None,
            data: data.as_object().unwrap().clone(),
        };
        let event = draft.encode().unwrap();
        let signatures =
            signers.iter().map(|seed| (public(*seed), secret(*seed).sign(event.bytes()))).collect();
        let place = chain.place(&event, time);
        let entry = chain.seal(Signed::new(event, signatures).unwrap(), place);
        self.entries.push(entry.encode());
        self.chain.append(&entry, minutebook_log::Hash::of(&entry.encode())).unwrap();
    }

    /// A decision of 52R, by its secretary unless it is said otherwise.
    pub(crate) fn decide(&mut self, time: &str, signer: u8) {
        let facts = json!({
            "decided_on": time.get(..10),
            "effect": {"none": {}},
            "mode": "meeting",
            "outcome": "approved",
            "text": "To note the report.",
        });
        self.write("DecisionRecorded", "body/52R", time, &[(signer, "secretary")], facts);
    }

    pub(crate) fn log_key(&self) -> LogKey {
        LogKey::new(self.chain().opening().unwrap().origin.clone(), secret(CHECKPOINTS))
    }

    pub(crate) fn publish(&self) -> Folder {
        Folder::of(&self.entries, &self.log_key())
    }
}

fn witness(seed: u8) -> WitnessKey {
    let name = if seed == 11 { "witness.example/witness-one" } else { "witness.example/witness-two" };
    WitnessKey::new(name.parse().unwrap(), secret(seed))
}

/// The policy that asks for both witnesses of [`Folder::of`].
pub(crate) fn policy(log: &VerifierKey) -> Policy {
    let (one, two) = (witness(11).verifier(), witness(12).verifier());
    let text = format!(
        "log {log}\nwitness derby {one}\nwitness leicester {two}\ngroup both all derby leicester\nquorum both\n"
    );
    Policy::parse(text.as_bytes()).unwrap()
}

/// The files of a published log.
#[derive(Clone)]
pub(crate) struct Folder(pub(crate) BTreeMap<String, Vec<u8>>);

impl Folder {
    /// What a log with these entries publishes, witnessed by both.
    pub(crate) fn of(entries: &[Vec<u8>], key: &LogKey) -> Self {
        let mut frontier = Frontier::EMPTY;
        let mut hashes = BTreeMap::new();
        for entry in entries {
            hashes.extend(frontier.append(TreeHash::leaf(entry)));
        }
        let mut files = BTreeMap::new();
        for tile in Tile::grown(TreeSize::EMPTY, frontier.size()) {
            let of_tile: Vec<_> = tile.hashes().iter().map(|index| hashes[index]).collect();
            let positions = tile.positions();
            let bytes = if of_tile.is_empty() {
                encode_bundle(&entries[positions.start as usize..positions.end as usize]).unwrap()
            } else {
                encode_hash_tile(&of_tile)
            };
            files.insert(PublishedPath::Tile(tile).to_string(), bytes);
        }
        let last = entries.last().and_then(|entry| Entry::parse(entry).ok());
        let time = last.map_or(SEEN_MICROS, |last| last.recorded.as_micros() + 60_000_000);
        let checkpoint = cosigned_at(key, frontier.head(), time).encode().into_bytes();
        let kept = PublishedPath::Witnessed(frontier.size()).to_string();
        files.insert(kept, checkpoint.clone());
        files.insert("checkpoint".to_owned(), checkpoint);
        let keys = LogKeys::new(vec![(Position::FIRST, key.verifier())]).unwrap();
        files.insert("vkey".to_owned(), keys.encode().into_bytes());
        Self(files)
    }

    pub(crate) fn write(&self, folder: &Path) {
        for (name, bytes) in &self.0 {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// Audits the folder with what an auditor of the small book brings: its key, and both witnesses'.
    pub(crate) fn audit(&self, log: &VerifierKey) -> Audit {
        self.audit_with(&trust(log))
    }

    pub(crate) fn audit_with(&self, trust: &Trust) -> Audit {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        audit(&Published::open(folder.path()).unwrap(), trust, |_read, _of| {}).unwrap()
    }
}

pub(crate) fn trust(log: &VerifierKey) -> Trust {
    Trust { keys: log.clone().into(), policy: Some(policy(log)), earlier: None }
}

const SEEN_MICROS: i64 = 1_585_800_000_000_000;

/// A checkpoint that the log and both witnesses signed.
pub(crate) fn cosigned(key: &LogKey, head: TreeHead) -> SignedCheckpoint {
    cosigned_at(key, head, SEEN_MICROS)
}

/// The same, signed by the witnesses so long after 1970.
pub(crate) fn cosigned_at(key: &LogKey, head: TreeHead, micros: i64) -> SignedCheckpoint {
    let signed = key.sign(head);
    let time = Timestamp::from_micros(micros).unwrap();
    let lines = [witness(11).cosign(&signed, time), witness(12).cosign(&signed, time)];
    signed.with_signatures(lines).unwrap()
}

/// A tar with these files below `log/`.
pub(crate) fn tar(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    tar_below(&["log/"], files)
}

/// A tar with these files below each of these folders.
pub(crate) fn tar_below(folders: &[&str], files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut tar = Vec::new();
    let named = folders.iter().flat_map(|folder| files.iter().map(move |file| (folder, file)));
    for (folder, (name, bytes)) in named {
        let name = format!("{folder}{name}");
        let mut header = vec![0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[156] = b'0';
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend(header);
        tar.extend(bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}
