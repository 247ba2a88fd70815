//! Who may sign.

use crate::said::{appointed, decided, established, id, key, person, says};
use crate::story::{enrolled, given, given_alone, granted, key_subject};
use minutebook_governance::authority::{
    Revocation, grants_for, grants_of, key_state, log_key_terms, log_keys, now,
};
use serde_json::{Value, json};

fn acts() -> Value {
    json!(["own_act", "own_record"])
}

fn minuted() -> crate::said::Said {
    decided("04K", "2019-07-04", json!({"none": {}}))
}

/// The grant of 04K's secretary with another of its members, in place of the one that the cast has.
fn given_grant(member: &str, value: Value) -> crate::story::Story {
    let mut grant = granted("secretary-04K", "secretary", json!(["body/04K"]), acts());
    grant.facts[member] = value;
    grant.subject = "grant/other".to_owned();
    given([says("AuthorityRevoked", "grant/secretary-04K", json!({"reason": "Changed."})), grant])
}

pub(crate) fn revoked(role: &str, reason: &str) -> crate::said::Said {
    says("KeyRevoked", &key_subject(role), json!({"reason": reason}))
}

#[test]
fn registrars_act_as_many_as_the_opening_asks_for() {
    let rule = "authority.registrars";
    let grant = || granted("secretary-04K", "chair", json!(["body/04K"]), acts());
    let grant = || crate::said::Said { subject: "grant/chair".to_owned(), ..grant() };
    given([]).when(grant()).then_obeys("authority.registrars");
    given([]).when(grant().by(&[("registrar-one", "registrar", "")])).then_refused("authority.registrars");
    let impostor = [("registrar-one", "registrar", ""), ("nhs-england", "registrar", "")];
    given([]).when(grant().by(&impostor)).then_refused("authority.registrars");
    given([]).when(grant().with_standing("own_record")).then_refused(rule);
}

#[test]
fn a_registrars_key_can_be_lost_and_signs_no_more() {
    let story = given([]).when(revoked("registrar-one", "lost")).then_obeys("key.known");
    let both = [("registrar-one", "registrar", ""), ("registrar-two", "registrar", "")];
    let story = story.when(revoked("importer", "lost").by(&both)).then_refused("authority.key-enrolled");
    let others = [("registrar-three", "registrar", ""), ("registrar-two", "registrar", "")];
    let story = story.when(revoked("importer", "lost").by(&others)).then_admitted();
    let back = enrolled("registrar-one", "holder-registrar-one").by(&[
        ("registrar-two", "registrar", ""),
        ("registrar-three", "registrar", ""),
        ("registrar-one", "holder", ""),
    ]);
    story.when(back).then_refused("key.new");
}

#[test]
fn a_grant_is_worth_on_a_day_what_had_been_recorded_by_then() {
    let grant = granted("newcomer", "secretary", json!(["body/04K"]), acts());
    let gone = says("AuthorityRevoked", "grant/newcomer", json!({"reason": "She left."}));
    let story = given([enrolled("newcomer", "newcomer").on("2019-05-01"), grant.on("2019-05-02")]);
    let story = story.and([gone.on("2019-07-03")]);
    let state = |day: &str| {
        let view = story.at(day);
        let held = grants_for(story.record(), &"body/04K".parse().unwrap(), view).into_iter();
        let held = held.filter(|held| held.id.to_string() == "grant/newcomer").last().unwrap();
        (held.state(story.record(), view).as_str(), held.is_given(story.record(), view))
    };
    assert_eq!(state("2019-05-01"), ("not_yet", false));
    assert_eq!(state("2019-05-02"), ("in_force", true));
    assert_eq!(state("2019-07-02"), ("in_force", true));
    assert_eq!(state("2019-07-03"), ("revoked", true));
    // One that covers acts of earlier days is worth something on those.
    let mut early = granted("early", "secretary", json!(["body/04K"]), acts());
    early.facts["acts_from"] = json!("2018-01-01");
    let story = given([enrolled("early", "early").on("2019-05-01"), early.on("2019-05-02")]);
    let held = |day: &str| {
        let view = story.at(day);
        let mut held = grants_for(story.record(), &"body/04K".parse().unwrap(), view);
        held.retain(|held| held.id.to_string() == "grant/early");
        held[0].state(story.record(), view).as_str()
    };
    assert_eq!((held("2017-12-31"), held("2018-01-01")), ("not_yet", "in_force"));
}

#[test]
fn two_keys_of_one_registrar_are_one_registrar() {
    let mut opening = crate::story::opened();
    opening.facts["registrars"][1]["holder"] = opening.facts["registrars"][0]["holder"].clone();
    crate::story::Story::default().when(opening.clone()).then_obeys("registrars.enough");
    let story = crate::story::Story::default().and([opening]);
    story.when(enrolled("nhs-england", "nhs-england")).then_refused("authority.registrars");
}

#[test]
fn a_key_signs_while_it_is_enrolled() {
    given([]).when(minuted()).then_obeys("authority.key-enrolled");
    given([revoked("secretary-04K", "rotated")]).when(minuted()).then_refused("authority.key-enrolled");
    let stranger = minuted().by(&[("stranger", "secretary", "body/04K")]);
    given([]).when(stranger).then_refused("authority.key-enrolled");
}

#[test]
fn a_key_signs_under_a_grant() {
    given([]).when(minuted()).then_obeys("authority.grant");
    let as_chair = minuted().by(&[("secretary-04K", "chair", "body/04K")]);
    given([]).when(as_chair).then_refused("authority.grant");
    let for_another = minuted().by(&[("secretary-04L", "secretary", "body/04K")]);
    given([]).when(for_another).then_refused("authority.grant");
    let gone = says("AuthorityRevoked", "grant/secretary-04K", json!({"reason": "Left."}));
    given([gone]).when(minuted()).then_refused("authority.grant");
}

#[test]
fn a_grant_names_types_and_standings() {
    given_grant("types", json!(["DecisionRecorded"])).when(minuted()).then_admitted();
    given_grant("types", json!(["OfficerAppointed"])).when(minuted()).then_refused("authority.grant");
    given_grant("standings", json!(["own_record"])).when(minuted()).then_refused("authority.grant");
}

#[test]
fn a_grant_has_two_periods() {
    let signed = |moment: &str| minuted().on(moment);
    let from = || given_grant("signs_from", json!("2019-07-01T00:00:00+01:00"));
    from().when(signed("2019-06-30")).then_refused("authority.grant");
    from().when(signed("2019-07-01")).then_admitted();
    // Recorded at noon in UTC, which is that very moment.
    given_grant("signs_from", json!("2019-07-01T13:00:00+01:00")).when(signed("2019-07-01")).then_admitted();
    let until = || given_grant("signs_until", json!("2019-07-01T13:00:00+01:00"));
    until().when(signed("2019-06-30")).then_admitted();
    until().when(signed("2019-07-01")).then_refused("authority.grant");
    // The date of the act, whenever it is recorded: the first day, the last, and those beside.
    given_grant("acts_from", json!("2019-07-04")).when(minuted()).then_admitted();
    given_grant("acts_from", json!("2019-07-05")).when(minuted()).then_refused("authority.grant");
    given_grant("acts_until", json!("2019-07-05")).when(minuted().on("2021-01-01")).then_admitted();
    given_grant("acts_until", json!("2019-07-04")).when(minuted()).then_refused("authority.grant");
}

#[test]
fn a_date_that_may_lie_outside_the_grant_is_found_and_not_refused() {
    let mut imprecise = minuted();
    imprecise.facts["decided_on"] = crate::said::month("2019-07", 31);
    let inside = || given_grant("acts_until", json!("2019-08-01"));
    inside().when(imprecise.clone()).then_obeys("authority.grant");
    let across = || given_grant("acts_until", json!("2019-07-15"));
    across().when(imprecise.clone()).then_found("authority.grant");
    given_grant("acts_until", json!("2019-07-01")).when(imprecise).then_refused("authority.grant");
}

#[test]
fn an_act_is_signed_by_whoever_may_make_it() {
    let rule = "authority.signatures-needed";
    let establishment = established("13T", "2015-04-01");
    given([]).when(establishment.clone()).then_obeys("authority.signatures-needed");
    let by_a_secretary = establishment.by(&[("secretary-13T", "secretary", "body/13T")]);
    given([]).when(by_a_secretary).then_refused("authority.signatures-needed");
    let of_another = minuted().by(&[("secretary-04L", "secretary", "body/04L")]);
    given([]).when(of_another).then_refused(rule);
    // What would be right says what holds: of a commissioner a minister alone would be refused too.
    let outsider = [("secretary-04L", "secretary", "body/04L")];
    let ends = says("BodyDissolved", "body/04K", json!({"effective": "2019-04-01", "reason": "order"}));
    let needed = "a signature as nhs_england; as minister where a statute does it, or of a body that is no commissioner";
    given([]).when(ends.by(&outsider)).then_needed(rule, needed);
    let grants = json!({"from": "body/04K", "to": {"body": "body/04L"}, "functions": ["contracts"],
        "basis": {"statute": "NHS Act 2006, section 14Z3"}, "effective": "2017-04-01", "onward": "forbidden",
        "on_succession": "lapses"});
    let needed =
        "a signature as secretary of body/04K; as nhs_england or minister where they delegate what is theirs";
    given([]).when(says("DelegationGranted", "delegation/d", grants).by(&outsider)).then_needed(rule, needed);
}

#[test]
fn reports_come_from_registers_and_importers_within_their_standing() {
    let report = || {
        says(
            "BodyRenamed",
            "body/04K",
            json!({"short_name": {"was": "x", "now": "y"},
        "effective": "2019-01-01"}),
        )
    };
    given([]).when(report().reported()).then_admitted();
    given([]).when(report().in_the_press()).then_admitted();
    // A register was not granted to repeat the press, a secretary not to report at all.
    given([]).when(report().reported().with_standing("third_party")).then_refused("authority.grant");
    let by_a_secretary = report().by(&[("secretary-04K", "secretary", "body/04K")]).with_standing("register");
    given([]).when(by_a_secretary).then_refused("authority.signatures-needed");
    // And an importer never acts.
    let acting = minuted().by(&[("importer", "importer", "")]);
    given([]).when(acting).then_refused("authority.signatures-needed");
}

#[test]
fn a_dissolution_is_signed_by_two_people_not_two_keys() {
    let dissolved = || {
        says(
            "BodyDissolved",
            "body/04K",
            json!({"effective": "2020-04-01", "reason": "order",
        "successors": ["body/04L"]}),
        )
    };
    given([]).when(dissolved()).then_obeys("authority.two-people");
    let one_person = [("nhs-england", "nhs_england", ""), ("nhs-england-spare", "nhs_england", "")];
    given([]).when(dissolved().by(&one_person)).then_refused("authority.two-people");
    given([]).when(dissolved().by(&one_person[..1])).then_refused("authority.two-people");
    // Nor does one person alone take it back.
    let withdrawn = || {
        let facts = json!({"target": id(1), "kind": "withdrawn", "reason": "It goes on."});
        says("RecordCorrected", &format!("record/{}", id(1)), facts)
    };
    let two_people = [("nhs-england", "nhs_england", ""), ("nhs-england-two", "nhs_england", "")];
    let gone = || given([dissolved().with_id(1)]);
    gone().when(withdrawn().by(&two_people)).then_obeys("authority.two-people");
    gone().when(withdrawn().by(&one_person)).then_refused("authority.two-people");
}

#[test]
fn a_key_proves_its_possession() {
    let registrars = [("registrar-one", "registrar", ""), ("registrar-two", "registrar", "")];
    given([]).when(enrolled("newcomer", "n")).then_obeys("key.possession");
    given([]).when(enrolled("newcomer", "n").by(&registrars)).then_refused("authority.signatures-needed");
    let by_another = [registrars[0], registrars[1], ("importer", "holder", "")];
    given([]).when(enrolled("newcomer", "n").by(&by_another)).then_refused("key.possession");
    // Nobody signs as holder of anything else.
    given([]).when(minuted().by(&[("secretary-04K", "holder", "")])).then_refused("authority.grant");
}

#[test]
fn a_key_is_enrolled_once() {
    given([]).when(enrolled("newcomer", "n")).then_obeys("key.new");
    given([]).when(enrolled("importer", "importer")).then_refused("key.new");
    given([revoked("importer", "lost")]).when(enrolled("importer", "importer")).then_refused("key.new");
}

#[test]
fn only_known_keys_are_revoked_or_granted_anything() {
    given([]).when(revoked("importer", "lost")).then_obeys("key.known");
    given([]).when(revoked("stranger", "lost")).then_refused("key.known");
    given([revoked("importer", "lost")]).when(revoked("importer", "lost")).then_refused("key.known");
    given([]).when(granted("stranger", "chair", json!("any"), acts())).then_refused("key.known");
    let compromised =
        says("KeyRevoked", &key_subject("importer"), json!({"reason": "compromised", "from": 9}));
    given([]).when(compromised).then_admitted();
    given([]).when(revoked("importer", "compromised")).then_malformed("/data/facts/from");
}

#[test]
fn a_grants_id_is_not_reused() {
    let mut chair = granted("secretary-04K", "chair", json!(["body/04K"]), acts());
    given([]).when(chair.clone()).then_refused("grant.new");
    chair.subject = "grant/chair".to_owned();
    // That somebody mentions an id does not use it up.
    let mention = says(
        "StatementRecorded",
        "statement/s",
        json!({"speaker": "x", "text": "y",
        "about": ["grant/chair"]}),
    )
    .in_the_press();
    given([mention]).when(chair).then_obeys("grant.new");
}

#[test]
fn a_grant_ends_once() {
    let end = || says("AuthorityRevoked", "grant/importer", json!({"reason": "Done."}));
    let story = given([]).when(end()).then_obeys("grant.known");
    assert!(grants_of(story.record(), key("importer").public(), now(story.record())).is_empty());
    story.when(end()).then_refused("grant.known");
    let unknown = says("AuthorityRevoked", "grant/none", json!({"reason": "Done."}));
    given([]).when(unknown).then_refused("grant.known");
}

#[test]
fn those_who_report_are_granted_reports_alone_and_only_they() {
    let rule = "grant.limited-to-reports";
    let story = || given([enrolled("newcomer", "n")]);
    let reports = || json!(["register", "third_party"]);
    story()
        .when(granted("newcomer", "importer", json!("any"), reports()))
        .then_obeys("grant.limited-to-reports");
    story()
        .when(granted("newcomer", "importer", json!("any"), acts()))
        .then_refused("grant.limited-to-reports");
    story().when(granted("newcomer", "chair", json!("any"), reports())).then_refused(rule);
    story().when(granted("newcomer", "holder", json!("any"), acts())).then_malformed("/data/facts/capacity");
    story()
        .when(granted("newcomer", "chair", json!("any"), json!([])))
        .then_malformed("/data/facts/standings");
    let twice = granted("newcomer", "chair", json!("any"), json!(["own_act", "own_act"]));
    story().when(twice).then_malformed("/data/facts/standings");
}

#[test]
fn a_witness_is_granted_nothing_to_sign_events() {
    let witness = |key_use: &str| {
        let mut enrolment = enrolled("newcomer", "n");
        enrolment.facts["use"] = json!(key_use);
        given([enrolment]).when(granted("newcomer", "chair", json!("any"), acts()))
    };
    witness("author").then_obeys("grant.author-key");
    witness("witness").then_refused("grant.author-key");
    witness("log").then_refused("grant.author-key");
}

fn enrolled_as(key_use: &str, role: &str) -> crate::said::Said {
    let mut enrolment = enrolled(role, role);
    enrolment.facts["use"] = json!(key_use);
    enrolment
}

#[test]
fn a_key_of_the_log_or_of_a_witness_signs_nothing_else() {
    given([]).when(enrolled_as("log", "log-two")).then_obeys("key.one-use");
    given([]).when(enrolled_as("witness", "newcomer")).then_obeys("key.one-use");
    let combinations = [
        ("log", "importer"),
        ("witness", "importer"),
        ("log", "registrar-three"),
        ("author", "log"),
        ("witness", "log"),
    ];
    for (key_use, role) in combinations {
        given([]).when(enrolled_as(key_use, role)).then_refused("key.one-use");
    }
    let witness = || given([enrolled_as("witness", "newcomer")]);
    witness().when(enrolled_as("log", "newcomer")).then_refused("key.one-use");
    let mut opening = crate::story::opened();
    opening.facts["checkpoint_key"] = json!(key("registrar-three").public());
    crate::story::Story::default().when(opening).then_refused("key.one-use");
}

#[test]
fn the_logs_key_is_passed_on_by_the_registrars_and_never_comes_back() {
    let terms = |story: &crate::story::Story| {
        let terms = log_key_terms(story.record(), story.record().len());
        terms.into_iter().map(|term| (term.key, term.waived.is_some())).collect::<Vec<_>>()
    };
    let public = |role: &str| key(role).public();
    let story = given([]);
    assert_eq!(terms(&story), [(public("log"), false)]);
    let story = story.and([enrolled_as("log", "log-two"), revoked("log-two", "lost")]);
    let story = story.and([enrolled_as("log", "log-three")]);
    assert_eq!(
        terms(&story),
        [(public("log"), false), (public("log-two"), false), (public("log-three"), true)]
    );
    let keys = log_keys(story.record(), story.record().len()).unwrap();
    assert_eq!(keys.newest().unwrap().key(), public("log-three"));
    assert_eq!(log_keys(story.record(), 1).unwrap().keys().len(), 1, "as it was known then");
    let story = story.when(enrolled_as("log", "log")).then_refused("key.new");
    story.when(enrolled_as("log", "log-three")).then_refused("key.new");
    let alone = [("registrar-one", "registrar", ""), ("log-two", "holder", "")];
    given([]).when(enrolled_as("log", "log-two").by(&alone)).then_refused("authority.registrars");
    let unheld = [("registrar-one", "registrar", ""), ("registrar-two", "registrar", "")];
    given([]).when(enrolled_as("log", "log-two").by(&unheld)).then_refused("authority.signatures-needed");
}

#[test]
fn the_key_that_the_log_opened_with_can_be_revoked() {
    let story = given([]).when(revoked("log", "lost")).then_obeys("key.known");
    let story = story.and([enrolled_as("log", "log-two")]);
    let terms = log_key_terms(story.record(), story.record().len());
    assert_eq!(
        terms.last().unwrap().waived,
        terms.last().map(|term| minutebook_log::Position(term.from.0 - 1))
    );
    given([revoked("log", "lost")]).when(revoked("log", "lost")).then_refused("key.known");
}

#[test]
fn a_grant_cites_a_decision_of_the_book() {
    let citing = |number: u8| {
        let mut grant = granted("secretary-04K", "chair", json!(["body/04K"]), acts());
        grant.subject = "grant/chair".to_owned();
        grant.facts["decision"] = json!(id(number));
        given([minuted().with_id(1), person("c").with_id(2)]).when(grant)
    };
    citing(1).then_obeys("grant.decision");
    citing(2).then_refused("grant.decision");
    citing(3).then_refused("grant.decision");
}

#[test]
fn a_grant_for_some_bodies_covers_no_others() {
    let narrow = || {
        let mut grant = granted("nhs-england", "nhs_england", json!(["body/04K"]), acts());
        grant.subject = "grant/narrow".to_owned();
        given([says("AuthorityRevoked", "grant/nhs-england", json!({"reason": "Narrowed."})), grant])
    };
    narrow().when(appointed("04K", "accountable_officer", "a", "2019-01-01")).then_admitted();
    narrow().when(appointed("04L", "accountable_officer", "a", "2019-01-01")).then_refused("authority.grant");
}

#[test]
fn what_the_book_knows_of_a_key() {
    let story = given_alone([]);
    let view = now(story.record());
    let state =
        |story: &crate::story::Story, role: &str, view| key_state(story.record(), key(role).public(), view);
    let importer = state(&story, "importer", view).unwrap();
    assert_eq!((importer.holder.as_str(), importer.revoked), ("importer", None));
    assert!(state(&story, "stranger", view).is_none());
    let story = story.and([revoked("importer", "rotated")]);
    let later = now(story.record());
    let revoked = state(&story, "importer", later).unwrap().revoked.unwrap();
    assert_eq!(revoked, (minutebook_log::Position(view.known), Revocation::Rotated));
    assert_eq!(state(&story, "importer", view).unwrap().revoked, None, "as it was known before");
    let unborn = view.as_known(importer.enrolled.0);
    assert!(state(&story, "importer", unborn).is_none());
    assert_eq!(grants_of(story.record(), key("importer").public(), unborn), []);
}
