//! The rules of the register of interests.

use super::events::{BreachRecorded, InterestCeased, InterestKind, InterestRegistered};
use super::state::interest;
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, is_or_follows, judge_known, judge_open};
use crate::form;
use crate::people::judge_person;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Date, InterestId, Malformed, PDate, Verdict};
use minutebook_log::Subject;

rules! {
    IN_TIME: Soft =
        "interest.in-time",
        "An interest is declared within 28 days of the day on which its holder became aware of the conflict.",
        "NHS Act 2006, section 14O(3)(b) for CCGs, section 14Z30(3)(b) for ICBs; NHS England's guidance on conflicts of interest";
    REGISTERED: Hard =
        "interest.registered",
        "Only an interest that is in the register, and has not ceased, ceases.",
        provisions!(interests);
    CEASES_LATER: HardIfCertain =
        "interest.ceases-after-it-arose",
        "An interest ceases no earlier than it arose.",
        provisions!(interests);
    SIGNED_FOR: Hard =
        "interest.signed-for",
        "The end of an interest is recorded for a body in whose register it is, or for its successor.",
        "principle: each body for itself; principle: successors inherit";
}

/// In how many days an interest is declared.
pub(crate) const DECLARED_DAYS: u32 = 28;

impl Statement for InterestRegistered {
    fn act_date(&self) -> Option<PDate> {
        Some(self.declared_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.bodies.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        form::check_each_body_once("/data/facts/bodies", &self.bodies)?;
        if self.gift.is_some() != (self.kind == InterestKind::Gift) {
            let needed = "gift with the kind gift, and with no other";
            return Err(Malformed::new("/data/facts/gift", self.kind.as_str(), needed));
        }
        self.description.check_not_blank("/data/facts/description", "what the interest is")
    }

    fn about(&self) -> Vec<Subject> {
        let bodies = self.bodies.iter().map(BodyId::subject);
        bodies.chain([self.person.subject()]).cloned().collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for body in &self.bodies {
            judge_open(case, verdict, body, &self.declared_on);
        }
        let limit =
            self.aware_on.as_ref().and_then(PDate::latest).map(|aware| aware.plus_days(DECLARED_DAYS));
        let late = limit.zip(self.declared_on.earliest()).filter(|(limit, declared)| declared > limit);
        verdict.soft(late.is_none(), &IN_TIME, &case.act.subject, || {
            let limit = late.map_or_else(String::new, |(limit, _declared)| limit.to_string());
            (format!("declared on {}", self.declared_on), format!("{limit} or earlier"))
        });
    }
}

impl Statement for InterestCeased {
    fn act_date(&self) -> Option<PDate> {
        Some(self.ceased_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let known = InterestId::of(&case.act.subject)
            .and_then(|id| interest(case.record, &id, enacted(case.record, Date::LAST)));
        let lasts = known.as_ref().is_some_and(|known| known.ceased.is_none());
        verdict.hard(lasts, &REGISTERED, &case.act.subject, || {
            let found = if known.is_some() { "it has ceased already" } else { "no act registers it" };
            (found.to_owned(), "an interest of the register that lasts (InterestRegistered)".to_owned())
        });
        let Some(known) = known else { return };
        if let Some(arose) = &known.registered.arose_on {
            let ordered = self.ceased_on.is_before(arose).negated();
            verdict.hard_if_certain(ordered, &CEASES_LATER, &case.act.subject, || {
                (format!("an end on {}", self.ceased_on), format!("{arose} or later"))
            });
        }
        self.judge_signed_for(case, verdict, &known.registered.bodies);
    }
}

impl InterestCeased {
    fn judge_signed_for(&self, case: &Case<'_>, verdict: &mut Verdict, bodies: &[BodyId]) {
        let view = enacted(case.record, case.last_day_of(&self.ceased_on));
        let mut signed_for = case.act.signatories.iter().filter_map(|signatory| signatory.body.as_ref());
        let signed =
            signed_for.any(|signed| bodies.iter().any(|body| is_or_follows(case.record, signed, body, view)));
        verdict.hard(signed, &SIGNED_FOR, &case.act.subject, || {
            let listed: Vec<_> = bodies.iter().map(ToString::to_string).collect();
            let needed = format!("the secretary of {}, or of a body that follows", listed.join(" or "));
            ("signed for no body of its registers".to_owned(), needed)
        });
    }
}

impl Statement for BreachRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.recorded_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, BodyId::of(subject).into_iter().collect())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.summary.check_not_blank("/data/facts/summary", "what happened, without names")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let Some(id) = BodyId::of(&case.act.subject) {
            judge_known(case, verdict, &id);
        }
    }
}
