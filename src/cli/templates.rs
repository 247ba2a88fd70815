//! What `record` reads: an event before it is bound to a ledger, with a template to fill in for each type.

use super::exit::{Mistake, Usage};
use super::sealed_texts::seal_all;
use super::writing::{Signer, Words};
use super::written::{Places, Written};
use crate::meant::nearest;
use minutebook_governance::catalogue::{CATALOGUE, row_of};
use minutebook_governance::{Malformed, read_members};
use minutebook_log::{EventId, Subject, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The types that people record: all of the catalogue but LedgerOpened, which `init` writes.
pub(crate) fn types() -> impl Iterator<Item = &'static str> {
    CATALOGUE.iter().map(|row| row.name).filter(|name| *name != "LedgerOpened")
}

/// The template of a type, by name.
pub(crate) fn template(name: &str) -> Option<&'static str> {
    row_of(name).map(|row| row.example)
}

/// The members of a filled-in template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    #[serde(rename = "type")]
    type_name: String,
    subject: Subject,
    #[serde(default)]
    id: Option<EventId>,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    correlationid: Option<EventId>,
    data: Map<String, Value>,
}

/// Takes a filled-in template. Signatories without a key get those of `signers`, in order.
///
/// # Errors
/// What is wrong with it, that there are more signatories than keys, or a key alone that nobody needs.
pub(crate) fn read(written: Written, signers: &mut Vec<Signer>) -> anyhow::Result<Words> {
    let Written { members, places } = written;
    let needed = "a filled-in template, as minutebook record --template TYPE prints it";
    let filled = read_members("", &Value::Object(members), needed);
    let mut filled: Filled = filled.map_err(|wrong| places.locate(&wrong))?;
    check_type(&places, &filled.type_name)?;
    let time = filled.time.as_deref().map(Timestamp::parse_event_time).transpose();
    let time = time.map_err(|wrong| places.locate(&Malformed { at: "/time".to_owned(), ..wrong }))?;
    fill_in_keys(&mut filled.data, signers, &places)?;
    let disclosures = seal_all(&mut filled.data)?;
    Ok(Words {
        type_name: filled.type_name,
        subject: filled.subject,
        id: filled.id,
        time,
        correlation_id: filled.correlationid,
        data: filled.data,
        places,
        disclosures,
    })
}

/// The words of an event in which whoever is named without a key in the file has none again.
pub(crate) fn without_keys(words: &Words, written: &Written) -> Words {
    let mut blank = words.clone();
    let signatories = written.members.get("data").and_then(|data| data.get("signatories"));
    blank.data.extend(signatories.map(|listed| ("signatories".to_owned(), listed.clone())));
    blank
}

/// Refuses a type that the catalogue has not, with the one that was probably meant.
pub(crate) fn check_type(places: &Places, name: &str) -> Result<(), Mistake> {
    if row_of(name).is_some() {
        return Ok(());
    }
    let meant = nearest(name, types()).map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
    let needed = format!("a type, as minutebook record --help lists them{meant}");
    Err(places.locate(&Malformed::quoting("/type", name, needed)))
}

/// Gives each signatory without a key the next signer's. Who is named and brings no key file signs later.
fn fill_in_keys(
    data: &mut Map<String, Value>,
    signers: &mut Vec<Signer>,
    places: &Places,
) -> anyhow::Result<()> {
    let found = if data.contains_key("signatories") { "something else" } else { "nothing" };
    let needed = "a list of who signs, such as [{\"capacity\": \"secretary\", \"body\": \"body/04K\"}]";
    let wrong = || places.locate(&Malformed::new("/data/signatories", found, needed));
    let listed = data.get_mut("signatories").and_then(Value::as_array_mut).ok_or_else(wrong)?;
    let named: BTreeSet<_> = listed.iter().filter_map(|one| one.get("key")?.as_str()?.parse().ok()).collect();
    let free = signers.iter().map(Signer::public).filter(|key| !named.contains(key)).collect::<Vec<_>>();
    let blank: Vec<_> = listed.iter_mut().filter(|one| one.get("key").is_none()).collect();
    // Of several keys, those are chosen later whose grants fit; one alone is there to sign.
    let is_idle = signers.len() == 1 && free.len() > blank.len();
    if free.len() < blank.len() || is_idle {
        return Err(Usage(format!(
            "{} signatories have no key yet, and {} keys are given for them: give --key once for each, in their \
             order (the key file of who signs now; the 64 digits of a public key, with --draft, for who signs later)",
            blank.len(),
            free.len()
        ))
        .into());
    }
    for (signatory, key) in blank.into_iter().zip(free) {
        let members = signatory.as_object_mut().ok_or_else(wrong)?;
        members.insert("key".to_owned(), Value::String(key.to_string()));
    }
    let given: BTreeSet<_> = signers.iter().map(Signer::public).collect();
    signers.extend(named.difference(&given).map(|key| Signer::Later(*key)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::author::{LedgerRef, UnboundEvent};
    use minutebook_governance::catalogue::read_event;
    use minutebook_log::{Hash, Position, SecretKey, Seen};

    fn written(text: &str) -> Written {
        crate::cli::written::read("event.json", text.as_bytes()).unwrap().remove(0)
    }

    fn signers(count: u8) -> Vec<Signer> {
        (1..=count).map(|seed| Signer::Now(SecretKey::from_seed(&[seed; 32]))).collect()
    }

    fn blanks(text: &str) -> u8 {
        u8::try_from(
            text.lines()
                .filter(|line| !line.contains("//"))
                .flat_map(|line| line.matches("{\"capacity\""))
                .count(),
        )
        .unwrap()
    }

    #[test]
    fn every_type_has_a_template_that_parses_as_its_type() {
        let opening = Hash::of(b"entry 0");
        let ledger = LedgerRef {
            origin: "minutebook.example/templates".parse().unwrap(),
            id: opening,
            seen: Seen { position: Position(0), hash: opening },
        };
        for name in types() {
            let text = template(name).unwrap();
            let mut signers = signers(blanks(text));
            let words = read(written(text), &mut signers).unwrap();
            assert_eq!(words.type_name, name);
            let time = Timestamp::parse_event_time("2019-07-04T13:05:00Z").unwrap();
            let draft = UnboundEvent {
                id: crate::author::new_event_id(time).unwrap(),
                type_name: words.type_name,
                subject: words.subject,
                time,
                correlation_id: None,
                data: words.data,
            };
            let act = read_event(&draft.bind(&ledger).unwrap()).unwrap_or_else(|why| panic!("{name}: {why}"));
            let listed: Vec<_> = act.signatories.iter().map(|signatory| signatory.key).collect();
            assert_eq!(listed, signers.iter().map(Signer::public).collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn too_few_keys_and_one_that_nobody_needs_are_refused() {
        let text = template("ApplicationSubmitted").unwrap();
        for count in [0, 1] {
            let said = read(written(text), &mut signers(count)).unwrap_err().to_string();
            assert!(said.contains("2 signatories have no key yet"), "{said}");
        }
        assert!(read(written(text), &mut signers(3)).is_ok(), "the ledger's grants tell which of them sign");
        let mut by_others = text.to_owned();
        for (seed, body) in [(8, "04K"), (9, "04N")] {
            let key = SecretKey::from_seed(&[seed; 32]).public();
            let blank = format!("{{\"capacity\": \"secretary\", \"body\": \"body/{body}\"}}");
            let named = blank.replacen('{', &format!("{{\"key\": \"{key}\", "), 1);
            assert!(by_others.contains(&blank), "{by_others}");
            by_others = by_others.replace(&blank, &named);
        }
        let said = read(written(&by_others), &mut signers(1)).unwrap_err().to_string();
        assert!(said.contains("0 signatories have no key yet"), "{said}");
    }

    #[test]
    fn who_is_named_without_a_key_file_signs_later() {
        let other = SecretKey::from_seed(&[9; 32]).public();
        let text = template("ApplicationSubmitted").unwrap();
        let named = format!("{{\"key\": \"{other}\", \"capacity\": \"secretary\", \"body\": \"body/04N\"}}");
        let text = text.replace(r#"{"capacity": "secretary", "body": "body/04N"}"#, &named);
        let mut signers = signers(1);
        read(written(&text), &mut signers).unwrap();
        assert!(matches!(&signers[..], [Signer::Now(_), Signer::Later(key)] if *key == other));
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_line() {
        let said = |text: &str| read(written(text), &mut Vec::new()).unwrap_err().to_string();
        let unknown = said("// a note\n{\"type\": \"X\",\n \"subjekt\": \"body/04K\"}");
        assert!(unknown.starts_with("event.json, line 3, /subjekt: found a member `subjekt`"), "{unknown}");
        assert!(unknown.ends_with("did you mean `subject`?"), "{unknown}");
        let named = said("{\n\"type\": \"DecisonRecorded\", \"subject\": \"body/04K\", \"data\": {}}");
        assert!(
            named.contains("line 2, /type") && named.ends_with("did you mean DecisionRecorded?"),
            "{named}"
        );
    }
}
