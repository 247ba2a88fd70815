//! Which entries an answer rests on, whatever it is made of.

use crate::proto::{
    Body, BodyCondition, Consultation, Difference, Fact, Finding, Intention, JoinedDate, JointLeg, Key,
    Merger, OfficeHolder, SignedEntry, SuccessionLink,
};

/// Something that rests on entries.
pub(in crate::service) trait RestsOn {
    /// The positions of the entries, in any order, some of them twice.
    fn entries(&self) -> Vec<u64>;
}

/// The positions themselves.
impl RestsOn for u64 {
    fn entries(&self) -> Vec<u64> {
        vec![*self]
    }
}

impl<T: RestsOn> RestsOn for Vec<T> {
    fn entries(&self) -> Vec<u64> {
        self.iter().flat_map(RestsOn::entries).collect()
    }
}

impl<T: RestsOn> RestsOn for Option<T> {
    fn entries(&self) -> Vec<u64> {
        self.iter().flat_map(RestsOn::entries).collect()
    }
}

/// The entries of several things.
fn together<const N: usize>(parts: [Vec<u64>; N]) -> Vec<u64> {
    parts.concat()
}

impl RestsOn for JoinedDate {
    fn entries(&self) -> Vec<u64> {
        together([self.why.clone(), self.contradicted_by.clone()])
    }
}

impl RestsOn for SuccessionLink {
    fn entries(&self) -> Vec<u64> {
        self.why.clone()
    }
}

impl RestsOn for Body {
    fn entries(&self) -> Vec<u64> {
        let names = self.names.iter().map(|held| held.position);
        let codes = self.codes.iter().map(|held| held.position);
        let dates = [&self.opened, &self.closed].map(RestsOn::entries).concat();
        let links = [&self.predecessors, &self.successors].map(RestsOn::entries).concat();
        together([self.why.clone(), names.chain(codes).collect(), dates, links])
    }
}

impl RestsOn for Intention {
    fn entries(&self) -> Vec<u64> {
        self.why.clone()
    }
}

impl RestsOn for Consultation {
    fn entries(&self) -> Vec<u64> {
        self.why.clone()
    }
}

impl RestsOn for BodyCondition {
    fn entries(&self) -> Vec<u64> {
        self.condition.iter().flat_map(|condition| condition.why.iter().copied()).collect()
    }
}

impl RestsOn for JointLeg {
    fn entries(&self) -> Vec<u64> {
        self.steps.iter().map(|step| step.position).collect()
    }
}

impl RestsOn for OfficeHolder {
    fn entries(&self) -> Vec<u64> {
        self.why.clone()
    }
}

impl RestsOn for Finding {
    fn entries(&self) -> Vec<u64> {
        self.why.clone()
    }
}

impl RestsOn for Key {
    fn entries(&self) -> Vec<u64> {
        self.why.clone()
    }
}

impl RestsOn for SignedEntry {
    fn entries(&self) -> Vec<u64> {
        vec![self.position]
    }
}

impl RestsOn for Fact {
    fn entries(&self) -> Vec<u64> {
        self.why.clone()
    }
}

impl RestsOn for Difference {
    fn entries(&self) -> Vec<u64> {
        together([self.before.entries(), self.after.entries()])
    }
}

impl RestsOn for Merger {
    fn entries(&self) -> Vec<u64> {
        let choices = self.legs.iter().flat_map(|leg| &leg.choices).map(|choice| choice.position);
        let conditions = self.conditions.iter().flat_map(|condition| condition.why.iter().copied());
        together([self.why.clone(), choices.chain(conditions).collect(), self.consultations.entries()])
    }
}
