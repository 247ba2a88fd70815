//! Which files a tar holds, and where: the part of POSIX ustar that a published log needs. It is read here,
//! and not by a crate, because what an auditor builds from is to be small, and this is all of it.

use std::io::{self, Read, Seek, SeekFrom};

/// A regular file within a tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TarMember {
    /// Its path, without a leading `./`.
    pub(crate) path: String,
    /// Where its bytes begin in the tar.
    pub(crate) offset: u64,
    /// How many there are.
    pub(crate) bytes: u64,
}

const BLOCK: u64 = 512;

/// The most bytes of a name, or of a header that goes beyond one block.
const EXTENDED_BYTES_MAX: u64 = 64 * 1024;

/// The most files that a tar may have: as many as the largest log that anybody will carry in one.
const MEMBERS_MAX: usize = 4_000_000;

/// Lists the regular files; folders are passed over.
///
/// # Errors
/// The reader's own; `InvalidData` for what is no tar, or has links or sparse files, which no published log has, or
/// a file whose size or name is said twice.
pub(crate) fn list(mut tar: impl Read + Seek) -> io::Result<Vec<TarMember>> {
    let mut members = Vec::new();
    // What GNU's or POSIX's extension says that the next file is called, where its name has no room in a header.
    let mut long_name = None;
    let mut at = tar.seek(SeekFrom::Start(0))?;
    let end = tar.seek(SeekFrom::End(0))?;
    loop {
        let mut header = [0_u8; BLOCK as usize];
        tar.seek(SeekFrom::Start(at))?;
        tar.read_exact(&mut header)
            .map_err(|_short| refuse(format!("ends at byte {at} without an end mark")))?;
        if header.iter().all(|byte| *byte == 0) {
            return match long_name {
                Some(_name) => Err(refuse("ends after a name, without its file".to_owned())),
                None => Ok(members),
            };
        }
        let (kind, bytes) = check(&header, at)?;
        let offset = at + BLOCK;
        let next = bytes.checked_next_multiple_of(BLOCK).and_then(|padded| offset.checked_add(padded));
        let next = next.filter(|next| *next <= end);
        let next = next.ok_or_else(|| refuse(format!("the file at byte {at} goes on beyond the end")))?;
        match kind {
            b'0' | 0 => {
                let path = long_name.take().map_or_else(|| path(&header, at), Ok)?;
                members.push(TarMember { path: from_here(path), offset, bytes });
            }
            b'5' => long_name = None,
            b'L' | b'x' | b'g' => {
                let text = extended(&mut tar, offset, bytes)?;
                let name = if kind == b'L' { gnu_name(&text, offset)? } else { pax_name(&text, offset)? };
                match name {
                    Some(_name) if kind == b'g' || long_name.is_some() => {
                        return Err(refuse(format!(
                            "byte {at}: a name for several files, or a second one for one"
                        )));
                    }
                    Some(name) => long_name = Some(name),
                    None => {}
                }
            }
            other => {
                let name = long_name.take().map_or_else(|| path(&header, at), Ok)?;
                return Err(refuse(format!("byte {at}: {} is {}", name.escape_debug(), called(other))));
            }
        }
        if members.len() > MEMBERS_MAX {
            return Err(refuse(format!("more than {MEMBERS_MAX} files")));
        }
        at = next;
    }
}

/// What a member is that is neither a file nor a folder (POSIX.1-2017, pax, ustar interchange format).
fn called(kind: u8) -> String {
    match kind {
        b'1' => "a hard link: pack the files themselves (tar --hard-dereference)".to_owned(),
        b'2' => "a symbolic link: pack the files themselves (tar --dereference)".to_owned(),
        b'3' | b'4' => "a device".to_owned(),
        b'6' => "a pipe".to_owned(),
        b'S' => "a sparse file: pack it whole (tar without --sparse)".to_owned(),
        other => format!("a member of the type '{}'", char::from(other).escape_debug()),
    }
}

fn refuse(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not a tar of a published log: {what}"))
}

/// The type and size that a header states, if its checksum is right.
fn check(header: &[u8; 512], at: u64) -> io::Result<(u8, u64)> {
    let field = |from: usize, bytes: usize| header.get(from..from + bytes).unwrap_or_default();
    let stated = octal(field(148, 8));
    let blank = u64::from(b' ') * 8;
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    let without: u64 = field(148, 8).iter().map(|byte| u64::from(*byte)).sum();
    if stated != Some(sum - without + blank) {
        return Err(refuse(format!("byte {at} is no header; if it is compressed, unpack it first")));
    }
    let bytes = octal(field(124, 12)).ok_or_else(|| refuse(format!("byte {at}: a size that is none")))?;
    Ok((field(156, 1).first().copied().unwrap_or_default(), bytes))
}

fn octal(field: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    u64::from_str_radix(digits, 8).ok()
}

fn path(header: &[u8; 512], at: u64) -> io::Result<String> {
    let text = |from: usize, bytes: usize| {
        let field = header.get(from..from + bytes).unwrap_or_default();
        let field = field.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(field).map_err(|_not_utf8| refuse(format!("byte {at}: a name that is not UTF-8")))
    };
    let (name, prefix) = (text(0, 100)?, text(345, 155)?);
    let is_ustar = header.get(257..263) == Some(b"ustar\0");
    let path = if is_ustar && !prefix.is_empty() { format!("{prefix}/{name}") } else { name.to_owned() };
    Ok(path)
}

fn from_here(path: String) -> String {
    path.strip_prefix("./").map_or(path.clone(), str::to_owned)
}

/// What an extended header says.
fn extended(tar: &mut (impl Read + Seek), offset: u64, bytes: u64) -> io::Result<Vec<u8>> {
    if bytes > EXTENDED_BYTES_MAX {
        return Err(refuse(format!("byte {offset}: an extended header of {bytes} bytes")));
    }
    let mut text = Vec::new();
    tar.seek(SeekFrom::Start(offset))?;
    tar.take(bytes).read_to_end(&mut text)?;
    Ok(text)
}

/// A name as GNU tar writes it: up to a zero byte.
fn gnu_name(text: &[u8], offset: u64) -> io::Result<Option<String>> {
    let name = text.split(|byte| *byte == 0).next().unwrap_or_default();
    match std::str::from_utf8(name) {
        Ok(name) if !name.is_empty() => Ok(Some(name.to_owned())),
        _ => Err(refuse(format!("byte {offset}: a name that is empty or not UTF-8"))),
    }
}

/// The name among the records of a POSIX extended header, each `LENGTH KEY=VALUE` and a line feed (pax, "Extended Header").
/// Others may say when a file was written, and must not resize it: two readers of one tar must see the same files.
fn pax_name(text: &[u8], offset: u64) -> io::Result<Option<String>> {
    let malformed = || refuse(format!("byte {offset}: an extended header of another form"));
    let mut rest = std::str::from_utf8(text).map_err(|_not_utf8| malformed())?;
    let mut name = None;
    while !rest.is_empty() {
        let (length, _) = rest.split_once(' ').ok_or_else(malformed)?;
        let (record, after) = length
            .parse()
            .ok()
            .and_then(|bytes: usize| rest.split_at_checked(bytes))
            .ok_or_else(malformed)?;
        let record = record.strip_prefix(length).and_then(|record| record.strip_prefix(' '));
        let record = record.and_then(|record| record.strip_suffix('\n')).ok_or_else(malformed)?;
        match record.split_once('=').ok_or_else(malformed)? {
            ("path", path) if name.is_none() && !path.is_empty() => name = Some(path.to_owned()),
            ("path" | "size" | "linkpath", _) => {
                return Err(refuse(format!(
                    "byte {offset}: an extended header that resizes or links a file"
                )));
            }
            (key, _) if key.starts_with("GNU.sparse") => {
                return Err(refuse(format!("byte {offset}: a sparse file")));
            }
            _ => {}
        }
        rest = after;
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn header(name: &str, kind: u8, bytes: u64) -> Vec<u8> {
        let mut header = vec![0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{bytes:011o}").as_bytes());
        header[156] = kind;
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        header
    }

    fn tar(members: &[(&str, u8, &[u8])]) -> Vec<u8> {
        let mut tar = Vec::new();
        for (name, kind, bytes) in members {
            tar.extend(header(name, *kind, bytes.len() as u64));
            tar.extend(*bytes);
            tar.resize(tar.len().next_multiple_of(512), 0);
        }
        tar.resize(tar.len() + 1024, 0);
        tar
    }

    #[test]
    fn files_are_found_and_folders_passed_over() {
        let tar =
            tar(&[("./log/", b'5', b""), ("./log/checkpoint", b'0', b"abc"), ("x", b'x', b"11 mtime=1\n")]);
        let members = list(Cursor::new(tar)).unwrap();
        assert_eq!(members, [TarMember { path: "log/checkpoint".to_owned(), offset: 1024, bytes: 3 }]);
    }

    #[test]
    fn what_two_readers_could_see_otherwise_is_refused() {
        let file = ("short", b'0', &b"abc"[..]);
        let refused: [&[(&str, u8, &[u8])]; 8] = [
            &[("link", b'2', b"")],
            &[("long", b'L', b"name\0")],
            &[("long", b'L', b"\0"), file],
            &[("long", b'L', b"one\0"), ("x", b'x', b"12 path=two\n"), file],
            &[("x", b'x', b"12 size=900\n"), file],
            &[("x", b'x', b"999 path=two\n"), file],
            &[("g", b'g', b"12 path=two\n"), file],
            &[("x", b'x', b"22 GNU.sparse.major=1\n"), file],
        ];
        for members in refused {
            assert!(list(Cursor::new(tar(members))).is_err(), "{members:?}");
        }
        let link = list(Cursor::new(tar(&[("log/tile/000", b'2', b"")]))).unwrap_err().to_string();
        assert!(link.contains("log/tile/000 is a symbolic link: pack the files"), "{link}");
    }

    #[test]
    fn a_name_that_is_too_long_for_a_header_is_read_in_both_ways() {
        let long = format!("{}/checkpoint", "folder".repeat(30));
        let pax = format!("{} path={long}\n", long.len() + 10);
        assert_eq!(pax.len(), long.len() + 10);
        let gnu = format!("{long}\0");
        for member in [("././@LongLink", b'L', gnu.as_bytes()), ("./PaxHeaders/x", b'x', pax.as_bytes())] {
            let whole = tar(&[member, ("folderfolder", b'0', b"abc"), ("vkey", b'0', b"de")]);
            let members = list(Cursor::new(whole)).unwrap();
            let found: Vec<_> = members.iter().map(|member| (member.path.as_str(), member.bytes)).collect();
            assert_eq!(found, [(long.as_str(), 3), ("vkey", 2)]);
        }
    }

    #[test]
    fn no_byte_changed_or_cut_makes_it_panic() {
        let whole = tar(&[("checkpoint", b'0', b"abc"), ("vkey", b'0', b"def")]);
        for end in 0..whole.len() {
            let cut = list(Cursor::new(&whole[..end])).is_ok_and(|members| members.len() == 2);
            assert!(!cut || end >= 2048 + 512);
        }
        // The checksum itself may be padded in two ways.
        for at in (0..512).filter(|at| !(148..156).contains(at)) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            assert!(list(Cursor::new(flipped)).is_err(), "byte {at} of a header");
        }
    }
}
