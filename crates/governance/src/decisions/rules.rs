//! The rules of decisions.

use super::detail::DecisionCondition;
use super::events::{Choice, DecisionRecorded, Effect, Leg, Mode, Outcome};
use super::later_rules::tells_urgency;
use super::legs::judge_leg;
use super::state::{takes_part, to_be_ratified};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::actions::{ActionAssigned, ConditionSet, judge_due};
use crate::bodies::{enacted, judge_begun, judge_open, judge_past_softly};
use crate::people::judge_person;
use crate::proposals::{abandonment, proposal};
use crate::rules::rules;
use crate::{AppointmentId, BodyId, Malformed, MergerId, PDate, Verdict};
use minutebook_log::Subject;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

rules! {
    PARTICIPANT: Hard =
        "decision.participant",
        "Only a body that takes part in a proposal decides on it, or decides to join it.",
        "NHS England's procedures for mergers of CCGs; principle: step by step";
    PROPOSAL_LIVE: Hard =
        "decision.proposal-live",
        "A merger that was abandoned is decided on no more.",
        "principle: step by step";
    OUTCOME_FITS: Hard =
        "decision.outcome-fits-effect",
        "Only a decision that was approved has an effect beyond itself; a deferral defers.",
        "principle: each body for itself";
    REASONS: Soft =
        "decision.reasons",
        "A decision gives its reasons.",
        "principle: good minutes";
    URGENT: Hard =
        "decision.urgent",
        "A decision between meetings says who took it, on what grounds, and by when it is to be ratified.",
        "principle: good minutes";
    CONSULTED: Soft =
        "decision.consulted",
        "Who decides between meetings consults two others.",
        "principle: good minutes";
    WRITTEN: Hard =
        "decision.written-votes",
        "A written resolution has no more votes than there are members who can vote.",
        "principle: good minutes";
    MODE: Hard =
        "decision.mode-stated",
        "An act says how it was decided: at a meeting, between meetings, by a written resolution; a report may not know.",
        "principle: good minutes";
    CONDITIONS: Soft =
        "decision.conditions-listed",
        "An approval with conditions lists each as an owned item; no other decision has any.",
        "principle: good minutes";
    REFUSED_BY: Hard =
        "decision.refused-by",
        "A decision that is minuted because a rule refuses it names a rule of the book.",
        "principle: what is refused may have happened";
    NO_EFFECT: Soft =
        "decision.no-effect",
        "What a rule refuses as an act can be minuted as a decision without effect; it stays marked.",
        "principle: what is refused may have happened";
}

impl DecisionRecorded {
    /// A condition as an action of the body that decides.
    fn condition(&self, condition: &DecisionCondition, body: &BodyId) -> (Subject, Arc<dyn Statement>) {
        let action = ActionAssigned {
            body: body.clone(),
            text: condition.text.clone(),
            owner: condition.owner.clone(),
            assigned_on: self.decided_on.clone(),
            due: condition.due.clone(),
            meeting: self.meeting.clone(),
            item: self.item.as_ref().map(|item| item.reference.clone()),
        };
        (condition.action.subject().clone(), Arc::new(ConditionSet { action }))
    }

    /// Whether the motion was carried.
    pub fn is_carried(&self) -> bool {
        matches!(self.outcome, Outcome::Approved | Outcome::ApprovedWithConditions)
    }

    /// What a resolution does beyond itself it does once, and does something; a joint committee decides for each body once.
    fn check_effects(&self, subject: &Subject) -> Result<(), Malformed> {
        let is_none = |effect: &Effect| matches!(effect, Effect::None { .. });
        let twice =
            self.effects().enumerate().any(|(at, effect)| self.effects().skip(at + 1).any(|it| it == effect));
        if !self.also.is_empty() && (twice || self.effects().any(is_none)) {
            let needed = "further effects of the same resolution, each once, and none with an effect of none";
            return Err(Malformed::new("/data/facts/also", "none, or one twice", needed));
        }
        if let Some((about, one, other)) = self.contradiction() {
            let needed = "one choice for each merger, and one leg for each joint appointment; a later decision changes it";
            return Err(Malformed::new("/data/facts/also", format!("{one} and {other} on {about}"), needed));
        }
        let bodies = self.decided_with.iter().map(|with| with.body.subject()).chain([subject]);
        let distinct: BTreeSet<_> = bodies.collect();
        if distinct.len() != self.decided_with.len() + 1 {
            let needed = "each other body once: the subject is one of those for which it decides";
            return Err(Malformed::new("/data/facts/decided_with", "a body twice", needed));
        }
        Ok(())
    }

    /// What two of its effects settle both, each in its way.
    fn contradiction(&self) -> Option<(&Subject, &'static str, &'static str)> {
        let mut settled = BTreeMap::new();
        let mut both = self.effects().filter_map(Effect::settles).filter_map(|(about, chosen)| {
            settled.insert(about, chosen).map(|before| (about, before, chosen))
        });
        both.next()
    }

    /// What a rule refuses happened all the same: it is minuted, changes nothing, and stays marked. The body
    /// has to be known, and to have begun by then; open, quorate or right it may not have been.
    fn judge_unlawful(&self, case: &Case<'_>, verdict: &mut Verdict, rule: &str) {
        if let Some(id) = BodyId::of(&case.act.subject) {
            judge_begun(case, verdict, &id, &self.decided_on);
        }
        verdict.hard((case.rules.is_rule)(rule), &REFUSED_BY, &case.act.subject, || {
            (format!("\"{rule}\""), "the id of the rule that refuses it (docs/rules.md)".to_owned())
        });
        verdict.soft(false, &NO_EFFECT, &case.act.subject, || {
            let found = format!("minuted without effect: {rule} refuses it");
            (found, "an act that the rules admit".to_owned())
        });
    }

    /// Who decides between meetings answers for it; records of the past may lack what nobody wrote down.
    fn judge_mode(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let told = tells_urgency(self);
        judge_past_softly(case, verdict, told, &URGENT, || {
            let needed = "urgent with the mode urgent: taken_by, consulted, grounds, ratify_by".to_owned();
            (
                format!("the mode {} {} urgent", self.mode.as_str(), if told { "with" } else { "without" }),
                needed,
            )
        });
        let is_stated = self.mode != Mode::NotStated;
        judge_past_softly(case, verdict, is_stated, &MODE, || {
            ("the mode not_stated".to_owned(), "meeting, urgent or written".to_owned())
        });
        if let Some(urgent) = &self.urgent {
            verdict.soft(urgent.consulted.len() >= 2, &CONSULTED, &case.act.subject, || {
                (format!("{} consulted", urgent.consulted.len()), "two others".to_owned())
            });
        }
        if let (Some(written), Some(votes)) = (&self.written, self.votes) {
            let cast = votes.cast();
            verdict.hard(cast <= written.entitled, &WRITTEN, &case.act.subject, || {
                let needed = format!("at most {} votes, or as many entitled as there were", written.entitled);
                (format!("{cast} votes of {}", written.entitled), needed)
            });
        }
        let conditional = self.outcome == Outcome::ApprovedWithConditions;
        verdict.soft(conditional != self.conditions.is_empty(), &CONDITIONS, &case.act.subject, || {
            let found = format!("{} with {} conditions", self.outcome.as_str(), self.conditions.len());
            (found, "conditions with an approval that has some, and with no other decision".to_owned())
        });
        for condition in &self.conditions {
            judge_due(case, verdict, &self.decided_on, condition.due.as_ref());
        }
    }

    fn judge_joint(&self, case: &Case<'_>, verdict: &mut Verdict, id: &AppointmentId, leg: Leg) {
        let outcome_fits = match leg {
            Leg::Deferred => self.outcome == Outcome::Deferred,
            // A motion to agree that was lost, or a motion to decline that was carried.
            Leg::Declined => self.is_carried() || self.outcome == Outcome::Rejected,
            _ => self.is_carried(),
        };
        verdict.hard(outcome_fits, &OUTCOME_FITS, &case.act.subject, || {
            let found = format!("{} with the leg {}", self.outcome.as_str(), leg.as_str());
            let needed = "the outcome approved; or deferred, with the leg deferred; or rejected, with the leg declined";
            (found, needed.to_owned())
        });
        judge_leg(case, verdict, id, leg, &self.decided_on);
    }

    fn judge_merger(&self, case: &Case<'_>, verdict: &mut Verdict, merger: &MergerId, choice: Choice) {
        let outcome_fits = match choice {
            Choice::Defer => self.outcome == Outcome::Deferred,
            _ => self.is_carried(),
        };
        verdict.hard(outcome_fits, &OUTCOME_FITS, &case.act.subject, || {
            let found = format!("{} with the choice {}", self.outcome.as_str(), choice.as_str());
            (found, "the outcome approved; or deferred, with the choice defer".to_owned())
        });
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        let view = enacted(case.record, case.last_day_of(&self.decided_on));
        let abandoned = abandonment(case.record, merger, view);
        verdict.hard(abandoned.is_none(), &PROPOSAL_LIVE, &case.act.subject, || {
            let position = abandoned.map_or_else(String::new, |(position, _said)| position.to_string());
            (
                format!("{merger}, which entry {position} abandoned"),
                "another merger (MergerProposed)".to_owned(),
            )
        });
        let proposal = proposal(case.record, merger, view);
        let takes_part = || takes_part(case.record, merger, &id, view);
        let fits = proposal.is_some() && (choice == Choice::Join || takes_part());
        verdict.hard(fits, &PARTICIPANT, &case.act.subject, || {
            let found = match proposal {
                Some(_) => format!("{} takes no part in {merger}", case.act.subject),
                None => format!("{merger}, which no act proposes"),
            };
            (found, "a proposal that it takes part in (MergerProposed), or the choice join".to_owned())
        });
    }
}

impl Statement for DecisionRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.decided_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, BodyId::of(subject).into_iter().collect())]
    }

    fn listed(&self, subject: &Subject) -> Vec<Subject> {
        let body = self.urgent.as_ref().and_then(|_urgent| BodyId::of(subject));
        body.and_then(|body| to_be_ratified(&body)).into_iter().collect()
    }

    fn about(&self) -> Vec<Subject> {
        let effect = self.effects().filter_map(|effect| match effect {
            Effect::Merger { merger, .. } | Effect::Apply { application: merger } => {
                Some(merger.subject().clone())
            }
            Effect::JointLeg { appointment, .. } => Some(appointment.subject().clone()),
            Effect::FeedbackConsidered { consultation } => Some(consultation.subject().clone()),
            Effect::Nominate { person, .. } => Some(person.subject().clone()),
            Effect::ExcludePublic { .. } | Effect::None { .. } => None,
        });
        let with = self.decided_with.iter().flat_map(|with| {
            [Some(with.body.subject()), with.delegation.as_ref().map(|delegation| delegation.subject())]
        });
        let meetings = self.meeting.iter().chain(&self.deferred_to).map(|meeting| meeting.subject().clone());
        let delegation = self.delegated_under.iter().map(|under| under.delegation.subject().clone());
        effect.chain(meetings).chain(delegation).chain(with.flatten().cloned()).collect()
    }

    fn parts(&self, subject: &Subject) -> Vec<(Subject, Arc<dyn Statement>)> {
        let Some(body) = BodyId::of(subject) else { return Vec::new() };
        self.conditions.iter().map(|condition| self.condition(condition, &body)).collect()
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        if self.meeting.is_some() && self.item.is_none() {
            let needed = "the item: a decision at a meeting belongs to one";
            return Err(Malformed::new("/data/facts/item", "none, with a meeting", needed));
        }
        let distinct: BTreeSet<_> = self.conditions.iter().map(|condition| &condition.action).collect();
        if distinct.len() != self.conditions.len() {
            return Err(Malformed::new("/data/facts/conditions", "an action twice", "each action once"));
        }
        let function = self.delegated_under.as_ref().and_then(|under| under.function.as_ref());
        if function.is_some_and(|function| function.trim().is_empty()) {
            let needed = "the function in the words of the delegation, or none";
            return Err(Malformed::new("/data/facts/delegated_under/function", "a blank text", needed));
        }
        self.check_effects(subject)?;
        self.text.check_not_blank("/data/facts/text", "the decision in words")
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for effect in self.effects() {
            if let Effect::Nominate { person, .. } = effect {
                judge_person(case, verdict, person);
            }
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        match &self.effect {
            Effect::None { refused_by: Some(rule) } => self.judge_unlawful(case, verdict, rule),
            _ => {
                if let Some(id) = BodyId::of(&case.act.subject) {
                    judge_open(case, verdict, &id, &self.decided_on);
                }
                self.judge_mode(case, verdict);
                self.judge_delegated(case, verdict);
                self.judge_decided_with(case, verdict);
                for effect in self.effects() {
                    if let Effect::Merger { merger, choice } = effect {
                        self.judge_merger(case, verdict, merger, *choice);
                    }
                    if let Effect::JointLeg { appointment, leg, .. } = effect {
                        self.judge_joint(case, verdict, appointment, *leg);
                    }
                }
            }
        }
        verdict.soft(self.reasons.is_some(), &REASONS, &case.act.subject, || {
            ("no reasons".to_owned(), "the reasons for the decision".to_owned())
        });
    }
}
