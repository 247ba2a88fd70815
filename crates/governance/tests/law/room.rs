//! Who is in the room: each person once, however often the minutes name them.

use crate::meetings::{attended, convened, decides, quorate, sitting, voted, with};
use crate::story::given;

use minutebook_governance::Certainty;
use serde_json::json;

#[test]
fn who_is_named_for_all_and_for_one_counts_once() {
    let again = attended(json!([{"person": "person/a", "as": "voting", "bodies": ["body/04K"]}]));
    let story = sitting().and([again]);
    story.when(voted("i1", "04K", json!({"for": 3, "against": 0}))).then_refused("vote.totals");
}

#[test]
fn who_came_for_all_may_be_excused_for_one() {
    let excused = attended(json!([{"person": "person/b", "as": "apologies", "bodies": ["body/04K"]}]));
    let story = sitting().and([excused]);
    assert_eq!((quorate(&story, "i1", "04K"), quorate(&story, "i1", "04L")), (Certainty::No, Certainty::Yes));
}

#[test]
fn a_seat_is_voted_in_once_whoever_was_there_before() {
    // `b` votes since the start.
    let deputy = |present: serde_json::Value| {
        let row = json!({"person": "person/a", "as": "voting", "deputy_for": "person/b", "present": present});
        attended(json!([row]))
    };
    sitting().when(deputy(json!([{}]))).then_refused("attendance.deputy");
    let leaves = attended(json!([{"person": "person/b", "as": "voting", "present": [{"until": "i2"}]}]));
    sitting().and([leaves.clone()]).when(deputy(json!([{"from": "i2"}]))).then_obeys("attendance.deputy");
    sitting().and([leaves]).when(deputy(json!([{"from": "i1"}]))).then_refused("attendance.deputy");
    let past = deputy(json!([{}])).with_standing("own_record").with_minutes();
    sitting().when(past).then_found("attendance.deputy");
}

#[test]
fn a_decision_counts_no_more_votes_than_are_there() {
    let counted = |votes| with(decides("i1", "04K", json!({"none": {}})), "votes", votes);
    sitting().when(counted(json!({"for": 2, "against": 0}))).then_obeys("vote.totals");
    sitting().when(counted(json!({"for": 3, "against": 0}))).then_refused("vote.totals");
    sitting().when(counted(json!({"for": 1, "against": 0, "conflicted": 1}))).then_refused("vote.totals");
}

#[test]
fn a_notice_names_a_quorum_that_can_be() {
    for minimum in
        [json!({"count": 0}), json!({"part": {"parts": 2, "of": 1}}), json!({"part": {"parts": 1, "of": 0}})]
    {
        let called = with(convened(), "quorum", json!({"minimum": minimum, "counts_vacancies": false}));
        given([]).when(called).then_malformed("/data/facts/quorum/minimum");
    }
}
