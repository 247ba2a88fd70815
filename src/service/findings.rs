//! What was found of entries, and what people say of them.

use crate::proto::{ListFindingsRequest, ListFindingsResponse};
use crate::service::convert;
use crate::service::page::Page;
use crate::service::question::Question;
use minutebook_governance::register::findings;
use tonic::Status;

/// Every finding.
pub(super) fn list_findings(
    question: &Question<'_>,
    request: &ListFindingsRequest,
) -> Result<ListFindingsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (found, next_page_token) = page.cut(findings(question.record(), look.view), look.pinned());
    let findings: Vec<_> = found.iter().map(convert::finding).collect();
    Ok(ListFindingsResponse { answered: question.answered(&look, &[&findings]), findings, next_page_token })
}
