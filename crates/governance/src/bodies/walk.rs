//! How a unit goes from body to body, and where it can't be told which way it went.

use super::held::Link;
use super::passing::AreaVaried;
use super::state::heard_of;
use crate::{BodyId, Certainty, Date, PDate, Record, Standing, Unit, View};
use minutebook_log::Position;
use std::collections::BTreeSet;

/// Why it is not known who holds a unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// This body was split, and no source says which of its units went to whom.
    UnitsNotSaid(BodyId),
    /// The unit passes from this body to several.
    PassesTwice(BodyId),
    /// Several bodies are said to have opened with it.
    HeldTwice,
    /// Those that it passes to pass it back to each other.
    Circle,
    /// It passes to a body of which nothing else is said.
    HolderNotKnown,
    /// A date is not precise enough, or sources contradict each other about it.
    DateNotKnown,
}

impl Doubt {
    /// The word for it in answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            Doubt::UnitsNotSaid(_of) => "units_not_said",
            Doubt::PassesTwice(_from) => "passes_twice",
            Doubt::HeldTwice => "held_twice",
            Doubt::Circle => "circle",
            Doubt::HolderNotKnown => "holder_not_known",
            Doubt::DateNotKnown => "date_not_known",
        }
    }
}

/// A unit passes from one body to another.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub(super) to: BodyId,
    pub(super) on: PDate,
    is_enacted: bool,
    /// A change that names this very unit comes before one that names the whole, on the same day.
    names_unit: bool,
    /// Whether it is said that this unit is among those that pass; of several that name none, it is not.
    is_said: bool,
    pub(super) why: Vec<Position>,
}

/// Where a unit can have come by a day.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// With whom it ends: one body, or those of which it is one.
    pub(super) ends: Vec<(BodyId, BTreeSet<Position>)>,
    /// Why it is several.
    pub(super) doubts: BTreeSet<Doubt>,
}

/// The first and the last day on which something can have happened, as far as they are known.
type Span = (Option<Date>, Option<Date>);

/// A unit with a holder, and when the pass that took it there can have been; nothing where it opened with it.
struct Step {
    holder: BodyId,
    arrived: Option<Span>,
    why: BTreeSet<Position>,
}

/// Follows a unit from a body that opened with it, from pass to pass, up to the view's day: every way that it can have
/// gone.
pub(super) fn walk(
    record: &Record,
    unit: &Unit,
    (holder, says): (BodyId, Vec<Position>),
    view: View,
) -> Walk {
    let (mut walk, mut seen, mut visited) = (Walk::default(), BTreeSet::new(), Vec::new());
    let mut ahead = vec![Step { holder, arrived: None, why: says.into_iter().collect() }];
    while let Some(step) = ahead.pop() {
        if !seen.insert((step.holder.clone(), step.arrived)) {
            continue;
        }
        let next = Next::of(passes_from(record, &step.holder, unit, view), step.arrived, view);
        walk.doubts.extend(next.doubt(&step.holder));
        if next.stays {
            let is_new = walk.ends.iter().all(|(end, _why)| *end != step.holder);
            walk.ends.extend(is_new.then(|| (step.holder.clone(), step.why.clone())));
        }
        for pass in next.passes {
            let earliest = pass.on.earliest().max(step.arrived.and_then(|(earliest, _latest)| earliest));
            let latest = [pass.on.latest(), next.by].into_iter().flatten().min();
            let why = step.why.iter().copied().chain(pass.why).collect();
            ahead.push(Step { holder: pass.to, arrived: Some((earliest, latest)), why });
        }
        visited.push((step.holder, step.why));
    }
    if walk.ends.is_empty() {
        walk.doubts.insert(Doubt::Circle);
        walk.ends = visited;
    }
    walk
}

/// Where a unit can go from a body.
struct Next {
    /// To whom it can have passed, each once.
    passes: Vec<Pass>,
    /// The day by which it has gone for certain.
    by: Option<Date>,
    /// Whether it can still be with the body.
    stays: bool,
    /// Whether nobody says what went to whom.
    is_unsaid: bool,
}

impl Next {
    fn of(passes: Vec<Pass>, arrived: Option<Span>, view: View) -> Self {
        let mut possible: Vec<_> = passes
            .into_iter()
            .map(|pass| (is_after(&pass.on, arrived), pass))
            .filter(|(after, _pass)| *after != Certainty::No)
            .collect();
        let has_come = |pass: &Pass| pass.on.is_by(view.as_at) != Certainty::No;
        if possible.iter().any(|(_after, pass)| pass.is_enacted && has_come(pass)) {
            possible.retain(|(_after, pass)| pass.is_enacted);
        }
        let by = gone_by(&possible);
        let can_be = |pass: &Pass| {
            has_come(pass) && (by.is_none() || pass.on.earliest().is_none_or(|first| Some(first) <= by))
        };
        let passes = possible.iter().map(|(_after, pass)| pass);
        let passes: Vec<_> =
            passes.filter(|pass| can_be(pass) && !gives_way(pass, &possible)).cloned().collect();
        let is_unsaid = passes.iter().any(|pass| !pass.is_said);
        Self { stays: by.is_none_or(|by| by > view.as_at), passes: each_once(passes), by, is_unsaid }
    }

    /// Why it is not known where it went.
    fn doubt(&self, from: &BodyId) -> Option<Doubt> {
        let to: BTreeSet<_> = self.passes.iter().map(|pass| &pass.to).collect();
        match to.len() {
            0 => None,
            _ if self.is_unsaid => Some(Doubt::UnitsNotSaid(from.clone())),
            1 if self.stays => Some(Doubt::DateNotKnown),
            1 => None,
            _ => Some(Doubt::PassesTwice(from.clone())),
        }
    }
}

/// Whether a pass comes after the unit has arrived.
fn is_after(on: &PDate, arrived: Option<Span>) -> Certainty {
    let Some((earliest, latest)) = arrived else { return Certainty::Yes };
    if on.latest().zip(earliest).is_some_and(|(on, earliest)| on < earliest) {
        Certainty::No
    } else if on.earliest().zip(latest).is_some_and(|(on, latest)| on >= latest) {
        Certainty::Yes
    } else {
        Certainty::Unknown
    }
}

/// The day by which a unit has left for certain: the last of a pass of which it is said; or of all those that may each
/// have taken it.
fn gone_by(possible: &[(Certainty, Pass)]) -> Option<Date> {
    let last = |(after, pass): &(Certainty, Pass)| pass.on.latest().filter(|_on| *after == Certainty::Yes);
    let said = possible.iter().filter(|(_after, pass)| pass.is_said).filter_map(last).min();
    let unsaid = possible.iter().filter(|(_after, pass)| !pass.is_said);
    let unsaid: Option<Vec<_>> = unsaid.map(last).collect();
    [said, unsaid.and_then(|days| days.into_iter().max())].into_iter().flatten().min()
}

/// Whether another pass of the same day names this very unit, and this one names the whole.
fn gives_way(pass: &Pass, possible: &[(Certainty, Pass)]) -> bool {
    let day = pass.on.exact().filter(|_day| !pass.names_unit);
    day.is_some() && possible.iter().any(|(_after, other)| other.names_unit && other.on.exact() == day)
}

/// What several say of one pass is one.
fn each_once(passes: Vec<Pass>) -> Vec<Pass> {
    let mut once: Vec<Pass> = Vec::new();
    for pass in passes {
        match once.iter_mut().find(|known| known.to == pass.to && known.on == pass.on) {
            Some(known) => known.why.extend(pass.why),
            None => once.push(pass),
        }
    }
    once.sort_by(|a, b| a.to.cmp(&b.to));
    once
}

/// Every change that takes `unit` from `from`, on whatever day.
pub(super) fn passes_from(record: &Record, from: &BodyId, unit: &Unit, view: View) -> Vec<Pass> {
    let links = heard_of(record, from, view).successors;
    let mut passes: Vec<_> = links.iter().filter_map(|link| link.pass(unit, &links)).collect();
    for told in record.saying::<AreaVaried>(from.subject(), view) {
        let Some(varied) = told.says::<AreaVaried>() else { continue };
        let changes = if told.subject == *from.subject() {
            varied.losses.iter().map(|loss| (&loss.unit, Some(loss.body.clone()))).collect::<Vec<_>>()
        } else {
            let gains = varied.gains.iter().filter(|gain| gain.body == *from);
            gains.map(|gain| (&gain.unit, BodyId::of(&told.subject))).collect()
        };
        let moves = changes.into_iter().filter(|(moved, _to)| unit.is_within(moved));
        passes.extend(moves.filter_map(|(moved, to)| {
            let (is_enacted, names_unit) = (told.standing.is_enacted(), moved == unit);
            let (on, why) = (varied.effective.clone(), vec![told.position]);
            Some(Pass { to: to?, on, is_enacted, names_unit, is_said: true, why })
        }));
    }
    passes
}

impl Link {
    /// The pass of the unit by this succession: it names it, or it names none and no other does.
    fn pass(&self, unit: &Unit, all: &[Link]) -> Option<Pass> {
        let named = |link: &Link| {
            link.units.as_ref().is_some_and(|units| units.iter().any(|named| unit.is_within(named)))
        };
        let takes_the_rest = || self.units.is_none() && !all.iter().any(named);
        (named(self) || takes_the_rest()).then(|| Pass {
            to: self.body.clone(),
            on: self.effective.clone(),
            is_enacted: self.standing().is_some_and(Standing::is_enacted),
            names_unit: self.units.as_ref().is_some_and(|units| units.contains(unit)),
            is_said: named(self) || all.iter().all(|other| !self.is_beside(other)),
            why: self.sources.iter().map(|source| source.position).collect(),
        })
    }

    /// Whether the other takes of the same body what nobody names, too, and with the same right.
    fn is_beside(&self, other: &Link) -> bool {
        let is_enacted = |link: &Link| link.standing().is_some_and(Standing::is_enacted);
        other.body != self.body && other.units.is_none() && is_enacted(other) == is_enacted(self)
    }
}

/// Whether a change that names this very unit takes it from `from` on that day, to another than `to`.
pub(super) fn passes_elsewhere(
    record: &Record,
    unit: &Unit,
    (from, to): (&BodyId, &BodyId),
    on: &PDate,
    view: View,
) -> bool {
    let passes = passes_from(record, from, unit, view);
    let is_other = |pass: &Pass| pass.names_unit && pass.is_enacted && pass.to != *to && pass.on == *on;
    passes.iter().any(is_other)
}
