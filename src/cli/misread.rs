//! Every mistake in the form of an event, and not the first alone: what is wrong is set right as the type's example has it, and
//! the rest is read on.

use super::exit::Mistake;
use super::templates::template;
use super::writing::Words;
use super::written::{self, nearer};
use crate::author::{LedgerRef, UnboundEvent};
use minutebook_governance::Malformed;
use minutebook_governance::catalogue::{read_event, row_of};
use minutebook_log::{EventId, Hash, Position, SecretKey, Seen, Timestamp};
use serde_json::{Value, json};

/// How many mistakes of one event are told at most.
const TOLD_MAX: usize = 40;

/// Every mistake in the form of these words, on the lines of their file; nothing where a ledger would read them.
pub(super) fn mistakes(words: &Words) -> Vec<Mistake> {
    malformed(words).iter().map(|wrong| words.places.locate(wrong)).collect()
}

fn malformed(words: &Words) -> Vec<Malformed> {
    let mut data = Value::Object(words.data.clone());
    give_keys(&mut data);
    let example = template(&words.type_name).and_then(example_of).unwrap_or_default();
    let mut all: Vec<Malformed> = Vec::new();
    while let Some(wrong) = first_in(words, &data).filter(|_wrong| all.len() < TOLD_MAX) {
        let is_told = all.iter().any(|told| told.at == wrong.at);
        // What was set right here may not fit to the rest: that is no mistake of whoever wrote it.
        let is_ours = reads(words, &data)
            && all.iter().any(|told| is_within(&told.at, &wrong.at) || is_within(&wrong.at, &told.at));
        if is_ours || !set_right(&mut data, &wrong, &example, is_told) {
            break;
        }
        if !is_told {
            all.push(wrong);
        }
    }
    let misspelt: Vec<_> = all.iter().filter_map(named_instead).collect();
    all.retain(|wrong| wrong.found != "nothing" || !misspelt.contains(&wrong.at));
    let schema =
        row_of(&words.type_name).and_then(|row| serde_json::to_value(row.schema()).ok()).unwrap_or_default();
    all.iter_mut().for_each(|wrong| wrong.needed = needed(wrong, &schema, &example));
    // What can't be set right was told before the rest was given up.
    if let (true, Some(first)) = (all.is_empty(), first_in(words, &data)) {
        all.push(first);
    }
    all
}

/// The member that was meant where another name stands: it is told once, and not as one that lacks too.
fn named_instead(wrong: &Malformed) -> Option<String> {
    let told = nearer(&wrong.found, &wrong.needed);
    let meant = told.rsplit_once("did you mean `")?.1.strip_suffix("`?")?;
    let (holder, _name) = wrong.at.rsplit_once('/')?;
    wrong.found.starts_with("a member").then(|| format!("{holder}/{meant}"))
}

/// What is needed there, in the words of whoever writes a file: of a closed list its words, of an object what the example has, of a
/// text that may be sealed how it is.
fn needed(wrong: &Malformed, schema: &Value, example: &Value) -> String {
    let pointer = wrong.at.strip_prefix("/data").unwrap_or(&wrong.at);
    if wrong.needed.starts_with("an instant with its offset") && wrong.at.starts_with("/data/facts/") {
        return "a time, such as \"18:00\" where the first line says the day (\"on\"), or with its day \
                2019-06-17T09:00:00+01:00"
            .to_owned();
    }
    if let Some((before, _digest)) = wrong.needed.split_once(", or {\"sealed\"") {
        return match wrong.found.contains("an object") {
            true => "a digest of 64 digits in {\"sealed\": \"..\"}; to have a text sealed, write {\"seal\": \"the text\"}".to_owned(),
            false => format!("{before}; to have it sealed, write {{\"seal\": \"the text\"}}"),
        };
    }
    if wrong.needed != "a text in quotes" {
        return wrong.needed.clone();
    }
    let words = words_at(schema, pointer);
    let shown = example.pointer(pointer).or_else(|| example.pointer(&first_of_each(pointer)));
    match (words.as_slice(), shown) {
        ([], Some(shown @ (Value::Object(_) | Value::Array(_)))) => format!("a value such as {shown}"),
        ([], _) => wrong.needed.clone(),
        (words, _) => format!("one of {}", words.join(", ")),
    }
}

/// The words of a closed list that a schema allows at a place of the data; none where it is no such list.
fn words_at(schema: &Value, pointer: &str) -> Vec<String> {
    let resolve = |part: &Value| -> Value {
        let named = part.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        named.and_then(|to| schema.pointer(to)).unwrap_or(part).clone()
    };
    let mut part = schema.clone();
    for step in pointer.split('/').skip(1) {
        let member =
            part.get("properties").and_then(|members| members.get(step)).or_else(|| part.get("items"));
        match member {
            Some(member) => part = resolve(member),
            None => return Vec::new(),
        }
    }
    let listed = part.get("oneOf").or_else(|| part.get("anyOf")).and_then(Value::as_array);
    let consts: Vec<_> =
        listed.into_iter().flatten().map(|one| one.get("const").and_then(Value::as_str)).collect();
    let enumerated = part.get("enum").and_then(Value::as_array);
    let enumerated =
        enumerated.into_iter().flatten().filter_map(Value::as_str).map(|word| format!("`{word}`"));
    if !consts.is_empty() && consts.iter().all(Option::is_some) {
        return consts.into_iter().flatten().map(|word| format!("`{word}`")).collect();
    }
    enumerated.collect()
}

/// Whether a pointer leads to what another holds, or to the same.
fn is_within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Keys for whoever is to be given one when it is signed.
fn give_keys(data: &mut Value) {
    let listed = data.get_mut("signatories").and_then(Value::as_array_mut).into_iter().flatten();
    for (signatory, seed) in listed.zip(1_u8..) {
        if let Some(members) = signatory.as_object_mut() {
            members.entry("key").or_insert_with(|| json!(SecretKey::from_seed(&[seed; 32]).public()));
        }
    }
}

/// The data of a type's example.
fn example_of(text: &str) -> Option<Value> {
    let example = written::read("example", text.as_bytes()).ok()?;
    let mut example = example.into_iter().next()?.members.remove("data")?;
    give_keys(&mut example);
    Some(example)
}

/// Whether the facts by themselves are of their type.
fn reads(words: &Words, data: &Value) -> bool {
    let facts = data.get("facts").unwrap_or(&Value::Null);
    row_of(&words.type_name).is_some_and(|row| row.parse(facts).is_ok())
}

/// What is wrong first, as it is read: in no order that whoever wrote it would expect.
fn first_in(words: &Words, data: &Value) -> Option<Malformed> {
    let (Value::Object(data), Ok(time)) = (data.clone(), Timestamp::parse_event_time("2000-01-01T00:00:00Z"))
    else {
        return None;
    };
    let opening = Hash::of(b"a form is judged in any ledger");
    let event = UnboundEvent {
        id: EventId::from_parts(0, &[0; 10]),
        type_name: words.type_name.clone(),
        subject: words.subject.clone(),
        time,
        correlation_id: None,
        data,
    };
    let origin = "minutebook.example/form".parse().ok()?;
    let ledger = LedgerRef { origin, id: opening, seen: Seen { position: Position(0), hash: opening } };
    event.bind(&ledger).and_then(|event| read_event(&event)).err()
}

/// Sets right what is wrong, so that the rest can be read: as the example has it; else without it; where neither helped, with the
/// example's value for what holds it. Whether there was such a way.
fn set_right(data: &mut Value, wrong: &Malformed, example: &Value, is_tried: bool) -> bool {
    let Some(pointer) = wrong.at.strip_prefix("/data") else { return false };
    let is_unknown = wrong.found.starts_with("a member");
    let told = |at: &str| example.pointer(at).or_else(|| example.pointer(&first_of_each(at))).cloned();
    match told(pointer) {
        Some(value) if !is_unknown && !is_tried => put(data, pointer, value),
        _ if !is_tried => remove(data, pointer),
        _ => {
            let mut holders =
                std::iter::successors(pointer.rsplit_once('/'), |(at, _name)| at.rsplit_once('/'));
            let holder = holders.find_map(|(at, _name)| Some((at, told(at)?)));
            // With other facts altogether nothing of these would be read.
            let holder = holder.filter(|(at, _value)| !["", "/facts"].contains(at));
            holder.is_some_and(|(at, value)| put(data, at, value))
        }
    }
}

/// A pointer in which every place in a list is the first.
fn first_of_each(pointer: &str) -> String {
    let is_place = |step: &&str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let steps = pointer.split('/').map(|step| if is_place(&step) { "0" } else { step });
    steps.collect::<Vec<_>>().join("/")
}

fn holder_of<'d, 'p>(data: &'d mut Value, pointer: &'p str) -> Option<(&'d mut Value, &'p str)> {
    let (holder, name) = pointer.rsplit_once('/')?;
    Some((data.pointer_mut(holder)?, name))
}

fn put(data: &mut Value, pointer: &str, value: Value) -> bool {
    match holder_of(data, pointer) {
        Some((Value::Object(members), name)) => {
            members.insert(name.to_owned(), value);
            true
        }
        Some((Value::Array(items), name)) => {
            let item = name.parse::<usize>().ok().and_then(|at| items.get_mut(at));
            item.map(|item| *item = value).is_some()
        }
        _ => false,
    }
}

/// Takes a member away. One that is not there stays away: what lacks is told, and there is nothing to set right.
fn remove(data: &mut Value, pointer: &str) -> bool {
    match holder_of(data, pointer) {
        Some((Value::Object(members), name)) => members.remove(name).is_some(),
        Some((Value::Array(items), name)) => {
            let at = name.parse::<usize>().ok().filter(|at| *at < items.len());
            at.map(|at| items.remove(at)).is_some()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::templates::types;

    fn words(type_name: &str, facts: Value) -> Words {
        let example = template(type_name).and_then(example_of).unwrap();
        let mut data = example.as_object().unwrap().clone();
        data.insert("facts".to_owned(), facts);
        let written = written::read("example", template(type_name).unwrap().as_bytes()).unwrap().remove(0);
        Words {
            type_name: type_name.to_owned(),
            subject: written.members["subject"].as_str().unwrap().parse().unwrap(),
            id: None,
            time: None,
            correlation_id: None,
            data,
            places: written.places,
            disclosures: Vec::new(),
        }
    }

    fn facts_of(type_name: &str) -> Value {
        template(type_name).and_then(example_of).unwrap()["facts"].clone()
    }

    #[test]
    fn what_is_of_its_type_has_no_mistakes() {
        for name in types() {
            assert_eq!(malformed(&words(name, facts_of(name))), [], "{name}");
        }
    }

    #[test]
    fn every_mistake_is_told_and_nothing_that_is_none() {
        let mut facts = facts_of("DecisionRecorded");
        facts["decided_on"] = json!("04/07/2019");
        facts["outcom"] = json!("approved");
        facts["outcome"] = json!("aproved");
        facts["mode"] = json!(3);
        facts["text"] = json!("");
        let told: Vec<_> = malformed(&words("DecisionRecorded", facts)).into_iter().map(|it| it.at).collect();
        let mut sorted = told.clone();
        sorted.sort_unstable();
        let expected =
            ["decided_on", "mode", "outcom", "outcome", "text"].map(|name| format!("/data/facts/{name}"));
        assert_eq!(sorted, expected, "{told:?}");
    }

    #[test]
    fn what_is_needed_is_told_in_the_words_of_who_writes() {
        let mut facts = facts_of("DecisionRecorded");
        let members = facts.as_object_mut().unwrap();
        members.remove("effect");
        members.remove("mode");
        members.remove("outcome");
        members.insert("outcom".to_owned(), json!("approved"));
        members.insert("reasons".to_owned(), json!({"sealed": "x"}));
        let told = malformed(&words("DecisionRecorded", facts));
        let needed = |name: &str| {
            let of_it = told.iter().find(|wrong| wrong.at == format!("/data/facts/{name}"));
            of_it.map(|wrong| wrong.needed.clone())
        };
        assert!(needed("effect").unwrap().starts_with("a value such as {"), "{told:?}");
        assert!(needed("mode").unwrap().starts_with("one of `meeting`, "), "{told:?}");
        assert!(needed("outcom").is_some() && needed("outcome").is_none(), "one slip is told once: {told:?}");
        assert!(needed("reasons").unwrap().contains("write {\"seal\": \"the text\"}"), "{told:?}");
        let mut facts = facts_of("MeetingOpened");
        facts["started_at"] = json!("");
        let told = malformed(&words("MeetingOpened", facts));
        assert!(told[0].needed.starts_with("a time, such as \"18:00\""), "{told:?}");
    }

    #[test]
    fn what_lacks_and_what_stands_in_a_list_is_told() {
        let mut facts = facts_of("AgendaPublished");
        let item = facts["items"][0].clone();
        facts["items"] = json!([item.clone(), item.clone(), item]);
        facts["items"][1]["part"] = json!("secret");
        facts["items"][2].as_object_mut().unwrap().remove("title");
        facts.as_object_mut().unwrap().remove("published_on");
        let mut told: Vec<_> =
            malformed(&words("AgendaPublished", facts)).into_iter().map(|it| it.at).collect();
        told.sort_unstable();
        let expected = ["/data/facts/items/1/part", "/data/facts/items/2/title", "/data/facts/published_on"];
        assert_eq!(told, expected);
    }
}
