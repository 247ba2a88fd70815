//! What is selected of a book, for those who ask to follow it and those who answer.

use crate::proto;
use minutebook_governance::catalogue::row_of;
use minutebook_governance::{Clause, Selection, Standing};
use minutebook_log::{Malformed, Subject};
use std::collections::BTreeSet;
use std::str::FromStr;

/// The most selections of one request.
pub const SELECTIONS_MAX: usize = 16;

/// The most values that the selections of one request have together.
pub const VALUES_MAX: usize = 256;

/// The standings, as events write them.
const STANDINGS: [Standing; 5] =
    [Standing::OwnAct, Standing::OwnRecord, Standing::Register, Standing::OwnDocument, Standing::ThirdParty];

/// Reads what a request selects.
///
/// # Errors
/// [`Malformed`], with the path of the member.
pub fn read(selections: &[proto::Selection]) -> Result<Selection, Malformed> {
    let values: usize = selections.iter().map(count).sum();
    if selections.len() > SELECTIONS_MAX || values > VALUES_MAX {
        let found = format!("{} selections with {values} values", selections.len());
        let needed = format!("at most {SELECTIONS_MAX} with {VALUES_MAX} values together");
        return Err(Malformed::new("selections", found, needed));
    }
    let clauses = selections.iter().enumerate().map(|(index, selection)| clause(index, selection));
    Ok(Selection::any_of(clauses.collect::<Result<Vec<_>, _>>()?))
}

fn count(selection: &proto::Selection) -> usize {
    let proto::Selection { subjects, subject_prefixes, about, types, standings } = selection;
    [subjects, subject_prefixes, about, types, standings].map(Vec::len).iter().sum()
}

fn clause(index: usize, selection: &proto::Selection) -> Result<Clause, Malformed> {
    let at = |member: &str| format!("selections/{index}/{member}");
    if count(selection) == 0 {
        let needed = "a value at least: without a selection everything is sent";
        return Err(Malformed::new(format!("selections/{index}"), "nothing", needed));
    }
    Ok(Clause {
        subjects: parsed(&at("subjects"), &selection.subjects)?,
        prefixes: each(&selection.subject_prefixes, |prefix| begins(&at("subject_prefixes"), prefix))?,
        about: each(&selection.about, |whom| named(&at("about"), whom))?,
        types: each(&selection.types, |name| {
            let needed = "a type of the catalogue, such as DecisionRecorded (docs/events.md)";
            let row = row_of(name).map(|row| row.type_id());
            row.ok_or_else(|| Malformed::quoting(at("types"), name, needed))
        })?,
        standings: each(&selection.standings, |word| {
            let needed = STANDINGS.map(Standing::as_str).join(", ");
            let standing = STANDINGS.into_iter().find(|standing| standing.as_str() == word);
            standing.ok_or_else(|| Malformed::quoting(at("standings"), word, needed))
        })?,
    })
}

fn each<T: Ord>(
    values: &[String],
    read: impl FnMut(&String) -> Result<T, Malformed>,
) -> Result<BTreeSet<T>, Malformed> {
    values.iter().map(read).collect()
}

fn parsed<T: FromStr<Err = Malformed> + Ord>(at: &str, values: &[String]) -> Result<BTreeSet<T>, Malformed> {
    each(values, |value| {
        value.parse().map_err(|malformed: Malformed| Malformed { at: at.to_owned(), ..malformed })
    })
}

/// Whom an entry can name: what has no name of its own is named by none.
fn named(at: &str, whom: &str) -> Result<Subject, Malformed> {
    let subject = whom.parse().ok().filter(|subject: &Subject| subject.name().is_some());
    subject.ok_or_else(|| Malformed::quoting(at, whom, "an id, such as body/04K or meeting/board-2019-07-04"))
}

/// How a subject may begin: what no subject begins with would wait for ever.
fn begins(at: &str, prefix: &str) -> Result<String, Malformed> {
    // Nothing at all begins everything: that is no selection.
    let is_begun = !prefix.is_empty()
        && [prefix.to_owned(), format!("{prefix}a")].iter().any(|whole| {
            let subject: Result<Subject, _> = whole.parse();
            subject.is_ok()
        });
    if is_begun {
        return Ok(prefix.to_owned());
    }
    Err(Malformed::quoting(at, prefix, "how a subject begins, such as merger/ or body/Q"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn a_selection_is_read_member_by_member() {
        let selection = proto::Selection {
            subjects: texts(&["body/04K"]),
            subject_prefixes: texts(&["merger/", "mer"]),
            about: texts(&["body/04L", "meeting/x"]),
            types: texts(&["DecisionRecorded"]),
            standings: texts(&["own_act", "register"]),
        };
        let read = read(std::slice::from_ref(&selection)).unwrap();
        assert!(!read.is_all());
        assert!(read.whole_subjects().is_empty(), "the type decides too");
        let subjects = proto::Selection { subjects: texts(&["body/04K"]), ..Default::default() };
        let whole = super::read(&[selection, subjects]).unwrap();
        assert!(whole.takes_whole(&"body/04K".parse().unwrap()));
        assert!(!whole.takes_whole(&"merger/x".parse().unwrap()));
        assert!(super::read(&[]).unwrap().is_all());
    }

    #[test]
    fn what_can_never_come_is_refused_by_name() {
        let with = |change: fn(&mut proto::Selection)| {
            let mut selection = proto::Selection::default();
            change(&mut selection);
            read(&[selection]).unwrap_err().at
        };
        assert_eq!(with(|_nothing| {}), "selections/0");
        assert_eq!(with(|of| of.subjects = texts(&["Body"])), "selections/0/subjects");
        assert_eq!(with(|of| of.subject_prefixes = texts(&["body/04 K"])), "selections/0/subject_prefixes");
        assert_eq!(with(|of| of.subject_prefixes = texts(&[""])), "selections/0/subject_prefixes");
        assert_eq!(with(|of| of.about = texts(&["04K"])), "selections/0/about");
        assert_eq!(with(|of| of.about = texts(&["ledger"])), "selections/0/about");
        assert_eq!(with(|of| of.types = texts(&["Decided"])), "selections/0/types");
        assert_eq!(with(|of| of.standings = texts(&["act"])), "selections/0/standings");
        let many = vec![proto::Selection { types: texts(&["VoteTaken"]), ..Default::default() }; 17];
        assert_eq!(read(&many).unwrap_err().at, "selections");
        assert!(read(many.get(..16).unwrap()).is_ok());
    }
}
