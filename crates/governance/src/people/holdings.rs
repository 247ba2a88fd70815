//! Who holds an office: the fold of appointments, ends and sightings. They are put in the order of their own
//! dates, so that the order in which they were loaded plays no part.

use super::events::{AppointmentEnded, OfficerAppointed, OfficerObserved, Tenure};
use super::office::Office;
use crate::bodies::{Life, body};
use crate::joined::{Source, any_or_joined, join};
use crate::loads::known_to;
use crate::{BodyId, Certainty, Date, PDate, PersonId, Record, Standing, View, view::Told};
use minutebook_log::Position;
use std::any::TypeId;

/// A source saw somebody in an office.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// On which day.
    pub on: PDate,
    /// The title that the source gives.
    pub title: String,
    /// The entry that says so.
    pub position: Position,
}

/// A holder of an office, as far as is known.
#[derive(Debug, Clone)]
pub struct Holding {
    /// Who.
    pub person: PersonId,
    /// How; nothing where only the holding itself was seen.
    pub tenure: Option<Tenure>,
    /// The first day in post; nothing where it is not stated.
    pub from: Option<PDate>,
    /// The first day no more in post.
    pub until: Option<PDate>,
    /// The highest standing that says so; nothing where nobody does.
    pub ends_by: Option<Standing>,
    /// Whether it ends by its term alone, and nobody says that it ended.
    pub is_term: bool,
    /// When sources saw it, and as what.
    pub observed: Vec<Sighting>,
    /// Where it is said.
    pub sources: Vec<Source>,
}

impl Holding {
    /// Whether it is said of this very day, or of a time around it, that no other stands beside.
    pub(super) fn is_there_on(&self, day: Date) -> bool {
        match self.tenure {
            Some(tenure) => tenure.is_sole(),
            None => self.observed.iter().any(|seen| seen.on.exact() == Some(day)),
        }
    }

    /// Whether it overlaps the time from `from` on until the day before `until`; nothing where nobody says since when
    /// it is held, or that it is held by an appointment that no other stands beside.
    pub(super) fn overlaps(&self, from: &PDate, until: Option<&PDate>) -> Option<Certainty> {
        let starts = self.from.as_ref().filter(|_from| self.tenure.is_some_and(Tenure::is_sole))?;
        let is_before =
            |day: &PDate, end: Option<&PDate>| end.map_or(Certainty::Yes, |end| day.is_before(end));
        Some(is_before(starts, until).and(is_before(from, self.until.as_ref())))
    }
}

/// An office on a day.
#[derive(Debug, Clone)]
pub struct OfficeHeld {
    /// Who holds it then for certain. None: not known, which is not the same as vacant.
    pub holders: Vec<Holding>,
    /// Of whom it is not known whether they hold it then.
    pub perhaps: Vec<Holding>,
    /// Whether the book says that nobody holds it.
    pub is_vacant: bool,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
}

/// The types that say who holds an office.
const HEARD: [TypeId; 3] =
    [TypeId::of::<OfficerAppointed>(), TypeId::of::<OfficerObserved>(), TypeId::of::<AppointmentEnded>()];

/// Everybody of whom it is said that they held the office, in the order in which it was said first; one
/// holding for each stretch of time.
pub fn holdings(record: &Record, id: &BodyId, office: Office, view: View) -> Vec<Holding> {
    let told = record.saying_any(HEARD, id.subject(), view).filter(|told| told.subject == *id.subject());
    let mut said: Vec<_> = told.filter_map(|told| Said::of(&told, office)).collect();
    // On one day, an end comes before a start, and a start before a sighting.
    said.sort_by_key(|said| {
        (said.on.earliest().or(said.on.latest()), said.what.rank(), said.source.position)
    });
    let mut stretches: Vec<Stretch> = Vec::new();
    for said in said {
        let last = stretches.iter_mut().rfind(|stretch| stretch.person == said.person);
        match last {
            Some(last) if !last.is_over_for(&said) => last.hear(said),
            last => {
                last.into_iter().for_each(|last| last.give_way_to(&said));
                let mut stretch = Stretch::of(said.person.clone());
                stretch.hear(said);
                stretches.push(stretch);
            }
        }
    }
    let mut holdings: Vec<_> = stretches.into_iter().map(Stretch::into_holding).collect();
    holdings.sort_by_key(|holding| holding.sources.iter().map(|source| source.position).min());
    holdings
}

/// One statement about a holder.
struct Said {
    person: PersonId,
    on: PDate,
    what: What,
    source: Source,
}

enum What {
    Ends,
    Starts { tenure: Tenure, until: Option<PDate> },
    Seen { title: String },
}

impl What {
    fn rank(&self) -> u8 {
        match self {
            What::Ends => 0,
            What::Starts { .. } => 1,
            What::Seen { .. } => 2,
        }
    }
}

impl Said {
    fn of(told: &Told, office: Office) -> Option<Self> {
        let source = Source::from(told);
        if let Some(said) = told.says::<OfficerAppointed>().filter(|said| said.office == office) {
            let (person, on) = (said.person.clone(), said.effective.clone());
            let what = What::Starts { tenure: said.tenure, until: said.until.clone() };
            Some(Self { person, on, what, source })
        } else if let Some(said) = told.says::<OfficerObserved>().filter(|said| said.office == office) {
            let (person, on) = (said.person.clone(), said.observed_on.clone());
            Some(Self { person, on, what: What::Seen { title: said.title_as_written.clone() }, source })
        } else {
            let said = told.says::<AppointmentEnded>().filter(|said| said.office == office)?;
            let (person, on) = (said.person.clone(), said.effective.clone());
            Some(Self { person, on, what: What::Ends, source })
        }
    }
}

/// A person in an office, from one start to one end: all that is said of it.
struct Stretch {
    person: PersonId,
    tenures: Vec<(Source, Tenure)>,
    starts: Vec<(Source, PDate)>,
    terms: Vec<(Source, PDate)>,
    ends: Vec<(Source, PDate)>,
    seen: Vec<Sighting>,
    sources: Vec<Source>,
}

impl Stretch {
    fn of(person: PersonId) -> Self {
        let (tenures, starts, terms) = (Vec::new(), Vec::new(), Vec::new());
        Self { person, tenures, starts, terms, ends: Vec::new(), seen: Vec::new(), sources: Vec::new() }
    }

    /// Whether what is said next, by its date, belongs to another stretch.
    fn is_over_for(&self, said: &Said) -> bool {
        let has_ended = |ends: &[(Source, PDate)]| {
            ends.iter().any(|(_source, end)| said.on.is_before(end) == Certainty::No)
        };
        match &said.what {
            What::Ends => false,
            What::Seen { .. } => has_ended(&self.ends) || (self.ends.is_empty() && has_ended(&self.terms)),
            What::Starts { tenure, .. } => {
                let same_start = self.starts.iter().any(|(_source, start)| start.agrees_with(&said.on));
                let same_tenure = self.tenures.iter().any(|(_source, held)| held == tenure);
                let only_seen = self.starts.is_empty();
                !same_start && (only_seen || !same_tenure || !self.ends.is_empty() || has_ended(&self.terms))
            }
        }
    }

    /// Who was interim until they were appointed for good was interim until then, but for a term that was over before.
    fn give_way_to(&mut self, said: &Said) {
        let is_over = self.terms.iter().any(|(_source, end)| said.on.is_before(end) == Certainty::No);
        let goes_on = self.ends.is_empty() && !self.starts.is_empty() && !is_over;
        if goes_on && matches!(said.what, What::Starts { .. }) {
            self.ends.push((said.source, said.on.clone()));
        }
    }

    fn hear(&mut self, said: Said) {
        self.sources.push(said.source);
        match said.what {
            What::Ends => self.ends.push((said.source, said.on)),
            What::Seen { title } => {
                self.seen.push(Sighting { on: said.on, title, position: said.source.position });
            }
            What::Starts { tenure, until } => {
                self.tenures.push((said.source, tenure));
                self.starts.push((said.source, said.on));
                self.terms.extend(until.map(|until| (said.source, until)));
            }
        }
    }

    fn into_holding(self) -> Holding {
        let said = if self.ends.is_empty() { &self.terms } else { &self.ends };
        let tenure = self.tenures.iter().max_by_key(|(source, _tenure)| (source.standing, source.position));
        Holding {
            person: self.person,
            tenure: tenure.map(|(_source, tenure)| *tenure),
            from: join(&self.starts).and_then(|starts| any_or_joined(&starts)),
            // What ended ended then, whatever the term was to be.
            until: join(&self.ends).or_else(|| join(&self.terms)).and_then(|ends| any_or_joined(&ends)),
            ends_by: said.iter().map(|(source, _end)| source.standing).max(),
            is_term: self.ends.is_empty(),
            observed: self.seen,
            sources: self.sources,
        }
    }
}

/// Who holds the office on the view's day. Who was seen in it counts on that very day, whenever that was written down;
/// after it, it is not known whether they still do, until the body ends, an end is recorded, or somebody is appointed.
/// Nor is it known beyond the end of what is loaded whether a term that sources alone report was the last, or an office
/// that sources alone say was left has stayed vacant.
pub fn office_held(record: &Record, id: &BodyId, office: Office, view: View) -> OfficeHeld {
    let all = holdings(record, id, office, view);
    let life = body(record, id, view).map(|body| body.life(view));
    let is_there = Certainty::from(life.is_some_and(|life| life != Life::Closed));
    let is_open = match life {
        Some(Life::Open) => Certainty::Yes,
        Some(Life::Unknown) => Certainty::Unknown,
        Some(Life::Closed | Life::NotYetOpen) | None => Certainty::No,
    };
    let starts: Vec<_> = all.iter().filter_map(|holding| holding.from.clone()).collect();
    let replaced_since = |day: &PDate| {
        let mut starts = starts.iter().filter(|from| view.is_past(from));
        !office.has_several_seats() && starts.any(|from| day.is_before(from) == Certainty::Yes)
    };
    let was_seen = |seen: &Sighting| {
        let was_then = match day_of(record, seen) {
            Some(day) if day == view.as_at => Certainty::Yes,
            _ => seen.on.is_by(view.as_at).and(Certainty::Unknown),
        };
        was_then.and(is_open).and((!replaced_since(&seen.on)).into())
    };
    let is_heard_of = |holding: &Holding, day: Date| {
        let reported = holding.ends_by.filter(|standing| standing.is_report());
        reported.is_none_or(|standing| day <= known_to(record, view, standing))
    };
    let holds = |holding: &Holding| {
        let until = match &holding.until {
            Some(until) if view.is_past(until) && holding.is_term => {
                let is_known = until.latest().is_some_and(|last| is_heard_of(holding, last));
                if is_known { Certainty::Yes } else { Certainty::Unknown }
            }
            until => until.as_ref().map_or(Certainty::No, |until| until.is_by(view.as_at)),
        };
        is_there.and(holding.began_by(view.as_at, was_seen)).and(until.negated())
    };
    let of = |certainty: Certainty| all.iter().filter(move |it| holds(it) == certainty).cloned();
    let (holders, perhaps): (Vec<_>, Vec<_>) =
        (of(Certainty::Yes).collect(), of(Certainty::Unknown).collect());
    let is_vacant = is_there == Certainty::Yes
        && !office.has_several_seats()
        && !all.is_empty()
        && holders.is_empty()
        && perhaps.is_empty()
        && all.iter().any(|holding| {
            let is_over = holding.until.as_ref().is_some_and(|until| view.is_past(until));
            is_over && is_heard_of(holding, view.as_at)
        });
    let said = if holders.is_empty() { &all } else { &holders };
    let mut why: Vec<_> =
        said.iter().flat_map(|holding| &holding.sources).map(|source| source.position).collect();
    why.sort_unstable();
    why.dedup();
    OfficeHeld { holders, perhaps, is_vacant, why }
}

/// The day of which a sighting speaks: its own. Where that is not known to the day, it is the one on which it was written
/// down, if that lies within it; nobody is seen for certain on a later day because somebody typed it then.
fn day_of(record: &Record, seen: &Sighting) -> Option<Date> {
    let written = || record.at(seen.position).map(|entry| Date::of(entry.act.time));
    let is_within = |day: &Date| PDate::day(*day).agrees_with(&seen.on);
    seen.on.exact().or_else(|| written().filter(is_within))
}

impl Holding {
    /// The dates on which it begins, ends or was seen, and those after which what was seen is not known any more.
    pub(crate) fn dates(&self, record: &Record) -> Vec<PDate> {
        let seen = self.observed.iter().map(|seen| seen.on.clone());
        let days = self.observed.iter().filter_map(|seen| day_of(record, seen));
        let days = days.flat_map(|day| [day, day.day_after()]).map(PDate::day);
        self.from.iter().chain(&self.until).cloned().chain(seen).chain(days).collect()
    }

    /// Whether it began before a day, and nothing that is said of it ends it by then. Of what was merely seen nobody says
    /// for how long.
    pub(super) fn outlasts(&self, day: &PDate) -> bool {
        let ends_later = self.until.as_ref().is_none_or(|until| day.is_before(until) == Certainty::Yes);
        ends_later && self.from.as_ref().is_some_and(|from| from.is_before(day) == Certainty::Yes)
    }

    /// Whether it has begun by a day, as far as what was merely seen tells of that day.
    fn began_by(&self, day: Date, was_seen: impl Fn(&Sighting) -> Certainty) -> Certainty {
        match &self.from {
            Some(from) => from.is_by(day),
            None => self.observed.iter().map(was_seen).fold(Certainty::No, Certainty::or),
        }
    }
}
