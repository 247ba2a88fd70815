use crate::Malformed;
use std::fmt;

/// A moment in UTC, in whole microseconds, between the years 1970 and 9998.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// 9998-12-31T23:59:59.999999Z: the last whole year that the calendar library can write.
const LAST_MICROS: i64 = 253_370_764_799_999_999;

impl Timestamp {
    /// 1970-01-01T00:00:00.000000Z, the first moment that there is.
    pub const EPOCH: Timestamp = Timestamp(0);

    /// The moment `micros` microseconds after 1970-01-01T00:00:00Z, or nothing outside the range.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=LAST_MICROS).contains(&micros).then_some(Self(micros))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The form of a `recorded` line: exactly six decimals and `Z`, so that string order is time order.
    pub fn parse_recorded(text: &str) -> Result<Self, Malformed> {
        let needed = "a moment such as 2019-07-04T13:05:02.118243Z: six decimals, Z, no leap second";
        parse_utc(text).ok_or_else(|| Malformed::quoting("recorded", text, needed))
    }

    /// The form of an event's `time`: RFC 3339 in UTC with `Z`, and none to six decimals.
    pub fn parse_event_time(text: &str) -> Result<Self, Malformed> {
        let needed = "a moment in UTC such as 2019-07-04T13:05:00Z, with at most six decimals";
        let padded = match text.strip_suffix('Z').and_then(|moment| moment.split_once('.')) {
            Some((seconds, decimals)) if (1..=6).contains(&decimals.len()) => {
                format!("{seconds}.{decimals:0<6}Z")
            }
            Some(_) => return Err(Malformed::quoting("/time", text, needed)),
            None => text.replace('Z', ".000000Z"),
        };
        Self::parse_recorded(&padded).map_err(|_malformed| Malformed::quoting("/time", text, needed))
    }
}

/// What a moment looks like: digits where there are nines.
const FORM: &[u8; 27] = b"9999-99-99T99:99:99.999999Z";

const DAY_SECONDS: i64 = 24 * 60 * 60;

fn parse_utc(text: &str) -> Option<Timestamp> {
    let text: &[u8; FORM.len()] = text.as_bytes().try_into().ok()?;
    let fits =
        |(found, needed): (&u8, &u8)| if *needed == b'9' { found.is_ascii_digit() } else { found == needed };
    if !text.iter().zip(FORM).all(fits) {
        return None;
    }
    // All of these are digits.
    let number = |at: std::ops::Range<usize>| {
        let digits = text.get(at).into_iter().flatten();
        digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
    };
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let (hour, minute, second) = (number(11..13), number(14..16), number(17..19));
    let days = days_since_1970(year, month, day);
    // A day or a month that there is not is another one.
    let there_is = civil(days) == (year, month, day) && hour < 24 && minute < 60 && second < 60;
    let seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    Timestamp::from_micros(seconds * 1_000_000 + number(20..26)).filter(|_moment| there_is)
}

/// Days of the Gregorian calendar from 1970-01-01 on: years that begin in March end with the leap day, if they have one,
/// and 400 of them have as many days as any other 400.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let from_march = (month + 9) % 12;
    let year = if from_march < 10 { year } else { year - 1 };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * from_march + 2) / 5 + day - 1 - DAYS_TO_1970
}

/// From 1 March of the year 0 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

/// The year, month and day of such a number of days, which is none before the year 0.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let (month, is_next_year) = if from_march < 10 { (from_march + 3, 0) } else { (from_march - 9, 1) };
    (era * 400 + year_of_era + is_next_year, month, day)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let (days, second) = (seconds / DAY_SECONDS, seconds % DAY_SECONDS);
        let (year, month, day) = civil(days);
        let parts =
            [(4, year), (2, month), (2, day), (2, second / 3600), (2, second / 60 % 60), (2, second % 60)];
        let digits = parts.into_iter().chain([(6, micros)]).flat_map(|(width, number)| {
            (0..width)
                .rev()
                .map(move |place| b'0' + u8::try_from(number / 10_i64.pow(place) % 10).unwrap_or_default())
        });
        let mut text = *FORM;
        text.iter_mut().filter(|byte| **byte == b'9').zip(digits).for_each(|(byte, digit)| *byte = digit);
        f.write_str(std::str::from_utf8(&text).map_err(|_always_ascii| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As a calendar library reads and writes it.
    fn by_library(text: &str) -> Option<Timestamp> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        Timestamp::from_micros(moment.as_microsecond()).filter(|_moment| format!("{moment:.6}") == text)
    }

    #[test]
    fn days_are_those_of_the_calendar_library() {
        for day in (0..=LAST_MICROS / 1_000_000 / DAY_SECONDS).step_by(37) {
            let moment = Timestamp::from_micros(day * DAY_SECONDS * 1_000_000).unwrap();
            let written = moment.to_string();
            assert_eq!(by_library(&written), Some(moment), "{written}");
            assert_eq!(Timestamp::parse_recorded(&written), Ok(moment));
        }
        for day in 1..=31 {
            for (year, month) in [(1970, 2), (2000, 2), (2100, 2), (2024, 2), (2023, 4), (9998, 12)] {
                let text = format!("{year}-{month:02}-{day:02}T00:00:00.000000Z");
                assert_eq!(Timestamp::parse_recorded(&text).ok(), by_library(&text), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_moment_is_read_and_written_as_the_calendar_library_does(
            micros in 0..=LAST_MICROS,
            (at, by) in (0..27_usize, prop::sample::select(b"0123456789-:.TZ +".as_slice())),
        ) {
            let moment = Timestamp::from_micros(micros).unwrap();
            let written = moment.to_string();
            prop_assert_eq!(by_library(&written), Some(moment));
            prop_assert_eq!(Timestamp::parse_recorded(&written), Ok(moment));
            let mut changed = written.into_bytes();
            changed[at] = by;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(Timestamp::parse_recorded(&changed).ok(), by_library(&changed), "{}", changed);
        }
    }

    #[test]
    fn only_one_way_to_write_a_recorded_moment() {
        let moment = Timestamp::parse_recorded("2019-07-04T13:05:02.118243Z").unwrap();
        assert_eq!(moment.to_string(), "2019-07-04T13:05:02.118243Z");
        for refused in [
            "2019-07-04T13:05:02Z",
            "2019-07-04T13:05:02.118Z",
            "2019-07-04T13:05:02.1182430Z",
            "2019-07-04T13:05:02.118243+00:00",
            "2019-07-04t13:05:02.118243z",
            "2019-07-04 13:05:02.118243Z",
            "2019-06-30T23:59:60.000000Z",
            "2019-02-30T13:05:02.118243Z",
            "1969-12-31T23:59:59.999999Z",
            "12019-07-04T13:05:02.118243Z",
            "",
        ] {
            assert!(Timestamp::parse_recorded(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn the_range_ends_with_the_year_9998() {
        let last = Timestamp::from_micros(LAST_MICROS).unwrap();
        assert_eq!(last.to_string(), "9998-12-31T23:59:59.999999Z");
        assert_eq!(Timestamp::from_micros(LAST_MICROS + 1), None);
    }

    #[test]
    fn event_times_may_have_fewer_decimals() {
        for (text, recorded) in [
            ("2019-07-04T13:05:00Z", "2019-07-04T13:05:00.000000Z"),
            ("2019-07-04T13:05:00.5Z", "2019-07-04T13:05:00.500000Z"),
        ] {
            assert_eq!(Timestamp::parse_event_time(text).unwrap().to_string(), recorded);
        }
        for refused in [
            "2019-07-04T13:05:00+01:00",
            "2019-07-04",
            "2019-07-04T13:05:00.Z",
            "2019-07-04T13:05:00.1234567Z",
        ] {
            assert!(Timestamp::parse_event_time(refused).is_err(), "{refused}");
        }
    }
}
