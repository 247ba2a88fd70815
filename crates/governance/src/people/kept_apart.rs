//! Offices that one person should not hold at once in one body: who runs it, and who watches over it.

use super::events::OfficerAppointed;
use super::holdings::holdings;
use super::office::Office;
use crate::act::Case;
use crate::bodies::enacted;
use crate::rules::rules;
use crate::{BodyId, Certainty, Verdict};

rules! {
    KEPT_APART: Soft =
        "office.kept-apart",
        "Who runs a body does not watch over it too: nobody is its accountable officer, chief executive or chief finance \
         officer, and its chair, deputy chair or lay member.",
        "SI 2012/1631, regulations 12(5) and 13(2) and (3) and Schedule 4, for CCGs until 13 April 2022; NHS Act 2006, Schedule 1B, paragraph 3(1), for chair and chief executive of an ICB; principle: good minutes";
}

const RUNS: [Office; 4] = [
    Office::AccountableOfficer,
    Office::ChiefExecutive,
    Office::ChiefFinanceOfficer,
    Office::FinanceDirector,
];
const WATCHES: [Office; 5] =
    [Office::Chair, Office::DeputyChair, Office::LayMember, Office::NonExecutive, Office::SeniorNonExecutive];

impl Office {
    /// The offices that its holder should not hold beside it.
    fn kept_apart_from(self) -> &'static [Office] {
        if RUNS.contains(&self) {
            &WATCHES
        } else if WATCHES.contains(&self) {
            &RUNS
        } else {
            &[]
        }
    }
}

impl OfficerAppointed {
    /// Asks whether the person holds an office at that time that is to be kept apart from this one.
    pub(crate) fn judge_kept_apart(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        for other in self.office.kept_apart_from() {
            let theirs = holdings(case.record, id, *other, view).into_iter();
            let mut theirs = theirs.filter(|held| held.person == self.person);
            let at_once = theirs
                .any(|held| held.overlaps(&self.effective, self.until.as_ref()) == Some(Certainty::Yes));
            verdict.soft(!at_once, &KEPT_APART, &case.act.subject, || {
                let found = format!("{} is {} too", self.person, other.as_str().replace('_', " "));
                (found, "another person, or an end of the other appointment (AppointmentEnded)".to_owned())
            });
        }
    }
}
