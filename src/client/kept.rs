//! The published checkpoints that a server keeps beside the newest.

use super::{Client, ClientError};
use crate::proto;
use minutebook_log::{PublishedPath, SignedCheckpoint, TreeSize};

/// How many a page has, at most.
const PAGE_CHECKPOINTS: i32 = 1000;

/// The call, where it says what can't be.
const CALL: &str = "ListKeptCheckpoints";

impl Client {
    /// The checkpoints that are kept beside the newest, with their paths in the published log, the smallest first. They
    /// have the form of what is kept there; nobody's signature is verified here.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn kept_checkpoints(&mut self) -> Result<Vec<(PublishedPath, SignedCheckpoint)>, ClientError> {
        let (mut kept, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = proto::ListKeptCheckpointsRequest { page_size: PAGE_CHECKPOINTS, page_token };
            let page = self.proof.list_kept_checkpoints(request).await?.into_inner();
            for listed in &page.checkpoints {
                kept.push(parse(listed)?);
            }
            if page.next_page_token.is_empty() {
                return Ok(kept);
            }
            page_token = page.next_page_token;
        }
    }
}

fn parse(listed: &proto::KeptCheckpoint) -> Result<(PublishedPath, SignedCheckpoint), ClientError> {
    let lies = |error: &dyn ToString| ClientError::lies(CALL, &error.to_string());
    let path: PublishedPath = listed.path.parse().map_err(|malformed| lies(&malformed))?;
    let checkpoint = SignedCheckpoint::parse(&listed.checkpoint).map_err(|malformed| lies(&malformed))?;
    if size_of(path) != Some(checkpoint.unverified().head.size) {
        return Err(lies(&format!("{path} for a checkpoint of size {}", checkpoint.unverified().head.size)));
    }
    Ok((path, checkpoint))
}

/// Which size is kept under a path; nothing for what is not a kept checkpoint.
fn size_of(path: PublishedPath) -> Option<TreeSize> {
    match path {
        PublishedPath::Witnessed(size) | PublishedPath::Rotated(size) => Some(size),
        PublishedPath::Checkpoint | PublishedPath::Keys | PublishedPath::Tile(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::{LogKey, SecretKey, TreeHash, TreeHead};

    #[test]
    fn a_kept_checkpoint_is_of_the_size_that_its_path_says() {
        let key = LogKey::new("minutebook.example/tests".parse().unwrap(), SecretKey::from_seed(&[9; 32]));
        let head = TreeHead { size: TreeSize(7), root: TreeHash::leaf(b"seven") };
        let signed = key.sign(head);
        let listed = |path: &str, checkpoint: &str| {
            let checkpoint = checkpoint.as_bytes().to_vec();
            parse(&proto::KeptCheckpoint { path: path.to_owned(), checkpoint })
        };
        for path in ["witnessed/007", "rotated/007"] {
            assert_eq!(listed(path, &signed.encode()).unwrap(), (path.parse().unwrap(), signed.clone()));
        }
        for path in ["witnessed/008", "witnessed/7", "checkpoint", "vkey", "tile/0/000", "../checkpoint", ""]
        {
            assert!(matches!(listed(path, &signed.encode()), Err(ClientError::Lies { .. })), "{path}");
        }
        assert!(matches!(listed("witnessed/007", "seven\n"), Err(ClientError::Lies { .. })));
    }
}
