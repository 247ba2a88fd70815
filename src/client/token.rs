//! The token by which a server knows this client. It is read from a file or the environment, sent where nobody else hears
//! it, and never shown.

use super::ClientError;
use crate::private::{self, PrivateError};
use hyper::header::HeaderValue;
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// The most bytes that are read of a token's file; one has some fifty.
const FILE_BYTES_MAX: usize = 4096;

/// A token.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(Zeroizing<String>);

impl BearerToken {
    /// The token in a file that its owner alone may read.
    ///
    /// # Errors
    /// [`ClientError::Address`], which names the file and what would be right.
    pub fn read(path: &Path) -> Result<Self, ClientError> {
        let wrong = |why: String| ClientError::Address { server: path.display().to_string(), why };
        let mut bytes = Zeroizing::new(Vec::new());
        private::read(path, FILE_BYTES_MAX, &mut bytes).map_err(|why| match why {
            PrivateError::Exposed(mode) => wrong(format!(
                "the token may be read by others (mode {mode:04o}): chmod 600 {}",
                path.display()
            )),
            PrivateError::Files(why) => wrong(format!("the file can't be read: {why}")),
        })?;
        let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
        Self::of(text).ok_or_else(|| wrong("it holds no token, which is one line".to_owned()))
    }

    /// A token as it stands in a file or a variable; nothing for what can't be one.
    pub fn of(text: Zeroizing<String>) -> Option<Self> {
        let token = text.trim();
        let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        is_token.then(|| Self(Zeroizing::new(token.to_owned())))
    }

    /// The header that gives it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut header = HeaderValue::from_str(&format!("Bearer {}", self.0.as_str())).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken")
    }
}
