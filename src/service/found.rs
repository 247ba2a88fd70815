//! What a name means: a body, a person, a meeting, a merger, a unit, by its id, its code, or words of what it is called.

use crate::service::called::{NAMED_MAX, has_words, listed, meant};
use crate::service::convert::clear;
use crate::service::parsed::{parse, parse_code, parse_id};
use crate::service::question::{Look, Question};
use crate::service::status::{self, is_ambiguous};
use crate::service::unknown::known_since;
use minutebook_governance::bodies::{self, Body, unit_subject};
use minutebook_governance::meetings::{Meeting, meeting, meetings_of};
use minutebook_governance::mergers::{Merger, merger, mergers_from};
use minutebook_governance::people::person_names;
use minutebook_governance::register::bodies_from;
use minutebook_governance::{BodyId, Date, MeetingId, MergerId, PersonId, Unit, View};
use minutebook_log::Subject;
use tonic::Status;

/// The kinds of things whose ids are given without their kind too.
const KINDS: [&str; 5] = ["meeting", "merger", "person", "committee", "partnership"];

impl Question<'_> {
    /// The bodies that a name means: one for an id; for a code, in whatever case, the one that it means on the view's day
    /// first, then the others that it means at other times; for words of a name, the one that they mean.
    pub(super) fn bodies(&self, name: &str, view: View) -> Result<Vec<Body>, Status> {
        let found = self.bodies_called(name, view)?;
        if !found.is_empty() {
            return Ok(found);
        }
        // What is known now was perhaps not known then.
        let later = self.bodies_called(name, self.all_known(view)).unwrap_or_default();
        let since =
            later.first().and_then(|body| body.why.iter().min()).filter(|since| since.0 >= view.known);
        let but = match since {
            Some(since) => known_since(view, since.0),
            None => self.meant_words(name, view, std::iter::empty()),
        };
        Err(status::not_found_but("body", name, &but))
    }

    /// The same; none where a name means none.
    fn bodies_called(&self, name: &str, view: View) -> Result<Vec<Body>, Status> {
        if let Some(slug) = name.strip_prefix("body/") {
            let id: BodyId = parse("body", name)?;
            let found = bodies::body(self.record(), &id, view);
            let found = found.or_else(|| self.body_of_slug(&slug.to_uppercase(), view));
            return Ok(found.into_iter().collect());
        }
        let (scheme, value) = parse_code(name);
        let mut found = bodies::bodies_of_code(self.record(), scheme, value, view);
        if found.is_empty() {
            found = bodies::bodies_of_code(self.record(), scheme, &value.to_uppercase(), view);
        }
        if found.is_empty() && value == name {
            found.extend(
                self.body_of_slug(value, view).or_else(|| self.body_of_slug(&value.to_uppercase(), view)),
            );
        }
        if found.is_empty() {
            found.extend(self.body_called(name, view)?);
        }
        self.note_meaning(name, &found, view);
        Ok(found)
    }

    /// The body that words of a name mean; nothing where none is called so.
    fn body_called(&self, words: &str, view: View) -> Result<Option<Body>, Status> {
        let small = words.trim().to_lowercase();
        let mut found = Vec::new();
        for body in bodies_from(self.record(), BodyId::KIND, view) {
            self.goes_on()?;
            if !small.is_empty() && has_words(&body, &small) {
                found.push(body);
            }
        }
        match meant(&found, &small, view) {
            Some(meant) => Ok(Some(meant.clone())),
            None if found.is_empty() => Ok(None),
            None => Err(status::ambiguous("body", words, &listed(&found, view))),
        }
    }

    /// The body that a name means, for a code on the view's day.
    pub(super) fn the_body(&self, name: &str, view: View) -> Result<BodyId, Status> {
        let bodies = self.bodies(name, view)?;
        bodies.into_iter().next().map(|body| body.id).ok_or_else(|| status::not_found("body", name))
    }

    /// The subject that a name means: that of a body by its code or its name, a person by name, what has an id by that, with its
    /// kind or without.
    pub(super) fn the_subject(&self, name: &str, view: View) -> Result<Subject, Status> {
        match name.split_once('/') {
            Some((kind, _name)) if kind != BodyId::KIND => return parse("subject", name),
            _ => {}
        }
        let of_body = match self.the_body(name, view) {
            Ok(body) => return Ok(body.subject().clone()),
            Err(of_body) if name.contains('/') => return Err(of_body),
            Err(of_body) => of_body,
        };
        let subjects =
            KINDS.iter().filter_map(|kind| format!("{kind}/{}", name.trim()).parse::<Subject>().ok());
        let mut known = subjects.filter(|id| self.record().about(id, self.all_known(view)).next().is_some());
        match known.next() {
            Some(known) => Ok(known),
            None => self.person_called(name, view)?.map(|id| id.subject().clone()).ok_or(of_body),
        }
    }

    /// As [`Question::the_subject`], where a subject of which nothing is known is asked about all the same.
    pub(super) fn any_subject(&self, name: &str, view: View) -> Result<Subject, Status> {
        if name.contains('/') { parse("subject", name) } else { self.the_subject(name, view) }
    }

    /// The person who is called so; nothing where nobody is.
    fn person_called(&self, name: &str, view: View) -> Result<Option<PersonId>, Status> {
        let small = name.trim().to_lowercase();
        let mut found = Vec::new();
        for id in self.record().subjects(PersonId::KIND).filter_map(PersonId::of) {
            self.goes_on()?;
            let names = person_names(self.record(), &id, view);
            let names: Vec<_> = names.iter().map(|named| clear(&named.recorded.name)).collect();
            if names.iter().any(|name| name.to_lowercase().contains(&small)) {
                found.push((id, names));
            }
        }
        let exact = |names: &[String]| names.iter().any(|name| name.to_lowercase() == small);
        let whole: Vec<_> = found.iter().filter(|(_id, names)| exact(names)).collect();
        match (whole.as_slice(), found.as_slice()) {
            ([(only, _)], _) | ([], [(only, _)]) => Ok(Some(only.clone())),
            (_, []) => Ok(None),
            _ => {
                let each = found.iter().map(|(id, names)| format!("{id} ({})", names.join(", ")));
                Err(status::ambiguous("person", name, &some_of(each, found.len())))
            }
        }
    }

    /// The meeting that a name means: its id, with or without its kind; words of its title; a body that sat, whose newest sitting
    /// is meant, or else the next. A day (YYYY-MM-DD) among the words is that of the meeting.
    pub(super) fn the_meeting(&self, name: &str, look: &Look) -> Result<Meeting, Status> {
        let (record, view) = (self.record(), look.view);
        if let Ok(id) = parse_id::<MeetingId>(MeetingId::KIND, name.trim()) {
            if let Some(found) = meeting(record, &id, view) {
                return Ok(found);
            }
            if name.contains('/') || self.is_told(look, id.subject()) {
                return Err(self.not_known(look, name, id.subject()));
            }
        }
        let (days, words): (Vec<_>, Vec<_>) =
            name.split_whitespace().partition(|word| word.parse::<Date>().is_ok());
        let (day, words) = (days.first(), words.join(" "));
        let is_of_day =
            |found: &Meeting| day.is_none_or(|day| starts_on(found).is_some_and(|on| on == **day));
        let small = words.to_lowercase();
        let mut titled = Vec::new();
        for id in record.subjects(MeetingId::KIND).filter_map(MeetingId::of) {
            self.goes_on()?;
            let is_titled =
                |found: &Meeting| found.convened.title.to_lowercase().contains(&small) && is_of_day(found);
            titled.extend(meeting(record, &id, view).filter(is_titled));
        }
        let whole: Vec<_> = titled.iter().filter(|it| it.convened.title.to_lowercase() == small).collect();
        if let [only] = whole.as_slice() {
            return Ok((*only).clone());
        }
        let of_body = if words.is_empty() { Err(None) } else { self.the_body(&words, view).map_err(Some) };
        match of_body {
            Ok(body) => {
                let mut sat = meetings_of(record, &body, view);
                sat.retain(is_of_day);
                let today = view.as_at.to_string();
                let is_over = |found: &&Meeting| starts_on(found).is_some_and(|on| on <= today);
                let newest = sat.iter().rev().find(is_over).or(sat.first()).cloned();
                newest.ok_or_else(|| self.no_meeting(name, view))
            }
            Err(why) => match (titled.as_slice(), why) {
                ([only], _) => Ok(only.clone()),
                ([], Some(why)) if is_ambiguous(&why) => Err(why),
                ([], _) => Err(self.no_meeting(name, view)),
                (several, _) => {
                    let each = several.iter().map(|it| {
                        let on = starts_on(it).unwrap_or_else(|| "no day known".to_owned());
                        format!("{} ({on}, {})", it.id, it.convened.title)
                    });
                    Err(status::ambiguous("meeting", name, &some_of(each, several.len())))
                }
            },
        }
    }

    /// Whether something is told of a subject that the view does not know: since, or withdrawn.
    fn is_told(&self, look: &Look, subject: &Subject) -> bool {
        self.withdrawn_as(look, subject.as_str(), subject).is_some()
            || self.record().about(subject, self.all_known(look.view)).next().is_some()
    }

    fn no_meeting(&self, name: &str, view: View) -> Status {
        let titles = self.record().subjects(MeetingId::KIND).filter_map(MeetingId::of);
        let titles = titles.filter_map(|id| Some(meeting(self.record(), &id, view)?.convened.title));
        let meant = self.meant_words(name, view, titles);
        let how = ". A meeting is named by its id, by words of its title, or by a body that sat, and its day: minutebook meetings BODY";
        status::not_found_but("meeting", name, if meant.is_empty() { how } else { &meant })
    }

    /// The merger that a name means: its id, with or without its kind; words of it or of the name that was proposed; a body that
    /// takes part.
    pub(super) fn the_merger(&self, name: &str, look: &Look) -> Result<Merger, Status> {
        let (record, view) = (self.record(), look.view);
        let small = name.trim().to_lowercase();
        if let Ok(id) = parse_id::<MergerId>(MergerId::KIND, &small) {
            if let Some(found) = merger(record, &id, view) {
                return Ok(found);
            }
            if name.contains('/') || self.is_told(look, id.subject()) {
                return Err(self.not_known(look, name, id.subject()));
            }
        }
        let is_called = |found: &Merger| {
            let proposed = found.proposed.as_ref().and_then(|said| said.proposed_name.as_ref());
            found.id.to_string().contains(&small)
                || proposed.is_some_and(|name| name.to_lowercase().contains(&small))
        };
        let mut found: Vec<_> = mergers_from(record, None, None, view).filter(is_called).collect();
        if found.is_empty() {
            let line = self.line(look, &self.the_body(name, view).map_err(|why| self.no_merger(name, why))?);
            found = mergers_from(record, Some(&line), None, view).collect();
        }
        match found.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(status::not_found_but("merger", name, ": minutebook mergers lists all")),
            several => {
                let each =
                    several.iter().map(|it| format!("{} ({})", it.id, it.state.as_str().replace('_', " ")));
                Err(status::ambiguous("merger", name, &some_of(each, several.len())))
            }
        }
    }

    fn no_merger(&self, name: &str, why: Status) -> Status {
        if is_ambiguous(&why) {
            why
        } else {
            status::not_found_but("merger", name, ": minutebook mergers lists all")
        }
    }

    /// The unit of area that a name means: its code, in whatever case; or the name of a body that holds one alone.
    pub(super) fn the_unit(&self, name: &str, view: View) -> Result<Unit, Status> {
        let code = name.strip_prefix("unit/").unwrap_or(name).trim();
        let whole = |code: &str| match code.split_once('/') {
            Some((whole, part)) => format!("{}/{part}", whole.to_uppercase()),
            None => code.to_uppercase(),
        };
        let written = [code.to_owned(), whole(code)];
        let mut units = written.iter().filter_map(|code| code.parse::<Unit>().ok());
        if let Some(unit) = units.find(|unit| self.is_unit(unit, view)) {
            return Ok(unit);
        }
        let body = match self.bodies(name, view).map(|bodies| bodies.into_iter().next()) {
            Ok(Some(body)) => body,
            Err(why) if is_ambiguous(&why) => return Err(why),
            _ => {
                let how = ". Units are the 211 areas of 2013, by their code (04N) or by the body that holds one alone";
                return Err(status::not_found_but("unit", name, how));
            }
        };
        let units = bodies::units_of(self.record(), &body.id, view);
        match units.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(status::not_found_but("unit", name, &format!(", and {} holds none", body.id))),
            several => {
                let each = several.iter().map(Unit::to_string);
                Err(status::ambiguous("unit", name, &some_of(each, several.len())))
            }
        }
    }

    /// Whether anything is known of the unit, or of the whole that it is a part of.
    fn is_unit(&self, unit: &Unit, view: View) -> bool {
        let units = [Some(unit.clone()), unit.whole()];
        let subjects = units.iter().flatten().filter_map(unit_subject);
        subjects.into_iter().any(|subject| self.record().about(&subject, view).next().is_some())
    }
}

/// The day on which a meeting starts, by its own clock.
fn starts_on(meeting: &Meeting) -> Option<String> {
    meeting.starts_at.as_ref().and_then(|start| start.to_string().get(..10).map(str::to_owned))
}

/// As many as are told to somebody who has to choose, and how many more there are.
fn some_of(each: impl Iterator<Item = String>, all: usize) -> String {
    let named: Vec<_> = each.take(NAMED_MAX).collect();
    let more = all.saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}
