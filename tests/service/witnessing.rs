//! The log's side of witnessing, over real HTTP: whose signatures are believed, what happens without a quorum,
//! and that nobody's silence holds up an append.

use crate::fake::{fake, hanging};
use crate::files::copy;
use crate::log::{Log, TestClock, witness_key};
use crate::seen::{figure, get, ready};
use crate::support::{Cast, known_of, message, opening};
use minutebook::doors::{Doors, Ending, Limits};
use minutebook::ledger::{self, AppendError, Ledger, Stop, SystemClock};
use minutebook::proto::AppendEventsRequest;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::published::{Cosigner as _, Growth, Publication, Publisher};
use minutebook::server::{SeenCosigner, Surroundings, serve_within};
use minutebook::witness::{self, Begin, Witness};
use minutebook::witnessing::{OnNoQuorum, Patience, Witnesses, WitnessingError};
use minutebook_log::{
    KnownLog, LogKey, NoteSignature, Policy, ProofError, ProveError, SignedCheckpoint, TreeSize, VerifierKey,
    prove_consistency,
};
use minutebook_store::SledEngine;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

const ORIGIN: &str = "minutebook.example/notts";
const DERBY: &str = "derby.example/w";
const LEICESTER: &str = "leicester.example/w";
const LINCOLN: &str = "lincoln.example/w";

/// Long enough that a test which waited for it would be noticed.
const LONG: Duration = Duration::from_secs(60);

/// A witness that runs.
struct Neighbour {
    address: SocketAddr,
    witness: Arc<Witness>,
    _folder: TempDir,
}

async fn neighbour(name: &str, log: &VerifierKey) -> Neighbour {
    neighbour_on(name, log, TcpListener::bind("127.0.0.1:0").await.unwrap())
}

fn neighbour_on(name: &str, log: &VerifierKey, listener: TcpListener) -> Neighbour {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::at(1_600_000_000));
    let dir = folder.path().join("witness");
    let logs = [KnownLog::new(log.name().as_str(), log.clone()).unwrap()];
    let witness = Arc::new(Witness::open(&dir, Begin::New, witness_key(name), &logs, clock).unwrap());
    let address = listener.local_addr().unwrap();
    tokio::spawn(witness::serve(listener, witness.clone(), std::future::pending()));
    Neighbour { address, witness, _folder: folder }
}

/// So many of these witnesses.
fn policy(threshold: usize, witnesses: &[(&str, SocketAddr)]) -> Policy {
    let mut text = String::new();
    for (at, (name, address)) in witnesses.iter().enumerate() {
        text += &format!("witness w{at} {} http://{address}/\n", witness_key(name).verifier());
    }
    let members: Vec<String> = (0..witnesses.len()).map(|at| format!("w{at}")).collect();
    text += &format!("group neighbours {threshold} {}\nquorum neighbours\n", members.join(" "));
    Policy::parse(text.as_bytes()).unwrap()
}

/// What a reader has: the same, and the log's key.
fn readers(policy: &Policy, log: &VerifierKey) -> Policy {
    let text = format!("log {log}\n{}", String::from_utf8(policy.encode()).unwrap());
    Policy::parse(text.as_bytes()).unwrap()
}

fn witnesses(policy: &Policy, on_no_quorum: OnNoQuorum, quorum: Duration) -> Witnesses {
    let patience = Patience { quorum, others: Duration::from_millis(200) };
    Witnesses::new(policy.clone(), Log::of(ORIGIN, 0).vkey(), on_no_quorum, patience).unwrap()
}

fn growth(log: &Log, size: u64) -> Growth {
    let (of, log) = (log.checkpoint(size), log.clone());
    Growth::new(of, TreeSize::EMPTY, move |old| {
        prove_consistency(old, TreeSize(size), &log).map_err(|error| match error {
            ProveError::Claim(error) => error,
            ProveError::Read(_) => ProofError::EmptyTree,
        })
    })
}

fn published(verdict: Publication) -> SignedCheckpoint {
    match verdict {
        Publication::Publish(checkpoint) | Publication::Enough(checkpoint) => checkpoint,
        other => panic!("{other:?}"),
    }
}

/// What is published without a quorum.
fn meanwhile(verdict: Publication) -> SignedCheckpoint {
    match verdict {
        Publication::Meanwhile { checkpoint, .. } => checkpoint,
        other => panic!("{other:?}"),
    }
}

fn held(verdict: Publication) -> String {
    match verdict {
        Publication::Hold { why } => why,
        other => panic!("{other:?}"),
    }
}

/// Why nothing is published or acknowledged any more.
fn contradicted(verdict: Publication) -> String {
    match verdict {
        Publication::Contradicted { why } => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_quorum_signs_what_the_log_has_grown_to() {
    let log = Log::of(ORIGIN, 20);
    let (derby, leicester) = (neighbour(DERBY, &log.vkey()).await, neighbour(LEICESTER, &log.vkey()).await);
    let policy = policy(2, &[(DERBY, derby.address), (LEICESTER, leicester.address)]);
    let asking = witnesses(&policy, OnNoQuorum::Hold, LONG);
    for size in [3, 7, 7, 20] {
        let checkpoint = published(asking.cosign(&growth(&log, size)).await);
        assert_eq!(checkpoint.unverified(), log.checkpoint(size).unverified());
        let opened = readers(&policy, &log.vkey()).check(&checkpoint).unwrap();
        assert_eq!((opened.cosigned().len(), opened.strangers().len()), (2, 0));
    }
}

#[tokio::test]
async fn a_server_that_starts_anew_learns_where_a_witness_stands_from_the_witness() {
    let log = Log::of(ORIGIN, 20);
    let derby = neighbour(DERBY, &log.vkey()).await;
    let policy = policy(1, &[(DERBY, derby.address)]);
    for size in [5, 9, 9, 20] {
        let asking = witnesses(&policy, OnNoQuorum::Hold, LONG);
        let checkpoint = published(asking.cosign(&growth(&log, size)).await);
        assert_eq!(checkpoint.note().signatures().len(), 2);
        assert_eq!(derby.witness.logs()[0].1, Some(log.head(size)));
    }
}

#[tokio::test]
async fn without_a_quorum_the_setting_decides() {
    let log = Log::of(ORIGIN, 9);
    let derby = neighbour(DERBY, &log.vkey()).await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let policy = policy(2, &[(DERBY, derby.address), (LEICESTER, nobody)]);

    let why = held(witnesses(&policy, OnNoQuorum::Hold, LONG).cosign(&growth(&log, 5)).await);
    assert!(why.contains("1 of 2") && why.contains("w1: it can't be reached"), "{why}");

    let open = witnesses(&policy, OnNoQuorum::Publish, LONG);
    let checkpoint = meanwhile(open.cosign(&growth(&log, 9)).await);
    assert_eq!(checkpoint.note().signatures().len(), 2, "the log, and who did sign");
    let reader = readers(&policy, &log.vkey());
    assert!(matches!(
        reader.check(&checkpoint),
        Err(minutebook_log::TrustError::NotWitnessed { found: 1, .. })
    ));
}

#[tokio::test]
async fn a_witness_that_hangs_is_waited_for_once_and_never_beyond_the_quorum() {
    let log = Log::of(ORIGIN, 9);
    let derby = neighbour(DERBY, &log.vkey()).await;
    let (_kept, hangs) = hanging();
    let started = Instant::now();

    let one = policy(1, &[(DERBY, derby.address), (LEICESTER, hangs)]);
    let asking = witnesses(&one, OnNoQuorum::Hold, LONG);
    assert_eq!(published(asking.cosign(&growth(&log, 5)).await).note().signatures().len(), 2);

    let both = policy(2, &[(DERBY, derby.address), (LEICESTER, hangs)]);
    let asking = witnesses(&both, OnNoQuorum::Hold, Duration::from_millis(300));
    let why = held(asking.cosign(&growth(&log, 6)).await);
    assert!(why.contains("w1: it has not answered in time"), "{why}");
    let why = held(asking.cosign(&growth(&log, 7)).await);
    assert!(
        why.contains("w1: it has not answered in time"),
        "the same words, so that they are said once: {why}"
    );
    assert!(started.elapsed() < LONG / 4);
}

#[tokio::test]
async fn only_signatures_that_hold_and_are_the_witnesss_own_are_added() {
    let log = Log::of(ORIGIN, 9);
    let checkpoint = log.checkpoint(9);
    let time = minutebook_log::Timestamp::from_micros(1_600_000_000_000_000).unwrap();
    let own = witness_key(DERBY).cosign(&checkpoint, time);
    let forged = NoteSignature { bytes: [&own.bytes[..71], &[own.bytes[71] ^ 1]].concat(), ..own.clone() };
    let stranger = witness_key(LINCOLN).cosign(&checkpoint, time);
    let collision = NoteSignature { name: own.name.clone(), ..stranger.clone() };
    let of_another = witness_key(DERBY).cosign(&log.checkpoint(8), time);
    let timeless = NoteSignature { bytes: own.bytes[8..].to_vec(), ..own.clone() };
    let ok = |lines: String| format!("200 OK\r\n\r\n{lines}");
    for (answer, why) in [
        (ok(format!("{forged}\n")), "does not hold"),
        (ok(format!("{own}\n{forged}\n")), "does not hold"),
        (ok(format!("{of_another}\n")), "does not hold"),
        (ok(format!("{timeless}\n")), "does not hold"),
        (ok(format!("{stranger}\n{collision}\n")), "without a signature"),
        (ok(String::new()), "without a signature"),
        (ok(checkpoint.encode()), "another form"),
        (ok("a".repeat(1_000_000)), "can't be reached"),
        ("409 Conflict\r\n\r\nmany\n".to_owned(), "another form"),
        ("409 Conflict\r\n\r\n4\n".to_owned(), "again and again"),
        ("409 Conflict\r\n\r\n10\n".to_owned(), "claims to have signed this log at size 10"),
        ("422 Unprocessable Entity\r\n\r\nno\n".to_owned(), "status 422: no"),
        ("500 Oh\r\n\r\n\u{1b}[31m\n".to_owned(), "status 500: \\u{1b}[31m"),
    ] {
        let address = fake(move |_request| answer.clone());
        let policy = policy(1, &[(DERBY, address)]);
        let said = held(witnesses(&policy, OnNoQuorum::Hold, LONG).cosign(&growth(&log, 9)).await);
        assert!(said.contains(why), "{said}; expected {why}");
        let bare = meanwhile(witnesses(&policy, OnNoQuorum::Publish, LONG).cosign(&growth(&log, 9)).await);
        assert_eq!(bare, checkpoint, "{why}");
    }
    let answer = ok(format!("{stranger}\n{own}\n{collision}\n"));
    let policy = policy(1, &[(DERBY, fake(move |_request| answer.clone()))]);
    let cosigned = published(witnesses(&policy, OnNoQuorum::Hold, LONG).cosign(&growth(&log, 9)).await);
    assert_eq!(cosigned.note().signatures()[1..], [own], "lines of strangers are left out");
}

#[tokio::test]
async fn a_log_whose_history_was_rewritten_finds_out_and_publishes_no_more() {
    let log = Log::of(ORIGIN, 9);
    let derby = neighbour(DERBY, &log.vkey()).await;
    let policy = policy(1, &[(DERBY, derby.address)]);
    published(witnesses(&policy, OnNoQuorum::Publish, LONG).cosign(&growth(&log, 5)).await);

    let rewritten = Log::forked(ORIGIN, 2, 9);
    let asking = witnesses(&policy, OnNoQuorum::Publish, LONG);
    let why = contradicted(asking.cosign(&growth(&rewritten, 9)).await);
    assert!(why.contains("signed by the log's own key"), "{why}");
    assert!(why.contains(&log.checkpoint(5).encode()), "the proof is there to be kept: {why}");
    contradicted(asking.cosign(&growth(&log, 9)).await);
    assert_eq!(derby.witness.logs()[0].1, Some(log.head(5)), "nothing was signed");
}

#[tokio::test]
async fn a_log_that_was_restored_from_yesterdays_backup_finds_out() {
    let log = Log::of(ORIGIN, 9);
    let derby = neighbour(DERBY, &log.vkey()).await;
    let policy = policy(1, &[(DERBY, derby.address)]);
    published(witnesses(&policy, OnNoQuorum::Publish, LONG).cosign(&growth(&log, 9)).await);
    let yesterday = Log::of(ORIGIN, 5);
    let why =
        contradicted(witnesses(&policy, OnNoQuorum::Publish, LONG).cosign(&growth(&yesterday, 5)).await);
    assert!(why.contains(&log.checkpoint(9).encode()), "{why}");
}

#[tokio::test]
async fn a_witnesss_word_alone_stops_nothing() {
    let log = Log::of(ORIGIN, 9);
    let false_history = Log::forked(ORIGIN, 2, 9).head(5);
    let not_the_log = LogKey::new(ORIGIN.parse().unwrap(), minutebook_log::SecretKey::from_seed(&[9; 32]));
    let shown = not_the_log.sign(false_history).encode();
    let earlier = log.checkpoint(5).encode();
    for shown in [shown, earlier, "nothing".to_owned()] {
        let address = fake(move |request| {
            let is_question = request.starts_with("POST");
            if is_question { "422 No\r\n\r\nno\n".to_owned() } else { format!("200 OK\r\n\r\n{shown}") }
        });
        let asking = witnesses(&policy(1, &[(DERBY, address)]), OnNoQuorum::Publish, LONG);
        assert_eq!(meanwhile(asking.cosign(&growth(&log, 9)).await), log.checkpoint(9));
    }
}

#[tokio::test]
async fn a_witness_behind_tls_is_believed_by_the_systems_certificates_alone() {
    let log = Log::of(ORIGIN, 3);
    let plain = neighbour(DERBY, &log.vkey()).await;
    let text = String::from_utf8(policy(1, &[(DERBY, plain.address)]).encode()).unwrap();
    let policy = Policy::parse(text.replace("http://", "https://").as_bytes()).unwrap();
    let setting = OnNoQuorum::Hold;
    match Witnesses::new(policy, log.vkey(), setting, setting.into()) {
        // It speaks no TLS: nothing is asked of it in the clear instead.
        Ok(asking) => {
            let why = held(asking.cosign(&growth(&log, 3)).await);
            assert!(why.contains("w0: it can't be reached"), "{why}");
        }
        Err(error) => assert!(matches!(error, WitnessingError::Certificates(_)), "{error}"),
    }
    assert_eq!(plain.witness.logs()[0].1, None);
}

#[test]
fn a_policy_that_nobody_could_follow_is_refused() {
    let (log, key) = (Log::of(ORIGIN, 0), witness_key(DERBY).verifier());
    let refused = |text: String| {
        let policy = Policy::parse(text.as_bytes()).unwrap();
        let patience = Patience::from(OnNoQuorum::Hold);
        Witnesses::new(policy, log.vkey(), OnNoQuorum::Hold, patience).err().unwrap()
    };
    for url in ["", " ftp://derby.example", " derby.example", " http://"] {
        let error = refused(format!("witness derby {key}{url}\nquorum derby\n"));
        assert!(matches!(error, WitnessingError::Url { .. }), "{url}: {error}");
    }
    let other = Log::of("minutebook.example/other", 0).vkey();
    let error = refused(format!("log {other}\nquorum none\n"));
    assert!(matches!(error, WitnessingError::AnotherLog { .. }), "{error}");
}

#[tokio::test]
async fn whoever_fails_closed_appends_all_the_same_and_publishes_once_there_is_a_quorum() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, clock) = (dir.path().join("ledger"), crate::support::moment("2020-01-01T00:00:00Z"));
    ledger::create(&folder, &opening("re-enactment"), clock).await.unwrap();
    let engine = SledEngine::open(&folder).unwrap();
    let opened = Ledger::open(engine, SystemClock::new(), crate::support::key(9)).await.unwrap();
    let (known, log) = (known_of(opened.reader().id()), opened.reader().log_keys().newest().unwrap().clone());

    let (silent, address) = hanging();
    let policy = policy(1, &[(DERBY, address)]);
    let asking = Witnesses::new(policy.clone(), log.clone(), OnNoQuorum::Hold, OnNoQuorum::Hold.into());
    let root = folder.join("published");
    let publisher = Publisher::open(&root, &opened).await.unwrap().with_cosigner(Arc::new(asking.unwrap()));
    let mut watch = publisher.watch();
    let (channel, shutdown, server) = crate::support::serve(opened, Some(publisher)).await;

    let signed_events = Cast::new().prologue(&known).iter().map(message).collect();
    let mut client = LogServiceClient::new(channel);
    let appended = client.append_events(AppendEventsRequest { signed_events, validate_only: false });
    let appended = timeout(LONG, appended).await.unwrap().unwrap().into_inner().appended;
    assert_eq!(appended.len(), 5);
    assert!(!root.join("checkpoint").exists(), "nothing is published without the witness");

    silent.set_nonblocking(true).unwrap();
    let derby = neighbour_on(DERBY, &log, TcpListener::from_std(silent).unwrap());
    let newest = |published: &minutebook::published::NewestPublished| {
        published.as_ref().is_some_and(|published| published.unverified().head.size == TreeSize(6))
    };
    timeout(LONG, watch.wait_for(newest)).await.unwrap().unwrap();
    let checkpoint = read_checkpoint(&root.join("checkpoint"));
    assert_eq!(readers(&policy, &log).check(&checkpoint).unwrap().cosigned().len(), 1);
    assert_eq!(derby.witness.logs()[0].1, Some(checkpoint.unverified().head));
    let kept = std::fs::read_dir(root.join("witnessed")).unwrap().count();
    assert_eq!(kept, 1, "one for the hour");
    shutdown.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_published_without_a_quorum_is_asked_about_until_there_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, clock) = (dir.path().join("ledger"), crate::support::moment("2020-01-01T00:00:00Z"));
    ledger::create(&folder, &opening("re-enactment"), clock).await.unwrap();
    let engine = SledEngine::open(&folder).unwrap();
    let opened = Ledger::open(engine, SystemClock::new(), crate::support::key(9)).await.unwrap();
    let log = opened.reader().log_keys().newest().unwrap().clone();
    let (silent, address) = hanging();
    let policy = policy(1, &[(DERBY, address)]);
    let asking = || {
        let patience = Patience { quorum: Duration::from_millis(200), others: Duration::ZERO };
        Arc::new(Witnesses::new(policy.clone(), log.clone(), OnNoQuorum::Publish, patience).unwrap())
    };
    let root = folder.join("published");
    let publisher = async || Publisher::open(&root, &opened).await.unwrap().with_cosigner(asking());

    let mut first = publisher().await;
    assert!(matches!(first.publish_newest().await.unwrap(), Publication::Meanwhile { .. }));
    assert_eq!(
        read_checkpoint(&root.join("checkpoint")),
        *opened.reader().checkpoint(),
        "the log's word alone"
    );

    silent.set_nonblocking(true).unwrap();
    let derby = neighbour_on(DERBY, &log, TcpListener::from_std(silent).unwrap());
    let started = Instant::now();
    while let Publication::Meanwhile { .. } = first.publish_newest().await.unwrap() {
        assert!(started.elapsed() < LONG, "it is asked again, and answers");
    }
    let cosigned = read_checkpoint(&root.join("checkpoint"));
    assert!(readers(&policy, &log).check(&cosigned).is_ok());
    assert_eq!(derby.witness.logs()[0].1, Some(cosigned.unverified().head));

    let again = publisher().await.publish_newest().await.unwrap();
    assert_eq!(again, Publication::Publish(cosigned), "what is cosigned is not published anew");
    opened.close().await;
}

/// A ledger's server that asks the witnesses of a policy, as `minutebook serve` has it: its channel, and what is published.
async fn served_with(folder: &Path, policy: Policy, on_no_quorum: OnNoQuorum) -> (Channel, Ledger, Ending) {
    let clock = crate::support::moment("2020-01-01T00:00:00Z");
    ledger::create(folder, &opening("re-enactment"), clock).await.unwrap();
    let engine = SledEngine::open(folder).unwrap();
    let opened = Ledger::open(engine, SystemClock::new(), crate::support::key(9)).await.unwrap();
    let log = opened.reader().log_keys().newest().unwrap().clone();
    let patience = Patience { quorum: LONG, others: LONG };
    let asking = Witnesses::new(policy, log, on_no_quorum, patience).unwrap();
    let standings = asking.standings();
    let (seen, witnessed) = SeenCosigner::of(Arc::new(asking), standings);
    let publisher = Publisher::open(&folder.join("published"), &opened).await.unwrap();
    let mut publisher = publisher.with_cosigner(Arc::new(seen));
    publisher.ask_first().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let around = Surroundings { witnessed: Some(witnessed), ..Surroundings::default() };
    let ending = Ending::default();
    let doors = Doors::new(listener, Limits::default());
    tokio::spawn(serve_within(doors, opened.clone(), Some(publisher), around, ending.clone()));
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    (channel, opened, ending)
}

#[tokio::test]
async fn a_witness_that_is_dead_is_named_while_others_make_a_quorum() {
    let dir = tempfile::tempdir().unwrap();
    let (derby_on, leicester_on) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let addresses = [derby_on.local_addr().unwrap(), leicester_on.local_addr().unwrap()];
    drop(leicester_on);
    let key = LogKey::new(crate::support::ORIGIN.parse().unwrap(), crate::support::key(9)).verifier();
    let derby = neighbour_on(DERBY, &key, derby_on);
    let both = policy(1, &[(DERBY, addresses[0]), (LEICESTER, addresses[1])]);
    let (channel, ledger, ending) = served_with(&dir.path().join("ledger"), both, OnNoQuorum::Publish).await;
    assert_eq!(ledger.reader().log_keys().newest(), Some(&key));
    assert_eq!(derby.witness.logs()[0].1.unwrap().size, TreeSize(1));
    let (code, state, says) = ready(&channel, "witnesses").await;
    assert_eq!((code, state.as_str()), (200, "doubtful"), "{says}");
    assert!(says.contains("a quorum has signed") && says.contains("; w1 has not signed for "), "{says}");
    assert!(says.contains("it can't be reached") && !says.contains("w0"), "{says}");
    // Its age is there from the start, though it never signed, and grows; the other's clock shows 2020.
    let ages = async || {
        let (_code, text) = get(&channel, "/metrics").await;
        let age =
            |name: &str| figure(&text, &format!("minutebook_witness_age_seconds{{witness=\"{name}\"}}"));
        assert_eq!(figure(&text, "minutebook_witness_quorum"), 1.0);
        (age("w0"), age("w1"))
    };
    let (signed, silent) = ages().await;
    assert!(signed > 1e8 && silent > 0.0 && silent < LONG.as_secs_f64(), "{signed} {silent}");
    assert!(ages().await.1 > silent);

    // It comes back: the next that is asked about has both, and nobody has to look any more.
    let leicester = neighbour_on(LEICESTER, &key, TcpListener::bind(addresses[1]).await.unwrap());
    let known = known_of(ledger.reader().id());
    ledger.append(Cast::new().prologue(&known)).await.unwrap();
    let begun = Instant::now();
    loop {
        let (_code, state, says) = ready(&channel, "witnesses").await;
        if state == "ready" {
            assert_eq!(says, "a quorum has signed the newest checkpoint");
            break;
        }
        assert!(begun.elapsed() < LONG, "{says}");
        tokio::task::yield_now().await;
    }
    assert_eq!(leicester.witness.logs()[0].1.unwrap().size, TreeSize(6));
    ending.stop();
}

#[tokio::test]
async fn without_a_quorum_who_is_missing_is_named_though_it_is_published() {
    let dir = tempfile::tempdir().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let one = policy(1, &[(DERBY, nobody)]);
    let (channel, _ledger, ending) = served_with(&dir.path().join("ledger"), one, OnNoQuorum::Publish).await;
    let (code, state, says) = ready(&channel, "witnesses").await;
    assert_eq!((code, state.as_str()), (200, "doubtful"), "{says}");
    assert!(says.contains("and checkpoints are published all the same: 0 of 1 witnesses"), "{says}");
    assert!(says.contains("(w0: it can't be reached: ") && says.ends_with(')'), "{says}");
    ending.stop();
}

/// Whoever restores yesterday's copy of everything, the high-water mark too, is told by a witness: at the start, before anything is
/// acknowledged, or later, where the witness was silent then.
#[tokio::test]
async fn a_restored_copy_that_a_witness_knows_more_of_acknowledges_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, yesterday) = (dir.path().join("ledger"), dir.path().join("yesterday"));
    let clock = crate::support::moment("2020-01-01T00:00:00Z");
    ledger::create(&folder, &opening("re-enactment"), clock).await.unwrap();
    copy(&folder, &yesterday);
    let open = async |folder: &Path| {
        let engine = SledEngine::open(folder).unwrap();
        Ledger::open(engine, SystemClock::new(), crate::support::key(9)).await.unwrap()
    };
    let opened = open(&folder).await;
    let (known, log) = (known_of(opened.reader().id()), opened.reader().log_keys().newest().unwrap().clone());
    let derby = neighbour(DERBY, &log).await;
    let policy = policy(1, &[(DERBY, derby.address)]);
    let publisher = async |ledger: &Ledger, folder: &Path| {
        let patience = Patience { quorum: LONG, others: Duration::ZERO };
        let asking = Witnesses::new(policy.clone(), log.clone(), OnNoQuorum::Publish, patience).unwrap();
        Publisher::open(&folder.join("published"), ledger).await.unwrap().with_cosigner(Arc::new(asking))
    };
    let prologue = Cast::new().prologue(&known);
    opened.append(prologue.clone()).await.unwrap();
    let mut whole = publisher(&opened, &folder).await;
    whole.ask_first().await.unwrap();
    assert_eq!(derby.witness.logs()[0].1.unwrap().size, TreeSize(6));
    whole.ask_first().await.unwrap();
    opened.close().await;

    let restored = open(&yesterday).await;
    let mut behind = publisher(&restored, &yesterday).await;
    let refused = behind.ask_first().await.unwrap_err();
    assert!(refused.is_contradiction() && refused.to_string().contains("minutebook repair"), "{refused}");
    let closing = CancellationToken::new();
    let running = tokio::spawn(publisher(&restored, &yesterday).await.run(closing.clone()));
    let mut stopped = restored.reader().watch_stop();
    timeout(LONG, stopped.wait_for(Option::is_some)).await.unwrap().unwrap();
    let refused = restored.append(prologue).await.unwrap_err();
    assert!(matches!(refused, AppendError::Stopped(Stop::Contradicted(_))), "{refused}");
    assert_eq!(restored.reader().head().size, 1, "nothing was stored");
    closing.cancel();
    running.await.unwrap();
    restored.close().await;
}

fn read_checkpoint(path: &Path) -> SignedCheckpoint {
    SignedCheckpoint::parse(&std::fs::read(path).unwrap()).unwrap()
}
