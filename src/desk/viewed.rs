//! From where a page looks: one value, which every link of the page carries on.

use super::query::{Query, address};
use crate::proto::view::KnownAt;
use crate::proto::{Scope, View};
use crate::shown::Names;
use crate::shown::dates::MONTHS;
use minutebook_governance::{Date, Instant};
use std::sync::Arc;

/// The day, how much of the book is known, and whether reports count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Viewed {
    /// The day, YYYY-MM-DD; empty: today, or the last day of a re-enactment.
    at: String,
    /// An entry's position, a moment or a day; empty: all that is known.
    known: String,
    reported: bool,
    /// What the page calls those whom it mentions.
    names: Arc<Names>,
}

/// The names of its values in an address.
pub(super) const NAMES: [&str; 3] = [AT, KNOWN, REPORTED];

const AT: &str = "at";
const KNOWN: &str = "known";
const REPORTED: &str = "reported";

impl Viewed {
    /// As an address says it.
    ///
    /// # Errors
    /// Which value is wrong, and what, in a sentence.
    pub(super) fn of(query: &Query) -> Result<Self, (&'static str, String)> {
        let at = match query.get("at") {
            "" => String::new(),
            text => day(text)
                .ok_or_else(|| {
                    let says = "is no day. Write it as 2020-03-31, 31/3/2020 or 31 March 2020.";
                    (AT, format!("“{text}” {says}"))
                })?
                .to_string(),
        };
        let known = query.get("known");
        let is_known = known.is_empty()
            || known.parse::<u64>().is_ok()
            || known.parse::<Date>().is_ok()
            || known.parse::<Instant>().is_ok();
        if !is_known {
            let says = "says no state of the book. Write the number of an entry (812), a day (2019-06-30) or a moment \
                        (2019-06-30T12:00:00Z).";
            return Err((KNOWN, format!("“{known}” {says}")));
        }
        let reported = match query.get("reported") {
            "" | "no" => false,
            "yes" => true,
            other => {
                return Err((
                    REPORTED,
                    format!("Whether reports count is “yes” or “no”, and not “{other}”."),
                ));
            }
        };
        Ok(Self { at, known: known.to_owned(), reported, names: Arc::default() })
    }

    /// The same, for a page that calls those whom it mentions so.
    pub(super) fn naming(&self, names: Names) -> Self {
        Self { names: Arc::new(names), ..self.clone() }
    }

    /// What the page calls something: a body with its code after its name; by the id where nobody says a name.
    pub(super) fn called(&self, id: &str) -> String {
        match (self.names.get(id), id.strip_prefix("body/")) {
            (Some(name), Some(code)) => format!("{name} ({code})"),
            (Some(name), None) => name.to_owned(),
            (None, _) => id.to_owned(),
        }
    }

    /// As questions take it.
    pub(super) fn to_wire(&self) -> View {
        let known_at = match (self.known.as_str(), self.known.parse()) {
            ("", _) => None,
            (_, Ok(position)) => Some(KnownAt::KnownAtPosition(position)),
            (moment, Err(_no_number)) => Some(KnownAt::KnownAtTime(moment.to_owned())),
        };
        let scope = if self.reported { Scope::Reported } else { Scope::Enacted };
        View { as_at: self.at.clone(), known_at, scope: scope.into() }
    }

    /// The day that was asked for; nothing where none was.
    pub(super) fn day(&self) -> Option<Date> {
        self.at.parse().ok()
    }

    /// How much of the book is known, as it was asked for; empty: all of it.
    pub(super) fn known(&self) -> &str {
        &self.known
    }

    /// Whether reports count.
    pub(super) fn is_reported(&self) -> bool {
        self.reported
    }

    /// The same on another day.
    #[must_use]
    pub(super) fn on(&self, day: Date) -> Self {
        Self { at: day.to_string(), ..self.clone() }
    }

    /// The same on the day on which one looks.
    #[must_use]
    pub(super) fn today(&self) -> Self {
        Self { at: String::new(), ..self.clone() }
    }

    /// The same, with all or with some of what is known.
    #[must_use]
    pub(super) fn knowing(&self, known: &str) -> Self {
        Self { known: known.to_owned(), ..self.clone() }
    }

    /// The same, with or without reports.
    #[must_use]
    pub(super) fn counting(&self, reported: bool) -> Self {
        Self { reported, ..self.clone() }
    }

    /// Its values by name; those that say nothing are empty.
    pub(super) fn values(&self) -> [(&'static str, &str); 3] {
        let [at, known, reported] = NAMES;
        [(at, &self.at), (known, &self.known), (reported, if self.reported { "yes" } else { "" })]
    }

    /// A page, seen from here.
    pub(super) fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// The same, of a page that takes values.
    pub(super) fn link_with(&self, path: &str, values: &[(&str, &str)]) -> String {
        address(path, values.iter().copied().chain(self.values()))
    }
}

/// A day as people write it: 2020-03-31, 31/3/2020, 31 March 2020.
fn day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let parts: Vec<_> = text.split(['/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let month = month.parse().ok().or_else(|| month_of(month))?;
    let day: u32 = day.trim_end_matches(char::is_alphabetic).parse().ok()?;
    format!("{year:0>4}-{month:02}-{day:02}").parse().ok().filter(|_day| year.len() == 4)
}

fn month_of(word: &str) -> Option<usize> {
    let word = word.to_lowercase();
    let place = MONTHS.iter().position(|month| word.len() >= 3 && month.to_lowercase().starts_with(&word));
    place.map(|before| before + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_and_carried_on() {
        let viewed = Viewed::of(&Query::of(Some("at=31+March+2020&known=16&reported=yes"))).unwrap();
        assert_eq!(viewed.link("/body/04K"), "/body/04K?at=2020-03-31&known=16&reported=yes");
        let wire = viewed.to_wire();
        assert_eq!((wire.as_at.as_str(), wire.scope()), ("2020-03-31", Scope::Reported));
        assert_eq!(wire.known_at, Some(KnownAt::KnownAtPosition(16)));
        let next = viewed.day().unwrap().day_after();
        assert_eq!(viewed.on(next).knowing("").counting(false).link("/"), "/?at=2020-04-01");
        assert_eq!(viewed.today().link_with("/search", &[("q", "x")]), "/search?q=x&known=16&reported=yes");
        assert_eq!(Viewed::of(&Query::default()).unwrap(), Viewed::default());
        for wrong in ["at=31+February+2020", "at=2020", "known=soon", "reported=perhaps"] {
            assert!(Viewed::of(&Query::of(Some(wrong))).is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for text in ["2020-03-01", "1/3/2020", "01.03.2020", "1 March 2020", "1st mar 2020"] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), Some("2020-03-01"), "{text}");
        }
        for text in ["", "3/20", "1 M 2020", "1/13/2020", "1/3/20", "today"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
