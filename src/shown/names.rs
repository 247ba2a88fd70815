//! The names of what an answer mentions by its id.

use crate::proto::Answered;
use std::collections::BTreeMap;

/// Names by id, as the answer tells them for its view's day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Those that an answer tells.
    pub fn of(answered: Option<&Answered>) -> Self {
        let told = answered.into_iter().flat_map(|answered| &answered.names);
        Self(told.map(|named| (named.id.clone(), named.name.clone())).collect())
    }

    /// Those that are told one by one: id and name.
    pub(crate) fn told(names: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(names.into_iter().filter(|(_id, name)| !name.is_empty()).collect())
    }

    /// All of them, by id.
    pub(crate) fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The name of something; nothing where it is sealed, or nobody says it.
    pub fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}
