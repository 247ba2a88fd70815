//! What can be seen to be wrong without opening anything for good: files that can't be read, values that don't go together.

use crate::config::{ConfigFault, LoadedConfig, TlsConfig};
use crate::doors::{Limits, Tls};
use crate::keyfile::{self, KeyFileError};
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;

/// Whether a file holds a private key that its owner alone may read. One under a passphrase is opened later, when somebody
/// can be asked.
pub(super) fn check_key(path: &Path) -> Result<(), KeyFileError> {
    match keyfile::read(path) {
        Ok(_) | Err(KeyFileError::Encrypted { .. }) => Ok(()),
        Err(why) => Err(why),
    }
}

/// What came of a check.
#[derive(Debug)]
pub struct Checked<T> {
    /// What can be opened; nothing where anything is wrong.
    pub settings: Option<T>,
    /// What is wrong.
    pub faults: Vec<ConfigFault>,
    /// What is worth a second look.
    pub warnings: Vec<String>,
}

impl<C> LoadedConfig<C>
where
    C: crate::settings::Settings,
{
    /// The end of a check.
    pub(super) fn checked<T>(self, settings: Option<T>) -> Checked<T> {
        let settings = settings.filter(|_whole| self.faults.is_empty());
        Checked { settings, faults: self.faults, warnings: self.warnings }
    }

    /// The value of a key that has no default.
    pub(super) fn required<T>(&mut self, key: &str, value: Option<T>, needed: &str) -> Option<T> {
        if value.is_none() && !self.faults.iter().any(|fault| fault.key == key) {
            self.refuse(key, "nothing", needed);
        }
        value
    }

    /// TLS, opened: its files are read and held against each other.
    pub(super) fn tls(&mut self, tls: &TlsConfig) -> Option<Tls> {
        let (certificate, key) = (tls.certificate.is_some(), tls.key.is_some());
        if certificate && !key {
            self.refuse(
                "tls.key",
                "nothing, beside a certificate",
                "the file with the certificate's private key",
            );
        }
        if key && !certificate {
            self.refuse("tls.certificate", "nothing, beside a key", "the file with the key's certificate");
        }
        if tls.client_ca.is_some() && !certificate {
            let found = "authorities for callers, and no certificate of the server";
            self.refuse(
                "tls.client_ca",
                found,
                "tls.certificate and tls.key as well: callers are known by TLS alone",
            );
        }
        if tls.without_certificate.is_some() && tls.client_ca.is_none() {
            self.without_effect(
                "tls.without_certificate",
                "tls.client_ca",
                "the authorities of callers' certificates",
            );
        }
        let named = [
            ("tls.certificate", &tls.certificate, "the server's certificate, as PEM"),
            ("tls.key", &tls.key, "the certificate's private key, as PEM, which this program may read"),
            ("tls.client_ca", &tls.client_ca, "the authorities of callers' certificates, as PEM"),
        ];
        let mut is_there = true;
        for (key, path, needed) in named {
            let Some(path) = path else { continue };
            is_there &= self.file(key, path, |path| File::open(path), needed).is_some();
        }
        if !is_there {
            return None;
        }
        match Tls::open(tls.files()?) {
            Ok(tls) => Some(tls),
            Err(why) => {
                self.refuse(
                    "tls.certificate",
                    why,
                    "PEM files that this program may read, and that belong together",
                );
                None
            }
        }
    }

    /// Refuses what closes a door only together with another setting: by itself it would read as closed, and be open.
    pub(super) fn without_effect(&mut self, key: &str, other: &str, is: &str) {
        let value = self.values().into_iter().find(|(found, _value, _origin)| found.to_string() == key);
        let value = value.map_or_else(String::new, |(_key, value, _origin)| value.to_string());
        let needed = format!(
            "{other} as well, {is}: without it everybody may read and write, and {key} means nothing"
        );
        self.refuse(key, format!("{value}, without {other}"), needed);
    }

    /// Warns of limits that were set and that nothing comes under.
    pub(super) fn idle_limits(
        &mut self,
        limits: &Limits,
        usual: &Limits,
        (has_tls, has_tokens): (bool, bool),
    ) {
        let mut idle = Vec::new();
        if !has_tls && limits.handshake != usual.handshake {
            idle.push("limits.handshake means nothing without tls.certificate");
        }
        if !has_tls && !has_tokens && limits.certificates != usual.certificates {
            idle.push("limits.certificates means nothing without tls.certificate or tokens.file");
        }
        self.warnings.extend(idle.into_iter().map(str::to_owned));
    }

    /// Warns of an address that others reach, where what is said there is neither secret nor sure.
    pub(super) fn exposed(&mut self, key: &str, address: SocketAddr, has_tls: bool) {
        if !address.ip().is_loopback() && !has_tls {
            self.warnings.push(format!(
                "{key}: {address} can be reached from elsewhere, and what is said there is neither secret nor sure: give \
                 --tls-certificate and --tls-key, or listen on 127.0.0.1 behind a proxy that has them"
            ));
        }
    }

    /// A file that is to be read as `read` does.
    pub(super) fn file<T, W: std::fmt::Display>(
        &mut self,
        key: &str,
        path: &Path,
        read: impl FnOnce(&Path) -> Result<T, W>,
        needed: &str,
    ) -> Option<T> {
        match read(path) {
            Ok(read) => Some(read),
            Err(why) => {
                self.refuse(key, format!("{}: {why}", path.display()), needed);
                None
            }
        }
    }
}
