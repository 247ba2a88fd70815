//! A log that signs what a test tells it to, a clock that shows what it is told, and HTTP by hand.

#![allow(dead_code, reason = "each test file uses its part")]

use minutebook::ledger::Clock;
use minutebook_log::{
    AddCheckpoint, ConsistencyProof, Frontier, HashIndex, HashReader, KeyName, LogKey, SecretKey,
    SignedCheckpoint, Timestamp, TreeHash, TreeHead, TreeSize, VerifierKey, WitnessKey, prove_consistency,
    read_head,
};
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A log with its stored hashes.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) origin: &'static str,
    hashes: HashMap<HashIndex, TreeHash>,
}

impl Log {
    /// A log of so many entries.
    pub(crate) fn of(origin: &'static str, count: u64) -> Self {
        Self::forked(origin, count, count)
    }

    /// A log whose history differs from that of [`Log::of`] from position `from` on.
    pub(crate) fn forked(origin: &'static str, from: u64, count: u64) -> Self {
        let (mut hashes, mut frontier) = (HashMap::new(), Frontier::EMPTY);
        for position in 0..count {
            let entry =
                if position < from { format!("entry {position}") } else { format!("other {position}") };
            hashes.extend(frontier.append(TreeHash::leaf(entry.as_bytes())));
        }
        Self { origin, hashes }
    }

    pub(crate) fn key(&self) -> LogKey {
        LogKey::new(self.origin.parse().unwrap(), SecretKey::from_seed(&[1; 32]))
    }

    pub(crate) fn vkey(&self) -> VerifierKey {
        self.key().verifier()
    }

    pub(crate) fn head(&self, size: u64) -> TreeHead {
        read_head(TreeSize(size), self).unwrap()
    }

    pub(crate) fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        self.key().sign(self.head(size))
    }

    pub(crate) fn proof(&self, old: u64, new: u64) -> ConsistencyProof {
        if old == 0 {
            return ConsistencyProof::default();
        }
        prove_consistency(TreeSize(old), TreeSize(new), self).unwrap()
    }

    /// The request to cosign `new` after `old`.
    pub(crate) fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        AddCheckpoint {
            old: TreeSize(old),
            proof: self.proof(old, new),
            checkpoint: self.checkpoint(new).into(),
        }
    }
}

impl HashReader for Log {
    type Error = String;

    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, String> {
        at.iter().map(|index| self.hashes.get(index).copied().ok_or(format!("{index:?}"))).collect()
    }
}

/// The key of the witness with this name, a key of its own for each.
pub(crate) fn witness_key(name: &str) -> WitnessKey {
    let mut seed = [7; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    WitnessKey::new(name.parse::<KeyName>().unwrap(), SecretKey::from_seed(&seed))
}

/// A clock that a test sets.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows so many seconds after 1970-01-01T00:00:00Z.
    pub(crate) fn at(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds))
    }

    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst) * 1_000_000).unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// What a server answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

pub(crate) fn post(address: SocketAddr, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nHost: witness\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    exchange(address, &[head.as_bytes(), body].concat())
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    exchange(address, format!("GET {path} HTTP/1.1\r\nHost: witness\r\nConnection: close\r\n\r\n").as_bytes())
}

/// Sends these bytes and reads the answer to its end.
pub(crate) fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    // A server that was killed is not there; its answer is none.
    let Ok(mut stream) = TcpStream::connect(address) else { return Answer::default() };
    // A server that refuses early closes early, while we still send.
    let _cut = stream.write_all(request);
    let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        answer.extend_from_slice(&chunk[..read]);
    }
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let content_type = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    Answer {
        status: head.split(' ').nth(1).unwrap_or("0").parse().unwrap(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: body.to_owned(),
    }
}
