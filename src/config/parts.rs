//! The tables that servers and witnesses are set by.

use crate::doors::{Access, Strangers, TlsFiles};
use crate::ledger::ScrubPace;
use crate::settings::{choices, settings};
use crate::witnessing::OnNoQuorum;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

settings! {
    /// TLS, and who may come in.
    pub struct TlsConfig {
        /// The server's certificate with those that lead to its authority, as PEM. It is read again while the server runs.
        pub certificate: Option<PathBuf> = None,
        /// The certificate's private key, as PEM.
        pub key: Option<PathBuf> = None,
        /// The authorities, as PEM, whose certificates callers show.
        pub client_ca: Option<PathBuf> = None,
        /// What callers without a certificate may do where there are such authorities: nothing (they are not let in; so it is
        /// where nothing is said), or read (whoever writes shows a certificate). Without authorities it can't be set.
        pub without_certificate: Option<Strangers> = None,
    }
}

settings! {
    /// Tokens, where an operator wants callers to be known by them.
    pub struct TokensConfig {
        /// The file of tokens, which its owner alone may read: minutebook token new makes it. It is read again while the
        /// server runs, as certificates are.
        pub file: Option<PathBuf> = None,
        /// What callers without a token may do where there is such a file: read (so it is where nothing is said), or nothing.
        /// Who shows a certificate that is asked for needs no token. Without such a file it can't be set.
        pub without: Option<Access> = None,
    }
}

choices!(Option<Access>: "read" => Some(Access::Read), "nothing" => Some(Access::Nothing));

settings! {
    /// The witnesses that are asked about what is to be published.
    pub struct WitnessesConfig {
        /// The witnesses to ask and the quorum to have, a C2SP tlog-policy: a line `witness NAME VKEY URL` for each,
        /// perhaps `group NAME COUNT MEMBER...`, and `quorum NAME`.
        pub policy: Option<PathBuf> = None,
        /// What happens to a checkpoint without a quorum: publish (with the signatures that there are), or hold (it waits;
        /// appends go on, and get their receipts). There is no default: it is for the body to decide.
        pub on_no_quorum: Option<OnNoQuorum> = None,
    }
}

settings! {
    /// How fast the store is gone through for bits that have flipped.
    pub struct ScrubConfig {
        /// How many entries are read in a second, about: so few that whoever asks or appends hardly notices.
        pub entries_per_second: u32 = ScrubPace::ENTRIES_PER_SECOND,
        /// The rest behind each round.
        pub rest: Duration = ScrubPace::REST,
    }
}

settings! {
    /// What is told on standard error.
    pub struct LoggingConfig {
        /// How much: error, warn, info (a line for each call), debug; or by part: warn,minutebook::calls=info. RUST_LOG sets it too.
        pub level: LogLevel = LogLevel::default(),
        /// How: text, for people, or json, a line of JSON for each event.
        pub format: LogFormat = LogFormat::Text,
    }
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people, with colours on a terminal alone.
    Text,
    /// One JSON object each.
    Json,
}

choices!(LogFormat: "text" => LogFormat::Text, "json" => LogFormat::Json);
choices!(Option<Strangers>: "nothing" => Some(Strangers::StayOut), "read" => Some(Strangers::MayRead));
choices!(Option<OnNoQuorum>: "publish" => Some(OnNoQuorum::Publish), "hold" => Some(OnNoQuorum::Hold));

/// How much is told, as directives that `tracing` reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLevel(String);

impl Default for LogLevel {
    fn default() -> Self {
        Self("warn".to_owned())
    }
}

impl LogLevel {
    /// The directives.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether this is a level, or a part with its level: a level that is misspelt would be taken for a part, and all else be silent.
fn is_directive(text: &str) -> bool {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let level = text.rsplit_once('=').map_or(text, |(_part, level)| level);
    LEVELS.contains(&level.trim().to_ascii_lowercase().as_str())
}

impl crate::settings::Setting for LogLevel {
    fn take(&mut self, given: &crate::settings::GivenValue) -> Result<(), String> {
        let text = given.one().filter(|text| !text.is_empty());
        let read = text.filter(|text| {
            tracing_subscriber::EnvFilter::try_new(text).is_ok() && text.split(',').all(is_directive)
        });
        let needed = "error, warn, info, debug or trace; or by part, such as warn,minutebook::calls=info";
        self.0 = read.ok_or_else(|| needed.to_owned())?.to_owned();
        Ok(())
    }

    fn shown(&self) -> crate::settings::ShownValue {
        crate::settings::ShownValue::Text(self.0.clone())
    }
}

impl TlsConfig {
    /// The files, where there is both a certificate and its key.
    pub fn files(&self) -> Option<TlsFiles> {
        let (certificate, key) = (self.certificate.clone()?, self.key.clone()?);
        Some(TlsFiles {
            certificate,
            key,
            client_ca: self.client_ca.clone(),
            strangers: self.without_certificate.unwrap_or(Strangers::StayOut),
        })
    }
}

impl From<&ScrubConfig> for ScrubPace {
    fn from(scrub: &ScrubConfig) -> Self {
        // A setting is never 0.
        let entries = NonZeroU32::new(scrub.entries_per_second).unwrap_or(NonZeroU32::MIN);
        Self::of(entries, scrub.rest)
    }
}
