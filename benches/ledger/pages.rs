//! What a page for people takes, over HTTP, of a server whose ledger has grown.

use crate::events::subject;
use crate::minutebook_peer::Minutebook;
use crate::peer::Error;
use crate::table::Table;
use minutebook::client::Client;
use minutebook::client::memory::Memory;
use std::time::Instant;

/// How often each is asked for.
const ASKED: usize = 40;

/// A page of each kind that grows with the ledger; `{body}` and `{entry}` are others each time.
const PAGES: [(&str, &str); 9] = [
    ("the first", "/"),
    ("the newest entries", "/book"),
    ("an entry", "/entry/{entry}"),
    ("a body", "/body/{body}"),
    ("its decisions", "/decisions?subject=body%2F{body}"),
    ("everything about it", "/about?of=body%2F{body}"),
    ("what differs of it", "/compare?subject=body%2F{body}&with_at=2019-01-01&at=2019-12-31"),
    ("findings", "/findings"),
    ("a search", "/search?q=clinical+commissioning"),
];

/// Asks for each, of a ledger with so many entries.
pub(crate) async fn measure(peer: &Minutebook, entries: usize, table: &mut Table) -> Result<(), Error> {
    let server = format!("http://127.0.0.1:{}", peer.port);
    let state = tempfile::tempdir()?;
    let mut client = Client::connect(&server, Memory::at(state.path())).await?;
    for (what, address) in PAGES {
        let mut times = Vec::new();
        for asked in 0..ASKED {
            let body = subject(asked * 13);
            let body = body.trim_start_matches("body/");
            let entry = (asked * 7919 * 613 % entries).to_string();
            let path = address.replace("{body}", body).replace("{entry}", &entry);
            let begun = Instant::now();
            client.file(&path).await?.ok_or_else(|| format!("there is no page {path}"))?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let (middle, last) = (times[times.len() / 2], times[times.len() * 95 / 100]);
        table.figure(
            &format!("page: {what}, at {entries}"),
            format!("{middle:.1?}, {last:.1?}"),
            "p50, p95 <= 100 ms",
        );
    }
    Ok(())
}
