//! What people say of entries: notes, contests, answers to findings; and what audits said of the whole book.

use crate::act::{ANYBODY, Capacity, Case, Facts, Need, Statement};
use crate::joined::Source;
use crate::rules::rules;
use crate::words::words;
use crate::{
    AuditId, Digest, Document, Finding, Malformed, PDate, Record, Rule, Scope, Sealable, Verdict, View,
};
use minutebook_log::{EventId, Position, Subject};
use serde::{Deserialize, Serialize};

rules! {
    TARGET: Hard =
        "annotation.target",
        "A note, a contest or an answer is about an event in this book.",
        "principle: nothing is edited";
    ANSWERS: Hard =
        "annotation.finding",
        "An answer is to a finding of this book, raised where the entry was admitted or worked out of what the book holds, and is about the entry on which that rests first.",
        "principle: nothing is edited";
    AUDIT_SIZE: Hard =
        "audit.size",
        "An audit reports on entries that the book has.",
        "principle: good minutes";
}

/// What somebody says of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnnotationKind {
    /// Something to know about it.
    Note,
    /// That it is not so.
    Contest,
    /// What there is to say to a finding.
    Answer,
}

words!(AnnotationKind: Note = "note", Contest = "contest", Answer = "answer");

/// Somebody says something of an entry, which stays as it is. Subject: `record/<event id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordAnnotated {
    /// The event.
    pub target: EventId,
    /// What is said of it.
    pub kind: AnnotationKind,
    /// The id of the finding that is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// In words.
    pub text: Sealable,
}

impl Facts for RecordAnnotated {
    const EXAMPLE: &'static str = r#"{
  "type": "RecordAnnotated",
  "subject": "record/0197e3c2-5c00-7000-8000-000000000001",
  "data": {
    // Whoever has a grant; an auditor with the capacity auditor.
    "standing": "own_act",
    "signatories": [{"capacity": "auditor"}],
    "facts": {
      // The id of the event, the same as in the subject.
      "target": "0197e3c2-5c00-7000-8000-000000000001",
      // note, contest, answer.
      "kind": "answer",
      // For an answer: the id of the finding, as the register shows it.
      "finding": "decision.reasons:body/04K:41",
      "text": "The reasons are in the paper that the minutes name."
    }
  }
}"#;
}

/// Something said of an entry.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// What was said.
    pub said: RecordAnnotated,
    /// Where it is said.
    pub source: Source,
}

/// What was said of an event, in the order of the book, whatever the standing of who says it.
pub fn annotations_of(record: &Record, event: EventId, view: View) -> Vec<Annotation> {
    let view = View { scope: Scope::Reported, ..view };
    let Ok(subject) = format!("record/{event}").parse::<Subject>() else { return Vec::new() };
    let told = record.saying::<RecordAnnotated>(&subject, view);
    told.filter_map(|told| {
        Some(Annotation { said: told.says::<RecordAnnotated>()?.clone(), source: Source::from(&told) })
    })
    .collect()
}

/// The entries that answer a finding, in order: each names it, and is about the entry on which it rests first.
pub(crate) fn answers_to(record: &Record, finding: &Finding, view: View) -> Vec<Position> {
    let Some(first) = finding.why.first().and_then(|first| record.at(*first)) else { return Vec::new() };
    answers_about(record, first.act.id, &finding.id(), view)
}

/// Those of them that are about an event.
fn answers_about(record: &Record, event: EventId, finding: &str, view: View) -> Vec<Position> {
    let said = annotations_of(record, event, view).into_iter();
    said.filter(|it| it.said.finding.as_deref() == Some(finding)).map(|it| it.source.position).collect()
}

/// Whether somebody has answered what a rule found of `subject` where the entry at `position` was admitted.
pub(crate) fn is_answered(
    record: &Record,
    of_rule: &Rule,
    subject: &Subject,
    position: Position,
    view: View,
) -> bool {
    let finding = Finding::id_of(of_rule, subject, Some(position));
    let act = record.at(position).map(|entry| entry.act);
    act.is_some_and(|act| !answers_about(record, act.id, &finding, view).is_empty())
}

/// What an audit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// Untampered, complete, and replayed under its rules.
    Verified,
    /// Authentic, and not all rules are known.
    AuthenticOnly,
    /// Something does not verify.
    Failed,
}

words!(AuditOutcome: Verified = "verified", AuthenticOnly = "authentic_only", Failed = "failed");

/// An auditor reports on the book up to a size. Subject: `audit/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditReported {
    /// Who audited.
    pub auditor: Sealable,
    /// When.
    pub audited_on: PDate,
    /// How many entries were audited: those at positions below.
    pub size: u64,
    /// The root of the tree at that size, 64 hexadecimal digits.
    pub root: Digest,
    /// What it came to.
    pub outcome: AuditOutcome,
    /// How many exceptions the report lists.
    pub exceptions: u64,
    /// The version of the rules under which it replayed.
    pub rules: u64,
    /// The report.
    pub report: Document,
}

impl Facts for AuditReported {
    const EXAMPLE: &'static str = r#"{
  "type": "AuditReported",
  "subject": "audit/2019-20",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "auditor"}],
    "facts": {
      "auditor": "The external auditor",
      "audited_on": "2020-05-31",
      // How many entries, and the root of the tree at that size.
      "size": 1200,
      "root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      // verified, authentic_only, failed.
      "outcome": "verified",
      "exceptions": 0,
      "rules": 1,
      "report": {"title": "Report on the minute book 2019-20", "held": false}
    }
  }
}"#;
}

/// The audits that the view knows of, by id, each as it was reported last.
pub fn audits(record: &Record, view: View) -> Vec<(AuditId, AuditReported, Source)> {
    let ids = record.subjects(AuditId::KIND).filter_map(AuditId::of);
    let last = ids.filter_map(|id| {
        let told = record.saying::<AuditReported>(id.subject(), view);
        let told = told.max_by_key(|told| (told.standing, told.position))?;
        Some((id, told.says::<AuditReported>()?.clone(), Source::from(&told)))
    });
    last.collect()
}

impl Statement for RecordAnnotated {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        if subject.name() != Some(&self.target.to_string()) {
            let needed = format!("record/{}, the event that it is about", self.target);
            return Err(Malformed::quoting("/subject", subject.as_str(), needed));
        }
        if (self.kind == AnnotationKind::Answer) != self.finding.is_some() {
            let needed = "the id of a finding for an answer, and for nothing else";
            return Err(Malformed::new("/data/facts/finding", "an answer without, or another with", needed));
        }
        self.text.check_not_blank("/data/facts/text", "what there is to say")
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let known = case.record.find(self.target).is_some();
        verdict.hard(known, &TARGET, &case.act.subject, || {
            (
                format!("event {}, which the book does not hold", self.target),
                "the id of an event in it".to_owned(),
            )
        });
        if let Some(finding) = &self.finding {
            let found = first_of(case.record, finding);
            let is_about_it = found.is_some() && found == case.record.find(self.target);
            verdict.hard(is_about_it, &ANSWERS, &case.act.subject, || match found {
                Some(first) => {
                    let event = case.record.at(first).map_or_else(String::new, |entry| entry.act.id.to_string());
                    let needed = format!("record/{event}, the event of entry {first}");
                    (format!("\"{finding}\", which rests on another entry first"), needed)
                }
                None => {
                    let needed = "the id of a finding as `minutebook findings --json` shows it: rule, subject and first entry";
                    (format!("\"{finding}\", which the book does not find"), needed.to_owned())
                }
            });
        }
    }
}

/// The rules whose findings are worked out when they are asked for, of a day. Whether such a finding was there depends
/// on the day that was asked for; all others are kept with the entry that they were raised on.
const WORKED_OUT: [&str; 33] = [
    "action.overdue",
    "area.possible-overlap",
    "attendance.voting-members",
    "body.area-overlap",
    "body.begins-first",
    "body.known",
    "composition.law",
    "consultation.considered-after-evaluation",
    "consultation.overdue",
    "decision.binds-each",
    "decision.ratified",
    "figure.contradiction",
    "identifier.case",
    "identifier.free",
    "joining.contradiction",
    "key.compromised",
    "meeting.public-excluded",
    "membership.admission",
    "membership.member",
    "membership.one-commissioner",
    "merger.effected-in-time",
    "minutes.decisions",
    "office.one-holder",
    "report.within-horizon",
    "succession.area-passes",
    "succession.followed-ends",
    "succession.no-circle",
    "succession.passes-once",
    "succession.units-said",
    "vote.conflicted",
    "vote.named",
    "vote.quorate",
    "vote.totals",
];

/// The entry on which the finding of this id ([`crate::Finding::id`]) rests first, where it can be in the book, as far as
/// that goes: a rule, a subject of which the book tells, and that entry.
fn first_of(record: &Record, finding: &str) -> Option<Position> {
    let mut parts = finding.split(':');
    let (Some(rule), Some(subject), Some(first), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let first = Position(first.parse().ok()?);
    let recorded = record.at(first)?;
    let view = View { scope: Scope::Reported, ..crate::authority::now(record) };
    let tells_of = |subject: Subject| record.about(&subject, view).next().is_some();
    // Of an entry from under which a correction took something, that is where it is raised.
    let raised_later = || {
        let corrections = record.all_corrections(record.len()).into_iter();
        corrections.flat_map(|at| record.findings_at(at, view)).any(|raised| raised.id() == finding)
    };
    let is_found = recorded.findings.iter().any(|raised| raised.id() == finding)
        || raised_later()
        || (WORKED_OUT.contains(&rule) && subject.parse().is_ok_and(tells_of));
    is_found.then_some(first)
}

impl Statement for AuditReported {
    fn act_date(&self) -> Option<PDate> {
        Some(self.audited_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(&[Capacity::Auditor])]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.report.check("/data/facts/report")
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        verdict.hard(self.size <= case.record.len(), &AUDIT_SIZE, &case.act.subject, || {
            (format!("{} entries", self.size), format!("{} at most", case.record.len()))
        });
    }
}
