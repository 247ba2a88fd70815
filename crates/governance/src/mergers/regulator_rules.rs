//! The rules that admit the regulator's decisions and what becomes of conditions.

use super::events::{ConditionResolved, RegulatorDecisionRecorded, RegulatorOutcome, Resolution};
use super::stage::MergerState;
use super::steps::merger_of;
use crate::act::{Case, NHS_ENGLAND, Need, Statement};
use crate::rules::rules;
use crate::{Certainty, Malformed, PDate, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    SUBMITTED: Hard =
        "regulator.submitted",
        "The regulator decides on an application that is before it.",
        "NHS Act 2006, sections 14C and 14G(4), for CCGs; principle: step by step";
    CONDITIONS_LISTED: Hard =
        "regulator.conditions-listed",
        "A conditional approval lists its conditions, and no other decision has any.",
        "NHS England's procedures for mergers of CCGs";
    CONDITION_OPEN: Hard =
        "condition.open",
        "Only an open condition can be discharged, waived or failed.",
        "principle: step by step";
    CONDITION_IN_TIME: Soft =
        "condition.in-time",
        "A condition is met by the day that is set for it.",
        "NHS England's procedures for mergers of CCGs";
}

impl Statement for RegulatorDecisionRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.decided_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.reasons.shown().trim().is_empty() {
            return Err(Malformed::new("/data/facts/reasons", "nothing", "the reasons, in writing"));
        }
        let ids: BTreeSet<_> = self.conditions.iter().map(|condition| &condition.id).collect();
        if ids.len() != self.conditions.len() {
            return Err(Malformed::new("/data/facts/conditions", "an id twice", "each condition its own id"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let conditional = self.outcome == RegulatorOutcome::ApprovedWithConditions;
        verdict.hard(
            conditional != self.conditions.is_empty(),
            &CONDITIONS_LISTED,
            &case.act.subject,
            || {
                let found = format!("{} with {} conditions", self.outcome.as_str(), self.conditions.len());
                (found, "conditions with approved_with_conditions, and only then".to_owned())
            },
        );
        let Some(merger) = merger_of(case, verdict, &self.decided_on) else { return };
        let number = merger.applications.last().map(|(_position, application)| application.number);
        let before_it = merger.state == MergerState::Submitted && number == Some(self.number);
        verdict.hard(before_it, &SUBMITTED, &case.act.subject, || {
            let found = format!(
                "a decision on application {} while the merger is {}",
                self.number,
                merger.state.as_str()
            );
            let possible = merger.possible();
            (found, format!("an application that is submitted and not decided; possible now: {possible}"))
        });
    }
}

impl Statement for ConditionResolved {
    fn act_date(&self) -> Option<PDate> {
        Some(self.resolved_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(merger) = merger_of(case, verdict, &self.resolved_on) else { return };
        let is_over = merger.state == MergerState::Abandoned;
        let open = merger.conditions.iter().filter(|state| state.resolution.is_none() && !is_over);
        let open: Vec<_> = open.map(|state| state.condition.id.as_str()).collect();
        verdict.hard(open.contains(&self.condition.as_str()), &CONDITION_OPEN, &case.act.subject, || {
            let found =
                format!("condition \"{}\" while the merger is {}", self.condition, merger.state.as_str());
            let needed = match open.as_slice() {
                [] => format!("an open condition, and none is; possible now: {}", merger.possible()),
                open => format!("one of the open conditions (ConditionResolved): {}", open.join(", ")),
            };
            (found, needed)
        });
        let mut known = merger.conditions.iter().map(|state| &state.condition);
        let by = known.find(|known| known.id == self.condition).and_then(|known| known.by.as_ref());
        let is_met = self.resolution == Resolution::Discharged;
        let missed = by.filter(|by| is_met && by.is_before(&self.resolved_on) == Certainty::Yes);
        verdict.soft(missed.is_none(), &CONDITION_IN_TIME, &case.act.subject, || {
            let by = missed.map_or_else(String::new, ToString::to_string);
            let found = format!("condition \"{}\" discharged on {}", self.condition, self.resolved_on);
            (found, format!("{by} or earlier"))
        });
    }
}
