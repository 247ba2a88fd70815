//! How a command ends: the exit code, and the words or the JSON on standard error.

use super::show;
use crate::client::{ClientError, WouldBeRefused};
use crate::drafts::DraftError;
use crate::import::ImportError;
use crate::keyfile::KeyFileError;
use crate::ledger::{LedgerError, Stop};
use crate::published::PublishError;
use crate::repair::RepairError;
use minutebook_governance::Malformed;
use minutebook_store::{EngineError, OpenError};
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit codes, for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  fine
  1  not found, or anything unexpected
  2  wrong usage
  3  refused: the form, the authority or the rules say no
  4  verification failed, two histories were shown, or a book is damaged
  5  the server is not reachable or not ready
  6  authentic, and the rules were not all replayed, because this program does not know them or verify --quick was
     asked for: neither a pass nor a sign of tampering
  7  a server that has to be started again to go on: what was acknowledged is stored

Environment:
  MINUTEBOOK_SERVER  the server to ask, as --server
  MINUTEBOOK_CONTEXT the context of one command (minutebook context), in the place of the one in use
  MINUTEBOOK_STATE   where the last entry seen of each ledger is remembered, and contexts are kept
                     (else $XDG_STATE_HOME/minutebook or ~/.local/state/minutebook)
  MINUTEBOOK_TOKEN, MINUTEBOOK_TOKEN_FILE
                     the token that is given to a server which asks for one, or its file, as --token-file
  MINUTEBOOK_CONFIG  the configuration of serve and witness; every key of it has a variable (docs/configuration.md)
  MINUTEBOOK_CA      the authorities by which an https server is believed, as --ca
  MINUTEBOOK_PASSPHRASE_FILE
                     the file with the passphrase of keys that have one, as --passphrase-file
  RUST_LOG           what serve and witness tell of their work, on standard error: error, warn (the usual),
                     info (a line for each call), debug; or by part: warn,minutebook::calls=info.
                     MINUTEBOOK_LOGGING_LEVEL and --log-level win over it
  NO_COLOR           no colours, whatever the terminal; --color says otherwise
  COLUMNS            how many characters wide tables are at most; else the terminal, and without one as they need
  A variable that is empty counts as one that is not set.";

/// The exit code of wrong usage.
const USAGE: u8 = 2;

/// What the library of the arguments says beneath each error: the usage above it says it already.
const MORE_HELP: &str = "For more information, try";

/// The exit code of a server that has to be started again.
const RESTART: u8 = 7;

/// A command was used in a way that can't work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// The form, the authority or the rules say no, and this program has found it out by itself.
#[derive(Debug, thiserror::Error)]
#[error("refused: {0}")]
pub(crate) struct RefusedHere(pub(crate) String);

/// Mistakes in what somebody wrote, in the order of the file: where, what stood there, what would be right.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", told_in_lines(.0))]
pub(crate) struct Mistake(Vec<((usize, usize), String)>);

impl Mistake {
    /// One, at a line and a column of a file; at none, where it is about all of it.
    pub(crate) fn at(place: (usize, usize), told: String) -> Self {
        Self(vec![(place, told)])
    }

    /// All of them, each once, in the order of the file; nothing where there are none.
    pub(crate) fn of_all(mistakes: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut told: Vec<_> = mistakes.into_iter().flat_map(|mistake| mistake.0).collect();
        told.sort();
        told.dedup();
        (!told.is_empty()).then_some(Self(told))
    }

    fn to_json(&self) -> Value {
        self.0.iter().map(|(_place, told)| json!(told)).collect()
    }
}

/// One as it is; of several a line for each, beneath how many there are.
fn told_in_lines(mistakes: &[((usize, usize), String)]) -> String {
    match mistakes {
        [(_place, alone)] => alone.clone(),
        several => {
            let lines = several.iter().map(|(_place, told)| format!("\n  {told}"));
            format!("{} mistakes{}", several.len(), lines.collect::<String>())
        }
    }
}

/// A verification failed: its report has been printed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct VerificationFailed(pub(crate) String);

/// Something is not as it should be, and nothing is lost: it has been printed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Amiss(pub(crate) String);

/// The bytes are authentic, and the rules were not all replayed, because this program is too old or nobody asked: the report has
/// been printed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RulesNotReplayed(pub(crate) String);

/// What to do where the log's key is not in its ledger's folder: the demo's, for one, lies beside it.
pub(crate) fn log_key_hint(dir: &Path) -> String {
    let mut keys = dir.components().collect::<PathBuf>().into_os_string();
    keys.push(".keys");
    let beside = Path::new(&keys).join("log.pem");
    let file = if beside.is_file() { beside.display().to_string() } else { "FILE".to_owned() };
    format!("the log's key: name its file with --log-key {file}")
}

/// Ends the program at once, so that whoever supervises it starts it again. Nothing is waited for: what hangs would be
/// waited for in vain, and what was acknowledged is stored.
pub(crate) fn restart(why: &Stop) -> ! {
    show::say(format!("{} {why}", "error:".red().bold()));
    std::process::exit(i32::from(RESTART))
}

/// Says what is wrong with the arguments, as words or as JSON where they ask for it; or the help that was asked for.
pub(crate) fn unparsed(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if !error.use_stderr() {
        // Help goes where nobody reading on is no failure.
        let _read = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
    }
    if !wants_json {
        let said = error.render().ansi().to_string();
        let told: Vec<_> = said.trim_end().lines().filter(|line| !line.contains(MORE_HELP)).collect();
        show::say_failed(told.join("\n").trim_end());
        return ExitCode::from(USAGE);
    }
    let said = error.render().to_string();
    let message = said.trim().strip_prefix("error: ").unwrap_or(said.trim());
    show::say_whole(json!({"error": {"kind": kind_of(USAGE), "message": message, "exit_code": USAGE}}));
    ExitCode::from(USAGE)
}

/// Says why a command failed, and gives its exit code.
pub(crate) fn report(error: &anyhow::Error, json: bool) -> ExitCode {
    let code = code_of(error);
    if json {
        let of_server = error.downcast_ref::<ClientError>().map(ClientError::to_json);
        let foreseen = || error.downcast_ref::<WouldBeRefused>().map(WouldBeRefused::to_json);
        let mut object = of_server.or_else(foreseen).unwrap_or_else(|| plain_json(error));
        if let Value::Object(members) = &mut object {
            members.insert("exit_code".to_owned(), code.into());
        }
        show::say_whole(json!({"error": object}));
    } else {
        show::say_failed(format!("{} {}", "error:".red().bold(), without_number(&format!("{error:#}"))));
    }
    ExitCode::from(code)
}

/// What went wrong, without the operating system's number for it.
fn without_number(told: &str) -> String {
    match told.split_once(" (os error ") {
        Some((before, rest)) => {
            let after = rest.split_once(')').map_or("", |(_number, after)| after);
            format!("{before}{}", without_number(after))
        }
        None => told.to_owned(),
    }
}

fn plain_json(error: &anyhow::Error) -> Value {
    let mut told = json!({"kind": kind_of(code_of(error)), "message": format!("{error:#}")});
    if let (Some(mistake), Value::Object(members)) = (error.downcast_ref::<Mistake>(), &mut told) {
        members.insert("mistakes".to_owned(), mistake.to_json());
    }
    told
}

fn kind_of(code: u8) -> &'static str {
    match code {
        2 => "usage",
        3 => "refused",
        4 => "failed_verification",
        5 => "not_ready",
        6 => "rules_not_replayed",
        _ => "unexpected",
    }
}

fn code_of(error: &anyhow::Error) -> u8 {
    error
        .chain()
        .find_map(|cause| {
            if let Some(client) = cause.downcast_ref::<ClientError>() {
                return Some(code_of_client(client));
            }
            let is = |code, holds: bool| holds.then_some(code);
            is(2, cause.is::<Usage>())
                .or(is(3, is_refusal(cause)))
                .or(is(4, cause.is::<VerificationFailed>() || is_damage(cause)))
                .or(is(6, cause.is::<RulesNotReplayed>()))
                .or(is(5, matches!(cause.downcast_ref(), Some(RepairError::Mirror { .. }))))
                .or(is(2, matches!(cause.downcast_ref(), Some(LedgerError::OtherLogKey { .. }))))
                .or(is(
                    2,
                    matches!(
                        cause.downcast_ref(),
                        Some(
                            KeyFileError::Exists { .. }
                                | KeyFileError::NoKey { .. }
                                | KeyFileError::Encrypted { .. }
                                | KeyFileError::OlderEncrypted { .. }
                                | KeyFileError::Passphrase { .. }
                                | KeyFileError::NoPassphrase { .. }
                                | KeyFileError::NotAFile { .. }
                                | KeyFileError::Folder { .. }
                        )
                    ),
                ))
        })
        .unwrap_or(1)
}

/// Whether form, authority or rules said no here.
fn is_refusal(cause: &(dyn std::error::Error + 'static)) -> bool {
    let opening = matches!(cause.downcast_ref(), Some(LedgerError::Opening(_)));
    let of_table = matches!(cause.downcast_ref(), Some(ImportError::Unknown { .. }));
    let is_foreseen = cause.is::<WouldBeRefused>();
    opening
        || of_table
        || is_foreseen
        || cause.is::<RefusedHere>()
        || cause.is::<DraftError>()
        || cause.is::<Mistake>()
        || cause.is::<Malformed>()
}

/// Whether a book was found damaged, whoever found it.
fn is_damage(cause: &(dyn std::error::Error + 'static)) -> bool {
    let folder = |error: &OpenError| matches!(error, OpenError::Damaged { .. });
    let engine = |error: &EngineError| matches!(error, EngineError::Corrupt { .. });
    if cause.downcast_ref().is_some_and(PublishError::is_contradiction) {
        return true;
    }
    if cause.downcast_ref().is_some_and(RepairError::is_evidence) {
        return true;
    }
    match cause.downcast_ref::<LedgerError>() {
        Some(LedgerError::Damaged { .. } | LedgerError::Contradicted { .. }) => true,
        Some(LedgerError::Folder(error)) => folder(error),
        Some(LedgerError::Engine(error)) => engine(error),
        _ => cause.downcast_ref().is_some_and(folder) || cause.downcast_ref().is_some_and(engine),
    }
}

fn code_of_client(error: &ClientError) -> u8 {
    match error {
        // A question that is asked wrongly, whoever found it out.
        ClientError::Refused(refusal) if refusal.reason == "INVALID_ARGUMENT" => USAGE,
        ClientError::Refused(_) => 3,
        ClientError::Fork { .. }
        | ClientError::LogKey { .. }
        | ClientError::Namesake { .. }
        | ClientError::Lies { .. }
        | ClientError::Damaged(_) => 4,
        ClientError::Address { .. } => 2,
        ClientError::Unreachable { .. }
        | ClientError::Insecure { .. }
        | ClientError::Late(_)
        | ClientError::NotReady(_)
        | ClientError::NotTaken(_) => 5,
        ClientError::NotFound(_) | ClientError::Unexpected(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_error_is_nobodys_word() {
        assert_eq!(
            without_number("reading x: No such file or directory (os error 2)"),
            "reading x: No such file or directory"
        );
        assert_eq!(without_number("a (os error 2), b (os error 13)"), "a, b");
        assert_eq!(without_number("a (b)"), "a (b)");
    }

    #[test]
    fn a_key_beside_its_ledger_is_found_by_who_looks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("demo-ledger/");
        assert!(log_key_hint(&dir).ends_with("--log-key FILE"));
        let keys = folder.path().join("demo-ledger.keys");
        std::fs::create_dir(&keys).unwrap();
        std::fs::write(keys.join("log.pem"), "").unwrap();
        assert!(log_key_hint(&dir).ends_with("demo-ledger.keys/log.pem"), "{}", log_key_hint(&dir));
    }
}
