//! What comes over the wire: messages of every method that is asked, decoded and read by the service itself, and the tokens
//! of pages.

use crate::support::engines::FaultyEngine;
use crate::support::{Cast, ccg, decision, key, known_of, message as signed_event, opening};
use minutebook::ledger::{Ledger, SystemClock};
use minutebook::proto::log_service_server::LogService as _;
use minutebook::proto::proof_service_server::ProofService as _;
use minutebook::proto::register_service_server::RegisterService as _;
use minutebook::proto::{self, ListBodiesRequest, ListEntriesRequest};
use minutebook::service::{Log, Proof, Register};
use prost::Message;
use std::fmt::Debug;
use std::future::Future;
use std::sync::LazyLock;
use tokio::runtime::Runtime;
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt as _;

/// The services over a small book in memory.
struct Services {
    runtime: Runtime,
    log: Log<FaultyEngine>,
    proof: Proof<FaultyEngine>,
    register: Register<FaultyEngine>,
    /// An event that may be appended again and again, since it stands there already.
    event: proto::SignedEvent,
}

static SERVICES: LazyLock<Services> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (ledger, event) = runtime.block_on(async {
        let (engine, cast) = (FaultyEngine::with_opening(&opening("re-enactment")).await, Cast::new());
        let ledger = Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap();
        let known = known_of(ledger.reader().id());
        let mut events = cast.prologue(&known);
        events.extend(["04L", "04M", "52R"].map(|code| ccg(&cast.register, code).signed(&known)));
        events.extend((0..4).map(|_| decision(&cast.secretary, "body/04K", "2019-07-04").signed(&known)));
        let last = signed_event(events.last().unwrap());
        ledger.append(events).await.unwrap();
        (ledger, last)
    });
    let _within = runtime.enter();
    let reader = ledger.reader().clone();
    let (proof, register) = (Proof::new(reader.clone(), None), Register::new(reader));
    let log = Log::new(ledger);
    drop(_within);
    Services { runtime, log, proof, register, event }
});

/// An answer, or a refusal that says why: in a code that is no fault of the server's, with a reason for programs.
fn check_answer<T: Message + Default + PartialEq>(
    what: &str,
    answer: Result<Response<T>, Status>,
) -> Option<T> {
    match answer {
        Ok(answer) => {
            let answer = answer.into_inner();
            let again = T::decode(answer.encode_to_vec().as_slice()).unwrap();
            assert!(again == answer, "{what}: an answer that is not read as it was written");
            Some(answer)
        }
        Err(status) => {
            let ours = [Code::Internal, Code::Unknown, Code::DataLoss, Code::Unavailable, Code::Ok];
            assert!(!ours.contains(&status.code()), "{what}: {status:?}");
            let details = status.get_error_details();
            let info = details.error_info().unwrap_or_else(|| panic!("{what}: no reason: {status:?}"));
            assert!(!info.reason.is_empty() && !status.message().is_empty(), "{what}: {status:?}");
            None
        }
    }
}

/// Decodes a message as the server does, and hands it to the service.
fn ask<Q, A, F>(what: &str, bytes: &[u8], answer: impl FnOnce(Request<Q>) -> F)
where
    Q: Message + Default + PartialEq + Debug,
    A: Message + Default + PartialEq,
    F: Future<Output = Result<Response<A>, Status>>,
{
    let Ok(request) = Q::decode(bytes) else { return };
    // What is not known of a message is dropped; what is known is read again as it was.
    let again = Q::decode(request.encode_to_vec().as_slice()).unwrap();
    assert!(again == request || format!("{request:?}").contains("NaN"), "{what}: {request:?}");
    check_answer(what, SERVICES.runtime.block_on(answer(Request::new(request))));
}

macro_rules! methods {
    ($($service:ident: $($name:ident)*;)*) => {
        /// The names of all methods that are asked, in their order.
        const METHODS: &[&str] = &[$($(stringify!($name),)*)*];

        fn ask_method(name: &str, bytes: &[u8]) {
            $($(if name == stringify!($name) {
                return ask(name, bytes, |request| SERVICES.$service.$name(request));
            })*)*
            panic!("{name} is no method");
        }
    };
}

methods! {
    log: get_ledger append_event append_events get_entry list_entries;
    proof: get_checkpoint get_inclusion_proof get_consistency_proof get_receipt get_log_keys list_kept_checkpoints;
    register: get_body list_bodies count_commissioners get_commissioner get_office get_merger get_consultation
        list_intentions list_findings get_key list_keys list_signed_entries get_governing_body list_differences
        get_changes get_appointment get_joint_appointment list_conditions get_powers get_partnership list_stated
        get_meeting list_meetings list_decisions list_due list_mergers list_consultations list_interests
        list_committees get_committee list_delegations get_delegation list_practices list_directions list_actions
        list_votes list_attendance list_annotations list_people list_partnerships list_documents get_lineage
        list_audits;
}

/// The first byte chooses a method; the others are its message.
pub fn message(bytes: &[u8]) {
    let Some((method, bytes)) = bytes.split_first() else { return };
    ask_method(METHODS[usize::from(*method) % METHODS.len()], bytes);
}

pub fn messages() -> Vec<Vec<u8>> {
    let number = |name: &str| u8::try_from(METHODS.iter().position(|known| *known == name).unwrap()).unwrap();
    // Most questions name a body, or a subject, in their first fields; each begins with this one.
    let asks_of = |text: &str| ListEntriesRequest { subject: text.to_owned(), ..Default::default() };
    let mut all = Vec::new();
    for (at, name) in (0..).zip(METHODS) {
        all.push(vec![at]);
        if !name.starts_with("append") {
            for field in [0x0a, 0x12] {
                let text = b"body/04K";
                let length = u8::try_from(text.len()).unwrap();
                all.push([&[at, field, length][..], text].concat());
            }
        }
    }
    let event = Some(SERVICES.event.clone());
    let append = proto::AppendEventRequest { signed_event: event };
    all.push([vec![number("append_event")], append.encode_to_vec()].concat());
    let events =
        proto::AppendEventsRequest { signed_events: vec![SERVICES.event.clone(); 2], validate_only: true };
    all.push([vec![number("append_events")], events.encode_to_vec()].concat());
    all.push([vec![number("list_entries")], asks_of("body/04K").encode_to_vec()].concat());
    all
}

fn page(token: &str) -> Option<(Vec<u64>, String)> {
    let request = ListEntriesRequest { page_size: 3, page_token: token.to_owned(), ..Default::default() };
    let answer = SERVICES.runtime.block_on(SERVICES.log.list_entries(Request::new(request)));
    let page = check_answer("list_entries", answer)?;
    Some((page.entries.iter().map(|entry| entry.position).collect(), page.next_page_token))
}

/// Tokens as the server gives them.
pub fn page_tokens() -> Vec<Vec<u8>> {
    let (mut tokens, mut token) = (Vec::new(), String::new());
    while let Some((_entries, next)) = page(&token) {
        if next.is_empty() {
            break;
        }
        tokens.push(next.clone().into_bytes());
        token = next;
    }
    tokens
}

static GIVEN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(page_tokens);

/// A token that the server did not give is refused, or, being no secret, one that was well made leads to entries that are
/// there; a token of another question is refused.
pub fn page_token(bytes: &[u8]) {
    let Ok(token) = std::str::from_utf8(bytes) else { return };
    if token.is_empty() {
        return;
    }
    let found = page(token);
    if GIVEN.iter().any(|given| given == bytes) {
        let (entries, _next) = found.unwrap();
        assert!(entries.windows(2).all(|two| two[0] + 1 == two[1]), "{entries:?}");
    } else {
        assert!(found.is_none_or(|(entries, _next)| entries.len() <= 3), "{token}");
    }
    let other = ListBodiesRequest { page_token: token.to_owned(), ..Default::default() };
    let answer = SERVICES.runtime.block_on(SERVICES.register.list_bodies(Request::new(other)));
    let answer = check_answer("list_bodies", answer);
    assert!(
        answer.is_none() || !GIVEN.iter().any(|given| given == bytes),
        "a token of another question was taken"
    );
}
