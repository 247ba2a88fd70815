//! A page as plain text, for a terminal and for a file that is kept.

use crate::page::{Block, ReportPage};

/// How many characters a line has at most, but for words that are longer.
const COLUMNS: usize = 100;

/// The part of a page that the last column has at least beside the others: one of so many.
const NAMES_SHARE: usize = 3;

/// Writes a page as text, as wide as a file of working papers is.
pub fn to_text(page: &ReportPage) -> String {
    to_text_within(page, COLUMNS)
}

/// Writes a page as text in lines of at most so many characters, but for words that are longer.
pub fn to_text_within(page: &ReportPage, columns: usize) -> String {
    let mut paper = Paper { text: String::new(), columns };
    paper.titled(&page.title, '=');
    for sentence in &page.lead {
        paper.text.push('\n');
        paper.wrap(sentence, 0);
    }
    for section in &page.sections {
        if !section.title.is_empty() {
            paper.text.push_str("\n\n");
            paper.titled(&section.title, '-');
        }
        for block in &section.blocks {
            paper.text.push('\n');
            paper.write_block(block);
        }
    }
    paper.text
}

/// What is written so far, and how wide it may be.
struct Paper {
    text: String,
    columns: usize,
}

impl Paper {
    /// A title, underlined as far as its first line goes.
    fn titled(&mut self, title: &str, under: char) {
        self.wrap(title, 0);
        let length = title.chars().count().min(self.columns);
        self.text.extend(std::iter::repeat_n(under, length));
        self.text.push('\n');
    }

    fn write_block(&mut self, block: &Block) {
        match block {
            Block::Words(words) => self.wrap(words, 0),
            Block::Facts(facts) => {
                let rows: Vec<_> =
                    facts.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
                self.write_rows(&rows);
            }
            Block::List(items) => {
                for item in items {
                    self.text.push_str("- ");
                    self.wrap(item, 2);
                }
            }
            Block::Table { heads, rows } => {
                let heads: Vec<String> = heads.iter().map(|head| head.to_uppercase()).collect();
                let mut all = vec![heads];
                all.extend(rows.iter().cloned());
                self.write_rows(&all);
            }
            Block::Verbatim(lines) => {
                for line in lines.lines() {
                    self.text.push_str(&format!("    {line}\n"));
                }
            }
        }
    }

    /// Columns as wide as what stands in them; the last one wraps. Where they leave it less than a third of the page, it
    /// begins on a line of its own.
    fn write_rows(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell: &String| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let before: usize = widths.iter().take(columns.saturating_sub(1)).map(|width| width + 2).sum();
        let is_narrow = before > self.columns - self.columns / NAMES_SHARE;
        for row in rows {
            let mut indent = 0;
            for (column, cell) in row.iter().enumerate() {
                if column + 1 == columns {
                    if is_narrow && columns > 1 {
                        self.text.truncate(self.text.trim_end_matches(' ').len());
                        self.text.push_str("\n  ");
                        indent = 2;
                    }
                    self.wrap(cell, indent);
                } else {
                    let width = widths.get(column).copied().unwrap_or(0);
                    self.text.push_str(&format!("{cell:width$}  "));
                    indent += width + 2;
                }
            }
        }
    }

    /// Writes words from column `indent` on, and ends the line; further lines begin there too.
    fn wrap(&mut self, words: &str, indent: usize) {
        for (number, line) in words.split('\n').enumerate() {
            if number > 0 {
                self.text.push_str(&" ".repeat(indent));
            }
            let mut column = indent;
            for word in line.split(' ') {
                let width = word.chars().count();
                if column > indent && column + 1 + width > self.columns {
                    self.text.push('\n');
                    self.text.push_str(&" ".repeat(indent));
                    column = indent;
                } else if column > indent {
                    self.text.push(' ');
                    column += 1;
                }
                self.text.push_str(word);
                column += width;
            }
            while self.text.ends_with(' ') {
                self.text.pop();
            }
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Section, Tone};

    fn page() -> ReportPage {
        let facts =
            vec![("a name of some length".to_owned(), "what is said of it, in several words".to_owned())];
        let sections = vec![Section { title: "Part".to_owned(), blocks: vec![Block::Facts(facts)] }];
        let title = "A title that is longer than a narrow page".to_owned();
        ReportPage { title, lead: Vec::new(), tone: Tone::Plain, sections, foot: String::new() }
    }

    #[test]
    fn a_page_is_as_wide_as_it_may_be() {
        for columns in [30, 40, 80, 100] {
            let text = to_text_within(&page(), columns);
            assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}: {text}");
        }
        assert!(to_text(&page()).contains("a name of some length  what is said of it, in several words\n"));
        assert!(to_text_within(&page(), 30).contains("a name of some length\n  what is said of it, in\n"));
    }
}
