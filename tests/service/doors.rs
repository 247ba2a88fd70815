//! Strangers at the door: silence, drips, floods, and whoever does not read. Each costs itself, and nobody else.

use crate::seen::{get, get_bytes};
use crate::stranger::{PING, PREFACE, SETTINGS, Stranger, frame, http2, is_closed};
use crate::support::{Cast, House, PROLOGUE, decision, enrolment, grant, key, message, metadata, refusal};
use minutebook::doors::{Doors, Ending, Limits, Room};
use minutebook::proto::follow_entries_request::Start;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{
    AppendEventsRequest, EventSignature, FollowEntriesRequest, GetLedgerRequest, ListEntriesRequest,
    SignedEvent,
};
use minutebook_log::SecretKey;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic::{Code, Status};

/// Longer than anything here should take: a test that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(20);

/// What no limit of these tests is near.
fn limits() -> Limits {
    Limits { connections: 64, ..Limits::default() }
}

/// Waits for what `held` says of the room.
async fn until(room: &Room, what: &str, is_so: impl Fn(&Room) -> bool) {
    let begun = Instant::now();
    while !is_so(room) {
        assert!(begun.elapsed() < TOO_LONG, "{what}: {} bytes by {}", room.held(), room.connections());
        tokio::task::yield_now().await;
    }
}

async fn append(house: &mut House, cast: &Cast) -> Duration {
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    let begun = Instant::now();
    timeout(TOO_LONG, house.append(&event)).await.expect("an append waits for strangers").unwrap();
    begun.elapsed()
}

#[tokio::test]
async fn who_says_nothing_or_half_a_word_is_sent_away() {
    let (mut house, cast, room, _ending) =
        House::behind(Limits { head: Duration::from_millis(300), ..limits() }).await;
    let said: [&[u8]; 5] = [
        b"",
        b"PRI * HTTP/2.0\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"GET /checkpoint HTTP/1.1\r\nHost: x\r\n",
    ];
    let mut strangers = Vec::new();
    for bytes in said {
        strangers.push(Stranger::saying(house.address, bytes).await);
    }
    append(&mut house, &cast).await;
    for (mut stranger, said) in strangers.into_iter().zip(said) {
        let closed = timeout(TOO_LONG, is_closed(&mut stranger)).await;
        assert!(closed.is_ok(), "still open: {:?}", String::from_utf8_lossy(said));
    }
    until(&room, "who was sent away is forgotten", |room| room.connections() == 1).await;
}

#[tokio::test]
async fn an_idle_connection_ends_in_good_order_and_its_client_comes_again() {
    let limits =
        Limits { idle: Duration::from_millis(200), streams_grace: Duration::from_millis(50), ..limits() };
    let (mut house, _cast, room, _ending) = House::behind(limits).await;
    house.log.get_ledger(GetLedgerRequest {}).await.unwrap();
    until(&room, "an idle connection ends", |room| room.connections() == 0).await;
    house.log.get_ledger(GetLedgerRequest {}).await.unwrap();
}

#[tokio::test]
async fn a_follower_who_has_nothing_to_read_is_not_idle() {
    let limits = Limits { idle: Duration::from_millis(100), unread: Duration::from_millis(100), ..limits() };
    let (mut house, cast, _room, _ending) = House::behind(limits).await;
    let request = FollowEntriesRequest { start: Some(Start::From(PROLOGUE)), ..Default::default() };
    let mut steps = house.log.follow_entries(request).await.unwrap().into_inner();
    assert!(matches!(steps.message().await.unwrap().unwrap().step, Some(Step::Begun(_))));
    assert!(matches!(steps.message().await.unwrap().unwrap().step, Some(Step::CaughtUp(_))));
    let waited = timeout(Duration::from_secs(1), steps.message()).await;
    assert!(waited.is_err(), "nothing comes, and nothing ends it: {waited:?}");
    append(&mut house, &cast).await;
    assert!(matches!(steps.message().await.unwrap().unwrap().step, Some(Step::Batch(_))));
}

#[tokio::test]
async fn a_request_that_is_not_sent_in_time_is_ended_with_its_reason() {
    let (mut house, cast, room, _ending) =
        House::behind(Limits { body: Duration::from_millis(300), ..limits() }).await;
    let stranger = Stranger::connect(house.address).await;
    // Five bytes say that a message of 4 MiB comes, then there is silence.
    let call = stranger.call("/minutebook.v1.LogService/AppendEvent").await;
    call.send(frame(4 * 1024 * 1024, 1000)).await;
    append(&mut house, &cast).await;
    let status = timeout(TOO_LONG, call.status()).await.expect("it is ended");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(refusal(&status).1, "REQUEST_TOO_SLOW");
    until(&room, "its bytes are given back", |room| room.held() == 0).await;
}

#[tokio::test]
async fn half_sent_messages_hold_bounded_bytes_and_nobody_up() {
    const BYTES: usize = 8 * 1024 * 1024;
    let (mut house, cast, room, _ending) = House::behind(Limits { bytes_in_flight: BYTES, ..limits() }).await;
    let mut calls = Vec::new();
    let mut most = 0;
    for _stranger in 0..40 {
        let stranger = Stranger::connect(house.address).await;
        let call = stranger.call("/minutebook.v1.LogService/AppendEvents").await;
        for _piece in 0..16 {
            call.send(frame(4 * 1024 * 1024, 64 * 1024)).await;
        }
        calls.push((stranger, call));
        tokio::task::yield_now().await;
        most = most.max(room.held());
        append(&mut house, &cast).await;
    }
    assert!(most > BYTES / 2, "the attack has come: {most}");
    assert!(most < 2 * BYTES, "{most} bytes were held, with a bound of {BYTES}");
    drop(calls);
    until(&room, "what strangers held is given back", |room| room.held() == 0).await;
}

/// A ledger whose history is some megabytes.
async fn with_history(limits: Limits) -> (House, Cast, Arc<Room>, Ending, u64) {
    let (mut house, cast, room, ending) = House::behind(limits).await;
    let mut story = decision(&cast.secretary, "body/04K", "2019-07-04");
    story.facts["text"] = serde_json::json!("x".repeat(40_000));
    let events: Vec<_> = (0..60).map(|_event| story.signed(&house.ledger)).collect();
    house.append_all(&events).await.unwrap();
    (house, cast, room, ending, PROLOGUE + 60)
}

async fn connect(address: SocketAddr) -> LogServiceClient<Channel> {
    Channel::from_shared(format!("http://{address}"))
        .map(|to| LogServiceClient::new(to.connect_lazy()))
        .unwrap()
}

#[tokio::test]
async fn followers_who_do_not_read_hold_little_and_others_read_on() {
    const FOLLOWERS: usize = 400;
    let (mut house, cast, room, _ending, size) = with_history(limits()).await;
    let mut strangers = Vec::new();
    for _connection in 0..4 {
        let stranger = Stranger::connect(house.address).await;
        let mut calls = Vec::new();
        for _follower in 0..FOLLOWERS / 4 {
            calls.push(stranger.follow_unread().await);
        }
        strangers.push((stranger, calls));
    }
    append(&mut house, &cast).await;
    let mut log = connect(house.address).await;
    let mut steps = log.follow_entries(FollowEntriesRequest::default()).await.unwrap().into_inner();
    let mut read = 0;
    while read <= size {
        if let Some(Step::Batch(batch)) = steps.message().await.unwrap().unwrap().step {
            read += batch.entries.len() as u64;
        }
    }
    // With steps read ahead, 400 followers of 2.4 MB would hold 960 MB.
    let each = room.held() / FOLLOWERS;
    assert!(each < 160 * 1024, "{each} bytes for each follower");
    drop(strangers);
    until(&room, "what they held is given back", |room| room.held() == 0).await;
}

#[tokio::test]
async fn what_is_answered_and_not_read_is_cut_after_a_while() {
    let (house, _cast, room, _ending, _size) =
        with_history(Limits { unread: Duration::from_millis(300), ..limits() }).await;
    let stranger = Stranger::connect(house.address).await;
    let mut calls = Vec::new();
    for _follower in 0..8 {
        calls.push(stranger.follow_unread().await);
    }
    until(&room, "unread answers go with their connection", |room| room.connections() == 1).await;
    assert_eq!(room.held(), 0);
}

/// An event that is signed by these keys, each time over other bytes: no signature holds.
fn badly_signed(event: &minutebook_log::Event, keys: &[SecretKey]) -> SignedEvent {
    let signature = |key: &SecretKey| EventSignature {
        public_key: key.public().as_bytes().to_vec(),
        signature: key.sign(b"something else").as_bytes().to_vec(),
    };
    SignedEvent { event: event.bytes().to_vec(), signatures: keys.iter().map(signature).collect() }
}

#[tokio::test]
async fn signatures_of_unknown_keys_are_refused_and_never_checked() {
    let (mut house, cast, _room, _ending) = House::behind(limits()).await;
    let story = decision(&cast.secretary, "body/04K", "2019-07-04");
    let strangers: Vec<_> = (100..116).map(key).collect();
    let event = badly_signed(&story.event(&house.ledger), &strangers);
    let request = AppendEventsRequest { signed_events: vec![event; 500], validate_only: false };
    let (code, reason, details) = refusal(&house.log.append_events(request).await.unwrap_err());
    // If it had been checked, the signature would be what is wrong.
    assert_eq!((code, reason.as_str()), (Code::PermissionDenied, "UNAUTHORISED"));
    assert_eq!(metadata(&details, "rule"), "authority.key-enrolled");
    let known = badly_signed(&story.event(&house.ledger), std::slice::from_ref(&cast.secretary));
    let (code, reason, _details) = refusal(&house.append_message(known).await.unwrap_err());
    assert_eq!((code, reason.as_str()), (Code::InvalidArgument, "SIGNATURE_INVALID"), "a known key's is");
    // A holder's own key is new where it is enrolled, and may sign what comes after that in the same request.
    let new = key(77);
    let enrols = enrolment(&cast.registrars, &new).signed(&house.ledger);
    let grants = grant(&cast.registrars, "new", &new, "secretary", json!({})).signed(&house.ledger);
    let acts = decision(&new, "body/04K", "2019-07-04").signed(&house.ledger);
    assert_eq!(refusal(&house.append(&acts).await.unwrap_err()).0, Code::PermissionDenied);
    assert_eq!(house.append_all(&[enrols, grants, acts]).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_many_signatures_waits_and_others_do_not() {
    let (mut house, cast, _room, _ending) = House::behind(limits()).await;
    let story = decision(&cast.secretary, "body/04K", "2019-07-04");
    // Signatures that hold, as anybody can copy them from the book, and one at the end that does not.
    let mut events: Vec<_> = (0..900).map(|_event| message(&story.signed(&house.ledger))).collect();
    events.push(badly_signed(&story.event(&house.ledger), std::slice::from_ref(&cast.secretary)));
    let mut floods = JoinSet::new();
    for _connection in 0..4 {
        let (mut log, events) = (connect(house.address).await, events.clone());
        log.get_ledger(GetLedgerRequest {}).await.unwrap();
        for _request in 0..2 {
            let (mut log, signed_events) = (log.clone(), events.clone());
            floods.spawn(async move {
                log.append_events(AppendEventsRequest { signed_events, validate_only: false }).await
            });
        }
    }
    let begun = Instant::now();
    let mut slowest = Duration::ZERO;
    for _append in 0..5 {
        slowest = slowest.max(append(&mut house, &cast).await);
    }
    let mut last = Duration::ZERO;
    while let Some(flooded) = floods.join_next().await {
        assert_eq!(refusal(&flooded.unwrap().unwrap_err()).1, "SIGNATURE_INVALID");
        last = begun.elapsed();
    }
    assert!(slowest * 2 < last, "an append took {slowest:?} beside floods that took {last:?}");
}

#[tokio::test]
async fn followers_are_bounded_in_number() {
    let (mut house, _cast, _room, _ending) = House::behind(Limits { followers: 2, ..limits() }).await;
    let mut follow = async || house.log.follow_entries(FollowEntriesRequest::default()).await;
    let (one, two) = (follow().await.unwrap(), follow().await.unwrap());
    let status = follow().await.unwrap_err();
    let (code, reason, details) = refusal(&status);
    assert_eq!((code, reason.as_str()), (Code::ResourceExhausted, "TOO_MANY_FOLLOWERS"));
    assert!(details.retry_info().is_some(), "with a delay");
    drop((one, two));
    let again = async {
        while follow().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(TOO_LONG, again).await.expect("who has gone leaves a place");
}

#[tokio::test]
async fn idle_connections_make_place_and_busy_ones_do_not() {
    let (mut house, cast, room, _ending) = House::behind(Limits { connections: 4, ..limits() }).await;
    let mut idle = Vec::new();
    for _stranger in 0..30 {
        idle.push(Stranger::saying(house.address, b"").await);
    }
    append(&mut house, &cast).await;
    let closed = timeout(TOO_LONG, is_closed(&mut idle[0])).await;
    assert!(closed.is_ok(), "who has been idle longest made place");
    drop(idle);
    let mut busy = Vec::new();
    for _follower in 0..4 {
        let mut log = connect(house.address).await;
        let steps = log.follow_entries(FollowEntriesRequest::default()).await.unwrap().into_inner();
        busy.push((log, steps));
    }
    until(&room, "all places are taken by who is busy", |room| room.connections() == 4).await;
    let mut late = Stranger::saying(house.address, b"").await;
    timeout(TOO_LONG, is_closed(&mut late)).await.expect("turned away at once");
    for (_log, steps) in &mut busy {
        assert!(steps.message().await.unwrap().is_some(), "nobody who is busy was cut");
    }
}

#[tokio::test]
async fn a_stop_waits_a_second_for_streams_and_a_second_order_for_nothing() {
    let (house, _cast, _room, ending, _size) = with_history(limits()).await;
    let stranger = Stranger::connect(house.address).await;
    let _stuck = stranger.follow_unread().await;
    let begun = Instant::now();
    ending.stop();
    timeout(TOO_LONG, house.ended()).await.expect("it stops");
    assert!(begun.elapsed() < Duration::from_secs(4), "a stuck stream held it up for {:?}", begun.elapsed());

    let (house, _cast, _room, ending) = House::behind(limits()).await;
    let stranger = Stranger::connect(house.address).await;
    // A call that is worked on: its request is not whole yet.
    let half = stranger.call("/minutebook.v1.LogService/AppendEvent").await;
    half.send(frame(1000, 10)).await;
    until(&_room, "the call has begun", |room| room.held() > 0).await;
    let begun = Instant::now();
    ending.stop();
    ending.cut();
    timeout(TOO_LONG, house.ended()).await.expect("it stops");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_deadline_that_is_over_is_said_so() {
    let (_house, _cast, _room, _ending) = House::behind(limits()).await;
    let stranger = Stranger::connect(_house.address).await;
    let (get, follow) = ("/minutebook.v1.LogService/GetLedger", "/minutebook.v1.LogService/FollowEntries");
    // A deadline of no time at all: whatever takes a moment is late.
    let status = stranger.ask_within(get, frame(0, 0), "0m").await.status().await;
    assert_eq!((status.code(), refusal(&status).1.as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
    assert_eq!(stranger.ask_within(get, frame(0, 0), "20S").await.ends().await.code(), Code::Ok);
    let following = stranger.ask_within(follow, frame(0, 0), "300m").await;
    let status = timeout(TOO_LONG, following.ends()).await.expect("a stream has its deadline too");
    assert_eq!((status.code(), refusal(&status).1.as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
}

#[tokio::test]
async fn what_the_transport_refuses_has_its_reason_too() {
    let (mut house, _cast, _room, _ending) = House::behind(limits()).await;
    let stranger = Stranger::connect(house.address).await;
    let said = async |path: &str, bytes: Vec<u8>| -> Status {
        let call = stranger.call(path).await;
        call.send(bytes).await;
        call.finish().await.status().await
    };
    let malformed = [&[0, 0, 0, 0, 3][..], &[255, 255, 255]].concat();
    for (path, bytes, code, reason) in [
        ("/minutebook.v1.LogService/Nothing", frame(0, 0), Code::Unimplemented, "UNKNOWN_METHOD"),
        ("/minutebook.v1.NoService/Nothing", frame(0, 0), Code::Unimplemented, "UNKNOWN_METHOD"),
        ("/minutebook.v1.LogService/GetEntry", malformed, Code::InvalidArgument, "MALFORMED_MESSAGE"),
        ("/minutebook.v1.LogService/AppendEvent", frame(5 << 20, 9), Code::InvalidArgument, "TOO_LARGE"),
    ] {
        let status = said(path, bytes).await;
        let (found, why, _details) = refusal(&status);
        assert_eq!((found, why.as_str()), (code, reason), "{path}: {status:?}");
    }
    for (kind, http) in [("application/json", 415), ("application/grpc-web", 415), ("text/plain", 415)] {
        let answer = stranger.post("/minutebook.v1.LogService/GetLedger", kind).await;
        assert_eq!(answer, http, "{kind}");
    }
    assert_eq!(stranger.get("/minutebook.v1.LogService/GetLedger").await, 405);
    assert_eq!(stranger.get("/checkpoint").await, 200);
    assert_eq!(stranger.get("/nothing").await, 404);
    assert!(house.log.list_entries(ListEntriesRequest::default()).await.is_ok());
}

/// Sends that many frames, and reads what comes until it has the same number of answers, or `enough` says that no more come.
async fn answered(
    address: SocketAddr,
    sent: &[u8],
    answer_bytes: usize,
    enough: impl Future<Output = ()>,
) -> usize {
    const FRAMES: usize = 50_000;
    let (mut from, mut to) = TcpStream::connect(address).await.unwrap().into_split();
    let begins = [PREFACE, &http2(SETTINGS, 0, 0, &[])].concat();
    let all = [begins, sent.repeat(FRAMES)].concat();
    let feeding = tokio::spawn(async move { to.write_all(&all).await.map(|()| to) });
    let (mut bytes, mut some) = (0, vec![0; 64 * 1024]);
    let reading = async {
        while bytes < FRAMES * answer_bytes {
            bytes += from.read(&mut some).await.unwrap();
        }
    };
    tokio::select! {
        () = reading => {}
        () = enough => {}
    }
    feeding.abort();
    bytes / answer_bytes
}

#[tokio::test]
async fn frames_that_ask_for_nothing_are_read_no_faster_than_they_may() {
    let floods = [(http2(PING, 0, 0, &[7; 8]), 17), (http2(SETTINGS, 0, 0, &[]), 9)];
    let (house, _cast, _room, _ending) = House::behind(Limits { frames_burst: u32::MAX, ..limits() }).await;
    for (frame, answer_bytes) in &floods {
        let all = answered(house.address, frame, *answer_bytes, std::future::pending());
        let all = timeout(TOO_LONG, all).await.expect("nothing bounds them");
        assert!(all >= 50_000, "{all}");
    }
    house.stop().await;

    let few = Limits { frames_rate: 1, frames_burst: 20, ..limits() };
    let (mut house, cast, _room, _ending) = House::behind_doors(|listener| Doors::new(listener, few)).await;
    for (number, (frame, answer_bytes)) in floods.iter().enumerate() {
        let hit = format!("minutebook_limits_hit_total{{limit=\"frames_rate\"}} {}", number + 1);
        let channel = house.channel.clone();
        let slowed = async { while !get(&channel, "/metrics").await.1.contains(&hit) {} };
        let some = timeout(TOO_LONG, answered(house.address, frame, *answer_bytes, slowed));
        let some = some.await.expect("a flood is slowed down");
        // What is read at once is answered before it is counted.
        assert!(some < 20_000, "{some}");
        append(&mut house, &cast).await;
    }
    house.stop_and_verify().await;
}

/// Heads of questions whose messages never come take every place there is, and cost their sender next to nothing.
#[tokio::test]
async fn who_takes_every_place_gives_way_to_who_asks_for_one() {
    const CALLS: usize = 12;
    let (mut house, cast, room, _ending) = House::behind(Limits { calls: CALLS, ..limits() }).await;
    let (mut strangers, mut calls) = (Vec::new(), Vec::new());
    for _connection in 0..3 {
        let stranger = Stranger::connect(house.address).await;
        for _call in 0..8 {
            calls.push(stranger.call("/minutebook.v1.RegisterService/ListBodies").await);
        }
        strangers.push(stranger);
    }
    // More came than there are places, so that all of these are taken.
    let mut refused = JoinSet::new();
    for call in calls {
        refused.spawn(async move { call.status().await });
    }
    for _each in 0..24 - CALLS {
        let status =
            timeout(TOO_LONG, refused.join_next()).await.expect("some are refused").unwrap().unwrap();
        assert_eq!(refusal(&status).1, "TOO_MANY_CALLS");
    }
    for _time in 0..3 {
        append(&mut house, &cast).await;
        let request = ListEntriesRequest { page_size: 5, ..Default::default() };
        timeout(TOO_LONG, house.log.list_entries(request)).await.expect("a question waits").unwrap();
    }
    let ready = timeout(TOO_LONG, get(&house.channel, "/readyz")).await.expect("who looks waits");
    assert_eq!(ready.0, 200, "{}", ready.1);
    // Each honest call took one place, and gave it back.
    let status = timeout(TOO_LONG, refused.join_next()).await.expect("one gave way").unwrap().unwrap();
    assert_eq!(refusal(&status).1, "TOO_MANY_CALLS");
    assert!(status.message().contains("this one gave way"), "{status:?}");
    refused.shutdown().await;
    drop(strangers);
    until(&room, "the strangers have gone", |room| room.connections() <= 2).await;
    house.stop_and_verify().await;
}

/// What somebody sends who asks for a path so many times over HTTP/2, and lets nothing of the answers out.
fn asks_without_a_window(path: &str, times: u32) -> Vec<u8> {
    // INITIAL_WINDOW_SIZE is none (RFC 9113, 6.5.2).
    let settings = http2(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    // GET and http are of HPACK's static table, as is the name of the path (RFC 7541, A).
    let block = [&[0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()], path.as_bytes()].concat();
    let asked: Vec<u8> = (0..times).flat_map(|call| http2(1, 5, call * 2 + 1, &block)).collect();
    [PREFACE, &settings, &asked].concat()
}

/// Answers that nobody has room for are held all the same, and so counted, and cut like any that are not read.
#[tokio::test]
async fn answers_that_a_closed_window_holds_back_are_counted_and_cut() {
    const ASKED: u32 = 40;
    let (house, _cast, room, _ending) =
        House::behind(Limits { unread: Duration::from_millis(300), ..limits() }).await;
    let asked = asks_without_a_window("/verify.html", ASKED);
    let mut stranger = Stranger::saying(house.address, &asked).await;
    let page = get(&house.channel, "/verify.html").await.1.len();
    until(&room, "what waits is counted", |room| room.held() >= page * ASKED as usize).await;
    is_closed(&mut stranger).await;
    until(&room, "what was held is given back", |room| room.held() == 0).await;
}

/// However many ask at once, on however many connections: nothing more is made while too much is held, be it for those that
/// were cut and have not gone yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_held_stays_within_its_bound_however_many_ask() {
    const CONNECTIONS: usize = 24;
    let bound = 2 * 1024 * 1024;
    let (mut house, cast, room, _ending) = House::behind(Limits { bytes_in_flight: bound, ..limits() }).await;
    let page = get(&house.channel, "/verify.html").await.1.len();
    let asked = asks_without_a_window("/verify.html", 100);
    assert!(CONNECTIONS * 100 * page > 10 * bound, "a page has only {page} bytes");
    // On a thread of its own, which sees what is over before a task has its turn.
    let (is_over, watched) = (Arc::new(AtomicBool::new(false)), Arc::clone(&room));
    let told = Arc::clone(&is_over);
    let watch = std::thread::spawn(move || {
        let mut most = 0;
        while !told.load(Ordering::Relaxed) {
            most = most.max(watched.held());
        }
        most
    });
    let mut strangers = Vec::new();
    for _connection in 0..CONNECTIONS {
        strangers.push(Stranger::saying(house.address, &asked).await);
    }
    until(&room, "one of them is cut", |room| room.connections() < CONNECTIONS).await;
    append(&mut house, &cast).await;
    until(&room, "what was cut is given back", |room| room.held() <= bound).await;
    is_over.store(true, Ordering::Relaxed);
    let most = watch.join().unwrap();
    assert!(most <= bound + 4 * page, "{most} bytes were held, with a bound of {bound}");
    drop(strangers);
    until(&room, "all of it is given back", |room| room.held() == 0).await;
    house.stop_and_verify().await;
}

/// Of a published file no more is in memory than its beginning, for whoever does not take it.
#[tokio::test]
async fn a_published_file_is_read_as_it_is_taken() {
    const ASKED: usize = 60;
    let (mut house, cast, room, _ending) = House::behind(limits()).await;
    for _entry in 0..30 {
        append(&mut house, &cast).await;
    }
    let path = format!("/tile/entries/000.p/{}", PROLOGUE + 30);
    let begun = Instant::now();
    while get_bytes(&house.channel, &path).await.0 != 200 {
        assert!(begun.elapsed() < TOO_LONG, "{path} is not published");
    }
    let file = house.folder().join("published").join(path.trim_start_matches('/'));
    let whole = std::fs::read(&file).unwrap();
    assert_eq!(get_bytes(&house.channel, &path).await.1, whole, "read in parts, it is what it is");
    until(&room, "nobody has any of it", |room| room.held() == 0).await;
    let asked = asks_without_a_window(&path, u32::try_from(ASKED).unwrap());
    let stranger = Stranger::saying(house.address, &asked).await;
    until(&room, "each has its beginning", |room| room.held() == ASKED * 8 * 1024).await;
    assert!(ASKED * 8 * 1024 < ASKED * whole.len() / 2, "the file has only {} bytes", whole.len());
    drop(stranger);
    house.stop_and_verify().await;
}
