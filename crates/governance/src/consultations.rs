//! Consultations: when they are open, and what moves them on.

use crate::Standing;
use crate::act::{Capacity, Case, Facts, Need, Statement};
use crate::bodies::{enacted, judge_open};
use crate::record::Told;
use crate::rules::rules;
use crate::{
    BodyId, Certainty, ConsultationId, Date, Finding, Instant, Malformed, MergerId, PDate, Record, Verdict,
    View,
};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};

rules! {
    ENDS_AFTER_IT_OPENS: HardIfCertain =
        "consultation.opens-before-it-closes",
        "A consultation opens before it closes.",
        "domain 2.7";
    OPENED: Hard =
        "consultation.opened",
        "Only a consultation that is open can be closed.",
        "domain 2.9";
    CLOSED_IN_TIME: Hard =
        "consultation.closed-no-earlier",
        "A consultation is closed no earlier than it was announced to.",
        "domain 2.7";
    CLOSED_BY_OWNER: Hard =
        "consultation.closed-by-owner",
        "A consultation is closed for a body whose consultation it is.",
        "domain 2.0, per-body rule; 2.7";
    OVERDUE: Soft =
        "consultation.overdue",
        "A consultation whose end has passed is closed by an event.",
        "domain 0, must-hold lists, 002";
}

/// A consultation opens. Subject: the consultation. Source: NHS Act 2006, section 14Z2 (public involvement).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsultationOpened {
    /// The bodies whose consultation it is.
    pub owners: Vec<BodyId>,
    /// The proposal that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merger: Option<MergerId>,
    /// What it is about.
    pub topic: String,
    /// When it opened, as precise as is known.
    pub opens: PDate,
    /// The instant at which it closes: a response at that very instant is on time.
    pub closes_at: Instant,
    /// What is asked.
    pub questions: Vec<String>,
    /// Who is asked.
    pub audiences: Vec<String>,
}

impl Facts for ConsultationOpened {
    const EXAMPLE: &'static str = r#"{
  "type": "ConsultationOpened",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "owners": ["body/04K", "body/04N"],
      // If it is about one.
      "merger": "merger/nottinghamshire-2019",
      "topic": "Merging the clinical commissioning groups of Nottinghamshire",
      // A day, or {"written": "April 2019", "earliest": "2019-04-01", "latest": "2019-04-30"}.
      "opens": "2019-05-08",
      // An instant with its own offset.
      "closes_at": "2019-06-17T09:00:00+01:00",
      "questions": ["Do you agree that the CCGs should merge?"],
      "audiences": ["Patients and the public", "Member practices"]
    }
  }
}"#;
}

/// A consultation is closed. Subject: the consultation. Source: NHS Act 2006, section 14Z2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsultationClosed {
    /// When.
    pub closed_at: Instant,
    /// Responses on time, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time: Option<u32>,
    /// Responses that came late and were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<u32>,
}

impl Facts for ConsultationClosed {
    const EXAMPLE: &'static str = r#"{
  "type": "ConsultationClosed",
  "subject": "consultation/nottinghamshire-2019",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "consultation_lead", "body": "body/04K"}],
    "facts": {
      "closed_at": "2019-06-17T09:00:00+01:00",
      // Responses, where they were counted.
      "on_time": 231,
      "late": 2
    }
  }
}"#;
}

/// Where a consultation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsultationState {
    /// Announced, and not open yet.
    NotYetOpen,
    /// Open.
    Open,
    /// Its end has passed, and nothing closed it.
    Overdue,
    /// Closed.
    Closed,
}

impl ConsultationState {
    /// The word for it in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            ConsultationState::NotYetOpen => "not_yet_open",
            ConsultationState::Open => "open",
            ConsultationState::Overdue => "overdue",
            ConsultationState::Closed => "closed",
        }
    }
}

/// A consultation as a view sees it.
#[derive(Debug, Clone)]
pub struct Consultation {
    /// Its id.
    pub id: ConsultationId,
    /// How it opened.
    pub opened: ConsultationOpened,
    /// How it was closed.
    pub closed: Option<ConsultationClosed>,
    /// Where it stands at the end of the view's day; [`Consultation::state_at`] tells to the second.
    pub state: ConsultationState,
    /// The entries that say so.
    pub why: Vec<Position>,
}

/// The consultation, if the view knows of it.
pub fn consultation(record: &Record, id: &ConsultationId, view: View) -> Option<Consultation> {
    let told = || record.about(id.subject(), view).filter(|told| told.subject == *id.subject());
    let opened = told().filter_map(|told| Some((order(&told), told.says::<ConsultationOpened>()?.clone())));
    let (_order, opened) = opened.max_by_key(|(order, _said)| *order)?;
    let closed = told().filter_map(|told| Some((order(&told), told.says::<ConsultationClosed>()?.clone())));
    let closed = closed.max_by_key(|(order, _said)| *order).map(|(_order, said)| said);
    let why = told().map(|told| told.position).collect();
    let state = state_of(&opened, closed.as_ref(), view, record.today(view));
    Some(Consultation { id: id.clone(), opened, closed, state, why })
}

/// The higher standing holds; of one standing, what was said last.
fn order(told: &Told) -> (Standing, Position) {
    (told.standing, told.position)
}

fn state_of(
    opened: &ConsultationOpened,
    closed: Option<&ConsultationClosed>,
    view: View,
    today: Date,
) -> ConsultationState {
    let is_past = |instant: &Instant, day: Date| instant.day().is_by(day) == Certainty::Yes;
    if closed.is_some_and(|closed| is_past(&closed.closed_at, view.as_at)) {
        ConsultationState::Closed
    } else if is_past(&opened.closes_at, today) {
        ConsultationState::Overdue
    } else if opened.opens.is_by(view.as_at) == Certainty::No {
        ConsultationState::NotYetOpen
    } else {
        ConsultationState::Open
    }
}

impl ConsultationOpened {
    /// Whether a response that came at `instant` is on time: at 09:00:00 it is, a second later it is not.
    pub fn is_on_time(&self, instant: &Instant) -> bool {
        *instant <= self.closes_at
    }
}

impl Consultation {
    /// Where it stands at an instant.
    pub fn state_at(&self, instant: &Instant) -> ConsultationState {
        let closed = self.closed.as_ref().is_some_and(|closed| closed.closed_at <= *instant);
        let opens = instant.day().earliest().map(|day| self.opened.opens.is_by(day));
        if closed {
            ConsultationState::Closed
        } else if !self.opened.is_on_time(instant) {
            ConsultationState::Overdue
        } else if opens == Some(Certainty::No) {
            ConsultationState::NotYetOpen
        } else {
            ConsultationState::Open
        }
    }

    /// What is overdue about it on the view's day.
    pub fn findings(&self, view: View) -> Vec<Finding> {
        if self.state != ConsultationState::Overdue {
            return Vec::new();
        }
        vec![Finding {
            rule: &OVERDUE,
            subject: self.id.subject().clone(),
            found: format!(
                "it was to close at {}; nothing has closed it by {}",
                self.opened.closes_at, view.as_at
            ),
            needed: "ConsultationClosed".to_owned(),
            why: self.why.clone(),
        }]
    }
}

const LEAD: &[Capacity] = &[Capacity::ConsultationLead, Capacity::Secretary];

impl Statement for ConsultationOpened {
    fn act_date(&self) -> Option<PDate> {
        Some(self.opens.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(LEAD, self.owners.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.owners.is_empty() {
            return Err(Malformed::new("/data/facts/owners", "none", "the bodies whose consultation it is"));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        let owners = self.owners.iter().map(|id| id.subject().clone());
        owners.chain(self.merger.iter().map(|merger| merger.subject().clone())).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let closes = self.closes_at.day();
        let ordered = match (self.opens.exact(), closes.exact()) {
            (Some(opens), Some(closes)) if opens == closes => Certainty::Yes,
            _ => self.opens.is_before(&closes),
        };
        verdict.hard_if_certain(ordered, &ENDS_AFTER_IT_OPENS, &case.act.subject, || {
            (
                format!("it opens {} and closes {}", self.opens, self.closes_at),
                "an end after the start".to_owned(),
            )
        });
        for owner in &self.owners {
            judge_open(case, verdict, owner, &self.opens);
        }
    }
}

impl Statement for ConsultationClosed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.closed_at.day())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(LEAD)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, Date::of(case.place.recorded));
        let known = ConsultationId::of(&case.act.subject).and_then(|id| consultation(case.record, &id, view));
        let open = known.as_ref().is_some_and(|known| known.closed.is_none());
        verdict.hard(open, &OPENED, &case.act.subject, || {
            let found = if known.is_some() { "it is closed already" } else { "no act opens it" };
            (found.to_owned(), "a consultation that is open (ConsultationOpened)".to_owned())
        });
        let Some(opened) = known.map(|known| known.opened) else { return };
        let in_time = self.closed_at.as_micros() >= opened.closes_at.as_micros();
        verdict.hard(in_time, &CLOSED_IN_TIME, &case.act.subject, || {
            (format!("closed at {}", self.closed_at), format!("{} or later", opened.closes_at))
        });
        let need = Need::of(LEAD, opened.owners);
        let signed = case.act.signatories.iter().any(|signatory| need.is_met_by(signatory));
        verdict.hard(signed, &CLOSED_BY_OWNER, &case.act.subject, || {
            ("no signature for a body whose consultation it is".to_owned(), need.to_string())
        });
    }
}
