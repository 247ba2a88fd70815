//! What is answered where nothing is known: of a name that nobody has, of one whose thing was withdrawn, and of one that was not
//! known yet.

use crate::meant::nearest;
use crate::service::question::{Look, Question};
use crate::service::{convert, status};
use minutebook_governance::bodies::{Body, body};
use minutebook_governance::register::bodies_from;
use minutebook_governance::{BodyId, View, withdrawn};
use minutebook_log::Subject;
use std::collections::BTreeSet;
use tonic::Status;

/// The shortest word of a name that somebody can have meant with another.
const MEANT_MIN: usize = 3;

impl Question<'_> {
    /// That nothing is known under a name as far as the view sees: where it was withdrawn, by whom and why; where it is known since,
    /// from which entry on.
    pub(super) fn not_known(&self, look: &Look, name: &str, subject: &Subject) -> Status {
        self.withdrawn_as(look, name, subject).unwrap_or_else(|| self.unknown(name, subject, look.view, ""))
    }

    /// That what was known under a name was withdrawn; nothing where it was not.
    pub(super) fn withdrawn_as(&self, look: &Look, name: &str, subject: &Subject) -> Option<Status> {
        let gone = withdrawn(self.record(), subject, look.view).into_iter();
        let gone = gone.filter(|it| it.told.subject == *subject).map(|it| it.told.position.0).next();
        let corrections = convert::corrections(self.record(), gone, look.view.known);
        let withdrawn = corrections.iter().find(|it| it.is_withdrawn);
        withdrawn.map(|it| status::withdrawn(subject.kind(), name, it))
    }

    /// That a subject is not known in a view; `otherwise` is what could be asked instead, unless it is known since.
    pub(super) fn unknown(&self, name: &str, subject: &Subject, view: View, otherwise: &str) -> Status {
        let since = self.record().about(subject, self.all_known(view)).next().map(|told| told.position.0);
        match since.filter(|since| *since >= view.known) {
            Some(since) => status::not_found_but(subject.kind(), name, &known_since(view, since)),
            None => status::not_found_but(subject.kind(), name, otherwise),
        }
    }

    /// Which words of a body's name or code, or of these others, were probably meant, as the end of a sentence; nothing where none
    /// is alike.
    pub(super) fn meant_words(
        &self,
        asked: &str,
        view: View,
        others: impl Iterator<Item = String>,
    ) -> String {
        let bodies = bodies_from(self.record(), BodyId::KIND, view);
        let called = bodies.flat_map(|body| {
            let codes: Vec<_> = body.codes.iter().map(|held| held.code.value.clone()).collect();
            let names: Vec<_> =
                body.names.iter().chain(&body.short_names).map(|held| held.name.clone()).collect();
            names.into_iter().chain(codes).chain([body.id.to_string()])
        });
        let mut words = BTreeSet::new();
        for called in called.chain(others) {
            words.extend(
                called.split_whitespace().map(|word| word.trim_matches([',', '(', ')'])).map(str::to_owned),
            );
            words.insert(called);
        }
        let of_length = words.iter().map(String::as_str).filter(|word| word.chars().count() >= MEANT_MIN);
        nearest(asked.trim(), of_length).map_or_else(String::new, |meant| format!("; did you mean {meant}?"))
    }

    /// Asks that something is told of a subject, with whatever standing, or was and is withdrawn: a list of what nobody has
    /// heard of is no empty list.
    pub(super) fn heard_of(&self, look: &Look, subject: &Subject) -> Result<(), Status> {
        let everything = look.everything();
        let is_told = self.record().about(subject, everything).next().is_some()
            || !withdrawn(self.record(), subject, everything).is_empty();
        if is_told { Ok(()) } else { Err(status::not_found(subject.kind(), subject.as_str())) }
    }

    /// The body whose id ends in this, which lists show in place of a code where none is known.
    pub(super) fn body_of_slug(&self, slug: &str, view: View) -> Option<Body> {
        let id: BodyId = format!("{}/{slug}", BodyId::KIND).parse().ok()?;
        body(self.record(), &id, view)
    }
}

/// That something is not known as at the last entry of a view, and is from another on.
pub(super) fn known_since(view: View, since: u64) -> String {
    format!(" as known at entry {}; it is known from entry {since} on", view.known.saturating_sub(1))
}
