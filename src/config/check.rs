//! What can be seen to be wrong without opening anything for good: files that can't be read, values that don't go together.

use crate::config::{ConfigFault, LoadedConfig, TlsConfig};
use crate::doors::{Limits, Tls};
use crate::keyfile::{self, KeyFileError};
use crate::papers::{certificates, check_pair};
use crate::settings::{Setting as _, ShownValue};
use minutebook_log::Timestamp;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

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
    /// What is wrong and stops no start: a certificate that has run out is perhaps replaced in a minute, and is read again.
    pub passing: Vec<ConfigFault>,
    /// What is worth a second look.
    pub warnings: Vec<String>,
}

/// The least of each limit beneath which no server works, and why.
const LEAST: [(&str, Least, &str); 13] = [
    (
        "limits.bytes_in_flight",
        Least::Number(|limits| limits.bytes_in_flight, 4 * 1024 * 1024),
        "several answers at once",
    ),
    (
        "limits.request_bytes",
        Least::Number(|limits| limits.request_bytes, REQUEST_BYTES_MIN),
        "the largest event with its signatures",
    ),
    ("limits.handshake", Least::Time(|limits| limits.handshake, TURN), "a few turns over a network"),
    (
        "limits.certificates",
        Least::Time(|limits| limits.certificates, SECOND),
        "each time the files are read",
    ),
    ("limits.head", Least::Time(|limits| limits.head, TURN), "a few turns over a network"),
    ("limits.body", Least::Time(|limits| limits.body, TURN), "a few turns over a network"),
    ("limits.call", Least::Time(|limits| limits.call, TURN), "a commit, and a few turns over a network"),
    ("limits.unread", Least::Time(|limits| limits.unread, TURN), "a few turns over a network"),
    ("limits.idle", Least::Time(|limits| limits.idle, SECOND), "a client between two calls"),
    (
        "limits.keepalive",
        Least::Time(|limits| limits.keepalive, SECOND),
        "each time every silent connection is asked",
    ),
    (
        "limits.keepalive_answer",
        Least::Time(|limits| limits.keepalive_answer, TURN),
        "a few turns over a network",
    ),
    (
        "limits.frames_rate",
        Least::Number(|limits| limits.frames_rate as usize, 10),
        "a connection that is opened and kept",
    ),
    (
        "limits.frames_burst",
        Least::Number(|limits| limits.frames_burst as usize, 100),
        "a connection that is opened and kept",
    ),
];

/// A limit, and its least.
enum Least {
    Number(fn(&Limits) -> usize, usize),
    Time(fn(&Limits) -> Duration, Duration),
}

/// An entry is 65,535 bytes at most; so much takes one with all that is sent around it.
const REQUEST_BYTES_MIN: usize = 128 * 1024;

/// What a few turns over a slow network take.
const TURN: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);

impl Least {
    /// What is set, and what is needed, where it is less.
    fn missed(&self, limits: &Limits) -> Option<(ShownValue, ShownValue)> {
        match self {
            Self::Number(of, least) => (of(limits) < *least).then(|| (of(limits).shown(), least.shown())),
            Self::Time(of, least) => (of(limits) < *least).then(|| (of(limits).shown(), least.shown())),
        }
    }

    fn shown(&self) -> ShownValue {
        match self {
            Self::Number(_of, least) => least.shown(),
            Self::Time(_of, least) => least.shown(),
        }
    }
}

/// The limits that have a least, and what that is, as the page of all keys has it.
pub(super) fn least_limits() -> String {
    let each = LEAST.iter().map(|(key, least, _why)| format!("`{key}` {}", least.shown()));
    each.collect::<Vec<_>>().join(", ")
}

impl<C> LoadedConfig<C>
where
    C: crate::settings::Settings,
{
    /// The end of a check.
    pub(super) fn checked<T>(self, settings: Option<T>) -> Checked<T> {
        let settings = settings.filter(|_whole| self.faults.is_empty());
        Checked { settings, faults: self.faults, passing: self.passing, warnings: self.warnings }
    }

    /// The value of a key that has no default.
    pub(super) fn required<T>(&mut self, key: &str, value: Option<T>, needed: &str) -> Option<T> {
        if value.is_none() && !self.faults.iter().any(|fault| fault.key == key) {
            self.refuse(key, "nothing", needed);
        }
        value
    }

    /// The limits, held against what a server can work with, and against each other.
    pub(super) fn limits(&mut self, limits: &Limits) {
        for (key, least, why) in &LEAST {
            if let Some((found, least)) = least.missed(limits) {
                self.refuse(key, found, format!("at least {least}: {why}"));
            }
        }
        if limits.request_bytes > limits.bytes_in_flight {
            let needed = format!("at least limits.request_bytes, {}", limits.request_bytes);
            self.refuse("limits.bytes_in_flight", limits.bytes_in_flight, needed);
        }
    }

    /// The server's certificates, held against the clock: clients do not believe one that has run out, or that is to hold later.
    fn dates(&mut self, certificate: &Path, now: Timestamp) {
        // What can't be read has been told.
        let Ok(pem) = fs::read(certificate) else { return };
        for certificate in certificates(&pem) {
            let Ok((_rest, read)) = x509_parser::parse_x509_certificate(&certificate) else { continue };
            let (from, until) = (read.validity().not_before, read.validity().not_after);
            let seconds = now.as_micros().div_euclid(1_000_000);
            let found = match () {
                () if until.timestamp() < seconds => format!("one that ran out at {until}, and it is {now}"),
                () if from.timestamp() > seconds => format!("one that holds from {from} on, and it is {now}"),
                () => continue,
            };
            let needed = "one that holds now: no client believes another";
            self.passing.push(self.fault("tls.certificate", found, needed));
        }
    }

    /// TLS, opened: its files are read and held against each other and the clock.
    pub(super) fn tls(&mut self, tls: &TlsConfig, now: Timestamp) -> Option<Tls> {
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
        let files = tls.files()?;
        let certificate = files.certificate.clone();
        if let (Ok(shown), Ok(private)) = (fs::read(&files.certificate), fs::read(&files.key))
            && let Err(why) = check_pair((&files.certificate, &shown), (&files.key, &private))
        {
            self.refuse("tls.key", why, "the private key of that certificate");
            return None;
        }
        match Tls::open(files) {
            Ok(tls) => {
                self.dates(&certificate, now);
                Some(tls)
            }
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
