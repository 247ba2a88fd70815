//! The entry: one line of the book, as text that a person can read (spec/entry.md).

use crate::names::SUBJECT_BYTES_MAX;
use crate::{
    EVENT_BYTES_MAX, Event, Hash, Malformed, Position, PublicKey, Signature, SignatureError, Subject,
    Timestamp, text,
};
use std::sync::Arc;

/// The most bytes that an entry may have (C2SP tlog-tiles: the length of an entry is 16 bits).
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// The most signatures that an event may carry; the fewest is one.
pub const SIGNATURES_MAX: usize = 16;

/// What every entry starts with: its format, with its version.
pub const ENTRY_FORMAT: &str = "minutebook.entry/v1";

/// The most bytes that header and last line feed can take, beside the event.
const HEADER_BYTES_MAX: usize = ENTRY_FORMAT.len()
    + 1
    + "position ".len()
    + 20
    + 1
    + "previous ".len()
    + 64
    + 1
    + "stream ".len()
    + SUBJECT_BYTES_MAX
    + 1
    + 20
    + 1
    + "recorded ".len()
    + 27
    + 1
    + SIGNATURES_MAX * ("signed ed25519 ".len() + 64 + 1 + 88 + 1)
    + 1
    + 1;

// The largest event, with the most signatures, fits: nothing that was admitted can fail to be published.
const _: () = assert!(HEADER_BYTES_MAX + EVENT_BYTES_MAX <= ENTRY_BYTES_MAX);

/// An event's place, decided before the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its index in the log.
    pub position: Position,
    /// Its number in its subject's stream, from 1.
    pub stream_number: u64,
    /// When the ledger takes it.
    pub recorded: Timestamp,
}

/// An event with the signatures that came with it: sorted by key, no key twice, 1 to 16 of them. A clone shares both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    event: Event,
    signatures: Arc<[(PublicKey, Signature)]>,
}

impl Signed {
    /// Joins an event and its signatures, in whatever order they came.
    ///
    /// # Errors
    /// [`Malformed`] for no signature, more than 16, or one key twice. Whether they hold is said by
    /// [`Signed::verify`].
    pub fn new(event: Event, mut signatures: Vec<(PublicKey, Signature)>) -> Result<Self, Malformed> {
        signatures.sort_by_key(|(key, _signature)| *key);
        let needed = || format!("1 to {SIGNATURES_MAX} signatures, each by another key");
        if signatures.is_empty() || signatures.len() > SIGNATURES_MAX {
            return Err(Malformed::new("signatures", format!("{} of them", signatures.len()), needed()));
        }
        if let Some([(twice, _), _]) = signatures.array_windows().find(|[(a, _), (b, _)]| a == b) {
            return Err(Malformed::new("signatures", format!("key {twice} twice"), needed()));
        }
        Ok(Self { event, signatures: signatures.into() })
    }

    /// The event.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The signatures, sorted by key.
    pub fn signatures(&self) -> &[(PublicKey, Signature)] {
        &self.signatures
    }

    /// The keys that signed, sorted.
    pub fn keys(&self) -> impl Iterator<Item = PublicKey> + '_ {
        self.signatures.iter().map(|(key, _signature)| *key)
    }

    /// Whether every signature holds for the event's bytes, by `verify_strict`.
    ///
    /// # Errors
    /// [`SignatureError`], naming the first key whose signature does not.
    pub fn verify(&self) -> Result<(), SignatureError> {
        self.signatures.iter().try_for_each(|(key, signature)| key.verify(self.event.bytes(), signature))
    }
}

/// One line of the book: an event, its signatures, its place and time in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its index in the log.
    pub position: Position,
    /// The hash of the entry before it; zeros at position 0.
    pub previous: Hash,
    /// Its number among the entries about the same subject, from 1.
    pub stream_number: u64,
    /// When the ledger took it, never earlier than the entry before it.
    pub recorded: Timestamp,
    /// What was signed, by whom.
    pub signed: Signed,
}

impl Entry {
    /// Where it stands.
    pub fn place(&self) -> Place {
        Place { position: self.position, stream_number: self.stream_number, recorded: self.recorded }
    }

    /// The event.
    pub fn event(&self) -> &Event {
        &self.signed.event
    }

    /// The entry's bytes: what is stored, hashed and published. At most 65,535.
    pub fn encode(&self) -> Vec<u8> {
        let mut lines = format!(
            "{ENTRY_FORMAT}\nposition {}\nprevious {}\nstream {} {}\nrecorded {}\n",
            self.position,
            self.previous,
            self.event().subject,
            self.stream_number,
            self.recorded
        );
        for (key, signature) in self.signed.signatures() {
            lines.push_str(&format!("signed ed25519 {key} {signature}\n"));
        }
        lines.push('\n');
        let mut bytes = lines.into_bytes();
        bytes.extend_from_slice(self.event().bytes());
        bytes.push(b'\n');
        bytes
    }

    /// Reads an entry; only the bytes that [`Entry::encode`] writes are accepted.
    ///
    /// # Errors
    /// [`Malformed`], with the header line (`recorded`) or the event's member (`event: /id`) that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > ENTRY_BYTES_MAX {
            let found = format!("{} bytes", bytes.len());
            return Err(Malformed::new("entry", found, format!("at most {ENTRY_BYTES_MAX} bytes")));
        }
        let (header, event) = split_event(bytes)?;
        let mut lines = Lines(header.split('\n'));
        lines.exactly(ENTRY_FORMAT)?;
        let position = Position(text::parse_number("position", lines.after("position ")?)?);
        let previous = lines
            .after("previous ")?
            .parse()
            .map_err(|malformed: Malformed| Malformed { at: "previous".to_owned(), ..malformed })?;
        let (subject, stream_number) = parse_stream(lines.after("stream ")?)?;
        let recorded = Timestamp::parse_recorded(lines.after("recorded ")?)?;
        let signatures = lines.rest().map(parse_signature).collect::<Result<Vec<_>, _>>()?;
        check_sorted(&signatures)?;
        let event = Event::parse(event).map_err(|malformed| malformed.within("event: "))?;
        if event.subject != subject {
            let needed = format!("the event's own subject, {}", event.subject);
            return Err(Malformed::quoting("stream", subject.as_str(), needed));
        }
        Ok(Self { position, previous, stream_number, recorded, signed: Signed::new(event, signatures)? })
    }
}

/// Header lines without the line feed of the last one, and the event's bytes.
fn split_event(bytes: &[u8]) -> Result<(&str, &[u8]), Malformed> {
    let needed = "header lines, an empty line, the event on one line, a line feed";
    let refuse = |found: &str| Malformed::new("entry", found, needed);
    let end = bytes
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .ok_or_else(|| refuse("no empty line after the header"))?;
    let (header, rest) = bytes.split_at(end);
    let event = rest
        .strip_prefix(b"\n\n")
        .and_then(|rest| rest.strip_suffix(b"\n"))
        .ok_or_else(|| refuse("no line feed at the end"))?;
    let header = std::str::from_utf8(header).map_err(|_not_utf8| refuse("a header that is not UTF-8"))?;
    Ok((header, event))
}

struct Lines<'a>(std::str::Split<'a, char>);

impl<'a> Lines<'a> {
    fn exactly(&mut self, line: &str) -> Result<(), Malformed> {
        match self.0.next() {
            Some(found) if found == line => Ok(()),
            found => Err(Malformed::quoting("entry", found.unwrap_or_default(), format!("the line {line}"))),
        }
    }

    fn after(&mut self, name: &str) -> Result<&'a str, Malformed> {
        let found = self.0.next().unwrap_or_default();
        let needed = || format!("a line that starts with \"{name}\"");
        found.strip_prefix(name).ok_or_else(|| Malformed::quoting(name.trim_end(), found, needed()))
    }

    fn rest(self) -> impl Iterator<Item = &'a str> {
        self.0
    }
}

fn parse_stream(line: &str) -> Result<(Subject, u64), Malformed> {
    let (subject, number) = line
        .split_once(' ')
        .ok_or_else(|| Malformed::quoting("stream", line, "a subject, a space and a number from 1"))?;
    let subject =
        subject.parse().map_err(|malformed: Malformed| Malformed { at: "stream".to_owned(), ..malformed })?;
    match text::parse_number("stream", number)? {
        0 => Err(Malformed::quoting("stream", number, "a number from 1")),
        number => Ok((subject, number)),
    }
}

fn parse_signature(line: &str) -> Result<(PublicKey, Signature), Malformed> {
    let needed = "signed ed25519 <public key, 64 hexadecimal digits> <signature, padded base64>";
    let refuse = || Malformed::quoting("signed", line, needed);
    let (key, signature) =
        line.strip_prefix("signed ed25519 ").and_then(|rest| rest.split_once(' ')).ok_or_else(refuse)?;
    Ok((key.parse().map_err(|_hex| refuse())?, signature.parse().map_err(|_base64| refuse())?))
}

fn check_sorted(signatures: &[(PublicKey, Signature)]) -> Result<(), Malformed> {
    match signatures.array_windows().find(|[(a, _), (b, _)]| a >= b) {
        Some([_, (key, _)]) => {
            Err(Malformed::new("signed", format!("key {key} after it"), "lines sorted by key, none twice"))
        }
        None => Ok(()),
    }
}
