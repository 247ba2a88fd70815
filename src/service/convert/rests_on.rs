//! Which entries an answer rests on, whatever it is made of.

use crate::proto::{
    Action, Annotation, Attendance, Audit, Body, BodyCondition, Breach, Committee, CompositionRequirement,
    Constitution, Consultation, Decider, Decision, Delegation, Difference, Direction, DueItem, Fact, Finding,
    GoverningBodyMember, GoverningRule, Intention, Interest, InterestDeclaration, JoinedDate, JointLeg, Key,
    LineageStep, ListedPartnership, Meeting, MemberPractice, MembersVote, MembershipChange, Merger, News,
    OfficeHolder, PartnershipDesignation, PartnershipMember, Person, PersonVote, RegisteredDocument,
    SignedEntry, Stated, SuccessionLink,
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

/// What says itself why.
macro_rules! why {
    ($($message:ident)*) => {
        $(impl RestsOn for $message {
            fn entries(&self) -> Vec<u64> {
                self.why.clone()
            }
        })*
    };
}

/// What rests on one entry.
macro_rules! position {
    ($($message:ident)*) => {
        $(impl RestsOn for $message {
            fn entries(&self) -> Vec<u64> {
                vec![self.position]
            }
        })*
    };
}

why! {
    Action Attendance CompositionRequirement Consultation Decider Direction DueItem Fact Intention Interest Key LineageStep
    ListedPartnership Meeting OfficeHolder PartnershipMember SuccessionLink
}

position! {
    Annotation Audit Breach Constitution GoverningRule InterestDeclaration MemberPractice MembersVote MembershipChange News
    PartnershipDesignation PersonVote RegisteredDocument SignedEntry Stated
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

impl RestsOn for Body {
    fn entries(&self) -> Vec<u64> {
        let names = self.names.iter().map(|held| held.position);
        let codes = self.codes.iter().map(|held| held.position);
        let dates = [&self.opened, &self.closed].map(RestsOn::entries).concat();
        let links = [&self.predecessors, &self.successors].map(RestsOn::entries).concat();
        together([self.why.clone(), names.chain(codes).collect(), dates, links])
    }
}

impl RestsOn for BodyCondition {
    fn entries(&self) -> Vec<u64> {
        self.condition.iter().flat_map(|condition| condition.why.iter().copied()).collect()
    }
}

impl RestsOn for Finding {
    fn entries(&self) -> Vec<u64> {
        together([self.why.clone(), self.answered_by.clone()])
    }
}

impl RestsOn for GoverningBodyMember {
    fn entries(&self) -> Vec<u64> {
        self.terms.iter().flat_map(|term| term.why.iter().copied()).collect()
    }
}

impl RestsOn for Committee {
    fn entries(&self) -> Vec<u64> {
        self.why.iter().chain(self.lapse.iter().flat_map(|lapse| &lapse.why)).copied().collect()
    }
}

impl RestsOn for Delegation {
    fn entries(&self) -> Vec<u64> {
        self.why.iter().chain(self.lapse.iter().flat_map(|lapse| &lapse.why)).copied().collect()
    }
}

impl RestsOn for Decision {
    fn entries(&self) -> Vec<u64> {
        [self.position].into_iter().chain(self.votes_at).collect()
    }
}

impl RestsOn for Person {
    fn entries(&self) -> Vec<u64> {
        let offices = self.offices.iter().flat_map(|office| office.why.iter().copied());
        together([self.why.clone(), offices.collect()])
    }
}

impl RestsOn for JointLeg {
    fn entries(&self) -> Vec<u64> {
        self.steps.iter().map(|step| step.position).collect()
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
