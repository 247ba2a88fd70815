use crate::again::{Again, KEEPING};
use crate::ahead::{More, in_order};
use crate::{AuditVerdict, EntryBytes, Exception, Level, Report, Survey};
use minutebook_governance::{Act, Admission, Book, RULES_VERSION, Refusal, Unread, catalogue};
use minutebook_log::{Chain, ChainError, Entry, Hash, Keyring, Malformed, Position, SignatureError, Unbound};
use std::sync::Arc;

/// How many entries are parsed and have their signatures checked by one thread, one after the other: with keys that it
/// reads once, or together.
const PIECE_ENTRIES: usize = 128;

/// Verifies a book from the bytes of its entries, in order from position 0. `progress` is told how many
/// entries have been read, now and then.
///
/// # Errors
/// What the source of the bytes gives; what is wrong with the bytes is in the [`Report`].
pub fn verify<E>(
    entries: impl IntoIterator<Item = Result<Vec<u8>, E>>,
    progress: impl FnMut(u64),
) -> Result<Report, E> {
    run(Replay::default(), Signatures::Verified, entries, progress).map(Replay::report)
}

/// The same, of entries that `source` gives once more when they are asked for: the book does not stand in memory. An answer of
/// the report's book holds only if [`Book::fault`] says so.
///
/// # Errors
/// As [`verify`], and [`Unread`] where an entry that a rule asks for could not be read again.
pub fn verify_from<E: From<Unread>>(
    source: Arc<dyn EntryBytes>,
    entries: impl IntoIterator<Item = Result<Vec<u8>, E>>,
    progress: impl FnMut(u64),
) -> Result<Report, E> {
    let replay = run(Replay::rereading(source), Signatures::Verified, entries, progress)?;
    match replay.unread() {
        Some(unread) => Err(unread.into()),
        None => Ok(replay.report()),
    }
}

/// The same without the rules, and of the signatures only whether they hold together
/// ([`Keyring::hold_together`]): no verdict but [`AuditVerdict::Authentic`].
///
/// # Errors
/// As [`verify`].
pub fn verify_quickly<E>(
    entries: impl IntoIterator<Item = Result<Vec<u8>, E>>,
    progress: impl FnMut(u64),
) -> Result<Report, E> {
    run(Replay::without_rules(), Signatures::Together, entries, progress).map(Replay::report)
}

fn run<E>(
    mut replay: Replay,
    signatures: Signatures,
    entries: impl IntoIterator<Item = Result<Vec<u8>, E>>,
    mut progress: impl FnMut(u64),
) -> Result<Replay, E> {
    let mut entries = entries.into_iter();
    let mut next = || {
        let piece = entries.by_ref().take(PIECE_ENTRIES).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    };
    let check = |piece: Vec<Vec<u8>>| check_all(&piece, signatures);
    in_order(&mut next, check, |checked| {
        replay.take_checked(checked);
        progress(replay.read);
        Ok(replay.more())
    })?;
    Ok(replay)
}

/// What is done about the signatures of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signatures {
    /// They are verified.
    Verified,
    /// They were verified in an earlier audit: a root that binds these very entries says so.
    KnownToHold,
    /// They are checked together, as far as [`Keyring::hold_together`] tells.
    Together,
}

/// Bytes, read as far as that needs no order.
pub(crate) struct CheckedEntry {
    hash: Hash,
    entry: Result<Alone, Malformed>,
}

/// An entry that was checked alone.
struct Alone {
    entry: Entry,
    signatures: Result<(), SignatureError>,
    /// What it says, where that is asked; whether its type is known at all is asked later.
    act: Option<Result<Arc<Act>, Malformed>>,
}

/// Reads entries as far as that needs no order, all on this thread.
pub(crate) fn check_all<B: AsRef<[u8]>>(batch: &[B], signatures: Signatures) -> Vec<CheckedEntry> {
    let mut ring = Keyring::default();
    let entries: Vec<_> = batch.iter().map(|bytes| Entry::parse(bytes.as_ref())).collect();
    let all_hold = match signatures {
        Signatures::Verified => false,
        Signatures::KnownToHold => true,
        // Where they don't, each is asked, so that the first that fails is named.
        Signatures::Together => ring.hold_together(entries.iter().flatten().map(|entry| &entry.signed)),
    };
    let mut check = |entry: Entry| {
        let holds = if all_hold { Ok(()) } else { ring.verify(&entry.signed) };
        let act = (signatures != Signatures::Together).then(|| read_act(&entry));
        Alone { entry, signatures: holds, act }
    };
    let checked = entries.into_iter().zip(batch);
    checked
        .map(|(entry, bytes)| CheckedEntry { hash: Hash::of(bytes.as_ref()), entry: entry.map(&mut check) })
        .collect()
}

fn read_act(entry: &Entry) -> Result<Arc<Act>, Malformed> {
    catalogue::read(&entry.signed).map(Arc::new)
}

/// A level that an entry fails, the rules that it breaks, and how.
type Failure = (Level, Vec<&'static str>, String);

/// A book as it is read, up to the first entry that fails.
#[derive(Default)]
pub(crate) struct Replay {
    book: Book,
    /// What the book reads its entries from, where they don't stay in memory.
    again: Option<Arc<Again>>,
    /// An entry that could not be read again: there is no verdict then.
    unread: Option<Unread>,
    survey: Survey,
    /// Once the rules can't be replayed any further: the chain goes on alone.
    chain_alone: Option<Chain>,
    read: u64,
    /// Whether that is so from the start, because nobody asked for the rules.
    is_quick: bool,
    unknown: Option<Exception>,
    failed: Option<Exception>,
}

impl Replay {
    /// One that never replays the rules.
    pub(crate) fn without_rules() -> Self {
        Self { chain_alone: Some(Chain::new()), is_quick: true, ..Self::default() }
    }

    /// One whose book reads what it needs from `source`.
    pub(crate) fn rereading(source: Arc<dyn EntryBytes>) -> Self {
        let again = Arc::new(Again::of(source));
        Self { book: Book::kept_by(Arc::clone(&again) as _, KEEPING), again: Some(again), ..Self::default() }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.failed.is_some() || self.unread.is_some()
    }

    /// Why it ended without a verdict, if it did.
    pub(crate) fn unread(&self) -> Option<Unread> {
        self.unread.clone()
    }

    /// The book so far.
    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// Whether anything that follows is of any use.
    pub(crate) fn more(&self) -> More {
        if self.is_over() { More::Enough } else { More::Wanted }
    }

    /// Takes entries that were read, in their order, up to the first that fails.
    pub(crate) fn take_checked(&mut self, checked: Vec<CheckedEntry>) {
        for checked in checked {
            if self.is_over() {
                return;
            }
            let position = self.chain().head().next();
            self.read += 1;
            let earlier = checked.entry.as_ref().ok().and_then(|checked| self.changed_before(checked));
            if let Err((level, rules, what)) = self.take_one(checked) {
                let named = Exception { position, level, rules, what };
                self.failed = Some(earlier.unwrap_or(named));
                return;
            }
        }
    }

    fn chain(&self) -> &Chain {
        self.chain_alone.as_ref().unwrap_or_else(|| self.book.chain())
    }

    /// Whether the entry before was changed after its author's successor saw it: then that one is to be
    /// named, though its own bytes are well formed and only its hash has changed.
    fn changed_before(&self, Alone { entry, signatures, .. }: &Alone) -> Option<Exception> {
        let head = self.chain().head();
        let seen = entry.event().seen.filter(|seen| seen.hash == entry.previous && seen.hash != head.hash)?;
        let is_last = seen.position.next() == head.next() && entry.position == head.next();
        (is_last && signatures.is_ok()).then(|| Exception {
            position: seen.position,
            level: Level::Chain,
            rules: Vec::new(),
            what: format!(
                "its bytes have the hash {}; entry {} follows {}, which its author saw and signed",
                head.hash, entry.position, seen.hash
            ),
        })
    }

    fn take_one(&mut self, checked: CheckedEntry) -> Result<(), Failure> {
        let failed = |level: Level, error: &dyn ToString| (level, Vec::new(), error.to_string());
        let Alone { entry, signatures, act } =
            checked.entry.map_err(|malformed| failed(Level::Form, &malformed))?;
        self.chain().check(&entry).map_err(|error| failed(level_of(&error), &error))?;
        signatures.map_err(|error| failed(Level::Signatures, &error))?;
        if self.chain_alone.is_none() {
            match unknown_to_the_rules(&self.book, &entry) {
                None => {
                    let act = act.unwrap_or_else(|| read_act(&entry));
                    self.admit(&entry, act, checked.hash)?;
                }
                Some(what) => self.go_on_without_rules(entry.position, what),
            }
        }
        if let Some(chain) = &mut self.chain_alone {
            catalogue::check_signers(&entry.signed).map_err(|error| failed(Level::Signatures, &error))?;
            chain.append(&entry, checked.hash).map_err(|error| failed(Level::Chain, &error))?;
        }
        self.survey.count(&entry);
        Ok(())
    }

    fn admit(&mut self, entry: &Entry, act: Result<Arc<Act>, Malformed>, hash: Hash) -> Result<(), Failure> {
        let admission = self.book.admit_act(act, &entry.signed, entry.place()).map_err(|refusal| {
            if let Refusal::Unread(unread) = &refusal {
                self.unread = Some(unread.clone());
            }
            refused(&refusal)
        })?;
        match admission {
            Admission::New(admitted) => {
                let appended = self.book.append(entry, hash, admitted);
                appended.map_err(|error| (Level::Chain, Vec::new(), error.to_string()))?;
                if let Some(again) = &self.again {
                    again.push(entry.event().id, hash);
                    self.book.seal();
                }
                Ok(())
            }
            Admission::Again(first) => {
                Err((Level::Chain, Vec::new(), format!("the same event stands at {first} already")))
            }
        }
    }

    fn go_on_without_rules(&mut self, position: Position, what: String) {
        self.unknown = Some(Exception { position, level: Level::Rules, rules: Vec::new(), what });
        self.chain_alone = Some(self.book.chain().clone());
    }

    pub(crate) fn report(self) -> Report {
        let head = self.chain().head();
        let verdict = match (&self.failed, &self.unknown) {
            (Some(_failed), _) => AuditVerdict::Failed,
            (None, Some(_unknown)) => AuditVerdict::RulesUnknown,
            (None, None) if self.is_quick => AuditVerdict::Authentic,
            (None, None) => AuditVerdict::Verified,
        };
        Report {
            authentic: head.size,
            replayed: self.book.chain().head().size,
            head,
            read: self.read,
            verdict,
            exception: self.failed.or(self.unknown),
            survey: self.survey,
            book: self.book,
            chain_alone: self.chain_alone,
        }
    }
}

/// What the author saw has a level of its own: it may be the proof of a fork.
fn level_of(error: &ChainError) -> Level {
    match error {
        ChainError::Unbound(Unbound::Seen { .. }) => Level::Seen,
        ChainError::Malformed(_) => Level::Form,
        _ => Level::Chain,
    }
}

fn refused(refusal: &Refusal) -> Failure {
    let rules = match refusal {
        Refusal::Unauthorised(broken) | Refusal::RulesBroken(broken) => {
            broken.iter().map(|violation| violation.rule.id).collect()
        }
        _ => Vec::new(),
    };
    (Level::Rules, rules, refusal.to_string())
}

/// Whether an entry asks for more than this software knows: a later rule set, a later type of event.
pub(crate) fn unknown_to_the_rules(book: &Book, entry: &Entry) -> Option<String> {
    let event_type = &entry.event().event_type;
    let known = catalogue::row_of(&event_type.name).is_some_and(|row| row.version == event_type.version);
    let opened = book.chain().opening().map_or(RULES_VERSION, |opening| opening.rules);
    let rules = rules_adopted(entry).unwrap_or(opened);
    if rules != RULES_VERSION {
        Some(format!("the ledger is under rules version {rules}; this software knows {RULES_VERSION}"))
    } else if !known {
        Some(format!("the type {event_type} is not known to this software"))
    } else {
        None
    }
}

/// The rules that an entry adopts, if it is one that does.
fn rules_adopted(entry: &Entry) -> Option<u64> {
    let event = entry.event();
    let adopts = event.event_type.name == "RulesAdopted";
    event.data.get("facts").filter(|_facts| adopts)?.get("rules")?.as_u64()
}
