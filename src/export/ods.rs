//! A code as NHS ODS publishes it: the ORD API 2-0-0's `Organisation`, with what the form has no room for beside it.

use super::days::{day, in_a_cell, joined_day, period};
use super::roles;
use crate::proto::{Answered, Body, CodeHeld, SuccessionLink};
use minutebook_governance::Date;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The object identifier of ODS codes, and who assigns them.
const ROOT: &str = "2.16.840.1.113883.2.1.3.2.4.18.48";
const AUTHORITY: &str = "HSCIC";

/// Every body that a view knows, among which a record's references are found.
struct Known<'a>(&'a [Body]);

/// The record of the ODS code `code` out of all `bodies` that a view knows; nothing where none has had it. `changed`
/// is the day on which the last of what is said was recorded. The form has no word for a status that is not known: it is
/// left out then.
pub fn organisation(
    bodies: &[Body],
    code: &str,
    answered: &Answered,
    changed: Option<Date>,
) -> Option<Value> {
    let known = Known(bodies);
    let is_listed = |body: &&Body| codes_of(body).any(|held| held.value == code);
    let mut listed: Vec<_> = bodies.iter().filter(is_listed).collect();
    listed.sort_by_key(|body| first_day(body, code));
    let last = listed.last()?;
    let name = if last.short_name.is_empty() { &last.name } else { &last.short_name };
    let status = roles::status(roles::is_any(listed.iter().map(|body| roles::is_active(body))));
    let mut record = Map::new();
    put(&mut record, "Name", Some(json!(name)));
    put(&mut record, "Date", unless_empty(dates(&listed, code)));
    put(&mut record, "OrgId", Some(org_id(code)));
    put(&mut record, "Status", status.map(|status| json!(status)));
    put(&mut record, "LastChangeDate", changed.map(|changed| json!(changed)));
    put(&mut record, "orgRecordClass", Some(json!("RC1")));
    put(&mut record, "Roles", Some(json!({"Role": roles::roles(&listed, code)})));
    put(&mut record, "Rels", unless_empty(known.rels(&listed)).map(|rels| json!({"Rel": rels})));
    put(&mut record, "Succs", unless_empty(known.succs(&listed, code)).map(|succs| json!({"Succ": succs})));
    Some(json!({"Organisation": record, "minutebook": known.beside(&listed, answered)}))
}

fn put(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    members.extend(value.map(|value| (name.to_owned(), value)));
}

fn unless_empty(list: Vec<Value>) -> Option<Value> {
    (!list.is_empty()).then_some(Value::Array(list))
}

fn codes_of(body: &Body) -> impl Iterator<Item = &CodeHeld> {
    body.codes.iter().filter(|held| held.scheme == "ods")
}

fn org_id(code: &str) -> Value {
    json!({"root": ROOT, "assigningAuthorityName": AUTHORITY, "extension": code})
}

fn first_day(body: &Body, code: &str) -> Option<Date> {
    let held = codes_of(body).find(|held| held.value == code)?;
    joined_day(body.opened.as_ref()).or_else(|| day(held.from.as_ref()))
}

/// The life in the register and the life in law: both, since they differ.
fn dates(listed: &[&Body], code: &str) -> Vec<Value> {
    let held = listed.iter().flat_map(|body| codes_of(body)).filter(|held| held.value == code);
    let periods: Vec<_> = held.map(|held| (day(held.from.as_ref()), held.until.as_ref())).collect();
    let start = periods.iter().filter_map(|(from, _until)| *from).min();
    let goes_on = periods.iter().any(|(_from, until)| until.is_none());
    let end = periods.iter().filter_map(|(_from, until)| day(*until)).max().filter(|_end| !goes_on);
    let legal = listed.iter().filter(|body| roles::is_legal(&body.kind)).filter_map(|body| {
        period("Legal", joined_day(body.opened.as_ref()), joined_day(body.closed.as_ref()))
    });
    period("Operational", start, end).into_iter().chain(legal).collect()
}

impl Known<'_> {
    fn find(&self, id: &str) -> Option<&Body> {
        self.0.iter().find(|body| body.id == id)
    }

    /// What another record is referred to by: its code and primary role. Nothing for a body without an ODS code.
    fn target(&self, id: &str) -> Option<Value> {
        let body = self.find(id)?;
        let code = codes_of(body).last()?;
        let primary = roles::of_kind(&body.kind).first().copied().unwrap_or(code.role.as_str());
        let mut target = Map::new();
        put(&mut target, "OrgId", Some(org_id(&code.value)));
        put(&mut target, "PrimaryRoleId", (!primary.is_empty()).then(|| json!({"id": primary})));
        Some(Value::Object(target))
    }

    /// A location lies in the geography of its board (RE5).
    fn rels(&self, listed: &[&Body]) -> Vec<Value> {
        let rel = |body: &&Body| {
            let target = self.target(&body.part_of)?;
            let dates =
                period("Operational", joined_day(body.opened.as_ref()), joined_day(body.closed.as_ref()));
            let mut rel = Map::new();
            put(&mut rel, "id", Some(json!("RE5")));
            put(&mut rel, "Date", dates.map(|dates| json!([dates])));
            let status = roles::status(roles::is_active(body));
            put(&mut rel, "Status", status.map(|status| json!(status)));
            put(&mut rel, "Target", Some(target));
            Some(Value::Object(rel))
        };
        listed.iter().filter_map(rel).collect()
    }

    fn succs(&self, listed: &[&Body], code: &str) -> Vec<Value> {
        let succ = |(kind, link): (&str, &SuccessionLink)| {
            let target = self.target(&link.body)?;
            if target.pointer("/OrgId/extension").is_some_and(|extension| extension == code) {
                return None;
            }
            let dates = period("Legal", day(link.effective.as_ref()), None);
            let mut succ = Map::new();
            put(&mut succ, "Type", Some(json!(kind)));
            put(&mut succ, "Date", dates.map(|dates| json!([dates])));
            put(&mut succ, "Target", Some(target));
            Some(Value::Object(succ))
        };
        links(listed).filter_map(succ).collect()
    }

    /// What the register's form has no room for: from where was looked, how bodies followed each other, the
    /// entries that say so, and which of those are in doubt or stand in no source.
    fn beside(&self, listed: &[&Body], answered: &Answered) -> Value {
        let successions = links(listed).map(|(kind, link)| {
            let code = self.find(&link.body).and_then(|body| codes_of(body).last());
            json!({"type": kind, "body": link.body, "code": code.map(|code| &code.value), "kind": link.kind,
                "effective": in_a_cell(link.effective.as_ref()), "units": link.units, "why": link.why})
        });
        let bodies = listed
            .iter()
            .map(|body| json!({"id": body.id, "kind": body.kind, "name": body.name, "why": body.why}));
        let why = listed.iter().flat_map(|body| body.why.iter());
        let entries: BTreeSet<_> = why.chain(links(listed).flat_map(|(_kind, link)| &link.why)).collect();
        let contested = answered.contested.iter().filter(|it| entries.contains(&it.position));
        let contested: Vec<_> = contested
            .map(|it| json!({"entry": it.position, "key": it.key, "declared_at": it.declared_at, "through": it.through}))
            .collect();
        let inferred = answered.inferences.iter().filter(|it| entries.contains(&it.position));
        let inferred: Vec<_> = inferred.map(|it| json!({"entry": it.position, "why": it.why})).collect();
        json!({"as_at": answered.as_at, "known_at": answered.known_at, "known_entries": answered.known_entries,
            "re_enactment": answered.re_enactment, "horizon": answered.horizon,
            "contested": contested, "inferred": inferred,
            "bodies": bodies.collect::<Vec<_>>(), "successions": successions.collect::<Vec<_>>()})
    }
}

fn links<'a>(listed: &'a [&Body]) -> impl Iterator<Item = (&'static str, &'a SuccessionLink)> {
    let before = listed.iter().flat_map(|body| &body.predecessors).map(|link| ("Predecessor", link));
    before.chain(listed.iter().flat_map(|body| &body.successors).map(|link| ("Successor", link)))
}
