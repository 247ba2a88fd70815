//! What an operator sets: where each value comes from, and everything that is wrong, before a ledger is opened.

use crate::room::{Room, Said};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;

fn check(room: &Room, args: &[&str], environment: &[(&str, &str)]) -> (i32, Value) {
    let mut command = room.command(&[&["config", "check", "--json"], args].concat());
    let said = Said::from(command.envs(environment.iter().copied()).output().unwrap());
    let report =
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err));
    (said.code, report)
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file_and_it_is_said_which_won() {
    let room = Room::new();
    fs::create_dir(room.path("book")).unwrap();
    room.write(
        "m.toml",
        "dir = 'book'\nlisten = '127.0.0.1:1'\n\n[limits]\nconnections = 10\nstreams = 11\nhead = '9s'\n",
    );
    let environment =
        [("MINUTEBOOK_LIMITS_STREAMS", "21"), ("MINUTEBOOK_LIMITS_HEAD", "8s"), ("RUST_LOG", "info")];
    let (code, report) = check(&room, &["m.toml", "--set", "limits.head=7s"], &environment);
    assert_eq!((code, &report["faults"]), (0, &Value::Array(Vec::new())), "{report}");
    for (key, value, from) in [
        ("dir", Value::from("book"), "m.toml:1"),
        ("limits.connections", 10.into(), "m.toml:5"),
        ("limits.streams", 21.into(), "MINUTEBOOK_LIMITS_STREAMS"),
        ("limits.head", "7s".into(), "--set"),
        ("logging.level", "info".into(), "RUST_LOG"),
        ("limits.body", "30s".into(), "default"),
        ("tls.key", Value::Null, "default"),
    ] {
        assert_eq!(
            (&report["values"][key]["value"], &report["values"][key]["from"]),
            (&value, &from.into()),
            "{key}"
        );
    }
    let own = [("MINUTEBOOK_LOGGING_LEVEL", "debug"), ("RUST_LOG", "info")];
    let (_code, report) = check(&room, &["m.toml"], &own);
    assert_eq!(report["values"]["logging.level"]["value"], "debug");
    let shown = room.ok(&["config", "check", "m.toml"]);
    assert!(
        shown.lines().any(|line| line.trim_start().starts_with("limits.connections")
            && line.trim_end().ends_with("m.toml:5")),
        "{shown}"
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_file_line_and_what_would_be_right() {
    let room = Room::new();
    room.ok(&["key", "new", "exposed.pem"]);
    fs::set_permissions(room.path("exposed.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    let text = "dir = 'nowhere'\nlog_key = ['exposed.pem']\nlissen = '127.0.0.1:1'\n[tls]\ncertificate = 'none.pem'\n\
                key = 'none.pem'\n[limits]\nconnections = 0\nrequest_bytes = 1_000_000_000\n[witnesses]\npolicy = 'none'\n";
    room.write("m.toml", text);
    let environment = [("MINUTEBOOK_LOGGING_FORMAT", "xml"), ("MINUTEBOOK_LOGGING_LEVEL", "wran")];
    let (code, report) = check(&room, &["m.toml"], &environment);
    assert_eq!(code, 2);
    let faults: Vec<_> = report["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            let member = |name: &str| fault[name].as_str().unwrap();
            format!("{}: {}: {}; {}", member("from"), member("key"), member("found"), member("needed"))
        })
        .collect();
    for expected in [
        ["m.toml:1: dir: ", "made by minutebook init"],
        ["m.toml:2: log_key: ", "may be read by others"],
        ["m.toml:3: lissen: ", "is listen meant?"],
        ["m.toml:5: tls.certificate: ", "none.pem: No such file"],
        ["m.toml:6: tls.key: ", "none.pem: No such file"],
        ["m.toml:11: witnesses.policy: ", "none: No such file"],
        ["m.toml:8: limits.connections: ", "a whole number from 1"],
        ["nothing was set: limits.bytes_in_flight: ", "at least limits.request_bytes"],
        ["nothing was set: witnesses.on_no_quorum: ", "publish or hold"],
        ["MINUTEBOOK_LOGGING_FORMAT: logging.format: ", "one of text, json"],
        ["MINUTEBOOK_LOGGING_LEVEL: logging.level: \"wran\"; ", "error, warn, info, debug or trace"],
    ] {
        let is_told = |fault: &&String| fault.starts_with(expected[0]) && fault.contains(expected[1]);
        assert!(faults.iter().any(|fault| is_told(&fault)), "{expected:?} is not in {faults:#?}");
    }
    assert_eq!(faults.len(), 11, "{faults:#?}");
    // The server says the same, and opens nothing.
    let said = room.fails(2, &["serve", "--config", "m.toml"]);
    assert!(said.contains("m.toml:3: lissen") && said.contains("m.toml:8: limits.connections"), "{said}");
    assert!(!room.path("nowhere").exists());
}

#[test]
fn what_would_read_as_closed_and_be_open_is_wrong() {
    let room = Room::new();
    fs::create_dir(room.path("book")).unwrap();
    let told = |args: &[&str], environment: &[(&str, &str)], witness: &[&str]| {
        let (code, report) = check(&room, &[args, witness].concat(), environment);
        (code, report["faults"].to_string(), report["warnings"].to_string())
    };
    for word in ["nothing", "read"] {
        let set = format!("tokens.without={word}");
        let (code, faults, _) = told(&["--set", "dir=book", "--set", &set], &[], &[]);
        let names_both = faults.contains(&format!("\\\"{word}\\\", without tokens.file"))
            && faults.contains("tokens.without");
        assert!(code == 2 && names_both, "{faults}");
        let said = room.fails(2, &["serve", "--dir", "book", "--set", &set]);
        assert!(said.contains("without tokens.file"), "{said}");
        for (witness, prefix) in [(&[][..], ""), (&["--witness"][..], "WITNESS_")] {
            let variable = format!("MINUTEBOOK_{prefix}TLS_WITHOUT_CERTIFICATE");
            let (code, faults, _) = told(&[], &[(&variable, word)], witness);
            assert!(code == 2 && faults.contains("without tls.client_ca"), "{faults}");
        }
        let said = room.fails(2, &["serve", "--dir", "book", "--without-certificate", word]);
        assert!(said.contains("without tls.client_ca"), "{said}");
    }
    // Each door by itself is as it says; both together are as open as the more open one.
    room.ok(&["token", "new", "importer", "--file", "tokens", "--allows", "write", "--until", "2099-12-31"]);
    let closed = ["--set", "dir=book", "--set", "tokens.file=tokens", "--set", "tokens.without=nothing"];
    let (code, faults, warnings) = told(&closed, &[], &[]);
    assert_eq!((code, faults.as_str(), warnings.as_str()), (0, "[]", "[]"));
    let half_open = ["--set", "tls.client_ca=ca.pem", "--set", "tls.without_certificate=read"];
    let (code, faults, _) = told(&[&closed[..], &half_open].concat(), &[], &[]);
    assert!(code == 2 && faults.contains("beside tls.without_certificate"), "{faults}");
    // What is not less closed than it reads is worth a second look.
    let (code, _, warnings) = told(&["--set", "dir=book", "--set", "limits.handshake=1s"], &[], &[]);
    assert!(
        code == 0 && warnings.contains("limits.handshake means nothing without tls.certificate"),
        "{warnings}"
    );
}

#[test]
fn what_names_no_key_is_told_beside_all_else() {
    let room = Room::new();
    room.write("m.toml", "limits = 5\n");
    let (code, report) =
        check(&room, &["m.toml", "--set", "nonsense", "--set", "=3", "--set", "moon=full"], &[]);
    let faults = report["faults"].to_string();
    assert_eq!((code, report["faults"].as_array().unwrap().len()), (2, 5), "{faults}");
    for told in
        ["[limits]", "nonsense", "\"found\":\"\\\"=3\\\"\"", "a key that there is not", "the ledger's folder"]
    {
        assert!(faults.contains(told), "{told}: {faults}");
    }
}

#[test]
fn limits_with_which_no_server_works_are_wrong_and_their_least_is_told() {
    let room = Room::new();
    fs::create_dir(room.path("book")).unwrap();
    room.write(
        "m.toml",
        "dir = 'book'\n[limits]\nbytes_in_flight = 1\nrequest_bytes = 1\nidle = '99999999999d'\nhead = '1ms'\n\
         keepalive = '1ms'\nframes_burst = 1\n",
    );
    for witness in [&[][..], &["--witness"]] {
        let (code, report) = check(&room, &[&["m.toml"], witness].concat(), &[]);
        let faults = report["faults"].to_string();
        assert_eq!(code, 2);
        for (key, needed) in [
            ("limits.bytes_in_flight", "at least 4194304"),
            ("limits.request_bytes", "at least 131072"),
            ("limits.idle", "a time from 1ms to 3650d"),
            ("limits.head", "at least \\\"100ms\\\""),
            ("limits.keepalive", "at least \\\"1s\\\""),
            ("limits.frames_burst", "at least 100"),
        ] {
            assert!(faults.contains(key) && faults.contains(needed), "{key}: {faults}");
        }
    }
    // The smallest that there may be is enough to be asked.
    let least = ["limits.bytes_in_flight=4194304", "limits.request_bytes=131072", "limits.frames_rate=10"];
    let more = ["limits.frames_burst=100", "limits.idle=1s", "limits.keepalive=1s", "limits.head=100ms"];
    let mut room = Room::new();
    room.init("book");
    let sets: Vec<&str> = least.iter().chain(&more).flat_map(|set| ["--set", set]).collect();
    room.serve_with("book", &sets);
    room.enrol("secretary");
    assert_eq!(room.json(&["verify"])["read"], 2);
}

#[test]
fn a_certificate_that_does_not_hold_now_is_wrong_and_a_server_starts_with_it() {
    let mut room = Room::new();
    room.init("book");
    let issue = |years: (i32, i32)| {
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) =
            (rcgen::date_time_ymd(years.0, 1, 1), rcgen::date_time_ymd(years.1, 1, 1));
        let key = rcgen::KeyPair::generate().unwrap();
        room.write("server.pem", &params.self_signed(&key).unwrap().pem());
        room.write("server-key.pem", &key.serialize_pem());
    };
    let tls = ["--set", "dir=book", "--set", "tls.certificate=server.pem", "--set", "tls.key=server-key.pem"];
    for (years, told) in [((2001, 2002), "ran out at"), ((2998, 2999), "holds from"), ((2001, 2999), "")] {
        issue(years);
        let (code, report) = check(&room, &tls, &[]);
        let faults = report["faults"].to_string();
        assert_eq!(code, if told.is_empty() { 0 } else { 2 }, "{faults}");
        assert!(faults.contains(told), "{faults}");
    }
    issue((2001, 2002));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--set", "metrics_listen=127.0.0.1:0"];
    let said = room.start_saying(room.command(&[&serve[..], &tls].concat()));
    assert!(said.contains("tls.certificate: found one that ran out at"), "{said}");
    let figures = said.lines().find_map(|line| line.strip_prefix("figures    http://")).unwrap();
    let mut stream = TcpStream::connect(figures.trim_end_matches("/metrics")).unwrap();
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut ready = String::new();
    stream.read_to_string(&mut ready).unwrap();
    assert!(
        ready.contains("503") && ready.contains("certificate") && ready.contains("it ran out at"),
        "{ready}"
    );
}

#[test]
fn what_is_worth_a_second_look_is_a_warning() {
    let room = Room::new();
    fs::create_dir(room.path("book")).unwrap();
    let environment =
        [("MINUTEBOOK_DIR", "book"), ("MINUTEBOOK_LISTEN", "0.0.0.0:7419"), ("MINUTEBOOK_MOOD", "good")];
    let (code, report) = check(&room, &[], &environment);
    let warnings = report["warnings"].as_array().unwrap();
    assert_eq!((code, warnings.len()), (0, 2), "{report}");
    assert!(
        warnings.iter().any(|warning| warning.as_str().unwrap().contains("neither secret nor sure")),
        "{report}"
    );
    assert!(
        warnings.iter().any(|warning| warning.as_str().unwrap().starts_with("MINUTEBOOK_MOOD")),
        "{report}"
    );
    let (code, report) = check(&room, &[], &[("MINUTEBOOK_DIR", "book")]);
    assert_eq!((code, &report["warnings"]), (0, &Value::Array(Vec::new())), "this machine alone is no fault");
    let said = room.fails(2, &["serve"]);
    assert!(said.contains("dir: found nothing; needed the ledger's folder"), "{said}");
}

#[test]
fn the_defaults_are_a_file_and_a_witness_has_its_own() {
    let room = Room::new();
    for (file, args) in [("serve.toml", &[][..]), ("witness.toml", &["--witness"][..])] {
        room.write(file, &room.ok(&[&["config", "show-defaults"], args].concat()));
        let (code, report) = check(&room, &[&[file], args].concat(), &[]);
        let faults = report["faults"].as_array().unwrap();
        assert_eq!(code, 2, "a folder is to be named at least");
        assert!(faults.iter().all(|fault| fault["found"] == "nothing"), "{report}");
    }
    let (_code, report) =
        check(&room, &["witness.toml", "--witness"], &[("MINUTEBOOK_WITNESS_LIMITS_CALLS", "7")]);
    assert_eq!(report["values"]["limits.calls"]["from"], "MINUTEBOOK_WITNESS_LIMITS_CALLS");
    assert_eq!(report["values"]["limits.connections"]["value"], 128, "a witness has few visitors");
}

#[test]
fn a_server_is_started_from_a_file() {
    let mut room = Room::new();
    room.init("book");
    room.write("m.toml", "dir = 'book'\nlisten = '127.0.0.1:0'\n[logging]\nlevel = 'info'\n");
    let mut command = room.command(&["serve", "--config", "m.toml"]);
    command.env_remove("MINUTEBOOK_SERVER");
    room.start(command);
    room.ok(&["log"]);
    let said = room.stop();
    assert!(said.contains("INFO"), "the file's level is in force: {said}");
}
