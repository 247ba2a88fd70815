use super::{date, inferred, joined_date, positions, sources_of};
use crate::proto;
use minutebook_governance::bodies::{self, Body, CodeHeld, Life, Link, NameHeld, area_of};
use minutebook_governance::joined::in_words;
use minutebook_governance::{BodyId, Record, Unit, View};
use std::collections::BTreeSet;

/// What a body is called on the view's day; empty where nothing is known of it.
pub(in crate::service) fn body_name(record: &Record, id: &BodyId, view: View) -> String {
    let known = bodies::body(record, id, view);
    known.as_ref().and_then(|body| body.called(view)).unwrap_or_default()
}

/// A body as a view sees it.
pub(in crate::service) fn body(record: &Record, body: &Body, view: View) -> proto::Body {
    let link = |link: &Link| succession_link(record, link, view);
    let long = body.names.iter().map(|held| name_held(held, NameForm::Full));
    let short = body.short_names.iter().map(|held| name_held(held, NameForm::Short));
    let short_names = body.short_names_on(view);
    let short_name = in_words(&short_names.iter().map(|held| held.name.as_str()).collect());
    let (units, units_perhaps) = area_of(record, &body.id, view);
    let opened_with: BTreeSet<_> = body.units.iter().map(|(_source, unit)| unit.to_string()).collect();
    let in_words = |units: &[Unit]| units.iter().map(Unit::to_string).collect();
    proto::Body {
        id: body.id.to_string(),
        kind: body.kind().map_or_else(String::new, |kind| kind.as_str().to_owned()),
        name: body.called(view).unwrap_or_default(),
        short_name: short_name.unwrap_or_default(),
        life: life(body.life(view)).into(),
        opened: body.opened.as_ref().map(|day| joined_date(record, day, view)),
        closed: body.closed.as_ref().map(|day| joined_date(record, day, view)),
        names: long.chain(short).collect(),
        codes: body.codes.iter().map(code_held).collect(),
        units: in_words(&units),
        part_of: body.part_of(view).map_or_else(String::new, |whole| whole.to_string()),
        predecessors: body.predecessors.iter().map(link).collect(),
        successors: body.successors.iter().map(link).collect(),
        why: positions(&body.why),
        units_perhaps: in_words(&units_perhaps),
        opened_with: opened_with.into_iter().collect(),
    }
}

/// Whether a body exists.
pub(in crate::service) fn life(life: Life) -> proto::Life {
    match life {
        Life::NotYetOpen => proto::Life::NotYetOpen,
        Life::Open => proto::Life::Open,
        Life::Closed => proto::Life::Closed,
        Life::Unknown => proto::Life::Unknown,
    }
}

#[derive(PartialEq)]
enum NameForm {
    Full,
    Short,
}

fn name_held(held: &NameHeld, form: NameForm) -> proto::NameHeld {
    proto::NameHeld {
        name: held.name.clone(),
        from: held.from.as_ref().map(date),
        is_short: form == NameForm::Short,
        position: held.source.position.0,
        standing: held.source.standing.as_str().to_owned(),
    }
}

fn code_held(held: &CodeHeld) -> proto::CodeHeld {
    proto::CodeHeld {
        scheme: held.code.scheme.as_str().to_owned(),
        value: held.code.value.clone(),
        role: held.code.role.clone().unwrap_or_default(),
        from: held.code.from.as_ref().map(date),
        until: held.code.until.as_ref().map(date),
        position: held.source.position.0,
    }
}

fn succession_link(record: &Record, link: &Link, view: View) -> proto::SuccessionLink {
    let first_day = view.at(link.effective.earliest().unwrap_or(view.as_at));
    let other = bodies::body(record, &link.body, view);
    let name = other.as_ref().and_then(|other| other.called(first_day));
    let why: Vec<_> = link.sources.iter().map(|source| source.position).collect();
    let inferred = inferred(record, &why, view);
    proto::SuccessionLink {
        body: link.body.to_string(),
        name: name.unwrap_or_default(),
        kind: link.kind.as_str().to_owned(),
        effective: Some(date(&link.effective)),
        units: link.units.iter().flatten().map(Unit::to_string).collect(),
        why: positions(&why),
        sources: sources_of(record, &why, view),
        inferred: inferred.as_ref().map_or_else(String::new, |inferred| inferred.why.clone()),
        inferred_from: inferred.map_or_else(String::new, |inferred| inferred.from),
    }
}
