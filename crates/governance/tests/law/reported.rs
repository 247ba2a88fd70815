//! What an act is refused for is found of a report: whatever the other tests say of an act, a paper says as well.

use crate::said::Said;
use crate::story::Story;
use minutebook_governance::reporting::{OfReport, named_otherwise, of_report};
use minutebook_governance::rulebook::{force_of, rule_of, rules};
use minutebook_governance::{Force, Refusal, found_of, register};
use minutebook_log::Position;

/// The same words as somebody else's report, in the book as it was before they were said.
pub(crate) struct Reported {
    pub(crate) before: Story,
    pub(crate) said: Said,
}

/// What became of a report of which a rule was asked.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// It is refused by that rule.
    Refused,
    /// It is taken, and the rule finds something of it.
    Found,
    /// It is taken, and the rule finds nothing.
    Nothing,
    /// It is no report, or was refused for something else.
    Otherwise,
}

impl Reported {
    fn comes_to(&self, rule: &str) -> Came {
        // Nobody reports of keys and grants; what corrects another entry is judged with it; and a report is one already.
        let is_of_authority =
            ["authority.", "key.", "grant.", "registrars."].iter().any(|of| rule.starts_with(of))
                || rule_of(rule).unwrap().source.contains("authority is in the book");
        if self.said.standing != "own_act" || is_of_authority || self.said.type_name == "RecordCorrected" {
            return Came::Otherwise;
        }
        let mut story = self.before.clone();
        match story.tell(&self.said.clone().reported()) {
            Err(Refusal::RulesBroken(broken)) if broken.iter().any(|it| it.rule.id == rule) => Came::Refused,
            Err(_other) => Came::Otherwise,
            Ok(_raised) => {
                let last = Position(story.record().len() - 1);
                let view = story.reported_at("2030-01-01");
                // On the entry, or of what is told together.
                let own = found_of(story.record(), last, view);
                let all = register::findings(story.record(), view);
                let is_found = own.iter().chain(&all).any(|it| it.rule.id == rule && it.why.contains(&last));
                if is_found { Came::Found } else { Came::Nothing }
            }
        }
    }

    /// Whether the same is said of the same thing already: who agrees breaks nothing.
    fn is_said_again(&self) -> bool {
        let said = self.before.entries.iter().map(|entry| entry.signed.event());
        // A register's list of a body says what its establishment says, and so does what made it of others.
        said.map(|event| (event.event_type.name.as_str(), event)).any(|(name, event)| {
            let is_about = event.subject.as_str() == self.said.subject;
            match (self.said.type_name, name) {
                ("BodyEstablished", "BodyRegistered") => is_about,
                ("BodyEstablished", "ReorganisationEffected") => event.text().contains(&self.said.subject),
                (own, name) => own == name && is_about,
            }
        })
    }

    /// What an act is refused for.
    #[track_caller]
    pub(crate) fn breaks(&self, rule: &str) {
        let expected: &[Came] = match of_report(rule_of(rule).unwrap()) {
            None => return,
            Some(OfReport::Refused) => &[Came::Refused],
            Some(OfReport::Found | OfReport::FoundTogether) if self.is_said_again() => {
                &[Came::Found, Came::Nothing]
            }
            Some(OfReport::Found | OfReport::FoundTogether) => &[Came::Found],
            Some(OfReport::OfSigners | OfReport::OfWhatSourcesLack) => &[Came::Nothing],
        };
        let came = self.comes_to(rule);
        assert!(
            came == Came::Otherwise || expected.contains(&came),
            "{rule} of a report: {came:?}, {:?}",
            self.said
        );
    }

    /// What an act obeys.
    #[track_caller]
    pub(crate) fn obeys(&self, rule: &str) {
        // What is told together hangs on what acts alone enact, too.
        if matches!(of_report(rule_of(rule).unwrap()), None | Some(OfReport::FoundTogether)) {
            return;
        }
        let came = self.comes_to(rule);
        assert!(
            !matches!(came, Came::Refused | Came::Found),
            "{rule} of a report: {came:?}, {:?}",
            self.said
        );
    }
}

#[test]
fn what_becomes_of_a_report_is_said_of_rules_that_there_are() {
    for rule in rules() {
        let is_soft = force_of(rule.id) == Some(Force::Soft);
        assert_eq!(of_report(rule).is_none(), is_soft, "{}", rule.id);
    }
    let named: Vec<_> = named_otherwise().collect();
    assert!(named.iter().all(|id| force_of(id).is_some_and(|force| force != Force::Soft)), "{named:?}");
    let once: std::collections::BTreeSet<_> = named.iter().collect();
    assert_eq!(once.len(), named.len());
}
