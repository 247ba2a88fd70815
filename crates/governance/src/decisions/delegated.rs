//! Decisions that somebody takes under a delegation, held against it.

use super::events::DecisionRecorded;
use crate::act::Case;
use crate::bodies::{enacted, judge_open};
use crate::committees::{Cover, covers};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, DelegationId, Verdict};

rules! {
    COVERED: HardIfCertain =
        "decision.delegation-covers",
        "A decision under a delegation is taken while it is in force, for a body that grants or has it, on a function that it names.",
        provisions!(functions);
    WITHIN_LIMIT: Hard =
        "decision.delegation-limit",
        "A decision under a delegation commits no more than the delegation's limit; one for several bodies no more than the limit of each.",
        provisions!(functions);
    STATED: Soft =
        "decision.delegation-stated",
        "A decision under a delegation says which function it exercises and, where there is a limit, how much it commits.",
        "principle: good minutes";
}

impl DecisionRecorded {
    /// Asks that the delegation under which it was taken covers it, as the book knows that by now: what is found out
    /// later changes nothing.
    pub(super) fn judge_delegated(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let (Some(delegated), Some(body)) = (&self.delegated_under, BodyId::of(&case.act.subject)) else {
            return;
        };
        let function = delegated.function.as_deref();
        let view = enacted(case.record, case.last_day_of(&self.decided_on));
        let cover = covers(case.record, &delegated.delegation, &body, function, &self.decided_on, view);
        verdict.hard_if_certain(cover.covers, &COVERED, &case.act.subject, || {
            let needed = format!(
                "{} (DelegationGranted), or the decision as the body's own, without delegated_under",
                cover.needed
            );
            (cover.found.clone(), needed)
        });
        if cover.covers != Certainty::No {
            self.judge_stated(case, verdict, &delegated.delegation, &cover);
        }
    }

    /// Asks of each other body for which a joint committee decides that it is open, and lets the committee decide this, on
    /// that function and for that much.
    pub(super) fn judge_decided_with(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.decided_on));
        let function = self.delegated_under.as_ref().and_then(|under| under.function.as_deref());
        for with in &self.decided_with {
            judge_open(case, verdict, &with.body, &self.decided_on);
            let Some(delegation) = &with.delegation else { continue };
            let cover = covers(case.record, delegation, &with.body, function, &self.decided_on, view);
            verdict.hard_if_certain(cover.covers, &COVERED, &case.act.subject, || {
                (cover.found.clone(), format!("{} (DelegationGranted)", cover.needed))
            });
            if cover.covers != Certainty::No {
                self.judge_stated(case, verdict, delegation, &cover);
            }
        }
    }

    /// Asks what is stated of the decision once, for every body: on which function, and how much it commits.
    fn judge_stated(&self, case: &Case<'_>, verdict: &mut Verdict, delegation: &DelegationId, cover: &Cover) {
        let under = self.delegated_under.as_ref();
        let (function, amount) =
            (under.and_then(|under| under.function.as_ref()), under.and_then(|under| under.amount_pounds));
        let over = cover.limit_pounds.zip(amount).filter(|(limit, amount)| amount > limit);
        verdict.hard(over.is_none(), &WITHIN_LIMIT, &case.act.subject, || {
            let (limit, amount) = over.unwrap_or_default();
            let found = format!("{amount} pounds under {delegation}, which goes up to {limit}");
            (found, format!("{limit} pounds at most, or a decision of the body itself"))
        });
        let lacks_amount = cover.limit_pounds.is_some() && amount.is_none();
        verdict.soft(function.is_some() && !lacks_amount, &STATED, &case.act.subject, || {
            let lack = if function.is_none() { "no function" } else { "no amount" };
            let needed =
                "delegated_under with the function and, where the delegation has a limit, amount_pounds";
            (format!("{lack} under {delegation}"), needed.to_owned())
        });
    }
}
