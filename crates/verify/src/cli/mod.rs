//! The command line of `minutebook-verify`.

mod options;
mod papers;

use crate::page::ReportPage;
use crate::{
    Audit, AuditVerdict, Brought, Published, PublishedError, Review, Trust, audit, audit_quickly, explain,
    explanation_json, explanation_page, report_json, report_page, to_html, to_text,
};
use minutebook_log::{Malformed, NOTE_BYTES_MAX, Policy, SignedCheckpoint};
use options::{Command, Options, Output};
use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// What ends a run before there is a verdict.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Misused(#[from] options::Misused),
    #[error(transparent)]
    Published(#[from] PublishedError),
    #[error("{0}: {1}")]
    File(String, io::Error),
    #[error("{0}: {1}")]
    Malformed(String, Malformed),
    #[error("{0}")]
    Input(io::Error),
    #[error("entry {0} is not among the {1} entries that were read")]
    NoEntry(minutebook_log::Position, u64),
}

/// Runs the program with these arguments, its own name not among them, and returns its exit code: 0 verified;
/// 1 anything unexpected; 2 wrong usage; 4 failed; 6 authentic, and the rules were not all replayed.
pub fn run(arguments: Vec<String>) -> ExitCode {
    match try_run(arguments) {
        Ok(AuditVerdict::Verified) => ExitCode::SUCCESS,
        Ok(AuditVerdict::Failed) => ExitCode::from(4),
        Ok(AuditVerdict::RulesUnknown | AuditVerdict::Authentic) => ExitCode::from(6),
        Err(error) => {
            // Nobody is left to tell if this can't be written either.
            let _unwritten = writeln!(io::stderr(), "minutebook-verify: {error}");
            ExitCode::from(if matches!(error, CliError::Misused(_) | CliError::Malformed(..)) {
                2
            } else {
                1
            })
        }
    }
}

fn try_run(arguments: Vec<String>) -> Result<AuditVerdict, CliError> {
    match options::parse(arguments.iter().cloned())? {
        Command::Help => print(options::HELP).map(|()| AuditVerdict::Verified),
        Command::Version => print(&format!("minutebook-verify {}\n", env!("CARGO_PKG_VERSION")))
            .map(|()| AuditVerdict::Verified),
        Command::Verify(options) => verify(&options, &arguments),
        Command::Explain(position, options) => {
            let published = Published::open(&options.log)?;
            let review = review(&published, &options)?;
            let missing = CliError::NoEntry(position, review.audit.tree.size.0);
            let explained = explain(&published, &review, position)?.ok_or(missing)?;
            let (page, object) =
                (explanation_page(&review, &explained), explanation_json(&review, &explained));
            review.check_read().map_err(CliError::Input)?;
            show(&options, &page, &to_text(&page), &object)?;
            Ok(review.audit.verdict())
        }
    }
}

fn verify(options: &Options, arguments: &[String]) -> Result<AuditVerdict, CliError> {
    let published = Published::open(&options.log)?;
    let review = review(&published, options)?;
    let (page, object) = (report_page(&review), report_json(&review));
    review.check_read().map_err(CliError::Input)?;
    let text = to_text(&page);
    if let Some(folder) = &options.working_papers {
        let named = |error| CliError::File(folder.display().to_string(), error);
        papers::write(folder, &published, options, &page, &object, arguments).map_err(named)?;
    }
    show(options, &page, &text, &object)?;
    Ok(review.audit.verdict())
}

fn review(published: &Published, options: &Options) -> Result<Review, CliError> {
    let trust = trust(options)?;
    let audit = audited(published, &trust, options.is_quick)?;
    Review::of(audit, &options.questions).map_err(CliError::Input)
}

/// What the auditor brings, from the files that hold it.
fn trust(options: &Options) -> Result<Trust, CliError> {
    let malformed = |name: &str| {
        let name = name.to_owned();
        move |malformed| CliError::Malformed(name, malformed)
    };
    let brought = options.vkeys.iter().map(|vkey| {
        let is_file = Path::new(vkey).is_file();
        let text = if is_file { read(Path::new(vkey))? } else { vkey.clone().into_bytes() };
        Brought::parse(&String::from_utf8_lossy(&text)).map_err(malformed("--vkey"))
    });
    let brought = brought.collect::<Result<Vec<_>, _>>()?.into_iter().reduce(Brought::and);
    let keys = brought.ok_or_else(|| options::Misused::new("--vkey is needed"))?;
    let policy = options
        .policy
        .as_deref()
        .map(|path| Policy::parse(&read(path)?).map_err(malformed(&path.display().to_string())));
    let earlier = options
        .from_checkpoint
        .as_deref()
        .map(|path| SignedCheckpoint::parse(&read(path)?).map_err(malformed(&path.display().to_string())));
    Ok(Trust { keys, policy: policy.transpose()?, earlier: earlier.transpose()? })
}

/// The bytes of a small file.
fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let named = |error| CliError::File(path.display().to_string(), error);
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(named)?;
    file.take(NOTE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(named)?;
    Ok(bytes)
}

/// Audits, and shows on a terminal how far it has come.
fn audited(published: &Published, trust: &Trust, is_quick: bool) -> Result<Audit, PublishedError> {
    let is_watched = io::stderr().is_terminal();
    let progress = |read: u64, of: u64| {
        if is_watched {
            let percent = read.saturating_mul(100) / of.max(1);
            let _unwritten = write!(io::stderr(), "\rverifying: {read} of {of} entries, {percent} % ");
        }
    };
    let audit =
        if is_quick { audit_quickly(published, trust, progress) } else { audit(published, trust, progress) };
    if is_watched {
        let _unwritten = write!(io::stderr(), "\r\x1b[K");
    }
    audit
}

fn show(
    options: &Options,
    page: &ReportPage,
    text: &str,
    object: &serde_json::Value,
) -> Result<(), CliError> {
    if let Some(path) = &options.html {
        let named = |error| CliError::File(path.display().to_string(), error);
        fs::write(path, to_html(page)).map_err(named)?;
    }
    match options.output {
        Output::Text => print(text),
        Output::Json => print(&format!("{object:#}\n")),
    }
}

fn print(text: &str) -> Result<(), CliError> {
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever reads through a pager may close it early.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(|error| CliError::File("standard output".to_owned(), error)),
    }
}
