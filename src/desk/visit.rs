//! A visit to a page: what was asked for, from where it looks, and how pages ask the ledger. They ask as everybody does, over
//! the same API and in the visitor's own turn; only the network is left out.

use super::query::Query;
use super::trouble::Trouble;
use super::viewed::Viewed;
use crate::described::{DescribedCodec, described};
use crate::doors::Caller;
use crate::draft_shelf::DraftShelf;
use crate::proto::get_entry_request::Entry as Wanted;
use crate::proto::log_service_client::LogServiceClient;
use crate::proto::proof_service_client::ProofServiceClient;
use crate::proto::register_service_client::RegisterServiceClient;
use crate::proto::{
    GetBodyRequest, GetEntryRequest, GetEntryResponse, GetLedgerRequest, Ledger, ListPeopleRequest,
};
use crate::shown::Names;
use crate::shown::phrases::{clear, ids_in};
use crate::sign_in::Challenges;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName};
use axum::http::request::Parts;
use minutebook_log::Entry;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use serde_json::Value;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request};

/// How large an answer may be that a page asks for.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How many names are asked for on one page.
const NAMED_MAX: usize = 100;

/// Of how many entries it is asked, one after the other, whether an answer was known without them.
const ASKED_BACK_MAX: usize = 16;

/// What all pages stand on.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    /// The services, as they stand behind the server's doors.
    pub(super) services: Router,
    /// Where drafts wait, if they may.
    pub(super) shelf: Option<Arc<DraftShelf>>,
    /// What whoever signs in is asked by; nothing where the machine has no randomness.
    pub(super) challenges: Option<Challenges>,
    /// Whose turn it is to have the signatures of a draft checked: one at a time, since whoever asks may be a stranger.
    pub(super) checking: Arc<Semaphore>,
}

/// Somebody looks at a page.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    services: Router,
    caller: Caller,
    /// The path of the page.
    pub(super) path: String,
    /// The values of its address.
    pub(super) query: Query,
    /// From where it looks.
    pub(super) viewed: Viewed,
    /// By what this server is called, as the visitor says it: with its scheme, and empty where nobody says.
    origin: String,
}

impl FromRequestParts<Desk> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Trouble> {
        let query = Query::of(parts.uri.query());
        let viewed = Viewed::of(&query).map_err(|(field, says)| Trouble::wrong(field, says))?;
        let (services, caller) = (desk.services.clone(), Caller::of(&parts.extensions));
        let origin = origin(&parts.headers, &caller);
        Ok(Self { services, caller, path: parts.uri.path().to_owned(), query, viewed, origin })
    }
}

/// Scheme and host, as the request names them.
fn origin(headers: &HeaderMap, caller: &Caller) -> String {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is_host = |host: &&str| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
    };
    let Some(host) = text(HOST).filter(is_host) else { return String::new() };
    // Whoever stands before the server, and ends TLS there, says so.
    let is_encrypted = caller.is_encrypted() || text(FORWARDED_PROTO) == Some("https");
    format!("{}://{host}", if is_encrypted { "https" } else { "http" })
}

/// The scheme that a proxy was asked by.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl Visit {
    /// By what this server is called: `https://minutes.example`; empty where the visitor does not say.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The register, to be asked.
    pub(super) fn register(&self) -> RegisterServiceClient<Router> {
        RegisterServiceClient::new(self.services.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The log, to be asked.
    pub(super) fn log(&self) -> LogServiceClient<Router> {
        LogServiceClient::new(self.services.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The proofs, to be asked for.
    pub(super) fn proofs(&self) -> ProofServiceClient<Router> {
        ProofServiceClient::new(self.services.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// A request in the visitor's name.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(self.caller.clone());
        request
    }

    /// Asks a question by its description alone, from where the page looks.
    pub(super) async fn ask(
        &self,
        question: &MethodDescriptor,
        mut request: DynamicMessage,
    ) -> Result<DynamicMessage, Trouble> {
        let view = described(&self.viewed.to_wire()).map_err(|why| Trouble::Fault(why.to_string()))?;
        request.set_field_by_name("view", prost_reflect::Value::Message(view));
        let path = format!("/{}/{}", question.parent_service().full_name(), question.name());
        let path = PathAndQuery::try_from(path).map_err(|why| Trouble::Fault(why.to_string()))?;
        let mut wire = Grpc::new(self.services.clone()).max_decoding_message_size(ANSWER_BYTES_MAX);
        wire.ready().await.map_err(|never: Infallible| Trouble::Fault(never.to_string()))?;
        let answer = wire.unary(self.request(request), path, DescribedCodec::of(question)).await?;
        Ok(answer.into_inner())
    }

    /// Which ledger it is, and how far it goes.
    pub(super) async fn ledger(&self) -> Result<Ledger, Trouble> {
        let asked = self.log().get_ledger(self.request(GetLedgerRequest {})).await?;
        asked.into_inner().ledger.ok_or_else(|| Trouble::Fault("no ledger".to_owned()))
    }

    /// What the book calls the people and bodies of whom some values speak by their ids, as this visit looks; of very many, the first.
    pub(super) async fn names_in(&self, values: impl IntoIterator<Item = &Value>) -> Result<Names, Trouble> {
        let mut ids = BTreeSet::new();
        values.into_iter().for_each(|value| ids_in(value, &["person", "body"], &mut ids));
        let view = Some(self.viewed.to_wire());
        let mut names = Vec::new();
        for id in ids.into_iter().take(NAMED_MAX) {
            let found = match id.split_once('/') {
                Some(("person", _)) => {
                    let request = ListPeopleRequest {
                        page_size: 1,
                        who: id.clone(),
                        view: view.clone(),
                        ..ListPeopleRequest::default()
                    };
                    let found = self.register().list_people(self.request(request)).await;
                    found.map(|found| {
                        let people = found.into_inner().people;
                        let person = people.into_iter().find(|person| person.id == id);
                        person
                            .and_then(|person| clear(person.name.as_ref()).map(str::to_owned))
                            .unwrap_or_default()
                    })
                }
                _ => {
                    let request = GetBodyRequest { body: id.clone(), view: view.clone() };
                    self.register()
                        .get_body(self.request(request))
                        .await
                        .map(|found| found.into_inner().body.map(|body| body.name).unwrap_or_default())
                }
            };
            match found {
                Ok(name) => names.push((id, name)),
                // Who is not known as this visit looks has no name here.
                Err(status) if status.code() == Code::NotFound => {}
                Err(status) => return Err(status.into()),
            }
        }
        Ok(Names::told(names))
    }

    /// An entry, as the log keeps it.
    pub(super) async fn entry(&self, position: u64) -> Result<GetEntryResponse, Trouble> {
        let request = GetEntryRequest { entry: Some(Wanted::Position(position)) };
        Ok(self.log().get_entry(self.request(request)).await?.into_inner())
    }

    /// Since which entry the book has given this answer: of those on which it rests, the one without which it is another. The day
    /// on which that was recorded, YYYY-MM-DD, and its position; nothing where there is none, or where it would take too many
    /// questions. `is_same` asks what is known before a position, and says whether that is the same answer.
    pub(super) async fn known_since<F: Future<Output = Result<bool, Trouble>>>(
        &self,
        positions: &[u64],
        is_same: impl Fn(Viewed) -> F,
    ) -> Result<Option<(String, u64)>, Trouble> {
        let mut positions = positions.to_vec();
        positions.sort_unstable();
        positions.dedup();
        for position in positions.iter().rev().take(ASKED_BACK_MAX).copied() {
            let is_known_before = match position.checked_sub(1) {
                Some(before) => is_same(self.viewed.knowing(&before.to_string())).await?,
                None => false,
            };
            if !is_known_before {
                return Ok(Some((self.recorded_on(position).await?, position)));
            }
        }
        Ok(None)
    }

    /// The day on which an entry was recorded, YYYY-MM-DD.
    pub(super) async fn recorded_on(&self, position: u64) -> Result<String, Trouble> {
        let bytes = self.entry(position).await?.entry.map(|entry| entry.content).unwrap_or_default();
        let entry = Entry::parse(&bytes).map_err(|why| Trouble::Fault(why.to_string()))?;
        Ok(entry.recorded.to_string().split('T').next().unwrap_or_default().to_owned())
    }
}
