//! What is known of a committee: the fold of every statement about it that a view can see.

use super::events::{
    CommitteeChange, CommitteeDissolved, CommitteeEstablished, CommitteeKind, CommitteeMembershipChanged,
    CommitteeRole,
};
use super::lapse::{Lapse, LapsedWith};
use crate::bodies::{Life, body};
use crate::joined::Source;
use crate::words::words;
use crate::{BodyId, Certainty, CommitteeId, Document, PDate, PersonId, Record, View, view::Told};
use minutebook_log::Position;
use std::any::TypeId;
use std::collections::BTreeSet;

/// Where a committee stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitteeState {
    /// Its first day is still to come.
    NotYet,
    /// It can meet.
    Live,
    /// It was ended.
    Dissolved,
    /// The bodies whose committee it was are no more.
    Lapsed,
}

words!(CommitteeState: NotYet = "not_yet", Live = "live", Dissolved = "dissolved", Lapsed = "lapsed");

/// Somebody on a committee.
#[derive(Debug, Clone)]
pub struct CommitteeMember {
    /// Who.
    pub person: PersonId,
    /// For which body.
    pub body: BodyId,
    /// As what.
    pub role: CommitteeRole,
    /// Since when.
    pub from: PDate,
    /// Where it is said.
    pub source: Source,
}

/// A committee as a view sees it.
#[derive(Debug, Clone)]
pub struct Committee {
    /// Its id.
    pub id: CommitteeId,
    /// What was said when it was set up.
    pub established: CommitteeEstablished,
    /// The bodies whose committee it is on the view's day: not those that left it or are no more.
    pub parents: Vec<BodyId>,
    /// What it decides on.
    pub functions: Vec<String>,
    /// How many voting members make a quorum.
    pub quorum: Option<u32>,
    /// The terms of reference.
    pub terms: Option<Document>,
    /// Who sits on it.
    pub members: Vec<CommitteeMember>,
    /// Where it stands.
    pub state: CommitteeState,
    /// How it was ended; nothing while it was not.
    pub dissolved: Option<CommitteeDissolved>,
    /// Since when it is no more where nobody ended it: the last of its bodies left it or is no more.
    pub lapse: Option<Lapse>,
    /// Whether every date of its start, its changes and its end tells for certain where it stands.
    pub is_sure: bool,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

/// The types that say something of a committee.
const HEARD: [TypeId; 3] = [
    TypeId::of::<CommitteeEstablished>(),
    TypeId::of::<CommitteeMembershipChanged>(),
    TypeId::of::<CommitteeDissolved>(),
];

/// The committee as `view` sees it; nothing where no statement sets it up.
pub fn committee(record: &Record, id: &CommitteeId, view: View) -> Option<Committee> {
    let told: Vec<_> =
        record.saying_any(HEARD, id.subject(), view).filter(|told| told.subject == *id.subject()).collect();
    let established = told.iter().filter(|told| told.says::<CommitteeEstablished>().is_some());
    let established = established.max_by_key(|told| (told.standing, told.position))?;
    let established = established.says::<CommitteeEstablished>()?.clone();
    let mut committee = Committee {
        id: id.clone(),
        parents: established.parents.clone(),
        functions: established.functions.clone(),
        quorum: established.quorum,
        terms: established.terms.clone(),
        members: Vec::new(),
        state: CommitteeState::Live,
        dissolved: None,
        lapse: None,
        is_sure: told
            .iter()
            .filter_map(|told| told.statement.act_date())
            .all(|date| date.is_by(view.as_at) != Certainty::Unknown),
        why: told.iter().map(|told| told.position).collect(),
        established,
    };
    let left = committee.hear_changes(&told, view);
    committee.settle(record, &told, left, view);
    Some(committee)
}

/// The committees of a body, live or not, by id.
pub fn committees_of(record: &Record, id: &BodyId, view: View) -> Vec<Committee> {
    committees_from(record, id, None, view).collect()
}

/// Those of them from one on, each worked out when its turn comes.
pub fn committees_from<'a>(
    record: &'a Record,
    id: &'a BodyId,
    from: Option<&CommitteeId>,
    view: View,
) -> impl Iterator<Item = Committee> + use<'a> {
    let told = record.saying_any(HEARD, id.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| CommitteeId::of(&told.subject)).collect();
    let on: Vec<_> = ids.into_iter().filter(|id| from.is_none_or(|from| id >= from)).collect();
    let known = on.into_iter().filter_map(move |committee_id| committee(record, &committee_id, view));
    known.filter(|known| known.parents.contains(id) || known.established.parents.contains(id))
}

impl Committee {
    /// Whether what it decides binds its parents: one body's own committee, unless it advises; a joint one, if it
    /// was set up so. Committees in common never bind jointly.
    pub fn is_binding(&self) -> bool {
        match self.established.kind {
            CommitteeKind::GoverningBody => true,
            CommitteeKind::Committee | CommitteeKind::Sub => self.established.binding != Some(false),
            CommitteeKind::Joint => self.established.binding == Some(true),
            CommitteeKind::Advisory | CommitteeKind::InCommon => false,
        }
    }

    /// The changes that have come by the view's day, in the order of their own dates. Gives those of bodies that left.
    fn hear_changes(&mut self, told: &[Told], view: View) -> Vec<Lapse> {
        let changes = told
            .iter()
            .filter_map(|told| Some((Source::from(told), told.says::<CommitteeMembershipChanged>()?)));
        let mut changes: Vec<_> =
            changes.filter(|(_source, said)| said.effective.is_by(view.as_at) != Certainty::No).collect();
        changes.sort_by_key(|(source, said)| (said.effective.earliest(), source.position));
        let mut left = Vec::new();
        for (source, said) in changes {
            if said.change == CommitteeChange::BodyLeft {
                let (about, why) = (said.body.subject().clone(), vec![source.position]);
                left.push(Lapse {
                    since: Some(said.effective.clone()),
                    with: LapsedWith::BodyLeft,
                    about,
                    why,
                });
            }
            self.hear_change(source, said);
        }
        left
    }

    fn hear_change(&mut self, source: Source, said: &CommitteeMembershipChanged) {
        match &said.change {
            CommitteeChange::BodyJoined if !self.parents.contains(&said.body) => {
                self.parents.push(said.body.clone());
            }
            CommitteeChange::BodyJoined => {}
            CommitteeChange::BodyLeft => {
                self.parents.retain(|parent| *parent != said.body);
                self.members.retain(|member| member.body != said.body);
            }
            CommitteeChange::MemberAppointed { person, role } => {
                self.members.retain(|member| member.person != *person);
                let (person, body, from) = (person.clone(), said.body.clone(), said.effective.clone());
                self.members.push(CommitteeMember { person, body, role: *role, from, source });
            }
            CommitteeChange::MemberRemoved { person } => {
                self.members.retain(|member| member.person != *person);
            }
            CommitteeChange::TermsVaried { functions, quorum, terms } => {
                if !functions.is_empty() {
                    self.functions.clone_from(functions);
                }
                self.quorum = quorum.or(self.quorum);
                self.terms = terms.clone().or(self.terms.take());
            }
        }
    }

    /// Where it stands, and which of its parents are still there.
    fn settle(&mut self, record: &Record, told: &[Told], mut gone: Vec<Lapse>, view: View) {
        let ended = told.iter().filter_map(|told| told.says::<CommitteeDissolved>());
        let mut ended = ended.filter(|said| said.effective.is_by(view.as_at) != Certainty::No);
        self.dissolved = ended.next_back().cloned();
        self.parents.retain(|parent| {
            let closed = body(record, parent, view).filter(|it| it.life(view) == Life::Closed);
            gone.extend(closed.as_ref().and_then(|closed| Lapse::with_body(closed, view)));
            closed.is_none()
        });
        self.state = if self.established.established_on.is_by(view.as_at) == Certainty::No {
            CommitteeState::NotYet
        } else if self.dissolved.is_some() {
            CommitteeState::Dissolved
        } else if self.parents.is_empty() {
            CommitteeState::Lapsed
        } else {
            CommitteeState::Live
        };
        if self.state == CommitteeState::Lapsed {
            self.lapse = Lapse::last(gone);
        }
    }
}
