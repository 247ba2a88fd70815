use super::context::Context;
use super::exit::{Usage, VerificationFailed};
use super::{outline, receipt_file, show};
use crate::client::ReceiptKey;
use anyhow::Context as _;
use minutebook_log::{
    EventId, Hash, LogKeys, NoteSignature, POLICY_BYTES_MAX, Policy, Position, Receipt, ReceiptError,
    Received, VerifierKey,
};
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Checks receipts, offline, and fetches them.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Checks a receipt, years later, without any server.
    Check(Check),
    /// Fetches the receipt of an entry: the cosigned one, once its checkpoint is published.
    Fetch(Fetch),
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Command::Check(args) => args.run(context),
            Command::Fetch(args) => args.run(context).await,
        }
    }
}

/// Checks a receipt: that the log with this verifier key has this very entry at this position, that its
/// authors' signatures hold, and who witnessed it. Shows the entry, so that you see what is proved.
///
/// It needs no server: bring the log's verifier key from elsewhere than the receipt (the log's operator
/// publishes it; `minutebook key show log-key.pem --log NAME` prints it). With a policy, the witnesses that
/// it knows are looked for, and it must be met. Whether the signers had the authority is what verifying the
/// whole book answers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook receipt check decision.jsonc.tlog-proof --vkey book.vkey
  minutebook receipt check decision.jsonc.tlog-proof --vkey book.vkey --policy neighbours.policy
  minutebook receipt check decision.jsonc.tlog-proof --policy trusted.policy --position 10")]
pub(crate) struct Check {
    /// The receipt.
    file: PathBuf,
    /// The log's verifier key, or a file that holds it.
    #[arg(long, value_name = "VKEY|FILE", required_unless_present = "policy")]
    vkey: Option<String>,
    /// A C2SP tlog-policy: which logs are believed, and how many of which witnesses are asked for.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The position that the receipt has to be for.
    #[arg(long, value_name = "N")]
    position: Option<u64>,
    /// The event that the receipt has to be for.
    #[arg(long, value_name = "ID")]
    id: Option<EventId>,
}

impl Check {
    fn run(&self, context: &Context) -> anyhow::Result<()> {
        let receipt = receipt_file::read(&self.file).map_err(failed)?;
        let policy = self.policy(&receipt)?;
        let (received, lacking) = match receipt.check(&policy) {
            Ok(received) => (received, None),
            Err(ReceiptError::NotWitnessed { found, received }) => (*received, Some(found)),
            Err(error) => return Err(failed(error.into())),
        };
        self.check_claim(&received).map_err(failed)?;
        if context.json {
            show::json(&to_json(&received, lacking.is_none()))?;
        } else {
            show_received(&received, self.policy.is_some())?;
        }
        match lacking {
            None => Ok(()),
            Some(found) => Err(failed(anyhow::anyhow!(
                "the entry is in the log, on the log's word; {found} of the policy's witnesses have signed, which is \
                 no quorum"
            ))),
        }
    }

    /// Whom to believe: the policy's logs, or the one key; with both, the policy for that key's log alone.
    fn policy(&self, receipt: &Receipt) -> anyhow::Result<Policy> {
        let key = self.vkey.as_ref().map(|vkey| read_vkey(vkey, receipt)).transpose()?;
        let Some(path) = &self.policy else {
            let key = key.ok_or_else(|| Usage("name the log's key with --vkey".to_owned()))?;
            return Ok(Policy::of_log(key)?);
        };
        let policy = Policy::parse(&read_small(path)?).with_context(|| format!("in {}", path.display()))?;
        let is_silent = policy.logs().is_empty();
        match key {
            // It is the log's own, and says who witnesses; whose log is said beside.
            Some(key) if is_silent => of_the_log(&key, &policy),
            Some(key) if !policy.logs().iter().any(|log| log.key == key) => {
                Err(Usage(format!("the policy in {} does not believe the log {key}", path.display())).into())
            }
            None if is_silent => {
                let (place, what) = (path.display(), "names no log: name the log's key with --vkey");
                Err(Usage(format!("the policy in {place} {what}")).into())
            }
            _ => Ok(policy),
        }
    }

    fn check_claim(&self, received: &Received) -> anyhow::Result<()> {
        let entry = received.entry();
        if let Some(position) = self.position.filter(|position| entry.position.0 != *position) {
            anyhow::bail!("the receipt is for the entry {}, not {position}", entry.position);
        }
        if let Some(id) = self.id.filter(|id| entry.event().id != *id) {
            anyhow::bail!("the receipt is for the event {}, not {id}", entry.event().id);
        }
        Ok(())
    }
}

/// The same witnesses, for the log with this key.
fn of_the_log(key: &VerifierKey, policy: &Policy) -> anyhow::Result<Policy> {
    let text = [format!("log {key}\n").into_bytes(), policy.encode()].concat();
    Ok(Policy::parse(&text)?)
}

/// A receipt that does not check is a failed verification, whatever is wrong with it.
fn failed(error: anyhow::Error) -> anyhow::Error {
    if error.chain().any(|cause| cause.is::<std::io::Error>() || cause.is::<Usage>()) {
        return error;
    }
    VerificationFailed(format!("the receipt does not hold: {error:#}")).into()
}

/// A verifier key as text; else the file that it names, with one key or a log's list of them.
fn read_vkey(vkey: &str, receipt: &Receipt) -> anyhow::Result<VerifierKey> {
    let why = match vkey.trim().parse() {
        Ok(key) => return Ok(key),
        Err(malformed) => malformed,
    };
    let path = Path::new(vkey);
    if !path.is_file() {
        return Err(Usage(format!("--vkey is neither a file nor a verifier key: {why}")).into());
    }
    let keys = LogKeys::parse(&read_small(path)?).with_context(|| format!("in {}", path.display()))?;
    let size = receipt.checkpoint.unverified().head.size;
    keys.at(size).cloned().ok_or_else(|| Usage(format!("{} has no key", path.display())).into())
}

fn read_small(path: &Path) -> anyhow::Result<Vec<u8>> {
    let reading = || format!("reading {}", path.display());
    let length = fs::metadata(path).with_context(reading)?.len();
    if length > POLICY_BYTES_MAX as u64 {
        return Err(Usage(format!("{} is too large for a key or a policy", path.display())).into());
    }
    fs::read(path).with_context(reading)
}

fn to_json(received: &Received, is_met: bool) -> Value {
    let (entry, opened) = (received.entry(), received.opened());
    let head = opened.checkpoint().head;
    let witnesses = opened
        .cosigned()
        .iter()
        .map(|cosigned| json!({"name": cosigned.witness.name().as_str(), "time": cosigned.time.to_string()}));
    json!({
        "holds": true,
        "policy_is_met": is_met,
        "position": entry.position,
        "hash": Hash::of(&entry.encode()),
        "recorded": entry.recorded.to_string(),
        "event": serde_json::from_str::<Value>(entry.event().text()).unwrap_or_default(),
        "checkpoint": {
            "origin": opened.checkpoint().origin.as_str(),
            "size": head.size.0,
            "root": head.root.to_string(),
            "key": opened.log().to_string(),
        },
        "witnesses": witnesses.collect::<Vec<_>>(),
        "unknown_signatures": opened.strangers().len(),
    })
}

fn show_received(received: &Received, has_policy: bool) -> anyhow::Result<()> {
    let (entry, opened) = (received.entry(), received.opened());
    let Position(position) = entry.position;
    show::sentence(format!("{}  {}", show::title("the receipt holds".green()), opened.checkpoint().origin))?;
    show::line(outline::outline(entry.event(), &|_id| None))?;
    show::field("proved", format!("the log has this very entry at position {position}"))?;
    show::field("recorded", entry.recorded)?;
    show::field("hash", Hash::of(&entry.encode()))?;
    for (key, _signature) in entry.signed.signatures() {
        show::field("signed by", format!("{key}: the signature holds"))?;
    }
    let head = opened.checkpoint().head;
    show::field("checkpoint", format!("{}, root {}", show::entries(head.size.0), head.root))?;
    show::field("log's key", opened.log())?;
    for cosigned in opened.cosigned() {
        show::field("witnessed", format!("by {} at {}", cosigned.witness.name(), cosigned.time))?;
    }
    if opened.cosigned().is_empty() {
        let others = match (has_policy, opened.strangers().len()) {
            (_, 0) => {
                "no: on the log's word alone. `minutebook receipt fetch` gets the cosigned one".to_owned()
            }
            (true, others) => format!("no: {others} signatures are by keys that the policy does not know"),
            (false, others) => {
                format!("not checked: {others} more signatures; name their keys in a policy (--policy)")
            }
        };
        show::field("witnessed", others)?;
    }
    show::say("Whether who signed had the authority is not in a receipt: minutebook verify answers that.");
    Ok(())
}

/// Fetches the receipt of an entry, checks it, and saves it: with the published checkpoint, which witnesses
/// have signed, where that covers the entry already.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook receipt fetch 10 -o decision.jsonc.tlog-proof")]
pub(crate) struct Fetch {
    /// The entry's position, or its event's id.
    #[arg(value_name = "POSITION|ID")]
    entry: String,
    /// The file: a new one, or an older receipt of the same entry.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

impl Fetch {
    async fn run(&self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let key = match self.entry.parse() {
            Ok(position) => ReceiptKey::Position(position),
            Err(_no_number) => ReceiptKey::EventId(self.entry.clone()),
        };
        let (receipt, is_published) = client.receipt(&known, key).await?;
        let path = receipt_file::save_as(&self.output, &receipt)?;
        let is_logs = |line: &&NoteSignature| known.keys.keys().iter().any(|(_from, key)| line.is_by(key));
        let lines = receipt.checkpoint.note().signatures();
        let cosignatures = lines.len() - lines.iter().filter(is_logs).count();
        let size = receipt.checkpoint.unverified().head.size;
        let key = known.keys.at(size).unwrap_or(&known.key);
        if context.json {
            return show::json(&json!({
                "receipt": path,
                "position": receipt.position,
                "is_published": is_published,
                "cosignatures": cosignatures,
                "vkey": key.to_string(),
            }));
        }
        show::sentence(show::title(format!("entry {}", receipt.position)))?;
        show::field("receipt", path.display())?;
        show::field("checkpoint", if is_published { "published" } else { "not published yet" })?;
        show::field("cosignatures", cosignatures)?;
        show::field("log's key", key)?;
        show::say(format!("Next: minutebook receipt check {} --vkey '{}'", path.display(), key));
        Ok(())
    }
}
