//! What the rules say of an act again, once something is known otherwise on which their answer rested: what a correction or
//! a withdrawal takes from under later acts, and what of a report a later entry has resolved.

use crate::act::{Act, Case};
use crate::correcting::Corrected;
use crate::documents::RecordCorrected;
use crate::judging::judge_act;
use crate::rulebook::{force_of, rule_set};
use crate::{Finding, Force, RULES_VERSION, Record, Verdict, View, Violation};
use minutebook_log::{Place, Position, Subject};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is found of the acts behind `target` once that is known as `now`, or as nothing: what a rule would have said of them,
/// had it been known by then, and did not say.
pub(crate) fn unsettled_by(case: &Case<'_>, (target, now): &Corrected) -> Vec<Finding> {
    let (record, at) = (case.record, case.place.position);
    let (target, now) = (*target, now.as_ref());
    let corrected = record.supposed_corrected(target, now.cloned());
    let how = if now.is_some() { "corrects" } else { "withdraws" };
    let mut found = Vec::new();
    for position in behind(record, target, now) {
        let Some(again) = Again::of(record, position, record.len()) else { continue };
        // Most of what speaks of the same things breaks nothing, with or without it: that is asked once.
        let mut since = corrected.supposed_before(record.len(), position, BTreeSet::new());
        since.begin_noting();
        let broken = again.ask(&since, case);
        let has_read = since.end_noting().entries.contains(&target);
        if !has_read || all(&broken).next().is_none() {
            continue;
        }
        let mut before = record.supposed_before(record.len(), position, BTreeSet::new());
        before.begin_noting();
        let held = again.ask(&before, case);
        if !before.end_noting().entries.contains(&target) {
            continue;
        }
        let is_new = |broken: &Violation| !all(&held).any(|it| is_same(it, broken.rule.id, &broken.subject));
        found.extend(all(&broken).filter(|broken| is_new(broken)).map(|broken| Finding {
            rule: broken.rule,
            subject: broken.subject.clone(),
            found: format!("it rested on entry {target}, which entry {at} {how}: {}", broken.found),
            needed: broken.needed.clone(),
            why: vec![position, at],
        }));
    }
    found
}

/// The entries from `target` on that speak of something of which it speaks, or is to speak; itself where it goes on to speak.
fn behind(record: &Record, target: Position, now: Option<&Arc<Act>>) -> BTreeSet<Position> {
    let mut subjects = record.subjects_at(target, record.len());
    subjects.extend(now.iter().flat_map(|now| now.statement.about()));
    let spoken = subjects.iter().flat_map(|subject| record.positions(subject, record.len(), |_any| true));
    spoken.filter(|position| *position > target).collect()
}

/// An act that is asked about again, at its place.
struct Again {
    act: Arc<Act>,
    place: Place,
}

impl Again {
    /// The act at `position` as `known` entries leave it; nothing where it was withdrawn.
    fn of(record: &Record, position: Position, known: u64) -> Option<Self> {
        let (act, recorded) = (record.act_as_known(position, known)?, record.recorded_at(position)?);
        Some(Self { act, place: Place { position, stream_number: 0, recorded } })
    }

    fn ask(&self, record: &Record, case: &Case<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        judge_act(&Case { record, act: &self.act, place: self.place, rules: case.rules }, &mut verdict);
        verdict
    }

    /// Whether the rules in force say this of it, as far as `record` tells.
    fn still_breaks(&self, record: &Record, finding: &Finding) -> bool {
        let Some(rules) = rule_set(RULES_VERSION) else { return true };
        let mut verdict = Verdict::default();
        judge_act(&Case { record, act: &self.act, place: self.place, rules }, &mut verdict);
        all(&verdict).any(|broken| is_same(broken, finding.rule.id, &finding.subject))
    }
}

/// Everything that is broken, whether it refuses or not.
fn all(verdict: &Verdict) -> impl Iterator<Item = &Violation> {
    verdict.violations.iter().chain(&verdict.findings)
}

fn is_same(broken: &Violation, rule: &str, subject: &Subject) -> bool {
    broken.rule.id == rule && broken.subject == *subject
}

/// The findings of the entry at `position` that the view knows of: those that were raised on it and that nothing has
/// resolved, and what later corrections have found of it.
pub fn found_of(record: &Record, position: Position, view: View) -> Vec<Finding> {
    let since = record.all_corrections(view.known).into_iter();
    let since = since.filter(|at| *at > position).flat_map(|at| {
        let raised = record.findings_at(at, view).iter();
        raised.filter(|finding| finding.why.first() == Some(&position)).map(move |finding| (at, finding))
    });
    let own = record.findings_at(position, view).iter().map(|finding| (position, finding));
    own.chain(since)
        .filter(|(at, finding)| is_unresolved(record, *at, finding, view))
        .map(|it| it.1.clone())
        .collect()
}

/// Those of the findings that were `raised` on the entry at `position` that nothing that the view knows has resolved.
pub(crate) fn unresolved(
    record: &Record,
    position: Position,
    raised: &[Finding],
    view: View,
) -> Vec<Finding> {
    raised.iter().filter(|finding| is_unresolved(record, position, finding, view)).cloned().collect()
}

/// Whether what was found when the entry at `at` was admitted is still so. What a rule would refuse in an act is found of a
/// report until all that is known beside it says otherwise. What a correction took from under an act is found until another
/// entry stands in its place.
fn is_unresolved(record: &Record, at: Position, finding: &Finding, view: View) -> bool {
    let Some(first) = finding.why.first().copied() else { return true };
    let is_soft = force_of(finding.rule.id) == Some(Force::Soft);
    if first == at && is_soft {
        return true;
    }
    let Some(recorded) = record.at(at) else { return true };
    let correction = recorded.act.statement.downcast::<RecordCorrected>();
    let target = correction.and_then(|correction| record.find(correction.target));
    // What is found of a correction is found of what it leaves.
    let of = if first == at { target.unwrap_or(at) } else { first };
    let Some(again) = Again::of(record, of, view.known) else { return first == at };
    let is_report = again.act.standing.is_report();
    if first == at && !is_report {
        return true;
    }
    let supposed = if is_report {
        record.supposed_without(view.known, [of])
    } else {
        let beside = target.map_or_else(BTreeSet::new, |target| record.in_its_place(target, view.known));
        record.supposed_before(view.known, of, beside)
    };
    again.still_breaks(&supposed, finding)
}
