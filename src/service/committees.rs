//! The questions about committees and delegations.

use crate::proto::{
    self, GetCommitteeRequest, GetCommitteeResponse, GetDelegationRequest, GetDelegationResponse,
    ListCommitteesRequest, ListCommitteesResponse, ListDelegationsRequest, ListDelegationsResponse,
};
use crate::service::convert::{RestsOn, date, found_of, name_of, positions, standing, text};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse_id};
use minutebook_governance::committees::{
    Committee, Delegation, DelegationBasis, Lapse, Onward, committee, committees_from, delegation,
    delegations_from, delegations_to,
};
use minutebook_governance::{BodyId, CommitteeId, DelegationId, Record, Told, View};
use minutebook_log::Subject;
use tonic::Status;

/// The committees of a body, live or not.
pub(super) fn list_committees(
    question: &Question<'_>,
    request: &ListCommitteesRequest,
) -> Result<ListCommitteesResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let body = question.the_body(&request.body, look.view)?;
    let is_one = |told: &Told| told.subject.kind() == CommitteeId::KIND;
    question.note_withdrawn(&look, [body.subject()], is_one);
    let from = page.first::<Subject>()?.and_then(|subject| CommitteeId::of(&subject));
    let found = committees_from(question.record(), &body, from.as_ref(), look.view);
    let list = found.map(|it| (it.id.subject().clone(), it));
    let convert = |it| converted(question.record(), &it, look.view);
    let Cut { items: committees, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListCommitteesResponse { answered, body: body.to_string(), committees, next_page_token })
}

/// A committee.
pub(super) fn get_committee(
    question: &Question<'_>,
    request: &GetCommitteeRequest,
) -> Result<GetCommitteeResponse, Status> {
    let id: CommitteeId = parse_id("committee", &request.committee)?;
    let look = question.look(request.view.as_ref(), None)?;
    let found = committee(question.record(), &id, look.view);
    let found = found.ok_or_else(|| question.not_known(&look, &request.committee, id.subject()))?;
    question.note_withdrawn(&look, [id.subject()], |told| told.subject == *id.subject());
    let committee = converted(question.record(), &found, look.view);
    let held = delegations_to(question.record(), id.subject(), look.view);
    let delegations: Vec<_> = held.iter().map(|it| delegated(question.record(), it, look.view)).collect();
    let why = delegations.iter().flat_map(RestsOn::entries).chain(committee.entries());
    let answered = question.answered_by(&look, why);
    let findings = found_of(question.record(), &found.why, look.view);
    Ok(GetCommitteeResponse { answered, committee: Some(committee), delegations, findings })
}

fn converted(record: &Record, committee: &Committee, view: View) -> proto::Committee {
    let (said, ended) = (&committee.established, committee.dissolved.as_ref());
    let members = committee.members.iter().map(|member| proto::CommitteeMember {
        person: member.person.to_string(),
        name: name_of(record, &member.person, view),
        body: member.body.to_string(),
        role: member.role.as_str().to_owned(),
        from: Some(date(&member.from)),
        position: member.source.position.0,
        is_perhaps: !view.is_past(&member.from),
    });
    proto::Committee {
        id: committee.id.to_string(),
        name: said.name.clone(),
        kind: said.kind.as_str().to_owned(),
        state: committee.state.as_str().to_owned(),
        parents: committee.parents.iter().map(BodyId::to_string).collect(),
        is_binding: committee.is_binding(),
        established_on: Some(date(&said.established_on)),
        dissolved_on: ended.map(|ended| date(&ended.effective)),
        dissolved_because: ended.and_then(|ended| ended.reason.as_ref()).map(text),
        functions: committee.functions.clone(),
        quorum: committee.quorum,
        terms: committee.terms.as_ref().map(|terms| text(&terms.title)),
        members: members.collect(),
        why: positions(&committee.why),
        standing: standing(record, &committee.why, view),
        set_up_by: said.parents.iter().map(BodyId::to_string).collect(),
        is_perhaps: !committee.is_sure,
        lapse: committee.lapse.as_ref().map(lapsed),
    }
}

/// What a body has delegated, and what is delegated to a body, a committee or a partnership.
pub(super) fn list_delegations(
    question: &Question<'_>,
    request: &ListDelegationsRequest,
) -> Result<ListDelegationsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let subject = question.the_subject(&request.subject, look.view)?;
    let (record, view) = (question.record(), look.view);
    question.note_withdrawn(&look, [&subject], |told| told.subject.kind() == DelegationId::KIND);
    let body = BodyId::of(&subject);
    let mut found = body.as_ref().map_or_else(Vec::new, |body| delegations_from(record, body, view));
    // A body's own officer has what the body delegates: that is told once.
    let to_it = delegations_to(record, &subject, view).into_iter();
    found.extend(to_it.filter(|it| body.as_ref() != Some(&it.grantor)));
    let convert = |it| delegated(record, &it, view);
    let Cut { items: delegations, answered, next_page_token } =
        question.cut(&page, &look, page.rest(found)?, convert)?;
    Ok(ListDelegationsResponse { answered, subject: subject.to_string(), delegations, next_page_token })
}

/// A delegation.
pub(super) fn get_delegation(
    question: &Question<'_>,
    request: &GetDelegationRequest,
) -> Result<GetDelegationResponse, Status> {
    let id: DelegationId = parse_id("delegation", &request.delegation)?;
    let look = question.look(request.view.as_ref(), None)?;
    let found = delegation(question.record(), &id, look.view);
    let found = found.ok_or_else(|| question.not_known(&look, &request.delegation, id.subject()))?;
    question.note_withdrawn(&look, [id.subject()], |told| told.subject == *id.subject());
    let delegation = delegated(question.record(), &found, look.view);
    let answered = question.answered_by(&look, delegation.entries());
    let findings = found_of(question.record(), &found.why, look.view);
    Ok(GetDelegationResponse { answered, delegation: Some(delegation), findings })
}

fn delegated(record: &Record, delegation: &Delegation, view: View) -> proto::Delegation {
    let (said, revoked) = (&delegation.granted, delegation.revoked.as_ref());
    let basis = match &said.basis {
        DelegationBasis::Decision(id) => format!("decision {id}"),
        DelegationBasis::Scheme(text) | DelegationBasis::Statute(text) => text.clone(),
    };
    proto::Delegation {
        id: delegation.id.to_string(),
        state: delegation.state.as_str().to_owned(),
        granted_by: said.from.to_string(),
        of: delegation.grantor.to_string(),
        to: delegation.delegate.to_string(),
        functions: said.functions.clone(),
        limit_pounds: said.limit_pounds,
        conditions: said.conditions.clone(),
        may_delegate_onward: said.onward == Onward::Allowed,
        basis,
        under: said.under.as_ref().map_or_else(String::new, DelegationId::to_string),
        effective: Some(date(&said.effective)),
        until: said.until.as_ref().map(date),
        on_succession: said.on_succession.as_str().to_owned(),
        revoked_on: revoked.map(|revoked| date(&revoked.effective)),
        revoked_because: revoked.and_then(|revoked| revoked.reason.as_ref()).map(text),
        standing: standing(record, &delegation.why, view),
        why: positions(&[delegation.why.as_slice(), &delegation.passed_on_by].concat()),
        is_perhaps: !delegation.is_sure,
        lapse: delegation.lapse.as_ref().map(lapsed),
    }
}

fn lapsed(lapse: &Lapse) -> proto::Lapse {
    proto::Lapse {
        since: lapse.since.as_ref().map(date),
        because: lapse.with.as_str().to_owned(),
        about: lapse.about.to_string(),
        why: positions(&lapse.why),
    }
}
