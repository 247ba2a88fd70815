//! The log service as it is served: the call to follow has an encoder of its own, and all others are as generated.

use crate::proto::FollowEntriesRequest;
use crate::proto::log_service_server::{LogServiceServer, SERVICE_NAME};
use crate::service::follow::{Sent, StepCodec, Steps};
use crate::service::log::{Log, MESSAGE_BYTES_MAX};
use minutebook_store::{Engine, SledEngine};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::{Grpc, NamedService, ServerStreamingService};
use tonic::{Request, Response, Status};

/// How the path of the call to follow ends.
const FOLLOW: &str = "/FollowEntries";

/// The log service, ready to be served.
pub struct FollowedLog<E: Engine = SledEngine> {
    log: Arc<Log<E>>,
    others: LogServiceServer<Log<E>>,
}

impl<E: Engine> FollowedLog<E> {
    /// Serves this log.
    pub fn new(log: Log<E>) -> Self {
        let log = Arc::new(log);
        let others = LogServiceServer::from_arc(Arc::clone(&log));
        Self { log, others: others.max_decoding_message_size(MESSAGE_BYTES_MAX) }
    }
}

impl<E: Engine> Clone for FollowedLog<E> {
    fn clone(&self) -> Self {
        Self { log: Arc::clone(&self.log), others: self.others.clone() }
    }
}

impl<E: Engine> NamedService for FollowedLog<E> {
    const NAME: &'static str = SERVICE_NAME;
}

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

impl<E: Engine> Service<http::Request<Body>> for FollowedLog<E> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Answer {
        if !request.uri().path().ends_with(FOLLOW) {
            return self.others.call(request);
        }
        let call = FollowCall(Arc::clone(&self.log));
        Box::pin(async move {
            let mut grpc = Grpc::new(StepCodec);
            grpc = grpc.apply_max_message_size_config(Some(MESSAGE_BYTES_MAX), None);
            Ok(grpc.server_streaming(call, request).await)
        })
    }
}

/// One call to follow.
struct FollowCall<E: Engine>(Arc<Log<E>>);

impl<E: Engine> ServerStreamingService<FollowEntriesRequest> for FollowCall<E> {
    type Response = Sent;
    type ResponseStream = Steps;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Steps>, Status>> + Send>>;

    fn call(&mut self, request: Request<FollowEntriesRequest>) -> Self::Future {
        let log = Arc::clone(&self.0);
        Box::pin(async move { log.follow(request.get_ref()).map(Response::new) })
    }
}
