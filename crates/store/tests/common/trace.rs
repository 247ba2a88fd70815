//! What a traced process wrote, synced and said, in order, from the lines of strace
//! (`-f -y -xx`: every text and path in hexadecimal).

use std::collections::HashMap;
use std::path::PathBuf;

/// One thing that happened. What one thread did between the beginning and the end of another's call stands
/// between the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    /// Bytes were handed to the operating system: begun at this point, and ended with [`Happened::Ended`].
    Wrote { call: usize, path: PathBuf, at: u64, bytes: Vec<u8> },
    /// A file's sync was begun.
    SyncBegun { call: usize, path: PathBuf },
    /// A write or sync returned without an error.
    Ended { call: usize },
    /// A line went to the standard output, or wherever `write` went.
    Said(String),
}

/// Reads a whole trace.
pub(crate) fn parse(trace: &str) -> Vec<Happened> {
    let (mut happened, mut open) = (Vec::new(), HashMap::new());
    for (call, line) in trace.lines().enumerate() {
        let (thread, rest) = line.split_once(' ').unwrap();
        let rest = rest.trim_start();
        if rest.starts_with("<... ") {
            let begun: usize = open.remove(thread).expect("a call that was begun");
            happened.extend(is_ok(rest).then_some(Happened::Ended { call: begun }));
            continue;
        }
        let Some(begun) = parse_call(call, rest) else { continue };
        happened.push(begun);
        if rest.ends_with("<unfinished ...>") {
            open.insert(thread, call);
        } else {
            assert!(is_ok(rest), "call {call} of the trace failed: {:?}", rest.rsplit_once(')'));
            happened.push(Happened::Ended { call });
        }
    }
    happened
}

fn is_ok(line: &str) -> bool {
    line.rsplit_once(" = ").is_some_and(|(_call, returned)| !returned.starts_with('-'))
}

fn parse_call(call: usize, line: &str) -> Option<Happened> {
    let (name, arguments) = line.split_once('(')?;
    let (path, rest) = arguments.split_once('<')?.1.split_once('>')?;
    let path = PathBuf::from(String::from_utf8(unhex(path)).ok()?);
    match name {
        "fdatasync" | "fsync" => Some(Happened::SyncBegun { call, path }),
        "write" => Some(Happened::Said(String::from_utf8_lossy(&unhex(quoted(rest)?)).into_owned())),
        "pwrite64" => {
            let numbers = rest.rsplit_once('"')?.1.split([',', ')', ' ', '<']);
            let at = numbers.filter(|number| !number.is_empty()).nth(1)?.parse().ok()?;
            Some(Happened::Wrote { call, path, at, bytes: unhex(quoted(rest)?) })
        }
        other => panic!("{other} changes a file in a way that the replay does not know"),
    }
}

fn quoted(arguments: &str) -> Option<&str> {
    Some(arguments.split_once('"')?.1.split_once('"')?.0)
}

fn unhex(escaped: &str) -> Vec<u8> {
    let digits = escaped.split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}
