use super::{date, positions};
use crate::proto;
use minutebook_governance::consultations::Consultation;
use minutebook_governance::decisions::{Decision, Effect};
use minutebook_governance::mergers::{ConditionState, Due, Merger};
use minutebook_governance::plans::Intention;
use minutebook_governance::{BodyId, Record, Sealable, View, bodies};

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
        conditions: merger.conditions.iter().map(condition).collect(),
        successors: successors.map(BodyId::to_string).collect(),
        waits_for: merger.waits_for.clone(),
        why: positions(&merger.why),
    }
}

fn merger_leg(record: &Record, id: &BodyId, decisions: &[Decision], view: View) -> proto::MergerLeg {
    let body = bodies::body(record, id, view);
    let name = body.as_ref().and_then(|body| body.name(view)).map(|held| held.name.clone());
    proto::MergerLeg {
        body: id.to_string(),
        name: name.unwrap_or_default(),
        choices: decisions.iter().filter_map(merger_choice).collect(),
    }
}

/// A choice; nothing for a decision about the merger that chooses nothing.
fn merger_choice(decision: &Decision) -> Option<proto::MergerChoice> {
    let Effect::Merger { choice, .. } = &decision.recorded.effect else { return None };
    Some(proto::MergerChoice {
        choice: choice.as_str().to_owned(),
        decided_on: Some(date(&decision.recorded.decided_on)),
        standing: decision.source.standing.as_str().to_owned(),
        position: decision.source.position.0,
    })
}

fn condition(state: &ConditionState) -> proto::MergerCondition {
    proto::MergerCondition {
        id: state.condition.id.clone(),
        text: clear(&state.condition.text),
        is_due_before_effect: state.condition.due == Due::BeforeEffect,
        resolution: state.resolution.map_or_else(String::new, |resolution| resolution.as_str().to_owned()),
        why: positions(&state.why),
    }
}

/// A consultation as a view sees it.
pub(in crate::service) fn consultation(consultation: &Consultation) -> proto::Consultation {
    let closed = consultation.closed.as_ref().filter(|_| consultation.state.is_closed());
    proto::Consultation {
        id: consultation.id.to_string(),
        state: consultation.state.as_str().to_owned(),
        topic: consultation.opened.topic.clone(),
        owners: consultation.opened.owners.iter().map(BodyId::to_string).collect(),
        opens: Some(date(&consultation.opened.opens)),
        closes_at: consultation.closes_at.to_string(),
        closed_at: closed.map_or_else(String::new, |closed| closed.closed_at.to_string()),
        questions: consultation.opened.questions.clone(),
        why: positions(&consultation.why),
    }
}

/// An intention as a view sees it.
pub(in crate::service) fn intention(intention: &Intention) -> proto::Intention {
    proto::Intention {
        id: intention.id.to_string(),
        intends: intention.recorded.intends.clone(),
        mood: intention.recorded.mood.as_str().to_owned(),
        state: intention.state.as_str().to_owned(),
        when: intention.recorded.when.as_ref().map(date),
        conditions: intention.recorded.conditions.clone(),
        wording: clear(&intention.recorded.wording),
        standing: intention.source.standing.as_str().to_owned(),
        why: positions(&intention.why),
    }
}

/// The text; nothing where it is sealed.
pub(in crate::service) fn clear(text: &Sealable) -> String {
    match text {
        Sealable::Clear(text) => text.clone(),
        Sealable::Sealed(_seal) => String::new(),
    }
}
