//! Members of requests as what they are, or what would be right.

use crate::service::status;
use minutebook_governance::bodies::Scheme;
use minutebook_governance::{Date, Instant};
use minutebook_log::Timestamp;
use std::str::FromStr;
use tonic::Status;

/// A code with its scheme before a colon; without one, the Organisation Data Service's.
pub(super) fn parse_code(name: &str) -> (Scheme, &str) {
    let schemes = [Scheme::Ods, Scheme::Ons, Scheme::CompaniesHouse, Scheme::Local];
    let named = name.split_once(':').and_then(|(scheme, value)| {
        let scheme = schemes.into_iter().find(|known| known.as_str() == scheme)?;
        Some((scheme, value))
    });
    named.unwrap_or((Scheme::Ods, name))
}

/// A moment; the last of a day, in UTC, or of a second: what is printed to the second is given back so.
pub(super) fn parse_moment(text: &str) -> Option<Timestamp> {
    let moment = match Date::from_str(text) {
        Ok(day) => format!("{day}T23:59:59Z"),
        Err(_no_day) => text.to_owned(),
    };
    let is_to_the_second = !moment.contains('.');
    let micros = Instant::from_str(&moment).ok()?.as_micros();
    Timestamp::from_micros(if is_to_the_second { micros + SECOND_MICROS - 1 } else { micros })
}

/// The first moment of what a text names.
pub(super) fn parse_start(text: &str) -> Option<Timestamp> {
    let moment = match Date::from_str(text) {
        Ok(day) => format!("{day}T00:00:00Z"),
        Err(_no_day) => text.to_owned(),
    };
    Timestamp::from_micros(Instant::from_str(&moment).ok()?.as_micros())
}

/// The microseconds of a second.
const SECOND_MICROS: i64 = 1_000_000;

/// A day of a request.
pub(super) fn parse_date(member: &str, text: &str) -> Result<Date, Status> {
    text.parse().map_err(|_malformed| status::argument(member, text, "a day as YYYY-MM-DD"))
}

/// An id of a request.
pub(super) fn parse<T: FromStr<Err = minutebook_log::Malformed>>(
    member: &str,
    text: &str,
) -> Result<T, Status> {
    text.parse()
        .map_err(|malformed: minutebook_log::Malformed| status::argument(member, text, malformed.needed))
}

/// An id of a request, whose kind may be left out: `committee/audit`, or `audit` where a committee is asked for.
pub(super) fn parse_id<T: FromStr<Err = minutebook_log::Malformed>>(
    kind: &str,
    text: &str,
) -> Result<T, Status> {
    if text.contains('/') { parse(kind, text) } else { parse(kind, &format!("{kind}/{text}")) }
}

/// The thing of a closed list that has this word.
pub(super) fn parse_word<T: Copy>(
    member: &str,
    word: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<T, Status> {
    all.iter().copied().find(|thing| as_str(*thing) == word).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|thing| as_str(*thing)).collect();
        status::argument(member, word, format!("one of {}", words.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_the_organisation_data_service_unless_it_says_otherwise() {
        assert_eq!(parse_code("04K"), (Scheme::Ods, "04K"));
        assert_eq!(parse_code("ods:04K"), (Scheme::Ods, "04K"));
        assert_eq!(parse_code("ons:E38000132"), (Scheme::Ons, "E38000132"));
        assert_eq!(parse_code("x:04K"), (Scheme::Ods, "x:04K"));
    }

    #[test]
    fn a_day_is_known_at_its_end() {
        let end = Timestamp::parse_recorded("2019-06-30T23:59:59.999999Z").unwrap();
        assert_eq!(parse_moment("2019-06-30"), Some(end));
        let of_noon = Timestamp::parse_recorded("2019-06-30T12:00:00.999999Z").unwrap();
        assert_eq!(parse_moment("2019-06-30T13:00:00+01:00"), Some(of_noon));
        let noon = Timestamp::parse_recorded("2019-06-30T12:00:00.000000Z").unwrap();
        assert_eq!(parse_moment("2019-06-30T12:00:00.000000Z"), Some(noon));
        assert_eq!(parse_start("2019-06-30T13:00:00+01:00"), Some(noon));
        let day = Timestamp::parse_recorded("2019-06-30T00:00:00.000000Z").unwrap();
        assert_eq!(parse_start("2019-06-30"), Some(day));
        assert_eq!(parse_moment("June 2019"), None);
    }
}
