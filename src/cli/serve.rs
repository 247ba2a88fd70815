use super::context::Context;
use super::door::DoorArgs;
use super::log_keys::key_ring;
use super::witnessing::WitnessingArgs;
use super::{exit, show, told};
use crate::doors::{Ending, Limits};
use crate::ledger::{Index, Ledger, Outlook, ScrubPace, Shelf, Stop, SystemClock, WriterPatience};
use crate::published::Publisher;
use crate::server;
use anyhow::Context as _;
use minutebook_log::Timestamp;
use minutebook_store::SledEngine;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Serves a ledger over gRPC (log, register, health, reflection) until it is told to stop (Ctrl-C, SIGTERM);
/// then it finishes what it has begun.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook serve --dir book --listen 127.0.0.1:7419
  minutebook serve --dir book --listen 0.0.0.0:7419 --tls-certificate server.pem --tls-key server-key.pem
  minutebook serve --dir book --witness-policy neighbours.policy --on-no-quorum hold")]
pub(crate) struct Args {
    /// The ledger's folder, made by init.
    #[arg(long)]
    dir: PathBuf,
    /// The address; port 0 takes a free one and says which.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7419")]
    listen: SocketAddr,
    /// A key file that signs the log's checkpoints; again for each other. Those named log-key*.pem in the folder are
    /// found, also while it serves: the book says which of them signs (minutebook key rotate-log).
    #[arg(long, value_name = "FILE")]
    log_key: Vec<PathBuf>,
    /// Goes on after a last entry that was recorded at this very time, which is yet to come: a clock was ahead then. What
    /// follows is recorded at the same time until the clock has come there.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse_recorded)]
    go_on_after: Option<Timestamp>,
    #[command(flatten)]
    witnessing: WitnessingArgs,
    #[command(flatten)]
    door: DoorArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        told::begin();
        let engine = SledEngine::open(&self.dir)?;
        let index = Index { shelf: Some(Shelf::of(&self.dir)), ..Index::default() };
        let ring = key_ring(context, &self.dir, &self.log_key)?;
        let patience = WriterPatience { go_on_after: self.go_on_after, ..WriterPatience::default() };
        let ledger = Ledger::open_patiently(engine, SystemClock::new(), ring, index, patience).await?;
        end_where_a_start_is_needed(ledger.reader().watch_stop());
        let mut publisher = Publisher::open(&self.dir.join("published"), &ledger).await?;
        // What it finds is said in the log.
        let _told = ledger.scrub_with(ScrubPace::default(), vec![Arc::new(publisher.compared())]);
        let keys = ledger.reader().log_keys();
        let signs = keys.newest().context("the log has no key")?;
        if let Some((witnesses, said)) = self.witnessing.witnesses(signs)? {
            publisher = publisher.with_cosigner(Arc::new(witnesses));
            show::say(format!("witnesses  {said}"));
            publisher.ask_first().await?;
        }
        let (doors, url) = self.door.open(self.listen, Limits::default()).await?;
        let reader = ledger.reader();
        let head = reader.head();
        show::say(format!("ledger     {} (opens with {})", reader.opening().origin, reader.id()));
        if reader.is_re_enactment() {
            show::say("purpose    re-enactment: recorded times follow the events' own");
        }
        show::say(format!("size       {}, the last with the hash {}", show::entries(head.size), head.hash));
        let ending = ending_on_signals()?;
        show::say(format!("listening  {url}"));
        server::serve(doors, ledger, Some(publisher), ending).await?;
        show::say("stopped: everything that was acknowledged is stored");
        Ok(())
    }
}

/// Ends the program once its ledger can go on only after another start.
fn end_where_a_start_is_needed(mut stopped: watch::Receiver<Option<Stop>>) {
    tokio::spawn(async move {
        let is_needed =
            |stop: &Option<Stop>| stop.as_ref().is_some_and(|stop| stop.outlook() == Outlook::Restart);
        if let Ok(stop) = stopped.wait_for(is_needed).await
            && let Some(stop) = &*stop
        {
            exit::restart(stop);
        }
    });
}

/// The order to stop, once the program is told to (Ctrl-C, SIGTERM); told again, it cuts off whatever is still under way.
/// Listens from now on.
pub(super) fn ending_on_signals() -> anyhow::Result<Ending> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let ending = Ending::default();
    let told = ending.clone();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        next().await;
        show::say("stopping: what is under way is finished; a second signal cuts it off");
        told.stop();
        next().await;
        show::say("cutting off what is still under way");
        told.cut();
    });
    Ok(ending)
}
