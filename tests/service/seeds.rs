//! The five documents that the project starts from, loaded as what they are: reports. What must hold after each.

use crate::support::played;
use minutebook::demo::{self, Cast, Scene, seeds, story};
use minutebook_governance::appointments::joint_appointment;
use minutebook_governance::bodies::{BodyKind, Life, body, holder};
use minutebook_governance::committees::committees_of;
use minutebook_governance::consultations::{ConsultationState, consultation};
use minutebook_governance::decisions::{Choice, Outcome, decisions};
use minutebook_governance::figures::{Applies, Stated, figures_about, targets_about};
use minutebook_governance::mergers::{MergerState, merger};
use minutebook_governance::partnerships::{MemberStatus, partnership};
use minutebook_governance::people::{Office, OfficeHeld, office_held, person_name};
use minutebook_governance::plans::{IntentionState, intention, intentions_about, statements_about};
use minutebook_governance::powers::{Reach, who_may_decide};
use minutebook_governance::register::findings;
use minutebook_governance::{BodyId, Book, Record, Scope, Standing, View};
use minutebook_log::Subject;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use tokio::runtime::Runtime;

const FOUR: [&str; 4] = ["04K", "04L", "04M", "04N"];
const SIX: [&str; 6] = ["04E", "04H", "04K", "04L", "04M", "04N"];
const LEICESTERSHIRE: [&str; 3] = ["04C", "04V", "03W"];

/// With whom documents are read: an importer, whose key may report, and do nothing else.
static READERS: LazyLock<Cast> = LazyLock::new(|| played::cast(&story::SEEDS));

/// A book of scenes, loaded through the public API of a server and read back, with everybody's keys before them.
struct Loaded(Book, Vec<Vec<u8>>);

fn load(scenes: Vec<Scene>) -> Loaded {
    load_with(&READERS, scenes)
}

fn load_with(cast: &Cast, scenes: Vec<Scene>) -> Loaded {
    Runtime::new().unwrap().block_on(async {
        let mut house = played::house(cast, scenes).await;
        let (book, entries) = played::read_back(&mut house).await;
        house.stop().await;
        Loaded(book, entries)
    })
}

/// The bodies and people that are named, and one document.
fn seed(number: usize) -> Loaded {
    load([seeds::named().unwrap(), seeds::scenes_of(number).unwrap()].concat())
}

static ALL: LazyLock<Loaded> = LazyLock::new(|| load(seeds::scenes().unwrap()));

fn subject(text: &str) -> Subject {
    text.parse().unwrap()
}

fn id(slug: &str) -> BodyId {
    format!("body/{slug}").parse().unwrap()
}

impl Loaded {
    fn record(&self) -> &Record {
        self.0.record()
    }

    /// As at a day, with what is merely reported.
    fn on(&self, day: &str) -> View {
        self.0.view(day.parse().unwrap(), Scope::Reported)
    }

    fn enacted(&self, day: &str) -> View {
        self.0.view(day.parse().unwrap(), Scope::Enacted)
    }

    fn officer(&self, slug: &str, office: Office, day: &str) -> OfficeHeld {
        office_held(self.record(), &id(slug), office, self.on(day))
    }

    fn names(&self, slug: &str, office: Office, day: &str) -> Vec<String> {
        let held = self.officer(slug, office, day).holders;
        let name = |person| person_name(self.record(), person, self.on(day)).unwrap().shown().to_owned();
        held.iter().map(|holding| name(&holding.person)).collect()
    }

    fn intention(&self, slug: &str, day: &str) -> minutebook_governance::plans::Intention {
        intention(self.record(), &format!("intention/{slug}").parse().unwrap(), self.on(day)).unwrap()
    }

    fn finds(&self, rule: &str, day: &str) -> Vec<String> {
        let all = findings(self.record(), self.on(day)).into_iter();
        all.filter(|finding| finding.rule.id == rule).map(|finding| finding.found).collect()
    }

    fn partnership(&self, slug: &str, day: &str) -> minutebook_governance::partnerships::Partnership {
        partnership(self.record(), &format!("partnership/{slug}").parse().unwrap(), self.on(day)).unwrap()
    }
}

#[test]
fn the_records_are_counted_by_their_sources() {
    let mut records: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for scene in seeds::scenes().unwrap() {
        let correlation = scene.correlation.unwrap();
        let seed: String = correlation.chars().take(2).collect();
        records.entry(seed).or_default().insert(correlation);
    }
    let counts = ["S0", "S1", "S2", "S3", "S4"].map(|seed| records[seed].len());
    assert_eq!((counts, counts.iter().sum::<usize>()), ([12, 22, 33, 12, 14], 93));
    let standing = |number: usize| {
        let scenes = seeds::scenes_of(number).unwrap();
        scenes.iter().map(|scene| scene.standing).collect::<BTreeSet<_>>()
    };
    for number in [0, 1, 3, 4] {
        assert_eq!(standing(number), [Standing::ThirdParty].into());
    }
    assert_eq!(standing(2), [Standing::OwnDocument].into());
    // In the book they are joined by their correlation ids: these, and that of who is named.
    let ids: BTreeSet<_> = ALL
        .1
        .iter()
        .filter_map(|entry| {
            let text = String::from_utf8_lossy(entry).into_owned();
            let event: Value = serde_json::from_str(text.split_once("\n\n").unwrap().1.trim()).unwrap();
            event["correlationid"].as_str().map(str::to_owned)
        })
        .collect();
    assert_eq!(ids.len(), 93 + 1);
}

#[test]
fn what_a_careful_reader_would_note_can_be_asked() {
    let day = "2019-06-18";
    let says = |about: &str, prefix: &str| {
        let all = statements_about(ALL.record(), &subject(about), ALL.on(day));
        let of_it = all.into_iter().filter(|it| it.id.to_string().starts_with(prefix));
        of_it.map(|it| it.recorded.text.shown().to_owned()).collect::<Vec<_>>()
    };
    let role = says("body/04K", "statement/s0-12-role");
    assert!(
        role[0]
            .contains("\"responsible for setting the direction of healthcare commissioning for the area\""),
        "{role:?}"
    );
    assert_eq!(says("partnership/greater-nottingham", "statement/s1-21-paid-by").len(), 3);
    assert_eq!(says("partnership/greater-nottingham", "statement/s1-22-commitment").len(), 4);
    assert_eq!(says("merger/nottinghamshire-2019", "statement/s2-31-criterion").len(), 3);
    assert_eq!(says("body/04E", "statement/s2-32-must-have").len(), 7);
    assert_eq!(says("body/04E", "statement/s2-33-governing-body").len(), 1);
    assert_eq!(says("partnership/leicestershire-stp", "statement/s3-11-single-voice").len(), 1);
    assert_eq!(says("body/03W", "statement/s3-12-frustrated").len(), 1);
    let councils = |slug: &str| {
        let figures = figures_about(ALL.record(), &subject(&format!("partnership/icp-{slug}")), ALL.on(day));
        let names = figures.iter().find_map(|figure| match &figure.reported.value {
            Stated::Names(names) => Some(names.len()),
            _ => None,
        });
        names.unwrap()
    };
    assert_eq!(["nottingham-city", "mid-nottinghamshire", "south-nottinghamshire"].map(councils), [1, 3, 3]);
}

#[test]
fn every_report_rests_on_its_document_by_digest() {
    for number in 0..5 {
        for scene in seeds::scenes_of(number).unwrap() {
            assert!(scene.evidence.iter().any(|document| document.held && document.sha256.is_some()));
        }
    }
}

#[test]
fn nothing_that_is_reported_is_enacted() {
    let view = ALL.enacted("2020-04-02");
    assert!(findings(ALL.record(), view).iter().all(|finding| finding.rule.id != "joining.contradiction"));
    for slug in SIX {
        assert!(body(ALL.record(), &id(slug), view).is_none());
        assert!(decisions(ALL.record(), &subject(&format!("body/{slug}")), view).is_empty());
    }
}

#[test]
fn seed_000_an_announcement_appoints_nobody() {
    let book = seed(0);
    let day = "2017-06-28";
    for slug in FOUR {
        let held = book.officer(slug, Office::AccountableOfficer, day);
        assert!(held.holders.is_empty() && !held.is_vacant, "not known, which is not vacant");
        assert!(decisions(book.record(), &subject(&format!("body/{slug}")), book.on(day)).is_empty());
        assert!(committees_of(book.record(), &id(slug), book.on(day)).is_empty());
    }
    assert_eq!(book.record().subjects("merger").count(), 0, "functions are merged, not bodies");
    let open = book.record().subjects("intention").filter(|subject| {
        let known = intention(book.record(), &subject.to_string().parse().unwrap(), book.on(day));
        known.unwrap().state == IntentionState::Open
    });
    assert_eq!(open.count(), 6);
    let stp = subject("partnership/nottinghamshire-stp");
    let gap = figures_about(book.record(), &stp, book.on(day)).remove(0).reported;
    assert!(matches!(&gap.value, Stated::Quantity(it) if it.number == Some(628_000_000)));
    assert_eq!(gap.period.unwrap().to_string(), "by 2021");
    assert_eq!(gap.conditions, ["if the NHS and local councils did nothing"]);
    let beds = book.intention("s0-10-beds", day).recorded;
    assert_eq!((beds.quantities[0].number, beds.mood.as_str()), (Some(-200), "proposed"));
    assert_eq!(book.intention("s0-11-approval", day).recorded.when.unwrap().to_string(), "next Wednesday");
}

#[test]
fn seed_001_a_partnership_of_ten_decides_nothing() {
    let book = seed(1);
    let day = "2017-06-20";
    let known = book.partnership("greater-nottingham-transformation", day);
    assert_eq!(known.members.len(), 10);
    let kinds = known
        .members
        .iter()
        .map(|member| body(book.record(), &member.body, book.on(day)).unwrap().kind().unwrap());
    let count = |kind: BodyKind| kinds.clone().filter(|it| *it == kind).count();
    let counts = [BodyKind::Ccg, BodyKind::Trust, BodyKind::Company, BodyKind::Council].map(count);
    assert_eq!(counts, [4, 2, 2, 2]);
    let powers = who_may_decide(book.record(), &id("04K"), book.on(day)).unwrap();
    let of = |who: &str| powers.deciders.iter().find(|decider| decider.who == who).unwrap();
    assert_eq!(of(known.id.subject().as_str()).reach, Reach::Nothing);
    let stp = book.partnership("nottinghamshire-stp", day);
    assert_eq!((stp.members.len(), stp.members[0].status), (1, MemberStatus::Associate));
    assert_eq!((stp.members[0].body.slug(), stp.formed.as_ref().unwrap().one_of), ("02Q", Some(44)));
    assert_eq!(stp.lead.unwrap().title_as_written.split(' ').next(), Some("Sustainability"));
    assert_eq!(stp.parts.len(), 2);
    let figures = figures_about(book.record(), &subject("partnership/nottinghamshire-stp"), book.on(day));
    let numbers: Vec<_> = figures
        .iter()
        .filter_map(|figure| match &figure.reported.value {
            Stated::Quantity(it) => Some((it.number, it.approximate)),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [(Some(6), false), (Some(8), false), (Some(1_000_000), true)]);
    let region = |slug: &str| {
        let figures = figures_about(book.record(), &subject(&format!("body/{slug}")), book.on(day));
        let value = figures.into_iter().find(|figure| figure.reported.attribute.as_str() == "region");
        value.unwrap().reported.value
    };
    assert_eq!(
        (region("02Q"), region("04N")),
        (Stated::Text("North of England".into()), Stated::Text("Midlands and East".into()))
    );
}

#[test]
fn seed_001_money_of_eight_areas_is_not_the_money_of_one() {
    let book = seed(1);
    let figures =
        figures_about(book.record(), &subject("partnership/greater-nottingham"), book.on("2017-06-20"));
    let [funding] = figures.as_slice() else { panic!("{figures:?}") };
    assert!(!funding.is_of_one());
    let said = &funding.reported;
    assert_eq!((said.shared_by, said.status.as_deref()), (Some(8), Some("indicative potential")));
    assert!(matches!(&said.value, Stated::Quantity(it) if it.number == Some(450_000_000) && it.approximate));
    assert_eq!(said.stated_on.as_ref().unwrap().to_string(), "15 June (year not stated)");
    let designation = &book.partnership("greater-nottingham", "2017-06-20").designations[0];
    assert_eq!((designation.cohort, designation.effective.as_ref().unwrap().earliest()), (Some(8), None));
}

#[test]
fn seed_001_a_place_that_two_areas_claim_is_found_and_nothing_refused() {
    let found = seed(1).finds("area.possible-overlap", "2017-06-20");
    assert_eq!(found, ["Eastwood is said to be in the areas of body/04L and body/04M"]);
}

#[test]
fn seed_002_one_officer_of_six_and_six_chairs() {
    let book = seed(2);
    // The day of the paper; later it is not known any more.
    let day = "2019-05-08";
    for slug in SIX {
        assert_eq!(body(book.record(), &id(slug), book.on(day)).unwrap().life(book.on(day)), Life::Open);
        assert_eq!(book.names(slug, Office::AccountableOfficer, day), ["Amanda Sullivan"]);
        assert_eq!(
            book.officer(slug, Office::AccountableOfficer, day).holders[0].from,
            None,
            "the start is not stated"
        );
    }
    let later = book.officer("04K", Office::AccountableOfficer, "2019-06-18");
    assert_eq!((later.holders.len(), later.perhaps.len()), (0, 1));
    let chairs = SIX.map(|slug| book.names(slug, Office::Chair, day).join(" "));
    assert_eq!(
        chairs,
        [
            "Gavin Lunn",
            "Thilan Bartholomeuz",
            "Hugh Porter",
            "James Hopkinson",
            "Nicole Atkinson",
            "Stephen Shortt"
        ]
    );
    // The page of 2017 calls him a clinical lead, which is no chair.
    let chair = ALL.officer("04N", Office::Chair, day).holders;
    let titles: BTreeSet<_> = chair[0].observed.iter().map(|seen| seen.title.as_str()).collect();
    assert_eq!((chair.len(), titles), (1, ["Clinical Chair"].into()));
    assert!(ALL.names("04N", Office::Chair, "2017-06-20").is_empty());
    let paper = body(ALL.record(), &id("04N"), ALL.on(day)).unwrap();
    assert!(
        paper.codes.iter().all(|held| held.source.standing == Standing::ThirdParty),
        "the paper has no codes"
    );
}

#[test]
fn seed_002_six_preferences_are_no_decision_to_apply() {
    let book = seed(2);
    let known = merger(book.record(), &"merger/nottinghamshire-2019".parse().unwrap(), book.on("2019-06-16"))
        .unwrap();
    assert_eq!(known.state, MergerState::Consulting);
    assert_eq!(SIX.map(|slug| known.choice(&id(slug))), [Some(Choice::Prefer); 6]);
    assert_eq!((known.applications.len(), known.regulator.len(), known.effected.is_none()), (0, 0, true));
    let participants: Vec<_> = known.participants().map(BodyId::slug).collect();
    assert_eq!(participants, SIX, "and not Bassetlaw");
    let plan = book.intention("s2-24-merger", "2019-06-16");
    assert_eq!((plan.state, plan.recorded.conditions.len()), (IntentionState::Open, 2));
    let who = |book: &Loaded| {
        holder(book.record(), &"04N".parse().unwrap(), book.on("2020-04-02")).body.unwrap().id
    };
    assert_eq!(who(&book).slug(), "04N");
    let open = intentions_about(book.record(), &subject("body/04N"), book.on("2020-03-31"));
    assert!(
        open.iter()
            .any(|plan| plan.recorded.intends == "ReorganisationEffected"
                && plan.state == IntentionState::Open)
    );
    let with_register = load_with(
        &played::cast(&story::NOTTINGHAMSHIRE),
        [demo::england::scenes().unwrap(), seeds::named().unwrap(), seeds::scenes_of(2).unwrap()].concat(),
    );
    assert_eq!(who(&with_register).slug(), "52R");
}

#[test]
fn seed_002_a_response_at_nine_is_on_time_and_a_second_later_is_late_and_kept() {
    let both = [seeds::named().unwrap(), seeds::scenes_of(2).unwrap(), seeds::responses().unwrap()];
    let book = load(both.concat());
    let asked = |day: &str| {
        consultation(book.record(), &"consultation/nottinghamshire-2019".parse().unwrap(), book.on(day))
            .unwrap()
    };
    let known = asked("2019-06-18");
    assert_eq!((known.responses.on_time, known.responses.late), (1, 1));
    let at = |instant: &str| known.state_at(&instant.parse().unwrap());
    assert_eq!(at("2019-06-17T08:59:59+01:00"), ConsultationState::Open);
    assert_eq!(at("2019-06-17T09:01:00+01:00"), ConsultationState::Overdue);
    assert_eq!(
        (asked("2019-06-16").state, known.state),
        (ConsultationState::Open, ConsultationState::DuePassed)
    );
    assert!(
        book.finds("consultation.overdue", "2019-06-18").is_empty(),
        "of what a paper reports the clock tells nothing"
    );
    assert_eq!(
        (known.opened.audiences.len(), known.opened.questions.len(), known.evaluators.len()),
        (8, 3, 1)
    );
}

#[test]
fn seed_002_what_does_not_go_together_is_found() {
    let book = seed(2);
    assert_eq!(book.finds("statement.contradiction", "2019-06-16").len(), 1);
    let target = targets_about(book.record(), &subject("body/04E"), book.on("2019-06-16")).remove(0).set;
    assert_eq!((target.value.number, target.applies, target.about.len()), (Some(-20), Applies::ToEach, 6));
    let bassetlaw = statements_about(book.record(), &subject("body/02Q"), book.on("2019-06-16"));
    assert_eq!(bassetlaw.len(), 1);
    assert_eq!(book.partnership("greater-nottingham-commissioning", "2019-06-16").members.len(), 4);
}

#[test]
fn seed_003_three_legs_are_reported_agreed_and_nobody_is_named() {
    let book = seed(3);
    let day = "2018-12-31";
    let joint = joint_appointment(
        book.record(),
        &"appointment/leicestershire-accountable-officer".parse().unwrap(),
        book.on(day),
    )
    .unwrap();
    assert!(format!("{joint:?}").contains("Stalled"), "the earlier state stays in the history");
    for slug in LEICESTERSHIRE {
        assert!(book.officer(slug, Office::AccountableOfficer, day).holders.is_empty());
        let said = decisions(book.record(), &subject(&format!("body/{slug}")), book.on(day));
        assert_eq!(
            said.iter().map(|it| it.recorded.outcome).collect::<Vec<_>>(),
            [Outcome::Deferred, Outcome::Approved]
        );
        assert!(said.iter().all(|it| it.source.standing == Standing::ThirdParty));
    }
    let told = "2018-11-28";
    let chairs = ["04C", "03W", "04V"].map(|slug| book.names(slug, Office::Chair, told).join(" "));
    assert_eq!(chairs, ["Azhar Farooqi", "Ursula Montgomery", ""]);
    assert_eq!(book.record().subjects("merger").count(), 0);
    let plans = ["s3-03-merger-review", "s3-04-options"];
    assert_eq!(plans.map(|plan| book.intention(plan, day).state), [IntentionState::Open; 2]);
    assert_eq!(plans.map(|plan| book.intention(plan, "2020-01-01").state), [IntentionState::DuePassed; 2]);
    let gate = book.intention("s3-10-staff-consultation", day).recorded.gates;
    assert_eq!(gate.as_deref(), Some("RecruitmentOpened"));
    let risk = statements_about(book.record(), &subject("body/nhs-england"), book.on(day));
    assert_eq!(risk.len(), 1, "a risk is said, not done");
}

#[test]
fn seed_004_eight_explore_and_nine_posts_are_proposed() {
    let book = seed(4);
    let day = "2018-02-01";
    let known = merger(book.record(), &"merger/kent-medway".parse().unwrap(), book.on(day)).unwrap();
    assert_eq!((known.state, known.participants().count()), (MergerState::Exploring, 8));
    let lower = book.intention("s4-04-merger", "2030-01-01");
    assert_eq!((lower.state, lower.recorded.when.unwrap().latest()), (IntentionState::Open, None));
    let posts = book.intention("s4-11-structure", day).recorded.posts;
    let (stp, theirs): (Vec<_>, Vec<_>) = posts.iter().partition(|post| post.of.is_some());
    assert_eq!((theirs.iter().map(|post| post.count).sum::<u32>(), stp.len()), (9, 2));
    let figures = figures_about(book.record(), &subject("merger/kent-medway"), book.on(day));
    assert_eq!(figures.len(), 2, "of the body that is still to come");
    assert_eq!(book.finds("delegation.not-to-partnership", day).len(), 1);
    for slug in ["09C", "09E", "09J", "09W", "10A", "10D", "10E", "99J"] {
        assert!(decisions(book.record(), &subject(&format!("body/{slug}")), book.on(day)).is_empty());
        assert!(book.officer(slug, Office::AccountableOfficer, day).holders.is_empty());
    }
}

#[test]
fn after_all_five_nobody_is_appointed_and_nothing_effected() {
    let types: BTreeSet<_> = seeds::scenes().unwrap().into_iter().map(|scene| scene.type_name).collect();
    for never in [
        "OfficerAppointed",
        "ReorganisationEffected",
        "ApplicationSubmitted",
        "CommitteeEstablished",
        "DelegationGranted",
    ] {
        assert!(!types.contains(never), "{never}");
    }
    // Two records hold decisions that were carried: a preference, and a reported leg.
    let carried = seeds::scenes()
        .unwrap()
        .into_iter()
        .filter(|scene| scene.type_name == "DecisionRecorded" && scene.facts["outcome"] == "approved");
    let records: BTreeSet<_> = carried.filter_map(|scene| scene.correlation).collect();
    assert_eq!(records.into_iter().collect::<Vec<_>>(), ["S2-13", "S3-02"]);
    let open = ALL
        .record()
        .subjects("body")
        .filter_map(BodyId::of)
        .filter_map(|id| body(ALL.record(), &id, ALL.on("2019-06-16")));
    assert_eq!(open.filter(|body| body.kind() == Some(BodyKind::Ccg)).count(), 18);
}
