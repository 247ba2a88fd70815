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

/// The most files that a tar may have: as many as the largest log that anybody will carry in one.
const MEMBERS_MAX: usize = 4_000_000;

/// Lists the regular files; folders are passed over.
///
/// # Errors
/// The reader's own; `InvalidData` for what is no tar, or has links, sparse files or long names, which no
/// published log has.
pub(crate) fn list(mut tar: impl Read + Seek) -> io::Result<Vec<TarMember>> {
    let mut members = Vec::new();
    let mut at = tar.seek(SeekFrom::Start(0))?;
    let end = tar.seek(SeekFrom::End(0))?;
    loop {
        let mut header = [0_u8; BLOCK as usize];
        tar.seek(SeekFrom::Start(at))?;
        tar.read_exact(&mut header)
            .map_err(|_short| refuse(format!("ends at byte {at} without an end mark")))?;
        if header.iter().all(|byte| *byte == 0) {
            return Ok(members);
        }
        let (kind, bytes) = check(&header, at)?;
        let offset = at + BLOCK;
        let next = bytes.checked_next_multiple_of(BLOCK).and_then(|padded| offset.checked_add(padded));
        let next = next.filter(|next| *next <= end);
        let next = next.ok_or_else(|| refuse(format!("the file at byte {at} goes on beyond the end")))?;
        match kind {
            b'0' | 0 => members.push(TarMember { path: path(&header, at)?, offset, bytes }),
            b'5' => {}
            b'x' | b'g' => check_extended(&mut tar, offset, bytes)?,
            other => {
                let kind = char::from(other).escape_debug();
                return Err(refuse(format!("byte {at}: a member of the type '{kind}'")));
            }
        }
        if members.len() > MEMBERS_MAX {
            return Err(refuse(format!("more than {MEMBERS_MAX} files")));
        }
        at = next;
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
    Ok(path.strip_prefix("./").map_or(path.clone(), str::to_owned))
}

/// Extended headers may say when a file was written, and must not rename or resize it: nothing here is that
/// long, and two readers of one tar must see the same files.
fn check_extended(tar: &mut (impl Read + Seek), offset: u64, bytes: u64) -> io::Result<()> {
    const EXTENDED_BYTES_MAX: u64 = 64 * 1024;
    let mut text = Vec::new();
    tar.seek(SeekFrom::Start(offset))?;
    tar.take(bytes.min(EXTENDED_BYTES_MAX)).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let changes = [" path=", " size=", " linkpath=", " GNU.sparse"].iter().any(|key| text.contains(key));
    if changes || bytes > EXTENDED_BYTES_MAX {
        return Err(refuse(format!("byte {offset}: an extended header that renames or resizes a file")));
    }
    Ok(())
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
            tar(&[("./log/", b'5', b""), ("./log/checkpoint", b'0', b"abc"), ("x", b'x', b"12 mtime=1\n")]);
        let members = list(Cursor::new(tar)).unwrap();
        assert_eq!(members, [TarMember { path: "log/checkpoint".to_owned(), offset: 1024, bytes: 3 }]);
    }

    #[test]
    fn what_two_readers_could_see_otherwise_is_refused() {
        for member in
            [("link", b'2', &b""[..]), ("long", b'L', b"name"), ("x", b'x', b"20 path=checkpoint\n")]
        {
            assert!(list(Cursor::new(tar(&[member]))).is_err(), "{member:?}");
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
