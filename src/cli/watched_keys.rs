//! The keys of a body while the book is followed: which entries let somebody in who signs for it, and which end that.

use minutebook_governance::authority::{AuthorityGranted, AuthorityRevoked, KeyRevoked};
use minutebook_governance::{Act, BodyId, catalogue};
use minutebook_log::{Entry, PublicKey, Subject};
use std::collections::BTreeMap;

/// The grants that cover a body, as far as the book was followed.
#[derive(Debug)]
pub(crate) struct WatchedKeys {
    body: BodyId,
    grants: BTreeMap<Subject, PublicKey>,
}

impl WatchedKeys {
    /// Nobody may sign for the body yet.
    pub(crate) fn new(body: BodyId) -> Self {
        Self { body, grants: BTreeMap::new() }
    }

    /// The body.
    pub(crate) fn body(&self) -> &BodyId {
        &self.body
    }

    /// Takes the next entry of the book, and says what it changes; nothing for most.
    pub(crate) fn take(&mut self, entry: &Entry) -> Option<String> {
        let act = catalogue::read_event(entry.event()).ok()?;
        if let Some(granted) = act.statement.downcast::<AuthorityGranted>() {
            return self.granted(&act, granted);
        }
        let ended = if act.statement.downcast::<AuthorityRevoked>().is_some() {
            self.grants.remove(&act.subject).map(|key| (key, "its grant ends"))
        } else if act.statement.downcast::<KeyRevoked>().is_some() {
            let key = act.subject.name().and_then(|name| name.parse().ok());
            key.filter(|key| self.grants.values().any(|of| of == key)).map(|key| (key, "it is revoked"))
        } else {
            None
        };
        ended.map(|(key, how)| format!("key {key} signs no more for {}: {how}", self.body))
    }

    fn granted(&mut self, act: &Act, granted: &AuthorityGranted) -> Option<String> {
        if !granted.bodies.covers(&self.body) {
            return None;
        }
        self.grants.insert(act.subject.clone(), granted.key);
        Some(format!("key {} may sign for {} as {}", granted.key, self.body, granted.capacity.as_str()))
    }
}
