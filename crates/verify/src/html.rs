//! A page as one HTML file: no scripts, nothing loaded from elsewhere, made to be printed on A4.

use crate::page::{Block, ReportPage, Tone};

const STYLE: &str = include_str!("report.css");

/// Writes a page as HTML.
pub fn to_html(page: &ReportPage) -> String {
    let tone = match page.tone {
        Tone::Pass => "pass",
        Tone::Open => "open",
        Tone::Fail => "fail",
        Tone::Plain => "plain",
    };
    let title = escape(&page.title);
    let style = STYLE.replace("FOOT", &css_string(&page.foot));
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <div class=\"lead {tone}\">\n"
    );
    for sentence in &page.lead {
        html.push_str(&format!("<p>{}</p>\n", escape(sentence)));
    }
    html.push_str("</div>\n");
    for section in &page.sections {
        html.push_str("<section>\n");
        if !section.title.is_empty() {
            html.push_str(&format!("<h2>{}</h2>\n", escape(&section.title)));
        }
        section.blocks.iter().for_each(|block| write_block(block, &mut html));
        html.push_str("</section>\n");
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn write_block(block: &Block, html: &mut String) {
    match block {
        Block::Words(words) => html.push_str(&format!("<p>{}</p>\n", escape(words))),
        Block::Facts(facts) => {
            html.push_str("<table class=\"facts\">\n<tbody>\n");
            for (name, value) in facts {
                html.push_str(&format!(
                    "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                    escape(&capitalised(name)),
                    escape(value)
                ));
            }
            html.push_str("</tbody>\n</table>\n");
        }
        Block::List(items) => {
            html.push_str("<ul>\n");
            items.iter().for_each(|item| html.push_str(&format!("<li>{}</li>\n", escape(item))));
            html.push_str("</ul>\n");
        }
        Block::Table { heads, rows } => write_table(heads, rows, html),
        Block::Verbatim(lines) => html.push_str(&format!("<pre>{}</pre>\n", escape(lines))),
    }
}

fn write_table(heads: &[String], rows: &[Vec<String>], html: &mut String) {
    html.push_str("<table>\n<thead>\n<tr>");
    for head in heads {
        html.push_str(&format!("<th scope=\"col\">{}</th>", escape(&capitalised(head))));
    }
    html.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            html.push_str(&format!("<td{}>{}</td>", class_of(cell), escape(cell)));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
}

/// Numbers stand to the right, a word or a moment is kept on its line, and words of a text are whole; a hash may be broken.
fn class_of(cell: &str) -> &'static str {
    let has_hash = cell.split_whitespace().any(|word| word.len() > UNBROKEN_MAX);
    if !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()) {
        " class=\"number\""
    } else if cell.len() <= LIST_MAX || (cell.len() <= UNBROKEN_MAX && !cell.contains(',')) {
        " class=\"short\""
    } else if has_hash {
        ""
    } else {
        " class=\"words\""
    }
}

/// The longest list that is kept on one line: the positions of two entries.
const LIST_MAX: usize = 12;

/// The longest cell that is kept on one line: a moment with its decimals.
const UNBROKEN_MAX: usize = 28;

fn capitalised(head: &str) -> String {
    let mut letters = head.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text within quotes in a style sheet, which it can't end (CSS Syntax Level 3, section 4.3.7).
pub fn css_string(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' | '<' | '>' | '&' | '\n' => escaped.push_str(&format!("\\{:x} ", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The text as HTML shows it, with line breaks kept. What stands in a book is somebody's input.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Section;

    #[test]
    fn nothing_that_a_book_says_becomes_markup() {
        let attack = "<script>alert(1)</script>\" onload='x'&";
        let blocks = vec![
            Block::words(attack),
            Block::facts(vec![("x", attack.to_owned())]),
            Block::List(vec![attack.to_owned()]),
            Block::table(&["x"], vec![vec![attack.to_owned()]], ""),
            Block::Verbatim(attack.to_owned()),
        ];
        let sections = vec![Section::new(attack, blocks)];
        let page = ReportPage {
            title: attack.to_owned(),
            lead: vec![attack.to_owned()],
            tone: Tone::Fail,
            sections,
            foot: format!("{attack}\n</style>"),
        };
        let html = to_html(&page);
        assert!(!html.contains("<script") && !html.contains("onload='"), "{html}");
        assert_eq!(html.matches("</style>").count(), 1, "{html}");
        assert!(!html.contains("http"), "nothing is loaded from elsewhere");
    }
}
