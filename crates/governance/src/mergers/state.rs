//! What is known of a merger: the fold of every statement about it that a view can see.

use super::events::{
    ApplicationChange, ApplicationChanged, ApplicationKind, ApplicationSubmitted, Condition, ConditionDue,
    ConditionResolved, MergerEffected, RegulatorDecisionRecorded, RegulatorOutcome, Resolution,
};
use super::stage::MergerState;
use super::votes::{MemberVote, MemberVoteDeclared, MemberVoteOpened};
use crate::act::Statement;
use crate::consultations::{Consultation, ConsultationOpened, consultation};
use crate::decisions::{Choice, Decision, decisions};
use crate::loads::{Passed, highest_standing, passed_by};
use crate::proposals::{MergerAbandoned, MergerExplored, MergerProposed, abandonment, exploration, proposal};
use crate::rules::rules;
use crate::view::Told;
use crate::{BodyId, Certainty, ConsultationId, Date, Finding, MergerId, PDate, Record, View};
use minutebook_log::Position;
use std::collections::{BTreeMap, BTreeSet};

rules! {
    NOT_EFFECTED: Soft =
        "merger.effected-in-time",
        "An approved merger takes effect on the day that was applied for.",
        "principle: step by step";
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
    /// How it was looked into before.
    pub explored: Option<MergerExplored>,
    /// What was proposed.
    pub proposed: Option<MergerProposed>,
    /// Each participant's choices, oldest first; the last is current.
    pub legs: BTreeMap<BodyId, Vec<Decision>>,
    /// The consultations about it.
    pub consultations: Vec<Consultation>,
    /// The votes of members, by bodies and number.
    pub ballots: Vec<MemberVote>,
    /// Applications, oldest first.
    pub applications: Vec<(Position, ApplicationSubmitted)>,
    /// How applications were modified or withdrawn, oldest first.
    pub changes: Vec<(Position, ApplicationChanged)>,
    /// What the regulator said, oldest first.
    pub regulator: Vec<(Position, RegulatorDecisionRecorded)>,
    /// The conditions of the last decision.
    pub conditions: Vec<ConditionState>,
    /// How it was given up.
    pub abandoned: Option<(Position, MergerAbandoned)>,
    /// How it took effect.
    pub effected: Option<(Position, MergerEffected)>,
    /// Where it stands.
    pub state: MergerState,
    /// What it waits for, in words.
    pub waits_for: Vec<String>,
    /// The last day of which the view can know what became of it.
    pub known_to: Date,
    /// Whether every date that it is told by has come for certain.
    pub is_sure: bool,
    /// Every entry that says something about it.
    pub why: Vec<Position>,
}

/// The merger as `view` sees it; nothing where neither a proposal, nor that it is looked into, nor an
/// application, nor what was decided on one is known.
pub fn merger(record: &Record, id: &MergerId, view: View) -> Option<Merger> {
    let merger = gathered(record, id, view);
    let is_known = merger.proposed.is_some() || merger.explored.is_some();
    let is_known = is_known || !merger.applications.is_empty() || merger.decided(record).is_some();
    is_known.then_some(merger)
}

/// Everything that is said of a merger, were it only that a body decided to apply.
pub(super) fn gathered(record: &Record, id: &MergerId, view: View) -> Merger {
    let (proposal, explored) = (proposal(record, id, view), exploration(record, id, view));
    let mut why: Vec<_> = proposal.iter().flat_map(|it| it.why.iter().copied()).collect();
    why.extend(explored.iter().flat_map(|(_said, why)| why.iter().copied()));
    let mut merger = Merger {
        id: id.clone(),
        legs: BTreeMap::new(),
        explored: explored.map(|(said, _why)| said),
        proposed: proposal.map(|it| it.proposed),
        consultations: Vec::new(),
        ballots: Vec::new(),
        applications: Vec::new(),
        changes: Vec::new(),
        regulator: Vec::new(),
        conditions: Vec::new(),
        abandoned: abandonment(record, id, view),
        effected: None,
        state: MergerState::Proposed,
        waits_for: Vec::new(),
        known_to: record.today(view),
        is_sure: true,
        why,
    };
    merger.hear_the_rest(record, view);
    merger.hear_decisions(record, view);
    merger.why.sort_unstable();
    merger.why.dedup();
    merger.settle(record, view);
    merger.waits_for = merger.waiting();
    merger
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

    /// The bodies that the last proposal names; before it, those that look into it; without either, those
    /// that apply.
    fn named(&self) -> &[BodyId] {
        let applicants = || self.applications.last().map(|(_position, said)| said.applicants.as_slice());
        let explored = || self.explored.as_ref().map(|said| said.participants.as_slice());
        let proposed = self.proposed.as_ref().map(|said| said.participants.as_slice());
        proposed.or_else(explored).or_else(applicants).unwrap_or_default()
    }

    /// What is applied for.
    pub fn kind(&self) -> ApplicationKind {
        self.applications.last().map_or(ApplicationKind::Merger, |(_position, said)| said.kind())
    }

    /// The last result of a vote of this body's members, alone or with others.
    pub fn last_vote(&self, body: &BodyId) -> Option<&MemberVoteDeclared> {
        let ballots = self.ballots.iter().filter(|ballot| ballot.bodies.contains(body));
        let declared = ballots.filter_map(|ballot| ballot.declared.as_ref());
        let last = declared.max_by_key(|(position, said)| {
            // Of one day a body's own vote says more of it than one over several.
            (said.declared_on.earliest(), std::cmp::Reverse(said.bodies.len()), *position)
        });
        last.map(|(_position, said)| said)
    }

    fn takes_part(&self, body: &BodyId, leg: &[Decision]) -> bool {
        let mut moves = leg.iter().rev().filter_map(Decision::choice);
        match moves.find(|choice| matches!(choice, Choice::Join | Choice::Withdraw)) {
            Some(choice) => choice == Choice::Join,
            None => self.named().contains(body),
        }
    }

    /// The conditions that block its effect.
    pub fn blocking(&self) -> impl Iterator<Item = &ConditionState> {
        self.conditions.iter().filter(|state| {
            let met = matches!(state.resolution, Some(Resolution::Discharged | Resolution::Waived));
            state.condition.due == ConditionDue::BeforeEffect && !met
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
        self.legs = self.named().iter().map(|body| (body.clone(), Vec::new())).collect();
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
        self.changes = ordered(&about, |said: &ApplicationChanged| (said.number, &said.changed_on), view);
        self.hear_votes(&about, view);
        self.regulator =
            ordered(&about, |said: &RegulatorDecisionRecorded| (said.number, &said.decided_on), view);
        let effected = ordered(&about, |said: &MergerEffected| (0, &said.effective), view);
        self.effected = effected.into_iter().next_back();
        self.hear_conditions(ordered(&about, |said: &ConditionResolved| (0, &said.resolved_on), view));
        self.note_why();
    }

    fn hear_votes(&mut self, about: &[Told], view: View) {
        let mut ballots: BTreeMap<(BTreeSet<BodyId>, u32), MemberVote> = BTreeMap::new();
        let mut ballot = |bodies: &[BodyId], number: u32, hear: &mut dyn FnMut(&mut MemberVote)| {
            let bodies: BTreeSet<_> = bodies.iter().cloned().collect();
            let empty = || MemberVote { bodies: bodies.clone(), number, opened: None, declared: None };
            hear(ballots.entry((bodies.clone(), number)).or_insert_with(empty));
        };
        for (position, said) in ordered(about, |said: &MemberVoteOpened| (said.ballot, &said.opens), view) {
            ballot(&said.bodies, said.ballot, &mut |it| it.opened = Some((position, said.clone())));
        }
        for (position, said) in
            ordered(about, |said: &MemberVoteDeclared| (said.ballot, &said.declared_on), view)
        {
            ballot(&said.bodies, said.ballot, &mut |it| it.declared = Some((position, said.clone())));
        }
        self.ballots = ballots.into_values().collect();
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
        self.why.extend(self.changes.iter().map(|(position, _said)| *position));
        self.why.extend(self.abandoned.iter().map(|(position, _said)| *position));
        for ballot in &self.ballots {
            self.why.extend(ballot.opened.iter().map(|(position, _said)| *position));
            self.why.extend(ballot.declared.iter().map(|(position, _said)| *position));
        }
        self.why.extend(self.regulator.iter().map(|(position, _said)| *position));
        self.why.extend(self.conditions.iter().flat_map(|state| state.why.iter().copied()));
        self.why.extend(self.effected.iter().map(|(position, _said)| *position));
        self.why.extend(self.consultations.iter().flat_map(|consultation| consultation.why.iter().copied()));
    }

    /// The day on which it is to take effect, as the last application and its changes have it.
    pub fn requested_effective(&self) -> Option<&PDate> {
        let (_position, application) = self.applications.last()?;
        let modified = self.changes.iter().rev().filter(|(_at, said)| said.number == application.number);
        let mut days = modified.filter_map(|(_at, said)| match &said.change {
            ApplicationChange::Modified { requested_effective, .. } => requested_effective.as_ref(),
            ApplicationChange::Withdrawn { .. } => None,
        });
        Some(days.next().unwrap_or(&application.requested_effective))
    }

    /// An approval that nothing came of, on the view's day.
    pub fn findings(&self, record: &Record, view: View) -> Vec<Finding> {
        let today = record.today(view);
        let granted = self.state.is_granted() && self.kind() == ApplicationKind::Merger;
        let approved_at = self.regulator.last().map(|(position, _said)| *position);
        let standing = highest_standing(record, approved_at.as_slice(), view);
        let is_missed = |date: &&PDate| {
            standing.is_some_and(|standing| passed_by(record, view, standing, Some(date)) == Passed::Missed)
        };
        let missed = self.requested_effective().filter(is_missed);
        let Some(effective) = missed.filter(|_effective| granted) else { return Vec::new() };
        vec![Finding {
            rule: &NOT_EFFECTED,
            subject: self.id.subject().clone(),
            found: format!("{}, to take effect on {effective}; nothing has by {today}", self.state.as_str()),
            needed: "ReorganisationEffected".to_owned(),
            why: self.why.clone(),
        }]
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
