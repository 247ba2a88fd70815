//! A book that tells a story: given, when, then.

use crate::foreseen::agrees;
use crate::reported::Reported;
use crate::said::{Said, ccg, key, person, says};
use minutebook_governance::bodies::{self, Body, bodies_of_code, holder};
use minutebook_governance::people::{Office, office_held};
use minutebook_governance::rulebook::rule_of;
use minutebook_governance::{
    Admission, Book, Date, Finding, Record, Refusal, Scope, View, foresee, register,
};
use minutebook_log::{Entry, EventDraft, EventId, EventType, Hash, Position, Seen, Signed, Timestamp};
use serde_json::{Value, json};
use std::sync::LazyLock;

pub(crate) const ORIGIN: &str = "minutebook.example/law";

/// A book, with the entries that made it.
#[derive(Clone, Default)]
pub(crate) struct Story {
    pub(crate) book: Book,
    pub(crate) entries: Vec<Entry>,
    serial: u64,
    /// What the ledger's clock shows, in a live one.
    clock: Option<Timestamp>,
}

/// The ledger, everybody's keys and grants, three CCGs of 2013 (04K, 04L, 04M) and two people (a, b), and
/// then what is given.
pub(crate) fn given(said: impl IntoIterator<Item = Said>) -> Story {
    let people = [ccg("04K"), ccg("04L"), ccg("04M"), person("a"), person("b")];
    given_alone(people.into_iter().chain(said))
}

/// As `given`, in a ledger of acts as they are made, at this moment.
pub(crate) fn given_live(now: &str, said: impl IntoIterator<Item = Said>) -> Story {
    let mut opening = opened().on("2018-12-01");
    opening.facts["purpose"] = json!("live");
    let clock = Some(Timestamp::parse_event_time(now).unwrap());
    let people = [ccg("04K"), ccg("04L"), ccg("04M"), person("a"), person("b")];
    Story { clock, ..Story::default() }.and([opening]).and(cast()).and(people).and(said)
}

/// As `given`, without bodies and people.
pub(crate) fn given_alone(said: impl IntoIterator<Item = Said>) -> Story {
    let mut story = Story::default();
    for signed in BEGINNING.iter() {
        story.take(signed.clone()).unwrap();
    }
    story.serial = BEGINNING.len() as u64;
    story.and(said)
}

/// The opening and the cast, signed once for all tests.
static BEGINNING: LazyLock<Vec<Signed>> = LazyLock::new(|| {
    let story = Story::default().and([opened()]).and(cast());
    story.entries.into_iter().map(|entry| entry.signed).collect()
});

pub(crate) fn opened() -> Said {
    let registrar = |role: &str| json!({"key": key(role).public(), "holder": format!("holder-{role}")});
    let facts = json!({"origin": ORIGIN, "purpose": "re-enactment", "checkpoint_key": key("log").public(),
        "registrars": [registrar("registrar-one"), registrar("registrar-two"), registrar("registrar-three")],
        "threshold": 2, "rules": 1});
    says("LedgerOpened", "ledger", facts)
        .by(&[("registrar-one", "registrar", ""), ("registrar-two", "registrar", "")])
        .on("2013-01-01")
}

const SECRETARIES: [&str; 5] = ["04K", "04L", "04M", "52R", "13T"];

fn cast() -> Vec<Said> {
    let (acts, reports) =
        (json!(["own_act", "own_record"]), json!(["register", "own_document", "third_party"]));
    let mut cast = Vec::new();
    for (role, capacity) in [
        ("nhs-england", "nhs_england"),
        ("nhs-england-two", "nhs_england"),
        ("minister", "minister"),
        ("partnership", "partnership_secretary"),
        ("auditor", "auditor"),
    ] {
        cast.extend([enrolled(role, role), granted(role, capacity, json!("any"), acts.clone())]);
    }
    cast.extend([enrolled("nhs-england-spare", "nhs-england")]);
    cast.push(granted("nhs-england-spare", "nhs_england", json!("any"), acts.clone()));
    for role in ["register", "register-two"] {
        cast.extend([enrolled(role, role), granted(role, "register", json!("any"), json!(["register"]))]);
    }
    cast.extend([enrolled("importer", "importer"), granted("importer", "importer", json!("any"), reports)]);
    for slug in SECRETARIES {
        let (role, body) = (format!("secretary-{slug}"), json!([format!("body/{slug}")]));
        cast.extend([enrolled(&role, &role), granted(&role, "secretary", body, acts.clone())]);
    }
    cast
}

pub(crate) fn key_subject(role: &str) -> String {
    format!("key/{}", key(role).public())
}

pub(crate) fn enrolled(role: &str, holder: &str) -> Said {
    says("KeyEnrolled", &key_subject(role), json!({"holder": holder, "use": "author", "label": role})).by(&[
        ("registrar-one", "registrar", ""),
        ("registrar-two", "registrar", ""),
        (role, "holder", ""),
    ])
}

/// The grant `grant/<role>`.
pub(crate) fn granted(role: &str, capacity: &str, bodies: Value, standings: Value) -> Said {
    let facts = json!({"key": key(role).public(), "capacity": capacity, "bodies": bodies, "types": "any",
        "standings": standings});
    says("AuthorityGranted", &format!("grant/{role}"), facts)
}

impl Story {
    /// Goes on with what is admitted.
    pub(crate) fn and(mut self, said: impl IntoIterator<Item = Said>) -> Self {
        for said in said {
            let (name, subject) = (said.type_name, said.subject.clone());
            if let Err(refusal) = self.tell(&said) {
                panic!("{name} of {subject}: {refusal}");
            }
        }
        self
    }

    /// Somebody says something, which is to be judged.
    pub(crate) fn when(mut self, said: Said) -> Outcome {
        let reported = Reported { before: self.clone(), said: said.clone() };
        let before = self.book.record().len();
        let result = self.tell(&said);
        if result.is_err() {
            assert_eq!(self.book.record().len(), before, "a refusal leaves the book as it was");
        }
        Outcome { story: self, result, reported }
    }

    /// Admits and appends; gives the findings.
    pub(crate) fn tell(&mut self, said: &Said) -> Result<Vec<Finding>, Refusal> {
        let signed = self.sign(said);
        signed.verify().unwrap();
        self.take(signed)
    }

    /// What would become of it, without saying it.
    pub(crate) fn tries(&mut self, said: &Said) -> Result<(), Refusal> {
        let signed = self.sign(said);
        let place = self.book.place(&signed, self.clock.unwrap_or(Timestamp::EPOCH));
        self.book.admit(&signed, place).map(|_admission| ())
    }

    /// Foresees what comes, and takes it or not.
    pub(crate) fn take(&mut self, signed: Signed) -> Result<Vec<Finding>, Refusal> {
        let (event, clock) = (signed.event().clone(), self.clock.unwrap_or(Timestamp::EPOCH));
        let foreseen = foresee(&self.book, std::slice::from_ref(&event), clock).unwrap().remove(0);
        let came = self.take_unforeseen(signed);
        agrees(&event, &foreseen, &came);
        came
    }

    fn take_unforeseen(&mut self, signed: Signed) -> Result<Vec<Finding>, Refusal> {
        let place = self.book.place(&signed, self.clock.unwrap_or(Timestamp::EPOCH));
        let admitted = match self.book.admit(&signed, place)? {
            Admission::New(admitted) => admitted,
            Admission::Again(first) => panic!("it stands at {first} already"),
        };
        let findings = admitted.findings().to_vec();
        let entry = self.book.chain().seal(signed, place);
        self.book.append(&entry, Hash::of(&entry.encode()), admitted).unwrap();
        self.entries.push(entry);
        Ok(findings)
    }

    /// The event as it would be sent.
    pub(crate) fn sign(&mut self, said: &Said) -> Signed {
        let draft = self.draft(said);
        let event = draft.encode().unwrap();
        let signatures = said
            .signers
            .iter()
            .map(|(role, _capacity, _body)| (key(role).public(), key(role).sign(event.bytes())));
        Signed::new(event.clone(), signatures.collect()).unwrap()
    }

    pub(crate) fn draft(&mut self, said: &Said) -> EventDraft {
        self.serial += 1;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.serial.to_be_bytes());
        let chain = self.book.chain();
        let last = self.entries.last();
        let time = match &said.time {
            Some(time) => Timestamp::parse_event_time(time).unwrap(),
            None => self.clock.unwrap_or(self.book.record().last_recorded()),
        };
        EventDraft {
            id: said.id.unwrap_or_else(|| EventId::from_parts(1_357_000_000_000, &random)),
            source: ORIGIN.parse().unwrap(),
            event_type: EventType { name: said.type_name.to_owned(), version: 1 },
            subject: said.subject.parse().unwrap(),
            time,
            ledger: chain.hash_at(Position::FIRST),
            seen: last.map(|last| Seen { position: last.position, hash: chain.head().hash }),
            correlation_id: said.together,
            causation_id: None,
            data: said.data().as_object().unwrap().clone(),
        }
    }

    pub(crate) fn record(&self) -> &Record {
        self.book.record()
    }

    /// As at a day, with everything known that is enacted.
    pub(crate) fn at(&self, day: &str) -> View {
        self.book.view(date(day), Scope::Enacted)
    }

    /// As `at`, with what was merely reported.
    pub(crate) fn reported_at(&self, day: &str) -> View {
        self.book.view(date(day), Scope::Reported)
    }

    pub(crate) fn body(&self, slug: &str, view: View) -> Option<Body> {
        bodies::body(self.record(), &format!("body/{slug}").parse().unwrap(), view)
    }

    pub(crate) fn holder(&self, unit: &str, view: View) -> Option<String> {
        let body = holder(self.record(), &unit.parse().unwrap(), view).body?;
        Some(body.id.slug().to_owned())
    }

    /// Those of which one holds a unit on a day, where it is not known which, with all that is enacted.
    pub(crate) fn perhaps(&self, unit: &str, day: &str) -> Vec<String> {
        let holder = holder(self.record(), &unit.parse().unwrap(), self.at(day));
        holder.perhaps.iter().map(|id| id.slug().to_owned()).collect()
    }

    pub(crate) fn codes(&self, code: &str, day: &str) -> Vec<String> {
        let bodies = bodies_of_code(self.record(), bodies::Scheme::Ods, code, self.at(day));
        bodies.iter().map(|body| body.id.slug().to_owned()).collect()
    }

    pub(crate) fn officers(&self, slug: &str, office: Office, view: View) -> Vec<String> {
        let held = office_held(self.record(), &format!("body/{slug}").parse().unwrap(), office, view);
        held.holders.iter().map(|holding| holding.person.slug().to_owned()).collect()
    }

    /// Of whom it is not known whether they hold an office of a body: slugs of persons.
    pub(crate) fn perhaps_officers(&self, slug: &str, office: Office, view: View) -> Vec<String> {
        let held = office_held(self.record(), &format!("body/{slug}").parse().unwrap(), office, view);
        held.perhaps.iter().map(|holding| holding.person.slug().to_owned()).collect()
    }

    /// The register finds this of what it knows on a day.
    pub(crate) fn finds(self, rule: &str, day: &str) -> Self {
        assert!(self.raised(rule, day), "nothing finds {rule} on {day}");
        self
    }

    /// The register does not find this.
    pub(crate) fn finds_no(self, rule: &str, day: &str) -> Self {
        assert!(rule_of(rule).is_some(), "there is no rule {rule}");
        assert!(!self.raised(rule, day), "{rule} is found on {day}");
        self
    }

    fn raised(&self, rule: &str, day: &str) -> bool {
        register::findings(self.record(), self.reported_at(day)).iter().any(|finding| finding.rule.id == rule)
    }
}

/// What became of what was said.
pub(crate) struct Outcome {
    story: Story,
    result: Result<Vec<Finding>, Refusal>,
    reported: Reported,
}

impl Outcome {
    /// It is admitted, and this rule has nothing to say of it.
    #[track_caller]
    pub(crate) fn then_obeys(self, rule: &str) -> Story {
        assert!(rule_of(rule).is_some(), "there is no rule {rule}");
        let findings = self.result.unwrap_or_else(|refusal| panic!("refused: {refusal}"));
        assert!(findings.iter().all(|finding| finding.rule.id != rule), "{findings:?}");
        self.reported.obeys(rule);
        self.story
    }

    /// It is admitted, with a finding of this rule.
    #[track_caller]
    pub(crate) fn then_found(self, rule: &str) -> Story {
        let findings = self.result.unwrap_or_else(|refusal| panic!("refused: {refusal}"));
        assert!(findings.iter().any(|finding| finding.rule.id == rule), "{findings:?}");
        self.story
    }

    /// It is refused, and this rule is among the reasons.
    #[track_caller]
    pub(crate) fn then_refused(self, rule: &str) -> Story {
        let broken = match self.result {
            Err(Refusal::RulesBroken(broken) | Refusal::Unauthorised(broken)) => broken,
            Err(other) => panic!("refused otherwise: {other}"),
            Ok(findings) => panic!("admitted, with {findings:?}"),
        };
        assert!(broken.iter().any(|violation| violation.rule.id == rule), "{broken:?}");
        // What was found and what is needed, in words: a secretary does not read the program.
        let is_plain =
            |text: &str| !text.trim().is_empty() && !text.contains("Some(") && !text.contains("None");
        assert!(broken.iter().all(|it| is_plain(&it.found) && is_plain(&it.needed)), "{broken:?}");
        self.reported.breaks(rule);
        self.story
    }

    /// It is refused, and this is what the rule needed.
    #[track_caller]
    pub(crate) fn then_needed(self, rule: &str, needed: &str) {
        let Err(Refusal::RulesBroken(broken) | Refusal::Unauthorised(broken)) = self.result else {
            panic!("not refused by a rule: {:?}", self.result)
        };
        let told: Vec<_> =
            broken.iter().filter(|it| it.rule.id == rule).map(|it| it.needed.as_str()).collect();
        assert_eq!(told, [needed]);
    }

    /// It is refused by a rule that cites this.
    #[track_caller]
    pub(crate) fn then_cites(self, rule: &str, source: &str) {
        let Err(Refusal::RulesBroken(broken)) = self.result else {
            panic!("not refused by a rule: {:?}", self.result)
        };
        let cited: Vec<_> =
            broken.iter().filter(|it| it.rule.id == rule).map(|it| it.source.as_ref()).collect();
        assert_eq!(cited, [source]);
    }

    /// It is refused for its form, at this place.
    #[track_caller]
    pub(crate) fn then_malformed(self, at: &str) -> Story {
        match self.result {
            Err(Refusal::Malformed(malformed)) => assert_eq!(malformed.at, at, "{malformed}"),
            Err(other) => panic!("refused otherwise: {other}"),
            Ok(_findings) => panic!("admitted"),
        }
        self.story
    }

    /// It is admitted.
    #[track_caller]
    pub(crate) fn then_admitted(self) -> Story {
        if let Err(refusal) = self.result {
            panic!("refused: {refusal}");
        }
        self.story
    }
}

pub(crate) fn date(day: &str) -> Date {
    day.parse().unwrap()
}
