//! Reading the log: pages, and following it without a gap or a double.

use crate::support::{Cast, House, PROLOGUE, ccg, decision, message, refusal};
use minutebook::proto::follow_entries_request::Start;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::proof_service_client::ProofServiceClient;
use minutebook::proto::{
    Entry, FollowEntriesRequest, FollowEntriesResponse, GetCheckpointRequest, ListEntriesRequest,
    ListEntriesResponse,
};
use minutebook_log::Hash;
use tonic::{Code, Status, Streaming};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

type Stream = Streaming<FollowEntriesResponse>;

async fn follow(house: &House, from: u64) -> Result<Stream, Status> {
    let request = FollowEntriesRequest { start: Some(Start::From(from)), ..Default::default() };
    let mut log = LogServiceClient::new(house.channel.clone());
    let mut steps = log.follow_entries(request).await?.into_inner();
    let begun = steps.message().await?.unwrap().step.unwrap();
    assert!(matches!(begun, Step::Begun(begun) if begun.from == from));
    Ok(steps)
}

/// What a follower has received: positions, and after how many entries it had caught up.
#[derive(Debug, Default, PartialEq)]
struct Received {
    positions: Vec<u64>,
    caught_up: Vec<u64>,
}

impl Received {
    /// Reads until `size` entries are there and the end of history was told.
    async fn up_to(mut self, size: u64, stream: &mut Stream) -> Self {
        while self.positions.last().is_none_or(|last| last + 1 < size) || self.caught_up.is_empty() {
            match stream.message().await.unwrap().unwrap().step.unwrap() {
                Step::Batch(batch) => {
                    for entry in batch.entries {
                        assert_eq!(entry.hash, Hash::of(&entry.content).to_string());
                        self.positions.push(entry.position);
                    }
                }
                Step::CaughtUp(caught_up) => self.caught_up.push(caught_up.size),
                Step::FellBehind(_) | Step::Heartbeat(_) => {}
                Step::Begun(begun) => panic!("{begun:?} again"),
            }
        }
        self
    }
}

async fn decide(house: &mut House, cast: &Cast, count: usize) {
    for _decision in 0..count {
        let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
        house.append(&event).await.unwrap();
    }
}

#[tokio::test]
async fn history_then_live_without_a_gap_or_a_double() {
    const LIVE: usize = 40;
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let mut early = follow(&house, 0).await.unwrap();
    let mut later = follow(&house, 3).await.unwrap();
    let size = PROLOGUE + LIVE as u64;
    let (early, later, ()) = tokio::join!(
        Received::default().up_to(size, &mut early),
        Received::default().up_to(size, &mut later),
        decide(&mut house, &cast, LIVE),
    );
    assert_eq!(early.positions, (0..size).collect::<Vec<_>>());
    assert_eq!(later.positions, (3..size).collect::<Vec<_>>());
    for received in [early, later] {
        let [caught_up] = received.caught_up[..] else { panic!("told once: {received:?}") };
        assert!((PROLOGUE..=size).contains(&caught_up));
    }
}

#[tokio::test]
async fn a_follower_at_the_end_is_caught_up_at_once_and_beyond_it_is_refused() {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let mut stream = follow(&house, PROLOGUE).await.unwrap();
    let step = stream.message().await.unwrap().unwrap().step.unwrap();
    assert!(matches!(step, Step::CaughtUp(caught_up) if caught_up.size == PROLOGUE));

    let status = follow(&house, PROLOGUE + 1).await.unwrap_err();
    let (code, reason, details) = refusal(&status);
    assert_eq!((code, reason.as_str()), (Code::OutOfRange, "OUT_OF_RANGE"));
    let said = &details.error_info().unwrap().metadata;
    assert_eq!((&said["size"], &said["ledger"]), (&PROLOGUE.to_string(), &house.ledger.id.to_string()));
}

#[tokio::test]
async fn a_follower_who_does_not_read_slows_nobody_and_misses_nothing() {
    const BATCHES: u64 = 8;
    const EACH: u64 = 500;
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let mut slow = follow(&house, 0).await.unwrap();
    for batch in 0..BATCHES {
        let story = |event| ccg(&cast.register, &format!("X{batch}-{event}"));
        let events: Vec<_> = (0..EACH).map(|event| story(event).signed(&house.ledger)).collect();
        house.append_all(&events).await.unwrap();
    }
    let size = PROLOGUE + BATCHES * EACH;
    let received = Received::default().up_to(size, &mut slow).await;
    assert_eq!(received.positions, (0..size).collect::<Vec<_>>());
}

#[tokio::test]
async fn history_is_what_it_was_whatever_became_of_the_published_bundles() {
    const EVENTS: usize = 1000;
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let events: Vec<_> =
        (0..EVENTS).map(|event| ccg(&cast.register, &format!("P{event}")).signed(&house.ledger)).collect();
    house.append_all(&events).await.unwrap();
    let size = PROLOGUE + EVENTS as u64;
    let mut proof = ProofServiceClient::new(house.channel.clone());
    loop {
        let newest = proof.get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner();
        if newest.newest == newest.published {
            break;
        }
        tokio::task::yield_now().await;
    }
    let bundles = house.folder().join("published/tile/entries");
    let expected: Vec<_> = (0..size).collect();
    for damage in ["none", "a byte", "cut", "gone"] {
        // Steps grow, and end where bundles do: this is the first that is read.
        let first = bundles.join("002");
        let mut bytes = std::fs::read(&first).unwrap();
        match damage {
            "a byte" => {
                let at = bytes.len() / 2;
                bytes[at] ^= 1;
                std::fs::write(&first, bytes).unwrap();
            }
            "cut" => std::fs::write(&first, &bytes[..bytes.len() - 7]).unwrap(),
            "gone" => std::fs::remove_file(&first).unwrap(),
            _none => {}
        }
        let mut stream = follow(&house, 0).await.unwrap();
        let received = Received::default().up_to(size, &mut stream).await;
        assert_eq!(received.positions, expected, "{damage}");
    }
}

#[tokio::test]
async fn streams_end_when_the_server_does() {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let mut stream = follow(&house, 0).await.unwrap();
    Received::default().up_to(PROLOGUE, &mut stream).await;
    let mut health = HealthClient::new(house.channel.clone());
    let whole = HealthCheckRequest { service: String::new() };
    let mut watched = health.watch(whole).await.unwrap().into_inner();
    assert!(watched.message().await.unwrap().is_some());
    house.stop().await;
    assert_eq!(watched.message().await.unwrap(), None, "an orderly end, which nobody had to wait for");
    let status = stream.message().await.unwrap_err();
    assert_eq!(refusal(&status).1, "SHUTTING_DOWN", "{status:?}");
    assert_eq!(status.code(), Code::Unavailable);
}

async fn list(house: &mut House, request: ListEntriesRequest) -> Result<ListEntriesResponse, Status> {
    Ok(house.log.list_entries(request).await?.into_inner())
}

/// Every entry that a question gives, page by page, and how many pages there were.
async fn list_all(house: &mut House, first: ListEntriesRequest) -> (Vec<Entry>, usize) {
    let (mut entries, mut pages, mut page_token) = (Vec::new(), 0, String::new());
    loop {
        let page = list(house, ListEntriesRequest { page_token, ..first.clone() }).await.unwrap();
        assert!(page.entries.len() <= first.page_size as usize);
        entries.extend(page.entries);
        pages += 1;
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return (entries, pages);
        }
    }
}

#[tokio::test]
async fn pages_of_the_log_and_of_one_subject() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    decide(&mut house, &cast, 4).await;
    let positions = |entries: Vec<Entry>| entries.iter().map(|entry| entry.position).collect::<Vec<_>>();

    let whole = ListEntriesRequest { page_size: 4, from: 1, ..Default::default() };
    let (entries, pages) = list_all(&mut house, whole).await;
    assert_eq!((positions(entries), pages), ((1..PROLOGUE + 4).collect(), 3));

    // The body was registered at the end of the prologue; its decisions follow.
    let of_body = ListEntriesRequest { page_size: 2, subject: "body/04K".to_owned(), ..Default::default() };
    let (entries, pages) = list_all(&mut house, of_body.clone()).await;
    assert_eq!((positions(entries), pages), ((PROLOGUE - 1..PROLOGUE + 4).collect(), 3));
    let (entries, _pages) = list_all(&mut house, ListEntriesRequest { from: 4, ..of_body }).await;
    assert_eq!(positions(entries), [PROLOGUE + 2, PROLOGUE + 3]);

    let beyond = ListEntriesRequest { from: 1000, ..Default::default() };
    assert_eq!(list(&mut house, beyond).await.unwrap(), ListEntriesResponse::default());
}

#[tokio::test]
async fn a_page_token_is_refused_with_another_question() {
    let (mut house, _cast) = House::with_cast("re-enactment").await;
    let first = ListEntriesRequest { page_size: 2, ..Default::default() };
    let page_token = list(&mut house, first.clone()).await.unwrap().next_page_token;
    let changed = ListEntriesRequest { page_token: page_token.clone(), from: 3, ..first.clone() };
    let made_up = ListEntriesRequest { page_token: "4".to_owned(), ..first.clone() };
    let negative = ListEntriesRequest { page_size: -1, ..Default::default() };
    for (request, member) in [(changed, "page_token"), (made_up, "page_token"), (negative, "page_size")] {
        let status = list(&mut house, request).await.unwrap_err();
        let (code, reason, details) = refusal(&status);
        assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, member);
    }
    // Another size of page is the same question.
    let wider = ListEntriesRequest { page_token, page_size: 50, ..first };
    assert_eq!(list(&mut house, wider).await.unwrap().entries.len() as u64, PROLOGUE - 2);
}

#[tokio::test]
async fn a_page_of_large_entries_stays_small_enough_for_every_client() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let mut story = decision(&cast.secretary, "body/04K", "2019-07-04");
    story.facts["text"] = serde_json::json!("x".repeat(45_000));
    for _request in 0..2 {
        let events: Vec<_> = (0..60).map(|_event| story.signed(&house.ledger)).collect();
        assert!(events.iter().map(|event| message(event).event.len()).sum::<usize>() < 3 * 1024 * 1024);
        house.append_all(&events).await.unwrap();
    }
    // 5.4 MB of entries; a client takes messages up to 4 MiB.
    let (entries, pages) =
        list_all(&mut house, ListEntriesRequest { page_size: 1000, ..Default::default() }).await;
    assert_eq!((entries.len() as u64, pages), (PROLOGUE + 120, 3));
    let mut stream = follow(&house, 0).await.unwrap();
    let received = Received::default().up_to(PROLOGUE + 120, &mut stream).await;
    assert_eq!(received.positions.len() as u64, PROLOGUE + 120);
}
