//! A report as a page: what it says, apart from whether it is shown as text or as HTML.

/// A page with a title and sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPage {
    /// What stands on top.
    pub title: String,
    /// What it is about, and what it comes to, in a sentence each.
    pub lead: Vec<String>,
    /// How the lead is to look.
    pub tone: Tone,
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// What stands at the foot of each printed sheet: what it is, and where from.
    pub foot: String,
}

/// What the result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It passes.
    Pass,
    /// It neither passes nor fails.
    Open,
    /// It fails.
    Fail,
    /// There is none: it tells.
    Plain,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Words.
    Words(String),
    /// Names and what they stand for.
    Facts(Vec<(String, String)>),
    /// A list of sentences.
    List(Vec<String>),
    /// Columns with headings; rows with as many cells.
    Table {
        /// The headings.
        heads: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
    /// Bytes that stand as they are.
    Verbatim(String),
}

impl Section {
    /// A section with these blocks.
    pub(crate) fn new(title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { title: title.into(), blocks }
    }
}

impl Block {
    pub(crate) fn words(words: impl Into<String>) -> Self {
        Block::Words(words.into())
    }

    pub(crate) fn facts(facts: Vec<(&str, String)>) -> Self {
        Block::Facts(facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A table, or a sentence where it has no rows.
    pub(crate) fn table(heads: &[&str], rows: Vec<Vec<String>>, empty: &str) -> Self {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        if rows.is_empty() { Block::words(empty) } else { Block::Table { heads, rows } }
    }
}
