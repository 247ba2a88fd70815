//! A server that only answers: what tonic gives on this machine when nobody does anything with what is sent.

use minutebook::proto::{
    AppendEventRequest, EntryBatch, FollowEntriesRequest, FollowEntriesResponse,
    follow_entries_response::Step,
};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::Ipv4Addr;
use tokio_stream::Iter;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Context, Poll, Service, http};
use tonic::server::{Grpc, NamedService, ServerStreamingService, UnaryService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

/// The two calls.
pub(crate) const ECHO: &str = "/minutebook.bench.Echo/Echo";
pub(crate) const STREAM: &str = "/minutebook.bench.Echo/Stream";

/// How many batches a stream has, of how many entries of how many bytes.
pub(crate) const BATCHES: usize = 400;
pub(crate) const ENTRIES: usize = 1000;
const BYTES: usize = 1200;

#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "minutebook.bench.Echo";
}

impl UnaryService<AppendEventRequest> for Echo {
    type Response = AppendEventRequest;
    type Future = Ready<Result<Response<AppendEventRequest>, Status>>;

    fn call(&mut self, request: Request<AppendEventRequest>) -> Self::Future {
        ready(Ok(Response::new(request.into_inner())))
    }
}

impl ServerStreamingService<FollowEntriesRequest> for Echo {
    type Response = FollowEntriesResponse;
    type ResponseStream = Iter<Box<dyn Iterator<Item = Result<FollowEntriesResponse, Status>> + Send>>;
    type Future = Ready<Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, _request: Request<FollowEntriesRequest>) -> Self::Future {
        let entry = minutebook::proto::Entry { content: vec![b'e'; BYTES], ..Default::default() };
        let batch = EntryBatch { entries: vec![entry; ENTRIES], ..EntryBatch::default() };
        let response = FollowEntriesResponse { step: Some(Step::Batch(batch)) };
        let all: Box<dyn Iterator<Item = _> + Send> =
            Box::new((0..BATCHES).map(move |_| Ok(response.clone())));
        ready(Ok(Response::new(tokio_stream::iter(all))))
    }
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let is_unary = request.uri().path() == ECHO;
            let answered = if is_unary {
                Grpc::new(ProstCodec::default()).unary(Echo, request).await
            } else {
                Grpc::new(ProstCodec::default()).server_streaming(Echo, request).await
            };
            Ok(answered)
        })
    }
}

/// Serves until it is told to end.
pub(crate) async fn serve(port: u16) {
    let stop = async {
        let _told = tokio::signal::ctrl_c().await;
    };
    let server = tonic::transport::Server::builder().add_service(Echo);
    server.serve_with_shutdown((Ipv4Addr::LOCALHOST, port).into(), stop).await.unwrap();
}
