//! Facts are read in one form only: in each that they would be written in, and in no other.

use minutebook_governance::catalogue::row_of;
use minutebook_governance::{
    Facts, annotations, authority, bodies, committees, consultations, decisions, documents,
};
use minutebook_governance::{
    figures, interests, meetings, mergers, people, plans, proposals, reorganisation,
};
use serde_json::{Value, json};

/// A value with each of its places changed in turn.
fn changed(value: &Value) -> Vec<Value> {
    let mut all = vec![Value::Null, json!(true), json!(7), json!(-7), json!("x"), json!([]), json!({})];
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let with = |new: Option<Value>| {
                    let mut members = members.clone();
                    match new {
                        None => members.remove(name),
                        Some(new) => members.insert(name.clone(), new),
                    };
                    Value::Object(members)
                };
                all.push(with(None));
                all.extend(changed(member).into_iter().map(|new| with(Some(new))));
            }
            let more = members.clone().into_iter().chain([("more".to_owned(), Value::Null)]);
            all.push(Value::Object(more.collect()));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for new in changed(item) {
                    let mut items = items.clone();
                    items[index] = new;
                    all.push(Value::Array(items));
                }
            }
            all.push(items.iter().chain(items.first()).cloned().collect());
            all.push(items.iter().skip(1).cloned().collect());
        }
        Value::String(text) => all.extend([json!(format!("{text}x")), json!(text.get(1..))]),
        Value::Number(number) => all.push(json!(number.as_i64().map(|number| number + 1))),
        Value::Null | Value::Bool(_) => {}
    }
    all
}

/// What is read, written again.
fn again<T: Facts>(facts: &Value) -> Option<Value> {
    serde_json::to_value(T::deserialize(facts).ok()?).ok()
}

/// How many changes of a type's example were compared, and how many of those are facts too.
fn compare<T: Facts>(name: &str) -> (usize, usize) {
    let row = row_of(name).unwrap();
    let lines = row.example.lines().filter(|line| !line.trim_start().starts_with("//"));
    let example: Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
    let facts = &example["data"]["facts"];
    assert!(row.parse(facts).is_ok(), "{name}");
    let (all, mut read) = (changed(facts), 0);
    for other in &all {
        let is_in_form = again::<T>(other).as_ref() == Some(other);
        read += usize::from(is_in_form);
        assert_eq!(row.parse(other).is_ok(), is_in_form, "{name}: {other}");
    }
    (all.len(), read)
}

macro_rules! compared {
    ($($module:ident::$facts:ident),+ $(,)?) => { [$(compare::<$module::$facts>(stringify!($facts))),+] };
}

#[test]
fn facts_are_read_where_they_would_be_written_the_same() {
    let compared = compared!(
        annotations::RecordAnnotated,
        authority::AuthorityGranted,
        authority::KeyEnrolled,
        authority::KeyRevoked,
        bodies::BodyEstablished,
        bodies::BodyRegistered,
        bodies::BodyRenamed,
        bodies::SuccessionRecorded,
        committees::CommitteeEstablished,
        committees::DelegationGranted,
        consultations::ConsultationChanged,
        consultations::ConsultationOpened,
        decisions::DecisionRecorded,
        documents::RecordCorrected,
        figures::AttributeReported,
        interests::InterestRegistered,
        meetings::AgendaPublished,
        meetings::AttendanceRecorded,
        meetings::MeetingConvened,
        meetings::VoteTaken,
        mergers::ApplicationChanged,
        mergers::RegulatorDecisionRecorded,
        people::OfficerAppointed,
        plans::IntentionRecorded,
        proposals::MergerProposed,
        reorganisation::ReorganisationEffected,
    );
    let (all, read) = compared.into_iter().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    assert!(all > 3000 && read > 300, "{read} of {all}");
}
