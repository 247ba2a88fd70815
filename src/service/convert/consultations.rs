use super::{date, known_to, positions};
use crate::proto;
use minutebook_governance::BodyId;
use minutebook_governance::consultations::{
    Considered, Consultation, ConsultationChange, ConsultationChanged, ConsultationKind, ConsultationState,
    EngagementHeld, EvaluatorAppointed, QuestionResult,
};

/// A consultation as a view sees it.
pub(in crate::service) fn consultation(consultation: &Consultation) -> proto::Consultation {
    let closed = consultation.closed.as_ref().filter(|_| consultation.state.is_closed());
    let evaluation = consultation.evaluation.as_ref();
    let (on_time, late) = responses(consultation);
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
        kind: consultation.opened.kind.map_or("", ConsultationKind::as_str).to_owned(),
        gates: consultation.opened.gates.clone(),
        responses_on_time: on_time,
        responses_late: late,
        engagement: consultation.engagement.iter().map(engagement).collect(),
        evaluators: consultation.evaluators.iter().map(evaluator).collect(),
        evaluated_on: evaluation.map(|said| date(&said.published_on)),
        results: evaluation.iter().flat_map(|said| &said.results).map(result).collect(),
        considered: consultation.considered.iter().map(considered).collect(),
        yet_to_consider: consultation.yet_to_consider().map(BodyId::to_string).collect(),
        answered_on: consultation.answered.as_ref().map(|said| date(&said.answered_on)),
        changes: consultation.changes.iter().map(change).collect(),
        audiences: consultation.opened.audiences.clone(),
        is_perhaps: !consultation.is_sure,
        known_to: known_to(
            (consultation.state == ConsultationState::DuePassed, consultation.known_to),
            Some(&consultation.closes_at.day()),
        ),
    }
}

/// As recorded one by one, or else as the closing counts them.
fn responses(consultation: &Consultation) -> (u64, u64) {
    let recorded = consultation.responses;
    if recorded.on_time + recorded.late > 0 {
        return (recorded.on_time, recorded.late);
    }
    let closed = consultation.closed.as_ref().filter(|_| consultation.state.is_closed());
    let counted = closed.map(|closed| (closed.on_time.unwrap_or_default(), closed.late.unwrap_or_default()));
    counted.map_or((0, 0), |(on_time, late)| (on_time.into(), late.into()))
}

fn engagement(said: &EngagementHeld) -> proto::Engagement {
    proto::Engagement {
        held_on: Some(date(&said.held_on)),
        audience: said.audience.clone(),
        form: said.form.clone().unwrap_or_default(),
        attendees: said.attendees,
    }
}

fn evaluator(said: &EvaluatorAppointed) -> String {
    let body = said.body.as_ref().map(BodyId::to_string);
    let name = said.name.as_ref().map(|name| name.shown().to_owned());
    name.or(body).unwrap_or_else(|| "(not named)".to_owned())
}

fn result(result: &QuestionResult) -> proto::QuestionResult {
    proto::QuestionResult {
        question: result.question,
        support_percent: result.support_percent,
        oppose_percent: result.oppose_percent,
        answered: result.answered.unwrap_or_default(),
    }
}

fn considered(considered: &Considered) -> proto::ConsideredBy {
    proto::ConsideredBy {
        body: considered.body.to_string(),
        decided_on: Some(date(&considered.decided_on)),
        position: considered.position.0,
    }
}

fn change(said: &ConsultationChanged) -> String {
    match &said.change {
        ConsultationChange::Extended { closes_at, reason } => {
            format!("extended {} to {closes_at}: {}", said.changed_on, reason.shown())
        }
        ConsultationChange::Withdrawn { reason } => {
            format!("withdrawn {}: {}", said.changed_on, reason.shown())
        }
    }
}
