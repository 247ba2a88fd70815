//! Every type's example is read, fits its schema by a validator that is not ours, and the page of events is what
//! the code makes.

use minutebook_governance::catalogue::{CATALOGUE, CatalogueRow, read_event};
use minutebook_log::{EventDraft, EventId, Hash, Position, SecretKey, Seen, Timestamp};
use serde_json::{Map, Value, json};
use std::fs;

/// Types for which neither statute nor guidance says what they are: they serve the record, or repeat what
/// others say.
const WITHOUT_SOURCE: [&str; 29] = [
    "LedgerOpened",
    "KeyEnrolled",
    "KeyRevoked",
    "AuthorityGranted",
    "AuthorityRevoked",
    "DisclosureErased",
    "VisibilityChanged",
    "RulesAdopted",
    "AttributeReported",
    "AuditReported",
    "BodyRegistered",
    "IdentifierAssigned",
    "IntentionRecorded",
    "IntentionResolved",
    "MergerAbandoned",
    "MergerExplored",
    "OfficerObserved",
    "PartnershipChanged",
    "PartnershipFormed",
    "PartnershipMembershipChanged",
    "PersonRecorded",
    "RecordAnnotated",
    "RecordCorrected",
    "RecruitmentOpened",
    "ResponseRecorded",
    "StatementRecorded",
    "TargetOutcomeRecorded",
    "TargetSet",
    "DocumentRegistered",
];

/// How a comment names where its type comes from.
const SOURCES: [&str; 8] =
    ["section", "regulation", "Schedule", " Act", "SI 20", "guidance", "procedures", "constitution"];

/// An example without its notes, with a key for each signatory that lacks one.
fn example(row: &CatalogueRow) -> Value {
    let lines = row.example.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut example: Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
    let signatories = example["data"]["signatories"].as_array_mut().unwrap();
    for (seed, signatory) in (1..).zip(signatories) {
        let key = json!(SecretKey::from_seed(&[seed; 32]).public());
        signatory.as_object_mut().unwrap().entry("key").or_insert(key);
    }
    example
}

/// What is wrong with `data` by the type's schema, if anything is.
fn invalid(row: &CatalogueRow, data: &Value) -> Option<String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("mem:/schema", row.schema().to_value()).unwrap();
    let schema = compiler.compile("mem:/schema", &mut schemas).unwrap();
    schemas.validate(data, schema).err().map(|error| error.to_string())
}

fn of(name: &str) -> &'static CatalogueRow {
    CATALOGUE.iter().find(|row| row.name == name).unwrap()
}

#[test]
fn every_example_is_read_as_its_type_and_fits_its_schema() {
    for row in &CATALOGUE {
        let example = example(row);
        assert_eq!(example["type"], row.name);
        assert_eq!(invalid(row, &example["data"]), None, "{}", row.name);
        let opening = Hash::of(b"entry 0");
        let data: &Map<String, Value> = example["data"].as_object().unwrap();
        let later = row.name != "LedgerOpened";
        let event = EventDraft {
            id: EventId::from_parts(0, &[7; 10]),
            source: "minutebook.example/nottinghamshire".parse().unwrap(),
            event_type: row.event_type(),
            subject: example["subject"].as_str().unwrap().parse().unwrap(),
            time: Timestamp::parse_event_time("2019-07-04T13:05:00Z").unwrap(),
            ledger: later.then_some(opening),
            seen: later.then_some(Seen { position: Position::FIRST, hash: opening }),
            correlation_id: None,
            causation_id: None,
            data: data.clone(),
        };
        let act = read_event(&event.encode().unwrap()).unwrap_or_else(|why| panic!("{}: {why}", row.name));
        assert_eq!(act.name, row.name);
    }
}

#[test]
fn every_schema_is_of_the_one_form_that_is_read() {
    for row in &CATALOGUE {
        let good = example(row)["data"].clone();
        let facts = good["facts"].as_object().unwrap().clone();
        let mut more = good.clone();
        more["facts"]["more"] = json!(1);
        assert!(invalid(row, &more).is_some(), "{}: a member that nobody knows", row.name);
        for name in facts.keys() {
            let mut null = good.clone();
            null["facts"][name] = json!(null);
            // A corrected value is any JSON at all, but then one that stands in facts.
            assert!(invalid(row, &null).is_some(), "{}: {name} is null", row.name);
            assert!(row.parse(&null["facts"]).is_err(), "{}: {name} is null", row.name);
        }
    }
}

#[test]
fn what_a_schema_refuses() {
    let decision = of("DecisionRecorded");
    let check = |at: &str, value: Value| {
        let mut data = example(decision)["data"].clone();
        *data.pointer_mut(at).unwrap() = value.clone();
        let refused = invalid(decision, &data).is_some();
        assert_eq!(refused, decision.parse(&data["facts"]).is_err(), "{at} {value}");
        refused
    };
    let digest = "ab".repeat(32);
    for (at, value) in [
        ("/facts/decided_on", json!("4 July 2019")),
        ("/facts/decided_on", json!("2019-02-30")),
        ("/facts/decided_on", json!({"earliest": "2019-07-01"})),
        ("/facts/mode", json!("shouted")),
        ("/facts/mode", json!({"meeting": null})),
        ("/facts/votes/for", json!(-1)),
        ("/facts/votes/for", json!("9")),
        ("/facts/text", json!({"sealed": "ab"})),
        ("/facts/effect", json!({"merger": {"merger": "body/04K", "choice": "apply"}})),
        ("/facts/effect", json!({"none": {}, "merger": {}})),
    ] {
        assert!(check(at, value.clone()), "{at} {value}");
    }
    for (at, value) in [
        (
            "/facts/decided_on",
            json!({"written": "July 2019", "earliest": "2019-07-01", "latest": "2019-07-31"}),
        ),
        ("/facts/decided_on", json!({"written": "next Wednesday"})),
        ("/facts/text", json!({"sealed": digest})),
        ("/facts/effect", json!({"none": {}})),
    ] {
        assert!(!check(at, value.clone()), "{at} {value}");
    }
}

#[test]
fn every_type_says_where_it_comes_from() {
    let lacking = |row: &&CatalogueRow| {
        let schema = row.schema().to_value();
        let name = schema["properties"]["facts"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        let comment = schema["$defs"][name]["description"].as_str().unwrap_or_default();
        !SOURCES.iter().any(|source| comment.contains(source))
    };
    let lacking: Vec<_> = CATALOGUE.iter().filter(lacking).map(|row| row.name).collect();
    let unexcused: Vec<_> = lacking.iter().filter(|name| !WITHOUT_SOURCE.contains(name)).collect();
    assert!(unexcused.is_empty(), "their comments name neither statute nor spec: {unexcused:?}");
}

#[test]
fn the_page_of_events_is_up_to_date() {
    let page = fs::read_to_string(crate::page::path()).unwrap_or_default();
    let again = "cargo run -p minutebook-governance --example events";
    assert!(page == crate::page::page(), "docs/events.md is not what the code makes: {again}");
    for row in &CATALOGUE {
        assert!(page.contains(&format!("\n### {}\n", row.name)), "{}", row.name);
    }
}
