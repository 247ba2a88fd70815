//! The question about intentions.

use crate::proto::{ListIntentionsRequest, ListIntentionsResponse};
use crate::service::convert;
use crate::service::page::Page;
use crate::service::question::{Question, parse};
use minutebook_governance::plans::{Intention, intention, intentions_about};
use minutebook_governance::{IntentionId, Record, View};
use minutebook_log::Subject;
use tonic::Status;

/// The intentions that concern a subject, or all.
pub(super) fn list_intentions(
    question: &Question<'_>,
    request: &ListIntentionsRequest,
) -> Result<ListIntentionsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let found = match request.subject.as_str() {
        "" => all_intentions(question.record(), look.view),
        subject => {
            let subject: Subject = parse("subject", subject)?;
            intentions_about(question.record(), &subject, look.view)
        }
    };
    let (intentions, next_page_token) = page.cut(found, look.pinned());
    let intentions: Vec<_> = intentions.iter().map(convert::intention).collect();
    let answered = question.answered(&look, &[&intentions]);
    Ok(ListIntentionsResponse { answered, intentions, next_page_token })
}

/// Every intention, in the order of the book.
fn all_intentions(record: &Record, view: View) -> Vec<Intention> {
    let ids = record.subjects(IntentionId::KIND).filter_map(IntentionId::of);
    let mut found: Vec<_> = ids.filter_map(|id| intention(record, &id, view)).collect();
    found.sort_by_key(|intention| intention.why.first().copied());
    found
}
