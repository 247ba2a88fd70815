//! The log service: append, read, follow.

use crate::doors::{self, Caller, Limits, Share, Turns};
use crate::ledger::{AppendError, Appended, Ledger, REQUEST_EVENTS_MAX, Reader, in_a_turn, in_turns};
use crate::proto::log_service_server::LogService;
use crate::proto::{
    AppendEventRequest, AppendEventResponse, AppendEventsRequest, AppendEventsResponse, AppendStreamRequest,
    FollowEntriesRequest, FollowEntriesResponse, ForeseenEvent, GetEntryRequest, GetEntryResponse,
    GetLedgerRequest, GetLedgerResponse, ListEntriesRequest, ListEntriesResponse, SignedEvent,
    get_entry_request,
};
use crate::published::Folder;
use crate::service::page::{PAGE_BYTES_MAX, Page};
use crate::service::{appending, convert, follow, foreseeing, question, receipt, status};
use minutebook_governance::authority::{check_known, registrars};
use minutebook_governance::{ReadEvent, Refusal};
use minutebook_log::{Position, Signed, Subject, Timestamp};
use minutebook_store::{Engine, ReadLimits, SledEngine, Stored};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

/// The most bytes that a message to the server may have: 4 MiB.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most bytes that the events of one request may have together: 3 MiB.
const REQUEST_BYTES_MAX: usize = 3 * 1024 * 1024;

/// What an event has at most, and how many signatures, that is checked on the thread that serves: a tenth of a millisecond.
const QUICK_BYTES: usize = 8 * 1024;
const QUICK_SIGNATURES: usize = 2;

/// The most streams that append at once, by all connections.
const STREAMS_MAX: usize = 256;

/// The log service over one ledger.
pub struct Log<E: Engine = SledEngine> {
    ledger: Ledger<E>,
    followers_max: usize,
    followers: Arc<Semaphore>,
    feeds: Arc<follow::Feeds<E>>,
    history: Arc<follow::History<E>>,
    streams: Arc<Semaphore>,
    turns: Turns,
}

/// How many follow and append as streams now, and what is kept for followers.
pub struct LogGauges<E: Engine = SledEngine> {
    followers: Arc<Semaphore>,
    followers_max: usize,
    streams: Arc<Semaphore>,
    feeds: Arc<follow::Feeds<E>>,
}

impl<E: Engine> LogGauges<E> {
    /// How many follow.
    pub fn followers(&self) -> usize {
        self.followers_max.saturating_sub(self.followers.available_permits())
    }

    /// How many streams append.
    pub fn streams(&self) -> usize {
        STREAMS_MAX.saturating_sub(self.streams.available_permits())
    }

    /// How many bytes of what has just become durable are kept for all who follow.
    pub fn feed_bytes(&self) -> usize {
        self.feeds.bytes()
    }
}

impl<E: Engine> Log<E> {
    /// The service of `ledger`, for as many followers as is usual.
    pub fn new(ledger: Ledger<E>) -> Self {
        let followers_max = Limits::default().followers;
        let (followers, turns) = (Arc::new(Semaphore::new(followers_max)), Turns::of_machine());
        let feeds = follow::Feeds::of(ledger.reader());
        let history = Arc::new(follow::History::of(Arc::clone(ledger.reader()), None));
        let streams = Arc::new(Semaphore::new(STREAMS_MAX));
        Self { ledger, followers_max, followers, feeds, history, streams, turns }
    }

    /// The same, for at most so many followers at once.
    #[must_use]
    pub fn with_followers(self, followers_max: usize) -> Self {
        Self { followers_max, followers: Arc::new(Semaphore::new(followers_max)), ..self }
    }

    /// The same, which reads history from the published log in this folder, as far as that goes.
    #[must_use]
    pub fn with_published(self, folder: Folder) -> Self {
        let history = follow::History::of(Arc::clone(self.ledger.reader()), Some(folder));
        Self { history: Arc::new(history), ..self }
    }

    /// What is counted here, whenever it is asked for.
    pub fn gauges(&self) -> LogGauges<E> {
        let (followers, feeds) = (Arc::clone(&self.followers), Arc::clone(&self.feeds));
        LogGauges { followers, followers_max: self.followers_max, streams: Arc::clone(&self.streams), feeds }
    }

    fn reader(&self) -> &Arc<Reader<E>> {
        self.ledger.reader()
    }

    async fn append(&self, events: Vec<SignedEvent>, caller: Caller) -> Result<Vec<Appended>, Status> {
        let appended = self.append_checked(events, caller).await;
        self.reader().meters().answered(appended.as_ref().err().map(status::reason));
        appended
    }

    async fn append_checked(
        &self,
        events: Vec<SignedEvent>,
        caller: Caller,
    ) -> Result<Vec<Appended>, Status> {
        if !caller.may_write() {
            return Err(status::certificate_needed());
        }
        check_request(&events)?;
        let share = Share::new(&self.turns, caller);
        let events = match <[SignedEvent; 1]>::try_from(events) {
            Ok([alone]) => return self.append_alone(alone, &share).await,
            Err(events) => events,
        };
        let parsed = in_turns(events, &share, (foreseeing::TURN_BYTES, bytes_of), parse).await;
        let parsed = parsed.map_err(status::internal)??;
        let refused = |error| status::of_append(&error, self.reader().head());
        let parsed = self.only_known(parsed).await?.map_err(refused)?;
        self.ledger.append_in_turns(parsed, &share).await.map_err(refused)
    }

    /// An event that comes alone is parsed, held against the keys that the book knows, checked and read in one turn: what
    /// is done to many in several takes longer to hand on than to do.
    async fn append_alone(&self, event: SignedEvent, share: &Share) -> Result<Vec<Appended>, Status> {
        let (known, head) = (self.reader().known_for_question(), self.reader().head());
        let is_quick = event.event.len() <= QUICK_BYTES && event.signatures.len() <= QUICK_SIGNATURES;
        let check = move |index, event| {
            let refused = |refusal| status::of_append(&AppendError::Refused { index, refusal }, head);
            let signed = parse(index, event)?;
            let is_known = check_known(known.book().record(), std::slice::from_ref(&signed));
            known.book().fault().map_err(|unread| status::unread(&unread))?;
            is_known.map_err(|(_index, unknown)| refused(Refusal::Unauthorised(vec![unknown])))?;
            signed.verify().map_err(|error| refused(error.into()))?;
            Ok::<_, Status>(ReadEvent::of(signed))
        };
        let read = if is_quick {
            in_a_turn(share, || Ok(vec![check(0, event)?])).await
        } else {
            in_turns(vec![event], share, (foreseeing::TURN_BYTES, bytes_of), check).await
        };
        let read = read.map_err(status::internal)??;
        self.ledger.append_read(read).await.map_err(|error| status::of_append(&error, self.reader().head()))
    }

    /// What would become of the events: whoever may not write here need not know either.
    async fn foresee(&self, events: Vec<SignedEvent>, caller: Caller) -> Result<Vec<ForeseenEvent>, Status> {
        if !caller.may_write() {
            return Err(status::certificate_needed());
        }
        check_request(&events)?;
        foreseeing::foresee_all(self.reader(), events, &Share::new(&self.turns, caller)).await
    }

    /// The events, unless a key has signed one of them that the book does not know: checking signatures costs most, and
    /// anybody can make keys.
    async fn only_known(&self, events: Vec<Signed>) -> Result<Result<Vec<Signed>, AppendError>, Status> {
        let known =
            self.reader().ask_to_write(move |known| match check_known(known.book().record(), &events) {
                Ok(()) => Ok(events),
                Err((index, unknown)) => {
                    Err(AppendError::Refused { index, refusal: Refusal::Unauthorised(vec![unknown]) })
                }
            });
        known.await.map_err(status::internal)
    }

    /// The steps of one who follows.
    pub(super) fn follow(&self, request: &FollowEntriesRequest) -> Result<follow::Steps, Status> {
        let asked = follow::read(request, &self.reader().known(), self.reader().id())?;
        let too_many = |_none| doors::DoorRefusal::Followers { max: self.followers_max }.status();
        let place = Arc::clone(&self.followers).try_acquire_owned().map_err(too_many)?;
        Ok(follow::follow(&self.ledger, (&self.feeds, &self.history), asked, place))
    }

    /// A page of the whole log, and the position after it if it goes on.
    async fn page_of_log(&self, from: u64, size: usize) -> Result<(Vec<Stored>, Option<u64>), Status> {
        let limits = ReadLimits { entries: size, bytes: PAGE_BYTES_MAX };
        let entries = self.reader().entries(Position(from), limits).await;
        let entries = entries.map_err(|error| status::of_engine(&error))?;
        let next = entries.last().map(|last| last.position.next().0);
        let end = self.reader().head().size;
        Ok((entries, next.filter(|next| *next < end)))
    }

    /// A page of one subject's stream, and the number after it if it goes on.
    async fn page_of_stream(
        &self,
        subject: &Subject,
        from: u64,
        size: usize,
    ) -> Result<(Vec<Stored>, Option<u64>), Status> {
        let read = async |from, entries| {
            let limits = ReadLimits { entries, bytes: PAGE_BYTES_MAX };
            let read = self.reader().stream(subject, from, limits).await;
            read.map_err(|error| status::of_engine(&error))
        };
        let from = from.max(1);
        let entries = read(from, size).await?;
        let next = from.saturating_add(entries.len() as u64);
        let goes_on = !entries.is_empty() && !read(next, 1).await?.is_empty();
        Ok((entries, goes_on.then_some(next)))
    }
}

#[tonic::async_trait]
impl<E: Engine> LogService for Log<E> {
    async fn get_ledger(
        &self,
        _request: Request<GetLedgerRequest>,
    ) -> Result<Response<GetLedgerResponse>, Status> {
        let reader = Arc::clone(self.reader());
        let ledger = self.reader().ask(move |known| {
            let (book, head) = (known.book(), known.head());
            let last = head.size.checked_sub(1).map(Position);
            let recorded = last.and_then(|last| book.chain().recorded_at(last));
            let registrars = registrars(book.record(), question::everything(book, head));
            let keys = registrars.map_or_else(Vec::new, |registrars| registrars.keys);
            convert::ledger(&reader, head, recorded.unwrap_or(Timestamp::EPOCH), &keys)
        });
        let ledger = Some(ledger.await.map_err(status::internal)?);
        Ok(Response::new(GetLedgerResponse { ledger }))
    }

    async fn append_event(
        &self,
        request: Request<AppendEventRequest>,
    ) -> Result<Response<AppendEventResponse>, Status> {
        let caller = Caller::of(request.extensions());
        let event = request.into_inner().signed_event;
        let event = event.ok_or_else(|| status::argument("signed_event", "", "an event"))?;
        let appended = self.append(vec![event], caller).await?;
        let mut appended =
            appended.into_iter().next().ok_or_else(|| status::internal("one event, no place"))?;
        // Asked for now, so that it covers what has just become durable.
        let checkpoint = self.reader().checkpoint();
        let receipt = match appended.entry.take() {
            Some(entry) => receipt::receipt_of(self.reader(), entry, appended.position, &checkpoint).await?,
            None => receipt::receipt(self.reader(), appended.position, &checkpoint).await?,
        };
        Ok(Response::new(AppendEventResponse { appended: Some(convert::appended(&appended)), receipt }))
    }

    async fn append_events(
        &self,
        request: Request<AppendEventsRequest>,
    ) -> Result<Response<AppendEventsResponse>, Status> {
        let caller = Caller::of(request.extensions());
        let request = request.into_inner();
        if request.validate_only {
            let foreseen = self.foresee(request.signed_events, caller).await?;
            return Ok(Response::new(AppendEventsResponse { foreseen, ..Default::default() }));
        }
        let appended = self.append(request.signed_events, caller).await?;
        let appended = appended.iter().map(convert::appended).collect();
        let checkpoint = self.reader().checkpoint().encode().into_bytes();
        Ok(Response::new(AppendEventsResponse { appended, checkpoint, foreseen: Vec::new() }))
    }

    type AppendStreamStream = appending::Answers;

    async fn append_stream(
        &self,
        request: Request<Streaming<AppendStreamRequest>>,
    ) -> Result<Response<Self::AppendStreamStream>, Status> {
        let caller = Caller::of(request.extensions());
        if !caller.may_write() {
            return Err(status::certificate_needed());
        }
        let too_many = |_none| doors::DoorRefusal::Streams { max: STREAMS_MAX }.status();
        let place = Arc::clone(&self.streams).try_acquire_owned().map_err(too_many)?;
        let (share, requests) = (Share::new(&self.turns, caller), request.into_inner());
        let checks = (check_request as appending::Check, foreseeing::TURN_BYTES);
        Ok(Response::new(appending::append_stream(&self.ledger, share, requests, checks, place)))
    }

    async fn get_entry(
        &self,
        request: Request<GetEntryRequest>,
    ) -> Result<Response<GetEntryResponse>, Status> {
        let position = match request.into_inner().entry {
            Some(get_entry_request::Entry::Position(position)) => Position(position),
            Some(get_entry_request::Entry::EventId(id)) => receipt::position_of(self.reader(), &id).await?,
            None => return Err(status::argument("entry", "", "a position or an event_id")),
        };
        let stored = receipt::entry_at(self.reader(), position).await?;
        let asked = self.reader().ask(move |known| {
            let (book, head) = (known.book(), known.head());
            let (record, everything) = (book.record(), question::everything(book, head));
            let findings = convert::found_of(record, &[position], everything);
            let contested = question::contested(book, head, [position.0]);
            let corrections = convert::corrections(record, [position.0], head.size);
            (findings, contested, corrections)
        });
        let (findings, contested, corrections) = asked.await.map_err(status::internal)?;
        let entry = Some(convert::entry(stored));
        Ok(Response::new(GetEntryResponse { entry, findings, contested, corrections }))
    }

    async fn list_entries(
        &self,
        request: Request<ListEntriesRequest>,
    ) -> Result<Response<ListEntriesResponse>, Status> {
        let request = request.into_inner();
        let page = Page::of(&request)?;
        let from = page.first()?.unwrap_or(request.from);
        let (entries, next) = if request.subject.is_empty() {
            self.page_of_log(from, page.size).await?
        } else {
            let subject = question::parse("subject", &request.subject)?;
            self.page_of_stream(&subject, from, page.size).await?
        };
        let next_page_token = next.map_or_else(String::new, |next| page.token_for(&next, &[]));
        let positions: Vec<_> = entries.iter().map(|entry| entry.position.0).collect();
        let asked = self.reader().ask(move |known| {
            let (book, head) = (known.book(), known.head());
            let corrections = convert::corrections(book.record(), positions.iter().copied(), head.size);
            (question::contested(book, head, positions), corrections)
        });
        let (contested, corrections) = asked.await.map_err(status::internal)?;
        let entries = entries.into_iter().map(convert::entry).collect();
        Ok(Response::new(ListEntriesResponse { entries, next_page_token, contested, corrections }))
    }

    type FollowEntriesStream = Pin<Box<dyn Stream<Item = Result<FollowEntriesResponse, Status>> + Send>>;

    /// As messages, for whoever serves the log without [`crate::service::FollowedLog`].
    async fn follow_entries(
        &self,
        request: Request<FollowEntriesRequest>,
    ) -> Result<Response<Self::FollowEntriesStream>, Status> {
        let steps = self.follow(request.get_ref())?;
        Ok(Response::new(Box::pin(steps.map(|sent| sent.and_then(follow::Sent::into_message)))))
    }
}

fn check_request(events: &[SignedEvent]) -> Result<(), Status> {
    let bytes: usize = events.iter().map(|event| event.event.len()).sum();
    let refuse = |found: String, needed: String| Err(status::argument("signed_events", &found, needed));
    if events.is_empty() || events.len() > REQUEST_EVENTS_MAX {
        return refuse(format!("{} events", events.len()), format!("1 to {REQUEST_EVENTS_MAX} events"));
    }
    if bytes > REQUEST_BYTES_MAX {
        return refuse(format!("{bytes} bytes"), format!("at most {REQUEST_BYTES_MAX} bytes of events"));
    }
    Ok(())
}

fn bytes_of(event: &SignedEvent) -> usize {
    event.event.len()
}

fn parse(index: usize, event: SignedEvent) -> Result<Signed, Status> {
    convert::signed(&event).map_err(|error| status::malformed(&error, index))
}
