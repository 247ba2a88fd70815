//! Appends and reading over gRPC, each beside the limit of this machine; then an audit of what was written.

use crate::audits;
use crate::events::Events;
use crate::limits::Limits;
use crate::minutebook_peer::Minutebook;
use crate::peer::{Error, Peer as _};
use crate::table::Table;
use crate::work::{Plan, Work, work};
use std::time::Instant;

/// Measures all of it, on a ledger of its own.
pub(crate) async fn measure(
    events: &Events,
    plan: &Plan,
    limits: &Limits,
    table: &mut Table,
) -> Result<(), Error> {
    let folder = tempfile::tempdir()?;
    let peer = Minutebook::start(folder.path(), &events.template()).await?;
    println!("\n{}: {}", Minutebook::NAME, Minutebook::SAYS);
    let outcome = work(&peer, events, plan, |figure| {
        let limit = match figure.work {
            Work::Append { clients, batch: 1 } => ("a call and a signature", limits.appends(clients)),
            Work::Append { .. } => ("signatures alone", limits.verified),
            Work::Read { .. } => ("tonic alone", limits.streamed),
        };
        table.rate(&figure.name, figure.per_second, limit, &figure.beside());
    });
    let outcome = outcome.await;
    let begun = Instant::now();
    peer.stop().await?;
    outcome?;
    table.figure("the server stops in", format!("{:.2} s", begun.elapsed().as_secs_f64()), "1 s");
    audits::measure(&folder.path().join("ledger"), limits, table).await
}
