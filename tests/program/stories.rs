//! `minutebook demo --story` as a newcomer runs it, and the questions that people ask of such a ledger, by the real program.
use minutebook::demo::story::STORIES;
use minutebook_governance::Basis;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

fn minutebook(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
    command.current_dir(folder).env("MINUTEBOOK_STATE", folder.join("state"));
    command
}

fn told(story: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let output = minutebook(folder.path())
        .args(["demo", "--once", "--json", "--listen", "127.0.0.1:0", "--dir", "book", "--story", story])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["story"], &found["verified"]["verdict"]), (&story.into(), &"verified".into()));
    found
}

/// What stood from a day on, about a kind of thing.
fn stood(found: &Value, about: &str) -> Vec<(String, String)> {
    let moments = found["timeline"].as_array().unwrap().iter();
    let moments = moments.filter(|moment| moment["about"].as_str().unwrap().starts_with(about));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    moments.map(|moment| (text(&moment["as_at"]), text(&moment["stands"]))).collect()
}

#[track_caller]
fn assert_stood(found: &Value, about: &str, expected: &[(&str, &str)]) {
    let stood = stood(found, about);
    let stood: Vec<_> = stood.iter().map(|(day, stands)| (day.as_str(), stands.as_str())).collect();
    assert_eq!(stood, expected);
}

#[test]
fn west_london_votes_again_after_the_application() {
    let found = told("north-west-london");
    assert_stood(
        &found,
        "merger",
        &[
            ("2020-06-30", "proposed"),
            ("2020-09-25", "proposed; 7 votes of members carried; lost by body/08Y (35% for)"),
            ("2020-09-28", "ready to apply; 7 votes of members carried; lost by body/08Y (35% for)"),
            ("2020-09-30", "submitted; 7 votes of members carried; lost by body/08Y (35% for)"),
            ("2020-10-31", "submitted; 8 votes of members carried"),
            ("2020-11-30", "approved; 8 votes of members carried"),
            ("2021-04-01", "effected; 8 votes of members carried"),
        ],
    );
    let rules = found["findings"]["by_rule"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["rule"] == "application.members-agree"), "{rules:?}");
}

#[test]
fn shropshire_is_rejected_and_comes_back() {
    assert_stood(
        &told("shropshire"),
        "merger",
        &[
            ("2019-05-31", "proposed"),
            ("2019-09-26", "ready to apply"),
            ("2019-09-30", "submitted"),
            ("2019-10-31", "rejected"),
            ("2020-09-30", "submitted; application 2"),
            ("2020-11-30", "approved; application 2"),
            ("2021-04-01", "effected; application 2"),
        ],
    );
}

#[test]
fn five_documents_appoint_nobody_and_decide_nothing() {
    let found = told("seeds");
    let answers =
        found["documents"].as_array().unwrap().iter().flat_map(|it| it["answers"].as_array().unwrap());
    let answers: Vec<_> = answers.map(|it| it["found"].as_str().unwrap()).collect();
    for expected in [
        "10 bodies: 4 CCGs, 2 companies, 2 councils, 2 trusts",
        "associate",
        "shared by 8: of none of them alone",
        "Eastwood is said to be in the areas of body/04L and body/04M",
        "consulting; 6 of 6 prefer it, 0 decided to apply; no applications",
        "1 on time (at 09:00:00), 1 late (at 09:00:01), and kept",
        "perhaps Amanda Sullivan, of 6 of 6: seen before, and not vacant",
        "04C perhaps Azhar Farooqi, 03W perhaps Ursula Montgomery, 04V nobody named",
        "9 posts, proposed",
        "A partnership cannot hold statutory functions",
        "the days of 2 of 3 have passed",
        "0 of 6 bodies",
    ] {
        assert!(
            answers.iter().any(|found| found.contains(expected)),
            "{expected} is missing in {answers:#?}"
        );
    }
}

#[test]
fn every_story_is_listed_and_prints_a_page_that_fits() {
    let folder = tempfile::tempdir().unwrap();
    let help = minutebook(folder.path()).args(["demo", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let readme = include_str!("../../README.md");
    for story in STORIES {
        assert!(help.contains(story.name) && readme.contains(story.name), "{}", story.name);
        let told = minutebook(folder.path())
            .args(["demo", "--once", "--listen", "127.0.0.1:0", "--story", story.name])
            .output()
            .unwrap();
        let page = String::from_utf8(told.stdout).unwrap();
        assert!(page.contains("verified"), "{}:\n{page}", story.name);
        let wide: Vec<_> = page.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{}: {wide:#?}", story.name);
    }
}

#[test]
fn every_event_of_a_story_names_its_source_or_says_why_it_was_made_up() {
    let listed = include_str!("../../data/SOURCES.md");
    for story in STORIES {
        for scene in story.scenes().unwrap() {
            match &scene.basis {
                Basis::Sourced(keys) => {
                    let known = keys.split(' ').all(|key| listed.contains(&format!("| `{key}` |")));
                    assert!(known, "{keys}, of {} in {}", scene.subject, story.name);
                }
                Basis::Reconstructed(why) => assert!(why.len() > 20, "{why}, of {}", scene.subject),
                Basis::Inferred(inferred) => {
                    let known = inferred.from.split(' ').all(|key| listed.contains(&format!("| `{key}` |")));
                    assert!(known && inferred.why.len() > 20, "{inferred:?}, of {}", scene.subject);
                }
            }
        }
    }
}

/// A demo that serves until it is dropped.
struct Serving {
    child: Child,
    url: String,
    /// Held open: the demo prints on.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    fn start(folder: &Path, story: &str) -> Self {
        let mut child = minutebook(folder)
            .args(["demo", "--listen", "127.0.0.1:0", "--dir", "book", "--story", story])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.by_ref().map(Result::unwrap).find_map(|line| {
            let at = line.find("http://").filter(|_at| line.contains("Still serving"))?;
            line[at..].split_whitespace().next().map(str::to_owned)
        });
        Self { child, url: url.unwrap(), _lines: lines }
    }

    fn ask(&self, folder: &Path, words: &[&str]) -> Output {
        minutebook(folder).args(words).args(["--server", &self.url]).output().unwrap()
    }

    fn json(&self, folder: &Path, words: &[&str]) -> Value {
        let output = self.ask(folder, &[words, &["--json"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn text(&self, folder: &Path, words: &[&str]) -> String {
        let output = self.ask(folder, words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Asserts that the picture in the README is what a terminal of 80 columns shows.
fn the_readme_shows(serving: &Serving, folder: &Path) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once("\n```text\n").unwrap();
    let (picture, after) = rest.split_once("```\n").unwrap();
    let typed = picture.lines().next().unwrap();
    let asked = ["officer", "Nottingham City", "--as-at", "2019-07-04", "--reported"];
    assert_eq!(typed, "demo$ minutebook officer \"Nottingham City\" --as-at 2019-07-04 --reported");
    let mut command = minutebook(folder);
    let output = command.args(asked).args(["--server", &serving.url]).env("COLUMNS", "80").output().unwrap();
    let shown = format!("{typed}\n{}", String::from_utf8(output.stdout).unwrap());
    if std::env::var_os("MINUTEBOOK_REMAKE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}\n```text\n{shown}```\n{after}")).unwrap();
    } else {
        assert_eq!(picture, shown, "README.md is made anew with MINUTEBOOK_REMAKE_DOCS=1");
    }
}

#[test]
fn nottinghamshires_successor_takes_over_what_six_bodies_left() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, serving) = (folder.path(), Serving::start(folder.path(), "nottinghamshire"));
    let due = |body: &str, day: &str, kind: &str| {
        let found = serving.json(folder, &["due", body, "--as-at", day]);
        found["items"].as_array().unwrap().iter().filter(|item| item["kind"] == kind).count()
    };
    assert_eq!(["04E", "04K", "04N", "04L"].map(|slug| due(slug, "2020-03-31", "action")), [1, 1, 1, 0]);
    let of_52r = |day: &str| (due("52R", day, "action"), due("52R", day, "approve_minutes"));
    assert_eq!([of_52r("2020-04-01"), of_52r("2020-04-08"), of_52r("2020-07-01")], [(3, 6), (2, 0), (0, 0)]);
    let state = |day: &str| {
        let taken =
            serving.json(folder, &["decisions", "meeting/nottinghamshire-2020-03-05", "--as-at", day]);
        let taken = taken["decisions"].as_array().unwrap().clone();
        assert_eq!(taken.len(), 6);
        taken[0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(["2020-04-01", "2020-04-08"].map(state), ["stands", "confirmed"]);
    the_readme_shows(&serving, folder);
    let page = serving.text(folder, &["meeting", "nottinghamshire-2020-03-05", "--as-at", "2020-04-08"]);
    assert!(page.contains("minutes approved") && page.contains("GB/20/040"), "{page}");

    let minutes = |options: &[&str]| {
        let asked = [&["minutes", "nottinghamshire-2020-03-05"][..], options].concat();
        serving.text(folder, &asked)
    };
    let before = minutes(&["--as-at", "2020-04-01"]);
    assert!(before.contains("not approved yet by") && !before.contains("Approved by"), "{before}");
    let after = minutes(&["--as-at", "2020-04-08", "--md"]);
    for needed in [
        "# Public minutes: Governing bodies of the six CCGs, in common: the last meeting\n",
        "Approved by NHS Nottingham and Nottinghamshire Clinical Commissioning Group on 2020-04-08 at \
         meeting/nottinghamshire-2020-04-08 \\[entry 590\\].\n",
        "## GB/20/040  Handing over to the new body\n",
        "NHS Nottingham West Clinical Commissioning Group, NHS Rushcliffe Clinical Commissioning Group: APPROVED. \
         The minutes of this meeting and what is open of the action log go to the new body.",
        "- Close the accounts of the six for 2019/20. (chief finance officer, by 2020-06-30) \\[entry 397\\]\n",
    ] {
        assert!(after.contains(needed), "{needed}\n{after}");
    }
    assert_eq!(after.matches("APPROVED").count(), 1, "what six decide in the same words stands once");
    let html = minutes(&["--as-at", "2020-04-08", "--html"]);
    assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"), "{html}");
    assert!(html.contains("public minutes, approved; from the first"), "on each sheet: {html}");
    let private = minutes(&["--part", "private"]);
    assert!(
        private.contains("No agenda with items of this part") && !private.contains("GB/20/040"),
        "{private}"
    );
}

#[test]
fn kent_and_medway_answers_who_agreed_who_is_in_post_and_what_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, serving) = (folder.path(), Serving::start(folder.path(), "kent-and-medway"));
    let joint = |day: &str| {
        let found = serving.json(folder, &["joint-appointment", "kent-and-medway-2018", "--as-at", day]);
        let legs = found["legs"].as_array().unwrap().clone();
        let last = |slug: &str| {
            let leg = legs.iter().find(|leg| leg["body"] == format!("body/{slug}")).unwrap();
            leg["steps"].as_array().unwrap().last().unwrap()["leg"].as_str().unwrap().to_owned()
        };
        let in_post = legs.iter().filter(|leg| leg["person"] != "").count();
        (last("99J"), last("10E"), last("10A"), in_post)
    };
    let words = |leg: [&str; 3], in_post| (leg[0].to_owned(), leg[1].to_owned(), leg[2].to_owned(), in_post);
    assert_eq!(joint("2018-03-12"), words(["agreed", "declined", "deferred"], 6));
    assert_eq!(joint("2018-04-25"), words(["agreed", "agreed", "agreed"], 8));

    let thanet = |day: &str| serving.json(folder, &["appointment", "10E", "--as-at", day])["stage"].clone();
    assert_eq!([thanet("2018-03-12"), thanet("2018-04-25")], ["not_known", "in_post"]);

    let merger = serving.json(folder, &["merger", "kent-and-medway-2019", "--as-at", "2019-11-01"]);
    let merger = &merger["merger"];
    assert_eq!(
        (&merger["state"], &merger["waits_for"].as_array().unwrap().len()),
        (&"conditionally_approved".into(), &2)
    );
    assert_eq!(merger["ballots"].as_array().unwrap().len(), 8);
    assert_eq!(merger["applications"][0]["outcome"], "approved_with_conditions");

    let open = |day: &str| serving.json(folder, &["conditions", "91Q", "--as-at", day])["conditions"].clone();
    let passed = open("2020-04-01");
    let ids: Vec<_> = passed.as_array().unwrap().iter().map(|it| it["condition"]["id"].clone()).collect();
    assert_eq!(ids, ["financial-recovery", "legal-directions"]);
    assert_eq!(passed[0]["inherited_from"].as_array().unwrap().len(), 8);

    let page = serving.text(folder, &["merger", "kent-and-medway-2019", "--as-at", "2019-11-01"]);
    for words in
        ["conditionally approved", "members' vote", "approved with conditions, 2019-10-21", "can come next"]
    {
        assert!(page.contains(words), "{words} is missing in\n{page}");
    }
    let page = serving.text(folder, &["conditions", "91Q", "--as-at", "2020-04-01"]);
    assert!(page.contains("passed on by") && page.contains("legal-directions"), "{page}");
    let page = serving.text(folder, &["joint-appointment", "kent-and-medway-2018", "--as-at", "2018-03-12"]);
    assert!(page.contains("body/10E: declined") && page.contains("body/10A: deferred"), "{page}");
}
