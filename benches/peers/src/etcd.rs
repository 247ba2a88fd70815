//! etcd: a replicated log and store of keys, here of one member, whose writes are synced before they are answered.

use crate::installed::installed;
use crate::peer::{Error, Payload, Peer, Writer};
use crate::process;
use etcd_client::{Client, GetOptions, SortOrder, SortTarget, Txn, TxnOp};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::process::{Child, Command};

/// How many keys one read has.
const PAGE: i64 = 2000;

/// A member.
pub struct Etcd {
    port: u16,
    child: Child,
    next: Arc<AtomicU64>,
}

/// A connection that appends; keys are numbered by who sends.
pub struct EtcdWriter {
    client: Client,
    next: Arc<AtomicU64>,
}

fn key(number: u64) -> String {
    format!("entry/{number:012}")
}

impl Etcd {
    async fn client(&self) -> Result<Client, Error> {
        Ok(Client::connect([format!("http://127.0.0.1:{}", self.port)], None).await?)
    }
}

impl Peer for Etcd {
    const NAME: &'static str = "etcd";
    const SAYS: &'static str = "no signature, no chain, one member, fsync before each answer";

    type Writer = EtcdWriter;

    async fn start(folder: &Path, _template: &Path) -> Result<Self, Error> {
        let (port, peers) = (process::port(), process::port());
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        let mut command = Command::new(installed("etcd", &["/usr/bin"])?);
        command.arg("--data-dir").arg(folder.join("etcd")).args([
            "--listen-client-urls",
            &at(port),
            "--advertise-client-urls",
            &at(port),
            "--listen-peer-urls",
            &at(peers),
            "--initial-advertise-peer-urls",
            &at(peers),
            "--initial-cluster",
            &format!("default={}", at(peers)),
            "--quota-backend-bytes",
            "8589934592",
            "--max-txn-ops",
            "1000",
            "--max-request-bytes",
            "8388608",
            "--log-level",
            "error",
        ]);
        let peer = Self { port, child: process::start(command, port).await?, next: Arc::default() };
        // It listens before it has elected itself.
        while peer.client().await?.get("ready", None).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Ok(peer)
    }

    async fn connect(&self) -> Result<EtcdWriter, Error> {
        Ok(EtcdWriter { client: self.client().await?, next: Arc::clone(&self.next) })
    }

    async fn read(&self, mut take: impl FnMut(&[u8]) + Send) -> Result<(), Error> {
        let (mut client, mut from) = (self.client().await?, key(0));
        loop {
            let options = GetOptions::new().with_range("entry0").with_limit(PAGE);
            let options = options.with_sort(SortTarget::Key, SortOrder::Ascend);
            let page = client.get(from.clone(), Some(options)).await?;
            page.kvs().iter().for_each(|found| take(found.value()));
            let Some(last) = page.kvs().last().filter(|_last| page.more()) else { return Ok(()) };
            from = format!("{}\0", last.key_str()?);
        }
    }

    async fn stop(self) -> Result<(), Error> {
        process::stop(self.child).await
    }
}

impl Writer for EtcdWriter {
    async fn append(&mut self, events: Vec<Payload>) -> Result<(), Error> {
        let first = self.next.fetch_add(events.len() as u64, Ordering::Relaxed);
        let puts = (first..).zip(events);
        let puts: Vec<_> = puts.map(|(number, event)| TxnOp::put(key(number), event.event, None)).collect();
        self.client.txn(Txn::new().and_then(puts)).await?;
        Ok(())
    }
}
