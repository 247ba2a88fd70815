//! Writes docs/rules.md anew: `cargo run -p minutebook-governance --example rules`.
//!
//! The test `law` fails while the page is not what the code makes.

#![allow(clippy::unwrap_used, reason = "a tool")]

use minutebook_governance::reporting::{OfReport, of_report};
use minutebook_governance::rulebook::{force_of, rules};
use minutebook_governance::{Force, RULES_VERSION};
use std::fs;
use std::path::PathBuf;

#[allow(dead_code, reason = "the test takes the page alone")]
fn main() {
    fs::write(path(), page()).unwrap();
}

/// Where the page stands.
pub(crate) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md")
}

/// The page: one row for each rule.
pub(crate) fn page() -> String {
    let mut page = format!(
        "# The rules

Rule set {RULES_VERSION}, written by `cargo run -p minutebook-governance --example rules`.

A rule that is **hard** refuses the act. One that is **{}** refuses where it is broken for certain; where a date is
too imprecise to tell, the act stands with a finding. One that is **soft** never refuses: the entry stands, and everyone can see
the finding. Rules judge acts and own records. What a register, a paper or the press reports is checked for its form, its references and
those who sign it, and is never refused for anything else. What a hard rule would refuse in an act is **found** of a report that says it, until a
later entry resolves it; the third column says so, and which rules have nothing to say of a report, and why. What an act rested on and is withdrawn
or corrected later is found of that act, by the rule that would have refused it then.

A source that begins with *principle* is one of the [principles of the book](principles.md).

What a rule refuses may have happened all the same. It can be minuted as a `DecisionRecorded` with the effect
`{{\"none\":{{\"refused_by\":\"<rule>\"}}}}`: that changes nothing, and stays marked.

| rule | force | of a report | what it asks | where it comes from |
|---|---|---|---|---|
",
        Force::HardIfCertain.as_str()
    );
    for rule in rules() {
        let force = force_of(rule.id).map_or("", Force::as_str);
        // A soft rule never refuses: what is asked of a report it finds, like anything else.
        let report = of_report(rule).map_or("", OfReport::as_str);
        page.push_str(&format!("| `{}` | {force} | {report} | {} | {} |\n", rule.id, rule.says, rule.source));
    }
    page
}
