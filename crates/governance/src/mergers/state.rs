//! What is known of a merger: the fold of every statement about it that a view can see.

use super::events::{
    ApplicationSubmitted, Condition, ConditionResolved, Due, MergerEffected, RegulatorDecisionRecorded,
    RegulatorOutcome, Resolution,
};
use crate::act::Statement;
use crate::bodies::{Life, body};
use crate::consultations::{Consultation, ConsultationOpened, ConsultationState, consultation};
use crate::decisions::{Choice, Decision, decisions};
use crate::proposals::{MergerProposed, proposal};
use crate::record::Told;
use crate::rules::rules;
use crate::{BodyId, Certainty, ConsultationId, Date, Finding, MergerId, PDate, Record, View};
use minutebook_log::Position;
use std::collections::{BTreeMap, BTreeSet};

rules! {
    NOT_EFFECTED: Soft =
        "merger.effected-in-time",
        "An approved merger takes effect on the day that was applied for.",
        "domain 2.9, merger";
}

/// Where a merger stands (domain 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergerState {
    /// Proposed.
    Proposed,
    /// A consultation is open.
    Consulting,
    /// The consultation is closed.
    Consulted,
    /// Every participant has decided to apply.
    ReadyToApply,
    /// An application is with the regulator.
    Submitted,
    /// Granted, with conditions open that must be met before.
    ConditionallyApproved,
    /// Granted.
    Approved,
    /// Refused.
    Rejected,
    /// Done.
    Effected,
    /// Its day has passed, and nothing came of it.
    Lapsed,
}

impl MergerState {
    /// The word for it in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            MergerState::Proposed => "proposed",
            MergerState::Consulting => "consulting",
            MergerState::Consulted => "consulted",
            MergerState::ReadyToApply => "ready_to_apply",
            MergerState::Submitted => "submitted",
            MergerState::ConditionallyApproved => "conditionally_approved",
            MergerState::Approved => "approved",
            MergerState::Rejected => "rejected",
            MergerState::Effected => "effected",
            MergerState::Lapsed => "lapsed",
        }
    }
}

/// A condition and what became of it.
#[derive(Debug, Clone)]
pub struct ConditionState {
    /// The condition.
    pub condition: Condition,
    /// What became of it; nothing while it is open.
    pub resolution: Option<Resolution>,
    /// The entries that say so.
    pub why: Vec<Position>,
}

/// A merger as a view sees it.
#[derive(Debug, Clone)]
pub struct Merger {
    /// Its id.
    pub id: MergerId,
    /// What was proposed.
    pub proposed: MergerProposed,
    /// Each participant's choices, oldest first; the last is current.
    pub legs: BTreeMap<BodyId, Vec<Decision>>,
    /// The consultations about it.
    pub consultations: Vec<Consultation>,
    /// Applications, oldest first.
    pub applications: Vec<(Position, ApplicationSubmitted)>,
    /// What the regulator said, oldest first.
    pub regulator: Vec<(Position, RegulatorDecisionRecorded)>,
    /// The conditions of the last decision.
    pub conditions: Vec<ConditionState>,
    /// How it took effect.
    pub effected: Option<(Position, MergerEffected)>,
    /// Where it stands.
    pub state: MergerState,
    /// What it waits for, in words.
    pub waits_for: Vec<String>,
    /// Every entry that says something about it.
    pub why: Vec<Position>,
}

/// The merger as `view` sees it; nothing where no proposal is known.
pub fn merger(record: &Record, id: &MergerId, view: View) -> Option<Merger> {
    let proposal = proposal(record, id, view)?;
    let mut merger = Merger {
        id: id.clone(),
        legs: proposal.proposed.participants.iter().map(|body| (body.clone(), Vec::new())).collect(),
        proposed: proposal.proposed,
        consultations: Vec::new(),
        applications: Vec::new(),
        regulator: Vec::new(),
        conditions: Vec::new(),
        effected: None,
        state: MergerState::Proposed,
        waits_for: Vec::new(),
        why: proposal.why,
    };
    merger.hear_decisions(record, view);
    merger.hear_the_rest(record, view);
    merger.why.sort_unstable();
    merger.why.dedup();
    merger.state = merger.state_on(record, View { as_at: record.today(view), ..view });
    merger.waits_for = merger.waiting();
    Some(merger)
}

impl Merger {
    /// A body's current choice.
    pub fn choice(&self, body: &BodyId) -> Option<Choice> {
        self.legs.get(body)?.last()?.choice()
    }

    /// The participants as they stand: proposed or joined since, and not withdrawn. Others may have decided
    /// on it; that alone does not make them take part.
    pub fn participants(&self) -> impl Iterator<Item = &BodyId> {
        self.legs.iter().filter(|(body, leg)| self.takes_part(body, leg)).map(|(body, _leg)| body)
    }

    fn takes_part(&self, body: &BodyId, leg: &[Decision]) -> bool {
        let mut moves = leg.iter().rev().filter_map(Decision::choice);
        match moves.find(|choice| matches!(choice, Choice::Join | Choice::Withdraw)) {
            Some(choice) => choice == Choice::Join,
            None => self.proposed.participants.contains(body),
        }
    }

    /// The conditions that block its effect.
    pub fn blocking(&self) -> impl Iterator<Item = &ConditionState> {
        self.conditions.iter().filter(|state| {
            let met = matches!(state.resolution, Some(Resolution::Discharged | Resolution::Waived));
            state.condition.due == Due::BeforeEffect && !met
        })
    }

    /// Whether the last application was granted, with nothing open that blocks its effect.
    pub fn is_granted(&self) -> bool {
        let number = self.applications.last().map(|(_position, application)| application.number);
        let decision = self.regulator.last().filter(|(_position, decision)| Some(decision.number) == number);
        let granted = decision.is_some_and(|(_position, decision)| {
            matches!(decision.outcome, RegulatorOutcome::Approved | RegulatorOutcome::ApprovedWithConditions)
        });
        granted && self.blocking().next().is_none()
    }

    fn hear_decisions(&mut self, record: &Record, view: View) {
        for decision in decisions(record, self.id.subject(), view) {
            self.why.push(decision.source.position);
            self.legs.entry(decision.body.clone()).or_default().push(decision);
        }
        for leg in self.legs.values_mut() {
            leg.sort_by_key(Decision::order);
        }
    }

    fn hear_the_rest(&mut self, record: &Record, view: View) {
        let about: Vec<_> = record.about(self.id.subject(), view).collect();
        self.consultations = about
            .iter()
            .filter(|told| told.says::<ConsultationOpened>().is_some())
            .filter_map(|told| ConsultationId::of(&told.subject))
            .collect::<BTreeSet<_>>()
            .iter()
            .filter_map(|id| consultation(record, id, view))
            .collect();
        self.applications =
            ordered(&about, |said: &ApplicationSubmitted| (said.number, &said.submitted_on), view);
        self.regulator =
            ordered(&about, |said: &RegulatorDecisionRecorded| (said.number, &said.decided_on), view);
        let effected = ordered(&about, |said: &MergerEffected| (0, &said.effective), view);
        self.effected = effected.into_iter().next_back();
        self.hear_conditions(ordered(&about, |said: &ConditionResolved| (0, &said.resolved_on), view));
        self.note_why();
    }

    /// The conditions of the decision that holds, and what became of them since.
    fn hear_conditions(&mut self, resolved: Vec<(Position, ConditionResolved)>) {
        let Some((position, decision)) = self.regulator.last() else { return };
        let since =
            |said: &ConditionResolved| said.resolved_on.is_before(&decision.decided_on) != Certainty::Yes;
        let states = decision.conditions.iter().map(|condition| {
            let of_it: Vec<_> =
                resolved.iter().filter(|(_at, said)| said.condition == condition.id && since(said)).collect();
            let why = [*position].into_iter().chain(of_it.iter().map(|(at, _said)| *at)).collect();
            let resolution = of_it.last().map(|(_at, said)| said.resolution);
            ConditionState { condition: condition.clone(), resolution, why }
        });
        self.conditions = states.collect();
    }

    fn note_why(&mut self) {
        self.why.extend(self.applications.iter().map(|(position, _said)| *position));
        self.why.extend(self.regulator.iter().map(|(position, _said)| *position));
        self.why.extend(self.conditions.iter().flat_map(|state| state.why.iter().copied()));
        self.why.extend(self.effected.iter().map(|(position, _said)| *position));
        self.why.extend(self.consultations.iter().flat_map(|consultation| consultation.why.iter().copied()));
    }

    fn state_on(&self, record: &Record, today: View) -> MergerState {
        if self.effected.is_some() {
            return MergerState::Effected;
        }
        let decided = self.regulator.last().map(|(_position, decision)| decision);
        let applied = self.applications.last().map(|(_position, application)| application.number);
        match (decided, applied) {
            (Some(decision), Some(number)) if decision.number == number => match decision.outcome {
                RegulatorOutcome::Rejected if self.lost_a_participant(record, today) => MergerState::Lapsed,
                RegulatorOutcome::Rejected => MergerState::Rejected,
                RegulatorOutcome::Deferred => MergerState::Submitted,
                // A condition that failed brings the application back before the regulator.
                _ if self.blocking().any(|it| it.resolution == Some(Resolution::Failed)) => {
                    MergerState::Submitted
                }
                _ if self.blocking().next().is_some() => MergerState::ConditionallyApproved,
                _ => MergerState::Approved,
            },
            (_, Some(_number)) => MergerState::Submitted,
            (_, None) => self.state_before_application(record, today),
        }
    }

    fn state_before_application(&self, record: &Record, today: View) -> MergerState {
        let proposed = self.proposed.proposed_effective.as_ref();
        let is_over = proposed.is_some_and(|date| date.is_by(today.as_at.day_before()) == Certainty::Yes);
        let consulting = self.consultations.iter().any(|consultation| {
            matches!(consultation.state, ConsultationState::Open | ConsultationState::Overdue)
        });
        let consulted = self.consultations.iter().any(|consultation| consultation.state.is_closed());
        if is_over || self.lost_a_participant(record, today) {
            MergerState::Lapsed
        } else if self.all_decided() {
            MergerState::ReadyToApply
        } else if consulting {
            MergerState::Consulting
        } else if consulted {
            MergerState::Consulted
        } else {
            MergerState::Proposed
        }
    }

    /// Whether a participant closed otherwise than by this merger.
    fn lost_a_participant(&self, record: &Record, today: View) -> bool {
        let is_closed =
            |id: &BodyId| body(record, id, today).is_some_and(|it| it.life(today) == Life::Closed);
        self.participants().any(is_closed)
    }

    /// An approval that nothing came of, on the view's day.
    pub fn findings(&self, today: Date) -> Vec<Finding> {
        let granted = matches!(self.state, MergerState::Approved | MergerState::ConditionallyApproved);
        let effective =
            self.applications.last().map(|(_position, application)| &application.requested_effective);
        let is_over = effective.filter(|date| date.is_by(today.day_before()) == Certainty::Yes);
        let Some(effective) = is_over.filter(|_effective| granted) else { return Vec::new() };
        vec![Finding {
            rule: &NOT_EFFECTED,
            subject: self.id.subject().clone(),
            found: format!("{}, to take effect on {effective}; nothing has by {today}", self.state.as_str()),
            needed: "ReorganisationEffected".to_owned(),
            why: self.why.clone(),
        }]
    }

    fn all_decided(&self) -> bool {
        let mut participants = self.participants().peekable();
        participants.peek().is_some() && participants.all(|body| self.choice(body) == Some(Choice::Apply))
    }

    fn waiting(&self) -> Vec<String> {
        let undecided = || self.participants().filter(|body| self.choice(body) != Some(Choice::Apply));
        match self.state {
            MergerState::Proposed | MergerState::Consulted => {
                undecided().map(|body| format!("a decision to apply by {body}")).collect()
            }
            MergerState::Consulting => vec!["the end of the consultation".to_owned()],
            MergerState::ReadyToApply => vec!["an application (ApplicationSubmitted)".to_owned()],
            MergerState::Submitted => vec!["the regulator's decision (RegulatorDecisionRecorded)".to_owned()],
            MergerState::ConditionallyApproved => self
                .blocking()
                .map(|state| format!("condition {}: {}", state.condition.id, state.condition.text.shown()))
                .collect(),
            MergerState::Approved => vec!["the reorganisation (ReorganisationEffected)".to_owned()],
            MergerState::Rejected => vec!["a new application, after new decisions".to_owned()],
            MergerState::Effected | MergerState::Lapsed => Vec::new(),
        }
    }
}

/// The statements of one type that are possible on the view's day, by application number; of one number
/// the higher standing comes last, and of one standing what was said last: the last holds.
fn ordered<T: Statement + Clone>(
    about: &[Told],
    key: impl Fn(&T) -> (u32, &PDate),
    view: View,
) -> Vec<(Position, T)> {
    let said = about.iter().filter_map(|told| Some((told, told.says::<T>()?)));
    let mut said: Vec<_> =
        said.filter(|(_told, said)| key(said).1.is_by(view.as_at) != Certainty::No).collect();
    said.sort_by_key(|(told, said)| (key(said).0, told.standing, told.position));
    said.into_iter().map(|(told, said)| (told.position, said.clone())).collect()
}
