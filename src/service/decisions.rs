//! Decisions as answers have them: what was decided under which item, with which votes, and what it does.

use crate::proto;
use crate::service::convert::{clear, date, filled_in, is_perhaps, name_of, text};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Look, Question};
use crate::service::status;
use minutebook_governance::committees::committee;
use minutebook_governance::decisions::{
    Decision, Dissent, Effect, Item, Mode, Ratification, Votes, decisions_recorded_from, ratification,
    rescission,
};
use minutebook_governance::meetings::{Meeting, is_same_item, meeting, where_it_decides};
use minutebook_governance::{
    AppointmentId, BodyId, CommitteeId, ConsultationId, DelegationId, MeetingId, MergerId, PersonId, Record,
    Sealable, View, perhaps_one,
};
use minutebook_log::{Position, Subject};
use tonic::Status;

/// The decisions about a subject.
pub(super) fn list_decisions(
    question: &Question<'_>,
    request: &proto::ListDecisionsRequest,
) -> Result<proto::ListDecisionsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let subject = question.the_subject(&request.subject, look.view)?;
    let (record, view) = (question.record(), look.view);
    let from = page.first()?.unwrap_or(Position::FIRST);
    let topic = request.topic.to_lowercase();
    let places = places(question, &look, &subject)?;
    let found =
        in_order(places.iter().map(|place| decisions_recorded_from(record, from, place, view)).collect());
    let found = found.filter(|(it, _withdrawn)| topic.is_empty() || concerns(record, it, &topic, view));
    let list = found.map(|it| (it.0.source.position, it));
    let convert = |(it, withdrawn_at): (Decision, Option<Position>)| match withdrawn_at {
        Some(at) => withdrawn(record, &it, view.as_known(at.0)),
        None => decision(record, &it, view),
    };
    let Cut { items: decisions, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    let mut answer =
        proto::ListDecisionsResponse { answered, decisions, next_page_token, ..Default::default() };
    answer.add_up();
    Ok(answer)
}

/// Under which subjects the decisions are found that are asked for: a committee's at its sittings, and under what is
/// delegated to it.
///
/// # Errors
/// Where nothing of the kind decides, or is decided on; and for a committee that the view does not know.
fn places(question: &Question<'_>, look: &Look, subject: &Subject) -> Result<Vec<Subject>, Status> {
    let (record, view) = (question.record(), look.view);
    if let Some(id) = CommitteeId::of(subject) {
        let known = committee(record, &id, view);
        known.ok_or_else(|| question.not_known(look, subject.as_str(), subject))?;
        return Ok(where_it_decides(record, &id, view));
    }
    let decided_on = [
        BodyId::KIND,
        MeetingId::KIND,
        MergerId::KIND,
        ConsultationId::KIND,
        AppointmentId::KIND,
        DelegationId::KIND,
        PersonId::KIND,
    ];
    if decided_on.contains(&subject.kind()) {
        question.heard_of(look, subject)?;
        return Ok(vec![subject.clone()]);
    }
    let needed = "a body, committee/.., meeting/.., merger/.., consultation/.., appointment/.., delegation/.. or person/..";
    Err(status::argument("subject", subject.as_str(), needed))
}

/// Several lists, each in the order of the book, as one; what stands in several of them once.
fn in_order<T>(lists: Vec<impl Iterator<Item = (Decision, T)>>) -> impl Iterator<Item = (Decision, T)> {
    let mut lists: Vec<_> = lists.into_iter().map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let next = lists.iter_mut().filter_map(|list| Some(list.peek()?.0.source.position)).min()?;
        let mut found = None;
        for list in &mut lists {
            found = list.next_if(|(it, _more)| it.source.position == next).or(found);
        }
        found
    })
}

/// Whether words are among what a decision says.
fn concerns(record: &Record, decision: &Decision, words: &str, view: View) -> bool {
    let said = &decision.recorded;
    let sitting = sitting(record, decision, view);
    let item = said.item.iter().flat_map(|item| {
        [Some(item.reference.clone()), title(item, sitting.as_ref()).map(clear)].into_iter().flatten()
    });
    let effects = said.effects().flat_map(|effect| {
        let (kind, about, choice) = effect.parts();
        [Some(kind.to_owned()), about.map(ToString::to_string), choice].into_iter().flatten()
    });
    let mut texts = item.chain(effects).chain([clear(&said.text), said.outcome.as_str().to_owned()]);
    texts.any(|text| text.to_lowercase().contains(words))
}

/// The meeting at which it was decided, where the view knows of it.
fn sitting(record: &Record, decision: &Decision, view: View) -> Option<Meeting> {
    decision.recorded.meeting.as_ref().and_then(|id| meeting(record, id, view))
}

/// What an item is called: as the decision has it, or else as the agenda.
fn title<'a>(item: &'a Item, sitting: Option<&'a Meeting>) -> Option<&'a Sealable> {
    let listed = || Some(&sitting?.item(&item.reference)?.1.title);
    item.title.as_ref().or_else(listed)
}

/// The part of the meeting under which the agenda has an item; empty where it has none.
fn part(item: &Item, sitting: Option<&Meeting>) -> String {
    let listed = sitting.and_then(|sitting| sitting.item(&item.reference));
    listed.map_or_else(String::new, |(_place, listed)| listed.part.as_str().to_owned())
}

/// A decision, with the votes that were taken on it.
pub(super) fn decision(record: &Record, decision: &Decision, view: View) -> proto::Decision {
    let recorded = &decision.recorded;
    let sitting = sitting(record, decision, view);
    let sitting = sitting.as_ref();
    let [told_apart, in_other_words] = perhaps_one(record, decision, view);
    let voted = if recorded.votes.is_some() { None } else { vote(decision, sitting) };
    proto::Decision {
        id: decision.id.map_or_else(String::new, |id| id.to_string()),
        body: decision.body.to_string(),
        decided_on: Some(date(&recorded.decided_on)),
        is_perhaps: is_perhaps(Some(&recorded.decided_on), view),
        meeting: recorded.meeting.as_ref().map_or_else(String::new, MeetingId::to_string),
        item: recorded.item.as_ref().map_or_else(String::new, |item| item.reference.clone()),
        outcome: recorded.outcome.as_str().to_owned(),
        text: Some(text(&recorded.text)),
        effect: recorded.effects().map(|effect| effect.parts().0).collect::<Vec<_>>().join(", "),
        effects: recorded.effects().map(effect).collect(),
        decided_with: recorded.decided_with.iter().map(|with| with.body.to_string()).collect(),
        votes: recorded.votes.as_ref().or(voted.as_ref().map(|(_at, votes)| votes)).map(counted),
        votes_at: voted.map(|(at, _votes)| at.0),
        item_title: recorded.item.as_ref().and_then(|item| title(item, sitting)).map(text),
        reasons: recorded.reasons.as_ref().map(text),
        mode: recorded.mode.as_str().to_owned(),
        state: decision_state(record, decision, sitting, view).to_owned(),
        standing: decision.source.standing.as_str().to_owned(),
        position: decision.source.position.0,
        amount_pounds: recorded.delegated_under.as_ref().and_then(|under| under.amount_pounds),
        decided_under: decided_under(decision),
        filled_in: filled_in(record, decision.source.position, view),
        function: recorded
            .delegated_under
            .as_ref()
            .and_then(|under| under.function.clone())
            .unwrap_or_default(),
        told_apart: told_apart.iter().map(|other| other.source.position.0).collect(),
        dissent: recorded.dissent.iter().map(|said| dissent(record, said, view)).collect(),
        part: recorded.item.as_ref().map_or_else(String::new, |item| part(item, sitting)),
        deferred_to: recorded.deferred_to.as_ref().map_or_else(String::new, MeetingId::to_string),
        told_in_other_words: in_other_words.iter().map(|other| other.source.position.0).collect(),
    }
}

/// A member's dissent, who by name where that is known.
fn dissent(record: &Record, said: &Dissent, view: View) -> proto::Dissent {
    let name = name_of(record, &said.person, view);
    proto::Dissent {
        person: if name.is_empty() { said.person.to_string() } else { name },
        words: said.words.as_ref().map(text),
    }
}

/// A decision that counts for nothing any more, as it was known before it was withdrawn.
fn withdrawn(record: &Record, told: &Decision, view: View) -> proto::Decision {
    proto::Decision {
        state: "withdrawn".to_owned(),
        told_apart: Vec::new(),
        told_in_other_words: Vec::new(),
        ..decision(record, told, view)
    }
}

/// The delegations under which it was taken, that of the body itself first.
fn decided_under(decision: &Decision) -> Vec<proto::DecidedUnder> {
    let own = decision.recorded.delegated_under.iter().map(|under| (&decision.body, &under.delegation));
    let with = decision.recorded.decided_with.iter();
    let with = with.filter_map(|with| Some((&with.body, with.delegation.as_ref()?)));
    let under = own.chain(with).map(|(body, delegation)| proto::DecidedUnder {
        body: body.to_string(),
        delegation: delegation.to_string(),
    });
    under.collect()
}

fn effect(effect: &Effect) -> proto::DecisionEffect {
    let (kind, about, choice) = effect.parts();
    proto::DecisionEffect {
        kind: kind.to_owned(),
        about: about.map_or_else(String::new, ToString::to_string),
        choice: choice.unwrap_or_default(),
    }
}

/// The last vote that was taken on it, with the entry that says so.
fn vote(decision: &Decision, sitting: Option<&Meeting>) -> Option<(Position, Votes)> {
    let said = &decision.recorded;
    let (meeting, item) = sitting.zip(said.item.as_ref())?;
    let of_it = meeting.votes.iter().rev().filter(|(_at, vote)| {
        is_same_item(&vote.item, &item.reference)
            && decision.is_of(&vote.body)
            && (said.motion.is_none() || vote.motion == said.motion)
    });
    of_it.filter_map(|(at, vote)| Some((*at, vote.votes?))).next()
}

/// Whether minutes that hold it are approved.
fn is_confirmed(record: &Record, decision: &Decision, sitting: Option<&Meeting>, view: View) -> bool {
    let found = sitting.zip(decision.recorded.item.as_ref());
    found.is_some_and(|(meeting, item)| meeting.confirms(record, &item.reference, &decision.body, view))
}

pub(super) fn decision_state(
    record: &Record,
    decision: &Decision,
    sitting: Option<&Meeting>,
    view: View,
) -> &'static str {
    let Some(id) = decision.id else { return "stands" };
    if rescission(record, id, view).is_some() {
        return "rescinded";
    }
    match (decision.recorded.mode, ratification(record, id, view)) {
        (Mode::Urgent, None) => "awaits_ratification",
        (Mode::Urgent, Some((Ratification::Ratified, _at))) => "ratified",
        (Mode::Urgent, Some((Ratification::Refused, _at))) => "ratification_refused",
        _ if is_confirmed(record, decision, sitting, view) => "confirmed",
        _ => "stands",
    }
}

/// Votes as they were counted.
pub(super) fn counted(votes: &Votes) -> proto::CountedVotes {
    proto::CountedVotes {
        in_favour: votes.in_favour,
        against: votes.against,
        abstained: votes.abstained,
        conflicted: votes.conflicted,
    }
}
