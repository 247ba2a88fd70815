use super::context::Context;
use super::exit::Usage;
use super::show;
use super::writing::{Signer, Words, WritingArgs};
use crate::client::Client;
use crate::keyfile;
use crate::proto::{self, Grant};
use minutebook_governance::{authority, catalogue};
use minutebook_log::{Algorithm, Entry, KeyName, Origin, PublicKey, VerifierKey};
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Makes a new private key in a new file that only you may read.
    New(New),
    /// Shows a key's public half and, from the server, what it may sign.
    Show(Show),
    /// Lists the keys that the book knows.
    List(List),
    /// Brings a key into the book, signed by registrars and by the key itself.
    Enrol(Enrol),
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Command::New(args) => args.run(context),
            Command::Show(args) => args.run(context).await,
            Command::List(args) => args.run(context).await,
            Command::Enrol(args) => args.run(context).await,
        }
    }
}

/// Makes a new private key in a new file (PEM, PKCS#8, mode 0600). A file that exists is never touched.
/// Prints the public key. Whoever has the file can sign as you; there is no copy of it anywhere else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook key new secretary-04K.pem")]
pub(crate) struct New {
    /// The file to make.
    file: PathBuf,
}

impl New {
    fn run(&self, context: &Context) -> anyhow::Result<()> {
        let public = keyfile::create(&self.file)?.public();
        show::say(format!(
            "The private key is in {}: keep it to yourself, and a copy safe.",
            self.file.display()
        ));
        show::say("This is the public key. A registrar enrols it: minutebook key enrol --help");
        if context.json {
            show::json(&json!({"key": public, "file": self.file}))
        } else {
            Ok(show::line(public)?)
        }
    }
}

/// Shows a key's public half and, if a server answers, whether it is enrolled and what it may sign.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook key show secretary-04K.pem
  minutebook key show book/log-key.pem --log minutebook.example/trial > trial.vkey")]
pub(crate) struct Show {
    /// A key file, or the 64 hexadecimal digits of a public key.
    #[arg(value_name = "FILE|HEX")]
    key: String,
    /// Prints it as the verifier key of the log with this name, with which receipts and checkpoints are checked.
    #[arg(long, value_name = "NAME")]
    log: Option<Origin>,
    /// Prints it as the verifier key of the witness with this name, for the policies of those who trust it.
    #[arg(long, value_name = "NAME", conflicts_with = "log")]
    witness: Option<KeyName>,
}

impl Show {
    async fn run(&self, context: &Context) -> anyhow::Result<()> {
        let key = Signer::open(&self.key)?.public();
        let log = self.log.as_ref().map(|log| (log.into(), Algorithm::Ed25519));
        let witness = self.witness.clone().map(|witness| (witness, Algorithm::CosignatureV1));
        if let Some((name, algorithm)) = log.or(witness) {
            let vkey = VerifierKey::new(name, algorithm, key)?.to_string();
            return if context.json { show::json(&json!({"vkey": vkey})) } else { Ok(show::line(vkey)?) };
        }
        let (mut client, known) = match context.connect().await {
            Ok(connected) => connected,
            Err(error) => {
                // The public half is worth having without a server; whoever wants more sees why not.
                if context.json {
                    show::json(&json!({"key": key}))?
                } else {
                    show::line(key)?
                }
                return Err(error.into());
            }
        };
        let response = ask(&mut client, key).await?;
        if context.json {
            return show::json(&show::to_json("GetKeyResponse", &response)?);
        }
        show::line(show::title(key))?;
        if known.ledger.registrar_keys.contains(&response.key) {
            show::field("registrar", format!("named by the opening entry of {}", known.ledger.origin))?;
            if !response.is_enrolled {
                return Ok(());
            }
        }
        show_state(&response)
    }
}

async fn ask(
    client: &mut Client,
    key: PublicKey,
) -> Result<proto::GetKeyResponse, crate::client::ClientError> {
    let request = proto::GetKeyRequest { key: key.to_string() };
    Ok(client.register.get_key(request).await?.into_inner())
}

fn show_state(response: &proto::GetKeyResponse) -> anyhow::Result<()> {
    let state = match (response.is_enrolled, response.is_revoked) {
        (_, true) => "revoked: it signs no more".red().to_string(),
        (true, false) => "enrolled".green().to_string(),
        (false, false) => "not enrolled".yellow().to_string(),
    };
    show::field("state", state)?;
    show::field_if("label", &response.label)?;
    show::field_if("holder", &response.holder)?;
    for grant in &response.grants {
        show_grant(grant)?;
    }
    if response.is_enrolled && response.grants.is_empty() {
        show::field("grants", "none: it may not sign anything yet")?;
    }
    Ok(())
}

fn show_grant(grant: &Grant) -> anyhow::Result<()> {
    let bodies =
        if grant.bodies == ["any"] { String::new() } else { format!(" of {}", grant.bodies.join(", ")) };
    show::field("may sign as", format!("{}{bodies}", show::words(&grant.capacity).bold()))?;
    show::field("  grant", &grant.id)?;
    show::field("  types", grant.types.join(", "))?;
    show::field("  standings", grant.standings.join(", "))?;
    let period = |from: &str, until: &str| match (from, until) {
        ("", "") => String::new(),
        (from, "") => format!("from {from}"),
        ("", until) => format!("until {until}"),
        (from, until) => format!("from {from} until {until}"),
    };
    show::field_if("  signs", &period(&grant.signs_from, &grant.signs_until))?;
    Ok(show::field_if("  acts", &period(&grant.acts_from, &grant.acts_until))?)
}

/// Lists every key that the book enrols, oldest first, and which are revoked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook key list")]
pub(crate) struct List {}

impl List {
    async fn run(&self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let mut keys = Vec::new();
        for key in enrolled(&mut client).await? {
            keys.push(ask(&mut client, key).await?);
        }
        if context.json {
            let keys =
                keys.iter().map(|key| show::to_json("GetKeyResponse", key)).collect::<Result<Vec<_>, _>>()?;
            return show::json(&json!({"registrar_keys": known.ledger.registrar_keys, "keys": keys}));
        }
        let registrars = known.ledger.registrar_keys.iter().map(|key| {
            [key.clone(), "registrar".to_owned(), "(the opening entry)".to_owned(), String::new()]
        });
        let rows = keys.iter().map(|key| {
            let state = if key.is_revoked { "revoked" } else { "enrolled" };
            let may = key.grants.iter().map(|grant| {
                let bodies = if grant.bodies == ["any"] {
                    String::new()
                } else {
                    format!(" {}", grant.bodies.join(" "))
                };
                format!("{}{bodies}", grant.capacity)
            });
            [key.key.clone(), state.to_owned(), key.label.clone(), may.collect::<Vec<_>>().join(", ")]
        });
        Ok(show::line(show::table(["key", "state", "label", "may sign as"], registrars.chain(rows)))?)
    }
}

/// Every key that an entry enrols. There is no index of them on the server: the log is read through.
async fn enrolled(client: &mut Client) -> anyhow::Result<Vec<PublicKey>> {
    let mut keys = Vec::new();
    client
        .each_entry("", 0, |entry| {
            if let Ok(read) = Entry::parse(&entry.content)
                && read.event().event_type.name == "KeyEnrolled"
                && let Some(key) = read.event().subject.name().and_then(|name| name.parse().ok())
            {
                keys.push(key);
            }
            ControlFlow::Continue(())
        })
        .await?;
    Ok(keys)
}

/// Brings a new key into the book. It signs for itself, so that nobody enrols another's key, and registrars
/// sign beside it, as many as the ledger asks for.
///
/// With --draft the registrars may sign elsewhere: give their public keys, and send them the draft.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook key enrol --key secretary-04K.pem --label \"Secretary, Nottingham City CCG\" --registrar one.pem")]
pub(crate) struct Enrol {
    /// The new key's file (with --draft also its 64 digits: its owner signs later).
    #[arg(long, value_name = "FILE|HEX")]
    key: String,
    /// What people call it; in examples the name of a role. It is published for ever.
    #[arg(long, alias = "holder-label", value_name = "TEXT")]
    label: String,
    /// A registrar's key file (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    registrar: Vec<String>,
    /// Who holds it: the id of an earlier key's holder, if it is the same person. Else a new random id.
    #[arg(long, value_name = "ID")]
    holder: Option<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

impl Enrol {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let own = Signer::open(&self.key)?;
        let key = own.public();
        let registrars = Signer::open_all(&self.registrar)?;
        let holder = match self.holder {
            Some(holder) => holder,
            None => new_holder()?,
        };
        let subject = authority::subject_of(&key).ok_or_else(|| Usage(format!("{key} is no key")))?;
        let capacities = [json!({"key": key, "capacity": "holder"})];
        let signatories: Vec<_> = capacities.into_iter().chain(as_registrars(&registrars)).collect();
        let data = json!({
            "standing": "own_act",
            "signatories": signatories,
            "facts": {"holder": holder, "use": "author", "label": self.label},
        });
        let signers = [own].into_iter().chain(registrars).collect();
        let words = words("KeyEnrolled", subject, data)?;
        self.writing.write(context, words, signers).await
    }
}

/// Signatories in the capacity of registrars.
pub(super) fn as_registrars(registrars: &[Signer]) -> impl Iterator<Item = Value> + '_ {
    registrars.iter().map(|signer| json!({"key": signer.public(), "capacity": "registrar"}))
}

/// What a command says by itself, without a template.
pub(super) fn words(type_name: &str, subject: minutebook_log::Subject, data: Value) -> anyhow::Result<Words> {
    anyhow::ensure!(catalogue::is_type(type_name), "no type {type_name}");
    let Value::Object(data) = data else { anyhow::bail!("data is no object") };
    let type_name = type_name.to_owned();
    Ok(Words { type_name, subject, id: None, time: None, correlation_id: None, data })
}

/// A random id for somebody who holds a key: nothing of the person can be read from it.
pub(super) fn new_holder() -> anyhow::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random)?;
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("holder-{digits}"))
}
