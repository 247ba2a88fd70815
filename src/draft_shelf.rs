//! Drafts that wait on the server for who is to sign them next: one file each in the folder `shelf` of the ledger. They are not part of
//! the book, and lose nothing where they are lost but the signatures of those who have to sign again.
//!
//! A draft lies under the hash of its events ([`SigningDraft::name_of`]): whoever knows the name has the draft or was sent its address.
//! Signatures come together; none that lies there is replaced. Each change of a draft is another draft: both lie there.

use crate::drafts::{DraftError, SigningDraft};
use minutebook_governance::headlines::headline;
use minutebook_log::{EventType, Hash, PublicKey, Subject};
use minutebook_store::Files;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// The most drafts that lie here at once.
const DRAFTS_MAX: usize = 1000;

/// The most bytes that they have together.
const BYTES_MAX: u64 = 128 * 1024 * 1024;

/// The most of them that one key has signed, when another comes.
const OF_A_KEY_MAX: usize = 100;

/// The most bytes of what one key has signed, when another comes.
const BYTES_OF_A_KEY_MAX: usize = 16 * 1024 * 1024;

/// How much of what a draft says is told in a list.
const SAYS_MAX: usize = 120;

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
    /// One key has signed enough of what lies here.
    #[error(
        "{OF_A_KEY_MAX} drafts, or {max} MiB, lie here that {0} has signed: have them sent, take some away, or save this one as a file",
        max = BYTES_OF_A_KEY_MAX / 1024 / 1024
    )]
    OfOneKey(PublicKey),
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
    /// What lies there, once somebody asked. One at a time comes to lie, so that signatures that come at once are all there.
    lying: Mutex<Option<BTreeMap<Hash, LyingDraft>>>,
    drafts_max: usize,
    of_a_key_max: usize,
}

/// What lies on the shelf under a name, in short.
#[derive(Debug, Clone)]
pub(crate) struct LyingDraft {
    /// The type of its first event.
    pub(crate) first_type: EventType,
    /// What its first event is about.
    pub(crate) first_subject: Subject,
    /// What that says, in a line; empty where it says nothing in words.
    pub(crate) says: String,
    /// How many events it has.
    pub(crate) events: usize,
    /// How many bytes those have.
    bytes: usize,
    /// Of how many events each of those who are to sign has signed, and is still to sign.
    pub(crate) signers: BTreeMap<PublicKey, SignerProgress>,
    /// When the last signature came.
    pub(crate) at: SystemTime,
}

/// How far somebody has come with a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SignerProgress {
    /// How many events they have signed.
    pub(crate) signed: usize,
    /// How many they have not.
    pub(crate) missing: usize,
}

impl LyingDraft {
    /// Nothing of no drafts.
    fn of(drafts: &[SigningDraft], at: SystemTime) -> Option<Self> {
        let first = &drafts.first()?.event;
        let mut signers: BTreeMap<PublicKey, SignerProgress> = BTreeMap::new();
        for draft in drafts {
            for signatory in &draft.signatories {
                let of = signers.entry(signatory.key).or_default();
                let count = if draft.has_signed(signatory.key) { &mut of.signed } else { &mut of.missing };
                *count += 1;
            }
        }
        let (first_type, first_subject) = (first.event_type.clone(), first.subject.clone());
        let facts = first.data.get("facts");
        let says = facts.map_or_else(String::new, |facts| headline(&first_type.name, facts, &|_id| None));
        let says = match says.char_indices().nth(SAYS_MAX) {
            Some((end, _more)) => format!("{}…", says.get(..end).unwrap_or_default()),
            None => says,
        };
        let bytes = drafts.iter().map(|draft| draft.event.bytes().len()).sum();
        Some(Self { first_type, first_subject, says, events: drafts.len(), bytes, signers, at })
    }

    fn is_signed_by(&self, key: PublicKey) -> bool {
        self.signers.get(&key).is_some_and(|it| it.signed > 0)
    }
}

impl DraftShelf {
    /// The shelf of the ledger in this folder; its own folder is made with the first draft.
    pub(crate) fn of(ledger: &Path) -> Self {
        Self {
            folder: ledger.join("shelf"),
            files: Files::default(),
            lying: Mutex::new(None),
            drafts_max: DRAFTS_MAX,
            of_a_key_max: OF_A_KEY_MAX,
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
        let mut guard = self.lock();
        let lying = self.known(&mut guard)?;
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
        // What brings no signature is no reason to keep it for longer.
        if before.as_ref() == Some(&text) {
            return Ok(drafts);
        }
        self.files.make_folders(&self.folder)?;
        if before.is_none() {
            self.check_keys(lying, &drafts)?;
            self.make_room(text.len() as u64, lying)?;
        }
        self.files.replace(&self.folder.join(BEING_WRITTEN), &self.place(name), text.as_bytes())?;
        lying.extend(LyingDraft::of(&drafts, SystemTime::now()).map(|it| (name, it)));
        Ok(drafts)
    }

    /// What a key is to sign or has signed, by name.
    ///
    /// # Errors
    /// What the operating system says. What lies there and is no draft is left out, with a warning.
    pub(crate) fn of_key(&self, key: PublicKey) -> io::Result<Vec<(Hash, LyingDraft)>> {
        let mut guard = self.lock();
        let of_key = self.known(&mut guard)?.iter().filter(|(_name, it)| it.signers.contains_key(&key));
        Ok(of_key.map(|(name, it)| (*name, it.clone())).collect())
    }

    /// Takes away what lies under a name, for the holder of a key that has signed it. Returns whether there was such a draft.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn take_away(&self, name: Hash, key: PublicKey) -> io::Result<bool> {
        let is_theirs = self.known(&mut self.lock())?.get(&name).is_some_and(|lying| lying.is_signed_by(key));
        if is_theirs {
            self.remove(name)?;
        }
        Ok(is_theirs)
    }

    /// Takes away what lies under a name, if anything does.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn remove(&self, name: Hash) -> io::Result<()> {
        self.known(&mut self.lock())?.remove(&name);
        match fs::remove_file(self.place(name)) {
            Err(why) if why.kind() != ErrorKind::NotFound => Err(why),
            _gone => Ok(()),
        }
    }

    fn place(&self, name: Hash) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    fn lock(&self) -> MutexGuard<'_, Option<BTreeMap<Hash, LyingDraft>>> {
        self.lying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What lies there, read from the disk the first time.
    fn known<'a>(
        &self,
        lying: &'a mut Option<BTreeMap<Hash, LyingDraft>>,
    ) -> io::Result<&'a mut BTreeMap<Hash, LyingDraft>> {
        let known = match lying.take() {
            Some(known) => known,
            None => self.read_all()?,
        };
        Ok(lying.insert(known))
    }

    fn read_all(&self) -> io::Result<BTreeMap<Hash, LyingDraft>> {
        let mut all = BTreeMap::new();
        let files = match fs::read_dir(&self.folder) {
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(all),
            files => files?,
        };
        for file in files {
            let file = file?;
            let Some(name) = name_of(&file.path()) else { continue };
            let read = fs::read_to_string(file.path());
            let drafts = read.ok().and_then(|text| SigningDraft::parse_unchecked(&text).ok());
            match drafts.and_then(|drafts| LyingDraft::of(&drafts, file.metadata().ok()?.modified().ok()?)) {
                Some(it) => drop(all.insert(name, it)),
                None => tracing::warn!(%name, "what lies on the shelf can't be read"),
            }
        }
        Ok(all)
    }

    /// Whether those who have signed have room for one more.
    fn check_keys(
        &self,
        lying: &BTreeMap<Hash, LyingDraft>,
        drafts: &[SigningDraft],
    ) -> Result<(), ShelfError> {
        let keys: BTreeSet<_> =
            drafts.iter().flat_map(|draft| &draft.signatures).map(|(key, _signature)| *key).collect();
        let has_enough = |key: &PublicKey| {
            let of_it = || lying.values().filter(|it| it.is_signed_by(*key));
            let bytes: usize = of_it().map(|it| it.bytes).sum();
            of_it().count() >= self.of_a_key_max || bytes >= BYTES_OF_A_KEY_MAX
        };
        keys.into_iter().find(has_enough).map_or(Ok(()), |key| Err(ShelfError::OfOneKey(key)))
    }

    /// Makes room for one more: what nobody has signed for long gives way, and nothing else.
    fn make_room(&self, bytes: u64, lying: &mut BTreeMap<Hash, LyingDraft>) -> Result<(), ShelfError> {
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
            name_of(&file.path()).map(|name| lying.remove(&name));
            (count, held) = (count - 1, held - bytes);
        }
        Ok(())
    }
}

/// What the file is called that will lie there.
const BEING_WRITTEN: &str = "being-written";

fn name_of(path: &Path) -> Option<Hash> {
    path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok()
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
    fn a_key_sees_what_it_signs_and_leaves_room_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = DraftShelf { of_a_key_max: 2, ..DraftShelf::of(folder.path()) };
        let [one, two, other] = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let drafts = [
            vec![signed(&draft_of_two([&one, &two]), &one), draft_of_two([&two, &one])],
            vec![signed(&draft_of_two([&one, &other]), &one)],
        ];
        let names = drafts.each_ref().map(|drafts| SigningDraft::name_of(drafts));
        drafts.into_iter().for_each(|drafts| drop(shelf.put(drafts).unwrap()));
        let third = signed(&draft_of_two([&one, &two]), &one);
        assert!(
            matches!(shelf.put(vec![third.clone()]), Err(ShelfError::OfOneKey(key)) if key == one.public())
        );
        // The same to whoever starts anew, and reads it from the disk.
        for shelf in [&shelf, &DraftShelf::of(folder.path())] {
            let of = |key: &SecretKey| shelf.of_key(key.public()).unwrap();
            assert_eq!(of(&one).len(), 2);
            let [(name, lying)] = of(&two).try_into().unwrap();
            assert_eq!((name, lying.events, lying.first_type.name.as_str()), (names[0], 2, "ActionUpdated"));
            assert_eq!(lying.signers[&one.public()], SignerProgress { signed: 1, missing: 1 });
            assert_eq!(lying.signers[&two.public()], SignerProgress { signed: 0, missing: 2 });
            assert_eq!(of(&other).len(), 1);
        }
        // Whoever has signed it takes it away, and nobody else.
        assert!(!shelf.take_away(names[1], other.public()).unwrap());
        assert!(shelf.take_away(names[1], one.public()).unwrap());
        assert!(!shelf.take_away(names[1], one.public()).unwrap());
        assert!(shelf.of_key(other.public()).unwrap().is_empty());
        shelf.put(vec![third]).unwrap();
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
