//! Which constitution and which rules of its own hold for a body, as a view sees it.

use super::events::{
    ConstitutionAdopted, ConstitutionBasis, GoverningRulesSet, Quorum, SchemeOfDelegation, Threshold, Voting,
};
use crate::bodies::BodyEstablished;
use crate::joined::Source;
use crate::{BodyId, Certainty, Document, PDate, Record, View};
use minutebook_log::Position;
use std::any::TypeId;

/// A constitution of a body.
#[derive(Debug, Clone)]
pub struct ConstitutionHeld {
    /// What was adopted.
    pub adopted: ConstitutionAdopted,
    /// Whether its first day has come for certain.
    pub is_sure: bool,
    /// Where it is said.
    pub source: Source,
}

/// The constitutions that have come into force by the view's day, the one in force last. The one that a body was
/// established with is in force from its first day, whether or not it is adopted by an entry of its own beside.
pub fn constitutions(record: &Record, id: &BodyId, view: View) -> Vec<ConstitutionHeld> {
    let types = [TypeId::of::<ConstitutionAdopted>(), TypeId::of::<BodyEstablished>()];
    let said = record.saying_any(types, id.subject(), view).filter(|told| told.subject == *id.subject());
    let mut stated: Vec<_> = said
        .filter_map(|told| {
            let established = told.says::<BodyEstablished>().map(established_with);
            let adopted = told.says::<ConstitutionAdopted>().cloned().or(established)?;
            let is_sure = view.is_past(&adopted.effective);
            Some(ConstitutionHeld { adopted, is_sure, source: Source::from(&told) })
        })
        .collect();
    let is_opening = |held: &ConstitutionHeld| {
        held.adopted.basis == ConstitutionBasis::Establishment && held.adopted.version != AS_ESTABLISHED
    };
    if stated.iter().any(is_opening) {
        stated.retain(|held| held.adopted.version != AS_ESTABLISHED);
    }
    let mut held: Vec<_> =
        stated.into_iter().filter(|held| held.adopted.effective.is_by(view.as_at) != Certainty::No).collect();
    held.sort_by_key(|held| (held.adopted.effective.earliest(), held.source.standing, held.source.position));
    held
}

/// The version of a constitution that nothing but the establishment of its body states.
const AS_ESTABLISHED: &str = "as established";

fn established_with(established: &BodyEstablished) -> ConstitutionAdopted {
    ConstitutionAdopted {
        version: AS_ESTABLISHED.to_owned(),
        document: established.constitution.clone(),
        effective: established.effective.clone(),
        basis: ConstitutionBasis::Establishment,
        decision: None,
        summary: None,
    }
}

/// A rule that a body gave itself, with the day from which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled<T> {
    /// The rule.
    pub value: T,
    /// The first day.
    pub from: PDate,
    /// Whether that day has come for certain.
    pub is_sure: bool,
    /// The entry that says so.
    pub position: Position,
}

/// The rules that a body has given itself, each as it was set last.
#[derive(Debug, Clone, Default)]
pub struct GoverningRules {
    /// When the governing body can decide.
    pub quorum: Option<Ruled<Quorum>>,
    /// How it votes.
    pub voting: Option<Ruled<Voting>>,
    /// Whether it meets in public.
    pub meets_in_public: Option<Ruled<bool>>,
    /// How many days before a meeting notice is given.
    pub notice_days: Option<Ruled<u32>>,
    /// What a ballot of the members on a merger has to reach.
    pub merger_ballot: Option<Ruled<Threshold>>,
    /// The scheme of reservation and delegation.
    pub scheme: Option<Ruled<SchemeOfDelegation>>,
    /// The standing financial instructions.
    pub financial_instructions: Option<Ruled<Document>>,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
}

/// The rules that hold on the view's day.
pub fn governing_rules(record: &Record, id: &BodyId, view: View) -> GoverningRules {
    let said = record.saying::<GoverningRulesSet>(id.subject(), view);
    let mut set: Vec<_> = said
        .filter_map(|told| Some((Source::from(&told), told.says::<GoverningRulesSet>()?.clone())))
        .filter(|(_source, set)| set.effective.is_by(view.as_at) != Certainty::No)
        .collect();
    set.sort_by_key(|(source, set)| (set.effective.earliest(), source.standing, source.position));
    let mut rules = GoverningRules::default();
    set.into_iter().for_each(|(source, set)| rules.hear(set, source.position, view));
    rules.why.sort_unstable();
    rules
}

impl GoverningRules {
    fn hear(&mut self, set: GoverningRulesSet, position: Position, view: View) {
        let (from, is_sure) = (&set.effective, view.is_past(&set.effective));
        let told = (from, is_sure, position);
        replace(&mut self.quorum, set.quorum, told);
        replace(&mut self.voting, set.voting, told);
        replace(&mut self.meets_in_public, set.meets_in_public, told);
        replace(&mut self.notice_days, set.notice_days, told);
        replace(&mut self.merger_ballot, set.merger_ballot, told);
        replace(&mut self.scheme, set.scheme, told);
        replace(&mut self.financial_instructions, set.financial_instructions, told);
        self.why.push(position);
    }
}

fn replace<T>(
    held: &mut Option<Ruled<T>>,
    set: Option<T>,
    (from, is_sure, position): (&PDate, bool, Position),
) {
    if let Some(value) = set {
        *held = Some(Ruled { value, from: from.clone(), is_sure, position });
    }
}
