//! Entries that are well formed and signed, and open no ledger.

use super::roles::{CHECKPOINTS, REGISTRAR_ONE, REGISTRAR_TWO, REGISTRARS, Role, SECRETARY};
use super::small_book::{self, Act};
use super::vectors::{Reader, Refused};
use minutebook_log::{
    Continued, Hash, LogKey, Position, PublicKey, Seen, SignedCheckpoint, TreeHash, TreeHead, TreeSize,
};
use serde_json::{Value, json};

/// Every vector that is refused at position 0.
pub(crate) fn all() -> Vec<Refused> {
    let mut all = Vec::new();
    all.extend(another_type());
    all.extend(bound());
    all.extend(facts());
    all.push(refused(
        "chain-opening-source",
        "/source",
        &changed(|act| act.draft.source = "x".parse().unwrap()),
    ));
    all.extend(keys());
    for threshold in [0, 3] {
        all.push(with_fact(
            "chain-opening-threshold",
            "/data/facts/threshold",
            "/threshold",
            json!(threshold),
        ));
    }
    all.extend(continues());
    all.extend(signers());
    all
}

/// Openings that continue a ledger which they can't.
fn continues() -> Vec<Refused> {
    let head = TreeHead { size: TreeSize(3), root: TreeHash::leaf(b"the end") };
    let signed = |origin: &str, role: Role| LogKey::new(origin.parse().unwrap(), role.secret()).sign(head);
    let (old, own) = ("minutebook.example/closed", "minutebook.example/small-book");
    let naming = |id, at, signed: &SignedCheckpoint, member: &str, value: Value| {
        let mut continued = serde_json::to_value(Continued::by(Hash::of(b"entry 0"), signed)).unwrap();
        if !member.is_empty() {
            continued[member] = value;
        }
        let act = changed(|act| act.draft.data.get_mut("facts").unwrap()["continues"] = continued);
        refused(id, at, &act)
    };
    let closed = signed(old, SECRETARY);
    let at_checkpoint = "/data/facts/continues/checkpoint";
    let checkpoint =
        |member, value| naming("chain-opening-continues-checkpoint", at_checkpoint, &closed, member, value);
    let key = "chain-opening-continues-key";
    let own_key = signed(old, CHECKPOINTS);
    vec![
        naming(
            "chain-opening-continues-origin",
            "/data/facts/continues/origin",
            &signed(own, SECRETARY),
            "",
            Value::Null,
        ),
        naming("chain-opening-continues-size", "/data/facts/continues/size", &closed, "size", json!(0)),
        checkpoint("checkpoint", json!("bm8gbm90ZQ==")),
        checkpoint("checkpoint", json!("no base64")),
        checkpoint("size", json!(4)),
        checkpoint("root", json!(TreeHash::leaf(b"another end").to_string())),
        checkpoint("origin", json!("minutebook.example/another")),
        naming(key, "/data/facts/checkpoint_key", &own_key, "", Value::Null),
        naming("chain-opening-facts", "/data/facts", &closed, "more", json!(1)),
        naming("chain-opening-facts", "/data/facts", &closed, "root", json!("AAAA")),
    ]
}

fn opening() -> Act {
    small_book::opening_at("2020-03-16T10:00:00Z", "minutebook.example/small-book", "live")
}

fn changed(change: impl FnOnce(&mut Act)) -> Act {
    let mut act = opening();
    change(&mut act);
    act
}

fn refused(id: &'static str, at: &'static str, act: &Act) -> Refused {
    let entry = small_book::live().first(0).next(act);
    Refused { id, reader: Reader::Chain { book: "book", after: 0 }, bytes: entry.encode(), at }
}

/// An opening in whose facts `value` stands at `pointer`.
fn with_fact(id: &'static str, at: &'static str, pointer: &str, value: Value) -> Refused {
    let act = changed(|act| {
        let facts = act.draft.data.get_mut("facts").unwrap();
        *facts.pointer_mut(pointer).unwrap() = value;
    });
    refused(id, at, &act)
}

fn another_type() -> Vec<Refused> {
    let of_type = |name: &str| changed(|act| act.draft.event_type = name.parse().unwrap());
    vec![
        refused("chain-opening-type", "/type", &of_type("uk.nhs.governance.BodyEstablished.v1")),
        refused("chain-opening-type", "/type", &of_type("uk.nhs.governance.LedgerOpened.v2")),
        refused(
            "chain-opening-subject",
            "/subject",
            &changed(|act| act.draft.subject = "ledger/x".parse().unwrap()),
        ),
        refused(
            "chain-opening-subject",
            "/subject",
            &changed(|act| act.draft.subject = "body/52R".parse().unwrap()),
        ),
    ]
}

fn bound() -> Vec<Refused> {
    let act = changed(|act| {
        act.draft.ledger = Some(Hash::ZERO);
        act.draft.seen = Some(Seen { position: Position::FIRST, hash: Hash::ZERO });
    });
    vec![refused("chain-opening-bound", "/ledger", &act)]
}

fn facts() -> Vec<Refused> {
    let refused_fact = |pointer, value| with_fact("chain-opening-facts", "/data/facts", pointer, value);
    let registrar = json!({"key": REGISTRAR_ONE.key(), "holder": "registrar-one", "more": 1});
    vec![
        refused("chain-opening-facts", "/data/facts", &changed(|act| drop(act.draft.data.remove("facts")))),
        refused_fact("", json!([])),
        refused_fact("/origin", json!("two words")),
        refused_fact("/purpose", json!("test")),
        refused_fact("/purpose", json!({"live": null})),
        refused_fact("/checkpoint_key", json!("AB".repeat(32))),
        refused_fact("/registrars/0", registrar),
        refused_fact("/registrars/0", json!([REGISTRAR_ONE.key(), "registrar-one"])),
        refused_fact("/rules", json!("1")),
    ]
}

fn keys() -> Vec<Refused> {
    let id = "chain-opening-keys";
    let weak = json!(PublicKey::from_bytes([0; 32]));
    let one = json!({"key": REGISTRAR_ONE.key(), "holder": "registrar-one"});
    vec![
        with_fact(id, "/data/facts/checkpoint_key", "/checkpoint_key", weak.clone()),
        with_fact(id, "/data/facts/registrars/1/key", "/registrars/1/key", weak),
        with_fact(id, "/data/facts/registrars/1/key", "/registrars/1/key", json!(not_canonical())),
        with_fact(id, "/data/facts/registrars", "/registrars/1/key", json!(REGISTRAR_ONE.key())),
        with_fact(id, "/data/facts/registrars", "/registrars", json!([one])),
    ]
}

/// A point of the curve whose y is written as p + y.
fn not_canonical() -> PublicKey {
    let mut bytes = [0xff; 32];
    (bytes[0], bytes[31]) = (0xed + 3, 0x7f);
    PublicKey::from_bytes(bytes)
}

fn signers() -> Vec<Refused> {
    let by = |signers: &[Role]| {
        refused("chain-opening-signers", "signed", &changed(|act| act.signers = signers.to_vec()))
    };
    let with_another = [REGISTRARS.as_slice(), &[SECRETARY]].concat();
    vec![by(&[REGISTRAR_TWO]), by(&[REGISTRAR_ONE, SECRETARY]), by(&with_another)]
}
