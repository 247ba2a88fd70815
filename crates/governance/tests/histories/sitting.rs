//! The dumb secretary: goes through the agenda minute by minute, with a list of who is in the room.

use crate::heard::{Heard, list, number, text, texts};
use crate::said::Said;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was said, as far as a meeting `meeting/m` goes.
pub(crate) struct Sitting {
    pub(crate) said: Vec<Heard>,
}

impl Sitting {
    fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &Heard> {
        self.said.iter().filter(move |heard| heard.name == name)
    }

    fn last(&self, name: &str) -> Option<&Heard> {
        self.all(name).next_back()
    }

    /// Whether it was opened: that it was closed since keeps nobody from writing down what happened.
    pub(crate) fn has_sat(&self) -> bool {
        self.last("MeetingOpened").is_some()
    }

    pub(crate) fn items(&self) -> Vec<&Value> {
        self.last("AgendaPublished").map(|agenda| list(&agenda.facts, "items")).unwrap_or_default()
    }

    pub(crate) fn bodies(&self) -> Vec<&str> {
        texts(&self.last("MeetingConvened").unwrap().facts, "bodies")
    }

    fn is_joint(&self) -> bool {
        text(&self.last("MeetingConvened").unwrap().facts, "kind") == "joint_committee"
    }

    pub(crate) fn concerns(&self, item: &str, body: &str) -> bool {
        let listed = self.items().into_iter().find(|listed| text(listed, "reference") == item);
        let for_it =
            |listed: &Value| listed["applies_to"].is_null() || texts(listed, "applies_to").contains(&body);
        self.bodies().contains(&body) && listed.is_some_and(for_it)
    }

    /// The last word on each person for a body.
    fn rows(&self, body: &str) -> BTreeMap<&str, &Value> {
        let mut rows = BTreeMap::new();
        for heard in self.all("AttendanceRecorded") {
            for row in list(&heard.facts, "attendees") {
                if row["bodies"].is_null() || texts(row, "bodies").contains(&body) {
                    rows.insert(text(row, "person"), row);
                }
            }
        }
        rows
    }

    pub(crate) fn is_attended(&self) -> bool {
        self.last("AttendanceRecorded").is_some()
    }

    /// Whether somebody is in the room when an item is taken: they come, and go, while the agenda is gone through.
    fn is_in_the_room(&self, row: &Value, item: &str) -> bool {
        let whole = json!([{}]);
        let present = if row["present"].is_null() { &whole } else { &row["present"] };
        present.as_array().unwrap().iter().any(|stretch| {
            let (mut here, mut gone) = (stretch["from"].is_null(), false);
            for listed in self.items() {
                let now = &listed["reference"];
                here |= stretch["from"] == *now;
                gone |= stretch["until"] == *now;
                if now == item {
                    return here && !gone;
                }
            }
            false
        })
    }

    /// Whether these people may be there: for bodies that meet, for items on the agenda, each row once; and nobody's
    /// seat is voted in twice.
    pub(crate) fn may_attend(&self, said: &Said) -> bool {
        let rows = list(&said.facts, "attendees");
        let items: Vec<_> = self.items().into_iter().map(|listed| &listed["reference"]).collect();
        let listed = |item: &Value| item.is_null() || items.contains(&item);
        let fits = rows.iter().all(|row| {
            let stretches = list(row, "present").into_iter();
            texts(row, "bodies").iter().all(|body| self.bodies().contains(body))
                && stretches.into_iter().all(|it| listed(&it["from"]) && listed(&it["until"]))
        });
        let names: BTreeSet<_> = rows.iter().map(|row| (text(row, "person"), texts(row, "bodies"))).collect();
        let mut after = Sitting { said: self.said.clone() };
        let (name, facts) = (said.type_name.to_owned(), said.facts.clone());
        after.said.push(Heard { name, facts, ..self.said[0].clone() });
        let sits: Vec<_> = if self.is_joint() {
            vec![self.bodies()]
        } else {
            self.bodies().into_iter().map(|it| vec![it]).collect()
        };
        let shared = sits
            .into_iter()
            .any(|bodies| items.iter().any(|item| after.is_a_seat_shared(&bodies, item.as_str().unwrap())));
        self.last("MeetingOpened").is_some()
            && fits
            && names.len() == rows.len()
            && !shared
            && self.leaves_what_was_done(&after)
    }

    /// Whether an interest may be declared: by somebody on the list, and so that what was done could still be done.
    pub(crate) fn may_declare(&self, said: &Said) -> bool {
        let mut after = Sitting { said: self.said.clone() };
        let (name, facts) = (said.type_name.to_owned(), said.facts.clone());
        after.said.push(Heard { name, facts, ..self.said[0].clone() });
        let listed = self.items().into_iter().map(|listed| text(listed, "reference")).collect::<Vec<_>>();
        let known = texts(&said.facts, "items").into_iter().all(|item| listed.contains(&item));
        let mut rows = self.all("AttendanceRecorded").flat_map(|heard| list(&heard.facts, "attendees"));
        let is_there = rows.any(|row| row["person"] == said.facts["person"]);
        self.last("MeetingOpened").is_some() && known && is_there && self.leaves_what_was_done(&after)
    }

    /// Whether everything that was fine before is fine after: each vote and decision is gone through again.
    fn leaves_what_was_done(&self, after: &Sitting) -> bool {
        let votes = self.all("VoteTaken").map(|heard| {
            let (item, body) = (text(&heard.facts, "item"), text(&heard.facts, "body"));
            (item, body, &heard.facts, true)
        });
        let decisions = self.all("DecisionRecorded").map(|heard| {
            let item = text(&heard.facts["item"], "reference");
            (item, heard.subject.as_str(), &heard.facts, text(&heard.facts, "outcome") != "deferred")
        });
        votes.chain(decisions).all(|(item, body, facts, decides)| {
            let fine = |at: &Sitting| {
                let (there, kept) = at.voters(item, body);
                let kept_from_it = at.kept(item, body);
                let named: Vec<_> =
                    list(facts, "named").into_iter().map(|vote| text(vote, "person")).collect();
                [
                    !decides || at.is_quorate(item, body) != Some(false),
                    facts["votes"].is_null()
                        || !at.is_attended()
                        || at.can_be_cast(&facts["votes"], item, body),
                    named.iter().all(|who| !kept_from_it.contains(who)),
                    named.iter().all(|who| {
                        !at.is_attended()
                            || there.contains_key(who)
                            || kept_from_it.contains(who)
                            || kept.contains(who)
                    }),
                ]
            };
            fine(self).into_iter().zip(fine(after)).all(|(was, is)| !was || is)
        })
    }

    fn is_a_seat_shared(&self, bodies: &[&str], item: &str) -> bool {
        let mut seats: BTreeMap<&str, &str> = BTreeMap::new();
        let rows = bodies.iter().flat_map(|body| self.rows(body));
        let votes = rows.filter(|(_who, row)| text(row, "as") == "voting" && self.is_in_the_room(row, item));
        let mut seated = votes.map(|(who, row)| (row["deputy_for"].as_str().unwrap_or(who), who));
        seated.any(|(seat, who)| *seats.entry(seat).or_insert(who) != who)
    }

    /// Who declared something that keeps them from voting on the item for a body.
    fn kept(&self, item: &str, body: &str) -> BTreeSet<&str> {
        let about = self.all("InterestDeclared").filter(|heard| {
            let of_body = heard.facts["bodies"].is_null() || texts(&heard.facts, "bodies").contains(&body);
            (of_body || self.is_joint()) && texts(&heard.facts, "items").contains(&item)
        });
        let keeps = |handling: &str| handling != "note" && handling != "chair_hands_over";
        about
            .filter(|heard| texts(&heard.facts, "handling").into_iter().any(keeps))
            .map(|heard| text(&heard.facts, "person"))
            .collect()
    }

    /// Voting members who may vote on the item, each with what their row says; and those who may not.
    pub(crate) fn voters(&self, item: &str, body: &str) -> (BTreeMap<&str, &Value>, BTreeSet<&str>) {
        let sits = if self.is_joint() { self.bodies() } else { vec![body] };
        let rows = sits.into_iter().flat_map(|body| self.rows(body));
        let votes: Vec<_> = rows.filter(|(_who, row)| text(row, "as") == "voting").collect();
        let kept = self.kept(item, body);
        let in_the_room =
            votes.iter().filter(|(who, row)| !kept.contains(who) && self.is_in_the_room(row, item));
        let not_voting = votes.iter().map(|(who, _row)| *who).filter(|who| kept.contains(who)).collect();
        // Who has several rows, in a joint committee, sits by the first.
        (in_the_room.rev().copied().collect(), not_voting)
    }

    fn rule(&self, body: &str, member: &str) -> Option<&Value> {
        let of_body = self.all("GoverningRulesSet").filter(|heard| heard.subject == body);
        of_body.map(|heard| &heard.facts[member]).rfind(|rule| !rule.is_null())
    }

    /// The offices of each member of a body: nobody leaves, in these histories.
    fn members(&self, body: &str) -> BTreeMap<&str, Vec<&str>> {
        let mut members: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for heard in self.all("OfficerAppointed").filter(|heard| heard.subject == body) {
            members.entry(text(&heard.facts, "person")).or_default().push(text(&heard.facts, "office"));
        }
        members
    }

    fn vacancies(&self, body: &str) -> u64 {
        let held =
            |office| self.members(body).values().filter(|offices| offices.contains(&office)).count() as u64;
        let defined = self.all("OfficeDefined").filter(|heard| heard.subject == body);
        defined
            .map(|heard| number(&heard.facts, "seats").saturating_sub(held(text(&heard.facts, "office"))))
            .sum()
    }

    /// Whether a body can decide on an item: nothing where the book does not tell.
    pub(crate) fn is_quorate(&self, item: &str, body: &str) -> Option<bool> {
        let of_meeting = &self.last("MeetingConvened").unwrap().facts["quorum"];
        let rule = self.rule(body, "quorum").or(Some(of_meeting).filter(|rule| !rule.is_null()))?;
        let members = self.members(body);
        let seats =
            members.len() as u64 + if rule["counts_vacancies"] == true { self.vacancies(body) } else { 0 };
        let needed = match rule["minimum"]["count"].as_u64() {
            Some(count) => count,
            None if members.is_empty() && self.vacancies(body) == 0 => return None,
            None => {
                let part = &rule["minimum"]["part"];
                // As many as make up the part: the first count that does.
                let enough = |count: &u64| count * number(part, "of") >= seats * number(part, "parts");
                (0..=seats).find(enough).unwrap()
            }
        };
        if !self.is_attended() {
            return None;
        }
        let (there, _kept) = self.voters(item, body);
        let sits_as = |row: &Value, who: &str| match row["office"].as_str() {
            Some(office) => vec![office.to_owned()],
            None => {
                let seat = row["deputy_for"].as_str().unwrap_or(who);
                members.get(seat).into_iter().flatten().map(|office| (*office).to_owned()).collect()
            }
        };
        let offices: Vec<_> = there.iter().flat_map(|(who, row)| sits_as(row, who)).collect();
        let included = list(rule, "must_include").into_iter().all(|one_of| {
            one_of.as_array().unwrap().iter().any(|office| offices.iter().any(|held| office == held))
        });
        Some(there.len() as u64 >= needed && included)
    }

    /// The last vote of a body on a motion under an item.
    fn vote(&self, item: &str, body: &str, motion: &Value) -> Option<&Heard> {
        let mut votes = self.all("VoteTaken").filter(|heard| text(&heard.facts, "item") == item);
        votes.rfind(|heard| text(&heard.facts, "body") == body && heard.facts["motion"] == *motion)
    }

    pub(crate) fn may_move(&self, facts: &Value) -> bool {
        let (item, body) = (text(facts, "item"), text(facts, "body"));
        let (there, _kept) = self.voters(item, body);
        let noted = self.is_attended();
        let votes = |member| facts[member].as_str().is_none_or(|who| !noted || there.contains_key(who));
        self.has_sat() && self.concerns(item, body) && votes("proposer") && votes("seconder")
    }

    pub(crate) fn may_vote(&self, facts: &Value) -> bool {
        let (item, body) = (text(facts, "item"), text(facts, "body"));
        if !(self.has_sat() && self.concerns(item, body)) {
            return false;
        }
        let (there, _kept) = self.voters(item, body);
        let votes = &facts["votes"];
        let named = list(facts, "named");
        let adds_up = ["for", "against", "abstained"].into_iter().all(|ballot| {
            let of_it = named.iter().filter(|vote| text(vote, "vote") == ballot).count() as u64;
            named.is_empty() || of_it == number(votes, ballot)
        });
        self.is_quorate(item, body) != Some(false)
            && (!self.is_attended() || self.can_be_cast(votes, item, body))
            && named.iter().all(|vote| !self.is_attended() || there.contains_key(text(vote, "person")))
            && named.iter().all(|vote| !self.kept(item, body).contains(text(vote, "person")))
            && adds_up
            && self.fits_what_was_decided(facts)
            && (self.vote(item, body, &facts["motion"]).is_none() || !facts["put_again"].is_null())
    }

    /// Whether it is the vote that decisions which were written down before rest on.
    fn fits_what_was_decided(&self, vote: &Value) -> bool {
        let (item, body) = (text(vote, "item"), text(vote, "body"));
        let mut decided = self.all("DecisionRecorded").filter(|heard| {
            heard.subject == body
                && text(&heard.facts["item"], "reference") == item
                && heard.facts["motion"] == vote["motion"]
        });
        decided.all(|heard| {
            let fits = match text(&heard.facts, "outcome") {
                "approved" | "approved_with_conditions" => self.carries(&vote["votes"], body),
                "rejected" => !self.carries(&vote["votes"], body),
                _ => true,
            };
            fits && (heard.facts["votes"].is_null() || heard.facts["votes"] == vote["votes"])
        })
    }

    /// Whether there are so many who can vote, and so many who can't.
    fn can_be_cast(&self, votes: &Value, item: &str, body: &str) -> bool {
        let (there, kept) = self.voters(item, body);
        let cast = number(votes, "for") + number(votes, "against") + number(votes, "abstained");
        cast <= there.len() as u64 && number(votes, "conflicted") <= kept.len() as u64
    }

    /// Whether so many votes carry a motion.
    fn carries(&self, votes: &Value, body: &str) -> bool {
        let (yes, no) = (number(votes, "for"), number(votes, "against"));
        match self.rule(body, "voting").map_or("simple", |voting| text(voting, "majority")) {
            "two_thirds" => yes + no > 0 && yes * 3 >= (yes + no) * 2,
            "three_quarters" => yes + no > 0 && yes * 4 >= (yes + no) * 3,
            _ => yes > no || (yes == no && votes["casting_vote"] == true),
        }
    }

    pub(crate) fn may_decide(&self, body: &str, facts: &Value) -> bool {
        let item = text(&facts["item"], "reference");
        let vote = self.vote(item, body, &facts["motion"]).map(|heard| &heard.facts["votes"]);
        let counted = vote.filter(|votes| !votes.is_null());
        let stated = Some(&facts["votes"]).filter(|votes| !votes.is_null());
        let fits = |votes: &Value| match text(facts, "outcome") {
            "approved" | "approved_with_conditions" => self.carries(votes, body),
            "rejected" => !self.carries(votes, body),
            _ => true,
        };
        self.last("MeetingOpened").is_some()
            && self.concerns(item, body)
            && (text(facts, "outcome") == "deferred" || self.is_quorate(item, body) != Some(false))
            && (facts["motion"].is_null() || vote.is_some())
            && counted.is_none_or(fits)
            && stated.is_none_or(fits)
            && (counted.is_none() || stated.is_none() || counted == stated)
            && stated.is_none_or(|votes| !self.is_attended() || self.can_be_cast(votes, item, body))
    }
}
