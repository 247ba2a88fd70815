//! Witnesses, over real HTTP and real files: whom they sign for, what they refuse, and what they remember.

use crate::log::{Answer, Log, TestClock, get, post, witness_key};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer as _, SigningKey};
use minutebook::witness::{self, Begin, REQUEST_BYTES_MAX, Witness, WitnessError};
use minutebook_log::{
    AddCheckpoint, AnyCheckpoint, KnownLog, Note, NoteSignature, SecretKey, Timestamp, TreeHash, TreeHead,
    TreeSize, WitnessKey, parse_signature_lines,
};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

const ORIGIN: &str = "minutebook.example/notts";
const DERBY: &str = "derby.example/witness";

/// A witness on a free port, and its folder.
struct Room {
    folder: tempfile::TempDir,
    clock: Arc<TestClock>,
    running: Option<Running>,
}

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
    runtime: Runtime,
}

impl Room {
    fn new() -> Self {
        let clock = Arc::new(TestClock::at(1_600_000_000));
        let mut room = Self { folder: tempfile::tempdir().unwrap(), clock, running: None };
        room.start(Begin::New);
        room
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("witness")
    }

    fn open(&self, begin: Begin) -> Result<Witness, WitnessError> {
        open(&self.dir(), begin, witness_key(DERBY), self.clock.clone())
    }

    fn start(&mut self, begin: Begin) {
        let witness = Arc::new(self.open(begin).unwrap());
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _told = stopped.await;
        };
        let served = runtime.spawn(witness::serve(listener, witness, shutdown));
        self.running = Some(Running { address, stop, served, runtime });
    }

    fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.send(()).unwrap();
        running.runtime.block_on(running.served).unwrap();
    }

    fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address
    }

    fn add(&self, request: &AddCheckpoint) -> Answer {
        post(self.address(), request.encode())
    }

    /// Where what was cosigned of the log is served.
    fn monitored(&self) -> Answer {
        get(self.address(), &format!("/{}/checkpoint", origin_hash()))
    }

    /// What was cosigned last of the log that calls itself this, as it is served.
    fn served_of(&self, origin: &str) -> String {
        let hash = HEXLOWER.encode(&Sha256::digest(origin));
        get(self.address(), &format!("/{hash}/checkpoint")).body
    }

    fn stored(&self) -> PathBuf {
        self.dir().join(format!("{}.checkpoint", origin_hash()))
    }
}

fn open(dir: &Path, begin: Begin, key: WitnessKey, clock: Arc<TestClock>) -> Result<Witness, WitnessError> {
    let own = KnownLog::new(ORIGIN, Log::of(ORIGIN, 0).vkey()).unwrap();
    Witness::open(dir, begin, key, &[own, spaced()], clock)
}

/// A log that calls itself something with spaces, and whose key has another name.
fn spaced() -> KnownLog {
    KnownLog::new("a tree with spaces", Log::of("spaced.example", 0).vkey()).unwrap()
}

/// The SHA-256 of the origin, in hexadecimal digits.
fn origin_hash() -> &'static str {
    "02195112c0425408b749032442f6f84fcf3526bb7a1822312bec040eeeb33db6"
}

/// The time of the one cosignature in `answer`, which holds for `checkpoint`.
fn cosigned_at(answer: &Answer, checkpoint: &AnyCheckpoint) -> Timestamp {
    assert_eq!(
        (answer.status, answer.content_type.as_str()),
        (200, "text/plain; charset=utf-8"),
        "{answer:?}"
    );
    let lines = parse_signature_lines(&answer.body).unwrap();
    let cosigned = checkpoint.only_with(lines).unwrap();
    let cosigned = cosigned.cosignatures([&witness_key(DERBY).verifier()]).unwrap();
    assert_eq!(cosigned.len(), 1, "{}", answer.body);
    cosigned[0].time
}

#[test]
fn what_extends_what_was_signed_last_is_signed() {
    let (room, log) = (Room::new(), Log::of(ORIGIN, 20));
    assert_eq!(room.monitored().status, 404, "nothing was cosigned yet");
    for (old, new) in [(0, 3), (3, 3), (3, 7), (7, 8), (8, 20)] {
        let request = log.request(old, new);
        let answer = room.add(&request);
        assert_eq!(cosigned_at(&answer, &request.checkpoint).as_micros(), 1_600_000_000_000_000);
        let served = room.monitored();
        assert_eq!(served.body, format!("{}{}", request.checkpoint.encode(), answer.body));
        assert_eq!(served.status, 200);
    }
}

/// C2SP lets a log call itself anything, whatever its key is called, and say more in lines of its own.
#[test]
fn logs_that_say_more_than_ours_are_signed_for() {
    let (room, log) = (Room::new(), Log::of("spaced.example", 9));
    let request = |origin: &str, old: u64, new: u64, extension: &str| {
        let head = log.head(new);
        let text = format!("{origin}\n{}\n{}\n{extension}", head.size, head.root);
        let line = NoteSignature {
            name: log.vkey().name().clone(),
            id: log.vkey().id(),
            bytes: SigningKey::from_bytes(&[1; 32]).sign(text.as_bytes()).to_bytes().to_vec(),
        };
        let note = Note::new(text, vec![line]).unwrap();
        let checkpoint = AnyCheckpoint::parse(note.encode().as_bytes()).unwrap();
        AddCheckpoint { checkpoint, ..log.request(old, new) }
    };
    let origin = "a tree with spaces";
    for (old, new, extension) in [(0, 3, ""), (3, 5, "timestamp 12\n"), (5, 9, "one\ntwo words\n")] {
        let asked = request(origin, old, new, extension);
        let answer = room.add(&asked);
        cosigned_at(&answer, &asked.checkpoint);
        let stored = room.served_of(origin);
        assert_eq!(stored, format!("{}{}", asked.checkpoint.encode(), answer.body), "what was signed, whole");
    }
    assert_eq!(room.add(&request("spaced.example", 0, 3, "")).status, 404, "the key's name is no log's");
    assert_eq!(room.add(&request(ORIGIN, 0, 3, "")).status, 403, "the key of another log");
}

#[test]
fn every_refusal_has_its_status() {
    let (room, log) = (Room::new(), Log::of(ORIGIN, 9));
    assert_eq!(room.add(&log.request(0, 5)).status, 200);
    let good = log.request(5, 9);
    let text = good.encode();
    let status = |body: &str| post(room.address(), body).status;

    assert_eq!(status(""), 400);
    assert_eq!(status("old five\n"), 400);
    assert_eq!(status(&text.replace("old 5", "old 05")), 400);
    let extended = text.replacen("\n\n\u{2014}", "\nextension\n\n\u{2014}", 1);
    assert_ne!(extended, text);
    assert_eq!(status(&extended), 403, "an extension line that the log has not signed");
    assert_eq!(status(&extended.replace("\nextension\n", "\n\nextension\n")), 400, "an empty line before it");
    let too_old = AddCheckpoint { old: TreeSize(10), ..good.clone() };
    assert_eq!(room.add(&too_old).status, 400);
    let over_long = vec![b'a'; REQUEST_BYTES_MAX + 1];
    assert_eq!(post(room.address(), over_long).status, 413);

    assert_eq!(room.add(&Log::of("minutebook.example/other", 9).request(0, 9)).status, 404);
    assert_eq!(get(room.address(), "/add-checkpoint").status, 405);
    assert_eq!(get(room.address(), "/00/checkpoint").status, 404);

    assert_eq!(room.add(&signed_by(&good, &[stranger(&good)])).status, 403, "not by the log");
    assert_eq!(room.add(&signed_by(&good, &[forged(&good.checkpoint.note().signatures()[0])])).status, 403);

    for old in [0, 4, 6] {
        let conflict = room.add(&log.request(old, 9));
        let (kind, body) = (conflict.content_type.as_str(), conflict.body.as_str());
        assert_eq!((conflict.status, kind, body), (409, "text/x.tlog.size", "5\n"));
    }

    let unproved = AddCheckpoint { proof: log.proof(4, 9), ..good.clone() };
    assert_eq!(room.add(&unproved).status, 422);
    assert_eq!(room.add(&Log::forked(ORIGIN, 4, 9).request(5, 9)).status, 422, "another history");
    assert_eq!(room.add(&Log::forked(ORIGIN, 4, 9).request(5, 5)).status, 422, "another root of that size");

    assert_eq!(room.monitored().body.lines().nth(1), Some("5"), "nothing of it was stored");
    assert_eq!(room.add(&good).status, 200);
}

#[test]
fn a_tree_without_entries_has_one_root_and_needs_no_proof() {
    let (room, log) = (Room::new(), Log::of(ORIGIN, 3));
    let root = log.head(3).root;
    let false_root = log.key().sign(TreeHead { size: TreeSize::EMPTY, root }).into();
    assert_eq!(room.add(&AddCheckpoint { checkpoint: false_root, ..log.request(0, 0) }).status, 422);
    assert_eq!(log.head(0).root, TreeHash::EMPTY);
    assert_eq!(room.add(&log.request(0, 0)).status, 200);
    assert_eq!(room.add(&AddCheckpoint { proof: log.proof(2, 3), ..log.request(0, 3) }).status, 422);
    assert_eq!(room.add(&log.request(0, 3)).status, 200);
}

#[test]
fn of_two_requests_that_extend_one_checkpoint_one_is_signed() {
    let (room, log) = (Room::new(), Log::of(ORIGIN, 200));
    let mut last = 0;
    for _round in 0..10 {
        let sizes: Vec<u64> = (1..=8).map(|more| last + more).collect();
        let start = Barrier::new(sizes.len());
        let answers: Vec<(u64, u16)> = std::thread::scope(|scope| {
            let ask = |size: &u64| {
                let (request, start, size) = (log.request(last, *size).encode(), &start, *size);
                let address = room.address();
                scope.spawn(move || {
                    start.wait();
                    (size, post(address, request).status)
                })
            };
            let asked: Vec<_> = sizes.iter().map(ask).collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        let signed: Vec<u64> =
            answers.iter().filter(|(_, status)| *status == 200).map(|(size, _)| *size).collect();
        assert_eq!(signed.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|(_, status)| [200, 409].contains(status)), "{answers:?}");
        assert_eq!(room.monitored().body.lines().nth(1), Some(signed[0].to_string().as_str()));
        last = signed[0];
    }
}

#[test]
fn what_was_signed_is_remembered() {
    let (mut room, log) = (Room::new(), Log::of(ORIGIN, 9));
    room.add(&log.request(0, 5));
    let served = room.monitored();
    room.stop();
    room.start(Begin::Resume);
    assert_eq!(room.monitored(), served);
    assert_eq!(room.add(&log.request(0, 9)).body, "5\n");
    assert_eq!(room.add(&Log::forked(ORIGIN, 4, 9).request(5, 9)).status, 422);
    assert_eq!(room.add(&log.request(5, 9)).status, 200);
}

#[test]
fn signed_time_never_goes_back() {
    let (mut room, log) = (Room::new(), Log::of(ORIGIN, 9));
    let sign = |room: &Room, old, new| {
        let request = log.request(old, new);
        cosigned_at(&room.add(&request), &request.checkpoint).as_micros() / 1_000_000
    };
    assert_eq!(sign(&room, 0, 1), 1_600_000_000);
    room.clock.set(1_500_000_000);
    assert_eq!(sign(&room, 1, 2), 1_600_000_000);
    room.stop();
    room.start(Begin::Resume);
    assert_eq!(sign(&room, 2, 3), 1_600_000_000, "nor over a restart");
    room.clock.set(1_600_000_007);
    assert_eq!(sign(&room, 3, 4), 1_600_000_007);
}

#[test]
fn a_clock_that_is_not_set_signs_nothing() {
    let mut room = Room::new();
    room.stop();
    room.clock.set(0);
    room.start(Begin::Resume);
    assert_eq!(room.add(&Log::of(ORIGIN, 1).request(0, 1)).status, 500);
    assert_eq!(room.monitored().status, 404);
}

#[test]
fn every_byte_of_the_state_that_is_damaged_stops_the_start() {
    let (mut room, log) = (Room::new(), Log::of(ORIGIN, 9));
    room.add(&log.request(0, 5));
    room.stop();
    let whole = fs::read(room.stored()).unwrap();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x01;
        fs::write(room.stored(), &flipped).unwrap();
        assert!(matches!(room.open(Begin::Resume), Err(WitnessError::Damaged { .. })), "byte {at}");
        fs::write(room.stored(), &whole[..at]).unwrap();
        assert!(matches!(room.open(Begin::Resume), Err(WitnessError::Damaged { .. })), "cut at {at}");
    }
    fs::write(room.stored(), &whole).unwrap();
    let other = open(&room.dir(), Begin::Resume, witness_key("other.example/w"), room.clock.clone());
    assert!(matches!(other, Err(WitnessError::Damaged { .. })), "another key's state");
    fs::write(room.dir().join("x.checkpoint.new"), "what a crash left").unwrap();
    assert!(room.open(Begin::Resume).is_ok());
}

#[test]
fn what_was_signed_is_missed_when_it_is_gone() {
    let (mut room, log) = (Room::new(), Log::of(ORIGIN, 9));
    let list = room.dir().join("signed");
    let nothing_yet = fs::read(&list).unwrap();
    room.add(&log.request(0, 5));
    room.stop();
    let (checkpoint, signed) = (fs::read(room.stored()).unwrap(), fs::read(&list).unwrap());
    let lost = |room: &Room, gone: &Path| {
        let refused = room.open(Begin::Resume).err().unwrap();
        assert!(matches!(&refused, WitnessError::Lost { path } if path == gone), "{refused}");
    };
    fs::remove_file(room.stored()).unwrap();
    lost(&room, &room.stored());
    fs::write(room.stored(), &checkpoint).unwrap();
    fs::remove_file(&list).unwrap();
    lost(&room, &list);
    for at in 0..signed.len() {
        let mut flipped = signed.clone();
        flipped[at] ^= 0x01;
        for damaged in [&flipped, &signed[..at].to_vec()] {
            fs::write(&list, damaged).unwrap();
            let refused = room.open(Begin::Resume).err().unwrap();
            let is_told = match &refused {
                WitnessError::Damaged { path, .. } | WitnessError::Lost { path } => {
                    path.starts_with(room.dir())
                }
                _ => false,
            };
            assert!(is_told, "byte {at}: {refused}");
        }
    }
    // A crash right after the first checkpoint of a log was stored: it is there, and not listed yet.
    fs::write(&list, &nothing_yet).unwrap();
    room.start(Begin::Resume);
    assert_eq!(room.add(&log.request(5, 9)).status, 200);
    room.stop();
    // A folder from before there was a list gets one.
    fs::remove_file(&list).unwrap();
    fs::write(room.dir().join("FORMAT"), "minutebook.witness/v1\n").unwrap();
    assert!(room.open(Begin::Resume).is_ok());
    assert_eq!(fs::read(&list).unwrap(), signed);
    fs::remove_file(room.stored()).unwrap();
    lost(&room, &room.stored());
}

#[test]
fn a_witness_begins_once_in_a_folder_of_its_own() {
    let room = Room::new();
    assert!(matches!(room.open(Begin::Resume), Err(WitnessError::InUse { .. })));
    assert!(matches!(room.open(Begin::New), Err(WitnessError::NotEmpty { .. })));
    let other = room.folder.path().join("mistyped");
    let lost = open(&other, Begin::Resume, witness_key(DERBY), room.clock.clone());
    assert!(lost.err().unwrap().to_string().contains("--new"));
    assert!(!other.exists(), "nothing is made by accident");
}

#[test]
fn what_could_not_be_stored_is_not_signed_and_nothing_after_it() {
    let (mut room, log) = (Room::new(), Log::of(ORIGIN, 9));
    room.add(&log.request(0, 5));
    let in_the_way = room.dir().join(format!("{}.checkpoint.new", origin_hash()));
    fs::create_dir(&in_the_way).unwrap();
    let failed = room.add(&log.request(5, 9));
    assert_eq!(failed.status, 500);
    assert!(!failed.body.contains('\u{2014}'), "no signature: {}", failed.body);
    fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(room.add(&log.request(5, 9)).status, 500, "not before somebody has looked");
    room.stop();
    room.start(Begin::Resume);
    assert_eq!(room.add(&log.request(5, 9)).status, 200);
}

#[test]
fn lines_of_strangers_are_neither_believed_nor_kept() {
    let (room, log) = (Room::new(), Log::of(ORIGIN, 9));
    let request = log.request(0, 5);
    let own = request.checkpoint.note().signatures()[0].clone();
    let witness = witness_key("leicester.example/w").cosign(&request.checkpoint, room_time());
    // Another key under the log's name is another's: its id differs.
    let lines = [stranger(&request), forged(&witness), witness, own];
    let answer = room.add(&signed_by(&request, &lines));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(room.monitored().body, format!("{}{}", request.checkpoint.encode(), answer.body));
}

#[test]
fn a_request_that_may_prove_a_fork_is_kept_with_what_it_contradicts() {
    let (room, log) = (Room::new(), Log::of(ORIGIN, 9));
    room.add(&log.request(0, 5));
    let fork = Log::forked(ORIGIN, 4, 9).request(5, 9);
    assert_eq!(room.add(&fork).status, 422);
    let unproved = AddCheckpoint { proof: log.proof(4, 9), ..fork.clone() };
    assert_eq!(room.add(&unproved).status, 422, "the same checkpoint, and nothing new");
    let kept: Vec<_> = fs::read_dir(room.dir().join("refused")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    let kept = fs::read_to_string(kept[0].as_ref().unwrap().path()).unwrap();
    assert_eq!(kept, format!("{}\n{}", room.monitored().body, fork.encode()));
}

#[test]
fn whoever_sends_nothing_holds_nobody_up() {
    let (room, log) = (Room::new(), Log::of(ORIGIN, 1));
    let silent: Vec<_> = (0..50).map(|_| std::net::TcpStream::connect(room.address()).unwrap()).collect();
    assert_eq!(room.add(&log.request(0, 1)).status, 200);
    assert_eq!(silent.len(), 50);
}

/// The request with these lines beneath its checkpoint instead.
fn signed_by(request: &AddCheckpoint, lines: &[NoteSignature]) -> AddCheckpoint {
    let note = Note::new(request.checkpoint.note().text().to_owned(), lines.to_vec()).unwrap();
    let checkpoint = AnyCheckpoint::parse(note.encode().as_bytes()).unwrap();
    AddCheckpoint { checkpoint, ..request.clone() }
}

/// A line by another key under the log's name.
fn stranger(request: &AddCheckpoint) -> NoteSignature {
    let origin = request.checkpoint.origin().parse().unwrap();
    let other = minutebook_log::LogKey::new(origin, SecretKey::from_seed(&[9; 32]));
    other.sign(request.checkpoint.head()).note().signatures()[0].clone()
}

/// The same line with another signature in it.
fn forged(line: &NoteSignature) -> NoteSignature {
    let mut bytes = line.bytes.clone();
    *bytes.last_mut().unwrap() ^= 0x01;
    NoteSignature { bytes, ..line.clone() }
}

fn room_time() -> Timestamp {
    Timestamp::from_micros(1_600_000_000_000_000).unwrap()
}
