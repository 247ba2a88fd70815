//! A draft that travels between several signers, as a file: the exact bytes of the event, or of several that are recorded
//! together, and the signatures so far.

use super::exit::{RefusedHere, Usage};
use super::show;
use crate::client::memory::write_whole;
use anyhow::Context as _;
use minutebook_governance::{Signatory, catalogue};
use minutebook_log::{Event, PublicKey, Signature, Signed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

/// The most bytes that a draft file may have: as many events as one request may have, escaped, with 16 signatures each, and room.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

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

/// The members of a file of several.
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

    /// Reads a draft of one event, and checks everything in it: form, signatories, signatures.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let mut all = Self::read_all(path)?;
        match (all.pop(), all.len()) {
            (Some(one), 0) => Ok(one),
            (_last, before) => {
                let what = format!("{} holds {} drafts, and one is needed", path.display(), before + 1);
                Err(RefusedHere(what).into())
            }
        }
    }

    /// Reads a file of one draft, or of several that are recorded together, in their order.
    ///
    /// # Errors
    /// What is wrong with any of them.
    pub fn read_all(path: &Path) -> anyhow::Result<Vec<Self>> {
        let name = path.display().to_string();
        let mut text = String::new();
        let file = fs::File::open(path).with_context(|| format!("opening the draft {name}"))?;
        file.take(FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .with_context(|| format!("reading the draft {name}"))?;
        let is_no_draft = |error: serde_json::Error| {
            RefusedHere(format!("{name} is no draft: {error} (minutebook record --draft makes one)"))
        };
        let value: Value = serde_json::from_str(&text).map_err(is_no_draft)?;
        let written = if value.get("drafts").is_some() {
            serde_json::from_str::<WrittenTogether>(&text).map_err(is_no_draft)?.drafts
        } else {
            vec![serde_json::from_str::<Written>(&text).map_err(is_no_draft)?]
        };
        if written.is_empty() {
            return Err(RefusedHere(format!("{name} holds no draft")).into());
        }
        written.into_iter().map(|written| Self::of_written(written, &name)).collect()
    }

    fn of_written(written: Written, name: &str) -> anyhow::Result<Self> {
        let event = Event::parse(written.event.as_bytes()).with_context(|| format!("the event in {name}"))?;
        let mut draft = Self::new(event).with_context(|| format!("the event in {name}"))?;
        for WrittenSignature { key, signature } in written.signatures {
            draft.add(key, signature.parse().with_context(|| format!("a signature in {name}"))?)?;
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

    /// Writes the draft whole or not at all.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        Self::write_all(std::slice::from_ref(self), path)
    }

    /// Writes drafts that are recorded together into one file, whole or not at all; one alone as [`DraftFile::write`] does.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write_all(drafts: &[Self], path: &Path) -> anyhow::Result<()> {
        let text = match drafts {
            [one] => serde_json::to_string_pretty(&one.to_written())?,
            several => {
                let drafts = several.iter().map(Self::to_written).collect();
                serde_json::to_string_pretty(&WrittenTogether { drafts })?
            }
        };
        write_whole(path, &format!("{text}\n")).with_context(|| format!("writing {}", path.display()))
    }

    /// Whether a draft can be made in this file: nothing is written over, since others may have signed what is there.
    ///
    /// # Errors
    /// What is there, and who has signed it.
    pub(crate) fn check_is_new(path: &Path) -> Result<(), Usage> {
        if fs::symlink_metadata(path).is_err() {
            return Ok(());
        }
        let there = Self::read_all(path).map_or_else(|_error| "no draft".to_owned(), |all| told(&all));
        Err(Usage(format!(
            "{} is there already, and nothing is written over. It holds {there}. Nothing was signed: name another file \
             (--draft), or take that one away first",
            path.display()
        )))
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

/// What drafts are, and who has signed them, in words.
fn told(drafts: &[DraftFile]) -> String {
    let what = match drafts {
        [one] => format!("a draft, {} of {}", one.event.event_type.name, one.event.subject),
        several => format!("{} drafts", several.len()),
    };
    let signed = drafts.iter().flat_map(|draft| {
        let has_signed = |key| draft.signatures.iter().any(|(signed, _signature)| *signed == key);
        draft.signatories.iter().filter(move |signatory| has_signed(signatory.key)).map(describe)
    });
    let signed: Vec<_> = signed.collect::<BTreeSet<_>>().into_iter().collect();
    match signed.as_slice() {
        [] => format!("{what}, which nobody has signed"),
        signed => format!("{what}, signed by {}", signed.join("; ")),
    }
}

/// A signatory, in words.
pub(crate) fn describe(signatory: &Signatory) -> String {
    let body = signatory.body.as_ref().map(|body| format!(" of {body}")).unwrap_or_default();
    format!("{}{body}, key {}", show::words(signatory.capacity.as_str()), signatory.key)
}
