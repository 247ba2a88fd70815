//! What is answered where nothing is known: of a name that nobody has, and of one whose thing was withdrawn.

use crate::service::question::{Look, Question};
use crate::service::{convert, status};
use minutebook_governance::bodies::{Body, body};
use minutebook_governance::{BodyId, View, withdrawn};
use minutebook_log::Subject;
use tonic::Status;

impl Question<'_> {
    /// That nothing is known under a name as far as the view sees; where it was, and was withdrawn, by whom and why.
    pub(super) fn not_known(&self, look: &Look, name: &str, subject: &Subject) -> Status {
        let gone = withdrawn(self.record(), subject, look.view).into_iter();
        let gone = gone.filter(|it| it.told.subject == *subject).map(|it| it.told.position.0).next();
        let corrections = convert::corrections(self.record(), gone, look.view.known);
        match corrections.iter().find(|it| it.is_withdrawn) {
            Some(it) => status::withdrawn(subject.kind(), name, it),
            None => status::not_found(subject.kind(), name),
        }
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
