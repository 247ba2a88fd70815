//! The facts of an act as JSON, which its author's event has already.

use minutebook_log::EventDraft;
use serde_json::Value;
use std::ops::Deref;
use std::sync::Arc;

/// The member of `data` that holds what an event says.
pub(crate) const FACTS: &str = "facts";

/// The facts of an act as they were written: in the event, whose members are shared, or as a correction leaves them. A
/// clone shares them.
#[derive(Debug, Clone)]
pub struct FactsAsWritten(Written);

#[derive(Debug, Clone)]
enum Written {
    InEvent(Arc<EventDraft>),
    Corrected(Arc<Value>),
}

impl FactsAsWritten {
    /// Those of an event.
    pub(crate) fn of(event: &Arc<EventDraft>) -> Self {
        Self(Written::InEvent(Arc::clone(event)))
    }

    /// As a correction leaves them.
    pub(crate) fn corrected(facts: Value) -> Self {
        Self(Written::Corrected(Arc::new(facts)))
    }
}

impl Deref for FactsAsWritten {
    type Target = Value;

    fn deref(&self) -> &Value {
        match &self.0 {
            Written::InEvent(event) => event.data.get(FACTS).unwrap_or(&Value::Null),
            Written::Corrected(facts) => facts,
        }
    }
}
