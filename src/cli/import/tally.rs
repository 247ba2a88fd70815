//! What became of a load's rows, counted; and each that is refused, told at once.

use super::super::show;
use crate::import::{Judged, Problem, RowPlace};
use crate::proto::AppendedEvent;
use serde_json::json;
use std::collections::BTreeMap;
use std::io;

/// The counts of a load.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) new: u64,
    pub(super) there: u64,
    pub(super) repeated: u64,
    pub(super) refused: u64,
    /// How many of the new ones are appended by now.
    pub(super) appended: u64,
    /// How often each soft rule was broken, by its id.
    pub(super) findings: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts a row that was judged; tells where it stands if it is refused.
    pub(super) fn take(&mut self, place: &RowPlace, judged: Judged, as_json: bool) -> io::Result<()> {
        self.rows += 1;
        match judged {
            Judged::New(findings) => {
                self.new += 1;
                findings.iter().for_each(|finding| self.found(finding.rule.id));
            }
            Judged::There(_at) => self.there += 1,
            Judged::Repeated => self.repeated += 1,
            Judged::Refused(problems) => {
                self.refused += 1;
                return problems.iter().try_for_each(|problem| tell(place, problem, as_json));
            }
        }
        Ok(())
    }

    /// Counts what a server has appended.
    pub(super) fn count(&mut self, appended: &[AppendedEvent]) {
        self.appended += appended.len() as u64;
        let findings = appended.iter().flat_map(|appended| &appended.findings);
        findings.for_each(|finding| self.found(&finding.rule));
    }

    fn found(&mut self, rule: &str) {
        *self.findings.entry(rule.to_owned()).or_default() += 1;
    }

    /// Shows the counts; `new` says what becomes of the new ones.
    pub(super) fn show(&self, as_json: bool, new: &str) -> anyhow::Result<()> {
        if as_json {
            let counts = json!({"events": self.rows, new.replace(' ', "_"): self.new, "there_already": self.there,
                "repeated": self.repeated, "refused": self.refused, "findings": self.findings});
            return Ok(show::json_line(&counts)?);
        }
        show::field("events", format!("{} (one for each file among them, with its horizon)", self.rows))?;
        show::field("new", format!("{}, {new}", self.new))?;
        show::field("there already", self.there)?;
        if self.repeated > 0 {
            show::field("repeated", format!("{}, each like a row before it", self.repeated))?;
        }
        show::field("refused", self.refused)?;
        for (rule, count) in &self.findings {
            show::field("finding", format!("{count} x {rule}"))?;
        }
        Ok(())
    }
}

fn tell(place: &RowPlace, problem: &Problem, as_json: bool) -> io::Result<()> {
    let Problem { rule, found, needed } = problem;
    if as_json {
        let said =
            json!({"file": place.file, "line": place.line, "rule": rule, "found": found, "needed": needed});
        return show::json_line(&json!({"refused": said}));
    }
    let rule = rule.map_or_else(String::new, |rule| format!("  [{rule}]"));
    show::sentence(format!("{place}{rule}\n    found {found}\n    needed {needed}"))
}
