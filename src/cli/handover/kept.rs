//! The drafts that lie in a folder.

use crate::cli::draft_file::SigningDraft;
use anyhow::Context as _;
use minutebook_log::PublicKey;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// A draft, and where it lies.
pub(super) struct Kept {
    file: PathBuf,
    /// The draft.
    pub(super) draft: SigningDraft,
}

/// The drafts of a folder, by name; other files are passed by, and private keys are not opened.
///
/// # Errors
/// The folder can't be read.
pub(super) fn in_folder(folder: &Path) -> anyhow::Result<Vec<Kept>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("looking for drafts in {}", folder.display()))?;
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let files = files.filter(|file| file.is_file() && file.extension().is_none_or(|it| it != "pem"));
    let all = files.filter_map(|file| Some((SigningDraft::read_all(&file).ok()?, file)));
    let each = all
        .flat_map(|(drafts, file)| drafts.into_iter().map(move |draft| Kept { file: file.clone(), draft }));
    let mut kept: Vec<_> = each.collect();
    kept.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(kept)
}

/// What was signed and sent, and whose outcome nobody knew: single events, and batches in folders of their own.
pub(super) fn unsent(folder: &Path) -> Vec<Kept> {
    let inside = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let batches = inside.filter(|path| path.is_dir());
    [folder.to_owned()].into_iter().chain(batches).flat_map(|it| in_folder(&it).unwrap_or_default()).collect()
}

impl Kept {
    /// Whether it is about the body, or to be signed for it, or by the key that leaves.
    pub(super) fn concerns(&self, body: &str, leaves: Option<PublicKey>) -> bool {
        let signs = |signatory: &minutebook_governance::Signatory| {
            Some(signatory.key) == leaves || signatory.body.as_ref().is_some_and(|it| it.to_string() == body)
        };
        self.draft.event.subject.as_str() == body || self.draft.signatories.iter().any(signs)
    }

    /// What is to be done with it: somebody signs, or anybody submits.
    fn next(&self) -> String {
        match self.draft.missing().len() {
            0 => format!("minutebook submit {}", self.file.display()),
            1 => "1 signature is missing".to_owned(),
            missing => format!("{missing} signatures are missing"),
        }
    }

    /// As a row of a table.
    pub(super) fn row(&self) -> [String; 4] {
        let event = &self.draft.event;
        [
            self.file.display().to_string(),
            event.event_type.name.clone(),
            event.subject.to_string(),
            self.next(),
        ]
    }

    /// As data.
    pub(super) fn to_json(&self) -> Value {
        let event = &self.draft.event;
        json!({
            "file": self.file,
            "event_id": event.id,
            "type": event.event_type.name,
            "subject": event.subject,
            "missing": self.draft.missing(),
        })
    }
}
