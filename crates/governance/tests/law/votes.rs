//! Votes of members on a merger: by body and ballot, counted, in percent or in words.

use crate::said::{Said, merged, proposed, says, up_to_approval, voted};
use crate::story::{Story, given};
use serde_json::{Value, json};

fn with(mut said: Said, member: &str, value: Value) -> Said {
    said.facts[member] = value;
    said
}

fn story() -> Story {
    given([proposed("m", &["04K", "04L"], "2019-04-04")])
}

fn opened(body: &str, ballot: u32) -> Said {
    says(
        "MemberVoteOpened",
        "merger/m",
        json!({"bodies": [format!("body/{body}")], "ballot": ballot, "opens": "2019-06-19", "closes": "2019-06-30",
        "threshold": majority(), "electorate": 40}),
    )
}

fn majority() -> Value {
    json!({"basis": "votes_cast", "reach": "over", "percent": 50})
}

fn counted(in_favour: u32, against: u32, outcome: &str) -> Said {
    voted("04K", 1, "2019-07-01", json!({"counts": {"for": in_favour, "against": against}}), outcome)
}

#[test]
fn members_of_a_participant_vote() {
    story().when(opened("04K", 1)).then_obeys("member-vote.participants");
    story().when(opened("04M", 1)).then_refused("member-vote.participants");
    story().when(counted(20, 4, "carried")).then_obeys("member-vote.participants");
    let other = voted("04M", 1, "2019-07-01", json!({"counts": {"for": 1, "against": 0}}), "carried");
    story().when(other).then_refused("member-vote.participants");
    given([]).when(opened("04K", 1)).then_refused("merger.proposed");
}

#[test]
fn a_ballot_has_one_result_and_a_reballot_the_next_number() {
    story().when(counted(20, 4, "carried")).then_obeys("member-vote.next-ballot");
    story()
        .and([counted(4, 20, "lost")])
        .when(counted(20, 4, "carried"))
        .then_refused("member-vote.next-ballot");
    let second = || with(counted(20, 4, "carried"), "ballot", json!(2));
    story().when(second()).then_refused("member-vote.next-ballot");
    story().and([counted(4, 20, "lost")]).when(second()).then_obeys("member-vote.next-ballot");
    story().when(opened("04K", 2)).then_refused("member-vote.next-ballot");
    let reopened = with(with(opened("04K", 2), "opens", json!("2019-07-02")), "closes", json!("2019-07-10"));
    story().and([counted(4, 20, "lost")]).when(reopened).then_obeys("member-vote.next-ballot");
    // Each body has its own; figures over several bodies are another ballot.
    let overall = with(counted(40, 8, "carried"), "bodies", json!(["body/04K", "body/04L"]));
    story().and([counted(20, 4, "carried")]).when(overall).then_obeys("member-vote.next-ballot");
}

#[test]
fn a_result_is_declared_no_earlier_than_voting_ends() {
    let rule = "member-vote.window";
    let opened = || story().and([opened("04K", 1)]);
    opened().when(counted(20, 4, "carried")).then_obeys("member-vote.window");
    let early = with(counted(20, 4, "carried"), "declared_on", json!("2019-06-29"));
    opened().when(early).then_refused("member-vote.window");
    let june = json!({"written": "June 2019", "earliest": "2019-06-01", "latest": "2019-06-30"});
    opened().when(with(counted(20, 4, "carried"), "declared_on", june)).then_found("member-vote.window");
    let backwards = with(self::opened("04K", 1), "closes", json!("2019-06-18"));
    story().when(backwards).then_refused(rule);
}

#[test]
fn members_vote_until_the_merger_takes_effect() {
    let late = |on: &str| with(counted(20, 4, "carried"), "declared_on", json!(on));
    given(up_to_approval()).when(late("2020-01-01")).then_obeys("merger.in-progress");
    given(up_to_approval()).and([merged()]).when(late("2020-04-02")).then_refused("merger.in-progress");
}

#[test]
fn the_outcome_follows_from_the_figures_where_they_can_tell() {
    let rule = "member-vote.arithmetic";
    let under = |threshold: Value, figures: Value, outcome: &str| {
        let said = voted("04K", 1, "2019-07-01", figures, outcome);
        story().when(with(with(said, "threshold", threshold), "electorate", json!(40)))
    };
    let counts = |in_favour: u32, against: u32| json!({"counts": {"for": in_favour, "against": against}});
    under(majority(), counts(13, 1), "carried").then_obeys("member-vote.arithmetic");
    under(majority(), counts(13, 1), "lost").then_refused("member-vote.arithmetic");
    under(majority(), counts(7, 7), "carried").then_refused(rule);
    let half = json!({"basis": "votes_cast", "reach": "at_least", "percent": 50});
    under(half.clone(), counts(7, 7), "carried").then_obeys(rule);
    let of_all = json!({"basis": "all", "reach": "over", "percent": 50});
    under(of_all.clone(), counts(13, 1), "carried").then_refused(rule);
    under(of_all.clone(), counts(21, 1), "carried").then_obeys(rule);
    // West London: 35 percent for, 50 needed.
    under(half.clone(), json!({"percentages": {"for": 35}}), "lost").then_obeys(rule);
    under(half.clone(), json!({"percentages": {"for": 35}}), "carried").then_refused(rule);
    under(half.clone(), json!({"percentages": {"against": 63}}), "carried").then_refused(rule);
    // A share that was rounded to the threshold, a share of others than are asked for, words: nobody can tell.
    under(half.clone(), json!({"percentages": {"for": 50}}), "lost").then_obeys(rule);
    under(of_all, json!({"percentages": {"for": 86}}), "lost").then_obeys(rule);
    under(half, json!({"stated": {"words": "a clear majority"}}), "lost").then_obeys(rule);
    // Without a threshold nothing is computed; that of the opening counts.
    story().when(counted(1, 20, "carried")).then_obeys(rule);
    story().and([opened("04K", 1)]).when(counted(1, 20, "carried")).then_refused(rule);
}

#[test]
fn no_more_votes_than_voters() {
    let opened = || story().and([opened("04K", 1)]);
    opened().when(counted(36, 4, "carried")).then_obeys("member-vote.electorate");
    opened().when(counted(37, 4, "carried")).then_refused("member-vote.electorate");
    let spoiled =
        voted("04K", 1, "2019-07-01", json!({"counts": {"for": 36, "against": 4, "spoiled": 1}}), "carried");
    opened().when(spoiled).then_refused("member-vote.electorate");
}

#[test]
fn figures_have_a_form() {
    let figures = |figures: Value| story().when(voted("04K", 1, "2019-07-01", figures, "carried"));
    figures(json!({"percentages": {}})).then_malformed("/data/facts/figures/percentages");
    figures(json!({"percentages": {"for": 101}})).then_malformed("/data/facts/figures/percentages");
    let none = with(counted(1, 0, "carried"), "bodies", json!([]));
    story().when(none).then_malformed("/data/facts/bodies");
    let turnout = with(counted(1, 0, "carried"), "turnout_percent", json!(101));
    story().when(turnout).then_malformed("/data/facts/turnout_percent");
}

#[test]
fn members_vote_on_something_else_than_a_merger() {
    use minutebook_governance::mergers::members_votes;
    let voted = |facts: Value| {
        let mut all = json!({"question": "Adopt the constitution?", "declared_on": "2018-11-30", "outcome": "carried",
            "figures": {"counts": {"for": 28, "against": 4}}});
        all.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        says("MembersVoted", "body/04K", all)
    };
    let majority = json!({"basis": "votes_cast", "reach": "over", "percent": 50});
    let story = given([])
        .when(voted(json!({"threshold": majority, "electorate": 55})))
        .then_obeys("member-vote.of-a-group");
    let votes = |day: &str| members_votes(story.record(), &"body/04K".parse().unwrap(), story.at(day)).len();
    assert_eq!((votes("2018-11-29"), votes("2018-11-30")), (0, 1));
    let lost = json!({"threshold": majority, "outcome": "lost"});
    given([]).when(voted(lost)).then_refused("member-vote.arithmetic");
    given([]).when(voted(json!({"electorate": 20}))).then_refused("member-vote.electorate");
    given([]).when(voted(json!({"closed_on": "2018-12-01"}))).then_refused("member-vote.window");
    given([]).when(voted(json!({"question": " "}))).then_malformed("/data/facts/question");
    given([]).when(voted(json!({"turnout_percent": 101}))).then_malformed("/data/facts/turnout_percent");
}
