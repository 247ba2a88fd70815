//! How grave a finding is, and what it says.

use minutebook_log::Position;
use serde::Serialize;

/// How grave something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The record is not what it must be, or an entry should not stand in it.
    Failure,
    /// An entry stands, and there is reason to doubt who signed it, or what it says against other entries.
    Doubt,
    /// An entry stands, and a soft rule remarks on it.
    Remark,
}

impl Grade {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::Failure => "failure",
            Grade::Doubt => "doubt",
            Grade::Remark => "remark",
        }
    }
}

/// Something that an auditor is to look at, beside what fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graded {
    /// How grave.
    pub grade: Grade,
    /// The id of the rule that it rests on.
    pub rule: &'static str,
    /// What it is about.
    pub subject: String,
    /// The entries that it rests on.
    pub entries: Vec<Position>,
    /// What was found.
    pub found: String,
    /// What would have raised nothing.
    pub needed: String,
    /// The entries that answer it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answered_by: Vec<Position>,
}
