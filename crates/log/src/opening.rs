use crate::{Continued, Entry, Event, Hash, Malformed, Origin, Position, PublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether `recorded` follows the ledger's clock or, so that the past can be played as it became known,
/// the events' own times. Said in the opening entry, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A ledger of acts as they are made.
    Live,
    /// A ledger that plays the past again; every answer from it says so.
    ReEnactment,
}

/// A key that may enrol others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Registrar {
    /// The registrar's public key.
    pub key: PublicKey,
    /// A random id of the person (or the role, in an example) who holds it.
    pub holder: String,
}

/// What entry 0, `LedgerOpened`, says in `/data/facts`: the name of the ledger and who may let others in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The ledger's name, which every event repeats as its `source`.
    pub origin: Origin,
    /// Live or re-enactment.
    pub purpose: Purpose,
    /// The key that signs the log's checkpoints.
    pub checkpoint_key: PublicKey,
    /// At least two, so that a lost key does not close the ledger.
    pub registrars: Vec<Registrar>,
    /// How many registrars must sign what registrars do: 1 to all of them.
    pub threshold: u64,
    /// The version of the rules that the ledger starts under.
    pub rules: u64,
    /// The ledger that this one continues, where that can't go on itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}

/// The fewest registrars that a ledger opens with.
const REGISTRARS_MIN: usize = 2;

impl Opening {
    /// Reads the opening event.
    ///
    /// # Errors
    /// [`Malformed`] for another type or subject, for `ledger` and `seen`, a `source` other than the
    /// origin, weak or repeated keys, fewer than two registrars, a threshold that they cannot meet, or a
    /// continued ledger of the same name or key.
    pub fn parse(event: &Event) -> Result<Self, Malformed> {
        if event.event_type.name != "LedgerOpened" || event.event_type.version != 1 {
            let needed = "uk.nhs.governance.LedgerOpened.v1, which is what entry 0 is";
            return Err(Malformed::new("/type", event.event_type.to_string(), needed));
        }
        if event.subject.as_str() != "ledger" {
            return Err(Malformed::quoting("/subject", event.subject.as_str(), "ledger"));
        }
        if event.ledger.is_some() {
            return Err(Malformed::new("/ledger", "a ledger", "none: entry 0 has neither ledger nor seen"));
        }
        let opening = Self::parse_facts(event.data.get("facts").cloned().unwrap_or_default())?;
        opening.check(event)?;
        Ok(opening)
    }

    fn parse_facts(facts: Value) -> Result<Self, Malformed> {
        let refuse =
            |found| Malformed::new("/data/facts", found, "the facts of LedgerOpened (spec/event.md)");
        let opening = Self::deserialize(&facts).map_err(|error| refuse(error.to_string()))?;
        // The derived reader also takes arrays for objects, and {"live":null} for "live".
        if serde_json::to_value(&opening).ok() != Some(facts) {
            return Err(refuse("the same facts, written in another form".to_owned()));
        }
        Ok(opening)
    }

    fn check(&self, event: &Event) -> Result<(), Malformed> {
        if self.origin != event.source {
            let needed = format!("the same name as /data/facts/origin, {}", self.origin);
            return Err(Malformed::quoting("/source", event.source.as_str(), needed));
        }
        self.checkpoint_key.check().map_err(|weak| weak.within("/data/facts/checkpoint_"))?;
        for (index, registrar) in self.registrars.iter().enumerate() {
            let at = format!("/data/facts/registrars/{index}/");
            registrar.key.check().map_err(|weak| weak.within(&at))?;
        }
        let distinct: BTreeSet<_> = self.registrars.iter().map(|registrar| registrar.key).collect();
        if distinct.len() < REGISTRARS_MIN || distinct.len() != self.registrars.len() {
            let found = format!("{} distinct keys among {}", distinct.len(), self.registrars.len());
            return Err(Malformed::new("/data/facts/registrars", found, "at least two, none twice"));
        }
        let possible = 1..=distinct.len() as u64;
        if !possible.contains(&self.threshold) {
            let needed = format!("1 to {}, the number of registrars", distinct.len());
            return Err(Malformed::new("/data/facts/threshold", self.threshold.to_string(), needed));
        }
        self.continues.iter().try_for_each(|continued| continued.check(&self.origin, self.checkpoint_key))
    }

    /// Whether these keys are registrars, and enough of them.
    pub fn is_signed_by(&self, keys: impl Iterator<Item = PublicKey>) -> bool {
        let signed: BTreeSet<_> = keys.collect();
        let registrars = self.registrars.iter().filter(|registrar| signed.contains(&registrar.key)).count();
        registrars as u64 >= self.threshold && registrars == signed.len()
    }

    /// The ledger's id: the hash of its opening entry.
    pub fn ledger_id(entry: &Entry) -> Option<Hash> {
        (entry.position == Position::FIRST).then(|| Hash::of(&entry.encode()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecretKey;
    use serde_json::json;

    fn key(seed: u8) -> PublicKey {
        SecretKey::from_seed(&[seed; 32]).public()
    }

    fn facts() -> Value {
        json!({
            "origin": "minutebook.example/x",
            "purpose": "live",
            "checkpoint_key": key(9),
            "registrars": [{"key": key(1), "holder": "a"}, {"key": key(2), "holder": "b"}],
            "threshold": 2,
            "rules": 1,
        })
    }

    fn opening(facts: &Value) -> Result<Opening, Malformed> {
        let line = format!(
            r#"{{"specversion":"1.0","id":"016bbd59-0a60-7000-8000-000000000001","source":"minutebook.example/x","type":"uk.nhs.governance.LedgerOpened.v1","subject":"ledger","time":"2019-07-04T13:05:00Z","datacontenttype":"application/json","data":{{"facts":{facts}}}}}"#
        );
        Opening::parse(&Event::parse(line.as_bytes())?)
    }

    fn check(pointer: &str, value: Value, at: &str) {
        let mut facts = facts();
        *facts.pointer_mut(pointer).unwrap() = value;
        assert_eq!(opening(&facts).unwrap_err().at, at, "{facts}");
    }

    #[test]
    fn what_an_opening_says() {
        let opening = opening(&facts()).unwrap();
        assert_eq!((opening.purpose, opening.threshold, opening.rules), (Purpose::Live, 2, 1));
    }

    #[test]
    fn facts_have_one_form() {
        check("/purpose", json!({"live": null}), "/data/facts");
        check("/registrars/0", json!([key(1), "a"]), "/data/facts");
        check("", json!(["minutebook.example/x", "live", key(9), [], 1, 1]), "/data/facts");
        check("/rules", json!(null), "/data/facts");
        check("/threshold", json!(-1), "/data/facts");
        check("/registrars/0", json!({"key": key(1), "holder": "a", "more": 1}), "/data/facts");
    }

    #[test]
    fn keys_are_strong_distinct_and_enough() {
        let weak = json!(PublicKey::from_bytes([0; 32]));
        check("/checkpoint_key", weak.clone(), "/data/facts/checkpoint_key");
        check("/registrars/1/key", weak, "/data/facts/registrars/1/key");
        check("/registrars/1/key", json!(key(1)), "/data/facts/registrars");
        check("/registrars", json!([{"key": key(1), "holder": "a"}]), "/data/facts/registrars");
        check("/threshold", json!(0), "/data/facts/threshold");
        check("/threshold", json!(3), "/data/facts/threshold");
    }

    #[test]
    fn a_ledger_is_continued_under_another_name_and_key() {
        let head = crate::TreeHead { size: crate::TreeSize(17), root: crate::TreeHash::leaf(b"x") };
        let signed = |origin: &str, seed| {
            crate::LogKey::new(origin.parse().unwrap(), SecretKey::from_seed(&[seed; 32])).sign(head)
        };
        let old = "minutebook.example/old";
        let naming = |signed| {
            let continued = Continued::by(Hash::of(b"entry 0"), &signed);
            let mut facts = facts();
            facts["continues"] = serde_json::to_value(&continued).unwrap();
            (facts, continued)
        };
        let (facts, continued) = naming(signed(old, 7));
        assert_eq!(opening(&facts).unwrap().continues, Some(continued.clone()));
        assert_eq!((continued.head(), continued.evidence().unwrap()), (head, Some(signed(old, 7))));
        let mut bare = facts.clone();
        bare["continues"].as_object_mut().unwrap().remove("checkpoint");
        assert!(opening(&bare).is_ok(), "without evidence");
        for (member, value) in [
            ("origin", json!("minutebook.example/x")),
            ("size", json!(0)),
            ("checkpoint", json!("bm8gbm90ZQ==")),
        ] {
            let mut changed = bare.clone();
            changed["continues"][member] = value;
            assert_eq!(opening(&changed).unwrap_err().at, format!("/data/facts/continues/{member}"));
        }
        let mut other = facts.clone();
        other["continues"]["size"] = json!(18);
        assert_eq!(opening(&other).unwrap_err().at, "/data/facts/continues/checkpoint");
        assert_eq!(opening(&naming(signed(old, 9)).0).unwrap_err().at, "/data/facts/checkpoint_key");
        let mut nothing = facts;
        nothing["continues"] = json!(null);
        assert_eq!(opening(&nothing).unwrap_err().at, "/data/facts", "there is one way to say nothing");
    }

    #[test]
    fn registrars_act_together_and_with_nobody_else() {
        let opening = opening(&facts()).unwrap();
        assert!(opening.is_signed_by([key(1), key(2)].into_iter()));
        assert!(!opening.is_signed_by([key(1)].into_iter()));
        assert!(!opening.is_signed_by([key(1), key(1)].into_iter()));
        assert!(!opening.is_signed_by([key(1), key(2), key(3)].into_iter()));
    }
}
