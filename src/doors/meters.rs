//! What is counted at the door. Every label has few values: names from the table of methods, codes, our own reasons.

use super::methods::{CallKind, Method};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::borrow::Cow;
use std::time::Duration;

/// The bounds of how long calls take, in seconds.
const SECONDS: [f64; 9] = [0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0, 60.0];

/// The reason of those whose limit depends on what they asked.
const TOO_FAST: &str = "TOO_FAST";

/// Which limits are hit, by the reasons that callers are told.
const LIMITS: [(&str, &str); 7] = [
    ("TOO_MANY_CALLS", "calls"),
    ("TOO_MANY_FOLLOWERS", "followers"),
    ("TOO_MANY_STREAMS", "append_streams"),
    ("DEADLINE_EXCEEDED", "call"),
    ("REQUEST_TOO_SLOW", "body"),
    ("TOO_LARGE", "request_bytes"),
    ("QUEUE_FULL", "queue"),
];

type MethodLabel = [(&'static str, &'static str); 1];
type CallLabels = [(&'static str, Cow<'static, str>); 3];

/// What is counted at the door. Clones count together.
#[derive(Debug, Clone)]
pub struct DoorMeters {
    calls: Family<CallLabels, Counter>,
    seconds: Family<MethodLabel, Histogram>,
    request_bytes: Family<MethodLabel, Counter>,
    answer_bytes: Family<MethodLabel, Counter>,
    limits: Family<MethodLabel, Counter>,
    connections: Counter,
}

impl Default for DoorMeters {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            request_bytes: Family::default(),
            answer_bytes: Family::default(),
            limits: Family::default(),
            connections: Counter::default(),
        }
    }
}

impl DoorMeters {
    /// Has them shown.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "calls",
            "Calls that were answered, by method, code and reason",
            self.calls.clone(),
        );
        registry.register(
            "call_seconds",
            "How long calls took until the end of their answer",
            self.seconds.clone(),
        );
        registry.register("request_bytes", "Bytes of requests, by method", self.request_bytes.clone());
        registry.register("answer_bytes", "Bytes of answers, by method", self.answer_bytes.clone());
        registry.register(
            "limits_hit",
            "How often a limit of docs/configuration.md was hit, by its name",
            self.limits.clone(),
        );
        registry.register("connections_let_in", "Connections that were let in", self.connections.clone());
    }

    pub(super) fn let_in(&self) {
        self.connections.inc();
    }

    /// A limit was hit, by its name.
    pub(super) fn limit(&self, name: &'static str) {
        self.limits.get_or_create(&[("limit", name)]).inc();
    }

    pub(super) fn answered(&self, method: Method, bytes: u64) {
        self.answer_bytes.get_or_create(&[("method", method.name)]).inc_by(bytes);
    }

    /// A call has ended.
    pub(super) fn ended(
        &self,
        method: Method,
        (code, reason): (Cow<'static, str>, String),
        time: Duration,
        bytes: u64,
    ) {
        if let Some(limit) = limit_of(method.kind, &reason) {
            self.limit(limit);
        }
        let name = [("method", method.name)];
        self.seconds.get_or_create(&name).observe(time.as_secs_f64());
        self.request_bytes.get_or_create(&name).inc_by(bytes);
        let labels = [("method", Cow::Borrowed(method.name)), ("code", code), ("reason", Cow::Owned(reason))];
        self.calls.get_or_create(&labels).inc();
    }
}

/// Which limit was hit, by its name, where one was.
fn limit_of(kind: CallKind, reason: &str) -> Option<&'static str> {
    if reason == TOO_FAST {
        return Some(if kind == CallKind::Append { "appends_rate" } else { "questions_rate" });
    }
    LIMITS.iter().find(|(told, _limit)| *told == reason).map(|(_told, limit)| *limit)
}
