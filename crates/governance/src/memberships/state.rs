//! Which practices are members of which commissioner on a day: stretches from an admission to a departure, each of the
//! body that is named. They pass to the successor with the body.

use super::events::{MembershipChanged, PracticeMove};
use crate::bodies::{heirs, is_or_follows, lineage};
use crate::joined::{Joined, Source, any_or_joined, join};
use crate::{BodyId, Certainty, Date, PDate, Record, View};
use std::collections::BTreeSet;

/// A practice as a member of one commissioner, from an admission on.
#[derive(Debug, Clone)]
pub struct PracticeMembership {
    /// The body that admitted it.
    pub admitted_by: BodyId,
    /// The first day; where sources contradict each other, one that leaves it open.
    pub from: PDate,
    /// The first day no more, where it departed.
    pub until: Option<PDate>,
    /// Where it practises, in words.
    pub place: Option<String>,
    /// The admission of the highest standing.
    pub source: Source,
    admissions: Joined<PDate>,
}

/// A practice as a member of a body on a day.
#[derive(Debug, Clone)]
pub struct Member {
    /// The practice.
    pub practice: BodyId,
    /// The body that it is a member of then: the one that admitted it, or who follows it.
    pub body: BodyId,
    /// Whether it is one: yes, or not known.
    pub holds: Certainty,
    /// The membership.
    pub membership: PracticeMembership,
}

/// What is known of a practice: its memberships, and the departures that end none.
#[derive(Debug, Default)]
pub(super) struct Memberships {
    pub(super) all: Vec<PracticeMembership>,
    pub(super) astray: Vec<(BodyId, PDate, Source)>,
}

/// A move as it was said.
struct Said {
    body: BodyId,
    said: MembershipChanged,
    source: Source,
}

/// What is said between an admission and the departures that end it.
struct Stretch {
    body: BodyId,
    place: Option<String>,
    admissions: Vec<(Source, PDate)>,
    departures: Vec<(Source, PDate)>,
}

impl Stretch {
    /// Whether a body ends the membership by naming itself: it admitted the practice, or follows who did.
    fn is_of(&self, record: &Record, said: &Said, view: View) -> bool {
        let on = said.said.effective.latest().unwrap_or(view.as_at);
        is_or_follows(record, &said.body, &self.body, view.at(on))
    }

    fn into_membership(self) -> Option<PracticeMembership> {
        let admissions = join(&self.admissions)?;
        let highest = self
            .admissions
            .iter()
            .max_by_key(|(source, _date)| (source.standing, std::cmp::Reverse(source.position)));
        Some(PracticeMembership {
            admitted_by: self.body,
            from: any_or_joined(&admissions)?,
            until: join(&self.departures).and_then(|departures| any_or_joined(&departures)),
            place: self.place,
            source: highest?.0,
            admissions,
        })
    }
}

impl PracticeMembership {
    /// Where sources contradict each other about the first day.
    pub(super) fn contradicted(&self) -> Option<&Joined<PDate>> {
        Some(&self.admissions).filter(|joined| !joined.contradicted_by.is_empty())
    }

    fn holds_on(&self, day: Date) -> Certainty {
        let is_over = self.until.as_ref().map_or(Certainty::No, |until| until.is_by(day));
        self.from.is_by(day).and(is_over.negated())
    }
}

/// The memberships of a practice, on whatever days, in the order of their own dates.
pub(super) fn memberships(record: &Record, practice: &BodyId, view: View) -> Memberships {
    let told = record.saying::<MembershipChanged>(practice.subject(), view);
    let moves = told.filter_map(|told| {
        let said = told.says::<MembershipChanged>().filter(|said| said.practice == *practice)?.clone();
        Some(Said { body: BodyId::of(&told.subject)?, said, source: Source::from(&told) })
    });
    let mut moves: Vec<_> = moves.collect();
    // On one day, a practice departs before it is admitted.
    moves.sort_by_key(|it| {
        (it.said.effective.earliest(), it.said.change == PracticeMove::Admitted, it.source.position)
    });
    let (mut stretches, mut astray): (Vec<Stretch>, _) = (Vec::new(), Vec::new());
    for it in moves {
        let date = (it.source, it.said.effective.clone());
        match it.said.change {
            PracticeMove::Admitted => admit(&mut stretches, it, date),
            PracticeMove::Departed => {
                let of_it = stretches.iter_mut().rev();
                match of_it.into_iter().find(|stretch| stretch.is_of(record, &it, view)) {
                    Some(stretch) => stretch.departures.push(date),
                    None => astray.push((it.body, it.said.effective, it.source)),
                }
            }
        }
    }
    Memberships { all: stretches.into_iter().filter_map(Stretch::into_membership).collect(), astray }
}

/// An admission that is said again, while nobody has said that it ended, is of the same membership.
fn admit(stretches: &mut Vec<Stretch>, it: Said, date: (Source, PDate)) {
    let last = stretches.iter_mut().rev().find(|stretch| stretch.body == it.body);
    let goes_on = |stretch: &&mut Stretch| {
        let agrees = stretch.admissions.iter().any(|(_source, known)| known.agrees_with(&date.1));
        stretch.departures.is_empty() || agrees
    };
    match last.filter(goes_on) {
        Some(stretch) => {
            stretch.place = it.said.place.or(stretch.place.take());
            stretch.admissions.push(date);
        }
        None => stretches.push(Stretch {
            body: it.body,
            place: it.said.place,
            admissions: vec![date],
            departures: Vec::new(),
        }),
    }
}

/// The bodies that a practice is a member of on the view's day, or may be, by id. Statements that contradict each other
/// make it one of several.
pub fn commissioners_of(record: &Record, practice: &BodyId, view: View) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    for membership in memberships(record, practice, view).all {
        let holds = membership.holds_on(view.as_at);
        if holds == Certainty::No {
            continue;
        }
        for (body, is_heir) in heirs(record, &membership.admitted_by, view) {
            let (holds, membership) = (holds.and(is_heir), membership.clone());
            match members.iter_mut().find(|known| known.body == body) {
                Some(known) => known.holds = known.holds.or(holds),
                None => members.push(Member { practice: practice.clone(), body, holds, membership }),
            }
        }
    }
    members.sort_by(|a, b| a.body.cmp(&b.body));
    members
}

/// The practices that are members of a body on the view's day, or may be, by id.
pub fn practices(record: &Record, id: &BodyId, view: View) -> Vec<Member> {
    let bodies = lineage(record, id, view);
    let told = bodies.iter().flat_map(|body| record.saying::<MembershipChanged>(body.subject(), view));
    let named: BTreeSet<_> =
        told.filter_map(|told| Some(told.says::<MembershipChanged>()?.practice.clone())).collect();
    let members = named.iter().flat_map(|practice| commissioners_of(record, practice, view));
    members.filter(|member| member.body == *id).collect()
}

/// How practices came to a body, and to those that it follows, and went, by the view's day, the first change first.
pub fn membership_changes(
    record: &Record,
    id: &BodyId,
    view: View,
) -> Vec<(BodyId, MembershipChanged, Source)> {
    let bodies = lineage(record, id, view);
    let told = bodies.iter().flat_map(|body| record.saying::<MembershipChanged>(body.subject(), view));
    let told = told.filter(|told| BodyId::of(&told.subject).is_some_and(|body| bodies.contains(&body)));
    let said = told.filter_map(|told| {
        let (body, said) = (BodyId::of(&told.subject)?, told.says::<MembershipChanged>()?.clone());
        Some((body, said, Source::from(&told)))
    });
    let mut said: Vec<_> =
        said.filter(|(_body, said, _source)| said.effective.is_by(view.as_at) != Certainty::No).collect();
    said.sort_by_key(|(_body, said, source)| (said.effective.earliest(), source.position));
    said.dedup_by_key(|(_body, _said, source)| source.position);
    said
}
