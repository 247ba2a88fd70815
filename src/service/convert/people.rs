use super::sealed::clear;
use super::{date, positions};
use crate::proto;
use minutebook_governance::people::{Holding, person_name};
use minutebook_governance::{PersonId, Record, Standing, View};

/// The name of a person; empty where it is sealed or not known.
pub(in crate::service) fn name_of(record: &Record, person: &PersonId, view: View) -> String {
    person_name(record, person, view).as_ref().map_or_else(String::new, clear)
}

/// Somebody who holds, or held, an office.
pub(in crate::service) fn office_holder(
    record: &Record,
    holding: &Holding,
    view: View,
) -> proto::OfficeHolder {
    let why: Vec<_> = holding.sources.iter().map(|source| source.position).collect();
    let standing = holding.sources.iter().map(|source| source.standing).max();
    proto::OfficeHolder {
        person: holding.person.to_string(),
        name: name_of(record, &holding.person, view),
        tenure: holding.tenure.map_or_else(String::new, |tenure| tenure.as_str().to_owned()),
        from: holding.from.as_ref().map(date),
        until: holding.until.as_ref().map(date),
        observations: holding
            .observed
            .iter()
            .map(|seen| proto::Observation {
                observed_on: Some(date(&seen.on)),
                title_as_written: seen.title.clone(),
            })
            .collect(),
        standing: standing.map_or("", Standing::as_str).to_owned(),
        why: positions(&why),
    }
}
