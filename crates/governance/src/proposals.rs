//! Proposals to merge: who takes part.

use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{Life, body, enacted};
use crate::{BodyId, Date, Malformed, MergerId, PDate, Record, Rule, Verdict, View};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

static TWO_OPEN_BODIES: Rule = Rule {
    id: "merger.two-open-bodies",
    says: "Two or more open bodies of one kind can propose to merge.",
    source: "NHS Act 2006, section 14G(1)",
};
static ANOTHER_PROPOSAL: Rule = Rule {
    id: "merger.another-proposal",
    says: "A body takes part in one live proposal at a time.",
    source: "domain 0, looser than section 2 says",
};

/// Bodies propose to become one. Subject: the merger. Repeating it revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergerProposed {
    /// The bodies that take part, at least two.
    pub participants: Vec<BodyId>,
    /// When it was proposed.
    pub proposed_on: PDate,
    /// A name for the successor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_name: Option<String>,
    /// The day on which it would take effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_effective: Option<PDate>,
    /// The options under discussion, in the source's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// A proposal as a view sees it: its last revision.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What was proposed.
    pub proposed: MergerProposed,
    /// The entries that proposed and revised it.
    pub why: Vec<Position>,
}

/// The proposal, if the view knows of it.
pub fn proposal(record: &Record, id: &MergerId, view: View) -> Option<Proposal> {
    let mut proposal: Option<Proposal> = None;
    for told in record.about(id.subject(), view) {
        if let Some(proposed) = told.says::<MergerProposed>() {
            let why = proposal.map_or_else(Vec::new, |earlier| earlier.why);
            let why = why.into_iter().chain([told.position]).collect();
            proposal = Some(Proposal { proposed: proposed.clone(), why });
        }
    }
    proposal
}

/// The proposals that a body takes part in.
pub fn proposals_of(record: &Record, id: &BodyId, view: View) -> Vec<MergerId> {
    let told = record.about(id.subject(), view);
    let ids: BTreeSet<_> = told
        .filter(|told| told.says::<MergerProposed>().is_some())
        .filter_map(|told| MergerId::of(&told.subject))
        .collect();
    ids.into_iter().collect()
}

const SECRETARY: &[Capacity] = &[Capacity::Secretary];

impl Statement for MergerProposed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.proposed_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.participants.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let distinct: BTreeSet<_> = self.participants.iter().collect();
        if distinct.len() != self.participants.len() {
            return Err(Malformed::new("/data/facts/participants", "a body twice", "each body once"));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        self.participants.iter().map(|id| id.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let day = self.proposed_on.earliest().unwrap_or_else(|| Date::of(case.place.recorded));
        let view = enacted(case.record, day);
        let open: Vec<_> = self
            .participants
            .iter()
            .filter_map(|id| body(case.record, id, view))
            .filter(|body| matches!(body.life(view), Life::Open | Life::Unknown))
            .collect();
        let kinds: BTreeSet<_> = open.iter().filter_map(|body| body.kind()).collect();
        let fits = open.len() == self.participants.len() && open.len() >= 2 && kinds.len() == 1;
        verdict.hard(fits, &TWO_OPEN_BODIES, &case.act.subject, || {
            let found = format!(
                "{} of {} open on {day}, of {} kinds",
                open.len(),
                self.participants.len(),
                kinds.len()
            );
            (found, "at least two, all open, all of one kind".to_owned())
        });
        for participant in &self.participants {
            let others = proposals_of(case.record, participant, view);
            let other = others.into_iter().find(|id| id.subject() != &case.act.subject);
            verdict.soft(other.is_none(), &ANOTHER_PROPOSAL, &case.act.subject, || {
                let id = other.map_or_else(String::new, |id| id.to_string());
                (format!("{participant} takes part in {id} too"), "one live proposal".to_owned())
            });
        }
    }
}
