use super::context::Context;
use super::due::show_due;
use super::exit::RefusedHere;
use super::show;
use super::view::ViewArgs;
use super::writing::Signer;
use crate::client::{Client, ClientError, KnownLedger, RegisterClient};
use crate::proto::{
    Answered, GetKeyRequest, Grant, Key, ListDueRequest, ListDueResponse, ListKeysRequest, ListKeysResponse,
    View,
};
use kept::Kept;
use minutebook_log::PublicKey;
use owo_colors::OwoColorize as _;
use passing::{Passing, Taker};
use serde_json::{Value, json};
use std::path::PathBuf;

mod kept;
mod passing;

/// Says what a secretary who leaves a body hands over: what is due, the drafts in a folder, signed events whose outcome
/// nobody knows, and who may sign for the body.
///
/// It prints the commands with which registrars let the new key sign, and then end the old grant, so that the body is
/// never without a secretary. It records nothing itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook handover 04K
  minutebook handover 04K --from old.pem --to new.pem --drafts ~/drafts")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    /// The key that leaves: its file, or its 64 digits. Else every key that signs as secretary of the body.
    #[arg(long, value_name = "FILE|HEX")]
    from: Option<String>,
    /// The key that takes over: its file, or its 64 digits.
    #[arg(long, value_name = "FILE|HEX")]
    to: Option<String>,
    /// The folder where drafts are kept.
    #[arg(long, value_name = "DIR", default_value = ".")]
    drafts: PathBuf,
    #[command(flatten)]
    view: ViewArgs,
}

/// All that passes.
struct Handover {
    due: ListDueResponse,
    kept: Vec<Kept>,
    keys: Vec<Key>,
    /// What either answer says of itself.
    answered: Answered,
    passing: Vec<Passing>,
    commands: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let from = self
            .from
            .as_deref()
            .map(|from| Signer::open(context, from))
            .transpose()?
            .map(|signer| signer.public());
        let (mut client, known) = context.connect().await?;
        let view = self.view.to_wire();
        let (body, asked) = (self.body.clone(), Some(view.clone()));
        let request = ListDueRequest { body, view: asked, ..ListDueRequest::default() };
        let due: ListDueResponse =
            context.all(&mut client, &known, RegisterClient::list_due, request).await?;
        let (keys, of_keys) = self.keys(context, (&mut client, &known), &due.body, view.clone()).await?;
        let mut answered = due.answered.clone().unwrap_or_default();
        answered.contested.extend(of_keys.contested);
        answered.corrections.extend(of_keys.corrections);
        answered.inferences.extend(of_keys.inferences);
        let passing = passing::passing(&keys, &due.body, from);
        if let (Some(from), true) = (from, passing.is_empty()) {
            let needed = format!("minutebook key list --body {} names the keys that may", due.body);
            let on = self.view.as_at.map_or_else(String::new, |day| format!(" as at {day}"));
            return Err(RefusedHere(format!("key {from} may not sign for {}{on}: {needed}", due.body)).into());
        }
        // Whoever looks at another day hands over what is left of it today.
        let today = View { scope: view.scope, ..View::default() };
        let keys_today = match view == today {
            true => keys.clone(),
            false => self.keys(context, (&mut client, &known), &due.body, today.clone()).await?.0,
        };
        let taker = self.taker(context, (&mut client, &known), today, &keys_today).await?;
        let passing = passing::still(passing, &keys_today);
        let commands = passing::commands(&passing, &taker, &known.ledger);
        let kept = self.kept(context, &known, &due.body, from)?;
        let handover = Handover { due, kept, keys, answered, passing, commands };
        if context.json { show::json(&handover.to_json()?) } else { handover.show() }
    }

    /// The keys whose grants name the body and were given by the day; those for any body are not its own to hand over.
    async fn keys(
        &self,
        context: &Context,
        (client, known): (&mut Client, &KnownLedger),
        body: &str,
        view: View,
    ) -> anyhow::Result<(Vec<Key>, Answered)> {
        let request =
            ListKeysRequest { body: body.to_owned(), view: Some(view), ..ListKeysRequest::default() };
        let listed: ListKeysResponse = context.all(client, known, RegisterClient::list_keys, request).await?;
        let mut answered = listed.answered.unwrap_or_default();
        let is_given =
            |grant: &Grant| grant.granted_recorded.get(..10).is_some_and(|on| *on <= *answered.as_at);
        let mut keys = listed.keys;
        for key in &mut keys {
            key.grants.retain(|grant| grant.bodies.iter().any(|named| named == body) && is_given(grant));
        }
        keys.retain(|key| !key.grants.is_empty());
        let named: Vec<_> = keys.iter().flat_map(|key| &key.why).collect();
        answered.contested.retain(|doubt| named.contains(&&doubt.position));
        answered.corrections.retain(|it| named.contains(&&it.position));
        answered.inferences.retain(|it| named.contains(&&it.position));
        Ok((keys, answered))
    }

    /// Who takes over, as commands name it; and whether the book knows that key.
    async fn taker(
        &self,
        context: &Context,
        (client, known): (&mut Client, &KnownLedger),
        view: View,
        keys: &[Key],
    ) -> anyhow::Result<Taker> {
        let Some(file_or_hex) = self.to.clone() else { return Ok(Taker::unknown()) };
        let public = Signer::open(context, &file_or_hex)?.public().to_string();
        let request = GetKeyRequest { key: public.clone(), view: Some(view) };
        let is_enrolled = match context.one(client, known, RegisterClient::get_key, request).await {
            Ok(found) => found.key.is_some_and(|key| key.is_enrolled && !key.is_revoked),
            Err(ClientError::NotFound(_)) => false,
            Err(other) => return Err(other.into()),
        };
        let held = keys.iter().filter(|key| key.key == public).flat_map(|key| key.grants.clone()).collect();
        Ok(Taker { name: file_or_hex, is_enrolled, held })
    }

    fn kept(
        &self,
        context: &Context,
        known: &KnownLedger,
        body: &str,
        from: Option<PublicKey>,
    ) -> anyhow::Result<Vec<Kept>> {
        let mut kept = kept::in_folder(&self.drafts)?;
        kept.extend(kept::unsent(&context.memory.unsent_folder()));
        kept.retain(|one| one.draft.event.ledger == Some(known.reference.id) && one.concerns(body, from));
        Ok(kept)
    }
}

impl Handover {
    fn to_json(&self) -> anyhow::Result<Value> {
        let passes = |id: &str| self.passing.iter().any(|passing| passing.grant.id == id);
        let grants = self.keys.iter().flat_map(|key| key.grants.iter().map(move |grant| (key, grant)));
        let grants = grants.map(|(key, grant)| {
            let mut said = show::to_json(grant)?;
            if let Value::Object(members) = &mut said {
                members.insert("key".to_owned(), json!(key.key));
                members.insert("label".to_owned(), json!(show::text(key.label.as_ref())));
                members.insert("passes".to_owned(), json!(passes(&grant.id)));
                members.insert("is_contested".to_owned(), json!(self.is_contested(key, grant)));
            }
            Ok(said)
        });
        Ok(json!({
            "body": self.due.body,
            "due": show::to_json(&self.due)?,
            "drafts": self.kept.iter().map(Kept::to_json).collect::<Vec<_>>(),
            "grants": grants.collect::<anyhow::Result<Vec<_>>>()?,
            "commands": self.commands,
        }))
    }

    fn show(&self) -> anyhow::Result<()> {
        show_due(&self.due)?;
        self.show_drafts()?;
        self.show_grants()?;
        if !self.commands.is_empty() {
            show::line("")?;
            show::sentence(show::title("to hand over, registrars run"))?;
        }
        let gone = self.passing.iter().filter(|passing| !passing.lasts);
        for passing in gone {
            show::sentence(format!("  {} signs no more today: nothing is left to end.", passing.grant.id))?;
        }
        for command in &self.commands {
            show::sentence(format!("  {command}"))?;
        }
        for passing in self.passing.iter().filter(|passing| passing.lasts) {
            passing.note().map_or(Ok(()), |note| show::line(note.yellow()))?;
        }
        Ok(show::answered(Some(&self.answered))?)
    }

    /// Whether the enrolment of a key, or the grant itself, is in doubt.
    fn is_contested(&self, key: &Key, grant: &Grant) -> bool {
        let entries = [Some(grant.granted_at), key.enrolled_at];
        self.answered.contested.iter().any(|doubt| entries.contains(&Some(doubt.position)))
    }

    fn show_drafts(&self) -> anyhow::Result<()> {
        show::line("")?;
        show::sentence(show::title("drafts"))?;
        if self.kept.is_empty() {
            return Ok(show::line("  None.")?);
        }
        Ok(show::line(show::table(["file", "what", "about", "next"], self.kept.iter().map(Kept::row)))?)
    }

    fn show_grants(&self) -> anyhow::Result<()> {
        show::line("")?;
        show::sentence(show::title("who may sign"))?;
        if self.keys.is_empty() {
            return Ok(show::line("  Nobody: no grant that names the body had been given by that day.")?);
        }
        let passes = |id: &str| self.passing.iter().any(|passing| passing.grant.id == id);
        let rows = self.keys.iter().flat_map(|key| key.grants.iter().map(move |grant| (key, grant)));
        let rows = rows.map(|(key, grant)| {
            let start = key.key.chars().take(8).collect::<String>();
            let holder = match show::text(key.label.as_ref()) {
                "" => format!("key {start}…"),
                label => format!("{label} ({start}…)"),
            };
            let passes = if passes(&grant.id) { "passes" } else { "" };
            let doubt =
                if self.is_contested(key, grant) { "  CONTESTED".red().to_string() } else { String::new() };
            [
                show::words(&grant.capacity),
                holder,
                format!("{}{doubt}", show::words(&grant.state)),
                passes.to_owned(),
                grant.id.clone(),
            ]
        });
        Ok(show::line(show::table(["as", "key", "state", "", "grant"], rows))?)
    }
}
