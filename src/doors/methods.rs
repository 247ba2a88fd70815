//! What calls are named, for those who count and tell of them: a table that the server gives. No other name is ever told,
//! so that no stranger makes many.

use std::collections::HashMap;

/// What kind of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// Whether the server is there: asked often, and by machines.
    Probe,
    /// A question.
    Question,
    /// An append.
    Append,
}

impl CallKind {
    /// How many of [`MAKING`] an answer takes while it is made: what it may come to is not known before it is, and that of a
    /// question may be a page of a megabyte or two.
    pub(super) fn makes(self) -> u32 {
        match self {
            CallKind::Probe => 0,
            CallKind::Question => 16,
            CallKind::Append => 1,
        }
    }
}

/// How much is made at once for one connection: eight answers to questions, or as many to appends as HTTP/2 has calls.
pub(super) const MAKING: usize = 128;

/// A call's name and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: CallKind,
}

/// What is asked that is in no table.
const OTHER: Method = Method { name: "other", kind: CallKind::Question };

/// The methods by their paths.
#[derive(Debug, Default)]
pub struct Methods {
    exact: HashMap<&'static str, Method>,
    beneath: Vec<(&'static str, Method)>,
}

impl Methods {
    /// These; a path that ends in a slash stands for everything beneath it.
    pub fn of(methods: impl IntoIterator<Item = (&'static str, Method)>) -> Self {
        let (beneath, exact): (Vec<_>, Vec<_>) =
            methods.into_iter().partition(|(path, _method)| path.ends_with('/'));
        Self { exact: exact.into_iter().collect(), beneath }
    }

    /// The same, and one whose path stands for itself alone, however it ends.
    #[must_use]
    pub fn and(mut self, path: &'static str, method: Method) -> Self {
        self.exact.insert(path, method);
        self
    }

    /// The method of a path.
    pub fn named(&self, path: &str) -> Method {
        let beneath = || self.beneath.iter().find(|(start, _method)| path.starts_with(start));
        let exact = self.exact.get(path).copied();
        exact.or_else(|| beneath().map(|(_start, method)| *method)).unwrap_or(OTHER)
    }
}
