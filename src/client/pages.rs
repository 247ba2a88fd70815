//! Answers that come in pages.

use super::{Client, ClientError, RegisterClient, harmless};
use crate::pages::{PageAnswer, PageRequest};
use tonic::{Response, Status};

/// How many items a page has, at most: the most that a server gives.
pub(super) const PAGE_ITEMS: i32 = 1000;

impl Client {
    /// Every page of an answer of the register, as one: lists go on, and all else is as the last page says it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn all<Q: PageRequest, A: PageAnswer>(
        &mut self,
        question: impl AsyncFn(&mut RegisterClient, Q) -> Result<Response<A>, Status>,
        request: Q,
    ) -> Result<A, ClientError> {
        let (mut all, mut token) = (A::default(), String::new());
        loop {
            let asked = request.clone().with_page(PAGE_ITEMS, token);
            let page = question(&mut self.register, asked).await?.into_inner();
            // Two encodings in a row are the encoding of both messages put together.
            all.merge(page.encode_to_vec().as_slice()).map_err(|why| ClientError::lies(A::NAME, &why))?;
            token = all.take_next_page_token();
            if token.is_empty() {
                all.say_once();
                return harmless(all);
            }
        }
    }
}
