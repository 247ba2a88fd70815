//! The rules that admit committees.

use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{BodyKind, body, enacted, judge_open};
use crate::committees::{
    Committee, CommitteeChange, CommitteeDissolved, CommitteeEstablished, CommitteeKind,
    CommitteeMembershipChanged, CommitteeState, JointLaw, committee,
};
use crate::decisions::{DecisionRecorded, Outcome};
use crate::people::judge_person;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, CommitteeId, Malformed, PDate, Record, Verdict, Violation};
use minutebook_log::{EventId, Subject};
use std::collections::BTreeSet;

rules! {
    BOARD_CHAIR_APPROVES: HardIfCertain =
        "committee.board-chair-approves",
        "Who sits on a committee that commissions for an ICB is approved by the chair of the ICB.",
        "NHS Act 2006, Schedule 1B, paragraph 11(4) and (5)";
    PARENTS: Hard =
        "committee.parents",
        "A joint committee, and committees in common, are of two bodies or more; any other committee is of one.",
        provisions!(functions);
    DECIDED: Hard =
        "committee.each-parent-decided",
        "Each body whose committee it is has decided to set it up, to join it or to leave it.",
        provisions!(functions);
    JOINT_LAW: HardIfCertain =
        "committee.joint-law",
        "A joint committee binds bodies only where the law of the day lets these bodies form one.",
        "NHS Act 2006, sections 14Z3(2A) and 14Z9 (SI 2014/2436, from 1 October 2014), 65Z5 and 65Z6 (from 1 July 2022)";
    IN_COMMON: Hard =
        "committee.in-common-binds-each-alone",
        "Committees in common and advisory committees never bind jointly: each body's committee decides for it alone.",
        provisions!(functions);
    STEP: Hard =
        "committee.step",
        "A committee is set up once, changes while it is live, and is dissolved once.",
        "principle: step by step";
    BELONGS: Hard =
        "committee.belongs",
        "A body joins a committee that is not its own yet; only a body whose committee it is leaves it, sends somebody or varies its terms.",
        provisions!(functions);
}

const SECRETARIES: &[Capacity] = &[Capacity::Secretary, Capacity::NhsEngland];

fn each_secretary(bodies: &[BodyId]) -> Vec<Need> {
    bodies.iter().map(|body| Need::of(SECRETARIES, vec![body.clone()])).collect()
}

/// Whether the event `id` is a decision of `body`, approved, taken by `date`.
pub(super) fn is_decided(record: &Record, id: EventId, body: &BodyId, date: &PDate) -> bool {
    let act = record.find(id).and_then(|position| record.act_as_known(position, record.len()));
    act.is_some_and(|act| {
        let approved = |decision: &DecisionRecorded| {
            matches!(decision.outcome, Outcome::Approved | Outcome::ApprovedWithConditions)
                && date.is_before(&decision.decided_on) != Certainty::Yes
        };
        act.subject == *body.subject()
            && act.standing.is_enacted()
            && act.statement.downcast::<DecisionRecorded>().is_some_and(approved)
    })
}

fn judge_decided(
    case: &Case<'_>,
    verdict: &mut Verdict,
    bodies: &[BodyId],
    decisions: &[EventId],
    date: &PDate,
) {
    for body in bodies {
        let decided = decisions.iter().any(|id| is_decided(case.record, *id, body, date));
        verdict.hard(decided, &DECIDED, &case.act.subject, || {
            let needed =
                format!("the event id of an approved DecisionRecorded of {body}, of {date} or before");
            (format!("no decision of {body}"), needed)
        });
    }
}

/// Asks that the law of the day lets these bodies bind themselves together.
fn judge_joint_law(case: &Case<'_>, verdict: &mut Verdict, parents: &[BodyId], date: &PDate) {
    let view = enacted(case.record, case.last_day_of(date));
    let known = parents.iter().filter_map(|id| body(case.record, id, view)?.kind());
    let kinds: Vec<_> = known.collect();
    verdict.hard_if_certain(JointLaw::allows(&kinds, date), &JOINT_LAW, &case.act.subject, || {
        let words: BTreeSet<_> = kinds.iter().map(|kind| kind.as_str()).collect();
        let words = words.into_iter().collect::<Vec<_>>().join(", ");
        let needed = match JointLaw::on(case.last_day_of(date)) {
            Some(law) => {
                format!("bodies that may bind themselves together ({}), or binding false", law.source)
            }
            None => "1 October 2014 or later; before it, committees in common, or binding false".to_owned(),
        };
        (
            format!("a joint committee of {} bodies ({words}) that binds them from {date}", parents.len()),
            needed,
        )
    });
}

fn distinct(bodies: &[BodyId], at: &str) -> Result<(), Malformed> {
    let distinct: BTreeSet<_> = bodies.iter().collect();
    if bodies.is_empty() || distinct.len() != bodies.len() {
        return Err(Malformed::new(at, "no body, or one twice", "each body whose committee it is, once"));
    }
    Ok(())
}

fn subjects(bodies: &[BodyId]) -> Vec<Subject> {
    bodies.iter().map(|body| body.subject().clone()).collect()
}

/// What can be said of a committee.
fn possible(state: CommitteeState) -> &'static str {
    match state {
        CommitteeState::NotYet => "the same from its first day on",
        CommitteeState::Live => "CommitteeMembershipChanged, CommitteeDissolved",
        _ => "nothing more: set up another one",
    }
}

/// The committee that an act is about, which has to be live on the day of the act.
fn judge_live(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) -> Option<Committee> {
    let id = CommitteeId::of(&case.act.subject);
    let view = enacted(case.record, case.last_day_of(date));
    let known = id.and_then(|id| committee(case.record, &id, view));
    let state = known.as_ref().map(|known| known.state);
    verdict.hard(state == Some(CommitteeState::Live), &STEP, &case.act.subject, || {
        let found = state.map_or("no act sets it up", CommitteeState::as_str);
        let possible = state.map_or("CommitteeEstablished", possible);
        (format!("{found} on {date}"), format!("a committee that is live; possible now: {possible}"))
    });
    known.filter(|known| known.state == CommitteeState::Live)
}

impl Statement for CommitteeEstablished {
    fn act_date(&self) -> Option<PDate> {
        Some(self.established_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        each_secretary(&self.parents)
    }

    fn about(&self) -> Vec<Subject> {
        subjects(&self.parents)
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if let Some(terms) = &self.terms {
            terms.check("/data/facts/terms")?;
        }
        distinct(&self.parents, "/data/facts/parents")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for parent in &self.parents {
            judge_open(case, verdict, parent, &self.established_on);
        }
        let fits = (self.parents.len() >= 2) == self.kind.is_of_several();
        verdict.hard(fits, &PARENTS, &case.act.subject, || {
            let needed = match self.kind.is_of_several() {
                true => "two or more bodies under parents; one alone has the kind committee",
                false => "one body under parents; several have the kind joint or in_common",
            };
            (format!("{} bodies for the kind {}", self.parents.len(), self.kind.as_str()), needed.to_owned())
        });
        let id = CommitteeId::of(&case.act.subject);
        let view = enacted(case.record, case.last_day_of(&self.established_on));
        let earlier = id.and_then(|id| committee(case.record, &id, view));
        verdict.hard(earlier.is_none(), &STEP, &case.act.subject, || {
            let state = earlier.map_or(CommitteeState::Live, |earlier| earlier.state);
            let needed = format!("another id; possible now: {}", possible(state));
            ("it was set up before".to_owned(), needed)
        });
        judge_decided(case, verdict, &self.parents, &self.decisions, &self.established_on);
        self.judge_binding(case, verdict);
    }
}

impl CommitteeEstablished {
    fn judge_binding(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let binds = self.binding == Some(true);
        let may = !matches!(self.kind, CommitteeKind::InCommon | CommitteeKind::Advisory);
        verdict.hard(!binds || may, &IN_COMMON, &case.act.subject, || {
            let needed = "binding false: what each body decides is a DecisionRecorded of its own";
            (format!("{} that binds", self.kind.as_str()), needed.to_owned())
        });
        if binds && self.kind == CommitteeKind::Joint {
            judge_joint_law(case, verdict, &self.parents, &self.established_on);
        }
    }
}

impl Statement for CommitteeMembershipChanged {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        each_secretary(std::slice::from_ref(&self.body))
    }

    fn about(&self) -> Vec<Subject> {
        let person = match &self.change {
            CommitteeChange::MemberAppointed { person, .. } | CommitteeChange::MemberRemoved { person } => {
                Some(person.subject().clone())
            }
            _ => None,
        };
        [self.body.subject().clone()].into_iter().chain(person).collect()
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        match &self.change {
            CommitteeChange::TermsVaried { functions, quorum: None, terms: None } if functions.is_empty() => {
                Err(Malformed::new("/data/facts/change", "nothing varied", "functions, quorum or terms"))
            }
            CommitteeChange::TermsVaried { terms: Some(terms), .. } => {
                terms.check("/data/facts/change/terms")
            }
            _ => Ok(()),
        }
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let CommitteeChange::MemberAppointed { person, .. } = &self.change {
            judge_person(case, verdict, person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_open(case, verdict, &self.body, &self.effective);
        self.judge_board(case, verdict);
        let moves = matches!(self.change, CommitteeChange::BodyJoined | CommitteeChange::BodyLeft);
        if moves {
            let decisions: Vec<_> = self.decision.into_iter().collect();
            judge_decided(case, verdict, std::slice::from_ref(&self.body), &decisions, &self.effective);
        }
        let Some(known) = judge_live(case, verdict, &self.effective) else { return };
        let is_parent = known.parents.contains(&self.body);
        let joins = self.change == CommitteeChange::BodyJoined;
        verdict.hard(is_parent != joins, &BELONGS, &case.act.subject, || {
            let whose = if is_parent { "is" } else { "is not" };
            let needed = match joins {
                true => "a body whose committee it is not yet; what its own bodies can say: body_left, member_appointed, \
                         terms_varied",
                false => "a body whose committee it is; another one joins it first (body_joined)",
            };
            let needed = format!("{needed} (CommitteeMembershipChanged)");
            (
                format!("{} of {}, whose committee it {whose}", self.change.as_str().replace('_', " "), self.body),
                needed,
            )
        });
        if joins && known.is_binding() && known.established.kind == CommitteeKind::Joint {
            let parents: Vec<_> = known.parents.iter().chain([&self.body]).cloned().collect();
            judge_joint_law(case, verdict, &parents, &self.effective);
        }
    }
}

impl CommitteeMembershipChanged {
    /// Asks that the chair of a board approves who sits on a committee that commissions for it. Where nobody says what the
    /// committee does it is found.
    fn judge_board(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let is_board = body(case.record, &self.body, view).is_some_and(|it| it.kind() == Some(BodyKind::Icb));
        let appoints = matches!(self.change, CommitteeChange::MemberAppointed { .. });
        let known = CommitteeId::of(&case.act.subject).and_then(|id| committee(case.record, &id, view));
        let Some(known) = known.filter(|_known| is_board && appoints) else { return };
        let commissions =
            known.functions.iter().any(|function| function.to_lowercase().contains("commission"));
        let mut signatories = case.act.signatories.iter();
        let approved =
            signatories.any(|it| it.capacity == Capacity::Chair && it.body.as_ref() == Some(&self.body));
        let explain = || {
            let found = format!("a member for {} whom its chair does not approve", self.body);
            (found, format!("a signature as chair of {}", self.body))
        };
        if commissions {
            verdict.hard(approved, &BOARD_CHAIR_APPROVES, &case.act.subject, explain);
        } else if known.functions.is_empty() {
            verdict.soft(approved, &BOARD_CHAIR_APPROVES, &case.act.subject, explain);
        }
    }
}

impl Statement for CommitteeDissolved {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        each_secretary(&self.parents)
    }

    fn about(&self) -> Vec<Subject> {
        subjects(&self.parents)
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        distinct(&self.parents, "/data/facts/parents")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_decided(case, verdict, &self.parents, &self.decisions, &self.effective);
        let Some(known) = judge_live(case, verdict, &self.effective) else { return };
        let (theirs, named): (BTreeSet<_>, BTreeSet<_>) =
            (known.parents.iter().collect(), self.parents.iter().collect());
        verdict.hard(theirs == named, &BELONGS, &case.act.subject, || {
            let list = |bodies: BTreeSet<&BodyId>| {
                bodies.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            };
            (format!("parents {}", list(named)), format!("all whose committee it is: {}", list(theirs)))
        });
    }

    /// What has lapsed has ended.
    fn agrees(&self, case: &Case<'_>, broken: &Violation) -> bool {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let known = || CommitteeId::of(&case.act.subject).and_then(|id| committee(case.record, &id, view));
        broken.rule.id == STEP.id && known().is_some_and(|known| known.state == CommitteeState::Lapsed)
    }
}
