//! Whether those who sign may.

use super::events::{AuthorityGranted, Extent, KeyEnrolled};
use super::registrars::registrars;
use super::rules::{REGISTRAR_ALONE, REPORTERS};
use super::state::{KnownKey, key_named, known_key, now};
use crate::act::{Act, Capacity, Need, Signatory, Standing};
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, PDate, Record, Verdict, Violation};
use minutebook_log::{Place, PublicKey, Signed, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

rules! {
    REGISTRARS: Hard =
        "authority.registrars",
        "Keys and grants are changed by registrars in force, as many as the opening entry asks for.",
        "principle: authority is in the book";
    KEY_ENROLLED: Hard =
        "authority.key-enrolled",
        "A key signs only while it is enrolled and not revoked.",
        "principle: authority is in the book";
    GRANT: HardIfCertain =
        "authority.grant",
        "A key signs only under a grant for its capacity, its body, the type, the standing, the moment and the date of the act.",
        "principle: two clocks, two periods";
    SIGNATURES_NEEDED: Hard =
        "authority.signatures-needed",
        "An act is signed by whoever is entitled to make it; a report by a register or an importer.",
        "principle: authority is in the book";
    TWO_PEOPLE: Hard =
        "authority.two-people",
        "A dissolution or a reorganisation, and what corrects one, is signed by two people, not by two keys of one.",
        "principle: authority is in the book";
}

/// Whether those who sign `act` may: every signatory holds a grant, and every signature needed is there. Each
/// violation names the grant or signature that would be needed; where it depends on a date that is too
/// imprecise, there is a finding.
pub fn authorise(record: &Record, act: &Act, place: Place) -> Verdict {
    let mut verdict = Verdict::default();
    for signatory in &act.signatories {
        match signatory.capacity {
            Capacity::Registrar => judge_registrar(record, act, signatory, &mut verdict),
            Capacity::Holder => judge_holder(act, signatory, &mut verdict),
            _ => judge_grant(record, act, place, signatory, &mut verdict),
        }
    }
    judge_needs(act, &mut verdict);
    judge_threshold(record, act, &mut verdict);
    judge_two_people(record, act, &mut verdict);
    verdict
}

fn judge_registrar(record: &Record, act: &Act, signatory: &Signatory, verdict: &mut Verdict) {
    // The opening entry names its own registrars, and the chain asks for their signatures.
    let Some(registrars) = registrars(record, now(record)) else { return };
    let in_force = registrars.find(signatory.key).is_some();
    verdict.hard(in_force, &REGISTRARS, &act.subject, || {
        let found = format!("key {} is no registrar's that is in force", signatory.key);
        (
            found,
            "a registrar whom the opening entry names or whom registrars granted it, and who was not revoked"
                .to_owned(),
        )
    });
    judge_enrolled(record, act, signatory, verdict);
}

fn judge_holder(act: &Act, signatory: &Signatory, verdict: &mut Verdict) {
    let enrols = act.statement.downcast::<KeyEnrolled>().is_some();
    verdict.hard(enrols, &GRANT, &act.subject, || {
        let needed = "that capacity only where a key is enrolled";
        (format!("a signature of {} as holder", signatory.key), needed.to_owned())
    });
}

/// The type of event in which a new key signs for itself.
const ENROLS: &str = "KeyEnrolled";

/// Whether the book knows every key that has signed these events, which come after all that is recorded: what can be said
/// before any signature is checked. A key that one of them enrols is new, and may sign that event and those after it.
///
/// # Errors
/// The first event that an unknown key has signed, by its index, and what it breaks.
pub fn check_known(record: &Record, events: &[Signed]) -> Result<(), (usize, Violation)> {
    let mut new = BTreeSet::new();
    for (index, signed) in events.iter().enumerate() {
        let event = signed.event();
        if event.event_type.name == ENROLS {
            new.extend(key_named(&event.subject));
        }
        if let Some(unknown) =
            signed.keys().find(|key| !new.contains(key) && known_key(record, *key).is_none())
        {
            return Err((index, Violation::of(&KEY_ENROLLED, &event.subject, not_enrolled(unknown))));
        }
    }
    Ok(())
}

fn not_enrolled(key: PublicKey) -> (String, String) {
    let needed =
        "an enrolled key: registrars enrol a new one (minutebook key enrol), and a revoked one signs no more";
    (format!("key {key} is not enrolled, or revoked"), needed.to_owned())
}

/// Whether the key is enrolled and not revoked: then what is known of it.
fn judge_enrolled(
    record: &Record,
    act: &Act,
    signatory: &Signatory,
    verdict: &mut Verdict,
) -> Option<Arc<KnownKey>> {
    let enrolled = known_key(record, signatory.key).filter(|key| key.revoked.is_none());
    verdict.hard(enrolled.is_some(), &KEY_ENROLLED, &act.subject, || not_enrolled(signatory.key));
    enrolled
}

fn judge_grant(record: &Record, act: &Act, place: Place, signatory: &Signatory, verdict: &mut Verdict) {
    let Some(key) = judge_enrolled(record, act, signatory, verdict) else { return };
    let (mut lacks, mut held) = (Vec::new(), Certainty::No);
    for (id, grant) in &key.grants {
        match grant.lacks(act, place.recorded, signatory) {
            Some(lack) => lacks.push(format!("{id}: {lack}")),
            None => held = held.or(grant.covers_date(act)),
        }
    }
    verdict.hard_if_certain(held, &GRANT, &act.subject, || {
        let found = if lacks.is_empty() { "no grant in force".to_owned() } else { lacks.join("; ") };
        (format!("key {}: {found}", signatory.key), describe_grant(act, signatory))
    });
}

/// The grant that a signature needs, in words.
pub fn describe_grant(act: &Act, signatory: &Signatory) -> String {
    let body = signatory.body.as_ref().map_or_else(String::new, |body| format!(" of {body}"));
    let date = act.statement.act_date().map_or_else(String::new, |date| format!(", for acts of {date}"));
    format!(
        "a grant to sign {} with standing {} as {}{body}{date}",
        act.name,
        act.standing.as_str(),
        signatory.capacity.as_str()
    )
}

impl AuthorityGranted {
    /// The first of the bodies that it lists.
    fn named_bodies(&self) -> Option<String> {
        const NAMED_MAX: usize = 5;
        let Extent::Listed(bodies) = &self.bodies else { return None };
        let named: Vec<_> = bodies.iter().take(NAMED_MAX).map(ToString::to_string).collect();
        let more = if bodies.len() > NAMED_MAX { " and others" } else { "" };
        Some(format!("{}{more}", named.join(", ")))
    }

    /// Why it does not cover this signature under an act that is recorded then, or nothing if it does, perhaps or for
    /// certain. Whether it is revoked is not asked.
    pub fn lacks(&self, act: &Act, recorded: Timestamp, signatory: &Signatory) -> Option<String> {
        let recorded = recorded.as_micros();
        // Who signs for no body in particular signs about the body that the act is about.
        let body = signatory.body.clone().or_else(|| BodyId::of(&act.subject));
        let covers_body = body.is_none_or(|body| self.bodies.covers(&body));
        if self.capacity != signatory.capacity {
            Some(format!("is for {}", self.capacity.as_str()))
        } else if !covers_body {
            Some(
                self.named_bodies()
                    .map_or_else(|| "is for other bodies".to_owned(), |named| format!("is for {named}")),
            )
        } else if !self.covers_type(act.name) {
            Some("does not list this type".to_owned())
        } else if !self.standings.contains(&act.standing) {
            Some(format!("does not list the standing {}", act.standing.as_str()))
        } else if self.signs_from.as_ref().is_some_and(|from| recorded < from.as_micros()) {
            Some("does not sign yet".to_owned())
        } else if self.signs_until.as_ref().is_some_and(|until| recorded >= until.as_micros()) {
            Some("signs no more".to_owned())
        } else {
            (self.covers_date(act) == Certainty::No).then(|| self.describe_period(act))
        }
    }

    fn covers_type(&self, name: &str) -> bool {
        match &self.types {
            Extent::Any(_any) => true,
            Extent::Listed(types) => types.iter().any(|listed| listed == name),
        }
    }

    /// Whether the act's date lies within the grant's; an act of a type without date has none to judge.
    fn covers_date(&self, act: &Act) -> Certainty {
        let Some(date) = act.statement.act_date() else { return Certainty::Yes };
        let not_too_early = self.acts_from.map(|from| date.is_by(from.day_before()).negated());
        let not_too_late = self.acts_until.map(|until| date.is_by(until.day_before()));
        not_too_early.unwrap_or(Certainty::Yes).and(not_too_late.unwrap_or(Certainty::Yes))
    }

    fn describe_period(&self, act: &Act) -> String {
        let bound = |date: Option<Date>| date.map_or_else(|| "..".to_owned(), |date| date.to_string());
        let date = act.statement.act_date().as_ref().map(PDate::to_string).unwrap_or_default();
        let (from, to) = (bound(self.acts_from), bound(self.acts_until.map(Date::day_before)));
        format!("covers acts from {from} to {to}, the last day; this act is of {date}")
    }
}

fn judge_needs(act: &Act, verdict: &mut Verdict) {
    let needs =
        if act.standing.is_report() { vec![Need::any(REPORTERS)] } else { act.statement.needs(&act.subject) };
    for need in needs {
        let met = act.signatories.iter().any(|signatory| need.is_met_by(signatory));
        verdict.hard(met, &SIGNATURES_NEEDED, &act.subject, || {
            let signed: Vec<_> = act.signatories.iter().map(|s| s.capacity.as_str()).collect();
            (format!("signed as {}", signed.join(", ")), need.to_string())
        });
    }
}

/// Registrars act together: as many people as the opening entry asks for, not as many keys.
fn judge_threshold(record: &Record, act: &Act, verdict: &mut Verdict) {
    let is_theirs = act.statement.needs(&act.subject).iter().any(|need| need.capacities == REGISTRAR_ALONE);
    // Who the registrars are is worked out from every grant for any body: not for acts that are not theirs.
    if !is_theirs {
        return;
    }
    let Some(registrars) = registrars(record, now(record)) else { return };
    let signatories = act.signatories.iter().filter(|signatory| signatory.capacity == Capacity::Registrar);
    let signed = registrars.people_of(signatories.map(|signatory| signatory.key));
    let enough = signed >= registrars.threshold && act.standing == Standing::OwnAct;
    verdict.hard(enough, &REGISTRARS, &act.subject, || {
        let found = format!("{signed} registrars, standing {}", act.standing.as_str());
        let needed = format!(
            "signatures of {} registrars in force, with the standing own_act; a draft travels between them (--draft)",
            registrars.threshold
        );
        (found, needed)
    });
}

fn judge_two_people(record: &Record, act: &Act, verdict: &mut Verdict) {
    if act.standing.is_report() || !act.statement.needs_two_people(record) {
        return;
    }
    let people = holders(record, act.signatories.iter()).len();
    verdict.hard(people >= 2, &TWO_PEOPLE, &act.subject, || {
        let needed =
            "signatures of two people, each with a key of their own; a draft travels between them (--draft)";
        (format!("{people} holder of the signing keys"), needed.to_owned())
    });
}

fn holders<'a>(record: &Record, signatories: impl Iterator<Item = &'a Signatory>) -> BTreeSet<String> {
    signatories
        .filter_map(|signatory| known_key(record, signatory.key))
        .map(|key| key.holder.clone())
        .collect()
}
