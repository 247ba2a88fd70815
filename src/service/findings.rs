//! What was found of entries, what people say of them, and what audits say of the book.

use crate::proto::{
    self, ListAnnotationsRequest, ListAnnotationsResponse, ListAuditsRequest, ListAuditsResponse,
    ListFindingsRequest, ListFindingsResponse,
};
use crate::service::convert::{self, date, text};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse_word};
use crate::service::status;
use minutebook_governance::annotations::{
    Annotation, AuditOutcome, AuditReported, RecordAnnotated, annotations_of, audits,
};
use minutebook_governance::joined::Source;
use minutebook_governance::register::findings_from;
use minutebook_governance::{AuditId, Capacity, Certainty, Finding, Record};
use minutebook_log::Position;
use tonic::Status;

/// Every finding.
pub(super) fn list_findings(
    question: &Question<'_>,
    request: &ListFindingsRequest,
) -> Result<ListFindingsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let from = page.first()?.unwrap_or_default();
    let about = match request.subject.as_str() {
        "" => None,
        named => Some(question.the_subject(named, look.view)?),
    };
    let is_asked_for = |found: &Finding| {
        let is_of_rule = match found.rule.id.strip_prefix(request.rule.as_str()) {
            Some(rest) => rest.is_empty() || request.rule.is_empty() || rest.starts_with('.'),
            None => false,
        };
        is_of_rule && about.as_ref().is_none_or(|about| found.subject == *about)
    };
    let list = findings_from(question.record(), &from, look.view);
    let list = list.map(|(at, found)| (at, found.filter(is_asked_for)));
    let convert = |it| convert::finding(question.record(), &it, look.view);
    let Cut { items: findings, answered, next_page_token } =
        question.cut_sparse(&page, &look, list, convert)?;
    Ok(ListFindingsResponse { answered, findings, next_page_token })
}

/// What people say of an entry.
pub(super) fn list_annotations(
    question: &Question<'_>,
    request: &ListAnnotationsRequest,
) -> Result<ListAnnotationsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let record = question.record();
    let entry = record.at(Position(request.position)).filter(|_entry| request.position < look.view.known);
    let entry = entry.ok_or_else(|| status::not_found("position", &request.position.to_string()))?;
    let of_it = format!("record/{}", entry.act.id).parse().ok();
    question
        .note_withdrawn(&look.reported(), of_it.as_ref(), |told| told.says::<RecordAnnotated>().is_some());
    let list = page.rest(annotations_of(record, entry.act.id, look.view))?;
    let convert = |said| annotation(record, &said);
    let Cut { items: annotations, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListAnnotationsResponse { answered, annotations, next_page_token })
}

fn annotation(record: &Record, annotation: &Annotation) -> proto::Annotation {
    let (said, source) = (&annotation.said, &annotation.source);
    let act = record.at(source.position).map(|entry| entry.act);
    let signatory = act.as_ref().and_then(|act| act.signatories.first());
    proto::Annotation {
        kind: said.kind.as_str().to_owned(),
        finding: said.finding.clone().unwrap_or_default(),
        text: Some(text(&said.text)),
        capacity: signatory.map_or("", |signatory| Capacity::as_str(signatory.capacity)).to_owned(),
        standing: source.standing.as_str().to_owned(),
        position: source.position.0,
    }
}

/// What an audit can come to.
const OUTCOMES: [AuditOutcome; 3] =
    [AuditOutcome::Verified, AuditOutcome::AuthenticOnly, AuditOutcome::Failed];

/// The audits that were reported by the view's day.
pub(super) fn list_audits(
    question: &Question<'_>,
    request: &ListAuditsRequest,
) -> Result<ListAuditsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let outcome = match request.outcome.as_str() {
        "" => None,
        outcome => Some(parse_word("outcome", outcome, &OUTCOMES, AuditOutcome::as_str)?),
    };
    question.note_withdrawn_of_kind(&look, AuditId::KIND, |_told| true);
    let mut found = audits(question.record(), look.view);
    found.retain(|(_id, said, _source)| said.audited_on.is_by(look.view.as_at) != Certainty::No);
    found.retain(|(_id, said, _source)| outcome.is_none_or(|outcome| said.outcome == outcome));
    found.sort_by_key(|(_id, said, source)| (said.size, source.position));
    let convert = |it| audit(&it);
    let Cut { items: audits, answered, next_page_token } =
        question.cut(&page, &look, page.rest(found)?, convert)?;
    Ok(ListAuditsResponse { answered, audits, next_page_token })
}

fn audit((id, said, source): &(AuditId, AuditReported, Source)) -> proto::Audit {
    proto::Audit {
        id: id.to_string(),
        auditor: Some(text(&said.auditor)),
        audited_on: Some(date(&said.audited_on)),
        size: said.size,
        root: said.root.to_string(),
        outcome: said.outcome.as_str().to_owned(),
        exceptions: said.exceptions,
        rules: said.rules,
        report: Some(text(&said.report.title)),
        standing: source.standing.as_str().to_owned(),
        position: source.position.0,
    }
}
