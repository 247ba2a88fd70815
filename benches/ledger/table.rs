//! What was measured: a line for each figure as it comes, and all of them as data.

use crate::peer::Error;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A rate beside the most that the machine gives for the same work.
struct Ratio {
    what: String,
    per_second: f64,
    limit: f64,
}

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Table {
    ratios: Vec<Ratio>,
    figures: Vec<Value>,
}

impl Table {
    /// A rate, beside a limit: the machine doing only the work that can't be left out.
    pub(crate) fn rate(&mut self, what: &str, per_second: f64, limit: (&str, f64), beside: &str) {
        let (named, limit) = limit;
        let ratio = per_second / limit;
        let found = format!("{per_second:.0}/s");
        println!("{what:<52} {found:>14}   {ratio:>5.2} x {limit:.0}/s, {named}   {beside}");
        self.ratios.push(Ratio { what: what.to_owned(), per_second, limit });
        self.figures.push(json!({
            "what": what, "per_second": per_second.round(), "limit": limit.round(), "limited_by": named, "ratio": round(ratio), "beside": beside,
        }));
    }

    /// Any other figure, beside its target.
    pub(crate) fn figure(&mut self, what: &str, found: String, target: &str) {
        println!("{what:<52} {found:>14}   {target}");
        self.figures.push(json!({"what": what, "found": found, "target": target}));
    }

    /// All of it.
    pub(crate) fn to_json(&self) -> Value {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        json!({"cores": cores, "load": load.trim(), "figures": self.figures})
    }

    /// Its ratios by what they are of.
    pub(crate) fn ratios(&self) -> BTreeMap<String, f64> {
        self.ratios.iter().map(|ratio| (ratio.what.clone(), ratio.per_second / ratio.limit)).collect()
    }
}

fn round(ratio: f64) -> f64 {
    (ratio * 1000.0).round() / 1000.0
}

/// Of several tries, what `take` makes of each ratio; its tries are sorted.
pub(crate) fn of_tries(
    tries: &[BTreeMap<String, f64>],
    take: impl Fn(&[f64]) -> Option<f64>,
) -> BTreeMap<String, f64> {
    let names: BTreeSet<_> = tries.iter().flat_map(BTreeMap::keys).cloned().collect();
    let taken = names.into_iter().filter_map(|what| {
        let mut found: Vec<f64> = tries.iter().filter_map(|ratios| ratios.get(&what).copied()).collect();
        found.sort_by(f64::total_cmp);
        Some((what, round(take(&found)?)))
    });
    taken.collect()
}

/// Ratios beside those that were committed: which have fallen below half of them.
pub(crate) fn fallen(found: &BTreeMap<String, f64>, committed: &Path) -> Result<Vec<String>, Error> {
    let committed: BTreeMap<String, f64> = serde_json::from_str(&fs::read_to_string(committed)?)?;
    let mut fallen = Vec::new();
    println!("\n{:<52} {:>9} {:>10}", "ratio to its limit", "found", "committed");
    for (what, before) in &committed {
        let now = found.get(what).copied().unwrap_or(0.0);
        println!("{what:<52} {now:>9.3} {before:>10.3}");
        if now < before / 2.0 {
            fallen.push(format!("{what}: {now:.3}, and {before:.3} was committed"));
        }
    }
    Ok(fallen)
}
