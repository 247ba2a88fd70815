//! One thing that is wrong with an event, as a server says it.

use super::plain;

/// One thing that is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The rule's id, or nothing for a member of the wrong form.
    pub rule: Option<String>,
    /// What it is about: a subject, or the path of a member.
    pub about: String,
    /// What the rule asks, with its source; empty for a member of the wrong form.
    pub says: String,
    /// What was found; all that the server says, where it says it otherwise.
    pub found: String,
    /// What would have been accepted.
    pub needed: String,
}

impl Broken {
    /// Reads what a server says of one thing: "found ..; needed ... The rule. (its source)". It ends with what
    /// else can be done; here that is said once, after all of them.
    pub(super) fn read(rule: Option<&String>, about: &str, description: &str) -> Self {
        let said = description.split_once(" What to do: ").map_or(description, |(said, _)| said);
        let (found, rest) = said.split_once("; needed ").unwrap_or((said, ""));
        let (needed, says) = split_sentence(rest).unwrap_or((rest, String::new()));
        let found = found.strip_prefix("found ").unwrap_or(found);
        let rule = rule.map(|rule| plain(rule));
        let (about, says) = (plain(about), plain(&says));
        Self { rule, about, says, found: plain(found), needed: plain(needed) }
    }
}

/// Splits "needed. The rule's sentence. (its source)".
fn split_sentence(text: &str) -> Option<(&str, String)> {
    let (text, source) = text.rsplit_once(". (")?;
    let (needed, sentence) = text.rsplit_once(". ")?;
    Some((needed, format!("{sentence}. ({source}")))
}
