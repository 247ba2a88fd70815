//! What all entries tell of a key, remembered.

use super::Record;
use minutebook_log::PublicKey;
use std::any::Any;
use std::sync::Arc;

impl Record {
    /// What all entries tell of a key, worked out once until somebody's authority changes. Anew where it is noted what is
    /// read, where other entries are supposed, and where something could not be read. That nothing is told of a key is not
    /// remembered: anybody may ask.
    pub(crate) fn of_key<T: Any + Send + Sync>(
        &self,
        key: PublicKey,
        work_out: impl FnOnce() -> Option<T>,
    ) -> Option<Arc<T>> {
        let is_remembered = self.noted.is_none() && self.supposed.is_as_it_is();
        if let Some(answer) = is_remembered.then(|| self.remembered.get(key)).flatten() {
            return Some(answer);
        }
        let answer = Arc::new(work_out()?);
        if is_remembered && self.fault().is_none() {
            self.remembered.put(key, Arc::clone(&answer));
        }
        Some(answer)
    }
}
