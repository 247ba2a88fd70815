//! A reorganisation is one event: bodies close and open, areas pass, officers start, all at once. It is
//! judged on the state after all its parts.

use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{
    AreaChange, AreaVaried, BodyDissolved, BodyEstablished, BodyKind, Code, DissolutionReason, Extent,
    LegalBasis, Life, SuccessionKind, SuccessionRecorded, body, enacted, judge_codes, judge_name, judge_new,
    units_of,
};
use crate::mergers::{Due, Merger, MergerEffected, MergerState, merger};
use crate::people::{Office, OfficerAppointed, Tenure, judge_person};
use crate::{BodyId, Date, Document, Malformed, MergerId, PDate, PersonId, Rule, Unit, Verdict};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

static APPROVED: Rule = Rule {
    id: "reorganisation.approved",
    says: "A merger takes effect once it is approved and every condition due before is discharged or waived.",
    source: "NHS Act 2006, sections 14C and 14G; domain 0, looser than section 2 says",
};
static AS_APPROVED: Rule = Rule {
    id: "reorganisation.as-applied-for",
    says: "What closes is what applied.",
    source: "NHS Act 2006, section 14G",
};
static AFTER_DECISION: Rule = Rule {
    id: "reorganisation.after-decision",
    says: "A merger takes effect no earlier than it was approved.",
    source: "domain 2.7",
};
static CLOSING_OPEN: Rule = Rule {
    id: "reorganisation.closing-open",
    says: "What closes is open the day before.",
    source: "domain 2.9, body",
};
static SUCCESSION_WHOLE: Rule = Rule {
    id: "reorganisation.succession-whole",
    says: "Every body that closes has a successor, and every unit of its area passes to exactly one.",
    source: "NHS Act 2006, section 14A(2): areas cover England and do not overlap",
};
static SUCCESSOR_OPENS: Rule = Rule {
    id: "reorganisation.successor-open",
    says: "A successor opens with the reorganisation or is open then, and every body that opens succeeds one.",
    source: "domain 2.10, invariant 3",
};
static OFFICER: Rule = Rule {
    id: "reorganisation.accountable-officer",
    says: "A CCG opens with an accountable officer.",
    source: "NHS Act 2006, sections 14B(3)(b) and 14D; Schedule 1A, paragraph 12",
};
static CONDITIONS_PASS: Rule = Rule {
    id: "reorganisation.conditions-pass-on",
    says: "Continuing conditions that are open pass to the successor.",
    source: "domain 0, looser than section 2 says",
};

/// What a reorganisation rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReorganisationBasis {
    /// An approved merger (section 14G).
    Merger,
    /// An order.
    Order,
    /// A statute.
    Statute,
    /// One body is divided.
    Split,
    /// One body takes in another.
    Absorption,
    /// Areas change alone.
    Boundary,
}

/// A body that opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningBody {
    /// Its id.
    pub body: BodyId,
    /// Its kind.
    pub kind: BodyKind,
    /// Its full legal name.
    pub name: String,
    /// A short form of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// Under which provision it is established.
    pub legal_basis: LegalBasis,
    /// Its codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// Its constitution.
    pub constitution: Document,
}

/// A body that follows another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// Who comes before.
    pub predecessor: BodyId,
    /// Who follows.
    pub successor: BodyId,
    /// How.
    pub kind: SuccessionKind,
    /// The units that pass; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<Unit>>,
}

/// A body that stays, with another area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariedBody {
    /// Its id.
    pub body: BodyId,
    /// What it gains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gains: Vec<AreaChange>,
    /// What it loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<AreaChange>,
}

/// An officer who starts with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartingOfficer {
    /// Of which body.
    pub body: BodyId,
    /// In which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// How.
    pub tenure: Tenure,
}

/// A reorganisation takes effect. Subject: `reorganisation/<slug>`. Two people sign it as an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReorganisationEffected {
    /// What it rests on.
    pub basis: ReorganisationBasis,
    /// The merger that it carries out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merger: Option<MergerId>,
    /// The first day of what opens; the day before is the last of what closes.
    pub effective: Date,
    /// What closes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closing: Vec<BodyId>,
    /// What opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opening: Vec<OpeningBody>,
    /// What stays, with another area.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub varied: Vec<VariedBody>,
    /// Who follows whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successions: Vec<Succession>,
    /// Who starts in which office.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<StartingOfficer>,
    /// Transfer schemes (section 14I): property, staff, liabilities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<String>,
    /// The conditions that pass to the successors, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions_passed_on: Vec<String>,
}

const NHS_ENGLAND_OR_MINISTER: &[Capacity] = &[Capacity::NhsEngland, Capacity::Minister];

impl Statement for ReorganisationEffected {
    fn act_date(&self) -> Option<PDate> {
        Some(PDate::day(self.effective))
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND_OR_MINISTER)]
    }

    fn needs_two_people(&self) -> bool {
        true
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if (self.basis == ReorganisationBasis::Merger) != self.merger.is_some() {
            let needed = "the merger for the basis merger, and for no other";
            return Err(Malformed::new("/data/facts/merger", format!("{:?}", self.merger), needed));
        }
        if self.closing.len() + self.opening.len() + self.varied.len() == 0 {
            return Err(Malformed::new("/data/facts", "no body", "bodies that close, open or vary"));
        }
        self.opening.iter().try_for_each(|opening| opening.constitution.check())
    }

    fn parts(&self, _subject: &Subject) -> Vec<(Subject, Arc<dyn Statement>)> {
        let mut parts: Vec<(Subject, Arc<dyn Statement>)> = Vec::new();
        for id in &self.closing {
            parts.push((id.subject().clone(), Arc::new(self.dissolution_of(id))));
        }
        for opening in &self.opening {
            parts.push((opening.body.subject().clone(), Arc::new(self.establishment_of(opening))));
        }
        for varied in &self.varied {
            parts.push((varied.body.subject().clone(), Arc::new(self.variation_of(varied))));
        }
        for succession in &self.successions {
            parts.push((succession.predecessor.subject().clone(), Arc::new(self.succession_of(succession))));
        }
        for officer in &self.officers {
            parts.push((officer.body.subject().clone(), Arc::new(self.appointment_of(officer))));
        }
        if let Some(merger) = &self.merger {
            let successors = self.opening.iter().map(|opening| opening.body.clone()).collect();
            let effected = MergerEffected { effective: PDate::day(self.effective), successors };
            parts.push((merger.subject().clone(), Arc::new(effected)));
        }
        parts
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for officer in &self.officers {
            judge_person(case, verdict, &officer.person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        self.judge_merger(case, verdict);
        self.judge_closing(case, verdict);
        self.judge_opening(case, verdict);
        self.judge_areas(case, verdict);
    }
}

impl ReorganisationEffected {
    fn effective(&self) -> PDate {
        PDate::day(self.effective)
    }

    fn dissolution_of(&self, id: &BodyId) -> BodyDissolved {
        let reason = match self.basis {
            ReorganisationBasis::Merger => DissolutionReason::Merger,
            ReorganisationBasis::Statute => DissolutionReason::Abolition,
            _ => DissolutionReason::Order,
        };
        let successors = self.successions.iter().filter(|succession| succession.predecessor == *id);
        let successors = successors.map(|succession| succession.successor.clone()).collect();
        BodyDissolved { effective: self.effective(), reason, successors }
    }

    fn establishment_of(&self, opening: &OpeningBody) -> BodyEstablished {
        let officer = self
            .officers
            .iter()
            .find(|officer| officer.body == opening.body && officer.office == Office::AccountableOfficer);
        BodyEstablished {
            kind: opening.kind,
            name: opening.name.clone(),
            short_name: opening.short_name.clone(),
            legal_basis: opening.legal_basis,
            effective: self.effective(),
            codes: opening.codes.clone(),
            units: Vec::new(),
            constitution: opening.constitution.clone(),
            accountable_officer: officer.map(|officer| officer.person.clone()),
        }
    }

    fn variation_of(&self, varied: &VariedBody) -> AreaVaried {
        AreaVaried {
            effective: self.effective(),
            extent: Extent::Stated,
            gains: varied.gains.clone(),
            losses: varied.losses.clone(),
            basis: "part of a reorganisation".to_owned(),
        }
    }

    fn succession_of(&self, succession: &Succession) -> SuccessionRecorded {
        SuccessionRecorded {
            successor: succession.successor.clone(),
            kind: succession.kind,
            effective: self.effective(),
            units: succession.units.clone(),
        }
    }

    fn appointment_of(&self, officer: &StartingOfficer) -> OfficerAppointed {
        OfficerAppointed {
            office: officer.office,
            person: officer.person.clone(),
            tenure: officer.tenure,
            effective: self.effective(),
            until: None,
        }
    }

    fn judge_merger(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = &self.merger else { return };
        // A reorganisation may be signed before its day: what counts is what was decided by either.
        let day = Date::of(case.place.recorded).max(self.effective.day_before());
        let known = merger(case.record, id, enacted(case.record, day));
        let state = known.as_ref().map(|merger| merger.state);
        verdict.hard(state == Some(MergerState::Approved), &APPROVED, &case.act.subject, || {
            let found = state.map_or_else(
                || format!("{id}, which no act proposes"),
                |state| format!("{id} is {}", state.as_str()),
            );
            let waits =
                known.as_ref().map(|merger| merger.waits_for.join("; ")).filter(|waits| !waits.is_empty());
            (found, waits.map_or_else(|| "an approved merger".to_owned(), |waits| format!("first: {waits}")))
        });
        let Some(merger) = known else { return };
        self.judge_as_approved(case, verdict, &merger);
    }

    fn judge_as_approved(&self, case: &Case<'_>, verdict: &mut Verdict, merger: &Merger) {
        let applied = merger.applications.last().map(|(_position, application)| &application.applicants);
        let applicants: BTreeSet<_> = applied.into_iter().flatten().collect();
        let closing: BTreeSet<_> = self.closing.iter().collect();
        let list =
            |ids: &BTreeSet<&BodyId>| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        verdict.hard(applicants == closing, &AS_APPROVED, &case.act.subject, || {
            (list(&closing), list(&applicants))
        });
        if let Some((_position, decision)) = merger.regulator.last() {
            let after = decision.decided_on.is_by(self.effective);
            verdict.hard_unless_unknown(after, &AFTER_DECISION, &case.act.subject, || {
                (format!("effective {}", self.effective), format!("{} or later", decision.decided_on))
            });
        }
        let open = merger
            .conditions
            .iter()
            .filter(|state| state.condition.due == Due::Continuing && state.resolution.is_none());
        for state in open {
            let passed = self.conditions_passed_on.contains(&state.condition.id);
            verdict.soft(passed, &CONDITIONS_PASS, &case.act.subject, || {
                (
                    format!("condition {} is not passed on", state.condition.id),
                    "its id under conditions_passed_on".to_owned(),
                )
            });
        }
    }

    fn judge_closing(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let eve = enacted(case.record, self.effective.day_before());
        for id in &self.closing {
            let life = body(case.record, id, eve).map(|body| body.life(eve));
            verdict.hard(life == Some(Life::Open), &CLOSING_OPEN, &case.act.subject, || {
                let state = life.map_or("not known", Life::as_str);
                (format!("{id} is {state} on {}", eve.as_at), "a body that is open then".to_owned())
            });
        }
    }

    fn judge_opening(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for opening in &self.opening {
            judge_new(case, verdict, opening.body.subject());
            judge_name(case, verdict, opening.kind, &opening.name);
            judge_codes(case, verdict, opening.body.subject(), &opening.codes);
            let succeeds = self.successions.iter().any(|succession| succession.successor == opening.body);
            verdict.hard(succeeds, &SUCCESSOR_OPENS, &case.act.subject, || {
                (
                    format!("{} succeeds nobody", opening.body),
                    "a succession for each body that opens".to_owned(),
                )
            });
            let officer = self
                .officers
                .iter()
                .any(|officer| officer.body == opening.body && officer.office == Office::AccountableOfficer);
            verdict.soft(officer || opening.kind != BodyKind::Ccg, &OFFICER, &case.act.subject, || {
                (
                    format!("{} opens without one", opening.body),
                    "an accountable officer under officers".to_owned(),
                )
            });
        }
        let day = enacted(case.record, self.effective);
        for succession in &self.successions {
            let opens = self.opening.iter().any(|opening| opening.body == succession.successor);
            let is_open = || {
                body(case.record, &succession.successor, day).is_some_and(|body| body.life(day) == Life::Open)
            };
            verdict.hard(opens || is_open(), &SUCCESSOR_OPENS, &case.act.subject, || {
                (
                    format!("{} is not open on {}", succession.successor, self.effective),
                    "a body that opens or is open then".to_owned(),
                )
            });
        }
    }

    fn judge_areas(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let eve = enacted(case.record, self.effective.day_before());
        for id in &self.closing {
            let heirs: Vec<_> =
                self.successions.iter().filter(|succession| succession.predecessor == *id).collect();
            let held: BTreeSet<_> = units_of(case.record, id, eve).into_iter().collect();
            let whole = match heirs.as_slice() {
                [] => false,
                [heir] => heir.units.as_ref().is_none_or(|units| passes_whole(&held, units.iter())),
                heirs => {
                    heirs.iter().all(|heir| heir.units.is_some())
                        && passes_whole(&held, heirs.iter().filter_map(|heir| heir.units.as_ref()).flatten())
                }
            };
            verdict.hard(whole, &SUCCESSION_WHOLE, &case.act.subject, || {
                let units: Vec<_> = held.iter().map(Unit::as_str).collect();
                let found = format!("{id} has {} successors", heirs.len());
                (found, format!("each of its units with exactly one: {}", units.join(", ")))
            });
        }
    }
}

/// Whether `passing` names each unit held once: as a whole, or by all the parts that are named of it.
fn passes_whole<'a>(held: &BTreeSet<Unit>, passing: impl Iterator<Item = &'a Unit>) -> bool {
    let passing: Vec<_> = passing.collect();
    let distinct: BTreeSet<_> = passing.iter().collect();
    let overlaps = passing.iter().any(|unit| unit.whole().is_some_and(|whole| distinct.contains(&&whole)));
    let all_held = passing.iter().all(|unit| held.iter().any(|held| unit.is_within(held)));
    let all_pass = held.iter().all(|held| passing.iter().any(|unit| unit.is_within(held)));
    distinct.len() == passing.len() && !overlaps && all_held && all_pass
}
