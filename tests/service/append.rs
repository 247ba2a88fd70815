//! Appending: one, many and all at once; the same again; and engines that fail in the middle.

use crate::seen::{figure, get, ready};
use crate::support::engines::{Fault, FaultyEngine};
use crate::support::{
    Cast, House, PROLOGUE, ccg, check_entries, decision, key, known_of, message, moment, opening, refusal,
    serve,
};
use minutebook::author::LedgerRef;
use minutebook::ledger;
use minutebook::ledger::{
    AppendError, Appended, Clock, Index, Ledger, LedgerError, Outlook, QUEUE_REQUESTS_MAX, ScrubPace, Stop,
    SystemClock, WriterPatience,
};
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{AppendEventRequest, GetEntryRequest, get_entry_request};
use minutebook_governance::{Keeping, Refusal};
use minutebook_log::{Entry, Position, SecretKey, Signed, Timestamp};
use minutebook_store::{Engine, MemoryEngine, ReadLimits, SledEngine};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

fn decide(secretary: &SecretKey, ledger: &LedgerRef) -> Signed {
    decision(secretary, "body/04K", "2019-07-04").signed(ledger)
}

#[tokio::test]
async fn an_event_gets_its_place_and_is_read_back_as_signed() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let event = decide(&cast.secretary, &house.ledger);
    let appended = house.append(&event).await.unwrap();
    assert_eq!((appended.position, appended.again), (PROLOGUE, false));
    assert_eq!(appended.recorded, "2019-07-04T13:05:00.000000Z");
    assert_eq!(house.head().await, (PROLOGUE + 1, appended.hash.clone()));

    for entry in [
        get_entry_request::Entry::Position(PROLOGUE),
        get_entry_request::Entry::EventId(event.event().id.to_string()),
    ] {
        let found = house.log.get_entry(GetEntryRequest { entry: Some(entry) }).await.unwrap().into_inner();
        let found = found.entry.unwrap();
        assert_eq!((found.position, &found.hash), (PROLOGUE, &appended.hash));
        assert_eq!(Entry::parse(&found.content).unwrap().signed, event);
    }
    assert_eq!(house.stop_and_verify().await, PROLOGUE + 1);
}

#[tokio::test]
async fn the_same_event_again_gets_the_position_of_the_first() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let event = decide(&cast.secretary, &house.ledger);
    let first = house.append(&event).await.unwrap();
    let again = house.append(&event).await.unwrap();
    assert!(again.again);
    assert_eq!(
        (again.position, &again.hash, &again.recorded),
        (first.position, &first.hash, &first.recorded)
    );
    // After a restart too, and beside a new one in one request; twice in one request as well.
    let mut house = house.restart().await;
    let new = decide(&cast.secretary, &house.ledger);
    let both = house.append_all(&[event, new.clone(), new]).await.unwrap();
    let positions: Vec<_> = both.iter().map(|appended| (appended.position, appended.again)).collect();
    assert_eq!(positions, [(PROLOGUE, true), (PROLOGUE + 1, false), (PROLOGUE + 1, true)]);
    assert_eq!(house.stop_and_verify().await, PROLOGUE + 2);
}

#[tokio::test]
async fn a_live_ledger_records_by_its_clock_and_never_backwards() {
    let (mut house, cast) = House::with_cast("live").await;
    let first = house.append(&decide(&cast.secretary, &house.ledger)).await.unwrap();
    let second = house.append(&decide(&cast.secretary, &house.ledger)).await.unwrap();
    assert!(first.recorded.as_str() > "2026", "the event says 2019, the clock does not: {}", first.recorded);
    assert!(second.recorded >= first.recorded);
    house.stop_and_verify().await;
}

#[tokio::test]
async fn sixty_four_at_once_all_get_a_place_of_their_own() {
    const CLIENTS: u64 = 64;
    const EACH: u64 = 4;
    let (house, cast) = House::with_cast("re-enactment").await;
    let mut clients = JoinSet::new();
    for _client in 0..CLIENTS {
        let mut log = LogServiceClient::new(house.channel.clone());
        let events: Vec<_> = (0..EACH).map(|_| message(&decide(&cast.secretary, &house.ledger))).collect();
        clients.spawn(async move {
            let mut positions = Vec::new();
            for event in events {
                let request = AppendEventRequest { signed_event: Some(event) };
                let appended = log.append_event(request).await.unwrap().into_inner().appended.unwrap();
                positions.push(appended.position);
            }
            positions
        });
    }
    let positions = clients.join_all().await;
    assert!(positions.iter().all(|mine| mine.is_sorted()), "each client's own stand in its order");
    let distinct: BTreeSet<_> = positions.into_iter().flatten().collect();
    assert_eq!(distinct, (PROLOGUE..PROLOGUE + CLIENTS * EACH).collect());
    assert_eq!(house.stop_and_verify().await, PROLOGUE + CLIENTS * EACH);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let appended = house.append(&decide(&cast.secretary, &house.ledger)).await.unwrap();
    let mut house = house.restart().await;
    assert_eq!(house.head().await, (PROLOGUE + 1, appended.hash));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrub_goes_through_everything_round_after_round() {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    for _decision in 0..3 {
        house.append(&decide(&cast.secretary, &house.ledger)).await.unwrap();
    }
    let dir = house.stop().await;
    let folder = dir.path().join("ledger");
    let pace = ScrubPace {
        step: ReadLimits { entries: 2, bytes: 1024 * 1024 },
        pause: Duration::ZERO,
        rest: Duration::ZERO,
    };
    let ledger = Ledger::open(SledEngine::open(&folder).unwrap(), SystemClock::new(), key(9)).await.unwrap();
    let mut told = ledger.scrub(pace);
    let whole = told.wait_for(|scrubbed| scrubbed.rounds == 2).await.unwrap().clone();
    assert_eq!((whole.next, whole.damage), (Position::FIRST, None));
    ledger.close().await;
}

#[tokio::test]
async fn what_opens_no_ledger_makes_no_folder() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("ledger");
    let clock = moment("2020-01-01T00:00:00Z");
    let cast = Cast::new();
    let no_opening = decide(&cast.secretary, &known_of(minutebook_log::Hash::ZERO));
    let one_registrar = Signed::new(
        opening("live").event().clone(),
        opening("live").signatures().iter().take(1).copied().collect(),
    )
    .unwrap();
    for event in [no_opening, one_registrar] {
        let refused = ledger::create(&folder, &event, clock).await.unwrap_err();
        assert!(matches!(refused, LedgerError::Opening(_)), "{refused}");
        assert!(!folder.exists());
    }
    ledger::create(&folder, &opening("live"), clock).await.unwrap();
    let twice = ledger::create(&folder, &opening("live"), clock).await.unwrap_err();
    assert!(
        matches!(twice, LedgerError::Folder(minutebook_store::OpenError::AlreadyExists { .. })),
        "{twice}"
    );
}

#[tokio::test]
async fn a_folder_without_its_opening_entry_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    let engine = SledEngine::create(&dir.path().join("ledger")).unwrap();
    let refused = Ledger::open(engine, SystemClock::new(), key(9)).await.err().unwrap();
    assert!(matches!(refused, LedgerError::Empty), "{refused}");
}

/// A ledger in memory whose engine fails as planned, with the cast introduced.
struct Bench {
    engine: FaultyEngine,
    ledger: Ledger<FaultyEngine>,
    known: LedgerRef,
    cast: Cast,
}

impl Bench {
    async fn new() -> Self {
        let engine = FaultyEngine::with_opening(&opening("re-enactment")).await;
        let ledger = Ledger::open(engine.clone(), SystemClock::new(), key(9)).await.unwrap();
        let (known, cast) = (known_of(ledger.reader().id()), Cast::new());
        ledger.append(cast.prologue(&known)).await.unwrap();
        engine.commit_asked().await;
        Self { engine, ledger, known, cast }
    }

    fn decision(&self) -> Signed {
        decide(&self.cast.secretary, &self.known)
    }

    async fn append(&self) -> Result<Vec<Appended>, AppendError> {
        self.ledger.append(vec![self.decision()]).await
    }

    /// What is stored verifies, and readers see all of it and nothing else.
    async fn check(&self, size: u64) {
        assert_eq!(check_entries(&self.engine).await, size);
        assert_eq!(self.ledger.reader().head(), self.engine.head().await.unwrap());
    }
}

#[tokio::test]
async fn after_a_conflict_the_group_is_judged_and_sealed_again() {
    let bench = Bench::new().await;
    bench.engine.plan([Fault::Conflict]);
    assert_eq!(bench.append().await.unwrap()[0].position, Position(PROLOGUE));
    bench.check(PROLOGUE + 1).await;

    bench.engine.plan([Fault::Conflict; 4]);
    assert!(matches!(bench.append().await, Err(AppendError::Contended)));
    bench.check(PROLOGUE + 1).await;
    assert_eq!(bench.append().await.unwrap()[0].position, Position(PROLOGUE + 1));
}

#[tokio::test]
async fn two_writers_of_one_log_both_get_on() {
    let bench = Bench::new().await;
    let other =
        Ledger::<MemoryEngine>::open(bench.engine.memory.clone(), SystemClock::new(), key(9)).await.unwrap();
    for round in 0..3 {
        let here = bench.append().await.unwrap()[0].position;
        let there = other.append(vec![bench.decision()]).await.unwrap()[0].position;
        assert_eq!((here.0, there.0), (PROLOGUE + 2 * round, PROLOGUE + 2 * round + 1));
    }
    assert_eq!(check_entries(&bench.engine).await, PROLOGUE + 6);
}

#[tokio::test]
async fn what_cannot_be_read_for_a_while_refuses_a_request_and_stops_nobody() {
    let engine = FaultyEngine::with_opening(&opening("re-enactment")).await;
    // As many as wait to become durable are in memory; what stands before is read again each time.
    let keeping = Keeping { recent: 8, cache_bytes: 1, segment_entries: 4096 };
    let index = Index { keeping, shelf: None };
    let ledger = Ledger::open_with(engine.clone(), SystemClock::new(), key(9), index).await.unwrap();
    let (known, cast) = (known_of(ledger.reader().id()), Cast::new());
    ledger.append(cast.prologue(&known)).await.unwrap();
    let append = || ledger.append(vec![decide(&cast.secretary, &known)]);
    for _decision in 0..8 {
        append().await.unwrap();
    }

    engine.be_blind(true);
    for _attempt in 0..2 {
        let refused = append().await;
        assert!(
            matches!(refused, Err(AppendError::Refused { index: 0, refusal: Refusal::Unread(_) })),
            "{refused:?}"
        );
    }
    engine.be_blind(false);
    assert_eq!(append().await.unwrap()[0].position, Position(PROLOGUE + 8));
    assert_eq!(check_entries(&engine).await, PROLOGUE + 9);
}

#[tokio::test]
async fn what_others_wrote_is_known_before_anything_is_written_here() {
    let bench = Bench::new().await;
    let other =
        Ledger::<MemoryEngine>::open(bench.engine.memory.clone(), SystemClock::new(), key(9)).await.unwrap();
    let mut known = bench.ledger.reader().watch();
    let there = other.append(vec![bench.decision()]).await.unwrap()[0].clone();
    let met = known.wait_for(|known| known.head().size > PROLOGUE).await.unwrap().clone();
    assert_eq!((met.head().size, met.head().hash), (PROLOGUE + 1, there.hash));
    bench.check(PROLOGUE + 1).await;
}

#[tokio::test]
async fn what_was_judged_on_top_of_a_commit_that_came_to_nothing_is_judged_anew() {
    for fault in [Fault::Conflict, Fault::UnknownAndStored, Fault::UnknownAndNotStored] {
        let bench = Bench::new().await;
        bench.engine.plan([fault]);
        bench.engine.shut_gate();
        let (one, two, three) = (bench.decision(), bench.decision(), bench.decision());
        let (ledger, earlier) = (bench.ledger.clone(), one.clone());
        let first = tokio::spawn(async move { ledger.append(vec![earlier]).await });
        bench.engine.commit_asked().await;
        let (on_top, ()) = tokio::join!(bench.ledger.append(vec![two.clone(), one]), async {
            // By now the other is on its way to the writer, who judges it before or after; the answer is the same.
            tokio::task::yield_now().await;
            bench.engine.open_gate();
        });
        let last = bench.ledger.append(vec![three, two]).await;
        let stands = |appended: Result<Vec<Appended>, AppendError>| {
            appended.unwrap().iter().map(|it| (it.position.0, it.again)).collect::<Vec<_>>()
        };
        assert_eq!(stands(first.await.unwrap()), [(PROLOGUE, false)]);
        assert_eq!(stands(on_top), [(PROLOGUE + 1, false), (PROLOGUE, true)]);
        assert_eq!(stands(last), [(PROLOGUE + 2, false), (PROLOGUE + 1, true)]);
        bench.check(PROLOGUE + 3).await;
    }
}

#[tokio::test]
async fn a_commit_that_was_stored_though_nobody_said_so_is_acknowledged_once() {
    let bench = Bench::new().await;
    bench.engine.plan([Fault::UnknownAndStored]);
    let appended = bench.append().await.unwrap();
    assert_eq!((appended[0].position, appended[0].again), (Position(PROLOGUE), false));
    bench.check(PROLOGUE + 1).await;
}

#[tokio::test]
async fn a_commit_that_was_not_stored_is_tried_again_with_the_same_bytes() {
    let bench = Bench::new().await;
    bench.engine.plan([Fault::UnknownAndNotStored, Fault::UnknownAndNotStored]);
    assert_eq!(bench.append().await.unwrap()[0].position, Position(PROLOGUE));
    let batches = bench.engine.batches();
    let [first, second, third] = batches.last_chunk().unwrap();
    assert!(first == second && second == third);
    bench.check(PROLOGUE + 1).await;
}

#[tokio::test]
async fn an_end_that_stays_unknown_is_said_to_be_so_and_stops_the_writer() {
    let bench = Bench::new().await;
    bench.engine.plan([Fault::UnknownAndNotStored, Fault::Stopped]);
    assert!(matches!(bench.append().await, Err(AppendError::Unknown { .. })));
    assert!(matches!(bench.append().await, Err(AppendError::Stopped(Stop::Store(_)))));
    bench.check(PROLOGUE).await;
}

#[tokio::test]
async fn a_stopped_engine_stops_the_writer_and_the_log_says_that_it_is_not_served() {
    let bench = Bench::new().await;
    let (channel, _shutdown, _server) = serve(bench.ledger.clone(), None).await;
    let mut log = LogServiceClient::new(channel.clone());
    let mut health = HealthClient::new(channel);
    let service = HealthCheckRequest { service: "minutebook.v1.LogService".to_owned() };
    let mut watched = health.watch(service).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);

    bench.engine.plan([Fault::Stopped]);
    for _attempt in 0..2 {
        let request = AppendEventRequest { signed_event: Some(message(&bench.decision())) };
        let status = log.append_event(request).await.unwrap_err();
        let (code, reason, _details) = refusal(&status);
        assert_eq!((code, reason.as_str()), (Code::Unavailable, "WRITER_STOPPED"), "{}", status.message());
    }
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    // Readers go on, and see what is durable.
    let entry = Some(get_entry_request::Entry::Position(PROLOGUE - 1));
    assert!(log.get_entry(GetEntryRequest { entry }).await.is_ok());
    let entry = Some(get_entry_request::Entry::Position(PROLOGUE));
    assert_eq!(log.get_entry(GetEntryRequest { entry }).await.unwrap_err().code(), Code::NotFound);
    bench.check(PROLOGUE).await;
}

#[tokio::test]
async fn a_damaged_store_is_data_lost_and_says_how_to_repair_it() {
    let bench = Bench::new().await;
    let (channel, _shutdown, _server) = serve(bench.ledger.clone(), None).await;
    bench.engine.plan([Fault::Corrupt]);
    let request = AppendEventRequest { signed_event: Some(message(&bench.decision())) };
    let status = LogServiceClient::new(channel).append_event(request).await.unwrap_err();
    let (code, reason, details) = refusal(&status);
    assert_eq!((code, reason.as_str()), (Code::DataLoss, "STORE_DAMAGED"));
    assert_eq!(crate::support::metadata(&details, "what"), "position 3: a bit is wrong");
    assert_eq!(crate::support::metadata(&details, "repair"), "restore it");
    bench.check(PROLOGUE).await;
}

#[tokio::test]
async fn what_waits_is_one_commit_and_each_request_of_it_stands_alone() {
    let bench = Bench::new().await;
    let before = bench.engine.batches().len();
    bench.engine.shut_gate();
    // The first is at the gate; the others wait behind it, and become one commit.
    let (one, two, three) = (bench.decision(), bench.decision(), bench.decision());
    let unfit = decide(&crate::support::key(77), &bench.known);
    let (first, alone, refused, partly, later) = tokio::join!(
        bench.ledger.append(vec![one]),
        bench.ledger.append(vec![two.clone()]),
        bench.ledger.append(vec![unfit.clone()]),
        bench.ledger.append(vec![three.clone(), unfit]),
        async {
            // Joined futures are polled in turn, so this comes last of all.
            let later = bench.ledger.append(vec![three, two]);
            bench.engine.open_gate();
            later.await
        },
    );
    assert!(first.is_ok() && alone.is_ok());
    assert!(matches!(refused, Err(AppendError::Refused { index: 0, refusal: Refusal::Unauthorised(_) })));
    assert!(matches!(partly, Err(AppendError::Refused { index: 1, refusal: Refusal::Unauthorised(_) })));
    let later = later.unwrap();
    // Signatures are checked side by side, so either comes first.
    let alone = &alone.unwrap()[0];
    assert!(!later[0].again && later[1].again != alone.again);
    assert_eq!(later[1].position, alone.position);
    assert!(bench.engine.batches().len() - before <= 4);
    bench.check(PROLOGUE + 3).await;
}

#[tokio::test]
async fn when_too_much_waits_the_next_is_told_to_come_later() {
    let bench = Bench::new().await;
    bench.engine.shut_gate();
    let mut waiting = JoinSet::new();
    let asked = QUEUE_REQUESTS_MAX + 50;
    for request in 0..asked {
        let story = ccg(&bench.cast.register, &format!("X{request}"));
        let (ledger, event) = (bench.ledger.clone(), story.signed(&bench.known));
        waiting.spawn(async move { ledger.append(vec![event]).await });
    }
    // With the gate shut, nobody is answered but those for whom there is no room.
    let first = waiting.join_next().await.unwrap().unwrap();
    assert!(matches!(first, Err(AppendError::QueueFull)));
    bench.engine.open_gate();
    let answers = waiting.join_all().await;
    let positions: BTreeSet<_> = answers.iter().flatten().map(|appended| appended[0].position).collect();
    let full = answers.iter().filter(|answer| matches!(answer, Err(AppendError::QueueFull))).count();
    assert_eq!(positions.len() + full + 1, asked);
    assert!(positions.len() >= QUEUE_REQUESTS_MAX);
    bench.check(PROLOGUE + positions.len() as u64).await;
}

#[tokio::test]
async fn closing_writes_what_waits_and_takes_no_more() {
    let bench = Bench::new().await;
    bench.engine.shut_gate();
    let (waits, ()) = tokio::join!(bench.append(), async {
        bench.engine.open_gate();
        bench.ledger.close().await;
    });
    let stored = match waits {
        Ok(_appended) => PROLOGUE + 1,
        Err(AppendError::Stopped(Stop::Closing)) => PROLOGUE,
        Err(other) => panic!("{other}"),
    };
    assert!(matches!(bench.append().await, Err(AppendError::Stopped(Stop::Closing))));
    bench.check(stored).await;
}

/// A clock that a test sets, in seconds of the day and of what has passed.
#[derive(Clone)]
struct SetClock(Arc<Mutex<(i64, u64)>>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.lock().unwrap().0 * 1_000_000).unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.lock().unwrap().1)
    }
}

/// What the writer waits for, shorter than people need it.
fn hasty() -> WriterPatience {
    let short = Duration::from_millis(5);
    WriterPatience { recheck: short, reopen_max: short, ..WriterPatience::default() }
}

async fn goes_on(ledger: &Ledger<FaultyEngine>) {
    ledger.reader().watch_stop().wait_for(Option::is_none).await.unwrap();
}

async fn stops(ledger: &Ledger<FaultyEngine>) -> Stop {
    ledger.reader().watch_stop().wait_for(Option::is_some).await.unwrap().clone().unwrap()
}

#[tokio::test]
async fn after_a_write_that_failed_the_ledger_goes_on_by_itself_once_it_can() {
    for (fault, stored) in [(Fault::UnknownAndNotStored, 0), (Fault::UnknownAndStored, 1)] {
        let engine = FaultyEngine::with_opening(&opening("live")).await;
        let clock = SystemClock::new();
        let opened = Ledger::open_patiently(engine.clone(), clock, key(9), Index::default(), hasty()).await;
        let ledger = opened.unwrap();
        let (known, cast) = (known_of(ledger.reader().id()), Cast::new());
        ledger.append(cast.prologue(&known)).await.unwrap();

        // What was stored is found in the end only where the head can't be asked in between.
        engine.plan([fault, Fault::Stopped]);
        let event = decide(&cast.secretary, &known);
        let failed = ledger.append(vec![event.clone()]).await;
        if stored == 0 {
            assert!(matches!(failed, Err(AppendError::Unknown { .. })), "{failed:?}");
            let stop = stops(&ledger).await;
            assert_eq!((stop.outlook(), stop.reason()), (Outlook::GoesOn, "store"));
            let refused = ledger.append(vec![event.clone()]).await.unwrap_err();
            assert!(refused.to_string().contains("goes on by itself"), "{refused}");
        }
        // What was acknowledged is read all the while.
        assert_eq!(ledger.reader().head().size, PROLOGUE + stored);
        engine.be_well(true);
        goes_on(&ledger).await;
        let appended = ledger.append(vec![event]).await.unwrap();
        assert_eq!((appended[0].position, appended[0].again), (Position(PROLOGUE), stored == 1));
        assert_eq!(check_entries(&engine).await, PROLOGUE + 1);
    }
}

#[tokio::test]
async fn a_write_that_never_ends_wants_another_start() {
    let engine = FaultyEngine::with_opening(&opening("live")).await;
    let patience = WriterPatience { commit: Duration::from_millis(50), ..hasty() };
    let clock = SystemClock::new();
    let opened = Ledger::open_patiently(engine.clone(), clock, key(9), Index::default(), patience).await;
    let ledger = opened.unwrap();
    let (known, cast) = (known_of(ledger.reader().id()), Cast::new());
    ledger.append(cast.prologue(&known)).await.unwrap();
    engine.shut_gate();
    let failed = ledger.append(vec![decide(&cast.secretary, &known)]).await;
    assert!(matches!(failed, Err(AppendError::Unknown { .. })), "{failed:?}");
    assert_eq!(stops(&ledger).await.outlook(), Outlook::Restart);
    engine.be_well(true);
    let refused = ledger.append(vec![decide(&cast.secretary, &known)]).await;
    assert!(matches!(refused, Err(AppendError::Stopped(Stop::Inconsistent(_)))), "it does not try again");
}

/// On a runtime that has no time the writer ends as soon as it begins: before, while or after somebody puts a request into
/// its queue.
#[test]
fn who_appends_is_answered_though_the_writer_has_gone() {
    let (told, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        for _try in 0..20 {
            let outcome = runtime.block_on(async {
                let engine = FaultyEngine::with_opening(&opening("live")).await;
                let ledger = Ledger::open(engine, SystemClock::new(), key(9)).await.unwrap();
                let known = known_of(ledger.reader().id());
                ledger.append(Cast::new().prologue(&known)).await
            });
            told.send(outcome).unwrap();
        }
    });
    for _try in 0..20 {
        let outcome = ended.recv_timeout(Duration::from_secs(60)).expect("nobody waits for ever");
        let said = outcome.unwrap_err();
        // Whoever comes after it has gone finds the ledger closing.
        let is_told = matches!(
            said,
            AppendError::Unknown { .. } | AppendError::Stopped(Stop::Inconsistent(_) | Stop::Closing)
        );
        assert!(is_told, "{said}");
    }
}

#[tokio::test]
async fn a_clock_that_was_set_stops_the_writer_until_it_has_run_evenly_for_a_while() {
    let start = moment("2020-01-02T00:00:00Z").as_micros() / 1_000_000;
    for set_to in [start - 60, start + 60] {
        let engine = FaultyEngine::with_opening(&opening("live")).await;
        let clock = SetClock(Arc::new(Mutex::new((start, 0))));
        let given = clock.clone();
        let opened = Ledger::open_patiently(engine.clone(), given, key(9), Index::default(), hasty()).await;
        let ledger = opened.unwrap();
        let (known, cast) = (known_of(ledger.reader().id()), Cast::new());
        ledger.append(cast.prologue(&known)).await.unwrap();

        // Nobody has to ask for it to be found.
        *clock.0.lock().unwrap() = (set_to, 1);
        let stop = stops(&ledger).await;
        assert_eq!(stop.reason(), "clock");
        // What looks at it says the same of the clock as of the writer.
        let (channel, _shutdown, _server) = serve(ledger.clone(), None).await;
        let (code, state, says) = ready(&channel, "clock").await;
        assert_eq!((code, state.as_str()), (503, "not_ready"), "{says}");
        assert!(says.contains("it was set") && stop.to_string().ends_with(&says), "{says}");
        let (_code, figures) = get(&channel, "/metrics").await;
        assert_eq!(figure(&figures, "minutebook_part_ready{part=\"clock\"}"), 0.0, "{figures}");
        for _attempt in 0..2 {
            let refused = ledger.append(vec![decide(&cast.secretary, &known)]).await.unwrap_err();
            assert!(matches!(refused, AppendError::Stopped(Stop::Clock(_))), "{refused}");
        }
        assert_eq!(check_entries(&engine).await, PROLOGUE);
        // It runs evenly, and is past the last entry: no person is needed.
        *clock.0.lock().unwrap() = (set_to + 120, 121);
        goes_on(&ledger).await;
        let appended = ledger.append(vec![decide(&cast.secretary, &known)]).await.unwrap();
        assert_eq!(appended[0].recorded.as_micros() / 1_000_000, set_to + 120);
        assert_eq!(ready(&channel, "clock").await.1, "ready");
    }
}

#[tokio::test]
async fn what_was_judged_before_a_clock_was_found_wrong_is_not_written() {
    let engine = FaultyEngine::with_opening(&opening("live")).await;
    let start = moment("2020-01-02T00:00:00Z").as_micros() / 1_000_000;
    let clock = SetClock(Arc::new(Mutex::new((start, 0))));
    let opened = Ledger::open(engine.clone(), clock.clone(), key(9)).await;
    let ledger = opened.unwrap();
    let (known, cast) = (known_of(ledger.reader().id()), Cast::new());
    ledger.append(cast.prologue(&known)).await.unwrap();
    engine.commit_asked().await;
    engine.shut_gate();
    let first = tokio::spawn({
        let (ledger, event) = (ledger.clone(), decide(&cast.secretary, &known));
        async move { ledger.append(vec![event]).await }
    });
    engine.commit_asked().await;
    // Judged on top of the commit that is under way, by a clock that is wrong when its own commit would begin.
    let second = ledger.append(vec![decide(&cast.secretary, &known)]);
    let (second, ()) = tokio::join!(second, async {
        *clock.0.lock().unwrap() = (start + 9000, 1);
        engine.open_gate();
    });
    assert!(matches!(second, Err(AppendError::Stopped(Stop::Clock(_)))), "{second:?}");
    assert!(first.await.unwrap().is_ok(), "what was under way was right when it began");
    assert_eq!(check_entries(&engine).await, PROLOGUE + 1);
}

#[tokio::test]
async fn a_ledger_whose_entries_are_years_ahead_goes_on_by_an_operators_word() {
    let engine = FaultyEngine::with_opening(&opening("live")).await;
    let ahead = moment("2028-01-02T00:00:00Z").as_micros() / 1_000_000;
    let clock = SetClock(Arc::new(Mutex::new((ahead, 0))));
    let ledger = Ledger::open(engine.clone(), clock, key(9)).await.unwrap();
    let (known, cast) = (known_of(ledger.reader().id()), Cast::new());
    let last = ledger.append(cast.prologue(&known)).await.unwrap().last().unwrap().recorded;
    ledger.close().await;
    drop(ledger);

    let right = SetClock(Arc::new(Mutex::new((ahead - 63_000_000, 0))));
    let (given, index) = (right.clone(), Index::default());
    let waits = Ledger::open_patiently(engine.clone(), given, key(9), index, hasty()).await.unwrap();
    let refused = waits.append(vec![decide(&cast.secretary, &known)]).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("--go-on-after {last}")), "{refused}");
    let (channel, shutdown, server) = serve(waits.clone(), None).await;
    let (code, state, says) = ready(&channel, "clock").await;
    assert_eq!((code, state.as_str()), (503, "not_ready"), "{says}");
    assert!(refused.contains(&says), "{says}");
    shutdown.send(()).unwrap();
    server.await.unwrap().unwrap();
    waits.close().await;
    drop(waits);

    let said = WriterPatience { go_on_after: Some(last), ..hasty() };
    let ledger = Ledger::open_patiently(engine.clone(), right, key(9), Index::default(), said).await.unwrap();
    for _more in 0..2 {
        let appended = ledger.append(vec![decide(&cast.secretary, &known)]).await.unwrap();
        assert_eq!(appended[0].recorded, last, "recorded times never go back");
    }
    // It works, and somebody should know that times stand still.
    let (channel, _shutdown, _server) = serve(ledger.clone(), None).await;
    let (code, state, says) = ready(&channel, "clock").await;
    assert_eq!((code, state.as_str()), (200, "doubtful"), "{says}");
    assert!(says.contains(&last.to_string()), "{says}");
    assert_eq!(check_entries(&engine).await, PROLOGUE + 2);
}
