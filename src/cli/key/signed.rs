use crate::cli::context::Context;
use crate::cli::show;
use crate::cli::view::KnownArgs;
use crate::cli::writing::Signer;
use crate::client::ClientError;
use crate::proto::{self, SignedEntry};

/// Lists what a key has signed, oldest first: what its owner looks through when it was lost, and an auditor when
/// it was in other hands.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook key signed secretary-04K.pem
  minutebook key signed secretary-04K.pem --known-at 2019-07-05")]
pub(crate) struct Signed {
    /// A key file, or the 64 hexadecimal digits of a public key.
    #[arg(value_name = "FILE|HEX")]
    key: String,
    #[command(flatten)]
    known: KnownArgs,
}

impl Signed {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let key = Signer::open(&self.key)?.public().to_string();
        let (mut client, _known) = context.connect().await?;
        let (mut entries, mut contested, mut page_token) = (Vec::new(), Vec::new(), String::new());
        let answered = loop {
            let (key, view) = (key.clone(), Some(self.known.to_wire()));
            let request = proto::ListSignedEntriesRequest { page_size: 1000, page_token, key, view };
            let page = client.register.list_signed_entries(request).await.map_err(ClientError::from)?;
            let page = page.into_inner();
            entries.extend(page.entries);
            contested.extend(page.answered.iter().flat_map(|answered| answered.contested.clone()));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break page.answered.map(|answered| proto::Answered { contested, ..answered });
            }
        };
        if context.json {
            let response =
                proto::ListSignedEntriesResponse { answered, entries, next_page_token: page_token };
            return show::json(&show::to_json("ListSignedEntriesResponse", &response)?);
        }
        if entries.is_empty() {
            show::line("Nothing.")?;
        } else {
            let titles = ["position", "recorded", "type", "subject", "standing", "signed as"];
            show::line(show::table(titles, entries.iter().map(row)))?;
        }
        Ok(show::answered(answered.as_ref())?)
    }
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
