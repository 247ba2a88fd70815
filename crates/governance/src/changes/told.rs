//! The facts that the register tells of a subject, each with a name and a value in words.

use super::facts::{Facts, held, holds_on, if_sure, note};
use super::turns::{act_days, turns};
use super::{acts, affairs, arrangements};
use crate::bodies::{Life, body, holder, holder_dates, unit_of_subject};
use crate::constitutions::{constitutions, governing_rules};
use crate::consultations::consultation;
use crate::mergers::merger;
use crate::people::{Office, holdings, office_held};
use crate::plans::intention;
use crate::{BodyId, Certainty, ConsultationId, Date, IntentionId, MergerId, PDate, Record, View};
use minutebook_log::Subject;
use std::collections::BTreeSet;

/// The kinds of subject of which something is told here; `record` is an entry and what became of it.
pub(super) const KINDS: [&str; 12] = [
    "body",
    "unit",
    "merger",
    "consultation",
    "intention",
    "meeting",
    "action",
    "committee",
    "delegation",
    "partnership",
    "person",
    "record",
];

/// Of those, the kinds whose state passes with time alone.
pub(super) const LAPSES: [&str; 3] = ["merger", "consultation", "intention"];

/// What the view tells of a subject on its day, by name.
pub(super) fn facts_of(record: &Record, subject: &Subject, view: View) -> Facts {
    let mut facts = Facts::new();
    match subject.kind() {
        "body" => {
            body_facts(record, subject, view, &mut facts);
            if let Some(id) = BodyId::of(subject) {
                affairs::member_facts(record, &id, view, &mut facts);
            }
        }
        "unit" => unit_facts(record, subject, view, &mut facts),
        "merger" => merger_facts(record, subject, view, &mut facts),
        "consultation" => consultation_facts(record, subject, view, &mut facts),
        "intention" => intention_facts(record, subject, view, &mut facts),
        "meeting" => affairs::meeting_facts(record, subject, view, &mut facts),
        "action" => affairs::action_facts(record, subject, view, &mut facts),
        "committee" => affairs::committee_facts(record, subject, view, &mut facts),
        "delegation" => affairs::delegation_facts(record, subject, view, &mut facts),
        "partnership" => affairs::partnership_facts(record, subject, view, &mut facts),
        "person" => affairs::person_facts(record, subject, view, &mut facts),
        "record" => affairs::entry_facts(record, subject, view, &mut facts),
        _ => {}
    }
    facts
}

/// As [`facts_of`], with what is many: the acts of a body, and its member practices.
pub(super) fn all_facts_of(record: &Record, subject: &Subject, view: View) -> Facts {
    let mut facts = facts_of(record, subject, view);
    if let Some(id) = BodyId::of(subject) {
        acts::act_facts(record, &id, view, &mut facts);
        affairs::practice_facts(record, &id, view, &mut facts);
    }
    facts
}

/// The days on which what the view tells of a subject can change.
pub(super) fn days_of(record: &Record, subject: &Subject, view: View) -> BTreeSet<Date> {
    match subject.kind() {
        "body" => body_days(record, subject, view),
        "unit" => unit_days(record, subject, view),
        "consultation" => consultation_days(record, subject, view),
        "committee" => arrangements::committee_days(record, subject, view),
        "delegation" => arrangements::delegation_days(record, subject, view),
        _ => act_days(record, subject, view),
    }
}

fn body_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some((id, body)) = BodyId::of(subject).and_then(|id| Some((id.clone(), body(record, &id, view)?)))
    else {
        return;
    };
    let life = body.life(view);
    let spans = [&body.opened, &body.closed].into_iter().flatten();
    note(facts, "life", life.as_str(), spans.flat_map(|joined| joined.why.iter().copied()).collect());
    if let Some((kind, joined)) = body.kind().zip(body.kind.as_ref()) {
        note(facts, "kind", kind.as_str(), joined.why.clone());
    }
    if life == Life::Closed || life == Life::NotYetOpen {
        return;
    }
    if let Some(name) = body.called(view) {
        let why = body.names_on(view).iter().map(|held| held.source.position).collect();
        note(facts, "name", name, why);
    }
    if let Some(whole) = body.part_of(view) {
        let why = body.wholes.iter().map(|held| held.source.position).collect();
        note(facts, "part of", whole, why);
    }
    for held in &body.codes {
        let code = &held.code;
        let holds = holds_on(code.from.as_ref(), code.until.as_ref(), view);
        if holds != Certainty::No {
            let name = format!("code {}:{}", code.scheme.as_str(), code.value);
            note(facts, name, super::facts::held("held", holds), vec![held.source.position]);
        }
    }
    office_facts(record, &id, view, facts);
    affairs::standing_facts(record, &id, view, facts);
    if let Some(held) = constitutions(record, &id, view).pop() {
        let version = if_sure(held.adopted.version, held.is_sure);
        note(facts, "constitution", version, vec![held.source.position]);
    }
    if let Some(quorum) = governing_rules(record, &id, view).quorum {
        note(facts, "quorum", if_sure(quorum.value.minimum, quorum.is_sure), vec![quorum.position]);
    }
}

fn office_facts(record: &Record, id: &BodyId, view: View, facts: &mut Facts) {
    for office in Office::ALL {
        let held = office_held(record, id, office, view);
        let sure = held.holders.iter().map(|holding| holding.person.to_string());
        let perhaps = held.perhaps.iter().map(|holding| format!("perhaps {}", holding.person));
        let people: BTreeSet<_> = sure.chain(perhaps).collect();
        let people: Vec<_> = people.into_iter().collect();
        if !people.is_empty() {
            note(facts, office.as_str(), people.join(", "), held.why);
        } else if held.is_vacant {
            note(facts, office.as_str(), "vacant", held.why);
        }
    }
}

fn body_days(record: &Record, subject: &Subject, view: View) -> BTreeSet<Date> {
    let Some(id) = BodyId::of(subject) else { return BTreeSet::new() };
    let mut dates: Vec<PDate> = Vec::new();
    if let Some(body) = body(record, &id, view) {
        let spans = [&body.opened, &body.closed].into_iter().flatten();
        dates.extend(spans.filter_map(|joined| joined.value.clone()));
        dates.extend(body.names.iter().chain(&body.short_names).filter_map(|held| held.from.clone()));
        dates.extend(body.wholes.iter().filter_map(|held| held.from.clone()));
        let codes = body.codes.iter().map(|held| &held.code);
        dates.extend(codes.flat_map(|code| code.from.iter().chain(&code.until)).cloned());
        dates.extend(body.predecessors.iter().chain(&body.successors).map(|link| link.effective.clone()));
    }
    for office in Office::ALL {
        dates.extend(holdings(record, &id, office, view).iter().flat_map(|held| held.dates(record)));
    }
    dates.extend(affairs::standing_days(record, &id, view));
    dates.extend(affairs::member_days(record, &id, view));
    let last = View { as_at: Date::LAST, ..view };
    dates.extend(constitutions(record, &id, last).into_iter().map(|held| held.adopted.effective));
    dates.extend(governing_rules(record, &id, last).quorum.map(|quorum| quorum.from));
    dates.iter().flat_map(turns).collect()
}

fn unit_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(unit) = unit_of_subject(subject) else { return };
    let held = holder(record, &unit, view);
    if let Some(body) = held.body {
        note(facts, "commissioner", body.id, held.why);
    } else if !held.perhaps.is_empty() {
        let perhaps: Vec<_> = held.perhaps.iter().map(|body| format!("perhaps {body}")).collect();
        note(facts, "commissioner", perhaps.join(", "), held.why);
    }
}

fn unit_days(record: &Record, subject: &Subject, view: View) -> BTreeSet<Date> {
    let mut days = act_days(record, subject, view);
    let dates = unit_of_subject(subject).map(|unit| holder_dates(record, &unit, view));
    days.extend(dates.iter().flatten().flat_map(turns));
    days
}

fn merger_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let Some(merger) = MergerId::of(subject).and_then(|id| merger(record, &id, view)) else { return };
    note(facts, "state", if_sure(merger.state.as_str(), merger.is_sure), merger.why.clone());
    for (body, leg) in &merger.legs {
        if let Some((choice, last)) = merger.choice(body).zip(leg.last()) {
            let choice = held(choice.as_str(), last.recorded.decided_on.is_by(view.as_at));
            note(facts, format!("choice of {body}"), choice, vec![last.source.position]);
        }
    }
    for condition in &merger.conditions {
        let resolution = condition.resolution.map_or("open", |resolution| resolution.as_str());
        note(facts, format!("condition {}", condition.condition.id), resolution, condition.why.clone());
    }
}

fn consultation_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    let known = ConsultationId::of(subject).and_then(|id| consultation(record, &id, view));
    if let Some(known) = known {
        note(facts, "state", if_sure(known.state.as_str(), known.is_sure), known.why.clone());
        note(facts, "closes", known.opened.closes_at, known.why);
    }
}

fn consultation_days(record: &Record, subject: &Subject, view: View) -> BTreeSet<Date> {
    let mut days = act_days(record, subject, view);
    if let Some(known) = ConsultationId::of(subject).and_then(|id| consultation(record, &id, view)) {
        days.extend(turns(&known.opened.opens));
        days.extend(turns(&known.opened.closes_at.day()));
        days.extend(known.closed.iter().flat_map(|closed| turns(&closed.closed_at.day())));
    }
    days
}

fn intention_facts(record: &Record, subject: &Subject, view: View, facts: &mut Facts) {
    if let Some(known) = IntentionId::of(subject).and_then(|id| intention(record, &id, view)) {
        note(facts, "state", if_sure(known.state.as_str(), known.is_sure), known.why);
    }
}
