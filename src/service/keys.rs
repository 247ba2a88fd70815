//! Questions about keys: what each may sign and has signed, and which may sign for a body.

use crate::proto::{
    GetKeyRequest, GetKeyResponse, ListKeysRequest, ListKeysResponse, ListSignedEntriesRequest,
    ListSignedEntriesResponse,
};
use crate::service::convert::{self, Keys};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse};
use minutebook_governance::BodyId;
use minutebook_log::{Position, PublicKey};
use tonic::Status;

pub(super) fn get_key(question: &Question<'_>, request: &GetKeyRequest) -> Result<GetKeyResponse, Status> {
    let key: PublicKey = parse("key", &request.key)?;
    let look = question.look(request.view.as_ref(), None)?;
    let key = Some(Keys::new(question.record(), look.everything()).key(key));
    Ok(GetKeyResponse { answered: question.answered(&look, &[&key]), key })
}

pub(super) fn list_keys(
    question: &Question<'_>,
    request: &ListKeysRequest,
) -> Result<ListKeysResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let known = Keys::new(question.record(), look.everything());
    let cut = if request.body.is_empty() {
        question.cut(&page, &look, page.rest(known.all())?, |key| known.key(key))?
    } else {
        // Keys are let in for a body before anything is said of it.
        let body = match request.body.contains('/') {
            true => parse::<BodyId>("body", &request.body)?,
            false => question.the_body(&request.body, look.view)?,
        };
        let list = page.rest(known.of_body(&body))?;
        question.cut(&page, &look, list, |(key, grants)| known.with_grants(key, &grants))?
    };
    let Cut { items: keys, answered, next_page_token } = cut;
    Ok(ListKeysResponse { answered, keys, next_page_token })
}

pub(super) fn list_signed_entries(
    question: &Question<'_>,
    request: &ListSignedEntriesRequest,
) -> Result<ListSignedEntriesResponse, Status> {
    let page = Page::of(request)?;
    let key: PublicKey = parse("key", &request.key)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.everything());
    let from = page.first()?.unwrap_or(Position::FIRST);
    let signed = record.signed_by(key, view.known).into_iter().skip_while(|at| *at < from);
    let list = signed.filter_map(|at| Some((at, convert::signed_entry(record, key, at, view)?)));
    let Cut { items: entries, answered, next_page_token } = question.cut(&page, &look, list, |it| it)?;
    Ok(ListSignedEntriesResponse { answered, entries, next_page_token })
}
