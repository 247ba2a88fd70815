//! Acts told in order, and what the rules say of the next one: given a small ledger, when somebody signs, then
//! it is admitted, found or refused, by the rule that is named.

use minutebook_governance::bodies::{Life, body};
use minutebook_governance::people::{Office, office_held};
use minutebook_governance::{Admission, BodyId, Book, Refusal, Scope, View};
use minutebook_log::{Entry, EventDraft, EventId, Hash, Position, SecretKey, Seen, Signed, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Who signs here: roles with keys that are always the same. The second of NHS England is another person.
const ROLES: [(&str, u8); 9] = [
    ("registrar", 1),
    ("other registrar", 2),
    ("england", 3),
    ("england two", 4),
    ("secretary 04K", 5),
    ("secretary 04L", 6),
    ("register", 7),
    ("stranger", 8),
    ("log", 9),
];

fn key(role: &str) -> SecretKey {
    let seed = ROLES.iter().find(|(name, _seed)| *name == role).map(|(_name, seed)| *seed);
    SecretKey::from_seed(&[seed.unwrap_or_else(|| panic!("no role {role}")); 32])
}

/// Who signs as what, for which body.
type Signs<'a> = (&'a str, &'a str, Option<&'a str>);

const REGISTRAR: Signs<'_> = ("registrar", "registrar", None);
const ENGLAND: Signs<'_> = ("england", "nhs_england", None);
const ENGLAND_TWO: Signs<'_> = ("england two", "nhs_england", None);
const SECRETARY_K: Signs<'_> = ("secretary 04K", "secretary", Some("body/04K"));
const SECRETARY_L: Signs<'_> = ("secretary 04L", "secretary", Some("body/04L"));
const REGISTER: Signs<'_> = ("register", "register", None);

/// A ledger in memory, told event after event at the times that they bear.
struct Given {
    book: Book,
    ids: BTreeMap<String, EventId>,
    told: u8,
}

/// What somebody wants recorded.
#[derive(Clone)]
struct When<'a> {
    day: &'a str,
    name: &'a str,
    subject: &'a str,
    signers: Vec<Signs<'a>>,
    standing: &'a str,
    facts: Value,
}

fn when<'a>(day: &'a str, name: &'a str, subject: &'a str, signers: &[Signs<'a>], facts: Value) -> When<'a> {
    When { day, name, subject, signers: signers.to_vec(), standing: "own_act", facts }
}

impl Given {
    /// Two registrars, two people of NHS England, two secretaries, a register; two CCGs since April 2013.
    fn two_ccgs() -> Self {
        let mut given = Self { book: Book::new(), ids: BTreeMap::new(), told: 0 };
        let registrars =
            ["registrar", "other registrar"].map(|role| json!({"key": key(role).public(), "holder": role}));
        let opening = json!({"origin": "minutebook.example/acts", "purpose": "re-enactment", "checkpoint_key": key("log").public(),
            "registrars": registrars, "threshold": 1, "rules": 1});
        given.and(when("2013-03-01", "LedgerOpened", "ledger", &[REGISTRAR], opening));
        for (role, capacity, bodies) in [
            ("england", "nhs_england", json!("any")),
            ("england two", "nhs_england", json!("any")),
            ("secretary 04K", "secretary", json!(["body/04K"])),
            ("secretary 04L", "secretary", json!(["body/04L"])),
            ("register", "register", json!("any")),
        ] {
            given.and(enrolment(role));
            let standings =
                if capacity == "register" { json!(["register"]) } else { json!(["own_act", "own_record"]) };
            let facts = json!({"key": key(role).public(), "capacity": capacity, "bodies": bodies, "types": "any",
                "standings": standings, "acts_from": "2013-04-01", "acts_until": "2030-01-01"});
            let subject = format!("grant/{}", role.replace(' ', "-"));
            given.and(when("2013-03-02", "AuthorityGranted", &subject, &[REGISTRAR], facts));
        }
        given.and(established("04K")).and(established("04L"));
        given
    }

    /// Two CCGs that propose to merge, and have both decided to apply.
    fn decided() -> Self {
        let mut given = Self::two_ccgs();
        given.and(proposed()).and(chosen("04K", SECRETARY_K, "apply")).and(chosen(
            "04L",
            SECRETARY_L,
            "apply",
        ));
        given
    }

    /// The same, applied and approved.
    fn approved() -> Self {
        let mut given = Self::decided();
        given.and(person()).and(applied(1)).and(regulated("approved", json!([])));
        given
    }

    fn and(&mut self, said: When<'_>) -> &mut Self {
        match self.tell(&said, &[]) {
            Ok(_findings) => self,
            Err(refusal) => panic!("{} {}: {refusal}", said.name, said.subject),
        }
    }

    fn then_admitted(&mut self, said: When<'_>) {
        let found = self.tell(&said, &[]).unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(found, [""; 0], "no finding");
    }

    fn then_found(&mut self, said: When<'_>, rule: &str) {
        let found = self.tell(&said, &[]).unwrap_or_else(|refusal| panic!("{refusal}"));
        assert!(found.contains(&rule.to_owned()), "{rule} is not among {found:?}");
    }

    fn then_refused(&mut self, said: When<'_>, rule: &str) {
        let before = self.book.chain().head();
        let violations = match self.tell(&said, &[]).unwrap_err() {
            Refusal::Unauthorised(violations) | Refusal::RulesBroken(violations) => violations,
            other => panic!("{other}"),
        };
        let rules: Vec<_> = violations.iter().map(|broken| broken.rule.id).collect();
        assert!(rules.contains(&rule), "{rule} is not among {rules:?}");
        assert!(violations.iter().all(|broken| !broken.found.is_empty() && !broken.needed.is_empty()));
        assert_eq!(self.book.chain().head(), before, "a refusal leaves the book as it was");
    }

    /// Signs, places, admits and appends; gives the rules that were found broken.
    fn tell(&mut self, said: &When<'_>, evidence: &[Value]) -> Result<Vec<String>, Refusal> {
        let signed = self.sign(said, evidence);
        signed.verify()?;
        let place = self.book.place(&signed, Timestamp::EPOCH);
        let Admission::New(admitted) = self.book.admit(&signed, place)? else { panic!("told twice") };
        let found = admitted.findings().iter().map(|finding| finding.rule.id.to_owned()).collect();
        let entry: Entry = self.book.chain().seal(signed, place);
        self.ids.insert(format!("{} {}", said.name, said.subject), entry.event().id);
        self.book.append(&entry, Hash::of(&entry.encode()), admitted).unwrap();
        Ok(found)
    }

    fn sign(&mut self, said: &When<'_>, evidence: &[Value]) -> Signed {
        self.told += 1;
        let time = Timestamp::parse_event_time(&format!("{}T12:00:00Z", said.day)).unwrap();
        let signatories: Vec<_> = said
            .signers
            .iter()
            .map(|(role, capacity, body)| {
                let mut signatory = json!({"key": key(role).public(), "capacity": capacity});
                if let Some(body) = body {
                    signatory["body"] = json!(body);
                }
                signatory
            })
            .collect();
        let mut data = json!({"standing": said.standing, "signatories": signatories, "facts": said.facts});
        if !evidence.is_empty() {
            data["evidence"] = json!(evidence);
        }
        let head = self.book.chain().head();
        let seen = head.size.checked_sub(1).map(|last| Seen { position: Position(last), hash: head.hash });
        let event = EventDraft {
            id: EventId::from_parts(time.as_micros().unsigned_abs() / 1000, &[self.told; 10]),
            source: "minutebook.example/acts".parse().unwrap(),
            event_type: format!("uk.nhs.governance.{}.v1", said.name).parse().unwrap(),
            subject: said.subject.parse().unwrap(),
            time,
            ledger: self.book.chain().hash_at(Position::FIRST),
            seen,
            correlation_id: None,
            causation_id: None,
            data: data.as_object().unwrap().clone(),
        };
        let event = event.encode().unwrap();
        let sign = |(role, _capacity, _body): &Signs<'_>| (key(role).public(), key(role).sign(event.bytes()));
        let signatures = said.signers.iter().map(sign).collect();
        Signed::new(event.clone(), signatures).unwrap()
    }

    fn view(&self, day: &str) -> View {
        self.book.view(day.parse().unwrap(), Scope::Enacted)
    }
}

fn enrolment(role: &str) -> When<'_> {
    let subject = Box::leak(format!("key/{}", key(role).public()).into_boxed_str());
    let facts = json!({"holder": role, "use": "author", "label": role});
    when("2013-03-02", "KeyEnrolled", subject, &[REGISTRAR, (role, "holder", None)], facts)
}

fn established(code: &str) -> When<'_> {
    let subject = Box::leak(format!("body/{code}").into_boxed_str());
    let facts = json!({"kind": "ccg", "name": format!("NHS {code} Clinical Commissioning Group"), "legal_basis": "s14D",
        "effective": "2013-04-01", "units": [code], "constitution": {"title": "Constitution", "held": false}});
    when("2013-04-01", "BodyEstablished", subject, &[ENGLAND], facts)
}

fn person() -> When<'static> {
    when("2019-01-01", "PersonRecorded", "person/a1", &[ENGLAND], json!({"name": "An Officer"}))
}

fn proposed() -> When<'static> {
    let facts = json!({"participants": ["body/04K", "body/04L"], "proposed_on": "2019-04-01"});
    when("2019-04-02", "MergerProposed", "merger/m", &[SECRETARY_K], facts)
}

fn decided(code: &str, signer: Signs<'static>, outcome: &str, effect: Value) -> When<'static> {
    let subject = Box::leak(format!("body/{code}").into_boxed_str());
    let facts = json!({"decided_on": "2019-07-04", "mode": "meeting", "outcome": outcome, "text": "A decision.",
        "reasons": "Because.", "effect": effect});
    when("2019-07-05", "DecisionRecorded", subject, &[signer], facts)
}

fn chosen(code: &str, signer: Signs<'static>, choice: &str) -> When<'static> {
    decided(code, signer, "approved", json!({"merger": {"merger": "merger/m", "choice": choice}}))
}

fn applied(number: u32) -> When<'static> {
    let facts = json!({"number": number, "applicants": ["body/04K", "body/04L"], "to": "NHS England", "submitted_on": "2019-09-01",
        "requested_effective": "2020-04-01", "proposed_name": "NHS K and L Clinical Commissioning Group",
        "constitution": {"title": "Constitution", "held": false}, "accountable_officer": "person/a1"});
    when("2019-09-01", "ApplicationSubmitted", "merger/m", &[SECRETARY_K, SECRETARY_L], facts)
}

fn regulated(outcome: &str, conditions: Value) -> When<'static> {
    let mut facts =
        json!({"number": 1, "outcome": outcome, "decided_on": "2019-10-30", "reasons": "In writing."});
    if conditions != json!([]) {
        facts["conditions"] = conditions;
    }
    when("2019-10-30", "RegulatorDecisionRecorded", "merger/m", &[ENGLAND], facts)
}

fn reorganised() -> When<'static> {
    let succession = |code: &str| json!({"predecessor": format!("body/{code}"), "successor": "body/52R", "kind": "merger"});
    let facts = json!({"basis": "merger", "merger": "merger/m", "effective": "2020-04-01", "closing": ["body/04K", "body/04L"],
        "opening": [{"body": "body/52R", "kind": "ccg", "name": "NHS K and L Clinical Commissioning Group", "legal_basis": "s14G",
            "constitution": {"title": "Constitution", "held": false}}],
        "successions": [succession("04K"), succession("04L")],
        "transfers": [{"kinds": ["staff"], "from": "body/04K", "to": "body/52R"}, {"kinds": ["staff"], "from": "body/04L", "to": "body/52R"}],
        "officers": [{"body": "body/52R", "office": "accountable_officer", "person": "person/a1", "tenure": "substantive"}]});
    when("2020-03-31", "ReorganisationEffected", "reorganisation/r", &[ENGLAND, ENGLAND_TWO], facts)
}

/// The same, with one member of its facts changed.
fn but<'a>(mut said: When<'a>, member: &str, value: Value) -> When<'a> {
    said.facts[member] = value;
    said
}

#[test]
fn who_may_sign() {
    let mut given = Given::two_ccgs();
    given.then_refused(
        when(
            "2013-05-01",
            "PersonRecorded",
            "person/x",
            &[("stranger", "nhs_england", None)],
            json!({"name": "X"}),
        ),
        "authority.key-enrolled",
    );
    let decision = || decided("04K", SECRETARY_K, "approved", json!({"none": {}}));
    let by_the_other = When { signers: vec![("secretary 04L", "secretary", Some("body/04K"))], ..decision() };
    given.then_refused(by_the_other, "authority.grant");
    given.then_refused(When { signers: vec![SECRETARY_L], ..decision() }, "authority.signatures-needed");
    given.then_refused(but(decision(), "decided_on", json!("2012-12-31")), "authority.grant");
    given.then_refused(but(decision(), "decided_on", json!("2030-01-01")), "authority.grant");
    given.then_refused(When { standing: "own_document", ..decision() }, "authority.grant");
    given.then_admitted(decision());
    let grant = "grant/secretary-04K";
    given.and(when("2019-08-01", "AuthorityRevoked", grant, &[REGISTRAR], json!({"reason": "Left."})));
    given.then_refused(decision(), "authority.grant");
    given.then_refused(
        when("2019-08-01", "AuthorityRevoked", grant, &[REGISTRAR], json!({"reason": "Twice."})),
        "grant.known",
    );
}

#[test]
fn keys_and_grants_come_from_registrars() {
    let mut given = Given::two_ccgs();
    let enrol = || enrolment("stranger");
    let by_another = vec![REGISTRAR, ("england", "holder", None)];
    given.then_refused(When { signers: vec![REGISTRAR], ..enrol() }, "authority.signatures-needed");
    given.then_refused(When { signers: by_another, ..enrol() }, "key.possession");
    given.then_refused(
        When { signers: vec![("stranger", "holder", None)], ..enrol() },
        "authority.registrars",
    );
    given.then_admitted(enrol());
    given.then_refused(enrol(), "key.new");
    let facts = json!({"key": key("stranger").public(), "capacity": "register", "bodies": "any", "types": "any", "standings": ["own_act"]});
    given.then_refused(
        when("2013-05-01", "AuthorityGranted", "grant/new", &[REGISTRAR], facts.clone()),
        "grant.limited-to-reports",
    );
    let grant = |facts| when("2013-05-01", "AuthorityGranted", "grant/new", &[REGISTRAR], facts);
    given.then_admitted(but(grant(facts.clone()), "standings", json!(["register"])));
    given.then_refused(but(grant(facts), "standings", json!(["register"])), "grant.new");
    let subject = format!("key/{}", key("stranger").public());
    given.then_admitted(when("2013-06-01", "KeyRevoked", &subject, &[REGISTRAR], json!({"reason": "lost"})));
    given.then_refused(
        when("2013-06-02", "KeyRevoked", &subject, &[REGISTRAR], json!({"reason": "lost"})),
        "key.known",
    );
}

#[test]
fn a_body_is_established_once_under_a_lawful_name_on_free_ground() {
    let mut given = Given::two_ccgs();
    given.then_refused(established("04K"), "body.new");
    given.then_refused(but(established("04M"), "name", json!("Nottingham West CCG")), "body.name");
    given.then_refused(but(established("04M"), "units", json!(["04L"])), "body.area-overlap");
    given.then_admitted(established("04M"));
}

#[test]
fn a_dissolution_has_two_signers_and_a_successor() {
    let mut given = Given::two_ccgs();
    let end = |signers: &[Signs<'static>], successors: Value| {
        let facts = json!({"effective": "2020-04-01", "reason": "order", "successors": successors});
        when("2020-03-01", "BodyDissolved", "body/04K", signers, facts)
    };
    given.then_refused(end(&[ENGLAND], json!(["body/04L"])), "authority.two-people");
    let without = json!({"effective": "2020-04-01", "reason": "order"});
    given.then_refused(
        when("2020-03-01", "BodyDissolved", "body/04K", &[ENGLAND, ENGLAND_TWO], without),
        "dissolution.successor",
    );
    given.then_admitted(end(&[ENGLAND, ENGLAND_TWO], json!(["body/04L"])));
    let late =
        but(decided("04K", SECRETARY_K, "approved", json!({"none": {}})), "decided_on", json!("2020-04-01"));
    given.then_refused(late, "body.open");
    assert_eq!(
        body(given.book.record(), &id("04K"), given.view("2020-04-01"))
            .unwrap()
            .life(given.view("2020-04-01")),
        Life::Closed
    );
}

fn id(code: &str) -> BodyId {
    format!("body/{code}").parse().unwrap()
}

#[test]
fn an_office_has_one_holder_and_an_observed_one_never_blocks() {
    let mut given = Given::two_ccgs();
    let appointed = |person: &str, from: &str| {
        let facts = json!({"office": "accountable_officer", "person": person, "tenure": "substantive", "effective": from});
        when("2019-02-01", "OfficerAppointed", "body/04K", &[ENGLAND], facts)
    };
    given.then_refused(appointed("person/a1", "2019-02-01"), "person.known");
    given.and(person()).and(when(
        "2019-01-01",
        "PersonRecorded",
        "person/b2",
        &[ENGLAND],
        json!({"name": "Another"}),
    ));
    let seen = json!({"office": "accountable_officer", "person": "person/b2", "observed_on": "2018-11-01", "title_as_written": "Chief officer"});
    given.and(when("2019-01-02", "OfficerObserved", "body/04K", &[SECRETARY_K], seen));
    given.then_refused(
        When { signers: vec![SECRETARY_K], ..appointed("person/a1", "2019-02-01") },
        "appointment.approved",
    );
    given.then_refused(
        When { signers: vec![SECRETARY_L], ..appointed("person/a1", "2019-02-01") },
        "authority.signatures-needed",
    );
    given.then_found(appointed("person/a1", "2019-02-01"), "appointment.nominated-by-body");
    given.then_refused(appointed("person/b2", "2019-03-01"), "office.one-holder");
    let ended = |person: &str, on: &str| {
        let facts = json!({"office": "accountable_officer", "person": person, "effective": on, "reason": "resignation"});
        when("2019-06-01", "AppointmentEnded", "body/04K", &[ENGLAND], facts)
    };
    given.then_refused(ended("person/a1", "2018-01-01"), "office.end-after-start");
    given.and(when("2019-01-01", "PersonRecorded", "person/c3", &[ENGLAND], json!({"name": "A third"})));
    given.then_refused(ended("person/c3", "2019-05-01"), "office.holder");
    let by_another = When { signers: vec![SECRETARY_L], ..ended("person/a1", "2019-05-01") };
    given.then_refused(by_another, "authority.signatures-needed");
    given.then_admitted(ended("person/a1", "2019-05-01"));
    given.then_found(appointed("person/b2", "2019-06-01"), "appointment.nominated-by-body");
    let held =
        |day: &str| office_held(given.book.record(), &id("04K"), Office::AccountableOfficer, given.view(day));
    assert_eq!(held("2019-04-30").holders[0].person.slug(), "a1");
    assert_eq!(held("2019-06-01").holders[0].person.slug(), "b2");
    let unknown = held("2014-01-01");
    assert!(unknown.holders.is_empty() && !unknown.is_vacant, "not known is not vacant");
}

#[test]
fn a_decision_adds_up_and_belongs_to_a_participant() {
    let mut given = Given::two_ccgs();
    given.then_refused(chosen("04K", SECRETARY_K, "apply"), "decision.participant");
    given.and(proposed());
    let counted =
        |outcome, votes| but(decided("04K", SECRETARY_K, outcome, json!({"none": {}})), "votes", votes);
    given.then_refused(counted("approved", json!({"for": 3, "against": 4})), "decision.arithmetic");
    given.then_refused(counted("rejected", json!({"for": 4, "against": 3})), "decision.arithmetic");
    given.then_admitted(counted("approved", json!({"for": 3, "against": 3, "casting_vote": true})));
    let put_off =
        decided("04K", SECRETARY_K, "deferred", json!({"merger": {"merger": "merger/m", "choice": "apply"}}));
    given.then_refused(put_off, "decision.outcome-fits-effect");
    let mut silent = chosen("04K", SECRETARY_K, "prefer");
    silent.facts.as_object_mut().unwrap().remove("reasons");
    given.then_found(silent, "decision.reasons");
    given.then_found(
        decided("04K", SECRETARY_K, "approved", json!({"none": {"refused_by": "body.open"}})),
        "decision.no-effect",
    );
    given.then_admitted(chosen("04L", SECRETARY_L, "apply"));
}

#[test]
fn an_application_rests_on_each_applicants_own_decision() {
    let mut given = Given::two_ccgs();
    given.and(proposed()).and(person()).and(chosen("04K", SECRETARY_K, "apply")).and(chosen(
        "04L",
        SECRETARY_L,
        "prefer",
    ));
    given.then_refused(applied(1), "application.each-applicant-decided");
    given.and(chosen("04L", SECRETARY_L, "apply"));
    given.then_refused(applied(2), "application.step");
    given.then_found(When { signers: vec![SECRETARY_K], ..applied(1) }, "application.every-applicant-signs");
    given.then_refused(applied(1), "application.step");
}

#[test]
fn the_regulator_decides_what_is_before_it_and_lists_conditions() {
    let mut given = Given::decided();
    given.and(person());
    given.then_refused(regulated("approved", json!([])), "regulator.submitted");
    given.and(applied(1));
    given.then_refused(regulated("approved_with_conditions", json!([])), "regulator.conditions-listed");
    let condition = json!([{"id": "c1", "text": "An approved constitution", "due": "before_effect"}]);
    given.then_refused(regulated("approved", condition.clone()), "regulator.conditions-listed");
    given.then_admitted(regulated("approved_with_conditions", condition));
    given.then_refused(reorganised(), "reorganisation.approved");
    let resolved = |condition: &str| {
        let facts = json!({"condition": condition, "resolution": "discharged", "resolved_on": "2020-02-01"});
        when("2020-02-01", "ConditionResolved", "merger/m", &[ENGLAND], facts)
    };
    given.then_refused(resolved("c2"), "condition.open");
    given.then_admitted(resolved("c1"));
    given.then_admitted(reorganised());
}

#[test]
fn a_rejected_merger_comes_back_with_new_decisions() {
    let mut given = Given::decided();
    given.and(person()).and(applied(1)).and(regulated("rejected", json!([])));
    given.then_refused(applied(2), "application.step");
    given.and(chosen("04K", SECRETARY_K, "apply")).and(chosen("04L", SECRETARY_L, "apply"));
    let again = but(applied(2), "submitted_on", json!("2020-09-01"));
    given.then_admitted(When { day: "2020-09-01", ..but(again, "requested_effective", json!("2021-04-01")) });
}

#[test]
fn a_reorganisation_is_judged_on_the_state_after_all_its_parts() {
    let mut given = Given::approved();
    given.then_refused(When { signers: vec![ENGLAND], ..reorganised() }, "authority.two-people");
    given.then_refused(but(reorganised(), "closing", json!(["body/04K"])), "reorganisation.as-applied-for");
    let one = json!([{"predecessor": "body/04K", "successor": "body/52R", "kind": "merger"}]);
    given.then_refused(but(reorganised(), "successions", one), "reorganisation.succession-whole");
    given.then_refused(but(reorganised(), "effective", json!("2019-10-01")), "reorganisation.after-decision");
    let mut without_officer = reorganised();
    without_officer.facts.as_object_mut().unwrap().remove("officers");
    given.then_found(without_officer, "reorganisation.accountable-officer");
    given.then_refused(reorganised(), "body.new");
    given.then_refused(but(reorganised(), "effective", json!("2020-05-01")), "reorganisation.closing-open");
}

#[test]
fn a_consultation_is_closed_once_and_no_earlier_than_announced() {
    let mut given = Given::two_ccgs();
    let opened = |opens: &str| {
        let facts = json!({"owners": ["body/04K"], "topic": "A merger", "opens": opens,
            "closes_at": "2019-06-17T09:00:00+01:00", "questions": ["Do you agree?"], "audiences": ["Practices"]});
        when("2019-05-01", "ConsultationOpened", "consultation/c", &[SECRETARY_K], facts)
    };
    let closed = |at: &str| {
        when("2019-06-18", "ConsultationClosed", "consultation/c", &[SECRETARY_K], json!({"closed_at": at}))
    };
    given.then_refused(closed("2019-06-17T09:00:00+01:00"), "consultation.opened");
    given.then_refused(opened("2019-07-01"), "consultation.opens-before-it-closes");
    given.then_admitted(opened("2019-05-01"));
    given.then_refused(closed("2019-06-17T08:59:59+01:00"), "consultation.closed-no-earlier");
    given.then_admitted(closed("2019-06-17T09:00:00+01:00"));
    given.then_refused(closed("2019-06-17T09:00:00+01:00"), "consultation.opened");
}

#[test]
fn a_correction_changes_what_is_known_from_its_position_on() {
    let mut given = Given::two_ccgs();
    let target = given.ids["BodyEstablished body/04K"];
    let subject = format!("record/{target}");
    let name = "NHS 04K Clinical Commissioning Group";
    let corrected = |old: &str, signer: Signs<'static>| {
        let fields =
            json!([{"path": "/name", "old": old, "new": "NHS Nottingham City Clinical Commissioning Group"}]);
        let facts = json!({"target": target, "kind": "factual", "fields": fields, "reason": "A slip."});
        When { facts, ..when("2014-01-01", "RecordCorrected", &subject, &[signer], json!({})) }
    };
    given.then_refused(corrected("another name", ENGLAND), "correction.old-value");
    given.then_refused(corrected(name, SECRETARY_K), "correction.by-whom");
    let before = given.view("2014-01-01");
    given.then_admitted(corrected(name, ENGLAND));
    let called = |view: View| body(given.book.record(), &id("04K"), view).unwrap().called(view).unwrap();
    assert_eq!(called(before), name, "what was known before stays answerable");
    assert_eq!(called(given.view("2014-01-01")), "NHS Nottingham City Clinical Commissioning Group");
}

#[test]
fn a_report_is_never_refused_for_a_rule_and_an_own_record_needs_its_minutes() {
    let mut given = Given::two_ccgs();
    let listed = json!({"effective": "2014-01-01", "reason": "merger"});
    let report = When {
        standing: "register",
        signers: vec![REGISTER],
        ..when("2014-01-01", "BodyDissolved", "body/04K", &[], listed)
    };
    given.then_admitted(report);
    let transcribed =
        When { standing: "own_record", ..decided("04L", SECRETARY_L, "approved", json!({"none": {}})) };
    given.then_refused(transcribed.clone(), "own-record.document");
    let minutes = json!({"title": "Minutes", "held": true, "sha256": "ab".repeat(32), "bytes": 1, "media_type": "application/pdf"});
    assert_eq!(given.tell(&transcribed, &[minutes]).unwrap(), [""; 0]);
}

#[test]
fn an_intention_changes_no_state_and_names_a_type() {
    let mut given = Given::two_ccgs();
    let intends = |what: &str| {
        let facts = json!({"intends": what, "mood": "planned", "about": ["body/04K"], "when": "2020-04-01", "wording": "It may merge."});
        when("2019-05-01", "IntentionRecorded", "intention/i", &[SECRETARY_K], facts)
    };
    given.then_refused(intends("Merging"), "intention.known-type");
    let view = given.view("2021-01-01");
    let before = format!("{:?}", body(given.book.record(), &id("04K"), view));
    given.then_admitted(intends("ReorganisationEffected"));
    let view = given.view("2021-01-01");
    assert_eq!(format!("{:?}", body(given.book.record(), &id("04K"), view)), before);
}
