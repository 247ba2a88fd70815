//! What a look at one thing has found.

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Health {
    /// As it should be.
    Well,
    /// Nothing is wrong yet, and somebody should know.
    Notice,
    /// A server does not start, does not write or is in danger; nothing is lost.
    Wrong,
    /// What was acknowledged or published and what is here contradict each other.
    Damaged,
}

impl Health {
    /// One word for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Notice => "notice",
            Self::Wrong => "wrong",
            Self::Damaged => "damaged",
        }
    }
}

/// A thing, how it is, and what to do about it.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    /// What was looked at.
    pub(super) at: &'static str,
    pub(super) health: Health,
    /// What was found.
    pub(super) found: String,
    /// What mends it: a command, or a few words. Empty where nothing needs to be.
    pub(super) mends: String,
}

impl Looked {
    pub(super) fn well(at: &'static str, found: impl Into<String>) -> Self {
        Self { at, health: Health::Well, found: found.into(), mends: String::new() }
    }

    pub(super) fn notice(at: &'static str, found: impl Into<String>, mends: impl Into<String>) -> Self {
        Self { at, health: Health::Notice, found: found.into(), mends: mends.into() }
    }

    pub(super) fn wrong(at: &'static str, found: impl Into<String>, mends: impl Into<String>) -> Self {
        Self { at, health: Health::Wrong, found: found.into(), mends: mends.into() }
    }

    pub(super) fn damaged(at: &'static str, found: impl Into<String>, mends: impl Into<String>) -> Self {
        Self { at, health: Health::Damaged, found: found.into(), mends: mends.into() }
    }
}
