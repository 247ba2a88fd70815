//! Key files: one Ed25519 private key each, as PEM PKCS#8 that OpenSSL reads too.
//!
//! A key file belongs to its owner alone from the moment it exists, is never overwritten, and is not read
//! while others may read it. It may be under a passphrase (PKCS#8, PBES2: RFC 8018), which is asked for or stands in a file.
//! What it holds is wiped from memory after use, and never printed.
//!
//! Every command gets its keys here ([`Passphrases::open`]), by what the person wrote: an agent or a token would come in by
//! a name of its own, such as `pkcs11:`.

use crate::private::{self, PrivateError};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use minutebook_log::SecretKey;
use pkcs8::{EncryptedPrivateKeyInfoRef, Error as PemError, SecretDocument, pkcs5};
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The most bytes that are read of what should be a key file; a real one has 119, one under a passphrase some 350.
const FILE_BYTES_MAX: usize = 4096;

/// What stands in a PEM file whose key is under a passphrase (RFC 7468, section 11).
const ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

/// What stands in every PEM file with a private key, of whatever kind.
const PRIVATE: &[u8] = b"PRIVATE KEY-----";

/// OpenSSL's way before PKCS#8, in which nobody writes Ed25519 keys; what it says of itself would be lost on a person.
const OLDER_ENCRYPTED: &str = "Proc-Type: 4,ENCRYPTED";

/// What a key that is not in a file would be named by (RFC 7512, and the ssh agent's protocol). None is spoken so far.
const NOT_FILES: [&str; 2] = ["pkcs11:", "agent:"];

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
        "{path} may be read by others (mode {mode:04o}), and holds a private key or its passphrase. Make it yours alone: \
         chmod 600 {path}. If others may have read it already, revoke the key and enrol a new one",
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
        "{} is no private key of this program (Ed25519, as PEM PKCS#8): {why}. Name the key's file; if this was it, bring it \
         from its copy",
        path.display()
    )]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What stood there.
        why: &'static str,
    },
    /// The key is there, under a passphrase that nobody has said.
    #[error(
        "the private key in {} is under a passphrase: name a file that holds it with --passphrase-file, or call this from \
         a terminal, where it is asked for",
        path.display()
    )]
    Encrypted {
        /// The file.
        path: PathBuf,
    },
    /// The key is encrypted in a way that is not read here.
    #[error(
        "the private key in {path} is encrypted in an older way, which is not read here. Write it anew as PKCS#8 with \
         PBES2: (umask 077; openssl pkey -in {path} -aes256 -out FILE)",
        path = path.display()
    )]
    OlderEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase is another.
    #[error("the passphrase {from} does not open the private key in {}", path.display())]
    Passphrase {
        /// The key's file.
        path: PathBuf,
        /// Whence the passphrase came.
        from: String,
    },
    /// A passphrase that can't be used.
    #[error("{from}: {why}")]
    NoPassphrase {
        /// Whence it came.
        from: String,
        /// What is the matter with it.
        why: &'static str,
    },
    /// A key that is in no file.
    #[error(
        "{named}: keys are read from files only so far, not from tokens or agents. Name a PEM file; its passphrase can be in a \
         file of its own, or asked for"
    )]
    NotAFile {
        /// What was named.
        named: String,
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

/// Where the passphrase of a key comes from, where it has one.
#[derive(Debug, Clone, Default)]
pub struct Passphrases {
    file: Option<PathBuf>,
    may_ask: bool,
}

impl Passphrases {
    /// From the first line of this file; else from whoever sits at the terminal, where they may be asked.
    pub fn new(file: Option<PathBuf>, may_ask: bool) -> Self {
        Self { file, may_ask }
    }

    /// The same, without anybody to ask: for work that goes on by itself.
    #[must_use]
    pub fn unattended(&self) -> Self {
        Self { may_ask: false, ..self.clone() }
    }

    /// Reads the key that is named: the PEM file `path`.
    ///
    /// # Errors
    /// [`KeyFileError`] for a file that others may read, one that holds something else, and a passphrase that is not there
    /// or does not open it.
    pub fn open(&self, path: &Path) -> Result<SecretKey, KeyFileError> {
        let pem = match read_pem(path)? {
            Pem::Plain(pem) => {
                let pair = KeypairBytes::from_pkcs8_pem(pem.trim());
                return key_of(path, &pair.map_err(|_unread| no_key(path, stands_in(pem.trim())))?);
            }
            Pem::Encrypted(pem) => pem,
        };
        let encrypted = || KeyFileError::Encrypted { path: path.to_owned() };
        let (passphrase, from) =
            self.passphrase(&format!("Passphrase of {}: ", path.display()))?.ok_or_else(encrypted)?;
        let older = || KeyFileError::OlderEncrypted { path: path.to_owned() };
        let wrong = || KeyFileError::Passphrase { path: path.to_owned(), from };
        let document = SecretDocument::from_pem(pem.trim());
        let (_label, der) = document.map_err(|_unread| no_key(path, stands_in(pem.trim())))?;
        let encrypted = EncryptedPrivateKeyInfoRef::try_from(der.as_bytes()).map_err(|_unread| older())?;
        let plain = match encrypted.decrypt(passphrase.as_bytes()) {
            Ok(plain) => plain,
            Err(PemError::EncryptedPrivateKey(pkcs5::Error::DecryptFailed)) => return Err(wrong()),
            Err(_unsupported) => return Err(older()),
        };
        // A wrong passphrase may leave what looks like padding.
        let pair = KeypairBytes::from_pkcs8_der(plain.as_bytes()).map_err(|_unread| wrong())?;
        key_of(path, &pair)
    }

    /// Makes a new key and keeps it in the new file `path`, durably, under a passphrase.
    ///
    /// # Errors
    /// [`KeyFileError`]; no file is left behind, and none that was there is touched.
    pub fn create(&self, path: &Path) -> Result<SecretKey, KeyFileError> {
        let encrypted = || KeyFileError::Encrypted { path: path.to_owned() };
        let (passphrase, from) = self.passphrase("Passphrase for the new key: ")?.ok_or_else(encrypted)?;
        if self.file.is_none() {
            let again = ask("Once more: ")?;
            if *again != *passphrase {
                return Err(KeyFileError::NoPassphrase { from, why: "two different ones; nothing was made" });
            }
        }
        keep_new(path, |pair| pair.to_pkcs8_encrypted_pem(passphrase.as_bytes(), LineEnding::LF))
    }

    /// The passphrase, and whence it came.
    fn passphrase(&self, question: &str) -> Result<Option<(Zeroizing<String>, String)>, KeyFileError> {
        let (passphrase, from) = match &self.file {
            Some(file) => {
                let text = read_own(file)?;
                let first = text.lines().next().unwrap_or_default().to_owned();
                (Zeroizing::new(first), format!("in {}", file.display()))
            }
            None if self.may_ask => (ask(question)?, "that was typed".to_owned()),
            None => return Ok(None),
        };
        if passphrase.is_empty() {
            return Err(KeyFileError::NoPassphrase {
                from: format!("the passphrase {from}"),
                why: "it is empty",
            });
        }
        Ok(Some((passphrase, from)))
    }
}

fn ask(question: &str) -> Result<Zeroizing<String>, KeyFileError> {
    let typed = rpassword::prompt_password(question);
    typed.map(Zeroizing::new).map_err(files("asking for a passphrase on", Path::new("the terminal")))
}

/// Makes a new key and keeps it in the new file `path`, durably, readable for its owner alone.
///
/// # Errors
/// [`KeyFileError`]; no file is left behind, and none that was there is touched.
pub fn create(path: &Path) -> Result<SecretKey, KeyFileError> {
    keep_new(path, |pair| pair.to_pkcs8_pem(LineEnding::LF))
}

fn keep_new(
    path: &Path,
    encode: impl FnOnce(&KeypairBytes) -> ed25519_dalek::pkcs8::Result<Zeroizing<String>>,
) -> Result<SecretKey, KeyFileError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())?;
    let pair = KeypairBytes { secret_key: *seed, public_key: None };
    let pem =
        encode(&pair).map_err(|why| files("encoding a key for", path)(io::Error::other(why.to_string())))?;
    let mut file = private::create_new(path).map_err(|why| match why.kind() {
        ErrorKind::AlreadyExists => KeyFileError::Exists { path: path.to_owned() },
        _ => files("creating", path)(why),
    })?;
    let written = file
        .write_all(pem.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| private::sync_parent(path));
    if let Err(why) = written {
        // Half a key is no key, and its name would be taken.
        let _gone = fs::remove_file(path);
        return Err(files("writing", path)(why));
    }
    Ok(SecretKey::from_seed(&seed))
}

/// Reads the key in `path`, which is under no passphrase.
///
/// # Errors
/// [`KeyFileError`] for a file that others may read, and for one that holds something else.
pub fn read(path: &Path) -> Result<SecretKey, KeyFileError> {
    Passphrases::default().open(path)
}

/// What a key file holds.
enum Pem {
    Plain(Zeroizing<String>),
    Encrypted(Zeroizing<String>),
}

fn read_pem(path: &Path) -> Result<Pem, KeyFileError> {
    if let Some(named) = path.to_str().filter(|named| NOT_FILES.iter().any(|kind| named.starts_with(kind))) {
        return Err(KeyFileError::NotAFile { named: named.to_owned() });
    }
    let pem = match read_own(path) {
        // What is no key is nobody's secret, and need not be revoked.
        Err(KeyFileError::Exposed { .. }) if !may_be_key(path) => {
            return Err(no_key(path, "no private key stands in it"));
        }
        read => read?,
    };
    match () {
        () if pem.contains(OLDER_ENCRYPTED) => Err(KeyFileError::OlderEncrypted { path: path.to_owned() }),
        () if pem.contains(ENCRYPTED) => Ok(Pem::Encrypted(pem)),
        () => Ok(Pem::Plain(pem)),
    }
}

/// Whether something in a file, of which that much is read, is named as a private key is.
fn may_be_key(path: &Path) -> bool {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX as u64).read_to_end(&mut bytes));
    let is_named = |bytes: &[u8]| bytes.windows(PRIVATE.len()).any(|part| part == PRIVATE);
    read.is_err() || is_named(&bytes)
}

/// The text of a file that nobody but its owner may read.
fn read_own(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let mut bytes = Zeroizing::new(Vec::new());
    private::read(path, FILE_BYTES_MAX, &mut bytes).map_err(|why| match why {
        PrivateError::Exposed(mode) => KeyFileError::Exposed { path: path.to_owned(), mode },
        PrivateError::Files(why) if why.kind() == ErrorKind::IsADirectory => {
            KeyFileError::Folder { path: path.to_owned() }
        }
        PrivateError::Files(why) => files("reading", path)(why),
    })?;
    let text = str::from_utf8(&bytes).map_err(|_no_text| no_key(path, "it is no text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn key_of(path: &Path, pair: &KeypairBytes) -> Result<SecretKey, KeyFileError> {
    let key = SecretKey::from_seed(&pair.secret_key);
    match &pair.public_key {
        Some(public) if public.as_ref() != key.public().as_bytes() => {
            Err(no_key(path, "the public key in it belongs to another"))
        }
        _ => Ok(key),
    }
}

fn no_key(path: &Path, why: &'static str) -> KeyFileError {
    KeyFileError::NoKey { path: path.to_owned(), why }
}

/// What stands in a file that is no such key: what a parser says of it tells nobody which file it is.
fn stands_in(text: &str) -> &'static str {
    let is_begun = |what: &str| text.starts_with("-----BEGIN ") && text.contains(what);
    match () {
        () if text.is_empty() => "it is empty",
        () if is_begun("PRIVATE KEY-----") && SecretDocument::from_pem(text).is_err() => {
            "it begins as a private key does, and is damaged"
        }
        () if is_begun("PRIVATE KEY-----") => "it has a private key of another kind",
        () if is_begun("PUBLIC KEY-----") => "it has a public key",
        () if is_begun("CERTIFICATE-----") => "it has a certificate",
        () => "it has something else",
    }
}

fn files(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeyFileError {
    let path = path.to_owned();
    move |why| KeyFileError::Files { what, path, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::private::MODE;
    use std::os::unix::fs::MetadataExt as _;
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
        let other = folder.path().join("notes");
        fs::write(&other, "no key\n").unwrap();
        fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).unwrap();
        let said = read(&other).unwrap_err().to_string();
        assert!(said.contains("no private key") && !said.contains("revoke"), "{said}");
    }

    #[test]
    fn what_is_no_key_is_told_in_our_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secretary.pem");
        create(&path).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        let of_x25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n";
        for (text, told) in [
            ("", "it is empty"),
            (&format!("{whole}x\n"), "is damaged"),
            (whole.split_at(60).0, "is damaged"),
            (of_x25519, "of another kind"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "a public key"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a certificate"),
            ("hello", "something else"),
        ] {
            fs::write(&path, text).unwrap();
            let said = read(&path).unwrap_err().to_string();
            assert!(
                said.contains(told) && !said.contains("ASN.1") && !said.contains("key new"),
                "{text}: {said}"
            );
        }
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
        let older = "-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n-----END PRIVATE KEY-----\n";
        fs::write(&path, older).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("openssl pkey"));
        let token = read(Path::new("pkcs11:token=book;object=secretary")).unwrap_err().to_string();
        assert!(token.contains("from files only"), "{token}");
    }

    /// `openssl genpkey -algorithm ed25519 -aes256 -pass pass:"correct horse"`, and its public half.
    const BY_OPENSSL: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
        MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhAuC3RMGroFwICCAAw\n\
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFVlwpfT5GXfIVnSnlFnUnUEQHSj\n\
        PRIi+RxXiusP/ICaBsGBtExfiWuaYcU6VKa2ZsEuyU9gTo2y1nYDRe6beRIL+h4d\n\
        sPPP2FEdpPCiXCg0m4s=\n\
        -----END ENCRYPTED PRIVATE KEY-----\n";
    const ITS_PUBLIC: &str = "dc15d571dbd0d7e3633c4e6fa9795424ba12c204c8304ff3380a117618730dbb";

    #[test]
    fn a_key_of_openssl_opens_with_its_passphrase_and_with_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (key, said) =
            (own(&folder, "key.pem", BY_OPENSSL), own(&folder, "said", "correct horse\nnot this\n"));
        let with = |file: &Path| Passphrases::new(Some(file.to_owned()), false).open(&key);
        assert_eq!(with(&said).unwrap().public().to_string(), ITS_PUBLIC);
        let unsaid = read(&key).unwrap_err().to_string();
        assert!(unsaid.contains("--passphrase-file"), "{unsaid}");
        for (text, needed) in [("Correct horse\n", "does not open"), ("\n", "empty"), ("", "empty")] {
            let refused = with(&own(&folder, "other", text)).unwrap_err().to_string();
            assert!(refused.contains(needed) && !refused.contains("horse"), "{refused}");
        }
        let damaged = own(&folder, "damaged.pem", &BY_OPENSSL.replacen('M', "N", 2));
        assert!(Passphrases::new(Some(said.clone()), false).open(&damaged).is_err());
        fs::set_permissions(&said, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(
            matches!(with(&said), Err(KeyFileError::Exposed { .. })),
            "a passphrase is as private as its key"
        );
    }

    /// `openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES`, of the same passphrase.
    const IN_AN_OLDER_WAY: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
        MFgwHAYKKoZIhvcNAQwBAzAOBAipN/PMaUQmlgICCAAEOFz8pDIuXcYDCqUtECYd\n\
        j0VjgxxBIIwX0AMYWqWaYL6Mm0+Mcl7dRSIQTHBJ9U+Em2oYvs9+SOvg\n\
        -----END ENCRYPTED PRIVATE KEY-----\n";

    #[test]
    fn what_is_encrypted_in_an_older_way_is_told_from_a_wrong_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let (key, said) = (own(&folder, "key.pem", IN_AN_OLDER_WAY), own(&folder, "said", "correct horse"));
        let refused = Passphrases::new(Some(said), false).open(&key).unwrap_err();
        assert!(matches!(refused, KeyFileError::OlderEncrypted { .. }), "{refused}");
    }

    #[test]
    fn a_key_that_is_made_under_a_passphrase_is_read_under_it() {
        let folder = tempfile::tempdir().unwrap();
        let passphrases = Passphrases::new(Some(own(&folder, "said", "correct horse")), false);
        let path = folder.path().join("key.pem");
        let made = passphrases.create(&path).unwrap();
        assert_eq!(passphrases.open(&path).unwrap().public(), made.public());
        assert!(fs::read_to_string(&path).unwrap().starts_with(ENCRYPTED));
        assert!(matches!(read(&path), Err(KeyFileError::Encrypted { .. })));
        assert!(matches!(passphrases.create(&path), Err(KeyFileError::Exists { .. })));
        assert!(matches!(
            Passphrases::default().create(&folder.path().join("other.pem")),
            Err(KeyFileError::Encrypted { .. })
        ));
    }

    fn own(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(MODE)).unwrap();
        path
    }
}
