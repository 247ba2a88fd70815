//! The rules that admit memberships, and what is found of those that were only reported.

use super::events::{MembershipChanged, PracticeMove};
use super::state::{Member, commissioners_of, memberships};
use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{enacted, judge_known, judge_open};
use crate::rules::rules;
use crate::{BodyId, Certainty, Finding, PDate, Record, Verdict, View};
use minutebook_log::{Position, Subject};
use std::collections::{BTreeMap, BTreeSet};

rules! {
    ONE_COMMISSIONER: HardIfCertain =
        "membership.one-commissioner",
        "A practice is a member of one commissioner at a time.",
        "NHS Act 2006, section 14A(1), for CCGs; principle: step by step";
    MEMBER: HardIfCertain =
        "membership.member",
        "A practice departs from the body that it is a member of.",
        "principle: step by step";
    ADMITTED_ONCE: Soft =
        "membership.admission",
        "Sources agree on the day on which a practice became a member.",
        "principle: one fact, several statements";
}

impl Statement for MembershipChanged {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(&[Capacity::Secretary], BodyId::of(subject).into_iter().collect())]
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.practice.subject().clone()]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        judge_open(case, verdict, &id, &self.effective);
        judge_known(case, verdict, &self.practice);
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let of = commissioners_of(case.record, &self.practice, view);
        let found = || format!("{} is {}", self.practice, in_words(&of));
        match self.change {
            PracticeMove::Admitted => {
                let any = of.iter().map(|member| member.holds).reduce(Certainty::or);
                let free = any.unwrap_or(Certainty::No).negated();
                verdict.hard_if_certain(free, &ONE_COMMISSIONER, &case.act.subject, || {
                    (found(), "that it departs there first (MembershipChanged)".to_owned())
                })
            }
            PracticeMove::Departed => {
                let here = of.iter().find(|member| member.body == id).map(|member| member.holds);
                verdict.hard_if_certain(here.unwrap_or(Certainty::No), &MEMBER, &case.act.subject, || {
                    (found(), "MembershipChanged of the body that it is a member of".to_owned())
                })
            }
        }
    }
}

fn in_words(of: &[Member]) -> String {
    let bodies: Vec<_> = of.iter().map(|member| member.body.to_string()).collect();
    if bodies.is_empty() {
        "a member of none".to_owned()
    } else {
        format!("a member of {}", bodies.join(" and "))
    }
}

/// What is found of a practice's memberships on whatever day: in two bodies at once, departures from where it is no
/// member, admissions that contradict each other.
pub fn membership_findings(record: &Record, practice: &BodyId, view: View) -> Vec<Finding> {
    let known = memberships(record, practice, view);
    let mut findings = together(record, practice, view);
    findings.extend(known.astray.iter().map(|(body, on, source)| Finding {
        rule: &MEMBER,
        subject: practice.subject().clone(),
        found: format!("it departs from {body} on {on}, where it is no member"),
        needed: "an admission there before, or a correction".to_owned(),
        why: vec![source.position],
    }));
    let contradicted =
        known.all.iter().filter_map(|membership| Some((membership, membership.contradicted()?)));
    findings.extend(contradicted.map(|(membership, joined)| {
        let others: Vec<_> = joined.contradicted_by.iter().map(|(_at, date)| date.to_string()).collect();
        let why = joined.why.iter().chain(joined.contradicted_by.iter().map(|(at, _date)| at));
        Finding {
            rule: &ADMITTED_ONCE,
            subject: practice.subject().clone(),
            found: format!(
                "a member of {} from {}; also said: {}",
                membership.admitted_by,
                membership.from,
                others.join(", ")
            ),
            needed: "statements that agree".to_owned(),
            why: why.copied().collect::<BTreeSet<_>>().into_iter().collect(),
        }
    }));
    findings
}

/// The bodies that it is a member of at once, on the first day on which it is.
fn together(record: &Record, practice: &BodyId, view: View) -> Vec<Finding> {
    let days = memberships(record, practice, view).all.into_iter().filter_map(|it| it.from.latest());
    let mut found: BTreeMap<Vec<BodyId>, (crate::Date, BTreeSet<Position>)> = BTreeMap::new();
    for day in days.collect::<BTreeSet<_>>() {
        let mut members = commissioners_of(record, practice, view.at(day));
        members.retain(|member| member.holds == Certainty::Yes);
        if members.len() > 1 {
            let why = members.iter().map(|member| member.membership.source.position).collect();
            let bodies = members.into_iter().map(|member| member.body).collect();
            found.entry(bodies).or_insert((day, why));
        }
    }
    let finding = |(bodies, (day, why)): (Vec<BodyId>, (crate::Date, BTreeSet<Position>))| Finding {
        rule: &ONE_COMMISSIONER,
        subject: practice.subject().clone(),
        found: format!(
            "a member of {} on {day}",
            bodies.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
        ),
        needed: "a departure from all but one (MembershipChanged), or a correction".to_owned(),
        why: why.into_iter().collect(),
    };
    found.into_iter().map(finding).collect()
}
