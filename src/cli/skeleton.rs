//! A sitting's file to fill in, with what the book knows of it: the bodies, who sits on them, the agenda where there is one.

use super::context::Context;
use super::exit::Usage;
use super::new_ids::digits_of;
use super::show;
use super::writing;
use crate::author::new_event_id;
use crate::client::RegisterClient;
use crate::proto::{GetGoverningBodyRequest, GetMeetingRequest, GetMeetingResponse, View};
use minutebook_governance::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How it is filled in, for whoever opens the file.
const HOW: &str = "\
// Fill in what is empty, take out what was not, and ask what the book would say: minutebook record FILE --key KEY.pem --dry-run
// The first line holds for all: the day, the bodies, who signs. \"each\": \"all\" says a line of each body, for which $body and $slug
// stand; where they differ, write a line for each with \"subject\": \"body/..\". Times are of the clock: \"18:00\".
";

/// A sitting that is not called yet, or one that is.
pub(super) struct Skeleton {
    meeting: String,
    on: Date,
    bodies: Vec<String>,
    members: Vec<Sitting>,
    /// The items of an agenda that is in the book, with the bodies that each concerns.
    agenda: Option<Vec<AgendaLine>>,
}

/// Somebody who sits.
struct Sitting {
    person: String,
    called: String,
    is_chair: bool,
    bodies: Vec<String>,
}

struct AgendaLine {
    reference: String,
    title: String,
    part: String,
    bodies: Vec<String>,
}

impl Skeleton {
    /// Asks the book about the bodies that are to sit, by id, code or name, or about one meeting that is called.
    ///
    /// # Errors
    /// Neither bodies nor a meeting are named; or the book does not know them.
    pub(super) async fn ask(context: &Context, names: &[String], on: Option<Date>) -> anyhow::Result<Self> {
        let names = if names.is_empty() { &context.bodies } else { names };
        match names {
            [] => {
                let what = "name the bodies that sit (minutebook record --template meeting 04K 04N), or the meeting that is called";
                Err(Usage(what.to_owned()).into())
            }
            [meeting] if meeting.starts_with("meeting/") => Self::of_meeting(context, meeting).await,
            bodies => Self::of_bodies(context, bodies, on).await,
        }
    }

    async fn of_bodies(context: &Context, names: &[String], on: Option<Date>) -> anyhow::Result<Self> {
        let now = writing::now()?;
        let on = on.unwrap_or_else(|| Date::of(now));
        let meeting = format!("meeting/{}", digits_of(&new_event_id(now)?));
        let mut skeleton = Self { meeting, on, bodies: Vec::new(), members: Vec::new(), agenda: None };
        for body in names {
            skeleton.add_members(context, body).await?;
        }
        Ok(skeleton)
    }

    async fn of_meeting(context: &Context, meeting: &str) -> anyhow::Result<Self> {
        let request = GetMeetingRequest { meeting: meeting.to_owned(), view: None };
        let found: GetMeetingResponse = context.ask(RegisterClient::get_meeting, request).await?;
        let known = found.meeting.unwrap_or_default();
        let day = known.starts_at.split('T').next().and_then(|day| day.parse().ok());
        let on = day.ok_or_else(|| {
            Usage(format!("{meeting} has no day in the book: name one (MeetingRescheduled)"))
        })?;
        let agenda = found.items.into_iter().map(|item| AgendaLine {
            reference: item.reference,
            title: show::text(item.title.as_ref()).to_owned(),
            part: item.part,
            bodies: item.cells.into_iter().map(|cell| cell.body).collect(),
        });
        let mut skeleton = Self {
            meeting: known.id,
            on,
            bodies: Vec::new(),
            members: Vec::new(),
            agenda: Some(agenda.collect()),
        };
        for body in &known.bodies {
            skeleton.add_members(context, body).await?;
        }
        Ok(skeleton)
    }

    /// Those who sit on a body on the day.
    async fn add_members(&mut self, context: &Context, body: &str) -> anyhow::Result<()> {
        let view = View { as_at: self.on.to_string(), ..View::default() };
        let request = GetGoverningBodyRequest { body: body.to_owned(), view: Some(view) };
        let found = context.ask(RegisterClient::get_governing_body, request).await?;
        for member in found.members {
            let is_chair = member.offices.iter().any(|office| office == "chair");
            match self.members.iter_mut().find(|known| known.person == member.person) {
                Some(known) => known.bodies.push(found.body.clone()),
                None => {
                    let name = if member.name.is_empty() { "name sealed or not known" } else { &member.name };
                    let offices: Vec<_> =
                        member.offices.iter().map(|office| office.replace('_', " ")).collect();
                    let called = format!("{name}, {}", offices.join(" and "));
                    let bodies = vec![found.body.clone()];
                    self.members.push(Sitting { person: member.person, called, is_chair, bodies });
                }
            }
        }
        self.bodies.push(found.body);
        Ok(())
    }

    /// The file, with notes.
    pub(super) fn file(&self) -> String {
        let mut file = HOW.to_owned();
        let first = self.bodies.first().cloned().unwrap_or_default();
        let heading = format!(
            "{{\"meeting\": {}, \"on\": {}, \"secretary_of\": {}, \"bodies\": {}}}",
            json!(self.meeting),
            json!(self.on),
            json!(first),
            list(&self.bodies)
        );
        put(&mut file, &heading);
        if self.agenda.is_none() {
            put(&mut file, NOTICE);
        }
        let chair = self.members.iter().find(|member| member.is_chair).map_or("", |member| &member.person);
        let opened =
            "{\"type\": \"MeetingOpened\", \"facts\": {\"started_at\": \"\", \"chairs\": [{\"person\": ";
        put(&mut file, &format!("{opened}{}}}]}}}}", json!(chair)));
        self.put_attendance(&mut file);
        put(&mut file, WHAT_MAY_BE);
        self.put_decisions(&mut file);
        put(&mut file, "{\"type\": \"MeetingClosed\", \"facts\": {\"ended_at\": \"\"}}");
        self.put_minutes(&mut file);
        file
    }

    fn put_attendance(&self, file: &mut String) {
        put(
            file,
            "// as: voting, non_voting, in_attendance, or apologies with a \"reason\"; \"remote\": true; late: \"present\": [{\"from\": \"2\"}].",
        );
        put(file, "{\"type\": \"AttendanceRecorded\", \"facts\": {\"public\": 0, \"attendees\": [");
        for (index, member) in self.members.iter().enumerate() {
            let of_all = member.bodies.len() == self.bodies.len();
            let bodies =
                if of_all { String::new() } else { format!(", \"bodies\": {}", list(&member.bodies)) };
            let end = if index + 1 == self.members.len() { "" } else { "," };
            let person = json!(member.person);
            put(
                file,
                &format!("  {{\"person\": {person}, \"as\": \"voting\"{bodies}}}{end} // {}", member.called),
            );
        }
        put(file, "]}}");
    }

    fn put_decisions(&self, file: &mut String) {
        let decided = |item: &str, each: &str, vote: &str| {
            format!(
                "{{\"type\": \"DecisionRecorded\", {each}{vote}\n  \"facts\": {{\"item\": {}, \"outcome\": \"\", \"text\": \"\", \"reasons\": \"\"}}}}",
                json!(item)
            )
        };
        let counted = " \"vote\": {\"show_of_hands\": {\"for\": 0, \"against\": 0}},";
        let Some(agenda) = &self.agenda else {
            put(file, &decided("1", "\"each\": \"all\",", ""));
            return put(file, &decided("2", "\"each\": \"all\",", counted));
        };
        for item in agenda {
            let of_all = item.bodies.iter().collect::<BTreeSet<_>>() == self.bodies.iter().collect();
            let each = if of_all {
                "\"each\": \"all\",".to_owned()
            } else {
                format!("\"each\": {},", list(&item.bodies))
            };
            put(file, &format!("// {} ({})", item.title.replace('\n', " "), item.part));
            put(file, &decided(&item.reference, &each, counted));
        }
    }

    /// The draft minutes of each part: of an agenda in this file all that was decided, of one in the book each item and body.
    fn put_minutes(&self, file: &mut String) {
        let minutes = |part: &str, decisions: &str| {
            format!(
                "{{\"type\": \"MinutesDrafted\", \"facts\": {{\"part\": {}, \"drafted_on\": \"\", \"document\": {{\"title\": \"Draft minutes\", \"held\": false}},\n  \"decisions\": {decisions}}}}}",
                json!(part)
            )
        };
        let Some(agenda) = &self.agenda else { return put(file, &minutes("public", "\"all\"")) };
        let parts: BTreeSet<_> = agenda.iter().map(|item| item.part.as_str()).collect();
        for part in parts.into_iter().rev() {
            let items = agenda.iter().filter(|item| item.part == part);
            let cells = items.flat_map(|item| {
                item.bodies.iter().map(|body| json!({"item": item.reference, "body": body}))
            });
            put(file, &minutes(part, &Value::from_iter(cells).to_string()));
        }
    }
}

const NOTICE: &str = "\
{\"type\": \"MeetingConvened\", \"facts\": {\"title\": \"\", \"starts_at\": \"\", \"place\": \"\", \"parts\": [\"public\"], \"called_on\": \"\"}}
// action_sought: approve, note, review, assurance, discuss, information. \"applies_to\": [..] for an item that concerns some alone.
{\"type\": \"AgendaPublished\", \"facts\": {\"published_on\": \"\", \"items\": [
  {\"reference\": \"1\", \"title\": \"\", \"action_sought\": \"note\", \"part\": \"public\"},
  {\"reference\": \"2\", \"title\": \"\", \"action_sought\": \"approve\", \"part\": \"public\"}]}}";

const WHAT_MAY_BE: &str = "\
// {\"type\": \"InterestDeclared\", \"facts\": {\"person\": \"\", \"items\": [\"2\"], \"kind\": \"financial\", \"nature\": \"\", \"handling\": [\"leave\"]}}
// outcome: approved, approved_with_conditions, rejected, deferred, noted, referred. \"vote\" may also be \"consensus\", or left out.
// {\"type\": \"ActionAssigned\", \"facts\": {\"text\": \"\", \"owner\": {\"person\": \"\"}, \"due\": \"\", \"item\": \"2\"}}";

fn put(file: &mut String, line: &str) {
    let _written = writeln!(file, "{line}");
}

fn list(ids: &[String]) -> String {
    let quoted: Vec<_> = ids.iter().map(|id| json!(id).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skeleton(agenda: Option<Vec<AgendaLine>>) -> Skeleton {
        let member = |person: &str, bodies: &[&str]| Sitting {
            person: person.to_owned(),
            called: "Ms A, chair".to_owned(),
            is_chair: true,
            bodies: bodies.iter().map(|body| (*body).to_owned()).collect(),
        };
        Skeleton {
            meeting: "meeting/0123456789ab".to_owned(),
            on: "2026-09-24".parse().unwrap(),
            bodies: vec!["body/QMM".to_owned(), "body/QJG".to_owned()],
            members: vec![member("person/a", &["body/QMM"]), member("person/b", &["body/QMM", "body/QJG"])],
            agenda,
        }
    }

    #[test]
    fn it_reads_as_a_file_of_one_sitting() {
        let agenda = vec![AgendaLine {
            reference: "7".to_owned(),
            title: "A lease".to_owned(),
            part: "private".to_owned(),
            bodies: vec!["body/QJG".to_owned()],
        }];
        for (skeleton, types) in [(skeleton(None), 9), (skeleton(Some(agenda)), 6)] {
            let file = skeleton.file();
            let objects = crate::cli::written::read("sitting.jsonc", file.as_bytes())
                .unwrap_or_else(|why| panic!("{why}: {file}"));
            assert_eq!(objects.len(), types, "{file}");
            let attendees = &objects
                .iter()
                .find(|it| it.members.get("type").is_some_and(|it| it == "AttendanceRecorded"))
                .unwrap()
                .members["facts"]["attendees"];
            assert_eq!(attendees[0]["bodies"], json!(["body/QMM"]));
            assert!(attendees[1].get("bodies").is_none());
        }
    }
}
