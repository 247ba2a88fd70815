//! Notes, verifier keys and checkpoints that are none, or not the log's.

use super::published::{Log, cosignature, log_key, witness_key};
use super::refused_events::replaced;
use super::roles::{CHECKPOINTS, NEXT_CHECKPOINTS, WITNESS_ONE};
use super::vectors::{Reader, Refused};
use minutebook_log::{
    KeyId, KeyName, NOTE_SIGNATURES_MAX, NoteSignature, PublicKey, SignedCheckpoint, TreeHead, TreeSize,
};

/// In the order of the tables of checkpoint.md.
pub(crate) fn all(log: &Log) -> Vec<Refused> {
    let mut all = notes(log);
    all.extend(vkeys(log));
    all.extend(checkpoints(log));
    all.extend(signatures(log));
    all
}

fn refused(id: &'static str, reader: &'static str, at: &'static str, bytes: impl Into<Vec<u8>>) -> Refused {
    Refused { id, reader: Reader::Named(reader), bytes: bytes.into(), at }
}

fn notes(log: &Log) -> Vec<Refused> {
    let note = log.checkpoint(7).encode();
    let line = log.checkpoint(7).note().signatures()[0].to_string();
    let change = |from: &str, to: &str| replaced(&note, from, to);
    let mut not_utf8 = note.clone().into_bytes();
    not_utf8[0] = 0xff;
    let with_line = |changed: &str| change(&line, changed);
    let many = format!("{}{}", note, format!("{line}\n").repeat(NOTE_SIGNATURES_MAX));
    let (name, base64) = line.trim_start_matches("\u{2014} ").split_once(' ').unwrap();
    let mut all = vec![
        refused("note-utf8", "note", "note", not_utf8),
        refused("note-control", "note", "text", change("small-book\n7", "small-book\t\n7")),
        refused("note-control", "note", "text", change("small-book\n7", "small-book\r\n7")),
        refused("note-control", "note", "text", change("small-book\n7", "small-book\0\n7")),
        refused("note-empty-line", "note", "note", change("\n\n", "\n")),
        refused("note-empty-line", "note", "note", note.split("\n\n").next().unwrap()),
        refused("note-empty-line", "note", "signatures", format!("{note}\n")),
        refused("note-unsigned", "note", "signatures", change(&format!("{line}\n"), "")),
        refused("note-signatures", "note", "signatures", many),
        refused("note-signature-form", "note", "signatures", note.trim_end()),
    ];
    for line in [
        format!("- {name} {base64}"),
        format!("\u{2014}{name} {base64}"),
        format!("\u{2014}  {name} {base64}"),
        format!("\u{2014} {name}  {base64}"),
        format!("\u{2014} {name} {base64} "),
        format!("\u{2014} {base64}"),
        format!("\u{2014} {name}+x {base64}"),
        format!("\u{2014} {name}\u{a0} {base64}"),
        format!("\u{2014} {name} {}", base64.trim_end_matches('=')),
        format!("\u{2014} {name} AAECAw=="),
        format!("\u{2014} {name} "),
        "x".to_owned(),
    ] {
        all.push(refused("note-signature-form", "note", "signature", with_line(&line)));
    }
    all
}

fn vkeys(log: &Log) -> Vec<Refused> {
    let key = log.key().verifier();
    let (text, id) = (key.to_string(), key.id().to_string());
    let base64 = text.rsplit_once(&format!("{id}+")).unwrap().1;
    let weak = PublicKey::from_bytes([0; 32]);
    let bytes_of = |algorithm: u8, key: PublicKey| {
        data_encoding::BASE64.encode(&[[algorithm].as_slice(), key.as_bytes()].concat())
    };
    let vkey = |id, at, text: String| refused(id, "vkey", at, text);
    vec![
        vkey("vkey-form", "vkey", String::new()),
        vkey("vkey-form", "vkey", log.origin.to_string()),
        vkey("vkey-form", "vkey", format!("{}+{id}", log.origin)),
        vkey("vkey-form", "vkey: key", format!("{text}\n")),
        vkey("vkey-form", "vkey: key", format!("{text}+")),
        vkey("vkey-form", "vkey: key", format!("{}+{id}+AQ==", log.origin)),
        vkey(
            "vkey-form",
            "vkey: key id",
            replaced(&text, &id, &id.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
        ),
        vkey("vkey-form", "vkey: key id", replaced(&text, &id, &format!("0{id}"))),
        vkey("vkey-name", "vkey: key name", format!("+{id}+{base64}")),
        vkey("vkey-name", "vkey: key name", format!("a b+{id}+{base64}")),
        vkey("vkey-algorithm", "vkey: algorithm", format!("{}+{id}+{}", log.origin, bytes_of(2, key.key()))),
        vkey("vkey-algorithm", "vkey: algorithm", format!("{}+{id}+{}", log.origin, bytes_of(6, key.key()))),
        vkey("vkey-weak", "vkey: key", format!("{}+{id}+{}", log.origin, bytes_of(1, weak))),
        vkey("vkey-id", "vkey: key id", replaced(&text, &id, "00000000")),
        vkey("vkey-id", "vkey: key id", replaced(&text, "small-book", "large-book")),
    ]
}

fn checkpoints(log: &Log) -> Vec<Refused> {
    let note = log.checkpoint(7).encode();
    let root = log.head(7).root.to_string();
    let origin = log.origin.to_string();
    let first_line = format!("{origin}\n7");
    let checkpoint = |id, at, from: &str, to: &str| refused(id, "checkpoint", at, replaced(&note, from, to));
    vec![
        checkpoint("checkpoint-origin", "origin", &first_line, "\n7"),
        checkpoint("checkpoint-origin", "origin", &first_line, "small book\n7"),
        checkpoint("checkpoint-origin", "origin", &first_line, "small+book\n7"),
        checkpoint("checkpoint-size", "size", &first_line, &format!("{origin}\n07")),
        checkpoint("checkpoint-size", "size", &first_line, &format!("{origin}\n+7")),
        checkpoint("checkpoint-size", "size", &first_line, &format!("{origin}\n")),
        checkpoint("checkpoint-size", "size", &first_line, &format!("{origin}\n 7")),
        checkpoint("checkpoint-size", "size", &first_line, &format!("{origin}\n18446744073709551616")),
        checkpoint("checkpoint-root", "root", &root, ""),
        checkpoint("checkpoint-root", "root", &root, &format!("{root} ")),
        checkpoint("checkpoint-root", "root", &root, root.trim_end_matches('=')),
        checkpoint("checkpoint-root", "root", &root, "AAECAw=="),
        checkpoint("checkpoint-lines", "root", &format!("{root}\n"), ""),
        checkpoint("checkpoint-extension", "extension", &root, &format!("{root}\nchain 00")),
        checkpoint("checkpoint-extension", "extension", &root, &format!("{root}\n")),
    ]
}

fn signatures(log: &Log) -> Vec<Refused> {
    let signed = log.checkpoint(7);
    let line = signed.note().signatures()[0].clone();
    let log_refused = |id, at, signed: &SignedCheckpoint| refused(id, "trust", at, signed.encode());
    let with = |lines: Vec<NoteSignature>| signed.only_with(lines).unwrap();
    let other_name: KeyName = "minutebook.example/large-book".parse().unwrap();
    let mut flipped = line.clone();
    flipped.bytes[40] ^= 1;
    let mut short = line.clone();
    short.bytes.pop();
    let other_key = log_key(&log.origin, NEXT_CHECKPOINTS).sign(log.head(7));
    let other_log = log_key(&"minutebook.example/large-book".parse().unwrap(), CHECKPOINTS).sign(log.head(7));
    // The log's key under a witness's algorithm is another key, by its id.
    let as_witness = minutebook_log::WitnessKey::new((&log.origin).into(), CHECKPOINTS.secret());
    let as_witness = as_witness.cosign(&signed, minutebook_log::Timestamp::from_micros(1_000_000).unwrap());
    let empty = TreeHead::EMPTY;
    let false_empty = TreeHead { size: TreeSize(0), root: log.head(7).root };
    let moved = replaced(&signed.encode(), "small-book\n7", "small-book\n6");
    let other_root = replaced(&signed.encode(), &log.head(7).root.to_string(), &log.head(6).root.to_string());
    let with_forged = |forged: NoteSignature| signed.with_signatures([forged]).unwrap();
    vec![
        log_refused("checkpoint-unsigned", "unsigned", &other_key),
        log_refused("checkpoint-unsigned", "unsigned", &other_log),
        log_refused("checkpoint-unsigned", "unsigned", &with(vec![as_witness])),
        log_refused("checkpoint-unsigned", "unsigned", &with(vec![cosignature(&signed, WITNESS_ONE, 2)])),
        log_refused(
            "checkpoint-name-collision",
            "unsigned",
            &with(vec![NoteSignature { id: KeyId([1, 2, 3, 4]), ..line.clone() }]),
        ),
        log_refused(
            "checkpoint-name-collision",
            "unsigned",
            &with(vec![NoteSignature { name: other_name, ..line.clone() }]),
        ),
        log_refused("checkpoint-signature", "signature", &with(vec![flipped.clone()])),
        log_refused("checkpoint-signature", "signature", &with(vec![short])),
        log_refused("checkpoint-signature", "signature", &with_forged(flipped)),
        refused("checkpoint-signature", "trust", "signature", moved),
        refused("checkpoint-signature", "trust", "signature", other_root),
        log_refused("checkpoint-empty-tree", "empty", &log.key().sign(empty)),
        log_refused("checkpoint-empty-tree", "empty", &log.key().sign(false_empty)),
        log_refused("cosignature-forged", "cosignature", &{
            let mut forged = cosignature(&signed, WITNESS_ONE, 2);
            forged.bytes[40] ^= 1;
            with_forged(forged)
        }),
        log_refused(
            "cosignature-forged",
            "cosignature",
            &with_forged(cosignature(&log.checkpoint(6), WITNESS_ONE, 2)),
        ),
        log_refused("cosignature-forged", "cosignature", &{
            // A note signature where a cosignature belongs: without the time.
            let mut bare = cosignature(&signed, WITNESS_ONE, 2);
            bare.bytes.drain(..8);
            with_forged(bare)
        }),
        log_refused("cosignature-time", "cosignature", &{
            let mut later = cosignature(&signed, WITNESS_ONE, 2);
            later.bytes[7] ^= 1;
            with_forged(later)
        }),
        log_refused("cosignature-time", "cosignature", &{
            let none = minutebook_log::Timestamp::EPOCH;
            with_forged(witness_key(WITNESS_ONE).cosign(&signed, none))
        }),
    ]
}
