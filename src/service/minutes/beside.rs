//! What minutes tell beside the items of an agenda: what stands under none, and what was withdrawn.

use super::Sitting;
use crate::proto;
use crate::service::convert::text;
use crate::service::meetings::{UNLISTED, unlisted};
use minutebook_governance::actions::ActionAssigned;
use minutebook_governance::decisions::{Decision, DecisionRecorded};
use minutebook_governance::meetings::{MotionMoved, VoteTaken, is_same_item};
use minutebook_governance::{Sealable, Told, Withdrawn, withdrawn};

impl Sitting<'_> {
    /// What was withdrawn of this part, in the order of the book.
    pub(super) fn gone(&self) -> Vec<Withdrawn> {
        let mut gone = withdrawn(self.record, self.meeting.id.subject(), self.view);
        gone.retain(|it| self.would_tell(&it.told));
        gone
    }

    /// What was decided and voted on in this part under items that no agenda has.
    pub(super) fn unlisted(&self, decided: &[Decision]) -> Vec<proto::MinutedItem> {
        let references = unlisted(self.meeting, decided).into_iter();
        let of_part = references.filter(|reference| self.meeting.is_in(self.part, Some(reference)));
        of_part
            .map(|reference| {
                let is_of = |other: &str| is_same_item(other, &reference);
                let item_of = |it: &Decision| it.recorded.item.as_ref().map(|item| item.reference.clone());
                let votes = self.meeting.votes.iter().filter(|(_at, vote)| is_of(&vote.item));
                let decided = decided.iter().filter(|it| is_of(&item_of(it).unwrap_or_default()));
                proto::MinutedItem {
                    title: Some(text(&Sealable::Clear(UNLISTED.to_owned()))),
                    votes: votes.map(|(at, vote)| self.voted(*at, vote)).collect(),
                    decisions: decided.map(|decision| self.decision(decision)).collect(),
                    reference,
                    ..proto::MinutedItem::default()
                }
            })
            .collect()
    }
}

/// The item under which a statement stands.
pub(super) fn item_told(told: &Told) -> Option<&str> {
    let decided = || told.says::<DecisionRecorded>()?.item.as_ref().map(|item| item.reference.as_str());
    let voted = || told.says::<VoteTaken>().map(|said| said.item.as_str());
    let moved = || told.says::<MotionMoved>().map(|said| said.item.as_str());
    let assigned = || told.says::<ActionAssigned>()?.item.as_deref();
    decided().or_else(voted).or_else(moved).or_else(assigned)
}
