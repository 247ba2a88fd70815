//! Every question of the register, asked of every subject, as text.

use minutebook_governance::actions::{action, actions_of};
use minutebook_governance::appointments::joint_appointment;
use minutebook_governance::bodies::{body, holder, units_of};
use minutebook_governance::committees::{
    committee, committees_of, delegation, delegations_from, delegations_to,
};
use minutebook_governance::constitutions::{composition, governing_rules};
use minutebook_governance::consultations::consultation;
use minutebook_governance::decisions::{awaiting_ratification, decisions, ratification, rescission};
use minutebook_governance::interests::{interest, interests_of_body};
use minutebook_governance::meetings::{meeting, meetings_of};
use minutebook_governance::mergers::{merger, open_conditions};
use minutebook_governance::people::{Office, office_held};
use minutebook_governance::plans::{intention, intentions_about, statements_about};
use minutebook_governance::powers::who_may_decide;
use minutebook_governance::register::findings;
use minutebook_governance::{KnownUntil, Record, Scope, View};
use minutebook_log::Subject;
use proptest::prelude::*;
use std::fmt::Debug;

fn ids<T: std::str::FromStr>(record: &Record, kind: &'static str) -> Vec<T> {
    record.subjects(kind).filter_map(|subject| subject.as_str().parse().ok()).collect()
}

/// What the register answers of what is enacted or reported, with the entries that it rests on.
pub(crate) fn answers(record: &Record, view: View) -> Vec<String> {
    let mut all = of_bodies(record, view);
    let mut say = |what: &str, answer: &dyn Debug| all.push(format!("{what} {answer:?}"));
    ids(record, "merger").iter().for_each(|id| say("merger", &merger(record, id, view)));
    ids(record, "meeting").iter().for_each(|id| say("meeting", &meeting(record, id, view)));
    ids(record, "consultation").iter().for_each(|id| say("consultation", &consultation(record, id, view)));
    ids(record, "action").iter().for_each(|id| say("action", &action(record, id, view)));
    ids(record, "interest").iter().for_each(|id| say("interest", &interest(record, id, view)));
    ids(record, "committee").iter().for_each(|id| say("committee", &committee(record, id, view)));
    ids(record, "delegation").iter().for_each(|id| say("delegation", &delegation(record, id, view)));
    ids(record, "appointment").iter().for_each(|id| say("joint", &joint_appointment(record, id, view)));
    for unit in ["04K", "04L", "04M"] {
        say("holder", &holder(record, &unit.parse().unwrap(), view).body.map(|body| body.id));
    }
    all
}

fn of_bodies(record: &Record, view: View) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |what: &str, answer: &dyn Debug| all.push(format!("{what} {answer:?}"));
    for id in ids(record, "body") {
        let known = body(record, &id, view);
        if known.is_none() {
            continue;
        }
        say("life", &known.as_ref().map(|body| (body.life(view), body.called(view))));
        say("body", &known);
        say("units", &units_of(record, &id, view));
        say("composition", &composition(record, &id, view));
        say("rules", &governing_rules(record, &id, view));
        say("actions", &actions_of(record, &id, view));
        say("interests", &interests_of_body(record, &id, view));
        say("meetings", &meetings_of(record, &id, view));
        say("committees", &committees_of(record, &id, view));
        say("from", &delegations_from(record, &id, view));
        say("to", &delegations_to(record, id.subject(), view));
        say("powers", &who_may_decide(record, &id, view));
        say("conditions", &open_conditions(record, &id, view));
        say("awaiting", &awaiting_ratification(record, &id, view));
        for office in [Office::AccountableOfficer, Office::Chair] {
            say("office", &office_held(record, &id, office, view));
        }
        for decision in decisions(record, id.subject(), view) {
            let later = decision.id.map(|id| (ratification(record, id, view), rescission(record, id, view)));
            say("decision", &(decision, later));
        }
    }
    all
}

/// What is planned and said, and what is found of everything.
pub(crate) fn answers_beside(record: &Record, view: View) -> Vec<String> {
    let mut all: Vec<_> = findings(record, view).iter().map(|finding| format!("{finding:?}")).collect();
    let about: Subject = "body/04K".parse().unwrap();
    all.push(format!("{:?}", intentions_about(record, &about, view)));
    all.push(format!("{:?}", statements_about(record, &about, view)));
    all.extend(ids(record, "intention").iter().map(|id| format!("{:?}", intention(record, id, view))));
    all
}

/// Everything, of what is enacted and of what is reported.
pub(crate) fn everything(record: &Record, day: &str, known: u64) -> Vec<String> {
    let view = |scope| View { as_at: day.parse().unwrap(), known, scope, until: KnownUntil::LastEntry };
    let scopes = [Scope::Enacted, Scope::Reported].map(view);
    let all =
        scopes.into_iter().flat_map(|view| [answers(record, view), answers_beside(record, view)].concat());
    // What nobody knows of yet is no answer.
    all.filter(|answer| !answer.ends_with("None") && !answer.ends_with("[]")).collect()
}

/// Asks that the answers are the same, and shows the first that is not.
pub(crate) fn check_same(these: &[String], those: &[String], day: &str) -> Result<(), TestCaseError> {
    let differs = these.iter().zip(those).find(|(one, other)| one != other);
    if let Some((one, other)) = differs {
        return Err(TestCaseError::fail(format!("on {day}:\n{one}\n{other}")));
    }
    prop_assert_eq!(these.len(), those.len(), "on {}", day);
    Ok(())
}
