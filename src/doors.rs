//! The one place that makes every connection, for the server and for the witness: who comes in, how many at
//! once, for how long, and how much of this program's memory a stranger can make it hold.
//!
//! Every limit has a name ([`Limits`]), every wait has an end, and what one connection does costs that
//! connection: the one that has held most for longest gives way, never the one that comes last.
//!
//! Deliberately lacks: any idea of what is asked. Paths, messages and answers are the services'.

// From the ground up: a module imports only from those listed before it.
mod limits;
pub use limits::{Descriptors, Limits};
mod methods;
pub use methods::{CallKind, Method, Methods};
mod meters;
pub use meters::DoorMeters;
mod ending;
pub use ending::Ending;
mod tokens;
pub use tokens::{Access, KnownToken, NewToken, Tokens, TokensError};
mod rates;
mod refusal;
pub(crate) use refusal::{DOMAIN, DoorRefusal, refused, speaks_grpc};
mod caller;
pub use caller::Caller;
mod turns;
pub use turns::{Share, Turn, Turns};
mod seats;
mod room;
pub use room::Room;
mod tls;
pub use tls::{Strangers, Tls, TlsError, TlsFiles};
mod admission;
mod record;
pub(crate) use record::code_name;
mod bodies;
mod frames;
mod calls;
mod serve;
pub use serve::Doors;
