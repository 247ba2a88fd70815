//! What is known of a body: the fold of every statement about it that a view can see.

use super::events::{BodyEstablished, BodyKind, BodyRegistered, BodyRenamed, Code, IdentifierAssigned};
use super::held::{CodeHeld, Link, NameHeld, WholeHeld};
use super::joining::{
    Contradictions, Name, first_names, join_codes, join_links, names_on, note_periods, opening_units,
    whole_on,
};
use super::passing::{BodyDissolved, SuccessionRecorded};
use crate::joined::{Joined, Source, in_words, join};
use crate::words::words;
use crate::{BodyId, Certainty, Finding, PDate, Record, Unit, View, view::Told};
use minutebook_log::Position;
use std::any::TypeId;

/// Whether a body exists on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It is known by name, and opens later.
    NotYetOpen,
    /// It is open.
    Open,
    /// It is no more.
    Closed,
    /// The dates are too imprecise, or contradict each other.
    Unknown,
}

words!(Life: NotYetOpen = "not_yet_open", Open = "open", Closed = "closed", Unknown = "unknown");

/// A body as a view sees it.
#[derive(Debug, Clone)]
pub struct Body {
    /// Its id.
    pub id: BodyId,
    /// Its kind.
    pub kind: Option<Joined<BodyKind>>,
    /// Its first day.
    pub opened: Option<Joined<PDate>>,
    /// The first day on which it is no more.
    pub closed: Option<Joined<PDate>>,
    /// Full legal names, oldest statement first.
    pub names: Vec<NameHeld>,
    /// Registers' short names, oldest statement first.
    pub short_names: Vec<NameHeld>,
    /// Codes, each once, with the period that its statements leave; oldest statement first.
    pub codes: Vec<CodeHeld>,
    /// The units that it opened with.
    pub units: Vec<(Source, Unit)>,
    /// The bodies that it is a part of in turn, oldest statement first.
    pub wholes: Vec<WholeHeld>,
    /// Who came before.
    pub predecessors: Vec<Link>,
    /// Who follows.
    pub successors: Vec<Link>,
    /// Every entry that says something about it, in order.
    pub why: Vec<Position>,
    contradictions: Vec<Finding>,
}

/// The types that say something of a body itself.
pub(super) const HEARD: [TypeId; 6] = [
    TypeId::of::<BodyRegistered>(),
    TypeId::of::<BodyEstablished>(),
    TypeId::of::<BodyRenamed>(),
    TypeId::of::<IdentifierAssigned>(),
    TypeId::of::<BodyDissolved>(),
    TypeId::of::<SuccessionRecorded>(),
];

/// The body as `view` sees it; nothing where no statement of its existence is known.
pub fn body(record: &Record, id: &BodyId, view: View) -> Option<Body> {
    Some(heard_of(record, id, view)).filter(|body| body.kind.is_some())
}

/// All that `view` hears of the body, which others may name before anything is said of its existence.
pub(super) fn heard_of(record: &Record, id: &BodyId, view: View) -> Body {
    let mut gathered = Gathered::default();
    let mut body = Body {
        id: id.clone(),
        kind: None,
        opened: None,
        closed: None,
        names: Vec::new(),
        short_names: Vec::new(),
        codes: Vec::new(),
        units: Vec::new(),
        wholes: Vec::new(),
        predecessors: Vec::new(),
        successors: Vec::new(),
        why: Vec::new(),
        contradictions: Vec::new(),
    };
    for told in record.saying_any(HEARD, id.subject(), view) {
        body.hear(&told, &mut gathered);
    }
    body.join(gathered, record, view);
    body.why.dedup();
    body
}

/// Statements that are joined once all are heard.
#[derive(Default)]
struct Gathered {
    kinds: Vec<(Source, BodyKind)>,
    opened: Vec<(Source, PDate)>,
    closed: Vec<(Source, PDate)>,
    listed: Vec<(Source, BodyRegistered)>,
    units: Vec<(Source, Vec<Unit>)>,
    codes: Vec<(Source, Code)>,
    predecessors: Vec<Link>,
    successors: Vec<Link>,
}

impl Body {
    /// Whether it exists on the view's day.
    pub fn life(&self, view: View) -> Life {
        let opened = match self.opened.as_ref().and_then(|opened| opened.value.as_ref()) {
            Some(opened) => opened.is_by(view.as_at),
            None => Certainty::Unknown,
        };
        let closed = match &self.closed {
            None => self.is_left_open(view),
            Some(closed) => closed.value.as_ref().map_or(Certainty::Unknown, |date| date.is_by(view.as_at)),
        };
        match (opened, closed) {
            (Certainty::No, _) => Life::NotYetOpen,
            (_, Certainty::Yes) => Life::Closed,
            (Certainty::Yes, Certainty::No) => Life::Open,
            _ => Life::Unknown,
        }
    }

    /// The first day on which it was no more, where it has ended by the view's day, and the entries that say so.
    pub fn ended(&self, view: View) -> Option<(&PDate, &[Position])> {
        let closed = self.closed.as_ref().filter(|_closed| self.life(view) == Life::Closed)?;
        Some((closed.value.as_ref()?, &closed.why))
    }

    /// Whether it is no more where nobody says when it ended: not known once others have followed it.
    fn is_left_open(&self, view: View) -> Certainty {
        let mut followed = self.successors.iter().filter(|link| link.ends_the_first());
        let has_come = followed.any(|link| link.effective.is_by(view.as_at) != Certainty::No);
        if has_come { Certainty::Unknown } else { Certainty::No }
    }

    /// Its kind, where statements agree.
    pub fn kind(&self) -> Option<BodyKind> {
        self.kind.as_ref()?.value
    }

    /// Its name on the view's day: the full legal one, or the register's where that is not known; where sources of equal
    /// standing call it differently, each of their names. Before its first day, what it opens with.
    pub fn names_on(&self, view: View) -> Vec<&NameHeld> {
        let [names, short] = [&self.names, &self.short_names].map(Vec::as_slice);
        let each = [names_on(names, view), names_on(short, view), first_names(names), first_names(short)];
        each.into_iter().find(|said| !said.is_empty()).unwrap_or_default()
    }

    /// The register's short name on the view's day; several as in [`Body::names_on`].
    pub fn short_names_on(&self, view: View) -> Vec<&NameHeld> {
        names_on(&self.short_names, view)
    }

    /// What it is called on the view's day, as people read it: where sources differ, with each of their names and that.
    pub fn called(&self, view: View) -> Option<String> {
        in_words(&self.names_on(view).iter().map(|held| held.name.as_str()).collect())
    }

    /// The body that it is a part of on the view's day; nothing where statements contradict each other.
    pub fn part_of(&self, view: View) -> Option<BodyId> {
        whole_on(&self.wholes, view)
    }

    /// The contradictions between what is said of it.
    pub fn findings(&self) -> Vec<Finding> {
        self.contradictions.clone()
    }

    fn hear(&mut self, told: &Told, gathered: &mut Gathered) {
        let source = Source::from(told);
        if told.subject != *self.id.subject() {
            gathered.hear_of_predecessor(told, source);
            return;
        }
        if let Some(registered) = told.says::<BodyRegistered>() {
            self.hear_registered(registered, source, gathered);
        } else if let Some(established) = told.says::<BodyEstablished>() {
            self.hear_established(established, source, gathered);
        } else if let Some(renamed) = told.says::<BodyRenamed>() {
            self.hear_renamed(renamed, source);
        } else if let Some(IdentifierAssigned(code)) = told.says::<IdentifierAssigned>() {
            gathered.codes.push((source, code.clone()));
        } else if let Some(dissolved) = told.says::<BodyDissolved>() {
            gathered.closed.push((source, dissolved.effective.clone()));
        } else if let Some(succession) = told.says::<SuccessionRecorded>() {
            gathered.successors.push(Link::new(succession.successor.clone(), succession, source));
        } else {
            return;
        }
        self.why.push(told.position);
    }

    fn hear_registered(&mut self, said: &BodyRegistered, source: Source, gathered: &mut Gathered) {
        gathered.kinds.push((source, said.kind));
        gathered.closed.extend(said.until.clone().map(|until| (source, until)));
        gathered.listed.push((source, said.clone()));
        if !said.units.is_empty() {
            gathered.units.push((source, said.units.clone()));
        }
    }

    /// What a listing says from its first day on. Where that is later than the part's first day, and the whole another,
    /// the listing begins a further period and says nothing of the time before.
    fn hear_listed(
        &mut self,
        said: &BodyRegistered,
        source: Source,
        is_further: bool,
        gathered: &mut Gathered,
    ) {
        let from = said.from.clone().filter(|_from| is_further);
        if !is_further {
            gathered.opened.extend(said.from.clone().map(|from| (source, from)));
        }
        let whole = |body: &BodyId| WholeHeld { body: body.clone(), from: from.clone(), source };
        self.wholes.extend(said.part_of.as_ref().map(whole));
        self.hear_names(said.name.as_ref(), said.short_name.as_ref(), from.as_ref(), source);
        let goes_on =
            |code: &Code| Code { from: code.from.clone().filter(|_from| !is_further), ..code.clone() };
        gathered.codes.extend(said.codes.iter().map(|code| (source, goes_on(code))));
    }

    fn hear_established(&mut self, said: &BodyEstablished, source: Source, gathered: &mut Gathered) {
        gathered.kinds.push((source, said.kind));
        gathered.opened.push((source, said.effective.clone()));
        gathered.codes.extend(said.codes.iter().map(|code| (source, code.clone())));
        self.hear_names(Some(&said.name), said.short_name.as_ref(), None, source);
        if !said.units.is_empty() {
            gathered.units.push((source, said.units.clone()));
        }
    }

    fn hear_renamed(&mut self, said: &BodyRenamed, source: Source) {
        let now = |renaming: &Option<super::Renaming>| renaming.as_ref().map(|renaming| renaming.now.clone());
        let (name, short_name) = (now(&said.name), now(&said.short_name));
        self.hear_names(name.as_ref(), short_name.as_ref(), Some(&said.effective), source);
    }

    fn hear_names(
        &mut self,
        name: Option<&String>,
        short_name: Option<&String>,
        from: Option<&PDate>,
        source: Source,
    ) {
        let held = |name: &String| NameHeld { name: name.clone(), from: from.cloned(), source };
        self.names.extend(name.map(held));
        self.short_names.extend(short_name.map(held));
    }

    fn join(&mut self, mut gathered: Gathered, record: &Record, view: View) {
        let listed = std::mem::take(&mut gathered.listed);
        for (source, said) in &listed {
            self.hear_listed(said, *source, is_further(said, *source, &listed), &mut gathered);
        }
        self.kind = join(&gathered.kinds);
        self.opened = join(&gathered.opened);
        self.closed = join(&gathered.closed);
        self.units = opening_units(&gathered.units);
        let mut findings = Contradictions::about(record, self.id.subject(), view);
        findings.note("kind", self.kind.as_ref(), |kind| kind.as_str().to_owned());
        findings.note("first day", self.opened.as_ref(), PDate::to_string);
        findings.note("first day no more", self.closed.as_ref(), PDate::to_string);
        note_periods(&self.wholes, "part of", BodyId::to_string, &mut findings);
        note_periods(&self.names, "name", |Name(name)| name.clone(), &mut findings);
        self.codes = join_codes(&gathered.codes, &mut findings);
        self.predecessors = join_links(gathered.predecessors, "predecessor", &mut findings);
        self.successors = join_links(gathered.successors, "successor", &mut findings);
        self.contradictions = findings.findings;
    }
}

/// Whether a listing begins a further period: of another whole, from a later day than a listing before it that it can't
/// be said against.
fn is_further(said: &BodyRegistered, source: Source, listed: &[(Source, BodyRegistered)]) -> bool {
    let Some((whole, from)) = said.part_of.as_ref().zip(said.from.as_ref()) else { return false };
    listed.iter().any(|(other, earlier)| {
        let is_before = earlier.from.as_ref().is_some_and(|first| first.is_before(from) == Certainty::Yes);
        is_before
            && other.standing >= source.standing
            && earlier.part_of.as_ref().is_some_and(|of_it| of_it != whole)
    })
}

impl Gathered {
    /// A succession is about both its ends; here the body is the successor.
    fn hear_of_predecessor(&mut self, told: &Told, source: Source) {
        let predecessor = BodyId::of(&told.subject);
        if let Some((succession, predecessor)) = told.says::<SuccessionRecorded>().zip(predecessor) {
            self.predecessors.push(Link::new(predecessor, succession, source));
        }
    }
}
