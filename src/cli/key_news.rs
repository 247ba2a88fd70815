//! What is new among the keys of a body since this client looked last: how a body notices that somebody was let
//! in who signs in its name.

use crate::cli::context::Context;
use crate::cli::show;
use crate::client::{Client, ClientError, KnownLedger, RegisterClient};
use crate::proto::{Grant, Key, ListKeysRequest, ListKeysResponse, View};
use minutebook_governance::BodyId;
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Grants for a body that came, and went, since this client looked last.
#[derive(Debug)]
pub(crate) struct KeyNews {
    body: BodyId,
    new: Vec<(Grant, String)>,
    gone: Vec<String>,
}

/// The keys that may sign for a body, or all.
pub(super) async fn list(
    context: &Context,
    (client, known): (&mut Client, &KnownLedger),
    body: Option<&BodyId>,
    view: View,
) -> Result<ListKeysResponse, ClientError> {
    let body = body.map_or_else(String::new, BodyId::to_string);
    let request = ListKeysRequest { body, view: Some(view), ..ListKeysRequest::default() };
    context.all(client, known, RegisterClient::list_keys, request).await
}

/// The grants among `keys` that are not revoked.
pub(super) fn grants(keys: &[Key]) -> BTreeSet<String> {
    let grants = keys.iter().flat_map(|key| &key.grants);
    grants.filter(|grant| grant.state != "revoked").map(|grant| grant.id.clone()).collect()
}

/// What differs from what this client saw last. On the first look nothing does.
pub(super) fn since_last(
    context: &Context,
    known: &KnownLedger,
    body: &BodyId,
    keys: &[Key],
) -> Result<KeyNews, ClientError> {
    let now = grants(keys);
    let before = context.memory.recall_grants(known.reference.id, &body.to_string())?;
    let before = before.unwrap_or_else(|| now.clone());
    let held = keys.iter().flat_map(|key| key.grants.iter().map(move |grant| (grant, key)));
    let new = held.filter(|(grant, _key)| now.contains(&grant.id) && !before.contains(&grant.id));
    let named = |key: &Key| {
        let label = key.label.as_ref().map_or_else(String::new, |label| format!(" {}", show::quoted(label)));
        format!("{}{label}", key.key)
    };
    Ok(KeyNews {
        body: body.clone(),
        new: new.map(|(grant, key)| (grant.clone(), named(key))).collect(),
        gone: before.difference(&now).cloned().collect(),
    })
}

impl KeyNews {
    /// Looks at the keys of a body for somebody who signs for it. It is not an answer to be waited for: what goes
    /// wrong is said, and stops nothing. What is new stays new until the keys are listed; on the first look
    /// everything counts as seen.
    pub(crate) async fn look(
        context: &Context,
        client: &mut Client,
        known: &KnownLedger,
        body: &BodyId,
    ) -> Option<Self> {
        let looked = async {
            let keys = list(context, (client, known), Some(body), View::default()).await?.keys;
            let ledger = known.reference.id;
            if context.memory.recall_grants(ledger, &body.to_string())?.is_none() {
                context.memory.keep_grants(ledger, &body.to_string(), &grants(&keys));
            }
            since_last(context, known, body, &keys)
        };
        let looked: Result<_, ClientError> = looked.await;
        looked.inspect_err(|error| show::say(format!("The keys of {body} are not looked at: {error}"))).ok()
    }

    /// Says it on standard error, aloud.
    pub(crate) fn say(&self) {
        if self.new.is_empty() && self.gone.is_empty() {
            return;
        }
        let head = format!("The keys of {} have changed since you looked last.", self.body);
        show::say(head.red().bold());
        for (grant, key) in &self.new {
            let capacity = show::words(&grant.capacity);
            let recorded = show::moment(&grant.granted_recorded);
            let why = show::why(&[grant.granted_at]);
            show::say(format!("  {} {capacity}: key {key}, granted {recorded}  {why}", "new".red().bold()));
        }
        for gone in &self.gone {
            show::say(format!("  {} {gone}", "ended".yellow().bold()));
        }
        show::say(format!(
            "If that surprises you, tell the registrars at once. All of them: minutebook key list --body {}",
            self.body
        ));
    }

    /// As a member of what is printed for programs.
    pub(crate) fn to_json(&self) -> Value {
        let new: Vec<_> = self.new.iter().map(|(grant, _key)| &grant.id).collect();
        json!({"body": self.body, "new_grants": new, "ended_grants": self.gone})
    }
}
