use crate::cli::context::Context;
use crate::cli::show;
use crate::cli::view::KnownArgs;
use crate::cli::writing::Signer;
use crate::client::RegisterClient;
use crate::proto::{ListSignedEntriesRequest, ListSignedEntriesResponse, SignedEntry};

/// Lists what a key has signed, oldest first: what its owner looks through when it was lost, and an auditor when
/// it was in other hands.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook key signed secretary-04K.pem
  minutebook key signed secretary-04K.pem --known-at 2019-07-05")]
pub(crate) struct ListSigned {
    /// A key file, or the 64 hexadecimal digits of a public key.
    #[arg(value_name = "FILE|HEX")]
    key: String,
    #[command(flatten)]
    known: KnownArgs,
}

impl ListSigned {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let key = Signer::open(context, &self.key)?.public().to_string();
        let view = Some(self.known.to_wire());
        let request = ListSignedEntriesRequest { key, view, ..ListSignedEntriesRequest::default() };
        let found = context.ask_all(RegisterClient::list_signed_entries, request).await?;
        context.answer(&found, show_signed)
    }
}

fn show_signed(found: &ListSignedEntriesResponse) -> anyhow::Result<()> {
    if found.entries.is_empty() {
        return Ok(show::line("Nothing.")?);
    }
    let titles = ["position", "recorded", "type", "subject", "standing", "signed as"];
    Ok(show::line(show::table(titles, found.entries.iter().map(row)))?)
}

fn row(entry: &SignedEntry) -> [String; 6] {
    let mark = if entry.is_contested { "  CONTESTED" } else { "" };
    let body = if entry.body.is_empty() { String::new() } else { format!(" of {}", entry.body) };
    [
        entry.position.to_string(),
        show::moment(&entry.recorded),
        entry.r#type.clone(),
        show::shortened(&entry.subject),
        show::standing(&entry.standing),
        format!("{}{body}{mark}", show::words(&entry.capacity)),
    ]
}
