//! Which members of an event a violation speaks of, so that a form can stand it beside its field.
//!
//! A violation says what it found by its value: "body/04K is not open on 2019-07-04". The members that have such a value
//! are those that somebody would change.

use minutebook_log::Event;
use serde_json::Value;

/// How surely words speak of a value that stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An id, a date, a name: nothing else is written like it.
    Telling,
    /// A number, or a word of a closed list, which any sentence can have.
    Common,
}

/// Of which part of an event words speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpeaksOf {
    /// Of who signs, and what for.
    Signatories,
    /// Of what it says.
    Facts,
}

/// The members of `event`, as JSON pointers (RFC 6901), whose values stand in `words`; the whole of that where none does.
pub(crate) fn pointers(event: &Event, words: &str, of: SpeaksOf) -> Vec<String> {
    let mut spoken_of = Vec::new();
    let subject = Value::String(event.subject.to_string());
    gather("/subject", &subject, words, &mut spoken_of);
    // Who signs for a body that the facts name is not what the rules on the facts speak of.
    for (name, member) in
        event.data.iter().filter(|(name, _)| of != SpeaksOf::Facts || *name != "signatories")
    {
        gather(&format!("/data/{}", escaped(name)), member, words, &mut spoken_of);
    }
    let of_kind = |kind: Kind| {
        let found = spoken_of.iter().filter(move |(known, _pointer)| *known == kind);
        found.map(|(_kind, pointer)| pointer.clone()).collect::<Vec<_>>()
    };
    let telling = of_kind(Kind::Telling);
    let mut pointers = if telling.is_empty() { of_kind(Kind::Common) } else { telling };
    if pointers.is_empty() {
        let whole = if of == SpeaksOf::Facts { "/data/facts" } else { "/data/signatories" };
        pointers.push(whole.to_owned());
    }
    pointers.sort_unstable();
    pointers
}

fn gather(at: &str, value: &Value, words: &str, spoken_of: &mut Vec<(Kind, String)>) {
    match value {
        Value::String(text) if stands_in(text, words) => spoken_of.push((kind_of(text), at.to_owned())),
        Value::Number(number) if stands_in(&number.to_string(), words) => {
            spoken_of.push((Kind::Common, at.to_owned()));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                gather(&format!("{at}/{index}"), item, words, spoken_of);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                gather(&format!("{at}/{}", escaped(name)), member, words, spoken_of);
            }
        }
        _ => {}
    }
}

/// A member's name within a pointer (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn kind_of(text: &str) -> Kind {
    let is_common = text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if is_common { Kind::Common } else { Kind::Telling }
}

/// Whether `value` stands in `words` as a whole: `2019-07` does not stand in `2019-07-04`.
fn stands_in(value: &str, words: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '_' | ':');
    let is_whole = |at: usize| {
        let (before, rest) = words.split_at(at);
        let after = rest.strip_prefix(value).unwrap_or_default();
        // A colon that ends a word is punctuation.
        let mut following = after.chars();
        let goes_on_after = match following.next() {
            Some(':') => following.next().is_some_and(goes_on),
            next => next.is_some_and(goes_on),
        };
        !before.chars().next_back().is_some_and(goes_on) && !goes_on_after
    };
    !value.is_empty() && words.match_indices(value).any(|(at, _value)| is_whole(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::EventDraft;
    use serde_json::json;

    fn event(facts: &Value) -> Event {
        let signs = json!({"capacity": "secretary", "body": "body/04K"});
        let data = json!({"standing": "own_act", "signatories": [signs], "facts": facts});
        let draft = EventDraft {
            id: "0197e3c2-0000-7000-8000-000000000001".parse().unwrap(),
            source: "minutebook.example/test".parse().unwrap(),
            event_type: "uk.nhs.governance.DecisionRecorded.v1".parse().unwrap(),
            subject: "body/04K".parse().unwrap(),
            time: minutebook_log::Timestamp::EPOCH,
            ledger: Some(minutebook_log::Hash::ZERO),
            seen: Some("0:0000000000000000000000000000000000000000000000000000000000000000".parse().unwrap()),
            correlation_id: None,
            causation_id: None,
            data: data.as_object().unwrap().clone(),
        };
        draft.encode().unwrap()
    }

    fn spoken_of(facts: &Value, words: &str) -> Vec<String> {
        pointers(&event(facts), words, SpeaksOf::Facts)
    }

    #[test]
    fn a_value_that_is_spoken_of_is_pointed_at() {
        let facts =
            json!({"effective": "2019-07-04", "gains": [{"unit": "U1"}, {"unit": "U2"}], "until": "2019-07"});
        assert_eq!(spoken_of(&facts, "U2, which body/B2 does not hold"), ["/data/facts/gains/1/unit"]);
        assert_eq!(
            spoken_of(&facts, "body/04K is not open on 2019-07-04"),
            ["/data/facts/effective", "/subject"]
        );
        assert_eq!(spoken_of(&facts, "2019-07: too early"), ["/data/facts/until"]);
    }

    #[test]
    fn who_signs_is_pointed_at_where_that_is_what_is_wrong() {
        let event = event(&json!({"effective": "2019-07-04"}));
        let words = "no grant in force for body/04K";
        assert_eq!(pointers(&event, words, SpeaksOf::Signatories), ["/data/signatories/0/body", "/subject"]);
        assert_eq!(pointers(&event, words, SpeaksOf::Facts), ["/subject"]);
        assert_eq!(pointers(&event, "no grant in force", SpeaksOf::Signatories), ["/data/signatories"]);
    }

    #[test]
    fn numbers_and_common_words_are_pointed_at_where_nothing_tells_more() {
        let facts = json!({"votes": {"in_favour": 13, "against": 0}, "outcome": "approved", "item": "A.4"});
        assert_eq!(spoken_of(&facts, "13 votes and 2 conflicts"), ["/data/facts/votes/in_favour"]);
        assert_eq!(spoken_of(&facts, "approved, with 13 votes on A.4"), ["/data/facts/item"]);
        assert_eq!(spoken_of(&facts, "nothing that says so"), ["/data/facts"]);
    }

    #[test]
    fn names_are_escaped_as_pointers_ask() {
        assert_eq!(spoken_of(&json!({"a/b~c": "X1"}), "X1 is wrong"), ["/data/facts/a~1b~0c"]);
    }
}
