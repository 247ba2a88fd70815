//! `verify.html`: one page that checks receipts, checkpoints and published logs in the reader's browser, from a file and
//! without a network. It is a second implementation of `spec/`, in JavaScript; `desk/verify` has its parts, and here
//! they become one file.
//!
//! Deliberately lacks: anything that depends on who asks. The page that a server gives is the page that anybody has.

use crate::one_file::{OneFile, Parts, joined};
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

static VERIFY_PAGE: LazyLock<OneFile> = LazyLock::new(|| {
    OneFile::of(Parts {
        html: include_str!("../desk/verify/page.html"),
        style: STYLE,
        script: &script(),
        may: "worker-src blob:; ",
        filled: &[],
    })
});

/// The page of this version. Its policy: its own script and style, a worker, and nothing else, so that it cannot send anything
/// anywhere.
pub fn verify_page() -> &'static OneFile {
    &VERIFY_PAGE
}

/// How it looks, and the page that signs.
pub(crate) const STYLE: &str = include_str!("../desk/verify/page.css");

/// One script: a function with all checks, whose text is also that of the worker; and the page, where there is one.
fn script() -> String {
    let (checks, page) = (joined(&CHECKS), joined(&PAGE));
    format!(
        "\n\"use strict\";\nfunction checks() {{\n{checks}\nreturn {OFFERED};\n}}\n\
         if (typeof document !== \"undefined\") {{\n{page}}}\n"
    )
}

/// All that checks but these parts, as one text: the page that signs stands on it too.
pub(crate) fn checks_without(left_out: &[&str]) -> String {
    let parts: Vec<_> = CHECKS.into_iter().filter(|(name, _text)| !left_out.contains(name)).collect();
    joined(&parts)
}
