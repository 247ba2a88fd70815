//! What a server or a witness is told, from flags, environment and file, and what is wrong with it.

use super::exit::Usage;
use super::show;
use crate::config::{Checked, ConfigFault, Layer};
use crate::settings::GivenValue;
use owo_colors::OwoColorize as _;
use std::path::PathBuf;

/// Where the configuration is, and values by their keys.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ConfigArgs {
    /// The configuration, as TOML (docs/configuration.md). Flags and the environment win over it.
    #[arg(long, value_name = "FILE", env = "MINUTEBOOK_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// Sets a value by its key, such as limits.connections=200. Once for each.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// How much is told on standard error: error, warn, info (a line for each call), debug; or by part.
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// How it is told: text or json.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// What flags say, by the keys of the configuration.
#[derive(Debug, Default)]
pub(crate) struct Flags(Vec<(String, String, GivenValue)>);

impl Flags {
    /// A flag that is given once.
    pub(crate) fn one(&mut self, key: &str, flag: &str, given: Option<String>) {
        if let Some(given) = given {
            self.0.push((key.to_owned(), flag.to_owned(), GivenValue::One(given)));
        }
    }

    /// A flag that may be given several times.
    pub(crate) fn several(&mut self, key: &str, flag: &str, given: Vec<String>) {
        if !given.is_empty() {
            self.0.push((key.to_owned(), flag.to_owned(), GivenValue::Several(given)));
        }
    }
}

impl ConfigArgs {
    /// The layers, with these flags and the variables that begin so.
    pub(crate) fn layer(self, prefix: &'static str, mut flags: Flags) -> Layer {
        flags.one("logging.level", "--log-level", self.log_level);
        flags.one("logging.format", "--log-format", self.log_format);
        let mut misused = Vec::new();
        for set in self.set {
            match set.split_once('=').filter(|(key, _value)| !key.is_empty()) {
                Some((key, value)) => flags.one(key, "--set", Some(value.to_owned())),
                None => {
                    let needed = "a key and a value, such as limits.head=20s";
                    misused.push(ConfigFault::new("--set", "", format!("{set:?}"), needed));
                }
            }
        }
        // What is no text can't be a value; what is named otherwise is nobody's here.
        let environment = std::env::vars_os();
        let environment = environment
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Layer { file: self.config, environment: environment.collect(), prefix, flags: flags.0, misused }
    }
}

/// What can be opened; or everything that is wrong, at once. Warnings are said, and loudly what is wrong and stops no start.
pub(crate) fn settled<T>(checked: Checked<T>) -> Result<T, Usage> {
    for warning in &checked.warnings {
        show::say(format!("warning    {warning}"));
    }
    for fault in &checked.passing {
        show::say_failed(format!("{} {fault}", "wrong     ".red().bold()));
    }
    let faults: Vec<_> = checked.faults.iter().map(|fault| format!("\n  {fault}")).collect();
    checked.settings.ok_or_else(|| Usage(format!("the configuration can't be used:{}", faults.concat())))
}
