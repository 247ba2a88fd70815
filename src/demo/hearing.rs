//! Asking the register what papers and the press report, as it was known at the end of a day.

use crate::client::{Client, ClientError, RegisterClient};
use crate::proto::view::KnownAt;
use crate::proto::{
    Consultation, Decision, Finding, GetBodyRequest, GetConsultationRequest, GetJointAppointmentRequest,
    GetJointAppointmentResponse, GetMergerRequest, GetOfficeRequest, GetOfficeResponse,
    GetPartnershipRequest, GetPartnershipResponse, Intention, ListDecisionsRequest, ListFindingsRequest,
    ListIntentionsRequest, ListStatedRequest, Merger, Scope, Stated, View,
};
use anyhow::Context as _;

/// What was known on a day, of that day.
pub(super) struct Hearing<'a> {
    client: &'a mut Client,
    /// The day.
    pub(super) day: &'static str,
}

impl<'a> Hearing<'a> {
    /// What was known on that day.
    pub(super) fn on(client: &'a mut Client, day: &'static str) -> Self {
        Self { client, day }
    }

    fn view(&self) -> Option<View> {
        let (as_at, known_at) = (self.day.to_owned(), Some(KnownAt::KnownAtTime(self.day.to_owned())));
        Some(View { as_at, known_at, scope: Scope::Reported.into() })
    }

    pub(super) async fn office(
        &mut self,
        slug: &str,
        office: &str,
    ) -> Result<GetOfficeResponse, ClientError> {
        let (body, office, view) = (format!("body/{slug}"), office.to_owned(), self.view());
        Ok(self.client.register.get_office(GetOfficeRequest { body, office, view }).await?.into_inner())
    }

    pub(super) async fn decisions(&mut self, slug: &str) -> Result<Vec<Decision>, ClientError> {
        let (subject, topic, view) = (format!("body/{slug}"), String::new(), self.view());
        let request = ListDecisionsRequest { subject, topic, view, ..ListDecisionsRequest::default() };
        Ok(self.client.all(RegisterClient::list_decisions, request).await?.decisions)
    }

    /// The intentions that concern a subject; all, if it is empty.
    pub(super) async fn intentions(&mut self, subject: &str) -> Result<Vec<Intention>, ClientError> {
        let (subject, view) = (subject.to_owned(), self.view());
        let request = ListIntentionsRequest { subject, view, ..ListIntentionsRequest::default() };
        Ok(self.client.all(RegisterClient::list_intentions, request).await?.intentions)
    }

    pub(super) async fn intention(&mut self, slug: &str) -> anyhow::Result<Intention> {
        let id = format!("intention/{slug}");
        let found = self.intentions("").await?.into_iter().find(|intention| intention.id == id);
        found.with_context(|| format!("the server knows no {id}"))
    }

    /// What is stated about a subject, of one kind (`funding`, `statement` ...).
    pub(super) async fn stated(&mut self, subject: &str, what: &str) -> anyhow::Result<Stated> {
        let (subject_asked, view) = (subject.to_owned(), self.view());
        let request = ListStatedRequest { subject: subject_asked, view, ..ListStatedRequest::default() };
        let answer = self.client.all(RegisterClient::list_stated, request).await?;
        let found = answer.stated.into_iter().find(|stated| stated.what == what);
        found.with_context(|| format!("nobody states {what} of {subject}"))
    }

    pub(super) async fn partnership(&mut self, slug: &str) -> Result<GetPartnershipResponse, ClientError> {
        let (partnership, view) = (format!("partnership/{slug}"), self.view());
        let request = GetPartnershipRequest { partnership, view };
        Ok(self.client.register.get_partnership(request).await?.into_inner())
    }

    /// What kind of body it is: `ccg`, `trust` ...
    pub(super) async fn kind(&mut self, body: &str) -> anyhow::Result<String> {
        let request = GetBodyRequest { body: body.to_owned(), view: self.view() };
        let answer = self.client.register.get_body(request).await.map_err(ClientError::from)?.into_inner();
        Ok(answer.body.with_context(|| format!("the server knows no {body}"))?.kind)
    }

    pub(super) async fn merger(&mut self, slug: &str) -> anyhow::Result<Merger> {
        let (merger, view) = (format!("merger/{slug}"), self.view());
        let answer = self.client.register.get_merger(GetMergerRequest { merger, view }).await;
        answer.map_err(ClientError::from)?.into_inner().merger.context("the server knows no merger")
    }

    pub(super) async fn consultation(&mut self, slug: &str) -> anyhow::Result<Consultation> {
        let (consultation, view) = (format!("consultation/{slug}"), self.view());
        let answer =
            self.client.register.get_consultation(GetConsultationRequest { consultation, view }).await;
        let answer = answer.map_err(ClientError::from)?.into_inner();
        answer.consultation.context("the server knows no consultation")
    }

    pub(super) async fn joint(&mut self, slug: &str) -> Result<GetJointAppointmentResponse, ClientError> {
        let (appointment, view) = (format!("appointment/{slug}"), self.view());
        let request = GetJointAppointmentRequest { appointment, view };
        Ok(self.client.register.get_joint_appointment(request).await?.into_inner())
    }

    /// The findings of a rule.
    pub(super) async fn findings(&mut self, rule: &str) -> Result<Vec<Finding>, ClientError> {
        let request = ListFindingsRequest { view: self.view(), ..ListFindingsRequest::default() };
        let found = self.client.all(RegisterClient::list_findings, request).await?.findings;
        Ok(found.into_iter().filter(|finding| finding.rule == rule).collect())
    }

    /// Whether the body is there for those who count acts and registers alone.
    pub(super) async fn is_enacted(&mut self, slug: &str) -> Result<bool, ClientError> {
        let view = self.view().map(|view| View { scope: Scope::Enacted.into(), ..view });
        match self.client.register.get_body(GetBodyRequest { body: format!("body/{slug}"), view }).await {
            Ok(_answer) => Ok(true),
            Err(status) if status.code() == tonic::Code::NotFound => Ok(false),
            Err(status) => Err(status.into()),
        }
    }
}
