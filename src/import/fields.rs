//! The cells of a register's row, each as what its column asks for; and what is wrong with one, in words: the column,
//! what stood there, what was probably meant.

use super::row::Problem;
use minutebook_governance::{BodyId, Date, PDate, Unit};

/// A row with the names of its columns.
pub(super) struct Fields<'a> {
    pub(super) columns: &'a [String],
    pub(super) record: &'a csv::StringRecord,
}

impl<'a> Fields<'a> {
    /// The text of a cell; nothing where it is empty or the table has no such column.
    pub(super) fn text(&self, column: &str) -> Option<&'a str> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.record.get(at).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Asks that no cell has a line break, or another character that no register has.
    pub(super) fn judge(&self) -> Result<(), Problem> {
        for (column, cell) in self.columns.iter().zip(self.record) {
            let Some(control) = cell.trim().chars().find(|c| c.is_control()) else { continue };
            return Err(match control {
                '\n' => Problem::of_form(
                    format!("{column}: a line break inside the cell"),
                    "the cell in one line",
                ),
                control => Problem::of_form(
                    format!("{column}: the character U+{:04X}", u32::from(control)),
                    "the cell without it",
                ),
            });
        }
        Ok(())
    }

    /// The text of a cell that can't be empty.
    pub(super) fn needed(&self, column: &str, what: &str) -> Result<&'a str, Problem> {
        self.text(column).ok_or_else(|| Problem::of_form(format!("{column}: an empty cell"), what))
    }

    /// A name, without the quotation marks that a word processor put around it.
    pub(super) fn name(&self, column: &str) -> Result<String, Problem> {
        let name = self.needed(column, "a name")?;
        let bare = [('\u{201c}', '\u{201d}'), ('\u{2018}', '\u{2019}'), ('"', '"')];
        let inner = bare.iter().find_map(|(open, close)| name.strip_prefix(*open)?.strip_suffix(*close));
        Ok(inner.unwrap_or(name).trim().to_owned())
    }

    /// A code, which no spreadsheet has read as a number.
    pub(super) fn code(&self, column: &str) -> Result<&'a str, Problem> {
        let code = self.needed(column, "a code, such as 00E")?;
        as_code(column, code)
    }

    /// The body with a code.
    pub(super) fn body(&self, column: &str) -> Result<BodyId, Problem> {
        body_id(column, self.code(column)?)
    }

    /// Units of area, apart by blanks or semicolons.
    pub(super) fn units(&self, column: &str) -> Result<Vec<Unit>, Problem> {
        let text = self.text(column).unwrap_or_default();
        let units = text.split([' ', ';']).filter(|unit| !unit.is_empty());
        let units = units.map(|unit| {
            let wrong = |_malformed| {
                Problem::of_form(
                    format!("{column}: \"{unit}\""),
                    "units apart by blanks, such as 04K 01Y/glossop",
                )
            };
            as_code(column, unit)?.parse().map_err(wrong)
        });
        units.collect()
    }

    /// A word of a closed list, whatever its capitals.
    pub(super) fn word<T: Copy>(
        &self,
        column: &str,
        all: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Result<T, Problem> {
        let words: Vec<_> = all.iter().map(|it| as_str(*it)).collect();
        let needed = format!("one of {}", words.join(", "));
        let word = self.needed(column, &needed)?;
        let found = all.iter().copied().find(|it| as_str(*it).eq_ignore_ascii_case(word));
        found.ok_or_else(|| {
            let meant = words.iter().find(|known| known.starts_with(&word.to_ascii_lowercase()));
            let meant = meant.map_or_else(String::new, |meant| format!(" (perhaps {meant})"));
            Problem::of_form(format!("{column}: \"{word}\""), format!("{needed}{meant}"))
        })
    }

    /// A day, where there is one.
    pub(super) fn day(&self, column: &str) -> Result<Option<Date>, Problem> {
        self.text(column).map(|text| as_day(column, text)).transpose()
    }

    /// A date, where there is one: a day, or two with a stroke between, `..` for a bound that is not known.
    pub(super) fn date(&self, column: &str) -> Result<Option<PDate>, Problem> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let Some((earliest, latest)) = text.split_once('/').filter(|_bounds| text.contains('-')) else {
            return as_day(column, text).map(|day| Some(PDate::day(day)));
        };
        let bound = |text: &str| match text.trim() {
            ".." | "" => Ok(None),
            day => as_day(column, day).map(Some),
        };
        Ok(Some(PDate::words(text, bound(earliest)?, bound(latest)?)?))
    }

    /// A date that can't be empty.
    pub(super) fn needed_date(&self, column: &str) -> Result<PDate, Problem> {
        let date = self.date(column)?;
        date.ok_or_else(|| Problem::of_form(format!("{column}: an empty cell"), A_DAY))
    }
}

const A_DAY: &str = "a day as YYYY-MM-DD, such as 2013-04-01";

/// The body with a code.
pub(super) fn body_id(column: &str, code: &str) -> Result<BodyId, Problem> {
    format!("body/{code}").parse().map_err(|_malformed| {
        Problem::of_form(format!("{column}: \"{code}\""), "a code of letters and digits, such as 00E")
    })
}

/// `00E` looks like nought to a spreadsheet.
fn as_code<'a>(column: &str, code: &'a str) -> Result<&'a str, Problem> {
    let is_number =
        code.contains(['.', '+']) && code.to_ascii_uppercase().contains('E') && code.parse::<f64>().is_ok();
    if is_number {
        return Err(Problem::of_form(
            format!("{column}: \"{code}\""),
            "the code as it was: a spreadsheet has turned a code such as 00E into a number; format the column as text",
        ));
    }
    Ok(code)
}

fn as_day(column: &str, text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_malformed| {
        let needed = match probably(text) {
            Meant::Day(day) => format!("the day as YYYY-MM-DD: {day}, if that is meant"),
            Meant::NoDay => "a day that the calendar has".to_owned(),
            Meant::Unknown => A_DAY.to_owned(),
        };
        Problem::of_form(format!("{column}: \"{text}\""), needed)
    })
}

/// Which day somebody meant.
enum Meant {
    Day(Date),
    /// It is written as a day, and there is none.
    NoDay,
    Unknown,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads a day as registers and spreadsheets write it: `01/04/2013`, `1-Apr-13`, `20130401`, `2013-04-01T00:00:00`.
fn probably(text: &str) -> Meant {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<_> = day.split(['/', '-', '.']).collect();
    let (year, month, day) = match parts.as_slice() {
        [whole] if whole.len() == 8 && whole.is_ascii() => (whole.get(..4), whole.get(4..6), whole.get(6..)),
        [year, month, day] if year.len() == 4 => (Some(*year), Some(*month), Some(*day)),
        [day, month, year] => (Some(*year), Some(*month), Some(*day)),
        _ => return Meant::Unknown,
    };
    let number = |text: Option<&str>| text?.parse::<u16>().ok();
    let named = |text: &str| MONTHS.iter().position(|month| text.to_ascii_lowercase().starts_with(month));
    let month = number(month).or_else(|| u16::try_from(named(month?)? + 1).ok());
    let (Some(year), Some(month), Some(day)) = (number(year), month, number(day)) else {
        return Meant::Unknown;
    };
    let year = if year < 100 { year + 2000 } else { year };
    format!("{year:04}-{month:02}-{day:02}").parse().map_or(Meant::NoDay, Meant::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        as_day("from", text).unwrap_err().needed
    }

    #[test]
    fn a_day_in_another_form_is_refused_with_the_day_that_was_probably_meant() {
        for text in ["01/04/2013", "1-Apr-13", "20130401", "2013-04-01T00:00:00", "1.4.2013"] {
            assert_eq!(wrong(text), "the day as YYYY-MM-DD: 2013-04-01, if that is meant", "{text}");
        }
        assert_eq!(wrong("2013-02-30"), "a day that the calendar has");
        assert_eq!(wrong("last week"), A_DAY);
        assert_eq!(as_day("from", "2013-04-01").unwrap().to_string(), "2013-04-01");
    }

    #[test]
    fn a_code_that_became_a_number_is_told() {
        assert!(as_code("code", "0.00E+00").unwrap_err().needed.contains("a spreadsheet has turned"));
        for code in ["00E", "1E2", "52R", "01Y/glossop"] {
            assert_eq!(as_code("code", code).unwrap(), code);
        }
    }
}
