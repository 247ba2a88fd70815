//! Where questions are worked on: on threads of their own that give way. However many ask, and however long it takes, whoever
//! writes and whoever serves comes first where processors are few.

use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// How far these threads step back (`nice`): at 10 one has a tenth of the weight of one that does not.
const NICENESS: i32 = 10;

/// How many of these threads there are at most. The doors let far fewer questions in at once; who asks without them waits.
const THREADS_MAX: usize = 64;

/// A runtime that is never driven: it is there for its threads that may block. Nothing where the system has none to give.
static THREADS: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    let built = Builder::new_current_thread()
        .thread_name("questions")
        .max_blocking_threads(THREADS_MAX)
        .on_thread_start(step_back)
        .build();
    built.inspect_err(|why| tracing::warn!(%why, "questions share the threads of all other work")).ok()
});

/// Works on a question, which may block.
pub(super) fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    match THREADS.as_ref() {
        Some(threads) => threads.spawn_blocking(work),
        None => tokio::task::spawn_blocking(work),
    }
}

/// On Linux a thread has a niceness of its own (setpriority(2), "C library/kernel differences"); elsewhere it is the whole
/// process's, and stays as it is.
fn step_back() {
    if cfg!(target_os = "linux")
        && let Err(why) = rustix::process::setpriority_process(None, NICENESS)
    {
        tracing::warn!(%why, "questions have the same priority as all other work");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn questions_step_back_and_nobody_else_does() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let asked = spawn(niceness).await.unwrap();
        assert_eq!(asked, NICENESS.max(before));
        assert_eq!(tokio::task::spawn_blocking(niceness).await.unwrap(), before);
        assert_eq!(niceness(), before);
    }
}
