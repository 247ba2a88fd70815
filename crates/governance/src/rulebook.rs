//! The rule book: every rule of this version, in the order of the modules.

use crate::catalogue::is_type;
use crate::{
    Force, RULES_VERSION, Rule, RuleSet, actions, annotations, appointments, authority, bodies, clerical,
    commissioners, committees, constitutions, consultations, days, decisions, directions, documents, figures,
    interests, meetings, memberships, mergers, minuted, partnerships, people, plans, powers, reorganisation,
};

/// Every rule that this software knows.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    listed().map(|(rule, _force)| *rule)
}

/// The rule of that id.
pub fn rule_of(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// What happens where the rule of that id is broken.
pub fn force_of(id: &str) -> Option<Force> {
    listed().find(|(rule, _force)| rule.id == id).map(|(_rule, force)| *force)
}

/// The set of rules of that version, if this software carries it. Until the first release there is one set, and it
/// may change; from then on software carries every version that was.
pub fn rule_set(version: u64) -> Option<RuleSet> {
    let is_rule = |id: &str| rule_of(id).is_some();
    (version == RULES_VERSION).then_some(RuleSet { version, is_type, is_rule })
}

fn listed() -> impl Iterator<Item = &'static (&'static Rule, Force)> {
    let several = [
        authority::RULES.as_slice(),
        &bodies::RULES,
        &people::RULES,
        &appointments::RULES,
        &actions::RULES,
        &decisions::RULES,
        &constitutions::RULES,
        &powers::RULES,
        &consultations::RULES,
        &meetings::RULES,
        &mergers::RULES,
        &reorganisation::RULES,
        &figures::RULES,
    ];
    let single = [
        partnerships::RULES,
        committees::RULES,
        interests::RULES,
        plans::RULES,
        commissioners::RULES,
        documents::RULES,
        clerical::RULES,
        minuted::RULES,
        annotations::RULES,
        memberships::RULES,
        directions::RULES,
        days::RULES,
    ];
    several.into_iter().flatten().copied().chain(single).flatten()
}
