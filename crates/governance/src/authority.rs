//! Authority is in the book: which key may sign what, for which bodies, from when to when. Nothing about a
//! key is known from elsewhere.

use crate::act::{Act, Capacity, Case, Need, Signatory, Standing, Statement};
use crate::{
    BodyId, Certainty, Date, GrantId, Instant, Malformed, PDate, Record, Rule, Sealable, Verdict, View,
    Violation,
};
use minutebook_log::{EventId, Opening, Place, Position, PublicKey, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

static REGISTRARS: Rule = Rule {
    id: "authority.registrars",
    says: "Keys and grants are changed by registrars that the opening entry names, as many as it asks for.",
    source: "design 3.4",
};
static KEY_ENROLLED: Rule = Rule {
    id: "authority.key-enrolled",
    says: "A key signs only while it is enrolled and not revoked.",
    source: "design 3.4",
};
static GRANT: Rule = Rule {
    id: "authority.grant",
    says: "A key signs only under a grant for its capacity, its body, the type, the standing, the moment and the date of the act.",
    source: "domain 0, two clocks, two periods",
};
static SIGNATURES_NEEDED: Rule = Rule {
    id: "authority.signatures-needed",
    says: "An act is signed by whoever is entitled to make it; a report by a register or an importer.",
    source: "domain 2.0, who may sign",
};
static TWO_PEOPLE: Rule = Rule {
    id: "authority.two-people",
    says: "A dissolution or a reorganisation is signed by two people, not by two keys of one.",
    source: "design 3.1",
};
static POSSESSION: Rule = Rule {
    id: "key.possession",
    says: "A key is enrolled with its own signature beside the registrars'.",
    source: "design 3.4",
};
static KEY_NEW: Rule = Rule {
    id: "key.new",
    says: "A key is enrolled once, and never again after it was revoked.",
    source: "design 3.4",
};
static KEY_KNOWN: Rule = Rule {
    id: "key.known",
    says: "Only a key that is enrolled and not revoked can be revoked or be given a grant.",
    source: "design 3.4",
};
static GRANT_NEW: Rule = Rule {
    id: "grant.new",
    says: "A grant's id is not reused: a changed grant is a new one.",
    source: "domain 0, names and codes",
};
static GRANT_KNOWN: Rule =
    Rule { id: "grant.known", says: "Only a grant in force can be revoked.", source: "design 3.4" };
static GRANT_LIMITED: Rule = Rule {
    id: "grant.limited-to-reports",
    says: "Registers and importers are granted reports alone, and only they are.",
    source: "domain 0, acts and reports",
};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// Signing events.
    Author,
    /// Signing checkpoints.
    Log,
    /// Countersigning checkpoints.
    Witness,
}

/// A key comes into the book, signed by registrars and by itself. Subject: `key/<64 hex digits>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEnrolled {
    /// The random id of whoever holds it; two keys of one holder are one person.
    pub holder: String,
    /// What it is for.
    #[serde(rename = "use")]
    pub key_use: KeyUse,
    /// What people call it: in examples, the name of a role.
    pub label: Sealable,
}

/// Why a key is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// Another took its place.
    Rotated,
    /// Its owner has it no more.
    Lost,
    /// Somebody else may have it.
    Compromised,
}

/// A key signs no more from here on. Subject: `key/<64 hex digits>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoked {
    /// Why.
    pub reason: Revocation,
    /// For a compromise: the first position whose entries signed by it are in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Position>,
}

/// All of a kind, or those listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extent<T> {
    /// The word `any`.
    Any(Any),
    /// These.
    Listed(Vec<T>),
}

/// The word `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Any {
    /// `any`
    Any,
}

impl<T: PartialEq> Extent<T> {
    /// Whether `item` is among them.
    pub fn covers(&self, item: &T) -> bool {
        match self {
            Extent::Any(_any) => true,
            Extent::Listed(items) => items.contains(item),
        }
    }
}

/// A key may sign: as what, for whom, which types with which standing, in which two periods.
/// Subject: `grant/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityGranted {
    /// The key.
    pub key: PublicKey,
    /// As what it signs.
    pub capacity: Capacity,
    /// For which bodies.
    pub bodies: Extent<BodyId>,
    /// Which types of event, by name (`DecisionRecorded`).
    pub types: Extent<String>,
    /// With which standings.
    pub standings: BTreeSet<Standing>,
    /// The first moment (recorded) at which it signs; absent: from the grant on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_from: Option<Instant>,
    /// The first moment (recorded) at which it signs no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_until: Option<Instant>,
    /// The first day whose acts it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_from: Option<Date>,
    /// The first day whose acts it does not cover any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_until: Option<Date>,
    /// The decision that it rests on; the first grant for a body rests on the registrar and its evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<EventId>,
}

/// A grant ends here. Subject: `grant/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRevoked {
    /// Why.
    pub reason: Sealable,
}

const REGISTRAR_ALONE: &[Capacity] = &[Capacity::Registrar];
const HOLDER_ALONE: &[Capacity] = &[Capacity::Holder];
const REPORTERS: &[Capacity] = &[Capacity::Register, Capacity::Importer];

impl Statement for Opening {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }
}

impl Statement for KeyEnrolled {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE), Need::any(HOLDER_ALONE)]
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        key_of(subject)?.check().map_err(|weak| Malformed { at: "/subject".to_owned(), ..weak })
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let subject = &case.act.subject;
        let own = key_of(subject).ok();
        let possessed = case
            .act
            .signatories
            .iter()
            .any(|signatory| signatory.capacity == Capacity::Holder && Some(signatory.key) == own);
        verdict.hard(possessed, &POSSESSION, subject, || {
            ("no signature by the key itself".to_owned(), "its own signature, as holder".to_owned())
        });
        let known = case
            .record
            .about(subject, now(case.record))
            .find_map(|told| told.says::<KeyEnrolled>().map(|_| told.position));
        verdict.hard(known.is_none(), &KEY_NEW, subject, || {
            (
                format!("it was enrolled at {}", known.unwrap_or(Position::FIRST)),
                "a key that is new here".to_owned(),
            )
        });
    }
}

impl Statement for KeyRevoked {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        key_of(subject)?;
        if self.from.is_some() == (self.reason == Revocation::Compromised) {
            return Ok(());
        }
        let needed = "the first position in doubt for a compromise, and for nothing else";
        Err(Malformed::new("/data/facts/from", format!("{:?} with {:?}", self.reason, self.from), needed))
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_key_known(case, verdict, key_of(&case.act.subject).ok());
    }
}

impl Statement for AuthorityGranted {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn about(&self) -> Vec<Subject> {
        subject_of(&self.key).into_iter().collect()
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if matches!(self.capacity, Capacity::Registrar | Capacity::Holder) {
            let needed = "a capacity that is granted; registrars are named by the opening entry";
            return Err(Malformed::new("/data/facts/capacity", self.capacity.as_str(), needed));
        }
        if self.standings.is_empty() {
            return Err(Malformed::new("/data/facts/standings", "none", "at least one standing"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_key_known(case, verdict, Some(self.key));
        let subject = &case.act.subject;
        let used = case.record.about(subject, now(case.record)).next().map(|told| told.position);
        verdict.hard(used.is_none(), &GRANT_NEW, subject, || {
            let found = format!("the id was used at {}", used.unwrap_or(Position::FIRST));
            (found, "an id that is new here".to_owned())
        });
        let reports = self.standings.iter().filter(|standing| standing.is_report()).count();
        let fits =
            if REPORTERS.contains(&self.capacity) { reports == self.standings.len() } else { reports == 0 };
        verdict.hard(fits, &GRANT_LIMITED, subject, || {
            let standings: Vec<_> = self.standings.iter().map(|standing| standing.as_str()).collect();
            let found = format!("{} with {}", self.capacity.as_str(), standings.join(", "));
            (found, "register, own_document, third_party for a register or an importer; own_act, own_record for others".to_owned())
        });
    }
}

impl Statement for AuthorityRevoked {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let subject = &case.act.subject;
        let in_force = grant_in_force(case.record, subject);
        verdict.hard(in_force, &GRANT_KNOWN, subject, || {
            (
                "no grant in force under this id".to_owned(),
                "the id of a grant that is not revoked yet".to_owned(),
            )
        });
    }
}

fn judge_key_known(case: &Case<'_>, verdict: &mut Verdict, key: Option<PublicKey>) {
    let known = key.and_then(|key| key_state(case.record, key)).is_some_and(|state| state.revoked.is_none());
    verdict.hard(known, &KEY_KNOWN, &case.act.subject, || {
        (
            "a key that is not enrolled, or revoked".to_owned(),
            "an enrolled key: enrol it first (minutebook key enrol)".to_owned(),
        )
    });
}

/// What the book knows of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// Who holds it.
    pub holder: String,
    /// What people call it.
    pub label: Sealable,
    /// Where it was enrolled.
    pub enrolled: Position,
    /// Where it was revoked.
    pub revoked: Option<Position>,
}

/// The subject under which a key is found: `key/<64 hex digits>`.
pub fn subject_of(key: &PublicKey) -> Option<Subject> {
    format!("key/{key}").parse().ok()
}

fn key_of(subject: &Subject) -> Result<PublicKey, Malformed> {
    let name = subject.name().unwrap_or_default();
    name.parse().map_err(|malformed| Malformed { at: "/subject".to_owned(), ..malformed })
}

/// Everything that is recorded by now: authority is judged at an act's position.
pub(crate) fn now(record: &Record) -> View {
    let as_at = Date::of(record.last_recorded());
    View { as_at, known: record.len(), scope: crate::Scope::Reported }
}

/// What the book knows of `key` by now.
pub fn key_state(record: &Record, key: PublicKey) -> Option<KeyState> {
    let mut state = None;
    for told in record.about(&subject_of(&key)?, now(record)) {
        if let Some(enrolled) = told.says::<KeyEnrolled>() {
            let (holder, label) = (enrolled.holder.clone(), enrolled.label.clone());
            state = Some(KeyState { holder, label, enrolled: told.position, revoked: None });
        } else if told.says::<KeyRevoked>().is_some() {
            state = state.map(|state: KeyState| KeyState { revoked: Some(told.position), ..state });
        }
    }
    state
}

fn grant_in_force(record: &Record, grant: &Subject) -> bool {
    let mut in_force = false;
    for told in record.about(grant, now(record)) {
        if told.says::<AuthorityGranted>().is_some() {
            in_force = true;
        } else if told.says::<AuthorityRevoked>().is_some() {
            in_force = false;
        }
    }
    in_force
}

/// Whether those who sign `act` may: every signatory holds a grant, and every signature needed is there.
///
/// # Errors
/// Every [`Violation`], each naming the grant or signature that would be needed.
pub fn authorise(record: &Record, act: &Act, place: Place) -> Result<(), Vec<Violation>> {
    let mut verdict = Verdict::default();
    for signatory in &act.signatories {
        judge_signatory(record, act, place, signatory, &mut verdict);
    }
    judge_needs(act, &mut verdict);
    judge_registrars(record, act, &mut verdict);
    judge_two_people(record, act, &mut verdict);
    if verdict.violations.is_empty() { Ok(()) } else { Err(verdict.violations) }
}

fn judge_signatory(record: &Record, act: &Act, place: Place, signatory: &Signatory, verdict: &mut Verdict) {
    let opening = opening(record);
    match signatory.capacity {
        Capacity::Registrar => {
            let named =
                opening.is_none_or(|o| o.registrars.iter().any(|registrar| registrar.key == signatory.key));
            verdict.hard(named, &REGISTRARS, &act.subject, || {
                (
                    format!("key {} is no registrar", signatory.key),
                    "a registrar that the opening entry names".to_owned(),
                )
            });
        }
        Capacity::Holder => {
            let enrols = act.statement.downcast::<KeyEnrolled>().is_some();
            verdict.hard(enrols, &GRANT, &act.subject, || {
                ("a signature as holder".to_owned(), "that capacity only where a key is enrolled".to_owned())
            });
        }
        _ => judge_grant(record, act, place, signatory, verdict),
    }
}

fn judge_grant(record: &Record, act: &Act, place: Place, signatory: &Signatory, verdict: &mut Verdict) {
    let enrolled = key_state(record, signatory.key).filter(|state| state.revoked.is_none());
    verdict.hard(enrolled.is_some(), &KEY_ENROLLED, &act.subject, || {
        (format!("key {} is not enrolled, or revoked", signatory.key), "an enrolled key".to_owned())
    });
    if enrolled.is_none() {
        return;
    }
    let mut nearest = Vec::new();
    for (id, grant) in grants_of(record, signatory.key) {
        match grant.lacks(act, place, signatory) {
            None => return,
            Some(lack) => nearest.push(format!("{id}: {lack}")),
        }
    }
    verdict.hard(false, &GRANT, &act.subject, || {
        let found = if nearest.is_empty() { "no grant in force".to_owned() } else { nearest.join("; ") };
        (format!("key {}: {found}", signatory.key), describe_grant(act, signatory))
    });
}

fn describe_grant(act: &Act, signatory: &Signatory) -> String {
    let body = signatory.body.as_ref().map_or_else(String::new, |body| format!(" of {body}"));
    let date = act.statement.act_date().map_or_else(String::new, |date| format!(", for acts of {date}"));
    format!(
        "a grant to sign {} with standing {} as {}{body}{date}",
        act.name,
        act.standing.as_str(),
        signatory.capacity.as_str()
    )
}

/// The grants of `key` that are in force by now.
pub fn grants_of(record: &Record, key: PublicKey) -> Vec<(GrantId, AuthorityGranted)> {
    let Some(subject) = subject_of(&key) else { return Vec::new() };
    record
        .about(&subject, now(record))
        .filter_map(|told| Some((GrantId::of(&told.subject)?, told.says::<AuthorityGranted>()?.clone())))
        .filter(|(id, _grant)| grant_in_force(record, id.subject()))
        .collect()
}

impl AuthorityGranted {
    /// Why it does not cover this signature, or nothing if it does.
    fn lacks(&self, act: &Act, place: Place, signatory: &Signatory) -> Option<String> {
        let recorded = place.recorded.as_micros();
        let covers_body = match &signatory.body {
            Some(body) => self.bodies.covers(body),
            None => true,
        };
        if self.capacity != signatory.capacity {
            Some(format!("is for {}", self.capacity.as_str()))
        } else if !covers_body {
            Some("is for other bodies".to_owned())
        } else if !self.types.covers(&act.name.to_owned()) {
            Some("does not list this type".to_owned())
        } else if !self.standings.contains(&act.standing) {
            Some(format!("does not list the standing {}", act.standing.as_str()))
        } else if self.signs_from.as_ref().is_some_and(|from| recorded < from.as_micros()) {
            Some("does not sign yet".to_owned())
        } else if self.signs_until.as_ref().is_some_and(|until| recorded >= until.as_micros()) {
            Some("signs no more".to_owned())
        } else {
            self.lacks_date(&act.statement.act_date()?)
        }
    }

    /// Only a date that is certainly outside the grant's is refused.
    fn lacks_date(&self, date: &PDate) -> Option<String> {
        let too_early = self.acts_from.is_some_and(|from| date.is_by(from.day_before()) == Certainty::Yes);
        let too_late = self.acts_until.is_some_and(|until| date.is_by(until.day_before()) == Certainty::No);
        let bound = |date: Option<Date>| date.map_or_else(|| "..".to_owned(), |date| date.to_string());
        (too_early || too_late).then(|| {
            format!(
                "covers acts from {} until {}; this act is of {date}",
                bound(self.acts_from),
                bound(self.acts_until)
            )
        })
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

fn judge_registrars(record: &Record, act: &Act, verdict: &mut Verdict) {
    let is_theirs = act.statement.needs(&act.subject).iter().any(|need| need.capacities == REGISTRAR_ALONE);
    let Some(opening) = opening(record).filter(|_opening| is_theirs) else { return };
    let signed = act.signatories.iter().filter(|signatory| signatory.capacity == Capacity::Registrar).count();
    let enough = signed as u64 >= opening.threshold && act.standing == Standing::OwnAct;
    verdict.hard(enough, &REGISTRARS, &act.subject, || {
        let found = format!("{signed} registrars, standing {}", act.standing.as_str());
        (found, format!("{} registrars, standing own_act", opening.threshold))
    });
}

fn judge_two_people(record: &Record, act: &Act, verdict: &mut Verdict) {
    if act.standing.is_report() || !act.statement.needs_two_people() {
        return;
    }
    let holders: BTreeSet<_> = act
        .signatories
        .iter()
        .filter_map(|signatory| key_state(record, signatory.key))
        .map(|state| state.holder)
        .collect();
    verdict.hard(holders.len() >= 2, &TWO_PEOPLE, &act.subject, || {
        (format!("{} holder of the signing keys", holders.len()), "signatures of two holders".to_owned())
    });
}

fn opening(record: &Record) -> Option<&Opening> {
    record.at(Position::FIRST)?.act.statement.downcast()
}
