//! An audit with the answers to what the auditor asked beside it: all that a report says.

use crate::{
    Audit, AuditVerdict, Evidence, Graded, Level, Period, PeriodActs, Witnessed, check_documents, findings,
    sample,
};
use minutebook_governance::{RULES_VERSION, authority};
use minutebook_log::{Position, PublicKey, Purpose};
use serde::Serialize;
use std::io;
use std::path::PathBuf;

/// What an auditor asks beside whether the log holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// Which acts are of a period.
    pub period: Option<Period>,
    /// Which entries to look at in depth: a seed, and how many.
    pub sample: Option<(String, usize)>,
    /// Where the documents are that entries rest on.
    pub documents: Option<PathBuf>,
}

/// An audit, and what was asked.
#[derive(Debug)]
pub struct Review {
    /// The audit.
    pub audit: Audit,
    /// Soft rules and contested entries, the gravest first.
    pub findings: Vec<Graded>,
    /// The period that was asked for, and its acts.
    pub period: Option<(Period, PeriodActs)>,
    /// The sample that was asked for, and what was drawn.
    pub sample: Option<(String, Vec<Position>)>,
    /// The documents, where a folder was given.
    pub documents: Option<Vec<Evidence>>,
}

/// How a level came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelOutcome {
    /// Which.
    pub level: Level,
    /// What it comes to.
    pub state: State,
    /// How far, and why not further.
    pub extent: String,
}

/// What a level comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It holds for everything that the checkpoint speaks of.
    Holds,
    /// It holds as far as it could be checked.
    HoldsSoFar,
    /// It does not hold.
    Fails,
    /// It was not checked.
    NotChecked,
}

impl State {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Holds => "holds",
            State::HoldsSoFar => "holds so far",
            State::Fails => "FAILS",
            State::NotChecked => "not checked",
        }
    }
}

impl Review {
    /// Asks the questions of an audit.
    ///
    /// # Errors
    /// The system's own, where the folder of documents can't be read, or an entry that was verified can't be read again.
    pub fn of(audit: Audit, questions: &Questions) -> io::Result<Self> {
        let findings = findings(&audit);
        let record = audit.report.book.record();
        let period = questions.period.map(|period| (period, period.acts(record)));
        let all = (0..audit.report.authentic).map(Position);
        let of_period = period.as_ref().map(|(_period, acts)| {
            let lists = [&acts.in_time, &acts.late, &acts.unclear];
            lists.into_iter().flatten().map(|act| act.position).collect::<Vec<_>>()
        });
        let drawn = questions.sample.as_ref().map(|(seed, count)| {
            let population = of_period.unwrap_or_else(|| all.collect());
            (seed.clone(), sample(seed, *count, population))
        });
        let documents = questions.documents.as_deref();
        let documents = documents.map(|folder| check_documents(record, folder)).transpose()?;
        let review = Self { audit, findings, period, sample: drawn, documents };
        review.check_read()?;
        Ok(review)
    }

    /// Whether everything that was asked of the book until now could be read.
    ///
    /// # Errors
    /// The system's own: what was answered is then no answer.
    pub fn check_read(&self) -> io::Result<()> {
        self.audit.report.book.fault().map_err(io::Error::other)
    }

    /// Whether the ledger plays the past again.
    pub fn is_re_enactment(&self) -> bool {
        let opening = self.audit.report.chain().opening();
        opening.is_some_and(|opening| opening.purpose == Purpose::ReEnactment)
    }

    /// The version of the rules that the ledger was opened under; nothing where it has no opening.
    pub fn rules_version(&self) -> Option<u64> {
        self.audit.report.chain().opening().map(|opening| opening.rules)
    }

    /// What people call a key, as the book has it; nothing where the book does not know it.
    pub fn label(&self, key: PublicKey) -> Option<String> {
        let book = &self.audit.report.book;
        if let Some(state) = authority::key_state(book.record(), key, authority::now(book.record())) {
            return Some(state.label.shown().to_owned());
        }
        let registrars = &self.audit.report.chain().opening()?.registrars;
        let registrar = registrars.iter().find(|registrar| registrar.key == key)?;
        Some(format!("registrar ({})", registrar.holder))
    }

    /// How each level came out, in order.
    pub fn outcomes(&self) -> Vec<LevelOutcome> {
        Level::ALL.into_iter().map(|level| self.outcome(level)).collect()
    }

    fn outcome(&self, level: Level) -> LevelOutcome {
        let faults = self.audit.faults.iter().filter(|fault| fault.level == level);
        let positions: Vec<_> = faults.clone().map(|fault| fault.position).collect();
        let (state, extent) = if positions.is_empty() {
            self.extent(level)
        } else {
            let first = positions.into_iter().flatten().min();
            (
                State::Fails,
                first.map_or_else(|| "the log as a whole".to_owned(), |at| format!("from entry {at} on")),
            )
        };
        LevelOutcome { level, state, extent }
    }

    fn extent(&self, level: Level) -> (State, String) {
        let report = &self.audit.report;
        match level {
            Level::Tree if self.audit.is_whole() => {
                let whole = format!("root and tiles, {}", so_many_entries(self.audit.tree.size.0));
                match &self.audit.followed {
                    None => (State::Holds, whole),
                    Some(followed) => (
                        State::HoldsSoFar,
                        format!(
                            "{whole}; the key that was brought signed {}, and the rest is by the key that registrars named there",
                            so_many_entries(followed.size.0)
                        ),
                    ),
                }
            }
            Level::Tree => (State::HoldsSoFar, format!("tiles, {}", so_many_entries(self.audit.tree.size.0))),
            Level::Witnesses => self.witnesses_extent(),
            Level::Rules if report.verdict == AuditVerdict::RulesUnknown => (
                State::HoldsSoFar,
                format!(
                    "{} of {}; the rest is under rules that this program does not know",
                    report.replayed,
                    so_many_entries(report.authentic)
                ),
            ),
            Level::Rules if report.verdict == AuditVerdict::Authentic => {
                (State::NotChecked, "they were not replayed: --quick was asked for".to_owned())
            }
            Level::Signatures if report.verdict == AuditVerdict::Authentic && self.audit.is_whole() => {
                let all = so_many_entries(report.authentic);
                (State::HoldsSoFar, format!("{all}, many checked as one: as far as that tells"))
            }
            _ if !self.audit.is_whole() || report.verdict == AuditVerdict::Failed => (
                State::HoldsSoFar,
                format!(
                    "{}, up to the first that fails",
                    so_many_entries(report.authentic.min(report.head.size))
                ),
            ),
            Level::Signatures => match self.audit.earlier {
                None => (State::Holds, so_many_entries(report.authentic)),
                Some(earlier) => {
                    let new = report.authentic.saturating_sub(earlier.size.0);
                    (
                        State::Holds,
                        format!(
                            "{} verified now; those before were verified with the earlier checkpoint of size {}",
                            so_many_entries(new),
                            earlier.size
                        ),
                    )
                }
            },
            Level::Rules => {
                let rules = self.rules_version().unwrap_or(RULES_VERSION);
                (
                    State::Holds,
                    format!("{}, admitted under rule set {rules}", so_many_entries(report.replayed)),
                )
            }
            _ => (State::Holds, so_many_entries(report.authentic)),
        }
    }

    fn witnesses_extent(&self) -> (State, String) {
        match &self.audit.witnessed {
            Witnessed::Quorum(witnesses) => {
                let kept = match self.audit.kept {
                    1 => "1 kept checkpoint was checked too".to_owned(),
                    kept => format!("{kept} kept checkpoints were checked too"),
                };
                let signed = witnesses.len();
                (State::Holds, format!("{signed} have signed, which is the quorum; {kept}"))
            }
            Witnessed::NotAsked { lines } => (
                State::NotChecked,
                format!("no policy was given; {lines} lines by keys that nobody here knows"),
            ),
            Witnessed::TooFew(_) | Witnessed::NotChecked => {
                (State::NotChecked, "the checkpoint itself does not hold".to_owned())
            }
        }
    }
}

/// So many entries, in words.
pub(crate) fn so_many_entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}
