//! Which bodies may set up a joint committee that binds them, by the dates of the law; and who can hold no
//! function at all.
//!
//! The law is data: a row for each period. A committee of 2013 is judged by 2013's law, whatever is in force
//! today.

use crate::bodies::BodyKind;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{Certainty, Date, PDate, PartnershipId, Verdict};
use minutebook_log::Subject;

rules! {
    PARTNERSHIP: Soft =
        "delegation.not-to-partnership",
        "A partnership cannot hold statutory functions: what is delegated to one has no effect in law.",
        concat!(provisions!(functions), "; principle: partnerships decide nothing");
}

/// Who may form a joint committee that binds its parents, in one period.
#[derive(Debug, PartialEq, Eq)]
pub struct JointLaw {
    /// The first day in force.
    pub from: Date,
    /// The first day not in force; nothing while it is.
    pub until: Option<Date>,
    /// The kinds of bodies that may be parents.
    pub parents: &'static [BodyKind],
    /// Of these kinds, one at least has to be among them.
    pub one_of: &'static [BodyKind],
    /// The provision.
    pub source: &'static str,
}

/// CCGs jointly, or CCGs with NHS England. Before it, representatives had to go back to their own bodies.
static CCGS: JointLaw = JointLaw {
    from: Date::constant(2014, 10, 1),
    until: Some(Date::constant(2022, 7, 1)),
    parents: &[BodyKind::Ccg, BodyKind::National],
    one_of: &[BodyKind::Ccg],
    source: "NHS Act 2006, sections 14Z3(2A) and 14Z9, as amended by SI 2014/2436",
};

/// NHS England with CCGs and other bodies, on functions of its own.
static NHS_ENGLANDS: JointLaw = JointLaw {
    from: Date::constant(2013, 4, 1),
    until: Some(Date::constant(2022, 7, 1)),
    parents: &[BodyKind::Ccg, BodyKind::National],
    one_of: &[BodyKind::National],
    source: "NHS Act 2006, section 13Z(2) and (4)",
};

/// ICBs, NHS England, trusts, and councils with them.
static RELEVANT_BODIES: JointLaw = JointLaw {
    from: Date::constant(2022, 7, 1),
    until: None,
    parents: &[BodyKind::Icb, BodyKind::National, BodyKind::Trust, BodyKind::Council],
    one_of: &[BodyKind::Icb, BodyKind::National, BodyKind::Trust],
    source: "NHS Act 2006, sections 65Z5 and 65Z6, inserted by the Health and Care Act 2022",
};

impl JointLaw {
    /// Every period that this software knows.
    pub fn all() -> [&'static JointLaw; 3] {
        [&CCGS, &NHS_ENGLANDS, &RELEVANT_BODIES]
    }

    /// What holds on a day; nothing where the law knows no joint committee.
    pub fn on(day: Date) -> Option<&'static JointLaw> {
        Self::all().into_iter().find(|law| law.from <= day && law.until.is_none_or(|until| day < until))
    }

    /// Whether bodies of these kinds may bind themselves by a joint committee on whatever day `date` means.
    pub fn allows(kinds: &[BodyKind], date: &PDate) -> Certainty {
        let each = Self::all().into_iter().filter(|law| law.fits(kinds)).map(|law| law.holds_on(date));
        each.fold(Certainty::No, Certainty::or)
    }

    fn fits(&self, kinds: &[BodyKind]) -> bool {
        kinds.len() >= 2
            && kinds.iter().all(|kind| self.parents.contains(kind))
            && kinds.iter().any(|kind| self.one_of.contains(kind))
    }

    fn holds_on(&self, date: &PDate) -> Certainty {
        let has_begun = date.is_by(self.from.day_before()).negated();
        let is_over = self.until.map_or(Certainty::No, |until| date.is_by(until.day_before()).negated());
        has_begun.and(is_over.negated())
    }
}

/// Raises the finding that functions are, or are to be, with a partnership.
pub(crate) fn judge_partnership_holds_nothing(
    verdict: &mut Verdict,
    subject: &Subject,
    partnership: Option<&PartnershipId>,
) {
    verdict.soft(partnership.is_none(), &PARTNERSHIP, subject, || {
        let found = partnership.map_or_else(String::new, |id| format!("functions to be held by {id}"));
        (found, "a body, one of its officers, or a committee as the delegate".to_owned())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(date: &str) -> PDate {
        PDate::day(date.parse().unwrap())
    }

    #[test]
    fn joint_committees_bind_from_october_2014_and_only_those_whom_the_law_names() {
        let ccgs = [BodyKind::Ccg, BodyKind::Ccg];
        let on = |date: &str| JointLaw::allows(&ccgs, &day(date));
        assert_eq!(
            [on("2014-09-30"), on("2014-10-01"), on("2022-06-30"), on("2022-07-01")],
            [Certainty::No, Certainty::Yes, Certainty::Yes, Certainty::No]
        );
        let year = PDate::words("2014", "2014-01-01".parse().ok(), "2014-12-31".parse().ok()).unwrap();
        assert_eq!(JointLaw::allows(&ccgs, &year), Certainty::Unknown);
        let with = |other| JointLaw::allows(&[BodyKind::Ccg, other], &day("2018-04-01"));
        assert_eq!(
            [with(BodyKind::National), with(BodyKind::Council), with(BodyKind::Partnership)],
            [Certainty::Yes, Certainty::No, Certainty::No]
        );
        let englands = |date: &str| JointLaw::allows(&[BodyKind::Ccg, BodyKind::National], &day(date));
        assert_eq!([englands("2013-03-31"), englands("2013-04-01")], [Certainty::No, Certainty::Yes]);
        let later = |kinds: &[BodyKind]| JointLaw::allows(kinds, &day("2023-04-01"));
        assert_eq!(later(&[BodyKind::Icb, BodyKind::Council]), Certainty::Yes);
        assert_eq!(later(&[BodyKind::Council, BodyKind::Council]), Certainty::No);
        assert_eq!(JointLaw::allows(&[BodyKind::Ccg], &day("2018-04-01")), Certainty::No);
    }
}
