//! Pages that are one file: script and style stand in them, and their policy names both by their digests. Such a page works from
//! a disk as from a server, and is the same for everybody.

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

/// A page, and the policy that it is served under.
#[derive(Debug)]
pub struct OneFile {
    /// The whole file.
    pub html: String,
    /// The value of `Content-Security-Policy`. The page says the same of itself, so that a saved copy has it too.
    pub policy: String,
    /// The digest of its script, as policies name it.
    pub script_digest: String,
}

/// What a page is put together from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    /// The page, with `{{policy}}`, `{{version}}`, `{{digest}}`, `{{style}}` and `{{script}}` where those go.
    pub(crate) html: &'a str,
    pub(crate) style: &'a str,
    pub(crate) script: &'a str,
    /// What the page may do beside its own script and style, as directives of a policy.
    pub(crate) may: &'a str,
    /// What else stands in it: names in double braces, and what goes there.
    pub(crate) filled: &'a [(&'a str, &'a str)],
}

impl OneFile {
    /// The page of these parts.
    pub(crate) fn of(parts: Parts<'_>) -> Self {
        let Parts { style, script, may, .. } = parts;
        let script_digest = digest(script);
        let policy = format!(
            "default-src 'none'; script-src '{script_digest}'; style-src '{}'; {may}base-uri 'none'; form-action 'none'",
            digest(style)
        );
        let known =
            [("policy", policy.as_str()), ("version", env!("CARGO_PKG_VERSION")), ("digest", &script_digest)];
        // Script and style come last: what looks like a name in them stays.
        let last = [("style", style), ("script", script)];
        let html = known
            .iter()
            .chain(parts.filled)
            .chain(&last)
            .fold(parts.html.to_owned(), |html, (name, value)| {
                html.replacen(&format!("{{{{{name}}}}}"), value, 1)
            });
        Self { html, policy: format!("{policy}; frame-ancestors 'none'"), script_digest }
    }
}

/// Scripts one after the other, each beneath its name.
pub(crate) fn joined(parts: &[(&str, &str)]) -> String {
    parts.iter().map(|(name, text)| format!("// {name}.js\n{text}\n")).collect()
}

/// The digest of a script or style, as a policy names it.
pub(crate) fn digest(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}
