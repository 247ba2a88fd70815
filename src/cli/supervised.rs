//! What a service manager is told (sd_notify(3)), where one has started this program: that it is ready, lives, stops.

use sd_notify::NotifyState;
use std::future::pending;
use std::time::Duration;

/// Tells it. Where there is no manager nobody is told.
pub(crate) fn tell(state: NotifyState<'_>) {
    if let Err(why) = sd_notify::notify(&[state]) {
        tracing::warn!(%why, "the service manager could not be told");
    }
}

/// Tells that it is ready, and from then on that it lives, as often as is asked for: it is started again where it does not.
pub(crate) fn ready() {
    tell(NotifyState::Ready);
    tokio::spawn(async {
        let Some(time) = sd_notify::watchdog_enabled() else { return pending().await };
        // Twice in the time that there is, as systemd advises.
        let mut round = tokio::time::interval((time / 2).max(Duration::from_millis(1)));
        loop {
            round.tick().await;
            tell(NotifyState::Watchdog);
        }
    });
}
