//! Questions that are asked by their description alone: a new one needs nothing here.

use super::harmless::escape;
use super::pages::PAGE_ITEMS;
use super::{ANSWER_BYTES_MAX, Client, ClientError};
use crate::described::DescribedCodec;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};
use std::collections::BTreeSet;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Status};

/// The member of a request, and of an answer, that says how an answer in pages goes on.
const PAGE_TOKEN: &str = "page_token";
const NEXT_PAGE_TOKEN: &str = "next_page_token";
const PAGE_SIZE: &str = "page_size";

impl Client {
    /// Asks a question, and puts the pages of its answer together, where it has some: lists go on, and all else is as the last
    /// page says it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ask(
        &mut self,
        question: &MethodDescriptor,
        mut request: DynamicMessage,
    ) -> Result<DynamicMessage, ClientError> {
        let is_in_pages = question.input().get_field_by_name(PAGE_TOKEN).is_some();
        if is_in_pages {
            request.set_field_by_name(PAGE_SIZE, Value::I32(PAGE_ITEMS));
        }
        let mut all = DynamicMessage::new(question.output());
        loop {
            let page = self.answer(question, request.clone()).await?;
            // Two encodings in a row are the encoding of both messages put together.
            all.merge(page.encode_to_vec().as_slice())
                .map_err(|why| ClientError::lies(question.name(), &why))?;
            let token = all.get_field_by_name(NEXT_PAGE_TOKEN).map(|token| token.into_owned());
            match token {
                Some(Value::String(token)) if is_in_pages && !token.is_empty() => {
                    request.set_field_by_name(PAGE_TOKEN, Value::String(token));
                    all.clear_field_by_name(NEXT_PAGE_TOKEN);
                }
                _ => break,
            }
        }
        say_once(&mut all);
        escape(&mut all);
        Ok(all)
    }

    async fn answer(
        &self,
        question: &MethodDescriptor,
        request: DynamicMessage,
    ) -> Result<DynamicMessage, ClientError> {
        let path = format!("/{}/{}", question.parent_service().full_name(), question.name());
        let path = PathAndQuery::try_from(path).map_err(|why| ClientError::lies(question.name(), &why))?;
        let mut wire = Grpc::new(self.wire.clone()).max_decoding_message_size(ANSWER_BYTES_MAX);
        let not_ready = |why: Box<dyn std::error::Error + Send + Sync>| Status::from_error(why);
        wire.ready().await.map_err(not_ready)?;
        let codec = DescribedCodec::of(question);
        Ok(wire.unary(Request::new(request), path, codec).await?.into_inner())
    }
}

/// What every page says of the same things is said once.
fn say_once(answer: &mut DynamicMessage) {
    let answered = answer.get_field_by_name_mut("answered").and_then(Value::as_message_mut);
    let names =
        answered.and_then(|answered| answered.get_field_by_name_mut("names")).and_then(Value::as_list_mut);
    if let Some(names) = names {
        let mut told = BTreeSet::new();
        names.retain(|named| {
            let id = named.as_message().and_then(|named| named.get_field_by_name("id"));
            id.is_none_or(|id| told.insert(id.as_str().unwrap_or_default().to_owned()))
        });
    }
}
