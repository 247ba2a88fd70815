//! Lines of a file, one at a time: bounded, in UTF-8, whatever their ends.

use super::row::Problem;
use std::io::{self, BufRead, Read as _};

/// The most bytes that a row may have: an event has 48 KiB at most.
pub(super) const ROW_BYTES_MAX: usize = 64 * 1024;

/// What starts a file that says of itself that it is UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a reader with their numbers, from 1. Empty ones are left out.
pub(super) struct Lines<R> {
    reader: R,
    line: u64,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 0, ended: false }
    }

    /// The next line's bytes without its end; nothing at the end of the file.
    fn read(&mut self) -> io::Result<Option<Result<Vec<u8>, Problem>>> {
        let mut bytes = Vec::new();
        let limit = ROW_BYTES_MAX as u64 + 1;
        if (&mut self.reader).take(limit).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes.len() > ROW_BYTES_MAX && bytes.last() != Some(&b'\n') {
            self.reader.skip_until(b'\n')?;
            let found = format!("a line of more than {ROW_BYTES_MAX} bytes");
            return Ok(Some(Err(Problem::of_form(found, "one event a line, of 48 KiB at most"))));
        }
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        if self.line == 0 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(Some(Ok(bytes)))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = (u64, Result<String, Problem>);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let read = match self.read() {
                Ok(Some(read)) => read,
                Ok(None) => return None,
                Err(error) => {
                    self.ended = true;
                    Err(unreadable(&error))
                }
            };
            self.line += 1;
            let text = read.and_then(|bytes| in_utf8(&bytes));
            if !text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
                return Some((self.line, text));
            }
        }
        None
    }
}

/// A file that breaks off.
pub(super) fn unreadable(error: &io::Error) -> Problem {
    Problem::of_form(error.to_string(), "a file that can be read to its end")
}

/// Bytes as text.
pub(super) fn in_utf8(bytes: &[u8]) -> Result<String, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        Problem::of_form(
            format!("the byte 0x{byte:02x} at byte {} of it is no UTF-8", at + 1),
            "UTF-8; what spreadsheets and registers save is often Windows-1252: iconv -f WINDOWS-1252 -t UTF-8",
        )
    })?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn read(bytes: &[u8]) -> Vec<(u64, Result<String, String>)> {
        let lines = Lines::new(BufReader::with_capacity(7, bytes));
        lines.map(|(line, text)| (line, text.map_err(|problem| problem.found))).collect()
    }

    #[test]
    fn a_mark_at_the_start_and_ends_of_any_kind_are_no_text() {
        let read = read(b"\xef\xbb\xbfone\r\n\r\n  \ntwo\nthree");
        let said: Vec<_> = read.iter().map(|(line, text)| (*line, text.as_deref().unwrap())).collect();
        assert_eq!(said, [(1, "one"), (4, "two"), (5, "three")]);
    }

    #[test]
    fn another_encoding_is_refused_in_its_line_and_the_next_is_read() {
        let read = read(b"one\nCaf\xe9\nthree\n");
        assert_eq!(read[1], (2, Err("the byte 0xe9 at byte 4 of it is no UTF-8".to_owned())));
        assert_eq!(read[2], (3, Ok("three".to_owned())));
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let mut bytes = vec![b'x'; 10 * ROW_BYTES_MAX];
        bytes.extend(b"\nnext\n");
        let read = read(&bytes);
        assert!(read[0].1.as_ref().unwrap_err().contains("more than 65536 bytes"));
        assert_eq!(read[1], (2, Ok("next".to_owned())));
    }

    #[test]
    fn two_hundred_thousand_lines_are_read_one_at_a_time() {
        struct Endless(u64);
        impl io::Read for Endless {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let line = format!("{{\"line\":{}}}\n", self.0);
                self.0 += 1;
                if self.0 > 200_000 {
                    return Ok(0);
                }
                into[..line.len()].copy_from_slice(line.as_bytes());
                Ok(line.len())
            }
        }
        let lines = Lines::new(BufReader::with_capacity(64, Endless(0)));
        let longest = lines
            .map(|(_line, text)| text.unwrap().capacity())
            .fold((0, 0), |(n, most), now| (n + 1, most.max(now)));
        assert_eq!(longest.0, 200_000);
        assert!(longest.1 < 64, "{longest:?}");
    }
}
