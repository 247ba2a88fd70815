//! What the demo finds out: printed for people by `page`, and with `--json` as this object.

use crate::proto::{CommissionerCount, Decision, Finding, Intention};
use crate::shown::phrases::text;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The ledger that was played, and what reading it back has shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Played {
    /// The past is played again: known-at moments are reconstructed.
    pub(super) re_enactment: bool,
    pub(super) story: String,
    pub(super) title: String,
    /// The ledger that was made.
    pub(super) ledger: LedgerPlace,
    /// How many entries there are, the opening and the roles' keys included.
    pub(super) entries: u64,
    /// How long it took from the start of the program, in milliseconds.
    pub(super) took_ms: u128,
    /// The findings.
    pub(super) findings: Findings,
    /// Where the chain ends.
    pub(super) head: End,
    /// What was verified of it.
    pub(super) verified: Verified,
}

/// What is shown of England and Nottinghamshire.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Outcome {
    #[serde(flatten)]
    pub(super) played: Played,
    /// Commissioners open on each 1 April of 2013 to 2022, on 1 July 2022, and on 1 April 2026.
    pub(super) commissioners: Vec<Count>,
    /// Who commissions for Rushcliffe.
    pub(super) rushcliffe: Rushcliffe,
    /// Who commissions for Bracknell and Ascot, as Frimley's board is split.
    pub(super) bracknell: Turn,
    /// Who the accountable officer is.
    pub(super) accountable_officer: Officers,
    /// What crossed over from the six bodies to the one that follows them.
    pub(super) handover: Handover,
}

/// Where the ledger is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LedgerPlace {
    pub(super) dir: PathBuf,
    pub(super) keys: PathBuf,
    pub(super) origin: String,
    pub(super) server: String,
}

/// Commissioners open on a day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Count {
    pub(super) as_at: String,
    pub(super) ccg: u32,
    pub(super) icb: u32,
}

/// Who commissions for Rushcliffe, before, after, and as it was known.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Rushcliffe {
    pub(super) unit: String,
    pub(super) before: Commissioner,
    pub(super) after: Commissioner,
    pub(super) known_in_june_2019: KnownThen,
}

/// Who commissions for a unit before and after something.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Turn {
    pub(super) unit: String,
    pub(super) before: Commissioner,
    pub(super) after: Commissioner,
}

/// Who commissions for a unit on a day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Commissioner {
    pub(super) as_at: String,
    /// The day that was asked for; else when the last entry was recorded.
    pub(super) known_at: String,
    pub(super) body: String,
    pub(super) name: String,
    pub(super) why: Vec<Entry>,
    /// What of it no source states: from which it is inferred, and why.
    pub(super) inferred: Vec<String>,
}

/// What was known of the change before it was decided.
#[derive(Debug, Clone, Serialize)]
pub(super) struct KnownThen {
    /// Who would commission on the day of the change, for all that was enacted.
    pub(super) commissioner: Commissioner,
    /// What was intended.
    pub(super) intentions: Vec<Plan>,
    pub(super) merger: MergerThen,
}

/// Something intended.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) state: String,
    pub(super) mood: String,
    pub(super) when: String,
    pub(super) wording: String,
    pub(super) conditions: Vec<String>,
    pub(super) why: Vec<Entry>,
}

/// Where the merger stood.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MergerThen {
    pub(super) id: String,
    pub(super) state: String,
    pub(super) participants: usize,
    pub(super) prefer: usize,
    pub(super) apply: usize,
    pub(super) consultation_closes: String,
    pub(super) why: Vec<Entry>,
}

/// Who the accountable officer is, before and after.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Officers {
    pub(super) before: Officer,
    pub(super) after: Officer,
}

/// Who holds an office of a body on a day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Officer {
    pub(super) as_at: String,
    pub(super) body: String,
    pub(super) name: String,
    /// Whether an act or a register says so; if not, only papers or the press do.
    pub(super) is_enacted: bool,
    /// Whether it is not known for the day, because somebody was last seen before it.
    pub(super) is_perhaps: bool,
    /// How it is held, where an appointment says so.
    pub(super) tenure: String,
    pub(super) standing: String,
    pub(super) why: Vec<Entry>,
}

/// What crossed over to the body that follows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Handover {
    /// What was to be done, as the predecessors left it, as the successor found it, and after its first meeting.
    pub(super) actions: Vec<OpenActions>,
    /// The minutes of the predecessors' last meeting.
    pub(super) minutes: Minutes,
    /// What the successor decided at its first meeting.
    pub(super) first_meeting: Vec<Taken>,
}

/// What is to be done on a day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OpenActions {
    pub(super) as_at: String,
    /// Whose it is: the body, or the bodies, that were asked.
    pub(super) of: Vec<String>,
    pub(super) open: Vec<OpenAction>,
}

/// Something that is to be done.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OpenAction {
    pub(super) id: String,
    pub(super) what: String,
    pub(super) due_on: String,
    pub(super) why: Vec<Entry>,
}

/// Minutes, before a meeting of the successor and after it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Minutes {
    pub(super) meeting: String,
    pub(super) held_on: String,
    /// Where the meeting stood, and in which state each of its decisions was.
    pub(super) before: MinutesThen,
    pub(super) after: MinutesThen,
    /// The entries that approve them.
    pub(super) approved_by: Vec<Entry>,
}

/// Where a meeting and its decisions stood on a day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MinutesThen {
    pub(super) as_at: String,
    pub(super) state: String,
    pub(super) decisions: Vec<Taken>,
}

/// A decision.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Taken {
    pub(super) body: String,
    pub(super) item: String,
    pub(super) outcome: String,
    pub(super) state: String,
    pub(super) text: String,
    pub(super) position: u64,
}

/// The findings, counted by rule.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Findings {
    pub(super) total: usize,
    pub(super) by_rule: Vec<RuleCount>,
}

/// The findings of one rule.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RuleCount {
    pub(super) rule: String,
    pub(super) says: String,
    pub(super) count: usize,
    /// The first few.
    pub(super) first: Vec<OneFinding>,
}

/// A finding.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OneFinding {
    pub(super) subject: String,
    pub(super) found: String,
    pub(super) why: Vec<u64>,
}

/// Where the chain ends.
#[derive(Debug, Clone, Serialize)]
pub(super) struct End {
    pub(super) position: u64,
    pub(super) hash: String,
}

/// What reading every entry back and replaying it has shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Verified {
    pub(super) entries: u64,
    pub(super) verdict: String,
}

/// An entry that an answer rests on.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    pub(super) position: u64,
    #[serde(rename = "type")]
    pub(super) type_name: String,
    pub(super) subject: String,
    pub(super) standing: String,
    pub(super) recorded: String,
    /// `sourced`, `reconstructed` or `inferred`.
    pub(super) basis: String,
}

impl From<CommissionerCount> for Count {
    fn from(count: CommissionerCount) -> Self {
        Self { as_at: count.as_at, ccg: count.ccg, icb: count.icb }
    }
}

impl From<Decision> for Taken {
    fn from(decision: Decision) -> Self {
        let Decision { body, item, outcome, state, text, position, .. } = decision;
        Self { body, item, outcome, state, text: self::text(text.as_ref()).to_owned(), position }
    }
}

impl Taken {
    /// How many are in which state, in words.
    pub(super) fn states(taken: &[Self]) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for taken in taken {
            let state = if taken.state == "stands" { "not confirmed" } else { &taken.state };
            *counts.entry(state).or_default() += 1;
        }
        let words: Vec<_> =
            counts.iter().map(|(state, count)| format!("{count} {}", state.replace('_', " "))).collect();
        words.join(", ")
    }
}

impl Plan {
    pub(super) fn new(intention: Intention, why: Vec<Entry>) -> Self {
        let when =
            intention.when.map(|when| if when.written.is_empty() { when.earliest } else { when.written });
        Self {
            id: intention.id,
            state: intention.state,
            mood: intention.mood,
            when: when.unwrap_or_default(),
            wording: text(intention.wording.as_ref()).to_owned(),
            conditions: intention.conditions,
            why,
        }
    }
}

/// How many findings of one rule are shown.
const SHOWN_PER_RULE: usize = 2;

impl From<Vec<Finding>> for Findings {
    fn from(findings: Vec<Finding>) -> Self {
        let mut by_rule: Vec<RuleCount> = Vec::new();
        let total = findings.len();
        for finding in findings {
            let one = OneFinding { subject: finding.subject, found: finding.found, why: finding.why };
            match by_rule.iter_mut().find(|counted| counted.rule == finding.rule) {
                Some(counted) => {
                    counted.count += 1;
                    if counted.first.len() < SHOWN_PER_RULE {
                        counted.first.push(one);
                    }
                }
                None => by_rule.push(RuleCount {
                    rule: finding.rule,
                    says: finding.says,
                    count: 1,
                    first: vec![one],
                }),
            }
        }
        by_rule.sort_by_key(|counted| std::cmp::Reverse(counted.count));
        Self { total, by_rule }
    }
}
