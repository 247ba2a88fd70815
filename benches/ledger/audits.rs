//! Audits of what was published and stored, each in a process of its own: beside the bare rate of its signatures, with
//! its memory.

use crate::limits::Limits;
use crate::peer::Error;
use crate::table::Table;
use minutebook_verify::{Audit, AuditVerdict, Brought, Published, Trust, audit, audit_quickly};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Audits the ledger in a folder: its published log whole and quickly, and its store.
pub(crate) async fn measure(ledger: &Path, limits: &Limits, table: &mut Table) -> Result<(), Error> {
    let signatures = ("signatures alone", limits.verified);
    for (what, how) in [("audit of the published log", "whole"), ("quick look at it", "quick")] {
        let mut itself = Command::new(std::env::current_exe()?);
        let output = itself.args(["serve", "audit", how]).arg(ledger.join("published")).output()?;
        let said: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
        let (entries, seconds) =
            (said["entries"].as_f64().unwrap_or(0.0), said["seconds"].as_f64().unwrap_or(0.0));
        let beside = format!("{entries} entries, at most {} MiB", said["mebibytes"]);
        table.rate(what, entries / seconds, signatures, &beside);
    }
    let begun = Instant::now();
    let program = env!("CARGO_BIN_EXE_minutebook");
    let output = Command::new(program).args(["verify", "--json", "--dir"]).arg(ledger).output()?;
    let took = begun.elapsed().as_secs_f64();
    let said: Value = serde_json::from_slice(&output.stdout)?;
    if said["verdict"] != "verified" {
        return Err(format!("{said}").into());
    }
    let entries = said["replayed"].as_f64().unwrap_or(0.0);
    table.rate("verify of the stopped store, its copy and index too", entries / took, signatures, "");
    Ok(())
}

/// What a process of this program does that audits: prints what it took.
pub(crate) fn run(how: &str, published: &Path) {
    let keys = Brought::parse(&fs::read_to_string(published.join("vkey")).unwrap()).unwrap();
    let trust = Trust { keys, policy: None, earlier: None };
    let opened = Published::open(published).unwrap();
    let begun = Instant::now();
    let (found, needed): (Audit, _) = match how {
        "quick" => (audit_quickly(&opened, &trust, |_read, _of| {}).unwrap(), AuditVerdict::Authentic),
        _whole => (audit(&opened, &trust, |_read, _of| {}).unwrap(), AuditVerdict::Verified),
    };
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(found.verdict(), needed, "{:?}", found.faults);
    println!(
        "{}",
        json!({"entries": found.report.authentic, "seconds": seconds, "mebibytes": mebibytes_at_most()})
    );
}

/// The most memory that this process has had.
fn mebibytes_at_most() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
