use super::mergers::clear;
use super::{date, positions};
use crate::proto;
use minutebook_governance::authority::{
    AuthorityGranted, AuthorityRevoked, Extent, KeyEnrolled, KeyRevoked, subject_of,
};
use minutebook_governance::people::{Holding, person_name};
use minutebook_governance::{GrantId, Record, Standing, View};
use minutebook_log::PublicKey;

/// What a view knows of a key: what lies beyond the view, durable or not, is not looked at.
pub(in crate::service) fn key(record: &Record, key: &PublicKey, view: View) -> proto::GetKeyResponse {
    let mut known = proto::GetKeyResponse { key: key.to_string(), ..Default::default() };
    let Some(subject) = subject_of(key) else { return known };
    for told in record.about(&subject, view) {
        if let Some(enrolled) = told.says::<KeyEnrolled>() {
            (known.holder, known.label) = (enrolled.holder.clone(), clear(&enrolled.label));
            known.is_enrolled = true;
        } else if told.says::<KeyRevoked>().is_some() {
            known.is_revoked = true;
        } else if let Some((id, granted)) = GrantId::of(&told.subject).zip(told.says::<AuthorityGranted>()) {
            let is_revoked =
                record.about(id.subject(), view).any(|told| told.says::<AuthorityRevoked>().is_some());
            known.grants.extend((!is_revoked).then(|| grant(&id, granted)));
        }
    }
    known
}

fn grant(id: &GrantId, granted: &AuthorityGranted) -> proto::Grant {
    let text = |value: Option<String>| value.unwrap_or_default();
    proto::Grant {
        id: id.to_string(),
        capacity: granted.capacity.as_str().to_owned(),
        bodies: extent(&granted.bodies),
        types: extent(&granted.types),
        standings: granted.standings.iter().map(|standing| standing.as_str().to_owned()).collect(),
        signs_from: text(granted.signs_from.as_ref().map(ToString::to_string)),
        signs_until: text(granted.signs_until.as_ref().map(ToString::to_string)),
        acts_from: text(granted.acts_from.map(|day| day.to_string())),
        acts_until: text(granted.acts_until.map(|day| day.to_string())),
    }
}

fn extent<T: ToString>(extent: &Extent<T>) -> Vec<String> {
    match extent {
        Extent::Any(_any) => vec!["any".to_owned()],
        Extent::Listed(items) => items.iter().map(ToString::to_string).collect(),
    }
}

/// Somebody who holds, or held, an office.
pub(in crate::service) fn office_holder(
    record: &Record,
    holding: &Holding,
    view: View,
) -> proto::OfficeHolder {
    let name = person_name(record, &holding.person, view);
    let why: Vec<_> = holding.sources.iter().map(|source| source.position).collect();
    let standing = holding.sources.iter().map(|source| source.standing).max();
    proto::OfficeHolder {
        person: holding.person.to_string(),
        name: name.as_ref().map_or_else(String::new, clear),
        tenure: holding.tenure.map_or_else(String::new, |tenure| tenure.as_str().to_owned()),
        from: holding.from.as_ref().map(date),
        until: holding.until.as_ref().map(date),
        observed_on: holding.observed.iter().map(|(day, _title)| date(day)).collect(),
        title_as_written: holding.observed.last().map_or_else(String::new, |(_day, title)| title.clone()),
        standing: standing.map_or("", Standing::as_str).to_owned(),
        why: positions(&why),
    }
}
