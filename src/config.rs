//! What an operator sets of a server and of a witness: from a file (TOML), the environment and flags, in this order, so that
//! what comes last wins; and what is wrong with it, all at once, before anything is opened.
//!
//! Deliberately lacks: secrets. Keys, certificates and tokens are named by the files that hold them.

// From the ground up: a module imports only from those listed before it.
mod fault;
pub use fault::ConfigFault;
mod file;
mod layers;
pub use layers::{Layer, LoadedConfig, ValueOrigin, load};
mod parts;
pub use parts::{LogFormat, LogLevel, LoggingConfig, ScrubConfig, TlsConfig, TokensConfig, WitnessesConfig};
mod check;
pub use check::Checked;
mod serve;
pub use serve::{GeneralConfig, ServeConfig, ServerSettings};
mod witness;
pub use witness::{WitnessConfig, WitnessGeneralConfig, WitnessSettings, WitnessedLog};
mod page;
pub use page::{defaults, page};

/// How the variables of the environment begin that set something of a server.
pub const SERVE_PREFIX: &str = "MINUTEBOOK_";

/// How those begin that set something of a witness.
pub const WITNESS_PREFIX: &str = "MINUTEBOOK_WITNESS_";
