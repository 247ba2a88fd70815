//! What is counted where entries are written.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Duration;

/// What waits to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueFill {
    /// How many requests.
    pub requests: usize,
    /// How much they have together, in bytes, to a KiB.
    pub bytes: usize,
}

type AppendLabels = [(&'static str, String); 2];

/// What is counted where entries are written. Clones count together.
#[derive(Debug, Clone)]
pub struct LedgerMeters {
    entries: Counter,
    appends: Family<AppendLabels, Counter>,
    commit: Histogram,
    sync: Histogram,
    batch: Histogram,
}

impl Default for LedgerMeters {
    fn default() -> Self {
        // From a quarter of a millisecond to two seconds.
        let seconds = || Histogram::new(exponential_buckets(0.000_25, 2.0, 14));
        let batch = Histogram::new([1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0]);
        let (entries, appends) = (Counter::default(), Family::default());
        Self { entries, appends, commit: seconds(), sync: seconds(), batch }
    }
}

impl LedgerMeters {
    /// Has them shown.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("entries_appended", "Entries that were made durable", self.entries.clone());
        registry.register(
            "appends",
            "Requests to append, by outcome (taken, refused) and the reason of a refusal",
            self.appends.clone(),
        );
        registry.register(
            "commit_seconds",
            "How long a commit took until it was durable",
            self.commit.clone(),
        );
        registry.register("sync_seconds", "How long the disk took to sync a commit", self.sync.clone());
        registry.register("batch_entries", "How many entries a commit had", self.batch.clone());
    }

    /// Entries were made durable together.
    pub(super) fn committed(&self, entries: u64, time: Duration) {
        self.entries.inc_by(entries);
        self.commit.observe(time.as_secs_f64());
        self.batch.observe(entries as f64);
    }

    /// The disk has synced a commit.
    pub fn synced(&self, time: Duration) {
        self.sync.observe(time.as_secs_f64());
    }

    /// A request to append was answered, with one of this program's own reasons where it was refused.
    pub(crate) fn answered(&self, refused: Option<String>) {
        let outcome = if refused.is_some() { "refused" } else { "taken" };
        let labels = [("outcome", outcome.to_owned()), ("reason", refused.unwrap_or_default())];
        self.appends.get_or_create(&labels).inc();
    }
}
