//! The published log: what it holds, who reads it, what a crash, a restored backup and witnesses do to it.

use crate::files::{copy, files};
use crate::support::{Cast, House, PROLOGUE, ccg, key, moment};
use minutebook::ledger::{Ledger, ScrubPace, SystemClock};
use minutebook::proto::proof_service_client::ProofServiceClient;
use minutebook::proto::{GetReceiptRequest, get_receipt_request::Entry};
use minutebook::published::{Cosigner, Growth, Publication, PublishError, Publisher};
use minutebook::verify_page::verify_page;
use minutebook_log::{
    LogKeys, PublishedPath, Receipt, Signed, SignedCheckpoint, Tile, TileHashes, TileRow, TileWidth,
    TreeSize, WitnessKey, parse_bundle, read_head,
};
use minutebook_store::SledEngine;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::pin::Pin;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tonic::Code;

fn parsed(path: &str) -> PublishedPath {
    path.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

async fn open(folder: &Path) -> Ledger {
    Ledger::open(SledEngine::open(folder).unwrap(), SystemClock::new(), key(9)).await.unwrap()
}

/// The published log of a ledger at rest, made from nothing.
async fn from_scratch(ledger: &Path) -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    let opened = open(ledger).await;
    let mut publisher = Publisher::open(out.path(), &opened).await.unwrap();
    publisher.publish_newest().await.unwrap();
    opened.close().await;
    files(out.path())
}

/// The published folder of a ledger at rest is one made from nothing, and what else is there are the
/// beginnings of its tiles as they were published on the way. Its tiles give its checkpoint's root.
async fn check_published(ledger: &Path) -> SignedCheckpoint {
    let (live, scratch) = (files(&ledger.join("published")), from_scratch(ledger).await);
    for (path, bytes) in &scratch {
        assert_eq!(live.get(path), Some(bytes), "{path}");
    }
    for (path, bytes) in live.iter().filter(|(path, _bytes)| !scratch.contains_key(*path)) {
        let PublishedPath::Tile(tile) = parsed(path) else { panic!("{path} does not belong there") };
        assert_ne!(tile.width, TileWidth::FULL, "{path}");
        let whole = path.split(".p/").next().unwrap();
        let is_beginning = |(other, whole_bytes): (&String, &Vec<u8>)| {
            other.starts_with(whole) && whole_bytes.starts_with(bytes)
        };
        assert!(scratch.iter().any(is_beginning), "{path}");
        assert!(!scratch.contains_key(whole), "{path} may go: the full tile is there");
    }
    check_root(&scratch)
}

fn check_root(published: &BTreeMap<String, Vec<u8>>) -> SignedCheckpoint {
    let checkpoint = SignedCheckpoint::parse(&published["checkpoint"]).unwrap();
    let keys = LogKeys::parse(&published["vkey"]).unwrap();
    let head = checkpoint.unverified().head;
    checkpoint.verify(&[keys.at(head.size).unwrap().clone()]).unwrap();
    let mut hashes = TileHashes::new(head.size);
    for tile in Tile::grown(TreeSize::EMPTY, head.size) {
        let bytes = &published[&tile.to_string()];
        match tile.row {
            TileRow::Hashes(_) => hashes.add(tile, bytes).unwrap(),
            TileRow::Entries => {
                assert_eq!(parse_bundle(tile.width, bytes).unwrap().len(), tile.width.count())
            }
        }
    }
    assert_eq!(read_head(head.size, &hashes).unwrap(), head);
    checkpoint
}

fn size(checkpoint: &SignedCheckpoint) -> u64 {
    checkpoint.unverified().head.size.0
}

/// Listings of CCGs with made-up codes.
fn listings(house: &House, cast: &Cast, from: usize, count: usize) -> Vec<Signed> {
    let code = |number: usize| format!("{number:03}");
    (from..from + count).map(|number| ccg(&cast.register, &code(number)).signed(&house.ledger)).collect()
}

#[tokio::test]
async fn the_published_folder_is_the_one_made_from_nothing() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    for (from, count) in [(0, 100), (100, 150), (250, 1), (251, 20)] {
        house.append_all(&listings(&house, &cast, from, count)).await.unwrap();
        wait_for(&house, PROLOGUE + (from + count) as u64).await;
    }
    let dir = house.stop().await;
    let ledger = dir.path().join("ledger");
    assert_eq!(size(&check_published(&ledger).await), PROLOGUE + 271);
    let live = files(&ledger.join("published"));
    assert!(live.contains_key("tile/0/000") && live.contains_key("tile/entries/000"));
    assert!(!live.keys().any(|path| path.starts_with("tile/0/000.p")), "{:?}", live.keys());
    // What was acknowledged last before the end is published, too.
    let mut house = House::serve(dir).await;
    house.append_all(&listings(&house, &cast, 271, 3)).await.unwrap();
    let dir = house.stop().await;
    assert_eq!(size(&check_published(&dir.path().join("ledger")).await), PROLOGUE + 274);
}

/// Waits until as many entries are published, asking over HTTP.
async fn wait_for(house: &House, entries: u64) -> SignedCheckpoint {
    loop {
        let answer = ask(house.address, "GET", "/checkpoint").await;
        if answer.status == 200 {
            let checkpoint = SignedCheckpoint::parse(&answer.body).unwrap();
            if size(&checkpoint) == entries {
                return checkpoint;
            }
        }
        tokio::task::yield_now().await;
    }
}

/// What a web server said.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// Asks in HTTP/1.1, as any web client does.
async fn ask(address: SocketAddr, method: &'static str, path: &str) -> Answer {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn the_page_that_verifies_is_served_under_its_own_policy() {
    let house = House::open("live").await;
    let answer = ask(house.address, "GET", "/verify.html").await;
    let page = verify_page();
    assert_eq!((answer.status, answer.body.as_slice()), (200, page.html.as_bytes()));
    let policy = format!("content-security-policy: {}", page.policy.to_lowercase());
    let others = [
        "content-type: text/html; charset=utf-8",
        "x-content-type-options: nosniff",
        "cache-control: no-cache",
    ];
    for header in others.into_iter().chain([policy.as_str()]) {
        assert!(answer.head.contains(header), "{header}: {}", answer.head);
    }
    house.stop().await;
}

#[tokio::test]
async fn it_is_served_as_tlog_tiles_has_it_and_nothing_else_is() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    house.append_all(&listings(&house, &cast, 0, 255)).await.unwrap();
    wait_for(&house, 261).await;
    let published = files(&house.folder().join("published"));
    for path in ["checkpoint", "vkey", "tile/0/000", "tile/0/001.p/5", "tile/1/000.p/1", "tile/entries/000"] {
        let answer = ask(house.address, "GET", &format!("/{path}")).await;
        assert_eq!((answer.status, &answer.body), (200, &published[path]), "{path}: {}", answer.head);
        let (kind, cache) = match parsed(path) {
            PublishedPath::Tile(_) => ("application/octet-stream", "public, max-age=604800, immutable"),
            _ => ("text/plain; charset=utf-8", "public, max-age=1"),
        };
        assert!(answer.head.contains(&format!("content-type: {kind}")), "{}", answer.head);
        assert!(answer.head.contains(&format!("cache-control: {cache}")), "{}", answer.head);
        let answer = ask(house.address, "HEAD", &format!("/{path}")).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0));
    }
    fs::write(house.folder().join("published/.new"), "half").unwrap();
    for path in [
        "/.new",
        "/tile",
        "/tile/",
        "/tile/0/002",
        "/tile/0/000.p/256",
        "/tile/0/001.p/05",
        "/tile/8/000",
        "/tile/00/000",
        "/tile/0/../../checkpoint",
        "/tile/../../FORMAT",
        "/../log-key.pem",
        "/tile/..%2f..%2fFORMAT",
        "/tile/0/%30%30%30",
        "/checkpoint/",
        "//checkpoint",
        "/witnessed/261",
        "/FORMAT",
        "/tile/0/000%00",
    ] {
        let answer = ask(house.address, "GET", path).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert!(answer.head.contains("cache-control: no-store"), "{path}: {}", answer.head);
    }
    assert_eq!(ask(house.address, "POST", "/checkpoint").await.status, 405);
}

#[tokio::test]
async fn an_unknown_service_is_unimplemented_in_the_way_of_grpc() {
    let house = House::open("re-enactment").await;
    let mut grpc = tonic::client::Grpc::new(house.channel.clone());
    grpc.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<GetReceiptRequest, GetReceiptRequest>::default();
    let path = "/minutebook.v1.NoService/Nothing".parse().unwrap();
    let request = tonic::Request::new(GetReceiptRequest { entry: None });
    let refused = grpc.unary(request, path, codec).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented, "{refused}");
}

/// A house that has published its whole cast, at rest.
async fn at_rest() -> (tempfile::TempDir, Cast) {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    house.append_all(&listings(&house, &cast, 0, 254)).await.unwrap();
    (house.stop().await, cast)
}

#[tokio::test]
async fn whatever_a_crash_leaves_is_made_whole() {
    let (dir, _cast) = at_rest().await;
    let ledger = dir.path().join("ledger");
    let published = ledger.join("published");
    let whole = files(&published);
    let checkpoint = &whole["checkpoint"];
    let cut = |length: usize| fs::write(published.join("checkpoint"), &checkpoint[..length]).unwrap();
    let breakages: [(&str, &dyn Fn()); 13] = [
        ("a bundle is empty", &|| fs::write(published.join("tile/entries/000"), "").unwrap()),
        ("a tile is cut", &|| fs::write(published.join("tile/0/000"), [7; 31]).unwrap()),
        ("nothing was published", &|| fs::remove_dir_all(&published).unwrap()),
        ("a file was half written", &|| fs::write(published.join(".new"), "half").unwrap()),
        ("tiles without their checkpoint", &|| fs::remove_file(published.join("checkpoint")).unwrap()),
        ("a tile is gone", &|| fs::remove_file(published.join("tile/0/000")).unwrap()),
        ("a bundle is gone", &|| fs::remove_file(published.join("tile/entries/001.p/4")).unwrap()),
        ("a tile is other bytes", &|| fs::write(published.join("tile/1/000.p/1"), [7; 32]).unwrap()),
        ("the checkpoint is empty", &|| cut(0)),
        ("it ends within its first line", &|| cut(11)),
        ("it ends after its first line", &|| cut("minutebook.example/tests\n".len())),
        ("it ends within its signature", &|| cut(checkpoint.len() - 10)),
        ("a partial tile was not removed", &|| {
            fs::create_dir(published.join("tile/0/000.p")).unwrap();
            fs::write(published.join("tile/0/000.p/6"), &whole["tile/0/000"][..192]).unwrap();
        }),
    ];
    for (what, breaks) in breakages {
        breaks();
        let opened = open(&ledger).await;
        Publisher::open(&published, &opened).await.unwrap().publish_newest().await.unwrap();
        opened.close().await;
        drop(opened);
        assert_eq!(files(&published), whole, "{what}");
        check_published(&ledger).await;
    }
}

#[tokio::test]
async fn a_restored_backup_is_not_published_over_what_others_hold() {
    let (house, cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let backup = tempfile::tempdir().unwrap();
    copy(&dir.path().join("ledger"), &backup.path().join("ledger"));
    let mut house = House::serve(dir).await;
    house.append_all(&listings(&house, &cast, 0, 2)).await.unwrap();
    let dir = house.stop().await;
    let published = dir.path().join("ledger/published");
    let before = files(&published);

    let restored = open(&backup.path().join("ledger")).await;
    let refused = Publisher::open(&published, &restored).await.err().unwrap();
    assert!(matches!(refused, PublishError::Ahead { .. }) && refused.is_contradiction(), "{refused}");
    assert!(refused.to_string().contains("restoring an old backup"), "{refused}");
    // Going on all the same makes another history, which does not pass either.
    let known = crate::support::known_of(restored.reader().id());
    for code in ["901", "902", "903"] {
        restored.append(vec![ccg(&cast.register, code).signed(&known)]).await.unwrap();
        let refused = Publisher::open(&published, &restored).await.err().unwrap();
        assert!(refused.is_contradiction(), "{refused}");
    }
    let refused = Publisher::open(&published, &restored).await.err().unwrap();
    assert!(matches!(refused, PublishError::OtherHistory { size: TreeSize(8), .. }), "{refused}");
    assert_eq!(files(&published), before, "nothing was written");
}

#[tokio::test]
async fn what_was_published_beyond_the_logs_end_is_evidence_as_good_as_a_checkpoint() {
    let (house, cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let backup = tempfile::tempdir().unwrap();
    copy(&dir.path().join("ledger"), &backup.path().join("ledger"));
    let mut house = House::serve(dir).await;
    house.append_all(&listings(&house, &cast, 0, 2)).await.unwrap();
    let dir = house.stop().await;
    // The older copy is put over the newer folder: its checkpoint with it, and the newer files stay.
    let (newer, older) = (dir.path().join("ledger/published"), backup.path().join("ledger/published"));
    copy(&older, &newer);
    let before = files(&newer);
    let restored = open(&backup.path().join("ledger")).await;
    let refused = Publisher::open(&newer, &restored).await.err().unwrap();
    assert!(matches!(refused, PublishError::Beyond { .. }) && refused.is_contradiction(), "{refused}");
    assert!(refused.to_string().contains("minutebook repair"), "{refused}");
    fs::remove_file(newer.join("checkpoint")).unwrap();
    let refused = Publisher::open(&newer, &restored).await.err().unwrap();
    assert!(matches!(refused, PublishError::Beyond { .. }), "without a checkpoint, too: {refused}");
    fs::write(newer.join("checkpoint"), &before["checkpoint"]).unwrap();
    assert_eq!(files(&newer), before, "nothing was written");
}

#[tokio::test]
async fn partial_tiles_of_another_history_are_set_aside() {
    let (house, cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let ledger = dir.path().join("ledger");
    let published = ledger.join("published");
    let other = tempfile::tempdir().unwrap();
    copy(&ledger, &other.path().join("ledger"));
    let publish = async |ledger: &Path, codes: &[&str]| {
        let opened = open(ledger).await;
        let mut publisher = Publisher::open(&ledger.join("published"), &opened).await.unwrap();
        let known = crate::support::known_of(opened.reader().id());
        for code in codes {
            opened.append(vec![ccg(&cast.register, code).signed(&known)]).await.unwrap();
            publisher.publish_newest().await.unwrap();
        }
        opened.close().await;
    };
    // Both grow from the same entries, each in its own way; then a file of the one lies in the other's folder.
    publish(&other.path().join("ledger"), &["901"]).await;
    publish(&ledger, &["801", "802"]).await;
    let strange = format!("tile/entries/000.p/{}", PROLOGUE + 1);
    let before = files(&published);
    let foreign = fs::read(other.path().join("ledger/published").join(&strange)).unwrap();
    assert_ne!(before[&strange], foreign);
    fs::write(published.join(&strange), &foreign).unwrap();

    publish(&ledger, &[]).await;
    let after = files(&published);
    assert!(!after.contains_key(&strange), "it is not served as this log's");
    assert_eq!(fs::read(ledger.join("published.set-aside").join(&strange)).unwrap(), foreign, "it is kept");
    assert!(before.iter().all(|(path, bytes)| *path == strange || after[path] == *bytes));
    check_published(&ledger).await;
}

#[tokio::test]
async fn a_damaged_file_is_not_served_as_if_it_were_whole() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    house.append_all(&listings(&house, &cast, 0, 255)).await.unwrap();
    wait_for(&house, 261).await;
    let published = house.folder().join("published");
    for (path, bytes) in
        [("tile/entries/000", &b""[..]), ("tile/0/000", b"short"), ("tile/entries/001.p/5", b"\0\x01")]
    {
        let whole = fs::read(published.join(path)).unwrap();
        fs::write(published.join(path), bytes).unwrap();
        let answer = ask(house.address, "GET", &format!("/{path}")).await;
        assert_eq!(answer.status, 500, "{path}");
        assert!(answer.head.contains("cache-control: no-store"), "{path}: {}", answer.head);
        fs::write(published.join(path), &whole).unwrap();
        assert_eq!(ask(house.address, "GET", &format!("/{path}")).await.body, whole);
    }
    // A bit of it is enough, though the form is right, and though it was served before.
    for path in ["tile/entries/000", "tile/0/000", "tile/1/000.p/1", "tile/entries/001.p/5", "tile/0/001.p/5"]
    {
        let whole = fs::read(published.join(path)).unwrap();
        assert_eq!(ask(house.address, "GET", &format!("/{path}")).await.body, whole);
        let mut bytes = whole.clone();
        let last = bytes.len() - 2;
        bytes[last] ^= 1;
        fs::write(published.join(path), bytes).unwrap();
        let answer = ask(house.address, "GET", &format!("/{path}")).await;
        assert!(
            answer.status == 500 && answer.head.contains("cache-control: no-store"),
            "{path}: {answer:?}"
        );
        fs::write(published.join(path), &whole).unwrap();
        assert_eq!(ask(house.address, "GET", &format!("/{path}")).await.body, whole);
    }
    // A pipe that nobody writes to is not waited for.
    let pipe = published.join("tile/entries/777");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(ask(house.address, "GET", "/tile/entries/777").await.status, 500);
    fs::remove_file(pipe).unwrap();
    // What was published last is known without its file.
    for path in ["checkpoint", "vkey"] {
        let whole = fs::read(published.join(path)).unwrap();
        fs::write(published.join(path), "damaged").unwrap();
        assert_eq!(ask(house.address, "GET", &format!("/{path}")).await.body, whole, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrub_makes_anew_whatever_has_gone() {
    let (dir, _cast) = at_rest().await;
    let ledger = dir.path().join("ledger");
    let published = ledger.join("published");
    let opened = open(&ledger).await;
    let publisher = Publisher::open(&published, &opened).await.unwrap();
    let whole = files(&published);
    let pace = ScrubPace { pause: Duration::ZERO, rest: Duration::ZERO, ..ScrubPace::default() };
    let mut told = opened.scrub_with(pace, vec![Arc::new(publisher.compared())]);
    let mut rounds = async || {
        let last = told.borrow_and_update().rounds;
        let scrubbed = told.wait_for(|scrubbed| scrubbed.rounds >= last + 2).await.unwrap().clone();
        assert_eq!((scrubbed.damage, scrubbed.hindered), (None, None));
    };
    // At once: the scrub makes files anew all the while.
    fs::rename(&published, dir.path().join("gone")).unwrap();
    rounds().await;
    assert_eq!(files(&published), whole, "tiles, bundles, the keys and the checkpoint");
    for (file, bytes) in [("checkpoint", "Not found"), ("vkey", "")] {
        fs::write(published.join(file), bytes).unwrap();
        rounds().await;
        assert_eq!(files(&published), whole, "{file}");
        assert_eq!(
            fs::read(ledger.join("published.damaged").join(file)).unwrap(),
            bytes.as_bytes(),
            "{file}"
        );
    }
    opened.close().await;
}

#[tokio::test]
async fn what_is_published_next_brings_back_what_has_gone() {
    let (dir, cast) = at_rest().await;
    let ledger = dir.path().join("ledger");
    let published = ledger.join("published");
    let opened = open(&ledger).await;
    let mut publisher = Publisher::open(&published, &opened).await.unwrap();
    fs::remove_dir_all(&published).unwrap();
    let known = crate::support::known_of(opened.reader().id());
    opened.append(vec![ccg(&cast.register, "902").signed(&known)]).await.unwrap();
    publisher.publish_newest().await.unwrap();
    opened.close().await;
    drop((publisher, opened));
    check_published(&ledger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrub_makes_damaged_published_files_anew() {
    let (dir, _cast) = at_rest().await;
    let ledger = dir.path().join("ledger");
    let published = ledger.join("published");
    let whole = files(&published);
    let opened = open(&ledger).await;
    let publisher = Publisher::open(&published, &opened).await.unwrap();
    // Of the right length, so that a start does not see it.
    let damaged = ["tile/entries/000", "tile/0/000", "tile/entries/001.p/4"];
    for path in damaged {
        let mut bytes = whole[path].clone();
        bytes[100] ^= 1;
        fs::write(published.join(path), bytes).unwrap();
    }
    let pace = ScrubPace { pause: Duration::ZERO, rest: Duration::ZERO, ..ScrubPace::default() };
    let mut told = opened.scrub_with(pace, vec![Arc::new(publisher.compared())]);
    let scrubbed = told.wait_for(|scrubbed| scrubbed.rounds == 2).await.unwrap().clone();
    assert_eq!((scrubbed.mended, scrubbed.damage, scrubbed.hindered), (3, None, None));
    assert!(scrubbed.finished.is_some_and(|finished| finished >= scrubbed.begun) || scrubbed.rounds > 1);
    opened.close().await;
    assert_eq!(files(&published), whole);
}

#[tokio::test]
async fn what_is_not_this_logs_is_left_alone() {
    let (dir, _cast) = at_rest().await;
    let ledger = open(&dir.path().join("ledger")).await;
    let published = dir.path().join("ledger/published");
    let checkpoint = fs::read_to_string(published.join("checkpoint")).unwrap();
    let other = minutebook_log::LogKey::new("minutebook.example/tests".parse().unwrap(), key(8));
    let head = ledger.reader().checkpoint().unverified().head;
    for other in [
        other.sign(head).encode(),
        checkpoint.replace("minutebook.example/tests\n", "minutebook.example/other\n"),
        checkpoint.replace("\n260\n", "\n259\n"),
        "minutebook.example/other\n260\n".to_owned(),
        "Not found".to_owned(),
    ] {
        fs::write(published.join("checkpoint"), &other).unwrap();
        let refused = Publisher::open(&published, &ledger).await.err().unwrap();
        assert!(matches!(refused, PublishError::NotOurs { .. }), "{refused}");
        assert_eq!(fs::read_to_string(published.join("checkpoint")).unwrap(), other);
    }
}

/// A witness in the room: it holds back as long as it is told to, and keeps what it was asked.
struct InTheRoom {
    witness: WitnessKey,
    holds: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<(u64, u64)>>>,
}

impl Cosigner for InTheRoom {
    fn cosign<'a>(&'a self, growth: &'a Growth) -> Pin<Box<dyn Future<Output = Publication> + Send + 'a>> {
        let (old, new) = (growth.published(), growth.checkpoint().unverified().head);
        self.asked.lock().unwrap().push((old.0, new.size.0));
        let proof = growth.prove(old).unwrap();
        assert!(old.0 == 0 || old == new.size || !proof.0.is_empty() || old.0.is_power_of_two());
        let verdict = if self.holds.load(Ordering::SeqCst) {
            Publication::Hold { why: "the witness is away".to_owned() }
        } else {
            let line = self.witness.cosign(growth.checkpoint(), moment("2020-02-01T10:00:00Z"));
            Publication::Publish(growth.checkpoint().with_signatures([line]).unwrap())
        };
        Box::pin(std::future::ready(verdict))
    }
}

#[tokio::test]
async fn a_witness_that_is_asked_holds_back_the_checkpoint_and_never_an_append() {
    let (dir, cast) = at_rest().await;
    let witness = WitnessKey::new("witness.example".parse().unwrap(), key(40));
    let verifier = witness.verifier();
    let (holds, asked) = (Arc::new(AtomicBool::new(true)), Arc::default());
    let cosigner = InTheRoom { witness, holds: Arc::clone(&holds), asked: Arc::clone(&asked) };
    let opened = open(&dir.path().join("ledger")).await;
    let published = dir.path().join("ledger/published");
    let publisher = Publisher::open(&published, &opened).await.unwrap().with_cosigner(Arc::new(cosigner));
    let mut house = House::serve_with(dir, opened, publisher).await;

    house.append_all(&listings(&house, &cast, 254, 1)).await.unwrap();
    while asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(size(&wait_for(&house, 260).await), 260, "held back");
    let mut proofs = ProofServiceClient::new(house.channel.clone());
    let mut receipt = async |position| {
        let request = GetReceiptRequest { entry: Some(Entry::Position(position)) };
        let answer = proofs.get_receipt(request).await.unwrap().into_inner();
        let receipt = Receipt::parse(&answer.receipt).unwrap();
        (receipt.checkpoint.cosignatures([&verifier]).unwrap().len(), answer.is_published)
    };
    assert_eq!(receipt(260).await, (0, false), "on the log's word");
    holds.store(false, Ordering::SeqCst);
    let cosigned = wait_for(&house, 261).await;
    assert_eq!(cosigned.cosignatures([&verifier]).unwrap().len(), 1);
    // The file is renamed first; whoever asks for receipts hears of it right after.
    while receipt(260).await != (1, true) {}
    let about = asked.lock().unwrap().iter().copied().collect::<BTreeSet<_>>();
    assert!(about.is_subset(&BTreeSet::from([(260, 260), (260, 261)])), "{about:?}");

    // One for each hour of the witnesses' clocks is kept.
    house.append_all(&listings(&house, &cast, 255, 1)).await.unwrap();
    wait_for(&house, 262).await;
    let kept = fs::read(published.join("witnessed/261")).unwrap();
    assert_eq!(kept, cosigned.encode().as_bytes());
    assert!(!published.join("witnessed/262").exists());
    house.stop_and_verify().await;
}
