//! `verify.html`: one page that checks receipts, checkpoints and published logs in the reader's browser, from a file and
//! without a network. It is a second implementation of `spec/`, in JavaScript; `desk/verify` has its parts, and here
//! they become one file.
//!
//! Deliberately lacks: anything that depends on who asks. The page that a server gives is the page that anybody has.

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// The page's parts, in files.
macro_rules! parts {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../desk/verify/", $name, ".js")))),*]
    };
}

/// What checks, from the ground up: a part uses only what stands before it. It runs in a worker.
const CHECKS: [(&str, &str); 28] = parts![
    "bytes",
    "sha2",
    "blake3",
    "ed25519",
    "signatures",
    "names",
    "json",
    "event",
    "entry",
    "tree",
    "notes",
    "checkpoint",
    "policy",
    "proofs",
    "log_keys",
    "opening",
    "chain",
    "published",
    "tar",
    "tree_check",
    "audit",
    "material",
    "trust",
    "rows",
    "records",
    "log_record",
    "device",
    "job",
];

/// What the reader sees and does.
const PAGE: [(&str, &str); 3] = parts!["page_store", "page_view", "page_main"];

/// What of the checks others call: the page its jobs, the tests each reader.
const OFFERED: &str = "{ serveJobs, runJob, SignatureCheck, equationHolds, checkKey, parseEvent, parseEntry, \
    falseSignature, Chain, parseNote, parseVerifierKey, parseCheckpoint, logSigner, cosignatures, Policy, parsePolicy, \
    parseReceipt, receiptRecord, Trust, parseRequest, judgeRequest, parseLogKeys, checkHandOver, parsePublishedPath, \
    parseHashTile, parseBundle, parseTreeHash, checkInclusion, checkConsistency, Frontier, leafHash, sha256, sha512, \
    blake3, encodeHex, decodeUtf8, encodeBase64, Malformed, ChainRefusal, TrustRefusal, ProofRefusal, listTar, \
    Published, Audit }";

/// The page, and the policy that it is served under.
#[derive(Debug)]
pub struct VerifyPage {
    /// The whole file.
    pub html: String,
    /// The value of `Content-Security-Policy`: its own script and style by their hashes, a worker, and nothing else. The
    /// page says the same of itself, so that a saved copy cannot send anything anywhere either.
    pub policy: String,
}

static VERIFY_PAGE: LazyLock<VerifyPage> = LazyLock::new(assemble);

/// The page of this version.
pub fn verify_page() -> &'static VerifyPage {
    &VERIFY_PAGE
}

fn assemble() -> VerifyPage {
    let (script, style) = (script(), include_str!("../desk/verify/page.css"));
    let digest = digest(&script);
    let policy = format!(
        "default-src 'none'; script-src '{digest}'; style-src '{}'; worker-src blob:; base-uri 'none'; form-action 'none'",
        self::digest(style)
    );
    let html = include_str!("../desk/verify/page.html")
        .replacen("{{policy}}", &policy, 1)
        .replacen("{{version}}", env!("CARGO_PKG_VERSION"), 1)
        .replacen("{{digest}}", &digest, 1)
        .replacen("{{style}}", style, 1)
        .replacen("{{script}}", &script, 1);
    VerifyPage { html, policy: format!("{policy}; frame-ancestors 'none'") }
}

/// One script: a function with all checks, whose text is also that of the worker; and the page, where there is one.
fn script() -> String {
    let (checks, page) = (joined(&CHECKS), joined(&PAGE));
    format!(
        "\n\"use strict\";\nfunction checks() {{\n{checks}\nreturn {OFFERED};\n}}\n\
         if (typeof document !== \"undefined\") {{\n{page}}}\n"
    )
}

fn joined(parts: &[(&str, &str)]) -> String {
    parts.iter().map(|(name, text)| format!("// {name}.js\n{text}\n")).collect()
}

/// The digest of a script or style, as a policy names it.
fn digest(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}
