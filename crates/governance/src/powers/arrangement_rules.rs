//! Arrangements of boards: with whom a board may have its functions exercised, and who signs that.

use crate::act::Case;
use crate::bodies::{BodyKind, body, enacted, judge_past_softly};
use crate::committees::{Delegate, DelegationGranted};
use crate::rules::rules;
use crate::{BodyId, Capacity, Verdict};

rules! {
    PARTIES: Hard =
        "delegation.arrangement",
        "A board arranges for its functions with an NHS body, a council or a combined authority, and both sign the terms.",
        "NHS Act 2006, section 65Z5(1) to (5), inserted by the Health and Care Act 2022, from 1 July 2022";
}

/// Those with whom a board may arrange; combined authorities are entered as councils.
const PARTIES_OF_BOARDS: [BodyKind; 4] =
    [BodyKind::Icb, BodyKind::Trust, BodyKind::National, BodyKind::Council];

impl DelegationGranted {
    /// Asks of a board's arrangement with another body that the law allows it, and that the other signs too.
    pub(super) fn judge_arrangement(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Delegate::Body(other) = &self.to else { return };
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let kind = |id: &BodyId| body(case.record, id, view).and_then(|body| body.kind());
        let (Some(BodyKind::Icb), Some(kind)) = (kind(&self.from), kind(other)) else { return };
        let signs = case.act.signatories.iter().any(|signatory| {
            signatory.body.as_ref() == Some(other)
                || (kind == BodyKind::National && signatory.capacity == Capacity::NhsEngland)
        });
        let allowed = PARTIES_OF_BOARDS.contains(&kind);
        judge_past_softly(case, verdict, allowed && signs, &PARTIES, || {
            let found = match allowed {
                true => format!("no signature for {other}"),
                false => format!("{other}, which is of the kind {}", kind.as_str()),
            };
            let needed =
                "a board, a trust, a council or a national body as the delegate, and a signature of each";
            (found, needed.to_owned())
        });
    }
}
