//! Drafts as files.

use super::exit::{RefusedHere, Usage};
use crate::client::memory::write_whole;
use crate::drafts::DraftError;
pub use crate::drafts::SigningDraft;
pub(crate) use crate::drafts::describe;
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

/// The most bytes that a draft file may have: as many events as one request may have, escaped, with 16 signatures each, and room.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

impl From<DraftError> for RefusedHere {
    fn from(why: DraftError) -> Self {
        Self(why.to_string())
    }
}

impl SigningDraft {
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
        let name = path.display();
        let mut text = String::new();
        let file = fs::File::open(path).with_context(|| format!("opening the draft {name}"))?;
        file.take(FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .with_context(|| format!("reading the draft {name}"))?;
        let read = Self::parse_all(&text);
        Ok(read.map_err(|why| match why {
            DraftError::Form(_) => RefusedHere(format!("{name} is {why}")),
            _ => RefusedHere(format!("{name}: {why}")),
        })?)
    }

    /// Writes the draft whole or not at all.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        Self::write_file(std::slice::from_ref(self), path)
    }

    /// Writes drafts that are recorded together into one file, whole or not at all; one alone as [`SigningDraft::write`] does.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write_file(drafts: &[Self], path: &Path) -> anyhow::Result<()> {
        let text = Self::write_all(drafts)?;
        write_whole(path, &text).with_context(|| format!("writing {}", path.display()))
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
}

/// What drafts are, and who has signed them, in words.
fn told(drafts: &[SigningDraft]) -> String {
    let what = match drafts {
        [one] => format!("a draft, {} of {}", one.event.event_type.name, one.event.subject),
        several => format!("{} drafts", several.len()),
    };
    let signed = drafts.iter().flat_map(|draft| {
        draft.signatories.iter().filter(move |signatory| draft.has_signed(signatory.key)).map(describe)
    });
    let signed: Vec<_> = signed.collect::<BTreeSet<_>>().into_iter().collect();
    match signed.as_slice() {
        [] => format!("{what}, which nobody has signed"),
        signed => format!("{what}, signed by {}", signed.join("; ")),
    }
}
