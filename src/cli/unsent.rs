//! Drafts that were kept since no answer came: once the book has one, its receipt belongs where whoever submits it is at work,
//! and the draft goes.

use super::context::Context;
use super::{receipt_file, show};
use minutebook_log::{Receipt, Signed};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Saves the receipt of a submitted draft: beside its file; of one that was kept unsent, here.
///
/// # Errors
/// It can't be written.
pub(super) fn save_receipt(
    context: &Context,
    file: &Path,
    signed: &Signed,
    receipt: &Receipt,
) -> anyhow::Result<PathBuf> {
    if is_unsent(context, file) {
        return receipt_file::save_beside(Path::new(&signed.event().id.to_string()), receipt);
    }
    receipt_file::save_beside(file, receipt)
}

/// Removes a draft that was kept unsent and is in the book now, with its folder where it was the last of a batch. Other files
/// are left alone.
pub(super) fn forget(context: &Context, file: &Path) {
    if !is_unsent(context, file) {
        return;
    }
    let removed = fs::remove_file(file).and_then(|()| remove_emptied(context, file));
    if let Err(why) = removed {
        show::say(format!("The event is in the book; what was kept of it can be removed: {why}"));
    }
}

fn is_unsent(context: &Context, file: &Path) -> bool {
    let unsent = context.memory.unsent_folder().canonicalize();
    let file = file.canonicalize();
    matches!((unsent, file), (Ok(unsent), Ok(file)) if file.starts_with(&unsent))
}

/// Removes the folder of a batch of which nothing is left.
fn remove_emptied(context: &Context, file: &Path) -> io::Result<()> {
    let unsent = context.memory.unsent_folder().canonicalize()?;
    let folder = file.parent().unwrap_or(Path::new(".")).canonicalize()?;
    if folder == unsent || fs::read_dir(&folder)?.next().is_some() {
        return Ok(());
    }
    fs::remove_dir(folder)
}
