//! The dry run: what would become of events, before anybody has signed them. It is a draft that nobody can commit, and
//! it tells everything that speaks against each event rather than the first of it.

use crate::book::Weighed;
use crate::catalogue::read_event;
use crate::pointers::{SpeaksOf, pointers};
use crate::{Act, Book, Draft, Finding, Malformed, Rule, Unread, Violation};
use minutebook_log::{Event, Position, Signature, Signed, Timestamp, Unbound};
use std::borrow::Cow;
use std::sync::Arc;

/// What would become of one event, were it appended after those before it.
#[derive(Debug, Default)]
pub struct Foreseen {
    /// Where it would stand, or where the very same event stands; nothing where it would be refused.
    pub position: Option<Position>,
    /// Whether the very same event stands there already.
    pub again: bool,
    /// Everything for which it would be refused; none where it would be taken.
    pub objections: Vec<Objection>,
    /// The soft rules that it would break.
    pub findings: Vec<Finding>,
}

/// At which step an event would be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is not of the form that it should have.
    Form,
    /// Those who sign may not.
    Authority,
    /// Its id stands in the book already, with other bytes.
    Id,
    /// It belongs to another ledger.
    Ledger,
    /// Its author saw another history.
    Seen,
    /// It breaks a hard rule.
    Rules,
}

/// Something for which an event would be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// At which step.
    pub step: Step,
    /// The rule that it breaks, at the steps that ask rules.
    pub rule: Option<&'static Rule>,
    /// Where that comes from: for the kind of commissioner that the event is of, where the law differs; empty without a rule.
    pub source: Cow<'static, str>,
    /// What was found.
    pub found: String,
    /// What would have been accepted.
    pub needed: String,
    /// The members that it concerns, as JSON pointers into the event (RFC 6901), sorted; at least one.
    pub members: Vec<String>,
}

/// Says of each of `events` what would become of it in `book` by the ledger's `clock`, in their order, each after all
/// those before it. Nobody has to have signed them: signatures are not asked about. One that would be refused for a rule
/// counts as said for those after it, so that each is told of its own mistakes alone.
///
/// # Errors
/// [`Unread`], where what an answer rests on could not be read.
pub fn foresee(book: &Book, events: &[Event], clock: Timestamp) -> Result<Vec<Foreseen>, Unread> {
    let mut draft = Draft::on(book);
    let foreseen = events.iter().map(|event| foresee_one(&mut draft, event, clock)).collect();
    draft.book().fault()?;
    Ok(foreseen)
}

/// The members of an event that a refusal by this rule speaks of, as JSON pointers (RFC 6901), sorted; at least one.
pub fn members_concerned(event: &Event, rule: &str, found: &str) -> Vec<String> {
    let of = if rule.starts_with("authority.") { SpeaksOf::Signatories } else { SpeaksOf::Facts };
    pointers(event, found, of)
}

fn foresee_one(draft: &mut Draft, event: &Event, clock: Timestamp) -> Foreseen {
    let read = read_event(event).and_then(|act| Ok((as_if_signed(event, &act)?, Arc::new(act))));
    let (signed, act) = match read {
        Ok(read) => read,
        Err(malformed) => return Foreseen { objections: vec![malformed.into()], ..Foreseen::default() },
    };
    let place = draft.book().place(&signed, clock);
    let Weighed { unauthorised, broken, stands, unbound, malformed, admitted } =
        draft.book().weigh(act, &signed, place);
    let findings = admitted.findings().to_vec();
    if let Some(Ok(first)) = stands {
        return Foreseen { position: Some(first), again: true, findings, objections: Vec::new() };
    }
    let can_follow = stands.is_none() && unbound.is_none() && malformed.is_none();
    let mut objections: Vec<Objection> = malformed.into_iter().map(Objection::from).collect();
    objections.extend(unauthorised.into_iter().map(|it| Objection::of(it, Step::Authority, event)));
    objections.extend(stands.and_then(Result::err).map(Objection::of_id));
    objections.extend(unbound.map(Objection::from));
    objections.extend(broken.into_iter().map(|it| Objection::of(it, Step::Rules, event)));
    let position = if can_follow { draft.suppose(signed, place, admitted) } else { None };
    let position = position.filter(|_position| objections.is_empty());
    Foreseen { position, again: false, objections, findings }
}

/// The event as if all had signed who are to. Nothing of this ever leaves a dry run.
fn as_if_signed(event: &Event, act: &Act) -> Result<Signed, Malformed> {
    let nobodys = Signature::from_bytes([0; 64]);
    Signed::new(event.clone(), act.signatories.iter().map(|signatory| (signatory.key, nobodys)).collect())
}

impl Objection {
    fn of(violation: Violation, step: Step, event: &Event) -> Self {
        let Violation { rule, found, needed, source, .. } = violation;
        let of = if step == Step::Authority { SpeaksOf::Signatories } else { SpeaksOf::Facts };
        let members = pointers(event, &found, of);
        Self { step, rule: Some(rule), source, found, needed, members }
    }

    fn of_id(first: Position) -> Self {
        Self {
            step: Step::Id,
            rule: None,
            source: Cow::Borrowed(""),
            found: format!("an id that stands at position {first} already, with other bytes"),
            needed: "a new id for a new event".to_owned(),
            members: vec!["/id".to_owned()],
        }
    }
}

impl From<Malformed> for Objection {
    fn from(Malformed { at, found, needed }: Malformed) -> Self {
        Self { step: Step::Form, rule: None, source: Cow::Borrowed(""), found, needed, members: vec![at] }
    }
}

impl From<Unbound> for Objection {
    fn from(unbound: Unbound) -> Self {
        let (step, member, needed) = match &unbound {
            Unbound::Source { needed, .. } => (Step::Ledger, "/source", needed.clone()),
            Unbound::Ledger { needed, .. } => (Step::Ledger, "/ledger", needed.to_string()),
            Unbound::Seen { .. } => (Step::Seen, "/seen", "an entry of this chain".to_owned()),
        };
        let (found, members) = (unbound.to_string(), vec![member.to_owned()]);
        Self { step, rule: None, source: Cow::Borrowed(""), found, needed, members }
    }
}
