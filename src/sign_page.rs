//! The page that signs drafts in the browser: from the server, where it can also ask the ledger and send, and as `sign.html`, a file
//! that connects to nothing. It stands on the checks of `verify.html`; `desk/sign` has its other parts.
//!
//! Deliberately lacks: anything that depends on who asks.

use crate::one_file::{OneFile, Parts, joined};
use crate::verify_page::{STYLE, checks_without};
use std::sync::LazyLock;

/// The page's parts, in files.
macro_rules! parts {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../desk/sign/", $name, ".js")))),*]
    };
}

/// What reads keys and drafts, signs, and holds a server to its word, from the ground up.
const SIGNING: [(&str, &str); 10] = parts![
    "der",
    "scrypt",
    "key_file",
    "drafts",
    "signing",
    "enrolment",
    "told",
    "versions",
    "served_log",
    "receipts",
];

/// What the author sees and does.
const PAGE: [(&str, &str); 6] =
    parts!["page_device", "page_server", "page_view", "page_keys", "page_waiting", "page_main"];

/// What the page that verifies shows things with.
const SHOWN: [(&str, &str); 2] = [
    ("page_store", include_str!("../desk/verify/page_store.js")),
    ("page_view", include_str!("../desk/verify/page_view.js")),
];

/// The checks of whole books, which nobody asks for here.
const NEEDLESS: [&str; 9] =
    ["opening", "tar", "tree_check", "audit", "material", "trust", "log_record", "device", "job"];

/// What of it others call: the tests.
const OFFERED: &str = "{ openKeyFile, PassphraseRefusal, proveKey, readDrafts, writeDrafts, nameOfDrafts, toldOf, toldAgainst, versionAmong, differencesIn, enrolmentCode, \
    SignatureCheck, Malformed, encodeUtf8 }";

static SERVED: LazyLock<OneFile> = LazyLock::new(|| assemble(true));
static SAVED: LazyLock<OneFile> = LazyLock::new(|| assemble(false));

/// The page as the server has it, which may ask this server and nobody else.
pub fn sign_page() -> &'static OneFile {
    &SERVED
}

/// `sign.html`, which connects to nothing.
pub fn sign_file() -> &'static OneFile {
    &SAVED
}

fn assemble(is_served: bool) -> OneFile {
    let style = format!("{STYLE}{}", include_str!("../desk/sign/sign.css"));
    let (may, served, home) = if is_served {
        ("connect-src 'self'; ", "yes", "<a href=\"/\">Minutebook</a>")
    } else {
        ("", "no", "Minutebook")
    };
    OneFile::of(Parts {
        html: include_str!("../desk/sign/page.html"),
        style: &style,
        script: &script(),
        may,
        filled: &[("served", served), ("home", home)],
    })
}

/// One script, the same in both: all that signs; and the page, where there is one.
fn script() -> String {
    let (signing, shown, page) = (joined(&SIGNING), joined(&SHOWN), joined(&PAGE));
    let checks = checks_without(&NEEDLESS);
    format!(
        "\n\"use strict\";\n{checks}\n{signing}\n\
         function offered() {{ return {OFFERED}; }}\n\
         if (typeof document !== \"undefined\") {{\n{shown}\n{page}}}\n"
    )
}
