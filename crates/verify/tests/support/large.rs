//! Books of any size: bodies that NHS England establishes, each with a secretary who records its decisions.

use super::{Ledger, NHS_ENGLAND, REGISTRARS, public};
use minutebook_log::Timestamp;
use serde_json::{Value, json};

/// The seed of the key with which NHS England establishes these bodies.
const FOUNDER: u8 = 30;

/// The seed of the first secretary's key; with more bodies than seeds, several share one.
const FIRST_SECRETARY: u8 = 31;
const SECRETARIES: usize = 200;

/// A ledger of `size` entries, or as many as `bodies` need to be there, with decisions by each in turn.
pub(crate) fn large(bodies: usize, size: usize) -> Ledger {
    let mut ledger = Ledger::small();
    ledger.capacity(FOUNDER, "nhs_england");
    for seed in (0..bodies.min(SECRETARIES)).map(secretary_of) {
        ledger.capacity(seed, "secretary");
    }
    for body in 0..bodies {
        ledger.establish(body);
    }
    let mut number = 0;
    while ledger.entries.len() < size {
        let body = number % bodies;
        ledger.decide_for(body, number / bodies + 1);
        number += 1;
    }
    ledger
}

fn secretary_of(body: usize) -> u8 {
    FIRST_SECRETARY + u8::try_from(body % SECRETARIES).unwrap()
}

fn code(body: usize) -> String {
    format!("Z{body:04}")
}

impl Ledger {
    /// A minute for each entry, from 2020-04-02 on.
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_585_785_600_000_000 + self.entries.len() as i64 * 60_000_000).unwrap()
    }

    fn say(&mut self, name: &str, subject: &str, signers: &[u8], signatories: Value, facts: Value) {
        let data = json!({"standing": "own_act", "signatories": signatories, "facts": facts});
        let time = self.now().to_string();
        let time = format!("{}Z", time.split_once('.').unwrap().0);
        self.write_data(name, subject, &time, signers, data);
    }

    /// Enrols a key that may then sign in a capacity, for any body.
    fn capacity(&mut self, seed: u8, capacity: &str) {
        assert!(seed > NHS_ENGLAND, "not a key of the small book");
        let mut signatories: Vec<_> = REGISTRARS
            .iter()
            .map(|(seed, _)| json!({"key": public(*seed), "capacity": "registrar"}))
            .collect();
        let registrars = signatories.clone();
        signatories.push(json!({"key": public(seed), "capacity": "holder"}));
        let mut signers: Vec<_> = REGISTRARS.iter().map(|(seed, _)| *seed).collect();
        let granting = signers.clone();
        signers.push(seed);
        let label = format!("{capacity} {seed}");
        let facts = json!({"holder": format!("holder-{seed}"), "use": "author", "label": label});
        self.say("KeyEnrolled", &format!("key/{}", public(seed)), &signers, json!(signatories), facts);
        let facts = json!({"key": public(seed), "capacity": capacity, "bodies": "any", "types": "any",
            "standings": ["own_act"]});
        self.say(
            "AuthorityGranted",
            &format!("grant/{capacity}-{seed}"),
            &granting,
            json!(registrars),
            facts,
        );
    }

    fn establish(&mut self, body: usize) {
        let code = code(body);
        let facts = json!({"kind": "ccg", "name": format!("NHS {code} Clinical Commissioning Group"),
            "legal_basis": "s14D", "effective": "2020-04-02",
            "codes": [{"scheme": "ods", "value": code, "from": "2020-04-02"}], "units": [code],
            "constitution": {"title": "Constitution", "held": false}});
        let signatory = json!([{"key": public(FOUNDER), "capacity": "nhs_england"}]);
        self.say("BodyEstablished", &format!("body/{code}"), &[FOUNDER], signatory, facts);
    }

    fn decide_for(&mut self, body: usize, number: usize) {
        let subject = format!("body/{}", code(body));
        let day = self.now().to_string().split_once('T').unwrap().0.to_owned();
        let facts = json!({"decided_on": day, "effect": {"none": {}}, "mode": "meeting", "outcome": "approved",
            "item": {"reference": format!("GB/{number}")}, "votes": {"for": 9, "against": 1},
            "text": "The governing body APPROVED the annual report and accounts, subject to the comments made.",
            "reasons": "They give a true and fair view, and the auditor has no qualification."});
        let seed = secretary_of(body);
        let signatory = json!([{"key": public(seed), "capacity": "secretary", "body": subject}]);
        self.say("DecisionRecorded", &subject, &[seed], signatory, facts);
    }
}
