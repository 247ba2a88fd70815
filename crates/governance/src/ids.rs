//! The names of the things that governance is about. Each is a subject of one kind, written in full
//! (`body/04K`), never reused.

use crate::Malformed;
use minutebook_log::Subject;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

macro_rules! subject_ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal),* $(,)?) => {
        /// The kinds of subjects that have ids.
        pub(crate) const KINDS: &[&str] = &[$($kind),*];

        $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(
            feature = "schema",
            derive(schemars::JsonSchema),
            schemars(with = "String", extend("pattern" = concat!("^", $kind, "/[A-Za-z0-9._-]+$"), "maxLength" = 200))
        )]
        pub struct $name(Subject);

        impl $name {
            /// The kind of subject that such a name is.
            pub const KIND: &'static str = $kind;

            /// The part after the slash.
            pub fn slug(&self) -> &str {
                self.0.name().unwrap_or_default()
            }

            /// The subject.
            pub fn subject(&self) -> &Subject {
                &self.0
            }

            /// The id that this subject is, if it is one of this kind.
            pub fn of(subject: &Subject) -> Option<Self> {
                (subject.kind() == $kind && subject.name().is_some()).then(|| Self(subject.clone()))
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let needed = concat!("an id that starts with ", $kind, "/");
                text.parse().ok().and_then(|subject| Self::of(&subject)).ok_or_else(|| Malformed::quoting($kind, text, needed))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

subject_ids! {
    /// An organisation with a legal or recorded existence: `body/04K`. The slug is not the code, which may
    /// serve different bodies in turn.
    BodyId = "body",
    /// A person, by a random id: names hang on it and can be sealed.
    PersonId = "person",
    /// A proposal to merge: `merger/nottinghamshire-2019`.
    MergerId = "merger",
    /// A proposal to appoint one person for several bodies: `appointment/kent-2018`.
    AppointmentId = "appointment",
    /// A consultation.
    ConsultationId = "consultation",
    /// Something planned, proposed, expected or conditional.
    IntentionId = "intention",
    /// Something that was said.
    StatementId = "statement",
    /// A figure that a source states.
    FigureId = "figure",
    /// A target that somebody has to reach.
    TargetId = "target",
    /// An audit of the book.
    AuditId = "audit",
    /// A document that is kept outside the book.
    DocumentId = "document",
    /// Several bodies that work together; it decides nothing in law.
    PartnershipId = "partnership",
    /// A committee: a body's own, or one of several bodies.
    CommitteeId = "committee",
    /// A delegation of functions.
    DelegationId = "delegation",
    /// A grant of authority to sign.
    GrantId = "grant",
    /// A meeting of one body, or in common of several: `meeting/notts-2019-07-04`.
    MeetingId = "meeting",
    /// Something that somebody is to do, or a condition that is to be met.
    ActionId = "action",
    /// An interest that somebody declared for the register, or a gift.
    InterestId = "interest",
}

/// A unit of area. The 211 areas of 2013 are the units, named by their code (`04N`); a unit that was divided
/// has parts (`01Y/glossop`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[A-Za-z0-9-]{1,40}(/[A-Za-z0-9-]{1,40})?$"))
)]
pub struct Unit(String);

impl Unit {
    /// The unit that this is a part of.
    pub fn whole(&self) -> Option<Unit> {
        self.0.split_once('/').map(|(whole, _part)| Unit(whole.to_owned()))
    }

    /// Whether this unit lies within `other`: it is the same, or a part of it.
    pub fn is_within(&self, other: &Unit) -> bool {
        self == other || self.whole().as_ref() == Some(other)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Unit {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_name = |part: &str| {
            (1..=40).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let is_unit = match text.split_once('/') {
            Some((whole, part)) => is_name(whole) && is_name(part),
            None => is_name(text),
        };
        let needed = "a unit of area such as 04N, or a part of one such as 01Y/glossop";
        if is_unit { Ok(Self(text.to_owned())) } else { Err(Malformed::quoting("unit", text, needed)) }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
