//! The question about a body's action log.

use crate::proto::{self, ListActionsRequest, ListActionsResponse};
use crate::service::convert::{self, date, positions, text};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse_word};
use minutebook_governance::actions::{Action, ActionState, Owner, action_log_from};
use minutebook_governance::loads::Passed;
use minutebook_governance::{ActionId, BodyId, MeetingId, Record, View};
use minutebook_log::{Position, Subject};
use tonic::Status;

/// Where an action stands, as a body's log has it.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Own(ActionState),
    Transferred,
}

impl Standing {
    const ALL: [Self; 4] = [
        Self::Own(ActionState::Open),
        Self::Own(ActionState::Completed),
        Self::Own(ActionState::Cancelled),
        Self::Transferred,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Own(state) => state.as_str(),
            Self::Transferred => "transferred",
        }
    }
}

/// The actions that a body has or had, and those of the bodies that it follows.
pub(super) fn list_actions(
    question: &Question<'_>,
    request: &ListActionsRequest,
) -> Result<ListActionsResponse, Status> {
    let page = Page::of(request)?;
    let asked = match request.state.as_str() {
        "" => None,
        state => Some(parse_word("state", state, &Standing::ALL, Standing::as_str)?),
    };
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let id = question.the_body(&request.body, view)?;
    let line = question.line(&look, &id);
    let standing = |action: &Action| match line.contains(&action.assigned.body) {
        true => Standing::Own(action.state),
        false => Standing::Transferred,
    };
    question.note_withdrawn(&look, line.iter().map(BodyId::subject), |told| {
        told.subject.kind() == ActionId::KIND
    });
    let from = page.first::<(Position, Subject)>()?;
    let from = from.and_then(|(at, subject)| Some((at, ActionId::of(&subject)?)));
    let found = action_log_from(record, &line, from.as_ref(), view);
    let found = found.filter(|(_place, action)| asked.is_none_or(|asked| standing(action) == asked));
    let list = found.map(|((at, id), action)| ((at, id.subject().clone()), action));
    let convert = |it: Action| converted(record, &it, standing(&it), &id, view);
    let Cut { items: actions, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListActionsResponse { answered, body: id.to_string(), actions, next_page_token })
}

fn converted(record: &Record, action: &Action, stands: Standing, id: &BodyId, view: View) -> proto::Action {
    let (said, last) = (&action.assigned, action.updates.last());
    let passed = if stands == Standing::Transferred { Passed::NotYet } else { action.passed };
    let owner = match &said.owner {
        Owner::Person(person) => person.to_string(),
        Owner::Office(office) => office.as_str().to_owned(),
    };
    proto::Action {
        id: action.id.to_string(),
        state: stands.as_str().to_owned(),
        what: Some(text(&said.text)),
        owner,
        owner_name: match &said.owner {
            Owner::Person(person) => convert::name_of(record, person, view),
            Owner::Office(_office) => String::new(),
        },
        due: said.due.as_ref().map(date),
        is_overdue: passed == Passed::Missed,
        is_condition: action.is_condition,
        assigned_on: Some(date(&said.assigned_on)),
        meeting: said.meeting.as_ref().map_or_else(String::new, MeetingId::to_string),
        item: said.item.clone().unwrap_or_default(),
        assigned_by: action.assigned_by.to_string(),
        body: said.body.to_string(),
        is_inherited: stands != Standing::Transferred && action.assigned_by != *id,
        updated_on: last.map(|last| date(&last.updated_on)),
        note: last.and_then(|last| last.note.as_ref()).map(text),
        standing: convert::standing(record, &action.why, view),
        why: positions(&action.why),
        is_perhaps: !action.is_sure || passed == Passed::Perhaps,
        is_due_passed: matches!(passed, Passed::Unheard(_)),
        known_to: convert::unheard(passed, said.due.as_ref()),
    }
}
