//! Flags over environment over file over defaults, and where each value comes from.

use crate::config::{ConfigFault, file};
use crate::meant::nearest;
use crate::settings::{GivenValue, SettingKey, Settings, ShownValue};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Variables of the environment that begin as those of the configuration do, and are for something else.
const OTHERS: [&str; 7] = ["SERVER", "STATE", "CA", "CONFIG", "TOKEN", "TOKEN_FILE", "PASSPHRASE_FILE"];

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueOrigin {
    /// Nothing was given.
    Default,
    /// A line of the file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for ValueOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// What is given from outside the file.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// The file, if there is one.
    pub file: Option<PathBuf>,
    /// The environment: each variable with its value.
    pub environment: Vec<(String, String)>,
    /// How the variables begin that are meant.
    pub prefix: &'static str,
    /// Flags: the key, the flag and what is given.
    pub flags: Vec<(String, String, GivenValue)>,
    /// Flags that name no key, or give it nothing.
    pub misused: Vec<ConfigFault>,
}

/// A configuration, and what was found on the way to it.
#[derive(Debug, Clone)]
pub struct LoadedConfig<C> {
    /// The values that are in force.
    pub config: C,
    /// Where each comes from that is not the default.
    pub origins: BTreeMap<String, ValueOrigin>,
    /// What is wrong.
    pub faults: Vec<ConfigFault>,
    /// What is wrong and stops no start, since it passes while a server runs.
    pub passing: Vec<ConfigFault>,
    /// What is worth a second look.
    pub warnings: Vec<String>,
}

/// Reads all layers onto `config`, which has the defaults.
pub fn load<C: Settings>(config: C, layer: &Layer) -> LoadedConfig<C> {
    let loaded = LoadedConfig {
        config,
        origins: BTreeMap::new(),
        faults: Vec::new(),
        passing: Vec::new(),
        warnings: Vec::new(),
    };
    let mut loading = Loading { loaded, prefix: layer.prefix };
    if let Some(path) = &layer.file {
        loading.take_file(path);
    }
    loading.take_environment(&layer.environment);
    loading.loaded.faults.extend(layer.misused.iter().cloned());
    for (key, flag, given) in &layer.flags {
        loading.take(key, given, ValueOrigin::Flag(flag.clone()));
    }
    loading.loaded
}

impl<C: Settings> LoadedConfig<C> {
    /// Where the value of a key comes from.
    pub fn origin(&self, key: &str) -> ValueOrigin {
        self.origins.get(key).cloned().unwrap_or(ValueOrigin::Default)
    }

    /// Each key, its value and where that comes from.
    pub fn values(&mut self) -> Vec<(SettingKey, ShownValue, ValueOrigin)> {
        let (mut values, origins) = (Vec::new(), &self.origins);
        self.config.each("", &mut |key, setting| {
            let origin = origins.get(&key.to_string()).cloned().unwrap_or(ValueOrigin::Default);
            values.push((key, setting.shown(), origin));
        });
        values
    }

    /// Takes note of something that is wrong with the value of a key.
    pub fn refuse(&mut self, key: &str, found: impl fmt::Display, needed: impl fmt::Display) {
        self.faults.push(self.fault(key, found, needed));
    }

    /// What is wrong with the value of a key.
    pub(super) fn fault(
        &self,
        key: &str,
        found: impl fmt::Display,
        needed: impl fmt::Display,
    ) -> ConfigFault {
        let from = match self.origin(key) {
            ValueOrigin::Default => "nothing was set".to_owned(),
            origin => origin.to_string(),
        };
        ConfigFault::new(from, key, found, needed)
    }
}

/// The variable that sets a key.
pub(super) fn variable(prefix: &str, key: SettingKey) -> String {
    format!("{prefix}{}", key.to_string().replace('.', "_").to_uppercase())
}

struct Loading<C> {
    loaded: LoadedConfig<C>,
    prefix: &'static str,
}

impl<C: Settings> Loading<C> {
    fn keys(&mut self) -> Vec<SettingKey> {
        let mut keys = Vec::new();
        self.loaded.config.each("", &mut |key, _setting| keys.push(key));
        keys
    }

    fn take_file(&mut self, path: &Path) {
        let (values, faults) = file::read(path);
        self.loaded.faults.extend(faults);
        for value in values {
            self.take(
                &value.key,
                &value.given,
                ValueOrigin::File { path: path.to_owned(), line: value.line },
            );
        }
    }

    fn take_environment(&mut self, environment: &[(String, String)]) {
        let keys = self.keys();
        let has_level = keys.iter().any(|key| key.to_string() == LEVEL);
        // First, so that the variable of the key itself wins.
        for (name, value) in environment.iter().filter(|(name, value)| name == RUST_LOG && !value.is_empty())
        {
            if has_level {
                let given = GivenValue::One(value.clone());
                self.take(LEVEL, &given, ValueOrigin::Environment(name.clone()));
            }
        }
        // Units and compose files set such, and mean nothing by it.
        for (name, value) in environment.iter().filter(|(_name, value)| !value.is_empty()) {
            let given = GivenValue::One(value.clone());
            let Some(rest) = name.strip_prefix(self.prefix) else { continue };
            match keys.iter().find(|key| variable(self.prefix, **key) == *name) {
                Some(key) => self.take(&key.to_string(), &given, ValueOrigin::Environment(name.clone())),
                None if OTHERS.contains(&rest) || rest.starts_with("WITNESS_") => {}
                None => self.loaded.warnings.push(format!("{name} is set, and means nothing here")),
            }
        }
    }

    fn take(&mut self, name: &str, given: &GivenValue, origin: ValueOrigin) {
        let (mut is_known, mut needed) = (false, None);
        self.loaded.config.each("", &mut |key, setting| {
            if key.to_string() == name {
                is_known = true;
                needed = setting.take(given).err();
            }
        });
        if !is_known {
            let fault = if self.keys().iter().any(|key| key.table == name) {
                ConfigFault::new(
                    origin,
                    name,
                    given,
                    format!("its keys in a table: a line [{name}] above them"),
                )
            } else {
                ConfigFault::new(origin, name, "a key that there is not", self.suggestion(name))
            };
            self.loaded.faults.push(fault);
        } else if let Some(needed) = needed {
            self.loaded.faults.push(ConfigFault::new(origin, name, given, needed));
        } else {
            self.loaded.origins.insert(name.to_owned(), origin);
        }
    }

    /// What may have been meant.
    fn suggestion(&mut self, name: &str) -> String {
        let names: Vec<_> = self.keys().into_iter().map(|key| key.to_string()).collect();
        match nearest(name, names.iter().map(String::as_str)) {
            Some(key) => format!("a key of docs/configuration.md; is {key} meant?"),
            None => "a key of docs/configuration.md".to_owned(),
        }
    }
}

/// The key of what is told in the log, which an older variable sets as well.
const LEVEL: &str = "logging.level";
const RUST_LOG: &str = "RUST_LOG";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doors::Limits;
    use std::time::Duration;

    fn load_text(text: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> LoadedConfig<Limits> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m.toml");
        std::fs::write(&path, text).unwrap();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let flag = |(key, value): &(&str, &str)| {
            ((*key).to_owned(), format!("--{key}"), GivenValue::One((*value).to_owned()))
        };
        let environment = environment.iter().map(owned).collect();
        let layer = Layer {
            file: Some(path),
            environment,
            prefix: "MB_",
            flags: flags.iter().map(flag).collect(),
            ..Layer::default()
        };
        load(Limits::default(), &layer)
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let text = "connections = 1\nstreams = 2\ncalls = 3\n";
        let mut loaded = load_text(text, &[("MB_STREAMS", "20"), ("MB_CALLS", "30")], &[("calls", "300")]);
        assert_eq!(loaded.faults, []);
        let limits = &loaded.config;
        assert_eq!((limits.connections, limits.streams, limits.calls), (1, 20, 300));
        assert_eq!(limits.body, Duration::from_secs(30), "the rest is as it was");
        let origins: Vec<_> = loaded.values().into_iter().map(|(_key, _value, origin)| origin).collect();
        assert!(matches!(origins[0], ValueOrigin::File { line: 1, .. }));
        assert_eq!(origins[1], ValueOrigin::Environment("MB_STREAMS".to_owned()));
        assert_eq!(origins[2], ValueOrigin::Flag("--calls".to_owned()));
        assert_eq!(origins[3], ValueOrigin::Default);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let text = "connexions = 1\nhead = \"0s\"\n\nbody = 30\n";
        let loaded = load_text(text, &[("MB_CALLS", "none"), ("MB_MOOD", "good")], &[("idle", "soon")]);
        let faults: Vec<_> = loaded.faults.iter().map(ConfigFault::to_string).collect();
        for (line, expected) in [
            ("m.toml:1: ", "is connections meant?"),
            ("m.toml:2: ", "head: found \"0s\"; needed a time from 1ms to 3650d"),
            ("m.toml:4: ", "body: found \"30\"; needed a time"),
            ("MB_CALLS: ", "calls: found \"none\"; needed a whole number"),
            ("--idle: ", "idle: found \"soon\""),
        ] {
            let is_told = |fault: &String| fault.contains(line) && fault.contains(expected);
            assert!(faults.iter().any(is_told), "{line}{expected}: {faults:#?}");
        }
        assert_eq!(faults.len(), 5);
        assert_eq!(loaded.warnings, ["MB_MOOD is set, and means nothing here"]);
        assert_eq!(loaded.config, Limits::default());
    }
}
