//! Every step by which something becomes durable beside the store, broken both ways: it fails and nothing happened, it
//! fails half-way, it fails and it did happen. And the power, cut after each of them.
//!
//! What was told to somebody stays true: everything acknowledged is there and verifies, nothing is shown that was not
//! committed, a witness signs one history, a client forgets nothing, and a start after it goes on.

use crate::disk::{Disk, Unsynced, at_every_step};
use crate::files::files;
use crate::log::{Log, TestClock, witness_key};
use crate::support::engines::{Fault, FaultyEngine};
use crate::support::{Cast, ccg, check_entries, decision, key, known_of, opening};
use minutebook::client::Remembered;
use minutebook::client::memory::Memory;
use minutebook::ledger::{AppendError, Index, Ledger, Shelf, SystemClock};
use minutebook::published::{Folder, Publisher, publish_checkpoint, recover, write_tiles};
use minutebook::witness::{AddError, Begin, Witness, WitnessError};
use minutebook_governance::Keeping;
use minutebook_log::{
    Hash, KnownLog, LogKey, LogKeys, Position, Signed, SignedCheckpoint, TreeSize, read_head,
};
use minutebook_store::{Engine as _, Files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A book of some hundred entries in memory, and its checkpoints at these sizes as they are published one after another.
struct Book {
    ledger: Ledger<FaultyEngine>,
    checkpoints: Vec<SignedCheckpoint>,
    keys: LogKeys,
    /// The published folder at each of the sizes, made in one go.
    published: BTreeMap<u64, BTreeMap<String, Vec<u8>>>,
}

/// A partial tile that grows, one that becomes full, and a second of each.
const SIZES: [u64; 4] = [3, 200, 256, 259];

impl Book {
    async fn new() -> Self {
        let (engine, cast) = (FaultyEngine::with_opening(&opening("re-enactment")).await, Cast::new());
        let ledger = Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap();
        let known = known_of(ledger.reader().id());
        ledger.append(cast.prologue(&known)).await.unwrap();
        let listings = (0..253).map(|code| ccg(&cast.register, &format!("{code:03}")).signed(&known));
        ledger.append(listings.collect()).await.unwrap();
        let reader = ledger.reader();
        let log_key = LogKey::new(reader.opening().origin.clone(), key(9));
        let known = reader.known();
        let sign = |size: &u64| log_key.sign(read_head(TreeSize(*size), known.tree()).unwrap());
        let checkpoints: Vec<_> = SIZES.iter().map(sign).collect();
        let keys = reader.log_keys();
        let mut book = Self { ledger: ledger.clone(), checkpoints, keys, published: BTreeMap::new() };
        for (at, size) in SIZES.into_iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            book.publish(&Folder::open_on(Unsynced::files(), folder.path()).unwrap(), at..=at).await.unwrap();
            book.published.insert(size, files(folder.path()));
        }
        book
    }

    /// A start: what is published is held against the log, and then these checkpoints are published. Returns the size of
    /// what was published before.
    async fn publish(
        &self,
        folder: &Folder,
        checkpoints: impl IntoIterator<Item = usize>,
    ) -> Result<u64, String> {
        let (reader, newest) = (self.ledger.reader(), self.checkpoints.last().unwrap());
        let said = |error: minutebook::published::PublishError| {
            assert!(!error.is_contradiction(), "{error}");
            error.to_string()
        };
        let last = recover(folder, reader, &self.keys, newest).await.map_err(said)?;
        let mut old = last.map_or(TreeSize::EMPTY, |last| last.unverified().head.size);
        let begun = old.0;
        for checkpoint in checkpoints.into_iter().map(|at| &self.checkpoints[at]) {
            let size = checkpoint.unverified().head.size;
            if size > old {
                write_tiles(folder, reader, old, size).await.map_err(said)?;
                publish_checkpoint(folder, checkpoint, old).await.map_err(said)?;
                old = size;
            }
        }
        Ok(begun)
    }

    /// The size of the checkpoint in a folder, if everything is there that it speaks of.
    fn check(&self, root: &Path) -> Result<u64, String> {
        let live = if root.is_dir() { files(root) } else { BTreeMap::new() };
        let Some(checkpoint) = live.get("checkpoint") else { return Ok(0) };
        let checkpoint = SignedCheckpoint::parse(checkpoint).map_err(|error| error.to_string())?;
        if !self.checkpoints.contains(&checkpoint) {
            return Err("a checkpoint that the log never signed".to_owned());
        }
        let size = checkpoint.unverified().head.size.0;
        for (path, bytes) in &self.published[&size] {
            // A partial tile may have become a full one, which begins as it did.
            let whole = path.split(".p/").next().unwrap();
            let whole = live.get(whole).filter(|_whole| path.contains(".p/"));
            let is_there =
                live.get(path) == Some(bytes) || whole.is_some_and(|whole| whole.starts_with(bytes));
            if !is_there {
                return Err(format!("the checkpoint of {size} speaks of {path}, which is not there"));
            }
        }
        Ok(size)
    }

    /// The folder, once a start has gone on with it, is as one that was made in one go, but for tiles on the way.
    async fn goes_on(&self, root: &Path, what: &str) {
        let folder = Folder::open_on(Unsynced::files(), root).unwrap();
        self.publish(&folder, 0..SIZES.len()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(self.check(root).unwrap(), 259, "{what}");
        let live = files(root);
        assert!(!live.contains_key(".new"), "{what}");
        assert!(!live.keys().any(|path| path.starts_with("tile/0/000.p")), "{what}: {:?}", live.keys());
    }
}

#[tokio::test]
async fn every_step_of_publishing_may_fail_either_way() {
    let book = Book::new().await;
    let times = at_every_step(async |files, what| {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("published");
        let tried = match Folder::open_on(files, &root) {
            Ok(folder) => book.publish(&folder, 0..SIZES.len()).await.map(|_size| folder),
            Err(error) => Err(error.to_string()),
        };
        let shown = book.check(&root).unwrap_or_else(|error| panic!("{what}: {error}"));
        if let Ok(folder) = tried {
            assert_eq!(shown, 259, "{what}");
            assert_eq!(folder.root(), root);
        }
        book.goes_on(&root, &what).await;
    })
    .await;
    assert!(times > 200, "{times} faults");
}

#[tokio::test]
async fn a_power_cut_leaves_all_that_the_published_checkpoint_speaks_of() {
    let (book, folder) = (Book::new().await, tempfile::tempdir().unwrap());
    let (before, root) = (folder.path().join("before"), folder.path().join("ledger"));
    fs::create_dir(&before).unwrap();
    fs::create_dir(&root).unwrap();
    let (disk, on_disk) = Disk::new();
    let published = Folder::open_on(on_disk, &root.join("published")).unwrap();
    for (at, size) in SIZES.into_iter().enumerate() {
        book.publish(&published, [at]).await.unwrap();
        disk.say(size);
    }
    let images = disk
        .cut_everywhere(&root, &before, async |image, said, what| {
            let root = image.join("published");
            let shown = book.check(&root).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(shown >= said, "{what}: {shown} are published, and {said} were");
            book.goes_on(&root, &what).await;
        })
        .await;
    assert!(images > 300, "{images} images");
}

/// The images would show it: on a disk that forgets what was synced, a checkpoint speaks of what is not there.
#[tokio::test]
async fn without_syncs_a_power_cut_would_leave_a_checkpoint_alone() {
    let (book, folder) = (Book::new().await, tempfile::tempdir().unwrap());
    let (before, root) = (folder.path().join("before"), folder.path().join("ledger"));
    fs::create_dir(&before).unwrap();
    fs::create_dir(&root).unwrap();
    let (disk, on_disk) = Disk::forgetful();
    let published = Folder::open_on(on_disk, &root.join("published")).unwrap();
    book.publish(&published, 0..SIZES.len()).await.unwrap();
    let seen = std::sync::Mutex::new(BTreeSet::new());
    let look = async |image: &Path, _said: u64, _what: String| {
        if let Err(error) = book.check(&image.join("published")) {
            seen.lock().unwrap().insert(error);
        }
    };
    disk.cut_everywhere(&root, &before, look).await;
    assert!(!seen.lock().unwrap().is_empty());
}

/// What every start says of a ledger: its checkpoint, and what its book finds.
fn said_by(ledger: &Ledger<FaultyEngine>) -> String {
    let known = ledger.reader().known();
    let record = known.book().record();
    let found: Vec<_> = (0..record.len())
        .map(|at| (record.subjects_at(Position(at), record.len()), record.recorded_at(Position(at))))
        .collect();
    format!("{}{found:?}", known.checkpoint().encode())
}

const KEEPING: Keeping = Keeping { recent: 8, cache_bytes: 1, segment_entries: 3 };

async fn open_on(files: &Files, dir: &Path, engine: &FaultyEngine) -> Ledger<FaultyEngine> {
    let index = Index { keeping: KEEPING, shelf: Some(Shelf::on(files.clone(), dir)) };
    Ledger::open_with(engine.clone(), SystemClock::new(), key(9), index).await.unwrap()
}

/// Writes three portions, closing and opening the ledger between them, and damages a segment before the last.
async fn with_segments(files: &Files, dir: &Path) -> FaultyEngine {
    let (engine, cast) = (FaultyEngine::with_opening(&opening("re-enactment")).await, Cast::new());
    for portion in 0..4 {
        let ledger = open_on(files, dir, &engine).await;
        let known = known_of(ledger.reader().id());
        let events: Vec<Signed> = match portion {
            0 => cast.prologue(&known),
            _ => (0..3).map(|_| decision(&cast.secretary, "body/04K", "2019-07-04").signed(&known)).collect(),
        };
        let count = events.len();
        assert_eq!(ledger.append(events).await.unwrap().len(), count, "an index never stops an append");
        ledger.close().await;
        if portion == 2 && dir.join("segments").is_dir() {
            let found = crate::files::files(&dir.join("segments"));
            for (name, mut bytes) in
                found.into_iter().filter(|(name, _bytes)| name.ends_with(".segment")).take(1)
            {
                let at = bytes.len() / 2;
                bytes[at] ^= 1;
                fs::write(dir.join("segments").join(name), bytes).unwrap();
            }
        }
    }
    engine
}

/// Whatever is in the folder, a ledger that starts from it says what one says that starts from the store alone.
async fn check_segments(dir: &Path, engine: &FaultyEngine, what: &str) {
    let plain = Index { keeping: KEEPING, shelf: None };
    let plain = Ledger::open_with(engine.clone(), SystemClock::new(), key(9), plain).await.unwrap();
    let expected = said_by(&plain);
    plain.close().await;
    for start in ["the next start", "the one after it"] {
        let ledger = open_on(&Unsynced::files(), dir, engine).await;
        assert_eq!(said_by(&ledger), expected, "{what}, {start}");
        ledger.close().await;
    }
}

#[tokio::test]
async fn every_step_of_a_segment_may_fail_either_way() {
    let times = at_every_step(async |files, what| {
        let folder = tempfile::tempdir().unwrap();
        let engine = with_segments(&files, folder.path()).await;
        check_segments(folder.path(), &engine, &what).await;
        check_entries(&engine).await;
    })
    .await;
    assert!(times > 60, "{times} faults");
}

#[tokio::test]
async fn a_power_cut_takes_no_answer_with_a_segment() {
    let folder = tempfile::tempdir().unwrap();
    let (before, root) = (folder.path().join("before"), folder.path().join("ledger"));
    fs::create_dir(&before).unwrap();
    fs::create_dir(&root).unwrap();
    let (disk, on_disk) = Disk::new();
    let engine = with_segments(&on_disk, &root).await;
    // The store may have more than the index at the moment of the cut: it always is the same store here.
    let cut = async |image: &Path, _said: u64, what: String| check_segments(image, &engine, &what).await;
    let images = disk.cut_everywhere(&root, &before, cut).await;
    assert!(images > 60, "{images} images");
}

const WITNESS: &str = "derby.example/witness";
const ORIGIN: &str = "minutebook.example/notts";

fn witness(files: Files, dir: &Path, begin: Begin) -> Result<Witness, WitnessError> {
    let clock = Arc::new(TestClock::at(1_600_000_000));
    let known = KnownLog::new(ORIGIN, Log::of(ORIGIN, 0).vkey()).unwrap();
    Witness::open_on(files, dir, begin, witness_key(WITNESS), &[known], clock)
}

/// A log that shows one history to some and another to others, from entry 4 on.
fn two_histories() -> [Log; 2] {
    [Log::of(ORIGIN, 12), Log::forked(ORIGIN, 4, 12)]
}

/// Asks for everything that either history can ask for, and returns which heads were signed.
fn ask_everything(witness: &Witness) -> Vec<(u64, usize)> {
    let mut signed = Vec::new();
    for (which, log) in two_histories().iter().enumerate() {
        for (old, new) in [(0, 3), (0, 6), (3, 6), (3, 9), (6, 9), (9, 12)] {
            if witness.add(log.request(old, new).encode().as_bytes()).is_ok() {
                signed.push((new, which));
            }
        }
    }
    signed
}

/// Nothing that was signed contradicts anything else: up to entry 4 both histories are one.
fn check_one_history(signed: &[(u64, usize)], what: &str) {
    let histories: BTreeSet<_> =
        signed.iter().filter(|(size, _which)| *size > 4).map(|(_size, which)| *which).collect();
    assert!(histories.len() <= 1, "{what}: two histories were signed: {signed:?}");
}

#[tokio::test]
async fn a_witness_signs_one_history_whatever_fails() {
    let times = at_every_step(async |files, what| {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("witness");
        let mut signed = Vec::new();
        match witness(files.clone(), &dir, Begin::New) {
            // One after another, each from its own history: the first that is signed decides.
            Ok(begun) => {
                let [ours, other] = two_histories();
                for (which, log, old, new) in
                    [(0, &ours, 0, 3), (0, &ours, 3, 6), (1, &other, 3, 9), (0, &ours, 6, 9)]
                {
                    let request = log.request(old, new);
                    match begun.add(request.encode().as_bytes()) {
                        Ok(_line) => signed.push((new, which)),
                        Err(AddError::NotStored | AddError::Refused(_)) => {}
                        Err(other) => panic!("{what}: {other}"),
                    }
                }
            }
            Err(WitnessError::Files { .. }) => {}
            Err(other) => panic!("{what}: {other}"),
        }
        let again = match witness(Unsynced::files(), &dir, Begin::Resume) {
            Ok(again) => again,
            Err(WitnessError::NoState { .. }) => {
                assert!(signed.is_empty(), "{what}: it signed, and forgot everything");
                return;
            }
            Err(other) => panic!("{what}: {other}"),
        };
        signed.extend(ask_everything(&again));
        check_one_history(&signed, &what);
        assert!(signed.iter().any(|(size, _which)| *size == 12), "{what}: it goes on, {signed:?}");
    })
    .await;
    assert!(times > 40, "{times} faults");
}

#[tokio::test]
async fn a_power_cut_makes_no_witness_forget_what_it_signed() {
    let folder = tempfile::tempdir().unwrap();
    let (before, root) = (folder.path().join("before"), folder.path().join("home"));
    fs::create_dir(&before).unwrap();
    fs::create_dir(&root).unwrap();
    let (disk, on_disk) = Disk::new();
    let begun = witness(on_disk, &root.join("witness"), Begin::New).unwrap();
    let [ours, _other] = two_histories();
    for (old, new) in [(0, 3), (3, 6), (6, 9)] {
        begun.add(ours.request(old, new).encode().as_bytes()).unwrap();
        disk.say(new);
    }
    let cut = async |image: &Path, said: u64, what: String| {
        let again = match witness(Unsynced::files(), &image.join("witness"), Begin::Resume) {
            Ok(again) => again,
            Err(WitnessError::NoState { .. }) => {
                assert_eq!(said, 0, "{what}");
                return;
            }
            Err(other) => panic!("{what}: {other}"),
        };
        let known = again.logs()[0].1.map_or(0, |head| head.size.0);
        assert!(known >= said, "{what}: it knows {known} and signed {said}");
        let mut signed: Vec<_> =
            [3, 6, 9].into_iter().filter(|size| *size <= said).map(|size| (size, 0)).collect();
        signed.extend(ask_everything(&again));
        check_one_history(&signed, &what);
    };
    let images = disk.cut_everywhere(&root, &before, cut).await;
    assert!(images > 60, "{images} images");
}

fn seen(position: u64) -> Remembered {
    Remembered {
        origin: "minutebook.example/small-book".to_owned(),
        ledger: Hash::of(b"entry 0"),
        position: Position(position),
        hash: Hash::of(&position.to_le_bytes()),
        server: "http://127.0.0.1:7419".to_owned(),
        is_re_enactment: false,
    }
}

/// How far a client remembers: the last entry, the checkpoint's size, the grants that it saw.
fn remembered(memory: &Memory, what: &str) -> [u64; 3] {
    let ledger = Hash::of(b"entry 0");
    let readable = |error: minutebook::client::ClientError| -> u64 { panic!("{what}: {error}") };
    [
        memory.recall(ledger).map_or_else(readable, |seen| seen.map_or(0, |seen| seen.position.0)),
        memory
            .recall_checkpoint(ledger)
            .map_or_else(readable, |last| last.map_or(0, |last| last.unverified().head.size.0)),
        memory
            .recall_grants(ledger, "body/04K")
            .map_or_else(readable, |grants| grants.map_or(0, |grants| grants.len() as u64)),
    ]
}

/// Sees a ledger grow to this size.
fn see(memory: &Memory, size: u64) {
    let ledger = Hash::of(b"entry 0");
    memory.keep(&seen(size));
    memory.keep_checkpoint(ledger, &Log::of(ORIGIN, size).checkpoint(size));
    let grants = (0..size).map(|grant| format!("grant/{grant}")).collect();
    memory.keep_grants(ledger, "body/04K", &grants);
}

#[tokio::test]
async fn what_a_client_remembers_never_goes_back_whatever_fails() {
    let times = at_every_step(async |files, what| {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::on(files, &folder.path().join("state/minutebook"));
        let mut least = [0; 3];
        for size in [3, 7, 9] {
            see(&memory, size);
            let now = remembered(&memory, &what);
            assert!(
                now.iter().zip(least).all(|(now, least)| *now >= least),
                "{what}: {least:?}, then {now:?}"
            );
            assert!(now.iter().all(|known| [0, 3, 7, 9].contains(known)), "{what}: {now:?}");
            least = now;
        }
        let again = Memory::on(Unsynced::files(), &folder.path().join("state/minutebook"));
        assert_eq!(remembered(&again, &what), least, "{what}");
        see(&again, 11);
        assert_eq!(remembered(&again, &what), [11; 3], "{what}");
    })
    .await;
    assert!(times > 100, "{times} faults");
}

#[tokio::test]
async fn a_power_cut_makes_no_client_forget_what_it_saw() {
    let folder = tempfile::tempdir().unwrap();
    let (before, root) = (folder.path().join("before"), folder.path().join("home"));
    fs::create_dir(&before).unwrap();
    fs::create_dir(&root).unwrap();
    let (disk, on_disk) = Disk::new();
    let memory = Memory::on(on_disk, &root.join("state"));
    for size in [3, 7, 9] {
        see(&memory, size);
        disk.say(size);
    }
    let cut = async |image: &Path, said: u64, what: String| {
        let known = remembered(&Memory::at(&image.join("state")), &what);
        assert!(known.iter().all(|known| *known >= said), "{what}: {known:?}, and {said} was seen");
    };
    let images = disk.cut_everywhere(&root, &before, cut).await;
    assert!(images > 150, "{images} images");
}

/// The ways in which a commit can fail.
const COMMIT_FAULTS: [Fault; 4] =
    [Fault::Conflict, Fault::UnknownAndStored, Fault::UnknownAndNotStored, Fault::Stopped];

/// The whole ledger: whichever commit fails, and however, whoever sends again what was not answered has each event in the
/// book once; what was acknowledged is where it was said to be; nothing is published that is not in the store.
#[tokio::test]
async fn the_whole_ledger_holds_whichever_commit_fails() {
    const EVENTS: usize = 7;
    for fault in COMMIT_FAULTS {
        for struck in 0..EVENTS {
            for times in 1..=2 {
                let what = format!("{fault:?}, commit {struck}, {times} times");
                let (engine, cast) =
                    (FaultyEngine::with_opening(&opening("re-enactment")).await, Cast::new());
                let folder = tempfile::tempdir().unwrap();
                let mut ledger = open_on(&Unsynced::files(), folder.path(), &engine).await;
                let known = known_of(ledger.reader().id());
                let mut events = cast.prologue(&known);
                while events.len() < EVENTS {
                    events.push(decision(&cast.secretary, "body/04K", "2019-07-04").signed(&known));
                }
                for (at, event) in events.iter().enumerate() {
                    if at == struck {
                        engine.plan([fault].repeat(times));
                    }
                    let mut starts = 0;
                    let appended = loop {
                        match ledger.append(vec![event.clone()]).await {
                            Ok(appended) => break appended,
                            Err(AppendError::Refused { refusal, .. }) => panic!("{what}: {refusal:?}"),
                            Err(_not_now) => {
                                // Whoever runs it starts it again.
                                ledger.close().await;
                                ledger = open_on(&Unsynced::files(), folder.path(), &engine).await;
                                starts += 1;
                                assert!(starts < 4, "{what}: a start after it goes on");
                            }
                        }
                    };
                    let (position, hash) = (appended[0].position, appended[0].hash);
                    assert_eq!(position.0, at as u64 + 1, "{what}: each event has one place");
                    assert_eq!(engine.read(position).unwrap().hash, hash, "{what}");
                    let durable = engine.head().await.unwrap().size;
                    assert_eq!(ledger.reader().head().size, durable, "{what}: what is shown is durable");
                    let published = folder.path().join("published");
                    let folder = Folder::open_on(Unsynced::files(), &published).unwrap();
                    let mut publisher = Publisher::over(folder, &ledger).await.unwrap();
                    publisher.publish_newest().await.unwrap();
                    let checkpoint = fs::read(published.join("checkpoint")).unwrap();
                    let checkpoint = SignedCheckpoint::parse(&checkpoint).unwrap();
                    assert_eq!(checkpoint.unverified().head.size.0, durable, "{what}");
                }
                ledger.close().await;
                assert_eq!(check_entries(&engine).await, EVENTS as u64 + 1, "{what}");
                check_segments(folder.path(), &engine, &what).await;
            }
        }
    }
}
