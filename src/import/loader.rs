//! From a row to a signed event, which is the same each time that the row is loaded, but for when and on top of what.

use super::row::{Problem, Row};
use crate::author::{LedgerRef, UnboundEvent, sign};
use minutebook_governance::{Signatory, Standing};
use minutebook_log::{EventId, Hash, SecretKey, Seen, Signed, Timestamp};
use serde_json::{Map, Value, json};

/// A key that signs rows, under the name by which rows call it.
#[derive(Debug)]
pub struct RowSigner {
    /// The name.
    pub name: String,
    /// The key.
    pub key: SecretKey,
    /// As what it signs.
    pub signatory: Signatory,
}

/// Who loads: keys, the ledger, and what rows leave to the load.
#[derive(Debug)]
pub struct Loader {
    /// The keys; the first signs what names none.
    pub signers: Vec<RowSigner>,
    /// The ledger.
    pub ledger: LedgerRef,
    /// The standing of rows that state none.
    pub standing: Standing,
    /// The moment of the load; in a re-enactment each row has its own.
    pub now: Option<Timestamp>,
    /// The end of what the load speaks of, which is the time of a re-enactment's rows that state none.
    pub horizon: Timestamp,
}

/// Set before what an id is made of, so that it is made of nothing else.
const ID_DOMAIN: &str = "minutebook.import/v1";

impl Loader {
    /// A row's event, bound to the ledger on top of `seen` and signed.
    ///
    /// # Errors
    /// [`Problem`]: a key that the load does not have, or what no event may say.
    pub fn write(&self, row: &Row, seen: Seen) -> Result<Signed, Problem> {
        let signers = self.signers_of(row)?;
        let data = self.data(row, &signers);
        let ledger = LedgerRef { seen, ..self.ledger.clone() };
        let draft = UnboundEvent {
            id: self.id(row, &data),
            type_name: row.type_name.clone(),
            subject: row.subject.clone(),
            time: self.now.or(row.time).unwrap_or(self.horizon),
            correlation_id: row.correlation.as_deref().map(|name| self.correlation(name)),
            data,
        };
        Ok(sign(draft.bind(&ledger)?, signers.iter().map(|signer| &signer.key))?)
    }

    fn signers_of(&self, row: &Row) -> Result<Vec<&RowSigner>, Problem> {
        if row.signers.is_empty() {
            return Ok(self.signers.iter().take(1).collect());
        }
        let find = |name: &String| {
            let known = self.signers.iter().find(|signer| signer.name == *name);
            known.ok_or_else(|| {
                Problem::of_form(
                    format!("the signer \"{name}\""),
                    format!("a key of that name: --key {name}=FILE"),
                )
            })
        };
        row.signers.iter().map(find).collect()
    }

    fn data(&self, row: &Row, signers: &[&RowSigner]) -> Map<String, Value> {
        let mut data = Map::new();
        data.insert("standing".to_owned(), json!(row.standing.unwrap_or(self.standing)));
        let signatories: Vec<_> = signers.iter().map(|signer| &signer.signatory).collect();
        data.insert("signatories".to_owned(), json!(signatories));
        data.extend(row.basis.as_ref().map(|basis| ("basis".to_owned(), json!(basis))));
        if !row.evidence.is_empty() {
            data.insert("evidence".to_owned(), json!(row.evidence));
        }
        if !row.fulfils.is_empty() {
            data.insert("fulfils".to_owned(), json!(row.fulfils));
        }
        data.insert("facts".to_owned(), row.facts.clone());
        data
    }

    /// The id of what a row says: who says it, of what, and in which words. Neither the file nor the line is in it, nor
    /// when it is loaded.
    fn id(&self, row: &Row, data: &Map<String, Value>) -> EventId {
        let time = row.time.map(|time| time.to_string());
        self.id_of(row.time, &json!([row.type_name, row.subject, time, row.correlation, data]))
    }

    /// The id that rows share which were done together: that of their name.
    fn correlation(&self, name: &str) -> EventId {
        name.parse().unwrap_or_else(|_no_id| self.id_of(None, &json!(["correlation", name])))
    }

    fn id_of(&self, time: Option<Timestamp>, what: &Value) -> EventId {
        let said = json!([ID_DOMAIN, self.ledger.id, what]).to_string();
        let hash = Hash::of(said.as_bytes());
        let random = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        let micros = time.unwrap_or(self.horizon).as_micros();
        EventId::from_parts(micros.unsigned_abs() / 1000, &random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_governance::Capacity;
    use minutebook_log::Position;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse_event_time(text).unwrap()
    }

    fn author(now: &str) -> Loader {
        let key = SecretKey::from_seed(&[7; 32]);
        let signatory = Signatory { key: key.public(), capacity: Capacity::Register, body: None };
        let ledger = LedgerRef {
            origin: "minutebook.example/load".parse().unwrap(),
            id: Hash::of(b"entry 0"),
            seen: Seen { position: Position::FIRST, hash: Hash::of(b"entry 0") },
        };
        let signers = vec![RowSigner { name: "ods".to_owned(), key, signatory }];
        let horizon = time("2025-12-29T00:00:00Z");
        Loader { signers, ledger, standing: Standing::Register, now: Some(time(now)), horizon }
    }

    fn row(facts: Value) -> Row {
        serde_json::from_value(json!({"type": "BodyRegistered", "subject": "body/04K", "facts": facts}))
            .unwrap()
    }

    #[test]
    fn an_id_is_of_what_is_said_and_not_of_when() {
        let seen = |at| Seen { position: Position(at), hash: Hash::of(b"seen") };
        let facts = json!({"kind": "ccg", "short_name": "A"});
        let first = author("2026-01-01T00:00:00Z").write(&row(facts.clone()), seen(3)).unwrap();
        let again = author("2026-01-02T00:00:00Z").write(&row(facts), seen(9)).unwrap();
        assert_eq!(first.event().id, again.event().id);
        assert_ne!(first.event().bytes(), again.event().bytes());
        let other =
            author("2026-01-01T00:00:00Z").write(&row(json!({"kind": "ccg", "short_name": "B"})), seen(3));
        assert_ne!(first.event().id, other.unwrap().event().id);
    }

    #[test]
    fn a_re_enactment_records_when_it_became_known_and_a_live_ledger_now() {
        let live = author("2026-01-01T00:00:00Z");
        let played = Loader { now: None, ..author("2026-01-01T00:00:00Z") };
        let row = Row { time: Some(time("2014-11-26T00:00:00Z")), ..row(json!({"kind": "ccg"})) };
        let time_of =
            |author: &Loader, row: &Row| author.write(row, author.ledger.seen).unwrap().event().time;
        assert_eq!(time_of(&live, &row), time("2026-01-01T00:00:00Z"));
        assert_eq!(time_of(&played, &row), time("2014-11-26T00:00:00Z"));
        assert_eq!(
            time_of(&played, &Row { time: None, ..row }),
            played.horizon,
            "what says nothing is of the end"
        );
    }

    #[test]
    fn a_key_that_the_load_does_not_have_is_named() {
        let mut row = row(json!({}));
        row.signers = vec!["secretary".to_owned()];
        let author = author("2026-01-01T00:00:00Z");
        let problem = author.write(&row, author.ledger.seen).unwrap_err();
        assert!(problem.needed.contains("--key secretary=FILE"), "{problem:?}");
    }
}
