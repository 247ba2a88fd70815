//! What the entries of a meeting concern: its public part, its private part, or both.

use super::convening::{AgendaPublished, Part};
use super::minutes::{MinutesApproved, MinutesDrafted};
use super::motions::{MotionMoved, VoteTaken};
use super::sitting::InterestDeclared;
use super::state::Meeting;
use crate::Statement;
use crate::actions::ActionAssigned;
use crate::decisions::{DecisionRatified, DecisionRecorded};

impl Meeting {
    /// Whether something under an item belongs to a part. What is under none that the agenda has belongs to the private
    /// part, where there is one: nobody is shown by mistake what is private.
    pub fn is_in(&self, part: Part, item: Option<&str>) -> bool {
        match item.and_then(|reference| self.item(reference)) {
            Some((_place, item)) => item.part == part,
            None => part == Part::Private || !self.convened.parts.contains(&Part::Private),
        }
    }

    /// Whether a statement about the meeting concerns a part of it: what is under an item, that item's; drafts and
    /// approvals, that of the minutes; how it was called, held and attended, both.
    pub fn concerns(&self, part: Part, said: &dyn Statement) -> bool {
        self.told_under(part, said).unwrap_or(true)
    }

    /// Whether a statement speaks of a part by an item of it, or by its minutes: what was called, held and attended does not.
    pub fn names_items_of(&self, part: Part, said: &dyn Statement) -> bool {
        self.told_under(part, said).unwrap_or(false)
    }

    /// Whether what belongs to a part by its items or minutes belongs to this; nothing for what belongs to the whole.
    fn told_under(&self, part: Part, said: &dyn Statement) -> Option<bool> {
        let is_in = |item: &str| self.is_in(part, Some(item));
        let found = if let Some(said) = said.downcast::<MinutesDrafted>() {
            said.part == part
        } else if let Some(said) = said.downcast::<MinutesApproved>() {
            said.part == part
        } else if let Some(said) = said.downcast::<AgendaPublished>() {
            said.items.is_empty() || said.items.iter().any(|item| item.part == part)
        } else if let Some(said) = said.downcast::<InterestDeclared>() {
            said.items.iter().any(|item| is_in(item))
        } else if let Some(said) = said.downcast::<MotionMoved>() {
            is_in(&said.item)
        } else if let Some(said) = said.downcast::<VoteTaken>() {
            is_in(&said.item)
        } else if let Some(said) = said.downcast::<DecisionRecorded>() {
            self.is_in(part, said.item.as_ref().map(|item| item.reference.as_str()))
        } else if let Some(said) = said.downcast::<DecisionRatified>() {
            self.is_in(part, said.item.as_deref())
        } else if let Some(said) = said.downcast::<ActionAssigned>() {
            self.is_in(part, said.item.as_deref())
        } else {
            return None;
        };
        Some(found)
    }
}
