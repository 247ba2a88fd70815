//! Policies that are none, and requests that a witness does not answer with a signature.

use super::published::{Log, cosignature, log_key, witness_key};
use super::refused_events::replaced;
use super::roles::{CHECKPOINTS, NEXT_CHECKPOINTS, WITNESS_ONE, WITNESS_TWO};
use super::vectors::{Reader, Refused};
use minutebook_log::{AddCheckpoint, AnyCheckpoint, ConsistencyProof, TreeHash, TreeHead, TreeSize};

/// In the order of the tables of witness.md, after the cosignatures.
pub(crate) fn all(log: &Log) -> Vec<Refused> {
    let mut all = policies(log);
    all.push(Refused {
        id: "policy-not-met",
        reader: Reader::Named("trust"),
        bytes: {
            let signed = log.checkpoint(7);
            let line = cosignature(&signed, WITNESS_TWO, 2);
            signed.with_signatures([line]).unwrap().encode().into_bytes()
        },
        at: "quorum",
    });
    all.extend(requests(log));
    all.extend(judged(log));
    all
}

fn policies(log: &Log) -> Vec<Refused> {
    let policy = |id, at, text: &str| Refused {
        id,
        reader: Reader::Named("policy"),
        bytes: text.as_bytes().to_vec(),
        at,
    };
    let log_key = log.key().verifier();
    let witness = |role| witness_key(role).verifier().to_string();
    let (one, two) = (witness(WITNESS_ONE), witness(WITNESS_TWO));
    let both = format!("witness a {one}\nwitness b {two}\n");
    let group = |line: &str| format!("{both}{line}\nquorum g\n");
    vec![
        policy("policy-end", "policy", ""),
        policy("policy-end", "policy", "quorum none"),
        policy("policy-character", "line 1: text", "quorum none\r\n"),
        policy("policy-character", "line 1: text", "quorum\u{7f} none\n"),
        policy("policy-line", "line 1: line", "quorums none\n"),
        policy("policy-line", "line 1: line", "quorum\n"),
        policy("policy-line", "line 1: line", "quorum none none\n"),
        policy("policy-line", "line 1: line", "log\nquorum none\n"),
        policy("policy-line", "line 1: url", &format!("log {log_key} http://x y\nquorum none\n")),
        policy("policy-vkey", "line 1: vkey", "log x\nquorum none\n"),
        policy("policy-vkey", "line 1: vkey: algorithm", &format!("log {one}\nquorum none\n")),
        policy("policy-vkey", "line 1: vkey: algorithm", &format!("witness a {log_key}\nquorum a\n")),
        policy("policy-key-twice", "line 2: log", &format!("log {log_key}\nlog {log_key}\nquorum none\n")),
        policy(
            "policy-key-twice",
            "line 2: witness",
            &format!("witness a {one}\nwitness b {one}\nquorum a\n"),
        ),
        policy("policy-name", "line 1: name", &format!("witness none {one}\nquorum none\n")),
        policy("policy-name", "line 2: name", &format!("witness a {one}\nwitness a {two}\nquorum a\n")),
        policy("policy-name", "line 3: name", &group("group a any b")),
        policy("policy-name", "line 1: name", "quorum a\n"),
        policy("policy-name", "line 1: name", &format!("quorum a\nwitness a {one}\n")),
        policy("policy-name", "line 3: name", &group("group g any g")),
        policy("policy-name", "line 3: name", &group("group g any none")),
        policy("policy-group", "line 3: group", &group("group g any")),
        policy("policy-group", "line 3: group", &group("group g 0 a b")),
        policy("policy-group", "line 3: group", &group("group g 3 a b")),
        policy("policy-group", "line 3: group", &group("group g 01 a b")),
        policy("policy-group", "line 3: group", &group("group g some a b")),
        policy("policy-group", "line 3: group", &group("group g any a a")),
        policy("policy-group", "line 4: group", &group("group h any a\ngroup g all a b")),
        policy("policy-quorum", "policy", &both),
        policy("policy-quorum", "line 2: quorum", "quorum none\nquorum none\n"),
    ]
}

fn requests(log: &Log) -> Vec<Refused> {
    let text = log.request(3, 7).encode();
    let request = |at, from: &str, to: &str| Refused {
        id: "witness-form",
        reader: Reader::Named("request"),
        bytes: replaced(&text, from, to).into_bytes(),
        at,
    };
    let first_hash = text.lines().nth(1).unwrap();
    let many = format!("{first_hash}\n").repeat(64);
    vec![
        request("old", "old 3", "old 03"),
        request("old", "old 3", "old"),
        request("old", "old 3\n", ""),
        request("proof", first_hash, &first_hash.replace('=', "")),
        request("proof", &format!("{first_hash}\n"), &many),
        request("proof", "\n\nminutebook", "\nminutebook"),
        request("checkpoint: extension", "\n\n\u{2014}", "\n\nextension\n\n\u{2014}"),
        request("checkpoint: origin", &format!("\n\n{}", log.origin), "\n\n"),
    ]
}

fn judged(log: &Log) -> Vec<Refused> {
    let right = log.request(3, 7);
    let judged = |id, latest, status, request: &AddCheckpoint| Refused {
        id,
        reader: Reader::Witness { latest },
        bytes: request.encode().into_bytes(),
        at: status,
    };
    let change = |id, latest, status, change: &dyn Fn(&mut AddCheckpoint)| {
        let mut request = right.clone();
        change(&mut request);
        judged(id, latest, status, &request)
    };
    let other = log_key(&"minutebook.example/other".parse().unwrap(), CHECKPOINTS);
    let forked = TreeHead { size: TreeSize(7), root: TreeHash::EMPTY };
    let false_empty = TreeHead { size: TreeSize(0), root: log.head(7).root };
    let signed_again = |head| AnyCheckpoint::from(log.key().sign(head));
    vec![
        change("witness-unknown-log", 3, "404", &|request| {
            request.checkpoint = other.sign(log.head(7)).into()
        }),
        change("witness-unsigned", 3, "403", &|request| {
            request.checkpoint = log_key(&log.origin, NEXT_CHECKPOINTS).sign(log.head(7)).into();
        }),
        change("witness-unsigned", 3, "403", &|request| {
            let mut line = request.checkpoint.note().signatures()[0].clone();
            line.bytes[0] ^= 1;
            let own = request.checkpoint.note().signatures().to_vec();
            request.checkpoint = request.checkpoint.only_with([own, vec![line]].concat()).unwrap();
        }),
        change("witness-old-size", 3, "400", &|request| request.old = TreeSize(8)),
        judged("witness-conflict", 2, "409", &right),
        judged("witness-conflict", 0, "409", &right),
        judged("witness-conflict", 3, "409", &log.request(0, 7)),
        judged("witness-conflict", 7, "409", &log.request(3, 6)),
        change("witness-inconsistent", 3, "422", &|request| request.proof.0.clear()),
        change("witness-inconsistent", 3, "422", &|request| request.proof.0[1] = TreeHash::EMPTY),
        change("witness-inconsistent", 3, "422", &|request| request.proof.0.push(TreeHash::EMPTY)),
        change("witness-inconsistent", 3, "422", &|request| request.checkpoint = signed_again(forked)),
        change("witness-inconsistent", 7, "422", &|request| {
            (request.old, request.proof) = (TreeSize(7), ConsistencyProof::default());
            request.checkpoint = signed_again(forked);
        }),
        change("witness-inconsistent", 0, "422", &|request| request.old = TreeSize(0)),
        change("witness-inconsistent", 0, "422", &|request| {
            (request.old, request.proof) = (TreeSize(0), ConsistencyProof::default());
            request.checkpoint = signed_again(false_empty);
        }),
    ]
}
