//! The names that an entry carries: each is parsed once, at the door, and never checked again.

use crate::Malformed;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr, sync::Arc};
use uuid::Uuid;

/// The index of an entry in the log, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// Where the opening entry stands.
    pub const FIRST: Position = Position(0);

    /// The position after this one; the last that there is stays itself.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An event's id: a UUID of version 7 (RFC 9562), written in lower case with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))
)]
pub struct EventId(Uuid);

impl EventId {
    /// The id made at `millis` (since 1970) from ten bytes of randomness that the caller brings.
    pub fn from_parts(millis: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
    }

    /// Its 16 bytes, the key under which engines look it up.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl FromStr for EventId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let needed = "a UUID of version 7 in lower case with hyphens (RFC 9562)";
        Uuid::try_parse(text)
            .ok()
            .filter(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122)
            .filter(|id| id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text)
            .map(Self)
            .ok_or_else(|| Malformed::quoting("/id", text, needed))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// What an event is about, and so which stream it is in: `kind` or `kind/name`, at most 200 bytes of
/// `[a-z]+(/[A-Za-z0-9._-]+)?`. A clone shares its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[a-z]+(/[A-Za-z0-9._-]+)?$", "maxLength" = SUBJECT_BYTES_MAX))
)]
pub struct Subject(Arc<str>);

/// The most bytes that a subject may have.
pub(crate) const SUBJECT_BYTES_MAX: usize = 200;

impl Subject {
    /// The part before the slash: `body`, `merger`, `ledger` ...
    pub fn kind(&self) -> &str {
        self.0.split_once('/').map_or(self.as_str(), |(kind, _name)| kind)
    }

    /// The part after the slash, if there is one: `04K`, `nottinghamshire-2019` ...
    pub fn name(&self) -> Option<&str> {
        self.0.split_once('/').map(|(_kind, name)| name)
    }

    /// The whole subject.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Subject {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let needed = "a subject such as body/04K: [a-z]+(/[A-Za-z0-9._-]+)?, at most 200 bytes";
        let (kind, name) = match text.split_once('/') {
            Some((kind, name)) => (kind, Some(name)),
            None => (text, None),
        };
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        let is_kind = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase());
        if is_kind && name.is_none_or(is_name) && text.len() <= SUBJECT_BYTES_MAX {
            Ok(Self(Arc::from(text)))
        } else {
            Err(Malformed::quoting("/subject", text, needed))
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The type of an event: `uk.nhs.governance.<Name>.v<version>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventType {
    /// The event's name, in the past tense: `DecisionRecorded`.
    pub name: String,
    /// The version of its fields, from 1.
    pub version: u32,
}

/// What every type starts with.
const TYPE_PREFIX: &str = "uk.nhs.governance.";

/// The most bytes that a type's name may have.
const TYPE_NAME_BYTES_MAX: usize = 64;

impl FromStr for EventType {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let needed = "a type such as uk.nhs.governance.DecisionRecorded.v1";
        let parse = || {
            let (name, version) = text.strip_prefix(TYPE_PREFIX)?.split_once(".v")?;
            let is_name = name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.len() <= TYPE_NAME_BYTES_MAX
                && name.bytes().all(|b| b.is_ascii_alphabetic());
            let is_plain = version.starts_with(|c: char| ('1'..='9').contains(&c));
            let version = version.parse().ok().filter(|_number: &u32| is_plain)?;
            is_name.then(|| Self { name: name.to_owned(), version })
        };
        parse().ok_or_else(|| Malformed::quoting("/type", text, needed))
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{TYPE_PREFIX}{}.v{}", self.name, self.version)
    }
}

/// The name of a ledger, such as `minutebook.example/nottinghamshire`: a signed-note key name (C2SP
/// signed-note), so no space and no `+`; printable ASCII, at most 200 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[!-*,-~]+$", "maxLength" = ORIGIN_BYTES_MAX))
)]
pub struct Origin(String);

/// The most bytes that an origin may have.
const ORIGIN_BYTES_MAX: usize = 200;

impl Origin {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let needed = "a name such as minutebook.example/nottinghamshire: printable ASCII without space or +";
        let printable = text.bytes().all(|b| b.is_ascii_graphic() && b != b'+');
        if printable && !text.is_empty() && text.len() <= ORIGIN_BYTES_MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed::quoting("/source", text, needed))
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lets a type that is written as text be a string in JSON.
macro_rules! as_json_string {
    ($($name:ty),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

as_json_string!(EventId, Subject, EventType, Origin);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_id_is_a_version_7_uuid_in_one_form() {
        let text = "016bbd59-0a60-7000-8000-000000000001";
        assert_eq!(text.parse::<EventId>().unwrap().to_string(), text);
        assert_eq!(EventId::from_parts(0x016b_bd59_0a60, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]).to_string(), text);
        for (refused, why) in [
            ("", "nothing"),
            ("016BBD59-0A60-7000-8000-000000000001", "upper case"),
            ("016bbd590a6070008000000000000001", "no hyphens"),
            ("{016bbd59-0a60-7000-8000-000000000001}", "braces"),
            ("urn:uuid:016bbd59-0a60-7000-8000-000000000001", "a URN"),
            ("016bbd59-0a60-4000-8000-000000000001", "version 4"),
            ("016bbd59-0a60-7000-c000-000000000001", "another variant"),
            ("016bbd59-0a60-7000-8000-00000000001", "a digit short"),
        ] {
            assert!(refused.parse::<EventId>().is_err(), "{why}");
        }
    }

    #[test]
    fn a_subject_is_a_kind_and_a_name() {
        let subject: Subject = "body/04K".parse().unwrap();
        assert_eq!((subject.kind(), subject.name()), ("body", Some("04K")));
        let subject: Subject = "ledger".parse().unwrap();
        assert_eq!((subject.kind(), subject.name()), ("ledger", None));
        let longest = format!("body/{}", "n".repeat(SUBJECT_BYTES_MAX - 5));
        assert!(longest.parse::<Subject>().is_ok());
        for refused in ["", "/", "body/", "/04K", "Body/04K", "b0dy/04K", "body/04 K", "body/04K/x", "body/é"]
        {
            assert!(refused.parse::<Subject>().is_err(), "{refused:?}");
        }
        assert!(format!("{longest}n").parse::<Subject>().is_err());
    }

    #[test]
    fn an_event_type_has_a_name_and_a_version() {
        let text = "uk.nhs.governance.DecisionRecorded.v12";
        let event_type: EventType = text.parse().unwrap();
        assert_eq!((event_type.name.as_str(), event_type.version), ("DecisionRecorded", 12));
        assert_eq!(event_type.to_string(), text);
        for refused in [
            "",
            "DecisionRecorded.v1",
            "uk.nhs.governance.DecisionRecorded",
            "uk.nhs.governance..v1",
            "uk.nhs.governance.decisionRecorded.v1",
            "uk.nhs.governance.Decision2.v1",
            "uk.nhs.governance.DecisionRecorded.v0",
            "uk.nhs.governance.DecisionRecorded.v01",
            "uk.nhs.governance.DecisionRecorded.v+1",
            "uk.nhs.governance.DecisionRecorded.v4294967296",
            "uk.nhs.governance.DecisionRecorded.v1.v1",
            "uk.nhs.Governance.DecisionRecorded.v1",
        ] {
            assert!(refused.parse::<EventType>().is_err(), "{refused:?}");
        }
    }

    #[test]
    fn an_origin_is_a_signed_note_name() {
        for accepted in ["minutebook.example/nottinghamshire", "a", "n".repeat(ORIGIN_BYTES_MAX).as_str()] {
            assert!(accepted.parse::<Origin>().is_ok(), "{accepted}");
        }
        for refused in ["", "a b", "a+b", "a\tb", "caf\u{e9}", "n".repeat(ORIGIN_BYTES_MAX + 1).as_str()] {
            assert!(refused.parse::<Origin>().is_err(), "{refused:?}");
        }
    }

    #[test]
    fn the_position_after_the_last_is_the_last() {
        assert_eq!(Position::FIRST.next(), Position(1));
        assert_eq!(Position(u64::MAX).next(), Position(u64::MAX));
    }
}
