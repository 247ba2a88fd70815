//! What the real server tells of its work: a line for each call, as JSON where that is asked for, and no secrets.

use crate::room::{Room, decision};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;

/// The lines of a log that are calls of this method.
fn calls<'a>(log: &'a [Value], method: &str) -> Vec<&'a Value> {
    log.iter().filter(|line| line["target"] == "minutebook::calls" && line["method"] == method).collect()
}

fn lines_of(said: &str) -> Vec<Value> {
    said.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Asks over HTTP/1 by hand, and returns the answer with its head.
fn ask(address: &str, head: &str) -> String {
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "{head}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn each_call_is_one_line_of_json_with_what_it_was_and_no_more() {
    let mut room = Room::new();
    room.init("book");
    let arguments = ["--log-format", "json", "--log-level", "info"];
    room.serve_with("book", &arguments);
    room.ok(&["log"]);
    let said = room.fails(3, &["record", &secret(&room), "--key", "one.pem", "--yes"]);
    assert!(said.contains("refused"), "{said}");
    room.fails(1, &["body", "99Z"]);
    let address = room.address().to_owned();
    let answer = ask(&address, "GET /checkpoint HTTP/1.1\r\nX-Request-Id: night-shift.7");
    assert!(answer.contains("x-request-id: night-shift.7"), "{answer}");
    let answer = ask(
        &address,
        "GET /my-secret-path?token=mbt_abc HTTP/1.1\r\nX-Request-Id: a b\r\nAuthorization: Bearer mbt_abc",
    );
    assert!(answer.contains("x-request-id: ") && !answer.contains("x-request-id: a b"), "{answer}");
    let said = room.stop();
    assert!(!said.contains('\u{1b}'), "no colours where it is no terminal: {said}");
    let log = lines_of(&said);
    let told = |what: &str| {
        log.iter().any(|line| line["message"].as_str().is_some_and(|said| said.starts_with(what)))
    };
    assert!(told("stopping") && told("stopped"), "what is said beside the log is a line of it: {said}");
    let asked = calls(&log, "GetLedger");
    assert!(!asked.is_empty(), "{said}");
    for line in &asked {
        assert_eq!(
            (&line["level"], &line["code"], &line["caller"]),
            (&"INFO".into(), &"OK".into(), &"nobody".into())
        );
        assert!(
            line["millis"].as_f64().unwrap() > 0.0 && line["answer_bytes"].as_u64().unwrap() > 0,
            "{line}"
        );
        assert!(line["request_id"].as_str().unwrap().len() >= 14, "{line}");
    }
    // What is judged before it is signed is judged over the wire too, and nothing of it is told.
    assert!(!calls(&log, "AppendEvents").is_empty(), "{said}");
    let refused = calls(&log, "GetBody");
    assert!(
        refused.iter().any(|line| line["code"] != "OK" && !line["reason"].as_str().unwrap().is_empty()),
        "{said}"
    );
    let checkpoint = calls(&log, "checkpoint");
    assert_eq!(
        (&checkpoint[0]["code"], &checkpoint[0]["request_id"]),
        (&"200".into(), &"night-shift.7".into())
    );
    assert_eq!(calls(&log, "other")[0]["code"], "404");
    for secret in ["secret", "mbt_", "closed session"] {
        assert!(!said.contains(secret), "{secret} is in the log:\n{said}");
    }
}

/// A decision that this key may not sign.
fn secret(room: &Room) -> String {
    room.write(
        "secret.jsonc",
        &decision("2019-07-04", r#"{"none": {}}"#).replace("They are right.", "closed session"),
    );
    "secret.jsonc".to_owned()
}

#[test]
fn lines_for_people_have_no_colours_in_a_file_and_the_level_is_obeyed() {
    let mut room = Room::new();
    room.init("book");
    room.serve_with("book", &["--log-level", "info"]);
    room.ok(&["log"]);
    let said = room.stop();
    assert!(said.contains("INFO minutebook::calls: call method=\"GetLedger\" code=\"OK\""), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    room.serve_with("book", &[]);
    room.ok(&["log"]);
    assert!(!room.stop().contains("GetLedger"), "warnings alone are usual");
}

#[test]
fn a_token_opens_writing_and_is_never_told() {
    let mut room = Room::with_people();
    room.write("decision.jsonc", &decision("2019-07-04", r#"{"none": {}}"#));
    room.stop();
    let token = room.ok(&["token", "new", "secretary", "--file", "tokens", "--allows", "write"]);
    room.write("secretary.token", &token);
    let kept = fs::read_to_string(room.path("tokens")).unwrap();
    assert!(!kept.contains(token.trim()) && kept.contains("secretary write never sha256:"), "{kept}");
    assert!(
        room.fails(2, &["token", "new", "secretary", "--file", "tokens", "--allows", "read"])
            .contains("taken")
    );
    room.serve_with("book", &["--tokens", "tokens", "--log-level", "debug"]);
    room.ok(&["log"]);
    let record = ["record", "decision.jsonc", "--key", "secretary.pem", "--yes"];
    let said = room.run(&record);
    assert!(said.code != 0 && said.err.contains("asks for a token"), "{}", said.err);
    let with = [&record[..], &["--token-file", "secretary.token"]].concat();
    fs::set_permissions(room.path("secretary.token"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(room.fails(2, &with).contains("chmod 600 secretary.token"));
    fs::set_permissions(room.path("secretary.token"), fs::Permissions::from_mode(0o600)).unwrap();
    room.ok(&with);
    let mut by_variable = room.command(&["log"]);
    assert!(by_variable.env("MINUTEBOOK_TOKEN", "mbt_wrong").output().unwrap().status.code() != Some(0));
    let said = room.stop();
    assert!(said.contains("caller=\"token\"") && !said.contains("mbt_"), "{said}");

    fs::set_permissions(room.path("tokens"), fs::Permissions::from_mode(0o644)).unwrap();
    let said = room.fails(2, &["serve", "--dir", "book", "--tokens", "tokens"]);
    assert!(said.contains("tokens.file") && said.contains("chmod 600 tokens"), "{said}");
    fs::set_permissions(room.path("tokens"), fs::Permissions::from_mode(0o600)).unwrap();
    let said = room.fails(2, &["serve", "--dir", "book", "--tokens", "tokens", "--listen", "0.0.0.0:0"]);
    assert!(said.contains("without TLS") && said.contains("not said where others hear it"), "{said}");
}

/// A figure by its name and labels; nothing where it is not there.
fn figure(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[test]
fn a_real_server_shows_its_parts_and_figures_where_it_is_told_to() {
    let mut room = Room::new();
    room.init("book");
    room.serve("book");
    let address = room.address().to_owned();
    let (_head, ready) = split(&ask(&address, "GET /readyz HTTP/1.1"));
    let ready: Value = serde_json::from_str(&ready).unwrap();
    for part in ["writer", "clock", "scrub", "disk", "published"] {
        assert_eq!(ready["parts"][part]["state"], "ready", "{part}: {ready}");
    }
    let (_head, before) = split(&ask(&address, "GET /metrics HTTP/1.1"));
    room.enrol("secretary");
    let (head, after) = split(&ask(&address, "GET /metrics HTTP/1.1"));
    assert!(head.contains("application/openmetrics-text"), "{head}");
    let of = |text: &str, name: &str| figure(text, name).unwrap_or_else(|| panic!("{name}: {text}"));
    for name in ["minutebook_sync_seconds_count", "minutebook_commit_seconds_count", "minutebook_entries"] {
        assert_eq!(of(&after, name) - of(&before, name), 1.0, "{name}");
    }
    for name in ["minutebook_store_bytes", "process_max_fds", "minutebook_part_ready{part=\"disk\"}"] {
        assert!(of(&after, name) > 0.0, "{name}");
    }
    room.stop();

    let mut command = room.command(&["serve", "--dir", "book", "--listen", "127.0.0.1:0"]);
    command.args(["--set", "metrics_listen=127.0.0.1:0"]);
    let said = room.start_saying(command);
    let beside = said.lines().find_map(|line| line.strip_prefix("figures")?.trim().strip_suffix("/metrics"));
    let beside = beside.unwrap_or_else(|| panic!("{said}")).to_owned();
    assert!(ask(&beside, "GET /metrics HTTP/1.1").contains("minutebook_entries 2"), "beside");
    assert!(ask(&beside, "GET /readyz HTTP/1.1").starts_with("HTTP/1.1 200"));
    assert!(ask(&beside, "GET /checkpoint HTTP/1.1").starts_with("HTTP/1.1 404"), "and nothing else");
    let address = room.address().to_owned();
    assert!(ask(&address, "GET /metrics HTTP/1.1").starts_with("HTTP/1.1 404"), "there alone");
    assert!(ask(&address, "GET /healthz HTTP/1.1").starts_with("HTTP/1.1 200"));
}

/// Head and body; what is sent in chunks is put together.
fn split(answer: &str) -> (String, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
    (head.to_owned(), body.to_owned())
}

#[test]
fn a_witness_answers_that_it_is_there_and_tells_of_its_calls() {
    let mut room = Room::new();
    room.init("book");
    room.ok(&["key", "new", "witness.pem"]);
    let log = room.ok(&["key", "show", "book/log-key.pem", "--log", "minutebook.example/story"]);
    let signs = ["witness", "--new", "--dir", "witness", "--key", "witness.pem", "--name", "derby.example/w"];
    let mut command = room.command(&signs);
    command.args(["--listen", "127.0.0.1:0", "--log-level", "info", "--log", log.trim()]);
    room.start(command);
    let address = room.address().to_owned();
    let answer = ask(&address, "GET /healthz HTTP/1.1\r\nX-Request-Id: derby-1");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("x-request-id: derby-1"), "{answer}");
    assert!(ask(&address, "GET /my-secret/checkpoint HTTP/1.1").starts_with("HTTP/1.1 404"));
    let said = room.stop();
    assert!(
        said.contains("call method=\"checkpoint\" code=\"404\"") && !said.contains("my-secret"),
        "{said}"
    );
    assert!(!said.contains("method=\"healthz\""), "machines ask that all day: {said}");
}
