//! Consultations: when they are open, and what moves them on.

use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::judge_open;
use crate::{
    BodyId, ConsultationId, Date, Finding, Instant, Malformed, MergerId, PDate, Record, Rule, Verdict, View,
};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};

static ENDS_AFTER_IT_OPENS: Rule = Rule {
    id: "consultation.opens-before-it-closes",
    says: "A consultation opens before it closes.",
    source: "domain 2.7",
};
static OPENED: Rule = Rule {
    id: "consultation.opened",
    says: "Only a consultation that is open can be closed.",
    source: "domain 2.9",
};
static CLOSED_IN_TIME: Rule = Rule {
    id: "consultation.closed-no-earlier",
    says: "A consultation is closed no earlier than it was announced to.",
    source: "domain 2.7",
};
static OVERDUE: Rule = Rule {
    id: "consultation.overdue",
    says: "A consultation whose end has passed is closed by an event.",
    source: "domain 0, must-hold lists, 002",
};

/// A consultation opens. Subject: the consultation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A consultation is closed. Subject: the consultation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Where it stands on the view's day (at the end of that day).
    pub state: ConsultationState,
    /// The entries that say so.
    pub why: Vec<Position>,
}

/// The consultation, if the view knows of it.
pub fn consultation(record: &Record, id: &ConsultationId, view: View) -> Option<Consultation> {
    let (mut opened, mut closed, mut why) = (None, None, Vec::new());
    for told in record.about(id.subject(), view).filter(|told| told.subject == *id.subject()) {
        if let Some(said) = told.says::<ConsultationOpened>() {
            opened = Some(said.clone());
        } else if let Some(said) = told.says::<ConsultationClosed>() {
            closed = Some(said.clone());
        } else {
            continue;
        }
        why.push(told.position);
    }
    let opened: ConsultationOpened = opened?;
    let state = state_of(&opened, closed.as_ref(), view, record.today(view));
    Some(Consultation { id: id.clone(), opened, closed, state, why })
}

fn state_of(
    opened: &ConsultationOpened,
    closed: Option<&ConsultationClosed>,
    view: View,
    today: Date,
) -> ConsultationState {
    use crate::Certainty::{No, Yes};
    let closed_by_then = closed.is_some_and(|closed| closed.closed_at.day().is_by(view.as_at) == Yes);
    if closed_by_then {
        ConsultationState::Closed
    } else if opened.closes_at.day().is_by(today.day_before()) == Yes {
        ConsultationState::Overdue
    } else if opened.opens.is_by(view.as_at) == No {
        ConsultationState::NotYetOpen
    } else {
        ConsultationState::Open
    }
}

impl Consultation {
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
            (Some(opens), Some(closes)) if opens == closes => crate::Certainty::Yes,
            _ => self.opens.is_before(&closes),
        };
        verdict.hard_unless_unknown(ordered, &ENDS_AFTER_IT_OPENS, &case.act.subject, || {
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
        let view = crate::authority::now(case.record);
        let known = ConsultationId::of(&case.act.subject).and_then(|id| consultation(case.record, &id, view));
        let open = known.as_ref().is_some_and(|known| known.closed.is_none());
        verdict.hard(open, &OPENED, &case.act.subject, || {
            let found = if known.is_some() { "it is closed already" } else { "nothing has opened it" };
            (found.to_owned(), "a consultation that is open (ConsultationOpened)".to_owned())
        });
        let Some(opened) = known.map(|known| known.opened) else { return };
        let in_time = self.closed_at.as_micros() >= opened.closes_at.as_micros();
        verdict.hard(in_time, &CLOSED_IN_TIME, &case.act.subject, || {
            (format!("closed at {}", self.closed_at), format!("{} or later", opened.closes_at))
        });
    }
}
