//! What the demo asks of the register, over gRPC like anybody else.

use super::outcome::{
    Commissioner, Count, Entry, Findings, KnownThen, MergerThen, Officer, Officers, Plan, Rushcliffe, Turn,
};
use crate::client::{Client, ClientError, RegisterClient};
use crate::pages::counted_days;
use crate::proto::{
    CountCommissionersRequest, GetCommissionerRequest, GetMergerRequest, GetOfficeRequest, GetOfficeResponse,
    ListFindingsRequest, ListIntentionsRequest, Merger, OfficeHolder, Scope, View, view::KnownAt,
};
use anyhow::Context as _;
use minutebook_governance::{Basis, Record};
use minutebook_log::Position;

/// Rushcliffe, as a unit of area.
const UNIT: &str = "04N";
const LAST_DAY: &str = "2020-03-31";
const FIRST_DAY: &str = "2020-04-01";
/// Bracknell and Ascot, which Frimley's board had until it was split.
const BRACKNELL: &str = "10G";
/// Frimley's last day, and the next.
const SPLIT: [&str; 2] = ["2026-03-31", "2026-04-01"];
/// A day while the consultation was open.
const JUNE: &str = "2019-06-15";
const MERGER: &str = "merger/nottinghamshire-2019";

/// Asks the register, and looks up in the verified record what the entries are that answers rest on.
pub(super) struct Questions<'a> {
    pub(super) client: &'a mut Client,
    pub(super) record: &'a Record,
}

impl Questions<'_> {
    /// Commissioners open on each 1 April, and on the day of the ICBs.
    pub(super) async fn commissioners(&mut self) -> Result<Vec<Count>, ClientError> {
        let request = CountCommissionersRequest { as_at: counted_days(), view: None };
        let response = self.client.register.count_commissioners(request).await?.into_inner();
        Ok(response.counts.into_iter().map(Count::from).collect())
    }

    /// Who commissions for Rushcliffe, before and after, and what was known of it before.
    pub(super) async fn rushcliffe(&mut self) -> anyhow::Result<Rushcliffe> {
        Ok(Rushcliffe {
            unit: UNIT.to_owned(),
            before: self.commissioner(UNIT, view(LAST_DAY)).await?,
            after: self.commissioner(UNIT, view(FIRST_DAY)).await?,
            known_in_june_2019: self.known_in_june().await?,
        })
    }

    /// Who commissions for Bracknell and Ascot, before and after the boards of April 2026.
    pub(super) async fn bracknell(&mut self) -> anyhow::Result<Turn> {
        let [before, after] = SPLIT.map(view);
        Ok(Turn {
            unit: BRACKNELL.to_owned(),
            before: self.commissioner(BRACKNELL, before).await?,
            after: self.commissioner(BRACKNELL, after).await?,
        })
    }

    /// The accountable officer of Rushcliffe's commissioner, before and after.
    pub(super) async fn accountable_officer(&mut self) -> anyhow::Result<Officers> {
        Ok(Officers {
            before: self.officer("body/04N", LAST_DAY).await?,
            after: self.officer("body/52R", FIRST_DAY).await?,
        })
    }

    /// All findings where these statements count.
    pub(super) async fn findings(&mut self, scope: Scope) -> Result<Findings, ClientError> {
        let view = Some(View { scope: scope.into(), ..View::default() });
        let request = ListFindingsRequest { view, ..ListFindingsRequest::default() };
        let found = self.client.all(RegisterClient::list_findings, request).await?;
        Ok(found.findings.into())
    }

    async fn known_in_june(&mut self) -> anyhow::Result<KnownThen> {
        let commissioner = self.commissioner(UNIT, known_in_june()).await?;
        let request = ListIntentionsRequest {
            subject: format!("body/{UNIT}"),
            view: Some(known_in_june()),
            ..ListIntentionsRequest::default()
        };
        let listed = self.client.register.list_intentions(request).await.map_err(ClientError::from)?;
        let intentions = listed.into_inner().intentions.into_iter();
        let intentions = intentions.map(|intention| {
            let why = self.entries(&intention.why);
            Plan::new(intention, why)
        });
        let intentions = intentions.collect();
        // Where it stood then: by its day, nothing that June knew said what became of it.
        let day = JUNE.split('T').next().unwrap_or(JUNE);
        let then = View { as_at: day.to_owned(), ..known_in_june() };
        let request = GetMergerRequest { merger: MERGER.to_owned(), view: Some(then) };
        let answer = self.client.register.get_merger(request).await.map_err(ClientError::from)?;
        let merger = answer.into_inner().merger.context("the server knows no merger")?;
        Ok(KnownThen { commissioner, intentions, merger: self.merger_then(merger) })
    }

    async fn commissioner(&mut self, unit: &str, view: View) -> anyhow::Result<Commissioner> {
        let asked = match &view.known_at {
            Some(KnownAt::KnownAtTime(moment)) => Some(moment.clone()),
            _ => None,
        };
        let request = GetCommissionerRequest { unit: unit.to_owned(), view: Some(view) };
        let answer = self.client.register.get_commissioner(request).await.map_err(ClientError::from)?;
        let answer = answer.into_inner();
        let (answered, body) = (answer.answered.unwrap_or_default(), answer.body.unwrap_or_default());
        Ok(Commissioner {
            as_at: answered.as_at,
            known_at: asked.unwrap_or(answered.known_at),
            body: body.id,
            name: body.name,
            why: self.entries(&answer.why),
            inferred: answered.inferences.into_iter().map(|it| it.why).collect(),
        })
    }

    fn merger_then(&self, merger: Merger) -> MergerThen {
        let chose = |choice: &str| {
            let last = merger.legs.iter().filter_map(|leg| leg.choices.last());
            last.filter(|last| last.choice == choice).count()
        };
        let closes = merger.consultations.first().map(|consultation| consultation.closes_at.clone());
        MergerThen {
            participants: merger.legs.len(),
            prefer: chose("prefer"),
            apply: chose("apply"),
            consultation_closes: closes.unwrap_or_default(),
            why: self.entries(&merger.why),
            id: merger.id,
            state: merger.state,
        }
    }

    /// The officer as enacted; where no act says so, as reported.
    async fn officer(&mut self, body: &str, day: &str) -> anyhow::Result<Officer> {
        let enacted = self.office(body, day, Scope::Enacted).await?;
        if let Some(holder) = enacted.holders.into_iter().next() {
            return Ok(Officer { is_enacted: true, ..self.officer_found(body, day, holder) });
        }
        let reported = self.office(body, day, Scope::Reported).await?;
        if let Some(holder) = reported.holders.into_iter().next() {
            return Ok(self.officer_found(body, day, holder));
        }
        let seen = reported.perhaps.into_iter().next();
        let holder = seen.with_context(|| format!("nobody says who the officer of {body} is"))?;
        Ok(Officer { is_perhaps: true, ..self.officer_found(body, day, holder) })
    }

    async fn office(
        &mut self,
        body: &str,
        day: &str,
        scope: Scope,
    ) -> Result<GetOfficeResponse, ClientError> {
        let request = GetOfficeRequest {
            body: body.to_owned(),
            office: "accountable_officer".to_owned(),
            view: Some(View { scope: scope.into(), ..view(day) }),
        };
        Ok(self.client.register.get_office(request).await?.into_inner())
    }

    fn officer_found(&self, body: &str, day: &str, holder: OfficeHolder) -> Officer {
        Officer {
            as_at: day.to_owned(),
            body: body.to_owned(),
            name: holder.name,
            is_enacted: false,
            is_perhaps: false,
            tenure: holder.tenure,
            standing: holder.standing,
            why: self.entries(&holder.why),
        }
    }

    pub(super) fn entries(&self, positions: &[u64]) -> Vec<Entry> {
        positions.iter().filter_map(|position| entry(self.record, Position(*position))).collect()
    }
}

fn entry(record: &Record, position: Position) -> Option<Entry> {
    let recorded = record.at(position)?;
    let basis = match recorded.act.basis {
        Some(Basis::Sourced(_)) => "sourced",
        Some(Basis::Reconstructed(_)) => "reconstructed",
        Some(Basis::Inferred(_)) => "inferred",
        None => "",
    };
    Some(Entry {
        position: position.0,
        type_name: recorded.act.name.to_owned(),
        subject: recorded.act.subject.to_string(),
        standing: recorded.act.standing.as_str().to_owned(),
        recorded: recorded.recorded.to_string(),
        basis: basis.to_owned(),
    })
}

fn view(as_at: &str) -> View {
    View { as_at: as_at.to_owned(), known_at: None, scope: Scope::Enacted.into() }
}

/// The successor's first day, as known in June the year before.
fn known_in_june() -> View {
    View { known_at: Some(KnownAt::KnownAtTime(JUNE.to_owned())), ..view(FIRST_DAY) }
}
