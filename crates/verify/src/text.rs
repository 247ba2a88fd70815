//! A page as plain text, for a terminal and for a file that is kept.

use crate::page::{Block, ReportPage};

/// How many characters a line has at most, but for words that are longer.
const COLUMNS: usize = 100;

/// Writes a page as text.
pub fn to_text(page: &ReportPage) -> String {
    let mut text = format!("{}\n{}\n", page.title, "=".repeat(page.title.chars().count()));
    for sentence in &page.lead {
        text.push('\n');
        wrap(sentence, 0, &mut text);
    }
    for section in &page.sections {
        if !section.title.is_empty() {
            text.push_str(&format!("\n\n{}\n{}\n", section.title, "-".repeat(section.title.chars().count())));
        }
        for block in &section.blocks {
            text.push('\n');
            write_block(block, &mut text);
        }
    }
    text
}

fn write_block(block: &Block, text: &mut String) {
    match block {
        Block::Words(words) => wrap(words, 0, text),
        Block::Facts(facts) => {
            let rows: Vec<_> = facts.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
            write_rows(&rows, text);
        }
        Block::List(items) => {
            for item in items {
                text.push_str("- ");
                wrap(item, 2, text);
            }
        }
        Block::Table { heads, rows } => {
            let heads: Vec<String> = heads.iter().map(|head| head.to_uppercase()).collect();
            let mut all = vec![heads];
            all.extend(rows.iter().cloned());
            write_rows(&all, text);
        }
        Block::Verbatim(lines) => {
            for line in lines.lines() {
                text.push_str(&format!("    {line}\n"));
            }
        }
    }
}

/// Columns as wide as what stands in them; the last one wraps.
fn write_rows(rows: &[Vec<String>], text: &mut String) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell: &String| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut indent = 0;
        for (column, cell) in row.iter().enumerate() {
            if column + 1 == columns {
                wrap(cell, indent, text);
            } else {
                let width = widths.get(column).copied().unwrap_or(0);
                text.push_str(&format!("{cell:width$}  "));
                indent += width + 2;
            }
        }
    }
}

/// Writes words from column `indent` on, and ends the line; further lines begin there too.
fn wrap(words: &str, indent: usize, text: &mut String) {
    for (number, line) in words.split('\n').enumerate() {
        if number > 0 {
            text.push_str(&" ".repeat(indent));
        }
        let mut column = indent;
        for word in line.split(' ') {
            let width = word.chars().count();
            if column > indent && column + 1 + width > COLUMNS {
                text.push('\n');
                text.push_str(&" ".repeat(indent));
                column = indent;
            } else if column > indent {
                text.push(' ');
                column += 1;
            }
            text.push_str(word);
            column += width;
        }
        while text.ends_with(' ') {
            text.pop();
        }
        text.push('\n');
    }
}
