//! The end of a body, and what it leaves: successors, no meeting that still sits, actions with an heir, a scheme for what
//! it owns.

use super::events::{OpeningBody, Transfer};
use crate::act::{Case, Need, REGULATOR, Statement};
use crate::actions::{ActionState, actions_of};
use crate::bodies::{
    BodyDissolved, BodyKind, DissolutionReason, body, check_others, enacted, judge_end_of_law, judge_ends,
    judge_open, last_day,
};
use crate::directions::imposed_on;
use crate::meetings::{MeetingState, meetings_of};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Date, Malformed, PDate, Record, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    SUCCESSOR_NAMED: Hard =
        "dissolution.successor",
        "A dissolution names who takes over the functions.",
        "NHS Act 2006, section 14H for CCGs, sections 14Z25(4) and 14Z28 for ICBs; principle: step by step";
    NO_MEETING_SITS: Soft =
        "ending.no-meeting-sits",
        "Every meeting of a body that was opened is closed in the book before the body ends: no law stops the end for it.",
        "principle: good minutes";
    ACTIONS_HAVE_HEIRS: Soft =
        "ending.actions-have-heirs",
        "Where several bodies follow one, each of its open actions is transferred to one of them.",
        "principle: step by step";
    DIRECTIONS_REVIEWED: Soft =
        "ending.directions-reviewed",
        "Directions that a body is under are reviewed before it ends: they end with it otherwise.",
        concat!(provisions!(directions), "; NHS England's procedures for mergers of CCGs");
    TRANSFER_SCHEMES: Soft =
        "reorganisation.transfer-schemes",
        "Property, staff and liabilities of a body that closes pass by a scheme; of an ICB all liabilities must.",
        "NHS Act 2006, section 14I (may) and 14Z21(11) for CCGs, section 14Z28(1) and (5) where an ICB follows or ends";
    TRANSFER_PARTIES: Hard =
        "reorganisation.transfer-parties",
        "What an ICB leaves passes to NHS England or to ICBs, what a CCG leaves to NHS England, CCGs or ICBs.",
        "NHS Act 2006, section 14I for CCGs, section 14Z28(2) to (5) for ICBs";
}

impl Statement for BodyDissolved {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGULATOR)]
    }

    fn needs_two_people(&self, _record: &Record) -> bool {
        true
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        check_others("/data/facts/successors", subject, &self.successors)
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        judge_open(case, verdict, &id, &last_day(&self.effective));
        let kind = kind_on(case, &id, &last_day(&self.effective));
        if let Some(kind) = kind {
            let by_statute = self.reason == DissolutionReason::Abolition;
            let by_order = self.reason == DissolutionReason::Order;
            judge_end_of_law(verdict, &case.act.subject, (kind, by_statute, by_order), &self.effective);
        }
        judge_ends(case, verdict, &id, &self.effective);
        verdict.hard(!self.successors.is_empty(), &SUCCESSOR_NAMED, &case.act.subject, || {
            ("no successor".to_owned(), "at least one body under successors, for its functions".to_owned())
        });
        for successor in &self.successors {
            judge_open(case, verdict, successor, &self.effective);
        }
        judge_left(case, verdict, &id, &self.effective, self.successors.len());
    }
}

/// What kind of body it is, as the book knows it on a day.
pub(super) fn kind_on(case: &Case<'_>, id: &BodyId, date: &PDate) -> Option<BodyKind> {
    body(case.record, id, enacted(case.record, case.last_day_of(date)))?.kind()
}

/// Judges what a body leaves to so many heirs when it ends on the day before `effective`.
pub(super) fn judge_left(
    case: &Case<'_>,
    verdict: &mut Verdict,
    id: &BodyId,
    effective: &PDate,
    heirs: usize,
) {
    let eve = enacted(case.record, case.last_day_of(&last_day(effective)));
    for imposed in imposed_on(case.record, id, eve).into_iter().filter(|imposed| imposed.lifted.is_none()) {
        verdict.soft(false, &DIRECTIONS_REVIEWED, id.subject(), || {
            let found = format!("{} of {id} is not lifted by {effective}", imposed.said.id);
            (
                found,
                "DirectionsChanged (lifted) before, and a condition of the approval for what is to go on"
                    .to_owned(),
            )
        });
    }
    let meetings = meetings_of(case.record, id, eve).into_iter();
    for sits in meetings.filter(|meeting| meeting.state == MeetingState::Open) {
        verdict.soft(false, &NO_MEETING_SITS, id.subject(), || {
            (
                format!("{} was opened, and nothing closes it", sits.id),
                format!("its end (MeetingClosed of {})", sits.id),
            )
        });
    }
    if heirs < 2 {
        return;
    }
    let actions = actions_of(case.record, id, eve).into_iter();
    let open: Vec<_> = actions
        .filter(|action| action.state == ActionState::Open)
        .map(|action| action.id.to_string())
        .collect();
    verdict.soft(open.is_empty(), &ACTIONS_HAVE_HEIRS, id.subject(), || {
        let needed = format!("each transferred to one of its {heirs} successors (ActionUpdated)");
        (format!("open: {}", open.join(", ")), needed)
    });
}

/// Asks that each scheme passes something, from one body to another.
pub(super) fn check_transfers(transfers: &[Transfer]) -> Result<(), Malformed> {
    let at = |index: usize, member: &str| format!("/data/facts/transfers/{index}/{member}");
    for (index, transfer) in transfers.iter().enumerate() {
        if transfer.kinds.is_empty() {
            return Err(Malformed::new(at(index, "kinds"), "none", "property, staff or liabilities"));
        }
        if transfer.from == transfer.to {
            return Err(Malformed::new(
                at(index, "to"),
                transfer.to.to_string(),
                "another body than under from",
            ));
        }
        transfer.schedule.iter().try_for_each(|schedule| schedule.check(&at(index, "schedule")))?;
    }
    Ok(())
}

/// Asks of each body that closes for a scheme that takes from it.
pub(super) fn judge_transfers(
    case: &Case<'_>,
    verdict: &mut Verdict,
    closing: &[BodyId],
    opening: &[OpeningBody],
    transfers: &[Transfer],
) {
    let from: BTreeSet<_> = transfers.iter().map(|transfer| &transfer.from).collect();
    for transfer in transfers {
        judge_parties(case, verdict, opening, transfer);
    }
    let without: Vec<_> = closing.iter().filter(|id| !from.contains(id)).map(ToString::to_string).collect();
    verdict.soft(without.is_empty(), &TRANSFER_SCHEMES, &case.act.subject, || {
        (format!("none from {}", without.join(", ")), "a scheme from each under transfers".to_owned())
    });
}

/// Asks that a scheme goes to whom the law lets it go. Where the book knows one of the two it judges that.
fn judge_parties(case: &Case<'_>, verdict: &mut Verdict, opening: &[OpeningBody], transfer: &Transfer) {
    let today = PDate::day(Date::of(case.place.recorded));
    let kind = |id: &BodyId| {
        let opens = opening.iter().find(|opening| opening.body == *id).map(|opening| opening.kind);
        opens.or_else(|| kind_on(case, id, &today))
    };
    let allowed: &[BodyKind] = match kind(&transfer.from) {
        Some(BodyKind::Icb) => &[BodyKind::National, BodyKind::Icb],
        Some(BodyKind::Ccg) => &[BodyKind::National, BodyKind::Ccg, BodyKind::Icb],
        _ => return,
    };
    let to = kind(&transfer.to);
    verdict.hard(to.is_none_or(|to| allowed.contains(&to)), &TRANSFER_PARTIES, &case.act.subject, || {
        let to = to.map_or("", BodyKind::as_str);
        let allowed: Vec<_> = allowed.iter().map(|kind| kind.as_str()).collect();
        (format!("{} of the kind {to}", transfer.to), format!("a body of the kind {}", allowed.join(" or ")))
    });
}
