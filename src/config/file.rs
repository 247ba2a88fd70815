//! The file: TOML, read into keys and what is given for them, with the line of each.

use crate::config::ConfigFault;
use crate::settings::GivenValue;
use std::ops::Range;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// The most bytes that are read of a file.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What a file gives for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileValue {
    /// The key, with its table.
    pub(super) key: String,
    pub(super) given: GivenValue,
    /// The line of the key, from 1.
    pub(super) line: usize,
}

/// Reads a file: what it gives, and what in it is no value at all.
pub(super) fn read(path: &Path) -> (Vec<FileValue>, Vec<ConfigFault>) {
    let shown = path.display();
    let fault = |found: &dyn std::fmt::Display| {
        let needed = "a TOML file that this program may read, of at most 1 MiB";
        (Vec::new(), vec![ConfigFault::new(shown, "", found, needed)])
    };
    match std::fs::metadata(path) {
        Err(why) => return fault(&why),
        Ok(metadata) if metadata.len() > FILE_BYTES_MAX => {
            return fault(&format!("{} bytes", metadata.len()));
        }
        Ok(_small) => {}
    }
    match std::fs::read_to_string(path) {
        Err(why) => fault(&why),
        Ok(text) => parse(&text, path),
    }
}

/// Reads a file's text.
pub(super) fn parse(text: &str, path: &Path) -> (Vec<FileValue>, Vec<ConfigFault>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let at = |span: Range<usize>| format!("{}:{}", path.display(), line_of(text, span.start));
    let faults = errors.iter().map(|error| {
        let from = error.span().map_or_else(|| path.display().to_string(), at);
        ConfigFault::new(from, "", error.message(), "TOML (toml.io)")
    });
    let (mut values, mut faults) = (Vec::new(), faults.collect::<Vec<_>>());
    for (name, value) in table.get_ref() {
        let (line, here) = (line_of(text, name.span().start), at(name.span()));
        let name = name.get_ref();
        match value.get_ref() {
            DeValue::Table(inner) => {
                for (inner_name, value) in inner {
                    let here = at(inner_name.span());
                    let line = line_of(text, inner_name.span().start);
                    let key = format!("{name}.{}", inner_name.get_ref());
                    match given(value.get_ref()) {
                        Some(given) => values.push(FileValue { key, given, line }),
                        None => faults.push(no_value(&here, &key, value.get_ref())),
                    }
                }
            }
            other => match given(other) {
                Some(given) => values.push(FileValue { key: name.to_string(), given, line }),
                None => faults.push(no_value(&here, name, other)),
            },
        }
    }
    (values, faults)
}

fn no_value(from: &str, key: &str, found: &DeValue<'_>) -> ConfigFault {
    ConfigFault::new(
        from,
        key,
        format!("a TOML {}", found.type_str()),
        "a text, a whole number or a list of texts",
    )
}

/// A text, a number or a list of texts; nothing for anything else.
fn given(value: &DeValue<'_>) -> Option<GivenValue> {
    match value {
        DeValue::String(text) => Some(GivenValue::One(text.to_string())),
        DeValue::Integer(number) => Some(GivenValue::One(number.as_str().to_owned())),
        DeValue::Array(all) => {
            let texts = all.iter().map(|one| one.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(GivenValue::Several)
        }
        _ => None,
    }
}

/// The line in which a byte stands, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<FileValue>, Vec<String>) {
        let (values, faults) = parse(text, Path::new("m.toml"));
        (values, faults.iter().map(ConfigFault::to_string).collect())
    }

    #[test]
    fn each_value_has_its_key_and_its_line() {
        let (values, faults) = read(
            "# a book\ndir = 'book'\nlog_key = [\"a\", \"b\"]\n\n[limits]\n# few\nconnections = 1_000\nhead = \"20s\"\n",
        );
        assert_eq!(faults, Vec::<String>::new());
        let value = |key: &str, given, line| FileValue { key: key.to_owned(), given, line };
        let one = |text: &str| GivenValue::One(text.to_owned());
        let keys = GivenValue::Several(vec!["a".to_owned(), "b".to_owned()]);
        for expected in [
            value("dir", one("book"), 2),
            value("log_key", keys, 3),
            value("limits.connections", one("1000"), 7),
            value("limits.head", one("20s"), 8),
        ] {
            assert!(values.contains(&expected), "{expected:?} is not in {values:?}");
        }
        assert_eq!(values.len(), 4);
    }

    #[test]
    fn what_is_no_toml_or_no_value_is_told_with_its_line() {
        let (values, faults) =
            read("dir = 'book'\nlisten = 1.5\n[limits]\nhead = [1, 2]\nbody = true\n[limits.deep]\n");
        assert_eq!(values.len(), 1);
        for expected in [
            "m.toml:2: listen: found a TOML float",
            "m.toml:4: limits.head",
            "m.toml:5: limits.body",
            "limits.deep",
        ] {
            assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
        }
        let (_values, faults) = read("dir = 'book'\nlisten 127.0.0.1\n");
        assert!(faults.iter().any(|fault| fault.starts_with("m.toml:2: ")), "{faults:?}");
        let (_values, faults) = read("dir = 'a'\ndir = 'b'\n");
        assert!(faults.iter().any(|fault| fault.starts_with("m.toml:2: ")), "{faults:?}");
    }

    #[test]
    fn a_file_that_is_not_there_is_a_fault() {
        let (values, faults) = super::read(Path::new("/nowhere/m.toml"));
        assert!(
            values.is_empty() && faults[0].to_string().starts_with("/nowhere/m.toml: found No such file")
        );
    }
}
