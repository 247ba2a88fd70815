//! PostgreSQL with a hash chain, made by a trigger: what people would build who have a database already.

use crate::installed::installed;
use crate::peer::{Error, Payload, Peer, Writer};
use crate::process;
use futures_util::StreamExt as _;
use std::path::Path;
use tokio::process::{Child, Command};
use tokio_postgres::binary_copy::BinaryCopyOutStream;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls, Statement};

/// Where Debian has its programs.
const PLACES: [&str; 3] =
    ["/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin"];

/// The chain: each row has the hash of the one before it, and there is one end.
const SCHEMA: &str = "
create table entries (position bigint primary key, previous bytea not null, hash bytea not null, event bytea not null);
create table head (position bigint not null, hash bytea not null);
insert into head values (0, sha256(''));
create function chain() returns trigger language plpgsql as $$
declare last record;
begin
  select position, hash into last from head for update;
  new.position := last.position + 1;
  new.previous := last.hash;
  new.hash := sha256(last.hash || new.event);
  update head set position = new.position, hash = new.hash;
  return new;
end $$;
create trigger chained before insert on entries for each row execute function chain();
";

/// A server.
pub struct Postgres {
    port: u16,
    child: Child,
}

/// A connection that appends.
pub struct PostgresWriter {
    client: Client,
    one: Statement,
    many: Statement,
}

impl Postgres {
    async fn client(&self) -> Result<Client, Error> {
        let to = format!("host=127.0.0.1 port={} user=postgres dbname=postgres", self.port);
        let (client, connection) = tokio_postgres::connect(&to, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// A command as the user that PostgreSQL wants: not as root.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

impl Peer for Postgres {
    const NAME: &'static str = "PostgreSQL, hash-chain trigger";
    const SAYS: &'static str = "no signature is checked, synchronous_commit and fsync on";

    type Writer = PostgresWriter;

    async fn start(folder: &Path, _template: &Path) -> Result<Self, Error> {
        let (initdb, server) = (installed("initdb", &PLACES)?, installed("postgres", &PLACES)?);
        let data = folder.join("data");
        std::fs::create_dir(&data)?;
        Command::new("chmod").arg("711").arg(folder).status().await?;
        Command::new("chown").arg("postgres").arg(&data).status().await?;
        let made = as_postgres(&initdb)
            .args(["--auth=trust", "--username=postgres", "-D"])
            .arg(&data)
            .output()
            .await?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
        }
        let port = process::port();
        let mut command = as_postgres(&server);
        command.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        let settings = ["max_connections=400", "shared_buffers=256MB", "unix_socket_directories="];
        for setting in settings {
            command.args(["-c", setting]);
        }
        let peer = Self { port, child: process::start(command, port).await? };
        let mut tried = peer.client().await;
        while tried.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            tried = peer.client().await;
        }
        tried?.batch_execute(SCHEMA).await?;
        Ok(peer)
    }

    async fn connect(&self) -> Result<PostgresWriter, Error> {
        let client = self.client().await?;
        let one = client.prepare("insert into entries (event) values ($1)").await?;
        let many = client.prepare("insert into entries (event) select unnest($1::bytea[])").await?;
        Ok(PostgresWriter { client, one, many })
    }

    async fn read(&self, mut take: impl FnMut(&[u8]) + Send) -> Result<(), Error> {
        let client = self.client().await?;
        let copied = client
            .copy_out("copy (select event from entries order by position) to stdout (format binary)")
            .await?;
        let mut rows = std::pin::pin!(BinaryCopyOutStream::new(copied, &[Type::BYTEA]));
        while let Some(row) = rows.next().await {
            take(row?.get::<&[u8]>(0));
        }
        Ok(())
    }

    async fn stop(self) -> Result<(), Error> {
        process::stop(self.child).await
    }
}

impl Writer for PostgresWriter {
    async fn append(&mut self, events: Vec<Payload>) -> Result<(), Error> {
        let events: Vec<Vec<u8>> = events.into_iter().map(|event| event.event).collect();
        match &events[..] {
            [one] => self.client.execute(&self.one, &[one]).await?,
            many => self.client.execute(&self.many, &[&many]).await?,
        };
        Ok(())
    }
}
