//! Member practices: which commissioner a practice is a member of. They pass to the successor with the body.

use crate::act::{Capacity, Case, Facts, Need, Statement};
use crate::bodies::{enacted, heir, judge_known, judge_open, lineage};
use crate::joined::Source;
use crate::rules::rules;
use crate::{BodyId, Certainty, PDate, Record, Sealable, Verdict, View};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

rules! {
    ONE_COMMISSIONER: Hard =
        "membership.one-commissioner",
        "A practice is a member of one commissioner at a time.",
        "NHS Act 2006, section 14A(1); principle: step by step";
    MEMBER: Hard =
        "membership.member",
        "A practice departs from the body that it is a member of.",
        "principle: step by step";
}

/// Whether a practice comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PracticeMove {
    /// It comes.
    Admitted,
    /// It goes.
    Departed,
}

impl PracticeMove {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            PracticeMove::Admitted => "admitted",
            PracticeMove::Departed => "departed",
        }
    }
}

/// A practice becomes a member of a commissioner, or is one no more. Subject: the commissioner. Source: NHS Act
/// 2006, section 14A(1), and the body's constitution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MembershipChanged {
    /// The practice.
    pub practice: BodyId,
    /// Whether it comes or goes.
    pub change: PracticeMove,
    /// The first day on which it holds.
    pub effective: PDate,
    /// Where it practises, in words: a ward, an area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealable>,
}

impl Facts for MembershipChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "MembershipChanged",
  // The commissioner.
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      "practice": "body/C84001",
      // admitted, departed.
      "change": "admitted",
      "effective": "2013-04-01",
      // The following may be left out.
      "place": "Bulwell",
      "reason": "A new practice."
    }
  }
}"#;
}

/// The commissioner that a practice is a member of on the view's day: the one that admitted it, or its only
/// successor.
pub fn commissioner_of(record: &Record, practice: &BodyId, view: View) -> Option<(BodyId, Source)> {
    let told = record.saying::<MembershipChanged>(practice.subject(), view);
    let mut moves: Vec<_> = told
        .filter_map(|told| {
            let said = told.says::<MembershipChanged>().filter(|said| said.practice == *practice)?.clone();
            Some((Source::from(&told), BodyId::of(&told.subject)?, said))
        })
        .filter(|(_source, _body, said)| said.effective.is_by(view.as_at) != Certainty::No)
        .collect();
    // On one day, a practice departs before it is admitted elsewhere.
    moves.sort_by_key(|(source, _body, said)| {
        (said.effective.earliest(), said.change == PracticeMove::Admitted, source.position)
    });
    let (source, body, said) = moves.pop()?;
    let body = heir(record, &body, view).filter(|_body| said.change == PracticeMove::Admitted)?;
    Some((body, source))
}

/// The practices that are members of a body on the view's day, by id, with where that is said.
pub fn practices(record: &Record, id: &BodyId, view: View) -> Vec<(BodyId, Source)> {
    let bodies = lineage(record, id, view);
    let told = bodies.iter().flat_map(|body| record.saying::<MembershipChanged>(body.subject(), view));
    let named: BTreeSet<_> =
        told.filter_map(|told| Some(told.says::<MembershipChanged>()?.practice.clone())).collect();
    let member = |practice: BodyId| {
        let (body, source) = commissioner_of(record, &practice, view)?;
        (body == *id).then_some((practice, source))
    };
    named.into_iter().filter_map(member).collect()
}

/// How practices came to a body, and to those that it follows, and went, by the view's day, the first change first.
pub fn membership_changes(
    record: &Record,
    id: &BodyId,
    view: View,
) -> Vec<(BodyId, MembershipChanged, Source)> {
    let bodies = lineage(record, id, view);
    let told = bodies.iter().flat_map(|body| record.saying::<MembershipChanged>(body.subject(), view));
    let told = told.filter(|told| BodyId::of(&told.subject).is_some_and(|body| bodies.contains(&body)));
    let said = told.filter_map(|told| {
        let (body, said) = (BodyId::of(&told.subject)?, told.says::<MembershipChanged>()?.clone());
        Some((body, said, Source::from(&told)))
    });
    let mut said: Vec<_> =
        said.filter(|(_body, said, _source)| said.effective.is_by(view.as_at) != Certainty::No).collect();
    said.sort_by_key(|(_body, said, source)| (said.effective.earliest(), source.position));
    said.dedup_by_key(|(_body, _said, source)| source.position);
    said
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
        let of = commissioner_of(case.record, &self.practice, view).map(|(body, _source)| body);
        let found = || {
            of.as_ref().map_or_else(|| "a member of none".to_owned(), |body| format!("a member of {body}"))
        };
        match self.change {
            PracticeMove::Admitted => {
                verdict.hard(of.is_none(), &ONE_COMMISSIONER, &case.act.subject, || {
                    (
                        format!("{} is {}", self.practice, found()),
                        "that it departs there first (MembershipChanged)".to_owned(),
                    )
                })
            }
            PracticeMove::Departed => {
                verdict.hard(of.as_ref() == Some(&id), &MEMBER, &case.act.subject, || {
                    (
                        format!("{} is {}", self.practice, found()),
                        "MembershipChanged of the body that it is a member of".to_owned(),
                    )
                })
            }
        }
    }
}
