//! The newest checkpoint, kept beside the store's high-water mark: what the log has signed and given out it
//! never contradicts, whatever has become of its database.

use crate::ledger::{LedgerError, Tree};
use minutebook_log::{LogKeys, SignedCheckpoint};
use minutebook_store::Engine;

/// Whether the tree begins with that of the checkpoint that was kept last. Asked before anything is signed.
///
/// # Errors
/// [`LedgerError::Contradicted`]: signing there would prove, for good, that the log tells two histories.
pub(super) async fn check<E: Engine>(engine: &E, tree: &Tree, keys: &LogKeys) -> Result<(), LedgerError> {
    let note = engine.note().await?;
    if note.is_empty() {
        return Ok(());
    }
    contradiction(&note, tree, keys).map_or(Ok(()), |what| Err(LedgerError::Contradicted { what }))
}

fn contradiction(note: &[u8], tree: &Tree, keys: &LogKeys) -> Option<String> {
    let checkpoint = match SignedCheckpoint::parse(note) {
        Ok(checkpoint) => checkpoint,
        Err(malformed) => return Some(format!("the note beside its mark is no checkpoint: {malformed}")),
    };
    let key: Vec<_> = keys.at(checkpoint.unverified().head.size).into_iter().cloned().collect();
    if let Err(error) = checkpoint.verify(&key) {
        return Some(format!("the checkpoint beside its mark is not this log's: {error}"));
    }
    let noted = checkpoint.unverified().head;
    let here = tree.head_at(noted.size).ok().map(|here| here.root);
    (here != Some(noted.root)).then(|| {
        let here = here.map_or_else(|| "to nothing".to_owned(), |root| format!("to the root {root}"));
        format!(
            "a checkpoint of size {} with the root {} was given out, and the entries here lead {here}",
            noted.size, noted.root
        )
    })
}

/// Keeps a checkpoint of the head that the store has, unless it is kept already.
pub(super) async fn keep<E: Engine>(engine: &E, checkpoint: &SignedCheckpoint) -> Result<(), LedgerError> {
    let note = checkpoint.encode().into_bytes();
    if engine.note().await? != note {
        engine.keep_note(note).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::{LogKey, Position, SecretKey, TreeHash, TreeHead, TreeSize};
    use minutebook_store::MemoryEngine;

    fn key(seed: u8) -> LogKey {
        LogKey::new("minutebook.example/tests".parse().unwrap(), SecretKey::from_seed(&[seed; 32]))
    }

    fn tree(entries: &[&[u8]]) -> Tree {
        let mut tree = Tree::default();
        entries.iter().for_each(|entry| tree.append(TreeHash::leaf(entry)));
        tree
    }

    async fn said_of(note: &str, tree: &Tree) -> Option<String> {
        let engine = MemoryEngine::new();
        engine.keep_note(note.as_bytes().to_vec()).await.unwrap();
        check(&engine, tree, &LogKeys::new(vec![(Position::FIRST, key(9).verifier())]).unwrap())
            .await
            .err()
            .map(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_log_goes_on_from_what_it_has_signed_and_from_nothing_else() {
        let three = tree(&[b"one", b"two", b"three"]);
        assert_eq!(said_of("", &three).await, None, "nothing was signed yet");
        for size in 1..=3 {
            let head = three.head_at(TreeSize(size)).unwrap();
            assert_eq!(said_of(&key(9).sign(head).encode(), &three).await, None);
        }
        let other = tree(&[b"one", b"TWO"]).head();
        let beyond = TreeHead { size: TreeSize(4), root: three.head().root };
        for (note, said) in [
            (key(9).sign(other).encode(), format!("size 2 with the root {}", other.root)),
            (key(9).sign(beyond).encode(), "size 4".to_owned()),
            (key(8).sign(three.head()).encode(), "not this log's".to_owned()),
            ("three\n".to_owned(), "no checkpoint".to_owned()),
        ] {
            let found = said_of(&note, &three).await.unwrap();
            assert!(found.contains(&said) && found.contains("minutebook repair"), "{found}");
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_found_again() {
        let engine = MemoryEngine::new();
        let signed = key(9).sign(tree(&[b"one"]).head());
        keep(&engine, &signed).await.unwrap();
        assert_eq!(engine.note().await.unwrap(), signed.encode().into_bytes());
    }
}
