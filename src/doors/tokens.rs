//! Tokens by which callers are known: a file with the SHA-256 of each, a name, what it allows and until when. It is read
//! again while the server runs.
//!
//! A token has 256 bits of randomness, so that its digest gives nothing of it away; it is never stored and never told.

use crate::private::{self, PrivateError};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// How every token begins, so that it is known for one wherever it turns up.
const PREFIX: &str = "mbt_";

/// The most bytes that are read of a file of tokens.
const FILE_BYTES_MAX: usize = 1024 * 1024;

/// The most characters of what is presented as a token.
const PRESENTED_CHARS_MAX: usize = 256;

/// How a file of tokens begins that `minutebook token new` makes.
const HEADER: &str =
    "# name, what it allows (read, write), its last day or never, digest; delete a line to revoke it\n";

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    Nothing,
    /// Ask.
    Read,
    /// Ask and append.
    Write,
}

impl Access {
    /// Its name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A token that a server knows: never the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownToken {
    /// Its name, which says whose it is.
    pub name: Arc<str>,
    /// What it allows.
    pub allows: Access,
    /// The last day on which it is taken, in UTC; every day, where there is none.
    pub until: Option<Date>,
    digest: [u8; 32],
}

/// Why tokens can't be read or made.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The operating system refused.
    #[error("{} can't be read or written: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        why: io::Error,
    },
    /// Others than the owner may read it.
    #[error("{path} may be read by others (mode {mode:04o}): chmod 600 {path}", path = path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A line has another form.
    #[error(
        "{}:{line}: needed NAME read|write YYYY-MM-DD|never sha256:HEX, as minutebook token new writes it, and each name once",
        path.display()
    )]
    Form {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The name is taken, or is none.
    #[error("\"{0}\" is taken, or no name: needed one that is new in the file, of letters, digits and -_.@")]
    Name(String),
    /// There is no randomness.
    #[error("the operating system gives no randomness for a new token: {0}")]
    NoRandomness(#[from] getrandom::Error),
}

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotTaken {
    Unknown,
    Over { name: Arc<str>, until: Date },
}

/// The tokens that a server knows.
#[derive(Debug)]
pub struct Tokens {
    path: PathBuf,
    /// What callers without one may do.
    without: Access,
    current: Mutex<(Vec<u8>, Arc<[KnownToken]>)>,
}

impl Tokens {
    /// Reads the file.
    ///
    /// # Errors
    /// [`TokensError`].
    pub fn open(path: &Path, without: Access) -> Result<Self, TokensError> {
        let bytes = read(path)?;
        let tokens = parse(path, &bytes)?;
        Ok(Self { path: path.to_owned(), without, current: Mutex::new((bytes, tokens)) })
    }

    /// Reads the file again, and says whether it has changed. What can't be read leaves the tokens as they were.
    ///
    /// # Errors
    /// [`TokensError`].
    pub fn reload(&self) -> Result<bool, TokensError> {
        let bytes = read(&self.path)?;
        if self.current().0 == bytes {
            return Ok(false);
        }
        let tokens = parse(&self.path, &bytes)?;
        *self.current() = (bytes, tokens);
        Ok(true)
    }

    /// As [`Tokens::reload`], for whoever only looks from time to time.
    pub(super) fn refresh(&self) {
        match self.reload() {
            Ok(false) => {}
            Ok(true) => tracing::info!(file = %self.path.display(), "the tokens are new"),
            Err(why) => tracing::error!(%why, "the tokens stay as they were"),
        }
    }

    /// What callers without a token may do.
    pub(super) fn without(&self) -> Access {
        self.without
    }

    /// The token that is presented, on this day. All digests are compared, each in constant time.
    pub(super) fn taken(&self, presented: &str, today: Date) -> Result<KnownToken, NotTaken> {
        let digest: [u8; 32] = Sha256::digest(presented).into();
        let tokens = Arc::clone(&self.current().1);
        let mut found = None;
        for token in tokens.iter() {
            if bool::from(token.digest.ct_eq(&digest)) {
                found = Some(token.clone());
            }
        }
        let token = found.filter(|_known| presented.len() <= PRESENTED_CHARS_MAX).ok_or(NotTaken::Unknown)?;
        match token.until {
            Some(until) if until < today => Err(NotTaken::Over { name: token.name, until }),
            _ => Ok(token),
        }
    }

    /// What a panic elsewhere left behind is still whole: it is changed in one assignment.
    fn current(&self) -> MutexGuard<'_, (Vec<u8>, Arc<[KnownToken]>)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new token, as its holder gets it: once.
pub struct NewToken(Zeroizing<String>);

impl NewToken {
    /// Makes a token and adds its digest to the file, which is made where there is none, for its owner alone.
    ///
    /// # Errors
    /// [`TokensError`]; then nothing is written.
    pub fn add(path: &Path, name: &str, allows: Access, until: Option<Date>) -> Result<Self, TokensError> {
        let before = if path.exists() { read(path)? } else { HEADER.as_bytes().to_vec() };
        let is_name = !name.is_empty() && name.len() <= 64 && name.bytes().all(is_name_byte);
        if !is_name || parse(path, &before)?.iter().any(|token| *token.name == *name) {
            return Err(TokensError::Name(name.to_owned()));
        }
        let mut random = Zeroizing::new([0; 32]);
        getrandom::fill(random.as_mut_slice())?;
        let token = Self(Zeroizing::new(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(random.as_slice()))));
        let until = until.map_or_else(|| "never".to_owned(), |until| until.to_string());
        let digest = HEXLOWER.encode(&Sha256::digest(token.0.as_bytes()));
        let mut text = before;
        if text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        text.extend(format!("{name} {} {until} sha256:{digest}\n", allows.as_str()).into_bytes());
        private::replace(path, &text).map_err(|why| TokensError::File { path: path.to_owned(), why })?;
        Ok(token)
    }

    /// Writes the token into a new file that its owner alone may read.
    ///
    /// # Errors
    /// What the operating system says, also where there is such a file.
    pub fn save(&self, path: &Path) -> Result<(), TokensError> {
        let written = private::create_new(path).and_then(|mut file| {
            writeln!(file, "{}", self.0.as_str())?;
            file.sync_all()?;
            private::sync_parent(path)
        });
        written.map_err(|why| TokensError::File { path: path.to_owned(), why })
    }

    /// The token, to be given to its holder.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewToken")
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte)
}

fn read(path: &Path) -> Result<Vec<u8>, TokensError> {
    let failed = |why| TokensError::File { path: path.to_owned(), why };
    let mut bytes = Vec::new();
    private::read(path, FILE_BYTES_MAX + 1, &mut bytes).map_err(|why| match why {
        PrivateError::Exposed(mode) => TokensError::Exposed { path: path.to_owned(), mode },
        PrivateError::Files(why) => failed(why),
    })?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(failed(io::Error::other("it has more than 1 MiB")));
    }
    Ok(bytes)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Arc<[KnownToken]>, TokensError> {
    let mut tokens: Vec<KnownToken> = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let refuse = || TokensError::Form { path: path.to_owned(), line: index + 1 };
        let line = std::str::from_utf8(line).map_err(|_bytes| refuse())?.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let token = parse_line(line).ok_or_else(refuse)?;
        if tokens.iter().any(|before| before.name == token.name) {
            return Err(refuse());
        }
        tokens.push(token);
    }
    Ok(tokens.into())
}

fn parse_line(line: &str) -> Option<KnownToken> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [name, allows, until, digest] = words.as_slice() else { return None };
    let allows = [Access::Read, Access::Write].into_iter().find(|access| access.as_str() == *allows)?;
    let until = if *until == "never" { None } else { Some(until.parse().ok()?) };
    let digest = HEXLOWER_PERMISSIVE.decode(digest.strip_prefix("sha256:")?.as_bytes()).ok()?;
    let digest = digest.try_into().ok()?;
    name.bytes().all(is_name_byte).then(|| KnownToken { name: (*name).into(), allows, until, digest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_token_is_taken_until_its_last_day_and_no_other_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens");
        let until = Some(day("2026-06-30"));
        let importer = NewToken::add(&path, "importer", Access::Write, until).unwrap();
        let reader = NewToken::add(&path, "reader", Access::Read, None).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains(importer.reveal()) && !text.contains("mbt_"), "{text}");
        assert!(!format!("{importer:?}").contains("mbt_"));
        let tokens = Tokens::open(&path, Access::Read).unwrap();
        let taken = |token: &str, today| tokens.taken(token, day(today)).map(|token| token.allows);
        assert_eq!(taken(importer.reveal(), "2026-06-30"), Ok(Access::Write));
        let over = NotTaken::Over { name: "importer".into(), until: day("2026-06-30") };
        assert_eq!(taken(importer.reveal(), "2026-07-01"), Err(over));
        assert_eq!(taken(reader.reveal(), "2199-01-01"), Ok(Access::Read));
        let (shorter, longer) = (reader.reveal().split_at(20).0, format!("{}a", reader.reveal()));
        for other in ["", "mbt_", shorter, &longer, &"a".repeat(10_000)] {
            assert_eq!(taken(other, "2026-01-01"), Err(NotTaken::Unknown), "{other}");
        }
        for name in ["importer", "", "a b", "a\nb"] {
            assert!(
                matches!(NewToken::add(&path, name, Access::Read, None), Err(TokensError::Name(_))),
                "{name}"
            );
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn what_others_may_read_or_is_no_file_of_tokens_is_refused_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens");
        let token = NewToken::add(&path, "one", Access::Read, None).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        let tokens = Tokens::open(&path, Access::Nothing).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for wrong in
            ["one", "two write 2026-13-01 sha256:00", "one read never sha256:zz", &format!("{text}{text}")]
        {
            fs::write(&path, wrong).unwrap();
            assert!(matches!(tokens.reload(), Err(TokensError::Form { .. })), "{wrong}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let exposed = tokens.reload().unwrap_err().to_string();
        assert!(exposed.contains("chmod 600"), "{exposed}");
        assert!(tokens.taken(token.reveal(), day("2026-01-01")).is_ok());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "# nobody\n").unwrap();
        assert!(tokens.reload().unwrap());
        assert_eq!(tokens.taken(token.reveal(), day("2026-01-01")), Err(NotTaken::Unknown));
    }
}
