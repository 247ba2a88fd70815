use super::context::Context;
use super::exit::VerificationFailed;
use super::log_keys::key_files;
use super::out_folder::check_new;
use super::show;
use super::sources::{self, Named, bar};
use crate::private;
use crate::repair::{Assembled, Found, Proved, assemble, build, gather, prove};
use anyhow::Context as _;
use minutebook_store::OpenError;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes a damaged ledger anew, in another folder, from what is left: the readable entries of its store, a
/// published log (a folder, a tar of one, or the address of a server or mirror that has it), and receipts.
///
/// The damaged folder is only read. The result is verified whole, and has to extend every checkpoint and every
/// receipt that is brought, and the high-water mark. It serves with the same log key. Where an entry can't be
/// recovered nothing is made, and the missing positions are named: such a ledger is closed, and a new one names it
/// (minutebook init --continues).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook repair --dir book --to book-repaired
  minutebook repair --dir book --from /srv/mirror/book --receipts receipts --to book-repaired
  minutebook repair --from https://mirror.example/book --to book-repaired --without-mark")]
pub(crate) struct Args {
    /// The damaged ledger's folder, if there is one. What it has published is looked at, too.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A published log: a folder, a tar of one, or an address (http://127.0.0.1:7419). May be given several times.
    #[arg(long, value_name = "DIR|TAR|URL")]
    from: Vec<String>,
    /// Receipts: files, or folders in which to look for *.tlog-proof.
    #[arg(long, value_name = "FILE|DIR")]
    receipts: Vec<PathBuf>,
    /// The new ledger's folder, which must not exist yet.
    #[arg(long, value_name = "NEWDIR")]
    to: PathBuf,
    /// Says that nothing was acknowledged beyond what is found. Needed where the high-water mark is lost: only you
    /// can know. If it is wrong, somebody's receipt will prove that the log told two histories. What is brought and speaks
    /// of more is never overridden.
    #[arg(long)]
    without_mark: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        if self.to.exists() {
            return Err(OpenError::NotEmpty { dir: self.to }.into());
        }
        let reads = self.dir.iter().chain(&self.receipts).map(PathBuf::as_path);
        check_new(&self.to, reads.chain(self.from.iter().map(Path::new)))?;
        let held = self.dir.as_deref().map(minutebook_store::hold).transpose()?;
        let named =
            Named { ledger: self.dir.clone(), published: self.from.clone(), receipts: self.receipts.clone() };
        let (sources, mirrored) = sources::read(&named, context).await?;
        let mut found = gather(&sources)?;
        drop(mirrored);
        sources::remember(&mut found, context)?;
        let assembled = assemble(&found)?;
        if !assembled.is_whole() {
            return self.close(context, &found, &assembled);
        }
        self.check_mark(&found, &assembled)?;
        let proved = prove_all(&assembled, &found)?;
        build(&self.to, &assembled, &found, &proved).await?;
        let has_key = self.keep_log_key()?;
        drop(held);
        self.show(context, &found, &assembled, &proved, has_key)
    }

    /// Without the mark nobody knows where the log ended when it was last acknowledged.
    fn check_mark(&self, found: &Found, assembled: &Assembled) -> anyhow::Result<()> {
        if found.mark.is_some() || self.without_mark {
            return Ok(());
        }
        let what = format!(
            "{} were found, and without the ledger's high-water mark nobody can tell whether more were acknowledged. A log \
             that goes on without an entry that somebody has a receipt for tells two histories. Bring all receipts and \
             published copies that there are (--receipts, --from); once you are sure, add --without-mark{}",
            show::entries(assembled.entries.len() as u64),
            aside_lines(found)
        );
        Err(VerificationFailed(what).into())
    }

    /// Copies the log's keys, where they lay in the damaged folder.
    fn keep_log_key(&self) -> anyhow::Result<bool> {
        let keys = self.dir.as_deref().map(key_files).unwrap_or_default();
        for old in &keys {
            let place = self.to.join(old.file_name().unwrap_or_default());
            let copying = || format!("copying {} to {}", old.display(), place.display());
            fs::copy(old, &place).and_then(|_bytes| private::sync_parent(&place)).with_context(copying)?;
        }
        Ok(!keys.is_empty())
    }

    fn show(
        &self,
        context: &Context,
        found: &Found,
        assembled: &Assembled,
        proved: &Proved,
        has_key: bool,
    ) -> anyhow::Result<()> {
        if context.json {
            let head = proved.head;
            return show::json(&to_json(
                found,
                assembled,
                [
                    ("repaired", json!(self.to)),
                    ("ledger", json!(proved.id)),
                    ("size", json!(head.size.0)),
                    ("root", json!(head.root.to_string())),
                    ("extends", json!(proved.extends)),
                ],
            ));
        }
        let origin = found.identity.as_ref().map_or("", |identity| identity.origin.as_str());
        show::sentence(show::title(format!("repaired {origin}: {}", show::entries(proved.head.size.0))))?;
        show::field("ledger", format!("opens with {}", proved.id))?;
        show::field("folder", self.to.display())?;
        show::field("root", proved.head.root)?;
        show_origins(assembled)?;
        show::field("extends", show::extended(proved.extends))?;
        show_aside(found)?;
        let key = if has_key { "" } else { " --log-key FILE" };
        show::say(format!("Next: minutebook serve --dir {}{key}", self.to.display()));
        show::say("Keep the damaged folder: it is evidence.");
        Ok(())
    }

    /// Says which entries are lost, and how the book goes on elsewhere.
    fn close(&self, context: &Context, found: &Found, assembled: &Assembled) -> anyhow::Result<()> {
        let positions: Vec<u64> = assembled.lost.iter().map(|lost| lost.position).collect();
        if context.json {
            let newest = found.newest_claim().map(|claim| claim.checkpoint.encode());
            let own = [("repaired", Value::Null), ("newest_checkpoint", json!(newest))];
            show::json(&to_json(found, assembled, own))?;
        } else {
            show::sentence(show::title(format!(
                "{} recovered",
                show::entries(assembled.entries.len() as u64)
            )))?;
            show_origins(assembled)?;
            show_aside(found)?;
            for lost in assembled.lost.iter().filter(|lost| lost.contested > 1) {
                let texts = format!("{} texts claim to be it, and nothing says which was", lost.contested);
                show::field("contested", format!("entry {}: {texts}", lost.position))?;
            }
        }
        let old: Vec<String> =
            self.dir.iter().map(|dir| dir.display().to_string()).chain(self.from.clone()).collect();
        let old = old.into_iter().chain(self.receipts.iter().map(|path| path.display().to_string()));
        let old: String = old.map(|path| format!(" --continues {path}")).collect();
        let what = format!(
            "can't be recovered: {} of {}. Nothing was made. Look for them: any copy of the published log has them \
             (--from), and each has a receipt with whoever recorded it (--receipts). If they are gone, the ledger is \
             closed, and must never be served again: open a new one, with another name and another log key, that names \
             it: minutebook init --dir NEW --origin NAME --registrar FILE --registrar FILE{old}",
            ranges(&positions),
            show::entries(found.known_size())
        );
        Err(VerificationFailed(what).into())
    }
}

/// Proves an assembled book, and shows on a terminal how far that is.
pub(super) fn prove_all(assembled: &Assembled, found: &Found) -> anyhow::Result<Proved> {
    let bar = bar("verifying", assembled.entries.len() as u64);
    let proved = tokio::task::block_in_place(|| prove(assembled, found, |read| bar.set_position(read)));
    bar.finish_and_clear();
    Ok(proved?)
}

fn to_json<const N: usize>(found: &Found, assembled: &Assembled, own: [(&str, Value); N]) -> Value {
    let from = by_source(assembled).into_iter().map(|(source, positions)| {
        let ranges: Vec<_> = runs(&positions).into_iter().map(|(first, last)| json!([first, last])).collect();
        json!({"source": source, "entries": positions.len(), "positions": ranges})
    });
    let aside = found.aside.iter().map(|aside| json!({"source": aside.source, "why": aside.why}));
    let lost = assembled.lost.iter().map(|lost| lost.position);
    let all = [
        ("origin", json!(found.identity.as_ref().map(|identity| identity.origin.as_str()))),
        ("from", from.collect()),
        ("aside", aside.collect()),
        ("lost", json!(lost.collect::<Vec<_>>())),
    ];
    own.into_iter().chain(all).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn by_source(assembled: &Assembled) -> BTreeMap<String, Vec<u64>> {
    let mut sources: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (position, text) in &assembled.entries {
        sources.entry(text.source.to_string()).or_default().push(*position);
    }
    sources
}

fn show_origins(assembled: &Assembled) -> anyhow::Result<()> {
    for (source, positions) in by_source(assembled) {
        show::field("from", format!("{source}: {}", ranges(&positions)))?;
    }
    Ok(())
}

fn show_aside(found: &Found) -> anyhow::Result<()> {
    for aside in &found.aside {
        show::field("not used", format!("{}: {}", aside.source, aside.why))?;
    }
    Ok(())
}

pub(super) fn aside_lines(found: &Found) -> String {
    found.aside.iter().map(|aside| format!("\n  not used: {}: {}", aside.source, aside.why)).collect()
}

/// Positions as people write them: `entries 0 to 16, 18`.
pub(super) fn ranges(positions: &[u64]) -> String {
    let one = |(first, last): (u64, u64)| match (first, last) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first} to {last}"),
    };
    let written: Vec<_> = runs(positions).into_iter().map(one).collect();
    format!("{} {}", if positions.len() == 1 { "entry" } else { "entries" }, written.join(", "))
}

/// Positions in order, as first and last of those that follow each other.
fn runs(positions: &[u64]) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for position in positions {
        match runs.last_mut() {
            Some((_first, last)) if *last + 1 == *position => *last = *position,
            _ => runs.push((*position, *position)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_told_in_ranges() {
        assert_eq!(ranges(&[0, 1, 2, 5, 7, 8]), "entries 0 to 2, 5, 7 to 8");
        assert_eq!(ranges(&[4]), "entry 4");
    }
}
