//! Where an office of a body stands on its way from vacancy to holder.

use super::events::{AppointmentDetermined, Determination, OfficerNominated, RecruitmentOpened};
use crate::bodies;
use crate::decisions::{Decision, DecisionRecorded, Effect};
use crate::people::{Office, OfficeHeld, OfficerAppointed, office_held};
use crate::view::Told;
use crate::words::words;
use crate::{BodyId, Certainty, PDate, PersonId, Record, Sealable, View};
use minutebook_log::Position;
use std::any::TypeId;

/// Where an office of a body stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is known of it.
    NotKnown,
    /// Nobody holds it, and nobody is looked for.
    Vacant,
    /// Somebody is looked for.
    Recruiting,
    /// Somebody is nominated.
    Nominated,
    /// Who was nominated can be appointed.
    Approved,
    /// Somebody holds it, and nobody else is looked for.
    InPost,
    /// The body is no more, and its offices with it.
    BodyEnded,
}

words!(
    Stage:
    NotKnown = "not_known",
    Vacant = "vacant",
    Recruiting = "recruiting",
    Nominated = "nominated",
    Approved = "approved",
    InPost = "in_post",
    BodyEnded = "body_ended",
);

/// An office of a body as a view sees it.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// The body.
    pub body: BodyId,
    /// The office.
    pub office: Office,
    /// Where it stands. A search beside a holder is told before the holder.
    pub stage: Stage,
    /// Who is nominated or approved.
    pub candidate: Option<PersonId>,
    /// On which conditions the candidate is approved.
    pub conditions: Vec<Sealable>,
    /// Who was refused since the search began, and why.
    pub refused: Vec<(PersonId, Option<Sealable>)>,
    /// Who holds it.
    pub held: OfficeHeld,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
}

/// The types that move a search on.
const HEARD: [TypeId; 5] = [
    TypeId::of::<RecruitmentOpened>(),
    TypeId::of::<DecisionRecorded>(),
    TypeId::of::<OfficerNominated>(),
    TypeId::of::<AppointmentDetermined>(),
    TypeId::of::<OfficerAppointed>(),
];

/// One step of a search.
struct Step {
    on: PDate,
    position: Position,
    what: What,
}

enum What {
    Recruits,
    Nominates(PersonId),
    Determines(AppointmentDetermined),
    Appoints(PersonId),
}

impl What {
    fn rank(&self) -> u8 {
        match self {
            What::Recruits => 0,
            What::Nominates(_) => 1,
            What::Determines(_) => 2,
            What::Appoints(_) => 3,
        }
    }
}

impl Step {
    fn of(told: &Told, office: Office) -> Option<Self> {
        let of = |on: &PDate, what| Some(Self { on: on.clone(), position: told.position, what });
        if let Some(said) = told.says::<RecruitmentOpened>().filter(|said| said.office == office) {
            of(&said.opened_on, What::Recruits)
        } else if let Some(said) = told.says::<OfficerNominated>().filter(|said| said.office == office) {
            of(&said.nominated_on, What::Nominates(said.person.clone()))
        } else if let Some(said) = told.says::<AppointmentDetermined>().filter(|said| said.office == office) {
            of(&said.determined_on, What::Determines(said.clone()))
        } else if let Some(said) = told.says::<OfficerAppointed>().filter(|said| said.office == office) {
            of(&said.effective, What::Appoints(said.person.clone()))
        } else {
            let said = told.says::<DecisionRecorded>()?;
            said.effects().find_map(|effect| match effect {
                Effect::Nominate { office: nominated, person } if *nominated == office => {
                    of(&said.decided_on, What::Nominates(person.clone()))
                }
                _ => None,
            })
        }
    }
}

/// Where an office of a body stands on the view's day.
pub fn appointment(record: &Record, body: &BodyId, office: Office, view: View) -> Appointment {
    let told = record.saying_any(HEARD, body.subject(), view).filter(|told| told.subject == *body.subject());
    let steps = told.filter_map(|told| Step::of(&told, office));
    let mut steps: Vec<_> = steps.filter(|step| step.on.is_by(view.as_at) != Certainty::No).collect();
    steps.sort_by_key(|step| (step.on.earliest().or(step.on.latest()), step.what.rank(), step.position));
    let held = office_held(record, body, office, view);
    let mut appointment = Appointment {
        body: body.clone(),
        office,
        stage: Stage::NotKnown,
        candidate: None,
        conditions: Vec::new(),
        refused: Vec::new(),
        why: held.why.clone(),
        held,
    };
    let mut search = None;
    for step in steps {
        appointment.why.push(step.position);
        search = appointment.take(step.what);
    }
    appointment.stage = search.unwrap_or_else(|| appointment.stage_at_rest());
    let known = bodies::body(record, body, view);
    if let Some((_day, why)) = known.as_ref().and_then(|known| known.ended(view)) {
        appointment.end_with_body(why);
    }
    appointment.why.sort_unstable();
    appointment.why.dedup();
    appointment
}

impl Appointment {
    /// Takes a step; gives where the search stands, nothing where it is over.
    fn take(&mut self, what: What) -> Option<Stage> {
        match what {
            What::Recruits => {
                (self.candidate, self.conditions) = (None, Vec::new());
                self.refused.clear();
                Some(Stage::Recruiting)
            }
            What::Nominates(person) => {
                (self.candidate, self.conditions) = (Some(person), Vec::new());
                Some(Stage::Nominated)
            }
            What::Determines(said) if said.outcome == Determination::Approved => {
                (self.candidate, self.conditions) = (Some(said.person), said.conditions);
                Some(Stage::Approved)
            }
            What::Determines(said) => {
                (self.candidate, self.conditions) = (None, Vec::new());
                self.refused.push((said.person, said.reasons));
                Some(Stage::Recruiting)
            }
            What::Appoints(_person) => {
                (self.candidate, self.conditions) = (None, Vec::new());
                self.refused.clear();
                None
            }
        }
    }

    /// Whatever search there was is over with the body.
    fn end_with_body(&mut self, why: &[Position]) {
        self.stage = Stage::BodyEnded;
        (self.candidate, self.conditions) = (None, Vec::new());
        self.why.extend(why);
    }

    /// The events that can come next.
    pub fn possible(&self) -> String {
        let holder = self.held.holders.iter().find(|it| Some(&it.person) != self.candidate.as_ref());
        match (self.stage, holder) {
            (Stage::NotKnown | Stage::Vacant, _) => {
                "RecruitmentOpened, DecisionRecorded (nominate)".to_owned()
            }
            (Stage::Recruiting, _) => "DecisionRecorded (nominate)".to_owned(),
            (Stage::Nominated, _) => "OfficerNominated, AppointmentDetermined".to_owned(),
            (Stage::Approved, None) => "OfficerAppointed".to_owned(),
            (Stage::Approved, Some(holder)) => {
                format!("AppointmentEnded of {}, and then the appointment", holder.person)
            }
            (Stage::BodyEnded, _) => "nothing: the body has ended".to_owned(),
            (Stage::InPost, _) => {
                "AppointmentEnded, RecruitmentOpened, DecisionRecorded (nominate)".to_owned()
            }
        }
    }

    fn stage_at_rest(&self) -> Stage {
        if !self.held.holders.is_empty() {
            Stage::InPost
        } else if self.held.is_vacant {
            Stage::Vacant
        } else {
            Stage::NotKnown
        }
    }
}

/// Whether this body's governing body has decided by the view's day to nominate the person.
pub(super) fn is_nominated_by(
    record: &Record,
    body: &BodyId,
    (office, person): (Office, &PersonId),
    view: View,
) -> bool {
    let decided: Vec<Decision> = crate::decisions::decisions(record, body.subject(), view);
    let nominates = |effect: &Effect| matches!(effect, Effect::Nominate { office: nominated, person: who } if *nominated == office && who == person);
    let own = decided.iter().filter(|decision| decision.body == *body);
    own.flat_map(|decision| decision.recorded.effects()).any(nominates)
}
