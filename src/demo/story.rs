//! Nottinghamshire 2013 to 2020 as acts: six bodies become one.

use super::scene::Scene;
use anyhow::Context as _;

const STORY: &str = include_str!("../../data/nottinghamshire.jsonl");

/// The story as scenes, in the order in which they became known.
///
/// # Errors
/// A line of `data/nottinghamshire.jsonl` is not as data/README.md describes it.
pub fn scenes() -> anyhow::Result<Vec<Scene>> {
    let read = |(line, text)| {
        serde_json::from_str(text).with_context(|| format!("data/nottinghamshire.jsonl, line {}", line + 1))
    };
    STORY.lines().enumerate().map(read).collect()
}
