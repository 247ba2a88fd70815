//! The rules that admit responses, engagement, evaluation and the answer to those who were consulted.

use super::feedback::{
    ConsultationAnswered, EngagementHeld, EvaluationPublished, EvaluatorAppointed, ResponseRecorded,
};
use super::rules::{LEAD, judge_owner, known};
use super::state::{Consultation, ConsultationState, consultation};
use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::enacted;
use crate::decisions::{DecisionRecorded, Effect};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, ConsultationId, Malformed, PDate, Verdict};
use minutebook_log::Subject;

rules! {
    KNOWN: Hard =
        "consultation.known",
        "Responses, meetings, evaluations and answers belong to a consultation that an act opened.",
        "principle: step by step";
    INDEPENDENT: Hard =
        "consultation.evaluator-independent",
        "Who evaluates a consultation is no body whose consultation it is.",
        "principle: step by step";
    BY_OWNER: Hard =
        "consultation.considered-by-owner",
        "What a consultation said is considered by the bodies whose consultation it is, unless it was withdrawn.",
        concat!(provisions!(involvement), "; principle: each body for itself");
    NOT_ANSWERED: Hard =
        "consultation.evaluated-before-answer",
        "A consultation is evaluated before those who were consulted are answered, and unless it was withdrawn.",
        "principle: step by step";
    EVALUATED_AFTER: Hard =
        "consultation.evaluated-after-closing",
        "An evaluation is published once the consultation is closed.",
        "principle: step by step";
    ANSWERED_AFTER: Hard =
        "consultation.answered-after-considering",
        "Those who were consulted are answered once every body whose consultation it is has considered it.",
        "principle: step by step";
}

const EVALUATOR: &[Capacity] = &[Capacity::Evaluator, Capacity::ConsultationLead, Capacity::Secretary];

fn judge_known(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) -> Option<Consultation> {
    let known = known(case, date);
    verdict.hard(known.is_some(), &KNOWN, &case.act.subject, || {
        ("a consultation that no act opens".to_owned(), "its opening first (ConsultationOpened)".to_owned())
    });
    known
}

/// What a decision to consider a consultation is asked.
pub(crate) fn judge_considered(case: &Case<'_>, verdict: &mut Verdict) {
    let decision = case.act.statement.downcast::<DecisionRecorded>();
    let Some((decision, body)) = decision.zip(BodyId::of(&case.act.subject)) else { return };
    for effect in decision.effects() {
        if let Effect::FeedbackConsidered { consultation: id } = effect {
            judge_considered_by(case, verdict, decision, (id, &body));
        }
    }
}

fn judge_considered_by(
    case: &Case<'_>,
    verdict: &mut Verdict,
    decision: &DecisionRecorded,
    (id, body): (&ConsultationId, &BodyId),
) {
    let known = consultation(case.record, id, enacted(case.record, case.last_day_of(&decision.decided_on)));
    let is_withdrawn = known.as_ref().is_some_and(|it| it.state == ConsultationState::Withdrawn);
    let owns = known.as_ref().is_some_and(|it| it.opened.owners.contains(body));
    verdict.hard(owns && !is_withdrawn, &BY_OWNER, &case.act.subject, || match known {
        None => (format!("{id}, which no act opens"), "its opening first (ConsultationOpened)".to_owned()),
        Some(_known) if is_withdrawn => {
            let needed = "a consultation that went on; possible now: a decision without that effect";
            (format!("{id}, which was withdrawn"), needed.to_owned())
        }
        Some(known) => {
            let owners: Vec<_> = known.opened.owners.iter().map(ToString::to_string).collect();
            (
                format!("{body}, whose consultation {id} is not"),
                format!("a DecisionRecorded of {}", owners.join(" or ")),
            )
        }
    });
}

/// Asks that it is not too late to evaluate it.
fn judge_unanswered(case: &Case<'_>, verdict: &mut Verdict, known: &Consultation) {
    let over = matches!(known.state, ConsultationState::Answered | ConsultationState::Withdrawn);
    verdict.hard(!over, &NOT_ANSWERED, &case.act.subject, || {
        let needed = format!("a consultation that is not over; possible now: {}", known.state.possible());
        (format!("it is {}", known.state.as_str()), needed)
    });
}

impl Statement for ResponseRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.received_at.day())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(LEAD)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.reference.trim().is_empty() {
            return Err(Malformed::new("/data/facts/reference", "nothing", "a reference of the response"));
        }
        if self.count == Some(0) {
            return Err(Malformed::new("/data/facts/count", "0", "at least 1, or no count for a single one"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_known(case, verdict, &self.received_at.day());
    }
}

impl Statement for EngagementHeld {
    fn act_date(&self) -> Option<PDate> {
        Some(self.held_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(LEAD)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_known(case, verdict, &self.held_on);
    }
}

impl Statement for EvaluatorAppointed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.appointed_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(LEAD)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_known(case, verdict, &self.appointed_on) else { return };
        judge_owner(case, verdict, &known.opened);
        judge_unanswered(case, verdict, &known);
        let owner = self.body.as_ref().filter(|body| known.opened.owners.contains(body));
        verdict.hard(owner.is_none(), &INDEPENDENT, &case.act.subject, || {
            let body = owner.map_or_else(String::new, ToString::to_string);
            let needed = "somebody else: another body under body, or a name";
            (format!("{body}, whose consultation it is"), needed.to_owned())
        });
    }
}

impl Statement for EvaluationPublished {
    fn act_date(&self) -> Option<PDate> {
        Some(self.published_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(EVALUATOR)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.report.check("/data/facts/report")?;
        for (index, result) in self.results.iter().enumerate() {
            let total = result.support_percent.saturating_add(result.oppose_percent.unwrap_or_default());
            // Each share is rounded on its own.
            if total > 101 {
                let at = format!("/data/facts/results/{index}");
                return Err(Malformed::new(at, format!("{total} percent"), "shares of at most 100 percent"));
            }
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_known(case, verdict, &self.published_on) else { return };
        judge_unanswered(case, verdict, &known);
        // It may be published on the day on which the consultation closes.
        verdict.hard(known.state.is_closed(), &EVALUATED_AFTER, &case.act.subject, || {
            let needed = format!("a consultation that is closed; possible now: {}", known.state.possible());
            (format!("it is {}", known.state.as_str()), needed)
        });
    }
}

impl Statement for ConsultationAnswered {
    fn act_date(&self) -> Option<PDate> {
        Some(self.answered_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(LEAD)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.document.check("/data/facts/document")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_known(case, verdict, &self.answered_on) else { return };
        judge_owner(case, verdict, &known.opened);
        let considered = matches!(known.state, ConsultationState::Considered | ConsultationState::Answered);
        verdict.hard(considered, &ANSWERED_AFTER, &case.act.subject, || {
            let missing: Vec<_> = known.yet_to_consider().map(ToString::to_string).collect();
            let needed = format!(
                "a DecisionRecorded with feedback_considered by {}, once it is closed",
                missing.join(", ")
            );
            (format!("it is {}", known.state.as_str()), needed)
        });
    }
}
