//! What every question of the register has: the book, and from where to look at it.

use crate::proto::{self, view::KnownAt};
use crate::service::convert::{self, RestsOn};
use crate::service::page::{Page, Pinned};
pub(super) use crate::service::parsed::{parse, parse_date, parse_id, parse_moment, parse_word};
use crate::service::status;
use minutebook_governance::Book;
use minutebook_governance::authority::Contested;
use minutebook_governance::bodies::{self, Body};
use minutebook_governance::{
    BodyId, Date, KnownUntil, Record, Scope, Told, View, Withdrawn, loads, withdrawn, withdrawn_of_kind,
};
use minutebook_log::{Head, Position, Purpose, Subject, Timestamp};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// A question at work: the book, how much of it is durable, and whether somebody still waits for the answer.
pub(super) struct Question<'a> {
    book: &'a Book,
    head: Head,
    now: Timestamp,
    left: CancellationToken,
    /// What the names of bodies in it mean.
    meanings: RefCell<Vec<proto::Meaning>>,
    /// The positions of entries that the answer as a whole speaks of: what would be in it and was withdrawn, and by what
    /// bodies inherit.
    beside: RefCell<BTreeSet<u64>>,
    /// From where it looked last.
    looked: Cell<Option<View>>,
}

/// From where a question looks.
pub(super) struct Look {
    /// For the register.
    pub(super) view: View,
    answered: proto::Answered,
    /// Whether it is no later page of an answer.
    is_first: bool,
}

impl Look {
    /// What the pages of one answer have in common.
    pub(super) fn pinned(&self) -> Pinned {
        (self.view.as_at, self.view.known)
    }

    /// The same look at every standing, for what is answered whatever its standing.
    pub(super) fn reported(&self) -> Self {
        Self { view: self.everything(), answered: self.answered.clone(), is_first: self.is_first }
    }

    /// The same view of every standing: how keys and grants are looked at.
    pub(super) fn everything(&self) -> View {
        View { scope: Scope::Reported, ..self.view }
    }
}

/// Everything that is durable, of every standing, as at the day of the last entry.
pub(super) fn everything(book: &Book, head: Head) -> View {
    let last = head.size.checked_sub(1).and_then(|last| book.chain().recorded_at(Position(last)));
    View {
        as_at: Date::of(last.unwrap_or(Timestamp::EPOCH)),
        known: head.size,
        scope: Scope::Reported,
        until: KnownUntil::Onwards,
    }
}

/// Those of the entries that are in doubt, as far as is durable.
pub(super) fn contested(
    book: &Book,
    head: Head,
    entries: impl IntoIterator<Item = u64>,
) -> Vec<proto::Contested> {
    convert::contested(book.record(), entries, everything(book, head))
}

impl<'a> Question<'a> {
    /// A question of what is durable at `head`, which ends early once its caller has `left`.
    pub(super) fn new(book: &'a Book, head: Head, now: Timestamp, left: CancellationToken) -> Self {
        let (meanings, beside, looked) = (RefCell::default(), RefCell::default(), Cell::default());
        Self { book, head, now, left, meanings, beside, looked }
    }

    /// Asks whether somebody still waits for the answer: long ones do before each part of their work.
    ///
    /// # Errors
    /// Where nobody does; nobody reads that either.
    pub(super) fn goes_on(&self) -> Result<(), Status> {
        if self.left.is_cancelled() { Err(status::left()) } else { Ok(()) }
    }

    pub(super) fn record(&self) -> &'a Record {
        self.book.record()
    }

    /// The view that is asked for; for the later pages of an answer, that of its first.
    pub(super) fn look(&self, asked: Option<&proto::View>, page: Option<&Page>) -> Result<Look, Status> {
        self.look_as(asked, page, 0)
    }

    /// As [`Question::look`], for the `index`th of several answers that a question compares.
    pub(super) fn look_as(
        &self,
        asked: Option<&proto::View>,
        page: Option<&Page>,
        index: usize,
    ) -> Result<Look, Status> {
        let asked = asked.cloned().unwrap_or_default();
        let pinned = page.map(|page| page.pinned(index)).transpose()?.flatten();
        let (as_at, known) = match pinned {
            Some((_as_at, known)) if known > self.head.size => {
                let needed = format!("a token of this ledger, which has {} entries", self.head.size);
                return Err(status::argument("page_token", &format!("{known} entries"), needed));
            }
            Some(pinned) => pinned,
            None => (self.parse_day(&asked.as_at)?, self.parse_known(asked.known_at.as_ref())?),
        };
        let scope = match asked.scope() {
            proto::Scope::Unspecified | proto::Scope::Enacted => Scope::Enacted,
            proto::Scope::Reported => Scope::Reported,
        };
        let view = View { as_at, known, scope, until: self.until(asked.known_at.as_ref()) };
        let answered = self.describe(view, asked.known_at.as_ref());
        self.looked.set(Some(view));
        Ok(Look { view, answered, is_first: pinned.is_none() })
    }

    /// What an answer says of itself, that of what it rests on among it.
    pub(super) fn answered(&self, look: &Look, rests_on: &[&dyn RestsOn]) -> Option<proto::Answered> {
        self.answered_by(look, rests_on.iter().flat_map(|part| part.entries()))
    }

    /// As [`Question::answered`], of the positions of entries.
    pub(super) fn answered_by(
        &self,
        look: &Look,
        entries: impl IntoIterator<Item = u64>,
    ) -> Option<proto::Answered> {
        let entries: BTreeSet<_> = entries.into_iter().chain(self.beside(look)).collect();
        let contested = convert::contested(self.record(), entries.iter().copied(), look.everything());
        let inferences = convert::inferences(self.record(), entries.iter().copied(), look.everything());
        let corrections = convert::corrections(self.record(), entries, look.view.known);
        let meanings = self.meanings(look);
        Some(proto::Answered { contested, corrections, inferences, meanings, ..look.answered.clone() })
    }

    /// As [`Question::answered`], where it is known what is in doubt, what was corrected and what inferred.
    pub(super) fn answered_with(
        &self,
        look: &Look,
        contested: impl IntoIterator<Item = Contested>,
        corrections: Vec<proto::Correction>,
        inferences: Vec<proto::Inference>,
    ) -> proto::Answered {
        let contested = contested.into_iter().map(convert::in_doubt).collect();
        let meanings = self.meanings(look);
        proto::Answered { contested, corrections, inferences, meanings, ..look.answered.clone() }
    }

    /// How many entries were recorded by a moment.
    pub(super) fn size_at(&self, moment: Timestamp) -> u64 {
        self.book.chain().size_at(moment).min(self.head.size)
    }

    /// From where it looked last; nothing where it did not.
    pub(super) fn looked(&self) -> Option<View> {
        self.looked.get()
    }

    /// What the names mean that were asked for, as the first page of an answer says.
    fn meanings(&self, look: &Look) -> Vec<proto::Meaning> {
        if look.is_first { self.meanings.borrow().clone() } else { Vec::new() }
    }

    /// What the answer speaks of beside its items, as its first page says.
    pub(super) fn beside(&self, look: &Look) -> Vec<u64> {
        if look.is_first { self.beside.borrow().iter().copied().collect() } else { Vec::new() }
    }

    /// A body and those that it follows by the view's day, itself first. What is inherited rests on the entries that say how
    /// they follow each other: the answer notes them.
    pub(super) fn line(&self, look: &Look, id: &BodyId) -> Vec<BodyId> {
        let (mut line, mut beside) = (Vec::new(), self.beside.borrow_mut());
        for (body, passed_on_by) in bodies::inherited(self.record(), id, look.view) {
            beside.extend(passed_on_by.iter().map(|position| position.0));
            line.push(body);
        }
        line
    }

    /// Notes what was withdrawn of what is said about subjects, where `is_asked_for` has it in the answer.
    pub(super) fn note_withdrawn<'s>(
        &self,
        look: &Look,
        subjects: impl IntoIterator<Item = &'s Subject>,
        is_asked_for: impl Fn(&Told) -> bool,
    ) {
        if look.is_first {
            let found = subjects.into_iter().flat_map(|subject| withdrawn(self.record(), subject, look.view));
            self.note_those(found, is_asked_for);
        }
    }

    /// The same of all subjects of a kind.
    pub(super) fn note_withdrawn_of_kind(
        &self,
        look: &Look,
        kind: &str,
        is_asked_for: impl Fn(&Told) -> bool,
    ) {
        if look.is_first {
            self.note_those(withdrawn_of_kind(self.record(), kind, look.view), is_asked_for);
        }
    }

    fn note_those(&self, found: impl IntoIterator<Item = Withdrawn>, is_asked_for: impl Fn(&Told) -> bool) {
        let asked_for = found.into_iter().filter(|it| is_asked_for(&it.told));
        self.beside.borrow_mut().extend(asked_for.map(|it| it.told.position.0));
    }

    /// Every entry that is durable, of every standing, as at the view's day.
    pub(super) fn all_known(&self, view: View) -> View {
        View { known: self.head.size, scope: Scope::Reported, ..view }
    }

    pub(super) fn note_meaning(&self, asked: &str, bodies: &[Body], view: View) {
        let Some((body, others)) = bodies.split_first() else { return };
        let meaning = proto::Meaning {
            asked: asked.to_owned(),
            body: body.id.to_string(),
            name: body.called(view).unwrap_or_default(),
            also: others.iter().map(|other| other.id.to_string()).collect(),
        };
        let mut meanings = self.meanings.borrow_mut();
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }

    fn parse_day(&self, day: &str) -> Result<Date, Status> {
        if day.is_empty() { Ok(self.default_day()) } else { parse_date("view.as_at", day) }
    }

    /// Today; in a re-enactment, the day of the last entry.
    fn default_day(&self) -> Date {
        Date::of(self.present())
    }

    /// Now; in a re-enactment, the moment of the last entry: beyond it nothing is known.
    fn present(&self) -> Timestamp {
        let last = self.head.size.checked_sub(1).and_then(|last| self.recorded_at(last));
        last.filter(|_last| self.is_re_enactment()).unwrap_or(self.now)
    }

    fn is_re_enactment(&self) -> bool {
        let opening = self.book.chain().opening();
        opening.is_some_and(|opening| opening.purpose == Purpose::ReEnactment)
    }

    fn recorded_at(&self, position: u64) -> Option<Timestamp> {
        self.book.chain().recorded_at(Position(position))
    }

    /// How far knowledge reaches that is asked for in this way.
    fn until(&self, asked: Option<&KnownAt>) -> KnownUntil {
        match asked {
            None => KnownUntil::Day(self.default_day()),
            Some(KnownAt::KnownAtPosition(_position)) => KnownUntil::LastEntry,
            Some(KnownAt::KnownAtTime(time)) => {
                parse_moment(time).map_or(KnownUntil::LastEntry, |moment| KnownUntil::Day(Date::of(moment)))
            }
        }
    }

    /// The moment that, asked for, is answered from the same entries: to the second where that says it, which holds to its end; else
    /// with its decimals; nothing where there is none.
    fn known_at(&self, known: u64, asked: Option<&KnownAt>) -> Option<String> {
        let of_last = || known.checked_sub(1).and_then(|last| self.recorded_at(last));
        let moment = match asked {
            None => Some(self.present()),
            Some(KnownAt::KnownAtPosition(_position)) => of_last(),
            Some(KnownAt::KnownAtTime(time)) => parse_moment(time),
        };
        let says_it = |moment: &Timestamp| self.book.chain().size_at(*moment).min(self.head.size) == known;
        let moment = moment.filter(says_it).or_else(|| of_last().filter(says_it))?.to_string();
        let second = moment.split_once('.').map(|(second, _decimals)| format!("{second}Z"));
        let says_second = |second: &String| parse_moment(second).is_some_and(|moment| says_it(&moment));
        Some(second.filter(says_second).unwrap_or(moment))
    }

    fn parse_known(&self, asked: Option<&KnownAt>) -> Result<u64, Status> {
        match asked {
            None => Ok(self.head.size),
            Some(KnownAt::KnownAtPosition(position)) if *position < self.head.size => Ok(position + 1),
            Some(KnownAt::KnownAtPosition(position)) => {
                let needed = format!("a position below {}, where the ledger ends", self.head.size);
                Err(status::argument("view.known_at_position", &position.to_string(), needed))
            }
            Some(KnownAt::KnownAtTime(time)) => {
                let moment = parse_moment(time).ok_or_else(|| {
                    let needed = "a moment such as 2019-06-30T12:00:00Z, or a day such as 2019-06-30";
                    status::argument("view.known_at_time", time, needed)
                })?;
                Ok(self.book.chain().size_at(moment).min(self.head.size))
            }
        }
    }

    fn describe(&self, view: View, asked: Option<&KnownAt>) -> proto::Answered {
        let known_at = self.known_at(view.known, asked);
        let horizon = loads::horizon(self.record(), view).filter(|horizon| view.as_at > *horizon);
        proto::Answered {
            as_at: view.as_at.to_string(),
            known_entries: view.known,
            known_at: known_at.unwrap_or_default(),
            scope: match view.scope {
                Scope::Enacted => proto::Scope::Enacted,
                Scope::Reported => proto::Scope::Reported,
            }
            .into(),
            re_enactment: self.is_re_enactment(),
            horizon: horizon.map_or_else(String::new, |horizon| horizon.to_string()),
            contested: Vec::new(),
            meanings: Vec::new(),
            corrections: Vec::new(),
            inferences: Vec::new(),
            names: Vec::new(),
        }
    }
}
