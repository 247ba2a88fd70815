//! docs/witness.md, word for word: two bodies, their programs and a shell.

use crate::log::{Log, get, post};
use crate::room::{Page, Room};
use minutebook_log::{Policy, SignedCheckpoint};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The SHA-256 of `minutebook.example/notts`, in hexadecimal digits.
const ORIGIN_HASH: &str = "02195112c0425408b749032442f6f84fcf3526bb7a1822312bec040eeeb33db6";

/// How long what is to happen may take on a machine that is busy.
const LONG: Duration = Duration::from_secs(60);

/// Programs that run, by the address that the page gives them.
#[derive(Default)]
struct Running(BTreeMap<&'static str, (Child, SocketAddr)>);

impl Drop for Running {
    fn drop(&mut self) {
        for (child, _address) in self.0.values_mut() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Running {
    /// The command with the addresses that the programs really have.
    fn with_addresses(&self, command: &str) -> String {
        let put = |command: String, (page, (_child, real)): (&&str, &(Child, SocketAddr))| {
            command.replace(page, &real.to_string())
        };
        self.0.iter().fold(command.to_owned(), put)
    }

    /// Starts a program, and waits until it says where it listens. One that runs at that address is killed, and
    /// the new one takes its place.
    fn start(&mut self, room: &Room, page: &'static str, command: &str) {
        let mut address = "127.0.0.1:0".to_owned();
        if let Some((mut child, real)) = self.0.remove(page) {
            child.kill().unwrap();
            child.wait().unwrap();
            address = real.to_string();
        }
        let listen = format!("--listen {page}");
        assert!(command.contains(&listen), "{command}");
        let command = command.replace(&listen, &format!("--listen {address}"));
        let mut child = room
            .shell(&format!("exec {command}"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let real = loop {
            let Some(line) = lines.next() else { panic!("{command} ended: {said:#?}") };
            let line = line.unwrap();
            if let Some(address) = line.split_whitespace().find_map(|word| word.strip_prefix("http://")) {
                break address.parse().unwrap();
            }
            said.push(line);
        };
        // Somebody goes on listening, or the program would find its standard error closed.
        std::thread::spawn(move || lines.for_each(drop));
        self.0.insert(page, (child, real));
    }
}

/// The checkpoint that is served, once it is of this size and has a quorum.
fn witnessed(address: SocketAddr, policy: &Policy, size: u64) -> SignedCheckpoint {
    let started = Instant::now();
    loop {
        let answer = get(address, "/checkpoint");
        if let Ok(checkpoint) = SignedCheckpoint::parse(answer.body.as_bytes())
            && checkpoint.unverified().head.size.0 == size
        {
            assert_eq!(policy.check(&checkpoint).unwrap().cosigned().len(), 1);
            return checkpoint;
        }
        assert!(started.elapsed() < LONG, "{answer:?}");
        std::thread::yield_now();
    }
}

#[test]
fn the_page_works_word_for_word() {
    let (room, mut running) = (Room::new(), Running::default());
    let mut sizes = vec![];
    for page in Page::read("docs/witness.md").typed {
        let command = running.with_addresses(&page);
        if page.starts_with("minutebook witness") {
            running.start(&room, "127.0.0.1:7420", &page);
        } else if page.starts_with("minutebook serve") {
            running.start(&room, "127.0.0.1:7419", &page);
        } else if page.starts_with("curl") {
            assert_eq!(page, "curl -s http://127.0.0.1:7419/checkpoint");
            let log = std::fs::read_to_string(room.path("notts.vkey")).unwrap();
            let policy = std::fs::read_to_string(room.path("neighbours.policy")).unwrap();
            let policy = Policy::parse(format!("log {log}{policy}").as_bytes()).unwrap();
            let size = sizes.len() as u64 + 1;
            let checkpoint = witnessed(running.0["127.0.0.1:7419"].1, &policy, size);
            sizes.push(checkpoint.unverified().head.size.0);
        } else {
            let mut shell = room.shell(&command);
            if let Some((_child, address)) = running.0.get("127.0.0.1:7419") {
                shell.env("MINUTEBOOK_SERVER", format!("http://{address}"));
            }
            let output = shell.output().unwrap();
            assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert_eq!(sizes, [1, 2, 3], "the opening, what was recorded after the witness was killed, the new key");
    let kept = std::fs::read_dir(room.path("book/published/witnessed")).unwrap().count();
    assert!((1..=2).contains(&kept), "one for each hour");
}

#[test]
fn a_witness_that_is_killed_has_stored_what_it_has_answered() {
    let (room, mut running) = (Room::new(), Running::default());
    let (log, page) = (Log::of("minutebook.example/notts", 1000), "127.0.0.1:7420");
    assert!(room.shell("minutebook key new witness.pem").output().unwrap().status.success());
    let start = format!(
        "minutebook witness --dir witness --key witness.pem --name derby.example/w --listen {page} --log {}",
        log.vkey()
    );
    running.start(&room, page, &start.replace("witness --dir", "witness --new --dir"));
    let mut stored = 0;
    for round in 1..=5 {
        let address = running.0[page].1;
        let asking = std::thread::spawn({
            let log = log.clone();
            move || {
                let mut answered = stored;
                // Until it is killed: no answer, or half of one, promises nothing.
                while post(address, log.request(answered, answered + 1).encode()).status == 200 {
                    answered += 1;
                }
                answered
            }
        });
        // As soon as it has got somewhere, wherever that is.
        let path = format!("/{}/checkpoint", ORIGIN_HASH);
        let size = || get(address, &path).body.lines().nth(1).and_then(|size| size.parse::<u64>().ok());
        while size().is_none_or(|size| size < stored + 3 * round) {}
        running.0.get_mut(page).unwrap().0.kill().unwrap();
        let answered = asking.join().unwrap();
        running.start(&room, page, &start);
        let address = running.0[page].1;
        let now = get(address, &path).body.lines().nth(1).unwrap().parse::<u64>().unwrap();
        assert!(now == answered || now == answered + 1, "answered {answered}, stored {now}");
        stored = now;
    }
}

#[test]
fn a_witness_that_was_never_begun_is_not_begun_by_accident() {
    let room = Room::new();
    let made = room.shell("minutebook key new witness.pem && minutebook key new log.pem").output();
    assert!(made.unwrap().status.success());
    let start = "minutebook witness --dir witness --key witness.pem --name derby.example/w --listen 127.0.0.1:0 \
                 --log $(minutebook key show log.pem --log minutebook.example/notts)";
    let refused = room.shell(start).output().unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("begin it with --new"), "{said}");
    assert!(!room.path("witness").exists());
}

#[test]
fn failing_open_or_closed_is_said_or_nothing_starts() {
    let room = Room::new();
    for args in ["--witness-policy p", "--on-no-quorum hold", "--witness-policy p --on-no-quorum maybe"] {
        let refused = room.shell(&format!("minutebook serve --dir book {args}")).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{args}");
    }
}
