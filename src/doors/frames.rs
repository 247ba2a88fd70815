//! How much a connection may say without asking for anything. HTTP/2 has frames that cost their sender nothing and are part
//! of no request: pings, settings, resets, empty data. A connection that sends more of them than it may is read no faster
//! than it may; nobody is cut for it, and nobody else waits.
//!
//! What this program sends is answered by such frames too (acknowledgements, window updates), so each byte that is sent
//! earns the other side some.

use super::limits::Limits;
use super::meters::DoorMeters;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What every connection over HTTP/2 starts with (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How many bytes the head of a frame has (RFC 9113, 4.1).
const HEAD_BYTES: usize = 9;

/// DATA with fewer bytes than that is as good as empty, unless it ends a request or is all of its message.
const DATA_BYTES_MIN: u32 = 64;

/// How many bytes that are sent earn the other side one frame. Less would let each answered ping pay for the next.
const BYTES_A_FRAME: i64 = 64;

/// Kinds of frames (RFC 9113, 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;

/// The flag that ends a stream, of DATA and HEADERS.
const END_STREAM: u8 = 1;

/// A connection that is read no faster than its frames allow.
#[derive(Debug)]
pub(super) struct Frames<Io> {
    io: Io,
    walk: Walk,
    allowance: Allowance,
    waits: Option<Pin<Box<Sleep>>>,
    meters: DoorMeters,
}

impl<Io> Frames<Io> {
    pub(super) fn new(io: Io, limits: &Limits, meters: DoorMeters) -> Self {
        let allowance = Allowance::new(limits.frames_rate, limits.frames_burst, Instant::now());
        Self { io, walk: Walk::Preface(0), allowance, waits: None, meters }
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Frames<Io> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while let Some(wait) = this.allowance.wait(Instant::now()) {
            if this.waits.is_none() {
                this.meters.limit("frames_rate");
            }
            let until = Instant::now() + wait;
            let waits = this.waits.get_or_insert_with(|| Box::pin(sleep_until(until)));
            waits.as_mut().reset(until);
            ready!(waits.as_mut().poll(context));
        }
        this.waits = None;
        let before = into.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(context, into))?;
        let came = into.filled().get(before..).unwrap_or_default();
        this.allowance.spend(this.walk.over(came));
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> Frames<Io> {
    fn earns(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &written {
            self.allowance.earn(*bytes);
        }
        written
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Frames<Io> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        this.earns(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write_vectored(context, slices);
        this.earns(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}

/// What a connection may still send, in bytes that frames are worth; less than nothing where it owes.
#[derive(Debug)]
struct Allowance {
    bytes: i64,
    max: i64,
    rate: i64,
    since: Instant,
}

impl Allowance {
    fn new(rate: u32, burst: u32, now: Instant) -> Self {
        let (rate, max) = (i64::from(rate.max(1)) * BYTES_A_FRAME, i64::from(burst) * BYTES_A_FRAME);
        Self { bytes: max, max, rate, since: now }
    }

    fn earn(&mut self, bytes: usize) {
        let earned = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.bytes = self.bytes.saturating_add(earned).min(self.max);
    }

    fn spend(&mut self, frames: i64) {
        self.bytes = self.bytes.saturating_sub(frames.saturating_mul(BYTES_A_FRAME)).min(self.max);
    }

    /// How long it has to wait; nothing where it owes nothing.
    fn wait(&mut self, now: Instant) -> Option<Duration> {
        if self.bytes >= 0 {
            return None;
        }
        let passed = now.saturating_duration_since(self.since).as_nanos();
        let refill = passed.saturating_mul(self.rate.unsigned_abs().into()) / 1_000_000_000;
        let whole = self.bytes.saturating_add(i64::try_from(refill).unwrap_or(i64::MAX)).min(self.max);
        (self.bytes, self.since) = (whole, now);
        let owed = self.bytes.min(0).unsigned_abs();
        let nanos = owed.saturating_mul(1_000_000_000).div_ceil(self.rate.unsigned_abs());
        (owed > 0).then(|| Duration::from_nanos(nanos))
    }
}

/// Where in what a connection sends its reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// So much of the preface has come.
    Preface(usize),
    /// So much of a frame's head has come.
    Head([u8; HEAD_BYTES], usize),
    /// So much of a frame's content is still to come.
    Content(u32),
    /// It speaks something else.
    Otherwise,
}

impl Walk {
    /// Goes over what has come; what the frames that began in it cost.
    fn over(&mut self, mut bytes: &[u8]) -> i64 {
        let mut frames: i64 = 0;
        while let Some((first, rest)) = bytes.split_first() {
            bytes = rest;
            *self = match *self {
                Self::Otherwise => return frames,
                Self::Preface(come) if PREFACE.get(come) != Some(first) => Self::Otherwise,
                Self::Preface(come) if come + 1 == PREFACE.len() => Self::Head([0; HEAD_BYTES], 0),
                Self::Preface(come) => Self::Preface(come + 1),
                Self::Head(mut head, come) => {
                    if let Some(byte) = head.get_mut(come) {
                        *byte = *first;
                    }
                    if come + 1 < HEAD_BYTES {
                        Self::Head(head, come + 1)
                    } else {
                        let [a, b, c, kind, flags, ..] = head;
                        let length = u32::from_be_bytes([0, a, b, c]);
                        frames = frames.saturating_add(price(kind, flags, length));
                        Self::content(length)
                    }
                }
                Self::Content(left) => {
                    let skipped = usize::try_from(left - 1).unwrap_or(usize::MAX).min(bytes.len());
                    bytes = bytes.get(skipped..).unwrap_or_default();
                    Self::content((left - 1).saturating_sub(u32::try_from(skipped).unwrap_or(u32::MAX)))
                }
            };
        }
        frames
    }

    fn content(left: u32) -> Self {
        if left == 0 { Self::Head([0; HEAD_BYTES], 0) } else { Self::Content(left) }
    }
}

/// What a frame costs, in frames that ask for nothing. How many requests there may be is bounded elsewhere: the head of one
/// pays for its message, however small that is, and its reset takes that back.
fn price(kind: u8, flags: u8, length: u32) -> i64 {
    match kind {
        HEADERS => -1,
        RST_STREAM => 2,
        DATA => i64::from(flags & END_STREAM == 0 && length < DATA_BYTES_MIN),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(kind: u8, flags: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, 0], content].concat()
    }

    proptest! {
        #[test]
        fn frames_are_counted_however_they_are_cut(
            sent in prop::collection::vec((0_u8..12, 0_u8..4, prop::sample::select(vec![0, 8, 63, 64, 70_000])), 0..20),
            cuts in prop::collection::vec(1_usize..40_000, 1..20),
        ) {
            let right: i64 = sent.iter().map(|(kind, flags, length)| price(*kind, *flags, *length)).sum();
            let frames = sent.iter().flat_map(|(kind, flags, length)| frame(*kind, *flags, &vec![7; *length as usize]));
            let bytes: Vec<u8> = PREFACE.iter().copied().chain(frames).collect();
            let (mut walk, mut counted, mut left, mut cuts) = (Walk::Preface(0), 0, &bytes[..], cuts.iter().cycle());
            while !left.is_empty() {
                let (now, later) = left.split_at(left.len().min(*cuts.next().unwrap()));
                (counted, left) = (counted + walk.over(now), later);
            }
            prop_assert_eq!(counted, right);
            prop_assert_eq!(walk, Walk::Head([0; HEAD_BYTES], 0), "at the end of a frame");
        }

        #[test]
        fn what_is_no_http_2_is_let_through(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assume!(!PREFACE.starts_with(&bytes[..bytes.len().min(PREFACE.len())]));
            let mut walk = Walk::Preface(0);
            prop_assert_eq!((walk.over(&bytes), walk), (0, Walk::Otherwise));
        }
    }

    #[test]
    fn requests_and_their_bodies_cost_nothing_here() {
        let (head, small, end) = (price(HEADERS, 4, 30), price(DATA, 0, 7), price(DATA, END_STREAM, 0));
        assert_eq!(head + small + end, 0, "a question of a few bytes");
        assert_eq!((price(DATA, 0, 63), price(DATA, 0, 64)), (1, 0));
        assert_eq!(head + price(RST_STREAM, 0, 4), 1, "a request that is reset");
        assert!((2..=255).all(|kind| price(kind, 0, 100) > 0));
    }

    /// How many frames a connection that sends them without a pause gets through in so many seconds.
    fn got_through(allowance: &mut Allowance, from: Instant, seconds: u64, frames_at_once: i64) -> i64 {
        let (mut frames, mut now) = (0, from);
        loop {
            while let Some(wait) = allowance.wait(now) {
                now += wait;
            }
            if now >= from + Duration::from_secs(seconds) {
                return frames;
            }
            allowance.spend(frames_at_once);
            frames += frames_at_once;
        }
    }

    #[test]
    fn a_flood_is_read_as_fast_as_its_limit_says_and_no_faster() {
        for at_once in [1, 7, 960] {
            let begun = Instant::now();
            let mut allowance = Allowance::new(100, 300, begun);
            let at_first = got_through(&mut allowance, begun, 60, at_once);
            assert!((6_300..6_302 + at_once).contains(&at_first), "{at_first}, {at_once} at once");
            let later = got_through(&mut allowance, begun + Duration::from_secs(60), 600, at_once);
            assert!((60_000 - at_once..60_002 + at_once).contains(&later), "{later}, {at_once} at once");
        }
    }

    #[test]
    fn who_was_quiet_has_the_burst_again_and_not_more() {
        let begun = Instant::now();
        let mut allowance = Allowance::new(100, 300, begun);
        allowance.spend(301);
        let wait = allowance.wait(begun).unwrap();
        assert_eq!(wait, Duration::from_millis(10), "one frame of a hundred a second");
        assert_eq!(allowance.wait(begun + Duration::from_secs(3600)), None);
        assert_eq!(allowance.bytes, 300 * BYTES_A_FRAME);
    }

    /// A client that acknowledges all it is sent, frame by frame, is never slowed down; one that lives on the answers to
    /// its pings is.
    #[test]
    fn what_is_sent_is_acknowledged_without_a_limit() {
        let begun = Instant::now();
        let mut allowance = Allowance::new(1, 4, begun);
        for _answer in 0..500 {
            allowance.earn(200);
            allowance.spend(3);
            assert_eq!(allowance.wait(begun), None);
        }
        let answered = (0..).find(|_ping| {
            allowance.spend(1);
            allowance.earn(17);
            allowance.wait(begun).is_some()
        });
        assert!(answered.unwrap() < 10);
    }
}
