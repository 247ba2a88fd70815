//! The wire to a server: every call has its end, whatever the server does, and goes where a proxy has the server.

use super::no_answer::Callee;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::{Request, Response, Uri};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::transport::Channel;

/// The header by which the server knows how long this client waits.
const GRPC_TIMEOUT: &str = "grpc-timeout";

/// How much longer the server is told to try than this client waits, so that this client's own words come first.
const BEYOND: Duration = Duration::from_secs(1);

/// The calls that go on for as long as there is something to say: the beginning of their answer alone is waited for.
const ENDLESS: [&str; 2] = ["/FollowEntries", "/AppendStream"];

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A connection whose calls end.
#[derive(Debug, Clone)]
pub struct Wire {
    channel: Channel,
    callee: Arc<Callee>,
    prefix: Arc<str>,
    call_max: Duration,
    token: Option<HeaderValue>,
}

impl Wire {
    pub(super) fn new(channel: Channel, callee: Callee, prefix: &str, call_max: Duration) -> Self {
        Self { channel, callee: Arc::new(callee), prefix: prefix.into(), call_max, token: None }
    }
}

impl Wire {
    /// The same, with a token in each call.
    #[must_use]
    pub(super) fn with_token(self, token: Option<HeaderValue>) -> Self {
        Self { token, ..self }
    }
}

impl Service<Request<Body>> for Wire {
    type Response = Response<Body>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send>>;

    /// Always: waiting for room on the wire is part of the call, whose time begins there.
    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (mut channel, prefix, call_max) = (self.channel.clone(), Arc::clone(&self.prefix), self.call_max);
        let (token, callee) = (self.token.clone(), Arc::clone(&self.callee));
        Box::pin(async move {
            let is_endless = ENDLESS.iter().any(|call| request.uri().path().ends_with(call));
            let mut request = addressed(request, &prefix, (!is_endless).then_some(call_max))?;
            if let Some(token) = token {
                request.headers_mut().insert(AUTHORIZATION, token);
            }
            let ends = Instant::now() + call_max;
            let answered = async {
                std::future::poll_fn(|cx| channel.poll_ready(cx)).await?;
                channel.call(request).await
            };
            let answer = match timeout_at(ends, answered).await.map_err(|_elapsed| late(call_max))? {
                Ok(answer) => answer,
                Err(error) => return Err(callee.explain(&error).await.into()),
            };
            callee.has_answered();
            if is_endless {
                return Ok(answer);
            }
            Ok(answer
                .map(|body| Body::new(Timed { inner: body, ends: Box::pin(sleep_until(ends)), call_max })))
        })
    }
}

/// The request with the path that a proxy knows, and with the time that there is.
fn addressed(
    mut request: Request<Body>,
    prefix: &str,
    time: Option<Duration>,
) -> Result<Request<Body>, Error> {
    if let Some(time) = time {
        let millis = (time + BEYOND).as_millis().min(99_999_999);
        request.headers_mut().insert(GRPC_TIMEOUT, HeaderValue::try_from(format!("{millis}m"))?);
    }
    if !prefix.is_empty() {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(format!("{prefix}{}", request.uri().path()).parse()?);
        *request.uri_mut() = Uri::from_parts(parts)?;
    }
    Ok(request)
}

fn late(call_max: Duration) -> Status {
    Status::deadline_exceeded(format!("no whole answer came within {} s", call_max.as_secs_f32()))
}

/// An answer whose end is waited for no longer than for its beginning.
struct Timed {
    inner: Body,
    ends: Pin<Box<Sleep>>,
    call_max: Duration,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        ready!(self.ends.as_mut().poll(cx));
        Poll::Ready(Some(Err(late(self.call_max))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_behind_the_prefix_and_says_how_long_it_waits() {
        let request =
            || Request::builder().uri("/minutebook.v1.LogService/GetLedger").body(Body::empty()).unwrap();
        let behind = addressed(request(), "/minutes/book", Some(Duration::from_secs(2))).unwrap();
        assert_eq!(behind.uri().path(), "/minutes/book/minutebook.v1.LogService/GetLedger");
        assert_eq!(behind.headers()[GRPC_TIMEOUT], "3000m");
        let endless = addressed(request(), "", None).unwrap();
        assert_eq!(endless.uri().path(), "/minutebook.v1.LogService/GetLedger");
        assert!(!endless.headers().contains_key(GRPC_TIMEOUT));
    }
}
