//! The demo, killed in the middle: what anybody was shown is there afterwards, and the chain verifies.

use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{Entry, FollowEntriesRequest};
use minutebook_log::{Position, SignedCheckpoint, Timestamp};
use minutebook_store::{Engine as _, ReadLimits, SledEngine};
use minutebook_verify::{AuditVerdict, verify};
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tonic::transport::Channel;

const EVERYTHING: ReadLimits = ReadLimits { entries: 4_096, bytes: 64 * 1024 * 1024 };

/// An address that nobody listens on.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn start_demo(dir: &Path, address: SocketAddr) -> Child {
    Command::new(env!("CARGO_BIN_EXE_minutebook"))
        .args(["demo", "--listen", &address.to_string(), "--dir"])
        .arg(dir)
        .env("XDG_STATE_HOME", dir.with_extension("state"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Connects once the demo's server is there.
async fn connect(demo: &mut Child, address: SocketAddr) -> LogServiceClient<Channel> {
    while TcpStream::connect(address).is_err() {
        assert_eq!(demo.try_wait().unwrap(), None, "the demo ended before it served");
        tokio::task::yield_now().await;
    }
    LogServiceClient::connect(format!("http://{address}")).await.unwrap()
}

/// Follows the book, kills the demo as soon as `enough` entries were shown, and returns all that were.
async fn follow_and_kill(demo: &mut Child, address: SocketAddr, enough: usize) -> Vec<Entry> {
    let mut client = connect(demo, address).await;
    let mut steps = client.follow_entries(FollowEntriesRequest::default()).await.unwrap().into_inner();
    let mut shown = Vec::new();
    while let Ok(Some(response)) = steps.message().await {
        if let Some(Step::Batch(batch)) = response.step {
            shown.extend(batch.entries);
        }
        if shown.len() >= enough {
            // SIGKILL: nothing of the program runs after this. What was under way may still arrive.
            demo.kill().unwrap();
        }
    }
    demo.wait().unwrap();
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_survives_a_kill_and_verifies() {
    let _alone = crate::ALONE.lock().await;
    let mut sizes = Vec::new();
    for enough in [1, 150, 500, 900] {
        let folder = tempfile::tempdir().unwrap();
        let (dir, address) = (folder.path().join("ledger"), free_address());
        let mut demo = start_demo(&dir, address);
        let shown = follow_and_kill(&mut demo, address, enough).await;
        assert!(shown.len() >= enough, "{} of {enough} shown", shown.len());

        // What was acknowledged was signed, and the signature is kept outside the database.
        let noted = SignedCheckpoint::parse(&minutebook_store::mark(&dir).unwrap().note).unwrap();
        assert!(noted.unverified().head.size.0 >= shown.len() as u64, "{}", noted.encode());
        let engine = SledEngine::open(&dir).unwrap();
        let stored = engine.entries(Position::FIRST, EVERYTHING).await.unwrap();
        sizes.push(stored.len());
        for (position, entry) in shown.iter().enumerate() {
            assert_eq!(stored[position].bytes, entry.content, "entry {position}, killed after {enough}");
        }
        let report =
            verify(stored.into_iter().map(|entry| Ok::<_, Infallible>(entry.bytes)), |_read| {}).unwrap();
        assert_eq!(report.verdict, AuditVerdict::Verified, "{:?}", report.exception);
        assert!(report.book.record().last_recorded() > Timestamp::EPOCH);
    }
    sizes.dedup();
    assert!(sizes.len() > 1, "killed at different moments, not after the end: {sizes:?}");
}
