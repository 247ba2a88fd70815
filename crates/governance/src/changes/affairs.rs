//! What the register tells of affairs: meetings with their minutes, decisions, actions, committees, delegations,
//! partnerships, people, and what became of an entry since.

use super::facts::{Facts, held, holds_on, if_sure, note};
use crate::actions::{Owner, action};
use crate::bodies::{Body, body, inherited, passed_on_by};
use crate::committees::{committee, delegation};
use crate::decisions::{ratification, rescission};
use crate::directions::{DirectionsChanged, imposed_on};
use crate::documents::RecordCorrected;
use crate::meetings::meeting;
use crate::memberships::{MembershipChanged, commissioners_of, practices};
use crate::partnerships::partnership;
use crate::people::{OfficeDefined, person_name, person_names};
use crate::{
    ActionId, BodyId, Certainty, CommitteeId, DelegationId, MeetingId, PDate, PartnershipId, PersonId,
    Record, View,
};
use minutebook_log::{EventId, Position, Subject};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn meeting_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(found) = MeetingId::of(subject).and_then(|id| meeting(record, &id, view)) else { return };
    note(facts, "state", if_sure(found.state.as_str(), found.is_sure), found.why.clone());
    note(facts, "title", &found.convened.title, found.why.clone());
    if let Some(starts_at) = &found.starts_at {
        note(facts, "starts", starts_at, found.why.clone());
    }
    for part in found.drafts.keys() {
        note(facts, format!("minutes, {} part", part.as_str()), "drafted", found.why.clone());
    }
    for (position, said) in &found.approvals {
        let name = format!("minutes, {} part, for {}", said.part.as_str(), said.body);
        note(facts, name, "approved", vec![*position]);
    }
    for (position, vote) in &found.votes {
        let motion = vote.motion.as_ref().map_or_else(String::new, |motion| format!(" ({motion})"));
        let counted = vote.votes.map_or_else(
            || "not counted".to_owned(),
            |votes| format!("{} for, {} against", votes.in_favour, votes.against),
        );
        note(facts, format!("vote on {}{motion} of {}", vote.item, vote.body), counted, vec![*position]);
    }
}

pub(super) fn action_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(found) = ActionId::of(subject).and_then(|id| action(record, &id, view)) else { return };
    note(facts, "state", if_sure(found.state.as_str(), found.is_sure), found.why.clone());
    note(facts, "body", &found.assigned.body, found.why.clone());
    let owner = match &found.assigned.owner {
        Owner::Person(person) => person.to_string(),
        Owner::Office(office) => office.as_str().to_owned(),
    };
    note(facts, "owner", owner, found.why.clone());
    if let Some(due) = &found.assigned.due {
        note(facts, "due", due, found.why);
    }
}

pub(super) fn committee_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(found) = CommitteeId::of(subject).and_then(|id| committee(record, &id, view)) else { return };
    let ended = found.lapse.iter().flat_map(|lapse| &lapse.why);
    let why: Vec<_> = found.why.iter().chain(ended).copied().collect();
    note(facts, "state", if_sure(found.state.as_str(), found.is_sure), why.clone());
    note(facts, "bodies", listed(&found.parents), why);
    if let Some(quorum) = found.quorum {
        note(facts, "quorum", quorum, found.why.clone());
    }
    for member in &found.members {
        let body = held(&member.body, member.from.is_by(view.as_at));
        note(facts, format!("member {}", member.person), body, vec![member.source.position]);
    }
}

pub(super) fn delegation_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(found) = DelegationId::of(subject).and_then(|id| delegation(record, &id, view)) else { return };
    let ended = found.lapse.iter().flat_map(|lapse| &lapse.why);
    let why: Vec<_> = found.why.iter().chain(&found.passed_on_by).chain(ended).copied().collect();
    note(facts, "state", if_sure(found.state.as_str(), found.is_sure), why.clone());
    note(facts, "from", &found.grantor, why.clone());
    note(facts, "to", found.delegate.subject(), why);
}

pub(super) fn partnership_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let known = PartnershipId::of(subject).and_then(|id| partnership(record, &id, view));
    let Some(found) = known else { return };
    note(facts, "state", found.state.as_str(), found.why.clone());
    note(facts, "name", &found.name, found.why.clone());
    for member in &found.members {
        let why = member.sources.iter().map(|source| source.position).collect();
        let holds = holds_on(member.from.as_ref(), member.until.as_ref(), view);
        note(facts, format!("member {}", member.body), held(member.status.as_str(), holds), why);
    }
    if let Some(lead) = &found.lead {
        let person = held(&lead.person, holds_on(lead.effective.as_ref(), None, view));
        note(facts, "lead", person, vec![lead.source.position]);
    }
}

pub(super) fn person_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(id) = PersonId::of(subject) else { return };
    if let Some(name) = person_name(record, &id, view) {
        let why = person_names(record, &id, view).into_iter().map(|named| named.position).collect();
        note(facts, "name", name.shown(), why);
    }
}

/// What became of an entry since: a correction, a ratification, a rescission.
pub(super) fn entry_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(id) = subject.name().and_then(|name| name.parse::<EventId>().ok()) else { return };
    let corrected = record.saying::<RecordCorrected>(subject, view).last();
    if let Some(told) = &corrected
        && let Some(said) = told.says::<RecordCorrected>()
    {
        note(facts, "corrected", said.kind.as_str(), vec![told.position]);
    }
    if let Some((outcome, position)) = ratification(record, id, view) {
        note(facts, "ratification", outcome.as_str(), vec![position]);
    }
    if let Some((_said, position)) = rescission(record, id, view) {
        note(facts, "rescinded", "yes", vec![position]);
    }
}

/// What is imposed on a body, lifted or not; and the posts that it has defined, while they are there.
pub(super) fn standing_facts(record: &Record, id: &BodyId, view: View, facts: &mut Facts) {
    for imposed in imposed_on(record, id, view) {
        let kind = imposed.said.kind.as_str().replace('_', " ");
        let state = match &imposed.lifted {
            Some(lifted) => held("lifted", lifted.is_by(view.as_at)),
            None => held("in force", imposed.said.effective.is_by(view.as_at)),
        };
        note(facts, format!("{kind} {}", imposed.said.id), state, imposed.why);
    }
    for (position, post) in posts(record, id, view) {
        let seats = if post.seats == 1 { "1 seat".to_owned() } else { format!("{} seats", post.seats) };
        let votes = if post.voting { "voting" } else { "not voting" };
        note(
            facts,
            format!("post of {}", post.office.as_str()),
            held(
                format!("{}, {seats}, {votes}", post.title),
                holds_on(Some(&post.effective), post.until.as_ref(), view),
            ),
            vec![position],
        );
    }
}

/// The posts of a body on the view's day, each as it was defined last.
fn posts(record: &Record, id: &BodyId, view: View) -> Vec<(Position, OfficeDefined)> {
    let told =
        record.saying::<OfficeDefined>(id.subject(), view).filter(|told| told.subject == *id.subject());
    let said =
        told.filter_map(|told| Some((told.standing, told.position, told.says::<OfficeDefined>()?.clone())));
    let mut said: Vec<_> = said.filter(|(.., post)| view.may_be_past(Some(&post.effective))).collect();
    said.sort_by_key(|(standing, position, post)| {
        (post.office, post.effective.earliest(), *standing, *position)
    });
    let mut last: BTreeMap<_, _> = BTreeMap::new();
    last.extend(said.into_iter().map(|(_standing, position, post)| (post.office, (position, post))));
    last.into_values()
        .filter(|(_at, post)| !post.until.as_ref().is_some_and(|until| view.is_past(until)))
        .collect()
}

/// On which days that can change.
pub(super) fn standing_days(record: &Record, id: &BodyId, view: View) -> Vec<PDate> {
    let imposed = record.saying::<DirectionsChanged>(id.subject(), view);
    let imposed = imposed.filter_map(|told| Some(told.says::<DirectionsChanged>()?.effective.clone()));
    let posts = record.saying::<OfficeDefined>(id.subject(), view);
    let posts = posts.filter_map(|told| told.says::<OfficeDefined>().cloned());
    imposed.chain(posts.flat_map(|post| [Some(post.effective), post.until]).flatten()).collect()
}

/// The commissioners that a practice is a member of.
pub(super) fn member_facts(record: &Record, practice: &BodyId, view: View, facts: &mut Facts) {
    for member in commissioners_of(record, practice, view) {
        let passed_on_by = passed_on_by(record, &member.body, &member.membership.admitted_by, view);
        let why = [member.membership.source.position].into_iter().chain(passed_on_by).collect();
        note(facts, format!("member of {}", member.body), holds(member.holds), why);
    }
}

/// The practices that are members of a body.
pub(super) fn practice_facts(record: &Record, id: &BodyId, view: View, facts: &mut Facts) {
    let line = inherited(record, id, view);
    for member in practices(record, id, view) {
        let admitted = line.iter().filter(|(body, _why)| *body == member.membership.admitted_by);
        let passed_on_by = admitted.flat_map(|(_body, why)| why).copied();
        let why = [member.membership.source.position].into_iter().chain(passed_on_by).collect();
        note(facts, format!("member practice {}", member.practice), holds(member.holds), why);
    }
}

/// On which days a practice can come to a commissioner or go, by itself or with the body.
pub(super) fn member_days(record: &Record, practice: &BodyId, view: View) -> Vec<PDate> {
    let told = record.saying::<MembershipChanged>(practice.subject(), view);
    let moves =
        told.filter(|told| told.says::<MembershipChanged>().is_some_and(|said| said.practice == *practice));
    let mut days = Vec::new();
    for told in moves {
        days.extend(told.statement.act_date());
        let bodies = BodyId::of(&told.subject).map(|id| followed_by(record, id, view)).unwrap_or_default();
        for known in bodies {
            days.extend(known.closed.into_iter().filter_map(|closed| closed.value));
            days.extend(known.successors.into_iter().map(|link| link.effective));
        }
    }
    days
}

/// A body, and those that follow it.
pub(super) fn followed_by(record: &Record, id: BodyId, view: View) -> Vec<Body> {
    let (mut ahead, mut seen, mut found) = (vec![id.clone()], BTreeSet::from([id]), Vec::new());
    while let Some(known) = ahead.pop().and_then(|id| body(record, &id, view)) {
        let next = known.successors.iter().map(|link| &link.body);
        ahead.extend(next.filter(|next| seen.insert((*next).clone())).cloned());
        found.push(known);
    }
    found
}

fn holds(certainty: Certainty) -> &'static str {
    if certainty == Certainty::Yes { "yes" } else { "perhaps" }
}

fn listed(bodies: &[BodyId]) -> String {
    bodies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
