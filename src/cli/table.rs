//! Tables: for people as wide as their terminal, for spreadsheets as CSV.

use super::columns::{labelled_within, width};
use super::lines::{data, line};
use anstream::adapter::strip_str;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use owo_colors::OwoColorize as _;

/// How much room a column takes beside its text.
const PADDING: usize = 2;

/// How many lines a row of a table may take; with more, rows are told one beneath the other.
const ROW_LINES_MAX: usize = 6;

/// A table without lines, as wide as the terminal at most; where it is no terminal, as wide as it needs.
pub(crate) fn table<const N: usize>(
    titles: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    grid(titles.map(str::to_owned).into(), rows.into_iter().map(Vec::from).collect())
}

/// As [`table`], with as many columns as there are titles.
pub(crate) fn grid(titles: Vec<String>, rows: Vec<Vec<String>>) -> String {
    lay_out(titles, rows, width())
}

/// A table of what was found; where nothing was, the word for that.
pub(crate) fn rows<const N: usize>(
    titles: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> anyhow::Result<()> {
    let mut rows = rows.into_iter().peekable();
    Ok(line(if rows.peek().is_none() { "None.".to_owned() } else { table(titles, rows) })?)
}

/// The same for spreadsheets and programs (RFC 4180), and nothing else.
pub(crate) fn csv_of(titles: Vec<String>, rows: Vec<Vec<String>>) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(titles)?;
    rows.into_iter().try_for_each(|row| table.write_record(row))?;
    Ok(data(&table.into_inner().map_err(|error| error.into_error())?)?)
}

fn lay_out(titles: Vec<String>, rows: Vec<Vec<String>>, width: Option<usize>) -> String {
    // Colours would count as width: they come after the columns are laid out.
    let plain = |row: Vec<String>| row.iter().map(|cell| strip_str(cell).to_string()).collect();
    let rows: Vec<Vec<String>> = rows.into_iter().map(plain).collect();
    let floors = floors(&titles, &rows);
    if width.is_some_and(|width| floors.iter().sum::<usize>() > width) {
        return stacked(&titles, &rows, width);
    }
    let widths = width.map(|width| widths(&floors, &needs(&titles, &rows), width));
    // A text that has to stand in a narrow column is read more easily beneath what it is of.
    if widths.as_ref().is_some_and(|widths| rows.iter().any(|row| lines_of(row, widths) > ROW_LINES_MAX)) {
        return stacked(&titles, &rows, width);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(titles);
    table.add_rows(rows);
    if let Some(widths) = widths {
        let fixed = |width: usize| Width::Fixed(u16::try_from(width).unwrap_or(u16::MAX));
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_constraints(widths.into_iter().map(|width| ColumnConstraint::Absolute(fixed(width))));
    }
    let text = table.to_string();
    let mut lines = text.lines().map(str::trim_end);
    let header = lines.next().unwrap_or_default().dimmed().to_string();
    [header].into_iter().chain(lines.map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

/// How many lines a row takes at least in columns of these widths.
fn lines_of(row: &[String], widths: &[usize]) -> usize {
    let lines = |cell: &String, width: &usize| {
        let room = width.saturating_sub(PADDING).max(1);
        cell.lines().map(|line| line.chars().count().div_ceil(room)).sum()
    };
    row.iter().zip(widths).map(|(cell, width)| lines(cell, width)).max().unwrap_or_default()
}

/// How wide each column is at least, so that words, ids and dates stay whole.
fn floors(titles: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |column: usize| {
        let cells = rows.iter().map(Vec::as_slice).chain([titles]).filter_map(|row| row.get(column));
        cells.flat_map(|cell| cell.split_whitespace()).map(|word| word.chars().count()).max().unwrap_or(0)
    };
    (0..titles.len()).map(|column| longest(column) + PADDING).collect()
}

/// How wide each column would be on lines as long as they need.
fn needs(titles: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |column: usize| {
        let cells = rows.iter().map(Vec::as_slice).chain([titles]).filter_map(|row| row.get(column));
        cells.flat_map(|cell| cell.lines()).map(|line| line.chars().count()).max().unwrap_or(0)
    };
    (0..titles.len()).map(|column| longest(column) + PADDING).collect()
}

/// How wide each column is within so many characters: as wide as it needs to be, those that need least first; what need more
/// share what is left.
fn widths(floors: &[usize], needs: &[usize], width: usize) -> Vec<usize> {
    let mut widths = floors.to_vec();
    let mut left = width.saturating_sub(floors.iter().sum());
    let mut wanting: Vec<_> = (0..floors.len()).collect();
    let lacks = |column: &usize| {
        needs.get(*column).zip(floors.get(*column)).map_or(0, |(need, floor)| need.saturating_sub(*floor))
    };
    wanting.sort_by_key(lacks);
    for (place, column) in wanting.iter().enumerate() {
        let given = lacks(column).min(left / (wanting.len() - place));
        if let Some(width) = widths.get_mut(*column) {
            *width += given;
        }
        left -= given;
    }
    widths
}

/// Where the columns have no room beside each other, each row as lines: what its first column says, then the others, as far as
/// they say something.
fn stacked(titles: &[String], rows: &[Vec<String>], width: Option<usize>) -> String {
    let mut lines = Vec::new();
    for row in rows {
        let mut cells = titles.iter().zip(row);
        lines.extend(cells.next().map(|(_title, cell)| cell.bold().to_string()));
        let said = cells.filter(|(_title, cell)| !cell.is_empty());
        lines.extend(said.map(|(title, cell)| labelled_within(1, title, cell, width)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(width: Option<usize>) -> String {
        let titles = ["merger", "waits for", "entries"].map(str::to_owned).into();
        let row = ["nottinghamshire-2019", "the reorganisation (ReorganisationEffected)", "335 to 371"];
        strip_str(&lay_out(titles, vec![row.map(str::to_owned).into()], width)).to_string()
    }

    #[test]
    fn a_table_is_as_wide_as_there_is_room_and_breaks_between_words_alone() {
        assert_eq!(laid_out(None).lines().count(), 2, "what is no terminal gets whole lines");
        let narrow = laid_out(Some(60));
        assert!(
            narrow.contains("nottinghamshire-2019") && narrow.contains("(ReorganisationEffected)"),
            "{narrow}"
        );
        assert!(
            narrow.lines().all(|line| line.chars().count() <= 60) && narrow.lines().count() > 2,
            "{narrow}"
        );
    }

    #[test]
    fn columns_that_need_little_have_it_and_the_others_share_what_is_left() {
        assert_eq!(widths(&[4, 4, 4], &[4, 6, 100], 30), [4, 6, 20]);
        assert_eq!(widths(&[4, 4, 4], &[50, 6, 100], 31), [12, 6, 13]);
        assert_eq!(widths(&[4, 4], &[6, 6], 100), [6, 6], "no wider than they need");
    }

    #[test]
    fn a_row_that_would_be_tall_in_a_narrow_column_becomes_lines() {
        let shown = |words: usize| {
            let titles = ["meeting", "title"].map(str::to_owned).into();
            let row = ["notts-2019-07-04-in-common".to_owned(), "word ".repeat(words).trim_end().to_owned()];
            strip_str(&lay_out(titles, vec![row.into()], Some(40))).to_string()
        };
        assert!(shown(8).lines().next().unwrap().contains("meeting"), "{}", shown(8));
        let tall = shown(40);
        assert!(tall.starts_with("notts-2019-07-04-in-common\n  title           word"), "{tall}");
        assert_eq!(lines_of(&["one two".to_owned(), "x".repeat(30)], &[12, 12]), 3);
    }

    #[test]
    fn where_words_have_no_room_beside_each_other_a_row_becomes_lines() {
        let stacked = [
            "nottinghamshire-2019",
            "  waits for       the reorganisation",
            "                  (ReorganisationEffected)",
            "  entries         335 to 371",
        ];
        assert_eq!(laid_out(Some(45)), stacked.join("\n"));
    }
}
