//! The formats of `spec/`: each has one encoding, so that what is read is what would be written, byte for byte.

use super::{read, read_below};
use minutebook_log::{
    AddCheckpoint, Entry, Event, KnownLog, LogKeys, Note, Policy, PublishedPath, Receipt, ReceiptError,
    Signed, SignedCheckpoint, Tile, TileRow, TileWidth, VerifierKey, encode_bundle, encode_hash_tile,
    parse_bundle, parse_hash_tile, parse_signature_lines,
};
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(&read("spec/vectors/policy.txt")).unwrap());

/// The keys of the vectors' log, and of their witnesses.
static WITNESSES: LazyLock<Vec<VerifierKey>> =
    LazyLock::new(|| POLICY.witnesses().iter().map(|witness| witness.key.clone()).collect());

fn book(part: &str) -> Vec<Vec<u8>> {
    let of = |folder: &str| {
        (0..8)
            .filter_map(|number| {
                let ending = if part == "event" { "json" } else { "txt" };
                std::fs::read(super::root().join(format!("spec/vectors/{folder}/{part}-{number}.{ending}")))
                    .ok()
            })
            .collect::<Vec<_>>()
    };
    [of("book"), of("re-enactment")].concat()
}

pub fn events() -> Vec<Vec<u8>> {
    book("event")
}

/// An event is one line of I-JSON in one form: its draft, written again, is the same bytes.
pub fn event(bytes: &[u8]) {
    let Ok(event) = Event::parse(bytes) else { return };
    assert_eq!(event.bytes(), bytes);
    // An author's JSON stays as it was signed; written again in our order it says the same.
    if let Ok(again) = event.encode() {
        assert_eq!(*again, *event);
        assert_eq!(again.encode().unwrap().bytes(), again.bytes());
    }
    // Whoever reads JSON finds the same members, whatever they are called.
    let other: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    assert_eq!(other["id"].as_str().unwrap(), event.id.to_string());
    assert_eq!(other["subject"].as_str().unwrap(), event.subject.to_string());
    assert_eq!(other["source"].as_str().unwrap(), event.source.to_string());
    assert_eq!(other["data"].as_object().unwrap(), &event.data);
    // The catalogue reads it or refuses it, and says where.
    if let Err(refused) = minutebook_governance::catalogue::read_event(&event) {
        assert!(!refused.to_string().is_empty());
    }
}

pub fn entries() -> Vec<Vec<u8>> {
    book("entry")
}

/// An entry has one text.
pub fn entry(bytes: &[u8]) {
    let Ok(entry) = Entry::parse(bytes) else { return };
    assert_eq!(entry.encode(), bytes);
    let signed = Signed::new(entry.event().clone(), entry.signed.signatures().to_vec());
    assert_eq!(signed.unwrap(), entry.signed, "the signatures have one order");
    // A second reader: the head's lines, split as text.
    let text = String::from_utf8_lossy(bytes);
    let line = |name: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found.unwrap().to_owned()
    };
    assert_eq!(line("position"), entry.position.to_string());
    assert_eq!(line("previous"), entry.previous.to_string());
}

pub fn notes() -> Vec<Vec<u8>> {
    let names = ["checkpoint-3", "checkpoint-7", "checkpoint-7-cosigned"];
    let mut notes = names.map(|name| read(&format!("spec/vectors/{name}.txt"))).to_vec();
    notes.extend(read_below("spec/vectors/published-rotated/rotated"));
    notes
}

/// A signed note has one text, and its lines are those beneath it.
pub fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.encode().as_bytes(), bytes);
        let (text, lines) =
            note.encode().rsplit_once("\n\n").map(|(t, l)| (format!("{t}\n"), l.to_owned())).unwrap();
        assert_eq!(text, note.text());
        assert_eq!(parse_signature_lines(&lines).unwrap(), note.signatures());
    }
}

/// A checkpoint has one text; nothing but what the log signed verifies.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(signed) = SignedCheckpoint::parse(bytes) else { return };
    assert_eq!(signed.encode().as_bytes(), bytes);
    let keys: Vec<_> = POLICY.logs().iter().map(|log| log.key.clone()).collect();
    if signed.verify(&keys).is_ok() {
        // Nobody but the vectors' log has its key: it is one of the vectors', whatever other lines stand beneath it.
        let ours = notes().into_iter().map(|note| SignedCheckpoint::parse(&note).unwrap());
        let mut texts = ours.map(|ours| ours.note().text().to_owned());
        assert!(texts.any(|text| text == signed.note().text()), "a forged checkpoint verifies");
    }
    // A second reader: origin, size, root, in three lines.
    let text = signed.note().text();
    let mut lines = text.lines();
    let head = signed.unverified().head;
    assert_eq!(lines.next().unwrap(), signed.unverified().origin.as_str());
    assert_eq!(lines.next().unwrap(), head.size.to_string());
    let root = data_encoding::BASE64.decode(lines.next().unwrap().as_bytes()).unwrap();
    assert_eq!(root, head.root.as_bytes());
}

/// Cosignatures that hold are lines of the note, hold alone as well, and are those of the vectors.
pub fn cosignature(bytes: &[u8]) {
    let Ok(signed) = SignedCheckpoint::parse(bytes) else { return };
    let Ok(cosigned) = signed.cosignatures(WITNESSES.iter()) else { return };
    for found in &cosigned {
        assert!(signed.note().signatures().contains(&found.line));
        let alone = signed.only_with(vec![found.line.clone()]).unwrap();
        let again = alone.cosignatures(WITNESSES.iter()).unwrap();
        assert_eq!((again.len(), &again[0].witness, again[0].time), (1, &found.witness, found.time));
        let vectors = read("spec/vectors/checkpoint-7-cosigned.txt");
        assert!(
            String::from_utf8(vectors).unwrap().contains(&found.line.to_string()),
            "a forged cosignature"
        );
    }
    let keys: std::collections::BTreeSet<_> = cosigned.iter().map(|found| &found.witness).collect();
    assert_eq!(keys.len(), cosigned.len(), "a witness counts once");
}

pub fn requests() -> Vec<Vec<u8>> {
    vec![read("spec/vectors/add-checkpoint.txt")]
}

/// A request to a witness has one text.
pub fn add_checkpoint(bytes: &[u8]) {
    let Ok(request) = AddCheckpoint::parse(bytes) else { return };
    assert_eq!(request.encode().as_bytes(), bytes);
    let known =
        POLICY.logs().iter().map(|log| KnownLog::new(log.key.name().as_str(), log.key.clone()).unwrap());
    if request.judge(&known.collect::<Vec<_>>(), None).is_ok() {
        assert_eq!(request.old.0, 0, "nothing is known of an earlier size");
        let mut texts = notes().into_iter().map(|note| Note::parse(&note).unwrap().text().to_owned());
        assert!(
            texts.any(|text| text == request.checkpoint.note().text()),
            "a forged checkpoint would be signed"
        );
    }
}

pub fn receipts() -> Vec<Vec<u8>> {
    ["receipt-6.tlog-proof", "receipt-1-of-3.tlog-proof"]
        .map(|name| read(&format!("spec/vectors/{name}")))
        .to_vec()
}

/// A receipt has one text; what verifies is an entry of the vectors' book.
pub fn receipt(bytes: &[u8]) {
    let Ok(receipt) = Receipt::parse(bytes) else { return };
    assert_eq!(receipt.encode().as_bytes(), bytes);
    match receipt.check(&POLICY) {
        Ok(_) | Err(ReceiptError::NotWitnessed { .. }) => {
            let at = usize::try_from(receipt.position.0).unwrap();
            assert!(entries().get(at) == Some(&receipt.entry), "another entry verifies");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

pub fn policies() -> Vec<Vec<u8>> {
    vec![read("spec/vectors/policy.txt")]
}

/// A policy is read as its own text once more, and then stays.
pub fn policy(bytes: &[u8]) {
    let Ok(policy) = Policy::parse(bytes) else { return };
    let text = policy.encode();
    let again = Policy::parse(&text).unwrap();
    assert_eq!(again, policy);
    assert_eq!(again.encode(), text);
    // With every witness a quorum is met that is met by some.
    let all: Vec<_> = policy.witnesses().iter().map(|witness| &witness.key).collect();
    for without in 0..all.len().min(8) {
        let mut some = all.clone();
        some.remove(without);
        assert!(
            !policy.is_met_by(some) || policy.is_met_by(all.iter().copied()),
            "more witnesses, less quorum"
        );
    }
}

pub fn vkeys() -> Vec<Vec<u8>> {
    let keys = POLICY.logs().iter().map(|log| log.key.to_string());
    keys.chain(WITNESSES.iter().map(ToString::to_string)).map(String::into_bytes).collect()
}

/// A verifier key has one text, and its id follows from it.
pub fn vkey(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(key) = text.parse::<VerifierKey>() else { return };
    assert_eq!(key.to_string(), text);
    assert_eq!(VerifierKey::new(key.name().clone(), key.algorithm(), key.key()).unwrap(), key);
    assert_eq!(text.split('+').nth(1).unwrap(), key.id().to_string());
}

pub fn key_files() -> Vec<Vec<u8>> {
    ["published/vkey", "published-rotated/vkey"].map(|name| read(&format!("spec/vectors/{name}"))).to_vec()
}

/// The keys of a log have one text, each with where it begins.
pub fn log_keys(bytes: &[u8]) {
    let Ok(keys) = LogKeys::parse(bytes) else { return };
    assert_eq!(keys.encode().as_bytes(), bytes);
    assert_eq!(LogKeys::new(keys.keys().to_vec()).unwrap(), keys);
    let begins: Vec<_> = keys.keys().iter().map(|(position, _key)| *position).collect();
    assert!(begins.is_sorted() && begins.windows(2).all(|two| two[0] < two[1]), "{begins:?}");
}

pub fn paths() -> Vec<Vec<u8>> {
    let paths = [
        "checkpoint",
        "vkey",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/x001/234",
        "tile/entries/000",
        "tile/entries/x123/456.p/255",
        "witnessed/7",
        "rotated/7",
        "tile/2/000.p/1",
    ];
    paths.map(|path| path.as_bytes().to_vec()).to_vec()
}

/// A name in a published folder has one spelling, and leads nowhere else.
pub fn published_path(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(path) = text.parse::<PublishedPath>() else { return };
    assert_eq!(path.to_string(), text);
    let parts: Vec<_> = std::path::Path::new(text).components().collect();
    assert!(
        parts.iter().all(|part| matches!(part, std::path::Component::Normal(_))),
        "{text} leads elsewhere"
    );
    if let PublishedPath::Tile(tile) = path {
        assert_eq!(tile.to_string().parse::<Tile>().unwrap(), tile);
        let wide = tile.width.count() as u64;
        match tile.row {
            TileRow::Entries => {
                assert!([0, wide].contains(&(tile.positions().end - tile.positions().start)), "{text}")
            }
            // No tree has levels beyond those of 2^64 entries, nor tiles behind them.
            TileRow::Hashes(_) => assert!([0, wide].contains(&(tile.hashes().len() as u64)), "{text}"),
        }
    }
}

pub fn tiles() -> Vec<Vec<u8>> {
    // The width comes first, as in the name of a file.
    let with_width = |bytes: Vec<u8>| [vec![6], bytes].concat();
    read_below("spec/vectors/published/tile").into_iter().map(with_width).collect()
}

/// A tile of hashes and a bundle of entries have one encoding for each width.
pub fn tile(bytes: &[u8]) {
    let Some((width, bytes)) = bytes.split_first() else { return };
    let Some(width) = TileWidth::new(u16::from(*width) + 1) else { return };
    if let Ok(hashes) = parse_hash_tile(width, bytes) {
        assert_eq!(hashes.len(), width.count());
        assert_eq!(encode_hash_tile(&hashes), bytes);
    }
    if let Ok(entries) = parse_bundle(width, bytes) {
        assert_eq!(entries.len(), width.count());
        assert_eq!(encode_bundle(&entries).unwrap(), bytes);
    }
}
