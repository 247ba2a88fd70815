//! England's commissioners and Nottinghamshire's merger, asked of the register directly: no server.
use minutebook::demo::{self, Cast, Scene};
use minutebook_governance::bodies::{Body, BodyKind, Life, Scheme, bodies_of_code, body, holder, units_of};
use minutebook_governance::documents::inferred_at;
use minutebook_governance::mergers::{MergerState, merger};
use minutebook_governance::people::{Office, office_held, person_name};
use minutebook_governance::plans::{IntentionState, intention, intentions_about};
use minutebook_governance::register::{all_bodies, findings, open_bodies};
use minutebook_governance::{Basis, BodyId, Book, Certainty, Date, MergerId, Record, Scope, Unit, View};
use minutebook_log::{SecretKey, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::LazyLock;

/// Open on each 1 April, 2013 to 2022.
const CCGS: [usize; 10] = [211, 211, 209, 209, 207, 195, 191, 135, 106, 106];

static CAST: LazyLock<Cast> = LazyLock::new(|| {
    let mut seed = 0;
    let make = |_role: &str| {
        seed += 1;
        Ok::<_, Infallible>(SecretKey::from_seed(&[seed; 32]))
    };
    Cast::new(make).unwrap()
});

/// The book as the demo plays it, and its entries' bytes.
static PLAYED: LazyLock<(Book, Vec<Vec<u8>>)> = LazyLock::new(|| play(&demo::script(&CAST).unwrap()));

fn play(scenes: &[Scene]) -> (Book, Vec<Vec<u8>>) {
    demo::play_into_book(&CAST, &demo::ORIGIN.parse().unwrap(), scenes).unwrap()
}

fn record() -> &'static Record {
    PLAYED.0.record()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// As at a day, everything known.
fn at(text: &str) -> View {
    PLAYED.0.view(day(text), Scope::Enacted)
}

/// As at a day, as known at the end of another.
fn at_known(text: &str, known_at: &str) -> View {
    let moment = Timestamp::parse_event_time(&format!("{known_at}T23:59:59.999999Z")).unwrap();
    at(text).as_known(PLAYED.0.chain().size_at(moment))
}

fn body_id(slug: &str) -> BodyId {
    format!("body/{slug}").parse().unwrap()
}

fn the_body(slug: &str, view: View) -> Body {
    body(record(), &body_id(slug), view).unwrap()
}

fn name(slug: &str, on: &str) -> String {
    the_body(slug, at(on)).called(at(on)).unwrap()
}

fn commissioner(record: &Record, unit: &str, view: View) -> Option<String> {
    holder(record, &unit.parse().unwrap(), view).body.map(|body| body.id.to_string())
}

fn by_code(code: &str, on: &str) -> Vec<String> {
    let bodies = bodies_of_code(record(), Scheme::Ods, code, at(on));
    bodies.iter().map(|body| body.id.to_string()).collect()
}

#[test]
fn commissioners_open_on_each_first_of_april_and_on_the_day_of_the_icbs() {
    let count = |kind, on: &str| open_bodies(record(), kind, at(on)).len();
    for (year, expected) in (2013..).zip(CCGS) {
        let on = format!("{year}-04-01");
        assert_eq!((count(BodyKind::Ccg, &on), count(BodyKind::Icb, &on)), (expected, 0), "{on}");
    }
    assert_eq!((count(BodyKind::Ccg, "2022-06-30"), count(BodyKind::Icb, "2022-06-30")), (106, 0));
    for on in ["2022-07-01", "2023-04-01", "2024-04-01", "2025-04-01", "2025-12-29", "2026-03-31"] {
        assert_eq!((count(BodyKind::Ccg, on), count(BodyKind::Icb, on)), (0, 42), "{on}");
    }
    assert_eq!((count(BodyKind::Ccg, "2026-04-01"), count(BodyKind::Icb, "2026-04-01")), (0, 36));
    assert_eq!(count(BodyKind::Ccg, "2013-03-31"), 0);
}

#[test]
fn every_body_and_every_link_is_there() {
    let view = at("2026-04-01");
    let bodies: Vec<_> = all_bodies(record(), view).collect();
    let of = |kind| bodies.iter().filter(|body| body.kind() == Some(kind)).count();
    assert_eq!((of(BodyKind::Ccg), of(BodyKind::Icb), of(BodyKind::Location)), (248, 48, 107));
    let links: usize = bodies.iter().map(|body| body.successors.len()).sum();
    assert_eq!(links, 264);
    assert!(bodies.iter().all(|body| body.findings().is_empty()), "the register and the acts agree");
}

#[test]
fn a_unit_has_exactly_one_open_commissioner_at_any_time() {
    let units: BTreeSet<Unit> = all_bodies(record(), at("2013-04-01"))
        .flat_map(|body| body.units.into_iter().map(|(_source, unit)| unit))
        .collect();
    assert_eq!(units.len(), 211);
    for on in (2013..=2026).flat_map(|year| [format!("{year}-04-01"), format!("{year}-07-01")]) {
        let view = at(&on);
        let mut held: BTreeMap<BodyId, usize> = BTreeMap::new();
        // Farnham and the rest of its unit are with two boards since 2026.
        let divided = ["99M/farnham", "99M/rest"].map(|part| part.parse().unwrap());
        let is_divided = on.as_str() >= "2026-04-01";
        let whole = units.iter().filter(|unit| !is_divided || unit.as_str() != "99M");
        for unit in whole.chain(divided.iter().filter(|_part| is_divided)) {
            let body =
                holder(record(), unit, view).body.unwrap_or_else(|| panic!("nobody has {unit} on {on}"));
            assert_eq!(body.life(view), Life::Open, "{unit} on {on}");
            *held.entry(body.id).or_default() += 1;
        }
        let open: BTreeSet<_> = [BodyKind::Ccg, BodyKind::Icb]
            .into_iter()
            .flat_map(|kind| open_bodies(record(), kind, view))
            .map(|body| body.id)
            .collect();
        assert_eq!(held.keys().cloned().collect::<BTreeSet<_>>(), open, "each has a unit on {on}");
    }
    let merged: Vec<_> =
        units_of(record(), &body_id("52R"), at("2020-04-01")).iter().map(Unit::to_string).collect();
    assert_eq!(merged, ["04E", "04H", "04K", "04L", "04M", "04N"]);
}

#[test]
fn the_boards_of_april_2026_hold_the_units_of_those_that_were_split() {
    let (before, after) = (at("2026-03-31"), at("2026-04-01"));
    for (unit, had, has) in [
        ("06K", "QM7", "S1Y5D"),
        ("07H", "QM7", "D7T5G"),
        ("06T", "QJG", "D7T5G"),
        ("06L", "QJG", "T6Y0W"),
        ("10G", "QNQ", "S0E4D"),
        ("10C", "QNQ", "S9B9J"),
        ("99M/farnham", "QNQ", "S9B9J"),
        ("99M/rest", "QNQ", "QRL"),
        ("10J", "QRL", "QRL"),
        ("08E", "QRV", "Z9B2Z"),
    ] {
        let holds = |view| commissioner(record(), unit, view).unwrap();
        assert_eq!((holds(before), holds(after)), (format!("body/{had}"), format!("body/{has}")), "{unit}");
    }
    let whole = holder(record(), &"99M".parse().unwrap(), after);
    assert!(whole.body.is_none() && whole.perhaps.is_empty() && whole.parts.len() == 2);
    // A location under another board is the same location, and was under the old one until then.
    let place = |view| the_body("06K-location", view).part_of(view).unwrap().slug().to_owned();
    assert_eq!((place(before), place(after)), ("QM7".to_owned(), "S1Y5D".to_owned()));
    let opened = the_body("06K-location", after).opened.unwrap().value.unwrap();
    assert_eq!(opened.exact(), Some(day("2022-07-01")));
    assert_eq!(the_body("D4U1Y-location", after).life(after), Life::Closed);
    assert_eq!(the_body("QRL", after).life(after), Life::Open);
    let found = findings(record(), View { scope: Scope::Reported, ..after });
    let of_reports = ["succession.", "body.", "identifier.", "report.", "membership.", "joining."];
    let found: Vec<_> =
        found.iter().filter(|it| of_reports.iter().any(|of| it.rule.id.starts_with(of))).collect();
    // Which units of Frimley went where no source says: the three reports of it are marked, and no other.
    let (inferred, wrong): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|it| it.rule.id == "report.inferred");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        inferred.iter().all(|it| it.subject.as_str() == "body/QNQ" && it.found.contains("council borders"))
    );
    assert_eq!(inferred.len(), 3);
    let marked = |unit: &str, view: View| {
        let why = holder(record(), &unit.parse().unwrap(), view).why;
        why.iter().any(|at| inferred_at(record(), *at, view).is_some())
    };
    for unit in ["10C", "10G", "10T", "11C", "99M/farnham", "99M/rest"] {
        assert!(marked(unit, after), "{unit}");
        assert!(!marked(unit, before), "{unit} before");
    }
    for unit in ["10H", "06K", "06L", "04N"] {
        assert!(!marked(unit, after), "{unit}");
    }
}

#[test]
fn leicestershires_three_stay_apart_until_the_day_of_the_icbs() {
    let days = (2013..=2022).map(|year| format!("{year}-04-01")).chain(["2022-06-30".to_owned()]);
    for (slug, on) in days.flat_map(|on| ["04C", "03W", "04V"].map(|slug| (slug, on.clone()))) {
        let (known, view) = (the_body(slug, at(&on)), at(&on));
        assert_eq!(known.life(view), Life::Open, "{slug} on {on}");
        assert_eq!(commissioner(record(), slug, view).unwrap(), format!("body/{slug}"), "{on}");
        let followed =
            known.successors.iter().filter(|link| link.effective.is_by(view.as_at) != Certainty::No);
        assert_eq!((known.predecessors.len(), followed.count()), (0, 0), "{slug} on {on}");
    }
    for slug in ["04C", "03W", "04V"] {
        let (known, view) = (the_body(slug, at("2022-07-01")), at("2022-07-01"));
        assert_eq!(known.life(view), Life::Closed, "{slug}");
        let successors: Vec<_> = known.successors.iter().map(|link| link.body.to_string()).collect();
        assert_eq!((successors, known.predecessors.len()), (vec!["body/QK1".to_owned()], 0), "{slug}");
        assert_eq!(commissioner(record(), slug, view).unwrap(), "body/QK1");
    }
    let predecessors = the_body("QK1", at("2022-07-01")).predecessors;
    let predecessors: BTreeSet<_> = predecessors.iter().map(|link| link.body.slug().to_owned()).collect();
    assert_eq!(predecessors, ["03W", "04C", "04V"].map(str::to_owned).into());
}

#[test]
fn newcastle_gateshead_was_listed_before_it_was_open() {
    let view = at("2015-04-01");
    let body = the_body("13T", view);
    assert_eq!(body.opened.clone().unwrap().value.unwrap().exact(), Some(day("2015-04-01")));
    let code = body.codes.iter().find(|held| held.code.scheme == Scheme::Ods).unwrap();
    assert_eq!(code.code.from.as_ref().unwrap().exact(), Some(day("2014-11-26")));
    assert_eq!(the_body("13T", at("2015-03-31")).life(at("2015-03-31")), Life::NotYetOpen);
    assert_eq!(body.life(view), Life::Open);

    assert!(
        minutebook_governance::bodies::body(record(), &body_id("13T"), at_known("2015-04-01", "2014-11-25"))
            .is_none()
    );
    let listed = at_known("2014-12-01", "2014-11-26");
    assert_eq!(the_body("13T", listed).life(listed), Life::NotYetOpen);
    assert_eq!(by_code("13T", "2014-12-01")[0], "body/13T");
}

#[test]
fn one_code_is_two_things_in_turn_and_each_names_the_other() {
    assert_eq!(by_code("52R", "2021-04-01"), ["body/52R", "body/52R-location"]);
    assert_eq!(by_code("52R", "2023-04-01"), ["body/52R-location", "body/52R"]);
    assert_eq!(by_code("52R", "2022-06-30")[0], "body/52R");
    assert_eq!(by_code("52R", "2022-07-01")[0], "body/52R-location");
    let location = the_body("52R-location", at("2023-04-01"));
    assert_eq!(
        (location.kind(), location.part_of(at("2023-04-01"))),
        (Some(BodyKind::Location), Some(body_id("QT1")))
    );
    let twice = all_bodies(record(), at("2023-04-01")).filter(|body| body.kind() == Some(BodyKind::Location));
    assert!(
        twice.map(|body| body.id).filter(|id| *id != body_id("U2G6B-location")).all(|id| by_code(
            id.slug().split('-').next().unwrap(),
            "2021-07-01"
        )
        .len()
            == 2)
    );
}

#[test]
fn two_bodies_were_renamed_under_their_codes() {
    assert_eq!(name("01H", "2017-03-31"), "NHS Cumbria CCG");
    assert_eq!(name("01H", "2017-04-01"), "NHS North Cumbria CCG");
    assert_eq!(name("01K", "2017-03-31"), "NHS Lancashire North CCG");
    assert_eq!(name("01K", "2017-04-01"), "NHS Morecambe Bay CCG");
    let before = at_known("2018-01-01", "2017-03-31");
    assert_eq!(the_body("01H", before).called(before).unwrap(), "NHS Cumbria CCG", "nobody knew yet");
}

#[test]
fn what_changed_system_went_where_it_really_went() {
    assert_eq!(commissioner(record(), "02Q", at("2022-06-30")).as_deref(), Some("body/02Q"));
    assert_eq!(commissioner(record(), "02Q", at("2022-07-01")).as_deref(), Some("body/QT1"));
    assert_eq!(commissioner(record(), "01Y/glossop", at("2022-06-30")).as_deref(), Some("body/01Y"));
    assert_eq!(commissioner(record(), "01Y/glossop", at("2022-07-01")).as_deref(), Some("body/QJ2"));
    let rest = holder(record(), &"01Y".parse().unwrap(), at("2022-07-01"));
    assert_eq!(rest.body.unwrap().id, body_id("QOP"));
    assert_eq!(rest.parts, [("01Y/glossop".parse().unwrap(), body_id("QJ2"))]);
}

#[test]
fn rushcliffe_before_and_after_and_as_known_in_june_2019() {
    assert_eq!(commissioner(record(), "04N", at("2020-03-31")).as_deref(), Some("body/04N"));
    assert_eq!(commissioner(record(), "04N", at("2020-04-01")).as_deref(), Some("body/52R"));
    assert_eq!(commissioner(record(), "04N", at("2022-07-01")).as_deref(), Some("body/QT1"));

    let june = at_known("2019-06-15", "2019-06-15");
    assert_eq!(commissioner(record(), "04N", june).as_deref(), Some("body/04N"));
    assert_eq!(commissioner(record(), "04N", june.at(day("2020-04-01"))).as_deref(), Some("body/04N"));
    assert!(body(record(), &body_id("52R"), june.at(day("2020-04-01"))).is_none(), "nothing of 52R is known");
    assert!(bodies_of_code(record(), Scheme::Ods, "52R", june).is_empty());

    let id: MergerId = "merger/nottinghamshire-2019".parse().unwrap();
    // What was to come had not lapsed yet, whichever day is asked for: June 2019 knows no later day.
    for june in [june, june.at(day("2020-04-01")), june.at(day("2021-04-01"))] {
        let pending = intentions_about(record(), body_id("04N").subject(), june);
        assert_eq!(pending.len(), 1);
        let has_passed = june.as_at > day("2020-04-30");
        let state = if has_passed { IntentionState::DuePassed } else { IntentionState::Open };
        assert_eq!((pending[0].state, pending[0].recorded.conditions.len()), (state, 2));
        let proposal = merger(record(), &id, june).unwrap();
        // The consultation that was open then is the last that June 2019 knows of.
        let state = if has_passed { MergerState::DuePassed } else { MergerState::Consulting };
        assert_eq!(proposal.state, state, "on {}", june.as_at);
        assert_eq!((proposal.legs.len(), proposal.applications.len()), (6, 0));
    }
    let pending = intentions_about(record(), body_id("04N").subject(), june);

    let done = at("2020-04-01");
    assert_eq!(intention(record(), &pending[0].id, done).unwrap().state, IntentionState::Met);
    assert_eq!(merger(record(), &id, done).unwrap().state, MergerState::Effected);
}

#[test]
fn the_accountable_officer_is_reported_before_and_appointed_after() {
    let ao = |slug: &str, view: View| {
        let held = office_held(record(), &body_id(slug), Office::AccountableOfficer, view);
        assert!(!held.is_vacant, "not known is not vacant");
        held.holders
            .iter()
            .map(|held| (person_name(record(), &held.person, view), held.from.is_some()))
            .collect::<Vec<_>>()
    };
    let reported = |on| View { scope: Scope::Reported, ..at(on) };
    let sullivan = "Amanda Sullivan".to_owned();
    let seen = |slug: &str, view: View| {
        let held = office_held(record(), &body_id(slug), Office::AccountableOfficer, view);
        let (sure, perhaps) = (held.holders.len(), held.perhaps);
        (sure, perhaps.iter().map(|it| person_name(record(), &it.person, view)).collect::<Vec<_>>())
    };
    for code in ["04E", "04H", "04K", "04L", "04M", "04N"] {
        assert_eq!(ao(code, at("2019-06-15")), [], "no act says so");
        let (sure, perhaps) = seen(code, reported("2019-06-15"));
        assert_eq!((sure, perhaps.len()), (0, 1), "{code}: a paper saw her before");
        assert_eq!(perhaps[0].as_ref().unwrap().shown(), sullivan);
    }
    let appointed = ao("52R", at("2020-04-01"));
    assert_eq!((appointed.len(), appointed[0].1), (1, true));
    assert_eq!(appointed[0].0.as_ref().unwrap().shown(), sullivan);
}

#[test]
fn before_after_or_between_gives_the_same_answers() {
    let by_time = |parts: Vec<Vec<Scene>>| {
        let mut scenes = parts.concat();
        scenes.sort_by_key(|scene| scene.time);
        scenes
    };
    let england = by_time(vec![CAST.register_scenes().unwrap(), demo::england::scenes().unwrap()]);
    let story = by_time(vec![CAST.other_scenes().unwrap(), demo::story::scenes().unwrap()]);
    let interleaved = answers(&PLAYED.0);
    let england_first = answers(&play(&[england.clone(), story.clone()].concat()).0);
    let story_first = answers(&play(&[story, england].concat()).0);
    for (at, asked) in interleaved.iter().enumerate() {
        assert_eq!(&england_first[at], asked, "the register loaded before the acts");
        assert_eq!(&story_first[at], asked, "the register loaded after the acts");
    }
}

#[test]
fn the_stored_bytes_alone_give_the_same_answers() {
    let stored = PLAYED.1.iter().cloned().map(Ok::<_, Infallible>);
    let report = minutebook_verify::verify(stored, |_read| ()).unwrap();
    assert_eq!(report.verdict, minutebook_verify::AuditVerdict::Verified);
    assert_eq!(report.head, PLAYED.0.chain().head());
    assert_eq!(answers(&report.book), answers(&PLAYED.0));
}

#[test]
fn what_is_sourced_names_sources_that_are_listed() {
    let listed = include_str!("../../data/SOURCES.md");
    let scenes = [demo::england::scenes().unwrap(), demo::story::scenes().unwrap()].concat();
    let mut reconstructed = BTreeSet::new();
    for scene in &scenes {
        match &scene.basis {
            Basis::Sourced(keys) => {
                for key in keys.split(' ') {
                    assert!(listed.contains(&format!("| `{key}` |")), "{key}, of {}", scene.subject);
                }
            }
            Basis::Inferred(inferred) => {
                let mut keys = inferred.from.split(' ');
                assert!(keys.all(|key| listed.contains(&format!("| `{key}` |"))), "{inferred:?}");
                assert!(inferred.why.contains("council borders") && scene.subject.as_str() == "body/QNQ");
            }
            Basis::Reconstructed(why) => {
                assert!(why.len() > 20, "{why}");
                reconstructed.insert(scene.type_name.as_str());
            }
        }
    }
    let of_the_merger = ["ApplicationSubmitted", "ConsultationClosed", "MergerProposed"];
    let of_meetings = [
        "ActionAssigned",
        "ActionUpdated",
        "AgendaPublished",
        "AttendanceRecorded",
        "DecisionRecorded",
        "MeetingClosed",
        "MeetingConvened",
        "MeetingOpened",
        "MinutesDrafted",
        "OfficerAppointed",
        "PersonRecorded",
    ];
    let known = of_the_merger.into_iter().chain(of_meetings).collect();
    assert_eq!(reconstructed, known, "data/README.md says which");
}

/// What a list of questions is answered, without the positions.
fn answers(book: &Book) -> Vec<String> {
    let record = book.record();
    let mut answers = Vec::new();
    for on in
        ["2013-04-01", "2015-04-01", "2018-04-01", "2020-03-31", "2020-04-01", "2022-07-01", "2026-04-01"]
    {
        let view = book.view(day(on), Scope::Enacted);
        answers.extend(all_bodies(record, view).map(|body| describe(record, &body, view)));
        for unit in ["04N", "02Q", "01Y", "01Y/glossop", "00F", "10G", "06K"] {
            answers.push(format!("{on} {unit}: {:?}", commissioner(record, unit, view)));
        }
        let id: MergerId = "merger/nottinghamshire-2019".parse().unwrap();
        answers.push(format!("{on} {id}: {:?}", merger(record, &id, view).map(|merger| merger.state)));
        for plan in intentions_about(record, body_id("04N").subject(), view) {
            answers.push(format!("{on} {}: {:?}", plan.id, plan.state));
        }
        answers.push(format!("{on} 52R: {:?}", code_answer(record, view)));
    }
    let found = findings(record, book.view(day("2026-04-01"), Scope::Reported));
    let mut found: Vec<_> =
        found.into_iter().map(|it| format!("{} {}: {}", it.rule.id, it.subject, it.found)).collect();
    found.sort();
    answers.extend(found);
    answers
}

fn code_answer(record: &Record, view: View) -> Vec<String> {
    bodies_of_code(record, Scheme::Ods, "52R", view).iter().map(|body| body.id.to_string()).collect()
}

fn describe(record: &Record, body: &Body, view: View) -> String {
    let name = body.called(view);
    let opened = body.opened.as_ref().and_then(|opened| opened.value.clone()).map(|date| date.to_string());
    let closed = body.closed.as_ref().and_then(|closed| closed.value.clone()).map(|date| date.to_string());
    let links = |links: &[minutebook_governance::bodies::Link]| {
        let ids: BTreeSet<_> = links.iter().map(|link| format!("{} {}", link.body, link.effective)).collect();
        format!("{ids:?}")
    };
    let codes: BTreeSet<_> = body.codes.iter().map(|held| format!("{:?}", held.code)).collect();
    let scope = View { scope: Scope::Reported, ..view };
    let officers: Vec<_> = [Office::AccountableOfficer, Office::Chair]
        .into_iter()
        .map(|office| {
            let held = office_held(record, &body.id, office, scope);
            held.holders.iter().map(|held| held.person.to_string()).collect::<Vec<_>>()
        })
        .collect();
    format!(
        "{} {} {:?} {:?} {name:?} {opened:?} {closed:?} {} {} {codes:?} {officers:?} {:?}",
        view.as_at,
        body.id,
        body.kind(),
        body.life(view),
        links(&body.predecessors),
        links(&body.successors),
        body.part_of(view),
    )
}
