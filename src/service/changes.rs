//! What changed: the questions about differences between answers.

use crate::proto::{
    self, GetChangesRequest, GetChangesResponse, ListDifferencesRequest, ListDifferencesResponse,
};
use crate::service::convert::{self, RestsOn, positions};
use crate::service::page::Page;
use crate::service::question::Question;
use crate::service::status;
use minutebook_governance::changes::{
    Change, Difference, FactOnDay, all_differences, changes_of, compared_kinds, differences, is_left_out,
    kinds_left_out,
};
use minutebook_governance::{Date, Scope, View};
use minutebook_log::{Position, Subject};
use std::collections::BTreeSet;
use tonic::Status;

/// What differs between two answers.
pub(super) fn list_differences(
    question: &Question<'_>,
    request: &ListDifferencesRequest,
) -> Result<ListDifferencesResponse, Status> {
    let page = Page::of(request)?;
    let before = question.look_as(request.before.as_ref(), Some(&page), 0)?;
    let after = question.look_as(request.after.as_ref(), Some(&page), 1)?;
    let subject: Option<Subject> = match request.subject.as_str() {
        "" => None,
        subject => Some(question.any_subject(subject, after.view)?),
    };
    // Of each subject the differences are worked out together: a page starts with one of them.
    let from = page.first::<(u64, Subject)>()?;
    let skipped = from.as_ref().map_or(0, |(index, _subject)| usize::try_from(*index).unwrap_or(usize::MAX));
    let from = from.map(|(_index, subject)| subject);
    let record = question.record();
    let found: Box<dyn Iterator<Item = (Subject, Vec<Difference>)> + '_> = match subject {
        Some(subject) => {
            let found = differences(record, Some(&subject), before.view, after.view);
            Box::new(std::iter::once((subject, found)))
        }
        None => {
            let found = all_differences(record, from.as_ref(), before.view, after.view);
            Box::new(found.map(|(subject, found)| (subject.clone(), found)))
        }
    };
    let list = found.flat_map(|(subject, found)| {
        let nothing = found.is_empty().then(|| ((0, subject.clone()), None));
        let found = (0_u64..).zip(found).map(move |(index, found)| ((index, subject.clone()), Some(found)));
        nothing.into_iter().chain(found)
    });
    let list = list.skip(skipped);
    let (differences, [before, after], next_page_token) =
        question.cut_of(&page, [&before, &after], list, |it| difference(&it))?;
    let in_words = |kinds: &mut dyn Iterator<Item = &'static str>| kinds.map(str::to_owned).collect();
    let coverage = page.is_first().then(|| proto::Coverage {
        compared: in_words(&mut compared_kinds().iter().copied()),
        left_out: in_words(&mut kinds_left_out(record).into_iter()),
    });
    let (before, after) = (Some(before), Some(after));
    Ok(ListDifferencesResponse { before, after, differences, next_page_token, coverage })
}

/// What one entry changed.
pub(super) fn get_changes(
    question: &Question<'_>,
    request: &GetChangesRequest,
) -> Result<GetChangesResponse, Status> {
    let look = question.look(None, None)?;
    let everything = look.view;
    if request.position >= everything.known {
        return Err(status::not_found("position", &request.position.to_string()));
    }
    let scope = match request.scope() {
        proto::Scope::Unspecified | proto::Scope::Enacted => Scope::Enacted,
        proto::Scope::Reported => Scope::Reported,
    };
    let found = changes_of(question.record(), Position(request.position), View { scope, ..everything });
    let scope = if scope == Scope::Enacted { proto::Scope::Enacted } else { proto::Scope::Reported };
    let changes: Vec<_> = found.iter().map(change).collect();
    let differences = changes.iter().flat_map(|change| change.difference.iter());
    let entries = differences.flat_map(RestsOn::entries).chain([request.position]);
    let entries: BTreeSet<_> = entries.collect();
    let position = Position(request.position);
    let act = question.record().at(position).map(|entry| entry.act);
    let act = act.filter(|_act| is_left_out(question.record(), position));
    let left_out = act.iter().map(|act| act.subject.to_string()).collect();
    Ok(GetChangesResponse {
        position: request.position,
        scope: scope.into(),
        changes,
        left_out,
        contested: convert::contested(question.record(), entries.iter().copied(), look.everything()),
        inferences: convert::inferences(question.record(), entries.iter().copied(), look.everything()),
        corrections: convert::corrections(question.record(), entries, everything.known),
    })
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
    let fact = |fact: &FactOnDay| proto::Fact { value: fact.value.clone(), why: positions(&fact.why) };
    proto::Difference {
        subject: difference.subject.to_string(),
        fact: difference.fact.clone(),
        before: difference.before.as_ref().map(fact),
        after: difference.after.as_ref().map(fact),
    }
}
