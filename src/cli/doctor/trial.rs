//! A start, played on a copy of the store: what it would find is found as it finds it, and nothing of the ledger is touched.

use super::looked::Looked;
use crate::ledger::{LedgerError, Observed};
use minutebook_store::{FoundBy, OpenError, SledEngine};
use std::path::Path;
use tempfile::TempDir;

/// A ledger that has started on a copy, which lasts as long as this.
pub(super) struct Trial {
    pub(super) observed: Observed,
    _copy: TempDir,
}

/// Opens a copy of the store as a start opens it, and goes through all of it as a scrub does.
pub(super) async fn start(dir: &Path) -> (Looked, Option<Trial>) {
    let at = "store";
    let copy = match copied(dir) {
        Ok(copy) => copy,
        Err(looked) => return (looked, None),
    };
    let place = copy.path().join("ledger");
    let mends = format!("minutebook repair --dir {} --to NEWDIR", dir.display());
    // What is said of the copy is so of the ledger.
    let told = |error: String| error.replace(&place.display().to_string(), &dir.display().to_string());
    let engine = match SledEngine::open(&place) {
        Ok(engine) => engine,
        Err(OpenError::Damaged { what, .. }) => {
            let found = format!("a server does not start: {}", told(what));
            return (Looked::damaged(at, found, mends), None);
        }
        Err(error) => return (not_looked_at(copy.path(), dir, &told(error.to_string())), None),
    };
    let scrubbed = tokio::task::block_in_place(|| engine.scrub_whole(|stored| FoundBy::parse(&stored.bytes)));
    if let Err(error) = scrubbed {
        return (Looked::damaged(at, told(error.to_string()), mends), None);
    }
    match Observed::of(engine).await {
        Ok(observed) => {
            let found = "a copy of it opens as at a start, and has what was committed";
            (Looked::well(at, found), Some(Trial { observed, _copy: copy }))
        }
        Err(error @ LedgerError::UnknownRules { .. }) => {
            (Looked::wrong(at, told(error.to_string()), "use a later version of this program"), None)
        }
        Err(error) => {
            let found = format!("a server does not start: {}", told(error.to_string()));
            (Looked::damaged(at, found, mends), None)
        }
    }
}

/// A copy of the ledger in a temporary folder; or what is to be said where there is none.
fn copied(dir: &Path) -> Result<TempDir, Looked> {
    let temporary = std::env::temp_dir();
    let copy = TempDir::new().map_err(|error| not_looked_at(&temporary, dir, &error.to_string()))?;
    match minutebook_store::copy_ledger(dir, &copy.path().join("ledger")) {
        Ok(()) => Ok(copy),
        Err(OpenError::Damaged { what, .. }) => {
            let mends = "see what is said of the mark";
            Err(Looked::damaged("store", format!("a server does not start: {what}"), mends))
        }
        Err(error @ OpenError::Files { .. }) => Err(not_looked_at(copy.path(), dir, &error.to_string())),
        Err(error) => Err(Looked::wrong("store", error.to_string(), "see what is said of the format")),
    }
}

fn not_looked_at(temporary: &Path, dir: &Path, why: &str) -> Looked {
    let found = format!(
        "it was not opened: a copy of it in {} is, so that nothing is touched, and that failed ({why})",
        temporary.display()
    );
    let mends = format!(
        "give a folder with as much room as {} takes: TMPDIR=FOLDER minutebook doctor --dir {}",
        dir.join("store").display(),
        dir.display()
    );
    Looked::wrong("store", found, mends)
}
