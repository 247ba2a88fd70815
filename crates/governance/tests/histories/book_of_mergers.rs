//! The dumb book, asked about the merger `merger/m`, its conditions, and what is planned.

use crate::book::{Book, has_come};
use crate::heard::{list, number, text, texts};
use serde_json::Value;
use std::collections::BTreeSet;

impl Book {
    /// The last choice of a body about the merger.
    pub(crate) fn choice(&self, body: &str) -> Option<String> {
        let mut chosen = self.by("DecisionRecorded", body, "decided_on");
        chosen.sort_by_key(|heard| (text(&heard.facts, "decided_on"), heard.position));
        chosen
            .iter()
            .rev()
            .find_map(|heard| Some(heard.facts["effect"]["merger"]["choice"].as_str()?.to_owned()))
    }

    pub(crate) fn participants(&self) -> BTreeSet<&'static str> {
        // Where nobody proposed, those take part who applied.
        let applied = self.by("ApplicationSubmitted", "merger/m", "submitted_on").pop();
        let applicants = applied.map(|heard| texts(&heard.facts, "applicants"));
        let proposed = self.proposed().map(|facts| texts(facts, "participants"));
        let named = proposed.or(applicants).unwrap_or_default();
        let takes_part = |body: &&'static str| {
            let mut chosen = self.by("DecisionRecorded", body, "decided_on");
            chosen.sort_by_key(|heard| (text(&heard.facts, "decided_on"), heard.position));
            let moves = chosen.iter().filter_map(|heard| heard.facts["effect"]["merger"]["choice"].as_str());
            match moves.rev().find(|choice| ["join", "withdraw"].contains(choice)) {
                Some(choice) => choice == "join",
                None => named.contains(body),
            }
        };
        ["body/04K", "body/04L", "body/04M", "body/52R"].into_iter().filter(takes_part).collect()
    }

    /// The last proposal that had been made by the day.
    fn proposed(&self) -> Option<&Value> {
        self.by("MergerProposed", "merger/m", "proposed_on").pop().map(|heard| &heard.facts)
    }

    fn regulator(&self) -> Option<&Value> {
        let mut decided = self.by("RegulatorDecisionRecorded", "merger/m", "decided_on");
        decided.sort_by_key(|heard| (number(&heard.facts, "number"), heard.position));
        decided.last().map(|heard| &heard.facts)
    }

    /// The conditions of the regulator's last word, each with what became of it since.
    pub(crate) fn conditions(&self) -> Vec<(&str, &str, Option<&str>)> {
        let Some(decision) = self.regulator() else { return Vec::new() };
        let resolved = self.by("ConditionResolved", "merger/m", "resolved_on");
        let fate = |condition: &Value| {
            let mut since = resolved
                .iter()
                .filter(|heard| text(&heard.facts, "resolved_on") >= text(decision, "decided_on"));
            since
                .rfind(|heard| heard.facts["condition"] == condition["id"])
                .map(|heard| text(&heard.facts, "resolution"))
        };
        list(decision, "conditions")
            .into_iter()
            .map(|it| (text(it, "id"), text(it, "due"), fate(it)))
            .collect()
    }

    pub(crate) fn merger(&self) -> Option<&'static str> {
        let proposed = self.proposed().is_some();
        let applied = self.by("ApplicationSubmitted", "merger/m", "submitted_on");
        if !proposed && applied.is_empty() {
            return None;
        }
        let last = applied.iter().map(|heard| number(&heard.facts, "number")).max();
        let decided = self.regulator().filter(|facts| Some(number(facts, "number")) == last);
        let participants = self.participants();
        let (conditions, blocks) = (self.conditions(), "before_effect");
        let is_lost = participants.iter().any(|body| Book::is_one(&self.on_today(), body));
        let consulted = self.consultation("consultation/c").map_or("", |(.., state)| state);
        Some(if self.reorganised().is_some() {
            "effected"
        } else if !self.by("MergerAbandoned", "merger/m", "abandoned_on").is_empty() {
            "abandoned"
        } else if let Some(facts) = decided {
            match text(facts, "outcome") {
                _ if is_lost => "bodies_ended",
                "rejected" => "rejected",
                "deferred" => "submitted",
                _ if conditions.iter().any(|(_id, due, fate)| *due == blocks && *fate == Some("failed")) => {
                    "submitted"
                }
                _ if conditions.iter().any(|(_id, due, fate)| *due == blocks && fate.is_none()) => {
                    "conditionally_approved"
                }
                _ => "approved",
            }
        } else if is_lost {
            "bodies_ended"
        } else if last.is_some() {
            "submitted"
        } else if participants.len() < 2 {
            "abandoned"
        } else if participants.iter().all(|body| self.choice(body).as_deref() == Some("apply")) {
            "ready_to_apply"
        } else if ["open", "overdue", "due_passed"].contains(&consulted) {
            "consulting"
        } else if self.consultation("consultation/c").is_some()
            && !self.by("EvaluationPublished", "consultation/c", "published_on").is_empty()
        {
            "evaluated"
        } else if ["closed", "evaluating", "evaluated", "considered", "answered"].contains(&consulted) {
            "consulted"
        } else {
            "proposed"
        })
    }

    fn on_today(&self) -> Self {
        Self {
            said: self.said.clone(),
            all: self.all.clone(),
            day: self.today.clone(),
            today: self.today.clone(),
        }
    }

    pub(crate) fn intention(&self, id: &str) -> Option<&'static str> {
        let recorded =
            self.all.iter().rfind(|heard| heard.name == "IntentionRecorded" && heard.subject == id)?;
        let carried_out = self.said.iter().any(|heard| {
            let intends = text(&recorded.facts, "intends");
            let date = ["effective", "decided_on"].iter().find_map(|date| heard.facts[*date].as_str());
            heard.fulfils.iter().any(|it| it == id)
                && (intends == heard.name || intends == "other")
                && date.is_none_or(|date| has_come(date, &self.day))
        });
        let fate =
            self.by("IntentionResolved", id, "resolved_on").pop().map(|heard| text(&heard.facts, "fate"));
        let when = text(&recorded.facts, "when");
        // Of what a source reports nobody can tell from time alone that nothing came.
        let is_reported = !["own_act", "own_record"].contains(&recorded.standing.as_str());
        // What comes of one merger alone never comes once that merger is given up.
        let about: Vec<_> = recorded.facts["about"].as_array().into_iter().flatten().collect();
        let mergers: Vec<_> =
            about.into_iter().filter_map(|it| it.as_str()).filter(|it| it.starts_with("merger/")).collect();
        let is_of_it = ["ApplicationSubmitted", "RegulatorDecisionRecorded", "ReorganisationEffected"]
            .contains(&text(&recorded.facts, "intends"));
        let given_up = is_of_it
            && mergers.len() == 1
            && !self.by("MergerAbandoned", mergers[0], "abandoned_on").is_empty();
        Some(match fate {
            _ if carried_out => "met",
            Some("met") => "met",
            Some("contradicted") => "contradicted",
            Some(_) => "lapsed",
            None if given_up => "contradicted",
            None if !when.is_empty() && when < self.today.as_str() && !is_reported => "lapsed",
            None if !when.is_empty() && when < self.day.as_str() => "due_passed",
            None => "open",
        })
    }
}
