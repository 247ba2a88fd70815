//! The questions about bodies: one, all of them, how many commission on a day, and who does for a unit of area.

use crate::proto::{
    self, CommissionerCount, CountCommissionersRequest, CountCommissionersResponse, GetBodyRequest,
    GetBodyResponse, GetCommissionerRequest, GetCommissionerResponse, ListBodiesRequest, ListBodiesResponse,
    UnitPart,
};
use crate::service::called::has_words;
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse_date, parse_word};
use crate::service::{convert, status};
use minutebook_governance::bodies::{
    Body, BodyDissolved, BodyEstablished, BodyKind, BodyRegistered, BodyRenamed, IdentifierAssigned, Life,
    SuccessionRecorded, holder,
};
use minutebook_governance::plans::{IntentionState, intentions_about};
use minutebook_governance::register::{all_bodies, bodies_from};
use minutebook_governance::{BodyId, Told, Unit, View};
use minutebook_log::Subject;
use std::collections::BTreeSet;
use tonic::Status;

/// The most days that one question can count commissioners on.
const DAYS_MAX: usize = 100;

/// A body; for a code, the one that it means on the view's day.
pub(super) fn get_body(question: &Question<'_>, request: &GetBodyRequest) -> Result<GetBodyResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let bodies = question.bodies(&request.body, look.view)?;
    let findings = bodies.first().map(|body| body.findings()).unwrap_or_default();
    let mut bodies = bodies.iter().map(|body| convert::body(question.record(), body, look.view));
    let (body, others): (_, Vec<_>) = (bodies.next(), bodies.collect());
    let findings: Vec<_> =
        findings.iter().map(|it| convert::finding(question.record(), it, look.view)).collect();
    if let Some(id) = body.as_ref().and_then(|body| body.id.parse::<BodyId>().ok()) {
        question.note_withdrawn(&look, [id.subject()], says_what_it_is);
    }
    let answered = question.answered(&look, &[&body, &others, &findings]);
    Ok(GetBodyResponse { answered, body, others, findings })
}

/// The bodies that are open or perhaps open, or all.
pub(super) fn list_bodies(
    question: &Question<'_>,
    request: &ListBodiesRequest,
) -> Result<ListBodiesResponse, Status> {
    let page = Page::of(request)?;
    let kind = match request.kind.as_str() {
        "" => None,
        kind => Some(parse_word("kind", kind, &BodyKind::ALL, BodyKind::as_str)?),
    };
    let look = question.look(request.view.as_ref(), Some(&page))?;
    question.note_withdrawn_of_kind(&look, BodyId::KIND, says_what_it_is);
    let is_kind = |found: Option<BodyKind>| kind.is_none() || found == kind;
    let words = request.words.trim().to_lowercase();
    let from = page.first::<Subject>()?;
    let known =
        bodies_from(question.record(), from.as_ref().map_or(BodyId::KIND, Subject::as_str), look.view);
    // One of which it is not known whether it is open is no less there than the others.
    let may_be_open = |body: &Body| matches!(body.life(look.view), Life::Open | Life::Unknown);
    let open = known.filter(|body| {
        is_kind(body.kind()) && (request.include_closed || may_be_open(body)) && has_words(body, &words)
    });
    let list = open.map(|body| (body.id.subject().clone(), body));
    let convert = |body: Body| convert::body(question.record(), &body, look.view);
    let Cut { items: bodies, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListBodiesResponse { answered, bodies, next_page_token })
}

/// Whether a statement is one of those that make a body what it is.
fn says_what_it_is(told: &Told) -> bool {
    told.says::<BodyEstablished>().is_some()
        || told.says::<BodyRegistered>().is_some()
        || told.says::<BodyRenamed>().is_some()
        || told.says::<BodyDissolved>().is_some()
        || told.says::<IdentifierAssigned>().is_some()
        || told.says::<SuccessionRecorded>().is_some()
}

/// How many commissioners are open on each of several days.
pub(super) fn count_commissioners(
    question: &Question<'_>,
    request: &CountCommissionersRequest,
) -> Result<CountCommissionersResponse, Status> {
    let Some(last) = request.as_at.last().filter(|_last| request.as_at.len() <= DAYS_MAX) else {
        let found = format!("{} days", request.as_at.len());
        return Err(status::argument("as_at", &found, format!("1 to {DAYS_MAX} days")));
    };
    let asked = proto::View { as_at: last.clone(), ..request.view.clone().unwrap_or_default() };
    let look = question.look(Some(&asked), None)?;
    // What is known of a body is the same on every day; only its life differs.
    let bodies: Vec<_> = all_bodies(question.record(), look.view).collect();
    let count = |view: View, kind: BodyKind, life: Life| {
        let open = bodies.iter().filter(|body| body.kind() == Some(kind) && body.life(view) == life);
        u32::try_from(open.count()).unwrap_or(u32::MAX)
    };
    let counts = request.as_at.iter().map(|day| {
        let view = look.view.at(parse_date("as_at", day)?);
        Ok(CommissionerCount {
            as_at: day.clone(),
            ccg: count(view, BodyKind::Ccg, Life::Open),
            icb: count(view, BodyKind::Icb, Life::Open),
            ccg_perhaps: count(view, BodyKind::Ccg, Life::Unknown),
            icb_perhaps: count(view, BodyKind::Icb, Life::Unknown),
        })
    });
    let counts = counts.collect::<Result<_, Status>>()?;
    let commissioners =
        bodies.iter().filter(|body| matches!(body.kind(), Some(BodyKind::Ccg | BodyKind::Icb)));
    let entries = commissioners.flat_map(|body| &body.why).map(|position| position.0);
    Ok(CountCommissionersResponse { answered: question.answered_by(&look, entries), counts })
}

/// Who commissions for a unit of area.
pub(super) fn get_commissioner(
    question: &Question<'_>,
    request: &GetCommissionerRequest,
) -> Result<GetCommissionerResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let record = question.record();
    let unit = question.the_unit(&request.unit, look.view)?;
    let holder = holder(record, &unit, look.view);
    let concerning = holder.body.as_ref().map(|body| intentions_about(record, body.id.subject(), look.view));
    let open = concerning.into_iter().flatten().filter(|found| found.state == IntentionState::Open);
    let part = |(unit, body): &(Unit, BodyId)| UnitPart {
        unit: unit.to_string(),
        body: body.to_string(),
        why: convert::positions(&self::holder(record, unit, look.view).why),
    };
    let body = holder.body.as_ref().map(|body| convert::body(record, body, look.view));
    let intentions: Vec<_> = open.map(|found| convert::intention(&found)).collect();
    let of_parts = holder.parts.iter().flat_map(|(part, _body)| self::holder(record, part, look.view).why);
    let rests_on: BTreeSet<_> = holder.why.iter().copied().chain(of_parts).collect();
    let why = convert::positions(&rests_on.into_iter().collect::<Vec<_>>());
    let answered = question.answered(&look, &[&body, &intentions, &why]);
    Ok(GetCommissionerResponse {
        answered,
        body,
        parts: holder.parts.iter().map(part).collect(),
        intentions,
        why,
        sources: convert::sources_of(record, &holder.why, look.view),
        perhaps: holder.perhaps.iter().map(BodyId::to_string).collect(),
        doubt: holder.doubt.as_ref().map_or_else(String::new, |doubt| doubt.as_str().to_owned()),
    })
}
