//! Bytes flipped in every file of a log that has all kinds of files: full tiles, tiles at the right edge, the
//! level above, bundles, cosigned checkpoints of two sizes, keys.

use crate::support::large::large;
use crate::support::{Folder, Ledger, cosigned_at, trust};
use minutebook_log::{Frontier, PublishedPath, TreeHash};
use minutebook_verify::{AuditVerdict, Fault, Published, Trust, audit, check_files};
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::sync::LazyLock;

const SIZE: usize = 300;
const KEPT: usize = 100;

/// Ten bodies, written once for all tests here.
static LEDGER: LazyLock<Ledger> = LazyLock::new(|| large(10, SIZE));

/// What the ledger publishes, with a checkpoint that was kept at a smaller size.
fn folder() -> Folder {
    let mut folder = LEDGER.publish();
    let mut frontier = Frontier::EMPTY;
    for entry in &LEDGER.entries[..KEPT] {
        frontier.append(TreeHash::leaf(entry));
    }
    let seen = LEDGER.entry(KEPT - 1).recorded.as_micros() + 1_000_000;
    let kept = cosigned_at(&LEDGER.log_key(), frontier.head(), seen).encode().into_bytes();
    folder.0.insert(PublishedPath::Witnessed(frontier.size()).to_string(), kept);
    folder
}

fn brought() -> Trust {
    trust(&LEDGER.log_key().verifier())
}

/// Which bytes of a file are flipped: all of a small one, of a large one every so many, from an offset that
/// differs from file to file.
fn flipped(name: &str, bytes: usize) -> impl Iterator<Item = usize> {
    let step = match bytes {
        ..2_000 => 1,
        2_000..10_000 => 13,
        _ => 997,
    };
    let seed: usize = name.bytes().map(usize::from).sum();
    (seed % step..bytes).step_by(step)
}

/// The first entry that is wrong where this byte of a file is; nothing where the file is about the whole.
fn first_wrong(name: &str, byte: usize, ends: &BTreeMap<String, Vec<Range<usize>>>) -> Option<u64> {
    let hash = (byte / 32) as u64;
    match name {
        "tile/0/000" => Some(hash),
        "tile/0/001.p/44" => Some(256 + hash),
        "tile/1/000.p/1" => Some(256 * hash),
        _ => {
            let bundle = ends.get(name)?;
            let within = bundle.iter().position(|entry| entry.contains(&byte)).unwrap();
            Some((if name == "tile/entries/000" { 0 } else { 256 } + within) as u64)
        }
    }
}

/// Where in its bundle each entry stands, with its length before it.
fn bundles() -> BTreeMap<String, Vec<Range<usize>>> {
    let ranges = |entries: &[Vec<u8>]| {
        let mut end = 0;
        let range = |entry: &Vec<u8>| {
            let from = end;
            end += 2 + entry.len();
            from..end
        };
        entries.iter().map(range).collect()
    };
    let entries = &LEDGER.entries;
    [("tile/entries/000", &entries[..256]), ("tile/entries/001.p/44", &entries[256..])]
        .map(|(name, entries)| (name.to_owned(), ranges(entries)))
        .into()
}

fn first_of(faults: &[Fault]) -> Option<u64> {
    faults.iter().filter_map(|fault| fault.position).min().map(|position| position.0)
}

/// Flips each of these bytes of a file and asks `found` what is wrong then.
fn flip(name: &str, bytes: impl Iterator<Item = usize>, found: impl Fn(&Published) -> Vec<Fault>) -> usize {
    let folder = folder();
    let place = tempfile::tempdir().unwrap();
    folder.write(place.path());
    let published = Published::open(place.path()).unwrap();
    let ends = bundles();
    let mut noticed = 0;
    for byte in bytes {
        let mut file = folder.0[name].clone();
        file[byte] ^= 1;
        fs::write(place.path().join(name), file).unwrap();
        let faults = found(&published);
        assert!(!faults.is_empty(), "{name} byte {byte}");
        assert_eq!(first_of(&faults), first_wrong(name, byte, &ends), "{name} byte {byte}: {faults:?}");
        noticed += 1;
    }
    noticed
}

#[test]
fn the_log_has_every_kind_of_file_and_is_whole() {
    let folder = folder();
    let names: Vec<_> = folder.0.keys().map(String::as_str).collect();
    let expected = [
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
        "vkey",
        "witnessed/100",
        "witnessed/300",
    ];
    assert_eq!(names, expected);
    let audited = folder.audit_with(&brought());
    assert_eq!((audited.faults.as_slice(), audited.verdict()), (&[][..], AuditVerdict::Verified));
    assert_eq!((audited.report.replayed, audited.kept), (SIZE as u64, 2));
    assert_eq!(audited.report.survey.by_body.len(), 11, "several bodies");
    let place = tempfile::tempdir().unwrap();
    folder.write(place.path());
    assert_eq!(check_files(&Published::open(place.path()).unwrap(), &brought()).unwrap(), []);
}

#[test]
fn a_flipped_byte_of_any_file_is_noticed_from_the_files_alone() {
    let check = |published: &Published| check_files(published, &brought()).unwrap();
    let files: Vec<_> = folder().0.into_iter().map(|(name, bytes)| (name, bytes.len())).collect();
    let noticed: usize = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let files = &files;
            scope.spawn(move || {
                let mine = |(name, bytes): &(String, usize)| {
                    flip(name, flipped(name, *bytes).filter(|byte| byte % 2 == half), check)
                };
                files.iter().map(mine).sum::<usize>()
            })
        });
        halves.map(|half| half.join().unwrap()).iter().sum()
    });
    assert!(noticed > 3_500, "{noticed}");
}

#[test]
fn a_flipped_byte_of_any_file_fails_the_whole_audit() {
    let check = |published: &Published| {
        let audited = audit(published, &brought(), |_read, _of| {}).unwrap();
        assert_eq!(audited.verdict(), AuditVerdict::Failed);
        audited.faults
    };
    for (name, bytes) in &folder().0 {
        let few = [0, bytes.len() / 3, bytes.len() - 1];
        assert_eq!(flip(name, few.into_iter(), check), few.len());
    }
}
