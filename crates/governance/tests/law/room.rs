//! Who is in the room: each person once, however often the minutes name them.

use crate::meetings::{attended, quorate, sitting, voted};

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
