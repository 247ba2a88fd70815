//! One page of a list, cut before it is worked out. Whoever answers hands over the items in their order, each with the
//! key that a page can start with; each is worked out and converted when its turn comes, and a page ends where it has
//! as many items as were asked for, or as many bytes as every client takes, or has been looked for long enough.

use crate::proto;
use crate::service::convert::{self, RestsOn};
use crate::service::page::{Key, PAGE_BYTES_MAX, Page};
use crate::service::question::{Look, Question};
use minutebook_governance::authority::{Contested, Doubts};
use minutebook_log::Position;
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};
use tonic::Status;

/// The most bytes that the tag and the length of an item take.
const FRAME_BYTES: usize = 8;

/// After how many acts that were read a page ends, however little was found: a few milliseconds, and at most fifty where
/// none of them was in memory.
const PAGE_LOOKS_MAX: u64 = 2_000;

/// Something that is listed.
pub(super) trait Shown: RestsOn {
    /// How many bytes it takes on the wire.
    fn bytes(&self) -> usize;
}

impl<M: Message + RestsOn> Shown for M {
    fn bytes(&self) -> usize {
        self.encoded_len()
    }
}

/// A page of a list.
pub(super) struct Cut<M> {
    /// Its items.
    pub(super) items: Vec<M>,
    /// What the answer says of itself.
    pub(super) answered: Option<proto::Answered>,
    /// Where the next page starts; empty at the end.
    pub(super) next_page_token: String,
}

impl Question<'_> {
    /// Cuts a page out of a list, which begins where the page does.
    ///
    /// # Errors
    /// Where nobody waits for the answer any more.
    pub(super) fn cut<K: Key, T, M: Shown>(
        &self,
        page: &Page,
        look: &Look,
        list: impl IntoIterator<Item = (K, T)>,
        convert: impl FnMut(T) -> M,
    ) -> Result<Cut<M>, Status> {
        let list = list.into_iter().map(|(key, item)| (key, Some(item)));
        let (items, [answered], next_page_token) = self.cut_within(u64::MAX, page, [look], list, convert)?;
        Ok(Cut { items, answered: Some(answered), next_page_token })
    }

    /// As [`Question::cut`], of a list that also has what was looked at in vain. A page of it can end before it has as many
    /// items as were asked for, even with none (AIP-158).
    pub(super) fn cut_sparse<K: Key, T, M: Shown>(
        &self,
        page: &Page,
        look: &Look,
        list: impl IntoIterator<Item = (K, Option<T>)>,
        convert: impl FnMut(T) -> M,
    ) -> Result<Cut<M>, Status> {
        let (items, [answered], next_page_token) = self.cut_of(page, [look], list, convert)?;
        Ok(Cut { items, answered: Some(answered), next_page_token })
    }

    /// As [`Question::cut_sparse`], of a list that compares several answers.
    pub(super) fn cut_of<K: Key, T, M: Shown, const N: usize>(
        &self,
        page: &Page,
        looks: [&Look; N],
        list: impl IntoIterator<Item = (K, Option<T>)>,
        convert: impl FnMut(T) -> M,
    ) -> Result<(Vec<M>, [proto::Answered; N], String), Status> {
        self.cut_within(PAGE_LOOKS_MAX, page, looks, list, convert)
    }

    fn cut_within<K: Key, T, M: Shown, const N: usize>(
        &self,
        looks_max: u64,
        page: &Page,
        looks: [&Look; N],
        list: impl IntoIterator<Item = (K, Option<T>)>,
        mut convert: impl FnMut(T) -> M,
    ) -> Result<(Vec<M>, [proto::Answered; N], String), Status> {
        let mut noted = looks.map(|look| Noted::new(self, look));
        for noted in &mut noted {
            let added = noted.added_by(&self.beside(noted.look));
            noted.take(added);
        }
        let (mut items, mut bytes, mut next_page_token) = (Vec::new(), 0, String::new());
        let first_look = self.record().looks();
        let mut is_first = true;
        for (key, item) in list {
            self.goes_on()?;
            let ends = || page.token_for(&key, &looks.map(Look::pinned));
            // What comes first is on the page whatever it costs, so that each page gets on.
            let has_looked = !is_first && self.record().looks() - first_look > looks_max;
            if items.len() == page.size || has_looked {
                next_page_token = ends();
                break;
            }
            is_first = false;
            let Some(item) = item else { continue };
            let item = convert(item);
            let entries = item.entries();
            let added = noted.each_mut().map(|noted| noted.added_by(&entries));
            bytes += FRAME_BYTES + item.bytes() + added.iter().map(Added::bytes).sum::<usize>();
            if bytes > PAGE_BYTES_MAX && !items.is_empty() {
                next_page_token = ends();
                break;
            }
            for (noted, added) in noted.iter_mut().zip(added) {
                noted.take(added);
            }
            items.push(item);
        }
        let answered = noted.map(|noted| {
            let corrections = noted.corrected.into_values().flatten().collect();
            let inferences = noted.inferred.into_values().flatten().collect();
            self.answered_with(noted.look, noted.contested, corrections, inferences)
        });
        Ok((items, answered, next_page_token))
    }
}

/// What of an answer is in doubt, what is known otherwise since and what was inferred, as it grows.
struct Noted<'a> {
    question: &'a Question<'a>,
    look: &'a Look,
    doubts: Doubts<'a>,
    contested: BTreeSet<Contested>,
    /// By the entry that is corrected; those that nothing corrects too, so that none is looked up twice.
    corrected: BTreeMap<u64, Vec<proto::Correction>>,
    /// By the entry that was inferred; the others too, for the same reason.
    inferred: BTreeMap<u64, Option<proto::Inference>>,
}

/// What an item adds to it.
struct Added {
    contested: Vec<Contested>,
    corrected: BTreeMap<u64, Vec<proto::Correction>>,
    inferred: BTreeMap<u64, Option<proto::Inference>>,
}

impl Added {
    /// How many bytes that takes.
    fn bytes(&self) -> usize {
        let contested = self.contested.iter().map(|contested| convert::in_doubt(*contested).encoded_len());
        let corrected = self.corrected.values().flatten().map(proto::Correction::encoded_len);
        let inferred = self.inferred.values().flatten().map(proto::Inference::encoded_len);
        contested.chain(corrected).chain(inferred).map(|bytes| FRAME_BYTES + bytes).sum()
    }
}

impl<'a> Noted<'a> {
    fn new(question: &'a Question<'a>, look: &'a Look) -> Self {
        let doubts = Doubts::new(question.record(), look.everything());
        let (contested, corrected, inferred) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        Self { question, look, doubts, contested, corrected, inferred }
    }

    /// What these entries add.
    fn added_by(&mut self, entries: &[u64]) -> Added {
        let found = self.doubts.among(entries.iter().copied().map(Position));
        let contested = found.difference(&self.contested).copied().collect();
        let (record, known) = (self.question.record(), self.look.view.known);
        let new: Vec<_> = entries.iter().filter(|entry| !self.corrected.contains_key(entry)).collect();
        let corrected = new.iter().map(|entry| (**entry, convert::corrections(record, [**entry], known)));
        let of = |entry: u64| convert::inferences(record, [entry], self.look.everything()).pop();
        let inferred = new.iter().map(|entry| (**entry, of(**entry))).collect();
        Added { contested, corrected: corrected.collect(), inferred }
    }

    fn take(&mut self, added: Added) {
        self.contested.extend(added.contested);
        self.corrected.extend(added.corrected);
        self.inferred.extend(added.inferred);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Decision, ListDecisionsRequest};
    use minutebook_governance::Book;
    use minutebook_log::{Head, Timestamp};
    use tokio_util::sync::CancellationToken;
    use tonic::Code;

    /// A page of `size` out of items of so many bytes, how many were looked at and converted for it, and its token.
    fn cut(size: i32, token: &str, bytes: &[usize]) -> Result<(Vec<usize>, [usize; 2], String), Status> {
        let (book, left) = (Book::new(), CancellationToken::new());
        let question = Question::new(&book, Head::EMPTY, Timestamp::EPOCH, left.clone());
        let request =
            ListDecisionsRequest { page_size: size, page_token: token.to_owned(), ..Default::default() };
        let page = Page::of(&request)?;
        let look = question.look(None, Some(&page))?;
        let (mut looked_at, mut converted) = (0, 0);
        let list = page.rest(bytes.to_vec())?.inspect(|(_number, bytes)| {
            looked_at += 1;
            // At an item without bytes the caller leaves.
            if *bytes == 0 {
                left.cancel();
            }
        });
        let cut = question.cut(&page, &look, list, |bytes| {
            converted += 1;
            Decision { function: "x".repeat(bytes), ..Default::default() }
        })?;
        let items = cut.items.iter().map(|item| item.function.len()).collect();
        Ok((items, [looked_at, converted], cut.next_page_token))
    }

    #[test]
    fn a_page_looks_at_one_item_more_than_it_shows_and_converts_none() {
        let all = [1, 2, 3, 4, 5, 6, 7];
        let (items, work, token) = cut(2, "", &all).unwrap();
        assert_eq!((items, work), (vec![1, 2], [3, 2]));
        let (items, work, token) = cut(3, &token, &all).unwrap();
        assert_eq!((items, work), (vec![3, 4, 5], [4, 3]));
        let (items, work, token) = cut(2, &token, &all).unwrap();
        assert_eq!((items, work, token.as_str()), (vec![6, 7], [2, 2], ""));
    }

    #[test]
    fn a_page_ends_where_it_has_its_bytes() {
        let third = PAGE_BYTES_MAX / 3;
        let (items, _work, token) = cut(0, "", &[third, third, third, third]).unwrap();
        assert_eq!(items, [third, third]);
        let (items, _work, token) = cut(0, &token, &[third, third, third, third]).unwrap();
        assert_eq!((items, token.as_str()), (vec![third, third], ""));
    }

    #[test]
    fn what_is_too_large_for_a_page_comes_alone() {
        let large = 2 * PAGE_BYTES_MAX;
        let all = [1, large, 2];
        let (items, _work, token) = cut(0, "", &all).unwrap();
        assert_eq!(items, [1]);
        let (items, _work, token) = cut(0, &token, &all).unwrap();
        assert_eq!(items, [large]);
        let (items, _work, token) = cut(0, &token, &all).unwrap();
        assert_eq!((items, token.as_str()), (vec![2], ""));
    }

    #[test]
    fn a_page_ends_where_it_has_looked_long_enough_and_always_gets_on() {
        let book = Book::new();
        let question = Question::new(&book, Head::EMPTY, Timestamp::EPOCH, CancellationToken::new());
        let look_at = |acts: u64| (0..acts).for_each(|at| assert!(book.record().at(Position(at)).is_none()));
        let page_of = |token: &str, costs: &[u64]| {
            let request = ListDecisionsRequest { page_token: token.to_owned(), ..Default::default() };
            let page = Page::of(&request).unwrap();
            let look = question.look(None, Some(&page)).unwrap();
            let list = page.rest(costs.to_vec()).unwrap().map(|(number, acts)| {
                look_at(acts);
                // Only what costs three acts or less is found.
                (number, (acts <= 3).then_some(()))
            });
            let cut = question.cut_sparse(&page, &look, list, |()| Decision::default()).unwrap();
            (cut.items.len(), cut.next_page_token)
        };
        let costs = [1, 2, PAGE_LOOKS_MAX, 3, PAGE_LOOKS_MAX + 1, PAGE_LOOKS_MAX + 1, 1];
        let (mut found, mut token, mut pages) = (Vec::new(), String::new(), 0);
        while pages == 0 || !token.is_empty() {
            let (items, next) = page_of(&token, &costs);
            found.push(items);
            (token, pages) = (next, pages + 1);
        }
        assert_eq!(found, [2, 0, 1, 0, 0, 1]);
    }

    #[test]
    fn nothing_more_is_worked_out_once_the_caller_has_left() {
        assert_eq!(cut(0, "", &[1, 0, 1]).unwrap_err().code(), Code::Cancelled);
        assert_eq!(cut(0, "", &[1, 1, 1]).unwrap().0, [1, 1, 1]);
    }
}
