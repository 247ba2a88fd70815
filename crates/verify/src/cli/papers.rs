//! The working papers: a new folder that holds a report, and all that somebody needs to come to it again.

use super::options::Options;
use crate::documents::sha256_of;
use crate::page::ReportPage;
use crate::{Published, to_html, to_text};
use minutebook_log::{PublishedPath, Timestamp};
use serde_json::Value;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io};

/// Writes the folder, which must not be there yet: papers that were filed are not written over.
pub(super) fn write(
    folder: &Path,
    published: &Published,
    options: &Options,
    page: &ReportPage,
    object: &Value,
    arguments: &[String],
) -> io::Result<()> {
    fs::create_dir(folder)?;
    let mut names = Vec::new();
    let mut add = |name: &'static str, bytes: &[u8]| {
        names.push(name);
        fs::write(folder.join(name), bytes)
    };
    add("report.txt", to_text(page).as_bytes())?;
    add("report.json", format!("{object:#}\n").as_bytes())?;
    add("report.html", to_html(page).as_bytes())?;
    if let Some(checkpoint) = published.read(&PublishedPath::Checkpoint).map_err(io::Error::other)? {
        add("checkpoint", &checkpoint)?;
    }
    let mut vkeys = Vec::new();
    for vkey in &options.vkeys {
        let is_file = Path::new(vkey).is_file();
        vkeys.extend(if is_file { fs::read(vkey)? } else { format!("{vkey}\n").into_bytes() });
    }
    add("vkey", &vkeys)?;
    if let Some(policy) = &options.policy {
        add("policy", &fs::read(policy)?)?;
    }
    if let Some(earlier) = &options.from_checkpoint {
        add("from-checkpoint", &fs::read(earlier)?)?;
    }
    add("run.txt", run(arguments)?.as_bytes())?;
    names.sort_unstable();
    let mut sums = String::new();
    for name in names {
        sums.push_str(&format!("{}  {name}\n", sha256_of(&folder.join(name))?));
    }
    fs::write(folder.join("SHA256SUMS"), sums)
}

/// By which program, how and when the papers were made.
fn run(arguments: &[String]) -> io::Result<String> {
    let program = env::current_exe()?;
    let quoted: Vec<_> = arguments.iter().map(|argument| quote(argument)).collect();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    let now = i64::try_from(since.as_micros()).ok().and_then(Timestamp::from_micros);
    Ok(format!(
        "program   minutebook-verify {}\nSHA-256   {}\ncommand   minutebook-verify {}\nin        {}\nmade at   {}\n",
        env!("CARGO_PKG_VERSION"),
        sha256_of(&program)?,
        quoted.join(" "),
        env::current_dir()?.display(),
        now.map_or_else(|| "a time that this program can't write".to_owned(), |now| now.to_string()),
    ))
}

/// An argument as a shell takes it.
fn quote(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+=:,@%".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}
