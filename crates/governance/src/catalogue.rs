//! The catalogue: one row for each type of event. Adding a type is a row here and its file.

use crate::act::{Act, Data, Facts, Statement};
use crate::actions::{ActionAssigned, ActionUpdated, ConditionSet};
use crate::annotations::{AuditReported, RecordAnnotated};
use crate::appointments::{AppointmentDetermined, OfficerNominated, RecruitmentOpened};
use crate::authority::{AuthorityGranted, AuthorityRevoked, KeyEnrolled, KeyRevoked};
use crate::bodies::{
    AreaVaried, BodyDissolved, BodyEstablished, BodyRegistered, BodyRenamed, IdentifierAssigned,
    SuccessionRecorded,
};
use crate::committees::{
    CommitteeDissolved, CommitteeEstablished, CommitteeMembershipChanged, DelegationGranted,
    DelegationRevoked,
};
use crate::constitutions::{ConstitutionAdopted, GoverningRulesSet, RulesAdopted};
use crate::consultations::{
    ConsultationAnswered, ConsultationChanged, ConsultationClosed, ConsultationOpened, EngagementHeld,
    EvaluationPublished, EvaluatorAppointed, ResponseRecorded,
};
use crate::decisions::{DecisionRatified, DecisionRecorded, DecisionRescinded, SealUsed};
use crate::directions::DirectionsChanged;
use crate::documents::RecordCorrected;
use crate::figures::{AttributeReported, TargetOutcomeRecorded, TargetSet};
use crate::form;
use crate::interests::{BreachRecorded, InterestCeased, InterestRegistered};
use crate::loads::DocumentRegistered;
use crate::meetings::{
    AgendaPublished, AttendanceRecorded, InterestDeclared, MeetingClosed, MeetingConvened, MeetingOpened,
    MeetingRescheduled, MinutesApproved, MinutesDrafted, MotionMoved, VoteTaken,
};
use crate::memberships::MembershipChanged;
use crate::mergers::{
    ApplicationChanged, ApplicationSubmitted, ConditionResolved, MemberVoteDeclared, MemberVoteOpened,
    MembersVoted, MergerEffected, RegulatorDecisionRecorded,
};
use crate::partnerships::{PartnershipChanged, PartnershipFormed, PartnershipMembershipChanged};
use crate::people::{
    AppointmentEnded, JointAppointmentProposed, OfficeDefined, OfficerAppointed, OfficerObserved,
    PersonRecorded,
};
use crate::plans::{IntentionRecorded, IntentionResolved, StatementRecorded};
use crate::proposals::{MergerAbandoned, MergerExplored, MergerProposed};
use crate::reorganisation::ReorganisationEffected;
use crate::{FactsAsWritten, Malformed, Unread};
use minutebook_log::{Entry, Event, EventId, EventType, Hash, Opening, Position, PublicKey, Signed, Subject};
use serde_json::Value;
use std::{any::TypeId, collections::BTreeSet, sync::Arc};

/// A type of event.
#[derive(Debug)]
pub struct CatalogueRow {
    /// Its name.
    pub name: &'static str,
    /// The version of its facts.
    pub version: u32,
    /// The kind of subject that it is about.
    pub subject_kind: &'static str,
    /// A full example ([`Facts::EXAMPLE`]).
    pub example: &'static str,
    /// The type of its facts.
    type_id: TypeId,
    parse: fn(&Value) -> Result<Arc<dyn Statement>, Malformed>,
    #[cfg(feature = "schema")]
    schema: fn(&str) -> schemars::Schema,
}

const fn row<T: Facts>(name: &'static str, subject_kind: &'static str) -> CatalogueRow {
    CatalogueRow {
        name,
        version: 1,
        subject_kind,
        example: T::EXAMPLE,
        type_id: TypeId::of::<T>(),
        parse: parse_facts::<T>,
        #[cfg(feature = "schema")]
        schema: crate::schema::of_data::<T>,
    }
}

/// Every type of event that this software knows, in the order in which the page of events tells of them.
pub static CATALOGUE: [CatalogueRow; 83] = [
    row::<Opening>("LedgerOpened", "ledger"),
    row::<KeyEnrolled>("KeyEnrolled", "key"),
    row::<KeyRevoked>("KeyRevoked", "key"),
    row::<AuthorityGranted>("AuthorityGranted", "grant"),
    row::<AuthorityRevoked>("AuthorityRevoked", "grant"),
    row::<RecordCorrected>("RecordCorrected", "record"),
    row::<RecordAnnotated>("RecordAnnotated", "record"),
    row::<DocumentRegistered>("DocumentRegistered", "document"),
    row::<AuditReported>("AuditReported", "audit"),
    row::<BodyRegistered>("BodyRegistered", "body"),
    row::<BodyEstablished>("BodyEstablished", "body"),
    row::<BodyRenamed>("BodyRenamed", "body"),
    row::<AreaVaried>("AreaVaried", "body"),
    row::<IdentifierAssigned>("IdentifierAssigned", "body"),
    row::<MembershipChanged>("MembershipChanged", "body"),
    row::<DirectionsChanged>("DirectionsChanged", "body"),
    row::<BodyDissolved>("BodyDissolved", "body"),
    row::<SuccessionRecorded>("SuccessionRecorded", "body"),
    row::<ReorganisationEffected>("ReorganisationEffected", "reorganisation"),
    row::<ConstitutionAdopted>("ConstitutionAdopted", "body"),
    row::<GoverningRulesSet>("GoverningRulesSet", "body"),
    row::<RulesAdopted>("RulesAdopted", "ledger"),
    row::<PersonRecorded>("PersonRecorded", "person"),
    row::<OfficeDefined>("OfficeDefined", "body"),
    row::<RecruitmentOpened>("RecruitmentOpened", "body"),
    row::<OfficerNominated>("OfficerNominated", "body"),
    row::<AppointmentDetermined>("AppointmentDetermined", "body"),
    row::<OfficerAppointed>("OfficerAppointed", "body"),
    row::<OfficerObserved>("OfficerObserved", "body"),
    row::<AppointmentEnded>("AppointmentEnded", "body"),
    row::<JointAppointmentProposed>("JointAppointmentProposed", "appointment"),
    row::<MeetingConvened>("MeetingConvened", "meeting"),
    row::<AgendaPublished>("AgendaPublished", "meeting"),
    row::<MeetingRescheduled>("MeetingRescheduled", "meeting"),
    row::<MeetingOpened>("MeetingOpened", "meeting"),
    row::<AttendanceRecorded>("AttendanceRecorded", "meeting"),
    row::<InterestDeclared>("InterestDeclared", "meeting"),
    row::<MotionMoved>("MotionMoved", "meeting"),
    row::<VoteTaken>("VoteTaken", "meeting"),
    row::<MeetingClosed>("MeetingClosed", "meeting"),
    row::<MinutesDrafted>("MinutesDrafted", "meeting"),
    row::<MinutesApproved>("MinutesApproved", "meeting"),
    row::<DecisionRecorded>("DecisionRecorded", "body"),
    row::<CommitteeEstablished>("CommitteeEstablished", "committee"),
    row::<CommitteeMembershipChanged>("CommitteeMembershipChanged", "committee"),
    row::<CommitteeDissolved>("CommitteeDissolved", "committee"),
    row::<DelegationGranted>("DelegationGranted", "delegation"),
    row::<DelegationRevoked>("DelegationRevoked", "delegation"),
    row::<PartnershipFormed>("PartnershipFormed", "partnership"),
    row::<PartnershipChanged>("PartnershipChanged", "partnership"),
    row::<PartnershipMembershipChanged>("PartnershipMembershipChanged", "partnership"),
    row::<DecisionRatified>("DecisionRatified", "body"),
    row::<DecisionRescinded>("DecisionRescinded", "body"),
    row::<ActionAssigned>("ActionAssigned", "action"),
    row::<ActionUpdated>("ActionUpdated", "action"),
    row::<SealUsed>("SealUsed", "body"),
    row::<InterestRegistered>("InterestRegistered", "interest"),
    row::<InterestCeased>("InterestCeased", "interest"),
    row::<BreachRecorded>("BreachRecorded", "body"),
    row::<MergerExplored>("MergerExplored", "merger"),
    row::<MergerProposed>("MergerProposed", "merger"),
    row::<MemberVoteOpened>("MemberVoteOpened", "merger"),
    row::<MemberVoteDeclared>("MemberVoteDeclared", "merger"),
    row::<MembersVoted>("MembersVoted", "body"),
    row::<ApplicationSubmitted>("ApplicationSubmitted", "merger"),
    row::<ApplicationChanged>("ApplicationChanged", "merger"),
    row::<RegulatorDecisionRecorded>("RegulatorDecisionRecorded", "merger"),
    row::<ConditionResolved>("ConditionResolved", "merger"),
    row::<MergerAbandoned>("MergerAbandoned", "merger"),
    row::<ConsultationOpened>("ConsultationOpened", "consultation"),
    row::<ConsultationChanged>("ConsultationChanged", "consultation"),
    row::<ResponseRecorded>("ResponseRecorded", "consultation"),
    row::<EngagementHeld>("EngagementHeld", "consultation"),
    row::<ConsultationClosed>("ConsultationClosed", "consultation"),
    row::<EvaluatorAppointed>("EvaluatorAppointed", "consultation"),
    row::<EvaluationPublished>("EvaluationPublished", "consultation"),
    row::<ConsultationAnswered>("ConsultationAnswered", "consultation"),
    row::<TargetSet>("TargetSet", "target"),
    row::<TargetOutcomeRecorded>("TargetOutcomeRecorded", "target"),
    row::<AttributeReported>("AttributeReported", "figure"),
    row::<IntentionRecorded>("IntentionRecorded", "intention"),
    row::<IntentionResolved>("IntentionResolved", "intention"),
    row::<StatementRecorded>("StatementRecorded", "statement"),
];

/// What the name of a subject is, by its kind.
#[derive(Debug, Clone, Copy)]
enum NameForm {
    /// The kind stands alone: there is one of it.
    None,
    /// A public key.
    Key,
    /// The id of an event of this book.
    EventId,
    /// A name that somebody chose, or a random one.
    Slug,
}

impl NameForm {
    fn of(kind: &str) -> Self {
        match kind {
            "ledger" => NameForm::None,
            "key" => NameForm::Key,
            "record" => NameForm::EventId,
            _ => NameForm::Slug,
        }
    }

    fn needed(self, kind: &str) -> String {
        match self {
            NameForm::None => format!("{kind} alone"),
            NameForm::Key => format!("{kind}/ and a public key, 64 hexadecimal digits,"),
            NameForm::EventId => format!("{kind}/ and the id of an event"),
            NameForm::Slug => format!(
                "{kind}/ and a name of letters, digits, dots, hyphens and underscores, with a letter or digit at both ends,"
            ),
        }
    }
}

/// Whether a name starts and ends with a letter or digit: `.` and `..` are names of folders, and a name that ends in a
/// dot is taken for the end of a sentence.
fn is_slug(name: &str) -> bool {
    let is_plain = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    is_plain(name.chars().next()) && is_plain(name.chars().next_back())
}

/// The row of a type, by name.
pub fn row_of(name: &str) -> Option<&'static CatalogueRow> {
    CATALOGUE.iter().find(|row| row.name == name)
}

/// The statements that are no event of their own: parts of others.
const PARTS: [(&str, TypeId); 2] =
    [("ConditionSet", TypeId::of::<ConditionSet>()), ("MergerEffected", TypeId::of::<MergerEffected>())];

/// The name of a type of statement.
pub(crate) fn name_of_type(type_id: TypeId) -> Option<&'static str> {
    let parts = PARTS.into_iter().map(|(name, part)| (part, name));
    let all = CATALOGUE.iter().map(|row| (row.type_id, row.name)).chain(parts);
    all.into_iter().find(|(known, _name)| *known == type_id).map(|(_known, name)| name)
}

/// The type of statement of that name.
pub(crate) fn type_of_name(name: &str) -> Option<TypeId> {
    let all =
        CATALOGUE.iter().map(|row| (row.type_id, row.name)).chain(PARTS.map(|(name, part)| (part, name)));
    all.into_iter().find(|(_type_id, known)| *known == name).map(|(type_id, _known)| type_id)
}

/// Whether a type of that name is in the catalogue.
pub fn is_type(name: &str) -> bool {
    row_of(name).is_some()
}

fn parse_facts<T: Facts>(facts: &Value) -> Result<Arc<dyn Statement>, Malformed> {
    let statement: T =
        form::read("/data/facts", facts, "the facts of this type, as docs/events.md has them")?;
    Ok(Arc::new(statement))
}

impl CatalogueRow {
    /// Reads facts of this type.
    ///
    /// # Errors
    /// [`Malformed`], with the path of the member.
    pub fn parse(&self, facts: &Value) -> Result<Arc<dyn Statement>, Malformed> {
        (self.parse)(facts)
    }

    /// The type of its facts, by which the index tells entries apart.
    pub fn type_id(&self) -> TypeId {
        self.type_id
    }

    /// The type as events write it: `uk.nhs.governance.DecisionRecorded.v1`.
    pub fn event_type(&self) -> EventType {
        EventType { name: self.name.to_owned(), version: self.version }
    }

    /// Refuses a subject of another kind, or with a name that this kind does not have: the whole of it is judged, since
    /// what is recorded under a subject that no question names is lost.
    fn check_subject(&self, subject: &Subject) -> Result<(), Malformed> {
        let fits = match (NameForm::of(self.subject_kind), subject.name()) {
            (NameForm::None, name) => name.is_none(),
            (NameForm::Key, Some(name)) => name.parse::<PublicKey>().is_ok(),
            (NameForm::EventId, Some(name)) => name.parse::<EventId>().is_ok(),
            (NameForm::Slug, Some(name)) => is_slug(name),
            (_, None) => false,
        };
        if fits && subject.kind() == self.subject_kind {
            return Ok(());
        }
        let needed =
            format!("{} for {}", NameForm::of(self.subject_kind).needed(self.subject_kind), self.name);
        Err(Malformed::quoting("/subject", subject.as_str(), needed))
    }

    /// The JSON Schema (2020-12) of the whole `data` of such an event.
    #[cfg(feature = "schema")]
    pub fn schema(&self) -> schemars::Schema {
        (self.schema)(&self.event_type().to_string())
    }
}

/// Reads what a signed event says.
///
/// # Errors
/// [`Malformed`] for an unknown type or version, another kind of subject, an unknown or missing member, or
/// signatories that are not those who signed.
pub fn read(signed: &Signed) -> Result<Act, Malformed> {
    let act = read_event(signed.event())?;
    compare_signers(act.signatories.iter().map(|signatory| signatory.key), signed)?;
    Ok(act)
}

/// What the entry at `position` says, from its bytes: how whoever keeps entries answers [`crate::Entries::act`].
///
/// # Errors
/// [`Unread::Failed`].
pub fn read_again(position: Position, bytes: &[u8]) -> Result<Arc<Act>, Unread> {
    let failed = |malformed: Malformed| Unread::Failed { position, what: malformed.to_string() };
    let entry = Entry::parse(bytes).map_err(failed)?;
    Ok(Arc::new(read(&entry.signed).map_err(failed)?))
}

/// Whether those who signed an event are those whom it names, whatever its type and version say otherwise.
///
/// # Errors
/// [`Malformed`].
pub fn check_signers(signed: &Signed) -> Result<(), Malformed> {
    let named = signed.event().data.get("signatories").and_then(Value::as_array);
    let keys = named.into_iter().flatten().filter_map(|one| one.get("key")?.as_str()?.parse().ok());
    compare_signers(keys, signed)
}

fn compare_signers(named: impl Iterator<Item = PublicKey>, signed: &Signed) -> Result<(), Malformed> {
    if named.collect::<BTreeSet<_>>() == signed.keys().collect() {
        return Ok(());
    }
    let needed = "each key that signs, and no other";
    Err(Malformed::new("/data/signatories", "other keys than those that signed", needed))
}

/// Reads what an event says, before it is signed.
///
/// # Errors
/// As [`read`], but for the signatures.
pub fn read_event(event: &Event) -> Result<Act, Malformed> {
    let row = row_of(&event.event_type.name).filter(|row| row.version == event.event_type.version);
    let row = row.ok_or_else(|| {
        Malformed::new("/type", event.event_type.to_string(), "a type of the catalogue (spec/event.md)")
    })?;
    row.check_subject(&event.subject)?;
    let data = Data::parse(&event.data)?;
    let facts = FactsAsWritten::of(event.members());
    let statement = row.parse(&facts)?;
    statement.check_form(&event.subject)?;
    let speaker = data.speaker();
    Ok(Act {
        id: event.id,
        event_hash: Hash::of(event.bytes()),
        bytes: event.bytes().len(),
        subject: event.subject.clone(),
        time: event.time,
        name: row.name,
        standing: data.standing,
        signatories: data.signatories,
        basis: data.basis,
        evidence: data.evidence,
        fulfils: data.fulfils,
        facts,
        statement,
        speaker,
        correlation_id: event.correlation_id,
    })
}
