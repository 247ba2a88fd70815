//! The questions about mergers, and under which conditions their approvals put bodies.

use crate::proto::{
    self, GetMergerRequest, GetMergerResponse, ListConditionsRequest, ListConditionsResponse,
    ListMergersRequest, ListMergersResponse,
};
use crate::service::convert;
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse_word};
use minutebook_governance::decisions::{DecisionRecorded, Effect};
use minutebook_governance::mergers::{
    ApplicationSubmitted, ConditionResolved, Merger, MergerState, OpenCondition, RegulatorDecisionRecorded,
    mergers_from, open_conditions,
};
use minutebook_governance::{BodyId, MergerId, Told};
use minutebook_log::Subject;
use tonic::Status;

/// A merger.
pub(super) fn get_merger(
    question: &Question<'_>,
    request: &GetMergerRequest,
) -> Result<GetMergerResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let found = question.the_merger(&request.merger, &look)?;
    question.note_withdrawn(&look, [found.id.subject()], |_told| true);
    let merger = Some(convert::merger(question.record(), &found, look.view));
    Ok(GetMergerResponse { answered: question.answered(&look, &[&merger]), merger })
}

/// The mergers of a body and of those that it follows, or all.
pub(super) fn list_mergers(
    question: &Question<'_>,
    request: &ListMergersRequest,
) -> Result<ListMergersResponse, Status> {
    let page = Page::of(request)?;
    let state = match request.state.as_str() {
        "" => None,
        state => Some(parse_word("state", state, &MergerState::ALL, MergerState::as_str)?),
    };
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let line: Option<Vec<BodyId>> = match request.body.as_str() {
        "" => None,
        name => Some(question.line(&look, &question.the_body(name, view)?)),
    };
    let is_one = |told: &Told| {
        let chooses = |effect: &Effect| matches!(effect, Effect::Merger { .. } | Effect::Apply { .. });
        let decided = told.says::<DecisionRecorded>().is_some_and(|said| said.effects().any(chooses));
        decided || told.subject.kind() == MergerId::KIND
    };
    match &line {
        Some(line) => question.note_withdrawn(&look, line.iter().map(BodyId::subject), is_one),
        None => question.note_withdrawn_of_kind(&look, MergerId::KIND, is_one),
    }
    let from = page.first::<Subject>()?.and_then(|subject| MergerId::of(&subject));
    let found = mergers_from(record, line.as_deref(), from.as_ref(), view);
    let found = found.filter(|found| state.is_none_or(|state| found.state == state));
    let list = found.map(|it| (it.id.subject().clone(), it));
    let convert = |it: Merger| convert::merger(record, &it, view);
    let Cut { items: mergers, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListMergersResponse { answered, mergers, next_page_token })
}

/// The conditions that a body has to meet.
pub(super) fn list_conditions(
    question: &Question<'_>,
    request: &ListConditionsRequest,
) -> Result<ListConditionsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let body = question.the_body(&request.body, look.view)?;
    let line = question.line(&look, &body);
    let mergers = mergers_from(question.record(), Some(&line), None, look.view);
    let mergers: Vec<_> = mergers.map(|it| it.id.subject().clone()).collect();
    let about = line.iter().map(BodyId::subject).chain(&mergers);
    question.note_withdrawn(&look, about, |told| {
        told.says::<ApplicationSubmitted>().is_some()
            || told.says::<RegulatorDecisionRecorded>().is_some()
            || told.says::<ConditionResolved>().is_some()
    });
    let list = page.rest(open_conditions(question.record(), &body, look.view))?;
    let convert = |it| body_condition(&it);
    let Cut { items: conditions, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListConditionsResponse { answered, body: body.to_string(), conditions, next_page_token })
}

fn body_condition(open: &OpenCondition) -> proto::BodyCondition {
    let mut condition = convert::condition(&open.state, &open.standing);
    condition.why.extend(convert::positions(&open.passed_on_by));
    proto::BodyCondition {
        merger: open.merger.to_string(),
        condition: Some(condition),
        inherited_from: open.inherited_from.iter().map(BodyId::to_string).collect(),
    }
}
