//! The pages with which people verify and sign in a browser: what this program's are, by their digests, and whether a server has the
//! same.

use super::show;
use crate::client::Client;
use crate::desk::follow_digest;
use crate::one_file::OneFile;
use crate::sign_page::{sign_file, sign_page};
use crate::verify_page::verify_page;
use data_encoding::HEXLOWER;
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A page of this program, and what a server has there.
#[derive(Debug)]
pub(super) struct DeskPage {
    path: &'static str,
    sha256: String,
    script: &'static str,
    served: Served,
}

/// What a server has at the path of a page.
#[derive(Debug, PartialEq, Eq)]
enum Served {
    /// None was asked.
    NotAsked,
    /// Nothing.
    Nothing,
    /// A page of this SHA-256.
    Page(String),
    /// It did not say, for this reason.
    Unanswered(String),
}

/// The pages of this program, beside those of a server where one is asked.
/// What is not answered is told, and no reason to believe the book less.
pub(super) async fn desk_pages(mut server: Option<&mut Client>) -> Vec<DeskPage> {
    let own: [(&str, &OneFile); 3] =
        [("/verify.html", verify_page()), ("/sign", sign_page()), ("/sign.html", sign_file())];
    let mut pages = Vec::new();
    for (path, page) in own {
        let served = match server.as_deref_mut() {
            Some(client) => match client.file(path).await {
                Ok(Some(bytes)) => Served::Page(sha256(&bytes)),
                Ok(None) => Served::Nothing,
                Err(why) => Served::Unanswered(why.to_string()),
            },
            None => Served::NotAsked,
        };
        let (sha256, script) = (sha256(page.html.as_bytes()), page.script_digest.as_str());
        pages.push(DeskPage { path, sha256, script, served });
    }
    pages
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// As JSON: the digests, and what is served.
pub(super) fn to_json(pages: &[DeskPage]) -> Value {
    let each = pages.iter().map(|page| {
        json!({
            "path": page.path,
            "sha256": page.sha256,
            "script": page.script,
            "served_sha256": if let Served::Page(served) = &page.served { Some(served) } else { None },
        })
    });
    json!({"version": env!("CARGO_PKG_VERSION"), "files": each.collect::<Vec<_>>(), "book_script": follow_digest()})
}

/// In lines: another page than this program's is no proof of anything, and to be asked about.
pub(super) fn show_pages(pages: &[DeskPage]) -> std::io::Result<()> {
    for page in pages {
        let served = match &page.served {
            Served::NotAsked => String::new(),
            Served::Page(served) if *served == page.sha256 => ", as the server has it".to_owned(),
            Served::Page(served) => {
                let other =
                    format!(", and the server has ANOTHER, sha256 {served}: of another version, or changed");
                other.yellow().to_string()
            }
            Served::Nothing => ", which the server does not have".to_owned(),
            Served::Unanswered(why) => format!(", and what the server has is not known: {why}"),
        };
        show::field("page", format!("{}  sha256 {}{served}", page.path, page.sha256))?;
        show::field("script", page.script)?;
    }
    show::field("page", "/book, whose script may follow what is recorded")?;
    show::field("script", follow_digest())
}
