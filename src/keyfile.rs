//! Key files: one Ed25519 private key each, as PEM PKCS#8 that OpenSSL reads too.
//!
//! A key file belongs to its owner alone from the moment it exists, is never overwritten, and is not read
//! while others may read it. What it holds is wiped from memory after use, and never printed.

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use minutebook_log::SecretKey;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Who may read a key file: its owner.
const MODE: u32 = 0o600;

/// The most bytes that are read of what should be a key file; a real one has 119.
const FILE_BYTES_MAX: usize = 4096;

/// What stands in a PEM file whose key is under a passphrase: PKCS#8's and OpenSSL's older way.
const ENCRYPTED: [&str; 2] = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"];

/// Why a key file was not made or read. Each message says what is the matter and what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// A key was to be made where a file is.
    #[error("{} exists already, and a key is never overwritten: name a file that does not exist yet", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may read it.
    #[error(
        "the private key in {path} may be read by others (mode {mode:04o}). Make it yours alone: chmod 600 {path}. \
         If others may have read it already, revoke it and enrol a new one",
        path = path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It holds something else.
    #[error(
        "{} is no Ed25519 private key in PEM PKCS#8 ({why}). `minutebook key new FILE` makes one",
        path.display()
    )]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What stood there.
        why: String,
    },
    /// The key is there, under a passphrase.
    #[error(
        "the private key in {path} is encrypted, and passphrases are not asked for here. Decrypt it into a file of your \
         own: (umask 077; openssl pkey -in {path} -out FILE)",
        path = path.display()
    )]
    Encrypted {
        /// The file.
        path: PathBuf,
    },
    /// It is a folder.
    #[error("{} is a folder: name the key file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness for a new key: {0}")]
    NoRandomness(#[from] getrandom::Error),
    /// The operating system refused.
    #[error("{what} {} failed: {why}", path.display())]
    Files {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the operating system said.
        why: io::Error,
    },
}

/// Makes a new key and keeps it in the new file `path`, durably.
///
/// # Errors
/// [`KeyFileError`]; no file is left behind, and none that was there is touched.
pub fn create(path: &Path) -> Result<SecretKey, KeyFileError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())?;
    let pair = KeypairBytes { secret_key: *seed, public_key: None };
    let pem = pair.to_pkcs8_pem(LineEnding::LF).map_err(|why| no_key(path, &why))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path).map_err(|why| {
        match why.kind() {
            ErrorKind::AlreadyExists => KeyFileError::Exists { path: path.to_owned() },
            _ => files("creating", path)(why),
        }
    })?;
    let written =
        file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| sync_parent(path));
    if let Err(why) = written {
        // Half a key is no key, and its name would be taken.
        let _gone = fs::remove_file(path);
        return Err(files("writing", path)(why));
    }
    Ok(SecretKey::from_seed(&seed))
}

/// Reads the key in `path`.
///
/// # Errors
/// [`KeyFileError`] for a file that others may read, and for one that holds something else.
pub fn read(path: &Path) -> Result<SecretKey, KeyFileError> {
    let file = File::open(path).map_err(files("opening", path))?;
    let metadata = file.metadata().map_err(files("reading", path))?;
    if metadata.is_dir() {
        return Err(KeyFileError::Folder { path: path.to_owned() });
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    // Room for all of it from the start: a buffer that grows would leave copies behind.
    let mut pem = Zeroizing::new(String::with_capacity(FILE_BYTES_MAX + 1));
    let mut limited = file.take(FILE_BYTES_MAX as u64);
    limited.read_to_string(&mut pem).map_err(|why| match why.kind() {
        ErrorKind::InvalidData => no_key(path, &"bytes that are no text"),
        _ => files("reading", path)(why),
    })?;
    if ENCRYPTED.iter().any(|mark| pem.contains(mark)) {
        return Err(KeyFileError::Encrypted { path: path.to_owned() });
    }
    let pair = KeypairBytes::from_pkcs8_pem(pem.trim()).map_err(|why| no_key(path, &why))?;
    let key = SecretKey::from_seed(&pair.secret_key);
    match &pair.public_key {
        Some(public) if public.as_ref() != key.public().as_bytes() => {
            Err(no_key(path, &"the public key in it belongs to another"))
        }
        _ => Ok(key),
    }
}

/// Makes the name of `path` durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

fn no_key(path: &Path, why: &dyn ToString) -> KeyFileError {
    KeyFileError::NoKey { path: path.to_owned(), why: why.to_string() }
}

fn files(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeyFileError {
    let path = path.to_owned();
    move |why| KeyFileError::Files { what, path, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_made_is_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secretary.pem");
        let made = create(&path).unwrap();
        assert_eq!(read(&path).unwrap().public(), made.public());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, MODE);
        let pem = fs::read_to_string(&path).unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{pem}");
        // RFC 5958 version 0, without the public key: OpenSSL refuses version 1 with it.
        assert!(pem.contains("MC4CAQAwBQYDK2VwBCIEI"), "{pem}");
    }

    #[test]
    fn a_key_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secretary.pem");
        let first = create(&path).unwrap();
        assert!(matches!(create(&path), Err(KeyFileError::Exists { .. })));
        assert_eq!(read(&path).unwrap().public(), first.public());
    }

    #[test]
    fn a_key_that_others_may_read_is_refused_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secretary.pem");
        create(&path).unwrap();
        for mode in [0o640, 0o604, 0o660, 0o644, 0o777, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let said = read(&path).unwrap_err().to_string();
            assert!(said.contains("chmod 600"), "{said}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(read(&path).is_ok(), "read-only for its owner is fine");
    }

    #[test]
    fn what_holds_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no-key.pem");
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in [&b""[..], b"hello", b"\xff\xfe", certificate.as_bytes(), &[b'a'; 9000]] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(MODE)).unwrap();
            assert!(matches!(read(&path), Err(KeyFileError::NoKey { .. })), "{text:?}");
        }
        assert!(matches!(read(&folder.path().join("absent")), Err(KeyFileError::Files { .. })));
        assert!(matches!(read(folder.path()), Err(KeyFileError::Folder { .. })), "no advice to chmod it");
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        fs::write(&path, encrypted).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("openssl pkey"));
    }
}
