//! What a value says, in pieces: words, and behind some of them what they mean, for whoever can follow it there.

use super::phrases::positions;
use std::fmt::{self, Display};

/// A piece of what a value says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// Something in the book, as it is called here.
    Thing {
        /// Its id: body/04K.
        id: String,
        /// How it is called.
        words: String,
    },
    /// Entries, by their positions.
    Entries(Vec<u64>),
}

/// What a value says. As text it is what a terminal shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell(Vec<Piece>);

impl Cell {
    /// Something by what it is called.
    pub fn thing(id: &str, words: String) -> Self {
        Self(vec![Piece::Thing { id: id.to_owned(), words }])
    }

    /// Entries by their positions.
    pub(super) fn entries(positions: Vec<u64>) -> Self {
        Self(if positions.is_empty() { Vec::new() } else { vec![Piece::Entries(positions)] })
    }

    /// Several, with words between them.
    pub(super) fn joined(cells: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut all = Self::default();
        for (i, cell) in cells.into_iter().enumerate() {
            all = if i == 0 { cell } else { all.and(Self::from(between)).and(cell) };
        }
        all
    }

    /// This, and behind it that.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Its pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self(if words.is_empty() { Vec::new() } else { vec![Piece::Words(words)] })
    }
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        Self::from(words.to_owned())
    }
}

impl Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Words(words) | Piece::Thing { words, .. } => f.write_str(words),
            Piece::Entries(entries) => f.write_str(&positions(entries)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reads_as_text_and_knows_what_it_means() {
        let bodies = ["body/04K", "body/04N"].map(|id| Cell::thing(id, id.replace("body/", "")));
        let cell = Cell::joined(bodies, ", ").and(Cell::from("; ")).and(Cell::entries(vec![3, 9]));
        assert_eq!(cell.to_string(), "04K, 04N; 3, 9");
        assert_eq!(
            cell.pieces().first(),
            Some(&Piece::Thing { id: "body/04K".to_owned(), words: "04K".to_owned() })
        );
        assert!(Cell::from("").is_empty() && Cell::entries(Vec::new()).is_empty());
        assert_eq!(Cell::joined([], ", "), Cell::default());
    }
}
