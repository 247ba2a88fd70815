//! What a body has from others who say so: its names, its codes, what it is a part of, who came before and who follows.

use super::events::Code;
use super::passing::{SuccessionKind, SuccessionRecorded};
use crate::joined::Source;
use crate::{BodyId, PDate, Standing, Unit};
use minutebook_log::Position;

/// A name from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameHeld {
    /// The name.
    pub name: String,
    /// The first day; absent: since it opened.
    pub from: Option<PDate>,
    /// Where it is said.
    pub source: Source,
}

/// A body that another is a part of, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeHeld {
    /// The whole.
    pub body: BodyId,
    /// The first day; absent: since the part opened.
    pub from: Option<PDate>,
    /// Where it is said.
    pub source: Source,
}

/// A code with its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeHeld {
    /// The code.
    pub code: Code,
    /// Where it is said.
    pub source: Source,
}

/// One end of a succession.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The body at the other end.
    pub body: BodyId,
    /// How it follows, or was followed.
    pub kind: SuccessionKind,
    /// The successor's first day.
    pub effective: PDate,
    /// The units that pass, where they are named.
    pub units: Option<Vec<Unit>>,
    /// Where it is said; several where it is confirmed.
    pub sources: Vec<Source>,
}

impl Link {
    pub(super) fn new(body: BodyId, said: &SuccessionRecorded, source: Source) -> Self {
        let (kind, effective, units) = (said.kind, said.effective.clone(), said.units.clone());
        Self { body, kind, effective, units, sources: vec![source] }
    }

    /// The highest standing with which it is said.
    pub fn standing(&self) -> Option<Standing> {
        self.sources.iter().map(|source| source.standing).max()
    }

    /// Whether the body that it is of ends with it.
    pub(super) fn ends_the_first(&self) -> bool {
        self.kind != SuccessionKind::Absorption
    }

    pub(super) fn first_position(&self) -> Option<Position> {
        self.sources.iter().map(|source| source.position).min()
    }

    /// Whether the other can be the same succession, whatever its date.
    pub(super) fn is_like(&self, other: &Link) -> bool {
        let same_units = self.units.is_none() || other.units.is_none() || self.units == other.units;
        self.body == other.body && same_units
    }
}
