//! The question what sources state about a subject: figures, targets, statements.

use crate::proto::{self, ListStatedRequest, ListStatedResponse};
use crate::service::convert::{date, quantity, quantity_in_words};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::Question;
use minutebook_governance::figures::{Figure, Stated, Target, figures_about, targets_about};
use minutebook_governance::plans::{Saying, statements_about};
use minutebook_governance::{FigureId, StatementId, TargetId};
use minutebook_log::Subject;
use tonic::Status;

/// Figures, targets and statements about a subject.
pub(super) fn list_stated(
    question: &Question<'_>,
    request: &ListStatedRequest,
) -> Result<ListStatedResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let subject = question.the_subject(&request.subject, view)?;
    question.note_withdrawn(&look, [&subject], |told| {
        matches!(told.subject.kind(), FigureId::KIND | TargetId::KIND)
    });
    question.note_withdrawn(&look.reported(), [&subject], |told| told.subject.kind() == StatementId::KIND);
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
        Stated::Quantity(quantity) => quantity_in_words(quantity),
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
        quantity: match &said.value {
            Stated::Quantity(value) => Some(quantity(value)),
            Stated::Names(_) | Stated::Text(_) => None,
        },
        names: match &said.value {
            Stated::Names(names) => names.clone(),
            Stated::Quantity(_) | Stated::Text(_) => Vec::new(),
        },
        when: said.period.as_ref().map(date),
        stated_on: said.stated_on.as_ref().map(date),
        about: in_ids(&said.about),
        shared_by: said.shared_by.unwrap_or_default(),
        is_perhaps: !figure.is_sure,
        ..proto::Stated::default()
    }
}

fn in_ids(about: &[Subject]) -> Vec<String> {
    about.iter().map(ToString::to_string).collect()
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
        says: quantity_in_words(&set.value),
        qualified: qualified.into_iter().flatten().collect(),
        is_of_one: set.about.len() == 1,
        standing: target.source.standing.as_str().to_owned(),
        position: target.source.position.0,
        quantity: Some(quantity(&set.value)),
        baseline: set.baseline.as_ref().map(quantity),
        when: set.by.as_ref().map(date),
        about: in_ids(&set.about),
        outcome: target.outcome.as_ref().map_or("", |said| said.outcome.as_str()).to_owned(),
        ..proto::Stated::default()
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
        is_perhaps: !said.is_sure,
        stated_on: recorded.said_on.as_ref().map(date),
        about: in_ids(&recorded.about),
        ..proto::Stated::default()
    }
}
