//! Following the log: history from the store, then each entry as it becomes durable.
//!
//! There is one cursor, and one source: the store. What wakes a follower only says that there is more, so nothing can
//! fall between history and what is live, or come twice. Each step ends in a checkpoint that is proved to extend the
//! last, so that whoever follows verifies as it goes.
//!
//! A step of history is read when the one before it was taken, and not ahead, but for who has taken the largest: who does
//! not read holds no more than a small step, and slows nobody. It comes from the published bundles, where there are any. What has just become durable is read, proved and encoded once for each selection, and sent to
//! all who wait for it.

// From the ground up: a module imports only from those listed before it.
mod asked;
mod encoded;
mod part;
mod feed;
mod history;
mod wire;
mod steps;
pub(super) use asked::read;
pub(super) use feed::Feeds;
pub(super) use history::History;
pub(super) use steps::{Steps, follow};
pub(super) use wire::{Sent, StepCodec};
