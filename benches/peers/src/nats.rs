//! NATS JetStream on files, synced for each message. Its text protocol is spoken here: a client for it is a page.

use crate::installed::installed;
use crate::peer::{Error, Payload, Peer, Writer};
use crate::process;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Tells connections apart.
static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

/// A server.
pub struct Nats {
    port: u16,
    child: Child,
}

/// A connection, with an inbox of its own.
pub struct NatsWriter {
    stream: BufReader<TcpStream>,
    inbox: String,
}

/// A message, or what else the server says.
enum Said {
    Message(Vec<u8>),
    Other,
}

impl NatsWriter {
    async fn connect(port: u16) -> Result<Self, Error> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let inbox = format!("_INBOX.{}", CONNECTIONS.fetch_add(1, Ordering::Relaxed));
        let mut connected = Self { stream: BufReader::with_capacity(1 << 20, stream), inbox };
        let options = r#"{"verbose":false,"pedantic":false,"name":"peers"}"#;
        let hello = format!("CONNECT {options}\r\nSUB {} 1\r\n", connected.inbox);
        connected.write(hello.as_bytes()).await?;
        Ok(connected)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.stream.get_mut().write_all(bytes).await?)
    }

    async fn read(&mut self) -> Result<Said, Error> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err("the server ended the connection".into());
        }
        let words: Vec<_> = line.split_whitespace().collect();
        match words.first().copied() {
            Some("MSG") => {
                let length: usize = words[words.len() - 1].parse()?;
                let mut message = vec![0; length + 2];
                self.stream.read_exact(&mut message).await?;
                message.truncate(length);
                Ok(Said::Message(message))
            }
            Some("PING") => {
                self.write(b"PONG\r\n").await?;
                Ok(Said::Other)
            }
            Some("-ERR") => Err(line.into()),
            _other => Ok(Said::Other),
        }
    }

    async fn message(&mut self) -> Result<Vec<u8>, Error> {
        loop {
            if let Said::Message(message) = self.read().await? {
                return Ok(message);
            }
        }
    }

    async fn ask(&mut self, subject: &str, question: &str) -> Result<serde_json::Value, Error> {
        let asked = format!("PUB {subject} {} {}\r\n{question}\r\n", self.inbox, question.len());
        self.write(asked.as_bytes()).await?;
        let answer: serde_json::Value = serde_json::from_slice(&self.message().await?)?;
        match answer.get("error") {
            Some(error) => Err(error.to_string().into()),
            None => Ok(answer),
        }
    }
}

impl Peer for Nats {
    const NAME: &'static str = "NATS JetStream";
    const SAYS: &'static str =
        "no signature, no chain, sync_interval always; what it calls a batch is not one transaction";

    type Writer = NatsWriter;

    async fn start(folder: &Path, _template: &Path) -> Result<Self, Error> {
        let server = installed("nats-server", &["/usr/sbin", "/root/go/bin"])?;
        let settings = folder.join("nats.conf");
        let store = folder.join("jetstream");
        let text =
            format!("jetstream {{ store_dir: {:?}, sync_interval: always }}\n", store.display().to_string());
        std::fs::write(&settings, text)?;
        let tried = Command::new(&server).arg("-c").arg(&settings).arg("-t").output().await?;
        if !tried.status.success() {
            let version = Command::new(&server).arg("-v").output().await?;
            let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
            return Err(format!("{version} can't sync each message, which 2.10 is the first to do").into());
        }
        let port = process::port();
        let mut command = Command::new(&server);
        command.arg("-c").arg(&settings).args(["-a", "127.0.0.1", "-p", &port.to_string()]);
        let peer = Self { port, child: process::start(command, port).await? };
        let stream = r#"{"name":"EVENTS","subjects":["events"],"storage":"file","retention":"limits","num_replicas":1}"#;
        NatsWriter::connect(port).await?.ask("$JS.API.STREAM.CREATE.EVENTS", stream).await?;
        Ok(peer)
    }

    async fn connect(&self) -> Result<NatsWriter, Error> {
        NatsWriter::connect(self.port).await
    }

    async fn read(&self, mut take: impl FnMut(&[u8]) + Send) -> Result<(), Error> {
        let mut reader = NatsWriter::connect(self.port).await?;
        let info = reader.ask("$JS.API.STREAM.INFO.EVENTS", "").await?;
        let count = info["state"]["messages"].as_u64().ok_or("no number of messages")?;
        let deliver = format!("{}.all", reader.inbox);
        reader.write(format!("SUB {deliver} 2\r\n").as_bytes()).await?;
        let consumer = serde_json::json!({"stream_name": "EVENTS", "config": {
            "deliver_subject": deliver, "deliver_policy": "all", "ack_policy": "none", "replay_policy": "instant",
        }});
        let asked = consumer.to_string();
        let asked =
            format!("PUB $JS.API.CONSUMER.CREATE.EVENTS {} {}\r\n{asked}\r\n", reader.inbox, asked.len());
        reader.write(asked.as_bytes()).await?;
        let mut read = 0;
        while read < count {
            let message = reader.message().await?;
            // The answer to the question comes among them.
            if !message.starts_with(br#"{"type":"io.nats"#) {
                take(&message);
                read += 1;
            }
        }
        Ok(())
    }

    async fn stop(self) -> Result<(), Error> {
        process::stop(self.child).await
    }
}

impl Writer for NatsWriter {
    async fn append(&mut self, events: Vec<Payload>) -> Result<(), Error> {
        let mut all = Vec::new();
        for event in &events {
            all.extend(format!("PUB events {} {}\r\n", self.inbox, event.event.len()).into_bytes());
            all.extend(&event.event);
            all.extend(b"\r\n");
        }
        self.write(&all).await?;
        for _event in &events {
            let answer = self.message().await?;
            if !answer.windows(5).any(|part| part == b"\"seq\"") {
                return Err(String::from_utf8_lossy(&answer).into_owned().into());
            }
        }
        Ok(())
    }
}
