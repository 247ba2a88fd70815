//! What changed: the questions about differences between answers.

use crate::proto::{
    self, GetChangesRequest, GetChangesResponse, ListDifferencesRequest, ListDifferencesResponse,
};
use crate::service::convert::positions;
use crate::service::page::Page;
use crate::service::question::{Question, parse};
use crate::service::status;
use minutebook_governance::changes::{Change, Difference, Fact, changes_of, differences};
use minutebook_governance::{Date, Scope, View};
use minutebook_log::{Position, Subject};
use tonic::Status;

/// What differs between two answers.
pub(super) fn list_differences(
    question: &Question<'_>,
    request: &ListDifferencesRequest,
) -> Result<ListDifferencesResponse, Status> {
    let page = Page::of(request)?;
    let before = question.look(request.before.as_ref(), None)?;
    let after = question.look(request.after.as_ref(), Some(&page))?;
    let subject: Option<Subject> = match request.subject.as_str() {
        "" => None,
        subject => Some(parse("subject", subject)?),
    };
    let found = differences(question.record(), subject.as_ref(), before.view, after.view);
    let (found, next_page_token) = page.cut(found, after.pinned());
    let differences: Vec<_> = found.iter().map(difference).collect();
    Ok(ListDifferencesResponse {
        before: question.answered(&before, &[&differences]),
        after: question.answered(&after, &[&differences]),
        differences,
        next_page_token,
    })
}

/// What one entry changed.
pub(super) fn get_changes(
    question: &Question<'_>,
    request: &GetChangesRequest,
) -> Result<GetChangesResponse, Status> {
    let everything = question.look(None, None)?.view;
    if request.position >= everything.known {
        return Err(status::not_found("position", &request.position.to_string()));
    }
    let scope = match request.scope() {
        proto::Scope::Unspecified | proto::Scope::Enacted => Scope::Enacted,
        proto::Scope::Reported => Scope::Reported,
    };
    let found = changes_of(question.record(), Position(request.position), View { scope, ..everything });
    let scope = if scope == Scope::Enacted { proto::Scope::Enacted } else { proto::Scope::Reported };
    let changes = found.iter().map(change).collect();
    Ok(GetChangesResponse { position: request.position, scope: scope.into(), changes })
}

fn change(change: &Change) -> proto::Change {
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    proto::Change {
        difference: Some(difference(&change.difference)),
        from: day(change.from),
        until: day(change.until),
    }
}

fn difference(difference: &Difference) -> proto::Difference {
    let fact = |fact: &Fact| proto::Fact { value: fact.value.clone(), why: positions(&fact.why) };
    proto::Difference {
        subject: difference.subject.to_string(),
        fact: difference.fact.clone(),
        before: difference.before.as_ref().map(fact),
        after: difference.after.as_ref().map(fact),
    }
}
