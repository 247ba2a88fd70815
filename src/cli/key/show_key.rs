use super::held::show_key;
use crate::cli::context::Context;
use crate::cli::show;
use crate::cli::view::ViewArgs;
use crate::cli::writing::Signer;
use crate::client::RegisterClient;
use crate::proto;
use minutebook_log::{Algorithm, KeyName, Origin, VerifierKey};
use serde_json::json;

/// Shows a key's public half and, if a server answers, whether it is enrolled and what it may sign: now, or as at
/// another day, as known at another time.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook key show secretary-04K.pem
  minutebook key show secretary-04K.pem --as-at 2019-07-04 --known-at 2019-07-05
  minutebook key show
  minutebook key show book/log-key.pem --log minutebook.example/trial > trial.vkey")]
pub(crate) struct Show {
    /// A key file, or the 64 hexadecimal digits of a public key. Without one, the log's keys are shown as verifier
    /// keys, each with the position from which it signs, if there have been several.
    #[arg(value_name = "FILE|HEX")]
    key: Option<String>,
    /// Prints it as the verifier key of the log with this name, with which receipts and checkpoints are checked.
    #[arg(long, value_name = "NAME")]
    log: Option<Origin>,
    /// Prints it as the verifier key of the witness with this name, for the policies of those who trust it.
    #[arg(long, value_name = "NAME", conflicts_with = "log")]
    witness: Option<KeyName>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Show {
    pub(super) async fn run(&self, context: &Context) -> anyhow::Result<()> {
        let Some(key) = &self.key else { return show_log_keys(context).await };
        let key = Signer::open(context, key)?.public();
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
        let request = proto::GetKeyRequest { key: key.to_string(), view: Some(self.view.to_wire()) };
        let found = context.one(&mut client, &known, RegisterClient::get_key, request).await?;
        context.answer(&found, |found| found.key.as_ref().map_or(Ok(()), show_key))
    }
}

/// The file `vkey` of the ledger's published log, as its server's book has it.
async fn show_log_keys(context: &Context) -> anyhow::Result<()> {
    let (_client, known) = context.connect().await?;
    if context.json {
        let keys = known.keys.keys().iter().map(|(from, key)| json!({"from": from, "vkey": key.to_string()}));
        return show::json(&json!({"log": known.ledger.origin, "keys": keys.collect::<Vec<_>>()}));
    }
    Ok(show::line(known.keys.encode().trim_end())?)
}
