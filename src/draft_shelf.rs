//! Drafts that wait on the server for who is to sign them next: one file each in the folder `shelf` of the ledger. They are not part of
//! the book, and lose nothing where they are lost but the signatures of those who have to sign again.
//!
//! A draft lies under the hash of its events ([`SigningDraft::name_of`]): whoever knows the name has the draft or was sent its address.
//! Signatures come together; none that lies there is replaced.

use crate::drafts::{DraftError, SigningDraft};
use minutebook_log::Hash;
use minutebook_store::Files;
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// The most drafts that lie here at once.
const DRAFTS_MAX: usize = 1000;

/// The most bytes that they have together.
const BYTES_MAX: u64 = 128 * 1024 * 1024;

/// After what time without a signature one may give way to another.
const KEPT: Duration = Duration::from_secs(120 * 24 * 60 * 60);

/// Why a draft does not lie on the shelf.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShelfError {
    /// There is no room.
    #[error(
        "the shelf is full ({DRAFTS_MAX} drafts, or {} MiB): save the draft as a file, and pass that on",
        BYTES_MAX / 1024 / 1024
    )]
    Full,
    /// What lies there is no draft.
    #[error("what lies on the shelf under {name} can't be read: {why}")]
    Damaged {
        /// Under which name.
        name: Hash,
        /// What is wrong with it.
        why: String,
    },
    /// The operating system refused.
    #[error("the shelf can't be used: {0}")]
    Files(#[from] io::Error),
}

/// The shelf. Everything here blocks.
#[derive(Debug)]
pub(crate) struct DraftShelf {
    folder: PathBuf,
    files: Files,
    /// One at a time comes to lie, so that signatures that come at once are all there.
    turn: Mutex<()>,
    drafts_max: usize,
}

impl DraftShelf {
    /// The shelf of the ledger in this folder; its own folder is made with the first draft.
    pub(crate) fn of(ledger: &Path) -> Self {
        Self {
            folder: ledger.join("shelf"),
            files: Files::default(),
            turn: Mutex::new(()),
            drafts_max: DRAFTS_MAX,
        }
    }

    /// What lies under a name, as text; nothing where nothing does.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub(crate) fn find(&self, name: Hash) -> Result<Option<String>, ShelfError> {
        match fs::read_to_string(self.place(name)) {
            Ok(text) => Ok(Some(text)),
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
            Err(why) if why.kind() == ErrorKind::InvalidData => {
                Err(ShelfError::Damaged { name, why: "it is no text".to_owned() })
            }
            Err(why) => Err(why.into()),
        }
    }

    /// Lays drafts here, durably, beside what was signed of them before. Returns them with all signatures.
    ///
    /// # Errors
    /// [`ShelfError`]; what lay there lies there still.
    pub(crate) fn put(&self, mut drafts: Vec<SigningDraft>) -> Result<Vec<SigningDraft>, ShelfError> {
        let name = SigningDraft::name_of(&drafts);
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.find(name)?;
        if let Some(text) = &before {
            let damaged = |why: DraftError| ShelfError::Damaged { name, why: why.to_string() };
            for (draft, before) in drafts.iter_mut().zip(SigningDraft::parse_all(text).map_err(damaged)?) {
                let come = std::mem::replace(&mut draft.signatures, before.signatures);
                for (key, signature) in come {
                    if !draft.has_signed(key) {
                        draft.add(key, signature).map_err(damaged)?;
                    }
                }
            }
        }
        let text = SigningDraft::write_all(&drafts).map_err(io::Error::from)?;
        self.files.make_folders(&self.folder)?;
        if before.is_none() {
            self.make_room(text.len() as u64)?;
        }
        self.files.replace(&self.folder.join("being-written"), &self.place(name), text.as_bytes())?;
        Ok(drafts)
    }

    /// Takes away what lies under a name, if anything does.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn remove(&self, name: Hash) -> io::Result<()> {
        match fs::remove_file(self.place(name)) {
            Err(why) if why.kind() != ErrorKind::NotFound => Err(why),
            _gone => Ok(()),
        }
    }

    fn place(&self, name: Hash) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    /// Makes room for one more: what nobody has signed for long gives way, and nothing else.
    fn make_room(&self, bytes: u64) -> Result<(), ShelfError> {
        let (mut count, mut held) = (0, bytes);
        let mut old = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let file = file?;
            let about = file.metadata()?;
            (count, held) = (count + 1, held + about.len());
            if is_old(&about.modified()?) {
                old.push((about.modified()?, about.len(), file));
            }
        }
        old.sort_by_key(|(modified, _bytes, _file)| *modified);
        let mut old = old.into_iter();
        while count >= self.drafts_max || held > BYTES_MAX {
            let (_modified, bytes, file): (SystemTime, u64, DirEntry) = old.next().ok_or(ShelfError::Full)?;
            fs::remove_file(file.path())?;
            (count, held) = (count - 1, held - bytes);
        }
        Ok(())
    }
}

fn is_old(modified: &SystemTime) -> bool {
    modified.elapsed().is_ok_and(|age| age > KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafts::tests::draft_of_two;
    use minutebook_log::SecretKey;

    fn signed(draft: &SigningDraft, key: &SecretKey) -> SigningDraft {
        let mut signed = draft.clone();
        signed.add(key.public(), key.sign(draft.event.bytes())).unwrap();
        signed
    }

    #[test]
    fn signatures_come_together_whoever_was_first() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = DraftShelf::of(folder.path());
        let [one, two] = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let unsigned = draft_of_two([&one, &two]);
        let name = SigningDraft::name_of(std::slice::from_ref(&unsigned));
        assert!(shelf.find(name).unwrap().is_none());
        shelf.put(vec![signed(&unsigned, &one)]).unwrap();
        let both = shelf.put(vec![signed(&unsigned, &two)]).unwrap();
        assert!(both[0].missing().is_empty());
        shelf.put(vec![unsigned]).unwrap();
        let lying = SigningDraft::parse_all(&shelf.find(name).unwrap().unwrap()).unwrap();
        assert!(lying[0].missing().is_empty(), "none is taken away");
        shelf.remove(name).unwrap();
        shelf.remove(name).unwrap();
        assert!(shelf.find(name).unwrap().is_none());
    }

    #[test]
    fn a_full_shelf_says_so_and_what_is_old_gives_way() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = DraftShelf { drafts_max: 2, ..DraftShelf::of(folder.path()) };
        let [one, two] = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let each: Vec<_> = (0..3).map(|_| signed(&draft_of_two([&one, &two]), &one)).collect();
        let name = |draft: &SigningDraft| SigningDraft::name_of(std::slice::from_ref(draft));
        shelf.put(vec![each[0].clone()]).unwrap();
        shelf.put(vec![each[1].clone()]).unwrap();
        assert!(matches!(shelf.put(vec![each[2].clone()]), Err(ShelfError::Full)));
        shelf.put(vec![each[1].clone()]).unwrap();
        let first = fs::File::open(shelf.place(name(&each[0]))).unwrap();
        first.set_modified(SystemTime::now() - KEPT - Duration::from_secs(60)).unwrap();
        shelf.put(vec![each[2].clone()]).unwrap();
        let lies = |draft: &SigningDraft| shelf.find(name(draft)).unwrap().is_some();
        assert_eq!(each.iter().map(lies).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn what_is_damaged_is_told_and_left() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = DraftShelf::of(folder.path());
        let [one, two] = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let draft = signed(&draft_of_two([&one, &two]), &one);
        let name = SigningDraft::name_of(std::slice::from_ref(&draft));
        shelf.put(vec![draft.clone()]).unwrap();
        fs::write(shelf.place(name), "{}").unwrap();
        assert!(matches!(shelf.put(vec![draft]), Err(ShelfError::Damaged { .. })));
        assert_eq!(fs::read_to_string(shelf.place(name)).unwrap(), "{}");
    }
}
