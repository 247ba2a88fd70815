//! Mergers: from proposal to effect, leg by leg (domain 2.9).

use crate::act::Statement;
use crate::consultations::{Consultation, ConsultationOpened, ConsultationState, consultation};
use crate::decisions::{Choice, Decision, DecisionRecorded, Effect, decisions};
use crate::proposals::{MergerProposed, proposal};
use crate::{
    BodyId, Certainty, ConsultationId, Date, Document, MergerId, PDate, PersonId, Record, Sealable, View,
};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod rules;

/// An application to NHS England. Subject: the merger. Source: NHS Act 2006, section 14G.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationSubmitted {
    /// The number of the application on this proposal, from 1.
    pub number: u32,
    /// The bodies that apply.
    pub applicants: Vec<BodyId>,
    /// To whom.
    pub to: String,
    /// When.
    pub submitted_on: PDate,
    /// The day on which it is to take effect.
    pub requested_effective: PDate,
    /// The name that the successor is to have.
    pub proposed_name: String,
    /// The proposed constitution (section 14B(3)(a)).
    pub constitution: Document,
    /// The person whom NHS England is asked to appoint as accountable officer (section 14B(3)(b)).
    pub accountable_officer: PersonId,
}

/// What the regulator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegulatorOutcome {
    /// Granted.
    Approved,
    /// Granted, subject to conditions.
    ApprovedWithConditions,
    /// Put off.
    Deferred,
    /// Refused.
    Rejected,
}

impl RegulatorOutcome {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            RegulatorOutcome::Approved => "approved",
            RegulatorOutcome::ApprovedWithConditions => "approved_with_conditions",
            RegulatorOutcome::Deferred => "deferred",
            RegulatorOutcome::Rejected => "rejected",
        }
    }
}

/// When a condition must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// Before the merger takes effect, which it blocks until then.
    BeforeEffect,
    /// Afterwards too: it passes to the successor.
    Continuing,
}

/// A condition of an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Its id within the merger.
    pub id: String,
    /// What is asked.
    pub text: Sealable,
    /// When it must be met.
    pub due: Due,
}

/// The regulator decides on an application. Subject: the merger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegulatorDecisionRecorded {
    /// The number of the application.
    pub number: u32,
    /// What it says.
    pub outcome: RegulatorOutcome,
    /// When.
    pub decided_on: PDate,
    /// Why: the decision is in writing with reasons (NHS England's procedures, section 14E onwards).
    pub reasons: Sealable,
    /// The conditions, if it is conditional.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// What became of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It was met.
    Discharged,
    /// It was given up.
    Waived,
    /// It was not met.
    Failed,
}

impl Resolution {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Resolution::Discharged => "discharged",
            Resolution::Waived => "waived",
            Resolution::Failed => "failed",
        }
    }
}

/// A condition is resolved. Subject: the merger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionResolved {
    /// The condition's id.
    pub condition: String,
    /// What became of it.
    pub resolution: Resolution,
    /// When.
    pub resolved_on: PDate,
}

/// The part of a reorganisation that ends a merger; no event of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergerEffected {
    /// The first day of the successors.
    pub effective: PDate,
    /// The successors.
    pub successors: Vec<BodyId>,
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
    merger.state = merger.state_on(record.today(view));
    merger.waits_for = merger.waiting();
    Some(merger)
}

fn is_possible(date: &PDate, view: View) -> bool {
    date.is_by(view.as_at) != Certainty::No
}

impl Merger {
    /// A body's current choice.
    pub fn choice(&self, body: &BodyId) -> Option<Choice> {
        match self.legs.get(body)?.last()?.recorded.effect {
            Effect::Merger { choice, .. } => Some(choice),
            _ => None,
        }
    }

    /// The participants as they stand: proposed, joined since, and not withdrawn.
    pub fn participants(&self) -> impl Iterator<Item = &BodyId> {
        self.legs.keys().filter(|body| self.choice(body) != Some(Choice::Withdraw))
    }

    /// The conditions that block its effect.
    pub fn blocking(&self) -> impl Iterator<Item = &ConditionState> {
        self.conditions.iter().filter(|state| {
            let met = matches!(state.resolution, Some(Resolution::Discharged | Resolution::Waived));
            state.condition.due == Due::BeforeEffect && !met
        })
    }

    fn hear_decisions(&mut self, record: &Record, view: View) {
        for decision in decisions(record, self.id.subject(), view) {
            self.why.push(decision.source.position);
            self.legs.entry(decision.body.clone()).or_default().push(decision);
        }
        for leg in self.legs.values_mut() {
            leg.sort_by_key(|decision| (decision.recorded.decided_on.earliest(), decision.source.position));
        }
    }

    fn hear_the_rest(&mut self, record: &Record, view: View) {
        let mut consulted = BTreeSet::new();
        for told in record.about(self.id.subject(), view) {
            if told.says::<ConsultationOpened>().is_some() {
                consulted.extend(ConsultationId::of(&told.subject));
            } else if let Some(said) =
                told.says::<ApplicationSubmitted>().filter(|said| is_possible(&said.submitted_on, view))
            {
                self.applications.push((told.position, said.clone()));
            } else if let Some(said) =
                told.says::<RegulatorDecisionRecorded>().filter(|said| is_possible(&said.decided_on, view))
            {
                self.hear_regulator(told.position, said);
            } else if let Some(said) =
                told.says::<ConditionResolved>().filter(|said| is_possible(&said.resolved_on, view))
            {
                self.hear_resolution(told.position, said);
            } else if let Some(said) =
                told.says::<MergerEffected>().filter(|said| is_possible(&said.effective, view))
            {
                self.effected = Some((told.position, said.clone()));
            } else {
                continue;
            }
            self.why.push(told.position);
        }
        self.consultations = consulted.iter().filter_map(|id| consultation(record, id, view)).collect();
        self.why.extend(self.consultations.iter().flat_map(|consultation| consultation.why.iter().copied()));
    }

    fn hear_regulator(&mut self, position: Position, said: &RegulatorDecisionRecorded) {
        let open = |condition: &Condition| ConditionState {
            condition: condition.clone(),
            resolution: None,
            why: vec![position],
        };
        self.conditions = said.conditions.iter().map(open).collect();
        self.regulator.push((position, said.clone()));
    }

    fn hear_resolution(&mut self, position: Position, said: &ConditionResolved) {
        let named = self.conditions.iter_mut().find(|state| state.condition.id == said.condition);
        if let Some(state) = named {
            state.resolution = Some(said.resolution);
            state.why.push(position);
        }
    }

    fn state_on(&self, today: Date) -> MergerState {
        if self.effected.is_some() {
            return MergerState::Effected;
        }
        let decided = self.regulator.last().map(|(_position, decision)| decision);
        let applied = self.applications.last().map(|(_position, application)| application.number);
        match (decided, applied) {
            (Some(decision), Some(number)) if decision.number == number => match decision.outcome {
                RegulatorOutcome::Rejected => MergerState::Rejected,
                RegulatorOutcome::Deferred => MergerState::Submitted,
                _ if self.blocking().next().is_some() => MergerState::ConditionallyApproved,
                _ => MergerState::Approved,
            },
            (_, Some(_number)) => MergerState::Submitted,
            (_, None) => self.state_before_application(today),
        }
    }

    fn state_before_application(&self, today: Date) -> MergerState {
        let passed =
            self.proposed.proposed_effective.as_ref().is_some_and(|date| date.is_by(today) == Certainty::Yes);
        let consulting = self.consultations.iter().any(|consultation| {
            matches!(consultation.state, ConsultationState::Open | ConsultationState::Overdue)
        });
        let consulted =
            self.consultations.iter().any(|consultation| consultation.state == ConsultationState::Closed);
        if passed {
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

impl DecisionRecorded {
    /// Whether this is the choice `choice` about `merger`.
    pub fn chooses(&self, merger: &MergerId, choice: Choice) -> bool {
        matches!(&self.effect, Effect::Merger { merger: about, choice: chosen } if about == merger && *chosen == choice)
    }
}

impl Statement for MergerEffected {
    fn needs(&self, _subject: &Subject) -> Vec<crate::act::Need> {
        Vec::new()
    }
}
