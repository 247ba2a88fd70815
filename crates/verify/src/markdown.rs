//! A page as Markdown (CommonMark, with the tables of GitHub Flavored Markdown), for whoever pastes it elsewhere.

use crate::page::{Block, ReportPage};

/// Writes a page as Markdown. What words mean to Markdown is escaped.
pub fn to_markdown(page: &ReportPage) -> String {
    let mut text = format!("# {}\n", escaped(&page.title));
    for sentence in &page.lead {
        text.push_str(&format!("\n{}\n", escaped(sentence)));
    }
    for section in &page.sections {
        if !section.title.is_empty() {
            text.push_str(&format!("\n## {}\n", escaped(&section.title)));
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
        Block::Words(words) => text.push_str(&format!("{}\n", lines(words, ""))),
        Block::Facts(facts) => {
            for (name, value) in facts {
                text.push_str(&format!("- **{}**: {}\n", escaped(name), lines(value, "  ")));
            }
        }
        Block::List(items) => {
            for item in items {
                text.push_str(&format!("- {}\n", lines(item, "  ")));
            }
        }
        Block::Table { heads, rows } => {
            let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            text.push_str(&row(heads.iter().map(|head| cell(head)).collect()));
            text.push_str(&row(heads.iter().map(|_head| "---".to_owned()).collect()));
            for cells in rows {
                text.push_str(&row(cells.iter().map(|of| cell(of)).collect()));
            }
        }
        Block::Verbatim(verbatim) => {
            // A fence longer than any within.
            let longest = verbatim.split(|other| other != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            text.push_str(&format!("{fence}\n{}\n{fence}\n", verbatim.trim_end_matches('\n')));
        }
    }
}

/// Words over several lines, each of which ends as it stands; those after the first are indented.
fn lines(words: &str, indent: &str) -> String {
    let lines: Vec<_> = words.split('\n').map(escaped).collect();
    lines.join(&format!("  \n{indent}"))
}

fn cell(words: &str) -> String {
    escaped(words).replace('\n', "<br>")
}

/// Words in which nothing is markup.
fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    let mut is_first = true;
    for character in words.chars() {
        let is_markup =
            matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&');
        // At the beginning of a line these would begin a list.
        let begins = is_first && matches!(character, '-' | '+' | '=');
        if is_markup || begins {
            text.push('\\');
        }
        text.push(character);
        is_first = character == '\n';
    }
    // So would a number with a point.
    let digits = text.find(|other: char| !other.is_ascii_digit()).unwrap_or(0);
    if digits > 0 && matches!(text.get(digits..digits + 1), Some("." | ")")) {
        text.insert(digits, '\\');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Section, Tone};

    #[test]
    fn every_block_has_its_markup_and_words_have_none() {
        let page = ReportPage {
            title: "Minutes of *all*".to_owned(),
            lead: vec!["1. is no list, and neither\n- is this".to_owned()],
            tone: Tone::Plain,
            foot: String::new(),
            sections: vec![Section::new(
                "GB/19/076  The [merger]",
                vec![
                    Block::words("RESOLVED to go on_"),
                    Block::facts(vec![("voting", "Ann\nBob <b>".to_owned())]),
                    Block::List(vec!["- one".to_owned()]),
                    Block::table(&["who", "what"], vec![vec!["a|b".to_owned(), "c\nd".to_owned()]], "none"),
                    Block::Verbatim("```\nkept *as it is*\n```\n".to_owned()),
                ],
            )],
        };
        let needed = "\
# Minutes of \\*all\\*

1\\. is no list, and neither
\\- is this

## GB/19/076  The \\[merger\\]

RESOLVED to go on\\_

- **voting**: Ann  
  Bob \\<b\\>

- \\- one

| who | what |
| --- | --- |
| a\\|b | c<br>d |

````
```
kept *as it is*
```
````
";
        assert_eq!(to_markdown(&page), needed);
    }
}
