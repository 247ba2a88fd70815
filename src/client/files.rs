//! What a server has over HTTP beside its services: its pages, as they are.

use super::{Client, ClientError};
use http_body_util::{BodyExt as _, Limited};
use hyper::{Request, StatusCode};
use tonic::body::Body;
use tonic::codegen::Service as _;

/// The most bytes of a file.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Client {
    /// The bytes that the server has at a path, such as `/verify.html`; nothing where it has nothing there.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`]: no whole answer came, or one of more than 4 MiB.
    pub async fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, ClientError> {
        let unreachable = |why: String| ClientError::Unreachable {
            server: self.server.clone(),
            why: format!("{path}: {why}"),
        };
        let request = Request::get(path).body(Body::empty()).map_err(|why| unreachable(why.to_string()))?;
        let answer = self.wire.call(request).await.map_err(|why| unreachable(why.to_string()))?;
        match answer.status() {
            StatusCode::OK => {
                let body = Limited::new(answer.into_body(), FILE_BYTES_MAX).collect().await;
                Ok(Some(body.map_err(|why| unreachable(why.to_string()))?.to_bytes().to_vec()))
            }
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(unreachable(format!("the server answered {status}"))),
        }
    }
}
