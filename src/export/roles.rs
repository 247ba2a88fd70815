//! ODS roles: what kind of organisation a code is listed as, and from when to when.

use super::days::{day, joined_day, period};
use crate::proto::{Body, CodeHeld, Life};
use minutebook_governance::Date;
use serde_json::{Map, Value, json};

/// The roles of a kind, the primary one first.
pub(super) fn of_kind(kind: &str) -> &'static [&'static str] {
    match kind {
        "ccg" => &["RO98"],
        "icb" => &["RO261", "RO318"],
        "location" => &["RO98", "RO319"],
        "trust" => &["RO197"],
        _ => &[],
    }
}

/// Whether bodies of a kind exist in law, so that their life is a legal one.
pub(super) fn is_legal(kind: &str) -> bool {
    !matches!(kind, "location" | "partnership")
}

/// Whether a body is active, which the register has two words for; nothing where its dates don't tell.
pub(super) fn is_active(body: &Body) -> Option<bool> {
    match body.life() {
        Life::Open => Some(true),
        Life::Closed | Life::NotYetOpen => Some(false),
        Life::Unknown | Life::Unspecified => None,
    }
}

/// Whether one of several is; nothing where it can't be told, and no other is for certain.
pub(super) fn is_any(active: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let either = |one: Option<bool>, other: Option<bool>| match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        (Some(false), Some(false)) => Some(false),
    };
    active.into_iter().fold(Some(false), either)
}

/// The register's word for that; it has none for what is not known.
pub(super) fn status(is_active: Option<bool>) -> Option<&'static str> {
    is_active.map(|is_active| if is_active { "Active" } else { "Inactive" })
}

/// A role that a code has or had.
struct Role {
    id: String,
    legal: Option<Period>,
    operational: Option<Period>,
    is_active: Option<bool>,
}

/// From a day on, and the first day that it is no more.
type Period = (Option<Date>, Option<Date>);

/// The roles under which a code is listed, in the order in which bodies came to it. A role that a later body under
/// the same code has too goes on.
pub(super) fn roles(bodies: &[&Body], code: &str) -> Vec<Value> {
    let mut roles: Vec<Role> = Vec::new();
    for body in bodies {
        let held = body.codes.iter().find(|held| held.scheme == "ods" && held.value == code);
        let named = held.map(|held| held.role.as_str()).filter(|role| !role.is_empty());
        let mut ids = of_kind(&body.kind).to_vec();
        ids.extend(named.filter(|named| !of_kind(&body.kind).contains(named)));
        for id in ids {
            let role = role(id, body, held);
            match roles.iter_mut().find(|known| known.id == id) {
                Some(known) => known.go_on(&role),
                None => roles.push(role),
            }
        }
    }
    roles.into_iter().enumerate().map(|(at, role)| role.to_json(at == 0)).collect()
}

fn role(id: &str, body: &Body, held: Option<&CodeHeld>) -> Role {
    let legal = (joined_day(body.opened.as_ref()), joined_day(body.closed.as_ref()));
    Role {
        id: id.to_owned(),
        legal: Some(legal).filter(|_legal| is_legal(&body.kind)),
        operational: held.map(|held| (day(held.from.as_ref()), day(held.until.as_ref()))),
        is_active: is_active(body),
    }
}

impl Role {
    fn go_on(&mut self, next: &Role) {
        let from = |period: Option<Period>| period.and_then(|(from, _until)| from);
        let start = [from(self.operational), from(next.operational)].into_iter().flatten().min();
        let end = next.operational.and_then(|(_from, until)| until);
        self.operational = Some((start, end));
        self.is_active = is_any([self.is_active, next.is_active]);
    }

    fn to_json(&self, is_primary: bool) -> Value {
        let of = |kind, dates: Option<Period>| dates.and_then(|(from, until)| period(kind, from, until));
        let dates = [of("Operational", self.operational), of("Legal", self.legal)];
        let dates: Vec<_> = dates.into_iter().flatten().collect();
        let mut role = Map::new();
        role.insert("id".to_owned(), json!(self.id));
        role.insert("primaryRole".to_owned(), json!(is_primary));
        role.extend(status(self.is_active).map(|status| ("Status".to_owned(), json!(status))));
        if !dates.is_empty() {
            role.insert("Date".to_owned(), json!(dates));
        }
        Value::Object(role)
    }
}
