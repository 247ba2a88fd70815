//! What is known of a partnership: the fold of every statement about it that a view can see.

use super::events::{
    MemberStatus, MembershipMove, PartnershipChange, PartnershipChanged, PartnershipFormed, PartnershipKind,
    PartnershipMembershipChanged,
};
use crate::joined::Source;
use crate::words::words;
use crate::{BodyId, Certainty, Date, PDate, PartnershipId, PersonId, Record, Sealable, View, view::Told};
use minutebook_log::Position;
use std::any::TypeId;
use std::collections::BTreeSet;

/// Where a partnership stands. None of these has a legal effect anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnershipState {
    /// Its first day is still to come.
    Forming,
    /// It is there.
    Live,
    /// It has ended.
    Dissolved,
}

words!(PartnershipState: Forming = "forming", Live = "live", Dissolved = "dissolved");

/// A body in a partnership.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The body.
    pub body: BodyId,
    /// As what it belongs to it.
    pub status: MemberStatus,
    /// Since when, where it is stated.
    pub from: Option<PDate>,
    /// The first day on which it belongs to it no more.
    pub until: Option<PDate>,
    /// Where it is said.
    pub sources: Vec<Source>,
}

/// What NHS England named a partnership.
#[derive(Debug, Clone)]
pub struct Designation {
    /// The scheme or title.
    pub designation: String,
    /// How many were named with it.
    pub cohort: Option<u32>,
    /// The wave.
    pub wave: Option<String>,
    /// Who named it.
    pub by: Option<Sealable>,
    /// When.
    pub effective: Option<PDate>,
    /// Where it is said.
    pub source: Source,
}

/// Who leads a partnership.
#[derive(Debug, Clone)]
pub struct Lead {
    /// Who.
    pub person: PersonId,
    /// As what, in the words of the source.
    pub title_as_written: String,
    /// Since when, or when the source saw them.
    pub effective: Option<PDate>,
    /// Where it is said.
    pub source: Source,
}

/// A partnership as a view sees it. It decides nothing in law.
#[derive(Debug, Clone)]
pub struct Partnership {
    /// Its id.
    pub id: PartnershipId,
    /// What was said when it was formed; nothing where only a change or a member is known.
    pub formed: Option<PartnershipFormed>,
    /// The name that it has; the last part of its id where no source names it.
    pub name: String,
    /// What it is called.
    pub kind: Option<PartnershipKind>,
    /// Where it stands.
    pub state: PartnershipState,
    /// The bodies that belong to it on the view's day, by the order of the book.
    pub members: Vec<Membership>,
    /// Those that did once.
    pub former_members: Vec<Membership>,
    /// What it was named, oldest statement first.
    pub designations: Vec<Designation>,
    /// The partnership that it is part of.
    pub within: Option<PartnershipId>,
    /// The partnerships that are part of it.
    pub parts: Vec<PartnershipId>,
    /// Who leads it.
    pub lead: Option<Lead>,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

impl Partnership {
    /// What it may decide on the view's day, in words: an integrated care partnership is a joint committee of a board and
    /// its councils, with a strategy of its own; nothing else decides anything.
    pub fn may_decide(&self, view: View) -> &'static str {
        let is_joint = self.kind == Some(PartnershipKind::IcpPartnership) && view.as_at >= STATUTORY_SINCE;
        if is_joint {
            "its integrated care strategy, as a statutory joint committee of a board and its councils (Local Government \
             and Public Involvement in Health Act 2007, sections 116ZA and 116ZB); it commissions nothing"
        } else {
            "nothing in law"
        }
    }
}

/// From when on a board and the councils of its area have to set up an integrated care partnership (Health and Care Act
/// 2022, section 26).
pub(super) const STATUTORY_SINCE: Date = Date::constant(2022, 7, 1);

/// The types that say something of a partnership.
const HEARD: [TypeId; 3] = [
    TypeId::of::<PartnershipFormed>(),
    TypeId::of::<PartnershipChanged>(),
    TypeId::of::<PartnershipMembershipChanged>(),
];

/// The partnership as `view` sees it; nothing where nothing is said of it.
pub fn partnership(record: &Record, id: &PartnershipId, view: View) -> Option<Partnership> {
    let told: Vec<_> = record.saying_any(HEARD, id.subject(), view).collect();
    let own = || told.iter().filter(|told| told.subject == *id.subject());
    own().next()?;
    let formed = own().filter(|told| told.says::<PartnershipFormed>().is_some());
    let formed = formed.max_by_key(|told| (told.standing, told.position));
    let said = formed.and_then(|told| told.says::<PartnershipFormed>()).cloned();
    let mut partnership = Partnership {
        id: id.clone(),
        name: said.as_ref().map_or_else(|| id.slug().to_owned(), |said| said.name.clone()),
        kind: said.as_ref().map(|said| said.kind),
        state: state_when(said.as_ref().and_then(|said| said.formed_on.as_ref()), view),
        formed: said,
        members: Vec::new(),
        former_members: Vec::new(),
        designations: Vec::new(),
        within: within(record, id, view),
        parts: Vec::new(),
        lead: None,
        why: own().map(|told| told.position).collect(),
    };
    partnership.hear_changes(own(), view);
    partnership.hear_members(own(), view);
    partnership.hear_parts(record, &told, view);
    partnership.why.sort_unstable();
    partnership.why.dedup();
    Some(partnership)
}

/// The partnerships to which a body belongs on the view's day, by id.
pub fn partnerships_of(record: &Record, body: &BodyId, view: View) -> Vec<Partnership> {
    let told = record.saying_any(HEARD, body.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| PartnershipId::of(&told.subject)).collect();
    let known = ids.iter().filter_map(|id| partnership(record, id, view));
    known.filter(|known| known.members.iter().any(|member| member.body == *body)).collect()
}

/// The partnership that another is part of: as it says itself, or as the larger one lists it.
pub fn within(record: &Record, id: &PartnershipId, view: View) -> Option<PartnershipId> {
    last_within(record, id, view, |date| has_begun(date, view))
}

/// The partnership that another is or will be part of, whatever the day.
pub(super) fn within_at_last(record: &Record, id: &PartnershipId, view: View) -> Option<PartnershipId> {
    last_within(record, id, view, |_date| true)
}

fn last_within(
    record: &Record,
    id: &PartnershipId,
    view: View,
    counts: impl Fn(Option<&PDate>) -> bool,
) -> Option<PartnershipId> {
    let told = record.saying_any(HEARD, id.subject(), view);
    let nested = told.filter_map(|told| {
        let of = match told.says::<PartnershipChanged>() {
            Some(PartnershipChanged { change: PartnershipChange::Nested { within }, effective }) => {
                let own = told.subject == *id.subject() && counts(effective.as_ref());
                own.then(|| within.clone())
            }
            _ => {
                let formed = told.says::<PartnershipFormed>()?;
                formed.components.contains(id).then(|| PartnershipId::of(&told.subject)).flatten()
            }
        };
        of.filter(|of| of != id).map(|of| ((told.standing, told.position), of))
    });
    nested.max_by_key(|(order, _of)| *order).map(|(_order, of)| of)
}

/// Whether what is said with this date can be so on the view's day; what has no date is.
fn has_begun(date: Option<&PDate>, view: View) -> bool {
    date.is_none_or(|date| date.is_by(view.as_at) != Certainty::No)
}

fn state_when(formed: Option<&PDate>, view: View) -> PartnershipState {
    if has_begun(formed, view) { PartnershipState::Live } else { PartnershipState::Forming }
}

/// The order of statements of one fact: by their own dates where they have one, then as in the book.
fn order(date: Option<&PDate>, source: Source) -> (Option<Date>, Position) {
    (date.and_then(PDate::earliest), source.position)
}

impl Partnership {
    fn hear_changes<'a>(&mut self, told: impl Iterator<Item = &'a Told>, view: View) {
        let changes = told.filter_map(|told| Some((Source::from(told), told.says::<PartnershipChanged>()?)));
        let mut changes: Vec<_> =
            changes.filter(|(_source, said)| has_begun(said.effective.as_ref(), view)).collect();
        changes.sort_by_key(|(source, said)| order(said.effective.as_ref(), *source));
        for (source, said) in changes {
            self.hear_change(source, said);
        }
    }

    fn hear_change(&mut self, source: Source, said: &PartnershipChanged) {
        let effective = said.effective.clone();
        match said.change.clone() {
            PartnershipChange::Renamed { now, .. } => self.name = now,
            PartnershipChange::Transformed { now, .. } => self.kind = Some(now),
            PartnershipChange::Designated { designation, cohort, wave, by } => {
                self.designations.push(Designation { designation, cohort, wave, by, effective, source });
            }
            PartnershipChange::LeadNamed { person, title_as_written } => {
                self.lead = Some(Lead { person, title_as_written, effective, source });
            }
            PartnershipChange::Dissolved { .. } => self.state = PartnershipState::Dissolved,
            PartnershipChange::Nested { .. } => {}
        }
    }

    /// Members from the beginning, and those who came and went.
    fn hear_members<'a>(&mut self, told: impl Iterator<Item = &'a Told>, view: View) {
        let mut moves = Vec::new();
        for told in told {
            let source = Source::from(told);
            let formed = told.says::<PartnershipFormed>();
            let from_the_beginning = formed.iter().flat_map(|formed| {
                formed.members.iter().map(|member| PartnershipMembershipChanged {
                    body: member.body.clone(),
                    change: MembershipMove::Joined,
                    status: member.status,
                    effective: formed.formed_on.clone(),
                })
            });
            let since = told.says::<PartnershipMembershipChanged>().cloned();
            moves.extend(from_the_beginning.chain(since).map(|said| (source, said)));
        }
        moves.retain(|(_source, said)| has_begun(said.effective.as_ref(), view));
        moves.sort_by_key(|(source, said)| order(said.effective.as_ref(), *source));
        for (source, said) in moves {
            self.hear_move(source, said);
        }
        self.members.sort_by_key(|member| member.sources.first().map(|source| source.position));
    }

    fn hear_move(&mut self, source: Source, said: PartnershipMembershipChanged) {
        let at = self.members.iter().position(|it| it.body == said.body && it.status == said.status);
        match (said.change, at) {
            (MembershipMove::Joined, Some(at)) => {
                if let Some(member) = self.members.get_mut(at) {
                    member.from = member.from.take().or(said.effective);
                    member.sources.push(source);
                }
            }
            (MembershipMove::Joined, None) => self.members.push(Membership {
                body: said.body,
                status: said.status,
                from: said.effective,
                until: None,
                sources: vec![source],
            }),
            (MembershipMove::Left, Some(at)) => {
                let mut member = self.members.remove(at);
                member.until = said.effective;
                member.sources.push(source);
                self.former_members.push(member);
            }
            (MembershipMove::Left, None) => {}
        }
    }

    fn hear_parts(&mut self, record: &Record, told: &[Told], view: View) {
        let others = told.iter().filter_map(|told| PartnershipId::of(&told.subject));
        let listed = self.formed.iter().flat_map(|formed| formed.components.iter().cloned());
        let candidates: BTreeSet<_> = others.chain(listed).filter(|other| *other != self.id).collect();
        let is_part = |other: &PartnershipId| within(record, other, view).as_ref() == Some(&self.id);
        self.parts = candidates.into_iter().filter(is_part).collect();
        self.why.extend(
            told.iter()
                .filter(|told| {
                    PartnershipId::of(&told.subject).is_some_and(|other| self.parts.contains(&other))
                        && told.says::<PartnershipChanged>().is_some()
                })
                .map(|told| told.position),
        );
    }
}
