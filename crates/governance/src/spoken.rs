//! Everything that an act says at once, and under which names it is found.

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
        Self { said: said.collect(), act }
    }
}
