//! What an answer of the register rests on, checked: the entries that it names are fetched, and each is proved to stand in
//! the tree that the log signed, with signatures that hold. What follows from them stays the server's word.

use super::{Client, ClientError, Given, KnownLedger, PAGE_ENTRIES, harmless};
use crate::described::described;
use crate::proto;
use minutebook_log::{Entry, Position};
use prost::{Message, Name};
use prost_reflect::{DynamicMessage, Kind, Value};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The members of answers that hold positions of entries. A test goes through every number of every answer.
const POSITIONS: [&str; 16] = [
    "why",
    "agenda_at",
    "answered_by",
    "contradicted_by",
    "reports",
    "position",
    "corrected_at",
    "declared_at",
    "granted_at",
    "revoked_at",
    "enrolled_at",
    "votes_at",
    "through",
    "told_apart",
    "told_in_other_words",
    "withdrawn",
];

/// Entries that lie no further apart than this are read together: what lies between costs less than a call.
const GAP_MAX: u64 = 16;

/// What was checked of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rested {
    /// How many entries the answer names. Each was checked.
    pub entries: usize,
    /// How many signatures they have. All hold.
    pub signatures: usize,
}

/// The positions of all entries that an answer names, wherever in it.
///
/// # Errors
/// [`ClientError::Lies`] for what is no message of its kind.
pub fn named_entries<A: Message + Name>(answer: &A) -> Result<BTreeSet<Position>, ClientError> {
    let described = described(answer).map_err(|malformed| ClientError::lies(A::NAME, &malformed))?;
    Ok(named_in(&described))
}

/// The same of an answer with its description.
fn named_in(answer: &DynamicMessage) -> BTreeSet<Position> {
    let mut found = BTreeSet::new();
    collect(answer, &mut found);
    found
}

fn collect(message: &DynamicMessage, found: &mut BTreeSet<Position>) {
    for (field, value) in message.fields() {
        let is_position = field.kind() == Kind::Uint64 && POSITIONS.contains(&field.name());
        collect_value(value, is_position, found);
    }
}

fn collect_value(value: &Value, is_position: bool, found: &mut BTreeSet<Position>) {
    match value {
        Value::U64(position) if is_position => {
            found.insert(Position(*position));
        }
        Value::Message(message) => collect(message, found),
        Value::List(values) => values.iter().for_each(|value| collect_value(value, is_position, found)),
        Value::Map(values) => values.values().for_each(|value| collect_value(value, is_position, found)),
        _ => {}
    }
}

impl Client {
    /// Fetches and checks every entry that an answer names: its bytes, its place in a tree that extends what was seen before,
    /// its signatures.
    ///
    /// # Errors
    /// [`ClientError::Lies`] for the first that fails, and for a position beyond the log's end; [`ClientError`] else.
    pub async fn check_rested(
        &mut self,
        known: &KnownLedger,
        answer: &DynamicMessage,
    ) -> Result<Rested, ClientError> {
        let named = named_in(answer);
        let mut rested = Rested { entries: named.len(), signatures: 0 };
        for run in runs(&named) {
            let read = self.checked_run(known, &run).await?;
            let counted = read.iter().filter(|(entry, _bytes)| named.contains(&entry.position));
            rested.signatures +=
                counted.map(|(entry, _bytes)| entry.signed.signatures().len()).sum::<usize>();
        }
        Ok(rested)
    }

    /// The entries at these positions, each checked in the same way, with its bytes.
    ///
    /// # Errors
    /// As [`Client::check_rested`].
    pub async fn entries_at(
        &mut self,
        known: &KnownLedger,
        wanted: &BTreeSet<Position>,
    ) -> Result<Vec<(Entry, Vec<u8>)>, ClientError> {
        let mut found = Vec::new();
        for run in runs(wanted) {
            let read = self.checked_run(known, &run).await?;
            found.extend(read.into_iter().filter(|(entry, _bytes)| wanted.contains(&entry.position)));
        }
        Ok(found)
    }

    async fn checked_run(
        &mut self,
        known: &KnownLedger,
        run: &RangeInclusive<u64>,
    ) -> Result<Vec<(Entry, Vec<u8>)>, ClientError> {
        let read = self.read_run(run).await?;
        let given: Vec<Given<'_>> =
            read.iter().map(|entry| (Position(entry.position), entry.content.as_slice())).collect();
        let checked = self.check_entries("ListEntries", known, &given).await?;
        Ok(checked.into_iter().zip(read.into_iter().map(|entry| entry.content)).collect())
    }

    /// The entries from one position to another, as the server gives them: these, and no other.
    async fn read_run(&mut self, run: &RangeInclusive<u64>) -> Result<Vec<proto::Entry>, ClientError> {
        let wanted = run.end() - run.start() + 1;
        let mut read: Vec<proto::Entry> = Vec::new();
        let mut page_token = String::new();
        loop {
            let left = wanted - read.len() as u64;
            let page_size = i32::try_from(left).unwrap_or(PAGE_ENTRIES).min(PAGE_ENTRIES);
            let request = proto::ListEntriesRequest {
                page_size,
                page_token,
                from: *run.start(),
                subject: String::new(),
            };
            let page = harmless(self.log.list_entries(request).await?.into_inner())?;
            let is_last = page.entries.is_empty() || page.next_page_token.is_empty();
            read.extend(page.entries);
            page_token = page.next_page_token;
            if is_last || read.len() as u64 >= wanted {
                break;
            }
        }
        let stand = read.iter().map(|entry| entry.position);
        if stand.eq(run.clone()) {
            return Ok(read);
        }
        let what = format!(
            "{} entries where those from {} to {} were asked for, on which an answer is said to rest",
            read.len(),
            run.start(),
            run.end()
        );
        Err(ClientError::lies("ListEntries", &what))
    }
}

/// Positions as runs of neighbours.
fn runs(positions: &BTreeSet<Position>) -> Vec<RangeInclusive<u64>> {
    let mut runs: Vec<RangeInclusive<u64>> = Vec::new();
    for Position(position) in positions.iter().copied() {
        match runs.last_mut() {
            Some(run) if position - run.end() <= GAP_MAX && position - run.start() < PAGE_ENTRIES as u64 => {
                *run = *run.start()..=position;
            }
            _ => runs.push(position..=position),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::described::messages;

    #[test]
    fn every_number_of_an_answer_is_a_position_or_is_known_to_be_none() {
        const OTHERS: [&str; 22] = [
            "amount_pounds",
            "apart_pounds",
            "total_pounds",
            "perhaps_pounds",
            "perhaps_again_pounds",
            "compromised_from",
            "from",
            "checkpoint_size",
            "exceptions",
            "known_entries",
            "limit_pounds",
            "next",
            "registrar_threshold",
            "responses_late",
            "responses_on_time",
            "rules",
            "rules_version",
            "size",
            "to_size",
            "from_size",
            "value_pence",
            "known_at_position",
        ];
        let mut seen = BTreeSet::new();
        for message in messages() {
            for field in message.fields().filter(|field| field.kind() == Kind::Uint64) {
                seen.insert(field.name().to_owned());
            }
        }
        for name in &seen {
            let known = [POSITIONS.contains(&name.as_str()), OTHERS.contains(&name.as_str())];
            assert_eq!(known.iter().filter(|it| **it).count(), 1, "{name}: is it the position of an entry?");
        }
        let named = POSITIONS.iter().chain(&OTHERS).map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(named, seen, "names that no message has");
    }

    #[test]
    fn what_is_named_is_found_however_deep_it_lies() {
        let finding = proto::Finding { why: vec![3, 9], ..Default::default() };
        let contested =
            proto::Contested { position: 5, declared_at: 40, through: Some(2), ..Default::default() };
        let answered =
            proto::Answered { known_entries: 77, contested: vec![contested], ..Default::default() };
        let answer = proto::ListFindingsResponse {
            answered: Some(answered),
            findings: vec![finding],
            ..Default::default()
        };
        let found: Vec<u64> = named_entries(&answer).unwrap().iter().map(|position| position.0).collect();
        assert_eq!(found, [2, 3, 5, 9, 40], "and none of sizes");
        assert!(named_entries(&proto::ListFindingsResponse::default()).unwrap().is_empty());
    }

    #[test]
    fn neighbours_are_read_together() {
        let of = |positions: &[u64]| runs(&positions.iter().copied().map(Position).collect());
        assert_eq!(of(&[]), Vec::<RangeInclusive<u64>>::new());
        assert_eq!(of(&[3, 4, 20, 37, 100]), [3..=20, 37..=37, 100..=100]);
        let long: Vec<u64> = (0..2500).collect();
        assert_eq!(of(&long), [0..=999, 1000..=1999, 2000..=2499]);
    }
}
