//! The rules that admit a reorganisation. They judge the state after all its parts.

use super::ending;
use super::events::{ReorganisationBasis, ReorganisationEffected, Succession};
use crate::act::{Case, NHS_ENGLAND, Need, REGULATOR, Statement};
use crate::bodies::{
    BodyKind, body, check_others, enacted, is_there, judge_codes, judge_end_of_law, judge_ends,
    judge_law_of_day, judge_name, judge_new, judge_not_ended, judge_open, judge_passes_once, judge_passing,
    judge_there, units_of,
};
use crate::mergers::{ConditionDue, Merger, MergerEffected, merger};
use crate::people::{Office, judge_person};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Malformed, MergerId, PDate, Record, Unit, Verdict};
use minutebook_log::{Position, Subject};
use std::{collections::BTreeSet, sync::Arc};

rules! {
    APPROVED: Hard =
        "reorganisation.approved",
        "A merger takes effect once it is approved and every condition due before is discharged or waived.",
        "NHS Act 2006, sections 14C, 14D(1) and 14G(4); NHS England's procedures for mergers of CCGs, for conditions; principle: hard and soft";
    AS_APPROVED: Hard =
        "reorganisation.as-applied-for",
        "What closes is what applied.",
        "NHS Act 2006, section 14G";
    AFTER_DECISION: HardIfCertain =
        "reorganisation.after-decision",
        "A merger takes effect no earlier than it was approved.",
        "NHS England's procedures for mergers of CCGs";
    CLOSING_OPEN: HardIfCertain =
        "reorganisation.closing-open",
        "What closes is open the day before.",
        "principle: step by step";
    SUCCESSION_WHOLE: Hard =
        "reorganisation.succession-whole",
        "Every body that closes has a successor, and every unit of its area passes to exactly one.",
        concat!(provisions!(areas), ": areas cover England and do not overlap");
    SUCCESSOR_OPENS: HardIfCertain =
        "reorganisation.successor-open",
        "A successor opens with the reorganisation or is open then, and every body that opens succeeds one.",
        provisions!(areas);
    OFFICER: Soft =
        "reorganisation.accountable-officer",
        "A CCG opens with an accountable officer.",
        "NHS Act 2006, sections 14C(2)(d) and 14G(2)(b), section 14B(3)(b) for the first CCGs; Schedule 1A, paragraph 12";
    ONE_START: Hard =
        "reorganisation.one-officer",
        "A reorganisation starts one person in each office of a body.",
        concat!(provisions!(leaders), "; principle: step by step");
    CONDITIONS_PASS: Soft =
        "reorganisation.conditions-pass-on",
        "Continuing conditions that are open pass to the successor.",
        "principle: hard and soft";
}

impl Statement for ReorganisationEffected {
    fn act_date(&self) -> Option<PDate> {
        Some(PDate::day(self.effective))
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        // Boards come by an order of NHS England; a minister may sign what a statute does.
        let opens_board = self.opening.iter().any(|opening| opening.kind == BodyKind::Icb);
        vec![Need::any(if opens_board { NHS_ENGLAND } else { REGULATOR })]
    }

    fn needs_two_people(&self, _record: &Record) -> bool {
        true
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if (self.basis == ReorganisationBasis::Merger) != self.merger.is_some() {
            let needed = "the merger for the basis merger, and for no other";
            return Err(Malformed::new(
                "/data/facts/merger",
                if self.merger.is_some() { "one" } else { "none" },
                needed,
            ));
        }
        if self.closing.len() + self.opening.len() + self.varied.len() == 0 {
            return Err(Malformed::new("/data/facts", "no body", "bodies that close, open or vary"));
        }
        self.check_bodies()?;
        for varied in &self.varied {
            let changes = varied.gains.iter().chain(&varied.losses).map(|change| &change.body);
            check_others("/data/facts/varied", varied.body.subject(), changes)?;
        }
        for it in &self.successions {
            check_others("/data/facts/successions", it.predecessor.subject(), [&it.successor])?;
        }
        ending::check_transfers(&self.transfers)?;
        let mut constitutions = self.opening.iter().map(|opening| &opening.constitution).enumerate();
        constitutions.try_for_each(|(index, document)| {
            document.check(&format!("/data/facts/opening/{index}/constitution"))
        })
    }

    fn parts(&self, _subject: &Subject) -> Vec<(Subject, Arc<dyn Statement>)> {
        self.statements()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for officer in &self.officers {
            judge_person(case, verdict, &officer.person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        self.judge_merger(case, verdict);
        self.judge_closing(case, verdict);
        ending::judge_transfers(case, verdict, &self.closing, &self.opening, &self.transfers);
        self.judge_opening(case, verdict);
        self.judge_successions(case, verdict);
        self.judge_areas(case, verdict);
        self.judge_varied(case, verdict);
        self.judge_officers(case, verdict);
        self.judge_consulted(case, verdict);
    }
}

impl ReorganisationEffected {
    /// Each body closes, opens or varies once, and does one of these.
    fn check_bodies(&self) -> Result<(), Malformed> {
        let opening = self.opening.iter().map(|opening| &opening.body);
        let varied = self.varied.iter().map(|varied| &varied.body);
        let mut seen = BTreeSet::new();
        match self.closing.iter().chain(opening).chain(varied).find(|id| !seen.insert(*id)) {
            Some(twice) => Err(Malformed::new(
                "/data/facts",
                format!("{twice} twice"),
                "each body once: under closing, opening or varied",
            )),
            None => Ok(()),
        }
    }

    fn opens(&self, id: &BodyId) -> bool {
        self.opening.iter().any(|opening| opening.body == *id)
    }

    fn judge_merger(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = &self.merger else { return };
        // A reorganisation may be signed before its day: what counts is what was decided by either.
        let day = Date::of(case.place.recorded).max(self.effective.day_before());
        let known = merger(case.record, id, enacted(case.record, day));
        // A register may have told of it before; an act effects it once.
        let done = effected_by_act(case, id);
        let granted = known.as_ref().is_some_and(|it| it.is_granted() && it.abandoned.is_none());
        verdict.hard(granted && done.is_none(), &APPROVED, &case.act.subject, || {
            let state = known.as_ref().map(|merger| merger.state);
            let found = match (done, state) {
                (Some(done), _) => format!("{id}, which entry {done} effected"),
                (None, Some(state)) => format!("{id} is {}", state.as_str()),
                (None, None) => format!("{id}, which no act proposes"),
            };
            if done.is_some() {
                return (found, "another merger, or a correction of that entry (RecordCorrected)".to_owned());
            }
            let waits = known.iter().flat_map(|merger| &merger.waits_for).cloned().collect::<Vec<_>>();
            let first =
                if waits.is_empty() { String::new() } else { format!("; first: {}", waits.join("; ")) };
            let possible = known.as_ref().map_or_else(|| "MergerProposed".to_owned(), Merger::possible);
            (found, format!("a merger that is approved, and not effected{first}; possible now: {possible}"))
        });
        let Some(merger) = known else { return };
        self.judge_as_approved(case, verdict, &merger);
    }

    fn judge_as_approved(&self, case: &Case<'_>, verdict: &mut Verdict, merger: &Merger) {
        let applied = merger.applications.last().map(|(_position, application)| &application.applicants);
        let applicants: BTreeSet<_> = applied.into_iter().flatten().collect();
        let closing: BTreeSet<_> = self.closing.iter().collect();
        let list = |ids: &BTreeSet<&BodyId>, none: &str| match ids.is_empty() {
            true => none.to_owned(),
            false => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        verdict.hard(applicants == closing, &AS_APPROVED, &case.act.subject, || {
            let none = "nobody has (ApplicationSubmitted)";
            (
                format!("closing {}", list(&closing, "none")),
                format!("closing those that applied: {}", list(&applicants, none)),
            )
        });
        if let Some((_position, decision)) = merger.regulator.last() {
            let after = decision.decided_on.is_by(self.effective);
            verdict.hard_if_certain(after, &AFTER_DECISION, &case.act.subject, || {
                (format!("effective {}", self.effective), format!("{} or later", decision.decided_on))
            });
        }
        let open = merger
            .conditions
            .iter()
            .filter(|state| state.condition.due == ConditionDue::Continuing && state.resolution.is_none());
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

    fn heirs<'a>(&'a self, id: &'a BodyId) -> impl Iterator<Item = &'a Succession> {
        self.successions.iter().filter(move |succession| succession.predecessor == *id)
    }

    fn judge_closing(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let eve = PDate::day(self.effective.day_before());
        for id in &self.closing {
            let body = body(case.record, id, enacted(case.record, self.effective));
            let open = body.map_or(Certainty::No, |body| is_there(case.record, &body, &eve));
            verdict.hard_if_certain(open, &CLOSING_OPEN, &case.act.subject, || {
                (format!("{id} is not known, or not open on {eve}"), "a body that is open then".to_owned())
            });
            judge_ends(case, verdict, id, &self.effective());
            if let Some(kind) = ending::kind_on(case, id, &eve) {
                use ReorganisationBasis::{Absorption, Order, Split, Statute};
                let by_order = matches!(self.basis, Order | Split | Absorption);
                let ends = (kind, self.basis == Statute, by_order);
                judge_end_of_law(verdict, id.subject(), ends, &self.effective());
            }
            ending::judge_left(case, verdict, id, &self.effective(), self.heirs(id).count());
        }
    }

    fn judge_opening(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for opening in &self.opening {
            let subject = opening.body.subject();
            judge_new(case, verdict, subject);
            judge_name(case, verdict, opening.kind, &opening.name);
            let kind = (opening.kind, Some(opening.legal_basis));
            judge_law_of_day(case, verdict, subject, kind, &self.effective());
            judge_codes(case, verdict, subject, &opening.codes, &self.effective(), &self.closing);
            let succeeds = self.successions.iter().any(|succession| succession.successor == opening.body);
            verdict.hard(succeeds, &SUCCESSOR_OPENS, &case.act.subject, || {
                let needed = "a succession for each body that opens";
                (format!("{} succeeds nobody", opening.body), needed.to_owned())
            });
            let led = self
                .officers
                .iter()
                .any(|officer| officer.body == opening.body && officer.office == Office::AccountableOfficer);
            verdict.soft(led || opening.kind != BodyKind::Ccg, &OFFICER, &case.act.subject, || {
                let needed = "an accountable officer under officers";
                (format!("{} opens without one", opening.body), needed.to_owned())
            });
        }
    }

    fn judge_successions(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for succession in &self.successions {
            let Succession { predecessor, successor, units, .. } = succession;
            let open = if self.opens(successor) { Certainty::Yes } else { self.stays(case, successor) };
            for stays in [predecessor, successor].into_iter().filter(|id| !self.closing.contains(id)) {
                judge_not_ended(case, verdict, stays);
            }
            verdict.hard_if_certain(open, &SUCCESSOR_OPENS, &case.act.subject, || {
                let found = format!("{successor} is not open on {}", self.effective);
                (found, "a body that opens or is open then".to_owned())
            });
            let before = body(case.record, predecessor, enacted(case.record, self.effective));
            if let Some(before) = &before {
                judge_passes_once(case, verdict, before, (successor, units.as_ref()));
            }
            // What stays open keeps its area but for what is named.
            let gives_way = self.closing.contains(predecessor) || units.is_some();
            verdict.hard(gives_way, &SUCCESSION_WHOLE, &case.act.subject, || {
                let found = format!("{predecessor} passes everything on and does not close");
                (found, "it under closing, or the units that pass".to_owned())
            });
        }
    }

    /// Whether a body is open before, and after.
    fn stays(&self, case: &Case<'_>, id: &BodyId) -> Certainty {
        let known = body(case.record, id, enacted(case.record, self.effective));
        let open = known.map_or(Certainty::No, |body| is_there(case.record, &body, &self.effective()));
        open.and(Certainty::from(!self.closing.contains(id)))
    }

    fn judge_areas(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let eve = enacted(case.record, self.effective.day_before());
        for id in &self.closing {
            let heirs: Vec<_> = self.heirs(id).collect();
            let held: BTreeSet<_> = units_of(case.record, id, eve).into_iter().collect();
            let gains = self.varied.iter().flat_map(|varied| &varied.gains).filter(|gain| gain.body == *id);
            let named = heirs.iter().filter_map(|heir| heir.units.as_ref()).flatten();
            let named: Vec<_> = named.chain(gains.map(|gain| &gain.unit)).collect();
            // At most one takes what is not named.
            let whole = match heirs.iter().filter(|heir| heir.units.is_none()).count() {
                0 => !heirs.is_empty() && pass_once(&held, &named) && pass_all(&held, &named),
                1 => pass_once(&held, &named),
                _ => false,
            };
            verdict.hard(whole, &SUCCESSION_WHOLE, &case.act.subject, || {
                let units: Vec<_> = held.iter().map(Unit::as_str).collect();
                let found = format!("{id} has {} successors", heirs.len());
                (found, format!("each of its units with exactly one: {}", units.join(", ")))
            });
        }
    }

    fn judge_varied(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let effective = self.effective();
        for varied in &self.varied {
            judge_passing(case, verdict, &varied.body, (&varied.gains, &varied.losses), &effective);
            let takers = varied.losses.iter().map(|loss| &loss.body).filter(|id| !self.opens(id));
            for taker in takers.chain([&varied.body]) {
                judge_there(case, verdict, taker, &effective);
            }
            let givers = varied.gains.iter().map(|gain| &gain.body).filter(|id| !self.closing.contains(id));
            let takers = varied.losses.iter().map(|loss| &loss.body);
            let parties: BTreeSet<_> = givers.chain(takers).chain([&varied.body]).collect();
            parties.into_iter().for_each(|id| judge_not_ended(case, verdict, id));
        }
    }

    fn judge_officers(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let mut seats = BTreeSet::new();
        for officer in &self.officers {
            if !self.opens(&officer.body) {
                judge_open(case, verdict, &officer.body, &self.effective());
            }
            let appointment = self.appointment_of(officer);
            appointment.judge_one_holder(case, verdict, &officer.body);
            appointment.judge_kept_apart(case, verdict, &officer.body);
            let seat = (&officer.body, officer.office);
            let free = officer.office.has_several_seats() || seats.insert(seat);
            verdict.hard(free, &ONE_START, &case.act.subject, || {
                let found = format!("two people as {} of {}", officer.office.as_str(), officer.body);
                (found, "one person for each office".to_owned())
            });
        }
    }
}

/// Where an act effected a merger, on whatever day.
fn effected_by_act(case: &Case<'_>, id: &MergerId) -> Option<Position> {
    let about = case.record.about(id.subject(), enacted(case.record, Date::of(case.place.recorded)));
    let mut acts = about.filter(|told| !told.standing.is_report() && told.says::<MergerEffected>().is_some());
    acts.next().map(|told| told.position)
}

/// Whether each unit named is held, and named once: as a whole, or in parts.
fn pass_once(held: &BTreeSet<Unit>, named: &[&Unit]) -> bool {
    let distinct: BTreeSet<_> = named.iter().collect();
    let overlap = named.iter().any(|unit| unit.whole().is_some_and(|whole| distinct.contains(&&whole)));
    let all_held = named.iter().all(|unit| held.iter().any(|held| unit.is_within(held)));
    distinct.len() == named.len() && !overlap && all_held
}

/// Whether everything that is held is named: as a whole, or by the parts of it.
fn pass_all(held: &BTreeSet<Unit>, named: &[&Unit]) -> bool {
    held.iter().all(|held| named.iter().any(|unit| unit.is_within(held) || held.is_within(unit)))
}
