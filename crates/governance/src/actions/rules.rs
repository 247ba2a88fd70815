//! The rules of actions.

use super::events::{ActionAssigned, ActionChange, ActionUpdated, Owner};
use super::state::{Action, ActionState, action};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, is_or_follows, judge_open};
use crate::people::judge_person;
use crate::rules::rules;
use crate::{ActionId, BodyId, Certainty, Date, Malformed, PDate, Verdict};
use minutebook_log::Subject;

rules! {
    ASSIGNED: Hard =
        "action.assigned",
        "Only an action that was assigned is updated.",
        "principle: good minutes";
    STEP: Hard =
        "action.step",
        "An open action goes on, is assigned anew, completed, cancelled, postponed or transferred; one that is not open is reopened.",
        "principle: good minutes";
    DUE_LATER: Soft =
        "action.due-after-assigned",
        "An action, or a condition of a decision, is due no earlier than it is assigned.",
        "principle: good minutes";
    SIGNED_FOR: Hard =
        "action.signed-for",
        "An action is updated or assigned anew for the body whose it is, or for a successor of it.",
        "principle: each body for itself; principle: successors inherit";
}

/// Asks that a person who is to do it is recorded.
fn judge_owner(case: &Case<'_>, verdict: &mut Verdict, owner: &Owner) {
    if let Owner::Person(person) = owner {
        judge_person(case, verdict, person);
    }
}

/// Asks that there is time to do it.
pub(crate) fn judge_due(case: &Case<'_>, verdict: &mut Verdict, assigned_on: &PDate, due: Option<&PDate>) {
    let Some(due) = due else { return };
    let later = due.is_before(assigned_on) != Certainty::Yes;
    verdict.soft(later, &DUE_LATER, &case.act.subject, || {
        (format!("due on {due}, assigned on {assigned_on}"), format!("{assigned_on} or later, or no day"))
    });
}

impl Statement for ActionAssigned {
    fn act_date(&self) -> Option<PDate> {
        Some(self.assigned_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, vec![self.body.clone()])]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.text.check_not_blank("/data/facts/text", "what is to be done")
    }

    fn about(&self) -> Vec<Subject> {
        let person = match &self.owner {
            Owner::Person(person) => Some(person.subject()),
            Owner::Office(_office) => None,
        };
        let meeting = self.meeting.as_ref().map(|meeting| meeting.subject());
        [Some(self.body.subject()), person, meeting].into_iter().flatten().cloned().collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_owner(case, verdict, &self.owner);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_open(case, verdict, &self.body, &self.assigned_on);
        judge_due(case, verdict, &self.assigned_on, self.due.as_ref());
        let known = ActionId::of(&case.act.subject);
        let known = known.and_then(|id| action(case.record, &id, enacted(case.record, Date::LAST)));
        let Some(known) = known else { return };
        judge_signed_for(case, verdict, &known.assigned.body, &self.assigned_on);
        verdict.hard(known.state == ActionState::Open, &STEP, &case.act.subject, || {
            let needed = format!("another id; possible now: ActionUpdated, {}", possible(known.state));
            (format!("an action that is {}", known.state.as_str()), needed)
        });
    }
}

/// What can become of an action.
fn possible(state: ActionState) -> &'static str {
    match state {
        ActionState::Open => "progressed, completed, cancelled, postponed or transferred",
        ActionState::Completed | ActionState::Cancelled => "reopened",
    }
}

/// Asks that what is said of an action is said for the body whose it is, or for one that follows it.
fn judge_signed_for(case: &Case<'_>, verdict: &mut Verdict, holder: &BodyId, date: &PDate) {
    let view = enacted(case.record, case.last_day_of(date));
    let mut bodies = case.act.signatories.iter().filter_map(|signatory| signatory.body.as_ref());
    let signed = bodies.any(|body| is_or_follows(case.record, body, holder, view));
    verdict.hard(signed, &SIGNED_FOR, &case.act.subject, || {
        let needed =
            format!("the secretary of {holder}, or of a body that follows it; another action has another id");
        (format!("an action of {holder}, signed for none such"), needed)
    });
}

impl Statement for ActionUpdated {
    fn act_date(&self) -> Option<PDate> {
        Some(self.updated_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        match self.change {
            ActionChange::Transferred { body: None, owner: None } => {
                let needed = "body, owner, or both";
                Err(Malformed::new("/data/facts/change/transferred", "nobody to have it", needed))
            }
            _ => Ok(()),
        }
    }

    fn about(&self) -> Vec<Subject> {
        match &self.change {
            ActionChange::Transferred { body: Some(body), .. } => vec![body.subject().clone()],
            _ => Vec::new(),
        }
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let ActionChange::Transferred { owner: Some(owner), .. } = &self.change {
            judge_owner(case, verdict, owner);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, Date::LAST);
        let known = ActionId::of(&case.act.subject).and_then(|id| action(case.record, &id, view));
        verdict.hard(known.is_some(), &ASSIGNED, &case.act.subject, || {
            let needed = "an action that was assigned first (ActionAssigned), or a condition of a decision";
            ("an action that no act assigns".to_owned(), needed.to_owned())
        });
        let Some(known) = known else { return };
        self.judge_step(case, verdict, &known);
        judge_signed_for(case, verdict, &known.assigned.body, &self.updated_on);
        if let ActionChange::Transferred { body: Some(body), .. } = &self.change {
            judge_open(case, verdict, body, &self.updated_on);
        }
    }
}

impl ActionUpdated {
    fn judge_step(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Action) {
        let is_open = known.state == ActionState::Open;
        let reopens = self.change == ActionChange::Reopened;
        verdict.hard(is_open != reopens, &STEP, &case.act.subject, || {
            let needed = format!("possible now: {}", possible(known.state));
            (format!("an action that is {}", known.state.as_str()), needed)
        });
    }
}
