//! Questions about keys: what each may sign and has signed, and which may sign for a body.

use crate::proto::{
    GetKeyRequest, GetKeyResponse, ListKeysRequest, ListKeysResponse, ListSignedEntriesRequest,
    ListSignedEntriesResponse,
};
use crate::service::convert::{self, Keys};
use crate::service::page::Page;
use crate::service::question::{Question, parse};
use minutebook_governance::BodyId;
use minutebook_log::PublicKey;
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
    let (keys, next_page_token): (Vec<_>, _) = if request.body.is_empty() {
        let (keys, next) = page.cut(known.all(), look.pinned());
        (keys.into_iter().map(|key| known.key(key)).collect(), next)
    } else {
        let body: BodyId = parse("body", &request.body)?;
        let (keys, next) = page.cut(known.of_body(&body), look.pinned());
        (keys.into_iter().map(|(key, grants)| known.with_grants(key, &grants)).collect(), next)
    };
    Ok(ListKeysResponse { answered: question.answered(&look, &[&keys]), keys, next_page_token })
}

pub(super) fn list_signed_entries(
    question: &Question<'_>,
    request: &ListSignedEntriesRequest,
) -> Result<ListSignedEntriesResponse, Status> {
    let page = Page::of(request)?;
    let key: PublicKey = parse("key", &request.key)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.everything());
    let signed = record.signed_by(key, view.known).to_vec();
    let (signed, next_page_token) = page.cut(signed, look.pinned());
    let entries = signed.into_iter().filter_map(|at| convert::signed_entry(record, key, at, view));
    let entries: Vec<_> = entries.collect();
    Ok(ListSignedEntriesResponse {
        answered: question.answered(&look, &[&entries]),
        entries,
        next_page_token,
    })
}
