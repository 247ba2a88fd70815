//! An audit of a published log: every level, in one pass over the entries.

use crate::replay::{Replay, Signatures};
use crate::tiles::{TreeCheck, check_leftovers, missing, read_bundle};
use crate::{Fault, Level, Published, PublishedError, Report, Trust, Verdict, Witnessed, log_keys};
use minutebook_log::{
    LogKeys, Position, PublishedPath, SignedCheckpoint, Tile, Timestamp, TreeHash, TreeHead, TreeSize,
    VerifierKey,
};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What was audited, and what was found.
#[derive(Debug)]
pub struct Audit {
    /// The newest checkpoint, where it is one; its signatures are judged by `faults`.
    pub checkpoint: Option<SignedCheckpoint>,
    /// The key that the auditor brought for this size.
    pub log_key: Option<VerifierKey>,
    /// The tree over the entries that were read.
    pub tree: TreeHead,
    /// The entries: how far they are authentic, and what they come to.
    pub report: Report,
    /// Everything that is wrong, the first wrong position first, what concerns the whole log last.
    pub faults: Vec<Fault>,
    /// What witnesses say of the newest checkpoint.
    pub witnessed: Witnessed,
    /// How many cosigned checkpoints of earlier hours were checked against the entries.
    pub kept: u64,
    /// By when so many entries existed, by the clocks of witnesses: for each checkpoint with a quorum, the
    /// first of its cosignatures.
    pub existed_by: Vec<(TreeSize, Timestamp)>,
    /// How far an earlier audit went, where it was continued: signatures before were not verified again.
    pub earlier: Option<TreeHead>,
    /// What is not wrong, and worth knowing.
    pub notes: Vec<String>,
}

impl Audit {
    /// What it comes to: a fault at any level fails the whole.
    pub fn verdict(&self) -> Verdict {
        if self.faults.is_empty() { self.report.verdict } else { Verdict::Failed }
    }

    /// The first position that is known to be wrong.
    pub fn first_wrong(&self) -> Option<Position> {
        self.faults.iter().filter_map(|fault| fault.position).min()
    }

    /// Whether entries up to the checkpoint's size were all read.
    pub fn is_whole(&self) -> bool {
        let size = self.checkpoint.as_ref().map(|signed| signed.unverified().head.size);
        size == Some(self.tree.size)
    }
}

/// Audits a published log. `progress` is told now and then how many entries of how many have been read.
///
/// # Errors
/// [`PublishedError`] where a file can't be read; what is wrong with the log is in the [`Audit`].
pub fn audit(
    published: &Published,
    trust: &Trust,
    mut progress: impl FnMut(u64, u64),
) -> Result<Audit, PublishedError> {
    let mut faults = Vec::new();
    let checkpoint = read_checkpoint(published, PublishedPath::Checkpoint, &mut faults)?;
    let witnessed =
        checkpoint.as_ref().map_or(Witnessed::NotChecked, |signed| judge(trust, signed, &mut faults));
    // A checkpoint that is not the log's says nothing; the entries are then read as far as there are any.
    let signed = checkpoint.as_ref().filter(|signed| trust.check_log("checkpoint", signed).is_none());
    let size = signed.map_or_else(|| largest(published), |signed| signed.unverified().head.size);
    let kept = read_kept(published, size, &mut faults)?;
    let mut sizes: BTreeSet<u64> = kept.iter().map(|signed| signed.unverified().head.size.0).collect();
    sizes.extend(trust.earlier.iter().map(|signed| signed.unverified().head.size.0));
    let mut pass = Pass {
        published,
        earlier: earlier_head(trust, size, &mut faults),
        tree: TreeCheck::new(published, sizes),
        replay: Replay::default(),
    };
    pass.read_entries(size, &mut faults, &mut progress)?;
    let tree = pass.tree.head();
    if let Some(signed) = signed {
        check_root(tree, signed, &mut faults);
    }
    check_earlier(&pass, &mut faults);
    let names = trust_in_book(trust, &pass, &kept);
    let mut existed_by = check_kept(&pass, &names, &kept, &mut faults);
    existed_by.extend(checkpoint.as_ref().and_then(|signed| first_seen(signed, &witnessed)));
    existed_by.dedup();
    check_keys(published, trust, size, &pass, &mut faults)?;
    let earlier = pass.earlier;
    faults.extend(pass.tree.finish(size)?);
    faults.extend(check_leftovers(published, tree.size)?);
    let report = pass.replay.report();
    if report.verdict == Verdict::Failed {
        faults.extend(report.exception.clone().map(Fault::from));
    }
    faults.sort_by_key(|fault| (fault.position.is_none(), fault.position, fault.level));
    let notes = notes(published, tree.size);
    let log_key = trust.key_at(size).cloned();
    Ok(Audit {
        checkpoint,
        log_key,
        tree,
        report,
        faults,
        witnessed,
        kept: kept.len() as u64,
        existed_by,
        earlier,
        notes,
    })
}

/// What is held while the entries are read.
struct Pass<'a> {
    published: &'a Published,
    tree: TreeCheck<'a>,
    replay: Replay,
    earlier: Option<TreeHead>,
}

/// How many bundles are read and checked at once, on all cores.
const BUNDLES: usize = 8;

impl Pass<'_> {
    fn read_entries(
        &mut self,
        size: TreeSize,
        faults: &mut Vec<Fault>,
        progress: &mut impl FnMut(u64, u64),
    ) -> Result<(), PublishedError> {
        let mut next = Position::FIRST;
        while size.holds(next) {
            let mut bundles = Vec::with_capacity(BUNDLES);
            let mut is_cut = false;
            for _bundle in 0..BUNDLES {
                let Some(tile) = Tile::bundle_of(next, size).filter(|_tile| !is_cut) else { break };
                let Some(bundle) = read_bundle(self.published, next, size)? else {
                    faults.push(missing(tile, next.0));
                    is_cut = true;
                    break;
                };
                faults.extend(bundle.fault().cloned());
                is_cut = bundle.fault().is_some();
                next = Position(tile.positions().end);
                bundles.push(bundle);
            }
            let entries: Vec<&[u8]> = bundles.iter().flat_map(|bundle| bundle.entries()).collect();
            self.take(&entries)?;
            progress(self.tree.head().size.0, size.0);
            if is_cut {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, entries: &[&[u8]]) -> Result<(), PublishedError> {
        let leaves: Vec<TreeHash> = entries.par_iter().map(|entry| TreeHash::leaf(entry)).collect();
        let begun = self.tree.head().size.0;
        self.tree.add(&leaves)?;
        if self.replay.is_over() {
            return Ok(());
        }
        // What an earlier audit covered comes first; the entries after it have their signatures verified.
        let known = self.earlier.map_or(0, |earlier| earlier.size.0.saturating_sub(begun));
        let known = usize::try_from(known).unwrap_or(usize::MAX).min(entries.len());
        let (known, new) = entries.split_at_checked(known).unwrap_or((&[], entries));
        self.replay.take(known, Signatures::KnownToHold);
        if !self.replay.is_over() {
            self.replay.take(new, Signatures::Verified);
        }
        Ok(())
    }
}

/// Up to where there are entries, whatever a checkpoint says.
fn largest(published: &Published) -> TreeSize {
    let ends = published.paths().filter_map(|path| match path {
        PublishedPath::Tile(tile) => Some(tile.positions().end),
        _ => None,
    });
    TreeSize(ends.max().unwrap_or(0))
}

fn read_checkpoint(
    published: &Published,
    path: PublishedPath,
    faults: &mut Vec<Fault>,
) -> Result<Option<SignedCheckpoint>, PublishedError> {
    let Some(bytes) = published.read(&path)? else {
        faults.push(Fault::of_file(Level::Tree, &path, "the file is not there"));
        return Ok(None);
    };
    match SignedCheckpoint::parse(&bytes) {
        Ok(signed) => Ok(Some(signed)),
        Err(malformed) => {
            faults.push(Fault::of_file(Level::Tree, &path, malformed.to_string()));
            Ok(None)
        }
    }
}

/// What the signatures beneath the newest checkpoint are worth.
fn judge(trust: &Trust, signed: &SignedCheckpoint, faults: &mut Vec<Fault>) -> Witnessed {
    if let Some(fault) = trust.check_log("checkpoint", signed) {
        faults.push(fault);
        return Witnessed::NotChecked;
    }
    let (witnessed, fault) = trust.witnessed("checkpoint", signed);
    faults.extend(fault);
    witnessed
}

/// The cosigned checkpoints that were kept, up to the newest.
fn read_kept(
    published: &Published,
    size: TreeSize,
    faults: &mut Vec<Fault>,
) -> Result<Vec<SignedCheckpoint>, PublishedError> {
    let mut kept = Vec::new();
    for path in published.paths() {
        let PublishedPath::Witnessed(of) = path else { continue };
        if *of > size {
            continue;
        }
        let Some(signed) = read_checkpoint(published, *path, faults)? else { continue };
        if signed.unverified().head.size == *of {
            kept.push(signed);
        } else {
            let what = format!("a checkpoint of size {}", signed.unverified().head.size);
            faults.push(Fault::of_file(Level::Tree, path, what));
        }
    }
    Ok(kept)
}

/// The head of the checkpoint that was verified before, if the log signed it and it is no later one.
fn earlier_head(trust: &Trust, size: TreeSize, faults: &mut Vec<Fault>) -> Option<TreeHead> {
    let signed = trust.earlier.as_ref()?;
    let head = signed.unverified().head;
    let what = match trust.check_log("the earlier checkpoint", signed) {
        Some(fault) => fault.what,
        None if head.size > size => {
            format!("it has {} entries, and the log has only {size} now: its end is gone", head.size)
        }
        None => return Some(head),
    };
    let position = (head.size > size).then_some(Position(size.0));
    faults.push(Fault { position, ..Fault::of_file(Level::Tree, &"the earlier checkpoint", what) });
    None
}

fn check_root(tree: TreeHead, signed: &SignedCheckpoint, faults: &mut Vec<Fault>) {
    let head = signed.unverified().head;
    if tree.size == head.size && tree.root != head.root {
        let what = format!("the entries lead to the root {}; it says {}", tree.root, head.root);
        faults.push(Fault::of_file(Level::Tree, &PublishedPath::Checkpoint, what));
    }
}

fn check_earlier(pass: &Pass<'_>, faults: &mut Vec<Fault>) {
    let Some(earlier) = pass.earlier else { return };
    let Some(here) = pass.tree.head_at(earlier.size).filter(|here| *here != earlier) else { return };
    let what = format!(
        "at size {} its root was {}; the entries lead to {}: history was rewritten. Keep both checkpoints, they prove it",
        earlier.size, earlier.root, here.root
    );
    faults.push(Fault::of_file(Level::Tree, &"the earlier checkpoint", what));
}

/// The keys that the auditor brought, with those that the book names for other sizes: what the log signed
/// before a rotation was signed by the key of that time.
fn trust_in_book(trust: &Trust, pass: &Pass<'_>, kept: &[SignedCheckpoint]) -> Trust {
    let named = kept.first().and_then(|signed| {
        let origin = &signed.unverified().origin;
        log_keys::verifiers(pass.replay.book().record(), origin)
    });
    let brought = trust.keys.keys().last().map(|(_from, key)| key.clone());
    let named = named.filter(|named| named.keys().iter().any(|(_from, key)| Some(key) == brought.as_ref()));
    Trust { keys: named.unwrap_or_else(|| trust.keys.clone()), ..trust.clone() }
}

fn check_kept(
    pass: &Pass<'_>,
    trust: &Trust,
    kept: &[SignedCheckpoint],
    faults: &mut Vec<Fault>,
) -> Vec<(TreeSize, Timestamp)> {
    let mut existed_by = Vec::new();
    for signed in kept {
        let head = signed.unverified().head;
        let file = PublishedPath::Witnessed(head.size).to_string();
        let (witnessed, fault) = match trust.check_log(&file, signed) {
            Some(fault) => (Witnessed::NotChecked, Some(fault)),
            None => trust.witnessed(&file, signed),
        };
        faults.extend(fault);
        existed_by.extend(first_seen(signed, &witnessed));
        if let Some(here) = pass.tree.head_at(head.size).filter(|here| *here != head) {
            let what = format!("the entries lead to the root {}; it says {}", here.root, head.root);
            faults.push(Fault::of_file(Level::Tree, &file, what));
        }
    }
    existed_by
}

/// When the first of a quorum of witnesses signed.
fn first_seen(signed: &SignedCheckpoint, witnessed: &Witnessed) -> Option<(TreeSize, Timestamp)> {
    let Witnessed::Quorum(cosigned) = witnessed else { return None };
    let first = cosigned.iter().map(|cosigned| cosigned.time).min()?;
    Some((signed.unverified().head.size, first))
}

/// Whether the keys in the folder, in the book and in the auditor's hand are the same.
fn check_keys(
    published: &Published,
    trust: &Trust,
    size: TreeSize,
    pass: &Pass<'_>,
    faults: &mut Vec<Fault>,
) -> Result<(), PublishedError> {
    let Some(brought) = trust.key_at(size) else { return Ok(()) };
    if let Some(bytes) = published.read(&PublishedPath::Keys)? {
        let what = match LogKeys::parse(&bytes) {
            Err(malformed) => Some(malformed.to_string()),
            Ok(keys) => keys
                .at(size)
                .filter(|key| *key != brought)
                .map(|key| format!("it names {key} for this size; the key brought is {brought}")),
        };
        faults.extend(what.map(|what| Fault::of_file(Level::Tree, &PublishedPath::Keys, what)));
    }
    let record = pass.replay.book().record();
    let named = log_keys::in_record(record).into_iter().rev().find(|(from, _key)| size.holds(*from));
    if let Some((from, key)) = named.filter(|(_from, key)| *key != brought.key()) {
        let what = format!("the book names the log's key {key}; the key brought is {}", brought.key());
        faults.push(Fault { position: Some(from), ..Fault::new(Level::Tree, what) });
    }
    Ok(())
}

fn notes(published: &Published, size: TreeSize) -> Vec<String> {
    let mut notes = Vec::new();
    if !published.has(&PublishedPath::Keys) {
        notes.push("The folder has no file vkey; the key that was brought was used.".to_owned());
    }
    let beyond = published.paths().filter(|path| match path {
        PublishedPath::Tile(tile) => !tile.is_of(size),
        PublishedPath::Witnessed(of) => *of > size,
        _ => false,
    });
    match beyond.count() {
        0 => {}
        files => notes.push(format!(
            "{files} files speak of entries beyond the checkpoint. They were not looked at: a log that was copied while it grew looks like this."
        )),
    }
    if !published.strangers().is_empty() {
        let names = published.strangers().join(", ");
        notes.push(format!("Files that are no part of a published log were not looked at: {names}"));
    }
    notes
}
