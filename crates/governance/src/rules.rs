//! How the rules speak: a rule, a violation that refuses, a finding that stays.

use crate::Certainty;
use minutebook_log::{Position, Subject};
use std::borrow::Cow;
use std::fmt;

/// What happens where a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// The act is refused.
    Hard,
    /// The act is refused where the rule is broken for certain. Where a date is too imprecise to tell, it
    /// stands with a finding.
    HardIfCertain,
    /// The entry stands, with a finding.
    Soft,
}

impl Force {
    /// The words for it in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Force::Hard => "hard",
            Force::HardIfCertain => "hard if certain",
            Force::Soft => "soft",
        }
    }
}

/// A rule of the rule set: what it asks, for people, and where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name by which errors, findings and documents cite it: `application.each-applicant-decided`.
    pub id: &'static str,
    /// What it asks, in a sentence.
    pub says: &'static str,
    /// The statute, regulation, guidance or design decision behind it.
    pub source: &'static str,
}

/// The rules of one file, each with its force.
pub(crate) type RulePage = &'static [(&'static Rule, Force)];

/// Declares the rules of a file, each with its force, its id, what it says and its source; and `RULES`, the
/// page that lists them all, so that none is missing from the rule book.
macro_rules! rules {
    ($($name:ident: $force:ident = $id:literal, $says:literal, $source:expr;)+) => {
        $(pub(super) static $name: crate::Rule = crate::Rule { id: $id, says: $says, source: $source };)+

        /// The rules of this file.
        pub(crate) static RULES: crate::rules::RulePage = &[$((&$name, crate::Force::$force)),+];
    };
}
pub(crate) use rules;

/// A hard rule that an act breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub rule: &'static Rule,
    /// What the rule was judged on.
    pub subject: Subject,
    /// What was found.
    pub found: String,
    /// What would have been accepted.
    pub needed: String,
    /// Where the rule comes from: for the kind of commissioner that the act is of, where the law differs.
    pub source: Cow<'static, str>,
}

/// A soft rule that was broken, or statements that contradict each other: the entry stands, and everyone
/// can see the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: &'static Rule,
    /// What the finding is about.
    pub subject: Subject,
    /// What was found.
    pub found: String,
    /// What would have raised no finding.
    pub needed: String,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

impl Finding {
    /// A name that stays the same however often the question is asked: rule, subject, first entry.
    pub fn id(&self) -> String {
        Self::id_of(self.rule, &self.subject, self.why.first().copied())
    }

    /// The name of what a rule finds of a subject and of an entry, or of none.
    pub(crate) fn id_of(of_rule: &Rule, subject: &Subject, first: Option<Position>) -> String {
        let first = first.map_or_else(String::new, |first| first.to_string());
        format!("{}:{subject}:{first}", of_rule.id)
    }
}

/// A rule that was asked of an act, and whether the act keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which rule.
    pub rule: &'static Rule,
    /// Whether it is kept; unknown where a date is too imprecise to tell.
    pub holds: Certainty,
}

/// What the rules say of one act: nothing, or every rule that it breaks.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Every rule that was asked, in order; one that is asked of several things stands there several times.
    pub asked: Vec<Asked>,
    /// Hard rules broken: any of them refuses the act.
    pub violations: Vec<Violation>,
    /// Soft rules broken, as (rule, subject, found, needed).
    pub findings: Vec<Violation>,
}

impl Violation {
    pub(crate) fn of(rule: &'static Rule, subject: &Subject, (found, needed): (String, String)) -> Self {
        Self { rule, subject: subject.clone(), found, needed, source: Cow::Borrowed(rule.source) }
    }
}

impl Verdict {
    /// Asks a hard rule: unless it `holds`, the act is refused. `explain` says what was found and what is
    /// needed.
    pub fn hard(
        &mut self,
        holds: bool,
        rule: &'static Rule,
        subject: &Subject,
        explain: impl FnOnce() -> (String, String),
    ) {
        self.asked.push(Asked { rule, holds: holds.into() });
        self.violations.extend((!holds).then(|| Violation::of(rule, subject, explain())));
    }

    /// Asks a soft rule: unless it `holds`, a finding is raised. `explain` as for [`Verdict::hard`].
    pub fn soft(
        &mut self,
        holds: bool,
        rule: &'static Rule,
        subject: &Subject,
        explain: impl FnOnce() -> (String, String),
    ) {
        self.asked.push(Asked { rule, holds: holds.into() });
        self.findings.extend((!holds).then(|| Violation::of(rule, subject, explain())));
    }

    /// Asks a hard rule of a comparison of dates: only *no* refuses; *unknown* is accepted with a finding.
    pub fn hard_if_certain(
        &mut self,
        holds: Certainty,
        rule: &'static Rule,
        subject: &Subject,
        explain: impl FnOnce() -> (String, String),
    ) {
        self.asked.push(Asked { rule, holds });
        match holds {
            Certainty::Yes => {}
            Certainty::No => self.violations.push(Violation::of(rule, subject, explain())),
            Certainty::Unknown => {
                let unsure = ("a date too imprecise to tell".to_owned(), rule.says.to_owned());
                self.findings.push(Violation::of(rule, subject, unsure));
            }
        }
    }
}

/// The newest version of the rules in this software, named by the opening entry of the ledgers that it opens.
pub const RULES_VERSION: u64 = 1;

/// A version of the rules: a value that judging is given. What a book holds was judged by the set in force at its
/// position, and is never judged by another.
#[derive(Clone, Copy)]
pub struct RuleSet {
    /// Its number, as ledgers name it when they open and when they adopt another.
    pub version: u64,
    /// Whether a type of that name is in its catalogue, for statements that mention one.
    pub is_type: fn(&str) -> bool,
    /// Whether a rule of that id is in its rule book, for decisions that mention one.
    pub is_rule: fn(&str) -> bool,
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rules version {}", self.version)
    }
}
