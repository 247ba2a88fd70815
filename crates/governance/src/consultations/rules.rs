//! The rules that admit the opening of a consultation, its changes and its end.

use super::calendar::is_working_day;
use super::events::{ConsultationChange, ConsultationChanged, ConsultationClosed, ConsultationOpened};
use super::state::{Consultation, ConsultationState, consultation};
use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{enacted, judge_open};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, ConsultationId, Date, Malformed, PDate, Verdict};
use minutebook_log::Subject;

rules! {
    ENDS_AFTER_IT_OPENS: HardIfCertain =
        "consultation.opens-before-it-closes",
        "A consultation opens before it closes.",
        "principle: step by step";
    WORKING_DAY: Soft =
        "consultation.closes-on-working-day",
        "A consultation closes on a working day.",
        "bank holidays as proclaimed; principle: step by step";
    LENGTH: Soft =
        "consultation.length",
        "A consultation is open for four weeks or more.",
        "a design choice, since the law sets none; principle: step by step";
    ALL_SIGN: Soft =
        "consultation.every-owner-signs",
        "Each body whose consultation it is countersigns its opening.",
        concat!(provisions!(involvement), "; principle: each body for itself");
    GATES: Hard =
        "consultation.gates-known-types",
        "What waits for a consultation is a type of event.",
        "principle: step by step";
    OPENED: Hard =
        "consultation.opened",
        "Only a consultation that is open can be extended, withdrawn or closed.",
        "principle: step by step";
    NOT_AGAIN: Hard =
        "consultation.not-again",
        "A consultation that was closed or withdrawn is not opened again: another one has another id.",
        "principle: step by step; principle: names are not reused";
    LATER: Hard =
        "consultation.extended-later",
        "An extension ends later than what it extends.",
        "principle: step by step";
    CLOSED_IN_TIME: Hard =
        "consultation.closed-no-earlier",
        "A consultation is closed no earlier than it was announced to.",
        "principle: step by step";
    CLOSED_BY_OWNER: Hard =
        "consultation.closed-by-owner",
        "A consultation is changed, closed and answered for a body whose consultation it is.",
        "principle: each body for itself; principle: step by step";
    TOTALS: Soft =
        "consultation.totals",
        "The responses that a closing counts are those that were recorded.",
        "principle: step by step";
}

pub(super) const LEAD: &[Capacity] = &[Capacity::ConsultationLead, Capacity::Secretary];

/// The shortest time that raises no finding, in days.
const SHORTEST_DAYS: i64 = 28;

/// The consultation that an act is about, as enacted by the day of the act.
pub(super) fn known(case: &Case<'_>, date: &PDate) -> Option<Consultation> {
    let view = enacted(case.record, case.last_day_of(date));
    consultation(case.record, &ConsultationId::of(&case.act.subject)?, view)
}

/// Asks that the act is signed for a body whose consultation it is.
pub(super) fn judge_owner(case: &Case<'_>, verdict: &mut Verdict, opened: &ConsultationOpened) {
    let need = Need::of(LEAD, opened.owners.clone());
    let signed = case.act.signatories.iter().any(|signatory| need.is_met_by(signatory));
    verdict.hard(signed, &CLOSED_BY_OWNER, &case.act.subject, || {
        ("no signature for a body whose consultation it is".to_owned(), need.to_string())
    });
}

/// Asks that it can still be changed or closed.
fn judge_in_progress(case: &Case<'_>, verdict: &mut Verdict, known: Option<&Consultation>) {
    use ConsultationState::{DuePassed, NotYetOpen, Open, Overdue};
    let state = known.map(|known| known.state);
    let open = matches!(state, Some(NotYetOpen | Open | Overdue | DuePassed))
        && known.is_some_and(|known| known.closed.is_none());
    verdict.hard(open, &OPENED, &case.act.subject, || match known {
        Some(known) => {
            let state = if known.state.is_over() { known.state } else { ConsultationState::Closed };
            let needed = format!("a consultation that is open; possible now: {}", state.possible());
            (format!("it is {} already", state.as_str()), needed)
        }
        None => ("no act opens it".to_owned(), "a consultation that is open (ConsultationOpened)".to_owned()),
    });
}

impl Statement for ConsultationOpened {
    fn act_date(&self) -> Option<PDate> {
        Some(self.opens.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(LEAD, self.owners.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.owners.is_empty() {
            return Err(Malformed::new("/data/facts/owners", "none", "the bodies whose consultation it is"));
        }
        self.document.as_ref().map_or(Ok(()), |document| document.check("/data/facts/document"))
    }

    fn about(&self) -> Vec<Subject> {
        let owners = self.owners.iter().map(|id| id.subject().clone());
        owners.chain(self.merger.iter().map(|merger| merger.subject().clone())).collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for gate in &self.gates {
            verdict.hard((case.rules.is_type)(gate), &GATES, &case.act.subject, || {
                (format!("\"{gate}\""), "a type of the catalogue, such as RecruitmentOpened".to_owned())
            });
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let closes = self.closes_at.day();
        let ordered = match (self.opens.exact(), closes.exact()) {
            (Some(opens), Some(closes)) if opens == closes => Certainty::Yes,
            _ => self.opens.is_before(&closes),
        };
        verdict.hard_if_certain(ordered, &ENDS_AFTER_IT_OPENS, &case.act.subject, || {
            (
                format!("it opens {} and closes {}", self.opens, self.closes_at),
                "an end after the start".to_owned(),
            )
        });
        judge_not_over(case, verdict);
        judge_end(case, verdict, closes.exact());
        let days = self.opens.earliest().zip(closes.exact()).map(|(first, last)| first.days_until(last));
        verdict.soft(days.is_none_or(|days| days >= SHORTEST_DAYS), &LENGTH, &case.act.subject, || {
            (format!("{} days", days.unwrap_or_default()), format!("{SHORTEST_DAYS} days or more"))
        });
        for owner in &self.owners {
            judge_open(case, verdict, owner, &self.opens);
        }
        let signs = |owner: &BodyId| {
            let need = Need::of(LEAD, vec![owner.clone()]);
            case.act.signatories.iter().any(|signatory| need.is_met_by(signatory))
        };
        let missing: Vec<_> =
            self.owners.iter().filter(|owner| !signs(owner)).map(ToString::to_string).collect();
        verdict.soft(missing.is_empty(), &ALL_SIGN, &case.act.subject, || {
            (format!("no signature for {}", missing.join(", ")), "a signature for each owner".to_owned())
        });
    }
}

/// What is announced can be announced otherwise, until it is over.
fn judge_not_over(case: &Case<'_>, verdict: &mut Verdict) {
    let known = known(case, &PDate::day(Date::LAST));
    let over = known.filter(|known| known.closed.is_some() || known.state.is_over());
    verdict.hard(over.is_none(), &NOT_AGAIN, &case.act.subject, || {
        let state = over.map_or(ConsultationState::Closed, |known| known.state);
        let needed = format!("another id; possible now: {}", state.possible());
        (format!("it is {} already", state.as_str()), needed)
    });
}

/// Asks that a consultation ends on a day on which somebody is there to take the last letters.
fn judge_end(case: &Case<'_>, verdict: &mut Verdict, last: Option<Date>) {
    verdict.soft(last.is_none_or(is_working_day), &WORKING_DAY, &case.act.subject, || {
        let day = last.map_or_else(String::new, |day| day.to_string());
        (format!("{day} is a weekend or a bank holiday"), "a working day in England".to_owned())
    });
}

impl Statement for ConsultationChanged {
    fn act_date(&self) -> Option<PDate> {
        Some(self.changed_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(LEAD)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let (ConsultationChange::Extended { reason, .. } | ConsultationChange::Withdrawn { reason }) =
            &self.change;
        if reason.shown().trim().is_empty() {
            return Err(Malformed::new("/data/facts/change", "no reason", "the reason, in words"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let known = known(case, &self.changed_on);
        judge_in_progress(case, verdict, known.as_ref());
        let Some(known) = known else { return };
        judge_owner(case, verdict, &known.opened);
        let ConsultationChange::Extended { closes_at, .. } = &self.change else { return };
        let later = closes_at.as_micros() > known.closes_at.as_micros();
        verdict.hard(later, &LATER, &case.act.subject, || {
            (format!("a new end at {closes_at}"), format!("later than {}", known.closes_at))
        });
        judge_end(case, verdict, closes_at.day().exact());
    }
}

impl Statement for ConsultationClosed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.closed_at.day())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(LEAD)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let known = known(case, &self.closed_at.day());
        judge_in_progress(case, verdict, known.as_ref());
        let Some(known) = known else { return };
        let in_time = self.closed_at.as_micros() >= known.closes_at.as_micros();
        verdict.hard(in_time, &CLOSED_IN_TIME, &case.act.subject, || {
            let possible = known.state.possible();
            let needed = format!("{} or later; possible now: {possible}", known.closes_at);
            (format!("closed at {}", self.closed_at), needed)
        });
        judge_owner(case, verdict, &known.opened);
        // Where responses are not recorded one by one, there is nothing to compare with.
        let recorded = known.responses.on_time;
        let agrees = recorded == 0 || self.on_time.is_none_or(|stated| u64::from(stated) == recorded);
        verdict.soft(agrees, &TOTALS, &case.act.subject, || {
            let stated = self.on_time.unwrap_or_default();
            (format!("{stated} on time"), format!("{recorded}, as recorded (ResponseRecorded)"))
        });
    }
}
