//! People and offices: who holds which office of which body, since when, and how it is known.

use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{Life, body, enacted, judge_open};

use crate::joined::Source;
use crate::{BodyId, Certainty, Date, Malformed, PDate, PersonId, Record, Rule, Sealable, Verdict, View};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};

static ONE_HOLDER: Rule = Rule {
    id: "office.one-holder",
    says: "An office of a body has one holder at a time, substantive or interim.",
    source: "NHS Act 2006, Schedule 1A, paragraph 12; domain 1.4",
};
static HOLDER: Rule = Rule {
    id: "office.holder",
    says: "An appointment that ends is one that the book knows.",
    source: "domain 2.3",
};
static END_AFTER_START: Rule = Rule {
    id: "office.end-after-start",
    says: "An appointment ends no earlier than it starts.",
    source: "domain 2.3",
};
static PERSON_KNOWN: Rule = Rule {
    id: "person.known",
    says: "An officer is a person whom the book knows.",
    source: "domain 0, personal data",
};

/// The offices of a governing body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// Chair of the governing body; in a CCG usually a GP.
    Chair,
    /// Deputy chair.
    DeputyChair,
    /// Accountable officer (Schedule 1A, paragraph 12), whatever the working title.
    AccountableOfficer,
    /// Chief finance officer (SI 2012/1631, regulation 11).
    ChiefFinanceOfficer,
    /// Registered nurse.
    RegisteredNurse,
    /// Secondary care specialist.
    SecondaryCareSpecialist,
    /// Lay member.
    LayMember,
    /// GP member.
    GpMember,
    /// Chief executive of an ICB.
    ChiefExecutive,
    /// Managing director.
    ManagingDirector,
    /// Another director.
    Director,
    /// Somebody who leads a partnership.
    PartnershipLead,
}

impl Office {
    /// Every office.
    pub const ALL: [Office; 12] = [
        Office::Chair,
        Office::DeputyChair,
        Office::AccountableOfficer,
        Office::ChiefFinanceOfficer,
        Office::RegisteredNurse,
        Office::SecondaryCareSpecialist,
        Office::LayMember,
        Office::GpMember,
        Office::ChiefExecutive,
        Office::ManagingDirector,
        Office::Director,
        Office::PartnershipLead,
    ];

    /// Whether several people can hold it in one body at once.
    pub fn has_several_seats(self) -> bool {
        matches!(self, Office::LayMember | Office::GpMember | Office::Director | Office::ManagingDirector)
    }

    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Office::Chair => "chair",
            Office::DeputyChair => "deputy_chair",
            Office::AccountableOfficer => "accountable_officer",
            Office::ChiefFinanceOfficer => "chief_finance_officer",
            Office::RegisteredNurse => "registered_nurse",
            Office::SecondaryCareSpecialist => "secondary_care_specialist",
            Office::LayMember => "lay_member",
            Office::GpMember => "gp_member",
            Office::ChiefExecutive => "chief_executive",
            Office::ManagingDirector => "managing_director",
            Office::Director => "director",
            Office::PartnershipLead => "partnership_lead",
        }
    }
}

/// How an officer holds an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tenure {
    /// For good, or for a term.
    Substantive,
    /// Until somebody is found.
    Interim,
    /// Beside a holder who is away.
    Acting,
    /// For a body that is still to open.
    Designate,
}

impl Tenure {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Tenure::Substantive => "substantive",
            Tenure::Interim => "interim",
            Tenure::Acting => "acting",
            Tenure::Designate => "designate",
        }
    }

    /// Whether no other such holder can be beside: an acting one stands beside anybody.
    fn is_sole(self) -> bool {
        matches!(self, Tenure::Substantive | Tenure::Interim)
    }
}

/// A person is known under a random id. Subject: the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRecorded {
    /// The name; holders of public office may stay clear.
    pub name: Sealable,
    /// Title before the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub honorific: Option<Sealable>,
}

/// A body has an office. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeDefined {
    /// The type of office.
    pub office: Office,
    /// Its working title in this body.
    pub title: String,
    /// Whether its holder votes.
    pub voting: bool,
    /// Whether statute asks for it.
    pub statutory: bool,
    /// How many can hold it, at least 1.
    pub seats: u32,
    /// The first day.
    pub effective: PDate,
}

/// A person is appointed. Subject: the body. An accountable officer is appointed by NHS England
/// (NHS Act 2006, Schedule 1A, paragraph 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerAppointed {
    /// To which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// How.
    pub tenure: Tenure,
    /// The first day in post.
    pub effective: PDate,
    /// The first day no more in post, for a term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PDate>,
}

/// A person is seen to hold an office, since when is not stated. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerObserved {
    /// Which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// The day of the source.
    pub observed_on: PDate,
    /// The title that the source gives.
    pub title_as_written: String,
}

/// Why an appointment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The officer resigned.
    Resignation,
    /// The term ended.
    Term,
    /// The officer was removed.
    Removal,
    /// The body ended.
    Dissolution,
    /// The officer went to another office.
    Transfer,
}

/// A person holds an office no more. Subject: the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppointmentEnded {
    /// Which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// The first day no more in post.
    pub effective: PDate,
    /// Why.
    pub reason: EndReason,
}

/// A holder of an office, as far as is known.
#[derive(Debug, Clone)]
pub struct Holding {
    /// Who.
    pub person: PersonId,
    /// How; nothing where only the holding itself was seen.
    pub tenure: Option<Tenure>,
    /// The first day in post; nothing where it is not stated.
    pub from: Option<PDate>,
    /// The first day no more in post.
    pub until: Option<PDate>,
    /// The days on which sources saw it.
    pub observed: Vec<(PDate, String)>,
    /// Where it is said.
    pub sources: Vec<Source>,
}

/// An office on a day.
#[derive(Debug, Clone)]
pub struct OfficeHeld {
    /// Who holds it then. None: not known, which is not the same as vacant.
    pub holders: Vec<Holding>,
    /// Whether the book says that nobody holds it.
    pub is_vacant: bool,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
}

/// The name of a person, as far as it is known and not sealed.
pub fn person_name(record: &Record, person: &PersonId, view: View) -> Option<Sealable> {
    let view = View { scope: crate::Scope::Reported, ..view };
    let told = record.about(person.subject(), view).filter_map(|told| told.says::<PersonRecorded>().cloned());
    told.last().map(|person| person.name)
}

/// Everybody of whom it is said that they held the office, in the order in which it was said first.
pub fn holdings(record: &Record, id: &BodyId, office: Office, view: View) -> Vec<Holding> {
    let mut holdings: Vec<Holding> = Vec::new();
    for told in record.about(id.subject(), view) {
        let source = Source::from(&told);
        if let Some(appointed) = told.says::<OfficerAppointed>().filter(|said| said.office == office) {
            let holding = open_holding(&mut holdings, &appointed.person, Some(&appointed.effective));
            (holding.tenure, holding.from) = (Some(appointed.tenure), Some(appointed.effective.clone()));
            holding.until = appointed.until.clone().or(holding.until.take());
            holding.sources.push(source);
        } else if let Some(observed) = told.says::<OfficerObserved>().filter(|said| said.office == office) {
            let holding = open_holding(&mut holdings, &observed.person, None);
            holding.observed.push((observed.observed_on.clone(), observed.title_as_written.clone()));
            holding.sources.push(source);
        } else if let Some(ended) = told.says::<AppointmentEnded>().filter(|said| said.office == office) {
            let holding = open_holding(&mut holdings, &ended.person, None);
            holding.until = Some(ended.effective.clone());
            holding.sources.push(source);
        }
    }
    holdings
}

/// The last holding of a person that a new statement can belong to; a new one if that has ended before.
fn open_holding<'a>(
    holdings: &'a mut Vec<Holding>,
    person: &PersonId,
    starts: Option<&PDate>,
) -> &'a mut Holding {
    let goes_on = |holding: &Holding| {
        let over = holding.until.as_ref().zip(starts).map(|(until, starts)| starts.is_before(until));
        holding.person == *person && over != Some(Certainty::No)
    };
    let at = holdings.iter().rposition(goes_on).unwrap_or_else(|| {
        let (tenure, from, until) = (None, None, None);
        holdings.push(Holding {
            person: person.clone(),
            tenure,
            from,
            until,
            observed: Vec::new(),
            sources: Vec::new(),
        });
        holdings.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "the index was found or made just above")]
    &mut holdings[at]
}

/// Who holds the office on the view's day. An observed holder counts from the day of the source until the
/// body ends, an end is recorded, or somebody else is appointed.
pub fn office_held(record: &Record, id: &BodyId, office: Office, view: View) -> OfficeHeld {
    let all = holdings(record, id, office, view);
    let body_open = body(record, id, view).is_some_and(|body| body.life(view) != Life::Closed);
    let replaced_since = |day: &PDate| {
        let starts = all.iter().filter_map(|holding| holding.from.as_ref());
        starts.filter(|from| view.is_past(from)).any(|from| day.is_before(from) == Certainty::Yes)
    };
    let holds = |holding: &&Holding| {
        let ended = holding.until.as_ref().is_some_and(|until| view.is_past(until));
        let started = match &holding.from {
            Some(from) => view.is_past(from),
            None => holding.observed.iter().any(|(day, _title)| {
                day.is_by(view.as_at) != Certainty::No && (office.has_several_seats() || !replaced_since(day))
            }),
        };
        started && !ended && body_open
    };
    let holders: Vec<_> = all.iter().filter(holds).cloned().collect();
    let is_vacant = holders.is_empty()
        && body_open
        && all.iter().any(|holding| holding.until.as_ref().is_some_and(|until| view.is_past(until)));
    let said = if holders.is_empty() { &all } else { &holders };
    let mut why: Vec<_> =
        said.iter().flat_map(|holding| &holding.sources).map(|source| source.position).collect();
    why.sort_unstable();
    OfficeHeld { holders, is_vacant, why }
}

const SECRETARY: &[Capacity] = &[Capacity::Secretary];
const NHS_ENGLAND: &[Capacity] = &[Capacity::NhsEngland];
const WHO_KNOWS_PEOPLE: &[Capacity] = &[Capacity::Secretary, Capacity::NhsEngland];

fn body_of(subject: &Subject) -> Vec<BodyId> {
    BodyId::of(subject).into_iter().collect()
}

/// Asks that the person is recorded: names hang on the id.
pub(crate) fn judge_person(case: &Case<'_>, verdict: &mut Verdict, person: &PersonId) {
    let view = crate::authority::now(case.record);
    let known = case.record.about(person.subject(), view).any(|told| told.says::<PersonRecorded>().is_some());
    verdict.hard(known, &PERSON_KNOWN, &case.act.subject, || {
        (format!("{person}, whom no entry records"), "a person recorded first (PersonRecorded)".to_owned())
    });
}

impl Statement for PersonRecorded {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(WHO_KNOWS_PEOPLE)]
    }
}

impl Statement for OfficeDefined {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, body_of(subject))]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.seats == 0 {
            return Err(Malformed::new("/data/facts/seats", "0", "at least 1"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for id in body_of(&case.act.subject) {
            judge_open(case, verdict, &id, &self.effective);
        }
    }
}

impl Statement for OfficerAppointed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        match self.office {
            Office::AccountableOfficer => vec![Need::any(NHS_ENGLAND)],
            _ => vec![Need::of(SECRETARY, body_of(subject))],
        }
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.person.subject().clone()]
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for id in body_of(&case.act.subject) {
            judge_open(case, verdict, &id, &self.effective);
            self.judge_one_holder(case, verdict, &id);
        }
    }
}

impl OfficerAppointed {
    /// Two people can't hold one seat: a holder whose own dates are known stands in the way, one who was
    /// only observed does not.
    pub(crate) fn judge_one_holder(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        if self.office.has_several_seats() || !self.tenure.is_sole() {
            return;
        }
        let Some(day) = self.effective.earliest() else { return };
        let rivals =
            holdings(case.record, id, self.office, enacted(case.record, day)).into_iter().filter(|rival| {
                let sole = rival.tenure.is_some_and(Tenure::is_sole) && rival.person != self.person;
                let starts_before_end = rival.from.as_ref().is_some_and(|from| {
                    self.until.as_ref().is_none_or(|until| from.is_before(until) != Certainty::No)
                });
                let ends_after_start =
                    rival.until.as_ref().is_none_or(|until| until.is_by(day) == Certainty::No);
                sole && starts_before_end && ends_after_start
            });
        for rival in rivals {
            verdict.hard(false, &ONE_HOLDER, &case.act.subject, || {
                let found = format!("{} holds it on {day}", rival.person);
                (found, "an end of that appointment first (AppointmentEnded)".to_owned())
            });
        }
    }
}

impl Statement for OfficerObserved {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(WHO_KNOWS_PEOPLE)]
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.person.subject().clone()]
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }
}

impl Statement for AppointmentEnded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        match self.office {
            Office::AccountableOfficer => vec![Need::any(WHO_KNOWS_PEOPLE)],
            _ => vec![Need::of(SECRETARY, body_of(subject))],
        }
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.person.subject().clone()]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let day = self.effective.earliest().unwrap_or_else(|| Date::of(case.place.recorded));
        let view = View { scope: crate::Scope::Reported, ..enacted(case.record, day) };
        for id in body_of(&case.act.subject) {
            let theirs = holdings(case.record, &id, self.office, view)
                .into_iter()
                .rfind(|held| held.person == self.person);
            verdict.hard(theirs.is_some(), &HOLDER, &case.act.subject, || {
                let found = format!("nothing says that {} is {} of {id}", self.person, self.office.as_str());
                (found, "the holder of the office".to_owned())
            });
            let starts = theirs.and_then(|held| held.from);
            let ordered =
                starts.as_ref().map_or(Certainty::Yes, |from| match self.effective.is_before(from) {
                    Certainty::Yes => Certainty::No,
                    Certainty::No => Certainty::Yes,
                    Certainty::Unknown => Certainty::Unknown,
                });
            verdict.hard_unless_unknown(ordered, &END_AFTER_START, &case.act.subject, || {
                let starts = starts.map_or_else(String::new, |from| from.to_string());
                (format!("an end on {}", self.effective), format!("{starts} or later"))
            });
        }
    }
}
