//! Tokens and rates at a real door: what each allows, what is refused and how, and tokens that change while it serves.

use crate::support::{Cast, House, decision, message, refusal};
use minutebook::doors::{Access, Doors, Limits, NewToken, Tokens};
use minutebook::proto::{AppendEventRequest, GetLedgerRequest};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tonic::{Code, Request, Status};

/// A file of tokens, and a house behind a door that knows them.
struct Guarded {
    house: House,
    cast: Cast,
    tokens: Arc<Tokens>,
    path: PathBuf,
    _dir: TempDir,
}

impl Guarded {
    async fn new(without: Access, limits: Limits, make: impl FnOnce(&PathBuf)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens");
        make(&path);
        let tokens = Arc::new(Tokens::open(&path, without).unwrap());
        let known = Arc::clone(&tokens);
        let doors = |listener| Doors::new(listener, limits).with_tokens(known);
        let (house, cast, _room, _ending) = House::behind_doors(doors).await;
        Self { house, cast, tokens, path, _dir: dir }
    }

    async fn append(&mut self, token: Option<&str>) -> Result<(), (Code, String)> {
        let event = decision(&self.cast.secretary, "body/04K", "2019-07-04").signed(&self.house.ledger);
        let request = AppendEventRequest { signed_event: Some(message(&event)) };
        told(self.house.log.append_event(bearing(request, token)).await)
    }

    async fn ask(&mut self, token: Option<&str>) -> Result<(), (Code, String)> {
        told(self.house.log.get_ledger(bearing(GetLedgerRequest {}, token)).await)
    }
}

fn bearing<T>(message: T, token: Option<&str>) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(token) = token {
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    request
}

fn told<T>(answer: Result<T, Status>) -> Result<(), (Code, String)> {
    answer.map(drop).map_err(|status| {
        let (code, reason, _details) = refusal(&status);
        (code, reason)
    })
}

fn refused(code: Code, reason: &str) -> Result<(), (Code, String)> {
    Err((code, reason.to_owned()))
}

fn add(path: &Path, name: &str, allows: Access, until: Option<&str>) -> String {
    let until = until.map(|until| until.parse().unwrap());
    NewToken::add(path, name, allows, until).unwrap().reveal().to_owned()
}

#[tokio::test]
async fn reading_is_open_and_writing_is_for_those_with_a_token() {
    let mut made = Vec::new();
    let mut door = Guarded::new(Access::Read, Limits::default(), |path| {
        made.push(add(path, "writer", Access::Write, None));
        made.push(add(path, "reader", Access::Read, None));
        made.push(add(path, "late", Access::Write, Some("2020-01-01")));
    })
    .await;
    let [writer, reader, late] = made.as_slice() else { panic!() };
    assert_eq!(door.ask(None).await, Ok(()));
    assert_eq!(door.append(None).await, refused(Code::Unauthenticated, "TOKEN_NEEDED"));
    assert_eq!(door.ask(Some(reader)).await, Ok(()));
    assert_eq!(door.append(Some(reader)).await, refused(Code::PermissionDenied, "TOKEN_READS"));
    assert_eq!(door.append(Some(writer)).await, Ok(()));
    // Whoever shows a false one is told so, whatever they may do without.
    assert_eq!(door.ask(Some(late)).await, refused(Code::Unauthenticated, "TOKEN_OVER"));
    assert_eq!(door.append(Some("mbt_guessed")).await, refused(Code::Unauthenticated, "TOKEN_UNKNOWN"));
    assert_eq!(door.ask(Some(writer.split_at(20).0)).await, refused(Code::Unauthenticated, "TOKEN_UNKNOWN"));

    let new = add(&door.path, "new", Access::Write, None);
    assert!(door.tokens.reload().unwrap());
    assert_eq!(door.append(Some(&new)).await, Ok(()), "without a restart");
    let text = std::fs::read_to_string(&door.path).unwrap();
    let left: String =
        text.lines().filter(|line| !line.starts_with("writer ")).map(|line| format!("{line}\n")).collect();
    std::fs::write(&door.path, left).unwrap();
    assert!(door.tokens.reload().unwrap());
    assert_eq!(door.append(Some(writer)).await, refused(Code::Unauthenticated, "TOKEN_UNKNOWN"), "revoked");
    assert_eq!(door.append(Some(&new)).await, Ok(()));
}

#[tokio::test]
async fn a_closed_door_says_what_it_asks_for() {
    let mut made = String::new();
    let make = |path: &PathBuf| made = add(path, "reader", Access::Read, None);
    let mut door = Guarded::new(Access::Nothing, Limits::default(), make).await;
    assert_eq!(door.ask(None).await, refused(Code::Unauthenticated, "TOKEN_NEEDED"));
    let status = door.house.log.get_ledger(GetLedgerRequest {}).await.unwrap_err();
    assert!(status.message().contains("--token-file") && status.message().contains("minutebook token new"));
    assert_eq!(door.ask(Some(&made)).await, Ok(()));
}

#[tokio::test]
async fn one_client_that_comes_too_fast_is_told_when_to_come_again() {
    // One in a second: no test is so slow that the next comes in between.
    let limits = Limits { appends_rate: 1, rate_burst: 3, ..Limits::default() };
    let mut made = Vec::new();
    let mut door = Guarded::new(Access::Read, limits, |path| {
        made.push(add(path, "greedy", Access::Write, None));
        made.push(add(path, "modest", Access::Write, None));
    })
    .await;
    let mut refusals = Vec::new();
    for _call in 0..40 {
        let event = decision(&door.cast.secretary, "body/04K", "2019-07-04").signed(&door.house.ledger);
        let request = AppendEventRequest { signed_event: Some(message(&event)) };
        if let Err(status) = door.house.log.append_event(bearing(request, Some(&made[0]))).await {
            refusals.push(status);
        }
    }
    assert!(refusals.len() >= 10, "{}", refusals.len());
    for status in &refusals {
        let (code, reason, details) = refusal(status);
        assert_eq!((code, reason.as_str()), (Code::ResourceExhausted, "TOO_FAST"));
        assert!(details.retry_info().unwrap().retry_delay.is_some(), "it says when to come again");
    }
    assert_eq!(door.append(Some(&made[1])).await, Ok(()), "another client goes on");
    for _call in 0..20 {
        assert_eq!(door.ask(Some(&made[0])).await, Ok(()), "questions are counted by themselves");
    }
}
