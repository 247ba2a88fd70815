//! Stories of the demo, played through the public API of a server, and read back through it.

use super::{House, key};
use minutebook::author::LedgerRef;
use minutebook::demo::{Cast, Scene, SceneWriter, story::Story};
use minutebook::ledger;
use minutebook::proto::ListEntriesRequest;
use minutebook_governance::Book;
use minutebook_log::{Hash, Position, SecretKey, Seen};
use minutebook_verify::AuditVerdict;
use std::convert::Infallible;

/// How many events one request appends.
const BATCH_EVENTS: usize = 100;

/// The cast of a story, with keys that are always the same; the log's is that of every house.
pub fn cast(story: &'static Story) -> Cast {
    let mut seed = 100;
    let make = |role: &str| {
        seed += 1;
        Ok::<_, Infallible>(if role == "log" { key(9) } else { SecretKey::from_seed(&[seed; 32]) })
    };
    Cast::of(story, make).unwrap()
}

/// A house in whose ledger a cast has played these scenes, after everybody's keys.
pub async fn house(cast: &Cast, scenes: Vec<Scene>) -> House {
    let dir = tempfile::tempdir().unwrap();
    let origin = cast.story().origin().parse().unwrap();
    let mut author = SceneWriter::new(cast);
    let opening = author.open(&origin).unwrap();
    ledger::create(&dir.path().join("ledger"), &opening, cast.opening_time().unwrap()).await.unwrap();
    let mut house = House::serve(dir).await;
    let mut scenes = [cast.register_scenes().unwrap(), cast.other_scenes().unwrap(), scenes].concat();
    scenes.sort_by_key(|scene| scene.time);
    let mut known = LedgerRef { origin, ..house.ledger.clone() };
    for batch in scenes.chunks(BATCH_EVENTS) {
        let signed: Vec<_> = batch.iter().map(|scene| author.write(scene, &known).unwrap()).collect();
        let appended = house.append_all(&signed).await.unwrap();
        let last = appended.last().unwrap();
        known.seen = Seen { position: Position(last.position), hash: last.hash.parse::<Hash>().unwrap() };
    }
    house
}

/// The book as its entries tell it, and their bytes.
pub async fn read_back(house: &mut House) -> (Book, Vec<Vec<u8>>) {
    let mut stored = Vec::new();
    let mut request = ListEntriesRequest { page_size: 1000, ..ListEntriesRequest::default() };
    loop {
        let page = house.log.list_entries(request.clone()).await.unwrap().into_inner();
        stored.extend(page.entries.into_iter().map(|entry| entry.content));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let report =
        minutebook_verify::verify(stored.iter().cloned().map(Ok::<_, Infallible>), |_read| ()).unwrap();
    assert_eq!(report.verdict, AuditVerdict::Verified, "{:?}", report.exception);
    (report.book, stored)
}
