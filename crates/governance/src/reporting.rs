//! What becomes of a report that a hard rule would refuse in an act: it is found, and the finding lasts until a later entry
//! resolves it. Which rules have nothing to say of a report stands here, with the reason.

use crate::rulebook::force_of;
use crate::{Force, Rule};

/// What a hard rule makes of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfReport {
    /// It refuses it, as it does an act: it asks for the form, for who signs, or for what the book has to know.
    Refused,
    /// What it would refuse in an act is found of the report.
    Found,
    /// It is asked of all that is told together, by whomever, and found there.
    FoundTogether,
    /// It asks who signs an act: a report is signed by whoever loads it.
    OfSigners,
    /// It asks for what an act has to say or to cite: what a source lacks stays not stated.
    OfWhatSourcesLack,
}

impl OfReport {
    /// The words for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            OfReport::Refused => "refused",
            OfReport::Found => "found",
            OfReport::FoundTogether => "found of all that is told",
            OfReport::OfSigners => "not asked: it is of who signs",
            OfReport::OfWhatSourcesLack => "not asked: a source may not say",
        }
    }
}

/// The rules that make something else of a report than to find it.
const OTHERWISE: [(OfReport, &[&str]); 4] = [
    (
        OfReport::Refused,
        &["person.known", "intention.known-type", "consultation.gates-known-types", "audit.size"],
    ),
    (
        OfReport::FoundTogether,
        &[
            "body.area-overlap",
            "identifier.free",
            "office.one-holder",
            "membership.member",
            "membership.one-commissioner",
            "decision.binds-each",
            "meeting.public-excluded",
            "vote.conflicted",
            "vote.named",
            "vote.quorate",
            "vote.totals",
        ],
    ),
    (
        OfReport::OfSigners,
        &[
            "commissioner.decided-by-nhs-england",
            "commissioner.signs-for-itself",
            "action.signed-for",
            "interest.signed-for",
            "meeting.signed-for",
            "merger.abandoned-by-participant",
            "application.changed-by-applicant",
            "consultation.closed-by-owner",
            "appointment.approved",
            "appointment.by-body",
            "appointment.board-chair",
            "appointment.board-chief-executive",
            "appointment.board-member",
            "office.board-chair-removed",
            "committee.board-chair-approves",
            "delegation.arrangement",
        ],
    ),
    (
        OfReport::OfWhatSourcesLack,
        &[
            "nomination.decided-by-body",
            "appointment.refusal-reasons",
            "decision.urgent",
            "decision.mode-stated",
            "constitution.variation-decided",
            "governing-rules.decision",
            "committee.each-parent-decided",
            "delegation.permitted",
            "application.attachments",
            "regulator.conditions-listed",
            "dissolution.successor",
            "reorganisation.succession-whole",
            "own-record.document",
            "dissolution.law-of-its-day",
            "decision.outcome-fits-effect",
            "joint.leg-step",
        ],
    ),
];

/// The rules of keys, grants, corrections and notes refuse whoever breaks them.
const REFUSE_ANYBODY: [&str; 6] =
    ["authority.", "registrars.", "key.", "grant.", "correction.", "annotation."];

/// What a hard rule makes of a report; nothing for a soft one, which finds whatever it is asked of.
pub fn of_report(rule: &Rule) -> Option<OfReport> {
    if force_of(rule.id)? == Force::Soft {
        return None;
    }
    if REFUSE_ANYBODY.iter().any(|kind| rule.id.starts_with(kind)) {
        return Some(OfReport::Refused);
    }
    let otherwise = OTHERWISE.iter().find(|(_of, ids)| ids.contains(&rule.id));
    Some(otherwise.map_or(OfReport::Found, |(of, _ids)| *of))
}

/// The ids of the rules that are named here to make something else of a report than to find it.
pub fn named_otherwise() -> impl Iterator<Item = &'static str> {
    OTHERWISE.iter().flat_map(|(_of, ids)| ids.iter().copied())
}
