//! The rules under which keys are enrolled and revoked, and grants given and ended.

use super::contested::compromises_of;
use super::events::{
    AuthorityGranted, AuthorityRevoked, Extent, KeyEnrolled, KeyRevoked, KeyUse, Revocation,
};
use super::registrars::{RegistrarInForce, judge_left, judge_opening};
use super::state::{
    KeyState, compromises, grant_in_force, keys_of_log, known_key, now, signers_of, subject_of,
};
use crate::act::{Capacity, Case, Facts, Need, Standing, Statement};
use crate::rules::rules;
use crate::{Malformed, Verdict};
use minutebook_log::{Opening, Position, PublicKey, Subject};
use std::collections::BTreeSet;

rules! {
    POSSESSION: Hard =
        "key.possession",
        "A key is enrolled with its own signature beside the registrars'.",
        "principle: authority is in the book";
    KEY_NEW: Hard =
        "key.new",
        "A key is enrolled once, and never again after it was revoked.",
        "principle: authority is in the book";
    ONE_USE: Hard =
        "key.one-use",
        "A key that signs the log's checkpoints, or countersigns them, signs nothing else.",
        "principle: authority is in the book";
    KEY_KNOWN: Hard =
        "key.known",
        "Only a key that is enrolled and not revoked can be revoked or be given a grant; a compromise can be declared afterwards too.",
        "principle: authority is in the book";
    COMPROMISED_FROM: Hard =
        "key.compromised-from",
        "A compromise is declared from a position on that the book has, and again only from an earlier one.",
        "principle: authority is in the book";
    GRANT_NEW: Hard =
        "grant.new",
        "A grant's id is not reused: a changed grant is a new one.",
        "principle: names are not reused";
    GRANT_KNOWN: Hard =
        "grant.known",
        "Only a grant in force can be revoked.",
        "principle: authority is in the book";
    GRANT_LIMITED: Hard =
        "grant.limited-to-reports",
        "Registers and importers are granted reports alone, and only they are.",
        "principle: acts and reports";
    GRANT_AUTHOR: Hard =
        "grant.author-key",
        "A grant to sign events is for a key that was enrolled to sign events.",
        "principle: authority is in the book";
    GRANT_DECISION: Hard =
        "grant.decision",
        "A grant that cites a decision cites one that the book holds.",
        "principle: two clocks, two periods";
}

pub(crate) const REGISTRAR_ALONE: &[Capacity] = &[Capacity::Registrar];
const HOLDER_ALONE: &[Capacity] = &[Capacity::Holder];
/// The capacities that report and never act.
pub(super) const REPORTERS: &[Capacity] = &[Capacity::Register, Capacity::Importer];

impl Facts for Opening {
    const EXAMPLE: &'static str = r#"{
  "type": "LedgerOpened",
  "subject": "ledger",
  "data": {
    // Every registrar that is named signs. `minutebook init` writes this event.
    "standing": "own_act",
    "signatories": [
      {"key": "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394", "capacity": "registrar"},
      {"key": "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c", "capacity": "registrar"}
    ],
    "facts": {
      "origin": "minutebook.example/nottinghamshire",
      // For good: live, or re-enactment.
      "purpose": "live",
      // The key that signs the log's checkpoints.
      "checkpoint_key": "fd1724385aa0c75b64fb78cd602fa1d991fdebf76b13c58ed702eac835e9f618",
      "registrars": [
        {"key": "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394", "holder": "registrar-one"},
        {"key": "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c", "holder": "registrar-two"}
      ],
      // How many of them sign what registrars do.
      "threshold": 1,
      // The version of the rules.
      "rules": 1
    }
  }
}"#;
}

impl Statement for Opening {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn changes_authority(&self) -> bool {
        true
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let is_registrars = self.registrars.iter().any(|registrar| registrar.key == self.checkpoint_key);
        verdict.hard(!is_registrars, &ONE_USE, &case.act.subject, || {
            let found = format!("a registrar's key, {}, for the log's checkpoints", self.checkpoint_key);
            (found, "a key of the log's own".to_owned())
        });
        judge_opening(self, case, verdict);
    }
}

impl Statement for KeyEnrolled {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE), Need::any(HOLDER_ALONE)]
    }

    fn changes_authority(&self) -> bool {
        true
    }

    fn about(&self) -> Vec<Subject> {
        if self.key_use == KeyUse::Log { keys_of_log().into_iter().collect() } else { Vec::new() }
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        if self.holder.trim().is_empty() {
            return Err(Malformed::new("/data/facts/holder", "nothing", "the id of whoever holds the key"));
        }
        key_of(subject)?.check().map_err(|weak| Malformed { at: "/subject".to_owned(), ..weak })
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let subject = &case.act.subject;
        let own = key_of(subject).ok();
        let signatories = case.act.signatories.iter();
        let mut holders = signatories.filter(|signatory| signatory.capacity == Capacity::Holder);
        let possessed = holders.all(|holder| Some(holder.key) == own);
        verdict.hard(possessed, &POSSESSION, subject, || {
            let needed = "its own signature, as holder; a draft travels to whoever has the key (--draft)";
            ("a signature as holder by another key".to_owned(), needed.to_owned())
        });
        let known = own.and_then(|key| known_key(case.record, key));
        let other_use = known.as_ref().map(|state| state.key_use).filter(|known| *known != self.key_use);
        verdict.hard(other_use.is_none(), &ONE_USE, subject, || {
            let known = other_use.map_or("nothing", KeyUse::as_str);
            let found = format!("a key that is known for {known}, enrolled for {}", self.key_use.as_str());
            (found, "a key of its own for each use".to_owned())
        });
        // A registrar's key may be enrolled for other capacities too, once; the opening entry named it.
        let is_registrars =
            |state: &KeyState| state.enrolled == Position::FIRST && state.key_use == KeyUse::Author;
        let earlier = known.filter(|state| state.revoked.is_some() || !is_registrars(state));
        verdict.hard(earlier.is_none(), &KEY_NEW, subject, || {
            let found = earlier.map_or_else(String::new, |state| match state.revoked {
                Some((revoked, _why)) => format!("it was revoked at {revoked}"),
                None => format!("it was enrolled at {}", state.enrolled),
            });
            (found, "a new key (minutebook key new): one is enrolled once".to_owned())
        });
    }
}

impl Statement for KeyRevoked {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn changes_authority(&self) -> bool {
        true
    }

    fn about(&self) -> Vec<Subject> {
        self.from.and_then(|_since| compromises()).into_iter().collect()
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        key_of(subject)?;
        if self.from.is_some() == (self.reason == Revocation::Compromised) {
            return Ok(());
        }
        let needed = "the first position in doubt for a compromise, and for nothing else";
        let found = if self.from.is_some() { "a position" } else { "none, with a compromise" };
        Err(Malformed::new("/data/facts/from", found, needed))
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Ok(key) = key_of(&case.act.subject) else { return };
        let is_revoked = known_key(case.record, key).is_some_and(|state| state.revoked.is_some());
        if self.from.is_none() || !is_revoked {
            judge_key_known(case, verdict, Some(key));
        }
        self.judge_from(case, verdict, key);
        judge_left(case, verdict, |registrar| registrar.key == key);
    }
}

impl KeyRevoked {
    fn judge_from(&self, case: &Case<'_>, verdict: &mut Verdict, key: PublicKey) {
        let Some(from) = self.from else { return };
        let earlier = compromises_of(case.record, key, now(case.record));
        let declared = earlier.iter().map(|compromise| compromise.from).min();
        let reaches_back = declared.is_none_or(|declared| from < declared);
        verdict.hard(
            from <= case.place.position && reaches_back,
            &COMPROMISED_FROM,
            &case.act.subject,
            || {
                let declared =
                    declared.map(|declared| format!("; it is declared from {declared} on already"));
                let needed = match declared {
                    Some(_) => "an earlier position".to_owned(),
                    None => format!("{} or an earlier position", case.place.position),
                };
                (format!("from {from}{}", declared.unwrap_or_default()), needed)
            },
        );
    }
}

impl Statement for AuthorityGranted {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn changes_authority(&self) -> bool {
        true
    }

    fn about(&self) -> Vec<Subject> {
        let bodies: Vec<_> = match &self.bodies {
            Extent::Any(_any) => vec![signers_of(None)],
            Extent::Listed(bodies) => bodies.iter().map(|body| signers_of(Some(body))).collect(),
        };
        [subject_of(&self.key)].into_iter().chain(bodies).flatten().collect()
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.capacity == Capacity::Holder {
            let needed = "a capacity that is granted; a key is its own holder's where it is enrolled";
            return Err(Malformed::new("/data/facts/capacity", self.capacity.as_str(), needed));
        }
        self.check_registrar()?;
        let distinct: BTreeSet<_> = self.standings.iter().collect();
        if distinct.is_empty() || distinct.len() != self.standings.len() {
            let needed = "at least one standing, none twice";
            return Err(Malformed::new("/data/facts/standings", "none, or one twice", needed));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_key_known(case, verdict, Some(self.key));
        let subject = &case.act.subject;
        let key_use = known_key(case.record, self.key).map(|state| state.key_use);
        verdict.hard(key_use.is_none_or(|it| it == KeyUse::Author), &GRANT_AUTHOR, subject, || {
            let known = key_use.map_or("nothing", KeyUse::as_str);
            (format!("a key enrolled for {known}"), "a key enrolled for author".to_owned())
        });
        let earlier = case.record.about(subject, now(case.record)).find(|told| told.subject == *subject);
        verdict.hard(earlier.is_none(), &GRANT_NEW, subject, || {
            let position = earlier.map_or(Position::FIRST, |told| told.position);
            (format!("the id was used at {position}"), "an id that is new here (grant --id)".to_owned())
        });
        let cited = self.decision.and_then(|id| case.record.at(case.record.find(id)?));
        let is_decision = cited.is_some_and(|entry| entry.act.name == "DecisionRecorded");
        verdict.hard(self.decision.is_none() || is_decision, &GRANT_DECISION, subject, || {
            let found = self.decision.map_or_else(String::new, |id| format!("event {id}"));
            (found, "the id of a DecisionRecorded in this book".to_owned())
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

impl AuthorityGranted {
    /// Who is a registrar is one without limits, so that the number of registrars changes by entries alone and
    /// never by a day that comes.
    fn check_registrar(&self) -> Result<(), Malformed> {
        let limits = [
            ("bodies", !matches!(self.bodies, Extent::Any(_)), "any"),
            ("types", !matches!(self.types, Extent::Any(_)), "any"),
            ("standings", self.standings != [Standing::OwnAct], "own_act alone"),
            ("signs_from", self.signs_from.is_some(), "nothing"),
            ("signs_until", self.signs_until.is_some(), "nothing"),
            ("acts_from", self.acts_from.is_some(), "nothing"),
            ("acts_until", self.acts_until.is_some(), "nothing"),
        ];
        let limit = limits.into_iter().find(|(_member, is_limited, _needed)| *is_limited);
        match limit.filter(|_limit| self.capacity == Capacity::Registrar) {
            None => Ok(()),
            Some((member, _is_limited, needed)) => {
                let needed = format!(
                    "{needed}, as for every registrar; a grant to a registrar ends when it is revoked"
                );
                Err(Malformed::new(format!("/data/facts/{member}"), "a limit", needed))
            }
        }
    }
}

impl Statement for AuthorityRevoked {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn changes_authority(&self) -> bool {
        true
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let subject = &case.act.subject;
        let in_force = grant_in_force(case.record, subject, now(case.record));
        verdict.hard(in_force, &GRANT_KNOWN, subject, || {
            (
                "no grant in force under this id".to_owned(),
                "the id of a grant that is not revoked yet (minutebook key list names them)".to_owned(),
            )
        });
        let grant =
            |registrar: &RegistrarInForce| registrar.grant.as_ref().is_some_and(|id| id.subject() == subject);
        judge_left(case, verdict, grant);
    }
}

fn judge_key_known(case: &Case<'_>, verdict: &mut Verdict, key: Option<PublicKey>) {
    let known = key.and_then(|key| known_key(case.record, key)).is_some_and(|state| state.revoked.is_none());
    verdict.hard(known, &KEY_KNOWN, &case.act.subject, || {
        (
            "a key that is not enrolled, or revoked".to_owned(),
            "an enrolled key: enrol it first (minutebook key enrol)".to_owned(),
        )
    });
}

fn key_of(subject: &Subject) -> Result<PublicKey, Malformed> {
    let name = subject.name().unwrap_or_default();
    name.parse().map_err(|malformed| Malformed { at: "/subject".to_owned(), ..malformed })
}
