//! The dumb book: for each question it goes through everything that was said by a day, as known by then and corrected.

use crate::heard::{Heard, heard, list, number, text, texts};
use crate::story::Story;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Book {
    /// What is enacted, of what is known.
    pub(crate) said: Vec<Heard>,
    /// Reports too: what plans are told of.
    pub(crate) all: Vec<Heard>,
    pub(crate) day: String,
    /// The day against which it is told what is overdue.
    pub(crate) today: String,
}

/// Whether a day has come; without one, it has not.
pub(crate) fn has_come(date: &str, day: &str) -> bool {
    !date.is_empty() && date <= day
}

fn months_later(date: &str, months: u32) -> String {
    let number = |range: std::ops::Range<usize>| date.get(range).unwrap().parse::<u32>().unwrap();
    let (year, month) = (number(0..4), number(5..7) + months - 1);
    format!("{}-{:02}-{}", year + month / 12, month % 12 + 1, date.split_at(8).1)
}

impl Book {
    pub(crate) fn new(story: &Story, day: &str, known: u64) -> Self {
        let mut all = heard(story, known);
        let corrections: Vec<_> =
            all.iter().filter(|heard| heard.name == "RecordCorrected").cloned().collect();
        for correction in &corrections {
            let target = text(&correction.facts, "target");
            let fields = list(&correction.facts, "fields");
            all.retain(|heard| heard.id != target || !fields.is_empty());
            for heard in all.iter_mut().filter(|heard| heard.id == target) {
                for field in &fields {
                    *heard.facts.pointer_mut(text(field, "path")).unwrap() = field["new"].clone();
                }
            }
        }
        let enacted = |heard: &&Heard| !["third_party", "own_document"].contains(&heard.standing.as_str());
        let said = all.iter().filter(enacted).cloned().collect();
        let last = story.entries[usize::try_from(known).unwrap() - 1].recorded.to_string();
        let recorded = last.split('T').next().unwrap().to_owned();
        let today = if known > 0 { recorded.min(day.to_owned()) } else { day.to_owned() };
        Self { said, all, day: day.to_owned(), today }
    }

    /// What is said of this type about a subject, and whose day, under `date`, has come.
    pub(crate) fn by(&self, name: &str, subject: &str, date: &str) -> Vec<&Heard> {
        let of_it = self
            .said
            .iter()
            .filter(|heard| heard.name == name && (subject.is_empty() || heard.subject == subject));
        of_it.filter(|heard| date.is_empty() || has_come(day_of(&heard.facts, date), &self.day)).collect()
    }

    pub(crate) fn last(&self, name: &str, subject: &str) -> Option<&Value> {
        self.by(name, subject, "").last().map(|heard| &heard.facts)
    }

    pub(crate) fn reorganised(&self) -> Option<&Heard> {
        self.by("ReorganisationEffected", "", "effective").pop()
    }

    /// Whether the two bodies have become one.
    pub(crate) fn is_one(&self, body: &str) -> bool {
        self.reorganised().is_some_and(|heard| texts(&heard.facts, "closing").contains(&body))
    }

    fn line(&self, body: &str) -> Vec<String> {
        let before = self.reorganised().filter(|_heard| body == "body/52R");
        let closed = before.map(|heard| texts(&heard.facts, "closing")).unwrap_or_default();
        [body].into_iter().chain(closed).map(str::to_owned).collect()
    }

    pub(crate) fn all_about(&self, kind: &str) -> BTreeSet<String> {
        let conditions = self.said.iter().flat_map(|heard| list(&heard.facts, "conditions"));
        let actions = conditions.filter_map(|condition| condition["action"].as_str());
        let subjects = self.all.iter().map(|heard| heard.subject.as_str()).chain(actions);
        subjects.filter(|subject| subject.starts_with(kind)).map(str::to_owned).collect()
    }

    /// Body, state and due day of an action, and whether it is a condition and overdue.
    pub(crate) fn action(&self, action: &str) -> Option<(String, &str, String, bool, bool)> {
        let mut found = None;
        for heard in &self.said {
            let facts = &heard.facts;
            if heard.name == "ActionAssigned"
                && heard.subject == action
                && has_come(text(facts, "assigned_on"), &self.day)
            {
                found = Some((text(facts, "body").to_owned(), text(facts, "due").to_owned(), false));
            }
            let decided = heard.name == "DecisionRecorded" && has_come(text(facts, "decided_on"), &self.day);
            for condition in
                list(facts, "conditions").into_iter().filter(|it| decided && text(it, "action") == action)
            {
                found = Some((heard.subject.clone(), text(condition, "due").to_owned(), true));
            }
        }
        let (mut body, mut due, is_condition) = found?;
        let mut state = "open";
        for heard in self.by("ActionUpdated", action, "updated_on") {
            let change = &heard.facts["change"];
            match change.as_str() {
                Some("completed") => state = "completed",
                Some("cancelled") => state = "cancelled",
                Some("reopened") => state = "open",
                _ => {}
            }
            due = change.pointer("/postponed/due").map_or(due, |due| due.as_str().unwrap().to_owned());
            body = change.pointer("/transferred/body").map_or(body, |body| body.as_str().unwrap().to_owned());
        }
        let is_overdue = state == "open" && !due.is_empty() && due < self.today;
        Some((body, state, due, is_condition, is_overdue))
    }

    pub(crate) fn actions_of(&self, body: &str) -> BTreeSet<String> {
        let line = self.line(body);
        let theirs = |action: &String| self.action(action).is_some_and(|(body, ..)| line.contains(&body));
        self.all_about("action/").into_iter().filter(theirs).collect()
    }

    /// What a body decided, each with what became of it: ratified, rescinded; and whether it waits to be ratified.
    pub(crate) fn decisions(&self, body: &str) -> Vec<(String, Option<String>, bool, bool)> {
        let later = |name, date, id: &str| {
            let said = self.by(name, "", date).into_iter();
            said.map(|heard| &heard.facts).find(|facts| text(facts, "decision") == id)
        };
        let of_body = self.by("DecisionRecorded", body, "decided_on").into_iter();
        of_body
            .map(|heard| {
                let ratified = later("DecisionRatified", "ratified_on", &heard.id)
                    .map(|it| text(it, "outcome").to_owned());
                let rescinded = later("DecisionRescinded", "effective", &heard.id).is_some();
                let waits = !heard.facts["urgent"].is_null() && ratified.is_none();
                (heard.id.clone(), ratified, rescinded, waits)
            })
            .collect()
    }

    pub(crate) fn interest(&self, interest: &str) -> Option<&'static str> {
        self.last("InterestRegistered", interest)?;
        let Some(ceased) = self.by("InterestCeased", interest, "ceased_on").pop() else {
            return Some("held");
        };
        let gone = |months| months_later(text(&ceased.facts, "ceased_on"), months) <= self.day;
        Some(if gone(72) {
            "expired"
        } else if gone(6) {
            "kept"
        } else {
            "ceased"
        })
    }

    pub(crate) fn interests_of(&self, body: &str) -> BTreeSet<String> {
        let line = self.line(body);
        let theirs = |interest: &String| {
            let registered = self.last("InterestRegistered", interest);
            registered.is_some_and(|facts| {
                has_come(text(facts, "declared_on"), &self.day)
                    && texts(facts, "bodies").iter().any(|body| line.iter().any(|of_it| of_it == body))
            })
        };
        self.all_about("interest/").into_iter().filter(theirs).collect()
    }

    /// Responses on time and late, and where the consultation stands.
    pub(crate) fn consultation(&self, id: &str) -> Option<(u64, u64, &'static str)> {
        let opened = self.last("ConsultationOpened", id)?;
        let changes = self.by("ConsultationChanged", id, "changed_on");
        let extended =
            changes.iter().rev().find_map(|heard| heard.facts["change"]["extended"]["closes_at"].as_str());
        // All instants of these histories are of one offset: their texts are in their order.
        let closes = extended.unwrap_or(text(opened, "closes_at"));
        let mut responses = BTreeMap::new();
        for heard in self.by("ResponseRecorded", id, "received_at") {
            let count = if heard.facts["count"].is_null() { 1 } else { number(&heard.facts, "count") };
            responses.insert(
                text(&heard.facts, "reference"),
                (text(&heard.facts, "received_at") <= closes, count),
            );
        }
        let count = |on_time: bool| {
            responses.values().filter(|(is, _count)| *is == on_time).map(|(_is, count)| count).sum()
        };
        let considered = |owner: &&str| {
            let decided = self.by("DecisionRecorded", owner, "decided_on");
            decided.iter().any(|heard| heard.facts["effect"]["feedback_considered"]["consultation"] == *id)
        };
        let closed = self
            .last("ConsultationClosed", id)
            .is_some_and(|facts| has_come(day_of(facts, "closed_at"), &self.day));
        let state = if changes.iter().any(|heard| !heard.facts["change"]["withdrawn"].is_null()) {
            "withdrawn"
        } else if closed && !self.by("ConsultationAnswered", id, "answered_on").is_empty() {
            "answered"
        } else if closed && texts(opened, "owners").iter().all(considered) {
            "considered"
        } else if closed && !self.by("EvaluationPublished", id, "published_on").is_empty() {
            "evaluated"
        } else if closed && !self.by("EvaluatorAppointed", id, "appointed_on").is_empty() {
            "evaluating"
        } else if closed {
            "closed"
        } else if closes.split('T').next().unwrap() <= self.today.as_str() {
            "overdue"
        } else if closes.split('T').next().unwrap() <= self.day.as_str() {
            // Nothing is known any more of that day.
            "due_passed"
        } else if has_come(text(opened, "opens"), &self.day) {
            "open"
        } else {
            "not_yet_open"
        };
        Some((count(true), count(false), state))
    }

    /// Members, functions and quorum of a committee, and where it stands.
    pub(crate) fn committee(&self, id: &str) -> Option<(BTreeSet<&str>, Vec<&str>, u64, &'static str)> {
        let established = self.last("CommitteeEstablished", id)?;
        let (mut members, mut functions) = (BTreeSet::new(), texts(established, "functions"));
        let mut quorum = number(established, "quorum");
        let mut changes = self.by("CommitteeMembershipChanged", id, "effective");
        changes.sort_by_key(|heard| (text(&heard.facts, "effective"), heard.position));
        for heard in changes {
            let change = &heard.facts["change"];
            members.extend(change["member_appointed"]["person"].as_str());
            change["member_removed"]["person"].as_str().map(|gone| members.remove(gone));
            if let Some(terms) = change.get("terms_varied") {
                (functions, quorum) = (texts(terms, "functions"), number(terms, "quorum"));
            }
        }
        let state = if !has_come(text(established, "established_on"), &self.day) {
            "not_yet"
        } else if !self.by("CommitteeDissolved", id, "effective").is_empty() {
            "dissolved"
        } else if self.is_one("body/04K") {
            "lapsed"
        } else {
            "live"
        };
        Some((members, functions, quorum, state))
    }

    pub(crate) fn delegation(&self, id: &str) -> Option<&'static str> {
        let granted = self.last("DelegationGranted", id)?;
        let survives = !self.is_one("body/04K") || text(granted, "on_succession") == "survives";
        let committee = granted["to"]["committee"].as_str();
        let is_there =
            committee.is_none_or(|id| self.committee(id).is_some_and(|(.., state)| state == "live"));
        Some(if !has_come(text(granted, "effective"), &self.day) {
            "not_yet"
        } else if !self.by("DelegationRevoked", id, "effective").is_empty() {
            "revoked"
        } else if has_come(text(granted, "until"), &self.day) {
            "expired"
        } else if survives && is_there {
            "in_force"
        } else {
            "lapsed"
        })
    }

    /// Who decides for a body, by name: its governing body, committees that bind it, delegates.
    pub(crate) fn deciders(&self, body: &str) -> Vec<String> {
        let exists = if body == "body/52R" { self.reorganised().is_some() } else { !self.is_one(body) };
        if !exists {
            return Vec::new();
        }
        let mut who = vec!["the governing body".to_owned()];
        let committees = self.all_about("committee/").into_iter().filter(|_id| body == "body/04K");
        who.extend(committees.filter(|id| {
            let binds =
                self.last("CommitteeEstablished", id).is_some_and(|facts| text(facts, "kind") != "advisory");
            binds && self.committee(id).is_some_and(|(.., state)| state == "live")
        }));
        let delegates =
            self.all_about("delegation/").into_iter().filter(|id| self.delegation(id) == Some("in_force"));
        for to in delegates.filter_map(|id| self.last("DelegationGranted", &id)).map(|facts| &facts["to"]) {
            let of_it = if self.is_one("body/04K") { "body/52R" } else { "body/04K" };
            if body == of_it {
                who.push(
                    to["committee"]
                        .as_str()
                        .or(to["body"].as_str())
                        .map_or_else(|| format!("accountable_officer of {of_it}"), str::to_owned),
                );
            }
            who.extend(to["body"].as_str().filter(|delegate| *delegate == body).map(str::to_owned));
        }
        who.sort();
        who
    }
}

/// The day of a date, or of an instant.
fn day_of<'a>(facts: &'a Value, member: &str) -> &'a str {
    text(facts, member).split('T').next().unwrap_or_default()
}
