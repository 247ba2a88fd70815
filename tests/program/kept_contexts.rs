//! What somebody uses again and again, kept under a name: it stands for the flags that are not given.

use crate::room::{Room, decision};
use std::fs;

#[test]
fn a_context_stands_for_the_flags_that_are_not_given() {
    let room = Room::with_people();
    let address = room.address().to_owned();
    // Without a variable, which wins over it.
    let run = |args: &[&str]| {
        let mut command = room.command(args);
        let output = command.env_remove("MINUTEBOOK_SERVER").output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    assert_eq!(run(&["log"]).0, 5, "no server of that address");
    let set = ["context", "set", "city", "--server", &address, "--key", "secretary.pem", "--body", "04K"];
    let (code, out, err) = run(&set);
    assert!(code == 0 && out.contains("city") && out.contains("in use"), "{out}{err}");
    assert_eq!(run(&["log"]).0, 0);
    room.write("decision.json", &decision("2019-07-04", r#"{"none": {}}"#));
    let (code, out, err) = run(&["record", "decision.json", "--yes"]);
    assert!(code == 0 && out.starts_with("entry 10"), "{out}{err}");
    let (code, _out, err) = run(&["withdraw", "10", "--reason", "Of another body.", "--dry-run"]);
    assert_eq!(code, 0, "{err}");
    let (code, out, err) = run(&["record", "--template", "meeting"]);
    assert!(code == 0 && out.contains("\"bodies\": [\"body/04K\"]"), "{out}{err}");
    // Of its one body is asked where none is named, of another where one is; and a book elsewhere has bodies of its own.
    for asked in [
        &["decisions"][..],
        &["meetings"],
        &["due"],
        &["actions"],
        &["officer"],
        &["interests"],
        &["appointment"],
    ] {
        let (code, out, err) = run(&[asked, &["--as-at", "2019-07-05"]].concat());
        assert!(code == 0 && out.contains("04K is body/04K"), "{asked:?}: {out}{err}");
    }
    assert_eq!(run(&["decisions", "04X"]).0, 1);
    let elsewhere =
        room.command(&["decisions"]).env("MINUTEBOOK_SERVER", "http://127.0.0.1:1").output().unwrap();
    assert_eq!(elsewhere.status.code(), Some(2), "of whom?");
    // What is given counts, and so does a variable.
    assert_eq!(run(&["log", "--server", "http://127.0.0.1:1"]).0, 5);
    let (code, _out, err) = run(&["record", "decision.json", "--key", "nhse.pem", "--yes", "--again"]);
    assert!(code == 3 && err.contains("authority.grant"), "{err}");

    run(&["context", "set", "away", "--server", "http://127.0.0.1:1"]);
    assert_eq!(run(&["log"]).0, 0, "the first stays in use");
    run(&["context", "set", "away", "--body", "04N"]);
    let kept = room.json(&["context", "list"]);
    assert_eq!(kept["contexts"]["away"]["server"], "http://127.0.0.1:1", "what is not given stays: {kept}");
    run(&["context", "use", "away"]);
    assert_eq!(run(&["log"]).0, 5);
    let named =
        room.command(&["log"]).env_remove("MINUTEBOOK_SERVER").env("MINUTEBOOK_CONTEXT", "city").status();
    assert!(named.unwrap().success(), "one command has another");
    let (code, _out, err) = run(&["context", "use", "citty"]);
    assert!(code == 2 && err.contains("did you mean city?"), "{err}");
    let kept = room.json(&["context", "list"]);
    assert_eq!((&kept["used"], &kept["contexts"]["city"]["bodies"][0]), (&"away".into(), &"04K".into()));
    assert!(kept["contexts"]["city"]["keys"][0].as_str().unwrap().ends_with("/secretary.pem"));
    run(&["context", "forget", "away"]);
    assert_eq!(run(&["log"]).0, 5, "none is in use");
    // What can't be read stops whatever would rest on it, and nothing else.
    fs::write(room.path("state/contexts.json"), "{").unwrap();
    let (code, _out, err) = run(&["log"]);
    assert!(code != 0 && err.contains("contexts.json"), "{err}");
    assert_eq!(run(&["--help"]).0, 0);
}
