//! What is known of a delegation: whether it is in force, with whom, and whether it covers an act.

use super::delegation_events::{Delegate, DelegationGranted, DelegationRevoked, OnSuccession};
use super::lapse::{Lapse, LapsedWith, delegate_held_by, held_by};
use super::state::{CommitteeState, committee};
use crate::bodies::{lineage, passed_on_by};
use crate::words::words;
use crate::{BodyId, Certainty, CommitteeId, Date, DelegationId, PDate, Record, View};
use minutebook_log::{Position, Subject};
use std::any::TypeId;
use std::collections::BTreeSet;

/// Where a delegation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelegationState {
    /// Its first day is still to come.
    NotYet,
    /// The delegate may decide.
    InForce,
    /// It was taken back.
    Revoked,
    /// Its agreed end has come.
    Expired,
    /// Its body, its delegate, or the delegation that it hangs on, is no more.
    Lapsed,
    /// It never was: a partnership can hold no function.
    NoEffect,
}

words!(
    DelegationState:
    NotYet = "not_yet",
    InForce = "in_force",
    Revoked = "revoked",
    Expired = "expired",
    Lapsed = "lapsed",
    NoEffect = "no_effect",
);

/// A delegation as a view sees it.
#[derive(Debug, Clone)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// What was granted.
    pub granted: DelegationGranted,
    /// The body whose functions they are on the view's day: the one that granted it, or its successor.
    pub grantor: BodyId,
    /// Who has them on the view's day.
    pub delegate: Delegate,
    /// Where it stands.
    pub state: DelegationState,
    /// Whether no date of its own is too imprecise to tell where it stands.
    pub is_sure: bool,
    /// How it was taken back; nothing where it was not.
    pub revoked: Option<DelegationRevoked>,
    /// Since when it is in force no more where nobody ended it, and what it fell with.
    pub lapse: Option<Lapse>,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
    /// Those by which it was passed on to a successor, of who granted it or of who has it.
    pub passed_on_by: Vec<Position>,
}

/// The types that say something of a delegation.
const HEARD: [TypeId; 2] = [TypeId::of::<DelegationGranted>(), TypeId::of::<DelegationRevoked>()];

/// The delegation as `view` sees it; nothing where nothing grants it.
pub fn delegation(record: &Record, id: &DelegationId, view: View) -> Option<Delegation> {
    held(record, id, view, &mut BTreeSet::new())
}

/// The delegations that a body granted, or has granted as the successor of who did, by id.
pub fn delegations_from(record: &Record, id: &BodyId, view: View) -> Vec<Delegation> {
    let bodies = lineage(record, id, view);
    let all = bodies.iter().flat_map(|body| delegations_about(record, body.subject(), view));
    let mut of_it: Vec<_> = all.filter(|it| it.grantor == *id || it.granted.from == *id).collect();
    of_it.sort_by(|a, b| a.id.cmp(&b.id));
    of_it.dedup_by(|a, b| a.id == b.id);
    of_it
}

/// The delegations to a body, a committee or a partnership, by id.
pub fn delegations_to(record: &Record, delegate: &Subject, view: View) -> Vec<Delegation> {
    let all = delegations_about(record, delegate, view);
    all.into_iter().filter(|it| it.delegate.subject() == delegate).collect()
}

fn delegations_about(record: &Record, subject: &Subject, view: View) -> Vec<Delegation> {
    let told = record.saying_any(HEARD, subject, view);
    let ids: BTreeSet<_> = told.filter_map(|told| DelegationId::of(&told.subject)).collect();
    ids.iter().filter_map(|id| delegation(record, id, view)).collect()
}

fn held(
    record: &Record,
    id: &DelegationId,
    view: View,
    seen: &mut BTreeSet<DelegationId>,
) -> Option<Delegation> {
    let told: Vec<_> =
        record.saying_any(HEARD, id.subject(), view).filter(|told| told.subject == *id.subject()).collect();
    let granted = told.iter().filter(|told| told.says::<DelegationGranted>().is_some());
    let granted = granted.max_by_key(|told| (told.standing, told.position))?;
    let granted = granted.says::<DelegationGranted>()?.clone();
    let mut delegation = Delegation {
        id: id.clone(),
        grantor: granted.from.clone(),
        delegate: granted.to.clone(),
        state: DelegationState::InForce,
        is_sure: true,
        revoked: None,
        lapse: None,
        why: told.iter().map(|told| told.position).collect(),
        passed_on_by: Vec::new(),
        granted,
    };
    let said: Vec<_> = told.iter().filter_map(|told| told.says::<DelegationRevoked>()).collect();
    let is_by = |said: &DelegationRevoked| said.effective.is_by(view.as_at);
    delegation.revoked = said.iter().rfind(|said| is_by(said) != Certainty::No).map(|said| (*said).clone());
    let revoked = said.into_iter().map(is_by).fold(Certainty::No, Certainty::or);
    let lost = match seen.insert(id.clone()) {
        true => delegation.lost_ground(record, view, seen),
        false => Some(Lapse::groundless(id)),
    };
    delegation.state = delegation.state_on(record, view, revoked != Certainty::No, lost);
    delegation.is_sure = delegation.is_sure_on(view, revoked);
    Some(delegation)
}

impl Delegation {
    fn state_on(
        &mut self,
        record: &Record,
        view: View,
        is_revoked: bool,
        lost: Option<Lapse>,
    ) -> DelegationState {
        let granted = self.granted.clone();
        if matches!(granted.to, Delegate::Partnership(_)) {
            DelegationState::NoEffect
        } else if granted.effective.is_by(view.as_at) == Certainty::No {
            DelegationState::NotYet
        } else if is_revoked {
            DelegationState::Revoked
        } else if granted.until.as_ref().is_some_and(|until| view.is_past(until)) {
            DelegationState::Expired
        } else {
            self.lapse = Lapse::first(self.passes_on(record, view).into_iter().chain(lost));
            if self.lapse.is_some() { DelegationState::Lapsed } else { DelegationState::InForce }
        }
    }

    /// Whether the dates of its start and its end tell for certain where it stands.
    fn is_sure_on(&self, view: View, revoked: Certainty) -> bool {
        let until = self.granted.until.as_ref().map_or(Certainty::No, |until| until.is_by(view.as_at));
        let over = revoked.or(until);
        match self.state {
            DelegationState::NotYet | DelegationState::Lapsed | DelegationState::NoEffect => true,
            DelegationState::Revoked | DelegationState::Expired => over == Certainty::Yes,
            DelegationState::InForce => {
                self.granted.effective.is_by(view.as_at).and(over.negated()) == Certainty::Yes
            }
        }
    }

    /// Finds who grants and who has it on the view's day. Gives what it fell with where either is no more, and it was not
    /// to survive: then nothing of it is left.
    fn passes_on(&mut self, record: &Record, view: View) -> Vec<Lapse> {
        let survives = self.granted.on_succession == OnSuccession::Survives;
        let grantor = held_by(record, &self.granted.from, survives, view);
        let delegate = match &self.granted.to {
            Delegate::Committee(id) => match committee_lapse(record, id, view) {
                Some(lapse) => Err(lapse),
                None => Ok(self.granted.to.clone()),
            },
            to => delegate_held_by(record, to, survives, view).unwrap_or_else(|| Ok(to.clone())),
        };
        match (grantor, delegate) {
            (Ok(grantor), Ok(delegate)) => {
                let mut passed: BTreeSet<_> = passed_on_by(record, &grantor, &self.granted.from, view);
                if let Some((has, had)) = delegate.body().zip(self.granted.to.body()) {
                    passed.extend(passed_on_by(record, has, had, view));
                }
                self.passed_on_by = passed.into_iter().collect();
                (self.grantor, self.delegate) = (grantor, delegate);
                Vec::new()
            }
            (grantor, delegate) => grantor.err().into_iter().chain(delegate.err()).collect(),
        }
    }

    /// What it fell with where it was delegated onward under something that is no longer in force.
    fn lost_ground(&self, record: &Record, view: View, seen: &mut BTreeSet<DelegationId>) -> Option<Lapse> {
        let under = self.granted.under.as_ref()?;
        let Some(ground) = held(record, under, view, seen) else { return Some(Lapse::groundless(under)) };
        let (about, with) = (under.subject().clone(), LapsedWith::DelegationEnded);
        let (since, why) = match (ground.state, ground.lapse) {
            (DelegationState::InForce, _) => return None,
            (_, Some(lapse)) => (lapse.since, lapse.why),
            (DelegationState::Revoked, None) => (ground.revoked.map(|said| said.effective), ground.why),
            (DelegationState::Expired, None) => (ground.granted.until, ground.why),
            (_, None) => (None, ground.why),
        };
        Some(Lapse { since, with, about, why })
    }

    /// Whether it names the function, however it is written.
    pub fn names(&self, function: &str) -> bool {
        self.granted.functions.iter().any(|named| named.eq_ignore_ascii_case(function))
    }
}

/// What fell with a committee that can't meet on the view's day; nothing where it can.
fn committee_lapse(record: &Record, id: &CommitteeId, view: View) -> Option<Lapse> {
    let (about, with) = (id.subject().clone(), LapsedWith::CommitteeEnded);
    let Some(known) = committee(record, id, view) else {
        return Some(Lapse { since: None, with, about, why: Vec::new() });
    };
    let (since, why) = match (known.state, known.lapse) {
        (CommitteeState::Live, _) => return None,
        (_, Some(lapse)) => (lapse.since, lapse.why),
        (_, None) => (known.dissolved.map(|said| said.effective), known.why),
    };
    Some(Lapse { since, with, about, why })
}

/// Whether a delegation covers an act, and if not, why not.
#[derive(Debug, Clone)]
pub struct Cover {
    /// Whether it does, on whatever day the act's date means.
    pub covers: Certainty,
    /// What was found, for the explanation of a rule.
    pub found: String,
    /// What would have covered it.
    pub needed: String,
    /// Up to how many pounds.
    pub limit_pounds: Option<u64>,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

/// Whether `id` covers what `body` (or its committee or officer) decides on `function`, on the day `on`. A decision
/// stands under the body whose functions they are, or under the body that decides in its place. Where the decision
/// names no function, none is asked for.
pub fn covers(
    record: &Record,
    id: &DelegationId,
    body: &BodyId,
    function: Option<&str>,
    on: &PDate,
    view: View,
) -> Cover {
    let asked = |day: Option<Date>| day.map(|day| covers_on(record, id, body, function, view.at(day)));
    let needed = match function {
        Some(function) => format!("a delegation of {function} in force on {on}, by or to {body}"),
        None => format!("a delegation in force on {on}, by or to {body}"),
    };
    let (first, last) = (asked(on.earliest()), asked(on.latest()));
    let covers = match (&first, &last) {
        (Some(Ok(first)), Some(Ok(last))) => first.and(*last),
        (Some(Err(_lack)), Some(Err(_other))) => Certainty::No,
        _ => Certainty::Unknown,
    };
    let found = [first, last].into_iter().flatten().find_map(Result::err);
    let known = delegation(record, id, view);
    let why = known.as_ref().map_or_else(Vec::new, |known| known.why.clone());
    let found = found.unwrap_or_else(|| format!("{id} on {on}"));
    let limit_pounds = known.and_then(|known| known.granted.limit_pounds);
    Cover { covers, found, needed, limit_pounds, why }
}

/// Whether it covers the act on one day, for certain or perhaps.
///
/// # Errors
/// What it lacks for certain.
fn covers_on(
    record: &Record,
    id: &DelegationId,
    body: &BodyId,
    function: Option<&str>,
    view: View,
) -> Result<Certainty, String> {
    let known = delegation(record, id, view).ok_or_else(|| format!("{id}, which no entry grants"))?;
    if known.state != DelegationState::InForce && known.is_sure {
        return Err(format!("{id} is {} on {}", known.state.as_str().replace('_', " "), view.as_at));
    }
    let parents = match &known.delegate {
        Delegate::Committee(id) => committee(record, id, view).map_or_else(Vec::new, |it| it.parents),
        _ => Vec::new(),
    };
    if known.grantor != *body && known.delegate.subject() != body.subject() && !parents.contains(body) {
        return Err(format!("{id} is of {} to {}", known.grantor, known.delegate));
    }
    match function.filter(|function| !known.names(function)) {
        Some(other) => Err(format!("{id} is of {}, not of {other}", known.granted.functions.join(", "))),
        None if known.is_sure => Ok(Certainty::Yes),
        None => Ok(Certainty::Unknown),
    }
}
