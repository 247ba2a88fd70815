//! How bodies end: once, after all that they give and take.

use crate::said::{Said, ccg, document, says};
use crate::story::given;
use serde_json::json;

fn varied(to: &str, unit: &str, from: &str, on: &str) -> Said {
    let gains = json!([{"unit": unit, "body": format!("body/{from}")}]);
    says(
        "AreaVaried",
        &format!("body/{to}"),
        json!({"extent": "stated", "effective": on, "basis": "order", "gains": gains}),
    )
}

fn absorbed(this: &str, into: &str, on: &str) -> Said {
    let (this, into) = (format!("body/{this}"), format!("body/{into}"));
    let follows = json!({"predecessor": this, "successor": into, "kind": "absorption"});
    let facts = json!({"basis": "absorption", "effective": on, "closing": [this], "successions": [follows]});
    says("ReorganisationEffected", &format!("reorganisation/{on}"), facts)
}

fn dissolved(this: &str, on: &str) -> Said {
    let facts = json!({"effective": on, "reason": "order", "successors": ["body/04M"]});
    says("BodyDissolved", &format!("body/{this}"), facts)
}

#[test]
fn a_body_ends_once() {
    let story = given([]).when(absorbed("04K", "04L", "2016-04-01")).then_obeys("body.ends-once");
    // On the earlier day it was open; what the later entry says of its area would hang in the air.
    let story = story.when(absorbed("04K", "04M", "2015-04-01")).then_refused("body.ends-once");
    let story = story.when(dissolved("04K", "2015-04-01")).then_refused("body.ends-once");
    let story = story.when(varied("04M", "04K", "04K", "2015-04-01")).then_refused("body.ends-once");
    story.when(varied("04L", "04M", "04M", "2015-04-01")).then_obeys("body.ends-once");
    let listed = ccg("13T").reported();
    let ends = dissolved("13T", "2016-04-01").reported();
    given([listed, ends]).when(dissolved("13T", "2016-04-01")).then_admitted();
}

#[test]
fn it_ends_after_what_it_gives_and_takes() {
    let story = given([varied("04L", "04K", "04K", "2016-04-01")]);
    let story = story.when(absorbed("04K", "04M", "2015-04-01")).then_refused("body.ends-once");
    let story = story.when(absorbed("04L", "04M", "2015-04-01")).then_refused("body.ends-once");
    let story = story.when(absorbed("04L", "04M", "2016-04-01")).then_refused("body.ends-once");
    story.when(absorbed("04L", "04M", "2016-04-02")).then_obeys("body.ends-once");
}

#[test]
fn nobody_takes_an_area_before_it_is_there() {
    let opening = json!({"body": "body/52R", "kind": "ccg", "name": "NHS 52R Clinical Commissioning Group",
        "legal_basis": "order", "constitution": document()});
    let follows = json!({"predecessor": "body/04K", "successor": "body/52R", "kind": "merger"});
    let facts = json!({"basis": "order", "effective": "2016-04-01", "closing": ["body/04K"], "opening": [opening],
        "successions": [follows]});
    let story = given([says("ReorganisationEffected", "reorganisation/r", facts)]);
    let story = story.when(varied("52R", "04L", "04L", "2015-04-01")).then_refused("body.open");
    let story =
        story.when(absorbed("04M", "52R", "2015-04-01")).then_refused("reorganisation.successor-open");
    story.when(varied("52R", "04L", "04L", "2016-04-01")).then_obeys("body.open");
}

#[test]
fn nobody_follows_itself() {
    let follows = json!({"successor": "body/04K", "kind": "absorption", "effective": "2016-04-01"});
    let story = given([])
        .when(says("SuccessionRecorded", "body/04K", follows))
        .then_malformed("/data/facts/successor");
    let story = story.when(dissolved("04M", "2016-04-01")).then_malformed("/data/facts/successors");
    story.when(varied("04K", "04K", "04K", "2016-04-01")).then_malformed("/data/facts");
}

#[test]
fn who_follows_is_known_and_there() {
    let follows = |to: &str| json!({"successor": to, "kind": "absorption", "effective": "2016-04-01"});
    let story =
        given([]).when(says("SuccessionRecorded", "body/04K", follows("body/x"))).then_refused("body.known");
    let story =
        story.when(says("SuccessionRecorded", "body/04K", follows("body/04L"))).then_obeys("body.open");
    let story = story.and([absorbed("04L", "04M", "2017-04-01")]);
    let late = json!({"successor": "body/04M", "kind": "absorption", "effective": "2018-04-01"});
    story.when(says("SuccessionRecorded", "body/04L", late)).then_refused("succession.dates");
}
