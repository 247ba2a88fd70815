//! UmaDB: an event store over gRPC, of Rust, which checks no signature.

use crate::peer::{Error, Payload, Peer, Writer};
use crate::process;
use futures_util::StreamExt as _;
use std::path::Path;
use tokio::process::Child;
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{DcbEvent, DcbEventStoreAsync as _};
use umadb_server::{ServerOptions, StorageOptions};

/// A server.
pub struct UmaDb {
    port: u16,
    child: Child,
}

/// Serves a database.
pub async fn serve(folder: &str, address: &str) {
    let (stop, stopped) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let _told = tokio::signal::ctrl_c().await;
        let _gone = stop.send(());
    });
    let storage = StorageOptions::default().db_path(folder);
    let options = ServerOptions { listen_addr: address.to_owned(), tls: None, api_key: None, storage };
    umadb_server::start_server_with_options(options, stopped).await.unwrap();
}

/// A connection that appends.
pub struct UmaWriter(AsyncUmaDbClient);

impl UmaDb {
    async fn client(&self) -> Result<AsyncUmaDbClient, Error> {
        let client = UmaDbClient::new(format!("http://127.0.0.1:{}", self.port)).connect_async().await;
        client.map_err(|error| error.to_string().into())
    }
}

impl Peer for UmaDb {
    const NAME: &'static str = "UmaDB 0.7.8";
    const SAYS: &'static str = "no signature is checked, fsync before each answer";

    type Writer = UmaWriter;

    async fn start(folder: &Path, _template: &Path) -> Result<Self, Error> {
        let port = process::port();
        let (folder, address) = (folder.join("uma.db").display().to_string(), format!("127.0.0.1:{port}"));
        let child = process::start(process::itself(&["umadb", &folder, &address])?, port).await?;
        Ok(Self { port, child })
    }

    async fn connect(&self) -> Result<UmaWriter, Error> {
        self.client().await.map(UmaWriter)
    }

    async fn read(&self, mut take: impl FnMut(&[u8]) + Send) -> Result<(), Error> {
        let client = self.client().await?;
        let read = client.read(None, None, false, None).await;
        let mut events = read.map_err(|error| error.to_string())?;
        while let Some(event) = events.next().await {
            take(&event.map_err(|error| error.to_string())?.event.data);
        }
        Ok(())
    }

    async fn stop(self) -> Result<(), Error> {
        process::stop(self.child).await
    }
}

impl Writer for UmaWriter {
    async fn append(&mut self, events: Vec<Payload>) -> Result<(), Error> {
        let events = events.into_iter();
        let events =
            events.map(|event| DcbEvent::default().event_type("decision").data(event.event)).collect();
        self.0.append(events, None, None).await.map_err(|error| error.to_string())?;
        Ok(())
    }
}
