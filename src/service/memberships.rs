//! The questions about the practices that are members of a body, and about what NHS England imposed on it.

use crate::proto::{
    Direction, ListDirectionsRequest, ListDirectionsResponse, ListPracticesRequest, ListPracticesResponse,
    MemberPractice, MembershipChange,
};
use crate::service::convert::{RestsOn, body_name, date, is_perhaps, positions, text};
use crate::service::listing::{Cut, Shown};
use crate::service::page::Page;
use crate::service::question::Question;
use minutebook_governance::directions::{DirectionsChanged, Imposed, imposed_on};
use minutebook_governance::joined::Source;
use minutebook_governance::memberships::{Member, MembershipChanged, membership_changes, practices};
use minutebook_governance::{BodyId, Certainty, Record, View};
use tonic::Status;

/// A change with the body that it is of, and where it is said.
type Changed = (BodyId, MembershipChanged, Source);

/// What a page is made of, in this order.
enum Line<'a> {
    Member(&'a Member),
    Change(&'a Changed),
}

/// A line as it is shown.
enum ShownLine {
    Member(MemberPractice),
    Change(MembershipChange),
}

/// The practices of a body, and how they came and went.
pub(super) fn list_practices(
    question: &Question<'_>,
    request: &ListPracticesRequest,
) -> Result<ListPracticesResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let id = question.the_body(&request.body, view)?;
    question.note_withdrawn(&look, [id.subject()], |told| told.says::<MembershipChanged>().is_some());
    question.line(&look, &id);
    let changes = membership_changes(record, &id, view);
    let members = practices(record, &id, view);
    let lines = members.iter().map(Line::Member).chain(changes.iter().map(Line::Change)).collect();
    let cut = question.cut(&page, &look, page.rest(lines)?, |line| line.converted(record, view))?;
    let mut found = ListPracticesResponse {
        answered: cut.answered,
        body: id.to_string(),
        next_page_token: cut.next_page_token,
        ..Default::default()
    };
    for line in cut.items {
        match line {
            ShownLine::Member(member) => found.practices.push(member),
            ShownLine::Change(change) => found.changes.push(change),
        }
    }
    Ok(found)
}

impl Line<'_> {
    fn converted(self, record: &Record, view: View) -> ShownLine {
        match self {
            Line::Member(found) => ShownLine::Member(member(record, found, view)),
            Line::Change(changed) => ShownLine::Change(change(record, changed, view)),
        }
    }
}

impl RestsOn for ShownLine {
    fn entries(&self) -> Vec<u64> {
        match self {
            ShownLine::Member(member) => member.entries(),
            ShownLine::Change(change) => change.entries(),
        }
    }
}

impl Shown for ShownLine {
    fn bytes(&self) -> usize {
        match self {
            ShownLine::Member(member) => member.bytes(),
            ShownLine::Change(change) => change.bytes(),
        }
    }
}

fn member(record: &Record, found: &Member, view: View) -> MemberPractice {
    let membership = &found.membership;
    MemberPractice {
        practice: found.practice.to_string(),
        name: body_name(record, &found.practice, view),
        from: Some(date(&membership.from)),
        admitted_by: membership.admitted_by.to_string(),
        place: membership.place.clone().unwrap_or_default(),
        standing: membership.source.standing.as_str().to_owned(),
        position: membership.source.position.0,
        until: membership.until.as_ref().map(date),
        is_perhaps: found.holds != Certainty::Yes,
    }
}

fn change(record: &Record, (id, said, source): &Changed, view: View) -> MembershipChange {
    MembershipChange {
        practice: said.practice.to_string(),
        name: body_name(record, &said.practice, view),
        change: said.change.as_str().to_owned(),
        body: id.to_string(),
        effective: Some(date(&said.effective)),
        reason: said.reason.as_ref().map(text),
        standing: source.standing.as_str().to_owned(),
        position: source.position.0,
    }
}

/// What was imposed on a body.
pub(super) fn list_directions(
    question: &Question<'_>,
    request: &ListDirectionsRequest,
) -> Result<ListDirectionsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let id = question.the_body(&request.body, look.view)?;
    question.note_withdrawn(&look, [id.subject()], |told| told.says::<DirectionsChanged>().is_some());
    let list = page.rest(imposed_on(question.record(), &id, look.view))?;
    let view = look.view;
    let convert = |it| direction(&it, view);
    let Cut { items: directions, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListDirectionsResponse { answered, body: id.to_string(), directions, next_page_token })
}

fn direction(imposed: &Imposed, view: View) -> Direction {
    let said = &imposed.said;
    Direction {
        id: said.id.clone(),
        kind: said.kind.as_str().to_owned(),
        effective: Some(date(&said.effective)),
        lifted_on: imposed.lifted.as_ref().map(date),
        text: said.text.as_ref().map(text),
        basis: said.basis.clone().unwrap_or_default(),
        scope: said.scope.clone().unwrap_or_default(),
        due: said.due.as_ref().map(date),
        standing: imposed.source.standing.as_str().to_owned(),
        why: positions(&imposed.why),
        is_perhaps: is_perhaps(Some(&said.effective), view) || is_perhaps(imposed.lifted.as_ref(), view),
    }
}
