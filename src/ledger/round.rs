//! Requests that are judged together: what the one who writes makes durable in one commit.

use crate::ledger::log_key::Signer;
use crate::ledger::queue::{Answer, Request};
use crate::ledger::{AppendError, Appended, Stop};
use minutebook_governance::{Book, Draft, Refusal, Sealed, Taken};
use minutebook_log::{Hash, Timestamp};
use minutebook_store::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX};

/// Requests that were judged one after the other on one draft.
pub(super) struct Round {
    pub(super) requests: Vec<Request>,
    pub(super) answers: Vec<Answer>,
    pub(super) draft: Draft,
    /// What it takes of a batch.
    entries: usize,
    bytes: usize,
    /// Whoever signs from its last entry on, where that passes the log's key on. Then the round ends: the checkpoint
    /// right after that entry is signed by both keys.
    pub(super) next: Option<Signer>,
}

/// Why a request was not judged.
pub(super) enum Unjudged {
    /// Something that its judgement rests on could not be read now.
    Unread(AppendError, Request),
    /// Nothing more will be written.
    Stop(Stop, Request),
}

impl Round {
    pub(super) fn on(book: &Book) -> Self {
        let (requests, answers) = (Vec::new(), Vec::new());
        Self { requests, answers, draft: Draft::on(book), entries: 0, bytes: 0, next: None }
    }

    pub(super) fn has_room(&self) -> bool {
        self.next.is_none() && self.entries < BATCH_ENTRIES_MAX && self.bytes < BATCH_BYTES_MAX
    }

    pub(super) fn fits(&self, request: &Request) -> bool {
        let (entries, bytes) = (self.entries + request.events.len(), self.bytes + request.bytes());
        self.has_room() && entries <= BATCH_ENTRIES_MAX && bytes <= BATCH_BYTES_MAX
    }

    /// Takes no more.
    pub(super) fn close(&mut self) {
        self.entries = BATCH_ENTRIES_MAX;
    }

    /// Judges a request on the draft as those before it leave it.
    pub(super) fn judge(
        &mut self,
        request: Request,
        clock: Timestamp,
        signer: &Signer,
    ) -> Result<(), Box<Unjudged>> {
        let before = self.draft.sealed().len();
        let taken = self.draft.take_all(&request.events, clock);
        let taken = taken.map_err(|(index, refusal)| AppendError::Refused { index, refusal });
        if let Err(unread @ AppendError::Refused { refusal: Refusal::Unread(_), .. }) = taken {
            return Err(Box::new(Unjudged::Unread(unread, request)));
        }
        let book = self.draft.book();
        if self.draft.sealed().len() > before {
            match signer.passed_on(&request.events, book) {
                Ok(next) => self.next = next,
                Err(error) => return Err(Box::new(Unjudged::Stop(error.into(), request))),
            }
        }
        let sealed = self.draft.sealed();
        self.answers
            .push(taken.map(|taken| taken.iter().map(|taken| standing(book, sealed, *taken)).collect()));
        self.entries += request.events.len();
        self.bytes += request.bytes();
        self.requests.push(request);
        Ok(())
    }
}

/// Answers each request with its own answer.
pub(super) fn answer_each(requests: Vec<Request>, answers: Vec<Answer>) {
    requests.into_iter().zip(answers).for_each(|(request, answer)| request.answer(answer));
}

/// Where an event stands that a draft has taken.
fn standing(book: &Book, sealed: &[Sealed], taken: Taken) -> Appended {
    let position = taken.position();
    let recorded = book.record().at(position);
    let sealed = sealed.first().and_then(|first| {
        let at = position.0.checked_sub(first.entry.position.0)?;
        sealed.get(usize::try_from(at).ok()?)
    });
    Appended {
        position,
        hash: book.chain().hash_at(position).unwrap_or(Hash::ZERO),
        recorded: recorded.as_ref().map_or(Timestamp::EPOCH, |entry| entry.recorded),
        again: matches!(taken, Taken::Again(_)),
        findings: recorded.map_or_else(Vec::new, |entry| entry.findings),
        entry: sealed.map(|sealed| sealed.bytes.clone()),
    }
}
