//! Drafts that are kept for others to sign.

use crate::cli::context::Context;
use crate::cli::draft_file::{SigningDraft, describe};
use crate::cli::show;
use serde_json::json;
use std::path::Path;

/// Keeps drafts that are recorded together, one or several, in one file; and says how it goes on.
///
/// # Errors
/// It can't be written.
pub(crate) fn keep(context: &Context, drafts: &[SigningDraft], path: &Path) -> anyhow::Result<()> {
    SigningDraft::write_file(drafts, path)?;
    let missing = drafts.iter().flat_map(SigningDraft::missing).collect::<Vec<_>>();
    if context.json {
        let said = match drafts {
            [one] => json!({"draft": path, "event_id": one.event.id, "missing": missing}),
            several => {
                let ids: Vec<_> = several.iter().map(|draft| draft.event.id).collect();
                json!({"draft": path, "event_ids": ids, "missing": missing})
            }
        };
        return show::json(&said);
    }
    show::say(match drafts.len() {
        1 => format!("The draft is in {}.", path.display()),
        several => format!("The {several} drafts are in {}.", path.display()),
    });
    let mut told: Vec<(String, usize)> = Vec::new();
    for signatory in missing.iter().map(|signatory| describe(signatory)) {
        match told.iter_mut().find(|(known, _count)| *known == signatory) {
            Some((_known, count)) => *count += 1,
            None => told.push((signatory, 1)),
        }
    }
    for (signatory, count) in &told {
        let of = if drafts.len() == 1 { String::new() } else { format!(", {count} of them") };
        show::say(format!("  still to sign: {signatory}{of}"));
    }
    if missing.is_empty() {
        show::say(format!("Everybody has signed. Next: minutebook submit {}", path.display()));
    } else {
        show::say(format!("Each of them: minutebook sign {} --key KEY.pem", path.display()));
    }
    Ok(())
}
