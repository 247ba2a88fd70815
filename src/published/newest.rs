//! The checkpoint that was published last, held against the log.

use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{
    LogKeys, PublishedPath, Question, SignedCheckpoint, TreeHash, TreeSize, parse_signature_lines,
};
use std::borrow::Cow;

/// Whether this is what a full disk, or a copy that was broken off, has left of a checkpoint of the log `origin`, and nobody
/// has signed such bytes: they are no evidence of anything. What another log or another hand has written is left alone.
pub(crate) fn is_cut_short(bytes: &[u8], origin: &str) -> bool {
    signed_before_cut(bytes, origin).is_some_and(|signed| signed.is_empty())
}

/// What is left whole of a checkpoint of the log `origin` that is cut short: a note of which only a last signature line is
/// cut, or its end alone, or nothing. None where the bytes are not the beginning of a checkpoint, and where they are all of
/// one.
pub(super) fn signed_before_cut<'a>(bytes: &'a [u8], origin: &str) -> Option<Cow<'a, [u8]>> {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (whole, begun) = bytes.split_at_checked(end)?;
    let lines: Vec<_> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let are_ours = lines.iter().enumerate().all(|(at, line)| is_line(at, line, origin));
    if !are_ours || !is_begun(lines.len(), begun, origin) {
        return None;
    }
    // A signature of which the line's end is missing holds as any other does. One that is cut earlier is not padded.
    let ended = [begun, b"\n"].concat();
    if lines.len() >= TEXT_LINES && begun.ends_with(b"=") && is_line(lines.len(), &ended, origin) {
        return Some(Cow::Owned([whole, &ended].concat()));
    }
    match (lines.len() > TEXT_LINES, begun.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Cow::Borrowed(whole)),
        (false, _) => Some(Cow::Borrowed(&[])),
    }
}

/// The lines of a checkpoint before its signatures: origin, size, root, and the empty one.
const TEXT_LINES: usize = 4;

/// Whether a line, with its end, can stand in this place of a checkpoint.
fn is_line(at: usize, line: &[u8], origin: &str) -> bool {
    let Ok(text) = str::from_utf8(line) else { return false };
    let Some(words) = text.strip_suffix('\n') else { return false };
    match at {
        0 => words == origin,
        1 => words.parse::<TreeSize>().is_ok(),
        2 => words.parse::<TreeHash>().is_ok(),
        3 => words.is_empty(),
        _ => parse_signature_lines(text).is_ok(),
    }
}

/// Whether bytes can be the beginning of a line in this place; of a signature's, its dash, a name, and base64.
fn is_begun(at: usize, begun: &[u8], origin: &str) -> bool {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    match at {
        0 => origin.as_bytes().starts_with(begun),
        1 => begun.iter().all(u8::is_ascii_digit),
        2 => begun.len() <= TreeHash::EMPTY.to_string().len() && begun.iter().all(is_base64),
        3 => begun.is_empty(),
        _ => {
            let dash = "\u{2014} ".as_bytes();
            let Some(rest) = begun.strip_prefix(dash) else { return dash.starts_with(begun) };
            let mut parts = rest.splitn(2, |byte| *byte == b' ');
            let is_name = |byte: &u8| *byte > b' ' && *byte != b'+';
            parts.next().is_none_or(|name| name.iter().all(is_name))
                && parts.next().is_none_or(|signature| signature.iter().all(is_base64))
        }
    }
}

/// The published checkpoint, if the log, which has these keys and `log` entries, extends it.
///
/// # Errors
/// [`PublishError`]: it is another's, ahead of the log or of another history.
pub(super) fn check<S: LogSource>(
    folder: &Folder,
    source: &S,
    bytes: &[u8],
    keys: &LogKeys,
    log: TreeSize,
) -> Result<SignedCheckpoint, PublishError> {
    let path = folder.place(PublishedPath::Checkpoint);
    let not_ours = |why: String| PublishError::NotOurs { path, why };
    let published = match SignedCheckpoint::parse(bytes) {
        Ok(published) => published,
        Err(malformed) => return Err(not_ours(malformed.to_string())),
    };
    let key: Vec<_> = keys.at(published.unverified().head.size).into_iter().cloned().collect();
    if let Err(error) = published.verify(&key) {
        return Err(not_ours(error.to_string()));
    }
    let head = published.unverified().head;
    let path = folder.root().to_owned();
    if head.size > log {
        return Err(PublishError::Ahead { path, published: head.size, log });
    }
    let root = root_at(source, head.size)?;
    if root != head.root {
        return Err(PublishError::OtherHistory { path, size: head.size, published: head.root, log: root });
    }
    Ok(published)
}

/// The root of the log when it had this size.
///
/// # Errors
/// [`PublishError`] where the log could not be read.
pub(super) fn root_at<S: LogSource>(source: &S, size: TreeSize) -> Result<TreeHash, PublishError> {
    let question = Question::root(size);
    let hashes = source.hashes(&question.needs())?;
    let root = question.answer(&hashes).map_err(|error| PublishError::Source(error.to_string()))?;
    Ok(root.first().copied().unwrap_or(TreeHash::EMPTY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::{LogKey, SecretKey, TreeHead};
    use std::sync::Arc;

    const NAME: &str = "minutebook.example/story";

    /// A checkpoint that the log and somebody else have signed: how far the log's part goes, and all of it.
    fn cosigned() -> (usize, String) {
        let head = TreeHead { size: TreeSize(12), root: TreeHash::leaf(b"root") };
        let signed = |name: &str, seed| {
            LogKey::new(name.parse().unwrap(), Arc::new(SecretKey::from_seed(&[seed; 32]))).sign(head)
        };
        let (ours, other) = (signed(NAME, 1), signed("derby.example/witness", 2));
        let both = ours.with_signatures(other.note().signatures().to_vec()).unwrap();
        (ours.encode().len(), both.encode())
    }

    #[test]
    fn every_beginning_of_a_checkpoint_is_cut_short_and_what_was_signed_of_it_is_told() {
        let (ours, both) = cosigned();
        let bytes = both.as_bytes();
        for length in 0..bytes.len() {
            let left = signed_before_cut(&bytes[..length], NAME);
            match length {
                length if length + 1 == ours => assert_eq!(left.as_deref(), Some(&bytes[..ours])),
                length if length < ours => assert_eq!(left.as_deref(), Some(&[][..]), "{length}"),
                length if length == ours => assert_eq!(left, None, "it is whole"),
                length if length + 1 == bytes.len() => assert_eq!(left.as_deref(), Some(bytes)),
                length => assert_eq!(left.as_deref(), Some(&bytes[..ours]), "{length}"),
            }
        }
        assert_eq!(signed_before_cut(bytes, NAME), None, "it is whole");
    }

    #[test]
    fn what_is_no_beginning_of_a_checkpoint_is_another_hands() {
        let (ours, both) = cosigned();
        let whole = both.split_at(ours).0;
        let others = [
            "x".to_owned(),
            "\n".to_owned(),
            format!("{NAME}\nmany"),
            format!("{NAME}\n12\n\n"),
            format!("{NAME}\n12\nno root\n"),
            format!("{whole}trailing"),
            format!("{whole}\n"),
            format!("{both}and more"),
            format!("{both}and more\n"),
            format!("{whole}\u{2014} derby.example/witness AAAA and more"),
            both.replacen(NAME, "minutebook.example/other", 1).split_at(40).0.to_owned(),
        ];
        for text in others {
            assert_eq!(signed_before_cut(text.as_bytes(), NAME), None, "{text}");
        }
    }
}
