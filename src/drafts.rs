//! Drafts: the exact bytes of an event, or of several that are recorded together, who is to sign, and the signatures so far; and
//! the one form in which they travel from signer to signer, as a file or over a server's shelf.

use minutebook_governance::{Malformed, Signatory, catalogue};
use minutebook_log::{Event, Hash, PublicKey, Signature, SignatureError, Signed};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why something is no draft, or a draft takes no signature.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The text is not of the form.
    #[error("no draft: {0} (minutebook record --draft makes one)")]
    Form(String),
    /// An event, or a signature, is not of its form.
    #[error("the {what} of draft {number}: {malformed}")]
    Malformed {
        /// The number of the draft, from 1.
        number: usize,
        /// What of it.
        what: &'static str,
        /// What is wrong.
        malformed: Malformed,
    },
    /// A signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A key has signed.
    #[error("key {0} has signed this draft already")]
    Again(PublicKey),
    /// A key is not to sign.
    #[error(
        "key {key} is not among those who are to sign this event:\n  {}\n\
         Who signs is part of what is signed: another signatory needs a new draft",
        listed.join("\n  ")
    )]
    NotListed {
        /// The key.
        key: PublicKey,
        /// Who is to sign, in words.
        listed: Vec<String>,
    },
    /// Signatures are missing: whose, in words.
    #[error(
        "signatures are missing:\n  {}\nEach of them signs with: minutebook sign DRAFT --key KEY.pem",
        .0.join("\n  ")
    )]
    Missing(Vec<String>),
}

/// A draft: an event, who is to sign it, who has.
#[derive(Debug, Clone)]
pub struct SigningDraft {
    /// The event.
    pub event: Event,
    /// Who is to sign, as the event's bytes list them.
    pub signatories: Vec<Signatory>,
    /// The signatures so far: each by one of the signatories, and none twice.
    pub signatures: Vec<(PublicKey, Signature)>,
}

/// The members of a draft as text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    event: String,
    signatures: Vec<WrittenSignature>,
}

/// The members of the text of several.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTogether {
    drafts: Vec<Written>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSignature {
    key: PublicKey,
    signature: String,
}

impl SigningDraft {
    /// A draft that nobody has signed yet.
    ///
    /// # Errors
    /// An event that the catalogue does not read.
    pub fn new(event: Event) -> Result<Self, Malformed> {
        let signatories = catalogue::read_event(&event)?.signatories;
        Ok(Self { event, signatories, signatures: Vec::new() })
    }

    /// A draft that everybody has signed, to be sent again.
    ///
    /// # Errors
    /// An event that the catalogue does not read.
    pub fn of_signed(signed: &Signed) -> Result<Self, Malformed> {
        let draft = Self::new(signed.event().clone())?;
        Ok(Self { signatures: signed.signatures().to_vec(), ..draft })
    }

    /// Reads the text of one draft, or of several that are recorded together, in their order, and checks everything in it: form,
    /// signatories, signatures.
    ///
    /// # Errors
    /// What is wrong with any of them.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, DraftError> {
        let drafts = Self::parse_unchecked(text)?;
        drafts.iter().try_for_each(Self::check)?;
        Ok(drafts)
    }

    /// The same, but whether signatures hold, which costs more than all the rest: [`SigningDraft::check`] says so.
    ///
    /// # Errors
    /// What is wrong with any of them.
    pub(crate) fn parse_unchecked(text: &str) -> Result<Vec<Self>, DraftError> {
        let is_none = |error: serde_json::Error| DraftError::Form(error.to_string());
        let value: Value = serde_json::from_str(text).map_err(is_none)?;
        let written = if value.get("drafts").is_some() {
            serde_json::from_str::<WrittenTogether>(text).map_err(is_none)?.drafts
        } else {
            vec![serde_json::from_str::<Written>(text).map_err(is_none)?]
        };
        if written.is_empty() {
            return Err(DraftError::Form("it holds none".to_owned()));
        }
        written.into_iter().zip(1..).map(|(written, number)| Self::of_written(written, number)).collect()
    }

    fn of_written(written: Written, number: usize) -> Result<Self, DraftError> {
        let malformed = |what| move |malformed| DraftError::Malformed { number, what, malformed };
        let event = Event::parse(written.event.as_bytes()).map_err(malformed("event"))?;
        let mut draft = Self::new(event).map_err(malformed("event"))?;
        for WrittenSignature { key, signature } in written.signatures {
            draft.check_may_sign(key)?;
            draft.signatures.push((key, signature.parse().map_err(malformed("signature"))?));
        }
        Ok(draft)
    }

    fn to_written(&self) -> Written {
        let signatures = self
            .signatures
            .iter()
            .map(|(key, signature)| WrittenSignature { key: *key, signature: signature.to_string() });
        Written { event: self.event.text().to_owned(), signatures: signatures.collect() }
    }

    /// Drafts that are recorded together as text; one alone has a form of its own.
    ///
    /// # Errors
    /// None that a draft gives rise to: what the library says.
    pub fn write_all(drafts: &[Self]) -> Result<String, serde_json::Error> {
        let text = match drafts {
            [one] => serde_json::to_string_pretty(&one.to_written())?,
            several => {
                let drafts = several.iter().map(Self::to_written).collect();
                serde_json::to_string_pretty(&WrittenTogether { drafts })?
            }
        };
        Ok(format!("{text}\n"))
    }

    /// Under what drafts are known, whoever has signed them so far: the BLAKE3 hash of their events, each with a line feed.
    pub fn name_of(drafts: &[Self]) -> Hash {
        let bytes: Vec<u8> = drafts.iter().flat_map(|draft| [draft.event.bytes(), b"\n"].concat()).collect();
        Hash::of(&bytes)
    }

    /// Whether each signature holds.
    ///
    /// # Errors
    /// The first that does not.
    pub(crate) fn check(&self) -> Result<(), DraftError> {
        let checked =
            self.signatures.iter().map(|(key, signature)| key.verify(self.event.bytes(), signature));
        Ok(checked.collect::<Result<(), _>>()?)
    }

    /// Adds a signature of one of the signatories.
    ///
    /// # Errors
    /// Nobody of that key is to sign, or it has signed, or the signature does not hold.
    pub fn add(&mut self, key: PublicKey, signature: Signature) -> Result<(), DraftError> {
        self.check_may_sign(key)?;
        key.verify(self.event.bytes(), &signature)?;
        self.signatures.push((key, signature));
        Ok(())
    }

    /// Whether a signature by this key is asked for and still missing.
    ///
    /// # Errors
    /// Who is to sign instead.
    pub fn check_may_sign(&self, key: PublicKey) -> Result<(), DraftError> {
        if self.has_signed(key) {
            return Err(DraftError::Again(key));
        }
        if self.signatories.iter().any(|signatory| signatory.key == key) {
            return Ok(());
        }
        Err(DraftError::NotListed { key, listed: self.signatories.iter().map(describe).collect() })
    }

    /// Whether this key has signed.
    pub fn has_signed(&self, key: PublicKey) -> bool {
        self.signatures.iter().any(|(signed, _signature)| *signed == key)
    }

    /// Whose signatures are missing.
    pub fn missing(&self) -> Vec<&Signatory> {
        self.signatories.iter().filter(|signatory| !self.has_signed(signatory.key)).collect()
    }

    /// The signed event, once nobody is missing.
    ///
    /// # Errors
    /// Whose signatures are missing.
    pub fn into_signed(self) -> Result<Signed, DraftError> {
        let missing: Vec<_> = self.missing().into_iter().map(describe).collect();
        if !missing.is_empty() {
            return Err(DraftError::Missing(missing));
        }
        let signed = Signed::new(self.event, self.signatures);
        signed.map_err(|malformed| DraftError::Malformed { number: 1, what: "signatures", malformed })
    }
}

/// A signatory, in words.
pub fn describe(signatory: &Signatory) -> String {
    let body = signatory.body.as_ref().map(|body| format!(" of {body}")).unwrap_or_default();
    format!("{}{body}, key {}", crate::shown::phrases::words(signatory.capacity.as_str()), signatory.key)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::author::{LedgerRef, UnboundEvent, new_event_id};
    use minutebook_log::{Position, SecretKey, Seen, Timestamp};
    use serde_json::json;

    /// A draft that these are to sign, of an event of its own each time.
    pub(crate) fn draft(signatories: &Value) -> SigningDraft {
        let opening = Hash::of(b"entry 0");
        let ledger = LedgerRef {
            origin: "minutebook.example/drafts".parse().unwrap(),
            id: opening,
            seen: Seen { position: Position(0), hash: opening },
        };
        let time = Timestamp::parse_event_time("2019-07-04T13:05:00Z").unwrap();
        let data = json!({
            "standing": "own_act",
            "signatories": signatories,
            "facts": {"change": "completed", "updated_on": "2019-07-04"},
        });
        let event = UnboundEvent {
            id: new_event_id(time).unwrap(),
            type_name: "ActionUpdated".to_owned(),
            subject: "action/a".parse().unwrap(),
            time,
            correlation_id: None,
            data: data.as_object().unwrap().clone(),
        };
        SigningDraft::new(event.bind(&ledger).unwrap()).unwrap()
    }

    /// One that two of a body are to sign.
    pub(crate) fn draft_of_two(keys: [&SecretKey; 2]) -> SigningDraft {
        let listed = |capacity: &str, key: &SecretKey| json!({"capacity": capacity, "body": "body/04K", "key": key.public()});
        draft(&json!([listed("secretary", keys[0]), listed("chair", keys[1])]))
    }

    #[test]
    fn what_is_written_is_what_is_read_and_who_signed_changes_no_name() {
        let [one, two] = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let mut drafts = vec![draft_of_two([&one, &two]), draft_of_two([&two, &one])];
        let name = SigningDraft::name_of(&drafts);
        let signature = one.sign(drafts[0].event.bytes());
        drafts[0].add(one.public(), signature).unwrap();
        for part in [&drafts[..1], &drafts[..]] {
            let text = SigningDraft::write_all(part).unwrap();
            let read = SigningDraft::parse_all(&text).unwrap();
            assert_eq!(SigningDraft::write_all(&read).unwrap(), text);
        }
        assert_eq!(SigningDraft::name_of(&drafts), name);
        assert_ne!(SigningDraft::name_of(&drafts[..1]), name);
    }

    #[test]
    fn only_signatures_that_hold_by_those_who_are_to_sign_are_taken_and_each_once() {
        let [one, two, other] = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let mut draft = draft_of_two([&one, &two]);
        let bytes = draft.event.bytes().to_vec();
        assert!(matches!(draft.add(other.public(), other.sign(&bytes)), Err(DraftError::NotListed { .. })));
        assert!(matches!(draft.add(one.public(), two.sign(&bytes)), Err(DraftError::Signature(_))));
        draft.add(one.public(), one.sign(&bytes)).unwrap();
        assert!(matches!(draft.add(one.public(), one.sign(&bytes)), Err(DraftError::Again(_))));
        assert!(matches!(draft.clone().into_signed(), Err(DraftError::Missing(whose)) if whose.len() == 1));
        draft.add(two.public(), two.sign(&bytes)).unwrap();
        assert_eq!(draft.into_signed().unwrap().signatures().len(), 2);
    }
}
