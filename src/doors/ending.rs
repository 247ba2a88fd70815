//! How doors are shut: told to stop, what is under way is finished; told again, it is cut.

use tokio_util::sync::CancellationToken;

/// The order to stop, and the order to stop at once. Clones are handles to one order.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    stop: CancellationToken,
    cut: CancellationToken,
}

impl Ending {
    /// Lets nobody in any more, and lets what is under way be finished.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Cuts everything off.
    pub fn cut(&self) {
        self.stop.cancel();
        self.cut.cancel();
    }

    /// Done once there was an order to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Done once there was an order to stop at once.
    pub async fn was_cut(&self) {
        self.cut.cancelled().await;
    }
}
