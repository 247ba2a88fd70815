//! Where a merger stands, as its dates and what is known tell, and what it waits for.

use super::events::{
    ApplicationChange, ApplicationChanged, ApplicationKind, RegulatorDecisionRecorded, RegulatorOutcome,
    Resolution,
};
use super::stage::MergerState;
use super::state::Merger;
use crate::bodies::{Life, body};
use crate::consultations::{Consultation, ConsultationState};
use crate::decisions::Choice;
use crate::loads::{Passed, highest_standing, known_to, passed};
use crate::{BodyId, Certainty, Date, PDate, Record, View};

impl Merger {
    /// Tells where it stands, how far that is known, and whether every date that it is told by has come for certain.
    pub(super) fn settle(&mut self, record: &Record, view: View) {
        let is_open_for_certain =
            |consultation: &Consultation| consultation.state != ConsultationState::PerhapsOpen;
        let is_sure =
            self.dates().all(|date| view.is_past(date)) && self.consultations.iter().all(is_open_for_certain);
        self.is_sure = is_sure;
        let highest = highest_standing(record, &self.why, view);
        self.known_to = highest.map_or(self.known_to, |highest| known_to(record, view, highest));
        self.state = self.state_on(record, View { as_at: record.today(view), ..view });
        let is_not_applied_for =
            self.applications.is_empty() && self.decided(record).is_none() && !self.state.is_over();
        let over =
            highest.map(|highest| passed(record, view, highest, |day| Certainty::from(self.is_over_by(day))));
        let has_passed = is_not_applied_for && self.is_over_by(view.as_at);
        let is_unheard = self.state == MergerState::Lapsed && matches!(over, Some(Passed::Unheard(_)));
        if has_passed || is_unheard {
            self.state = MergerState::DuePassed;
        }
    }

    fn state_on(&self, record: &Record, today: View) -> MergerState {
        if self.effected.is_some() {
            return MergerState::Effected;
        }
        if self.abandoned.is_some() {
            return MergerState::Abandoned;
        }
        if let Some(decision) = self.decided(record) {
            return match decision.outcome {
                _ if self.lost_a_participant(record, today) => MergerState::BodiesEnded,
                RegulatorOutcome::Rejected => MergerState::Rejected,
                RegulatorOutcome::Deferred => MergerState::Submitted,
                // A condition that failed brings the application back before the regulator.
                _ if self.blocking().any(|it| it.resolution == Some(Resolution::Failed)) => {
                    MergerState::Submitted
                }
                _ if self.blocking().next().is_some() => MergerState::ConditionallyApproved,
                _ => MergerState::Approved,
            };
        }
        match self.applications.last().map(|(_position, application)| application.number) {
            Some(_number) if self.lost_a_participant(record, today) => MergerState::BodiesEnded,
            Some(number) if self.is_withdrawn(number) => MergerState::Withdrawn,
            Some(_number) => MergerState::Submitted,
            None => self.state_before_application(record, today),
        }
    }

    /// The regulator's last word, where it is on the last application; or a report of it, where no source tells of an
    /// application. An act has its application before it: one that was dated anew to a later day leaves nothing decided.
    pub(super) fn decided(&self, record: &Record) -> Option<&RegulatorDecisionRecorded> {
        let (position, decision) = self.regulator.last()?;
        let counts = match self.applications.last() {
            Some((_position, application)) => decision.number == application.number,
            None => record.at(*position).is_some_and(|told| told.act.standing.is_report()),
        };
        counts.then_some(decision)
    }

    fn is_withdrawn(&self, number: u32) -> bool {
        let withdraws = |said: &ApplicationChanged| {
            said.number == number && matches!(said.change, ApplicationChange::Withdrawn { .. })
        };
        self.changes.iter().any(|(_position, said)| withdraws(said))
    }

    fn state_before_application(&self, record: &Record, today: View) -> MergerState {
        let consulting = self.consultations.iter().any(|consultation| {
            matches!(
                consultation.state,
                ConsultationState::PerhapsOpen
                    | ConsultationState::Open
                    | ConsultationState::Overdue
                    | ConsultationState::DuePassed
            )
        });
        let consulted = self.consultations.iter().any(|consultation| consultation.state.is_closed());
        let evaluated = self.consultations.iter().any(|consultation| consultation.evaluation.is_some());
        // What ended on the day that was proposed may have come of it; what ended later did not.
        let due = self.proposed.as_ref().and_then(|said| said.proposed_effective.as_ref()?.latest());
        let in_time = due.filter(|_due| self.is_over_by(today.as_at)).map(|due| today.at(due));
        if in_time.is_some_and(|day| !self.lost_a_participant(record, day)) {
            MergerState::Lapsed
        } else if self.lost_a_participant(record, today) {
            MergerState::BodiesEnded
        } else if self.is_merger_of_bodies() && self.participants().count() < 2 {
            MergerState::Abandoned
        } else if self.proposed.is_none() && self.explored.is_some() {
            MergerState::Exploring
        } else if self.all_decided() {
            MergerState::ReadyToApply
        } else if consulting {
            MergerState::Consulting
        } else if evaluated {
            MergerState::Evaluated
        } else if consulted {
            MergerState::Consulted
        } else {
            MergerState::Proposed
        }
    }

    /// Whether the day on which it was proposed to take effect is before `day`.
    fn is_over_by(&self, day: Date) -> bool {
        let proposed = self.proposed.as_ref().and_then(|said| said.proposed_effective.as_ref());
        proposed.is_some_and(|date| date.is_by(day.day_before()) == Certainty::Yes)
    }

    /// The dates from which it is what it is.
    fn dates(&self) -> impl Iterator<Item = &PDate> {
        let explored = self.explored.iter().map(|said| &said.explored_on);
        let proposed = self.proposed.iter().map(|said| &said.proposed_on);
        let choices = self.legs.values().flatten().map(|decision| &decision.recorded.decided_on);
        let applied = self.applications.iter().map(|(_at, said)| &said.submitted_on);
        let changed = self.changes.iter().map(|(_at, said)| &said.changed_on);
        let decided = self.regulator.iter().map(|(_at, said)| &said.decided_on);
        let ended = self.abandoned.iter().map(|(_at, said)| &said.abandoned_on);
        let effected = self.effected.iter().map(|(_at, said)| &said.effective);
        let declared = self.ballots.iter().filter_map(|ballot| ballot.declared.as_ref());
        let declared = declared.map(|(_at, said)| &said.declared_on);
        let before = explored.chain(proposed).chain(choices).chain(applied).chain(changed);
        before.chain(decided).chain(ended).chain(effected).chain(declared)
    }

    /// Whether bodies propose or look into it; another application stands alone.
    fn is_merger_of_bodies(&self) -> bool {
        self.proposed.is_some() || self.explored.is_some()
    }

    /// Whether a participant closed otherwise than by this merger.
    fn lost_a_participant(&self, record: &Record, today: View) -> bool {
        let is_closed =
            |id: &BodyId| body(record, id, today).is_some_and(|it| it.life(today) == Life::Closed);
        self.participants().any(is_closed)
    }

    fn all_decided(&self) -> bool {
        let mut participants = self.participants().peekable();
        participants.peek().is_some() && participants.all(|body| self.choice(body) == Some(Choice::Apply))
    }

    pub(super) fn waiting(&self) -> Vec<String> {
        let undecided = || self.participants().filter(|body| self.choice(body) != Some(Choice::Apply));
        match self.state {
            MergerState::Exploring => vec!["a proposal (MergerProposed)".to_owned()],
            MergerState::Proposed | MergerState::Consulted | MergerState::Evaluated => {
                undecided().map(|body| format!("a decision to apply by {body}")).collect()
            }
            MergerState::Consulting => vec!["the end of the consultation".to_owned()],
            MergerState::ReadyToApply => vec!["an application (ApplicationSubmitted)".to_owned()],
            MergerState::Submitted => vec!["the regulator's decision (RegulatorDecisionRecorded)".to_owned()],
            MergerState::ConditionallyApproved => self
                .blocking()
                .map(|state| format!("condition {}: {}", state.condition.id, state.condition.text.shown()))
                .collect(),
            MergerState::Approved if self.kind() != ApplicationKind::Merger => Vec::new(),
            MergerState::Approved => vec!["the reorganisation (ReorganisationEffected)".to_owned()],
            MergerState::Rejected | MergerState::Withdrawn => {
                vec!["a new application, after new decisions".to_owned()]
            }
            MergerState::Effected
            | MergerState::Lapsed
            | MergerState::Abandoned
            | MergerState::DuePassed
            | MergerState::BodiesEnded => Vec::new(),
        }
    }
}
