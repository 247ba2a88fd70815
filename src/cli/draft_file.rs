//! A draft that travels between several signers, as a file: the exact bytes of the event, and the
//! signatures so far.

use super::exit::RefusedHere;
use super::show;
use crate::client::memory::write_whole;
use anyhow::Context as _;
use minutebook_governance::{Signatory, catalogue};
use minutebook_log::{Event, PublicKey, Signature, Signed};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Read as _;
use std::path::Path;

/// The most bytes that a draft file may have: an event of full size, escaped, with 16 signatures, and room.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// A draft: an event, who is to sign it, who has.
#[derive(Debug, Clone)]
pub struct DraftFile {
    /// The event.
    pub event: Event,
    /// Who is to sign, as the event's bytes list them.
    pub signatories: Vec<Signatory>,
    /// The signatures so far: each holds.
    pub signatures: Vec<(PublicKey, Signature)>,
}

/// The file's members.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    event: String,
    signatures: Vec<WrittenSignature>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSignature {
    key: PublicKey,
    signature: String,
}

impl DraftFile {
    /// A draft that nobody has signed yet.
    ///
    /// # Errors
    /// An event that the catalogue does not read.
    pub(crate) fn new(event: Event) -> anyhow::Result<Self> {
        let signatories = catalogue::read_event(&event)?.signatories;
        Ok(Self { event, signatories, signatures: Vec::new() })
    }

    /// A draft that everybody has signed, to be sent again.
    ///
    /// # Errors
    /// An event that the catalogue does not read.
    pub(crate) fn of_signed(signed: &Signed) -> anyhow::Result<Self> {
        let draft = Self::new(signed.event().clone())?;
        Ok(Self { signatures: signed.signatures().to_vec(), ..draft })
    }

    /// Reads a draft, and checks everything in it: form, signatories, signatures.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let mut text = String::new();
        let file = fs::File::open(path).with_context(|| format!("opening the draft {name}"))?;
        file.take(FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .with_context(|| format!("reading the draft {name}"))?;
        let written: Written = serde_json::from_str(&text).map_err(|error| {
            RefusedHere(format!("{name} is no draft: {error} (minutebook record --draft makes one)"))
        })?;
        let event = Event::parse(written.event.as_bytes()).with_context(|| format!("the event in {name}"))?;
        let mut draft = Self::new(event).with_context(|| format!("the event in {name}"))?;
        for WrittenSignature { key, signature } in written.signatures {
            draft.add(key, signature.parse().with_context(|| format!("a signature in {name}"))?)?;
        }
        Ok(draft)
    }

    /// Writes the draft whole or not at all.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let signatures = self
            .signatures
            .iter()
            .map(|(key, signature)| WrittenSignature { key: *key, signature: signature.to_string() });
        let written = Written { event: self.event.text().to_owned(), signatures: signatures.collect() };
        let text = serde_json::to_string_pretty(&written)?;
        write_whole(path, &format!("{text}\n")).with_context(|| format!("writing {}", path.display()))
    }

    /// Adds a signature of one of the signatories.
    ///
    /// # Errors
    /// Nobody of that key is to sign, or it has signed, or the signature does not hold.
    pub(crate) fn add(&mut self, key: PublicKey, signature: Signature) -> anyhow::Result<()> {
        self.check_may_sign(key)?;
        key.verify(self.event.bytes(), &signature).map_err(|error| RefusedHere(error.to_string()))?;
        self.signatures.push((key, signature));
        Ok(())
    }

    /// Whether a signature by this key is asked for and still missing.
    ///
    /// # Errors
    /// Who is to sign instead.
    pub(crate) fn check_may_sign(&self, key: PublicKey) -> Result<(), RefusedHere> {
        if self.signatures.iter().any(|(signed, _signature)| *signed == key) {
            return Err(RefusedHere(format!("key {key} has signed this draft already")));
        }
        if self.signatories.iter().any(|signatory| signatory.key == key) {
            return Ok(());
        }
        let listed: Vec<_> = self.signatories.iter().map(describe).collect();
        Err(RefusedHere(format!(
            "key {key} is not among those who are to sign this event:\n  {}\n\
             Who signs is part of what is signed: another signatory needs a new draft",
            listed.join("\n  ")
        )))
    }

    /// Whose signatures are missing.
    pub(crate) fn missing(&self) -> Vec<&Signatory> {
        let has_signed = |key| self.signatures.iter().any(|(signed, _signature)| *signed == key);
        self.signatories.iter().filter(|signatory| !has_signed(signatory.key)).collect()
    }

    /// The signed event, once nobody is missing.
    ///
    /// # Errors
    /// Whose signatures are missing.
    pub(crate) fn into_signed(self) -> anyhow::Result<Signed> {
        let missing: Vec<_> = self.missing().into_iter().map(describe).collect();
        if !missing.is_empty() {
            let missing = missing.join("\n  ");
            return Err(RefusedHere(format!(
                "signatures are missing:\n  {missing}\nEach of them signs with: minutebook sign DRAFT --key KEY.pem"
            ))
            .into());
        }
        Ok(Signed::new(self.event, self.signatures)?)
    }
}

/// A signatory, in words.
pub(crate) fn describe(signatory: &Signatory) -> String {
    let body = signatory.body.as_ref().map(|body| format!(" of {body}")).unwrap_or_default();
    format!("{}{body}, key {}", show::words(signatory.capacity.as_str()), signatory.key)
}
