//! Which kinds of commissioners the law knew, and when: who makes them, under which provision.
//!
//! The law is data: a row for each kind. A body of 2019 is judged by 2019's law, whatever is in force today.

use super::events::{BodyKind, LegalBasis};
use crate::act::Case;
use crate::rules::rules;
use crate::{Certainty, Date, PDate, Verdict};
use minutebook_log::Subject;

rules! {
    OF_ITS_DAY: HardIfCertain =
        "body.law-of-its-day",
        "A CCG exists from 1 April 2013 until 30 June 2022, an ICB from 1 July 2022 on, each under a provision for its kind; of a report it is found.",
        "NHS Act 2006, sections 14A to 14D and 14G (until 30 June 2022), 14Z25 and 14Z27, inserted by the Health and Care Act 2022; SI 2022/734";
    ENDS_BY_LAW: HardIfCertain =
        "dissolution.law-of-its-day",
        "A CCG that the statute abolishes ends at the beginning of 1 July 2022; an ICB ends by an order of NHS England alone.",
        "NHS Act 2006, sections 14Z25 and 14Z27, inserted by the Health and Care Act 2022; SI 2022/734";
}

/// What the law says of one kind of commissioner.
struct KindLaw {
    kind: BodyKind,
    /// The first day on which one can exist.
    from: Date,
    /// The first day on which none exists any more; nothing while there are.
    until: Option<Date>,
    /// Under what one is established.
    bases: &'static [LegalBasis],
    /// The provisions, in words.
    provisions: &'static str,
}

static KINDS: [KindLaw; 2] = [
    KindLaw {
        kind: BodyKind::Ccg,
        from: Date::constant(2013, 4, 1),
        until: Some(BOARDS_BEGIN),
        bases: &[LegalBasis::S14D, LegalBasis::S14G, LegalBasis::Order],
        provisions: "s14D, s14G or order",
    },
    KindLaw {
        kind: BodyKind::Icb,
        from: BOARDS_BEGIN,
        until: None,
        bases: &[LegalBasis::S14Z25],
        provisions: "s14Z25",
    },
];

/// The day on which ICBs began and CCGs had ended.
const BOARDS_BEGIN: Date = Date::constant(2022, 7, 1);

/// Whether a date is the day on which the statute ended all CCGs.
pub(crate) fn groups_ended(date: &PDate) -> bool {
    date.exact() == Some(BOARDS_BEGIN)
}

fn law_of(kind: BodyKind) -> Option<&'static KindLaw> {
    KINDS.iter().find(|law| law.kind == kind)
}

impl KindLaw {
    /// Whether one can begin on whatever day `first` means.
    fn admits(&self, first: &PDate) -> Certainty {
        let begun = first.is_by(self.from.day_before()).negated();
        let over = self.until.map_or(Certainty::No, |until| first.is_by(until.day_before()).negated());
        begun.and(over.negated())
    }

    fn period(&self) -> String {
        match self.until {
            Some(until) => format!("from {} to {}", self.from, until.day_before()),
            None => format!("from {} on", self.from),
        }
    }
}

/// Asks that a body of this kind can begin on that day, under that provision where one is named. A report is not refused.
pub(crate) fn judge_law_of_day(
    case: &Case<'_>,
    verdict: &mut Verdict,
    subject: &Subject,
    (kind, basis): (BodyKind, Option<LegalBasis>),
    first: &PDate,
) {
    let Some(law) = law_of(kind) else { return };
    let fits_basis = basis.is_none_or(|basis| law.bases.contains(&basis));
    let holds = law.admits(first).and(fits_basis.into());
    let explain = || {
        let found = format!("a body of the kind {} from {first}", kind.as_str());
        (found, format!("{}, {}", law.period(), law.provisions))
    };
    match case.act.standing.is_report() {
        true => verdict.soft(holds != Certainty::No, &OF_ITS_DAY, subject, explain),
        false => verdict.hard_if_certain(holds, &OF_ITS_DAY, subject, explain),
    }
}

/// Asks that a body of this kind can end so on that day.
pub(crate) fn judge_end_of_law(
    verdict: &mut Verdict,
    subject: &Subject,
    (kind, by_statute, by_order): (BodyKind, bool, bool),
    effective: &PDate,
) {
    let holds = match kind {
        BodyKind::Ccg if by_statute => {
            let day = PDate::day(BOARDS_BEGIN);
            match effective.exact() {
                Some(effective) => (effective == BOARDS_BEGIN).into(),
                None if effective.agrees_with(&day) => Certainty::Unknown,
                None => Certainty::No,
            }
        }
        BodyKind::Icb => by_order.into(),
        _ => return,
    };
    verdict.hard_if_certain(holds, &ENDS_BY_LAW, subject, || {
        let needed = match kind {
            BodyKind::Icb => {
                "an order of NHS England (reason order; basis order, split, absorption)".to_owned()
            }
            _ => format!("the end on {BOARDS_BEGIN}, or another reason"),
        };
        (format!("an end on {effective} of a body of the kind {}", kind.as_str()), needed)
    });
}
