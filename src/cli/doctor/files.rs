//! The published files, held against the store as a start does, and as the scrub of a running server does.

use super::looked::Looked;
use crate::cli::backup::in_words;
use crate::ledger::Observed;
use crate::published::{Examined, Folder, PublishError, check_notes, examine, is_hand_over, is_right};
use minutebook_log::{LogKeys, PublishedPath, Tile, TreeSize};
use minutebook_verify::{Published, Trust, check_files};
use std::path::Path;

const AT: &str = "published";

/// What a start does by itself.
const START: &str = "nothing: the next start makes it anew, and a running server's scrub does";

/// What it leaves to the scrub, which reads everything.
const SCRUB: &str = "nothing: a running server's scrub makes it anew; a start does not read it";

/// The published files as a start finds them, and then all others.
pub(super) async fn published(dir: &Path, observed: &Observed) -> Vec<Looked> {
    let root = dir.join("published");
    let folder = Folder::at(&root);
    let (keys, size) = (observed.keys(), observed.tree().size());
    let examined = match examine(&folder, observed, keys, size).await {
        Ok(examined) => examined,
        Err(error) => return vec![refused(dir, &root, &error)],
    };
    let mut looked = told(&folder, &examined);
    match others(&folder, observed, &examined).await {
        Ok(others) => looked.extend(others),
        Err(error) => looked.push(refused(dir, &root, &error)),
    }
    if looked.is_empty() {
        looked.push(Looked::well(AT, "every file is what the store has"));
    }
    looked
}

/// Why a server would not start beside these files.
fn refused(dir: &Path, root: &Path, error: &PublishError) -> Looked {
    let found = error.to_string();
    match error {
        PublishError::NotOurs { path, .. } => {
            let mends = format!(
                "move {} away, and keep it: the next start makes it anew; find out who wrote it",
                path.display()
            );
            Looked::damaged(AT, found, mends)
        }
        PublishError::Ahead { .. } | PublishError::Beyond { .. } => {
            let mends = format!(
                "keep both as they are; minutebook repair --dir {} --from {} --to NEWDIR",
                dir.display(),
                root.display()
            );
            Looked::damaged(AT, found, mends)
        }
        error if error.is_contradiction() => {
            Looked::damaged(AT, found, "keep a copy of everything: it is evidence")
        }
        _ => Looked::wrong(AT, found, "let who runs the server read it"),
    }
}

/// What a start does with what it finds.
fn told(folder: &Folder, examined: &Examined) -> Vec<Looked> {
    let mut looked = Vec::new();
    let place = |path: PublishedPath| folder.place(path).display().to_string();
    if examined.is_cut_short {
        let found = format!("{} is empty or cut short", place(PublishedPath::Checkpoint));
        looked.push(Looked::wrong(AT, found, START));
    } else if examined.published.is_none() {
        let found = format!("there is no checkpoint in {}", folder.root().display());
        looked.push(Looked::notice(AT, found, START));
    }
    for tile in &examined.strange {
        let found = format!("{tile} is of another history of this log");
        let mends = format!(
            "find out who wrote it; the next start puts it aside in {}: keep it, it is evidence",
            folder.aside().display()
        );
        looked.push(Looked::damaged(AT, found, mends));
    }
    for tile in &examined.wrong {
        looked.push(Looked::wrong(AT, format!("{tile} is missing or damaged"), START));
    }
    for note in &examined.damaged {
        let mends = format!(
            "copy {} from an export or a mirror; else the next start puts it aside in {}",
            note.path,
            folder.damaged().display()
        );
        looked.push(Looked::wrong(AT, format!("{} is damaged: {}", note.path, note.why), mends));
    }
    looked
}

/// What a start does not read, and what it writes without a word.
///
/// # Errors
/// [`PublishError`]: a checkpoint that is kept contradicts the log, or something can't be read.
async fn others(
    folder: &Folder,
    observed: &Observed,
    examined: &Examined,
) -> Result<Vec<Looked>, PublishError> {
    let (keys, size, mut looked) = (observed.keys(), examined.size(), Vec::new());
    check_notes(folder, observed, keys, observed.tree().size())?;
    for tile in Tile::grown(TreeSize::EMPTY, size) {
        if !examined.wrong.contains(&tile) && !is_right(folder, observed, tile).await? {
            looked.push(Looked::wrong(AT, format!("{tile} is damaged"), SCRUB));
        }
    }
    if examined.published.is_some()
        && folder.read(PublishedPath::Keys)? != Some(keys.up_to(size).encode().into_bytes())
    {
        looked.push(Looked::wrong(AT, "vkey is missing or damaged", START));
    }
    let terms = observed.key_terms().into_iter().skip(1);
    for (at, term) in keys.hand_overs().zip(terms).filter(|(at, _term)| *at <= size) {
        let path = PublishedPath::Rotated(at);
        let found = match folder.read(path)? {
            Some(bytes) => is_hand_over(observed, keys, (at, term.waived.is_some()), &bytes)?,
            None => None,
        };
        if found.is_none() {
            let mends = "nothing, where both keys are at hand: the next start makes it anew; else copy it from an export or \
                         a mirror";
            looked.push(Looked::wrong(AT, format!("{path} is missing or damaged"), mends));
        }
    }
    Ok(looked)
}

/// The published files among themselves, where there is no store to hold them against.
pub(super) fn among_themselves(dir: &Path) -> Vec<Looked> {
    let folder = Folder::at(&dir.join("published"));
    let mends = "see what is said of the store: a repair takes from here what is right";
    let checked = || {
        let keys = folder.read(PublishedPath::Keys)?.and_then(|bytes| LogKeys::parse(&bytes).ok());
        Ok::<_, PublishError>(keys)
    };
    let keys = match checked() {
        Ok(Some(keys)) => keys,
        Ok(None) => return vec![Looked::notice(AT, "its file vkey is missing or damaged", mends)],
        Err(error) => return vec![Looked::wrong(AT, error.to_string(), "let who runs the server read it")],
    };
    let trust = Trust { keys: keys.into(), policy: None, earlier: None };
    let faults = Published::open(folder.root()).and_then(|published| check_files(&published, &trust));
    match faults {
        Err(error) => vec![Looked::wrong(AT, error.to_string(), "let who runs the server read it")],
        Ok(faults) if faults.is_empty() => {
            vec![Looked::well(AT, "every file agrees with the checkpoint")]
        }
        Ok(faults) => faults.iter().map(|fault| Looked::wrong(AT, in_words(fault), mends)).collect(),
    }
}
