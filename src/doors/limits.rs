//! What a stranger can make this program hold, by name.

use crate::settings::settings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::time::Duration;

/// How many files are kept free for the program itself beside those that it has open: each commit opens a folder,
/// each published tile a file, and whoever looks at the folder wants some too.
const DESCRIPTORS_KEPT_FREE: usize = 48;

settings! {
    /// The bounds of everything that comes in. Each has a default that suits a small machine.
    pub struct Limits {
        /// The most connections at once. Who comes then takes the place of the one that has been idle longest; where none is idle,
        /// of one of the address that has most of them; or is turned away.
        pub connections: usize = 1024,
        /// The most calls at once on one connection; HTTP/2 tells the client, which waits by itself.
        pub streams: u32 = 128,
        /// The most calls that are worked on at once, by all connections. Beyond it a call of whoever has most gives way.
        pub calls: usize = 1024,
        /// The most followers at once, by all connections.
        pub followers: usize = 2048,
        /// The most bytes of requests and answers that are held at once, by all connections. Beyond it the connection
        /// that has held most for longest is cut, and nothing more is made before that is gone; and one that holds a
        /// thirty-second of it is not worked for until it has taken some.
        pub bytes_in_flight: usize = 256 * 1024 * 1024,
        /// The most bytes of one request.
        pub request_bytes: usize = 8 * 1024 * 1024,
        /// How many calls that append a client may make in a second for long: whoever is known by a token or a certificate,
        /// else an address (of IPv6 its first 64 bits). What comes from this machine itself without a name is not counted.
        pub appends_rate: u32 = 2000,
        /// The same of all other calls.
        pub questions_rate: u32 = 2000,
        /// How many calls a client may make at once beyond that.
        pub rate_burst: u32 = 10_000,
        /// The most clients whose rates are kept. Beyond it those that were not here for longest are forgotten.
        pub rate_clients: usize = 4096,
        /// How many frames that are part of no request (pings, settings, resets, empty data) a connection over HTTP/2 may send
        /// in a second for long, beside those that acknowledge what it is sent. It is read no faster.
        pub frames_rate: u32 = 200,
        /// How many of them it may send at once beyond that.
        pub frames_burst: u32 = 2000,
        /// How long a TLS handshake may take.
        pub handshake: Duration = Duration::from_secs(10),
        /// How often the files of certificates are looked at.
        pub certificates: Duration = Duration::from_secs(30),
        /// How long a new connection may take until its first request, or the head of any request over HTTP/1, is whole.
        pub head: Duration = Duration::from_secs(20),
        /// How long the body of a request may take.
        pub body: Duration = Duration::from_secs(30),
        /// How long a call may be worked on until it is answered.
        pub call: Duration = Duration::from_secs(120),
        /// How long what was answered may wait for somebody who does not read it.
        pub unread: Duration = Duration::from_secs(60),
        /// How long a connection may be idle.
        pub idle: Duration = Duration::from_secs(300),
        /// After what silence the other side is asked whether it is there (HTTP/2).
        pub keepalive: Duration = Duration::from_secs(20),
        /// How long it may take to answer that.
        pub keepalive_answer: Duration = Duration::from_secs(10),
        /// The pause after a connection could not be accepted.
        pub pause: Duration = Duration::from_millis(100),
        /// How long streams may go on once the server is told to stop.
        pub streams_grace: Duration = Duration::from_secs(1),
        /// How long calls that are worked on may go on once the server is told to stop.
        pub calls_grace: Duration = Duration::from_secs(10),
    }
}

impl Limits {
    /// With as many connections as these descriptors leave room for, at most.
    #[must_use]
    pub fn within(self, descriptors: Descriptors) -> Self {
        Self { connections: self.connections.min(descriptors.for_connections()), ..self }
    }

    /// How often a connection is looked after: a fraction of the shortest time that is looked at.
    pub(super) fn round(&self) -> Duration {
        let shortest = self.head.min(self.unread).min(self.idle);
        (shortest / 8).clamp(Duration::from_millis(10), Duration::from_secs(1))
    }
}

/// How many files this process may have open, and how many it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptors {
    /// The most that it may have.
    pub limit: usize,
    /// Those that are open now.
    pub open: usize,
}

impl Descriptors {
    /// Raises the limit of this process as far as it is allowed to, and looks how many are open. Where that can't be
    /// seen (no `/proc`), as many are taken to be open as are kept free.
    pub fn raise() -> Self {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        // What is refused here stays as it was, and is read again below.
        let _as_before = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        Self::now()
    }

    /// How it is now.
    pub fn now() -> Self {
        let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let open = std::fs::read_dir("/proc/self/fd").map_or(DESCRIPTORS_KEPT_FREE, Iterator::count);
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), open }
    }

    /// How many of them connections may take. One at least: who has so few should be told, not turned away silently.
    fn for_connections(self) -> usize {
        self.limit.saturating_sub(self.open).saturating_sub(DESCRIPTORS_KEPT_FREE).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_stay_below_the_descriptors() {
        let connections = |limit, open| Limits::default().within(Descriptors { limit, open }).connections;
        assert_eq!(connections(1_000_000, 30), Limits::default().connections);
        assert_eq!(connections(100, 20), 32);
        assert_eq!(connections(60, 25), 1, "too few for more than one");
    }

    #[test]
    fn what_is_open_is_seen() {
        let descriptors = Descriptors::raise();
        assert!(descriptors.open > 2 && descriptors.limit > descriptors.open, "{descriptors:?}");
    }
}
