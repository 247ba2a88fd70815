//! Governance becomes proto, here and nowhere else.

// From the ground up: a module imports only from those listed before it.
mod sealed;
mod authority;
mod bodies;
mod consultations;
mod corrections;
mod quantities;
mod mergers;
mod people;
mod rests_on;
pub(super) use authority::{Keys, contested, in_doubt, signed_entry};
pub(super) use bodies::{body, body_name, life};
pub(super) use consultations::consultation;
pub(super) use corrections::corrections;
pub(super) use mergers::{condition, intention, merger};
pub(super) use people::{name_of, office_holder};
pub(super) use quantities::{quantity, quantity_in_words};
pub(super) use rests_on::RestsOn;
pub(super) use sealed::{clear, text};

use crate::ledger::{Appended, Reader};
use crate::proto;
use minutebook_governance::authority::RegistrarInForce;
use minutebook_governance::bodies::SuccessionRecorded;
use minutebook_governance::documents::inferred_at;
use minutebook_governance::loads::Passed;
use minutebook_governance::{
    Act, Basis, Certainty, Date, Finding, Inferred, PDate, Record, Standing, View, answered_by,
    joined::Joined,
};
use minutebook_log::{
    ENTRY_FORMAT, Head, Malformed, Position, PublicKey, Purpose, Signature, Signed, Timestamp,
};
use minutebook_store::{Engine, Stored};
use std::collections::BTreeSet;

/// An event as it came in: its bytes parsed, its signatures not yet checked.
pub(super) fn signed(message: &proto::SignedEvent) -> Result<Signed, Malformed> {
    let event = minutebook_log::Event::parse(&message.event)?;
    let signatures = message.signatures.iter().enumerate().map(|(index, signature)| {
        let key = sized(&format!("signatures/{index}/public_key"), &signature.public_key)?;
        let bytes = sized(&format!("signatures/{index}/signature"), &signature.signature)?;
        Ok((PublicKey::from_bytes(key), Signature::from_bytes(bytes)))
    });
    Signed::new(event, signatures.collect::<Result<_, Malformed>>()?)
}

fn sized<const BYTES: usize>(at: &str, found: &[u8]) -> Result<[u8; BYTES], Malformed> {
    let refuse = |_other| Malformed::new(at, format!("{} bytes", found.len()), format!("{BYTES} bytes"));
    found.try_into().map_err(refuse)
}

/// The ledger and where it ends.
pub(super) fn ledger<E: Engine>(
    reader: &Reader<E>,
    head: Head,
    last_recorded: Timestamp,
    registrars: &[RegistrarInForce],
) -> proto::Ledger {
    let opening = reader.opening();
    let purpose = match opening.purpose {
        Purpose::Live => proto::Purpose::Live,
        Purpose::ReEnactment => proto::Purpose::ReEnactment,
    };
    let checkpoint_key = reader.log_keys().newest().map_or(opening.checkpoint_key, |key| key.key());
    proto::Ledger {
        origin: opening.origin.to_string(),
        id: reader.id().to_string(),
        purpose: purpose.into(),
        size: head.size,
        head_hash: head.hash.to_string(),
        last_recorded: last_recorded.to_string(),
        rules_version: opening.rules,
        checkpoint_key: checkpoint_key.to_string(),
        registrar_keys: registrars.iter().map(|registrar| registrar.key.to_string()).collect(),
        registrar_threshold: opening.threshold,
        software: concat!("minutebook ", env!("CARGO_PKG_VERSION")).to_owned(),
        entry_format: ENTRY_FORMAT.to_owned(),
    }
}

pub(super) fn appended(appended: &Appended) -> proto::AppendedEvent {
    proto::AppendedEvent {
        position: appended.position.0,
        hash: appended.hash.to_string(),
        recorded: appended.recorded.to_string(),
        again: appended.again,
        findings: appended.findings.iter().map(raised).collect(),
    }
}

pub(super) fn entry(stored: Stored) -> proto::Entry {
    proto::Entry { position: stored.position.0, hash: stored.hash.to_string(), content: stored.bytes }
}

/// A finding, with the entries that answer it as the view knows them.
pub(super) fn finding(record: &Record, finding: &Finding, view: View) -> proto::Finding {
    proto::Finding { answered_by: positions(&answered_by(record, finding, view)), ..raised(finding) }
}

/// A finding as it is raised: nobody can have answered it.
pub(super) fn raised(finding: &Finding) -> proto::Finding {
    proto::Finding {
        id: finding.id(),
        rule: finding.rule.id.to_owned(),
        says: finding.rule.says.to_owned(),
        source: finding.rule.source.to_owned(),
        subject: finding.subject.to_string(),
        found: finding.found.clone(),
        needed: finding.needed.clone(),
        why: positions(&finding.why),
        answered_by: Vec::new(),
    }
}

/// The highest standing with which entries speak.
pub(super) fn standing(record: &Record, positions: &[Position], view: View) -> String {
    let acts = positions.iter().filter_map(|position| record.act_as_known(*position, view.known));
    acts.map(|act| act.standing).max().map_or("", Standing::as_str).to_owned()
}

/// What entries name as their sources, or why they were filled in between sources, each once.
pub(super) fn sources_of(record: &Record, positions: &[Position], view: View) -> Vec<String> {
    let acts = positions.iter().filter_map(|position| record.act_as_known(*position, view.known));
    let named = acts.flat_map(|act| {
        let basis = act.basis.as_ref().map(|basis| match basis {
            Basis::Sourced(source) => source.clone(),
            Basis::Reconstructed(why) => format!("filled in: {why}"),
            Basis::Inferred(inferred) => format!("inferred from {}: {}", inferred.from, inferred.why),
        });
        let papers: Vec<_> = act.evidence.iter().map(|document| document.title.shown().to_owned()).collect();
        basis.into_iter().chain(papers)
    });
    named.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Why an entry was filled in between sources; empty where it has one, or is an act.
pub(super) fn filled_in(record: &Record, position: Position, view: View) -> String {
    let act = record.act_as_known(position, view.known);
    match act.as_ref().and_then(|act| act.basis.as_ref()) {
        Some(Basis::Reconstructed(why)) => why.clone(),
        Some(Basis::Sourced(_) | Basis::Inferred(_)) | None => String::new(),
    }
}

/// Which of these entries somebody inferred, as the view knows them, and from what.
pub(super) fn inferences(
    record: &Record,
    entries: impl IntoIterator<Item = u64>,
    view: View,
) -> Vec<proto::Inference> {
    let of = |position: u64| {
        let why = inferred_at(record, Position(position), view)?.to_owned();
        Some(proto::Inference { position, why })
    };
    entries.into_iter().filter_map(of).collect()
}

/// What somebody inferred who reported a succession, unless another names the units: from which sources, and why.
pub(in crate::service) fn inferred(record: &Record, positions: &[Position], view: View) -> Option<Inferred> {
    let acts = positions.iter().filter_map(|position| record.act_as_known(*position, view.known));
    let acts: Vec<_> = acts.collect();
    let inferred = |act: &Act| match &act.basis {
        Some(Basis::Inferred(inferred)) => Some(inferred.clone()),
        _ => None,
    };
    let names_units = |act: &Act| {
        let said = act.statement.downcast::<SuccessionRecorded>();
        said.is_some_and(|said| said.units.is_some()) && inferred(act).is_none()
    };
    let is_stated = acts.iter().any(|act| names_units(act));
    acts.iter().find_map(|act| inferred(act)).filter(|_inferred| !is_stated)
}

/// The last day of which it can be known what became of something, where that is before its due date; empty where
/// sources that may know of later days say nothing of it.
fn known_to((is_due_passed, known_to): (bool, Date), due: Option<&PDate>) -> String {
    let is_before = due.and_then(PDate::latest).is_some_and(|due| known_to < due);
    if is_due_passed && is_before { known_to.to_string() } else { String::new() }
}

/// The same of what time alone tells of something that was due.
pub(super) fn unheard(passed: Passed, due: Option<&PDate>) -> String {
    match passed {
        Passed::Unheard(day) => known_to((true, day), due),
        Passed::NotYet | Passed::Perhaps | Passed::Missed => String::new(),
    }
}

/// Whether a date is too imprecise to have come, or not, by the view's day.
pub(super) fn is_perhaps(date: Option<&PDate>, view: View) -> bool {
    date.is_some_and(|date| date.is_by(view.as_at) == Certainty::Unknown)
}

/// The soft rules that entries broke when they were admitted.
pub(super) fn found_of(record: &Record, positions: &[Position], view: View) -> Vec<proto::Finding> {
    let found =
        positions.iter().flat_map(|position| minutebook_governance::found_of(record, *position, view));
    found.map(|it| finding(record, &it, view)).collect()
}

/// Whether something is so, as far as is known.
pub(super) fn certainty(holds: Certainty) -> proto::Certainty {
    match holds {
        Certainty::Yes => proto::Certainty::Yes,
        Certainty::No => proto::Certainty::No,
        Certainty::Unknown => proto::Certainty::Unknown,
    }
}

pub(super) fn positions(positions: &[Position]) -> Vec<u64> {
    positions.iter().map(|position| position.0).collect()
}

pub(super) fn date(date: &PDate) -> proto::PDate {
    let bound =
        |day: Option<minutebook_governance::Date>| day.map_or_else(String::new, |day| day.to_string());
    proto::PDate { written: date.to_string(), earliest: bound(date.earliest()), latest: bound(date.latest()) }
}

fn joined_date(record: &Record, joined: &Joined<PDate>, view: View) -> proto::JoinedDate {
    let said = |(position, on): &(Position, PDate)| proto::DateSaid {
        date: Some(date(on)),
        position: position.0,
        sources: sources_of(record, &[*position], view),
    };
    let contradicting: Vec<_> = joined.contradicted_by.iter().map(|(position, _date)| *position).collect();
    proto::JoinedDate {
        value: joined.value.as_ref().map(date),
        standing: joined.standing.as_str().to_owned(),
        why: positions(&joined.why),
        contradicted_by: positions(&contradicting),
        said_otherwise: joined.contradicted_by.iter().map(said).collect(),
    }
}
