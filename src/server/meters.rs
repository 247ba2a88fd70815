//! All figures of a server, as Prometheus reads them: what is counted where it happens, and what is looked at when it is
//! asked for.

use super::around::{QuorumState, Surroundings};
use super::health::Health;
use crate::doors::{Descriptors, Doors, Room, Tls};
use crate::ledger::Ledger;
use crate::service::LogGauges;
use minutebook_store::Engine;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

type FloatGauge = Gauge<f64, AtomicU64>;
type PartLabel = [(&'static str, String); 1];

/// What is looked at when figures are asked for.
#[derive(Debug, Default, Clone)]
struct Looked {
    connections: Gauge,
    held_bytes: Gauge,
    followers: Gauge,
    feed_bytes: Gauge,
    append_streams: Gauge,
    queue_requests: Gauge,
    queue_bytes: Gauge,
    entries: Gauge,
    published: Gauge,
    segments: Gauge,
    store_bytes: Gauge,
    segment_bytes: Gauge,
    scrub_position: Gauge,
    scrub_rounds: Gauge,
    scrub_damaged: Gauge,
    scrub_last: FloatGauge,
    has_quorum: Gauge,
    witness_age: Family<PartLabel, FloatGauge>,
    ready: Gauge,
    parts: Family<PartLabel, Gauge>,
    certificate: Gauge,
    memory: Gauge,
    descriptors: Gauge,
    descriptors_max: Gauge,
}

/// All figures of a server.
pub(super) struct ServerMeters<E: Engine> {
    registry: Registry,
    looked: Looked,
    health: Arc<Health<E>>,
    ledger: Ledger<E>,
    log: LogGauges<E>,
    room: Arc<Room>,
    tls: Option<Arc<Tls>>,
    dir: Option<PathBuf>,
    witnessed: Option<tokio::sync::watch::Receiver<QuorumState>>,
}

impl<E: Engine> ServerMeters<E> {
    pub(super) fn new(
        doors: &Doors,
        ledger: &Ledger<E>,
        log: LogGauges<E>,
        health: &Arc<Health<E>>,
        around: &Surroundings,
    ) -> Self {
        let (mut registry, looked) = (Registry::default(), Looked::default());
        let own = registry.sub_registry_with_prefix("minutebook");
        doors.meters().register(own);
        ledger.reader().meters().register(own);
        looked.register(own);
        looked.register_process(&mut registry);
        let witnessed = around.witnessed.as_ref().map(|witnessed| witnessed.state.clone());
        Self {
            registry,
            looked,
            health: Arc::clone(health),
            ledger: ledger.clone(),
            log,
            room: doors.room(),
            tls: doors.tls(),
            dir: around.dir.clone(),
            witnessed,
        }
    }

    /// The figures now, in the text of OpenMetrics. Blocks: files are looked at.
    pub(super) fn text(&self) -> Result<String, std::fmt::Error> {
        self.look();
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn look(&self) {
        let looked = &self.looked;
        looked.connections.set(whole(self.room.connections()));
        looked.held_bytes.set(whole(self.room.held()));
        looked.followers.set(whole(self.log.followers()));
        looked.feed_bytes.set(whole(self.log.feed_bytes()));
        looked.append_streams.set(whole(self.log.streams()));
        let queue = self.ledger.queue();
        looked.queue_requests.set(whole(queue.requests));
        looked.queue_bytes.set(whole(queue.bytes));
        let known = self.ledger.reader().known();
        looked.entries.set(whole(known.head().size));
        looked.segments.set(whole(known.book().segments().0));
        looked.published.set(whole(self.health.published_size()));
        if let Some(dir) = &self.dir {
            looked.store_bytes.set(whole(bytes_beneath(&dir.join("store"))));
            looked.segment_bytes.set(whole(bytes_beneath(&dir.join("segments"))));
        }
        if let Some(expires) = self.tls.as_ref().and_then(|tls| tls.expires()) {
            looked.certificate.set(expires);
        }
        self.look_at_health();
        look_at_process(looked);
    }

    fn look_at_health(&self) {
        let looked = &self.looked;
        let report = self.health.report();
        looked.ready.set(i64::from(report.is_ready()));
        for part in &report.0 {
            let state = i64::from(part.state != super::health::PartState::NotReady);
            looked.parts.get_or_create(&[("part", part.name.to_owned())]).set(state);
        }
        if let Some(scrubbed) = self.health.scrubbed() {
            looked.scrub_position.set(whole(scrubbed.next.0));
            looked.scrub_rounds.set(whole(scrubbed.rounds));
            looked.scrub_damaged.set(i64::from(scrubbed.damage.is_some()));
            looked.scrub_last.set(scrubbed.finished.map_or(0.0, |last| last.as_micros() as f64 / 1e6));
        }
        if let Some(witnessed) = &self.witnessed {
            looked.has_quorum.set(i64::from(!matches!(*witnessed.borrow(), QuorumState::Missing { .. })));
        }
        for (name, age) in self.health.witness_ages() {
            looked.witness_age.get_or_create(&[("witness", name)]).set(age);
        }
    }
}

impl Looked {
    fn register(&self, own: &mut Registry) {
        let gauges = [
            ("connections", "Connections that are open", &self.connections),
            ("held_bytes", "Bytes of requests and answers that are held for callers", &self.held_bytes),
            ("followers", "Those who follow the log now", &self.followers),
            ("follower_feed_bytes", "Bytes that are kept for all who follow", &self.feed_bytes),
            ("append_streams", "Streams that append now", &self.append_streams),
            ("queue_requests", "Requests that wait to be written", &self.queue_requests),
            ("queue_bytes", "Bytes that wait to be written", &self.queue_bytes),
            ("entries", "Entries that are durable", &self.entries),
            ("published_entries", "Entries that are published", &self.published),
            ("segments", "Segments of the index", &self.segments),
            ("store_bytes", "Bytes of the store's files", &self.store_bytes),
            ("segment_bytes", "Bytes of the index's files", &self.segment_bytes),
            ("scrub_position", "Where the scrub goes on", &self.scrub_position),
            ("scrub_rounds", "Rounds of the scrub that have ended since the start", &self.scrub_rounds),
            ("scrub_damaged", "Whether the scrub has found damage", &self.scrub_damaged),
            ("witness_quorum", "Whether a quorum of witnesses signed last", &self.has_quorum),
            ("ready", "Whether the server is ready, as /readyz says", &self.ready),
            (
                "certificate_expiry_timestamp_seconds",
                "Until when the served certificate holds, since 1970; 0 without TLS",
                &self.certificate,
            ),
        ];
        for (name, help, gauge) in gauges {
            own.register(name, help, gauge.clone());
        }
        own.register(
            "scrub_last_timestamp_seconds",
            "When the scrub's last round ended, since 1970; 0 before the first",
            self.scrub_last.clone(),
        );
        own.register(
            "witness_age_seconds",
            "How old a witness's newest signature is, by this machine's clock; since the start, where it has given none",
            self.witness_age.clone(),
        );
        own.register("part_ready", "Whether a part of /readyz is ready", self.parts.clone());
    }

    /// What any process has, by the names that are usual.
    fn register_process(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "process_resident_memory",
            "Memory that this process has",
            Unit::Bytes,
            self.memory.clone(),
        );
        registry.register("process_open_fds", "Files that this process has open", self.descriptors.clone());
        registry.register("process_max_fds", "Files that it may have open", self.descriptors_max.clone());
    }
}

fn look_at_process(looked: &Looked) {
    let descriptors = Descriptors::now();
    looked.descriptors.set(whole(descriptors.open));
    looked.descriptors_max.set(whole(descriptors.limit));
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<i64>().ok());
    looked.memory.set(kib.map_or(0, |kib| kib * 1024));
}

fn whole(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// The bytes of all files beneath a folder; what can't be looked at counts nothing.
fn bytes_beneath(folder: &Path) -> u64 {
    let (mut bytes, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => bytes += metadata.len(),
                Err(_gone) => {}
            }
        }
    }
    bytes
}
