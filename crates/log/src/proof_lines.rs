//! How receipts and requests write the hashes of a proof.

use crate::{Malformed, TreeHash};

/// The hashes of a proof on lines of their own, each ended by a line feed.
pub(crate) fn encode(hashes: &[TreeHash]) -> String {
    hashes.iter().map(|hash| format!("{hash}\n")).collect()
}

/// Reads the hashes of a proof, one from each line.
///
/// # Errors
/// [`Malformed`] for a line that is no hash, and for more than `hashes_max`.
pub(crate) fn parse<'a>(
    lines: impl Iterator<Item = &'a str>,
    hashes_max: usize,
) -> Result<Vec<TreeHash>, Malformed> {
    let mut hashes = Vec::new();
    for line in lines {
        if hashes.len() == hashes_max {
            return Err(Malformed::new("proof", "another line", format!("at most {hashes_max} hashes")));
        }
        let hash = line.parse().map_err(|malformed| Malformed { at: "proof".to_owned(), ..malformed })?;
        hashes.push(hash);
    }
    Ok(hashes)
}
