//! Proofs that prove nothing, over the small book: bytes are the proof's hashes on lines; the reader says
//! what is claimed. And files of the published log that are not what their names say.

use super::published::{Log, log_key, witness_key};
use super::roles::{CHECKPOINTS, NEXT_CHECKPOINTS, WITNESS_ONE};
use super::vectors::{Reader, Refused};
use minutebook_log::{PublishedPath, SignedCheckpoint, TreeHash, encode_bundle};

/// In the order of the tables of tree.md and published-log.md.
pub(crate) fn all(log: &Log) -> Vec<Refused> {
    let mut all = inclusion(log);
    all.extend(consistency(log));
    all.extend(paths());
    all.extend(files(log));
    all.extend(keys(log));
    all.extend(hand_overs());
    all
}

fn lines(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().map(|hash| format!("{hash}\n")).collect::<String>().into_bytes()
}

fn flipped(hashes: &[TreeHash], at: usize) -> Vec<TreeHash> {
    let mut hashes = hashes.to_vec();
    let mut bytes = *hashes[at].as_bytes();
    bytes[at] ^= 1;
    hashes[at] = TreeHash::from_bytes(bytes);
    hashes
}

fn inclusion(log: &Log) -> Vec<Refused> {
    let refused = |id, entry, position, size, hashes: &[TreeHash], at| Refused {
        id,
        reader: Reader::Inclusion { entry, position, size },
        bytes: lines(hashes),
        at,
    };
    let right = log.inclusion(2, 7).0;
    let reversed: Vec<TreeHash> = right.iter().rev().copied().collect();
    let longer = [right.as_slice(), &right[2..]].concat();
    let mut all = vec![
        refused("proof-empty-tree", 2, 2, 0, &[], "empty"),
        refused("proof-outside", 2, 7, 7, &right, "outside"),
        refused("proof-outside", 2, u64::MAX, 7, &right, "outside"),
        refused("proof-short", 2, 2, 7, &[], "short"),
        refused("proof-short", 2, 2, 7, &right[1..], "short"),
        refused("proof-short", 2, 2, 7, &right[..2], "short"),
        refused("proof-long", 2, 2, 7, &longer, "long"),
        refused("proof-long", 0, 0, 1, &right[..1], "long"),
        refused("proof-hash", 2, 2, 7, &reversed, "root"),
    ];
    all.extend((0..right.len()).map(|at| refused("proof-hash", 2, 2, 7, &flipped(&right, at), "root")));
    all.push(refused("proof-other-entry", 3, 2, 7, &right, "root"));
    all.push(refused("proof-other-position", 2, 3, 7, &right, "root"));
    all.push(refused("proof-other-position", 2, 6, 7, &right, "long"));
    all.push(refused("proof-other-size", 2, 2, 6, &right, "root"));
    all.push(refused("proof-other-size", 2, 2, 4, &right, "long"));
    all
}

fn consistency(log: &Log) -> Vec<Refused> {
    let refused = |id, old, new, hashes: &[TreeHash], at| Refused {
        id,
        reader: Reader::Consistency { old, new },
        bytes: lines(hashes),
        at,
    };
    let right = log.consistency(3, 7).0;
    let longer = [right.as_slice(), &right[2..]].concat();
    let mut all = vec![
        refused("proof-empty-tree", 0, 7, &[], "empty"),
        refused("proof-shrunk", 7, 3, &right, "shrunk"),
        refused("proof-short", 3, 7, &[], "short"),
        refused("proof-short", 3, 7, &right[..2], "short"),
        refused("proof-long", 3, 7, &longer, "long"),
        refused("proof-long", 7, 7, &right[..1], "long"),
    ];
    all.extend((0..right.len()).map(|at| refused("proof-hash", 3, 7, &flipped(&right, at), "root")));
    all.push(refused("proof-other-size", 3, 6, &right, "root"));
    all.push(refused("proof-other-size", 2, 7, &right, "long"));
    all
}

fn paths() -> Vec<Refused> {
    let path = |id, path: &str| Refused {
        id,
        reader: Reader::Named("path"),
        bytes: path.as_bytes().to_vec(),
        at: "path",
    };
    let number = ["1", "0001", "x000/001", "001/x002", "001/002", "x1/002", "+01", "1000", "", "x001"];
    let width = ["000.p/0", "000.p/256", "000.p/07", "000.p/", "000.p/+7", "000.p", "000.p/1/2"];
    let level = ["64/000", "-1/000", "00/000", "0//000", "8/0/000", "data/000", "Entries/000"];
    let other = ["", "/checkpoint", "checkpoint/", "tile", "tile/", "witnessed/7", "witnessed/", "../vkey"];
    let mut all: Vec<Refused> =
        number.iter().map(|number| path("path-number", &format!("tile/0/{number}"))).collect();
    all.push(path("path-number", "tile/0/x018/x446/x744/x073/x709/x551/616"));
    all.extend(width.iter().map(|width| path("path-width", &format!("tile/entries/{width}"))));
    all.extend(level.iter().map(|level| path("path-level", &format!("tile/{level}"))));
    all.extend(other.iter().map(|other| path("path-other", other)));
    all
}

fn files(log: &Log) -> Vec<Refused> {
    let folder = log.folder();
    let file = |path: &str| folder[&path.parse::<PublishedPath>().unwrap()].clone();
    let (hashes, bundle) = (file("tile/0/000.p/7"), file("tile/entries/000.p/7"));
    let tile = |bytes: &[u8]| Refused {
        id: "tile-length",
        reader: Reader::HashTile { width: 7 },
        bytes: bytes.to_vec(),
        at: "tile",
    };
    let bundled =
        |id, bytes: Vec<u8>| Refused { id, reader: Reader::Bundle { width: 7 }, bytes, at: "bundle" };
    vec![
        tile(&[]),
        tile(&hashes[..hashes.len() - 1]),
        tile(&hashes[32..]),
        tile(&[hashes.as_slice(), &[0]].concat()),
        bundled("bundle-short", Vec::new()),
        bundled("bundle-short", bundle[..bundle.len() - 1].to_vec()),
        bundled("bundle-short", encode_bundle(&log.entries[..6]).unwrap()),
        bundled("bundle-short", [encode_bundle(&log.entries[..6]).unwrap().as_slice(), &[0]].concat()),
        bundled("bundle-long", [bundle.as_slice(), &[0]].concat()),
        bundled("bundle-long", [bundle.as_slice(), &bundle].concat()),
    ]
}

fn keys(log: &Log) -> Vec<Refused> {
    let (first, second) = (log.key().verifier(), log_key(&log.origin, NEXT_CHECKPOINTS).verifier());
    let witness = witness_key(WITNESS_ONE).verifier();
    let other = log_key(&"minutebook.example/other".parse().unwrap(), CHECKPOINTS).verifier();
    let refused = |id, text: String| Refused {
        id,
        reader: Reader::Named("log-keys"),
        bytes: text.into_bytes(),
        at: "vkey",
    };
    vec![
        refused("keys-form", String::new()),
        refused("keys-form", "\n".to_owned()),
        refused("keys-form", first.to_string()),
        refused("keys-form", format!("{first}\n\n")),
        refused("keys-form", format!("{first}\n{second}\n")),
        Refused { at: "vkey: key name", ..refused("keys-form", format!("0  {first}\n5 {second}\n")) },
        refused("keys-form", format!("00 {first}\n5 {second}\n")),
        refused("keys-form", format!("0 {first}\n")),
        refused("keys-first", format!("1 {first}\n5 {second}\n")),
        refused("keys-order", format!("0 {first}\n0 {second}\n")),
        refused("keys-order", format!("5 {second}\n0 {first}\n")),
        refused("keys-other-log", format!("0 {first}\n5 {other}\n")),
        refused("keys-other-log", format!("0 {first}\n5 {witness}\n")),
        refused("keys-other-log", format!("{witness}\n")),
        refused("keys-twice", format!("0 {first}\n5 {second}\n7 {first}\n")),
    ]
}

/// Notes that are not the one at which the rotated book's key hands over.
fn hand_overs() -> Vec<Refused> {
    let log = Log::rotated();
    let (old, new) = (log.key(), log.next_key());
    let refused = |id, signed: SignedCheckpoint, at| Refused {
        id,
        reader: Reader::Named("hand-over"),
        bytes: signed.encode().into_bytes(),
        at,
    };
    let forged = |line: usize| {
        let signed = log.checkpoint(8);
        let mut lines = signed.note().signatures().to_vec();
        lines[line].bytes[5] ^= 1;
        signed.only_with(lines).unwrap()
    };
    vec![
        refused("hand-over-size", old.hand_over(&new, log.head(7)), "size"),
        refused("hand-over-size", old.hand_over(&new, log.head(9)), "size"),
        refused("hand-over-new", old.sign(log.head(8)), "unsigned"),
        refused("hand-over-old", new.sign(log.head(8)), "old"),
        refused("hand-over-signature", forged(0), "signature"),
        refused("hand-over-signature", forged(1), "signature"),
    ]
}
