//! The questions who may decide for a body, what a partnership is, and what is stated about a subject.

use crate::proto::{
    self, GetPartnershipRequest, GetPartnershipResponse, GetPowersRequest, GetPowersResponse,
    ListStatedRequest, ListStatedResponse, PartnershipDesignation, PartnershipMember,
};
use crate::service::convert::{clear, date, positions};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Question, parse};
use crate::service::status;
use minutebook_governance::bodies::body;
use minutebook_governance::figures::{Figure, Quantity, Stated, Target, figures_about, targets_about};
use minutebook_governance::partnerships::{Designation, Membership, partnership};
use minutebook_governance::people::person_name;
use minutebook_governance::plans::{Saying, statements_about};
use minutebook_governance::powers::{Decider, who_may_decide};
use minutebook_governance::{PartnershipId, Record, View};
use tonic::Status;

/// Who may decide what for a body.
pub(super) fn get_powers(
    question: &Question<'_>,
    request: &GetPowersRequest,
) -> Result<GetPowersResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let id = question.the_body(&request.body, look.view)?;
    let found = who_may_decide(question.record(), &id, look.view);
    let found = found.ok_or_else(|| status::not_found("body", &request.body))?;
    Ok(GetPowersResponse {
        answered: question.answered(&look, &[&positions(&found.why)]),
        body: id.to_string(),
        life: found.life.as_str().to_owned(),
        deciders: found.deciders.iter().map(decider).collect(),
    })
}

fn decider(decider: &Decider) -> proto::Decider {
    proto::Decider {
        who: decider.who.clone(),
        reach: decider.reach.as_str().to_owned(),
        what: decider.what.clone(),
        limit_pounds: decider.limit_pounds,
        because: decider.because.clone(),
        why: positions(&decider.why),
    }
}

/// A partnership.
pub(super) fn get_partnership(
    question: &Question<'_>,
    request: &GetPartnershipRequest,
) -> Result<GetPartnershipResponse, Status> {
    let id: PartnershipId = parse("partnership", &request.partnership)?;
    let look = question.look(request.view.as_ref(), None)?;
    let (record, view) = (question.record(), look.view);
    let found = partnership(record, &id, view);
    let found = found.ok_or_else(|| status::not_found("partnership", &request.partnership))?;
    let member = |membership: &Membership| member(record, membership, view);
    let lead = found.lead.as_ref();
    let lead_name = lead.and_then(|lead| person_name(record, &lead.person, view));
    let why = positions(&found.why);
    Ok(GetPartnershipResponse {
        answered: question.answered(&look, &[&why]),
        id: id.to_string(),
        name: found.name.clone(),
        kind: found.kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
        state: found.state.as_str().to_owned(),
        may_decide: "nothing in law".to_owned(),
        members: found.members.iter().map(member).collect(),
        former_members: found.former_members.iter().map(member).collect(),
        designations: found.designations.iter().map(designation).collect(),
        within: found.within.as_ref().map_or_else(String::new, ToString::to_string),
        parts: found.parts.iter().map(ToString::to_string).collect(),
        lead: lead.map_or_else(String::new, |lead| lead.person.to_string()),
        lead_name: lead_name.as_ref().map_or_else(String::new, clear),
        lead_title: lead.map_or_else(String::new, |lead| lead.title_as_written.clone()),
        why,
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
    }
}

fn designation(said: &Designation) -> PartnershipDesignation {
    PartnershipDesignation {
        designation: said.designation.clone(),
        cohort: said.cohort.unwrap_or_default(),
        wave: said.wave.clone().unwrap_or_default(),
        effective: said.effective.as_ref().map(date),
        position: said.source.position.0,
    }
}

/// Figures, targets and statements about a subject.
pub(super) fn list_stated(
    question: &Question<'_>,
    request: &ListStatedRequest,
) -> Result<ListStatedResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let subject = question.the_subject(&request.subject, view)?;
    let figures = figures_about(record, &subject, view);
    let targets = targets_about(record, &subject, view);
    let said = statements_about(record, &subject, view);
    let lines = figures.iter().map(Line::Figure).chain(targets.iter().map(Line::Target));
    let list = page.rest(lines.chain(said.iter().map(Line::Saying)).collect())?;
    let Cut { items: stated, answered, next_page_token } =
        question.cut(&page, &look, list, Line::converted)?;
    Ok(ListStatedResponse { answered, subject: subject.to_string(), stated, next_page_token })
}

/// What a page is made of, in this order.
enum Line<'a> {
    Figure(&'a Figure),
    Target(&'a Target),
    Saying(&'a Saying),
}

impl Line<'_> {
    fn converted(self) -> proto::Stated {
        match self {
            Line::Figure(it) => figure(it),
            Line::Target(it) => target(it),
            Line::Saying(it) => saying(it),
        }
    }
}

fn figure(figure: &Figure) -> proto::Stated {
    let said = &figure.reported;
    let says = match &said.value {
        Stated::Quantity(quantity) => in_words(quantity),
        Stated::Names(names) => names.join(", "),
        Stated::Text(text) => text.clone(),
    };
    let shared = said.shared_by.map(|shared| format!("shared by {shared}: of none of them alone"));
    let several = (said.about.len() > 1).then(|| {
        let about: Vec<_> = said.about.iter().map(ToString::to_string).collect();
        format!("of {} together", about.join(", "))
    });
    let period = said.period.as_ref().map(ToString::to_string);
    let conditions = said.conditions.iter().cloned();
    let stated_on = said.stated_on.as_ref().map(|date| format!("stated on {date}"));
    let qualified = [said.qualifier.clone(), said.status.clone(), shared, several, period, stated_on];
    proto::Stated {
        id: figure.id.to_string(),
        what: said.attribute.as_str().to_owned(),
        says,
        qualified: qualified.into_iter().flatten().chain(conditions).collect(),
        is_of_one: figure.is_of_one(),
        standing: figure.source.standing.as_str().to_owned(),
        position: figure.source.position.0,
    }
}

/// The words of the source, or the number with its bounds.
fn in_words(quantity: &Quantity) -> String {
    let about = if quantity.approximate { "about " } else { "" };
    let bounds = || match (quantity.at_least.map(grouped), quantity.at_most.map(grouped)) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => quantity.written.clone().unwrap_or_default(),
    };
    let number = quantity.number.map_or_else(bounds, grouped);
    format!("{about}{number} {}", quantity.unit)
}

/// A number as people read it: 450,000,000.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    format!("{sign}{written}")
}

fn target(target: &Target) -> proto::Stated {
    let set = &target.set;
    let by = set.by.as_ref().map(|by| format!("by {by}"));
    let outcome = target.outcome.as_ref().map(|said| format!("{}, {}", said.outcome.as_str(), said.known_on));
    let applies = (set.about.len() > 1)
        .then(|| format!("applies {} of {}", set.applies.as_str().replace('_', " "), set.about.len()));
    let qualified = [by, applies, set.scope.clone(), set.set_by.clone(), outcome];
    proto::Stated {
        id: target.id.to_string(),
        what: set.measure.as_str().to_owned(),
        says: in_words(&set.value),
        qualified: qualified.into_iter().flatten().collect(),
        is_of_one: set.about.len() == 1,
        standing: target.source.standing.as_str().to_owned(),
        position: target.source.position.0,
    }
}

fn saying(said: &Saying) -> proto::Stated {
    let recorded = &said.recorded;
    let speaker = format!("said by {}", recorded.speaker.shown());
    let when = recorded.said_on.as_ref().map(ToString::to_string);
    let mood = recorded.mood.map(|mood| mood.as_str().to_owned());
    let against = recorded.contradicts.iter().map(|other| format!("against {other}"));
    proto::Stated {
        id: said.id.to_string(),
        what: "statement".to_owned(),
        says: recorded.text.shown().to_owned(),
        qualified: [Some(speaker), mood, when].into_iter().flatten().chain(against).collect(),
        is_of_one: recorded.about.len() == 1,
        standing: said.source.standing.as_str().to_owned(),
        position: said.source.position.0,
    }
}
