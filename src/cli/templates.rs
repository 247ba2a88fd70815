//! What `record` reads: an event before it is bound to a ledger, with a template to fill in for each type.

use super::exit::Usage;
use super::writing::{Signer, Words};
use anyhow::Context as _;
use minutebook_governance::catalogue::{CATALOGUE, row_of};
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
struct Written {
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

/// Reads a filled-in template. Lines that start with `//` are left out; signatories without a key get those
/// of `signers`, in order.
///
/// # Errors
/// What is wrong with it, or that keys and signatories do not match.
pub(crate) fn read(text: &str, signers: &mut Vec<Signer>) -> anyhow::Result<Words> {
    // An empty line in the place of each, so that errors name the line of the file.
    let lines = text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    let json = lines.collect::<Vec<_>>().join("\n");
    let mut written: Written = serde_json::from_str(&json).map_err(|error| {
        Usage(format!("not a filled-in template: {error}; minutebook record --template TYPE prints one"))
    })?;
    let time = written.time.as_deref().map(Timestamp::parse_event_time).transpose()?;
    fill_in_keys(&mut written.data, signers)?;
    Ok(Words {
        type_name: written.type_name,
        subject: written.subject,
        id: written.id,
        time,
        correlation_id: written.correlationid,
        data: written.data,
    })
}

/// Gives each signatory without a key the next signer's. Who is named and brings no key file signs later.
fn fill_in_keys(data: &mut Map<String, Value>, signers: &mut Vec<Signer>) -> anyhow::Result<()> {
    let listed = data.get_mut("signatories").and_then(Value::as_array_mut);
    let listed = listed.context("the template has no list data.signatories")?;
    let named: BTreeSet<_> = listed.iter().filter_map(|one| one.get("key")?.as_str()?.parse().ok()).collect();
    let free = signers.iter().map(Signer::public).filter(|key| !named.contains(key)).collect::<Vec<_>>();
    let blank: Vec<_> = listed.iter_mut().filter(|one| one.get("key").is_none()).collect();
    if free.len() != blank.len() {
        return Err(Usage(format!(
            "{} signatories have no key yet, and {} keys are given for them: give --key once for each, in their \
             order (the key file of who signs now; the 64 digits of a public key, with --draft, for who signs later)",
            blank.len(),
            free.len()
        ))
        .into());
    }
    for (signatory, key) in blank.into_iter().zip(free) {
        let members = signatory.as_object_mut().context("a signatory is no object")?;
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
            let words = read(text, &mut signers).unwrap();
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
    fn too_few_and_too_many_keys_are_refused() {
        let text = template("ApplicationSubmitted").unwrap();
        for count in [0, 1, 3] {
            let said = read(text, &mut signers(count)).unwrap_err().to_string();
            assert!(said.contains("2 signatories have no key yet"), "{said}");
        }
    }

    #[test]
    fn who_is_named_without_a_key_file_signs_later() {
        let other = SecretKey::from_seed(&[9; 32]).public();
        let text = template("ApplicationSubmitted").unwrap();
        let named = format!("{{\"key\": \"{other}\", \"capacity\": \"secretary\", \"body\": \"body/04N\"}}");
        let text = text.replace(r#"{"capacity": "secretary", "body": "body/04N"}"#, &named);
        let mut signers = signers(1);
        read(&text, &mut signers).unwrap();
        assert!(matches!(&signers[..], [Signer::Now(_), Signer::Later(key)] if *key == other));
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_line() {
        let said =
            read("// a note\n{\"type\": \"X\",\n \"subjekt\": \"body/04K\"}", &mut Vec::new()).unwrap_err();
        assert!(said.to_string().contains("line 3"), "{said}");
    }
}
