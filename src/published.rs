//! The published log: the whole book as files that any web server can serve (spec/published-log.md), written
//! as the log grows.
//!
//! What was durable first is published first: bundles and tiles, the folders that name them, and then the
//! checkpoint in one rename. So a reader, or whoever finds the folder after a power cut, has all that its
//! checkpoint speaks of.
//!
//! Deliberately lacks: sockets (`http` serves the folder) and witnesses ([`Cosigner`] is where they come in).

// From the ground up: a module imports only from those listed before it.
mod error;
pub use error::PublishError;
mod cosigner;
pub use cosigner::{Cosigner, Growth, Publication};
mod folder;
pub use folder::Folder;
mod source;
pub use source::LogSource;
mod tiles;
pub use tiles::{publish_checkpoint, write_tiles};
mod newest;
pub(crate) use newest::is_cut_short;
mod kept;
pub use kept::{DamagedNote, is_hand_over};
mod examined;
pub use examined::{Examined, check_notes, examine, is_right};
mod recover;
pub use recover::{recover, write_keys};
mod compared;
pub use compared::Compared;
mod shown;
pub use shown::{CheckedFile, Shown, ShownFile};
mod hourly;
mod repeated;
pub(crate) use repeated::Repeated;
mod publisher;
pub use publisher::Publisher;

/// The newest checkpoint that was published, with its cosignatures; nothing before the first.
pub type NewestPublished = Option<std::sync::Arc<minutebook_log::SignedCheckpoint>>;
