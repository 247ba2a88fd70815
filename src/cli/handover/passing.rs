//! The grants that pass, and the commands that let the new key sign and end the old grant.

use crate::proto::{Grant, Key, Ledger};
use minutebook_log::PublicKey;

/// A grant that is to pass to another key.
pub(super) struct Passing {
    /// The grant as it is.
    pub(super) grant: Grant,
    /// Whether it signs today or later: what was handed over since is seen on an earlier day, and is nobody's to end.
    pub(super) lasts: bool,
    body: String,
}

/// The key that takes over.
pub(super) struct Taker {
    /// As commands name it: a file, or the digits of the key.
    pub(super) name: String,
    /// Whether the book knows it.
    pub(super) is_enrolled: bool,
    /// Its own grants for the body.
    pub(super) held: Vec<Grant>,
}

impl Taker {
    /// Nobody has said who: a name to be replaced.
    pub(super) fn unknown() -> Self {
        Self { name: "NEW.pem".to_owned(), is_enrolled: false, held: Vec::new() }
    }

    /// Whether it may sign already all that the other may.
    fn has(&self, grant: &Grant) -> bool {
        self.held.iter().any(|held| {
            held.state == "in_force"
                && held.capacity == grant.capacity
                && grant.bodies.iter().all(|body| held.bodies.contains(body))
                && (held.types == ["any"] || held.types == grant.types)
        })
    }
}

/// The grants that sign for the body now or later: those of the key that leaves; else every secretary's.
pub(super) fn passing(keys: &[Key], body: &str, leaves: Option<PublicKey>) -> Vec<Passing> {
    let leaves = leaves.map(|key| key.to_string());
    let grants = keys.iter().flat_map(|key| key.grants.iter().map(move |grant| (key, grant)));
    let passes = |key: &Key, grant: &Grant| match &leaves {
        Some(leaves) => key.key == *leaves,
        None => grant.capacity == "secretary",
    };
    let found = grants.filter(|(key, grant)| passes(key, grant) && lasts(grant));
    found.map(|(_key, grant)| Passing { grant: grant.clone(), lasts: true, body: body.to_owned() }).collect()
}

fn lasts(grant: &Grant) -> bool {
    matches!(grant.state.as_str(), "in_force" | "not_yet")
}

/// The same, with what is left of them by the keys as they are today.
pub(super) fn still(passing: Vec<Passing>, today: &[Key]) -> Vec<Passing> {
    let grants: Vec<_> = today.iter().flat_map(|key| &key.grants).filter(|grant| lasts(grant)).collect();
    let is_left = |passing: &Passing| grants.iter().any(|grant| grant.id == passing.grant.id);
    let each = passing.into_iter().map(|passing| Passing { lasts: is_left(&passing), ..passing });
    each.collect()
}

/// The commands, in the order in which the body is never without a secretary.
pub(super) fn commands(passing: &[Passing], taker: &Taker, ledger: &Ledger) -> Vec<String> {
    let passing: Vec<_> = passing.iter().filter(|passing| passing.lasts).collect();
    if passing.is_empty() {
        return Vec::new();
    }
    let registrars: String = (1..=ledger.registrar_threshold)
        .map(|number| format!(" --registrar REGISTRAR-{number}.pem"))
        .collect();
    let name = quoted(&taker.name);
    let enrol = format!("minutebook key enrol --key {name} --label LABEL{registrars}");
    let mut commands: Vec<_> = (!taker.is_enrolled).then_some(enrol).into_iter().collect();
    let lacking = passing.iter().filter(|passing| !taker.has(&passing.grant));
    commands.extend(lacking.map(|passing| {
        format!("minutebook grant --key {name}{} --evidence LETTER{registrars}", passing.limits())
    }));
    commands.extend(passing.iter().map(|passing| {
        format!("minutebook revoke {} --reason \"Handed over.\"{registrars}", passing.grant.id)
    }));
    commands
}

impl Passing {
    /// What the grant allows, as the options that allow the same.
    fn limits(&self) -> String {
        let grant = &self.grant;
        let listed = |option: &str, items: &[String]| {
            let items = items.iter().filter(|item| *item != "any");
            items.map(|item| format!(" {option} {item}")).collect::<String>()
        };
        let set = |option: &str, value: &str| match value {
            "" => String::new(),
            value => format!(" {option} {value}"),
        };
        [
            set("--capacity", &grant.capacity),
            listed("--body", &grant.bodies),
            listed("--type", &grant.types),
            listed("--standing", &grant.standings),
            set("--acts-from", &grant.acts_from),
            set("--acts-until", &grant.acts_until),
            set("--signs-until", &grant.signs_until),
        ]
        .concat()
    }

    /// What to look at before it ends: it may be for other bodies too.
    pub(super) fn note(&self) -> Option<String> {
        let others: Vec<_> =
            self.grant.bodies.iter().filter(|named| **named != self.body).map(String::as_str).collect();
        let id = &self.grant.id;
        (!others.is_empty()).then(|| {
            format!("{id} is also for {}: it passes whole, so grant what is to stay", others.join(", "))
        })
    }
}

/// A word as a shell reads it whole.
fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "./-_~".contains(character);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(id: &str, bodies: &[&str]) -> Grant {
        Grant {
            id: id.to_owned(),
            capacity: "secretary".to_owned(),
            bodies: bodies.iter().map(|body| (*body).to_owned()).collect(),
            types: vec!["any".to_owned()],
            standings: vec!["own_act".to_owned()],
            acts_from: "2013-04-01".to_owned(),
            state: "in_force".to_owned(),
            ..Grant::default()
        }
    }

    fn key_with(grant: Grant) -> Key {
        Key { key: "aa".to_owned(), grants: vec![grant], ..Key::default() }
    }

    #[test]
    fn the_new_key_signs_before_the_old_grant_ends() {
        let keys = [key_with(grant("grant/a", &["body/04K", "body/04L"]))];
        let passing = passing(&keys, "body/04K", None);
        let ledger = Ledger { registrar_threshold: 2, ..Ledger::default() };
        let taker = Taker { name: "my key.pem".to_owned(), is_enrolled: false, held: Vec::new() };
        let registrars = "--registrar REGISTRAR-1.pem --registrar REGISTRAR-2.pem";
        let expected = [
            format!("minutebook key enrol --key 'my key.pem' --label LABEL {registrars}"),
            format!(
                "minutebook grant --key 'my key.pem' --capacity secretary --body body/04K --body body/04L \
                 --standing own_act --acts-from 2013-04-01 --evidence LETTER {registrars}"
            ),
            format!("minutebook revoke grant/a --reason \"Handed over.\" {registrars}"),
        ];
        assert_eq!(commands(&passing, &taker, &ledger), expected);
        assert!(passing[0].note().unwrap().contains("also for body/04L"));
        // Who is enrolled, and may sign already, needs nothing more.
        let taker = Taker { is_enrolled: true, held: vec![keys[0].grants[0].clone()], ..taker };
        assert_eq!(commands(&passing, &taker, &ledger), expected[2..]);
        assert!(commands(&[], &taker, &ledger).is_empty());
    }

    #[test]
    fn what_is_over_or_somebody_elses_passes_not() {
        let mut over = grant("grant/over", &["body/04K"]);
        over.state = "revoked".to_owned();
        let mut chair = grant("grant/chair", &["body/04K"]);
        chair.capacity = "chair".to_owned();
        let ids = |keys: &[Key], leaves| {
            let found = passing(keys, "body/04K", leaves);
            found.into_iter().map(|passing| passing.grant.id).collect::<Vec<_>>()
        };
        let keys = [key_with(over), key_with(chair)];
        assert!(ids(&keys, None).is_empty());
        let secret = minutebook_log::SecretKey::from_seed(&[7; 32]);
        let mut keys = keys;
        keys[1].key = secret.public().to_string();
        assert_eq!(ids(&keys, Some(secret.public())), ["grant/chair"]);
    }
}
