//! The questions about appointments: who holds an office, where it stands, what each body says to a joint one.

use crate::proto::{
    self, GetAppointmentRequest, GetAppointmentResponse, GetJointAppointmentRequest,
    GetJointAppointmentResponse, GetOfficeRequest, GetOfficeResponse,
};
use crate::service::convert;
use crate::service::convert::{clear, date, office_holder, positions};
use crate::service::question::{Look, Question, parse_id, parse_word};
use minutebook_governance::appointments::{JointLeg, appointment, joint_appointment};
use minutebook_governance::bodies::{self, BodyKind};
use minutebook_governance::decisions::{Decision, Effect};
use minutebook_governance::people::{
    AppointmentEnded, Office, OfficerAppointed, OfficerObserved, office_held, person_name,
};
use minutebook_governance::{AppointmentId, BodyId, PersonId, Scope, Sealable, Told, View};
use std::collections::BTreeSet;
use tonic::Status;

/// Who holds an office of a body.
pub(super) fn get_office(
    question: &Question<'_>,
    request: &GetOfficeRequest,
) -> Result<GetOfficeResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let body = question.the_body(&request.body, look.view)?;
    let office = match request.office.as_str() {
        "" => head_of(question, &body, look.view),
        office => parse_word("office", office, &Office::ALL, Office::as_str)?,
    };
    let held = office_held(question.record(), &body, office, look.view);
    let holder = |holding| office_holder(question.record(), holding, look.view);
    let holders: Vec<_> = held.holders.iter().map(holder).collect();
    let perhaps: Vec<_> = held.perhaps.iter().map(holder).collect();
    let life = bodies::body(question.record(), &body, look.view).map(|known| known.life(look.view));
    let reports = if held.holders.is_empty() { reports(question, &body, office, &look) } else { Vec::new() };
    question.note_withdrawn(&look, [body.subject()], |told| tells_of(told, office));
    let why = positions(&held.why);
    Ok(GetOfficeResponse {
        answered: question.answered(&look, &[&holders, &perhaps, &why, &reports]),
        body: body.to_string(),
        office: office.as_str().to_owned(),
        holders,
        is_vacant: held.is_vacant,
        why,
        perhaps,
        life: life.map_or(proto::Life::Unspecified, convert::life).into(),
        reports,
    })
}

/// The office that answers for a body: what its accountable officer is to a clinical commissioning group, its chief executive is to
/// an integrated care board, a trust, a council and a national body (National Health Service Act 2006, schedules 1A and 1B).
fn head_of(question: &Question<'_>, id: &BodyId, view: View) -> Office {
    let kind = bodies::body(question.record(), id, view).and_then(|body| body.kind());
    match kind {
        Some(BodyKind::Icb | BodyKind::Trust | BodyKind::Council | BodyKind::National) => {
            Office::ChiefExecutive
        }
        _ => Office::AccountableOfficer,
    }
}

/// Whether a statement is one of those that say who holds an office.
fn tells_of(told: &Told, office: Office) -> bool {
    told.says::<OfficerAppointed>().is_some_and(|said| said.office == office)
        || told.says::<OfficerObserved>().is_some_and(|said| said.office == office)
        || told.says::<AppointmentEnded>().is_some_and(|said| said.office == office)
}

/// What reports say of the holder, where the view does not count them.
fn reports(question: &Question<'_>, body: &BodyId, office: Office, look: &Look) -> Vec<u64> {
    let held = office_held(question.record(), body, office, look.everything());
    let said = held.holders.iter().chain(&held.perhaps).flat_map(|holding| &holding.sources);
    let reported = said.filter(|source| look.view.scope == Scope::Enacted && !source.standing.is_enacted());
    reported.map(|source| source.position.0).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Where an office of a body stands.
pub(super) fn get_appointment(
    question: &Question<'_>,
    request: &GetAppointmentRequest,
) -> Result<GetAppointmentResponse, Status> {
    let office = parse_word("office", &request.office, &Office::ALL, Office::as_str)?;
    let look = question.look(request.view.as_ref(), None)?;
    let (record, view) = (question.record(), look.view);
    let body = question.the_body(&request.body, view)?;
    let found = appointment(record, &body, office, view);
    let name = found.candidate.as_ref().and_then(|who| person_name(record, who, view));
    let holders: Vec<_> = found.held.holders.iter().map(|held| office_holder(record, held, view)).collect();
    question.note_withdrawn(&look, [body.subject()], |told| tells_of(told, office));
    let why = positions(&found.why);
    Ok(GetAppointmentResponse {
        answered: question.answered(&look, &[&holders, &why]),
        body: body.to_string(),
        office: office.as_str().to_owned(),
        stage: found.stage.as_str().to_owned(),
        candidate: found.candidate.as_ref().map_or_else(String::new, PersonId::to_string),
        candidate_name: name.as_ref().map_or_else(String::new, clear),
        conditions: found.conditions.iter().map(|text| text.shown().to_owned()).collect(),
        refused: found.refused.iter().map(refused).collect(),
        holders,
        possible: found.possible(),
        why,
    })
}

fn refused((person, reasons): &(PersonId, Option<Sealable>)) -> String {
    format!("{person}: {}", reasons.as_ref().map_or("no reasons stated", Sealable::shown))
}

/// A joint appointment, body by body.
pub(super) fn get_joint_appointment(
    question: &Question<'_>,
    request: &GetJointAppointmentRequest,
) -> Result<GetJointAppointmentResponse, Status> {
    let id: AppointmentId = parse_id("appointment", &request.appointment)?;
    let look = question.look(request.view.as_ref(), None)?;
    let found = joint_appointment(question.record(), &id, look.view);
    let found = found.ok_or_else(|| question.not_known(&look, &request.appointment, id.subject()))?;
    let legs: Vec<_> = found.legs.iter().map(|(body, part)| joint_leg(&id, body, part, look.view)).collect();
    let why = positions(&found.why);
    Ok(GetJointAppointmentResponse {
        answered: question.answered(&look, &[&legs, &why]),
        id: id.to_string(),
        office: found.proposed.office.as_str().to_owned(),
        proposed_on: Some(date(&found.proposed.proposed_on)),
        legs,
        waits_for: found.waits_for,
        why,
    })
}

fn joint_leg(id: &AppointmentId, body: &BodyId, part: &JointLeg, view: View) -> proto::JointLeg {
    let appointed = part.appointed.as_ref();
    proto::JointLeg {
        body: body.to_string(),
        steps: part.decisions.iter().filter_map(|decision| joint_step(id, decision, view)).collect(),
        person: appointed.map_or_else(String::new, |(person, _from, _position)| person.to_string()),
        from: appointed.map(|(_person, from, _position)| date(from)),
    }
}

fn joint_step(id: &AppointmentId, decision: &Decision, view: View) -> Option<proto::JointStep> {
    let decider = decision.recorded.effects().find_map(|effect| match effect {
        Effect::JointLeg { decider_as_written, .. } => decider_as_written.clone(),
        _ => None,
    });
    Some(proto::JointStep {
        leg: decision.leg_of(id)?.as_str().to_owned(),
        decided_on: Some(date(&decision.recorded.decided_on)),
        is_perhaps: convert::is_perhaps(Some(&decision.recorded.decided_on), view),
        standing: decision.source.standing.as_str().to_owned(),
        decider_as_written: decider.unwrap_or_default(),
        position: decision.source.position.0,
    })
}
