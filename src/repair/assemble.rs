//! Which of the texts are the book. Each entry names the hash of the one before it, so a pin holds everything
//! beneath it in place.

use crate::repair::{Found, RepairError, Text};
use minutebook_log::{Entry, Hash};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The entries that were recovered, and those that were not.
#[derive(Debug, Default)]
pub struct Assembled {
    /// By position.
    pub entries: BTreeMap<u64, Text>,
    /// The positions of which nothing was found that could be it, in order.
    pub lost: Vec<Lost>,
}

/// An entry that was acknowledged or signed for, and is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// Where it stood.
    pub position: u64,
    /// Of how many texts nobody can say which it was.
    pub contested: usize,
}

impl Assembled {
    /// Whether every entry is there, from the first on.
    pub fn is_whole(&self) -> bool {
        self.lost.is_empty() && self.entries.last_key_value().is_some()
    }
}

/// Chooses the entries: those beneath a pin by the chain of hashes; those that continue beyond the last pin as
/// long as only one text does.
///
/// # Errors
/// [`RepairError::TwoHistories`] where what is pinned at one position is not what is pinned, or follows, from
/// another; [`RepairError::Unverified`] where something that can't be verified speaks of more than all that is here.
pub fn assemble(found: &Found) -> Result<Assembled, RepairError> {
    let size = found.known_size();
    let mut assembled = Assembled::default();
    let mut wanted: Option<(Hash, Arc<str>)> = None;
    for position in (0..size).rev() {
        wanted = pinned(found, position, wanted)?;
        let texts = texts_of(found, position);
        let chosen = match &wanted {
            Some((hash, _who)) => texts.iter().find(|text| text.hash == *hash),
            None => the_only_intact(texts),
        };
        wanted = None;
        match chosen {
            Some(text) => {
                wanted = position.checked_sub(1).map(|_before| (text.previous, Arc::clone(&text.source)));
                assembled.entries.insert(position, text.clone());
            }
            None => assembled.lost.push(Lost { position, contested: intact(texts).count() }),
        }
    }
    assembled.lost.reverse();
    if assembled.lost.is_empty() {
        go_on(found, size, &mut assembled);
    }
    if assembled.is_whole() {
        found.check_unverified(assembled.entries.len() as u64)?;
    }
    Ok(assembled)
}

/// Takes what continues the book beyond all that is known: a commit whose mark a crash has taken.
fn go_on(found: &Found, size: u64, assembled: &mut Assembled) {
    let last = assembled.entries.last_key_value().map_or(Hash::ZERO, |(_position, text)| text.hash);
    let mut end = last;
    for position in size.. {
        let follows = |text: &&Text| text.previous == end && is_intact(text);
        let following: Vec<_> = texts_of(found, position).iter().filter(follows).collect();
        match following.as_slice() {
            [] => return,
            [only] => {
                end = only.hash;
                assembled.entries.insert(position, (*only).clone());
            }
            several => {
                return assembled.lost.push(Lost { position, contested: several.len() });
            }
        }
    }
}

fn texts_of(found: &Found, position: u64) -> &[Text] {
    found.texts.get(&position).map_or(&[], Vec::as_slice)
}

/// The hash that the entry at a position must have, if anything says so.
fn pinned(
    found: &Found,
    position: u64,
    follows: Option<(Hash, Arc<str>)>,
) -> Result<Option<(Hash, Arc<str>)>, RepairError> {
    let pins = found.pins.get(&position).into_iter().flatten().cloned();
    let mut said = follows.into_iter().chain(pins);
    let Some((hash, who)) = said.next() else { return Ok(None) };
    match said.find(|(other, _who)| *other != hash) {
        None => Ok(Some((hash, who))),
        Some((other, other_who)) => Err(RepairError::TwoHistories {
            what: format!("entry {position} has the hash {hash} by {who}, and {other} by {other_who}"),
        }),
    }
}

fn the_only_intact(texts: &[Text]) -> Option<&Text> {
    let mut intact = intact(texts);
    intact.next().filter(|_first| intact.next().is_none())
}

fn intact(texts: &[Text]) -> impl Iterator<Item = &Text> {
    texts.iter().filter(|text| is_intact(text))
}

fn is_intact(text: &Text) -> bool {
    Entry::parse(&text.bytes).is_ok_and(|entry| entry.signed.verify().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text that stands for its hash: the bytes of one that is pinned are not looked at.
    fn text(hash: u8, previous: u8) -> Text {
        let previous = if previous == 0 { Hash::ZERO } else { Hash::of(&[previous]) };
        Text { hash: Hash::of(&[hash]), previous, bytes: Vec::new(), source: "a".into() }
    }

    fn found(texts: &[(u64, u8, u8)], pins: &[(u64, u8)]) -> Found {
        let mut found = Found::default();
        for (position, hash, previous) in texts {
            found.texts.entry(*position).or_default().push(text(*hash, *previous));
        }
        pins.iter().for_each(|(position, hash)| found.pin(*position, Hash::of(&[*hash]), &"p".into()));
        found
    }

    #[test]
    fn a_pin_chooses_among_texts_all_the_way_down() {
        let found = found(&[(0, 1, 0), (0, 9, 0), (1, 8, 9), (1, 2, 1), (2, 3, 2), (2, 7, 8)], &[(2, 3)]);
        let assembled = assemble(&found).unwrap();
        let hashes: Vec<_> = assembled.entries.values().map(|text| text.hash).collect();
        assert_eq!(hashes, [1, 2, 3].map(|hash| Hash::of(&[hash])));
        assert!(assembled.is_whole());
    }

    #[test]
    fn what_is_lost_is_named() {
        let assembled = assemble(&found(&[(0, 1, 0), (2, 3, 2)], &[(0, 1), (3, 4)])).unwrap();
        assert_eq!(assembled.lost.iter().map(|lost| lost.position).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(!assembled.is_whole());
    }

    #[test]
    fn pins_that_contradict_each_other_are_two_histories() {
        for pins in [&[(2, 3), (1, 9)][..], &[(2, 3), (2, 4)]] {
            let refused = assemble(&found(&[(0, 1, 0), (1, 2, 1), (2, 3, 2)], pins)).unwrap_err();
            assert!(matches!(refused, RepairError::TwoHistories { .. }), "{refused}");
        }
    }
}
