use crate::config::check::check_key;
use crate::config::{Checked, LoadedConfig, LoggingConfig, TlsConfig};
use crate::doors::{Limits, Tls};
use crate::settings::{GivenValue, Setting, SettingKey, Settings, ShownValue, settings};
use crate::witness;
use minutebook_log::{KeyName, KnownLog, Timestamp, VerifierKey};
use std::net::SocketAddr;
use std::path::PathBuf;

settings! {
    /// What belongs to no table.
    pub struct WitnessGeneralConfig {
        /// The folder of what was signed. Losing it is losing the witness: keep it on a disk that lasts.
        pub dir: Option<PathBuf> = None,
        /// The witness's key file, made by `minutebook key new`, for this and nothing else.
        pub key: Option<PathBuf> = None,
        /// What the witness is called in its signatures: without spaces and +, such as derby.example/witness.
        pub name: Option<KeyName> = None,
        /// The address; port 0 takes a free one and says which.
        pub listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 7420)),
        /// The verifier keys of the logs that are witnessed; behind each, after a space, what the log calls itself in its
        /// checkpoints, where that is not the name of its key. A log may have had several keys.
        pub log: Vec<WitnessedLog> = Vec::new(),
    }
}

impl Setting for Option<KeyName> {
    fn take(&mut self, given: &GivenValue) -> Result<(), String> {
        let parsed = given.one().and_then(|text| text.parse().ok());
        *self = Some(
            parsed.ok_or_else(|| "a name without spaces and +, such as derby.example/witness".to_owned())?,
        );
        Ok(())
    }

    fn shown(&self) -> ShownValue {
        self.as_ref().map_or(ShownValue::Unset, |name| ShownValue::Text(name.to_string()))
    }
}

/// A log that is witnessed, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessedLog {
    written: String,
    known: KnownLog,
}

impl WitnessedLog {
    /// Reads a verifier key, perhaps followed by the log's own name for itself.
    fn parse(words: &str) -> Option<Self> {
        let (key, origin) = words.split_once(' ').map_or((words, None), |(key, origin)| (key, Some(origin)));
        let key: VerifierKey = key.parse().ok()?;
        let name = key.name().to_string();
        let known = KnownLog::new(origin.unwrap_or(&name), key).ok()?;
        Some(Self { written: words.to_owned(), known })
    }
}

impl Setting for Vec<WitnessedLog> {
    fn take(&mut self, given: &GivenValue) -> Result<(), String> {
        let parsed = given.several().into_iter().map(WitnessedLog::parse).collect::<Option<_>>();
        *self = parsed.ok_or_else(|| "verifier keys of logs, such as NAME+99d36f38+Af0X...".to_owned())?;
        Ok(())
    }

    fn shown(&self) -> ShownValue {
        ShownValue::List(self.iter().map(|log| log.written.clone()).collect())
    }
}

/// Everything that `minutebook witness` can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessConfig {
    /// What belongs to no table.
    pub general: WitnessGeneralConfig,
    /// TLS, and who may come in.
    pub tls: TlsConfig,
    /// What is told.
    pub logging: LoggingConfig,
    /// What a stranger can make it hold.
    pub limits: Limits,
}

impl Default for WitnessConfig {
    fn default() -> Self {
        let (general, tls, logging) = Default::default();
        Self { general, tls, logging, limits: witness::limits() }
    }
}

impl Settings for WitnessConfig {
    fn each(&mut self, _table: &'static str, show: &mut dyn FnMut(SettingKey, &mut dyn Setting)) {
        self.general.each("", show);
        self.tls.each("tls", show);
        self.logging.each("logging", show);
        self.limits.each("limits", show);
    }
}

/// What a witness is opened with.
#[derive(Debug)]
pub struct WitnessSettings {
    /// The folder of what was signed.
    pub dir: PathBuf,
    /// What it is called.
    pub name: KeyName,
    /// The file of its key.
    pub key: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The logs that it witnesses.
    pub logs: Vec<KnownLog>,
    /// TLS, where there is any.
    pub tls: Option<Tls>,
    /// The limits at the door.
    pub limits: Limits,
}

impl LoadedConfig<WitnessConfig> {
    /// Looks for everything that can be seen to be wrong at this time, and opens what a witness needs of files.
    pub fn check(mut self, now: Timestamp) -> Checked<WitnessSettings> {
        let config = self.config.clone();
        let dir = self.required("dir", config.general.dir, "the witness's folder: --dir");
        let name = self.required("name", config.general.name, "what the witness is called: --name");
        let key = self.required("key", config.general.key, "the witness's key file: --key");
        let needed = "the witness's key file, made by minutebook key new";
        if let Some(path) = &key {
            let _checked = self.file("key", path, check_key, needed);
        }
        if config.general.log.is_empty() {
            self.required::<()>("log", None, "the verifier key of a log at least: --log");
        }
        let tls = self.tls(&config.tls, now);
        self.limits(&config.limits);
        let has_tls = config.tls.certificate.is_some();
        self.exposed("listen", config.general.listen, has_tls);
        self.idle_limits(&config.limits, &witness::limits(), (has_tls, false));
        let settings = dir.zip(name.zip(key)).map(|(dir, (name, key))| WitnessSettings {
            dir,
            name,
            key,
            listen: config.general.listen,
            logs: config.general.log.into_iter().map(|log| log.known).collect(),
            tls,
            limits: config.limits,
        });
        self.checked(settings)
    }
}
