//! What NHS England imposes on a body: directions, and conditions of its authorisation.

use crate::act::{Case, Facts, NHS_ENGLAND, Need, Statement};
use crate::bodies::{enacted, judge_open};
use crate::joined::Source;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::words::words;
use crate::{BodyId, Certainty, Malformed, PDate, Record, Sealable, Verdict, View};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};

rules! {
    STEP: Hard =
        "directions.step",
        "Directions and conditions are imposed once under an id, and lifted once, while they stand.",
        concat!(provisions!(directions), "; SI 2012/1631, regulation 8, for conditions of the first CCGs; principle: step by step");
}

/// What is imposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DirectionKind {
    /// Directions: NHS England says what the body does, or does it in its place.
    Directions,
    /// A condition of its authorisation.
    AuthorisationCondition,
}

words!(DirectionKind: Directions = "directions", AuthorisationCondition = "authorisation_condition");

/// Whether it is imposed or lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DirectionChange {
    /// Issued, or set.
    Imposed,
    /// Revoked, or discharged.
    Lifted,
}

/// NHS England issues or revokes directions, or sets or discharges a condition of authorisation. Subject: the body.
/// Source: NHS Act 2006, sections 14C, 14D and 14Z21 for CCGs, section 14Z61 for ICBs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DirectionsChanged {
    /// Its id within the body.
    pub id: String,
    /// What it is.
    pub kind: DirectionKind,
    /// Whether it is imposed or lifted.
    pub change: DirectionChange,
    /// The first day on which it holds, or holds no more.
    pub effective: PDate,
    /// The provision, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// What is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Sealable>,
    /// Which functions it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// By when it is to be met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<PDate>,
}

impl Facts for DirectionsChanged {
    const EXAMPLE: &'static str = r#"{
  "type": "DirectionsChanged",
  "subject": "body/04K",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      "id": "finance-2018",
      // directions, authorisation_condition.
      "kind": "directions",
      // imposed, lifted.
      "change": "imposed",
      "effective": "2018-09-01",
      // The following may be left out.
      "basis": "NHS Act 2006, section 14Z21",
      "text": "A financial recovery plan, agreed with NHS England.",
      "scope": "finance",
      "due": "2019-03-31"
    }
  }
}"#;
}

/// Directions, or a condition, with what became of them.
#[derive(Debug, Clone)]
pub struct Imposed {
    /// What was imposed.
    pub said: DirectionsChanged,
    /// When it was lifted; nothing while it stands.
    pub lifted: Option<PDate>,
    /// Where it is said.
    pub source: Source,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

/// Everything that was imposed on a body by the view's day, lifted or not, in the order of the book.
pub fn imposed_on(record: &Record, id: &BodyId, view: View) -> Vec<Imposed> {
    let told = record.saying::<DirectionsChanged>(id.subject(), view);
    let mut said: Vec<_> = told
        .filter_map(|told| Some((Source::from(&told), told.says::<DirectionsChanged>()?.clone())))
        .filter(|(_source, said)| said.effective.is_by(view.as_at) != Certainty::No)
        .collect();
    said.sort_by_key(|(source, said)| (said.effective.earliest(), source.position));
    let mut all: Vec<Imposed> = Vec::new();
    for (source, said) in said {
        let standing = all.iter_mut().rfind(|it| it.said.id == said.id && it.lifted.is_none());
        match (said.change, standing) {
            (DirectionChange::Lifted, Some(standing)) => {
                standing.lifted = Some(said.effective);
                standing.why.push(source.position);
            }
            (DirectionChange::Lifted, None) => {}
            (DirectionChange::Imposed, _) => {
                all.push(Imposed { said, lifted: None, source, why: vec![source.position] });
            }
        }
    }
    all
}

impl Statement for DirectionsChanged {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(NHS_ENGLAND)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.id.trim().is_empty() {
            return Err(Malformed::new("/data/facts/id", "nothing", "an id within the body"));
        }
        if self.change == DirectionChange::Imposed && self.text.is_none() {
            return Err(Malformed::new("/data/facts/text", "nothing", "what is asked"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        judge_open(case, verdict, &id, &self.effective);
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let known = imposed_on(case.record, &id, view).into_iter().rfind(|it| it.said.id == self.id);
        let stands = known.as_ref().is_some_and(|known| known.lifted.is_none());
        let fits = match self.change {
            DirectionChange::Imposed => known.is_none(),
            DirectionChange::Lifted => stands,
        };
        verdict.hard(fits, &STEP, &case.act.subject, || {
            let (found, possible) = match (&known, stands) {
                (None, _) => ("it was never imposed", "imposed"),
                (Some(_), true) => ("it stands", "lifted"),
                (Some(_), false) => ("it was lifted", "none: impose it under another id"),
            };
            (format!("{}: {found}", self.id), format!("possible now: {possible}"))
        });
    }
}
