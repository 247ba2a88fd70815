use std::fmt;

/// What is wrong with what was set: where, what stands there, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where it was given: a file and its line, a variable, a flag; or that nothing was.
    pub from: String,
    /// The key; nothing where it is of no key.
    pub key: String,
    /// What is there.
    pub found: String,
    /// What would be right.
    pub needed: String,
}

impl ConfigFault {
    /// A fault of a key.
    pub fn new(
        from: impl fmt::Display,
        key: impl fmt::Display,
        found: impl fmt::Display,
        needed: impl fmt::Display,
    ) -> Self {
        let text = |what: &dyn fmt::Display| what.to_string();
        Self { from: text(&from), key: text(&key), found: text(&found), needed: text(&needed) }
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.from)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "found {}; needed {}", self.found, self.needed)
    }
}
