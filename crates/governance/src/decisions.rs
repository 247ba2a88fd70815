//! Decisions: one per item and body, never one per sitting.

use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{enacted, judge_known, judge_open};
use crate::joined::Source;
use crate::people::Office;
use crate::proposals::proposal;
use crate::rules::rules;
use crate::{
    BodyId, ConsultationId, Date, Malformed, MergerId, PDate, PersonId, Record, Sealable, Standing, Verdict,
    View,
};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};

rules! {
    ARITHMETIC: Hard =
        "decision.arithmetic",
        "Where votes are counted, an approval has more for than against, a rejection does not.",
        "domain 2.4";
    PARTICIPANT: Hard =
        "decision.participant",
        "Only a body that takes part in a proposal decides on it, or decides to join it.",
        "NHS Act 2006, section 14B(4); domain 2.7";
    OUTCOME_FITS: Hard =
        "decision.outcome-fits-effect",
        "Only a decision that was approved has an effect beyond itself; a deferral defers.",
        "domain 0.1, decisions";
    REASONS: Soft =
        "decision.reasons",
        "A decision gives its reasons.",
        "domain 1.7";
    REFUSED_BY: Hard =
        "decision.refused-by",
        "A decision that is minuted because a rule refuses it names a rule of the book.",
        "domain 0, unlawful things happen";
    NO_EFFECT: Soft =
        "decision.no-effect",
        "What a rule refuses as an act can be minuted as a decision without effect; it stays marked.",
        "domain 0, unlawful things happen";
}

/// What became of the motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Carried.
    Approved,
    /// Carried, subject to conditions.
    ApprovedWithConditions,
    /// Lost.
    Rejected,
    /// Put off.
    Deferred,
    /// Taken notice of.
    Noted,
    /// Sent to somebody else.
    Referred,
}

impl Outcome {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Approved => "approved",
            Outcome::ApprovedWithConditions => "approved_with_conditions",
            Outcome::Rejected => "rejected",
            Outcome::Deferred => "deferred",
            Outcome::Noted => "noted",
            Outcome::Referred => "referred",
        }
    }
}

/// How a decision came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// At a meeting.
    Meeting,
    /// Between meetings, by the chair with others.
    Urgent,
    /// By a written resolution.
    Written,
}

/// What a body decides about a proposal to merge. A newer choice supersedes the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It prefers to merge: not a decision to apply.
    Prefer,
    /// It will apply.
    Apply,
    /// It will not apply.
    DoNotApply,
    /// It puts the choice off.
    Defer,
    /// It joins the proposal.
    Join,
    /// It leaves the proposal.
    Withdraw,
}

impl Choice {
    /// The word for it in events and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Choice::Prefer => "prefer",
            Choice::Apply => "apply",
            Choice::DoNotApply => "do_not_apply",
            Choice::Defer => "defer",
            Choice::Join => "join",
            Choice::Withdraw => "withdraw",
        }
    }
}

/// What a decision does beyond itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// On a proposal to merge.
    Merger {
        /// Which.
        merger: MergerId,
        /// What the body chooses.
        choice: Choice,
    },
    /// Somebody is put forward for an office.
    Nominate {
        /// The office.
        office: Office,
        /// The person.
        person: PersonId,
    },
    /// The public is excluded from what follows (1960 Act, section 1(2)).
    ExcludePublic {
        /// The special reason, as the resolution states it.
        reason: Sealable,
    },
    /// What a consultation said was considered.
    FeedbackConsidered {
        /// Which consultation.
        consultation: ConsultationId,
    },
    /// It changes nothing; if it is minuted because a rule refuses it as an act, which rule.
    None {
        /// The id of the rule that refuses it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused_by: Option<String>,
    },
}

/// Votes as counted; what the source does not give is absent, not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Votes {
    /// For the motion.
    #[serde(rename = "for")]
    pub in_favour: u32,
    /// Against it.
    pub against: u32,
    /// Present and not voting by choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstained: Option<u32>,
    /// Present and not voting because of a conflict of interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflicted: Option<u32>,
    /// Whether the chair's casting vote carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub casting_vote: Option<bool>,
}

/// The agenda item that a decision belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The reference in the minutes (`GB/20/076`).
    pub reference: String,
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Sealable>,
}

/// A body decides. Subject: the body. What several bodies decide at one sitting is one event each, with one
/// `correlationid`, so that one of them may differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecorded {
    /// The day of the decision.
    pub decided_on: PDate,
    /// The agenda item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
    /// How it came about.
    pub mode: Mode,
    /// What became of the motion.
    pub outcome: Outcome,
    /// The decision, in words for the minutes.
    pub text: Sealable,
    /// Why it was decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Sealable>,
    /// The votes, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// What it does beyond itself.
    pub effect: Effect,
}

/// A decision, with where it is said.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The body.
    pub body: BodyId,
    /// What it decided.
    pub recorded: DecisionRecorded,
    /// Where it is said.
    pub source: Source,
}

/// The decisions about a subject (a body, a merger, a consultation) that the view knows of and that were
/// taken by its day, in the order of the book.
pub fn decisions(record: &Record, subject: &Subject, view: View) -> Vec<Decision> {
    record
        .saying::<DecisionRecorded>(subject, view)
        .filter_map(|told| {
            let recorded = told.says::<DecisionRecorded>()?.clone();
            Some(Decision { body: BodyId::of(&told.subject)?, recorded, source: Source::from(&told) })
        })
        .filter(|decision| decision.recorded.decided_on.is_by(view.as_at) != crate::Certainty::No)
        .collect()
}

/// Whether a body takes part in a proposal on the view's day: it was proposed with it or has joined it, and
/// has not left it since.
pub fn takes_part(record: &Record, merger: &MergerId, id: &BodyId, view: View) -> bool {
    let choices = decisions(record, merger.subject(), view).into_iter();
    let mut moves: Vec<_> = choices
        .filter(|decision| decision.body == *id)
        .filter_map(|decision| Some((decision.order(), decision.choice()?)))
        .filter(|(_order, choice)| matches!(choice, Choice::Join | Choice::Withdraw))
        .collect();
    moves.sort_by_key(|(order, _choice)| *order);
    match moves.last() {
        Some((_order, choice)) => *choice == Choice::Join,
        None => proposal(record, merger, view).is_some_and(|it| it.proposed.participants.contains(id)),
    }
}

impl Decision {
    /// The choice about a proposal to merge, if it is one.
    pub fn choice(&self) -> Option<Choice> {
        match self.recorded.effect {
            Effect::Merger { choice, .. } => Some(choice),
            _ => None,
        }
    }

    /// A newer decision supersedes; of one day, the higher standing holds.
    pub(crate) fn order(&self) -> (Option<Date>, Standing, Position) {
        (self.recorded.decided_on.earliest(), self.source.standing, self.source.position)
    }
}

const SECRETARY: &[Capacity] = &[Capacity::Secretary];

impl DecisionRecorded {
    fn is_carried(&self) -> bool {
        matches!(self.outcome, Outcome::Approved | Outcome::ApprovedWithConditions)
    }

    /// What a rule refuses happened all the same: it is minuted, changes nothing, and stays marked. The body
    /// has to be known; open, quorate or right it may not have been.
    fn judge_unlawful(&self, case: &Case<'_>, verdict: &mut Verdict, rule: &str) {
        if let Some(id) = BodyId::of(&case.act.subject) {
            judge_known(case, verdict, &id);
        }
        verdict.hard((case.is_rule)(rule), &REFUSED_BY, &case.act.subject, || {
            (format!("\"{rule}\""), "the id of the rule that refuses it (docs/rules.md)".to_owned())
        });
        verdict.soft(false, &NO_EFFECT, &case.act.subject, || {
            let found = format!("minuted without effect: {rule} refuses it");
            (found, "an act that the rules admit".to_owned())
        });
    }

    fn judge_arithmetic(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(votes) = self.votes else { return };
        let carried = votes.in_favour > votes.against
            || (votes.in_favour == votes.against && votes.casting_vote == Some(true));
        let fits = match self.outcome {
            Outcome::Approved | Outcome::ApprovedWithConditions => carried,
            Outcome::Rejected => !carried,
            Outcome::Deferred | Outcome::Noted | Outcome::Referred => true,
        };
        verdict.hard(fits, &ARITHMETIC, &case.act.subject, || {
            let found = format!(
                "{} with {} for and {} against",
                self.outcome.as_str(),
                votes.in_favour,
                votes.against
            );
            (found, "votes that carry the outcome".to_owned())
        });
    }

    fn judge_merger(&self, case: &Case<'_>, verdict: &mut Verdict, merger: &MergerId, choice: Choice) {
        let outcome_fits = match choice {
            Choice::Defer => self.outcome == Outcome::Deferred,
            _ => self.is_carried(),
        };
        verdict.hard(outcome_fits, &OUTCOME_FITS, &case.act.subject, || {
            let found = format!("{} with the choice {}", self.outcome.as_str(), choice.as_str());
            (found, "approved, or deferred with the choice defer".to_owned())
        });
        let Some(id) = BodyId::of(&case.act.subject) else { return };
        let view = enacted(case.record, case.last_day_of(&self.decided_on));
        let proposal = proposal(case.record, merger, view);
        let takes_part = || takes_part(case.record, merger, &id, view);
        let fits = proposal.is_some() && (choice == Choice::Join || takes_part());
        verdict.hard(fits, &PARTICIPANT, &case.act.subject, || {
            let found = match proposal {
                Some(_) => format!("{} takes no part in {merger}", case.act.subject),
                None => format!("{merger}, which no act proposes"),
            };
            (found, "a proposal that it takes part in (MergerProposed), or the choice join".to_owned())
        });
    }
}

impl Statement for DecisionRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.decided_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, BodyId::of(subject).into_iter().collect())]
    }

    fn about(&self) -> Vec<Subject> {
        match &self.effect {
            Effect::Merger { merger, .. } => vec![merger.subject().clone()],
            Effect::FeedbackConsidered { consultation } => vec![consultation.subject().clone()],
            Effect::Nominate { person, .. } => vec![person.subject().clone()],
            Effect::ExcludePublic { .. } | Effect::None { .. } => Vec::new(),
        }
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let blank = |text: &Sealable| text.shown().trim().is_empty();
        if blank(&self.text) {
            return Err(Malformed::new("/data/facts/text", "nothing", "the decision in words"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        match &self.effect {
            Effect::None { refused_by: Some(rule) } => self.judge_unlawful(case, verdict, rule),
            effect => {
                if let Some(id) = BodyId::of(&case.act.subject) {
                    judge_open(case, verdict, &id, &self.decided_on);
                }
                self.judge_arithmetic(case, verdict);
                if let Effect::Merger { merger, choice } = effect {
                    self.judge_merger(case, verdict, merger, *choice);
                }
            }
        }
        verdict.soft(self.reasons.is_some(), &REASONS, &case.act.subject, || {
            ("no reasons".to_owned(), "the reasons for the decision".to_owned())
        });
    }
}
