//! What is said of an event once it is in the book.

use crate::cli::context::Context;
use crate::cli::key_news::KeyNews;
use crate::cli::show;
use crate::client::ClientError;
use crate::proto::AppendedEvent;
use minutebook_log::{Position, Seen};
use serde_json::{Value, json};
use std::path::Path;

/// Where one event stands, for people or as data, with what is new among keys.
///
/// # Errors
/// Standard output is closed.
pub(crate) fn show_one(
    context: &Context,
    appended: &AppendedEvent,
    receipt: Option<&Path>,
    news: &[KeyNews],
) -> anyhow::Result<()> {
    if !context.json {
        return show_appended(appended, None, receipt);
    }
    let mut said = appended_json(appended, receipt)?;
    if let Value::Object(members) = &mut said {
        members.insert("key_news".to_owned(), news.iter().map(KeyNews::to_json).collect());
    }
    show::json(&said)
}

/// Where an event stands, as data.
///
/// # Errors
/// An answer that has no JSON.
pub(crate) fn appended_json(appended: &AppendedEvent, receipt: Option<&Path>) -> anyhow::Result<Value> {
    let mut said = show::to_json(appended)?;
    if let Value::Object(members) = &mut said {
        members.extend(receipt.map(|receipt| ("receipt".to_owned(), json!(receipt))));
    }
    Ok(said)
}

/// Says where an event stands, that of `file` where there are several, and where its receipt is.
///
/// # Errors
/// Standard output is closed.
pub(crate) fn show_appended(
    appended: &AppendedEvent,
    file: Option<&Path>,
    receipt: Option<&Path>,
) -> anyhow::Result<()> {
    let again = if appended.again { " (it stood there already)" } else { "" };
    show::sentence(show::title(format!("entry {}{again}", appended.position)))?;
    if let Some(file) = file {
        show::field("file", file.display())?;
    }
    show::field("hash", &appended.hash)?;
    show::field("recorded", &appended.recorded)?;
    if let Some(receipt) = receipt {
        show::field("receipt", receipt.display())?;
    }
    Ok(show::findings(&appended.findings)?)
}

/// The entry that was appended, which this client knows to be durable.
///
/// # Errors
/// The server gave no hash.
pub(crate) fn seen(appended: &AppendedEvent) -> Result<Seen, ClientError> {
    let no_hash = || format!("the hash \"{}\"", crate::client::plain(&appended.hash));
    let hash = appended.hash.parse().map_err(|_no_hash| ClientError::lies("AppendEvent", &no_hash()))?;
    Ok(Seen { position: Position(appended.position), hash })
}

/// Says that a receipt could not be saved, and how to get it later.
pub(crate) fn say_unsaved(position: u64, error: &anyhow::Error) {
    show::say(format!(
        "The receipt is not saved: {error:#}. Later: minutebook receipt fetch {position} -o FILE"
    ));
}
