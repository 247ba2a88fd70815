//! Tables: for people as wide as their terminal, for spreadsheets as CSV.

use super::lines::{data, line};
use anstream::adapter::strip_str;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use owo_colors::OwoColorize as _;
use std::io::{self, IsTerminal as _};

/// How much room a column takes beside its text.
const PADDING: usize = 2;

/// A table without lines, as wide as the terminal at most; where it is no terminal, as wide as it needs.
pub(crate) fn table<const N: usize>(
    titles: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    grid(titles.map(str::to_owned).into(), rows.into_iter().map(Vec::from).collect())
}

/// As [`table`], with as many columns as there are titles.
pub(crate) fn grid(titles: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let width = Table::new().width().filter(|_width| io::stdout().is_terminal());
    lay_out(titles, rows, width)
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
pub(crate) fn csv<const N: usize>(
    titles: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(titles)?;
    rows.into_iter().try_for_each(|row| table.write_record(row))?;
    Ok(data(&table.into_inner().map_err(|error| error.into_error())?)?)
}

fn lay_out(titles: Vec<String>, rows: Vec<Vec<String>>, width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    // Colours would count as width: they come after the columns are laid out.
    let plain = |row: Vec<String>| row.iter().map(|cell| strip_str(cell).to_string()).collect();
    let rows: Vec<Vec<String>> = rows.into_iter().map(plain).collect();
    let floors = width.map(|width| floors(&titles, &rows, usize::from(width)));
    table.set_header(titles);
    table.add_rows(rows);
    if let (Some(width), Some(floors)) = (width, floors) {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        table.set_constraints(floors.into_iter().map(|floor| {
            ColumnConstraint::LowerBoundary(Width::Fixed(u16::try_from(floor).unwrap_or(u16::MAX)))
        }));
    }
    let text = table.to_string();
    let mut lines = text.lines().map(str::trim_end);
    let header = lines.next().unwrap_or_default().dimmed().to_string();
    [header].into_iter().chain(lines.map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

/// How wide each column is at least, so that words stay whole; where they do not all fit beside each other, all but
/// the longest of them.
fn floors(titles: &[String], rows: &[Vec<String>], width: usize) -> Vec<usize> {
    let longest = |column: usize| {
        let cells = rows.iter().map(Vec::as_slice).chain([titles]).filter_map(|row| row.get(column));
        cells.flat_map(|cell| cell.split_whitespace()).map(|word| word.chars().count()).max().unwrap_or(0)
    };
    let longest: Vec<_> = (0..titles.len()).map(longest).collect();
    let fit = |most: &usize| longest.iter().map(|word| word.min(most) + PADDING).sum::<usize>() <= width;
    let most = (1..=width).rev().find(fit).unwrap_or(1);
    longest.into_iter().map(|word| word.min(most) + PADDING).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(width: Option<u16>) -> String {
        let titles = ["merger", "waits for", "entries"].map(str::to_owned).into();
        let row = ["nottinghamshire-2019", "the reorganisation (ReorganisationEffected)", "335 to 371"];
        strip_str(&lay_out(titles, vec![row.map(str::to_owned).into()], width)).to_string()
    }

    #[test]
    fn words_stay_whole_as_far_as_they_fit() {
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
        // Too narrow for every word: the short ones stay whole all the same.
        let narrower = laid_out(Some(40));
        assert!(!narrower.contains("(ReorganisationEffected)") && narrower.contains("335 to"), "{narrower}");
        assert!(narrower.lines().all(|line| line.chars().count() <= 40), "{narrower}");
    }
}
