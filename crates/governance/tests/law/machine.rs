//! State machines as tables: in each state every act is tried. Those that the table lists are admitted, all others are
//! refused, and what a refusal calls possible is possible.

use crate::said::Said;
use crate::story::Story;
use minutebook_governance::catalogue::CATALOGUE;
use minutebook_governance::{Refusal, Violation};
use std::collections::BTreeSet;

/// A state, and which of the acts it admits, separated by spaces.
pub(crate) struct Row {
    pub(crate) state: &'static str,
    pub(crate) story: Story,
    pub(crate) acts: Vec<(&'static str, Said)>,
    pub(crate) admits: &'static str,
}

/// Tries every act in every state.
#[track_caller]
pub(crate) fn check(rows: Vec<Row>) {
    let wrong: Vec<_> = rows.into_iter().flat_map(Row::wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Row {
    /// What is not as the table says.
    fn wrong(mut self) -> Vec<String> {
        let (state, admits) = (self.state, self.admits.split_whitespace().collect::<BTreeSet<_>>());
        let known: BTreeSet<_> = self.acts.iter().map(|(name, _said)| *name).collect();
        assert!(admits.is_subset(&known), "{state}: {admits:?} are not all among {known:?}");
        let (mut wrong, mut admitted, mut refused) = (Vec::new(), BTreeSet::new(), Vec::new());
        for (name, said) in &self.acts {
            match (self.story.tries(said), admits.contains(name)) {
                (Ok(()), is_listed) => {
                    admitted.insert(said.type_name);
                    wrong.extend((!is_listed).then(|| format!("{state}: {name} is admitted")));
                }
                (Err(Refusal::RulesBroken(broken)), false) => refused.push((*name, broken)),
                (Err(refusal), _) => wrong.push(format!("{state}: {name} is refused: {refusal}")),
            }
        }
        let types: BTreeSet<_> = self.acts.iter().map(|(_name, said)| said.type_name).collect();
        for (name, broken) in &refused {
            if !broken.iter().any(says_what_is_possible) {
                wrong.push(format!("{state}, {name}: nothing says what is possible: {broken:?}"));
            }
            for called in broken.iter().flat_map(called_possible).filter(|called| types.contains(called)) {
                if !admitted.contains(called) {
                    wrong.push(format!("{state}, {name}: it calls {called} possible: {broken:?}"));
                }
            }
        }
        wrong
    }
}

/// A refusal names what can be done instead: an event, or another id.
fn says_what_is_possible(broken: &Violation) -> bool {
    let names_an_event = CATALOGUE.iter().any(|row| broken.needed.contains(row.name));
    names_an_event || broken.needed.contains("possible now") || broken.needed.contains("another")
}

/// The events that a refusal calls possible in this state.
fn called_possible(broken: &Violation) -> Vec<&'static str> {
    let Some((_before, possible)) = broken.needed.split_once("possible now") else { return Vec::new() };
    let names = CATALOGUE.iter().map(|row| row.name);
    names.filter(|name| possible.contains(name)).collect()
}
