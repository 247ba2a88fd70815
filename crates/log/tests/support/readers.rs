//! What reads the vectors about tree and log, and how its errors are told in one word.

use super::published::{self, Log};
use minutebook_log::{
    AddCheckpoint, CheckpointError, ConsistencyProof, HandOverError, InclusionProof, LogKeys, Malformed,
    Note, Policy, Position, ProofError, PublishedPath, Receipt, ReceiptError, SignedCheckpoint, TileWidth,
    TrustError, VerifierKey, check_consistency, check_inclusion, parse_bundle, parse_hash_tile,
};
use serde_json::Value;

/// Where the reader that a vector names says no; `accepted`, if it says yes.
pub(crate) fn refused_at(reader: &Value, bytes: &[u8], log: &Log) -> String {
    let refused = match reader.as_str() {
        Some(name) => named(name, bytes, log),
        None => claimed(reader, bytes, log),
    };
    refused.err().unwrap_or_else(|| "accepted".to_owned())
}

fn named(name: &str, bytes: &[u8], log: &Log) -> Result<(), String> {
    let policy = published::policy(log);
    match name {
        "note" => Note::parse(bytes).map(drop).map_err(at),
        "vkey" => text(bytes)?.parse::<VerifierKey>().map(drop).map_err(at),
        "path" => text(bytes)?.parse::<PublishedPath>().map(drop).map_err(at),
        "log-keys" => LogKeys::parse(bytes).map(drop).map_err(at),
        "policy" => Policy::parse(bytes).map(drop).map_err(at),
        "receipt" => Receipt::parse(bytes).map(drop).map_err(at),
        "request" => AddCheckpoint::parse(bytes).map(drop).map_err(at),
        "checkpoint" => {
            Note::parse(bytes).expect("a note");
            SignedCheckpoint::parse(bytes).map(drop).map_err(at)
        }
        "trust" => {
            let signed = SignedCheckpoint::parse(bytes).expect("a checkpoint");
            policy.check(&signed).map(drop).map_err(|error| trust(&error).to_owned())
        }
        "hand-over" => {
            let signed = SignedCheckpoint::parse(bytes).expect("a checkpoint");
            match Log::rotated().keys().check_hand_over(&signed) {
                Ok(hand_over) if hand_over.is_signed_by_old => Ok(()),
                Ok(_by_the_new_alone) => Err("old".to_owned()),
                Err(HandOverError::NoRotation { .. }) => Err("size".to_owned()),
                Err(HandOverError::Signature(error)) => Err(trust(&error.into()).to_owned()),
            }
        }
        "received" => {
            let receipt = Receipt::parse(bytes).expect("a receipt");
            receipt.check(&policy).map(drop).map_err(|error| received(&error))
        }
        unknown => panic!("no reader {unknown}"),
    }
}

fn claimed(reader: &Value, bytes: &[u8], log: &Log) -> Result<(), String> {
    let number = |pointer: &str| reader.pointer(pointer).and_then(Value::as_u64);
    let width = |width: u64| TileWidth::new(u16::try_from(width).unwrap()).unwrap();
    let hashes = || text(bytes).unwrap().lines().map(|line| line.parse().unwrap()).collect();
    if let Some(size) = number("/inclusion/size") {
        let entry = &log.entries[usize::try_from(number("/inclusion/entry").unwrap()).unwrap()];
        let position = Position(number("/inclusion/position").unwrap());
        let proof = InclusionProof(hashes());
        return check_inclusion(entry, position, log.head(size), &proof)
            .map(drop)
            .map_err(|error| proof_error(&error).to_owned());
    }
    if let (Some(old), Some(new)) = (number("/consistency/old"), number("/consistency/new")) {
        return check_consistency(log.head(old), log.head(new), &ConsistencyProof(hashes()))
            .map(drop)
            .map_err(|error| proof_error(&error).to_owned());
    }
    if let Some(hashes) = number("/hash_tile") {
        return parse_hash_tile(width(hashes), bytes).map(drop).map_err(at);
    }
    if let Some(entries) = number("/bundle") {
        return parse_bundle(width(entries), bytes).map(drop).map_err(at);
    }
    let latest = number("/witness").expect("a reader");
    let request = AddCheckpoint::parse(bytes).expect("a request");
    let judged =
        request.judge(&log.known_by(&[log.key().verifier()]), (latest > 0).then(|| log.head(latest)));
    judged.map(drop).map_err(|refusal| refusal.status().to_string())
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_not_utf8| "utf-8".to_owned())
}

fn at(malformed: Malformed) -> String {
    malformed.at
}

fn proof_error(error: &ProofError) -> &'static str {
    match error {
        ProofError::EmptyTree => "empty",
        ProofError::Outside { .. } => "outside",
        ProofError::Shrunk { .. } => "shrunk",
        ProofError::Short { .. } => "short",
        ProofError::Long { .. } => "long",
        ProofError::Root { .. } => "root",
    }
}

fn trust(error: &TrustError) -> &'static str {
    match error {
        TrustError::Log(CheckpointError::Unsigned { .. }) => "unsigned",
        TrustError::Log(CheckpointError::Signature { .. }) => "signature",
        TrustError::Witness(_) => "cosignature",
        TrustError::EmptyTree => "empty",
        TrustError::NotWitnessed { .. } => "quorum",
    }
}

fn received(error: &ReceiptError) -> String {
    match error {
        ReceiptError::Trust(error) => trust(error).to_owned(),
        ReceiptError::Entry(malformed) => format!("entry: {}", malformed.at),
        ReceiptError::Position { .. } => "position".to_owned(),
        ReceiptError::Source { .. } => "source".to_owned(),
        ReceiptError::Proof(error) => proof_error(error).to_owned(),
        ReceiptError::Signature(_) => "signed".to_owned(),
        ReceiptError::OtherEvent { .. } => "event".to_owned(),
        ReceiptError::NotWitnessed { .. } => "quorum".to_owned(),
    }
}
