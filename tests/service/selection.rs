//! Following a selection: what is selected comes in its order, history then live; it is proved, and of a subject that is
//! wanted whole none can be left out.

use crate::following::{Lie, forged, head, serve_deaf, serve_lying, told};
use crate::support::{Cast, House, PROLOGUE, ccg, decision, refusal};
use minutebook::client::memory::Memory;
use minutebook::client::{Client, ClientError, FollowFrom, Followed, Following, Wanted};
use minutebook::ledger::Ledger;
use minutebook::proto::follow_entries_request::Start;
use minutebook::proto::follow_entries_response::Step;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{EntryBatch, FollowEntriesRequest, FollowEntriesResponse, Selection};
use minutebook_log::{Position, SignedCheckpoint, TreeSize};
use std::net::SocketAddr;
use tempfile::TempDir;
use tonic::{Code, Streaming};

const SUBJECT: &str = "body/04K";

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn subject(subject: &str) -> Vec<Selection> {
    vec![Selection { subjects: texts(&[subject]), ..Selection::default() }]
}

async fn decide(house: &mut House, cast: &Cast) {
    let event = decision(&cast.secretary, SUBJECT, "2019-07-04").signed(&house.ledger);
    house.append(&event).await.unwrap();
}

async fn register(house: &mut House, cast: &Cast, code: &str) {
    house.append(&ccg(&cast.register, code).signed(&house.ledger)).await.unwrap();
}

/// A house with 04K registered at 5, then X1, a decision of 04K at 7, X2.
async fn told_house() -> (House, Cast) {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    register(&mut house, &cast, "X1").await;
    decide(&mut house, &cast).await;
    register(&mut house, &cast, "X2").await;
    (house, cast)
}

async fn follow(address: SocketAddr, state: &TempDir, wanted: Wanted) -> Result<Following, ClientError> {
    let mut client = Client::connect(&format!("http://{address}"), Memory::at(state.path())).await?;
    let known = client.ledger().await?;
    client.follow_wanted(&known, wanted).await
}

/// What comes until everything has.
async fn caught_up(following: &mut Following) -> Result<Vec<u64>, ClientError> {
    let mut positions = Vec::new();
    loop {
        match following.next().await?.unwrap() {
            Followed::Entries(entries) => {
                positions.extend(entries.iter().map(|(entry, _bytes)| entry.position.0));
            }
            Followed::CaughtUp(_size) => return Ok(positions),
            Followed::FellBehind(..) | Followed::Heartbeat(_) => {}
        }
    }
}

async fn next_positions(following: &mut Following) -> Vec<u64> {
    let Some(Followed::Entries(entries)) = following.next().await.unwrap() else { panic!("entries") };
    entries.iter().map(|(entry, _bytes)| entry.position.0).collect()
}

#[tokio::test]
async fn what_is_selected_comes_in_its_order_and_what_is_not_does_not() {
    let (house, _cast) = told_house().await;
    let select = |change: fn(&mut Selection)| {
        let mut selection = Selection::default();
        change(&mut selection);
        vec![selection]
    };
    let all: Vec<u64> = (0..PROLOGUE + 3).collect();
    let cases = [
        (subject(SUBJECT), vec![5, 7]),
        (select(|of| of.subject_prefixes = texts(&["body/X"])), vec![6, 8]),
        (select(|of| of.subjects = texts(&["body/99Z"])), vec![]),
        // The grant of its secretary names it too.
        (select(|of| of.about = texts(&[SUBJECT])), vec![3, 5, 7]),
        (select(|of| of.types = texts(&["BodyRegistered"])), vec![5, 6, 8]),
        (select(|of| of.types = texts(&["BodyRegistered", "DecisionRecorded"])), vec![5, 6, 7, 8]),
        (select(|of| of.standings = texts(&["register"])), vec![5, 6, 8]),
        (
            select(|of| (of.subjects, of.standings) = (texts(&[SUBJECT, "body/X1"]), texts(&["register"]))),
            vec![5, 6],
        ),
        ([subject(SUBJECT), select(|of| of.types = texts(&["LedgerOpened"]))].concat(), vec![0, 5, 7]),
        (Vec::new(), all),
    ];
    for (selections, expected) in cases {
        let state = tempfile::tempdir().unwrap();
        let wanted = Wanted { selections: selections.clone(), ..Wanted::default() };
        let mut following = follow(house.address, &state, wanted).await.unwrap();
        assert_eq!(caught_up(&mut following).await.unwrap(), expected, "{selections:?}");
        assert_eq!(following.size(), PROLOGUE + 3, "{selections:?}");
        assert_eq!(following.checkpoint().unwrap().unverified().head.size, TreeSize(PROLOGUE + 3));
    }
}

#[tokio::test]
async fn a_selection_goes_on_live_past_what_is_not_selected() {
    let (mut house, cast) = told_house().await;
    let state = tempfile::tempdir().unwrap();
    let wanted = Wanted { selections: subject(SUBJECT), ..Wanted::default() };
    let mut following = follow(house.address, &state, wanted).await.unwrap();
    let mut beside =
        follow(house.address, &state, Wanted { from: FollowFrom::Now, ..Wanted::default() }).await.unwrap();
    assert_eq!(caught_up(&mut following).await.unwrap(), [5, 7]);
    assert!(caught_up(&mut beside).await.unwrap().is_empty());
    for round in 0..3 {
        register(&mut house, &cast, &format!("Y{round}")).await;
        decide(&mut house, &cast).await;
        let at = PROLOGUE + 3 + 2 * round;
        assert_eq!(next_positions(&mut following).await, [at + 1]);
        assert_eq!(following.size(), at + 2);
        let mut came = Vec::new();
        while came.len() < 2 {
            came.extend(next_positions(&mut beside).await);
        }
        assert_eq!(came, [at, at + 1], "what is not selected came to who wants all");
    }
}

#[tokio::test]
async fn who_follows_begins_where_he_asks_to() {
    let (mut house, cast) = told_house().await;
    let size = PROLOGUE + 3;
    let state = tempfile::tempdir().unwrap();
    let mut first = follow(house.address, &state, Wanted::default()).await.unwrap();
    caught_up(&mut first).await.unwrap();
    let kept = first.checkpoint().unwrap().clone();
    decide(&mut house, &cast).await;
    // In a re-enactment entries have the events' own time, which is one and the same here but for the opening's.
    let told = "2020-02-01T10:00:00Z".to_owned();
    for (from, expected) in [
        (FollowFrom::Position(Position(7)), vec![7, size]),
        (FollowFrom::Kept(Box::new(kept)), vec![size]),
        (FollowFrom::Now, vec![]),
        (FollowFrom::Time("2000-01-01T00:00:00Z".to_owned()), vec![5, 7, size]),
        (FollowFrom::Time(told), vec![]),
    ] {
        let wanted = Wanted { from: from.clone(), selections: subject(SUBJECT), ..Wanted::default() };
        let state = tempfile::tempdir().unwrap();
        let mut following = follow(house.address, &state, wanted).await.unwrap();
        assert_eq!(caught_up(&mut following).await.unwrap(), expected, "{from:?}");
    }
}

#[tokio::test]
async fn a_checkpoint_of_another_log_is_no_beginning() {
    let (house, _cast) = told_house().await;
    let state = tempfile::tempdir().unwrap();
    let forged = SignedCheckpoint::parse(&forged(3)).unwrap();
    let wanted = Wanted { from: FollowFrom::Kept(Box::new(forged)), ..Wanted::default() };
    let outcome = follow(house.address, &state, wanted).await.map(|_following| ());
    let Err(ClientError::Fork { fork, .. }) = outcome else { panic!("two histories: {outcome:?}") };
    assert!(fork.differs().contains("does not extend"), "{}", fork.differs());
}

async fn ask(
    house: &House,
    request: FollowEntriesRequest,
) -> Result<Streaming<FollowEntriesResponse>, tonic::Status> {
    let mut log = LogServiceClient::new(house.channel.clone());
    Ok(log.follow_entries(request).await?.into_inner())
}

#[tokio::test]
async fn what_can_not_be_followed_is_refused_by_its_member() {
    let (house, _cast) = told_house().await;
    let size = PROLOGUE + 3;
    let request = FollowEntriesRequest::default;
    let none = vec![Selection::default()];
    let unknown = vec![Selection { types: texts(&["Decided"]), ..Selection::default() }];
    let invalid = (Code::InvalidArgument, "INVALID_ARGUMENT");
    for (asked, (code, reason), at) in [
        (
            FollowEntriesRequest { checkpoint_size: size + 1, ..request() },
            (Code::OutOfRange, "OUT_OF_RANGE"),
            "",
        ),
        (FollowEntriesRequest { selections: none, ..request() }, invalid, "selections/0"),
        (FollowEntriesRequest { selections: unknown, ..request() }, invalid, "selections/0/types"),
        (
            FollowEntriesRequest { start: Some(Start::FromTime("4 July".to_owned())), ..request() },
            invalid,
            "from_time",
        ),
        (FollowEntriesRequest { heartbeat_ms: 10, ..request() }, invalid, "heartbeat_ms"),
    ] {
        let status = ask(&house, asked.clone()).await.map(|_steps| ()).unwrap_err();
        let (found, why, details) = refusal(&status);
        assert_eq!((found, why.as_str()), (code, reason), "{asked:?}");
        if !at.is_empty() {
            assert_eq!(details.bad_request().unwrap().field_violations[0].field, at, "{asked:?}");
        }
    }
    assert!(ask(&house, FollowEntriesRequest { checkpoint_size: size, ..request() }).await.is_ok());
}

#[tokio::test]
async fn batches_are_no_larger_than_asked_for() {
    let (house, _cast) = told_house().await;
    let mut steps =
        ask(&house, FollowEntriesRequest { batch_entries: 2, ..Default::default() }).await.unwrap();
    let mut sizes = Vec::new();
    loop {
        match steps.message().await.unwrap().unwrap().step.unwrap() {
            Step::Batch(batch) => sizes.push((batch.entries.len(), batch.next)),
            Step::CaughtUp(_) => break,
            _other => {}
        }
    }
    assert_eq!(sizes, [(2, 2), (2, 4), (2, 6), (2, 8), (1, 9)]);
}

#[tokio::test]
async fn silence_has_its_heartbeat_with_the_newest_checkpoint() {
    let (mut house, cast) = told_house().await;
    let request = FollowEntriesRequest {
        start: Some(Start::FromNow(true)),
        selections: subject("body/99Z"),
        heartbeat_ms: 1000,
        ..Default::default()
    };
    let mut steps = ask(&house, request).await.unwrap();
    let mut next = async || steps.message().await.unwrap().unwrap().step.unwrap();
    assert!(matches!(next().await, Step::Begun(begun) if begun.from == PROLOGUE + 3));
    assert!(matches!(next().await, Step::CaughtUp(caught_up) if caught_up.size == PROLOGUE + 3));
    decide(&mut house, &cast).await;
    let Step::Heartbeat(beat) = next().await else { panic!("nothing is selected") };
    assert_eq!((beat.next, head(&beat.checkpoint).size), (PROLOGUE + 4, TreeSize(PROLOGUE + 4)));
}

#[tokio::test]
async fn who_reads_too_slowly_is_told_and_told_again_when_that_is_over() {
    let (mut house, cast) = told_house().await;
    let request = FollowEntriesRequest { start: Some(Start::FromNow(true)), ..Default::default() };
    let mut steps = ask(&house, request).await.unwrap();
    for expected in ["begun", "caught up"] {
        let step = steps.message().await.unwrap().unwrap().step.unwrap();
        let is_so = matches!((&step, expected), (Step::Begun(_), "begun") | (Step::CaughtUp(_), "caught up"));
        assert!(is_so, "{step:?}");
    }
    const BATCHES: u64 = 6;
    const EACH: u64 = 800;
    for batch in 0..BATCHES {
        let story = |event| ccg(&cast.register, &format!("Z{batch}-{event}"));
        let events: Vec<_> = (0..EACH).map(|event| story(event).signed(&house.ledger)).collect();
        house.append_all(&events).await.unwrap();
    }
    let (end, mut told, mut next) = (PROLOGUE + 3 + BATCHES * EACH, Vec::new(), PROLOGUE + 3);
    // It may be level with the head for a moment before the last of them comes.
    while next < end || told.last() != Some(&"caught up") {
        match steps.message().await.unwrap().unwrap().step.unwrap() {
            Step::Batch(batch) => {
                assert_eq!(batch.entries[0].position, next, "no gap and no double");
                next = batch.next;
            }
            Step::FellBehind(behind) => {
                assert!(behind.next == next && behind.size > next + 1000, "{behind:?}");
                told.push("fell behind");
            }
            Step::CaughtUp(caught_up) => {
                assert_eq!(caught_up.size, next);
                told.push("caught up");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(next, end);
    assert!(!told.is_empty() && told.chunks(2).all(|pair| pair == ["fell behind", "caught up"]), "{told:?}");
}

#[tokio::test]
async fn who_follows_a_subject_goes_on_after_a_restart_and_misses_nothing() {
    let (mut house, cast) = told_house().await;
    let (state, address) = (tempfile::tempdir().unwrap(), house.address);
    let wanted = Wanted { from: FollowFrom::Now, selections: subject(SUBJECT), ..Wanted::default() };
    let mut following = follow(address, &state, wanted).await.unwrap();
    assert!(caught_up(&mut following).await.unwrap().is_empty());
    decide(&mut house, &cast).await;
    assert_eq!(next_positions(&mut following).await, [PROLOGUE + 3]);
    register(&mut house, &cast, "X3").await;
    let dir = house.stop().await;
    assert!(following.next().await.as_ref().is_err_and(ClientError::is_passing));
    let mut house = House::serve_again(dir, address).await;
    decide(&mut house, &cast).await;
    while let Err(error) = following.resume().await {
        assert!(error.is_passing(), "{error}");
        tokio::task::yield_now().await;
    }
    assert_eq!(caught_up(&mut following).await.unwrap(), [PROLOGUE + 5]);
}

/// What becomes of who follows a subject of three entries, at 5, 7 and 8, from the first position or a later one.
async fn lied_to(ledger: &Ledger, from: u64, lie: Lie) -> Result<Vec<u64>, ClientError> {
    let server = serve_lying(ledger, lie).await;
    let state = tempfile::tempdir().unwrap();
    let from = FollowFrom::Position(Position(from));
    let wanted = Wanted { from, selections: subject(SUBJECT), ..Wanted::default() };
    caught_up(&mut follow(server, &state, wanted).await?).await
}

#[tokio::test]
async fn an_entry_that_is_left_out_of_a_subject_is_noticed() {
    let (ledger, cast, _dir) = told().await;
    let known = crate::support::known_of(ledger.reader().id());
    let stories = [
        ccg(&cast.register, "X1"),
        decision(&cast.secretary, SUBJECT, "2019-07-04"),
        decision(&cast.secretary, SUBJECT, "2019-07-05"),
        ccg(&cast.register, "X2"),
    ];
    for story in &stories {
        ledger.append(vec![story.signed(&known)]).await.unwrap();
    }
    assert_eq!(lied_to(&ledger, 0, |_number, step| Some(step)).await.unwrap(), [5, 7, 8]);
    assert_eq!(lied_to(&ledger, 6, |_number, step| Some(step)).await.unwrap(), [7, 8]);
    fn batch(step: Step, change: impl FnOnce(&mut EntryBatch)) -> Option<Step> {
        match step {
            Step::Batch(mut batch) => {
                change(&mut batch);
                Some(Step::Batch(batch))
            }
            other => Some(other),
        }
    }
    let lies: [(&str, u64, Lie); 9] = [
        ("the first is left out", 0, |_number, step| {
            batch(step, |batch| {
                batch.entries.remove(0);
                batch.inclusions.remove(0);
            })
        }),
        ("the first is left out, in the middle", 6, |_number, step| {
            batch(step, |batch| drop(batch.entries.remove(0)))
        }),
        ("that there was none before", 6, |_number, step| match step {
            Step::Begun(mut begun) => {
                begun.preceding.clear();
                Some(Step::Begun(begun))
            }
            other => Some(other),
        }),
        ("no proof", 0, |_number, step| batch(step, |batch| drop(batch.inclusions.pop()))),
        ("another proof", 0, |_number, step| batch(step, |batch| batch.inclusions.swap(0, 1))),
        ("an entry that was changed", 0, |_number, step| {
            batch(step, |batch| {
                let at = batch.entries[0].content.len() - 40;
                batch.entries[0].content[at] ^= 1;
            })
        }),
        ("one twice", 0, |_number, step| {
            batch(step, |batch| {
                let (entry, proof) = (batch.entries[0].clone(), batch.inclusions[0].clone());
                batch.entries.insert(0, entry);
                batch.inclusions.insert(0, proof);
            })
        }),
        ("further than the log goes", 0, |_number, step| batch(step, |batch| batch.next = 99)),
        ("not where it begins", 0, |_number, step| (!matches!(step, Step::Begun(_))).then_some(step)),
    ];
    for (what, from, lie) in lies {
        let outcome = lied_to(&ledger, from, lie).await;
        assert!(matches!(outcome, Err(ClientError::Lies { .. })), "{what}: {outcome:?}");
    }
    ledger.close().await;
}

#[tokio::test]
async fn the_first_entry_of_a_subject_that_only_begins_so_is_missed_too() {
    let (ledger, cast, _dir) = told().await;
    let known = crate::support::known_of(ledger.reader().id());
    for story in [ccg(&cast.register, "X1"), decision(&cast.secretary, SUBJECT, "2019-07-04")] {
        ledger.append(vec![story.signed(&known)]).await.unwrap();
    }
    let prefixes = vec![Selection { subject_prefixes: texts(&["body/0"]), ..Selection::default() }];
    let wanted = Wanted { selections: prefixes, ..Wanted::default() };
    let leaves_out: Lie = |_number, step| match step {
        Step::Batch(mut batch) => {
            batch.entries.remove(0);
            batch.inclusions.remove(0);
            Some(Step::Batch(batch))
        }
        other => Some(other),
    };
    let state = tempfile::tempdir().unwrap();
    let honest = serve_lying(&ledger, |_number, step| Some(step)).await;
    let mut following = follow(honest, &state, wanted.clone()).await.unwrap();
    assert_eq!(caught_up(&mut following).await.unwrap(), [5, 7]);
    let liar = serve_lying(&ledger, leaves_out).await;
    let outcome = caught_up(&mut follow(liar, &state, wanted).await.unwrap()).await;
    let said = outcome.unwrap_err().to_string();
    assert!(said.contains("number 2 of body/04K, where number 1 is next"), "{said}");
    ledger.close().await;
}

#[tokio::test]
async fn what_was_not_asked_for_is_noticed() {
    let (ledger, cast, _dir) = told().await;
    let known = crate::support::known_of(ledger.reader().id());
    ledger.append(vec![ccg(&cast.register, "X1").signed(&known)]).await.unwrap();
    let state = tempfile::tempdir().unwrap();
    let deaf = serve_deaf(&ledger).await;
    let wanted = Wanted { selections: subject(SUBJECT), ..Wanted::default() };
    let outcome = caught_up(&mut follow(deaf, &state, wanted).await.unwrap()).await;
    let said = outcome.unwrap_err().to_string();
    assert!(said.contains("which was not asked for"), "{said}");
    ledger.close().await;
}
