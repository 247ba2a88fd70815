//! Programs that are started, waited for and stopped.

use crate::peer::Error;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// How long a program has until it answers, or ends.
const TIME_MAX: Duration = Duration::from_secs(60);

/// A port that nobody has.
pub(crate) fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_or(0, |at| at.port())
}

/// Starts a program that ends with this one, and waits until it listens on `port`.
pub(crate) async fn start(mut command: Command, port: u16) -> Result<Child, Error> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if let Some(status) = child.try_wait()? {
            return Err(format!("{command:?} has ended: {status}").into());
        }
        if begun.elapsed() > TIME_MAX {
            return Err(format!("{command:?} does not listen").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(child)
}

/// Asks a program to end, and waits for that.
pub(crate) async fn stop(mut child: Child) -> Result<(), Error> {
    if let Some(id) = child.id() {
        Command::new("kill").args(["-INT", &id.to_string()]).status().await?;
    }
    if tokio::time::timeout(TIME_MAX, child.wait()).await.is_err() {
        child.kill().await?;
    }
    Ok(())
}

/// This program, to be started once more as a server.
pub(crate) fn itself(args: &[&str]) -> Result<Command, Error> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").args(args);
    Ok(command)
}
