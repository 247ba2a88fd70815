//! Servers that lie, that are silent, or that write on the screen of who asks: what the command line makes of them.

use crate::files::copy;
use crate::room::Room;
use crate::support::{Cast, House, ORIGIN, decision, key, known_of};
use hyper_util::service::TowerToHyperService;
use minutebook::doors::{Doors, Ending, Limits};
use minutebook::ledger::{Ledger, SystemClock};
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::get_entry_request::Entry as EntryKey;
use minutebook::proto::log_service_server::{LogService, LogServiceServer};
use minutebook::proto::proof_service_server::{ProofService, ProofServiceServer};
use minutebook::proto::register_service_server::RegisterServiceServer;
use minutebook::proto::{
    AppendEventRequest, AppendEventResponse, AppendEventsRequest, AppendEventsResponse, AppendStreamRequest,
    CaughtUp, Entry, Finding, FollowEntriesRequest, FollowEntriesResponse, GetCheckpointRequest,
    GetCheckpointResponse, GetConsistencyProofRequest, GetConsistencyProofResponse, GetEntryRequest,
    GetEntryResponse, GetInclusionProofRequest, GetInclusionProofResponse, GetLedgerRequest,
    GetLedgerResponse, GetLogKeysRequest, GetLogKeysResponse, GetReceiptRequest, GetReceiptResponse,
    KeptCheckpoint, ListEntriesRequest, ListEntriesResponse, ListKeptCheckpointsRequest,
    ListKeptCheckpointsResponse,
};
use minutebook::service::{Log, Proof, Register};
use minutebook_log::{Hash, LogKey, TreeHash, TreeHead, TreeSize};
use minutebook_store::SledEngine;
use serde_json::json;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::pin::Pin;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt as _};
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt as _};

/// What a server says that is not so.
#[derive(Clone, Copy, Default)]
struct Lies {
    entries: Option<fn(Vec<Entry>) -> Vec<Entry>>,
    /// The findings of an entry.
    findings: Option<fn() -> Vec<Finding>>,
    steps: Option<fn(Step) -> Option<Step>>,
    /// Why it takes nothing.
    append: Option<fn() -> Status>,
    /// How often it shows its ledger as it was before the last entry.
    old: usize,
}

/// A server that tells the truth but for its lies.
struct Liar {
    log: Log,
    lies: Lies,
    shown: AtomicUsize,
}

#[tonic::async_trait]
impl LogService for Liar {
    async fn get_ledger(
        &self,
        request: Request<GetLedgerRequest>,
    ) -> Result<Response<GetLedgerResponse>, Status> {
        let mut answer = self.log.get_ledger(request).await?;
        let ledger = answer.get_mut().ledger.as_mut().unwrap();
        if self.shown.fetch_add(1, Ordering::Relaxed) < self.lies.old {
            ledger.size -= 1;
            let before = GetEntryRequest { entry: Some(EntryKey::Position(ledger.size - 1)) };
            let before = self.log.get_entry(Request::new(before)).await?.into_inner().entry.unwrap();
            ledger.head_hash = before.hash;
        }
        Ok(answer)
    }

    async fn append_event(
        &self,
        request: Request<AppendEventRequest>,
    ) -> Result<Response<AppendEventResponse>, Status> {
        if let Some(refused) = self.lies.append {
            return Err(refused());
        }
        self.log.append_event(request).await
    }

    async fn append_events(
        &self,
        request: Request<AppendEventsRequest>,
    ) -> Result<Response<AppendEventsResponse>, Status> {
        self.log.append_events(request).await
    }

    type AppendStreamStream = <Log as LogService>::AppendStreamStream;

    async fn append_stream(
        &self,
        request: Request<Streaming<AppendStreamRequest>>,
    ) -> Result<Response<Self::AppendStreamStream>, Status> {
        self.log.append_stream(request).await
    }

    async fn get_entry(
        &self,
        request: Request<GetEntryRequest>,
    ) -> Result<Response<GetEntryResponse>, Status> {
        let mut answer = self.log.get_entry(request).await?.into_inner();
        let asked = answer.entry.clone().unwrap();
        // The ends of the log are told truly: with them every command begins.
        if let Some(lie) = self.lies.entries.filter(|_lie| asked.position == MIDDLE) {
            answer.entry = lie(vec![asked]).pop();
        }
        if let Some(findings) = self.lies.findings {
            answer.findings = findings();
        }
        Ok(Response::new(answer))
    }

    async fn list_entries(
        &self,
        request: Request<ListEntriesRequest>,
    ) -> Result<Response<ListEntriesResponse>, Status> {
        let mut answer = self.log.list_entries(request).await?.into_inner();
        if let Some(lie) = self.lies.entries {
            answer.entries = lie(answer.entries);
        }
        Ok(Response::new(answer))
    }

    type FollowEntriesStream =
        Pin<Box<dyn Stream<Item = Result<FollowEntriesResponse, Status>> + Send + 'static>>;

    async fn follow_entries(
        &self,
        request: Request<FollowEntriesRequest>,
    ) -> Result<Response<Self::FollowEntriesStream>, Status> {
        let steps = self.log.follow_entries(request).await?.into_inner();
        let Some(lie) = self.lies.steps else { return Ok(Response::new(steps)) };
        let steps = steps.filter_map(move |step| match step {
            Ok(FollowEntriesResponse { step: Some(step) }) => {
                lie(step).map(|step| Ok(FollowEntriesResponse { step: Some(step) }))
            }
            other => Some(other),
        });
        Ok(Response::new(Box::pin(steps)))
    }
}

/// A server that proves truly, and lies of what it keeps.
struct Keeper {
    proof: Proof,
    kept: Vec<KeptCheckpoint>,
}

#[tonic::async_trait]
impl ProofService for Keeper {
    async fn get_checkpoint(
        &self,
        request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        self.proof.get_checkpoint(request).await
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<GetInclusionProofRequest>,
    ) -> Result<Response<GetInclusionProofResponse>, Status> {
        self.proof.get_inclusion_proof(request).await
    }

    async fn get_consistency_proof(
        &self,
        request: Request<GetConsistencyProofRequest>,
    ) -> Result<Response<GetConsistencyProofResponse>, Status> {
        self.proof.get_consistency_proof(request).await
    }

    async fn get_receipt(
        &self,
        request: Request<GetReceiptRequest>,
    ) -> Result<Response<GetReceiptResponse>, Status> {
        self.proof.get_receipt(request).await
    }

    async fn get_log_keys(
        &self,
        request: Request<GetLogKeysRequest>,
    ) -> Result<Response<GetLogKeysResponse>, Status> {
        self.proof.get_log_keys(request).await
    }

    async fn list_kept_checkpoints(
        &self,
        _request: Request<ListKeptCheckpointsRequest>,
    ) -> Result<Response<ListKeptCheckpointsResponse>, Status> {
        let checkpoints = self.kept.clone();
        Ok(Response::new(ListKeptCheckpointsResponse { checkpoints, next_page_token: String::new() }))
    }
}

/// The entry about which is lied.
const MIDDLE: u64 = 3;

/// A ledger that is served truly and falsely, by as many servers as are wanted.
struct Stage {
    ledger: Ledger,
    cast: Cast,
    _dir: TempDir,
}

impl Stage {
    async fn new() -> Self {
        let (mut house, cast): (House, Cast) = House::with_cast("re-enactment").await;
        let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
        house.append(&event).await.unwrap();
        let dir = house.stop().await;
        let copied = tempfile::tempdir().unwrap();
        copy(&dir.path().join("ledger"), &copied.path().join("ledger"));
        let engine = SledEngine::open(&copied.path().join("ledger")).unwrap();
        let ledger = Ledger::open(engine, SystemClock::new(), crate::support::key(9)).await.unwrap();
        Self { ledger, cast, _dir: copied }
    }

    async fn serve(&self, lies: Lies) -> SocketAddr {
        self.serve_keeping(lies, Vec::new()).await
    }

    /// The same, where these checkpoints are said to be kept.
    async fn serve_keeping(&self, lies: Lies, kept: Vec<KeptCheckpoint>) -> SocketAddr {
        let liar = LogServiceServer::new(Liar {
            log: Log::new(self.ledger.clone()),
            lies,
            shown: AtomicUsize::new(0),
        });
        let reader = self.ledger.reader();
        let services = Routes::new(liar)
            .add_service(ProofServiceServer::new(Keeper {
                proof: Proof::new(Arc::clone(reader), None),
                kept,
            }))
            .add_service(RegisterServiceServer::new(Register::new(Arc::clone(reader))));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = TowerToHyperService::new(services.into_axum_router());
        tokio::spawn(Doors::new(listener, Limits::default()).serve(router, Ending::default()));
        address
    }
}

/// Runs the program, with a memory of its own.
async fn run(address: SocketAddr, args: &[&str]) -> (i32, String, String) {
    ask(&format!("http://{address}"), args).await
}

async fn ask(server: &str, args: &[&str]) -> (i32, String, String) {
    ask_again(server, args, &tempfile::tempdir().unwrap()).await
}

/// The same, with what was remembered before.
async fn ask_again(server: &str, args: &[&str], state: &TempDir) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
    command.args(["--server", server]).args(args).env("MINUTEBOOK_STATE", state.path());
    let output: Output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn altered(entry: Entry) -> Entry {
    let text = String::from_utf8(entry.content).unwrap().replace("secretary", "SECRETARY");
    let hash = Hash::of(text.as_bytes()).to_string();
    Entry { content: text.into_bytes(), hash, ..entry }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_and_shown_was_checked_first() {
    let stage = Stage::new().await;
    let honest = stage.serve(Lies::default()).await;
    let (code, out, said) = run(honest, &["log"]).await;
    assert_eq!(code, 0, "{said}");
    assert!(out.contains("DecisionRecorded") && said.contains("7 of 7 entries, each checked"), "{said}");
    let (code, out, said) = run(honest, &["log", "--subject", "body/04K"]).await;
    assert!(code == 0 && out.contains("DecisionRecorded") && said.contains("server's word"), "{said}");
    let (code, out, _said) = run(honest, &["show", "3"]).await;
    assert!(code == 0 && out.contains("in the tree that the log signed"), "{out}");
    type Lie = fn(Vec<Entry>) -> Vec<Entry>;
    let lies: [(&str, Lie); 4] = [
        ("altered words", |entries| entries.into_iter().map(altered).collect()),
        ("entries in the place of others", |mut entries| {
            entries.iter_mut().for_each(|entry| entry.position += 1);
            entries
        }),
        ("no entry", |mut entries| {
            entries.iter_mut().for_each(|entry| entry.content = b"\x1b[2Jnothing".to_vec());
            entries
        }),
        ("a signature changed", |mut entries| {
            for entry in &mut entries {
                let text = String::from_utf8(entry.content.clone()).unwrap();
                let at = text.find(" ed25519 ").unwrap() + 9 + 65 + 3;
                entry.content[at] = if entry.content[at] == b'A' { b'B' } else { b'A' };
            }
            entries
        }),
    ];
    for (what, lie) in lies {
        let liar = stage.serve(Lies { entries: Some(lie), ..Lies::default() }).await;
        for args in [&["log"][..], &["log", "--subject", "body/04K"], &["show", "3"], &["show", "--raw", "3"]]
        {
            let (code, out, said) = run(liar, args).await;
            assert_eq!(code, 4, "{what}, {args:?}: {out}{said}");
            assert!(out.is_empty(), "{what}, {args:?} shows what it has not checked: {out}");
            assert!(said.contains("the server at fault") && !said.contains('\u{1b}'), "{what}: {said}");
        }
    }
    let gap: fn(Vec<Entry>) -> Vec<Entry> = |mut entries| {
        entries.remove(entries.len() / 2);
        entries
    };
    let end: fn(Vec<Entry>) -> Vec<Entry> = |mut entries| {
        entries.pop();
        entries
    };
    for lie in [gap, end] {
        let liar = stage.serve(Lies { entries: Some(lie), ..Lies::default() }).await;
        let (code, out, said) = run(liar, &["log"]).await;
        assert!(code == 4 && out.is_empty(), "entries left out: {out}{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_answer_rests_on_is_checked_where_that_is_asked_for() {
    let stage = Stage::new().await;
    let honest = stage.serve(Lies::default()).await;
    let question = ["decisions", "04K", "--as-at", "2019-07-04", "--check"];
    let (code, out, said) = run(honest, &question).await;
    assert!(code == 0 && out.contains("2019-07-04"), "{out}{said}");
    assert!(said.contains("in the tree that the log signed, with"), "{said}");
    assert!(said.contains("the server's word"), "what was not checked is said: {said}");
    let (code, _out, said) = run(honest, &["mergers", "--check"]).await;
    assert!(code == 0 && said.contains("checked: nothing"), "an answer that rests on nothing: {said}");
    let (code, _out, said) = run(honest, &question[..4]).await;
    assert!(code == 0 && !said.contains("checked"), "not asked for: {said}");
    type Lie = fn(Vec<Entry>) -> Vec<Entry>;
    let lies: [(&str, Lie); 3] = [
        ("altered words", |entries| entries.into_iter().map(altered).collect()),
        ("other entries", |mut entries| {
            entries.iter_mut().for_each(|entry| entry.position -= 1);
            entries
        }),
        ("none", |_entries| Vec::new()),
    ];
    let (code, _out, said) = run(honest, &["key", "list", "--check"]).await;
    assert!(code == 0 && said.contains("checked: "), "what is asked beside questions is checked too: {said}");
    for (what, lie) in lies {
        let liar = stage.serve(Lies { entries: Some(lie), ..Lies::default() }).await;
        let as_json = [&["--json"], &question[..]].concat();
        for question in [&question[..], &as_json] {
            let (code, out, said) = run(liar, question).await;
            assert_eq!(code, 4, "{what}, {question:?}: {out}{said}");
            assert!(out.is_empty(), "{what}, {question:?}: shown before it was checked: {out}");
        }
    }
}

/// Two commands share what they remember: what one has seen since the other asked is no other history.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_before_what_another_command_saw_is_asked_for_again() {
    let stage = Stage::new().await;
    let state = tempfile::tempdir().unwrap();
    let honest = stage.serve(Lies::default()).await;
    let (code, _out, said) = ask_again(&format!("http://{honest}"), &["log"], &state).await;
    assert_eq!(code, 0, "{said}");
    for args in [&["log"][..], &["verify"], &["decisions", "04K", "--as-at", "2019-07-04"]] {
        let late = stage.serve(Lies { old: 1, ..Lies::default() }).await;
        let (code, _out, said) = ask_again(&format!("http://{late}"), args, &state).await;
        assert_eq!(code, 0, "{args:?}: {said}");
    }
    let shorter = stage.serve(Lies { old: usize::MAX, ..Lies::default() }).await;
    let (code, out, said) = ask_again(&format!("http://{shorter}"), &["log"], &state).await;
    assert!(code == 4 && out.is_empty() && said.contains("TWO HISTORIES"), "{code} {out}{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_is_not_counted() {
    let stage = Stage::new().await;
    let honest = stage.serve(Lies::default()).await;
    let (code, _out, said) = run(honest, &["watch", "--from", "0", "--once"]).await;
    assert!(code == 0 && said.contains("7 entries, each in the chain"), "{said}");
    assert!(said.contains("of 7 the signatures"), "{said}");
    type Lie = fn(Step) -> Option<Step>;
    let lies: [(&str, Lie); 3] = [
        ("99 entries that were never sent", |step| match step {
            Step::CaughtUp(said) => Some(Step::CaughtUp(CaughtUp { size: 99, ..said })),
            batch => Some(batch),
        }),
        ("nothing sent, and the truth about how much", |step| {
            (!matches!(step, Step::Batch(_))).then_some(step)
        }),
        ("nothing sent, and nothing there", |step| match step {
            Step::CaughtUp(said) => Some(Step::CaughtUp(CaughtUp { size: 0, ..said })),
            Step::Batch(_) => None,
            begun => Some(begun),
        }),
    ];
    for (what, lie) in lies {
        let liar = stage.serve(Lies { steps: Some(lie), ..Lies::default() }).await;
        let (code, _out, said) = run(liar, &["watch", "--from", "0", "--once"]).await;
        assert!(code == 4 && said.contains("FollowEntries says what can't be"), "{what}: {code} {said}");
        assert!(!said.contains("each in the chain"), "{what}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_write_on_the_screen_of_who_asks() {
    let stage = Stage::new().await;
    let hostile = || {
        let text = "\u{1b}[2J\u{1b}]52;c;eA==\u{7}\u{9b}2J\u{202e}evil\r".to_owned();
        let why = vec![0];
        vec![Finding {
            rule: text.clone(),
            subject: text.clone(),
            found: text.clone(),
            needed: text.clone(),
            says: text,
            why,
            ..Finding::default()
        }]
    };
    let liar = stage.serve(Lies { findings: Some(hostile), ..Lies::default() }).await;
    for args in [&["show", "3"][..], &["--json", "show", "3"]] {
        let (code, out, said) = run(liar, args).await;
        assert_eq!(code, 0, "{said}");
        assert!(out.contains("evil"), "{out}");
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        let found: Vec<_> = out.chars().chain(said.chars()).filter(|c| obeyed(*c)).collect();
        assert!(found.is_empty(), "{args:?}: {found:?} in {out}");
    }
}

/// Where the server says that nothing was stored, nobody is told that it is not known; and what was kept goes once the book has
/// it, with its receipt where the person stands.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_taken_is_said_so_and_what_was_kept_goes_once_it_is() {
    let stage = Stage::new().await;
    let known = known_of(stage.ledger.reader().id());
    let event = decision(&stage.cast.secretary, "body/04K", "2019-07-05").signed(&known);
    let [(key, signature)] = event.signatures() else { panic!("one signs") };
    let draft = json!({
        "event": event.event().text(),
        "signatures": [{"key": key.to_string(), "signature": signature.to_string()}],
    });
    let state = tempfile::tempdir().unwrap();
    let (here, unsent) = (state.path().join("here"), state.path().join("unsent"));
    fs::create_dir(&here).unwrap();
    fs::create_dir(&unsent).unwrap();
    let file = unsent.join(format!("{}.json", event.event().id));
    fs::write(&file, draft.to_string()).unwrap();
    let submit = async |address: SocketAddr| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
        command.args(["--server", &format!("http://{address}"), "submit"]).arg(&file).current_dir(&here);
        command.env("MINUTEBOOK_STATE", state.path());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    };
    let stopped =
        || status_of("WRITER_STOPPED", "the ledger takes no entries; nothing of this request was stored");
    let unknown = || status_of("OUTCOME_UNKNOWN", "the request may or may not be stored");
    for (append, fate) in
        [(stopped as fn() -> Status, "is not recorded"), (unknown, "it is not known whether")]
    {
        let (code, said) = submit(stage.serve(Lies { append: Some(append), ..Lies::default() }).await).await;
        assert!(code == 5 && said.contains(fate), "{code} {said}");
        assert!(said.contains("again can't record it twice") && file.is_file(), "{said}");
        assert_eq!(said.contains("not known whether"), !said.contains("nothing of this request"), "{said}");
    }
    let (code, said) = submit(stage.serve(Lies::default()).await).await;
    assert_eq!(code, 0, "{said}");
    let receipt = here.join(format!("{}.tlog-proof", event.event().id));
    assert!(receipt.is_file() && said.contains("entry 7"), "{said}");
    assert_eq!(fs::read_dir(&unsent).unwrap().count(), 0, "what was kept has gone");
}

fn status_of(reason: &str, message: &str) -> Status {
    let details = ErrorDetails::with_error_info(reason, "minutebook", []);
    Status::with_error_details(Code::Unavailable, message, details)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_web_server_is_told_from_a_minutebook() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut head) = (stream.unwrap(), [0; 24]);
            let _gone = stream.read_exact(&mut head);
            let _gone = stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n");
            // Whoever closes with unread bytes resets the connection, and its words are lost.
            let _gone = stream.shutdown(Shutdown::Write);
            let _gone = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    for args in [&["log"][..], &["--json", "body", "04K"]] {
        let (code, out, said) = run(address, args).await;
        assert!(code == 5 && out.is_empty(), "{args:?}: {code} {out}{said}");
        let needed = format!(
            "no Minutebook server answers at http://{address} (whatever answers there does not speak"
        );
        assert!(said.contains(&needed), "{args:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_not_waited_for() {
    // It accepts, and never says anything.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let holds = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _from)) = listener.accept().await {
            held.push(stream);
        }
    });
    let begun = Instant::now();
    for args in [
        &["--timeout", "1", "log"][..],
        &["--timeout", "1", "watch", "--once"],
        &["--timeout", "1", "--json", "body", "04K"],
    ] {
        let (code, out, said) = run(address, args).await;
        assert!(code == 5 && out.is_empty() && said.contains("did not answer"), "{args:?}: {code} {said}");
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    holds.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_spoken_is_refused() {
    for (server, needed) in [
        ("ftp://book.example", "http and https are spoken"),
        ("https://me:secret@book.example", "not sent"),
        ("http://book.example/?x", "no ?"),
    ] {
        let (code, _out, said) = ask(server, &["log"]).await;
        assert!(code == 2 && said.contains(needed) && !said.contains("secret"), "{server}: {code} {said}");
    }
}

#[test]
fn another_ledger_of_a_known_name_is_not_believed() {
    let (here, elsewhere) = (Room::with_server(), Room::with_server());
    let of_other = |args: &[&str]| {
        let other = ["--server", elsewhere.address()];
        here.run(&[&other, args].concat())
    };
    here.ok(&["log"]);
    for args in [&["log"][..], &["verify"], &["key", "list"], &["show", "0"], &["bodies"]] {
        let said = of_other(args);
        assert!(said.code == 4 && said.out.is_empty(), "{args:?}: {} {}{}", said.code, said.out, said.err);
        assert!(said.err.contains("ANOTHER LEDGER of the name minutebook.example/story"), "{}", said.err);
    }
    here.ok(&["log"]);
    // Who looks at the other's folder here is told why nobody on this machine believes it.
    crate::files::copy(&elsewhere.path("book"), &here.path("other"));
    let looked = here.json(&["doctor", "--dir", "other"]);
    let names = looked["looked"].as_array().unwrap().iter().filter(|looked| looked["what"] == "names");
    assert!(names.clone().any(|looked| looked["is"] == "notice"), "{looked}");
    assert!(looked.to_string().contains("is remembered here of another"), "{looked}");
    // Whoever has asked, and knows that the old one is over, says so by hand: what to move away is named.
    let said = of_other(&["log", "--json"]).err;
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["error"]["kind"], "namesake", "{said}");
    std::fs::remove_file(told["error"]["remembered"].as_str().unwrap()).unwrap();
    assert_eq!(of_other(&["log"]).code, 0);
    here.fails(4, &["log"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_checkpoint_of_another_history_is_not_taken() {
    let (stage, out) = (Stage::new().await, tempfile::tempdir().unwrap());
    let log = LogKey::new(ORIGIN.parse().unwrap(), key(9));
    let other = log.sign(TreeHead { size: TreeSize(1), root: TreeHash::leaf(b"another") });
    let kept = KeptCheckpoint { path: "witnessed/001".to_owned(), checkpoint: other.encode().into_bytes() };
    let address = stage.serve_keeping(Lies::default(), vec![kept]).await;
    let export = out.path().join("export");
    let (code, _said, why) = run(address, &["publish", export.to_str().unwrap()]).await;
    assert_eq!(code, 4, "{why}");
    assert!(why.contains("witnessed/001: the entries lead to the root"), "{why}");
    assert!(why.contains(other.encode().lines().last().unwrap()), "the evidence is shown: {why}");
    assert!(!export.join("witnessed").exists() && !export.join("checkpoint").exists());
}
