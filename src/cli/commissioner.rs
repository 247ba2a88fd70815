use super::context::Context;
use super::intentions::intention_line;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto;

/// Says who commissions for a unit of area on a day. Units are the 211 areas of 2013, by their code.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook commissioner 04N --as-at 2020-04-01
  minutebook commissioner 04N --as-at 2020-04-01 --known-at 2019-06-30")]
pub(crate) struct Args {
    /// The unit (04N), or a part of one (01Y/glossop).
    unit: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let request =
            proto::GetCommissionerRequest { unit: self.unit.clone(), view: Some(self.view.to_wire()) };
        let response =
            client.register.get_commissioner(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("GetCommissionerResponse", &response)?);
        }
        match &response.body {
            Some(body) => {
                show::line(format!(
                    "{}  {}  {}",
                    show::title(&body.id),
                    show::title(&body.name),
                    show::why(&response.why)
                ))?;
            }
            None => {
                let day = response.answered.as_ref().map_or("that day", |answered| answered.as_at.as_str());
                show::line(format!("Nobody is known to commission for {} on {day}.", self.unit))?;
            }
        }
        for part in &response.parts {
            show::field("but for", format!("{}: {}", part.unit, part.body))?;
        }
        for intention in &response.intentions {
            show::field("intended", intention_line(intention))?;
        }
        Ok(show::answered(response.answered.as_ref())?)
    }
}
