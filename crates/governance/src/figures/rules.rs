//! The rules that admit figures and targets.

use super::events::{AttributeReported, Quantity, Stated, TargetOutcomeRecorded, TargetSet};
use super::state::target;
use crate::act::{ANYBODY, Capacity, Case, Need, Statement};
use crate::bodies::enacted;
use crate::rules::rules;
use crate::{Malformed, PDate, Scope, TargetId, Verdict, View};
use minutebook_log::Subject;

rules! {
    BASELINE: Soft =
        "target.baseline",
        "A target says what it is measured from.",
        "principle: good minutes";
    SET: Hard =
        "target.set",
        "What became of a target is said of one that was set.",
        "principle: good minutes";
}

const WHO_SETS: &[Capacity] = &[Capacity::NhsEngland, Capacity::Minister, Capacity::Secretary];

impl Quantity {
    /// A number or a bound, bounds the right way round, a unit. `at` is where it stands.
    pub(crate) fn check(&self, at: &str) -> Result<(), Malformed> {
        let has_any =
            [self.number, self.at_least, self.at_most].iter().any(Option::is_some) || self.written.is_some();
        if !has_any {
            return Err(Malformed::new(at, "nothing", "a number, a bound, or the words of the source"));
        }
        if self.at_least.zip(self.at_most).is_some_and(|(least, most)| least > most) {
            return Err(Malformed::new(at, "bounds the wrong way round", "at_least no greater than at_most"));
        }
        if self.unit.trim().is_empty() {
            return Err(Malformed::new(format!("{at}/unit"), "nothing", "of what it is a number"));
        }
        Ok(())
    }
}

fn check_about(about: &[Subject]) -> Result<(), Malformed> {
    if about.is_empty() {
        return Err(Malformed::new("/data/facts/about", "nobody", "whom or what it is about"));
    }
    Ok(())
}

impl Statement for AttributeReported {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn about(&self) -> Vec<Subject> {
        self.about.clone()
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        check_about(&self.about)?;
        match &self.value {
            Stated::Quantity(quantity) => quantity.check("/data/facts/value/quantity"),
            Stated::Names(names) if names.is_empty() => {
                Err(Malformed::new("/data/facts/value/names", "none", "at least one name"))
            }
            Stated::Text(text) if text.trim().is_empty() => {
                Err(Malformed::new("/data/facts/value/text", "nothing", "what is stated"))
            }
            _ => Ok(()),
        }
    }
}

impl Statement for TargetSet {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(WHO_SETS)]
    }

    fn about(&self) -> Vec<Subject> {
        self.about.clone()
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        check_about(&self.about)?;
        if let Some(baseline) = &self.baseline {
            baseline.check("/data/facts/baseline")?;
        }
        self.value.check("/data/facts/value")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        verdict.soft(self.baseline.is_some(), &BASELINE, &case.act.subject, || {
            ("no baseline".to_owned(), "what it is measured from".to_owned())
        });
    }
}

impl Statement for TargetOutcomeRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.known_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(WHO_SETS)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.reached.as_ref().map_or(Ok(()), |reached| reached.check("/data/facts/reached"))
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = View { scope: Scope::Reported, ..enacted(case.record, case.last_day_of(&self.known_on)) };
        let known = TargetId::of(&case.act.subject).and_then(|id| target(case.record, &id, view));
        verdict.hard(known.is_some(), &SET, &case.act.subject, || {
            ("a target that no entry sets".to_owned(), "TargetSet first".to_owned())
        });
    }
}
