//! Two small books, made from fixed seeds, ids and times, so that their bytes never change by themselves.

use super::roles::{
    CHECKPOINTS, NEXT_CHECKPOINTS, NHS_ENGLAND, REGISTRAR_ONE, REGISTRAR_TWO, REGISTRARS, Role, SECRETARY,
};
use minutebook_log::{Chain, Entry, Event, EventDraft, EventId, Place, Position, Seen, Signed, Timestamp};
use serde_json::{Map, Value, json};

/// The bytes whose SHA-256 stands in entry 6 where a text would: salt, JSON pointer, value.
pub(crate) const DISCLOSURE: &str = r#"["8f4a2c06d9b1e37550a7c3f2184e6d9b","/data/facts/text","To approve the settlement agreement in paper GB/20/014."]"#;

/// `openssl dgst -sha256` of [`DISCLOSURE`]; the test of spec/event.md's steps holds the two together.
const DISCLOSURE_SHA256: &str = "22740a6475b52780694f8bd93f29081cba1f773c88df335a962a5511a3821c1c";

/// A ledger and its entries.
pub(crate) struct Book {
    /// The folder under `spec/vectors`.
    pub(crate) name: &'static str,
    /// The chain after the last entry.
    pub(crate) chain: Chain,
    /// The entries in order.
    pub(crate) entries: Vec<Entry>,
}

/// A live ledger of seven entries: two registrars open it and let NHS England in, which establishes a
/// body; they let its secretary in, who records a decision whose text is sealed.
pub(crate) fn live() -> Book {
    let mut book = Book::new("book");
    book.write(opening_at("2020-03-16T10:00:00Z", "minutebook.example/small-book", "live"));
    book.write(enrolment("2020-03-16T10:20:00Z", NHS_ENGLAND));
    book.write(grant("2020-03-16T10:25:00Z", NHS_ENGLAND, "nhs-england", "nhs_england"));
    book.write(establishment());
    book.write(enrolment("2020-04-01T08:30:00Z", SECRETARY));
    book.write(grant("2020-04-01T08:35:00Z", SECRETARY, "secretary-52R", "secretary"));
    book.write(decision());
    book
}

/// The live ledger, whose key the registrars pass on with entry 7, and a decision under the next one.
pub(crate) fn rotated() -> Book {
    let mut book = live();
    let mut rotation = enrolment("2020-04-02T09:00:00Z", NEXT_CHECKPOINTS);
    rotation.draft.data["facts"]["use"] = json!("log");
    book.write(rotation);
    let mut act = decision();
    act.draft.id = EventId::from_parts(1_585_820_700_000, &[0; 10]);
    act.draft.time = Timestamp::parse_event_time("2020-04-02T09:45:00Z").unwrap();
    book.write(act);
    book
}

/// A re-enactment of three entries, the last of which was written before the one that it follows.
pub(crate) fn re_enactment() -> Book {
    let mut book = Book::new("re-enactment");
    book.write(opening_at("2013-04-01T00:00:00Z", "minutebook.example/re-enactment", "re-enactment"));
    book.write(enrolment("2013-04-01T09:30:00.5Z", SECRETARY));
    book.write(enrolment("2013-04-01T09:00:00Z", NHS_ENGLAND));
    book
}

/// The live ledger with more decisions after it, in all `count` entries: more than a tile holds.
pub(crate) fn long(count: usize) -> Book {
    let mut book = live();
    for number in book.entries.len()..count {
        let mut act = decision();
        let [.., high, low] = number.to_be_bytes();
        act.draft.id = EventId::from_parts(1_585_746_300_000, &[0, 0, 0, 0, 0, 0, 0, 0, high, low]);
        book.write(act);
    }
    book
}

/// What somebody brings to the ledger: an event without its binding, who signs it, and how long after the
/// author's time it arrives.
#[derive(Clone)]
pub(crate) struct Act {
    pub(crate) draft: EventDraft,
    pub(crate) signers: Vec<Role>,
    pub(crate) arrives_after_micros: i64,
}

impl Book {
    fn new(name: &'static str) -> Self {
        Self { name, chain: Chain::new(), entries: Vec::new() }
    }

    /// The book as it was after its first `size` entries.
    pub(crate) fn first(&self, size: usize) -> Self {
        let mut book = Self::new(self.name);
        for entry in &self.entries[..size] {
            book.add(entry.clone());
        }
        book
    }

    /// The entries' bytes, in order.
    pub(crate) fn bytes(&self) -> Vec<Vec<u8>> {
        self.entries.iter().map(Entry::encode).collect()
    }

    /// Binds, signs, places and adds what somebody brought.
    pub(crate) fn write(&mut self, act: Act) {
        let entry = self.next(&act);
        entry.signed.verify().unwrap();
        self.add(entry);
    }

    /// The entry that `act` would be next, not added.
    pub(crate) fn next(&self, act: &Act) -> Entry {
        let event = self.bind(act.draft.clone()).encode().unwrap();
        let place = self.place(&event, act.arrives_after_micros);
        self.chain.seal(sign(event, &act.signers), place)
    }

    /// `draft` with the ledger and the last entry as seen; an opening stays as it is.
    pub(crate) fn bind(&self, mut draft: EventDraft) -> EventDraft {
        if let Some(last) = self.entries.last() {
            let hash = self.chain.head().hash;
            draft.source = self.entries[0].event().source.clone();
            draft.ledger = self.chain.hash_at(Position::FIRST);
            draft.seen = Some(Seen { position: last.position, hash });
        }
        draft
    }

    /// The place of an event that arrives some time after it was written.
    pub(crate) fn place(&self, event: &Event, after_micros: i64) -> Place {
        let clock = Timestamp::from_micros(event.time.as_micros() + after_micros).unwrap();
        self.chain.place(event, clock)
    }

    fn add(&mut self, entry: Entry) {
        let read = self.chain.extend(&entry.encode()).unwrap();
        assert_eq!(read, entry, "what was written is what is read");
        self.entries.push(entry);
    }
}

/// An event with the signatures of these roles, sorted.
pub(crate) fn sign(event: Event, signers: &[Role]) -> Signed {
    let signatures = signers.iter().map(|role| (role.key(), role.secret().sign(event.bytes()))).collect();
    Signed::new(event, signatures).unwrap()
}

/// The act of opening, with facts that a test may change.
pub(crate) fn opening_at(time: &str, origin: &str, purpose: &str) -> Act {
    let registrar = |role: Role, holder: &str| json!({"key": role.key(), "holder": holder});
    let facts = json!({
        "origin": origin,
        "purpose": purpose,
        "checkpoint_key": CHECKPOINTS.key(),
        "registrars": [registrar(REGISTRAR_ONE, "registrar-one"), registrar(REGISTRAR_TWO, "registrar-two")],
        "threshold": 2,
        "rules": 1,
    });
    let mut act = act("LedgerOpened", "ledger", time, &registrars(), facts);
    act.draft.source = origin.parse().unwrap();
    act
}

/// A key let in by the registrars, which shows by its own signature that it is held.
pub(crate) fn enrolment(time: &str, role: Role) -> Act {
    let mut signers = registrars();
    signers.push((role, "holder"));
    let subject = format!("key/{}", role.key());
    act(
        "KeyEnrolled",
        &subject,
        time,
        &signers,
        json!({"holder": holder(role), "use": "author", "label": role.name}),
    )
}

fn grant(time: &str, role: Role, slug: &str, capacity: &str) -> Act {
    let facts = json!({
        "key": role.key(),
        "capacity": capacity,
        "bodies": ["body/52R"],
        "types": "any",
        "standings": ["own_act"],
        "acts_from": "2020-03-16",
    });
    act("AuthorityGranted", &format!("grant/{slug}"), time, &registrars(), facts)
}

fn establishment() -> Act {
    let facts = json!({
        "kind": "ccg",
        "name": "NHS Nottingham and Nottinghamshire Clinical Commissioning Group",
        "legal_basis": "s14G",
        "effective": "2020-04-01",
        "constitution": {"title": "Constitution, version 1.0", "held": false},
    });
    act("BodyEstablished", "body/52R", "2020-03-30T15:00:00Z", &[(NHS_ENGLAND, "nhs_england")], facts)
}

/// A decision whose words are private: its text is sealed.
pub(crate) fn decision() -> Act {
    let facts = json!({
        "decided_on": "2020-04-01",
        "effect": {"none": {}},
        "mode": "meeting",
        "outcome": "approved",
        "text": {"sealed": DISCLOSURE_SHA256},
    });
    let mut act =
        act("DecisionRecorded", "body/52R", "2020-04-01T13:05:00Z", &[(SECRETARY, "secretary")], facts);
    act.draft.correlation_id = Some(id(act.draft.time, 0xc0));
    act
}

fn registrars() -> Vec<(Role, &'static str)> {
    REGISTRARS.map(|role| (role, "registrar")).to_vec()
}

/// The holder of a key: in an example, a role.
fn holder(role: Role) -> String {
    role.name.to_lowercase().replace(' ', "-")
}

fn act(name: &str, subject: &str, time: &str, signers: &[(Role, &str)], facts: Value) -> Act {
    let time = Timestamp::parse_event_time(time).unwrap();
    let draft = EventDraft {
        id: id(time, 0),
        source: "minutebook.example/small-book".parse().unwrap(),
        event_type: format!("uk.nhs.governance.{name}.v1").parse().unwrap(),
        subject: subject.parse().unwrap(),
        time,
        ledger: None,
        seen: None,
        correlation_id: None,
        causation_id: None,
        data: data(signers, facts),
    };
    // A number of microseconds that looks like one, and differs from entry to entry.
    let arrives_after_micros = 1_000_000 + time.as_micros() / 1_000_000 * 7_919 % 1_000_000;
    Act { draft, signers: signers.iter().map(|(role, _capacity)| *role).collect(), arrives_after_micros }
}

fn data(signers: &[(Role, &str)], facts: Value) -> Map<String, Value> {
    let signatories = signers.iter().map(|(role, capacity)| match *capacity {
        "secretary" => json!({"key": role.key(), "capacity": capacity, "body": "body/52R"}),
        _ => json!({"key": role.key(), "capacity": capacity}),
    });
    let signatories: Vec<Value> = signatories.collect();
    json!({"standing": "own_act", "signatories": signatories, "facts": facts}).as_object().unwrap().clone()
}

/// An id made at `time`, whose random part is all one byte.
pub(crate) fn id(time: Timestamp, random: u8) -> EventId {
    EventId::from_parts(time.as_micros().unsigned_abs() / 1_000, &[random; 10])
}
