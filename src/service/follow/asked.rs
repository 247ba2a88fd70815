//! What a follower asks for.

use crate::ledger::Known;
use crate::proto::{FollowEntriesRequest, follow_entries_request::Start};
use crate::selections;
use crate::service::status;
use minutebook_governance::Selection;
use minutebook_log::{Hash, Position, Timestamp, TreeSize};
use std::sync::Arc;
use std::time::Duration;
use tonic::Status;

/// How many entries a step has at most, where the client does not say.
pub(super) const STEP_ENTRIES: usize = 1024;

/// The most entries of a step, whatever the client says.
pub(super) const STEP_ENTRIES_MAX: usize = 4096;

/// After what silence a heartbeat comes, where the client does not say.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The least such silence, whatever the client says.
const HEARTBEAT_MIN: Duration = Duration::from_secs(1);

/// What a follower asks for.
#[derive(Debug)]
pub(in crate::service) struct Asked {
    /// The first position that is looked at.
    pub(super) from: Position,
    /// From which size on what is sent is proved.
    pub(super) proved: TreeSize,
    pub(super) selection: Arc<Selection>,
    /// Whether everything comes, from the first entry on.
    pub(super) is_whole: bool,
    pub(super) entries_max: usize,
    pub(super) heartbeat: Duration,
}

/// Reads what is asked of a ledger with this id.
pub(in crate::service) fn read(
    request: &FollowEntriesRequest,
    known: &Known,
    id: Hash,
) -> Result<Asked, Status> {
    let size = known.head().size;
    let within = |member: &str, found: u64| {
        if found <= size { Ok(found) } else { Err(status::beyond(member, found, size, id)) }
    };
    let kept = within("checkpoint_size", request.checkpoint_size)?;
    let from = match &request.start {
        None => kept,
        Some(Start::From(from)) => within("from", *from)?,
        Some(Start::FromTime(time)) => recorded_before(known, time)?,
        Some(Start::FromNow(true)) => size,
        Some(Start::FromNow(false)) => {
            return Err(status::argument("from_now", "false", "true, or another start"));
        }
    };
    let selection = selections::read(&request.selections).map_err(|malformed| status::member(&malformed))?;
    let entries = usize::try_from(request.batch_entries).unwrap_or(usize::MAX);
    let heartbeat = Duration::from_millis(request.heartbeat_ms.into());
    if heartbeat > Duration::ZERO && heartbeat < HEARTBEAT_MIN {
        let needed = format!("0, or at least {}", HEARTBEAT_MIN.as_millis());
        return Err(status::argument("heartbeat_ms", &request.heartbeat_ms.to_string(), needed));
    }
    let is_from_first =
        matches!(request.start, Some(Start::From(0))) || (request.start.is_none() && kept == 0);
    Ok(Asked {
        is_whole: selection.is_all() && is_from_first,
        from: Position(from),
        proved: TreeSize(if kept > 0 { kept } else { from }),
        selection: Arc::new(selection),
        entries_max: if entries == 0 { STEP_ENTRIES } else { entries.min(STEP_ENTRIES_MAX) },
        heartbeat: if heartbeat == Duration::ZERO { HEARTBEAT } else { heartbeat },
    })
}

/// How many entries had been recorded before this moment.
fn recorded_before(known: &Known, time: &str) -> Result<u64, Status> {
    let needed = "a moment in UTC such as 2019-07-04T13:05:00Z";
    let moment = Timestamp::parse_event_time(time);
    let moment = moment.map_err(|_malformed| status::argument("from_time", time, needed))?;
    let before = moment.as_micros().checked_sub(1).and_then(Timestamp::from_micros);
    Ok(before.map_or(0, |before| known.book().chain().size_at(before)))
}
