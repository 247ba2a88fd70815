//! A draft that a newcomer can record at once: a decision of a body that is open where the story ends.

use super::folder::Folders;
use anyhow::Context as _;
use minutebook_governance::Date;
use serde_json::json;
use std::fs;

/// The file beside the keys.
pub(super) const EXAMPLE: &str = "decision.json";

/// Writes the draft, a decision taken on the day on which the story ends.
///
/// # Errors
/// The operating system refuses.
pub(super) fn write(folders: &Folders, last_day: Date) -> anyhow::Result<()> {
    let draft = json!({
        "type": "DecisionRecorded",
        "subject": "body/QT1",
        "data": {
            "standing": "own_act",
            "signatories": [{"capacity": "secretary", "body": "body/QT1"}],
            "basis": {"reconstructed": "an example, which the demo wrote: the board never decided this"},
            "facts": {
                "decided_on": last_day,
                "mode": "meeting",
                "outcome": "noted",
                "text": "To note that this minute book can be checked by anyone.",
                "reasons": "To try how an event is signed and recorded.",
                "effect": {"none": {}},
            },
        },
    });
    let path = folders.keys.join(EXAMPLE);
    let text = serde_json::to_string_pretty(&draft)?;
    fs::write(&path, format!("{text}\n")).with_context(|| format!("writing {}", path.display()))
}
