//! The rules that admit statements about partnerships.

use super::events::{
    MembershipMove, PartnershipChange, PartnershipChanged, PartnershipFormed, PartnershipKind,
    PartnershipMembershipChanged,
};
use super::state::{Partnership, PartnershipState, STATUTORY_SINCE, partnership, within_at_last};
use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{BodyKind, body, enacted, judge_known};
use crate::people::judge_person;
use crate::rules::rules;
use crate::{BodyId, Date, Malformed, PDate, PartnershipId, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    LIVE: Hard =
        "partnership.live",
        "A partnership changes after it was formed and before it is dissolved.",
        "principle: partnerships decide nothing; principle: step by step";
    WAS: Hard =
        "partnership.was",
        "Who renames or transforms a partnership cites the name or the kind that it has.",
        "principle: partnerships decide nothing";
    NO_CYCLE: Hard =
        "partnership.no-cycle",
        "A partnership is part of no partnership that is part of it.",
        "principle: partnerships decide nothing";
    STATUTORY: Soft =
        "partnership.statutory-joint",
        "From July 2022 an integrated care partnership is set up by a board and the councils of its area.",
        "Local Government and Public Involvement in Health Act 2007, section 116ZA, inserted by the Health and Care Act 2022";
    MEMBER_ONCE: Hard =
        "partnership.member-once",
        "A body joins a partnership with a status that it has not, and leaves one with a status that it has.",
        "principle: partnerships decide nothing";
}

const CONVENERS: &[Capacity] = &[Capacity::PartnershipSecretary, Capacity::Secretary];
const NHS_ENGLAND: &[Capacity] = &[Capacity::NhsEngland];

/// The partnership that an act is about, which has to be live on the day of the act.
fn judge_live(case: &Case<'_>, verdict: &mut Verdict, date: Option<&PDate>) -> Option<Partnership> {
    let day = date.map_or_else(|| Date::of(case.place.recorded), |date| case.last_day_of(date));
    let id = PartnershipId::of(&case.act.subject);
    let known = id.and_then(|id| partnership(case.record, &id, enacted(case.record, day)));
    let is_formed = known.as_ref().is_some_and(|known| known.formed.is_some());
    let state = known.as_ref().map(|known| known.state);
    verdict.hard(is_formed && state == Some(PartnershipState::Live), &LIVE, &case.act.subject, || {
        let (found, possible) = match state {
            Some(PartnershipState::Dissolved) => ("it is dissolved", "nothing more: form another one"),
            Some(PartnershipState::Forming) => ("it is still to be formed then", "a later day"),
            _ => ("no act forms it", "PartnershipFormed first"),
        };
        (found.to_owned(), format!("possible now: {possible}"))
    });
    known
}

impl Statement for PartnershipFormed {
    fn act_date(&self) -> Option<PDate> {
        self.formed_on.clone()
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(CONVENERS)]
    }

    fn about(&self) -> Vec<Subject> {
        let members = self.members.iter().map(|member| member.body.subject().clone());
        members.chain(self.components.iter().map(|part| part.subject().clone())).collect()
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        if self.name.trim().is_empty() {
            return Err(Malformed::new("/data/facts/name", "nothing", "the name of the partnership"));
        }
        let distinct: BTreeSet<_> = self.members.iter().map(|member| (&member.body, member.status)).collect();
        if distinct.len() != self.members.len() {
            let needed = "each body once with a status";
            return Err(Malformed::new("/data/facts/members", "a member twice", needed));
        }
        let itself = PartnershipId::of(subject).filter(|id| self.components.contains(id));
        let parts: BTreeSet<_> = self.components.iter().collect();
        if itself.is_some() || parts.len() != self.components.len() {
            let needed = "other partnerships, each once";
            return Err(Malformed::new("/data/facts/components", "itself, or one twice", needed));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for member in &self.members {
            judge_known(case, verdict, &member.body);
        }
        self.judge_statutory(case, verdict);
        for component in &self.components {
            judge_no_cycle(case, verdict, component, &PartnershipId::of(&case.act.subject));
        }
    }
}

impl PartnershipFormed {
    /// Asks of an integrated care partnership for the members that statute gives it.
    fn judge_statutory(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let day =
            self.formed_on.as_ref().map_or_else(|| Date::of(case.place.recorded), |on| case.last_day_of(on));
        if self.kind != PartnershipKind::IcpPartnership || day < STATUTORY_SINCE {
            return;
        }
        let view = enacted(case.record, day);
        let kinds: Vec<_> = self
            .members
            .iter()
            .filter_map(|member| body(case.record, &member.body, view).and_then(|known| known.kind()))
            .collect();
        let is_whole = kinds.contains(&BodyKind::Icb) && kinds.contains(&BodyKind::Council);
        verdict.soft(is_whole, &STATUTORY, &case.act.subject, || {
            let needed = "the board and each council of its area among the members".to_owned();
            ("no board, or no council, among its members".to_owned(), needed)
        });
    }
}

/// Asks that `inner` can be part of `outer`: following `outer` outwards never comes to `inner`.
fn judge_no_cycle(
    case: &Case<'_>,
    verdict: &mut Verdict,
    inner: &PartnershipId,
    outer: &Option<PartnershipId>,
) {
    let view = enacted(case.record, Date::of(case.place.recorded));
    let mut path = Vec::new();
    let mut next = outer.clone();
    while let Some(id) = next.filter(|id| !path.contains(id)) {
        next = within_at_last(case.record, &id, view);
        path.push(id);
    }
    verdict.hard(!path.contains(inner), &NO_CYCLE, &case.act.subject, || {
        let path: Vec<_> = path.iter().map(ToString::to_string).collect();
        (path.join(" within "), format!("a partnership that is not itself part of {inner}"))
    });
}

impl Statement for PartnershipChanged {
    fn act_date(&self) -> Option<PDate> {
        self.effective.clone()
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        match self.change {
            PartnershipChange::Designated { .. } => vec![Need::any(NHS_ENGLAND)],
            _ => vec![Need::any(CONVENERS)],
        }
    }

    fn about(&self) -> Vec<Subject> {
        match &self.change {
            PartnershipChange::Nested { within } => vec![within.subject().clone()],
            PartnershipChange::LeadNamed { person, .. } => vec![person.subject().clone()],
            _ => Vec::new(),
        }
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let PartnershipChange::LeadNamed { person, .. } = &self.change {
            judge_person(case, verdict, person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_live(case, verdict, self.effective.as_ref()) else { return };
        match &self.change {
            PartnershipChange::Renamed { was, .. } => {
                verdict.hard(*was == known.name, &WAS, &case.act.subject, || {
                    (format!("was: \"{was}\""), format!("was: \"{}\", its name until now", known.name))
                });
            }
            PartnershipChange::Transformed { was, .. } => {
                verdict.hard(Some(*was) == known.kind, &WAS, &case.act.subject, || {
                    let kind = known.kind.map_or("no kind", |kind| kind.as_str());
                    (format!("was: {}", was.as_str()), format!("was: {kind}, what it is until now"))
                });
            }
            PartnershipChange::Nested { within } => {
                judge_no_cycle(case, verdict, &known.id, &Some(within.clone()));
            }
            _ => {}
        }
    }
}

impl Statement for PartnershipMembershipChanged {
    fn act_date(&self) -> Option<PDate> {
        self.effective.clone()
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(CONVENERS)]
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.body.subject().clone()]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_known(case, verdict, &self.body);
        let Some(known) = judge_live(case, verdict, self.effective.as_ref()) else { return };
        let held = held_by(&known, &self.body);
        let has_it = held.contains(&self.status.as_str());
        verdict.hard(
            has_it == (self.change == MembershipMove::Left),
            &MEMBER_ONCE,
            &case.act.subject,
            || {
                let held = if held.is_empty() { "no member".to_owned() } else { held.join(", ") };
                let needed = match self.change {
                    MembershipMove::Joined => "a status that it has not yet",
                    MembershipMove::Left => "a status that it has",
                };
                (
                    format!("{} is {held}; {} as {}", self.body, self.change.as_str(), self.status.as_str()),
                    needed.to_owned(),
                )
            },
        );
    }
}

/// With which statuses a body belongs to a partnership.
fn held_by(known: &Partnership, body: &BodyId) -> Vec<&'static str> {
    let theirs = known.members.iter().filter(|member| member.body == *body);
    theirs.map(|member| member.status.as_str()).collect()
}
