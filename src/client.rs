//! The client's side of the wire: connecting, never being shown two histories, and turning what a server
//! refuses into words for people.
//!
//! Whoever asks for a ledger's end here also compares it with the end that was seen last ([`memory`]), so a
//! server that cut its log or shows another one is noticed by the next command of anybody who knew it.

// From the ground up: a module imports only from those listed before it.
mod evidence;
pub use evidence::{Checkpoints, Fork, KeyChange, Remembered};
mod plain;
pub(crate) use plain::{is_obeyed, plain};
mod causes;
mod no_answer;
mod broken;
pub use broken::Broken;
mod refusal;
pub use refusal::{ClientError, ServerRefusal};
mod token;
pub use token::BearerToken;
mod address;
use address::Address;
pub use address::ServerReach;
mod wire;
pub use wire::Wire;
mod harmless;
pub(crate) use harmless::harmless;
pub mod memory;
mod opened;
pub use opened::{OpenedLedger, Used};
mod checkpoints;
pub use checkpoints::ReceiptKey;
mod checked;
pub use checked::Given;
mod log_keys;
mod kept;
mod pages;
mod files;
mod questions;
mod rested;
pub use rested::{Rested, named_entries};
mod foreseen;
pub use foreseen::{RefusedEvent, WouldBeRefused};
mod sending;
pub use sending::AppendStream;
mod sparse;
mod wanted;
pub use wanted::{FollowFrom, Wanted};
mod following;
pub use following::{Followed, Following};

use crate::author::{LedgerRef, wire_event};
use crate::proto::log_service_client::LogServiceClient;
use crate::proto::proof_service_client::ProofServiceClient;
use crate::proto::register_service_client::RegisterServiceClient;
use crate::proto::{self, get_entry_request::Entry as EntryKey};
use memory::Memory;
use minutebook_log::{Hash, LogKeys, Position, Seen, Signed, SignedCheckpoint, TreeHead, VerifierKey};
use no_answer::Callee;
use std::ops::ControlFlow;
use tokio::time::timeout;

/// The most bytes that an answer may have: a page of entries of full size, and some.
const ANSWER_BYTES_MAX: usize = 80 * 1024 * 1024;

/// How many entries a page has, at most.
const PAGE_ENTRIES: i32 = 1000;

/// Asks the register.
pub type RegisterClient = RegisterServiceClient<Wire>;

/// A connection to a server.
#[derive(Debug, Clone)]
pub struct Client {
    /// The log.
    pub log: LogServiceClient<Wire>,
    /// What proves the log.
    pub proof: ProofServiceClient<Wire>,
    /// The register.
    pub register: RegisterClient,
    /// What all of them speak through.
    wire: Wire,
    server: String,
    memory: Memory,
}

/// A ledger as its server shows it, with an entry that this client holds and that extends what it knew.
#[derive(Debug, Clone)]
pub struct KnownLedger {
    /// What the server says of it.
    pub ledger: proto::Ledger,
    /// The key that signs its checkpoints now.
    pub key: VerifierKey,
    /// The keys that have, each with its position: that of the opening entry, and those to which it leads.
    pub keys: LogKeys,
    /// The tree of the newest checkpoint, which extends what was seen before.
    pub head: TreeHead,
    /// Its opening entry.
    pub opening: HeldEntry,
    /// What an author binds an event to: `seen` is the last entry.
    pub reference: LedgerRef,
}

/// What was remembered of a ledger before it was asked about.
struct Before {
    entry: Option<Remembered>,
    checkpoint: Option<SignedCheckpoint>,
}

/// An entry as a server gave it. Its hash has been computed here.
#[derive(Debug, Clone)]
pub struct HeldEntry {
    /// Where it stands.
    pub position: Position,
    /// The hash of its bytes.
    pub hash: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The soft rules that it broke.
    pub findings: Vec<proto::Finding>,
    /// Why it is in doubt, if the server says that it is.
    pub contested: Vec<proto::Contested>,
    /// How it is known otherwise since, as the server says.
    pub corrections: Vec<proto::Correction>,
}

/// What a server says of entries that it lists.
#[derive(Debug, Clone, Default)]
pub struct SaidOfEntries {
    /// Which of them are in doubt.
    pub contested: Vec<proto::Contested>,
    /// Which of them are known otherwise since.
    pub corrections: Vec<proto::Correction>,
}

impl Client {
    /// Connects to `server`, such as `http://127.0.0.1:7419`, in the usual way: see [`Client::reach`].
    ///
    /// # Errors
    /// [`ClientError::Address`], [`ClientError::Unreachable`].
    pub async fn connect(server: &str, memory: Memory) -> Result<Self, ClientError> {
        Self::reach(server, &ServerReach::default(), memory).await
    }

    /// Connects to `server`, `http://...` or `https://...`, with a path where a proxy has it, remembering ends of
    /// ledgers in `memory`. What is to be secret is never said in the clear.
    ///
    /// # Errors
    /// [`ClientError::Address`], [`ClientError::Unreachable`].
    pub async fn reach(server: &str, reach: &ServerReach, memory: Memory) -> Result<Self, ClientError> {
        let address = Address::parse(server)?;
        let endpoint = address.endpoint(reach)?;
        let limit = reach.connect_max();
        let connected = timeout(limit, endpoint.connect()).await;
        let silent = |_elapsed| ClientError::Unreachable {
            server: plain(server),
            why: format!("nothing was said within {} s", limit.as_secs_f32()),
        };
        let channel = connected.map_err(silent)?.map_err(|why| ClientError::unreachable(server, &why))?;
        let token = reach.token.as_ref().and_then(BearerToken::header);
        let callee = Callee::new(server, address.place(), reach.identity.as_ref(), limit);
        let wire = Wire::new(channel, callee, &address.prefix, reach.call_max).with_token(token);
        Ok(Self {
            log: LogServiceClient::new(wire.clone()).max_decoding_message_size(ANSWER_BYTES_MAX),
            proof: ProofServiceClient::new(wire.clone()),
            register: RegisterServiceClient::new(wire.clone()).max_decoding_message_size(ANSWER_BYTES_MAX),
            wire,
            server: server.to_owned(),
            memory,
        })
    }

    /// Which ledger the server has and where it ends, after checking that this extends what was seen before.
    ///
    /// # Errors
    /// [`ClientError::Fork`] for another history than the one that was seen; [`ClientError`] else.
    pub async fn ledger(&mut self) -> Result<KnownLedger, ClientError> {
        let (ledger, id, before) = self.shown_beside_memory().await?;
        let origin = ledger.origin.parse().map_err(|error| ClientError::lies("GetLedger", &error))?;
        let opening = self.entry(Position::FIRST).await?;
        let keys = self.known_keys(&opening, id)?;
        let (newest, _published, keys) = self.shown_checkpoints(&opening, id, &keys).await?;
        let no_key = || ClientError::lies("GetLogKeys", "no key");
        let key = keys.newest().cloned().ok_or_else(no_key)?;
        self.check_memory(&ledger, before, &newest).await?;
        let last = Position(ledger.size.saturating_sub(1));
        let held = self.entry(last).await?;
        if held.hash.to_string() != ledger.head_hash {
            let what = format!(
                "its head has the hash {}, and the bytes of entry {last} have {}",
                ledger.head_hash, held.hash
            );
            return Err(ClientError::lies("GetLedger", &what));
        }
        self.check_included(&held.bytes, last, newest.unverified().head).await?;
        let seen = Seen { position: held.position, hash: held.hash };
        self.memory.keep_checkpoint(id, &newest);
        self.memory.keep(&Remembered::new(&ledger, id, seen, &self.server));
        let (head, reference) = (newest.unverified().head, LedgerRef { origin, id, seen });
        Ok(KnownLedger { ledger, key, keys, head, opening, reference })
    }

    /// What the server says of its ledger, and what was remembered of it before. Another command on this machine may see more
    /// meanwhile: an answer from before that is asked for again, and whatever else is compared with what is remembered is to be
    /// asked for after this.
    async fn shown_beside_memory(&mut self) -> Result<(proto::Ledger, Hash, Before), ClientError> {
        let mut ledger = self.shown_ledger().await?;
        let id: Hash = ledger.id.parse().map_err(|error| ClientError::lies("GetLedger", &error))?;
        let before =
            Before { entry: self.memory.recall(id)?, checkpoint: self.memory.recall_checkpoint(id)? };
        if before.entry.as_ref().is_some_and(|seen| seen.position.0 >= ledger.size) {
            ledger = self.shown_ledger().await?;
            if ledger.id != id.to_string() {
                return Err(ClientError::lies("GetLedger", "another ledger than a moment ago"));
            }
        }
        if before.entry.is_none()
            && let Some(Used { by: known, file, .. }) = self.memory.namesake(&ledger.origin, id)?
        {
            return Err(ClientError::Namesake {
                origin: ledger.origin,
                offered: Box::new(id),
                server: self.server.clone(),
                known,
                file,
            });
        }
        Ok((ledger, id, before))
    }

    /// What the server says of its ledger.
    async fn shown_ledger(&mut self) -> Result<proto::Ledger, ClientError> {
        let response = self.log.get_ledger(proto::GetLedgerRequest {}).await?.into_inner();
        harmless(response)?.ledger.ok_or_else(|| ClientError::lies("GetLedger", "no ledger"))
    }

    /// Remembers an entry of the ledger that this client knows to be durable.
    pub fn remember(&self, known: &KnownLedger, seen: Seen) {
        self.memory.keep(&Remembered::new(&known.ledger, known.reference.id, seen, &self.server));
    }

    /// Whether the server still shows the entry that was seen last, and whether its newest checkpoint
    /// extends the one that was seen last.
    async fn check_memory(
        &mut self,
        ledger: &proto::Ledger,
        before: Before,
        newest: &SignedCheckpoint,
    ) -> Result<(), ClientError> {
        let Some(remembered) = before.entry else { return Ok(()) };
        let mut checkpoints = None;
        if let Some(before) = before.checkpoint {
            let why = self.difference(before.unverified().head, newest.unverified().head).await?;
            checkpoints = Some(Checkpoints::new(&before, newest, why));
        }
        let mut shown = None;
        if remembered.position.0 < ledger.size {
            let there = self.entry(remembered.position).await?;
            let differs = checkpoints.as_ref().is_some_and(Checkpoints::differ);
            if there.hash == remembered.hash && !differs {
                return Ok(());
            }
            shown = Some(String::from_utf8_lossy(&there.bytes).into_owned());
        }
        let fork = Fork::new(remembered, shown, ledger, &self.server);
        Err(self.fork(checkpoints.into_iter().fold(fork, Fork::with)))
    }

    /// Saves the evidence of two histories.
    fn fork(&self, fork: Fork) -> ClientError {
        let saved = self.memory.save_fork(&fork);
        ClientError::Fork { fork: Box::new(fork), saved }
    }

    /// The entry at a position.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] beyond the end.
    pub async fn entry(&mut self, position: Position) -> Result<HeldEntry, ClientError> {
        let held = self.fetch(EntryKey::Position(position.0)).await?;
        if held.position == position {
            return Ok(held);
        }
        Err(ClientError::lies("GetEntry", &format!("entry {} instead of {position}", held.position)))
    }

    /// The entry of an event.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] for an id that is not in the log.
    pub async fn entry_of(&mut self, event_id: &str) -> Result<HeldEntry, ClientError> {
        self.fetch(EntryKey::EventId(event_id.to_owned())).await
    }

    async fn fetch(&mut self, key: EntryKey) -> Result<HeldEntry, ClientError> {
        let request = proto::GetEntryRequest { entry: Some(key) };
        let response = harmless(self.log.get_entry(request).await?.into_inner())?;
        let entry = response.entry.ok_or_else(|| ClientError::lies("GetEntry", "no entry"))?;
        let (position, hash) = (Position(entry.position), Hash::of(&entry.content));
        let (findings, contested) = (response.findings, response.contested);
        let corrections = response.corrections;
        Ok(HeldEntry { position, hash, bytes: entry.content, findings, contested, corrections })
    }

    /// Hands over every entry from a position on (for a subject, from a number in its stream on), in order,
    /// until there are no more or `take` wants no more. Returns what the server says of them beside.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn each_entry(
        &mut self,
        subject: &str,
        from: u64,
        mut take: impl FnMut(proto::Entry) -> ControlFlow<()>,
    ) -> Result<SaidOfEntries, ClientError> {
        let (mut page_token, mut said) = (String::new(), SaidOfEntries::default());
        loop {
            let (page_size, subject) = (PAGE_ENTRIES, subject.to_owned());
            let request = proto::ListEntriesRequest { page_size, page_token, from, subject };
            let page = harmless(self.log.list_entries(request).await?.into_inner())?;
            said.contested.extend(page.contested);
            said.corrections.extend(page.corrections);
            for entry in page.entries {
                if take(entry).is_break() {
                    return Ok(said);
                }
            }
            if page.next_page_token.is_empty() {
                return Ok(said);
            }
            page_token = page.next_page_token;
        }
    }

    /// Appends one signed event.
    ///
    /// # Errors
    /// [`ClientError`]; see [`ClientError::leaves_outcome_open`].
    pub async fn append(&mut self, signed: &Signed) -> Result<proto::AppendedEvent, ClientError> {
        let request = proto::AppendEventRequest { signed_event: Some(wire_event(signed)) };
        let answered = self.log.append_event(request).await.map_err(ClientError::of_append)?;
        let response = harmless(answered.into_inner())?;
        response.appended.ok_or_else(|| ClientError::lies("AppendEvent", "no position"))
    }
}
