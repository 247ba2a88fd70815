//! Arguments that are not understood: what is said of them names what was probably meant, and no more than somebody typed.

use crate::meant::nearest;
use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use minutebook_governance::catalogue::CATALOGUE;

/// How many values an error lists; of more, those that were probably meant are named.
const LISTED_MAX: usize = 16;

/// The error as people read it: usage without what variables say, and of long lists what was probably meant.
pub(super) fn in_fewer_words(mut error: clap::Error, command: &Command) -> clap::Error {
    if error.get(ContextKind::Usage).is_some() {
        let words: Vec<_> = std::env::args().skip(1).collect();
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage_of(command, &words)));
    }
    let listed = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(listed)) if listed.len() > LISTED_MAX => listed.clone(),
        _ => return error,
    };
    let asked = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(asked)) => asked.clone(),
        _ => String::new(),
    };
    let meant = meant(&asked, &listed);
    if !meant.is_empty() {
        error.remove(ContextKind::ValidValue);
        error.remove(ContextKind::SuggestedValue);
        let tip = StyledStr::from(format!("did you mean {}?", meant.join(", ")));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// How the command within a command is used that was typed.
fn usage_of(command: &Command, words: &[String]) -> StyledStr {
    let inner = |found, word: &String| Command::find_subcommand(found, word).unwrap_or(found);
    words.iter().fold(command, inner).clone().render_usage()
}

/// What of a list was probably meant: what begins so, else what is alike.
fn meant(asked: &str, listed: &[String]) -> Vec<String> {
    let lower = asked.to_lowercase();
    let begins = |word: &&String| !lower.is_empty() && word.to_lowercase().starts_with(&lower);
    let begun: Vec<_> = listed.iter().filter(begins).cloned().collect();
    if !begun.is_empty() {
        return begun;
    }
    nearest(asked, listed.iter().map(String::as_str)).map(str::to_owned).into_iter().collect()
}

/// A type of event by its name, in whatever case it is written.
///
/// # Errors
/// There is none; which was probably meant.
pub(super) fn type_named(text: &str) -> Result<String, String> {
    let names: Vec<_> = CATALOGUE.iter().map(|row| row.name.to_owned()).collect();
    if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(name.clone());
    }
    let meant = meant(text, &names);
    let meant =
        if meant.is_empty() { String::new() } else { format!("; did you mean {}?", meant.join(", ")) };
    Err(format!("no type of event is called so (docs/events.md lists them){meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &[&str]) -> String {
        let mut command = crate::cli::command();
        command.build();
        let line = ["minutebook"].iter().chain(line);
        let error = command.clone().try_get_matches_from(line).unwrap_err();
        in_fewer_words(error, &command).render().to_string()
    }

    #[test]
    fn what_is_not_in_a_long_list_is_answered_with_what_was_meant() {
        let wall = said(&["record", "--template", "Decision"]);
        assert!(
            wall.contains("did you mean DecisionRecorded") || wall.contains("DecisionRecorded"),
            "{wall}"
        );
        assert!(!wall.contains("MergerProposed"), "{wall}");
        let short = said(&["bodies", "--kind", "icbs"]);
        assert!(short.contains("icb"), "{short}");
    }

    #[test]
    fn a_type_is_found_in_any_case_and_a_slip_is_named() {
        assert_eq!(type_named("decisionrecorded").unwrap(), "DecisionRecorded");
        assert!(type_named("DecisonRecorded").unwrap_err().contains("did you mean DecisionRecorded?"));
        assert!(type_named("decision").unwrap_err().contains("DecisionRecorded"));
        assert!(!type_named("xyz").unwrap_err().contains("did you mean"));
    }
}
