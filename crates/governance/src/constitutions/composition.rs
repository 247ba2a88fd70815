//! Who has to sit on a governing body, by the dates of the law; and who does.
//!
//! The law is data: a row for each period in which it held. An answer for March 2022 is judged by March 2022's
//! row, whatever is in force today.

use super::quorum::VotingSeats;
use crate::bodies::{Body, BodyKind, Life, body};
use crate::people::{Office, OfficeDefined, office_held};
use crate::rules::rules;
use crate::words::words;
use crate::{BodyId, Certainty, Date, Finding, PersonId, Record, View};
use minutebook_log::Position;
use std::collections::{BTreeMap, BTreeSet};

rules! {
    COMPOSITION: Soft =
        "composition.law",
        "A governing body has the members that the law of the day asks for.",
        "SI 2012/1631, regulation 11, and SI 2022/316 for CCGs; NHS Act 2006, Schedule 1B, paragraphs 3 and 8, for ICBs";
}

/// A seat that the law asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Seat {
    /// The words for it.
    pub says: &'static str,
    /// The offices that fill it.
    pub offices: &'static [Office],
    /// How many people it takes.
    pub people: u32,
}

/// What the law asks of governing bodies of one kind, in one period.
#[derive(Debug, PartialEq, Eq)]
pub struct CompositionLaw {
    /// Of which bodies.
    pub kind: BodyKind,
    /// The first day in force.
    pub from: Date,
    /// The first day not in force.
    pub until: Date,
    /// The fewest members, chair and deputy chair counted.
    pub members: u32,
    /// Who has to be among them.
    pub seats: &'static [Seat],
    /// The regulation.
    pub source: &'static str,
}

const ACCOUNTABLE_OFFICER: Seat =
    Seat { says: "the accountable officer", offices: &[Office::AccountableOfficer], people: 1 };
const FINANCE: Seat = Seat {
    says: "an employee with an accountancy qualification (chief finance officer)",
    offices: &[Office::ChiefFinanceOfficer],
    people: 1,
};

/// The regulations as made: six members at least.
static AS_MADE: CompositionLaw = CompositionLaw {
    kind: BodyKind::Ccg,
    from: Date::constant(2013, 4, 1),
    until: Date::constant(2022, 4, 14),
    members: 6,
    seats: &[
        ACCOUNTABLE_OFFICER,
        FINANCE,
        Seat { says: "a registered nurse", offices: &[Office::RegisteredNurse], people: 1 },
        Seat { says: "a secondary care specialist", offices: &[Office::SecondaryCareSpecialist], people: 1 },
        Seat { says: "two lay members", offices: &[Office::LayMember], people: 2 },
    ],
    source: "SI 2012/1631, regulation 11",
};

/// The last weeks of CCGs: four members, a nurse or a specialist, one lay member.
static AMENDED: CompositionLaw = CompositionLaw {
    kind: BodyKind::Ccg,
    from: Date::constant(2022, 4, 14),
    until: Date::constant(2022, 7, 1),
    members: 4,
    seats: &[
        ACCOUNTABLE_OFFICER,
        FINANCE,
        Seat {
            says: "a registered nurse or a secondary care specialist",
            offices: &[Office::RegisteredNurse, Office::SecondaryCareSpecialist],
            people: 1,
        },
        Seat { says: "a lay member", offices: &[Office::LayMember], people: 1 },
    ],
    source: "SI 2012/1631, regulation 11, as amended by SI 2022/316",
};

/// Boards: a chair, a chief executive, and at least three others whom the chair approves, three of them nominated by
/// partners. What NHS England's model adds to that is policy, and no row of the law.
static BOARD: CompositionLaw = CompositionLaw {
    kind: BodyKind::Icb,
    from: Date::constant(2022, 7, 1),
    until: Date::LAST,
    members: 5,
    seats: &[
        Seat { says: "a chair", offices: &[Office::Chair], people: 1 },
        Seat { says: "a chief executive", offices: &[Office::ChiefExecutive], people: 1 },
        Seat { says: "a member whom the trusts nominate", offices: &[Office::PartnerTrust], people: 1 },
        Seat {
            says: "a member whom providers of primary medical services nominate",
            offices: &[Office::PartnerPrimaryCare],
            people: 1,
        },
        Seat { says: "a member whom the councils nominate", offices: &[Office::PartnerCouncil], people: 1 },
    ],
    source: "NHS Act 2006, Schedule 1B, paragraphs 3 and 8",
};

impl CompositionLaw {
    /// Every period that this software knows.
    pub fn all() -> [&'static CompositionLaw; 3] {
        [&AS_MADE, &AMENDED, &BOARD]
    }

    /// What holds for bodies of a kind on a day; nothing where no law is entered.
    pub fn on(kind: BodyKind, day: Date) -> Option<&'static CompositionLaw> {
        Self::all().into_iter().find(|law| law.kind == kind && law.from <= day && day < law.until)
    }
}

/// Whether something that the law asks for is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequirementMet {
    /// The book knows of enough people.
    Met,
    /// The book says that nobody holds the office.
    NotMet,
    /// The book does not say.
    Unknown,
}

words!(RequirementMet: Met = "met", NotMet = "not_met", Unknown = "unknown");

/// Something that the law asks for, and who fills it.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// What is asked.
    pub says: String,
    /// Whether it is there.
    pub met: RequirementMet,
    /// Who fills it.
    pub people: Vec<PersonId>,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
}

/// A governing body on a day.
#[derive(Debug, Clone)]
pub struct Composition {
    /// The law that it is held against; nothing where none is entered for its kind and day.
    pub law: Option<&'static CompositionLaw>,
    /// Its voting members, each with the offices that they hold.
    pub members: BTreeMap<PersonId, Vec<Office>>,
    /// Those of whom it is not known whether they hold such an office then.
    pub perhaps: BTreeMap<PersonId, Vec<Office>>,
    /// Its voting seats, as far as they are defined.
    pub seats: VotingSeats,
    /// What the law asks for.
    pub requirements: Vec<Requirement>,
    /// The entries that say so, in order.
    pub why: Vec<Position>,
}

/// The governing body of `id` on the view's day, held against the law of that day; nothing where the body is
/// not known.
pub fn composition(record: &Record, id: &BodyId, view: View) -> Option<Composition> {
    let body = body(record, id, view)?;
    let sitting = Sitting::of(record, id, view);
    let law = body.kind().and_then(|kind| CompositionLaw::on(kind, view.as_at));
    let requirements = law.map(|law| sitting.requirements(law)).unwrap_or_default();
    let why: BTreeSet<_> = sitting.offices.values().flat_map(|held| &held.why).copied().collect();
    let (members, perhaps, seats) = (sitting.members(), sitting.perhaps(), sitting.seats());
    Some(Composition { law, members, perhaps, seats, requirements, why: why.into_iter().collect() })
}

/// What a governing body lacks of what the law asks for, where the book says so for certain.
pub(crate) fn composition_findings(record: &Record, body: &Body, view: View) -> Vec<Finding> {
    if body.life(view) != Life::Open {
        return Vec::new();
    }
    let composition = composition(record, &body.id, view);
    let requirements = composition.map(|composition| composition.requirements).unwrap_or_default();
    let broken = requirements.into_iter().filter(|requirement| requirement.met == RequirementMet::NotMet);
    let finding = |requirement: Requirement| Finding {
        rule: &COMPOSITION,
        subject: body.id.subject().clone(),
        found: "an office that nobody holds".to_owned(),
        needed: requirement.says,
        why: requirement.why,
    };
    broken.map(finding).collect()
}

/// The offices of a body, with those who hold them.
struct Sitting {
    offices: BTreeMap<Office, Held>,
}

struct Held {
    people: BTreeSet<PersonId>,
    perhaps: BTreeSet<PersonId>,
    is_vacant: bool,
    /// Voting seats, as defined; nothing where the office is not defined.
    seats: Option<u32>,
    is_voting: bool,
    why: Vec<Position>,
}

impl Sitting {
    fn of(record: &Record, id: &BodyId, view: View) -> Self {
        let defined = defined_offices(record, id, view);
        let offices = Office::ALL.into_iter().map(|office| {
            let held = office_held(record, id, office, view);
            let definition = defined.get(&office);
            let seats = definition.map(|defined| defined.seats);
            let is_voting = definition.map_or(sits_by_usage(office), |defined| defined.voting);
            let people = held.holders.into_iter().map(|holding| holding.person).collect();
            let perhaps = held.perhaps.into_iter().map(|holding| holding.person).collect();
            (office, Held { people, perhaps, is_vacant: held.is_vacant, seats, is_voting, why: held.why })
        });
        Self { offices: offices.collect() }
    }

    fn voting(&self) -> impl Iterator<Item = (&Office, &Held)> {
        self.offices.iter().filter(|(_office, held)| held.is_voting)
    }

    fn members(&self) -> BTreeMap<PersonId, Vec<Office>> {
        self.people_by(|held| &held.people)
    }

    fn perhaps(&self) -> BTreeMap<PersonId, Vec<Office>> {
        self.people_by(|held| &held.perhaps)
    }

    fn people_by(&self, of: fn(&Held) -> &BTreeSet<PersonId>) -> BTreeMap<PersonId, Vec<Office>> {
        let mut people: BTreeMap<PersonId, Vec<Office>> = BTreeMap::new();
        for (office, held) in self.voting() {
            of(held).iter().for_each(|person| people.entry(person.clone()).or_default().push(*office));
        }
        people
    }

    fn seats(&self) -> VotingSeats {
        let vacant = self.voting().map(|(_office, held)| {
            let seats = held.seats.unwrap_or(u32::from(held.is_vacant));
            seats.saturating_sub(count(held.people.len()))
        });
        VotingSeats { filled: count(self.members().len()), vacant: vacant.sum() }
    }

    fn requirements(&self, law: &CompositionLaw) -> Vec<Requirement> {
        let members: Vec<_> = self.members().into_keys().collect();
        let met =
            if count(members.len()) >= law.members { RequirementMet::Met } else { RequirementMet::Unknown };
        let why = self.voting().flat_map(|(_office, held)| held.why.iter().copied());
        let enough = Requirement {
            says: format!("at least {} members", law.members),
            met,
            people: members,
            why: why.collect::<BTreeSet<_>>().into_iter().collect(),
        };
        let seats = law.seats.iter().map(|seat| self.requirement(seat));
        [enough].into_iter().chain(seats).collect()
    }

    fn requirement(&self, seat: &Seat) -> Requirement {
        let held = || seat.offices.iter().filter_map(|office| self.offices.get(office));
        let people: BTreeSet<_> = held().flat_map(|held| held.people.iter().cloned()).collect();
        let is_short = |held: &Held| held.is_vacant || held.seats.is_some_and(|seats| seats < seat.people);
        let met = if count(people.len()) >= seat.people {
            RequirementMet::Met
        } else if held().all(is_short) {
            RequirementMet::NotMet
        } else {
            RequirementMet::Unknown
        };
        let why: BTreeSet<_> = held().flat_map(|held| held.why.iter().copied()).collect();
        Requirement {
            says: seat.says.to_owned(),
            met,
            people: people.into_iter().collect(),
            why: why.into_iter().collect(),
        }
    }
}

/// Whether holders of an office that is not defined otherwise sit on the governing body and vote.
fn sits_by_usage(office: Office) -> bool {
    !matches!(office, Office::ManagingDirector | Office::Director | Office::PartnershipLead)
}

/// Each office as it was defined last; one that was abolished has no seats.
fn defined_offices(record: &Record, id: &BodyId, view: View) -> BTreeMap<Office, OfficeDefined> {
    let said = record.saying::<OfficeDefined>(id.subject(), view);
    let defined = said.filter_map(|told| told.says::<OfficeDefined>().cloned());
    let mut defined: Vec<_> =
        defined.filter(|defined| defined.effective.is_by(view.as_at) != Certainty::No).collect();
    defined.sort_by_key(|defined| defined.effective.earliest());
    let is_abolished = |defined: &OfficeDefined| {
        defined.until.as_ref().is_some_and(|until| until.is_by(view.as_at) == Certainty::Yes)
    };
    let with_seats = |defined: OfficeDefined| match is_abolished(&defined) {
        true => OfficeDefined { seats: 0, ..defined },
        false => defined,
    };
    defined.into_iter().map(|defined| (defined.office, with_seats(defined))).collect()
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
