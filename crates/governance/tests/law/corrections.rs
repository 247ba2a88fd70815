//! Corrections: nothing is edited, and what was known before stays answerable.

use crate::said::{Said, ccg, decided, established, id, merged, says, up_to_approval};
use crate::story::{Story, given};
use minutebook_governance::decisions::decisions;
use serde_json::{Value, json};

/// The decision with the id 1, of 04K.
fn minuted() -> Said {
    decided("04K", "2019-07-04", json!({"none": {}})).with_id(1)
}

fn corrected(number: u8, fields: &[(&str, Value, Value)]) -> Said {
    let fields: Vec<_> =
        fields.iter().map(|(path, old, new)| json!({"path": path, "old": old, "new": new})).collect();
    says(
        "RecordCorrected",
        &format!("record/{}", id(number)),
        json!({"target": id(number), "kind": "factual",
        "fields": fields, "reason": "Wrong."}),
    )
}

fn date_corrected(from: &str, to: &str) -> Said {
    corrected(1, &[("/decided_on", json!(from), json!(to))])
}

fn withdrawn(number: u8, kind: &str) -> Said {
    says(
        "RecordCorrected",
        &format!("record/{}", id(number)),
        json!({"target": id(number), "kind": kind,
        "reason": "Not so."}),
    )
}

/// The days of 04K's decisions, as the first `known` entries have them.
fn days(story: &Story, known: u64) -> Vec<String> {
    let view = story.at("2030-01-01").as_known(known);
    let all = decisions(story.record(), &"body/04K".parse().unwrap(), view);
    all.iter().map(|decision| decision.recorded.decided_on.to_string()).collect()
}

#[test]
fn a_correction_changes_what_it_names() {
    given([minuted()]).when(date_corrected("2019-07-04", "2019-07-03")).then_obeys("correction.changes");
    given([minuted()]).when(date_corrected("2019-07-04", "2019-07-04")).then_refused("correction.changes");
    // Nor beside a value that it does change.
    let text = minuted().facts["text"].clone();
    let both = [("/decided_on", json!("2019-07-04"), json!("2019-07-03")), ("/text", text.clone(), text)];
    given([minuted()]).when(corrected(1, &both)).then_refused("correction.changes");
}

#[test]
fn a_correction_names_an_event_that_can_be_corrected() {
    given([minuted()]).when(date_corrected("2019-07-04", "2019-07-03")).then_obeys("correction.target");
    given([]).when(date_corrected("2019-07-04", "2019-07-03")).then_refused("correction.target");
    given([minuted(), withdrawn(1, "withdrawn")])
        .when(date_corrected("2019-07-04", "2019-07-03"))
        .then_refused("correction.target");
    // Authority is revoked, and a correction is corrected by another of the same target.
    let of_a_correction = corrected(2, &[("/reason", json!("Wrong."), json!("Right."))]);
    given([minuted(), date_corrected("2019-07-04", "2019-07-03").with_id(2)])
        .when(of_a_correction)
        .then_refused("correction.target");
    let grant = crate::story::granted("secretary-04K", "chair", json!(["body/04K"]), json!(["own_act"]));
    let grant = Said { subject: "grant/chair".to_owned(), ..grant }.with_id(3);
    let widened = corrected(3, &[("/bodies", json!(["body/04K"]), json!("any"))]);
    given([grant]).when(widened).then_refused("correction.target");
}

#[test]
fn who_signed_as_an_office_corrects_as_that_office() {
    let fix = || date_corrected("2019-07-04", "2019-07-03");
    given([minuted()]).when(fix()).then_obeys("correction.by-whom");
    let by_another = fix().by(&[("secretary-04L", "secretary", "body/04L")]);
    given([minuted()]).when(by_another).then_refused("correction.by-whom");
    // A register does not correct what a body decided, nor the press a register.
    given([minuted()]).when(fix().reported()).then_refused("correction.by-whom");
    let listed = corrected(2, &[("/from", json!("2013-04-01"), json!("2013-05-01"))]);
    given([ccg("13T").with_id(2)]).when(listed.clone().reported()).then_obeys("correction.by-whom");
    given([ccg("13T").with_id(2)]).when(listed.in_the_press()).then_refused("correction.by-whom");
}

#[test]
fn the_successor_corrects_for_its_predecessor() {
    let story = || given([minuted()]).and(up_to_approval()).and([merged()]);
    let by_heir =
        date_corrected("2019-07-04", "2019-07-03").by(&[("secretary-52R", "secretary", "body/52R")]);
    story().when(by_heir).then_obeys("correction.by-whom");
    let by_stranger =
        date_corrected("2019-07-04", "2019-07-03").by(&[("secretary-04M", "secretary", "body/04M")]);
    story().when(by_stranger).then_refused("correction.by-whom");
}

#[test]
fn a_correction_cites_the_value_that_stands() {
    let rule = "correction.old-value";
    given([minuted()]).when(date_corrected("2019-07-04", "2019-07-03")).then_obeys("correction.old-value");
    given([minuted()]).when(date_corrected("2019-07-05", "2019-07-03")).then_refused("correction.old-value");
    let nowhere = corrected(1, &[("/votes/for", json!(3), json!(4))]);
    given([minuted()]).when(nowhere).then_refused(rule);
    // Corrected twice: the second cites what the first left.
    let once = || given([minuted(), date_corrected("2019-07-04", "2019-07-03")]);
    once().when(date_corrected("2019-07-04", "2019-07-02")).then_refused(rule);
    let story = once().when(date_corrected("2019-07-03", "2019-07-02")).then_obeys(rule);
    let known = story.record().len();
    assert_eq!(
        (days(&story, known), days(&story, known - 1)),
        (vec!["2019-07-02".into()], vec!["2019-07-03".into()])
    );
    assert_eq!(days(&story, known - 2), ["2019-07-04"]);
}

#[test]
fn what_a_correction_leaves_is_an_event_of_its_type() {
    let rule = "correction.form";
    let to =
        |value: Value| given([minuted()]).when(corrected(1, &[("/decided_on", json!("2019-07-04"), value)]));
    to(json!("2019-07-03")).then_obeys("correction.form");
    to(json!("4 July")).then_refused("correction.form");
    to(json!({"written": "July", "earliest": null})).then_refused(rule);
    let blank = corrected(1, &[("/text", json!("As the paper proposes."), json!(" "))]);
    given([minuted()]).when(blank).then_refused(rule);
    // A member that was left out comes in with the whole.
    let (old, mut new) = (minuted().facts, minuted().facts);
    new["item"] = json!({"reference": "GB/1"});
    given([minuted()]).when(corrected(1, &[("", old, new)])).then_obeys(rule);
}

#[test]
fn what_a_correction_leaves_has_its_references() {
    let seen = crate::said::observed("04K", "chair", "a", "2018-01-01").with_id(1);
    let to = |who: &str| {
        let fix = corrected(1, &[("/person", json!("person/a"), json!(who))]).in_the_press();
        given([seen.clone()]).when(fix)
    };
    to("person/b").then_obeys("person.known");
    to("person/c").then_refused("person.known");
}

#[test]
fn a_correction_changes_what_is_known_from_its_position_on() {
    let story = given([minuted(), date_corrected("2019-07-04", "2019-07-03"), withdrawn(1, "withdrawn")]);
    let known = story.record().len();
    assert_eq!(days(&story, known - 3), Vec::<String>::new());
    assert_eq!(days(&story, known - 2), ["2019-07-04"]);
    assert_eq!(days(&story, known - 1), ["2019-07-03"]);
    assert_eq!(days(&story, known), Vec::<String>::new());
}

#[test]
fn what_is_withdrawn_is_found_wanting_no_more() {
    let mut bare = minuted();
    bare.facts.as_object_mut().unwrap().remove("reasons");
    let story = given([bare]).finds("decision.reasons", "2020-01-01");
    story.and([withdrawn(1, "duplicate")]).finds_no("decision.reasons", "2020-01-01");
}

#[test]
fn a_correction_can_bring_an_entry_under_another_subject() {
    let said = established("13T", "2015-04-01").with_id(1);
    let moved =
        corrected(1, &[("/units", json!(["13T"]), json!(["04X"]))]).by(&[("nhs-england", "nhs_england", "")]);
    let story = given([said, moved]);
    let (now, before) = (story.at("2016-01-01"), story.at("2016-01-01").as_known(story.record().len() - 1));
    assert_eq!((story.holder("13T", now), story.holder("04X", now).as_deref()), (None, Some("13T")));
    assert_eq!((story.holder("13T", before).as_deref(), story.holder("04X", before)), (Some("13T"), None));
}

#[test]
fn a_correction_names_its_target_in_its_subject() {
    let mut said = date_corrected("2019-07-04", "2019-07-03");
    said.subject = format!("record/{}", id(2));
    given([minuted()]).when(said).then_malformed("/subject");
    let both = says(
        "RecordCorrected",
        &format!("record/{}", id(1)),
        json!({"target": id(1), "kind": "withdrawn",
        "fields": [{"path": "/text", "old": "x", "new": "y"}], "reason": "Not so."}),
    );
    given([minuted()]).when(both).then_malformed("/data/facts/fields");
}

/// A decision of 04K with words of several kinds, on which a clerical correction is tried.
fn worded() -> Said {
    let mut said = minuted();
    said.facts["text"] = json!("RESOLVED to aply to NHS England by 30 September 2019, at up to £40,000.");
    said.facts["reasons"] = json!("One organisation can plan for teh whole county.");
    said.facts["item"] = json!({"reference": "GB/1", "title": "A laese"});
    said.facts["motion"] = json!("amended");
    said.facts["votes"] = json!({"for": 3, "against": 0});
    said.facts["conditions"] = json!([{"action": "action/a", "text": "A paln is agreed.", "owner": {"person": "person/a"}, "due": "2019-09-05"}]);
    said.facts["outcome"] = json!("approved_with_conditions");
    said
}

fn clerical(path: &str, old: &Value, new: &Value) -> Said {
    let mut said = corrected(1, &[(path, old.clone(), new.clone())]);
    said.facts["kind"] = json!("clerical");
    said
}

/// A clerical correction that puts one word of a text in place of another.
fn reworded(path: &str, old: &str, new: &str) -> Said {
    let words = worded().facts.pointer(path).and_then(Value::as_str).unwrap().to_owned();
    assert!(words.contains(old));
    clerical(path, &json!(words), &json!(words.replacen(old, new, 1)))
}

#[test]
fn a_clerical_correction_mends_words_alone() {
    let rule = "correction.clerical";
    let tried = |path: &str, old: Value, new: Value| given([worded()]).when(clerical(path, &old, &new));
    tried("/outcome", json!("approved_with_conditions"), json!("noted")).then_refused(rule);
    tried("/decided_on", json!("2019-07-04"), json!("2019-07-03")).then_refused(rule);
    tried("/votes/for", json!(3), json!(2)).then_refused(rule);
    tried("/effect", json!({"none": {}}), json!({"exclude_public": {"reason": "x"}})).then_refused(rule);
    tried("/conditions/0/owner/person", json!("person/a"), json!("person/b")).then_refused(rule);
    tried("/conditions/0/due", json!("2019-09-05"), json!("2019-10-05")).then_refused(rule);
    // What something is found by, or told from another, is a name and no words.
    tried("/item/reference", json!("GB/1"), json!("GB/2")).then_refused(rule);
    tried("/motion", json!("amended"), json!("amendes")).then_refused(rule);
    // The words of a date are what it says.
    let mut july = minuted();
    july.facts["decided_on"] = crate::said::month("2019-07", 31);
    let written = july.facts["decided_on"]["written"].clone();
    given([july]).when(clerical("/decided_on/written", &written, &json!("4 July"))).then_refused(rule);
    // What was not so is corrected as that.
    let fact = corrected(1, &[("/outcome", json!("approved_with_conditions"), json!("noted"))]);
    given([worded()]).when(fact).then_obeys(rule);
}

#[test]
fn a_clerical_correction_mends_slips_of_the_pen_alone() {
    for (path, old, new) in [
        ("/text", "to aply", "to apply"),
        ("/reasons", "teh", "the"),
        ("/item/title", "laese", "lease"),
        ("/conditions/0/text", "paln", "plan"),
        ("/text", "2019, at", "2019 at"),
    ] {
        given([worded()]).when(reworded(path, old, new)).then_obeys("correction.clerical");
    }
    for (path, old, new) in [
        ("/text", "to aply", "not to aply"),
        ("/text", "to aply", "to withdraw"),
        ("/text", "30 September", "30 November"),
        ("/text", "30 September", "3 September"),
        ("/text", "£40,000", "£400,000"),
        ("/text", "England", "Englend"),
        ("/text", ", at up to £40,000", ""),
        ("/reasons", "can", "cannot"),
        ("/conditions/0/text", "agreed", "sent and agreed"),
    ] {
        given([worded()]).when(reworded(path, old, new)).then_refused("correction.clerical");
        // Whoever says that it was so may say anything, and it is read as that.
        let mut factual = reworded(path, old, new);
        factual.facts["kind"] = json!("factual");
        given([worded()]).when(factual).then_obeys("correction.clerical");
    }
}

#[test]
fn a_slip_upon_a_slip_is_held_against_what_was_written_first() {
    let rule = "correction.clerical";
    let mut said = worded();
    said.facts["text"] = json!("Agreed to lend the hall.");
    let text = |old: &str, new: &str| clerical("/text", &json!(old), &json!(new));
    let once = || given([said.clone(), text("Agreed to lend the hall.", "Agreed to send the hall.")]);
    once().when(text("Agreed to send the hall.", "Agreed to sell the hall.")).then_refused(rule);
    once().when(text("Agreed to send the hall.", "Agreed to lend the hall.")).then_obeys(rule);
    // After what was so was corrected, that is what was written.
    let mut fact = text("Agreed to send the hall.", "Agreed to let the hall.");
    fact.facts["kind"] = json!("factual");
    let story = || once().and([fact.clone()]);
    story().when(text("Agreed to let the hall.", "Agreed to leet the hall.")).then_obeys(rule);
    story().when(text("Agreed to let the hall.", "Agreed to sell the hall.")).then_refused(rule);
}

#[test]
fn both_wordings_are_left_for_who_reads() {
    let rule = "correction.wording";
    given([worded()]).when(reworded("/text", "aply", "apply")).then_found("correction.wording");
    let story = given([worded()]).and([reworded("/text", "aply", "apply")]);
    let story = story.finds(rule, "2020-01-01");
    let all = minutebook_governance::register::findings(story.record(), story.at("2020-01-01"));
    let found = all.iter().find(|finding| finding.rule.id == rule).unwrap();
    let target = story.record().find(id(1)).unwrap();
    assert_eq!(found.subject.as_str(), "body/04K");
    assert_eq!(found.found, format!("entry {target}, /text: \"aply\" is now \"apply\""));
    // It stays, whatever becomes of the entry.
    story.and([withdrawn(1, "withdrawn")]).finds(rule, "2020-01-01");
    let mut fact = reworded("/text", "aply", "apply");
    fact.facts["kind"] = json!("factual");
    given([worded()]).when(fact).then_obeys("correction.wording");
}

#[test]
fn what_several_signed_is_withdrawn_by_all_of_them() {
    use crate::said::consulted;
    let both = [("secretary-04K", "secretary", "body/04K"), ("secretary-04L", "secretary", "body/04L")];
    let opened = || given([consulted().by(&both).with_id(1)]);
    opened().when(withdrawn(1, "withdrawn").by(&both)).then_obeys("correction.by-all");
    opened().when(withdrawn(1, "withdrawn")).then_refused("correction.by-all");
    opened().when(withdrawn(1, "duplicate")).then_refused("correction.by-all");
    // A slip of the pen each of them can tell; and who signed alone withdraws alone, of however many it is.
    let topic = consulted().facts["topic"].clone();
    let mended = [("/topic", topic.clone(), json!(format!("{}.", topic.as_str().unwrap())))];
    opened().when(corrected(1, &mended)).then_obeys("correction.by-all");
    let alone = given([crate::meetings::convened().with_id(1)]);
    alone.when(withdrawn(1, "withdrawn")).then_obeys("correction.by-all");
    // Nobody else does.
    let other = withdrawn(1, "withdrawn").by(&both[1..]);
    given([crate::meetings::convened().with_id(1)]).when(other).then_refused("correction.by-whom");
}
