//! From where a question looks, and what it sees.

use crate::{Act, Certainty, Date, Finding, Speaker, Standing, Statement};
use minutebook_log::{Position, Subject, Timestamp};
use std::sync::Arc;

/// Which statements an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Acts, own records and registers.
    Enacted,
    /// Everything, with papers and the press beside.
    Reported,
}

/// Up to which day a view knows what there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownUntil {
    /// Whatever its day: whoever asks supposes that nothing more is to come.
    Onwards,
    /// To the day on which the last entry was recorded that it knows.
    LastEntry,
    /// To this day: by then nothing else was known.
    Day(Date),
}

/// From where a question looks: at which day in the world, with what the ledger knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The day in the world.
    pub as_at: Date,
    /// How many entries are known: those at positions below.
    pub known: u64,
    /// Which statements count.
    pub scope: Scope,
    /// How far the knowledge reaches, beyond which nothing is overdue and nothing has lapsed.
    pub until: KnownUntil,
}

impl View {
    /// Whether a date is on or before the view's day, for certain.
    pub fn is_past(&self, date: &crate::PDate) -> bool {
        date.is_by(self.as_at) == Certainty::Yes
    }

    /// Whether what holds from a date on may hold on the view's day. Without a date nothing speaks against it.
    pub fn may_be_past(&self, date: Option<&crate::PDate>) -> bool {
        date.is_none_or(|date| date.is_by(self.as_at) != Certainty::No)
    }

    /// The same view of another day.
    pub fn at(self, as_at: Date) -> Self {
        Self { as_at, ..self }
    }

    /// The same day as it was known when there were so many entries.
    pub fn as_known(self, known: u64) -> Self {
        Self { known, until: KnownUntil::LastEntry, ..self }
    }
}

/// An act as it was first recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The act.
    pub act: Arc<Act>,
    /// When the ledger took it.
    pub recorded: Timestamp,
    /// The soft rules that it broke when it was admitted.
    pub findings: Vec<Finding>,
}

/// A statement that a view can see: what it says, where, and with what standing.
#[derive(Debug, Clone)]
pub struct Told {
    /// The entry.
    pub position: Position,
    /// The entry of the last correction, if there was one.
    pub corrected_at: Option<Position>,
    /// With what right it speaks.
    pub standing: Standing,
    /// Who said it: a later statement of the same fact by the same speaker revises the earlier.
    pub speaker: Option<Speaker>,
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub statement: Arc<dyn Statement>,
    /// Whether it carries out the intention that is asked about.
    pub fulfils: bool,
}

impl Told {
    /// What it says, if it is of this type.
    pub fn says<T: Statement>(&self) -> Option<&T> {
        self.statement.downcast()
    }
}
