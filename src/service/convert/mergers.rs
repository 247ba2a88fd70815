use super::consultations::consultation;
use super::quantities::quantity;
use super::sealed::text;
use super::{date, known_to, positions};
use crate::proto;
use minutebook_governance::decisions::Decision;
use minutebook_governance::mergers::{
    ApplicationChange, ApplicationChanged, ApplicationSubmitted, ConditionDue, ConditionStage,
    ConditionStanding, ConditionState, MemberVote, Merger, MergerState, VoteOutcome,
};
use minutebook_governance::people::Office;
use minutebook_governance::plans::{Intention, IntentionState, PlannedPost};
use minutebook_governance::{BodyId, Record, View, bodies};
use minutebook_log::Position;

/// A merger as a view sees it.
pub(in crate::service) fn merger(record: &Record, merger: &Merger, view: View) -> proto::Merger {
    let leg = |(body, decisions): (&BodyId, &Vec<Decision>)| merger_leg(record, body, decisions, view);
    let regulator = merger.regulator.last().map(|(_position, decision)| decision.outcome.as_str());
    let successors = merger.effected.iter().flat_map(|(_position, effected)| &effected.successors);
    proto::Merger {
        id: merger.id.to_string(),
        state: merger.state.as_str().to_owned(),
        proposed_name: merger
            .proposed
            .as_ref()
            .and_then(|said| said.proposed_name.clone())
            .unwrap_or_default(),
        proposed_effective: merger
            .proposed
            .as_ref()
            .and_then(|said| said.proposed_effective.as_ref())
            .map(date),
        legs: merger.legs.iter().map(leg).collect(),
        consultations: merger.consultations.iter().map(consultation).collect(),
        application_number: merger
            .applications
            .last()
            .map_or(0, |(_position, application)| application.number),
        regulator_outcome: regulator.unwrap_or_default().to_owned(),
        conditions: merger
            .conditions
            .iter()
            .map(|state| condition(state, &merger.condition_standing(record, state, view)))
            .collect(),
        successors: successors.map(BodyId::to_string).collect(),
        waits_for: merger.waits_for.clone(),
        why: positions(&merger.why),
        kind: merger.kind().as_str().to_owned(),
        explored_on: merger.explored.as_ref().map(|said| date(&said.explored_on)),
        ballots: merger.ballots.iter().map(ballot).collect(),
        applications: applications(merger),
        abandoned_on: merger.abandoned.as_ref().map(|(_position, said)| date(&said.abandoned_on)),
        abandoned_because: merger.abandoned.as_ref().map(|(_position, said)| text(&said.reason)),
        possible: merger.possible(),
        effective: merger.effected.as_ref().map(|(_position, said)| date(&said.effective)),
        requested_effective: merger.requested_effective().map(date),
        known_to: known_to(
            (merger.state == MergerState::DuePassed, merger.known_to),
            merger.proposed.as_ref().and_then(|said| said.proposed_effective.as_ref()),
        ),
        is_perhaps: !merger.is_sure,
        proposed_on: merger.proposed.as_ref().map(|said| date(&said.proposed_on)),
        options: merger.proposed.iter().flat_map(|said| said.options.iter().cloned()).collect(),
        explored_as: merger.explored.as_ref().map_or("", |said| said.kind.as_str()).to_owned(),
        explored_by: merger.explored.as_ref().and_then(|said| said.by.clone()).unwrap_or_default(),
        explored_wording: merger.explored.as_ref().and_then(|said| said.wording.as_ref()).map(text),
    }
}

fn ballot(ballot: &MemberVote) -> proto::MemberBallot {
    let opened = ballot.opened.as_ref().map(|(_position, said)| said);
    let declared = ballot.declared.as_ref().map(|(_position, said)| said);
    let threshold = declared.and_then(|said| said.threshold).or_else(|| opened?.threshold);
    let electorate = declared.and_then(|said| said.electorate).or_else(|| opened?.electorate);
    let opened_at = ballot.opened.iter().map(|(position, _said)| position.0);
    let declared_at = ballot.declared.iter().map(|(position, _said)| position.0);
    proto::MemberBallot {
        bodies: ballot.bodies.iter().map(BodyId::to_string).collect(),
        number: ballot.number,
        opens: opened.map(|said| date(&said.opens)),
        closes: opened.map(|said| date(&said.closes)),
        threshold: threshold.map_or_else(String::new, |threshold| threshold.to_string()),
        declared_on: declared.map(|said| date(&said.declared_on)),
        figures: declared.map_or_else(String::new, |said| said.figures.to_string()),
        outcome: ballot.outcome().map_or("", VoteOutcome::as_str).to_owned(),
        electorate: electorate.unwrap_or_default(),
        turnout_percent: declared.and_then(|said| said.turnout_percent),
        why: opened_at.chain(declared_at).collect(),
    }
}

/// The applications, and those of which only what was decided on them is known.
fn applications(merger: &Merger) -> Vec<proto::MergerApplication> {
    let told = merger.applications.iter().map(|(at, said)| application(merger, *at, said));
    let is_told = |number: u32| merger.applications.iter().any(|(_at, said)| said.number == number);
    let untold = merger.regulator.iter().filter(|(_at, decision)| !is_told(decision.number));
    let untold = untold.map(|(at, decision)| proto::MergerApplication {
        number: decision.number,
        outcome: decision.outcome.as_str().to_owned(),
        decided_on: Some(date(&decision.decided_on)),
        reasons: Some(text(&decision.reasons)),
        why: vec![at.0],
        ..proto::MergerApplication::default()
    });
    told.chain(untold).collect()
}

fn application(merger: &Merger, at: Position, said: &ApplicationSubmitted) -> proto::MergerApplication {
    let changes: Vec<_> =
        merger.changes.iter().filter(|(_at, change)| change.number == said.number).collect();
    let decided = merger.regulator.iter().rev().find(|(_at, decision)| decision.number == said.number);
    let decision = decided.map(|(_at, decision)| decision);
    let positions = [at].into_iter().chain(changes.iter().map(|(at, _change)| *at));
    proto::MergerApplication {
        number: said.number,
        kind: said.kind().as_str().to_owned(),
        applicants: said.applicants.iter().map(BodyId::to_string).collect(),
        submitted_on: Some(date(&said.submitted_on)),
        requested_effective: Some(date(&said.requested_effective)),
        changes: changes.iter().map(|(_at, change)| application_change(change)).collect(),
        outcome: decision.map_or("", |decision| decision.outcome.as_str()).to_owned(),
        decided_on: decision.map(|decision| date(&decision.decided_on)),
        reasons: decision.map(|decision| text(&decision.reasons)),
        why: positions.chain(decided.map(|(at, _decision)| *at)).map(|at| at.0).collect(),
    }
}

fn application_change(said: &ApplicationChanged) -> String {
    match &said.change {
        ApplicationChange::Modified { changes, .. } => {
            format!("modified {}: {}", said.changed_on, changes.shown())
        }
        ApplicationChange::Withdrawn { reason } => {
            format!("withdrawn {}: {}", said.changed_on, reason.shown())
        }
    }
}

fn merger_leg(record: &Record, id: &BodyId, decisions: &[Decision], view: View) -> proto::MergerLeg {
    let body = bodies::body(record, id, view);
    let name = body.as_ref().and_then(|body| body.called(view));
    proto::MergerLeg {
        body: id.to_string(),
        name: name.unwrap_or_default(),
        choices: decisions.iter().filter_map(merger_choice).collect(),
    }
}

/// A choice; nothing for a decision about the merger that chooses nothing.
fn merger_choice(decision: &Decision) -> Option<proto::MergerChoice> {
    let choice = decision.choice()?;
    Some(proto::MergerChoice {
        choice: choice.as_str().to_owned(),
        decided_on: Some(date(&decision.recorded.decided_on)),
        standing: decision.source.standing.as_str().to_owned(),
        position: decision.source.position.0,
    })
}

/// A condition, where it stands, and what became of it.
pub(in crate::service) fn condition(
    state: &ConditionState,
    standing: &ConditionStanding,
) -> proto::MergerCondition {
    proto::MergerCondition {
        id: state.condition.id.clone(),
        text: Some(text(&state.condition.text)),
        is_due_before_effect: state.condition.due == ConditionDue::BeforeEffect,
        resolution: state.resolution.map_or_else(String::new, |resolution| resolution.as_str().to_owned()),
        why: positions(&state.why),
        by: state.condition.by.as_ref().map(date),
        state: standing.stage.as_str().to_owned(),
        known_to: known_to(
            (standing.stage == ConditionStage::DuePassed, standing.known_to),
            standing.due.as_ref(),
        ),
    }
}

/// An intention as a view sees it.
pub(in crate::service) fn intention(intention: &Intention) -> proto::Intention {
    let resolved = intention.resolved.as_ref();
    let replaced_by = resolved.and_then(|said| said.replaced_by.as_ref());
    proto::Intention {
        id: intention.id.to_string(),
        intends: intention.recorded.intends.clone(),
        mood: intention.recorded.mood.as_str().to_owned(),
        state: intention.state.as_str().to_owned(),
        when: intention.recorded.when.as_ref().map(date),
        conditions: intention.recorded.conditions.clone(),
        wording: Some(text(&intention.recorded.wording)),
        standing: intention.source.standing.as_str().to_owned(),
        why: positions(&intention.why),
        posts: intention.recorded.posts.iter().map(post).collect(),
        resolved_on: resolved.map(|said| date(&said.resolved_on)),
        reason: resolved.and_then(|said| said.reason.as_ref()).map(text),
        resolved_by: resolved.and_then(|said| said.by).map_or_else(String::new, |id| id.to_string()),
        replaced_by: replaced_by.map_or_else(String::new, |id| id.to_string()),
        about: intention.recorded.about.iter().map(ToString::to_string).collect(),
        quantities: intention.recorded.quantities.iter().map(quantity).collect(),
        gates: intention.recorded.gates.clone().unwrap_or_default(),
        known_to: known_to(
            (intention.state == IntentionState::DuePassed, intention.known_to),
            intention.recorded.when.as_ref(),
        ),
        stated_on: intention.recorded.stated_on.as_ref().map(date),
        is_perhaps: !intention.is_sure,
    }
}

fn post(post: &PlannedPost) -> proto::PlannedPost {
    proto::PlannedPost {
        title: post.title.clone(),
        count: post.count,
        of: post.of.as_ref().map_or_else(String::new, ToString::to_string),
        office: post.office.map_or("", Office::as_str).to_owned(),
    }
}
