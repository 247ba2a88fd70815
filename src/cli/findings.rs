use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto;

/// Lists the findings: soft rules that entries broke, statements that contradict each other, what is overdue
/// on the day. The entries stand; a finding has an id that stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook findings --known-at 2019-07-05")]
pub(crate) struct Args {
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let (mut findings, mut page_token) = (Vec::new(), String::new());
        let answered = loop {
            let view = Some(self.view.to_wire());
            let request = proto::ListFindingsRequest { page_size: 1000, page_token, view };
            let page = client.register.list_findings(request).await.map_err(ClientError::from)?.into_inner();
            findings.extend(page.findings);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break page.answered;
            }
        };
        if context.json {
            let response = proto::ListFindingsResponse { answered, findings, next_page_token: page_token };
            return show::json(&show::to_json("ListFindingsResponse", &response)?);
        }
        show::findings(&findings)?;
        if findings.is_empty() {
            show::line("None.")?;
        }
        Ok(show::answered(answered.as_ref())?)
    }
}
