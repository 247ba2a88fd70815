//! What answers must not leave out, as people read them on the command line: words that were corrected, dates that are
//! imprecise, entries in doubt, and what is not known.

use crate::support::{Cast, House, PROLOGUE, Signs, Story, decision, signs, signs_for};
use minutebook_log::{EventId, Signed};
use serde_json::{Value, json};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A house, and somebody who asks it on the command line.
struct Asked {
    house: House,
    cast: Cast,
    state: TempDir,
}

impl Asked {
    async fn open() -> Self {
        let (house, cast) = House::with_cast("re-enactment").await;
        Self { house, cast, state: tempfile::tempdir().unwrap() }
    }

    async fn with(tell: impl FnOnce(&Cast) -> Vec<Story<'_>>) -> Self {
        let mut asked = Self::open().await;
        let events: Vec<_> =
            tell(&asked.cast).iter().map(|story| story.signed(&asked.house.ledger)).collect();
        asked.house.append_all(&events).await.unwrap();
        asked
    }

    /// Tells one more thing, and returns its event.
    async fn tell(&mut self, tell: impl FnOnce(&Cast) -> Story<'_>) -> Signed {
        let signed = tell(&self.cast).signed(&self.house.ledger);
        self.house.append(&signed).await.unwrap();
        signed
    }

    /// Tells one more thing, which rests on that.
    async fn tell_from(&mut self, basis: Value, tell: impl FnOnce(&Cast) -> Story<'_>) {
        let story = tell(&self.cast);
        let mut data = crate::support::data(story.standing, &story.signs, story.facts.clone());
        data.insert("basis".to_owned(), basis);
        let draft = minutebook::author::UnboundEvent {
            id: crate::support::new_id(),
            type_name: story.type_name.to_owned(),
            subject: story.subject.parse().unwrap(),
            time: crate::support::moment("2019-07-06T09:00:00Z"),
            correlation_id: None,
            data,
        };
        let event = draft.bind(&self.house.ledger).unwrap();
        let signed = minutebook::author::sign(event, story.signs.iter().map(|signs| signs.key)).unwrap();
        self.house.append(&signed).await.unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_minutebook"));
        command.args(args).args(["--server", &format!("http://{}", self.house.address)]);
        command.env("MINUTEBOOK_STATE", self.state.path()).output().unwrap()
    }

    /// What a question is answered with.
    fn said(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

fn told<'a>(type_name: &'a str, subject: &str, standing: &'a str, by: Signs<'a>, facts: Value) -> Story<'a> {
    Story {
        type_name,
        subject: subject.to_owned(),
        time: "2019-07-06T09:00:00Z",
        standing,
        signs: vec![by],
        facts,
    }
}

/// Asks that each of these stands in a text.
fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in:\n{text}");
    }
}

/// Asks that none of these stands in a text.
fn lacks(text: &str, words: &[&str]) {
    for word in words {
        assert!(!text.contains(word), "{word:?} stands in:\n{text}");
    }
}

fn corrected<'a>(cast: &'a Cast, id: EventId, path: &str, old: &str, new: &str) -> Story<'a> {
    let facts = json!({"target": id, "kind": "factual", "reason": "A slip of the pen.",
        "fields": [{"path": path, "old": old, "new": new}]});
    let by = signs_for(&cast.secretary, "secretary", "body/04K");
    told("RecordCorrected", &format!("record/{id}"), "own_act", by, facts)
}

#[tokio::test(flavor = "multi_thread")]
async fn corrected_words_are_shown_beside_those_that_stood() {
    let mut asked = Asked::open().await;
    let first = asked.tell(|cast| decision(&cast.secretary, "body/04K", "2019-07-03")).await;
    asked.tell(|cast| decision(&cast.secretary, "body/04K", "2019-07-04")).await;
    let before = asked.said(&["decisions", "04K"]);
    lacks(&before, &["CORRECTED"]);
    let id = first.event().id;
    let (old, new) = ("The minutes are agreed.", "The draft_minutes are agreed.");
    asked.tell(|cast| corrected(cast, id, "/text", old, new)).await;
    let (position, by) = (PROLOGUE, PROLOGUE + 2);
    let both = format!("/text: \"{old}\" is now \"{new}\"");
    let what = format!("(entry {position}) by entry {by}, recorded 2019-07-06T09:00:00Z");
    let decisions = asked.said(&["decisions", "04K"]);
    has(&decisions, &[&format!("approved  CORRECTED by {by}"), &what, "A slip of the pen.", &both, new]);
    assert_eq!(decisions.matches("CORRECTED").count(), 2, "the other decision is not: {decisions}");
    // Before the correction was known, nobody knew of it.
    let known = position.to_string();
    lacks(&asked.said(&["decisions", "04K", "--known-at", &known]), &["CORRECTED", new]);
    let shown = asked.said(&["show", &position.to_string()]);
    has(&shown, &[&both, "recorded 2019-07-06T09:00:00Z"]);
    // What the correction changed, and what differs between before and after: both wordings.
    let quoted = [format!("\"{old}\""), format!("\"{new}\"")];
    let quoted = quoted.each_ref().map(String::as_str);
    let changes = asked.said(&["changes", &by.to_string()]);
    has(&changes, &[&format!("record/{id}"), "text", &what, &both]);
    has(&changes, &quoted);
    let differs =
        asked.said(&["compare", "--known-at", &(by - 1).to_string(), "--with-known-at", &by.to_string()]);
    has(&differs, &[&format!("record/{id}"), &what, &both]);
    has(&differs, &quoted);
    // Whoever asks about the body alone is told too, and whoever asks about another body is not.
    let between =
        ["--known-at", &(by - 1).to_string(), "--with-known-at", &by.to_string()].map(str::to_owned);
    let between = between.each_ref().map(String::as_str);
    let of_body = asked.said(&[&["compare", "body/04K"][..], &between].concat());
    has(&of_body, &[&format!("record/{id}")]);
    has(&of_body, &quoted);
    lacks(&asked.said(&[&["compare", "body/04L"][..], &between].concat()), &["record/"]);
    let nothing = asked.said(&["compare", "--known-at", &known, "--with-known-at", &(by - 1).to_string()]);
    lacks(&nothing, &["CORRECTED", "record/"]);
    let json: Value = serde_json::from_str(&asked.said(&["decisions", "04K", "--json"])).unwrap();
    let correction = &json["answered"]["corrections"][0];
    assert_eq!((&correction["position"], &correction["corrected_at"]), (&json!(position), &json!(by)));
    assert_eq!(json["answered"]["corrections"].as_array().unwrap().len(), 1);
    // One that is withdrawn is still listed, as that: by whom, why, and with nothing left of its effect.
    asked
        .tell(|cast| {
            let facts = json!({"target": id, "kind": "withdrawn", "reason": "It was another body's."});
            let by = signs_for(&cast.secretary, "secretary", "body/04K");
            told("RecordCorrected", &format!("record/{id}"), "own_act", by, facts)
        })
        .await;
    let decisions = asked.said(&["decisions", "04K"]);
    let gone = format!("WITHDRAWN (entry {position}) by entry {}", by + 1);
    has(
        &decisions,
        &[&gone, "by secretary of body/04K (withdrawn): It was another body's.", "state           withdrawn"],
    );
    assert_eq!(decisions.matches("DecisionRecorded of body/04K").count(), 1, "{decisions}");
}

/// The register's key, declared to have been in other hands from `from` on.
fn compromised(cast: &Cast, from: u64) -> Story<'_> {
    let [one, two] = &cast.registrars;
    Story {
        type_name: "KeyRevoked",
        subject: format!("key/{}", cast.register.public()),
        time: "2019-08-06T09:00:00Z",
        standing: "own_act",
        signs: vec![signs(one, "registrar"), signs(two, "registrar")],
        facts: json!({"reason": "compromised", "from": from}),
    }
}

fn reported<'a>(cast: &'a Cast, type_name: &'a str, subject: &str, facts: Value) -> Story<'a> {
    told(type_name, subject, "register", signs(&cast.register, "register"), facts)
}

/// Some day of July 2019.
fn in_july() -> Value {
    json!({"written": "July 2019", "earliest": "2019-07-01", "latest": "2019-07-31"})
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_say_perhaps_and_what_is_in_doubt() {
    let mut asked = Asked::with(|cast| {
        let adopted = json!({"version": "3", "document": {"title": "Constitution", "held": false},
            "effective": in_july(), "basis": "variation"});
        let rules = json!({"effective": "2019-04-01", "notice_days": 5});
        vec![
            reported(cast, "ConstitutionAdopted", "body/04K", adopted),
            reported(cast, "GoverningRulesSet", "body/04K", rules),
        ]
    })
    .await;
    let compare = ["compare", "body/04K", "--as-at", "2019-06-30", "--with-as-at", "2019-07-15"];
    let before = asked.said(&compare);
    has(&before, &["perhaps 3"]);
    lacks(&before, &["CONTESTED"]);
    let governing = asked.said(&["governing-body", "04K", "--as-at", "2019-07-15"]);
    has(&governing, &["[perhaps"]);
    lacks(&governing, &["CONTESTED"]);
    asked.tell(|cast| compromised(cast, PROLOGUE)).await;
    let marked = format!("CONTESTED (entry {PROLOGUE})");
    has(&asked.said(&compare), &["perhaps 3", &marked]);
    has(&asked.said(&["changes", &PROLOGUE.to_string()]), &[&marked]);
    let both = format!("CONTESTED (entries {PROLOGUE}, {})", PROLOGUE + 1);
    has(&asked.said(&["governing-body", "04K", "--as-at", "2019-07-15"]), &[&both]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_declared_at_a_meeting_whose_day_is_not_known_is_declared_perhaps() {
    let convened = |called: &str| {
        json!({"kind": "single", "bodies": ["body/04K"], "title": "Governing body",
            "starts_at": "2019-07-20T13:00:00+01:00", "parts": ["public"], "called_on": called})
    };
    let mut asked = Asked::with(|cast| {
        let declared = json!({"person": "person/a", "kind": "financial", "nature": "A partner.", "items": ["GB/1"],
            "handling": ["note"]});
        let agenda = json!({"version": 1, "published_on": "2019-06-02",
            "items": [{"reference": "GB/1", "title": "Merger", "part": "public"}]});
        let attended = json!({"attendees": [{"person": "person/a", "as": "voting"}]});
        vec![
            reported(cast, "PersonRecorded", "person/a", json!({"name": "Ms A"})),
            reported(cast, "MeetingConvened", "meeting/m", convened("2019-06-01")),
            reported(cast, "AgendaPublished", "meeting/m", agenda),
            reported(cast, "AttendanceRecorded", "meeting/m", attended),
            reported(cast, "InterestDeclared", "meeting/m", declared),
        ]
    })
    .await;
    let interests = ["interests", "04K", "--as-at", "2019-07-20"];
    let sure = asked.said(&interests);
    has(&sure, &["A partner."]);
    lacks(&sure, &["[perhaps"]);
    let put_off = json!({"change": {"postponed": {}}, "said_on": "2019-07-19", "reason": "Snow."});
    asked.tell(|cast| reported(cast, "MeetingRescheduled", "meeting/m", put_off)).await;
    has(&asked.said(&interests), &["A partner.", "[perhaps"]);
}

/// A board of which it is not known whether it is open: nobody says since when, and a group that is followed and of which
/// nobody says when it ended.
fn of_unknown_life(cast: &Cast) -> Vec<Story<'_>> {
    let opened = json!({"kind": "icb", "name": "NHS Somewhere Integrated Care Board", "from": in_july(),
        "codes": [{"scheme": "ods", "value": "QXX", "from": "2019-07-01"}]});
    let followed = json!({"successor": "body/04K", "kind": "merger", "effective": "2019-04-01"});
    let mut group = crate::support::ccg(&cast.register, "04L");
    group.time = "2019-07-06T09:00:00Z";
    vec![
        reported(cast, "BodyRegistered", "body/QXX", opened),
        group,
        reported(cast, "SuccessionRecorded", "body/04L", followed),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_unknown_life_is_listed_as_that_and_nothing_is_said_of_it_that_nobody_knows() {
    let asked = Asked::with(of_unknown_life).await;
    let on = ["--as-at", "2019-07-15"];
    let said = |args: &[&str]| asked.said(&[args, &on].concat());
    let bodies = said(&["bodies"]);
    let line =
        |slug: &str| bodies.lines().find(|line| line.trim_start().starts_with(slug)).unwrap().to_owned();
    has(&line("QXX"), &["not known", "July 2019"]);
    has(&line("04L"), &["not known", "2013-04-01", "not stated; followed by body/04K"]);
    has(&line("04K"), &["open"]);
    lacks(&line("04K"), &["not known"]);
    // Before it can have opened it is not listed, and once it has for certain it is open.
    lacks(&asked.said(&["bodies", "--as-at", "2019-06-30"]), &["QXX"]);
    has(&asked.said(&["bodies", "--kind", "icb", "--as-at", "2019-08-01"]), &["QXX", "open"]);
    let powers = said(&["powers", "QXX"]);
    has(&powers, &["the body is     not known"]);
    lacks(&powers, &["nobody"]);
    has(&said(&["powers", "04K"]), &["the governing body"]);
    has(&asked.said(&["powers", "QXX", "--as-at", "2019-06-30"]), &["nobody", "not open yet"]);
    let governing = said(&["governing-body", "QXX"]);
    has(&governing, &["not known: nothing says who sits on it"]);
    lacks(&governing, &["0 filled"]);
    // The register's form has two words for a status, and none for this.
    let output = asked.run(&["export", "ods", "QXX", "--as-at", "2019-07-15"]);
    let told = String::from_utf8_lossy(&output.stderr);
    has(&told, &["body/QXX", "Status is left out"]);
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["Organisation"].get("Status"), None);
    assert_eq!(record["Organisation"]["Roles"]["Role"][0].get("Status"), None);
    let output = asked.run(&["export", "ods", "04K", "--as-at", "2019-07-15"]);
    lacks(&String::from_utf8_lossy(&output.stderr), &["Status"]);
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["Organisation"]["Status"], "Active");
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_are_known_to_be_filled_or_vacant_are_counted() {
    let asked = Asked::with(|cast| {
        let post = json!({"office": "chair", "title": "Chair", "voting": true, "statutory": true, "seats": 1,
            "effective": "2013-04-01"});
        vec![reported(cast, "OfficeDefined", "body/04K", post)]
    })
    .await;
    has(&asked.said(&["governing-body", "04K"]), &["0 filled, 1 vacant"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_no_source_has_says_that_it_was_filled_in() {
    let mut asked = Asked::open().await;
    asked.tell(|cast| decision(&cast.secretary, "body/04K", "2019-07-03")).await;
    lacks(&asked.said(&["decisions", "04K"]), &["filled in"]);
    let why = json!({"reconstructed": "Every group decided alike."});
    asked.tell_from(why, |cast| decision(&cast.secretary, "body/04K", "2019-07-04")).await;
    let decisions = asked.said(&["decisions", "04K"]);
    has(&decisions, &["filled in: Every group decided alike."]);
    assert_eq!(decisions.matches("filled in").count(), 1);
    // Of a meeting too.
    let convened = || {
        json!({"kind": "single", "bodies": ["body/04K"], "title": "Governing body",
            "starts_at": "2019-07-04T13:00:00+01:00", "parts": ["public"], "called_on": "2019-06-01"})
    };
    asked.tell(|cast| reported(cast, "MeetingConvened", "meeting/a", convened())).await;
    lacks(&asked.said(&["meeting", "a"]), &["filled in"]);
    let why = json!({"reconstructed": "They met each month."});
    asked.tell_from(why, |cast| reported(cast, "MeetingConvened", "meeting/b", convened())).await;
    has(&asked.said(&["meeting", "b"]), &["filled in: They met each month."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_are_read_as_the_last_day_and_people_by_their_names() {
    let asked = Asked::with(|cast| {
        let term = json!({"office": "chair", "person": "person/a", "tenure": "substantive", "effective": "2018-07-17",
            "until": "2019-07-17"});
        let ceased = json!({"person": "person/a", "bodies": ["body/04K"], "kind": "financial",
            "description": "A partner.", "declared_on": "2018-05-14"});
        vec![
            reported(cast, "PersonRecorded", "person/a", json!({"name": "Ms A"})),
            reported(cast, "OfficerAppointed", "body/04K", term),
            reported(cast, "InterestRegistered", "interest/i", ceased),
            reported(cast, "InterestCeased", "interest/i", json!({"ceased_on": "2019-01-01"})),
        ]
    })
    .await;
    let on = ["--as-at", "2019-07-06"];
    let said = |args: &[&str]| asked.said(&[args, &on].concat());
    let due = said(&["due", "04K"]);
    has(&due, &["NHS 04K Clinical Commissioning Group", "2019-07-16", "Ms A (person/a) as chair"]);
    lacks(&due, &["2019-07-17", "overdue"]);
    // The grant of the secretary covers acts until before 1 April 2020.
    has(&due, &["2020-03-31"]);
    lacks(&due, &["2020-04-01"]);
    has(&said(&["handover", "04K"]), &["2019-07-16", "Ms A (person/a) as chair"]);
    has(&said(&["due", "04K", "--ical"]), &["DTSTART;VALUE=DATE:20190716"]);
    has(&said(&["officer", "04K", "chair"]), &["2019-07-16"]);
    has(&said(&["people", "person/a"]), &["to 2019-07-16"]);
    has(&asked.said(&["interests", "04K", "--as-at", "2019-06-30"]), &["public to 2019-06-30"]);
    has(
        &asked.said(&["interests", "04K", "--as-at", "2019-07-01"]),
        &["kept, none since", "public to 2019-06-30, kept to"],
    );
    // On its last day the term is not over, and on the next it is nobody's any more.
    has(&asked.said(&["due", "04K", "--as-at", "2019-07-16"]), &["Ms A (person/a) as chair"]);
    lacks(&asked.said(&["due", "04K", "--as-at", "2019-07-17"]), &["as chair"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merger_says_when_it_was_proposed_which_options_there_were_and_how_it_was_looked_into() {
    let asked = Asked::with(|cast| {
        let mut other = crate::support::ccg(&cast.register, "04L");
        other.time = "2019-07-06T09:00:00Z";
        let explored = json!({"participants": ["body/04K", "body/04L"], "kind": "options_appraisal",
            "explored_on": "2019-01-10", "by": "The accountable officer", "wording": "To look into the merits."});
        let proposed = json!({"participants": ["body/04K", "body/04L"], "proposed_on": "2019-04-25",
            "options": ["Stay as we are", "Merge into one"]});
        vec![
            other,
            reported(cast, "MergerExplored", "merger/kl", explored),
            reported(cast, "MergerProposed", "merger/kl", proposed),
        ]
    })
    .await;
    let merger = asked.said(&["merger", "kl"]);
    has(&merger, &["options appraisal", "by The accountable officer", "\"To look into the merits.\""]);
    has(&merger, &["2019-04-25", "Stay as we are", "Merge into one"]);
    let early = asked.said(&["merger", "kl", "--as-at", "2019-02-01"]);
    has(&early, &["2019-01-10"]);
    lacks(&early, &["proposed  ", "Merge into one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_has_the_title_that_its_item_has_on_the_agenda() {
    let mut asked = Asked::with(|cast| {
        let convened = json!({"kind": "single", "bodies": ["body/04K"], "title": "Governing body",
            "starts_at": "2019-07-03T13:00:00+01:00", "parts": ["public"], "called_on": "2019-06-01"});
        let agenda = json!({"version": 1, "published_on": "2019-06-02",
            "items": [{"reference": "GB/1", "title": "The future of the group", "part": "public"}]});
        vec![
            reported(cast, "MeetingConvened", "meeting/m", convened),
            reported(cast, "AgendaPublished", "meeting/m", agenda),
        ]
    })
    .await;
    let at = |reference: &str, title: Option<&str>| {
        let mut item = json!({"reference": reference});
        title.into_iter().for_each(|title| item["title"] = json!(title));
        json!({"decided_on": "2019-07-03", "mode": "meeting", "outcome": "approved", "text": "Agreed.",
            "reasons": "It is right.", "meeting": "meeting/m", "item": item, "effect": {"none": {}}})
    };
    for facts in [at("GB/1", None), at("GB/1", Some("Its own title")), at("GB/9", None)] {
        asked.tell(|cast| reported(cast, "DecisionRecorded", "body/04K", facts.clone())).await;
    }
    let found: Value = serde_json::from_str(&asked.said(&["decisions", "04K", "--json"])).unwrap();
    let titles: Vec<_> = found["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["item_title"]["clear"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(titles, ["The future of the group", "Its own title", ""]);
    has(&asked.said(&["decisions", "04K"]), &["GB/1  The future of the group"]);
    // And is found by it.
    let topic = asked.said(&["decisions", "04K", "--topic", "future"]);
    has(&topic, &["The future of the group"]);
    lacks(&topic, &["Its own title"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partnership_that_is_only_intended_is_told_as_that() {
    let asked = Asked::with(|cast| {
        let intended = |about: &str| {
            json!({"intends": "PartnershipFormed", "mood": "planned", "about": [about], "wording": "One voice by 2020."})
        };
        let formed = json!({"name": "The partnership", "kind": "stp", "members": [{"body": "body/04K", "status": "full"}]});
        vec![
            reported(cast, "IntentionRecorded", "intention/i", intended("partnership/voice")),
            reported(cast, "PartnershipFormed", "partnership/p", formed),
        ]
    })
    .await;
    let found = asked.said(&["partnership", "voice"]);
    has(&found, &["partnership/voice", "only intentions name it", "One voice by 2020."]);
    let formed = asked.said(&["partnership", "p"]);
    has(&formed, &["The partnership", "live"]);
    lacks(&formed, &["intend"]);
    assert!(!asked.run(&["partnership", "none"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_sources_say_different_days_an_answer_says_which_says_what() {
    let mut asked = Asked::open().await;
    let listed = |day: &str| json!({"kind": "ccg", "name": "NHS 13T CCG", "from": day});
    let body = ["body", "body/13T", "--as-at", "2018-01-01"];
    let source = |year: u16| json!({"sourced": format!("the list of {year}")});
    asked
        .tell_from(source(2015), |cast| reported(cast, "BodyRegistered", "body/13T", listed("2015-04-01")))
        .await;
    lacks(&asked.said(&body), &["differ", "goes before"]);
    asked
        .tell_from(source(2016), |cast| reported(cast, "BodyRegistered", "body/13T", listed("2016-04-01")))
        .await;
    let said = asked.said(&body);
    has(&said, &["not known, since the sources differ: 2015-04-01, by the list of 2015"]);
    has(&said, &[", or 2016-04-01, by the list of 2016"]);
    has(&said, &["none of these sources goes before the other, so it is not known"]);
    lacks(&said, &["contradicted", "neither holds"]);
    has(&asked.said(&["bodies", "--all", "--as-at", "2018-01-01"]), &["sources differ"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_inferred_is_marked_wherever_it_is_relied_on() {
    let mut asked = Asked::open().await;
    let board = |slug: &str| json!({"kind": "icb", "name": format!("NHS {slug} Integrated Care Board"), "from": "2022-07-01"});
    for slug in ["Q1", "Q2"] {
        let source = json!({"sourced": "the list"});
        asked
            .tell_from(source, |cast| reported(cast, "BodyRegistered", &format!("body/{slug}"), board(slug)))
            .await;
    }
    let passes = |to: &str, unit: &str| json!({"successor": to, "kind": "split", "effective": "2022-07-01", "units": [unit]});
    let source = json!({"sourced": "the list"});
    asked
        .tell_from(source, |cast| {
            reported(cast, "SuccessionRecorded", "body/04K", passes("body/Q1", "04K/north"))
        })
        .await;
    let inferred = json!({"inferred": {"from": "the map", "why": "the south lies along the border"}});
    asked
        .tell_from(inferred, |cast| {
            reported(cast, "SuccessionRecorded", "body/04K", passes("body/Q2", "04K/south"))
        })
        .await;
    let words = "inferred from the map: the south lies along the border";
    let view = ["--as-at", "2023-01-01"];
    let about = |command: &'static str, what: &'static str| asked.said(&[command, what, view[0], view[1]]);
    has(&about("commissioner", "04K/south"), &[words]);
    lacks(&about("commissioner", "04K/north"), &["nferred"]);
    has(&about("body", "body/Q2"), &[words, "INFERRED"]);
    lacks(&about("body", "body/Q1"), &["nferred"]);
    has(&asked.said(&["findings", view[0], view[1]]), &[words, "report.inferred"]);
    let lineage = asked.said(&["lineage", "body/04K", view[0], view[1]]);
    has(&lineage, &[words, "04K/south  INFERRED"]);
    lacks(&lineage, &["04K/north  INFERRED"]);
    // Of a unit too, where two days are compared and where one entry is: and in the entry itself.
    let differs = |unit: &'static str| {
        let days = ["--as-at", "2022-06-30", "--with-as-at", "2023-01-01"];
        asked.said(&[&["compare", unit][..], &days].concat())
    };
    has(&differs("unit/04K.south"), &[words]);
    lacks(&differs("unit/04K.north"), &["nferred"]);
    let (stated, concluded) = (PROLOGUE + 2, PROLOGUE + 3);
    let of = |command: &str, entry: u64| asked.said(&[command, &entry.to_string()]);
    has(&of("changes", concluded), &[words]);
    lacks(&of("changes", stated), &["nferred"]);
    has(&of("show", concluded), &["from the map: the south lies along the border"]);
    // What is exported says it in the columns that there are.
    has(&asked.said(&["export", "bodies"]), &["INFERRED: entry"]);
    let json = asked.said(&["commissioner", "04K/south", view[0], view[1], "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["answered"]["inferences"][0]["why"], words);
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_of_the_public_part_tell_all_of_it_and_nothing_of_the_private_one() {
    let mut asked = Asked::with(|cast| {
        let convened = json!({"kind": "single", "bodies": ["body/04K"], "title": "Governing body",
            "starts_at": "2019-07-03T13:00:00+01:00", "parts": ["public", "private"], "called_on": "2019-06-01"});
        let person = json!({"name": "Jo Doe"});
        vec![
            reported(cast, "MeetingConvened", "meeting/m", convened),
            reported(cast, "PersonRecorded", "person/doe", person),
        ]
    })
    .await;
    let listed = json!({"version": 1, "published_on": "2019-06-02", "items": [
        {"reference": "GB/1", "title": "The future of the group", "part": "public"},
        {"reference": "GB/2", "title": "Who has to go", "part": "private"}]});
    let agenda = asked
        .tell(|cast| {
            let by = signs_for(&cast.secretary, "secretary", "body/04K");
            told("AgendaPublished", "meeting/m", "own_act", by, listed.clone())
        })
        .await;
    let decided = |item: &str, text: &str, effect: Value| {
        json!({"decided_on": "2019-07-03", "mode": "meeting", "outcome": "approved", "text": text,
            "reasons": "It is right.", "meeting": "meeting/m", "item": {"reference": item}, "effect": effect,
            "dissent": [{"person": "person/doe", "words": "Too soon."}]})
    };
    let action = |item: Option<&str>, text: &str| {
        let mut action = json!({"body": "body/04K", "text": text, "owner": {"office": "chair"}, "assigned_on": "2019-07-03",
            "meeting": "meeting/m"});
        item.into_iter().for_each(|item| action["item"] = json!(item));
        action
    };
    let excluded = json!({"exclude_public": {"reason": "It is personal."}});
    let named = json!({"item": "GB/1", "body": "body/04K", "method": "named", "votes": {"for": 0, "against": 1},
        "named": [{"person": "person/doe", "vote": "against"}]});
    for (name, subject, facts) in [
        ("VoteTaken", "meeting/m", named),
        ("DecisionRecorded", "body/04K", decided("GB/1", "To meet without the public.", excluded)),
        ("DecisionRecorded", "body/04K", decided("GB/2", "To part with somebody.", json!({"none": {}}))),
        ("ActionAssigned", "action/a", action(Some("GB/1"), "Tell the public.")),
        ("ActionAssigned", "action/b", action(Some("GB/2"), "Write to somebody.")),
        ("ActionAssigned", "action/c", action(None, "Book a room.")),
    ] {
        asked.tell(|cast| reported(cast, name, subject, facts.clone())).await;
    }
    let id = agenda.event().id;
    asked.tell(|cast| corrected(cast, id, "/items/1/title", "Who has to go", "Who shall go")).await;

    let public =
        ["The future of the group", "To meet without the public.", "Tell the public.", "(Jo Doe against)"];
    let private = ["Who shall go", "To part with somebody.", "Write to somebody.", "Book a room."];
    for form in [&[][..], &["--md"], &["--html"], &["--json"]] {
        let of_public = asked.said(&[&["minutes", "m", "--reported"][..], form].concat());
        lacks(&of_public, &private);
        lacks(&of_public, &["Who has to go"]);
        let of_private =
            asked.said(&[&["minutes", "m", "--part", "private", "--reported"][..], form].concat());
        lacks(&of_private, &["To meet without the public.", "Tell the public."]);
        if form.is_empty() {
            has(&of_public, &public);
            has(&of_public, &["The public is excluded: It is personal.", "Dissent of Jo Doe: Too soon."]);
            has(&of_public, &["CORRECTED (entry"]);
            has(&of_private, &private);
        }
    }
}
