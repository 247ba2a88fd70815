//! How dates and periods look: as precise as their source, and an end as the last day.

use crate::proto::PDate;
use minutebook_governance::Date;
use owo_colors::OwoColorize as _;

/// A date as its source has it.
pub fn date(date: &PDate) -> String {
    let bounds = match (date.earliest.as_str(), date.latest.as_str()) {
        ("", "") => return date.written.clone(),
        (earliest, latest) if earliest == latest => earliest.to_owned(),
        (earliest, "") => format!("{earliest} or later"),
        ("", latest) => format!("{latest} or earlier"),
        (earliest, latest) => format!("{earliest} to {latest}"),
    };
    if date.written.is_empty() || date.written == bounds {
        bounds
    } else {
        format!("{} ({bounds})", date.written)
    }
}

/// An end, of which the first day after is told: people read the last day. Of one that is known to a month or a year, they
/// read that.
pub fn end(first_day_after: &PDate) -> String {
    let exact = if first_day_after.earliest == first_day_after.latest { &first_day_after.latest } else { "" };
    match exact.parse::<Date>() {
        Ok(day) if first_day_after.written == exact => day.day_before().to_string(),
        Ok(day) => format!("{} ({})", day.day_before(), first_day_after.written),
        Err(_not_exact) => date(first_day_after),
    }
}

/// The same of a day as it travels by itself; nothing where there is none.
pub fn last_day(first_day_after: &str) -> String {
    let day = first_day_after.parse::<Date>();
    day.map_or_else(|_none| first_day_after.to_owned(), |day| day.day_before().to_string())
}

/// The end of a period that may have none: `to 2017-07-16`.
pub fn to(until: Option<&PDate>) -> String {
    until.map_or_else(String::new, |until| format!(" to {}", end(until)))
}

/// The mark of what is told by a date that is too imprecise to have come for certain; nothing of what is not.
pub fn perhaps(is_perhaps: bool) -> String {
    if is_perhaps { format!("  {}", "[perhaps: a date is imprecise]".yellow()) } else { String::new() }
}

/// The months, as they are written.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day as people say it, `2020-04-01` as 1 April 2020; anything else as it is.
pub(crate) fn spoken(day: &str) -> String {
    let words = |day: Date| {
        let (year, month, day) = day.parts();
        let month = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
        Some(format!("{day} {month} {year}"))
    };
    day.parse().ok().and_then(words).unwrap_or_else(|| day.to_owned())
}

/// A date that may be missing.
pub fn date_or(found: Option<&PDate>, missing: &str) -> String {
    found.map_or_else(|| missing.to_owned(), date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdate(written: &str, earliest: &str, latest: &str) -> PDate {
        PDate { written: written.to_owned(), earliest: earliest.to_owned(), latest: latest.to_owned() }
    }

    #[test]
    fn dates_are_shown_as_precise_as_they_are() {
        assert_eq!(date(&pdate("2020-04-01", "2020-04-01", "2020-04-01")), "2020-04-01");
        assert_eq!(
            date(&pdate("April 2019", "2019-04-01", "2019-04-30")),
            "April 2019 (2019-04-01 to 2019-04-30)"
        );
        assert_eq!(date(&pdate("by 30 October", "", "2020-10-30")), "by 30 October (2020-10-30 or earlier)");
        assert_eq!(date(&pdate("next Wednesday", "", "")), "next Wednesday");
    }

    #[test]
    fn days_are_spoken_and_words_stay() {
        assert_eq!(spoken("2020-04-01"), "1 April 2020");
        assert_eq!(spoken("April 2019"), "April 2019");
    }

    #[test]
    fn an_end_is_read_as_the_last_day() {
        assert_eq!(end(&pdate("2017-07-17", "2017-07-17", "2017-07-17")), "2017-07-16");
        assert_eq!(
            end(&pdate("July 2017", "2017-07-01", "2017-07-31")),
            "July 2017 (2017-07-01 to 2017-07-31)"
        );
        assert_eq!(end(&pdate("later", "", "")), "later");
        assert_eq!(to(Some(&pdate("2020-04-01", "2020-04-01", "2020-04-01"))), " to 2020-03-31");
        assert_eq!(to(None), "");
    }
}
