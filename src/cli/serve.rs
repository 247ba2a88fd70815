use super::context::Context;
use super::door::{DoorArgs, open_door};
use super::exit::Usage;
use super::layered::{ConfigArgs, Flags, settled};
use super::log_keys::open_with_keys;
use super::supervised;
use super::witnessing::{WitnessingArgs, asked};
use super::writing::now;
use super::{exit, show, told};
use crate::config::{Layer, SERVE_PREFIX, ServeConfig, ServerSettings, load};
use crate::doors::Ending;
use crate::ledger::{Index, Ledger, Outlook, Reader, Shelf, Stop, SystemClock, WriterPatience};
use crate::published::Publisher;
use crate::server::{self, SeenCosigner, Surroundings};
use anyhow::Context as _;
use minutebook_log::Timestamp;
use minutebook_store::SledEngine;
use sd_notify::NotifyState;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Serves a ledger over gRPC (log, register, health, reflection) until it is told to stop (Ctrl-C, SIGTERM);
/// then it finishes what it has begun.
///
/// Everything that can be set has a key (docs/configuration.md): in a file, in the environment, or with --set.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook serve --dir book --listen 127.0.0.1:7419
  minutebook serve --dir book --listen 0.0.0.0:7419 --tls-certificate server.pem --tls-key server-key.pem
  minutebook serve --dir book --witness-policy neighbours.policy --on-no-quorum hold
  minutebook serve --config minutebook.toml --log-level info --log-format json")]
pub(crate) struct Args {
    /// The ledger's folder, made by init.
    #[arg(long)]
    dir: Option<String>,
    /// The file of tokens by which callers are known (minutebook token new).
    #[arg(long, value_name = "FILE")]
    tokens: Option<String>,
    /// A key file that signs the log's checkpoints; again for each other. Those named log-key*.pem in the folder are
    /// found, also while it serves: the book says which of them signs (minutebook key rotate-log).
    #[arg(long, value_name = "FILE")]
    log_key: Vec<String>,
    /// Goes on after a last entry that was recorded at this very time, which is yet to come: a clock was ahead then. What
    /// follows is recorded at the same time until the clock has come there.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse_recorded)]
    go_on_after: Option<Timestamp>,
    #[command(flatten)]
    witnessing: WitnessingArgs,
    #[command(flatten)]
    door: DoorArgs,
    #[command(flatten)]
    config: ConfigArgs,
}

impl Args {
    fn layer(self) -> Layer {
        let mut flags = Flags::default();
        flags.one("dir", "--dir", self.dir);
        flags.one("tokens.file", "--tokens", self.tokens);
        flags.several("log_key", "--log-key", self.log_key);
        self.witnessing.tell(&mut flags);
        self.door.tell(&mut flags);
        self.config.layer(SERVE_PREFIX, flags)
    }

    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let go_on_after = self.go_on_after;
        let loaded = load(ServeConfig::default(), &self.layer());
        told::begin(&loaded.config.logging);
        serve(context, settled(loaded.check(now()?))?, go_on_after).await
    }
}

async fn serve(
    context: &Context,
    settings: ServerSettings,
    go_on_after: Option<Timestamp>,
) -> anyhow::Result<()> {
    let ServerSettings { dir, listen, metrics_listen, log_keys, tls, tokens, witnesses, scrub, limits } =
        settings;
    let engine = SledEngine::open(&dir)?;
    let index = Index { shelf: Some(Shelf::of(&dir)), ..Index::default() };
    let patience = WriterPatience { go_on_after, ..WriterPatience::default() };
    let open = async |ring| Ledger::open_patiently(engine, SystemClock::new(), ring, index, patience).await;
    let ledger = open_with_keys(context, &dir, &log_keys, open).await?;
    go_on_after.map_or(Ok(()), |told| check_go_on_after(told, ledger.reader()))?;
    ledger.measure_syncs();
    end_where_a_start_is_needed(ledger.reader().watch_stop());
    let mut publisher = Publisher::open(&dir.join("published"), &ledger).await?;
    let scrub = Some(ledger.scrub_with(scrub, vec![Arc::new(publisher.compared())]));
    let mut around = Surroundings { dir: Some(dir.clone()), scrub, ..Surroundings::default() };
    let keys = ledger.reader().log_keys();
    let signs = keys.newest().context("the log has no key")?;
    if let Some((policy, setting)) = witnesses {
        let (witnesses, said) = asked(policy, setting, signs).context("the policy")?;
        let standings = witnesses.standings();
        let (witnesses, witnessed) = SeenCosigner::of(Arc::new(witnesses), standings);
        around.witnessed = Some(witnessed);
        publisher = publisher.with_cosigner(Arc::new(witnesses));
        show::say(format!("witnesses  {said}"));
        publisher.ask_first().await?;
    }
    let (mut doors, url) = open_door(listen, tls, limits).await?;
    if let Some(tokens) = tokens {
        doors = doors.with_tokens(Arc::new(tokens));
    }
    let reader = ledger.reader();
    let head = reader.head();
    show::say(format!("ledger     {} (opens with {})", reader.opening().origin, reader.id()));
    if reader.is_re_enactment() {
        show::say("purpose    re-enactment: recorded times follow the events' own");
    }
    show::say(format!("size       {}, the last with the hash {}", show::entries(head.size), head.hash));
    if let Some(beside) = metrics_listen {
        let listener = TcpListener::bind(beside).await.with_context(|| format!("listening on {beside}"))?;
        show::say(format!("figures    http://{}/metrics", listener.local_addr()?));
        around.metrics = Some(listener);
    }
    let ending = ending_on_signals()?;
    show::say(format!("listening  {url}"));
    supervised::ready();
    server::serve_within(doors, ledger, Some(publisher), around, ending).await?;
    show::say("stopped: everything that was acknowledged is stored");
    Ok(())
}

/// Holds an operator's word against the last entry: it is about one that is recorded at this very time, which is yet to come.
/// A time that has come meanwhile is said and stops nothing: it may stand in a unit.
///
/// # Errors
/// [`Usage`] where nothing is ahead, and for another time.
fn check_go_on_after(told: Timestamp, reader: &Reader<SledEngine>) -> Result<(), Usage> {
    let (now, last) = (reader.now(), reader.known().book().record().last_recorded());
    match (last > now, told) {
        (true, told) if told == last => Ok(()),
        (true, told) => Err(Usage(format!(
            "--go-on-after {told}: the last entry was recorded at {last}, which is yet to come; it is gone on after with that \
             very time"
        ))),
        (false, told) if told <= now => {
            show::say(format!(
                "--go-on-after {told} is not needed any more: nothing is ahead, the last entry was recorded at {last}"
            ));
            Ok(())
        }
        (false, told) => Err(Usage(format!(
            "--go-on-after {told}: nothing is ahead. The last entry was recorded at {last}, and it is {now}: leave it out"
        ))),
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
        supervised::tell(NotifyState::Stopping);
        show::say("stopping: what is under way is finished; a second signal cuts it off");
        told.stop();
        next().await;
        show::say("cutting off what is still under way");
        told.cut();
    });
    Ok(ending)
}
