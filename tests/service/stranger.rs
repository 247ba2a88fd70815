//! Somebody who speaks HTTP/2 by hand, and as badly as they like.

#![allow(unreachable_pub, reason = "a module of tests")]

use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

type Body = StreamBody<ReceiverStream<Result<Frame<Bytes>, Infallible>>>;

/// What a connection over HTTP/2 starts with (RFC 9113, 3.4).
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame of HTTP/2 (RFC 9113, 4.1).
pub fn http2(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), content].concat()
}

/// Kinds of frames (RFC 9113, 6).
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;

/// A connection over HTTP/2.
#[derive(Clone)]
pub struct Stranger(SendRequest<Body>);

impl Stranger {
    /// Opens a socket, says these bytes, and no more.
    pub async fn saying(address: SocketAddr, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Who has been sent away already can't be told anything.
        let _gone = stream.write_all(bytes).await;
        stream
    }

    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (requests, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(requests)
    }

    /// Begins a gRPC call whose message is not sent yet.
    pub async fn call(&self, path: &str) -> Call {
        self.begin(Method::POST, path, &[("content-type", "application/grpc")]).await
    }

    /// Asks a question without content, and says for how long it waits.
    pub async fn ask_within(&self, path: &str, message: Vec<u8>, time: &str) -> Call {
        let headers = [("content-type", "application/grpc"), ("grpc-timeout", time)];
        let call = self.begin(Method::POST, path, &headers).await;
        call.send(message).await;
        call.finish().await
    }

    /// Follows from entry 0 on, and reads nothing of what comes.
    pub async fn follow_unread(&self) -> Call {
        let call = self.call("/minutebook.v1.LogService/FollowEntries").await;
        call.send(frame(0, 0)).await;
        let call = call.finish().await;
        call.begun().await;
        call
    }

    async fn begin(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Call {
        let (frames, sent) = mpsc::channel(64);
        let mut request = Request::builder().method(method).uri(format!("http://stranger{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(StreamBody::new(ReceiverStream::new(sent))).unwrap();
        let mut requests = self.0.clone();
        let (head, answer) = oneshot::channel();
        requests.ready().await.unwrap();
        let answered = requests.send_request(request);
        tokio::spawn(async move {
            if let Ok(response) = answered.await {
                let _gone = head.send(response);
            }
        });
        Call { frames, answer: Mutex::new(Some(answer)), held: Mutex::new(None) }
    }

    /// The HTTP status of a request without a body.
    pub async fn get(&self, path: &str) -> u16 {
        self.begin(Method::GET, path, &[]).await.finish().await.response().await.status().as_u16()
    }

    /// The HTTP status of an empty message of this kind.
    pub async fn post(&self, path: &str, kind: &str) -> u16 {
        let call = self.begin(Method::POST, path, &[("content-type", kind)]).await;
        call.send(frame(0, 0)).await;
        call.finish().await.response().await.status().as_u16()
    }
}

/// A call that is under way.
pub struct Call {
    frames: mpsc::Sender<Result<Frame<Bytes>, Infallible>>,
    answer: Mutex<Option<oneshot::Receiver<Response<Incoming>>>>,
    /// An answer whose head has come, and whose body nobody reads.
    held: Mutex<Option<Response<Incoming>>>,
}

impl Call {
    pub async fn send(&self, bytes: Vec<u8>) {
        // Who was cut off can send no more.
        let _cut = self.frames.send(Ok(Frame::data(Bytes::from(bytes)))).await;
    }

    /// Says that this was all.
    pub async fn finish(self) -> Self {
        let (frames, _nobody) = mpsc::channel(1);
        Self { frames, ..self }
    }

    async fn response(&self) -> Response<Incoming> {
        let answer = self.answer.lock().unwrap().take().unwrap();
        answer.await.expect("an answer")
    }

    /// Waits for the head of the answer, and reads none of its body.
    pub async fn begun(&self) {
        let response = self.response().await;
        assert_eq!(response.status(), 200);
        *self.held.lock().unwrap() = Some(response);
    }

    /// What the call was refused with.
    pub async fn status(&self) -> Status {
        let response = self.response().await;
        Status::from_header_map(response.headers()).expect("a refusal")
    }

    /// What the stream of answers ended with.
    pub async fn ends(&self) -> Status {
        let body = self.response().await.into_body().collect().await.unwrap();
        Status::from_header_map(body.trailers().expect("trailers")).expect("a status")
    }
}

/// A gRPC frame that says that a message of so many bytes comes, and `sent` zeros of it.
pub fn frame(says: u32, sent: usize) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(says.to_be_bytes());
    bytes.resize(5 + sent, 0);
    bytes
}

/// Waits until the other side has closed.
pub async fn is_closed(stream: &mut TcpStream) {
    let mut sink = [0; 1024];
    while !matches!(stream.read(&mut sink).await, Ok(0) | Err(_)) {}
}
