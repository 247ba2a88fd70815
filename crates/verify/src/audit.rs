//! An audit of a published log: every level, in one pass over the entries.

use crate::log_keys::NamedKeys;
use crate::pass::{Depth, Pass};
use crate::tiles::{TreeCheck, check_leftovers};
use crate::{AuditVerdict, Fault, KeyPath, Level, Published, PublishedError, Report, Trust, Witnessed};
use minutebook_log::{
    LogKeys, Position, PublishedPath, SignedCheckpoint, Timestamp, TreeHead, TreeSize, VerifierKey,
};

/// What was audited, and what was found.
#[derive(Debug)]
pub struct Audit {
    /// The newest checkpoint, where it is one; its signatures are judged by `faults`.
    pub checkpoint: Option<SignedCheckpoint>,
    /// The log's keys as the book names them, each with the position from which it signs, and whether the auditor
    /// brought it.
    pub log_keys: Vec<(Position, VerifierKey, bool)>,
    /// How a key that was brought leads to that of the newest checkpoint, where that was not brought.
    pub followed: Option<KeyPath>,
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
    pub fn verdict(&self) -> AuditVerdict {
        if self.faults.is_empty() { self.report.verdict } else { AuditVerdict::Failed }
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
    progress: impl FnMut(u64, u64),
) -> Result<Audit, PublishedError> {
    audit_to(Depth::Rules, published, trust, progress)
}

/// Everything that [`audit`] asks but the rules, and of the signatures only whether they hold together
/// ([`minutebook_log::Keyring::hold_together`]): twice as quick, and no verdict but [`AuditVerdict::Authentic`]. Where the log's
/// key was passed on, only a replay knows to whom: the key of the newest checkpoint has to be among those that were brought.
///
/// # Errors
/// As [`audit`].
pub fn audit_quickly(
    published: &Published,
    trust: &Trust,
    progress: impl FnMut(u64, u64),
) -> Result<Audit, PublishedError> {
    audit_to(Depth::Signatures, published, trust, progress)
}

/// What is wrong with the files of a published log, whatever its entries say: tree, tiles, checkpoints and
/// witnesses. It is quick, and enough to notice that any file was changed; who signed what, and whether they
/// might, only [`audit`] says.
///
/// # Errors
/// As [`audit`].
pub fn check_files(published: &Published, trust: &Trust) -> Result<Vec<Fault>, PublishedError> {
    Ok(audit_to(Depth::Tree, published, trust, |_read, _of| {})?.faults)
}

fn audit_to(
    depth: Depth,
    published: &Published,
    trust: &Trust,
    mut progress: impl FnMut(u64, u64),
) -> Result<Audit, PublishedError> {
    let mut faults = Vec::new();
    let checkpoint = read_checkpoint(published, PublishedPath::Checkpoint, &mut faults)?;
    let candidates = candidates(published, trust)?;
    // A checkpoint that is not the log's says nothing; the entries are then read as far as there are any.
    let signed = checkpoint.as_ref().filter(|signed| is_by_any(signed, &candidates));
    let size = signed.map_or_else(|| largest(published), |signed| signed.unverified().head.size);
    let kept = read_sized(published, size, &mut faults, PublishedPath::Witnessed)?;
    let rotated = read_sized(published, size, &mut faults, PublishedPath::Rotated)?;
    let heads = kept.iter().chain(&rotated).chain(&trust.earlier).map(|signed| signed.unverified().head);
    let earlier = earlier_head(trust, size, &candidates, &mut faults);
    let wanted = heads.map(|head| head.size.0).collect();
    let mut pass = Pass::new(depth, published, TreeCheck::new(published, wanted), earlier);
    pass.read_entries(size, &mut faults, &mut progress)?;
    let tree = pass.tree.head();
    if let Some(signed) = signed {
        check_root(tree, signed, &mut faults);
    }
    check_earlier(&pass, &mut faults);
    let mut keys = NamedKeys::of(pass.replay.book().record(), &trust.keys);
    faults.extend(keys.check_hand_overs(size, &rotated, |size| pass.tree.head_at(size)));
    let witnessed =
        checkpoint.as_ref().map_or(Witnessed::NotChecked, |signed| judge(trust, &keys, signed, &mut faults));
    let mut existed_by = check_kept(&pass, trust, &keys, &kept, &mut faults);
    existed_by.extend(checkpoint.as_ref().and_then(|signed| first_seen(signed, &witnessed)));
    existed_by.dedup();
    if let Some(signed) = trust.earlier.as_ref().filter(|_earlier| pass.earlier.is_some()) {
        faults.extend(keys.check("the earlier checkpoint", signed));
    }
    let listed = published.read(&PublishedPath::Keys)?;
    faults.extend(listed.and_then(|listed| keys.check_file(&listed, size)));
    let followed = keys.follow(size).unwrap_or_else(|fault| {
        faults.push(*fault);
        None
    });
    let mut notes = keys.notes(pass.replay.book().record(), size);
    let (log_keys, earlier) = (keys.listed(), pass.earlier);
    faults.extend(pass.tree.finish(size)?);
    faults.extend(check_leftovers(published, tree.size)?);
    let report = pass.replay.report();
    notes.extend(report.continues().into_iter().chain(notes_on(published, tree.size)));
    if report.verdict == AuditVerdict::Failed {
        faults.extend(report.exception.clone().map(Fault::from));
    }
    faults.sort_by_key(|fault| (fault.position.is_none(), fault.position, fault.level));
    Ok(Audit {
        checkpoint,
        log_keys,
        followed,
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

/// The keys that may have signed the newest checkpoint: those that were brought, and those that the folder lists.
/// The latter say only how far it is worth reading; whose they are, the book tells.
fn candidates(published: &Published, trust: &Trust) -> Result<Vec<VerifierKey>, PublishedError> {
    let mut keys: Vec<VerifierKey> = trust.keys.keys().cloned().collect();
    let listed = published.read(&PublishedPath::Keys)?.and_then(|bytes| LogKeys::parse(&bytes).ok());
    keys.extend(listed.iter().flat_map(LogKeys::keys).map(|(_from, key)| key.clone()));
    Ok(keys)
}

fn is_by_any(signed: &SignedCheckpoint, keys: &[VerifierKey]) -> bool {
    signed.unverified().head.size != TreeSize::EMPTY && signed.verify(keys).is_ok()
}

/// What the signatures beneath the newest checkpoint are worth.
fn judge(
    trust: &Trust,
    keys: &NamedKeys<'_>,
    signed: &SignedCheckpoint,
    faults: &mut Vec<Fault>,
) -> Witnessed {
    if let Some(fault) = keys.check("checkpoint", signed) {
        faults.push(fault);
        return Witnessed::NotChecked;
    }
    let (witnessed, fault) =
        trust.witnessed("checkpoint", signed, keys.all().collect::<Vec<_>>().into_iter());
    faults.extend(fault);
    witnessed
}

/// The checkpoints that were kept for good, in files of this kind, up to the newest.
fn read_sized(
    published: &Published,
    size: TreeSize,
    faults: &mut Vec<Fault>,
    kind: impl Fn(TreeSize) -> PublishedPath,
) -> Result<Vec<SignedCheckpoint>, PublishedError> {
    let mut kept = Vec::new();
    for path in published.paths() {
        let (PublishedPath::Witnessed(of) | PublishedPath::Rotated(of)) = path else { continue };
        if *of > size || *path != kind(*of) {
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
fn earlier_head(
    trust: &Trust,
    size: TreeSize,
    candidates: &[VerifierKey],
    faults: &mut Vec<Fault>,
) -> Option<TreeHead> {
    let signed = trust.earlier.as_ref()?;
    let head = signed.unverified().head;
    let what = if !is_by_any(signed, candidates) {
        "it is signed by no key of the log".to_owned()
    } else if head.size > size {
        format!("it has {} entries, and the log has only {size} now: its end is gone", head.size)
    } else {
        return Some(head);
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

fn check_kept(
    pass: &Pass<'_>,
    trust: &Trust,
    keys: &NamedKeys<'_>,
    kept: &[SignedCheckpoint],
    faults: &mut Vec<Fault>,
) -> Vec<(TreeSize, Timestamp)> {
    let mut existed_by = Vec::new();
    let logs: Vec<_> = keys.all().collect();
    for signed in kept {
        let head = signed.unverified().head;
        let file = PublishedPath::Witnessed(head.size).to_string();
        let (witnessed, fault) = match keys.check(&file, signed) {
            Some(fault) => (Witnessed::NotChecked, Some(fault)),
            None => trust.witnessed(&file, signed, logs.iter().copied()),
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

fn notes_on(published: &Published, size: TreeSize) -> Vec<String> {
    let mut notes = Vec::new();
    if !published.has(&PublishedPath::Keys) {
        notes.push(
            "The folder has no file vkey; what was brought, and the book, name the log's keys.".to_owned(),
        );
    }
    let beyond = published.paths().filter(|path| match path {
        PublishedPath::Tile(tile) => !tile.is_of(size),
        PublishedPath::Witnessed(of) | PublishedPath::Rotated(of) => *of > size,
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
