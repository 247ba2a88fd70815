//! Backing up, restoring, drilling, and looking at a folder without touching it.

use crate::files::files;
use crate::room::{Room, Said, decision};
use minutebook::keyfile;
use minutebook_log::{LogKey, TreeHash, TreeHead, TreeSize};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

/// The entries of a room with people.
const PROLOGUE: u64 = 10;

fn record(room: &Room, name: &str) {
    // Each says something of its own: what stands in the book already is not recorded again.
    let text =
        decision("2019-07-04", r#"{"none": {}}"#).replacen("the minutes", &format!("the minutes, {name}"), 1);
    room.write(&format!("{name}.json"), &text);
    room.ok(&["record", &format!("{name}.json"), "--key", "secretary.pem", "--yes"]);
}

#[test]
fn a_running_ledger_is_backed_up_whole_and_then_what_is_new_of_it() {
    let room = Room::with_people();
    let said = room.json(&["backup", "backup"]);
    assert_eq!((&said["size"], &said["keys"]), (&json!(PROLOGUE), &json!([])), "{said}");
    let first = files(&room.path("backup"));
    assert!(!first.keys().any(|path| path.ends_with(".pem")), "{:?}", first.keys());
    record(&room, "more");
    // What was acknowledged is in it, published or not.
    let said = room.json(&["backup", "backup", "--with-keys", "book"]);
    assert_eq!(said["size"], json!(PROLOGUE + 1), "{said}");
    let mode = fs::metadata(room.path("backup.keys/log-key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(said["keys"], json!(["backup.keys/log-key.pem"]));
    let vkey = room.ok(&["key", "show", "book/log-key.pem", "--log", "minutebook.example/story"]);
    assert!(fs::read_to_string(room.path("backup/vkey")).unwrap().contains(vkey.trim()), "{vkey}");
    // A backup that has gone bad is noticed when it is brought up to date.
    fs::write(room.path("backup/tile/entries/000.p/11"), "gone").unwrap();
    let said = room.fails(4, &["backup", "backup"]);
    assert!(said.contains("tile/entries/000.p/11") && said.contains("damaged"), "{said}");
}

#[test]
fn a_restore_serves_what_was_acknowledged_or_names_what_is_missing() {
    let mut room = Room::with_people();
    room.ok(&["backup", "older"]);
    record(&room, "one");
    record(&room, "two");
    room.stop();
    room.ok(&["backup", "newer", "--dir", "book"]);
    let missing = format!("entries {PROLOGUE} to {}", PROLOGUE + 1);
    for newest in ["book", "newer", "newer/checkpoint"] {
        let said = room.fails(4, &["restore", "older", "--to", "restored", "--newest", newest]);
        assert!(said.contains(&missing) && !room.path("restored").exists(), "{newest}: {said}");
    }
    // Even the operator's word does not stand against what this user has seen.
    let said = room.fails(4, &["restore", "older", "--to", "restored", "--as-newest"]);
    assert!(said.contains(&missing), "{said}");
    // Nothing newer is known: somebody has to say so.
    let said = room.fails(4, &["restore", "newer", "--to", "restored"]);
    assert!(said.contains("--as-newest") && !room.path("restored").exists(), "{said}");
    let said = room.json(&["restore", "newer", "--to", "restored", "--newest", "book", "--keys", "book"]);
    assert_eq!((&said["size"], said["keys"].as_array().unwrap().len()), (&json!(PROLOGUE + 2), 1), "{said}");
    room.fails(1, &["restore", "newer", "--to", "restored", "--as-newest"]);
    room.serve("restored");
    record(&room, "three");
    assert_eq!(room.json(&["verify"])["read"], json!(PROLOGUE + 3));
    // A server that runs knows its own end, too.
    let address = room.address().to_owned();
    let said = room.fails(4, &["restore", "newer", "--to", "again", "--newest", &address]);
    assert!(said.contains(&format!("entry {}", PROLOGUE + 2)), "{said}");
}

#[test]
fn a_drill_restores_replays_compares_and_can_be_recorded() {
    let mut room = Room::with_people();
    room.ok(&["backup", "backup"]);
    record(&room, "later");
    let args = ["drill", "backup", "--draft", "drill.json", "--auditor", "The operator"];
    let said = room.json(&args);
    assert_eq!((&said["size"], &said["behind"]), (&json!(PROLOGUE), &json!(1)), "{said}");
    assert!(said["took"].as_array().unwrap().len() >= 4, "{said}");
    room.fails(1, &args);
    room.enrol("auditor");
    room.ok(&["grant", "--key", "auditor.pem", "--capacity", "auditor", "--registrar", "one.pem", "--yes"]);
    room.ok(&["record", "drill.json", "--key", "auditor.pem", "--yes"]);
    let audits = room.json(&["audits"]);
    assert_eq!(audits["audits"][0]["size"], json!(PROLOGUE), "{audits}");
    assert_eq!(audits["audits"][0]["outcome"], "verified");
    // The live log is another one's, or does not answer.
    room.stop();
    room.fails(5, &["drill", "backup"]);
    assert_eq!(room.json(&["drill", "backup", "--offline"])["live"], Value::Null);
    let mut bundle = fs::read(room.path("backup/tile/entries/000.p/10")).unwrap();
    bundle[500] ^= 1;
    fs::write(room.path("backup/tile/entries/000.p/10"), bundle).unwrap();
    let said = room.fails(4, &["drill", "backup", "--offline"]);
    assert!(said.contains("damaged"), "{said}");
}

#[test]
fn another_ledgers_backup_is_another_ledgers_and_no_other_history() {
    let mut room = Room::with_people();
    room.ok(&["backup", "backup"]);
    room.stop();
    let registrars = ["--registrar", "one.pem", "--registrar", "two.pem"];
    room.ok(&[&["init", "--dir", "other", "--origin", "minutebook.example/other"][..], &registrars].concat());
    room.serve("other");
    let words = "backup has the log minutebook.example/story, and";
    let said = room.fails(2, &["backup", "backup"]);
    assert!(said.contains(words), "{said}");
    let said = room.fails(2, &["drill", "backup"]);
    assert!(said.contains(words) && said.contains("the server has minutebook.example/other"), "{said}");
    assert!(!said.contains("another history"), "{said}");
    assert_eq!(room.json(&["drill", "backup", "--offline"])["size"], json!(PROLOGUE));
}

/// A stopped folder is verified without a write to it. A lock that can't be opened for writing stands for a disk that can only be
/// read, since whoever runs the tests may write anywhere.
#[test]
fn a_stopped_folder_is_verified_without_writing_to_it_and_named_where_it_is_damaged() {
    let mut room = Room::with_people();
    room.stop();
    fs::remove_file(room.path("book/lock")).unwrap();
    fs::create_dir(room.path("book/lock")).unwrap();
    let before = files(&room.path("book"));
    assert_eq!(room.json(&["verify", "--dir", "book"])["read"], json!(PROLOGUE));
    let quick = room.run(&["verify", "--dir", "book", "--quick", "--json"]);
    let said: Value = serde_json::from_str(&quick.out).unwrap();
    assert_eq!(
        (quick.code, &said["verdict"], &said["authentic"]),
        (6, &json!("authentic"), &json!(PROLOGUE))
    );
    assert_eq!(said["replayed"], 0);
    assert_eq!(files(&room.path("book")), before, "nothing was written");
    let mut bytes = fs::read(room.path("book/store/db")).unwrap();
    bytes.truncate(16);
    fs::write(room.path("book/store/db"), bytes).unwrap();
    let said = room.fails(4, &["verify", "--dir", "book"]);
    assert!(said.contains("book/store") && !said.contains(".tmp"), "{said}");
}

/// What the doctor says of one thing, or of all of that name.
fn of<'a>(said: &'a Value, what: &str) -> Vec<&'a Value> {
    said["looked"].as_array().unwrap().iter().filter(|looked| looked["what"] == what).collect()
}

fn looks(room: &Room, code: i32, dir: &str) -> Value {
    let said = room.run(&["doctor", "--dir", dir, "--json"]);
    assert_eq!(said.code, code, "{}{}", said.out, said.err);
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn a_doctor_touches_nothing_and_says_what_mends_what() {
    let mut room = Room::with_people();
    let said = looks(&room, 0, "book");
    assert!(of(&said, "in use")[0]["found"].as_str().unwrap().contains("has the ledger open"), "{said}");
    room.ok(&["backup", "backup"]);
    room.stop();
    let before = files(&room.path("book"));
    let said = looks(&room, 0, "book");
    for what in ["format", "in use", "log key", "mark", "entries", "published", "segments", "clock", "names"]
    {
        assert_eq!(of(&said, what)[0]["is"], "well", "{what}: {said}");
    }
    assert_eq!(files(&room.path("book")), before, "nothing was touched");
    // For people, with a command in the last column.
    assert!(room.ok(&["doctor", "--dir", "book"]).contains("what mends it"));

    room.copy("book", "exposed");
    fs::set_permissions(room.path("exposed/log-key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    let said = looks(&room, 1, "exposed");
    assert_eq!(of(&said, "log key").len(), 1, "one fault, the mode: {said}");
    assert_eq!(of(&said, "log key")[0]["mends"], "chmod 600 exposed/log-key.pem", "{said}");

    room.copy("book", "emptied");
    fs::write(room.path("emptied/published/tile/entries/000.p/10"), "").unwrap();
    let said = looks(&room, 1, "emptied");
    assert_eq!(of(&said, "published")[0]["is"], "wrong", "{said}");

    room.copy("book", "unmarked");
    fs::remove_file(room.path("unmarked/high-water")).unwrap();
    let said = looks(&room, 4, "unmarked");
    let mends = of(&said, "mark")[0]["mends"].as_str().unwrap();
    assert!(mends.contains("--without-mark, if you know that no more was acknowledged"), "{said}");

    room.copy("book", "lost");
    fs::remove_file(room.path("lost/store/db")).unwrap();
    let said = looks(&room, 4, "lost");
    assert!(of(&said, "entries")[0]["mends"].as_str().unwrap().starts_with("minutebook repair"), "{said}");
    let said = room.json(&["repair", "--dir", "lost", "--to", "found"]);
    assert_eq!(
        (&said["size"], &said["aside"][0]["why"]),
        (&json!(PROLOGUE), &json!("the file lost/store/db is missing"))
    );

    let format = fs::read_to_string(room.path("book/FORMAT")).unwrap();
    room.copy("book", "misspelt");
    for (text, left) in [(None, "is lost"), (Some(format.replace("ledger", "lfdger")), "is damaged")] {
        match text {
            None => fs::remove_file(room.path("misspelt/FORMAT")).unwrap(),
            Some(text) => fs::write(room.path("misspelt/FORMAT"), text).unwrap(),
        }
        let said = looks(&room, 1, "misspelt");
        assert!(of(&said, "format")[0]["found"].as_str().unwrap().contains(left), "{said}");
    }

    room.copy("book", "killed");
    fs::write(room.path("killed/store/snap.00.generating"), "half").unwrap();
    let said = looks(&room, 0, "killed");
    assert_eq!(of(&said, "leftovers")[0]["is"], "notice", "{said}");
    room.fails(1, &["doctor", "--dir", "backup"]);
}

#[test]
fn what_a_start_refuses_the_doctor_has_said() {
    let mut room = Room::with_people();
    room.stop();
    let serve = |dir| ["serve", "--dir", dir, "--listen", "127.0.0.1:0"];
    for dir in ["unconfigured", "nameless", "strange", "cut"] {
        room.copy("book", dir);
    }
    // sled would make the file anew, and the log would be empty.
    fs::remove_file(room.path("unconfigured/store/conf")).unwrap();
    let said = looks(&room, 4, "unconfigured");
    assert!(of(&said, "store")[0]["found"].as_str().unwrap().contains("unconfigured/store/conf"), "{said}");
    assert_eq!(of(&said, "store")[0]["mends"], "minutebook repair --dir unconfigured --to NEWDIR");
    assert!(room.fails(4, &serve("unconfigured")).contains("unconfigured/store/conf is missing"));
    assert_eq!(room.json(&["repair", "--dir", "unconfigured", "--to", "one"])["size"], json!(PROLOGUE));

    // Without its first file it is a ledger all the same: nobody is told to remove it.
    fs::remove_file(room.path("nameless/FORMAT")).unwrap();
    let repair = "minutebook repair --dir nameless --to NEWDIR";
    let said = looks(&room, 1, "nameless");
    assert_eq!(
        (&of(&said, "format")[0]["is"], &of(&said, "format")[0]["mends"]),
        (&json!("wrong"), &json!(repair))
    );
    assert_eq!(of(&said, "entries")[0]["is"], "well", "{said}");
    let said = room.fails(1, &serve("nameless"));
    assert!(
        said.contains(repair) && said.contains("FORMAT") && !said.contains("remove the folder"),
        "{said}"
    );
    assert_eq!(room.json(&["repair", "--dir", "nameless", "--to", "two"])["size"], json!(PROLOGUE));

    // Whatever has flipped in the store, the doctor finds as the start does: by opening a copy.
    let files_of = |dir: &str| {
        let list = fs::read_dir(room.path(dir).join("store")).unwrap();
        list.map(|file| file.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let snapshot = files_of("book").into_iter().find(|name| name.starts_with("snap.")).unwrap();
    let flips = [("conf", 10, 1), (snapshot.as_str(), 10, 1)].into_iter();
    let flips = flips.chain([3000, 9000, 20_000, 30_000].map(|at| ("db", at, 1))).chain([("db", 8000, 4000)]);
    for (file, at, length) in flips.chain([("db", 0, 0)]) {
        room.copy("book", "flipped");
        let path = room.path("flipped/store").join(file);
        let mut bytes = fs::read(&path).unwrap();
        match length {
            // Nothing is left.
            0 => bytes.clear(),
            1 => bytes[at] ^= 1,
            _ => bytes[at..at + length].fill(0),
        }
        fs::write(&path, bytes).unwrap();
        let before = files(&room.path("flipped"));
        let said = looks(&room, 4, "flipped");
        assert_eq!(files(&room.path("flipped")), before, "nothing was touched: {file}, byte {at}");
        let store = of(&said, "store")[0];
        assert_eq!(store["mends"], "minutebook repair --dir flipped --to NEWDIR", "{file}, byte {at}");
        assert!(!store["found"].as_str().unwrap().contains("backtrace"), "{said}");
        let started = room.tries("flipped");
        assert_eq!(started.code, 4, "{file}, byte {at}: {}", started.err);
        fs::remove_dir_all(room.path("flipped")).unwrap();
    }
    // Where there is no room for a copy, it does not say that all is well.
    let said = room.command(&["doctor", "--dir", "book", "--json"]).env("TMPDIR", "absent").output().unwrap();
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(of(&said, "store")[0]["is"], "wrong", "{said}");
    assert!(of(&said, "store")[0]["mends"].as_str().unwrap().contains("TMPDIR=FOLDER"), "{said}");

    // Another hand's checkpoint is left alone; what a full disk has left of our own is made anew.
    fs::write(room.path("strange/published/checkpoint"), "Not found\n").unwrap();
    let said = looks(&room, 4, "strange");
    assert!(
        of(&said, "published")[0]["mends"].as_str().unwrap().starts_with("move strange/published"),
        "{said}"
    );
    assert!(room.fails(4, &serve("strange")).contains("was not published by this log"));
    let whole = fs::read(room.path("cut/published/checkpoint")).unwrap();
    let more = "\u{2014} derby.example/witness AAAAAAAA\nand what somebody wrote";
    let appended = [whole.clone(), more.as_bytes().to_vec()].concat();
    fs::write(room.path("strange/published/checkpoint"), &appended).unwrap();
    let said = looks(&room, 4, "strange");
    assert!(
        of(&said, "published")[0]["found"].as_str().unwrap().contains("not published by this log"),
        "{said}"
    );
    assert!(room.fails(4, &serve("strange")).contains("was not published by this log"));
    assert_eq!(fs::read(room.path("strange/published/checkpoint")).unwrap(), appended, "it is left alone");
    // What the log has signed is evidence, though the end of its line is missing.
    let key = LogKey::new(
        "minutebook.example/story".parse().unwrap(),
        keyfile::read(&room.path("book/log-key.pem")).unwrap(),
    );
    let ahead = key.sign(TreeHead { size: TreeSize(2000), root: TreeHash::leaf(b"another") }).encode();
    let ahead = ahead.trim_end();
    fs::write(room.path("strange/published/checkpoint"), ahead).unwrap();
    looks(&room, 4, "strange");
    assert!(room.fails(4, &serve("strange")).contains("2000 entries"));
    assert_eq!(fs::read_to_string(room.path("strange/published/checkpoint")).unwrap(), ahead);
    for length in [0, 30, whole.len() - 1] {
        fs::write(room.path("cut/published/checkpoint"), &whole[..length]).unwrap();
        let said = looks(&room, 1, "cut");
        assert!(
            of(&said, "published")[0]["mends"].as_str().unwrap().contains("the next start makes it anew")
        );
        let said = room.start_saying(room.command(&serve("cut")));
        assert!(said.contains("made anew"), "{length}: {said}");
        room.stop();
        assert_eq!(fs::read(room.path("cut/published/checkpoint")).unwrap(), whole, "{length}");
        let aside = fs::read(room.path("cut/published.damaged/checkpoint")).unwrap();
        assert_eq!(aside, whole[..length], "what was there is kept");
    }
}

#[test]
fn to_go_on_after_a_time_is_refused_where_nothing_is_ahead() {
    let mut room = Room::new();
    room.init("book");
    let serve = ["serve", "--dir", "book", "--listen", "127.0.0.1:0", "--go-on-after"];
    let ahead = room.fails(2, &[&serve[..], &["2999-01-02T00:00:00.000000Z"]].concat());
    assert!(
        ahead.contains("nothing is ahead") && ahead.contains("The last entry was recorded at"),
        "{ahead}"
    );
    // What has come stands in a unit still, and does no harm.
    let said = room.start_saying(room.command(&[&serve[..], &["2020-01-02T00:00:00.000000Z"]].concat()));
    assert!(said.contains("is not needed any more"), "{said}");
}

/// Another ledger, with a key of its own.
fn other_ledger(room: &Room) {
    let origin = ["--origin", "minutebook.example/other", "--registrar", "one.pem", "--registrar", "two.pem"];
    room.ok(&[&["init", "--dir", "other"], &origin[..]].concat());
}

#[test]
fn the_key_that_is_kept_with_a_backup_is_the_one_that_signs_its_log() {
    let mut room = Room::with_people();
    other_ledger(&room);
    fs::create_dir(room.path("empty")).unwrap();
    let vkey = |dir: &str| {
        let file = room.path(dir).join("log-key.pem");
        keyfile::read(&file).unwrap().public().to_string()
    };
    let (needed, found) = (vkey("book"), vkey("other"));
    let wrong = [
        ("other", [found.as_str(), &needed]),
        ("empty", ["no log-key*.pem", &needed]),
        ("absent", ["there is no folder absent", "log-key*.pem"]),
        ("one.pem", ["one.pem is no folder", "log-key*.pem"]),
    ];
    for (dir, told) in &wrong {
        let said = room.fails(2, &["backup", "backup", "--with-keys", dir]);
        assert!(told.iter().all(|told| said.contains(told)), "{dir}: {said}");
        assert!(!room.path("backup").exists() && !room.path("backup.keys").exists(), "{dir}");
    }
    room.ok(&["backup", "backup", "--with-keys", "book"]);
    room.ok(&["backup", "backup", "--with-keys", "book"]);
    room.stop();
    let said = room.fails(2, &["backup", "stopped", "--dir", "book", "--with-keys", "other"]);
    assert!(said.contains(&needed) && !room.path("stopped").exists(), "{said}");

    let restore = ["restore", "backup", "--to", "restored", "--newest", "book"];
    for (dir, told) in &wrong {
        let said = room.fails(2, &[&restore[..], &["--keys", dir]].concat());
        assert!(told.iter().all(|told| said.contains(told)), "{dir}: {said}");
        assert!(!room.path("restored").exists(), "{dir}");
    }
    // The folder beside is looked at by itself, and has to be the right one, too.
    fs::copy(room.path("other/log-key.pem"), room.path("backup.keys/log-key.pem")).unwrap();
    let said = room.fails(2, &restore);
    assert!(said.contains("backup.keys lies beside the backup") && said.contains(&needed), "{said}");
    assert!(!room.path("restored").exists());
    fs::remove_dir_all(room.path("backup.keys")).unwrap();
    let said = room.run(&restore);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains(&format!("serve needs --log-key with the file of the key {needed}")),
        "{}",
        said.err
    );
    assert!(!room.path("restored/log-key.pem").exists());
    fs::remove_dir_all(room.path("restored")).unwrap();
    // Other keys of its folder come along.
    room.copy("book", "keys");
    fs::copy(room.path("other/log-key.pem"), room.path("keys/log-key-2.pem")).unwrap();
    let said = room.json(&[&restore[..], &["--keys", "keys"]].concat());
    assert_eq!(said["keys"], json!(["restored/log-key-2.pem", "restored/log-key.pem"]));
    room.serve("restored");
}

#[test]
fn a_restore_of_a_damaged_backup_names_the_file() {
    let mut room = Room::with_people();
    room.ok(&["backup", "backup"]);
    room.stop();
    room.copy("backup", "flipped");
    let bundle = room.path("flipped/tile/entries/000.p/10");
    let mut bytes = fs::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let restore = ["restore", "flipped", "--to", "restored", "--newest", "book"];
    let said = room.fails(4, &restore);
    assert!(said.contains("the backup in flipped is damaged: tile/entries/000.p/10"), "{said}");
    assert!(said.contains(&format!("of {PROLOGUE} entries can't be restored")), "{said}");
    assert!(!said.contains("older than") && !room.path("restored").exists(), "{said}");
    // Where a tile of hashes is damaged, no entry is lost.
    room.copy("backup", "tile");
    fs::write(room.path("tile/tile/0/000.p/10"), [7; 320]).unwrap();
    let said = room.run(&["restore", "tile", "--to", "whole", "--newest", "book"]);
    assert!(said.code == 0 && said.err.contains("damaged: tile/0/000.p/10"), "{}", said.err);
    // What it lacks may be in another, and the damage is told all the same.
    let said = room.run(&["restore", "flipped", "backup", "--to", "restored", "--newest", "book", "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains("tile/entries/000.p/10") && said.err.contains("make another backup"),
        "{}",
        said.err
    );
    assert_eq!(serde_json::from_str::<Value>(&said.out).unwrap()["size"], json!(PROLOGUE));
}

#[test]
fn an_export_goes_to_a_folder_of_its_own() {
    let mut room = Room::with_people();
    other_ledger(&room);
    fs::create_dir(room.path("private")).unwrap();
    fs::copy(room.path("one.pem"), room.path("private/one.pem")).unwrap();
    room.ok(&["publish", "other-published", "--dir", "other"]);
    room.write("letter", "Dear Sir");
    let taken = [
        ("book/published", "in the ledger's folder"),
        ("book/backup", "in the ledger's folder"),
        ("book", "is in the ledger's folder"),
        ("private", "in private stand one.pem, and no checkpoint of minutebook.example/story"),
        ("other-published", "has the log minutebook.example/other"),
        ("letter", "letter is no folder"),
    ];
    let before = files(&room.path("private"));
    for command in ["backup", "publish"] {
        for (out, told) in taken {
            let said = room.fails(2, &[command, out]);
            assert!(said.contains(told), "{command} {out}: {said}");
        }
        let own = format!("of-{command}");
        fs::create_dir(room.path(&own)).unwrap();
        room.ok(&[command, &own]);
        room.ok(&[command, &own]);
    }
    assert_eq!(files(&room.path("private")), before, "nothing was written");
    // One that was broken off goes on: its checkpoint comes last.
    fs::remove_file(room.path("of-backup/checkpoint")).unwrap();
    room.ok(&["backup", "of-backup"]);
    room.stop();
    for (out, told) in taken {
        let said = room.fails(2, &["backup", out, "--dir", "book"]);
        assert!(said.contains(told), "{out}: {said}");
    }
    room.ok(&["backup", "of-backup", "--dir", "book"]);
}

#[test]
fn nothing_is_made_within_what_is_only_read() {
    let mut room = Room::with_people();
    room.ok(&["backup", "backup"]);
    room.stop();
    room.copy("book", "nameless");
    fs::remove_file(room.path("nameless/FORMAT")).unwrap();
    let all = || ["book", "backup", "nameless"].map(|dir| files(&room.path(dir)));
    let before = all();
    let registrars =
        ["--origin", "minutebook.example/other", "--registrar", "one.pem", "--registrar", "two.pem"];
    let init = [&["init", "--dir", "book/new"], &registrars[..]].concat();
    let (ledger, read) = ("is in the ledger's folder", "which is only read");
    for (args, told) in [
        (&["restore", "backup", "--to", "book/in", "--as-newest"][..], ledger),
        (&["restore", "backup", "--to", "backup/in", "--as-newest"], read),
        (&["restore", "backup", "--to", "nameless/in", "--newest", "nameless"], read),
        (&["repair", "--dir", "book", "--to", "book/in/deeper"], ledger),
        (&["repair", "--dir", "nameless", "--to", "nameless/in"], read),
        (&["repair", "--from", "backup", "--to", "backup/in", "--without-mark"], read),
        (&["drill", "backup", "--offline", "--within", "book"], ledger),
        (&init, ledger),
    ] {
        let said = room.fails(2, args);
        assert!(said.contains(told) && said.contains("Name a folder elsewhere"), "{args:?}: {said}");
    }
    assert_eq!(all(), before, "nothing was written");
}

#[test]
fn an_older_store_beside_what_is_published_names_the_command() {
    let mut room = Room::with_people();
    room.stop();
    room.copy("book", "older");
    room.serve("book");
    record(&room, "more");
    room.stop();
    fs::remove_dir_all(room.path("older/published")).unwrap();
    room.copy("book/published", "older/published");
    let said = room.fails(4, &["serve", "--dir", "older", "--listen", "127.0.0.1:0"]);
    let repair = "minutebook repair --dir older --from older/published --to NEWDIR";
    assert!(said.contains(repair), "{said}");
    let said = room.json(&["repair", "--dir", "older", "--from", "older/published", "--to", "anew"]);
    assert_eq!(said["size"], json!(PROLOGUE + 1), "{said}");
}

#[test]
fn an_older_copy_over_a_newer_folder_is_refused_and_what_it_lacks_comes_from_what_is_published() {
    let mut room = Room::with_people();
    room.stop();
    room.copy("book", "older");
    room.serve("book");
    record(&room, "more");
    room.stop();
    // Everything of the older copy lies over the newer folder; what the newer one has published beyond it stays.
    for (path, bytes) in files(&room.path("older")) {
        fs::write(room.path("book").join(path), bytes).unwrap();
    }
    let said = looks(&room, 4, "book");
    let published = of(&said, "published")[0]["found"].as_str().unwrap().to_owned();
    assert!(published.contains("as after an old backup"), "{said}");
    let said = room.fails(4, &["serve", "--dir", "book", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("minutebook repair --dir"), "{said}");
    let said = room.json(&["repair", "--dir", "book", "--from", "book/published", "--to", "anew"]);
    assert_eq!(said["size"], json!(PROLOGUE + 1), "{said}");
    room.serve("anew");
    assert_eq!(room.json(&["verify"])["read"], json!(PROLOGUE + 1));
}

#[test]
fn a_folder_that_was_copied_while_it_was_open_is_read_whole_before_it_is_served() {
    let mut room = Room::with_people();
    room.copy("book", "copied");
    let said = looks(&room, 0, "copied");
    assert!(of(&said, "in use")[0]["mends"].as_str().unwrap().contains("minutebook restore"), "{said}");
    room.stop();
    room.serve("copied");
    assert_eq!(room.json(&["verify"])["read"], json!(PROLOGUE));
}

/// A small file system of its own, until this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one; nothing where that is not permitted.
    fn mount(place: PathBuf) -> Option<Self> {
        fs::create_dir(&place).unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(&place).output();
        mount.is_ok_and(|mounted| mounted.status.success()).then_some(Self(place))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Enrols a new key under a name that takes some room.
fn enrol(room: &Room, number: usize) -> Said {
    let pem = format!("filler-{number}.pem");
    room.ok(&["key", "new", &pem]);
    let label = format!("{number} {}", "x".repeat(20_000));
    room.run(&["key", "enrol", "--key", &pem, "--label", &label, "--registrar", "one.pem", "--yes"])
}

#[test]
fn a_server_whose_disk_is_full_says_so_and_goes_on_once_there_is_room() {
    let mut room = Room::new();
    let Some(_disk) = SmallDisk::mount(room.path("disk")) else {
        eprintln!("skipped: mounting a file system is not permitted here");
        return;
    };
    room.init("disk/book");
    room.serve("disk/book");
    assert_eq!(enrol(&room, 0).code, 0);
    let mut filler = fs::File::create(room.path("disk/filler")).unwrap();
    while filler.write_all(&[b'.'; 4096]).is_ok() {}
    drop(filler);
    let refused =
        (1..200).map(|number| (number, enrol(&room, number))).find(|(_number, said)| said.code != 0);
    let (first, said) = refused.expect("the disk is full");
    assert!(said.code == 5 && said.err.contains("No space left"), "{}", said.err);
    // What was acknowledged is read meanwhile, or refused with the reason: after its first error sled reads what it has in
    // memory, and nothing else until it is opened anew.
    let said = room.run(&["--json", "verify"]);
    match said.code {
        0 => assert!(read(&said.out) >= first as u64, "{first} acknowledged, {}", said.out),
        code => assert!(code == 5 && said.err.contains("No space left"), "{code}: {}", said.err),
    }

    fs::remove_file(room.path("disk/filler")).unwrap();
    let goes_on = (200..2000).find(|number| enrol(&room, *number).code == 0);
    assert!(goes_on.is_some(), "the same server takes entries again");
    assert!(read(&room.ok(&["--json", "verify"])) > first as u64);
    room.stop();
    assert_eq!(room.json(&["verify", "--dir", "disk/book"])["verdict"], "verified");
}

/// How many entries a verification has read.
fn read(report: &str) -> u64 {
    serde_json::from_str::<serde_json::Value>(report).unwrap()["read"].as_u64().unwrap()
}
