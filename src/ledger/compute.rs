//! What takes the processor for long, away from the threads that serve.

use crate::ledger::{AppendError, Stop};
use minutebook_log::Signed;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// Runs a computation that would hold up other tasks on the threads for those.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, oneshot::error::RecvError> {
    let (done, result) = oneshot::channel();
    rayon::spawn(move || {
        // A panic on these threads would end the whole program; here it ends the work alone.
        if let Ok(result) = catch_unwind(AssertUnwindSafe(work)) {
            // Whoever asked may have gone.
            let _gone = done.send(result);
        }
    });
    result.await
}

/// Checks every signature, on all cores; the first event whose signature does not hold refuses the request.
pub(super) async fn check_signatures(events: Vec<Signed>) -> Result<Vec<Signed>, AppendError> {
    let checked = compute(move || {
        let verify = |(index, signed): (usize, &Signed)| Some((index, signed.verify().err()?));
        match events.par_iter().enumerate().find_map_first(verify) {
            Some((index, error)) => Err(AppendError::Refused { index, refusal: error.into() }),
            None => Ok(events),
        }
    });
    let ended = |_dropped| Stop::Inconsistent("checking signatures ended in the middle".to_owned());
    checked.await.map_err(|dropped| AppendError::Stopped(ended(dropped)))?
}
