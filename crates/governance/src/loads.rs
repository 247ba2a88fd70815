//! Documents, which stay outside the book, and the last day of which what was loaded speaks: beyond the end of knowledge
//! nothing lapses.

use crate::act::{ANYBODY, Facts, Need, Statement};
use crate::{Certainty, Date, Digest, DocumentId, PDate, Record, Sealable, Standing, View, joined::Source};
use minutebook_log::{Position, Subject};
use serde::{Deserialize, Serialize};

/// A document is known. Subject: the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentRegistered {
    /// What it is called.
    pub title: Sealable,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<PDate>,
    /// Under which licence it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Its digest, if it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// The last day of which it speaks: the horizon of what a register or an importer loaded from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaks_to: Option<Date>,
}

impl Facts for DocumentRegistered {
    const EXAMPLE: &'static str = r#"{
  "type": "DocumentRegistered",
  "subject": "document/ods-epraccur-2025-12",
  "data": {
    // register, with the capacity register; own_document or third_party, with the capacity importer.
    "standing": "register",
    "signatories": [{"capacity": "register"}],
    "facts": {
      "title": "ODS successor organisations",
      // All of the following may be left out.
      "publisher": "NHS England",
      "published": "2025-12-29",
      "licence": "Open Government Licence v3.0",
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      // For a load: the last day of which it speaks. Answers for later days say "as loaded to".
      "speaks_to": "2025-12-29"
    }
  }
}"#;
}

/// A document as its last revision has it.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Its id.
    pub id: DocumentId,
    /// What is known of it.
    pub document: DocumentRegistered,
    /// Where it is said.
    pub source: Source,
}

/// The document, if the view knows of it. Papers and the press show whatever the view's scope.
pub fn document(record: &Record, id: &DocumentId, view: View) -> Option<Registered> {
    let view = View { scope: crate::Scope::Reported, ..view };
    let told = record.saying::<DocumentRegistered>(id.subject(), view);
    let last = told.max_by_key(|told| (told.standing, told.position))?;
    let document = last.says::<DocumentRegistered>()?.clone();
    Some(Registered { id: id.clone(), document, source: Source::from(&last) })
}

/// The horizon of what was loaded: the last day to which a load speaks. Only what a register or an importer loads is
/// one, whatever anybody else says that their document speaks to.
pub fn horizon(record: &Record, view: View) -> Option<Date> {
    let view = View { scope: crate::Scope::Reported, ..view };
    let said = record.saying::<DocumentRegistered>(&loads()?, view);
    let loads = said.filter(|told| told.standing.is_report());
    loads.filter_map(|told| told.says::<DocumentRegistered>()?.speaks_to).max()
}

/// The last day of which the view can know what became of something that is said with `standing`. What a source reports is
/// known to no later than what was loaded speaks; an act stands in a book that goes on.
pub fn known_to(record: &Record, view: View, standing: Standing) -> Date {
    let today = record.today(view);
    let horizon = if standing.is_report() { horizon(record, view) } else { None };
    horizon.map_or(today, |horizon| horizon.min(today))
}

/// What time alone tells, on the view's day, of something that was to be done, or to end, by a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// The day has not passed: on the day itself it may still come.
    NotYet,
    /// It has perhaps passed.
    Perhaps,
    /// It passed while the view still knew what there was, and nothing came.
    Missed,
    /// It has passed, and nothing tells what became of it: the view knows of no day after this one, or a source is all
    /// that speaks of it.
    Unheard(Date),
}

/// What time alone tells of something that is said with `standing`; `is_over` says whether it is over once that day has
/// ended. Nothing is missed after the last day of which the view can know, and what sources alone report is never missed
/// at all: whoever wrote them is not held to tell what came of it.
pub(crate) fn passed(
    record: &Record,
    view: View,
    standing: Standing,
    is_over: impl Fn(Date) -> Certainty,
) -> Passed {
    match is_over(view.as_at) {
        Certainty::No => return Passed::NotYet,
        Certainty::Unknown => return Passed::Perhaps,
        Certainty::Yes => {}
    }
    let known_to = known_to(record, view, standing);
    if is_over(known_to) == Certainty::Yes && !standing.is_report() {
        Passed::Missed
    } else {
        Passed::Unheard(known_to)
    }
}

/// The same of what is to be done by the end of the day `due`; of what has no day time tells nothing.
pub(crate) fn passed_by(record: &Record, view: View, standing: Standing, due: Option<&PDate>) -> Passed {
    let is_over = |day: Date| due.map_or(Certainty::No, |due| due.is_by(day.day_before()));
    passed(record, view, standing, is_over)
}

/// The highest standing with which the entries at `why` speak, as the view knows them.
pub(crate) fn highest_standing(record: &Record, why: &[Position], view: View) -> Option<Standing> {
    let acts = why.iter().filter_map(|position| record.act_as_known(*position, view.known));
    acts.map(|act| act.standing).max()
}

/// Whether what the entry at `position` says was stated by the view's day: as its source dates it, and at the latest when
/// it was written down. Before that nobody knows of what has no date.
pub(crate) fn is_stated(
    record: &Record,
    position: Position,
    stated_on: Option<&PDate>,
    view: View,
) -> Certainty {
    let stated = stated_on.map_or(Certainty::Unknown, |stated| stated.is_by(view.as_at));
    let earliest = stated_on.and_then(PDate::earliest);
    let told = record.at(position).map(|entry| Date::of(entry.act.time));
    let told = told.filter(|told| earliest.is_none_or(|earliest| earliest <= *told));
    match stated {
        Certainty::Unknown if told.is_some_and(|told| told <= view.as_at) => Certainty::Yes,
        stated => stated,
    }
}

/// The name under which documents that say to which day they speak are listed. It is nobody's subject.
fn loads() -> Option<Subject> {
    "loads".parse().ok()
}

impl Statement for DocumentRegistered {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(ANYBODY)]
    }

    fn about(&self) -> Vec<Subject> {
        self.speaks_to.and_then(|_day| loads()).into_iter().collect()
    }
}
