//! What every event's `data` has in common: with which standing it speaks, who signs as what, and what it
//! rests on. The facts themselves are a [`Statement`], one type per event.

use crate::as_written::{FACTS, FactsAsWritten};
use crate::form::Described;
use crate::words::words;
use crate::{
    Basis, BodyId, Document, IntentionId, Malformed, PDate, RuleSet, Speaker, Verdict, Violation, form,
    record::Record, seen,
};
use minutebook_log::{EventId, Hash, Place, PublicKey, Subject, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    any::{Any, TypeId},
    collections::BTreeSet,
    fmt,
    sync::Arc,
};

/// With what right a statement speaks. The order is the precedence where statements of one fact differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// What the press or the web says.
    ThirdParty,
    /// What a body's own paper says, loaded later.
    OwnDocument,
    /// What a register says (ODS, ONS).
    Register,
    /// An act of the past, transcribed from signed minutes by the body or its successor.
    OwnRecord,
    /// Signed by whoever has the authority: hard rules judge it.
    OwnAct,
}

words!(
    Standing:
    ThirdParty = "third_party",
    OwnDocument = "own_document",
    Register = "register",
    OwnRecord = "own_record",
    OwnAct = "own_act",
);

impl Standing {
    /// Whether this is a report: checked for form and source, never refused for a domain rule.
    pub fn is_report(self) -> bool {
        self <= Standing::Register
    }

    /// Whether the default view of state shows it: acts, own records, registers.
    pub fn is_enacted(self) -> bool {
        self >= Standing::Register
    }
}

/// In which capacity a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// Named in the opening entry: enrols keys and grants authority.
    Registrar,
    /// The key proves that its owner has it, when it is enrolled.
    Holder,
    /// Secretary of a governing body.
    Secretary,
    /// Chair of a governing body.
    Chair,
    /// Accountable officer of a body.
    AccountableOfficer,
    /// NHS England.
    NhsEngland,
    /// A minister, or an order made.
    Minister,
    /// A register authority (ODS, ONS).
    Register,
    /// Somebody who loads what others have written.
    Importer,
    /// Whoever leads a consultation.
    ConsultationLead,
    /// Secretary of a partnership, which is no body in law.
    PartnershipSecretary,
    /// Whoever audits the book.
    Auditor,
    /// Whoever evaluates a consultation.
    Evaluator,
    /// Returning officer or scrutineer of a vote of members.
    Scrutineer,
}

words!(
    Capacity:
    Registrar = "registrar",
    Holder = "holder",
    Secretary = "secretary",
    Chair = "chair",
    AccountableOfficer = "accountable_officer",
    NhsEngland = "nhs_england",
    Minister = "minister",
    Register = "register",
    Importer = "importer",
    ConsultationLead = "consultation_lead",
    PartnershipSecretary = "partnership_secretary",
    Auditor = "auditor",
    Evaluator = "evaluator",
    Scrutineer = "scrutineer",
);

/// A body's secretary, or a deputy: who records what the body does.
pub(crate) const SECRETARY: &[Capacity] = &[Capacity::Secretary];

/// NHS England alone.
pub(crate) const NHS_ENGLAND: &[Capacity] = &[Capacity::NhsEngland];

/// Who decides on bodies from above: NHS England, or a minister where a statute says so, or of others than commissioners.
pub(crate) const REGULATOR: &[Capacity] = &[Capacity::NhsEngland, Capacity::Minister];

/// Who delegates: a commissioner by its own secretary, NHS England and ministers what is theirs.
pub(crate) const GRANTORS: &[Capacity] = &[Capacity::Secretary, Capacity::NhsEngland, Capacity::Minister];

/// The body that a subject is, as a list of one: for whom an act about it has to be signed.
pub(crate) fn body_of(subject: &Subject) -> Vec<BodyId> {
    BodyId::of(subject).into_iter().collect()
}

/// Every capacity that is granted.
pub(crate) const ANYBODY: &[Capacity] = &[
    Capacity::Secretary,
    Capacity::Chair,
    Capacity::AccountableOfficer,
    Capacity::NhsEngland,
    Capacity::Minister,
    Capacity::Register,
    Capacity::Importer,
    Capacity::ConsultationLead,
    Capacity::PartnershipSecretary,
    Capacity::Auditor,
    Capacity::Evaluator,
    Capacity::Scrutineer,
];

/// A key that signs, as what and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signatory {
    /// The signing key.
    pub key: PublicKey,
    /// As what it signs.
    pub capacity: Capacity,
    /// For which body, where the capacity is one of a body's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<crate::BodyId>,
}

/// One event, read: what it has in common with all others, and its facts.
#[derive(Debug, Clone)]
pub struct Act {
    /// The event's id.
    pub id: EventId,
    /// The BLAKE3 hash of the event's bytes: the same id with other bytes is refused.
    pub event_hash: Hash,
    /// How many bytes the event has.
    pub bytes: usize,
    /// What it is about.
    pub subject: Subject,
    /// When its author wrote it, by the author's clock.
    pub time: Timestamp,
    /// The name of its type.
    pub name: &'static str,
    /// With what right it speaks.
    pub standing: Standing,
    /// Who signs, as what.
    pub signatories: Vec<Signatory>,
    /// From a source, reconstructed, or inferred.
    pub basis: Option<Basis>,
    /// The documents that it rests on.
    pub evidence: Vec<Document>,
    /// The intentions that it carries out.
    pub fulfils: Vec<IntentionId>,
    /// The facts as JSON, which a correction cites.
    pub facts: FactsAsWritten,
    /// What it says.
    pub statement: Arc<dyn Statement>,
    /// Who speaks; nothing where a report names no source.
    pub speaker: Option<Speaker>,
    /// What it has in common with others that were done together, each for itself.
    pub correlation_id: Option<EventId>,
}

/// The members of `data`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    /// With what right the event speaks.
    pub(crate) standing: Standing,
    /// The keys that sign the event, each once, and as what.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub(crate) signatories: Vec<Signatory>,
    /// Whether it stands in a source, was filled in, or was inferred from sources that do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) basis: Option<Basis>,
    /// The documents that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) evidence: Vec<Document>,
    /// The intentions that it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fulfils: Vec<IntentionId>,
    /// What it says: the members of its type.
    pub(crate) facts: Value,
}

impl Data {
    pub(crate) fn parse(data: &Map<String, Value>) -> Result<Self, Malformed> {
        seen::check_members("/data", data)?;
        let needed = "standing, signatories and facts; basis, evidence and fulfils if there are any";
        // The facts are read by their own type: here they stand aside.
        let parsed: Data = form::read_beside("/data", data, FACTS, needed)?;
        let keys: BTreeSet<_> = parsed.signatories.iter().map(|signatory| signatory.key).collect();
        if keys.len() != parsed.signatories.len() {
            return Err(Malformed::new("/data/signatories", "a key twice", "each signing key once"));
        }
        for (index, document) in parsed.evidence.iter().enumerate() {
            document.check(&format!("/data/evidence/{index}"))?;
        }
        Ok(parsed)
    }

    /// Who speaks: the office of the first signatory, or the source of a report.
    pub(crate) fn speaker(&self) -> Option<Speaker> {
        let first = self.signatories.first()?;
        match (self.standing.is_report(), &self.basis) {
            (false, _) => Some(Speaker::of_office(first.capacity.as_str(), first.body.as_ref())),
            (true, _) if !self.evidence.is_empty() => {
                Some(Speaker::of_documents(self.evidence.iter().map(|document| &document.title)))
            }
            (true, Some(Basis::Sourced(source))) => Some(Speaker::of_named(source)),
            (true, Some(Basis::Inferred(inferred))) => Some(Speaker::of_named(&inferred.from)),
            (true, _) if first.capacity == Capacity::Register => Some(Speaker::of_register(first.key)),
            (true, _) => None,
        }
    }
}

/// Which signatures an act needs: every need must be met by one of its signatories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Any one of these capacities ...
    pub capacities: &'static [Capacity],
    /// ... for any one of these bodies, where the capacity is one of a body's; empty: for any body.
    pub bodies: Vec<crate::BodyId>,
}

impl Need {
    /// A signature in one of `capacities`, for no body in particular.
    pub fn any(capacities: &'static [Capacity]) -> Self {
        Self { capacities, bodies: Vec::new() }
    }

    /// A signature in one of `capacities`, for one of `bodies`.
    pub fn of(capacities: &'static [Capacity], bodies: Vec<crate::BodyId>) -> Self {
        Self { capacities, bodies }
    }

    /// Whether this signatory meets it.
    pub fn is_met_by(&self, signatory: &Signatory) -> bool {
        let for_body = || signatory.body.as_ref().is_some_and(|body| self.bodies.contains(body));
        let of_no_body = matches!(signatory.capacity, Capacity::NhsEngland | Capacity::Minister);
        let fits = self.bodies.is_empty() || of_no_body || for_body();
        self.capacities.contains(&signatory.capacity) && fits
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // NHS England decides of commissioners itself: a minister alone signs elsewhere.
        if self.capacities == REGULATOR {
            return f.write_str(
                "a signature as nhs_england; as minister where a statute does it, or of a body that is no commissioner",
            );
        }
        let own = if self.capacities == GRANTORS { SECRETARY } else { self.capacities };
        let capacities: Vec<_> = own.iter().map(|capacity| capacity.as_str()).collect();
        let bodies: Vec<_> = self.bodies.iter().map(ToString::to_string).collect();
        write!(f, "a signature as {}", capacities.join(" or "))?;
        if !bodies.is_empty() {
            write!(f, " of {}", bodies.join(" or "))?;
        }
        if own.len() < self.capacities.len() {
            f.write_str("; as nhs_england or minister where they delegate what is theirs")?;
        }
        Ok(())
    }
}

/// What rules are asked about: an act at its place, and the record before it.
pub struct Case<'a> {
    /// Everything before.
    pub record: &'a Record,
    /// The act.
    pub act: &'a Act,
    /// Where and when it would stand.
    pub place: Place,
    /// By which set of rules it is judged.
    pub rules: RuleSet,
}

/// The facts of one type of event. Each type is one struct with one implementation; the catalogue has a row
/// for each.
pub trait Statement: Any + fmt::Debug + Send + Sync {
    /// The date of the act, on which its authority is judged; nothing where a type has none.
    fn act_date(&self) -> Option<PDate> {
        None
    }

    /// The signatures that it needs as an act. Reports need a register's or an importer's instead.
    fn needs(&self, subject: &Subject) -> Vec<Need>;

    /// Whether two different people must sign it.
    fn needs_two_people(&self, _record: &Record) -> bool {
        false
    }

    /// Whether it changes who may sign: then nothing is remembered of keys that was worked out before.
    fn changes_authority(&self) -> bool {
        false
    }

    /// The form that serde can't check: numbers in range, lists not empty.
    ///
    /// # Errors
    /// [`Malformed`], with the path of the member.
    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        Ok(())
    }

    /// What the rules say of it as an act. Reports pass these rules by.
    fn judge(&self, _case: &Case<'_>, _verdict: &mut Verdict) {}

    /// What the rules say of its references, whatever its standing.
    fn judge_references(&self, _case: &Case<'_>, _verdict: &mut Verdict) {}

    /// Whether a report that breaks `broken` says no more than what the book knows already, and breaks nothing.
    fn agrees(&self, _case: &Case<'_>, _broken: &Violation) -> bool {
        false
    }

    /// Under which names beside its subject it is to be found again.
    fn about(&self) -> Vec<Subject> {
        Vec::new()
    }

    /// Under which names it is found beside those, where that hangs on its subject too. They are nobody's subjects.
    fn listed(&self, _subject: &Subject) -> Vec<Subject> {
        Vec::new()
    }

    /// The statements about other subjects that it makes at once: a reorganisation closes and opens bodies.
    fn parts(&self, _subject: &Subject) -> Vec<(Subject, Arc<dyn Statement>)> {
        Vec::new()
    }
}

/// The facts of a type of event in the catalogue: beside its rules, what people see of it.
pub trait Facts: Statement + Serialize + for<'facts> Deserialize<'facts> + Described {
    /// A full example: type, subject and data as JSON, with names that the rules admit; signatories lack their
    /// key. Lines that start with `//` are notes for whoever fills it in.
    const EXAMPLE: &'static str;
}

impl dyn Statement {
    /// Which type of statement it is.
    pub fn type_of(&self) -> TypeId {
        (self as &dyn Any).type_id()
    }

    /// The statement as its own type.
    pub fn downcast<T: Statement>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }
}
