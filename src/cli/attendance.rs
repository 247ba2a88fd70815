use super::context::Context;
use super::show;
use super::view::ViewArgs;
use super::votes::Period;
use crate::client::RegisterClient;
use crate::proto::{Attendance, ListAttendanceRequest, ListAttendanceResponse};

/// Says how often each member was at the meetings of a body: of the sittings that list them as a member, or at which they
/// were one by the book. Sittings that were called off count for nobody.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook attendance 04K --from 2019-04-01 --until 2020-03-31
  minutebook attendance 04K --csv > attendance.csv")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    #[command(flatten)]
    period: Period,
    /// Prints CSV: person, name, sittings, attended, apologies, deputised, unaccounted.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let ((from, until), view) = (self.period.to_wire(), Some(self.view.to_wire()));
        let request =
            ListAttendanceRequest { body: self.body, from, until, view, ..ListAttendanceRequest::default() };
        let found = context.ask_all(RegisterClient::list_attendance, request).await?;
        if self.csv {
            return show::csv(COLUMNS, found.attendance.iter().map(cells));
        }
        context.answer(&found, show_attendance)
    }
}

const COLUMNS: [&str; 7] =
    ["person", "name", "sittings", "attended", "apologies", "deputised", "unaccounted"];

fn cells(counted: &Attendance) -> [String; 7] {
    [
        counted.person.clone(),
        counted.name.clone(),
        counted.sittings.to_string(),
        counted.attended.to_string(),
        counted.apologies.to_string(),
        counted.deputised.to_string(),
        counted.unaccounted.to_string(),
    ]
}

fn show_attendance(found: &ListAttendanceResponse) -> anyhow::Result<()> {
    let sittings =
        if found.sittings == 1 { "1 sitting".to_owned() } else { format!("{} sittings", found.sittings) };
    show::line(show::title(format!("attendance at {sittings} of {}", found.body)))?;
    let titles = ["member", "attended", "of", "share", "apologies", "with a deputy", "nothing said"];
    show::rows(titles, found.attendance.iter().map(row))
}

fn row(counted: &Attendance) -> [String; 7] {
    let percent = (counted.attended * 100).checked_div(counted.sittings);
    [
        show::person(&counted.name, &counted.person),
        counted.attended.to_string(),
        counted.sittings.to_string(),
        percent.map_or_else(String::new, |percent| format!("{percent}%")),
        counted.apologies.to_string(),
        counted.deputised.to_string(),
        counted.unaccounted.to_string(),
    ]
}
