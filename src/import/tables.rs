//! Rows of a CSV file, one at a time and bounded: a quotation mark that is left open must not swallow the file.

use super::lines::{ROW_BYTES_MAX, in_utf8, unreadable};
use super::row::Problem;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// A table: its columns, then its rows with the lines that they begin on.
pub(super) struct Rows<R> {
    reader: csv::Reader<Bounded<R>>,
    columns: usize,
    left: Rc<Cell<usize>>,
    ended: bool,
}

/// A reader that gives no more than is left until somebody says otherwise, and every end of a line as LF: old
/// spreadsheets end lines with CR alone.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<usize>>,
    after_cr: bool,
    ended_line: bool,
}

impl<R> Bounded<R> {
    /// Turns CR and CR LF into LF, in place; returns how many bytes are left.
    fn end_lines(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes.get(at).copied().unwrap_or_default();
            let is_second = byte == b'\n' && self.after_cr;
            self.after_cr = byte == b'\r';
            if let Some(place) = bytes.get_mut(kept).filter(|_place| !is_second) {
                *place = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = into.len().min(self.left.get());
        if room == 0 && !into.is_empty() {
            let what = format!("a row of more than {ROW_BYTES_MAX} bytes: is a quotation mark left open?");
            return Err(io::Error::other(what));
        }
        loop {
            let read = self.inner.read(into.get_mut(..room).unwrap_or_default())?;
            let kept = self.end_lines(into.get_mut(..read).unwrap_or_default());
            // An LF alone, after a CR that was the end of the line before, is nothing; nought would say that it is over.
            if kept > 0 {
                self.ended_line = into.get(kept - 1) == Some(&b'\n');
            } else if read == 0 && !self.ended_line {
                // The last line ends like all others, so that a row's first line can be told from its last.
                self.ended_line = true;
                return Ok(into.first_mut().map_or(0, |end| {
                    *end = b'\n';
                    1
                }));
            }
            if read == 0 || kept > 0 {
                self.left.set(self.left.get() - kept);
                return Ok(kept);
            }
        }
    }
}

impl<R: Read> Rows<R> {
    /// The columns, and the rows beneath them.
    pub(super) fn new(inner: R) -> Result<(Vec<String>, Self), Problem> {
        let left = Rc::new(Cell::new(ROW_BYTES_MAX));
        let reader = Bounded { inner, left: Rc::clone(&left), after_cr: false, ended_line: true };
        let mut reader = csv::ReaderBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .flexible(true)
            .from_reader(reader);
        let headers = reader.byte_headers().map_err(|error| of_csv(&error))?;
        let names: Vec<_> = headers.iter().map(<[u8]>::trim_ascii).map(in_utf8).collect::<Result<_, _>>()?;
        let columns = names.len();
        Ok((names, Self { reader, columns, left, ended: false }))
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = (u64, Result<csv::StringRecord, Problem>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = csv::ByteRecord::new();
        while !self.ended {
            self.left.set(ROW_BYTES_MAX);
            let before = self.reader.position().line();
            let read = self.reader.read_byte_record(&mut record);
            // Empty lines are passed over unsaid: where a row begins is told from where it ends.
            let breaks = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
            let began = (self.reader.position().line() - 1).saturating_sub(breaks).max(before);
            match read {
                // Nothing but blanks and commas is no row.
                Ok(true) if record.iter().all(|cell| cell.trim_ascii().is_empty()) => {}
                Ok(true) => return Some((began, self.row(&record))),
                Ok(false) => self.ended = true,
                Err(error) => {
                    self.ended = error.is_io_error();
                    return Some((before, Err(of_csv(&error))));
                }
            }
        }
        None
    }
}

impl<R> Rows<R> {
    fn row(&self, record: &csv::ByteRecord) -> Result<csv::StringRecord, Problem> {
        let cells = record.iter().map(<[u8]>::trim_ascii).map(in_utf8).collect::<Result<Vec<_>, _>>()?;
        if record.len() != self.columns {
            let broken = cells.iter().find(|cell| cell.contains('\n'));
            let needed = format!("{}, as there are columns", self.columns);
            return Err(match broken {
                Some(cell) => Problem::of_form(
                    format!("{} cells, one of which goes on over lines: \"{}\"", cells.len(), start_of(cell)),
                    format!("{needed}: is a quotation mark left open?"),
                ),
                None => Problem::of_form(format!("{} cells", cells.len()), needed),
            });
        }
        Ok(csv::StringRecord::from(cells))
    }
}

/// The first words of a cell.
fn start_of(cell: &str) -> String {
    cell.lines().next().unwrap_or_default().chars().take(40).collect()
}

fn of_csv(error: &csv::Error) -> Problem {
    match error.kind() {
        csv::ErrorKind::Io(error) => unreadable(error),
        _ => Problem::of_form(error.to_string(), "a row of a CSV file (RFC 4180)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_bear_the_line_that_they_begin_on() {
        let table = "\u{feff}code,name\r\n04K,\"two\nlines\"\r\n04N\r\n\r\n04L,last\r\n";
        let (columns, rows) = Rows::new(table.as_bytes()).unwrap();
        assert_eq!(columns, ["code", "name"]);
        let rows: Vec<_> = rows.map(|(line, row)| (line, row.map_err(|problem| problem.found))).collect();
        assert_eq!(rows[0], (2, Ok(csv::StringRecord::from(vec!["04K", "two\nlines"]))));
        assert_eq!(rows[1], (4, Err("1 cells".to_owned())));
        assert_eq!(rows[2], (6, Ok(csv::StringRecord::from(vec!["04L", "last"]))));
    }

    #[test]
    fn another_encoding_is_refused_in_its_row() {
        let (_columns, rows) = Rows::new(&b"code,name\n04K,Caf\xe9\n04L,last\n"[..]).unwrap();
        let rows: Vec<_> = rows.collect();
        assert!(rows[0].1.as_ref().unwrap_err().found.contains("0xe9"));
        assert!(rows[1].1.is_ok());
    }

    #[test]
    fn a_quotation_mark_that_is_left_open_does_not_swallow_the_file() {
        let table = format!("code,name\n04K,\"open{}", "\n04L,last".repeat(100_000));
        let (_columns, mut rows) = Rows::new(table.as_bytes()).unwrap();
        let (line, row) = rows.next().unwrap();
        assert_eq!(line, 2);
        assert!(row.unwrap_err().found.contains("quotation mark"));
        assert!(rows.next().is_none());
    }
}
