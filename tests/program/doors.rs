//! The real server at its limits: few descriptors, and many who want some.

use crate::support::{House, PROLOGUE, decision, message};
use data_encoding::BASE64;
use minutebook::proto::log_service_client::LogServiceClient;
use minutebook::proto::{AppendEventRequest, GetLedgerRequest};
use std::fs::Permissions;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::timeout;
use tonic::transport::Channel;

/// Longer than anything here should take: a test that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(20);

fn connect(address: SocketAddr) -> LogServiceClient<Channel> {
    LogServiceClient::new(Channel::from_shared(format!("http://{address}")).unwrap().connect_lazy())
}

/// The server's program with few descriptors, until it is dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // Where it has ended by itself there is nothing to kill.
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

impl Program {
    /// Serves the ledger in a folder, with at most so many open files, and says where.
    fn serve(folder: &Path, descriptors: u32) -> (Self, SocketAddr) {
        let key_file = folder.with_extension("pem");
        let pkcs8 = [&b"0.\x02\x01\x000\x05\x06\x03+ep\x04\x22\x04\x20"[..], &[9; 32]].concat();
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64.encode(&pkcs8));
        std::fs::write(&key_file, pem).unwrap();
        std::fs::set_permissions(&key_file, Permissions::from_mode(0o600)).unwrap();
        let few = format!("ulimit -n {descriptors} && exec \"$0\" \"$@\"");
        let mut child = Command::new("sh")
            .args(["-c", &few, env!("CARGO_BIN_EXE_minutebook"), "serve", "--listen", "127.0.0.1:0"])
            .arg("--dir")
            .arg(folder)
            .arg("--log-key")
            .arg(&key_file)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let mut lines = said.lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("listening  http://")?.trim().parse().ok());
        // Somebody reads on, or the program would wait for room to speak.
        std::thread::spawn(move || lines.for_each(drop));
        (Self(child), address.expect("it says where it listens"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_few_descriptors_goes_on_writing() {
    let (house, cast) = House::with_cast("re-enactment").await;
    let ledger = house.ledger.clone();
    let dir = house.stop().await;
    let (_program, address) = Program::serve(&dir.path().join("ledger"), 60);
    let mut strangers = Vec::new();
    for round in 0..6 {
        for _stranger in 0..20 {
            strangers.push(TcpStream::connect(address).unwrap());
        }
        let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&ledger);
        let request = AppendEventRequest { signed_event: Some(message(&event)) };
        // Strangers take the place of whoever is idle, and this one comes again.
        let append = async {
            while connect(address).append_event(request.clone()).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        timeout(TOO_LONG, append).await.unwrap_or_else(|_late| panic!("no append in round {round}"));
    }
    let head = connect(address).get_ledger(GetLedgerRequest {}).await.unwrap().into_inner();
    assert_eq!(head.ledger.unwrap().size, PROLOGUE + 6);
}
