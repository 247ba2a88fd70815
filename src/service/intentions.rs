//! The question about intentions.

use crate::proto::{ListIntentionsRequest, ListIntentionsResponse};
use crate::service::convert;
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::Question;
use minutebook_governance::plans::{IntentionRecorded, intention, intentions_listed};
use minutebook_governance::{IntentionId, Told};
use minutebook_log::{Position, Subject};
use tonic::Status;

/// The intentions that concern a subject, or all.
pub(super) fn list_intentions(
    question: &Question<'_>,
    request: &ListIntentionsRequest,
) -> Result<ListIntentionsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let subject: Option<Subject> = match request.subject.as_str() {
        "" => None,
        subject => Some(question.any_subject(subject, look.view)?),
    };
    if let Some(subject) = &subject {
        question.heard_of(&look, subject)?;
    }
    let (everything, is_one) = (look.reported(), |told: &Told| told.says::<IntentionRecorded>().is_some());
    match &subject {
        Some(subject) => question.note_withdrawn(&everything, [subject], is_one),
        None => question.note_withdrawn_of_kind(&everything, IntentionId::KIND, is_one),
    }
    let (record, view, from) = (question.record(), look.view, page.first::<(Position, Subject)>()?);
    let listed = intentions_listed(record, subject.as_ref(), view).into_iter();
    let keys = listed.map(|(at, id)| (at, id.subject().clone()));
    let keys = keys.skip_while(|key| from.as_ref().is_some_and(|from| key < from));
    let list =
        keys.filter_map(|key| Some((key.clone(), intention(record, &IntentionId::of(&key.1)?, view)?)));
    let convert = |it| convert::intention(&it);
    let Cut { items: intentions, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    let subject = subject.map_or_else(String::new, |subject| subject.to_string());
    Ok(ListIntentionsResponse { answered, intentions, next_page_token, subject })
}
