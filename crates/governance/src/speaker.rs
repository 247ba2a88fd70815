//! Who says something. Of an act it is the office that signs it; of a report its source: the register or the paper,
//! not the key that loaded it.

use crate::{BodyId, Sealable};
use minutebook_log::{Hash, PublicKey};

/// Who says something, as a digest that is the same wherever the same source speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Speaker(Hash);

impl Speaker {
    /// The office that signs an act, whichever of its keys it uses.
    pub(crate) fn of_office(capacity: &str, body: Option<&BodyId>) -> Self {
        let body = body.map(ToString::to_string);
        Self::of("office", [capacity, body.as_deref().unwrap_or_default()])
    }

    /// The documents that a report names as its evidence. A later edition bears the same title.
    pub(crate) fn of_documents<'a>(titles: impl Iterator<Item = &'a Sealable>) -> Self {
        let mut titles: Vec<_> = titles.map(said).collect();
        titles.sort_unstable();
        titles.dedup();
        Self::of("source", titles.iter().map(String::as_str))
    }

    /// The sources that a table names beside a row.
    pub(crate) fn of_named(source: &str) -> Self {
        Self::of("source", [source])
    }

    /// A register that signs its own word and names no other source.
    pub(crate) fn of_register(key: PublicKey) -> Self {
        Self::of("register", [key.to_string().as_str()])
    }

    fn of<'a>(what: &str, parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut bytes = what.as_bytes().to_vec();
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        Self(Hash::of(&bytes))
    }
}

fn said(title: &Sealable) -> String {
    match title {
        Sealable::Clear(title) => title.clone(),
        Sealable::Sealed(seal) => format!("sealed {}", seal.sealed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_the_same_whatever_the_order_of_its_documents() {
        let title = |title: &str| Sealable::Clear(title.to_owned());
        let (one, two) = (title("Paper one"), title("Paper two"));
        assert_eq!(
            Speaker::of_documents([&one, &two].into_iter()),
            Speaker::of_documents([&two, &one].into_iter())
        );
        assert_ne!(Speaker::of_documents([&one].into_iter()), Speaker::of_documents([&two].into_iter()));
        assert_ne!(
            Speaker::of_documents([&one, &two].into_iter()),
            Speaker::of_documents([&title("Paper onePaper two")].into_iter())
        );
    }
}
