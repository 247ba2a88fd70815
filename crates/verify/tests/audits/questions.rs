//! What an auditor asks beside the rules of the book: duties in two hands, references without gaps.

use crate::support::{Ledger, REGISTRARS, SECRETARY, public};
use minutebook_log::Position;
use minutebook_verify::{Audit, AuditVerdict, Grade, Graded, findings};
use serde_json::{Value, json};

/// What an auditor's own rule finds; nothing that fails.
fn found(ledger: &Ledger, rule: &str) -> Vec<Graded> {
    let audit: Audit = ledger.publish().audit(&ledger.log_key().verifier());
    assert_eq!(audit.verdict(), AuditVerdict::Verified, "{:?}", audit.faults);
    findings(&audit).into_iter().filter(|finding| finding.rule == rule).collect()
}

/// Enrols a key of `holder`, which may then sign in a capacity.
fn admit(ledger: &mut Ledger, seed: u8, holder: &str, capacity: &str, grant: &str) {
    let mut signers = REGISTRARS.to_vec();
    signers.push((seed, "holder"));
    let facts = json!({"holder": holder, "use": "author", "label": format!("{capacity} {seed}")});
    let subject = format!("key/{}", public(seed));
    ledger.write("KeyEnrolled", &subject, "2020-05-01T10:00:00Z", &signers, facts);
    let facts = json!({"key": public(seed), "capacity": capacity, "bodies": "any", "types": "any",
        "standings": ["own_act"]});
    ledger.write("AuthorityGranted", grant, "2020-05-01T11:00:00Z", &REGISTRARS, facts);
}

fn establish(ledger: &mut Ledger, code: &str, signer: u8) {
    let facts = json!({"kind": "ccg", "name": format!("NHS {code} Clinical Commissioning Group"),
        "legal_basis": "s14D", "effective": "2020-05-02",
        "codes": [{"scheme": "ods", "value": code, "from": "2020-05-02"}], "units": [code],
        "constitution": {"title": "Constitution", "held": false}});
    let subject = format!("body/{code}");
    let signers = [(signer, "nhs_england")];
    ledger.write("BodyEstablished", &subject, "2020-05-02T10:00:00Z", &signers, facts);
}

/// Two bodies apply to become one, both by the key `asks`; the regulator's decision is signed by `approves`.
fn merge(ledger: &mut Ledger, asks: u8, approves: u8) {
    establish(ledger, "00X", approves);
    let merger = "merger/two-into-one";
    let write = |ledger: &mut Ledger, name: &str, subject: &str, body: &str, facts: Value| {
        let signatory = json!({"key": public(asks), "capacity": "secretary", "body": body});
        let data = json!({"standing": "own_act", "signatories": [signatory], "facts": facts});
        ledger.write_data(name, subject, "2020-05-09T10:00:00Z", &[asks], data);
    };
    let bodies = ["body/52R", "body/00X"];
    let facts = json!({"participants": bodies, "proposed_on": "2020-05-03"});
    write(ledger, "MergerProposed", merger, "body/52R", facts);
    for body in bodies {
        let facts = json!({"decided_on": "2020-05-04", "mode": "meeting", "outcome": "approved", "text": "To apply.",
            "reasons": "y", "effect": {"merger": {"merger": merger, "choice": "apply"}}});
        write(ledger, "DecisionRecorded", body, body, facts);
    }
    let facts = json!({"number": 1, "applicants": bodies, "to": "NHS England", "submitted_on": "2020-05-05",
        "requested_effective": "2021-04-01", "proposed_name": "NHS Both Clinical Commissioning Group",
        "constitution": {"title": "Constitution", "held": false}, "accountable_officer": "person/9d41c7e02b6f4a58"});
    write(ledger, "ApplicationSubmitted", merger, "body/52R", facts);
    let facts = json!({"number": 1, "outcome": "approved", "decided_on": "2020-05-10", "reasons": "y"});
    let signers = [(approves, "nhs_england")];
    ledger.write("RegulatorDecisionRecorded", merger, "2020-05-10T10:00:00Z", &signers, facts);
}

#[test]
fn a_registrar_who_grants_to_a_key_of_their_own_is_in_doubt() {
    let mut ledger = Ledger::small();
    admit(&mut ledger, 20, "somebody-else", "secretary", "grant/other");
    assert_eq!(found(&ledger, "duties.self-approval"), []);
    admit(&mut ledger, 21, "registrar-one", "secretary", "grant/own");
    let raised = found(&ledger, "duties.self-approval");
    assert_eq!((raised.len(), raised[0].grade), (1, Grade::Doubt));
    assert_eq!((raised[0].subject.as_str(), &raised[0].entries[..]), ("grant/own", &[Position(10)][..]));
}

#[test]
fn one_holder_with_two_capacities_is_remarked_on() {
    let mut ledger = Ledger::small();
    admit(&mut ledger, 20, "somebody", "secretary", "grant/one");
    assert_eq!(found(&ledger, "duties.one-holder"), []);
    admit(&mut ledger, 21, "somebody", "nhs_england", "grant/two");
    let raised = found(&ledger, "duties.one-holder");
    assert_eq!((raised.len(), raised[0].grade), (1, Grade::Remark));
    assert_eq!(raised[0].found, "nhs_england and secretary");
    admit(&mut ledger, 22, "registrar-two", "secretary", "grant/three");
    let raised = found(&ledger, "duties.one-holder");
    assert_eq!((raised.len(), raised[0].found.as_str()), (2, "registrar and secretary"));
    assert_eq!(raised[0].entries, [Position(0), Position(12)]);
}

#[test]
fn who_asks_and_approves_in_one_matter_is_in_doubt() {
    let with = |approver: &str| {
        let mut ledger = Ledger::small();
        admit(&mut ledger, 20, "asks", "secretary", "grant/asks");
        admit(&mut ledger, 21, approver, "nhs_england", "grant/approves");
        merge(&mut ledger, 20, 21);
        ledger
    };
    assert_eq!(found(&with("approves"), "duties.self-approval"), []);
    let raised = found(&with("asks"), "duties.self-approval");
    assert_eq!((raised.len(), raised[0].grade), (1, Grade::Doubt));
    assert_eq!(raised[0].subject, "merger/two-into-one");
    assert_eq!(raised[0].entries, (12..17).map(Position).collect::<Vec<_>>());
}

/// A decision of 52R with a reference.
fn decide(ledger: &mut Ledger, reference: &str, day: &str) {
    let facts = json!({"decided_on": day, "effect": {"none": {}}, "mode": "meeting", "outcome": "approved",
        "text": "x", "reasons": "y", "item": {"reference": reference}});
    let time = format!("{day}T10:00:00Z");
    ledger.write("DecisionRecorded", "body/52R", &time, &[(SECRETARY, "secretary")], facts);
}

#[test]
fn a_hole_in_the_references_is_told_for_each_body_and_series() {
    let mut ledger = Ledger::small();
    for (reference, day) in [
        ("GB/20/069", "2020-04-08"),
        ("GB/20/070", "2020-04-08"),
        ("PCC/1", "2020-04-09"),
        ("GB/20/071", "2020-05-06"),
        ("PCC/2", "2020-05-09"),
        ("PCC/3", "2020-06-09"),
    ] {
        decide(&mut ledger, reference, day);
    }
    assert_eq!(found(&ledger, "minutes.reference-gap"), []);
    decide(&mut ledger, "GB/20/076", "2020-06-10");
    let raised = found(&ledger, "minutes.reference-gap");
    assert_eq!((raised.len(), raised[0].grade), (1, Grade::Remark));
    assert_eq!(raised[0].subject, "body/52R");
    assert_eq!(raised[0].found, "of GB/20/069 to GB/20/076, no decision bears 072 to 075");
    assert_eq!(raised[0].entries, [Position(10), Position(13)]);
    decide(&mut ledger, "PCC/5", "2020-06-11");
    assert_eq!(found(&ledger, "minutes.reference-gap").len(), 2);
}
