//! Where what somebody wrote stands in a file, so that a mistake is told by its line.

use super::exit::Mistake;
use crate::meant::nearest;
use minutebook_governance::Malformed;
use std::collections::BTreeMap;

/// On which line of its file each member of an object stands, and in which column, by its JSON pointer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    file: String,
    lines: BTreeMap<String, Stands>,
    /// What stands before the pointers of the event, and not of the file.
    prefix: &'static str,
}

/// Where something stands in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stands {
    /// From 1.
    pub(super) line: usize,
    /// From 1, in characters.
    pub(super) column: usize,
    /// Whether something else stands before it on its line.
    pub(super) is_within: bool,
}

impl Places {
    /// Those of an object in this file.
    pub(super) fn of_object(file: &str, lines: BTreeMap<String, Stands>) -> Self {
        Self { file: file.to_owned(), lines, prefix: "" }
    }

    /// The same for an event whose `/data/facts` the file has as `/facts`.
    pub(crate) fn of_data(self) -> Self {
        Self { prefix: "/data", ..self }
    }

    /// What is wrong, with the line on which it stands: that of the member, or of what holds it where it is missing.
    pub(crate) fn locate(&self, wrong: &Malformed) -> Mistake {
        let Malformed { at, found, needed } = wrong;
        let pointer = at.strip_prefix(self.prefix).unwrap_or(at);
        let stands = self.stands(pointer);
        let place = match (stands, self.file.is_empty()) {
            (Some(Stands { line, column, is_within: true }), false) => {
                format!("{}, line {line}, column {column}, {pointer}", self.file)
            }
            (Some(Stands { line, .. }), false) => format!("{}, line {line}, {pointer}", self.file),
            (None, false) => format!("{}, {pointer}", self.file),
            (_, true) => at.clone(),
        };
        let told = format!("{place}: found {found}; needed {}", nearer(found, needed));
        Mistake::at(stands.map_or((0, 0), |stands| (stands.line, stands.column)), told)
    }
}

impl Places {
    /// Where a member stands, or what holds it.
    fn stands(&self, pointer: &str) -> Option<Stands> {
        let mut holders = std::iter::successors(Some(pointer), |pointer| {
            pointer.rsplit_once('/').map(|(holder, _member)| holder)
        });
        holders.find_map(|holder| self.lines.get(holder).copied())
    }

    /// Where these members stand: the lines of the file, each with its members.
    pub(crate) fn of(&self, members: &[String]) -> Option<String> {
        let mut lines: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for member in members {
            let pointer = member.strip_prefix(self.prefix).unwrap_or(member);
            lines.entry(self.stands(pointer)?.line).or_default().push(pointer);
        }
        let lines = lines.iter().map(|(line, members)| format!("line {line}, {}", members.join(" and ")));
        let lines = lines.collect::<Vec<_>>().join("; ");
        (!self.file.is_empty() && !lines.is_empty()).then(|| format!("{}, {lines}", self.file))
    }
}

/// What was needed, and which of it was probably meant.
pub(crate) fn nearer(found: &str, needed: &str) -> String {
    let found =
        found.rsplit_once('`').and_then(|(rest, _)| rest.rsplit_once('`')).map_or(found, |(_, word)| word);
    let listed = needed.split('`').skip(1).step_by(2);
    match nearest(found.trim_matches('"'), listed) {
        Some(meant) => format!("{needed}; did you mean `{meant}`?"),
        None => needed.to_owned(),
    }
}
