//! How the page of every story ends: with its findings, and where the chain ends.

use super::lines::{INDENT, field, line, section, thousands, wrap, wrapped};
use super::outcome::{Played, RuleCount};
use owo_colors::OwoColorize as _;
use std::io;

/// Prints the findings, and the head of the chain.
pub(super) fn print(played: &Played, width: usize) -> io::Result<()> {
    section(&format!("Findings: {}", played.findings.total))?;
    for counted in &played.findings.by_rule {
        print_rule(counted, width)?;
    }
    section("Head of the chain")?;
    line(format!("  entry {}  {}", played.head.position, played.head.hash.bold()))?;
    let verified = format!("verified: {} entries", thousands(played.verified.entries));
    line(format!("  {} read back; chain, signatures and rules replayed", verified.green()))?;
    line("")
}

fn print_rule(counted: &RuleCount, width: usize) -> io::Result<()> {
    let mut count = counted.count.to_string();
    for part in wrap(&format!("{} ({})", counted.says, counted.rule), width.saturating_sub(INDENT.len())) {
        line(format!("  {:>14}  {part}", count.yellow()))?;
        count.clear();
    }
    for one in &counted.first {
        let why = one.why.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        wrapped(INDENT, &format!("{}: {} (entry {why})", one.subject, one.found), width)?;
    }
    let more = counted.count.saturating_sub(counted.first.len());
    if more > 0 { field("", format!("and {more} more").dimmed()) } else { Ok(()) }
}
