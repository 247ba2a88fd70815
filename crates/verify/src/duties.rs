//! Duties that are to be in two hands: one holder with two capacities, one holder on both sides of an
//! approval.

use crate::{Grade, Graded};
use minutebook_governance::authority::{AuthorityGranted, KeyEnrolled};
use minutebook_governance::{Act, Capacity, GrantId, MergerId, Record, Rule, Signatory, Standing, View};
use minutebook_log::{Opening, Position, PublicKey, Registrar, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) static ONE_HOLDER: Rule = Rule {
    id: "duties.one-holder",
    says: "One holder in two capacities may approve alone what two people are to agree on.",
    source: "principle: good minutes",
};
pub(crate) static SELF_APPROVAL: Rule = Rule {
    id: "duties.self-approval",
    says: "Who asks does not approve: who signs for a body does not sign for the regulator in the same matter, and no registrar grants power to a key of their own.",
    source: "principle: good minutes",
};

/// What is to be said of the duties in a record.
pub(crate) fn judge(record: &Record, view: View) -> Vec<Graded> {
    let opening = record.first().and_then(|first| first.statement.downcast::<Opening>());
    let registrars = opening.map_or(&[][..], |opening| &opening.registrars);
    let holders = holders(record, registrars, view);
    let grants: Vec<_> = grants(record, view).collect();
    let mut found = several_capacities(registrars, &grants, &holders);
    found.extend(grants.iter().filter_map(|granted| granted_to_oneself(granted, &holders)));
    let mergers = record.subjects(MergerId::KIND);
    found.extend(mergers.flat_map(|merger| both_sides(record, merger, view, &holders)));
    found
}

/// Who holds each key: a registrar by the opening entry, everybody else by their enrolment.
type Holders = BTreeMap<PublicKey, String>;

fn holders(record: &Record, registrars: &[Registrar], view: View) -> Holders {
    let mut holders: Holders =
        registrars.iter().map(|registrar| (registrar.key, registrar.holder.clone())).collect();
    for subject in record.subjects("key") {
        let told = record.saying::<KeyEnrolled>(subject, view).find(|told| told.subject == *subject);
        let holder = told.as_ref().and_then(|told| told.says::<KeyEnrolled>()).map(|it| it.holder.clone());
        let key = subject.name().and_then(|name| name.parse().ok());
        holders.extend(key.zip(holder));
    }
    holders
}

/// A grant, where it stands, and the act that gave it.
struct Granted {
    position: Position,
    act: Arc<Act>,
    grant: AuthorityGranted,
}

fn grants(record: &Record, view: View) -> impl Iterator<Item = Granted> {
    record.subjects(GrantId::KIND).flat_map(move |subject| {
        record.saying::<AuthorityGranted>(subject, view).filter_map(|told| {
            let act = record.at(told.position)?.act;
            let grant = act.statement.downcast::<AuthorityGranted>()?.clone();
            Some(Granted { position: told.position, act, grant })
        })
    })
}

/// Holders who have more than one capacity: those that they were granted, and that of a registrar.
fn several_capacities(registrars: &[Registrar], grants: &[Granted], holders: &Holders) -> Vec<Graded> {
    let mut by_holder: BTreeMap<&String, (BTreeSet<&'static str>, Vec<Position>)> = BTreeMap::new();
    for registrar in registrars {
        let (capacities, positions) = by_holder.entry(&registrar.holder).or_default();
        capacities.insert(Capacity::Registrar.as_str());
        positions.push(Position::FIRST);
    }
    for Granted { position, grant, .. } in grants {
        let Some(holder) = holders.get(&grant.key) else { continue };
        let (capacities, positions) = by_holder.entry(holder).or_default();
        capacities.insert(grant.capacity.as_str());
        positions.push(*position);
    }
    let several = by_holder.into_iter().filter(|(_holder, (capacities, _positions))| capacities.len() > 1);
    let finding =
        |(holder, (capacities, mut entries)): (&String, (BTreeSet<&'static str>, Vec<Position>))| {
            entries.sort_unstable();
            entries.dedup();
            Graded {
                grade: Grade::Remark,
                rule: ONE_HOLDER.id,
                subject: holder.clone(),
                entries,
                found: capacities.into_iter().collect::<Vec<_>>().join(" and "),
                needed: "one capacity for each holder".to_owned(),
                answered_by: Vec::new(),
            }
        };
    several.map(finding).collect()
}

/// A registrar who signed a grant to a key of the same holder.
fn granted_to_oneself(granted: &Granted, holders: &Holders) -> Option<Graded> {
    let holder = holders.get(&granted.grant.key)?;
    let mut registrars =
        granted.act.signatories.iter().filter(|signatory| signatory.capacity == Capacity::Registrar);
    registrars.find(|registrar| holders.get(&registrar.key) == Some(holder))?;
    Some(Graded {
        grade: Grade::Doubt,
        rule: SELF_APPROVAL.id,
        subject: granted.act.subject.to_string(),
        entries: vec![granted.position],
        found: format!("{holder} signed as registrar, and holds the key that may sign by it"),
        needed: "registrars who do not hold the key".to_owned(),
        answered_by: Vec::new(),
    })
}

/// Whom somebody signs for, where two sides have to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Asks,
    Approves,
}

fn side(signatory: &Signatory) -> Option<Side> {
    match signatory.capacity {
        Capacity::Secretary | Capacity::Chair | Capacity::AccountableOfficer => Some(Side::Asks),
        Capacity::NhsEngland | Capacity::Minister => Some(Side::Approves),
        _ => None,
    }
}

/// Holders who signed acts about a merger for a body, and for those who approve it. Who loads reports of both
/// sides approves nothing.
fn both_sides(record: &Record, merger: &Subject, view: View, holders: &Holders) -> Vec<Graded> {
    let mut signed: BTreeMap<&String, BTreeMap<Side, BTreeSet<Position>>> = BTreeMap::new();
    for told in record.about(merger, view).filter(|told| told.standing >= Standing::OwnRecord) {
        let Some(recorded) = record.at(told.position) else { continue };
        for signatory in &recorded.act.signatories {
            let Some((holder, side)) = holders.get(&signatory.key).zip(side(signatory)) else { continue };
            signed.entry(holder).or_default().entry(side).or_default().insert(told.position);
        }
    }
    let both = signed.into_iter().filter(|(_holder, sides)| sides.len() > 1);
    let finding = |(holder, sides): (&String, BTreeMap<Side, BTreeSet<Position>>)| Graded {
        grade: Grade::Doubt,
        rule: SELF_APPROVAL.id,
        subject: merger.to_string(),
        entries: sides.into_values().flatten().collect::<BTreeSet<_>>().into_iter().collect(),
        found: format!("{holder} signed for a body and for the regulator"),
        needed: "another holder for each side".to_owned(),
        answered_by: Vec::new(),
    };
    both.map(finding).collect()
}
