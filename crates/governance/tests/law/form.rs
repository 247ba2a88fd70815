//! Form: each type is about one kind of subject, and facts have one form.

use crate::said::{Said, applied, decided, document, merged, proposed, says};
use crate::story::{Story, given, key_subject};
use minutebook_governance::catalogue::CATALOGUE;
use serde_json::{Value, json};

const KINDS: [&str; 22] = [
    "appointment",
    "ledger",
    "key",
    "grant",
    "record",
    "document",
    "body",
    "reorganisation",
    "person",
    "committee",
    "delegation",
    "partnership",
    "audit",
    "figure",
    "target",
    "meeting",
    "action",
    "interest",
    "merger",
    "consultation",
    "intention",
    "statement",
];

#[test]
fn another_kind_of_subject_is_refused_for_every_type() {
    let mut story = given([]);
    for row in &CATALOGUE {
        assert!(KINDS.contains(&row.subject_kind), "{}", row.subject_kind);
        for subject in KINDS.iter().flat_map(|kind| misnamed(kind, row.subject_kind)) {
            let said = says(row.name, &subject, json!({})).by(&[("importer", "importer", "")]);
            let refusal = story.tell(&said).unwrap_err().to_string();
            assert!(refusal.starts_with("/subject: "), "{} of {subject}: {refusal}", row.name);
        }
    }
}

/// Subjects that a type about `wanted` is not about: every one of another kind; of its own kind, the kind alone, names
/// that it does not have, and a name where it has none.
fn misnamed(kind: &str, wanted: &str) -> Vec<String> {
    let names: &[&str] = match kind {
        "ledger" => &["ledger/x", "ledger/ledger"],
        "key" => &["key", "key/x", "key/key"],
        "record" => &["record", "record/x", "record/0197e3c2-0000-4000-8000-000000000001"],
        _ => &["", "/.", "/..", "/-x", "/x-", "/_"],
    };
    let own = names
        .iter()
        .map(|name| if name.starts_with('/') { format!("{kind}{name}") } else { (*name).to_owned() });
    let own = own.map(|name| if name.is_empty() { kind.to_owned() } else { name });
    let well_formed = match kind {
        "ledger" => "ledger".to_owned(),
        "key" => key_subject("importer"),
        "record" => format!("record/{}", crate::said::id(1)),
        _ => format!("{kind}/x"),
    };
    if kind == wanted { own.collect() } else { own.chain([well_formed]).collect() }
}

#[test]
fn a_text_has_paragraphs_and_a_name_has_none() {
    let text = "The Board RESOLVED:\n1. to lease the hall;\n2. to tell the tenants.";
    let with = |pointer: &str, value: Value| {
        let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
        *said.facts.pointer_mut(pointer).unwrap() = value;
        given([]).when(said)
    };
    with("/text", json!(text)).then_admitted();
    with("/reasons", json!(text)).then_admitted();
    with("/mode", json!("meet\ning")).then_malformed("/data/facts/mode");
    with("/decided_on", json!({"written": "4\nJuly"})).then_malformed("/data/facts/decided_on/written");
    let item = json!({"reference": "GB/1", "title": "A\nlease"});
    let mut titled = decided("04K", "2019-07-04", json!({"none": {}}));
    titled.facts["item"] = item;
    given([]).when(titled).then_malformed("/data/facts/item/title");
    let mut sourced = decided("04K", "2019-07-04", json!({"none": {}}));
    sourced.more.push(("basis", json!({"sourced": "the\nminutes"})));
    given([]).when(sourced).then_malformed("/data/basis/sourced");
    let mut found = decided("04K", "2019-07-04", json!({"none": {}}));
    found.more.push(("evidence", json!([{"title": "The\nminutes", "held": false}])));
    given([]).when(found).then_malformed("/data/evidence/0/title");
    // What is corrected may have them where the text that it corrects may.
    let corrected = |path: &str, old: Value, new: Value| {
        let fields = json!([{"path": path, "old": old, "new": new}]);
        let id = crate::said::id(1);
        let facts = json!({"target": id, "kind": "factual", "fields": fields, "reason": "So\nit was."});
        let minuted = decided("04K", "2019-07-04", json!({"none": {}})).with_id(1);
        given([minuted]).when(says("RecordCorrected", &format!("record/{id}"), facts))
    };
    let stands = decided("04K", "2019-07-04", json!({"none": {}})).facts["text"].clone();
    corrected("/text", stands, json!(text)).then_admitted();
    corrected("/mode", json!("meeting"), json!("meet\ning")).then_refused("correction.form");
}

#[test]
fn a_character_that_nobody_sees_is_refused_wherever_it_stands() {
    let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
    said.facts["text"] = json!("The Board\u{200B} agreed.");
    given([]).when(said.clone()).then_malformed("/data/facts/text");
    given([]).when(said.in_the_press()).then_malformed("/data/facts/text");
    let mut sourced = decided("04K", "2019-07-04", json!({"none": {}}));
    sourced.more.push(("evidence", json!([{"title": "\u{FEFF}Minutes", "held": false}])));
    given([]).when(sourced).then_malformed("/data/evidence/0/title");
}

/// Changes one member of what is said, and expects it to be refused there.
#[track_caller]
fn refuses(said: &Said, pointer: &str, value: Value, at: &str) -> Story {
    let mut facts = said.facts.clone();
    match facts.pointer_mut(pointer) {
        Some(member) => *member = value,
        None => {
            let (owner, name) = pointer.rsplit_once('/').unwrap();
            facts.pointer_mut(owner).unwrap()[name] = value;
        }
    }
    given([]).when(Said { facts, ..said.clone() }).then_malformed(at)
}

#[test]
fn facts_are_written_in_one_form() {
    let decision = decided("04K", "2019-07-04", json!({"none": {}}));
    refuses(&decision, "/outcome", json!({"approved": null}), "/data/facts/outcome");
    refuses(&decision, "/effect", json!({"none": []}), "/data/facts/effect/none");
    refuses(
        &decision,
        "/effect",
        json!({"none": {"refused_by": null}}),
        "/data/facts/effect/none/refused_by",
    );
    refuses(&decision, "/item", json!(["GB/1"]), "/data/facts/item");
    refuses(&decision, "/item", Value::Null, "/data/facts/item");
    refuses(&decision, "/votes", json!([3, 2]), "/data/facts/votes");
    refuses(&decision, "/text", json!(["ab".repeat(32)]), "/data/facts/text");
    refuses(&decision, "/decided_on", json!(["July", "2019-07-01", "2019-07-31"]), "/data/facts/decided_on");
    refuses(
        &decision,
        "/decided_on",
        json!({"written": "July", "latest": null}),
        "/data/facts/decided_on/latest",
    );
    refuses(&decision, "/more", json!(1), "/data/facts/more");
    refuses(&decision, "", json!([]), "/data/facts");
    let proposal = proposed("m", &["04K", "04L"], "2019-04-04");
    refuses(&proposal, "/options", json!([]), "/data/facts/options");
    let listed = crate::said::ccg("04N");
    refuses(&listed, "/codes/0", json!(["ods", "04N"]), "/data/facts/codes/0");
    refuses(&listed, "/codes/0/value", json!("0 4"), "/data/facts/codes/value");
    refuses(&listed, "/units/0", json!("01Y/a/b"), "/data/facts/units/0");
}

#[test]
fn what_events_have_in_common_is_written_in_one_form_too() {
    let check = |change: &dyn Fn(&mut Said), at: &str| {
        let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
        change(&mut said);
        given([]).when(said).then_malformed(at);
    };
    check(&|said| said.more.push(("evidence", json!([]))), "/data/evidence");
    check(&|said| said.more.push(("fulfils", json!([]))), "/data/fulfils");
    check(&|said| said.more.push(("basis", Value::Null)), "/data/basis");
    check(&|said| said.more.push(("modality", json!("enacted"))), "/data/modality");
    check(&|said| said.more.push(("standing", json!({"own_act": null}))), "/data/standing");
    let signatory = |said: &Said| said.data()["signatories"][0].clone();
    check(
        &|said| {
            let one = signatory(said);
            said.more.push(("signatories", json!([[one["key"], one["capacity"], one["body"]]])));
        },
        "/data/signatories/0",
    );
    check(
        &|said| {
            let one = signatory(said);
            said.more.push(("signatories", json!([one.clone(), one])));
        },
        "/data/signatories",
    );
    check(&|said| said.more.push(("signatories", json!([]))), "/data/signatories");
    let mut sourced = decided("04K", "2019-07-04", json!({"none": {}}));
    sourced.more.push(("basis", json!({"sourced": "the minutes"})));
    given([]).when(sourced).then_admitted();
}

#[test]
fn a_document_that_is_held_has_a_digest_and_one_that_is_not_has_none() {
    let check = |held: bool, sha256: bool, at: Option<&str>| {
        let mut said = decided("04K", "2019-07-04", json!({"none": {}}));
        let mut paper = json!({"title": "Paper", "held": held});
        if sha256 {
            paper["sha256"] = json!("ab".repeat(32));
            paper["bytes"] = json!(7);
            paper["media_type"] = json!("text/plain");
        }
        said.more.push(("evidence", json!([document(), paper])));
        match at {
            Some(at) => given([]).when(said).then_malformed(at),
            None => given([]).when(said).then_admitted(),
        };
    };
    check(true, true, None);
    check(false, false, None);
    check(true, false, Some("/data/evidence/1"));
    check(false, true, Some("/data/evidence/1"));
    refuses(&merged(), "/opening/0/constitution/held", json!(true), "/data/facts/opening/0/constitution");
}

#[test]
fn lists_name_each_thing_once() {
    refuses(
        &applied(1, "2019-09-30"),
        "/applicants",
        json!(["body/04K", "body/04K"]),
        "/data/facts/applicants",
    );
    let proposal = proposed("m", &["04K", "04K"], "2019-04-04");
    given([]).when(proposal).then_malformed("/data/facts/participants");
    refuses(&merged(), "/closing", json!(["body/04K", "body/04K"]), "/data/facts");
    refuses(&merged(), "/closing", json!(["body/04K", "body/52R"]), "/data/facts");
    refuses(&merged(), "/basis", json!("order"), "/data/facts/merger");
}

#[test]
fn numbers_and_lists_have_what_they_need() {
    let office = says(
        "OfficeDefined",
        "body/04K",
        json!({"office": "chair", "title": "Chair", "voting": true,
        "statutory": false, "seats": 1, "effective": "2013-04-01"}),
    );
    given([]).when(office.clone()).then_admitted();
    refuses(&office, "/seats", json!(0), "/data/facts/seats");
    refuses(&office, "/until", json!("2013-04-01"), "/data/facts/until");
    refuses(&crate::said::consulted(), "/owners", json!([]), "/data/facts/owners");
    let decision = decided("04K", "2019-07-04", json!({"none": {}}));
    refuses(&decision, "/text", json!(" "), "/data/facts/text");
    let nameless = says("BodyRegistered", "body/x", json!({"kind": "ccg"})).reported();
    given([]).when(nameless).then_malformed("/data/facts/name");
    let varied = says(
        "AreaVaried",
        "body/04K",
        json!({"effective": "2019-04-01", "extent": "stated", "basis": "order"}),
    );
    given([]).when(varied).then_malformed("/data/facts/extent");
    let empty_holder = crate::story::enrolled("newcomer", " ");
    given([]).when(empty_holder).then_malformed("/data/facts/holder");
    let weak = says(
        "KeyEnrolled",
        &format!("key/{}", "00".repeat(32)),
        json!({"holder": "n", "use": "author",
        "label": "n"}),
    );
    given([]).when(weak.by(&[("importer", "holder", "")])).then_malformed("/subject");
    given([])
        .when(says("KeyRevoked", &key_subject("importer"), json!({"reason": "lost", "from": 3})))
        .then_malformed("/data/facts/from");
}
