//! Checkpoints, witnesses and receipts as those use them who trust nobody: what holds, what is said about
//! it, and what nobody is taken in by.

use crate::support::published::{self, Log, cosignature, policy, witness_key, witness_keys};
use crate::support::roles::{CHECKPOINTS, NEXT_CHECKPOINTS, WITNESS_ONE, WITNESS_THREE, WITNESS_TWO};
use crate::support::small_book;
use minutebook_log::{
    Algorithm, Checkpoint, Hash, KeyId, LogKeys, NOTE_BYTES_MAX, Note, NoteSignature, Policy, Position,
    PublishedPath, Receipt, ReceiptError, SignedCheckpoint, Timestamp, TreeHead, TreeSize, TrustError,
    VerifierKey, parse_signature_lines,
};

fn log() -> Log {
    Log::of(&small_book::live())
}

/// The policy that asks for the log's signature alone.
fn log_alone(log: &Log) -> Policy {
    Policy::of_log(log.key().verifier()).unwrap()
}

#[test]
fn a_checkpoint_says_who_signed_it_and_who_saw_it() {
    let log = log();
    let opened = policy(&log).check(&log.cosigned(7)).unwrap();
    assert_eq!(opened.checkpoint(), &Checkpoint { origin: log.origin.clone(), head: log.head(7) });
    assert_eq!(opened.log(), &log.key().verifier());
    let seen: Vec<_> = opened.cosigned().iter().map(|cosigned| cosigned.witness.clone()).collect();
    assert_eq!(seen, witness_keys()[..2]);
    assert_eq!(opened.cosigned()[0].time.to_string(), "2020-04-01T13:05:03.000000Z");
    assert_eq!(opened.strangers(), []);
}

#[test]
fn who_knows_no_witness_is_told_of_strangers() {
    let log = log();
    let opened = log_alone(&log).check(&log.cosigned(7)).unwrap();
    assert_eq!(opened.cosigned(), []);
    let names: Vec<_> = opened.strangers().iter().map(|line| line.name.to_string()).collect();
    assert_eq!(names, ["witness.example/witness-one", "witness.example/witness-two"]);
}

#[test]
fn strangers_neither_help_nor_harm() {
    let log = log();
    let signed = log.cosigned(7);
    let line = signed.note().signatures()[1].clone();
    let strangers = [
        NoteSignature { id: KeyId([0; 4]), ..line.clone() },
        NoteSignature { name: "witness.example/nobody".parse().unwrap(), ..line.clone() },
        NoteSignature { bytes: vec![1], name: "elsewhere.example".parse().unwrap(), ..line },
    ];
    let signed = signed.with_signatures(strangers.clone()).unwrap();
    assert_eq!(policy(&log).check(&signed).unwrap().strangers(), strangers);
}

#[test]
fn a_witness_counts_once_however_often_it_signed() {
    let log = log();
    let signed = log.checkpoint(7);
    let lines = [2, 5, 3].map(|seconds| cosignature(&signed, WITNESS_ONE, seconds));
    let signed = signed.with_signatures(lines).unwrap();
    let Err(TrustError::NotWitnessed { found: 1, opened }) = policy(&log).check(&signed) else {
        panic!("one witness is no quorum of two");
    };
    assert_eq!(opened.cosigned().len(), 1);
    assert_eq!(opened.cosigned()[0].time.to_string(), "2020-04-01T13:05:06.000000Z", "the latest");
}

#[test]
fn a_quorum_is_counted_through_groups() {
    let log = log();
    let keys = witness_keys();
    let text = |tail: &str| {
        let lines: String =
            keys.iter().zip(["a", "b", "c"]).map(|(key, name)| format!("witness {name} {key}\n")).collect();
        format!("log {}\n{lines}{tail}", log.key().verifier())
    };
    for (tail, met_by) in [
        ("quorum none\n", vec![0b000, 0b001, 0b010, 0b011, 0b100, 0b101, 0b110, 0b111]),
        ("quorum b\n", vec![0b010, 0b011, 0b110, 0b111]),
        ("group g any a b c\nquorum g\n", vec![0b001, 0b010, 0b011, 0b100, 0b101, 0b110, 0b111]),
        ("group g all a b c\nquorum g\n", vec![0b111]),
        ("group g 2 a b c\nquorum g\n", vec![0b011, 0b101, 0b110, 0b111]),
        ("group g any a b\ngroup h all g c\nquorum h\n", vec![0b101, 0b110, 0b111]),
        (
            "\t# nobody\n\n  group g\tany  a \n group h any b c\ngroup i all g h\nquorum i \n",
            vec![0b011, 0b101, 0b111],
        ),
    ] {
        let policy = Policy::parse(text(tail).as_bytes()).unwrap();
        for signed in 0..8_usize {
            let signers = keys.iter().enumerate().filter(|(at, _key)| signed >> at & 1 == 1);
            let met = policy.is_met_by(signers.map(|(_at, key)| key));
            assert_eq!(met, met_by.contains(&signed), "{tail} {signed:03b}");
        }
        assert_eq!(Policy::parse(&policy.encode()), Ok(policy));
    }
}

#[test]
fn a_policy_keeps_urls_and_names_of_any_bytes() {
    let key = witness_key(WITNESS_ONE).verifier();
    let mut text = b"witness K\xe2\x84\xaa\xff ".to_vec();
    text.extend(format!("{key} https://witness.example/w\nquorum K").into_bytes());
    text.extend(b"\xe2\x84\xaa\xff\n");
    let policy = Policy::parse(&text).unwrap();
    assert_eq!(policy.witnesses()[0].url.as_deref(), Some("https://witness.example/w"));
    assert_eq!(policy.encode(), text);
    assert!(policy.is_met_by([&key]) && !policy.is_met_by([]));
    let over_long = [text.as_slice(), &vec![b'\n'; 256 * 1024]].concat();
    assert_eq!(Policy::parse(&over_long).unwrap_err().at, "policy");
    let many: String = (0..513).map(|at| format!("group g{at} any g{}\n", at - 1)).collect();
    assert!(Policy::parse(many.as_bytes()).is_err());
}

/// One signature, every bit of it and of what it signs.
#[test]
fn every_byte_of_a_checkpoint_flipped_is_noticed() {
    let log = log();
    let (signed, policy) = (log.cosigned(7).encode().into_bytes(), policy(&log));
    policy.check(&SignedCheckpoint::parse(&signed).unwrap()).unwrap();
    for at in 0..signed.len() {
        for change in [0x01, 0x20] {
            let mut flipped = signed.clone();
            flipped[at] ^= change;
            let checked = SignedCheckpoint::parse(&flipped).map(|signed| policy.check(&signed));
            assert!(!matches!(checked, Ok(Ok(_))), "byte {at} ^ {change:#x}");
        }
    }
}

#[test]
fn a_log_key_signs_checkpoints_and_a_witness_key_cosignatures() {
    let log = log();
    let signed = log.checkpoint(7);
    let as_log = |role| published::log_key(&log.origin, role).verifier();
    assert_eq!(as_log(CHECKPOINTS).algorithm(), Algorithm::Ed25519);
    assert!(signed.verify(&[as_log(NEXT_CHECKPOINTS), as_log(CHECKPOINTS)]).is_ok());
    let as_witness = VerifierKey::of((&log.origin).into(), Algorithm::CosignatureV1, &CHECKPOINTS.secret());
    assert!(signed.verify(std::slice::from_ref(&as_witness)).is_err());
    assert!(Policy::of_log(as_witness).is_err());
    assert_eq!(signed.cosignatures(&[as_log(CHECKPOINTS)]).unwrap(), []);
}

#[test]
fn a_witness_may_not_sign_without_a_time_or_beyond_the_calendar() {
    let log = log();
    let signed = log.checkpoint(7);
    let last = Timestamp::from_micros(253_370_764_799_999_999).unwrap();
    for (time, holds) in
        [(Timestamp::EPOCH, false), (Timestamp::from_micros(1_000_000).unwrap(), true), (last, true)]
    {
        let line = witness_key(WITNESS_THREE).cosign(&signed, time);
        let signed = signed.with_signatures([line]).unwrap();
        assert_eq!(signed.cosignatures(&witness_keys()).is_ok(), holds, "{time}");
    }
    let mut beyond = cosignature(&signed, WITNESS_THREE, 0);
    for seconds in [u64::MAX, i64::MAX as u64, 253_370_764_800] {
        beyond.bytes[..8].copy_from_slice(&seconds.to_be_bytes());
        assert!(signed.with_signatures([beyond.clone()]).unwrap().cosignatures(&witness_keys()).is_err());
    }
}

#[test]
fn a_note_has_a_text_of_any_lines() {
    let line = log().checkpoint(7).note().signatures()[0].clone();
    for text in ["\n", "a\n\n\u{e9} b\n\n", "\u{2014} x AAAAAAE=\n"] {
        let note = Note::new(text.to_owned(), vec![line.clone()]).unwrap();
        assert_eq!(Note::parse(note.encode().as_bytes()).as_ref(), Ok(&note));
        assert_eq!(note.with_signatures([line.clone()]), Ok(note.clone()), "no line twice");
    }
    let longest = "x".repeat(NOTE_BYTES_MAX - line.to_string().len() - 3);
    assert!(Note::new(format!("{longest}\n"), vec![line.clone()]).is_ok());
    assert_eq!(Note::new(format!("{longest}x\n"), vec![line]).unwrap_err().at, "note");
}

#[test]
fn a_receipt_proves_its_entry_and_says_who_saw_it() {
    let log = log();
    let book = small_book::live();
    for position in 0..7 {
        let receipt = log.receipt(position, log.cosigned(7));
        let read = Receipt::parse(receipt.encode().as_bytes()).unwrap();
        let event = book.entries[usize::try_from(position).unwrap()].event();
        let received = read.check_for(event.bytes(), &policy(&log)).unwrap();
        assert_eq!(received.entry().event(), event);
        assert_eq!(received.included().position(), Position(position));
        assert_eq!(received.included().head(), log.head(7));
        assert_eq!(received.opened().cosigned().len(), 2);
    }
}

#[test]
fn a_receipt_without_a_quorum_is_not_yet_witnessed() {
    let log = log();
    let receipt = log.receipt(2, log.checkpoint(7));
    assert!(receipt.check(&log_alone(&log)).is_ok(), "who asks for no witness gets none");
    let Err(ReceiptError::NotWitnessed { found: 0, received }) = receipt.check(&policy(&log)) else {
        panic!("no witness has signed");
    };
    assert_eq!(received.entry().position, Position(2), "what holds is said");
}

#[test]
fn a_receipt_is_for_the_event_that_its_author_keeps() {
    let (log, book) = (log(), small_book::live());
    let receipt = log.receipt(2, log.cosigned(7));
    let other = book.entries[3].event().bytes();
    let refused = receipt.check_for(other, &policy(&log)).unwrap_err();
    assert_eq!(refused, ReceiptError::OtherEvent { found: book.entries[2].event().id });
    let unwitnessed = log.receipt(2, log.checkpoint(7));
    let refused = unwitnessed.check_for(other, &policy(&log)).unwrap_err();
    assert_eq!(refused, ReceiptError::OtherEvent { found: book.entries[2].event().id });
}

/// Whoever changes one byte of a receipt gets one that proves nothing, or, where the byte is in the line of
/// a witness, one that is not the log's any more by the rules of notes.
#[test]
fn every_byte_of_a_receipt_flipped_is_noticed() {
    let log = log();
    let (receipt, policy) = (log.receipt(6, log.cosigned(7)).encode().into_bytes(), policy(&log));
    for at in 0..receipt.len() {
        let mut flipped = receipt.clone();
        flipped[at] ^= 1;
        let checked = Receipt::parse(&flipped).map(|receipt| receipt.check(&policy));
        assert!(!matches!(checked, Ok(Ok(_))), "byte {at}");
    }
}

#[test]
fn a_witness_cosigns_what_extends_the_last() {
    let log = log();
    let (key, known) = (log.key().verifier(), log.known_by(&[log.key().verifier()]));
    let mut latest: Option<TreeHead> = None;
    for (old, new) in [(0, 1), (1, 1), (1, 4), (4, 7), (7, 7)] {
        let request = log.request(old, new);
        let signed = request.judge(&known, latest).unwrap();
        assert_eq!(signed.key, key);
        latest = Some(log.head(new));
    }
    assert!(log.request(0, 7).judge(&known, None).is_ok(), "the first time, from nothing");
    let mut empty = log.request(0, 1);
    empty.checkpoint = log.key().sign(TreeHead::EMPTY).into();
    assert!(empty.judge(&known, None).is_ok(), "C2SP lets a witness cosign nothing");
}

#[test]
fn an_answer_is_joined_to_the_checkpoint_and_what_holds_is_kept() {
    let log = log();
    let signed = log.checkpoint(7);
    let mut forged = cosignature(&signed, WITNESS_TWO, 2);
    forged.bytes[9] ^= 1;
    let answer = format!("{}\n{forged}\n", cosignature(&signed, WITNESS_ONE, 2));
    let answered = signed.with_signatures(parse_signature_lines(&answer).unwrap()).unwrap();
    assert!(answered.cosignatures(&witness_keys()).is_err(), "one forged line spoils the note");
    let held = answered.cosignatures(&witness_keys()[..1]).unwrap();
    let log_line = signed.verify(&[log.key().verifier()]).unwrap().line;
    let kept = answered.only_with(vec![log_line, held[0].line.clone()]).unwrap();
    assert_eq!(kept.cosignatures(&witness_keys()).unwrap().len(), 1);
    for refused in ["x\n", "\u{2014} a AAAAAAE=", "\n", "\u{2014} a AAAAAAE=\n\n"] {
        assert!(parse_signature_lines(refused).is_err(), "{refused:?}");
    }
    assert_eq!(parse_signature_lines(""), Ok(Vec::new()));
}

#[test]
fn keys_hold_from_their_position_on() {
    let log = log();
    let keys = Log::rotated().keys();
    let [(_, first), (_, second)] = keys.keys() else { panic!("two keys") };
    for (size, key) in [(0, first), (1, first), (7, first), (8, second), (u64::MAX, second)] {
        assert_eq!(keys.at(TreeSize(size)), Some(key), "{size}");
        assert_eq!(keys.up_to(TreeSize(size)).newest(), Some(key), "{size}");
    }
    assert_eq!((keys.newest(), keys.hand_overs().collect::<Vec<_>>()), (Some(second), vec![TreeSize(8)]));
    assert_eq!(LogKeys::parse(keys.encode().as_bytes()), Ok(keys.clone()));
    assert_eq!(LogKeys::parse(log.keys().encode().as_bytes()), Ok(log.keys()));
    assert!(LogKeys::new(Vec::new()).is_err());
}

/// The small book's key hands over with entry 7: the checkpoint of size 8 opens with either key.
#[test]
fn a_key_hands_over_with_the_signatures_of_both() {
    let log = Log::rotated();
    let (keys, hand_over) = (log.keys(), log.checkpoint(8));
    let checked = keys.check_hand_over(&hand_over).unwrap();
    assert!(checked.is_signed_by_old);
    assert_eq!((&checked.old, &checked.new), (&log.key().verifier(), &log.next_key().verifier()));
    let read = SignedCheckpoint::parse(hand_over.encode().as_bytes()).unwrap();
    for key in [&checked.old, &checked.new] {
        assert_eq!(read.verify(std::slice::from_ref(key)).unwrap().key, *key);
        let receipt = log.receipt(7, hand_over.clone());
        assert!(
            receipt.check(&Policy::of_log(key.clone()).unwrap()).is_ok(),
            "both check the entry that rotates"
        );
    }
    let by_new_alone = log.next_key().sign(log.head(8));
    assert!(!keys.check_hand_over(&by_new_alone).unwrap().is_signed_by_old);
    assert_eq!(keys.up_to(TreeSize(7)), LogKeys::new(keys.keys()[..1].to_vec()).unwrap());
    assert!(keys.with(Position(9), log.key().verifier()).is_err(), "what was given up stays so");
}

/// A witness that knows the old key alone cosigns up to the hand-over, and no further until it has the new.
#[test]
fn a_witness_follows_up_to_the_hand_over() {
    let log = Log::rotated();
    let (old, new) = (log.key().verifier(), log.next_key().verifier());
    let judged = |keys: &[VerifierKey], from: u64, to: u64| {
        log.request(from, to)
            .judge(&log.known_by(keys), Some(log.head(from)))
            .map_err(|refusal| refusal.status())
    };
    assert_eq!(judged(std::slice::from_ref(&old), 7, 8).unwrap().key, old);
    assert_eq!(judged(std::slice::from_ref(&new), 7, 8).unwrap().key, new);
    assert_eq!(judged(std::slice::from_ref(&old), 8, 9), Err(403));
    assert_eq!(judged(&[old, new.clone()], 8, 9).unwrap().key, new);
}

#[test]
fn every_file_of_the_published_log_has_one_path() {
    let log = log();
    let folder = log.folder();
    assert_eq!((folder.len(), Log::rotated().folder().len()), (5, 6));
    for path in folder.keys().chain(Log::rotated().folder().keys()) {
        assert_eq!(path.to_string().parse(), Ok(*path));
    }
    for (size, path) in [(0, "000"), (999, "999"), (1_000, "x001/000"), (1_234_067, "x001/x234/067")] {
        assert_eq!(PublishedPath::Rotated(TreeSize(size)).to_string(), format!("rotated/{path}"));
        assert_eq!(PublishedPath::Witnessed(TreeSize(size)).to_string(), format!("witnessed/{path}"));
    }
    let chained = Hash::of(&log.entries[6]);
    assert_eq!(small_book::live().chain.head().hash, chained, "tree and chain are over the same bytes");
}
