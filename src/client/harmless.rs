//! Answers with nothing in them that a terminal would obey. What is in the book can't have any such character; whoever
//! answers with one lies, and the screen of who asks is not theirs.

use super::{ClientError, plain};
use crate::described::described;
use prost::{Message, Name};
use prost_reflect::{DynamicMessage, Value};

/// The answer, each of its texts escaped where it has to be.
///
/// # Errors
/// [`ClientError::Lies`] for what is no message of its kind.
pub(crate) fn harmless<A: Message + Name + Default>(answer: A) -> Result<A, ClientError> {
    let mut message = described(&answer).map_err(|why| ClientError::lies(A::NAME, &why))?;
    if !escape(&mut message) {
        return Ok(answer);
    }
    A::decode(message.encode_to_vec().as_slice()).map_err(|malformed| ClientError::lies(A::NAME, &malformed))
}

/// Escapes every text of a message, and says whether any had to be.
pub(super) fn escape(message: &mut DynamicMessage) -> bool {
    escape_all(message.fields_mut().map(|(_field, value)| value))
}

/// The same of values: every one of them, also after the first that had to be.
fn escape_all<'a>(values: impl Iterator<Item = &'a mut Value>) -> bool {
    let mut changed = false;
    for value in values {
        changed |= escape_value(value);
    }
    changed
}

fn escape_value(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let escaped = plain(text);
            let changed = escaped != *text;
            *text = escaped;
            changed
        }
        Value::Message(message) => escape(message),
        Value::List(values) => escape_all(values.iter_mut()),
        Value::Map(values) => escape_all(values.values_mut()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto;

    #[test]
    fn every_text_of_an_answer_is_escaped_however_deep_it_lies() {
        let finding =
            |found: &str| proto::Finding { found: found.to_owned(), why: vec![3], ..Default::default() };
        let answer = |found: [&str; 2]| proto::GetEntryResponse {
            entry: Some(proto::Entry { content: vec![27, 91, 50, 74], ..Default::default() }),
            findings: found.map(finding).into(),
            ..Default::default()
        };
        let honest = answer(["é and\nmore", "fine"]);
        assert_eq!(harmless(honest.clone()).unwrap(), honest);
        let hostile = answer(["\u{1b}[2J\u{9b}1m\r\u{202e}", "\u{1b}]52;c;x\u{7}"]);
        let escaped = harmless(hostile).unwrap();
        assert_eq!(escaped.findings[0].found, "\\u{1b}[2J\\u{9b}1m\\u{d}\\u{202e}");
        assert_eq!(escaped.findings[1].found, "\\u{1b}]52;c;x\\u{7}");
        assert_eq!((escaped.findings[1].why.clone(), escaped.entry.unwrap().content.len()), (vec![3], 4));
    }
}
