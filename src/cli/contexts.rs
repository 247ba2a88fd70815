//! What somebody uses again and again, under a name: a server, how it is reached, key files, bodies. The one in use stands for
//! the flags that a command is not given.

use crate::client::memory::write_whole;
use anyhow::Context as _;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The variable that names the context of one command.
pub(super) const VARIABLE: &str = "MINUTEBOOK_CONTEXT";

/// The commands that are given a key file to sign with.
const SIGNING: [&str; 4] = ["record", "correct", "withdraw", "sign"];

/// The commands that are asked about one body, and what they call it.
const OF_A_BODY: [(&str, &str); 5] = [
    ("body", "body"),
    ("due", "body"),
    ("decisions", "subject"),
    ("governing-body", "body"),
    ("handover", "body"),
];

/// The body of the context in use, where it is one alone.
static ONLY_BODY: OnceLock<String> = OnceLock::new();

/// The body that is asked about where none is named: that of the context in use, where it is one alone.
pub(super) fn only_body() -> Option<&'static str> {
    ONLY_BODY.get().map(String::as_str)
}

/// What is used together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedContext {
    /// The server's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<String>,
    /// The authorities by which an https server is believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ca: Option<PathBuf>,
    /// The file of the token that is given to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token_file: Option<PathBuf>,
    /// The file of the passphrase of the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) passphrase_file: Option<PathBuf>,
    /// The key files that sign.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) keys: Vec<PathBuf>,
    /// The bodies that somebody works for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) bodies: Vec<String>,
}

/// All that are saved, and which of them is in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contexts {
    /// The name of the one in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) used: Option<String>,
    /// By their names.
    #[serde(default)]
    pub(super) contexts: BTreeMap<String, SavedContext>,
}

impl Contexts {
    /// Reads those of whoever runs this program; none where there is no file.
    ///
    /// # Errors
    /// The file can't be read, or is not of its form.
    pub(super) fn read() -> anyhow::Result<Self> {
        match file() {
            Some(path) => Self::read_from(&path),
            None => Ok(Self::default()),
        }
    }

    fn read_from(path: &Path) -> anyhow::Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        serde_json::from_str(&text).with_context(|| format!("{} holds no contexts", path.display()))
    }

    /// Writes them, whole or not at all.
    ///
    /// # Errors
    /// There is no home; or they can't be written.
    pub(super) fn write(&self) -> anyhow::Result<PathBuf> {
        let path = file().context("there is no home to keep contexts in: set MINUTEBOOK_STATE or HOME")?;
        let text = serde_json::to_string_pretty(self)?;
        write_whole(&path, &format!("{text}\n")).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }

    /// The one that is in use: the one that the variable names, else the one that was chosen.
    ///
    /// # Errors
    /// There is none of that name.
    pub(super) fn in_use(&self) -> anyhow::Result<Option<(&str, &SavedContext)>> {
        let named = env::var(VARIABLE).ok().filter(|name| !name.is_empty());
        let Some(name) = named.as_ref().or(self.used.as_ref()) else { return Ok(None) };
        let found = self.contexts.get_key_value(name).map(|(name, context)| Some((name.as_str(), context)));
        found.with_context(|| {
            format!("there is no context {name}: minutebook context list names those that there are")
        })
    }
}

/// Where they are kept, beside what is remembered of ledgers.
fn file() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let state = || folder("XDG_STATE_HOME").map(|path| path.join("minutebook"));
    let home = || folder("HOME").map(|path| path.join(".local/state/minutebook"));
    let folder = folder("MINUTEBOOK_STATE").or_else(state).or_else(home)?;
    Some(folder.join("contexts.json"))
}

/// The command, for which the context stands for each flag that is not given, nor set by a variable.
pub(super) fn with_defaults(command: Command, context: &SavedContext) -> Command {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let global = [
        ("server", context.server.clone()),
        ("ca", path(&context.ca)),
        ("token_file", path(&context.token_file)),
        ("passphrase_file", path(&context.passphrase_file)),
    ];
    let mut command = command;
    for (name, value) in global.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        command = command.mut_arg(name, |argument| argument.default_value(for_good(value)));
    }
    let keys: Vec<_> = context.keys.iter().map(|key| for_good(key.display().to_string())).collect();
    for name in SIGNING.into_iter().filter(|_name| !keys.is_empty()) {
        let keys = keys.clone();
        command = command.mut_subcommand(name, |inner| {
            inner.mut_arg("key", |argument| argument.required(false).default_values(keys))
        });
    }
    // Of several nobody knows which is meant; and on another server they may be others.
    if let ([body], true) = (context.bodies.as_slice(), context.is_for(asked_server().as_deref())) {
        let body: &'static str = ONLY_BODY.get_or_init(|| body.clone());
        for (name, argument) in OF_A_BODY {
            command = command.mut_subcommand(name, |inner| {
                inner.mut_arg(argument, |argument| argument.required(false).default_value(body))
            });
        }
    }
    command
}

/// The server that a command is given, by its flag or by the variable; nothing where the context says it.
fn asked_server() -> Option<String> {
    let words: Vec<_> = env::args().collect();
    let flag = words.iter().position(|word| word == "--server").and_then(|at| words.get(at + 1)).cloned();
    let joined = || words.iter().find_map(|word| word.strip_prefix("--server=")).map(str::to_owned);
    let variable = || env::var("MINUTEBOOK_SERVER").ok().filter(|server| !server.is_empty());
    flag.or_else(joined).or_else(variable)
}

impl SavedContext {
    /// Whether its bodies are those of this server: it is its own, or it names none.
    pub(super) fn is_for(&self, server: Option<&str>) -> bool {
        let own = self.server.as_deref();
        own.is_none() || server.is_none_or(|server| own == Some(server))
    }
}

/// A text that lives as long as the program, as the parser wants its defaults: a few, made once.
fn for_good(text: String) -> &'static str {
    text.leak()
}

/// What the command line itself says of how a server is reached, and no variable or context.
pub(super) fn given(matches: &ArgMatches) -> SavedContext {
    let is_given = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
    let path = |name: &str| matches.get_one::<PathBuf>(name).filter(|_path| is_given(name)).cloned();
    SavedContext {
        server: matches.get_one::<String>("server").filter(|_server| is_given("server")).cloned(),
        ca: path("ca"),
        token_file: path("token_file"),
        passphrase_file: path("passphrase_file"),
        ..SavedContext::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn bodies_are_those_of_a_server() {
        let of = |server: Option<&str>| SavedContext {
            server: server.map(str::to_owned),
            ..SavedContext::default()
        };
        let (here, anywhere) = (of(Some("http://here:1")), of(None));
        assert!(
            here.is_for(None)
                && here.is_for(Some("http://here:1"))
                && anywhere.is_for(Some("http://there:1"))
        );
        assert!(!here.is_for(Some("http://there:1")));
    }

    #[test]
    fn the_context_stands_for_what_is_not_given() {
        let context = SavedContext {
            server: Some("http://there:7419".to_owned()),
            keys: vec!["me.pem".into()],
            ..SavedContext::default()
        };
        let parse = |args: &[&str]| {
            let mut command = with_defaults(crate::cli::Cli::command(), &context);
            command.try_get_matches_from_mut(args).unwrap()
        };
        let given = parse(&["minutebook", "--server", "http://here:1", "record", "f", "--key", "other.pem"]);
        let (_name, record) = given.subcommand().unwrap();
        assert_eq!(record.get_many::<String>("key").unwrap().collect::<Vec<_>>(), ["other.pem"]);
        assert_eq!(record.get_one::<String>("server").unwrap(), "http://here:1");
        let stands = parse(&["minutebook", "withdraw", "17", "--reason", "x"]);
        let (_name, withdraw) = stands.subcommand().unwrap();
        assert_eq!(withdraw.get_many::<String>("key").unwrap().collect::<Vec<_>>(), ["me.pem"]);
        // A template needs no key, and has none.
        parse(&["minutebook", "record", "--template", "DecisionRecorded"]);
    }
}
