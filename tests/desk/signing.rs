//! Drafts over HTTP: what the page that signs asks the server, and what it takes; and its readers of keys, drafts and codes, in Node
//! beside ours.

use crate::programs;
use crate::room::Room;
use crate::served::{Answer, send, sent_bytes};
use data_encoding::BASE64;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use minutebook::author::enrolment_code;
use minutebook::cli::SigningDraft;
use minutebook::sign_page::{sign_file, sign_page};
use minutebook_log::{Hash, PublicKey, pae};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A decision of 04K that its secretary and its chair sign.
pub(crate) const OF_TWO: &str = r#"{"type": "DecisionRecorded", "subject": "body/04K", "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}, {"capacity": "chair", "body": "body/04K"}],
    "facts": {"decided_on": "2019-07-04", "mode": "meeting", "outcome": "approved",
              "text": "To approve the minutes.\nBoth parts.", "reasons": "They are right.", "effect": {"none": {}}}}}"#;

/// A room with a secretary and a chair of 04K.
pub(crate) fn room() -> Room {
    let room = Room::with_people();
    room.enrol("chair");
    let grant = ["grant", "--key", "chair.pem", "--capacity", "chair", "--body", "body/04K"];
    room.ok(&[&grant[..], &["--registrar", "one.pem", "--yes"]].concat());
    room
}

/// A draft that the secretary alone has signed.
fn begun(room: &Room) -> String {
    room.write("two.json", OF_TWO);
    let chair = room.public("chair");
    room.ok(&[
        "record",
        "two.json",
        "--key",
        "secretary.pem",
        "--key",
        &chair,
        "--draft",
        "two.draft.json",
        "--yes",
    ]);
    fs::read_to_string(room.path("two.draft.json")).unwrap()
}

/// The public half of a key under the passphrase in a file.
pub(crate) fn public_under(room: &Room, key: &str, passphrase: &str) -> String {
    let said = room.run(&["key", "show", key, "--passphrase-file", passphrase]);
    said.out.lines().next().unwrap().to_owned()
}

fn host(room: &Room) -> &str {
    room.address().strip_prefix("http://").unwrap()
}

fn post(room: &Room, path: &str, body: &str) -> Answer {
    send(host(room), path, "Content-Type: application/json\r\n", Some(body))
}

fn said(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|why| panic!("{why}: {}", answer.body))
}

#[test]
fn a_draft_is_judged_left_for_the_next_who_signs_and_sent() {
    let room = room();
    let draft = begun(&room);
    let judged = post(&room, "/sign/foresee", &draft);
    assert_eq!(judged.status, 200);
    let size = room.json(&["log", "--limit", "1"])["size"].clone();
    let events = &said(&judged)["events"];
    assert_eq!(events[0]["objections"], json!([]));
    assert_eq!((&events[0]["again"], events.as_array().unwrap().len()), (&json!(false), 1), "{size}");
    let early = post(&room, "/sign/submit", &draft);
    assert_eq!(early.status, 400);
    assert!(said(&early)["says"].as_str().unwrap().contains("chair of body/04K"), "{}", early.body);

    let left = post(&room, "/shelf", &draft);
    assert_eq!((left.status, &said(&left)["signatures"]), (200, &json!(1)));
    let name = Draft::name(&room, "two.draft.json");
    assert_eq!(said(&left)["name"], json!(name));
    room.ok(&["sign", "two.draft.json", "--key", "chair.pem", "--yes"]);
    let whole = fs::read_to_string(room.path("two.draft.json")).unwrap();
    // Whoever has not heard of the second signature takes none away.
    assert_eq!(said(&post(&room, "/shelf", &whole))["signatures"], json!(2));
    assert_eq!(said(&post(&room, "/shelf", &draft))["signatures"], json!(2));
    let lying = send(host(&room), &format!("/shelf/{name}"), "", None);
    assert_eq!((lying.status, lying.body.as_str()), (200, whole.as_str()));

    let sent = post(&room, "/sign/submit", &whole);
    assert_eq!(sent.status, 200);
    let receipt = said(&sent)["receipts"][0].clone();
    room.write("came.tlog-proof", receipt["receipt"].as_str().unwrap());
    room.ok(&[
        "receipt",
        "check",
        "came.tlog-proof",
        "--vkey",
        &format!("{}/vkey", room.path("book/published").display()),
    ]);
    assert_eq!(send(host(&room), &format!("/shelf/{name}"), "", None).status, 404, "it is in the book");
    let left = post(&room, "/shelf", &whole);
    assert_eq!(left.status, 409, "what is published could fill it: {}", left.body);
    // Sent again it records nothing, and says where it stands.
    assert_eq!(said(&post(&room, "/sign/submit", &whole))["receipts"][0]["position"], receipt["position"]);
    assert_eq!(said(&post(&room, "/sign/foresee", &whole))["events"][0]["again"], json!(true));
}

struct Draft;

impl Draft {
    fn name(room: &Room, file: &str) -> String {
        SigningDraft::name_of(&SigningDraft::read_all(&room.path(file)).unwrap()).to_string()
    }
}

#[test]
fn what_is_no_draft_of_this_ledger_by_somebody_known_is_refused_with_a_reason() {
    let (room, other) = (room(), room());
    let draft = begun(&room);
    let foreign = begun(&other);
    let unsigned: Value = serde_json::from_str(&draft).unwrap();
    let unsigned = json!({"event": unsigned["event"], "signatures": []}).to_string();
    let forged = draft.replacen("the minutes", "the Minutes", 1);
    for (path, body, status, says) in [
        ("/shelf", foreign.as_str(), 409, "not for this ledger"),
        ("/shelf", &unsigned, 403, "somebody whom this book knows"),
        ("/shelf", &forged, 400, "signature"),
        ("/sign/submit", &forged, 400, "signature"),
        ("/sign/foresee", "{}", 400, "no draft"),
        ("/sign/foresee", "", 400, "no draft"),
        ("/sign/foresee", r#"{"drafts": []}"#, 400, "no draft"),
    ] {
        let answer = post(&room, path, body);
        assert_eq!(answer.status, status, "{path} {}", answer.body);
        assert!(said(&answer)["says"].as_str().unwrap().contains(says), "{path}: {}", answer.body);
    }
    assert!(!room.path("book/shelf").exists(), "nothing was left");
    let body = Some(draft.as_str());
    let plain = send(host(&room), "/shelf", "Content-Type: text/plain\r\n", body);
    assert_eq!(plain.status, 415);
    for from in
        ["Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", "Origin: http://evil.example\r\n"]
    {
        let elsewhere =
            send(host(&room), "/shelf", &format!("Content-Type: application/json\r\n{from}"), body);
        assert_eq!(elsewhere.status, 403, "{from}");
    }
    let ours = format!("Content-Type: application/json\r\nOrigin: http://{}\r\n", host(&room));
    assert_eq!(send(host(&room), "/shelf", &ours, body).status, 200);
    assert_eq!(send(host(&room), "/shelf/xyz", "", None).status, 400);
    assert_eq!(send(host(&room), &format!("/shelf/{}", "0".repeat(64)), "", None).status, 404);
}

/// What a key signs to sign in at an address with a challenge.
fn sign_in(room: &Room, key: &str, origin: &str, challenge: &str) -> Value {
    sign_in_for(room, key, origin, challenge, "list")
}

/// The same, for this.
fn sign_in_for(room: &Room, key: &str, origin: &str, challenge: &str, act: &str) -> Value {
    let pem = fs::read_to_string(room.path(key)).unwrap();
    let secret = SigningKey::from_pkcs8_pem(&pem).unwrap();
    let public = PublicKey::from_bytes(secret.verifying_key().to_bytes());
    let ledger = room.json(&["log", "--limit", "1"])["ledger"].as_str().unwrap().to_owned();
    let payload = format!("{origin}\n{ledger}\n{public}\n{challenge}\n{act}\n");
    let message = pae("application/vnd.minutebook.sign-in.v1", payload.as_bytes());
    let signature = BASE64.encode(&secret.sign(&message).to_bytes());
    json!({"key": public, "challenge": challenge, "signature": signature, "act": act})
}

#[test]
fn whoever_shows_a_key_is_told_what_waits_for_it_and_nobody_else_is() {
    let room = room();
    let draft = begun(&room);
    assert_eq!(post(&room, "/shelf", &draft).status, 200);
    room.ok(&["key", "new", "stranger.pem"]);
    let challenge_for = |key: &str| {
        let asked = post(&room, "/sign/challenge", &json!({"key": room.public(key)}).to_string());
        said(&asked)["challenge"].as_str().unwrap().to_owned()
    };
    let signed_in = |key: &str, shown: &Value| {
        let answer = post(&room, "/sign/waiting", &shown.to_string());
        assert_eq!(answer.status, 200, "{key}: {}", answer.body);
        said(&answer)
    };
    let ours = |key: &str| {
        let challenge = challenge_for(key);
        signed_in(key, &sign_in(&room, &format!("{key}.pem"), room.address(), &challenge))
    };
    let waiting = ours("chair");
    let name = Draft::name(&room, "two.draft.json");
    let of = |member: &str| waiting["drafts"][0][member].clone();
    assert_eq!(of("name"), json!(name));
    assert_eq!(of("says"), json!("approved, 2019-07-04: To approve the minutes. Both parts."));
    assert_eq!(
        (of("type"), of("subject"), of("events")),
        (json!("DecisionRecorded"), json!("body/04K"), json!(1))
    );
    assert_eq!((of("signed"), of("missing"), of("others")), (json!(0), json!(1), json!(0)));
    assert_eq!(waiting["key"]["isRevoked"], json!(false));
    let secretary = ours("secretary");
    assert_eq!(
        (&secretary["drafts"][0]["signed"], &secretary["drafts"][0]["others"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(ours("stranger"), json!({"key": null, "drafts": []}));

    // What was signed for another key, for another address or as an event, opens nothing.
    let challenge = challenge_for("chair");
    let mut other = sign_in(&room, "stranger.pem", room.address(), &challenge);
    other["key"] = json!(room.public("chair"));
    let elsewhere = sign_in(&room, "chair.pem", "http://evil.example", &challenge);
    let borrowed = sign_in(&room, "chair.pem", room.address(), &challenge_for("stranger"));
    for (what, shown) in [("another key", other), ("elsewhere", elsewhere), ("borrowed", borrowed)] {
        let answer = post(&room, "/sign/waiting", &shown.to_string());
        assert_eq!(answer.status, 403, "{what}: {}", answer.body);
    }
    for (path, body) in
        [("/sign/challenge", "{}"), ("/sign/waiting", "[]"), ("/sign/challenge", r#"{"key": "x"}"#)]
    {
        let answer = post(&room, path, body);
        assert_eq!(answer.status, 400, "{path}: {}", answer.body);
    }
    // Whoever has signed a draft takes it away, by a signature for that; nobody else does.
    let withdrawn = |key: &str, act: &str| {
        let challenge = challenge_for(key);
        let shown = sign_in_for(&room, &format!("{key}.pem"), room.address(), &challenge, act);
        post(&room, "/sign/withdraw", &shown.to_string()).status
    };
    let remove = format!("remove {name}");
    assert_eq!((withdrawn("chair", &remove), withdrawn("secretary", "list")), (404, 400));
    let listing = sign_in(&room, "secretary.pem", room.address(), &challenge_for("secretary"));
    let mut borrowed = listing;
    borrowed["act"] = json!(remove);
    assert_eq!(post(&room, "/sign/withdraw", &borrowed.to_string()).status, 403, "it was signed for a list");
    assert_eq!(withdrawn("secretary", &remove), 200);
    assert_eq!(ours("chair")["drafts"], json!([]));
    assert_eq!(post(&room, "/shelf", &draft).status, 200, "who has it brings it again");
    room.ok(&["sign", "two.draft.json", "--key", "chair.pem", "--yes"]);
    post(&room, "/sign/submit", &fs::read_to_string(room.path("two.draft.json")).unwrap());
    assert_eq!(ours("chair")["drafts"], json!([]), "it is in the book");
}

#[test]
fn a_draft_that_was_changed_is_marked_against_the_version_before() {
    let room = room();
    let draft = |name: &str, text: &str| {
        room.write("facts.json", text);
        let chair = room.public("chair");
        let file = format!("{name}.draft.json");
        room.ok(&[
            "record",
            "facts.json",
            "--key",
            "secretary.pem",
            "--key",
            &chair,
            "--draft",
            &file,
            "--yes",
        ]);
        fs::read_to_string(room.path(&file)).unwrap()
    };
    let another = OF_TWO.replace("To approve the minutes", "To note a report");
    let first = draft("first", &format!("{OF_TWO}\n{another}"));
    let changed = OF_TWO.replace("2019-07-04", "2019-07-05").replace(r#""reasons": "They are right.", "#, "");
    let second = draft("second", &format!("{another}\n{changed}"));
    let longer = draft("longer", &[OF_TWO, &another, &another.replace("07-04", "07-06")].join("\n"));
    let swapped = draft("swapped", &format!("{another}\n{OF_TWO}"));
    let other = draft("other", &format!("{OF_TWO}\n{}", another.replace("07-04", "07-09")));
    let digest = "a".repeat(64);
    let sealed =
        draft("sealed", &OF_TWO.replace("\"They are right.\"", &format!(r#"{{"sealed": "{digest}"}}"#)));
    let told = draft("told", &OF_TWO.replace("They are right.", &digest));
    let unlike = draft(
        "unlike",
        &OF_TWO
            .replace("\"approved\"", "\"noted\"")
            .replace("To approve", "To note")
            .replace("They are right", "Others are")
            .replace("07-04", "09-09"),
    );
    let questions = [
        json!({"versions": [second, unlike, first]}),
        json!({"versions": [first, first]}),
        json!({"versions": [unlike, longer]}),
        json!({"versions": [first, longer]}),
        json!({"versions": [swapped, first]}),
        json!({"versions": [told, sealed]}),
        json!({"versions": [first, first, other]}),
        json!({"versions": [first, first, other], "signed": 0}),
    ];
    let Some(answers) = in_node("versions", &questions) else { return };
    assert_eq!(
        (&answers[0]["before"], &answers[0]["differences"], &answers[0]["gone"]),
        (&json!(1), &json!(3), &json!([]))
    );
    let was: Vec<_> = (0..2)
        .flat_map(|event| answers[0]["events"][event]["rows"].as_array().unwrap().clone())
        .filter(|row| row.get("was").is_some())
        .map(|row| (row["label"].clone(), row["value"].clone(), row["was"].clone()))
        .collect();
    assert_eq!(
        was,
        [
            (json!("Decided on"), json!("5 July 2019"), json!("4 July 2019")),
            (json!("Reasons"), json!("(nothing)"), json!("They are right.")),
        ]
    );
    assert_eq!(answers[1]["differences"], json!(0));
    // The order of events is part of what is signed; so is whether a text is sealed, however it is told.
    assert_eq!(answers[4]["differences"], json!(1), "{}", answers[4]);
    assert_eq!(answers[5]["differences"], json!(1), "{}", answers[5]);
    // A version that says the same hides none that says otherwise; what was signed here goes before all.
    assert_eq!((&answers[6]["before"], &answers[6]["differences"]), (&json!(1), &json!(1)));
    assert_eq!((&answers[7]["before"], &answers[7]["differences"]), (&json!(0), &json!(0)));
    assert_eq!(answers[2]["before"], json!(null));
    assert_eq!((&answers[3]["differences"], answers[3]["gone"].as_array().unwrap().len()), (&json!(1), 1));
}

#[test]
fn the_page_says_what_it_may_do_and_its_file_may_do_less() {
    let room = Room::with_server();
    for (path, page, may_ask) in [("/sign", sign_page(), true), ("/sign.html", sign_file(), false)] {
        let answer = send(host(&room), path, "", None);
        assert_eq!((answer.status, &answer.body), (200, &page.html));
        let policy =
            answer.head.lines().find_map(|line| line.strip_prefix("content-security-policy: ")).unwrap();
        assert_eq!(policy, page.policy.to_lowercase());
        assert!(
            policy.starts_with("default-src 'none'; script-src 'sha256-") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(policy.contains("connect-src 'self'"), may_ask, "{policy}");
    }
    assert_eq!(sign_page().script_digest, sign_file().script_digest, "one script");
}

#[test]
fn pages_are_small_on_the_wire() {
    let room = Room::with_server();
    for path in ["/", "/sign", "/sign.html", "/verify.html"] {
        let whole = sent_bytes(host(&room), path, "");
        let packed = sent_bytes(host(&room), path, "Accept-Encoding: gzip\r\n");
        assert!(packed < 60 * 1024 && packed < whole, "{path}: {packed} of {whole} bytes");
    }
}

/// Asks the page's script in Node, and gives its answers.
fn in_node(what: &str, questions: &[Value]) -> Option<Vec<Value>> {
    if !programs::all_installed(&["node"], &format!("the page that signs, {what}")) {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let (page, asked) = (folder.path().join("sign.html"), folder.path().join("questions.json"));
    fs::write(&page, &sign_file().html).unwrap();
    fs::write(&asked, json!(questions).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/desk/signing.js");
    let output = Command::new("node").arg(script).args([&page, &asked]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn it_reads_the_keys_that_we_write_and_those_of_openssl() {
    if !programs::all_installed(&["openssl", "node"], "the page that signs, key files") {
        return;
    }
    let room = Room::new();
    room.write("said", "correct horse\n");
    fs::set_permissions(room.path("said"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    room.ok(&["key", "new", "plain.pem"]);
    room.ok(&["key", "new", "under.pem", "--encrypt", "--passphrase-file", "said"]);
    for (name, options) in [
        ("sha256.pem", "-v2 aes-256-cbc"),
        ("sha1.pem", "-v2 aes-192-cbc -v2prf hmacWithSHA1 -iter 4096"),
        ("sha512.pem", "-v2 aes-128-cbc -v2prf hmacWithSHA512"),
        ("scrypt.pem", "-scrypt -scrypt_N 1024 -scrypt_r 4 -scrypt_p 3"),
        ("older.pem", "-v1 PBE-SHA1-3DES"),
    ] {
        let line =
            format!("openssl pkcs8 -topk8 {options} -in plain.pem -out {name} -passout 'pass:correct horse'");
        assert!(room.shell(&line).status().unwrap().success(), "{name}");
    }
    assert!(room.shell("openssl genpkey -algorithm x25519 -out other.pem").status().unwrap().success());
    let text = |name: &str| fs::read_to_string(room.path(name)).unwrap();
    let asked = |name: &str, passphrase: &str| json!({"key_file": text(name), "passphrase": passphrase});
    let right = "correct horse";
    let damaged = json!({"key_file": text("plain.pem").replacen("MC4CAQ", "MC4DAQ", 1), "passphrase": ""});
    let cut = json!({"key_file": text("plain.pem").split_at(60).0, "passphrase": ""});
    let files = ["plain.pem", "under.pem", "sha256.pem", "sha1.pem", "sha512.pem", "scrypt.pem"];
    let mut questions: Vec<_> = files.iter().map(|name| asked(name, right)).collect();
    questions.extend([asked("under.pem", ""), asked("scrypt.pem", "Correct horse"), asked("sha1.pem", "x")]);
    questions.extend([asked("older.pem", right), asked("other.pem", ""), damaged, cut]);
    let answers = in_node("key files", &questions).unwrap();
    let (plain, under) = (room.public("plain"), public_under(&room, "under.pem", "said"));
    for (name, answer) in files.iter().zip(&answers) {
        let needed = if *name == "under.pem" { &under } else { &plain };
        assert_eq!(answer["key"], json!(needed), "{name}: {answer}");
    }
    let refused: Vec<_> =
        answers[files.len()..].iter().map(|answer| answer["refused"].as_str().unwrap()).collect();
    for (said, needed) in refused.iter().zip([
        "under a passphrase",
        "does not open",
        "does not open",
        "openssl pkcs8",
        "of another kind",
        "DER",
        "something else",
    ]) {
        assert!(said.contains(needed), "{said}: {needed}");
        assert!(!said.contains("horse"), "{said}");
    }
}

#[test]
fn drafts_have_one_name_one_form_and_keys_one_code_in_both_implementations() {
    let room = room();
    begun(&room);
    room.write("plain.json", &crate::room::decision("2019-08-01", r#"{"none": {}}"#));
    room.ok(&["record", "plain.json", "--key", "secretary.pem", "--draft", "one.draft.json", "--yes"]);
    let both = ["two.draft.json", "one.draft.json"].map(|name| SigningDraft::read(&room.path(name)).unwrap());
    let (key, ledger): (PublicKey, Hash) = (room.public("chair").parse().unwrap(), Hash::of(b"a ledger"));
    let label = "Chair, NHS Nottingham City CCG – « Ärzte »";
    let texts = [&both[..1], &both[1..], &both[..]].map(|drafts| SigningDraft::write_all(drafts).unwrap());
    let mut questions: Vec<_> = texts.iter().map(|text| json!({"draft": text})).collect();
    questions.push(json!({"code": [ledger, key, label]}));
    let forged = texts[0].replacen("minutes", "Minutes", 1);
    let twice = texts[0].replacen("\"signatures\": [", "\"signatures\": [], \"more\": [", 1);
    questions.extend([json!({"draft": forged}), json!({"draft": twice}), json!({"draft": "{}"})]);
    let Some(answers) = in_node("drafts", &questions) else { return };
    for (answer, (text, drafts)) in answers.iter().zip(texts.iter().zip([&both[..1], &both[1..], &both[..]]))
    {
        assert_eq!(answer["written"], json!(text));
        assert_eq!(answer["name"], json!(SigningDraft::name_of(drafts)));
    }
    assert_eq!(answers[0]["told"][0]["first"], json!("To approve the minutes.\nBoth parts."));
    assert_eq!(answers[3]["code"], json!(enrolment_code(ledger, key, label)));
    for (answer, needed) in answers[4..].iter().zip(["does not hold", "other members", "other members"]) {
        assert!(answer["refused"].as_str().unwrap().contains(needed), "{answer}");
    }
}
