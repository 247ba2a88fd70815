use super::sealed::text;
use crate::proto;
use minutebook_governance::authority::{
    Compromise, Contested, Extent, GrantHeld, KeyState, Registrars, Revocation, compromises_of,
    contested_among, enrolled_keys, grants_for, grants_held, is_recorded_by, key_state, registrars,
};
use minutebook_governance::{BodyId, Record, View};
use minutebook_log::{Position, PublicKey};
use std::collections::BTreeMap;

/// Keys and grants as a view sees them: what lies beyond the view, durable or not, is not looked at.
pub(in crate::service) struct Keys<'a> {
    record: &'a Record,
    view: View,
    registrars: Option<Registrars>,
}

impl<'a> Keys<'a> {
    /// The keys of a record. Every standing counts, whatever the view's scope: authority is all acts.
    pub(in crate::service) fn new(record: &'a Record, view: View) -> Self {
        Self { record, view, registrars: registrars(record, view) }
    }

    /// One key, with all of its grants.
    pub(in crate::service) fn key(&self, key: PublicKey) -> proto::Key {
        self.with_grants(key, &grants_held(self.record, key, self.view))
    }

    /// Every key, registrars whom the opening entry names first.
    pub(in crate::service) fn all(&self) -> Vec<PublicKey> {
        let named = self.registrars.iter().flat_map(|registrars| &registrars.keys);
        let mut keys: Vec<_> =
            named.filter(|named| named.grant.is_none()).map(|registrar| registrar.key).collect();
        let enrolled = enrolled_keys(self.record, self.view);
        keys.retain(|key| !enrolled.contains(key));
        keys.extend(enrolled);
        keys
    }

    /// The keys that were granted by the view's day to sign for a body, each with those grants alone.
    pub(in crate::service) fn of_body(&self, body: &BodyId) -> Vec<(PublicKey, Vec<GrantHeld>)> {
        let mut by_key: BTreeMap<PublicKey, Vec<GrantHeld>> = BTreeMap::new();
        let held = grants_for(self.record, body, self.view).into_iter();
        for held in held.filter(|held| held.is_given(self.record, self.view)) {
            by_key.entry(held.granted.key).or_default().push(held);
        }
        let mut keys: Vec<_> = by_key.into_iter().collect();
        keys.sort_by_key(|(key, _grants)| self.state(*key).map(|state| state.enrolled));
        keys
    }

    /// A key with some of its grants.
    pub(in crate::service) fn with_grants(&self, key: PublicKey, grants: &[GrantHeld]) -> proto::Key {
        let registrar = self.registrars.as_ref().and_then(|registrars| registrars.find(key));
        let state = self.state(key);
        let compromises = compromises_of(self.record, key, self.view);
        let enrolled = state.as_ref().map(|state| state.enrolled);
        let enrolled = enrolled.or(registrar.map(|registrar| registrar.position));
        let revoked = state.as_ref().and_then(|state| state.revoked);
        let revoked = revoked.filter(|(position, _why)| is_recorded_by(self.record, *position, self.view));
        let ends = |held: &GrantHeld| [Some(held.position), held.revoked_by(self.record, self.view)];
        let why = [enrolled, revoked.map(|(position, _reason)| position)]
            .into_iter()
            .chain(grants.iter().flat_map(ends));
        let declared = compromises.iter().map(|compromise| compromise.declared.0);
        let mut why: Vec<_> = why.flatten().map(|position| position.0).chain(declared).collect();
        why.sort_unstable();
        why.dedup();
        proto::Key {
            key: key.to_string(),
            is_enrolled: state.is_some(),
            is_revoked: revoked.is_some(),
            holder: match &state {
                Some(state) => state.holder.clone(),
                None => registrar.map_or_else(String::new, |registrar| registrar.holder.clone()),
            },
            label: state.as_ref().map(|state| text(&state.label)),
            r#use: state.as_ref().map_or("", |state| state.key_use.as_str()).to_owned(),
            is_registrar: registrar.is_some(),
            enrolled_at: enrolled.map(|position| position.0),
            enrolled_recorded: enrolled.map_or_else(String::new, |position| self.recorded(position)),
            revoked_at: revoked.map(|(position, _reason)| position.0),
            revoked_reason: revoked.map_or("", |(_position, reason)| reason_of(reason)).to_owned(),
            compromised_from: compromises.iter().map(|compromise| compromise.from.0).min(),
            grants: grants.iter().map(|held| self.grant(held)).collect(),
            why,
        }
    }

    fn state(&self, key: PublicKey) -> Option<KeyState> {
        key_state(self.record, key, self.view)
    }

    fn grant(&self, held: &GrantHeld) -> proto::Grant {
        let text = |value: Option<String>| value.unwrap_or_default();
        let act = self.record.at(held.position).map(|recorded| recorded.act);
        let signed = act.iter().flat_map(|act| &act.signatories);
        let evidence = act.iter().flat_map(|act| &act.evidence);
        let granted = &held.granted;
        proto::Grant {
            id: held.id.to_string(),
            capacity: granted.capacity.as_str().to_owned(),
            bodies: extent(&granted.bodies),
            types: extent(&granted.types),
            standings: granted.standings.iter().map(|standing| standing.as_str().to_owned()).collect(),
            signs_from: text(granted.signs_from.as_ref().map(ToString::to_string)),
            signs_until: text(granted.signs_until.as_ref().map(ToString::to_string)),
            acts_from: text(granted.acts_from.map(|day| day.to_string())),
            acts_until: text(granted.acts_until.map(|day| day.to_string())),
            state: held.state(self.record, self.view).as_str().to_owned(),
            granted_at: held.position.0,
            granted_recorded: self.recorded(held.position),
            granted_by: signed.map(|signatory| signatory.key.to_string()).collect(),
            evidence: evidence.map(|document| document.title.shown().to_owned()).collect(),
            decision: text(granted.decision.map(|id| id.to_string())),
            revoked_at: held.revoked_by(self.record, self.view).map(|position| position.0),
        }
    }

    fn recorded(&self, position: Position) -> String {
        self.record.recorded_at(position).map_or_else(String::new, |recorded| recorded.to_string())
    }
}

fn reason_of(reason: Revocation) -> &'static str {
    match reason {
        Revocation::Rotated => "rotated",
        Revocation::Lost => "lost",
        Revocation::Compromised => "compromised",
    }
}

fn extent<T: ToString>(extent: &Extent<T>) -> Vec<String> {
    match extent {
        Extent::Any(_any) => vec!["any".to_owned()],
        Extent::Listed(items) => items.iter().map(ToString::to_string).collect(),
    }
}

/// What `key` signed at a position; nothing where it did not.
pub(in crate::service) fn signed_entry(
    record: &Record,
    key: PublicKey,
    position: Position,
    view: View,
) -> Option<proto::SignedEntry> {
    let entry = record.at(position)?;
    let signatory = entry.act.signatories.iter().find(|signatory| signatory.key == key)?;
    Some(proto::SignedEntry {
        position: position.0,
        recorded: entry.recorded.to_string(),
        r#type: entry.act.name.to_owned(),
        subject: entry.act.subject.to_string(),
        standing: entry.act.standing.as_str().to_owned(),
        capacity: signatory.capacity.as_str().to_owned(),
        body: signatory.body.as_ref().map_or_else(String::new, BodyId::to_string),
        is_contested: !contested_among(record, [position], view).is_empty(),
    })
}

/// Those of the entries that are in doubt.
pub(in crate::service) fn contested(
    record: &Record,
    entries: impl IntoIterator<Item = u64>,
    view: View,
) -> Vec<proto::Contested> {
    contested_among(record, entries.into_iter().map(Position), view).into_iter().map(in_doubt).collect()
}

/// An entry in doubt.
pub(in crate::service) fn in_doubt(contested: Contested) -> proto::Contested {
    let Compromise { key, from, declared } = contested.compromise;
    proto::Contested {
        position: contested.position.0,
        key: key.to_string(),
        from: from.0,
        declared_at: declared.0,
        through: contested.through.map(|through| through.0),
    }
}
