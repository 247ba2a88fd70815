//! The log's key passes on: while the log is served, over a crash, and for those who knew the old one.

use crate::support::{Cast, House, ORIGIN, PROLOGUE, Story, decision, enrolment, key, refusal, signs};
use minutebook::client::memory::Memory;
use minutebook::client::{Client, ClientError};
use minutebook::ledger::{KeyRing, Ledger, LedgerError, SystemClock};
use minutebook::published::{PublishError, Publisher};
use minutebook_log::{
    Algorithm, LogKeys, Position, Receipt, SecretKey, Signed, SignedCheckpoint, TreeSize, VerifierKey,
};
use minutebook_store::SledEngine;
use minutebook_verify::{AuditVerdict, Brought, Published, Trust, audit};
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use tonic::Code;

const NEXT: u8 = 60;

fn vkey(seed: u8) -> VerifierKey {
    VerifierKey::new(ORIGIN.parse().unwrap(), Algorithm::Ed25519, key(seed).public()).unwrap()
}

fn ring(seeds: &[u8]) -> KeyRing {
    KeyRing::new(seeds.iter().map(|seed| key(*seed)).collect())
}

/// The registrars pass the log's key on to `new`.
fn rotation<'a>(registrars: &'a [SecretKey; 2], new: &'a SecretKey) -> Story<'a> {
    let mut story = enrolment(registrars, new);
    story.facts["use"] = json!("log");
    story
}

fn revocation<'a>(registrars: &'a [SecretKey; 2], seed: u8) -> Story<'a> {
    let [one, two] = registrars;
    Story {
        type_name: "KeyRevoked",
        subject: format!("key/{}", key(seed).public()),
        signs: vec![signs(one, "registrar"), signs(two, "registrar")],
        facts: json!({"reason": "lost"}),
        ..enrolment(registrars, one)
    }
}

async fn open(dir: &Path, seeds: &[u8]) -> Ledger {
    Ledger::open(SledEngine::open(&dir.join("ledger")).unwrap(), SystemClock::new(), ring(seeds))
        .await
        .unwrap()
}

async fn serve(dir: TempDir, seeds: &[u8]) -> House {
    let opened = open(dir.path(), seeds).await;
    let publisher = Publisher::open(&dir.path().join("ledger/published"), &opened).await.unwrap();
    House::serve_with(dir, opened, publisher).await
}

/// A house whose server holds both keys, with the cast.
async fn house() -> (House, Cast) {
    let (house, cast) = House::with_cast("re-enactment").await;
    (serve(house.stop().await, &[9, NEXT]).await, cast)
}

fn read(dir: &Path, path: &str) -> SignedCheckpoint {
    SignedCheckpoint::parse(&fs::read(dir.join("ledger/published").join(path)).unwrap()).unwrap()
}

fn is_by(checkpoint: &SignedCheckpoint, seed: u8) -> bool {
    checkpoint.verify(&[vkey(seed)]).is_ok()
}

/// Audits what is published, with these keys in the auditor's hand.
fn verdict(dir: &Path, seeds: &[u8]) -> AuditVerdict {
    let keys = seeds.iter().map(|seed| Brought::from(vkey(*seed))).reduce(Brought::and).unwrap();
    let published = Published::open(&dir.join("ledger/published")).unwrap();
    audit(&published, &Trust { keys, policy: None, earlier: None }, |_read, _of| {}).unwrap().verdict()
}

#[tokio::test]
async fn a_key_passes_on_while_the_log_is_served() {
    let (mut house, cast) = house().await;
    let [new, minuted] = [key(NEXT), key(10)];
    let appended = house.append(&rotation(&cast.registrars, &new).signed(&house.ledger)).await.unwrap();
    assert_eq!(appended.position, PROLOGUE);
    // At once, so that the publisher has no time to see the checkpoint between.
    house.append(&decision(&minuted, "body/04K", "2019-07-04").signed(&house.ledger)).await.unwrap();
    let dir = house.stop().await;
    let note = read(dir.path(), "rotated/007");
    assert!(is_by(&note, 9) && is_by(&note, NEXT));
    let newest = read(dir.path(), "checkpoint");
    assert!(is_by(&newest, NEXT) && !is_by(&newest, 9));
    let keys = LogKeys::parse(&fs::read(dir.path().join("ledger/published/vkey")).unwrap()).unwrap();
    assert_eq!(keys.keys(), [(Position(0), vkey(9)), (Position(PROLOGUE), vkey(NEXT))]);
    for seeds in [&[9][..], &[NEXT], &[9, NEXT]] {
        assert_eq!(verdict(dir.path(), seeds), AuditVerdict::Verified, "{seeds:?}");
    }
    // The old key is destroyed: the note is in the folder. Without either the log is not published.
    let house = serve(dir, &[NEXT]).await;
    let dir = house.stop().await;
    fs::remove_file(dir.path().join("ledger/published/rotated/007")).unwrap();
    let opened = open(dir.path(), &[NEXT]).await;
    let published = dir.path().join("ledger/published");
    let refused = Publisher::open(&published, &opened).await.map(drop).unwrap_err();
    assert!(matches!(refused, PublishError::HandOver { size: TreeSize(7), .. }), "{refused}");
    opened.close().await;
    drop(opened);
    let opened = open(dir.path(), &[9, NEXT]).await;
    drop(Publisher::open(&published, &opened).await.unwrap());
    assert_eq!(read(dir.path(), "rotated/007"), note, "made again, byte for byte");
    opened.close().await;
}

/// The commit is durable, and the machine stops before anything is published.
#[tokio::test]
async fn a_crash_after_the_commit_costs_no_signature() {
    let (house, cast) = House::with_cast("re-enactment").await;
    let ledger = house.ledger.clone();
    let dir = house.stop().await;
    let opened = open(dir.path(), &[9, NEXT]).await;
    let rotated: Signed = rotation(&cast.registrars, &key(NEXT)).signed(&ledger);
    opened.append(vec![rotated.clone()]).await.unwrap();
    let signed = opened.reader().checkpoint();
    assert!(is_by(&signed, 9) && is_by(&signed, NEXT));
    assert!(opened.append(vec![rotated]).await.unwrap()[0].again, "sent again, it stands where it stood");
    opened.close().await;
    drop(opened);
    let opened = open(dir.path(), &[9, NEXT]).await;
    assert_eq!(opened.reader().checkpoint(), signed);
    opened.close().await;
    drop(opened);
    let engine = SledEngine::open(&dir.path().join("ledger")).unwrap();
    let refused = Ledger::open(engine, SystemClock::new(), ring(&[9])).await.map(drop).unwrap_err();
    assert!(matches!(refused, LedgerError::OtherLogKey { from: Position(PROLOGUE), .. }), "{refused}");
}

/// The commit is durable, and the machine stops before the mark is: what stands beside it is by the old key, which signs
/// for that size.
#[tokio::test]
async fn a_crash_between_commit_and_mark_leaves_the_old_keys_checkpoint() {
    let (house, cast) = House::with_cast("re-enactment").await;
    let ledger = house.ledger.clone();
    let dir = house.stop().await;
    let mark = dir.path().join("ledger/high-water");
    let before = fs::read(&mark).unwrap();
    let opened = open(dir.path(), &[9, NEXT]).await;
    opened.append(vec![rotation(&cast.registrars, &key(NEXT)).signed(&ledger)]).await.unwrap();
    let signed = opened.reader().checkpoint();
    opened.close().await;
    drop(opened);
    assert_ne!(fs::read(&mark).unwrap(), before);
    fs::write(&mark, &before).unwrap();
    let opened = open(dir.path(), &[9, NEXT]).await;
    assert_eq!(opened.reader().checkpoint(), signed, "the very same, by both keys");
    opened.close().await;
    drop(opened);
    // The old key is gone by then: the new one signs on from what the old one signed.
    fs::write(&mark, &before).unwrap();
    let opened = open(dir.path(), &[NEXT]).await;
    assert!(is_by(&opened.reader().checkpoint(), NEXT));
    opened.close().await;
}

#[tokio::test]
async fn the_key_passes_on_with_the_last_event_of_a_request() {
    let (mut house, cast) = house().await;
    let (new, minuted) = (key(NEXT), key(10));
    let rotated = rotation(&cast.registrars, &new).signed(&house.ledger);
    let decided = decision(&minuted, "body/04K", "2019-07-04").signed(&house.ledger);
    let refused = house.append_all(&[rotated.clone(), decided.clone()]).await.unwrap_err();
    assert_eq!(refusal(&refused).0, Code::InvalidArgument);
    assert!(refused.message().contains("the last event of its request"), "{refused}");
    house.append_all(&[decided, rotated]).await.unwrap();
    let dir = house.stop().await;
    assert!(is_by(&read(dir.path(), "rotated/008"), 9));
    assert_eq!(verdict(dir.path(), &[9, NEXT]), AuditVerdict::Verified);
}

#[tokio::test]
async fn a_client_follows_and_its_receipts_hold_for_ever() {
    let (mut house, cast) = house().await;
    let state = tempfile::tempdir().unwrap();
    let address = format!("http://{}", house.address);
    let mut client = Client::connect(&address, Memory::at(state.path())).await.unwrap();
    let known = client.ledger().await.unwrap();
    assert_eq!(known.key, vkey(9));
    let (_, at_hand_over) = client
        .append_for_receipt(&known, &rotation(&cast.registrars, &key(NEXT)).signed(&house.ledger))
        .await
        .unwrap();
    let minuted = key(10);
    let decided = decision(&minuted, "body/04K", "2019-07-04").signed(&house.ledger);
    let (_, after) = client.append_for_receipt(&known, &decided).await.unwrap();
    let holds = |receipt: &Receipt, seed: u8| {
        receipt.check(&minutebook_log::Policy::of_log(vkey(seed)).unwrap()).is_ok()
    };
    assert!(holds(&at_hand_over, 9) && holds(&at_hand_over, NEXT));
    assert!(!holds(&after, 9) && holds(&after, NEXT));
    let known = client.ledger().await.unwrap();
    assert_eq!((&known.key, known.keys.keys().len()), (&vkey(NEXT), 2));
    assert_eq!(Memory::at(state.path()).recall_keys(known.reference.id).unwrap(), Some(known.keys.clone()));
    assert_eq!(client.hand_overs(&known).await.unwrap().len(), 1);
    // Whoever comes for the first time starts from the opening entry, and follows too.
    let fresh = tempfile::tempdir().unwrap();
    let mut stranger = Client::connect(&address, Memory::at(fresh.path())).await.unwrap();
    assert_eq!(stranger.ledger().await.unwrap().key, vkey(NEXT));
    // The server signs on with the new key, which is all that it needs.
    house.append(&decision(&minuted, "body/04K", "2019-07-05").signed(&house.ledger)).await.unwrap();
    drop(house.stop().await);
}

/// The old key is lost. Whoever knows it alone is led nowhere, and takes the new one from the registrars.
#[tokio::test]
async fn after_a_revocation_a_client_takes_the_new_key_by_hand() {
    let (mut house, cast) = house().await;
    let state = tempfile::tempdir().unwrap();
    let address = format!("http://{}", house.address);
    let mut client = Client::connect(&address, Memory::at(state.path())).await.unwrap();
    let known = client.ledger().await.unwrap();
    house.append(&revocation(&cast.registrars, 9).signed(&house.ledger)).await.unwrap();
    house.append(&rotation(&cast.registrars, &key(NEXT)).signed(&house.ledger)).await.unwrap();
    let Err(ClientError::LogKey { change, saved }) = client.ledger().await else {
        panic!("nothing leads there")
    };
    assert!(change.why.contains("has not signed over to it") && change.offered == vkey(NEXT).to_string());
    let kept = fs::read_to_string(saved.unwrap()).unwrap();
    assert!(kept.contains(&vkey(9).to_string()) && kept.contains(&vkey(NEXT).to_string()), "{kept}");
    assert_eq!(Memory::at(state.path()).recall_keys(known.reference.id).unwrap(), None);
    assert!(client.trust_log_key(&vkey(61)).await.is_err(), "another than the server has");
    client.trust_log_key(&vkey(NEXT)).await.unwrap();
    assert_eq!(client.ledger().await.unwrap().key, vkey(NEXT));
    let dir = house.stop().await;
    let note = read(dir.path(), "rotated/008");
    assert!(is_by(&note, NEXT) && !is_by(&note, 9));
    assert_eq!(verdict(dir.path(), &[9]), AuditVerdict::Failed, "nothing leads over");
    assert_eq!(verdict(dir.path(), &[NEXT]), AuditVerdict::Verified);
}
