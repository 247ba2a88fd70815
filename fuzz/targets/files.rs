//! Files: what a published log is packed in, what a ledger keeps beside itself, what people bring.

use super::{read, read_all, read_below, root};
use minutebook::author::LedgerRef;
use minutebook::drafts::SigningDraft;
use minutebook::import::{Load, Loader, RowSigner};
use minutebook::keyfile;
use minutebook_governance::{Act, Book, Capacity, Entries, Keeping, Signatory, Standing, Unread, catalogue};
use minutebook_log::{Entry, EventId, Hash, Position, SecretKey, Seen, Timestamp};
use minutebook_verify::Published;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Hands on the bytes as a file that only its owner reads.
pub(super) fn with_file<T>(bytes: &[u8], look: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).unwrap();
    file.write_all(bytes).unwrap();
    drop(file);
    look(&path)
}

/// A ustar of these files.
fn ustar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (path, bytes) in files {
        let mut header = [0_u8; 512];
        header[..path.len()].copy_from_slice(path.as_bytes());
        for (at, text) in [(100, "0000644"), (108, "0000000"), (116, "0000000"), (136, "00000000000")] {
            header[at..at + text.len()].copy_from_slice(text.as_bytes());
        }
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend(header);
        tar.extend(bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

pub fn tars() -> Vec<Vec<u8>> {
    let folder = root().join("spec/vectors/published");
    let (mut files, mut folders) = (Vec::new(), vec![folder.clone()]);
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
                files.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    vec![ustar(&files[..2]), ustar(&files)]
}

/// What is found in a tar is in it, whole, and once: the bytes of each file begin on one of its blocks.
pub fn tar(bytes: &[u8]) {
    with_file(bytes, |path| {
        let Ok(published) = Published::open(path) else { return };
        let paths: Vec<_> = published.paths().copied().collect();
        for (at, path) in paths.iter().enumerate() {
            assert!(!paths[..at].contains(path), "{path} is there twice");
            let Ok(found) = published.read(path) else { continue };
            let found = found.unwrap_or_else(|| panic!("{path} is listed, and not there"));
            let blocks = (0..=bytes.len() / 512).map(|block| &bytes[block * 512..]);
            assert!(blocks.into_iter().any(|rest| rest.starts_with(&found)), "{path} is not in the tar");
        }
    });
}

/// The entries of the vectors' small book, as a register reads them again.
#[derive(Debug)]
struct SmallBook(Vec<Entry>);

static SMALL_BOOK: LazyLock<Arc<SmallBook>> = LazyLock::new(|| {
    let entries =
        (0..7).map(|position| Entry::parse(&read(&format!("spec/vectors/book/entry-{position}.txt"))));
    Arc::new(SmallBook(entries.map(Result::unwrap).collect()))
});

impl Entries for SmallBook {
    fn act(&self, position: Position) -> Result<Arc<Act>, Unread> {
        let failed = || Unread::Failed { position, what: "there is none".to_owned() };
        let entry = usize::try_from(position.0).ok().and_then(|at| self.0.get(at)).ok_or_else(failed)?;
        Ok(Arc::new(catalogue::read(&entry.signed).unwrap()))
    }

    fn find(&self, id: EventId) -> Result<Option<Position>, Unread> {
        Ok(self.0.iter().find(|entry| entry.event().id == id).map(|entry| entry.position))
    }
}

const KEEPING: Keeping = Keeping { recent: 1, cache_bytes: 1 << 16, segment_entries: 1 << 15 };

fn empty_book() -> Book {
    let entries: Arc<SmallBook> = Arc::clone(&SMALL_BOOK);
    Book::kept_by(entries, KEEPING)
}

pub fn segments() -> Vec<Vec<u8>> {
    let mut book = empty_book();
    for entry in &SMALL_BOOK.0 {
        let place = entry.place();
        let minutebook_governance::Admission::New(admitted) = book.admit(&entry.signed, place).unwrap()
        else {
            panic!("twice")
        };
        book.append(entry, Hash::of(&entry.encode()), admitted).unwrap();
    }
    book.seal_from(1);
    // Without its digest, which is made anew over whatever is read.
    let (_first, _end, bytes) = book.segment_file(0).unwrap();
    vec![bytes[..bytes.len() - 32].to_vec()]
}

/// Whatever a segment holds, asking it panics nobody, and what is taken is written in one form. Nothing else is believed of it:
/// its head is held against the store by whoever takes it.
pub fn segment(content: &[u8]) {
    let bytes = [content, Hash::of(content).as_bytes().as_slice()].concat();
    let ledger = Hash::of(&SMALL_BOOK.0[0].encode());
    let mut book = empty_book();
    let before = book.chain().head();
    if book.load_segment(ledger, &bytes).is_err() {
        assert_eq!((book.chain().head(), book.segments().0), (before, 0), "what is refused leaves nothing");
        return;
    }
    let (first, end, again) = book.segment_file(0).unwrap();
    assert_eq!((first, end.0), (Position(0), book.chain().head().size));
    // Hashes and times are not judged here. What was taken is written in one form, and read again as that.
    let mut other = empty_book();
    other.load_segment(book.chain().hash_at(Position(0)).unwrap(), &again).unwrap();
    assert!(other.segment_file(0).unwrap().2 == again, "what is read is what would be written");
    for at in (0..book.record().len()).map(Position) {
        let (subjects, known) =
            (book.record().subjects_at(at, book.record().len()), book.record().recorded_at(at));
        assert_eq!(subjects, other.record().subjects_at(at, other.record().len()));
        assert_eq!(known, other.record().recorded_at(at));
    }
}

pub fn marks() -> Vec<Vec<u8>> {
    let slot = |turn: u64, size: u64, note: &str| {
        let lines = format!(
            "minutebook.high-water/v3\nturn {turn:020}\nsize {size:020}\nhash {}\nnote {:05}\n",
            Hash::of(&size.to_be_bytes()),
            note.len()
        );
        let check = Hash::of(format!("{lines}{note}").as_bytes());
        let mut bytes = format!("{lines}check {check}\n{note}").into_bytes();
        bytes.resize(4096, b'\n');
        bytes
    };
    vec![
        [slot(4, 40, "four"), slot(5, 50, "five"), slot(3, 30, "three")].concat(),
        [slot(1, 1, ""), vec![b'\n'; 4096], slot(2, 2, "torn")[..2000].to_vec()].concat(),
    ]
}

/// The mark that is read is the one that a second, dumb reader of the three slots finds, or that of version 2.
pub fn high_water(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("high-water"), bytes).unwrap();
    let found = minutebook_store::mark(folder.path()).ok();
    // The turn decides, the size where two have the same, and then the last of them.
    let whole = bytes.chunks(4096).take(3).filter_map(dumb_mark);
    let newest = whole.max_by_key(|(turn, size, _hash, _note)| (*turn, *size));
    let found = found.map(|mark| (mark.head.size, mark.head.hash.to_string(), mark.note));
    assert_eq!(found, newest.map(|(_turn, size, hash, note)| (size, hash, note)));
}

/// Turn, size, hash and note of a slot, read with as little thought as possible.
fn dumb_mark(slot: &[u8]) -> Option<(u64, u64, String, Vec<u8>)> {
    if slot.len() != 4096 {
        return None;
    }
    let text = String::from_utf8_lossy(slot);
    let lines: Vec<&str> = text.lines().take(6).collect();
    let version_3 = lines[0] == "minutebook.high-water/v3";
    let turn = if version_3 { lines[1].strip_prefix("turn ")?.parse().ok()? } else { 0 };
    let rest = &lines[if version_3 { 2 } else { 1 }..];
    let size: u64 = rest.first()?.strip_prefix("size ")?.parse().ok()?;
    let hash = rest.get(1)?.strip_prefix("hash ")?;
    let note: usize = rest.get(2)?.strip_prefix("note ")?.parse().ok()?;
    let start = if version_3 {
        format!("minutebook.high-water/v3\nturn {turn:020}\n")
    } else {
        "minutebook.high-water/v2\n".to_owned()
    };
    let start = format!("{start}size {size:020}\nhash {hash}\nnote {note:05}\n");
    let at = start.len() + "check \n".len() + 64;
    let note = slot.get(at..at.checked_add(note)?)?;
    let check = Hash::of(&[start.as_bytes(), note].concat());
    let mut whole = [format!("{start}check {check}\n").as_bytes(), note].concat();
    whole.resize(4096, b'\n');
    let is_whole = whole == slot && hash.parse::<Hash>().is_ok();
    is_whole.then(|| (turn, size, hash.to_owned(), note.to_vec()))
}

pub fn key_files() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    keyfile::create(&path).unwrap();
    let plain = fs::read(&path).unwrap();
    let openssl =
        b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                    -----END PRIVATE KEY-----\n";
    vec![plain, openssl.to_vec()]
}

/// A key file is one key: the 32 bytes of its seed are in it, and nothing of it is in what is said where it is refused.
pub fn key_file(bytes: &[u8]) {
    with_file(bytes, |path| match keyfile::read(path) {
        Ok(key) => {
            let text = String::from_utf8_lossy(bytes);
            // What stands before the first line that begins a key is for people (RFC 7468, 5.2).
            let begins = |line: &&str| line.trim_end() == "-----BEGIN PRIVATE KEY-----";
            let after = text.lines().skip_while(|line| !begins(line)).skip(1);
            let body: String = after.take_while(|line| !line.starts_with('-')).map(str::trim).collect();
            // A PKCS#8 key of Ed25519 ends its header sixteen bytes in; the seed follows (RFC 8410).
            let der = data_encoding::BASE64.decode(body.as_bytes()).ok();
            let seed = der.as_deref().and_then(|der| der.get(16..48)?.first_chunk().copied());
            if let Some(seed) = seed {
                assert_eq!(
                    SecretKey::from_seed(&seed).public(),
                    key.public(),
                    "another key than the one in the file"
                );
            }
        }
        Err(error) => {
            let said = error.to_string();
            let text = String::from_utf8_lossy(bytes);
            let secret = text.lines().find(|line| line.len() >= 60 && !line.starts_with('-'));
            assert!(secret.is_none_or(|secret| !said.contains(secret)), "a key is told: {said}");
        }
    });
}

pub fn imports() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for name in ["bodies", "areas", "locations", "renames", "successions"] {
        let text = String::from_utf8(read(&format!("data/england/{name}.csv"))).unwrap();
        all.push(text.lines().take(6).flat_map(|line| [line, "\n"]).collect::<String>().into_bytes());
    }
    for lines in read_below("data/seeds").into_iter().chain([read("data/shropshire.jsonl")]) {
        let text = String::from_utf8(lines).unwrap();
        all.push(text.lines().take(3).flat_map(|line| [line, "\n"]).collect::<String>().into_bytes());
    }
    all
}

fn loader() -> Loader {
    let key = SecretKey::from_seed(&[7; 32]);
    let signatory = Signatory { key: key.public(), capacity: Capacity::Register, body: None };
    let seen = Seen { position: Position::FIRST, hash: Hash::of(b"entry 0") };
    let ledger = LedgerRef { origin: "minutebook.example/load".parse().unwrap(), id: seen.hash, seen };
    let horizon = Timestamp::parse_event_time("2025-12-29T00:00:00Z").unwrap();
    let signers = vec![RowSigner { name: "ods".to_owned(), key, signatory }];
    Loader { signers, ledger, standing: Standing::Register, now: None, horizon }
}

/// A file that is loaded twice says the same twice; what a row becomes is an event that anybody reads, signed; and the same
/// row has the same id.
pub fn import(bytes: &[u8]) {
    with_file(bytes, |path| {
        let Ok(load) = Load::open(&[path.to_owned()]) else { return };
        let (once, again): (Vec<_>, Vec<_>) = (load.rows().collect(), load.rows().collect());
        assert_eq!(once.len(), again.len());
        let loader = loader();
        for (row, other) in once.iter().zip(&again) {
            let (Ok((_place, row)), Ok((_other_place, other))) = (row, other) else { continue };
            assert_eq!(row, other);
            let Ok(signed) = loader.write(row, loader.ledger.seen) else { continue };
            signed.verify().unwrap();
            let event = minutebook_log::Event::parse(signed.event().bytes()).unwrap();
            assert_eq!(event.id, loader.write(other, loader.ledger.seen).unwrap().event().id);
            assert_eq!(&event.subject, &row.subject);
        }
    });
}

pub fn drafts() -> Vec<Vec<u8>> {
    let events =
        read_all(&root().join("spec/vectors/book")).into_iter().filter(|bytes| bytes.starts_with(b"{"));
    let draft = |event: Vec<u8>| {
        let event = String::from_utf8(event).ok()?;
        let draft = serde_json::json!({"event": event, "signatures": []});
        serde_json::to_vec_pretty(&draft).ok()
    };
    let mut drafts: Vec<_> = events.filter_map(draft).collect();
    // One that somebody has signed.
    let entry = &SMALL_BOOK.0[2];
    let signatures = entry.signed.signatures().iter();
    let signatures: Vec<_> = signatures
        .map(|(key, signature)| serde_json::json!({"key": key, "signature": signature.to_string()}))
        .collect();
    let draft = serde_json::json!({"event": entry.event().text(), "signatures": signatures});
    drafts.push(serde_json::to_vec_pretty(&draft).unwrap());
    drafts
}

/// Drafts that are read and written again are the same drafts; each signature in them holds, and is asked for.
pub fn draft(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(drafts) = SigningDraft::parse_all(text) else { return };
    for draft in &drafts {
        for (key, signature) in &draft.signatures {
            key.verify(draft.event.bytes(), signature).unwrap();
            assert!(draft.signatories.iter().any(|signatory| signatory.key == *key));
        }
    }
    let again = SigningDraft::parse_all(&SigningDraft::write_all(&drafts).unwrap()).unwrap();
    let bytes =
        |drafts: &[SigningDraft]| drafts.iter().map(|one| one.event.bytes().to_vec()).collect::<Vec<_>>();
    assert_eq!(bytes(&again), bytes(&drafts));
    assert!(again.iter().zip(&drafts).all(|(again, draft)| again.signatures == draft.signatures));
    assert_eq!(SigningDraft::name_of(&again), SigningDraft::name_of(&drafts));
}
