//! What is seen of a server from outside: whether it is ready, over HTTP and gRPC alike, and its figures.

use crate::support::engines::{Fault, FaultyEngine};
use crate::support::{Cast, House, decision, key, known_of, message, opening, refusal, serve};
use http_body_util::BodyExt as _;
use hyper::Request;
use minutebook::doors::Limits;
use minutebook::ledger::{Ledger, SystemClock};
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{AppendEventRequest, FollowEntriesRequest};
use serde_json::Value;
use std::time::{Duration, Instant};
use tonic::body::Body;
use tonic::codegen::Service as _;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// Longer than anything here should take: a test that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(20);

/// What a path says: status and text.
pub(crate) async fn get(channel: &Channel, path: &str) -> (u16, String) {
    let (status, bytes) = get_bytes(channel, path).await;
    (status, String::from_utf8(bytes).unwrap())
}

pub(crate) async fn get_bytes(channel: &Channel, path: &str) -> (u16, Vec<u8>) {
    let mut channel = channel.clone();
    std::future::poll_fn(|cx| channel.poll_ready(cx)).await.unwrap();
    let answer = channel.call(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}

async fn status_of(channel: &Channel, service: &str) -> ServingStatus {
    let request = HealthCheckRequest { service: service.to_owned() };
    HealthClient::new(channel.clone()).check(request).await.unwrap().into_inner().status()
}

/// What `/readyz` says: its status, and of a part its state and why.
pub(crate) async fn ready(channel: &Channel, part: &str) -> (u16, String, String) {
    let (code, ready) = get(channel, "/readyz").await;
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let said =
        |what: &str| ready["parts"][part][what].as_str().unwrap_or_else(|| panic!("{ready}")).to_owned();
    (code, said("state"), said("says"))
}

const LOG: &str = "minutebook.v1.LogService";

#[tokio::test]
async fn a_server_whose_writer_stops_is_not_ready_and_says_so_everywhere() {
    let engine = FaultyEngine::with_opening(&opening("re-enactment")).await;
    let ledger = Ledger::open(engine.clone(), SystemClock::new(), key(9)).await.unwrap();
    let reference = known_of(ledger.reader().id());
    let (channel, _shutdown, _server) = serve(ledger, None).await;
    let (code, ready) = get(&channel, "/readyz").await;
    let ready: Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        (code, &ready["ready"], &ready["parts"]["writer"]["state"]),
        (200, &true.into(), &"ready".into())
    );
    for service in ["", LOG] {
        assert_eq!(status_of(&channel, service).await, ServingStatus::Serving, "{service}");
    }
    let request = HealthCheckRequest { service: String::new() };
    let mut watched = HealthClient::new(channel.clone()).watch(request).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);

    engine.plan([Fault::Corrupt]);
    let cast = Cast::new();
    let event = &cast.prologue(&reference)[0];
    let request = AppendEventRequest { signed_event: Some(message(event)) };
    assert!(LogServiceClient::new(channel.clone()).append_event(request).await.is_err());
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let (code, ready) = get(&channel, "/readyz").await;
    let ready: Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        (code, &ready["ready"], &ready["parts"]["writer"]["state"]),
        (503, &false.into(), &"not_ready".into())
    );
    assert!(ready["parts"]["writer"]["says"].as_str().unwrap().contains("a bit is wrong"), "{ready}");
    for service in ["", LOG] {
        assert_eq!(status_of(&channel, service).await, ServingStatus::NotServing, "{service}");
    }
    // It answers, and what only reads is served.
    assert_eq!(get(&channel, "/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(status_of(&channel, "minutebook.v1.RegisterService").await, ServingStatus::Serving);
}

/// A figure by its name and labels, as it is written; 0 where it was not counted yet.
pub(crate) fn figure(text: &str, name: &str) -> f64 {
    let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
    text.lines().find_map(value).unwrap_or(0.0)
}

/// The figures, once `is_so` of them: what ends a call is counted a moment after its caller has read it.
pub(crate) async fn figures(channel: &Channel, what: &str, is_so: impl Fn(&str) -> bool) -> String {
    let begun = Instant::now();
    loop {
        let (code, text) = get(channel, "/metrics").await;
        assert_eq!(code, 200);
        if is_so(&text) {
            return text;
        }
        assert!(begun.elapsed() < TOO_LONG, "{what}:\n{text}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn figures_tell_what_happened() {
    let (mut house, cast, _room, _ending) = House::behind(Limits { followers: 1, ..Limits::default() }).await;
    let channel = house.channel.clone();
    let before = figures(&channel, "at first", |_text| true).await;
    let taken = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    house.append(&taken).await.unwrap();
    let refused = decision(&key(77), "body/04K", "2019-07-04").signed(&house.ledger);
    assert_eq!(refusal(&house.append(&refused).await.unwrap_err()).1, "UNAUTHORISED");
    let mut follower = house.log.follow_entries(FollowEntriesRequest::default()).await.unwrap().into_inner();
    assert!(matches!(follower.message().await.unwrap().unwrap().step, Some(Step::Begun(_))));
    let second = house.log.follow_entries(FollowEntriesRequest::default()).await.unwrap_err();
    assert_eq!(refusal(&second).1, "TOO_MANY_FOLLOWERS");

    let hit = "minutebook_limits_hit_total{limit=\"followers\"}";
    let after = figures(&channel, "the limit is counted", |text| figure(text, hit) > 0.0).await;
    let grown = |name: &str| figure(&after, name) - figure(&before, name);
    for (name, by) in [
        ("minutebook_entries", 1.0),
        ("minutebook_entries_appended_total", 1.0),
        ("minutebook_appends_total{outcome=\"taken\",reason=\"\"}", 1.0),
        ("minutebook_appends_total{outcome=\"refused\",reason=\"UNAUTHORISED\"}", 1.0),
        ("minutebook_commit_seconds_count", 1.0),
        ("minutebook_batch_entries_sum", 1.0),
        ("minutebook_followers", 1.0),
        ("minutebook_calls_total{method=\"AppendEvent\",code=\"OK\",reason=\"\"}", 1.0),
        (
            "minutebook_calls_total{method=\"AppendEvent\",code=\"PERMISSION_DENIED\",reason=\"UNAUTHORISED\"}",
            1.0,
        ),
        ("minutebook_call_seconds_count{method=\"AppendEvent\"}", 2.0),
        (hit, 1.0),
        (
            "minutebook_calls_total{method=\"FollowEntries\",code=\"RESOURCE_EXHAUSTED\",reason=\"TOO_MANY_FOLLOWERS\"}",
            1.0,
        ),
    ] {
        assert_eq!(grown(name), by, "{name}\n{after}");
    }
    assert!(
        grown("minutebook_answer_bytes_total{method=\"FollowEntries\"}") > 0.0,
        "a follower's bytes as they go"
    );
    assert!(
        figure(&after, "process_resident_memory_bytes") > 1e6 && figure(&after, "process_open_fds") > 2.0
    );
    assert_eq!(figure(&after, "minutebook_ready"), 1.0);
    assert!(after.ends_with("# EOF\n"));
    drop(follower);
    figures(&channel, "who leaves is counted no more", |text| figure(text, "minutebook_followers") < 1.0)
        .await;
}

#[tokio::test]
async fn no_stranger_makes_many_figures() {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let other = "minutebook_call_seconds_count{method=\"other\"}";
    for number in 0..50 {
        get(&house.channel, &format!("/secret-{number}")).await;
        get(&house.channel, &format!("/minutebook.v1.LogService/Secret{number}")).await;
    }
    let text = figures(&house.channel, "all are counted", |text| figure(text, other) >= 100.0).await;
    assert!(!text.contains("ecret"), "no word of a stranger's is told:\n{text}");
    assert!(text.lines().filter(|line| line.contains("method=\"other\"")).count() < 30);
}
