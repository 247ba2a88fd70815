//! Dates as precise as their source. A date without a day is never silently the 1st.

mod digits;
mod meant;
pub use meant::read_day;

use crate::Malformed;
use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// A calendar day, `YYYY-MM-DD`. Periods are half-open: an `until` is the first day not in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "format" = "date"))
)]
pub struct Date(civil::Date);

impl Date {
    /// A day before any that a source speaks of.
    pub const FIRST: Self = Self::constant(1, 1, 1);
    /// The last day that a source can speak of.
    pub const LAST: Self = Self::constant(9998, 12, 31);

    /// A day that stands in the law. For constants alone: a day that no calendar has does not compile there.
    pub const fn constant(year: i16, month: i8, day: i8) -> Self {
        Self(civil::Date::constant(year, month, day))
    }

    /// The day that `moment` falls on, in UTC.
    pub fn of(moment: minutebook_log::Timestamp) -> Self {
        let moment = jiff::Timestamp::from_microsecond(moment.as_micros()).unwrap_or_default();
        Self(jiff::tz::Offset::UTC.to_datetime(moment).date())
    }

    /// The day before; the first day that a calendar has stays itself.
    pub fn day_before(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0))
    }

    /// The day after; the last day that a calendar has stays itself.
    pub fn day_after(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// Year, month (1 to 12) and day of the month.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday)
    }

    /// So many days later; the last day that a calendar has, if that is nearer.
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(i64::from(days.min(DAYS_MAX)))))
    }

    /// So many months later: the same day of the month, or the last that the month has.
    pub fn plus_months(self, months: u32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().months(i64::from(months.min(DAYS_MAX)))))
    }

    /// How many days `later` is after this one; negative where it is before.
    pub fn days_until(self, later: Date) -> i64 {
        later.0.duration_since(self.0).as_hours() / 24
    }
}

/// More days, or months, than anything here is counted in.
const DAYS_MAX: u32 = 36_500;

impl FromStr for Date {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let refuse = || Malformed::quoting("date", text, "a day as YYYY-MM-DD, such as 2020-04-01");
        digits::day(text).map(Date).ok_or_else(refuse)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a comparison of dates can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It is so, whatever day the source meant.
    Yes,
    /// It is not so, whatever day the source meant.
    No,
    /// It depends on what the source did not say.
    Unknown,
}

impl Certainty {
    /// Whether both are so.
    pub fn and(self, other: Certainty) -> Certainty {
        match (self, other) {
            (Certainty::No, _) | (_, Certainty::No) => Certainty::No,
            (Certainty::Yes, Certainty::Yes) => Certainty::Yes,
            _ => Certainty::Unknown,
        }
    }

    /// Whether at least one is so.
    pub fn or(self, other: Certainty) -> Certainty {
        self.negated().and(other.negated()).negated()
    }

    /// Whether it is so not.
    pub fn negated(self) -> Certainty {
        match self {
            Certainty::Yes => Certainty::No,
            Certainty::No => Certainty::Yes,
            Certainty::Unknown => Certainty::Unknown,
        }
    }
}

impl From<bool> for Certainty {
    fn from(holds: bool) -> Self {
        if holds { Certainty::Yes } else { Certainty::No }
    }
}

/// A date as its source has it: the words, and the first and last day that they can mean.
///
/// In JSON, a known day is `"2020-04-01"`; anything else is
/// `{"written":"April 2019","earliest":"2019-04-01","latest":"2019-04-30"}`, where a bound that the source
/// does not give is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "Written"))]
pub struct PDate {
    written: Option<String>,
    earliest: Option<Date>,
    latest: Option<Date>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
enum Written {
    /// A day that is known.
    Day(Date),
    /// Anything else.
    Words(Words),
}

/// The words of a source, and what they bound.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DateInWords"))]
#[serde(deny_unknown_fields)]
struct Words {
    /// The words.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    written: String,
    /// The first day that they can mean, if they bound it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    earliest: Option<Date>,
    /// The last day that they can mean, if they bound it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latest: Option<Date>,
}

impl PDate {
    /// A day that is known.
    pub fn day(day: Date) -> Self {
        Self { written: None, earliest: Some(day), latest: Some(day) }
    }

    /// Words, with the bounds that they give.
    ///
    /// # Errors
    /// [`Malformed`] if there are no words, or the bounds are the wrong way round.
    pub fn words(
        written: impl Into<String>,
        earliest: Option<Date>,
        latest: Option<Date>,
    ) -> Result<Self, Malformed> {
        let written = written.into();
        if written.trim().is_empty() {
            return Err(Malformed::new("date", "no words", "the words of the source"));
        }
        match earliest.zip(latest) {
            Some((earliest, latest)) if earliest > latest => Err(Malformed::new(
                "date",
                format!("{earliest} to {latest}"),
                "earliest no later than latest",
            )),
            _ => Ok(Self { written: Some(written), earliest, latest }),
        }
    }

    /// The first day that it can mean, if the source bounds it so.
    pub fn earliest(&self) -> Option<Date> {
        self.earliest
    }

    /// The last day that it can mean, if the source bounds it so.
    pub fn latest(&self) -> Option<Date> {
        self.latest
    }

    /// The day, where it can mean only one.
    pub fn exact(&self) -> Option<Date> {
        self.earliest.filter(|earliest| Some(*earliest) == self.latest)
    }

    /// As an end, of which this is the first day after: the day before; of what is known to a month or a year, that.
    pub fn as_end(&self) -> PDate {
        self.exact().map_or_else(|| self.clone(), |day| PDate::day(day.day_before()))
    }

    /// Whether it is on or before `day`.
    pub fn is_by(&self, day: Date) -> Certainty {
        if self.latest.is_some_and(|latest| latest <= day) {
            Certainty::Yes
        } else if self.earliest.is_some_and(|earliest| earliest > day) {
            Certainty::No
        } else {
            Certainty::Unknown
        }
    }

    /// Whether it is before `other`, both as precise as they are.
    pub fn is_before(&self, other: &PDate) -> Certainty {
        match (self.latest.zip(other.earliest), self.earliest.zip(other.latest)) {
            (Some((latest, earliest)), _) if latest < earliest => Certainty::Yes,
            (_, Some((earliest, latest))) if earliest >= latest => Certainty::No,
            _ => Certainty::Unknown,
        }
    }

    /// What all of these say together, if all can be true: the days that each of them can mean, in the words
    /// of the first that is as precise. The order of what is left plays no part.
    pub fn together(dates: &[&PDate]) -> Option<PDate> {
        let earliest = dates.iter().filter_map(|date| date.earliest).max();
        let latest = dates.iter().filter_map(|date| date.latest).min();
        if earliest.zip(latest).is_some_and(|(earliest, latest)| earliest > latest) {
            return None;
        }
        let as_precise = |date: &&&PDate| date.earliest == earliest && date.latest == latest;
        if let Some(date) = dates.iter().find(as_precise) {
            return Some((**date).clone());
        }
        let mut words: Vec<_> = dates.iter().map(ToString::to_string).collect();
        words.sort_unstable();
        words.dedup();
        Some(Self { written: Some(words.join(" and ")), earliest, latest })
    }

    /// A date that can be any of these: where nobody can tell which is right.
    pub fn any_of(dates: &[&PDate]) -> Option<PDate> {
        let mut words: Vec<_> = dates.iter().map(ToString::to_string).collect();
        words.sort_unstable();
        let earliest = dates.iter().map(|date| date.earliest).min()?;
        let unbounded = dates.iter().any(|date| date.latest.is_none());
        let latest = dates.iter().filter_map(|date| date.latest).max().filter(|_latest| !unbounded);
        Some(Self { written: Some(words.join(" or ")), earliest, latest })
    }

    /// Whether the two can be the same fact: some day is one that both can mean.
    pub fn agrees_with(&self, other: &PDate) -> bool {
        Self::together(&[self, other]).is_some()
    }
}

impl fmt::Display for PDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.written, self.exact()) {
            (Some(written), Some(day)) if day.to_string() != *written => write!(f, "{written} ({day})"),
            (Some(written), _) => f.write_str(written),
            (None, Some(day)) => day.fmt(f),
            (None, None) => f.write_str("not stated"),
        }
    }
}

impl Serialize for PDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (earliest, latest) = (self.earliest, self.latest);
        match (&self.written, self.exact()) {
            (None, Some(day)) => Written::Day(day),
            (written, _) => {
                Written::Words(Words { written: written.clone().unwrap_or_default(), earliest, latest })
            }
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong =
            |found: String, needed: String| serde::de::Error::custom(Malformed::new("date", found, needed));
        match Value::deserialize(deserializer)? {
            Value::String(text) => {
                let day =
                    text.parse().map_err(|Malformed { found, .. }| wrong(found, meant::needed(&text)))?;
                Ok(Self::day(day))
            }
            words @ Value::Object(_) => {
                let words = Words::deserialize(words).map_err(serde::de::Error::custom)?;
                Self::words(words.written, words.earliest, words.latest).map_err(serde::de::Error::custom)
            }
            other => Err(wrong(other.to_string(), meant::FORMS.to_owned())),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An instant as its source has it, RFC 3339 with the source's own offset: `2019-06-17T09:00:00+01:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*(Z|[+-][0-9]{2}:[0-9]{2})$", "format" = "date-time"))
)]
pub struct Instant {
    written: String,
    utc: jiff::Timestamp,
}

impl Instant {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn as_micros(&self) -> i64 {
        self.utc.as_microsecond()
    }

    /// The calendar day where it was written, by its own offset.
    pub fn day(&self) -> PDate {
        self.written.get(..10).and_then(|day| day.parse().ok()).map_or_else(
            || PDate { written: Some(self.written.clone()), earliest: None, latest: None },
            PDate::day,
        )
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.utc.cmp(&other.utc).then_with(|| self.written.cmp(&other.written))
    }
}

impl FromStr for Instant {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let needed = "an instant with its offset, such as 2019-06-17T09:00:00+01:00 (RFC 3339)";
        let refuse = || Malformed::quoting("instant", text, needed);
        let rfc3339 = text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') && text.is_ascii();
        let utc = rfc3339.then(|| text.parse().ok()).flatten().ok_or_else(refuse)?;
        Ok(Self { written: text.to_owned(), utc })
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn pdate(json: &str) -> PDate {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_month_is_not_its_first_day() {
        let april = pdate(r#"{"written":"April 2019","earliest":"2019-04-01","latest":"2019-04-30"}"#);
        assert_eq!(april.is_by(date("2019-03-31")), Certainty::No);
        assert_eq!(april.is_by(date("2019-04-01")), Certainty::Unknown);
        assert_eq!(april.is_by(date("2019-04-30")), Certainty::Yes);
        assert_eq!(april.exact(), None);
        assert_eq!(april.to_string(), "April 2019");
    }

    #[test]
    fn months_end_where_their_last_day_is() {
        assert_eq!(date("2019-08-31").plus_months(6), date("2020-02-29"));
        assert_eq!(date("2019-05-01").plus_days(28), date("2019-05-29"));
    }

    #[test]
    fn words_without_bounds_are_unknown_to_every_comparison() {
        let wednesday = pdate(r#"{"written":"next Wednesday"}"#);
        assert_eq!(wednesday.is_by(date("2017-06-28")), Certainty::Unknown);
        assert_eq!(wednesday.is_before(&PDate::day(date("2017-06-28"))), Certainty::Unknown);
        assert!(wednesday.agrees_with(&PDate::day(date("2017-06-28"))));
    }

    #[test]
    fn a_lower_bound_says_no_before_it_and_never_yes() {
        let bound = pdate(r#"{"written":"no earlier than April 2019","earliest":"2019-04-01"}"#);
        assert_eq!(bound.is_by(date("2019-03-31")), Certainty::No);
        assert_eq!(bound.is_by(date("2030-01-01")), Certainty::Unknown);
    }

    #[test]
    fn a_less_precise_date_agrees_with_what_it_contains() {
        let year = pdate(r#"{"written":"2013","earliest":"2013-01-01","latest":"2013-12-31"}"#);
        assert!(year.agrees_with(&PDate::day(date("2013-04-01"))));
        assert!(!year.agrees_with(&PDate::day(date("2014-04-01"))));
    }

    #[test]
    fn bounds_from_two_sides_agree_and_narrow_each_other() {
        let after = pdate(r#"{"written":"no earlier than April 2019","earliest":"2019-04-01"}"#);
        let before = pdate(r#"{"written":"by 30 October 2019","latest":"2019-10-30"}"#);
        let together = PDate::together(&[&after, &before]).unwrap();
        assert_eq!((together.earliest(), together.latest()), (after.earliest(), before.latest()));
        assert_eq!(PDate::together(&[&before, &after]), Some(together));
        let day = PDate::day(date("2019-07-04"));
        assert_eq!(PDate::together(&[&after, &day, &before]), Some(day));
        assert_eq!(PDate::together(&[&before, &PDate::day(date("2020-04-01"))]), None);
    }

    #[test]
    fn a_day_is_read_as_the_calendar_library_reads_it() {
        let by_library = |text: &str| {
            let day = text.parse::<civil::Date>().ok().filter(|day| day.to_string() == text)?;
            (text.len() == 10).then_some(Date(day))
        };
        let mut read = 0;
        for year in ["0000", "1900", "2000", "2019", "2020", "9999", "+019", "12019", "-019"] {
            for month in ["00", "01", "02", "04", "12", "13", "1", "+1", "4 "] {
                for day in ["00", "01", "28", "29", "30", "31", "32", "7", "\u{e9}", "7:"] {
                    for line in ["-", "/", "", "\u{2013}"] {
                        let text = format!("{year}-{month}{line}{day}");
                        read += usize::from(by_library(&text).is_some());
                        assert_eq!(text.parse::<Date>().ok(), by_library(&text), "{text}");
                    }
                }
            }
        }
        assert!(read > 90, "{read}");
    }

    #[test]
    fn what_is_no_date() {
        for json in [
            r#""-002019-01-01""#,
            r#"{"written":" ","earliest":"2019-01-01"}"#,
            r#""April 2019""#,
            r#""2019-4-1""#,
            r#""2019-02-30""#,
            "2019",
            r#"{"earliest":"2019-01-01"}"#,
            r#"{"written":"x","from":"2019-01-01"}"#,
            r#"{"written":"x","earliest":"2019-02-01","latest":"2019-01-01"}"#,
        ] {
            assert!(serde_json::from_str::<PDate>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn instants_keep_their_offset_and_compare_in_utc() {
        let closes: Instant = "2019-06-17T09:00:00+01:00".parse().unwrap();
        assert_eq!(closes.as_micros(), "2019-06-17T08:00:00Z".parse::<Instant>().unwrap().as_micros());
        assert_eq!(closes.to_string(), "2019-06-17T09:00:00+01:00");
        assert!("2019-06-17".parse::<Instant>().is_err());
        assert!("2019-06-17T09:00:00".parse::<Instant>().is_err());
    }
}
