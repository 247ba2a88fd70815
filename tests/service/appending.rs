//! Appending as a stream: in order, each request all or none, and nothing behind a refusal.

use crate::support::{
    Cast, House, PROLOGUE, ccg, decision, enrolment, grant, key, message, metadata, refusal,
};
use minutebook::client::memory::Memory;
use minutebook::client::{Client, ClientError};
use minutebook::doors::Limits;
use minutebook::proto::{AppendStreamRequest, AppendStreamResponse, SignedEvent};
use minutebook_log::Signed;
use serde_json::json;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

fn request(events: &[Signed]) -> AppendStreamRequest {
    AppendStreamRequest { signed_events: events.iter().map(message).collect() }
}

fn decide(house: &House, cast: &Cast) -> Signed {
    decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger)
}

/// What is answered to these requests, and how the stream ends.
async fn answered(house: &mut House, requests: Vec<AppendStreamRequest>) -> (Vec<Vec<u64>>, Option<Status>) {
    let answers = house.log.append_stream(tokio_stream::iter(requests)).await;
    let mut answers = match answers {
        Ok(answers) => answers.into_inner(),
        Err(status) => return (Vec::new(), Some(status)),
    };
    let mut positions = Vec::new();
    loop {
        match answers.message().await {
            Ok(Some(AppendStreamResponse { appended, checkpoint })) => {
                let last = appended.last().unwrap().position;
                assert!(crate::following::head(&checkpoint).size.0 > last, "it covers what it answers");
                positions.push(appended.iter().map(|appended| appended.position).collect());
            }
            Ok(None) => return (positions, None),
            Err(status) => return (positions, Some(status)),
        }
    }
}

#[tokio::test]
async fn requests_are_answered_in_their_order_each_as_a_whole() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let (mut requests, mut expected, mut next) = (Vec::new(), Vec::new(), PROLOGUE);
    for size in [1, 1, 300, 2, 1, 40, 1, 1] {
        let events: Vec<_> = (0..size).map(|_event| decide(&house, &cast)).collect();
        requests.push(request(&events));
        expected.push((next..next + size).collect::<Vec<_>>());
        next += size;
    }
    let (positions, end) = answered(&mut house, requests).await;
    assert!(end.is_none(), "{end:?}");
    assert_eq!(positions, expected);
    assert_eq!(house.stop_and_verify().await, next);
}

#[tokio::test]
async fn a_refusal_ends_the_stream_and_nothing_behind_it_is_taken() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let (good, stranger) = (|house: &House| decide(house, &cast), key(77));
    let unsigned = |house: &House| {
        let mut event = message(&good(house));
        event.signatures[0].signature[7] ^= 1;
        event
    };
    let malformed = |house: &House| SignedEvent { event: b"{}".to_vec(), ..message(&good(house)) };
    let unknown =
        |house: &House| message(&decision(&stranger, "body/04K", "2019-07-04").signed(&house.ledger));
    // The secretary may not speak for another body.
    let broken =
        |house: &House| message(&decision(&cast.secretary, "body/99Z", "2019-07-04").signed(&house.ledger));
    type Bad<'a> = &'a dyn Fn(&House) -> SignedEvent;
    let cases: [(Bad<'_>, Code, &str); 4] = [
        (&unsigned, Code::InvalidArgument, "SIGNATURE_INVALID"),
        (&malformed, Code::InvalidArgument, "MALFORMED"),
        (&unknown, Code::PermissionDenied, "UNAUTHORISED"),
        (&broken, Code::PermissionDenied, "UNAUTHORISED"),
    ];
    for (bad, code, reason) in cases {
        let before = house.head().await.0;
        let mut requests: Vec<_> = (0..6).map(|_request| request(&[good(&house)])).collect();
        requests[3].signed_events.push(bad(&house));
        let (positions, end) = answered(&mut house, requests).await;
        let (found, why, details) = refusal(end.as_ref().unwrap());
        assert_eq!((found, why.as_str()), (code, reason), "{end:?}");
        assert_eq!(
            (metadata(&details, "request_index"), metadata(&details, "event_index")),
            ("3".into(), "1".into())
        );
        assert_eq!(
            positions,
            [[before], [before + 1], [before + 2]],
            "{reason}: what came before is answered"
        );
        assert_eq!(house.head().await.0, before + 3, "{reason}: nothing behind it is taken");
    }
    let (positions, end) = answered(&mut house, vec![AppendStreamRequest::default()]).await;
    assert_eq!((positions.len(), refusal(&end.unwrap()).0), (0, Code::InvalidArgument));
    house.stop_and_verify().await;
}

#[tokio::test]
async fn who_is_enrolled_in_a_stream_signs_in_it() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let (late, registrars) = (key(78), &cast.registrars);
    let limits = json!({"bodies": ["body/04K"], "acts_from": "2013-04-01", "acts_until": "2020-04-01"});
    let stories = [
        enrolment(registrars, &late),
        grant(registrars, "late", &late, "secretary", limits),
        decision(&late, "body/04K", "2019-07-04"),
    ];
    let requests = stories.iter().map(|story| request(&[story.signed(&house.ledger)])).collect();
    let (positions, end) = answered(&mut house, requests).await;
    assert!(end.is_none(), "{end:?}");
    assert_eq!(positions, [[PROLOGUE], [PROLOGUE + 1], [PROLOGUE + 2]]);
}

async fn open(house: &mut House) -> (mpsc::Sender<AppendStreamRequest>, Streaming<AppendStreamResponse>) {
    let (requests, sent) = mpsc::channel(1);
    let answers = house.log.append_stream(ReceiverStream::new(sent)).await.unwrap().into_inner();
    (requests, answers)
}

#[tokio::test]
async fn who_does_not_read_the_answers_is_held_up_and_loses_nothing() {
    const REQUESTS: usize = 20_000;
    const STALLED: Duration = Duration::from_secs(2);
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let same = request(&[decide(&house, &cast)]);
    let (requests, mut answers) = open(&mut house).await;
    let mut sent = 0;
    while sent < REQUESTS
        && timeout(STALLED, requests.send(same.clone())).await.is_ok_and(|sent| sent.is_ok())
    {
        sent += 1;
    }
    assert!(sent < REQUESTS, "nothing held it up");
    let mut next = async || answers.message().await.unwrap().unwrap().appended.remove(0);
    assert!(!next().await.again);
    for _answer in 1..sent {
        assert_eq!(next().await.position, PROLOGUE);
    }
    requests.send(same).await.unwrap();
    assert!(next().await.again, "it goes on");
}

#[tokio::test]
async fn a_stream_may_take_its_time_once_it_is_answered() {
    let limits =
        Limits { body: Duration::from_millis(200), unread: Duration::from_millis(200), ..Limits::default() };
    let (mut house, cast, room, _ending) = House::behind(limits).await;
    let (requests, mut answers) = open(&mut house).await;
    for position in PROLOGUE..PROLOGUE + 3 {
        let waited = timeout(Duration::from_millis(500), answers.message()).await;
        assert!(waited.is_err(), "nothing comes, and nothing ends it: {waited:?}");
        requests.send(request(&[decide(&house, &cast)])).await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap().appended[0].position, position);
    }
    drop(requests);
    assert!(answers.message().await.unwrap().is_none());
    drop(answers);
    while room.held() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn streams_of_appends_end_when_the_server_does() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let (requests, mut answers) = open(&mut house).await;
    requests.send(request(&[decide(&house, &cast)])).await.unwrap();
    assert!(answers.message().await.unwrap().is_some());
    house.stop().await;
    let status = answers.message().await.unwrap_err();
    assert_eq!((status.code(), refusal(&status).1.as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
}

#[tokio::test]
async fn a_client_sends_ahead_and_checks_what_it_is_answered() {
    let (house, cast) = House::with_cast("re-enactment").await;
    let state = tempfile::tempdir().unwrap();
    let mut client =
        Client::connect(&format!("http://{}", house.address), Memory::at(state.path())).await.unwrap();
    let known = client.ledger().await.unwrap();
    let mut stream = client.append_stream(&known).await.unwrap();
    let mut appended = Vec::new();
    for code in 0..20 {
        let event = message(&ccg(&cast.register, &format!("S{code}")).signed(&house.ledger));
        appended.extend(stream.send(vec![event]).await.unwrap().into_iter().flatten());
    }
    stream.close();
    while let Some(answer) = stream.next().await.unwrap() {
        appended.extend(answer);
    }
    stream.check().await.unwrap();
    let positions: Vec<_> = appended.iter().map(|appended| appended.position).collect();
    assert_eq!(positions, (PROLOGUE..PROLOGUE + 20).collect::<Vec<_>>());

    let mut stream = client.append_stream(&known).await.unwrap();
    let bad = decision(&key(77), "body/04K", "2019-07-04").signed(&house.ledger);
    let error = async {
        loop {
            stream.send(vec![message(&bad)]).await?;
        }
    };
    let outcome: Result<(), ClientError> = error.await;
    let Err(ClientError::Refused(refusal)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(refusal.metadata["request_index"], "0");
}
