//! What the demo asks of a succession: whether actions and minutes cross over.

use super::outcome::{Handover, Minutes, MinutesThen, OpenAction, OpenActions, Taken};
use super::questions::Questions;
use crate::client::{ClientError, RegisterClient};
use crate::proto::{
    DueItem, GetMeetingRequest, GetMeetingResponse, ListDecisionsRequest, ListDueRequest, Scope, View,
};
use anyhow::Context as _;

const PREDECESSORS: [&str; 6] = ["body/04E", "body/04H", "body/04K", "body/04L", "body/04M", "body/04N"];
const SUCCESSOR: &str = "body/52R";
const LAST_DAY: &str = "2020-03-31";
const FIRST_DAY: &str = "2020-04-01";
/// The day of the successor's first meeting.
const FIRST_MEETING: &str = "2020-04-08";
const LAST_OF_SIX: &str = "meeting/nottinghamshire-2020-03-05";
const FIRST_OF_ONE: &str = "meeting/nottinghamshire-2020-04-08";

impl Questions<'_> {
    /// What was open and unconfirmed before the succession, after it, and after the successor's first meeting.
    pub(super) async fn handover(&mut self) -> anyhow::Result<Handover> {
        let actions = vec![
            self.open_actions(&PREDECESSORS, LAST_DAY).await?,
            self.open_actions(&[SUCCESSOR], FIRST_DAY).await?,
            self.open_actions(&[SUCCESSOR], FIRST_MEETING).await?,
        ];
        let first_meeting = self.decisions_of(FIRST_OF_ONE, FIRST_MEETING).await?;
        Ok(Handover { actions, minutes: self.minutes().await?, first_meeting })
    }

    async fn open_actions(&mut self, bodies: &[&str], day: &str) -> Result<OpenActions, ClientError> {
        let mut open = Vec::new();
        for body in bodies {
            let (body, view) = ((*body).to_owned(), Some(on(day)));
            let request = ListDueRequest { body, view, ..ListDueRequest::default() };
            let due = self.client.all(RegisterClient::list_due, request).await?.items;
            open.extend(
                due.into_iter().filter(|item| item.kind == "action").map(|item| self.open_action(item)),
            );
        }
        open.sort_by(|one, other| one.due_on.cmp(&other.due_on));
        let of = bodies.iter().map(|body| (*body).to_owned()).collect();
        Ok(OpenActions { as_at: day.to_owned(), of, open })
    }

    fn open_action(&self, item: DueItem) -> OpenAction {
        let due_on = item.due_on.map_or_else(String::new, |day| day.latest);
        OpenAction { id: item.subject, what: item.what, due_on, why: self.entries(&item.why) }
    }

    async fn minutes(&mut self) -> anyhow::Result<Minutes> {
        let (before, _asked) = self.minutes_then(FIRST_DAY).await?;
        let (after, answer) = self.minutes_then(FIRST_MEETING).await?;
        let meeting = answer.meeting.context("the server knows no meeting")?;
        let mut approved_by = self.entries(&meeting.why);
        approved_by.retain(|entry| entry.type_name == "MinutesApproved");
        Ok(Minutes {
            meeting: meeting.id,
            held_on: meeting.starts_at.chars().take(10).collect(),
            before,
            after,
            approved_by,
        })
    }

    async fn minutes_then(&mut self, day: &str) -> anyhow::Result<(MinutesThen, GetMeetingResponse)> {
        let request = GetMeetingRequest { meeting: LAST_OF_SIX.to_owned(), view: Some(on(day)) };
        let answer = self.client.register.get_meeting(request).await.map_err(ClientError::from)?.into_inner();
        let state = answer.meeting.as_ref().map(|meeting| meeting.state.clone()).unwrap_or_default();
        let decisions = self.decisions_of(LAST_OF_SIX, day).await?;
        Ok((MinutesThen { as_at: day.to_owned(), state, decisions }, answer))
    }

    async fn decisions_of(&mut self, meeting: &str, day: &str) -> Result<Vec<Taken>, ClientError> {
        let request = ListDecisionsRequest {
            subject: meeting.to_owned(),
            view: Some(on(day)),
            ..ListDecisionsRequest::default()
        };
        let answer = self.client.all(RegisterClient::list_decisions, request).await?;
        Ok(answer.decisions.into_iter().map(Taken::from).collect())
    }
}

fn on(day: &str) -> View {
    View { as_at: day.to_owned(), known_at: None, scope: Scope::Enacted.into() }
}
