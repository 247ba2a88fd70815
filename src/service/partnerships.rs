//! The questions about partnerships, and about the documents that are registered.

use crate::proto::{
    GetPartnershipRequest, GetPartnershipResponse, Intention, ListDocumentsRequest, ListDocumentsResponse,
    ListPartnershipsRequest, ListPartnershipsResponse, ListedPartnership, PartnershipDesignation,
    PartnershipMember, RegisteredDocument,
};
use crate::service::convert::{self, clear, date, is_perhaps, positions, text};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Look, Question, parse_id};
use minutebook_governance::bodies::body;
use minutebook_governance::loads::{Registered, document};
use minutebook_governance::partnerships::{Designation, Membership, Partnership, partnership};
use minutebook_governance::people::person_name;
use minutebook_governance::plans::intentions_about;
use minutebook_governance::{BodyId, DocumentId, PartnershipId, Record, Scope, Told, View};
use minutebook_log::Subject;
use tonic::Status;

/// A partnership.
pub(super) fn get_partnership(
    question: &Question<'_>,
    request: &GetPartnershipRequest,
) -> Result<GetPartnershipResponse, Status> {
    let id: PartnershipId = parse_id("partnership", &request.partnership)?;
    let look = question.look(request.view.as_ref(), None)?;
    let (record, view) = (question.record(), look.view);
    let intended = intentions_about(record, id.subject(), view);
    let intentions: Vec<_> = intended.iter().map(convert::intention).collect();
    let Some(found) = partnership(record, &id, view) else {
        return only_intended(question, &look, &id, intentions);
    };
    let member = |membership: &Membership| member(record, membership, view);
    let lead = found.lead.as_ref();
    let lead_name = lead.and_then(|lead| person_name(record, &lead.person, view));
    let members: Vec<_> = found.members.iter().map(member).collect();
    let former_members: Vec<_> = found.former_members.iter().map(member).collect();
    let designations: Vec<_> = found.designations.iter().map(|said| designation(said, view)).collect();
    let why = positions(&found.why);
    Ok(GetPartnershipResponse {
        answered: question.answered(&look, &[&members, &former_members, &designations, &why, &intentions]),
        id: id.to_string(),
        name: found.name.clone(),
        kind: found.kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
        state: found.state.as_str().to_owned(),
        may_decide: found.may_decide(view).to_owned(),
        members,
        former_members,
        designations,
        within: found.within.as_ref().map_or_else(String::new, ToString::to_string),
        parts: found.parts.iter().map(ToString::to_string).collect(),
        lead: lead.map_or_else(String::new, |lead| lead.person.to_string()),
        lead_name: lead_name.as_ref().map_or_else(String::new, clear),
        lead_title: lead.map_or_else(String::new, |lead| lead.title_as_written.clone()),
        why,
        intentions,
    })
}

/// A partnership of which only intentions tell: that it is to be formed, or what it is to do.
fn only_intended(
    question: &Question<'_>,
    look: &Look,
    id: &PartnershipId,
    intentions: Vec<Intention>,
) -> Result<GetPartnershipResponse, Status> {
    if intentions.is_empty() {
        return Err(question.not_known(look, id.subject().as_str(), id.subject()));
    }
    let id = id.to_string();
    let why: Vec<_> = intentions.iter().flat_map(|intention| intention.why.iter().copied()).collect();
    Ok(GetPartnershipResponse {
        answered: question.answered(look, &[&why]),
        name: id.clone(),
        id,
        state: "intended".to_owned(),
        may_decide: "nothing: nobody says that it was formed".to_owned(),
        intentions,
        why,
        ..GetPartnershipResponse::default()
    })
}

fn member(record: &Record, membership: &Membership, view: View) -> PartnershipMember {
    let known = body(record, &membership.body, view);
    let name = known.and_then(|known| known.names.last().or(known.short_names.last()).cloned());
    PartnershipMember {
        body: membership.body.to_string(),
        name: name.map_or_else(String::new, |held| held.name),
        status: membership.status.as_str().to_owned(),
        from: membership.from.as_ref().map(date),
        until: membership.until.as_ref().map(date),
        why: membership.sources.iter().map(|source| source.position.0).collect(),
        is_perhaps: is_perhaps(membership.from.as_ref(), view) || is_perhaps(membership.until.as_ref(), view),
    }
}

fn designation(said: &Designation, view: View) -> PartnershipDesignation {
    PartnershipDesignation {
        designation: said.designation.clone(),
        cohort: said.cohort,
        wave: said.wave.clone().unwrap_or_default(),
        effective: said.effective.as_ref().map(date),
        position: said.source.position.0,
        is_perhaps: is_perhaps(said.effective.as_ref(), view),
    }
}

/// The partnerships, or those of a body, by id.
pub(super) fn list_partnerships(
    question: &Question<'_>,
    request: &ListPartnershipsRequest,
) -> Result<ListPartnershipsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let of: Option<BodyId> = match request.body.as_str() {
        "" => None,
        name => Some(question.the_body(name, view)?),
    };
    let is_one = |told: &Told| told.subject.kind() == PartnershipId::KIND;
    match &of {
        Some(of) => question.note_withdrawn(&look, [of.subject()], is_one),
        None => question.note_withdrawn_of_kind(&look, PartnershipId::KIND, is_one),
    }
    let from = page.first::<Subject>()?;
    let from = from.as_ref().map_or(PartnershipId::KIND, Subject::as_str);
    let ids = record.subjects_from(PartnershipId::KIND, from).filter_map(PartnershipId::of);
    let known = ids.filter_map(|id| partnership(record, &id, view));
    let belongs = |found: &Partnership| {
        let mut members = found.members.iter().chain(&found.former_members);
        of.as_ref().is_none_or(|of| members.any(|member| member.body == *of))
    };
    let list = known.filter(belongs).map(|found| (found.id.subject().clone(), found));
    let Cut { items: partnerships, answered, next_page_token } =
        question.cut(&page, &look, list, |found| listed(&found))?;
    Ok(ListPartnershipsResponse { answered, partnerships, next_page_token })
}

fn listed(found: &Partnership) -> ListedPartnership {
    ListedPartnership {
        id: found.id.to_string(),
        name: found.name.clone(),
        kind: found.kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
        state: found.state.as_str().to_owned(),
        members: found.members.iter().map(|member| member.body.to_string()).collect(),
        why: positions(&found.why),
    }
}

/// The documents that are registered, by id.
pub(super) fn list_documents(
    question: &Question<'_>,
    request: &ListDocumentsRequest,
) -> Result<ListDocumentsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let from = page.first::<Subject>()?;
    question.note_withdrawn_of_kind(&look, DocumentId::KIND, |_told| true);
    let from = from.as_ref().map_or(DocumentId::KIND, Subject::as_str);
    let ids = record.subjects_from(DocumentId::KIND, from).filter_map(DocumentId::of);
    let known = ids.filter_map(|id| document(record, &id, view));
    let known = known.filter(|found| view.scope == Scope::Reported || found.source.standing.is_enacted());
    let words = request.words.trim().to_lowercase();
    let has_words = |found: &Registered| {
        let (said, id) = (&found.document, found.id.to_string());
        let texts = [clear(&said.title), said.publisher.clone().unwrap_or_default(), id];
        words.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&words))
    };
    let known = known.filter(has_words);
    let list = known.map(|found| (found.id.subject().clone(), found));
    let Cut { items: documents, answered, next_page_token } =
        question.cut(&page, &look, list, |found| registered(&found))?;
    Ok(ListDocumentsResponse { answered, documents, next_page_token })
}

fn registered(found: &Registered) -> RegisteredDocument {
    let said = &found.document;
    RegisteredDocument {
        id: found.id.to_string(),
        title: Some(text(&said.title)),
        publisher: said.publisher.clone().unwrap_or_default(),
        published: said.published.as_ref().map(date),
        licence: said.licence.clone().unwrap_or_default(),
        sha256: said.sha256.as_ref().map_or_else(String::new, ToString::to_string),
        speaks_to: said.speaks_to.map_or_else(String::new, |day| day.to_string()),
        standing: found.source.standing.as_str().to_owned(),
        position: found.source.position.0,
    }
}
