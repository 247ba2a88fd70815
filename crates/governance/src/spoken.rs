//! Everything that an act says at once, and under which names it is found.

use crate::named::{is_affair, named_as, named_nobody, names};
use crate::{Act, Statement};
use minutebook_log::Subject;
use std::sync::Arc;

/// An act, with what it says: worked out when it is read and not at each question.
#[derive(Debug)]
pub(crate) struct Spoken {
    pub(crate) act: Arc<Act>,
    pub(crate) said: Vec<Said>,
}

/// One statement of an act: its own, or that of one of its parts.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) subject: Subject,
    pub(crate) statement: Arc<dyn Statement>,
    /// Under which names it is found, its subject among them.
    pub(crate) about: Vec<Subject>,
    /// The intentions that it carries out.
    pub(crate) fulfils: Vec<Subject>,
}

impl Spoken {
    pub(crate) fn of(act: Arc<Act>) -> Self {
        let fulfils = act.fulfils.iter().map(|intention| intention.subject().clone()).collect();
        let whole = (act.subject.clone(), act.statement.clone(), fulfils);
        let parts = act.statement.parts(&act.subject).into_iter();
        let parts = parts.map(|(subject, statement)| (subject, statement, Vec::new()));
        let said = [whole].into_iter().chain(parts).map(|(subject, statement, fulfils)| {
            let mut about = statement.about();
            about.extend(statement.listed(&subject));
            about.push(subject.clone());
            about.extend(fulfils.iter().cloned());
            Said { subject, statement, about, fulfils }
        });
        let mut said: Vec<_> = said.collect();
        let named = named_beside(&act, &said);
        if let Some(whole) = said.first_mut() {
            whole.about.extend(named);
        }
        Self { said, act }
    }
}

/// The names under which an act is found by whom it names beside those whom its statements are about.
fn named_beside(act: &Act, said: &[Said]) -> Vec<Subject> {
    let mut named = names(&act.facts);
    let about = || said.iter().flat_map(|said| &said.about);
    about().for_each(|subject| _ = named.remove(subject));
    let is_body = |subject: &Subject| subject.kind() == "body";
    let is_of_nobody = is_affair(&act.subject) && !about().chain(&named).any(is_body);
    let nobody = if is_of_nobody { named_nobody() } else { None };
    named.iter().filter_map(named_as).chain(nobody).collect()
}
