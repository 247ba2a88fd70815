use crate::config::check::check_key;
use crate::config::{
    Checked, LoadedConfig, LoggingConfig, ScrubConfig, TlsConfig, TokensConfig, WitnessesConfig,
};
use crate::doors::{Access, Limits, Strangers, Tls, Tokens};
use crate::ledger::ScrubPace;
use crate::settings::{Setting, SettingKey, Settings, settings};
use crate::witnessing::OnNoQuorum;
use minutebook_log::{Policy, Timestamp};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

settings! {
    /// What belongs to no table.
    pub struct GeneralConfig {
        /// The ledger's folder, made by `minutebook init`.
        pub dir: Option<PathBuf> = None,
        /// The address; port 0 takes a free one and says which.
        pub listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 7419)),
        /// The address at which figures (/metrics) are shown, and health beside, in the clear and to everybody who reaches it: one of
        /// a network for monitoring. Without it both are at the server's own.
        pub metrics_listen: Option<SocketAddr> = None,
        /// The key files that sign the log's checkpoints. Those named log-key*.pem in the ledger's folder are found, also
        /// while it serves: the book says which of them signs.
        pub log_key: Vec<PathBuf> = Vec::new(),
    }
}

/// Everything that `minutebook serve` can be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServeConfig {
    /// What belongs to no table.
    pub general: GeneralConfig,
    /// TLS, and who may come in.
    pub tls: TlsConfig,
    /// By which tokens callers are known.
    pub tokens: TokensConfig,
    /// Who witnesses the log.
    pub witnesses: WitnessesConfig,
    /// How the store is gone through.
    pub scrub: ScrubConfig,
    /// What is told.
    pub logging: LoggingConfig,
    /// What a stranger can make it hold.
    pub limits: Limits,
}

impl Settings for ServeConfig {
    fn each(&mut self, _table: &'static str, show: &mut dyn FnMut(SettingKey, &mut dyn Setting)) {
        self.general.each("", show);
        self.tls.each("tls", show);
        self.tokens.each("tokens", show);
        self.witnesses.each("witnesses", show);
        self.scrub.each("scrub", show);
        self.logging.each("logging", show);
        self.limits.each("limits", show);
    }
}

/// What a server is opened with.
#[derive(Debug)]
pub struct ServerSettings {
    /// The ledger's folder.
    pub dir: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where figures are shown, if not there.
    pub metrics_listen: Option<SocketAddr>,
    /// The key files beside those in the folder.
    pub log_keys: Vec<PathBuf>,
    /// TLS, where there is any.
    pub tls: Option<Tls>,
    /// The tokens by which callers are known, where there are any.
    pub tokens: Option<Tokens>,
    /// The witnesses to ask, and what to do without their quorum.
    pub witnesses: Option<(Policy, OnNoQuorum)>,
    /// How the store is gone through.
    pub scrub: ScrubPace,
    /// The limits at the door.
    pub limits: Limits,
}

impl LoadedConfig<ServeConfig> {
    /// Looks for everything that can be seen to be wrong at this time, and opens what a server needs of files.
    pub fn check(mut self, now: Timestamp) -> Checked<ServerSettings> {
        let config = self.config.clone();
        let needed = "the ledger's folder: --dir, MINUTEBOOK_DIR or dir in the file";
        let dir = self.required("dir", config.general.dir, needed);
        if let Some(dir) = dir.as_deref().filter(|dir| !dir.is_dir()) {
            self.refuse(
                "dir",
                format!("{}, which is no folder", dir.display()),
                "the folder of a ledger, made by minutebook init",
            );
        }
        for path in &config.general.log_key {
            let needed = "the log's key file, which its owner alone may read";
            let _checked = self.file("log_key", path, check_key, needed);
        }
        let tls = self.tls(&config.tls, now);
        let has_tls = config.tls.certificate.is_some();
        self.exposed("listen", config.general.listen, has_tls);
        if let Some(beside) = config.general.metrics_listen {
            self.exposed("metrics_listen", beside, false);
        }
        if config
            .general
            .metrics_listen
            .is_some_and(|beside| beside == config.general.listen && beside.port() > 0)
        {
            let needed = "another address and port than listen: without it figures are there";
            self.refuse("metrics_listen", config.general.listen, needed);
        }
        let tokens = self.tokens(&config.tokens, config.general.listen, has_tls);
        self.both_doors(&config.tls, &config.tokens);
        self.idle_limits(&config.limits, &Limits::default(), (has_tls, config.tokens.file.is_some()));
        let witnesses = self.witnesses(&config.witnesses);
        self.limits(&config.limits);
        let settings = dir.map(|dir| ServerSettings {
            dir,
            listen: config.general.listen,
            metrics_listen: config.general.metrics_listen,
            log_keys: config.general.log_key,
            tls,
            tokens,
            witnesses,
            scrub: ScrubPace::from(&config.scrub),
            limits: config.limits,
        });
        self.checked(settings)
    }

    fn tokens(&mut self, tokens: &TokensConfig, listen: SocketAddr, has_tls: bool) -> Option<Tokens> {
        if tokens.without.is_some() && tokens.file.is_none() {
            self.without_effect("tokens.without", "tokens.file", "which minutebook token new makes");
        }
        let path = tokens.file.as_ref()?;
        if !listen.ip().is_loopback() && !has_tls {
            let found = format!("tokens, and {listen} without TLS");
            let needed = "tls.certificate and tls.key: a token is not said where others hear it";
            self.refuse("tokens.file", found, needed);
        }
        let needed = "a file of tokens that its owner alone may read, as minutebook token new makes it";
        self.file(
            "tokens.file",
            path,
            |path| Tokens::open(path, tokens.without.unwrap_or(Access::Read)),
            needed,
        )
    }

    /// Certificates and tokens, where callers are known by both: each lets in whom it knows, and the more open word on those
    /// whom it does not know is the one that counts.
    fn both_doors(&mut self, tls: &TlsConfig, tokens: &TokensConfig) {
        if tls.client_ca.is_none() || tokens.file.is_none() {
            return;
        }
        match (tls.without_certificate.unwrap_or(Strangers::StayOut), tokens.without) {
            (Strangers::MayRead, Some(Access::Nothing)) => {
                let found = "\"nothing\", beside tls.without_certificate = \"read\"";
                let needed = "the same of both: whoever may read without a certificate reads without a token, too";
                self.refuse("tokens.without", found, needed);
            }
            (Strangers::StayOut, _) => self.warnings.push(
                "tokens.file: nobody comes in without a certificate (tls.without_certificate), and who shows one needs no \
                 token"
                    .to_owned(),
            ),
            (Strangers::MayRead, _) => {}
        }
    }

    fn witnesses(&mut self, witnesses: &WitnessesConfig) -> Option<(Policy, OnNoQuorum)> {
        match (&witnesses.policy, witnesses.on_no_quorum) {
            (None, Some(_setting)) => {
                self.refuse(
                    "witnesses.policy",
                    "nothing, beside witnesses.on_no_quorum",
                    "the file of a policy",
                );
                None
            }
            (Some(path), None) => {
                let _read_later = self.policy(path);
                let needed = "publish or hold: what happens to a checkpoint without a quorum is for the body to decide";
                self.refuse("witnesses.on_no_quorum", "nothing, beside a policy", needed);
                None
            }
            (None, None) => None,
            (Some(path), Some(setting)) => Some((self.policy(path)?, setting)),
        }
    }

    fn policy(&mut self, path: &Path) -> Option<Policy> {
        let needed = "a C2SP tlog-policy that this program may read";
        self.file("witnesses.policy", path, read_policy, needed)
    }
}

fn read_policy(path: &Path) -> Result<Policy, String> {
    let bytes = fs::read(path).map_err(|why| why.to_string())?;
    Policy::parse(&bytes).map_err(|why| why.to_string())
}
