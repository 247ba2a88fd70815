//! The rules that admit plans and statements, and ask of an act that it carries out what was intended.

use super::events::{IntentionRecorded, IntentionResolved, StatementRecorded};
use super::state::{IntentionState, OTHER, intention};
use crate::act::{ANYBODY, Case, Need, Statement};
use crate::bodies::enacted;
use crate::committees::judge_partnership_holds_nothing;
use crate::rules::rules;
use crate::{IntentionId, Malformed, PDate, PartnershipId, Verdict};
use minutebook_log::Subject;

rules! {
    FULFILLED: Soft =
        "intention.fulfilled",
        "What carries out an intention is of the type that was intended, and the intention is recorded.",
        "principle: plans are not facts";
    KNOWN_TYPE: Hard =
        "intention.known-type",
        "An intention intends a type of event, or other with words.",
        "principle: plans are not facts";
    OPEN: Hard =
        "intention.open",
        "What became of an intention is said of one that is recorded and that nothing has met or resolved yet.",
        "principle: plans are not facts";
    CONTRADICTS: Soft =
        "statement.contradiction",
        "What is said of one thing goes together.",
        "principle: hard and soft";
}

/// The type of event whose intention is held against who can have functions at all.
const DELEGATION: &str = "DelegationGranted";

/// Asks of what an act carries out that it was intended.
pub(crate) fn judge_fulfilled(case: &Case<'_>, verdict: &mut Verdict) {
    let view = crate::authority::now(case.record);
    for id in &case.act.fulfils {
        let known = intention(case.record, id, view);
        let fits = known.as_ref().is_some_and(|intention| {
            let intends = &intention.recorded.intends;
            intends == OTHER || intends == case.act.name
        });
        verdict.soft(fits, &FULFILLED, &case.act.subject, || {
            let found = known.map_or_else(
                || format!("{id}, which no entry records"),
                |known| format!("{id}, which intends {}", known.recorded.intends),
            );
            (found, format!("an intention of {}", case.act.name))
        });
    }
}

impl Statement for IntentionRecorded {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn about(&self) -> Vec<Subject> {
        self.about.clone()
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.about.is_empty() {
            return Err(Malformed::new("/data/facts/about", "nobody", "whom or what it concerns"));
        }
        if self.posts.iter().any(|post| post.count == 0) {
            return Err(Malformed::new("/data/facts/posts", "no post", "a count of at least 1"));
        }
        for (index, quantity) in self.quantities.iter().enumerate() {
            quantity.check(&format!("/data/facts/quantities/{index}"))?;
        }
        Ok(())
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for intends in [&self.intends].into_iter().chain(&self.gates) {
            let known = intends == OTHER || (case.rules.is_type)(intends);
            verdict.hard(known, &KNOWN_TYPE, &case.act.subject, || {
                (format!("\"{intends}\""), "a type of event, such as OfficerAppointed, or other".to_owned())
            });
        }
        if self.intends == DELEGATION {
            let partnership = self.about.iter().find_map(PartnershipId::of);
            judge_partnership_holds_nothing(verdict, &case.act.subject, partnership.as_ref());
        }
    }
}

impl Statement for StatementRecorded {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn about(&self) -> Vec<Subject> {
        self.about.clone()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        verdict.soft(self.contradicts.is_empty(), &CONTRADICTS, &case.act.subject, || {
            let others: Vec<_> = self.contradicts.iter().map(ToString::to_string).collect();
            (format!("\"{}\", against {}", self.text.shown(), others.join(", ")), "one of them".to_owned())
        });
    }
}

impl Statement for IntentionResolved {
    fn act_date(&self) -> Option<PDate> {
        Some(self.resolved_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.resolved_on));
        let known = IntentionId::of(&case.act.subject).and_then(|id| intention(case.record, &id, view));
        let is_open = known
            .as_ref()
            .is_some_and(|known| known.resolved.is_none() && known.state != IntentionState::Met);
        verdict.hard(is_open, &OPEN, &case.act.subject, || {
            let found = known.map_or_else(
                || "no entry records it".to_owned(),
                |known| format!("it is {}", known.state.as_str()),
            );
            let needed = "an intention that is open, or whose day has passed (IntentionRecorded), under its own id; what was said \
                wrongly is corrected (RecordCorrected)";
            (found, needed.to_owned())
        });
    }
}
